//! Three queues in one, with removal from the middle.
//!
//! # Data structure
//!
//! Each lane is a ring of slots, oldest first. A slot says in which store its event lies, and where. One
//! whose event was removed stays as a gap until it comes to the front, or until gaps outnumber events
//! and the ring is packed. So push, pop and removal are O(1) amortised, removal after a binary search.
//!
//! # Invariants
//!
//! 1. *Ids ascend from the front to the back of a lane*: they are given by `push`. The binary search
//!    rests on it, and "what was there before this id" is a prefix of each lane.
//! 2. *The front of a lane is not a gap.* So it is what the lane offers next.
//! 3. *`passed` is how often, in a row, something waited in a lane and a higher one went first.* It is
//!    what fairness goes by; without fairness it is not kept.
//! 4. *A key that waits is the only one to its event.* What leaves becomes an item, which owns it; what
//!    is left when the lanes go becomes items too, and is dropped with them.

use std::collections::VecDeque;

use super::id::{Cause, EventId, after};
use super::posted::Envelope;
use super::queued::{Lane, QueuedEvent};
use super::store::{Item, Key};
use super::stores::Stores;
use crate::event::Event;
use crate::payload::Payload;

/// A ring is packed when it has this many gaps more than events.
const GAPS: usize = 32;

/// Rings that became larger than this in a burst are given back when they are empty.
const KEPT: usize = 1024;

/// In the order of `Lanes::lanes`.
const LANES: [Lane; 3] = [Lane::High, Lane::Normal, Lane::Low];

/// The events of one queue.
pub(crate) struct Lanes {
    /// By `Lane`, high first.
    lanes: [Ring; 3],
    /// How often each was passed over.
    passed: [usize; 3],
    /// After how many events of other lanes one is let through; 0 is never.
    fairness: usize,
    last_id: u64,
    stores: Stores,
}

#[derive(Default)]
struct Ring {
    slots: VecDeque<Slot>,
    /// Slots that are no gaps.
    len: usize,
}

/// If the event of `key` is gone, it is a gap.
struct Slot {
    id: EventId,
    key: Key,
}

/// An event that waited, on its way out.
pub(crate) struct Waiting {
    pub(crate) id: EventId,
    pub(crate) item: Item,
}

impl Lanes {
    pub(crate) fn new(fairness: usize) -> Self {
        Self {
            lanes: Default::default(),
            passed: [0; 3],
            fairness,
            last_id: 0,
            stores: Stores::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes.iter().map(|lane| lane.len).sum()
    }

    /// The id that the next event will have: what waits now has smaller ones.
    pub(crate) fn next_id(&self) -> EventId {
        EventId(self.last_id + 1)
    }

    /// Takes the id of the event that will be put in next. Before its payload is out of hand: there may be
    /// none left.
    ///
    /// # Panics
    /// If there is none left.
    #[inline(always)]
    pub(crate) fn take_id(&mut self) -> EventId {
        self.last_id = after(self.last_id);
        EventId(self.last_id)
    }

    /// Puts events of one kind behind those of their lane. Their store is looked for once.
    pub(crate) fn post_all<T, P>(
        &mut self,
        event: Event<T>,
        lane: Lane,
        envelopes: impl Iterator<Item = Envelope<T, P>>,
    ) where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        let home = self.stores.home(event);
        for envelope in envelopes {
            let id = self.take_id();
            self.push(id, lane, home.put(envelope));
        }
    }

    /// Puts an event behind those of its lane.
    #[inline(always)]
    pub(crate) fn push(&mut self, id: EventId, lane: Lane, key: Key) {
        self.lanes[lane as usize].push(id, key);
    }

    /// Where the events lie.
    pub(crate) fn stores(&mut self) -> &mut Stores {
        &mut self.stores
    }

    /// Takes the event whose turn it is, of those with ids below `before`.
    #[inline(always)]
    pub(crate) fn pop(&mut self, before: EventId) -> Option<Waiting> {
        let chosen = match self.fairness {
            0 => self.lanes.iter().position(|lane| lane.offers(before)),
            _ => self.choose_fairly(before),
        };
        let chosen = chosen?;
        let Slot { id, key } = self.lanes[chosen].pop()?;
        let item = self.stores.item(key, LANES[chosen]);
        Some(Waiting { id, item })
    }

    #[inline(never)]
    fn choose_fairly(&mut self, before: EventId) -> Option<usize> {
        let has_offer = self.lanes.each_ref().map(|lane| lane.offers(before));
        let waits = self.lanes.each_ref().map(|lane| lane.len > 0);
        choose(&mut self.passed, self.fairness, has_offer, waits)
    }

    /// Takes an event out of the middle.
    pub(crate) fn remove(&mut self, id: EventId) -> Option<Item> {
        let remove = |(lane, ring): (_, &mut Ring)| Some((lane, ring.remove(id)?));
        let (lane, key) = LANES.into_iter().zip(&mut self.lanes).find_map(remove)?;
        Some(self.stores.item(key, lane))
    }

    /// The oldest of the events that may be dropped to make room: no timer's, and no other thread's.
    pub(crate) fn oldest(&self) -> Option<EventId> {
        let may_go = |info: &QueuedEvent| info.timer.is_none() && info.cause != Cause::Thread;
        let oldest = |lane: Lane| self.infos_of(lane).find(may_go).map(|info| info.id);
        LANES.into_iter().filter_map(oldest).min()
    }

    /// Takes everything, in order.
    pub(crate) fn drain(&mut self) -> Vec<Waiting> {
        let mut drained = Vec::new();
        for lane in LANES {
            let slots = std::mem::take(&mut self.lanes[lane as usize]).slots;
            let waiting = slots.into_iter().filter(|slot| !slot.key.is_gone());
            drained.extend(waiting.map(|Slot { id, key }| {
                let item = self.stores.item(key, lane);
                Waiting { id, item }
            }));
        }
        drained
    }

    /// What waits, in the order in which it will be popped if nothing comes.
    pub(crate) fn infos(&self) -> Vec<QueuedEvent> {
        let mut passed = self.passed;
        let mut lanes = LANES.map(|lane| self.infos_of(lane).peekable());
        let next = || {
            let waits = lanes.each_mut().map(|lane| lane.peek().is_some());
            let chosen = choose(&mut passed, self.fairness, waits, waits)?;
            lanes[chosen].next()
        };
        std::iter::from_fn(next).collect()
    }

    /// What was put in since `first`, in that order.
    pub(crate) fn infos_since(&self, first: EventId) -> Vec<QueuedEvent> {
        let infos = LANES.into_iter().flat_map(|lane| self.infos_of(lane));
        let mut infos: Vec<_> = infos.filter(|info| info.id >= first).collect();
        infos.sort_unstable_by_key(|info| info.id);
        infos
    }

    fn infos_of(&self, lane: Lane) -> impl Iterator<Item = QueuedEvent> {
        let slots = self.lanes[lane as usize].slots.iter();
        let waiting = slots.filter(|slot| !slot.key.is_gone());
        waiting.map(move |slot| self.stores.info(slot.key, lane, slot.id))
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        // User code: payloads are dropped.
        drop(self.drain());
    }
}

/// The lane whose turn it is, of those that have something to offer; those below it that wait are
/// passed over.
fn choose(
    passed: &mut [usize; 3],
    fairness: usize,
    has_offer: [bool; 3],
    waits: [bool; 3],
) -> Option<usize> {
    let is_overdue = |lane: &usize| fairness > 0 && passed[*lane] >= fairness;
    let mut offering = (0..3).filter(|lane| has_offer[*lane]);
    let chosen = offering
        .clone()
        .find(is_overdue)
        .or_else(|| offering.next())?;
    for lane in 0..3 {
        // A higher lane that has to wait for once is not passed over: else two could starve a third.
        passed[lane] = match waits[lane] && lane != chosen {
            true => passed[lane] + usize::from(lane > chosen),
            false => 0,
        };
    }
    Some(chosen)
}

impl Ring {
    /// Whether something came before `before`.
    #[inline]
    fn offers(&self, before: EventId) -> bool {
        self.slots.front().is_some_and(|slot| slot.id < before)
    }

    #[inline]
    fn push(&mut self, id: EventId, key: Key) {
        debug_assert!(self.slots.back().is_none_or(|slot| slot.id < id));
        self.slots.push_back(Slot { id, key });
        self.len += 1;
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<Slot> {
        let slot = self.slots.pop_front();
        self.len -= 1;
        self.tidy();
        debug_assert!(slot.as_ref().is_some_and(|slot| !slot.key.is_gone()));
        slot
    }

    fn remove(&mut self, id: EventId) -> Option<Key> {
        let at = self.slots.binary_search_by_key(&id, |slot| slot.id).ok()?;
        let item = self.slots[at].key.take()?;
        self.len -= 1;
        self.tidy();
        Some(item)
    }

    /// Keeps the front from being a gap, gaps from outnumbering events, and memory from staying.
    #[inline]
    fn tidy(&mut self) {
        if self.slots.len() > self.len {
            self.tidy_gaps();
        }
        if self.len == 0 && self.slots.capacity() > KEPT {
            self.slots = VecDeque::new();
        }
    }

    #[cold]
    fn tidy_gaps(&mut self) {
        while self.slots.front().is_some_and(|slot| slot.key.is_gone()) {
            self.slots.pop_front();
        }
        if self.slots.len() > 2 * self.len + GAPS {
            self.slots.retain(|slot| !slot.key.is_gone());
        }
    }
}
