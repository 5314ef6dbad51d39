//! Guards: a listener for as long as a value lives.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};

use crate::channel::{AnyChannel, Channel, Flavour};
use crate::hub::Hub;
use crate::id::ListenerId;
use crate::panics::Thrown;
use crate::registration;

/// A guard that removes its listener when dropped.
///
/// It keeps neither the listener nor the emitter alive; when they are gone, dropping it does nothing.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter};
///
/// const MOVED: Event<(i32, i32)> = Event::new("moved");
/// let mouse = EventEmitter::new();
/// let subscription = mouse.subscribe(MOVED, |_| ());
/// let kept = subscription.detach();
/// assert!(mouse.has_listener(kept));
/// ```
#[must_use = "dropping it removes the listener at once: keep it, or `detach` the listener from it"]
pub struct Subscription<K: Flavour> {
    id: ListenerId,
    source: Source<K>,
}

/// Where the listener is to be removed from.
enum Source<K: Flavour> {
    Emitter(K::Weak<Hub<K>>),
    Signal(K::Weak<K::AnyChannel>),
    /// It is removed, or not to be removed any more.
    None,
}

impl<K: Flavour> Subscription<K> {
    pub(crate) fn of_emitter(hub: &K::Ptr<Hub<K>>, id: ListenerId) -> Self {
        Self {
            id,
            source: Source::Emitter(K::downgrade(hub)),
        }
    }

    pub(crate) fn of_signal<T: ?Sized + 'static>(
        hub: Option<&K::Ptr<Hub<K>>>,
        channel: &Channel<K, T>,
        id: ListenerId,
    ) -> Self {
        let source = match hub {
            // An id of another event is none of the signal's.
            _ if id.list() != channel.list.id() => Source::None,
            Some(hub) => Source::Emitter(K::downgrade(hub)),
            None => Source::Signal(K::downgrade(&K::erase(channel.handle()))),
        };
        Self { id, source }
    }

    /// Returns the listener's id.
    #[must_use]
    pub fn id(&self) -> ListenerId {
        self.id
    }

    /// Lets the listener stay and returns its id.
    ///
    /// # Examples
    ///
    /// ```
    /// let tick = oyez::Signal::<()>::new();
    /// let id = tick.subscribe(|()| ()).detach();
    /// assert!(tick.has_listener(id));
    /// ```
    pub fn detach(mut self) -> ListenerId {
        self.source = Source::None;
        self.id
    }

    /// Removes the listener now. Returns whether it was still there.
    ///
    /// # Re-entrancy
    /// As [`off`](crate::generic::EventEmitter::off); so is dropping.
    ///
    /// # Panics
    /// As [`off`](crate::generic::EventEmitter::off).
    ///
    /// # Examples
    ///
    /// ```
    /// let tick = oyez::Signal::<()>::new();
    /// assert!(tick.subscribe(|()| ()).unsubscribe());
    /// let (gone, id) = { let s = tick.subscribe(|()| ()); let id = s.id(); (s, id) };
    /// tick.off(id);
    /// assert!(!gone.unsubscribe());
    /// ```
    pub fn unsubscribe(mut self) -> bool {
        self.off()
    }

    fn off(&mut self) -> bool {
        match std::mem::replace(&mut self.source, Source::None) {
            Source::Emitter(hub) => {
                K::upgrade(&hub).is_some_and(|hub| registration::off(&hub, self.id))
            }
            Source::Signal(channel) => {
                K::upgrade(&channel).is_some_and(|channel| channel.remove(self.id))
            }
            Source::None => false,
        }
    }
}

impl<K: Flavour> Drop for Subscription<K> {
    fn drop(&mut self) {
        self.off();
    }
}

impl<K: Flavour> fmt::Debug for Subscription<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl<K: Flavour> UnwindSafe for Subscription<K> {}
impl<K: Flavour> RefUnwindSafe for Subscription<K> {}

/// A bag of [`Subscription`]s: removes all their listeners when dropped.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter, Subscriptions};
///
/// const OPENED: Event<str> = Event::new("opened");
/// const CLOSED: Event<str> = Event::new("closed");
///
/// struct Widget { _subscriptions: Subscriptions }
///
/// let window = EventEmitter::new();
/// let mut subscriptions = Subscriptions::new();
/// subscriptions.add(window.subscribe(OPENED, |_| ()));
/// subscriptions.add(window.subscribe(CLOSED, |_| ()));
///
/// let widget = Widget { _subscriptions: subscriptions };
/// drop(widget);
/// assert!(window.event_names().is_empty());
/// ```
#[must_use = "dropping it removes the listeners at once"]
pub struct Subscriptions<K: Flavour> {
    subscriptions: Vec<Subscription<K>>,
}

impl<K: Flavour> Subscriptions<K> {
    /// Makes an empty bag.
    pub const fn new() -> Self {
        Self {
            subscriptions: Vec::new(),
        }
    }

    /// Puts a subscription into the bag.
    pub fn add(&mut self, subscription: Subscription<K>) {
        self.subscriptions.push(subscription);
    }

    /// Returns how many subscriptions are in the bag, those of listeners gone by now included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.subscriptions.len()
    }

    /// Returns whether the bag is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.subscriptions.is_empty()
    }

    /// Removes all the listeners, in the order in which they were put in. The bag is empty then, and can
    /// be filled again.
    ///
    /// # Panics
    /// With the first panic of a [`LISTENER_REMOVED`](crate::meta::LISTENER_REMOVED) listener, or of a closure
    /// that is dropped. All the listeners are removed by then.
    ///
    /// # Examples
    ///
    /// ```
    /// let tick = oyez::Signal::<()>::new();
    /// let mut bag = oyez::Subscriptions::new();
    /// bag.add(tick.subscribe(|()| ()));
    /// bag.clear();
    /// assert!(bag.is_empty() && !tick.has_listeners());
    /// ```
    pub fn clear(&mut self) {
        let mut thrown = Thrown::NOTHING;
        // Out of `self` first: what is dropped is user code.
        for subscription in std::mem::take(&mut self.subscriptions) {
            let now = Thrown::by(|| drop(subscription));
            if !thrown.is_something() {
                thrown = now;
            }
        }
        thrown.go_on();
    }

    /// Lets all the listeners stay and returns their ids.
    ///
    /// # Examples
    ///
    /// ```
    /// let tick = oyez::Signal::<()>::new();
    /// let bag: oyez::Subscriptions = (0..2).map(|_| tick.subscribe(|()| ())).collect();
    /// assert_eq!(bag.detach().len(), 2);
    /// assert_eq!(tick.listener_count(), 2);
    /// ```
    ///
    /// To remove them all and wait until no thread is inside of any, as before a plug-in is unloaded:
    ///
    /// ```
    /// let tick = oyez::Signal::<()>::new();
    /// let bag: oyez::Subscriptions = (0..2).map(|_| tick.subscribe(|()| ())).collect();
    /// for id in bag.detach() {
    ///     assert_eq!(tick.off_and_wait(id), Ok(true));
    /// }
    /// ```
    pub fn detach(mut self) -> Vec<ListenerId> {
        let subscriptions = std::mem::take(&mut self.subscriptions);
        subscriptions
            .into_iter()
            .map(Subscription::detach)
            .collect()
    }
}

impl<K: Flavour> Drop for Subscriptions<K> {
    fn drop(&mut self) {
        self.clear();
    }
}

impl<K: Flavour> Default for Subscriptions<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Flavour> Extend<Subscription<K>> for Subscriptions<K> {
    fn extend<I: IntoIterator<Item = Subscription<K>>>(&mut self, subscriptions: I) {
        self.subscriptions.extend(subscriptions);
    }
}

impl<K: Flavour> FromIterator<Subscription<K>> for Subscriptions<K> {
    fn from_iter<I: IntoIterator<Item = Subscription<K>>>(subscriptions: I) -> Self {
        Self {
            subscriptions: subscriptions.into_iter().collect(),
        }
    }
}

impl<K: Flavour> fmt::Debug for Subscriptions<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.subscriptions).finish()
    }
}

impl<K: Flavour> UnwindSafe for Subscriptions<K> {}
impl<K: Flavour> RefUnwindSafe for Subscriptions<K> {}
