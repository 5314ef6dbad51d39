//! event-emitter-rs: by string, through a serializer, and a thread for each call of a listener.

use event_emitter_rs::EventEmitter;

use super::{Keyed, Offer, Peer, event_name};
use crate::payload::{Listener, Payload};

pub(crate) struct EventEmitterRs(EventEmitter, Vec<String>);

impl EventEmitterRs {
    /// A call is done when its thread is.
    fn emit_and_join(emitter: &mut EventEmitter, event: &str, payload: &Payload) {
        for thread in emitter.emit(event, payload) {
            if let Err(panic) = thread.join() {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

impl Peer for EventEmitterRs {
    const NAME: &'static str = "event-emitter-rs";
    type Id = String;

    fn new() -> Self {
        Self(EventEmitter::new(), Vec::new())
    }

    fn on(&mut self, listener: impl Listener) -> String {
        self.0
            .on("payload", move |payload: Payload| listener(&payload))
    }

    fn emit(&mut self, payload: &Payload) {
        Self::emit_and_join(&mut self.0, "payload", payload);
    }

    fn off(&mut self, id: String) -> Offer {
        self.0.remove_listener(&id);
        Offer::Done
    }

    fn once(&mut self, listener: impl Listener) -> Offer {
        self.0
            .once("payload", move |payload: Payload| listener(&payload));
        Offer::Done
    }
}

impl Keyed for EventEmitterRs {
    const NAME: &'static str = "event-emitter-rs, by name";

    fn new(events: usize) -> Self {
        Self(EventEmitter::new(), (0..events).map(event_name).collect())
    }

    fn on(&mut self, event: usize, listener: impl Listener) {
        self.0
            .on(&self.1[event], move |payload: Payload| listener(&payload));
    }

    fn emit(&mut self, event: usize, payload: &Payload) {
        Self::emit_and_join(&mut self.0, &self.1[event], payload);
    }
}
