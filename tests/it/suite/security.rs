//! What a hostile listener, error or `Drop` does to an emitter: the rows of `docs::limitations` that no
//! other module shows.

use super::*;
use std::error::Error;
use std::fmt;

/// An error that does something while somebody reads it.
struct Hostile<F>(F);

impl<F: Fn()> fmt::Display for Hostile<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)();
        f.write_str("hostile")
    }
}

impl<F> fmt::Debug for Hostile<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hostile")
    }
}

impl<F: Fn()> Error for Hostile<F> {}

#[test]
fn an_error_whose_text_panics_is_one_panic_and_no_more() {
    // The text is made for the panic of an unhandled error, and nowhere else: the second listener has
    // run by then, and the emitter is whole.
    let (e, trace) = setup();
    e.on(NUM, |_| Err::<(), _>(Hostile(|| panic!("hostile"))));
    e.on(NUM, trace.logs("b"));
    for n in [1, 2] {
        assert_eq!(panic_text(|| e.emit(NUM, n)), "hostile");
    }
    trace.expect("b1 b2");
    assert_eq!(listener_errors(e.try_emit(NUM, 3)).called(), 2);
    let id = e.on(LISTENER_ERROR, |_| ());
    assert_eq!(e.emit(NUM, 4), 2);
    assert!(e.off(id));
    assert_eq!(e.clear(), 2);
    trace.expect("b3 b4");
}

#[test]
fn an_error_whose_text_changes_the_emitter_finds_it_unlocked() {
    // Nothing is held while a text is made: it removes the listener whose error it is, adds one and emits.
    // An error is `Send`, so it finds the emitter of either flavour by its thread.
    std::thread_local! {
        static EMITTER: EventEmitter = const { EventEmitter::new() };
    }
    in_time(|| {
        let (e, trace) = (EMITTER.with(Clone::clone), Trace::new());
        let meddle = move || {
            EMITTER.with(|e| {
                assert_eq!(e.off_all(NUM), 1);
                e.on(NUM, trace.logs("new"));
                e.emit(NUM, 2);
            });
        };
        e.on(NUM, move |_| Err::<(), _>(Hostile(meddle)));
        assert_contains(&panic_text(|| e.emit(NUM, 1)), &["hostile"]);
        trace.expect("new2");
        assert_eq!(e.emit(NUM, 3), 1);
        trace.expect("new3");
    });
}

#[test]
fn a_panic_within_a_panic_is_isolated_as_one() {
    // Under `Isolate`: what was thrown panics as it is dropped, the first time and every other.
    let (e, trace) = isolating();
    hear_errors(&e, trace);
    e.on(NUM, |_| std::panic::panic_any(OnDrop(|| panic!("again"))));
    e.on(NUM, trace.logs("b"));
    for n in [1, 2] {
        assert_eq!(e.emit(NUM, n), 2);
    }
    trace.expect("!a value that is not a string b1 !a value that is not a string b2");
}

/// What a listener owns that registers its like when it is dropped.
struct Phoenix(WeakEmitter, Trace);

impl Phoenix {
    fn register(e: &EventEmitter, trace: Trace) -> ListenerId {
        let phoenix = Self(e.downgrade(), trace);
        e.on(NUM, move |n| phoenix.log(n))
    }

    fn log(&self, n: &i32) {
        self.1.log(n);
    }
}

impl Drop for Phoenix {
    fn drop(&mut self) {
        self.1.log("again");
        if let Some(e) = self.0.upgrade() {
            Self::register(&e, self.1);
        }
    }
}

#[test]
fn a_listener_that_registers_its_like_as_it_is_dropped_keeps_no_removal_from_ending() {
    // Each way to remove takes what was there, and the emitter goes for good.
    in_time(|| {
        let (e, trace) = setup();
        let id = Phoenix::register(&e, trace);
        assert!(e.off(id));
        trace.expect("again");
        assert_eq!(e.off_all(NUM), 1);
        trace.expect("again");
        assert_eq!(e.clear(), 1);
        trace.expect("again");
        e.prepend(NUM, within(&e, |e, _| _ = e.off_all(NUM)));
        assert_eq!(e.emit(NUM, 1), 1);
        trace.expect("again");
        assert_eq!(e.listener_count(NUM), 1);
        drop(e);
        trace.expect("again");
    });
}

/// Under `--cfg oyez_small` an event has a thousand listeners at most.
#[test]
#[cfg(oyez_small)]
fn one_listener_too_many_is_refused_and_leaves_all_as_it_was() {
    // The panic names the limit. The closure that is not kept is dropped, and may use the emitter: nothing is
    // held. Then there is room again.
    in_time(|| {
        let (e, trace) = setup();
        let ids: Vec<_> = (0..1_000).map(|_| e.on(NUM, |_| ())).collect();
        for n in 1..=3 {
            let weak = e.downgrade();
            let last_words = OnDrop(move || {
                let e = weak.upgrade().unwrap();
                e.on(OTHER, |_| ());
                trace.log(format_args!("{} {}", e.listener_count(NUM), e.emit(NUM, 1)));
            });
            let text = panic_text(|| e.on(NUM, move |_| last_words.hold()));
            assert_eq!(text, "no more than 1000 listeners of one event");
            trace.expect("1000 1000");
            assert_eq!(e.listener_count(OTHER), n);
        }
        assert!(e.off(ids[500]));
        assert_eq!(e.emit(NUM, 1), 999);
        e.on(NUM, trace.logs("z"));
        assert_eq!(e.emit(NUM, 2), 1_000);
        trace.expect("z2");
        assert!(ids.iter().filter(|id| e.off(**id)).count() == 999);
        assert_eq!(e.emit(NUM, 3), 1);
    });
}

#[cfg(oyez_small)]
#[test]
fn one_registration_too_many_is_refused_and_the_others_stay() {
    // Births come to their end: none is used twice, so no id that went out before names anybody else. In a
    // process of its own, since the thread-safe flavour has one count of them.
    let (e, trace) = setup();
    let kept = e.on(NUM, trace.logs("a"));
    let stale = e.on(NUM, |_| ());
    assert!(e.off(stale));
    let register = || {
        loop {
            let id = e.on(NUM, |_| ());
            assert!(e.off(id) && id != stale && id != kept);
        }
    };
    for _ in 0..3 {
        assert_eq!(panic_text(register), "no more than 100000 registrations");
        assert_eq!((e.emit(NUM, 1), e.off(stale)), (1, false));
        trace.expect("a1");
    }
    assert!(e.off(kept) && !e.off(kept));
    assert_eq!(e.emit(NUM, 2), 0);
}

#[cfg(oyez_small)]
#[test]
fn one_event_too_many_is_refused_and_the_others_stay() {
    // The closure that is not kept is dropped, and may use the emitter: nothing is held.
    let names = "x".repeat(1_000).leak();
    let (e, trace) = setup();
    e.on(NUM, trace.logs("a"));
    let event = |n: usize| Event::<i32>::new(&names[..n]);
    (1..1_000).for_each(|n| _ = e.on(event(n), |_| ()));
    for n in 1..=3 {
        let weak = e.downgrade();
        let last_words = OnDrop(move || {
            let e = weak.upgrade().unwrap();
            e.on(NUM, |_| ());
            trace.log(e.event_names().len());
        });
        let text = panic_text(|| e.on(event(1_000), move |_| last_words.hold()));
        assert_eq!(text, "no more than 1000 events of one emitter");
        trace.expect("1000");
        assert_eq!(
            (e.emit(event(1_000), n), e.listener_count(NUM)),
            (0, 1 + n as usize)
        );
    }
    assert_eq!((e.emit(NUM, 1), e.emit(event(999), 1)), (4, 1));
    trace.expect("a1");
}

#[test]
fn a_listener_that_stops_the_others_shows_in_the_count_and_stops_no_tap() {
    // It puts itself before all that are there. Whoever comes later, or has a higher priority, is before it.
    let (e, trace) = setup();
    e.on_any(move |any| trace.log(any.name()));
    e.on(NUM, trace.logs("a"));
    e.listen(NUM).priority(1).on(trace.logs("guard"));
    e.prepend(NUM, |_| Flow::Stop);
    assert_eq!((e.emit(NUM, 1), e.listener_count(NUM)), (2, 3));
    trace.expect("num guard1");
}

#[test]
fn a_listener_that_clears_the_emitter_is_told_of_to_those_it_removes() {
    // Whoever has a handle may remove all. That the hook is removed as well is what it hears last.
    let (e, trace) = setup();
    e.on(LISTENER_REMOVED, move |info| {
        trace.log(info.label().unwrap_or("-"));
    });
    e.on(NUM, within(&e, move |e, _| trace.log(e.clear())));
    e.listen(NUM).label("audit").on(trace.logs("never"));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("- audit 3");
    assert_eq!(e.emit(NUM, 2), 0);
}

#[test]
fn an_error_whose_text_fails_again_meets_the_limit() {
    // "Never a stack overflow": the text of an unhandled error is made within the emit that panics with it.
    std::thread_local! {
        static EMITTER: EventEmitter = const { EventEmitter::new() };
    }
    in_a_process(
        module_path!(),
        "an_error_whose_text_fails_again_meets_the_limit",
        || {
            let e = EMITTER.with(Clone::clone);
            let fail = || _ = EMITTER.with(|e| e.emit(NUM, 2));
            e.on(NUM, move |_| Err::<(), _>(Hostile(fail)));
            assert_contains(&panic_text(|| e.emit(NUM, 1)), &["num", "128"]);
            e.clear();
            e.on(NUM, |_| ());
            assert_eq!(e.emit(NUM, 3), 1);
        },
    );
}
