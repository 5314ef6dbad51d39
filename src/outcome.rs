//! What a listener may answer.

use std::ops::ControlFlow;

use crate::error::{BoxError, ErrorKind};

/// What a listener wants to happen next.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter, Flow};
///
/// const KEY: Event<char> = Event::new("key");
/// let keys = EventEmitter::new();
/// keys.on(KEY, |&c| if c == 'q' { Flow::Stop } else { Flow::Continue });
/// keys.on(KEY, |&c| assert_ne!(c, 'q'));
///
/// assert_eq!(keys.emit(KEY, 'a'), 2);
/// assert_eq!(keys.emit(KEY, 'q'), 1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Flow {
    /// Go on with the next listener. What a listener that returns `()` says.
    #[default]
    Continue,
    /// Call no further listener in this emit.
    Stop,
    /// Remove this listener, then go on with the next one.
    Unsubscribe,
}

/// What a listener may return.
///
/// `()`, [`Flow`], `ControlFlow<()>` (`Break` is [`Flow::Stop`]), `Result<(), E>` and
/// `Result<Flow, E>` where `E` turns into a [`BoxError`], and `!`, the type of a closure that never
/// returns. [`oyez::Result`](crate::Result) is the short form for listeners that use `?`.
///
/// The trait is sealed.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter};
///
/// const PORT: Event<str> = Event::new("port");
/// let config = EventEmitter::new();
/// config.on(PORT, |text| -> oyez::Result {
///     let port: u16 = text.parse()?;
///     assert_ne!(port, 0);
///     Ok(())
/// });
/// assert!(config.try_emit(PORT, "80").is_ok());
/// assert!(config.try_emit(PORT, "eighty").is_err());
/// ```
///
/// Anything else is refused by the compiler:
///
/// ```compile_fail
/// # use oyez::{Event, EventEmitter};
/// # const PORT: Event<str> = Event::new("port");
/// EventEmitter::new().on(PORT, |text| text.len());
/// ```
#[diagnostic::on_unimplemented(
    message = "a listener cannot return `{Self}`",
    label = "this listener returns `{Self}`",
    note = "a listener returns `()`, `Flow`, `ControlFlow<()>`, `Result<(), E>` or `Result<Flow, E>`, where `E` is an error or text that is `Send + Sync`; end it with `;` to return `()`, a `Result` of another value with `.map(drop)`",
    note = "instead of `?` on an `Option`, return in the `else` of `let Some(x) = x else`",
    note = "a listener is not async: send to a channel, and await there"
)]
pub trait Outcome {
    // Not a method: in scope, it would take the place of methods called `answer`.
    #[doc(hidden)]
    fn answer(this: Self, _: sealed::Seal) -> Answer;
}

mod sealed {
    /// Cannot be named outside of the crate, so neither can `Outcome` be implemented there.
    #[derive(Debug)]
    pub struct Seal;
}

/// A listener's return value in its smallest form: two registers, so that `()` costs a compare.
#[derive(Debug)]
pub enum Answer {
    Continue,
    Stop,
    Unsubscribe,
    // Boxed, on purpose: the error is rare, the size of the answer is paid for by every call.
    Failed(Box<ErrorKind>),
}

/// The answer in a listener's return value.
#[inline]
pub(crate) fn answer<R: Outcome>(outcome: R) -> Answer {
    R::answer(outcome, sealed::Seal)
}

impl Outcome for () {
    #[inline]
    fn answer(_: Self, _: sealed::Seal) -> Answer {
        Answer::Continue
    }
}

impl Outcome for Flow {
    #[inline]
    fn answer(this: Self, _: sealed::Seal) -> Answer {
        match this {
            Flow::Continue => Answer::Continue,
            Flow::Stop => Answer::Stop,
            Flow::Unsubscribe => Answer::Unsubscribe,
        }
    }
}

impl Outcome for ControlFlow<()> {
    #[inline]
    fn answer(this: Self, _: sealed::Seal) -> Answer {
        match this {
            ControlFlow::Continue(()) => Answer::Continue,
            ControlFlow::Break(()) => Answer::Stop,
        }
    }
}

// Else the compiler speaks of what `E` is not, and of nothing that could be done.
#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> Outcome for Result<(), E> {
    #[inline]
    fn answer(this: Self, _: sealed::Seal) -> Answer {
        this.map_or_else(failed, |()| Answer::Continue)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> Outcome for Result<Flow, E> {
    #[inline]
    fn answer(this: Self, seal: sealed::Seal) -> Answer {
        this.map_or_else(failed, |flow| Flow::answer(flow, seal))
    }
}

#[cold]
fn failed<E: Into<BoxError>>(error: E) -> Answer {
    Answer::Failed(Box::new(ErrorKind::Failed(error.into())))
}

/// What a listener that can't be re-entered answers instead of being called.
#[cold]
pub(crate) fn reentered() -> Answer {
    Answer::Failed(Box::new(ErrorKind::Reentered))
}

/// `!` cannot be written as a type on stable Rust, but it can be had as the output of `fn() -> !`.
pub trait HasOutput {
    type Output;
}

impl<R> HasOutput for fn() -> R {
    type Output = R;
}

#[diagnostic::do_not_recommend]
impl Outcome for <fn() -> ! as HasOutput>::Output {
    fn answer(this: Self, _: sealed::Seal) -> Answer {
        this
    }
}
