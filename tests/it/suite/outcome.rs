//! What a listener may answer, and what `emit` answers.

use super::*;
use std::io;
use std::ops::ControlFlow;

#[test]
fn emit_returns_the_number_of_listeners_called() {
    // Nobody, some, a tap, a failing one.
    let (e, trace) = setup();
    assert_eq!(e.emit(NUM, 1), 0);
    e.on(NUM, |_| {});
    e.once(NUM, |_| {});
    assert_eq!(e.emit(NUM, 1), 2);
    assert_eq!(e.emit(NUM, 1), 1);
    e.on_any(move |_| trace.log("tap"));
    assert_eq!(e.emit(NUM, 1), 1);
    assert_eq!(e.emit(OTHER, 1), 0);
    trace.expect("tap tap");
    hear_errors(&e, trace);
    e.on(NUM, |_| Err::<(), _>("boom"));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("tap !boom");
}

#[test]
fn try_emit_returns_the_number_of_listeners_called() {
    // "the same, errors returned".
    let (e, _) = setup();
    assert_eq!(e.try_emit(NUM, 1).unwrap(), 0);
    e.on(NUM, |_| {});
    e.on(NUM, |_| {});
    assert_eq!(e.try_emit(NUM, 1).unwrap(), 2);
}

#[test]
fn stop_and_break_keep_later_listeners_from_the_call() {
    // In all the ways it can be said.
    #[track_caller]
    fn check(e: &EventEmitter, trace: Trace, stopper: ListenerId) {
        e.on(NUM, trace.logs("z"));
        assert_eq!(e.emit(NUM, 1), 2);
        trace.expect("a1 b1");
        assert!(e.has_listener(stopper));
        e.off(stopper);
        assert_eq!(e.emit(NUM, 2), 2);
        trace.expect("a2 z2");
    }
    for way in 0..5 {
        let (e, trace) = setup();
        e.on(NUM, trace.logs("a"));
        let b = trace.logs::<i32>("b");
        let id = match way {
            0 => e.on(NUM, move |n| {
                b(n);
                Flow::Stop
            }),
            1 => e.on(NUM, move |n| {
                b(n);
                ControlFlow::Break(())
            }),
            2 => e.on(NUM, move |n| -> oyez::Result<Flow> {
                b(n);
                Ok(Flow::Stop)
            }),
            3 => e.on(NUM, move |n| {
                b(n);
                Ok::<_, io::Error>(Flow::Stop)
            }),
            _ => e.on_mut(NUM, move |n| {
                b(n);
                Flow::Stop
            }),
        };
        check(&e, trace, id);
    }
}

#[test]
fn continue_in_every_form_lets_the_next_one_run() {
    // Every return type that is an outcome; a listener of each is called and nothing stops.
    fn question_mark(text: &str) -> oyez::Result {
        let _: i32 = text.parse()?;
        Ok(())
    }
    let (e, trace) = setup();
    e.on(NUM, |_| ());
    e.on(NUM, |_| Flow::Continue);
    e.on(NUM, |_| ControlFlow::Continue(()));
    e.on(NUM, |_| -> oyez::Result { Ok(()) });
    e.on(NUM, |_| -> oyez::Result<Flow> { Ok(Flow::Continue) });
    e.on(NUM, |_| Ok::<(), &str>(()));
    e.on(NUM, |_| Ok::<(), String>(()));
    e.on(NUM, |_| Ok::<(), io::Error>(()));
    e.on(NUM, |_| Ok::<Flow, BoxError>(Flow::Continue));
    e.on(NUM, |n| question_mark(&n.to_string()));
    e.on(NUM, trace.logs("z"));
    assert_eq!(e.emit(NUM, 1), 11);
    trace.expect("z1");
}

#[test]
fn a_listener_that_never_returns_is_one_too() {
    // "a listener that never returns (`|_| panic!()`, type `!`) is one too".
    let (e, _) = setup();
    e.on(NUM, |_| panic!("never"));
    assert_eq!(panic_text(|| e.emit(NUM, 1)), "never");
}

#[test]
fn a_method_called_answer_is_that_of_its_trait() {
    // `Outcome` comes in with `use oyez::*`, and takes no method's place.
    trait Answer {
        fn answer(&self) -> u32;
    }
    impl Answer for Result<(), String> {
        fn answer(&self) -> u32 {
            42
        }
    }
    impl Answer for Flow {
        fn answer(&self) -> u32 {
            7
        }
    }
    let asked: Result<(), String> = Ok(());
    assert_eq!((asked.answer(), Flow::Stop.answer()), (42, 7));
}

#[test]
fn unsubscribe_removes_exactly_that_listener_after_this_call() {
    // All still run in this emit, and while it runs it is still there.
    let (e, trace) = setup();
    e.on(NUM, trace.logs("a"));
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("b{n} of {}", e.listener_count(NUM)));
            Flow::Unsubscribe
        }),
    );
    e.on(NUM, trace.logs("c"));
    assert_eq!(e.emit(NUM, 1), 3);
    assert_eq!(e.listener_count(NUM), 2);
    assert_eq!(e.emit(NUM, 2), 2);
    trace.expect("a1 b1 of 3 c1 a2 c2");
}

#[test]
fn unsubscribe_ends_every_kind_of_listener() {
    // Of `on_mut`, of `times` with calls left, and by `Ok(Unsubscribe)`.
    let (e, _) = setup();
    let mut calls = 0;
    e.on_mut(NUM, move |_| {
        calls += 1;
        if calls == 2 {
            Flow::Unsubscribe
        } else {
            Flow::Continue
        }
    });
    e.times(NUM, 5, |_| Flow::Unsubscribe);
    e.on(NUM, |_| -> oyez::Result<Flow> { Ok(Flow::Unsubscribe) });
    e.once(NUM, |_| Flow::Unsubscribe);
    assert_eq!(e.emit(NUM, 1), 4);
    assert_eq!(e.emit(NUM, 2), 1);
    assert_eq!(e.emit(NUM, 3), 0);
    assert!(!e.has_listeners(NUM));
}

#[test]
fn unsubscribe_in_a_nested_emit_holds_for_the_outer_one() {
    // Rule 2: the removal is for every frame on the stack.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            if n == 1 {
                e.emit(NUM, 2);
            }
        }),
    );
    e.on(NUM, move |n| {
        trace.log(format_args!("b{n}"));
        Flow::Unsubscribe
    });
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("a1 a2 b2");
}

#[test]
fn unsubscribe_does_not_reach_a_listener_added_meanwhile() {
    // A listener that replaces itself and then answers `Unsubscribe` does not remove the new one.
    let (e, trace) = setup();
    let own = Arc::new(Mutex::new(None));
    let id = e.on(NUM, {
        let own = Arc::clone(&own);
        within(&e, move |e, _| {
            trace.log("old");
            let id: ListenerId = own.lock().unwrap().take().unwrap();
            assert!(e.off(id));
            e.on(NUM, move |_| trace.log("new"));
            Flow::Unsubscribe
        })
    });
    *own.lock().unwrap() = Some(id);
    e.emit(NUM, 1);
    e.emit(NUM, 2);
    trace.expect("old new");
}

#[test]
fn stop_ends_its_own_emit_and_not_the_one_around_it() {
    // `b` stops the inner emit; the outer one goes on to `b` and stops there.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            if n == 1 {
                trace.log(format_args!("={}", e.emit(NUM, 2)));
            }
        }),
    );
    e.on(NUM, move |n| {
        trace.log(format_args!("b{n}"));
        if *n == 2 { Flow::Stop } else { Flow::Continue }
    });
    e.on(NUM, trace.logs("c"));
    assert_eq!(e.emit(NUM, 1), 3);
    trace.expect("a1 a2 b2 =2 b1 c1");
}

#[test]
fn an_error_does_not_stop() {
    // Rule 6: "the remaining listeners still run"; the count has them all.
    let (e, trace) = setup();
    hear_errors(&e, trace);
    e.on(NUM, fails(trace, "a", "boom"));
    e.on(NUM, trace.logs("b"));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("a1 !boom b1");
}

#[test]
fn a_once_may_stop() {
    // Rule 3: it is gone, and what it held back runs the next time.
    let (e, trace) = setup();
    e.once(NUM, |_| Flow::Stop);
    e.on(NUM, trace.logs("a"));
    assert_eq!(e.emit(NUM, 1), 1);
    assert_eq!(e.emit(NUM, 2), 1);
    trace.expect("a2");
}
