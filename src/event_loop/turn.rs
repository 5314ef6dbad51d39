//! The turn, and the runs that are made of turns. The numbers are those in the docs of
//! [`EventLoop`](super::EventLoop).

use std::cell::Cell;
use std::time::Instant;

use super::call_stack::Origin;
use super::core::Core;
use super::error::RunError;
use super::exit::{Exit, Next};
use super::id::EventId;
use super::posted::To;
use super::queued::QueuedEvent;
use super::record::{Slow, Step};
use super::running::Opening;
use super::store::Item;

/// What a turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Did {
    Event(EventId),
    /// Left-over microtasks or an idle callback.
    Task,
    Nothing,
    Stopped,
}

/// What a rest came to.
enum Rest {
    /// It is time for another turn.
    Over,
    /// Somebody rang.
    Woken,
    Exit(Exit),
}

/// All events.
const ANY: EventId = EventId(u64::MAX);

impl Core {
    /// Runs until there is a reason to end: see [`Exit`]. `end` is the time to stop at.
    pub(crate) fn run(&self, end: Option<Instant>) -> Result<Exit, RunError> {
        let _running = self.begin()?;
        let exit = self.run_turns(end, &mut || false)?;
        self.journal.write(|| Step::Exited(exit));
        Ok(exit)
    }

    /// Runs until there is a reason to end, or until `reached`.
    pub(crate) fn run_until(&self, mut reached: impl FnMut() -> bool) -> Result<Exit, RunError> {
        let _running = self.begin()?;
        let wakes = Cell::new(0);
        let mut reached = || {
            wakes.set(self.door.wakes());
            reached()
        };
        let exit = loop {
            let exit = self.run_turns(None, &mut reached)?;
            let is_at_rest = matches!(exit, Exit::Completed | Exit::Stalled);
            // Whoever woke it since it was asked may have been the last that could.
            if !is_at_rest || wakes.get() == self.door.wakes() {
                break exit;
            }
        };
        self.journal.write(|| Step::Exited(exit));
        Ok(exit)
    }

    fn run_turns(
        &self,
        end: Option<Instant>,
        reached: &mut impl FnMut() -> bool,
    ) -> Result<Exit, RunError> {
        let mut ask = true;
        loop {
            if ask && reached() {
                return Ok(Exit::Reached);
            }
            ask = match self.turn(end)? {
                Did::Stopped => return Ok(Exit::Stopped),
                Did::Event(_) | Did::Task => true,
                Did::Nothing => match self.rest(end) {
                    Rest::Exit(exit) => return Ok(exit),
                    Rest::Woken => true,
                    Rest::Over => false,
                },
            };
        }
    }

    /// One turn of a host.
    pub(crate) fn one_turn(&self) -> Result<Did, RunError> {
        let _running = self.begin()?;
        self.turn(None)
    }

    /// Gives the events that are there their turns.
    pub(crate) fn poll(&self) -> Result<Next, RunError> {
        let running = self.enter()?;
        let next = self.poll_once()?;
        // The next poll goes on with this run, unless that is done.
        let was_weak = self.was_weak.get() && !matches!(next, Next::Done(_));
        drop(running);
        self.was_weak.set(was_weak);
        Ok(next)
    }

    fn poll_once(&self) -> Result<Next, RunError> {
        let mut did = self.prepare(None)?;
        let before = self.queue.next_id();
        let mut has_run = false;
        while did != Did::Stopped && self.take_turn(before)?.is_some() {
            has_run = true;
            did = self.prepare(None)?;
        }
        if did == Did::Stopped {
            return Ok(Next::Done(Exit::Stopped));
        }
        if !has_run && self.queue.len() == 0 {
            self.idle_turn()?;
        }
        let next = self.next();
        // After the look at the proxies, as in `rest`.
        Ok(match self.take_stop() {
            true => Next::Done(Exit::Stopped),
            false => next,
        })
    }

    /// One turn. Timers that are due after `until` have to wait.
    fn turn(&self, until: Option<Instant>) -> Result<Did, RunError> {
        let did = self.prepare(until)?;
        if did == Did::Stopped {
            return Ok(did);
        }
        if let Some(id) = self.take_turn(ANY)? {
            return Ok(Did::Event(id));
        }
        let has_idled = self.idle_turn()?;
        Ok(if has_idled { Did::Task } else { did })
    }

    /// What comes before an event's turn. Mostly there is nothing, and that costs a load and a compare for
    /// each thing that might be.
    #[inline]
    fn prepare(&self, until: Option<Instant>) -> Result<Did, RunError> {
        // (1)
        if self.take_stop() {
            return Ok(Did::Stopped);
        }
        // (2)
        let has_drained = self.drain_left_over()?;
        if has_drained && self.take_stop() {
            return Ok(Did::Stopped);
        }
        // (3)
        self.take_mail();
        self.take_due(until);
        Ok(if has_drained { Did::Task } else { Did::Nothing })
    }

    /// Runs microtasks that are not of a turn. Answers whether there were any.
    #[inline]
    fn drain_left_over(&self) -> Result<bool, RunError> {
        let start = self.journal.start_watch();
        let drained = self.drain();
        // Where nothing ran, nothing was slow but the clock.
        if !matches!(drained, Ok(false)) {
            self.was_weak.set(false);
            self.tell_slow(start, None);
        }
        drained
    }

    /// An event's turn, of those with ids below `before`.
    fn take_turn(&self, before: EventId) -> Result<Option<EventId>, RunError> {
        // (4)
        let turn = |item: &mut Item| {
            let id = item.id();
            let start = self.journal.start_watch();
            let info = start.map(|_| item.info());
            // (5)
            self.was_weak.set(false);
            let opening = Opening {
                origin: Origin::Event(id),
                label: item.label(),
            };
            self.queue
                .run(item, To::Local(&self.emitter), Some(opening));
            // (6)
            let drained = self.drain();
            self.tell_slow(start, info);
            drained.map(|_| id)
        };
        self.queue.take(before, turn).transpose()
    }

    /// Tells of a turn that began at `start`, if it was slow.
    #[inline]
    fn tell_slow(&self, start: Option<Instant>, turn: Option<QueuedEvent>) {
        if start.is_some() {
            self.tell_if_slow(start, turn);
        }
    }

    #[cold]
    fn tell_if_slow(&self, start: Option<Instant>, turn: Option<QueuedEvent>) {
        if let Some((took, threshold)) = self.journal.stop_watch(start) {
            self.journal.write_slow(Slow {
                frame: None,
                turn,
                took,
                threshold,
            });
        }
    }

    /// The turn of an idle callback: the first half of (7).
    fn idle_turn(&self) -> Result<bool, RunError> {
        // What an inspector has queued since (2): it is told of what is taken in.
        if self.drain_left_over()? {
            return Ok(true);
        }
        let start = self.journal.start_watch();
        if !self.run_idle() {
            return Ok(false);
        }
        let drained = self.drain();
        self.tell_slow(start, None);
        drained.map(|_| true)
    }

    /// What to do when there is nothing to do: the second half of (7).
    fn rest(&self, end: Option<Instant>) -> Rest {
        // May be user code, as is an inspector that was told of what the turn has done: either may have done anything.
        let is_at_end = end.is_some_and(|end| self.clock.now() >= end);
        let is_alive = self.is_alive();
        // After the look at the proxies: what one of them did before it went is here by now.
        if self.has_work() || self.is_to_stop() {
            return Rest::Over;
        }
        let next = self.deadline_until(end);
        if is_at_end {
            // The clock may have come to a deadline since the turn has looked, if it did.
            return match next {
                Some(_) if self.looks(is_alive) => Rest::Over,
                _ => Rest::Exit(Exit::Reached),
            };
        }
        if !is_alive {
            return Rest::Exit(Exit::Completed);
        }
        if self.clock.is_virtual() {
            self.step(next, end)
        } else {
            self.sleep(next, end)
        }
    }

    /// When the next timer is due, if that is not after `end`.
    fn deadline_until(&self, end: Option<Instant>) -> Option<Instant> {
        let next = self.timers.borrow().next_deadline();
        next.filter(|next| end.is_none_or(|end| *next <= end))
    }

    /// Moves the virtual clock to the next deadline, or to the end.
    fn step(&self, next: Option<Instant>, end: Option<Instant>) -> Rest {
        // Weak timers alone would have it move for ever.
        let moves = end.is_some() || self.timers.borrow().has_strong_deadline();
        let next = next.filter(|_| moves);
        let Some(to) = next.or(end) else {
            return Rest::Exit(Exit::Stalled);
        };
        if self.clock.now() < to {
            self.clock.step_to(to);
            self.journal
                .write(|| Step::Stepped(self.journal.since_start(to)));
        }
        if self.clock.now() < to {
            // It does not move.
            return Rest::Exit(Exit::Stalled);
        }
        Rest::Over
    }

    /// Sleeps until the next deadline, or until the end, or until somebody rings.
    fn sleep(&self, next: Option<Instant>, end: Option<Instant>) -> Rest {
        let until = next.or(end);
        self.journal.write(|| {
            let until = until.map(|until| self.journal.since_start(until));
            Step::Slept(until)
        });
        // Behind the record: an inspector's time is part of the sleep.
        let time = until.map(|until| until.saturating_duration_since(self.clock.now()));
        // An inspector may have done anything.
        let may_sleep = self.is_idle() && self.deadline_until(end) == next;
        let has_rung = may_sleep && self.door.sleep(time);
        self.journal.write(|| Step::Woken);
        if has_rung { Rest::Woken } else { Rest::Over }
    }

    /// What a host is to do next.
    fn next(&self) -> Next {
        let is_alive = self.is_alive();
        if self.has_work() {
            return Next::Ready;
        }
        let next = self.timers.borrow().next_deadline();
        match next {
            // Also a weak one: the next turn takes it in.
            Some(deadline) if self.looks(is_alive) && deadline <= self.clock.now() => Next::Ready,
            _ if !is_alive => Next::Done(Exit::Completed),
            Some(deadline) => Next::WaitUntil(deadline),
            None => Next::Idle,
        }
    }

    /// Whether a turn looks for timers that are due. Behind the turn of a weak one it does so only if something strong
    /// is left: else weak timers that are always due would keep the run.
    pub(crate) fn looks(&self, is_alive: bool) -> bool {
        is_alive || !self.was_weak.get()
    }

    /// Whether there is nothing to do, and something can still happen.
    fn is_idle(&self) -> bool {
        !self.has_work() && !self.is_to_stop() && self.is_alive()
    }

    /// Whether somebody asked to stop, here or from another thread.
    fn is_to_stop(&self) -> bool {
        self.is_stopping.get() || self.door.is_stopping()
    }

    /// Whether there is anything that has its turn, whatever the time.
    fn has_work(&self) -> bool {
        let has_tasks = !self.microtasks.borrow().is_empty() || !self.idle.borrow().is_empty();
        has_tasks || self.queue.len() > 0 || self.door.has_mail()
    }

    /// Whether anything can still happen when nothing is queued.
    pub(crate) fn is_alive(&self) -> bool {
        self.door.has_proxies() || self.timers.borrow().has_strong()
    }

    /// Takes in what was posted from other threads.
    #[inline]
    fn take_mail(&self) {
        if self.door.has_mail() {
            self.queue.take_mail();
        }
    }

    /// Whether somebody asked to stop, since it was last asked.
    #[inline]
    fn take_stop(&self) -> bool {
        if self.door.take_stop() {
            self.stop();
        }
        self.is_stopping.replace(false)
    }

    /// Begins a run.
    fn begin(&self) -> Result<RunGuard<'_>, RunError> {
        let running = self.enter()?;
        self.was_weak.set(false);
        Ok(running)
    }

    /// Says that the loop runs, until the answer is dropped.
    fn enter(&self) -> Result<RunGuard<'_>, RunError> {
        if self.is_running.get() || !self.frames.is_empty() {
            return Err(RunError::Reentrant);
        }
        self.is_running.set(true);
        Ok(RunGuard(self))
    }
}

/// A loop runs until this is dropped, also by a panic. Then what its last turn was is forgotten.
struct RunGuard<'a>(&'a Core);

impl Drop for RunGuard<'_> {
    fn drop(&mut self) {
        self.0.is_running.set(false);
        self.0.was_weak.set(false);
    }
}
