//! A typed, in-process event emitter whose listeners may add, remove, emit, panic or drop the emitter while they run.
//!
//! ```
//! use oyez::{Event, EventEmitter};
//!
//! struct Message { from: String, text: String }
//!
//! const JOINED: Event<str> = Event::new("joined"); // a name and the type of its payload
//! const MESSAGE: Event<Message> = Event::new("message");
//!
//! let chat = EventEmitter::new();
//! let greet = chat.on(JOINED, |who| println!("welcome, {who}")); // the payload's type is inferred
//! chat.once(MESSAGE, |m| println!("first words, by {}: {}", m.from, m.text));
//! assert_eq!(chat.emit(JOINED, "ada"), 1); // the number of listeners called
//! assert_eq!(chat.emit(MESSAGE, Message { from: "ada".into(), text: "hi".into() }), 1);
//! assert!(chat.off(greet));
//! assert_eq!(chat.emit(JOINED, "bob"), 0);
//! ```
//!
//! # What it guarantees
//!
//! 1. **Order.** Higher priority first, then the order of registration.
//! 2. **Audience.** It is latched when an emit starts. A listener added during the emit waits for the
//!    next one; one removed during the emit is not called any more.
//! 3. **Once is once**, also against nested emits and other threads.
//! 4. **No lock is held while your code runs.** Every method may be called from inside a listener,
//!    from a `Drop`, and, in the thread-safe flavour, from another thread.
//! 5. **Release.** A removed closure is dropped promptly. Adding and removing for ever does not grow
//!    memory.
//! 6. **Errors are loud.** A listener's `Err` goes to the listeners of an event for errors, is returned by
//!    `try_emit`, or becomes a panic. It is never swallowed.
//! 7. **Panics** unwind through `emit`, or become listener errors. Nothing is poisoned.
//! 8. **Re-entry.** An `on` listener may be re-entered. An `on_mut` listener that a nested emit reaches
//!    while it runs is passed over, and that is an error.
//! 9. **Depth.** Recursion without end is refused with an error that names the events and the lines of
//!    source.
//! 10. **Drop.** An emitter dropped during an emit lets it finish. Ids and weak handles that outlive
//!     their emitter are inert.
//!
//! [`docs::rules`] has the fine print of each, and the reason.
//!
//! # What it is not for
//!
//! * Work in the background. Listeners run on the thread that emits, and `emit` returns when they
//!   have. Hand slow work to a thread, a channel or an executor.
//! * Messages that wait for a reader. What nobody listens to is gone; use a channel.
//! * Other processes. Nothing is serialized.
//! * Questions with answers. A listener returns whether to go on, not a value; lend a payload with a
//!   `Cell` or a `Mutex` in it.
//! * Isolation of code you do not trust. A listener has all the rights of the program; see
//!   [security](docs::limitations#security).
//!
//! # Events
//!
//! An [`Event`] is a name and the type of its payload. It is a key, not a message: `Copy`, and usually
//! a constant. Name and type together say which event it is, so there is no type error at run time.
//!
//! ```
//! use oyez::{Event, EventEmitter};
//!
//! const LEVEL: Event<u8> = Event::new("level");
//! const LEVEL_NAME: Event<str> = Event::new("level"); // another type: another event
//!
//! let mixer = EventEmitter::new();
//! mixer.on(LEVEL, |level| assert_eq!(*level, 7));
//! assert_eq!(mixer.emit(LEVEL, 7), 1);
//! assert_eq!(mixer.emit(LEVEL_NAME, "loud"), 0);
//! ```
//!
//! # Listeners
//!
//! A listener is a closure that is lent the payload. [`on`](generic::EventEmitter::on) takes an `Fn`,
//! [`on_mut`](generic::EventEmitter::on_mut) an `FnMut`, [`once`](generic::EventEmitter::once) an
//! `FnOnce`. It returns `()`, or says what happens next: [`Flow`], `ControlFlow<()>`, a `Result`; see
//! [`Outcome`].
//!
//! ```
//! use oyez::{Event, EventEmitter, Flow};
//!
//! const KEY: Event<char> = Event::new("key");
//!
//! let keys = EventEmitter::new();
//! keys.on(KEY, |key| if *key == 'q' { Flow::Stop } else { Flow::Continue });
//! keys.on(KEY, |key| assert_ne!(*key, 'q'));
//! assert_eq!(keys.emit(KEY, 'a'), 2);
//! assert_eq!(keys.emit(KEY, 'q'), 1);
//! ```
//!
//! A listener may outlive the function that registers it, so it owns what it captures: write `move`. A
//! number that is moved in is a copy. What is to be read outside as well goes into an `Arc`, or an `Rc` in
//! the single-threaded flavour, and the listener gets a clone of that:
//!
//! ```
//! use oyez::{Event, EventEmitter};
//! use std::sync::{Arc, Mutex};
//!
//! const JOINED: Event<str> = Event::new("joined");
//!
//! let names = Arc::new(Mutex::new(Vec::new()));
//! let seen = Arc::clone(&names); // the listener's
//! let chat = EventEmitter::new();
//! chat.on(JOINED, move |who| seen.lock().unwrap().push(who.to_owned()));
//! chat.emit(JOINED, "ada");
//! assert_eq!(*names.lock().unwrap(), ["ada"]);
//! ```
//!
//! In a method it cannot borrow `self` either. Take `self: &Arc<Self>`, and give the listener a `Weak`, which
//! keeps nothing alive:
//!
//! ```
//! use oyez::{Event, EventEmitter, Subscription};
//! use std::sync::Arc;
//!
//! const SAID: Event<str> = Event::new("said");
//!
//! struct Room { title: String }
//!
//! impl Room {
//!     fn attach(self: &Arc<Self>, chat: &EventEmitter) -> Subscription {
//!         let room = Arc::downgrade(self);
//!         chat.subscribe(SAID, move |text| {
//!             if let Some(room) = room.upgrade() {
//!                 println!("{}: {text}", room.title);
//!             }
//!         })
//!     }
//! }
//!
//! let (chat, hall) = (EventEmitter::new(), Arc::new(Room { title: "hall".into() }));
//! let attached = hall.attach(&chat);
//! assert_eq!(chat.emit(SAID, "hear ye"), 1);
//! drop(attached); // to be kept for as long as the listener is wanted
//! assert_eq!(chat.emit(SAID, "hear ye"), 0);
//! ```
//!
//! # Emit
//!
//! [`emit`](generic::EventEmitter::emit) calls the listeners now, on this thread and this call stack,
//! and returns how many it called. It takes whatever can be lent as the payload's type, by value or by
//! reference (see [`Payload`]), and clones nothing. A lock or a borrow that the caller holds is held while they
//! run: if they take it too, let go first.
//!
//! ```
//! use oyez::{Event, EventEmitter};
//!
//! const SAID: Event<str> = Event::new("said");
//!
//! let hall = EventEmitter::new();
//! hall.on(SAID, |words| assert!(words.starts_with("hear")));
//! assert_eq!(hall.emit(SAID, "hear ye"), 1);
//! assert_eq!(hall.emit(SAID, String::from("hear, hear")), 1);
//! ```
//!
//! # Subscribe
//!
//! A listener stays until it is removed: by [`off`](generic::EventEmitter::off) with its
//! [`ListenerId`], by its own [`Flow::Unsubscribe`], with its last call, or with a guard.
//! [`subscribe`](generic::EventEmitter::subscribe) returns the guard, a [`Subscription`];
//! [`Subscriptions`] is a bag of them.
//!
//! ```
//! use oyez::{Event, EventEmitter};
//!
//! const MOVED: Event<(i32, i32)> = Event::new("moved");
//!
//! let mouse = EventEmitter::new();
//! let dragging = mouse.subscribe(MOVED, |(x, y)| println!("dragged to {x}, {y}"));
//! assert_eq!(mouse.emit(MOVED, (1, 2)), 1);
//! drop(dragging);
//! assert_eq!(mouse.emit(MOVED, (3, 4)), 0);
//! ```
//!
//! # Order
//!
//! Listeners are called in the order of their registration.
//! [`prepend`](generic::EventEmitter::prepend) puts one first, and
//! [`listen`](generic::EventEmitter::listen) gives one a priority, a label or a limit.
//!
//! ```
//! use oyez::{Event, EventEmitter, Flow};
//!
//! const SAVE: Event<str> = Event::new("save");
//!
//! let editor = EventEmitter::new();
//! editor.on(SAVE, |_| unreachable!("the disk is full"));
//! editor.listen(SAVE).priority(10).label("check the disk").on(|_| Flow::Stop);
//! assert_eq!(editor.emit(SAVE, "main.rs"), 1);
//! ```
//!
//! # Inside a listener
//!
//! A listener may do whatever code outside may do. What it adds is not called by the emit that is under
//! way; what it removes is not called any more. To reach its own emitter, a listener captures a
//! [`WeakEmitter`].
//!
//! ```
//! use oyez::{Event, EventEmitter};
//!
//! const OPENED: Event<()> = Event::new("opened");
//!
//! let door = EventEmitter::new();
//! let weak = door.downgrade();
//! door.on(OPENED, move |()| {
//!     if let Some(door) = weak.upgrade() {
//!         door.on(OPENED, |()| ()); // waits for the next emit
//!     }
//! });
//! assert_eq!(door.emit(OPENED, ()), 1);
//! assert_eq!(door.emit(OPENED, ()), 2);
//! ```
//!
//! # Errors and panics
//!
//! A listener may return a `Result`. The error goes to the listeners of [`meta::LISTENER_ERROR`], or
//! to the caller of [`try_emit`](generic::EventEmitter::try_emit); with neither, `emit` panics with
//! it. The other listeners are called all the same. A panic unwinds through `emit`, unless the
//! emitter's [`PanicPolicy`] makes an error of it.
//!
//! ```
//! use oyez::{EmitError, Event, EventEmitter};
//!
//! const PORT: Event<str> = Event::new("port");
//!
//! let config = EventEmitter::new();
//! config.on(PORT, |text| -> oyez::Result {
//!     text.parse::<u16>()?;
//!     Ok(())
//! });
//! assert!(matches!(config.try_emit(PORT, "80"), Ok(1)));
//! assert!(matches!(config.try_emit(PORT, "http"), Err(EmitError::Listeners(_))));
//! ```
//!
//! # Handles
//!
//! A clone is a handle to the same emitter. So is a [`Signal`], the listeners of one event, which
//! spares each emit the look-up and also works without an emitter. Ids, [`Subscription`]s and
//! [`WeakEmitter`]s keep nothing alive.
//!
//! ```
//! use oyez::{Event, EventEmitter, Signal};
//!
//! const TICK: Event<u64> = Event::new("tick");
//!
//! let clock = EventEmitter::new();
//! let tick = clock.signal(TICK);
//! tick.on(|n| assert!(*n < 100));
//! assert_eq!(clock.emit(TICK, 1) + tick.emit(2), 2);
//!
//! let changed = Signal::<str>::new(); // no emitter, no name
//! changed.on(|to| assert_eq!(to, "blue"));
//! assert_eq!(changed.emit("blue"), 1);
//! ```
//!
//! For another thread, clone it. The listeners are called on the thread that emits:
//!
//! ```
//! use oyez::{Event, EventEmitter};
//! use std::thread;
//!
//! const DONE: Event<u32> = Event::new("done");
//!
//! let jobs = EventEmitter::new();
//! jobs.on(DONE, |job| println!("{job} is done, on {:?}", thread::current().id()));
//! let workers = [1, 2].map(|job| {
//!     let jobs = jobs.clone();
//!     thread::spawn(move || jobs.emit(DONE, job))
//! });
//! for worker in workers {
//!     assert_eq!(worker.join().unwrap(), 1);
//! }
//! ```
//!
//! # Two flavours
//!
//! | | [`oyez::EventEmitter`](EventEmitter) | [`oyez::local::EventEmitter`](local::EventEmitter) |
//! |---|---|---|
//! | for | any number of threads: `Send + Sync` | one thread, and cheaper |
//! | `on` takes | `Fn + Send + Sync` | any `Fn` |
//! | `on_mut`, `once` take | `FnMut + Send`, `FnOnce + Send` | any `FnMut`, `FnOnce` |
//! | extra | [`off_and_wait`](EventEmitter::off_and_wait) | |
//!
//! The rules are the same, the code is the same, and so are the names: to change the flavour, import them from
//! `oyez::local` instead of `oyez`. Both are aliases of
//! one type, [`generic::EventEmitter`], and its page lists the methods.
//!
//! # The event loop
//!
//! [`event_loop`] has a loop for one thread: [`post`](event_loop::LoopHandle::post) puts an event on its
//! event queue, for a turn of its own. Queue and call stack can be looked at, from inside of a handler
//! and, step by step and backwards, in a [`Trace`](event_loop::Trace).
//!
//! ```
//! use oyez::Event;
//! use oyez::event_loop::{EventLoop, Exit};
//!
//! const COUNTDOWN: Event<u32> = Event::new("countdown");
//!
//! let event_loop = EventLoop::new();
//! let handle = event_loop.handle(); // what listeners capture
//! event_loop.emitter().on(COUNTDOWN, move |n| {
//!     assert_eq!(handle.depth(), 1); // posting never grows the stack
//!     if *n > 0 {
//!         handle.post(COUNTDOWN, n - 1).unwrap();
//!     }
//! });
//! event_loop.handle().post(COUNTDOWN, 3).unwrap();
//! assert_eq!(event_loop.run(), Ok(Exit::Completed));
//! ```
//!
//! # More
//!
//! * [`meta`]: what the emitter says of itself: listeners added, removed, failing, too many.
//! * [`on_any`](generic::EventEmitter::on_any): a tap, which sees every event.
//! * [`docs::rules`]: the rules and their fine print; [`docs::event_loop`]: those of the loop.
//! * [`docs::errors`]: every error: its cause, its text, what is left afterwards, what to do.
//! * [`docs::limitations`]: what is not promised, and what to do instead; attacks and answers.
//! * [`docs::performance`]: where the time goes, and what each operation costs.
//! * [`docs::trust`]: how it is tested beyond its tests, and what that found.
//! * [`docs::architecture`]: the parts, for those who read or change the source.
//!
//! # Features and Rust version
//!
//! There are no optional features. The library needs `std` and builds with Rust 1.85 or later.

// What the docs show is copied: this warns by default in whose program it lands.
#![doc(test(attr(deny(dropping_copy_types))))]

pub mod docs;

// What can be said, without knowing of emitters.
mod any_event;
mod config;
mod error;
mod event;
mod id;
mod listener;
mod outcome;
mod panics;
mod payload;
mod tally;

// The listeners of one event, and what the flavours differ in.
mod flavour;
#[cfg(not(oyez_safe))]
mod guarded;
#[cfg(oyez_safe)]
#[path = "guarded_safe.rs"]
mod guarded;
mod list;
mod seed;
mod stack;
mod sync;
mod watch;

// What handles share.
mod channel;
mod hub;
pub mod meta;
mod names;
mod shared;

// What is done with it.
mod dispatch;
mod registration;
mod report;
mod sight;

// The handles.
mod emitter;
mod emitter_builder;
mod listen;
mod signal;
mod subscription;

// The single-threaded flavour.
pub mod local;

// On top of that.
pub mod event_loop;

/// Names that belong to no flavour.
mod neutral {
    pub use crate::any_event::AnyEvent;
    pub use crate::config::PanicPolicy;
    pub use crate::error::{
        BoxError, ChainLink, EmitError, ErrorKind, ListenerError, ListenerErrors, Result, TooDeep,
        WaitError,
    };
    pub use crate::event::Event;
    pub use crate::id::ListenerId;
    pub use crate::listener::ListenerInfo;
    pub use crate::meta;
    pub use crate::outcome::{Flow, Outcome};
    pub use crate::payload::Payload;
}

/// What both flavours are made of: where the methods are, and for code that is generic over flavours.
///
/// Each type here takes a [`Flavour`](generic::Flavour), [`Shared`] or [`local::Local`]. Most programs
/// name the aliases instead: [`oyez::EventEmitter`](EventEmitter) and
/// [`oyez::local::EventEmitter`](local::EventEmitter), and their kin.
///
/// # Examples
///
/// ```
/// use oyez::generic::{EventEmitter, Flavour, Keeps};
///
/// const TICK: oyez::Event<u64> = oyez::Event::new("tick");
///
/// fn watch<K: Flavour + Keeps<fn(&u64)>>(clock: &EventEmitter<K>) -> usize {
///     clock.on(TICK, (|n| assert!(*n < 3)) as fn(&u64));
///     clock.emit(TICK, 1)
/// }
/// assert_eq!(watch(&oyez::EventEmitter::new()), 1);
/// assert_eq!(watch(&oyez::local::EventEmitter::new()), 1);
/// ```
///
/// The type of a closure that is written there has no name for the bound. So it is made a `fn(&T)`, as above, or, if
/// it captures, a box:
///
/// ```
/// use oyez::generic::{Flavour, Keeps, Signal};
///
/// type Boxed = Box<dyn Fn(&u64) + Send + Sync>;
///
/// fn limit<K: Flavour + Keeps<Boxed>>(clock: &Signal<u64, K>, max: u64) {
///     let listener: Boxed = Box::new(move |n| assert!(*n <= max));
///     clock.on(listener);
/// }
/// limit(&oyez::Signal::new(), 3);
/// limit(&oyez::local::Signal::new(), 3);
/// ```
///
/// Likewise `on_mut` and `once`, by [`Moves`](generic::Moves) of a `Box<dyn FnMut(&T) + Send>` or a
/// `Box<dyn FnOnce(&T) + Send>`.
pub mod generic {
    pub use crate::channel::Flavour;
    pub use crate::emitter::{EventEmitter, WeakEmitter};
    pub use crate::emitter_builder::EmitterBuilder;
    pub use crate::flavour::{Keeps, Moves};
    pub use crate::listen::Listen;
    pub use crate::signal::Signal;
    pub use crate::subscription::{Subscription, Subscriptions};
}

pub use neutral::*;
pub use shared::Shared;

/// A typed event emitter for any number of threads.
///
/// It is [`generic::EventEmitter`] of the [`Shared`] flavour: **its methods are on
/// [that page](generic::EventEmitter#implementations)**. What they do:
///
/// | to | methods |
/// |---|---|
/// | make one | [`new`](generic::EventEmitter::new), [`builder`](generic::EventEmitter::builder) |
/// | register | [`on`](generic::EventEmitter::on), [`on_mut`](generic::EventEmitter::on_mut), [`once`](generic::EventEmitter::once), [`times`](generic::EventEmitter::times), [`prepend`](generic::EventEmitter::prepend), [`prepend_once`](generic::EventEmitter::prepend_once), [`subscribe`](generic::EventEmitter::subscribe), [`listen`](generic::EventEmitter::listen), [`on_any`](generic::EventEmitter::on_any) |
/// | remove | [`off`](generic::EventEmitter::off), [`off_and_wait`](generic::EventEmitter::off_and_wait), [`off_all`](generic::EventEmitter::off_all), [`clear`](generic::EventEmitter::clear), [`guard`](generic::EventEmitter::guard) |
/// | emit | [`emit`](generic::EventEmitter::emit), [`try_emit`](generic::EventEmitter::try_emit) |
/// | hand on | [`clone`](Clone::clone), [`signal`](generic::EventEmitter::signal), [`downgrade`](generic::EventEmitter::downgrade) |
/// | look in | [`listener_count`](generic::EventEmitter::listener_count), [`has_listeners`](generic::EventEmitter::has_listeners), [`has_listener`](generic::EventEmitter::has_listener), [`listeners`](generic::EventEmitter::listeners), [`event_names`](generic::EventEmitter::event_names), [`name`](generic::EventEmitter::name), [`ptr_eq`](generic::EventEmitter::ptr_eq) |
///
/// # Examples
///
/// ```
/// const JOINED: oyez::Event<str> = oyez::Event::new("joined");
/// let chat = oyez::EventEmitter::new();
/// chat.on(JOINED, |who| assert_eq!(who, "ada"));
/// assert_eq!(chat.emit(JOINED, "ada"), 1);
/// ```
pub type EventEmitter = generic::EventEmitter<Shared>;

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
/// let builder: oyez::EmitterBuilder = oyez::EventEmitter::builder();
/// let shop = builder.name("shop").max_listeners(100).build();
/// assert_eq!(shop.name(), Some("shop"));
/// ```
pub type EmitterBuilder = generic::EmitterBuilder<Shared>;

/// A handle to an [`EventEmitter`] that does not keep it alive.
///
/// Its methods are those of [`generic::WeakEmitter`]: [`new`](generic::WeakEmitter::new),
/// [`upgrade`](generic::WeakEmitter::upgrade).
///
/// # Examples
///
/// ```
/// let emitter = oyez::EventEmitter::new();
/// let weak: oyez::WeakEmitter = emitter.downgrade();
/// drop(emitter);
/// assert!(weak.upgrade().is_none());
/// ```
pub type WeakEmitter = generic::WeakEmitter<Shared>;

/// The listeners of one event as a handle, for any number of threads.
///
/// It is [`generic::Signal`] of the [`Shared`] flavour: **its methods are on
/// [that page](generic::Signal#implementations)**. They are those of an [`EventEmitter`], without the
/// event: [`on`](generic::Signal::on), [`once`](generic::Signal::once),
/// [`emit`](generic::Signal::emit), [`off`](generic::Signal::off),
/// [`off_and_wait`](generic::Signal::off_and_wait) and so on.
///
/// # Examples
///
/// ```
/// let changed = oyez::Signal::<str>::named("changed");
/// let id = changed.on(|to| assert_eq!(to, "loud"));
/// assert_eq!(changed.emit("loud"), 1);
/// assert!(changed.off(id));
/// ```
pub type Signal<T> = generic::Signal<T, Shared>;

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
/// const SAVE: oyez::Event<str> = oyez::Event::new("save");
/// let editor = oyez::EventEmitter::new();
/// editor.listen(SAVE).priority(10).label("format").on(|_path| ());
/// assert_eq!(editor.listeners(SAVE)[0].label(), Some("format"));
/// ```
pub type Listen<'a, T> = generic::Listen<'a, T, Shared>;

/// A guard that removes its listener when dropped.
///
/// Its methods are those of [`generic::Subscription`]: [`id`](generic::Subscription::id),
/// [`detach`](generic::Subscription::detach), [`unsubscribe`](generic::Subscription::unsubscribe).
///
/// # Examples
///
/// ```
/// let tick = oyez::Signal::<()>::new();
/// let subscription: oyez::Subscription = tick.subscribe(|()| ());
/// drop(subscription);
/// assert!(!tick.has_listeners());
/// ```
pub type Subscription = generic::Subscription<Shared>;

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
/// let tick = oyez::Signal::<()>::new();
/// let bag: oyez::Subscriptions = (0..3).map(|_| tick.subscribe(|()| ())).collect();
/// drop(bag);
/// assert!(!tick.has_listeners());
/// ```
pub type Subscriptions = generic::Subscriptions<Shared>;

// The README's program is compiled and run with the doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
enum Readme {}
