//! The emitter: names, and the listeners to each.

use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::OnceLock;

use crate::any_event::AnyEvent;
use crate::channel::{Channel, Flavour};
use crate::config::Config;
use crate::dispatch;
use crate::emitter_builder::EmitterBuilder;
use crate::error::{EmitError, WaitError};
use crate::event::Event;
use crate::flavour::{Keeps, Moves};
use crate::hub::Hub;
use crate::id::ListenerId;
use crate::listen::Listen;
use crate::listener::{ListenerInfo, Options};
use crate::outcome::Outcome;
use crate::payload::{Payload, lend};
use crate::registration;
use crate::report::{Panics, Report, Returns};
use crate::shared::Shared;
use crate::signal::Signal;
use crate::subscription::Subscription;
use crate::watch::Caller;

/// A typed event emitter: listeners are registered by event, and called when it is emitted.
///
/// [`oyez::EventEmitter`](crate::EventEmitter) is the thread-safe flavour,
/// [`oyez::local::EventEmitter`](crate::local::EventEmitter) the single-threaded one.
///
/// 1. **Order.** Higher priority first, then the order of registration. A nested emit runs to its end
///    in the middle of the outer one.
/// 2. **Audience.** It is latched when an emit starts: a listener added during the emit is not called
///    by it, one removed during the emit is not called any more.
/// 3. **Re-entrancy.** Every method may be called from inside a listener, from the `Drop` of a payload
///    or of a closure, and, in the thread-safe flavour, from another thread. No lock is held while
///    listeners run.
/// 4. **Release.** A removed closure is dropped before `off` returns. If it is running, when its calls have
///    ended; in the thread-safe flavour, if emits of its event are under way, when these have ended.
/// 5. **Errors.** What a listener returns or panics with is never swallowed.
///
/// # Handles
///
/// A clone is another handle to the same emitter, and so is a [`Signal`]; the emitter is dropped with
/// the last of them. A listener that captures a clone of its own emitter keeps both alive for ever.
/// Let it capture a [`WeakEmitter`]:
///
/// ```
/// use oyez::{Event, EventEmitter};
///
/// const PING: Event<()> = Event::new("ping");
/// const PONG: Event<()> = Event::new("pong");
///
/// let emitter = EventEmitter::new();
/// let weak = emitter.downgrade();
/// emitter.on(PING, move |()| {
///     if let Some(emitter) = weak.upgrade() {
///         emitter.emit(PONG, ());
///     }
/// });
/// assert_eq!(emitter.emit(PING, ()), 1);
/// ```
///
/// A new emitter allocates nothing and can be a `static`, in the single-threaded flavour a `thread_local!`. Not a
/// `const`: each use of that would be a new emitter.
///
/// ```
/// use oyez::{Event, EventEmitter};
///
/// static BUS: EventEmitter = EventEmitter::new();
/// const STARTED: Event<()> = Event::new("started");
///
/// BUS.on(STARTED, |()| ());
/// assert_eq!(BUS.emit(STARTED, ()), 1);
/// ```
pub struct EventEmitter<K: Flavour> {
    /// Made when it is first needed.
    hub: OnceLock<K::Ptr<Hub<K>>>,
}

impl<K: Flavour> EventEmitter<K> {
    /// Makes an emitter with the default limits. Allocates nothing.
    ///
    /// The defaults: no name, [`max_listeners`](EmitterBuilder::max_listeners) 10,
    /// [`max_depth`](EmitterBuilder::max_depth) 128, [`PanicPolicy::Propagate`](crate::PanicPolicy::Propagate).
    ///
    /// # Examples
    ///
    /// ```
    /// let emitter = oyez::EventEmitter::new();
    /// assert!(emitter.event_names().is_empty());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            hub: OnceLock::new(),
        }
    }

    /// Sets limits and policies of an emitter to be.
    ///
    /// # Examples
    ///
    /// ```
    /// let emitter = oyez::EventEmitter::builder().name("shop").max_listeners(100).build();
    /// assert_eq!(emitter.name(), Some("shop"));
    /// ```
    #[must_use]
    pub fn builder() -> EmitterBuilder<K> {
        EmitterBuilder::new()
    }

    fn hub(&self) -> &K::Ptr<Hub<K>> {
        self.hub
            .get_or_init(|| K::ptr(Hub::new(Config::default(), None)))
    }

    fn channel<T: ?Sized + 'static>(&self, event: Event<T>) -> Option<&Channel<K, T>> {
        self.hub.get()?.channel(event)
    }

    /// Returns the name that the builder gave it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.hub.get()?.config.name.as_deref()
    }

    /// Returns whether two handles are to the same emitter.
    ///
    /// # Examples
    ///
    /// ```
    /// let emitter = oyez::EventEmitter::new();
    /// assert!(emitter.ptr_eq(&emitter.clone()));
    /// assert!(!emitter.ptr_eq(&oyez::EventEmitter::new()));
    /// ```
    #[must_use]
    pub fn ptr_eq(&self, other: &Self) -> bool {
        std::ptr::eq(&**self.hub(), &**other.hub())
    }

    /// Returns a handle that does not keep the emitter alive: what its own listeners capture.
    ///
    /// # Examples
    ///
    /// ```
    /// let emitter = oyez::EventEmitter::new();
    /// let weak = emitter.downgrade();
    /// assert!(weak.upgrade().is_some_and(|same| same.ptr_eq(&emitter)));
    /// ```
    #[must_use]
    pub fn downgrade(&self) -> WeakEmitter<K> {
        WeakEmitter {
            hub: Some(K::downgrade(self.hub())),
        }
    }

    /// Registers a listener, behind those of the same priority.
    ///
    /// A closure that borrows from the function around it (E0373, E0597), or `self` from a method (E0521), has to
    /// own what it captures: see [Listeners](crate#listeners). One that changes what it has captured (E0594, E0596)
    /// goes to [`on_mut`](Self::on_mut). To change the payload, which it is lent as a `&T` (E0594 for `*n += 1`, E0596
    /// for `v.push(1)`), carry a `Cell` or a `RefCell` of it. One that is kept in a variable first has to name the type
    /// of its argument, as in `|n: &u32|`. An `Arc` of a closure is no closure: pass `move |n| f(n)`.
    ///
    /// Each call makes a listener of its own, the same closure twice two. The listener stays until it
    /// is removed; its id keeps nothing alive.
    ///
    /// # Re-entrancy
    /// From inside a listener: an emit under way does not call the new listener, one started later
    /// does. The listener itself may be re-entered by a nested emit.
    ///
    /// # Panics
    /// If a [`LISTENER_ADDED`](crate::meta::LISTENER_ADDED) or
    /// [`TOO_MANY_LISTENERS`](crate::meta::TOO_MANY_LISTENERS) listener does; it is registered all
    /// the same.
    ///
    /// # Complexity
    /// O(1) amortised. One allocation, which holds the closure; one more for a priority, a place before
    /// others, a label or a limit above 1; now and then a table.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const JOINED: Event<str> = Event::new("joined");
    /// let chat = EventEmitter::new();
    /// chat.on(JOINED, |who| println!("welcome, {who}"));
    /// assert_eq!(chat.emit(JOINED, "ada"), 1);
    /// ```
    #[track_caller]
    pub fn on<T, R, F>(&self, event: Event<T>, listener: F) -> ListenerId
    where
        T: ?Sized + 'static,
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        self.listen(event).on(listener)
    }

    /// Registers a listener with mutable state of its own.
    ///
    /// What is moved in is the listener's: `ticks` in the example stays 0 outside. See
    /// [Listeners](crate#listeners) for what is to be read there as well. It is lent a `&T`, as any listener is: to
    /// change the payload, see [`on`](Self::on).
    ///
    /// # Re-entrancy
    /// It cannot be re-entered: a nested emit that reaches it while it runs does not call it, and
    /// that is a listener error, [`ErrorKind::Reentered`](crate::ErrorKind::Reentered). Another
    /// thread waits for its turn, unless the threads would then wait for each other: `Reentered` too.
    ///
    /// # Panics
    /// As [`on`](Self::on).
    ///
    /// # Complexity
    /// As [`on`](Self::on); on one thread, a call as well. In the thread-safe flavour, on an emitter that isolates
    /// panics or is an event loop's, and with [`times`](crate::generic::Listen::times), with one more allocation, and
    /// each call passes a gate: there, and at a lock behind it, threads have one exchange each, both ways.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const TICK: Event<()> = Event::new("tick");
    /// let clock = EventEmitter::new();
    /// let mut ticks = 0;
    /// clock.on_mut(TICK, move |()| {
    ///     ticks += 1;
    ///     println!("tick {ticks}");
    /// });
    /// assert_eq!(clock.emit(TICK, ()), 1);
    /// assert_eq!(ticks, 0); // the listener counts in a copy
    /// ```
    #[track_caller]
    pub fn on_mut<T, R, F>(&self, event: Event<T>, listener: F) -> ListenerId
    where
        T: ?Sized + 'static,
        R: Outcome,
        F: FnMut(&T) -> R + 'static,
        K: Moves<F>,
    {
        self.listen(event).on_mut(listener)
    }

    /// Registers a listener that is called at most once, ever.
    ///
    /// It is removed before its body runs, and stays removed if the body fails or panics. If two
    /// threads emit at once, one of them calls it. An emit that does not reach it does not consume it.
    ///
    /// # Re-entrancy
    /// From inside its body it is gone: a nested emit does not call it, and `off` answers `false`. It
    /// may register itself again, as a new listener.
    ///
    /// # Panics
    /// As [`on`](Self::on).
    ///
    /// # Complexity
    /// As [`on`](Self::on). The call takes the list's lock for a moment.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const MESSAGE: Event<str> = Event::new("message");
    /// let chat = EventEmitter::new();
    /// chat.once(MESSAGE, |text| println!("first words: {text}"));
    /// assert_eq!(chat.emit(MESSAGE, "hi"), 1);
    /// assert_eq!(chat.emit(MESSAGE, "hi again"), 0);
    /// ```
    #[track_caller]
    pub fn once<T, R, F>(&self, event: Event<T>, listener: F) -> ListenerId
    where
        T: ?Sized + 'static,
        R: Outcome,
        F: FnOnce(&T) -> R + 'static,
        K: Moves<F>,
    {
        self.listen(event).once(listener)
    }

    /// Registers a listener that is called at most `limit` times; as [`once`](Self::once) otherwise.
    ///
    /// Range: `1 ..= usize::MAX`.
    ///
    /// # Re-entrancy
    /// A nested emit may call it, which counts as well: each call is claimed before its body runs.
    ///
    /// # Panics
    /// If `limit` is 0, and as [`on`](Self::on).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const RETRY: Event<()> = Event::new("retry");
    /// let link = EventEmitter::new();
    /// link.times(RETRY, 2, |()| ());
    /// assert_eq!([(); 3].map(|()| link.emit(RETRY, ())), [1, 1, 0]);
    /// ```
    #[track_caller]
    pub fn times<T, R, F>(&self, event: Event<T>, limit: usize, listener: F) -> ListenerId
    where
        T: ?Sized + 'static,
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        self.listen(event).times(limit).on(listener)
    }

    /// Registers a listener before all others of the same priority, 0.
    ///
    /// Of two that are prepended, the later one comes first.
    ///
    /// # Panics
    /// As [`on`](Self::on).
    ///
    /// # Complexity
    /// As [`on`](Self::on), with one more allocation; O(log p) for p priorities in use, O(p) if it is the
    /// only one prepended.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter, Flow};
    ///
    /// const KEY: Event<char> = Event::new("key");
    /// let keys = EventEmitter::new();
    /// keys.on(KEY, |_| unreachable!("the dialog took the key"));
    /// keys.prepend(KEY, |_| Flow::Stop);
    /// assert_eq!(keys.emit(KEY, 'y'), 1);
    /// ```
    #[track_caller]
    pub fn prepend<T, R, F>(&self, event: Event<T>, listener: F) -> ListenerId
    where
        T: ?Sized + 'static,
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        self.listen(event).prepend().on(listener)
    }

    /// Registers a listener before all others of priority 0, for at most one call.
    ///
    /// See [`prepend`](Self::prepend) and [`once`](Self::once).
    ///
    /// # Panics
    /// As [`on`](Self::on).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter, Flow};
    ///
    /// const KEY: Event<char> = Event::new("key");
    /// let keys = EventEmitter::new();
    /// keys.on(KEY, |_| ());
    /// keys.on(KEY, |_| ());
    /// keys.prepend_once(KEY, |_| Flow::Stop);
    /// assert_eq!((keys.emit(KEY, 'y'), keys.emit(KEY, 'n')), (1, 2));
    /// ```
    #[track_caller]
    pub fn prepend_once<T, R, F>(&self, event: Event<T>, listener: F) -> ListenerId
    where
        T: ?Sized + 'static,
        R: Outcome,
        F: FnOnce(&T) -> R + 'static,
        K: Moves<F>,
    {
        self.listen(event).prepend().once(listener)
    }

    /// Starts a registration with options: priority, label, limit, place.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const SAVE: Event<str> = Event::new("save");
    /// let editor = EventEmitter::new();
    /// editor.listen(SAVE).priority(10).label("format").on(|_path| ());
    /// assert_eq!(editor.listeners(SAVE)[0].label(), Some("format"));
    /// ```
    #[track_caller]
    #[must_use = "it registers nothing before `on`, `on_mut`, `once` or `subscribe`"]
    pub fn listen<T: ?Sized + 'static>(&self, event: Event<T>) -> Listen<'_, T, K> {
        let hub = self.hub();
        Listen::new(Some(hub), hub.channel_or_new(event))
    }

    /// Registers a listener and returns a guard: dropping the guard removes the listener.
    ///
    /// For one that is no `Fn`, [`guard`](Self::guard) what registers it: `e.guard(e.on_mut(..))`.
    ///
    /// # Panics
    /// As [`on`](Self::on).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const MOVED: Event<(i32, i32)> = Event::new("moved");
    /// let mouse = EventEmitter::new();
    /// let dragging = mouse.subscribe(MOVED, |(x, y)| println!("dragged to {x}, {y}"));
    /// assert_eq!(mouse.emit(MOVED, (1, 2)), 1);
    /// drop(dragging);
    /// assert_eq!(mouse.emit(MOVED, (3, 4)), 0);
    /// ```
    #[track_caller]
    pub fn subscribe<T, R, F>(&self, event: Event<T>, listener: F) -> Subscription<K>
    where
        T: ?Sized + 'static,
        R: Outcome,
        F: Fn(&T) -> R + 'static,
        K: Keeps<F>,
    {
        self.listen(event).subscribe(listener)
    }

    /// Returns a guard for a listener that was registered in any way, a tap included.
    ///
    /// A guard for an id that is stale, or of another emitter, does nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const CLOSED: Event<()> = Event::new("closed");
    /// let door = EventEmitter::new();
    /// drop(door.guard(door.once(CLOSED, |()| ())));
    /// assert!(!door.has_listeners(CLOSED));
    /// ```
    pub fn guard(&self, id: ListenerId) -> Subscription<K> {
        Subscription::of_emitter(self.hub(), id)
    }

    /// Removes exactly that listener. Returns whether it was there.
    ///
    /// `false` if it is already gone, or belongs to another emitter; a stale id never hits a newer
    /// listener.
    ///
    /// # Re-entrancy
    /// From inside a listener: the removed one is not called any more, in every emit under way. Other
    /// threads may still be running, or just entering, a call that they had begun: see
    /// [`off_and_wait`](crate::EventEmitter::off_and_wait). The closure is dropped before `off`
    /// returns, unless it is running; in the thread-safe flavour, unless an emit of its event is under
    /// way: then when these have ended.
    ///
    /// # Panics
    /// If a [`LISTENER_REMOVED`](crate::meta::LISTENER_REMOVED) listener or the closure's `Drop` does;
    /// it is removed all the same.
    ///
    /// # Complexity
    /// O(1) amortised; O(log p) for p priorities in use, O(log n) in a list that was much larger once. In
    /// the thread-safe flavour O(t) for t threads alive at once that have emitted, and perhaps one
    /// `membarrier`, where another thread has emitted the event since; in the single-threaded one, inside
    /// an emit, O(d) for d emits under way. See
    /// [`docs::performance`](crate::docs::performance#what-each-operation-costs) and
    /// [`docs::limitations`](crate::docs::limitations#what-costs-more-than-it-looks).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const TICK: Event<()> = Event::new("tick");
    /// let clock = EventEmitter::new();
    /// let id = clock.on(TICK, |()| ());
    /// assert!(clock.off(id));
    /// assert!(!clock.off(id));
    /// assert_eq!(clock.emit(TICK, ()), 0);
    /// ```
    pub fn off(&self, id: ListenerId) -> bool {
        self.hub.get().is_some_and(|hub| registration::off(hub, id))
    }

    /// Removes all listeners of `event`, at once. Returns how many there were.
    ///
    /// [`LISTENER_REMOVED`](crate::meta::LISTENER_REMOVED) is emitted afterwards, for each, in order.
    ///
    /// # Re-entrancy
    /// As [`off`](Self::off), for each of them.
    ///
    /// # Panics
    /// As [`off`](Self::off); none is left behind.
    ///
    /// # Complexity
    /// O(n) for n listeners, each as in [`off`](Self::off).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const TICK: Event<()> = Event::new("tick");
    /// let clock = EventEmitter::new();
    /// clock.on(TICK, |()| ());
    /// clock.once(TICK, |()| ());
    /// assert_eq!(clock.off_all(TICK), 2);
    /// ```
    pub fn off_all<T: ?Sized + 'static>(&self, event: Event<T>) -> usize {
        self.hub.get().map_or(0, |hub| {
            let channel = hub.channel(event);
            channel.map_or(0, |channel| registration::off_all(Some(hub), channel))
        })
    }

    /// Removes all listeners of all events, taps and `meta` listeners included. Returns how many
    /// there were.
    ///
    /// The [`LISTENER_REMOVED`](crate::meta::LISTENER_REMOVED) listeners hear of the others' removal
    /// when these are all gone, event by event in the order of [`event_names`](Self::event_names), and go
    /// last. Handles, ids and settings stay as they are.
    ///
    /// # Re-entrancy
    /// As [`off`](Self::off), for each of them. Other threads may add meanwhile; what they add stays.
    ///
    /// # Panics
    /// As [`off`](Self::off); none is left behind.
    ///
    /// # Complexity
    /// O(n) for n listeners, each as in [`off`](Self::off), plus O(e log e) for e events.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const TICK: Event<()> = Event::new("tick");
    /// let clock = EventEmitter::new();
    /// clock.on(TICK, |()| ());
    /// clock.on_any(|_| ());
    /// assert_eq!(clock.clear(), 2);
    /// ```
    pub fn clear(&self) -> usize {
        self.hub.get().map_or(0, |hub| registration::clear(hub))
    }

    /// Calls the listeners of `event` now, in order. Returns how many were called.
    ///
    /// With no listener the payload is dropped and the answer is 0. Taps do not count; a listener
    /// that returned an error does; one that could not be re-entered does not.
    ///
    /// Where the compiler says that the payload does not live long enough (E0597, E0716) or escapes (E0521), its
    /// type holds a reference: see [`Payload`](Payload#types-that-borrow). Where it asks for a type (E0283),
    /// name it: [an emit infers none](crate::docs::limitations#names-and-identity).
    ///
    /// # Re-entrancy
    /// From inside a listener it is a nested emit, which ends before the listener goes on.
    ///
    /// What the caller holds stays held meanwhile: a `MutexGuard` that a listener takes too is a deadlock, a borrow
    /// of a `RefCell` a panic. Let go first: `let bus = state.lock().unwrap().bus.clone(); bus.emit(..)`.
    ///
    /// # Panics
    /// * With a listener's panic, which ends the emit, under
    ///   [`PanicPolicy::Propagate`](crate::PanicPolicy::Propagate): later listeners are not called, and a `once`
    ///   among them stays.
    /// * With the first listener error that nobody deals with, after the last listener: if no one
    ///   listens to [`LISTENER_ERROR`](crate::meta::LISTENER_ERROR).
    /// * With [`TooDeep`](crate::TooDeep) if as many emits as the emitter's `max_depth` are under way
    ///   on this thread. No listener was called.
    ///
    /// # Complexity
    /// O(n + p) for n listeners and taps in p different priorities, whatever is registered for other
    /// events. No clone of the payload, no lock held, no clock read, no allocation; the few exceptions to
    /// the last are in [`docs::performance`](crate::docs::performance#what-an-emit-does).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const JOINED: Event<str> = Event::new("joined");
    /// let chat = EventEmitter::new();
    /// assert_eq!(chat.emit(JOINED, "nobody listens"), 0);
    /// chat.on(JOINED, |who| assert_eq!(who, "ada"));
    /// assert_eq!(chat.emit(JOINED, String::from("ada")), 1);
    /// ```
    #[inline]
    #[track_caller]
    pub fn emit<T, P>(&self, event: Event<T>, payload: P) -> usize
    where
        T: ?Sized + 'static,
        P: Payload<T>,
    {
        let site = Some(Location::caller());
        self.dispatch::<Panics, T>(event, lend(&payload), site)
    }

    /// As [`emit`](Self::emit), for the line `site`.
    #[track_caller]
    pub(crate) fn emit_from<T>(&self, site: Caller, event: Event<T>, payload: &T) -> usize
    where
        T: ?Sized + 'static,
    {
        self.dispatch::<Panics, T>(event, payload, site)
    }

    #[inline(always)]
    #[track_caller]
    fn dispatch<R: Report, T: ?Sized + 'static>(
        &self,
        event: Event<T>,
        payload: &T,
        site: Caller,
    ) -> R::Output {
        let Some(hub) = self.hub.get() else {
            return R::called(0);
        };
        // The event in parts, which are passed in registers.
        let (name, hash) = event.into_parts();
        dispatch_by::<R, K, T>(hub, name, hash, payload, site)
    }

    /// Calls the listeners of `event` now, in order, and returns their errors instead of telling
    /// [`LISTENER_ERROR`](crate::meta::LISTENER_ERROR).
    ///
    /// # Errors
    /// * [`EmitError::Listeners`] if any listener failed: all errors, in order. The other listeners
    ///   were called.
    /// * [`EmitError::TooDeep`] if as many emits as the emitter's `max_depth` are under way on this
    ///   thread. No listener was called.
    ///
    /// # Panics
    /// With a listener's panic, under [`PanicPolicy::Propagate`](crate::PanicPolicy::Propagate). With an error of a
    /// [`meta`](crate::meta) listener that nobody deals with: it is not one of this event.
    ///
    /// # Complexity
    /// As [`emit`](Self::emit).
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{EmitError, Event, EventEmitter};
    ///
    /// const PORT: Event<str> = Event::new("port");
    /// let config = EventEmitter::new();
    /// config.on(PORT, |text| text.parse::<u16>().map(drop));
    ///
    /// assert_eq!(config.try_emit(PORT, "80").unwrap(), 1);
    /// let Err(EmitError::Listeners(errors)) = config.try_emit(PORT, "eighty") else { panic!() };
    /// assert_eq!((errors.called(), errors.iter().count()), (1, 1));
    /// ```
    #[inline]
    #[track_caller]
    pub fn try_emit<T, P>(&self, event: Event<T>, payload: P) -> Result<usize, EmitError>
    where
        T: ?Sized + 'static,
        P: Payload<T>,
    {
        let site = Some(Location::caller());
        let result = self.dispatch::<Returns, T>(event, lend(&payload), site);
        // What is returned already would be leaked, if this panics.
        drop(payload);
        result
    }

    /// Returns the listeners of `event` as a handle, which spares each emit the look-up.
    ///
    /// The handle keeps the emitter alive.
    ///
    /// # Complexity
    /// O(1) expected. The first handle or listener of an event allocates its list, which stays until the
    /// emitter goes.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const TICK: Event<u64> = Event::new("tick");
    /// let clock = EventEmitter::new();
    /// clock.on(TICK, |n| assert!(*n < 3));
    ///
    /// let tick = clock.signal(TICK);
    /// for n in 0..3 {
    ///     assert_eq!(tick.emit(n), 1);
    /// }
    /// ```
    #[must_use]
    pub fn signal<T: ?Sized + 'static>(&self, event: Event<T>) -> Signal<T, K> {
        let hub = self.hub();
        Signal::of_emitter(hub.clone(), hub.channel_or_new(event).handle())
    }

    /// Registers a tap: a listener that sees every event of the emitter, before its own listeners.
    ///
    /// A tap never counts in the result of an emit and cannot stop one; it may fail like any
    /// listener. It sees emits through [`Signal`] handles, nested ones, and those that nobody listens
    /// to, but not the emitter's [`meta`](crate::meta) events.
    ///
    /// # Re-entrancy
    /// As [`on`](Self::on). A tap that emits is called by what it emits: name the event first. An emit
    /// that only taps would see is passed over when `max_depth` is reached.
    ///
    /// # Errors
    /// What a tap returns goes the way of all listener errors.
    ///
    /// # Complexity
    /// O(1) amortised. Every emit of the emitter calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{AnyEvent, Event, EventEmitter};
    ///
    /// const JOINED: Event<str> = Event::new("joined");
    /// let chat = EventEmitter::new();
    /// chat.on_any(|any: &AnyEvent| {
    ///     assert_eq!(any.name(), "joined");
    ///     assert_eq!(any.get(JOINED), Some("ada"));
    /// });
    /// assert_eq!(chat.emit(JOINED, "ada"), 0);
    /// ```
    #[track_caller]
    pub fn on_any<R, F>(&self, tap: F) -> ListenerId
    where
        R: Outcome,
        F: Fn(&AnyEvent<'_>) -> R + 'static,
        K: Keeps<F>,
    {
        let options = Options::at(Location::caller());
        registration::add_tap(self.hub(), options, K::keep_tap(tap))
    }

    /// Returns how many listeners `event` has.
    ///
    /// Taps do not count. With other threads at work it may be out of date when it returns.
    ///
    /// # Complexity
    /// O(1) expected; no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const TICK: Event<()> = Event::new("tick");
    /// let clock = EventEmitter::new();
    /// clock.on(TICK, |()| ());
    /// assert_eq!(clock.listener_count(TICK), 1);
    /// ```
    #[must_use]
    pub fn listener_count<T: ?Sized + 'static>(&self, event: Event<T>) -> usize {
        self.channel(event).map_or(0, |channel| channel.list.len())
    }

    /// Returns whether `event` has any listeners. Spares building a payload that nobody wants.
    ///
    /// As [`listener_count`](Self::listener_count) otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const REPORT: Event<str> = Event::new("report");
    /// let server = EventEmitter::new();
    /// if server.has_listeners(REPORT) {
    ///     unreachable!("a costly report");
    /// }
    /// ```
    #[must_use]
    pub fn has_listeners<T: ?Sized + 'static>(&self, event: Event<T>) -> bool {
        self.listener_count(event) > 0
    }

    /// Returns whether this listener, of whatever event, is still registered here.
    ///
    /// # Complexity
    /// O(1), O(log n) in a list that was much larger once; under the list's lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const TICK: Event<()> = Event::new("tick");
    /// let clock = EventEmitter::new();
    /// let id = clock.once(TICK, |()| ());
    /// assert!(clock.has_listener(id));
    /// clock.emit(TICK, ());
    /// assert!(!clock.has_listener(id));
    /// ```
    #[must_use]
    pub fn has_listener(&self, id: ListenerId) -> bool {
        self.hub.get().is_some_and(|hub| registration::has(hub, id))
    }

    /// Returns what is known of the listeners of `event`, in the order in which they are called.
    ///
    /// It is a snapshot: what comes and goes later does not change it.
    ///
    /// # Complexity
    /// O(n), under the list's lock; allocates the answer.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const TICK: Event<()> = Event::new("tick");
    /// let clock = EventEmitter::new();
    /// clock.times(TICK, 3, |()| ());
    /// let listener = clock.listeners(TICK)[0];
    /// assert_eq!(listener.remaining(), Some(3));
    /// assert_eq!(listener.location().file(), file!());
    /// ```
    #[must_use]
    pub fn listeners<T: ?Sized + 'static>(&self, event: Event<T>) -> Vec<ListenerInfo> {
        self.channel(event).map_or_else(Vec::new, Channel::infos)
    }

    /// Returns the names of the events that have listeners, each once, whatever its types, in the
    /// order in which they got their first.
    ///
    /// Events of [`meta`](crate::meta) are among them; taps have no name.
    ///
    /// # Complexity
    /// O(e log e) for e events that ever had a listener or a handle; allocates the answer.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const OPENED: Event<()> = Event::new("opened");
    /// const CLOSED: Event<()> = Event::new("closed");
    /// let door = EventEmitter::new();
    /// door.on(OPENED, |()| ());
    /// let closed = door.on(CLOSED, |()| ());
    /// assert_eq!(door.event_names(), ["opened", "closed"]);
    /// door.off(closed);
    /// assert_eq!(door.event_names(), ["opened"]);
    /// ```
    #[must_use]
    pub fn event_names(&self) -> Vec<&'static str> {
        self.hub
            .get()
            .map_or_else(Vec::new, |hub| hub.event_names())
    }
}

impl EventEmitter<Shared> {
    /// Removes exactly that listener, and waits until no other thread is inside of it.
    ///
    /// Returns whether it was there to be removed. It is removed for everybody at once, before the
    /// wait, and stays so if the wait is refused. If somebody else has removed it, it waits all the
    /// same.
    ///
    /// It waits for the listener. The closure is dropped as [`off`](Self::off) says: if an emit of the
    /// event is busy with other listeners, when that ends.
    ///
    /// # Errors
    /// * [`WaitError::InsideListener`] from within that listener, nested emits included.
    /// * [`WaitError::Deadlock`] if a thread inside of it waits for this one, directly or through
    ///   others, in an `off_and_wait` or for an `on_mut` listener.
    ///
    /// Both at once, without waiting. Locks of your own are yours: do not hold one that the listener
    /// takes.
    ///
    /// # Panics
    /// As [`off`](Self::off); it has not waited then.
    ///
    /// # Complexity
    /// As [`off`](Self::off), and a fence on the processors that run the program's other threads. See
    /// [`docs::limitations`](crate::docs::limitations#platforms) for systems without one.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::{Event, EventEmitter};
    ///
    /// const FRAME: Event<[u8]> = Event::new("frame");
    /// let camera = EventEmitter::new();
    /// let id = camera.on(FRAME, |_| ());
    /// assert_eq!(camera.off_and_wait(id), Ok(true));
    /// // Whatever the listener used can go now.
    /// ```
    pub fn off_and_wait(&self, id: ListenerId) -> Result<bool, WaitError> {
        self.hub
            .get()
            .map_or(Ok(false), |hub| registration::off_and_wait(hub, id))
    }
}

/// Calls the listeners of the event with this name and hash.
// One for each type of payload, not one for each call.
#[inline(never)]
#[track_caller]
fn dispatch_by<R: Report, K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    name: &'static str,
    hash: u64,
    payload: &T,
    site: Caller,
) -> R::Output {
    match hub.channel_at_once(Event::from_parts(name, hash)) {
        Some(channel) => dispatch::emit::<R, K, T>(Some(hub), channel, payload, site),
        None => dispatch_by_probing::<R, K, T>(hub, name, hash, payload, site),
    }
}

/// The same, of an event that is not found at the first look.
#[inline(never)]
#[track_caller]
fn dispatch_by_probing<R: Report, K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    name: &'static str,
    hash: u64,
    payload: &T,
    site: Caller,
) -> R::Output {
    let event = Event::from_parts(name, hash);
    match hub.channel(event) {
        Some(channel) => dispatch::emit::<R, K, T>(Some(hub), channel, payload, site),
        None => dispatch::emit_unknown::<R, K, T>(hub, event, payload, site),
    }
}

impl<K: Flavour> Clone for EventEmitter<K> {
    /// Returns another handle to the same emitter.
    fn clone(&self) -> Self {
        Self {
            hub: OnceLock::from(self.hub().clone()),
        }
    }
}

impl<K: Flavour> Default for EventEmitter<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Flavour> fmt::Debug for EventEmitter<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventEmitter")
            .field("name", &self.name())
            .field("event_names", &self.event_names())
            .finish()
    }
}

// User code runs only while the emitter is whole, so a panic leaves nothing half done.
impl<K: Flavour> UnwindSafe for EventEmitter<K> {}
impl<K: Flavour> RefUnwindSafe for EventEmitter<K> {}

/// A handle to an emitter that does not keep it alive.
///
/// # Examples
///
/// ```
/// let emitter = oyez::EventEmitter::new();
/// let weak = emitter.downgrade();
/// assert!(weak.upgrade().is_some());
/// drop(emitter);
/// assert!(weak.upgrade().is_none());
/// ```
pub struct WeakEmitter<K: Flavour> {
    hub: Option<K::Weak<Hub<K>>>,
}

impl<K: Flavour> WeakEmitter<K> {
    /// Makes a handle to no emitter, for a field that gets its handle later.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(oyez::WeakEmitter::new().upgrade().is_none());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self { hub: None }
    }

    /// Returns the emitter, if it is still there.
    #[must_use]
    pub fn upgrade(&self) -> Option<EventEmitter<K>> {
        let hub = K::upgrade(self.hub.as_ref()?)?;
        Some(EventEmitter {
            hub: OnceLock::from(hub),
        })
    }
}

impl<K: Flavour> Clone for WeakEmitter<K> {
    fn clone(&self) -> Self {
        Self {
            hub: self.hub.clone(),
        }
    }
}

impl<K: Flavour> Default for WeakEmitter<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Flavour> fmt::Debug for WeakEmitter<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakEmitter").finish_non_exhaustive()
    }
}

impl<K: Flavour> UnwindSafe for WeakEmitter<K> {}
impl<K: Flavour> RefUnwindSafe for WeakEmitter<K> {}

// What is built is the emitter's to know.
impl<K: Flavour> EmitterBuilder<K> {
    /// Makes the emitter.
    #[must_use]
    pub fn build(self) -> EventEmitter<K> {
        self.build_for(None)
    }

    /// Makes the emitter, in sight of a watcher.
    pub(crate) fn build_for(self, watcher: Option<K::Watcher>) -> EventEmitter<K> {
        EventEmitter {
            hub: OnceLock::from(K::ptr(Hub::new(self.config, watcher))),
        }
    }
}
