//! What becomes of an event that a bounded queue has no room for, or of the one that it takes the room of.

use std::cell::Cell;
use std::fmt;

use super::id::EventId;
use super::semaphore::Semaphore;
use super::store::Payloaded;
use crate::any_event::AnyEvent;
use crate::sync::Arc;

/// What a full queue does with one more event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// Refuses it: `post` answers [`PostError::Full`](super::PostError::Full).
    #[default]
    Refuse,
    /// Drops the oldest posted event of all lanes to make room, and hands it to
    /// [`on_evicted`](super::EventLoopBuilder::on_evicted). A post is still refused in four cases:
    ///
    /// * the capacity is 0, so there is nothing to drop;
    /// * it comes from another thread;
    /// * all that waits was posted by other threads, which is never dropped;
    /// * it is made inside of 16 evictions that are nested in each other, by the hook or by the `Drop` of an evicted
    ///   payload.
    DropOldest,
}

/// An event that was dropped to make room, with its payload.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventLoop, Overflow};
///
/// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
/// let event_loop = EventLoop::builder()
///     .capacity(1)
///     .overflow(Overflow::DropOldest)
///     .on_evicted(|evicted| {
///         assert_eq!(evicted.event(), "tick");
///         assert_eq!(evicted.with(|any| any.get(TICK).copied()), Some(1));
///     })
///     .build();
/// event_loop.handle().post(TICK, 1).unwrap();
/// event_loop.handle().post(TICK, 2).unwrap();
/// ```
pub struct Evicted {
    id: EventId,
    event: &'static str,
    payload: Box<dyn Payloaded>,
}

impl Evicted {
    pub(crate) fn new(id: EventId, event: &'static str, payload: Box<dyn Payloaded>) -> Self {
        Self { id, event, payload }
    }

    /// Returns the id that its `post` returned.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.id
    }

    /// Returns the name of the event.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Looks at the payload.
    pub fn with<R>(&self, look: impl FnOnce(&AnyEvent<'_>) -> R) -> R {
        let mut look = Some(look);
        let mut result = None;
        self.payload.look(&mut |any| {
            result = look.take().map(|look| look(any));
        });
        result.expect("a posted event shows its payload")
    }
}

impl fmt::Debug for Evicted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evicted")
            .field("id", &self.id)
            .field("event", &self.event())
            .finish_non_exhaustive()
    }
}

/// How a queue deals with what it cannot hold.
#[derive(Default)]
pub(crate) struct Bounds {
    pub(crate) slots: Option<Arc<Semaphore>>,
    pub(crate) overflow: Overflow,
    pub(crate) on_evicted: Option<Box<dyn Fn(Evicted)>>,
}

/// Counts the evicted events that are being dealt with, each for a post by the hook, or by the payload's `Drop`,
/// of the one before.
#[derive(Default)]
pub(crate) struct Evictions(Cell<usize>);

impl Evictions {
    /// How deep they may be nested.
    const MOST: usize = 16;

    /// Whether one more would be too deep: what always posts would never end.
    pub(crate) fn are_too_deep(&self) -> bool {
        self.0.get() == Self::MOST
    }

    /// Counts one until the answer is dropped.
    pub(crate) fn begin(&self) -> Evicting<'_> {
        self.0.set(self.0.get() + 1);
        Evicting(&self.0)
    }
}

pub(crate) struct Evicting<'a>(&'a Cell<usize>);

impl Drop for Evicting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
