//! Which thread is in an emit of which list: announced by each thread in a place of its own.
//!
//! A [`ThreadRecord`] a thread, all of them linked, never freed, and used again by later threads: as many
//! as there were threads at once. The first few are static, so that no emit allocates in a program of
//! few threads. In it, a word for each emit under way holds where the list
//! keeps its sign, and a second word which listener runs, by its birth.
//!
//! The outermost emit of a thread has the first words, and is under way while they hold a list; the others are
//! counted. How a list comes by its visitors is told in [`visitors`](super::visitors).

use std::cell::Cell;
use std::sync::atomic::Ordering;

use smallvec::SmallVec;

use super::{AtomicBool, AtomicU64, AtomicUsize, OnceLock};
use super::{announce, light, linked};
use crate::flavour::{Reader, Readers};

/// Some threads: seldom more than two.
pub(crate) type Threads = SmallVec<[Reader; 2]>;

impl Readers for Threads {
    fn are_only(&self, reader: Reader) -> bool {
        self[..] == [reader]
    }

    fn lose(&mut self, reader: Reader) -> bool {
        self.retain(|other| *other != reader);
        !self.is_empty()
    }
}

/// Nested emits that others always look for: two cache lines.
const NEAR: usize = if cfg!(loom) { 2 } else { 8 };

/// Further nested emits that need no heap: with these, as many as the default limit allows.
const FAR: usize = if cfg!(loom) { 1 } else { 120 };

/// Declares what is `const` but under loom, whose atomics are made at run time only.
macro_rules! const_fn {
    ($(impl $type:ident { fn new() -> Self $body:block })*) => {$(
        impl $type {
            #[cfg(not(loom))]
            const fn new() -> Self $body
            #[cfg(loom)]
            fn new() -> Self $body
        }
    )*};
}
#[cfg(not(loom))]
macro_rules! array {
    ($value:expr; $len:expr) => {
        [const { $value }; $len]
    };
}
#[cfg(loom)]
macro_rules! array {
    ($value:expr; $len:expr) => {
        std::array::from_fn::<_, { $len }, _>(|_| $value)
    };
}

/// In an announced word: it was announced aloud. Lists are aligned, so the bit is free.
const LOUD: usize = 1;

/// What one thread says of itself to the others.
#[derive(Debug)]
pub struct ThreadRecord {
    frames: VisitTable,
    /// How many visits are under way beside the outermost; for the thread itself.
    nested: AtomicUsize,
    in_use: AtomicBool,
    next: OnceLock<&'static ThreadRecord>,
}

#[derive(Debug)]
struct VisitTable {
    near: Near,
    far: [VisitWords; FAR],
    /// Whether this or a deeper frame than `near` was ever entered; else nobody need look there.
    is_far_used: AtomicBool,
    deeper: OnceLock<Box<VisitTable>>,
}

/// The words of the first frames. Those that whoever removes a listener looks at have a cache line of
/// their own: else each removal, of any list, would take the line away that is written at each call.
#[derive(Debug)]
struct Near {
    lists: Line<[AtomicUsize; NEAR]>,
    listeners: Line<[AtomicU64; NEAR]>,
}

/// Two cache lines, which some processors fetch together.
#[derive(Debug)]
#[repr(align(128))]
struct Line<T>(T);

/// What a thread says of one emit under way.
#[derive(Debug)]
struct VisitWords {
    /// The list it visits, perhaps with `LOUD`; 0 is none.
    list: AtomicUsize,
    /// The birth of the listener it is inside; 0 is none.
    listener: AtomicU64,
}

const_fn! {
    impl VisitWords {
        fn new() -> Self {
            Self { list: AtomicUsize::new(0), listener: AtomicU64::new(0) }
        }
    }

    impl Near {
        fn new() -> Self {
            Self {
                lists: Line(array![AtomicUsize::new(0); NEAR]),
                listeners: Line(array![AtomicU64::new(0); NEAR]),
            }
        }
    }

    impl VisitTable {
        fn new() -> Self {
            Self {
                near: Near::new(),
                far: array![VisitWords::new(); FAR],
                is_far_used: AtomicBool::new(false),
                deeper: OnceLock::new(),
            }
        }
    }

    impl ThreadRecord {
        fn new() -> Self {
            Self {
                frames: VisitTable::new(),
                nested: AtomicUsize::new(0),
                in_use: AtomicBool::new(true),
                next: OnceLock::new(),
            }
        }
    }
}

impl VisitTable {
    /// The words of the outermost frame.
    #[inline(always)]
    fn first(&self) -> (&AtomicUsize, &AtomicU64) {
        (&self.near.lists.0[0], &self.near.listeners.0[0])
    }

    /// The words of the frame at `index`; makes room for it.
    #[inline]
    fn get(&self, index: usize) -> (&AtomicUsize, &AtomicU64) {
        let Near { lists, listeners } = &self.near;
        match (lists.0.get(index), listeners.0.get(index)) {
            (Some(list), Some(listener)) => (list, listener),
            _ => self.get_far(index - NEAR),
        }
    }

    #[cold]
    fn get_far(&self, index: usize) -> (&AtomicUsize, &AtomicU64) {
        if !self.is_far_used.load(Ordering::Relaxed) {
            // SeqCst: is seen by whoever would miss the announcement that follows.
            self.is_far_used.store(true, Ordering::SeqCst);
        }
        match self.far.get(index) {
            Some(VisitWords { list, listener }) => (list, listener),
            None => {
                let deeper = self.deeper.get_or_init(|| Box::new(Self::new()));
                linked();
                deeper.get(index - FAR)
            }
        }
    }

    /// The lists of the frames that were ever entered, outermost first.
    fn lists(&self) -> impl Iterator<Item = &AtomicUsize> {
        self.blocks().flat_map(|frames| {
            let far = frames.used_far().iter().map(|frame| &frame.list);
            frames.near.lists.0.iter().chain(far)
        })
    }

    /// Their listeners.
    fn listeners(&self) -> impl Iterator<Item = &AtomicU64> {
        self.blocks().flat_map(|frames| {
            let far = frames.used_far().iter().map(|frame| &frame.listener);
            frames.near.listeners.0.iter().chain(far)
        })
    }

    fn blocks(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |frames| {
            frames.deeper.get().map(|deeper| &**deeper)
        })
    }

    fn used_far(&self) -> &[VisitWords] {
        if self.is_far_used.load(Ordering::SeqCst) {
            &self.far
        } else {
            &[]
        }
    }
}

impl ThreadRecord {
    /// The thread's name among readers.
    #[inline(always)]
    pub(crate) fn reader(&self) -> Reader {
        std::ptr::from_ref(self).addr()
    }

    /// Quietly announces the thread's outermost visit.
    #[inline(always)]
    pub(crate) fn announce_first(&self, list: usize) {
        let (word, _) = self.frames.first();
        word.store(list, Ordering::Release);
        light();
    }

    /// Takes that back.
    #[inline(always)]
    pub(crate) fn retract_first(&self) {
        let (word, _) = self.frames.first();
        // Release: who sees that the visit is over drops what it has read.
        word.store(0, Ordering::Release);
        light();
    }

    /// This thread, if it visits `list`.
    pub(crate) fn visitor(&self, list: usize) -> Threads {
        let is_here = self.visits(list).next().is_some();
        is_here.then(|| self.reader()).into_iter().collect()
    }

    /// The thread's visits of `list`: whether each was announced aloud.
    fn visits(&self, list: usize) -> impl Iterator<Item = bool> {
        // SeqCst: see `sync::announce`.
        let words = self.frames.lists().map(|word| word.load(Ordering::SeqCst));
        let here = words.filter(move |word| word & !LOUD == list);
        here.map(|word| word & LOUD != 0)
    }

    /// Which frame the next visit has.
    fn depth(&self) -> usize {
        // Relaxed: the thread's own.
        match self.frames.first().0.load(Ordering::Relaxed) {
            0 => 0,
            _ => self.nested.load(Ordering::Relaxed) + 1,
        }
    }

    /// Whether the thread is inside `listener`.
    fn is_inside(&self, listener: u64) -> bool {
        // SeqCst: after a `heavy`, this shows what the thread stored before it. One load, since two
        // may be of two visits; hence births that no two lists have in common.
        let mut listeners = self.frames.listeners();
        listeners.any(|inside| inside.load(Ordering::SeqCst) == listener)
    }

    fn free(&self) {
        // Release: pairs with the exchange in `take_record`.
        self.in_use.store(false, Ordering::Release);
    }
}

/// A thread's visit of a list.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    pub(super) record: &'static ThreadRecord,
    list: &'static AtomicUsize,
    listener: &'static AtomicU64,
    /// The frame's.
    index: usize,
}

/// Quietly announces a visit of `list` by this thread.
#[inline]
pub(crate) fn enter(list: usize) -> Ticket {
    let record = mine();
    let index = record.depth();
    if index > 0 {
        record.nested.store(index, Ordering::Relaxed);
    }
    let ticket = record.ticket(index);
    ticket.list.store(list, Ordering::Release);
    light();
    ticket
}

impl ThreadRecord {
    /// The ticket of the visit that has the frame at `index`.
    #[inline(always)]
    pub(crate) fn ticket(&'static self, index: usize) -> Ticket {
        let (list, listener) = self.frames.get(index);
        Ticket {
            record: self,
            list,
            listener,
            index,
        }
    }
}

impl Ticket {
    /// Announces the visit of `list` aloud, which was announced quietly.
    #[cold]
    pub(crate) fn announce_aloud(self, list: usize) {
        announce(self.list, list | LOUD);
    }

    /// Says which listener is being run. With the `light` fence, whoever removes the listener and
    /// then passes a `heavy` one either sees this, or is seen by the look at the listener's state
    /// that follows.
    #[inline(always)]
    pub(crate) fn announce_listener(self, listener: u64) {
        // Release: who sees that a listener was left sees what it did.
        self.listener.store(listener, Ordering::Release);
        light();
    }

    /// Says that no listener is being run. Returns the one that was, if any was.
    #[inline]
    pub(crate) fn out(self) -> Option<u64> {
        let inside = self.listener.load(Ordering::Relaxed);
        self.announce_listener(0);
        (inside != 0).then_some(inside)
    }

    /// Whether this thread is in no visit of `list` around this one, which may be over.
    #[inline]
    pub(crate) fn is_outermost(self, list: usize) -> bool {
        let mut around = self.record.frames.lists().take(self.index);
        // Relaxed: the thread's own.
        !around.any(|word| word.load(Ordering::Relaxed) & !LOUD == list)
    }

    /// Takes the announcement of an outermost visit back aloud.
    pub(super) fn retract_aloud(self) {
        announce(self.list, 0);
    }

    /// Takes the announcement back, as loud as it was made.
    #[inline]
    pub(crate) fn retract(self) {
        // Release: who sees that the visit is over drops what it has read.
        if self.list.load(Ordering::Relaxed) & LOUD == 0 {
            self.list.store(0, Ordering::Release);
            light();
        } else {
            announce(self.list, 0);
        }
        if self.index > 0 {
            self.record.nested.store(self.index - 1, Ordering::Relaxed);
        }
    }
}

/// Whether this thread visits `list`.
pub(crate) fn is_visited(list: usize) -> bool {
    let mine = [known(), BRIEF.with(Cell::get)];
    mine.iter()
        .flatten()
        .any(|record| record.visits(list).next().is_some())
}

/// All threads that visit `list`, and whether each of their visits was announced aloud.
pub(crate) fn visitors(list: usize) -> (Threads, bool) {
    let mut threads = Threads::new();
    let mut are_loud = true;
    for record in records() {
        let mut visits = record.visits(list).peekable();
        if visits.peek().is_some() {
            threads.push(record.reader());
        }
        are_loud &= visits.all(|is_loud| is_loud);
    }
    (threads, are_loud)
}

/// The threads now inside `listener`.
pub(crate) fn inside(listener: u64) -> Threads {
    let inside = records().filter(|record| record.is_inside(listener));
    inside.map(ThreadRecord::reader).collect()
}

/// This thread's name among readers. The same for as long as it is in any emit.
pub(crate) fn me() -> Reader {
    mine().reader()
}

thread_local_const! {
    // Without a destructor, so that emits out of the destructors of other thread-locals find it.
    static MINE: Cell<Option<&'static ThreadRecord>> = Cell::new(None);
    // The record of a thread that was already ending when it took it, and gives it back after each emit.
    static BRIEF: Cell<Option<&'static ThreadRecord>> = Cell::new(None);
    static EXIT: Exit = Exit(Cell::new(None));
}

/// Gives the thread's record back when the thread ends.
struct Exit(Cell<Option<&'static ThreadRecord>>);

impl Drop for Exit {
    fn drop(&mut self) {
        if let Some(record) = self.0.take() {
            // `process::exit` ends the thread in the midst of its emits: these last for ever.
            if record.depth() > 0 {
                return;
            }
            // Loom has dropped `MINE` by now.
            let _ = MINE.try_with(|mine| mine.set(None));
            record.free();
        }
    }
}

/// This thread's record, if it has one to keep.
#[inline(always)]
pub(crate) fn known() -> Option<&'static ThreadRecord> {
    MINE.with(Cell::get)
}

/// This thread's record.
#[inline]
fn mine() -> &'static ThreadRecord {
    known().unwrap_or_else(brief_or_new)
}

#[cold]
fn brief_or_new() -> &'static ThreadRecord {
    BRIEF.with(Cell::get).unwrap_or_else(take_record)
}

fn take_record() -> &'static ThreadRecord {
    let record = records().find(|record| {
        let free = !record.in_use.load(Ordering::Relaxed);
        let take = || {
            record
                .in_use
                .compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed)
        };
        free && take().is_ok()
    });
    let record = record.unwrap_or_else(|| append(new_record()));
    let is_kept = EXIT.try_with(|exit| exit.0.set(Some(record))).is_ok();
    let place = if is_kept { &MINE } else { &BRIEF };
    place.with(|place| place.set(Some(record)));
    record
}

/// Gives the record back if it was taken while the thread was ending, and is not in use. Called when
/// nothing is done or kept in the thread's name any more.
#[inline]
pub(crate) fn give_back_brief() {
    BRIEF.with(|brief| {
        if let Some(record) = brief.get().filter(|record| record.depth() == 0) {
            brief.set(None);
            record.free();
        }
    });
}

#[cfg(not(loom))]
fn new_record() -> &'static ThreadRecord {
    static RECORDS: [ThreadRecord; 16] = array![ThreadRecord::new(); 16];
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Relaxed: only uniqueness matters, and it is one variable.
    let next = RECORDS.get(NEXT.fetch_add(1, Ordering::Relaxed));
    next.unwrap_or_else(|| Box::leak(Box::new(ThreadRecord::new())))
}

#[cfg(loom)]
fn new_record() -> &'static ThreadRecord {
    Box::leak(Box::new(ThreadRecord::new()))
}

#[cfg(not(loom))]
static FIRST: OnceLock<&'static ThreadRecord> = OnceLock::new();

#[cfg(loom)]
loom::lazy_static! {
    static ref FIRST: OnceLock<&'static ThreadRecord> = OnceLock::new();
}

/// Links `record` behind all others.
fn append(record: &'static ThreadRecord) -> &'static ThreadRecord {
    let mut end: &OnceLock<_> = &FIRST;
    while end.set(record).is_err() {
        end = &end.get().expect("setting it failed because it is set").next;
    }
    linked();
    record
}

fn records() -> impl Iterator<Item = &'static ThreadRecord> {
    std::iter::successors(FIRST.get().copied(), |record| record.next.get().copied())
}
