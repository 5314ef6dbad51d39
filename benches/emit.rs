//! What does an emit cost?
//!
//! Dimensions: the number of listeners (0, 1, 10, 100, 1000), the flavour, whether the event is
//! looked up or held as a `Signal`, and whether the emit is nested in another. The control is the loop that one would write by hand.

mod common;

use std::cell::Cell;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use common::measure::bench;
use common::table::Unit;
use common::work::{by_hand, by_handle};
use common::{EVENT, PAYLOAD, Payload, Sum, adding, adds_to, listeners, sums};
use oyez::generic::{EventEmitter, Flavour, Keeps};

fn main() {
    bench("emit", "the time of one emit", |bench| {
        for n in [0, 1, 10, 100, 1000] {
            let (local, shared) = bars(n);
            bench.section(&listeners(n), Unit::Seconds, |cases| {
                cases.control("Vec<Box<dyn Fn>>", move || by_hand(n));
                cases.case("local Signal", local, || {
                    by_handle(oyez::local::Signal::new(), n, adds_to)
                });
                cases.case("local EventEmitter", None, || {
                    by_event(oyez::local::EventEmitter::new(), n, adds_to)
                });
                cases.case("shared Signal", shared, || {
                    by_handle(oyez::Signal::new(), n, adds_to)
                });
                cases.case("shared EventEmitter", None, || {
                    by_event(oyez::EventEmitter::new(), n, adds_to)
                });
            });
        }
        for n in [1, 10] {
            let name = format!("{}, inside of another emit", listeners(n));
            bench.section(&name, Unit::Seconds, |cases| {
                cases.control("Vec<Box<dyn Fn>>", move || inside(by_hand(n)));
                cases.case("local Signal", None, || {
                    inside(by_handle(oyez::local::Signal::new(), n, adds_to))
                });
                cases.case("shared Signal", None, || {
                    inside(by_handle(oyez::Signal::new(), n, adds_to))
                });
            });
        }
    });
}

/// What a signal of each flavour may cost, as a ratio to the control.
fn bars(n: usize) -> (Option<f64>, Option<f64>) {
    match n {
        0 => (Some(2.5), Some(4.0)),
        1 => (Some(1.35), Some(2.3)),
        10 => (Some(1.25), Some(1.35)),
        _ => (Some(1.25), None),
    }
}

fn by_event<K, F>(
    emitter: EventEmitter<K>,
    n: usize,
    listener: fn(&Sum) -> F,
) -> impl FnMut(u64) -> Duration
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let called = sums(n);
    for sum in &called {
        emitter.on(EVENT, listener(sum));
    }
    assert_eq!(emitter.listener_count(EVENT), n);
    adding(called, 1, move || emitter.emit(EVENT, black_box(&PAYLOAD)))
}

/// Runs all of it in one call of a listener.
fn inside(mut run: impl FnMut(u64) -> Duration + 'static) -> impl FnMut(u64) -> Duration {
    let took = Rc::new(Cell::new(Duration::ZERO));
    let around = oyez::local::Signal::new();
    around.on_mut({
        let took = took.clone();
        move |iterations: &u64| took.set(run(*iterations))
    });
    move |iterations| {
        assert_eq!(around.emit(iterations), 1);
        took.get()
    }
}
