//! Random programs, and those that a fuzzer has found to be different, in two worlds: see
//! [`program`](super::program). A tape that fails is shortened as long as it still does, and printed.

use super::program::{Real, Script, logs, program};
use crate::support::{corpus, in_time, tape};
use oyez::event_loop::{EventLoop, Trace as Recording};
use proptest::prelude::any;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::cell::Cell;

/// Programs a batch, each batch with a time limit of its own.
const BATCH: u32 = if cfg!(miri) { 4 } else { 100 };

/// How many programs there are at the least; `PROPTEST_CASES` sets more.
const PROGRAMS: u32 = if cfg!(miri) { BATCH } else { 3_000 };

/// Tries a test with random tapes. Answers how many they were.
#[track_caller]
fn try_tapes(cases: u32, test: impl Fn(&[u16]) -> Result<(), TestCaseError>) -> u32 {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let tapes = proptest::collection::vec(any::<u16>(), 0..300);
    let ran = Cell::new(0_u32);
    let result = TestRunner::new(config).run(&tapes, |tape| {
        ran.set(ran.get() + 1);
        test(&tape)
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    ran.get()
}

/// Runs random programs, in both worlds.
#[track_caller]
fn compare(is_polled: bool) {
    let programs = Config::default().cases.max(PROGRAMS);
    let batch = move || {
        try_tapes(BATCH, |tape| {
            let [real, naive] = logs(tape, is_polled);
            proptest::prop_assert_eq!(real, naive);
            Ok(())
        })
    };
    let ran: u32 = (0..programs.div_ceil(BATCH)).map(|_| in_time(batch)).sum();
    println!("{ran} programs");
}

/// Gives a test the recordings of random programs.
#[track_caller]
pub(super) fn record(test: impl Fn(&Recording) -> Result<(), TestCaseError>) {
    try_tapes(if cfg!(miri) { 4 } else { 12 }, |tape| {
        let recording = Recording::new();
        let builder = EventLoop::builder().inspector(recording.clone());
        program(&Real::new(builder, Script::new(tape, false), false));
        test(&recording)
    });
}

#[test]
fn random_programs_run_as_the_rules_say() {
    // The turn, lanes, timers with all their answers, microtasks, idle callbacks, stops, nested emits.
    compare(false);
}

#[test]
fn random_programs_run_the_same_when_a_host_polls() {
    // `poll` is turns, and what it answers is all that a host needs to know. In one lane: what comes in
    // a higher one while a poll is under way waits for the next, and so comes later than in a run.
    compare(true);
}

#[test]
fn the_programs_of_the_corpus_run_as_the_rules_say() {
    // What `tests/fuzz/event_loop.rs` has kept, since each does something that the others do not.
    for (name, bytes) in corpus("event_loop") {
        println!("{name}");
        in_time(move || {
            for is_polled in [false, true] {
                let [real, naive] = logs(&tape(&bytes), is_polled);
                assert_eq!(real, naive);
            }
        });
    }
}
