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
    let first = panic::catch_unwind(AssertUnwindSafe(first)).err();
    let second = panic::catch_unwind(AssertUnwindSafe(then)).err();
    let last = match (first, second) {
        (Some(first), Some(second)) => {
            discard(first);
            Some(second)
        }
        (first, second) => first.or(second),
    };
    if let Some(payload) = last {
        panic::resume_unwind(payload);
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
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    let drop = |payload| panic::catch_unwind(AssertUnwindSafe(|| drop(payload))).err();
    let left = drop(payload).and_then(drop);
    std::mem::forget(left);
}
