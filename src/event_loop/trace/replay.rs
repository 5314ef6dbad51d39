//! What a loop holds, as its records change it: done and undone.
//!
//! # Invariants
//!
//! 1. *Each place but the stack is in an order that follows from the items*: the queue by lane and id,
//!    timers by deadline and id, the rest by id. So a record needs no index to be done or undone.
//! 2. *`undo` after `redo` of the same record changes nothing, and the other way round.*

use std::collections::BTreeMap;
use std::time::Duration;

use super::State;
use crate::event_loop::call_stack::Frame;
use crate::event_loop::id::{EventId, TaskId, TimerId};
use crate::event_loop::queued::{Lane, QueuedEvent};
use crate::event_loop::record::{Record, Step, TaskInfo, TimerInfo};

/// A [`State`] that follows the records. A step is O(log n) for n items in its place.
#[derive(Default)]
pub(super) struct Replay {
    time: Duration,
    call_stack: Vec<Frame>,
    microtasks: Place<TaskInfo>,
    queue: Place<QueuedEvent>,
    timers: Place<TimerInfo>,
    idle: Place<TaskInfo>,
}

type Place<T> = BTreeMap<<T as Placed>::Key, T>;

impl Replay {
    /// What the loop holds now.
    pub(super) fn state(&self) -> State {
        State {
            time: self.time,
            call_stack: self.call_stack.clone(),
            microtasks: self.microtasks.values().copied().collect(),
            queue: self.queue.values().copied().collect(),
            timers: self.timers.values().copied().collect(),
            idle: self.idle.values().copied().collect(),
        }
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
            Step::Entered(frame) => push_or_pop(&mut self.call_stack, frame, direction),
            Step::Left(frame, _) => {
                push_or_pop(&mut self.call_stack, frame, direction.opposite());
            }
            Step::MicrotaskQueued(task) => task.change(&mut self.microtasks, direction),
            Step::MicrotaskTaken(task) => task.change(&mut self.microtasks, direction.opposite()),
            Step::IdleQueued(task) => task.change(&mut self.idle, direction),
            Step::IdleTaken(task) => task.change(&mut self.idle, direction.opposite()),
            Step::TimerSet(timer) => timer.change(&mut self.timers, direction),
            Step::TimerDue(timer) | Step::TimerCleared(timer) => {
                timer.change(&mut self.timers, direction.opposite());
            }
            Step::TimerRef(timer) => {
                if let Some(known) = self.timers.get_mut(&timer.key()) {
                    known.is_weak = timer.is_weak == (direction == Direction::Forward);
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

/// Pushes a frame, or pops it.
fn push_or_pop(stack: &mut Vec<Frame>, frame: &Frame, direction: Direction) {
    if direction == Direction::Forward {
        stack.push(*frame);
    } else {
        stack.pop();
    }
}

/// Something in a place with an order.
trait Placed: Copy {
    type Key: Ord;

    fn key(&self) -> Self::Key;

    /// Puts it in its place, or takes it out.
    fn change(&self, place: &mut Place<Self>, direction: Direction) {
        // Where it is there already, or not there, the records are of two loops, and numbers mean nothing.
        match direction {
            Direction::Forward => drop(place.insert(self.key(), *self)),
            Direction::Back => drop(place.remove(&self.key())),
        }
    }
}

impl Placed for QueuedEvent {
    type Key = (Lane, EventId);

    fn key(&self) -> Self::Key {
        (self.lane, self.id)
    }
}

impl Placed for TaskInfo {
    type Key = TaskId;

    fn key(&self) -> Self::Key {
        self.id
    }
}

impl Placed for TimerInfo {
    /// Never is after all times.
    type Key = (bool, Option<Duration>, TimerId);

    fn key(&self) -> Self::Key {
        (self.deadline.is_none(), self.deadline, self.id)
    }
}
