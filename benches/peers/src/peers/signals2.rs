//! signals2: slots after Boost.Signals2. Arguments are cloned for each slot.

use signals2::{Connect1, Connection, Emit1, Signal};

use super::{Offer, Peer};
use crate::payload::{Listener, Payload};

pub(crate) struct Signals2(Signal<(Payload,)>);

impl Peer for Signals2 {
    const NAME: &'static str = "signals2";
    type Id = Connection;

    fn new() -> Self {
        Self(Signal::new())
    }

    fn on(&mut self, listener: impl Listener) -> Connection {
        self.0.connect(move |payload| listener(&payload))
    }

    #[inline]
    fn emit(&mut self, payload: &Payload) {
        self.0.emit(*payload);
    }

    fn off(&mut self, id: Connection) -> Offer {
        id.disconnect();
        Offer::Done
    }

    fn once(&mut self, listener: impl Listener) -> Offer {
        // The documented way: a slot that is given its own connection.
        self.0.connect_extended(move |connection, payload| {
            connection.disconnect();
            listener(&payload);
        });
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
