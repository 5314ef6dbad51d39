//! One step of a loop, as data that can be undone.
//!
//! # Data structure
//!
//! A step either puts one item into one of the loop's five places (queue, call stack, microtasks,
//! timers, idle callbacks), takes one out, changes one where it is ([`Step::TimerRef`]), or does nothing to
//! them. It carries the item itself. Every place but the stack has an order that follows from the items
//! (`trace::replay`), so that a step can be done and undone without knowing where in its place the item stood.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use super::call_stack::{Frame, Origin};
use super::exit::Exit;
use super::id::{Cause, TaskId, TimerId};
use super::queued::{Lane, QueuedEvent};
use crate::watch::Caller;

/// What is known of a microtask or an idle callback that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskInfo {
    pub(crate) id: TaskId,
    pub(crate) location: &'static Location<'static>,
    pub(crate) cause: Cause,
}

impl TaskInfo {
    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// Returns the line of source that queued it.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// Returns what ran when it was queued.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }
}

/// What is known of a timer that is armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerInfo {
    pub(crate) id: TimerId,
    pub(crate) event: Option<&'static str>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) period: Option<Duration>,
    pub(crate) is_weak: bool,
    pub(crate) location: &'static Location<'static>,
    pub(crate) cause: Cause,
}

impl TimerInfo {
    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> TimerId {
        self.id
    }

    /// Returns the name of the event that it will post, if that is what it does.
    #[must_use]
    pub fn event(&self) -> Option<&'static str> {
        self.event
    }

    /// Returns when it is due, as the time since the loop was made; `None` if never.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// Returns the period of an interval.
    #[must_use]
    pub fn period(&self) -> Option<Duration> {
        self.period
    }

    /// Returns whether it leaves the loop free to end.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.is_weak
    }

    /// Returns the line of source that set it.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// Returns what ran when it was set.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }
}

/// How a frame has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// It returned, and had nothing to say.
    Returned,
    /// It returned [`Flow::Stop`](crate::Flow::Stop).
    Stopped,
    /// It returned [`Flow::Unsubscribe`](crate::Flow::Unsubscribe).
    Unsubscribed,
    /// It returned an error with this text, or panicked with it under
    /// [`PanicPolicy::Isolate`](crate::PanicPolicy::Isolate).
    ///
    /// Where the text of an error is being made, other errors are not asked for theirs: the text is then "an error
    /// within the text of another". Of one whose text panics it is "an error whose text panics".
    Failed(String),
    /// It panicked, and the panic goes on.
    Panicked,
}

impl Ending {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::Stopped => "stopped",
            Self::Unsubscribed => "unsubscribed",
            Self::Failed(_) => "failed",
            Self::Panicked => "panicked",
        }
    }
}

/// What a loop did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// An event came into the queue.
    Posted(QueuedEvent),
    /// An event left the queue, for its turn.
    Taken(QueuedEvent),
    /// An event left the queue, by `cancel` or `clear`, or by `clear_timer` of a timer that is due.
    Cancelled(QueuedEvent),
    /// An event left the queue, to make room.
    Evicted(QueuedEvent),
    /// A frame was pushed on the call stack.
    Entered(Frame),
    /// A frame was popped from the call stack.
    Left(Frame, Ending),
    /// A microtask waits.
    MicrotaskQueued(TaskInfo),
    /// A microtask is about to run.
    MicrotaskTaken(TaskInfo),
    /// An idle callback waits.
    IdleQueued(TaskInfo),
    /// An idle callback is about to run.
    IdleTaken(TaskInfo),
    /// A timer was set, or an interval set again.
    TimerSet(TimerInfo),
    /// A timer is due; what it does is posted next.
    TimerDue(TimerInfo),
    /// A timer was cleared.
    TimerCleared(TimerInfo),
    /// A timer was made weak, or strong again; it is given as it is now.
    TimerRef(TimerInfo),
    /// Nothing is left to do before this time, and the loop sleeps.
    Slept(Option<Duration>),
    /// The sleep is over.
    Woken,
    /// The virtual clock was moved to this time.
    Stepped(Duration),
    /// The loop was asked to stop.
    Stop,
    /// So many microtasks ran in a row that the run, the turn or the poll ends with an error.
    LimitReached(usize),
    /// A run has ended.
    Exited(Exit),
    /// The program said something, by [`LoopHandle::note`](super::LoopHandle::note).
    Note(String, &'static Location<'static>),
    /// Something took longer than the threshold.
    Slow(Slow),
}

impl Step {
    /// The name of the step in renderings.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Posted(_) => "posted",
            Self::Taken(_) => "taken",
            Self::Cancelled(_) => "cancelled",
            Self::Evicted(_) => "evicted",
            Self::Entered(_) => "entered",
            Self::Left(..) => "left",
            Self::MicrotaskQueued(_) => "microtask_queued",
            Self::MicrotaskTaken(_) => "microtask_taken",
            Self::IdleQueued(_) => "idle_queued",
            Self::IdleTaken(_) => "idle_taken",
            Self::TimerSet(_) => "timer_set",
            Self::TimerDue(_) => "timer_due",
            Self::TimerCleared(_) => "timer_cleared",
            Self::TimerRef(_) => "timer_ref",
            Self::Slept(_) => "slept",
            Self::Woken => "woken",
            Self::Stepped(_) => "stepped",
            Self::Stop => "stop",
            Self::LimitReached(_) => "limit_reached",
            Self::Exited(_) => "exited",
            Self::Note(..) => "note",
            Self::Slow(_) => "slow",
        }
    }

    fn location(&self) -> Caller {
        match self {
            Self::Posted(event)
            | Self::Taken(event)
            | Self::Cancelled(event)
            | Self::Evicted(event) => Some(event.location),
            Self::Entered(frame) | Self::Left(frame, _) => frame.location,
            Self::MicrotaskQueued(task)
            | Self::MicrotaskTaken(task)
            | Self::IdleQueued(task)
            | Self::IdleTaken(task) => Some(task.location),
            Self::TimerSet(timer)
            | Self::TimerDue(timer)
            | Self::TimerCleared(timer)
            | Self::TimerRef(timer) => Some(timer.location),
            Self::Note(_, location) => Some(location),
            Self::Slow(slow) => slow.location(),
            Self::Slept(_)
            | Self::Woken
            | Self::Stepped(_)
            | Self::Stop
            | Self::LimitReached(_)
            | Self::Exited(_) => None,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Posted(event) => {
                write!(f, "post {}", EventText(event))?;
                if let Some(timer) = event.timer {
                    write!(f, " of {timer}")?;
                }
                match event.lane {
                    Lane::Normal => {}
                    lane => write!(f, " to the {} lane", lane.as_str())?,
                }
                write!(f, ", {}", Attribution(event.cause))
            }
            Self::Taken(event) => write!(f, "take {} from the queue: its turn", EventText(event)),
            Self::Cancelled(event) => write!(f, "cancel {}", EventText(event)),
            Self::Evicted(event) => write!(f, "evict {} to make room", EventText(event)),
            Self::Entered(frame) => write!(f, "enter {}", FrameText(frame)),
            Self::Left(frame, Ending::Returned) => write!(f, "leave {}", FrameText(frame)),
            Self::Left(frame, Ending::Failed(why)) => {
                write!(f, "leave {}: failed: {why}", FrameText(frame))
            }
            Self::Left(frame, ending) => {
                write!(f, "leave {}: {}", FrameText(frame), ending.as_str())
            }
            Self::MicrotaskQueued(task) => {
                write!(
                    f,
                    "queue microtask {}, {}",
                    task.id,
                    Attribution(task.cause)
                )
            }
            Self::MicrotaskTaken(task) => {
                write!(f, "take microtask {}: the call stack is empty", task.id)
            }
            Self::IdleQueued(task) => {
                write!(
                    f,
                    "queue idle callback {}, {}",
                    task.id,
                    Attribution(task.cause)
                )
            }
            Self::IdleTaken(task) => {
                write!(f, "take idle callback {}: nothing else to do", task.id)
            }
            Self::TimerSet(timer) => match timer.deadline {
                Some(deadline) => write!(f, "set {}, due at {deadline:?}", TimerText(timer)),
                None => write!(f, "set {}, never due", TimerText(timer)),
            },
            Self::TimerDue(timer) => write!(f, "{} is due", TimerText(timer)),
            Self::TimerCleared(timer) => write!(f, "clear {}", TimerText(timer)),
            Self::TimerRef(timer) if timer.is_weak => {
                write!(f, "{} keeps the loop no more", TimerText(timer))
            }
            Self::TimerRef(timer) => write!(f, "{} keeps the loop again", TimerText(timer)),
            Self::Slept(Some(until)) => write!(f, "sleep until {until:?}, or a wake"),
            Self::Slept(None) => f.write_str("sleep until a wake"),
            Self::Woken => f.write_str("wake up"),
            Self::Stepped(to) => write!(f, "nothing to do before {to:?}: move the clock there"),
            Self::Stop => f.write_str("asked to stop"),
            Self::LimitReached(limit) => {
                write!(f, "the limit of `{limit}` microtasks in a row is reached")
            }
            Self::Exited(exit) => write!(f, "the run ends: {}", exit.as_str()),
            Self::Note(text, _) => f.write_str(text),
            Self::Slow(slow) => write!(f, "{slow}"),
        }
    }
}

/// A cause in a sentence.
struct Attribution(Cause);

impl fmt::Display for Attribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let preposition = match self.0 {
            Cause::Outside | Cause::Thread => "from",
            Cause::Event(_) | Cause::Microtask(_) | Cause::Idle(_) => "by",
        };
        write!(f, "{preposition} {}", self.0)
    }
}

/// An event in a sentence.
struct EventText<'a>(&'a QueuedEvent);

impl fmt::Display for EventText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.0.event, self.0.id)
    }
}

/// A frame in a sentence, without its location.
pub(crate) struct FrameText<'a>(pub(crate) &'a Frame);

impl fmt::Display for FrameText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = Frame {
            location: None,
            ..*self.0
        };
        write!(f, "{bare}")?;
        match bare.origin {
            Origin::Call => Ok(()),
            Origin::Event(id) => write!(f, " {id}"),
            Origin::Task(id) => write!(f, " {id}"),
        }
    }
}

/// A timer in a sentence.
struct TimerText<'a>(&'a TimerInfo);

impl fmt::Display for TimerText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.0.id;
        match (self.0.event, self.0.period) {
            (Some(event), _) => write!(f, "timer {id} that posts `{event}`"),
            (None, Some(_)) => write!(f, "interval {id}"),
            (None, None) => write!(f, "timeout {id}"),
        }
    }
}

/// A handler, or a whole turn, that took longer than the
/// [`slow_threshold`](super::EventLoopBuilder::slow_threshold).
///
/// Its `Display` is a sentence for a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slow {
    pub(crate) frame: Option<Frame>,
    pub(crate) turn: Option<QueuedEvent>,
    pub(crate) took: Duration,
    pub(crate) threshold: Duration,
}

impl Slow {
    /// Returns the frame that took so long; `None` for a whole turn.
    #[must_use]
    pub fn frame(&self) -> Option<&Frame> {
        self.frame.as_ref()
    }

    /// Returns the name of the event: of the listener, or of the turn. `None` for a task.
    #[must_use]
    pub fn event(&self) -> Option<&'static str> {
        let of_frame = self.frame.and_then(|frame| frame.event);
        of_frame.or(self.turn.map(|event| event.event))
    }

    /// Returns the label of the listener, or of the turn's event.
    #[must_use]
    pub fn label(&self) -> Option<&'static str> {
        let of_frame = self.frame.and_then(|frame| frame.label);
        of_frame.or(self.turn.and_then(|event| event.label))
    }

    /// Returns the line of source: where the listener was registered, the task queued, or the turn's
    /// event posted.
    #[must_use]
    pub fn location(&self) -> Option<&'static Location<'static>> {
        let of_frame = self.frame.and_then(|frame| frame.location);
        of_frame.or(self.turn.map(|event| event.location))
    }

    /// Returns how long it took, what it called included.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.took
    }

    /// Returns the threshold.
    #[must_use]
    pub fn threshold(&self) -> Duration {
        self.threshold
    }
}

impl fmt::Display for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.frame, &self.turn) {
            (Some(frame), _) => write!(f, "{frame}")?,
            (None, Some(event)) => {
                write!(f, "the turn of {} ({})", EventText(event), event.location)?
            }
            (None, None) => f.write_str("a turn")?,
        }
        let Self {
            took, threshold, ..
        } = self;
        write!(f, " took `{took:?}`, more than `{threshold:?}`")
    }
}

/// One step of a loop: what it did, and when.
///
/// An [`Inspector`](super::Inspector) is given them one by one; a [`Trace`](super::Trace) keeps them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub(crate) seq: u64,
    pub(crate) at: Duration,
    pub(crate) step: Step,
}

impl Record {
    /// Returns its number. The first is 1.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns when it happened, as the time since the loop was made.
    #[must_use]
    pub fn at(&self) -> Duration {
        self.at
    }

    /// Returns what happened.
    #[must_use]
    pub fn step(&self) -> &Step {
        &self.step
    }

    /// Returns the line of source that it comes from.
    #[must_use]
    pub fn location(&self) -> Option<&'static Location<'static>> {
        self.step.location()
    }
}

/// One sentence.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.step)
    }
}
