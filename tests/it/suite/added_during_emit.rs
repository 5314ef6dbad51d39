//! Rule 2: the audience of an emit is latched when it starts.

use super::*;

/// Lets `add` add a listener that logs `n` while `a` runs on payload 1, with or without others
/// around, and checks that it waits for the next emit.
#[track_caller]
fn check(others: bool, expected: &str, add: fn(&EventEmitter, Trace)) {
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            if n == 1 {
                add(e, trace);
                trace.log(e.listener_count(NUM));
            }
        }),
    );
    if others {
        e.on(NUM, trace.logs("b"));
        e.on(NUM, trace.logs("c"));
    }
    e.emit(NUM, 1);
    trace.log(";");
    e.emit(NUM, 2);
    trace.expect(expected);
}

#[test]
fn a_listener_added_during_emit_waits_for_the_next() {
    // By `on`, with others behind.
    check(true, "a1 4 b1 c1 ; a2 b2 c2 n2", |e, trace| {
        e.on(NUM, trace.logs("n"));
    });
}

#[test]
fn a_listener_added_by_the_only_one_waits_for_the_next() {
    // The fast path for one listener.
    check(false, "a1 2 ; a2 n2", |e, trace| {
        e.on(NUM, trace.logs("n"));
    });
}

#[test]
fn a_listener_prepended_during_emit_waits_and_nobody_is_called_twice() {
    // With `prepend`, which moves everybody's place.
    check(true, "a1 4 b1 c1 ; n2 a2 b2 c2", |e, trace| {
        e.prepend(NUM, trace.logs("n"));
    });
    check(false, "a1 2 ; n2 a2", |e, trace| {
        e.prepend(NUM, trace.logs("n"));
    });
}

#[test]
fn a_listener_of_higher_priority_added_during_emit_waits() {
    // With a priority, above and below.
    check(true, "a1 5 b1 c1 ; n2 a2 b2 c2 l2", |e, trace| {
        e.listen(NUM).priority(1).on(trace.logs("n"));
        e.listen(NUM).priority(-1).on(trace.logs("l"));
    });
    check(false, "a1 3 ; n2 a2 l2", |e, trace| {
        e.listen(NUM).priority(1).on(trace.logs("n"));
        e.listen(NUM).priority(-1).on(trace.logs("l"));
    });
}

#[test]
fn every_way_of_adding_during_emit_waits() {
    // For each method, and through a signal.
    check(false, "a1 8 ; s2 p2 P2 a2 m2 o2 t2 S2", |e, trace| {
        e.on_mut(NUM, trace.logs("m"));
        e.once(NUM, trace.logs("o"));
        e.times(NUM, 2, trace.logs("t"));
        e.prepend_once(NUM, trace.logs("P"));
        e.prepend(NUM, trace.logs("p"));
        e.subscribe(NUM, trace.logs("S")).detach();
        e.signal(NUM).prepend(trace.logs("s"));
    });
}

#[test]
fn a_listener_that_adds_one_on_every_emit_terminates() {
    // After k emits there are k + 1.
    let (e, _) = setup();
    e.on(
        NUM,
        within(&e, |e, _| {
            e.on(NUM, |_| {});
        }),
    );
    for k in 1..=20 {
        assert_eq!(e.emit(NUM, 0), k);
        assert_eq!(e.listener_count(NUM), k + 1);
    }
}

#[test]
fn listeners_that_add_their_like_terminate_too() {
    // Where the added ones add as well: twice as many after each emit.
    fn add(e: &EventEmitter) {
        e.on(NUM, within(e, |e, _| add(e)));
    }
    let (e, _) = setup();
    add(&e);
    for k in 0..8 {
        assert_eq!(e.emit(NUM, 0), 1 << k);
    }
    assert_eq!(e.listener_count(NUM), 1 << 8);
}

#[test]
fn a_nested_emit_calls_what_was_added_before_it_started() {
    // Of two frames the inner one, which began later, calls it: `a1 a2 n2`.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            if n == 1 {
                e.on(NUM, trace.logs("n"));
                e.emit(NUM, 2);
            }
        }),
    );
    e.emit(NUM, 1);
    trace.expect("a1 a2 n2");
    e.emit(NUM, 3);
    trace.expect("a3 n3");
}

#[test]
fn a_nested_emit_calls_what_was_prepended_and_the_outer_one_does_not() {
    // With others behind, with a prepended and a prior one: three frames, three audiences.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            match n {
                1 => {
                    e.prepend(NUM, trace.logs("p"));
                    e.emit(NUM, 2);
                }
                2 => {
                    e.listen(NUM).priority(1).on(trace.logs("q"));
                    e.emit(NUM, 3);
                }
                _ => {}
            }
        }),
    );
    e.on(NUM, trace.logs("b"));
    e.emit(NUM, 1);
    trace.expect("a1 p2 a2 q3 p3 a3 b3 b2 b1");
}

#[test]
fn added_and_removed_during_an_emit_was_never_there() {
    // Rule 2, both halves at once.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, _| {
            trace.log("a");
            let id = e.on(NUM, trace.logs("n"));
            assert!(e.off(id));
        }),
    );
    e.on(NUM, move |_| trace.log("b"));
    e.emit(NUM, 1);
    e.emit(NUM, 2);
    trace.expect("a b a b");
    assert_eq!(e.listener_count(NUM), 2);
}

#[test]
fn a_listener_added_for_another_event_is_heard_at_once() {
    // Only the audience of the emit under way is fixed; an event emitted later has its own.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            e.on(OTHER, trace.logs("o"));
            e.emit(OTHER, n);
        }),
    );
    e.emit(NUM, 1);
    trace.expect("o1");
}
