//! Three queues in one, with removal from the middle.
//!
//! # Data structure
//!
//! Each lane is a ring of runs, oldest first. A run is of events that were put in one after the other,
//! with consecutive ids, and lie in the same store: so a burst of one kind of events is no more than a
//! run, and many that come from another thread together are put in at once. An event that is removed
//! stays in its run as a gap, which a set of such ids tells, until it comes to the front, or until gaps
//! outnumber events and the ring is packed; in front of the oldest that may be dropped to make room, that part of it.
//! So push and pop are O(1) amortised, removal O(log n), and that oldest is found in O((k + 1) log n) amortised, for k
//! events in front of it.
//!
//! # Invariants
//!
//! 1. *Ids ascend from the front to the back of a lane*: they are given in turn, by `last_id`. The binary search
//!    rests on it, and "what was there before this id" is a prefix of each lane.
//! 2. *The front of a lane is not a gap.* So it is what the lane offers next.
//! 3. *`passed` is how often, in a row, something waited in a lane and a higher one went first.* It is
//!    what fairness goes by; without fairness it is not kept.
//! 4. *An id that waits is the only way to its event.* What leaves becomes an item, which owns it; what
//!    is left when the lanes go becomes items too, and is dropped with them.

use std::collections::{BTreeSet, VecDeque};
use std::mem;
use std::panic::Location;
use std::rc::Rc;

use super::id::{Cause, EventId, PackedCause, after, is_last, remaining};
use super::posted::{Envelope, Posted};
use super::queued::{Lane, QueuedEvent};
use super::store::{AnyStore, Item, Store};
use super::stores::Stores;
use super::tick::Tick;
use crate::event::Event;
use crate::payload::Payload;

/// A ring is packed, or the part of it, when it has this many gaps more than events.
const GAPS: usize = 32;

/// Rings that became larger than this in a burst are given back when they are empty.
const KEPT: usize = 1024;

/// Since this id is since ever.
const EVER: EventId = EventId(0);

/// In the order of `Lanes::lanes`.
const LANES: [Lane; 3] = [Lane::High, Lane::Normal, Lane::Low];

/// The events of one queue.
pub(crate) struct Lanes {
    /// By `Lane`, high first.
    lanes: [LaneQueue; 3],
    /// How often each was passed over.
    passed: [usize; 3],
    /// After how many events of other lanes one is let through; 0 is never.
    fairness: usize,
    last_id: u64,
    stores: Stores,
}

struct LaneQueue {
    lane: Lane,
    /// `None` only if there is no other.
    front: Option<Run>,
    behind: VecDeque<Run>,
    /// Ids in runs whose events are gone.
    gaps: BTreeSet<EventId>,
    /// Ids in runs that are no gaps.
    len: usize,
}

/// Consecutive ids, at least one, of events that lie in one store.
struct Run {
    first: EventId,
    /// The id behind the last.
    end: EventId,
    store: Rc<dyn AnyStore>,
    /// Whether the events have labels.
    is_labelled: bool,
}

impl Lanes {
    pub(crate) fn new(fairness: usize) -> Self {
        Self {
            lanes: LANES.map(LaneQueue::new),
            passed: [0; 3],
            fairness,
            last_id: 0,
            stores: Stores::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes.iter().map(|lane| lane.len).sum()
    }

    /// Whether an event that comes into the normal lane or the low one has to wait for one that is there.
    pub(crate) fn makes_newcomers_wait(&self) -> bool {
        let [high, normal, _low] = &self.lanes;
        self.fairness == 0 && (high.front.is_some() || normal.front.is_some())
    }

    /// The id that the next event will have: what waits now has smaller ones.
    pub(crate) fn next_id(&self) -> EventId {
        EventId(self.last_id + 1)
    }

    /// Puts an event behind those of its lane, if there is a store for its kind.
    ///
    /// # Errors
    /// There is none yet, or no id is left.
    #[inline(always)]
    pub(crate) fn post<T, P>(
        &mut self,
        event: Event<T>,
        lane: Lane,
        payload: P,
        location: &'static Location<'static>,
        cause: PackedCause,
    ) -> Result<EventId, P>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        let Some((store, any)) = self.stores.get(event) else {
            return Err(payload);
        };
        if is_last(self.last_id) {
            return Err(payload);
        }
        self.last_id = after(self.last_id);
        let id = EventId(self.last_id);
        store.put(id, || Envelope::new(payload, location, cause));
        self.lanes[lane as usize].push(id, any, false);
        Ok(id)
    }

    /// Puts an event behind those of its lane, whatever there is to know of it.
    pub(crate) fn post_envelope<T, P>(
        &mut self,
        id: EventId,
        event: Event<T>,
        lane: Lane,
        envelope: Envelope<T, P>,
    ) where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        if self.stores.get::<T, P>(event).is_none() {
            self.stores.add::<T, P>(event);
        }
        let is_labelled = envelope.label().is_some();
        let (store, any) = self.stores.get(event).expect("it was just added");
        store.put(id, || envelope);
        self.lanes[lane as usize].push(id, any, is_labelled);
    }

    /// Puts the turn of a timer into a store of the caller's, and behind what is in the normal lane.
    pub(crate) fn post_tick(&mut self, id: EventId, ticks: &Rc<Store<Tick>>, tick: Tick) {
        ticks.put(id, || tick);
        let any: Rc<dyn AnyStore> = ticks.clone();
        self.lanes[Lane::Normal as usize].push(id, &any, false);
    }

    /// Puts `count` events behind those of their lane, which lie in a store of their own. `store` makes it,
    /// given the id of the first. There are as many [`ids_left`](Self::ids_left).
    pub(crate) fn adopt(
        &mut self,
        lane: Lane,
        count: u64,
        is_labelled: bool,
        store: impl FnOnce(EventId) -> Rc<dyn AnyStore>,
    ) {
        let first = self.next_id();
        self.last_id += count;
        self.lanes[lane as usize].push_run(Run {
            first,
            end: self.next_id(),
            store: store(first),
            is_labelled,
        });
    }

    /// How many events more can be put in, ever.
    pub(crate) fn ids_left(&self) -> u64 {
        remaining(self.last_id)
    }

    /// Takes the id of the event that will be put in next. Taken by whoever has the event, and keeps it if there is
    /// none left: what is dropped then may use the queue.
    ///
    /// # Panics
    /// If there is none left.
    pub(crate) fn take_id(&mut self) -> EventId {
        self.last_id = after(self.last_id);
        EventId(self.last_id)
    }

    /// What is known of an event that waits.
    pub(crate) fn info(&self, id: EventId) -> Option<QueuedEvent> {
        let info = |lane: &LaneQueue| Some(lane.run_of(id)?.store.info(id, lane.lane));
        self.lanes.iter().find_map(info)
    }

    /// Takes the event whose turn it is, of those with ids below `before`.
    #[inline(always)]
    pub(crate) fn pop(&mut self, before: EventId) -> Option<Item> {
        let lane = match self.fairness {
            0 => self.lanes.iter_mut().find(|lane| lane.offers(before)),
            _ => self.choose_fairly(before),
        };
        lane?.pop()
    }

    #[inline(never)]
    fn choose_fairly(&mut self, before: EventId) -> Option<&mut LaneQueue> {
        let has_offer = self.lanes.each_ref().map(|lane| lane.offers(before));
        let waits = self.lanes.each_ref().map(|lane| lane.len > 0);
        let chosen = choose(&mut self.passed, self.fairness, has_offer, waits)?;
        Some(&mut self.lanes[chosen])
    }

    /// Takes an event out of the middle.
    pub(crate) fn remove(&mut self, id: EventId) -> Option<Item> {
        self.lanes.iter_mut().find_map(|lane| lane.remove(id))
    }

    /// The oldest of the events that may be dropped to make room: no timer's, and no other thread's.
    pub(crate) fn oldest(&mut self) -> Option<EventId> {
        self.lanes.iter_mut().filter_map(LaneQueue::oldest).min()
    }

    /// Takes everything, in order.
    pub(crate) fn drain(&mut self) -> Vec<Item> {
        let mut drained = Vec::new();
        for lane in &mut self.lanes {
            let ring = mem::replace(lane, LaneQueue::new(lane.lane));
            drained.extend(ring.waiting().map(|(id, run)| run.item(id, ring.lane)));
        }
        drained
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

    /// What was put in since `first`, in that order.
    pub(crate) fn infos_since(&self, first: EventId) -> Vec<QueuedEvent> {
        let infos = self.lanes.iter().flat_map(|lane| lane.infos_since(first));
        let mut infos: Vec<_> = infos.collect();
        infos.sort_unstable_by_key(|info| info.id);
        infos
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

impl LaneQueue {
    fn new(lane: Lane) -> Self {
        Self {
            lane,
            front: None,
            behind: VecDeque::new(),
            gaps: BTreeSet::new(),
            len: 0,
        }
    }

    /// Whether something came before `before`.
    #[inline]
    fn offers(&self, before: EventId) -> bool {
        self.front.as_ref().is_some_and(|run| run.first < before)
    }

    /// What waits, in order.
    fn waiting(&self) -> impl Iterator<Item = (EventId, &Run)> {
        self.waiting_since(EVER)
    }

    /// What waits of what was put in since `first`, in order: at no cost for what was there before.
    fn waiting_since(&self, first: EventId) -> impl Iterator<Item = (EventId, &Run)> {
        let before = self.behind.partition_point(|run| run.end <= first);
        let runs = self.front.iter().chain(self.behind.range(before..));
        let all = runs.flat_map(move |run| run.ids_since(first).map(move |id| (id, run)));
        all.filter(|(id, _)| !self.gaps.contains(id))
    }

    fn infos(&self) -> impl Iterator<Item = QueuedEvent> {
        self.infos_since(EVER)
    }

    fn infos_since(&self, first: EventId) -> impl Iterator<Item = QueuedEvent> {
        let waiting = self.waiting_since(first);
        waiting.map(|(id, run)| run.store.info(id, self.lane))
    }

    #[inline(always)]
    fn push(&mut self, id: EventId, store: &Rc<dyn AnyStore>, is_labelled: bool) {
        let last = self.behind.back_mut().or(self.front.as_mut());
        match last.filter(|run| run.is_continued_by(id, store, is_labelled)) {
            Some(run) => {
                run.end.0 += 1;
                self.len += 1;
            }
            None => self.push_run(Run {
                first: id,
                end: EventId(id.0 + 1),
                store: store.clone(),
                is_labelled,
            }),
        }
    }

    fn push_run(&mut self, run: Run) {
        self.len += (run.end.0 - run.first.0) as usize;
        match self.front {
            None => self.front = Some(run),
            Some(_) => self.behind.push_back(run),
        }
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<Item> {
        let run = self.front.as_mut()?;
        let Run {
            first,
            end,
            ref store,
            is_labelled,
        } = *run;
        let store = store.clone();
        run.first.0 += 1;
        self.len -= 1;
        if run.first == end || !self.gaps.is_empty() {
            self.tidy();
        }
        // At last: what is made before something else is done is moved, and that waits for what was just written.
        Some(Item::new(store, first, self.lane, is_labelled))
    }

    /// The run of an event that waits.
    fn run_of(&self, id: EventId) -> Option<&Run> {
        let behind = self.behind.partition_point(|run| run.first <= id);
        let run = match behind.checked_sub(1) {
            Some(at) => &self.behind[at],
            None => self.front.as_ref()?,
        };
        let is_there = run.first <= id && id < run.end && !self.gaps.contains(&id);
        is_there.then_some(run)
    }

    fn remove(&mut self, id: EventId) -> Option<Item> {
        let item = self.run_of(id)?.item(id, self.lane);
        self.gaps.insert(id);
        self.len -= 1;
        self.tidy();
        Some(item)
    }

    /// Keeps the front from being a gap, gaps from outnumbering events, and memory from staying.
    #[inline(never)]
    fn tidy(&mut self) {
        while let Some(run) = &mut self.front {
            if run.first == run.end {
                self.front = self.behind.pop_front();
            } else if self.gaps.remove(&run.first) {
                run.first.0 += 1;
            } else {
                break;
            }
        }
        if self.gaps.len() > self.len + GAPS {
            self.pack();
        }
        if self.len == 0 && self.behind.capacity() > KEPT {
            self.behind = VecDeque::new();
        }
    }

    /// The oldest of its events that may be dropped to make room. Those in front of it are passed each time, with
    /// the gaps that earlier ones have left, so these are kept from outnumbering them.
    fn oldest(&mut self) -> Option<EventId> {
        let may_go = |info: &QueuedEvent| info.timer.is_none() && info.cause != Cause::Thread;
        let mut passed = 0;
        let oldest = self.infos().inspect(|_| passed += 1).find(may_go)?.id;
        if self.gaps.range(..oldest).count() > passed + GAPS {
            self.pack_before(oldest);
        }
        Some(oldest)
    }

    /// Makes anew the runs, without gaps.
    fn pack(&mut self) {
        *self = self.packed(|_| true);
    }

    /// Makes anew the runs in front of an event that waits, without gaps.
    fn pack_before(&mut self, id: EventId) {
        let Self { front, behind, .. } = self.packed(|waiting| waiting < id);
        while self.gaps.first().is_some_and(|gap| *gap < id) {
            self.gaps.pop_first();
        }
        while let Some(mut run) = self.front.take().or_else(|| self.behind.pop_front()) {
            if id < run.end {
                run.first = run.first.max(id);
                self.behind.push_front(run);
                break;
            }
        }
        for run in front.into_iter().chain(behind).rev() {
            self.behind.push_front(run);
        }
        self.front = self.behind.pop_front();
    }

    /// The first of what waits, as long as `is_in` says, without gaps.
    fn packed(&self, is_in: impl Fn(EventId) -> bool) -> Self {
        let mut packed = Self::new(self.lane);
        for (id, run) in self.waiting().take_while(|(id, _)| is_in(*id)) {
            packed.push(id, &run.store, run.is_labelled);
        }
        packed
    }
}

impl Run {
    fn ids_since(&self, first: EventId) -> impl Iterator<Item = EventId> + use<> {
        (self.first.max(first).0..self.end.0).map(EventId)
    }

    #[inline(always)]
    fn is_continued_by(&self, id: EventId, store: &Rc<dyn AnyStore>, is_labelled: bool) -> bool {
        debug_assert!(self.end <= id);
        let is_same = Rc::ptr_eq(&self.store, store);
        self.end == id && is_same && self.is_labelled == is_labelled
    }

    /// What waits by this id.
    fn item(&self, id: EventId, lane: Lane) -> Item {
        Item::new(self.store.clone(), id, lane, self.is_labelled)
    }
}
