//! How it is tested beyond its tests: commands that run for as long as one likes, and what they found.
//!
//! | what | command |
//! |---|---|
//! | soak | `cargo test --release --test soak -- --seconds 120` |
//! | models | `PROPTEST_CASES=1000000 cargo test --release --test it -- model:: tapes:: --nocapture` |
//! | fuzzing (nightly, `cargo install cargo-fuzz`) | `cargo +nightly fuzz run --fuzz-dir tests/fuzz emitter`, and `event_loop` |
//! | loom, and a defect for each model | `RUSTFLAGS="--cfg loom" cargo test --release --target-dir target/loom --test loom`, `.ci/mutations` |
//! | coverage (`cargo install cargo-llvm-cov`) | `cargo llvm-cov --test it --test soak` |
//! | mutants (`cargo install cargo-mutants`) | `cargo mutants -f src/stack.rs -- --test it` |
//! | public API against another commit (`cargo install cargo-semver-checks`) | `cargo semver-checks --baseline-rev 2e118f2 --release-type patch` |
//!
//! A short run of the first three is a part of `cargo test`.
//!
//! # Soak
//!
//! Threads emit, add, remove, wait, replace emitters, fail and panic at random, from inside of listeners
//! too; event loops live and die meanwhile, fed by other threads. At the end of each round each emit has
//! answered as many calls as its listeners have counted, each listener and each posted event has come to
//! one end, each closure and each payload was dropped once, and no byte more is in use than before. The
//! run fails with what does not balance. `--seed` sets the seed that it prints.
//!
//! # Models
//!
//! Random programs run on an emitter of each flavour, and on a loop, and on naive ones: `Vec`s that are
//! searched for everything. All that happens must be the same. A program that fails is made as short as
//! possible. `PROPTEST_CASES` sets how many there are for each test.
//!
//! # Fuzzing
//!
//! The same programs, written by a fuzzer that looks for ones that reach more of the source, under
//! AddressSanitizer. Those worth keeping are in `tests/fuzz/corpus`, and are run by `cargo test`. After a
//! longer run, this leaves the fewest that reach as much:
//!
//! ```text
//! cargo +nightly fuzz cmin --fuzz-dir tests/fuzz emitter -- -use_counters=0 -set_cover_merge=1
//! ```
//!
//! # Loom
//!
//! Thirty models of two or three threads, each run in every order in which they may come by the atomics and
//! locks of `src/sync` and of the loop's door, or in as many as twenty seconds hold. For each
//! `tests/loom/mutations` keeps a defect; `.ci/mutations` puts it into a copy of the source and sees the model
//! find it.
//!
//! # What was found
//!
//! Nothing that does not balance or differ, in these runs of 21 November 2026: two virtual CPUs of an AMD
//! EPYC with other work on them, rustc 1.95.0, its nightly for the fuzzer.
//!
//! | run | figures |
//! |---|---|
//! | soak, 120 s, 90 rounds | 648,986,220 emits, 2,344,928,945 calls, 7,750,379 listeners added, 1,901,033 `off_and_wait`s, 1,678,175 panics caught |
//! | | 28,269 loops: 65,011,573 posts, of these 28,252,698 handled, 2,737,851 given back, 18,270 evicted, 425,895 cancelled, 6,931,723 cleared, 26,645,136 dropped with their loop |
//! | | 74,448,847 closures and payloads, each dropped once; no byte more in use at the end |
//! | models | 1,000,000 programs on an emitter of each flavour, 1,000,000 on a loop (`model`), 1,000,000 on a loop that runs, 1,000,000 on one that a host polls (`tapes`) |
//! | loom | 30 models without a finding; 30 of 30 defects found |
//! | fuzzing, 8 minutes each | emitter: 102,904 programs, 5496 edges; loop: 183,171 programs, 2153 edges |
//!
//! # Coverage
//!
//! Of 6747 lines, these run 6639: 98.40 %. That is of one build; what is only there for loom, for the safe
//! twin or for another system is not in it. The others are
//!
//! | lines | why |
//! |---|---|
//! | `fmt` in `door`, `journal`, `guarded`, `seed` | `Debug` of insides that nobody is shown |
//! | `new`, `nothing` in `stack`, `guarded`, `sync::registry` | run by the compiler, for constants |
//! | `clone` in `list`, `is_taken`, `as_any`, `look` of a timer | a trait asks for them |
//! | `unreachable!`, and early returns in `alarm`, `timers`, `frames`, `local`, `error` | cannot happen, as far as we know |
//! | `)?;` behind a `write!` | a formatter that fails |
//! | `wait_briefly`, the sleep in `sync::heavy` | a system that refuses `membarrier` |
//! | a word that changes between two looks in `waits`, mail in `turn::rest` | a race of a few instructions |
//! | a thread that ends, in `stack`, `registry` | within an emit out of a destructor, or never to come back |
//!
//! # Mutants
//!
//! One change at a time to the source, and the tests have to fail: 104 of the 2217 that `cargo mutants
//! --list` lists. Of `error` the first 23, of `event_loop::lanes` the first eleven, and of these, of
//! `event_loop::{slots, store}`, `hub`, `list` (`mod.rs`), `names`, `outcome`, `stack` and `subscription`
//! some of every sixth. Of all other files none: `--shard` and `-f` go on.
//!
//! | mutants | |
//! |---|---|
//! | 35 | do not compile |
//! | 57 | caught, four of them by a time limit |
//! | 8 | caught by tests that were written for them |
//! | 4 | not caught |
//!
//! The four change nothing that can be seen:
//!
//! | mutant | why |
//! |---|---|
//! | `is_entered` is always `true` | it saves the question behind it, whose answer is the same |
//! | `clean_up` looks for closures to drop also where nothing unwinds | there are none then: it takes time |
//! | a run of listeners that is filled again counts as one more empty one | empty runs are swept sooner; those with listeners stay |
//! | `lane >= chosen` for `lane > chosen` in `lanes::choose` | they are not equal there |
//!
//! # Public API
//!
//! All of it stands in `tests/api.txt`. Since 2e118f2, which brought the loop, it needs no new version: 229
//! checks of cargo-semver-checks pass, 31 do not apply. With one public method taken away, one fails.
