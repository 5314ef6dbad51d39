//! The emitter speaks about itself in its own events.

use super::*;

/// Logs every addition as `+label` and every removal as `-label`, each with the number of
/// listeners that its event has then.
fn hear_changes(e: &EventEmitter, trace: Trace) {
    let log = |sign: char| {
        let weak = e.downgrade();
        move |info: &ListenerInfo| {
            let e = weak.upgrade().expect("it is there while it speaks");
            let count = match info.event() {
                "num" => e.listener_count(NUM),
                _ => e.listener_count(OTHER),
            };
            trace.log(format_args!("{sign}{}{count}", info.label().unwrap_or("?")));
        }
    };
    e.on(LISTENER_ADDED, log('+'));
    e.on(LISTENER_REMOVED, log('-'));
}

#[test]
fn listener_added_comes_after_the_add_and_listener_removed_after_the_removal() {
    // The number is that of the listeners then there.
    let (e, trace) = setup();
    hear_changes(&e, trace);
    e.listen(NUM).label("a").on(|_| {});
    let b = e.listen(NUM).label("b").on_mut(|_| {});
    trace.expect("+a1 +b2");
    e.off(b);
    e.off(b);
    trace.expect("-b1");
}

#[test]
fn both_hooks_tell_all_about_the_listener() {
    // `ListenerInfo`: id, event, label, priority, remaining calls, site, as `listeners` tells them.
    fn all(info: &ListenerInfo) -> impl PartialEq + std::fmt::Debug + use<> {
        let site = info.location().to_string();
        let more = (info.label(), info.priority(), info.remaining());
        (info.id(), info.event(), more, site)
    }
    let (e, _) = setup();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = || {
        let seen = Arc::clone(&seen);
        move |info: &ListenerInfo| seen.lock().unwrap().push(*info)
    };
    e.on(LISTENER_ADDED, see());
    e.on(LISTENER_REMOVED, see());
    e.listen(NUM).priority(-3).label("a").times(7).on(|_| {});
    let a = e.listeners(NUM).remove(0);
    let line = line!() + 1;
    let b = e.on(OTHER, |_| {});
    e.off(a.id());
    e.off(b);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 4);
    assert_eq!((seen[0].event(), seen[0].label()), ("num", Some("a")));
    assert_eq!((seen[0].priority(), seen[0].remaining()), (-3, Some(7)));
    assert_eq!(all(&seen[0]), all(&a));
    assert_eq!((seen[1].id(), seen[1].event()), (b, "other"));
    let at = seen[1].location();
    assert_eq!((at.file(), at.line()), (file!(), line));
    assert_eq!(all(&seen[2]), all(&a));
    assert_eq!(all(&seen[3]), all(&seen[1]));
}

#[test]
fn the_removal_of_a_once_is_told_before_its_body() {
    // So is that of `times` before its last call, and only before that.
    let (e, trace) = setup();
    hear_changes(&e, trace);
    e.listen(NUM).label("a").once(trace.logs("a"));
    e.listen(NUM).label("b").times(2).on(trace.logs("b"));
    trace.expect("+a1 +b2");
    e.emit(NUM, 1);
    trace.expect("-a1 a1 b1");
    e.emit(NUM, 2);
    trace.expect("-b0 b2");
}

#[test]
fn every_way_to_go_is_told_once() {
    // `off` with `Unsubscribe` on top, a subscription dropped after, a `once` that removes
    // itself, `off_all`, and each only one time.
    let (e, trace) = setup();
    hear_changes(&e, trace);
    let own = Arc::new(Mutex::new(None));
    let id = e.listen(NUM).label("a").on({
        let own = Arc::clone(&own);
        within(&e, move |e, _| {
            let own: ListenerId = own.lock().unwrap().unwrap();
            e.off(own);
            Flow::Unsubscribe
        })
    });
    *own.lock().unwrap() = Some(id);
    e.emit(NUM, 1);
    trace.expect("+a1 -a0");
    let subscription = e.listen(NUM).label("b").subscribe(|_| {});
    e.off(subscription.id());
    drop(subscription);
    trace.expect("+b1 -b0");
    drop(e.listen(NUM).label("c").subscribe(|_| {}));
    trace.expect("+c1 -c0");
    e.listen(NUM).label("d").on(|_| Flow::Unsubscribe);
    e.emit(NUM, 1);
    e.emit(NUM, 2);
    trace.expect("+d1 -d0");
    e.listen(NUM).label("e").once(within(&e, |e, _| {
        assert_eq!(e.off_all(NUM), 0);
        Flow::Unsubscribe
    }));
    e.emit(NUM, 1);
    trace.expect("+e1 -e0");
}

#[test]
fn off_all_removes_all_first_and_tells_afterwards_in_order() {
    // Fine print: each hook sees none of them left.
    let (e, trace) = setup();
    hear_changes(&e, trace);
    e.listen(NUM).label("a").on(|_| {});
    e.listen(NUM).label("b").priority(1).on(|_| {});
    e.listen(NUM).label("c").once(|_| {});
    e.listen(OTHER).label("o").on(|_| {});
    trace.take();
    assert_eq!(e.off_all(NUM), 3);
    trace.expect("-b0 -a0 -c0");
}

#[test]
fn clear_tells_the_hooks_before_they_go_themselves() {
    // Fine print: all ordinary ones are gone before the first is told; then the hooks are gone too.
    let (e, trace) = setup();
    hear_changes(&e, trace);
    e.listen(NUM).label("a").on(|_| {});
    e.listen(OTHER).label("b").on(|_| {});
    e.listen(NUM).label("c").prepend().on(|_| {});
    e.on_any(|_| {});
    trace.take();
    assert_eq!(e.clear(), 6);
    let told = trace.take();
    let mut words: Vec<_> = told.split(' ').collect();
    words.sort_unstable();
    assert_eq!(words, ["-a0", "-b0", "-c0"]);
    assert!(told.find("-c0") < told.find("-a0"), "{told}");
    let id = e.on(NUM, |_| {});
    e.off(id);
    trace.expect("");
}

#[test]
fn clear_tells_in_the_order_of_the_names() {
    // Of `event_names`, that is of the first listeners: a handle taken before makes no difference.
    let (e, trace) = setup();
    hear_changes(&e, trace);
    let _early = e.signal(OTHER);
    e.listen(NUM).label("a").on(|_| {});
    e.listen(OTHER).label("b").on(|_| {});
    e.listen(NUM).label("c").on(|_| {});
    trace.take();
    assert_eq!(
        e.event_names()[..2],
        [LISTENER_ADDED.name(), LISTENER_REMOVED.name()]
    );
    assert_eq!(e.event_names()[2..], ["num", "other"]);
    assert_eq!(e.clear(), 5);
    trace.expect("-a0 -c0 -b0");
}

#[test]
fn a_panicking_hook_leaves_none_behind() {
    // Fine print of `off_all` and `clear`.
    let (e, _) = setup();
    for _ in 0..3 {
        e.on(NUM, |_| {});
    }
    e.on(LISTENER_REMOVED, |_| panic!("boom"));
    assert_eq!(panic_text(|| e.off_all(NUM)), "boom");
    assert_eq!(e.listener_count(NUM), 0);
    assert_eq!(e.emit(NUM, 1), 0);

    for _ in 0..3 {
        e.on(NUM, |_| {});
        e.on(OTHER, |_| {});
    }
    e.on_any(|_| panic!("the tap is still there"));
    assert_eq!(panic_text(|| e.clear()), "boom");
    assert_eq!(e.listener_count(NUM) + e.listener_count(OTHER), 0);
    assert!(e.event_names().is_empty());
    let id = e.on(NUM, |_| {});
    assert!(e.off(id), "no hook panics any more");
    assert_eq!(e.emit(NUM, 1), 0);
}

#[test]
fn a_panic_in_a_hook_corrupts_nothing() {
    // After the panic the listener is there, or gone, and all goes on.
    let (e, trace) = setup();
    let hook = e.on(LISTENER_ADDED, |_| panic!("added"));
    assert_eq!(panic_text(|| e.on(NUM, trace.logs("a"))), "added");
    assert_eq!(e.listener_count(NUM), 1);
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("a1");
    e.off(hook);
    let hook = e.on(LISTENER_REMOVED, |_| panic!("removed"));
    let id = e.listeners(NUM)[0].id();
    assert_eq!(panic_text(|| e.off(id)), "removed");
    assert!(!e.has_listener(id) && !e.off(id));
    // A `once` whose removal makes the hook panic is claimed all the same.
    let once = e.once(NUM, |_| {});
    e.on(NUM, trace.logs("z"));
    assert_eq!(panic_text(|| e.emit(NUM, 2)), "removed");
    assert!(!e.has_listener(once));
    e.off(hook);
    assert_eq!(e.emit(NUM, 3), 1);
    trace.expect("z3");
}

#[test]
fn a_once_is_called_also_if_a_hook_fails_on_its_removal() {
    // The claim stands, so the call is made; then the panic goes on, and those behind are not called.
    let (e, trace) = setup();
    let hook = e.on(LISTENER_REMOVED, |_| panic!("removed"));
    let tail = e.on(NUM, trace.logs("z"));
    e.prepend_once(NUM, trace.logs("a"));
    assert_eq!(panic_text(|| e.emit(NUM, 1)), "removed");
    trace.expect("a1");
    // The last of several calls, and one that unsubscribes; each of which may be `on_mut`.
    e.listen(NUM).prepend().times(1).on_mut(move |n| {
        trace.log(format_args!("b{n}"));
        Flow::Unsubscribe
    });
    assert_eq!(panic_text(|| e.try_emit(NUM, 2)), "removed");
    trace.expect("b2");
    assert_eq!(e.listener_count(NUM), 1);
    // Its own panic goes on where it has one, and its error is told.
    e.prepend_once(NUM, |_| panic!("body"));
    assert_eq!(panic_text(|| e.emit(NUM, 3)), "body");
    hear_errors(&e, trace);
    e.prepend_once(NUM, fails(trace, "c", "failed"));
    assert_eq!(panic_text(|| e.emit(NUM, 4)), "removed");
    trace.expect("c4 !failed");
    assert!(e.off(hook));
    assert_eq!(e.emit(NUM, 5), 1);
    trace.expect("z5");
    assert!(e.off(tail));
}

#[test]
fn what_a_hook_throws_is_dropped_with_care_where_the_call_panics() {
    // Hostile: it panics as it is dropped, while the panic of the `once` is to go on.
    let (e, _) = setup();
    e.on(LISTENER_REMOVED, |_| {
        let bomb = OnDrop(|| panic!("dropped"));
        std::panic::panic_any(bomb);
    });
    e.once(NUM, |_| panic!("body"));
    assert_eq!(panic_text(|| e.emit(NUM, 1)), "body");
    assert_eq!(e.emit(NUM, 2), 0);
}

#[test]
fn a_removal_is_told_also_if_the_closure_panics_as_it_is_dropped() {
    // With a hostile `Drop`, for every way to go: all are told, then the panic goes on.
    let (e, trace) = setup();
    let hear = || {
        e.on(LISTENER_REMOVED, move |info| {
            trace.log(info.label().unwrap_or("-"));
        })
    };
    hear();
    let bomb = || OnDrop(|| panic!("boom"));
    let fill = || {
        let guard = bomb();
        e.listen(NUM).label("a").on(|_| ());
        let id = e.listen(NUM).label("b").on(move |_| guard.hold());
        e.listen(NUM).label("c").on(|_| ());
        id
    };
    let id = fill();
    assert_eq!(panic_text(|| e.off(id)), "boom");
    trace.expect("b");
    e.off_all(NUM);
    trace.expect("a c");
    let guard = e.guard(fill());
    assert_eq!(panic_text(|| drop(guard)), "boom");
    trace.expect("b");
    e.off_all(NUM);
    trace.take();
    fill();
    assert_eq!(panic_text(|| e.off_all(NUM)), "boom");
    trace.expect("a b c");
    let guard = bomb();
    e.listen(NUM).label("u").on(move |_| {
        guard.hold();
        Flow::Unsubscribe
    });
    assert_eq!(panic_text(|| e.emit(NUM, 1)), "boom");
    trace.expect("u");
    fill();
    assert_eq!(panic_text(|| e.clear()), "boom");
    trace.expect("a b c");
    assert!(!e.has_listeners(LISTENER_REMOVED));
    // Who is told panics on top of it: one panic goes on, and none is left behind.
    e.on(LISTENER_REMOVED, |_| panic!("hook"));
    fill();
    assert_eq!(panic_text(|| e.off_all(NUM)), "hook");
    assert_eq!(e.listener_count(NUM), 0);
}

#[test]
fn a_hook_may_remove_what_was_just_added() {
    // Rule 4: the id that `on` returns is then of a listener already gone.
    let (e, trace) = setup();
    let weak = e.downgrade();
    e.on(LISTENER_ADDED, move |info| {
        trace.log(weak.upgrade().unwrap().off(info.id()));
    });
    let id = e.on(NUM, trace.logs("a"));
    trace.expect("true");
    assert!(!e.off(id));
    assert_eq!(e.emit(NUM, 1), 0);
}

#[test]
fn a_hook_may_call_back_what_was_just_removed() {
    // Rule 4: from `LISTENER_REMOVED` of a `once`, before its body, a new listener is
    // added; it waits for the next emit.
    let (e, trace) = setup();
    let weak = e.downgrade();
    e.once(LISTENER_REMOVED, move |_| {
        weak.upgrade().unwrap().on(NUM, trace.logs("new"));
    });
    e.once(NUM, trace.logs("old"));
    e.emit(NUM, 1);
    trace.expect("old1");
    e.emit(NUM, 2);
    trace.expect("new2");
}

#[test]
fn off_inside_a_hook_reaches_the_emit_under_way() {
    // Hostile: `b` is removed by the hook that is told of the `once` before it.
    let (e, trace) = setup();
    let b = Arc::new(Mutex::new(None));
    let weak = e.downgrade();
    e.on(LISTENER_REMOVED, {
        let b = Arc::clone(&b);
        move |_| {
            let b = b.lock().unwrap().take();
            if let Some(b) = b {
                assert!(weak.upgrade().unwrap().off(b));
            }
        }
    });
    e.once(NUM, trace.logs("a"));
    *b.lock().unwrap() = Some(e.on(NUM, trace.logs("b")));
    e.on(NUM, trace.logs("c"));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("a1 c1");
}

#[test]
fn taps_and_hooks_come_and_go_without_a_word() {
    // "Taps' and meta listeners' own adding/removing is not announced."
    let (e, trace) = setup();
    hear_changes(&e, trace);
    let ids = [
        e.on_any(|_| {}),
        e.on(LISTENER_ERROR, |_| {}),
        e.on(UNHANDLED, |_| {}),
        e.on(LISTENER_ADDED, |_| {}),
        e.on(LISTENER_REMOVED, |_| {}),
        e.on(TOO_MANY_LISTENERS, |_| {}),
    ];
    assert!(ids.into_iter().all(|id| e.off(id)));
    trace.expect("");
}

#[test]
fn listeners_of_signal_handles_are_announced() {
    // A `Signal` of an emitter is that emitter.
    let (e, trace) = setup();
    hear_changes(&e, trace);
    let signal = e.signal(NUM);
    trace.expect("");
    signal.listen().label("a").on(|_| {});
    signal.listen().label("b").once(|_| {});
    trace.expect("+a1 +b2");
    signal.emit(1);
    trace.expect("-b1");
    signal.off_all();
    trace.expect("-a0");
}

#[test]
fn an_unsubscribing_listener_is_told_after_its_call() {
    // And before the next listener is called.
    let (e, trace) = setup();
    hear_changes(&e, trace);
    e.listen(NUM).label("a").on(move |_| {
        trace.log("a");
        Flow::Unsubscribe
    });
    e.on(NUM, move |_| trace.log("b"));
    trace.take();
    e.emit(NUM, 1);
    trace.expect("a -a1 b");
}

/// Logs `event:count/max` for every warning.
fn hear_too_many(e: &EventEmitter, trace: Trace) {
    e.on(TOO_MANY_LISTENERS, move |many| {
        trace.log(format_args!(
            "{}:{}/{}",
            many.event(),
            many.count(),
            many.max()
        ));
    });
}

#[test]
fn the_eleventh_listener_gives_one_warning() {
    // 13 adds, one warning; all are added; per event.
    let (e, trace) = setup();
    hear_too_many(&e, trace);
    for n in 1..=13 {
        e.on(NUM, |_| {});
        trace.expect(if n == 11 { "num:11/10" } else { "" });
    }
    assert_eq!(e.emit(NUM, 1), 13);
    for n in 1..=13 {
        e.on(OTHER, |_| {});
        trace.expect(if n == 11 { "other:11/10" } else { "" });
    }
}

#[test]
fn the_warning_names_the_sites_most_frequent_first() {
    // Who registers so many.
    let (e, trace) = setup();
    e.on(TOO_MANY_LISTENERS, move |many| {
        for site in many.sites() {
            assert_eq!(site.location().file(), file!());
            trace.log(format_args!("{}x{}", site.count(), site.location().line()));
        }
    });
    let first = line!() + 1;
    e.on(NUM, |_| {});
    for _ in 0..7 {
        e.on(NUM, |_| {});
    }
    for _ in 0..3 {
        e.on(NUM, |_| {});
    }
    let (often, rarely) = (first + 2, first + 5);
    trace.expect(&format!("7x{often} 3x{rarely} 1x{first}"));
}

#[test]
fn the_limit_of_listeners_is_the_builders() {
    // Another limit, and 0 turns it off.
    let trace = Trace::new();
    let e = EventEmitter::builder().max_listeners(2).build();
    hear_too_many(&e, trace);
    for _ in 0..3 {
        e.on(NUM, |_| {});
    }
    trace.expect("num:3/2");
    let e = EventEmitter::builder().max_listeners(0).build();
    hear_too_many(&e, trace);
    for _ in 0..100 {
        e.on(NUM, |_| {});
    }
    trace.expect("");
}

#[test]
fn the_warning_re_arms_when_the_count_is_back_at_the_limit() {
    // Fine print: from 5 to 4 does not re-arm it, from 4 to 3 does; so for every way to go.
    let trace = Trace::new();
    let e = EventEmitter::builder().max_listeners(3).build();
    hear_too_many(&e, trace);
    let ids: Vec<_> = (0..5).map(|_| e.on(NUM, |_| {})).collect();
    trace.expect("num:4/3");
    e.off(ids[0]);
    e.on(NUM, |_| {});
    trace.expect("");
    e.off(ids[1]);
    e.off(ids[2]);
    e.on(NUM, |_| {});
    trace.expect("num:4/3");
    e.off_all(NUM);
    for _ in 0..4 {
        e.once(NUM, |_| {});
    }
    trace.expect("num:4/3");
    e.emit(NUM, 1);
    for _ in 0..4 {
        e.on(NUM, |_| {});
    }
    trace.expect("num:4/3");
}

#[test]
fn the_warning_counts_neither_taps_nor_other_types() {
    // Per event, that is per name *and* type; taps listen to no event.
    const TEXT: Event<str> = Event::new("num");
    let trace = Trace::new();
    let e = EventEmitter::builder().max_listeners(2).build();
    hear_too_many(&e, trace);
    for _ in 0..5 {
        e.on_any(|_| {});
    }
    for _ in 0..2 {
        e.on(NUM, |_| {});
        e.on(TEXT, |_| {});
    }
    trace.expect("");
    e.on(TEXT, |_| {});
    trace.expect("num:3/2");
}

#[test]
fn the_warning_tells_of_the_crossing_whatever_a_hook_removes() {
    // `LISTENER_ADDED` is told first, and its listener makes room.
    let trace = Trace::new();
    let e = EventEmitter::builder().max_listeners(2).build();
    hear_too_many(&e, trace);
    e.on(TOO_MANY_LISTENERS, |many| {
        let of_sites: usize = many.sites().iter().map(|site| site.count()).sum();
        assert_eq!(of_sites, many.count());
    });
    let weak = e.downgrade();
    e.on(LISTENER_ADDED, move |_| {
        let e = weak.upgrade().unwrap();
        trace.log(e.listener_count(NUM));
        if e.listener_count(NUM) == 3 {
            e.off_all(NUM);
        }
    });
    for _ in 0..3 {
        e.on(NUM, |_| {});
    }
    trace.expect("1 2 3 num:3/2");
    assert_eq!(e.listener_count(NUM), 0);
}

#[test]
fn the_warning_is_given_also_if_a_hook_panics_at_that_add() {
    // It is given once for each crossing, so it must not be lost. The panic goes on, unless the other panics too.
    let trace = Trace::new();
    let e = EventEmitter::builder().max_listeners(1).build();
    hear_too_many(&e, trace);
    e.on(NUM, |_| {});
    e.on(LISTENER_ADDED, |_| panic!("added"));
    assert_eq!(panic_text(|| e.on(NUM, |_| {})), "added");
    trace.expect("num:2/1");
    assert_eq!(e.listener_count(NUM), 2);
    e.on(TOO_MANY_LISTENERS, |_| panic!("many"));
    panic_text(|| e.on(OTHER, |_| {}));
    assert_eq!(panic_text(|| e.on(OTHER, |_| {})), "many");
    trace.expect("other:2/1");
}

#[test]
fn a_panic_in_the_warning_corrupts_nothing() {
    // The listener has been added.
    let e = EventEmitter::builder().max_listeners(1).build();
    e.on(TOO_MANY_LISTENERS, |_| panic!("many"));
    e.on(NUM, |_| {});
    assert_eq!(panic_text(|| e.on(NUM, |_| {})), "many");
    assert_eq!(e.emit(NUM, 1), 2);
    e.on(NUM, |_| {});
    assert_eq!(e.emit(NUM, 1), 3);
}

#[test]
fn unhandled_tells_of_an_event_nobody_listens_to() {
    // Name and type; nothing where somebody listens; also through `try_emit` and a signal.
    const TEXT: Event<str> = Event::new("text");
    let (e, trace) = setup();
    e.on(UNHANDLED, move |unhandled| {
        trace.log(format_args!(
            "{}:{}",
            unhandled.event(),
            unhandled.type_name()
        ));
    });
    e.on(NUM, |_| {});
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("");
    assert_eq!(e.emit(OTHER, 1), 0);
    trace.expect("other:i32");
    assert_eq!(e.try_emit(TEXT, "x").unwrap(), 0);
    trace.expect("text:str");
    assert_eq!(e.signal(OTHER).emit(1), 0);
    trace.expect("other:i32");
    e.off_all(NUM);
    assert_eq!(e.emit(NUM, 1), 0);
    trace.expect("num:i32");
}

#[test]
fn unhandled_is_sent_also_where_only_a_tap_heard() {
    // Fine print: a tap sees the event first, and listens to none.
    let (e, trace) = setup();
    e.on_any(move |any| trace.log(any.name()));
    e.on(UNHANDLED, move |unhandled| {
        trace.log(format_args!("?{}", unhandled.event()));
    });
    assert_eq!(e.emit(NUM, 1), 0);
    trace.expect("num ?num");
}

#[test]
fn unheard_meta_events_are_not_unhandled() {
    // "They cost nothing while nobody listens to them": no `UNHANDLED` about hooks.
    let (e, trace) = setup();
    e.on(UNHANDLED, move |unhandled| trace.log(unhandled.event()));
    for _ in 0..12 {
        e.on(NUM, |_| {});
    }
    // Nor where one is emitted by hand.
    assert_eq!(e.emit(LISTENER_ADDED, e.listeners(NUM)[0]), 0);
    e.off_all(NUM);
    trace.expect("");
}

#[test]
fn only_name_and_type_together_make_a_meta_event() {
    // Events of one's own with the name, or the payload, of one: taps see them, and hooks hear of them.
    const NAME: Event<i32> = Event::new(LISTENER_ADDED.name());
    const TYPE: Event<ListenerInfo> = Event::new("type");
    let (e, trace) = setup();
    e.on_any(move |any| trace.log(any.name()));
    e.on(LISTENER_ADDED, move |info| {
        trace.log(format_args!("+{}", info.event()))
    });
    e.on(NAME, |_| {});
    e.on(TYPE, |_| {});
    let name = NAME.name();
    trace.expect(&format!("+{name} +type"));
    assert_eq!(
        (e.emit(NAME, 1), e.emit(TYPE, e.listeners(NAME)[0])),
        (1, 1)
    );
    trace.expect(&format!("{name} type"));
}

#[test]
fn meta_events_take_every_kind_of_listener() {
    // They are events of the emitter: order, `once`, `Stop` and the like hold for them.
    let (e, trace) = setup();
    e.on(LISTENER_ADDED, move |_| trace.log("c"));
    e.once(LISTENER_ADDED, move |_| trace.log("once"));
    e.listen(LISTENER_ADDED).priority(1).on_mut(move |info| {
        trace.log(info.priority());
        if info.priority() == 2 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    });
    e.on(NUM, |_| {});
    e.on(NUM, |_| {});
    e.listen(NUM).priority(2).on(|_| {});
    trace.expect("0 c once 0 c 2");
    assert_eq!(e.listener_count(LISTENER_ADDED), 2);
    assert_eq!(e.off_all(LISTENER_ADDED), 2);
    e.on(NUM, |_| {});
    trace.expect("");
}
