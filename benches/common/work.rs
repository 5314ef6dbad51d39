//! What one bench times and `instructions` counts: one body for both, so that their numbers are about the same.

use std::hint::black_box;
use std::time::Duration;

use super::{EVENT, PAYLOAD, Payload, Sum, adding, adds_to, raw, sums};
use oyez::event_loop::{EventLoop, EventQueue, Exit};
use oyez::generic::{Flavour, Keeps, Signal};
use oyez::local::EventEmitter;

/// Calls so many listeners of a hand-written list.
pub(crate) fn by_hand(n: usize) -> impl FnMut(u64) -> Duration {
    let called = sums(n);
    let listeners = raw(&called);
    adding(called, 1, move || {
        let payload = black_box(&PAYLOAD);
        for listener in &listeners {
            listener(payload);
        }
    })
}

/// Emits through a handle, to so many listeners.
pub(crate) fn by_handle<K, F>(
    signal: Signal<Payload, K>,
    n: usize,
    listener: fn(&Sum) -> F,
) -> impl FnMut(u64) -> Duration
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let called = sums(n);
    for sum in &called {
        signal.on(listener(sum));
    }
    assert_eq!(signal.listener_count(), n);
    adding(called, 1, move || signal.emit(black_box(&PAYLOAD)))
}

/// Posts so many events to a queue, and dispatches them, each to one listener.
pub(crate) fn queue(batch: usize) -> impl FnMut(u64) -> Duration {
    let called = sums(1);
    let emitter = EventEmitter::new();
    emitter.on(EVENT, adds_to(&called[0]));
    let queue = EventQueue::new();
    adding(called, batch as u64, move || {
        for _ in 0..batch {
            queue.post(EVENT, PAYLOAD).expect("the queue has no bound");
        }
        assert_eq!(queue.dispatch(&emitter), batch);
    })
}

/// Posts so many events to a loop, and runs it, each for one listener.
pub(crate) fn post_and_run(batch: usize) -> impl FnMut(u64) -> Duration {
    let called = sums(1);
    let event_loop = EventLoop::new();
    event_loop.emitter().on(EVENT, adds_to(&called[0]));
    let handle = event_loop.handle();
    adding(called, batch as u64, move || {
        for _ in 0..batch {
            handle.post(EVENT, PAYLOAD).expect("no bound");
        }
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
    })
}
