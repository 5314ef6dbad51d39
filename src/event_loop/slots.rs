//! The room in a bounded queue: a count that the loop and other threads share.
//!
//! A post takes a slot, from whatever thread; the event gives it back when it leaves the queue, for its
//! turn or otherwise. So what waits at the door counts as what waits in the queue does.

use crate::sync::{Condvar, Mutex};

#[derive(Debug)]
pub(crate) struct Slots {
    capacity: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    used: usize,
    /// Threads that wait for a slot.
    waiting: usize,
    is_closed: bool,
}

impl Slots {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Takes a slot, if one is free.
    pub(crate) fn take(&self) -> bool {
        let mut state = self.state.lock();
        let is_free = state.used < self.capacity;
        state.used += usize::from(is_free);
        is_free
    }

    /// Waits for a slot and takes it. `false` if the queue is closed, before or meanwhile.
    pub(crate) fn wait(&self) -> bool {
        let mut state = self.state.lock();
        state.waiting += 1;
        while state.used >= self.capacity && !state.is_closed {
            state = self.freed.wait(state);
        }
        state.waiting -= 1;
        let is_open = !state.is_closed;
        state.used += usize::from(is_open);
        is_open
    }

    /// Gives a slot back.
    pub(crate) fn give(&self) {
        let mut state = self.state.lock();
        debug_assert!(state.used > 0, "a slot that was not taken");
        state.used -= 1;
        if state.waiting > 0 {
            // All: one that waits may be gone by the time it could be served.
            self.freed.notify_all();
        }
    }

    /// Has nobody wait any more.
    pub(crate) fn close(&self) {
        self.state.lock().is_closed = true;
        self.freed.notify_all();
    }
}
