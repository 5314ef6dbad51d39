//! Where the time goes, from the structure; what each operation costs; how to get the fastest path.
//!
//! No numbers stand here: they belong to a machine. `cargo bench` prints those of yours, each beside
//! what one would write by hand, in the same run:
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
