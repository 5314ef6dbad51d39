//! The turn of a timer that is due: an event that only names it.

use std::any::Any;
use std::panic::Location;
use std::rc::Weak;
use std::time::Duration;

use super::id::{EventId, PackedCause, TimerId};
use super::posted::{Posted, To};
use super::queued::{Lane, QueuedEvent, TIMER};
use crate::any_event::AnyEvent;

/// Whoever keeps the timers.
pub(crate) trait Timekeeper {
    /// Has a timer do what it does.
    fn fire(&self, id: TimerId, to: To<'_>);

    /// Deals with a timer whose turn is dropped: it is armed again, or gone. Answers what it held, which is to be
    /// dropped.
    fn skip(&self, id: TimerId) -> Option<Box<dyn Any>>;
}

pub(crate) struct Tick {
    pub(crate) timer: TimerId,
    pub(crate) event: &'static str,
    pub(crate) location: &'static Location<'static>,
    pub(crate) cause: PackedCause,
    pub(crate) posted_at: Option<Duration>,
}

impl Posted for Tick {
    type Kind = Weak<dyn Timekeeper>;

    fn info(&self, _: &Self::Kind, id: EventId, lane: Lane) -> QueuedEvent {
        QueuedEvent {
            id,
            event: self.event,
            lane,
            label: None,
            location: self.location,
            posted_at: self.posted_at,
            cause: self.cause.cause(),
            timer: Some(self.timer),
        }
    }

    fn run(self, keeper: &Self::Kind, to: To<'_>) {
        if let Some(keeper) = keeper.upgrade() {
            keeper.fire(self.timer, to);
        }
    }

    fn discard(self, keeper: &Self::Kind) -> Option<Box<dyn Any>> {
        keeper.upgrade()?.skip(self.timer)
    }

    fn look(&self, _: &Self::Kind, look: &mut dyn FnMut(&AnyEvent<'_>)) {
        look(&AnyEvent::new(TIMER, &&()));
    }
}
