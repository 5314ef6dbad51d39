//! Panics of user code that are caught.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use crate::error::ErrorKind;
use crate::outcome::Answer;

/// Calls a listener and makes an error of its panic.
#[cold]
pub(crate) fn isolated(call: impl FnOnce() -> Answer) -> Answer {
    // What the listener has left half done is the listener's: the emitter's own state is whole
    // whenever user code runs.
    panic::catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
        let kind = ErrorKind::Panicked(message(payload));
        Answer::Failed(Box::new(kind))
    })
}

/// Does one thing, then another, which are user code: the other also if the first panics, which goes on afterwards,
/// unless the other panics as well.
pub(crate) fn both(first: impl FnOnce(), then: impl FnOnce()) {
    let thrown = Thrown::by(first);
    then();
    thrown.go_on();
}

/// Runs user code, perhaps while a panic unwinds: then a second one that did would be the end of the program,
/// and goes no further. `None` if it panicked so.
pub(crate) fn while_unwinding<R>(user: impl FnOnce() -> R) -> Option<R> {
    if !std::thread::panicking() {
        return Some(user());
    }
    panic::catch_unwind(AssertUnwindSafe(user))
        .map_err(discard)
        .ok()
}

/// What user code has thrown, if it has: to go on later, unless another panic comes first.
pub(crate) struct Thrown(Option<Box<dyn Any + Send>>);

impl Thrown {
    pub(crate) const NOTHING: Self = Self(None);

    #[cold]
    pub(crate) fn by(user: impl FnOnce()) -> Self {
        Self(panic::catch_unwind(AssertUnwindSafe(user)).err())
    }

    pub(crate) fn is_something(&self) -> bool {
        self.0.is_some()
    }

    /// Panics with it.
    pub(crate) fn go_on(mut self) {
        if let Some(payload) = self.0.take() {
            panic::resume_unwind(payload);
        }
    }
}

impl Drop for Thrown {
    #[inline]
    fn drop(&mut self) {
        if let Some(payload) = self.0.take() {
            discard(payload);
        }
    }
}

/// What a panic says.
fn message(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    discard(payload);
    text.unwrap_or_else(|| "a value that is not a string".to_owned())
}

/// Drops what a panic has thrown. It is the listener's, and its `Drop` may panic as well: that is swallowed, and so
/// is a panic in the drop of what that has thrown. What a third throws is leaked.
#[cold]
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    let drop = |payload| panic::catch_unwind(AssertUnwindSafe(|| drop(payload))).err();
    let left = drop(payload).and_then(drop);
    std::mem::forget(left);
}
