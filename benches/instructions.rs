//! How many instructions does it take?
//!
//! Dimensions: the flavour, and what is done: emits through a signal, by event, and inside of another emit,
//! add and remove, `once`, events through a queue and a loop. The control is the loop that one would write by hand.
//!
//! Each case runs in a process of its own under `valgrind --tool=callgrind`, once with few
//! repetitions and once with many; what the second takes more is divided by how many more they are,
//! so that start-up cancels out. A count hardly depends on what else the machine does, so there are
//! bounds: with `OYEZ_BOUNDS_REQUIRED=1` this bench fails where a count is above its own. Without
//! valgrind it says so and does nothing.

mod common;

use std::collections::VecDeque;
use std::env;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use common::table::{Section, Table, Unit};
use common::work::{by_hand, by_handle, post_and_run, queue};
use common::{EVENT, PAYLOAD, Payload, Random, Sum, adding, adds_to, captures_16, sums};
use oyez::generic::{EventEmitter, Flavour, Keeps, Moves, Signal};
use oyez::{Event, local};

/// Every case: its name, the most instructions that it may take, and what does it so many times.
///
/// The bounds were set with rustc 1.95.0 and glibc 2.36 on x86-64, under valgrind 3.19: the count plus
/// 8 %, and 15 % where it allocates, since that part is the libc's; rounded up. Another compiler or
/// libc may need others; the control tells. To set them anew: run the bench, and write here what
/// it shows, with that on top.
#[rustfmt::skip]
const CASES: &[Case] = &[
    Case::new("control: Vec<Box<dyn Fn>>, 1 listener", 23, |n| _ = by_hand(1)(n)),
    Case::new("local Signal, 0 listeners", 19, |n| _ = by_handle(local::Signal::new(), 0, adds_to)(n)),
    Case::new("local Signal, 1 listener", 37, |n| _ = by_handle(local::Signal::new(), 1, adds_to)(n)),
    Case::new("local Signal, each further listener", 37, |n| _ = by_handle(local::Signal::new(), 10, adds_to)(n))
        .beyond(|n| _ = by_handle(local::Signal::new(), 1, adds_to)(n), 9),
    Case::new("local Signal, 1 listener, inside of another emit", 201, |n| inside(local::Signal::new(), 1, adds_to, n)),
    Case::new("local Signal, each further listener, inside of another emit", 29, |n| inside(local::Signal::new(), 10, adds_to, n))
        .beyond(|n| inside(local::Signal::new(), 1, adds_to, n), 9),
    Case::new("shared Signal, 0 listeners", 21, |n| _ = by_handle(oyez::Signal::new(), 0, adds_to)(n)),
    Case::new("shared Signal, 1 listener", 63, |n| _ = by_handle(oyez::Signal::new(), 1, adds_to)(n)),
    Case::new("shared Signal, each further listener", 42, |n| _ = by_handle(oyez::Signal::new(), 10, adds_to)(n))
        .beyond(|n| _ = by_handle(oyez::Signal::new(), 1, adds_to)(n), 9),
    Case::new("shared Signal, 1 listener, inside of another emit", 249, |n| inside(oyez::Signal::new(), 1, adds_to, n)),
    Case::new("shared Signal, each further listener, inside of another emit", 36, |n| inside(oyez::Signal::new(), 10, adds_to, n))
        .beyond(|n| inside(oyez::Signal::new(), 1, adds_to, n), 9),
    Case::new("local Signal, 1 `on_mut` listener", 42, |n| with_state(local::Signal::new(), adds_to, n)),
    Case::new("shared Signal, 1 `on_mut` listener", 390, |n| with_state(oyez::Signal::new(), adds_to, n)),
    Case::new("local EventEmitter, 1 listener", 98, |n| by_event(local::EventEmitter::new(), EVENT, adds_to, n)),
    Case::new("local EventEmitter, 1 listener, name declared twice", 225, |n| by_event(local::EventEmitter::new(), again(EVENT), adds_to, n)),
    Case::new("local EventEmitter, one of 1024 events", 113, |n| one_of_many(local::EventEmitter::new(), adds_to, n)),
    Case::new("shared EventEmitter, 1 listener", 120, |n| by_event(oyez::EventEmitter::new(), EVENT, adds_to, n)),
    Case::new("shared EventEmitter, one of 1024 events", 136, |n| one_of_many(oyez::EventEmitter::new(), adds_to, n)),
    // These allocate.
    Case::new("local Signal, add and remove beside 100 others", 556, |n| add_and_remove(local::Signal::new(), captures_16, n)),
    Case::new("shared Signal, add and remove beside 100 others", 610, |n| add_and_remove(oyez::Signal::new(), captures_16, n)),
    Case::new("local Signal, once and emit", 788, |n| once_and_emit(local::Signal::new(), captures_16, n)),
    Case::new("shared Signal, once and emit", 923, |n| once_and_emit(oyez::Signal::new(), captures_16, n)),
    Case::new("EventQueue, post and dispatch of one event of 64", 398, |n| _ = queue(BATCH)(n / BATCH as u64)),
    Case::new("EventLoop, post and run of one event of 64", 764, |n| _ = post_and_run(BATCH)(n / BATCH as u64)),
];

const EVENTS: usize = 1024;
const BATCH: usize = 64;

/// Repetitions. Both are multiples of `EVENTS` and of `BATCH`: each event has as many, and no batch is
/// left incomplete.
const FEW: u64 = 1024;
const MANY: u64 = 11 * FEW;

/// What the process of a case is started with.
const RUN: &str = "--run";

/// Does something so many times.
type Work = fn(u64);

struct Case {
    name: &'static str,
    bound: u64,
    work: Work,
    /// What is not to be counted, and into how many parts the rest is divided.
    beyond: Option<(Work, u64)>,
}

impl Case {
    const fn new(name: &'static str, bound: u64, work: Work) -> Self {
        Self {
            name,
            bound,
            work,
            beyond: None,
        }
    }

    const fn beyond(mut self, less: Work, parts: u64) -> Self {
        self.beyond = Some((less, parts));
        self
    }

    /// The instructions that one repetition takes.
    fn count(&self) -> u64 {
        let name = self.name;
        let (less, parts) = match self.beyond {
            Some((_, parts)) => (each(name, "less"), parts as f64),
            None => (0.0, 1.0),
        };
        ((each(name, "work") - less) / parts).round() as u64
    }

    fn run(&self, what: &str, repetitions: u64) {
        match (what, self.beyond) {
            ("less", Some((less, _))) => less(repetitions),
            _ => (self.work)(repetitions),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if let [RUN, name, what, repetitions] = *arguments.iter().map(|a| &**a).collect::<Vec<_>>() {
        run(name, what, repetitions.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    if has("--list") {
        return ExitCode::SUCCESS;
    }
    let filter = arguments.iter().find(|argument| !argument.starts_with('-'));
    let chosen = |case: &&Case| filter.is_none_or(|filter| case.name.contains(filter));
    let cases: Vec<&Case> = CASES.iter().filter(chosen).collect();
    if has("--test") || !has("--bench") {
        cases.iter().for_each(|case| case.run("work", FEW));
        return ExitCode::SUCCESS;
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("instructions: skipped, since there is no valgrind to count them.");
        return ExitCode::SUCCESS;
    }
    count_all(&cases)
}

fn run(name: &str, what: &str, repetitions: u64) {
    let case = CASES.iter().find(|case| case.name == name);
    case.expect("a case by this name").run(what, repetitions);
}

/// Prints all counts, and says which are above their bounds.
fn count_all(cases: &[&Case]) -> ExitCode {
    let mut table = Table::new("instructions: how many one of each takes");
    table.note("Counted by callgrind, not timed. The bars are for rustc 1.95.");
    let mut section = Section::new("instructions", Unit::Count);
    let mut above = Vec::new();
    for case in cases {
        let count = case.count();
        section.count(case.name, count as f64, case.bound as f64);
        if count > case.bound {
            above.push(format!("{}: {count}, above {}", case.name, case.bound));
        }
    }
    table.add(section);
    table.print();
    for case in &above {
        eprintln!("{case}");
    }
    let is_required = env::var_os("OYEZ_BOUNDS_REQUIRED").is_some();
    ExitCode::from(u8::from(is_required && !above.is_empty()))
}

/// What many repetitions take more than few, for each.
fn each(name: &str, what: &str) -> f64 {
    let [few, many] = [FEW, MANY].map(|repetitions| instructions(name, what, repetitions));
    many.saturating_sub(few) as f64 / (MANY - FEW) as f64
}

/// The instructions of a process that runs the case.
fn instructions(name: &str, what: &str, repetitions: u64) -> u64 {
    let this = env::current_exe().expect("knows where it is");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(this)
        .args([RUN, name, what, &repetitions.to_string()])
        .output()
        .expect("valgrind was here a moment ago");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    let collected = said.split("Collected :").nth(1);
    let count = collected.and_then(|count| count.split_whitespace().next()?.parse().ok());
    count.unwrap_or_else(|| panic!("callgrind does not say what it has counted: {said}"))
}

/// Emits from a listener of another signal.
fn inside<K, F>(signal: Signal<Payload, K>, listeners: usize, listener: fn(&Sum) -> F, n: u64)
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let around = local::Signal::new();
    around.on(move |n: &u64| _ = by_handle(signal.clone(), listeners, listener)(*n));
    assert_eq!(around.emit(n), 1);
}

/// Emits to a listener with state of its own.
fn with_state<K, F>(signal: Signal<Payload, K>, listener: fn(&Sum) -> F, n: u64)
where
    K: Flavour + Moves<F>,
    F: FnMut(&Payload) + 'static,
{
    let called = sums(1);
    signal.on_mut(listener(&called[0]));
    let mut run = adding(called, 1, move || signal.emit(black_box(&PAYLOAD)));
    run(n);
}

/// The same event, with its name at another address.
fn again(event: Event<Payload>) -> Event<Payload> {
    Event::new(event.name().to_owned().leak())
}

/// Emits `event`, which a listener waits for by `EVENT`.
fn by_event<K, F>(emitter: EventEmitter<K>, event: Event<Payload>, listener: fn(&Sum) -> F, n: u64)
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let called = sums(1);
    emitter.on(EVENT, listener(&called[0]));
    let mut run = adding(called, 1, move || emitter.emit(event, black_box(&PAYLOAD)));
    run(n);
}

/// Emits one of many events after the other, in an order without a pattern.
fn one_of_many<K, F>(emitter: EventEmitter<K>, listener: fn(&Sum) -> F, n: u64)
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let called = sums(1);
    // Names are the program's own, so these are leaked.
    let names = (0..EVENTS).map(|event| &*format!("event {event}").leak());
    let events: Vec<Event<Payload>> = names.map(Event::new).collect();
    for event in &events {
        emitter.on(*event, listener(&called[0]));
    }
    let order = Random::new().order(EVENTS);
    let mut next = order.iter().cycle();
    let mut run = adding(called, 1, || {
        let event = events[*next.next().expect("has no end")];
        emitter.emit(event, black_box(&PAYLOAD))
    });
    run(n);
}

/// Adds one and removes the oldest.
fn add_and_remove<K, F>(signal: Signal<Payload, K>, listener: fn() -> F, n: u64)
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let mut ids: VecDeque<_> = (0..100).map(|_| signal.on(listener())).collect();
    for _ in 0..n {
        ids.push_back(signal.on(listener()));
        let oldest = ids.pop_front().expect("one was added");
        assert!(signal.off(oldest));
    }
    assert_eq!(signal.emit(&PAYLOAD), 100);
}

fn once_and_emit<K, F>(signal: Signal<Payload, K>, listener: fn() -> F, n: u64)
where
    K: Flavour + Moves<F>,
    F: FnOnce(&Payload) + 'static,
{
    for _ in 0..n {
        signal.once(listener());
        assert_eq!(signal.emit(black_box(&PAYLOAD)), 1);
    }
    assert!(!signal.has_listeners());
}
