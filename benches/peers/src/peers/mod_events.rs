//! mod-events: by the type of the event; each listener is called under `catch_unwind`.

use std::any::Any;
use std::sync::Arc;

use mod_events::{Event, EventDispatcher, ListenerId};

use super::{Offer, Peer};
use crate::payload::{Listener, Payload};

impl Event for Payload {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

pub(crate) struct ModEvents(Arc<EventDispatcher>);

impl Peer for ModEvents {
    const NAME: &'static str = "mod-events";
    type Id = ListenerId;

    fn new() -> Self {
        Self(Arc::new(EventDispatcher::new()))
    }

    fn on(&mut self, listener: impl Listener) -> ListenerId {
        self.0.on(listener)
    }

    #[inline]
    fn emit(&mut self, payload: &Payload) {
        self.0.emit(*payload);
    }

    fn off(&mut self, id: ListenerId) -> Offer {
        self.0.unsubscribe(id);
        Offer::Done
    }

    fn clear(&mut self) -> Offer {
        self.0.clear();
        Offer::Done
    }

    fn handle(&self) -> Option<Self> {
        Some(Self(Arc::clone(&self.0)))
    }
}
