//! Programs, run by a loop and by a naive one: lists that are searched for everything, and the turn as
//! its docs have it, line by line.
//!
//! What a listener or a task does is read from a tape of numbers. The two worlds read equal tapes and
//! must leave equal logs. The tests have it here, the fuzz targets in a package of their own.

use oyez::event_loop::{
    EventId, EventLoop, EventLoopBuilder, Lane, LoopHandle, MissedTick, Next, TimerId, Turn,
    VirtualClock,
};
use oyez::{Event, Flow};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

const POSTED: Event<usize> = Event::new("posted");
const EMITTED: Event<usize> = Event::new("emitted");

/// The program: what happens next is read from a tape. When it is at its end, nothing does.
pub(crate) struct Script {
    tape: Vec<u16>,
    /// Whether all of it is in one lane, and no timer is weak.
    is_plain: bool,
    at: Cell<usize>,
    tags: Cell<usize>,
    told: RefCell<Vec<String>>,
}

impl Script {
    pub(crate) fn new(tape: &[u16], is_plain: bool) -> Self {
        Self {
            tape: tape.to_vec(),
            is_plain,
            at: Cell::new(0),
            tags: Cell::new(0),
            told: RefCell::default(),
        }
    }

    fn is_over(&self) -> bool {
        self.at.get() >= self.tape.len()
    }

    /// The next number of the tape, brought below a limit.
    fn next(&self, below: usize) -> usize {
        let at = self.at.replace(self.at.get() + 1);
        self.tape.get(at).map_or(0, |n| usize::from(*n) % below)
    }

    fn tell(&self, what: String) {
        self.told.borrow_mut().push(what);
    }

    fn lane(&self, n: usize) -> Lane {
        if self.is_plain {
            return Lane::Normal;
        }
        [Lane::High, Lane::Normal, Lane::Low][n]
    }

    /// The body of a listener or of a task.
    fn body<L: Loop>(&self, l: &Rc<L>, kind: char, tag: usize) {
        self.tell(format!("{kind}{tag}@{}/{}", l.now(), l.depth()));
        self.act(l);
    }

    fn act<L: Loop>(&self, l: &Rc<L>) {
        for _ in 0..self.next(5) {
            let action = self.next(17);
            let (number, tag) = (self.next(1_000), self.tags.replace(self.tags.get() + 1));
            let delay = (number % 5 < 4).then_some(number as u64 % 5);
            let told = match action {
                0..=2 => return_none(|| l.post(self.lane(action), tag)),
                3 | 4 => return_none(|| l.queue(Task::Micro, tag)),
                5 => return_none(|| l.queue(Task::Idle, tag)),
                6 | 7 => return_none(|| l.set(delay, Timer::Out, tag)),
                8 => return_none(|| l.set(delay, Timer::Post, tag)),
                9 | 10 => {
                    let tick = [MissedTick::Skip, MissedTick::Burst, MissedTick::Delay];
                    let kind = Timer::Every {
                        period: 1 + number as u64 % 3,
                        tick: tick[number / 3 % 3],
                        runs: 1 + number / 9 % 4,
                    };
                    return_none(|| l.set(None, kind, tag))
                }
                11 => l.cancel(number),
                12 => l.clear(number),
                13 => l.set_weak(number, !self.is_plain && number % 3 < 2),
                14 => return_none(|| l.busy(1 + number as u64 % 3)),
                15 => return_none(|| l.emit(tag)),
                _ if number % 4 == 0 => return_none(|| l.stop()),
                _ => None,
            };
            if let Some(told) = told {
                self.tell(format!("{action}:{told}"));
            }
        }
    }
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn return_none(f: impl FnOnce()) -> Option<bool> {
    f();
    None
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Task {
    Micro,
    Idle,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Timer {
    Out,
    Post,
    Every {
        period: u64,
        tick: MissedTick,
        /// Its last run answers `Stop`.
        runs: usize,
    },
}

/// A loop, as the program sees it. Time is in milliseconds; no delay is one without end.
pub(crate) trait Loop {
    fn script(&self) -> &Script;
    fn now(&self) -> u64;
    fn depth(&self) -> usize;
    fn post(self: &Rc<Self>, lane: Lane, tag: usize);
    fn queue(self: &Rc<Self>, task: Task, tag: usize);
    fn set(self: &Rc<Self>, delay: Option<u64>, timer: Timer, tag: usize);
    /// Of all that were posted, the nth; `None` if there is none.
    fn cancel(&self, nth: usize) -> Option<bool>;
    fn clear(&self, nth: usize) -> Option<bool>;
    fn set_weak(&self, nth: usize, weak: bool) -> Option<bool>;
    fn busy(&self, time: u64);
    fn emit(self: &Rc<Self>, tag: usize);
    fn stop(&self);
    fn turn(self: &Rc<Self>) -> String;
    fn run(self: &Rc<Self>) -> String;
    fn run_for(self: &Rc<Self>, time: u64) -> String;
}

fn nth<T: Copy>(of: &RefCell<Vec<T>>, n: usize) -> Option<T> {
    let of = of.borrow();
    (!of.is_empty()).then(|| of[n % of.len()])
}

/// The loop under test.
pub(crate) struct Real {
    event_loop: EventLoop,
    h: LoopHandle,
    clock: VirtualClock,
    /// Whether a host polls it, where it would be run.
    is_polled: bool,
    script: Script,
    events: RefCell<Vec<EventId>>,
    timers: RefCell<Vec<TimerId>>,
}

impl Real {
    /// A loop under a virtual clock of its own.
    pub(crate) fn new(builder: EventLoopBuilder, script: Script, is_polled: bool) -> Rc<Self> {
        let clock = VirtualClock::new();
        let event_loop = builder.clock(clock.clone()).build();
        let real = Rc::new(Self {
            h: event_loop.handle(),
            event_loop,
            clock,
            is_polled,
            script,
            events: RefCell::default(),
            timers: RefCell::default(),
        });
        for (event, kind) in [(POSTED, 'p'), (EMITTED, 'e')] {
            let body = real.body(kind);
            let emitter = real.event_loop.emitter();
            emitter.on(event, move |tag| body(*tag));
        }
        real
    }

    fn body(self: &Rc<Self>, kind: char) -> impl Fn(usize) + 'static {
        let weak: Weak<Self> = Rc::downgrade(self);
        move |tag| {
            let real = weak.upgrade().expect("it lives while it runs");
            real.script.body(&real, kind, tag);
        }
    }
}

impl Loop for Real {
    fn script(&self) -> &Script {
        &self.script
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap()
    }

    fn depth(&self) -> usize {
        self.h.depth()
    }

    fn post(self: &Rc<Self>, lane: Lane, tag: usize) {
        let id = self.h.post_with(POSTED, tag, lane).unwrap();
        self.events.borrow_mut().push(id);
    }

    fn queue(self: &Rc<Self>, task: Task, tag: usize) {
        let h = &self.h;
        match (task, self.body('m'), self.body('i')) {
            (Task::Micro, body, _) => h.queue_microtask(move |_| body(tag)),
            (Task::Idle, _, body) => h.queue_idle(move |_| body(tag)),
        }
    }

    fn set(self: &Rc<Self>, delay: Option<u64>, timer: Timer, tag: usize) {
        let (h, delay) = (&self.h, delay.map_or(Duration::MAX, ms));
        let id = match timer {
            Timer::Out => {
                let body = self.body('t');
                h.set_timeout(delay, move |_| body(tag))
            }
            Timer::Post => h.post_after(delay, POSTED, tag),
            Timer::Every { period, tick, runs } => {
                let (body, mut left) = (self.body('v'), runs);
                h.set_interval_with(ms(period), tick, move |_| {
                    left -= 1;
                    body(tag);
                    if left == 0 {
                        Flow::Stop
                    } else {
                        Flow::Continue
                    }
                })
            }
        };
        self.timers.borrow_mut().push(id);
    }

    fn cancel(&self, n: usize) -> Option<bool> {
        nth(&self.events, n).map(|id| self.h.cancel(id))
    }

    fn clear(&self, n: usize) -> Option<bool> {
        nth(&self.timers, n).map(|id| self.h.clear_timer(id))
    }

    fn set_weak(&self, n: usize, weak: bool) -> Option<bool> {
        let h = &self.h;
        nth(&self.timers, n).map(|id| {
            if weak {
                h.unref_timer(id)
            } else {
                h.ref_timer(id)
            }
        })
    }

    fn busy(&self, time: u64) {
        self.clock.advance(ms(time));
    }

    fn emit(self: &Rc<Self>, tag: usize) {
        self.h.emit(EMITTED, tag);
    }

    fn stop(&self) {
        self.h.stop();
    }

    fn turn(self: &Rc<Self>) -> String {
        match self.event_loop.turn().unwrap() {
            Turn::Ran(_) => "Ran".to_owned(),
            other => format!("{other:?}"),
        }
    }

    fn run(self: &Rc<Self>) -> String {
        if !self.is_polled {
            return format!("{:?}", self.event_loop.run().unwrap());
        }
        loop {
            match self.event_loop.poll().unwrap() {
                Next::Ready => {}
                Next::WaitUntil(deadline) => {
                    let wait = deadline - self.h.now();
                    assert!(wait > Duration::ZERO);
                    self.clock.advance(wait);
                }
                Next::Idle => return "Stalled".to_owned(),
                Next::Done(exit) => return format!("{exit:?}"),
                other => panic!("{other:?}"),
            }
        }
    }

    fn run_for(self: &Rc<Self>, time: u64) -> String {
        format!("{:?}", self.event_loop.run_for(ms(time)).unwrap())
    }
}

/// What waits in the naive queue.
#[derive(Clone, Copy)]
struct Entry {
    id: u64,
    lane: Lane,
    tag: usize,
    /// The timer that is due; `None` of a post.
    timer: Option<u64>,
}

/// A timer of the naive loop. It is here as long as it can be cleared.
#[derive(Clone, Copy)]
struct Armed {
    id: u64,
    timer: Timer,
    /// `None` if that is never.
    deadline: Option<u64>,
    /// It is due, and waits in the queue.
    is_queued: bool,
    is_weak: bool,
    tag: usize,
}

#[derive(Default)]
struct Lists {
    now: u64,
    depth: usize,
    is_stopping: bool,
    events: u64,
    queue: Vec<Entry>,
    microtasks: Vec<usize>,
    idle: Vec<usize>,
    timers: Vec<Armed>,
}

/// The naive loop.
struct Naive {
    script: Script,
    lists: RefCell<Lists>,
    posted: RefCell<Vec<u64>>,
    set: RefCell<Vec<u64>>,
}

impl Naive {
    fn new(script: Script) -> Rc<Self> {
        Rc::new(Self {
            script,
            lists: RefCell::default(),
            posted: RefCell::default(),
            set: RefCell::default(),
        })
    }

    /// Does something with the lists, while no user code runs.
    fn with<R>(&self, f: impl FnOnce(&mut Lists) -> R) -> R {
        f(&mut self.lists.borrow_mut())
    }

    /// Runs a body in a frame that counts.
    fn call(self: &Rc<Self>, kind: char, tag: usize) {
        self.with(|lists| lists.depth += 1);
        self.script.body(self, kind, tag);
        self.with(|lists| lists.depth -= 1);
    }

    fn drain(self: &Rc<Self>) {
        while let Some(tag) =
            self.with(|l| (!l.microtasks.is_empty()).then(|| l.microtasks.remove(0)))
        {
            self.call('m', tag);
        }
    }

    /// Lines 1 and 2. A microtask left over that stops is obeyed before an event is taken.
    fn stops(self: &Rc<Self>) -> bool {
        let is_stopping = || self.with(|l| std::mem::take(&mut l.is_stopping));
        is_stopping() || {
            self.drain();
            is_stopping()
        }
    }

    /// Line 3: by deadline, then by creation, behind what is queued. What comes due behind the end of
    /// a `run_for`, because a handler took long, is left for the next run.
    fn take_in(&self, end: u64) {
        self.with(|l| {
            let now = l.now.min(end);
            let due = |timer: &Armed| {
                let deadline = timer.deadline.filter(|_| !timer.is_queued);
                deadline.is_some_and(|deadline| deadline <= now)
            };
            let mut all: Vec<_> = l
                .timers
                .iter()
                .filter(|timer| due(timer))
                .copied()
                .collect();
            all.sort_by_key(|timer| (timer.deadline, timer.id));
            for timer in all {
                l.events += 1;
                l.queue.push(Entry {
                    id: l.events,
                    lane: Lane::Normal,
                    tag: timer.tag,
                    timer: Some(timer.id),
                });
            }
            for timer in l.timers.iter_mut().filter(|timer| due(timer)) {
                timer.is_queued = true;
            }
        });
    }

    fn take(&self) -> Option<Entry> {
        self.with(|l| {
            let lane = |entry: &&Entry| match entry.lane {
                Lane::High => 0,
                Lane::Normal => 1,
                _ => 2,
            };
            let first = l
                .queue
                .iter()
                .min_by_key(|entry| (lane(entry), entry.id))
                .copied()?;
            l.queue.retain(|entry| entry.id != first.id);
            Some(first)
        })
    }

    /// Lines 4 to 6.
    fn run_event(self: &Rc<Self>) -> bool {
        let Some(entry) = self.take() else {
            return false;
        };
        match entry.timer {
            None => self.call('p', entry.tag),
            Some(id) => self.fire(id, entry.tag),
        }
        self.drain();
        true
    }

    fn fire(self: &Rc<Self>, id: u64, tag: usize) {
        let timer = self.with(|l| {
            let now = l.now;
            let at = l.timers.iter().position(|timer| timer.id == id).unwrap();
            let timer = l.timers[at];
            let Timer::Every { period, tick, runs } = timer.timer else {
                l.timers.remove(at);
                return timer.timer;
            };
            let armed = &mut l.timers[at];
            armed.is_queued = false;
            let due = timer.deadline.unwrap();
            armed.deadline = Some(match tick {
                MissedTick::Skip => due + ((now - due) / period + 1) * period,
                MissedTick::Burst => due + period,
                _ => now + period,
            });
            let runs = runs - 1;
            armed.timer = Timer::Every { period, tick, runs };
            armed.timer
        });
        match timer {
            Timer::Post => self.call('p', tag),
            Timer::Out => self.call('t', tag),
            Timer::Every { runs, .. } => {
                self.call('v', tag);
                if runs == 0 {
                    self.with(|l| l.timers.retain(|timer| timer.id != id));
                }
            }
        }
    }

    fn run_idle(self: &Rc<Self>) -> bool {
        let Some(tag) = self.with(|l| (!l.idle.is_empty()).then(|| l.idle.remove(0))) else {
            return false;
        };
        self.call('i', tag);
        self.drain();
        true
    }

    /// `run`, or `run_for` with its end.
    fn run_to(self: &Rc<Self>, end: Option<u64>) -> String {
        loop {
            if self.stops() {
                return "Stopped".to_owned();
            }
            self.take_in(end.unwrap_or(u64::MAX));
            if self.run_event() || self.run_idle() {
                continue;
            }
            let (now, alive, next) = self.with(|l| {
                let strong = l.timers.iter().filter(|timer| !timer.is_weak);
                let alive = strong.clone().count() > 0;
                // The clock does not move for weak timers alone, unless it moves anyway.
                let moves = end.is_some() || strong.clone().any(|timer| timer.deadline.is_some());
                let deadlines = l.timers.iter().filter_map(|timer| timer.deadline);
                (l.now, alive, deadlines.min().filter(|_| moves))
            });
            if self.with(|l| l.is_stopping) {
                continue;
            }
            if end.is_some_and(|end| now >= end) {
                return "Reached".to_owned();
            }
            if !alive {
                return "Completed".to_owned();
            }
            match (next, end) {
                (None, None) => return "Stalled".to_owned(),
                (next, end) => {
                    let to = next.unwrap_or(u64::MAX).min(end.unwrap_or(u64::MAX));
                    self.with(|l| l.now = to);
                }
            }
        }
    }
}

impl Loop for Naive {
    fn script(&self) -> &Script {
        &self.script
    }

    fn now(&self) -> u64 {
        self.with(|l| l.now)
    }

    fn depth(&self) -> usize {
        self.with(|l| l.depth)
    }

    fn post(self: &Rc<Self>, lane: Lane, tag: usize) {
        self.with(|l| {
            l.events += 1;
            l.queue.push(Entry {
                id: l.events,
                lane,
                tag,
                timer: None,
            });
            self.posted.borrow_mut().push(l.events);
        });
    }

    fn queue(self: &Rc<Self>, task: Task, tag: usize) {
        self.with(|l| match task {
            Task::Micro => l.microtasks.push(tag),
            Task::Idle => l.idle.push(tag),
        });
    }

    fn set(self: &Rc<Self>, delay: Option<u64>, timer: Timer, tag: usize) {
        let id = self.set.borrow().len() as u64;
        self.set.borrow_mut().push(id);
        self.with(|l| {
            let delay = match timer {
                Timer::Every { period, .. } => Some(period),
                _ => delay,
            };
            l.timers.push(Armed {
                id,
                timer,
                deadline: delay.map(|delay| l.now + delay),
                is_queued: false,
                is_weak: false,
                tag,
            });
        });
    }

    fn cancel(&self, n: usize) -> Option<bool> {
        let id = nth(&self.posted, n)?;
        Some(self.with(|l| {
            let before = l.queue.len();
            l.queue.retain(|entry| entry.id != id);
            l.queue.len() < before
        }))
    }

    fn clear(&self, n: usize) -> Option<bool> {
        let id = nth(&self.set, n)?;
        Some(self.with(|l| {
            let before = l.timers.len();
            l.timers.retain(|timer| timer.id != id);
            l.queue.retain(|entry| entry.timer != Some(id));
            l.timers.len() < before
        }))
    }

    fn set_weak(&self, n: usize, weak: bool) -> Option<bool> {
        let id = nth(&self.set, n)?;
        Some(self.with(|l| {
            let timer = l.timers.iter_mut().find(|timer| timer.id == id);
            timer.map(|timer| timer.is_weak = weak).is_some()
        }))
    }

    fn busy(&self, time: u64) {
        self.with(|l| l.now += time);
    }

    fn emit(self: &Rc<Self>, tag: usize) {
        self.call('e', tag);
    }

    fn stop(&self) {
        self.with(|l| l.is_stopping = true);
    }

    fn turn(self: &Rc<Self>) -> String {
        if self.stops() {
            return "Stopped".to_owned();
        }
        self.take_in(u64::MAX);
        if self.run_event() {
            return "Ran".to_owned();
        }
        self.run_idle();
        "Nothing".to_owned()
    }

    fn run(self: &Rc<Self>) -> String {
        self.run_to(None)
    }

    fn run_for(self: &Rc<Self>, time: u64) -> String {
        self.run_to(Some(self.now() + time))
    }
}

/// Runs a whole program: things done outside, and all ways to run, until the tape is at its end.
pub(crate) fn program<L: Loop>(l: &Rc<L>) -> Vec<String> {
    let script = l.script();
    while !script.is_over() {
        script.act(l);
        let how = script.next(4);
        let told = match how {
            0 => l.run(),
            1 => l.run_for(1 + script.next(6) as u64),
            _ => l.turn(),
        };
        script.tell(format!("={told}@{}", l.now()));
        assert_eq!(l.depth(), 0);
    }
    script.tell(l.run());
    script.tell(l.run());
    script.told.take()
}

/// Runs the program on `tape` in both worlds. Answers their logs, which must be equal: the loop's, run or
/// polled by a host, and the naive one's.
pub(crate) fn logs(tape: &[u16], is_polled: bool) -> [String; 2] {
    let script = || Script::new(tape, is_polled);
    let real = Real::new(EventLoop::builder(), script(), is_polled);
    [program(&real), program(&Naive::new(script()))].map(|log| log.join(" "))
}
