//! Do two threads that use the same signal get in each other's way?
//!
//! Dimensions: the number of listeners (1, 10), of emitting threads (1, 2), and whether another one
//! adds and removes listeners meanwhile. The control is one thread that is alone with the signal; two
//! threads that share nothing show what the machine can do. Listeners only read: two threads that
//! write one counter get in each other's way without any crate.

mod common;

use std::hint::black_box;
use std::slice;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::measure::{bench, cores};
use common::table::Unit;
use common::{PAYLOAD, Payload, listeners};
use oyez::Signal;

fn main() {
    bench("threads", "emits per second, of all threads", |bench| {
        let (twice, beside) = match cores() {
            1 => (None, None),
            _ => (Some(1.85), Some(0.6)),
        };
        bench.table.note(match cores() {
            1 => "One core: the threads take turns, so the ratios say nothing about the crate.",
            _ => "What two threads that share nothing reach is what this machine had to give.",
        });
        for n in [1, 10] {
            bench.section(&listeners(n), Unit::PerSecond, |cases| {
                // One iteration is two emits.
                cases.each(2);
                cases.control("1 thread", move || emitting([signal(n)]));
                let apart = || emitting([signal(n), signal(n)]);
                cases.case("2 threads, a signal each", None, apart);
                let signal = signal(n);
                let together = || emitting([signal.clone(), signal.clone()]);
                cases.case("2 threads, the same signal", twice, together);
            });
        }
        bench.section(
            "10 listeners, and a second thread",
            Unit::PerSecond,
            |cases| {
                cases.each(2);
                cases.control("1 thread, alone", || emitting([signal(10)]));
                let apart = || beside_churn(signal(10), signal(10));
                cases.case("another adds and removes elsewhere", None, apart);
                let signal = signal(10);
                let together = || beside_churn(signal.clone(), signal.clone());
                cases.case("another adds and removes", beside, together);
            },
        );
    });
}

fn signal(n: usize) -> Signal<Payload> {
    let signal = Signal::new();
    for _ in 0..n {
        signal.on(|payload: &Payload| {
            black_box(payload.amount);
        });
    }
    assert_eq!(signal.emit(&PAYLOAD), n);
    signal
}

/// A thread for each of the signals, which have as many listeners.
fn emitting<const N: usize>(signals: [Signal<Payload>; N]) -> impl FnMut(u64) -> Duration {
    move |iterations| {
        let emits = 2 * iterations as usize / N;
        let (elapsed, called) = run(&signals, emits);
        assert_eq!(called, N * emits * signals[0].listener_count());
        elapsed
    }
}

fn beside_churn(emitted: Signal<Payload>, churned: Signal<Payload>) -> impl FnMut(u64) -> Duration {
    let n = emitted.listener_count();
    move |iterations| {
        let emits = 2 * iterations as usize;
        let done = AtomicBool::new(false);
        let (elapsed, called) = thread::scope(|scope| {
            scope.spawn(|| churn(&churned, &done));
            let result = run(slice::from_ref(&emitted), emits);
            done.store(true, Ordering::Relaxed);
            result
        });
        assert!((emits * n..=emits * (n + 1)).contains(&called));
        assert_eq!(churned.listener_count(), n);
        elapsed
    }
}

fn churn(signal: &Signal<Payload>, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        assert!(signal.off(signal.on(|_: &Payload| ())));
    }
}

/// Emits so many times to each of the signals, on a thread for each. Answers with the time from the
/// first start to the last end, by the threads' own clocks, and with the number of calls.
fn run(signals: &[Signal<Payload>], emits: usize) -> (Duration, usize) {
    let start = Barrier::new(signals.len());
    let emit = |signal: &Signal<Payload>| {
        start.wait();
        let begun = Instant::now();
        let called: usize = (0..emits).map(|_| signal.emit(black_box(&PAYLOAD))).sum();
        (begun, Instant::now(), called)
    };
    let ran: Vec<_> = thread::scope(|scope| {
        let emit = &emit;
        let spawn = |signal| scope.spawn(move || emit(signal));
        let threads: Vec<_> = signals.iter().map(spawn).collect();
        let joined = threads.into_iter().map(thread::ScopedJoinHandle::join);
        joined.map(|ran| ran.expect("no listener panics")).collect()
    });
    let begun = ran.iter().map(|(begun, ..)| *begun).min();
    let ended = ran.iter().map(|(_, ended, _)| *ended).max();
    let elapsed = ended.zip(begun).map(|(ended, begun)| ended - begun);
    let called = ran.iter().map(|(.., called)| called).sum();
    (elapsed.expect("there is a thread"), called)
}
