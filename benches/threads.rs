//! Do two threads that use the same signal get in each other's way?
//!
//! Dimensions: the number of listeners (1, 10), of emitting threads (1, 2), and whether another one
//! adds and removes listeners meanwhile. The control is one thread that is alone with the signal.
//! Listeners only read: two threads that wrote one counter would be measured instead.

mod common;

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::measure::{bench, cores};
use common::table::Unit;
use common::{PAYLOAD, Payload, listeners};
use oyez::Signal;

fn main() {
    bench(
        "threads",
        "emits per second, of all threads together",
        |bench| {
            let (twice, beside) = match cores() {
                1 => (None, None),
                _ => (Some(1.85), Some(0.6)),
            };
            if cores() == 1 {
                let note = "One core: the threads take turns, so these ratios say nothing about the crate.";
                bench.table.note(note);
            }
            for n in [1, 10] {
                bench.section(&listeners(n), Unit::PerSecond, |cases| {
                    // One iteration is an emit of each of two threads, or two emits of one.
                    cases.each(2);
                    cases.control("1 thread", move || alone(n));
                    cases.case("2 threads", twice, || together(n));
                    if n == 10 {
                        let name = "1 thread, another adds and removes";
                        cases.case(name, beside, || beside_churn(n));
                    }
                });
            }
        },
    );
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

fn alone(n: usize) -> impl FnMut(u64) -> Duration {
    let signal = signal(n);
    move |iterations| {
        let (elapsed, called) = run(&signal, 1, 2 * iterations);
        assert_eq!(called, 2 * iterations as usize * n);
        elapsed
    }
}

fn together(n: usize) -> impl FnMut(u64) -> Duration {
    let signal = signal(n);
    move |iterations| {
        let (elapsed, called) = run(&signal, 2, iterations);
        assert_eq!(called, 2 * iterations as usize * n);
        elapsed
    }
}

fn beside_churn(n: usize) -> impl FnMut(u64) -> Duration {
    let signal = signal(n);
    move |iterations| {
        let done = AtomicBool::new(false);
        let (elapsed, called) = thread::scope(|scope| {
            scope.spawn(|| churn(&signal, &done));
            let result = run(&signal, 1, 2 * iterations);
            done.store(true, Ordering::Relaxed);
            result
        });
        let emits = 2 * iterations as usize;
        assert!((emits * n..=emits * (n + 1)).contains(&called));
        assert_eq!(signal.listener_count(), n);
        elapsed
    }
}

fn churn(signal: &Signal<Payload>, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        assert!(signal.off(signal.on(|_: &Payload| ())));
    }
}

/// Runs `emits` emits on each of `threads` threads. Answers with the time from the first start to the
/// last end, by the threads' own clocks, and with the number of calls.
fn run(signal: &Signal<Payload>, threads: usize, emits: u64) -> (Duration, usize) {
    let start = Barrier::new(threads);
    let emit = || {
        start.wait();
        let begun = Instant::now();
        let called: usize = (0..emits).map(|_| signal.emit(black_box(&PAYLOAD))).sum();
        (begun, Instant::now(), called)
    };
    let ran: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(emit)).collect();
        let joined = threads.into_iter().map(thread::ScopedJoinHandle::join);
        joined.map(|ran| ran.expect("no listener panics")).collect()
    });
    let begun = ran.iter().map(|(begun, ..)| *begun).min();
    let ended = ran.iter().map(|(_, ended, _)| *ended).max();
    let elapsed = ended.zip(begun).map(|(ended, begun)| ended - begun);
    let called = ran.iter().map(|(.., called)| called).sum();
    (elapsed.expect("there is a thread"), called)
}
