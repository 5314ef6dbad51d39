//! How much memory does it take?
//!
//! Dimensions: the flavour, and what is kept: listeners, empty emitters, nothing during an emit, what
//! is left after a burst or after a million removals. Nothing is timed; the allocator counts, and the
//! counts are the same each time.

mod common;

#[path = "../tests/it/alloc.rs"]
mod alloc;

use alloc::{allocations, live_bytes};
use common::table::{Section, Table, Unit};
use common::{EVENT, Listener, PAYLOAD, Payload, captures_16};
use oyez::event_loop::EventQueue;
use oyez::generic::{EventEmitter, Flavour, Keeps, Signal};

const MILLION: usize = 1_000_000;

fn main() {
    let mut table = Table::new("memory: what is allocated, in all or at a time");
    table.note("Counted, not timed; every run gives the same.");
    table.add(per_listener());
    table.add(empty());
    table.add(emits());
    table.add(bursts());
    table.add(siblings());
    // With `--test` it is enough that all of it ran.
    if std::env::args().any(|argument| argument == "--bench")
        && !std::env::args().any(|argument| argument == "--test" || argument == "--list")
    {
        table.print();
    }
}

/// The bytes that `make` leaves on the heap, as long as what it makes lives.
fn heap<T>(make: impl FnOnce() -> T) -> f64 {
    let before = live_bytes();
    let made = make();
    let bytes = live_bytes() - before;
    drop(made);
    assert_eq!(live_bytes(), before, "all of it is given back");
    bytes as f64
}

fn filled<K, F>(signal: Signal<Payload, K>, n: usize, listener: fn() -> F) -> Signal<Payload, K>
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    for _ in 0..n {
        signal.on(listener());
    }
    assert_eq!(signal.emit(&PAYLOAD), n);
    signal
}

fn per_listener() -> Section {
    const N: usize = 10_000;
    let title = "heap per listener that captures 16 bytes, of 10,000";
    let mut section = Section::new(title, Unit::Bytes);
    let each = |bytes: f64| bytes / N as f64;
    let by_hand = || -> Vec<_> {
        (0..N)
            .map(|_| Box::new(captures_16()) as Listener)
            .collect()
    };
    let local = || filled(oyez::local::Signal::new(), N, captures_16);
    let shared = || filled(oyez::Signal::new(), N, captures_16);
    section.count("control: Vec<Box<dyn Fn>>", each(heap(by_hand)), None);
    section.count("local", each(heap(local)), 96.0);
    section.count("shared", each(heap(shared)), 96.0);
    section
}

fn empty() -> Section {
    let mut section = Section::new("heap of one without listeners", Unit::Bytes);
    section.count(
        "local EventEmitter",
        heap(oyez::local::EventEmitter::new),
        Some(0.0),
    );
    section.count(
        "shared EventEmitter",
        heap(oyez::EventEmitter::new),
        Some(0.0),
    );
    section.count(
        "local Signal",
        heap(oyez::local::Signal::<Payload>::new),
        None,
    );
    section.count("shared Signal", heap(oyez::Signal::<Payload>::new), None);
    section
}

fn emits() -> Section {
    let mut section = Section::new("allocations of 1000 emits to 10 listeners", Unit::Count);
    let mut add = |name, count| section.count(name, count, 0.0);
    let signal = filled(oyez::local::Signal::new(), 10, captures_16);
    add("local Signal", during_emits(|| signal.emit(&PAYLOAD)));
    let emitter = heard(oyez::local::EventEmitter::new(), captures_16);
    add(
        "local EventEmitter",
        during_emits(|| emitter.emit(EVENT, &PAYLOAD)),
    );
    let signal = filled(oyez::Signal::new(), 10, captures_16);
    add("shared Signal", during_emits(|| signal.emit(&PAYLOAD)));
    let emitter = heard(oyez::EventEmitter::new(), captures_16);
    add(
        "shared EventEmitter",
        during_emits(|| emitter.emit(EVENT, &PAYLOAD)),
    );
    section
}

/// An emitter with 10 listeners.
fn heard<K, F>(emitter: EventEmitter<K>, listener: fn() -> F) -> EventEmitter<K>
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    for _ in 0..10 {
        emitter.on(EVENT, listener());
    }
    emitter
}

fn during_emits(emit: impl Fn() -> usize) -> f64 {
    let count = allocations(|| (0..1000).for_each(|_| assert_eq!(emit(), 10)));
    count as f64
}

fn bursts() -> Section {
    let title = "heap left in an empty queue";
    let mut section = Section::new(title, Unit::Bytes);
    let few = heap(|| after_burst(64));
    section.count("after 64 events at once, and one", few, None);
    section.count(
        "after 1,000,000 events at once, and one",
        heap(|| after_burst(MILLION)),
        Some(few),
    );
    section
}

fn after_burst(events: usize) -> EventQueue {
    let emitter = heard(oyez::local::EventEmitter::new(), captures_16);
    let queue = EventQueue::new();
    // The room of a burst is kept for another, and comes back when fewer follow.
    for events in [events, 1] {
        for _ in 0..events {
            queue.post(EVENT, PAYLOAD).expect("the queue has no bound");
        }
        assert_eq!(queue.dispatch(&emitter), events);
    }
    queue
}

fn siblings() -> Section {
    let title = "heap of a signal with 1 listener";
    let mut section = Section::new(title, Unit::Bytes);
    let local = |n| heap(|| survivor(oyez::local::Signal::new(), n, captures_16));
    let shared = |n| heap(|| survivor(oyez::Signal::new(), n, captures_16));
    section.count("local", local(0), None);
    section.count(
        "local, after 1,000,000 siblings",
        local(MILLION),
        Some(2.0 * local(0)),
    );
    section.count("shared", shared(0), None);
    section.count(
        "shared, after 1,000,000 siblings",
        shared(MILLION),
        Some(2.0 * shared(0)),
    );
    section
}

/// A signal whose one listener is left of many.
fn survivor<K, F>(
    signal: Signal<Payload, K>,
    siblings: usize,
    listener: fn() -> F,
) -> Signal<Payload, K>
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let before: Vec<_> = (0..siblings / 2).map(|_| signal.on(listener())).collect();
    signal.on(listener());
    let behind: Vec<_> = (0..siblings / 2).map(|_| signal.on(listener())).collect();
    assert!(before.into_iter().chain(behind).all(|id| signal.off(id)));
    assert_eq!(signal.emit(&PAYLOAD), 1);
    signal
}
