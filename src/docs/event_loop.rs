//! The rules of the [event loop](crate::event_loop) with their fine print, each with its reason.
//!
//! The turn, step by step, is in the docs of [`EventLoop`].
//!
//! # Now, next, later
//!
//! | call | runs | on the call stack |
//! |---|---|---|
//! | [`emit`] | now, before it returns | nested in what runs |
//! | [`queue_microtask`] | when the stack is empty, before the next event | alone |
//! | [`post`] | in a turn of its own, behind what is queued | alone |
//! | [`set_timeout`], [`set_interval`], [`post_after`] | in a turn of its own, when due | alone |
//! | [`queue_idle`] | when there is nothing else to do, one a turn | alone |
//!
//! A handler that posts to itself never grows the stack; one that emits to itself does, until
//! [`TooDeep`](crate::TooDeep).
//!
//! *Why:* code that runs later finds the world as the whole of the turn before has left it; code that
//! runs now finds it in the middle.
//!
//! # The event queue
//!
//! * Posts of all events and types stand in one order, in each of three lanes: high, normal, low.
//! * [`dispatch`] and [`poll`] take what was there when they were called. What is posted meanwhile waits,
//!   also in a higher lane.
//! * Lanes are strict: a high lane that is never empty starves the others. With [`fairness`] `n`, a lane
//!   that was passed over n times in a row goes next.
//! * [`cancel`] and `clear` drop the payload before they return. The event that runs is not in the queue:
//!   it cannot be cancelled and takes no room. Its payload is dropped after its listeners, before its
//!   microtasks.
//! * A bound ([`capacity`]) counts what was posted and waits, here and at the door of other threads. Due
//!   timers need no room. What is refused comes back in the error; with
//!   [`DropOldest`](crate::event_loop::Overflow), the oldest goes to [`on_evicted`] instead, but for what
//!   other threads have posted. Their posts are refused even then: what was accepted is never lost.
//! * `dispatch` from inside a listener takes what then waits; the outer call finds that gone.
//!
//! *Why:* one order for all types is what makes a program's steps its own; bounds give back what they
//! refuse, since a lost event is a lost fact.
//!
//! # Microtasks
//!
//! * They run when the call stack is empty: after an event and all of its listeners, after each timer,
//!   after an idle callback. Those queued by code outside of a run wait for the next turn.
//! * More than [`microtask_limit`] in a row are an error, which names the lines that queued the last ones.
//!   Those that are left stay queued, as do the events.
//!
//! *Why:* "before anything else happens" is worth having only if it has an end.
//!
//! # Timers
//!
//! * A timer is never early. A deadline is the time of the call plus the delay, by the clock as it reads
//!   then. Equal deadlines fire in the order of creation; an interval keeps its rank.
//! * A due timer is an event of the normal lane, with an id of its own, behind what is queued. It can
//!   still be cleared there. `cancel` of that event clears a timeout, and leaves out one tick of an
//!   interval.
//! * An interval is armed again when its task starts, and so stays armed when that panics.
//!   [`MissedTick`](crate::event_loop::MissedTick) says what becomes of periods that were missed. It ends
//!   by [`clear_timer`], `Flow::Stop` or `Flow::Unsubscribe`.
//! * [`clear_timer`] of the timeout that runs is `false`: it is gone. Of the interval that runs: `true`.
//! * A timer whose deadline no `Instant` can hold is never due, and still keeps the run from completing: under
//!   the system's clock the loop sleeps on, under a virtual one the run ends with [`Stalled`].
//! * [`unref_timer`] lets the loop end without the timer. One that is due when a turn looks runs all the
//!   same; but one that follows that of a weak timer in the same run looks only if a strong timer or a strong proxy
//!   is left. So a weak timer that is always due keeps no run by that alone: one that posts does. (Polls up to
//!   [`Next::Done`](crate::event_loop::Next::Done) are one run, and each `turn` of a host is one.) A virtual clock
//!   does not move for weak timers alone: with a proxy left, that is [`Stalled`].
//!
//! *Why:* the order of timers is a promise here, where other loops leave it to chance.
//!
//! # Stop, errors, panics
//!
//! * [`stop`] lets the event that runs and its microtasks finish and leaves the rest queued. Before a run,
//!   it ends the run before anything happens. It is used up by the run that it ends.
//! * What a listener returns or panics with goes its usual way (see [`rules`](super::rules)); what nobody
//!   deals with unwinds out of the run. The event is used up, the rest is kept, the stack is empty, and
//!   the loop can run again.
//! * A task is a microtask, a timer or an idle callback. It may return what a listener may. Its error, or
//!   its panic under `PanicPolicy::Isolate`, goes to
//!   [`TASK_ERROR`](crate::event_loop::TASK_ERROR), and unwinds if nobody listens there.
//! * `run`, `turn` and `poll` from inside of a handler are refused with
//!   [`Reentrant`](crate::event_loop::RunError), and nothing is changed.
//!
//! *Why:* a loop that dies of one handler's error takes all others with it; one that swallows it lies.
//!
//! # Other threads
//!
//! * A [`Proxy`](crate::event_loop::Proxy) posts from anywhere. Posts of one thread to one lane stay in order.
//!   They are taken in at the latest at the beginning of a turn, behind what is queued: earlier, perhaps, where
//!   a handler puts something behind them, or looks at the queue.
//! * A wake is sticky: before the loop sleeps, it keeps it from sleeping once. Several may be one; posts
//!   are never joined.
//! * A strong proxy keeps the run waiting, but [not under a virtual
//!   clock](crate::event_loop::VirtualClock#with-other-threads). The drop of the last one ends it, when nothing else
//!   is left.
//! * `post_blocking` waits for room, but not on the loop's own thread, where nobody else would make it.
//!
//! # Looking
//!
//! * Each emit of the loop's emitter is a *dispatch* frame, whichever handle emits, and each listener,
//!   tap and `meta` listener called a *listener* frame in it. [`depth`] does not count listener frames.
//! * Every event, task and timer knows the line of source that made it, and its
//!   [`Cause`](crate::event_loop::Cause): what ran then.
//! * An [`Inspector`](crate::event_loop::Inspector) hears of every step after it is done. What an
//!   inspector causes is told after it returns.
//! * Nothing that is shown depends on the process: no addresses, no wall-clock time, no numbers of other
//!   loops. The same program without other threads, under a virtual clock, gives the same trace, byte for byte.
//! * Without an inspector no record is made, no text formatted, and the clock is read only for timers, for
//!   `run_for`, and when the loop is made.
//!
//! # What bounds what
//!
//! | a program that | meets | default |
//! |---|---|---|
//! | emits inside of its own emit without end | [`max_depth`](crate::generic::EmitterBuilder::max_depth) | 128 |
//! | queues microtasks without end | [`microtask_limit`] | 1000 |
//! | posts faster than it handles | [`capacity`] | none: memory |
//! | keeps a lane busy | [`fairness`] | none: strict |
//! | handles for long | [`slow_threshold`], which tells | none |
//!
//! [`EventLoop`]: crate::event_loop::EventLoop
//! [`Stalled`]: crate::event_loop::Exit::Stalled
//! [`emit`]: crate::event_loop::LoopHandle::emit
//! [`post`]: crate::event_loop::LoopHandle::post
//! [`cancel`]: crate::event_loop::LoopHandle::cancel
//! [`post_after`]: crate::event_loop::LoopHandle::post_after
//! [`queue_microtask`]: crate::event_loop::LoopHandle::queue_microtask
//! [`queue_idle`]: crate::event_loop::LoopHandle::queue_idle
//! [`set_timeout`]: crate::event_loop::LoopHandle::set_timeout
//! [`set_interval`]: crate::event_loop::LoopHandle::set_interval
//! [`clear_timer`]: crate::event_loop::LoopHandle::clear_timer
//! [`unref_timer`]: crate::event_loop::LoopHandle::unref_timer
//! [`stop`]: crate::event_loop::LoopHandle::stop
//! [`depth`]: crate::event_loop::LoopHandle::depth
//! [`dispatch`]: crate::event_loop::EventQueue::dispatch
//! [`poll`]: crate::event_loop::EventLoop::poll
//! [`fairness`]: crate::event_loop::EventLoopBuilder::fairness
//! [`capacity`]: crate::event_loop::EventLoopBuilder::capacity
//! [`on_evicted`]: crate::event_loop::EventLoopBuilder::on_evicted
//! [`microtask_limit`]: crate::event_loop::EventLoopBuilder::microtask_limit
//! [`slow_threshold`]: crate::event_loop::EventLoopBuilder::slow_threshold
