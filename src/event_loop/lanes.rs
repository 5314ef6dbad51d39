//! Three queues in one, with removal from the middle.
//!
//! # Data structure
//!
//! Each lane is a ring of runs, oldest first. A run is of events that were put in one after the other,
//! with consecutive ids, and lie in the same store: so a burst of one kind of events takes no more than a
//! run. An event that is removed stays in its run as a gap, which a set of such ids tells, until it comes
//! to the front, or until gaps outnumber events and the ring is packed. So push and pop are O(1)
//! amortised, removal O(log n).
//!
//! # Invariants
//!
//! 1. *Ids ascend from the front to the back of a lane*: they are given by `take_id`. The binary search
//!    rests on it, and "what was there before this id" is a prefix of each lane.
//! 2. *The front of a lane is not a gap.* So it is what the lane offers next.
//! 3. *`passed` is how often, in a row, something waited in a lane and a higher one went first.* It is
//!    what fairness goes by; without fairness it is not kept.
//! 4. *An id that waits is the only way to its event.* What leaves becomes an item, which owns it; what
//!    is left when the lanes go becomes items too, and is dropped with them.

use std::collections::{BTreeSet, VecDeque};
use std::iter;
use std::panic::Location;

use super::id::{Because, Cause, EventId, after};
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
    /// It is empty only if there is no other.
    front: Run,
    behind: VecDeque<Run>,
    /// Ids in runs whose events are gone.
    gaps: BTreeSet<EventId>,
    /// Ids in runs that are no gaps.
    len: usize,
}

/// Consecutive ids of events that lie in one store.
#[derive(Clone, Copy)]
struct Run {
    first: EventId,
    /// The id behind the last.
    end: EventId,
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

    /// Puts an event behind those of its lane, if there is a store for it: the short way of a post.
    ///
    /// # Errors
    /// There is none yet.
    #[inline(always)]
    pub(crate) fn post<T, P>(
        &mut self,
        event: Event<T>,
        lane: Lane,
        payload: P,
        location: &'static Location<'static>,
        cause: Because,
    ) -> Result<EventId, P>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        let Some(home) = self.stores.get(event) else {
            return Err(payload);
        };
        // Before the payload is out of hand: there may be no id left.
        self.last_id = after(self.last_id);
        let id = EventId(self.last_id);
        home.store.put(id, Envelope::new(payload, location, cause));
        self.lanes[lane as usize].push(id, Key::plain(home.number));
        Ok(id)
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
            self.push(id, lane, home.put(id, envelope));
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
        let (id, key) = self.lanes[chosen].pop();
        let item = self.stores.item(key, id, LANES[chosen]);
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
        Some(self.stores.item(key, id, lane))
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
            let ring = std::mem::take(&mut self.lanes[lane as usize]);
            drained.extend(ring.waiting().map(|(id, key)| {
                let item = self.stores.item(key, id, lane);
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
        let waiting = self.lanes[lane as usize].waiting();
        waiting.map(move |(id, key)| self.stores.info(key, id, lane))
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
        !self.front.is_empty() && self.front.first < before
    }

    /// What waits, in order.
    fn waiting(&self) -> impl Iterator<Item = (EventId, Key)> {
        let runs = iter::once(&self.front).chain(&self.behind);
        let all = runs.flat_map(|run| run.ids().map(|id| (id, run.key)));
        all.filter(|(id, _)| !self.gaps.contains(id))
    }

    #[inline(always)]
    fn push(&mut self, id: EventId, key: Key) {
        self.len += 1;
        let last = self.behind.back_mut().unwrap_or(&mut self.front);
        debug_assert!(last.end <= id);
        if last.end == id && last.key == key {
            last.end.0 += 1;
        } else {
            self.push_run(Run::of(id, key));
        }
    }

    fn push_run(&mut self, run: Run) {
        if self.front.is_empty() {
            self.front = run;
        } else {
            self.behind.push_back(run);
        }
    }

    /// Takes the front away, which there is.
    #[inline(always)]
    fn pop(&mut self) -> (EventId, Key) {
        let next = self.advance();
        self.len -= 1;
        self.tidy();
        next
    }

    /// Takes the front away, be it a gap or not.
    #[inline(always)]
    fn advance(&mut self) -> (EventId, Key) {
        debug_assert!(!self.front.is_empty());
        let Run { first, key, .. } = self.front;
        self.front.first.0 += 1;
        if self.front.is_empty() {
            self.front = self.behind.pop_front().unwrap_or(self.front);
        }
        (first, key)
    }

    fn remove(&mut self, id: EventId) -> Option<Key> {
        let behind = self.behind.partition_point(|run| run.first <= id);
        let run = match behind.checked_sub(1) {
            Some(at) => &self.behind[at],
            None => &self.front,
        };
        let key = run.key;
        if !(run.first..run.end).contains(&id) || !self.gaps.insert(id) {
            return None;
        }
        self.len -= 1;
        self.tidy();
        Some(key)
    }

    /// Keeps the front from being a gap, gaps from outnumbering events, and memory from staying.
    #[inline]
    fn tidy(&mut self) {
        if !self.gaps.is_empty() {
            self.tidy_gaps();
        }
        if self.len == 0 && self.behind.capacity() > KEPT {
            self.behind = VecDeque::new();
        }
    }

    #[cold]
    fn tidy_gaps(&mut self) {
        while !self.front.is_empty() && self.gaps.remove(&self.front.first) {
            self.advance();
        }
        if self.gaps.len() > self.len + GAPS {
            let mut packed = Self::default();
            self.waiting().for_each(|(id, key)| packed.push(id, key));
            *self = packed;
        }
    }
}

impl Run {
    fn of(id: EventId, key: Key) -> Self {
        let end = EventId(id.0 + 1);
        Self {
            first: id,
            end,
            key,
        }
    }

    #[inline]
    fn is_empty(&self) -> bool {
        self.first == self.end
    }

    fn ids(&self) -> impl Iterator<Item = EventId> + use<> {
        (self.first.0..self.end.0).map(EventId)
    }
}

impl Default for Run {
    fn default() -> Self {
        Self {
            first: EventId(0),
            end: EventId(0),
            key: Key::default(),
        }
    }
}
