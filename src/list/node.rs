//! One listener in a list: its state, its place, its closure.

use std::panic::Location;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use crate::flavour::{Gate, Parts};
use crate::guarded::Body;
use crate::id::{ListId, ListenerId};
use crate::listener::{End, ListenerInfo, Options};
use crate::sync::AtomicU64;

/// Set once the listener is removed.
const REMOVED: u64 = 1 << 63;
/// Set from the start if a call needs more than a call: a limit to count, a gate to pass, a panic to
/// catch.
const SPECIAL: u64 = 1 << 62;

/// One listener.
///
/// `state` is its birth, the number of its registration in the list, with two flags above. An emit
/// that latched the list's clock at `c` may call the listener without another look if `state <= c`:
/// then it was born before, is not removed, and is not special. One compare answers all three.
pub(crate) struct Node<K: Parts, B: ?Sized + 'static> {
    state: AtomicU64,
    /// Where `Writer::nodes` keeps it.
    pub(super) index: u32,
    /// Where its run's table points to it. Changed under the list's lock only.
    position: AtomicU32,
    priority: i32,
    end: End,
    location: &'static Location<'static>,
    extra: Option<Box<Extra<K>>>,
    pub(crate) body: Body<B>,
}

/// What few listeners have.
struct Extra<K: Parts> {
    label: Option<&'static str>,
    /// Calls left; changed under the list's lock only. `None` is no limit.
    remaining: Option<AtomicUsize>,
    gate: Option<K::Gate>,
}

impl<K: Parts, B: ?Sized + 'static> Node<K, B> {
    pub(super) fn new(
        options: Options,
        birth: u64,
        index: u32,
        gate: Option<K::Gate>,
        body: Box<B>,
    ) -> Self {
        debug_assert!(birth < SPECIAL);
        let counted = options.limit.is_some() || gate.is_some();
        let special = counted || options.isolated;
        let plain = !counted && options.label.is_none();
        Self {
            state: AtomicU64::new(if special { birth | SPECIAL } else { birth }),
            index,
            position: AtomicU32::new(0),
            priority: options.priority,
            end: options.end,
            location: options.location,
            extra: (!plain).then(|| {
                Box::new(Extra {
                    label: options.label,
                    remaining: options.limit.map(AtomicUsize::new),
                    gate,
                })
            }),
            body: Body::new(body),
        }
    }

    /// Whether an emit that latched the clock at `clock` may call it without another look.
    #[inline]
    pub(crate) fn is_plain(&self, clock: u64) -> bool {
        // Relaxed: an `off` on another thread is seen soon; `off_and_wait` sees to "at once" by the
        // barriers around `Visits::running`.
        self.state.load(Ordering::Relaxed) <= clock
    }

    pub(crate) fn is_removed(&self) -> bool {
        self.state.load(Ordering::Relaxed) & REMOVED != 0
    }

    /// Whether it was registered before the clock read `clock`.
    pub(crate) fn is_born(&self, clock: u64) -> bool {
        self.birth() <= clock
    }

    /// Which registration of its list it was; never 0.
    #[inline]
    pub(crate) fn birth(&self) -> u64 {
        self.state.load(Ordering::Relaxed) & (SPECIAL - 1)
    }

    pub(super) fn set_removed(&self) {
        let state = self.state.load(Ordering::Relaxed);
        // Not a read-modify-write: it is changed under the list's lock only.
        self.state.store(state | REMOVED, K::UNLINK);
    }

    /// The key of the run it stands in: a higher priority sorts first.
    pub(super) fn key(&self) -> super::Key {
        (std::cmp::Reverse(self.priority), self.end)
    }

    pub(super) fn position(&self) -> usize {
        self.position.load(Ordering::Relaxed) as usize
    }

    pub(super) fn set_position(&self, position: usize) {
        // Tables are limited to `u32::MAX` slots, see `List::add`.
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

    pub(super) fn remaining(&self) -> Option<&AtomicUsize> {
        self.extra
            .as_ref()
            .and_then(|extra| extra.remaining.as_ref())
    }

    /// Where it keeps the location: what tells its calls apart from those of other listeners, while
    /// the node lives.
    #[inline]
    pub(crate) fn place(&self) -> &&'static Location<'static> {
        &self.location
    }

    pub(crate) fn id(&self, list: ListId) -> ListenerId {
        ListenerId::new(list, self.index, self.birth())
    }

    pub(crate) fn info(&self, list: ListId, event: &'static str) -> ListenerInfo {
        ListenerInfo {
            id: self.id(list),
            event,
            label: self.label(),
            priority: self.priority,
            remaining: self.remaining().map(|left| left.load(Ordering::Relaxed)),
            location: self.location,
        }
    }
}

/// Holds a node's gate, if it has one; lets go of it when dropped, also when the listener panics.
pub(crate) struct Turn<'a, G: Gate>(Option<&'a G>);

impl<'a, G: Gate> Turn<'a, G> {
    /// `None` if the gate can't be passed.
    pub(crate) fn take(gate: Option<&'a G>) -> Option<Self> {
        match gate {
            // Lazily: a turn that was not taken must not be given back.
            Some(gate) => gate.enter().then(|| Self(Some(gate))),
            None => Some(Self(None)),
        }
    }
}

impl<G: Gate> Drop for Turn<'_, G> {
    fn drop(&mut self) {
        if let Some(gate) = self.0 {
            gate.leave();
        }
    }
}
