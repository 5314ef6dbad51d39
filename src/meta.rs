//! The emitter's events about itself.
//!
//! They are listened to like any other event, cost nothing while nobody does, and are not seen by
//! taps. Adding and removing a listener *of these* events, or a tap, emits none of them.
//!
//! # Examples
//!
//! ```
//! use oyez::{Event, EventEmitter, meta};
//!
//! const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::new();
//! shop.on(meta::LISTENER_ERROR, |error| eprintln!("{error}"));
//! shop.on(ORDER, |_| -> oyez::Result { Err("sold out".into()) });
//! assert_eq!(shop.emit(ORDER, "tea"), 1);
//! ```

use std::any::TypeId;
use std::panic::Location;

use crate::error::ListenerError;
use crate::event::Event;
use crate::listener::ListenerInfo;
use crate::tally::tally;

/// A listener was added. Emitted after the fact.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter, meta};
///
/// const TICK: Event<()> = Event::new("tick");
/// let clock = EventEmitter::new();
/// clock.on(meta::LISTENER_ADDED, |info| assert_eq!(info.event(), "tick"));
/// clock.on(TICK, |()| ());
/// ```
pub const LISTENER_ADDED: Event<ListenerInfo> = Event::new("oyez::listener_added");

/// A listener was removed, by whomever. Emitted after the fact; for the last call of a `once` or `times`
/// listener, before its body runs.
///
/// It is not emitted for listeners that go with their emitter.
pub const LISTENER_REMOVED: Event<ListenerInfo> = Event::new("oyez::listener_removed");

/// A listener failed. Emitted at once, before the next listener is called; with nobody listening here,
/// `emit` panics in the end.
pub const LISTENER_ERROR: Event<ListenerError> = Event::new("oyez::listener_error");

/// An event got more listeners than `max_listeners`: often a registration that is never removed.
/// Emitted when the limit is passed, once, and again after the count was back at the limit or below.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter, meta};
///
/// const TICK: Event<()> = Event::new("tick");
/// let clock = EventEmitter::new(); // `max_listeners` is 10
/// clock.on(meta::TOO_MANY_LISTENERS, |news| {
///     assert_eq!((news.event(), news.count(), news.max()), ("tick", 11, 10));
///     assert_eq!(news.sites()[0].count(), 11); // all of them from one line
/// });
/// (0..13).for_each(|_| { clock.on(TICK, |()| ()); });
/// ```
pub const TOO_MANY_LISTENERS: Event<TooManyListeners> = Event::new("oyez::too_many_listeners");

/// An event was emitted that nobody listens to; taps do not count.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter, meta};
///
/// const TYPO: Event<str> = Event::new("mesage");
/// let chat = EventEmitter::new();
/// chat.on(meta::UNHANDLED, |news| assert_eq!(news.event(), "mesage"));
/// assert_eq!(chat.emit(TYPO, "hi"), 0);
/// ```
pub const UNHANDLED: Event<Unhandled> = Event::new("oyez::unhandled");

/// The payload of [`TOO_MANY_LISTENERS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooManyListeners {
    event: &'static str,
    count: usize,
    max: usize,
    sites: Vec<Site>,
}

impl TooManyListeners {
    pub(crate) fn new(
        event: &'static str,
        count: usize,
        max: usize,
        listeners: &[ListenerInfo],
    ) -> Self {
        Self {
            event,
            count,
            max,
            sites: Site::tally(listeners),
        }
    }

    /// Returns the name of the event.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Returns the number of listeners that there were when the limit was passed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns the limit, `max_listeners`.
    #[must_use]
    pub fn max(&self) -> usize {
        self.max
    }

    /// Returns where they were registered, the most frequent line first.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }
}

/// A line of source, and how many of the listeners of [`TooManyListeners`] were registered there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    location: &'static Location<'static>,
    count: usize,
}

impl Site {
    /// Returns the line of source.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// Returns how many of the listeners it registered.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    fn tally(listeners: &[ListenerInfo]) -> Vec<Self> {
        let lines = tally(listeners.iter().map(ListenerInfo::location));
        let site = |(location, count)| Self { location, count };
        lines.into_iter().map(site).collect()
    }
}

/// The payload of [`UNHANDLED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unhandled {
    event: &'static str,
    type_name: &'static str,
}

impl Unhandled {
    pub(crate) fn new<T: ?Sized>(event: &'static str) -> Self {
        Self {
            event,
            type_name: std::any::type_name::<T>(),
        }
    }

    /// Returns the name of the event.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Returns the name of its payload's type, for people to read: the same name may be listened to
    /// with another type.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }
}

/// Whether `event` is one of this module's.
pub(crate) fn is_meta<T: ?Sized + 'static>(event: Event<T>) -> bool {
    fn same<T: ?Sized + 'static, M: 'static>(event: Event<T>, meta: Event<M>) -> bool {
        TypeId::of::<T>() == TypeId::of::<M>() && event.name() == meta.name()
    }
    same(event, LISTENER_ADDED)
        || same(event, LISTENER_REMOVED)
        || same(event, LISTENER_ERROR)
        || same(event, TOO_MANY_LISTENERS)
        || same(event, UNHANDLED)
}
