//! The slots of one run, in the order of registration.
//!
//! A table grows at its end until it is full, and is then replaced by a larger one; a removed
//! listener's slot is cleared where it is, and a table that is mostly cleared slots is replaced by a
//! smaller one. So adding and removing are O(1) amortised, and a visit can walk the table that it
//! found without a lock: its slots only ever turn from a node to nothing, or, beyond what the visit
//! found, from nothing to a node that is too young for it.

use std::slice;
use std::sync::atomic::Ordering;

use smallvec::SmallVec;

use super::node::Node;
use super::{Garbage, Trash};
use crate::flavour::Parts;
use crate::guarded::{Held, Owner, Proof, Ref, Slot};
use crate::sync::AtomicUsize;

/// The smallest table: most events have few listeners.
const CAPACITY_MIN: usize = 4;

pub(crate) struct Table<K: Parts, B: ?Sized + 'static> {
    len: AtomicUsize,
    /// As many as there is capacity. A few stand in place, which saves an emit the way to them.
    slots: SmallVec<[Slot<Node<K, B>>; CAPACITY_MIN]>,
}

impl<K: Parts, B: ?Sized + 'static> Held for Table<K, B> {
    type Behind = ();
}

impl<K: Parts, B: ?Sized + 'static> Table<K, B> {
    fn with_capacity(capacity: usize) -> Self {
        Self {
            len: AtomicUsize::new(0),
            slots: (0..capacity).map(|_| Slot::empty()).collect(),
        }
    }

    /// How many slots are in use.
    #[inline]
    pub(super) fn len(&self) -> usize {
        // Acquire: pairs with the store in `push`, so that the slots below are filled.
        self.len.load(Ordering::Acquire)
    }

    /// The nodes, oldest first.
    #[inline]
    pub(crate) fn nodes<'t>(&'t self, proof: Proof<'t>) -> Nodes<'t, K, B> {
        Nodes {
            slots: self.slots[..self.len()].iter(),
            proof,
        }
    }

    /// # Panics
    /// If the table is full.
    fn push(&self, fill: impl FnOnce(usize, &Slot<Node<K, B>>)) {
        let at = self.len.load(Ordering::Relaxed);
        fill(at, &self.slots[at]);
        self.len.store(at + 1, Ordering::Release);
    }
}

/// The nodes of a table that are still to come.
pub(crate) struct Nodes<'t, K: Parts, B: ?Sized + 'static> {
    slots: slice::Iter<'t, Slot<Node<K, B>>>,
    proof: Proof<'t>,
}

impl<'t, K: Parts, B: ?Sized> Iterator for Nodes<'t, K, B> {
    type Item = Ref<'t, Node<K, B>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let node = self.slots.next()?.get(self.proof);
            if node.is_some() {
                return node;
            }
            cleared();
        }
    }
}

/// Says that it seldom comes here.
#[cold]
#[inline(never)]
fn cleared() {}

impl<K: Parts, B: ?Sized> DoubleEndedIterator for Nodes<'_, K, B> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let proof = self.proof;
        self.slots.by_ref().rev().find_map(|slot| slot.get(proof))
    }
}

impl<K: Parts, B: ?Sized> Clone for Nodes<'_, K, B> {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            slots: self.slots.clone(),
            proof: self.proof,
        }
    }
}

/// The writer's side of one run: the table that its readers see, and what is dead in it.
pub(super) struct Rows<K: Parts, B: ?Sized + 'static> {
    table: Option<Owner<Table<K, B>>>,
    dead: usize,
}

impl<K: Parts, B: ?Sized + 'static> Rows<K, B> {
    pub(super) fn new() -> Self {
        Self {
            table: None,
            dead: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.live() == 0
    }

    fn live(&self) -> usize {
        self.len() - self.dead
    }

    fn len(&self) -> usize {
        self.table.as_ref().map_or(0, |table| table.len())
    }

    fn capacity(&self) -> usize {
        self.table.as_ref().map_or(0, |table| table.slots.len())
    }

    /// Where the only node stands, if there is but one.
    pub(super) fn only(&self) -> Option<&Slot<Node<K, B>>> {
        let table = self.table.as_ref().filter(|_| self.live() == 1)?;
        table.slots[..table.len()].iter().find(|slot| slot.is_set())
    }

    /// Puts `node` at the end.
    pub(super) fn push(
        &mut self,
        published: &Slot<Table<K, B>>,
        node: &Owner<Node<K, B>>,
        trash: &mut Trash<K, B>,
    ) {
        if self.len() == self.capacity() {
            self.replace(published, (2 * self.live()).max(CAPACITY_MIN), trash);
        }
        let table = self.table.as_ref().expect("`replace` made one");
        table.push(|at, slot| {
            node.set_position(at);
            // Release: whoever reads the slot sees the node whole.
            slot.set(Some(node), Ordering::Release);
        });
    }

    /// Clears the slot at `position`, and the table up to half if it is time.
    pub(super) fn remove(
        &mut self,
        published: &Slot<Table<K, B>>,
        position: usize,
        trash: &mut Trash<K, B>,
    ) {
        let table = self.table.as_ref().expect("a listener stands in a table");
        table.slots[position].set(None, K::UNLINK);
        if position + 1 == table.len() {
            // The newest: its slot can be used again at once. A visit that found the longer table
            // sees nothing there, or a listener that is too young for it.
            table.len.store(position, Ordering::Release);
        } else {
            self.dead += 1;
        }
        if self.is_empty() {
            if self.capacity() > CAPACITY_MIN || self.dead > 0 {
                self.clear(published, trash);
            }
        } else if self.dead > self.live() + CAPACITY_MIN {
            self.replace(published, 2 * self.live(), trash);
        }
    }

    /// Lets go of the table.
    pub(super) fn clear(&mut self, published: &Slot<Table<K, B>>, trash: &mut Trash<K, B>) {
        debug_assert!(self.is_empty());
        published.set(None, K::UNLINK);
        trash.extend(self.table.take().map(Garbage::Table));
        self.dead = 0;
    }

    /// Moves what lives to a table of `capacity` slots, in order.
    fn replace(&mut self, published: &Slot<Table<K, B>>, capacity: usize, trash: &mut Trash<K, B>) {
        let new = Owner::new(Table::with_capacity(capacity));
        if let Some(old) = &self.table {
            for slot in &old.slots[..old.len()] {
                if let Some(node) = slot.get(Proof::by(self)) {
                    new.push(|at, free| {
                        node.set_position(at);
                        free.copy(slot, Ordering::Relaxed);
                    });
                }
            }
        }
        published.set(Some(&new), K::UNLINK);
        trash.extend(self.table.replace(new).map(Garbage::Table));
        self.dead = 0;
    }
}
