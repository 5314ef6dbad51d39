//! What a loop holds between two steps, as it is shown.

use std::time::Duration;

use crate::event_loop::call_stack::Frame;
use crate::event_loop::queued::QueuedEvent;
use crate::event_loop::record::{TaskInfo, TimerInfo};

/// What a loop holds, after some of the records of a [`Trace`](super::Trace): call stack, microtasks,
/// event queue, timers, idle callbacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub(super) time: Duration,
    pub(super) call_stack: Vec<Frame>,
    pub(super) microtasks: Vec<TaskInfo>,
    pub(super) queue: Vec<QueuedEvent>,
    pub(super) timers: Vec<TimerInfo>,
    pub(super) idle: Vec<TaskInfo>,
}

impl State {
    /// Returns when the last record happened, as the time since the loop was made.
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
}
