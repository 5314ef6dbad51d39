//! Random programs, and those that a fuzzer has found to be different, in two worlds: see
//! [`model`](super).

use super::{Program, Real, caught, log, quietly, try_tape};
use crate::support::{corpus, in_time, tape};
use crate::tapes::{in_batches, try_tapes};
use oyez::event_loop::Trace;
use proptest::test_runner::{TestCaseError, TestError};

/// Programs a batch.
const BATCH: u32 = if cfg!(miri) { 2 } else { 64 };

/// How many programs a test runs at the least.
const PROGRAMS: u32 = if cfg!(miri) { BATCH } else { 3_520 };

/// Each tape is shorter.
const LONGEST: usize = 500;

/// The answer, or a panic that says why. It leaves out the tape, since it has the program that was read from it.
#[track_caller]
fn told<T>(answer: Result<T, TestError<Vec<u16>>>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(TestError::Fail(reason, _)) => panic!("{reason}"),
        Err(other) => panic!("{other}"),
    }
}

/// Runs random programs, in both worlds.
#[track_caller]
fn compare_all(is_polled: bool) {
    in_batches(BATCH, PROGRAMS, move || {
        // Not its tape is shortened: the program is cut down.
        told(try_tapes(BATCH, LONGEST, 0, |tape| {
            try_tape(tape, is_polled).map_err(TestCaseError::fail)
        }))
    });
}

/// Gives a test the traces of random programs.
#[track_caller]
pub(crate) fn record(test: impl Fn(&Trace) -> Result<(), TestCaseError>) {
    let tapes = if cfg!(miri) { 4 } else { 12 };
    told(try_tapes(tapes, LONGEST, 1_024, |tape| {
        let (mut program, trace) = (Program::read(tape, false), Trace::new());
        program.settings.traced = true;
        let real = || log(Real::new(&program.settings, &trace), &program, |_| ());
        quietly(|| caught(real)).map_err(TestCaseError::fail)?;
        test(&trace).map_err(|error| TestCaseError::fail(format!("{error}\n{program}")))
    }));
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
