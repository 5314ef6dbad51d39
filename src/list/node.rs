//! One listener in a list: its state, its place, its closure.

use std::cmp::Reverse;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use super::NodeSeed;
use crate::flavour::{Gate, Parts};
use crate::guarded::{Body, Held, Owner, Taken};
use crate::id::{ListId, ListenerId};
use crate::listener::{End, ListenerInfo, Options};
use crate::sync::AtomicU64;

/// Set once the listener is removed.
const REMOVED: u64 = 1 << 63;
/// Set from the start if a call needs more than a call: a limit to count, a gate to pass, a panic to
/// catch.
const SPECIAL: u64 = 1 << 62;
/// Set when the closure is dropped before the listener.
const TAKEN: u64 = 1 << 61;
/// Set from the start if its limit is one call: the limit that most have who have one.
const ONCE: u64 = 1 << 60;
/// The rest.
const BIRTH: u64 = ONCE - 1;

/// The last birth there is. Early where the tests are to get there.
pub(super) const LAST_BIRTH: u64 = if cfg!(oyez_small) { 100_000 } else { BIRTH };

/// One listener.
///
/// `state` is its birth, a number that grows with each registration, with four flags above. An emit
/// that latched the list's clock at `c` may call the listener without another look if `state <= c`:
/// then it was born before, is not removed, and is not special. One compare answers all three.
#[repr(C)]
pub(crate) struct Node<K: Parts, B: ?Sized + 'static> {
    // First, so that what frames show of it is the node's own address.
    location: &'static Location<'static>,
    state: AtomicU64,
    pub(crate) body: Body<Self, B>,
    extra: Option<Box<Extra<K>>>,
    /// Where the roster keeps it. Set before any visit admits it.
    index: AtomicU32,
    /// Where its run's table points to it. Changed under the list's lock only.
    position: AtomicU32,
}

/// What few listeners have.
struct Extra<K: Parts> {
    /// Where it stands, if not in the main run.
    run: Option<Key>,
    label: Option<&'static str>,
    /// Calls left; changed under the list's lock only. `None` is no limit, or one call.
    remaining: Option<AtomicUsize>,
    gate: Option<K::Gate>,
}

impl<K: Parts> Extra<K> {
    #[inline(always)]
    fn new(options: &Options, gate: Option<K::Gate>) -> Option<Box<Self>> {
        let run = Key::of(options);
        let limit = options.limit.filter(|limit| *limit != 1);
        let is_plain = run.is_none() && options.label.is_none() && limit.is_none();
        (!is_plain || gate.is_some()).then(|| {
            Box::new(Self {
                run,
                label: options.label,
                remaining: limit.map(AtomicUsize::new),
                gate,
            })
        })
    }
}

impl<K: Parts, B: ?Sized + 'static> Node<K, B> {
    /// Makes a listener that is to be registered. Its panics are to be caught if it `is_isolated`.
    #[inline(always)]
    pub(crate) fn plant(
        seed: NodeSeed<K, B>,
        options: &Options,
        gate: Option<K::Gate>,
        is_isolated: bool,
    ) -> Owner<Self> {
        let is_special = options.limit.is_some() || gate.is_some() || is_isolated;
        let special = if is_special { SPECIAL } else { 0 };
        let once = if options.limit == Some(1) { ONCE } else { 0 };
        Owner::plant(seed, |body| Self {
            location: options.location,
            state: AtomicU64::new(special | once),
            body,
            extra: Extra::new(options, gate),
            index: AtomicU32::new(0),
            position: AtomicU32::new(0),
        })
    }

    /// Registers it: under the list's lock, before anybody else sees it.
    #[inline]
    pub(super) fn register(&self, birth: u64) {
        debug_assert!(birth <= BIRTH && self.birth() == 0);
        let state = self.state.load(Ordering::Relaxed);
        self.state.store(state | birth, Ordering::Relaxed);
    }

    pub(super) fn set_index(&self, index: u32) {
        self.index.store(index, Ordering::Relaxed);
    }

    /// Whether an emit that latched the clock at `clock` may call it without another look.
    #[inline]
    pub(crate) fn is_plain(&self, clock: u64) -> bool {
        // Relaxed: an `off` on another thread is seen soon; `off_and_wait` sees to "at once" by the
        // barriers around `Visits::announce_listener`.
        self.state.load(Ordering::Relaxed) <= clock
    }

    pub(crate) fn is_removed(&self) -> bool {
        self.state.load(Ordering::Relaxed) & REMOVED != 0
    }

    /// Whether it was registered before the clock read `clock`.
    pub(crate) fn is_born(&self, clock: u64) -> bool {
        self.birth() <= clock
    }

    /// Its birth; never 0.
    #[inline]
    pub(crate) fn birth(&self) -> u64 {
        self.state.load(Ordering::Relaxed) & BIRTH
    }

    /// Its birth, if it is plain.
    #[inline]
    pub(super) fn state(&self) -> u64 {
        self.state.load(Ordering::Relaxed)
    }

    pub(super) fn set_removed(&self) {
        let state = self.state.load(Ordering::Relaxed);
        // Not a read-modify-write: it is changed under the list's lock only.
        self.state.store(state | REMOVED, K::PUBLISH);
    }

    /// Takes the closure, of a removed listener.
    pub(super) fn take_body(&self) -> Option<Taken<Self>> {
        debug_assert!(self.is_removed());
        let state = self.state.load(Ordering::Relaxed);
        (state & TAKEN == 0).then(|| {
            self.state.store(state | TAKEN, Ordering::Relaxed);
            Taken::from(self)
        })
    }

    /// The run it stands in, if that is not the main one.
    #[inline]
    pub(super) fn other_run(&self) -> Option<Key> {
        self.extra.as_ref().and_then(|extra| extra.run)
    }

    pub(super) fn position(&self) -> usize {
        self.position.load(Ordering::Relaxed) as usize
    }

    pub(super) fn set_position(&self, position: usize) {
        // A table has at most twice as many slots as there may be listeners, see `roster::MOST`.
        self.position.store(position as u32, Ordering::Relaxed);
    }

    pub(crate) fn location(&self) -> &'static Location<'static> {
        self.location
    }

    pub(crate) fn label(&self) -> Option<&'static str> {
        self.extra.as_ref().and_then(|extra| extra.label)
    }

    pub(crate) fn gate(&self) -> Option<&K::Gate> {
        self.extra.as_ref().and_then(|extra| extra.gate.as_ref())
    }

    fn is_once(&self) -> bool {
        self.state.load(Ordering::Relaxed) & ONCE != 0
    }

    fn limit(&self) -> Option<&AtomicUsize> {
        self.extra
            .as_ref()
            .and_then(|extra| extra.remaining.as_ref())
    }

    /// How many calls are left; `None` is no limit.
    fn remaining(&self) -> Option<usize> {
        if self.is_once() {
            return Some(usize::from(!self.is_removed()));
        }
        self.limit().map(|left| left.load(Ordering::Relaxed))
    }

    pub(super) fn is_limited(&self) -> bool {
        self.is_once() || self.limit().is_some()
    }

    /// Counts one call against the limit, under the list's lock. Answers whether it is the last.
    pub(super) fn count(&self) -> bool {
        let Some(remaining) = self.limit() else {
            return self.is_once();
        };
        // Relaxed: changed under the lock only.
        let left = remaining.load(Ordering::Relaxed) - 1;
        remaining.store(left, Ordering::Relaxed);
        left == 0
    }

    /// Where it keeps the location: what tells its calls apart from those of other listeners, while
    /// the node lives.
    #[inline]
    pub(crate) fn identity(&self) -> &&'static Location<'static> {
        &self.location
    }

    pub(crate) fn id(&self, list: ListId) -> ListenerId {
        ListenerId::new(list, self.index.load(Ordering::Relaxed), self.birth())
    }

    pub(crate) fn info(&self, list: ListId, event: &'static str) -> ListenerInfo {
        ListenerInfo {
            id: self.id(list),
            event,
            label: self.label(),
            priority: self.other_run().map_or(0, Key::priority),
            remaining: self.remaining(),
            location: self.location,
        }
    }
}

impl<K: Parts, B: ?Sized + 'static> Held for Node<K, B> {
    type Behind = B;

    fn body(&self) -> Option<&Body<Self, B>> {
        Some(&self.body)
    }

    fn is_taken(&self) -> bool {
        self.state.load(Ordering::Relaxed) & TAKEN != 0
    }
}

/// The place of a run among the runs: the highest priority first, then the front before the back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(Reverse<i32>, pub(super) End);

impl Key {
    /// The run that almost every listener stands in.
    pub(super) const MAIN: Self = Self(Reverse(0), End::Back);

    /// The run to stand in, if that is not the main one.
    #[inline]
    fn of(options: &Options) -> Option<Self> {
        let is_main = options.priority == 0 && options.end == End::Back;
        (!is_main).then_some(Self(Reverse(options.priority), options.end))
    }

    fn priority(self) -> i32 {
        self.0.0
    }
}

/// Holds a node's gate, if it has one; lets go of it when dropped, also when the listener panics.
pub(crate) struct GateGuard<'a, G: Gate>(Option<&'a G>);

impl<'a, G: Gate> GateGuard<'a, G> {
    /// `None` if the gate can't be passed.
    pub(crate) fn take(gate: Option<&'a G>) -> Option<Self> {
        match gate {
            // Lazily: a turn that was not taken must not be given back.
            Some(gate) => gate.enter().then(|| Self(Some(gate))),
            None => Some(Self(None)),
        }
    }
}

impl<G: Gate> Drop for GateGuard<'_, G> {
    fn drop(&mut self) {
        if let Some(gate) = self.0 {
            gate.leave();
        }
    }
}
