//! Threads that wait for threads, and the circles that must not be closed.
//!
//! A thread waits in two places only: at the gate of an `on_mut` listener that another thread is in,
//! and in `off_and_wait`. Each wait is an edge in one graph under one lock, and a wait is entered only
//! if it closes no circle: the threads it is for do not, directly or through others, wait for it.
//! So no set of threads waits for each other here; only the user's own locks can do that.
//!
//! # Invariants
//!
//! 1. *An edge is in the graph while its thread sleeps, and only then.* Whoever wakes a thread takes
//!    the edge out, so that no edge is out of date.
//! 2. *A gate that somebody waits at is marked*, so that its holder comes by the lock when it leaves.
//!    A gate that nobody waits at costs one exchange each way.

use std::sync::atomic::Ordering;

use super::registry::{self, Threads};
use super::{AtomicUsize, Condvar, Mutex, heavy, light};
use crate::error::WaitError;
use crate::flavour::Reader;

struct Waits {
    edges: Mutex<Vec<Edge>>,
    woken: Condvar,
    /// How many threads are in `off_and_wait`, so that who leaves a listener need not lock to know.
    waiters: AtomicUsize,
}

struct Edge {
    from: Reader,
    to: Threads,
    /// What it waits at: the address of a gate, or the birth of a listener. Where two are equal by
    /// chance, a thread wakes in vain.
    at: u64,
}

#[cfg(not(loom))]
static WAITS: Waits = Waits {
    edges: Mutex::new(Vec::new()),
    woken: Condvar::new(),
    waiters: AtomicUsize::new(0),
};

#[cfg(loom)]
loom::lazy_static! {
    static ref WAITS: Waits = Waits {
        edges: Mutex::new(Vec::new()),
        woken: Condvar::new(),
        waiters: AtomicUsize::new(0),
    };
}

/// Whether a wait for `to` would, edge by edge, be a wait for `me`.
fn closes_circle(edges: &[Edge], to: &[Reader], me: Reader) -> bool {
    let mut reached: Vec<Reader> = to.to_vec();
    let mut next = 0;
    while let Some(&thread) = reached.get(next) {
        if thread == me {
            return true;
        }
        for edge in edges.iter().filter(|edge| edge.from == thread) {
            let new: Vec<_> = edge.to.iter().filter(|to| !reached.contains(to)).collect();
            reached.extend(new);
        }
        next += 1;
    }
    false
}

/// Wakes whoever waits as the edges that `are_over` say.
fn wake(edges: &mut Vec<Edge>, are_over: impl Fn(&Edge) -> bool) {
    let before = edges.len();
    edges.retain(|edge| !are_over(edge));
    // By the first invariant, who sleeps has an edge.
    if edges.len() < before {
        WAITS.woken.notify_all();
    }
}

/// Lets one thread at a time into an `on_mut` listener.
#[derive(Debug, Default)]
pub struct Gate {
    /// The thread inside, perhaps with `AWAITED`; 0 is none.
    holder: AtomicUsize,
}

/// In `Gate::holder`: somebody waits. Records are aligned, so the bit is free.
const AWAITED: usize = 1;

impl crate::flavour::Gate for Gate {
    fn enter(&self) -> bool {
        let me = registry::me();
        self.take(me) || self.wait(me)
    }

    fn leave(&self) {
        let me = registry::me();
        // Release: pairs with `take`; the next one in sees what this one did.
        let left = self
            .holder
            .compare_exchange(me, 0, Ordering::Release, Ordering::Relaxed);
        if left.is_err() {
            let mut edges = WAITS.edges.lock();
            self.holder.store(0, Ordering::Release);
            wake(&mut edges, |edge| edge.at == self.address());
        }
    }
}

impl Gate {
    fn address(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }

    fn take(&self, me: Reader) -> bool {
        // Acquire: pairs with `leave`.
        self.holder
            .compare_exchange(0, me, Ordering::Acquire, Ordering::Relaxed)
            .is_ok()
    }

    #[cold]
    fn wait(&self, me: Reader) -> bool {
        let mut edges = WAITS.edges.lock();
        while !self.take(me) {
            // Under the lock: a holder that finds the mark waits for us to sleep.
            // Acquire: it may read what `leave` stored, which `take` then can't any more.
            let holder = self.holder.fetch_or(AWAITED, Ordering::Acquire) & !AWAITED;
            if holder == 0 {
                // It left between the two. Nobody can find the mark, so take it off again.
                // Release: hands on to the next `take` what this thread has just seen.
                self.holder.store(0, Ordering::Release);
                continue;
            }
            if closes_circle(&edges, &[holder], me) {
                return false;
            }
            edges.push(Edge {
                from: me,
                to: Threads::from_slice(&[holder]),
                at: self.address(),
            });
            while edges.iter().any(|edge| edge.from == me) {
                edges = WAITS.woken.wait(edges);
            }
        }
        true
    }
}

/// Waits until no other thread is inside `listener`. It is removed already.
pub(crate) fn until_left(listener: u64) -> Result<(), WaitError> {
    let me = registry::me();
    // Before `heavy`: see `wake_if_any`.
    WAITS.waiters.fetch_add(1, Ordering::SeqCst);
    // From here on a thread that enters the listener sees that it is removed, and one that was
    // inside is seen.
    let certain = heavy();
    let result = wait_until_left(me, listener, certain);
    WAITS.waiters.fetch_sub(1, Ordering::SeqCst);
    registry::give_back_brief();
    result
}

fn wait_until_left(me: Reader, listener: u64, certain: bool) -> Result<(), WaitError> {
    let mut edges = WAITS.edges.lock();
    loop {
        let inside = registry::inside(listener);
        if inside.is_empty() {
            return Ok(());
        }
        if inside.contains(&me) {
            return Err(WaitError::InsideListener);
        }
        if closes_circle(&edges, &inside, me) {
            return Err(WaitError::Deadlock);
        }
        edges.push(Edge {
            from: me,
            to: inside,
            at: listener,
        });
        edges = if certain {
            WAITS.woken.wait(edges)
        } else {
            WAITS.woken.wait_briefly(edges)
        };
        edges.retain(|edge| edge.from != me);
    }
}

/// Says that this thread has left `listener`, which is removed.
#[cold]
pub(crate) fn wake_waiters(listener: u64) {
    wake_if_any(|edge| edge.at == listener);
}

/// Says that this thread, `me`, is in no listener. Who waits for it and for others wakes in vain.
#[cold]
pub(crate) fn wake_all_waiters(me: Reader) {
    wake_if_any(|edge| edge.to.contains(&me));
}

fn wake_if_any(are_over: impl Fn(&Edge) -> bool) {
    // Pairs with the `heavy` in `until_left`, between the count and the look at who is inside: either that
    // thread sees that this one has left, or this one sees the count.
    light();
    if WAITS.waiters.load(Ordering::SeqCst) > 0 {
        wake(&mut WAITS.edges.lock(), are_over);
    }
}
