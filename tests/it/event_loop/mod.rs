//! `oyez::event_loop`: what it promises, a module each.
//!
//! Time is virtual and starts at 0, unless the test is about another clock or about threads. In a
//! `World`, `SAY` logs its payload and `DO` calls it.

use crate::support::{
    OnDrop, Trace, Worker, assert_contains, in_a_process, in_time, panic_text, receive,
};
use oyez::event_loop::{
    CallStack, Cause, Clock, EventId, EventLoop, EventLoopBuilder, EventQueue, Evicted, Exit,
    Frame, FrameKind, Inspector, Lane, LoopHandle, MissedTick, Next, Overflow, PostError,
    PostOptions, Proxy, QueuedEvent, Record, RunError, Slow, State, SystemClock, TASK_ERROR,
    TaskError, TaskId, TimerId, Turn, VirtualClock, WeakProxy,
};
use oyez::meta::{LISTENER_ADDED, LISTENER_ERROR, UNHANDLED};
use oyez::{Event, Flow, PanicPolicy, local};
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

mod bounds;
mod call_stack;
mod capacity;
mod clock;
mod faults;
mod handle;
mod idle;
mod inspector;
mod json;
mod lanes;
mod messages;
mod microtasks;
mod model;
mod panics;
mod proxy;
mod queue;
mod run;
mod security;
mod stop;
mod timers;
mod trace;
mod turn;

/// Logs its payload.
const SAY: Event<str> = Event::new("say");
/// Calls its payload.
const DO: Event<dyn Fn(&LoopHandle)> = Event::new("do");
/// Has no listener in a `World`.
const NUM: Event<i32> = Event::new("num");
const OTHER: Event<i32> = Event::new("other");
/// For payloads that tell when they are dropped.
const HELD: Event<dyn Any> = Event::new("held");

/// A loop under a virtual clock, and what most tests need of it.
struct World {
    event_loop: EventLoop,
    h: LoopHandle,
    clock: VirtualClock,
    trace: Trace,
}

impl World {
    fn new() -> Self {
        Self::built(|builder| builder)
    }

    fn built(build: impl FnOnce(EventLoopBuilder) -> EventLoopBuilder) -> Self {
        let clock = VirtualClock::new();
        let event_loop = build(EventLoop::builder().clock(clock.clone())).build();
        let (h, trace) = (event_loop.handle(), Trace::new());
        event_loop.emitter().on(SAY, move |word| trace.log(word));
        let handle = h.clone();
        event_loop.emitter().on(DO, move |job| job(&handle));
        Self {
            event_loop,
            h,
            clock,
            trace,
        }
    }

    /// Posts a word to be logged.
    #[track_caller]
    fn say(&self, word: &'static str) -> EventId {
        say(&self.h, word)
    }

    /// Posts a job to be done.
    #[track_caller]
    fn act(&self, job: impl Fn(&LoopHandle) + 'static) -> EventId {
        act(&self.h, job)
    }

    /// Runs the loop, which must complete.
    #[track_caller]
    fn run(&self) {
        assert_eq!(self.event_loop.run(), Ok(Exit::Completed));
    }

    /// Runs the loop, which must complete and log this.
    #[track_caller]
    fn runs(&self, expected: &str) {
        self.run();
        self.trace.expect(expected);
    }

    /// Milliseconds on the clock.
    fn now(&self) -> u128 {
        self.clock.elapsed().as_millis()
    }

    /// Logs the milliseconds on the clock, after a name.
    fn stamp(&self, name: &'static str) -> impl Fn() + Clone + use<> {
        let (clock, trace) = (self.clock.clone(), self.trace);
        move || trace.log(format_args!("{name}{}", clock.elapsed().as_millis()))
    }

    /// The names in the queue, in their order.
    fn queued(&self) -> Vec<&'static str> {
        names(&self.h.queue())
    }

    /// Proves that the loop is as good as new: nothing on the stack, and a post is dispatched.
    #[track_caller]
    fn is_well(&self) {
        assert!(self.h.call_stack().is_empty());
        assert_eq!(self.h.depth(), 0);
        self.trace.take();
        self.say("well");
        self.runs("well");
    }
}

#[track_caller]
fn say(h: &LoopHandle, word: &'static str) -> EventId {
    h.post(SAY, word).expect("there is room")
}

#[track_caller]
fn act(h: &LoopHandle, job: impl Fn(&LoopHandle) + 'static) -> EventId {
    let job: Box<dyn Fn(&LoopHandle)> = Box::new(job);
    h.post(DO, job).expect("there is room")
}

/// What a listener or a task that fails returns.
fn failed(text: &'static str) -> Result<(), &'static str> {
    Err(text)
}

/// A payload of `HELD`.
fn held(payload: impl Any) -> Box<dyn Any> {
    Box::new(payload)
}

fn names(queue: &EventQueue) -> Vec<&'static str> {
    queue.events().iter().map(QueuedEvent::event).collect()
}

fn ids(queue: &EventQueue) -> Vec<EventId> {
    queue.events().iter().map(QueuedEvent::id).collect()
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// The event that a turn ran.
#[track_caller]
fn ran(turn: Result<Turn, RunError>) -> EventId {
    match turn {
        Ok(Turn::Ran(id)) => id,
        other => panic!("the turn was to run an event: {other:?}"),
    }
}

/// An inspector that keeps nothing.
struct Silent;

impl Inspector for Silent {
    fn record(&self, _: &Record) {}
}

/// A place for the handle of a loop, for hooks that are needed to build it.
#[derive(Clone, Default)]
struct Later(Rc<OnceCell<LoopHandle>>);

impl Later {
    fn set(&self, h: &LoopHandle) {
        assert!(self.0.set(h.clone()).is_ok());
    }

    fn get(&self) -> Option<&LoopHandle> {
        self.0.get()
    }
}
