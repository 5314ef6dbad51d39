//! The parts, their order, and what each must not do.
//!
//! # The parts
//!
//! Each imports only from rows below it, or from its own row without a circle. A folder counts as one.
//!
//! ```text
//!   event_loop    a loop over the single-threaded flavour; has parts of its own, see below
//!   --------------------------------------------------------------------------------
//!   lib, local    the face: aliases of one set of generic types for two flavours
//!   --------------------------------------------------------------------------------
//!   emitter       names -> lists; the methods         emitter_builder  limits and policies
//!   signal        one list as a handle; the same methods without the name
//!   listen        a registration in the making        subscription  a guard
//!   --------------------------------------------------------------------------------
//!   registration  adds and removes listeners, and tells of it
//!   dispatch      calls listeners: the one place where a listener's code runs
//!   sight         what a watcher sees of an emit      report        how an emit answers
//!   --------------------------------------------------------------------------------
//!   hub           what handles share: channels, taps, settings
//!   names         finds a channel, without a lock     meta          news of the emitter
//!   channel       a list under its event's name       shared        the thread-safe flavour
//!   --------------------------------------------------------------------------------
//!   list          insert, remove, latch, claim
//!   --------------------------------------------------------------------------------
//!   stack         the emits under way on this thread  flavour       what flavours differ in
//!   guarded       reads pointers without a lock       watch         is shown every emit and call
//!   sync          locks and atomics; who visits which list; who waits for whom
//!   seed          a closure before it is registered  guarded_safe  the safe twin of guarded
//!   --------------------------------------------------------------------------------
//!   event, id, payload, any_event, outcome, listener, error, config, tally, panics: know no emitter
//! ```
//!
//! `local` is both the face and the parts of its flavour; nothing below the event loop imports it.
//!
//! # The way of an emit
//!
//! ```text
//!   emitter.emit(EVENT, payload)
//!     names      EVENT -> channel, or nobody: return 0
//!     dispatch   one listener alone, and nobody else to see it: called here, else:
//!     stack      a frame             nested too deep: refused, `TooDeep`
//!     list       a visit             latches the clock: the audience
//!     dispatch   for each listener:  older than the visit? not removed? plain? -> call it
//!                else, `Round`:      its turn, its claim -> call it, or pass over
//!     list       leave               drops what was kept for this visit
//!     stack      leave
//! ```
//!
//! # A list
//!
//! * Listeners of one priority that were put at the same end stand in one *run*: a table of pointers
//!   in the order of registration. Almost every list has a single run.
//! * Each listener has a *birth*, a number that only grows. A visit latches the youngest birth; who is
//!   younger is passed over. That is the audience, without a copy.
//! * To a listener that is alone, and needs nothing but a call, the list points itself. An emit that finds it has
//!   its audience.
//! * A removed listener says so itself, so that every visit under way passes it over, whichever table
//!   it walks.
//! * A listener is one allocation: what the list knows of it, and behind that the closure. An id names a
//!   place in the list's *roster*, which forgets how large it was when most are gone.
//! * What is unlinked while visits are under way is kept with the names of these visitors, and dropped
//!   by the last of them. New visits are not waited for.
//!
//! # The flavours
//!
//! They differ in `flavour::Parts`: the pointer (`Arc` or `Rc`), the lock (a mutex or a `RefCell`), how visits are
//! known (announced by each thread in a place of its own, as loud as the list needs it, or counted), and the gate
//! of `on_mut` (a thread waits, or is refused; on one thread mostly by the closure itself). `Keeps` and `Moves` are
//! the bounds of a closure, and box it; `channel::Flavour` forgets the type of a channel's payload. All else is
//! written once.
//!
//! # The event loop
//!
//! ```text
//!   mod           EventLoop: the methods              trace         keeps records, undoes, renders
//!   --------------------------------------------------------------------------------
//!   handle        for its own thread                  proxy         for other threads
//!   builder       limits and policies
//!   --------------------------------------------------------------------------------
//!   turn          the algorithm: turn, run, poll, rest
//!   task          microtasks, idle callbacks          alarm         timers as events
//!   core          what all handles share              local_loops   the loops of this thread
//!   --------------------------------------------------------------------------------
//!   queue         EventQueue: who comes in, whose turn it is
//!   inlet         when mail is taken in               timers        what is due when
//!   door          where other threads knock           deadlines     the soonest first
//!   mail          letters from other threads           tick          the turn of a due timer
//!   lanes         three rings of runs of ids          frames        the live call stack
//!   stores        finds the store of an event         semaphore     the room in a bounded queue
//!   store         events of one kind, until a turn    overflow      what a full queue drops
//!   posted        a payload until its turn            slab          places that are used again
//!   --------------------------------------------------------------------------------
//!   journal       tells an inspector, step by step    inspector     who is told
//!   fifo          first come, first served            running       the cause of what is done now
//!   record, call_stack, queued, id, clock, exit, error: data, and know no loop
//! ```
//!
//! * The loop's emitter is a plain one with a *watcher*: `frames`. That is how each emit is on the call
//!   stack, whichever handle makes it, and how the emitter does not know of it.
//! * A due timer is an entry of the queue that only names it. All that runs, runs as an entry, a microtask
//!   or an idle callback: `turn` knows no fourth kind.
//! * What a step does is done before it is told, and no borrow is held meanwhile. The order of each place
//!   follows from the items in it, so a record that carries its item can be undone.
//!
//! # What must not be
//!
//! Each with the test in `tests/it` that holds it. Tests under `suite` run for both flavours.
//!
//! | absence | held by |
//! |---|---|
//! | No lock and no borrow of the emitter is held across a listener. | `suite::reentrancy::every_method_may_be_called_from_every_kind_of_listener`, `threads::every_method_may_be_called_while_another_thread_is_inside` |
//! | No lock is held while a closure or a payload is dropped. | `suite::reentrancy::every_method_may_be_called_when_a_closure_is_dropped`, `suite::reentrancy::every_method_may_be_called_when_a_payload_is_dropped` |
//! | No emit calls a listener younger than itself. | `suite::added_during_emit::every_way_of_adding_during_emit_waits` |
//! | No emit calls a listener removed before its turn. | `suite::off::a_removal_holds_in_every_frame_on_the_stack` |
//! | No listener is skipped because another went. | `suite::off::removing_many_on_both_sides_skips_nobody_else` |
//! | No call runs before it is claimed. | `suite::once::a_once_claimed_by_a_nested_emit_is_not_called_by_the_outer_one`, `threads::two_threads_share_the_calls_of_times` |
//! | No id is used twice, or by another emitter. | `suite::off::a_stale_id_never_removes_a_newer_listener`, `suite::off::the_id_of_another_emitter_is_refused`, `threads::threads_add_without_losing_any_and_ids_are_all_different` |
//! | `list` finds nothing by name, and knows no emitter: a signal alone keeps the rules. | `suite::signal::rules_hold_in_a_signal_alone` |
//! | No closure is dropped twice, or never. | `threads::every_closure_is_dropped_once_while_threads_emit_add_and_remove` |
//! | No memory grows with adding and removing. | `suite::release::a_million_cycles_do_not_grow_memory`, `suite::release::an_emitter_gives_all_its_memory_back` |
//! | No emit allocates. | `suite::payloads::an_emit_allocates_nothing`, `suite::payloads::a_nested_emit_allocates_nothing` |
//! | No payload is cloned. | `suite::payloads::a_payload_is_never_cloned_and_dropped_once` |
//! | No error is swallowed. | `suite::errors::an_unhandled_error_panics_after_the_last_listener`, `suite::errors::try_emit_returns_every_error_in_order` |
//! | No error without its cause, its text and a remedy in [`errors`](super::errors). | `architecture::every_error_has_a_row_with_its_text`, `architecture::every_mistake_of_a_caller_has_a_row` |
//! | No error goes round. | `suite::errors::an_error_in_an_error_listener_does_not_recurse` |
//! | No panic leaves a frame or a claim behind. | `suite::panics::a_panic_in_a_nested_emit_releases_every_frame`, `suite::panics::panics_do_not_use_up_the_depth` |
//! | No recursion is without end. | `suite::depth::unbounded_recursion_ends_and_the_emitter_works_afterwards` |
//! | No threads wait in a circle. | `threads::a_circle_of_three_threads_is_cut`, `threads::a_circle_of_a_wait_and_a_turn_is_cut` |
//! | No `off_and_wait` returns while a thread is inside. | `threads::off_and_wait_never_comes_back_early` |
//! | No emit of one event delays a drop of another. | `suite::release::an_emit_of_another_event_delays_nothing`, `threads::an_emit_of_another_event_on_another_thread_delays_no_drop` |
//! | No tap hears a `meta` event. | `suite::taps::taps_do_not_see_meta_events` |
//! | No weak handle keeps an emitter. | `suite::weak::a_weak_handle_upgrades_while_a_strong_one_lives`, `suite::subscription::a_subscription_does_not_keep_its_emitter` |
//! | No local handle crosses threads. | `bounds::the_local_flavour_is_for_one_thread` |
//! | No module imports upward. | `architecture::no_module_imports_upward`, `architecture::no_module_of_the_event_loop_imports_upward` |
//! | The emitter does not know that a loop exists. | `architecture::the_emitter_does_not_know_that_a_loop_exists` |
//! | No flavour has rules of its own. | `suite::model::a_random_program_runs_as_the_rules_say`, as the whole `suite` |
//!
//! Of the event loop, in `tests/it/event_loop` and `tests/loom/event_loop.rs`:
//!
//! | absence | held by |
//! |---|---|
//! | No line of the turn is left out, or comes in another order. | `turn`, a test for each; `model::tests::a_random_program_runs_as_the_contract_says` |
//! | No post allocates, once the queue has held as much. | `queue::a_post_and_its_dispatch_allocate_nothing_once_warm` |
//! | No post grows the stack. | `queue::posting_in_an_endless_circle_grows_neither_stack_nor_memory` |
//! | No payload is dropped twice, or never. | `model`, in every program; `handle::what_the_loop_drops_finds_it_closed` |
//! | No bound swallows what it refuses. | `capacity::a_refused_payload_is_the_very_one`, `faults::an_inspector_that_panics_leaves_the_room_right` |
//! | No accepted post of another thread is lost, and no wake. | `faults::what_another_thread_has_posted_is_not_evicted`, the models of `loom` |
//! | No run ends while something can still happen, or sleeps when nothing can. | `run`, `timers`, the models of `loom` |
//! | No panic leaves a frame behind, or the loop unable to run. | `panics::every_way_to_run_unwinds_and_is_well_afterwards`, `faults` |
//! | No borrow is held while a hook, a payload's `Drop`, an inspector or a clock runs. | `queue::the_drop_of_a_payload_may_use_the_queue`, `inspector::what_an_inspector_does_is_recorded_after_it_returns`, `faults` |
//! | No step is told that cannot be undone. | `trace::undoing_all_of_it_leaves_an_empty_state`, `trace::every_state_follows_from_the_records`; in a browser, `tests/page.rs` |
//! | No trace depends on the process. | `trace::the_same_program_gives_the_same_trace_byte_for_byte` |
//! | No cost without a reader: no record, no text, no clock. | `inspector::a_run_without_an_inspector_allocates_nothing`, `clock::without_timers_and_inspectors_no_clock_is_read` |
//!
//! Two are held by the compiler or the eye:
//!
//! * No `unsafe` outside of `guarded.rs` and `any_event.rs`. `unsafe_code = "deny"` in
//!   `Cargo.toml`, opened by name in these two. `--cfg oyez_safe` builds and tests a safe twin of the
//!   first.
//! * No atomic that changes while the readers and the writer of a list see it comes from elsewhere than `sync`,
//!   which takes it from a model checker under `--cfg loom`.
