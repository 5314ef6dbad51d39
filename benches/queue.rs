//! What does an event cost that is posted to an event queue, and dispatched later?
//!
//! Dimensions: how many are posted before they are dispatched (64, 1,000,000). The control is a
//! `VecDeque` of the payload, and a hand-written list with the one listener there is.

mod common;

use common::deferred_by_hand;
use common::measure::{Bench, bench};
use common::table::Unit;
use common::work::queue;

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
