//! Whoever watches an emitter at work: for a call stack that can be shown.

use std::panic::Location;

use crate::error::ErrorKind;
use crate::outcome::Answer;

/// A line of source; `None` for what the emitter does by itself.
pub(crate) type Caller = Option<&'static Location<'static>>;

/// Hears what an emitter does, as it does it. It is named when the emitter is built, and an emitter
/// without one pays a compare for each emit.
///
/// What begins ends, in the order of a stack, also when a listener panics. A watcher may call the
/// emitter, and is then told of that.
pub trait Watch: 'static {
    /// An emit of `event` has passed the limit of the depth, and begins at the line `site`.
    fn emit_begins(&self, event: &'static str, site: Caller);

    /// The emit that began last has ended.
    fn emit_ends(&self, ended: Ended<'_>);

    /// A listener or a tap is about to be called.
    fn call_begins(
        &self,
        event: &'static str,
        label: Option<&'static str>,
        location: &'static Location<'static>,
    );

    /// The call that began last has ended.
    fn call_ends(&self, ended: Ended<'_>);
}

/// How a call or an emit has ended.
#[derive(Clone, Copy, Debug)]
pub enum Ended<'a> {
    Returned,
    Stopped,
    Unsubscribed,
    Failed(&'a ErrorKind),
    Panicked,
}

impl<'a> Ended<'a> {
    pub(crate) fn of(answer: &'a Answer) -> Self {
        match answer {
            Answer::Continue => Self::Returned,
            Answer::Stop => Self::Stopped,
            Answer::Unsubscribe => Self::Unsubscribed,
            Answer::Failed(kind) => Self::Failed(kind),
        }
    }
}

/// The watcher of an emitter that has none.
#[derive(Clone, Copy, Debug)]
pub enum Nobody {}

impl AsRef<dyn Watch> for Nobody {
    fn as_ref(&self) -> &dyn Watch {
        match *self {}
    }
}

/// Makes an emit in sight of a watcher.
#[inline]
pub(crate) fn emit<R>(
    watcher: &dyn Watch,
    event: &'static str,
    site: Caller,
    emit: impl FnOnce() -> R,
) -> R {
    let panics = OnPanic(|| watcher.emit_ends(Ended::Panicked));
    watcher.emit_begins(event, site);
    let result = emit();
    std::mem::forget(panics);
    watcher.emit_ends(Ended::Returned);
    result
}

/// Makes a call in sight of a watcher.
#[inline]
pub(crate) fn call(
    watcher: &dyn Watch,
    event: &'static str,
    label: Option<&'static str>,
    location: &'static Location<'static>,
    call: impl FnOnce() -> Answer,
) -> Answer {
    let panics = OnPanic(|| watcher.call_ends(Ended::Panicked));
    watcher.call_begins(event, label, location);
    let answer = call();
    std::mem::forget(panics);
    watcher.call_ends(Ended::of(&answer));
    answer
}

/// Does something when dropped, which is when what it stands before panics: else it is forgotten.
pub(crate) struct OnPanic<F: Fn()>(pub(crate) F);

impl<F: Fn()> Drop for OnPanic<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
