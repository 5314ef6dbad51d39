//! Where the time goes, from the structure; what each operation costs; how to get the fastest path.
//!
//! Numbers belong to a machine. `cargo bench` prints those of yours, each beside what one would write by
//! hand, in the same run; those of one machine stand [below](#measured).
//!
//! | bench | the question | beside |
//! |---|---|---|
//! | `emit` | how much an emit costs: how many listeners, by name or by handle, which flavour | a loop over `Vec<Box<dyn Fn(&E)>>` |
//! | `names` | how much it costs to find one of many events | an array of such lists |
//! | `churn` | adding and removing, beside many others and many at once; `once` | an allocation; a list with tombstones |
//! | `threads` | two threads on one event; one that emits while another adds and removes | one thread |
//! | `queue` | posting and dispatching | `VecDeque` and a list |
//! | `event_loop` | a turn, a post from another thread, a wake, timers | `VecDeque`, a channel, `Condvar`, `BinaryHeap` |
//! | `memory` | bytes per listener, allocations per emit, what is left afterwards | nothing: it counts |
//! | `instructions` | how many instructions one of each takes, by callgrind | a loop over `Vec<Box<dyn Fn(&E)>>` |
//!
//! `cargo run --profile peers -p oyez-peers`, in the repository, runs the same work on other crates and on
//! libraries for C++ and JavaScript.
//!
//! # What an emit does
//!
//! | step | by name | by handle | what it touches |
//! |---|---|---|---|
//! | find the list | a probe of a hash table without a lock | nothing | the table, the entry, the list |
//! | is anybody there? | three loads | three loads, or one without an emitter | the list, the emitter |
//! | enter a frame | two stores | the same | thread-local storage |
//! | begin a visit | thread-safe: one swap; single-threaded: one store | the same | the thread's own place; the list |
//! | each listener | load its pointer, compare its state, note that it runs, call, compare its answer and its state | the same | the table; the listener, with its closure |
//! | end the visit | thread-safe: one swap; single-threaded: one store and a compare | the same | as at the beginning |
//!
//! * This is the *straight way*: no other emit is under way on the thread, there is no tap, and the
//!   listeners are plain. It hands over to the *careful way* at the first listener that is not: limited,
//!   `on_mut`, of an emitter that isolates panics, removed meanwhile, or with an answer other than "go
//!   on". An emit nested in another, one that is tapped, and one over several priorities take the careful
//!   way from the start. An event loop's emitter goes the same ways, and tells the call stack at each
//!   step.
//! * The name's hash is computed where the event is declared: at compile time for a constant. A name
//!   is compared by address before it is compared by content.
//! * One compare answers whether a listener was there when the emit began, is still registered, and
//!   needs nothing but a call.
//! * The swaps are of a word that other threads write only when they change the list. So two threads
//!   that emit the same event write no common cache line, unless a listener has to be claimed.
//! * An emit with no listener enters no frame and begins no visit.
//! * An emit never reads a clock and never clones the payload. It allocates nothing, with four
//!   exceptions: listener errors; more than a few `once` listeners used up by one emit; the first
//!   nesting of a thread beyond 128; in the thread-safe flavour, a thread's first emit when 16 others
//!   are alive that have emitted.
//!
//! # What each operation costs
//!
//! n: listeners of the event, or of all events for `clear`. p: different priorities in use at the
//! event, prepended ones apart. e: events that ever had a listener or a handle. d: emits under way on
//! this thread. t: places of threads, see [`limitations`](super::limitations#what-is-kept); 0 in the
//! single-threaded flavour. A place is as long as the deepest nesting there ever was on it.
//!
//! | operation | time | allocations |
//! |---|---|---|
//! | `Event::new` | O(length of the name); none at run time in a `const` | none |
//! | `EventEmitter::new` | O(1) | none; the shared part at the first use that needs it |
//! | `clone`, `downgrade`, `upgrade`, `ptr_eq` | O(1) | none but the shared part |
//! | `signal`, `listen` | O(1) expected | the list, when the event is new |
//! | `on`, `on_mut`, `once`, `times`, `subscribe` | O(1) amortised | one, which holds the closure; for a priority, a label, a limit or `on_mut` one more; now and then a table |
//! | the same with a priority, `prepend`, `prepend_once` | O(log p) amortised; O(p) for the first of a priority | the same; a list of the runs for the first of a priority |
//! | `emit`, `try_emit` | O(n + p), and the listeners' own | none but for errors |
//! | the same with nobody there | O(1) expected | none |
//! | `off`, dropping a `Subscription`, `Flow::Unsubscribe` | O(log p + d + t) amortised; O(p) when most runs are empty; O(log n) to find who is left of many | now and then a table |
//! | `off_all` | O(n (1 + d + t)) | lists of what goes |
//! | `clear` | O(e + n (1 + d + t)) | lists of what goes |
//! | `off_and_wait` | as `off`, two system calls, the wait | as `off` |
//! | `listener_count`, `has_listeners` | O(1) expected, no lock | none |
//! | `has_listener` | O(1), the list's lock | none |
//! | `listeners` | O(n + p), the list's lock | the answer |
//! | `event_names` | O(e log e), no lock | the answer |
//! | `guard`, `detach`, `Subscriptions::add` | O(1), amortised for `add` | none; `add` grows the bag |
//!
//! A hash of names is expected O(1); it does not defend against names chosen to collide, since names
//! are `&'static str` of the program's own.
//!
//! # What the event loop costs
//!
//! n: events that wait. t: timers. f: frames on the stack.
//!
//! | operation | time | allocations |
//! |---|---|---|
//! | `post` | O(1) amortised | now and then a ring, or the store of its kind; one for a label, or for the time where it is known |
//! | a turn | O(1) amortised, the emit, the microtasks | none but what handlers do |
//! | `cancel` | O(log n) amortised | none |
//! | `queue_microtask`, `queue_idle` | O(1) amortised | the closure |
//! | `set_timeout`, `set_interval`, `post_after` | O(log t) | the closure or the event |
//! | a timer that is due | O(log t) | now and then a ring, or the store of such entries |
//! | `clear_timer`, `unref_timer` | O(1) amortised | none |
//! | `Proxy::post` | O(1) amortised, one lock; two if bounded | none while events of one kind are posted, and taken in; else now and then a bundle of them |
//! | taking in what other threads posted | O(1) amortised for each, one lock for all | now and then a ring, or a store |
//! | `call_stack`, `events` | O(f), O(n) | the answer |
//!
//! * An emit of the loop's emitter also pushes and pops a frame for itself and for each listener. An
//!   emitter that is not a loop's pays one compare for there being such a thing.
//! * A turn with no timer armed reads no clock; with some, it reads it once.
//! * A turn looks at two atomics of the door. It takes the door's lock only if something is there.
//! * A posted event lies in a store for its event and the type of its payload, in a place that was used
//!   before if there is one. A ring that has grown beyond 1024 slots is given back when it is empty, a
//!   store beyond 64 KiB and timers likewise.
//! * A large payload is moved twice, into the store and out of it, and from another thread now and then
//!   once or twice more. Post it in a `Box` or an `Arc`.
//! * With an inspector, each step makes a record and reads the clock; that costs more than the step.
//!
//! # The list's lock
//!
//! Each event has one, held for a few instructions and never while your code runs. It is taken to add,
//! to remove, to look at `listeners` and `has_listener`, and for each call of a listener that has to
//! be claimed: `once` and `times`. It is also taken by an emit that ends and has to drop what was
//! removed meanwhile. An emit to plain `on` listeners takes none. In the single-threaded flavour it is a `RefCell`.
//!
//! In the thread-safe flavour, registrations on all threads also count in one number of the process,
//! and so share a cache line.
//!
//! # Measured
//!
//! On 2026-11-21, on two virtual cores of an AMD EPYC (family 25, model 17) that others use as well, Linux,
//! rustc 1.95.0, version 0.1.0. Such a machine changes its pace by a half from one minute to the next: read
//! ratios, and no difference below a fifth.
//!
//! `cargo bench`. A ratio is the median of pairs, each a sample of the case and one of its control. A *bar*
//! is what this crate wants to keep to.
//!
//! | bench | case | ratio to what one would write by hand | middle half | bar |
//! |---|---|---|---|---|
//! | `churn` | beside no other: local, newest | 5.35 | 5.32 to 5.44 | ≤ 3.00, missed |
//! | `churn` | beside no other: shared, newest | 5.39 | 5.33 to 5.75 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, newest | 5.54 | 5.18 to 5.75 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, newest | 6.13 | 6.02 to 6.17 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, oldest | 6.04 | 5.94 to 6.13 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, oldest | 6.45 | 5.89 to 6.55 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, any | 6.56 | 5.58 to 6.91 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, any | 7.12 | 6.94 to 7.47 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, newest | 5.61 | 5.51 to 6.00 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, newest | 6.06 | 5.95 to 6.12 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, oldest | 5.61 | 5.40 to 5.73 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, oldest | 6.51 | 6.42 to 6.65 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, any | 9.50 | 8.37 to 10.07 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, any | 9.69 | 9.49 to 9.93 | ≤ 8.00, missed |
//! | `churn` | 100,000 added, then removed without a pattern: local | 3.15 | 3.03 to 3.78 | ≤ 1.50, missed |
//! | `churn` | 100,000 added, then removed without a pattern: shared | 3.84 | 3.43 to 4.70 | ≤ 3.00, missed |
//! | `churn` | once, then an emit: local | 8.49 | 7.88 to 8.89 | ≤ 3.00, missed |
//! | `churn` | once, then an emit: shared | 11.38 | 10.94 to 11.99 | ≤ 8.00, missed |
//! | `emit` | 0 listeners: local Signal | 1.92 | 1.81 to 2.01 | ≤ 2.50 |
//! | `emit` | 0 listeners: shared Signal | 2.04 | 1.99 to 2.12 | ≤ 4.00 |
//! | `emit` | 1 listener: local Signal | 4.70 | 4.39 to 5.01 | ≤ 1.35, missed |
//! | `emit` | 1 listener: shared Signal | 6.39 | 5.91 to 6.72 | ≤ 2.30, missed |
//! | `emit` | 10 listeners: local Signal | 2.11 | 2.04 to 2.14 | ≤ 1.25, missed |
//! | `emit` | 10 listeners: shared Signal | 2.93 | 2.91 to 2.96 | ≤ 1.35, missed |
//! | `emit` | 100 listeners: local Signal | 1.26 | 1.09 to 1.28 | ≤ 1.25, missed |
//! | `emit` | 1000 listeners: local Signal | 1.65 | 1.65 to 1.67 | ≤ 1.25, missed |
//! | `event_loop` | 1 post, then a turn: post, turn | 8.85 | 8.53 to 9.30 | ≤ 10.00 |
//! | `event_loop` | 64 posts, then a run: post, run | 11.60 | 11.38 to 12.19 | ≤ 10.00, missed |
//! | `event_loop` | 1,000,000 posts, then a run: post, run | 16.76 | 16.33 to 17.30 | ≤ 10.00, missed |
//! | `event_loop` | from a post to a sleeping thread until it runs, median: Proxy::post | 1.25 | one run | ≤ 1.20, missed |
//! | `event_loop` | from a post to a sleeping thread until it runs, 99th percentile: Proxy::post | 0.98 | one run | ≤ 1.20 |
//! | `event_loop` | 100,000 timers armed without a pattern, then fired in order: set_timeout, run | 2.12 | 2.05 to 2.23 | ≤ 1.50, missed |
//! | `names` | one of 1024 events, without a pattern, 1 listener each: local EventEmitter | 10.30 | 9.72 to 11.53 | ≤ 2.20, missed |
//! | `names` | one event, local EventEmitter, others beside it: 1,000,000 others | 0.99 | 0.96 to 1.01 | ≤ 1.10 |
//! | `names` | one event, shared EventEmitter, others beside it: 1,000,000 others | 1.00 | 1.00 to 1.00 | ≤ 1.10 |
//! | `queue` | 64 posts, then a dispatch: EventQueue | 5.13 | 5.05 to 5.16 | ≤ 5.00, missed |
//! | `queue` | 1,000,000 posts, then a dispatch: EventQueue | 9.52 | 9.44 to 9.62 | ≤ 5.00, missed |
//! | `threads` | 1 listener: 2 threads, the same signal | 1.23 | 1.13 to 1.63 | ≥ 1.85, missed |
//! | `threads` | 10 listeners: 2 threads, the same signal | 1.31 | 1.19 to 1.67 | ≥ 1.85, missed |
//! | `threads` | 10 listeners, and a second thread: another adds and removes | 0.14 | 0.12 to 0.17 | ≥ 0.60, missed |
//!
//! `memory`: 90 bytes of heap for each of 10,000 listeners that capture 16 bytes (bar 96), none for an emitter
//! without listeners, no allocation in an emit. `Proxy::post` handled 0.1 times as many events a second
//! as `std::sync::mpsc` passed on.
//!
//! Where the bars are missed, and why:
//!
//! * *One listener.* A bare loop takes 20 instructions for it, an emit some 100: it counts its depth, latches
//!   its audience, shows what it runs, and looks whether anything was removed meanwhile. Each is a rule.
//!   A sketch that does no more than to find the listener in a table of pointers and call it took 1.8 times
//!   as long as the loop.
//! * *Many listeners.* A listener may be removed by any other, so each is looked at before and after.
//! * *Adding and removing.* One allocation, the lock, the table, the roster.
//! * *Many events.* A look-up reads the name's table, its entry and the list before the listener: four cache
//!   lines that a bare array of lists does not have.
//! * *Two threads.* What two threads that share nothing reach was 1.2 times one thread with 1 listener, and
//!   1.4 times with 10, in the same run, so this machine cannot tell. That they write no common line follows from
//!   the structure. Beside a thread that adds and removes in another list, one thread kept 0.42 of its pace; in
//!   the same list it reads what that one writes, and is read by it.
//! * *Queue and loop.* The look-up of the event by its name at each turn, and the frames of the call stack.
//!
//! The peers, in nanoseconds unless said: least and median of 7 runs in turn, whose spread was 39 % at
//! the median and 69 % at the ninetieth percentile. *0* to *1000*: an emit to so many listeners. *add, remove*: any of 10,000. *once*: registered
//! and emitted. *1024 events*: one of them, without a pattern. *post*: posted and dispatched, 64 at a time.
//! What each peer does otherwise when listeners add, remove, emit or panic, the command prints as well.
//!
//! | | 0 | 1 | 10 | 1000 | add, remove | once | 1024 events | post |
//! |---|---|---|---|---|---|---|---|---|
//! | by hand | 0.61 / 0.77 | 1.92 / 2.15 | 14.08 / 15.19 | 1394 / 1443 | 12.75 / 14.23 | 13.15 / 20.92 | 4.03 / 4.94 | 8.45 / 9.77 |
//! | oyez local Signal | 1.22 / 1.79 | 6.94 / 10.35 | 23.90 / 26.88 | 2200 / 2266 | 116 / 141 | 96.79 / 139 | 14.62 / 19.11 |  |
//! | oyez shared Signal | 1.29 / 1.98 | 8.92 / 10.05 | 31.57 / 44.07 | 2630 / 2733 | 116 / 158 | 133 / 153 | 29.22 / 32.64 |  |
//! | oyez local EventEmitter | 3.13 / 4.72 | 12.34 / 13.66 | 32.67 / 42.15 | 2146 / 2189 | 139 / 167 | 122 / 175 | 20.27 / 34.32 |  |
//! | oyez shared EventEmitter | 2.79 / 3.55 | 14.27 / 17.75 | 38.16 / 52.32 | 2621 / 2719 | 129 / 186 | 138 / 181 | 23.56 / 40.98 |  |
//! | oyez EventQueue |  |  |  |  |  |  |  | 45.60 / 48.52 |
//! | oyez EventLoop |  |  |  |  |  |  |  | 88.09 / 101 |
//! | Boost.Signals2 (C++) | 20.11 / 27.95 | 52.70 / 60.80 | 177 / 178 | 15.0 µs / 16.0 µs | 895 / 1048 | 296 / 429 | 84.68 / 92.12 |  |
//! | EnTT (C++) | 1.18 / 1.53 | 1.66 / 2.15 | 14.38 / 16.21 | 1393 / 1407 | 10.1 µs / 18.3 µs |  | 3.17 / 4.04 | 5.22 / 6.07 |
//! | Node EventEmitter (JavaScript) | 8.37 / 15.20 | 12.13 / 12.73 | 84.14 / 87.48 | 7015 / 7592 | 17.5 µs / 20.7 µs | 147 / 202 | 22.48 / 25.24 |  |
//! | async-event-emitter | 12.37 / 14.25 | 84.41 / 86.37 | 283 / 318 | 61.3 µs / 75.6 µs | 291.7 µs / 305.8 µs | 729 / 967 | 202 / 294 |  |
//! | bevy_ecs Messages, drained |  |  |  |  |  |  |  | 7.81 / 8.02 |
//! | bevy_ecs observers | 3.08 / 3.45 | 21.13 / 27.97 | 131 / 146 | 16.1 µs / 16.4 µs | 828 / 853 |  |  |  |
//! | calloop channel |  |  |  |  |  |  |  | 383 / 397 |
//! | event-emitter-rs | 6.01 / 7.61 | 72.4 µs / 86.0 µs | 299.3 µs / 379.2 µs | 58.8 ms / 72.3 ms | 26.1 µs / 29.3 µs | 81.1 µs / 109.8 µs | 90.1 µs / 110.8 µs |  |
//! | eventpp, one thread (C++) | 2.89 / 3.69 | 7.61 / 9.46 | 38.93 / 41.26 | 3426 / 3624 | 122 / 131 | 129 / 134 | 6.75 / 8.16 | 18.55 / 19.44 |
//! | eventpp, threads (C++) | 9.12 / 11.13 | 17.24 / 23.52 | 91.19 / 104 | 7962 / 8233 | 110 / 143 | 139 / 153 | 14.84 / 18.85 | 48.26 / 49.86 |
//! | hey_listen rc dispatcher | 2.94 / 3.17 | 18.96 / 33.09 | 38.40 / 43.66 | 1938 / 2070 |  | 55.29 / 79.38 |  |  |
//! | hey_listen rc dispatcher, by value |  |  |  |  |  |  | 23.28 / 33.99 |  |
//! | mod-events | 39.28 / 40.94 | 44.25 / 58.36 | 80.85 / 85.91 | 3157 / 3520 | 4792 / 5740 |  |  |  |
//! | rxrust Local subject | 1.41 / 1.45 | 2.47 / 2.51 | 14.27 / 14.81 | 1373 / 1405 | 5163 / 5337 |  | 4.70 / 6.25 |  |
//! | rxrust Shared subject | 4.46 / 5.21 | 4.70 / 4.98 | 16.19 / 16.68 | 1374 / 1391 | 4388 / 5267 |  | 9.13 / 10.67 |  |
//! | signals2 | 8.99 / 9.54 | 8.66 / 9.21 | 24.32 / 27.48 | 3397 / 3474 | 511.6 µs / 564.5 µs | 210 / 275 | 26.93 / 30.35 |  |
//!
//! # The fastest path
//!
//! 1. **Keep a [`Signal`](crate::Signal).** [`signal`](crate::generic::EventEmitter::signal) once, then
//!    emit through it: no look-up.
//! 2. **Use the [single-threaded flavour](crate::local) on one thread.** Its emits have no
//!    atomic read-modify-write.
//! 3. **Stay in one run**: plain `on`, priority 0. The first `prepend` or other priority has emits of
//!    that event look at a list of runs; it goes away with the last of these listeners.
//! 4. **Return `()`.** An answer other than "go on" takes the slower way.
//! 5. **Avoid what has to be claimed** in hot events: see above.
//! 6. **Lend, do not build.** A payload is taken by reference as well as by value; build a costly one
//!    only if [`has_listeners`](crate::generic::EventEmitter::has_listeners).
//! 7. **Remove in bulk.** `off_all` takes the lock once.
//!
//! ```
//! use oyez::local::{Event, EventEmitter};
//!
//! const TICK: Event<u64> = Event::new("tick");
//! let clock = EventEmitter::new();
//! clock.on(TICK, |n| assert!(*n < 1000));
//!
//! let tick = clock.signal(TICK);
//! for n in 0..1000 {
//!     tick.emit(n);
//! }
//! ```
//!
