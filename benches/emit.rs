//! What does an emit cost?
//!
//! Dimensions: the number of listeners (0, 1, 10, 100, 1000), the flavour, and whether the event is
//! looked up or held as a `Signal`. The control is the loop that one would write by hand.

mod common;

use std::hint::black_box;

use common::{PAYLOAD, Payload, adds_to, assert_equal, sums};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use oyez::Event;

/// What one writes by hand.
type Listener = Box<dyn Fn(&Payload)>;

const EVENT: Event<Payload> = Event::new("payload");

fn emit(c: &mut Criterion) {
    let mut group = c.benchmark_group("emit");
    for n in [0_usize, 1, 10, 100, 1000] {
        group.throughput(Throughput::Elements(n.max(1) as u64));

        let called = sums(n);
        let raw: Vec<Listener> = called
            .iter()
            .map(|sum| Box::new(adds_to(sum)) as _)
            .collect();
        group.bench_function(BenchmarkId::new("control: Vec<Box<dyn Fn>>", n), |b| {
            b.iter(|| {
                let payload = black_box(&PAYLOAD);
                raw.iter().for_each(|listener| listener(payload));
            });
        });
        assert_equal(&called);

        let called = sums(n);
        let signal = oyez::local::Signal::new();
        for sum in &called {
            signal.on(adds_to(sum));
        }
        assert_eq!(signal.emit(&PAYLOAD), n);
        group.bench_function(BenchmarkId::new("local Signal", n), |b| {
            b.iter(|| signal.emit(black_box(&PAYLOAD)));
        });
        assert_equal(&called);

        let called = sums(n);
        let emitter = oyez::local::EventEmitter::new();
        for sum in &called {
            emitter.on(EVENT, adds_to(sum));
        }
        assert_eq!(emitter.emit(EVENT, &PAYLOAD), n);
        group.bench_function(BenchmarkId::new("local EventEmitter", n), |b| {
            b.iter(|| emitter.emit(EVENT, black_box(&PAYLOAD)));
        });
        assert_equal(&called);

        let called = sums(n);
        let signal = oyez::Signal::new();
        for sum in &called {
            signal.on(adds_to(sum));
        }
        assert_eq!(signal.emit(&PAYLOAD), n);
        group.bench_function(BenchmarkId::new("shared Signal", n), |b| {
            b.iter(|| signal.emit(black_box(&PAYLOAD)));
        });
        assert_equal(&called);
    }
    group.finish();
}

criterion_group!(benches, emit);
criterion_main!(benches);
