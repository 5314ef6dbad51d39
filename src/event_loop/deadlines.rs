//! Deadlines, the soonest first.
//!
//! # Data structure
//!
//! Most lie in a sorted vector, the soonest last, and leave it without a compare. New ones go to a heap.
//! When one is taken out and the heap holds more than the vector, all of them are sorted into the vector,
//! which for each costs a fraction of what leaving a large heap does. So a deadline is sorted again only
//! when there are twice as many: O(log n) amortised.
//!
//! # Invariants
//!
//! 1. *The vector is sorted, the soonest last.* What is next is its last or the top of the heap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::mem;

/// So many may lie in the heap, whatever the vector holds.
const FEW: usize = 64;

pub(crate) struct Deadlines<D> {
    sorted: Vec<Reverse<D>>,
    heap: BinaryHeap<Reverse<D>>,
}

impl<D: Ord + Copy> Deadlines<D> {
    pub(crate) const fn new() -> Self {
        Self {
            sorted: Vec::new(),
            heap: BinaryHeap::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.sorted.len() + self.heap.len()
    }

    pub(crate) fn push(&mut self, deadline: D) {
        self.heap.push(Reverse(deadline));
    }

    /// The soonest.
    #[inline]
    pub(crate) fn peek(&self) -> Option<D> {
        // The greatest of what is reversed, and that is greater than `None`.
        let soonest = self.sorted.last().max(self.heap.peek());
        soonest.map(|Reverse(deadline)| *deadline)
    }

    /// Takes the soonest away.
    pub(crate) fn pop(&mut self) -> Option<D> {
        if self.heap.len() > self.sorted.len() + FEW {
            self.sort();
        }
        let popped = match self.heap.peek() > self.sorted.last() {
            true => self.heap.pop(),
            false => self.sorted.pop(),
        };
        popped.map(|Reverse(deadline)| deadline)
    }

    #[inline(never)]
    fn sort(&mut self) {
        // The shorter goes to the longer, which is the heap's; where it stood new ones have their room.
        let mut shorter = mem::take(&mut self.sorted);
        let mut longer = mem::take(&mut self.heap).into_vec();
        longer.append(&mut shorter);
        longer.sort_unstable();
        self.sorted = longer;
        self.heap = BinaryHeap::from(shorter);
    }

    /// Keeps those that `is_kept` says.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(D) -> bool) {
        self.sorted.retain(|Reverse(deadline)| is_kept(*deadline));
        self.heap.retain(|Reverse(deadline)| is_kept(*deadline));
    }
}
