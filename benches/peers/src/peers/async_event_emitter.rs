//! async-event-emitter: by string, through a serializer, and a boxed future for each call of a listener.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use async_event_emitter::AsyncEventEmitter as Emitter;
use uuid::Uuid;

use super::{Keyed, Offer, Peer, event_name};
use crate::payload::{Listener, Payload};

pub(crate) struct AsyncEventEmitter(Emitter, Vec<String>);

/// A listener whose work is done before it answers.
fn at_once(listener: impl Listener) -> impl Fn(Payload) -> std::future::Ready<()> + Send + Sync {
    move |payload| {
        listener(&payload);
        ready(())
    }
}

/// The least that runs a future; it nests. Every listener here is done at once, so nothing has to be woken.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

fn emit(emitter: &Emitter, event: &str, payload: &Payload) {
    block_on(emitter.emit(event, payload)).expect("the payload can be serialized");
}

impl Peer for AsyncEventEmitter {
    const NAME: &'static str = "async-event-emitter";
    type Id = Uuid;

    fn new() -> Self {
        Self(Emitter::new(), Vec::new())
    }

    fn on(&mut self, listener: impl Listener) -> Self::Id {
        self.0.on("payload", at_once(listener))
    }

    fn emit(&mut self, payload: &Payload) {
        emit(&self.0, "payload", payload);
    }

    fn off(&mut self, id: Self::Id) -> Offer {
        self.0.remove_listener(id);
        Offer::Done
    }

    fn once(&mut self, listener: impl Listener) -> Offer {
        self.0.once("payload", at_once(listener));
        Offer::Done
    }

    fn handle(&self) -> Option<Self> {
        Some(Self(self.0.clone(), Vec::new()))
    }
}

impl Keyed for AsyncEventEmitter {
    const NAME: &'static str = "async-event-emitter, by name";

    fn new(events: usize) -> Self {
        Self(Emitter::new(), (0..events).map(event_name).collect())
    }

    fn on(&mut self, event: usize, listener: impl Listener) {
        self.0.on(&self.1[event], at_once(listener));
    }

    fn emit(&mut self, event: usize, payload: &Payload) {
        emit(&self.0, &self.1[event], payload);
    }
}
