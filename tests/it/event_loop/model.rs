//! Programs, run on a loop and on a naive one: `Vec`s that are searched for everything.
//!
//! A program is a tree: what it does between its runs, and what each handler does in turn, down to a
//! depth where handlers do nothing. It is read from a tape of numbers, which is random or written by a
//! fuzzer, whose target has this file in a package of its own. The two worlds perform the same tree and
//! must leave equal logs, which tell of every call with its time and its call stack, of every answer, of
//! what the hooks were told, of what waits and of what was dropped. Afterwards a trace of the loop must
//! tell the same state, and undo all of it. A program that fails is cut down as long as it still does,
//! and printed with the lines around the first difference.
//!
//! Where a program says `run`, a loop may be polled instead, by a host that goes by the answers of `poll`
//! alone. The naive one runs all the same: so it makes no difference who runs a loop.

use oyez::event_loop::{
    Cause, EventId, EventLoop, Exit, FrameKind, Lane, LoopHandle, MissedTick, Next, Overflow,
    Proxy, QueuedEvent, RunError, State, TASK_ERROR, TaskError, TaskInfo, TimerId, TimerInfo,
    Trace, Turn, VirtualClock,
};
use oyez::local::EventEmitter;
use oyez::meta::{LISTENER_ERROR, UNHANDLED};
use oyez::{EmitError, ErrorKind, Event, Flow, ListenerError, PanicPolicy};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::{self, Display};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant};

// ---- Programs

/// What is done, at the top of a program or by a handler.
#[derive(Clone, Debug, PartialEq)]
enum Action {
    /// Logs what waits.
    Look,
    Advance(u64),
    Post(Lane, Bodies),
    /// By a proxy, on the loop's own thread.
    ProxyPost(Lane, Bodies),
    Microtask(Rc<Body>),
    Timeout(Time, Rc<Body>),
    PostAfter(Time, Bodies),
    Interval(Time, MissedTick, End, Rc<Body>),
    Idle(Rc<Body>),
    Emit(Bodies),
    /// What unwinds out of the emit goes no further.
    EmitCaught(Bodies),
    TryEmit(Bodies),
    /// Of the timers so far, the one that many places before the last; likewise below.
    ClearTimer(usize),
    Unref(usize),
    Ref(usize),
    /// Of the events so far, queued ticks of timers included.
    Cancel(usize),
    ClearQueue,
    /// Dispatches the loop's queue here and now.
    Dispatch,
    Stop,
    ProxyStop,
    KeepProxy,
    DropProxy,
    /// Runs the loop from inside of a handler, in all ways.
    Reenter,
}

/// In milliseconds; `None` is longer than a clock can tell.
type Time = Option<u64>;

/// What the listeners of an event do, one each: so it says which event it is.
type Bodies = Vec<Rc<Body>>;

/// What a handler does, and how it ends.
#[derive(Clone, PartialEq)]
struct Body {
    actions: Vec<Action>,
    ending: Ending,
}

const NOTHING: Body = Body {
    actions: Vec::new(),
    ending: Ending::Return,
};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Ending {
    Return,
    Stop,
    Unsubscribe,
    Fail,
    Panic,
}

/// When an interval ends, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
struct End {
    by: By,
    calls: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Stop,
    Unsubscribe,
    Clear,
}

/// How the loop is run.
#[derive(Clone, Debug, PartialEq)]
enum Driver {
    Run,
    /// Again and again, until it is done.
    RunOut,
    /// That many turns; the clock is moved on by hand.
    Turns(usize),
    /// Likewise.
    Polls(usize),
    /// That many pieces of that many milliseconds.
    RunFor(usize, u64),
    /// Until it was asked that often.
    RunUntil(usize),
}

#[derive(Clone, Debug, PartialEq)]
struct Settings {
    fairness: Option<usize>,
    capacity: Option<usize>,
    drop_oldest: bool,
    /// What the hook for evicted events does, unless it runs already.
    on_evicted: Option<Rc<Body>>,
    microtask_limit: Option<usize>,
    panics: PanicPolicy,
    listener_panics: Option<PanicPolicy>,
    hears_listener_errors: bool,
    hears_task_errors: bool,
    /// Whether timers are made weak as soon as they are set.
    weak: bool,
    /// Whether a trace inspects the loop.
    traced: bool,
    /// Whether a host polls the loop where it would be run.
    is_polled: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Program {
    settings: Settings,
    parts: Vec<Part>,
}

/// What is done outside of a run, and a run.
#[derive(Clone, Debug, PartialEq)]
struct Part(Vec<Action>, Driver);

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.actions).finish()?;
        match self.ending {
            Ending::Return => Ok(()),
            ending => write!(f, "->{ending:?}"),
        }
    }
}

impl Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}", self.settings)?;
        for Part(actions, driver) in &self.parts {
            for action in actions {
                writeln!(f, "    {action:?}")?;
            }
            writeln!(f, "  {driver:?}")?;
        }
        Ok(())
    }
}

/// How deep handlers are nested in a program.
const DEPTH: usize = 4;

/// How many things a program does at most.
const FUEL: usize = 400;

/// How long its log may be. No program comes near; a loop that does not end would.
const LINES: usize = 5_000;

/// How many parts a program has at most.
const PARTS: usize = 4;

impl Program {
    /// The program on a tape of numbers. If a host polls it, all is in one lane, and no timer is weak. What
    /// comes in a higher lane while a poll is under way has to wait for the next poll, and a host is told to
    /// wait for weak timers too: there a run is different.
    fn read(tape: &[u16], is_polled: bool) -> Self {
        let mut reader = Reader {
            tape: tape.iter(),
            is_polled,
        };
        let settings = reader.settings();
        let mut parts = vec![reader.part()];
        while parts.len() < PARTS && !reader.tape.as_slice().is_empty() {
            parts.push(reader.part());
        }
        Self { settings, parts }
    }
}

/// Reads a program, a number for each choice. Behind its end a tape is all zeros, which choose what does
/// least: so each tape is a program, and a shorter one a simpler program.
struct Reader<'a> {
    tape: std::slice::Iter<'a, u16>,
    is_polled: bool,
}

impl Reader<'_> {
    /// The next number, brought below a limit. That is 256 at the most: a fuzzer's tapes are bytes.
    fn below(&mut self, limit: usize) -> usize {
        self.tape.next().map_or(0, |n| usize::from(*n) % limit)
    }

    /// Whether something is, which is so that many times of `all`.
    fn is_one_of(&mut self, times: usize, all: usize) -> bool {
        self.below(all) >= all - times
    }

    fn some_below(&mut self, limit: usize, times: usize, all: usize) -> Option<usize> {
        self.is_one_of(times, all).then(|| self.below(limit))
    }

    fn settings(&mut self) -> Settings {
        Settings {
            fairness: self.some_below(3, 2, 5).map(|n| n + 1),
            capacity: self.some_below(5, 1, 3),
            drop_oldest: self.is_one_of(1, 2),
            on_evicted: self.is_one_of(2, 3).then(|| self.body(1)),
            microtask_limit: self.some_below(4, 2, 5).map(|n| n + 1),
            panics: self.policy(),
            listener_panics: self.is_one_of(1, 5).then(|| self.policy()),
            hears_listener_errors: self.is_one_of(1, 2),
            hears_task_errors: self.is_one_of(1, 2),
            weak: self.is_one_of(1, 4) && !self.is_polled,
            traced: self.is_one_of(1, 2),
            is_polled: self.is_polled,
        }
    }

    fn policy(&mut self) -> PanicPolicy {
        match self.below(4) {
            0..=2 => PanicPolicy::Propagate,
            _ => PanicPolicy::Isolate,
        }
    }

    fn part(&mut self) -> Part {
        let actions = (0..self.below(10)).map(|_| self.action(DEPTH)).collect();
        Part(actions, self.driver())
    }

    fn driver(&mut self) -> Driver {
        // Each as often as there are numbers for it; likewise below.
        match self.below(19) {
            0..=1 => Driver::Run,
            2..=5 => Driver::RunOut,
            6..=8 => Driver::Turns(1 + self.below(7)),
            9..=12 => Driver::Polls(1 + self.below(5)),
            13..=15 => Driver::RunFor(1 + self.below(4), self.below(8) as u64),
            _ => Driver::RunUntil(1 + self.below(5)),
        }
    }

    /// A body whose handlers are nested up to `depth` deep.
    fn body(&mut self, depth: usize) -> Rc<Body> {
        let count = if depth == 0 { 0 } else { self.below(4) };
        let actions = (0..count).map(|_| self.action(depth - 1)).collect();
        let ending = match self.below(24) {
            0..=19 => Ending::Return,
            20 => Ending::Stop,
            21 => Ending::Unsubscribe,
            22 => Ending::Fail,
            _ => Ending::Panic,
        };
        Rc::new(Body { actions, ending })
    }

    fn bodies(&mut self, depth: usize) -> Bodies {
        let listeners = match self.below(10) {
            0..=5 => 1,
            6..=8 => 2,
            _ => 0,
        };
        (0..listeners).map(|_| self.body(depth)).collect()
    }

    fn action(&mut self, depth: usize) -> Action {
        match self.below(70) {
            0..=2 => Action::Look,
            3..=6 => Action::Advance(self.below(12) as u64),
            7..=18 => Action::Post(self.lane(), self.bodies(depth)),
            19 => Action::ProxyPost(self.lane(), self.bodies(depth)),
            20..=26 => Action::Microtask(self.body(depth)),
            27..=32 => Action::Timeout(self.time(0), self.body(depth)),
            33..=35 => Action::PostAfter(self.time(0), self.bodies(depth)),
            36..=40 => {
                let (period, missed, end) = (self.time(1), self.missed(), self.end());
                Action::Interval(period, missed, end, self.body(depth))
            }
            41..=44 => Action::Idle(self.body(depth)),
            45..=46 => Action::Emit(self.bodies(depth)),
            47..=48 => Action::EmitCaught(self.bodies(depth)),
            49..=50 => Action::TryEmit(self.bodies(depth)),
            51..=53 => Action::ClearTimer(self.back()),
            54..=57 if !self.is_polled => Action::Unref(self.back()),
            54..=58 => Action::Ref(self.back()),
            59..=62 => Action::Cancel(self.back()),
            63 => Action::ClearQueue,
            64 => Action::Dispatch,
            65 => Action::Stop,
            66 => Action::ProxyStop,
            67 => Action::KeepProxy,
            68 => Action::DropProxy,
            _ => Action::Reenter,
        }
    }

    fn lane(&mut self) -> Lane {
        if self.is_polled {
            return Lane::Normal;
        }
        match self.below(7) {
            0..=2 => Lane::Normal,
            3..=4 => Lane::High,
            _ => Lane::Low,
        }
    }

    fn time(&mut self, least: usize) -> Time {
        let time = least + self.below(7 - least);
        (!self.is_one_of(1, 16)).then_some(time as u64)
    }

    fn missed(&mut self) -> MissedTick {
        [MissedTick::Skip, MissedTick::Burst, MissedTick::Delay][self.below(3)]
    }

    fn end(&mut self) -> End {
        End {
            by: [By::Stop, By::Unsubscribe, By::Clear][self.below(3)],
            calls: 1 + self.below(4) as u32,
        }
    }

    /// Mostly one of the last; at times one that is long gone.
    fn back(&mut self) -> usize {
        let most = if self.is_one_of(1, 4) { 64 } else { 5 };
        self.below(most)
    }
}

// ---- What the two worlds share: how a program is performed, and the log

/// A loop, as a program sees it. Events, timers and tasks are named by their numbers.
trait World: Sized + 'static {
    fn script(&self) -> &Rc<Script>;

    fn post(self: &Rc<Self>, lane: Lane, load: Load) -> Result<u64, Load>;
    fn proxy_post(self: &Rc<Self>, lane: Lane, load: Load) -> Result<(), Load>;
    fn cancel(&self, event: u64) -> bool;
    fn clear_queue(&self) -> usize;
    fn dispatch(self: &Rc<Self>) -> usize;
    fn emit(self: &Rc<Self>, load: &Load) -> usize;
    /// Answers the listeners called, and what they failed with.
    fn try_emit(self: &Rc<Self>, load: &Load) -> (usize, Vec<String>);
    fn queue_microtask(self: &Rc<Self>, task: Rc<Task>);
    fn queue_idle(self: &Rc<Self>, task: Rc<Task>);
    fn set_timeout(self: &Rc<Self>, time: Time, task: Rc<Task>) -> u64;
    fn set_interval(self: &Rc<Self>, period: Time, missed: MissedTick, task: Rc<Task>) -> u64;
    fn post_after(&self, time: Time, load: Load) -> u64;
    fn clear_timer(&self, timer: u64) -> bool;
    fn set_weak(&self, timer: u64, is_weak: bool) -> bool;
    fn stop(&self);
    fn proxy_stop(&self);
    fn keep_proxy(&self);
    fn drop_proxy(&self);

    fn now(&self) -> u64;
    fn advance(&self, time: u64);
    fn depth(&self) -> usize;
    /// The call stack, a letter for each frame, outermost first.
    fn stack(&self) -> String;
    /// What is queued, in the order of the turns to come.
    fn waiting(&self) -> Vec<Waiting>;
    fn next_deadline(&self) -> Option<u64>;

    fn run(self: &Rc<Self>) -> Result<Exit, Fault>;
    fn run_for(self: &Rc<Self>, time: u64) -> Result<Exit, Fault>;
    fn run_until(self: &Rc<Self>, until: impl FnMut() -> bool) -> Result<Exit, Fault>;
    fn turn(self: &Rc<Self>) -> Result<Turned, Fault>;
    fn poll(self: &Rc<Self>) -> Result<Polled, Fault>;

    /// Logs a word, with the time and the call stack.
    fn say(&self, word: impl Display) {
        let (now, depth, stack) = (self.now(), self.depth(), self.stack());
        let script = self.script();
        script.look();
        script.log(format_args!("{now}ms {depth}{stack} {word}"));
    }
}

/// Why a run was not, or ended badly.
#[derive(Debug, PartialEq)]
enum Fault {
    Reentrant,
    MicrotaskLimit(usize),
}

#[derive(Debug, PartialEq)]
enum Turned {
    Ran(u64),
    Nothing,
    Stopped,
}

#[derive(Debug, PartialEq)]
enum Polled {
    Ready,
    WaitUntil(u64),
    Idle,
    Done(Exit),
}

/// An event in the queue.
#[derive(Clone, Debug, PartialEq)]
struct Waiting {
    lane: Lane,
    id: u64,
    event: &'static str,
    timer: Option<u64>,
    posted_at: u64,
    cause: String,
}

impl Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            lane,
            id,
            event,
            timer,
            posted_at,
            cause,
        } = self;
        write!(f, "#{id} {event}")?;
        if let Some(timer) = timer {
            write!(f, " of t{timer}")?;
        }
        write!(f, " {lane:?} since {posted_at} by {cause}")
    }
}

/// The events, by the number of their listeners.
const EVENTS: [Event<Load>; 3] = [Event::new("none"), Event::new("one"), Event::new("two")];

/// Logs its drop.
struct Held {
    tag: usize,
    dropped: Arc<Mutex<Vec<usize>>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.dropped.lock().unwrap().push(self.tag);
    }
}

/// A payload. What its listeners do is in the script, so that it can go through a proxy.
struct Load {
    held: Held,
    /// Its place in `EVENTS`.
    event: usize,
}

impl Load {
    fn tag(&self) -> usize {
        self.held.tag
    }
}

/// What a closure captures.
struct Task {
    held: Held,
    body: Rc<Body>,
    /// Of an interval.
    end: Option<End>,
    calls: Cell<u32>,
    timer: Cell<u64>,
}

/// What is known of the performance of a program.
struct Script {
    settings: Settings,
    fuel: Cell<usize>,
    /// What the listeners of each load do, by its tag; nothing for tasks.
    bodies: RefCell<Vec<Bodies>>,
    /// All event ids that were ever seen.
    events: RefCell<BTreeSet<u64>>,
    /// The number of the last timer.
    timers: Cell<u64>,
    is_evicting: Cell<bool>,
    /// What was dropped since it was last looked at: the order within one step is nobody's promise.
    dropped: Arc<Mutex<Vec<usize>>>,
    /// How often each tag was dropped.
    drops: RefCell<BTreeMap<usize, usize>>,
    log: RefCell<Vec<String>>,
}

impl Script {
    fn new(settings: &Settings) -> Rc<Self> {
        Rc::new(Self {
            settings: settings.clone(),
            fuel: Cell::new(FUEL),
            bodies: RefCell::default(),
            events: RefCell::default(),
            timers: Cell::new(0),
            is_evicting: Cell::new(false),
            dropped: Arc::default(),
            drops: RefCell::default(),
            log: RefCell::default(),
        })
    }

    fn log(&self, line: impl Display) {
        self.log.borrow_mut().push(line.to_string());
    }

    /// Logs what was dropped.
    fn look(&self) {
        let mut dropped = std::mem::take(&mut *self.dropped.lock().unwrap());
        if dropped.is_empty() {
            return;
        }
        dropped.sort_unstable();
        self.log(format_args!("~{dropped:?}"));
        let mut drops = self.drops.borrow_mut();
        for tag in dropped {
            *drops.entry(tag).or_default() += 1;
        }
    }

    fn hold(&self, bodies: &Bodies) -> Held {
        let mut all = self.bodies.borrow_mut();
        all.push(bodies.clone());
        Held {
            tag: all.len() - 1,
            dropped: self.dropped.clone(),
        }
    }

    fn load(&self, bodies: &Bodies) -> Load {
        Load {
            held: self.hold(bodies),
            event: bodies.len(),
        }
    }

    fn task(&self, body: &Rc<Body>, end: Option<End>) -> Rc<Task> {
        Rc::new(Task {
            held: self.hold(&Vec::new()),
            body: body.clone(),
            end,
            calls: Cell::new(0),
            timer: Cell::new(0),
        })
    }

    /// The timer that many places before the last.
    fn timer(&self, back: usize) -> Option<u64> {
        let last = self.timers.get();
        last.checked_sub(1)
            .map(|most| last - back as u64 % (most + 1))
    }

    /// The event that many places before the last.
    fn event(&self, back: usize) -> Option<u64> {
        let events = self.events.borrow();
        let most = events.len().checked_sub(1)?;
        events.iter().rev().nth(back % (most + 1)).copied()
    }

    /// Says that every load and every task is gone, and went once.
    fn expect_drops(&self) {
        let drops = self.drops.borrow();
        let all: Vec<_> = (0..self.bodies.borrow().len())
            .map(|tag| (tag, 1))
            .collect();
        assert!(
            drops.iter().map(|(tag, times)| (*tag, *times)).eq(all),
            "{drops:?}"
        );
    }

    fn listener_panics(&self) -> PanicPolicy {
        self.settings
            .listener_panics
            .unwrap_or(self.settings.panics)
    }
}

/// Performs one action, and logs what it answered.
fn perform<W: World>(world: &Rc<W>, action: &Action) {
    let script = world.script();
    let Some(fuel) = script.fuel.get().checked_sub(1) else {
        return;
    };
    script.fuel.set(fuel);
    match action {
        Action::Look => look(world),
        Action::Advance(time) => world.advance(*time),
        Action::Post(lane, bodies) => {
            let load = script.load(bodies);
            let tag = load.tag();
            match world.post(*lane, load) {
                Ok(id) => {
                    script.events.borrow_mut().insert(id);
                    world.say(format_args!("post {tag} as #{id}"));
                }
                Err(load) => world.say(format_args!("post {} full", load.tag())),
            }
        }
        Action::ProxyPost(lane, bodies) => {
            let load = script.load(bodies);
            let tag = load.tag();
            match world.proxy_post(*lane, load) {
                Ok(()) => world.say(format_args!("proxy post {tag}")),
                Err(load) => world.say(format_args!("proxy post {} full", load.tag())),
            }
        }
        Action::Microtask(body) => world.queue_microtask(script.task(body, None)),
        Action::Idle(body) => world.queue_idle(script.task(body, None)),
        Action::Timeout(time, body) => {
            let timer = world.set_timeout(*time, script.task(body, None));
            told_timer(world, timer);
        }
        Action::Interval(period, missed, end, body) => {
            let task = script.task(body, Some(*end));
            let timer = world.set_interval(*period, *missed, task.clone());
            task.timer.set(timer);
            told_timer(world, timer);
        }
        Action::PostAfter(time, bodies) => {
            let timer = world.post_after(*time, script.load(bodies));
            told_timer(world, timer);
        }
        Action::Emit(bodies) => emit(world, bodies),
        Action::EmitCaught(bodies) => {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| emit(world, bodies))) {
                world.say(format_args!("caught {}", text(&*panic)));
            }
        }
        Action::TryEmit(bodies) => {
            let load = script.load(bodies);
            let (called, failed) = world.try_emit(&load);
            world.say(format_args!("try {}={called} {failed:?}", load.tag()));
        }
        Action::ClearTimer(back) => {
            if let Some(timer) = script.timer(*back) {
                clear_timer(world, timer);
            }
        }
        Action::Unref(back) | Action::Ref(back) => {
            let is_weak = matches!(action, Action::Unref(_));
            if let Some(timer) = script.timer(*back) {
                let is_there = world.set_weak(timer, is_weak);
                world.say(format_args!("t{timer} weak {is_weak}: {is_there}"));
            }
        }
        Action::Cancel(back) => {
            let waiting = world.waiting();
            let seen = waiting.iter().map(|event| event.id);
            script.events.borrow_mut().extend(seen);
            if let Some(id) = script.event(*back) {
                let cancelled = world.cancel(id);
                world.say(format_args!("cancel #{id}: {cancelled}"));
            }
        }
        Action::ClearQueue => {
            let cleared = world.clear_queue();
            world.say(format_args!("clear queue: {cleared}"));
        }
        Action::Dispatch => {
            let dispatched = world.dispatch();
            world.say(format_args!("dispatch: {dispatched}"));
        }
        Action::Stop => world.stop(),
        Action::ProxyStop => world.proxy_stop(),
        Action::KeepProxy => world.keep_proxy(),
        Action::DropProxy => world.drop_proxy(),
        Action::Reenter => {
            // Elsewhere it would not be refused.
            if world.depth() > 0 {
                world.say(format_args!("{:?}", world.run()));
                world.say(format_args!("{:?}", world.run_for(1)));
                world.say(format_args!("{:?}", world.run_until(|| true)));
                world.say(format_args!("{:?}", world.turn()));
                world.say(format_args!("{:?}", world.poll()));
            }
        }
    }
}

fn look<W: World>(world: &Rc<W>) {
    world.say(format_args!(
        "next deadline {:?}, queue:",
        world.next_deadline()
    ));
    for event in world.waiting() {
        world.script().log(format_args!("  {event}"));
    }
}

fn told_timer<W: World>(world: &Rc<W>, timer: u64) {
    world.script().timers.set(timer);
    if world.script().settings.weak {
        world.set_weak(timer, true);
    }
    world.say(format_args!("set t{timer}"));
}

fn clear_timer<W: World>(world: &Rc<W>, timer: u64) {
    let was_there = world.clear_timer(timer);
    world.say(format_args!("clear t{timer}: {was_there}"));
}

fn emit<W: World>(world: &Rc<W>, bodies: &Bodies) {
    let load = world.script().load(bodies);
    let called = world.emit(&load);
    world.say(format_args!("emit {}={called}", load.tag()));
}

/// What a handler answers.
type Answer = Result<Flow, String>;

/// Performs the body of a handler.
fn act<W: World>(world: &Rc<W>, name: &str, body: &Body) -> Answer {
    if world.script().log.borrow().len() > LINES {
        world.stop();
        return Ok(Flow::Stop);
    }
    world.say(name);
    for action in &body.actions {
        perform(world, action);
    }
    match body.ending {
        Ending::Return => Ok(Flow::Continue),
        Ending::Stop => Ok(Flow::Stop),
        Ending::Unsubscribe => Ok(Flow::Unsubscribe),
        Ending::Fail => Err(format!("error of {name}")),
        // Not `panic!`: thousands of messages would be printed.
        Ending::Panic => resume_unwind(Box::new(format!("panic of {name}"))),
    }
}

/// The listener in that place hears a load.
fn listen<W: World>(world: &Rc<W>, place: usize, load: &Load) -> Answer {
    let body = world.script().bodies.borrow()[load.tag()][place].clone();
    act(world, &format!("{}.{place}", load.tag()), &body)
}

/// A task runs.
fn work<W: World>(world: &Rc<W>, task: &Task) -> Answer {
    let call = task.calls.get() + 1;
    task.calls.set(call);
    let name = format!("{}x{call}", task.held.tag);
    let Some(end) = task.end.filter(|end| call >= end.calls) else {
        return act(world, &name, &task.body);
    };
    if end.by == By::Clear {
        clear_timer(world, task.timer.get());
    }
    // A body that unwinds never comes to its end; so it has one chance only.
    let body = if call == end.calls {
        &*task.body
    } else {
        &NOTHING
    };
    let flow = act(world, &name, body)?;
    Ok(match end.by {
        By::Stop => Flow::Stop,
        By::Unsubscribe => Flow::Unsubscribe,
        By::Clear => flow,
    })
}

/// The hook for evicted events. No order is promised between its end and the drop of the payload.
fn hear_evicted<W: World>(world: &Rc<W>, id: u64, tag: usize) {
    let script = world.script();
    world.say(format_args!("evicted #{id} {tag}"));
    let Some(body) = &script.settings.on_evicted else {
        return;
    };
    if script.is_evicting.replace(true) {
        return;
    }
    let done = catch_unwind(AssertUnwindSafe(|| act(world, "hook", body)));
    script.is_evicting.set(false);
    if let Err(panic) = done {
        resume_unwind(panic);
    }
}

/// The text of a panic, of one that the library words itself only the first words.
fn text(panic: &(dyn Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(|text| text.to_string());
    let text = literal.or_else(|| panic.downcast_ref::<String>().cloned());
    short(text.expect("a text"))
}

fn short(text: String) -> String {
    match text.strip_prefix(UNHANDLED_ERROR) {
        Some(_) => UNHANDLED_ERROR.to_owned(),
        None => text,
    }
}

const UNHANDLED_ERROR: &str = "unhandled error";

/// Runs the world once, and logs the result. `None` is a panic.
fn once<W: World, R: fmt::Debug>(
    world: &Rc<W>,
    name: &str,
    run: impl FnOnce(&Rc<W>) -> Result<R, Fault>,
) -> Option<Result<R, Fault>> {
    world.say(name);
    let result = catch_unwind(AssertUnwindSafe(|| run(world)));
    match &result {
        Ok(result) => world.say(format_args!("{name}: {result:?}")),
        Err(panic) => world.say(format_args!("{name} unwound: {}", text(&**panic))),
    }
    result.ok()
}

fn drive<W: World>(world: &Rc<W>, driver: &Driver) {
    // Moves the clock on to where something is to be done.
    let wait = || {
        if let Some(deadline) = world.next_deadline() {
            world.advance(deadline.saturating_sub(world.now()));
        }
    };
    match *driver {
        Driver::Run => _ = once(world, "run", W::run),
        Driver::RunOut => {
            for _ in 0..20 {
                if let Some(Ok(Exit::Completed | Exit::Stalled)) = once(world, "run", W::run) {
                    return;
                }
            }
        }
        Driver::Turns(turns) => {
            for _ in 0..turns {
                if let Some(Ok(Turned::Nothing)) = once(world, "turn", W::turn) {
                    wait();
                }
            }
        }
        Driver::Polls(polls) => {
            for _ in 0..polls {
                match once(world, "poll", W::poll) {
                    Some(Ok(Polled::WaitUntil(_))) => wait(),
                    Some(Ok(Polled::Idle | Polled::Done(Exit::Completed))) => return,
                    _ => {}
                }
            }
        }
        Driver::RunFor(pieces, time) => {
            for _ in 0..pieces {
                once(world, "run for", |world| world.run_for(time));
            }
        }
        Driver::RunUntil(most) => {
            let mut asked = 0;
            let until = || {
                world.say("?");
                asked += 1;
                asked == most
            };
            once(world, "run until", |world| world.run_until(until));
        }
    }
}

/// Performs a whole program.
fn perform_all<W: World>(world: &Rc<W>, program: &Program) {
    for Part(actions, driver) in &program.parts {
        let done = catch_unwind(AssertUnwindSafe(|| {
            actions.iter().for_each(|action| perform(world, action));
        }));
        if let Err(panic) = done {
            world.say(format_args!("unwound: {}", text(&*panic)));
        }
        drive(world, driver);
        look(world);
    }
}

// ---- The loop under test

struct Real {
    // Before the loop: they may be its last.
    proxies: RefCell<Vec<Proxy>>,
    event_loop: EventLoop,
    h: LoopHandle,
    clock: VirtualClock,
    trace: Trace,
    start: Instant,
    /// The ids behind the numbers.
    ids: RefCell<BTreeMap<u64, EventId>>,
    timers: RefCell<Vec<TimerId>>,
    script: Rc<Script>,
}

impl Real {
    fn new(settings: &Settings, trace: &Trace) -> Rc<Self> {
        let script = Script::new(settings);
        Rc::new_cyclic(|me: &Weak<Self>| {
            let (event_loop, clock) = build(settings, trace, me.clone());
            add_listeners(event_loop.emitter(), &script, me);
            Self {
                proxies: RefCell::default(),
                h: event_loop.handle(),
                start: event_loop.now(),
                event_loop,
                clock,
                trace: trace.clone(),
                ids: RefCell::default(),
                timers: RefCell::default(),
                script,
            }
        })
    }

    fn since_start(&self, at: Instant) -> u64 {
        ms(at.duration_since(self.start))
    }

    /// Notes an id, and answers its number.
    fn event(&self, id: EventId) -> u64 {
        self.ids.borrow_mut().insert(id.number(), id);
        id.number()
    }

    /// Notes an id, and answers its number.
    fn timer(&self, id: TimerId) -> u64 {
        self.timers.borrow_mut().push(id);
        id.number()
    }

    /// Polls the loop as a host does, who knows what each poll answers and nothing else.
    fn host(self: &Rc<Self>) -> Result<Exit, Fault> {
        loop {
            match self.poll()? {
                Polled::Ready => {}
                Polled::WaitUntil(deadline) => {
                    let wait = deadline - self.now();
                    assert!(wait > 0, "a wait for what is due");
                    self.advance(wait);
                }
                Polled::Idle => return Ok(Exit::Stalled),
                Polled::Done(exit) => return Ok(exit),
            }
        }
    }

    /// A closure that does the task.
    fn closure(self: &Rc<Self>, task: Rc<Task>) -> impl FnMut(&LoopHandle) -> Answer + use<> {
        let world = Rc::downgrade(self);
        move |_| work(&world.upgrade().unwrap(), &task)
    }
}

fn build(settings: &Settings, trace: &Trace, world: Weak<Real>) -> (EventLoop, VirtualClock) {
    let clock = VirtualClock::new();
    let mut builder = EventLoop::builder().clock(clock.clone());
    builder = builder.panics(settings.panics);
    if let Some(policy) = settings.listener_panics {
        builder = builder.emitter(EventEmitter::builder().panics(policy));
    }
    if let Some(fairness) = settings.fairness {
        builder = builder.fairness(fairness);
    }
    if let Some(capacity) = settings.capacity {
        builder = builder.capacity(capacity);
    }
    if settings.drop_oldest {
        builder = builder.overflow(Overflow::DropOldest);
    }
    if let Some(limit) = settings.microtask_limit {
        builder = builder.microtask_limit(limit);
    }
    if settings.on_evicted.is_some() {
        builder = builder.on_evicted(move |evicted| {
            let tag = evicted.with(|any| {
                let load = EVENTS.iter().find_map(|event| any.get(*event));
                load.unwrap().tag()
            });
            hear_evicted(&world.upgrade().unwrap(), evicted.id().number(), tag);
        });
    }
    if settings.traced {
        builder = builder.inspector(trace.clone());
    }
    (builder.build(), clock)
}

fn add_listeners(emitter: &EventEmitter, script: &Rc<Script>, world: &Weak<Real>) {
    for (count, event) in EVENTS.into_iter().enumerate() {
        for place in 0..count {
            let world = world.clone();
            emitter.on(event, move |load| {
                listen(&world.upgrade().unwrap(), place, load)
            });
        }
    }
    let s = script.clone();
    emitter.on(UNHANDLED, move |news| {
        s.log(format_args!("unhandled {}", news.event()))
    });
    if script.settings.hears_listener_errors {
        let s = script.clone();
        emitter.on(LISTENER_ERROR, move |error| {
            s.log(format_args!("!{}", failure(error)))
        });
    }
    if script.settings.hears_task_errors {
        let s = script.clone();
        emitter.on(TASK_ERROR, move |error| {
            s.log(format_args!("!{}", task_failure(error)))
        });
    }
}

fn failure(error: &ListenerError) -> String {
    let text = match error.kind() {
        ErrorKind::Failed(source) => source.to_string(),
        ErrorKind::Panicked(text) => text.clone(),
        other => format!("{other:?}"),
    };
    format!("{}: {}", error.event(), short(text))
}

fn task_failure(error: &TaskError) -> String {
    let timer = error.timer().map(TimerId::number);
    let source = error.source().unwrap().to_string();
    format!("{} {timer:?}: {}", letter(error.kind()), short(source))
}

fn letter(kind: FrameKind) -> char {
    match kind {
        FrameKind::Dispatch => 'd',
        FrameKind::Listener => 'l',
        FrameKind::Microtask => 'm',
        FrameKind::Timer => 't',
        FrameKind::Idle => 'i',
        _ => '?',
    }
}

fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}

fn duration(time: Time) -> Duration {
    time.map_or(Duration::MAX, Duration::from_millis)
}

fn fault(error: RunError) -> Fault {
    match error {
        RunError::Reentrant => Fault::Reentrant,
        RunError::MicrotaskLimit { limit, last } => {
            assert!((1..=limit).contains(&last.len()), "{last:?}");
            Fault::MicrotaskLimit(limit)
        }
        other => panic!("{other:?}"),
    }
}

impl World for Real {
    fn script(&self) -> &Rc<Script> {
        &self.script
    }

    fn post(self: &Rc<Self>, lane: Lane, load: Load) -> Result<u64, Load> {
        let posted = self.h.post_with(EVENTS[load.event], load, lane);
        posted.map(|id| self.event(id)).map_err(|full| {
            assert!(full.is_full());
            full.into_payload()
        })
    }

    fn proxy_post(self: &Rc<Self>, lane: Lane, load: Load) -> Result<(), Load> {
        let posted = self.h.proxy().post_with(EVENTS[load.event], load, lane);
        posted.map_err(|full| {
            assert!(full.is_full());
            full.into_payload()
        })
    }

    fn cancel(&self, event: u64) -> bool {
        let id = self.ids.borrow()[&event];
        self.h.cancel(id)
    }

    fn clear_queue(&self) -> usize {
        self.h.queue().clear()
    }

    fn dispatch(self: &Rc<Self>) -> usize {
        self.h.queue().dispatch(&self.h.emitter())
    }

    fn emit(self: &Rc<Self>, load: &Load) -> usize {
        self.h.emit(EVENTS[load.event], load)
    }

    fn try_emit(self: &Rc<Self>, load: &Load) -> (usize, Vec<String>) {
        match self.h.try_emit(EVENTS[load.event], load) {
            Ok(called) => (called, Vec::new()),
            Err(EmitError::Listeners(errors)) => {
                (errors.called(), errors.iter().map(failure).collect())
            }
            Err(other) => panic!("{other}"),
        }
    }

    fn queue_microtask(self: &Rc<Self>, task: Rc<Task>) {
        self.h.queue_microtask(self.closure(task));
    }

    fn queue_idle(self: &Rc<Self>, task: Rc<Task>) {
        self.h.queue_idle(self.closure(task));
    }

    fn set_timeout(self: &Rc<Self>, time: Time, task: Rc<Task>) -> u64 {
        let closure = self.closure(task);
        self.timer(self.h.set_timeout(duration(time), closure))
    }

    fn set_interval(self: &Rc<Self>, period: Time, missed: MissedTick, task: Rc<Task>) -> u64 {
        let closure = self.closure(task);
        let timer = match missed {
            // The default.
            MissedTick::Skip => self.h.set_interval(duration(period), closure),
            _ => self.h.set_interval_with(duration(period), missed, closure),
        };
        self.timer(timer)
    }

    fn post_after(&self, time: Time, load: Load) -> u64 {
        let event = EVENTS[load.event];
        self.timer(self.h.post_after(duration(time), event, load))
    }

    fn clear_timer(&self, timer: u64) -> bool {
        let id = self.timers.borrow()[timer as usize - 1];
        self.h.clear_timer(id)
    }

    fn set_weak(&self, timer: u64, is_weak: bool) -> bool {
        let id = self.timers.borrow()[timer as usize - 1];
        if is_weak {
            self.h.unref_timer(id)
        } else {
            self.h.ref_timer(id)
        }
    }

    fn stop(&self) {
        self.h.stop();
    }

    fn proxy_stop(&self) {
        self.h.proxy().stop();
    }

    fn keep_proxy(&self) {
        self.proxies.borrow_mut().push(self.h.proxy());
    }

    fn drop_proxy(&self) {
        self.proxies.borrow_mut().pop();
    }

    fn now(&self) -> u64 {
        ms(self.clock.elapsed())
    }

    fn advance(&self, time: u64) {
        self.clock.advance(Duration::from_millis(time));
    }

    fn depth(&self) -> usize {
        self.h.depth()
    }

    fn stack(&self) -> String {
        let stack = self.h.call_stack();
        stack
            .frames()
            .iter()
            .map(|frame| letter(frame.kind()))
            .collect()
    }

    fn waiting(&self) -> Vec<Waiting> {
        let events = self.h.queue().events();
        assert_eq!(events.len(), self.h.queue().len());
        events.iter().for_each(|event| _ = self.event(event.id()));
        if self.script.settings.traced {
            let mut by_lane = events.clone();
            by_lane.sort_by_key(|event| (event.lane(), event.id()));
            let traced = self.trace.state();
            if by_lane != traced.queue() {
                let traced = waiting(traced.queue());
                self.script.log(format_args!("traced: {traced:?}"));
            }
        }
        waiting(&events)
    }

    fn next_deadline(&self) -> Option<u64> {
        self.event_loop
            .next_deadline()
            .map(|at| self.since_start(at))
    }

    fn run(self: &Rc<Self>) -> Result<Exit, Fault> {
        if self.script.settings.is_polled {
            return self.host();
        }
        self.event_loop.run().map_err(fault)
    }

    fn run_for(self: &Rc<Self>, time: u64) -> Result<Exit, Fault> {
        self.event_loop
            .run_for(Duration::from_millis(time))
            .map_err(fault)
    }

    fn run_until(self: &Rc<Self>, mut until: impl FnMut() -> bool) -> Result<Exit, Fault> {
        self.event_loop.run_until(|_| until()).map_err(fault)
    }

    fn turn(self: &Rc<Self>) -> Result<Turned, Fault> {
        Ok(match self.event_loop.turn().map_err(fault)? {
            Turn::Ran(id) => Turned::Ran(self.event(id)),
            Turn::Nothing => Turned::Nothing,
            Turn::Stopped => Turned::Stopped,
            other => panic!("{other:?}"),
        })
    }

    fn poll(self: &Rc<Self>) -> Result<Polled, Fault> {
        Ok(match self.event_loop.poll().map_err(fault)? {
            Next::Ready => Polled::Ready,
            Next::WaitUntil(at) => Polled::WaitUntil(self.since_start(at)),
            Next::Idle => Polled::Idle,
            Next::Done(exit) => Polled::Done(exit),
            other => panic!("{other:?}"),
        })
    }
}

fn waiting(events: &[QueuedEvent]) -> Vec<Waiting> {
    let told = events.iter().map(|event| Waiting {
        lane: event.lane(),
        id: event.id().number(),
        event: event.event(),
        timer: event.timer().map(TimerId::number),
        posted_at: ms(event.posted_at().unwrap()),
        cause: cause(event.cause()),
    });
    told.collect()
}

fn cause(cause: Cause) -> String {
    match cause {
        Cause::Outside => "nobody".to_owned(),
        Cause::Event(id) => format!("#{}", id.number()),
        Cause::Microtask(id) => format!("m{}", id.number()),
        Cause::Idle(id) => format!("i{}", id.number()),
        other => format!("{other:?}"),
    }
}

/// What a loop holds, as lines.
fn holds(state: &State) -> Vec<String> {
    let task = |task: &TaskInfo| format!("{} by {}", task.id().number(), cause(task.cause()));
    let timer = |timer: &TimerInfo| {
        let deadline = timer.deadline().map(ms);
        let period = timer
            .period()
            .filter(|period| *period < Duration::MAX)
            .map(ms);
        let (id, by) = (timer.id().number(), cause(timer.cause()));
        let (event, is_weak) = (timer.event(), timer.is_weak());
        format!("t{id} {event:?} at {deadline:?} every {period:?} weak {is_weak} by {by}")
    };
    let stack = state.call_stack().iter().map(|frame| format!("{frame}"));
    let microtasks = state.microtasks().iter().map(|m| format!("m{}", task(m)));
    let idle = state.idle().iter().map(|i| format!("i{}", task(i)));
    let queue = waiting(state.queue())
        .into_iter()
        .map(|event| event.to_string());
    let timers = state.timers().iter().map(timer);
    stack
        .chain(microtasks)
        .chain(idle)
        .chain(queue)
        .chain(timers)
        .collect()
}

// ---- The naive one: what the contract says, word by word

struct Naive {
    parts: RefCell<Parts>,
    script: Rc<Script>,
}

struct Parts {
    now: u64,
    /// In no order.
    queue: Vec<Entry>,
    last_event: u64,
    /// How often each lane was passed over in a row.
    passed: [usize; 3],
    microtasks: Vec<Queued>,
    idle: Vec<Queued>,
    last_task: u64,
    timers: Vec<Timer>,
    /// Whether the last turn was that of a weak one.
    was_weak: bool,
    stack: String,
    /// What runs.
    cause: String,
    is_stopping: bool,
    is_running: bool,
    /// Event and place of those that have not unsubscribed.
    listeners: BTreeSet<(usize, usize)>,
    proxies: usize,
}

/// An event in the queue.
struct Entry {
    told: Waiting,
    turn: TurnOf,
}

enum TurnOf {
    Posted(Load),
    Timer(u64),
}

/// A microtask or an idle callback.
struct Queued {
    id: u64,
    cause: String,
    task: Rc<Task>,
}

struct Timer {
    number: u64,
    deadline: Time,
    /// Of an interval.
    rhythm: Option<(Time, MissedTick)>,
    does: Does,
    /// Whether its turn is in the queue.
    is_queued: bool,
    is_weak: bool,
    cause: String,
}

enum Does {
    Run(Rc<Task>),
    Post(Load),
}

/// What a turn came to.
enum Did {
    Ran(u64),
    Task,
    Nothing,
    Stopped,
}

impl Naive {
    fn new(settings: &Settings) -> Rc<Self> {
        let listeners =
            (0..EVENTS.len()).flat_map(|count| (0..count).map(move |place| (count, place)));
        Rc::new(Self {
            parts: RefCell::new(Parts {
                now: 0,
                queue: Vec::new(),
                last_event: 0,
                passed: [0; 3],
                microtasks: Vec::new(),
                idle: Vec::new(),
                last_task: 0,
                timers: Vec::new(),
                was_weak: false,
                stack: String::new(),
                cause: "nobody".to_owned(),
                is_stopping: false,
                is_running: false,
                listeners: listeners.collect(),
                proxies: 0,
            }),
            script: Script::new(settings),
        })
    }

    fn parts(&self) -> std::cell::RefMut<'_, Parts> {
        self.parts.borrow_mut()
    }

    /// Runs something in a frame.
    fn framed<R>(&self, frame: char, run: impl FnOnce() -> R) -> R {
        self.parts().stack.push(frame);
        let result = catch_unwind(AssertUnwindSafe(run));
        self.parts().stack.pop();
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Runs something that is the cause of what it posts, queues and sets.
    fn caused<R>(&self, cause: String, run: impl FnOnce() -> R) -> R {
        let before = std::mem::replace(&mut self.parts().cause, cause);
        let result = catch_unwind(AssertUnwindSafe(run));
        self.parts().cause = before;
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Runs the loop, unless it runs or a handler does.
    fn running<R>(&self, run: impl FnOnce() -> Result<R, Fault>) -> Result<R, Fault> {
        if self.parts().is_running || !self.parts().stack.is_empty() {
            return Err(Fault::Reentrant);
        }
        self.parts().is_running = true;
        let result = catch_unwind(AssertUnwindSafe(run));
        let mut parts = self.parts();
        parts.is_running = false;
        parts.was_weak = false;
        drop(parts);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    // Emits and tasks.

    fn lend(self: &Rc<Self>, load: &Load, tells: bool) -> (usize, Vec<String>) {
        let (event, name) = (load.event, EVENTS[load.event].name());
        let is_heard = self.parts().listeners.iter().any(|(of, _)| *of == event);
        if !is_heard {
            self.script.log(format_args!("unhandled {name}"));
            return (0, Vec::new());
        }
        let (mut called, mut failed) = (0, Vec::new());
        self.framed('d', || {
            for place in 0..event {
                if !self.parts().listeners.contains(&(event, place)) {
                    continue;
                }
                called += 1;
                let call = || self.framed('l', || listen(self, place, load));
                match guard(self.script.listener_panics(), call) {
                    Ok(Flow::Stop) => break,
                    Ok(Flow::Unsubscribe) => _ = self.parts().listeners.remove(&(event, place)),
                    Ok(_) => {}
                    Err(text) if tells && self.script.settings.hears_listener_errors => {
                        self.script.log(format_args!("!{name}: {}", short(text)));
                    }
                    Err(text) => failed.push(format!("{name}: {}", short(text))),
                }
            }
        });
        (called, failed)
    }

    fn run_task(self: &Rc<Self>, frame: char, timer: Option<u64>, task: &Rc<Task>) -> Flow {
        let panics = self.script.settings.panics;
        let answer = self.framed(frame, || guard(panics, || work(self, task)));
        answer.unwrap_or_else(|text| {
            if !self.script.settings.hears_task_errors {
                unhandled();
            }
            self.script
                .log(format_args!("!{frame} {timer:?}: {}", short(text)));
            Flow::Continue
        })
    }

    fn queued(&self, task: Rc<Task>) -> Queued {
        let mut parts = self.parts();
        parts.last_task += 1;
        Queued {
            id: parts.last_task,
            cause: parts.cause.clone(),
            task,
        }
    }

    /// Runs microtasks until none is left. Answers whether there were any.
    fn drain(self: &Rc<Self>) -> Result<bool, Fault> {
        let limit = self.script.settings.microtask_limit.unwrap_or(1000);
        let mut count = 0;
        while !self.parts().microtasks.is_empty() {
            if count == limit {
                return Err(Fault::MicrotaskLimit(limit));
            }
            count += 1;
            let Queued { id, task, .. } = self.parts().microtasks.remove(0);
            self.caused(format!("m{id}"), || self.run_task('m', None, &task));
        }
        Ok(count > 0)
    }

    // The queue.

    fn push(&self, lane: Lane, event: &'static str, cause: String, turn: TurnOf) -> u64 {
        let mut parts = self.parts();
        parts.last_event += 1;
        let told = Waiting {
            lane,
            id: parts.last_event,
            event,
            timer: match turn {
                TurnOf::Posted(_) => None,
                TurnOf::Timer(number) => Some(number),
            },
            posted_at: parts.now,
            cause,
        };
        parts.queue.push(Entry { told, turn });
        parts.last_event
    }

    /// Takes an event out of the queue.
    fn pull(&self, id: u64) -> Option<Entry> {
        let mut parts = self.parts();
        let at = parts.queue.iter().position(|entry| entry.told.id == id)?;
        Some(parts.queue.remove(at))
    }

    /// Takes the event whose turn it is, of those up to `last`.
    fn take(&self, last: u64) -> Option<Entry> {
        let mut passed = self.parts().passed;
        let next = self.choose(&mut passed, &self.unsorted(), last)?;
        self.parts().passed = passed;
        self.pull(next)
    }

    /// The one of `queue` whose turn it is, of those up to `last`: the oldest of the highest lane, or of
    /// the highest that was passed over too often.
    fn choose(&self, passed: &mut [usize; 3], queue: &[Waiting], last: u64) -> Option<u64> {
        let mut ready: Vec<_> = queue.iter().filter(|event| event.id <= last).collect();
        ready.sort_by_key(|event| (event.lane, event.id));
        let most = self.script.settings.fairness.unwrap_or(usize::MAX);
        let mut overdue = ready
            .iter()
            .filter(|event| passed[event.lane as usize] >= most);
        let chosen = *overdue.next().or(ready.first())?;
        for lane in [Lane::High, Lane::Normal, Lane::Low] {
            let waits = queue.iter().any(|event| event.lane == lane);
            if !waits || lane == chosen.lane {
                passed[lane as usize] = 0;
            } else if lane > chosen.lane {
                passed[lane as usize] += 1;
            }
        }
        Some(chosen.id)
    }

    fn unsorted(&self) -> Vec<Waiting> {
        self.parts()
            .queue
            .iter()
            .map(|entry| entry.told.clone())
            .collect()
    }

    fn have_turn(self: &Rc<Self>, entry: Entry) {
        self.caused(format!("#{}", entry.told.id), || match entry.turn {
            TurnOf::Posted(load) => _ = self.emit(&load),
            TurnOf::Timer(number) => self.fire(number),
        });
    }

    /// Drops an event that was taken out of the queue without a turn.
    fn forgo(&self, entry: Entry) {
        if let TurnOf::Timer(number) = entry.turn {
            if !self.rearm(number) {
                self.remove_timer(number);
            }
        }
    }

    // Timers.

    fn set(&self, time: Time, rhythm: Option<(Time, MissedTick)>, does: Does) -> u64 {
        let number = self.script.timers.get() + 1;
        let mut parts = self.parts();
        let timer = Timer {
            number,
            deadline: time.map(|time| parts.now + time),
            rhythm,
            does,
            is_queued: false,
            is_weak: false,
            cause: parts.cause.clone(),
        };
        parts.timers.push(timer);
        number
    }

    fn remove_timer(&self, number: u64) -> Option<Timer> {
        let mut parts = self.parts();
        let at = parts
            .timers
            .iter()
            .position(|timer| timer.number == number)?;
        Some(parts.timers.remove(at))
    }

    /// Sets an interval for its next tick. Answers whether it is an interval.
    fn rearm(&self, number: u64) -> bool {
        let mut parts = self.parts();
        let now = parts.now;
        let timer = parts
            .timers
            .iter_mut()
            .find(|timer| timer.number == number)
            .unwrap();
        let Some((Some(period), missed)) = timer.rhythm else {
            return timer.rhythm.is_some();
        };
        let mut next = timer.deadline.unwrap() + period;
        match missed {
            MissedTick::Burst => {}
            MissedTick::Delay => next = now + period,
            _ => {
                while next <= now {
                    next += period;
                }
            }
        }
        timer.deadline = Some(next);
        timer.is_queued = false;
        true
    }

    /// Queues the turns of timers that are due: by deadline, then by creation.
    fn queue_due(&self, until: Option<u64>) {
        let mut due = Vec::new();
        {
            let parts = self.parts();
            let now = until.map_or(parts.now, |until| parts.now.min(until));
            for timer in parts.timers.iter().filter(|timer| timer.is_due_at(now)) {
                due.push((timer.deadline, timer.number));
            }
        }
        due.sort_unstable();
        for (_, number) in due {
            let (event, cause) = {
                let mut parts = self.parts();
                let timer = parts
                    .timers
                    .iter_mut()
                    .find(|timer| timer.number == number)
                    .unwrap();
                timer.is_queued = true;
                (timer.posts().unwrap_or("(timer)"), timer.cause.clone())
            };
            self.push(Lane::Normal, event, cause, TurnOf::Timer(number));
        }
    }

    fn fire(self: &Rc<Self>, number: u64) {
        if !self.rearm(number) {
            match self.remove_timer(number).unwrap().does {
                Does::Run(task) => _ = self.run_task('t', Some(number), &task),
                Does::Post(load) => _ = self.emit(&load),
            }
            return;
        }
        let task = {
            let parts = self.parts();
            let timer = parts
                .timers
                .iter()
                .find(|timer| timer.number == number)
                .unwrap();
            match &timer.does {
                Does::Run(task) => task.clone(),
                Does::Post(_) => unreachable!(),
            }
        };
        let flow = self.run_task('t', Some(number), &task);
        if flow != Flow::Continue {
            self.remove_timer(number);
        }
    }

    // Turns.

    fn takes_stop(&self) -> bool {
        std::mem::take(&mut self.parts().is_stopping)
    }

    /// Steps 1 to 3.
    fn begin_turn(self: &Rc<Self>, until: Option<u64>) -> Result<Did, Fault> {
        if self.takes_stop() {
            return Ok(Did::Stopped);
        }
        let drained = self.drain();
        self.parts().was_weak &= drained == Ok(false);
        let has_drained = drained?;
        if has_drained && self.takes_stop() {
            return Ok(Did::Stopped);
        }
        if !self.parts().leaves_due() {
            self.queue_due(until);
        }
        Ok(if has_drained { Did::Task } else { Did::Nothing })
    }

    /// Steps 4 to 6, of an event up to `last`.
    fn take_turn(self: &Rc<Self>, last: u64) -> Result<Option<u64>, Fault> {
        let Some(entry) = self.take(last) else {
            return Ok(None);
        };
        let id = entry.told.id;
        let is_weak = |timer: &Timer| timer.is_weak && entry.told.timer == Some(timer.number);
        let was_weak = self.parts().timers.iter().any(is_weak);
        self.parts().was_weak = was_weak;
        self.have_turn(entry);
        self.drain()?;
        Ok(Some(id))
    }

    /// Step 7, but for the end and the sleep.
    fn idle_turn(self: &Rc<Self>) -> Result<bool, Fault> {
        if self.parts().idle.is_empty() {
            return Ok(false);
        }
        let Queued { id, task, .. } = self.parts().idle.remove(0);
        self.parts().was_weak = false;
        self.caused(format!("i{id}"), || self.run_task('i', None, &task));
        drop(task);
        self.drain()?;
        Ok(true)
    }

    fn one_turn(self: &Rc<Self>, until: Option<u64>) -> Result<Did, Fault> {
        let did = self.begin_turn(until)?;
        if matches!(did, Did::Stopped) {
            return Ok(did);
        }
        if let Some(id) = self.take_turn(u64::MAX)? {
            return Ok(Did::Ran(id));
        }
        Ok(if self.idle_turn()? { Did::Task } else { did })
    }

    fn run_turns(
        self: &Rc<Self>,
        end: Option<u64>,
        mut until: impl FnMut() -> bool,
    ) -> Result<Exit, Fault> {
        self.parts().was_weak = false;
        let mut asks = true;
        loop {
            if asks && until() {
                return Ok(Exit::Reached);
            }
            match self.one_turn(end)? {
                Did::Stopped => return Ok(Exit::Stopped),
                Did::Ran(_) | Did::Task => asks = true,
                // Nothing is ready.
                Did::Nothing => {
                    if end.is_some_and(|end| self.parts().now >= end) {
                        return Ok(Exit::Reached);
                    }
                    if !self.parts().is_alive() {
                        return Ok(Exit::Completed);
                    }
                    let next = self.next_deadline();
                    // The clock does not move for weak timers alone, unless it moves anyway.
                    let moves = |timer: &Timer| !timer.is_weak && timer.deadline.is_some();
                    let next = next.filter(|next| match end {
                        Some(end) => *next <= end,
                        None => self.parts().timers.iter().any(moves),
                    });
                    let Some(to) = next.or(end) else {
                        return Ok(Exit::Stalled);
                    };
                    self.parts().now = to;
                    asks = false;
                }
            }
        }
    }

    fn poll_once(self: &Rc<Self>) -> Result<Polled, Fault> {
        let mut did = self.begin_turn(None)?;
        let last = self.parts().last_event;
        let mut has_run = false;
        while !matches!(did, Did::Stopped) && self.take_turn(last)?.is_some() {
            has_run = true;
            did = self.begin_turn(None)?;
        }
        if !matches!(did, Did::Stopped) && !has_run {
            self.idle_turn()?;
        }
        if matches!(did, Did::Stopped) || self.takes_stop() {
            return Ok(Polled::Done(Exit::Stopped));
        }
        let parts = self.parts();
        let is_due = parts.timers.iter().any(|timer| timer.is_due_at(parts.now));
        let is_due = is_due && !parts.leaves_due();
        if !parts.queue.is_empty() || !parts.idle.is_empty() || is_due {
            return Ok(Polled::Ready);
        }
        let is_alive = parts.is_alive();
        drop(parts);
        Ok(match self.next_deadline() {
            _ if !is_alive => Polled::Done(Exit::Completed),
            Some(at) => Polled::WaitUntil(at),
            None => Polled::Idle,
        })
    }

    /// As that of the real one's trace.
    fn holds(&self) -> Vec<String> {
        let parts = self.parts();
        let mut lines = Vec::new();
        for Queued { id, cause, .. } in &parts.microtasks {
            lines.push(format!("m{id} by {cause}"));
        }
        for Queued { id, cause, .. } in &parts.idle {
            lines.push(format!("i{id} by {cause}"));
        }
        let mut queue: Vec<_> = parts.queue.iter().map(|entry| &entry.told).collect();
        queue.sort_by_key(|told| (told.lane, told.id));
        lines.extend(queue.iter().map(ToString::to_string));
        let mut timers: Vec<_> = parts
            .timers
            .iter()
            .filter(|timer| !timer.is_queued)
            .collect();
        timers.sort_by_key(|timer| (timer.deadline.is_none(), timer.deadline, timer.number));
        for timer in timers {
            let Timer {
                number,
                deadline,
                is_weak,
                cause,
                ..
            } = timer;
            let (event, period) = (timer.posts(), timer.rhythm.and_then(|(period, _)| period));
            lines.push(format!(
                "t{number} {event:?} at {deadline:?} every {period:?} weak {is_weak} by {cause}"
            ));
        }
        lines
    }
}

impl Parts {
    /// Whether anything can still happen when nothing is queued.
    fn is_alive(&self) -> bool {
        self.proxies > 0 || self.timers.iter().any(|timer| !timer.is_weak)
    }

    /// Whether timers that are due are not taken in: the last turn was a weak one's, and nothing strong is left.
    fn leaves_due(&self) -> bool {
        self.was_weak && !self.is_alive()
    }
}

impl Timer {
    fn is_due_at(&self, now: u64) -> bool {
        !self.is_queued && self.deadline.is_some_and(|deadline| deadline <= now)
    }

    fn posts(&self) -> Option<&'static str> {
        match &self.does {
            Does::Run(_) => None,
            Does::Post(load) => Some(EVENTS[load.event].name()),
        }
    }
}

/// Calls a handler under a policy.
fn guard(policy: PanicPolicy, call: impl FnOnce() -> Answer) -> Answer {
    match policy {
        PanicPolicy::Isolate => {
            catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| Err(text(&*panic)))
        }
        _ => call(),
    }
}

fn unhandled() -> ! {
    resume_unwind(Box::new(UNHANDLED_ERROR.to_owned()))
}

impl World for Naive {
    fn script(&self) -> &Rc<Script> {
        &self.script
    }

    fn post(self: &Rc<Self>, lane: Lane, load: Load) -> Result<u64, Load> {
        let settings = &self.script.settings;
        let mut posted: Vec<_> = {
            let parts = self.parts();
            let posted = parts
                .queue
                .iter()
                .filter(|entry| matches!(entry.turn, TurnOf::Posted(_)));
            posted.map(|entry| entry.told.id).collect()
        };
        posted.sort_unstable();
        let is_full = settings
            .capacity
            .is_some_and(|capacity| posted.len() >= capacity);
        if is_full && (!settings.drop_oldest || posted.is_empty()) {
            return Err(load);
        }
        let evicted = is_full.then(|| self.pull(posted[0]).unwrap());
        let cause = self.parts().cause.clone();
        let name = EVENTS[load.event].name();
        let id = self.push(lane, name, cause, TurnOf::Posted(load));
        if let Some(Entry {
            told,
            turn: TurnOf::Posted(load),
        }) = evicted
        {
            if settings.on_evicted.is_some() {
                hear_evicted(self, told.id, load.tag());
            }
        }
        Ok(id)
    }

    fn proxy_post(self: &Rc<Self>, lane: Lane, load: Load) -> Result<(), Load> {
        self.post(lane, load).map(drop)
    }

    fn cancel(&self, event: u64) -> bool {
        let pulled = self.pull(event);
        pulled.map(|entry| self.forgo(entry)).is_some()
    }

    fn clear_queue(&self) -> usize {
        let all: Vec<_> = self
            .parts()
            .queue
            .iter()
            .map(|entry| entry.told.id)
            .collect();
        all.iter().filter(|id| self.cancel(**id)).count()
    }

    fn dispatch(self: &Rc<Self>) -> usize {
        let last = self.parts().last_event;
        let mut count = 0;
        while let Some(entry) = self.take(last) {
            self.have_turn(entry);
            count += 1;
        }
        count
    }

    fn emit(self: &Rc<Self>, load: &Load) -> usize {
        let (called, failed) = self.lend(load, true);
        if !failed.is_empty() {
            unhandled();
        }
        called
    }

    fn try_emit(self: &Rc<Self>, load: &Load) -> (usize, Vec<String>) {
        self.lend(load, false)
    }

    fn queue_microtask(self: &Rc<Self>, task: Rc<Task>) {
        let queued = self.queued(task);
        self.parts().microtasks.push(queued);
    }

    fn queue_idle(self: &Rc<Self>, task: Rc<Task>) {
        let queued = self.queued(task);
        self.parts().idle.push(queued);
    }

    fn set_timeout(self: &Rc<Self>, time: Time, task: Rc<Task>) -> u64 {
        self.set(time, None, Does::Run(task))
    }

    fn set_interval(self: &Rc<Self>, period: Time, missed: MissedTick, task: Rc<Task>) -> u64 {
        self.set(period, Some((period, missed)), Does::Run(task))
    }

    fn post_after(&self, time: Time, load: Load) -> u64 {
        self.set(time, None, Does::Post(load))
    }

    fn clear_timer(&self, timer: u64) -> bool {
        let tick = {
            let parts = self.parts();
            let mut queue = parts.queue.iter();
            let tick = queue.find(|entry| entry.told.timer == Some(timer));
            tick.map(|entry| entry.told.id)
        };
        tick.map(|tick| self.pull(tick));
        self.remove_timer(timer).is_some()
    }

    fn set_weak(&self, timer: u64, is_weak: bool) -> bool {
        let mut parts = self.parts();
        let mut timers = parts.timers.iter_mut();
        let found = timers.find(|known| known.number == timer);
        found.map(|timer| timer.is_weak = is_weak).is_some()
    }

    fn stop(&self) {
        self.parts().is_stopping = true;
    }

    fn proxy_stop(&self) {
        self.stop();
    }

    fn keep_proxy(&self) {
        self.parts().proxies += 1;
    }

    fn drop_proxy(&self) {
        let mut parts = self.parts();
        parts.proxies = parts.proxies.saturating_sub(1);
    }

    fn now(&self) -> u64 {
        self.parts().now
    }

    fn advance(&self, time: u64) {
        self.parts().now += time;
    }

    fn depth(&self) -> usize {
        self.parts().stack.replace('l', "").len()
    }

    fn stack(&self) -> String {
        self.parts().stack.clone()
    }

    fn waiting(&self) -> Vec<Waiting> {
        let (mut queue, mut passed) = (self.unsorted(), self.parts().passed);
        let next = || {
            let id = self.choose(&mut passed, &queue, u64::MAX)?;
            let at = queue.iter().position(|event| event.id == id)?;
            Some(queue.remove(at))
        };
        std::iter::from_fn(next).collect()
    }

    fn next_deadline(&self) -> Option<u64> {
        let parts = self.parts();
        let armed = parts.timers.iter().filter(|timer| !timer.is_queued);
        armed.filter_map(|timer| timer.deadline).min()
    }

    fn run(self: &Rc<Self>) -> Result<Exit, Fault> {
        self.running(|| self.run_turns(None, || false))
    }

    fn run_for(self: &Rc<Self>, time: u64) -> Result<Exit, Fault> {
        let end = self.now() + time;
        self.running(|| self.run_turns(Some(end), || false))
    }

    fn run_until(self: &Rc<Self>, until: impl FnMut() -> bool) -> Result<Exit, Fault> {
        self.running(|| self.run_turns(None, until))
    }

    fn turn(self: &Rc<Self>) -> Result<Turned, Fault> {
        self.running(|| {
            self.parts().was_weak = false;
            Ok(match self.one_turn(None)? {
                Did::Ran(id) => Turned::Ran(id),
                Did::Task | Did::Nothing => Turned::Nothing,
                Did::Stopped => Turned::Stopped,
            })
        })
    }

    fn poll(self: &Rc<Self>) -> Result<Polled, Fault> {
        let mut was_weak = false;
        let polled = self.running(|| {
            let polled = self.poll_once()?;
            // What is polled next is of the same run.
            was_weak = self.parts().was_weak && !matches!(polled, Polled::Done(_));
            Ok(polled)
        });
        if polled.is_ok() {
            self.parts().was_weak = was_weak;
        }
        polled
    }
}

// ---- A failure, cut down

/// The programs that are one step simpler.
fn simpler(program: &Program) -> Vec<Program> {
    let mut all = Vec::new();
    let mut or = |change: &dyn Fn(&mut Program)| {
        let mut simpler = program.clone();
        change(&mut simpler);
        all.push(simpler);
    };
    for (at, Part(actions, driver)) in program.parts.iter().enumerate() {
        or(&|program| _ = program.parts.remove(at));
        for actions in simpler_actions(actions) {
            or(&|program| program.parts[at].0 = actions.clone());
        }
        for driver in driver.simpler() {
            or(&|program| program.parts[at].1 = driver.clone());
        }
    }
    let plain: [fn(&mut Settings); 12] = [
        |settings| settings.fairness = None,
        |settings| settings.capacity = None,
        |settings| settings.drop_oldest = false,
        |settings| settings.on_evicted = None,
        |settings| settings.microtask_limit = None,
        |settings| settings.panics = PanicPolicy::Propagate,
        |settings| settings.listener_panics = None,
        |settings| settings.hears_listener_errors = false,
        |settings| settings.hears_task_errors = false,
        |settings| settings.weak = false,
        |settings| settings.traced = false,
        |settings| settings.is_polled = false,
    ];
    for plain in plain {
        or(&|program| plain(&mut program.settings));
    }
    for body in program
        .settings
        .on_evicted
        .iter()
        .flat_map(|body| simpler_bodies(body))
    {
        or(&|program| program.settings.on_evicted = Some(body.clone()));
    }
    all.retain(|simpler| simpler != program);
    all
}

fn simpler_actions(actions: &[Action]) -> Vec<Vec<Action>> {
    let mut all = Vec::new();
    for (at, action) in actions.iter().enumerate() {
        let mut or = |instead: &[Action]| {
            let mut simpler = actions.to_vec();
            simpler.splice(at..=at, instead.iter().cloned());
            all.push(simpler);
        };
        or(&[]);
        let mut fewer = action.clone();
        if let Some(back) = fewer.back().filter(|back| **back > 0) {
            *back -= 1;
            or(&[fewer]);
        }
        let listeners = action.clone().listeners().map_or(0, |bodies| bodies.len());
        for place in 0..listeners {
            let mut fewer = action.clone();
            fewer.listeners().map(|bodies| bodies.remove(place));
            or(&[fewer]);
        }
        for (place, body) in action.clone().bodies().into_iter().enumerate() {
            or(&body.actions);
            for body in simpler_bodies(body) {
                let mut simpler = action.clone();
                *simpler.bodies()[place] = body;
                or(&[simpler]);
            }
        }
    }
    all
}

fn simpler_bodies(body: &Body) -> Vec<Rc<Body>> {
    let mut all = Vec::new();
    if body.ending != Ending::Return {
        let (actions, ending) = (body.actions.clone(), Ending::Return);
        all.push(Rc::new(Body { actions, ending }));
    }
    for actions in simpler_actions(&body.actions) {
        let ending = body.ending;
        all.push(Rc::new(Body { actions, ending }));
    }
    all
}

impl Driver {
    fn simpler(&self) -> Vec<Self> {
        match *self {
            Self::Run => Vec::new(),
            Self::Turns(turns) if turns > 1 => vec![Self::Run, Self::Turns(turns - 1)],
            Self::Polls(polls) if polls > 1 => vec![Self::Run, Self::Polls(polls - 1)],
            Self::RunFor(pieces, time) if pieces > 1 => {
                vec![Self::Run, Self::RunFor(pieces - 1, time)]
            }
            _ => vec![Self::Run],
        }
    }
}

impl Action {
    fn back(&mut self) -> Option<&mut usize> {
        match self {
            Self::ClearTimer(back) | Self::Unref(back) | Self::Ref(back) | Self::Cancel(back) => {
                Some(back)
            }
            _ => None,
        }
    }

    fn listeners(&mut self) -> Option<&mut Bodies> {
        match self {
            Self::Post(_, bodies)
            | Self::ProxyPost(_, bodies)
            | Self::PostAfter(_, bodies)
            | Self::Emit(bodies)
            | Self::EmitCaught(bodies)
            | Self::TryEmit(bodies) => Some(bodies),
            _ => None,
        }
    }

    fn bodies(&mut self) -> Vec<&mut Rc<Body>> {
        match self {
            Self::Microtask(body)
            | Self::Timeout(_, body)
            | Self::Interval(_, _, _, body)
            | Self::Idle(body) => vec![body],
            other => other.listeners().into_iter().flatten().collect(),
        }
    }
}

/// A program that fails, and that no single step makes simpler.
fn cut_down(mut program: Program) -> Program {
    let fails = |program: &Program| compare(program).is_err();
    while let Some(simpler) = simpler(&program).into_iter().find(fails) {
        program = simpler;
    }
    program
}

// ---- The comparison

/// Says that a trace tells this at its end, and that it goes back to nothing and forth the same way.
fn expect_trace(trace: &Trace, holds_at_end: &[String]) {
    assert_eq!(
        holds(&trace.state()),
        holds_at_end,
        "what the trace tells at the end"
    );
    assert_eq!(trace.state(), trace.state_at(trace.len()));
    let mut states = vec![trace.state()];
    while trace.undo().is_some() {
        states.push(trace.state());
    }
    assert_eq!(states.pop(), Some(State::default()), "all undone");
    while trace.redo().is_some() {
        assert_eq!(Some(trace.state()), states.pop(), "undone, and done again");
    }
}

/// The log of a whole program, and what is left at its end.
fn log<W: World, L>(
    world: Rc<W>,
    program: &Program,
    left: impl FnOnce(&W) -> L,
) -> (Vec<String>, L) {
    perform_all(&world, program);
    let left = left(&world);
    let script = world.script().clone();
    assert_eq!(Rc::strong_count(&world), 1, "who holds the world?");
    drop(world);
    script.look();
    script.expect_drops();
    (script.log.take(), left)
}

/// Runs the program in both worlds. Answers what is wrong.
fn compare(program: &Program) -> Result<(), String> {
    let (settings, trace) = (&program.settings, Trace::new());
    let (expected, left) = caught(|| log(Naive::new(settings), program, Naive::holds))?;
    let (real, ()) = caught(|| log(Real::new(settings, &trace), program, |_| ()))?;
    if real != expected {
        return Err(difference(&expected, &real));
    }
    if settings.traced {
        caught(|| expect_trace(&trace, &left))?;
    }
    Ok(())
}

/// What a panic says is wrong, as well.
fn caught<R>(check: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(check)).map_err(|panic| format!("{}\n", text(&*panic)))
}

/// Runs the program on `tape` in both worlds. Answers what is wrong, and the program, cut down.
pub(crate) fn try_tape(tape: &[u16], is_polled: bool) -> Result<(), String> {
    quietly(|| {
        let program = Program::read(tape, is_polled);
        if compare(&program).is_ok() {
            return Ok(());
        }
        let program = cut_down(program);
        let difference = compare(&program).unwrap_err();
        Err(format!("{difference}in the program:\n{program}"))
    })
}

/// Shows where two logs part.
fn difference(expected: &[String], real: &[String]) -> String {
    let pairs = real.iter().zip(expected);
    let same = pairs
        .take_while(|(real, expected)| real == expected)
        .count();
    let around = |log: &[String]| {
        let from = same.saturating_sub(12);
        let before = log[from..same].iter().map(|line| format!("  {line}\n"));
        let behind = log[same..].iter().take(4).map(|line| format!("> {line}\n"));
        before.chain(behind).collect::<String>()
    };
    let (expected, real) = (around(expected), around(real));
    format!("the contract says:\n{expected}the loop:\n{real}")
}

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs something that panics a thousand times, without a message for each.
fn quietly<R>(run: impl FnOnce() -> R) -> R {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !IS_QUIET.get() {
                print(info);
            }
        }));
    });
    IS_QUIET.set(true);
    let result = run();
    IS_QUIET.set(false);
    result
}

// ---- The tests, which a fuzz target has no use for

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use tests::record;
