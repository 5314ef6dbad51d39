//! The turn, a test for each of its seven lines.

use super::*;

#[test]
fn line_1_a_stop_ends_the_turn_before_anything_else() {
    // "(1) stopping? clear the flag, exit `Stopped`": no microtask, no event; the next turn is normal.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_microtask(move |_| trace.log("m"));
    w.say("a");
    w.h.stop();
    assert_eq!(w.event_loop.turn(), Ok(Turn::Stopped));
    trace.expect("");
    ran(w.event_loop.turn());
    trace.expect("m a");
}

#[test]
fn line_2_microtasks_left_over_come_first() {
    // "(2) Microtasks left over: drain", the new ones included, before any event.
    let w = World::new();
    let trace = w.trace;
    w.say("a");
    w.h.queue_microtask(move |h| {
        trace.log("m");
        h.queue_microtask(move |_| trace.log("m.m"));
    });
    ran(w.event_loop.turn());
    trace.expect("m m.m a");
}

#[test]
fn line_3_other_threads_posts_then_due_timers_go_behind_what_is_queued() {
    // "(3) Take in posts from other threads in arrival order, then timers due (by deadline, then by
    // creation), behind what is queued." Everything is there when the turn starts.
    let w = World::new();
    let trace = w.trace;
    let stamp = |name| move |_: &LoopHandle| trace.log(name);
    w.h.set_timeout(ms(2), stamp("t3"));
    w.h.set_timeout(ms(1), stamp("t1"));
    w.h.set_timeout(ms(2), stamp("t4"));
    w.h.set_timeout(ms(1), stamp("t2"));
    w.clock.advance(ms(5));
    let proxy = w.h.proxy();
    in_time(move || {
        proxy.post(SAY, "p1").unwrap();
        proxy.post(SAY, "p2").unwrap();
    });
    w.say("a");
    ran(w.event_loop.turn());
    trace.expect("a");
    let waiting = w.queued();
    assert_eq!(waiting[..2], ["say", "say"]);
    assert_eq!(waiting[2..], ["(timer)"; 4]);
    w.runs("p1 p2 t1 t2 t3 t4");
}

#[test]
fn line_4_a_turn_takes_one_event() {
    // "(4) Take one event", whatever waits; three posts are three turns.
    let w = World::new();
    let ids = ["a", "b", "c"].map(|word| w.say(word));
    for (id, left) in ids.into_iter().zip([2, 1, 0]) {
        assert_eq!(w.event_loop.turn(), Ok(Turn::Ran(id)));
        assert_eq!(w.h.queue().len(), left);
    }
    w.trace.expect("a b c");
    assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
}

#[test]
fn line_5_listeners_run_each_in_its_frame_inside_the_frame_of_the_dispatch() {
    // "(5) Push a dispatch frame, call the listeners, each in its frame, pop."
    let w = World::new();
    let trace = w.trace;
    for name in ["first", "second"] {
        let h = w.h.clone();
        w.event_loop.emitter().listen(NUM).label(name).on(move |_| {
            let stack = h.call_stack();
            let frames = stack.frames();
            assert_eq!(frames.len(), 2);
            trace.log(format_args!(
                "{:?}>{:?}:{}",
                frames[0].kind(),
                frames[1].kind(),
                frames[1].label().unwrap()
            ));
        });
    }
    w.h.post(NUM, 1).unwrap();
    ran(w.event_loop.turn());
    trace.expect("Dispatch>Listener:first Dispatch>Listener:second");
    assert!(w.h.call_stack().is_empty());
}

#[test]
fn line_6_microtasks_are_drained_when_the_stack_is_empty() {
    // "(6) Stack empty: drain microtasks, new ones included, up to `microtask_limit`": in the same
    // turn, after the last listener.
    let w = World::built(|builder| builder.microtask_limit(3));
    let trace = w.trace;
    w.act(move |h| {
        trace.log("a");
        h.queue_microtask(move |h| {
            assert_eq!(h.call_stack().depth(), 1);
            trace.log("m1");
            h.queue_microtask(move |_| trace.log("m2"));
        });
    });
    w.event_loop.emitter().on(DO, move |_| trace.log("a-too"));
    ran(w.event_loop.turn());
    trace.expect("a a-too m1 m2");
    w.act(|h| (0..4).for_each(|_| h.queue_microtask(|_| ())));
    let limit = w.event_loop.turn();
    assert!(matches!(
        limit,
        Err(RunError::MicrotaskLimit { limit: 3, .. })
    ));
}

#[test]
fn line_7_with_nothing_to_do_one_idle_callback_runs() {
    // "(7) Nothing to do: one idle callback".
    let w = World::new();
    let trace = w.trace;
    w.h.queue_idle(move |_| trace.log("i1"));
    w.h.queue_idle(move |_| trace.log("i2"));
    assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
    trace.expect("i1");
    assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
    trace.expect("i2");
}

#[test]
fn line_7_where_nothing_can_ever_happen_the_run_completes() {
    // "(7) .. else nothing can ever happen: exit `Completed`".
    let w = World::new();
    w.h.unref_timer(w.h.set_timeout(ms(5), |_| unreachable!("it is weak")));
    w.run();
    assert_eq!(w.now(), 0);
}

#[test]
fn line_7_else_the_virtual_clock_is_stepped_to_the_next_deadline() {
    // "(7) .. else sleep until the next deadline or a wake (virtual clock: step to the next
    // deadline; none: `Stalled`)".
    let w = World::new();
    let stamp = w.stamp("t");
    w.h.set_timeout(ms(70), move |_| stamp());
    let proxy = w.h.proxy();
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    w.trace.expect("t70");
    assert_eq!(w.now(), 70);
    drop(proxy);
    w.run();
}
