//! Where events of one kind lie until their turn, so that a post allocates nothing of its own.
//!
//! # Data structure
//!
//! A [`Store`] is a slab: a vector of places, of which the free ones form a list. A [`Key`] names one
//! place of one store of a queue, which holds keys in the order of the turns. What leaves the queue
//! becomes an [`Item`], which owns what lies there. The vector grows with what waits, and is given back
//! when nothing does, if it became large.
//!
//! # Invariants
//!
//! 1. *A place is taken as long as its key waits or its item lives*, and each has a place of its own.
//! 2. *The slab is never borrowed while user code runs*: what leaves is moved out first.
//! 3. *What lies in a store has its turn, is taken out, or is discarded*, once: by its item, at the
//!    latest when that is dropped.

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;

use super::id::EventId;
use super::posted::{Posted, To};
use super::queued::{Lane, QueuedEvent};
use super::slots::Room;
use crate::any_event::AnyEvent;

/// Slabs that became larger than this are given back when they are empty. In bytes.
const KEPT: usize = 64 * 1024;

/// No place: of an item whose event is gone, or behind the last one that is free.
const NOWHERE: u32 = u32::MAX;

/// The events of one kind.
pub(crate) struct Store<E: Posted> {
    kind: E::Kind,
    slab: RefCell<Slab<E>>,
}

struct Slab<E> {
    places: Vec<Place<E>>,
    /// The first free place.
    free: u32,
    /// How many places are taken.
    len: usize,
}

enum Place<E> {
    Taken(E),
    /// With the next free place.
    Free(u32),
}

impl<E: Posted> Store<E> {
    pub(crate) fn new(kind: E::Kind) -> Self {
        let slab = RefCell::new(Slab::new());
        Self { kind, slab }
    }

    #[inline]
    pub(crate) fn kind(&self) -> &E::Kind {
        &self.kind
    }

    #[inline(always)]
    fn take(&self, place: u32) -> E {
        self.slab.borrow_mut().take(place)
    }
}

impl<E> Slab<E> {
    const fn new() -> Self {
        Self {
            places: Vec::new(),
            free: NOWHERE,
            len: 0,
        }
    }

    #[inline(always)]
    fn put(&mut self, event: E) -> u32 {
        self.len += 1;
        let place = self.free;
        let Some(Place::Free(next)) = self.places.get(place as usize) else {
            return self.grow(event);
        };
        self.free = *next;
        // Nothing is lost: the place was free. So it need not be dropped, nor looked at for that.
        mem::forget(mem::replace(
            &mut self.places[place as usize],
            Place::Taken(event),
        ));
        place
    }

    /// Puts an event on a new place: none is free.
    #[inline(never)]
    fn grow(&mut self, event: E) -> u32 {
        debug_assert_eq!(self.free, NOWHERE);
        let place = u32::try_from(self.places.len()).unwrap_or(NOWHERE);
        assert!(place != NOWHERE, "fewer than 2^32 events");
        self.places.push(Place::Taken(event));
        place
    }

    #[inline(always)]
    fn take(&mut self, place: u32) -> E {
        let taken = mem::replace(&mut self.places[place as usize], Place::Free(self.free));
        self.free = place;
        self.len -= 1;
        if self.len == 0 && self.places.capacity() > KEPT / mem::size_of::<Place<E>>() {
            self.give_back();
        }
        match taken {
            Place::Taken(event) => event,
            Place::Free(_) => unreachable!("a place is taken as long as its item lives"),
        }
    }

    /// Gives back the memory of a burst, of which nothing is left.
    #[cold]
    fn give_back(&mut self) {
        *self = Self::new();
    }

    fn get(&mut self, place: u32) -> &mut E {
        match &mut self.places[place as usize] {
            Place::Taken(event) => event,
            Place::Free(_) => unreachable!("a place is taken as long as its item lives"),
        }
    }
}

/// One of the stores of a queue.
pub(crate) struct Home<E: Posted> {
    pub(crate) store: Rc<Store<E>>,
    pub(crate) number: u32,
}

impl<E: Posted> Home<E> {
    /// Keeps an event. Whoever gets the key sees to it that it becomes an item.
    #[inline(always)]
    pub(crate) fn put(&self, event: E) -> Key {
        let is_labelled = event.label().is_some();
        Key {
            home: self.number,
            place: self.store.slab.borrow_mut().put(event),
            is_labelled,
        }
    }
}

impl<E: Posted> Clone for Home<E> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            number: self.number,
        }
    }
}

/// Where an event lies: in which store of its queue, and where there. Plain numbers, so that a ring of
/// them is written and read without a thought of dropping.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(crate) home: u32,
    pub(crate) place: u32,
    is_labelled: bool,
}

impl Key {
    /// Takes the event away, so that there is none.
    pub(crate) fn take(&mut self) -> Option<Self> {
        let taken = *self;
        self.place = NOWHERE;
        (!taken.is_gone()).then_some(taken)
    }

    /// Whether its event was taken away.
    #[inline]
    pub(crate) fn is_gone(self) -> bool {
        self.place == NOWHERE
    }
}

/// A store whose kind is not known.
pub(crate) trait AnyStore {
    fn info(&self, place: u32, id: EventId, lane: Lane) -> QueuedEvent;
    fn label(&self, place: u32) -> Option<&'static str>;
    fn take_room(&self, place: u32) -> Option<Room>;
    fn run(&self, place: u32, to: To<'_>);
    fn discard(&self, place: u32);
    fn take_out(self: Rc<Self>, place: u32) -> Box<dyn Payloaded>;
}

impl<E: Posted> AnyStore for Store<E> {
    fn info(&self, place: u32, id: EventId, lane: Lane) -> QueuedEvent {
        self.slab.borrow_mut().get(place).info(&self.kind, id, lane)
    }

    fn label(&self, place: u32) -> Option<&'static str> {
        self.slab.borrow_mut().get(place).label()
    }

    fn take_room(&self, place: u32) -> Option<Room> {
        self.slab.borrow_mut().get(place).take_room()
    }

    fn run(&self, place: u32, to: To<'_>) {
        self.take(place).run(&self.kind, to);
    }

    fn discard(&self, place: u32) {
        self.take(place).discard(&self.kind);
    }

    fn take_out(self: Rc<Self>, place: u32) -> Box<dyn Payloaded> {
        let event = self.take(place);
        Box::new(Loose { store: self, event })
    }
}

/// One event in a store: dropped with this, unless it has its turn.
pub(crate) struct Item {
    store: Rc<dyn AnyStore>,
    place: u32,
    lane: Lane,
    is_labelled: bool,
}

impl Item {
    /// The event that `key` names in `store`, which nobody else has.
    #[inline]
    pub(crate) fn new(store: Rc<dyn AnyStore>, key: Key, lane: Lane) -> Self {
        Self {
            store,
            place: key.place,
            lane,
            is_labelled: key.is_labelled,
        }
    }

    /// What is known of it, as data. `id` is its number.
    pub(crate) fn info(&self, id: EventId) -> QueuedEvent {
        self.store.info(self.place, id, self.lane)
    }

    /// The name of the event.
    pub(crate) fn event(&self) -> &'static str {
        self.info(EventId(0)).event
    }

    /// The label, if it was posted with one.
    #[inline]
    pub(crate) fn label(&self) -> Option<&'static str> {
        match self.is_labelled {
            false => None,
            true => self.store.label(self.place),
        }
    }

    /// Gives up the slot of a bounded queue, if it takes one.
    pub(crate) fn take_room(&self) -> Option<Room> {
        self.store.take_room(self.place)
    }

    /// Has its turn: user code, then the drop of the payload. Nothing is left of it.
    // By reference, since moving it first would wait for what was just written of it.
    #[inline]
    pub(crate) fn run(&mut self, to: To<'_>) {
        let place = mem::replace(&mut self.place, NOWHERE);
        self.store.run(place, to);
    }

    /// Takes the payload out of the store, for whoever wants to look at it.
    pub(crate) fn take_out(mut self) -> Box<dyn Payloaded> {
        let place = mem::replace(&mut self.place, NOWHERE);
        self.store.clone().take_out(place)
    }
}

impl Drop for Item {
    #[inline]
    fn drop(&mut self) {
        if self.place != NOWHERE {
            // User code: the payload is dropped.
            self.store.discard(self.place);
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
