//! The door by which other threads reach a loop.
//!
//! # Data structure
//!
//! A mutex holds the events that were posted from other threads, in the order of their arrival, until
//! the loop takes them in, all at once: it brings empty mail and goes with the full. Signs say
//! without the lock whether there are any, and whether the loop is to stop; it looks at them in every turn.
//!
//! # Invariants
//!
//! 1. *What was accepted is taken in, or dropped with the loop*: `post` adds under the lock under which
//!    `close` shuts the door.
//! 2. *No wake is lost.* A bell that rings sets `is_rung` under the lock; the loop looks at it under the
//!    lock before it sleeps, and only it clears it. A post, a wake, a stop and the last proxy's drop on
//!    another thread ring it. Wakes are counted as well, and that drop as one, for a run that asks a question: it
//!    does not end over a wake since it was last asked.
//! 3. *What a proxy did is seen before its drop.* A proxy is counted off with `Release`, and the loop
//!    reads the count with `Acquire` before it looks for mail and for a stop for the last time.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::mail::Mail;
use super::posted::Envelope;
use super::queued::Lane;
use super::semaphore::{Permit, Semaphore};
use crate::event::Event;
use crate::payload::Payload;
use crate::sync::{Arc, AtomicBool, AtomicUsize, Condvar, Mutex, MutexGuard};

pub(crate) struct Door {
    inbox: Mutex<Inbox>,
    bell: Condvar,
    /// How often somebody asked for nothing but that the loop looks around. Not a sign: no turn needs it.
    wakes: AtomicUsize,
    signs: Signs,
    slots: Option<Arc<Semaphore>>,
}

/// What the loop looks at in every turn. Apart from what each post writes, or a post would take this line
/// away from the loop's processor.
#[repr(align(128))]
struct Signs {
    /// The most urgent mail there is: [`NO_MAIL`], [`MAIL`] or [`HIGH_MAIL`].
    mail: AtomicUsize,
    is_stopping: AtomicBool,
    /// The strong proxies.
    proxies: AtomicUsize,
}

const NO_MAIL: usize = 0;
const MAIL: usize = 1;
/// For the high lane, some of it.
const HIGH_MAIL: usize = 2;

/// What a host does when the bell rings.
pub(crate) type Hook = std::sync::Arc<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct Inbox {
    mail: Mail,
    is_rung: bool,
    is_closed: bool,
    hook: Option<Hook>,
}

fn call(hook: Option<Hook>) {
    // User code: the host's.
    if let Some(hook) = hook {
        hook();
    }
}

/// What to do for a letter that there is no room for.
#[derive(Clone, Copy)]
pub(crate) enum IfFull {
    Wait,
    Refuse,
}

/// Why a letter was not taken.
pub(crate) enum Refusal {
    Full,
    Closed,
}

impl Door {
    pub(crate) fn new(slots: Option<Arc<Semaphore>>) -> Arc<Self> {
        Arc::new(Self {
            inbox: Mutex::default(),
            bell: Condvar::new(),
            wakes: AtomicUsize::new(0),
            signs: Signs {
                mail: AtomicUsize::new(NO_MAIL),
                is_stopping: AtomicBool::new(false),
                proxies: AtomicUsize::new(0),
            },
            slots,
        })
    }

    /// Takes a slot of the queue, for one letter.
    pub(crate) fn reserve(&self, if_full: IfFull) -> Result<Option<Permit>, Refusal> {
        let Some(slots) = &self.slots else {
            return Ok(None);
        };
        if self.is_closed() {
            return Err(Refusal::Closed);
        }
        let permit = match if_full {
            IfFull::Wait => Permit::wait(slots).ok_or(Refusal::Closed),
            IfFull::Refuse => Permit::take(slots).ok_or(Refusal::Full),
        };
        permit.map(Some)
    }

    /// Takes a letter that has its slot; gives it back if the loop is gone.
    pub(crate) fn post<T, P>(
        &self,
        event: Event<T>,
        lane: Lane,
        letter: Envelope<T, P>,
    ) -> Result<(), Envelope<T, P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + Send + 'static,
    {
        let mut inbox = self.inbox.lock();
        if inbox.is_closed {
            return Err(letter);
        }
        inbox.mail.add(event, lane, letter);
        let urgency = if lane == Lane::High { HIGH_MAIL } else { MAIL };
        if self.signs.mail.load(Ordering::Relaxed) < urgency {
            // Release: pairs with the loads in `has_mail` and `has_high_mail`; the letters are under the lock.
            self.signs.mail.store(urgency, Ordering::Release);
        }
        self.ring_and_unlock(inbox);
        Ok(())
    }

    /// Has the loop look around, now or before it next sleeps.
    fn ring(&self) {
        let inbox = self.inbox.lock();
        if !inbox.is_closed {
            self.ring_and_unlock(inbox);
        }
    }

    fn ring_and_unlock(&self, mut inbox: MutexGuard<'_, Inbox>) {
        inbox.is_rung = true;
        let hook = inbox.hook.clone();
        drop(inbox);
        self.bell.notify_all();
        call(hook);
    }

    /// Has a host look around, and no loop: that is not asleep.
    pub(crate) fn call_host(&self) {
        let inbox = self.inbox.lock();
        let hook = inbox.hook.clone().filter(|_| !inbox.is_closed);
        drop(inbox);
        call(hook);
    }

    /// Has the loop look around, and ask what its run is to ask.
    pub(crate) fn wake(&self) {
        // Release: pairs with the load in `wakes`.
        self.wakes.fetch_add(1, Ordering::Release);
        self.ring();
    }

    /// How often that was. What was done before each wake is seen by whoever sees it counted.
    pub(crate) fn wakes(&self) -> usize {
        self.wakes.load(Ordering::Acquire)
    }

    pub(crate) fn stop(&self) {
        // Release: pairs with the swap in `take_stop`.
        self.signs.is_stopping.store(true, Ordering::Release);
        self.ring();
    }

    /// Whether somebody asked to stop, since it was last asked.
    #[inline]
    pub(crate) fn take_stop(&self) -> bool {
        // Relaxed, to look: most often there is nothing to see.
        self.is_stopping() && self.signs.is_stopping.swap(false, Ordering::Acquire)
    }

    /// Whether somebody asked to stop, and nobody has taken it yet.
    #[inline]
    pub(crate) fn is_stopping(&self) -> bool {
        self.signs.is_stopping.load(Ordering::Relaxed)
    }

    /// Whether any letters are there.
    #[inline]
    pub(crate) fn has_mail(&self) -> bool {
        self.signs.mail.load(Ordering::Acquire) != NO_MAIL
    }

    /// Whether any of them are for the high lane.
    pub(crate) fn has_high_mail(&self) -> bool {
        self.signs.mail.load(Ordering::Acquire) == HIGH_MAIL
    }

    /// Takes the mail, for mail that has been taken in.
    pub(crate) fn exchange(&self, mail: &mut Mail) {
        let mut inbox = self.inbox.lock();
        self.signs.mail.store(NO_MAIL, Ordering::Relaxed);
        std::mem::swap(&mut inbox.mail, mail);
    }

    /// Sleeps until the bell rings, or for `time`. Answers whether it rang.
    pub(crate) fn sleep(&self, time: Option<Duration>) -> bool {
        let deadline = time.and_then(|time| Instant::now().checked_add(time));
        let mut inbox = self.inbox.lock();
        let mut is_late = false;
        while !inbox.is_rung && !is_late {
            (inbox, is_late) = match deadline {
                Some(deadline) => self.bell.wait_until(inbox, deadline),
                None => (self.bell.wait(inbox), false),
            };
        }
        std::mem::take(&mut inbox.is_rung)
    }

    /// Shuts the door. Answers what nobody will need: to be dropped, which is user code.
    pub(crate) fn close(&self) -> (Mail, Option<Hook>) {
        let mut inbox = self.inbox.lock();
        inbox.is_closed = true;
        let left = (std::mem::take(&mut inbox.mail), inbox.hook.take());
        drop(inbox);
        if let Some(slots) = &self.slots {
            slots.close();
        }
        left
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.inbox.lock().is_closed
    }

    pub(crate) fn set_hook(&self, hook: impl Fn() + Send + Sync + 'static) {
        let hook: Hook = std::sync::Arc::new(hook);
        let before = self.inbox.lock().hook.replace(hook);
        // User code: what the hook captured is dropped.
        drop(before);
    }

    /// Counts one more proxy.
    pub(crate) fn enter(&self) {
        // Relaxed: whoever makes a proxy has one, or is the loop.
        self.signs.proxies.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a proxy off. Answers whether it was the last: the loop may have nothing to wait for now.
    pub(crate) fn leave(&self) -> bool {
        // Release: pairs with `has_proxies`.
        self.signs.proxies.fetch_sub(1, Ordering::Release) == 1
    }

    pub(crate) fn has_proxies(&self) -> bool {
        self.signs.proxies.load(Ordering::Acquire) > 0
    }
}
