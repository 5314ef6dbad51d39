//! Who visits a list of one thread, who is inside of an `on_mut` listener, and who holds a lock: nobody but this
//! thread, so that counts and flags do.

use std::cell::{Cell, RefCell};
use std::panic::Location;

use crate::error::WaitError;
use crate::flavour::{Gate, Leftover, Lock, Reader, Readers, Visits};
use crate::stack;

/// The emits under way in one list. On one thread they are a stack, so what was unlinked can be
/// dropped when the outermost of them ends.
///
/// The outermost emit of the thread is known by the sign that it shows ([`stack::outermost`]), those inside
/// of it are counted in their lists. So an emit that is alone, as most are, writes nothing to the list:
/// with many events each would have a cache line to be written back.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct LocalVisits {
    inner: Cell<u32>,
    awaited: Cell<bool>,
}

/// The only reader there is.
const THIS_THREAD: Reader = 0;

/// The readers of a list of one thread: this thread.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThisThread;

impl Readers for ThisThread {
    #[inline]
    fn are_only(&self, _: Reader) -> bool {
        true
    }

    #[inline]
    fn lose(&mut self, _: Reader) -> bool {
        false
    }
}

impl Visits for LocalVisits {
    /// How many others were inside of the outermost before; `None` is the outermost itself.
    type Ticket = Option<u32>;
    type First = ();
    type Readers = ThisThread;

    #[inline]
    fn enter(&self, _: usize) -> Result<Option<u32>, Option<u32>> {
        let before = self.inner.get();
        self.inner.set(before + 1);
        Ok(Some(before))
    }

    fn join(&self, _: usize, _: Option<u32>) {}

    #[inline(always)]
    fn enter_first(&self, _: usize) -> Option<()> {
        Some(())
    }

    #[inline(always)]
    fn admits(&self, (): ()) -> bool {
        true
    }

    #[inline(always)]
    fn ticket((): ()) -> Option<u32> {
        None
    }

    #[inline(always)]
    fn leave_first(&self, (): ()) -> Leftover {
        match self.awaited.get() {
            true => Leftover::Last(THIS_THREAD),
            false => Leftover::Nothing,
        }
    }

    fn give_up_first(&self, (): ()) -> Leftover {
        self.leave_first(())
    }

    #[inline]
    fn announce_listener(&self, _: Option<u32>, _: impl FnOnce() -> u64) {}

    fn may_run(&self, location: &&'static Location<'static>) -> bool {
        stack::is_running(location)
    }

    #[inline]
    fn wake_waiters(&self, _: u64) {}

    #[inline]
    fn wake_all_waiters(&self, _: Reader) {}

    fn until_left(&self, _: u64) -> Result<(), WaitError> {
        Ok(())
    }

    #[inline]
    fn is_visited(&self, list: usize) -> bool {
        self.inner.get() > 0 || stack::outermost() == list
    }

    #[inline]
    fn out(&self, _: Option<u32>) {}

    #[inline]
    fn is_alone(&self, list: usize, ticket: Option<u32>) -> bool {
        // Those inside of it are over while it asks.
        ticket.is_none_or(|before| before == 0 && stack::outermost() != list)
    }

    #[inline]
    fn leave(&self, list: usize, ticket: Option<u32>) -> Leftover {
        if let Some(before) = ticket {
            self.inner.set(before);
        }
        if !self.awaited.get() {
            return Leftover::Nothing;
        }
        // The outermost ends last.
        match ticket.is_some() && self.is_visited(list) {
            true => Leftover::Kept,
            false => Leftover::Last(THIS_THREAD),
        }
    }

    fn settle(&self) {
        self.awaited.set(false);
    }

    fn reaped(&self) {}

    #[inline]
    fn mark(&self, list: usize) -> Option<ThisThread> {
        self.is_visited(list).then(|| {
            self.awaited.set(true);
            ThisThread
        })
    }
}

/// `true` while somebody is inside. On one thread that is always a caller further up.
impl Gate for Cell<bool> {
    fn enter(&self) -> bool {
        !self.replace(true)
    }

    fn leave(&self) {
        self.set(false);
    }
}

impl<T> Lock<T> for RefCell<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    #[inline(always)]
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        f(&mut self.borrow_mut())
    }
}
