//! The errors of the queue and the loop.

use std::error::Error;
use std::fmt;
use std::panic::Location;

use super::call_stack::FrameKind;
use super::id::TimerId;
use crate::error::{BoxError, ErrorKind};
use crate::tally::tally;

/// Why an event was not posted. The payload comes back in it.
///
/// Causes and texts: [`docs::errors`](crate::docs::errors#posting). It is `Send + Sync` if the payload is. If
/// not, `?` does not turn it into an [`oyez::Result`](crate::Result): let go of the payload first, as in
/// `post(..).map_err(|refused| refused.to_string())?`.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventQueue, PostError};
///
/// const NAME: oyez::Event<str> = oyez::Event::new("name");
/// let queue = EventQueue::bounded(1);
/// queue.post(NAME, String::from("ada")).unwrap();
///
/// let refused = queue.post(NAME, String::from("bob")).unwrap_err();
/// assert!(matches!(refused, PostError::Full(_)));
/// assert!(refused.to_string().starts_with("the event queue is full"));
/// assert_eq!(refused.into_payload(), "bob");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PostError<P> {
    /// As many events wait as the capacity allows.
    #[error(
        "the event queue is full; the payload is in this error, to be posted when there is room"
    )]
    Full(P),
    /// The loop is gone.
    #[error("the event loop is gone and takes no more events; the payload is in this error")]
    Closed(P),
}

impl<P> PostError<P> {
    /// Returns the payload that was not posted.
    pub fn into_payload(self) -> P {
        match self {
            Self::Full(payload) | Self::Closed(payload) => payload,
        }
    }

    /// Returns whether there was no room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Returns whether the loop is gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

/// The text, since that is what an `unwrap` shows; without the payload, which need not be `Debug`.
impl<P> fmt::Debug for PostError<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Full(_) => "Full",
            Self::Closed(_) => "Closed",
        };
        f.debug_tuple(name).field(&format_args!("{self}")).finish()
    }
}

/// Why a run, a turn or a poll could not go on. What is queued is kept.
///
/// It is never a listener's error: these are told, or unwind.
///
/// Causes and texts: [`docs::errors`](crate::docs::errors#running).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunError {
    /// The loop runs already: this call came from inside of a handler.
    Reentrant,
    /// `limit` microtasks ran in a row, and more wait.
    MicrotaskLimit {
        /// The limit that was reached.
        limit: usize,
        /// The lines of source that queued the last ones that ran, in order; 8 at the most.
        last: Vec<&'static Location<'static>>,
    },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reentrant => f.write_str(
                "the event loop is running already, and cannot be run from inside of a handler; use `post` to have something done later",
            ),
            Self::MicrotaskLimit { limit, last } => {
                write!(f, "the limit of `{limit}` microtasks in a row is reached")?;
                show_culprits(f, last)?;
                f.write_str("; `post` what repeats, or raise `microtask_limit`")
            }
        }
    }
}

impl Error for RunError {}

/// Names each line of source once, with the number of times.
fn show_culprits(f: &mut fmt::Formatter<'_>, last: &[&'static Location<'static>]) -> fmt::Result {
    for (at, (line, times)) in tally(last).iter().enumerate() {
        let before = if at == 0 {
            "; the last ones were queued at"
        } else {
            ","
        };
        write!(f, "{before} {line} ({times} of {})", last.len())?;
    }
    Ok(())
}

/// A microtask, a timer or an idle callback failed. The payload of
/// [`TASK_ERROR`](super::TASK_ERROR).
///
/// What it returned, or its panic's text, is its [`source`](Error::source).
///
/// Causes and texts: [`docs::errors`](crate::docs::errors#tasks).
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventLoop, FrameKind, TASK_ERROR};
/// use std::error::Error;
///
/// let event_loop = EventLoop::new();
/// event_loop.emitter().on(TASK_ERROR, |error| {
///     assert_eq!(error.kind(), FrameKind::Microtask);
///     assert_eq!(error.source().unwrap().to_string(), "no tea");
/// });
/// event_loop.handle().queue_microtask(|_| oyez::Result::Err("no tea".into()) as oyez::Result);
/// event_loop.run().unwrap();
/// ```
#[derive(Debug)]
pub struct TaskError {
    kind: FrameKind,
    timer: Option<TimerId>,
    location: &'static Location<'static>,
    source: BoxError,
}

/// The text of a panic, as an error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Panic(String);

impl TaskError {
    pub(crate) fn new(
        kind: FrameKind,
        timer: Option<TimerId>,
        location: &'static Location<'static>,
        error: ErrorKind,
    ) -> Self {
        let source = match error {
            ErrorKind::Failed(error) => error,
            ErrorKind::Panicked(text) => Panic(text).into(),
            ErrorKind::Reentered => unreachable!("a task runs once at a time"),
        };
        Self {
            kind,
            timer,
            location,
            source,
        }
    }

    /// Returns what kind of task it was: [`FrameKind::Microtask`], `Timer` or `Idle`.
    #[must_use]
    pub fn kind(&self) -> FrameKind {
        self.kind
    }

    /// Returns which timer it was.
    #[must_use]
    pub fn timer(&self) -> Option<TimerId> {
        self.timer
    }

    /// Returns the line of source that queued the task or set the timer.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.timer) {
            (FrameKind::Microtask, _) => write!(f, "microtask queued at {} ", self.location)?,
            (FrameKind::Idle, _) => write!(f, "idle callback queued at {} ", self.location)?,
            (_, Some(timer)) => write!(f, "timer {timer} set at {} ", self.location)?,
            (_, None) => write!(f, "timer set at {} ", self.location)?,
        }
        f.write_str(match self.source.is::<Panic>() {
            true => "panicked",
            false => "returned an error",
        })
    }
}

impl Error for TaskError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
