//! Every error: what causes it, its text, what is left afterwards, and what to do.
//!
//! A text says what happened, where, and, where that is not plain, what to do. `HERE` stands for a line of
//! source, `src/main.rs:7:10`: the one that registered the listener, queued the task or set the timer. What
//! a listener returned is the error's [`source`](std::error::Error::source), not part of its text. What is
//! refused comes back: no bound swallows a payload. Each row is shown below its table, by a program that is
//! compiled and run.
//!
//! Most mistakes meet the compiler first: an event without its payload, a payload of another type, a
//! listener that returns something that is no [`Outcome`](crate::Outcome), one that borrows what it has to
//! [own](crate#listeners) (E0373, E0597; in a method E0521), one that changes
//! [what it has captured, or the payload](crate::generic::EventEmitter::on) (E0594, E0596), a handle on the wrong thread.
//! At an emit, E0597, E0716 and E0521 say that the type of the payload
//! [holds a reference](crate::Payload#types-that-borrow); at a post, that the payload is one, where it has to own what
//! it needs: `text.to_owned()` for an `Event<str>`.
//!
//! # Emitting
//!
//! | error | cause | text | afterwards | what to do |
//! |---|---|---|---|---|
//! | [`EmitError::Listeners`], [`ListenerErrors`] | [`try_emit`], and listeners failed | ``2 listener errors in an emit of `order` that called 3 listeners`` | all were called, and stay | look at each: [`iter`](crate::ListenerErrors::iter) |
//! | [`ListenerError`], [`ErrorKind::Failed`] | a listener returned `Err` | ``listener `kitchen` of `order`, registered at HERE, returned an error`` | the others were called; it is called again the next time | see its source |
//! | [`ErrorKind::Panicked`] | a listener panicked, under [`PanicPolicy::Isolate`] | ``listener of `order`, registered at HERE, panicked: out of tea`` | as above | mend the listener |
//! | [`ErrorKind::Reentered`] | an [`on_mut`] listener emits, and is reached by that | ``listener of `order`, registered at HERE, was not called: it is an `on_mut` listener and still running; use `on` with interior mutability to allow re-entry`` | that call did not happen, and is not counted; the outer one goes on | [`on`], or post the event |
//! | [`EmitError::TooDeep`], [`TooDeep`], [`ChainLink`] | an emit inside of [`max_depth`] others: a recursion without end | `` emit of `order` refused: the depth limit of `2` nested emits is reached; `order` at HERE -> `order` at HERE -> `order`; end the recursion, or raise `max_depth` `` | nobody was called; no `once` is used up; the outer emits go on | look for the circle in [`chain`](crate::TooDeep::chain) |
//!
//! Of a long chain the text shows three emits at either end, and which is there most often.
//!
//! [`EmitError::Listeners`], [`ListenerErrors`]:
//!
//! ```
//! use oyez::{EmitError, Event, EventEmitter};
//!
//! const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::new();
//! shop.on(ORDER, |what| Err::<(), _>(format!("no {what}")));
//! shop.on(ORDER, |_| ());
//! shop.on(ORDER, |_| Err::<(), _>("no cups"));
//!
//! let error = shop.try_emit(ORDER, "tea").unwrap_err();
//! assert_eq!(error.to_string(), "2 listener errors in an emit of `order` that called 3 listeners");
//!
//! let EmitError::Listeners(errors) = error else { panic!() };
//! # use std::error::Error;
//! let causes = errors.iter().map(|error| error.source().unwrap().to_string());
//! assert_eq!(causes.collect::<Vec<_>>(), ["no tea", "no cups"]);
//! assert_eq!(shop.listener_count(ORDER), 3);
//! ```
//!
//! [`ListenerError`], [`ErrorKind::Failed`]:
//!
//! ```
//! # use oyez::{Event, EventEmitter, meta};
//! # use std::error::Error;
//! # const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::new();
//! # let line = line!() + 1;
//! shop.listen(ORDER).label("kitchen").on(|what| Err::<(), _>(format!("no {what}")));
//! shop.on(meta::LISTENER_ERROR, move |error| {
//!     assert_eq!(
//!         error.to_string().replace(&error.location().to_string(), "HERE"),
//!         "listener `kitchen` of `order`, registered at HERE, returned an error"
//!     );
//!     assert_eq!(error.source().unwrap().to_string(), "no tea");
//! #     assert_eq!((error.location().file(), error.location().line()), (file!(), line));
//! });
//! shop.on(ORDER, |_| ());
//! assert_eq!(shop.emit(ORDER, "tea"), 2); // the others are called
//! assert_eq!(shop.emit(ORDER, "tea"), 2); // and so is the one that failed, the next time
//! ```
//!
//! [`ErrorKind::Panicked`]:
//!
//! ```
//! # use oyez::{EmitError, ErrorKind, Event, EventEmitter, PanicPolicy};
//! # const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::builder().panics(PanicPolicy::Isolate).build();
//! # let line = line!() + 1;
//! shop.on(ORDER, |what| panic!("out of {what}"));
//! shop.on(ORDER, |_| ());
//!
//! let Err(EmitError::Listeners(errors)) = shop.try_emit(ORDER, "tea") else { panic!() };
//! assert_eq!(errors.called(), 2);
//! let error = &errors.into_vec()[0];
//! assert_eq!(
//!     error.to_string().replace(&error.location().to_string(), "HERE"),
//!     "listener of `order`, registered at HERE, panicked: out of tea"
//! );
//! assert!(matches!(error.kind(), ErrorKind::Panicked(text) if text == "out of tea"));
//! # assert_eq!(error.location().line(), line);
//! assert_eq!(shop.listener_count(ORDER), 2);
//! ```
//!
//! [`ErrorKind::Reentered`]:
//!
//! ```
//! # use oyez::{EmitError, ErrorKind, Event, EventEmitter};
//! # const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::new();
//! let weak = shop.downgrade();
//! # let line = line!() + 1;
//! shop.on_mut(ORDER, move |_| {
//!     let nested = weak.upgrade().unwrap().try_emit(ORDER, "more tea");
//!     let Err(EmitError::Listeners(errors)) = nested else { panic!() };
//!     assert_eq!(errors.called(), 0);
//!     let error = &errors.into_vec()[0];
//!     assert_eq!(
//!         error.to_string().replace(&error.location().to_string(), "HERE"),
//!         "listener of `order`, registered at HERE, was not called: it is an `on_mut` listener and \
//!          still running; use `on` with interior mutability to allow re-entry"
//!     );
//!     assert!(matches!(error.kind(), ErrorKind::Reentered));
//! #     assert_eq!(error.location().line(), line);
//! });
//! assert_eq!(shop.emit(ORDER, "tea"), 1); // the outer call is a success
//! ```
//!
//! [`EmitError::TooDeep`], [`TooDeep`], [`ChainLink`]:
//!
//! ```
//! # use oyez::{EmitError, Event, EventEmitter};
//! # const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::builder().max_depth(2).build();
//! let weak = shop.downgrade();
//! # let line = line!() + 1;
//! shop.on(ORDER, move |_| {
//!     if let Err(EmitError::TooDeep(refused)) = weak.upgrade().unwrap().try_emit(ORDER, "tea") {
//!         let at = refused.chain()[0].location().unwrap();
//!         assert_eq!(
//!             refused.to_string().replace(&at.to_string(), "HERE"),
//!             "emit of `order` refused: the depth limit of `2` nested emits is reached; \
//!              `order` at HERE -> `order` at HERE -> `order`; end the recursion, or raise `max_depth`"
//!         );
//!         let link = refused.chain()[0].to_string().replace(&at.to_string(), "HERE");
//!         assert_eq!(link, "`order` at HERE");
//! #         assert_eq!((at.file(), at.line()), (file!(), line));
//!     }
//! });
//! assert_eq!(shop.emit(ORDER, "tea"), 1);
//! assert_eq!(shop.emit(ORDER, "tea"), 1); // nothing is left of the recursion
//! ```
//!
//! # Errors that nobody hears
//!
//! They are loud: the call panics. Where listeners failed, that is after the last one of them was called.
//!
//! | cause | text of the panic | afterwards | what to do |
//! |---|---|---|---|
//! | [`emit`], a listener fails, nobody listens to [`LISTENER_ERROR`] | `` unhandled error: listener of `order`, registered at HERE, returned an error: no tea (and 1 more); listen to `oyez::meta::LISTENER_ERROR` or use `try_emit` `` | all were called, and stay; the next emit is normal | as it says |
//! | the same of a [`Signal`] alone, or of a `LISTENER_ERROR` listener itself | ``unhandled error: listener of `order`, registered at HERE, returned an error: no tea; use `try_emit`, or deal with it in the listener`` | as above | as it says |
//! | [`emit`], nested too deep | that of [`TooDeep`] | the panic unwinds through the outer emits; then all is normal | as for [`TooDeep`] |
//! | a task of an event loop fails, nobody listens to [`TASK_ERROR`] | ``unhandled error: timer t1 set at HERE returned an error: no tea; listen to `oyez::event_loop::TASK_ERROR`, or deal with it in the task`` | it unwinds out of the run; the task is used up, the queue kept; the loop runs again | as it says |
//!
//! An `emit` of an emitter:
//!
//! ```
//! # use oyez::{Event, EventEmitter};
//! # fn panic_text<R>(f: impl FnOnce() -> R) -> String {
//! #     let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
//! #     let payload = unwound.err().expect("it panics");
//! #     let text = payload.downcast_ref::<String>().cloned();
//! #     text.unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
//! # }
//! # const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::new();
//! # let line = line!() + 1;
//! shop.on(ORDER, |what| Err::<(), _>(format!("no {what}")));
//! shop.on(ORDER, |_| Err::<(), _>("no cups"));
//! let at = shop.listeners(ORDER)[0].location();
//! let text = panic_text(|| shop.emit(ORDER, "tea"));
//! assert_eq!(
//!     text.replace(&at.to_string(), "HERE"),
//!     "unhandled error: listener of `order`, registered at HERE, returned an error: no tea (and 1 more); \
//!      listen to `oyez::meta::LISTENER_ERROR` or use `try_emit`"
//! );
//! # assert_eq!((at.file(), at.line()), (file!(), line));
//! assert_eq!(shop.listener_count(ORDER), 2);
//! assert!(shop.try_emit(ORDER, "tea").is_err());
//! ```
//!
//! A signal alone:
//!
//! ```
//! # use oyez::Signal;
//! # fn panic_text<R>(f: impl FnOnce() -> R) -> String {
//! #     let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
//! #     let payload = unwound.err().expect("it panics");
//! #     let text = payload.downcast_ref::<String>().cloned();
//! #     text.unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
//! # }
//! let order = Signal::<str>::named("order");
//! # let line = line!() + 1;
//! let id = order.on(|what| Err::<(), _>(format!("no {what}")));
//! let at = order.listeners()[0].location();
//! let text = panic_text(|| order.emit("tea"));
//! assert_eq!(
//!     text.replace(&at.to_string(), "HERE"),
//!     "unhandled error: listener of `order`, registered at HERE, returned an error: no tea; \
//!      use `try_emit`, or deal with it in the listener"
//! );
//! # assert_eq!(at.line(), line);
//! assert!(order.off(id));
//! assert_eq!(order.emit("tea"), 0);
//! ```
//!
//! A listener of `LISTENER_ERROR` itself:
//!
//! ```
//! # use oyez::meta::LISTENER_ERROR;
//! # use oyez::{Event, EventEmitter};
//! # fn panic_text<R>(f: impl FnOnce() -> R) -> String {
//! #     let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
//! #     let payload = unwound.err().expect("it panics");
//! #     let text = payload.downcast_ref::<String>().cloned();
//! #     text.unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
//! # }
//! # const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::new();
//! shop.on(ORDER, |_| Err::<(), _>("no tea"));
//! let id = shop.on(LISTENER_ERROR, |_| Err::<(), _>("no pen"));
//! let at = shop.listeners(LISTENER_ERROR)[0].location();
//! let text = panic_text(|| shop.emit(ORDER, "tea"));
//! assert_eq!(
//!     text.replace(&at.to_string(), "HERE").replace(LISTENER_ERROR.name(), "NAME"),
//!     "unhandled error: listener of `NAME`, registered at HERE, returned an error: no pen; \
//!      use `try_emit`, or deal with it in the listener"
//! );
//! assert_eq!(shop.listener_count(ORDER), 1);
//! assert!(shop.off(id));
//! ```
//!
//! Too deep:
//!
//! ```
//! # use oyez::{Event, EventEmitter};
//! # fn panic_text<R>(f: impl FnOnce() -> R) -> String {
//! #     let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
//! #     let payload = unwound.err().expect("it panics");
//! #     let text = payload.downcast_ref::<String>().cloned();
//! #     text.unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
//! # }
//! # const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::builder().max_depth(1).build();
//! let weak = shop.downgrade();
//! # let line = line!() + 1;
//! let id = shop.on(ORDER, move |_| { weak.upgrade().unwrap().emit(ORDER, "tea"); });
//! let at = shop.listeners(ORDER)[0].location();
//! let text = panic_text(|| shop.emit(ORDER, "tea"));
//! assert_eq!(
//!     text.replace(&at.to_string(), "HERE"),
//!     "emit of `order` refused: the depth limit of `1` nested emits is reached; \
//!      `order` at HERE -> `order`; end the recursion, or raise `max_depth`"
//! );
//! # assert_eq!(at.line(), line);
//! assert!(shop.off(id));
//! shop.on(ORDER, |_| ());
//! assert_eq!(shop.emit(ORDER, "tea"), 1);
//! ```
//!
//! A task:
//!
//! ```
//! # use oyez::event_loop::{EventLoop, Exit, VirtualClock};
//! # use std::time::Duration;
//! # fn panic_text<R>(f: impl FnOnce() -> R) -> String {
//! #     let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
//! #     let payload = unwound.err().expect("it panics");
//! #     let text = payload.downcast_ref::<String>().cloned();
//! #     text.unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
//! # }
//! # const ORDER: oyez::Event<str> = oyez::Event::new("order");
//! let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
//! let handle = event_loop.handle();
//! # let line = line!() + 1;
//! handle.set_timeout(Duration::ZERO, |_| Err::<(), _>("no tea"));
//! let at = handle.timers()[0].location();
//! handle.set_timeout(Duration::from_secs(1), |_| ());
//! let text = panic_text(|| event_loop.run());
//! assert_eq!(
//!     text.replace(&at.to_string(), "HERE"),
//!     "unhandled error: timer t1 set at HERE returned an error: no tea; \
//!      listen to `oyez::event_loop::TASK_ERROR`, or deal with it in the task"
//! );
//! # assert_eq!((at.file(), at.line()), (file!(), line));
//! assert_eq!(handle.timers().len(), 1); // the other one is still there
//! assert_eq!(event_loop.run(), Ok(Exit::Completed));
//! ```
//!
//! # Waiting for a listener to end
//!
//! | error | cause | text | afterwards | what to do |
//! |---|---|---|---|---|
//! | [`WaitError::InsideListener`] | [`off_and_wait`] from inside of that listener | ``cannot wait for a listener from inside of it; it is removed, and ends when it returns`` | removed; it was not waited for | nothing, or [`off`] |
//! | [`WaitError::Deadlock`] | [`off_and_wait`] for a listener that waits for this thread | ``cannot wait for a listener that waits for this thread; it is removed, and ends when it returns`` | as above; the other thread goes on when this one returns | let one side wait only |
//!
//! [`WaitError::InsideListener`]:
//!
//! ```
//! use oyez::{Event, EventEmitter, ListenerId, WaitError};
//! use std::sync::OnceLock;
//!
//! const ORDER: Event<str> = Event::new("order");
//! static ID: OnceLock<ListenerId> = OnceLock::new();
//!
//! let shop = EventEmitter::new();
//! let weak = shop.downgrade();
//! ID.set(shop.on(ORDER, move |_| {
//!     let error = weak.upgrade().unwrap().off_and_wait(ID.get().copied().unwrap()).unwrap_err();
//!     assert_eq!(error, WaitError::InsideListener);
//!     assert_eq!(
//!         error.to_string(),
//!         "cannot wait for a listener from inside of it; it is removed, and ends when it returns"
//!     );
//! })).unwrap();
//! assert_eq!(shop.emit(ORDER, "tea"), 1);
//! assert_eq!(shop.listener_count(ORDER), 0);
//! ```
//!
//! [`WaitError::Deadlock`]:
//!
//! ```
//! # use oyez::{Event, EventEmitter, ListenerId, WaitError};
//! # use std::sync::{Barrier, Mutex, OnceLock};
//! # use std::thread;
//! const LEFT: Event<()> = Event::new("left");
//! const RIGHT: Event<()> = Event::new("right");
//! static BOTH_INSIDE: Barrier = Barrier::new(2);
//! static IDS: OnceLock<[ListenerId; 2]> = OnceLock::new();
//! static ANSWERS: Mutex<Vec<Result<bool, WaitError>>> = Mutex::new(Vec::new());
//!
//! let shop = EventEmitter::new();
//! let waits_for = |other: usize| {
//!     let weak = shop.downgrade();
//!     move |_: &()| {
//!         BOTH_INSIDE.wait();
//!         let answer = weak.upgrade().unwrap().off_and_wait(IDS.get().unwrap()[other]);
//!         ANSWERS.lock().unwrap().push(answer);
//!     }
//! };
//! IDS.set([shop.on(LEFT, waits_for(1)), shop.on(RIGHT, waits_for(0))]).unwrap();
//! thread::scope(|scope| {
//!     scope.spawn(|| shop.emit(LEFT, ()));
//!     scope.spawn(|| shop.emit(RIGHT, ()));
//! });
//! let answers = ANSWERS.lock().unwrap().clone();
//! assert_eq!(answers, [Err(WaitError::Deadlock), Ok(true)]); // one is refused, so both end
//! assert_eq!(
//!     answers[0].unwrap_err().to_string(),
//!     "cannot wait for a listener that waits for this thread; it is removed, and ends when it returns"
//! );
//! assert_eq!(shop.listener_count(LEFT) + shop.listener_count(RIGHT), 0);
//! ```
//!
//! # Posting
//!
//! | error | cause | text | afterwards | what to do |
//! |---|---|---|---|---|
//! | [`PostError::Full`] | a post to a queue that holds as many as its [`capacity`], also by [`post_blocking`] on the loop's own thread. With [`DropOldest`](crate::event_loop::Overflow) only one of these: a capacity of 0; a post from another thread; a post where only other threads' events wait; a post inside of 16 evictions | ``the event queue is full; the payload is in this error, to be posted when there is room`` | the payload is whole, in the error; what waits is untouched | [`into_payload`], and later again; or [`DropOldest`](crate::event_loop::Overflow) |
//! | [`PostError::Closed`] | a post after the loop was dropped, by whichever handle | ``the event loop is gone and takes no more events; the payload is in this error`` | the payload is whole, in the error; all handles are inert | stop posting |
//!
//! [`PostError::Full`]:
//!
//! ```
//! use oyez::event_loop::{EventLoop, EventQueue};
//!
//! const ORDER: oyez::Event<str> = oyez::Event::new("order");
//! let event_loop = EventLoop::builder().capacity(1).build();
//! let handle = event_loop.handle();
//! handle.post(ORDER, String::from("tea")).unwrap();
//!
//! let error = handle.post(ORDER, String::from("cake")).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "the event queue is full; the payload is in this error, to be posted when there is room"
//! );
//! let error = event_loop.proxy().post_blocking(ORDER, error.into_payload()).unwrap_err();
//! assert!(error.is_full()); // at once: nobody else makes room
//! assert_eq!(handle.queue().len(), 1);
//!
//! event_loop.turn().unwrap();
//! assert!(handle.post(ORDER, error.into_payload()).is_ok());
//! assert!(EventQueue::bounded(0).post(ORDER, "tea").unwrap_err().is_full());
//! ```
//!
//! [`PostError::Closed`]:
//!
//! ```
//! # use oyez::event_loop::EventLoop;
//! # const ORDER: oyez::Event<str> = oyez::Event::new("order");
//! let event_loop = EventLoop::new();
//! let (handle, proxy) = (event_loop.handle(), event_loop.proxy());
//! drop(event_loop);
//!
//! let error = handle.post(ORDER, String::from("tea")).unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "the event loop is gone and takes no more events; the payload is in this error"
//! );
//! let error = proxy.post(ORDER, error.into_payload()).unwrap_err();
//! assert!(error.is_closed());
//! assert_eq!(error.into_payload(), "tea");
//! assert!(handle.is_closed() && proxy.is_closed());
//! assert_eq!(handle.emit(ORDER, "tea"), 0);
//! ```
//!
//! # Running
//!
//! | error | cause | text | afterwards | what to do |
//! |---|---|---|---|---|
//! | [`RunError::Reentrant`] | `run`, `turn`, `poll`, `run_for`, `run_until` from inside of a handler | ``the event loop is running already, and cannot be run from inside of a handler; use `post` to have something done later`` | nothing is changed; the outer run goes on | post |
//! | [`RunError::MicrotaskLimit`] | microtasks that queue microtasks without end | `` the limit of `3` microtasks in a row is reached; the last ones were queued at HERE (3 of 3); `post` what repeats, or raise `microtask_limit` `` | what is left is kept: the microtasks, the events, the timers; the next run goes on with them | as it says |
//!
//! [`RunError::Reentrant`]:
//!
//! ```
//! # use oyez::event_loop::{EventLoop, Exit, RunError};
//! # use std::{cell::RefCell, rc::Rc};
//! const ORDER: oyez::Event<str> = oyez::Event::new("order");
//! let event_loop = Rc::new(EventLoop::new());
//! let (inner, refused) = (Rc::downgrade(&event_loop), Rc::new(RefCell::new(Vec::new())));
//! let told = Rc::clone(&refused);
//! event_loop.emitter().on(ORDER, move |_| {
//!     told.borrow_mut().push(inner.upgrade().unwrap().run().unwrap_err());
//! });
//! event_loop.handle().post(ORDER, "tea").unwrap();
//! event_loop.handle().post(ORDER, "cake").unwrap();
//! assert_eq!(event_loop.run(), Ok(Exit::Completed)); // the outer one goes on
//!
//! assert_eq!(*refused.borrow(), [RunError::Reentrant, RunError::Reentrant]);
//! assert_eq!(
//!     refused.borrow()[0].to_string(),
//!     "the event loop is running already, and cannot be run from inside of a handler; \
//!      use `post` to have something done later"
//! );
//! ```
//!
//! [`RunError::MicrotaskLimit`]:
//!
//! ```
//! # use oyez::event_loop::{EventLoop, LoopHandle, RunError};
//! # const ORDER: oyez::Event<str> = oyez::Event::new("order");
//! fn again(handle: &LoopHandle) {
//!     handle.queue_microtask(again);
//! }
//! # let line = line!() - 2;
//! let event_loop = EventLoop::builder().microtask_limit(3).build();
//! event_loop.handle().post(ORDER, "tea").unwrap();
//! again(&event_loop.handle());
//!
//! let error = event_loop.run().unwrap_err();
//! let RunError::MicrotaskLimit { last, .. } = &error else { panic!() };
//! assert_eq!(
//!     error.to_string().replace(&last[0].to_string(), "HERE"),
//!     "the limit of `3` microtasks in a row is reached; the last ones were queued at HERE (3 of 3); \
//!      `post` what repeats, or raise `microtask_limit`"
//! );
//! # assert_eq!((last[0].file(), last[0].line()), (file!(), line));
//! assert_eq!(event_loop.queue().len(), 1); // the event still waits
//! assert!(event_loop.run().is_err()); // and so did a microtask
//! ```
//!
//! # Tasks
//!
//! What a microtask, a timer or an idle callback returned, or the text of its panic, is the source of its
//! error.
//!
//! | error | cause | text | afterwards | what to do |
//! |---|---|---|---|---|
//! | [`TaskError`], of a microtask | it returned `Err` | ``microtask queued at HERE returned an error`` | it is used up; the loop goes on | see the source |
//! | [`TaskError`], of an idle callback | the same | ``idle callback queued at HERE returned an error`` | as above | as above |
//! | [`TaskError`], of a timer | the same | ``timer t1 set at HERE returned an error`` | a timeout is used up, an interval stays armed | as above; [`clear_timer`], or return [`Flow::Stop`](crate::Flow) |
//! | [`TaskError`], of a panic | it panicked, under [`PanicPolicy::Isolate`] | ``microtask queued at HERE panicked`` | as above, by kind | mend the task |
//!
//! [`TaskError`], returned:
//!
//! ```
//! # use oyez::event_loop::{EventLoop, LoopHandle, TASK_ERROR, VirtualClock};
//! # use std::error::Error;
//! # use std::time::Duration;
//! # use std::{cell::RefCell, rc::Rc};
//! fn fails(_: &LoopHandle) -> oyez::Result {
//!     Err("no tea".into())
//! }
//! let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
//! let texts = Rc::new(RefCell::new(Vec::new()));
//! let told = Rc::clone(&texts);
//! # let lines = line!() + 7..line!() + 10;
//! event_loop.emitter().on(TASK_ERROR, move |error| {
//!     assert_eq!(error.source().unwrap().to_string(), "no tea");
//! #     assert!(lines.contains(&error.location().line()));
//!     told.borrow_mut().push(error.to_string().replace(&error.location().to_string(), "HERE"));
//! });
//! let handle = event_loop.handle();
//! handle.queue_microtask(fails);
//! handle.queue_idle(fails);
//! let id = handle.set_interval(Duration::from_secs(1), fails);
//! event_loop.run_for(Duration::from_secs(1)).unwrap();
//! assert_eq!(
//!     *texts.borrow(),
//!     [
//!         "microtask queued at HERE returned an error",
//!         "idle callback queued at HERE returned an error",
//!         "timer t1 set at HERE returned an error",
//!     ]
//! );
//! assert!(handle.clear_timer(id)); // the interval was still armed
//! ```
//!
//! [`TaskError`], of a panic:
//!
//! ```
//! # use oyez::event_loop::{EventLoop, Exit, TASK_ERROR};
//! # use oyez::PanicPolicy;
//! # use std::error::Error;
//! # use std::{cell::Cell, rc::Rc};
//! let event_loop = EventLoop::builder().panics(PanicPolicy::Isolate).build();
//! let told = Rc::new(Cell::new(0));
//! let count = Rc::clone(&told);
//! event_loop.emitter().on(TASK_ERROR, move |error| {
//!     assert_eq!(
//!         error.to_string().replace(&error.location().to_string(), "HERE"),
//!         "microtask queued at HERE panicked"
//!     );
//!     assert_eq!(error.source().unwrap().to_string(), "out of tea");
//!     count.set(count.get() + 1);
//! });
//! event_loop.handle().queue_microtask(|_| panic!("out of {}", "tea"));
//! assert_eq!(event_loop.run(), Ok(Exit::Completed));
//! assert_eq!(told.get(), 1);
//! ```
//!
//! # Mistakes of the caller
//!
//! A number that makes no sense is a panic, which names the line that passed it. The emitter or loop is as
//! before.
//! (So is the listener beyond 2^30 of one event, the event beyond 2^32 - 1 of one emitter, the timer beyond 2^32
//! of one loop at a time, and what there is [no number left](super::limitations#where-numbers-end) for. These
//! have no row: no example has the memory, or the time.)
//!
//! | call | text of the panic | what to do |
//! |---|---|---|
//! | [`times`] with 0 | ``a listener for 0 calls would never be called; the least is 1`` | register none |
//! | [`max_depth`] of 0 | ``a depth limit of 0 would refuse every emit; the least is 1`` | leave it out: 128 |
//! | [`microtask_limit`] of 0 | ``a limit of 0 would refuse every microtask; the least is 1`` | leave it out: 1000 |
//! | [`fairness`] of 0 | ``a fairness of 0 would leave no order of lanes; the least is 1`` | leave it out: strict lanes |
//! | [`set_interval`] of 0 | ``an interval with a period of 0 would never let time pass; the least is 1 ns`` | [`queue_idle`], or a microtask |
//!
//! ```
//! # use oyez::event_loop::EventLoop;
//! # use oyez::{Event, EventEmitter};
//! # use std::time::Duration;
//! # fn panic_text<R>(f: impl FnOnce() -> R) -> String {
//! #     let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
//! #     let payload = unwound.err().expect("it panics");
//! #     let text = payload.downcast_ref::<String>().cloned();
//! #     text.unwrap_or_else(|| payload.downcast_ref::<&str>().unwrap().to_string())
//! # }
//! # const ORDER: Event<str> = Event::new("order");
//! let shop = EventEmitter::new();
//! assert_eq!(
//!     panic_text(|| shop.times(ORDER, 0, |_| ())),
//!     "a listener for 0 calls would never be called; the least is 1"
//! );
//! assert!(!shop.has_listeners(ORDER));
//!
//! assert_eq!(
//!     panic_text(|| EventEmitter::builder().max_depth(0)),
//!     "a depth limit of 0 would refuse every emit; the least is 1"
//! );
//! assert_eq!(
//!     panic_text(|| EventLoop::builder().microtask_limit(0)),
//!     "a limit of 0 would refuse every microtask; the least is 1"
//! );
//! assert_eq!(
//!     panic_text(|| EventLoop::builder().fairness(0)),
//!     "a fairness of 0 would leave no order of lanes; the least is 1"
//! );
//!
//! let event_loop = EventLoop::new();
//! assert_eq!(
//!     panic_text(|| event_loop.handle().set_interval(Duration::ZERO, |_| ())),
//!     "an interval with a period of 0 would never let time pass; the least is 1 ns"
//! );
//! assert!(event_loop.handle().timers().is_empty());
//! event_loop.run().unwrap();
//! ```
//!
//! # What is no error
//!
//! | input | answer |
//! |---|---|
//! | an emit that nobody listens to | 0; [`UNHANDLED`] tells, if somebody asked |
//! | the 11th listener of an event | is registered; [`TOO_MANY_LISTENERS`] tells, if somebody asked |
//! | the id of a listener that is gone, or of another emitter | `off`: `false` |
//! | the id of an event or a timer that is gone | `cancel`, `clear_timer`: `false` |
//! | a timer `Duration::MAX` from now | is never due, and keeps the run from completing |
//! | a weak handle whose emitter is gone | `upgrade`: `None` |
//! | a number past the end of a trace | `state_at`: the last state |
//!
//! ```
//! # use oyez::event_loop::{EventLoop, Exit, Trace, VirtualClock};
//! # use oyez::{EventEmitter, meta};
//! # use std::sync::atomic::{AtomicUsize, Ordering};
//! # use std::time::Duration;
//! # const ORDER: oyez::Event<str> = oyez::Event::new("order");
//! let shop = EventEmitter::new();
//! assert_eq!(shop.emit(ORDER, "tea"), 0);
//!
//! static TOLD: AtomicUsize = AtomicUsize::new(0);
//! shop.on(meta::TOO_MANY_LISTENERS, |_| { TOLD.fetch_add(1, Ordering::Relaxed); });
//! (0..11).for_each(|_| { shop.on(ORDER, |_| ()); });
//! assert_eq!((shop.emit(ORDER, "tea"), TOLD.load(Ordering::Relaxed)), (11, 1));
//!
//! let id = shop.on(ORDER, |_| ());
//! assert!(!EventEmitter::new().off(id));
//! assert!(shop.off(id) && !shop.off(id));
//!
//! let trace = Trace::new();
//! let event_loop = EventLoop::builder().clock(VirtualClock::new()).inspector(trace.clone()).build();
//! let handle = event_loop.handle();
//! let event = handle.post(ORDER, "tea").unwrap();
//! assert!(handle.cancel(event) && !handle.cancel(event));
//! let timer = handle.set_timeout(Duration::MAX, |_| unreachable!());
//! assert_eq!(event_loop.run(), Ok(Exit::Stalled));
//! assert!(handle.clear_timer(timer) && !handle.clear_timer(timer));
//!
//! assert_eq!(trace.state_at(usize::MAX), trace.state_at(trace.len()));
//!
//! let weak = shop.downgrade();
//! drop(shop);
//! assert!(weak.upgrade().is_none());
//! ```
//!
//! [`ChainLink`]: crate::ChainLink
//! [`EmitError::Listeners`]: crate::EmitError::Listeners
//! [`EmitError::TooDeep`]: crate::EmitError::TooDeep
//! [`ErrorKind::Failed`]: crate::ErrorKind::Failed
//! [`ErrorKind::Panicked`]: crate::ErrorKind::Panicked
//! [`ErrorKind::Reentered`]: crate::ErrorKind::Reentered
//! [`LISTENER_ERROR`]: crate::meta::LISTENER_ERROR
//! [`ListenerError`]: crate::ListenerError
//! [`ListenerErrors`]: crate::ListenerErrors
//! [`PanicPolicy::Isolate`]: crate::PanicPolicy::Isolate
//! [`PostError::Closed`]: crate::event_loop::PostError::Closed
//! [`PostError::Full`]: crate::event_loop::PostError::Full
//! [`RunError::MicrotaskLimit`]: crate::event_loop::RunError::MicrotaskLimit
//! [`RunError::Reentrant`]: crate::event_loop::RunError::Reentrant
//! [`Signal`]: crate::Signal
//! [`TASK_ERROR`]: crate::event_loop::TASK_ERROR
//! [`TOO_MANY_LISTENERS`]: crate::meta::TOO_MANY_LISTENERS
//! [`TaskError`]: crate::event_loop::TaskError
//! [`TooDeep`]: crate::TooDeep
//! [`UNHANDLED`]: crate::meta::UNHANDLED
//! [`WaitError::Deadlock`]: crate::WaitError::Deadlock
//! [`WaitError::InsideListener`]: crate::WaitError::InsideListener
//! [`capacity`]: crate::event_loop::EventLoopBuilder::capacity
//! [`clear_timer`]: crate::event_loop::LoopHandle::clear_timer
//! [`emit`]: crate::generic::EventEmitter::emit
//! [`fairness`]: crate::event_loop::EventLoopBuilder::fairness
//! [`into_payload`]: crate::event_loop::PostError::into_payload
//! [`max_depth`]: crate::generic::EmitterBuilder::max_depth
//! [`microtask_limit`]: crate::event_loop::EventLoopBuilder::microtask_limit
//! [`off_and_wait`]: crate::EventEmitter::off_and_wait
//! [`off`]: crate::generic::EventEmitter::off
//! [`on_mut`]: crate::generic::EventEmitter::on_mut
//! [`on`]: crate::generic::EventEmitter::on
//! [`post_blocking`]: crate::event_loop::Proxy::post_blocking
//! [`queue_idle`]: crate::event_loop::LoopHandle::queue_idle
//! [`set_interval`]: crate::event_loop::LoopHandle::set_interval
//! [`times`]: crate::generic::EventEmitter::times
//! [`try_emit`]: crate::generic::EventEmitter::try_emit
