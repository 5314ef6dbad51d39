//! The options of an emitter and of a listener.

use super::*;

#[test]
fn an_emitter_may_have_a_name() {
    // `.name(..)`, `name()`.
    let e = EventEmitter::builder().name("chat").build();
    assert_eq!(e.name(), Some("chat"));
    assert_eq!(e.clone().name(), Some("chat"));
    assert_eq!(EventEmitter::new().name(), None);
    assert!(format!("{e:?}").contains("chat"));
}

#[test]
fn new_default_and_an_empty_builder_are_the_same() {
    // The defaults: 10 listeners, depth 128, `Propagate`.
    for e in [
        EventEmitter::new(),
        EventEmitter::default(),
        EventEmitter::builder().build(),
    ] {
        let trace = Trace::new();
        e.on(TOO_MANY_LISTENERS, move |many| trace.log(many.max()));
        for _ in 0..11 {
            e.on(OTHER, |_| {});
        }
        trace.expect("10");
        e.on(
            NUM,
            within(&e, move |e, n| match e.try_emit(NUM, n + 1) {
                Err(EmitError::TooDeep(too_deep)) => {
                    trace.log(format_args!("{n}/{}", too_deep.limit()));
                    panic!("boom");
                }
                other => drop(other),
            }),
        );
        assert_eq!(panic_text(|| e.emit(NUM, 1)), "boom");
        trace.expect("128/128");
    }
}

#[test]
fn the_options_of_an_emitter_combine() {
    // All of them in one chain, each in force.
    let trace = Trace::new();
    let e = EventEmitter::builder()
        .name("all")
        .max_listeners(1)
        .max_depth(2)
        .panics(PanicPolicy::Isolate)
        .build();
    e.on(TOO_MANY_LISTENERS, move |many| trace.log(many.count()));
    hear_errors(&e, trace);
    e.on(
        NUM,
        within(&e, move |e, n| match e.try_emit(NUM, n + 1) {
            Err(EmitError::TooDeep(too_deep)) => trace.log(too_deep.limit()),
            other => drop(other),
        }),
    );
    e.on(NUM, |_| panic!("boom"));
    e.emit(NUM, 1);
    trace.expect("2 2 !boom");
}

#[test]
fn the_clone_of_a_builder_has_its_options_and_makes_an_emitter_of_its_own() {
    let builder = EventEmitter::builder()
        .name("all")
        .max_depth(2)
        .panics(PanicPolicy::Isolate);
    let (e, f) = (builder.clone().build(), builder.build());
    assert!(!e.ptr_eq(&f));
    for e in [e, f] {
        assert_eq!(e.name(), Some("all"));
        let trace = Trace::new();
        hear_errors(&e, trace);
        e.on(NUM, |_| panic!("boom"));
        e.on(
            NUM,
            within(&e, move |e, n| match e.try_emit(NUM, n + 1) {
                Err(EmitError::TooDeep(too_deep)) => trace.log(too_deep.limit()),
                other => drop(other),
            }),
        );
        e.emit(NUM, 1);
        trace.expect("!boom 2");
    }
}

#[test]
fn the_options_of_a_listener_combine() {
    // "`.priority(i32) .label(&'static str) .times(n) .prepend()` then `.on(f)` ...", in any order.
    let (e, trace) = setup();
    e.listen(NUM).on(trace.logs("a"));
    e.listen(NUM)
        .times(2)
        .prepend()
        .label("b")
        .priority(1)
        .on(trace.logs("b"));
    e.listen(NUM)
        .label("c")
        .priority(1)
        .prepend()
        .times(1)
        .on_mut(trace.logs("c"));
    e.listen(NUM).priority(-1).label("d").once(trace.logs("d"));
    let labels: Vec<_> = e.listeners(NUM).iter().map(ListenerInfo::label).collect();
    assert_eq!(labels, [Some("c"), Some("b"), None, Some("d")]);
    for n in 1..=3 {
        e.emit(NUM, n);
    }
    trace.expect("c1 b1 a1 d1 b2 a2 a3");
}

#[test]
fn the_last_word_on_an_option_counts() {
    // A builder is set, not added to.
    let (e, _) = setup();
    e.listen(NUM)
        .priority(1)
        .priority(2)
        .label("x")
        .label("y")
        .times(3)
        .times(4)
        .on(|_| {});
    let info = e.listeners(NUM).remove(0);
    assert_eq!(
        (info.priority(), info.label(), info.remaining()),
        (2, Some("y"), Some(4))
    );
}

#[test]
fn a_builder_that_is_not_finished_registers_nothing() {
    // Nothing happens before `.on(f)` and its like; two builders do not see each other.
    let (e, trace) = setup();
    let first = e.listen(NUM).label("first");
    let second = e.listen(NUM).label("second");
    assert_eq!(e.listener_count(NUM), 0);
    second.on(trace.logs("a"));
    first.on(trace.logs("b"));
    e.emit(NUM, 1);
    trace.expect("a1 b1");
}
