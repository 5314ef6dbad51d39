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
//! * This is the *straight way*: there is no tap, and the listeners are plain. If there is one alone, and no
//!   other emit under way on the thread, the way is shorter still: the list points to it, its state is not
//!   looked at, and all of it is compiled into the caller. It hands over to the *careful way* at the first
//!   listener that is not plain: limited, of an emitter that isolates panics, removed meanwhile, or with an answer
//!   other than "go on". An emit that is tapped, and one over several priorities, take the careful way from the
//!   start. An event loop's emitter goes the same ways, and tells the call stack at each step.
//! * A listener of `on_mut` has one caller at a time. Where only one thread can call, its closure looks at its own
//!   borrow, and else is as one of `on`: one alone takes 38 instructions, where one of `on` takes 34. With
//!   threads, a limit, panics that are caught, or a call stack that is told, it has a gate to pass first, and is not
//!   plain: 361 in the thread-safe flavour.
//! * An emit nested in another has to find its frame, and to count itself: to one listener it takes 186
//!   instructions, thread-safe 230, where the outermost takes 34 and 58. Each further listener costs as much
//!   as there.
//! * The name's hash is computed where the event is declared: at compile time for a constant. The first look
//!   compares the name by address only. What it misses takes one call more: one channel in thirty, or fewer,
//!   which is not in the line of the table that is looked at first; and in every emit, an event whose name
//!   stands at another address than the one that the list was made with. So it is with two declarations of one
//!   name, and with a constant that is used in several crates or codegen units, each of which may have the
//!   text of the name for itself. In a `static` it has one address. Such an emit to one listener takes 208
//!   instructions, where the others take 89.
//! * One compare answers whether a listener was there when the emit began, is still registered, and
//!   needs nothing but a call.
//! * Threads announce their visits each in a place of its own, which others read only when they change a
//!   list. So two threads that emit the same event write no common cache line, unless a listener is `on_mut`
//!   or has to be claimed. Where the system has `membarrier`, there is no fence in an emit, unless listeners of
//!   its event were again and again removed, or so many added that a table was replaced, by other threads than
//!   those that emit: see [`limitations`](super::limitations#what-costs-more-than-it-looks).
//! * An emit with no listener enters no frame and begins no visit.
//! * An emit never clones the payload. Unless an inspector is told of it, it never reads a clock, and it
//!   allocates nothing, with these exceptions: listener errors, and the refusal of an emit that is too deep;
//!   more than a few `once` listeners used up by one emit; the first nesting of a thread beyond 128; in the
//!   thread-safe flavour, a thread's first emit when 16 others are alive that have emitted, and an emit that drops
//!   what was removed at several times while more is kept for other threads; on an event loop's
//!   emitter, a call stack that becomes deeper than ever before.
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
//! | `on`, `on_mut`, `once`, `times`, `subscribe` | O(1) amortised | one, which holds the closure; one more for a priority, a label, a limit above 1, or where `on_mut` has a gate; now and then a table |
//! | the same with a priority, `prepend`, `prepend_once` | O(log p) amortised; O(p) for the first of a priority | the same; a list of the runs for the first of a priority |
//! | `emit`, `try_emit` | O(n + p), and the listeners' own | none, but for the exceptions above |
//! | the same with nobody there | O(1) expected | none |
//! | `off`, dropping a `Subscription`, `Flow::Unsubscribe` | O(log p + d + t) amortised; O(p) when most runs are empty; O(log n) to find who is left of many | now and then a table |
//! | `off_all` | O(n (1 + d + t)) | lists of what goes |
//! | `clear` | O(e log e + n (1 + d + t)) | lists of what goes |
//! | `off_and_wait` | as `off`, a system call, the wait | as `off` |
//! | `listener_count`, `has_listeners` | O(1) expected, no lock | none |
//! | `has_listener` | O(1), O(log n) in a list that was much larger once; the list's lock | none |
//! | `listeners` | O(n + p), the list's lock | the answer |
//! | `event_names` | O(e log e), no lock | the answer |
//! | `guard`, `detach`, `Subscriptions::add` | O(1), amortised for `add` | none; `add` grows the bag |
//!
//! A hash of names is expected O(1); it does not defend against names chosen to collide, since names
//! are `&'static str` of the program's own.
//!
//! # What the event loop costs
//!
//! n: events that wait. t: timers. f: frames on the stack. k: events of timers and of other threads that wait
//! in front of the oldest that may be dropped.
//!
//! | operation | time | allocations |
//! |---|---|---|
//! | `post` | O(1) amortised | now and then a ring, or the store of its kind; one for a label, or for the time where it is known |
//! | a `post` that has another dropped ([`DropOldest`](crate::event_loop::Overflow)) | O((k + 1) log n) amortised | the same; what `cancel` does |
//! | a turn | O(1) amortised, the emit, the microtasks | none but what handlers do |
//! | `cancel` | O(log n) amortised | an entry for the gap; now and then a ring; of a timeout that is due, a box for what it held |
//! | `queue_microtask`, `queue_idle` | O(1) amortised | the closure |
//! | `set_timeout`, `set_interval`, `post_after` | O(log t) amortised | the closure or the event, and the rhythm of an interval; now and then a table |
//! | a timer that is due | O(log t) amortised | now and then a ring, or the store of such entries |
//! | `clear_timer` | O(1) amortised; of one that is due, as `cancel` | now and then a list of free places; as `cancel` |
//! | `unref_timer`, `ref_timer` | O(1) | none |
//! | `Proxy::post` | O(1) amortised, one lock; two if bounded, one of them twice | none while few events of one kind wait to be taken in; else now and then a bundle of them |
//! | taking in what other threads posted | O(1) amortised for each bundle of many, else for each; one lock for all | one for a bundle of many; now and then a ring, or a store |
//! | `call_stack`, `events` | O(f), O(n log n) | the answer |
//!
//! * An emit of the loop's emitter also pushes and pops a frame for itself and for each listener. An
//!   emitter that is not a loop's pays one compare for there being such a thing.
//! * A turn with no timer armed reads no clock; with some, it reads it once, and once more where an interval
//!   goes on.
//! * A turn looks at two atomics of the door. It takes the door's lock only if something is there that could be
//!   next, or has to be counted or shown: what would come behind other events is left there until then.
//! * A posted event lies in a store for its event and the type of its payload, 40 bytes and the payload.
//!   Its turn takes 40 bytes more where the one before is of another kind, and nothing in a burst of one
//!   kind. A store that has grown beyond 64 KiB is given back when it gets empty without having needed a quarter of
//!   it, as [`limitations`](super::limitations#what-is-kept) tells; room for timers, runs of kinds, tasks and
//!   records for an inspector beyond 1024, whenever none is left.
//! * Events that come from another thread faster than they have their turns are taken in by bundles of
//!   up to 4 KiB, as they lie.
//! * A large payload is moved twice, into the store and out of it, and from another thread now and then
//!   once or twice more. Post it in a `Box` or an `Arc`.
//! * With an inspector, each step makes a record and reads the clock; that costs more than the step.
//!
//! # The list's lock
//!
//! Each event has one, held for a few instructions, or one system call, and never while your code runs. It is
//! taken to add, to remove, to look at `listeners` and `has_listener`, and for each call of a listener that has
//! to be claimed: `once` and `times`. It is also taken by an emit that ends while something is kept that was removed
//! during it, or during an emit of another thread that is still under way; and by the emit of a thread that has not
//! emitted the event yet, or not since a change of its list
//! that had to look for other threads. Any other emit to plain `on` listeners takes none. In the
//! single-threaded flavour it is a `RefCell`.
//!
//! In the thread-safe flavour, registrations on all threads also count in one number of the process,
//! and so share a cache line.
//!
//! # Measured
//!
//! On 2026-12-01, on two virtual cores of an Intel Xeon (family 6, model 167) that others use as well, Linux,
//! rustc 1.95.0, version 0.1.0. Such a machine may change its pace from one minute to the next: read
//! ratios, and no difference below a fifth, nor below a third of one listener.
//!
//! `cargo bench`, whose profile has `lto = "fat"` and one codegen unit. A ratio is the median of pairs, each a sample of
//! the case and one of its control. A *bar* is what this crate wants to keep to.
//!
//! | bench | case | ratio to what one would write by hand | middle half | bar |
//! |---|---|---|---|---|
//! | `churn` | beside no other: local, newest | 2.71 | 2.69 to 2.73 | ≤ 3.00 |
//! | `churn` | beside no other: shared, newest | 5.20 | 5.17 to 5.22 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, newest | 2.55 | 2.54 to 2.56 | ≤ 3.00 |
//! | `churn` | beside 100 others: shared, newest | 5.43 | 5.40 to 5.44 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, oldest | 3.11 | 3.07 to 3.12 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, oldest | 5.88 | 5.77 to 5.90 | ≤ 8.00 |
//! | `churn` | beside 100 others: local, any | 3.03 | 2.99 to 3.04 | ≤ 3.00, missed |
//! | `churn` | beside 100 others: shared, any | 5.97 | 5.85 to 6.09 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, newest | 2.55 | 2.54 to 2.57 | ≤ 3.00 |
//! | `churn` | beside 10,000 others: shared, newest | 5.36 | 5.33 to 5.39 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, oldest | 3.10 | 3.09 to 3.11 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, oldest | 5.90 | 5.88 to 5.92 | ≤ 8.00 |
//! | `churn` | beside 10,000 others: local, any | 4.03 | 4.02 to 4.05 | ≤ 3.00, missed |
//! | `churn` | beside 10,000 others: shared, any | 6.33 | 6.30 to 6.37 | ≤ 8.00 |
//! | `churn` | 100,000 added, then removed without a pattern: local | 1.92 | 1.91 to 1.95 | ≤ 1.50, missed |
//! | `churn` | 100,000 added, then removed without a pattern: shared | 2.01 | 1.99 to 2.08 | ≤ 3.00 |
//! | `churn` | once, then an emit: local | 3.47 | 3.40 to 3.51 | ≤ 3.00, missed |
//! | `churn` | once, then an emit: shared | 7.39 | 7.31 to 7.45 | ≤ 8.00 |
//! | `emit` | 0 listeners: local Signal | 2.31 | 2.30 to 2.32 | ≤ 2.50 |
//! | `emit` | 0 listeners: shared Signal | 2.50 | 2.47 to 2.51 | ≤ 4.00 |
//! | `emit` | 1 listener: local Signal | 1.98 | 1.95 to 2.01 | ≤ 1.35, missed |
//! | `emit` | 1 listener: shared Signal | 2.75 | 2.74 to 2.78 | ≤ 2.30, missed |
//! | `emit` | 10 listeners: local Signal | 1.00 | 0.98 to 1.00 | ≤ 1.25 |
//! | `emit` | 10 listeners: shared Signal | 1.19 | 1.17 to 1.19 | ≤ 1.35 |
//! | `emit` | 100 listeners: local Signal | 1.80 | 1.78 to 1.81 | ≤ 1.25, missed |
//! | `emit` | 1000 listeners: local Signal | 1.34 | 1.34 to 1.35 | ≤ 1.25, missed |
//! | `event_loop` | 1 post, then a turn: post, turn | 5.26 | 5.24 to 5.28 | ≤ 10.00 |
//! | `event_loop` | 64 posts, then a run: post, run | 6.50 | 6.45 to 6.51 | ≤ 10.00 |
//! | `event_loop` | 1,000,000 posts, then a run: post, run | 5.27 | 5.15 to 5.36 | ≤ 10.00 |
//! | `event_loop` | from a post to a sleeping thread until it runs, median: Proxy::post | 1.40 | one run | ≤ 1.20, missed |
//! | `event_loop` | from a post to a sleeping thread until it runs, 99th percentile: Proxy::post | 1.23 | one run | ≤ 1.20, missed |
//! | `event_loop` | 100,000 timers armed without a pattern, then fired in order: set_timeout, run | 1.41 | 1.39 to 1.45 | ≤ 1.50 |
//! | `names` | one of 1024 events, without a pattern, 1 listener each: local EventEmitter | 4.53 | 4.48 to 4.63 | ≤ 2.20, missed |
//! | `names` | one event, local EventEmitter, others beside it: 1,000,000 others | 1.03 | 0.96 to 1.13 | ≤ 1.10 |
//! | `names` | one event, shared EventEmitter, others beside it: 1,000,000 others | 1.00 | 0.99 to 1.01 | ≤ 1.10 |
//! | `queue` | 64 posts, then a dispatch: EventQueue | 2.72 | 2.71 to 2.73 | ≤ 5.00 |
//! | `queue` | 1,000,000 posts, then a dispatch: EventQueue | 2.62 | 2.58 to 2.64 | ≤ 5.00 |
//! | `threads` | 1 listener: 2 threads, the same signal | 1.15 | 0.99 to 1.58 | ≥ 1.85, missed |
//! | `threads` | 10 listeners: 2 threads, the same signal | 1.56 | 1.07 to 1.64 | ≥ 1.85, missed |
//! | `threads` | 10 listeners, and a second thread: another adds and removes | 0.57 | 0.38 to 0.65 | ≥ 0.60, missed |
//!
//! `memory`: 90 bytes of heap for each of 10,000 listeners that capture 16 bytes (bar 96), none for an emitter
//! without listeners, no allocation in an emit. `Proxy::post` handled 0.75 times as many events a second
//! as `std::sync::mpsc` passed on. Beside a thread that adds and removes in another list, one thread kept all of its
//! pace. Inside of another emit, one to 1 listener took 8.0 times as long as a loop there, and thread-safe 9.8; to 10
//! listeners 1.2 and 1.7.
//!
//! In a release build as one has who sets nothing, without `lto` and with 16 codegen units, on the same day:
//!
//! | ratio to what one would write by hand | local | shared |
//! |---|---|---|
//! | 0, 1, 10, 100, 1000 listeners | 2.34, 1.95, 1.09, 1.49, 1.43 | 2.47, 2.86, 1.14, 1.47, 1.68 |
//! | one inside of another emit: 1, 10 listeners | 10.0, 1.4 | 18.1, 1.9 |
//! | beside 100 others: newest, oldest, any | 2.36, 2.84, 2.92 | 5.91, 6.29, 6.48 |
//! | beside 10,000 others: newest, oldest, any | 2.38, 2.94, 4.10 | 5.94, 6.39, 6.81 |
//! | 100,000 removed without a pattern; `once` | 1.87; 3.94 | 2.09; 7.84 |
//! | one of 1024 events | 4.30 | 5.40 |
//! | `EventQueue`: 64 posts, 1,000,000 posts | 4.30, 3.79 | |
//! | `EventLoop`: 1, 64, 1,000,000 posts; timers; `Proxy::post` | 6.33, 7.11, 5.30; 1.37; 0.64 | |
//!
//! Where the bars are missed, and why:
//!
//! * *One listener.* A bare loop takes 21 instructions for it, an emit of the single-threaded flavour 34, of the
//!   thread-safe one 58: it looks whether an emit is under way, shows its event and what it runs, and looks whether
//!   anything was removed meanwhile. Each is a rule. Both change by a third with where the linker puts them.
//! * *A hundred listeners, and a thousand.* An emit looks whether each is there, may be called and is still there, shows
//!   it, and looks at its answer: 34 instructions, with what the listener does. How long a hundred take also depends on
//!   where they lie: three other runs of the same program took 128 to 131 ns where this one took 187, and their loops 103
//!   to 225 ns, where this one's took 104.
//! * *Adding and removing.* One allocation, the lock, the table, the roster, and now and then a table that is packed;
//!   of many, three cache lines that are found one by the other. It takes 483 instructions, thread-safe 530; in the
//!   build of these tables they were 518 and 566.
//! * *`once`.* It goes the careful way: it is claimed under the lock, and dropped behind its call. With its
//!   registration that takes 685 instructions, thread-safe 802; in the build of these tables 757 and 889.
//! * *Many events.* A look-up reads a line of the table of names before the list, and an emit one of the list's
//!   own before the listener: two cache lines for each event that a bare array of lists does not have.
//! * *Two threads.* What two threads that share nothing reached was 1.41 times one thread with 1 listener, and 1.57
//!   times with 10, in the same run, so this machine can hardly tell. That they write no common line follows
//!   from the structure.
//! * *Beside a thread that adds and removes in the same list.* An emit reads what that one writes, and drops what was
//!   kept for it. It removes as fast as it can, so that emits are announced aloud after a moment, as
//!   [`limitations`](super::limitations#what-costs-more-than-it-looks) tells. The quartiles of this
//!   run were 0.38 and 0.65.
//! * *A wake.* The thread that sleeps is woken by the same means as the control's, and then goes through a turn. The
//!   99th percentile depends on what else the machine did.
//!
//! The peers, on 2026-11-30, in nanoseconds unless said: least and median of 7 runs in turn, whose spread
//! was 10 % at the median and 39 % at the ninetieth percentile. *0* to *1000*: an emit to so many listeners. *add, remove*:
//! any of 10,000. *once*: registered and emitted. *1024 events*: one of them, without a pattern. *post*: posted
//! and dispatched, 64 at a time. What each peer does otherwise when listeners add, remove, emit or panic, the
//! command prints as well.
//!
//! | | 0 | 1 | 10 | 1000 | add, remove | once | 1024 events | post |
//! |---|---|---|---|---|---|---|---|---|
//! | by hand | 0.41 / 0.43 | 1.45 / 1.50 | 12.34 / 12.70 | 1219 / 1352 | 9.63 / 10.54 | 12.44 / 13.31 | 3.00 / 3.08 | 7.35 / 7.49 |
//! | oyez local Signal | 1.46 / 1.52 | 3.28 / 3.41 | 21.99 / 22.31 | 1792 / 1995 | 81.18 / 86.76 | 45.49 / 47.15 | 5.39 / 5.49 |  |
//! | oyez shared Signal | 1.68 / 1.72 | 4.59 / 4.81 | 22.73 / 25.97 | 2092 / 2158 | 111 / 128 | 82.62 / 89.33 | 8.35 / 8.71 |  |
//! | oyez local EventEmitter | 4.24 / 4.29 | 4.86 / 4.96 | 23.69 / 24.20 | 1733 / 1846 | 123 / 130 | 73.42 / 75.46 | 11.80 / 12.20 |  |
//! | oyez shared EventEmitter | 4.32 / 4.56 | 6.18 / 6.33 | 27.09 / 27.78 | 1889 / 2102 | 115 / 125 | 108 / 115 | 13.99 / 14.87 |  |
//! | oyez EventQueue |  |  |  |  |  |  |  | 22.27 / 23.08 |
//! | oyez EventLoop |  |  |  |  |  |  |  | 40.28 / 42.12 |
//! | async-event-emitter | 25.34 / 25.89 | 82.49 / 86.43 | 327 / 378 | 125.1 µs / 144.9 µs | 334.3 µs / 372.3 µs | 833 / 865 | 208 / 216 |  |
//! | bevy_ecs Messages, drained |  |  |  |  |  |  |  | 7.49 / 7.94 |
//! | bevy_ecs observers | 2.46 / 2.57 | 15.95 / 16.82 | 127 / 134 | 13.6 µs / 15.1 µs | 694 / 845 |  |  |  |
//! | Boost.Signals2 (C++) | 26.24 / 27.14 | 46.00 / 50.64 | 188 / 199 | 12.6 µs / 13.5 µs | 503 / 523 | 415 / 438 | 61.54 / 64.62 |  |
//! | calloop channel |  |  |  |  |  |  |  | 232 / 237 |
//! | event-emitter-rs | 3.57 / 3.70 | 105.4 µs / 118.2 µs | 315.8 µs / 330.9 µs | 83.4 ms / 87.6 ms | 21.4 µs / 21.9 µs | 106.8 µs / 109.5 µs | 71.9 µs / 75.7 µs |  |
//! | hey_listen rc dispatcher | 1.50 / 1.52 | 15.63 / 16.37 | 34.43 / 36.96 | 1650 / 1785 |  | 41.08 / 42.23 |  |  |
//! | hey_listen rc dispatcher, by value |  |  |  |  |  |  | 22.78 / 23.77 |  |
//! | mod-events | 55.77 / 56.36 | 64.83 / 68.03 | 86.35 / 88.75 | 2336 / 2542 | 4860 / 5195 |  |  |  |
//! | Node EventEmitter (JavaScript) | 7.30 / 7.73 | 9.43 / 10.17 | 1108 / 1827 | 8938 / 9591 | 14.1 µs / 15.7 µs | 340 / 1793 | 22.02 / 23.14 |  |
//! | rxrust Local subject | 1.11 / 1.16 | 2.09 / 2.17 | 12.41 / 13.28 | 1184 / 1276 | 4096 / 4410 |  | 3.50 / 3.62 |  |
//! | rxrust Shared subject | 11.93 / 12.33 | 13.92 / 14.35 | 19.93 / 21.11 | 1120 / 1226 | 4049 / 4152 |  | 14.78 / 15.32 |  |
//! | signals2 | 20.69 / 21.72 | 22.18 / 23.36 | 34.69 / 37.07 | 3428 / 3697 | 638.3 µs / 684.2 µs | 365 / 391 | 28.88 / 29.26 |  |
//!
//! From another thread to the loop, a second: 26.9 million events by crossbeam-channel, 24.1 by `std::sync::mpsc`,
//! 20.1 by `Proxy::post`, 4.8 by tokio's `broadcast`, 2.2 by calloop's channel (medians, spread 4 to 31 %).
//!
//! EnTT and eventpp were not there on that day. On 2026-11-22, on two virtual cores of an AMD EPYC (family 25,
//! model 17), where the loop by hand took what its row says:
//!
//! | | 0 | 1 | 10 | 1000 | add, remove | once | 1024 events | post |
//! |---|---|---|---|---|---|---|---|---|
//! | by hand | 0.57 / 1.06 | 1.96 / 2.69 | 14.81 / 16.31 | 1838 / 2012 | 10.07 / 13.62 | 14.68 / 18.97 | 4.38 / 5.55 | 9.82 / 9.99 |
//! | Boost.Signals2 (C++) | 22.75 / 25.11 | 49.52 / 58.86 | 185 / 252 | 15.3 µs / 22.2 µs | 533 / 980 | 437 / 452 | 87.74 / 110 |  |
//! | EnTT (C++) | 0.56 / 0.83 | 1.84 / 3.13 | 17.53 / 24.37 | 1661 / 2487 | 10.2 µs / 15.1 µs |  | 3.13 / 4.68 | 4.92 / 8.92 |
//! | eventpp, one thread (C++) | 2.49 / 3.26 | 7.40 / 9.91 | 40.05 / 46.50 | 3703 / 4230 | 112 / 116 | 107 / 123 | 8.27 / 8.85 | 18.60 / 25.06 |
//! | eventpp, threads (C++) | 8.84 / 9.81 | 17.73 / 24.45 | 90.72 / 114 | 8056 / 10.5 µs | 106 / 127 | 119 / 151 | 16.71 / 20.79 | 47.71 / 73.02 |
//!
//! # The fastest path
//!
//! 1. **Keep a [`Signal`](crate::Signal).** [`signal`](crate::generic::EventEmitter::signal) once, then
//!    emit through it: no look-up.
//! 2. **Declare an event once**, if you emit it by name: in a `static`, if more than one crate or codegen
//!    unit uses it. A second address of its name is missed at the first look.
//! 3. **Use the [single-threaded flavour](crate::local) on one thread.** Its emits announce nothing to
//!    other threads, and its lists have no lock.
//! 4. **Stay in one run**: plain `on`, priority 0. The first `prepend` or other priority has emits of
//!    that event look at a list of runs; it goes away with the last of these listeners.
//! 5. **Return `()`.** An answer other than "go on" takes the slower way.
//! 6. **Avoid what has to be claimed** in hot events: see above.
//! 7. **Lend, do not build.** A payload is taken by reference as well as by value; build a costly one
//!    only if [`has_listeners`](crate::generic::EventEmitter::has_listeners).
//! 8. **Remove in bulk.** `off_all` takes the lock once.
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
