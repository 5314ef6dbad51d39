//! Rule 3: once is once.

use super::*;

#[test]
fn a_once_is_called_once_and_does_not_count_inside_its_body() {
    // Four emits, one call, and `off` comes too late.
    let (e, trace) = setup();
    e.on(NUM, |_| {});
    let id = e.once(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n} with {} left", e.listener_count(NUM)));
        }),
    );
    assert_eq!(e.listener_count(NUM), 2);
    let called: Vec<_> = (1..=4).map(|n| e.emit(NUM, n)).collect();
    assert_eq!(called, [2, 1, 1, 1]);
    assert!(!e.has_listener(id));
    assert!(!e.off(id));
    trace.expect("a1 with 1 left");
}

#[test]
fn inside_its_body_a_once_is_gone_in_every_way() {
    // Rule 3: "Inside its body it no longer counts."
    let (e, trace) = setup();
    let own = Arc::new(Mutex::new(None));
    let id = e.once(NUM, {
        let own = Arc::clone(&own);
        within(&e, move |e, _| {
            let id: ListenerId = own.lock().unwrap().unwrap();
            trace.log(format_args!(
                "{} {} {} {} {:?} {}",
                e.has_listener(id),
                e.has_listeners(NUM),
                e.listener_count(NUM),
                e.listeners(NUM).len(),
                e.event_names(),
                e.off(id),
            ));
        })
    });
    *own.lock().unwrap() = Some(id);
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("false false 0 0 [] false");
}

#[test]
fn a_once_whose_body_emits_the_event_is_not_called_again() {
    // The nested emit finds nobody.
    let (e, trace) = setup();
    e.once(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            assert_eq!(e.emit(NUM, n + 1), 0);
        }),
    );
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("a1");
}

#[test]
fn a_once_claimed_by_a_nested_emit_is_not_called_by_the_outer_one() {
    // eventemitter3 and EventEmitter2 give `A1 B2 B1`.
    let (e, trace) = setup();
    e.once(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("A{n}"));
            e.emit(NUM, 2);
        }),
    );
    e.once(NUM, trace.logs("B"));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("A1 B2");
}

#[test]
fn a_once_that_fails_stays_removed() {
    // By `Err`.
    let (e, trace) = setup();
    hear_errors(&e, trace);
    e.once(NUM, fails(trace, "a", "boom"));
    assert_eq!(e.emit(NUM, 1), 1);
    assert_eq!(e.emit(NUM, 2), 0);
    trace.expect("a1 !boom");
}

#[test]
fn a_once_that_panics_stays_removed() {
    // By a panic, under either policy.
    let (e, _) = setup();
    e.once(NUM, |_| panic!("boom"));
    assert_eq!(panic_text(|| e.emit(NUM, 1)), "boom");
    assert_eq!(e.listener_count(NUM), 0);
    assert_eq!(e.emit(NUM, 2), 0);

    let (e, trace) = isolating();
    hear_errors(&e, trace);
    e.once(NUM, |_| panic!("boom"));
    e.emit(NUM, 1);
    assert_eq!(e.emit(NUM, 2), 0);
    trace.expect("!boom");
}

#[test]
fn a_once_not_reached_is_not_consumed() {
    // Because of `Stop`, because of a panic, because of a nested emit that stopped.
    let (e, trace) = setup();
    e.once(NUM, |_| Flow::Stop);
    e.once(NUM, |_| panic!("boom"));
    e.once(NUM, trace.logs("a"));
    assert_eq!(e.emit(NUM, 1), 1);
    assert_eq!(e.listener_count(NUM), 2);
    panic_text(|| e.emit(NUM, 2));
    assert_eq!(e.listener_count(NUM), 1);
    assert_eq!(e.emit(NUM, 3), 1);
    trace.expect("a3");
}

#[test]
fn a_once_that_registers_itself_again_runs_in_the_next_emit() {
    // Not in this one, which would be without end.
    fn again(e: &EventEmitter, trace: Trace) {
        e.once(
            NUM,
            within(e, move |e, n| {
                trace.log(format_args!("a{n}"));
                again(e, trace);
            }),
        );
    }
    let (e, trace) = setup();
    again(&e, trace);
    for n in 1..=3 {
        assert_eq!(e.emit(NUM, n), 1);
        assert_eq!(e.listener_count(NUM), 1);
    }
    trace.expect("a1 a2 a3");
}

#[test]
fn times_is_called_at_most_that_often() {
    // "at most `n` times", and how many calls remain.
    let (e, trace) = setup();
    let id = e.times(NUM, 3, trace.logs("a"));
    for left in [3, 2, 1] {
        assert_eq!(e.listeners(NUM)[0].remaining(), Some(left));
        assert_eq!(e.emit(NUM, 0), 1);
    }
    assert!(!e.has_listener(id));
    assert_eq!(e.emit(NUM, 0), 0);
    trace.expect("a0 a0 a0");
}

#[test]
fn inside_its_body_a_call_of_times_is_already_spent() {
    // Rule 3: claimed before the body runs, and gone with the last one.
    let (e, trace) = setup();
    e.times(
        NUM,
        2,
        within(&e, move |e, _| {
            let listeners = e.listeners(NUM);
            trace.log(format_args!(
                "{:?}",
                listeners.first().map(|info| info.remaining()),
            ));
        }),
    );
    e.emit(NUM, 1);
    e.emit(NUM, 2);
    trace.expect("Some(Some(1)) None");
}

#[test]
fn times_counts_its_nested_calls() {
    // Rule 3 against nested emits: the calls are claimed in the order in which they begin.
    let (e, trace) = setup();
    e.times(
        NUM,
        3,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            e.emit(NUM, n + 1);
        }),
    );
    assert_eq!(e.emit(NUM, 1), 1);
    assert_eq!(e.listener_count(NUM), 0);
    trace.expect("a1 a2 a3");
}

#[test]
fn a_call_of_times_not_reached_is_not_consumed() {
    // Rule 3: "Not reached = not consumed."
    let (e, trace) = setup();
    let gate = e.on(NUM, |_| Flow::Stop);
    e.times(NUM, 2, trace.logs("a"));
    for _ in 0..5 {
        e.emit(NUM, 0);
    }
    assert_eq!(e.listeners(NUM)[1].remaining(), Some(2));
    e.off(gate);
    for n in 1..=3 {
        e.emit(NUM, n);
    }
    trace.expect("a1 a2");
}

#[test]
fn a_call_of_times_that_fails_is_consumed() {
    // Rule 3: the claim stands, by `Err` and by a panic.
    let (e, trace) = isolating();
    hear_errors(&e, trace);
    e.times(NUM, 2, fails(trace, "a", "failed"));
    e.times(NUM, 2, |_| panic!("panicked"));
    for n in 1..=3 {
        e.emit(NUM, n);
    }
    trace.expect("a1 !failed !panicked a2 !failed !panicked");
    assert_eq!(e.listener_count(NUM), 0);
}

#[test]
fn times_zero_is_a_bug_of_the_caller() {
    // "`n = 0` is a caller's bug and panics", in the builder and on a signal too.
    let (e, _) = setup();
    let texts = [
        panic_text(|| e.times(NUM, 0, |_| {})),
        panic_text(|| e.listen(NUM).times(0).on(|_| {})),
        panic_text(|| e.signal(NUM).times(0, |_| {})),
        panic_text(|| Signal::<i32>::new().times(0, |_| {})),
    ];
    for text in texts {
        assert_contains(&text, &["a listener for 0 calls"]);
    }
    assert_eq!(e.listener_count(NUM), 0);
    assert_eq!(e.emit(NUM, 1), 0);
}

#[test]
fn times_may_be_as_many_as_can_be_said() {
    // The other end of the range.
    let (e, _) = setup();
    e.times(NUM, usize::MAX, |_| {});
    e.emit(NUM, 1);
    assert_eq!(e.listeners(NUM)[0].remaining(), Some(usize::MAX - 1));
}

#[test]
fn a_once_with_priority_that_emits_is_claimed_before_all_others() {
    // Hostile: `once`, a priority, and a nested emit that reaches another `once` and a `times`.
    let (e, trace) = setup();
    e.on(NUM, trace.logs("a"));
    e.once(NUM, trace.logs("B"));
    e.times(NUM, 2, trace.logs("c"));
    e.listen(NUM).priority(10).once(within(&e, move |e, n| {
        trace.log(format_args!("P{n}"));
        e.emit(NUM, 2);
        e.emit(NUM, 3);
    }));
    assert_eq!(e.emit(NUM, 1), 2);
    assert_eq!(e.emit(NUM, 4), 1);
    trace.expect("P1 a2 B2 c2 a3 c3 a1 a4");
}

#[test]
fn a_once_removed_before_its_turn_is_never_called() {
    // Rule 3 with rule 2: it was in the audience, and was not claimed yet.
    let (e, trace) = setup();
    let later = Arc::new(Mutex::new(None));
    e.on(NUM, {
        let later = Arc::clone(&later);
        within(&e, move |e, _| {
            if let Some(id) = later.lock().unwrap().take() {
                assert!(e.off(id));
            }
        })
    });
    *later.lock().unwrap() = Some(e.once(NUM, trace.logs("a")));
    assert_eq!(e.emit(NUM, 1), 1);
    assert_eq!(e.emit(NUM, 2), 1);
    trace.expect("");
}

#[test]
fn a_once_moves_out_what_it_captured() {
    // `FnOnce`, in each of the ways to register one.
    let (e, _) = setup();
    let (sender, received) = std::sync::mpsc::channel();
    let to = Mutex::new(sender);
    let word = String::from("moved");
    e.once(NUM, move |_| to.into_inner().unwrap().send(word).unwrap());
    let (first, second) = (String::new(), String::new());
    e.prepend_once(NUM, move |_| drop(first));
    e.listen(NUM).once(move |_| drop(second));
    assert_eq!(e.emit(NUM, 1), 3);
    assert_eq!(received.recv().unwrap(), "moved");
    assert_eq!(e.emit(NUM, 2), 0);
}
