//! Time, as a loop sees it: the machine's, or one that is moved by hand.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

/// What tells a loop the time.
///
/// A loop reads it when it is made; for timers: when one is set, when an interval goes on, and in every turn
/// while any is armed; for the time of [`run_for`](super::EventLoop::run_for); and for whoever inspects it. If
/// nobody does, a post only asks for a [`glance`](Self::glance). Under a *virtual* clock a loop never sleeps:
/// when nothing is left to do before the next deadline, it moves the clock there.
///
/// # Examples
///
/// A clock that counts how often it is read:
///
/// ```
/// use oyez::event_loop::{Clock, EventLoop};
/// use std::{cell::Cell, rc::Rc, time::Instant};
///
/// struct Counting(Rc<Cell<usize>>);
///
/// impl Clock for Counting {
///     fn now(&self) -> Instant {
///         self.0.set(self.0.get() + 1);
///         Instant::now()
///     }
/// }
/// let count = Rc::new(Cell::new(0));
/// let event_loop = EventLoop::builder().clock(Counting(count.clone())).build();
/// let before = count.get();
/// event_loop.handle().queue_microtask(|_| ());
/// event_loop.run().unwrap();
/// assert_eq!(count.get(), before); // no timer, no reading
/// ```
pub trait Clock: 'static {
    /// Returns the time. It never goes back.
    fn now(&self) -> Instant;

    /// Returns whether a loop is to move the clock instead of sleeping. Default `false`.
    fn is_virtual(&self) -> bool {
        false
    }

    /// Moves a virtual clock on to `deadline`, or leaves it where it is later already. Called only if
    /// [`is_virtual`](Self::is_virtual).
    ///
    /// The default does nothing. A virtual clock has to do it, or runs that wait for a timer end with
    /// [`Exit::Stalled`](super::Exit::Stalled).
    fn step_to(&self, deadline: Instant) {
        let _ = deadline;
    }

    /// Returns what [`now`](Self::now) would, if that costs nothing. Default `None`: what is only there
    /// to be looked at then goes without a time, unless an inspector asks for it.
    fn glance(&self) -> Option<Instant> {
        None
    }
}

/// The machine's monotonic clock: [`Instant::now`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// A clock that only moves when it is told to: by [`advance`](Self::advance), and by a loop that has
/// nothing to do before its next deadline.
///
/// A clone shows the same time. Programs without other threads run under it as fast as they can, and in the same
/// order every time.
///
/// # With other threads
///
/// A loop under this clock never sleeps, so it cannot wait for what other threads may post: when nothing is queued
/// and no strong timer is left, its run ends with [`Exit::Stalled`](super::Exit::Stalled), even if a
/// [`Proxy`](super::Proxy) is left, and before that the clock may have leapt ahead of threads at work. Join
/// the threads before the run, run again after they have posted, or use the [`SystemClock`]. A thread in
/// [`post_blocking`](super::Proxy::post_blocking) waits until a later run makes room.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventLoop, Exit, VirtualClock};
/// use std::time::Duration;
///
/// let clock = VirtualClock::new();
/// let event_loop = EventLoop::builder().clock(clock.clone()).build();
/// event_loop.handle().set_timeout(Duration::from_secs(3600), |_| ());
/// assert_eq!(event_loop.run(), Ok(Exit::Completed));
/// assert_eq!(clock.elapsed(), Duration::from_secs(3600));
/// ```
#[derive(Clone, Debug)]
pub struct VirtualClock {
    hands: Arc<Hands>,
}

#[derive(Debug)]
struct Hands {
    start: Instant,
    now: Mutex<Instant>,
    /// How many nanoseconds `now` is behind `start`, for whoever only looks; [`FAR`] if that is centuries.
    elapsed: AtomicU64,
}

/// As many nanoseconds as a word cannot hold, or more.
const FAR: u64 = u64::MAX;

impl Hands {
    fn now(&self) -> Instant {
        // Acquire: pairs with the store in `move_to`. Who is told of a move sees it.
        match self.elapsed.load(Ordering::Acquire) {
            FAR => *self.now.lock(),
            elapsed => self.start + Duration::from_nanos(elapsed),
        }
    }

    /// Moves on to what `to` says, given the time.
    fn move_to(&self, to: impl FnOnce(Instant) -> Instant) {
        let mut now = self.now.lock();
        *now = to(*now);
        let elapsed = now.saturating_duration_since(self.start).as_nanos();
        self.elapsed
            .store(elapsed.try_into().unwrap_or(FAR), Ordering::Release);
    }
}

impl VirtualClock {
    /// Makes a clock whose [`elapsed`](Self::elapsed) is 0.
    #[must_use]
    pub fn new() -> Self {
        let start = Instant::now();
        let hands = Arc::new(Hands {
            start,
            now: Mutex::new(start),
            elapsed: AtomicU64::new(0),
        });
        Self { hands }
    }

    /// Moves the hands on by `time`, and nothing else: no timer fires before the loop has its turn.
    ///
    /// In a handler it stands for work that takes `time`. If an [`Instant`] cannot hold the sum, the clock
    /// stays where it was.
    ///
    /// # Examples
    ///
    /// ```
    /// use oyez::event_loop::VirtualClock;
    /// use std::time::Duration;
    ///
    /// let clock = VirtualClock::new();
    /// clock.advance(Duration::from_millis(5));
    /// clock.advance(Duration::from_millis(2));
    /// assert_eq!(clock.elapsed(), Duration::from_millis(7));
    /// ```
    pub fn advance(&self, time: Duration) {
        self.hands
            .move_to(|now| now.checked_add(time).unwrap_or(now));
    }

    /// Returns how far the hands have moved since the clock was made.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.hands.now().saturating_duration_since(self.hands.start)
    }
}

// Its lock is held for an addition, which does not panic.
impl UnwindSafe for VirtualClock {}
impl RefUnwindSafe for VirtualClock {}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        self.hands.now()
    }

    fn is_virtual(&self) -> bool {
        true
    }

    fn step_to(&self, deadline: Instant) {
        self.hands.move_to(|now| deadline.max(now));
    }

    fn glance(&self) -> Option<Instant> {
        Some(self.now())
    }
}
