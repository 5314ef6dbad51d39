//! A single-threaded event loop whose event queue and call stack one can look at.
//!
//! [`emit`](LoopHandle::emit) calls listeners *now*, nested on the call stack. [`post`](LoopHandle::post)
//! puts the event on the event queue, *for a turn of its own*. Between the two are microtasks, which run
//! when the call stack is empty; behind them timers, which come when they are due, and idle callbacks,
//! which come when there is nothing else to do.
//!
//! ```
//! use oyez::Event;
//! use oyez::event_loop::{EventLoop, Exit, VirtualClock};
//! use std::{cell::RefCell, rc::Rc, time::Duration};
//!
//! const GO: Event<()> = Event::new("go");
//! const NOW: Event<()> = Event::new("now");
//! const LATER: Event<()> = Event::new("later");
//!
//! let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
//! let handle = event_loop.handle(); // what listeners capture
//! let trace = Rc::new(RefCell::new(Vec::new()));
//! let log = {
//!     let trace = trace.clone();
//!     move |word| trace.borrow_mut().push(word)
//! };
//!
//! let (h, l) = (handle.clone(), log.clone());
//! event_loop.emitter().on(GO, move |()| {
//!     let (m, t) = (l.clone(), l.clone());
//!     h.post(LATER, ()).unwrap(); // its own turn, behind what is queued
//!     h.queue_microtask(move |_| m("microtask")); // when the call stack is empty
//!     h.set_timeout(Duration::ZERO, move |_| t("timer")); // its own turn, when due
//!     h.emit(NOW, ()); // here and now
//! });
//! let l = log.clone();
//! event_loop.emitter().on(NOW, move |()| l("now"));
//! event_loop.emitter().on(LATER, move |()| log("later"));
//!
//! handle.post(GO, ()).unwrap();
//! assert_eq!(event_loop.run(), Ok(Exit::Completed));
//! assert_eq!(*trace.borrow(), ["now", "microtask", "later", "timer"]);
//! ```
//!
//! # Who is who
//!
//! | type | what it is |
//! |---|---|
//! | [`EventLoop`] | owns everything; runs it |
//! | [`LoopHandle`] | what listeners and tasks capture: weak, for the loop's thread |
//! | [`Proxy`] | the same for other threads |
//! | [`EventQueue`] | posted events, until their turn; also usable without a loop |
//! | [`CallStack`], [`Frame`] | what runs now, and in what |
//! | [`Clock`] | time: [`SystemClock`], or [`VirtualClock`] for tests and teaching |
//! | [`Inspector`], [`Trace`] | every step as a record: a table, JSON, or a page that steps back and forth |
//!
//! # To look at it
//!
//! From inside of a handler: [`LoopHandle::call_stack`] says what runs, [`EventQueue::events`] what
//! waits, who posted it and where. From outside: a [`Trace`] keeps every step, and can undo it.

// What can be said, without knowing of a loop.
mod call_stack;
mod clock;
mod error;
mod exit;
mod fifo;
mod id;
mod inspector;
mod journal;
mod queued;
mod record;
mod running;

// The event queue, the call stack, timers, and the door for other threads.
mod deadlines;
mod door;
mod frames;
mod inlet;
mod lanes;
mod mail;
mod overflow;
mod posted;
mod queue;
mod semaphore;
mod slab;
mod store;
mod stores;
mod tick;
mod timers;

// The loop.
mod alarm;
mod builder;
mod core;
mod handle;
mod local_loops;
mod proxy;
mod task;
mod turn;

// On top.
mod trace;

pub use self::builder::EventLoopBuilder;
pub use self::call_stack::{CallStack, Frame, FrameKind};
pub use self::clock::{Clock, SystemClock, VirtualClock};
pub use self::error::{PostError, RunError, TaskError};
pub use self::exit::{Exit, Next, Turn};
pub use self::handle::LoopHandle;
pub use self::id::{Cause, EventId, TaskId, TimerId};
pub use self::inspector::Inspector;
pub use self::overflow::{Evicted, Overflow};
pub use self::proxy::{Proxy, WeakProxy};
pub use self::queue::EventQueue;
pub use self::queued::{Lane, PostOptions, QueuedEvent};
pub use self::record::{Ending, Record, Slow, Step, TaskInfo, TimerInfo};
pub use self::task::TASK_ERROR;
pub use self::timers::MissedTick;
pub use self::trace::{State, Trace};

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::time::{Duration, Instant};

use self::core::Core;
use self::turn::Did;
use crate::local::EventEmitter;

/// A single-threaded event loop: an emitter, an event queue, microtasks, timers, a clock, a call stack.
///
/// It belongs to the thread that made it. Listeners and tasks reach it by a [`LoopHandle`], other threads
/// by a [`Proxy`]. Dropping it drops all that waits, each payload once.
///
/// # A turn
///
/// 1. Is it asked to stop? It forgets that, and the run ends: [`Exit::Stopped`].
/// 2. Microtasks left over, by code outside of a run or by a handler that unwound, run now. If one of
///    them stops the loop, that is (1) again.
/// 3. Posts from other threads that are not in yet are taken in, in the order of their arrival, then timers
///    that are due, by deadline and then by creation: all behind what is queued. (If the last turn of the
///    run was that of a weak timer, timers are taken in only if a strong one, or a strong proxy, is left.)
/// 4. One event is taken from the queue: of the highest lane, the oldest.
/// 5. A dispatch frame is pushed on the call stack; its listeners are called, each in a frame of its
///    own; the frame is popped; the payload is dropped. (A timeout or an interval has one timer frame
///    instead.)
/// 6. The call stack is empty. Microtasks run until none is left, new ones included, up to
///    [`microtask_limit`](EventLoopBuilder::microtask_limit).
/// 7. If there was no event, one idle callback runs, with its microtasks. (Microtasks that an inspector has
///    queued since (2) come first, and are the turn then.) If there is no idle callback either: with
///    no strong timer and no strong proxy, nothing can ever happen, and the run ends:
///    [`Exit::Completed`]. Else it sleeps until the next deadline or a wake. Under a virtual clock it never
///    sleeps: the clock is moved to the next deadline, or, if there is none but of weak timers, the run ends with
///    [`Exit::Stalled`], even if a proxy is left.
///
/// # What keeps it running
///
/// Events, microtasks, timers and proxies do, idle callbacks until they have run. Timers that were
/// [made weak](LoopHandle::unref_timer), weak proxies, handles and listeners do not.
///
/// # Panics and errors
///
/// A handler's panic unwinds out of the run under [`PanicPolicy::Propagate`](crate::PanicPolicy), and so
/// does an error that nobody listens to. The event is used up; the queue, the microtasks and the timers
/// are kept, the call stack is empty, and the loop can run again.
///
/// # Why it is not `Send`
///
/// Its listeners need not be. Make it on the thread that it is to run on, and send a [`Proxy`] out:
///
/// ```compile_fail
/// let event_loop = oyez::event_loop::EventLoop::new();
/// std::thread::spawn(move || event_loop.run());
/// ```
///
/// ```
/// let proxy = oyez::event_loop::EventLoop::new().handle().proxy();
/// std::thread::spawn(move || proxy.wake());
/// ```
///
/// # In another loop
///
/// A host with a loop of its own calls [`poll`](Self::poll), sleeps as it says, and polls again when
/// [`on_wake`](Self::on_wake) calls.
///
/// # Examples
///
/// ```
/// use oyez::Event;
/// use oyez::event_loop::{EventLoop, Exit};
///
/// const HELLO: Event<str> = Event::new("hello");
///
/// let event_loop = EventLoop::new();
/// event_loop.emitter().on(HELLO, |who| assert_eq!(who, "ada"));
/// event_loop.handle().post(HELLO, "ada").unwrap();
/// assert_eq!(event_loop.run(), Ok(Exit::Completed));
/// ```
pub struct EventLoop {
    core: Rc<Core>,
}

impl EventLoop {
    /// Makes a loop under the system's clock, without limits on the queue.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Sets limits and policies of a loop to be.
    pub fn builder() -> EventLoopBuilder {
        EventLoopBuilder::new()
    }

    /// Returns a handle for listeners and tasks. It is weak.
    #[must_use]
    pub fn handle(&self) -> LoopHandle {
        LoopHandle::new(Rc::downgrade(&self.core))
    }

    /// Returns the emitter that posted events are emitted to: one for a single thread, whose listeners may hold
    /// `Rc` and `Cell`. Whoever emits to it, by whatever handle, is on the call stack.
    #[must_use]
    pub fn emitter(&self) -> &EventEmitter {
        &self.core.emitter
    }

    /// Returns a handle for other threads, which keeps the loop running.
    #[must_use]
    pub fn proxy(&self) -> Proxy {
        Proxy::new(self.core.door.clone())
    }

    /// Returns the event queue, to look at or to post to.
    #[must_use]
    pub fn queue(&self) -> EventQueue {
        EventQueue::of(self.core.queue.clone())
    }

    /// Returns the frames that run now.
    #[must_use]
    pub fn call_stack(&self) -> CallStack {
        self.core.frames.snapshot()
    }

    /// Returns the time by the loop's clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.core.clock.now()
    }

    /// Returns when the next timer is due, weak ones included.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::EventLoop;
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::new();
    /// assert_eq!(event_loop.next_deadline(), None);
    /// event_loop.handle().set_timeout(Duration::from_secs(1), |_| ());
    /// assert!(event_loop.next_deadline() > Some(event_loop.now()));
    /// ```
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.core.timers.borrow().next_deadline()
    }

    /// Runs until nothing is left to do, or somebody calls `stop`.
    ///
    /// # Errors
    /// * [`RunError::Reentrant`] from inside of a handler. Nothing happened.
    /// * [`RunError::MicrotaskLimit`] if microtasks queue microtasks without end. Those that are left,
    ///   and the queue, are kept.
    ///
    /// # Panics
    /// With a handler's panic, or an error that nobody deals with. The loop can run again.
    pub fn run(&self) -> Result<Exit, RunError> {
        self.core.run(None)
    }

    /// Runs until `until` answers `true`: [`Exit::Reached`]. It is asked before the first turn, after
    /// each turn with its microtasks, and after each wake, also by a proxy that is gone since; on another
    /// thread the end of the last proxy is a wake. Where the last turn has also stopped the loop, the stop is for
    /// the next run.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::{EventLoop, Exit};
    ///
    /// const TICK: oyez::Event<u32> = oyez::Event::new("tick");
    /// let event_loop = EventLoop::new();
    /// for n in 1..=3 {
    ///     event_loop.handle().post(TICK, n).unwrap();
    /// }
    /// let exit = event_loop.run_until(|handle| handle.queue().len() == 1);
    /// assert_eq!(exit, Ok(Exit::Reached));
    /// ```
    pub fn run_until(&self, mut until: impl FnMut(&LoopHandle) -> bool) -> Result<Exit, RunError> {
        let handle = self.handle();
        self.core.run_until(|| until(&handle))
    }

    /// Runs for some time: [`Exit::Reached`] once the clock has come to the end of it, timers that are
    /// due at that instant have had their turns, and nothing is ready. It ends earlier if nothing is left
    /// to do, without moving a virtual clock on. With a time of 0 it answers `Reached` where it would else
    /// be `Completed` or `Stalled`. If no [`Instant`] can hold the end, there is none, as for [`run`](Self::run).
    ///
    /// A handler that posts to itself without end is always ready: let it use a timer, or
    /// [`stop`](LoopHandle::stop).
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::{EventLoop, Exit, VirtualClock};
    /// use std::time::Duration;
    ///
    /// let clock = VirtualClock::new();
    /// let event_loop = EventLoop::builder().clock(clock.clone()).build();
    /// event_loop.handle().set_interval(Duration::from_millis(3), |_| ());
    /// assert_eq!(event_loop.run_for(Duration::from_millis(10)), Ok(Exit::Reached));
    /// assert_eq!(clock.elapsed(), Duration::from_millis(10));
    /// ```
    pub fn run_for(&self, time: Duration) -> Result<Exit, RunError> {
        let end = self.core.clock.now().checked_add(time);
        self.core.run(end)
    }

    /// Gives one event its turn. Never sleeps, and never moves a virtual clock.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::{EventLoop, Turn};
    ///
    /// const TICK: oyez::Event<u32> = oyez::Event::new("tick");
    /// let event_loop = EventLoop::new();
    /// let id = event_loop.handle().post(TICK, 1).unwrap();
    /// assert_eq!(event_loop.turn(), Ok(Turn::Ran(id)));
    /// assert_eq!(event_loop.turn(), Ok(Turn::Nothing));
    /// ```
    pub fn turn(&self) -> Result<Turn, RunError> {
        Ok(match self.core.one_turn()? {
            Did::Event(id) => Turn::Ran(id),
            Did::Task | Did::Nothing => Turn::Nothing,
            Did::Stopped => Turn::Stopped,
        })
    }

    /// Gives the events that are there their turns, or else one idle callback, and says what to do next:
    /// for hosts with a loop of their own. Never sleeps, and never moves a virtual clock.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::{EventLoop, Exit, Next};
    /// use std::time::Instant;
    ///
    /// const TICK: oyez::Event<u32> = oyez::Event::new("tick");
    /// let event_loop = EventLoop::new();
    /// let host = std::thread::current();
    /// event_loop.on_wake(move || host.unpark());
    ///
    /// event_loop.handle().post(TICK, 1).unwrap();
    /// let exit = loop {
    ///     match event_loop.poll().unwrap() {
    ///         Next::Ready => {}
    ///         Next::WaitUntil(time) => std::thread::park_timeout(time - Instant::now()),
    ///         Next::Idle => std::thread::park(),
    ///         Next::Done(exit) => break exit,
    ///         _ => {} // `Next` may grow: poll again
    ///     }
    /// };
    /// assert_eq!(exit, Exit::Completed);
    /// ```
    pub fn poll(&self) -> Result<Next, RunError> {
        self.core.poll()
    }

    /// Names what a proxy calls, on its own thread, each time it posts, wakes or stops, and when the last
    /// one goes: for hosts that sleep outside of the loop. A later hook replaces an earlier one.
    ///
    /// A post on the loop's own thread calls nobody, by proxy or handle: poll again after it.
    ///
    /// The hook must not wait for the loop's thread, and should be short. Do not post, wake or stop through a proxy
    /// of the same loop from it, and do not drop the last strong proxy there, such as one that [`WeakProxy::upgrade`]
    /// has returned: each of these calls the hook again, without end if it always does so. If it panics, that unwinds
    /// out of the proxy's method, or out of its drop; what was to be done is done all the same.
    ///
    /// # Panics
    /// If the `Drop` of an earlier hook does; it is replaced all the same.
    pub fn on_wake(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.core.door.set_hook(wake);
    }
}

impl EventLoopBuilder {
    /// Makes the loop, on this thread.
    #[must_use]
    pub fn build(self) -> EventLoop {
        EventLoop {
            core: self.into_core(),
        }
    }
}

impl Drop for EventLoop {
    fn drop(&mut self) {
        local_loops::unregister(&self.core.door);
        self.core.close();
    }
}

impl Default for EventLoop {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop")
            .field("queue", &self.queue())
            .field("call_stack", &self.call_stack().depth())
            .finish_non_exhaustive()
    }
}

// User code runs only while the loop's parts are whole.
impl UnwindSafe for EventLoop {}
impl RefUnwindSafe for EventLoop {}
