//! The listeners of one event as a handle.

use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};

use crate::channel::{AnyChannel, Channel, Flavour};
use crate::dispatch;
use crate::error::{EmitError, WaitError};
use crate::event::Event;
use crate::flavour::{Keeps, Moves};
use crate::hub::Hub;
use crate::id::{ListId, ListenerId, OwnerId};
use crate::listen::Listen;
use crate::listener::ListenerInfo;
use crate::outcome::Outcome;
use crate::payload::{Payload, lend};
use crate::registration;
use crate::report::{Panics, Report, Returns};
use crate::shared::Shared;
use crate::stack::Kind;
use crate::subscription::Subscription;

/// The listeners of one event as a handle: the methods of an
/// [`EventEmitter`](crate::generic::EventEmitter) without the event, and without the look-up.
///
/// [`oyez::Signal`](crate::Signal) is the thread-safe flavour,
/// [`oyez::local::Signal`](crate::local::Signal) the single-threaded one.
///
/// A signal comes from an emitter, by [`signal`](crate::generic::EventEmitter::signal), and is then a
/// strong handle to it; or it stands alone, by [`new`](Self::new) or [`named`](Self::named). Alone it
/// has the default limits, no taps and no [`meta`](crate::meta) events: a listener's error that
/// [`try_emit`](Self::try_emit) does not take makes [`emit`](Self::emit) panic.
///
/// The rules are those of the emitter.
///
/// There is no weak handle of a signal, and a listener that captures a clone of its own signal keeps both for
/// ever. Take the signal from an emitter, and let the listener capture the emitter's
/// [`downgrade`](crate::generic::EventEmitter::downgrade); or keep the signal in an `Arc` or `Rc`, and let the
/// listener capture the `Weak` of that:
///
/// ```
/// use oyez::Signal;
/// use std::sync::Arc;
///
/// let level = Arc::new(Signal::<u8>::named("level"));
/// let weak = Arc::downgrade(&level);
/// level.on(move |n| {
///     if let Some(level) = weak.upgrade().filter(|_| *n > 0) {
///         level.emit(n - 1);
///     }
/// });
/// assert_eq!(level.emit(3), 1);
///
/// let gone = Arc::downgrade(&level);
/// drop(level);
/// assert!(gone.upgrade().is_none());
/// ```
///
/// # Examples
///
/// ```
/// use oyez::Signal;
///
/// struct Volume { changed: Signal<u8> }
///
/// let volume = Volume { changed: Signal::named("changed") };
/// volume.changed.on(|level| assert!(*level <= 100));
/// assert_eq!(volume.changed.emit(70), 1);
/// ```
pub struct Signal<T: ?Sized + 'static, K: Flavour> {
    channel: K::Ptr<Channel<K, T>>,
    hub: Option<K::Ptr<Hub<K>>>,
}

impl<T: ?Sized + 'static, K: Flavour> Signal<T, K> {
    /// Makes a signal that stands alone. In errors its event is called `unnamed`.
    ///
    /// # Examples
    ///
    /// ```
    /// let changed = oyez::Signal::<u8>::new();
    /// changed.on(|level| assert_eq!(*level, 7));
    /// assert_eq!(changed.emit(7), 1);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::named("unnamed")
    }

    /// Makes a signal that stands alone, with a name for people to read.
    ///
    /// # Examples
    ///
    /// ```
    /// let changed = oyez::Signal::<u8>::named("changed");
    /// assert_eq!(changed.event().name(), "changed");
    /// ```
    #[must_use]
    pub fn named(name: &'static str) -> Self {
        let id = ListId {
            owner: OwnerId::unique(),
            number: 0,
        };
        Self {
            channel: Channel::<K, T>::new(Event::new(name), Kind::Ordinary, id),
            hub: None,
        }
    }

    pub(crate) fn of_emitter(hub: K::Ptr<Hub<K>>, channel: K::Ptr<Channel<K, T>>) -> Self {
        Self {
            channel,
            hub: Some(hub),
        }
    }

    fn hub(&self) -> Option<&Hub<K>> {
        self.hub.as_deref()
    }

    /// Returns the event whose listeners these are.
    #[must_use]
    pub fn event(&self) -> Event<T> {
        self.channel.event
    }

    /// Registers a listener. See [`EventEmitter::on`](crate::generic::EventEmitter::on).
    #[track_caller]
    pub fn on<R, F>(&self, listener: F) -> ListenerId
    where
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        self.listen().on(listener)
    }

    /// Registers a listener with mutable state of its own. See
    /// [`EventEmitter::on_mut`](crate::generic::EventEmitter::on_mut).
    #[track_caller]
    pub fn on_mut<R, F>(&self, listener: F) -> ListenerId
    where
        R: Outcome,
        F: FnMut(&T) -> R + 'static,
        K: Moves<F>,
    {
        self.listen().on_mut(listener)
    }

    /// Registers a listener for at most one call. See
    /// [`EventEmitter::once`](crate::generic::EventEmitter::once).
    #[track_caller]
    pub fn once<R, F>(&self, listener: F) -> ListenerId
    where
        R: Outcome,
        F: FnOnce(&T) -> R + 'static,
        K: Moves<F>,
    {
        self.listen().once(listener)
    }

    /// Registers a listener for at most `limit` calls. See
    /// [`EventEmitter::times`](crate::generic::EventEmitter::times).
    ///
    /// # Panics
    /// If `limit` is 0.
    #[track_caller]
    pub fn times<R, F>(&self, limit: usize, listener: F) -> ListenerId
    where
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        self.listen().times(limit).on(listener)
    }

    /// Registers a listener before all others of priority 0. See
    /// [`EventEmitter::prepend`](crate::generic::EventEmitter::prepend).
    #[track_caller]
    pub fn prepend<R, F>(&self, listener: F) -> ListenerId
    where
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        self.listen().prepend().on(listener)
    }

    /// Registers a listener before all others of priority 0, for at most one call. See
    /// [`EventEmitter::prepend_once`](crate::generic::EventEmitter::prepend_once).
    #[track_caller]
    pub fn prepend_once<R, F>(&self, listener: F) -> ListenerId
    where
        R: Outcome,
        F: FnOnce(&T) -> R + 'static,
        K: Moves<F>,
    {
        self.listen().prepend().once(listener)
    }

    /// Starts a registration with options. See
    /// [`EventEmitter::listen`](crate::generic::EventEmitter::listen).
    #[track_caller]
    #[must_use = "it registers nothing before `on`, `on_mut`, `once` or `subscribe`"]
    pub fn listen(&self) -> Listen<'_, T, K> {
        Listen::new(self.hub.as_ref(), &self.channel)
    }

    /// Registers a listener and returns a guard. See
    /// [`EventEmitter::subscribe`](crate::generic::EventEmitter::subscribe).
    #[track_caller]
    pub fn subscribe<R, F>(&self, listener: F) -> Subscription<K>
    where
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        self.listen().subscribe(listener)
    }

    /// Returns a guard for a listener that was registered in any way. See
    /// [`EventEmitter::guard`](crate::generic::EventEmitter::guard).
    pub fn guard(&self, id: ListenerId) -> Subscription<K> {
        Subscription::of_signal(self.hub.as_ref(), &self.channel, id)
    }

    /// Removes exactly that listener. Returns whether it was there: `false` if it is gone already, or
    /// listens to something else. See [`EventEmitter::off`](crate::generic::EventEmitter::off).
    pub fn off(&self, id: ListenerId) -> bool {
        registration::off_channel(self.hub(), &*self.channel, id)
    }

    /// Removes all listeners, at once. Returns how many there were. See
    /// [`EventEmitter::off_all`](crate::generic::EventEmitter::off_all).
    pub fn off_all(&self) -> usize {
        registration::off_all(self.hub(), &*self.channel)
    }

    /// The same as [`off_all`](Self::off_all): a signal has one event.
    pub fn clear(&self) -> usize {
        self.off_all()
    }

    /// Calls the listeners now, in order. Returns how many were called. See
    /// [`EventEmitter::emit`](crate::generic::EventEmitter::emit).
    ///
    /// # Re-entrancy
    /// As [`EventEmitter::emit`](crate::generic::EventEmitter::emit): what the caller holds stays held.
    ///
    /// # Panics
    /// With a listener's panic, with an error that nobody deals with, or with
    /// [`TooDeep`](crate::TooDeep).
    ///
    /// # Examples
    ///
    /// ```
    /// let changed = oyez::Signal::<str>::new();
    /// changed.on(|to| assert_eq!(to, "loud"));
    /// assert_eq!(changed.emit("loud"), 1);
    /// ```
    #[inline(always)]
    #[track_caller]
    pub fn emit<P: Payload<T>>(&self, payload: P) -> usize {
        self.dispatch::<Panics>(lend(&payload))
    }

    /// Calls the listeners now, in order, and returns their errors. See
    /// [`EventEmitter::try_emit`](crate::generic::EventEmitter::try_emit).
    ///
    /// # Errors
    /// [`EmitError::Listeners`] if any listener failed, [`EmitError::TooDeep`] if the emit was refused.
    ///
    /// # Panics
    /// With a listener's panic, under [`PanicPolicy::Propagate`](crate::PanicPolicy::Propagate).
    ///
    /// # Examples
    ///
    /// ```
    /// let port = oyez::Signal::<str>::new();
    /// port.on(|text| text.parse::<u16>().map(drop));
    /// assert!(port.try_emit("80").is_ok());
    /// assert!(port.try_emit("eighty").is_err());
    /// ```
    #[inline(always)]
    #[track_caller]
    pub fn try_emit<P: Payload<T>>(&self, payload: P) -> Result<usize, EmitError> {
        let result = self.dispatch::<Returns>(lend(&payload));
        // What is returned already would be leaked, if this panics.
        drop(payload);
        result
    }

    #[inline(always)]
    #[track_caller]
    fn dispatch<R: Report>(&self, payload: &T) -> R::Output {
        let site = Some(Location::caller());
        dispatch::emit::<R, K, T>(self.hub(), &self.channel, payload, site)
    }

    /// Returns how many listeners there are. See
    /// [`EventEmitter::listener_count`](crate::generic::EventEmitter::listener_count).
    #[must_use]
    pub fn listener_count(&self) -> usize {
        self.channel.list.len()
    }

    /// Returns whether there are any listeners.
    #[must_use]
    pub fn has_listeners(&self) -> bool {
        !self.channel.list.is_empty()
    }

    /// Returns whether this listener is still registered here. See
    /// [`EventEmitter::has_listener`](crate::generic::EventEmitter::has_listener).
    #[must_use]
    pub fn has_listener(&self, id: ListenerId) -> bool {
        self.channel.contains(id)
    }

    /// Returns what is known of the listeners, in the order in which they are called. See
    /// [`EventEmitter::listeners`](crate::generic::EventEmitter::listeners).
    #[must_use]
    pub fn listeners(&self) -> Vec<ListenerInfo> {
        self.channel.infos()
    }

    /// Returns whether two handles are to the same listeners.
    ///
    /// # Examples
    ///
    /// ```
    /// const TICK: oyez::Event<()> = oyez::Event::new("tick");
    /// let clock = oyez::EventEmitter::new();
    /// assert!(clock.signal(TICK).ptr_eq(&clock.signal(TICK)));
    /// ```
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        std::ptr::eq(&*self.channel, &*other.channel)
    }
}

impl<T: ?Sized + 'static> Signal<T, Shared> {
    /// Removes exactly that listener, and waits until no other thread is inside of it.
    ///
    /// # Errors
    /// As [`EventEmitter::off_and_wait`](crate::EventEmitter::off_and_wait).
    ///
    /// # Examples
    ///
    /// ```
    /// let frames = oyez::Signal::<[u8]>::new();
    /// let id = frames.on(|_| ());
    /// assert_eq!(frames.off_and_wait(id), Ok(true));
    /// assert_eq!(frames.off_and_wait(id), Ok(false));
    /// ```
    pub fn off_and_wait(&self, id: ListenerId) -> Result<bool, WaitError> {
        registration::off_channel_and_wait(self.hub(), &*self.channel, id)
    }
}

impl<T: ?Sized, K: Flavour> Clone for Signal<T, K> {
    /// Returns another handle to the same listeners.
    fn clone(&self) -> Self {
        Self {
            channel: self.channel.clone(),
            hub: self.hub.clone(),
        }
    }
}

impl<T: ?Sized, K: Flavour> Default for Signal<T, K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ?Sized, K: Flavour> fmt::Debug for Signal<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signal")
            .field("event", &self.event())
            .field("listener_count", &self.listener_count())
            .finish()
    }
}

// As for the emitter: user code runs only while the lists are whole.
impl<T: ?Sized, K: Flavour> UnwindSafe for Signal<T, K> {}
impl<T: ?Sized, K: Flavour> RefUnwindSafe for Signal<T, K> {}
