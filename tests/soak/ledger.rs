//! A line for each closure and each payload of a round: what became of it.
//!
//! Whoever is registered, queued or posted owns a [`Token`], which names its line. The lines are
//! allocated once, so that the ledger does not disturb the count of memory.

use super::tally::{Count, add};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

/// How many lines there are. A round ends when they are used up.
const LINES: usize = 1 << 20;

/// What a token was opened for, and what has happened to it since.
pub(crate) mod mark {
    /// It was dropped.
    pub(crate) const DROPPED: u32 = 1;
    /// A removal, or a cancellation, answered that it was this one.
    pub(crate) const REMOVED: u32 = 1 << 1;
    /// Nobody is inside any more, and nobody will be: `off_and_wait` has said so.
    pub(crate) const OVER: u32 = 1 << 2;
    /// It has asked to be removed.
    pub(crate) const LEAVES: u32 = 1 << 3;
    /// Its guard was dropped while its emitter was there.
    pub(crate) const UNGUARDED: u32 = 1 << 4;
    /// A wait for it was refused: it is removed, by that call unless somebody else says so.
    pub(crate) const REFUSED: u32 = 1 << 5;
    /// A payload that came back.
    pub(crate) const RETURNED: u32 = 1 << 6;
    /// A payload that a newer one has pushed out.
    pub(crate) const EVICTED: u32 = 1 << 7;
    /// It was dropped when the queue was cleared.
    pub(crate) const CLEARED: u32 = 1 << 8;
    /// It was dropped with its loop.
    pub(crate) const WITH_LOOP: u32 = 1 << 9;
    /// It is a tap.
    pub(crate) const TAP: u32 = 1 << 16;
    /// It is a payload.
    pub(crate) const LETTER: u32 = 1 << 17;
    /// It is a task of a loop that runs once.
    pub(crate) const TASK: u32 = 1 << 18;
    /// It is an interval.
    pub(crate) const INTERVAL: u32 = 1 << 19;
}

pub(crate) struct Line {
    marks: AtomicU32,
    calls: AtomicU32,
    /// How often it may be called; 0 is any number, and its calls are not counted here.
    limit: AtomicU32,
    /// Where it was registered.
    home: AtomicU32,
}

/// A line as it reads when the round is over.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) marks: u32,
    pub(crate) calls: u32,
    pub(crate) limit: u32,
    pub(crate) home: u32,
}

impl Entry {
    pub(crate) fn has(&self, marks: u32) -> bool {
        self.marks & marks != 0
    }

    /// Whether it was called as often as it may be.
    pub(crate) fn is_spent(&self) -> bool {
        self.limit > 0 && self.calls == self.limit
    }
}

static LEDGER: LazyLock<Box<[Line]>> = LazyLock::new(|| {
    let line = |_| Line {
        marks: AtomicU32::new(0),
        calls: AtomicU32::new(0),
        limit: AtomicU32::new(0),
        home: AtomicU32::new(0),
    };
    (0..LINES).map(line).collect()
});

/// How many lines are in use.
static USED: AtomicUsize = AtomicUsize::new(0);

/// What was found wrong, the first few things of it.
static FAULTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What is more than this is not kept.
const FAULTS_MAX: usize = 20;

/// Says that something does not balance.
pub(crate) fn fault(text: String) {
    let mut faults = FAULTS.lock().unwrap_or_else(PoisonError::into_inner);
    if faults.len() < FAULTS_MAX {
        faults.push(text);
    }
}

pub(crate) fn faults() -> Vec<String> {
    std::mem::take(&mut *FAULTS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Says so unless the two are equal.
pub(crate) fn balance<T: PartialEq + std::fmt::Debug>(what: &str, left: T, right: T) {
    if left != right {
        fault(format!("{what}: {left:?} and {right:?}"));
    }
}

/// Whether almost all lines are in use.
pub(crate) fn is_full() -> bool {
    USED.load(Ordering::Relaxed) > LINES - LINES / 8
}

/// What all lines in use say.
pub(crate) fn entries() -> impl Iterator<Item = Entry> {
    let used = USED.load(Ordering::Relaxed);
    LEDGER[..used].iter().map(|line| Entry {
        marks: line.marks.load(Ordering::Relaxed),
        calls: line.calls.load(Ordering::Relaxed),
        limit: line.limit.load(Ordering::Relaxed),
        home: line.home.load(Ordering::Relaxed),
    })
}

/// Begins a new ledger.
pub(crate) fn erase() {
    let used = USED.swap(0, Ordering::Relaxed);
    for line in &LEDGER[..used] {
        line.marks.store(0, Ordering::Relaxed);
        line.calls.store(0, Ordering::Relaxed);
    }
}

thread_local! {
    /// What to write of what this thread drops now.
    static DROPS: Cell<u32> = const { Cell::new(0) };
}

/// Has all that is dropped in `f` be marked.
pub(crate) fn dropping<R>(mark: u32, f: impl FnOnce() -> R) -> R {
    let before = DROPS.replace(mark);
    let result = f();
    DROPS.set(before);
    result
}

/// A line, for those that do not own it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ticket(u32);

impl Ticket {
    fn line(self) -> &'static Line {
        &LEDGER[self.0 as usize]
    }

    pub(crate) fn home(self) -> u32 {
        self.line().home.load(Ordering::Relaxed)
    }

    /// Adds a mark. Says whether it is new.
    pub(crate) fn mark(self, mark: u32) -> bool {
        // SeqCst: what `off_and_wait` says has to be seen by whoever is called behind it.
        self.line().marks.fetch_or(mark, Ordering::SeqCst) & mark == 0
    }

    pub(crate) fn has(self, marks: u32) -> bool {
        self.line().marks.load(Ordering::SeqCst) & marks != 0
    }
}

/// What a closure captures, or a payload holds. Its drop is written down.
#[derive(Debug)]
pub(crate) struct Token {
    ticket: Ticket,
    limit: u32,
    /// What must not be written in its line when it is called.
    forbidden: u32,
}

impl Token {
    /// Opens a line. `marks` say what it is, `forbidden` marks what it is no longer called after.
    pub(crate) fn open(home: u32, limit: u32, marks: u32, forbidden: u32) -> Self {
        let at = USED.fetch_add(1, Ordering::Relaxed);
        assert!(
            at < LINES,
            "the ledger is full: its users look at `is_full`"
        );
        let line = &LEDGER[at];
        line.limit.store(limit, Ordering::Relaxed);
        line.home.store(home, Ordering::Relaxed);
        line.marks.store(marks, Ordering::SeqCst);
        Self {
            ticket: Ticket(u32::try_from(at).expect("`LINES` are fewer")),
            limit,
            forbidden: forbidden | mark::DROPPED | mark::OVER,
        }
    }

    pub(crate) fn ticket(&self) -> Ticket {
        self.ticket
    }

    /// Writes down a call, and its end when what it answers is dropped.
    pub(crate) fn called(&self) -> Call<'_> {
        if self.ticket.has(self.forbidden) {
            fault(format!("called after the end: {:?}", self.entry()));
        }
        if self.limit > 0 {
            let calls = self.ticket.line().calls.fetch_add(1, Ordering::Relaxed);
            if calls >= self.limit {
                fault(format!("called too often: {:?}", self.entry()));
            }
        }
        Call(self)
    }

    fn entry(&self) -> Entry {
        let line = self.ticket.line();
        Entry {
            marks: line.marks.load(Ordering::Relaxed),
            calls: line.calls.load(Ordering::Relaxed),
            limit: line.limit.load(Ordering::Relaxed),
            home: line.home.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        add(Count::Dropped, 1);
        let marks = &self.ticket.line().marks;
        let before = marks.fetch_or(mark::DROPPED | DROPS.get(), Ordering::SeqCst);
        if before & mark::DROPPED != 0 {
            fault(format!("dropped twice: {:?}", self.entry()));
        }
    }
}

/// A call under way.
pub(crate) struct Call<'a>(&'a Token);

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if self.0.ticket.has(mark::DROPPED | mark::OVER) {
            fault(format!("over before its call: {:?}", self.0.entry()));
        }
    }
}
