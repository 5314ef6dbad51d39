//! The room in a bounded queue: a count that the loop and other threads share.
//!
//! A post takes a slot, from whatever thread, as a [`Permit`] that goes with the event and gives it back
//! when it is dropped: for the event's turn, or with the event. So what waits at the door counts as what
//! waits in the queue does, and the count cannot drift, whatever panics.

use crate::sync::{Arc, Condvar, Mutex};

/// A slot that is taken.
#[derive(Debug)]
pub(crate) struct Permit(Arc<Semaphore>);

impl Permit {
    /// Takes a slot, if one is free.
    pub(crate) fn take(slots: &Arc<Semaphore>) -> Option<Self> {
        slots.take().then(|| Self(slots.clone()))
    }

    /// Waits for a slot and takes it. `None` if the queue is closed, before or meanwhile.
    pub(crate) fn wait(slots: &Arc<Semaphore>) -> Option<Self> {
        slots.wait().then(|| Self(slots.clone()))
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.give();
    }
}

#[derive(Debug)]
pub(crate) struct Semaphore {
    capacity: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    used: usize,
    is_closed: bool,
}

impl Semaphore {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// How many slots there are.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    fn take(&self) -> bool {
        let mut state = self.state.lock();
        let is_free = state.used < self.capacity;
        state.used += usize::from(is_free);
        is_free
    }

    fn wait(&self) -> bool {
        let mut state = self.state.lock();
        while state.used >= self.capacity && !state.is_closed {
            state = self.freed.wait(state);
        }
        let is_open = !state.is_closed;
        state.used += usize::from(is_open);
        is_open
    }

    fn give(&self) {
        let mut state = self.state.lock();
        debug_assert!(state.used > 0, "a slot that was not taken");
        state.used -= 1;
        // Costs a load when nobody waits.
        self.freed.notify_all();
    }

    /// Has nobody wait any more.
    pub(crate) fn close(&self) {
        self.state.lock().is_closed = true;
        self.freed.notify_all();
    }
}
