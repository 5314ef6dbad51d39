//! The thread-safe flavour.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use crate::any_event::AnyEvent;
use crate::channel::{AnyChannel, Channel, Flavour};
use crate::flavour::{Keeps, Lock, Moves, Parts};
use crate::outcome::{Answer, Outcome, answer};
use crate::seed::Seed;
use crate::sync::Mutex;
use crate::sync::visitors::Visitors;
use crate::sync::waits;
use crate::watch::Nobody;

/// The thread-safe flavour, where an API is [generic](crate::generic) over flavours.
#[derive(Clone, Copy, Debug)]
pub enum Shared {}

impl Parts for Shared {
    const ONE_THREAD: bool = false;
    const PUBLISH: Ordering = Ordering::Release;

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
    #[doc(hidden)]
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
