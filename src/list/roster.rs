//! Who is registered, by id.
//!
//! # Data structure
//!
//! A listener's id names its place in `young`. A place that becomes free is remembered in `free` if
//! that has room; it gets room when `young` is about to grow although many places are free. So a list
//! that only grows has no such memory, and no removal allocates for it.
//!
//! When most places are free, all that are left move to `old`, in the order of their births, and
//! `young` begins anew. Ids from before that are looked up in `old`, by birth.
//!
//! # Invariants
//!
//! 1. *Births from `base` on are in `young`, at the place that the id names; earlier ones in `old`,
//!    sorted.*
//! 2. *There are at most four times as many places as listeners, or a few.* A list that was large once
//!    keeps nothing of it, whoever stays.

use super::node::Node;
use crate::flavour::Parts;
use crate::guarded::Owner;
use crate::id::ListenerId;

/// The most listeners of one list: a quarter of what an index counts to, since cleared slots and free places
/// come on top. Few where the tests are to get there.
pub(super) const MOST: usize = if cfg!(oyez_small) { 1_000 } else { 1 << 30 };

/// So few free places are not worth packing.
const FEW: usize = 16;

type Entry<K, B> = Option<Owner<Node<K, B>>>;

pub(super) struct Roster<K: Parts, B: ?Sized + 'static> {
    young: Vec<Entry<K, B>>,
    free: Vec<u32>,
    live: usize,
    base: u64,
    old: Vec<(u64, Entry<K, B>)>,
}

impl<K: Parts, B: ?Sized + 'static> Roster<K, B> {
    pub(super) fn new() -> Self {
        Self {
            young: Vec::new(),
            free: Vec::new(),
            live: 0,
            base: 0,
            old: Vec::new(),
        }
    }

    /// How many are registered.
    pub(super) fn len(&self) -> usize {
        self.live
    }

    /// All of them, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Node<K, B>> {
        let old = self.old.iter().map(|(_, place)| place);
        self.young.iter().chain(old).flatten().map(|node| &**node)
    }

    pub(super) fn find(&self, id: ListenerId) -> Option<&Node<K, B>> {
        let place = if id.birth >= self.base {
            self.young.get(id.index() as usize)?
        } else {
            &self.old[self.find_old(id.birth)?].1
        };
        place.as_deref().filter(|node| node.birth() == id.birth)
    }

    /// Whether there are [`MOST`].
    pub(super) fn is_full(&self) -> bool {
        self.live >= MOST
    }

    /// Puts a listener at a place that is free, and tells it. Answers which it is.
    #[inline(always)]
    pub(super) fn insert(&mut self, node: Owner<Node<K, B>>) -> u32 {
        if self.free.is_empty() && self.young.len() == self.young.capacity() {
            self.find_free();
        }
        self.live += 1;
        // At a growth three of four places were taken, so there are at most `8 / 3 * MOST`.
        let index = self.free.pop().unwrap_or(self.young.len() as u32);
        node.set_index(index);
        match self.young.get_mut(index as usize) {
            Some(place) => *place = Some(node),
            None => self.young.push(Some(node)),
        }
        index
    }

    /// Takes a listener out, if it is there.
    #[inline(always)]
    pub(super) fn remove(&mut self, id: ListenerId) -> Option<Owner<Node<K, B>>> {
        let node = if id.birth >= self.base {
            let place = self.young.get_mut(id.index() as usize)?;
            let node = place.take_if(|node| node.birth() == id.birth)?;
            if self.free.len() < self.free.capacity() {
                self.free.push(id.index());
            }
            node
        } else {
            let at = self.find_old(id.birth)?;
            self.old[at].1.take()?
        };
        self.live -= 1;
        if self.young.len() + self.old.len() > 4 * self.live + FEW {
            self.pack();
        }
        Some(node)
    }

    #[cold]
    fn find_old(&self, birth: u64) -> Option<usize> {
        self.old
            .binary_search_by_key(&birth, |(birth, _)| *birth)
            .ok()
    }

    /// Finds the free places again, if they are a quarter.
    #[cold]
    fn find_free(&mut self) {
        let used = self.young.iter().flatten().count();
        let free = self.young.len() - used;
        if 4 * free >= self.young.len() {
            let places = self.young.iter().enumerate();
            let places = places.filter(|(_, place)| place.is_none());
            self.free.reserve(free);
            self.free
                .extend(places.map(|(index, _)| index as u32).rev());
        }
    }

    /// Moves all that are left to `old`.
    #[cold]
    fn pack(&mut self) {
        let young = std::mem::take(&mut self.young);
        let young = young.into_iter().flatten();
        self.free = Vec::new();
        self.old.retain(|(_, place)| place.is_some());
        self.old
            .extend(young.map(|node| (node.birth(), Some(node))));
        self.old.sort_unstable_by_key(|(birth, _)| *birth);
        self.old.shrink_to_fit();
        self.base = self.old.last().map_or(0, |(birth, _)| birth + 1);
    }
}
