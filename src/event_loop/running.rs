//! What runs now, as the cause of what it does, also where nobody reads; and what it is about to begin.

use std::cell::Cell;

use super::call_stack::Origin;
use super::id::{Cause, PackedCause};

/// What runs now in one loop, or by one queue without a loop.
#[derive(Default)]
pub(crate) struct Running {
    /// As the cause of what it does.
    pub(crate) cause: Cell<PackedCause>,
    /// What the next frame is the bottom of, and its label.
    pub(crate) opening: Cell<Option<Opening>>,
}

/// An event or a task that is about to enter its first frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    pub(crate) origin: Origin,
    pub(crate) label: Option<&'static str>,
}

impl Running {
    /// Names the cause of what is done until the answer is dropped, and what the first frame of that begins, if it is a
    /// turn or a task.
    #[inline]
    pub(crate) fn begin(&self, cause: Cause, opening: Option<Opening>) -> CauseGuard<'_> {
        self.opening.set(opening);
        CauseGuard {
            running: self,
            before: self.cause.replace(cause.into()),
        }
    }
}

/// Names the cause that was before again, when dropped, and forgets what no frame has begun with.
pub(crate) struct CauseGuard<'a> {
    running: &'a Running,
    before: PackedCause,
}

impl Drop for CauseGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        self.running.cause.set(self.before);
        self.running.opening.set(None);
    }
}
