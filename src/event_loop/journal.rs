//! What a loop tells of itself, to whoever inspects it.
//!
//! # Data structure
//!
//! Records wait in a queue of their own until the inspector has returned from the one before: so a step
//! that the inspector causes is told after it, not inside of it. Without an inspector no record is made.
//!
//! # Invariants
//!
//! 1. *Whoever writes has done what it writes of, and holds no borrow*: the inspector is user code.
//! 2. *What is done together is entered together*, before any of it is read, unless the clock that stamps it acts as
//!    well.
//! 3. *Nothing is read, made or formatted for nobody*: each step is made by a closure.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::fifo::Fifo;
use super::inspector::Inspector;
use super::record::{Record, Slow, Step};
use super::running::Running;
use crate::panics::while_unwinding;

/// The news of one loop, and the time they are of.
pub(crate) struct Journal {
    /// What runs now: known also where nobody reads.
    pub(crate) running: Running,
    reader: Option<Reader>,
    /// `None` for a queue without a loop.
    time: Option<Time>,
}

/// When the loop was made, by its clock.
struct Time {
    clock: Rc<dyn Clock>,
    start: Instant,
}

struct Reader {
    inspector: Box<dyn Inspector>,
    slow_threshold: Option<Duration>,
    waiting: RefCell<Fifo<News>>,
    written: Cell<u64>,
    is_reading: Cell<bool>,
}

enum News {
    Record(Record),
    Slow(Slow),
}

impl Journal {
    /// The journal of a queue without a loop: nobody reads it.
    pub(crate) fn unread() -> Rc<Self> {
        Rc::new(Self {
            running: Running::default(),
            reader: None,
            time: None,
        })
    }

    pub(crate) fn new(
        clock: Rc<dyn Clock>,
        inspector: Option<Box<dyn Inspector>>,
        slow_threshold: Option<Duration>,
    ) -> Rc<Self> {
        let start = clock.now();
        let reader = inspector.map(|inspector| Reader {
            inspector,
            slow_threshold,
            waiting: RefCell::default(),
            written: Cell::new(0),
            is_reading: Cell::new(false),
        });
        Rc::new(Self {
            running: Running::default(),
            reader,
            time: Some(Time { clock, start }),
        })
    }

    /// The time for what is only there to be looked at: `None` if nobody does.
    #[inline]
    pub(crate) fn stamp(&self) -> Option<Duration> {
        let time = self.time.as_ref()?;
        let now = match self.reader {
            Some(_) => Some(time.clock.now()),
            None => time.clock.glance(),
        };
        Some(now?.saturating_duration_since(time.start))
    }

    /// `at`, as the loop's data show it.
    pub(crate) fn since_start(&self, at: Instant) -> Duration {
        let start = self.time.as_ref().map_or(at, |time| time.start);
        at.saturating_duration_since(start)
    }

    /// Whether anybody reads.
    #[inline]
    pub(crate) fn is_read(&self) -> bool {
        self.reader.is_some()
    }

    /// The time at which something begins that may turn out to be slow.
    #[inline]
    pub(crate) fn start_watch(&self) -> Option<Instant> {
        self.reader.as_ref()?;
        self.start_watch_for_reader()
    }

    #[cold]
    fn start_watch_for_reader(&self) -> Option<Instant> {
        self.reader.as_ref()?.slow_threshold?;
        Some(self.time.as_ref()?.clock.now())
    }

    /// How long it took since `start`, if that is too long, and how long that is. What unwinds is not
    /// measured.
    pub(crate) fn stop_watch(&self, start: Option<Instant>) -> Option<(Duration, Duration)> {
        let (start, time) = (start?, self.time.as_ref()?);
        if std::thread::panicking() {
            return None;
        }
        let took = time.clock.now().saturating_duration_since(start);
        let threshold = self.reader.as_ref()?.slow_threshold?;
        (took > threshold).then_some((took, threshold))
    }

    /// Tells of something that was slow.
    pub(crate) fn write_slow(&self, slow: Slow) {
        if let Some(reader) = &self.reader {
            self.write_for(reader, Step::Slow(slow));
            reader.waiting.borrow_mut().push(News::Slow(slow));
            self.read(reader);
        }
    }

    /// Tells of a step that is done, if anybody reads.
    #[inline]
    pub(crate) fn write(&self, step: impl FnOnce() -> Step) {
        if let Some(reader) = &self.reader {
            self.write_for(reader, step());
        }
    }

    /// Tells of steps that are done together: what an inspector does at the first comes after all of them.
    pub(crate) fn write_all<S: IntoIterator<Item = Step>>(&self, steps: impl FnOnce() -> S) {
        if let Some(reader) = &self.reader {
            steps()
                .into_iter()
                .for_each(|step| self.enter(reader, step));
            self.read(reader);
        }
    }

    #[cold]
    fn write_for(&self, reader: &Reader, step: Step) {
        self.enter(reader, step);
        self.read(reader);
    }

    /// Puts a record at the end of those that wait.
    fn enter(&self, reader: &Reader, step: Step) {
        // Before it gets its number: reading the clock is user code.
        let at = while_unwinding(|| self.stamp())
            .flatten()
            .unwrap_or_default();
        let seq = reader.written.get() + 1;
        reader.written.set(seq);
        let record = Record { seq, at, step };
        reader.waiting.borrow_mut().push(News::Record(record));
    }

    /// Has the inspector read what waits, unless it is reading.
    fn read(&self, reader: &Reader) {
        if reader.is_reading.replace(true) {
            return;
        }
        let _done = Done(&reader.is_reading);
        loop {
            let Some(news) = reader.waiting.borrow_mut().pop() else {
                return;
            };
            // User code from here. It may do anything to the loop, and is told of that next.
            let read = || match news {
                News::Record(record) => reader.inspector.record(&record),
                News::Slow(slow) => reader.inspector.slow(&slow),
            };
            while_unwinding(read);
        }
    }
}

/// Ends the reading, also by a panic of the inspector. What waits is told with the next news.
struct Done<'a>(&'a Cell<bool>);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
