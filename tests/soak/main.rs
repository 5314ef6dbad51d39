//! Everything at once, on several threads, for as long as one likes; then the books must balance.
//!
//! ```text
//! cargo test --release --test soak -- --seconds 120
//! cargo test --release --test soak -- --seconds 120 --seed 7
//! ```
//!
//! In each round threads emit, add, remove, wait, replace emitters, fail and panic at random, on
//! emitters and signals that they share and on such of their own, from inside of listeners too; event
//! loops live and die meanwhile, fed by other threads. When the threads are gone:
//!
//! * each emit has answered as many calls as its listeners have counted;
//! * no `once` or `times` was called too often, nothing was called after its end, and each listener was
//!   removed once, for one reason, or was left at the end;
//! * each posted event was handled, given back, evicted, cancelled, cleared or dropped with its loop:
//!   one of these;
//! * each closure and each payload was dropped exactly once;
//! * as much memory is in use as before the round, to the byte.
//!
//! Without `--seconds` it is a few short rounds. The seed of the first round is printed and can be set,
//! each further round has the next one; how the threads interleave is not repeated.

#[path = "../it/alloc.rs"]
mod alloc;
mod ledger;
mod local;
mod loops;
mod shared;
mod tally;

use alloc::live_bytes_of_all;
use ledger::{balance, fault};
use parking_lot::{Condvar, Mutex};
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tally::{Count, Counts};

/// How many threads share one world. With the others they are fewer than the sixteen whose places are
/// static, so that no round takes one from the heap, to keep it.
const SHARING: u64 = 3;

/// How many threads feed the loops.
const FEEDING: u64 = 2;

/// How long a round is, if it is told in seconds.
const ROUND: Duration = Duration::from_millis(1500);

/// How many rounds there are, and of how many steps of each thread, if it is not.
const ROUNDS: u64 = 3;
const STEPS: u32 = if cfg!(miri) { 50 } else { 600 };

/// What the emitters of a round may keep when all listeners are removed: their names and tables.
const KEPT_MAX: isize = 32 * 1024;

/// How long a round may take to end before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    be_quiet_where_panics_are_part_of_it();
    let soaked = soak(&arguments);
    print!("{soaked}");
    if soaked.faults.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Arguments {
    /// `None` is a few short rounds.
    seconds: Option<u64>,
    seed: u64,
}

impl Arguments {
    /// `None` if this test is not to be run: the arguments of the other tests come here as well.
    fn read(mut given: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let (mut seconds, mut seed) = (None, RandomState::new().hash_one(0) >> 32);
        let (mut is_listed, mut filters) = (false, Vec::new());
        while let Some(argument) = given.next() {
            let mut number = || {
                let number = given.next().and_then(|text| text.parse().ok());
                number.ok_or_else(|| format!("`{argument}` is followed by a number"))
            };
            match argument.as_str() {
                "--seconds" => seconds = Some(number()?),
                "--seed" => seed = number()?,
                "--list" => is_listed = true,
                "--skip" | "--test-threads" | "--format" | "--color" => _ = given.next(),
                option if option.starts_with('-') => {}
                filter => filters.push(filter.to_owned()),
            }
        }
        if is_listed {
            println!("soak: test");
            return Ok(None);
        }
        let is_meant = filters.is_empty() || filters.iter().any(|filter| "soak".contains(filter));
        Ok(is_meant.then_some(Self { seconds, seed }))
    }
}

/// Has no panic of a listener print anything: there are thousands.
fn be_quiet_where_panics_are_part_of_it() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let is_part = shared::emitters::is_emitting()
            || local::emitters::is_emitting()
            || loops::is_running();
        if !is_part {
            print(info);
        }
    }));
}

/// What came of it.
struct Soaked {
    seed: u64,
    seconds: f64,
    rounds: u64,
    counts: Counts,
    listeners: u64,
    fates: loops::Fates,
    kept: isize,
    faults: Vec<String>,
}

fn soak(arguments: &Arguments) -> Soaked {
    let mut soaked = Soaked {
        seed: arguments.seed,
        seconds: 0.0,
        rounds: 0,
        counts: Counts::default(),
        listeners: 0,
        fates: loops::Fates::default(),
        kept: 0,
        faults: Vec::new(),
    };
    warm_up();
    // One round for what is kept for good by whoever first does something.
    let _warm = Round::new(arguments.seed, false).run();
    ledger::erase();
    let start = Instant::now();
    let is_over = |rounds| match arguments.seconds {
        Some(seconds) => start.elapsed() >= Duration::from_secs(seconds),
        None => rounds == ROUNDS,
    };
    let live = live_bytes_of_all();
    while soaked.faults.is_empty() && !is_over(soaked.rounds) {
        let seed = arguments.seed.wrapping_add(soaked.rounds);
        let done = Round::new(seed, arguments.seconds.is_some()).run();
        soaked.rounds += 1;
        done.check(&mut soaked);
        let now = live_bytes_of_all();
        soaked.faults = ledger::faults();
        // A fault is a text, and takes memory.
        if soaked.faults.is_empty() && now != live {
            let grown = now - live;
            soaked
                .faults
                .push(format!("{grown} bytes more than before the round"));
        }
    }
    soaked.seconds = start.elapsed().as_secs_f64();
    soaked
}

/// Does once what leaves something behind for good, so that it is there before memory is counted.
fn warm_up() {
    let threads = SHARING + FEEDING + 8;
    // The lock keeps a table of the threads that sleep, as large as there were ever threads to sleep.
    let (asleep, wake) = (Mutex::new(0), Condvar::new());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut asleep = asleep.lock();
                *asleep += 1;
                wake.wait(&mut asleep);
            });
        }
        // Each gives the lock away by falling asleep.
        while *asleep.lock() < threads {
            thread::yield_now();
        }
        wake.notify_all();
    });
    // The list of threads that wait for each other has room for a few: two that do.
    let emitter = oyez::EventEmitter::new();
    const EVENT: oyez::Event<usize> = oyez::Event::new("event");
    let (both, ids) = (Arc::new(Barrier::new(2)), Arc::new(Mutex::new(Vec::new())));
    for side in 0..2 {
        let (weak, both, ids) = (emitter.downgrade(), Arc::clone(&both), Arc::clone(&ids));
        let id = emitter.clone().listen(EVENT).on({
            let ids = Arc::clone(&ids);
            move |n: &usize| {
                if *n == side {
                    both.wait();
                    let other = ids.lock()[1 - side];
                    // One of the two is refused, since the other one waits.
                    let _waited = weak.upgrade().map(|emitter| emitter.off_and_wait(other));
                }
            }
        });
        ids.lock().push(id);
    }
    thread::scope(|scope| {
        for side in 0..2 {
            let emitter = &emitter;
            scope.spawn(move || emitter.emit(EVENT, side));
        }
    });
}

/// What all threads of a round look at.
struct Round {
    seed: u64,
    steps: Option<u32>,
    is_over: AtomicBool,
}

/// What a round leaves to be looked at.
struct Done {
    counts: Counts,
    shared: Vec<shared::emitters::End>,
    local: Vec<local::emitters::End>,
    kept: isize,
}

/// What a thread of a round comes back with.
type Worker = JoinHandle<(Counts, Vec<local::emitters::End>)>;

impl Round {
    fn new(seed: u64, is_timed: bool) -> Arc<Self> {
        Arc::new(Self {
            seed,
            steps: (!is_timed).then_some(STEPS),
            is_over: AtomicBool::new(false),
        })
    }

    /// Starts a thread. `nth` tells its random numbers from those of the others.
    fn spawn(
        self: &Arc<Self>,
        nth: u64,
        body: impl FnOnce(&mut dyn FnMut() -> bool) -> Vec<local::emitters::End> + Send + 'static,
    ) -> Worker {
        let round = Arc::clone(self);
        thread::spawn(move || {
            tally::seed(round.seed.wrapping_mul(64).wrapping_add(nth));
            let mut steps = 0;
            let ends = body(&mut || {
                steps += 1;
                !round.is_over.load(Ordering::Relaxed)
                    && round.steps.is_none_or(|steps_max| steps <= steps_max)
            });
            (tally::take(), ends)
        })
    }

    fn run(self: Arc<Self>) -> Done {
        let before = live_bytes_of_all();
        let world = shared::emitters::World::new(0);
        let address = Arc::<loops::Address>::default();
        let mut workers = Vec::new();
        for nth in 0..SHARING {
            let world = Arc::clone(&world);
            workers.push(self.spawn(nth, move |goes_on| {
                world.live(goes_on);
                Vec::new()
            }));
        }
        workers.push(self.spawn(SHARING, |goes_on| {
            let world = local::emitters::World::new(1);
            world.live(goes_on);
            world.finish()
        }));
        for nth in 0..FEEDING {
            let address = Arc::clone(&address);
            workers.push(self.spawn(SHARING + 1 + nth, move |goes_on| {
                loops::feed(&address, goes_on);
                Vec::new()
            }));
        }
        let to_feed = Arc::clone(&address);
        workers.push(self.spawn(SHARING + 1 + FEEDING, move |goes_on| {
            loops::run(&to_feed, goes_on);
            Vec::new()
        }));
        self.wait(&workers);
        let (mut counts, mut local) = (Counts::default(), Vec::new());
        for worker in workers {
            match worker.join() {
                Ok((of_worker, ends)) => {
                    counts += of_worker;
                    local.extend(ends);
                }
                Err(_panic) => fault("a thread panicked".to_owned()),
            }
        }
        let shared = world.finish();
        drop(address);
        let kept = live_bytes_of_all() - before;
        drop(world);
        counts += tally::take();
        Done {
            counts,
            shared,
            local,
            kept,
        }
    }

    /// Returns when all threads have ended. If they do not, ends the process.
    fn wait(&self, workers: &[Worker]) {
        let start = Instant::now();
        let run = || workers.iter().any(|worker| !worker.is_finished());
        let length = if self.steps.is_some() {
            PATIENCE
        } else {
            ROUND
        };
        while run() && start.elapsed() < length {
            thread::sleep(Duration::from_millis(1));
        }
        self.is_over.store(true, Ordering::Relaxed);
        let end = Instant::now();
        while run() {
            if end.elapsed() > PATIENCE {
                let stuck = workers.iter().enumerate();
                let stuck = stuck.filter(|(_, worker)| !worker.is_finished());
                let stuck: Vec<_> = stuck.map(|(nth, _)| nth).collect();
                println!("NOT BALANCED, in the round of seed {}:", self.seed);
                println!("  threads {stuck:?} are stuck");
                ledger::faults()
                    .iter()
                    .for_each(|fault| println!("  {fault}"));
                std::process::exit(2);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Done {
    /// Says what does not balance, and adds up what does.
    fn check(self, soaked: &mut Soaked) {
        let counts = &self.counts;
        let answered = counts[Count::Answered] + counts[Count::Unwound];
        balance(
            "what emits answered, and the calls",
            answered,
            counts[Count::Calls],
        );
        if self.kept > KEPT_MAX {
            fault(format!(
                "emitters without listeners keep {} bytes",
                self.kept
            ));
        }
        let mut lines = 0;
        for entry in ledger::entries() {
            lines += 1;
            if !entry.has(ledger::mark::DROPPED) {
                fault(format!("never dropped: {entry:?}"));
            }
        }
        balance(
            "what was registered or posted, and drops",
            lines,
            counts[Count::Dropped],
        );
        shared::emitters::check(&self.shared, ledger::entries());
        local::emitters::check(&self.local, ledger::entries());
        loops::check(ledger::entries(), &mut soaked.fates);
        balance(
            "letters, and their ends",
            soaked.fates.letters,
            soaked.fates.sum(),
        );
        soaked.listeners += lines;
        soaked.counts += self.counts;
        soaked.kept = soaked.kept.max(self.kept);
        ledger::erase();
    }
}

impl fmt::Display for Soaked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Count::*;
        let Self {
            seed,
            seconds,
            rounds,
            counts,
            listeners,
            fates,
            kept,
            faults,
        } = self;
        writeln!(f, "soak: seed {seed}, {seconds:.1} s, {rounds} rounds")?;
        let mut row = |what: &str, figures: &[(&str, u64)]| {
            let figures = figures
                .iter()
                .map(|(name, n)| format!("{} {name}", grouped(*n)));
            writeln!(f, "  {what:10}{}", figures.collect::<Vec<_>>().join(", "))
        };
        row(
            "emits",
            &[
                ("emits", counts[Emits]),
                ("calls", counts[Calls]),
                ("answered", counts[Answered]),
                ("in emits that unwound", counts[Unwound]),
                ("by taps", counts[Taps]),
            ],
        )?;
        row(
            "listeners",
            &[
                ("added", counts[Adds]),
                ("removed", counts[Removals]),
                ("waits", counts[Waits]),
                ("sweeps", counts[Sweeps]),
                ("emitters replaced", counts[Emitters]),
            ],
        )?;
        row(
            "failures",
            &[
                ("panics caught", counts[Panics]),
                ("errors heard", counts[Errors]),
                ("refusals", counts[Refusals]),
            ],
        )?;
        row(
            "posts",
            &[
                ("posts", fates.letters),
                ("handled", fates.handled),
                ("given back", fates.returned),
                ("evicted", fates.evicted),
                ("cancelled", fates.cancelled),
                ("cleared", fates.cleared),
                ("dropped with their loop", fates.with_loop),
            ],
        )?;
        row(
            "loops",
            &[
                ("loops", counts[Loops]),
                ("tasks", counts[Tasks]),
                ("runs of tasks", counts[TaskRuns]),
                ("stops", counts[Stops]),
            ],
        )?;
        row(
            "drops",
            &[
                ("closures and payloads", *listeners),
                ("dropped", counts[Dropped]),
            ],
        )?;
        writeln!(
            f,
            "  memory    at most {kept} bytes in emitters without listeners"
        )?;
        if faults.is_empty() {
            return writeln!(f, "all balanced, and no byte more in use than at the start");
        }
        let last = seed.wrapping_add(rounds.saturating_sub(1));
        writeln!(f, "NOT BALANCED, in the round of seed {last}:")?;
        faults.iter().try_for_each(|fault| writeln!(f, "  {fault}"))
    }
}

/// A number in groups of three digits.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<_> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(String::from_utf8_lossy)
        .collect();
    groups.join(",")
}
