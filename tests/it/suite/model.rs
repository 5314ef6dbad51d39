//! Random programs, and those that a fuzzer has found to be different, in two worlds: see
//! [`program`](super::program). A tape that fails is shortened as long as it still does, and printed.

use super::program::compare;
use super::*;
use crate::support::{corpus, tape};
use crate::tapes::{in_batches, try_tapes};

/// Programs a batch.
const BATCH: u32 = if cfg!(miri) { 5 } else { 100 };

/// How many programs there are at the least.
const PROGRAMS: u32 = if cfg!(miri) { BATCH } else { 3_000 };

#[test]
fn a_random_program_runs_as_the_rules_say() {
    // Rules 1 to 3 and 5 to 8 at once, in orders that nobody would think of. A shorter tape is a simpler
    // program, which is how a failure is shrunk.
    in_batches(BATCH, PROGRAMS, || {
        let ran = try_tapes(BATCH, 600, 4 * BATCH, |tape| {
            compare(tape);
            Ok(())
        });
        ran.unwrap_or_else(|failure| panic!("{failure}"))
    });
}

#[test]
fn the_programs_of_the_corpus_run_as_the_rules_say() {
    // What `tests/fuzz/emitter.rs` has kept, since each does something that the others do not.
    for (name, bytes) in corpus("emitter") {
        println!("{name}");
        in_time(move || compare(&tape(&bytes)));
    }
}
