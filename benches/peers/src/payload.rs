//! The work that is the same for all: one payload, and one listener body whose calls can be checked.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Sixteen bytes. Some peers hash it, compare it, or send it through a serializer.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    bevy_ecs::event::Event,
    bevy_ecs::message::Message,
)]
pub(crate) struct Payload {
    pub(crate) amount: u64,
    pub(crate) rest: u64,
}

pub(crate) const PAYLOAD: Payload = Payload { amount: 1, rest: 0 };

/// What a listener may be, with every peer: the strictest bounds among them.
pub(crate) trait Listener: Fn(&Payload) + Send + Sync + 'static {}
impl<F: Fn(&Payload) + Send + Sync + 'static> Listener for F {}

/// A sum of its own for each listener, so that listeners do not wait for each other.
pub(crate) type Sum = Arc<AtomicU64>;

/// The listener: load, add, store.
pub(crate) fn adds_to(sum: &Sum) -> impl Listener + use<> {
    let sum = Arc::clone(sum);
    move |payload| sum.store(sum.load(Relaxed) + payload.amount, Relaxed)
}

/// A listener that captures sixteen bytes and shares nothing: its calls are counted for all of them.
pub(crate) fn captures() -> impl Listener {
    let captured = black_box([1_u64, 2]);
    move |payload| CALLS.store(CALLS.load(Relaxed) + captured[0] * payload.amount, Relaxed)
}

/// The same where one emit calls listeners on several threads: no call is lost, and each costs more.
pub(crate) fn captures_for_threads() -> impl Listener {
    let captured = black_box([1_u64, 2]);
    move |payload| {
        CALLS.fetch_add(captured[0] * payload.amount, Relaxed);
    }
}

static CALLS: AtomicU64 = AtomicU64::new(0);

/// How often listeners made by [`captures`], for threads or not, were called while `act` ran.
pub(crate) fn calls_during(act: impl FnOnce()) -> u64 {
    let before = CALLS.load(Relaxed);
    act();
    CALLS.load(Relaxed) - before
}

/// A listener that counts its calls by thread, so that threads share nothing by it.
pub(crate) fn counts_by_thread() -> impl Listener {
    |payload| BY_THREAD.set(BY_THREAD.get() + payload.amount)
}

thread_local! {
    static BY_THREAD: Cell<u64> = const { Cell::new(0) };
}

/// How often this thread called listeners made by [`counts_by_thread`].
pub(crate) fn calls_by_this_thread() -> u64 {
    BY_THREAD.get()
}

/// The sums of `n` listeners, and how often each was called by now.
pub(crate) struct Sums {
    sums: Vec<Sum>,
    expected: u64,
}

impl Sums {
    pub(crate) fn new(n: usize) -> Self {
        let sums = (0..n).map(|_| Sum::default()).collect();
        Self { sums, expected: 0 }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Sum> {
        self.sums.iter()
    }

    /// Panics unless each listener was called `more` times since the last check.
    pub(crate) fn assert_each_called(&mut self, name: &str, more: u64) {
        self.expected += more;
        for sum in &self.sums {
            assert_eq!(sum.load(Relaxed), self.expected, "{name} lost a call");
        }
    }
}
