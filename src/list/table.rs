//! The slots of one run, in the order of registration.
//!
//! A table grows at its end until it is full; a removed listener's slot is cleared where it is. So a visit can walk
//! the table that it found without a lock: its slots only ever turn from a node to nothing, or, beyond what the
//! visit found, from nothing to a node that is too young for it.

use std::slice;
use std::sync::atomic::Ordering;

use smallvec::SmallVec;

use super::node::Node;
use crate::flavour::Parts;
use crate::guarded::{Held, Owner, Proof, Ref, Slot};
use crate::sync::AtomicUsize;

/// The smallest table: most events have few listeners.
pub(super) const CAPACITY_MIN: usize = 4;

pub(crate) struct Table<K: Parts, B: ?Sized + 'static> {
    pub(super) len: AtomicUsize,
    /// As many as there is capacity. A few stand in place, which saves an emit the way to them.
    pub(super) slots: SmallVec<[Slot<Node<K, B>>; CAPACITY_MIN]>,
}

impl<K: Parts, B: ?Sized + 'static> Held for Table<K, B> {
    type Behind = ();
}

impl<K: Parts, B: ?Sized + 'static> Table<K, B> {
    pub(super) fn with_capacity(capacity: usize) -> Self {
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

    /// Puts `node` at the end, if there is room. Answers whether there was.
    #[inline]
    pub(super) fn push(&self, node: &Owner<Node<K, B>>) -> bool {
        let at = self.len.load(Ordering::Relaxed);
        let Some(slot) = self.slots.get(at) else {
            return false;
        };
        node.set_position(at);
        // Release: whoever reads the slot sees the node whole.
        slot.set(Some(node), Ordering::Release);
        self.len.store(at + 1, Ordering::Release);
        true
    }
}

/// The nodes of a table that are still to come.
pub(crate) struct Nodes<'t, K: Parts, B: ?Sized + 'static> {
    slots: slice::Iter<'t, Slot<Node<K, B>>>,
    proof: Proof<'t>,
}

impl<'t, K: Parts, B: ?Sized> Nodes<'t, K, B> {
    pub(crate) fn none(proof: Proof<'t>) -> Self {
        let slots = [].iter();
        Self { slots, proof }
    }
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
#[inline]
fn cleared() {}

impl<K: Parts, B: ?Sized> DoubleEndedIterator for Nodes<'_, K, B> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let proof = self.proof;
        self.slots.by_ref().rev().find_map(|slot| slot.get(proof))
    }
}
