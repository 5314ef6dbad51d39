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
//! * This is the *straight way*: no other emit is under way on the thread, nobody looks on (no tap, no
//!   loop), and the listeners are plain. It hands over to the *careful way* at the first listener that is
//!   not: limited, `on_mut`, of an emitter that isolates panics, removed meanwhile, or with an answer
//!   other than "go on". An emit nested in another, one that is tapped, and one over several priorities
//!   take the careful way from the start.
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
//! | `churn` | beside no other: local, newest | 4.81 | 4.73 to 4.90 | ≤ 3.00, missed |
//! | `churn` | beside no other: shared, newest | 5.50 | 5.32 to 5.64 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, newest | 5.02 | 4.99 to 5.09 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, newest | 5.74 | 5.63 to 5.98 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, oldest | 5.40 | 4.97 to 5.71 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, oldest | 6.33 | 5.94 to 6.41 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, any | 6.09 | 5.96 to 6.40 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, any | 6.91 | 6.75 to 7.25 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, newest | 4.77 | 4.61 to 4.94 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, newest | 5.71 | 4.92 to 5.99 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, oldest | 5.58 | 5.50 to 5.86 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, oldest | 6.17 | 6.02 to 6.39 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, any | 8.95 | 8.69 to 9.21 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, any | 9.62 | 9.27 to 10.25 | ≤ 8.00, missed |
//! | `churn` | 100,000 added, then removed without a pattern: local | 2.73 | 2.36 to 3.60 | ≤ 1.50, missed |
//! | `churn` | 100,000 added, then removed without a pattern: shared | 3.42 | 3.40 to 4.14 | ≤ 3.00, missed |
//! | `churn` | once, then an emit: local | 9.91 | 9.74 to 10.28 | ≤ 3.00, missed |
//! | `churn` | once, then an emit: shared | 11.63 | 10.83 to 11.95 | ≤ 8.00, missed |
//! | `emit` | 0 listeners: local Signal | 2.06 | 2.04 to 2.32 | ≤ 2.50 |
//! | `emit` | 0 listeners: shared Signal | 1.86 | 1.78 to 2.00 | ≤ 4.00 |
//! | `emit` | 1 listener: local Signal | 4.37 | 4.18 to 4.53 | ≤ 1.35, missed |
//! | `emit` | 1 listener: shared Signal | 5.80 | 5.75 to 5.86 | ≤ 2.30, missed |
//! | `emit` | 10 listeners: local Signal | 1.68 | 1.67 to 2.08 | ≤ 1.25, missed |
//! | `emit` | 10 listeners: shared Signal | 2.77 | 2.64 to 2.78 | ≤ 1.35, missed |
//! | `emit` | 100 listeners: local Signal | 1.39 | 1.34 to 1.52 | ≤ 1.25, missed |
//! | `emit` | 1000 listeners: local Signal | 1.46 | 1.43 to 1.47 | ≤ 1.25, missed |
//! | `event_loop` | 1 post, then a turn: post, turn | 9.42 | 9.34 to 9.47 | ≤ 10.00 |
//! | `event_loop` | 64 posts, then a run: post, run | 13.22 | 13.11 to 13.30 | ≤ 10.00, missed |
//! | `event_loop` | 1,000,000 posts, then a run: post, run | 17.92 | 17.28 to 18.46 | ≤ 10.00, missed |
//! | `event_loop` | from a post to a sleeping thread until it runs, median: Proxy::post | 1.20 | one run | ≤ 1.20 |
//! | `event_loop` | from a post to a sleeping thread until it runs, 99th percentile: Proxy::post | 0.97 | one run | ≤ 1.20 |
//! | `event_loop` | 100,000 timers armed without a pattern, then fired in order: set_timeout, run | 2.11 | 1.97 to 2.34 | ≤ 1.50, missed |
//! | `names` | one of 1024 events, without a pattern, 1 listener each: local EventEmitter | 11.06 | 10.89 to 11.16 | ≤ 2.20, missed |
//! | `names` | one event, local EventEmitter, others beside it: 1,000,000 others | 0.99 | 0.99 to 1.01 | ≤ 1.10 |
//! | `names` | one event, shared EventEmitter, others beside it: 1,000,000 others | 0.98 | 0.93 to 1.02 | ≤ 1.10 |
//! | `queue` | 64 posts, then a dispatch: EventQueue | 6.23 | 5.60 to 6.36 | ≤ 5.00, missed |
//! | `queue` | 1,000,000 posts, then a dispatch: EventQueue | 10.52 | 10.02 to 11.65 | ≤ 5.00, missed |
//! | `threads` | 1 listener: 2 threads, the same signal | 1.31 | 1.11 to 1.65 | ≥ 1.85, missed |
//! | `threads` | 10 listeners: 2 threads, the same signal | 1.53 | 1.11 to 1.81 | ≥ 1.85, missed |
//! | `threads` | 10 listeners, and a second thread: another adds and removes | 0.21 | 0.12 to 0.31 | ≥ 0.60, missed |
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
//! * *Two threads.* What two threads that share nothing reach was 1.05 times one thread with 1 listener, and
//!   1.6 times with 10, in the same run, so this machine cannot tell. That they write no common line follows from the structure.
//!   A thread that removes reads which list each thread is in, which slows these down.
//! * *Queue and loop.* The look-up of the event by its name at each turn, and the frames of the call stack.
//!
//! The peers, in nanoseconds unless said: least and median of 7 runs in turn, whose spread was 39 % at
//! the median and 66 % at the ninetieth percentile. *0* to *1000*: an emit to so many listeners. *add, remove*: any of 10,000. *once*: registered
//! and emitted. *1024 events*: one of them, without a pattern. *post*: posted and dispatched, 64 at a time.
//! What each peer does otherwise when listeners add, remove, emit or panic, the command prints as well.
//!
//! | | 0 | 1 | 10 | 1000 | add, remove | once | 1024 events | post |
//! |---|---|---|---|---|---|---|---|---|
//! | by hand | 0.57 / 0.79 | 1.88 / 2.59 | 14.40 / 17.00 | 1411 / 1771 | 9.76 / 11.22 | 12.64 / 12.98 | 4.08 / 5.56 | 8.49 / 9.95 |
//! | oyez local Signal | 1.30 / 1.87 | 10.20 / 10.84 | 24.18 / 34.55 | 2155 / 2557 | 103 / 136 | 101 / 103 | 13.06 / 19.26 |  |
//! | oyez shared Signal | 1.22 / 1.54 | 8.89 / 13.07 | 34.52 / 36.07 | 2596 / 2942 | 93.62 / 137 | 159 / 159 | 19.02 / 27.94 |  |
//! | oyez local EventEmitter | 4.04 / 5.53 | 15.37 / 22.09 | 39.52 / 43.99 | 2045 / 2628 | 117 / 165 | 136 / 137 | 27.81 / 40.41 |  |
//! | oyez shared EventEmitter | 3.57 / 4.02 | 16.47 / 24.69 | 43.81 / 45.26 | 2673 / 3047 | 123 / 168 | 182 / 182 | 41.10 / 45.93 |  |
//! | oyez EventQueue |  |  |  |  |  |  |  | 49.65 / 63.39 |
//! | oyez EventLoop |  |  |  |  |  |  |  | 99.88 / 132 |
//! | Boost.Signals2 (C++) | 19.72 / 21.03 | 54.88 / 61.67 | 186 / 252 | 15.0 µs / 15.9 µs | 667 / 870 | 280 / 284 | 81.98 / 109 |  |
//! | EnTT (C++) | 0.87 / 1.35 | 1.64 / 2.18 | 15.18 / 20.70 | 1437 / 1647 | 10.1 µs / 11.9 µs |  | 4.29 / 4.42 | 7.01 / 8.38 |
//! | Node EventEmitter (JavaScript) | 8.20 / 8.71 | 12.05 / 14.97 | 85.06 / 131 | 7274 / 8057 | 14.3 µs / 15.3 µs | 116 / 118 | 28.78 / 30.03 |  |
//! | async-event-emitter | 11.45 / 13.55 | 84.02 / 89.56 | 290 / 341 | 63.4 µs / 74.8 µs | 260.9 µs / 284.6 µs | 696 / 703 | 202 / 298 |  |
//! | bevy_ecs Messages, drained |  |  |  |  |  |  |  | 7.56 / 8.67 |
//! | bevy_ecs observers | 3.28 / 3.45 | 21.20 / 26.62 | 129 / 131 | 13.4 µs / 14.4 µs | 625 / 896 |  |  |  |
//! | calloop channel |  |  |  |  |  |  |  | 398 / 489 |
//! | event-emitter-rs | 6.03 / 6.94 | 67.6 µs / 85.0 µs | 291.9 µs / 389.0 µs | 63.1 ms / 66.2 ms | 19.1 µs / 28.0 µs | 77.2 µs / 88.7 µs | 67.7 µs / 74.5 µs |  |
//! | eventpp, one thread (C++) | 2.48 / 2.55 | 7.68 / 8.39 | 37.87 / 49.85 | 3512 / 3707 | 101 / 108 | 78.19 / 83.94 | 6.83 / 8.35 | 22.71 / 23.82 |
//! | eventpp, threads (C++) | 8.29 / 8.77 | 16.53 / 20.11 | 96.97 / 110 | 8045 / 8392 | 94.51 / 113 | 98.02 / 103 | 13.61 / 19.05 | 68.70 / 70.82 |
//! | hey_listen rc dispatcher | 2.74 / 2.95 | 18.05 / 18.78 | 39.52 / 41.60 | 1725 / 1935 |  | 52.30 / 53.84 |  |  |
//! | hey_listen rc dispatcher, by value |  |  |  |  |  |  | 22.21 / 48.14 |  |
//! | mod-events | 37.04 / 40.87 | 44.16 / 45.05 | 81.95 / 89.13 | 3285 / 3681 | 3237 / 5008 |  |  |  |
//! | rxrust Local subject | 1.44 / 1.55 | 2.43 / 3.41 | 13.94 / 14.46 | 1369 / 1406 | 3172 / 4375 |  | 4.82 / 6.26 |  |
//! | rxrust Shared subject | 4.42 / 4.91 | 4.86 / 6.36 | 16.06 / 16.29 | 1377 / 1460 | 3111 / 4924 |  | 9.02 / 10.91 |  |
//! | signals2 | 8.94 / 9.35 | 8.61 / 11.07 | 24.21 / 25.00 | 3556 / 3854 | 391.4 µs / 508.6 µs | 201 / 206 | 19.82 / 25.08 |  |
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
