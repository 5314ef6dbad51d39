//! The limits and policies of an emitter.

use std::borrow::Cow;

/// What happens when a listener panics. Set by
/// [`panics`](crate::generic::EmitterBuilder::panics).
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter, PanicPolicy};
///
/// const DRAW: Event<()> = Event::new("draw");
/// let host = EventEmitter::builder().panics(PanicPolicy::Isolate).build();
/// host.on(DRAW, |()| panic!("a plug-in"));
/// host.on(DRAW, |()| ());
/// assert!(host.try_emit(DRAW, ()).is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PanicPolicy {
    /// The panic unwinds through `emit`; the remaining listeners are not called.
    #[default]
    Propagate,
    /// The panic becomes an error of that listener ([`ErrorKind::Panicked`](crate::ErrorKind)); the
    /// remaining listeners are called. The panic hook still runs, and by default prints the message to standard
    /// error: [`std::panic::set_hook`] changes that.
    Isolate,
}

/// How deep emits may be nested unless an emitter says otherwise.
pub(crate) const MAX_DEPTH: usize = 128;

/// The limits and policies of an emitter.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) name: Option<Cow<'static, str>>,
    /// More listeners of one event than this are told; 0 is off.
    pub(crate) max_listeners: usize,
    /// Emits on one thread's stack, the outermost included.
    pub(crate) max_depth: usize,
    /// `None` is the default, for whoever has another to offer.
    pub(crate) panics: Option<PanicPolicy>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: None,
            max_listeners: 10,
            max_depth: MAX_DEPTH,
            panics: None,
        }
    }
}
