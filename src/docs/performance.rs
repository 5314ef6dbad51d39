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
//! | find the list | a probe of a hash table without a lock | nothing | a line of the table; the list |
//! | is anybody there? | three loads | three loads, or one without an emitter | the list, the emitter |
//! | enter a frame | a load, one store | the same | thread-local storage |
//! | begin a visit | thread-safe: a store, and a compare of who may visit so; single-threaded: nothing | the same | the thread's own place; the list |
//! | each listener | load its pointer, compare its state, note that it runs, call, compare its answer and its state | the same | the table; the listener, with its closure |
//! | end the visit, leave the frame | one store, thread-safe two; a compare | the same | as at the beginning |
//!
//! * This is the *straight way*: no other emit is under way on the thread, there is no tap, and the
//!   listeners are plain. If there is one alone, the way is shorter still: the list points to it, its state
//!   is not looked at, and all of it is compiled into the caller. It hands over to the *careful way* at the first listener that is not: limited,
//!   `on_mut`, of an emitter that isolates panics, removed meanwhile, or with an answer other than "go
//!   on". An emit nested in another, one that is tapped, and one over several priorities take the careful
//!   way from the start. An event loop's emitter goes the same ways, and tells the call stack at each
//!   step.
//! * The name's hash is computed where the event is declared: at compile time for a constant. A name
//!   is compared by address before it is compared by content. One channel in thirty, or fewer, is not in
//!   the line of the table that is looked at first: to find it takes one call more.
//! * One compare answers whether a listener was there when the emit began, is still registered, and
//!   needs nothing but a call.
//! * Threads announce their visits each in a place of its own, which others read only when they change a
//!   list. So two threads that emit the same event write no common cache line, unless a listener has to be
//!   claimed. There is no fence in an emit, unless listeners of its event were removed again and again by
//!   other threads than those that emit: see
//!   [`limitations`](super::limitations#what-costs-more-than-it-looks).
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
//! | `off_and_wait` | as `off`, a system call, the wait | as `off` |
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
//! | `set_timeout`, `set_interval`, `post_after` | O(log t) | the closure, or the event and a place for it |
//! | a timer that is due | O(log t) amortised | now and then a ring, or the store of such entries |
//! | `clear_timer`, `unref_timer` | O(1) amortised | none |
//! | `Proxy::post` | O(1) amortised, one lock; two if bounded | none while few events of one kind wait to be taken in; else now and then a bundle of them |
//! | taking in what other threads posted | O(1) amortised for each bundle of many, else for each; one lock for all | one for a bundle of many; now and then a ring, or a store |
//! | `call_stack`, `events` | O(f), O(n log n) | the answer |
//!
//! * An emit of the loop's emitter also pushes and pops a frame for itself and for each listener. An
//!   emitter that is not a loop's pays one compare for there being such a thing.
//! * A turn with no timer armed reads no clock; with some, it reads it once.
//! * A turn looks at two atomics of the door. It takes the door's lock only if something is there.
//! * A posted event lies in a store for its event and the type of its payload, 40 bytes and the payload.
//!   Its turn takes 40 bytes more where the one before is of another kind, and nothing in a burst of one
//!   kind. A store that has grown beyond 64 KiB is given back when it is empty, as are timers and turns
//!   beyond 1024.
//! * Events that come from another thread faster than they have their turns are taken in by bundles of
//!   up to 4 KiB, as they lie.
//! * A large payload is moved twice, into the store and out of it, and from another thread now and then
//!   once or twice more. Post it in a `Box` or an `Arc`.
//! * With an inspector, each step makes a record and reads the clock; that costs more than the step.
//!
//! # The list's lock
//!
//! Each event has one, held for a few instructions, or one system call, and never while your code runs. It is taken to add,
//! to remove, to look at `listeners` and `has_listener`, and for each call of a listener that has to
//! be claimed: `once` and `times`. It is also taken by an emit that ends and has to drop what was
//! removed meanwhile, and by the first emit of a thread. Any other emit to plain `on` listeners takes none. In the single-threaded flavour it is a `RefCell`.
//!
//! In the thread-safe flavour, registrations on all threads also count in one number of the process,
//! and so share a cache line.
//!
//! # Measured
//!
//! On 2026-11-22, on two virtual cores of an AMD EPYC (family 25, model 17) that others use as well, Linux,
//! rustc 1.95.0, version 0.1.0. Such a machine changes its pace by a half from one minute to the next: read
//! ratios, and no difference below a fifth.
//!
//! `cargo bench`. A ratio is the median of pairs, each a sample of the case and one of its control. A *bar*
//! is what this crate wants to keep to.
//!
//! | bench | case | ratio to what one would write by hand | middle half | bar |
//! |---|---|---|---|---|
//! | `churn` | beside no other: local, newest | 4.26 | 4.19 to 4.37 | ≤ 3.00, missed |
//! | `churn` | beside no other: shared, newest | 4.87 | 4.55 to 5.41 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, newest | 4.54 | 4.38 to 4.68 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, newest | 8.10 | 7.38 to 9.08 | ≤ 8.00, missed |
//! | `churn` | beside 100 others: local, oldest | 5.22 | 5.11 to 5.35 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, oldest | 6.65 | 6.03 to 6.76 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, any | 5.63 | 5.38 to 5.83 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, any | 7.18 | 7.04 to 7.24 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, newest | 4.26 | 4.14 to 4.47 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, newest | 5.18 | 4.93 to 5.54 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, oldest | 4.75 | 4.60 to 5.14 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, oldest | 6.05 | 5.76 to 6.37 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, any | 8.83 | 8.33 to 9.66 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, any | 9.76 | 8.70 to 10.22 | ≤ 8.00, missed |
//! | `churn` | 100,000 added, then removed without a pattern: local | 2.28 | 2.17 to 3.07 | ≤ 1.50, missed |
//! | `churn` | 100,000 added, then removed without a pattern: shared | 2.24 | 1.96 to 2.99 | ≤ 3.00 |
//! | `churn` | once, then an emit: local | 5.72 | 5.39 to 6.52 | ≤ 3.00, missed |
//! | `churn` | once, then an emit: shared | 6.47 | 6.06 to 6.86 | ≤ 8.00 |
//! | `emit` | 0 listeners: local Signal | 1.38 | 1.35 to 1.49 | ≤ 2.50 |
//! | `emit` | 0 listeners: shared Signal | 1.27 | 1.25 to 1.34 | ≤ 4.00 |
//! | `emit` | 1 listener: local Signal | 4.13 | 3.81 to 4.33 | ≤ 1.35, missed |
//! | `emit` | 1 listener: shared Signal | 5.34 | 5.23 to 5.47 | ≤ 2.30, missed |
//! | `emit` | 10 listeners: local Signal | 1.93 | 1.87 to 2.05 | ≤ 1.25, missed |
//! | `emit` | 10 listeners: shared Signal | 2.29 | 2.24 to 2.33 | ≤ 1.35, missed |
//! | `emit` | 100 listeners: local Signal | 1.36 | 1.25 to 1.42 | ≤ 1.25, missed |
//! | `emit` | 1000 listeners: local Signal | 1.64 | 1.58 to 1.67 | ≤ 1.25, missed |
//! | `event_loop` | 1 post, then a turn: post, turn | 6.99 | 6.30 to 7.71 | ≤ 10.00 |
//! | `event_loop` | 64 posts, then a run: post, run | 8.16 | 7.80 to 8.98 | ≤ 10.00 |
//! | `event_loop` | 1,000,000 posts, then a run: post, run | 14.30 | 12.77 to 14.66 | ≤ 10.00, missed |
//! | `event_loop` | from a post to a sleeping thread until it runs, median: Proxy::post | 1.20 | one run | ≤ 1.20, missed |
//! | `event_loop` | from a post to a sleeping thread until it runs, 99th percentile: Proxy::post | 0.45 | one run | ≤ 1.20 |
//! | `event_loop` | 100,000 timers armed without a pattern, then fired in order: set_timeout, run | 2.33 | 2.18 to 2.78 | ≤ 1.50, missed |
//! | `names` | one of 1024 events, without a pattern, 1 listener each: local EventEmitter | 11.30 | 10.98 to 11.47 | ≤ 2.20, missed |
//! | `names` | one event, local EventEmitter, others beside it: 1,000,000 others | 1.00 | 0.94 to 1.06 | ≤ 1.10 |
//! | `names` | one event, shared EventEmitter, others beside it: 1,000,000 others | 1.04 | 0.93 to 1.13 | ≤ 1.10 |
//! | `queue` | 64 posts, then a dispatch: EventQueue | 4.58 | 4.35 to 4.72 | ≤ 5.00 |
//! | `queue` | 1,000,000 posts, then a dispatch: EventQueue | 9.21 | 8.81 to 9.45 | ≤ 5.00, missed |
//! | `threads` | 1 listener: 2 threads, the same signal | 1.42 | 1.13 to 1.88 | ≥ 1.85, missed |
//! | `threads` | 10 listeners: 2 threads, the same signal | 1.54 | 1.14 to 1.64 | ≥ 1.85, missed |
//! | `threads` | 10 listeners, and a second thread: another adds and removes | 0.21 | 0.08 to 0.47 | ≥ 0.60, missed |
//!
//! `memory`: 90 bytes of heap for each of 10,000 listeners that capture 16 bytes (bar 96), none for an emitter
//! without listeners, no allocation in an emit. `Proxy::post` handled 0.14 times as many events a second
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
//! * *Many events.* A look-up reads a line of the table of names before the list, and an emit one of the list's
//!   own before its table: two cache lines for each event that a bare array of lists does not have.
//! * *Two threads.* What two threads that share nothing reach was 1.5 times one thread, with 1 listener and with
//!   10, in the same run, so this machine cannot tell. That they write no common line follows from
//!   the structure. Beside a thread that adds and removes in another list, one thread kept 0.44 of its pace; in
//!   the same list it reads what that one writes, and is read by it.
//! * *Queue and loop.* The look-up of the event by its name at each turn, and the frames of the call stack. Of
//!   a million at once, half of the time is for fresh memory, since a burst's is given back: a build that kept it took
//!   61 to 76 ns for an event of the queue where one that did not took 125 to 141.
//!
//! The peers, in nanoseconds unless said: least and median of 7 runs in turn, whose spread was 39 % at
//! the median and 65 % at the ninetieth percentile. *0* to *1000*: an emit to so many listeners. *add, remove*: any of 10,000. *once*: registered
//! and emitted. *1024 events*: one of them, without a pattern. *post*: posted and dispatched, 64 at a time.
//! What each peer does otherwise when listeners add, remove, emit or panic, the command prints as well.
//!
//! | | 0 | 1 | 10 | 1000 | add, remove | once | 1024 events | post |
//! |---|---|---|---|---|---|---|---|---|
//! | by hand | 0.57 / 1.06 | 1.96 / 2.69 | 14.81 / 16.31 | 1838 / 2012 | 10.07 / 13.62 | 14.68 / 18.97 | 4.38 / 5.55 | 9.82 / 9.99 |
//! | oyez local Signal | 1.43 / 2.25 | 6.68 / 7.70 | 23.38 / 29.91 | 2045 / 2849 | 83.59 / 118 | 75.12 / 102 | 19.49 / 20.10 |  |
//! | oyez shared Signal | 1.41 / 1.51 | 9.03 / 11.03 | 27.41 / 39.14 | 2293 / 2953 | 97.89 / 126 | 79.92 / 115 | 26.26 / 27.25 |  |
//! | oyez local EventEmitter | 3.28 / 5.24 | 11.75 / 13.81 | 31.19 / 40.49 | 1929 / 2823 | 99.49 / 131 | 114 / 142 | 19.66 / 31.05 |  |
//! | oyez shared EventEmitter | 2.94 / 4.10 | 13.63 / 20.74 | 35.18 / 46.89 | 2364 / 2999 | 115 / 145 | 113 / 149 | 32.16 / 38.56 |  |
//! | oyez EventQueue |  |  |  |  |  |  |  | 50.39 / 51.49 |
//! | oyez EventLoop |  |  |  |  |  |  |  | 83.31 / 86.73 |
//! | Boost.Signals2 (C++) | 22.75 / 25.11 | 49.52 / 58.86 | 185 / 252 | 15.3 µs / 22.2 µs | 533 / 980 | 437 / 452 | 87.74 / 110 |  |
//! | EnTT (C++) | 0.56 / 0.83 | 1.84 / 3.13 | 17.53 / 24.37 | 1661 / 2487 | 10.2 µs / 15.1 µs |  | 3.13 / 4.68 | 4.92 / 8.92 |
//! | Node EventEmitter (JavaScript) | 8.21 / 14.14 | 12.20 / 19.45 | 85.95 / 131 | 8971 / 12.9 µs | 14.2 µs / 19.0 µs | 154 / 218 | 20.93 / 30.87 |  |
//! | async-event-emitter | 12.40 / 20.35 | 88.76 / 97.82 | 319 / 527 | 69.4 µs / 90.3 µs | 266.0 µs / 275.8 µs | 724 / 994 | 220 / 305 |  |
//! | bevy_ecs Messages, drained |  |  |  |  |  |  |  | 8.68 / 8.72 |
//! | bevy_ecs observers | 3.14 / 5.55 | 21.65 / 22.28 | 134 / 200 | 15.3 µs / 20.3 µs | 549 / 712 |  |  |  |
//! | calloop channel |  |  |  |  |  |  |  | 474 / 481 |
//! | event-emitter-rs | 6.07 / 8.59 | 74.2 µs / 93.1 µs | 379.9 µs / 472.3 µs | 69.9 ms / 83.5 ms | 18.9 µs / 25.9 µs | 84.8 µs / 104.2 µs | 78.2 µs / 83.1 µs |  |
//! | eventpp, one thread (C++) | 2.49 / 3.26 | 7.40 / 9.91 | 40.05 / 46.50 | 3703 / 4230 | 112 / 116 | 107 / 123 | 8.27 / 8.85 | 18.60 / 25.06 |
//! | eventpp, threads (C++) | 8.84 / 9.81 | 17.73 / 24.45 | 90.72 / 114 | 8056 / 10.5 µs | 106 / 127 | 119 / 151 | 16.71 / 20.79 | 47.71 / 73.02 |
//! | hey_listen rc dispatcher | 2.74 / 3.15 | 19.22 / 19.72 | 41.62 / 57.31 | 2006 / 2811 |  | 53.54 / 80.86 |  |  |
//! | hey_listen rc dispatcher, by value |  |  |  |  |  |  | 23.17 / 49.97 |  |
//! | mod-events | 39.64 / 46.91 | 43.77 / 44.34 | 90.30 / 101 | 4654 / 5173 | 3553 / 5363 |  |  |  |
//! | rxrust Local subject | 1.60 / 2.28 | 2.54 / 3.01 | 17.17 / 22.13 | 1894 / 2288 | 4833 / 7169 |  | 4.79 / 6.44 |  |
//! | rxrust Shared subject | 4.46 / 5.94 | 4.94 / 5.58 | 19.11 / 25.55 | 1651 / 2183 | 3391 / 4869 |  | 10.52 / 11.13 |  |
//! | signals2 | 9.12 / 10.04 | 8.70 / 9.80 | 25.76 / 41.39 | 3936 / 4710 | 353.1 µs / 485.7 µs | 235 / 294 | 26.69 / 27.88 |  |
//!
//! # The fastest path
//!
//! 1. **Keep a [`Signal`](crate::Signal).** [`signal`](crate::generic::EventEmitter::signal) once, then
//!    emit through it: no look-up.
//! 2. **Use the [single-threaded flavour](crate::local) on one thread.** Its emits announce nothing to
//!    other threads, and its lists have no lock.
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
