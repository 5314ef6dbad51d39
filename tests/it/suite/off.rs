//! Rule 2: *off is a promise*.

use super::*;

#[test]
fn off_tells_whether_it_removed() {
    // True, then false.
    let (e, trace) = setup();
    let id = e.on(NUM, trace.logs("a"));
    assert!(e.has_listener(id));
    assert!(e.off(id));
    assert!(!e.off(id));
    assert!(!e.has_listener(id));
    assert_eq!(e.emit(NUM, 1), 0);
    trace.expect("");
}

#[test]
fn a_stale_id_never_removes_a_newer_listener() {
    // After each of a million reuses of the same place.
    let (e, _) = setup();
    let stale = e.on(NUM, |_| {});
    e.off(stale);
    let reuses = match () {
        () if cfg!(miri) => 500,
        // Past the end of 16 bits.
        () if cfg!(debug_assertions) => 100_000,
        () => 1_000_000,
    };
    for _ in 0..reuses {
        let id = e.on(NUM, |_| {});
        assert!(!e.off(stale));
        assert_ne!(id, stale);
        assert!(e.off(id));
    }
    let last = e.on(NUM, |_| {});
    assert!(!e.off(stale));
    assert!(e.has_listener(last));
}

#[test]
fn every_stale_id_stays_stale() {
    // A thousand ids in turn, each tried against all that follow it.
    let (e, _) = setup();
    let mut stale = Vec::new();
    for _ in 0..if cfg!(miri) { 30 } else { 1_000 } {
        let id = e.on(NUM, |_| {});
        assert!(stale.iter().all(|old| *old != id && !e.off(*old)));
        assert!(e.off(id));
        stale.push(id);
    }
}

#[test]
fn the_id_of_another_emitter_is_refused() {
    // "`false` if it ... belongs to another emitter": the first of one is not the first of another.
    let (e, _) = setup();
    let f = EventEmitter::new();
    let in_e = e.on(NUM, |_| {});
    let in_f = f.on(NUM, |_| {});
    let tap_in_f = f.on_any(|_| {});
    let hook_in_f = f.on(LISTENER_ADDED, |_| {});
    assert_ne!(in_e, in_f);
    for id in [in_f, tap_in_f, hook_in_f] {
        assert!(!e.off(id));
        assert!(!e.has_listener(id));
    }
    assert!(f.has_listener(in_f));
    assert!(f.off(in_f));
    assert!(e.has_listener(in_e));
}

#[test]
fn a_later_listener_removed_by_an_earlier_one_is_not_called() {
    // `a` removes `b`, and `c` is the next: `a c`.
    let (e, trace) = setup();
    let b = Arc::new(Mutex::new(None));
    e.on(NUM, {
        let b = Arc::clone(&b);
        within(&e, move |e, _| {
            trace.log("a");
            let b: ListenerId = b.lock().unwrap().unwrap();
            e.off(b);
        })
    });
    *b.lock().unwrap() = Some(e.on(NUM, move |_| trace.log("b")));
    e.on(NUM, move |_| trace.log("c"));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("a c");
}

#[test]
fn removing_an_earlier_one_skips_nobody() {
    // `b` removes `a`, and `c` is called all the same.
    let (e, trace) = setup();
    let a = e.on(NUM, move |_| trace.log("a"));
    e.on(
        NUM,
        within(&e, move |e, _| {
            trace.log("b");
            e.off(a);
        }),
    );
    e.on(NUM, move |_| trace.log("c"));
    assert_eq!(e.emit(NUM, 1), 3);
    assert_eq!(e.emit(NUM, 2), 2);
    trace.expect("a b c b c");
}

#[test]
fn removing_oneself_skips_nobody() {
    // The first, a middle and the last listener; and `off` says true.
    for own in 0..3 {
        let (e, trace) = setup();
        let ids = Arc::new(Mutex::new(Vec::new()));
        for i in 0..3 {
            let id = e.on(NUM, {
                let ids = Arc::clone(&ids);
                within(&e, move |e, n| {
                    trace.log(i);
                    if i == own && n == 1 {
                        let id: ListenerId = ids.lock().unwrap()[i];
                        assert!(e.off(id));
                        assert!(!e.off(id));
                        assert!(!e.has_listener(id));
                    }
                })
            });
            ids.lock().unwrap().push(id);
        }
        assert_eq!(e.emit(NUM, 1), 3);
        trace.expect("0 1 2");
        assert_eq!(e.emit(NUM, 2), 2);
        trace.expect(["1 2", "0 2", "0 1"][own]);
    }
}

#[test]
fn removing_many_on_both_sides_skips_nobody_else() {
    // Rule 2 in a long list: the middle one removes every second one, itself among them.
    let (e, trace) = setup();
    let ids = Arc::new(Mutex::new(Vec::new()));
    for i in 0..21 {
        let id = e.on(NUM, {
            let ids = Arc::clone(&ids);
            within(&e, move |e, n| {
                trace.log(i);
                if i == 10 && n == 1 {
                    let ids: Vec<ListenerId> = ids.lock().unwrap().clone();
                    assert!(ids.into_iter().step_by(2).all(|id| e.off(id)));
                }
            })
        });
        ids.lock().unwrap().push(id);
    }
    assert_eq!(e.emit(NUM, 1), 16);
    trace.expect("0 1 2 3 4 5 6 7 8 9 10 11 13 15 17 19");
    assert_eq!(e.emit(NUM, 2), 10);
    trace.expect("1 3 5 7 9 11 13 15 17 19");
}

#[test]
fn a_removal_holds_in_every_frame_on_the_stack() {
    // Rule 2: `b` is removed two frames down; neither the middle nor the outer emit calls it.
    let (e, trace) = setup();
    let b = Arc::new(Mutex::new(None));
    e.on(NUM, {
        let b = Arc::clone(&b);
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            if n < 3 {
                e.emit(NUM, n + 1);
            } else {
                let b: ListenerId = b.lock().unwrap().unwrap();
                e.off(b);
            }
        })
    });
    *b.lock().unwrap() = Some(e.on(NUM, trace.logs("b")));
    e.on(NUM, trace.logs("c"));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("a1 a2 a3 c3 c2 c1");
}

#[test]
fn removed_and_added_again_is_a_new_listener() {
    // Rule 2: the closure is back, and this emit does not call it.
    let (e, trace) = setup();
    let b = trace.logs::<i32>("b");
    let id = Arc::new(Mutex::new(None));
    e.on(NUM, {
        let (b, id) = (b.clone(), Arc::clone(&id));
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            if n == 1 {
                let old: ListenerId = id.lock().unwrap().unwrap();
                assert!(e.off(old));
                assert_ne!(e.on(NUM, b.clone()), old);
            }
        })
    });
    *id.lock().unwrap() = Some(e.on(NUM, b));
    assert_eq!(e.emit(NUM, 1), 1);
    assert_eq!(e.emit(NUM, 2), 2);
    trace.expect("a1 a2 b2");
}

#[test]
fn off_all_in_the_first_listener_leaves_the_rest_uncalled() {
    // The rest of one event; another event keeps its own.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, _| {
            trace.log("a");
            trace.log(e.off_all(NUM));
        }),
    );
    e.on(NUM, move |_| trace.log("b"));
    e.on(NUM, move |_| trace.log("c"));
    e.on(OTHER, |_| {});
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("a 3");
    assert_eq!(e.emit(NUM, 2), 0);
    assert_eq!(e.emit(OTHER, 2), 1);
}

#[test]
fn clear_in_a_nested_frame_leaves_the_rest_of_every_frame_uncalled() {
    // For the frames around it too, whatever their event.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, _| {
            trace.log("a(");
            trace.log(e.emit(OTHER, 1));
            trace.log(")a");
        }),
    );
    e.on(NUM, move |_| trace.log("b"));
    e.on(
        OTHER,
        within(&e, move |e, _| {
            trace.log("c");
            trace.log(e.clear());
        }),
    );
    e.on(OTHER, move |_| trace.log("d"));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("a( c 4 1 )a");
    assert_eq!(e.emit(NUM, 2) + e.emit(OTHER, 2), 0);
}

#[test]
fn after_clear_in_an_emit_new_listeners_belong_to_the_next_one() {
    // Rule 2: cleared and filled again from the inside.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            e.clear();
            e.on(NUM, trace.logs("b"));
            e.prepend(NUM, trace.logs("c"));
        }),
    );
    e.on(NUM, trace.logs("z"));
    assert_eq!(e.emit(NUM, 1), 1);
    assert_eq!(e.emit(NUM, 2), 2);
    trace.expect("a1 c2 b2");
}

#[test]
fn priorities_may_come_and_go_under_an_emit() {
    // Rules 1 and 2 where the removed ones were all of their priority, before and behind the one
    // that runs, and the same and others are used again at once.
    let (e, trace) = setup();
    let all = Arc::new(Mutex::new(Vec::new()));
    e.on(NUM, {
        let all = Arc::clone(&all);
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            let ids: Vec<ListenerId> = std::mem::take(&mut all.lock().unwrap());
            for id in ids {
                assert!(e.off(id));
            }
            for priority in -8..=8 {
                e.listen(NUM).priority(priority).once(trace.logs("n"));
                e.listen(NUM)
                    .priority(priority)
                    .prepend()
                    .once(trace.logs("p"));
            }
            if n == 1 {
                e.emit(NUM, 2);
            }
        })
    });
    for priority in (-8..=8).filter(|priority| *priority != 0) {
        for _ in 0..2 {
            let listener = e.listen(NUM).priority(priority);
            all.lock().unwrap().push(listener.on(trace.logs("old")));
        }
    }
    assert_eq!(e.emit(NUM, 1), 1 + 16);
    let told = trace.take();
    assert_eq!(told.matches("old1").count(), 16);
    let above = "p2 n2 ".repeat(8);
    assert!(told.contains(&format!("a1 {above}p2 a2 n2 ")), "{told}");
    assert_eq!(told.matches("n2").count(), 17);
    assert_eq!(e.listener_count(NUM), 1 + 2 * 17);
}

#[test]
fn off_all_and_clear_tell_how_many_they_removed() {
    // "`clear` (which counts taps and meta listeners too)".
    let (e, _) = setup();
    assert_eq!(e.clear(), 0);
    assert_eq!(e.off_all(NUM), 0);
    e.on(NUM, |_| {});
    e.once(NUM, |_| {});
    e.on(OTHER, |_| {});
    assert_eq!(e.off_all(NUM), 2);
    assert_eq!(e.off_all(NUM), 0);
    e.on(NUM, |_| {});
    e.on_any(|_| {});
    e.on(LISTENER_ADDED, |_| {});
    e.on(UNHANDLED, |_| {});
    assert_eq!(e.clear(), 5);
    assert_eq!(e.clear(), 0);
}

#[test]
fn clear_leaves_a_working_emitter() {
    // Nothing is left of before, and all that follows works.
    let (e, trace) = setup();
    let old = e.on(NUM, trace.logs("old"));
    let tap = e.on_any(move |_| trace.log("tap"));
    e.clear();
    assert!(!e.has_listener(old));
    assert!(!e.off(old));
    assert!(!e.off(tap));
    let new = e.on(NUM, trace.logs("new"));
    assert!(!e.off(old));
    assert!(e.has_listener(new));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("new1");
}

#[test]
fn off_removes_taps_and_hooks_too() {
    // `on_any` and `meta` listeners have ids like others.
    let (e, trace) = setup();
    let tap = e.on_any(move |_| trace.log("tap"));
    let hook = e.on(LISTENER_ADDED, move |_| trace.log("hook"));
    assert!(e.has_listener(tap) && e.has_listener(hook));
    assert!(e.off(tap) && e.off(hook));
    assert!(!e.off(tap) && !e.off(hook));
    e.on(NUM, |_| {});
    e.emit(NUM, 1);
    trace.expect("");
}

#[test]
fn the_listeners_of_other_emits_in_progress_stay() {
    // Removing what the outer emit runs, from an emit of another event, skips nobody there.
    let (e, trace) = setup();
    let a = e.on(
        NUM,
        within(&e, move |e, _| {
            trace.log("a(");
            e.emit(OTHER, 1);
            trace.log(")a");
        }),
    );
    e.on(NUM, move |_| trace.log("b"));
    e.on(OTHER, within(&e, move |e, _| trace.log(e.off(a))));
    e.on(OTHER, move |_| trace.log("d"));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("a( true d )a b");
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("b");
}
