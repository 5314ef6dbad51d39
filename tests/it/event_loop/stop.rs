//! `stop`: honoured once, in mid-queue, before a run, from another thread.

use super::*;

#[test]
fn a_stop_leaves_the_rest_queued() {
    // Post a, s, b; s stops → `a s`, Stopped, b left; a second run → `b`.
    let w = World::new();
    let trace = w.trace;
    w.say("a");
    w.act(move |h| {
        trace.log("s");
        h.stop();
    });
    w.say("b");
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    trace.expect("a s");
    assert_eq!(w.queued(), ["say"]);
    w.runs("b");
}

#[test]
fn a_stop_finishes_the_event_and_its_microtasks() {
    // The later listeners, and microtasks queued after the stop, too.
    let w = World::new();
    let trace = w.trace;
    w.event_loop.emitter().on(DO, move |_| trace.log("second"));
    w.act(move |h| {
        h.queue_microtask(move |h| {
            trace.log("m1");
            h.queue_microtask(move |_| trace.log("m2"));
        });
        h.stop();
        trace.log("first");
    });
    w.say("b");
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    trace.expect("first second m1 m2");
    w.runs("b");
}

#[test]
fn a_stop_before_run_is_honoured_and_consumed() {
    // Stopped, nothing ran; then normal. However often it was said.
    let w = World::new();
    w.say("a");
    w.h.stop();
    w.h.stop();
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.trace.expect("");
    w.runs("a");
}

#[test]
fn a_stop_is_honoured_where_nothing_is_left() {
    // By the last event, and by an empty loop.
    let w = World::new();
    w.act(|h| h.stop());
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.run();
    w.h.stop();
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.run();
}

#[test]
fn any_task_may_stop() {
    // A timer that stops ends its turn with its microtasks, and leaves what is due behind it.
    let w = World::new();
    let trace = w.trace;
    w.h.set_timeout(ms(1), move |h| {
        trace.log("t");
        h.stop();
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.h.set_timeout(ms(1), move |_| trace.log("u"));
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    trace.expect("t m");
    w.runs("u");
    assert_eq!(w.now(), 1);
}

#[test]
fn a_microtask_left_over_that_stops_is_obeyed_before_an_event_is_taken() {
    // Line 2: the other microtasks run, the event is left.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_microtask(move |h| {
        h.stop();
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.say("a");
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    trace.expect("m");
    w.runs("a");
}

#[test]
fn every_way_to_run_is_stopped() {
    // `Turn::Stopped`, `Next::Done(Stopped)`, and `Stopped` from the others; consumed each time.
    let w = World::new();
    let stop = || w.h.stop();
    w.say("a");
    stop();
    assert_eq!(w.event_loop.turn(), Ok(Turn::Stopped));
    stop();
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Stopped)));
    stop();
    assert_eq!(w.event_loop.run_for(ms(1)), Ok(Exit::Stopped));
    stop();
    assert_eq!(w.event_loop.run_until(|_| false), Ok(Exit::Stopped));
    stop();
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.runs("a");
    assert_eq!(w.now(), 0);
}

#[test]
fn a_stop_in_the_middle_of_a_poll_ends_it() {
    // `Done(Stopped)` after a stop; the next poll is normal.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        h.stop();
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.say("b");
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Stopped)));
    trace.expect("m");
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
    trace.expect("b");
}

#[test]
fn a_stop_inside_an_idle_callback_ends_its_poll() {
    // The microtasks of the callback run; nothing else of the poll is left to be done.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_idle(move |h| {
        h.stop();
        h.queue_microtask(move |_| trace.log("m"));
    });
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Stopped)));
    trace.expect("m");
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
}

#[test]
fn a_stop_during_a_turn_is_for_the_next() {
    // `turn` is one event: it says `Ran`, and the stop is what the next turn finds.
    let w = World::new();
    let id = w.act(|h| h.stop());
    w.say("b");
    assert_eq!(ran(w.event_loop.turn()), id);
    assert_eq!(w.event_loop.turn(), Ok(Turn::Stopped));
    ran(w.event_loop.turn());
    w.trace.expect("b");
}

#[test]
fn a_stop_moves_no_clock() {
    // It comes before the step to the next deadline.
    let w = World::new();
    let t = w.stamp("t");
    w.h.set_timeout(ms(10), move |_| t());
    w.act(|h| h.stop());
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    assert_eq!(w.now(), 0);
    w.runs("t10");
}

#[test]
fn a_panic_does_not_forget_the_stop() {
    // The run that the panic ended did not answer `Stopped`: the next one does.
    let w = World::new();
    w.act(|h| {
        h.stop();
        panic!("boom");
    });
    w.say("b");
    assert_eq!(panic_text(|| w.event_loop.run()), "boom");
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.runs("b");
}

#[test]
fn what_a_stop_leaves_is_done_by_polls() {
    // As the docs of `stop` say: also idle callbacks and what they post, and no wait for the timer.
    let w = World::new();
    let trace = w.trace;
    w.act(|h| h.stop());
    w.say("a");
    w.h.queue_idle(move |h| {
        trace.log("i");
        say(h, "b");
        h.queue_idle(move |_| trace.log("j"));
    });
    w.h.set_timeout(ms(1), |_| unreachable!("nobody waits for it"));
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    while w.event_loop.poll() == Ok(Next::Ready) {}
    w.trace.expect("a i b j");
}
