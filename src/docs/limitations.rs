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
//! * **They get `&T`, never `&mut T`**, since several may look at once. *Instead:* as above.
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
//!   recurses as deep as the chain is long.
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
//! * **Not for signal handlers.** Adding, removing and claiming take a lock for a moment. A signal
//!   handler (of the operating system) that interrupts its own thread there would wait for ever.
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
//! * **A listener that captures a clone of its own emitter keeps both for ever.** *Instead:*
//!   [`downgrade`](crate::generic::EventEmitter::downgrade).
//! * **Allocation failure ends the process**, as it does in `std`. `on` allocates. `emit` does
//!   not, with the exceptions that [`performance`](super::performance#what-an-emit-does) lists.
//!
//! # What costs more than it looks
//!
//! * **Removal scans threads (thread-safe flavour).** It looks at the place of every thread, to see
//!   who might still be reading: O(t) for t places. With hundreds of threads it shows. *Instead:* few
//!   long-lived threads, or the single-threaded flavour in each.
//! * **`once` and `times` take the list's lock for each call**, for a few instructions, to claim it.
//!   Other listeners take none.
//!   *Instead*, for a hot event: `on`, with interior state.
//! * **Many distinct priorities.** Each priority in use, and each end of it that was prepended to, is a
//!   run of its own. The first listener of a run costs O(p) for p runs, and every emit looks at all p.
//!   *Instead:* a handful of priorities; within one, registration order.
//! * **Taps** are called for every event of the emitter, also those that nobody listens to.
//! * **A listener to any `meta` event**, once there was one, has the emits that nobody listens to, and
//!   every registration and removal, look whether it is still there.
//! * **`off_and_wait`** makes the processors that run the program's other threads pass a fence:
//!   `membarrier(2)`, two system calls. It is for shutting down, not for the hot path.
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
//!   A weak interval beside a strong timer that is never due moves it for ever.
//! * **An inspector that panics** has the step that it was told of done, and the rest of its turn undone:
//!   an event that was taken is used up.
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
//! * **`off_and_wait` without `membarrier`.** It is used on Linux where the kernel allows it (4.14 or
//!   later, and no filter against it). Elsewhere, on other systems too, `off_and_wait` sleeps for a
//!   millisecond in its stead, then looks every millisecond. That is a thousand times longer than a
//!   processor keeps a store to itself, but no guarantee of the architecture; and also a refusal then
//!   comes a millisecond late. All else is the same on every platform.
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
//! * **Ids are of one process.** They cannot be stored, sent, or made from numbers.
//!
//! [`PanicPolicy::Isolate`]: crate::PanicPolicy::Isolate
