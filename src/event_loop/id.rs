//! The numbers by which a loop names what it was given. Each counts from 1, loop by loop, and is never
//! used again.

use std::fmt;

/// The last number there is: a [`PackedCause`] has this much room. Early where the tests are to get there.
const LAST: u64 = if cfg!(oyez_small) {
    100_000
} else {
    (u64::MAX >> PackedCause::KIND_BITS) - 1
};

/// The number after `last`, of the events of a queue, or of the timers or tasks of a loop.
///
/// # Panics
/// If `last` is the last one.
#[inline]
pub(crate) fn after(last: u64) -> u64 {
    if is_last(last) {
        used_up();
    }
    last + 1
}

/// Whether there is no number after `last`.
#[inline]
pub(crate) fn is_last(last: u64) -> bool {
    last == LAST
}

/// How many numbers there are after `last`.
pub(crate) fn remaining(last: u64) -> u64 {
    LAST - last
}

/// Says that no number is left.
#[cold]
pub(crate) fn used_up() -> ! {
    panic!("no more than {LAST} events, timers or tasks of one loop");
}

/// Declares one kind of number.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $sigil:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u64);

        impl $name {
            /// Returns the number. The first is 1.
            #[must_use]
            pub fn number(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($sigil, "{}"), self.0)
            }
        }
    )*};
}

ids! {
    /// Names one posted event, or one due timer, of an [`EventQueue`](super::EventQueue) or a loop.
    ///
    /// It means something to its own queue only, and is never used again there.
    ///
    /// # Examples
    ///
    /// ```
    /// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
    /// let queue = oyez::event_loop::EventQueue::new();
    /// let id = queue.post(TICK, 1).unwrap();
    /// assert_eq!((id.number(), id.to_string()), (1, String::from("#1")));
    /// ```
    EventId = "#";
    /// Names one microtask or idle callback of a loop.
    TaskId = "m";
}

/// Names one timer of a loop.
///
/// It means something to its own loop only, and is never used again there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId {
    pub(crate) number: u64,
    /// Where the loop keeps the timer; used again after it is gone.
    pub(crate) index: u32,
}

impl TimerId {
    /// What a loop that is gone answers.
    pub(crate) const NONE: Self = Self {
        number: 0,
        index: u32::MAX,
    };

    /// Returns the number. The first is 1; what a loop answers that is gone is 0.
    #[must_use]
    pub fn number(self) -> u64 {
        self.number
    }
}

impl fmt::Display for TimerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t{}", self.number)
    }
}

/// What ran when something was posted, queued or set: who caused it.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{Cause, EventLoop};
///
/// const FIRST: oyez::Event<()> = oyez::Event::new("first");
/// const NEXT: oyez::Event<()> = oyez::Event::new("next");
///
/// let event_loop = EventLoop::new();
/// let handle = event_loop.handle();
/// event_loop.emitter().on(FIRST, move |()| { handle.post(NEXT, ()).unwrap(); });
///
/// let first = event_loop.handle().post(FIRST, ()).unwrap();
/// assert_eq!(event_loop.queue().events()[0].cause(), Cause::Outside);
/// event_loop.turn().unwrap();
/// assert_eq!(event_loop.queue().events()[0].cause(), Cause::Event(first));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Code outside of any turn, on the loop's own thread.
    #[default]
    Outside,
    /// A listener or a timer, in the turn of this event.
    Event(EventId),
    /// This microtask.
    Microtask(TaskId),
    /// This idle callback.
    Idle(TaskId),
    /// Another thread, through a [`Proxy`](super::Proxy).
    Thread,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => f.write_str("outside"),
            Self::Event(id) => write!(f, "event {id}"),
            Self::Microtask(id) => write!(f, "microtask {id}"),
            Self::Idle(id) => write!(f, "idle callback {id}"),
            Self::Thread => f.write_str("another thread"),
        }
    }
}

/// A [`Cause`] in one word, as it is kept of everything that was ever posted: its number, and which kind
/// it is in the lowest bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PackedCause(u64);

impl PackedCause {
    const KIND_BITS: u32 = 3;

    // `Default` is outside.
    const OUTSIDE: u64 = 0;
    const EVENT: u64 = 1;
    const MICROTASK: u64 = 2;
    const IDLE: u64 = 3;
    const THREAD: u64 = 4;

    fn new(kind: u64, number: u64) -> Self {
        Self(number << Self::KIND_BITS | kind)
    }

    pub(crate) fn cause(self) -> Cause {
        let number = self.0 >> Self::KIND_BITS;
        match self.0 & ((1 << Self::KIND_BITS) - 1) {
            Self::OUTSIDE => Cause::Outside,
            Self::EVENT => Cause::Event(EventId(number)),
            Self::MICROTASK => Cause::Microtask(TaskId(number)),
            Self::IDLE => Cause::Idle(TaskId(number)),
            _ => Cause::Thread,
        }
    }
}

impl From<Cause> for PackedCause {
    #[inline]
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Outside => Self::new(Self::OUTSIDE, 0),
            Cause::Event(id) => Self::new(Self::EVENT, id.0),
            Cause::Microtask(id) => Self::new(Self::MICROTASK, id.0),
            Cause::Idle(id) => Self::new(Self::IDLE, id.0),
            Cause::Thread => Self::new(Self::THREAD, 0),
        }
    }
}
