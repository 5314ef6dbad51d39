//! What the two flavours have to differ in, as a trait.

use std::ops::Deref;
use std::panic::Location;
use std::sync::atomic::Ordering;

use crate::any_event::AnyEvent;
use crate::error::WaitError;
use crate::outcome::{Answer, Outcome};
use crate::seed::Seed;
use crate::watch::Watch;

/// A closure that a flavour can keep, to be called through `&F`: in the thread-safe flavour one that
/// is `Send + Sync`, in the single-threaded one any.
///
/// The bound of `on`, `times`, `prepend`, `subscribe` and `on_any`. It is implemented for all such
/// closures, and public only to be named in bounds.
///
/// # Examples
///
/// ```
/// # let count = std::rc::Rc::new(std::cell::Cell::new(0));
/// oyez::local::Signal::<()>::new().on(move |()| count.set(count.get() + 1));
/// ```
///
/// ```compile_fail
/// # let count = std::rc::Rc::new(std::cell::Cell::new(0));
/// oyez::Signal::<()>::new().on(move |()| count.set(count.get() + 1));
/// ```
#[diagnostic::on_unimplemented(
    message = "a listener of the thread-safe emitter must be `Send + Sync`",
    label = "this listener is not",
    note = "capture `Arc`, `Mutex` and atomics instead of `Rc`, `RefCell` and `Cell`, or use `oyez::local::EventEmitter`; `on_mut` needs `Send` only",
    note = "add `+ Send + Sync + 'static` to a type parameter, `+ Send + Sync` to a `dyn Fn`; in code for both flavours: `where K: Keeps<F>`, for a closure written there see `oyez::generic`"
)]
pub trait Keeps<F>: Parts {
    #[doc(hidden)]
    fn keep<T: ?Sized + 'static, R: Outcome, H>(listener: F) -> Box<Seed<H, Self::Listener<T>>>
    where
        F: Fn(&T) -> R + 'static;

    #[doc(hidden)]
    fn keep_tap<R: Outcome, H>(tap: F) -> Box<Seed<H, Self::Tap>>
    where
        F: Fn(&AnyEvent<'_>) -> R + 'static;
}

/// A closure that a flavour can keep, to be called by one caller at a time: in the thread-safe
/// flavour one that is `Send`, in the single-threaded one any.
///
/// The bound of `on_mut`, `once` and `prepend_once`. It is implemented for all such closures, and
/// public only to be named in bounds.
#[diagnostic::on_unimplemented(
    message = "a listener of the thread-safe emitter must be `Send`",
    label = "this listener is not",
    note = "capture `Arc` instead of `Rc`, or use `oyez::local::EventEmitter`",
    note = "add `+ Send + 'static` to a type parameter, `+ Send` to a `dyn FnMut`; in code for both flavours: `where K: Moves<F>`, for a closure written there see `oyez::generic`"
)]
pub trait Moves<F>: Parts {
    #[doc(hidden)]
    fn keep_mut<T: ?Sized + 'static, R: Outcome, H>(listener: F) -> Box<Seed<H, Self::Listener<T>>>
    where
        F: FnMut(&T) -> R + 'static;

    #[doc(hidden)]
    fn keep_once<T: ?Sized + 'static, R: Outcome, H>(
        listener: F,
    ) -> Box<Seed<H, Self::Listener<T>>>
    where
        F: FnOnce(&T) -> R + 'static;
}

/// What differs between the flavours: the pointer, the lock, the bounds of a closure, who may be
/// inside.
pub trait Parts: Sized + 'static {
    /// Whether a list is of one thread: nobody changes it between two looks, and it is known who is inside of a
    /// listener. So a removed closure that is not running is dropped even while an emit of its event is under way.
    const ONE_THREAD: bool;

    /// What a change is stored with that readers see: `Release` where they may be other threads.
    const PUBLISH: Ordering;

    type Ptr<T: ?Sized>: Deref<Target = T> + Clone;
    type Weak<T: ?Sized>: Clone;
    type Lock<T>: Lock<T>;
    type Listener<T: ?Sized + 'static>: ?Sized + Fn(&T) -> Answer + 'static;
    type Tap: ?Sized + Fn(&AnyEvent<'_>) -> Answer + 'static;
    type Visits: Visits;
    type Gate: Gate;
    type Watcher: AsRef<dyn Watch> + 'static;

    /// The birth of the next listener in a list whose youngest has the birth `youngest`: a greater
    /// one, which no listener of any list has if other threads are told of it ([`Visits::announce_listener`]).
    fn next_birth(youngest: u64) -> u64;

    fn ptr<T>(value: T) -> Self::Ptr<T>;
    fn cyclic<T>(make: impl FnOnce(&Self::Weak<T>) -> T) -> Self::Ptr<T>;
    fn downgrade<T: ?Sized>(ptr: &Self::Ptr<T>) -> Self::Weak<T>;
    fn upgrade<T: ?Sized>(weak: &Self::Weak<T>) -> Option<Self::Ptr<T>>;
}

/// A value that one caller at a time may change. No user code runs inside of `with`.
pub trait Lock<T> {
    fn new(value: T) -> Self;
    fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R;
}

/// Names a thread that visits a list, for as long as it does.
pub(crate) type Reader = usize;

/// Whom something unlinked has to wait for.
pub trait Readers: Clone + PartialEq {
    /// Whether it waits for `reader` and nobody else.
    fn are_only(&self, reader: Reader) -> bool;

    /// Has it wait for `reader` no more. Answers whether anybody is left.
    fn lose(&mut self, reader: Reader) -> bool;
}

/// Who is reading a list: the emits under way.
pub trait Visits: Default {
    /// What `enter` gives and `leave` takes.
    type Ticket: Copy;

    /// What is known of a visit that is the outermost of its thread.
    type First: Copy;

    /// What `mark` gives.
    type Readers: Readers;

    /// Begins a visit of the list whose sign stands at `list`. What is unlinked from now on is kept.
    /// `Err` if the visitor has to `join` first.
    fn enter(&self, list: usize) -> Result<Self::Ticket, Self::Ticket>;

    /// Has the list know of a visitor whom `enter` has answered `Err`. Under the list's lock.
    fn join(&self, list: usize, ticket: Self::Ticket);

    /// As `enter`, for a visit that is the outermost of its thread. It may go on if the list `admits` it, and
    /// has to be left if not. `None`, and there is nothing to be left, if it has to be begun by `enter`.
    fn enter_first(&self, list: usize) -> Option<Self::First>;

    /// Whether a visit may go on that `enter_first` began.
    fn admits(&self, first: Self::First) -> bool;

    /// Its ticket.
    fn ticket(first: Self::First) -> Self::Ticket;

    /// Ends a visit that `enter_first` began and that was admitted.
    fn leave_first(&self, first: Self::First) -> Leftover;

    /// Ends a visit that `enter_first` began and that was not admitted, that found nobody to call, or whose listener
    /// has panicked.
    fn give_up_first(&self, first: Self::First) -> Leftover;

    /// Says that the visitor now runs the listener with the birth `listener`; 0 is none.
    fn announce_listener(&self, ticket: Self::Ticket, listener: impl FnOnce() -> u64);

    /// Whether a visit may be inside the listener that keeps its location at this place, as far as this thread
    /// can know.
    fn may_run(&self, location: &&'static Location<'static>) -> bool;

    /// Wakes other threads that wait for the end of a call of the listener with the birth `listener`, which is
    /// removed, and which a visit has just left.
    fn wake_waiters(&self, listener: u64);

    /// Wakes other threads that wait for the end of any call by the thread `reader`, which is in none.
    fn wake_all_waiters(&self, reader: Reader);

    /// Waits until no other thread is inside the listener with the birth `listener`, which is
    /// removed.
    fn until_left(&self, listener: u64) -> Result<(), WaitError>;

    /// Whether this thread is in a visit of the list whose sign stands at `list`.
    fn is_visited(&self, list: usize) -> bool;

    /// Says that the visitor is inside of no listener, also if the one that it ran has panicked.
    fn out(&self, ticket: Self::Ticket);

    /// Whether nobody but the visitor with this ticket is in a visit of the list whose sign stands at `list`, nor
    /// was before it: so that nobody else can see what was just unlinked there.
    fn is_alone(&self, list: usize, ticket: Self::Ticket) -> bool;

    /// Ends the visit of the list whose sign stands at `list`.
    fn leave(&self, list: usize, ticket: Self::Ticket) -> Leftover;

    /// Says that nothing is kept any more. Under the list's lock.
    fn settle(&self);

    /// Says that nothing is kept any more for the reader in a [`Leftover::Last`].
    fn reaped(&self);

    /// The visitors that may still see what was just unlinked from the list whose sign stands at `list`, if
    /// there are any. Each of them gets a [`Leftover::Last`] when the last of its visits ends.
    fn mark(&self, list: usize) -> Option<Self::Readers>;
}

/// What is left behind by a visit that ends.
#[derive(Clone, Copy, Debug)]
pub enum Leftover {
    Nothing,
    /// Things that are kept for the sake of a visit further up this thread's stack.
    Kept,
    /// Things that were kept for this reader's sake, who has no other visit now.
    Last(Reader),
}

/// Lets one caller at a time into a listener with mutable state.
pub trait Gate: Default {
    /// Waits for its turn, or answers `false`: the one inside waits for us, so we can't.
    fn enter(&self) -> bool;
    fn leave(&self);
}
