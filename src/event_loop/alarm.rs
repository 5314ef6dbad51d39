//! Timers and the queue: a timer that is due becomes an event, and has its turn as one.
//!
//! The entry in the queue, a [`Tick`], only names the timer; closure and payload stay with the timer. So
//! a timer can be cleared wherever it is, and an entry that leaves the queue without its turn can say so.

use std::any::Any;
use std::mem;
use std::panic::Location;
use std::time::{Duration, Instant};

use super::call_stack::FrameKind;
use super::core::{Core, Work};
use super::id::TimerId;
use super::posted::To;
use super::queued::TIMER;
use super::record::{Step, TimerInfo};
use super::running::Opening;
use super::tick::{Tick, Timekeeper};
use super::timers::{Rhythm, Timer};
use crate::outcome::Answer;
use crate::panics::while_unwinding;
use crate::watch::OnPanic;

impl Core {
    /// Sets a timer for `time` from now.
    pub(crate) fn set_timer(
        &self,
        time: Duration,
        rhythm: Option<Box<Rhythm>>,
        work: Work,
        location: &'static Location<'static>,
    ) -> TimerId {
        // What an `Instant` cannot hold is never.
        let deadline = self.clock.now().checked_add(time);
        let cause = self.journal.running.cause.get();
        // Before `work` is out of hand: there may be no number left.
        let number = self.timers.borrow().next_number();
        let mut timers = self.timers.borrow_mut();
        let id = timers.set(number, deadline, rhythm, work, location, cause);
        drop(timers);
        self.tell_timer(id, Step::TimerSet);
        id
    }

    pub(crate) fn clear_timer(&self, id: TimerId) -> bool {
        let removed = self.timers.borrow_mut().remove(id);
        let Some(timer) = removed else {
            return false;
        };
        match timer.queued {
            // The tick, when it is dropped, finds its timer gone.
            Some(event) => drop(self.queue.cancel(event)),
            None => self
                .journal
                .write(|| Step::TimerCleared(self.timer_info(&timer))),
        }
        // User code: the closure or the payload is dropped.
        drop(timer);
        true
    }

    pub(crate) fn set_weak(&self, id: TimerId, is_weak: bool) -> bool {
        let mut timers = self.timers.borrow_mut();
        let is_there = timers.get(id).is_some();
        let changed = timers.set_weak(id, is_weak);
        let armed = changed.filter(|timer| timer.queued.is_none());
        let info = armed.map(|timer| self.timer_info(timer));
        drop(timers);
        if let Some(info) = info {
            self.journal.write(|| Step::TimerRef(info));
        }
        is_there
    }

    /// What is known of the timers that are armed.
    pub(crate) fn timer_infos(&self) -> Vec<TimerInfo> {
        let timers = self.timers.borrow();
        let armed = timers.armed().into_iter();
        armed.map(|timer| self.timer_info(timer)).collect()
    }

    /// Puts what is due into the queue: by deadline, then by creation. What is due after `until` waits.
    #[inline]
    pub(crate) fn take_due(&self, until: Option<Instant>) {
        // Without a timer, the clock is not read.
        if self.timers.borrow().has_deadline() {
            self.take_all_due(until);
        }
    }

    fn take_all_due(&self, until: Option<Instant>) {
        // Most often the last turn was not a weak timer's, and nobody has to be counted.
        if self.was_weak.get() && !self.looks(self.is_alive()) {
            return;
        }
        let now = self.clock.now();
        let now = until.map_or(now, |until| now.min(until));
        let next = self.timers.borrow().next_deadline();
        if next.is_some_and(|next| next <= now) {
            // May read the clock, which is user code.
            let posted_at = self.journal.stamp();
            while self.take_one_due(now, posted_at) {}
        }
    }

    fn take_one_due(&self, now: Instant, posted_at: Option<Duration>) -> bool {
        let (timer, event) = {
            let mut timers = self.timers.borrow_mut();
            let Some(timer) = timers.pop_due(now) else {
                return false;
            };
            let tick = tick(timer, posted_at);
            let (id, event) = self.queue.insert_tick(&self.ticks, tick);
            timer.queued = Some(id);
            (event.map(|_| self.timer_info(timer)), event)
        };
        if let Some((timer, event)) = timer.zip(event) {
            self.journal
                .write_all(|| [Step::TimerDue(timer), Step::Posted(event)]);
        }
        true
    }

    fn fire_interval(&self, id: TimerId, opening: Option<Opening>) {
        // Before its closure runs, which may take long, or clear it.
        self.arm_again(id);
        let Some((work, location)) = self.take_work(id) else {
            return;
        };
        let mut running = RunningInterval {
            core: self,
            id,
            work: Some(work),
        };
        self.journal.running.opening.set(opening);
        let answer = self.run_body(
            FrameKind::Timer,
            Some(id),
            location,
            || match &mut running.work {
                Some(Work::Repeat(body)) => body(&self.me),
                _ => unreachable!("only closures repeat"),
            },
        );
        drop(running);
        if matches!(answer, Answer::Stop | Answer::Unsubscribe) {
            self.clear_timer(id);
        }
    }

    fn take_work(&self, id: TimerId) -> Option<(Work, &'static Location<'static>)> {
        let mut timers = self.timers.borrow_mut();
        let timer = timers.get(id)?;
        Some((timer.work.take()?, timer.location))
    }

    /// Arms an interval for its next period. If the clock panics, that is as if it were not late.
    fn arm_again(&self, id: TimerId) {
        let panics = OnPanic(|| self.arm_for(id, None));
        // User code, and perhaps in the drop of a turn while a panic unwinds.
        let now = while_unwinding(|| self.clock.now());
        mem::forget(panics);
        self.arm_for(id, now);
    }

    /// Arms an interval for what comes next in its rhythm after `now`, or else after it was due.
    fn arm_for(&self, id: TimerId, now: Option<Instant>) {
        let mut timers = self.timers.borrow_mut();
        let Some(timer) = timers.get(id) else {
            return;
        };
        let rhythm = timer.rhythm.as_ref();
        let rhythm = rhythm.expect("only intervals are armed again");
        let next = |due| rhythm.next(due, now.unwrap_or(due));
        let next = timer.deadline.and_then(next);
        timers.arm(id, next);
        drop(timers);
        self.tell_timer(id, Step::TimerSet);
    }

    /// Deals with a timer whose turn was cancelled. Answers it if it is gone.
    fn skip_tick(&self, id: TimerId) -> Option<Timer<Work>> {
        let mut timers = self.timers.borrow_mut();
        let is_interval = timers.get(id).is_some_and(|timer| {
            timer.queued = None;
            timer.rhythm.is_some()
        });
        if !is_interval {
            return timers.remove(id);
        }
        drop(timers);
        self.arm_again(id);
        None
    }

    fn tell_timer(&self, id: TimerId, step: impl FnOnce(TimerInfo) -> Step) {
        self.journal.write(|| {
            let mut timers = self.timers.borrow_mut();
            let timer = timers.get(id).expect("it was just set");
            step(self.timer_info(timer))
        });
    }

    fn timer_info(&self, timer: &Timer<Work>) -> TimerInfo {
        TimerInfo {
            id: timer.id(),
            event: posts(timer),
            deadline: timer.deadline.map(|at| self.journal.since_start(at)),
            period: timer.rhythm.as_ref().map(|rhythm| rhythm.period),
            is_weak: timer.is_weak,
            location: timer.location,
            cause: timer.cause.cause(),
        }
    }
}

/// The name of the event that a timer posts, if that is what it does.
fn posts(timer: &Timer<Work>) -> Option<&'static str> {
    match &timer.work {
        Some(Work::Post(event)) => Some(event.event()),
        _ => None,
    }
}

/// The turn of a timer that is due.
fn tick(timer: &Timer<Work>, posted_at: Option<Duration>) -> Tick {
    Tick {
        timer: timer.id(),
        event: posts(timer).unwrap_or(TIMER),
        location: timer.location,
        cause: timer.cause,
        posted_at,
    }
}

/// An interval's closure while it runs: goes back when dropped, also if it panics.
struct RunningInterval<'a> {
    core: &'a Core,
    id: TimerId,
    work: Option<Work>,
}

impl Drop for RunningInterval<'_> {
    fn drop(&mut self) {
        if let Some(timer) = self.core.timers.borrow_mut().get(self.id) {
            timer.work = self.work.take();
        }
        // Cleared meanwhile: the closure is dropped with `self`, which is user code.
    }
}

impl Timekeeper for Core {
    fn fire(&self, id: TimerId, to: To<'_>) {
        // For the timer's own frame, not for what an inspector may enter before it.
        let opening = self.journal.running.opening.take();
        let mut timers = self.timers.borrow_mut();
        let Some(timer) = timers.get(id) else {
            return;
        };
        timer.queued = None;
        // Else the queue is dispatched by hand, and this is no turn.
        if opening.is_some() {
            self.was_weak.set(timer.is_weak);
        }
        if timer.rhythm.is_some() {
            drop(timers);
            return self.fire_interval(id, opening);
        }
        let (work, location) = timers.finish(id).expect("it was just there");
        drop(timers);
        self.journal.running.opening.set(opening);
        match work {
            Work::Once(body) => {
                self.run_body(FrameKind::Timer, Some(id), location, || body(&self.me));
            }
            Work::Post(event) => event.run(to),
            Work::Repeat(_) => unreachable!("only intervals repeat"),
        }
    }

    fn skip(&self, id: TimerId) -> Option<Box<dyn Any>> {
        if self.is_closed.get() {
            return None;
        }
        let gone = self.skip_tick(id)?;
        Some(Box::new(gone))
    }
}
