//! The thread-safe flavour.

use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use crate::any_event::AnyEvent;
use crate::channel::{AnyChannel, Channel, Flavour};
use crate::error::WaitError;
use crate::flavour::{Keeps, Left, Lock, Moves, Parts, Visits};
use crate::outcome::{Answer, Outcome, answer};
use crate::seed::Seed;
use crate::sync::Mutex;
use crate::sync::registry::{self, Record, Threads, Ticket};
use crate::sync::visitors::Visitors;
use crate::sync::waits;
use crate::watch::Nobody;

/// The thread-safe flavour, where an API is [generic](crate::generic) over flavours.
#[derive(Clone, Copy, Debug)]
pub enum Shared {}

impl Parts for Shared {
    const PROMPT: bool = false;
    const UNLINK: Ordering = Ordering::Release;

    type Ptr<T: ?Sized> = Arc<T>;
    type Weak<T: ?Sized> = Weak<T>;
    type Lock<T> = Mutex<T>;
    type Listener<T: ?Sized + 'static> = dyn Fn(&T) -> Answer + Send + Sync;
    type Tap = dyn Fn(&AnyEvent<'_>) -> Answer + Send + Sync;
    type Visits = Visitors;
    type Gate = waits::Gate;
    type Watcher = Nobody;

    fn next_birth(_: u64) -> u64 {
        static YOUNGEST: AtomicU64 = AtomicU64::new(0);
        // Relaxed: it is one variable, and the lists' locks order what is taken for one list.
        YOUNGEST.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn ptr<T>(value: T) -> Arc<T> {
        Arc::new(value)
    }

    fn cyclic<T>(make: impl FnOnce(&Weak<T>) -> T) -> Arc<T> {
        Arc::new_cyclic(make)
    }

    fn downgrade<T: ?Sized>(ptr: &Arc<T>) -> Weak<T> {
        Arc::downgrade(ptr)
    }

    fn upgrade<T: ?Sized>(weak: &Weak<T>) -> Option<Arc<T>> {
        weak.upgrade()
    }
}

#[cfg(not(any(loom, oyez_safe)))]
const _: () = assert!(crate::channel::is_in_one_line::<Shared>());

impl Flavour for Shared {
    type AnyChannel = dyn AnyChannel<Shared> + Send + Sync;

    fn erase<T: ?Sized + 'static>(channel: Arc<Channel<Shared, T>>) -> Arc<Self::AnyChannel> {
        channel
    }
}

#[diagnostic::do_not_recommend]
impl<F: Send + Sync> Keeps<F> for Shared {
    fn keep<T: ?Sized + 'static, R: Outcome, H>(listener: F) -> Box<Seed<H, Self::Listener<T>>>
    where
        F: Fn(&T) -> R + 'static,
    {
        Box::new(Seed::new(move |payload: &T| answer(listener(payload))))
    }

    fn keep_tap<R: Outcome, H>(tap: F) -> Box<Seed<H, Self::Tap>>
    where
        F: Fn(&AnyEvent<'_>) -> R + 'static,
    {
        Box::new(Seed::new(move |event: &AnyEvent<'_>| answer(tap(event))))
    }
}

#[diagnostic::do_not_recommend]
impl<F: Send> Moves<F> for Shared {
    fn keep_mut<T: ?Sized + 'static, R: Outcome, H>(listener: F) -> Box<Seed<H, Self::Listener<T>>>
    where
        F: FnMut(&T) -> R + 'static,
    {
        // The gate lets one caller in at a time, so nobody ever waits for this lock.
        let listener = parking_lot::Mutex::new(listener);
        Box::new(Seed::new(move |payload: &T| {
            answer((listener.lock())(payload))
        }))
    }

    fn keep_once<T: ?Sized + 'static, R: Outcome, H>(listener: F) -> Box<Seed<H, Self::Listener<T>>>
    where
        F: FnOnce(&T) -> R + 'static,
    {
        let listener = parking_lot::Mutex::new(Some(listener));
        Box::new(Seed::new(move |payload: &T| {
            let claimed = listener.lock().take();
            claimed.map_or(Answer::Continue, |listener| answer(listener(payload)))
        }))
    }
}

impl<T> Lock<T> for Mutex<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    #[inline(always)]
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        f(&mut self.lock())
    }
}

/// Wakes who waits for the end of a call that has panicked, if one has: one that returns says so.
#[inline]
fn wake(panicked: Option<u64>) {
    if let Some(listener) = panicked {
        waits::left(listener);
    }
}

/// Each thread announces its emits in a place of its own, so that emits on two threads touch no common
/// cache line.
impl Visits for Visitors {
    type Ticket = Ticket;
    type First = &'static Record;
    type Readers = Threads;

    #[inline]
    fn enter(&self, list: usize) -> Result<Ticket, Ticket> {
        self.enter(list)
    }

    fn join(&self, list: usize, ticket: Ticket) {
        self.join(list, ticket);
    }

    #[inline(always)]
    fn enter_first(&self, list: usize) -> Option<&'static Record> {
        self.enter_first(list)
    }

    #[inline(always)]
    fn admits(&self, first: &'static Record) -> bool {
        self.admits(first)
    }

    #[inline(always)]
    fn ticket(first: &'static Record) -> Ticket {
        first.ticket(0)
    }

    #[inline(always)]
    fn leave_first(&self, first: &'static Record) -> Left {
        self.leave_first(first)
    }

    fn give_up_first(&self, first: &'static Record) -> Left {
        self.give_up_first(first)
    }

    #[inline(always)]
    fn running(&self, ticket: Ticket, listener: impl FnOnce() -> u64) {
        ticket.running(listener());
    }

    fn is_running(&self, _: &&'static Location<'static>) -> bool {
        unreachable!("asked only where one thread can know")
    }

    fn left(&self, listener: u64) {
        waits::left(listener);
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
    fn is_alone(&self, list: usize, ticket: Ticket) -> bool {
        self.is_alone(list, ticket)
    }

    #[inline]
    fn leave(&self, list: usize, ticket: Ticket) -> Left {
        let panicked = ticket.out();
        let left = self.leave(list, ticket);
        wake(panicked);
        left
    }

    fn settle(&self) {
        self.settle();
    }

    fn reaped(&self) {
        registry::give_back_brief();
    }

    fn mark(&self, list: usize) -> Option<Threads> {
        self.mark(list)
    }
}
