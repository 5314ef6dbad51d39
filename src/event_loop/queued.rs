//! What waits in an event queue, as data.

use std::panic::Location;
use std::time::Duration;

use super::id::{Cause, EventId, TimerId};

/// Which of its three lanes an event waits in. High before normal before low; first come, first served
/// within a lane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Before all others.
    High,
    /// Where events go unless told otherwise; due timers too.
    #[default]
    Normal,
    /// When no other lane has any.
    Low,
}

impl Lane {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

/// How an event is posted: its lane, and a label for people to read. A [`Lane`] alone will do where
/// one is taken.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventQueue, Lane, PostOptions};
///
/// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
/// let queue = EventQueue::new();
/// queue.post(TICK, 1).unwrap();
/// queue.post_with(TICK, 2, Lane::Low).unwrap();
/// queue.post_with(TICK, 3, PostOptions::new().lane(Lane::High).label("urgent")).unwrap();
///
/// let labels: Vec<_> = queue.events().iter().map(|event| event.label()).collect();
/// assert_eq!(labels, [Some("urgent"), None, None]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostOptions {
    pub(crate) lane: Lane,
    pub(crate) label: Option<&'static str>,
}

impl PostOptions {
    /// Makes options for the normal lane, without a label.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            lane: Lane::Normal,
            label: None,
        }
    }

    /// Sets the lane.
    #[must_use]
    pub const fn lane(mut self, lane: Lane) -> Self {
        self.lane = lane;
        self
    }

    /// Sets the label, which the queue and traces show, and the call stack in the event's turn of a loop; not where the
    /// queue is dispatched by hand.
    #[must_use]
    pub const fn label(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }
}

impl From<Lane> for PostOptions {
    fn from(lane: Lane) -> Self {
        Self::new().lane(lane)
    }
}

/// What stands for the event's name where a timeout or an interval waits for its turn.
pub(crate) const TIMER: &str = "(timer)";

/// What is known of a posted event; a snapshot.
///
/// # Examples
///
/// ```
/// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
/// let queue = oyez::event_loop::EventQueue::new();
/// let id = queue.post(TICK, 1).unwrap();
///
/// let waiting = queue.events();
/// assert_eq!((waiting[0].id(), waiting[0].event()), (id, "tick"));
/// assert_eq!(waiting[0].location().file(), file!());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuedEvent {
    pub(crate) id: EventId,
    pub(crate) event: &'static str,
    pub(crate) lane: Lane,
    pub(crate) label: Option<&'static str>,
    pub(crate) location: &'static Location<'static>,
    pub(crate) posted_at: Option<Duration>,
    pub(crate) cause: Cause,
    pub(crate) timer: Option<TimerId>,
}

impl QueuedEvent {
    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.id
    }

    /// Returns the name of the event; `(timer)` for a timeout or an interval that is due.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Returns the lane that it waits in.
    #[must_use]
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// Returns the label, if it was posted with one.
    #[must_use]
    pub fn label(&self) -> Option<&'static str> {
        self.label
    }

    /// Returns the line of source that posted it, or set the timer.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// Returns since when it waits: the time between the loop's making and the post; see
    /// [`LoopHandle::elapsed`](super::LoopHandle::elapsed).
    ///
    /// What other threads post has the time at which the loop takes it in: its clock is its own.
    ///
    /// `None` if nobody read the clock: in a queue without a loop, and in a loop under the system's
    /// clock that has no inspector.
    #[must_use]
    pub fn posted_at(&self) -> Option<Duration> {
        self.posted_at
    }

    /// Returns what ran when it was posted, or when its timer was set.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// Returns the timer that posted it.
    #[must_use]
    pub fn timer(&self) -> Option<TimerId> {
        self.timer
    }
}
