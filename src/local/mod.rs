//! The single-threaded flavour: the same emitter, rules and names, for one thread, and cheaper.
//!
//! To change the flavour, import all from here that was imported from `oyez`: `EventEmitter`, and if they are
//! named, `EmitterBuilder`, `WeakEmitter`, `Signal`, `Listen`, `Subscription` and `Subscriptions`. This module has
//! the neutral names as well. Listeners need not be `Send` or `Sync`, so they may capture `Rc`, `Cell` and
//! `RefCell`; handles stay on their thread. There is no `off_and_wait`, since there is nobody to wait for.
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
use std::rc::{Rc, Weak};
use std::sync::atomic::Ordering;

pub use crate::neutral::*;

use self::visits::LocalVisits;
use crate::channel::{AnyChannel, Channel, Flavour};
use crate::flavour::{Keeps, Moves, Parts};
use crate::generic;
use crate::outcome::{Answer, answer, reentered};
use crate::seed::Seed;
use crate::watch::Watch;

mod visits;

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
    const ONE_THREAD: bool = true;
    const PUBLISH: Ordering = Ordering::Relaxed;

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
    #[doc(hidden)]
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
        let listener = RefCell::new(listener);
        Box::new(Seed::new(move |payload: &T| {
            match listener.try_borrow_mut() {
                Ok(mut listener) => answer(listener(payload)),
                // It runs further up the stack, and has no gate.
                Err(_) => reentered(),
            }
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
