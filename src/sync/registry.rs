//! Which thread is in an emit of which list: announced by each thread in a place of its own.
//!
//! # Data structure
//!
//! A [`Record`] a thread, all of them linked, never freed, and used again by later threads: as many
//! as there were threads at once. The first few are static, so that no emit allocates in a program of
//! few threads. In it, a word for each emit under way holds where the list
//! keeps its sign, and a second word which listener runs, by its birth.
//!
//! # Protocol
//!
//! 1. A reader *announces* the list before it looks at any of its pointers. A writer unlinks a
//!    pointer before it looks for announcements. Both orders are made certain (`sync::announce`), so
//!    either the writer sees the reader, or the reader sees no pointer that was unlinked.
//! 2. A writer that sees a reader *marks* its word, and keeps what it unlinked (`List::retire`). All
//!    of that is done under the list's lock.
//! 3. A reader takes its word back with a swap, which tells whether it was marked. If so it takes the
//!    list's lock and drops what was kept for it alone (`List::reap`). Since mark and swap act on one
//!    word, no mark is lost.
//!
//! Emits nested in one list are marked at the outermost, which ends last.

use std::cell::Cell;
use std::sync::atomic::Ordering;

use smallvec::SmallVec;

use super::{AtomicBool, AtomicU64, AtomicUsize, OnceLock};
use super::{announce, light, linked, unlinked};
use crate::flavour::{Left, Nesting, Reader, Readers};

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

/// In an announced word: something is kept for this reader. Lists are aligned, so the bit is free.
const MARKED: usize = 1;

/// What one thread says of itself to the others.
#[derive(Debug)]
pub(crate) struct Record {
    in_use: AtomicBool,
    /// The thread was already ending when it took the record, and gives it back after each emit.
    is_brief: AtomicBool,
    /// Frames in use; for the thread itself.
    depth: AtomicUsize,
    frames: Frames,
    next: OnceLock<&'static Record>,
}

#[derive(Debug)]
struct Frames {
    near: Near,
    far: [Frame; FAR],
    /// Whether this or a deeper frame than `near` was ever entered; else nobody need look there.
    is_far_used: AtomicBool,
    deeper: OnceLock<Box<Frames>>,
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
struct Frame {
    /// The list it visits, perhaps marked; 0 is none.
    list: AtomicUsize,
    /// The birth of the listener it is inside; 0 is none.
    listener: AtomicU64,
}

const_fn! {
    impl Frame {
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

    impl Frames {
        fn new() -> Self {
            Self {
                near: Near::new(),
                far: array![Frame::new(); FAR],
                is_far_used: AtomicBool::new(false),
                deeper: OnceLock::new(),
            }
        }
    }

    impl Record {
        fn new() -> Self {
            Self {
                in_use: AtomicBool::new(true),
                is_brief: AtomicBool::new(false),
                depth: AtomicUsize::new(0),
                frames: Frames::new(),
                next: OnceLock::new(),
            }
        }
    }
}

impl Frames {
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
            Some(Frame { list, listener }) => (list, listener),
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

    fn used_far(&self) -> &[Frame] {
        if self.is_far_used.load(Ordering::SeqCst) {
            &self.far
        } else {
            &[]
        }
    }
}

impl Record {
    /// The thread's name among readers.
    fn reader(&self) -> Reader {
        std::ptr::from_ref(self).addr()
    }

    /// Marks the thread's outermost visit of `list`, if it is in one.
    fn mark(&self, list: usize) -> bool {
        self.frames.lists().any(|word| {
            // SeqCst: see `sync::announce`.
            let mut seen = word.load(Ordering::SeqCst);
            while seen & !MARKED == list {
                // AcqRel: pairs with the swap in `leave`.
                let marked = seen | MARKED;
                match word.compare_exchange(seen, marked, Ordering::AcqRel, Ordering::SeqCst) {
                    Ok(_) => return true,
                    Err(now) => seen = now,
                }
            }
            false
        })
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
    record: &'static Record,
    list: &'static AtomicUsize,
    listener: &'static AtomicU64,
    /// The frame's, and so the depth before.
    index: usize,
}

/// Announces a visit of `list` by this thread.
#[inline]
pub(crate) fn enter(list: usize, nesting: Nesting) -> Ticket {
    let record = mine();
    // Relaxed: only this thread uses the depth.
    let index = match nesting {
        Nesting::Outermost => 0,
        Nesting::Any => record.depth.load(Ordering::Relaxed),
    };
    record.depth.store(index + 1, Ordering::Relaxed);
    let (word, listener) = record.frames.get(index);
    announce(word, list);
    Ticket {
        record,
        list: word,
        listener,
        index,
    }
}

/// The ticket of this thread's outermost visit.
#[inline]
pub(crate) fn first() -> Ticket {
    let record = mine();
    let (list, listener) = record.frames.get(0);
    Ticket {
        record,
        list,
        listener,
        index: 0,
    }
}

impl Ticket {
    /// Says which listener is being run. With the `light` fence, whoever removes the listener and
    /// then passes a `heavy` one either sees this, or is seen by the look at the listener's state
    /// that follows.
    #[inline]
    pub(crate) fn running(self, listener: u64) {
        // Release: who sees that a listener was left sees what it did.
        self.listener.store(listener, Ordering::Release);
        light();
    }

    /// Says that no listener is being run. Returns the one that was, if any was.
    #[inline]
    pub(crate) fn out(self) -> Option<u64> {
        let inside = self.listener.load(Ordering::Relaxed);
        self.running(0);
        (inside != 0).then_some(inside)
    }

    /// Whether this is a visit of `list` that none is around, on this thread, and none beside, on others.
    #[inline]
    pub(crate) fn is_alone(self, list: usize) -> bool {
        unlinked();
        let around = || self.record.frames.lists().take(self.index);
        let mut others = records().filter(|record| !std::ptr::eq(*record, self.record));
        !others.any(|record| visit(list, record.frames.lists()))
            && (self.index == 0 || !visit(list, around()))
    }

    /// Takes the announcement back.
    #[inline]
    pub(crate) fn leave(self) -> Left {
        // AcqRel: pairs with `Record::mark`, which frees what this thread has read, or has marked.
        let word = self.list.swap(0, Ordering::AcqRel);
        self.record.depth.store(self.index, Ordering::Relaxed);
        if word & MARKED != 0 {
            // A marked record stays this thread's until that is dropped: its name stands for what is kept.
            return Left::Last(self.record.reader());
        }
        if self.record.is_brief.load(Ordering::Relaxed) {
            give_back_brief();
        }
        Left::Nothing
    }
}

/// Whether this thread visits `list`.
pub(crate) fn is_visited(list: usize) -> bool {
    let record = MINE.with(Cell::get);
    record.is_some_and(|record| visit(list, record.frames.lists()))
}

/// Whether one of these words announces a visit of `list`.
fn visit<'w>(list: usize, mut words: impl Iterator<Item = &'w AtomicUsize>) -> bool {
    // SeqCst: see `sync::announce`.
    words.any(|word| word.load(Ordering::SeqCst) & !MARKED == list)
}

/// Marks all threads that visit `list`, if there are any.
pub(crate) fn mark(list: usize) -> Option<Threads> {
    unlinked();
    let marked = records().filter(|record| record.mark(list));
    let readers: Threads = marked.map(Record::reader).collect();
    (!readers.is_empty()).then_some(readers)
}

/// The threads now inside `listener`.
pub(crate) fn inside(listener: u64) -> Threads {
    let inside = records().filter(|record| record.is_inside(listener));
    inside.map(Record::reader).collect()
}

/// This thread's name among readers. The same for as long as it is in any emit.
pub(crate) fn me() -> Reader {
    mine().reader()
}

thread_local_const! {
    // Without a destructor, so that emits out of the destructors of other thread-locals find it.
    static MINE: Cell<Option<&'static Record>> = Cell::new(None);
    static EXIT: Exit = Exit(Cell::new(None));
}

/// Gives the thread's record back when the thread ends.
struct Exit(Cell<Option<&'static Record>>);

impl Drop for Exit {
    fn drop(&mut self) {
        if let Some(record) = self.0.take() {
            // `process::exit` ends the thread in the midst of its emits: these last for ever.
            if record.depth.load(Ordering::Relaxed) > 0 {
                return;
            }
            // Loom has dropped `MINE` by now.
            let _ = MINE.try_with(|mine| mine.set(None));
            record.free();
        }
    }
}

/// This thread's record.
#[inline]
fn mine() -> &'static Record {
    MINE.with(|mine| mine.get().unwrap_or_else(take_record))
}

#[cold]
fn take_record() -> &'static Record {
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
    let exit = EXIT.try_with(|exit| exit.0.set(Some(record)));
    record.is_brief.store(exit.is_err(), Ordering::Relaxed);
    MINE.with(|mine| mine.set(Some(record)));
    record
}

/// Gives the record back if it was taken while the thread was ending, and is not in use. Called when
/// nothing is done or kept in the thread's name any more.
#[cold]
pub(crate) fn give_back_brief() {
    MINE.with(|mine| {
        let is_over = |record: &Record| {
            record.is_brief.load(Ordering::Relaxed) && record.depth.load(Ordering::Relaxed) == 0
        };
        if mine.get().is_some_and(is_over) {
            give_back();
        }
    });
}

fn give_back() {
    MINE.with(|mine| {
        if let Some(record) = mine.take() {
            record.free();
        }
    });
}

#[cfg(not(loom))]
fn new_record() -> &'static Record {
    static RECORDS: [Record; 16] = array![Record::new(); 16];
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Relaxed: only uniqueness matters, and it is one variable.
    let next = RECORDS.get(NEXT.fetch_add(1, Ordering::Relaxed));
    next.unwrap_or_else(|| Box::leak(Box::new(Record::new())))
}

#[cfg(loom)]
fn new_record() -> &'static Record {
    Box::leak(Box::new(Record::new()))
}

#[cfg(not(loom))]
static FIRST: OnceLock<&'static Record> = OnceLock::new();

#[cfg(loom)]
loom::lazy_static! {
    static ref FIRST: OnceLock<&'static Record> = OnceLock::new();
}

/// Links `record` behind all others.
fn append(record: &'static Record) -> &'static Record {
    let mut end: &OnceLock<_> = &FIRST;
    while end.set(record).is_err() {
        end = &end.get().expect("setting it failed because it is set").next;
    }
    linked();
    record
}

fn records() -> impl Iterator<Item = &'static Record> {
    std::iter::successors(FIRST.get().copied(), |record| record.next.get().copied())
}
