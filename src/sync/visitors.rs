//! Who visits one list: how a visit is announced, and how a change of the list finds out.
//!
//! A visit is announced in a place of its thread's own ([`registry`]) before it looks at any pointer of the
//! list, and taken back when it ends. A change unlinks a pointer, then looks for announcements. Both
//! orders have to be certain: either the change sees the visit, or the visit sees no pointer that was
//! unlinked. A fence on both sides makes them so, but a fence takes longer than a whole emit without.
//!
//! # Data structure
//!
//! `who` says how visits of this list are announced:
//!
//! | `who` | a visit is announced | a change by thread T |
//! |---|---|---|
//! | nobody | after its thread has *joined* | need not look |
//! | the name of a thread | *quietly* by this one, by others after they have joined | if by this one, looks at its own announcements |
//! | several threads | quietly | passes a barrier and looks |
//! | everybody | *aloud* | passes a fence and looks |
//!
//! *Quietly* is a plain store: seen by a change that has had every thread of the process pass a fence
//! ([`heavy`]), which is a system call. *Aloud* is a store with a fence behind it.
//!
//! # Protocol
//!
//! 1. A thread announces its visit quietly, *then* reads `who`. If it may not visit quietly it joins, under
//!    the list's lock, or announces itself aloud.
//! 2. A change, under the list's lock, that cannot know the visits of other threads stores *nobody*, passes
//!    the barrier, and looks. A thread that has read the old `who` has announced its visit before the barrier
//!    and is seen; any other comes to join, and waits for the lock. If nobody was there, *nobody* stays,
//!    and further changes are free until somebody joins.
//! 3. Barriers are dear to all threads of the process. A list that has had [`BARRIERS`] of them is visited
//!    aloud from then on. So is every list where there is no such barrier.
//! 4. What is unlinked while it is visited is kept by the list, and `awaited` is set before the barrier. A
//!    visit takes its announcement back, *then* reads `awaited`. So either the change sees no visit
//!    any more, or the visit sees that something is kept, and drops what waited for it alone.
//!
//! Emits nested in one list leave nothing behind but the outermost, which ends last.

use std::panic::Location;
use std::sync::atomic::Ordering;

use super::registry::{self, ThreadRecord, Threads, Ticket};
use super::waits;
use super::{AtomicBool, AtomicU16, AtomicUsize, heavy, is_heavy_certain, unlinked};
use crate::error::WaitError;
use crate::flavour::{Leftover, Reader, Visits};

// The names of threads are addresses of records, which are aligned: of these bits they have none.
const NOBODY: usize = 0;
const SEVERAL: usize = 1;
const EVERYBODY: usize = 2;
/// Everybody, but visits may be under way that were announced quietly.
const EVERYBODY_SOON: usize = 3;

fn is_loud(who: usize) -> bool {
    who & EVERYBODY != 0
}

/// Barriers that changes of one list pass before it is visited aloud. One takes from a tenth of a microsecond, where
/// no other thread of the process runs, to some twenty on a virtual machine.
const BARRIERS: u16 = if cfg!(loom) { 2 } else { 256 };

/// See the module.
#[derive(Debug, Default)]
pub struct Visitors {
    /// Changed under the list's lock.
    who: AtomicUsize,
    /// Whether anything is kept, or is about to be. Changed under the list's lock.
    awaited: AtomicBool,
    /// How many barriers there were; under the list's lock.
    barriers: AtomicU16,
}

/// Wakes whoever waits for a call that ended by a panic; a call that returns wakes them itself.
#[inline]
fn wake(panicked: Option<u64>) {
    if let Some(listener) = panicked {
        waits::wake_waiters(listener);
    }
}

/// Each thread announces its emits in a place of its own, so that emits on two threads touch no common
/// cache line.
impl Visits for Visitors {
    type Ticket = Ticket;
    type First = &'static ThreadRecord;
    type Readers = Threads;

    /// `None` if the thread has no place yet, too.
    #[inline(always)]
    fn enter_first(&self, list: usize) -> Option<&'static ThreadRecord> {
        let record = registry::known()?;
        if is_loud(self.who.load(Ordering::Relaxed)) {
            return None;
        }
        record.announce_first(list);
        Some(record)
    }

    /// Whether it may stay as quiet as it was announced.
    #[inline(always)]
    fn admits(&self, record: &'static ThreadRecord) -> bool {
        // Acquire: pairs with the stores in `join` and `look`, so that who is admitted since others have joined
        // sees what was unlinked before, when nobody was looked for.
        let who = self.who.load(Ordering::Acquire);
        who == record.reader() || who == SEVERAL
    }

    #[inline(always)]
    fn ticket(record: &'static ThreadRecord) -> Ticket {
        record.ticket(0)
    }

    #[inline(always)]
    fn leave_first(&self, record: &'static ThreadRecord) -> Leftover {
        record.retract_first();
        self.leftover_of(record)
    }

    /// Aloud: a change of a list that is visited aloud has no barrier, and may have seen it.
    fn give_up_first(&self, record: &'static ThreadRecord) -> Leftover {
        record.ticket(0).retract_aloud();
        self.leftover_of(record)
    }

    #[inline]
    fn enter(&self, list: usize) -> Result<Ticket, Ticket> {
        let ticket = registry::enter(list);
        if self.admits(ticket.record) {
            return Ok(ticket);
        }
        if !is_loud(self.who.load(Ordering::Relaxed)) {
            return Err(ticket);
        }
        ticket.announce_aloud(list);
        Ok(ticket)
    }

    fn join(&self, list: usize, ticket: Ticket) {
        let me = ticket.record.reader();
        let who = match self.who.load(Ordering::Relaxed) {
            NOBODY if is_heavy_certain() => me,
            NOBODY => EVERYBODY,
            who if who == me || is_loud(who) => who,
            _ => SEVERAL,
        };
        self.who.store(who, Ordering::Release);
        if is_loud(who) {
            ticket.announce_aloud(list);
        }
    }

    #[inline(always)]
    fn announce_listener(&self, ticket: Ticket, listener: impl FnOnce() -> u64) {
        ticket.announce_listener(listener());
    }

    /// Nobody can know of other threads.
    fn may_run(&self, _: &&'static Location<'static>) -> bool {
        true
    }

    fn wake_waiters(&self, listener: u64) {
        waits::wake_waiters(listener);
    }

    fn wake_all_waiters(&self, reader: Reader) {
        waits::wake_all_waiters(reader);
    }

    fn until_left(&self, listener: u64) -> Result<(), WaitError> {
        waits::until_left(listener)
    }

    fn is_visited(&self, list: usize) -> bool {
        registry::is_visited(list)
    }

    #[inline]
    fn out(&self, ticket: Ticket) {
        wake(ticket.out());
    }

    #[inline]
    fn leave(&self, list: usize, ticket: Ticket) -> Leftover {
        let panicked = ticket.out();
        let left = self.retract(list, ticket);
        wake(panicked);
        left
    }

    /// Under the list's lock.
    fn settle(&self) {
        self.awaited.store(false, Ordering::Relaxed);
    }

    fn reaped(&self) {
        registry::give_back_brief();
    }

    /// Under the list's lock.
    fn mark(&self, list: usize) -> Option<Threads> {
        let who = self.who.load(Ordering::Relaxed);
        if who == NOBODY {
            return None;
        }
        let was_awaited = self.awaited.load(Ordering::Relaxed);
        self.awaited.store(true, Ordering::Relaxed);
        let threads = match registry::known() {
            Some(me) if me.reader() == who => me.visitor(list),
            _ => self.look(who, list),
        };
        if threads.is_empty() {
            self.awaited.store(was_awaited, Ordering::Relaxed);
            return None;
        }
        Some(threads)
    }

    /// Under the list's lock.
    #[inline]
    fn is_alone(&self, list: usize, ticket: Ticket) -> bool {
        let who = self.who.load(Ordering::Relaxed);
        if who == EVERYBODY {
            unlinked();
            return registry::visitors(list).0[..] == [ticket.record.reader()]
                && ticket.is_outermost(list);
        }
        who == ticket.record.reader() && ticket.is_outermost(list)
    }
}

impl Visitors {
    /// What is left by the outermost visit of a thread that has just been taken back.
    #[inline(always)]
    fn leftover_of(&self, record: &ThreadRecord) -> Leftover {
        // SeqCst: see the protocol, point 4, and `sync::announce`.
        match self.awaited.load(Ordering::SeqCst) {
            true => Leftover::Last(record.reader()),
            false => Leftover::Nothing,
        }
    }

    /// Takes the announcement of a visit back.
    fn retract(&self, list: usize, ticket: Ticket) -> Leftover {
        ticket.retract();
        // SeqCst: see the protocol, point 4, and `sync::announce`.
        if !self.awaited.load(Ordering::SeqCst) {
            registry::give_back_brief();
            return Leftover::Nothing;
        }
        // What is kept for a thread waits for its outermost visit. A record is this thread's until that is
        // dropped: its name stands for what is kept.
        match ticket.is_outermost(list) {
            true => Leftover::Last(ticket.record.reader()),
            false => Leftover::Kept,
        }
    }

    /// Who visits the list, whichever thread it is.
    #[cold]
    fn look(&self, who: usize, list: usize) -> Threads {
        if who == EVERYBODY {
            unlinked();
            return registry::visitors(list).0;
        }
        // Whoever comes from now on asks to join, or is loud.
        let barriers = (self.barriers.load(Ordering::Relaxed) + 1).min(BARRIERS);
        self.barriers.store(barriers, Ordering::Relaxed);
        let is_dear = barriers == BARRIERS;
        let meanwhile = if is_dear { EVERYBODY_SOON } else { NOBODY };
        self.who.store(meanwhile, Ordering::Release);
        let is_certain = heavy();
        let (threads, are_loud) = registry::visitors(list);
        let afterwards = match is_dear || !is_certain {
            true if are_loud => EVERYBODY,
            true => EVERYBODY_SOON,
            false if threads.is_empty() => NOBODY,
            false => who,
        };
        self.who.store(afterwards, Ordering::Release);
        threads
    }
}
