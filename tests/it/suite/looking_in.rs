//! Who listens: counts, names, and snapshots of the listeners.

use super::*;

#[test]
fn counts_follow_every_change() {
    // `listener_count`, `has_listeners`, `has_listener`.
    let (e, _) = setup();
    assert_eq!(e.listener_count(NUM), 0);
    assert!(!e.has_listeners(NUM));
    let a = e.on(NUM, |_| {});
    let b = e.once(NUM, |_| {});
    e.on(OTHER, |_| {});
    assert_eq!((e.listener_count(NUM), e.listener_count(OTHER)), (2, 1));
    assert!(e.has_listeners(NUM) && e.has_listener(a) && e.has_listener(b));
    e.emit(NUM, 1);
    assert_eq!(e.listener_count(NUM), 1);
    assert!(e.has_listener(a) && !e.has_listener(b));
    e.off(a);
    assert_eq!(e.listener_count(NUM), 0);
    assert!(!e.has_listeners(NUM) && !e.has_listener(a));
    assert!(e.has_listeners(OTHER));
}

#[test]
fn a_tap_is_no_listener_of_any_event() {
    // "never counts".
    let (e, _) = setup();
    let tap = e.on_any(|_| {});
    assert_eq!(e.listener_count(NUM), 0);
    assert!(!e.has_listeners(NUM) && e.listeners(NUM).is_empty());
    assert!(e.event_names().is_empty());
    assert!(e.has_listener(tap));
}

#[test]
fn listeners_tells_all_in_the_order_of_the_calls() {
    // id, event, label, priority, remaining calls.
    let (e, _) = setup();
    let a = e.on(NUM, |_| {});
    let b = e.listen(NUM).priority(5).label("b").on_mut(|_| {});
    let c = e.times(NUM, 4, |_| {});
    let d = e.prepend_once(NUM, |_| {});
    let z = e.listen(NUM).priority(-5).label("z").times(2).on(|_| {});
    let told: Vec<_> = e
        .listeners(NUM)
        .iter()
        .map(|info| {
            assert_eq!(info.event(), "num");
            (info.id(), info.label(), info.priority(), info.remaining())
        })
        .collect();
    assert_eq!(
        told,
        [
            (b, Some("b"), 5, None),
            (d, None, 0, Some(1)),
            (a, None, 0, None),
            (c, None, 0, Some(4)),
            (z, Some("z"), -5, Some(2)),
        ]
    );
}

#[test]
fn listeners_is_a_snapshot_and_taking_it_has_no_effect() {
    // What it says stays, also when the listener has been called and is gone.
    let (e, trace) = setup();
    let a = e.times(NUM, 2, trace.logs("a"));
    let before = e.listeners(NUM);
    for _ in 0..10 {
        assert_eq!(e.listeners(NUM).len(), 1);
    }
    e.emit(NUM, 1);
    e.off(a);
    e.on(NUM, |_| {});
    assert_eq!(before.len(), 1);
    assert_eq!(before[0].id(), a);
    assert_eq!(before[0].remaining(), Some(2));
    trace.expect("a1");
}

#[test]
fn a_snapshot_may_be_walked_while_listeners_go() {
    // It borrows nothing.
    let (e, _) = setup();
    for _ in 0..5 {
        e.on(NUM, |_| {});
    }
    for info in e.listeners(NUM) {
        assert!(e.off(info.id()));
    }
    assert_eq!(e.listener_count(NUM), 0);
}

/// Checks that each listener was registered in this file, on the line beside its id.
#[track_caller]
fn check_sites<const N: usize>(infos: &[ListenerInfo], expected: [(ListenerId, u32); N]) {
    assert_eq!(infos.len(), N);
    for (id, line) in expected {
        let info = infos
            .iter()
            .find(|info| info.id() == id)
            .expect("it is there");
        assert_eq!(
            (info.location().file(), info.location().line()),
            (file!(), line)
        );
    }
}

#[test]
#[rustfmt::skip] // Each registration shares its line with `line!()`.
fn locations_are_the_callers_file_and_line() {
    // For every method of the emitter that registers.
    let e = EventEmitter::new();
    let expected = [
        (e.on(NUM, |_| {}), line!()),
        (e.on_mut(NUM, |_| {}), line!()),
        (e.once(NUM, |_| {}), line!()),
        (e.times(NUM, 2, |_| {}), line!()),
        (e.prepend(NUM, |_| {}), line!()),
        (e.prepend_once(NUM, |_| {}), line!()),
        (e.subscribe(NUM, |_| {}).detach(), line!()),
        (e.listen(NUM).on(|_| {}), line!()),
        (e.listen(NUM).on_mut(|_| {}), line!()),
        (e.listen(NUM).once(|_| {}), line!()),
        (e.listen(NUM).label("l").priority(3).times(2).prepend().on(|_| {}), line!()),
        (e.listen(NUM).subscribe(|_| {}).detach(), line!()),
    ];
    check_sites(&e.listeners(NUM), expected);
}

#[test]
#[rustfmt::skip] // Each registration shares its line with `line!()`.
fn locations_through_a_signal_are_the_callers_file_and_line() {
    // For the handle of an emitter and for a signal alone.
    for s in [EventEmitter::new().signal(NUM), Signal::new(), Signal::named("alone")] {
        let expected = [
            (s.on(|_| {}), line!()),
            (s.on_mut(|_| {}), line!()),
            (s.once(|_| {}), line!()),
            (s.times(2, |_| {}), line!()),
            (s.prepend(|_| {}), line!()),
            (s.prepend_once(|_| {}), line!()),
            (s.subscribe(|_| {}).detach(), line!()),
            (s.listen().on(|_| {}), line!()),
            (s.listen().on_mut(|_| {}), line!()),
            (s.listen().once(|_| {}), line!()),
            (s.listen().label("l").priority(3).times(2).prepend().on(|_| {}), line!()),
            (s.listen().subscribe(|_| {}).detach(), line!()),
        ];
        check_sites(&s.listeners(), expected);
    }
}

#[test]
fn a_tracked_caller_is_passed_through() {
    // `#[track_caller]`: a wrapper that has it too names its own caller.
    #[track_caller]
    fn wrapper(e: &EventEmitter) -> ListenerId {
        e.on(NUM, |_| {})
    }
    let (e, _) = setup();
    let line = line!() + 1;
    let id = wrapper(&e);
    check_sites(&e.listeners(NUM), [(id, line)]);
}

#[test]
fn event_names_are_in_the_order_of_first_registration() {
    // A name goes with its last listener, and comes back at the end.
    const THIRD: Event<()> = Event::new("third");
    let (e, _) = setup();
    assert!(e.event_names().is_empty());
    let other = e.on(OTHER, |_| {});
    e.on(NUM, |_| {});
    e.on(THIRD, |()| {});
    e.on(OTHER, |_| {});
    assert_eq!(e.event_names(), ["other", "num", "third"]);
    e.off(other);
    assert_eq!(e.event_names(), ["other", "num", "third"]);
    e.off_all(OTHER);
    assert_eq!(e.event_names(), ["num", "third"]);
    e.once(OTHER, |_| {});
    assert_eq!(e.event_names(), ["num", "third", "other"]);
    e.emit(OTHER, 1);
    assert_eq!(e.event_names(), ["num", "third"]);
    e.clear();
    assert!(e.event_names().is_empty());
}

#[test]
fn event_names_lists_a_name_once_whatever_its_types() {
    // Fine print; the name stays until the last listener of the last type goes.
    const TEXT: Event<str> = Event::new("num");
    let (e, _) = setup();
    let number = e.on(NUM, |_| {});
    e.on(OTHER, |_| {});
    let text = e.on(TEXT, |_| {});
    assert_eq!(e.event_names(), ["num", "other"]);
    e.off(number);
    assert_eq!(e.event_names().len(), 2);
    e.off(text);
    assert_eq!(e.event_names(), ["other"]);
}

#[test]
fn looking_and_emitting_make_no_event() {
    // A name that was only asked for, emitted, or made a signal of, has no listener.
    let (e, _) = setup();
    e.emit(NUM, 1);
    assert_eq!(e.listener_count(NUM), 0);
    assert!(e.listeners(NUM).is_empty());
    let signal = e.signal(NUM);
    signal.emit(1);
    assert!(e.event_names().is_empty());
    signal.on(|_| {});
    assert_eq!(e.event_names(), ["num"]);
}

#[test]
fn inside_an_emit_one_sees_what_is_registered_now() {
    // The audience is latched, the view is not: removed ones are gone, added ones are there.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, _| {
            let last = e.listeners(NUM).pop().unwrap();
            e.off(last.id());
            trace.log(e.listener_count(NUM));
            e.listen(NUM).label("new").on(|_| {});
            e.listen(NUM).label("newer").on(|_| {});
            trace.log(e.listener_count(NUM));
            trace.log(e.listeners(NUM).pop().unwrap().label().unwrap());
        }),
    );
    e.on(NUM, |_| {});
    e.on(NUM, |_| {});
    e.emit(NUM, 1);
    trace.expect("2 4 newer");
}
