//! One event in a queue: its payload, kept until its turn, and what is known of it.

use std::any::Any;
use std::panic::Location;
use std::time::Duration;

use super::id::{Cause, EventId, TimerId};
use super::queued::{Lane, PostOptions, QueuedEvent};
use super::slots::Room;
use crate::any_event::AnyEvent;
use crate::channel::Flavour;
use crate::emitter::EventEmitter;
use crate::event::Event;
use crate::local::Local;
use crate::payload::{Payload, lend};
use crate::shared::Shared;

/// What is known of an event before it has its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    pub(crate) event: &'static str,
    pub(crate) lane: Lane,
    pub(crate) label: Option<&'static str>,
    pub(crate) location: &'static Location<'static>,
    pub(crate) posted_at: Option<Duration>,
    pub(crate) cause: Cause,
    pub(crate) timer: Option<TimerId>,
}

impl Header {
    pub(crate) fn new(
        event: &'static str,
        options: PostOptions,
        location: &'static Location<'static>,
        cause: Cause,
    ) -> Self {
        Self {
            event,
            lane: options.lane,
            label: options.label,
            location,
            posted_at: None,
            cause,
            timer: None,
        }
    }

    pub(crate) fn info(&self, id: EventId) -> QueuedEvent {
        QueuedEvent {
            id,
            event: self.event,
            lane: self.lane,
            label: self.label,
            location: self.location,
            posted_at: self.posted_at,
            cause: self.cause,
            timer: self.timer,
        }
    }
}

/// An event whose payload type is not known.
pub(crate) trait Posted {
    fn header(&self) -> &Header;

    fn header_mut(&mut self) -> &mut Header;

    /// Gives up the slot of a bounded queue, if it takes one. What a timer posts takes none.
    fn take_room(&mut self) -> Option<Room> {
        None
    }

    /// Has its turn: lends the payload to the listeners of `to`, and drops it.
    fn run(self: Box<Self>, to: To<'_>);

    /// Lends the payload to `look`.
    fn look(&self, look: &mut dyn FnMut(&AnyEvent<'_>));
}

/// An event on its way from another thread.
pub(crate) type Letter = Box<dyn Posted + Send>;

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

/// An event with its payload.
pub(crate) struct Envelope<T: ?Sized + 'static, P> {
    header: Header,
    room: Option<Room>,
    event: Event<T>,
    payload: P,
}

impl<T: ?Sized + 'static, P: Payload<T> + 'static> Envelope<T, P> {
    pub(crate) fn new(
        header: Header,
        room: Option<Room>,
        event: Event<T>,
        payload: P,
    ) -> Box<Self> {
        Box::new(Self {
            header,
            room,
            event,
            payload,
        })
    }

    /// The payload, for whoever could not be rid of it.
    pub(crate) fn into_payload(self) -> P {
        self.payload
    }
}

impl<T: ?Sized + 'static, P: Payload<T> + 'static> Posted for Envelope<T, P> {
    fn header(&self) -> &Header {
        &self.header
    }

    fn header_mut(&mut self) -> &mut Header {
        &mut self.header
    }

    fn take_room(&mut self) -> Option<Room> {
        self.room.take()
    }

    fn run(self: Box<Self>, to: To<'_>) {
        let site = Some(self.header.location);
        let payload = lend(&self.payload);
        match to {
            To::Local(emitter) => emitter.emit_from(site, self.event, payload),
            To::Shared(emitter) => emitter.emit_from(site, self.event, payload),
        };
    }

    fn look(&self, look: &mut dyn FnMut(&AnyEvent<'_>)) {
        look(&AnyEvent::new(self.event.name(), &lend(&self.payload)));
    }
}
