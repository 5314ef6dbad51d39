//! What the benches share: the event, its payload, listener bodies that can be checked, and the control.
#![allow(dead_code, reason = "each bench uses a part of it")]

pub(crate) mod measure;
pub(crate) mod table;
pub(crate) mod work;

use std::collections::VecDeque;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use measure::time;
use oyez::Event;

/// Sixteen bytes, as the peers were measured with.
pub(crate) struct Payload {
    pub(crate) amount: u64,
    pub(crate) _rest: u64,
}

pub(crate) const PAYLOAD: Payload = Payload {
    amount: 1,
    _rest: 0,
};

/// The event of every bench that needs no more than one.
pub(crate) const EVENT: Event<Payload> = Event::new("payload");

/// What one keeps by hand: the control of most benches loops over a `Vec` of these.
pub(crate) type Listener = Box<dyn Fn(&Payload)>;

/// A sum of its own for each listener, so that listeners do not wait for each other.
pub(crate) type Sum = Arc<AtomicU64>;

pub(crate) fn sums(n: usize) -> Vec<Sum> {
    (0..n).map(|_| Sum::default()).collect()
}

/// So many listeners, in words.
pub(crate) fn listeners(n: usize) -> String {
    format!("{n} listener{}", if n == 1 { "" } else { "s" })
}

/// A listener: load, add, store.
pub(crate) fn adds_to(sum: &Sum) -> impl Fn(&Payload) + Send + Sync + 'static + use<> {
    let sum = Arc::clone(sum);
    move |payload| sum.store(sum.load(Relaxed) + payload.amount, Relaxed)
}

/// A listener that captures sixteen bytes.
pub(crate) fn captures_16() -> impl Fn(&Payload) + Send + Sync + 'static {
    let captured = black_box([1_u64, 2]);
    move |payload| {
        black_box(captured[0] + payload.amount);
    }
}

/// The hand-written list: one listener for each sum.
pub(crate) fn raw(called: &[Sum]) -> Vec<Listener> {
    called
        .iter()
        .map(|sum| Box::new(adds_to(sum)) as Listener)
        .collect()
}

/// Times `emits`, which adds `each` to every sum, and asserts that it does: once before any timing,
/// and after each run.
pub(crate) fn adding<O>(
    called: Vec<Sum>,
    each: u64,
    mut emits: impl FnMut() -> O,
) -> impl FnMut(u64) -> Duration {
    let mut expected = 0;
    let mut run = move |iterations| {
        let elapsed = time(iterations, &mut emits);
        expected += each * iterations;
        assert_all(&called, expected);
        elapsed
    };
    run(1);
    run
}

/// A hand-written queue: so many payloads at a time, each of which then goes to one listener.
pub(crate) fn deferred_by_hand(batch: usize) -> impl FnMut(u64) -> Duration {
    let called = sums(1);
    let listeners = raw(&called);
    let mut queue = VecDeque::new();
    adding(called, batch as u64, move || {
        for _ in 0..batch {
            queue.push_back(black_box(PAYLOAD));
        }
        while let Some(payload) = queue.pop_front() {
            for listener in &listeners {
                listener(&payload);
            }
        }
    })
}

/// Every listener was called, and as often as it should have been.
pub(crate) fn assert_all(called: &[Sum], expected: u64) {
    for sum in called {
        assert_eq!(sum.load(Relaxed), expected);
    }
}

/// Numbers without a pattern, the same in each run (xorshift, Marsaglia 2003).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The high bits times `end`: no division, which would cost more than what is measured.
        (((self.0 >> 32) * end as u64) >> 32) as usize
    }

    /// `0..n` in an order without a pattern.
    pub(crate) fn order(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, self.below(i + 1));
        }
        order
    }
}
