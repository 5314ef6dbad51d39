//! `Signal`: the listeners of one event as a handle, of an emitter or alone.

use super::*;

#[test]
fn a_handle_and_its_emitter_share_the_listeners() {
    // "the listeners of one event as a handle": either registers, emits and removes for both.
    let (e, trace) = setup();
    let signal = e.signal(NUM);
    let a = e.on(NUM, trace.logs("a"));
    let b = signal.on(trace.logs("b"));
    assert_eq!(e.emit(NUM, 1), 2);
    assert_eq!(signal.emit(2), 2);
    assert_eq!(e.signal(NUM).clone().emit(3), 2);
    trace.expect("a1 b1 a2 b2 a3 b3");
    assert_eq!((signal.listener_count(), e.listener_count(NUM)), (2, 2));
    assert!(signal.has_listener(a) && e.has_listener(b));
    assert!(signal.off(a) && e.off(b));
    assert!(!signal.has_listeners() && !e.has_listeners(NUM));
    assert_eq!(signal.emit(4), 0);
}

#[test]
fn a_handle_stays_the_same_event_whatever_comes_and_goes() {
    // Hostile: a handle made before any listener, kept through `off`, `off_all` and `clear`.
    let (e, trace) = setup();
    let signal = e.signal(NUM);
    assert_eq!(signal.emit(0), 0);
    for (n, end) in (1..).zip(["off", "off_all", "clear", "once"]) {
        let id = match end {
            "once" => e.once(NUM, trace.logs("a")),
            _ => e.on(NUM, trace.logs("a")),
        };
        assert_eq!(e.signal(NUM).listener_count(), 1);
        assert_eq!(signal.emit(n), 1, "before {end}");
        match end {
            "off" => assert!(e.off(id)),
            "off_all" => assert_eq!(e.off_all(NUM), 1),
            "clear" => assert_eq!(e.clear(), 1),
            _ => {}
        }
        assert_eq!(signal.listener_count(), 0, "after {end}");
        assert_eq!(signal.emit(n), 0, "after {end}");
    }
    trace.expect("a1 a2 a3 a4");
    signal.on(trace.logs("b"));
    assert_eq!(e.emit(NUM, 5), 1);
    trace.expect("b5");
}

#[test]
fn a_handle_is_of_one_name_and_one_type() {
    // Rule of `Event`: the same name with another type is another event.
    const TEXT: Event<str> = Event::new("num");
    let (e, trace) = setup();
    e.signal(TEXT).on(trace.logs("text"));
    assert_eq!(e.signal(NUM).emit(1), 0);
    assert_eq!(e.signal(TEXT).emit("1"), 1);
    trace.expect("text1");
}

#[test]
fn a_handle_refuses_the_id_of_another_event() {
    // "same methods without the event argument": it is about the listeners of its event alone.
    let (e, _) = setup();
    let other = e.on(OTHER, |_| {});
    let signal = e.signal(NUM);
    assert!(!signal.has_listener(other));
    assert!(!signal.off(other));
    assert!(e.has_listener(other));
}

#[test]
fn signals_refuse_each_others_ids() {
    // "`false` if it ... belongs to another emitter", for signals alone, and against emitters.
    let (e, _) = setup();
    let one = Signal::<i32>::new();
    let two = Signal::<i32>::new();
    let id = one.on(|_| {});
    two.on(|_| {});
    e.on(NUM, |_| {});
    assert!(!two.off(id) && !e.off(id) && !e.signal(NUM).off(id));
    assert!(!two.has_listener(id) && !e.has_listener(id));
    assert!(one.has_listener(id));
    assert!(one.off(id));
    assert_eq!((two.listener_count(), e.listener_count(NUM)), (1, 1));
}

#[test]
fn a_handle_keeps_its_emitter_alive() {
    // "`Clone` and `signal()` give strong handles to the same emitter".
    let (e, trace) = setup();
    let weak = e.downgrade();
    e.on(NUM, trace.probe("dropped").logs("a"));
    e.on(OTHER, trace.logs("o"));
    let signal = e.signal(NUM);
    drop(e);
    assert_eq!(signal.emit(1), 1);
    assert_eq!(
        weak.upgrade().expect("kept by the signal").emit(OTHER, 2),
        1
    );
    trace.expect("a1 o2");
    drop(signal);
    trace.expect("dropped");
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_signal_knows_its_event() {
    // `Signal::event`, of a handle and of a signal with a name.
    let (e, _) = setup();
    assert_eq!(e.signal(NUM).event().name(), "num");
    assert_eq!(Signal::<str>::named("alone").event().name(), "alone");
    assert_eq!(Signal::<i32>::named("num").event(), NUM);
}

#[test]
fn a_signal_alone_has_the_whole_face() {
    // "also usable alone": every method but those about events.
    let trace = Trace::new();
    let s = Signal::<i32>::new();
    s.on(trace.logs("a"));
    s.on_mut({
        let mut calls = 0;
        move |_| {
            calls += 1;
            trace.log(format_args!("m{calls}"));
        }
    });
    s.once(trace.logs("o"));
    s.times(2, trace.logs("t"));
    s.prepend(trace.logs("p"));
    s.prepend_once(trace.logs("P"));
    s.listen().priority(1).label("l").on(trace.logs("l"));
    let subscription = s.subscribe(trace.logs("s"));
    assert_eq!(s.emit(1), 8);
    trace.expect("l1 P1 p1 a1 m1 o1 t1 s1");
    assert_eq!(s.try_emit(2).unwrap(), 6);
    trace.expect("l2 p2 a2 m2 t2 s2");
    drop(subscription);
    let guard = s.guard(s.listeners()[0].id());
    assert_eq!(s.listeners()[0].label(), Some("l"));
    assert_eq!(s.emit(3), 4);
    trace.expect("l3 p3 a3 m3");
    drop(guard);
    assert!(s.has_listeners());
    assert_eq!(s.listener_count(), 3);
    assert_eq!(s.off_all(), 3);
    assert_eq!(s.off_all(), 0);
    assert_eq!(s.emit(4), 0);
}

#[test]
fn the_clones_of_a_signal_are_one_signal() {
    // A handle is a handle, alone too.
    let trace = Trace::new();
    let s = Signal::<i32>::new();
    let t = s.clone();
    let id = s.on(trace.logs("a"));
    assert_eq!(t.emit(1), 1);
    assert!(t.off(id));
    assert_eq!(s.emit(2), 0);
    trace.expect("a1");
}

#[test]
fn ptr_eq_tells_handles_from_signals() {
    // Handles to one event of one emitter, and clones, are to one signal; all others are not.
    let (e, _) = setup();
    let (s, t) = (Signal::<i32>::new(), Signal::default());
    assert!(s.ptr_eq(&s.clone()) && !s.ptr_eq(&t));
    assert!(e.signal(NUM).ptr_eq(&e.signal(NUM)));
    assert!(!e.signal(NUM).ptr_eq(&e.signal(OTHER)));
    assert!(!e.signal(NUM).ptr_eq(&s));
}

#[test]
fn an_unhandled_error_makes_a_signal_alone_panic() {
    // "alone it has no `meta` events: an unhandled `Err` makes its `emit` panic".
    let trace = Trace::new();
    let s = Signal::<i32>::named("alone");
    s.listen().label("a").on(fails(trace, "a", "boom"));
    s.on(trace.logs("b"));
    assert_contains(&panic_text(|| s.emit(1)), &["alone", "a", "boom"]);
    trace.expect("a1 b1");
    let errors = listener_errors(s.try_emit(2));
    assert_eq!(errors.called(), 2);
    assert_eq!(errors.iter().map(cause).collect::<Vec<_>>(), ["boom"]);
    trace.expect("a2 b2");
}

#[test]
fn the_errors_of_a_handle_reach_its_emitter() {
    // Rule 6 for a handle: `LISTENER_ERROR` of the emitter hears them.
    let (e, trace) = setup();
    hear_errors(&e, trace);
    let signal = e.signal(NUM);
    signal.on(fails(trace, "a", "boom"));
    signal.on(trace.logs("b"));
    assert_eq!(signal.emit(1), 2);
    trace.expect("a1 !boom b1");
    listener_errors(signal.try_emit(2));
    trace.expect("a2 b2");
}

#[test]
fn a_handle_has_the_policies_of_its_emitter() {
    // Rule 7 through a handle: `Isolate`.
    let (e, trace) = isolating();
    let signal = e.signal(NUM);
    signal.on(|_| panic!("boom"));
    signal.on(trace.logs("b"));
    let errors = listener_errors(signal.try_emit(1));
    assert_eq!(errors.iter().map(cause).collect::<Vec<_>>(), ["boom"]);
    trace.expect("b1");
}

#[test]
fn a_signal_alone_propagates_panics() {
    // Rule 7, the default.
    let trace = Trace::new();
    let s = Signal::<i32>::new();
    s.once(|_| panic!("boom"));
    s.on(trace.logs("b"));
    assert_eq!(panic_text(|| s.emit(1)), "boom");
    assert_eq!(s.emit(2), 1);
    trace.expect("b2");
}

#[test]
fn rules_hold_in_a_signal_alone() {
    // Rules 1 to 3 and 8 in one go: nested, added, removed, claimed and re-entered.
    in_time(|| {
        let trace = Trace::new();
        let s = Signal::<i32>::new();
        let inside = s.clone();
        s.once(move |n| {
            trace.log(format_args!("a{n}"));
            inside.on(trace.logs("n"));
            inside.emit(2);
        });
        s.once(trace.logs("b"));
        s.on(trace.logs("c"));
        assert_eq!(s.emit(1), 2);
        trace.expect("a1 b2 c2 n2 c1");
        s.off_all();

        let inside = s.clone();
        s.on_mut(move |n| {
            if *n == 1 {
                let errors = listener_errors(inside.try_emit(2));
                trace.log(errors.iter().map(cause).collect::<String>());
            }
        });
        assert_eq!(s.emit(1), 1);
        trace.expect("reentered");
        s.off_all();
    });
}

#[test]
fn emits_nested_between_signals_and_emitters_are_depth_first() {
    // Rule 1 where the frames belong to different owners.
    let (e, trace) = setup();
    let s = Signal::<i32>::new();
    let from_listener = s.clone();
    e.on(NUM, move |n| {
        trace.log(format_args!("a{n}"));
        from_listener.emit(n + 1);
        trace.log("/a");
    });
    let weak = e.downgrade();
    s.on(move |n| {
        trace.log(format_args!("s{n}"));
        weak.upgrade().unwrap().emit(OTHER, n + 1);
        trace.log("/s");
    });
    e.on(OTHER, trace.logs("o"));
    e.emit(NUM, 1);
    trace.expect("a1 s2 o3 /s /a");
}
