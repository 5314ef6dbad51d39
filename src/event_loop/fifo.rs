//! A line in which tasks or news wait: first come, first served.

use std::collections::VecDeque;

/// Lines that became longer than this in a burst give their memory back when they are empty.
const KEPT: usize = 1024;

pub(crate) struct Fifo<T>(VecDeque<T>);

impl<T> Fifo<T> {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts something at the end.
    #[inline]
    pub(crate) fn push(&mut self, last: T) {
        self.0.push_back(last);
    }

    /// Takes what came first.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<T> {
        let first = self.0.pop_front();
        if self.0.is_empty() && self.0.capacity() > KEPT {
            self.0 = VecDeque::new();
        }
        first
    }
}

impl<T> Default for Fifo<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}
