//! The listeners of one event under its name; and what a flavour is, which has to forget their type.

use std::any::Any;
use std::sync::atomic::Ordering;

use crate::error::WaitError;
use crate::event::Event;
use crate::flavour::Parts;
use crate::id::{ListId, ListenerId};
use crate::list::List;
use crate::listener::ListenerInfo;
use crate::stack::{Kind, Sign};
use crate::sync::AtomicU64;

/// A flavour of the emitter: [`Shared`](crate::Shared) or [`Local`](crate::local::Local).
///
/// Everything is written once, over this trait, so that both flavours keep the same rules. It is
/// sealed, and public only to be named in bounds:
///
/// ```
/// use oyez::generic::{EventEmitter, Flavour};
///
/// fn shut_down<K: Flavour>(emitter: &EventEmitter<K>) -> usize {
///     emitter.clear()
/// }
/// assert_eq!(shut_down(&oyez::EventEmitter::new()), 0);
/// assert_eq!(shut_down(&oyez::local::EventEmitter::new()), 0);
/// ```
pub trait Flavour: Parts {
    #[doc(hidden)]
    type AnyChannel: ?Sized + AnyChannel<Self>;

    #[doc(hidden)]
    fn erase<T: ?Sized + 'static>(
        channel: Self::Ptr<Channel<Self, T>>,
    ) -> Self::Ptr<Self::AnyChannel>;
}

/// A list of listeners with the name of its event.
#[expect(
    missing_debug_implementations,
    reason = "is never seen outside of the crate"
)]
// What an emit reads comes first, and fills one cache line.
#[repr(C, align(64))]
pub struct Channel<K: Parts, T: ?Sized + 'static> {
    pub(crate) list: List<K, K::Listener<T>>,
    pub(crate) event: Event<T>,
    /// Where its name stands among those that have listeners, by when they got their first; 0 is not there.
    pub(crate) since: AtomicU64,
    me: K::Weak<Self>,
}

/// What an emit reads ends with the name, by which it is found.
#[cfg(not(any(loom, oyez_safe)))]
pub(crate) const fn is_in_one_line<K: Parts>() -> bool {
    std::mem::offset_of!(Channel<K, ()>, list.sign.event) + size_of::<&str>() <= 64
}

impl<K: Parts, T: ?Sized + 'static> Channel<K, T> {
    pub(crate) fn new(event: Event<T>, kind: Kind, id: ListId) -> K::Ptr<Self> {
        let sign = Sign {
            event: event.name(),
            kind,
        };
        K::cyclic(|me| Self {
            me: me.clone(),
            event,
            since: AtomicU64::new(0),
            list: List::new(id, sign),
        })
    }

    /// The event's name, from the cache line that an emit reads.
    #[inline]
    pub(crate) fn name(&self) -> &'static str {
        self.list.sign.event
    }

    /// A strong handle to itself.
    pub(crate) fn handle(&self) -> K::Ptr<Self> {
        K::upgrade(&self.me).expect("somebody holds it, since it is borrowed")
    }

    pub(crate) fn infos(&self) -> Vec<ListenerInfo> {
        self.list.infos()
    }
}

/// A channel whose payload type is not known.
pub trait AnyChannel<K: Parts>: 'static {
    fn as_any(&self) -> &dyn Any;
    fn name(&self) -> &'static str;
    fn kind(&self) -> Kind;
    fn since(&self) -> u64;
    fn is_empty(&self) -> bool;
    fn contains(&self, id: ListenerId) -> bool;
    /// What is known of a listener, if it is there.
    fn info(&self, id: ListenerId) -> Option<ListenerInfo>;
    /// Removes a listener and drops its closure. Answers whether it was there.
    fn remove(&self, id: ListenerId) -> bool;
    /// Waits until no other thread is inside a listener that was removed.
    fn wait(&self, id: ListenerId) -> Result<(), WaitError>;
    /// Removes all listeners. Answers who they were, and what is left of them: their closures, the drop of which is
    /// user code.
    fn clear(&self) -> (Vec<ListenerInfo>, Box<dyn Any>);
}

impl<K: Parts, T: ?Sized + 'static> AnyChannel<K> for Channel<K, T> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn name(&self) -> &'static str {
        self.name()
    }

    fn kind(&self) -> Kind {
        self.list.sign.kind
    }

    fn since(&self) -> u64 {
        self.since.load(Ordering::Relaxed)
    }

    fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn contains(&self, id: ListenerId) -> bool {
        self.list.contains(id)
    }

    fn info(&self, id: ListenerId) -> Option<ListenerInfo> {
        self.list.info(id)
    }

    #[inline]
    fn remove(&self, id: ListenerId) -> bool {
        // Dropped here: the closure, which is user code.
        self.list.remove(id).is_some()
    }

    fn wait(&self, id: ListenerId) -> Result<(), WaitError> {
        self.list.wait(id)
    }

    fn clear(&self) -> (Vec<ListenerInfo>, Box<dyn Any>) {
        let (infos, remains) = self.list.clear();
        (infos, Box::new(remains))
    }
}
