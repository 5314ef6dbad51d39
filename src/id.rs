//! The name of one registration.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names one listener: what `on` returns and `off` takes.
///
/// An id is a plain value that keeps nothing alive. It is never reused, not after a million
/// removals, so a stale one is inert: `off` answers `false`. Every emitter refuses the ids of others.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter};
///
/// const TICK: Event<()> = Event::new("tick");
/// let emitter = EventEmitter::new();
/// let id = emitter.on(TICK, |()| ());
/// assert!(emitter.off(id));
/// assert!(!emitter.off(id));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ListenerId {
    owner: OwnerId,
    /// Which of the owner's lists, above where the list keeps the listener; the latter is used again after
    /// its removal.
    // One word, so that it is not read as one after it was written as two, which would wait.
    list_and_index: u64,
    /// A number that grows with each registration, and is never used again. In the thread-safe flavour no two lists
    /// have one in common.
    pub(crate) birth: u64,
}

impl ListenerId {
    pub(crate) fn new(list: ListId, index: u32, birth: u64) -> Self {
        let ListId { owner, number } = list;
        Self {
            owner,
            list_and_index: u64::from(number) << 32 | u64::from(index),
            birth,
        }
    }

    /// Where the list keeps the listener.
    pub(crate) fn index(&self) -> u32 {
        self.list_and_index as u32
    }

    pub(crate) fn list(&self) -> ListId {
        ListId {
            owner: self.owner,
            number: (self.list_and_index >> 32) as u32,
        }
    }
}

impl fmt::Debug for ListenerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ListId { owner, number } = self.list();
        write!(f, "ListenerId({}:{number}:{})", owner.0, self.birth)
    }
}

/// Names one list of listeners among all of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ListId {
    pub(crate) owner: OwnerId,
    /// Which of the owner's lists.
    pub(crate) number: u32,
}

/// Names one emitter, or one signal that stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct OwnerId(u64);

/// As many emitters and signals of their own as there can ever be. Few where the tests are to get there.
const OWNERS: u64 = if cfg!(oyez_small) { 1_000 } else { u64::MAX };

impl OwnerId {
    /// A number nobody had before.
    ///
    /// # Panics
    /// If there were [`OWNERS`].
    pub(crate) fn unique() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let after = |next| (next < OWNERS).then(|| next + 1);
        // Relaxed: only uniqueness matters, and it is one variable.
        let next = NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, after);
        Self(next.unwrap_or_else(|_| panic!("no more than {OWNERS} emitters")))
    }
}
