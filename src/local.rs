//! The single-threaded flavour: the same emitter, rules and names, for one thread, and cheaper.
//!
//! `use oyez::local::EventEmitter` instead of `use oyez::EventEmitter` is all there is to changing
//! the flavour: this module has the neutral names as well. Listeners need not be `Send` or `Sync`,
//! so they may capture `Rc`, `Cell` and `RefCell`; handles stay on their thread. There is no
//! `off_and_wait`, since there is nobody to wait for.
//!
//! # Examples
//!
//! ```
//! use oyez::local::{Event, EventEmitter};
//! use std::{cell::Cell, rc::Rc};
//!
//! const CLICKED: Event<(i32, i32)> = Event::new("clicked");
//!
//! let clicks = Rc::new(Cell::new(0));
//! let buttons = EventEmitter::new();
//! buttons.on(CLICKED, { let clicks = clicks.clone(); move |_| clicks.set(clicks.get() + 1) });
//! buttons.emit(CLICKED, (3, 4));
//! assert_eq!(clicks.get(), 1);
//! ```
//!
//! It does not cross threads, and the compiler says so:
//!
//! ```compile_fail
//! let emitter = oyez::local::EventEmitter::new();
//! std::thread::spawn(move || emitter.clear());
//! ```

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::rc::{Rc, Weak};
use std::sync::atomic::Ordering;

pub use crate::neutral::*;

use crate::channel::{AnyChannel, Channel, Flavour};
use crate::flavour::{Gate, Keeps, Leftover, Lock, Moves, Parts, Reader, Readers, Visits};
use crate::generic;
use crate::outcome::{Answer, answer};
use crate::seed::Seed;
use crate::stack;
use crate::watch::Watch;

/// The single-threaded flavour, where an API is [generic] over flavours.
#[derive(Clone, Copy, Debug)]
pub enum Local {}

/// A typed event emitter for one thread.
///
/// It is [`generic::EventEmitter`] of the [`Local`] flavour: **its methods are on
/// [that page](generic::EventEmitter#implementations)**. What they do:
///
/// | to | methods |
/// |---|---|
/// | make one | [`new`](generic::EventEmitter::new), [`builder`](generic::EventEmitter::builder) |
/// | register | [`on`](generic::EventEmitter::on), [`on_mut`](generic::EventEmitter::on_mut), [`once`](generic::EventEmitter::once), [`times`](generic::EventEmitter::times), [`prepend`](generic::EventEmitter::prepend), [`prepend_once`](generic::EventEmitter::prepend_once), [`subscribe`](generic::EventEmitter::subscribe), [`listen`](generic::EventEmitter::listen), [`on_any`](generic::EventEmitter::on_any) |
/// | remove | [`off`](generic::EventEmitter::off), [`off_all`](generic::EventEmitter::off_all), [`clear`](generic::EventEmitter::clear), [`guard`](generic::EventEmitter::guard) |
/// | emit | [`emit`](generic::EventEmitter::emit), [`try_emit`](generic::EventEmitter::try_emit) |
/// | hand on | [`clone`](Clone::clone), [`signal`](generic::EventEmitter::signal), [`downgrade`](generic::EventEmitter::downgrade) |
/// | look in | [`listener_count`](generic::EventEmitter::listener_count), [`has_listeners`](generic::EventEmitter::has_listeners), [`has_listener`](generic::EventEmitter::has_listener), [`listeners`](generic::EventEmitter::listeners), [`event_names`](generic::EventEmitter::event_names), [`name`](generic::EventEmitter::name), [`ptr_eq`](generic::EventEmitter::ptr_eq) |
///
/// # Examples
///
/// ```
/// const JOINED: oyez::local::Event<str> = oyez::local::Event::new("joined");
/// let chat = oyez::local::EventEmitter::new();
/// chat.on(JOINED, |who| assert_eq!(who, "ada"));
/// assert_eq!(chat.emit(JOINED, "ada"), 1);
/// ```
pub type EventEmitter = generic::EventEmitter<Local>;

/// Sets limits and policies of an [`EventEmitter`].
///
/// Its methods are those of [`generic::EmitterBuilder`]:
/// [`name`](generic::EmitterBuilder::name), [`max_listeners`](generic::EmitterBuilder::max_listeners),
/// [`max_depth`](generic::EmitterBuilder::max_depth), [`panics`](generic::EmitterBuilder::panics),
/// [`build`](generic::EmitterBuilder::build).
///
/// # Examples
///
/// ```
/// let builder: oyez::local::EmitterBuilder = oyez::local::EventEmitter::builder();
/// let shop = builder.name("shop").max_listeners(100).build();
/// assert_eq!(shop.name(), Some("shop"));
/// ```
pub type EmitterBuilder = generic::EmitterBuilder<Local>;

/// A handle to an [`EventEmitter`] that does not keep it alive.
///
/// Its methods are those of [`generic::WeakEmitter`]: [`new`](generic::WeakEmitter::new),
/// [`upgrade`](generic::WeakEmitter::upgrade).
///
/// # Examples
///
/// ```
/// let emitter = oyez::local::EventEmitter::new();
/// let weak: oyez::local::WeakEmitter = emitter.downgrade();
/// drop(emitter);
/// assert!(weak.upgrade().is_none());
/// ```
pub type WeakEmitter = generic::WeakEmitter<Local>;

/// The listeners of one event as a handle, for one thread.
///
/// It is [`generic::Signal`] of the [`Local`] flavour: **its methods are on
/// [that page](generic::Signal#implementations)**. They are those of an [`EventEmitter`], without the
/// event: [`on`](generic::Signal::on), [`once`](generic::Signal::once),
/// [`emit`](generic::Signal::emit), [`off`](generic::Signal::off) and so on.
///
/// # Examples
///
/// ```
/// let changed = oyez::local::Signal::<str>::named("changed");
/// let id = changed.on(|to| assert_eq!(to, "loud"));
/// assert_eq!(changed.emit("loud"), 1);
/// assert!(changed.off(id));
/// ```
pub type Signal<T> = generic::Signal<T, Local>;

/// Registers a listener with options: what [`listen`](generic::EventEmitter::listen) returns.
///
/// Its methods are those of [`generic::Listen`]: [`priority`](generic::Listen::priority),
/// [`label`](generic::Listen::label), [`times`](generic::Listen::times),
/// [`prepend`](generic::Listen::prepend), then one of [`on`](generic::Listen::on),
/// [`on_mut`](generic::Listen::on_mut), [`once`](generic::Listen::once),
/// [`subscribe`](generic::Listen::subscribe).
///
/// # Examples
///
/// ```
/// const SAVE: oyez::local::Event<str> = oyez::local::Event::new("save");
/// let editor = oyez::local::EventEmitter::new();
/// editor.listen(SAVE).priority(10).label("format").on(|_path| ());
/// assert_eq!(editor.listeners(SAVE)[0].label(), Some("format"));
/// ```
pub type Listen<'a, T> = generic::Listen<'a, T, Local>;

/// A guard that removes its listener when dropped.
///
/// Its methods are those of [`generic::Subscription`]: [`id`](generic::Subscription::id),
/// [`detach`](generic::Subscription::detach), [`unsubscribe`](generic::Subscription::unsubscribe).
///
/// # Examples
///
/// ```
/// let tick = oyez::local::Signal::<()>::new();
/// let subscription: oyez::local::Subscription = tick.subscribe(|()| ());
/// drop(subscription);
/// assert!(!tick.has_listeners());
/// ```
pub type Subscription = generic::Subscription<Local>;

/// A bag of [`Subscription`]s: removes all their listeners when dropped.
///
/// Its methods are those of [`generic::Subscriptions`]: [`new`](generic::Subscriptions::new),
/// [`add`](generic::Subscriptions::add), [`len`](generic::Subscriptions::len),
/// [`is_empty`](generic::Subscriptions::is_empty), [`clear`](generic::Subscriptions::clear),
/// [`detach`](generic::Subscriptions::detach).
///
/// # Examples
///
/// ```
/// let tick = oyez::local::Signal::<()>::new();
/// let bag: oyez::local::Subscriptions = (0..3).map(|_| tick.subscribe(|()| ())).collect();
/// drop(bag);
/// assert!(!tick.has_listeners());
/// ```
pub type Subscriptions = generic::Subscriptions<Local>;

impl Parts for Local {
    const PROMPT: bool = true;
    const UNLINK: Ordering = Ordering::Relaxed;

    type Ptr<T: ?Sized> = Rc<T>;
    type Weak<T: ?Sized> = Weak<T>;
    type Lock<T> = RefCell<T>;
    type Listener<T: ?Sized + 'static> = dyn Fn(&T) -> Answer;
    type Tap = dyn Fn(&AnyEvent<'_>) -> Answer;
    type Visits = LocalVisits;
    type Gate = Cell<bool>;
    type Watcher = Rc<dyn Watch>;

    fn next_birth(youngest: u64) -> u64 {
        youngest + 1
    }

    fn ptr<T>(value: T) -> Rc<T> {
        Rc::new(value)
    }

    fn cyclic<T>(make: impl FnOnce(&Weak<T>) -> T) -> Rc<T> {
        Rc::new_cyclic(make)
    }

    fn downgrade<T: ?Sized>(ptr: &Rc<T>) -> Weak<T> {
        Rc::downgrade(ptr)
    }

    fn upgrade<T: ?Sized>(weak: &Weak<T>) -> Option<Rc<T>> {
        weak.upgrade()
    }
}

#[cfg(not(any(loom, oyez_safe)))]
const _: () = assert!(crate::channel::is_in_one_line::<Local>());

impl Flavour for Local {
    type AnyChannel = dyn AnyChannel<Local>;

    fn erase<T: ?Sized + 'static>(channel: Rc<Channel<Local, T>>) -> Rc<Self::AnyChannel> {
        channel
    }
}

impl<F> Keeps<F> for Local {
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

impl<F> Moves<F> for Local {
    fn keep_mut<T: ?Sized + 'static, R: Outcome, H>(listener: F) -> Box<Seed<H, Self::Listener<T>>>
    where
        F: FnMut(&T) -> R + 'static,
    {
        // The gate lets one caller in at a time, so the borrow never fails.
        let listener = RefCell::new(listener);
        Box::new(Seed::new(move |payload: &T| {
            answer((listener.borrow_mut())(payload))
        }))
    }

    fn keep_once<T: ?Sized + 'static, R: Outcome, H>(listener: F) -> Box<Seed<H, Self::Listener<T>>>
    where
        F: FnOnce(&T) -> R + 'static,
    {
        let listener = Cell::new(Some(listener));
        Box::new(Seed::new(move |payload: &T| match listener.take() {
            Some(listener) => answer(listener(payload)),
            None => Answer::Continue,
        }))
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
#[derive(Clone, Copy, Debug)]
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
