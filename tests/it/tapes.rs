//! Random tapes, which the programs of the models are read from.

use crate::support::in_time;
use proptest::prelude::any;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use std::cell::Cell;

/// What a test says of one tape.
type Verdict = Result<(), TestCaseError>;

/// Tries a test with so many random tapes, each shorter than `longest`. Answers how many they were. One that fails is
/// made shorter, in at most so many steps.
pub(crate) fn try_tapes(
    cases: u32,
    longest: usize,
    max_shrink_iters: u32,
    test: impl Fn(&[u16]) -> Verdict,
) -> Result<u32, TestError<Vec<u16>>> {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters,
        ..Config::default()
    };
    let tapes = proptest::collection::vec(any::<u16>(), 0..longest);
    let ran = Cell::new(0_u32);
    TestRunner::new(config).run(&tapes, |tape| {
        ran.set(ran.get() + 1);
        test(&tape)
    })?;
    Ok(ran.get())
}

/// Runs one batch of so many programs after the other, each with a time limit of its own, until there were so many
/// programs at the least; `PROPTEST_CASES` sets more.
#[track_caller]
pub(crate) fn in_batches(
    size: u32,
    programs: u32,
    batch: impl Fn() -> u32 + Copy + Send + 'static,
) {
    let programs = Config::default().cases.max(programs);
    let ran: u32 = (0..programs.div_ceil(size)).map(|_| in_time(batch)).sum();
    println!("{ran} programs");
}
