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
//! 3. *`passed` is how often, in a row, a lane had something to offer and another went first.* It is
//!    what fairness goes by.

use std::collections::VecDeque;

use super::id::EventId;
use super::posted::Posted;
use super::queued::{Lane, QueuedEvent};

/// Rings that became larger than this in a burst are given back when they are empty.
const KEPT: usize = 1024;

pub(crate) type Item = Box<dyn Posted>;

/// The events of one queue.
pub(crate) struct Lanes {
    lanes: [Ring; 3],
    /// After how many events of other lanes one is let through; 0 is never.
    fairness: usize,
    last_id: u64,
}

#[derive(Default)]
struct Ring {
    slots: VecDeque<Slot>,
    /// Slots that are no gaps.
    len: usize,
    passed: usize,
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
        let fairness = self.fairness;
        let is_overdue = |lane: &Ring| fairness > 0 && lane.passed >= fairness;
        let overdue = |lane: &Ring| offers(lane) && is_overdue(lane);
        let chosen = self.lanes.iter().position(overdue);
        let chosen = chosen.or_else(|| self.lanes.iter().position(offers))?;
        for lane in &mut self.lanes[chosen + 1..] {
            if lane.len > 0 {
                lane.passed += 1;
            }
        }
        self.lanes[chosen].passed = 0;
        self.lanes[chosen].pop()
    }

    /// Takes an event out of the middle.
    pub(crate) fn remove(&mut self, id: EventId) -> Option<Item> {
        self.lanes.iter_mut().find_map(|lane| lane.remove(id))
    }

    /// The oldest of the events that take a slot of a bounded queue.
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

    /// What waits: by lane, then in order.
    pub(crate) fn infos(&self) -> Vec<QueuedEvent> {
        let slots = self.lanes.iter().flat_map(|lane| &lane.slots);
        slots
            .filter_map(|slot| Some(slot.item.as_ref()?.header().info(slot.id)))
            .collect()
    }
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

    fn oldest(&self) -> Option<EventId> {
        let has_slot = |slot: &&Slot| {
            slot.item
                .as_ref()
                .is_some_and(|item| item.header().has_slot)
        };
        self.slots.iter().find(has_slot).map(|slot| slot.id)
    }

    /// Keeps the front from being a gap, gaps from outnumbering events, and memory from staying.
    fn tidy(&mut self) {
        while self.slots.front().is_some_and(|slot| slot.item.is_none()) {
            self.slots.pop_front();
        }
        if self.slots.len() > 2 * self.len + KEPT {
            self.slots.retain(|slot| slot.item.is_some());
        }
        if self.len == 0 {
            self.passed = 0;
            if self.slots.capacity() > KEPT {
                self.slots = VecDeque::new();
            }
        }
    }
}

const _: () = {
    assert!(Lane::ALL.len() == 3);
    assert!(Lane::High as usize == 0 && Lane::Low as usize == 2);
};
