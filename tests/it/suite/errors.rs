//! Rule 6: errors are loud.

use super::*;
use std::error::Error;
use std::io;

#[test]
fn an_error_reaches_listener_error_and_the_others_still_run() {
    // One error, with event, id, label, site and source.
    let (e, trace) = setup();
    let seen = Arc::new(Mutex::new(None));
    let hook = e.on(LISTENER_ERROR, {
        let seen = Arc::clone(&seen);
        move |error| {
            trace.log("!");
            let at = error.location();
            let source = error.source().expect("a failed listener has a source");
            *seen.lock().unwrap() = Some((
                error.event(),
                error.listener(),
                error.label(),
                (at.file(), at.line()),
                source.downcast_ref::<io::Error>().map(io::Error::kind),
                matches!(error.kind(), ErrorKind::Failed(_)),
            ));
        }
    });
    e.on(NUM, trace.logs("a"));
    let line = line!() + 1;
    let b = e.listen(NUM).label("second").on(move |_| failing(trace));
    e.on(NUM, trace.logs("c"));
    assert_ne!(hook, b);
    assert_eq!(e.emit(NUM, 1), 3);
    trace.expect("a1 b ! c1");
    let seen = seen.lock().unwrap().take().unwrap();
    let not_found = Some(io::ErrorKind::NotFound);
    assert_eq!(
        seen,
        ("num", b, Some("second"), (file!(), line), not_found, true)
    );

    fn failing(trace: Trace) -> io::Result<()> {
        trace.log("b");
        Err(io::ErrorKind::NotFound.into())
    }
}

#[test]
fn an_unhandled_error_panics_after_the_last_listener() {
    // All three ran, then the panic names event, label and the error's text.
    let (e, trace) = setup();
    e.on(NUM, trace.logs("a"));
    e.listen(NUM).label("second").on(fails(trace, "b", "boom"));
    e.on(NUM, trace.logs("c"));
    let text = panic_text(|| e.emit(NUM, 1));
    trace.expect("a1 b1 c1");
    assert_contains(&text, &["num", "second", "boom"]);
    assert_eq!(e.listener_count(NUM), 3);
}

#[test]
fn the_panic_of_an_unhandled_error_names_the_site_where_there_is_no_label() {
    // "`emit`'s panic names event, label or site, and the error's text."
    let (e, trace) = setup();
    let line = line!() + 1;
    e.on(NUM, fails(trace, "a", "boom"));
    let text = panic_text(|| e.emit(NUM, 1));
    assert_contains(&text, &["num", &format!("{}:{line}", file!()), "boom"]);
}

#[test]
fn try_emit_returns_every_error_in_order() {
    // With the number of listeners called; `LISTENER_ERROR` hears nothing.
    let (e, trace) = setup();
    hear_errors(&e, trace);
    let a = e.on(NUM, fails(trace, "a", "first"));
    e.on(NUM, trace.logs("b"));
    let c = e.listen(NUM).label("c").on(fails(trace, "c", "second"));
    let d = e.once(NUM, fails(trace, "d", "third"));
    let errors = listener_errors(e.try_emit(NUM, 1));
    trace.expect("a1 b1 c1 d1");
    assert_eq!(errors.called(), 4);
    assert_eq!(errors.iter().len(), 3);
    let listeners: Vec<_> = errors.iter().map(ListenerError::listener).collect();
    assert_eq!(listeners, [a, c, d]);
    let labels: Vec<_> = errors.iter().map(ListenerError::label).collect();
    assert_eq!(labels, [None, Some("c"), None]);
    assert!(errors.iter().all(|error| error.event() == "num"));
    let causes: Vec<_> = errors.into_vec().iter().map(cause).collect();
    assert_eq!(causes, ["first", "second", "third"]);
}

#[test]
fn the_errors_of_an_emit_are_walked_in_order() {
    // By reference and by value.
    let (e, trace) = setup();
    e.on(NUM, fails(trace, "a", "first"));
    e.on(NUM, fails(trace, "b", "second"));
    let errors = listener_errors(e.try_emit(NUM, 1));
    trace.expect("a1 b1");
    for error in &errors {
        trace.log(cause(error));
    }
    for error in errors {
        trace.log(cause(&error));
    }
    trace.expect("first second first second");
}

#[test]
fn try_emit_does_not_panic_where_nobody_hears_errors() {
    // `Err`, all errors in order, no panic.
    let (e, trace) = setup();
    e.on(NUM, fails(trace, "a", "boom"));
    let errors = listener_errors(e.try_emit(NUM, 1));
    assert_eq!(errors.called(), 1);
    assert_eq!(errors.iter().map(cause).collect::<Vec<_>>(), ["boom"]);
}

#[test]
fn errors_reach_listener_error_at_once() {
    // "Errors reach `LISTENER_ERROR` at once, before the next listener."
    let (e, trace) = setup();
    hear_errors(&e, trace);
    e.on(NUM, fails(trace, "a", "one"));
    e.on(NUM, fails(trace, "b", "two"));
    e.on(NUM, trace.logs("c"));
    assert_eq!(e.emit(NUM, 1), 3);
    trace.expect("a1 !one b1 !two c1");
}

#[test]
fn everything_that_becomes_a_box_of_an_error_is_one() {
    // `E: Into<Box<dyn Error + Send + Sync>>`.
    let (e, trace) = setup();
    hear_errors(&e, trace);
    e.on(NUM, |_| Err::<(), _>("a str"));
    e.on(NUM, |_| Err::<(), _>(String::from("a string")));
    e.on(NUM, |_| Err::<(), _>(io::Error::other("an io error")));
    e.on(NUM, |_| Err::<(), BoxError>("a box".into()));
    e.on(NUM, |_| -> oyez::Result<Flow> { Err("a result".into()) });
    e.on_mut(NUM, |_| -> oyez::Result {
        Ok("x".parse::<i32>().map(|_| ())?)
    });
    assert_eq!(e.emit(NUM, 1), 6);
    trace.expect("!a str !a string !an io error !a box !a result !invalid digit found in string");
}

#[test]
fn an_error_in_an_error_listener_does_not_recurse() {
    // "lets its siblings run and then counts as unhandled": `emit` panics with it at its end.
    let (e, trace) = setup();
    e.on(LISTENER_ERROR, move |_| {
        trace.log("h1");
        Err::<(), _>("hook failed")
    });
    e.on(LISTENER_ERROR, move |_| trace.log("h2"));
    e.on(NUM, fails(trace, "a", "boom"));
    e.on(NUM, trace.logs("b"));
    let text = panic_text(|| e.emit(NUM, 1));
    trace.expect("a1 h1 h2 b1");
    assert_contains(&text, &["hook failed"]);
}

#[test]
fn an_error_listener_that_panics_isolated_counts_as_unhandled() {
    // The same under `Isolate`: its panic is an error like another.
    let (e, trace) = isolating();
    e.on(LISTENER_ERROR, move |_| {
        trace.log("h1");
        panic!("hook panicked");
    });
    e.on(LISTENER_ERROR, move |_| trace.log("h2"));
    e.on(NUM, fails(trace, "a", "boom"));
    e.on(NUM, trace.logs("b"));
    let text = panic_text(|| e.emit(NUM, 1));
    trace.expect("a1 h1 h2 b1");
    assert_contains(&text, &["hook panicked"]);
}

#[test]
fn a_once_on_listener_error_handles_one_error() {
    // "If nobody listens there": asked for each error, when it happens.
    let (e, trace) = setup();
    e.once(LISTENER_ERROR, move |error| {
        trace.log(format_args!("!{}", cause(error)));
    });
    e.on(NUM, fails(trace, "a", "one"));
    e.on(NUM, fails(trace, "b", "two"));
    e.on(NUM, trace.logs("c"));
    let text = panic_text(|| e.emit(NUM, 1));
    trace.expect("a1 !one b1 c1");
    assert_contains(&text, &["two"]);
}

#[test]
fn an_error_listener_may_stop_its_siblings() {
    // `LISTENER_ERROR` is an event like others: `Stop` there stops only there.
    let (e, trace) = setup();
    e.on(LISTENER_ERROR, move |_| {
        trace.log("h1");
        Flow::Stop
    });
    e.on(LISTENER_ERROR, move |_| trace.log("h2"));
    e.on(NUM, fails(trace, "a", "boom"));
    e.on(NUM, trace.logs("b"));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("a1 h1 b1");
}

#[test]
fn an_error_listener_may_remove_the_one_that_failed() {
    // Rule 4 in the hook, with the id that the error carries.
    let (e, trace) = setup();
    let weak = e.downgrade();
    e.on(LISTENER_ERROR, move |error| {
        trace.log(weak.upgrade().unwrap().off(error.listener()));
    });
    e.on(NUM, fails(trace, "a", "boom"));
    e.on(NUM, trace.logs("b"));
    assert_eq!(e.emit(NUM, 1), 2);
    assert_eq!(e.emit(NUM, 2), 1);
    trace.expect("a1 true b1 b2");
}

#[test]
fn an_error_listener_hears_the_errors_of_every_event() {
    // The error of a listener of another payload type, of a `Signal` handle, of a nested emit.
    let (e, trace) = setup();
    const TEXT: Event<str> = Event::new("text");
    e.on(LISTENER_ERROR, move |error| {
        trace.log(format_args!("{}:{}", error.event(), cause(error)));
    });
    e.on(TEXT, |_| Err::<(), _>("one"));
    e.on(OTHER, |_| Err::<(), _>("two"));
    e.on(
        NUM,
        within(&e, |e, _| {
            e.emit(TEXT, "x");
            e.signal(OTHER).emit(1);
            Err::<(), _>("three")
        }),
    );
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("text:one other:two num:three");
}

#[test]
fn try_emit_keeps_only_its_own_errors() {
    // An `emit` nested in a `try_emit` tells `LISTENER_ERROR`; a `try_emit` nested in an `emit` does not.
    let (e, trace) = setup();
    hear_errors(&e, trace);
    e.on(OTHER, fails(trace, "b", "inner"));
    let id = e.on(
        NUM,
        within(&e, |e, _| {
            e.emit(OTHER, 1);
            Err::<(), _>("outer")
        }),
    );
    let errors = listener_errors(e.try_emit(NUM, 1));
    assert_eq!(errors.iter().map(cause).collect::<Vec<_>>(), ["outer"]);
    trace.expect("b1 !inner");

    e.off(id);
    e.on(
        NUM,
        within(&e, move |e, _| {
            let errors = listener_errors(e.try_emit(OTHER, 2));
            trace.log(errors.iter().map(cause).collect::<String>());
        }),
    );
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("b2 inner");
}

#[test]
fn an_unhandled_error_of_a_nested_emit_unwinds_through_the_outer_one() {
    // Rules 6 and 7: to the outer listener the inner `emit` is a call that panicked.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, |e, _| {
            e.emit(OTHER, 1);
        }),
    );
    e.on(NUM, trace.logs("z"));
    e.on(OTHER, fails(trace, "b", "boom"));
    e.on(OTHER, trace.logs("c"));
    let text = panic_text(|| e.emit(NUM, 1));
    trace.expect("b1 c1");
    assert_contains(&text, &["other", "boom"]);
}

#[test]
fn an_emit_error_travels_through_the_question_mark() {
    // Users 1: a listener passes on what its own `try_emit` gave, and the chain of sources holds.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, |e, _| -> oyez::Result {
            e.try_emit(OTHER, 1)?;
            Ok(())
        }),
    );
    e.on(OTHER, fails(trace, "b", "boom"));
    let errors = listener_errors(e.try_emit(NUM, 1)).into_vec();
    let ErrorKind::Failed(source) = errors[0].kind() else {
        panic!("it failed otherwise");
    };
    match source.downcast_ref::<EmitError>() {
        Some(EmitError::Listeners(inner)) => {
            assert_eq!(inner.iter().map(cause).collect::<Vec<_>>(), ["boom"]);
        }
        other => panic!("the source is something else: {other:?}"),
    }
}

#[test]
fn only_a_failed_listener_has_a_source() {
    // `ListenerError` as an `Error`: a panic and a re-entry have no error underneath.
    in_time(|| {
        let (e, _) = isolating();
        e.on(NUM, |_| panic!("boom"));
        e.on_mut(
            NUM,
            within(&e, |e, n| {
                if n == 1 {
                    let errors = listener_errors(e.try_emit(NUM, 2)).into_vec();
                    assert!(errors[1].source().is_none());
                }
            }),
        );
        let errors = listener_errors(e.try_emit(NUM, 1)).into_vec();
        assert_eq!(errors.len(), 1);
        assert!(errors[0].source().is_none());
    });
}

#[test]
fn errors_say_where_and_who() {
    // `Display`: event, label or site; the source is in `source()` or in the text, never both.
    let (e, trace) = setup();
    e.listen(NUM).label("named").on(fails(trace, "a", "boom"));
    let line = line!() + 1;
    e.on(NUM, fails(trace, "b", "bang"));
    let errors = listener_errors(e.try_emit(NUM, 1));
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_contains(&texts[0], &["num", "named"]);
    assert_contains(&texts[1], &["num", &format!("{}:{line}", file!())]);
    for (error, text) in errors.iter().zip(&texts) {
        assert!(
            !text.contains(&cause(error)),
            "the source is told twice: {text}"
        );
    }
}

#[test]
fn an_error_of_an_emit_with_nobody_is_none() {
    // `try_emit` of an unheard event is `Ok(0)`, whatever failed before.
    let (e, trace) = setup();
    e.once(NUM, fails(trace, "a", "boom"));
    listener_errors(e.try_emit(NUM, 1));
    assert_eq!(e.try_emit(NUM, 2).unwrap(), 0);
    assert_eq!(e.emit(NUM, 3), 0);
}

#[test]
fn an_error_of_a_hook_is_an_error_of_its_event() {
    // Rule 6 for the other `meta` events: told to `LISTENER_ERROR` under the hook's event.
    let (e, trace) = setup();
    e.on(LISTENER_ERROR, move |error| {
        assert_eq!(error.event(), LISTENER_ADDED.name());
        trace.log(format_args!("!{}", cause(error)));
    });
    e.on(LISTENER_ADDED, |_| Err::<(), _>("boom"));
    e.on(LISTENER_ADDED, move |_| trace.log("next"));
    e.on(NUM, |_| {});
    trace.expect("!boom next");
    assert_eq!(e.emit(NUM, 1), 1);
}

#[test]
fn listener_error_is_removed_by_its_id_and_errors_are_unhandled_again() {
    // Rule 6: who listens is asked when the error happens, not when anything was registered.
    let (e, trace) = setup();
    e.on(NUM, fails(trace, "a", "boom"));
    let hook = hear_errors(&e, trace);
    e.emit(NUM, 1);
    assert!(e.off(hook));
    assert_contains(&panic_text(|| e.emit(NUM, 2)), &["boom"]);
    hear_errors(&e, trace);
    e.emit(NUM, 3);
    trace.expect("a1 !boom a2 a3 !boom");
}

#[test]
fn an_error_that_its_hook_could_not_be_told_is_not_lost() {
    // The hook is `on_mut`, and emits what fails: for the second error it is still running.
    let (e, trace) = setup();
    e.on(OTHER, fails(trace, "b", "second"));
    let weak = e.downgrade();
    e.on_mut(LISTENER_ERROR, move |error| {
        trace.log(format_args!("!{}", cause(error)));
        if error.event() == NUM.name() {
            let text = panic_text(|| weak.upgrade().unwrap().emit(OTHER, 1));
            assert_contains(&text, &["of `other`", "second", "(and 1 more)"]);
        }
    });
    e.on(NUM, fails(trace, "a", "first"));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("a1 !first b1");
}
