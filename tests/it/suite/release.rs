//! Rule 5: a removed closure is dropped promptly, and nothing is left behind.

use super::*;
use crate::alloc::live_bytes;
use crate::support::Probe;
use std::sync::{LazyLock, OnceLock};

#[test]
fn off_outside_an_emit_drops_the_closure_before_it_returns() {
    // For every way to remove one.
    let (e, trace) = setup();
    let add = || e.on(NUM, trace.probe("dropped").logs("never"));
    let id = add();
    assert!(e.off(id));
    trace.expect("dropped");
    let guard = e.guard(add());
    drop(guard);
    trace.expect("dropped");
    add();
    add();
    e.off_all(NUM);
    trace.expect("dropped dropped");
    add();
    let tap = trace.probe("dropped");
    e.on_any(move |_| tap.hold());
    let hook = trace.probe("dropped");
    e.on(LISTENER_ERROR, move |_| hook.hold());
    e.clear();
    trace.expect("dropped dropped dropped");
    let tap = trace.probe("dropped");
    let id = e.on_any(move |_| tap.hold());
    e.off(id);
    trace.expect("dropped");
    let never = trace.probe("dropped");
    let id = e.once(NUM, move |_| never.hold());
    e.off(id);
    trace.expect("dropped");
}

#[test]
fn the_last_handle_drops_every_closure() {
    // Rule 5 at the end of it all: listeners, taps, hooks; a clone still keeps them.
    let (e, trace) = setup();
    e.on(NUM, trace.probe("a").logs("never"));
    e.once(OTHER, trace.probe("b").logs("never"));
    let tap = trace.probe("c");
    e.on_any(move |_| tap.hold());
    let hook = trace.probe("d");
    e.on(UNHANDLED, move |_| hook.hold());
    let clone = e.clone();
    drop(e);
    trace.expect("");
    drop(clone);
    let mut names: Vec<_> = trace.take().split(' ').map(str::to_owned).collect();
    names.sort_unstable();
    assert_eq!(names, ["a", "b", "c", "d"]);
}

/// A listener that owns a probe and removes itself when its payload is `at`.
fn removes_itself(e: &EventEmitter, trace: Trace, at: i32) {
    let own = Arc::new(Mutex::new(None));
    let probe = trace.probe("dropped");
    let id = e.on(NUM, {
        let own = Arc::clone(&own);
        within(e, move |e, n| {
            probe.hold();
            trace.log(format_args!("a{n}("));
            if n == at {
                let id: ListenerId = own.lock().unwrap().unwrap();
                assert!(e.off(id));
                trace.log("off");
            } else {
                e.emit(NUM, n + 1);
            }
            trace.log(format_args!(")a{n}"));
        })
    });
    *own.lock().unwrap() = Some(id);
}

#[test]
fn a_running_closure_is_dropped_when_its_call_returns() {
    // Inside its own call. Shared flavour: by the time the emit has ended.
    let (e, trace) = setup();
    removes_itself(&e, trace, 1);
    e.on(NUM, trace.logs("b"));
    e.emit(NUM, 1);
    let told = trace.take();
    if SHARED {
        assert!(told.starts_with("a1( off )a1 "), "{told}");
        assert!(told.contains("b1") && told.contains("dropped"), "{told}");
    } else {
        assert_eq!(told, "a1( off )a1 dropped b1");
    }
}

#[test]
fn a_running_closure_is_dropped_when_its_outermost_call_returns() {
    // Rule 5: the innermost of three calls removes it; it lives until the outermost is over.
    let (e, trace) = setup();
    removes_itself(&e, trace, 3);
    e.on(NUM, trace.logs("b"));
    e.emit(NUM, 1);
    let told = trace.take();
    if SHARED {
        assert!(
            told.starts_with("a1( a2( a3( off )a3 b3 )a2 b2 )a1 "),
            "{told}"
        );
        assert!(told.contains("b1") && told.contains("dropped"), "{told}");
    } else {
        assert_eq!(told, "a1( a2( a3( off )a3 b3 )a2 b2 )a1 dropped b1");
    }
}

#[test]
fn a_call_that_unwinds_in_a_nested_emit_drops_its_closure_there() {
    // Rules 5 and 7: the outermost call of a removed listener is over when it has unwound, although
    // an emit of the same event goes on around it. Shared flavour: by the time that one has ended.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            if n == 1 {
                panic_text(|| e.emit(NUM, 2));
                trace.log("caught");
            }
        }),
    );
    let own = Arc::new(Mutex::new(None));
    let probe = trace.probe("dropped");
    let id = e.on(NUM, {
        let own = Arc::clone(&own);
        within(&e, move |e, _| {
            probe.hold();
            let id: ListenerId = own.lock().unwrap().unwrap();
            e.off(id);
            panic!("boom");
        })
    });
    *own.lock().unwrap() = Some(id);
    e.on(NUM, trace.logs("c"));
    e.emit(NUM, 1);
    let told = trace.take();
    if SHARED {
        assert!(
            told.starts_with("caught ") && told.contains("dropped"),
            "{told}"
        );
    } else {
        assert_eq!(told, "dropped caught c1");
    }
}

#[test]
fn a_sibling_removed_inside_an_emit_is_dropped() {
    // Rule 5, local flavour: before `off` returns; shared: by the time the emit has ended.
    let (e, trace) = setup();
    let b = Arc::new(Mutex::new(None));
    e.on(NUM, {
        let b = Arc::clone(&b);
        within(&e, move |e, _| {
            let b: ListenerId = b.lock().unwrap().unwrap();
            trace.log("off(");
            e.off(b);
            trace.log(")off");
        })
    });
    *b.lock().unwrap() = Some(e.on(NUM, trace.probe("dropped").logs("never")));
    e.on(NUM, |_| {});
    e.emit(NUM, 1);
    let told = trace.take();
    if SHARED {
        assert!(told.contains("off( ") && told.contains("dropped"), "{told}");
    } else {
        assert_eq!(told, "off( dropped )off");
    }
}

#[test]
fn an_emit_of_another_event_delays_nothing() {
    // Rule 5, both flavours: "before `off` returns if no emit of *that* event is under way".
    let (e, trace) = setup();
    let victim = e.on(OTHER, trace.probe("dropped").logs("never"));
    e.on(
        NUM,
        within(&e, move |e, _| {
            trace.log("off(");
            e.off(victim);
            trace.log(")off");
        }),
    );
    e.emit(NUM, 1);
    trace.expect("off( dropped )off");
}

#[test]
fn a_closure_running_further_out_is_dropped_when_it_returns() {
    // Rule 5 across events: `a` runs, emits another event, and is removed from there.
    let (e, trace) = setup();
    let probe = trace.probe("dropped");
    let a = e.on(
        NUM,
        within(&e, move |e, _| {
            probe.hold();
            trace.log("a(");
            e.emit(OTHER, 1);
            trace.log(")a");
        }),
    );
    e.on(
        OTHER,
        within(&e, move |e, _| {
            e.off(a);
            trace.log("off");
        }),
    );
    e.emit(NUM, 1);
    trace.expect("a( off )a dropped");
}

#[test]
fn no_depth_has_a_closure_dropped_while_it_runs() {
    // 140 listeners, each in an emit of the one before; the innermost removes them all.
    const DEPTH: usize = 140;
    static NAMES: LazyLock<Vec<String>> =
        LazyLock::new(|| (0..DEPTH).map(|n| format!("name {n}")).collect());
    let e = EventEmitter::builder().max_depth(DEPTH).build();
    let event = |n: usize| Event::<i32>::new(&NAMES[n]);
    let dropped: Arc<Vec<_>> = Arc::new((0..DEPTH).map(|_| AtomicBool::new(false)).collect());
    for n in 0..DEPTH {
        let (drops, own) = (Arc::clone(&dropped), Arc::clone(&dropped));
        let probe = OnDrop(move || drops[n].store(true, Ordering::Relaxed));
        let listener = within(&e, move |e, _| {
            probe.hold();
            if n + 1 < DEPTH {
                assert_eq!(e.emit(event(n + 1), 1), 1);
            } else {
                assert_eq!(e.clear(), DEPTH);
            }
            assert!(!own[n].load(Ordering::Relaxed), "{n}");
        });
        e.on(event(n), listener);
    }
    assert_eq!(e.emit(event(0), 1), 1);
    assert!(
        dropped
            .iter()
            .all(|dropped| dropped.load(Ordering::Relaxed))
    );
}

#[test]
fn whatever_ends_a_listener_drops_it_by_the_end_of_the_emit() {
    // Rule 5 for `Unsubscribe`, the last of `times`, a `once`, `off_all` and `clear` inside.
    let (e, trace) = setup();
    let probe = trace.probe("unsubscribed");
    e.on(NUM, move |_| {
        probe.hold();
        Flow::Unsubscribe
    });
    e.emit(NUM, 1);
    trace.expect("unsubscribed");
    e.times(NUM, 2, trace.probe("exhausted").logs("a"));
    e.emit(NUM, 1);
    trace.expect("a1");
    e.emit(NUM, 2);
    trace.expect("a2 exhausted");
    e.once(NUM, trace.probe("once").logs("a"));
    e.emit(NUM, 1);
    trace.expect("a1 once");
    e.on(NUM, within(&e, |e, _| _ = e.off_all(NUM)));
    e.on(NUM, trace.probe("off_all").logs("never"));
    e.emit(NUM, 1);
    trace.expect("off_all");
    e.on(NUM, within(&e, |e, _| _ = e.clear()));
    e.on(NUM, trace.probe("clear").logs("never"));
    e.emit(NUM, 1);
    trace.expect("clear");
}

#[test]
fn a_closure_used_up_by_a_nested_call_lives_as_long_as_the_call_around_it() {
    // Rule 5: the second of two calls is inside the first, which goes on behind it. The nested emit is not the
    // only one, and keeps nothing for itself.
    let (e, trace) = setup();
    let probe = trace.probe("dropped");
    let calls = move |e: &EventEmitter, n| {
        probe.hold();
        trace.log(format_args!("a{n}("));
        if n == 1 {
            e.emit(NUM, 2);
        }
        probe.hold();
        trace.log(format_args!(")a{n}"));
    };
    e.times(NUM, 2, within(&e, calls));
    e.on(NUM, trace.logs("b"));
    e.emit(NUM, 1);
    trace.expect(if SHARED {
        "a1( a2( )a2 b2 )a1 b1 dropped"
    } else {
        "a1( a2( )a2 b2 )a1 dropped b1"
    });
}

#[test]
fn what_is_used_up_may_use_up_another_as_it_is_dropped() {
    // Rules 4 and 5: its `Drop` emits the same event, which is still being emitted. Shared flavour: what that
    // emit uses up stays until the outer one has ended.
    let (e, trace) = setup();
    let weak = e.downgrade();
    let last_words = OnDrop(move || {
        let e = weak.upgrade().unwrap();
        e.times(NUM, 1, trace.probe("~b").logs("b"));
        trace.log(e.emit(NUM, 2));
        trace.log("~a");
    });
    e.times(NUM, 1, move |n| {
        last_words.hold();
        trace.log(format_args!("a{n}"));
    });
    e.emit(NUM, 1);
    trace.expect(if SHARED {
        "a1 b2 1 ~a ~b"
    } else {
        "a1 b2 ~b 1 ~a"
    });
    assert_eq!((e.listener_count(NUM), e.emit(NUM, 3)), (0, 0));
}

#[test]
fn a_once_gives_up_what_it_captured_when_its_body_ends() {
    // Rule 5, `FnOnce`: it owns what it captured, and drops it before the next listener runs.
    let (e, trace) = setup();
    e.once(NUM, trace.probe("dropped").logs("a"));
    e.on(NUM, trace.logs("b"));
    e.emit(NUM, 1);
    let told = trace.take();
    if SHARED {
        assert!(
            told.starts_with("a1 ") && told.contains("dropped"),
            "{told}"
        );
    } else {
        assert_eq!(told, "a1 dropped b1");
    }
}

#[test]
fn a_tap_that_removes_itself_is_dropped() {
    // Rule 5 for taps: after its call, and by the end of the emit.
    let (e, trace) = setup();
    let own = Arc::new(Mutex::new(None));
    let (weak, probe) = (e.downgrade(), trace.probe("dropped"));
    let id = e.on_any({
        let own = Arc::clone(&own);
        move |_| {
            probe.hold();
            let id: Option<ListenerId> = own.lock().unwrap().take();
            assert!(id.is_some_and(|id| weak.upgrade().unwrap().off(id)));
            trace.log("off");
        }
    });
    *own.lock().unwrap() = Some(id);
    e.emit(NUM, 1);
    trace.expect("off dropped");
}

#[test]
fn a_removed_hook_is_dropped() {
    // Rule 5 for `meta` listeners, inside their own call.
    let (e, trace) = setup();
    let (weak, probe) = (e.downgrade(), trace.probe("dropped"));
    e.on(LISTENER_ADDED, move |_| {
        probe.hold();
        weak.upgrade().unwrap().off_all(LISTENER_ADDED);
        trace.log("off");
    });
    e.on(NUM, |_| {});
    trace.expect("off dropped");
}

/// The bytes by which `f` makes this thread's memory grow.
fn growth(f: impl FnOnce()) -> isize {
    let before = live_bytes();
    f();
    live_bytes() - before
}

/// How often the tests of memory do what they do: the million of rule 5 where that is a matter of a
/// second.
const CYCLES: usize = if cfg!(miri) {
    1_000
} else if cfg!(debug_assertions) {
    100_000
} else {
    1_000_000
};

/// What may be kept for later use, whatever the number of cycles.
const SLACK: isize = 4096;

#[test]
fn a_million_cycles_do_not_grow_memory() {
    // Rule 5: "Nothing is left behind", beside listeners that stay.
    let (e, _) = setup();
    for _ in 0..3 {
        e.on(NUM, |_| {});
    }
    let cycle = || {
        let id = e.on(NUM, |_| {});
        assert!(e.off(id));
    };
    cycle();
    let grown = growth(|| (0..CYCLES).for_each(|_| cycle()));
    assert!(grown <= SLACK, "{grown} bytes");
}

#[test]
fn a_million_onces_do_not_grow_memory() {
    // Rule 5 where every listener goes by being called.
    let (e, _) = setup();
    let cycle = || {
        e.once(NUM, |_| {});
        assert_eq!(e.emit(NUM, 1), 1);
    };
    cycle();
    let grown = growth(|| (0..CYCLES).for_each(|_| cycle()));
    assert!(grown <= SLACK, "{grown} bytes");
}

#[test]
fn a_million_cycles_in_one_emit_are_given_back() {
    // Rule 5: "done inside one emit, it is back when that emit ends".
    let (e, _) = setup();
    e.on(
        NUM,
        within(&e, |e, n| {
            for _ in 0..n {
                let id = e.on(NUM, |_| {});
                assert!(e.off(id));
            }
        }),
    );
    e.emit(NUM, 1);
    let grown = growth(|| _ = e.emit(NUM, i32::try_from(CYCLES).unwrap()));
    assert!(grown <= SLACK, "{grown} bytes");
    assert_eq!(e.listener_count(NUM), 1);
}

#[test]
fn many_listeners_that_go_give_their_memory_back() {
    // Rule 5: ten thousand at once, gone one by one in an order of their own.
    let (e, _) = setup();
    e.on(NUM, |_| {});
    let grown = growth(|| {
        let mut ids: Vec<_> = (0..10_000).map(|_| e.on(NUM, |_| {})).collect();
        while let Some(id) = ids.pop() {
            assert!(e.off(id));
            let middle = ids.len() / 2;
            if middle > 0 {
                assert!(e.off(ids.swap_remove(middle)));
            }
        }
    });
    assert!(grown <= SLACK, "{grown} bytes");
    let grown = growth(|| {
        for _ in 0..10 {
            for _ in 0..10_000 {
                e.on(NUM, |_| {});
            }
            e.off_all(NUM);
        }
    });
    assert!(grown <= SLACK, "{grown} bytes");
}

#[test]
fn many_listeners_that_go_the_way_they_came_give_their_memory_back() {
    // The newest first.
    let (e, _) = setup();
    e.off(e.on(NUM, |_| {}));
    let grown = growth(|| {
        let ids: Vec<_> = (0..10_000).map(|_| e.on(NUM, |_| {})).collect();
        assert!(ids.into_iter().rev().all(|id| e.off(id)));
    });
    assert!(grown <= SLACK, "{grown} bytes");

    // Beside one that stays, in each of two runs.
    e.on(NUM, |_| {});
    e.prepend(NUM, |_| {});
    let grown = growth(|| {
        let add = |_| [e.on(NUM, |_| {}), e.prepend(NUM, |_| {})];
        let ids: Vec<_> = (0..10_000).flat_map(add).collect();
        assert!(ids.into_iter().rev().all(|id| e.off(id)));
    });
    assert!(grown <= SLACK, "{grown} bytes");
}

#[test]
fn a_few_that_stay_of_many_take_as_much_as_a_few() {
    // Five hundred, alone, and when an odd number of others has gone.
    let room = |added: usize| {
        let (e, _) = setup();
        growth(|| {
            let ids: Vec<_> = (0..added).map(|_| e.on(NUM, |_| {})).collect();
            assert!(ids[500..].iter().all(|id| e.off(*id)));
        })
    };
    let (few, many) = (room(500), room(10_501));
    // What is kept beside each of those who stay, which is larger in the safe twin.
    let beside = if cfg!(oyez_safe) { 32_768 } else { 24_576 };
    assert!(many <= few + beside, "{many} bytes, not {few}");
}

#[test]
fn priorities_that_go_give_their_memory_back() {
    // An odd number of them, each with a listener, gone from the first on.
    let (e, _) = setup();
    e.on(NUM, |_| {});
    let grown = growth(|| {
        let add = |priority| e.listen(NUM).priority(priority).on(|_| {});
        let ids: Vec<_> = (1..=1_001).map(add).collect();
        assert!(ids.into_iter().all(|id| e.off(id)));
    });
    assert!(grown <= SLACK, "{grown} bytes");
    let grown = growth(|| {
        for priority in 1..=1_001 {
            e.listen(NUM).priority(priority).on(|_| {});
        }
        e.off_all(NUM);
    });
    assert!(grown <= SLACK, "{grown} bytes");
}

#[test]
fn priorities_that_come_and_go_do_not_grow_memory() {
    // Rule 5 where each is another one, alone and beside others that stay.
    let (e, _) = setup();
    let cycles = |priorities: std::ops::Range<i32>| {
        for priority in priorities {
            let id = e.listen(NUM).priority(priority).on(|_| {});
            assert!(e.off(id));
        }
    };
    for (first, staying) in [(1_000, 0), (2_000, 3)] {
        for priority in 1..=staying {
            e.listen(NUM).priority(priority).on(|_| {});
        }
        cycles(first..first + 10);
        let grown = growth(|| cycles(first + 10..first + 1_000));
        assert!(grown <= SLACK, "{grown} bytes beside {staying}");
    }
}

#[test]
fn an_emitter_gives_all_its_memory_back() {
    // Rule 10 and rule 5: after the last handle, taps, hooks, signals and events are gone too.
    let life = || {
        let (e, _) = (EventEmitter::new(), ());
        for i in 0..100 {
            e.on(NUM, |_| {});
            e.once(OTHER, move |_| assert!(i < 100));
        }
        e.on_any(|_| {});
        e.on(LISTENER_ADDED, |_| {});
        let signal = e.signal(NUM);
        let guards: Subscriptions = (0..10).map(|_| e.subscribe(NUM, |_| {})).collect();
        let weak = e.downgrade();
        e.emit(OTHER, 1);
        drop(e);
        drop(signal);
        assert!(weak.upgrade().is_none());
        drop(guards);
    };
    life();
    let grown = growth(|| (0..100).for_each(|_| life()));
    assert!(grown <= SLACK, "{grown} bytes");
}

#[test]
fn a_listener_that_is_over_is_not_running_while_the_error_of_the_next_is_told() {
    // Rule 5: `a` has returned when the hook for `b`, which could not be entered, removes it.
    let (e, trace) = setup();
    let probe = trace.probe("~a");
    let a = e.on(NUM, move |_| probe.hold());
    let weak = e.downgrade();
    e.on_mut(NUM, move |n| {
        if *n == 1 {
            weak.upgrade().unwrap().emit(NUM, 2);
        }
    });
    let hook = within_error(&e, move |e| {
        e.off(a);
        trace.log("off");
    });
    e.on(LISTENER_ERROR, hook);
    e.emit(NUM, 1);
    trace.expect(if SHARED { "off ~a" } else { "~a off" });
}

#[test]
fn a_removed_closure_is_dropped_before_its_removal_or_its_error_is_told() {
    // Rule 5: "when its outermost call returns", whatever kind of listener it is. Between threads, when the emits
    // under way have ended.
    type Register = fn(&EventEmitter, Probe);
    let kinds: [(&str, Register); 8] = [
        ("on", |e, probe| {
            e.on(NUM, move |_| unsubscribes(&probe));
        }),
        ("on_mut", |e, probe| {
            e.on_mut(NUM, move |_| unsubscribes(&probe));
        }),
        ("times(2)", |e, probe| {
            e.times(NUM, 2, move |_| unsubscribes(&probe));
        }),
        ("on, off and an error", |e, probe| {
            let (id, listener) = leaves_and_fails(e, probe);
            id.set(e.on(NUM, listener)).unwrap();
        }),
        ("on_mut, off and an error", |e, probe| {
            let (id, listener) = leaves_and_fails(e, probe);
            id.set(e.on_mut(NUM, listener)).unwrap();
        }),
        ("times(1), an error", |e, probe| {
            e.times(NUM, 1, move |_| {
                probe.hold();
                Err::<(), _>("bad")
            });
        }),
        ("times(2), off and an error", |e, probe| {
            let (id, listener) = leaves_and_fails(e, probe);
            id.set(e.times(NUM, 2, listener)).unwrap();
        }),
        ("priority, unsubscribed", |e, probe| {
            e.listen(NUM).priority(1).on(move |_| unsubscribes(&probe));
        }),
    ];
    for (kind, register) in kinds {
        for policy in [PanicPolicy::Propagate, PanicPolicy::Isolate] {
            let e = EventEmitter::builder().panics(policy).build();
            let trace = Trace::new();
            let told = if kind.ends_with("error") {
                "error"
            } else {
                "removed"
            };
            let log = move |what: &'static str| {
                if what == told {
                    trace.log("told");
                }
            };
            e.on(LISTENER_REMOVED, move |_| log("removed"));
            e.on(LISTENER_ERROR, move |_| log("error"));
            register(&e, trace.probe("~"));
            e.emit(NUM, 1);
            let expected = if SHARED { "told ~" } else { "~ told" };
            assert_eq!(trace.take(), expected, "{kind} {policy:?}");
        }
    }
}

/// A listener that removes itself, by the id that is to be set, and then fails.
fn leaves_and_fails(
    e: &EventEmitter,
    probe: Probe,
) -> (
    Arc<OnceLock<ListenerId>>,
    impl Fn(&i32) -> Result<(), &'static str> + use<>,
) {
    let (weak, id) = (e.downgrade(), Arc::new(OnceLock::new()));
    let own = Arc::clone(&id);
    let listener = move |_: &i32| {
        probe.hold();
        weak.upgrade().unwrap().off(*own.get().unwrap());
        Err("bad")
    };
    (id, listener)
}

fn unsubscribes(probe: &Probe) -> Flow {
    probe.hold();
    Flow::Unsubscribe
}

/// A listener for errors that reaches its own emitter.
fn within_error<F: Fn(&EventEmitter)>(
    emitter: &EventEmitter,
    f: F,
) -> impl Fn(&ListenerError) + use<F> {
    let weak = emitter.downgrade();
    move |_| f(&weak.upgrade().expect("it lives while it emits"))
}
