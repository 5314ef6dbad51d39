//! Three lanes, stable; strict by default, fair on request.

use super::*;

#[track_caller]
fn say_in(w: &World, lane: Lane, word: &'static str) {
    w.h.post_with(SAY, word, lane).unwrap();
}

#[test]
fn higher_lanes_come_first_and_each_keeps_its_order() {
    // 1n 2n 3h 4h 5l 6l → `3 4 1 2 5 6`.
    let w = World::new();
    say_in(&w, Lane::Normal, "1");
    w.say("2");
    say_in(&w, Lane::High, "3");
    say_in(&w, Lane::High, "4");
    say_in(&w, Lane::Low, "5");
    say_in(&w, Lane::Low, "6");
    w.runs("3 4 1 2 5 6");
}

#[test]
fn options_and_a_bare_lane_say_the_same() {
    // `impl Into<PostOptions>`; `Normal` and no label where nothing is said.
    let w = World::new();
    let post = |options: PostOptions| w.h.post_with(NUM, 1, options).unwrap();
    post(PostOptions::new());
    post(PostOptions::new().lane(Lane::High).label("x"));
    post(Lane::High.into());
    post(PostOptions::new().label("y").lane(Lane::Low));
    let events = w.h.queue().events();
    let told: Vec<_> = events.iter().map(|e| (e.lane(), e.label())).collect();
    let expected = [
        (Lane::High, Some("x")),
        (Lane::High, None),
        (Lane::Normal, None),
        (Lane::Low, Some("y")),
    ];
    assert_eq!(told, expected);
}

#[test]
fn lanes_are_strict_by_default() {
    // A high handler that posts itself 50 times runs 51 times before anybody else.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |n| {
        trace.log("H");
        if *n < 50 {
            h.post_with(NUM, n + 1, Lane::High).unwrap();
        }
    });
    say_in(&w, Lane::Low, "l");
    w.say("n");
    w.h.post_with(NUM, 0, Lane::High).unwrap();
    w.runs(&format!("{}n l", "H ".repeat(51)));
}

/// A loop that is fair after `n`, with a high handler that posts itself nine times, and words.
fn fair(n: usize) -> World {
    let w = World::built(|builder| builder.fairness(n));
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |n| {
        trace.log("H");
        if *n < 9 {
            h.post_with(NUM, n + 1, Lane::High).unwrap();
        }
    });
    w.h.post_with(NUM, 1, Lane::High).unwrap();
    w
}

#[test]
fn fairness_lets_lower_lanes_have_a_turn() {
    // `fairness(3)`, a self-posting high handler: `H H H n1 H H H n2`.
    let w = fair(3);
    w.say("n1");
    w.say("n2");
    w.runs("H H H n1 H H H n2 H H H");
    let w = fair(1);
    w.say("n1");
    w.say("n2");
    w.runs("H n1 H n2 H H H H H H H");
}

#[test]
fn fairness_is_for_the_lowest_lane_as_well() {
    // Where only `Low` waits behind `High`, and where it waits behind `Normal`.
    let w = fair(3);
    say_in(&w, Lane::Low, "l1");
    say_in(&w, Lane::Low, "l2");
    w.runs("H H H l1 H H H l2 H H H");
    let w = World::built(|builder| builder.fairness(2));
    say_in(&w, Lane::Low, "l");
    for word in ["a", "b", "c"] {
        w.say(word);
    }
    w.runs("a b l c");
}

#[test]
fn under_fairness_no_lane_starves() {
    // Two lanes that never run dry, and the lowest with two events: they have their turns, in good time.
    for n in 1..=4 {
        let w = World::built(|builder| builder.fairness(n));
        for (event, lane) in [(NUM, Lane::High), (OTHER, Lane::Normal)] {
            let h = w.h.clone();
            w.event_loop.emitter().on(event, move |_| {
                h.post_with(event, 1, lane).unwrap();
            });
            w.h.post_with(event, 1, lane).unwrap();
        }
        say_in(&w, Lane::Low, "l1");
        say_in(&w, Lane::Low, "l2");
        for _ in 0..10 * n {
            ran(w.event_loop.turn());
        }
        w.trace.expect("l1 l2");
    }
}

/// Runs 18 events in a mixture of lanes. Before each, `events` must foretell all that are left: how
/// many of one lane went before is part of what it has to know.
#[track_caller]
fn is_foretold(w: &World) {
    let lanes = [Lane::Low, Lane::High, Lane::Normal];
    for n in 0..18 {
        let lane = lanes[(n * 7 + n / 5) % 3];
        w.h.post_with(NUM, 1, lane).unwrap();
    }
    let mut foretold = ids(&w.h.queue());
    for left in (0..18).rev() {
        assert_eq!(ran(w.event_loop.turn()), foretold.remove(0), "{left} left");
        assert_eq!(ids(&w.h.queue()), foretold, "{left} left");
    }
}

#[test]
fn events_tells_the_order_of_dispatch() {
    // "in the order in which they will be dispatched if nothing is added", through all lanes.
    is_foretold(&World::new());
}

#[test]
fn events_tells_the_order_of_dispatch_under_fairness() {
    // The same where the lanes take turns.
    for n in 1..=4 {
        is_foretold(&World::built(|builder| builder.fairness(n)));
    }
}

#[test]
fn due_timers_are_in_the_normal_lane() {
    // Fine print: behind what is queued there, before `Low`, after `High`.
    let w = World::new();
    let trace = w.trace;
    w.h.set_timeout(ms(1), move |_| trace.log("t"));
    w.h.post_after(ms(1), SAY, "p");
    w.clock.advance(ms(1));
    say_in(&w, Lane::Low, "low");
    w.say("normal");
    say_in(&w, Lane::High, "high");
    w.runs("high normal t p low");
}

#[test]
fn a_lane_is_chosen_through_a_proxy_too() {
    // From another thread, where it joins its lane when it is taken in.
    let w = World::new();
    let proxy = w.h.proxy();
    w.say("n");
    in_time(move || {
        proxy.post_with(SAY, "low", Lane::Low).unwrap();
        proxy.post_with(SAY, "high", Lane::High).unwrap();
    });
    w.runs("high n low");
}

#[test]
fn microtasks_come_before_the_highest_lane() {
    // A lane is about events only.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        h.post_with(SAY, "high", Lane::High).unwrap();
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.runs("m high");
}
