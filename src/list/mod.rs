//! The ordered listeners of one event: insert, remove, latch, claim. Takes no policy decision and
//! finds nothing by name: it has that of its event for the frames of its emits, and for those who ask.
//!
//! # Data structure
//!
//! Listeners ([`Node`]) of one priority that were put at the same end stand in one *run*: a table of
//! pointers in the order of registration. Almost every list has a single run, priority 0 at the
//! back, and `main` is its table. What most lists have is one listener that needs nothing but a call:
//! `solo` points to it. If there are other runs, `order` lists all runs in the order of their
//! keys: priority, highest first, then what was prepended before what was appended; runs of what was
//! prepended are walked from their end.
//!
//! The [`Writer`] under the list's lock owns it all. Readers take no lock: they open a [`Visit`] and
//! follow the published pointers (`guarded`).
//!
//! # Invariants, and the rules that follow from them
//!
//! 1. *Within a table, births ascend, and a slot never changes from one node to another, unless the
//!    other is younger than every visit that can see the slot.* With the order of the runs that is
//!    the order of rule 1, and it stands still for a visit even while it is changed.
//! 2. *A visit latches the clock when it begins, and `clock` is the birth of the youngest node.* A
//!    node with a later birth is passed over: rule 2, the audience.
//! 3. *A removed node says so itself.* So a visit passes it over also in a table that was replaced
//!    meanwhile, in every frame: rule 2, `off` is a promise.
//! 4. *A limited node is counted, and unlinked at zero, under the lock and before its call.* Rule 3.
//! 5. *The lock is never held while user code runs*, and a visit holds none: rule 4. What is removed
//!    is handed out of the lock ([`Remains`]) and dropped outside. Tables have no closures, and are dropped
//!    where they are replaced.
//! 6. *What is unlinked while visits are under way is kept, with the names of these visitors, and
//!    dropped when the last of them leaves.* New visits do not see it and are not waited for: rule 5. The
//!    listener that a visit itself uses up while it is the only one, it drops by itself ([`Used`]).
//! 7. *Who finds `solo` has the whole audience*: it is set where one listener comes first or is left, if that needs
//!    nothing but a call; cleared before the birth of a second one is the clock, and with the last. A removal while it
//!    is called is seen at the end of the visit, which is the end of the call.
//!
//! # Complexity
//!
//! `add` and `remove` are O(1) amortised, plus O(log p) to find a run and O(p) to make one, for p
//! different priorities in use, and O(log n) in a list that was much larger once. A visit is O(n).
//! Memory is O(n) for n listeners now registered, plus what the visits under way still need.

// The safe twin's `Ref` is a guard, not a reference.
#![allow(clippy::needless_borrow)]

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use crate::error::WaitError;
use crate::flavour::{Leftover, Lock, Parts, Reader, Visits};
use crate::guarded::{Keeper, Owner, Proof, Slot, Taken};
use crate::id::{ListId, ListenerId};
use crate::listener::{End, ListenerInfo};
use crate::seed::Seed;
use crate::stack::{self, Frame, Outermost, Sign};
use crate::sync::{AtomicU64, AtomicUsize};

mod node;
mod roster;
mod rows;
mod run;
mod table;
mod visit;
mod writer;

use node::LAST_BIRTH;
pub(crate) use node::{GateGuard, Node};
pub(crate) use run::Runs;
use run::{Member, Order, Walk};
pub(crate) use table::{Nodes, Table};
use visit::Begun;
pub(crate) use visit::{Claim, FirstVisit, Glimpse, Used, View, Visit, Visiting};
use writer::Writer;

// What an emit reads comes first, see `Channel`.
#[repr(C)]
pub(crate) struct List<K: Parts, B: ?Sized + 'static> {
    /// The only listener, if there is but one, in `main`, that needs nothing but a call.
    solo: Slot<Node<K, B>>,
    /// How many listeners the roster has, for those who hold no lock.
    live: AtomicUsize,
    /// The birth of the youngest node.
    clock: AtomicU64,
    main: Slot<Table<K, B>>,
    visits: K::Visits,
    /// What the frames of its emits show.
    pub(crate) sign: Sign,
    /// All runs, if there are others than `main`.
    order: Slot<Order<K, B>>,
    id: ListId,
    writer: K::Lock<Writer<K, B>>,
}

/// A listener's closure, in the allocation of its node to be.
pub(crate) type NodeSeed<K, B> = Box<Seed<Node<K, B>, B>>;

/// A listener that is to be added.
pub(crate) type NewNode<K, B> = Owner<Node<K, B>>;

type TicketOf<K> = <<K as Parts>::Visits as Visits>::Ticket;
type ReadersOf<K> = <<K as Parts>::Visits as Visits>::Readers;

/// What an addition did.
// Two words, so that it is returned in registers: an id that was written to memory word by word, and is then copied in
// larger parts, has the copy wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Added {
    birth: u64,
    /// How many listeners there are with it, above where the list keeps it.
    count_and_index: u64,
}

impl Added {
    fn new(count: usize, index: u32, birth: u64) -> Self {
        Self {
            birth,
            count_and_index: (count as u64) << 32 | u64::from(index),
        }
    }

    /// The id of the listener, which was added to the list `to`.
    #[inline]
    pub(crate) fn id(self, to: ListId) -> ListenerId {
        ListenerId::new(to, self.count_and_index as u32, self.birth)
    }

    pub(crate) fn count(self) -> usize {
        (self.count_and_index >> 32) as usize
    }
}

/// What is left of a listener that was removed, for those who removed it. Dropping it drops the closure, which
/// is user code and must not happen under the lock.
pub(crate) enum Remains<K: Parts, B: ?Sized + 'static> {
    /// All of it.
    Node(Owner<Node<K, B>>),
    /// The closure. What it stands behind is kept for the visits under way.
    Body(#[allow(dead_code, reason = "is kept to be dropped")] Taken<Node<K, B>>),
    /// Nothing: it is all kept for the visits under way.
    Nothing,
}

/// To a visit: what it may see is kept until it ends. And for one thread, to whoever is about to begin one.
impl<K: Parts, B: ?Sized + 'static> Keeper for List<K, B> {}

impl<K: Parts, B: ?Sized + 'static> List<K, B> {
    pub(crate) fn new(id: ListId, sign: Sign) -> Self {
        Self {
            id,
            solo: Slot::empty(),
            live: AtomicUsize::new(0),
            clock: AtomicU64::new(0),
            main: Slot::empty(),
            order: Slot::empty(),
            visits: K::Visits::default(),
            sign,
            writer: K::Lock::new(Writer::new()),
        }
    }

    pub(crate) fn id(&self) -> ListId {
        self.id
    }

    /// How many listeners are registered now.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        // Relaxed: a hint between threads, exact on one.
        self.live.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What visits are announced under: where it keeps the sign that the frames of its emits show.
    fn address(&self) -> usize {
        std::ptr::from_ref(&self.sign).addr()
    }

    /// Whether an emit that begins now has one listener to call, which needs nothing else.
    #[inline(always)]
    pub(crate) fn glimpse(&self) -> Option<Glimpse<'_, K, B>> {
        if K::ONE_THREAD {
            self.solo.get(Proof::by(self)).map(Glimpse::Seen)
        } else {
            self.solo.is_set().then_some(Glimpse::LookAgain)
        }
    }

    /// Begins a visit in `frame`: latches the audience.
    #[inline]
    pub(crate) fn visit<'a>(&'a self, frame: &'a Frame) -> Visit<'a, K, B> {
        let entered = self.visits.enter(self.address());
        let ticket = entered.unwrap_or_else(|ticket| self.join(ticket));
        Visit(View {
            list: self,
            frame,
            ticket,
            clock: self.latch(),
        })
    }

    /// The birth of the youngest node.
    #[inline(always)]
    fn latch(&self) -> u64 {
        // Acquire: pairs with the store in `add`; who sees a birth sees the node in its table.
        self.clock.load(Ordering::Acquire)
    }

    #[cold]
    fn join(&self, ticket: TicketOf<K>) -> TicketOf<K> {
        self.writer
            .with(|_| self.visits.join(self.address(), ticket));
        ticket
    }

    /// Begins the outermost emit of this thread. `None` if it has to be begun by `visit`.
    #[inline(always)]
    pub(crate) fn visit_first(&self) -> Option<FirstVisit<'_, K, B>> {
        let first = self.visits.enter_first(self.address())?;
        let begun = Begun { list: self, first };
        let frame = Outermost::enter(&self.sign);
        let is_admitted = self.visits.admits(first);
        is_admitted.then_some(FirstVisit { begun, frame })
    }

    /// Puts a listener at the end of its run.
    ///
    /// # Panics
    /// With more than [`MOST`](roster::MOST) listeners, or when all births are used up.
    pub(crate) fn add(&self, node: NewNode<K, B>) -> Added {
        let added = self.writer.with(|writer| {
            // Relaxed: the clock is changed under the lock only.
            let birth = K::next_birth(self.clock.load(Ordering::Relaxed));
            if birth > LAST_BIRTH {
                return Err((node, LAST_BIRTH, "registrations"));
            }
            if writer.roster.is_full() {
                return Err((node, roster::MOST as u64, "listeners of one event"));
            }
            node.register(birth);
            let is_solo = writer.roster.len() == 0 && node.is_plain(LAST_BIRTH);
            let index = writer.insert(self, node);
            let count = writer.roster.len();
            self.live.store(count, Ordering::Relaxed);
            self.clock.store(birth, Ordering::Release);
            // Behind these: a thread that has found the listener by `solo` finds it by them in its next emit.
            if is_solo {
                writer.publish_solo(self);
            }
            self.retire(writer);
            Ok(Added::new(count, index, birth))
        });
        // Outside of the lock: the closure is dropped, which is user code.
        added.unwrap_or_else(|(_node, most, what)| panic!("no more than {most} {what}"))
    }

    /// Whether `id` is of this list. Births do not tell, since single-threaded lists count each for itself.
    #[inline(always)]
    fn knows(&self, id: ListenerId) -> bool {
        id.list() == self.id
    }

    /// Removes the listener `id`, if it is there.
    #[inline(always)]
    pub(crate) fn remove(&self, id: ListenerId) -> Option<Remains<K, B>> {
        if !self.knows(id) {
            return None;
        }
        self.writer.with(|writer| {
            let node = self.unlink(writer, id)?;
            Some(self.keep(writer, node))
        })
    }

    /// Removes all listeners at once, in order; answers who they were.
    pub(crate) fn clear(&self) -> (Vec<ListenerInfo>, Vec<Remains<K, B>>) {
        self.writer.with(|writer| {
            let infos = self.collect(writer, |node| self.info_of(node));
            let unlinked = infos.iter().map(|info| self.unlink(writer, info.id));
            let nodes: Vec<_> = unlinked.flatten().collect();
            (infos, self.keep_all(writer, nodes))
        })
    }

    /// Counts one call of `node` against its limit, before the call by the visit whose round keeps what it has
    /// `used` up.
    #[inline(always)]
    pub(crate) fn claim(&self, node: &Node<K, B>, used: &mut Used<'_, K, B>) -> Claim {
        if !node.is_limited() {
            return match node.is_removed() {
                true => Claim::Gone,
                false => Claim::Granted,
            };
        }
        self.writer.with(|writer| self.count(writer, node, used))
    }

    /// Counts one call of a limited `node`, under the lock.
    fn count(
        &self,
        writer: &mut Writer<K, B>,
        node: &Node<K, B>,
        used: &mut Used<'_, K, B>,
    ) -> Claim {
        if node.is_removed() {
            return Claim::Gone;
        }
        if !node.count() {
            return Claim::Granted;
        }
        let Some(node) = self.unlink(writer, node.id(self.id)) else {
            return Claim::Gone;
        };
        let remains = if self.visits.is_alone(self.address(), used.view.ticket) {
            // The visit itself may be in a table that was replaced.
            self.retire(writer);
            Remains::Node(node)
        } else {
            self.keep(writer, node)
        };
        // Never the closure alone: its call is about to begin.
        if let Remains::Node(node) = remains {
            used.put(node);
        }
        Claim::Last
    }

    pub(crate) fn contains(&self, id: ListenerId) -> bool {
        self.knows(id) && self.writer.with(|writer| writer.roster.find(id).is_some())
    }

    /// What is known of the listener `id`, if it is there.
    pub(crate) fn info(&self, id: ListenerId) -> Option<ListenerInfo> {
        if !self.knows(id) {
            return None;
        }
        self.writer
            .with(|writer| Some(self.info_of(writer.roster.find(id)?)))
    }

    /// What is known of all listeners, in order.
    pub(crate) fn infos(&self) -> Vec<ListenerInfo> {
        self.writer
            .with(|writer| self.collect(writer, |node| self.info_of(node)))
    }

    /// Waits until no other thread is inside the listener `id`, if that was one of this list. It is removed.
    pub(crate) fn wait(&self, id: ListenerId) -> Result<(), WaitError> {
        if !self.knows(id) {
            return Ok(());
        }
        self.visits.until_left(id.birth)
    }

    /// Takes a listener out, if it is there.
    #[inline(always)]
    fn unlink(&self, writer: &mut Writer<K, B>, id: ListenerId) -> Option<Owner<Node<K, B>>> {
        let node = writer.roster.remove(id)?;
        node.set_removed();
        writer.erase(self, &node);
        let left = writer.roster.len();
        if left == 0 {
            self.solo.set(None, K::PUBLISH);
        }
        self.live.store(left, Ordering::Relaxed);
        if left == 1 {
            writer.publish_solo(self);
        }
        Some(node)
    }

    /// Keeps of what was just unlinked, `node` and what was replaced, what the visits under way may still see.
    #[inline(always)]
    fn keep(&self, writer: &mut Writer<K, B>, node: Owner<Node<K, B>>) -> Remains<K, B> {
        match self.visits.mark(self.address()) {
            None => {
                writer.drop_replaced();
                Remains::Node(node)
            }
            Some(readers) => self.keep_for(readers, writer, node),
        }
    }

    /// As `keep`, with one look at the visits under way.
    fn keep_all(
        &self,
        writer: &mut Writer<K, B>,
        nodes: Vec<Owner<Node<K, B>>>,
    ) -> Vec<Remains<K, B>> {
        if nodes.is_empty() {
            return Vec::new();
        }
        let readers = self.visits.mark(self.address());
        if readers.is_none() {
            writer.drop_replaced();
        }
        let keep = |node| match &readers {
            None => Remains::Node(node),
            Some(readers) => self.keep_for(readers.clone(), writer, node),
        };
        nodes.into_iter().map(keep).collect()
    }

    #[cold]
    fn keep_for(
        &self,
        readers: ReadersOf<K>,
        writer: &mut Writer<K, B>,
        node: Owner<Node<K, B>>,
    ) -> Remains<K, B> {
        // The node is kept for them, the closure need not be.
        let body = self.take_body(&node);
        writer.retire(Some(node), readers);
        body.map_or(Remains::Nothing, Remains::Body)
    }

    /// The closure of a removed listener, if the flavour can tell that nobody is inside.
    fn take_body(&self, node: &Node<K, B>) -> Option<Taken<Node<K, B>>> {
        let idle = !self.visits.may_run(node.identity());
        if idle { node.take_body() } else { None }
    }

    /// Keeps what was just replaced, if anything was, for the visits under way.
    #[inline]
    fn retire(&self, writer: &mut Writer<K, B>) {
        if writer.replaced.is_empty() {
            return;
        }
        match self.visits.mark(self.address()) {
            None => writer.drop_replaced(),
            Some(readers) => writer.retire(None, readers),
        }
    }

    /// Drops what a visit in `frame` has left behind.
    #[cold]
    fn clean_up(&self, left: Leftover, frame: &Frame) {
        // First: what the frame shows goes with what is dropped.
        frame.hide_listener();
        // User code is run, in the emit that ends, but in no visit of this list.
        frame.apart(&self.sign, || match left {
            Leftover::Nothing => {}
            Leftover::Kept if std::thread::panicking() => self.reap_bodies(),
            Leftover::Kept => {}
            Leftover::Last(reader) => self.reap(reader),
        });
    }

    /// Leaves a visit that is the outermost of its thread where it does not end as most do.
    #[cold]
    #[inline(never)]
    fn give_up_first(&self, first: <K::Visits as Visits>::First) {
        self.visits.out(K::Visits::ticket(first));
        match self.visits.give_up_first(first) {
            Leftover::Nothing => {}
            left => self.clean_up_first(left),
        }
    }

    /// Drops what the outermost visit of the thread has left behind. It may have been removed from inside of the only
    /// listener, which was not looked at after its call.
    #[cold]
    #[inline(never)]
    fn clean_up_first(&self, left: Leftover) {
        if let Leftover::Last(reader) = left {
            self.visits.wake_all_waiters(reader);
        }
        stack::with_outermost(|frame| self.clean_up(left, frame));
    }

    /// Drops what was kept for `reader`, who has left, and for nobody else.
    fn reap(&self, reader: Reader) {
        let garbage = self.writer.with(|writer| {
            let garbage = writer.release(reader);
            if writer.retired.is_empty() {
                self.visits.settle();
            }
            garbage
        });
        self.visits.reaped();
        // User code: closures are dropped.
        drop(garbage);
    }

    /// Drops the closures of removed listeners that a panic has just left.
    fn reap_bodies(&self) {
        let bodies: Vec<_> = self.writer.with(|writer| {
            let retired = writer.retired_nodes();
            retired.filter_map(|node| self.take_body(node)).collect()
        });
        // User code: closures are dropped.
        drop(bodies);
    }

    /// The runs as they are published now.
    #[inline]
    fn runs<'v>(&self, proof: Proof<'v>) -> Runs<'v, K, B> {
        match self.order.get(proof) {
            None => Runs::Main(self.main.get(proof)),
            Some(order) => Runs::Several(order),
        }
    }

    /// Calls `f` with the nodes of one run after the other, in order, until it breaks.
    fn each_run(
        &self,
        order: &Order<K, B>,
        proof: Proof<'_>,
        f: &mut dyn FnMut(&mut Walk<'_, K, B>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        order.runs.iter().try_for_each(|Member { end, run }| {
            let table = run.as_ref().map_or(&self.main, |run| &run.table);
            let Some(table) = table.get(proof) else {
                return ControlFlow::Continue(());
            };
            let mut nodes = table.nodes(proof);
            match end {
                End::Back => f(&mut nodes),
                End::Front => f(&mut nodes.rev()),
            }
        })
    }

    fn info_of(&self, node: &Node<K, B>) -> ListenerInfo {
        node.info(self.id, self.sign.event)
    }

    /// Something of every listener, in order, under the lock.
    fn collect<X>(&self, writer: &Writer<K, B>, what: impl Fn(&Node<K, B>) -> X) -> Vec<X> {
        let proof = Proof::by(writer);
        let mut all = Vec::with_capacity(self.len());
        match self.runs(proof) {
            Runs::Main(table) => {
                let nodes = table.iter().flat_map(|table| table.nodes(proof));
                all.extend(nodes.map(|node| what(&node)));
            }
            Runs::Several(order) => {
                let _ = self.each_run(&order, proof, &mut |nodes| {
                    all.extend(nodes.map(|node| what(&node)));
                    ControlFlow::Continue(())
                });
            }
        }
        all
    }
}

impl<K: Parts, B: ?Sized + 'static> Drop for List<K, B> {
    fn drop(&mut self) {
        // A visit borrows the list; but `process::exit` runs the destructors of thread-locals within
        // an emit that it never returns to.
        if stack::is_entered() && self.visits.is_visited(self.address()) {
            self.writer.with(|writer| {
                let nodes = writer.roster.iter().chain(writer.retired_nodes());
                stack::forget(&self.sign, &nodes.map(Node::identity).collect::<Vec<_>>());
            });
        }
    }
}
