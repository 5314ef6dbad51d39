//! Rule 9: nested emits have a limit, and never is there a stack overflow.

use super::*;

fn limited(depth: usize) -> EventEmitter {
    EventEmitter::builder().max_depth(depth).build()
}

/// A listener that logs its payload and emits the next number, until that is refused.
fn descends(e: &EventEmitter, trace: Trace) -> impl Fn(&i32) + use<> {
    within(e, move |e, n| {
        trace.log(n);
        if let Err(EmitError::TooDeep(_)) = e.try_emit(NUM, n + 1) {
            trace.log("refused");
        }
    })
}

/// The events of a chain, outermost first.
fn events(too_deep: &TooDeep) -> String {
    let mut events = Vec::new();
    for link in too_deep.chain() {
        events.push(link.event());
    }
    events.join(" ")
}

/// The lines of the registrations in a chain, outermost first; all are in this file.
#[track_caller]
fn lines(too_deep: &TooDeep) -> Vec<u32> {
    let mut lines = Vec::new();
    for link in too_deep.chain() {
        let location = link.location().expect("a listener runs in each of them");
        assert_eq!(location.file(), file!());
        lines.push(location.line());
    }
    lines
}

#[test]
fn an_emit_deeper_than_the_limit_is_refused() {
    // Rule 9: "outermost = 1; the emit that passes the limit of its emitter is refused".
    for limit in 1..5 {
        let (e, trace) = (limited(limit), Trace::new());
        e.on(NUM, descends(&e, trace));
        assert_eq!(e.emit(NUM, 1), 1);
        let numbers: Vec<_> = (1..=limit).map(|n| n.to_string()).collect();
        trace.expect(&format!("{} refused", numbers.join(" ")));
    }
}

#[test]
fn a_recursion_through_hooks_names_their_lines() {
    // Rule 9: meta emits do not count towards the limit of the others, and are links of the chain.
    let e = limited(2);
    e.on(NUM, |_| Err::<(), _>("failed"));
    let weak = e.downgrade();
    let line = line!() + 1;
    e.on(LISTENER_ERROR, move |_| {
        _ = weak.upgrade().unwrap().emit(NUM, 1)
    });
    let refused = panic_text(|| e.emit(NUM, 1));
    let hook = format!("`num` -> `oyez::listener_error` at {}:{line}:", file!());
    assert_eq!(refused.matches(&hook).count(), 2, "{refused}");

    let e = limited(2);
    let weak = e.downgrade();
    let line = line!() + 1;
    e.on(LISTENER_ADDED, move |_| {
        _ = weak.upgrade().unwrap().on(NUM, |_| {})
    });
    let refused = panic_text(|| e.on(NUM, |_| {}));
    let hook = format!("`oyez::listener_added` at {}:{line}:", file!());
    assert_eq!(refused.matches(&hook).count(), 2, "{refused}");
}

#[test]
fn the_limit_is_128_where_none_is_given() {
    // Rule 9, default; the same for a signal alone.
    let (e, trace) = setup();
    e.on(NUM, descends(&e, trace));
    e.emit(NUM, 1);
    assert!(trace.take().ends_with("127 128 refused"));

    let signal = Signal::<i32>::new();
    let deeper = signal.clone();
    let id = signal.on(move |n| {
        trace.log(n);
        if let Err(EmitError::TooDeep(too_deep)) = deeper.try_emit(n + 1) {
            trace.log(too_deep.limit());
        }
    });
    signal.emit(1);
    assert!(trace.take().ends_with("127 128 128"));
    signal.off(id);
}

#[test]
fn unbounded_recursion_ends_and_the_emitter_works_afterwards() {
    // `emit` panics with it, naming event and limit; nothing is left of the frames.
    let (e, trace) = setup();
    let id = e.on(
        NUM,
        within(&e, |e, n| {
            e.emit(NUM, n + 1);
        }),
    );
    for _ in 0..3 {
        assert_contains(&panic_text(|| e.emit(NUM, 1)), &["num", "128"]);
    }
    assert!(e.off(id));
    e.on(NUM, trace.logs("a"));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("a1");
    let f = limited(1);
    f.on(NUM, trace.logs("b"));
    assert_eq!(f.emit(NUM, 1), 1);
    trace.expect("b1");
}

#[test]
fn too_deep_carries_the_chain_of_events_and_sites() {
    // Rule 9, outermost first; the event refused and the limit are told beside it.
    let e = limited(3);
    let refused = Arc::new(Mutex::new(None));
    let num = line!() + 1;
    e.on(NUM, within(&e, |e, n| e.try_emit(OTHER, n).map(|_| ())));
    let keep = Arc::clone(&refused);
    let emit = within(&e, move |e, n| match e.try_emit(NUM, n) {
        Err(EmitError::TooDeep(too_deep)) => *keep.lock().unwrap() = Some(too_deep),
        other => assert_eq!(other.unwrap(), 1),
    });
    let other = line!() + 1;
    e.on(OTHER, emit);
    e.emit(OTHER, 1);
    let too_deep = refused.lock().unwrap().take().unwrap();
    assert_eq!(too_deep.event(), "num");
    assert_eq!(too_deep.limit(), 3);
    assert_eq!(events(&too_deep), "other num other");
    assert_eq!(lines(&too_deep), [other, num, other]);
    assert_contains(&too_deep.to_string(), &["num", "3"]);
}

#[test]
fn a_chain_of_hundreds_is_whole() {
    // Deeper than the frames that a thread has from the start, twice.
    let e = limited(300);
    let refused = Arc::new(Mutex::new(None));
    let descend = || {
        let keep = Arc::clone(&refused);
        within(&e, move |e, n| {
            let event = if n % 3 == 0 { NUM } else { OTHER };
            match e.try_emit(event, n + 1) {
                Err(EmitError::TooDeep(too_deep)) => *keep.lock().unwrap() = Some(too_deep),
                other => assert_eq!(other.unwrap(), 1),
            }
        })
    };
    let line = line!() + 2;
    for event in [NUM, OTHER] {
        e.on(event, descend());
    }
    e.emit(NUM, 1);
    let too_deep = refused.lock().unwrap().take().unwrap();
    let expected: Vec<_> = (0..300)
        .map(|n| if n % 3 == 0 { "num" } else { "other" })
        .collect();
    assert_eq!(events(&too_deep), expected.join(" "));
    assert_eq!(lines(&too_deep), [line; 300]);
}

#[test]
fn the_chain_is_whole_after_another_list_has_gone() {
    // Dropped inside of the listener, with a listener of its own: the frames are those of `e`.
    let (e, trace) = (limited(2), Trace::new());
    let descend = within(&e, move |e, n| {
        let other = Signal::<i32>::new();
        other.on(|_| ());
        drop(other);
        if let Err(EmitError::TooDeep(too_deep)) = e.try_emit(NUM, n) {
            trace.log(events(&too_deep));
            trace.log(format_args!("{:?}", lines(&too_deep)));
        }
    });
    let num = line!() + 1;
    e.on(NUM, descend);
    e.emit(NUM, 1);
    trace.expect(&format!("num num [{num}, {num}]"));
}

#[test]
fn the_chain_crosses_emitters() {
    // "`max_depth` counts the emits now on this thread's stack, of all emitters".
    const PING: Event<i32> = Event::new("ping");
    const PONG: Event<i32> = Event::new("pong");
    let (e, f, trace) = (limited(4), limited(4), Trace::new());
    let to_f = f.downgrade();
    let ping = line!() + 1;
    e.on(PING, move |n| _ = to_f.upgrade().unwrap().emit(PONG, n + 1));
    let to_e = e.downgrade();
    let emit = move |n: &i32| {
        trace.log(n);
        if let Err(EmitError::TooDeep(too_deep)) = to_e.upgrade().unwrap().try_emit(PING, n + 1) {
            trace.log(events(&too_deep));
            trace.log(format_args!("{:?}", lines(&too_deep)));
        }
    };
    let pong = line!() + 1;
    f.on(PONG, emit);
    e.emit(PING, 1);
    let lines = [ping, pong, ping, pong];
    trace.expect(&format!("2 4 ping pong ping pong {lines:?}"));
}

#[test]
fn the_limit_is_that_of_the_emitter_asked() {
    // A narrow emitter inside a wide one is refused; a wide one inside a narrow one is not.
    let (wide, narrow, trace) = (EventEmitter::new(), limited(1), Trace::new());
    narrow.on(OTHER, trace.logs("narrow"));
    wide.on(OTHER, trace.logs("wide"));
    let to_narrow = narrow.downgrade();
    wide.on(NUM, move |n| {
        let too_deep = too_deep(to_narrow.upgrade().unwrap().try_emit(OTHER, *n));
        trace.log(format_args!("{} {}", too_deep.limit(), events(&too_deep)));
    });
    let to_wide = wide.downgrade();
    narrow.on(NUM, move |n| {
        to_wide.upgrade().unwrap().emit(OTHER, *n);
    });
    wide.emit(NUM, 1);
    trace.expect("1 num");
    narrow.emit(NUM, 2);
    trace.expect("wide2");
    narrow.emit(OTHER, 3);
    trace.expect("narrow3");
}

#[test]
fn emits_through_signal_handles_count() {
    // Rule 9 for `Signal`: the same stack, the same limit.
    let (e, trace) = (limited(2), Trace::new());
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(n);
            match e.signal(NUM).try_emit(n + 1) {
                Err(EmitError::TooDeep(too_deep)) => trace.log(events(&too_deep)),
                other => assert_eq!(other.unwrap(), 1),
            }
        }),
    );
    e.signal(NUM).emit(1);
    trace.expect("1 2 num num");
}

#[test]
fn what_is_dropped_at_the_end_of_an_emit_counts_as_inside_of_it() {
    // Rule 9, where a listener is used up, and where it removes itself and panics: what its `Drop` emits is
    // nested, in an emit of this name, in which nobody runs any more.
    for limit in [None, Some(1)] {
        let (e, trace) = (limited(1), Trace::new());
        e.on(OTHER, trace.logs("o"));
        let weak = e.downgrade();
        let last_words = OnDrop(move || {
            let too_deep = too_deep(weak.upgrade().unwrap().try_emit(OTHER, 1));
            let link = &too_deep.chain()[0];
            trace.log(format_args!("{} {:?}", events(&too_deep), link.location()));
        });
        let listen = e.listen(NUM);
        let listen = match limit {
            Some(limit) => listen.times(limit),
            None => listen,
        };
        listen.on(within(&e, move |e, _| {
            last_words.hold();
            e.off_all(NUM);
            panic!("boom");
        }));
        assert_eq!(panic_text(|| e.emit(NUM, 1)), "boom");
        trace.expect("num None");
        assert_eq!(e.emit(OTHER, 2), 1);
        trace.expect("o2");
    }
}

#[test]
fn an_emit_nobody_listens_to_returns_zero_at_any_depth() {
    // Fine print of rule 9.
    let (e, trace) = (limited(1), Trace::new());
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(e.emit(OTHER, n));
            trace.log(e.try_emit(OTHER, n).unwrap());
            trace.log(e.signal(OTHER).emit(n));
        }),
    );
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("0 0 0");
}

#[test]
fn a_removed_listener_never_triggers_the_limit() {
    // A `once` whose body emits its event, and one removed before, at the limit itself.
    let (e, trace) = (limited(1), Trace::new());
    e.once(NUM, within(&e, move |e, n| trace.log(e.emit(NUM, n))));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("0");
    e.on(
        NUM,
        within(&e, move |e, n| {
            e.off_all(NUM);
            trace.log(e.emit(NUM, n));
        }),
    );
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("0");
}

#[test]
fn a_blocked_listener_never_triggers_the_limit() {
    // An `on_mut` that emits its own event is stopped by rule 8, long before rule 9.
    in_time(|| {
        let (e, trace) = setup();
        hear_errors(&e, trace);
        e.on_mut(
            NUM,
            within(&e, move |e, n| {
                trace.log(n);
                e.emit(NUM, n + 1);
            }),
        );
        assert_eq!(e.emit(NUM, 1), 1);
        trace.expect("1 !reentered");
    });
}

#[test]
fn the_emits_of_meta_events_do_not_count() {
    // "meta emits do not count": with a limit of 1 every hook is heard inside an emit, and a hook
    // outside an emit may emit.
    let trace = Trace::new();
    let e = EventEmitter::builder()
        .max_depth(1)
        .max_listeners(1)
        .build();
    e.on(LISTENER_ADDED, move |_| trace.log("added"));
    e.on(LISTENER_REMOVED, move |_| trace.log("removed"));
    e.on(TOO_MANY_LISTENERS, move |_| trace.log("many"));
    hear_errors(&e, trace);
    e.on(
        NUM,
        within(&e, |e, _| {
            e.on(OTHER, |_| {});
            e.on(OTHER, |_| {});
            e.off_all(OTHER);
            Err::<(), _>("boom")
        }),
    );
    trace.expect("added");
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("added added many removed removed !boom");

    let e = limited(1);
    e.on(OTHER, trace.logs("o"));
    let weak = e.downgrade();
    e.on(LISTENER_ADDED, move |_| {
        weak.upgrade().unwrap().emit(OTHER, 1);
    });
    e.on(NUM, |_| {});
    trace.expect("o1");
}

#[test]
fn an_event_nobody_listens_to_is_unhandled_at_any_depth() {
    // "an emit nobody listens to returns 0 at any depth", so it is not refused; and as "meta emits do
    // not count" either, `UNHANDLED` is sent.
    let (e, trace) = (limited(1), Trace::new());
    e.on(UNHANDLED, move |unhandled| trace.log(unhandled.event()));
    e.on(NUM, within(&e, move |e, n| trace.log(e.emit(OTHER, n))));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("other 0");
}

#[test]
fn an_emit_inside_a_hook_counts_with_the_emits_around_it() {
    // The emit of `LISTENER_ERROR` is free, what its listener emits is not.
    let (e, trace) = (limited(1), Trace::new());
    let weak = e.downgrade();
    e.on(LISTENER_ERROR, move |_| {
        let too_deep = too_deep(weak.upgrade().unwrap().try_emit(OTHER, 1));
        trace.log(format_args!("{}>{}", too_deep.limit(), too_deep.event()));
    });
    e.on(OTHER, trace.logs("never"));
    e.on(NUM, fails(trace, "a", "boom"));
    e.emit(NUM, 1);
    trace.expect("a1 1>other");
}

#[test]
fn isolate_turns_too_deep_into_errors_on_the_way_up() {
    // Rules 7 and 9: the innermost `emit` panics inside a listener, and so for each around it.
    let e = EventEmitter::builder()
        .max_depth(3)
        .panics(PanicPolicy::Isolate)
        .build();
    e.on(
        NUM,
        within(&e, |e, n| {
            e.emit(NUM, n + 1);
        }),
    );
    let errors = listener_errors(e.try_emit(NUM, 1)).into_vec();
    assert_eq!(errors.len(), 1);
    assert!(matches!(errors[0].kind(), ErrorKind::Panicked(_)));
    assert_contains(&cause(&errors[0]), &["num"]);
}

#[test]
fn too_deep_is_no_listeners_error_until_a_listener_returns_it() {
    // `EmitError::TooDeep` is an error of the emit: `LISTENER_ERROR` hears it only as a source.
    let (e, trace) = (limited(1), Trace::new());
    e.on(LISTENER_ERROR, move |error| match error.kind() {
        ErrorKind::Failed(source) => {
            let refused = matches!(source.downcast_ref(), Some(EmitError::TooDeep(_)));
            trace.log(refused);
        }
        _ => trace.log("something else"),
    });
    e.on(OTHER, |_| {});
    e.on(NUM, within(&e, |e, n| drop(e.try_emit(OTHER, n))));
    e.on(NUM, within(&e, |e, n| e.try_emit(OTHER, n).map(|_| ())));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("true");
}

#[test]
fn a_refused_emit_calls_nobody_and_spends_nothing() {
    // Rule 9: refused as a whole; a `once` there keeps its call.
    let (e, trace) = (limited(1), Trace::new());
    e.on(NUM, within(&e, |e, n| drop(too_deep(e.try_emit(OTHER, n)))));
    e.once(OTHER, trace.logs("o"));
    e.emit(NUM, 1);
    trace.expect("");
    assert_eq!(e.emit(OTHER, 2), 1);
    trace.expect("o2");
}

#[test]
fn a_failing_emit_in_an_error_listener_meets_the_limit() {
    // "Never a stack overflow": each error is told by emitting what fails.
    in_a_process(
        module_path!(),
        "a_failing_emit_in_an_error_listener_meets_the_limit",
        || {
            let (e, _) = setup();
            let weak = e.downgrade();
            e.on(LISTENER_ERROR, move |_| {
                weak.upgrade().unwrap().emit(NUM, 1);
            });
            e.on(NUM, |_| Err::<(), _>("boom"));
            panic_text(|| e.emit(NUM, 1));
            e.clear();
            assert_eq!(e.emit(NUM, 1), 0);
        },
    );
}

#[test]
fn a_tap_that_emits_ends() {
    // "Never a stack overflow": a tap hears what it emits, for an event with and without listeners.
    in_a_process(module_path!(), "a_tap_that_emits_ends", || {
        let (e, _) = setup();
        let weak = e.downgrade();
        e.on_any(move |_| {
            weak.upgrade().unwrap().emit(NUM, 1);
        });
        // Whether the innermost emit, heard by the tap alone, is refused or just ends is open.
        let caught = std::panic::AssertUnwindSafe(|| e.emit(NUM, 1));
        let _ = std::panic::catch_unwind(caught);
        e.on(NUM, |_| {});
        panic_text(|| e.emit(NUM, 1));
        e.clear();
        e.on(NUM, |_| {});
        assert_eq!(e.emit(NUM, 1), 1);
    });
}

#[test]
fn a_hook_that_causes_its_own_event_ends() {
    // "Never a stack overflow": `UNHANDLED` that emits what nobody hears, `LISTENER_ADDED` that
    // adds, `LISTENER_REMOVED` that adds and removes.
    in_a_process(
        module_path!(),
        "a_hook_that_causes_its_own_event_ends",
        || {
            let attempt = |f: &dyn Fn()| {
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
            };
            let (e, trace) = setup();
            let weak = e.downgrade();
            e.on(UNHANDLED, move |_| {
                weak.upgrade().unwrap().emit(NUM, 1);
            });
            attempt(&|| _ = e.emit(NUM, 1));
            e.clear();
            let weak = e.downgrade();
            e.on(LISTENER_ADDED, move |_| {
                weak.upgrade().unwrap().on(NUM, |_| {});
            });
            attempt(&|| _ = e.on(NUM, |_| {}));
            e.clear();
            let weak = e.downgrade();
            e.on(LISTENER_REMOVED, move |_| {
                let e = weak.upgrade().unwrap();
                e.off(e.on(NUM, |_| {}));
            });
            let id = e.on(NUM, |_| {});
            attempt(&|| _ = e.off(id));
            e.clear();
            e.on(NUM, trace.logs("a"));
            assert_eq!(e.emit(NUM, 1), 1);
            trace.expect("a1");
        },
    );
}

#[test]
fn the_longest_way_that_the_limits_allow_fits_the_usual_stack() {
    // "Never a stack overflow": as many emits as there may be by default, and as many of the emitter's own news
    // below the last, each by the way that takes the most room: tapped, of several priorities, claimed, isolated.
    let nest = || {
        let e = EventEmitter::builder().panics(PanicPolicy::Isolate).build();
        e.on_any(|_| ());
        e.on(OTHER, |_| ());
        e.on(LISTENER_ERROR, |_| ());
        let weak = e.downgrade();
        let descends = move |n: &i32| {
            let e = weak.upgrade().unwrap();
            if *n < 128 {
                e.emit(NUM, n + 1);
            } else {
                drop(e.subscribe(OTHER, |_| ()));
            }
        };
        e.listen(NUM).priority(1).times(1000).on(descends);
        let (weak, trace) = (e.downgrade(), Trace::new());
        let goes_on = move |_: &ListenerInfo| {
            trace.log("removed");
            drop(weak.upgrade().unwrap().subscribe(OTHER, |_| ()));
        };
        e.listen(LISTENER_REMOVED)
            .priority(1)
            .times(1000)
            .on(goes_on);
        assert_eq!(e.emit(NUM, 1), 1);
        assert_eq!(trace.take().split(' ').count(), 128);
    };
    // A little less than the usual 2 MiB; more where the frames are larger, as with a sanitizer.
    let usual = 1950 << 10;
    let larger = std::env::var("RUST_MIN_STACK")
        .ok()
        .and_then(|size| size.parse().ok());
    let size = larger.map_or(usual, |larger: usize| larger.max(usual));
    let thread = std::thread::Builder::new().stack_size(size);
    thread.spawn(nest).unwrap().join().unwrap();
}

#[test]
fn a_process_may_end_inside_a_listener() {
    // The destructors of thread-locals run within an emit that never ends, and one of them drops the
    // emitter that the emit is of. What is refused afterwards knows nothing of it any more.
    struct Last(EventEmitter);
    impl Drop for Last {
        fn drop(&mut self) {
            let refused = match self.0.try_emit(NUM, 1) {
                Err(EmitError::TooDeep(refused)) => refused,
                _ => std::process::abort(),
            };
            if refused.chain()[0].event() != "" {
                std::process::abort();
            }
        }
    }
    thread_local! {
        static LAST: Last = Last(EventEmitter::builder().max_depth(1).build());
        static FIRST: EventEmitter = const { EventEmitter::new() };
    }
    let code = exit_code(
        module_path!(),
        "a_process_may_end_inside_a_listener",
        || {
            LAST.with(|last| last.0.on(NUM, |_| {}));
            FIRST.with(|first| {
                first.on(NUM, |_| std::process::exit(7));
                first.emit(NUM, 1);
            });
        },
    );
    assert_eq!(code, Some(7));
}

#[test]
fn what_a_tap_emits_as_it_is_dropped_is_refused_in_the_name_of_the_event() {
    // The tap removes itself and panics: it is dropped as the emit ends, which is still one of `num`.
    let (e, trace) = (limited(1), Trace::new());
    e.on(OTHER, |_| {});
    e.on(NUM, |_| {});
    let weak = e.downgrade();
    let last_words = OnDrop(move || {
        let too_deep = too_deep(weak.upgrade().unwrap().try_emit(OTHER, 1));
        trace.log(events(&too_deep));
    });
    let (own, weak) = (Arc::new(Mutex::new(None)), e.downgrade());
    let id = e.on_any({
        let own = Arc::clone(&own);
        move |_| {
            last_words.hold();
            let id: ListenerId = own.lock().unwrap().unwrap();
            weak.upgrade().unwrap().off(id);
            panic!("boom");
        }
    });
    *own.lock().unwrap() = Some(id);
    panic_text(|| e.emit(NUM, 1));
    trace.expect("num");
}

#[test]
fn a_listener_of_an_emit_that_returns_is_not_dropped_while_it_runs() {
    // Of two emits within one that never ends, since the process does. The list of the latter goes while the
    // listener of the former runs, which knows that it does.
    struct Second {
        dying: Option<EventEmitter>,
        alive: EventEmitter,
        slot: Arc<Mutex<Option<EventEmitter>>>,
    }
    impl Drop for Second {
        fn drop(&mut self) {
            *self.slot.lock().unwrap() = self.dying.take();
            if self.alive.emit(NUM, 1) != 1 {
                std::process::abort();
            }
        }
    }
    thread_local! {
        static SECOND: Second = Second {
            dying: Some(EventEmitter::new()),
            alive: EventEmitter::new(),
            slot: Arc::default(),
        };
    }
    let code = exit_code(
        module_path!(),
        "a_listener_of_an_emit_that_returns_is_not_dropped_while_it_runs",
        || {
            static DROPPED: AtomicBool = AtomicBool::new(false);
            SECOND.with(|second| {
                let slot = Arc::clone(&second.slot);
                let own = Arc::new(Mutex::new(None));
                let probe = OnDrop(|| DROPPED.store(true, Ordering::SeqCst));
                let text = String::from("captured");
                let id = second.alive.on(NUM, {
                    let own = Arc::clone(&own);
                    within(&second.alive, move |e, _| {
                        probe.hold();
                        drop(slot.lock().unwrap().take().unwrap());
                        let id: ListenerId = own.lock().unwrap().unwrap();
                        if !e.off(id) {
                            std::process::abort();
                        }
                        eprintln!("{}", text.as_str());
                        if DROPPED.load(Ordering::SeqCst) {
                            eprintln!("dropped while it runs");
                            std::process::abort();
                        }
                    })
                });
                *own.lock().unwrap() = Some(id);
                let dying = second.dying.as_ref().unwrap();
                dying.on(NUM, |_| std::process::exit(7));
                dying.emit(NUM, 1);
            });
        },
    );
    assert_eq!(code, Some(7));
}

#[test]
fn a_listener_that_never_returns_is_not_dropped_by_another_list_that_goes() {
    // The outermost emit is of an emitter that stays; inside, one that goes with the thread-locals ends the
    // process; then the listener that never returns is removed.
    struct Remover(Mutex<Option<(WeakEmitter, ListenerId)>>);
    impl Drop for Remover {
        fn drop(&mut self) {
            let (weak, id) = self.0.lock().unwrap().take().unwrap();
            if !weak.upgrade().unwrap().off(id) {
                std::process::abort();
            }
        }
    }
    thread_local! {
        static DYING: EventEmitter = const { EventEmitter::new() };
        static REMOVER: Remover = const { Remover(Mutex::new(None)) };
    }
    let code = exit_code(
        module_path!(),
        "a_listener_that_never_returns_is_not_dropped_by_another_list_that_goes",
        || {
            // Destructors run in the reverse order of the first use.
            REMOVER.with(|_| ());
            DYING.with(|dying| _ = dying.on(NUM, |_| std::process::exit(7)));
            let e = EventEmitter::new();
            let probe = OnDrop(|| std::process::abort());
            let id = e.on(NUM, move |_| {
                probe.hold();
                DYING.with(|dying| dying.emit(NUM, 1));
            });
            REMOVER.with(|remover| *remover.0.lock().unwrap() = Some((e.downgrade(), id)));
            e.emit(NUM, 1);
        },
    );
    assert_eq!(code, Some(7));
}
