//! What a loop holds between two steps.
//!
//! # Invariants
//!
//! 1. *Each place but the stack is in an order that follows from the items*: the queue by lane and id,
//!    timers by deadline and id, the rest by id. So a record needs no index to be done or undone.
//! 2. *`undo` after `redo` of the same record changes nothing, and the other way round.*

use std::time::Duration;

use crate::event_loop::call_stack::Frame;
use crate::event_loop::queued::QueuedEvent;
use crate::event_loop::record::{Record, Step, TaskInfo, TimerInfo};

/// What a loop holds, after some of the records of a [`Trace`](super::Trace): call stack, microtasks,
/// event queue, timers, idle callbacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    time: Duration,
    call_stack: Vec<Frame>,
    microtasks: Vec<TaskInfo>,
    queue: Vec<QueuedEvent>,
    timers: Vec<TimerInfo>,
    idle: Vec<TaskInfo>,
}

impl State {
    /// Returns the time of the last record, since the loop was made.
    #[must_use]
    pub fn time(&self) -> Duration {
        self.time
    }

    /// Returns the frames that run, outermost first.
    #[must_use]
    pub fn call_stack(&self) -> &[Frame] {
        &self.call_stack
    }

    /// Returns the microtasks that wait, in order.
    #[must_use]
    pub fn microtasks(&self) -> &[TaskInfo] {
        &self.microtasks
    }

    /// Returns the events that wait: by lane, then in order.
    #[must_use]
    pub fn queue(&self) -> &[QueuedEvent] {
        &self.queue
    }

    /// Returns the timers that are armed: by deadline, then in the order of their making.
    #[must_use]
    pub fn timers(&self) -> &[TimerInfo] {
        &self.timers
    }

    /// Returns the idle callbacks that wait, in order.
    #[must_use]
    pub fn idle(&self) -> &[TaskInfo] {
        &self.idle
    }

    /// Renders it as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        super::json::state(self, &mut text).expect("a string takes all");
        text
    }

    /// Does what `record` tells of.
    pub(super) fn redo(&mut self, record: &Record) {
        self.time = record.at;
        self.change(&record.step, Direction::Forward);
    }

    /// Undoes what `record` tells of; `before` is the one before it.
    pub(super) fn undo(&mut self, record: &Record, before: Option<&Record>) {
        self.time = before.map(|before| before.at).unwrap_or_default();
        self.change(&record.step, Direction::Back);
    }

    fn change(&mut self, step: &Step, direction: Direction) {
        match step {
            Step::Posted(event) => event.change(&mut self.queue, direction),
            Step::Taken(event) | Step::Cancelled(event) | Step::Evicted(event) => {
                event.change(&mut self.queue, direction.opposite());
            }
            Step::Entered(frame) => frame.push(&mut self.call_stack, direction),
            Step::Left(frame, _) => frame.push(&mut self.call_stack, direction.opposite()),
            Step::MicrotaskQueued(task) => task.change(&mut self.microtasks, direction),
            Step::MicrotaskTaken(task) => task.change(&mut self.microtasks, direction.opposite()),
            Step::IdleQueued(task) => task.change(&mut self.idle, direction),
            Step::IdleTaken(task) => task.change(&mut self.idle, direction.opposite()),
            Step::TimerSet(timer) => timer.change(&mut self.timers, direction),
            Step::TimerDue(timer) | Step::TimerCleared(timer) => {
                timer.change(&mut self.timers, direction.opposite());
            }
            Step::TimerRef(timer) => {
                let is_weak = timer.is_weak == (direction == Direction::Forward);
                let changed = self.timers.iter_mut().find(|known| known.id == timer.id);
                if let Some(known) = changed {
                    known.is_weak = is_weak;
                }
            }
            Step::Slept(_)
            | Step::Woken
            | Step::Stepped(_)
            | Step::Stop
            | Step::LimitReached(_)
            | Step::Exited(_)
            | Step::Note(..)
            | Step::Slow(_) => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Back,
}

impl Direction {
    fn opposite(self) -> Self {
        match self {
            Self::Forward => Self::Back,
            Self::Back => Self::Forward,
        }
    }
}

impl Frame {
    /// Pushes the frame, or pops it.
    fn push(&self, stack: &mut Vec<Self>, direction: Direction) {
        if direction == Direction::Forward {
            stack.push(*self);
        } else {
            stack.pop();
        }
    }
}

/// Something in a place with an order.
trait Item: Copy {
    type Key: Ord;

    fn key(&self) -> Self::Key;

    /// Puts it in its place, or takes it out.
    fn change(&self, place: &mut Vec<Self>, direction: Direction) {
        let found = place.binary_search_by_key(&self.key(), Self::key);
        match (direction, found) {
            (Direction::Forward, Err(at)) => place.insert(at, *self),
            (Direction::Back, Ok(at)) => drop(place.remove(at)),
            // Records of two loops in one trace: numbers mean nothing then.
            (Direction::Forward, Ok(_)) | (Direction::Back, Err(_)) => {}
        }
    }
}

impl Item for QueuedEvent {
    type Key = (super::super::Lane, super::super::EventId);

    fn key(&self) -> Self::Key {
        (self.lane, self.id)
    }
}

impl Item for TaskInfo {
    type Key = super::super::TaskId;

    fn key(&self) -> Self::Key {
        self.id
    }
}

impl Item for TimerInfo {
    /// Never is after all times.
    type Key = (bool, Option<Duration>, super::super::TimerId);

    fn key(&self) -> Self::Key {
        (self.deadline.is_none(), self.deadline, self.id)
    }
}
