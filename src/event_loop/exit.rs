//! What a run, a turn or a poll came to.

use std::time::Instant;

use super::id::EventId;

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// Nothing is left that could ever happen: no event, microtask, idle callback, strong timer or strong
    /// proxy.
    Completed,
    /// Somebody called `stop`. What waits in the queue is still there.
    Stopped,
    /// Only other threads could go on, and a virtual clock never sleeps, so the loop cannot wait for them: run it
    /// again after they have posted. Or a timer is left that is never due, or the clock does not move: see
    /// [`Clock::step_to`](super::Clock::step_to).
    Stalled,
    /// The condition of `run_until` holds, or the time of `run_for` is over.
    Reached,
}

impl Exit {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Stopped => "stopped",
            Self::Stalled => "stalled",
            Self::Reached => "reached",
        }
    }
}

/// What a turn did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Turn {
    /// This event had its turn, with its microtasks.
    Ran(EventId),
    /// No event was there. Left-over microtasks or an idle callback may have run.
    Nothing,
    /// Somebody had called `stop`.
    Stopped,
}

/// What a host is to do after a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Next {
    /// There is more to do: poll again.
    Ready,
    /// Nothing to do before this time, or a wake.
    WaitUntil(Instant),
    /// Nothing to do before a wake.
    Idle,
    /// The loop is done.
    Done(Exit),
}
