//! What all handles to one loop share.
//!
//! The parts know nothing of each other; they meet here. `task` runs microtasks and idle callbacks,
//! `alarm` connects timers with the queue, `turn` is the algorithm.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::clock::Clock;
use super::door::Door;
use super::fifo::Fifo;
use super::frames::Frames;
use super::journal::Journal;
use super::posted::Alone;
use super::queue::QueueCore;
use super::record::{Step, TaskInfo};
use super::store::Store;
use super::tick::Tick;
use super::timers::Timers;
use crate::config::PanicPolicy;
use crate::local::EventEmitter;
use crate::outcome::Answer;
use crate::sync::Arc;

/// A closure that runs once, given the loop.
pub(crate) type Body = Box<dyn FnOnce(&Weak<Core>) -> Answer>;

/// A microtask or an idle callback.
pub(crate) struct Task {
    pub(crate) info: TaskInfo,
    pub(crate) body: Body,
}

/// What a timer does when it is due.
pub(crate) enum Work {
    Once(Body),
    Repeat(Repeat),
    /// Posts this event.
    Post(Box<dyn Alone>),
}

/// A closure that runs again and again, given the loop.
pub(crate) type Repeat = Box<dyn FnMut(&Weak<Core>) -> Answer>;

pub(crate) struct Core {
    pub(crate) me: Weak<Self>,
    pub(crate) emitter: EventEmitter,
    pub(crate) queue: Rc<QueueCore>,
    pub(crate) frames: Rc<Frames>,
    pub(crate) journal: Rc<Journal>,
    pub(crate) clock: Rc<dyn Clock>,
    pub(crate) microtasks: RefCell<Fifo<Task>>,
    pub(crate) idle: RefCell<Fifo<Task>>,
    pub(crate) last_task: Cell<u64>,
    pub(crate) timers: RefCell<Timers<Work>>,
    /// Whether the last turn of this run was that of a weak timer.
    pub(crate) was_weak: Cell<bool>,
    /// Where the turns of timers lie.
    pub(crate) ticks: Rc<Store<Tick>>,
    pub(crate) door: Arc<Door>,
    pub(crate) microtask_limit: usize,
    pub(crate) panics: PanicPolicy,
    pub(crate) is_running: Cell<bool>,
    pub(crate) is_stopping: Cell<bool>,
    pub(crate) is_closed: Cell<bool>,
}

impl Core {
    /// Asks the run to end, this one or the next.
    pub(crate) fn stop(&self) {
        self.is_stopping.set(true);
        self.journal.write(|| Step::Stop);
    }

    /// Takes nothing more, and drops all that waits.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        let door = self.door.close();
        let tasks = (self.microtasks.take(), self.idle.take());
        let timers = self.timers.borrow_mut().drain();
        // User code from here: payloads and closures are dropped. Whatever they do, the loop is closed.
        self.queue.close();
        drop((door, tasks, timers));
    }
}
