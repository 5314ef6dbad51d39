//! This crate: both flavours, an event held as a `Signal` and an event looked up by name.

use oyez::{Event, ListenerId};

use super::{Keyed, Offer, Peer, event_name};
use crate::payload::{Listener, Payload};

const EVENT: Event<Payload> = Event::new("payload");

/// The same for both flavours, which share their methods but no trait.
macro_rules! flavour {
    ($Signal:ident, $Emitter:ident, $signal:ty, $emitter:ty, $name:literal) => {
        pub(crate) struct $Signal($signal);

        impl Peer for $Signal {
            const NAME: &'static str = concat!("oyez ", $name, " Signal");
            type Id = ListenerId;

            fn new() -> Self {
                Self(<$signal>::new())
            }

            fn on(&mut self, listener: impl Listener) -> ListenerId {
                self.0.on(listener)
            }

            #[inline]
            fn emit(&mut self, payload: &Payload) {
                self.0.emit(payload);
            }

            fn off(&mut self, id: ListenerId) -> Offer {
                self.0.off(id);
                Offer::Done
            }

            fn once(&mut self, listener: impl Listener) -> Offer {
                self.0.once(move |payload| listener(payload));
                Offer::Done
            }

            fn clear(&mut self) -> Offer {
                self.0.clear();
                Offer::Done
            }

            fn handle(&self) -> Option<Self> {
                Some(Self(self.0.clone()))
            }
        }

        pub(crate) struct $Emitter($emitter, Vec<Event<Payload>>);

        impl Peer for $Emitter {
            const NAME: &'static str = concat!("oyez ", $name, " EventEmitter");
            type Id = ListenerId;

            fn new() -> Self {
                // A thousand listeners are meant here.
                Self(<$emitter>::builder().max_listeners(0).build(), Vec::new())
            }

            fn on(&mut self, listener: impl Listener) -> ListenerId {
                self.0.on(EVENT, listener)
            }

            #[inline]
            fn emit(&mut self, payload: &Payload) {
                self.0.emit(EVENT, payload);
            }

            fn off(&mut self, id: ListenerId) -> Offer {
                self.0.off(id);
                Offer::Done
            }

            fn once(&mut self, listener: impl Listener) -> Offer {
                self.0.once(EVENT, move |payload| listener(payload));
                Offer::Done
            }

            fn clear(&mut self) -> Offer {
                self.0.clear();
                Offer::Done
            }

            fn handle(&self) -> Option<Self> {
                Some(Self(self.0.clone(), Vec::new()))
            }
        }

        impl Keyed for $Emitter {
            const NAME: &'static str = concat!("oyez ", $name, " EventEmitter, by name");

            fn new(events: usize) -> Self {
                // An event's name lives for ever: here as often as a table is made.
                let name = |number| &*Box::leak(event_name(number).into_boxed_str());
                let events = (0..events).map(|number| Event::new(name(number))).collect();
                Self(<$emitter>::new(), events)
            }

            fn on(&mut self, event: usize, listener: impl Listener) {
                self.0.on(self.1[event], listener);
            }

            #[inline]
            fn emit(&mut self, event: usize, payload: &Payload) {
                self.0.emit(self.1[event], payload);
            }
        }
    };
}

flavour!(
    LocalSignal,
    LocalEmitter,
    oyez::local::Signal<Payload>,
    oyez::local::EventEmitter,
    "local"
);
flavour!(
    SharedSignal,
    SharedEmitter,
    oyez::Signal<Payload>,
    oyez::EventEmitter,
    "shared"
);
