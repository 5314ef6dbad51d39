//! One contestant per file, all behind one trait.

mod async_event_emitter;
mod bevy;
mod event_emitter_rs;
mod hey_listen;
mod mod_events;
mod oyez;
mod raw;
mod rxrust;
mod signals2;

pub(crate) use self::async_event_emitter::AsyncEventEmitter;
pub(crate) use self::bevy::{BevyCommands, BevyObservers};
pub(crate) use self::event_emitter_rs::EventEmitterRs;
pub(crate) use self::hey_listen::HeyListen;
pub(crate) use self::mod_events::ModEvents;
pub(crate) use self::oyez::{LocalEmitter, LocalSignal, SharedEmitter, SharedSignal};
pub(crate) use self::raw::{RawLoop, RawShared};
pub(crate) use self::rxrust::{RxLocal, RxLocalScheduled, RxShared, RxSharedScheduled};
pub(crate) use self::signals2::Signals2;

use crate::payload::{Listener, Payload};

/// What a contestant answers when it is asked for something that not all of them have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    Done,
    NotOffered,
}

/// One emitter of [`Payload`]s, with one event.
pub(crate) trait Peer: Sized + 'static {
    const NAME: &'static str;

    /// Whether an emitter ends with its last handle, which a listener may drop.
    const ENDS_WITH_HANDLES: bool = true;

    /// What takes a listener back out. `()` where nothing does.
    type Id: 'static;

    fn new() -> Self;

    fn on(&mut self, listener: impl Listener) -> Self::Id;

    fn emit(&mut self, payload: &Payload);

    fn off(&mut self, _id: Self::Id) -> Offer {
        Offer::NotOffered
    }

    fn once(&mut self, _listener: impl Listener) -> Offer {
        Offer::NotOffered
    }

    /// Removes all listeners.
    fn clear(&mut self) -> Offer {
        Offer::NotOffered
    }

    /// Another handle to the same emitter, for a listener or another thread. `None` where an emitter
    /// has one owner, so that nothing but that owner can call it.
    fn handle(&self) -> Option<Self> {
        None
    }
}

/// An emitter of many events, by the number of the event.
pub(crate) trait Keyed: 'static {
    const NAME: &'static str;

    fn new(events: usize) -> Self;
    fn on(&mut self, event: usize, listener: impl Listener);
    fn emit(&mut self, event: usize, payload: &Payload);
}

/// Many events by an array of emitters of one event, as one does it by hand.
pub(crate) struct ArrayOf<P>(Vec<P>);

impl<P: Peer> Keyed for ArrayOf<P> {
    const NAME: &'static str = P::NAME;

    fn new(events: usize) -> Self {
        Self((0..events).map(|_| P::new()).collect())
    }

    fn on(&mut self, event: usize, listener: impl Listener) {
        self.0[event].on(listener);
    }

    fn emit(&mut self, event: usize, payload: &Payload) {
        self.0[event].emit(payload);
    }
}

/// The name of event `number`, where events are strings.
pub(crate) fn event_name(number: usize) -> String {
    format!("event-{number}")
}
