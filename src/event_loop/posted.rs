//! One event on its way to its turn: its payload, and what is known of it.

use std::any::Any;
use std::marker::PhantomData;
use std::panic::Location;
use std::time::Duration;

use super::id::{EventId, PackedCause};
use super::queued::{Lane, QueuedEvent};
use super::semaphore::Permit;
use crate::any_event::AnyEvent;
use crate::channel::Flavour;
use crate::emitter::EventEmitter;
use crate::event::Event;
use crate::local::Local;
use crate::payload::{Payload, lend};
use crate::shared::Shared;

/// An event as it lies in a store, beside others of its kind.
pub(crate) trait Posted: Sized + 'static {
    /// What all events of one store share.
    type Kind: 'static;

    /// What is known of it, as data.
    fn info(&self, kind: &Self::Kind, id: EventId, lane: Lane) -> QueuedEvent;

    /// The label, if it was posted with one.
    fn label(&self) -> Option<&'static str> {
        None
    }

    /// Takes from it the permit for its slot in a bounded queue, if it has one. What a timer posts has none.
    fn take_permit(&mut self) -> Option<Permit> {
        None
    }

    /// Has its turn: lends the payload to the listeners of `to`, and drops it.
    fn run(self, kind: &Self::Kind, to: To<'_>);

    /// Is dropped without its turn. Answers what is left to be dropped: by whoever is ready for user code.
    fn discard(self, kind: &Self::Kind) -> Option<Box<dyn Any>> {
        let _ = kind;
        None
    }

    /// Lends the payload to `look`.
    fn look(&self, kind: &Self::Kind, look: &mut dyn FnMut(&AnyEvent<'_>));
}

/// One event by itself, whatever its kind: it waits for a timer, and lies in no store.
pub(crate) trait Alone {
    /// The name of the event.
    fn event(&self) -> &'static str;

    /// Has its turn, as [`Posted::run`].
    fn run(self: Box<Self>, to: To<'_>);
}

/// The emitter that a queue is dispatched to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum To<'a> {
    Local(&'a EventEmitter<Local>),
    Shared(&'a EventEmitter<Shared>),
}

impl<'a> To<'a> {
    /// Finds out which flavour `emitter` has.
    pub(crate) fn new<K: Flavour>(emitter: &'a EventEmitter<K>) -> Self {
        let emitter: &dyn Any = emitter;
        match emitter.downcast_ref() {
            Some(local) => Self::Local(local),
            None => Self::Shared(emitter.downcast_ref().expect("there are two flavours")),
        }
    }
}

/// A payload, and what is known of its post. The event is that of the store it lies in.
///
/// It is kept small, since a burst is as large as its envelopes: what most posts lack is in a box.
pub(crate) struct Envelope<T: ?Sized + 'static, P> {
    location: &'static Location<'static>,
    cause: PackedCause,
    details: Option<Box<Details>>,
    permit: Option<Permit>,
    payload: P,
    lent: PhantomData<fn(&T)>,
}

/// What few posts have.
#[derive(Clone, Copy, Debug, Default)]
struct Details {
    label: Option<&'static str>,
    posted_at: Option<Duration>,
}

impl<T: ?Sized + 'static, P: Payload<T> + 'static> Envelope<T, P> {
    #[inline(always)]
    pub(crate) fn new(
        payload: P,
        location: &'static Location<'static>,
        cause: PackedCause,
    ) -> Self {
        Self {
            location,
            cause,
            details: None,
            permit: None,
            payload,
            lent: PhantomData,
        }
    }

    #[inline(always)]
    pub(crate) fn with_label(mut self, label: Option<&'static str>) -> Self {
        if label.is_some() {
            self.details.get_or_insert_default().label = label;
        }
        self
    }

    #[inline(always)]
    pub(crate) fn with_posted_at(mut self, posted_at: Option<Duration>) -> Self {
        if posted_at.is_some() {
            self.details.get_or_insert_default().posted_at = posted_at;
        }
        self
    }

    /// Gives it the permit for a slot of a bounded queue.
    #[inline(always)]
    pub(crate) fn with_permit(mut self, permit: Option<Permit>) -> Self {
        self.permit = permit;
        self
    }

    /// The payload, for whoever could not be rid of it.
    pub(crate) fn into_payload(self) -> P {
        self.payload
    }
}

impl<T: ?Sized + 'static, P: Payload<T> + 'static> Posted for Envelope<T, P> {
    type Kind = Event<T>;

    fn info(&self, event: &Event<T>, id: EventId, lane: Lane) -> QueuedEvent {
        let details = self.details.as_deref().copied().unwrap_or_default();
        QueuedEvent {
            id,
            event: event.name(),
            lane,
            label: details.label,
            location: self.location,
            posted_at: details.posted_at,
            cause: self.cause.cause(),
            timer: None,
        }
    }

    fn label(&self) -> Option<&'static str> {
        self.details.as_ref()?.label
    }

    fn take_permit(&mut self) -> Option<Permit> {
        self.permit.take()
    }

    #[inline]
    fn run(self, event: &Event<T>, to: To<'_>) {
        let Self {
            location,
            payload,
            details,
            ..
        } = self;
        // Before user code, so that nothing but the payload is left when that panics.
        drop(details);
        let (site, lent) = (Some(location), lend(&payload));
        match to {
            To::Local(emitter) => emitter.emit_from(site, *event, lent),
            To::Shared(emitter) => emitter.emit_from(site, *event, lent),
        };
    }

    fn look(&self, event: &Event<T>, look: &mut dyn FnMut(&AnyEvent<'_>)) {
        look(&AnyEvent::new(event.name(), &lend(&self.payload)));
    }
}

impl<T: ?Sized + 'static, P: Payload<T> + 'static> Alone for (Event<T>, Envelope<T, P>) {
    fn event(&self) -> &'static str {
        self.0.name()
    }

    fn run(self: Box<Self>, to: To<'_>) {
        let (event, envelope) = *self;
        envelope.run(&event, to);
    }
}
