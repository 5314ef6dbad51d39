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
//! | enter a frame | one store | the same | thread-local storage |
//! | begin a visit | thread-safe: one swap; single-threaded: nothing | the same | the thread's own place; the list |
//! | each listener | load its pointer, compare its state, note that it runs, call, compare its answer and its state | the same | the table; the listener, with its closure |
//! | end the visit, leave the frame | two stores; thread-safe: one swap; single-threaded: a compare | the same | as at the beginning |
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
//! | `churn` | beside no other: local, newest | 4.20 | 4.12 to 4.26 | ≤ 3.00, missed |
//! | `churn` | beside no other: shared, newest | 4.85 | 4.62 to 4.98 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, newest | 4.24 | 4.17 to 4.31 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, newest | 5.22 | 5.15 to 5.28 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, oldest | 4.77 | 4.63 to 4.89 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, oldest | 6.06 | 5.64 to 6.50 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, any | 5.41 | 5.18 to 5.73 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, any | 6.62 | 6.57 to 6.86 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, newest | 4.36 | 4.16 to 4.50 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, newest | 5.89 | 5.57 to 5.97 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, oldest | 4.93 | 4.80 to 5.18 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, oldest | 6.08 | 5.73 to 6.21 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, any | 8.70 | 8.01 to 9.24 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, any | 10.05 | 9.48 to 11.49 | ≤ 8.00, missed |
//! | `churn` | 100,000 added, then removed without a pattern: local | 2.63 | 2.54 to 3.32 | ≤ 1.50, missed |
//! | `churn` | 100,000 added, then removed without a pattern: shared | 2.92 | 2.66 to 3.58 | ≤ 3.00 |
//! | `churn` | once, then an emit: local | 6.46 | 6.17 to 6.81 | ≤ 3.00, missed |
//! | `churn` | once, then an emit: shared | 10.20 | 9.65 to 10.48 | ≤ 8.00, missed |
//! | `emit` | 0 listeners: local Signal | 1.78 | 1.58 to 2.00 | ≤ 2.50 |
//! | `emit` | 0 listeners: shared Signal | 1.91 | 1.81 to 2.17 | ≤ 4.00 |
//! | `emit` | 1 listener: local Signal | 4.73 | 4.25 to 5.19 | ≤ 1.35, missed |
//! | `emit` | 1 listener: shared Signal | 6.00 | 5.89 to 6.18 | ≤ 2.30, missed |
//! | `emit` | 10 listeners: local Signal | 1.90 | 1.83 to 1.99 | ≤ 1.25, missed |
//! | `emit` | 10 listeners: shared Signal | 2.69 | 2.50 to 2.79 | ≤ 1.35, missed |
//! | `emit` | 100 listeners: local Signal | 1.40 | 1.34 to 1.53 | ≤ 1.25, missed |
//! | `emit` | 1000 listeners: local Signal | 1.57 | 1.50 to 1.71 | ≤ 1.25, missed |
//! | `event_loop` | 1 post, then a turn: post, turn | 7.93 | 7.51 to 8.00 | ≤ 10.00 |
//! | `event_loop` | 64 posts, then a run: post, run | 10.52 | 10.39 to 10.69 | ≤ 10.00, missed |
//! | `event_loop` | 1,000,000 posts, then a run: post, run | 14.88 | 14.19 to 15.39 | ≤ 10.00, missed |
//! | `event_loop` | from a post to a sleeping thread until it runs, median: Proxy::post | 1.21 | one run | ≤ 1.20, missed |
//! | `event_loop` | from a post to a sleeping thread until it runs, 99th percentile: Proxy::post | 0.98 | one run | ≤ 1.20 |
//! | `event_loop` | 100,000 timers armed without a pattern, then fired in order: set_timeout, run | 2.64 | 2.42 to 2.82 | ≤ 1.50, missed |
//! | `names` | one of 1024 events, without a pattern, 1 listener each: local EventEmitter | 11.19 | 9.71 to 11.71 | ≤ 2.20, missed |
//! | `names` | one event, local EventEmitter, others beside it: 1,000,000 others | 1.00 | 0.91 to 1.08 | ≤ 1.10 |
//! | `names` | one event, shared EventEmitter, others beside it: 1,000,000 others | 1.01 | 0.96 to 1.03 | ≤ 1.10 |
//! | `queue` | 64 posts, then a dispatch: EventQueue | 4.68 | 4.17 to 4.78 | ≤ 5.00 |
//! | `queue` | 1,000,000 posts, then a dispatch: EventQueue | 9.82 | 8.72 to 10.10 | ≤ 5.00, missed |
//! | `threads` | 1 listener: 2 threads, the same signal | 1.29 | 1.13 to 1.41 | ≥ 1.85, missed |
//! | `threads` | 10 listeners: 2 threads, the same signal | 1.46 | 1.14 to 1.53 | ≥ 1.85, missed |
//! | `threads` | 10 listeners, and a second thread: another adds and removes | 0.17 | 0.10 to 0.31 | ≥ 0.60, missed |
//!
//! `memory`: 90 bytes of heap for each of 10,000 listeners that capture 16 bytes (bar 96), none for an emitter
//! without listeners, no allocation in an emit. `Proxy::post` handled 0.15 times as many events a second
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
//! * *Two threads.* What two threads that share nothing reach was 1.1 times one thread with 1 listener, and
//!   1.5 times with 10, in the same run, so this machine cannot tell. That they write no common line follows from
//!   the structure. Beside a thread that adds and removes in another list, one thread kept 0.47 of its pace; in
//!   the same list it reads what that one writes, and is read by it.
//! * *Queue and loop.* The look-up of the event by its name at each turn, and the frames of the call stack. A
//!   loop of 64 posts, at 10.5 in this run, was at 6.7 and 8.0 times its control, least and median, in that of the peers. Of
//!   a million at once, half of the time is for fresh memory, since a burst's is given back: a build that kept it took
//!   61 to 76 ns for an event of the queue where this one took 125 to 141.
//!
//! The peers, in nanoseconds unless said: least and median of 7 runs in turn, whose spread was 38 % at
//! the median and 72 % at the ninetieth percentile. *0* to *1000*: an emit to so many listeners. *add, remove*: any of 10,000. *once*: registered
//! and emitted. *1024 events*: one of them, without a pattern. *post*: posted and dispatched, 64 at a time.
//! What each peer does otherwise when listeners add, remove, emit or panic, the command prints as well.
//!
//! | | 0 | 1 | 10 | 1000 | add, remove | once | 1024 events | post |
//! |---|---|---|---|---|---|---|---|---|
//! | by hand | 0.71 / 1.10 | 2.66 / 2.80 | 14.92 / 17.58 | 1704 / 2063 | 13.35 / 14.01 | 17.74 / 20.28 | 5.12 / 5.60 | 9.12 / 10.24 |
//! | oyez local Signal | 1.52 / 2.37 | 10.02 / 11.64 | 25.00 / 33.62 | 2650 / 3115 | 110 / 132 | 86.90 / 121 | 19.41 / 21.96 |  |
//! | oyez shared Signal | 1.79 / 2.36 | 9.76 / 13.80 | 40.35 / 45.09 | 2642 / 3626 | 134 / 152 | 93.69 / 143 | 24.37 / 31.23 |  |
//! | oyez local EventEmitter | 4.42 / 4.65 | 17.35 / 19.54 | 35.42 / 44.40 | 2115 / 3205 | 128 / 157 | 123 / 154 | 21.04 / 36.77 |  |
//! | oyez shared EventEmitter | 3.22 / 4.70 | 13.93 / 16.29 | 45.64 / 52.40 | 2737 / 3824 | 137 / 189 | 118 / 181 | 33.45 / 43.51 |  |
//! | oyez EventQueue |  |  |  |  |  |  |  | 40.50 / 55.38 |
//! | oyez EventLoop |  |  |  |  |  |  |  | 60.92 / 81.47 |
//! | Boost.Signals2 (C++) | 23.71 / 28.15 | 51.90 / 62.29 | 183 / 250 | 21.4 µs / 21.7 µs | 594 / 1094 | 392 / 447 | 95.15 / 103 |  |
//! | EnTT (C++) | 0.92 / 1.60 | 2.94 / 3.13 | 14.89 / 20.85 | 1500 / 2005 | 10.1 µs / 17.2 µs |  | 4.75 / 4.88 | 5.13 / 7.99 |
//! | Node EventEmitter (JavaScript) | 13.84 / 15.27 | 13.44 / 20.00 | 87.36 / 142 | 8898 / 11.5 µs | 19.3 µs / 31.8 µs | 114 / 205 | 25.28 / 35.87 |  |
//! | async-event-emitter | 14.84 / 20.94 | 100 / 129 | 346 / 498 | 61.3 µs / 82.5 µs | 258.6 µs / 299.9 µs | 976 / 1062 | 217 / 304 |  |
//! | bevy_ecs Messages, drained |  |  |  |  |  |  |  | 8.03 / 9.10 |
//! | bevy_ecs observers | 3.94 / 5.37 | 22.43 / 30.74 | 128 / 192 | 18.5 µs / 19.0 µs | 666 / 883 |  |  |  |
//! | calloop channel |  |  |  |  |  |  |  | 406 / 481 |
//! | event-emitter-rs | 8.35 / 8.79 | 96.7 µs / 119.1 µs | 386.8 µs / 419.5 µs | 64.9 ms / 84.4 ms | 20.9 µs / 28.6 µs | 100.8 µs / 112.5 µs | 111.8 µs / 150.7 µs |  |
//! | eventpp, one thread (C++) | 3.62 / 3.90 | 7.89 / 9.69 | 49.35 / 53.41 | 3537 / 4633 | 96.88 / 127 | 98.62 / 123 | 7.75 / 9.10 | 18.25 / 22.95 |
//! | eventpp, threads (C++) | 8.77 / 11.37 | 18.57 / 22.39 | 112 / 124 | 8035 / 10.7 µs | 95.42 / 127 | 148 / 150 | 15.71 / 20.61 | 51.02 / 66.94 |
//! | hey_listen rc dispatcher | 2.82 / 3.35 | 21.56 / 27.00 | 42.61 / 57.50 | 1826 / 2534 |  | 78.69 / 80.46 |  |  |
//! | hey_listen rc dispatcher, by value |  |  |  |  |  |  | 25.14 / 48.44 |  |
//! | mod-events | 43.43 / 45.45 | 47.61 / 55.51 | 85.77 / 95.82 | 4173 / 5301 | 4467 / 7994 |  |  |  |
//! | rxrust Local subject | 1.50 / 2.21 | 3.25 / 4.10 | 17.07 / 21.23 | 1904 / 2129 | 4649 / 5286 |  | 5.77 / 6.38 |  |
//! | rxrust Shared subject | 4.59 / 5.65 | 5.63 / 7.06 | 18.37 / 24.47 | 1870 / 2090 | 4013 / 5278 |  | 12.54 / 13.23 |  |
//! | signals2 | 9.23 / 9.86 | 10.24 / 11.47 | 31.34 / 43.06 | 3618 / 4705 | 420.7 µs / 554.3 µs | 226 / 292 | 28.04 / 30.64 |  |
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
