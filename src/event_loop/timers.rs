//! Timers: what is due when.
//!
//! # Data structure
//!
//! Timers live in a [`Slab`]; an id names an index of it and a number that is never used again. Entries of
//! [`Deadlines`] hold, for each armed timer that is ever due, its deadline, its number and its index. A timer that is
//! cleared leaves its entry, to be taken out when it is the soonest, or to be swept when such entries outnumber the
//! armed timers.
//!
//! # Invariants
//!
//! 1. *An armed timer has one live entry*: one with its number and its deadline. One that is
//!    never due has none.
//! 2. *Numbers ascend in the order of creation*, so equal deadlines fire in that order. A timer keeps
//!    its number when it is armed again.
//! 3. *A timer is armed, or its turn is queued, or it runs, or it is gone.* An interval that runs is
//!    armed as well. So it is never twice in the queue.
//! 4. *`strong` counts the timers that keep the loop*, and those of them that are never due.
//! 5. *The soonest entry is live*, so when something is due next is looked up and no more.

use std::panic::Location;
use std::time::{Duration, Instant};

use super::deadlines::Deadlines;
use super::id::{EventId, PackedCause, TimerId, after};
use super::slab::Slab;

/// What an interval does about periods that passed while it could not run.
///
/// With a period of 50 ms whose second call, at 100 ms, takes 130 ms:
///
/// | | calls at (ms) |
/// |---|---|
/// | `Skip` | 50, 100, 230, 250, 300, 350 |
/// | `Burst` | 50, 100, 230, 230, 250, 300 |
/// | `Delay` | 50, 100, 230, 280, 330, 380 |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MissedTick {
    /// Leaves them out, and goes on in the old rhythm.
    #[default]
    Skip,
    /// Makes up for each of them, without a pause.
    Burst,
    /// Begins a new rhythm with the late call.
    Delay,
}

/// The rhythm of an interval.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rhythm {
    pub(crate) period: Duration,
    pub(crate) missed: MissedTick,
}

impl Rhythm {
    /// When it is due again, if what was due at `deadline` runs at `now`.
    pub(crate) fn next(&self, deadline: Instant, now: Instant) -> Option<Instant> {
        let Self { period, missed } = *self;
        match missed {
            MissedTick::Burst => deadline.checked_add(period),
            MissedTick::Delay => now.checked_add(period),
            MissedTick::Skip => {
                let late = now.saturating_duration_since(deadline).as_nanos();
                let past = late % period.as_nanos();
                // Fits: it is less than the period.
                let left = period.as_nanos() - past;
                now.checked_add(Duration::new(
                    (left / 1_000_000_000) as u64,
                    (left % 1_000_000_000) as u32,
                ))
            }
        }
    }
}

/// One timer. In as little room as can be, since most are far from the one before when they fire.
pub(crate) struct Timer<W> {
    // Its id in two parts, with flags in the room between.
    number: u64,
    index: u32,
    is_armed: bool,
    pub(crate) is_weak: bool,
    /// What it does; not here while that runs.
    pub(crate) work: Option<W>,
    /// Most have none.
    pub(crate) rhythm: Option<Box<Rhythm>>,
    /// When it is due, or was: the turn that is queued or runs. `None` is never.
    pub(crate) deadline: Option<Instant>,
    /// Its turn, if that is in the event queue.
    pub(crate) queued: Option<EventId>,
    pub(crate) location: &'static Location<'static>,
    pub(crate) cause: PackedCause,
}

impl<W> Timer<W> {
    pub(crate) fn id(&self) -> TimerId {
        let Self { number, index, .. } = *self;
        TimerId { number, index }
    }
}

/// What is kept of an armed timer's deadline. In the order of the deadlines, then of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    deadline: Instant,
    id: TimerId,
}

/// Slabs that became larger than this are given back when no timer is left.
const KEPT: usize = 1024;

/// Entries are swept when there are this many more old ones than live ones.
const OLD: usize = 32;

pub(crate) struct Timers<W> {
    deadlines: Deadlines<Entry>,
    slab: Slab<Timer<W>>,
    armed: usize,
    strong: Strong,
    last_number: u64,
}

/// How many timers keep the loop.
#[derive(Default)]
struct Strong {
    all: usize,
    never_due: usize,
}

impl Strong {
    fn add(&mut self, deadline: Option<Instant>) {
        self.all += 1;
        self.never_due += usize::from(deadline.is_none());
    }

    fn remove(&mut self, deadline: Option<Instant>) {
        self.all -= 1;
        self.never_due -= usize::from(deadline.is_none());
    }
}

impl<W> Timers<W> {
    pub(crate) fn new() -> Self {
        Self {
            deadlines: Deadlines::new(),
            slab: Slab::new(),
            armed: 0,
            strong: Strong::default(),
            last_number: 0,
        }
    }

    /// The number of the next timer.
    ///
    /// # Panics
    /// If there is none left.
    pub(crate) fn next_number(&self) -> u64 {
        after(self.last_number)
    }

    /// Makes a timer with the next number, armed for `deadline`.
    pub(crate) fn set(
        &mut self,
        number: u64,
        deadline: Option<Instant>,
        rhythm: Option<Box<Rhythm>>,
        work: W,
        location: &'static Location<'static>,
        cause: PackedCause,
    ) -> TimerId {
        self.last_number = number;
        let index = self.slab.insert(|index| Timer {
            number,
            index,
            is_armed: true,
            is_weak: false,
            work: Some(work),
            rhythm,
            deadline,
            queued: None,
            location,
            cause,
        });
        let id = TimerId { number, index };
        self.strong.add(deadline);
        self.enter(id, deadline);
        id
    }

    pub(crate) fn get(&mut self, id: TimerId) -> Option<&mut Timer<W>> {
        let timer = self.slab.get_mut(id.index)?;
        (timer.id() == id).then_some(timer)
    }

    /// Sets when a timer that is not armed is due next.
    pub(crate) fn arm(&mut self, id: TimerId, deadline: Option<Instant>) {
        let Some(timer) = self.get(id) else {
            return;
        };
        debug_assert!(!timer.is_armed);
        timer.is_armed = true;
        let before = std::mem::replace(&mut timer.deadline, deadline);
        if !timer.is_weak {
            self.strong.remove(before);
            self.strong.add(deadline);
        }
        self.enter(id, deadline);
    }

    /// Counts a timer that is armed now.
    fn enter(&mut self, id: TimerId, deadline: Option<Instant>) {
        if let Some(deadline) = deadline {
            self.deadlines.push(Entry { deadline, id });
        }
        self.armed += 1;
    }

    fn disarm(&mut self, id: TimerId) {
        let was_armed = |timer: &mut Timer<W>| std::mem::take(&mut timer.is_armed);
        if self.get(id).is_some_and(was_armed) {
            self.armed -= 1;
            self.trim();
        }
    }

    /// Takes a timer away.
    pub(crate) fn remove(&mut self, id: TimerId) -> Option<Timer<W>> {
        self.get(id)?;
        self.disarm(id);
        let timer = self.slab.take(id.index)?;
        self.let_go(timer.is_weak, timer.deadline);
        Some(timer)
    }

    /// Takes a timer away that fires for the last time. Answers what it does, and the line that set it.
    // As `remove`, without moving what is left of it.
    pub(crate) fn finish(&mut self, id: TimerId) -> Option<(W, &'static Location<'static>)> {
        let timer = self.get(id)?;
        debug_assert!(!timer.is_armed);
        let (is_weak, deadline, location) = (timer.is_weak, timer.deadline, timer.location);
        let work = timer.work.take()?;
        self.slab.remove(id.index);
        self.let_go(is_weak, deadline);
        Some((work, location))
    }

    /// Counts a timer that has left its place.
    fn let_go(&mut self, is_weak: bool, deadline: Option<Instant>) {
        if !is_weak {
            self.strong.remove(deadline);
        }
        self.tidy();
    }

    /// Makes a timer weak, or strong again. Answers it if that changed anything.
    pub(crate) fn set_weak(&mut self, id: TimerId, is_weak: bool) -> Option<&Timer<W>> {
        let timer = self.get(id)?;
        if std::mem::replace(&mut timer.is_weak, is_weak) == is_weak {
            return None;
        }
        let deadline = timer.deadline;
        if is_weak {
            self.strong.remove(deadline);
        } else {
            self.strong.add(deadline);
        }
        self.get(id).map(|timer| &*timer)
    }

    /// Takes the entry of the next timer that is due at `now`. It is not armed any more.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<&mut Timer<W>> {
        self.next_deadline().filter(|next| *next <= now)?;
        let entry = self.deadlines.pop()?;
        self.disarm(entry.id);
        self.get(entry.id)
    }

    /// When the next timer is due, strong or weak.
    #[inline]
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.peek().map(|entry| entry.deadline)
    }

    /// Whether any timer is ever due.
    #[inline]
    pub(crate) fn has_deadline(&self) -> bool {
        self.deadlines.len() > 0
    }

    /// Whether a timer is left that keeps the loop.
    pub(crate) fn has_strong(&self) -> bool {
        self.strong.all > 0
    }

    /// Whether one of those is ever due.
    pub(crate) fn has_strong_deadline(&self) -> bool {
        self.strong.all > self.strong.never_due
    }

    /// The timers that are armed, in the order in which they are due; those that never are come last.
    pub(crate) fn armed(&self) -> Vec<&Timer<W>> {
        let timers = self.slab.iter();
        let mut armed: Vec<_> = timers.filter(|timer| timer.is_armed).collect();
        armed.sort_by_key(|timer| (timer.deadline.is_none(), timer.deadline, timer.id()));
        armed
    }

    /// Takes all timers away.
    pub(crate) fn drain(&mut self) -> Vec<Timer<W>> {
        self.reset().slab.into_iter().collect()
    }

    /// Begins anew, with the numbers going on. Returns what there was.
    fn reset(&mut self) -> Self {
        let new = Self {
            last_number: self.last_number,
            ..Self::new()
        };
        std::mem::replace(self, new)
    }

    /// Has the soonest entry be a live one.
    fn trim(&mut self) {
        while let Some(entry) = self.deadlines.peek() {
            if self.is_live(entry) {
                return;
            }
            self.deadlines.pop();
        }
    }

    fn is_live(&self, entry: Entry) -> bool {
        let timer = self.slab.get(entry.id.index);
        timer.is_some_and(|timer| {
            timer.id() == entry.id && timer.is_armed && timer.deadline == Some(entry.deadline)
        })
    }

    /// Keeps old entries from outnumbering live ones, and memory from staying.
    fn tidy(&mut self) {
        if self.slab.is_empty() && self.slab.used() > KEPT {
            self.reset();
        } else if self.deadlines.len() > 2 * self.armed + OLD {
            let mut deadlines = std::mem::replace(&mut self.deadlines, Deadlines::new());
            deadlines.retain(|entry| self.is_live(entry));
            self.deadlines = deadlines;
        }
    }
}
