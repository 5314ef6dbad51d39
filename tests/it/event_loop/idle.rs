//! Idle callbacks: only when nothing else is there to do, one a turn.

use super::*;
use crate::alloc::live_bytes;

#[test]
fn idle_callbacks_run_when_nothing_is_queued() {
    // Queued before both events, they run behind them: `a b i1 i2`.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_idle(move |_| trace.log("i1"));
    w.h.queue_idle(move |_| trace.log("i2"));
    w.say("a");
    w.say("b");
    w.runs("a b i1 i2");
}

#[test]
fn one_idle_callback_a_turn() {
    // What the first posts comes before the second.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_idle(move |h| {
        trace.log("i1");
        say(h, "a");
        h.queue_microtask(move |_| trace.log("m"));
        h.set_timeout(Duration::ZERO, move |_| trace.log("t"));
    });
    w.h.queue_idle(move |_| trace.log("i2"));
    w.runs("i1 m a t i2");
}

#[test]
fn idle_callbacks_come_before_the_clock_is_stepped() {
    // A timer that is not due is nothing queued; one that is due comes first.
    let w = World::new();
    let (t, i) = (w.stamp("t"), w.stamp("i"));
    let due = t.clone();
    w.h.set_timeout(Duration::ZERO, move |_| due());
    w.h.set_timeout(ms(10), move |_| t());
    w.h.queue_idle(move |_| i());
    w.runs("t0 i0 t10");
}

#[test]
fn an_idle_callback_may_queue_another() {
    // That has its own turn, behind those that wait.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_idle(move |h| {
        trace.log("i1");
        h.queue_idle(move |_| trace.log("i3"));
    });
    w.h.queue_idle(move |_| trace.log("i2"));
    assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
    trace.expect("i1");
    w.runs("i2 i3");
}

#[test]
fn idle_callbacks_are_run_before_a_run_completes_or_stalls() {
    // Line 7 of the turn has them before any exit.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_idle(move |_| trace.log("i1"));
    w.runs("i1");
    w.h.queue_idle(move |_| trace.log("i2"));
    let proxy = w.h.proxy();
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    trace.expect("i2");
    drop(proxy);
}

#[test]
fn poll_runs_one_idle_callback_when_there_is_nothing_else() {
    // It is the host's turn in between: `Ready` while there are more.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_idle(move |_| trace.log("i1"));
    w.h.queue_idle(move |_| trace.log("i2"));
    w.say("a");
    assert_eq!(w.event_loop.poll(), Ok(Next::Ready));
    trace.expect("a");
    assert_eq!(w.event_loop.poll(), Ok(Next::Ready));
    trace.expect("i1");
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
    trace.expect("i2");
}

#[test]
fn a_stop_inside_an_idle_callback_lets_its_microtasks_run() {
    // Fine print: "its microtasks run before `Stopped`"; the other callback waits.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_idle(move |h| {
        trace.log("i1");
        h.stop();
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.h.queue_idle(move |_| trace.log("i2"));
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    trace.expect("i1 m");
    w.runs("i2");
}

#[test]
fn an_idle_callback_drops_what_it_captured_when_it_is_over() {
    // Before its microtasks, as with payloads.
    let w = World::new();
    let trace = w.trace;
    let probe = trace.probe("~");
    w.h.queue_idle(move |h| {
        probe.hold();
        trace.log("i");
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.runs("i ~ m");
}

#[test]
fn the_memory_of_a_burst_comes_back() {
    // When the last one is taken. What is left is little.
    let w = World::new();
    let before = live_bytes();
    (0..if cfg!(miri) { 2_000 } else { 100_000 }).for_each(|_| w.h.queue_idle(|_| ()));
    w.run();
    let grown = live_bytes() - before;
    assert!(grown <= 1_024, "{grown} bytes");
}
