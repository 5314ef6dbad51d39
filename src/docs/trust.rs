//! How it is tested beyond its tests: commands that run for as long as one likes, and what they found.
//!
//! | what | command |
//! |---|---|
//! | soak | `cargo test --release --test soak -- --seconds 120` |
//! | models | `PROPTEST_CASES=1000000 cargo test --release --test it -- model:: --nocapture` |
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
//! Forty-one models of two or three threads, each run in every order in which they may come by the atomics and
//! locks of `src/sync`, of the table of names, of the hub beside it and of the loop's door, or in as many as ten
//! seconds hold. For each `tests/loom/mutations` keeps a defect; `.ci/mutations` puts it into a copy of the source
//! and sees the model find it. To loom a barrier is a fence on both sides. So those that tell what is dropped when
//! run a second time with `--cfg oyez_loud`, as where there is none: then each visit is announced with a fence of
//! its own, and what else a thread passes is nothing.
//!
//! Two threads also make events at once, and emit them, in
//! `threads::threads_that_make_events_at_once_find_each_others`, which AddressSanitizer runs as well.
//!
//! # What was found
//!
//! Nothing that does not balance or differ, in these runs of 21 and 22 November 2026, where no other day is said:
//! two virtual CPUs of an AMD EPYC with other work on them, rustc 1.95.0, its nightly for the fuzzer.
//!
//! | run | figures |
//! |---|---|
//! | soak, 120 s, 107 rounds, 22 November | 770,790,700 emits, 2,784,794,681 calls, 9,203,041 listeners added, 2,258,466 `off_and_wait`s, 2,009,243 panics caught |
//! | | 34,653 loops: 86,044,303 posts, of these 37,244,052 handled, 3,958,391 given back, 23,032 evicted, 554,799 cancelled, 9,323,601 cleared, 34,940,428 dropped with their loop |
//! | | 97,445,949 closures and payloads, each dropped once; no byte more in use at the end |
//! | models | 1,000,000 programs on an emitter of each flavour, 1,000,000 on a loop; 2,000,000 of a smaller model of the loop, half of them polled, which is a part of this one since |
//! | loom, 30 November | 40 models without a finding; 40 of 40 defects found |
//! | fuzzing of the emitter, 8 minutes | 102,904 programs, 5496 edges |
//! | fuzzing of the loop, 12 minutes, 30 November | 173,990 programs, 8528 edges, those of the model among them |
//!
//! # Coverage
//!
//! Of 6902 lines, these ran 6788 on 22 November 2026: 98.35 %. That is of one build; what is only there for loom, for
//! the safe twin or for another system is not in it. The others, but for those that are gone since, are
//!
//! | lines | why |
//! |---|---|
//! | `fmt` in `seed` | `Debug` of insides that nobody is shown |
//! | `new`, `nothing` in `stack`, `guarded`, `sync::registry` | run by the compiler, for constants |
//! | `clone` in `list`, `is_taken`, `as_any`, `look` of a timer, `lose` and `until_left` in `local` | a trait asks for them |
//! | `unreachable!`, early returns in `alarm`, `timers`, `frames`, `local`, and arms in `error`, `frames`, `list`, `stack`, `dispatch` | cannot happen, as far as we know |
//! | the bounds of listeners and of registrations, in `list` | are reached under `--cfg oyez_small`, where they are small |
//! | `)?;` behind a `write!` | a formatter that fails |
//! | `wait_briefly`, the sleep in `sync::heavy` | a system that refuses `membarrier` |
//! | a word that changes between two looks in `registry`, a clock that another thread moves in `turn::step` | a race of a few instructions |
//! | a thread that ends, in `stack`, `registry` | within an emit out of a destructor, or never to come back |
//!
//! # Mutants
//!
//! One change at a time to the source, and the tests have to fail: `cargo mutants` does that, and takes a minute to
//! build each. So all changes but those of constants stood in one build, each behind a switch, as in
//! `if on(17) { a - b } else { a + b }`, where a variable of the environment names the one that is on. What writes
//! the switches is no part of the crate. Constants were changed one by one. With each change, those tests of `it` ran
//! that come by it, the fastest first, until one failed, or took ten times as long as without it, and five seconds at
//! least. Doctests, the fuzz targets, `tests/loom`, `tests/soak` and `tests/page.rs` were not asked.
//!
//! Of the 2224 changes to 527f2b7, which is of 21 November 2026,
//!
//! | mutants | |
//! |---|---|
//! | 577 | do not compile |
//! | 63 | are not in a build for Linux: of the safe twin, of loom, of other systems |
//! | 1415 | were caught, 73 of them by a time limit |
//! | 75 | were caught by tests that were written for them |
//! | 94 | were not caught |
//!
//! Those that were not caught only lose time, or give memory back sooner or later, within the same bounds; or they say
//! the same otherwise, or stand where nothing comes. Or no test can tell, or should: a fence that is missing, a race of
//! a few instructions, the `Debug` of insides.
//!
//! # Public API
//!
//! All of it stands in `tests/api.txt`. Since 2e118f2, which brought the loop, it needs no new version: 229
//! checks of cargo-semver-checks pass, 31 do not apply. With one public method taken away, one fails.
