//! hey_listen: an event *is* its value, which is hashed; a listener leaves by its own answer only.

use hey_listen::rc::{Dispatcher, DispatcherRequest, Listener as HeyListener};

use super::{Keyed, Offer, Peer};
use crate::payload::{Listener, PAYLOAD, Payload};

/// A listener, and whether it leaves after its call.
struct Calls<F>(F, bool);

impl<F: Listener> HeyListener<Payload> for Calls<F> {
    fn on_event(&self, event: &Payload) -> Option<DispatcherRequest> {
        (self.0)(event);
        self.1.then_some(DispatcherRequest::StopListening)
    }
}

pub(crate) struct HeyListen(Dispatcher<Payload>);

impl Peer for HeyListen {
    const NAME: &'static str = "hey_listen rc dispatcher";
    type Id = ();

    fn new() -> Self {
        Self(Dispatcher::new())
    }

    fn on(&mut self, listener: impl Listener) {
        self.0.add_listener(PAYLOAD, Calls(listener, false));
    }

    #[inline]
    fn emit(&mut self, payload: &Payload) {
        self.0.dispatch_event(payload);
    }

    fn once(&mut self, listener: impl Listener) -> Offer {
        self.0.add_listener(PAYLOAD, Calls(listener, true));
        Offer::Done
    }
}

impl Keyed for HeyListen {
    const NAME: &'static str = "hey_listen rc dispatcher, by value";

    fn new(_events: usize) -> Self {
        Self(Dispatcher::new())
    }

    fn on(&mut self, event: usize, listener: impl Listener) {
        self.0
            .add_listener(keyed(event, &PAYLOAD), Calls(listener, false));
    }

    #[inline]
    fn emit(&mut self, event: usize, payload: &Payload) {
        self.0.dispatch_event(&keyed(event, payload));
    }
}

fn keyed(event: usize, payload: &Payload) -> Payload {
    Payload {
        rest: event as u64,
        ..*payload
    }
}
