//! Errors and panics: of listeners, of tasks, heard, unheard, isolated; the loop is well afterwards.

use super::*;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

const BOOM: Event<()> = Event::new("boom");

/// A world whose `BOOM` panics, built with a policy.
fn exploding(policy: PanicPolicy) -> World {
    let w = World::built(|builder| builder.panics(policy));
    w.event_loop.emitter().on(BOOM, |()| panic!("boom"));
    w
}

/// Posts `a`, a panic, and `c`.
fn post_three(w: &World) {
    w.say("a");
    w.h.post(BOOM, ()).unwrap();
    w.say("c");
}

fn hear_errors(w: &World) {
    let trace = w.trace;
    w.event_loop
        .emitter()
        .on(LISTENER_ERROR, move |_| trace.log("!"));
}

/// Logs the kind, the timer and the source of each task error.
fn hear_task_errors(w: &World) {
    let trace = w.trace;
    w.event_loop.emitter().on(TASK_ERROR, move |error| {
        let timer = error
            .timer()
            .map_or_else(String::new, |timer| timer.to_string());
        let source = error.source().expect("there is always one");
        trace.log(format_args!("!{:?}{timer}:{source}", error.kind()));
    });
}

#[test]
fn a_panic_unwinds_out_of_run_and_keeps_the_queue() {
    // Propagate: `a`, unwinds, c left, stack empty, second run → `c`.
    let w = exploding(PanicPolicy::Propagate);
    post_three(&w);
    assert_eq!(panic_text(|| w.event_loop.run()), "boom");
    w.trace.expect("a");
    assert_eq!(w.queued(), ["say"]);
    assert!(w.h.call_stack().is_empty());
    assert_eq!(w.h.depth(), 0);
    w.runs("c");
}

#[test]
fn propagate_is_the_default() {
    // For listeners, and for tasks.
    let w = World::new();
    w.event_loop.emitter().on(BOOM, |()| panic!("boom"));
    hear_errors(&w);
    hear_task_errors(&w);
    post_three(&w);
    assert_eq!(panic_text(|| w.event_loop.run()), "boom");
    w.runs("a c");
    w.h.queue_microtask(|_| panic!("task"));
    assert_eq!(panic_text(|| w.event_loop.run()), "task");
    w.is_well();
}

#[test]
fn an_isolated_panic_is_reported_once_and_the_loop_goes_on() {
    // Isolate with a LISTENER_ERROR listener: `a c`.
    let w = exploding(PanicPolicy::Isolate);
    hear_errors(&w);
    post_three(&w);
    w.runs("a ! c");
}

#[test]
fn an_isolated_panic_that_nobody_hears_unwinds() {
    // `run` unwinds after `a`, a second run gives `c`.
    let w = exploding(PanicPolicy::Isolate);
    post_three(&w);
    assert_contains(&panic_text(|| w.event_loop.run()), &["boom"]);
    w.trace.expect("a");
    w.runs("c");
}

#[test]
fn isolate_calls_the_listeners_behind_the_one_that_panicked() {
    // Rule 7, in a dispatch.
    let w = exploding(PanicPolicy::Isolate);
    hear_errors(&w);
    let trace = w.trace;
    w.event_loop.emitter().on(BOOM, move |()| trace.log("next"));
    w.h.post(BOOM, ()).unwrap();
    w.runs("! next");
}

#[test]
fn the_builders_policy_rules_listeners_unless_the_emitter_has_its_own() {
    // Fine print: "The builder's `panics` rules tasks and, unless the emitter's own was set,
    // listeners", in whichever order they are set.
    use PanicPolicy::{Isolate, Propagate};
    let own = |policy| local::EventEmitter::builder().panics(policy);
    for (isolates_listeners, w) in [
        (true, World::built(|b| b.panics(Isolate))),
        (
            true,
            World::built(|b| b.panics(Isolate).emitter(local::EventEmitter::builder())),
        ),
        (
            true,
            World::built(|b| b.emitter(local::EventEmitter::builder()).panics(Isolate)),
        ),
        (
            false,
            World::built(|b| b.panics(Isolate).emitter(own(Propagate))),
        ),
        (
            false,
            World::built(|b| b.emitter(own(Propagate)).panics(Isolate)),
        ),
    ] {
        w.event_loop.emitter().on(BOOM, |()| panic!("boom"));
        hear_errors(&w);
        hear_task_errors(&w);
        w.h.post(BOOM, ()).unwrap();
        if isolates_listeners {
            w.runs("!");
        } else {
            assert_eq!(panic_text(|| w.event_loop.run()), "boom");
        }
        w.h.queue_microtask(|_| panic!("task"));
        w.runs("!Microtask:task");
    }
    for w in [
        World::built(|b| b.emitter(own(Isolate))),
        World::built(|b| b.panics(Propagate).emitter(own(Isolate))),
        World::built(|b| b.emitter(own(Isolate)).panics(Propagate)),
    ] {
        w.event_loop.emitter().on(BOOM, |()| panic!("boom"));
        hear_errors(&w);
        hear_task_errors(&w);
        w.h.post(BOOM, ()).unwrap();
        w.runs("!");
        w.h.queue_microtask(|_| panic!("task"));
        assert_eq!(panic_text(|| w.event_loop.run()), "task");
        w.is_well();
    }
}

#[test]
fn a_listeners_error_that_nobody_hears_unwinds_out_of_run() {
    // "as it does out of `emit` (rule 6), the queue kept": after the last listener.
    let w = World::new();
    let trace = w.trace;
    w.event_loop.emitter().on(NUM, |_| failed("bad"));
    w.event_loop.emitter().on(NUM, trace.logs("n"));
    w.h.post(NUM, 1).unwrap();
    w.say("c");
    assert_contains(&panic_text(|| w.event_loop.run()), &["num", "bad"]);
    trace.expect("n1");
    w.runs("c");
    hear_errors(&w);
    w.h.post(NUM, 2).unwrap();
    w.say("d");
    w.runs("! n2 d");
}

#[test]
fn a_tasks_error_goes_to_task_error() {
    // For each kind of task: kind, timer, where it was queued or set, and the error as its source.
    let w = World::new();
    let (trace, timers) = (w.trace, Rc::new(RefCell::new(Vec::new())));
    let heard = Rc::clone(&timers);
    w.event_loop.emitter().on(TASK_ERROR, move |error| {
        assert_eq!(error.location().file(), file!());
        heard.borrow_mut().push(error.timer());
        trace.log(format_args!(
            "{:?}:{}@{}",
            error.kind(),
            error.source().unwrap(),
            error.location().line()
        ));
    });
    let line = line!();
    w.h.queue_microtask(|_| failed("m"));
    w.h.queue_idle(|_| failed("i"));
    let timeout = w.h.set_timeout(ms(1), |_| failed("t"));
    let interval = w.h.set_interval(ms(2), |h| {
        h.stop();
        failed("v")
    });
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    trace.expect(&format!(
        "Microtask:m@{} Idle:i@{} Timer:t@{} Timer:v@{}",
        line + 1,
        line + 2,
        line + 3,
        line + 4
    ));
    let told = [None, None, Some(timeout), Some(interval)];
    assert_eq!(*timers.borrow(), told);
}

#[test]
fn a_tasks_error_that_nobody_hears_unwinds_out_of_run() {
    // "nobody there: it unwinds out of `run`"; what is queued stays, and each task is over.
    let w = World::new();
    w.h.queue_microtask(|_| failed("m"));
    w.h.queue_idle(|_| failed("i"));
    w.h.set_timeout(ms(1), |_| failed("t"));
    w.say("a");
    for (text, told) in [("m", ""), ("i", "a"), ("t", "")] {
        assert_contains(&panic_text(|| w.event_loop.run()), &["error", text]);
        w.trace.expect(told);
        assert!(w.h.call_stack().is_empty());
    }
    w.runs("");
}

#[test]
fn a_tasks_isolated_panic_goes_to_task_error() {
    // Isolate, for each kind: its text is the source; with nobody there it unwinds.
    let w = World::built(|builder| builder.panics(PanicPolicy::Isolate));
    let post = || {
        w.h.queue_microtask(|_| panic!("m"));
        w.h.queue_idle(|_| panic!("i{}", 1));
        w.h.set_timeout(ms(1), |_| panic!("t"));
    };
    post();
    for text in ["m", "i1", "t"] {
        assert_contains(&panic_text(|| w.event_loop.run()), &[text]);
    }
    hear_task_errors(&w);
    post();
    w.runs("!Microtask:m !Idle:i1 !Timert2:t");
}

#[test]
fn an_isolated_interval_goes_on() {
    // Its panic is told, and the next tick comes.
    let w = World::built(|builder| builder.panics(PanicPolicy::Isolate));
    hear_task_errors(&w);
    let mut runs = 0;
    w.h.set_interval(ms(10), move |_| {
        runs += 1;
        assert!(runs % 2 == 0, "odd");
        if runs == 4 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    });
    w.runs("!Timert1:odd !Timert1:odd");
    assert_eq!(w.now(), 40);
}

#[test]
fn a_tasks_panic_is_not_told_under_propagate() {
    // It unwinds with what was thrown.
    #[derive(Debug, PartialEq)]
    struct Thrown(i32);
    let w = World::new();
    hear_task_errors(&w);
    w.h.set_timeout(ms(1), |_| panic_any(Thrown(7)));
    let caught = catch_unwind(AssertUnwindSafe(|| w.event_loop.run())).unwrap_err();
    assert_eq!(caught.downcast_ref(), Some(&Thrown(7)));
    w.trace.expect("");
    w.is_well();
}

#[test]
fn an_isolated_panic_without_a_text_is_an_error_all_the_same() {
    // `panic_any`: there is a source, whatever it says.
    let w = World::built(|builder| builder.panics(PanicPolicy::Isolate));
    hear_task_errors(&w);
    w.h.queue_microtask(|_| panic_any(7_u8));
    w.run();
    assert!(w.trace.take().starts_with("!Microtask:"));
}

#[test]
fn task_errors_are_events_like_others() {
    // Microtasks they queue run, several hear them, taps see them, and their own errors are
    // listener errors.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop
        .emitter()
        .on_any(move |any| trace.log(any.name()));
    w.event_loop.emitter().on(TASK_ERROR, move |_| {
        trace.log("first");
        h.queue_microtask(move |_| trace.log("m2"));
        say(&h, "posted");
    });
    w.event_loop.emitter().on(TASK_ERROR, |_| failed("second"));
    w.event_loop.emitter().on(LISTENER_ERROR, move |error| {
        assert_eq!(error.event(), TASK_ERROR.name());
        trace.log("listener-error");
    });
    w.h.queue_microtask(|_| failed("m1"));
    let name = TASK_ERROR.name();
    w.runs(&format!("{name} first listener-error m2 say posted"));
}

#[test]
fn a_task_error_that_is_kept_from_its_listener_is_unhandled() {
    // A tap, which comes first, removes the only one who would have heard it.
    let w = World::new();
    let e = w.event_loop.emitter();
    let id = e.on(TASK_ERROR, |_| unreachable!("it is removed"));
    let weak = e.downgrade();
    e.on_any(move |any| {
        if any.is(TASK_ERROR) {
            assert!(weak.upgrade().unwrap().off(id));
        }
    });
    w.h.queue_microtask(|_| failed("boom"));
    let text = panic_text(|| w.event_loop.run());
    assert_contains(&text, &["unhandled error: microtask", "boom"]);
    w.is_well();
}

#[test]
fn a_panic_in_a_task_error_listener_unwinds() {
    // Propagate: and the loop is well.
    let w = World::new();
    let id = w.event_loop.emitter().on(TASK_ERROR, |_| panic!("hook"));
    w.h.queue_microtask(|_| failed("m"));
    w.say("a");
    assert_eq!(panic_text(|| w.event_loop.run()), "hook");
    assert!(w.h.call_stack().is_empty());
    w.event_loop.emitter().off(id);
    w.runs("a");
}

#[test]
fn microtasks_are_kept_when_a_listener_panics() {
    // They are left over: the next run drains them before anything else.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        h.queue_microtask(move |_| trace.log("m"));
        panic!("boom");
    });
    w.say("b");
    assert_eq!(panic_text(|| w.event_loop.run()), "boom");
    trace.expect("");
    w.runs("m b");
}

#[test]
fn microtasks_are_kept_when_one_of_them_panics() {
    // The one that panicked is gone, those behind it are not.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_microtask(move |_| trace.log("m1"));
    w.h.queue_microtask(|_| panic!("boom"));
    w.h.queue_microtask(move |_| trace.log("m3"));
    w.say("a");
    assert_eq!(panic_text(|| w.event_loop.run()), "boom");
    trace.expect("m1");
    w.runs("m3 a");
}

#[test]
fn a_panic_ends_its_own_timer_or_idle_callback_and_no_other() {
    // What comes after it is still there.
    let w = World::new();
    let trace = w.trace;
    w.h.set_timeout(ms(1), |_| panic!("t"));
    w.h.set_timeout(ms(1), move |_| trace.log("t2"));
    w.h.queue_idle(|_| panic!("i"));
    w.h.queue_idle(move |_| trace.log("i2"));
    assert_eq!(panic_text(|| w.event_loop.run()), "i");
    assert_eq!(panic_text(|| w.event_loop.run()), "t");
    w.runs("i2 t2");
}

#[test]
fn what_a_panicking_handler_was_lent_is_dropped() {
    // Its payload, and what a task had captured, while it unwinds.
    let w = World::new();
    w.event_loop.emitter().on(HELD, |_| panic!("boom"));
    w.h.post(HELD, held(w.trace.probe("~a"))).unwrap();
    panic_text(|| w.event_loop.run());
    w.trace.expect("~a");
    for is_idle in [false, true] {
        let probe = w.trace.probe("~b");
        let task = move |_: &LoopHandle| {
            probe.hold();
            panic!("boom");
        };
        if is_idle {
            w.h.queue_idle(task);
        } else {
            w.h.queue_microtask(task);
        }
        panic_text(|| w.event_loop.run());
        w.trace.expect("~b");
    }
    let probe = w.trace.probe("~c");
    w.h.set_timeout(ms(1), move |_| {
        probe.hold();
        panic!("boom");
    });
    panic_text(|| w.event_loop.run());
    w.trace.expect("~c");
    w.is_well();
}

#[test]
fn a_payload_that_panics_when_dropped_harms_nobody() {
    // Hostile: after its dispatch, in `cancel`, in `clear`; the rest is as it was.
    let w = World::new();
    let bomb = || {
        let bomb = held(OnDrop(|| panic!("boom")));
        w.h.post(HELD, bomb).unwrap()
    };
    bomb();
    w.say("a");
    assert_eq!(panic_text(|| w.event_loop.run()), "boom");
    assert!(w.h.call_stack().is_empty());
    w.runs("a");
    let id = bomb();
    w.say("b");
    assert_eq!(panic_text(|| w.h.cancel(id)), "boom");
    assert!(!w.h.cancel(id));
    w.runs("b");
    w.h.post(HELD, held(w.trace.probe("~c"))).unwrap();
    bomb();
    w.h.post(HELD, held(w.trace.probe("~d"))).unwrap();
    assert_eq!(panic_text(|| w.h.queue().clear()), "boom");
    w.trace.expect("~c ~d");
    assert!(w.h.queue().is_empty());
    w.is_well();
}

#[test]
fn a_payload_that_panics_when_cleared_leaves_no_interval_behind() {
    // The turn of the interval is among the cleared, in front of the payload and behind it.
    for is_behind in [false, true] {
        let w = World::new();
        let t = w.stamp("t");
        w.h.set_interval(ms(10), move |_| t());
        let post = || {
            let bomb = held(OnDrop(|| panic!("boom")));
            w.h.post(HELD, bomb).unwrap();
            w.h.post(HELD, held(w.trace.probe("~"))).unwrap();
        };
        w.say("a");
        is_behind.then(post);
        w.clock.advance(ms(10));
        ran(w.event_loop.turn());
        (!is_behind).then(post);
        assert_eq!(panic_text(|| w.h.queue().clear()), "boom");
        w.trace.expect("a ~");
        assert_eq!(w.event_loop.run_for(ms(15)), Ok(Exit::Reached));
        w.trace.expect("t20");
    }
}

#[test]
fn a_panic_in_the_question_of_run_until_unwinds() {
    // It is user code like any other.
    let w = World::new();
    w.say("a");
    let asked = panic_text(|| w.event_loop.run_until(|_| panic!("asked")));
    assert_eq!(asked, "asked");
    w.runs("a");
    w.is_well();
}

#[test]
fn every_way_to_run_unwinds_and_is_well_afterwards() {
    // `turn`, `poll`, `run_for`, `run_until`; and none of them is left "running".
    let w = World::new();
    w.event_loop.emitter().on(BOOM, |()| panic!("boom"));
    let post = || w.h.post(BOOM, ()).unwrap();
    for _ in 0..3 {
        post();
        assert_eq!(panic_text(|| w.event_loop.turn()), "boom");
        post();
        assert_eq!(panic_text(|| w.event_loop.poll()), "boom");
        post();
        assert_eq!(panic_text(|| w.event_loop.run_for(ms(1))), "boom");
        post();
        assert_eq!(panic_text(|| w.event_loop.run_until(|_| false)), "boom");
        post();
        assert_eq!(panic_text(|| w.event_loop.run()), "boom");
        w.is_well();
    }
}

#[test]
fn errors_of_try_emit_are_returned() {
    // Rule 6 through the handle: no `LISTENER_ERROR`, no panic.
    let w = World::new();
    hear_errors(&w);
    w.event_loop.emitter().on(NUM, |_| failed("bad"));
    let trace = w.trace;
    w.act(move |h| {
        let error = h.try_emit(NUM, 1).unwrap_err();
        trace.log(error.to_string().contains("num"));
        trace.log(h.emit(NUM, 1));
    });
    w.runs("true ! 1");
    assert!(w.h.try_emit(OTHER, 1).is_ok());
}

#[test]
fn a_caught_panic_of_a_nested_emit_leaves_the_outer_frames() {
    // The stack is that of the outer listener again.
    let w = World::new();
    w.event_loop.emitter().on(NUM, |_| panic!("boom"));
    let trace = w.trace;
    w.act(move |h| {
        let before = h.call_stack().depth();
        assert_eq!(panic_text(|| h.emit(NUM, 1)), "boom");
        assert_eq!(h.call_stack().depth(), before);
        trace.log("after");
    });
    w.runs("after");
    w.is_well();
}
