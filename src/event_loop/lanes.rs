//! Three queues in one, with removal from the middle.
//!
//! # Data structure
//!
//! Each lane is a ring of slots, oldest first. A slot whose event was removed stays as a gap until it
//! comes to the front, or until gaps outnumber events and the ring is packed. So push, pop and removal
//! are O(1) amortised, removal after a binary search.
//!
//! # Invariants
//!
//! 1. *Ids ascend from the front to the back of a lane*: they are given by `push`. The binary search
//!    rests on it, and "what was there before this id" is a prefix of each lane.
//! 2. *The front of a lane is not a gap.* So it is what the lane offers next.
//! 3. *`passed` is how often, in a row, something waited in a lane and a higher one went first.* It is
//!    what fairness goes by.

use std::collections::VecDeque;

use super::id::{Cause, EventId};
use super::posted::Posted;
use super::queued::QueuedEvent;

/// A ring is packed when it has this many gaps more than events.
const GAPS: usize = 32;

/// Rings that became larger than this in a burst are given back when they are empty.
const KEPT: usize = 1024;

pub(crate) type Item = Box<dyn Posted>;

/// The events of one queue.
pub(crate) struct Lanes {
    /// By `Lane`, high first.
    lanes: [Ring; 3],
    /// How often each was passed over.
    passed: [usize; 3],
    /// After how many events of other lanes one is let through; 0 is never.
    fairness: usize,
    last_id: u64,
}

#[derive(Default)]
struct Ring {
    slots: VecDeque<Slot>,
    /// Slots that are no gaps.
    len: usize,
}

struct Slot {
    id: EventId,
    /// `None` is a gap.
    item: Option<Item>,
}

impl Lanes {
    pub(crate) fn new(fairness: usize) -> Self {
        Self {
            lanes: Default::default(),
            passed: [0; 3],
            fairness,
            last_id: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes.iter().map(|lane| lane.len).sum()
    }

    /// The id that the next event will have: what waits now has smaller ones.
    pub(crate) fn next_id(&self) -> EventId {
        EventId(self.last_id + 1)
    }

    /// Puts an event behind those of its lane.
    pub(crate) fn push(&mut self, item: Item) -> EventId {
        let id = self.next_id();
        self.last_id = id.0;
        self.lanes[item.header().lane as usize].push(id, item);
        id
    }

    /// Takes the event whose turn it is, of those with ids below `before`.
    pub(crate) fn pop(&mut self, before: EventId) -> Option<(EventId, Item)> {
        let offers = |lane: &Ring| lane.front().is_some_and(|id| id < before);
        let has_offer = self.lanes.each_ref().map(offers);
        let waits = self.lanes.each_ref().map(|lane| lane.len > 0);
        let chosen = choose(&mut self.passed, self.fairness, has_offer, waits)?;
        self.lanes[chosen].pop()
    }

    /// Takes an event out of the middle.
    pub(crate) fn remove(&mut self, id: EventId) -> Option<Item> {
        self.lanes.iter_mut().find_map(|lane| lane.remove(id))
    }

    /// The oldest of the events that may be dropped to make room: no timer's, and no other thread's.
    pub(crate) fn oldest(&self) -> Option<EventId> {
        let lanes = self.lanes.iter();
        lanes.filter_map(Ring::oldest).min()
    }

    /// Takes everything, in order.
    pub(crate) fn drain(&mut self) -> Vec<(EventId, Item)> {
        let lanes = self.lanes.iter_mut().map(std::mem::take);
        let slots = lanes.flat_map(|lane| lane.slots);
        slots
            .filter_map(|slot| Some((slot.id, slot.item?)))
            .collect()
    }

    /// What waits, in the order in which it will be popped if nothing comes.
    pub(crate) fn infos(&self) -> Vec<QueuedEvent> {
        let mut passed = self.passed;
        let mut lanes = self.lanes.each_ref().map(|lane| lane.infos().peekable());
        let next = || {
            let waits = lanes.each_mut().map(|lane| lane.peek().is_some());
            let chosen = choose(&mut passed, self.fairness, waits, waits)?;
            lanes[chosen].next()
        };
        std::iter::from_fn(next).collect()
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
    fn front(&self) -> Option<EventId> {
        self.slots.front().map(|slot| slot.id)
    }

    fn push(&mut self, id: EventId, item: Item) {
        debug_assert!(self.slots.back().is_none_or(|slot| slot.id < id));
        let item = Some(item);
        self.slots.push_back(Slot { id, item });
        self.len += 1;
    }

    fn pop(&mut self) -> Option<(EventId, Item)> {
        let slot = self.slots.pop_front()?;
        self.len -= 1;
        self.tidy();
        debug_assert!(slot.item.is_some());
        Some((slot.id, slot.item?))
    }

    fn remove(&mut self, id: EventId) -> Option<Item> {
        let at = self.slots.binary_search_by_key(&id, |slot| slot.id).ok()?;
        let item = self.slots[at].item.take()?;
        self.len -= 1;
        self.tidy();
        Some(item)
    }

    fn infos(&self) -> impl Iterator<Item = QueuedEvent> {
        let info = |slot: &Slot| Some(slot.item.as_ref()?.header().info(slot.id));
        self.slots.iter().filter_map(info)
    }

    fn oldest(&self) -> Option<EventId> {
        let may_go = |slot: &&Slot| {
            let header = slot.item.as_ref().map(|item| item.header());
            header.is_some_and(|header| header.timer.is_none() && header.cause != Cause::Thread)
        };
        self.slots.iter().find(may_go).map(|slot| slot.id)
    }

    /// Keeps the front from being a gap, gaps from outnumbering events, and memory from staying.
    fn tidy(&mut self) {
        while self.slots.front().is_some_and(|slot| slot.item.is_none()) {
            self.slots.pop_front();
        }
        if self.slots.len() > 2 * self.len + GAPS {
            self.slots.retain(|slot| slot.item.is_some());
        }
        if self.len == 0 && self.slots.capacity() > KEPT {
            self.slots = VecDeque::new();
        }
    }
}
