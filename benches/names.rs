//! What does finding an event by its name cost?
//!
//! Dimensions: the flavour, and how many other events there are (1024 that take turns, 1,000,000 that
//! are never emitted). The control for the first is an array of hand-written lists, found by index;
//! for the second, the same emitter with no other event.

mod common;

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::Duration;

use common::measure::{Bench, bench};
use common::table::Unit;
use common::{EVENT, PAYLOAD, Payload, Random, Sum, adding, adds_to, raw, sums};
use oyez::Event;
use oyez::generic::{EventEmitter, Flavour, Keeps};

/// Events that are emitted.
const EVENTS: usize = 1024;
/// Emits before their order repeats: too many for a branch predictor to learn.
const EMITS: usize = 16 * EVENTS;
const OTHERS: usize = 1_000_000;

fn main() {
    bench("names", "the time of one emit by event", |bench| {
        random_events(bench);
        with_others(bench, "local", oyez::local::EventEmitter::new, adds_to);
        with_others(bench, "shared", oyez::EventEmitter::new, adds_to);
    });
}

fn random_events(bench: &mut Bench) {
    let title = "one of 1024 events, without a pattern, 1 listener each";
    bench.section(title, Unit::Seconds, |cases| {
        cases.each(EMITS);
        cases.control("array of Vec<Box<dyn Fn>>", by_index);
        cases.case("local EventEmitter", 2.2, || {
            by_event(oyez::local::EventEmitter::new(), adds_to)
        });
        cases.case("shared EventEmitter", None, || {
            by_event(oyez::EventEmitter::new(), adds_to)
        });
    });
}

fn with_others<K, F>(
    bench: &mut Bench,
    flavour: &str,
    emitter: fn() -> EventEmitter<K>,
    listener: fn(&Sum) -> F,
) where
    K: Flavour + Keeps<F> + Keeps<fn(&Payload)>,
    F: Fn(&Payload) + 'static,
{
    let title = format!("one event, {flavour} EventEmitter, others beside it");
    bench.section(&title, Unit::Seconds, |cases| {
        cases.control("none", move || beside(emitter(), 0, listener));
        cases.case("1,000,000 others", 1.1, || {
            beside(emitter(), OTHERS, listener)
        });
    });
}

fn by_index() -> impl FnMut(u64) -> Duration {
    let called = sums(EVENTS);
    let lists: Vec<_> = called.chunks(1).map(raw).collect();
    let order = order();
    adding(called, 16, move || {
        let payload = black_box(&PAYLOAD);
        for event in &order {
            for listener in &lists[*event] {
                listener(payload);
            }
        }
    })
}

fn by_event<K, F>(emitter: EventEmitter<K>, listener: fn(&Sum) -> F) -> impl FnMut(u64) -> Duration
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let called = sums(EVENTS);
    let events: Vec<_> = names()[..EVENTS].iter().map(|n| Event::new(n)).collect();
    for (event, sum) in events.iter().zip(&called) {
        emitter.on(*event, listener(sum));
    }
    assert_eq!(emitter.event_names().len(), EVENTS);
    let order = order();
    adding(called, 16, move || {
        let payload = black_box(&PAYLOAD);
        for event in &order {
            emitter.emit(events[*event], payload);
        }
    })
}

/// Emits one event of an emitter that has listeners of `others` more.
fn beside<K, F>(
    emitter: EventEmitter<K>,
    others: usize,
    listener: fn(&Sum) -> F,
) -> impl FnMut(u64) -> Duration
where
    K: Flavour + Keeps<F> + Keeps<fn(&Payload)>,
    F: Fn(&Payload) + 'static,
{
    let called = sums(1);
    emitter.on(EVENT, listener(&called[0]));
    for name in &names()[..others] {
        emitter.on(Event::new(name), (|_| ()) as fn(&Payload));
    }
    assert_eq!(emitter.event_names().len(), 1 + others);
    adding(called, 1, move || emitter.emit(EVENT, black_box(&PAYLOAD)))
}

/// Each event as often as every other.
fn order() -> Vec<usize> {
    let places = Random::new().order(EMITS);
    places.into_iter().map(|place| place % EVENTS).collect()
}

/// Names are the program's own, so these are leaked: once, and only here.
fn names() -> &'static [&'static str] {
    static NAMES: OnceLock<Vec<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let names = (0..OTHERS).map(|n| format!("event {n}"));
        names
            .map(|name| &*Box::leak(name.into_boxed_str()))
            .collect()
    })
}
