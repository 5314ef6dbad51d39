//! Do two threads that emit the same signal get in each other's way?
//!
//! Dimensions: the number of listeners (1, 10), of emitting threads (1, 2), and whether another one
//! adds and removes listeners meanwhile. The time is that of one emit of one thread: with enough
//! cores it should stay what it is with one thread.

mod common;

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::{PAYLOAD, Payload};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use oyez::Signal;

/// Runs `emits` emits on each of `threads` threads; the time from the common start to the last end.
fn run(signal: &Signal<Payload>, threads: usize, emits: u64) -> Duration {
    let start = Barrier::new(threads + 1);
    std::thread::scope(|scope| {
        let emit = || {
            start.wait();
            for _ in 0..emits {
                black_box(signal.emit(black_box(&PAYLOAD)));
            }
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(emit)).collect();
        start.wait();
        let begun = Instant::now();
        threads
            .into_iter()
            .for_each(|thread| thread.join().expect("no listener panics"));
        begun.elapsed()
    })
}

fn threads(c: &mut Criterion) {
    let mut group = c.benchmark_group("threads");
    group.sample_size(20);
    for n in [1_usize, 10] {
        let signal = Signal::new();
        for _ in 0..n {
            signal.on(|payload: &Payload| {
                black_box(payload.amount);
            });
        }
        assert_eq!(signal.emit(&PAYLOAD), n);
        for threads in [1, 2] {
            let id = BenchmarkId::new(format!("{threads} emitting"), n);
            group.bench_function(id, |b| b.iter_custom(|emits| run(&signal, threads, emits)));
        }
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    signal.off(signal.on(|_: &Payload| ()));
                }
            });
            let id = BenchmarkId::new("1 emitting, 1 adding and removing", n);
            group.bench_function(id, |b| b.iter_custom(|emits| run(&signal, 1, emits)));
            done.store(true, Ordering::Relaxed);
        });
        assert_eq!(signal.listener_count(), n);
    }
    group.finish();
}

criterion_group!(benches, threads);
criterion_main!(benches);
