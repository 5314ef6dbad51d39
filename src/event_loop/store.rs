//! Where events of one kind lie until their turn, so that a post allocates nothing of its own.
//!
//! # Data structure
//!
//! A [`Store`] is a ring of events by their ids, oldest first. Most leave it at the front, since the queue
//! is first come, first served. One that leaves from behind others leaves a gap, until that comes to the
//! front, or until gaps outnumber events and the ring is packed. A queue holds ids and stores, in the
//! order of the turns. What leaves the queue becomes an [`Item`], which owns what lies there. A ring that
//! became large is kept for the next burst, since memory that is new to a process costs more than what is put there. It
//! is given back when it is empty, and has not held a quarter of what it could since it last was.
//!
//! Besides the store of its kind there are others, for a time: many events of one kind that come from
//! another thread together stay in the ring in which they came.
//!
//! # Invariants
//!
//! 1. *An event is in its store as long as its id waits or its item lives*, and ids ascend from the
//!    front to the back: they are found by binary search.
//! 2. *The ring is never borrowed while user code runs*: what leaves is moved out first.
//! 3. *What lies in a store has its turn, is taken out, or is discarded*, once: by its item, at the
//!    latest when that is dropped.

use std::any::Any;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::mem;
use std::rc::Rc;

use super::id::EventId;
use super::posted::{Posted, To};
use super::queued::{Lane, QueuedEvent};
use super::semaphore::Permit;
use crate::any_event::AnyEvent;

/// Rings that became larger than this are given back when they are not needed. In bytes.
const KEPT: usize = 64 * 1024;

/// A ring is packed when it has this many gaps more than events.
const GAPS: usize = 32;

/// The id of an item whose event is gone. No event has it.
const GONE: EventId = EventId(u64::MAX);

/// What cannot be, by the first invariant.
const LOST: &str = "an event is in its store as long as its item lives";

/// Events of one kind.
pub(crate) struct Store<E: Posted> {
    kind: E::Kind,
    /// What the ids in the ring count from.
    base: u64,
    ring: RefCell<Ring<E>>,
}

pub(crate) struct Ring<E> {
    /// By ascending ids, less the base. `None` is a gap.
    events: VecDeque<(u64, Option<E>)>,
    gaps: usize,
    /// How many there were at most, gaps included, since it was empty.
    most: usize,
}

impl<E: Posted> Store<E> {
    pub(crate) fn new(kind: E::Kind) -> Self {
        Self::of(kind, EventId(0), Ring::with_capacity(0))
    }

    /// A store of what is in `ring`, where the first that was ever there has the id `first`.
    pub(crate) fn of(kind: E::Kind, first: EventId, ring: Ring<E>) -> Self {
        Self {
            kind,
            base: first.0,
            ring: RefCell::new(ring),
        }
    }

    #[inline]
    pub(crate) fn kind(&self) -> &E::Kind {
        &self.kind
    }

    /// Keeps an event, whose id is larger than any before. Whoever puts it in sees to it that it becomes
    /// an item.
    #[inline(always)]
    pub(crate) fn put(&self, id: EventId, event: impl FnOnce() -> E) {
        self.ring.borrow_mut().put(id.0 - self.base, event);
    }

    #[inline(always)]
    fn take(&self, id: EventId) -> E {
        self.ring.borrow_mut().take(id.0 - self.base)
    }

    /// Lets `look` at an event.
    fn with<R>(&self, id: EventId, look: impl FnOnce(&mut E) -> R) -> R {
        let mut ring = self.ring.borrow_mut();
        let event = ring.at(id.0 - self.base);
        let event = event.and_then(|at| ring.events[at].1.as_mut());
        look(event.expect(LOST))
    }
}

impl<E> Ring<E> {
    /// What an event takes, in bytes.
    pub(crate) const ENTRY: usize = mem::size_of::<(u64, Option<E>)>();

    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self {
            events: VecDeque::with_capacity(capacity),
            gaps: 0,
            most: 0,
        }
    }

    /// How many ids there are, gaps included.
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// Puts an event behind the others, by the next id.
    pub(crate) fn push(&mut self, event: E) {
        self.put(self.len() as u64, || event);
    }

    /// `event` makes the event, when there is room: so one that is made by then is made where it is to lie, and not
    /// moved there, which would wait for what was just written.
    #[inline(always)]
    fn put(&mut self, id: u64, event: impl FnOnce() -> E) {
        debug_assert!(self.events.back().is_none_or(|(last, _)| *last < id));
        // In a loop, from which it follows that there is room.
        while self.events.len() == self.events.capacity() {
            self.grow();
        }
        self.events.push_back((id, Some(event())));
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        self.events.reserve(1);
    }

    /// Takes all events out.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = E> {
        self.gaps = 0;
        self.events.drain(..).filter_map(|(_, event)| event)
    }

    fn at(&self, id: u64) -> Option<usize> {
        let (first, _) = self.events.front()?;
        // Where it is, if the ids between are here as well; else it is before that.
        let at = usize::try_from(id.checked_sub(*first)?).ok()?;
        match self.events.get(at) {
            Some((found, _)) if *found == id => Some(at),
            _ => self.events.binary_search_by_key(&id, |(id, _)| *id).ok(),
        }
    }

    #[inline(always)]
    fn take(&mut self, id: u64) -> E {
        if self.len() > self.most {
            self.most = self.len();
        }
        if self.events.front().is_none_or(|(first, _)| *first != id) {
            self.bring_forward(id);
        }
        let oldest = self.events.pop_front();
        let event = oldest.and_then(|(_, event)| event).expect(LOST);
        if self.gaps > 0 || self.events.is_empty() {
            self.tidy();
        }
        event
    }

    /// Puts an event before all others, for it to be taken.
    #[cold]
    fn bring_forward(&mut self, id: u64) {
        let at = self.at(id).expect(LOST);
        let event = self.events[at].1.take();
        self.gaps += 1;
        self.events.push_front((id, event));
    }

    /// Keeps gaps from the ends, and from outnumbering events, and memory from staying.
    #[inline(never)]
    fn tidy(&mut self) {
        while self
            .events
            .front()
            .is_some_and(|(_, event)| event.is_none())
        {
            self.events.pop_front();
            self.gaps -= 1;
        }
        while self.events.back().is_some_and(|(_, event)| event.is_none()) {
            self.events.pop_back();
            self.gaps -= 1;
        }
        if 2 * self.gaps > self.events.len() + GAPS {
            self.events.retain(|(_, event)| event.is_some());
            self.gaps = 0;
        }
        if self.events.is_empty() {
            let needed = mem::take(&mut self.most);
            let capacity = self.events.capacity();
            if capacity > KEPT / Self::ENTRY && needed < capacity / 4 {
                self.events = VecDeque::new();
            }
        }
    }
}

/// A store whose kind is not known.
pub(crate) trait AnyStore {
    fn info(&self, id: EventId, lane: Lane) -> QueuedEvent;
    fn label(&self, id: EventId) -> Option<&'static str>;
    fn take_permit(&self, id: EventId) -> Option<Permit>;
    fn run(&self, id: EventId, to: To<'_>);
    fn discard(&self, id: EventId) -> Option<Box<dyn Any>>;
    fn take_out(self: Rc<Self>, id: EventId) -> Box<dyn Payloaded>;
}

impl<E: Posted> AnyStore for Store<E> {
    fn info(&self, id: EventId, lane: Lane) -> QueuedEvent {
        self.with(id, |event| event.info(&self.kind, id, lane))
    }

    fn label(&self, id: EventId) -> Option<&'static str> {
        self.with(id, |event| event.label())
    }

    fn take_permit(&self, id: EventId) -> Option<Permit> {
        self.with(id, Posted::take_permit)
    }

    fn run(&self, id: EventId, to: To<'_>) {
        self.take(id).run(&self.kind, to);
    }

    fn discard(&self, id: EventId) -> Option<Box<dyn Any>> {
        self.take(id).discard(&self.kind)
    }

    fn take_out(self: Rc<Self>, id: EventId) -> Box<dyn Payloaded> {
        let event = self.take(id);
        Box::new(Loose { store: self, event })
    }
}

/// One event in a store: dropped with this, unless it has its turn.
pub(crate) struct Item {
    store: Rc<dyn AnyStore>,
    id: EventId,
    lane: Lane,
    is_labelled: bool,
}

impl Item {
    /// The event that `id` names in `store`, which nobody else has.
    #[inline]
    pub(crate) fn new(store: Rc<dyn AnyStore>, id: EventId, lane: Lane, is_labelled: bool) -> Self {
        Self {
            store,
            id,
            lane,
            is_labelled,
        }
    }

    /// Its id, until it has its turn or is taken out.
    #[inline]
    pub(crate) fn id(&self) -> EventId {
        self.id
    }

    /// What is known of it, as data.
    pub(crate) fn info(&self) -> QueuedEvent {
        self.store.info(self.id, self.lane)
    }

    /// The name of the event.
    pub(crate) fn event(&self) -> &'static str {
        self.info().event
    }

    /// The label, if it was posted with one.
    #[inline]
    pub(crate) fn label(&self) -> Option<&'static str> {
        match self.is_labelled {
            false => None,
            true => self.store.label(self.id),
        }
    }

    /// Takes from it the permit for its slot in a bounded queue, if it has one.
    pub(crate) fn take_permit(&self) -> Option<Permit> {
        self.store.take_permit(self.id)
    }

    /// Has its turn: user code, then the drop of the payload. Nothing is left of it.
    // By reference, since moving it first would wait for what was just written of it.
    #[inline]
    pub(crate) fn run(&mut self, to: To<'_>) {
        let id = mem::replace(&mut self.id, GONE);
        self.store.run(id, to);
    }

    /// Takes the payload out of the store, for whoever wants to look at it.
    pub(crate) fn take_out(mut self) -> Box<dyn Payloaded> {
        let id = mem::replace(&mut self.id, GONE);
        self.store.clone().take_out(id)
    }

    /// Drops it, but for what it answers.
    pub(crate) fn discard(mut self) -> Option<Box<dyn Any>> {
        let id = mem::replace(&mut self.id, GONE);
        self.store.discard(id)
    }
}

impl Drop for Item {
    #[inline]
    fn drop(&mut self) {
        if self.id != GONE {
            // User code: the payload is dropped.
            drop(self.store.discard(self.id));
        }
    }
}

/// Something with a payload.
pub(crate) trait Payloaded {
    /// Lends the payload to `look`.
    fn look(&self, look: &mut dyn FnMut(&AnyEvent<'_>));
}

/// An event outside of its store.
struct Loose<E: Posted> {
    store: Rc<Store<E>>,
    event: E,
}

impl<E: Posted> Payloaded for Loose<E> {
    fn look(&self, look: &mut dyn FnMut(&AnyEvent<'_>)) {
        self.event.look(&self.store.kind, look);
    }
}
