//! The writer's side of one run.
//!
//! A table that is full is replaced by a larger one; one that is mostly cleared slots, or mostly free as its newest
//! goes, by a smaller one: there are never more than `8 * n + 32` slots for n listeners. So adding and removing are
//! O(1) amortised.

use std::sync::atomic::Ordering;

use super::node::Node;
use super::run::{Garbage, Replaced};
use super::table::{CAPACITY_MIN, Table};
use crate::flavour::Parts;
use crate::guarded::{Keeper, Owner, Proof, Slot};

/// The table that the readers of a run see, and what is dead in it.
pub(super) struct Rows<K: Parts, B: ?Sized + 'static> {
    table: Option<Owner<Table<K, B>>>,
    dead: usize,
}

/// They are the writer's, and lent as it is.
impl<K: Parts, B: ?Sized + 'static> Keeper for Rows<K, B> {}

impl<K: Parts, B: ?Sized + 'static> Rows<K, B> {
    pub(super) fn new() -> Self {
        Self {
            table: None,
            dead: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.table
            .as_ref()
            .is_none_or(|table| table.len() == self.dead)
    }

    /// Where the only node stands, if there is but one.
    pub(super) fn only(&self) -> Option<&Slot<Node<K, B>>> {
        let table = self.table.as_ref()?;
        let slots = &table.slots[..table.len()];
        (slots.len() - self.dead == 1).then(|| slots.iter().find(|slot| slot.is_set()))?
    }

    /// Puts `node` at the end.
    #[inline(always)]
    pub(super) fn push(
        &mut self,
        published: &Slot<Table<K, B>>,
        node: &Owner<Node<K, B>>,
        replaced: &mut Replaced<K, B>,
    ) {
        let is_done = self.table.as_ref().is_some_and(|table| table.push(node));
        if !is_done {
            self.grow(published, replaced).push(node);
        }
    }

    /// Clears the slot at `position`, and the table up to half if it is time.
    #[inline(always)]
    pub(super) fn remove(
        &mut self,
        published: &Slot<Table<K, B>>,
        position: usize,
        replaced: &mut Replaced<K, B>,
    ) {
        let table = self.table.as_ref().expect("a listener stands in a table");
        let slots = &table.slots[..];
        slots[position].set(None, K::PUBLISH);
        let mut len = table.len();
        let mut is_large = false;
        if position + 1 == len {
            // The newest: its slot can be used again at once. A visit that found the longer table
            // sees nothing there, or a listener that is too young for it.
            len = position;
            table.len.store(len, Ordering::Release);
            // It leaves nothing dead, by which a table would be found to be too large.
            is_large = slots.len() > 4 * (len - self.dead + CAPACITY_MIN);
        } else {
            self.dead += 1;
        }
        let live = len - self.dead;
        if live == 0 {
            if self.dead > 0 || slots.len() > CAPACITY_MIN {
                self.clear(published, replaced);
            }
        } else if self.dead > live + CAPACITY_MIN || is_large {
            self.replace(published, 2 * live, replaced);
        }
    }

    /// Lets go of the table.
    #[cold]
    pub(super) fn clear(&mut self, published: &Slot<Table<K, B>>, replaced: &mut Replaced<K, B>) {
        debug_assert!(self.is_empty());
        published.set(None, K::PUBLISH);
        replaced.extend(self.table.take().map(Garbage::Table));
        self.dead = 0;
    }

    /// Makes room for one more.
    #[cold]
    fn grow(
        &mut self,
        published: &Slot<Table<K, B>>,
        replaced: &mut Replaced<K, B>,
    ) -> &Owner<Table<K, B>> {
        let live = self
            .table
            .as_ref()
            .map_or(0, |table| table.len() - self.dead);
        self.replace(published, (2 * live).max(CAPACITY_MIN), replaced)
    }

    /// Copies what lives in `old` to `new`, which has room for one more, and tells it its place. Answers how many
    /// these are.
    fn pack(&self, old: &Table<K, B>, new: &Table<K, B>) -> usize {
        let (slots, room) = (&old.slots[..old.len()], &new.slots[..]);
        let kept = slots.iter().take_while(|slot| slot.is_set()).count();
        let mut len = 0;
        for slot in slots.iter().skip_while(|slot| !slot.is_set()) {
            // Without a branch: which of them live, no processor could guess.
            room[len].copy(slot, Ordering::Relaxed);
            len += usize::from(slot.is_set());
        }
        // Who keeps its place is not looked at: it may be far away.
        let proof = Proof::by(self);
        for (at, slot) in room[..len].iter().enumerate().skip(kept) {
            slot.get(proof).expect("it lives").set_position(at);
        }
        len
    }

    /// Moves what lives to a table of `capacity` slots, in order.
    #[cold]
    fn replace(
        &mut self,
        published: &Slot<Table<K, B>>,
        capacity: usize,
        replaced: &mut Replaced<K, B>,
    ) -> &Owner<Table<K, B>> {
        let new = Owner::new(Table::with_capacity(capacity));
        if let Some(old) = self.table.take() {
            let len = self.pack(&old, &new);
            new.len.store(len, Ordering::Release);
            replaced.push(Garbage::Table(old));
        }
        published.set(Some(&new), K::PUBLISH);
        self.dead = 0;
        self.table.insert(new)
    }
}
