//! Programs, run on an emitter and on a naive one: a `Vec` that is searched for everything.
//!
//! Listeners act while they run: they add, remove, emit, fail and panic. A program is a tape of
//! numbers that says what happens next. The two worlds read equal tapes and must leave equal logs,
//! which tell of every call, every answer, what the hooks were told and what was dropped.
//!
//! `super::*` is the face of the flavour under test. The tests have it here, the fuzz targets in a
//! package of their own.

use super::*;
use crate::support::{OnDrop, cause};
use oyez::meta::{LISTENER_ADDED, LISTENER_ERROR, LISTENER_REMOVED};
use std::collections::HashMap;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, Weak};

const EVENTS: [Event<i32>; 3] = [Event::new("e0"), Event::new("e1"), Event::new("e2")];

/// How many things a program does.
const FUEL: usize = 120;

/// The labels of the listeners, which are the names in the trace.
static LABELS: LazyLock<Vec<String>> =
    LazyLock::new(|| (0..FUEL).map(|tag| tag.to_string()).collect());

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    On,
    OnMut,
}

/// A listener to be.
#[derive(Clone, Copy)]
struct Plan {
    event: usize,
    priority: i32,
    prepend: bool,
    times: Option<usize>,
    kind: Kind,
    /// Names the listener; never used again.
    tag: usize,
}

/// An emitter, as the program sees it.
trait World {
    fn add(self: &Arc<Self>, plan: Plan);
    fn off(&self, tag: usize) -> bool;
    fn off_all(&self, event: usize) -> usize;
    fn clear(&self) -> usize;
    fn emit(self: &Arc<Self>, event: usize) -> usize;
    fn tags(&self, event: usize) -> Vec<usize>;
    fn script(&self) -> &Arc<Script>;
}

/// The program: what happens next is read from a tape, so that equal worlds see equal ones.
struct Script {
    tape: Vec<u16>,
    at: AtomicUsize,
    policy: PanicPolicy,
    fuel: AtomicUsize,
    depth: AtomicUsize,
    tags: AtomicUsize,
    /// What the hooks were told, and what was dropped, since it was last looked at: the order within
    /// one step is nobody's promise.
    told: Mutex<Vec<String>>,
    dropped: Mutex<Vec<usize>>,
    log: Mutex<Vec<String>>,
}

impl Script {
    fn new(tape: &[u16]) -> Arc<Self> {
        Arc::new(Self {
            tape: tape.to_vec(),
            at: AtomicUsize::new(0),
            policy: [PanicPolicy::Propagate, PanicPolicy::Isolate][tape.len() % 2],
            fuel: AtomicUsize::new(FUEL),
            depth: AtomicUsize::new(0),
            tags: AtomicUsize::new(0),
            told: Mutex::default(),
            dropped: Mutex::default(),
            log: Mutex::default(),
        })
    }

    fn log(&self, word: impl Display) {
        let word = word.to_string();
        self.log.lock().unwrap().push(word);
    }

    /// A number below `bound`: the next of the tape, 0 behind its end.
    fn below(&self, bound: usize) -> usize {
        let at = self.at.fetch_add(1, Ordering::Relaxed);
        self.tape
            .get(at)
            .map_or(0, |draw| usize::from(*draw) % bound)
    }

    /// Whether the program is over.
    fn is_over(&self) -> bool {
        self.fuel.load(Ordering::Relaxed) == 0 || self.at.load(Ordering::Relaxed) >= self.tape.len()
    }

    fn one_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn tell(&self, sign: char, tag: impl Display) {
        self.told.lock().unwrap().push(format!("{sign}{tag}"));
    }

    /// Logs what the hooks were told and what was dropped. On the shared flavour rule 5 promises
    /// drops only for the end of the emits under way, so they are looked at there.
    fn look(&self) {
        let mut told = std::mem::take(&mut *self.told.lock().unwrap());
        told.sort_unstable();
        if !told.is_empty() {
            self.log(told.join(""));
        }
        if !SHARED || self.depth.load(Ordering::Relaxed) == 0 {
            let mut dropped = std::mem::take(&mut *self.dropped.lock().unwrap());
            dropped.sort_unstable();
            if !dropped.is_empty() {
                self.log(format_args!("~{dropped:?}"));
            }
        }
    }
}

/// Does one thing to the world, and logs what it answered.
fn step<W: World>(world: &Arc<W>) {
    let script = world.script();
    if script.is_over() {
        return;
    }
    script.fuel.fetch_sub(1, Ordering::Relaxed);
    let event = script.below(EVENTS.len());
    match script.below(12) {
        0..4 => {
            let plan = Plan {
                event,
                priority: script.below(3) as i32 - 1,
                prepend: script.one_in(3),
                times: script.one_in(3).then(|| 1 + script.below(2)),
                kind: [Kind::OnMut, Kind::On][script.below(4).min(1)],
                tag: script.tags.fetch_add(1, Ordering::Relaxed),
            };
            script.log(format_args!("on{}@{event}", plan.tag));
            world.add(plan);
        }
        4..6 => {
            let tag = script.below(script.tags.load(Ordering::Relaxed) + 1);
            let removed = world.off(tag);
            script.log(format_args!("off{tag}:{removed}"));
        }
        6 if script.one_in(4) => {
            let removed = world.off_all(event);
            script.log(format_args!("off_all{event}:{removed}"));
        }
        7 if script.one_in(12) => script.log(format_args!("clear:{}", world.clear())),
        _ => emit(world, event),
    }
    script.look();
    script.log(format_args!("{:?}", world.tags(event)));
}

/// Emits, unless that would be too deep; catches a panic always outside and sometimes inside.
fn emit<W: World>(world: &Arc<W>, event: usize) {
    let script = world.script();
    let depth = script.depth.load(Ordering::Relaxed);
    if depth == 5 {
        return;
    }
    let catches = depth == 0 || script.one_in(2);
    script.log(format_args!("e{event}("));
    script.depth.store(depth + 1, Ordering::Relaxed);
    let called = catch_unwind(AssertUnwindSafe(|| world.emit(event)));
    script.depth.store(depth, Ordering::Relaxed);
    match called {
        Ok(called) => script.log(format_args!(")={called}")),
        Err(_) if catches => script.log(")caught"),
        Err(panic) => resume_unwind(panic),
    }
}

/// What a listener does when it is called, and what it answers.
fn body<W: World>(world: &Arc<W>, tag: usize) -> Result<Flow, String> {
    let script = world.script();
    script.look();
    script.log(tag);
    for _ in 0..script.below(3) {
        step(world);
    }
    match script.below(16) {
        0 => Ok(Flow::Stop),
        1 => Ok(Flow::Unsubscribe),
        2 => Err(format!("error{tag}")),
        // Not `panic!`: thousands of messages would be printed.
        3 => resume_unwind(Box::new(format!("panic{tag}"))),
        _ => Ok(Flow::Continue),
    }
}

/// The emitter under test.
struct Real {
    emitter: EventEmitter,
    ids: Mutex<HashMap<usize, ListenerId>>,
    script: Arc<Script>,
}

impl Real {
    fn new(tape: &[u16]) -> Self {
        let script = Script::new(tape);
        let builder = EventEmitter::builder().max_listeners(0);
        let real = Self {
            emitter: builder.panics(script.policy).build(),
            ids: Mutex::default(),
            script,
        };
        real.add_hooks();
        real
    }

    fn add_hooks(&self) {
        let script = Arc::clone(&self.script);
        self.emitter.on(LISTENER_ERROR, move |error| {
            script.log(format_args!("!{}", cause(error)));
        });
        for (event, sign) in [(LISTENER_ADDED, '+'), (LISTENER_REMOVED, '-')] {
            let script = Arc::clone(&self.script);
            self.emitter.on(event, move |info| {
                script.tell(sign, info.label().expect("all have one"));
            });
        }
    }
}

impl World for Real {
    fn add(self: &Arc<Self>, plan: Plan) {
        let world: Weak<Self> = Arc::downgrade(self);
        let script = Arc::clone(&self.script);
        let closure = OnDrop(move || script.dropped.lock().unwrap().push(plan.tag));
        let f = move |_: &i32| {
            closure.hold();
            body(&world.upgrade().unwrap(), plan.tag)
        };
        let listener = self.emitter.listen(EVENTS[plan.event]);
        let mut listener = listener.label(&LABELS[plan.tag]).priority(plan.priority);
        if plan.prepend {
            listener = listener.prepend();
        }
        let id = match (plan.times, plan.kind) {
            (Some(1), Kind::On) => listener.once(f),
            (Some(n), Kind::On) => listener.times(n).on(f),
            (None, Kind::On) => listener.on(f),
            (Some(n), Kind::OnMut) => listener.times(n).on_mut(f),
            (None, Kind::OnMut) => listener.on_mut(f),
        };
        self.ids.lock().unwrap().insert(plan.tag, id);
    }

    fn off(&self, tag: usize) -> bool {
        let id = self.ids.lock().unwrap().get(&tag).copied();
        id.is_some_and(|id| self.emitter.off(id))
    }

    fn off_all(&self, event: usize) -> usize {
        self.emitter.off_all(EVENTS[event])
    }

    fn clear(&self) -> usize {
        let removed = self.emitter.clear() - 3;
        self.add_hooks();
        removed
    }

    fn emit(self: &Arc<Self>, event: usize) -> usize {
        self.emitter.emit(EVENTS[event], 0)
    }

    fn tags(&self, event: usize) -> Vec<usize> {
        let infos = self.emitter.listeners(EVENTS[event]);
        assert_eq!(infos.len(), self.emitter.listener_count(EVENTS[event]));
        let labels = infos.iter().map(|info| info.label().unwrap());
        labels.map(|label| label.parse().unwrap()).collect()
    }

    fn script(&self) -> &Arc<Script> {
        &self.script
    }
}

/// The naive one: what the rules say, word by word.
struct Naive {
    listeners: Mutex<Vec<Plan>>,
    /// How many calls of each listener are under way.
    running: Mutex<HashMap<usize, usize>>,
    script: Arc<Script>,
}

impl Naive {
    fn new(tape: &[u16]) -> Self {
        Self {
            listeners: Mutex::default(),
            running: Mutex::default(),
            script: Script::new(tape),
        }
    }

    fn is_running(&self, tag: usize) -> bool {
        self.running
            .lock()
            .unwrap()
            .get(&tag)
            .is_some_and(|n| *n > 0)
    }

    /// Removes all that are to go, then tells; drops those that do not run.
    fn remove(&self, goes: impl Fn(&Plan) -> bool) -> usize {
        let removed: Vec<_> = {
            let mut listeners = self.listeners.lock().unwrap();
            let (removed, kept) = listeners.drain(..).partition(|plan| goes(plan));
            *listeners = kept;
            removed
        };
        for plan in &removed {
            self.script.tell('-', plan.tag);
            if !self.is_running(plan.tag) {
                self.script.dropped.lock().unwrap().push(plan.tag);
            }
        }
        removed.len()
    }

    /// The turn of one listener: whether it was called, and what it answered.
    fn call(self: &Arc<Self>, tag: usize) -> Option<Result<Flow, String>> {
        let plan = {
            let listeners = self.listeners.lock().unwrap();
            // Removed listeners are not called any more.
            *listeners.iter().find(|plan| plan.tag == tag)?
        };
        if plan.kind == Kind::OnMut && self.is_running(tag) {
            self.script.log("!reentered");
            return None;
        }
        let _call = Call::begin(self, tag);
        // Each call is claimed before the body runs.
        match plan.times {
            None => {}
            Some(1) => _ = self.remove(|plan| plan.tag == tag),
            Some(_) => {
                let mut listeners = self.listeners.lock().unwrap();
                let plan = listeners.iter_mut().find(|plan| plan.tag == tag).unwrap();
                plan.times = plan.times.map(|left| left - 1);
            }
        }
        Some(match self.script.policy {
            PanicPolicy::Isolate => catch_unwind(AssertUnwindSafe(|| body(self, tag)))
                .unwrap_or_else(|panic| Err(*panic.downcast::<String>().unwrap())),
            _ => body(self, tag),
        })
    }
}

/// A call under way; when the outermost one of a removed listener ends, its closure is dropped.
struct Call<'a>(&'a Naive, usize);

impl<'a> Call<'a> {
    fn begin(naive: &'a Naive, tag: usize) -> Self {
        *naive.running.lock().unwrap().entry(tag).or_default() += 1;
        Self(naive, tag)
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let Self(naive, tag) = *self;
        *naive.running.lock().unwrap().get_mut(&tag).unwrap() -= 1;
        let is_there = naive
            .listeners
            .lock()
            .unwrap()
            .iter()
            .any(|plan| plan.tag == tag);
        if !is_there && !naive.is_running(tag) {
            naive.script.dropped.lock().unwrap().push(tag);
        }
    }
}

impl World for Naive {
    fn add(self: &Arc<Self>, plan: Plan) {
        let mut listeners = self.listeners.lock().unwrap();
        let at = listeners.iter().position(|other| {
            let (old, new) = (other.priority, plan.priority);
            old < new || (plan.prepend && old == new)
        });
        let at = at.unwrap_or(listeners.len());
        listeners.insert(at, plan);
        self.script.tell('+', plan.tag);
    }

    fn off(&self, tag: usize) -> bool {
        self.remove(|plan| plan.tag == tag) == 1
    }

    fn off_all(&self, event: usize) -> usize {
        self.remove(|plan| plan.event == event)
    }

    fn clear(&self) -> usize {
        self.remove(|_| true)
    }

    fn emit(self: &Arc<Self>, event: usize) -> usize {
        let mut called = 0;
        for tag in self.tags(event) {
            let Some(outcome) = self.call(tag) else {
                continue;
            };
            called += 1;
            match outcome {
                Ok(Flow::Stop) => break,
                Ok(Flow::Unsubscribe) => _ = self.off(tag),
                Err(text) => self.script.log(format_args!("!{text}")),
                _ => {}
            }
        }
        called
    }

    fn tags(&self, event: usize) -> Vec<usize> {
        let listeners = self.listeners.lock().unwrap();
        let of_event = listeners.iter().filter(|plan| plan.event == event);
        of_event.map(|plan| plan.tag).collect()
    }

    fn script(&self) -> &Arc<Script> {
        &self.script
    }
}

/// Runs a whole program and returns its trace.
fn run<W: World>(world: &Arc<W>) -> String {
    while !world.script().is_over() {
        step(world);
    }
    world.clear();
    let script = world.script();
    script.look();
    std::mem::take(&mut *script.log.lock().unwrap()).join(" ")
}

/// Runs the program on `tape` in both worlds.
pub(crate) fn compare(tape: &[u16]) {
    let expected = run(&Arc::new(Naive::new(tape)));
    assert_eq!(run(&Arc::new(Real::new(tape))), expected);
}
