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
//! 2. *Nothing is read, made or formatted for nobody*: every argument is a closure.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::call_stack::Origin;
use super::clock::Clock;
use super::id::Cause;
use super::record::{Record, Slow, Step};

/// Is shown what a loop does, step by step.
///
/// Named by [`EventLoopBuilder::inspector`](super::EventLoopBuilder::inspector). A
/// [`Trace`](super::Trace) is one.
///
/// # Re-entrancy
/// An inspector may call whatever the loop offers. What it causes is recorded after it returns. A panic
/// unwinds into whatever the loop was doing.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventLoop, Inspector, Record};
///
/// struct Log;
///
/// impl Inspector for Log {
///     fn record(&self, record: &Record) {
///         println!("{:>10?} {record}", record.at());
///     }
/// }
/// let event_loop = EventLoop::builder().inspector(Log).build();
/// event_loop.handle().queue_microtask(|_| ());
/// event_loop.run().unwrap();
/// ```
pub trait Inspector: 'static {
    /// Is called with every step, in order, after it is done.
    fn record(&self, record: &Record);

    /// Is called when a handler or a turn took longer than the
    /// [`slow_threshold`](super::EventLoopBuilder::slow_threshold), after the record that says so.
    fn slow(&self, slow: &Slow) {
        let _ = slow;
    }
}

impl<I: Inspector + ?Sized> Inspector for Rc<I> {
    fn record(&self, record: &Record) {
        (**self).record(record);
    }

    fn slow(&self, slow: &Slow) {
        (**self).slow(slow);
    }
}

/// The news of one loop, and the time they are of.
pub(crate) struct Journal {
    /// What runs now, as the cause of what it does.
    pub(crate) cause: Cell<Cause>,
    /// What the next frame is the bottom of, and its label.
    pub(crate) opening: Cell<Option<Opening>>,
    reader: Option<Reader>,
    /// `None` for a queue without a loop.
    time: Option<Time>,
}

/// An event or a task that is about to enter its first frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    pub(crate) origin: Origin,
    pub(crate) label: Option<&'static str>,
}

/// When the loop was made, by its clock.
struct Time {
    clock: Rc<dyn Clock>,
    start: Instant,
}

struct Reader {
    inspector: Box<dyn Inspector>,
    slow_threshold: Option<Duration>,
    waiting: RefCell<VecDeque<News>>,
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
            cause: Cell::default(),
            opening: Cell::default(),
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
            cause: Cell::default(),
            opening: Cell::default(),
            reader,
            time: Some(Time { clock, start }),
        })
    }

    /// The time for what is only there to be looked at: `None` if nobody does.
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

    /// The time at which something begins that may turn out to be slow.
    pub(crate) fn start_watch(&self) -> Option<Instant> {
        self.reader.as_ref()?.slow_threshold?;
        Some(self.time.as_ref()?.clock.now())
    }

    /// Tells of what began at `start`, if it was slow.
    pub(crate) fn stop_watch(
        &self,
        start: Option<Instant>,
        slow: impl FnOnce(Duration, Duration) -> Slow,
    ) {
        let (Some(start), Some(reader), Some(time)) = (start, &self.reader, &self.time) else {
            return;
        };
        let took = time.clock.now().saturating_duration_since(start);
        if let Some(threshold) = reader.slow_threshold.filter(|threshold| took > *threshold) {
            let slow = slow(took, threshold);
            self.write_for(reader, Step::Slow(slow));
            self.tell(reader, News::Slow(slow));
        }
    }

    /// Tells of a step that is done, if anybody reads.
    #[inline]
    pub(crate) fn write(&self, step: impl FnOnce() -> Step) {
        if let Some(reader) = &self.reader {
            self.write_for(reader, step());
        }
    }

    #[cold]
    fn write_for(&self, reader: &Reader, step: Step) {
        let record = Record {
            seq: reader.written.get() + 1,
            at: self.stamp().unwrap_or_default(),
            step,
        };
        reader.written.set(record.seq);
        self.tell(reader, News::Record(record));
    }

    /// Tells the news, after those that wait.
    fn tell(&self, reader: &Reader, news: News) {
        reader.waiting.borrow_mut().push_back(news);
        if reader.is_reading.replace(true) {
            return;
        }
        let _done = Done(&reader.is_reading);
        loop {
            let next = reader.waiting.borrow_mut().pop_front();
            // User code from here. It may do anything to the loop, and is told of that next.
            match next {
                None => return,
                Some(News::Record(record)) => reader.inspector.record(&record),
                Some(News::Slow(slow)) => reader.inspector.slow(&slow),
            }
        }
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

/// Ends the reading, also by a panic of the inspector. What waits is told with the next news.
struct Done<'a>(&'a Cell<bool>);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}
