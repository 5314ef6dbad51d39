//! What is not promised, and what to do instead.
//!
//! What is promised is in [`rules`](super::rules).
//!
//! # Listeners
//!
//! * **They run in the caller's process and on the caller's thread.** An emit takes as long as its
//!   listeners take, and a listener that blocks blocks the emit. There is no time limit and no way to
//!   end a listener from outside. *Instead:* let the listener hand slow work to a thread, a channel or
//!   an executor.
//! * **They are not async.** A listener that returns a future does not compile. *Instead:* send to an
//!   async channel from the listener, and await there.
//! * **They return no values.** `Outcome` says whether to go on. *Instead:* lend a payload with a
//!   `Cell`, an atomic or a `Mutex` in it, and read it after the emit.
//! * **They get `&T`, never `&mut T`**, since several may look at once. *Instead:* as above; for what is used
//!   up, such as a `Box<dyn FnOnce()>`, an `Event<Cell<Option<Job>>>`, and `take` in the listener.
//! * **They have all the rights of the program.** [`PanicPolicy::Isolate`] catches panics that unwind.
//!   It does not catch an abort (`panic = "abort"`, a panic during unwinding), an endless loop, or
//!   `process::exit`.
//! * **An `on` listener of the thread-safe flavour may run on several threads at once**, hence
//!   `Send + Sync`. *Instead:* `on_mut`, which lets one thread in at a time.
//!
//! # Recursion
//!
//! * **The limit counts emits, not bytes.** 128 nested emits fit the usual stack if each listener
//!   takes a few kilobytes of it. Listeners with large locals, or a larger `max_depth`, need a larger
//!   stack: otherwise the process ends as with any recursion. *Instead:* lower
//!   [`max_depth`](crate::generic::EmitterBuilder::max_depth), or run on a thread with a stack to
//!   match.
//! * **The limit is per thread.** Listeners that hand an event round between threads are a loop, not a
//!   recursion, and are not counted.
//! * **It counts emits only.** A closure whose `Drop` removes a listener whose `Drop` removes another
//!   recurses as deep as the chain is long. So does a payload whose
//!   `Drop` emits its like: the emit that lent it is over by then.
//!
//! # Conformance
//!
//! Whom an emit calls, and what a listener may do while it runs, asked by running it. A test asks all of
//! it again, and compares. *Is called*, *order of registration*, *added inside waits*, *removed inside is
//! not called*, *emit inside of emit* and *registered twice, called twice* are the six questions under
//! "Activation", and *removed is not called* and *cleared is not called* two of those under "Connection
//! management", in the feature matrix of
//! [signal-slot-benchmarks](https://github.com/NoAvailableAlias/signal-slot-benchmarks)
//! (`results/features.md`), which asks them of 33 C++ libraries; the other five are ours. Two are stricter
//! here: the order is that after one was removed and one added, and what is called inside comes before
//! the rest of the outer emit.
//!
//! | asked | `EventEmitter` | `Signal` | `local::EventEmitter` | `local::Signal` |
//! |---|---|---|---|---|
//! | is called | yes | yes | yes | yes |
//! | added inside waits | yes | yes | yes | yes |
//! | removed inside is not called | yes | yes | yes | yes |
//! | removes itself | yes | yes | yes | yes |
//! | emit inside of emit | yes | yes | yes | yes |
//! | order of registration | yes | yes | yes | yes |
//! | registered twice, called twice | yes | yes | yes | yes |
//! | removed is not called | yes | yes | yes | yes |
//! | cleared is not called | yes | yes | yes | yes |
//! | usable after a panic | yes | yes | yes | yes |
//! | dropped inside | yes | yes | yes | yes |
//! | once is once | yes | yes | yes | yes |
//! | cleared inside | yes | yes | yes | yes |
//!
//! The same questions to crates and libraries of the kind, each answer by a process of its own: what
//! `cargo run --profile peers -p oyez-peers -- --conformance` printed on 2026-11-22, with
//! async-event-emitter 0.2.0, bevy_ecs 0.20.1, event-emitter-rs 0.1.4, hey_listen 0.5.0,
//! mod-events 1.1.0, rxrust 1.0.0-rc.6, signals2 0.3.3, EnTT 3.16.0, Boost.Signals2 1.74, Node v20.20.2, and an
//! eventpp that does not say its version. Its rows about oyez are left out.
//!
//! | contestant | is called | added inside waits | removed inside is not called | removes itself | emit inside of emit | order of registration | registered twice, called twice | removed is not called | cleared is not called | usable after a panic | dropped inside | once is once | cleared inside |
//! |---|---|---|---|---|---|---|---|---|---|---|---|---|---|
//! | signals2 | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes |
//! | rxrust Local subject | yes | yes | no: \[1, 2\] | yes | panics | yes | yes | yes | not offered | yes | yes | panics | not offered |
//! | rxrust Shared subject | yes | yes | no: \[1, 2\] | yes | panics | yes | yes | yes | not offered | panics | yes | panics | not offered |
//! | bevy_ecs observers | yes | yes | no: \[2, 1\] | yes | afterwards | no: \[6, 5, 4, 2, 1\] | yes | yes | not offered | yes | not offered | not offered | not offered |
//! | mod-events | yes | yes | no: \[1, 2\] | yes | yes | yes | yes | yes | yes | yes, and says nothing | yes | not offered | no: \[1, 2\] |
//! | hey_listen rc dispatcher | yes | not offered | not offered | not offered | not offered | yes | yes | not offered | not offered | yes | not offered | yes | not offered |
//! | async-event-emitter | yes | yes | no: \[1, 2\] | yes | yes | yes | yes | yes | not offered | yes | yes | yes | not offered |
//! | event-emitter-rs | yes | not offered | not offered | not offered | not offered | no: \[2, 4, 5, 6, 1\] | yes | yes | not offered | yes | not offered | yes | not offered |
//! | eventpp, one thread (C++) | yes | yes | yes | yes | yes | yes | yes | yes | not offered | yes | no: \[1\] | yes | not offered |
//! | eventpp, threads (C++) | yes | yes | yes | yes | yes | yes | yes | yes | not offered | yes | no: \[1\] | yes | not offered |
//! | EnTT (C++) | yes | yes | no: \[2, 2\] | yes | yes | no: \[6, 4, 5, 2, 1\] | no: \[1\] | yes | yes | yes | breaks memory | not offered | no: \[2, 1\] |
//! | Boost.Signals2 (C++) | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes | yes |
//! | Node EventEmitter (JavaScript) | yes | yes | no: \[1, 2\] | yes | yes | yes | yes | yes | yes | yes | yes | yes | no: \[1, 2\] |
//!
//! *no* is followed by the listeners that were called, in order. An exception is a panic's like.
//! *afterwards*: it is called, but when the outer emit is over. *not offered*: there is no such call, or
//! an emit borrows the emitter until it ends. *breaks memory*: the C++ program uses what it has freed,
//! as its sanitizer says. event-emitter-rs calls each listener on a thread of its own: its order is another
//! one each time. EnTT knows a listener by its address, and takes it out before it takes it in again.
//!
//! # Time between threads (thread-safe flavour)
//!
//! * **Two threads' emits interleave as they will.** Each calls its own audience in order. Nothing
//!   orders a listener's call on one thread against a call on another, other than what the listeners
//!   do. *Instead:* emit from one thread, or hold a lock of your own round the emit, which your
//!   listeners then must not take.
//! * **`off` does not wait.** A call that another thread has begun may be running, or just entering,
//!   when it returns. *Instead:* [`off_and_wait`](crate::EventEmitter::off_and_wait).
//! * **`off_and_wait` waits for the listener, not for its closure to be dropped.** If an emit of the
//!   event is still busy with other listeners, the closure goes when that emit ends.
//! * **`off_and_wait` knows two kinds of waiting**: its own, and that for an `on_mut` listener. A
//!   circle of these is refused. Locks, joins and channels of your own are not seen: do not hold a
//!   lock that the listener takes.
//! * **`clear` and `off_all` remove what is there.** Another thread may add at the same time. `clear`
//!   goes event by event; it is not one step for all.
//! * **Counts are of the moment.** `listener_count`, `has_listeners`, `event_names` and
//!   `ListenerInfo::remaining` are exact on one thread. With others at work they may be out of date
//!   when they return.
//! * **The first `meta` listener of an emitter** may miss news of what other threads do while it is
//!   being registered.
//! * **Not for signal handlers.** Adding, removing and claiming take a lock for a moment, and so may an emit
//!   ([which](super::performance#the-lists-lock)). A signal handler (of the operating system) that interrupts
//!   its own thread there would wait for ever.
//!   *Instead:* set a flag or write to a pipe, and emit from a thread.
//!
//! # When closures are dropped
//!
//! * **By whom.** In the thread-safe flavour a closure removed while emits of its event are under way
//!   is dropped by the thread whose emit ends last. That may be one that has never heard of it. What a
//!   closure captures is `Send`, so it may be dropped there; its `Drop` should be short.
//! * **An emit that does not end keeps what is removed meanwhile** from that event: the closure in the
//!   thread-safe flavour, the listener's entry in both.
//!
//! # What is kept
//!
//! * **An event stays in the name table.** An event that ever had a listener or a handle costs an
//!   empty list and a table entry until its emitter goes, also when nobody listens any more.
//!   Emitting or asking makes no entry. Names are `&'static str`, so a program has as many as its
//!   source. *Instead*, for names made at run time: put the name into the payload, or keep a
//!   [`Signal`](crate::Signal) for each thing.
//! * **One place per thread (thread-safe flavour).** Each thread that emits announces it in a place of
//!   some 2 KiB. The first 16 are static, further ones are allocated, and none is ever freed: a thread
//!   that ends leaves its place to the next. There are as many as threads that had emitted were
//!   alive at once, not as many as ever were. A leak checker sees them as reachable.
//! * **A call stack per thread (both flavours).** About 2 KiB of thread-local storage for 128 nested
//!   emits, more from the heap for deeper ones.
//! * **Room for bursts.** A queue keeps for each kind of event what its last large burst has needed, until the last of
//!   that kind goes without a quarter of it having been needed again. One of which nothing is posted any more keeps it as
//!   long as the queue is there, and so do timers that were due at once. *Instead*, after a burst that does not come
//!   again: post one more of its kind.
//! * **Room for timers.** A loop that had more than 1024 timers at once keeps room for as many until none is
//!   left: beside an interval that stays, the room stays.
//! * **A listener that captures a clone of its own emitter keeps both for ever.** *Instead:*
//!   [`downgrade`](crate::generic::EventEmitter::downgrade).
//! * **So does one that captures a clone of its own [`Signal`](crate::generic::Signal)**, which has no weak
//!   handle. *Instead:* the signal of an emitter, and its `downgrade`; or the `Weak` of an `Arc` or `Rc` that the
//!   signal is kept in.
//! * **Allocation failure ends the process**, as it does in `std`. `on` allocates. `emit` does
//!   not, with the exceptions that [`performance`](super::performance#what-an-emit-does) lists.
//!
//! # What costs more than it looks
//!
//! * **Changes where other threads emit (thread-safe flavour).** Emits announce themselves without a fence, so
//!   who removes a listener of an event that another thread has emitted since has every thread of the process
//!   pass one: `membarrier(2)`, a system call of a tenth of a microsecond where no other thread runs, some one
//!   to twenty where others do. Then it looks at the place of every thread: O(t) for t places. Who adds one
//!   does so too where a table, or the list of runs, has to be replaced for it. After 256 such calls for one
//!   event, its emits pass a fence themselves and changes need the call no more. The thread that alone emits
//!   an event pays nothing of this, nor does a change that follows another without an emit in between.
//!   *Instead*, for listeners that come and go all the time: add and remove them on the thread that emits.
//! * **`once` and `times` take the list's lock for each call**, for a few instructions, to claim it. Calls of
//!   other listeners take none; an emit may, [as it begins and as it ends](super::performance#the-lists-lock).
//!   *Instead*, for a hot event: `on`, with interior state.
//! * **Many distinct priorities.** Each priority in use, and each end of it that was prepended to, is a
//!   run of its own. The first listener of a run costs O(p) for p runs, and every emit looks at all p.
//!   *Instead:* a handful of priorities; within one, registration order.
//! * **Taps** are called for every event of the emitter, also those that nobody listens to.
//! * **A listener to any `meta` event**, once there was one, has the emits that nobody listens to, and
//!   every registration and removal, look whether it is still there.
//! * **`off_and_wait`** makes the processors that run the program's other threads pass a fence:
//!   `membarrier(2)`. It is for shutting down, not for the hot path.
//!
//! # The event loop
//!
//! * **It is one thread's.** A handler that takes long holds up all that waits; there is no way to end it
//!   from outside. [`slow_threshold`](crate::event_loop::EventLoopBuilder::slow_threshold) tells who.
//!   *Instead:* a thread for the work, and a [`Proxy`](crate::event_loop::Proxy) for the result.
//! * **Without a bound, a queue grows until memory ends.** *Instead:*
//!   [`capacity`](crate::event_loop::EventLoopBuilder::capacity).
//! * **A handler that posts to itself without end** keeps `run` and `run_for` from ending, though not
//!   [`stop`](crate::event_loop::LoopHandle::stop) from working. *Instead:* a timer.
//! * **No files, no sockets.** It waits for its own threads' proxies and for time. *Instead:* a thread
//!   that reads, or [`poll`](crate::event_loop::EventLoop::poll) inside of a loop that has them.
//! * **A virtual clock belongs to one loop.** Several loops may read one, but each moves it.
//! * **If an inspector panics**, the step that it was told of is done, and the rest of the turn does not
//!   happen: an event that was taken is used up.
//! * **`post_blocking` out of the destructor of a thread-local**, on the loop's own thread and on a full
//!   queue, may wait for ever: by then nothing tells that it is the loop's thread.
//! * **A trace keeps every record** until it is dropped. For a program that runs for days, write an
//!   [`Inspector`](crate::event_loop::Inspector) that keeps the last ones.
//! * **Times of a loop under the system's clock** are read when an inspector is there. Without one,
//!   [`posted_at`](crate::event_loop::QueuedEvent::posted_at) is `None`.
//! * **Ids of events, tasks and timers are plain numbers** of their own loop. Those of another loop name
//!   something else here, or nothing.
//!
//! # Platforms
//!
//! * **`std` is needed**, and 64-bit atomics.
//! * **Where there is no `membarrier`.** It is used on Linux where the kernel allows it (4.14 or
//!   later, and no filter against it). Elsewhere, on other systems too, each emit of the thread-safe flavour
//!   passes two fences, and `off_and_wait` sleeps for a millisecond in its stead, then looks every
//!   millisecond. That is a thousand times longer than a processor keeps a store to itself, but no guarantee
//!   of the architecture; and a refusal, too, comes a millisecond late then. All else is the same on every
//!   platform.
//! * **The depth of a thread that is ending**: an emit out of the destructor of a thread-local, when
//!   the heap part of the call stack is gone already, is refused at 128 whatever `max_depth` says.
//!
//! # Names and identity
//!
//! * **Events are equal by name and type.** Two libraries that use the same name for the same type on
//!   one emitter share the event. *Instead:* prefix names, or keep an emitter each. The names
//!   `oyez::..` with the types of [`meta`](crate::meta) are the emitter's.
//! * **Payload types are `'static`.** The payload is lent and need not be; its type must be. `Event<str>`
//!   takes any `&str`; `Event<Vec<&str>>` means `&'static str`.
//!   *Instead:* see [types that borrow](crate::Payload#types-that-borrow).
//! * **An emit infers no type and coerces nothing.** It takes whatever can be lent as the payload, so the event
//!   does not say which type `text.parse().unwrap()`, `n.into()`, `all.collect()` or `Default::default()` is to
//!   have, nor is `Box::new(Square)` taken for an `Event<Box<dyn Shape>>`. *Instead:* name the type, in a `let`
//!   or as in `emit::<_, i32>(EVENT, text.parse()?)`; of a [`Signal`](crate::Signal), `emit::<i32>(..)`.
//! * **Ids are of one process.** They cannot be stored, sent, or made from numbers.
//!
//! # Where numbers end
//!
//! * **Registrations are counted in 60 bits**, by each list of the single-threaded flavour, and by all of the
//!   thread-safe one together. At one a nanosecond that is 36 years; then `on` panics, with nothing held.
//! * **Emitters, and signals of their own, are counted in 64 bits**: 584 years; then `Signal::new` panics, and
//!   the first `on` of an emitter.
//! * **Each queue counts its events, and each loop its timers and its tasks, in 61 bits**: 73 years; then
//!   `post`, `set_timeout` and `queue_microtask` panic, with nothing held, and so does a run that has to take in
//!   what is due or was posted by another thread.
//! * **One event has at most 2^30 listeners** at a time: one more, and `on` panics, with nothing held. That
//!   many take more than 80 GiB.
//! * **One loop has at most 2^32 timers** at a time: one more, and `set_timeout` panics. Events that wait are
//!   as many as memory holds.
//! * **One emitter has at most 2^32 - 1 events**, whoever still listens to them: one more, and `on` panics, with
//!   nothing held.
//! * **Emits inside of each other are counted in 32 bits**, for those who raise
//!   [`max_depth`](crate::generic::EmitterBuilder::max_depth): no stack is as deep.
//!
//! # Security
//!
//! A listener is code of the program. It runs in the caller's process, on the caller's thread, with all the
//! rights of the program: nothing here keeps it from a file, a socket, a lock or the end of the process. Code
//! that must be kept from something belongs into a process of its own.
//!
//! What is promised is about listeners, tasks, payloads and posts that go wrong, or are led to by their input:
//!
//! * **The emitter and the loop stay whole**, whatever user code does while it runs: after a panic, a refusal
//!   or an error they are as [`rules`](super::rules) and [`event_loop`](super::event_loop) say, and can be
//!   used.
//! * **What has a bound is refused at the bound, and told.** What has none takes memory until there is none
//!   left, which ends the process.
//! * **Nobody can name what they were not given.** Ids cannot be made from numbers, and an emitter has no
//!   global name. But a handle is the right to all of its methods: whoever has one may remove the others, hear
//!   every event, and emit. Hand a payload to code that should have less.
//! * **A [`Trace`](crate::event_loop::Trace) shows names, labels, notes and texts escaped**, in each of its
//!   renderings. The text of an error or of a panic itself is as the listener made it.
//!
//! What is not: an end to a listener that does not return, a fair share of time or memory among listeners,
//! secrets between them, a stack that suffices for what one listener puts on it.
//!
//! ## What is bounded
//!
//! | | by default | set by |
//! |---|---|---|
//! | emits inside of each other, on one thread | 128, then refused | [`max_depth`](crate::generic::EmitterBuilder::max_depth) |
//! | listeners of one event | not bounded; more than 10 are told, to who listens to [`TOO_MANY_LISTENERS`] | [`max_listeners`](crate::generic::EmitterBuilder::max_listeners) |
//! | panics | unwind to the caller | [`panics`](crate::generic::EmitterBuilder::panics) |
//! | microtasks in a row | 1000, then the run ends with an error | [`microtask_limit`] |
//! | posted events that wait | not bounded | [`capacity`], [`bounded`](crate::event_loop::EventQueue::bounded) |
//! | hooks for evicted events inside of each other | 16, then the post is refused | |
//! | events that pass over one of a lower lane | not bounded | [`fairness`] |
//! | time in a handler | not bounded; not told | [`slow_threshold`], told when it returns |
//! | microtasks, timers and idle callbacks that wait; taps; names | not bounded | |
//!
//! ```
//! use oyez::event_loop::{EventLoop, RunError};
//! use oyez::{EmitError, Event, EventEmitter, meta};
//!
//! const TICK: Event<()> = Event::new("tick");
//! let clock = EventEmitter::new();
//! let weak = clock.downgrade();
//! clock.on(TICK, move |()| {
//!     if let Err(EmitError::TooDeep(refused)) = weak.upgrade().unwrap().try_emit(TICK, ()) {
//!         assert_eq!(refused.limit(), 128);
//!     }
//! });
//! clock.once(meta::TOO_MANY_LISTENERS, |news| assert_eq!((news.max(), news.count()), (10, 11)));
//! (0..10).for_each(|_| { clock.on(TICK, |()| ()); });
//! assert!(!clock.has_listeners(meta::TOO_MANY_LISTENERS)); // it was told
//! clock.emit(TICK, ());
//!
//! # fn again(handle: &oyez::event_loop::LoopHandle) {
//! #     handle.queue_microtask(again);
//! # }
//! let event_loop = EventLoop::new();
//! assert_eq!(event_loop.queue().capacity(), None);
//! event_loop.handle().queue_microtask(again); // which queues itself
//! let error = event_loop.run().unwrap_err();
//! assert!(matches!(error, RunError::MicrotaskLimit { limit: 1000, .. }));
//! ```
//!
//! ## What an emitter answers to an attack
//!
//! The last column names the tests, in `tests/it`, that show it.
//!
//! | a listener, or its input | by default | the answer | shown by |
//! |---|---|---|---|
//! | emits its own event without end | [`TooDeep`](crate::TooDeep) at 128; the emitter works afterwards | a lower `max_depth` where frames are large; post instead | `suite::depth::unbounded_recursion_ends_and_the_emitter_works_afterwards` |
//! | does so from a hook or a tap | the same | the same | `suite::depth::a_hook_that_causes_its_own_event_ends`, `suite::depth::a_tap_that_emits_ends` |
//! | recurses when no emit is under way any more: a closure whose `Drop` removes the next, a payload whose `Drop` emits its like | not counted: the stack holds it, or the process ends | let no input say how long such a chain is | `suite::reentrancy::a_dropped_closure_may_be_a_chain_of_them`, `suite::reentrancy::a_dropped_payload_may_emit_the_same_event` |
//! | registers listeners without end | memory; told once, at the 11th | [`TOO_MANY_LISTENERS`] names the lines; `off_all` gives the memory back | `suite::meta::the_eleventh_listener_gives_one_warning`, `suite::release::many_listeners_that_go_give_their_memory_back` |
//! | registers its like each time it is called | the emit ends, since it calls none of them; memory | the same | `suite::added_during_emit::listeners_that_add_their_like_terminate_too` |
//! | registers its like when it is dropped | each removal takes what was there, and ends | a removal after it | `suite::security::a_listener_that_registers_its_like_as_it_is_dropped_keeps_no_removal_from_ending` |
//! | emits names without end | nothing is kept of a name that is only emitted | | `suite::looking_in::looking_and_emitting_make_no_event` |
//! | removes the others | they are gone, and told, as long as somebody listens to [`LISTENER_REMOVED`] | hand out payloads, not handles | `suite::security::a_listener_that_clears_the_emitter_is_told_of_to_those_it_removes` |
//! | puts itself first, and stops | the others of its priority and below are not called; the count shows it | a higher priority, or a tap, which nobody can stop | `suite::security::a_listener_that_stops_the_others_shows_in_the_count_and_stops_no_tap` |
//! | hears what is not for it, through a tap | it hears all of the emitter's events | hand out payloads, not handles; an emitter each | `suite::taps::a_tap_sees_name_and_payload_before_the_listeners` |
//! | panics | the emit unwinds; those behind are not called; all is whole | [`PanicPolicy::Isolate`] | `suite::panics::a_panic_unwinds_and_the_next_emit_is_normal`, `suite::panics::an_isolated_panic_is_an_error_with_its_message` |
//! | panics in the `Drop` of a payload or of a closure | unwinds out of the method that dropped it, which is done; a panic during another ends the process, as anywhere in Rust | | `suite::panics::a_payload_that_panics_when_dropped_harms_nobody`, `suite::panics::a_closure_that_panics_when_dropped_takes_no_other_with_it` |
//! | uses the emitter in a `Drop` | may do so: nothing is held | | `suite::reentrancy::every_method_may_be_called_when_a_closure_is_dropped`, `suite::reentrancy::every_method_may_be_called_when_a_payload_is_dropped` |
//! | throws what panics as it is dropped | with `Isolate`, one error, and the rest is called | | `suite::security::a_panic_within_a_panic_is_isolated_as_one` |
//! | returns an error whose text panics | at most one panic, where the text is shown | listen to [`LISTENER_ERROR`], or `try_emit`, and show no text that you do not trust | `suite::security::an_error_whose_text_panics_is_one_panic_and_no_more` |
//! | returns an error whose text uses the emitter | may do so: nothing is held, and what it emits counts as nested | | `suite::security::an_error_whose_text_changes_the_emitter_finds_it_unlocked`, `suite::security::an_error_whose_text_fails_again_meets_the_limit` |
//! | does not return | its emit does not, on its thread; other threads emit, add and remove. Whoever waits for it by [`off_and_wait`] or at its [`on_mut`] waits as long | `on`, `off`; a thread for the work | `threads::every_method_may_be_called_while_another_thread_is_inside`, `threads::a_thread_waits_for_an_on_mut_listener_to_end` |
//! | lures threads into a circle of waits | refused: `Reentered`, [`Deadlock`](crate::WaitError); locks of your own are not seen | | `threads::a_circle_of_three_threads_is_cut`, `threads::a_circle_of_a_wait_and_a_turn_is_cut` |
//! | ends the process | it ends | a process of its own | `suite::depth::a_process_may_end_inside_a_listener` |
//!
//! ## What a loop answers to an attack
//!
//! | a handler, a task or a sender | by default | the answer | shown by |
//! |---|---|---|---|
//! | posts its own event without end | `run` does not end; stack and memory do not grow; events, timers and threads have their turns, idle callbacks have not | `stop`, from any thread; `run_until`, `poll`; a timer | `event_loop::security::an_event_that_posts_itself_starves_no_timer_and_no_thread`, `event_loop::queue::posting_in_an_endless_circle_grows_neither_stack_nor_memory` |
//! | posts two for one | memory | [`capacity`] | `event_loop::security::an_event_that_posts_two_of_its_like_is_held_by_the_capacity` |
//! | fills a queue that is bounded | everybody is refused, with the payload back, until there is room. Timers that are due are not, and what a thread was promised is kept | [`DropOldest`](crate::event_loop::Overflow), [`post_blocking`](crate::event_loop::Proxy::post_blocking) | `event_loop::capacity::a_full_queue_refuses`, `event_loop::capacity::a_full_queue_never_drops_a_due_timer`, `event_loop::faults::what_another_thread_has_posted_is_not_evicted` |
//! | goes round the bound, by timers and tasks | they take no room in the queue: memory | hand out a [`Proxy`](crate::event_loop::Proxy), not a handle | `event_loop::capacity::only_posts_take_slots` |
//! | keeps a high lane busy | lower lanes starve | [`fairness`] | `event_loop::lanes::lanes_are_strict_by_default`, `event_loop::lanes::under_fairness_no_lane_starves` |
//! | queues microtasks without end | 1000, then the run ends with an error that names the lines; the next run goes on with the rest, so that events wait for their end | mend the line, or drop the loop; post instead | `event_loop::microtasks::a_microtask_that_queues_itself_meets_the_limit`, `event_loop::security::microtasks_without_end_hold_up_each_run_and_are_told_each_time` |
//! | sets an interval that is always due | it is in the queue once, and events have their turns; a period of 0 is refused | [`MissedTick::Skip`](crate::event_loop::MissedTick) | `event_loop::security::a_timer_that_is_always_due_starves_no_event`, `event_loop::timers::an_interval_of_zero_is_a_callers_bug` |
//! | posts from a thread without end | memory; what is queued goes first | [`capacity`], which counts at the door | `event_loop::security::a_thread_that_posts_without_end_starves_no_event_and_no_timer`, `event_loop::proxy::what_waits_at_the_door_takes_slots` |
//! | wakes the loop without end | several wakes are one | | `event_loop::proxy::five_wakes_may_be_one_and_five_posts_are_five` |
//! | keeps a strong proxy | `run` waits for it | [`stop`](crate::event_loop::LoopHandle::stop); [`WeakProxy`](crate::event_loop::WeakProxy) | `event_loop::proxy::a_stop_from_a_thread_wakes`, `event_loop::proxy::a_weak_proxy_keeps_nothing_running` |
//! | posts whenever one of its events is evicted | 16 inside of each other, then refused | | `event_loop::faults::a_hook_that_posts_for_every_evicted_event_comes_to_an_end` |
//! | runs the loop it runs in | refused, and nothing is changed | | `event_loop::run::a_run_inside_of_a_run_is_refused_and_nothing_breaks` |
//! | takes long | the loop stands still; nobody is told | [`slow_threshold`] | `event_loop::inspector::a_slow_listener_is_reported_with_label_and_location` |
//! | panics | the run unwinds; the queue is kept, and the loop runs again | [`PanicPolicy::Isolate`] | `event_loop::panics::a_panic_unwinds_out_of_run_and_keeps_the_queue`, `event_loop::panics::an_isolated_panic_is_reported_once_and_the_loop_goes_on` |
//! | returns an error whose text panics | at most one panic, where the text is shown | listen to [`TASK_ERROR`](crate::event_loop::TASK_ERROR), and show no text that you do not trust | `event_loop::security::an_error_whose_text_panics_leaves_the_loop_well`, `event_loop::security::an_error_whose_text_panics_is_nothing_to_an_inspector` |
//! | bears a name that means something to a terminal or a browser | it is escaped | | `event_loop::trace::hostile_names_are_escaped` |
//!
//! [`PanicPolicy::Isolate`]: crate::PanicPolicy::Isolate
//! [`LISTENER_ERROR`]: crate::meta::LISTENER_ERROR
//! [`LISTENER_REMOVED`]: crate::meta::LISTENER_REMOVED
//! [`TOO_MANY_LISTENERS`]: crate::meta::TOO_MANY_LISTENERS
//! [`capacity`]: crate::event_loop::EventLoopBuilder::capacity
//! [`fairness`]: crate::event_loop::EventLoopBuilder::fairness
//! [`microtask_limit`]: crate::event_loop::EventLoopBuilder::microtask_limit
//! [`off_and_wait`]: crate::EventEmitter::off_and_wait
//! [`on_mut`]: crate::generic::EventEmitter::on_mut
//! [`slow_threshold`]: crate::event_loop::EventLoopBuilder::slow_threshold
