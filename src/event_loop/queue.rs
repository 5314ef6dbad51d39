//! The event queue: posted events, kept until their turn.
//!
//! Which event is next is in `lanes`; the events themselves lie in a `store` for each kind, found by
//! `stores`; what other threads post comes in by the `inlet`; room is counted by a `semaphore`; what has to go
//! for it is in `overflow`; what an event is made of is in `posted`. This file says who may come in, and how a
//! turn is taken. No user code runs under a borrow: what leaves the lanes is run, shown or dropped afterwards.

use std::cell::{Cell, RefCell, RefMut};
use std::fmt;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::time::Duration;

use super::error::PostError;
use super::id::{Cause, EventId, used_up};
use super::inlet::Inlet;
use super::journal::Journal;
use super::lanes::Lanes;
use super::overflow::{Bounds, Evicted, Evictions, Overflow};
use super::posted::{Envelope, To};
use super::queued::{PostOptions, QueuedEvent};
use super::record::Step;
use super::running::Opening;
use super::semaphore::{Permit, Semaphore};
use super::store::{Item, Store};
use super::tick::Tick;
use crate::channel::Flavour;
use crate::emitter::EventEmitter;
use crate::event::Event;
use crate::panics::both;
use crate::payload::Payload;
use crate::sync::Arc;

/// Events that wait for their turn: first come, first served, in each of three lanes.
///
/// `post` keeps the payload; [`dispatch`](Self::dispatch) lends it to the listeners of an emitter, of
/// either flavour, and drops it. An [`EventLoop`](super::EventLoop) has a queue of its own; a queue
/// alone is for those who call `dispatch` themselves, once a frame perhaps.
///
/// 1. **Order.** High lane before normal before low, unless [`fairness`](super::EventLoopBuilder::fairness)
///    lets another go first; within a lane the order of the posts, whatever their events and types.
/// 2. **Handles.** A clone is another handle to the same queue, so a listener can post to it.
/// 3. **Re-entrancy.** Every method may be called from inside a listener, and from the `Drop` of a
///    payload. No borrow is held while user code runs.
/// 4. **Payloads** are dropped once: after their dispatch, before `cancel` or `clear` returns, or with
///    the last handle.
///
/// # Complexity
/// `post`, `dispatch_one`: O(1) amortised; `cancel`: O(log n). A post that has another event dropped
/// ([`Overflow::DropOldest`]): O((k + 1) log n) amortised, for k events of timers and other threads that wait in front
/// of the oldest that may be.
///
/// A post allocates where it has a label, or its time is known: under a virtual clock, or with an
/// inspector. Else it allocates now and then, for room: where more events of its kind wait than before, or
/// more runs of one kind, which are events posted one after the other. `cancel` allocates to remember the
/// gap, and so does a post that has another event dropped. Memory grows with what waits. That of a large burst
/// is kept for the next one of its kind. It comes back when the last of a kind goes, if a quarter of it was not needed
/// since there were none, and else with the queue.
///
/// # Examples
///
/// ```
/// use oyez::{Event, local::EventEmitter};
/// use oyez::event_loop::EventQueue;
///
/// const DAMAGE: Event<u32> = Event::new("damage");
/// const SAY: Event<str> = Event::new("say");
///
/// let game = EventEmitter::new();
/// let queue = EventQueue::new();
/// let q = queue.clone();
/// game.on(DAMAGE, move |points| q.post(SAY, format!("ouch, {points}!")).map(drop));
/// game.on(SAY, |words| assert_eq!(words, "ouch, 7!"));
///
/// queue.post(DAMAGE, 7).unwrap();
/// assert_eq!(queue.dispatch(&game), 1); // what was there: the damage
/// assert_eq!(queue.dispatch(&game), 1); // the words
/// ```
pub struct EventQueue {
    core: Rc<QueueCore>,
}

pub(crate) struct QueueCore {
    /// Reached by [`lanes`](Self::lanes), but for what is next.
    waiting: RefCell<Lanes>,
    /// `None` for a queue without a loop.
    inlet: Option<Inlet>,
    bounds: Bounds,
    is_closed: Cell<bool>,
    evictions: Evictions,
    journal: Rc<Journal>,
}

impl EventQueue {
    /// Makes a queue that holds any number of events.
    #[must_use]
    pub fn new() -> Self {
        Self::alone(Bounds::default())
    }

    /// Makes a queue that holds at most `capacity` events and refuses more. 0 refuses every post.
    ///
    /// # Examples
    ///
    /// ```
    /// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
    /// let queue = oyez::event_loop::EventQueue::bounded(2);
    /// assert!(queue.post(TICK, 1).is_ok() && queue.post(TICK, 2).is_ok());
    /// assert_eq!(queue.post(TICK, 3).unwrap_err().into_payload(), 3);
    /// ```
    #[must_use]
    pub fn bounded(capacity: usize) -> Self {
        let bounds = Bounds {
            slots: Some(Arc::new(Semaphore::new(capacity))),
            ..Bounds::default()
        };
        Self::alone(bounds)
    }

    /// Makes a queue that holds at most `capacity` events, and drops the oldest for one more:
    /// [`Overflow::DropOldest`]. `on_evicted` gets what is dropped, inside of the post, when the new event is
    /// in the queue. With a capacity of 0 there is nothing to drop, and every post is refused.
    ///
    /// # Re-entrancy
    /// The hook may do anything to the queue. Its own posts evict as well, 16 deep; then they are refused.
    ///
    /// # Examples
    ///
    /// ```
    /// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
    /// let queue = oyez::event_loop::EventQueue::evicting(2, |evicted| {
    ///     assert_eq!(evicted.with(|any| any.get(TICK).copied()), Some(1));
    /// });
    /// for n in 1..=3 {
    ///     queue.post(TICK, n).unwrap();
    /// }
    /// assert_eq!(queue.len(), 2);
    /// ```
    #[must_use]
    pub fn evicting(capacity: usize, on_evicted: impl Fn(Evicted) + 'static) -> Self {
        let bounds = Bounds {
            slots: Some(Arc::new(Semaphore::new(capacity))),
            overflow: Overflow::DropOldest,
            on_evicted: Some(Box::new(on_evicted)),
        };
        Self::alone(bounds)
    }

    /// Returns how many posted events may wait; `None` is any number.
    #[must_use]
    pub fn capacity(&self) -> Option<usize> {
        let slots = self.core.bounds.slots.as_ref();
        slots.map(|slots| slots.capacity())
    }

    /// A queue without a loop.
    fn alone(bounds: Bounds) -> Self {
        let (lanes, journal) = (Lanes::new(0), Journal::unread());
        Self::of(QueueCore::new(lanes, None, bounds, journal))
    }

    /// A queue that takes nothing.
    pub(crate) fn closed() -> Self {
        let queue = Self::new();
        queue.core.close();
        queue
    }

    /// A handle to a queue.
    pub(crate) fn of(core: Rc<QueueCore>) -> Self {
        Self { core }
    }

    /// Puts an event at the end of the normal lane.
    ///
    /// `payload` is whatever can be lent as the event's payload, and owns what it needs: a `String` for
    /// an `Event<str>`, a `Vec<u8>` for an `Event<[u8]>`.
    ///
    /// # Errors
    /// [`PostError::Full`] if the queue is bounded and full; [`PostError::Closed`] if it belonged to a
    /// loop that is gone. Both give the payload back.
    ///
    /// # Panics
    /// With the panic of the hook for evicted events, of the `Drop` of an evicted payload, or of an
    /// inspector: the event is in the queue all the same. With that of the clock, which is asked first: the event
    /// is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// const SAY: oyez::Event<str> = oyez::Event::new("say");
    /// let queue = oyez::event_loop::EventQueue::new();
    /// queue.post(SAY, "a literal").unwrap();
    /// queue.post(SAY, String::from("owned")).unwrap();
    /// assert_eq!(queue.len(), 2);
    /// ```
    #[track_caller]
    pub fn post<T, P>(&self, event: Event<T>, payload: P) -> Result<EventId, PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        self.post_with(event, payload, PostOptions::new())
    }

    /// Puts an event at the end of a lane, or gives it a label: see [`PostOptions`].
    ///
    /// # Errors
    /// As [`post`](Self::post).
    ///
    /// # Panics
    /// As [`post`](Self::post).
    #[track_caller]
    pub fn post_with<T, P>(
        &self,
        event: Event<T>,
        payload: P,
        options: impl Into<PostOptions>,
    ) -> Result<EventId, PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        let options = options.into();
        self.core.post(event, payload, options, Location::caller())
    }

    /// Takes an event out of the queue and drops its payload. Returns whether it was there: `false` if
    /// it is running, has run, or was cancelled.
    ///
    /// Where it is the turn of a timer, the timer is cleared; an interval only leaves out this one tick.
    ///
    /// # Panics
    /// With the panic of the payload's `Drop`, of an inspector, or of the clock, which an interval asks for its next
    /// tick. The event is out of the queue all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
    /// let queue = oyez::event_loop::EventQueue::new();
    /// let id = queue.post(TICK, 1).unwrap();
    /// assert!(queue.cancel(id));
    /// assert!(!queue.cancel(id));
    /// ```
    pub fn cancel(&self, id: EventId) -> bool {
        self.core.cancel(id)
    }

    /// Takes everything out of the queue and drops the payloads. Returns how many events there were.
    ///
    /// A timer whose turn is among them is cleared; an interval only leaves out this one tick. That is done before
    /// the first payload is dropped.
    ///
    /// # Panics
    /// With the panic of a payload's `Drop`, of an inspector, or of the clock, which an interval asks for its next
    /// tick. Everything is out of the queue by then, and the other payloads are dropped all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
    /// let queue = oyez::event_loop::EventQueue::new();
    /// queue.post(TICK, 1).unwrap();
    /// assert_eq!(queue.clear(), 1);
    /// assert!(queue.is_empty());
    /// ```
    pub fn clear(&self) -> usize {
        let drained = self.core.lanes().drain();
        for item in &drained {
            drop(item.take_permit());
        }
        let cancelled = |item: &Item| Step::Cancelled(item.info());
        self.core
            .journal
            .write_all(|| drained.iter().map(cancelled));
        let count = drained.len();
        let is_tick = |item: &Item| item.info().timer.is_some();
        let (ticks, posted): (Vec<_>, Vec<_>) = drained.into_iter().partition(is_tick);
        // All timers are armed again or gone before the first drop that is user code, which may run the loop: an
        // inspector, which is told before, must not.
        let held: Vec<_> = ticks.into_iter().filter_map(Item::discard).collect();
        drop((held, posted));
        count
    }

    /// Returns how many events wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.core.lanes().len()
    }

    /// Returns whether no event waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns what waits, in the order of the turns if nothing comes: by lane, then in order, but for
    /// [`fairness`](super::EventLoopBuilder::fairness). A snapshot.
    ///
    /// # Complexity
    /// O(n); allocates the answer.
    #[must_use]
    pub fn events(&self) -> Vec<QueuedEvent> {
        self.core.lanes().infos()
    }

    /// Takes one event and calls its listeners. Returns which it was, or `None` if none waits.
    ///
    /// # Panics
    /// As [`emit`](EventEmitter::emit). The event is used up; the others wait.
    ///
    /// # Examples
    ///
    /// ```
    /// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
    /// let clock = oyez::EventEmitter::new();
    /// clock.on(TICK, |n| assert_eq!(*n, 1));
    ///
    /// let queue = oyez::event_loop::EventQueue::new();
    /// let id = queue.post(TICK, 1).unwrap();
    /// assert_eq!(queue.dispatch_one(&clock), Some(id));
    /// assert_eq!(queue.dispatch_one(&clock), None);
    /// ```
    pub fn dispatch_one<K: Flavour>(&self, emitter: &EventEmitter<K>) -> Option<EventId> {
        let before = self.core.lanes().next_id();
        self.core.run_one(before, To::new(emitter))
    }

    /// Takes the events that wait now, one after the other, and calls their listeners. Returns how many
    /// there were. Those that are posted meanwhile wait for the next call.
    ///
    /// # Re-entrancy
    /// From inside a listener it dispatches what then waits; the outer call finds that gone. Each
    /// returns how many it dispatched itself.
    ///
    /// # Panics
    /// As [`emit`](EventEmitter::emit). The event is used up; the others wait.
    pub fn dispatch<K: Flavour>(&self, emitter: &EventEmitter<K>) -> usize {
        let before = self.core.lanes().next_id();
        let to = To::new(emitter);
        std::iter::from_fn(|| self.core.run_one(before, to)).count()
    }
}

impl QueueCore {
    pub(crate) fn new(
        lanes: Lanes,
        inlet: Option<Inlet>,
        bounds: Bounds,
        journal: Rc<Journal>,
    ) -> Rc<Self> {
        Rc::new(Self {
            waiting: RefCell::new(lanes),
            inlet,
            bounds,
            is_closed: Cell::new(false),
            evictions: Evictions::default(),
            journal,
        })
    }

    pub(crate) fn post<T, P>(
        &self,
        event: Event<T>,
        payload: P,
        options: PostOptions,
        location: &'static Location<'static>,
    ) -> Result<EventId, PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        // May read the clock, which is user code. Whoever reads the journal has it stamped.
        let posted_at = self.journal.stamp();
        let is_plain = options.label.is_none() && posted_at.is_none();
        if !is_plain || !self.is_open_to_all() {
            return self.post_slow(event, payload, options, location, posted_at);
        }
        let cause = self.journal.running.cause.get();
        let posted = self
            .lanes()
            .post(event, options.lane, payload, location, cause);
        posted.or_else(|payload| self.post_slow(event, payload, options, location, None))
    }

    /// Whether nothing stands against a post: it is not closed and has no bound.
    #[inline]
    fn is_open_to_all(&self) -> bool {
        !self.is_closed.get() && self.bounds.slots.is_none()
    }

    /// Puts in an event that there is more to know of, or the first of its kind, or where there is a bound or
    /// a reader, or nothing can be put in any more.
    #[inline(never)]
    fn post_slow<T, P>(
        &self,
        event: Event<T>,
        payload: P,
        options: PostOptions,
        location: &'static Location<'static>,
        posted_at: Option<Duration>,
    ) -> Result<EventId, PostError<P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        if self.is_closed.get() {
            return Err(PostError::Closed(payload));
        }
        let Ok((permit, evicted)) = self.make_room() else {
            return Err(PostError::Full(payload));
        };
        let envelope = Envelope::new(payload, location, self.journal.running.cause.get())
            .with_label(options.label)
            .with_posted_at(posted_at)
            .with_permit(permit);
        let mut lanes = self.lanes();
        let id = lanes.take_id();
        lanes.post_envelope(id, event, options.lane, envelope);
        let info = self.journal.is_read().then(|| lanes.info(id)).flatten();
        drop(lanes);
        self.tell_posted(info, evicted);
        Ok(id)
    }

    /// Puts in the turn of a timer, from a store of the caller's, who tells of it, if anybody reads.
    pub(crate) fn insert_tick(
        &self,
        ticks: &Rc<Store<Tick>>,
        tick: Tick,
    ) -> (EventId, Option<QueuedEvent>) {
        let mut lanes = self.lanes();
        let id = lanes.take_id();
        lanes.post_tick(id, ticks, tick);
        (id, self.journal.is_read().then(|| lanes.info(id)).flatten())
    }

    /// Tells of a post, if anybody reads, and deals with the event that was evicted for it: also if the inspector
    /// panics.
    fn tell_posted(&self, info: Option<QueuedEvent>, evicted: Option<Item>) {
        let Some(evicted) = evicted else {
            return self.journal.write_all(|| info.map(Step::Posted));
        };
        let gone = evicted.info();
        let tell = || {
            self.journal.write_all(|| {
                info.into_iter()
                    .flat_map(|info| [Step::Evicted(gone), Step::Posted(info)])
            });
        };
        both(tell, || self.evict(evicted));
    }

    /// Hands an evicted event to the hook, or drops it.
    fn evict(&self, item: Item) {
        let _evicting = self.evictions.begin();
        // User code from here. It may do anything to the queue, which is whole.
        match &self.bounds.on_evicted {
            None => drop(item),
            Some(hook) => {
                let (id, event) = (item.id(), item.event());
                let payload = item.take_out();
                hook(Evicted::new(id, event, payload));
            }
        }
    }

    /// The lanes, with the mail that was left at the door.
    #[inline(always)]
    fn lanes(&self) -> RefMut<'_, Lanes> {
        if let Some(inlet) = self.inlet.as_ref().filter(|inlet| inlet.has_left_mail()) {
            self.take_in(inlet, None, self.waiting.borrow_mut());
        }
        self.waiting.borrow_mut()
    }

    /// Puts in what other threads have posted.
    ///
    /// # Panics
    /// If there are no ids left for it. It is dropped.
    #[cold]
    fn take_in(&self, inlet: &Inlet, posted_at: Option<Duration>, mut lanes: RefMut<'_, Lanes>) {
        let first = lanes.next_id();
        let taken = inlet.take_in(posted_at, &mut lanes);
        let infos = (self.journal.is_read()).then(|| lanes.infos_since(first));
        // All are in before the first is told of, or anything is dropped, which is user code.
        drop(lanes);
        let infos = infos.into_iter().flatten();
        self.journal.write_all(|| infos.map(Step::Posted));
        if let Err(mail) = taken {
            drop(mail);
            used_up();
        }
    }

    /// Puts in what other threads have posted, or leaves it while none of it could be next.
    pub(crate) fn take_mail(&self) {
        let Some(inlet) = &self.inlet else { return };
        // May read the clock, which is user code.
        let posted_at = self.journal.stamp();
        let lanes = self.waiting.borrow_mut();
        if posted_at.is_some() || !inlet.leave_mail(&lanes) {
            self.take_in(inlet, posted_at, lanes);
        }
    }

    /// Takes a slot for one more event; at the price of the oldest, if that is the rule.
    fn make_room(&self) -> Result<(Option<Permit>, Option<Item>), IsFull> {
        let Some(slots) = &self.bounds.slots else {
            return Ok((None, None));
        };
        if let Some(permit) = Permit::take(slots) {
            return Ok((Some(permit), None));
        }
        if self.bounds.overflow == Overflow::Refuse || self.evictions.are_too_deep() {
            return Err(IsFull);
        }
        // The slot of the oldest goes to the new one: it is not given back in between.
        let mut lanes = self.lanes();
        let id = lanes.oldest().ok_or(IsFull)?;
        let item = lanes.remove(id).ok_or(IsFull)?;
        Ok((item.take_permit(), Some(item)))
    }

    pub(crate) fn cancel(&self, id: EventId) -> bool {
        let removed = self.lanes().remove(id);
        let Some(item) = removed else {
            return false;
        };
        drop(item.take_permit());
        self.journal.write(|| Step::Cancelled(item.info()));
        // User code: the payload is dropped.
        drop(item);
        true
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes().len()
    }

    pub(crate) fn next_id(&self) -> EventId {
        self.lanes().next_id()
    }

    /// Takes the event whose turn it is, of those with ids below `before`, and hands it to `turn`.
    // By reference, since moving it first would wait for what was just written of it.
    #[inline(always)]
    pub(crate) fn take<R>(&self, before: EventId, turn: impl FnOnce(&mut Item) -> R) -> Option<R> {
        let mut item = self.waiting.borrow_mut().pop(before)?;
        if self.bounds.slots.is_some() {
            // What runs takes no room.
            drop(item.take_permit());
        }
        self.journal.write(|| Step::Taken(item.info()));
        Some(turn(&mut item))
    }

    /// Runs an event: in the turn that its first frame begins, or by hand, in no turn of its own.
    #[inline(always)]
    pub(crate) fn run(&self, item: &mut Item, to: To<'_>, opening: Option<Opening>) {
        let _cause = self.journal.running.begin(Cause::Event(item.id()), opening);
        // User code from here: listeners, then the drop of the payload.
        item.run(to);
    }

    #[inline(always)]
    fn run_one(&self, before: EventId, to: To<'_>) -> Option<EventId> {
        self.take(before, |item| {
            let id = item.id();
            self.run(item, to, None);
            id
        })
    }

    /// Takes no more events, and drops those that wait.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        let drained = self.lanes().drain();
        // User code: payloads are dropped.
        drop(drained);
    }
}

struct IsFull;

impl Clone for EventQueue {
    /// Returns another handle to the same queue.
    fn clone(&self) -> Self {
        Self {
            core: self.core.clone(),
        }
    }
}

impl Default for EventQueue {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EventQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventQueue")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

// User code runs only while the queue is whole.
impl UnwindSafe for EventQueue {}
impl RefUnwindSafe for EventQueue {}
