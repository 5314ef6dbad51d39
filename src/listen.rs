//! A registration in the making: the options, then the closure.

use std::fmt;
use std::panic::Location;

use crate::channel::{Channel, Flavour};
use crate::flavour::{Keeps, Moves};
use crate::hub::Hub;
use crate::id::ListenerId;
use crate::list::NodeSeed;
use crate::listener::{End, Options};
use crate::outcome::Outcome;
use crate::registration;
use crate::subscription::Subscription;

/// Registers a listener with options: what `listen(event)` returns.
///
/// It registers nothing before one of [`on`](Self::on), [`on_mut`](Self::on_mut),
/// [`once`](Self::once) and [`subscribe`](Self::subscribe).
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter};
///
/// const SAVE: Event<str> = Event::new("save");
/// let editor = EventEmitter::new();
///
/// let trace = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
/// let log = |step| {
///     let trace = trace.clone();
///     move |_: &str| trace.lock().unwrap().push(step)
/// };
/// editor.listen(SAVE).on(log("write"));
/// editor.listen(SAVE).priority(10).label("format").on(log("format"));
/// editor.listen(SAVE).priority(-10).times(1).on(log("notify"));
///
/// editor.emit(SAVE, "main.rs");
/// assert_eq!(*trace.lock().unwrap(), ["format", "write", "notify"]);
/// ```
#[must_use = "it registers nothing before `on`, `on_mut`, `once` or `subscribe`"]
pub struct Listen<'a, T: ?Sized + 'static, K: Flavour> {
    hub: Option<&'a K::Ptr<Hub<K>>>,
    channel: &'a Channel<K, T>,
    options: Options,
}

impl<'a, T: ?Sized + 'static, K: Flavour> Listen<'a, T, K> {
    #[inline]
    #[track_caller]
    pub(crate) fn new(hub: Option<&'a K::Ptr<Hub<K>>>, channel: &'a Channel<K, T>) -> Self {
        Self {
            hub,
            channel,
            options: Options::at(Location::caller()),
        }
    }

    /// Sets the priority: higher is called first. Default 0.
    ///
    /// Range: all of `i32`. Few different ones are cheap, many are not: see
    /// [`docs::limitations`](crate::docs::limitations#what-costs-more-than-it-looks).
    pub fn priority(mut self, priority: i32) -> Self {
        self.options.priority = priority;
        self
    }

    /// Sets a label, which errors and [`ListenerInfo`](crate::ListenerInfo) show: most often a literal.
    pub fn label(mut self, label: &'static str) -> Self {
        self.options.label = Some(label);
        self
    }

    /// Limits the number of calls. With the last one, before its body, the listener is removed.
    ///
    /// Range: `1 ..= usize::MAX`.
    ///
    /// # Panics
    /// If `limit` is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// let tick = oyez::Signal::<()>::new();
    /// tick.listen().times(2).on(|()| ());
    /// assert_eq!([tick.emit(()), tick.emit(()), tick.emit(())], [1, 1, 0]);
    /// ```
    #[track_caller]
    pub fn times(mut self, limit: usize) -> Self {
        assert!(
            limit > 0,
            "a listener for 0 calls would never be called; the least is 1"
        );
        self.options.limit = Some(limit);
        self
    }

    /// Puts the listener before those of the same priority instead of behind them.
    ///
    /// # Examples
    ///
    /// ```
    /// let tick = oyez::Signal::<()>::new();
    /// tick.listen().priority(5).label("second").on(|()| ());
    /// tick.listen().priority(5).label("first").prepend().on(|()| ());
    /// assert_eq!(tick.listeners()[0].label(), Some("first"));
    /// ```
    pub fn prepend(mut self) -> Self {
        self.options.end = End::Front;
        self
    }

    /// Registers a listener. See [`EventEmitter::on`](crate::generic::EventEmitter::on).
    #[inline]
    #[track_caller]
    pub fn on<R, F>(self, listener: F) -> ListenerId
    where
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        self.add(None, K::keep(listener))
    }

    /// Registers a listener with mutable state of its own. See
    /// [`EventEmitter::on_mut`](crate::generic::EventEmitter::on_mut).
    ///
    /// A call that is refused because the listener is still running does not count against
    /// [`times`](Self::times).
    ///
    /// # Examples
    ///
    /// ```
    /// let tick = oyez::Signal::<()>::new();
    /// let mut left = 2;
    /// tick.listen().times(2).on_mut(move |()| left -= 1);
    /// assert_eq!(tick.listeners()[0].remaining(), Some(2));
    /// ```
    #[inline]
    #[track_caller]
    pub fn on_mut<R, F>(self, listener: F) -> ListenerId
    where
        R: Outcome,
        F: FnMut(&T) -> R + 'static,
        K: Moves<F>,
    {
        self.add(Some(K::Gate::default()), K::keep_mut(listener))
    }

    /// Registers a listener for at most one call, whatever [`times`](Self::times) said. See
    /// [`EventEmitter::once`](crate::generic::EventEmitter::once).
    #[inline]
    #[track_caller]
    pub fn once<R, F>(mut self, listener: F) -> ListenerId
    where
        R: Outcome,
        F: FnOnce(&T) -> R + 'static,
        K: Moves<F>,
    {
        self.options.limit = Some(1);
        self.add(None, K::keep_once(listener))
    }

    /// Registers a listener and returns a guard. See
    /// [`EventEmitter::subscribe`](crate::generic::EventEmitter::subscribe).
    #[track_caller]
    pub fn subscribe<R, F>(self, listener: F) -> Subscription<K>
    where
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        let (hub, channel) = (self.hub, self.channel);
        let id = self.on(listener);
        Subscription::of_signal(hub, channel, id)
    }

    // The node is made where the options are known, so that most often they cost nothing.
    #[inline(always)]
    fn add(self, gate: Option<K::Gate>, seed: NodeSeed<K, K::Listener<T>>) -> ListenerId {
        let hub = self.hub.map(|hub| &**hub);
        let node = registration::plant(hub, self.options, gate, seed);
        let added = registration::add(hub, self.channel, node);
        added.id(self.channel.list.id())
    }
}

impl<T: ?Sized, K: Flavour> fmt::Debug for Listen<'_, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listen")
            .field("event", &self.channel.event)
            .field("options", &self.options)
            .finish()
    }
}
