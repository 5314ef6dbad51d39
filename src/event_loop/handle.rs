//! What listeners and tasks hold of their loop.

use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::rc::Weak;
use std::time::{Duration, Instant};

use super::call_stack::CallStack;
use super::core::{Body, Core, Work};
use super::error::PostError;
use super::id::{EventId, PackedCause, TimerId};
use super::posted::Envelope;
use super::proxy::Proxy;
use super::queue::EventQueue;
use super::queued::PostOptions;
use super::record::{Step, TimerInfo};
use super::timers::{MissedTick, Rhythm};
use crate::error::EmitError;
use crate::event::Event;
use crate::local::EventEmitter;
use crate::outcome::{Outcome, answer};
use crate::payload::Payload;

/// A handle to an event loop, for its own thread: what listeners capture, and what tasks are given.
///
/// A listener may be called by emitters without a loop, so it is given the payload and no more. Clone a
/// handle into it.
///
/// It is weak and keeps nothing alive. After the loop is gone it is inert: [`post`](Self::post) answers
/// [`PostError::Closed`], [`emit`](Self::emit) 0, and tasks and timers are dropped. Other threads have
/// a [`Proxy`].
///
/// # Re-entrancy
/// Every method may be called from inside a listener, a task, a hook, and from the `Drop` of a payload
/// or of a closure.
///
/// # Panics
/// With the panic of an inspector that is told what a method has done. It is done all the same: what was posted or
/// queued waits, a timer is set or cleared, a stop is asked for. Only an emit may end before its listeners are called.
///
/// # Examples
///
/// ```
/// use oyez::Event;
/// use oyez::event_loop::EventLoop;
///
/// const COUNT: Event<u32> = Event::new("count");
///
/// let event_loop = EventLoop::new();
/// let handle = event_loop.handle();
/// event_loop.emitter().on(COUNT, move |n| {
///     if *n > 0 {
///         handle.post(COUNT, n - 1).unwrap(); // later, on an empty stack
///     }
/// });
/// event_loop.handle().post(COUNT, 3).unwrap();
/// event_loop.run().unwrap();
/// ```
#[derive(Clone)]
pub struct LoopHandle {
    core: Weak<Core>,
}

impl LoopHandle {
    pub(crate) fn new(core: Weak<Core>) -> Self {
        Self { core }
    }

    /// Does something with the loop, unless it is gone.
    fn with<R>(&self, f: impl FnOnce(&Core) -> R) -> Option<R> {
        let core = self.core.upgrade()?;
        (!core.is_closed.get()).then(|| f(&core))
    }

    /// Calls the listeners of `event` now, on this call stack. Returns how many were called.
    ///
    /// See [`EventEmitter::emit`](crate::generic::EventEmitter::emit).
    #[track_caller]
    pub fn emit<T, P>(&self, event: Event<T>, payload: P) -> usize
    where
        T: ?Sized + 'static,
        P: Payload<T>,
    {
        self.emitter().emit(event, payload)
    }

    /// Calls the listeners of `event` now, and returns their errors.
    ///
    /// # Errors
    /// As [`EventEmitter::try_emit`](crate::generic::EventEmitter::try_emit).
    #[track_caller]
    pub fn try_emit<T, P>(&self, event: Event<T>, payload: P) -> Result<usize, EmitError>
    where
        T: ?Sized + 'static,
        P: Payload<T>,
    {
        self.emitter().try_emit(event, payload)
    }

    /// Puts an event on the event queue, for a turn of its own. See [`EventQueue::post`]: the payload owns what it
    /// needs, and what borrows is refused (E0521, E0597).
    ///
    /// # Errors
    /// [`PostError::Full`] if the queue is bounded and full; [`PostError::Closed`] if the loop is gone.
    /// Both give the payload back.
    ///
    /// # Panics
    /// As [`EventQueue::post`].
    ///
    /// # Examples
    ///
    /// ```
    /// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
    /// let event_loop = oyez::event_loop::EventLoop::new();
    /// let handle = event_loop.handle();
    /// assert!(handle.post(TICK, 1).is_ok());
    /// drop(event_loop);
    /// assert_eq!(handle.post(TICK, 2).unwrap_err().into_payload(), 2);
    /// ```
    #[track_caller]
    pub fn post<T, P>(&self, event: Event<T>, payload: P) -> Result<EventId, PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        self.post_with(event, payload, PostOptions::new())
    }

    /// Puts an event on a lane of the event queue, or gives it a label. See [`PostOptions`].
    ///
    /// # Errors
    /// As [`post`](Self::post).
    ///
    /// # Panics
    /// As [`EventQueue::post`].
    #[track_caller]
    pub fn post_with<T, P>(
        &self,
        event: Event<T>,
        payload: P,
        options: impl Into<PostOptions>,
    ) -> Result<EventId, PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        let site = Location::caller();
        match self.core.upgrade() {
            Some(core) => core.queue.post(event, payload, options.into(), site),
            None => Err(PostError::Closed(payload)),
        }
    }

    /// Takes an event out of the queue and drops its payload. Returns whether it was there. See
    /// [`EventQueue::cancel`].
    pub fn cancel(&self, id: EventId) -> bool {
        self.with(|core| core.queue.cancel(id)).unwrap_or(false)
    }

    /// Queues a closure that runs as soon as the call stack is empty: after the event that runs now,
    /// before the next. Outside of a run it waits for the next turn.
    ///
    /// It may return whatever a listener may; see [`Outcome`]. Its error goes to
    /// [`TASK_ERROR`](super::TASK_ERROR). One that is kept in a variable first has to name the type of its argument, as
    /// in `|_: &LoopHandle|`.
    ///
    /// # Examples
    ///
    /// ```
    /// let event_loop = oyez::event_loop::EventLoop::new();
    /// event_loop.handle().queue_microtask(|handle| handle.stop());
    /// assert_eq!(event_loop.run(), Ok(oyez::event_loop::Exit::Stopped));
    /// ```
    #[track_caller]
    pub fn queue_microtask<R: Outcome>(&self, task: impl FnOnce(&Self) -> R + 'static) {
        let site = Location::caller();
        self.with(|core| core.queue_microtask(site, once(task)));
    }

    /// Queues a closure that runs when there is nothing else to do: no event, no microtask. One a turn.
    ///
    /// It may return whatever a listener may; see [`Outcome`].
    ///
    /// # Examples
    ///
    /// Work that can wait, in pieces that leave room for events:
    ///
    /// ```
    /// use oyez::event_loop::{EventLoop, LoopHandle};
    ///
    /// fn tidy_up(handle: &LoopHandle, mut shelves: Vec<&'static str>) {
    ///     if shelves.pop().is_some() {
    ///         handle.queue_idle(move |handle| tidy_up(handle, shelves));
    ///     }
    /// }
    /// let event_loop = EventLoop::new();
    /// event_loop.handle().queue_idle(|handle| tidy_up(handle, vec!["tea", "cups"]));
    /// event_loop.run().unwrap();
    /// ```
    #[track_caller]
    pub fn queue_idle<R: Outcome>(&self, task: impl FnOnce(&Self) -> R + 'static) {
        let site = Location::caller();
        self.with(|core| core.queue_idle(site, once(task)));
    }

    /// Runs a closure in a turn of its own, `time` from now or as soon after as the queue allows; never
    /// earlier.
    ///
    /// `Duration::ZERO` is behind what is queued. What is too far away for an [`Instant`], such as
    /// `Duration::MAX`, is never due, and keeps the run from completing.
    ///
    /// After the loop the closure is dropped, and the id names no timer.
    ///
    /// # Complexity
    /// O(log n) amortised for n timers. One allocation for the closure; now and then a table.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::{EventLoop, VirtualClock};
    /// use std::time::Duration;
    ///
    /// let clock = VirtualClock::new();
    /// let event_loop = EventLoop::builder().clock(clock.clone()).build();
    /// event_loop.handle().set_timeout(Duration::from_millis(10), move |_| {
    ///     assert_eq!(clock.elapsed(), Duration::from_millis(10));
    /// });
    /// event_loop.run().unwrap();
    /// ```
    #[track_caller]
    pub fn set_timeout<R: Outcome>(
        &self,
        time: Duration,
        task: impl FnOnce(&Self) -> R + 'static,
    ) -> TimerId {
        self.set(time, None, || Work::Once(once(task)))
    }

    /// Runs a closure again and again, each time in a turn of its own: first `period` from now. Periods
    /// that pass while it cannot run are left out ([`MissedTick::Skip`]).
    ///
    /// It ends when it is cleared, or when it returns [`Flow::Stop`](crate::Flow::Stop) or
    /// [`Flow::Unsubscribe`](crate::Flow::Unsubscribe). It does not end when it fails or panics.
    ///
    /// After the loop the closure is dropped, and the id names no timer.
    ///
    /// # Panics
    /// If `period` is 0: the clock would never get past it.
    ///
    /// # Complexity
    /// As [`set_timeout`](Self::set_timeout), with one allocation more, for its rhythm; and again for each period,
    /// which allocates neither.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::Flow;
    /// use oyez::event_loop::{EventLoop, VirtualClock};
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// let mut left = 3;
    /// event_loop.handle().set_interval(Duration::from_secs(1), move |_| {
    ///     left -= 1;
    ///     if left == 0 { Flow::Stop } else { Flow::Continue }
    /// });
    /// event_loop.run().unwrap();
    /// ```
    #[track_caller]
    pub fn set_interval<R: Outcome>(
        &self,
        period: Duration,
        task: impl FnMut(&Self) -> R + 'static,
    ) -> TimerId {
        self.set_interval_with(period, MissedTick::default(), task)
    }

    /// As [`set_interval`](Self::set_interval), with a choice of what becomes of missed periods.
    ///
    /// # Panics
    /// If `period` is 0.
    #[track_caller]
    pub fn set_interval_with<R: Outcome>(
        &self,
        period: Duration,
        missed: MissedTick,
        mut task: impl FnMut(&Self) -> R + 'static,
    ) -> TimerId {
        assert!(
            !period.is_zero(),
            "an interval with a period of 0 would never let time pass; the least is 1 ns"
        );
        let rhythm = Rhythm { period, missed };
        self.set(period, Some(Box::new(rhythm)), || {
            Work::Repeat(Box::new(move |core| answer(task(&Self::new(core.clone())))))
        })
    }

    /// Posts an event `time` from now. The payload is kept until then.
    ///
    /// Due, it waits in the normal lane, and takes no room of a bounded queue.
    ///
    /// After the loop the payload is dropped, and the id names no timer.
    ///
    /// # Complexity
    /// O(log n) amortised for n timers. One allocation, for the event; now and then a table.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::{EventLoop, VirtualClock};
    /// use std::time::Duration;
    ///
    /// const TEA: oyez::Event<str> = oyez::Event::new("tea");
    /// let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    /// event_loop.emitter().on(TEA, |kind| assert_eq!(kind, "green"));
    /// event_loop.handle().post_after(Duration::from_secs(180), TEA, "green");
    /// event_loop.run().unwrap();
    /// ```
    #[track_caller]
    pub fn post_after<T, P>(&self, time: Duration, event: Event<T>, payload: P) -> TimerId
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        let site = Location::caller();
        self.set(time, None, || {
            // Its cause is told by the timer.
            let cause = PackedCause::default();
            let envelope = Envelope::new(payload, site, cause);
            Work::Post(Box::new((event, envelope)))
        })
    }

    #[track_caller]
    fn set(
        &self,
        time: Duration,
        rhythm: Option<Box<Rhythm>>,
        work: impl FnOnce() -> Work,
    ) -> TimerId {
        let site = Location::caller();
        self.with(|core| core.set_timer(time, rhythm, work(), site))
            .unwrap_or(TimerId::NONE)
    }

    /// Clears a timer and drops what it holds, also if it is due and its turn is queued. Returns whether
    /// it was there: `false` for a timeout that runs or has run, `true` for an interval from inside of
    /// it.
    ///
    /// # Complexity
    /// O(1) amortised; if it is due, O(log n) for n events that wait.
    ///
    /// # Examples
    ///
    /// A deadline that is not needed any more:
    ///
    /// ```
    /// use oyez::event_loop::EventLoop;
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::new();
    /// let handle = event_loop.handle();
    /// let deadline = handle.set_timeout(Duration::from_secs(30), |_| panic!("too late"));
    /// handle.queue_microtask(move |handle| assert!(handle.clear_timer(deadline)));
    /// event_loop.run().unwrap(); // does not wait
    /// ```
    pub fn clear_timer(&self, id: TimerId) -> bool {
        self.with(|core| core.clear_timer(id)).unwrap_or(false)
    }

    /// Makes a timer weak: the loop may end without waiting for it. Returns whether it is there.
    ///
    /// A weak timer that is due has its turn, but keeps no run by being due again: in the same run, the turn after it
    /// looks for due timers only if a strong timer or a strong [`Proxy`] is left. One that posts an event each time
    /// does keep the run.
    ///
    /// # Complexity
    /// O(1).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::EventLoop;
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::new();
    /// let handle = event_loop.handle();
    /// let heartbeat = handle.set_interval(Duration::from_secs(60), |_| ());
    /// assert!(handle.unref_timer(heartbeat));
    /// event_loop.run().unwrap(); // does not wait
    /// ```
    pub fn unref_timer(&self, id: TimerId) -> bool {
        self.with(|core| core.set_weak(id, true)).unwrap_or(false)
    }

    /// Makes a timer strong again: the loop waits for it. Returns whether it is there.
    ///
    /// # Complexity
    /// O(1).
    pub fn ref_timer(&self, id: TimerId) -> bool {
        self.with(|core| core.set_weak(id, false)).unwrap_or(false)
    }

    /// Returns what is known of the timers that are armed: by deadline, then in the order of their making.
    /// Those that are due are events, and in the [`queue`](Self::queue).
    ///
    /// # Complexity
    /// O(s + t log t) for t timers, where there were s at once at most; allocates the answer.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::EventLoop;
    /// use std::time::Duration;
    ///
    /// let event_loop = EventLoop::new();
    /// let handle = event_loop.handle();
    /// handle.set_interval(Duration::from_secs(2), |_| ());
    /// assert_eq!(handle.timers()[0].period(), Some(Duration::from_secs(2)));
    /// ```
    #[must_use]
    pub fn timers(&self) -> Vec<TimerInfo> {
        self.with(Core::timer_infos).unwrap_or_default()
    }

    /// Returns the loop's emitter. After the loop, one that nobody listens to.
    #[must_use]
    pub fn emitter(&self) -> EventEmitter {
        self.with(|core| core.emitter.clone()).unwrap_or_default()
    }

    /// Returns a handle for other threads, which keeps the loop running.
    #[must_use]
    pub fn proxy(&self) -> Proxy {
        self.with(|core| Proxy::new(core.door.clone()))
            .unwrap_or_else(Proxy::closed)
    }

    /// Returns the event queue, to look at or to post to.
    ///
    /// After the loop it is empty and takes nothing.
    #[must_use]
    pub fn queue(&self) -> EventQueue {
        self.with(|core| EventQueue::of(core.queue.clone()))
            .unwrap_or_else(EventQueue::closed)
    }

    /// Returns the frames that run now.
    #[must_use]
    pub fn call_stack(&self) -> CallStack {
        self.with(|core| core.frames.snapshot()).unwrap_or_default()
    }

    /// Returns how many emits and tasks of this loop run now, each inside of the one before; 0 where none
    /// does. An emit outside of a run counts as well. Frames of listeners do not count: see
    /// [`CallStack::depth`].
    #[must_use]
    pub fn depth(&self) -> usize {
        self.with(|core| core.frames.depth()).unwrap_or(0)
    }

    /// Ends the run after the event that runs now and its microtasks. What is queued stays. Before a
    /// run, the run ends at once.
    ///
    /// To do what is left after a stop, and wait for nothing more: call
    /// [`poll`](super::EventLoop::poll) as long as it answers [`Ready`](super::Next::Ready).
    pub fn stop(&self) {
        self.with(Core::stop);
    }

    /// Returns whether the loop is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.with(|_| ()).is_none()
    }

    /// Returns the time by the loop's clock; after the loop, by the system's.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.with(|core| core.clock.now())
            .unwrap_or_else(Instant::now)
    }

    /// Returns the time since the loop was made, by its clock; after the loop, 0. Times in what can be
    /// looked at are of this kind.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.with(|core| core.journal.since_start(core.clock.now()))
            .unwrap_or_default()
    }

    /// Tells the inspector something in words: a line of the program's own output in a
    /// [`Trace`](super::Trace), among the steps that led to it. Without an inspector, nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::{EventLoop, Trace};
    ///
    /// let trace = Trace::new();
    /// let event_loop = EventLoop::builder().inspector(trace.clone()).build();
    /// event_loop.handle().queue_microtask(|handle| handle.note("the kettle is on"));
    /// event_loop.run().unwrap();
    /// assert!(trace.to_table().contains("> the kettle is on"));
    /// ```
    #[track_caller]
    pub fn note(&self, text: impl Into<String>) {
        let site = Location::caller();
        self.with(|core| core.journal.write(|| Step::Note(text.into(), site)));
    }
}

fn once<R: Outcome>(task: impl FnOnce(&LoopHandle) -> R + 'static) -> Body {
    Box::new(move |core| answer(task(&LoopHandle::new(core.clone()))))
}

impl fmt::Debug for LoopHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoopHandle")
            .field("is_closed", &self.is_closed())
            .finish()
    }
}

// User code runs only while the loop's parts are whole.
impl UnwindSafe for LoopHandle {}
impl RefUnwindSafe for LoopHandle {}
