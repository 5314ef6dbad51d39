//! `Subscription`: a guard that removes its listener when it is dropped.

use super::*;

#[test]
fn dropping_a_subscription_removes_the_listener() {
    // "`#[must_use]` guard: dropping it removes the listener".
    let (e, trace) = setup();
    let subscription = e.subscribe(NUM, trace.logs("a"));
    assert!(e.has_listener(subscription.id()));
    e.emit(NUM, 1);
    drop(subscription);
    assert_eq!(e.emit(NUM, 2), 0);
    trace.expect("a1");
}

#[test]
fn detach_keeps_the_listener() {
    // "`.detach() -> ListenerId` keeps it".
    let (e, trace) = setup();
    let subscription = e.subscribe(NUM, trace.logs("a"));
    let id = subscription.id();
    assert_eq!(subscription.detach(), id);
    assert_eq!(e.emit(NUM, 1), 1);
    assert!(e.off(id));
    trace.expect("a1");
}

#[test]
fn unsubscribe_tells_whether_it_removed() {
    // `unsubscribe -> bool`: `true`, or `false` where the listener was gone.
    let (e, _) = setup();
    let subscription = e.subscribe(NUM, |_| {});
    assert!(subscription.unsubscribe());
    assert_eq!(e.listener_count(NUM), 0);
    let subscription = e.subscribe(NUM, |_| {});
    e.off(subscription.id());
    assert!(!subscription.unsubscribe());
}

#[test]
fn a_subscription_whose_listener_is_gone_removes_no_other() {
    // The place is in use again when the guard is dropped.
    let (e, trace) = setup();
    let subscription = e.subscribe(NUM, |_| {});
    e.off(subscription.id());
    e.on(NUM, trace.logs("a"));
    drop(subscription);
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("a1");
}

#[test]
fn a_subscription_that_outlives_its_emitter_is_inert() {
    // Rule 10: dropped, unsubscribed and detached after the emitter.
    let (e, trace) = setup();
    let dropped = e.subscribe(NUM, trace.probe("a").logs("never"));
    let unsubscribed = e.subscribe(NUM, |_| {});
    let detached = e.subscribe(NUM, |_| {});
    drop(e);
    trace.expect("a");
    drop(dropped);
    assert!(!unsubscribed.unsubscribe());
    detached.detach();
}

#[test]
fn a_subscription_does_not_keep_its_emitter() {
    // "Ids, `Subscription`s and loop handles are weak too."
    let (e, _) = setup();
    let weak = e.downgrade();
    let subscription = e.subscribe(NUM, |_| {});
    drop(e);
    assert!(weak.upgrade().is_none());
    drop(subscription);
}

#[test]
fn guard_makes_a_subscription_for_any_listener() {
    // "`guard(ListenerId) -> Subscription` makes one for a listener registered in any way".
    let (e, trace) = setup();
    let guards = [
        e.guard(e.on(NUM, trace.logs("a"))),
        e.guard(e.on_mut(NUM, trace.logs("b"))),
        e.guard(e.once(NUM, trace.logs("c"))),
        e.guard(e.prepend(NUM, trace.logs("d"))),
        e.guard(e.listen(NUM).priority(1).on(trace.logs("f"))),
        e.guard(e.on(UNHANDLED, move |_| trace.log("?"))),
    ];
    assert_eq!(e.emit(NUM, 1), 5);
    e.emit(OTHER, 1);
    trace.expect("f1 d1 a1 b1 c1 ?");
    drop(guards);
    assert_eq!(e.emit(NUM, 2), 0);
    trace.expect("");
}

#[test]
fn a_guard_for_a_foreign_or_stale_id_is_inert() {
    // One of another emitter, one already removed, and one of another event.
    let (e, _) = setup();
    let f = EventEmitter::new();
    let foreign = f.on(NUM, |_| {});
    e.on(NUM, |_| {});
    drop(e.guard(foreign));
    assert!(f.has_listener(foreign));
    let stale = e.on(NUM, |_| {});
    e.off(stale);
    e.on(NUM, |_| {});
    assert!(!e.guard(stale).unsubscribe());
    assert_eq!((e.listener_count(NUM), f.listener_count(NUM)), (2, 1));
    // A signal's guard is for listeners of its event.
    let other = e.on(OTHER, |_| {});
    drop(e.signal(NUM).guard(other));
    assert!(e.has_listener(other));
}

#[test]
fn the_builder_and_signals_subscribe_too() {
    // `listen(..).subscribe(f)` with its options, and `Signal::subscribe`.
    let (e, trace) = setup();
    let signal = e.signal(NUM);
    let guards = (
        e.listen(NUM).times(1).label("a").subscribe(trace.logs("a")),
        e.listen(NUM).priority(1).subscribe(trace.logs("b")),
        signal.subscribe(trace.logs("c")),
        signal.listen().prepend().subscribe(trace.logs("d")),
    );
    e.emit(NUM, 1);
    e.emit(NUM, 2);
    trace.expect("b1 d1 a1 c1 b2 d2 c2");
    drop(guards);
    assert_eq!(signal.listener_count(), 0);
}

#[test]
fn a_subscription_dropped_in_its_own_listener_is_a_removal() {
    // Rule 4: the guard lives in what the listener can reach, and goes in the middle of the call.
    let (e, trace) = setup();
    let slot = Arc::new(Mutex::new(None::<Subscription>));
    let subscription = e.subscribe(NUM, {
        let slot = Arc::clone(&slot);
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            let guard = slot.lock().unwrap().take();
            drop(guard);
            trace.log(e.listener_count(NUM));
        })
    });
    *slot.lock().unwrap() = Some(subscription);
    e.on(NUM, trace.logs("b"));
    e.emit(NUM, 1);
    e.emit(NUM, 2);
    trace.expect("a1 1 b1 b2");
}

#[test]
fn a_listener_may_own_the_subscription_of_another() {
    // Rules 4 and 5: removing the owner drops the guard, which removes the other.
    let (e, trace) = setup();
    let owned = Mutex::new(Some(e.subscribe(NUM, trace.logs("b"))));
    let owner = e.on(NUM, move |n| {
        trace.log(format_args!(
            "a{n} with {}",
            owned.lock().unwrap().is_some()
        ));
    });
    e.emit(NUM, 1);
    trace.expect("b1 a1 with true");
    e.off(owner);
    assert_eq!(e.listener_count(NUM), 0);
}

#[test]
fn a_bag_removes_all_it_holds() {
    // `Subscriptions::{new, add, len, is_empty}`, of several events and emitters.
    const TEXT: Event<str> = Event::new("text");
    let (e, _) = setup();
    let f = EventEmitter::new();
    let alone = Signal::<i32>::new();
    let mut bag = Subscriptions::new();
    assert!(bag.is_empty());
    bag.add(e.subscribe(NUM, |_| {}));
    bag.add(e.subscribe(TEXT, |_| {}));
    bag.add(f.subscribe(NUM, |_| {}));
    bag.add(alone.subscribe(|_| {}));
    assert_eq!((bag.len(), bag.is_empty()), (4, false));
    assert_eq!((e.emit(NUM, 1), f.emit(NUM, 1), alone.emit(1)), (1, 1, 1));
    drop(bag);
    assert_eq!((e.emit(NUM, 1), f.emit(NUM, 1), alone.emit(1)), (0, 0, 0));
    assert!(!e.has_listeners(TEXT));
}

#[test]
fn a_bag_removes_all_also_if_a_hook_panics_at_each() {
    // As `off_all` and `clear` do: one of the panics goes on.
    let (e, _) = setup();
    e.on(LISTENER_REMOVED, |info| panic!("{}", info.label().unwrap()));
    let fill = || -> Subscriptions {
        let add = |label| e.listen(NUM).label(label).subscribe(|_| {});
        ["first", "second", "third"].map(add).into_iter().collect()
    };
    let mut bag = fill();
    assert_eq!(panic_text(|| bag.clear()), "first");
    assert!(bag.is_empty());
    assert_eq!(panic_text(|| drop(fill())), "first");
    assert!(!e.has_listeners(NUM));
}

#[test]
fn a_bag_may_be_cleared_and_filled_again() {
    // `clear` removes the listeners and keeps the bag.
    let (e, _) = setup();
    let mut bag = Subscriptions::new();
    bag.add(e.subscribe(NUM, |_| {}));
    bag.clear();
    assert!(bag.is_empty());
    assert_eq!(e.listener_count(NUM), 0);
    bag.add(e.subscribe(NUM, |_| {}));
    assert_eq!((bag.len(), e.listener_count(NUM)), (1, 1));
}

#[test]
fn a_detached_bag_leaves_the_listeners() {
    // `detach`: as for one subscription.
    let (e, _) = setup();
    let mut bag = Subscriptions::new();
    bag.add(e.subscribe(NUM, |_| {}));
    bag.add(e.subscribe(OTHER, |_| {}));
    let _ = bag.detach();
    assert_eq!((e.emit(NUM, 1), e.emit(OTHER, 1)), (1, 1));
}

#[test]
fn a_bag_collects_and_extends() {
    // `Extend`, `FromIterator`.
    let (e, trace) = setup();
    let mut bag: Subscriptions = ["a", "b"]
        .into_iter()
        .map(|name| e.subscribe(NUM, trace.logs(name)))
        .collect();
    bag.extend([e.subscribe(NUM, trace.logs("c"))]);
    assert_eq!(bag.len(), 3);
    e.emit(NUM, 1);
    trace.expect("a1 b1 c1");
    drop(bag);
    assert_eq!(e.emit(NUM, 2), 0);
}

#[test]
fn a_bag_dropped_inside_a_listener_ends_the_emit_for_its_own() {
    // Rules 2 and 4: all of them, the running one too, in the middle of an emit.
    let (e, trace) = setup();
    let slot = Arc::new(Mutex::new(Subscriptions::new()));
    let first = e.subscribe(NUM, {
        let slot = Arc::clone(&slot);
        move |n| {
            trace.log(format_args!("a{n}"));
            let bag = std::mem::take(&mut *slot.lock().unwrap());
            drop(bag);
        }
    });
    let rest = ["b", "c"].map(|name| e.subscribe(NUM, trace.logs(name)));
    e.on(NUM, trace.logs("d"));
    slot.lock().unwrap().extend([first].into_iter().chain(rest));
    assert_eq!(e.emit(NUM, 1), 2);
    assert_eq!(e.emit(NUM, 2), 1);
    trace.expect("a1 d1 d2");
}
