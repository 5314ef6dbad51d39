//! The errors of the emitter.

use std::error::Error;
use std::fmt;
use std::panic::Location;

use crate::id::ListenerId;
use crate::tally::tally;

/// Any error, as a listener returns it.
pub type BoxError = Box<dyn Error + Send + Sync + 'static>;

/// What a listener that uses `?` returns: `|text| -> oyez::Result { .. }`. Without it, the compiler says "type
/// annotations needed" (E0282) at the `Ok(())`.
///
/// # Examples
///
/// ```
/// let port = oyez::Signal::<str>::new();
/// port.on(|text| -> oyez::Result {
///     let _: u16 = text.parse()?;
///     Ok(())
/// });
/// assert!(port.try_emit("eighty").is_err());
/// ```
pub type Result<T = (), E = BoxError> = std::result::Result<T, E>;

/// Why [`try_emit`](crate::EventEmitter::try_emit) did not succeed.
///
/// Causes and texts: [`docs::errors`](crate::docs::errors#emitting).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// Some listeners failed. All of them were called.
    #[error(transparent)]
    Listeners(#[from] ListenerErrors),
    /// The emit would have been nested too deep. No listener was called.
    #[error(transparent)]
    TooDeep(#[from] TooDeep),
}

/// The errors of one emit, in the order in which they happened. Never empty.
///
/// Causes and texts: [`docs::errors`](crate::docs::errors#emitting).
///
/// # Examples
///
/// ```
/// use oyez::EmitError;
///
/// let order = oyez::Signal::<str>::named("order");
/// order.on(|tea| Err::<(), _>(format!("no {tea}")));
/// order.on(|_| ());
/// let Err(EmitError::Listeners(errors)) = order.try_emit("tea") else { panic!() };
/// assert_eq!(errors.called(), 2);
/// assert_eq!(errors.to_string(), "1 listener error in an emit of `order` that called 2 listeners");
/// ```
#[derive(Debug)]
pub struct ListenerErrors {
    called: usize,
    errors: Vec<ListenerError>,
}

impl ListenerErrors {
    pub(crate) fn new(called: usize, errors: Vec<ListenerError>) -> Self {
        debug_assert!(!errors.is_empty());
        Self { called, errors }
    }

    /// Returns the number of listeners called, those that failed included.
    ///
    /// A listener that could not be entered ([`ErrorKind::Reentered`]) was not called.
    #[must_use]
    pub fn called(&self) -> usize {
        self.called
    }

    /// Iterates over the errors, first to last.
    pub fn iter(&self) -> std::slice::Iter<'_, ListenerError> {
        self.errors.iter()
    }

    /// Returns the errors, first to last.
    #[must_use]
    pub fn into_vec(self) -> Vec<ListenerError> {
        self.errors
    }
}

impl<'a> IntoIterator for &'a ListenerErrors {
    type Item = &'a ListenerError;
    type IntoIter = std::slice::Iter<'a, ListenerError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for ListenerErrors {
    type Item = ListenerError;
    type IntoIter = std::vec::IntoIter<ListenerError>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl fmt::Display for ListenerErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (failed, called) = (self.errors.len(), self.called);
        let event = self.errors[0].event;
        let errors = if failed == 1 { "error" } else { "errors" };
        let listeners = if called == 1 { "listener" } else { "listeners" };
        write!(
            f,
            "{failed} listener {errors} in an emit of `{event}` that called {called} {listeners}"
        )
    }
}

impl Error for ListenerErrors {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.errors[0])
    }
}

/// One listener's failure: which listener of which event, and what happened.
///
/// The payload of [`LISTENER_ERROR`](crate::meta::LISTENER_ERROR), and what [`ListenerErrors`] hold.
/// What the listener returned is its [`source`](Error::source) and not in its text.
///
/// Causes and texts: [`docs::errors`](crate::docs::errors#emitting).
///
/// # Examples
///
/// ```
/// use oyez::{ErrorKind, Event, EventEmitter, meta};
///
/// const ORDER: Event<str> = Event::new("order");
/// let shop = EventEmitter::new();
/// shop.on(meta::LISTENER_ERROR, |error| {
///     assert_eq!((error.event(), error.label()), ("order", Some("kitchen")));
///     assert!(matches!(error.kind(), ErrorKind::Failed(why) if why.to_string() == "no tea"));
/// });
/// shop.listen(ORDER).label("kitchen").on(|tea| Err::<(), _>(format!("no {tea}")));
/// shop.emit(ORDER, "tea");
/// ```
#[derive(Debug)]
pub struct ListenerError {
    event: &'static str,
    listener: ListenerId,
    label: Option<&'static str>,
    location: &'static Location<'static>,
    kind: ErrorKind,
}

impl ListenerError {
    pub(crate) fn new(
        event: &'static str,
        listener: ListenerId,
        label: Option<&'static str>,
        location: &'static Location<'static>,
        kind: ErrorKind,
    ) -> Self {
        Self {
            event,
            listener,
            label,
            location,
            kind,
        }
    }

    /// Returns the name of the event that was emitted.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Returns the id of the listener that failed. It may be gone by now.
    #[must_use]
    pub fn listener(&self) -> ListenerId {
        self.listener
    }

    /// Returns the listener's label, if it was given one.
    #[must_use]
    pub fn label(&self) -> Option<&'static str> {
        self.label
    }

    /// Returns where the listener was registered.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// Returns what happened.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }
}

impl fmt::Display for ListenerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("listener ")?;
        if let Some(label) = self.label {
            write!(f, "`{label}` ")?;
        }
        write!(f, "of `{}`, registered at {}, ", self.event, self.location)?;
        match &self.kind {
            ErrorKind::Failed(_) => f.write_str("returned an error"),
            ErrorKind::Panicked(message) => write!(f, "panicked: {message}"),
            ErrorKind::Reentered => f.write_str(
                "was not called: it is an `on_mut` listener and still running; use `on` with interior mutability to allow re-entry",
            ),
        }
    }
}

impl Error for ListenerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            ErrorKind::Failed(error) => Some(&**error),
            ErrorKind::Panicked(_) | ErrorKind::Reentered => None,
        }
    }
}

/// What happened to a listener.
///
/// Causes and texts: [`docs::errors`](crate::docs::errors#emitting).
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It returned this error.
    Failed(BoxError),
    /// It panicked with this message, under [`PanicPolicy::Isolate`](crate::PanicPolicy::Isolate).
    Panicked(String),
    /// It is an `on_mut` listener that is still running: further up on this call stack, or on
    /// another thread that waits for this one. It was not called.
    Reentered,
}

/// An emit was refused: too many emits are under way on this thread, each inside a listener of the
/// one before.
///
/// Its text names the first and the last of them, with the lines that registered the listeners, and the
/// one that is there most often. See
/// [`max_depth`](crate::generic::EmitterBuilder::max_depth).
///
/// Causes and texts: [`docs::errors`](crate::docs::errors#emitting).
///
/// # Examples
///
/// ```
/// use oyez::{EmitError, Event, EventEmitter};
///
/// const TURN: Event<()> = Event::new("turn");
/// let emitter = EventEmitter::builder().max_depth(3).build();
/// let weak = emitter.downgrade();
/// emitter.on(TURN, move |()| {
///     if let Err(EmitError::TooDeep(refused)) = weak.upgrade().unwrap().try_emit(TURN, ()) {
///         assert_eq!((refused.event(), refused.limit()), ("turn", 3));
///         assert_eq!(refused.chain().len(), 3);
///     }
/// });
/// emitter.emit(TURN, ());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooDeep {
    event: &'static str,
    limit: usize,
    chain: Vec<ChainLink>,
}

impl TooDeep {
    pub(crate) fn new(event: &'static str, limit: usize, chain: Vec<ChainLink>) -> Self {
        Self {
            event,
            limit,
            chain,
        }
    }

    /// Returns the name of the event whose emit was refused.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Returns the limit that would have been passed: the emitter's `max_depth`.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Returns the emits under way on this thread, outermost first. Those of [`meta`](crate::meta) events are among
    /// them, and do not count towards the limit of the others.
    #[must_use]
    pub fn chain(&self) -> &[ChainLink] {
        &self.chain
    }
}

/// How many links of a chain a message shows at either end.
const LINKS_SHOWN: usize = 3;

impl fmt::Display for TooDeep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            event,
            limit,
            chain,
        } = self;
        write!(
            f,
            "emit of `{event}` refused: the depth limit of `{limit}` nested emits is reached; "
        )?;
        let hidden = chain.len().saturating_sub(2 * LINKS_SHOWN);
        for (at, link) in chain.iter().enumerate() {
            if hidden == 0 || at < LINKS_SHOWN || at >= LINKS_SHOWN + hidden {
                write!(f, "{link} -> ")?;
            } else if at == LINKS_SHOWN {
                write!(f, "({hidden} more) -> ")?;
            }
        }
        write!(f, "`{event}`")?;
        if hidden > 0 {
            let tally = tally(chain);
            let (culprit, times) = tally[0];
            write!(f, "; {times} of the {} are {culprit}", chain.len())?;
        }
        f.write_str("; end the recursion, or raise `max_depth`")
    }
}

impl Error for TooDeep {}

/// One emit under way, as [`TooDeep`] shows it: its event, and the listener that was running in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainLink {
    event: &'static str,
    location: Option<&'static Location<'static>>,
}

impl ChainLink {
    pub(crate) fn new(event: &'static str, location: Option<&'static Location<'static>>) -> Self {
        Self { event, location }
    }

    /// Returns the name of the event.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Returns where the running listener was registered. `None` if no listener of this emit was running: the next
    /// one came from what is done behind a call, as the emit of a [`meta`](crate::meta) event or the `Drop` of a
    /// removed closure, from the text of an error, or from an inspector.
    #[must_use]
    pub fn location(&self) -> Option<&'static Location<'static>> {
        self.location
    }
}

impl fmt::Display for ChainLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.location {
            Some(location) => write!(f, "`{}` at {location}", self.event),
            None => write!(f, "`{}`", self.event),
        }
    }
}

/// Why [`off_and_wait`](crate::EventEmitter::off_and_wait) did not wait. The listener is removed
/// all the same.
///
/// Causes and texts: [`docs::errors`](crate::docs::errors#waiting-for-a-listener-to-end).
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter, WaitError};
/// use std::sync::OnceLock;
///
/// const TICK: Event<()> = Event::new("tick");
/// static ID: OnceLock<oyez::ListenerId> = OnceLock::new();
///
/// let clock = EventEmitter::new();
/// let weak = clock.downgrade();
/// let id = clock.on(TICK, move |()| {
///     let refused = weak.upgrade().unwrap().off_and_wait(*ID.get().unwrap());
///     assert_eq!(refused, Err(WaitError::InsideListener));
/// });
/// ID.set(id).unwrap();
/// clock.emit(TICK, ());
/// assert!(!clock.has_listener(id)); // removed all the same
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The call came from within that very listener, which cannot end before the call does.
    #[error(
        "cannot wait for a listener from inside of it; it is removed, and ends when it returns"
    )]
    InsideListener,
    /// Another thread is inside the listener and waits, directly or through others, for this thread.
    #[error(
        "cannot wait for a listener that waits for this thread; it is removed, and ends when it returns"
    )]
    Deadlock,
}
