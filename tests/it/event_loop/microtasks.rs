//! Microtasks: when the call stack is empty, before the next event, and not without a limit.

use super::*;
use crate::alloc::live_bytes;

#[test]
fn microtasks_run_before_the_next_event() {
    // Post a, b; a queues m1, m2 → `a m1 m2 b`.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        trace.log("a");
        h.queue_microtask(move |_| trace.log("m1"));
        h.queue_microtask(move |_| trace.log("m2"));
    });
    w.say("b");
    w.runs("a m1 m2 b");
}

#[test]
fn a_microtask_of_a_microtask_goes_to_the_end() {
    // Of m1 and m2, m1 queues m1.1 → `a m1 m2 m1.1 b`, as in HTML.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        trace.log("a");
        h.queue_microtask(move |h| {
            trace.log("m1");
            h.queue_microtask(move |_| trace.log("m1.1"));
        });
        h.queue_microtask(move |_| trace.log("m2"));
    });
    w.say("b");
    w.runs("a m1 m2 m1.1 b");
}

#[test]
fn microtasks_come_before_a_timer_of_zero() {
    // Start; set_timeout(0, t); micro(p1 → p2); end → `start end p1 p2 t`, as in HTML.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        trace.log("start");
        h.set_timeout(Duration::ZERO, move |_| trace.log("t"));
        h.queue_microtask(move |h| {
            trace.log("p1");
            h.queue_microtask(move |_| trace.log("p2"));
        });
        trace.log("end");
    });
    w.runs("start end p1 p2 t");
}

#[test]
fn microtasks_run_between_two_due_timers() {
    // The first queues m → `t1 m t2`.
    let w = World::new();
    let trace = w.trace;
    w.h.set_timeout(ms(1), move |h| {
        trace.log("t1");
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.h.set_timeout(ms(1), move |_| trace.log("t2"));
    w.runs("t1 m t2");
}

#[test]
fn microtasks_wait_for_the_last_listener_of_an_event() {
    // `L1 L2 m1 m2`: the dispatch frame is still on the stack between the two listeners.
    let w = World::new();
    let trace = w.trace;
    for (listener, micro) in [("L1", "m1"), ("L2", "m2")] {
        let h = w.h.clone();
        w.event_loop.emitter().on(NUM, move |_| {
            trace.log(listener);
            h.queue_microtask(move |_| trace.log(micro));
        });
    }
    w.h.post(NUM, 1).unwrap();
    w.runs("L1 L2 m1 m2");
}

#[test]
fn a_nested_emit_drains_no_microtasks() {
    // "when the call stack is empty", and it is not when an inner emit returns.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |_| {
        trace.log("inner");
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.act(move |h| {
        h.emit(NUM, 1);
        trace.log("outer");
    });
    w.runs("inner outer m");
}

#[test]
fn a_microtask_that_queues_itself_meets_the_limit() {
    // Exactly 1000 runs, then `MicrotaskLimit`; the queued event is still there. The error
    // names the last of them.
    let w = World::new();
    let runs = Rc::new(Cell::new(0));
    fn again(h: &LoopHandle, runs: Rc<Cell<usize>>) -> u32 {
        h.queue_microtask(move |h| {
            runs.set(runs.get() + 1);
            again(h, Rc::clone(&runs));
        });
        line!() - 4
    }
    let (counted, line) = (Rc::clone(&runs), Rc::new(Cell::new(0)));
    let at = Rc::clone(&line);
    w.act(move |h| at.set(again(h, Rc::clone(&counted))));
    w.say("b");
    let error = w.event_loop.run().unwrap_err();
    assert_eq!(runs.get(), 1000);
    let RunError::MicrotaskLimit { limit, last } = &error else {
        panic!("{error}");
    };
    assert_eq!(*limit, 1000);
    assert!(!last.is_empty());
    for location in last {
        assert_eq!((location.file(), location.line()), (file!(), line.get()));
    }
    assert_eq!(w.queued(), ["say"]);
    assert!(w.h.call_stack().is_empty());
}

#[test]
fn the_loop_goes_on_where_the_limit_ended_it() {
    // Neither the events nor the microtasks left are lost: a chain of five under a limit of three.
    let w = World::built(|builder| builder.microtask_limit(3));
    let trace = w.trace;
    w.act(move |h| {
        for name in ["m1", "m2", "m3", "m4", "m5"] {
            h.queue_microtask(move |_| trace.log(name));
        }
    });
    w.say("b");
    let error = w.event_loop.run().unwrap_err();
    assert!(matches!(error, RunError::MicrotaskLimit { limit: 3, .. }));
    trace.expect("m1 m2 m3");
    w.runs("m4 m5 b");
}

#[test]
fn the_limit_names_the_last_ones() {
    // "an error that names the last ones", where they were queued: the last that ran.
    let w = World::built(|builder| builder.microtask_limit(2));
    w.h.queue_microtask(|_| ());
    w.h.queue_microtask(|h| {
        h.queue_microtask(|_| ());
    });
    let line = line!() - 2;
    let Err(RunError::MicrotaskLimit { last, .. }) = w.event_loop.run() else {
        panic!("two are allowed, three were queued");
    };
    let at = last.last().expect("it names one at least");
    assert_eq!(at.file(), file!());
    assert_eq!(at.line(), line - 1, "{last:?}");
}

#[test]
fn exactly_the_limit_is_no_error() {
    // "up to `microtask_limit`": a thousand in one drain, and as many again in the next.
    let w = World::new();
    let runs = Rc::new(Cell::new(0));
    for _ in 0..2 {
        let runs = Rc::clone(&runs);
        w.act(move |h| {
            for _ in 0..1000 {
                let runs = Rc::clone(&runs);
                h.queue_microtask(move |_| runs.set(runs.get() + 1));
            }
        });
    }
    w.run();
    assert_eq!(runs.get(), 2000);
}

#[test]
fn the_limit_holds_wherever_microtasks_are_drained() {
    // Left over, after a timer, after an idle callback; and for `turn` and `poll`.
    fn endless(h: &LoopHandle) {
        h.queue_microtask(endless);
    }
    let limited = || World::built(|builder| builder.microtask_limit(10));
    let w = limited();
    endless(&w.h);
    let error = w.event_loop.turn().unwrap_err();
    assert!(matches!(error, RunError::MicrotaskLimit { limit: 10, .. }));
    let w = limited();
    w.act(endless);
    assert_eq!(w.event_loop.poll().unwrap_err(), error);
    let w = limited();
    w.h.set_timeout(ms(1), endless);
    assert_eq!(w.event_loop.run().unwrap_err(), error);
    let w = limited();
    w.h.queue_idle(endless);
    assert_eq!(w.event_loop.run().unwrap_err(), error);
    let w = limited();
    w.h.queue_idle(endless);
    assert_eq!(w.event_loop.run_for(ms(1)).unwrap_err(), error);
}

#[test]
fn emit_is_now_post_is_later() {
    // Where a1 emits b: `a1 b1 a1-end a2`; where it posts b: `a1 a1-end a2 b1`.
    for (posted, told) in [(false, "a1 b1 a1-end a2"), (true, "a1 a1-end a2 b1")] {
        let w = World::new();
        let (h, trace) = (w.h.clone(), w.trace);
        w.event_loop.emitter().on(NUM, move |_| {
            trace.log("a1");
            if posted {
                h.post(OTHER, 1).unwrap();
            } else {
                h.emit(OTHER, 1);
            }
            trace.log("a1-end");
        });
        w.event_loop.emitter().on(NUM, move |_| trace.log("a2"));
        w.event_loop.emitter().on(OTHER, move |_| trace.log("b1"));
        w.h.post(NUM, 1).unwrap();
        w.runs(told);
    }
}

#[test]
fn all_tiers_in_their_order() {
    // `go{ e } m p t`, and the program at the head of the module's docs, literally.
    const GO: Event<()> = Event::new("go");
    const LATER: Event<()> = Event::new("later");
    const NOW: Event<()> = Event::new("now");
    let clock = VirtualClock::new();
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    let handle = event_loop.handle();
    let trace = Trace::new();
    let log = move |word| trace.log(word);
    event_loop.emitter().on(NOW, move |()| log("now"));
    event_loop.emitter().on(LATER, move |()| log("later"));
    let h = handle.clone();
    event_loop.emitter().on(GO, move |_| {
        h.post(LATER, ()).unwrap();
        h.queue_microtask(move |_| log("m"));
        h.set_timeout(Duration::ZERO, move |_| log("t"));
        h.emit(NOW, ());
    });
    handle.post(GO, ()).unwrap();
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
    trace.expect("now m later t");
}

#[test]
fn microtasks_of_an_emit_outside_a_run_wait_for_the_next_turn() {
    // Fine print: they are not run by `emit`, though the stack is empty when it returns.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |_| {
        h.queue_microtask(move |_| trace.log("m"));
        trace.log("a");
    });
    assert_eq!(w.h.emit(NUM, 1), 1);
    assert_eq!(w.event_loop.emitter().emit(NUM, 1), 1);
    trace.expect("a a");
    assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
    trace.expect("m m");
}

#[test]
fn what_a_microtask_does_is_like_what_a_listener_does() {
    // It emits here and now, posts behind the queue, and what its emits queue comes after it.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |_| {
        trace.log("n");
        h.queue_microtask(move |_| trace.log("m2"));
    });
    w.say("a");
    w.h.queue_microtask(move |h| {
        say(h, "b");
        trace.log("(");
        h.emit(NUM, 1);
        trace.log(")");
    });
    w.runs("( n ) m2 a b");
}

#[test]
fn a_microtask_drops_what_it_captured_when_it_is_over() {
    // Before the next one starts.
    let w = World::new();
    let trace = w.trace;
    for (name, probe) in [("m1", trace.probe("~1")), ("m2", trace.probe("~2"))] {
        w.h.queue_microtask(move |_| {
            probe.hold();
            trace.log(name);
        });
    }
    w.runs("m1 ~1 m2 ~2");
}

#[test]
fn a_microtask_may_answer_like_a_listener() {
    // "Tasks return an `Outcome` as listeners do": `Stop` and `Unsubscribe` mean nothing to it.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_microtask(|_| Flow::Stop);
    w.h.queue_microtask(|_| Flow::Unsubscribe);
    w.h.queue_microtask(|_| std::ops::ControlFlow::Break(()));
    w.h.queue_microtask(|_| -> oyez::Result { Ok(()) });
    w.h.queue_microtask(|_| Ok::<_, String>(Flow::Stop));
    w.h.queue_microtask(move |_| trace.log("m"));
    w.runs("m");
}

#[test]
fn the_memory_of_a_burst_comes_back() {
    // When the last one is taken. What is left is little.
    let burst = if cfg!(miri) { 2_000 } else { 100_000 };
    let w = World::built(|builder| builder.microtask_limit(burst));
    let before = live_bytes();
    (0..burst).for_each(|_| w.h.queue_microtask(|_| ()));
    w.run();
    let grown = live_bytes() - before;
    assert!(grown <= 1_024, "{grown} bytes");
}
