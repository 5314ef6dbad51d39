//! How an emit answers: what it came to, and who deals with what has failed.

use crate::error::{EmitError, ErrorKind, ListenerError, ListenerErrors};
use crate::meta;
use crate::stack::{self, Frame, Kind, Sign};

/// Who deals with a listener's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnError {
    /// The listeners of `LISTENER_ERROR`, at once.
    Tell,
    /// The caller, afterwards.
    Return,
}

/// How many listeners were called, or what nobody has dealt with. Boxed, since it is returned by
/// every emit and seldom there.
pub(crate) type Done = Result<usize, Box<EmitError>>;

/// How an emit answers.
pub(crate) trait Report {
    const ON_ERROR: OnError;
    type Output;

    /// So many listeners were called, and none has failed.
    fn called(count: usize) -> Self::Output;

    /// `has_emitter` is whether there is one, whose listeners can be told.
    #[track_caller]
    fn report(done: Done, has_emitter: bool) -> Self::Output;
}

/// As `emit` does: what nobody has dealt with is a panic.
pub(crate) enum Panics {}

/// As `try_emit` does.
pub(crate) enum Returns {}

impl Report for Panics {
    const ON_ERROR: OnError = OnError::Tell;
    type Output = usize;

    #[inline(always)]
    fn called(count: usize) -> usize {
        count
    }

    #[inline]
    #[track_caller]
    fn report(done: Done, has_emitter: bool) -> usize {
        match done {
            Ok(called) => called,
            Err(error) => unhandled(&error, has_emitter),
        }
    }
}

impl Report for Returns {
    const ON_ERROR: OnError = OnError::Return;
    type Output = Result<usize, EmitError>;

    #[inline(always)]
    fn called(count: usize) -> Self::Output {
        Ok(count)
    }

    #[inline]
    fn report(done: Done, _: bool) -> Self::Output {
        done.map_err(|error| *error)
    }
}

#[cold]
#[track_caller]
fn unhandled(error: &EmitError, has_emitter: bool) -> ! {
    let EmitError::Listeners(errors) = error else {
        panic!("{error}");
    };
    let first = errors.iter().next().expect("never empty");
    let source = match first.kind() {
        ErrorKind::Failed(source) => {
            let sign = Sign {
                event: first.event(),
                kind: Kind::Ordinary,
            };
            // User code. What it emits is nested in this emit, which has not returned.
            let text = |_: &Frame| format!(": {source}");
            stack::enter(&sign, usize::MAX, text).unwrap_or_default()
        }
        _ => String::new(),
    };
    let is_told = has_emitter && first.event() != meta::LISTENER_ERROR.name();
    let advice = if is_told {
        "listen to `oyez::meta::LISTENER_ERROR` or use `try_emit`"
    } else {
        "use `try_emit`, or deal with it in the listener"
    };
    let more = match errors.iter().count() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    panic!("unhandled error: {first}{source}{more}; {advice}");
}

/// What nobody has dealt with, in order; boxed, since it is seldom there.
pub(crate) type Failures = Option<Box<Vec<ListenerError>>>;

/// What an emit came to that has called so many listeners.
#[inline]
pub(crate) fn result(called: usize, failures: Failures) -> Done {
    match failures {
        None => Ok(called),
        Some(failures) => Err(Box::new(ListenerErrors::new(called, *failures).into())),
    }
}

/// What nobody has dealt with in one emit, and behind that what nobody has in another.
pub(crate) fn merged(one: Done, other: Done) -> Done {
    match (one, other) {
        (Ok(_), other) => other,
        (one, Ok(_)) => one,
        (Err(one), Err(other)) => Err(Box::new(match (*one, *other) {
            (EmitError::Listeners(one), EmitError::Listeners(other)) => {
                let called = one.called();
                let errors = one.into_iter().chain(other).collect();
                ListenerErrors::new(called, errors).into()
            }
            // A refusal, behind which nothing can have failed.
            (one, _) => one,
        })),
    }
}
