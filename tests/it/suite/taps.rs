//! `on_any`: a tap sees every event first, never counts, and cannot stop.

use super::*;

#[test]
fn a_tap_sees_name_and_payload_before_the_listeners() {
    // Whenever it was registered, and whatever the priority of the listeners.
    let (e, trace) = setup();
    e.on(NUM, trace.logs("a"));
    e.listen(NUM)
        .priority(i32::MAX)
        .prepend()
        .on(trace.logs("b"));
    e.on_any(move |any| trace.log(format_args!("{}={:?}", any.name(), any.get(NUM))));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("num=Some(1) b1 a1");
}

#[test]
fn a_tap_sees_nested_emits() {
    // Depth-first like everything else.
    let (e, trace) = setup();
    e.on_any(move |any| trace.log(format_args!("<{}>", any.name())));
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log("a(");
            e.emit(OTHER, n);
            trace.log(")a");
        }),
    );
    e.on(OTHER, trace.logs("o"));
    e.emit(NUM, 1);
    trace.expect("<num> a( <other> o1 )a");
}

#[test]
fn get_with_another_event_gives_none() {
    // Another name, the same name with another type, the right one; sized and unsized.
    const TEXT: Event<str> = Event::new("num");
    const BYTES: Event<[u8]> = Event::new("bytes");
    let (e, trace) = setup();
    e.on_any(move |any| {
        trace.log(format_args!(
            "{}:{}{}{}{}",
            any.name(),
            u8::from(any.is(NUM)),
            u8::from(any.is(OTHER)),
            u8::from(any.is(TEXT)),
            u8::from(any.is(BYTES)),
        ));
        assert_eq!(any.get(NUM).is_some(), any.is(NUM));
        assert_eq!(any.get(OTHER).is_some(), any.is(OTHER));
        assert_eq!(any.get(TEXT).is_some(), any.is(TEXT));
        assert_eq!(any.get(BYTES).is_some(), any.is(BYTES));
        if let Some(text) = any.get(TEXT) {
            trace.log(format_args!("{text}:{}", any.type_name()));
        }
        if let Some(bytes) = any.get(BYTES) {
            trace.log(format_args!("{bytes:?}"));
        }
    });
    e.emit(NUM, 1);
    e.emit(OTHER, 1);
    e.emit(TEXT, String::from("hello"));
    e.emit(BYTES, [1, 2]);
    trace.expect("num:1000 other:0100 num:0010 hello:str bytes:0001 [1, 2]");
}

#[test]
fn a_tap_sees_the_payload_itself() {
    // The same place in memory, for a value, a slice and a trait object: nothing was copied.
    trait Speak: Send + Sync {
        fn speak(&self) -> String;
    }
    impl Speak for i32 {
        fn speak(&self) -> String {
            format!("I am {self}")
        }
    }
    const SPEAK: Event<dyn Speak> = Event::new("speak");
    const TEXT: Event<str> = Event::new("text");
    let (e, trace) = setup();
    let number = Box::new(7);
    let text = String::from("text");
    let (at_number, at_text) = (&raw const *number as usize, text.as_ptr() as usize);
    e.on_any(move |any| {
        if let Some(n) = any.get(NUM) {
            trace.log(std::ptr::from_ref(n) as usize == at_number);
        }
        if let Some(text) = any.get(TEXT) {
            trace.log(text.as_ptr() as usize == at_text && text == "text");
        }
        if let Some(speaker) = any.get(SPEAK) {
            trace.log(speaker.speak());
        }
    });
    e.emit(NUM, number);
    e.emit(TEXT, &text);
    e.emit(SPEAK, Box::new(9) as Box<dyn Speak>);
    trace.expect("true true I am 9");
}

#[test]
fn an_any_event_is_copy_and_lends_for_as_long_as_the_emit() {
    // `AnyEvent<'a>: Copy`, `get -> Option<&'a T>`: the borrow outlives the copy it came from.
    fn of<'a>(any: AnyEvent<'a>) -> Option<&'a i32> {
        any.get(NUM)
    }
    let (e, trace) = setup();
    e.on_any(move |any| {
        let copy = *any;
        trace.log(format_args!("{:?} {}", of(copy), copy.name()));
    });
    e.emit(NUM, 3);
    trace.expect("Some(3) num");
}

#[test]
fn a_tap_never_counts() {
    // In the result of `emit` and `try_emit`, with listeners and without.
    let (e, _) = setup();
    e.on_any(|_| {});
    e.on_any(|_| {});
    assert_eq!(e.emit(NUM, 1), 0);
    assert_eq!(e.try_emit(NUM, 1).unwrap(), 0);
    e.on(NUM, |_| {});
    assert_eq!(e.emit(NUM, 1), 1);
    assert_eq!(e.try_emit(NUM, 1).unwrap(), 1);
}

#[test]
fn a_tap_sees_emits_through_signal_handles_and_clones() {
    // Fine print; a signal alone belongs to no emitter and is not seen.
    let (e, trace) = setup();
    let signal = e.signal(NUM);
    e.on_any(move |any| trace.log(format_args!("{:?}", any.get(NUM))));
    signal.emit(1);
    signal.on(|_| {});
    signal.emit(2);
    signal.try_emit(3).unwrap();
    e.clone().emit(NUM, 4);
    let alone = Signal::<i32>::named("num");
    alone.on(|_| {});
    alone.emit(5);
    EventEmitter::new().emit(NUM, 6);
    trace.expect("Some(1) Some(2) Some(3) Some(4)");
}

#[test]
fn taps_follow_the_order_of_registration() {
    // Rule 1 among taps: all of them, then the listeners.
    let (e, trace) = setup();
    e.on(NUM, move |_| trace.log("a"));
    for tap in ["t1", "t2", "t3"] {
        e.on_any(move |_| trace.log(tap));
    }
    e.emit(NUM, 1);
    trace.expect("t1 t2 t3 a");
}

#[test]
fn a_tap_added_during_an_emit_waits_for_the_next() {
    // Rule 2 for taps: added by a tap, and added by a listener.
    let (e, trace) = setup();
    let weak = e.downgrade();
    let added = AtomicBool::new(false);
    e.on_any(move |_| {
        trace.log("t");
        if !added.swap(true, Ordering::Relaxed) {
            weak.upgrade().unwrap().on_any(move |_| trace.log("u"));
        }
    });
    e.once(
        NUM,
        within(&e, move |e, _| {
            e.on_any(move |_| trace.log("v"));
        }),
    );
    e.emit(NUM, 1);
    trace.expect("t");
    e.emit(NUM, 2);
    trace.expect("t u v");
}

#[test]
fn a_tap_removed_during_an_emit_is_not_called_any_more() {
    // Rule 2 for taps: the first removes the second, and itself; the third is not skipped.
    let (e, trace) = setup();
    let ids = Arc::new(Mutex::new(Vec::new()));
    let first = e.on_any({
        let (ids, weak) = (Arc::clone(&ids), e.downgrade());
        move |_| {
            trace.log("t1");
            let ids: Vec<ListenerId> = std::mem::take(&mut ids.lock().unwrap());
            let e = weak.upgrade().unwrap();
            assert!(ids.into_iter().all(|id| e.off(id)));
        }
    });
    let second = e.on_any(move |_| trace.log("t2"));
    e.on_any(move |_| trace.log("t3"));
    ids.lock().unwrap().extend([first, second]);
    e.emit(NUM, 1);
    e.emit(NUM, 2);
    trace.expect("t1 t3 t3");
}

#[test]
fn a_tap_may_change_who_hears_the_event() {
    // Rule 2: the audience is latched when the emit starts, which is before its taps run.
    let (e, trace) = setup();
    let a = e.on(NUM, trace.logs("a"));
    e.on(NUM, trace.logs("b"));
    let weak = e.downgrade();
    e.on_any(move |any| {
        if any.get(NUM) == Some(&1) {
            let e = weak.upgrade().unwrap();
            e.off(a);
            e.prepend(NUM, trace.logs("n"));
        }
    });
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("b1");
    assert_eq!(e.emit(NUM, 2), 2);
    trace.expect("n2 b2");
}

#[test]
fn the_first_listener_added_by_a_tap_waits_too() {
    // Rule 2 where nobody listened before: the event is still heard by none, and `UNHANDLED`.
    let (e, trace) = setup();
    let weak = e.downgrade();
    let added = AtomicBool::new(false);
    e.on_any(move |_| {
        if !added.swap(true, Ordering::Relaxed) {
            weak.upgrade().unwrap().on(NUM, trace.logs("a"));
        }
    });
    e.on(UNHANDLED, move |_| trace.log("?"));
    assert_eq!(e.emit(NUM, 1), 0);
    assert_eq!(e.emit(NUM, 2), 1);
    trace.expect("? a2");
}

#[test]
fn taps_do_not_see_meta_events() {
    // Each of the five happens, each is heard by its hook, and the tap sees the two emits only.
    let trace = Trace::new();
    let e = EventEmitter::builder().max_listeners(1).build();
    e.on_any(move |any| trace.log(any.name()));
    e.on(LISTENER_ADDED, move |_| trace.log("+"));
    e.on(LISTENER_REMOVED, move |_| trace.log("-"));
    e.on(TOO_MANY_LISTENERS, move |_| trace.log("many"));
    e.on(UNHANDLED, move |_| trace.log("?"));
    hear_errors(&e, trace);
    e.on(NUM, |_| {});
    e.once(NUM, |_| Err::<(), _>("boom"));
    e.emit(NUM, 1);
    e.emit(OTHER, 1);
    trace.expect("+ + many num - !boom other ?");
}

#[test]
fn a_meta_event_that_is_emitted_by_hand_is_one() {
    // It reaches its hooks, and no tap.
    let (e, trace) = setup();
    e.on(NUM, |_| {});
    let info = e.listeners(NUM)[0];
    e.on_any(move |any| trace.log(any.name()));
    e.on(LISTENER_ADDED, move |info| trace.log(info.event()));
    assert_eq!(e.emit(LISTENER_ADDED, info), 1);
    assert_eq!(e.try_emit(LISTENER_ADDED, info).unwrap(), 1);
    trace.expect("num num");
}

#[test]
fn an_error_of_an_error_that_is_emitted_by_hand_does_not_go_round() {
    // Rule 6: "An error in a `LISTENER_ERROR` listener does not recurse."
    let (e, trace) = setup();
    e.on(NUM, |_| Err::<(), _>("boom"));
    let error = listener_errors(e.try_emit(NUM, 1)).into_vec().remove(0);
    e.on(LISTENER_ERROR, move |_| {
        trace.log("a");
        Err::<(), _>("hook failed")
    });
    e.on(LISTENER_ERROR, move |_| trace.log("b"));
    let text = panic_text(|| e.emit(LISTENER_ERROR, error));
    assert!(text.contains("hook failed"), "{text}");
    trace.expect("a b");
}

#[test]
fn a_tap_is_removed_by_its_id_and_by_clear_but_not_by_off_all() {
    // "`clear()` removes taps and `meta` listeners as well"; `off_all` is about one event.
    let (e, trace) = setup();
    let first = e.on_any(move |_| trace.log("t1"));
    e.on_any(move |_| trace.log("t2"));
    assert_eq!(e.off_all(NUM), 0);
    e.emit(NUM, 1);
    trace.expect("t1 t2");
    assert!(e.off(first));
    assert!(!e.off(first));
    e.emit(NUM, 1);
    trace.expect("t2");
    assert_eq!(e.clear(), 1);
    e.emit(NUM, 1);
    trace.expect("");
}

#[test]
fn a_guard_removes_a_tap() {
    // "`guard(ListenerId)` makes one for a listener registered in any way."
    let (e, trace) = setup();
    let guard = e.guard(e.on_any(move |_| trace.log("t")));
    e.emit(NUM, 1);
    drop(guard);
    e.emit(NUM, 2);
    trace.expect("t");
}

#[test]
fn a_panic_in_a_tap_unwinds_through_emit() {
    // Rule 7 for taps, Propagate: neither the next tap nor a listener is called; then all is normal.
    let (e, trace) = setup();
    let armed = AtomicBool::new(true);
    e.on_any(move |_| assert!(!armed.swap(false, Ordering::Relaxed), "boom"));
    e.on_any(move |_| trace.log("t"));
    e.once(NUM, trace.logs("a"));
    assert_eq!(panic_text(|| e.emit(NUM, 1)), "boom");
    trace.expect("");
    assert_eq!(e.emit(NUM, 2), 1);
    trace.expect("t a2");
}

#[test]
fn an_isolated_panic_in_a_tap_is_an_error_of_the_tap() {
    // Rule 7 for taps, Isolate: the rest is called; the error names the tap and its site.
    let (e, trace) = isolating();
    let seen = Arc::new(Mutex::new(None));
    e.on(LISTENER_ERROR, {
        let seen = Arc::clone(&seen);
        move |error| {
            let at = error.location();
            *seen.lock().unwrap() = Some((error.listener(), at.file(), at.line(), cause(error)));
        }
    });
    let line = line!() + 1;
    let tap = e.on_any(|_| panic!("boom"));
    e.on_any(move |_| trace.log("t"));
    e.on(NUM, trace.logs("a"));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("t a1");
    let expected = (tap, file!(), line, String::from("boom"));
    assert_eq!(seen.lock().unwrap().take(), Some(expected));
}

#[test]
fn the_error_of_a_tap_is_not_lost_where_nobody_listens() {
    // Rule 6 for an event without a listener: nobody was called, and the error is there.
    let (e, _) = setup();
    e.on_any(|_| Err::<(), _>("boom"));
    let errors = listener_errors(e.try_emit(NUM, 1));
    assert_eq!(errors.called(), 0);
    assert_eq!(errors.iter().map(cause).collect::<Vec<_>>(), ["boom"]);
}

#[test]
fn the_error_of_a_tap_is_not_lost_where_a_hook_fails_too() {
    // `UNHANDLED` is told after the taps; its listener's error panics also out of `try_emit`, with the tap's.
    let (e, trace) = setup();
    let tap = e.on_any(|_| Err::<(), _>("of the tap"));
    e.on(UNHANDLED, |_| Err::<(), _>("of the hook"));
    for text in [
        panic_text(|| e.emit(NUM, 1)),
        panic_text(|| e.try_emit(NUM, 1)),
    ] {
        assert_contains(&text, &["listener of `num`", "of the tap (and 1 more)"]);
    }
    // Where the hook's error is dealt with, the tap's is returned.
    hear_errors(&e, trace);
    let errors = listener_errors(e.try_emit(NUM, 1));
    assert_eq!(errors.iter().map(cause).collect::<Vec<_>>(), ["of the tap"]);
    trace.expect("!of the hook");
    e.off(tap);
    assert_eq!(e.try_emit(NUM, 1).unwrap(), 0);
}

#[test]
fn an_emit_that_only_a_tap_would_see_is_0_at_any_depth() {
    // Fine print of rule 9: what nobody listens to is not refused; the tap does not see it there.
    let e = EventEmitter::builder().max_depth(1).build();
    let trace = Trace::new();
    e.on_any(move |any| trace.log(any.name()));
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(e.try_emit(OTHER, n).unwrap());
            trace.log(e.emit(OTHER, n));
        }),
    );
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("num 0 0");
}
