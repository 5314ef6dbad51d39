//! Rule 7: a panic unwinds or is isolated, and leaves the emitter as documented.

use super::*;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

#[test]
fn a_panic_unwinds_and_the_next_emit_is_normal() {
    // Propagate: the third is not called; counts as before; then all is normal.
    let (e, trace) = setup();
    let armed = Arc::new(AtomicBool::new(true));
    e.on(NUM, trace.logs("a"));
    e.on(NUM, {
        let armed = Arc::clone(&armed);
        move |n| {
            trace.log(format_args!("b{n}"));
            assert!(!armed.load(Ordering::Relaxed), "boom");
        }
    });
    e.on(NUM, trace.logs("c"));
    assert_eq!(panic_text(|| e.emit(NUM, 1)), "boom");
    trace.expect("a1 b1");
    assert_eq!(e.listener_count(NUM), 3);
    armed.store(false, Ordering::Relaxed);
    assert_eq!(e.emit(NUM, 2), 3);
    trace.expect("a2 b2 c2");
}

#[test]
fn propagate_is_for_try_emit_as_well() {
    // Rule 7 says "unwinds through `emit`"; `try_emit` is the same with *errors* returned.
    let (e, trace) = setup();
    hear_errors(&e, trace);
    e.on(NUM, |_| panic!("boom"));
    e.on(NUM, trace.logs("b"));
    assert_eq!(panic_text(|| e.try_emit(NUM, 1)), "boom");
    trace.expect("");
}

#[test]
fn the_payload_of_the_panic_arrives_as_it_was_thrown() {
    // Propagate does not wrap: what the listener threw is what the caller catches.
    #[derive(Debug, PartialEq)]
    struct Thrown(i32);
    let (e, _) = setup();
    e.on(NUM, |n| panic_any(Thrown(*n)));
    let caught = catch_unwind(AssertUnwindSafe(|| e.emit(NUM, 7))).unwrap_err();
    assert_eq!(caught.downcast_ref(), Some(&Thrown(7)));
}

#[test]
fn an_isolated_panic_is_an_error_with_its_message() {
    // Isolate: the third is called; the error has the text, `&str` or formatted.
    let (e, trace) = isolating();
    hear_errors(&e, trace);
    e.on(NUM, |_| panic!("plain"));
    e.on(NUM, |n| panic!("number {n}"));
    e.on(NUM, trace.logs("c"));
    assert_eq!(e.emit(NUM, 1), 3);
    trace.expect("!plain !number 1 c1");
}

#[test]
fn an_isolated_panic_says_who_panicked() {
    // Isolate, through `try_emit`: `Panicked`, with id, label and site.
    let (e, trace) = isolating();
    let line = line!() + 1;
    let id = e.listen(NUM).label("b").on(|_| panic!("boom"));
    e.on(NUM, trace.logs("c"));
    let errors = listener_errors(e.try_emit(NUM, 1));
    trace.expect("c1");
    assert_eq!((errors.called(), errors.iter().len()), (2, 1));
    let errors = errors.into_vec();
    assert!(matches!(errors[0].kind(), ErrorKind::Panicked(text) if text == "boom"));
    assert_eq!(errors[0].event(), "num");
    assert_eq!(errors[0].listener(), id);
    assert_eq!(errors[0].label(), Some("b"));
    let at = errors[0].location();
    assert_eq!((at.file(), at.line()), (file!(), line));
}

#[test]
fn an_isolated_panic_without_a_text_is_an_error_all_the_same() {
    // Rule 7, `panic_any`: there is no message to carry, and that breaks nothing.
    let (e, trace) = isolating();
    e.on(NUM, |_| panic_any(7_u8));
    e.on(NUM, trace.logs("b"));
    let errors = listener_errors(e.try_emit(NUM, 1)).into_vec();
    assert!(matches!(errors[0].kind(), ErrorKind::Panicked(_)));
    trace.expect("b1");
}

#[test]
fn an_isolated_panic_that_nobody_hears_ends_the_emit_as_an_error_does() {
    // Rules 6 and 7: unhandled, so `emit` panics after the last listener, naming all.
    let (e, trace) = isolating();
    e.listen(NUM).label("second").on(|_| panic!("boom"));
    e.on(NUM, trace.logs("c"));
    let text = panic_text(|| e.emit(NUM, 1));
    trace.expect("c1");
    assert_contains(&text, &["num", "second", "boom"]);
}

#[test]
fn an_outer_listener_may_catch_what_a_nested_emit_throws() {
    // The outer dispatch continues, and the inner one ended where it panicked.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            if n == 1 {
                trace.log(panic_text(|| e.emit(NUM, 2)));
            }
        }),
    );
    e.on(NUM, move |n| {
        trace.log(format_args!("b{n}"));
        assert!(*n != 2, "boom");
    });
    e.on(NUM, trace.logs("c"));
    assert_eq!(e.emit(NUM, 1), 3);
    trace.expect("a1 a2 b2 boom b1 c1");
}

#[test]
fn panics_do_not_use_up_the_depth() {
    // "the emitter is exactly as documented afterwards": frames that unwound count no more.
    let e = EventEmitter::builder().max_depth(2).build();
    e.on(
        NUM,
        within(&e, |e, _| {
            e.emit(OTHER, 1);
        }),
    );
    e.on(OTHER, |_| panic!("boom"));
    for _ in 0..300 {
        assert_eq!(panic_text(|| e.emit(NUM, 1)), "boom");
    }
}

#[test]
fn an_on_mut_listener_that_panicked_is_called_again() {
    // No poisoning, and no listener left "running".
    in_time(|| {
        for policy in [PanicPolicy::Propagate, PanicPolicy::Isolate] {
            let e = EventEmitter::builder().panics(policy).build();
            let trace = Trace::new();
            hear_errors(&e, trace);
            let mut calls = 0;
            e.on_mut(NUM, move |_| {
                calls += 1;
                trace.log(calls);
                assert!(calls != 1, "boom");
            });
            let _ = catch_unwind(AssertUnwindSafe(|| e.emit(NUM, 1)));
            trace.take();
            assert_eq!(e.emit(NUM, 2), 1);
            trace.expect("2");
        }
    });
}

#[test]
fn what_a_panicking_emit_removed_and_added_stays_so() {
    // Propagate: everything done before the panic is done; nothing else is.
    let (e, trace) = setup();
    let c = Arc::new(Mutex::new(None));
    e.once(NUM, trace.logs("a"));
    e.once(NUM, {
        let c = Arc::clone(&c);
        within(&e, move |e, _| {
            let c: ListenerId = c.lock().unwrap().unwrap();
            e.off(c);
            e.on(NUM, trace.logs("d"));
            panic!("boom");
        })
    });
    *c.lock().unwrap() = Some(e.on(NUM, trace.logs("c")));
    e.once(NUM, trace.logs("z"));
    panic_text(|| e.emit(NUM, 1));
    trace.expect("a1");
    assert_eq!(e.listener_count(NUM), 2);
    e.emit(NUM, 2);
    trace.expect("z2 d2");
}

#[test]
fn what_unwinding_listeners_owned_is_dropped() {
    // Rules 5 and 7: a listener removed while it ran is released although its call unwound.
    let (e, trace) = setup();
    let own = Arc::new(Mutex::new(None));
    let probe = trace.probe("dropped");
    let id = e.on(NUM, {
        let own = Arc::clone(&own);
        within(&e, move |e, _| {
            probe.hold();
            let own: ListenerId = own.lock().unwrap().unwrap();
            e.off(own);
            panic!("boom");
        })
    });
    *own.lock().unwrap() = Some(id);
    panic_text(|| e.emit(NUM, 1));
    trace.expect("dropped");
    let probe = trace.probe("dropped too");
    e.once(NUM, move |_| {
        probe.hold();
        panic!("boom");
    });
    panic_text(|| e.emit(NUM, 2));
    trace.expect("dropped too");
    assert_eq!(e.emit(NUM, 3), 0);
}

#[test]
fn a_panic_in_a_nested_emit_releases_every_frame() {
    // Rules 5 and 7 with two frames: all that was removed inside is dropped when both are gone.
    let (e, trace) = setup();
    let victim = Arc::new(Mutex::new(None));
    e.on(
        NUM,
        within(&e, |e, _| {
            e.emit(OTHER, 1);
        }),
    );
    e.on(OTHER, {
        let victim = Arc::clone(&victim);
        within(&e, move |e, _| {
            let victim: ListenerId = victim.lock().unwrap().unwrap();
            e.off(victim);
            panic!("boom");
        })
    });
    *victim.lock().unwrap() = Some(e.on(NUM, trace.probe("dropped").logs("v")));
    panic_text(|| e.emit(NUM, 1));
    trace.expect("dropped");
}

const BOMB: Event<Bomb> = Event::new("bomb");

/// A payload that panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("boom");
    }
}

#[test]
fn an_on_mut_listener_runs_until_what_it_has_thrown_is_dropped() {
    // Rules 7 and 8: what is thrown is dropped within the call, and what that emits does not call the listener again.
    in_time(|| {
        let (e, trace) = isolating();
        e.on(LISTENER_ERROR, move |error| match error.kind() {
            ErrorKind::Reentered => trace.log("reentered"),
            _ => trace.log("panicked"),
        });
        thread_local! {
            // What is thrown has to be `Send`.
            static WEAK: RefCell<WeakEmitter> = const { RefCell::new(WeakEmitter::new()) };
        }
        WEAK.set(e.downgrade());
        e.on_mut(NUM, move |n| {
            let n = *n;
            trace.log(n);
            panic_any(OnDrop(move || {
                if n == 1 {
                    let e = WEAK.with_borrow(WeakEmitter::upgrade).unwrap();
                    trace.log(e.emit(NUM, 2));
                }
            }));
        });
        assert_eq!(e.emit(NUM, 1), 1);
        trace.expect("1 reentered 0 panicked");
    });
}

#[test]
fn a_payload_that_panics_when_dropped_harms_nobody() {
    // Hostile: user code that runs at the very end of an emit.
    let (e, trace) = setup();
    e.on(BOMB, move |_| trace.log("a"));
    assert_eq!(panic_text(|| e.emit(BOMB, Bomb)), "boom");
    assert_eq!(panic_text(|| e.emit(BOMB, Bomb)), "boom");
    trace.expect("a a");
    e.on(NUM, trace.logs("b"));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("b1");
}

#[test]
fn the_errors_of_a_try_emit_are_dropped_when_its_payload_panics() {
    // Hostile: there is a result by then, and nobody to give it to.
    let (e, trace) = setup();
    let fails = move |_: &Bomb| Err::<(), _>(OnDropError::new(move || trace.log("dropped")));
    e.on(BOMB, fails);
    let signal = e.signal(BOMB);
    assert_eq!(panic_text(|| drop(e.try_emit(BOMB, Bomb))), "boom");
    assert_eq!(panic_text(|| drop(signal.try_emit(Bomb))), "boom");
    trace.expect("dropped dropped");
}

#[test]
fn an_error_is_dropped_outside_of_the_listener_that_panics_behind_it() {
    // Hostile: what the error removes as it is dropped is not running any more. Rule 5 says when it is dropped.
    thread_local! {
        // An error is `Send + Sync`, and the handle may not be.
        static PANICS: Cell<Option<(WeakEmitter, ListenerId)>> = const { Cell::new(None) };
    }
    let (e, trace) = setup();
    e.on(NUM, move |_| {
        Err::<(), _>(OnDropError::new(move || {
            let (weak, id) = PANICS.take().expect("it is dropped once");
            trace.log(weak.upgrade().unwrap().off(id));
        }))
    });
    let held = OnDrop(move || trace.log("dropped"));
    let id = e.on(NUM, move |_| {
        held.hold();
        panic!("boom")
    });
    PANICS.set(Some((e.downgrade(), id)));
    assert_eq!(panic_text(|| e.try_emit(NUM, 1)), "boom");
    trace.expect(if SHARED {
        "true dropped"
    } else {
        "dropped true"
    });
}

#[test]
fn a_closure_that_panics_when_dropped_is_gone_all_the_same() {
    // Hostile: `off` runs user code by dropping it; the removal stands.
    let (e, trace) = setup();
    let bomb = OnDrop(|| panic!("boom"));
    let id = e.on(NUM, move |_| bomb.hold());
    e.on(NUM, trace.logs("b"));
    assert_eq!(panic_text(|| e.off(id)), "boom");
    assert!(!e.has_listener(id));
    assert!(!e.off(id));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("b1");
}

#[test]
fn a_closure_that_panics_when_dropped_takes_no_other_with_it() {
    // Hostile: one of three in `off_all`, in `clear`, and in an emit that ends.
    let (e, trace) = setup();
    let fill = || {
        e.on(NUM, trace.probe("a").logs("never"));
        let bomb = OnDrop(|| panic!("boom"));
        e.on(NUM, move |_| bomb.hold());
        e.on(NUM, trace.probe("c").logs("never"));
    };
    fill();
    assert_eq!(panic_text(|| e.off_all(NUM)), "boom");
    assert_eq!(e.listener_count(NUM), 0);
    trace.expect("a c");
    fill();
    assert_eq!(panic_text(|| e.clear()), "boom");
    assert!(e.event_names().is_empty());
    trace.expect("a c");
    e.on(NUM, within(&e, |e, _| _ = e.off_all(NUM)));
    fill();
    assert_eq!(panic_text(|| e.emit(NUM, 1)), "boom");
    trace.expect("a c");
    e.on(NUM, trace.logs("z"));
    assert_eq!(e.emit(NUM, 2), 1);
    trace.expect("z2");
}

#[test]
fn of_a_closure_and_a_hook_that_both_panic_the_hook_is_heard() {
    // Hostile: the closure panics as it is dropped, and what it throws panics as it is dropped, too.
    let (e, trace) = setup();
    e.on(LISTENER_REMOVED, |_| panic!("told"));
    let fill = || {
        let bomb = OnDrop(|| panic_any(OnDrop(|| panic!("thrown"))));
        e.on(NUM, move |_| bomb.hold())
    };
    assert_eq!(panic_text(|| e.off(fill())), "told");
    fill();
    assert_eq!(panic_text(|| e.off_all(NUM)), "told");
    fill();
    assert_eq!(panic_text(|| e.clear()), "told");
    e.on(NUM, trace.logs("z"));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("z1");
}

#[test]
fn clear_leaves_no_hook_behind_when_the_closure_of_one_panics() {
    let (e, _) = setup();
    let bomb = OnDrop(|| panic!("boom"));
    e.on(LISTENER_REMOVED, move |_| bomb.hold());
    e.on(LISTENER_REMOVED, |_| ());
    assert_eq!(panic_text(|| e.clear()), "boom");
    assert_eq!(e.listener_count(LISTENER_REMOVED), 0);
}

#[test]
fn a_hook_that_panics_as_it_is_told_and_as_it_is_dropped_is_heard_once_by_clear() {
    let (e, _) = setup();
    let bomb = OnDrop(|| panic!("boom"));
    e.on(NUM, |_| ());
    e.on(LISTENER_REMOVED, move |_| {
        bomb.hold();
        panic!("told")
    });
    assert_eq!(panic_text(|| e.clear()), "told");
    assert!(!e.has_listeners(LISTENER_REMOVED));
}

#[test]
fn isolate_reaches_nested_emits_each_on_its_own() {
    // Rule 7: the inner panic is the inner emit's error; the outer one goes on in peace.
    let (e, trace) = isolating();
    hear_errors(&e, trace);
    e.on(NUM, within(&e, move |e, n| trace.log(e.emit(OTHER, n))));
    e.on(NUM, trace.logs("b"));
    e.on(OTHER, |_| panic!("boom"));
    e.on(OTHER, trace.logs("c"));
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("!boom c1 2 b1");
}

#[test]
fn each_emitter_has_its_own_policy() {
    // An isolating emitter inside a propagating one, and the other way round.
    let (strict, trace) = setup();
    let (lenient, _) = isolating();
    hear_errors(&lenient, trace);
    let to_lenient = lenient.downgrade();
    strict.on(NUM, move |n| {
        trace.log(to_lenient.upgrade().unwrap().emit(OTHER, *n));
    });
    let to_strict = strict.downgrade();
    lenient.on(NUM, move |n| {
        to_strict.upgrade().unwrap().emit(OTHER, *n);
    });
    strict.on(OTHER, |_| panic!("strict"));
    lenient.on(OTHER, |_| panic!("lenient"));
    assert_eq!(strict.emit(NUM, 1), 1);
    trace.expect("!lenient 1");
    assert_eq!(lenient.emit(NUM, 1), 1);
    trace.expect("!strict");
}
