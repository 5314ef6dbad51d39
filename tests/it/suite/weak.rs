//! Handles: strong ones keep the emitter, weak ones and ids do not.

use super::*;

#[test]
fn clones_are_one_emitter() {
    // "`Clone` ... strong handles to the same emitter".
    let (e, trace) = setup();
    let f = e.clone();
    let id = f.on(NUM, trace.logs("a"));
    assert_eq!(e.emit(NUM, 1), 1);
    drop(e);
    assert_eq!(f.emit(NUM, 2), 1);
    assert!(f.off(id));
    trace.expect("a1 a2");
}

#[test]
fn ptr_eq_tells_handles_from_emitters() {
    // Section 6: `ptr_eq`.
    let e = EventEmitter::new();
    let f = EventEmitter::new();
    assert!(e.ptr_eq(&e.clone()));
    assert!(e.ptr_eq(&e.downgrade().upgrade().unwrap()));
    assert!(!e.ptr_eq(&f));
}

#[test]
fn a_weak_handle_upgrades_while_a_strong_one_lives() {
    // `downgrade`, `upgrade`, and the clones of a weak handle.
    let (e, trace) = setup();
    let weak = e.downgrade();
    let other = weak.clone();
    let upgraded = weak.upgrade().unwrap();
    upgraded.on(NUM, trace.logs("a"));
    e.emit(NUM, 1);
    drop(e);
    assert_eq!(other.upgrade().unwrap().emit(NUM, 2), 1);
    drop(upgraded);
    assert!(weak.upgrade().is_none() && other.upgrade().is_none());
    trace.expect("a1 a2");
}

#[test]
fn a_weak_handle_to_nothing_is_inert() {
    // `WeakEmitter::new`, and `default`.
    for weak in [WeakEmitter::new(), WeakEmitter::default()] {
        assert!(weak.upgrade().is_none());
        assert!(weak.clone().upgrade().is_none());
    }
}

#[test]
fn a_listener_with_a_weak_handle_of_its_emitter_goes_with_the_last_strong_one() {
    // Within a call it can be upgraded, and it keeps nothing alive.
    let (e, trace) = setup();
    let (weak, probe) = (e.downgrade(), trace.probe("dropped"));
    e.on(NUM, move |_| {
        probe.hold();
        trace.log(weak.upgrade().is_some());
    });
    let clone = e.clone();
    e.emit(NUM, 1);
    drop(e);
    trace.expect("true");
    drop(clone);
    trace.expect("dropped");
}

#[test]
fn an_id_is_inert_without_its_emitter() {
    // Rule 10: after the emitter is gone, and for whichever emitter comes after it.
    let (e, _) = setup();
    let id = e.on(NUM, |_| {});
    drop(e);
    for _ in 0..100 {
        let next = EventEmitter::new();
        let newer = next.on(NUM, |_| {});
        assert_ne!(id, newer);
        assert!(!next.off(id));
        assert!(!next.has_listener(id));
        assert!(next.has_listener(newer));
    }
}

#[test]
fn while_an_emitter_is_dropped_its_weak_handles_are_dead() {
    // Rule 10 inside a closure's `Drop`: there is no emitter any more to speak to.
    let (e, trace) = setup();
    for _ in 0..3 {
        let weak = e.downgrade();
        let last = OnDrop(move || trace.log(weak.upgrade().is_some()));
        e.on(NUM, move |_| last.hold());
    }
    drop(e);
    trace.expect("false false false");
}

#[test]
fn an_emitter_kept_by_its_own_listener_lives_on() {
    // "a captured clone would keep both alive for ever": until the listener is removed.
    let (e, trace) = setup();
    let weak = e.downgrade();
    let (own, probe) = (e.clone(), trace.probe("dropped"));
    let id = e.on(NUM, move |n| {
        probe.hold();
        trace.log(format_args!("{n} of {}", own.listener_count(NUM)));
    });
    drop(e);
    let e = weak.upgrade().expect("its own listener keeps it");
    e.emit(NUM, 1);
    trace.expect("1 of 1");
    assert!(e.off(id));
    trace.expect("dropped");
    drop(e);
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_listener_may_take_the_last_handle_with_it() {
    // Hostile: the only handle left is in the closure that `off` drops.
    let (e, trace) = setup();
    let weak = e.downgrade();
    let (own, probe) = (e.clone(), trace.probe("dropped"));
    let id = e.on(NUM, move |_| {
        probe.hold();
        assert!(own.has_listeners(NUM));
    });
    e.on(NUM, trace.probe("sibling").logs("b"));
    drop(e);
    // The handle that the temporary is lives to the end of the statement.
    assert!(weak.upgrade().unwrap().off(id));
    assert!(weak.upgrade().is_none());
    trace.expect("dropped sibling");
}
