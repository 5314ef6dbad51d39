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
//! Forty models of two or three threads, each run in every order in which they may come by the atomics and
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
//! the safe twin or for another system is not in it. The others are
//!
//! | lines | why |
//! |---|---|
//! | `fmt` in `door`, `journal`, `guarded`, `seed` | `Debug` of insides that nobody is shown |
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
//! One change at a time to the source, and the tests have to fail. `cargo mutants --list` names 2224 changes to
//! 527f2b7; files and functions are called here what they were called there. To build each takes a minute, so all but those of constants stood in one build, each behind a
//! switch, as in `if on(17) { a - b } else { a + b }`, where a variable of the environment names the one that
//! is on. What writes the switches is no part of the crate. `cargo mutants -f src/stack.rs -- --test it` does the
//! same, slowly, as do the builds in which the constants were changed one by one. Those of `event::hash`, which runs
//! for constants, stood in a build where each look-up hashes anew, on 22 November 2026; three of them do not compile.
//!
//! With each change, those tests of `it` ran that come by it, the fastest first, until one failed, or took ten
//! times as long as without it, and five seconds at least. Doctests, the fuzz targets, `tests/loom`, `tests/soak`
//! and `tests/page.rs` were not asked.
//!
//! | mutants | |
//! |---|---|
//! | 577 | do not compile |
//! | 63 | are not in a build for Linux: of the safe twin, of loom, of other systems |
//! | 1415 | caught, 73 of them by a time limit |
//! | 75 | caught by tests that were written for them |
//! | 94 | not caught |
//!
//! Three of those that a time limit caught are only slow: they take the square of the time.
//!
//! By file, where there was anything to do:
//!
//! | file | mutants | not built | caught | by a new test | not caught |
//! |---|---|---|---|---|---|
//! | `dispatch` | 136 | 29 | 99 | 4 | 4 |
//! | `emitter` | 97 | 42 | 54 | 0 | 1 |
//! | `event` | 29 | 4 | 10 | 5 | 10 |
//! | `event_loop::call_stack` | 29 | 4 | 22 | 3 | 0 |
//! | `event_loop::clock` | 11 | 4 | 6 | 0 | 1 |
//! | `event_loop::door` | 34 | 2 | 31 | 0 | 1 |
//! | `event_loop::journal` | 30 | 3 | 23 | 1 | 3 |
//! | `event_loop::lanes` | 85 | 12 | 63 | 2 | 8 |
//! | `event_loop::letter` | 20 | 1 | 8 | 9 | 2 |
//! | `event_loop::posted` | 16 | 7 | 8 | 0 | 1 |
//! | `event_loop::proxy` | 26 | 4 | 20 | 2 | 0 |
//! | `event_loop::queue` | 81 | 24 | 54 | 1 | 2 |
//! | `event_loop::record` | 48 | 8 | 38 | 2 | 0 |
//! | `event_loop::slots` | 26 | 2 | 23 | 1 | 0 |
//! | `event_loop::store` | 52 | 13 | 38 | 0 | 1 |
//! | `event_loop::stores` | 34 | 13 | 19 | 0 | 2 |
//! | `event_loop::task` | 22 | 2 | 19 | 1 | 0 |
//! | `event_loop::tick` | 4 | 1 | 2 | 0 | 1 |
//! | `event_loop::timers` | 90 | 27 | 56 | 3 | 4 |
//! | `event_loop::trace` | 23 | 4 | 18 | 1 | 0 |
//! | `event_loop::trace::chrome` | 26 | 0 | 16 | 10 | 0 |
//! | `event_loop::trace::json` | 40 | 20 | 17 | 3 | 0 |
//! | `event_loop::trace::page` | 5 | 0 | 2 | 3 | 0 |
//! | `event_loop::turn` | 65 | 14 | 49 | 1 | 1 |
//! | `guarded` | 36 | 18 | 15 | 0 | 3 |
//! | `hub` | 31 | 5 | 24 | 0 | 2 |
//! | `list` | 87 | 23 | 58 | 2 | 4 |
//! | `list::node` | 88 | 14 | 68 | 0 | 6 |
//! | `list::roster` | 48 | 5 | 35 | 1 | 7 |
//! | `list::table` | 49 | 5 | 32 | 5 | 7 |
//! | `meta` | 28 | 3 | 24 | 1 | 0 |
//! | `names` | 80 | 48 | 29 | 1 | 2 |
//! | `seed` | 1 | 0 | 0 | 0 | 1 |
//! | `shared` | 31 | 15 | 13 | 1 | 2 |
//! | `signal` | 52 | 24 | 27 | 1 | 0 |
//! | `stack` | 51 | 6 | 44 | 0 | 1 |
//! | `subscription` | 26 | 7 | 18 | 1 | 0 |
//! | `sync` | 62 | 52 | 2 | 0 | 8 |
//! | `sync::registry` | 67 | 12 | 44 | 9 | 2 |
//! | `sync::waits` | 32 | 0 | 28 | 1 | 3 |
//! | `watch` | 12 | 3 | 5 | 0 | 4 |
//! | the 22 others | 414 | 160 | 254 | 0 | 0 |
//!
//! ## No answer changes, and only time is lost
//!
//! | mutant | why |
//! |---|---|
//! | `stack::is_entered` is always true | saves the question behind it |
//! | `Event::name_hash` is always 0, or 1 | the names are compared one after the other |
//! | `event::hash` is always the same (three), or another (five) | any number will do, since names are compared; a bound of `cargo bench --bench instructions` tells of the first |
//! | `list::clean_up` looks for closures to drop also where nothing unwinds | there are none then |
//! | `Hub::is_observed` is always true, or has an `\|\|` for its `&&`, or is not asked | those asked find nobody who watches |
//! | an emit that no tap sees goes the way of one that some see | finds no tap |
//! | `Node::is_plain` is always false | each call is made with care |
//! | `Node::is_limited` is always true | counts, and finds no limit |
//! | `Ticket::inside` is always 1, `waits::left` always wakes, `Gate::address` is 0, or 1 | threads wake in vain, and look again |
//! | `heavy` or `barrier` is always false, or `heavy` sleeps where it need not | waits by the millisecond |
//! | `Journal::is_read` is always true, `is_open_to_all` always false | posts go the long way |
//! | `Lanes::pop` asks for fairness where there is none | nobody is overdue |
//! | `Names::insert`, and `Stores::insert` in two ways, grow at another size | their tables have a free place all the same |
//!
//! ## Memory is given back sooner or later, within the same bounds
//!
//! | mutant | why |
//! |---|---|
//! | an empty run that is filled again is counted twice, or stays counted; runs are swept at a half | are swept sooner |
//! | `Roster` remembers no free places, finds none, or finds them at other times (five) | they go when most are free |
//! | `Roster::remove` packs at the bound, or far below it | is slower |
//! | `Rows::remove` does not use the newest slot again at once | it counts as dead |
//! | `Rows::remove` keeps or drops a small table that is empty (four) | it is made again, or used again |
//! | `Rows::remove` moves to a smaller table at the bound, or to one that is hardly larger than what lives | another is made sooner |
//! | `Ring`, `Slab`, `Mail` and `Timers` give back or sweep at the bound (seven) | what is at the bound stays, or goes |
//! | `Ring::tidy_gaps`, and `Timers::tidy` in two ways, sweep far below the bound | are slower, with many by their square |
//! | `Bundle::fits` lets in one letter more | is that much larger than a page |
//! | `Frames::get` leaves out sixteen words | nobody has them |
//!
//! ## The same, said otherwise
//!
//! | mutant | why |
//! |---|---|
//! | `EmitterBuilder::from` its own default | is that default |
//! | `^` for `\|` in `Node::plant`, `set_removed` and `take_body` | the bits are not set yet |
//! | nothing for `Clock::step_to`, `Inspector::slow`, `Posted::discard` | what is given does nothing |
//! | `>=` for `>` twice in `lanes::choose`, `<=` for `<` in `Core::step` | without fairness the first is chosen; they are not equal there |
//! | `*` for `/` in `Names::grow` | another cell of the row, of which there are enough for 2^26 places |
//!
//! ## Nothing comes there
//!
//! | mutant | why |
//! |---|---|
//! | `Held::is_taken` where there is no closure | who has none is not asked |
//! | `Watch` of `Nobody` | there is no such value |
//! | `is_running` of the shared flavour | is `unreachable!` |
//! | `Tick::look` | timers are not evicted |
//!
//! ## No test can tell, or should
//!
//! | mutant | why |
//! |---|---|
//! | `Debug` of `Seed`, and of `Slot`, `Shown`, `Journal`, `Door`, which have none any more | insides that nobody is shown |
//! | no fence in `unlinked`, `linked`, `light`, `heavy`, `is_heavy_certain`, `barrier` | a processor that reorders just there; loom runs twins of these |
//! | `called >= 0` in `tell_error` | another thread has to remove the last who hears of errors, between two looks |
//! | a meta event that is emitted by hand goes the way of others | its frame shows a line, which nobody promised or denied |
//! | no `Drop` for `Lanes` | the last handle of a queue drops the same payloads, kind by kind |
//!
//! # Public API
//!
//! All of it stands in `tests/api.txt`. Since 2e118f2, which brought the loop, it needs no new version: 229
//! checks of cargo-semver-checks pass, 31 do not apply. With one public method taken away, one fails.
