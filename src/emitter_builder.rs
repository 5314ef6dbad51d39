//! The settings of an emitter to be.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use crate::channel::Flavour;
use crate::config::{Config, PanicPolicy};

/// Sets limits and policies of an emitter.
///
/// It comes from [`EventEmitter::builder`](crate::generic::EventEmitter::builder); [`build`](Self::build) makes
/// the emitter. What is not set has the default.
///
/// # Examples
///
/// ```
/// use oyez::{EventEmitter, PanicPolicy};
///
/// let emitter = EventEmitter::builder()
///     .name("shop")
///     .max_listeners(100)
///     .max_depth(16)
///     .panics(PanicPolicy::Isolate)
///     .build();
/// assert_eq!(emitter.name(), Some("shop"));
/// ```
pub struct EmitterBuilder<K: Flavour> {
    pub(crate) config: Config,
    flavour: PhantomData<fn() -> K>,
}

impl<K: Flavour> EmitterBuilder<K> {
    pub(crate) fn new() -> Self {
        Self {
            config: Config::default(),
            flavour: PhantomData,
        }
    }

    /// Names the emitter, for people to read: [`name`](crate::generic::EventEmitter::name) and `Debug` show it.
    #[must_use]
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.config.name = Some(name.into());
        self
    }

    /// Sets how many listeners one event may have before
    /// [`TOO_MANY_LISTENERS`](crate::meta::TOO_MANY_LISTENERS) is emitted. Default 10; 0 is off.
    ///
    /// More are registered all the same: the limit is there to find leaks.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter, meta};
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// static TOLD: AtomicUsize = AtomicUsize::new(0);
    /// const TICK: Event<()> = Event::new("tick");
    ///
    /// let clock = EventEmitter::builder().max_listeners(1).build();
    /// clock.on(meta::TOO_MANY_LISTENERS, |_| { TOLD.fetch_add(1, Ordering::Relaxed); });
    /// (0..3).for_each(|_| { clock.on(TICK, |()| ()); });
    /// assert_eq!(TOLD.load(Ordering::Relaxed), 1);
    /// ```
    #[must_use]
    pub fn max_listeners(mut self, max: usize) -> Self {
        self.config.max_listeners = max;
        self
    }

    /// Sets how many emits may be under way on one thread, of all emitters, the new one included.
    /// Default 128.
    ///
    /// Each takes room on the thread's stack: with a much larger limit, see that the stack is larger
    /// as well.
    ///
    /// # Panics
    /// If `max` is 0, which would refuse every emit.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{EmitError, Event, EventEmitter};
    ///
    /// const TURN: Event<()> = Event::new("turn");
    /// let emitter = EventEmitter::builder().max_depth(1).build();
    /// let weak = emitter.downgrade();
    /// emitter.on(TURN, move |()| {
    ///     let nested = weak.upgrade().unwrap().try_emit(TURN, ());
    ///     assert!(matches!(nested, Err(EmitError::TooDeep(_))));
    /// });
    /// assert_eq!(emitter.emit(TURN, ()), 1);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn max_depth(mut self, max: usize) -> Self {
        assert!(
            max > 0,
            "a depth limit of 0 would refuse every emit; the least is 1"
        );
        self.config.max_depth = max;
        self
    }

    /// Sets what happens when a listener panics. Default [`PanicPolicy::Propagate`].
    #[must_use]
    pub fn panics(mut self, policy: PanicPolicy) -> Self {
        self.config.panics = Some(policy);
        self
    }

    /// Sets what happens when a listener panics, unless [`panics`](Self::panics) did.
    pub(crate) fn or_panics(mut self, policy: PanicPolicy) -> Self {
        self.config.panics.get_or_insert(policy);
        self
    }
}

impl<K: Flavour> Clone for EmitterBuilder<K> {
    fn clone(&self) -> Self {
        Self {
            config: self.config.clone(),
            flavour: self.flavour,
        }
    }
}

impl<K: Flavour> Default for EmitterBuilder<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Flavour> fmt::Debug for EmitterBuilder<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitterBuilder")
            .field("config", &self.config)
            .finish()
    }
}
