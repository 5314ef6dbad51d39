//! Random programs, and those that a fuzzer has found to be different, in two worlds: see
//! [`program`](super::program). A tape that fails is shortened as long as it still does, and printed.

use super::program::compare;
use super::*;
use crate::support::{corpus, tape};
use proptest::prelude::any;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;

/// Programs a batch, each batch with a time limit of its own.
const BATCH: u32 = if cfg!(miri) { 5 } else { 100 };

/// How many programs there are at the least; `PROPTEST_CASES` sets more.
const PROGRAMS: u32 = if cfg!(miri) { BATCH } else { 3_000 };

#[test]
fn a_random_program_runs_as_the_rules_say() {
    // Rules 1 to 3 and 5 to 8 at once, in orders that nobody would think of. A shorter tape is a simpler
    // program, which is how a failure is shrunk.
    let programs = Config::default().cases.max(PROGRAMS);
    let batch = || {
        let config = Config {
            cases: BATCH,
            failure_persistence: None,
            ..Config::default()
        };
        let tapes = proptest::collection::vec(any::<u16>(), 0..600);
        let ran = Cell::new(0_u32);
        let result = TestRunner::new(config).run(&tapes, |tape| {
            ran.set(ran.get() + 1);
            compare(&tape);
            Ok(())
        });
        result.unwrap_or_else(|failure| panic!("{failure}"));
        ran.get()
    };
    let ran: u32 = (0..programs.div_ceil(BATCH)).map(|_| in_time(batch)).sum();
    println!("{ran} programs");
}

#[test]
fn the_programs_of_the_corpus_run_as_the_rules_say() {
    // What `tests/fuzz/emitter.rs` has kept, since each does something that the others do not.
    for (name, bytes) in corpus("emitter") {
        println!("{name}");
        in_time(move || compare(&tape(&bytes)));
    }
}
