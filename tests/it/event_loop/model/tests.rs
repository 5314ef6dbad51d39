//! Random programs, and those that a fuzzer has found to be different, in two worlds: see
//! [`model`](super).

use super::{Program, Real, caught, log, quietly, try_tape};
use crate::support::{corpus, in_time, tape};
use oyez::event_loop::Trace;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use std::cell::Cell;

/// Programs a batch, each batch with a time limit of its own.
const BATCH: u32 = if cfg!(miri) { 2 } else { 64 };

/// How many programs a test runs at the least; `PROPTEST_CASES` sets more.
const PROGRAMS: u32 = if cfg!(miri) { BATCH } else { 3_520 };

/// Tries a test with random tapes. Answers how many they were. One that fails is shortened in that many steps.
#[track_caller]
fn try_tapes(
    cases: u32,
    max_shrink_iters: u32,
    test: impl Fn(&[u16]) -> Result<(), TestCaseError>,
) -> u32 {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters,
        ..Config::default()
    };
    let tapes = proptest::collection::vec(any::<u16>(), 0..500);
    let ran = Cell::new(0_u32);
    let result = TestRunner::new(config).run(&tapes, |tape| {
        ran.set(ran.get() + 1);
        test(&tape)
    });
    match result {
        Ok(()) => ran.get(),
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(other) => panic!("{other}"),
    }
}

/// Runs random programs, in both worlds.
#[track_caller]
fn compare_all(is_polled: bool) {
    let programs = Config::default().cases.max(PROGRAMS);
    let batch = move || {
        // Not its tape is shortened: the program is cut down.
        try_tapes(BATCH, 0, |tape| {
            try_tape(tape, is_polled).map_err(TestCaseError::fail)
        })
    };
    let ran: u32 = (0..programs.div_ceil(BATCH)).map(|_| in_time(batch)).sum();
    println!("{ran} programs");
}

/// Gives a test the traces of random programs.
#[track_caller]
pub(crate) fn record(test: impl Fn(&Trace) -> Result<(), TestCaseError>) {
    try_tapes(if cfg!(miri) { 4 } else { 12 }, 1_024, |tape| {
        let (mut program, trace) = (Program::read(tape, false), Trace::new());
        program.settings.traced = true;
        let real = || log(Real::new(&program.settings, &trace), &program, |_| ());
        quietly(|| caught(real)).map_err(TestCaseError::fail)?;
        test(&trace).map_err(|error| TestCaseError::fail(format!("{error}\n{program}")))
    });
}

#[test]
fn a_random_program_runs_as_the_contract_says() {
    // The algorithm of the turn and what the docs say of each call, at once, in orders that nobody would think of.
    compare_all(false);
}

#[test]
fn a_random_program_runs_the_same_when_a_host_polls() {
    // `poll` is turns, and what it answers is all that a host needs to know.
    compare_all(true);
}

#[test]
fn the_programs_of_the_corpus_run_as_the_contract_says() {
    // What `tests/fuzz/event_loop.rs` has kept, since each does something that the others do not.
    for (name, bytes) in corpus("event_loop") {
        println!("{name}");
        in_time(move || {
            for is_polled in [false, true] {
                let result = try_tape(&tape(&bytes), is_polled);
                result.unwrap_or_else(|failure| panic!("{failure}"));
            }
        });
    }
}
