//! Limits and policies of a loop to be.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};
use std::time::Duration;

use super::clock::{Clock, SystemClock};
use super::core::Core;
use super::door::Door;
use super::frames::Frames;
use super::inlet::Inlet;
use super::inspector::Inspector;
use super::journal::Journal;
use super::lanes::Lanes;
use super::local_loops;
use super::overflow::{Bounds, Evicted, Overflow};
use super::queue::QueueCore;
use super::semaphore::Semaphore;
use super::store::Store;
use super::tick::Timekeeper;
use super::timers::Timers;
use crate::config::PanicPolicy;
use crate::local::EmitterBuilder;
use crate::sync::Arc;

/// Sets limits and policies of an [`EventLoop`](super::EventLoop).
///
/// What is not set has the default.
///
/// # Examples
///
/// ```
/// use oyez::PanicPolicy;
/// use oyez::event_loop::{EventLoop, VirtualClock};
/// use oyez::local::EventEmitter;
///
/// let event_loop = EventLoop::builder()
///     .clock(VirtualClock::new())
///     .emitter(EventEmitter::builder().name("shop"))
///     .capacity(10_000)
///     .microtask_limit(100)
///     .fairness(16)
///     .panics(PanicPolicy::Isolate)
///     .build();
/// assert_eq!(event_loop.emitter().name(), Some("shop"));
/// ```
#[must_use = "it makes no loop before `build`"]
pub struct EventLoopBuilder {
    clock: Rc<dyn Clock>,
    emitter: EmitterBuilder,
    capacity: Option<usize>,
    overflow: Overflow,
    on_evicted: Option<Box<dyn Fn(Evicted)>>,
    microtask_limit: usize,
    fairness: usize,
    panics: PanicPolicy,
    inspector: Option<Box<dyn Inspector>>,
    slow_threshold: Option<Duration>,
}

impl EventLoopBuilder {
    pub(crate) fn new() -> Self {
        Self {
            clock: Rc::new(SystemClock),
            emitter: EmitterBuilder::default(),
            capacity: None,
            overflow: Overflow::default(),
            on_evicted: None,
            microtask_limit: 1000,
            fairness: 0,
            panics: PanicPolicy::default(),
            inspector: None,
            slow_threshold: None,
        }
    }

    /// Sets the clock. Default [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Rc::new(clock);
        self
    }

    /// Sets limits and policies of the loop's emitter.
    pub fn emitter(mut self, emitter: EmitterBuilder) -> Self {
        self.emitter = emitter;
        self
    }

    /// Sets how many posted events may wait at once, from all threads. Default: no limit but memory.
    ///
    /// The event that runs takes no room, nor does a timer that is due. 0 refuses every post, and has
    /// [`post_blocking`](super::Proxy::post_blocking) wait until the loop is gone.
    pub fn capacity(mut self, capacity: usize) -> Self {
        self.capacity = Some(capacity);
        self
    }

    /// Sets what a full queue does with one more event. Default [`Overflow::Refuse`].
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = overflow;
        self
    }

    /// Names who gets the events that [`Overflow::DropOldest`] drops. Default: nobody.
    ///
    /// It is called inside of the post that made the queue drop one, when the new event is in the queue, and
    /// may call whatever the loop offers. Its own posts evict as well, 16 deep; then they are refused.
    pub fn on_evicted(mut self, hook: impl Fn(Evicted) + 'static) -> Self {
        self.on_evicted = Some(Box::new(hook));
        self
    }

    /// Sets how many microtasks may run in a row. Default 1000.
    ///
    /// # Panics
    /// If `limit` is 0, which would refuse every microtask.
    #[track_caller]
    pub fn microtask_limit(mut self, limit: usize) -> Self {
        assert!(
            limit > 0,
            "a limit of 0 would refuse every microtask; the least is 1"
        );
        self.microtask_limit = limit;
        self
    }

    /// Has a lane that was passed over `events` times in a row go next. Default: never; a busy high lane
    /// starves the others.
    ///
    /// # Panics
    /// If `events` is 0, which would leave no order.
    #[track_caller]
    pub fn fairness(mut self, events: usize) -> Self {
        assert!(
            events > 0,
            "a fairness of 0 would leave no order of lanes; the least is 1"
        );
        self.fairness = events;
        self
    }

    /// Sets what happens when a task panics, and a listener, unless the emitter's own builder says
    /// otherwise. Default [`PanicPolicy::Propagate`].
    pub fn panics(mut self, policy: PanicPolicy) -> Self {
        self.panics = policy;
        self
    }

    /// Names who is shown what the loop does, step by step: a [`Trace`](super::Trace), say. Default:
    /// nobody, and then no record is made, no text formatted, and the clock read only for timers, for
    /// `run_for`, and when the loop is made.
    pub fn inspector(mut self, inspector: impl Inspector) -> Self {
        self.inspector = Some(Box::new(inspector));
        self
    }

    /// Has the inspector told of handlers and turns that take longer than this. Default: none.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::{EventLoop, Inspector, Record, Slow, VirtualClock};
    /// use std::time::Duration;
    ///
    /// struct Warn;
    ///
    /// impl Inspector for Warn {
    ///     fn record(&self, _: &Record) {}
    ///     fn slow(&self, slow: &Slow) {
    ///         println!("{slow}");
    ///         assert_eq!(slow.took(), Duration::from_millis(50));
    ///     }
    /// }
    /// let clock = VirtualClock::new();
    /// let event_loop = EventLoop::builder()
    ///     .clock(clock.clone())
    ///     .inspector(Warn)
    ///     .slow_threshold(Duration::from_millis(20))
    ///     .build();
    /// event_loop.handle().queue_microtask(move |_| clock.advance(Duration::from_millis(50)));
    /// event_loop.run().unwrap();
    /// ```
    pub fn slow_threshold(mut self, threshold: Duration) -> Self {
        self.slow_threshold = Some(threshold);
        self
    }

    /// Makes all that the loop is.
    pub(crate) fn into_core(self) -> Rc<Core> {
        let journal = Journal::new(self.clock.clone(), self.inspector, self.slow_threshold);
        let frames = Frames::new(journal.clone());
        let emitter = self.emitter.or_panics(self.panics);
        let slots = self
            .capacity
            .map(|capacity| Arc::new(Semaphore::new(capacity)));
        let bounds = Bounds {
            slots: slots.clone(),
            overflow: self.overflow,
            on_evicted: self.on_evicted,
        };
        let door = Door::new(slots);
        let lanes = Lanes::new(self.fairness);
        let inlet = Inlet::new(door.clone());
        let queue = QueueCore::new(lanes, Some(inlet), bounds, journal.clone());
        local_loops::register(&door, &queue);
        Rc::new_cyclic(|me| Core {
            me: me.clone(),
            emitter: emitter.build_for(Some(frames.clone())),
            queue,
            frames,
            journal,
            clock: self.clock,
            microtasks: RefCell::default(),
            idle: RefCell::default(),
            last_task: Cell::new(0),
            timers: RefCell::new(Timers::new()),
            was_weak: Cell::new(false),
            ticks: Rc::new(Store::new(me.clone() as Weak<dyn Timekeeper>)),
            door,
            microtask_limit: self.microtask_limit,
            panics: self.panics,
            is_running: Cell::new(false),
            is_stopping: Cell::new(false),
            is_closed: Cell::new(false),
        })
    }
}

impl fmt::Debug for EventLoopBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoopBuilder")
            .field("emitter", &self.emitter)
            .field("capacity", &self.capacity)
            .field("overflow", &self.overflow)
            .field("microtask_limit", &self.microtask_limit)
            .field("fairness", &self.fairness)
            .field("panics", &self.panics)
            .field("slow_threshold", &self.slow_threshold)
            .finish_non_exhaustive()
    }
}
