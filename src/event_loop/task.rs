//! Microtasks and idle callbacks, and what becomes of a task that fails.

use std::collections::VecDeque;
use std::error::Error;
use std::panic::Location;

use super::call_stack::{FrameKind, Origin};
use super::core::{Body, Core, Task};
use super::error::{RunError, TaskError};
use super::id::{Cause, TaskId, TimerId, after};
use super::record::{Step, TaskInfo};
use super::running::Opening;
use crate::config::PanicPolicy;
use crate::error::ErrorKind;
use crate::event::Event;
use crate::outcome::Answer;
use crate::panics;

/// A microtask, a timer or an idle callback failed. Emitted by the loop at once; with nobody listening
/// here, the error unwinds out of the run.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventLoop, TASK_ERROR};
///
/// let event_loop = EventLoop::new();
/// event_loop.emitter().on(TASK_ERROR, |error| println!("{error}"));
/// event_loop.handle().queue_microtask(|_| Err::<(), _>("no tea"));
/// event_loop.run().unwrap();
/// ```
pub const TASK_ERROR: Event<TaskError> = Event::new("oyez::task_error");

/// How many microtasks an error names.
const NAMED: usize = 8;

impl Core {
    pub(crate) fn queue_microtask(&self, location: &'static Location<'static>, body: Body) {
        let info = self.task_info(location);
        self.microtasks.borrow_mut().push(Task { info, body });
        self.journal.write(|| Step::MicrotaskQueued(info));
    }

    pub(crate) fn queue_idle(&self, location: &'static Location<'static>, body: Body) {
        let info = self.task_info(location);
        self.idle.borrow_mut().push(Task { info, body });
        self.journal.write(|| Step::IdleQueued(info));
    }

    fn task_info(&self, location: &'static Location<'static>) -> TaskInfo {
        let number = after(self.last_task.get());
        self.last_task.set(number);
        TaskInfo {
            id: TaskId(number),
            location,
            cause: self.journal.running.cause.get().cause(),
        }
    }

    /// Runs microtasks until none is left. Answers whether there were any.
    ///
    /// # Errors
    /// If there are more than the limit. Those that are left stay.
    #[inline]
    pub(crate) fn drain(&self) -> Result<bool, RunError> {
        if self.microtasks.borrow().is_empty() {
            return Ok(false);
        }
        self.drain_all().map(|()| true)
    }

    #[inline(never)]
    fn drain_all(&self) -> Result<(), RunError> {
        let mut last = VecDeque::new();
        let limit = self.microtask_limit;
        let mut count = 0;
        while !self.microtasks.borrow().is_empty() {
            if count == limit {
                self.journal.write(|| Step::LimitReached(limit));
                let last = last.into();
                return Err(RunError::MicrotaskLimit { limit, last });
            }
            let next = self.microtasks.borrow_mut().pop();
            let task = next.expect("it is not empty");
            if count + NAMED >= limit {
                last.push_back(task.info.location);
            }
            count += 1;
            self.journal.write(|| Step::MicrotaskTaken(task.info));
            let cause = Cause::Microtask(task.info.id);
            self.run_task(FrameKind::Microtask, cause, task);
        }
        Ok(())
    }

    /// Runs one idle callback. Answers whether there was one.
    pub(crate) fn run_idle(&self) -> bool {
        let next = self.idle.borrow_mut().pop();
        let Some(task) = next else {
            return false;
        };
        self.was_weak.set(false);
        self.journal.write(|| Step::IdleTaken(task.info));
        self.run_task(FrameKind::Idle, Cause::Idle(task.info.id), task);
        true
    }

    fn run_task(&self, kind: FrameKind, cause: Cause, task: Task) {
        let Task { info, body } = task;
        let opening = Opening {
            origin: Origin::Task(info.id),
            label: None,
        };
        let _cause = self.journal.running.begin(cause, Some(opening));
        self.run_body(kind, None, info.location, || body(&self.me));
    }

    /// Runs what a task is made of, in a frame of its own, and deals with its failure.
    pub(crate) fn run_body(
        &self,
        kind: FrameKind,
        timer: Option<TimerId>,
        location: &'static Location<'static>,
        body: impl FnOnce() -> Answer,
    ) -> Answer {
        // User code from here. It may return, panic, or do anything to the loop but run it.
        let answer = self.frames.run(kind, location, || match self.panics {
            PanicPolicy::Isolate => panics::isolated(body),
            PanicPolicy::Propagate => body(),
        });
        match answer {
            Answer::Failed(error) => {
                self.tell_task_error(kind, timer, location, *error);
                Answer::Continue
            }
            answer => answer,
        }
    }

    /// # Panics
    /// If nobody hears of the error.
    #[cold]
    fn tell_task_error(
        &self,
        kind: FrameKind,
        timer: Option<TimerId>,
        location: &'static Location<'static>,
        error: ErrorKind,
    ) {
        let error = TaskError::new(kind, timer, location, error);
        let is_heard = self.emitter.has_listeners(TASK_ERROR)
            && self.emitter.emit_from(None, TASK_ERROR, &error) > 0;
        if !is_heard {
            let source = error.source().map(|source| format!(": {source}"));
            let source = source.unwrap_or_default();
            panic!(
                "unhandled error: {error}{source}; listen to `oyez::event_loop::TASK_ERROR`, or deal with it in the task"
            );
        }
    }
}
