//! Where the lines come in, and how it is closed.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use oyez::event_loop::Proxy;

use crate::LINE;

/// Counts what is posted. Once it is closed, nothing more is.
#[derive(Default)]
pub(crate) struct Door {
    closed: AtomicBool,
    posted: AtomicU64,
    /// Held while a line is on its way in.
    passage: Mutex<()>,
}

impl Door {
    /// Posts a line, and waits for room if the queue is full. `false`: the door is closed, or the
    /// loop is gone.
    pub(crate) fn post(&self, proxy: &Proxy, line: String) -> bool {
        let _passing = self.passage.lock().unwrap();
        if self.is_closed() || proxy.post_blocking(LINE, line).is_err() {
            return false;
        }
        self.posted.fetch_add(1, Ordering::SeqCst);
        true
    }

    /// Closes the door. When this returns, no line is on its way in: each is either posted and
    /// counted, or never will be. Not for the thread of the loop: a line on its way in may wait for
    /// room, which only the loop can make.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        drop(self.passage.lock().unwrap());
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(crate) fn posted(&self) -> u64 {
        self.posted.load(Ordering::SeqCst)
    }
}
