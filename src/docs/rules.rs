//! The ten rules with their fine print, each with its reason.
//!
//! They hold in both flavours. Where the flavours differ, it says so. *Emit* is one call of
//! [`emit`] or [`try_emit`]; it is *under way* until that call returns or unwinds. A *nested* emit is
//! one that a listener makes. The *audience* of an emit is the listeners it may call.
//!
//! # 1. Order
//!
//! Higher priority first, then the order of registration. Priorities are `i32`, 0 unless said
//! otherwise. [`prepend`] puts a listener before those of the same priority, so of two that are
//! prepended the later one comes first.
//!
//! * Registering the same closure twice makes two listeners. Removing and adding moves to the end.
//! * A nested emit runs to its end in the middle of the outer one: depth first.
//! * Taps ([`on_any`]) come before all listeners, whatever their priority.
//!
//! *Why:* order that follows from the program text can be reasoned about; an order by hash cannot.
//!
//! ```
//! use oyez::local::{Event, EventEmitter};
//! use std::{cell::RefCell, rc::Rc};
//!
//! const SAVE: Event<()> = Event::new("save");
//! let (editor, trace) = (EventEmitter::new(), Rc::new(RefCell::new(String::new())));
//! let log = |name| {
//!     let trace = trace.clone();
//!     move |_: &()| trace.borrow_mut().push(name)
//! };
//! editor.on(SAVE, log('a'));
//! editor.on(SAVE, log('b'));
//! editor.listen(SAVE).priority(1).on(log('c'));
//! editor.prepend(SAVE, log('d'));
//! editor.emit(SAVE, ());
//! assert_eq!(*trace.borrow(), "cdab");
//! ```
//!
//! # 2. Audience
//!
//! The audience is latched when the emit starts, that of the taps with it.
//!
//! * Added during an emit: not called by it, also if it is prepended, of higher priority, or the
//!   first ever. A nested emit that starts later does call it.
//! * Removed during an emit: not called any more, in every emit under way on this thread.
//! * Removed and added again: a new listener with a new id, so added during the emit.
//! * Between threads: when `off` returns, a call that another thread has begun may still be running,
//!   or just entering. [`off_and_wait`] returns when it is over.
//!
//! *Why:* a listener that adds its like must not run for ever. And who calls `off` is about to let
//! go of something the listener uses.
//!
//! ```
//! use oyez::{Event, EventEmitter};
//!
//! const CLOSED: Event<()> = Event::new("closed");
//! let door = EventEmitter::new();
//! let weak = door.downgrade();
//! door.on(CLOSED, move |()| {
//!     weak.upgrade().unwrap().off_all(CLOSED);
//! });
//! door.on(CLOSED, |()| unreachable!("it was removed"));
//! assert_eq!(door.emit(CLOSED, ()), 1);
//! ```
//!
//! # 3. Once is once
//!
//! A call of a [`once`] or [`times`] listener is claimed before its body runs, also against nested
//! emits and other threads. With the last claim the listener is removed.
//!
//! * Inside its last call it counts as gone: `listener_count`, `has_listener` and `off` say so.
//! * It stays removed if its body fails or panics.
//! * [`LISTENER_REMOVED`] is emitted before the body runs. If a listener of that panics, the body runs all the
//!   same, and then the panic goes on, or that of the body.
//! * An emit that does not reach it, because of [`Flow::Stop`] or a panic, does not consume a call.
//!   Neither does one that finds it blocked (rule 8).
//!
//! *Why:* claimed afterwards, it would run twice whenever its body emits the same event.
//!
//! ```
//! use oyez::{Event, EventEmitter};
//!
//! const READY: Event<()> = Event::new("ready");
//! let server = EventEmitter::new();
//! let weak = server.downgrade();
//! server.once(READY, move |()| assert_eq!(weak.upgrade().unwrap().emit(READY, ()), 0));
//! assert_eq!(server.emit(READY, ()), 1);
//! ```
//!
//! # 4. No lock, no borrow held while your code runs
//!
//! Your code is: listeners, taps, and the `Drop` of a payload, of a closure, or of an error. Each may
//! call every method of the same emitter. In the thread-safe flavour other threads may at the same
//! time.
//!
//! * What a listener of `on_mut` borrows is its own state. That it runs is known, so that a second caller
//!   waits or is refused (rule 8), and no borrow panics.
//!
//! *Why:* a lock held across a callback is a deadlock that waits for its day.
//!
//! ```
//! use oyez::{Event, EventEmitter, WeakEmitter};
//!
//! const LEFT: Event<str> = Event::new("left");
//! const TICK: Event<()> = Event::new("tick");
//!
//! struct Guest(WeakEmitter);
//! impl Drop for Guest {
//!     fn drop(&mut self) {
//!         if let Some(hall) = self.0.upgrade() {
//!             hall.emit(LEFT, "a guest");
//!         }
//!     }
//! }
//!
//! let hall = EventEmitter::new();
//! let guest = Guest(hall.downgrade());
//! let id = hall.on(TICK, move |()| drop(guest.0.upgrade()));
//! hall.on(LEFT, |who| assert_eq!(who, "a guest"));
//! hall.off(id); // drops the closure, which emits
//! ```
//!
//! # 5. Release
//!
//! A removed closure is dropped promptly, outside any lock, and once.
//!
//! * Single-threaded flavour: before `off` returns; if the closure is running, when its outermost
//!   call returns.
//! * Thread-safe flavour: before `off` returns if no emit of that event is under way on any thread;
//!   else when the emits then under way have ended, on the thread that ends last.
//! * A `once` gives up what it captured when its body takes it.
//! * What was removed inside an emit takes memory until that emit ends. Nothing else is left behind.
//!
//! *Why:* captured values are often what the removal is about: a file, a socket, a handle.
//!
//! ```
//! use oyez::{Event, EventEmitter};
//! use std::sync::Arc;
//!
//! const TICK: Event<()> = Event::new("tick");
//! let (clock, file) = (EventEmitter::new(), Arc::new(()));
//! let id = clock.on(TICK, { let file = file.clone(); move |()| drop(file.clone()) });
//! clock.off(id);
//! assert_eq!(Arc::strong_count(&file), 1);
//! ```
//!
//! # 6. Errors are loud
//!
//! A listener's `Err` becomes a [`ListenerError`]: event, id, label, line of registration, cause. The
//! other listeners run all the same.
//!
//! | called | somebody listens to [`LISTENER_ERROR`] | nobody does |
//! |---|---|---|
//! | [`emit`] | it hears each error at once, before the next listener | panics after the last listener, with the first error |
//! | [`try_emit`] | it hears nothing: all errors are returned, in order | all errors are returned, in order |
//!
//! * A listener that failed counts in the result. One that was `Reentered` does not.
//! * An error of a `LISTENER_ERROR` listener lets its siblings run. Then it counts as unhandled: it
//!   does not go round again.
//! * Errors of the listeners of other [`meta`] events go to `LISTENER_ERROR` or panic, as in an `emit`, also if
//!   `on`, `off` or `try_emit` has caused them. If a tap and then an [`UNHANDLED`] listener fail, there is one
//!   panic, which names the tap's error.
//! * A [`Signal`] without an emitter has no `LISTENER_ERROR`.
//!
//! *Why:* an error that goes nowhere is found by a user of the program, later.
//!
//! ```
//! use oyez::{Event, EventEmitter, meta};
//!
//! const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::new();
//! shop.on(ORDER, |tea| -> oyez::Result { Err(format!("no {tea}").into()) });
//! assert!(shop.try_emit(ORDER, "tea").is_err());
//!
//! shop.on(meta::LISTENER_ERROR, |error| assert_eq!(error.event(), "order"));
//! assert_eq!(shop.emit(ORDER, "tea"), 1);
//! ```
//!
//! # 7. Panics
//!
//! [`PanicPolicy::Propagate`], the default: the panic unwinds through `emit` and `try_emit` with the
//! payload it was thrown with. Listeners not yet reached are not called; a `once` among them stays.
//! [`PanicPolicy::Isolate`]: the panic becomes an error of that listener, with its message, and rule 6
//! says the rest.
//!
//! * No poisoning. What the emit had changed until then stays changed.
//! * The policy is the emitter's. A [`Signal`] without an emitter propagates.
//! * A panic in a `Drop` of yours, outside a listener's call, unwinds through the method that dropped
//!   it.
//!
//! *Why:* a panic is a bug, and the default should not hide it. A host of plug-ins may know better.
//!
//! ```
//! use oyez::{Event, EventEmitter, PanicPolicy};
//!
//! const DRAW: Event<()> = Event::new("draw");
//! let host = EventEmitter::builder().panics(PanicPolicy::Isolate).build();
//! host.on(DRAW, |()| panic!("plug-in 1"));
//! host.on(DRAW, |()| ());
//! let error = host.try_emit(DRAW, ()).unwrap_err();
//! assert_eq!(error.to_string(), "1 listener error in an emit of `draw` that called 2 listeners");
//! ```
//!
//! # 8. Re-entry
//!
//! An [`on`] listener may be re-entered by a nested emit, and run on several threads at once. An
//! [`on_mut`] listener has one caller at a time.
//!
//! * A nested emit that reaches an `on_mut` listener while it runs passes it over, and that is a
//!   listener error, [`ErrorKind::Reentered`]. It does not count in the result.
//! * Another thread waits for its turn. If the one inside waits, directly or through others, for that
//!   thread, the wait is not entered: `Reentered` too.
//! * An `on_mut` listener that was removed while a thread waited for its turn is not called.
//!
//! *Why:* its state is borrowed mutably; a second caller has to wait or be told, and waiting for
//! oneself never ends.
//!
//! ```
//! use oyez::{EmitError, ErrorKind, Event, EventEmitter};
//!
//! const PING: Event<()> = Event::new("ping");
//! let emitter = EventEmitter::new();
//! let weak = emitter.downgrade();
//! let mut pings = 0;
//! emitter.on_mut(PING, move |()| {
//!     pings += 1;
//!     let nested = weak.upgrade().unwrap().try_emit(PING, ());
//!     let Err(EmitError::Listeners(errors)) = nested else { panic!() };
//!     assert!(matches!(errors.into_vec()[0].kind(), ErrorKind::Reentered));
//! });
//! assert_eq!(emitter.emit(PING, ()), 1);
//! ```
//!
//! # 9. Depth
//!
//! An emit that would be nested deeper than the emitter's `max_depth` (128 unless set) is refused:
//! [`try_emit`] returns [`TooDeep`], `emit` panics with it. No listener was called and no call
//! consumed.
//!
//! * Counted are the emits under way on this thread, of all emitters and signals; the outermost is 1.
//!   The limit is that of the emitter whose emit it is. A [`Signal`] without an emitter has the
//!   default.
//! * `TooDeep` carries the chain: each event, of [`meta`] as well, and the line that registered the listener running
//!   in it.
//! * An emit that nobody listens to returns 0 at any depth. Beyond the limit taps do not hear it;
//!   [`UNHANDLED`] is emitted all the same.
//! * Emits of [`meta`] events do not count. They have the same limit among themselves.
//!
//! *Why:* without it, two listeners that emit each other's event end the process, with nothing to go
//! by.
//!
//! ```
//! use oyez::{EmitError, Event, EventEmitter};
//!
//! const TURN: Event<()> = Event::new("turn");
//! let emitter = EventEmitter::builder().max_depth(2).build();
//! let weak = emitter.downgrade();
//! emitter.on(TURN, move |()| {
//!     if let Err(EmitError::TooDeep(refused)) = weak.upgrade().unwrap().try_emit(TURN, ()) {
//!         assert_eq!(refused.chain().len(), 2);
//!     }
//! });
//! assert_eq!(emitter.emit(TURN, ()), 1);
//! ```
//!
//! # 10. Drop
//!
//! An emitter goes with its last strong handle: clones, and [`Signal`]s it made. An emit under way
//! then runs to its end.
//!
//! * Ids, [`Subscription`]s and [`WeakEmitter`]s keep nothing alive. When the emitter is gone, `off`
//!   answers `false`, dropping a subscription does nothing, `upgrade` gives `None`.
//! * A listener that captures a clone of its own emitter keeps both for ever. Let it capture
//!   [`downgrade`]'s weak handle.
//! * Closures go with the emitter. No [`LISTENER_REMOVED`] is emitted.
//!
//! *Why:* a handle that may outlive what it names must be harmless, or all code has to know who
//! lives longest.
//!
//! ```
//! use oyez::{Event, EventEmitter};
//!
//! const TICK: Event<()> = Event::new("tick");
//! let clock = EventEmitter::new();
//! let (weak, subscription) = (clock.downgrade(), clock.subscribe(TICK, |()| ()));
//! drop(clock);
//! assert!(weak.upgrade().is_none());
//! assert!(!subscription.unsubscribe());
//! ```
//!
//! # Fine print on the rest
//!
//! * [`off_and_wait`] removes for everybody at once, before it waits. Where it returns an error the
//!   removal stands. "Inside" includes nested emits below.
//! * [`off_all`] and [`clear`] remove all first and tell afterwards, in order, also if a closure panics
//!   as it is dropped: the panic goes on when all are told. A `LISTENER_REMOVED`
//!   listener that panics leaves none behind. `clear` counts and removes taps and [`meta`] listeners
//!   too, and tells of one event after the other, in the order of [`event_names`]. `off` asks before: of whom it
//!   removes nobody hears who begins to listen when that one's closure is dropped, if nobody did before.
//! * `TOO_MANY_LISTENERS` is emitted once per crossing of the limit, and again after the count was back
//!   at the limit or below. It comes behind `LISTENER_ADDED`, also if that panics, and
//!   tells of those who were there when the limit was passed.
//! * Taps see emits through [`Signal`] handles of their emitter and events nobody listens to; not
//!   `meta` events. They do not count and cannot stop an emit. They may fail, and unsubscribe.
//! * `UNHANDLED` is emitted also where only a tap heard.
//! * [`event_names`] lists a name once, whatever its types.
//!
//! [`emit`]: crate::generic::EventEmitter::emit
//! [`try_emit`]: crate::generic::EventEmitter::try_emit
//! [`on`]: crate::generic::EventEmitter::on
//! [`on_mut`]: crate::generic::EventEmitter::on_mut
//! [`on_any`]: crate::generic::EventEmitter::on_any
//! [`once`]: crate::generic::EventEmitter::once
//! [`times`]: crate::generic::EventEmitter::times
//! [`prepend`]: crate::generic::EventEmitter::prepend
//! [`off_and_wait`]: crate::EventEmitter::off_and_wait
//! [`off_all`]: crate::generic::EventEmitter::off_all
//! [`clear`]: crate::generic::EventEmitter::clear
//! [`downgrade`]: crate::generic::EventEmitter::downgrade
//! [`event_names`]: crate::generic::EventEmitter::event_names
//! [`ErrorKind::Reentered`]: crate::ErrorKind::Reentered
//! [`Flow::Stop`]: crate::Flow::Stop
//! [`ListenerError`]: crate::ListenerError
//! [`LISTENER_ERROR`]: crate::meta::LISTENER_ERROR
//! [`LISTENER_REMOVED`]: crate::meta::LISTENER_REMOVED
//! [`UNHANDLED`]: crate::meta::UNHANDLED
//! [`meta`]: crate::meta
//! [`PanicPolicy::Propagate`]: crate::PanicPolicy::Propagate
//! [`PanicPolicy::Isolate`]: crate::PanicPolicy::Isolate
//! [`Signal`]: crate::generic::Signal
//! [`Subscription`]: crate::generic::Subscription
//! [`TooDeep`]: crate::TooDeep
//! [`WeakEmitter`]: crate::generic::WeakEmitter
