//! What the benches share: the payload, and a listener body that can be checked.
#![allow(dead_code, reason = "each bench uses a part of it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Sixteen bytes, as the peers were measured with.
pub(crate) struct Payload {
    pub(crate) amount: u64,
    pub(crate) _rest: u64,
}

pub(crate) const PAYLOAD: Payload = Payload {
    amount: 1,
    _rest: 0,
};

/// A sum of its own for each listener, so that listeners do not wait for each other.
pub(crate) type Sum = Arc<AtomicU64>;

/// A listener: load, add, store.
pub(crate) fn adds_to(sum: &Sum) -> impl Fn(&Payload) + Send + Sync + 'static {
    let sum = Arc::clone(sum);
    move |payload| sum.store(sum.load(Relaxed) + payload.amount, Relaxed)
}

pub(crate) fn sums(n: usize) -> Vec<Sum> {
    (0..n).map(|_| Sum::default()).collect()
}

/// Every listener was called, and as often as every other.
pub(crate) fn assert_equal(sums: &[Sum]) {
    let first = sums.first().map(|sum| sum.load(Relaxed));
    assert!(first.is_none_or(|first| first > 0));
    assert!(sums.iter().all(|sum| Some(sum.load(Relaxed)) == first));
}
