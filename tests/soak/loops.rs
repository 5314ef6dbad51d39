//! Event loops that live and die one after the other, fed by their own handlers and by other threads.

use crate::ledger::{self, Entry, Ticket, Token, dropping, fault, mark};
use crate::tally::{Count, add, below, one_in};
use oyez::event_loop::{
    EventId, EventLoop, Lane, LoopHandle, MissedTick, Next, Overflow, PostError, PostOptions,
    Proxy, RunError, TASK_ERROR, TimerId, VirtualClock, WeakProxy,
};
use oyez::meta::LISTENER_ERROR;
use oyez::{Event, Flow, PanicPolicy, local};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What is posted.
struct Letter {
    token: Token,
    /// How many generations of events come of it at most.
    fuel: u32,
    /// Whether it counts among those that are under way from another thread.
    is_foreign: bool,
}

impl Letter {
    fn new(fuel: u32, is_foreign: bool) -> Self {
        add(Count::Posts, 1);
        if is_foreign {
            UNDER_WAY.fetch_add(1, Ordering::Relaxed);
        }
        let token = Token::open(HOME, 1, mark::LETTER, ENDED);
        Self {
            token,
            fuel,
            is_foreign,
        }
    }
}

impl Drop for Letter {
    fn drop(&mut self) {
        if self.is_foreign {
            UNDER_WAY.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// Posted by value, and in a box: two kinds of entries in the queue.
const LETTER: Event<Letter> = Event::new("letter");
const BOXED: Event<Letter> = Event::new("boxed");
/// Emitted, not posted.
const NOW: Event<u32> = Event::new("now");

/// In the ledger, all of this.
const HOME: u32 = u32::MAX;

/// After which nothing is called any more.
const ENDED: u32 = mark::REMOVED | mark::RETURNED | mark::EVICTED;

/// The letters of other threads that no loop has dealt with; they wait where there are too many.
static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
const UNDER_WAY_MAX: usize = 5_000;

/// What comes of the letters of one thread at most.
const FUEL: u32 = 3;

/// How many tasks may be in the making at a time.
const TASKS_MAX: usize = 200;

/// Where the feeding threads find the loop of the moment.
#[derive(Default)]
pub(crate) struct Address(Mutex<WeakProxy>);

thread_local! {
    /// The loops that this thread runs, whose panics are part of the programme.
    static RUNNING: Cell<u32> = const { Cell::new(0) };
}

pub(crate) fn is_running() -> bool {
    RUNNING.get() > 0
}

// ---- The thread of the loops

/// What the handlers of one loop know of what is under way.
#[derive(Default)]
struct Known {
    events: RefCell<Vec<(EventId, Ticket)>>,
    timers: RefCell<Vec<(TimerId, Ticket)>>,
    tasks: Cell<usize>,
}

/// Runs one loop after the other, as long as `goes_on`.
pub(crate) fn run(address: &Address, mut goes_on: impl FnMut() -> bool) {
    while goes_on() && !ledger::is_full() {
        live(address, &mut goes_on);
    }
}

/// The life of one loop.
fn live(address: &Address, goes_on: &mut impl FnMut() -> bool) {
    add(Count::Loops, 1);
    let (event_loop, clock) = build();
    let known = Rc::<Known>::default();
    listen(&event_loop, &known);
    *address.0.lock().unwrap() = event_loop.proxy().downgrade();
    let h = event_loop.handle();
    for _ in 0..1 + below(30) {
        if !goes_on() || ledger::is_full() {
            break;
        }
        for _ in 0..below(8) {
            act(&h, &known, FUEL);
        }
        RUNNING.set(RUNNING.get() + 1);
        let ran = catch_unwind(AssertUnwindSafe(|| drive(&event_loop, clock.as_ref())));
        RUNNING.set(RUNNING.get() - 1);
        match ran {
            Ok(Ok(()) | Err(RunError::MicrotaskLimit { .. })) => {}
            Ok(Err(error)) => fault(format!("a run was refused: {error}")),
            Err(_panic) => add(Count::Panics, 1),
        }
        if event_loop.handle().depth() != 0 || !event_loop.call_stack().is_empty() {
            fault("frames are left on the call stack".to_owned());
        }
    }
    if one_in(16) {
        dropping(mark::CLEARED, || event_loop.queue().clear());
    }
    // What waits, in the queue and at the door, goes with it.
    dropping(mark::WITH_LOOP, || drop(event_loop));
    if !h.is_closed() {
        fault("a loop is gone, and not closed".to_owned());
    }
    let late = h.post(LETTER, Letter::new(0, false));
    came_back(late.err(), true);
}

fn build() -> (EventLoop, Option<VirtualClock>) {
    let mut builder = EventLoop::builder().microtask_limit(50);
    if one_in(2) {
        builder = builder.capacity(1 + below(200) as usize);
        if one_in(2) {
            builder = builder
                .capacity(1 + below(8) as usize)
                .overflow(Overflow::DropOldest)
                .on_evicted(|evicted| {
                    evicted.with(|any| {
                        let letter = any.get(LETTER).or_else(|| any.get(BOXED));
                        let letter = letter.expect("nothing else is posted");
                        letter.token.ticket().mark(mark::EVICTED);
                    });
                });
        }
    }
    if one_in(3) {
        builder = builder.fairness(1 + below(4) as usize);
    }
    if one_in(2) {
        builder = builder.panics(PanicPolicy::Isolate);
    }
    let clock = one_in(3).then(VirtualClock::new);
    if let Some(clock) = &clock {
        builder = builder.clock(clock.clone());
    }
    (builder.build(), clock)
}

fn listen(event_loop: &EventLoop, known: &Rc<Known>) {
    let emitter: &local::EventEmitter = event_loop.emitter();
    for event in [LETTER, BOXED] {
        let (h, known) = (event_loop.handle(), Rc::clone(known));
        emitter.on(event, move |letter| -> oyez::Result<Flow> {
            let _call = letter.token.called();
            add(Count::Handled, 1);
            if letter.fuel > 0 && one_in(4) {
                act(&h, &known, letter.fuel - 1);
            }
            ending(&h)
        });
    }
    let h = event_loop.handle();
    emitter.on(NOW, move |fuel| {
        if h.depth() == 0 || h.call_stack().is_empty() {
            fault("a listener runs, and is not on the call stack".to_owned());
        }
        if *fuel > 0 {
            h.emit(NOW, fuel - 1);
        }
    });
    if one_in(2) {
        emitter.on(LISTENER_ERROR, |_| add(Count::Errors, 1));
        emitter.on(TASK_ERROR, |_| add(Count::Errors, 1));
    }
}

/// How a handler ends: most return.
fn ending(h: &LoopHandle) -> oyez::Result<Flow> {
    // Outside of a run nobody deals with failures.
    if !is_running() || h.depth() == 0 {
        return Ok(Flow::Continue);
    }
    match below(256) {
        0 => Err("failed".into()),
        1 => resume_unwind(Box::new("panicked")),
        _ => Ok(Flow::Continue),
    }
}

/// Has the loop run for a while, in any way there is.
fn drive(event_loop: &EventLoop, clock: Option<&VirtualClock>) -> Result<(), RunError> {
    match below(5) {
        0 => {
            for _ in 0..below(500) {
                event_loop.turn()?;
            }
        }
        1 => {
            let mut events = 0;
            event_loop.run_until(|h| {
                events += 1;
                events > 2_000 || h.queue().is_empty()
            })?;
        }
        2 => {
            // While there is one, it waits for the other threads.
            let _proxy = event_loop.proxy();
            event_loop.run_for(Duration::from_micros(200))?;
        }
        3 => {
            for _ in 0..below(8) {
                match event_loop.poll()? {
                    Next::WaitUntil(deadline) => {
                        let wait = deadline.saturating_duration_since(event_loop.now());
                        if let Some(clock) = clock {
                            clock.advance(wait);
                        }
                    }
                    Next::Idle => thread::yield_now(),
                    _ => {}
                }
            }
        }
        // Ends by itself, or is stopped from inside. Not with a proxy of its own: who clears the queue may
        // clear that stop as well, and then it would wait for ever.
        _ => {
            let h = event_loop.handle();
            h.set_timeout(Duration::from_micros(300), |h| h.stop());
            event_loop.run()?;
        }
    }
    Ok(())
}

/// Does one thing to the loop.
fn act(h: &LoopHandle, known: &Rc<Known>, fuel: u32) {
    if ledger::is_full() {
        return;
    }
    match below(16) {
        0..5 => post(h, known, fuel),
        5 => post_by_proxy(h, fuel),
        6 => queue_task(h, known, fuel),
        7 => set_timeout(h, known, fuel),
        8 => set_interval(h, known, fuel),
        9 => {
            let letter = Letter::new(fuel, false);
            let ticket = letter.token.ticket();
            let id = h.post_after(Duration::from_micros(below(400).into()), LETTER, letter);
            known.timers.borrow_mut().push((id, ticket));
        }
        10 => cancel(h, known),
        11 => clear_timer(h, known),
        12 => {
            h.emit(NOW, below(4));
        }
        13 if one_in(256) => _ = dropping(mark::CLEARED, || h.queue().clear()),
        14 if one_in(8) && h.depth() > 0 => {
            add(Count::Stops, 1);
            h.stop();
        }
        _ => h.proxy().wake(),
    }
}

fn post(h: &LoopHandle, known: &Known, fuel: u32) {
    let letter = Letter::new(fuel, false);
    let ticket = letter.token.ticket();
    let posted = if one_in(2) {
        let lane = [Lane::High, Lane::Normal, Lane::Low][below(3) as usize];
        h.post_with(LETTER, letter, lane)
            .map_err(PostError::into_payload)
    } else if one_in(2) {
        h.post(BOXED, Box::new(letter))
            .map_err(|error| *error.into_payload())
    } else {
        h.post(LETTER, letter).map_err(PostError::into_payload)
    };
    match posted {
        Ok(id) => known.events.borrow_mut().push((id, ticket)),
        Err(letter) => returned(letter),
    }
}

/// On the loop's own thread, where a full queue cannot be waited for.
fn post_by_proxy(h: &LoopHandle, fuel: u32) {
    let proxy = h.proxy();
    let letter = Letter::new(fuel, false);
    let posted = if one_in(2) {
        proxy.post(LETTER, letter)
    } else {
        proxy.post_blocking(LETTER, letter)
    };
    came_back(posted.err(), false);
}

/// A post was refused. Says so if that cannot be.
fn came_back(refused: Option<PostError<Letter>>, is_closed: bool) {
    if is_closed && !refused.as_ref().is_some_and(PostError::is_closed) {
        fault("a post to a loop that is gone was not refused as such".to_owned());
    }
    if let Some(refused) = refused {
        returned(refused.into_payload());
    }
}

fn returned(letter: Letter) {
    letter.token.ticket().mark(mark::RETURNED);
}

/// What the closure of a task captures.
struct Job {
    token: Token,
    known: Rc<Known>,
    fuel: u32,
}

impl Job {
    /// `None` if there are enough.
    fn new(known: &Rc<Known>, marks: u32, limit: u32, fuel: u32) -> Option<Self> {
        if known.tasks.get() >= TASKS_MAX {
            return None;
        }
        add(Count::Tasks, 1);
        known.tasks.set(known.tasks.get() + 1);
        Some(Self {
            token: Token::open(HOME, limit, marks, mark::REMOVED),
            known: Rc::clone(known),
            fuel,
        })
    }

    fn run(&self, h: &LoopHandle) -> oyez::Result<Flow> {
        let _call = self.token.called();
        add(Count::TaskRuns, 1);
        if self.fuel > 0 && one_in(2) {
            act(h, &self.known, self.fuel - 1);
        }
        ending(h)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.known.tasks.set(self.known.tasks.get() - 1);
    }
}

fn queue_task(h: &LoopHandle, known: &Rc<Known>, fuel: u32) {
    let Some(job) = Job::new(known, mark::TASK, 1, fuel) else {
        return;
    };
    if one_in(4) {
        h.queue_idle(move |h| job.run(h));
    } else {
        h.queue_microtask(move |h| job.run(h));
    }
}

fn set_timeout(h: &LoopHandle, known: &Rc<Known>, fuel: u32) {
    let Some(job) = Job::new(known, mark::TASK, 1, fuel) else {
        return;
    };
    let ticket = job.token.ticket();
    let time = if one_in(8) {
        Duration::MAX
    } else {
        Duration::from_micros(below(400).into())
    };
    let id = h.set_timeout(time, move |h| job.run(h));
    known.timers.borrow_mut().push((id, ticket));
    if one_in(4) || time == Duration::MAX {
        h.unref_timer(id);
    }
}

fn set_interval(h: &LoopHandle, known: &Rc<Known>, fuel: u32) {
    let times = 1 + below(4);
    let Some(job) = Job::new(known, mark::INTERVAL, times, fuel) else {
        return;
    };
    let ticket = job.token.ticket();
    let missed = [MissedTick::Skip, MissedTick::Burst, MissedTick::Delay][below(3) as usize];
    let period = Duration::from_micros(20 + u64::from(below(100)));
    let mut left = times;
    let id = h.set_interval_with(period, missed, move |h| -> oyez::Result<Flow> {
        left -= 1;
        // It ends by itself, however its last run ends.
        if left == 0 {
            let _caught = catch_unwind(AssertUnwindSafe(|| drop(job.run(h))));
            return Ok(Flow::Stop);
        }
        job.run(h)
    });
    known.timers.borrow_mut().push((id, ticket));
}

fn pick<T>(of: &RefCell<Vec<T>>) -> Option<T> {
    let mut of = of.borrow_mut();
    let at = below(u32::try_from(of.len()).ok().filter(|len| *len > 0)?);
    Some(of.swap_remove(at as usize))
}

fn cancel(h: &LoopHandle, known: &Known) {
    if let Some((id, ticket)) = pick(&known.events)
        && h.cancel(id)
    {
        removed(ticket);
    }
}

fn clear_timer(h: &LoopHandle, known: &Known) {
    if let Some((id, ticket)) = pick(&known.timers)
        && h.clear_timer(id)
    {
        removed(ticket);
    }
}

fn removed(ticket: Ticket) {
    add(Count::Removals, 1);
    if !ticket.mark(mark::REMOVED) {
        fault(format!("cancelled twice: {ticket:?}"));
    }
}

// ---- The threads that feed it

/// Posts to whichever loop there is, as long as `goes_on`.
pub(crate) fn feed(address: &Address, mut goes_on: impl FnMut() -> bool) {
    while goes_on() && !ledger::is_full() {
        let proxy = address.0.lock().unwrap().upgrade();
        match proxy {
            Some(proxy) if UNDER_WAY.load(Ordering::Relaxed) < UNDER_WAY_MAX => some(&proxy),
            _ => thread::yield_now(),
        }
    }
}

fn some(proxy: &Proxy) {
    let n = 1 + below(16);
    match below(32) {
        0 => proxy.wake(),
        1 if one_in(8) => {
            add(Count::Stops, 1);
            proxy.stop();
        }
        2..16 => (0..n).for_each(|_| {
            let posted = proxy.post_blocking(LETTER, Letter::new(FUEL, true));
            if posted.as_ref().is_err_and(PostError::is_full) {
                fault("a post that waits was refused for want of room".to_owned());
            }
            came_back(posted.err(), false);
        }),
        16..20 => (0..n).for_each(|_| {
            let letter = Box::new(Letter::new(FUEL, true));
            let posted = proxy.post_with(BOXED, letter, PostOptions::new().lane(Lane::High));
            if let Err(error) = posted {
                returned(*error.into_payload());
            }
        }),
        _ => {
            (0..n).for_each(|_| came_back(proxy.post(LETTER, Letter::new(FUEL, true)).err(), false))
        }
    }
}

// ---- At the end

/// What became of the letters and the tasks of a round.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fates {
    pub(crate) letters: u64,
    pub(crate) handled: u64,
    pub(crate) returned: u64,
    pub(crate) evicted: u64,
    pub(crate) cancelled: u64,
    pub(crate) cleared: u64,
    pub(crate) with_loop: u64,
}

impl Fates {
    pub(crate) fn sum(&self) -> u64 {
        self.handled + self.returned + self.evicted + self.cancelled + self.cleared + self.with_loop
    }
}

/// Says that each letter and each task has come to exactly one end.
pub(crate) fn check(entries: impl Iterator<Item = Entry>, fates: &mut Fates) {
    for entry in entries.filter(|entry| entry.home == HOME) {
        let fate = [
            entry.calls > 0,
            entry.has(mark::RETURNED),
            entry.has(mark::EVICTED),
            entry.has(mark::REMOVED),
            entry.has(mark::CLEARED),
            entry.has(mark::WITH_LOOP),
        ];
        let ends = fate.iter().filter(|is_so| **is_so).count();
        // A letter that ran was dropped by nobody else. An interval that ran may be cleared as well.
        if entry.has(mark::LETTER | mark::TASK) && ends != 1 || ends == 0 {
            fault(format!("came to {ends} ends: {entry:?}"));
        }
        if entry.has(mark::LETTER) {
            fates.letters += 1;
            let sums = [
                &mut fates.handled,
                &mut fates.returned,
                &mut fates.evicted,
                &mut fates.cancelled,
                &mut fates.cleared,
                &mut fates.with_loop,
            ];
            for (sum, is_so) in sums.into_iter().zip(fate) {
                *sum += u64::from(is_so);
            }
        }
    }
}
