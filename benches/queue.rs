//! What does an event cost that is posted to an event queue, and dispatched later?
//!
//! Dimensions: how many are posted before they are dispatched (64, 1,000,000). The control is a
//! `VecDeque` of the payload, and a hand-written list with the one listener there is.

mod common;

use std::time::Duration;

use common::measure::{Bench, bench};
use common::table::Unit;
use common::{PAYLOAD, Payload, adding, adds_to, deferred_by_hand, sums};
use oyez::Event;
use oyez::event_loop::EventQueue;
use oyez::local::EventEmitter;

const EVENT: Event<Payload> = Event::new("payload");

fn main() {
    bench(
        "queue",
        "the time of one event, posted and dispatched",
        |bench| {
            in_batches(bench, "64 posts, then a dispatch", 64, 20);
            in_batches(bench, "1,000,000 posts, then a dispatch", 1_000_000, 10);
        },
    );
}

fn in_batches(bench: &mut Bench, title: &str, batch: usize, samples: usize) {
    bench.section(title, Unit::Seconds, |cases| {
        cases.each(batch).samples(samples);
        cases.control("VecDeque and Vec<Box<dyn Fn>>", move || {
            deferred_by_hand(batch)
        });
        cases.case("EventQueue", 5.0, || queue(batch));
    });
}

fn queue(batch: usize) -> impl FnMut(u64) -> Duration {
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
