//! Rules 4 and 8: every method may be called from anywhere, and what re-entry means.

use super::*;

const SIDE: Event<i32> = Event::new("side");

/// Calls every method of an emitter, and leaves no trace but in `SIDE`.
fn call_every_method(e: &EventEmitter) {
    let id = e.on(SIDE, |_| {});
    e.on_mut(SIDE, |_| {});
    e.once(SIDE, |_| {});
    e.times(SIDE, 2, |_| {});
    e.prepend(SIDE, |_| {});
    e.prepend_once(SIDE, |_| {});
    e.listen(SIDE)
        .priority(1)
        .label("l")
        .times(2)
        .prepend()
        .on(|_| {});
    drop(e.subscribe(SIDE, |_| {}));
    let signal = e.signal(SIDE);
    signal.on(|_| {});
    let tap = e.on_any(|_| {});
    assert_eq!(e.emit(SIDE, 1), 8);
    assert_eq!(signal.emit(1), 6);
    assert_eq!(e.try_emit(SIDE, 1).unwrap(), 4);
    assert_eq!(e.listener_count(SIDE), 4);
    assert!(e.has_listeners(SIDE) && e.has_listener(id));
    assert_eq!(e.listeners(SIDE).len(), 4);
    assert!(e.event_names().contains(&"side"));
    assert!(!format!("{e:?}{signal:?}").is_empty());
    let again = e.downgrade().upgrade().expect("it is alive");
    assert!(e.ptr_eq(&again.clone()));
    drop(e.guard(id));
    assert!(e.off(tap) && !e.off(id));
    assert_eq!(e.off_all(SIDE), 3);
}

#[test]
fn every_method_may_be_called_from_every_kind_of_listener() {
    // Rule 4, from inside `on`, `on_mut`, `once`, `times` and a subscription.
    in_time(|| {
        let (e, trace) = setup();
        let f = || {
            within(&e, move |e, n| {
                call_every_method(e);
                trace.log(n);
            })
        };
        e.on(NUM, f());
        e.on_mut(NUM, f());
        e.once(NUM, f());
        e.times(NUM, 1, f());
        e.subscribe(NUM, f()).detach();
        assert_eq!(e.emit(NUM, 1), 5);
        assert_eq!(e.signal(NUM).emit(2), 3);
        trace.expect("1 1 1 1 1 2 2 2");
    });
}

#[test]
fn every_method_may_be_called_from_a_tap() {
    // Rule 4, from inside `on_any`, for an event with listeners and for one without.
    in_time(|| {
        let (e, trace) = setup();
        let weak = e.downgrade();
        e.on_any(move |any| {
            if any.name() != "side" {
                call_every_method(&weak.upgrade().unwrap());
                trace.log(any.name());
            }
        });
        e.on(OTHER, |_| {});
        assert_eq!(e.emit(NUM, 1), 0);
        assert_eq!(e.emit(OTHER, 1), 1);
        trace.expect("num other");
    });
}

#[test]
fn every_method_may_be_called_from_every_hook() {
    // Rule 4, from inside the listeners of each `meta` event, which themselves cause more of them.
    fn once_at_a_time(e: &EventEmitter, trace: Trace, name: &str) -> impl Fn() + use<> {
        let (weak, name) = (e.downgrade(), name.to_owned());
        let busy = AtomicBool::new(false);
        move || {
            if !busy.swap(true, Ordering::Relaxed) {
                call_every_method(&weak.upgrade().unwrap());
                trace.log(&name);
                busy.store(false, Ordering::Relaxed);
            }
        }
    }
    in_time(|| {
        let trace = Trace::new();
        let e = EventEmitter::builder().max_listeners(1).build();
        let added = once_at_a_time(&e, trace, "added");
        let id = e.on(LISTENER_ADDED, move |_| added());
        e.on(NUM, |_| {});
        e.off(id);
        trace.expect("added");

        let removed = once_at_a_time(&e, trace, "removed");
        let id = e.on(LISTENER_REMOVED, move |_| removed());
        e.off_all(NUM);
        e.off(id);
        trace.expect("removed");

        let error = once_at_a_time(&e, trace, "error");
        let id = e.on(LISTENER_ERROR, move |_| error());
        e.once(NUM, |_| Err::<(), _>("boom"));
        e.emit(NUM, 1);
        e.off(id);
        trace.expect("error");

        let many = once_at_a_time(&e, trace, "many");
        let id = e.on(TOO_MANY_LISTENERS, move |_| many());
        e.on(NUM, |_| {});
        e.on(NUM, |_| {});
        e.off_all(NUM);
        e.off(id);
        trace.expect("many");

        let unhandled = once_at_a_time(&e, trace, "unhandled");
        e.on(UNHANDLED, move |_| unhandled());
        e.emit(NUM, 1);
        trace.expect("unhandled");
    });
}

#[test]
fn every_method_may_be_called_when_a_closure_is_dropped() {
    // For every way in which a closure can go.
    in_time(|| {
        let (e, trace) = setup();
        let f = |name: &'static str| {
            let weak = e.downgrade();
            let bomb = OnDrop(move || {
                trace.log(name);
                if let Some(e) = weak.upgrade() {
                    call_every_method(&e);
                }
            });
            move |_: &i32| bomb.hold()
        };
        let id = e.on(NUM, f("off"));
        e.off(id);
        trace.expect("off");
        e.once(NUM, f("once"));
        e.emit(NUM, 1);
        trace.expect("once");
        e.times(NUM, 1, f("times"));
        e.emit(NUM, 1);
        trace.expect("times");
        drop(e.subscribe(NUM, f("subscription")));
        trace.expect("subscription");
        e.on_mut(NUM, f("off_all"));
        e.off_all(NUM);
        trace.expect("off_all");
        e.on(NUM, f("clear"));
        e.clear();
        trace.expect("clear");
        let unsubscribing = f("unsubscribe");
        e.on(NUM, move |n| {
            unsubscribing(n);
            Flow::Unsubscribe
        });
        e.emit(NUM, 1);
        trace.expect("unsubscribe");
        e.on(NUM, f("end"));
        drop(e);
        trace.expect("end");
    });
}

#[test]
fn a_dropped_closure_may_emit_to_those_who_stay() {
    // What `off` drops emits the very event; the rest hear it, the removed one does not.
    in_time(|| {
        let (e, trace) = setup();
        let weak = e.downgrade();
        let last_words = OnDrop(move || {
            weak.upgrade().unwrap().emit(NUM, 9);
        });
        let id = e.on(NUM, move |n| {
            last_words.hold();
            trace.log(format_args!("a{n}"));
        });
        e.on(NUM, trace.logs("b"));
        e.emit(NUM, 1);
        e.off(id);
        trace.expect("a1 b1 b9");
    });
}

#[test]
fn a_closure_dropped_inside_an_emit_may_add_and_remove() {
    // The drop removes `c` and adds `d` while the list is being walked.
    in_time(|| {
        let (e, trace) = setup();
        let c = Arc::new(Mutex::new(None));
        e.on(
            NUM,
            within(&e, move |e, n| {
                trace.log(format_args!("a{n}"));
                if n == 1 {
                    e.off_all(OTHER);
                }
            }),
        );
        let swap = OnDrop({
            let (weak, c) = (e.downgrade(), Arc::clone(&c));
            move || {
                let e = weak.upgrade().unwrap();
                let c: ListenerId = c.lock().unwrap().unwrap();
                assert!(e.off(c));
                e.on(NUM, trace.logs("d"));
            }
        });
        e.on(OTHER, move |_| swap.hold());
        *c.lock().unwrap() = Some(e.on(NUM, trace.logs("c")));
        e.on(NUM, trace.logs("b"));
        e.emit(NUM, 1);
        e.emit(NUM, 2);
        trace.expect("a1 b1 a2 b2 d2");
    });
}

#[test]
fn a_dropped_closure_may_be_a_chain_of_them() {
    // Rule 4: dropping one removes the next, a hundred times over.
    in_time(|| {
        let (e, trace) = setup();
        let mut next: Option<ListenerId> = None;
        for i in 0..100 {
            let weak = e.downgrade();
            let link = OnDrop(move || {
                trace.log(i);
                if let (Some(e), Some(next)) = (weak.upgrade(), next) {
                    assert!(e.off(next));
                }
            });
            next = Some(e.on(NUM, move |_| link.hold()));
        }
        assert!(e.off(next.unwrap()));
        assert_eq!(e.listener_count(NUM), 0);
        assert!(trace.take().starts_with("99 98 97"));
    });
}

#[test]
fn every_method_may_be_called_when_a_payload_is_dropped() {
    // Rule 4: "from a payload's ... `Drop`", owned, boxed, and where nobody listens.
    struct Noisy(WeakEmitter, Trace);
    impl Drop for Noisy {
        fn drop(&mut self) {
            call_every_method(&self.0.upgrade().unwrap());
            self.1.log("dropped");
        }
    }
    const NOISY: Event<Noisy> = Event::new("noisy");
    in_time(|| {
        let (e, trace) = setup();
        let noisy = || Noisy(e.downgrade(), trace);
        e.emit(NOISY, noisy());
        trace.expect("dropped");
        e.on(NOISY, move |_| trace.log("a"));
        e.emit(NOISY, noisy());
        trace.expect("a dropped");
        e.emit(NOISY, Box::new(noisy()));
        trace.expect("a dropped");
        e.try_emit(NOISY, Arc::new(noisy())).unwrap();
        trace.expect("a dropped");
    });
}

#[test]
fn a_dropped_payload_may_emit_the_same_event() {
    // Rule 4: the emit that the drop starts comes after the last listener of the one that lent it.
    struct Countdown(i32, WeakEmitter);
    const COUNTDOWN: Event<Countdown> = Event::new("countdown");
    impl Drop for Countdown {
        fn drop(&mut self) {
            if self.0 > 0 {
                let next = Countdown(self.0 - 1, self.1.clone());
                self.1.upgrade().unwrap().emit(COUNTDOWN, next);
            }
        }
    }
    in_time(|| {
        let (e, trace) = setup();
        e.on(COUNTDOWN, move |c| trace.log(format_args!("a{}", c.0)));
        e.on(COUNTDOWN, move |c| trace.log(format_args!("b{}", c.0)));
        e.emit(COUNTDOWN, Countdown(3, e.downgrade()));
        trace.expect("a3 b3 a2 b2 a1 b1 a0 b0");
    });
}

#[test]
fn clear_and_drop_may_come_from_anywhere() {
    // Rule 4 for what removes everything: from a listener, a tap, a hook, and a drop.
    in_time(|| {
        let (e, trace) = setup();
        let clearing = |name: &'static str| {
            let weak = e.downgrade();
            move || trace.log(format_args!("{name}{}", weak.upgrade().unwrap().clear()))
        };
        let f = clearing("listener");
        e.on(NUM, move |_| f());
        e.emit(NUM, 1);
        trace.expect("listener1");
        let f = clearing("tap");
        e.on_any(move |_| f());
        e.on(NUM, trace.logs("never"));
        assert_eq!(e.emit(NUM, 1), 0);
        trace.expect("tap2");
        let f = clearing("added");
        e.on(LISTENER_ADDED, move |_| f());
        let id = e.on(NUM, |_| {});
        assert!(!e.has_listener(id));
        trace.expect("added2");
        let f = clearing("removed");
        e.on(LISTENER_REMOVED, move |_| f());
        let id = e.on(NUM, |_| {});
        e.off(id);
        trace.expect("removed1");
        let f = clearing("dropped");
        let bomb = OnDrop(f);
        let id = e.on(NUM, move |_| bomb.hold());
        e.on(OTHER, |_| {});
        e.off(id);
        trace.expect("dropped1");
    });
}

#[test]
fn closures_may_clear_while_they_are_cleared() {
    // Rule 4, hostile: each of ten closures clears and adds when it is dropped.
    in_time(|| {
        let (e, trace) = setup();
        for _ in 0..10 {
            let weak = e.downgrade();
            let bomb = OnDrop(move || {
                if let Some(e) = weak.upgrade() {
                    trace.log(e.clear());
                    e.on(NUM, trace.logs("new"));
                }
            });
            e.on(NUM, move |_| bomb.hold());
        }
        assert_eq!(e.clear(), 10);
        trace.expect("0 1 1 1 1 1 1 1 1 1");
        assert_eq!(e.emit(NUM, 1), 1);
        trace.expect("new1");
    });
}

#[test]
fn a_thread_may_emit_while_it_ends() {
    // Rule 4: a closure's `Drop` may run in the destructor of a thread-local, after those that the
    // emitter might keep; nested emits too.
    use std::cell::RefCell;
    type Last = Option<OnDrop<Box<dyn FnMut()>>>;
    std::thread_local! {
        static BEFORE: RefCell<Last> = const { RefCell::new(None) };
        static AFTER: RefCell<Last> = const { RefCell::new(None) };
    }
    fn last_words(trace: Trace) -> Last {
        let e = EventEmitter::new();
        e.on(
            NUM,
            within(&e, move |e, n| {
                if n < 10 {
                    e.emit(NUM, n + 1);
                } else {
                    trace.log("deep");
                }
            }),
        );
        Some(OnDrop(Box::new(move || {
            e.once(OTHER, trace.logs("o"));
            e.emit(OTHER, 1);
            e.emit(NUM, 1);
            e.clear();
        })))
    }
    let trace = Trace::new();
    let thread = std::thread::spawn(move || {
        // One destructor is registered before the first emit of this thread, the other after it.
        BEFORE.with_borrow_mut(|last| *last = last_words(trace));
        let e = EventEmitter::new();
        e.on(NUM, |_| {});
        e.emit(NUM, 1);
        AFTER.with_borrow_mut(|last| *last = last_words(trace));
    });
    thread.join().expect("the thread ends in peace");
    trace.expect("o1 deep o1 deep");
}

#[test]
fn an_emitter_may_be_built_used_and_dropped_inside_a_listener() {
    // Rule 4 across emitters: nothing is held that another emitter would need.
    let (e, trace) = setup();
    e.on(NUM, move |n| {
        let inner = EventEmitter::new();
        inner.on(NUM, trace.logs("inner"));
        inner.emit(NUM, *n);
        let signal = Signal::<i32>::new();
        signal.on(trace.logs("signal"));
        signal.emit(*n);
    });
    e.emit(NUM, 1);
    trace.expect("inner1 signal1");
}

#[test]
fn an_emitter_dropped_during_an_emit_lets_it_finish() {
    // Rule 10: the last other handle goes while a temporary one emits.
    let (e, trace) = setup();
    let weak = e.downgrade();
    let handle = Arc::new(Mutex::new(Some(e.clone())));
    e.on(NUM, {
        let handle = Arc::clone(&handle);
        move |n| {
            trace.log(format_args!("a{n}"));
            drop(handle.lock().unwrap().take());
        }
    });
    e.on(NUM, trace.probe("dropped").logs("b"));
    e.on(NUM, trace.logs("c"));
    drop(e);
    assert_eq!(weak.upgrade().unwrap().emit(NUM, 1), 3);
    trace.expect("a1 b1 c1 dropped");
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_signal_dropped_during_its_emit_lets_it_finish() {
    // Rule 10, for a signal alone: its other handle goes inside.
    let trace = Trace::new();
    let signal = Signal::<i32>::named("alone");
    let handle = Arc::new(Mutex::new(Some(signal.clone())));
    signal.on({
        let handle = Arc::clone(&handle);
        move |n| {
            trace.log(format_args!("a{n}"));
            drop(handle.lock().unwrap().take());
        }
    });
    signal.on(trace.logs("b"));
    assert_eq!(signal.emit(1), 2);
    trace.expect("a1 b1");
}

#[test]
fn an_on_listener_may_be_re_entered() {
    // Rule 8: it is called again while it runs.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}("));
            if n < 3 {
                assert_eq!(e.emit(NUM, n + 1), 1);
            }
            trace.log(format_args!(")a{n}"));
        }),
    );
    e.emit(NUM, 1);
    trace.expect("a1( a2( a3( )a3 )a2 )a1");
}

#[test]
fn an_on_mut_listener_reached_while_it_runs_is_an_error() {
    // `Reentered` for it, the others called, and it does not count in the result.
    in_time(|| {
        let (e, trace) = setup();
        hear_errors(&e, trace);
        e.on(NUM, trace.logs("a"));
        let mut calls = 0;
        e.on_mut(NUM, {
            let emit = within(&e, move |e, n| {
                if n == 1 {
                    trace.log(format_args!("={}", e.emit(NUM, 2)));
                }
            });
            move |n| {
                calls += 1;
                trace.log(format_args!("m{n}#{calls}"));
                emit(n);
            }
        });
        e.on(NUM, trace.logs("c"));
        assert_eq!(e.emit(NUM, 1), 3);
        trace.expect("a1 m1#1 a2 !reentered c2 =2 c1");
        assert_eq!(e.emit(NUM, 3), 3);
        trace.expect("a3 m3#2 c3");
    });
}

#[test]
fn a_refused_call_does_not_count_wherever_its_listener_stands() {
    // Rule 8: alone, first, between others and last; with a priority, a tap, and panics that are caught.
    let arrangements = (0..32).map(|bits| [1, 2, 4, 8, 16].map(|bit| bits & bit != 0));
    for [before, after, priority, tap, isolates] in arrangements {
        in_time(move || {
            let (e, trace) = if isolates { isolating() } else { setup() };
            hear_errors(&e, trace);
            if tap {
                e.on_any(|_| {});
            }
            if before {
                e.on(NUM, trace.logs("a"));
            }
            let listener = e.listen(NUM).priority(i32::from(priority) - 1);
            let listener = listener.on_mut(within(&e, move |e, n| {
                trace.log(format_args!("m{n}"));
                if n == 1 {
                    trace.log(format_args!("={}", e.emit(NUM, 2)));
                }
            }));
            if after {
                e.on(NUM, trace.logs("b"));
            }
            let all = e.listener_count(NUM);
            assert_eq!(e.emit(NUM, 1), all);
            let said = trace.take();
            let said: Vec<_> = said.split(' ').collect();
            let nested = format!("={}", all - 1);
            assert!(
                said.contains(&"!reentered") && said.contains(&&*nested),
                "{said:?}"
            );
            assert!(!said.contains(&"m2"), "{said:?}");
            assert!(e.off(listener));
        });
    }
}

#[test]
fn a_refused_re_entry_leaves_the_door_shut() {
    // Rule 8: refused the first time, the second time, and one emit further down.
    in_time(|| {
        let (e, trace) = setup();
        hear_errors(&e, trace);
        e.on(
            NUM,
            within(&e, move |e, n| {
                trace.log(format_args!("a{n}"));
                if n == 2 {
                    e.emit(NUM, 3);
                }
            }),
        );
        e.on_mut(
            NUM,
            within(&e, move |e, n| {
                trace.log(format_args!("m{n}("));
                e.emit(NUM, 4);
                e.emit(NUM, 2);
                trace.log(format_args!(")m{n}"));
            }),
        );
        e.emit(NUM, 1);
        trace.expect("a1 m1( a4 !reentered a2 a3 !reentered !reentered )m1");
    });
}

#[test]
fn a_reentered_error_names_the_listener_and_try_emit_returns_it() {
    // Rule 8 with rule 6: an error like others, which is not counted among the calls.
    in_time(|| {
        let (e, _) = setup();
        let own = Arc::new(Mutex::new(None));
        let id = e.listen(NUM).label("mine").on_mut({
            let own = Arc::clone(&own);
            within(&e, move |e, n| {
                if n == 1 {
                    let errors = listener_errors(e.try_emit(NUM, 2));
                    assert_eq!((errors.called(), errors.iter().len()), (0, 1));
                    let errors = errors.into_vec();
                    assert!(matches!(errors[0].kind(), ErrorKind::Reentered));
                    assert_eq!(errors[0].event(), "num");
                    assert_eq!(errors[0].label(), Some("mine"));
                    *own.lock().unwrap() = Some(errors[0].listener());
                }
            })
        });
        assert_eq!(e.emit(NUM, 1), 1);
        assert_eq!(own.lock().unwrap().take(), Some(id));
    });
}

#[test]
fn an_unhandled_re_entry_is_loud() {
    // Rules 6 and 8: nobody hears it, so the inner `emit` panics, and its text says who.
    in_time(|| {
        let (e, _) = setup();
        e.listen(NUM).label("mine").on_mut(within(&e, |e, n| {
            if n == 1 {
                let text = panic_text(|| e.emit(NUM, 2));
                assert_contains(&text, &["num", "mine"]);
            }
        }));
        assert_eq!(e.emit(NUM, 1), 1);
        assert_eq!(e.emit(NUM, 3), 1);
    });
}

#[test]
fn a_blocked_times_listener_consumes_no_call() {
    // "a blocked `times(n)` listener consumes no call".
    in_time(|| {
        let (e, trace) = setup();
        hear_errors(&e, trace);
        let id = e.listen(NUM).times(2).on_mut(within(&e, move |e, n| {
            trace.log(format_args!("m{n}"));
            if n == 1 {
                assert_eq!(e.emit(NUM, 2), 0);
                assert_eq!(e.listeners(NUM)[0].remaining(), Some(1));
            }
        }));
        assert_eq!(e.emit(NUM, 1), 1);
        assert!(e.has_listener(id));
        assert_eq!(e.emit(NUM, 3), 1);
        assert!(!e.has_listener(id));
        assert_eq!(e.emit(NUM, 4), 0);
        trace.expect("m1 !reentered m3");
    });
}

#[test]
fn the_last_call_of_an_on_mut_listener_blocks_nobody() {
    // Rules 3 and 8: claimed and gone, it is not "reached" by the emit nested in its body.
    in_time(|| {
        let (e, trace) = setup();
        e.listen(NUM).times(1).on_mut(within(&e, move |e, n| {
            trace.log(format_args!("m{n}"));
            assert_eq!(e.emit(NUM, 2), 0);
        }));
        assert_eq!(e.emit(NUM, 1), 1);
        trace.expect("m1");
    });
}

#[test]
fn an_on_mut_listener_that_removed_itself_blocks_nobody() {
    // Rules 2 and 8: removed in every frame, so the nested emit has nobody to call.
    in_time(|| {
        let (e, trace) = setup();
        let own = Arc::new(Mutex::new(None));
        let id = e.on_mut(NUM, {
            let own = Arc::clone(&own);
            within(&e, move |e, n| {
                trace.log(format_args!("m{n}"));
                let id: ListenerId = own.lock().unwrap().unwrap();
                assert!(e.off(id));
                assert_eq!(e.emit(NUM, 2), 0);
            })
        });
        *own.lock().unwrap() = Some(id);
        assert_eq!(e.emit(NUM, 1), 1);
        trace.expect("m1");
    });
}

#[test]
fn two_on_mut_listeners_that_emit_into_each_other_end() {
    // Rule 8 on one thread: the circle is cut where it closes.
    in_time(|| {
        let (e, trace) = setup();
        hear_errors(&e, trace);
        e.on_mut(
            NUM,
            within(&e, move |e, n| {
                trace.log(format_args!("a{n}"));
                e.emit(OTHER, n + 1);
            }),
        );
        e.on_mut(
            OTHER,
            within(&e, move |e, n| {
                trace.log(format_args!("b{n}"));
                e.emit(NUM, n + 1);
            }),
        );
        assert_eq!(e.emit(NUM, 1), 1);
        trace.expect("a1 b2 !reentered");
        assert_eq!(e.emit(OTHER, 1), 1);
        trace.expect("b1 a2 !reentered");
    });
}

#[test]
fn on_mut_keeps_its_own_state() {
    // "a listener with its own mutable state".
    in_time(|| {
        let (e, trace) = setup();
        let mut sum = 0;
        e.on_mut(NUM, move |n| {
            sum += n;
            trace.log(sum);
        });
        for n in 1..=4 {
            e.emit(NUM, n);
        }
        trace.expect("1 3 6 10");
    });
}

#[test]
fn a_blocked_on_mut_listener_is_removed_like_any_other() {
    // Rule 2 with rule 8: removed inside its own body, it is neither called nor an error.
    in_time(|| {
        let (e, trace) = setup();
        hear_errors(&e, trace);
        let m = Arc::new(Mutex::new(None));
        e.on(NUM, {
            let m = Arc::clone(&m);
            within(&e, move |e, n| {
                trace.log(format_args!("a{n}"));
                if n == 2 {
                    let m: ListenerId = m.lock().unwrap().unwrap();
                    e.off(m);
                }
            })
        });
        *m.lock().unwrap() = Some(e.on_mut(
            NUM,
            within(&e, move |e, n| {
                trace.log(format_args!("m{n}"));
                e.emit(NUM, n + 1);
            }),
        ));
        e.on(NUM, trace.logs("c"));
        assert_eq!(e.emit(NUM, 1), 3);
        trace.expect("a1 m1 a2 c2 c1");
    });
}
