//! How it is tested beyond its tests: commands that run for as long as one likes, and what they found.
//!
//! | what | command |
//! |---|---|
//! | soak | `cargo test --release --test soak -- --seconds 120` |
//! | models | `PROPTEST_CASES=1000000 cargo test --release --test it -- model:: tapes:: --nocapture` |
//! | fuzzing (nightly, `cargo install cargo-fuzz`) | `cargo +nightly fuzz run --fuzz-dir tests/fuzz emitter`, and `event_loop` |
//!
//! A short run of each is a part of `cargo test`.
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
//! # What was found
//!
//! Nothing that does not balance or differ, in these runs of 21 November 2026: two virtual CPUs of an AMD
//! EPYC with other work on them, rustc 1.95.0, its nightly for the fuzzer.
//!
//! | run | figures |
//! |---|---|
//! | soak, 120 s, 81 rounds | 563,609,175 emits, 2,032,694,703 calls, 6,728,022 listeners added, 1,649,946 `off_and_wait`s, 1,443,882 panics caught |
//! | | 21,371 loops: 46,702,615 posts, of these 20,146,020 handled, 1,715,628 given back, 13,214 evicted, 303,648 cancelled, 5,008,167 cleared, 19,515,938 dropped with their loop |
//! | | 54,646,874 closures and payloads, each dropped once; no byte more in use at the end |
//! | models | 1,000,000 programs on a local emitter, 1,000,000 on a loop that runs, 1,000,000 on one that a host polls (`tapes`) |
//! | fuzzing, 8 minutes each | emitter: 102,904 programs, 5496 edges; loop: 183,171 programs, 2153 edges |
