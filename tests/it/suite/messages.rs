//! Every text that a user may get to read, whole.

use super::*;
use std::error::Error;

/// Where the listener at `index` of `event` was registered, as texts show it.
fn site(emitter: &EventEmitter, event: Event<i32>, index: usize) -> String {
    emitter.listeners(event)[index].location().to_string()
}

#[test]
fn a_listeners_error_names_event_and_site_and_leaves_the_cause_to_its_source() {
    let (e, trace) = setup();
    e.on(NUM, fails(trace, "a", "boom"));
    let errors = listener_errors(e.try_emit(NUM, 1));
    let error = errors.iter().next().unwrap();
    let site = site(&e, NUM, 0);
    let text = format!("listener of `num`, registered at {site}, returned an error");
    assert_eq!(error.to_string(), text);
    assert_eq!(error.source().unwrap().to_string(), "boom");
}

#[test]
fn a_label_is_part_of_the_text() {
    let (e, trace) = setup();
    e.listen(NUM).label("audit").on(fails(trace, "a", "boom"));
    let errors = listener_errors(e.try_emit(NUM, 1));
    let site = site(&e, NUM, 0);
    let text = format!("listener `audit` of `num`, registered at {site}, returned an error");
    assert_eq!(errors.iter().next().unwrap().to_string(), text);
}

#[test]
fn an_isolated_panic_is_told_with_its_message() {
    let (e, _) = isolating();
    e.on(NUM, |n| {
        if *n == 1 {
            panic!("out of {}", "ink");
        }
        std::panic::panic_any(*n);
    });
    let site = site(&e, NUM, 0);
    for (n, text) in [(1, "out of ink"), (2, "a value that is not a string")] {
        let errors = listener_errors(e.try_emit(NUM, n));
        let error = errors.iter().next().unwrap();
        let text = format!("listener of `num`, registered at {site}, panicked: {text}");
        assert_eq!(error.to_string(), text);
        assert!(error.source().is_none());
    }
}

#[test]
fn a_refused_re_entry_says_what_to_do() {
    let (e, trace) = setup();
    let nested = within(&e, |e, n| e.try_emit(OTHER, n));
    e.on_mut(OTHER, move |n| {
        if let Err(errors) = nested(n) {
            trace.log(listener_errors(Err(errors)).into_vec()[0].to_string());
        }
    });
    e.emit(OTHER, 1);
    let site = site(&e, OTHER, 0);
    trace.expect(&format!(
        "listener of `other`, registered at {site}, was not called: it is an `on_mut` listener and \
         still running; use `on` with interior mutability to allow re-entry"
    ));
}

#[test]
fn errors_of_an_emit_are_counted() {
    let (e, trace) = setup();
    e.on(NUM, fails(trace, "a", "boom"));
    let errors = listener_errors(e.try_emit(NUM, 1));
    assert_eq!(
        errors.to_string(),
        "1 listener error in an emit of `num` that called 1 listener"
    );
    let first = errors.source().unwrap().to_string();
    assert!(first.starts_with("listener of `num`"), "{first}");

    e.on(NUM, |_| ());
    e.on(NUM, fails(trace, "b", "bang"));
    let error = e.try_emit(NUM, 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "2 listener errors in an emit of `num` that called 3 listeners"
    );
}

#[test]
fn an_unhandled_error_says_where_it_could_have_gone() {
    let (e, trace) = setup();
    e.listen(NUM).label("audit").on(fails(trace, "a", "boom"));
    let site = site(&e, NUM, 0);
    let first = format!("unhandled error: listener `audit` of `num`, registered at {site}, ");
    let advice = "; listen to `oyez::meta::LISTENER_ERROR` or use `try_emit`";
    let text = panic_text(|| e.emit(NUM, 1));
    assert_eq!(text, format!("{first}returned an error: boom{advice}"));

    e.on(NUM, fails(trace, "b", "bang"));
    let text = panic_text(|| e.emit(NUM, 1));
    assert_eq!(
        text,
        format!("{first}returned an error: boom (and 1 more){advice}")
    );
}

#[test]
fn an_unhandled_error_names_no_place_where_it_could_not_have_gone() {
    // A signal alone has no `meta` events, and the error of one who is told errors goes to nobody.
    let advice = "; use `try_emit`, or deal with it in the listener";
    let (e, trace) = setup();
    let alone = Signal::<i32>::named("alone");
    alone.on(fails(trace, "a", "boom"));
    let site = alone.listeners()[0].location();
    let text = format!("unhandled error: listener of `alone`, registered at {site}, ");
    assert_eq!(
        panic_text(|| alone.emit(1)),
        format!("{text}returned an error: boom{advice}")
    );

    e.on(NUM, fails(trace, "b", "bang"));
    e.on(LISTENER_ERROR, |_| Err::<(), _>("deaf"));
    let (name, site) = (
        LISTENER_ERROR.name(),
        e.listeners(LISTENER_ERROR)[0].location(),
    );
    let text = format!("unhandled error: listener of `{name}`, registered at {site}, ");
    assert_eq!(
        panic_text(|| e.emit(NUM, 1)),
        format!("{text}returned an error: deaf{advice}")
    );
}

#[test]
fn too_deep_shows_both_ends_of_the_chain_and_the_culprit() {
    // A chain of six links is shown whole; of a longer one, three at either end, and the link that is
    // there most often.
    for (limit, hidden) in [(1, None), (6, None), (7, Some("(1 more) -> "))] {
        let e = EventEmitter::builder().max_depth(limit).build();
        let trace = Trace::new();
        e.on(
            NUM,
            within(&e, move |e, n| match e.try_emit(NUM, n + 1) {
                Err(EmitError::TooDeep(refusal)) => trace.log(refusal.to_string()),
                other => assert_eq!(other.unwrap(), 1),
            }),
        );
        e.emit(NUM, 1);
        let culprit = format!("`num` at {}", site(&e, NUM, 0));
        let link = format!("{culprit} -> ");
        let (shown, culprit) = match hidden {
            None => (link.repeat(limit), String::new()),
            Some(hidden) => (
                format!("{0}{hidden}{0}", link.repeat(3)),
                format!("; 7 of the 7 are {culprit}"),
            ),
        };
        trace.expect(&format!(
            "emit of `num` refused: the depth limit of `{limit}` nested emits is reached; \
             {shown}`num`{culprit}; end the recursion, or raise `max_depth`"
        ));
    }
}

#[test]
fn a_refused_emit_panics_with_the_refusal() {
    let e = EventEmitter::builder().max_depth(1).build();
    e.on(NUM, within(&e, |e, n| _ = e.emit(NUM, n + 1)));
    let site = site(&e, NUM, 0);
    let text = panic_text(|| e.emit(NUM, 1));
    assert_eq!(
        text,
        format!(
            "emit of `num` refused: the depth limit of `1` nested emits is reached; \
             `num` at {site} -> `num`; end the recursion, or raise `max_depth`"
        )
    );
}

#[test]
fn misuse_is_told_in_numbers() {
    let e = EventEmitter::new();
    assert_eq!(
        panic_text(|| e.times(NUM, 0, |_| ())),
        "a listener for 0 calls would never be called; the least is 1"
    );
    assert_eq!(
        panic_text(|| EventEmitter::builder().max_depth(0)),
        "a depth limit of 0 would refuse every emit; the least is 1"
    );
}

#[test]
fn debug_shows_what_one_looks_for() {
    let e = EventEmitter::builder().name("shop").build();
    e.on(NUM, |_| ());
    assert_eq!(
        format!("{e:?}"),
        r#"EventEmitter { name: Some("shop"), event_names: ["num"] }"#
    );
    assert_eq!(
        format!("{:?}", e.signal(NUM)),
        r#"Signal { event: Event<i32>("num"), listener_count: 1 }"#
    );
}

#[test]
fn debug_shows_the_policy_of_a_builder_once() {
    let builder = EventEmitter::builder().panics(PanicPolicy::Isolate);
    let text = format!("{builder:?}");
    assert_eq!(text.matches("panics").count(), 1, "{text}");
    assert_contains(&text, &["Isolate"]);
}

#[test]
fn debug_shows_no_policy_of_a_listener_in_the_making() {
    // It is the emitter's.
    let e = EventEmitter::builder().panics(PanicPolicy::Isolate).build();
    let text = format!("{:?}", e.listen(NUM));
    assert_contains(
        &text,
        &["Options", "priority", "limit", "label", "location"],
    );
    for policy in ["isolated", "Isolate", "panics"] {
        assert!(!text.contains(policy), "{text}");
    }
}

#[test]
fn debug_shows_a_handle_by_what_it_is_to() {
    // Weak handles, builders, subscriptions, and what a tap sees.
    let (e, trace) = setup();
    assert_eq!(format!("{:?}", e.downgrade()), "WeakEmitter { .. }");
    let builder = EventEmitter::builder().name("shop");
    assert_contains(&format!("{builder:?}"), &["EmitterBuilder", "shop"]);
    let listen = e.listen(NUM).label("audit");
    assert_contains(&format!("{listen:?}"), &[r#"Event<i32>("num")"#, "audit"]);
    let subscription = e.subscribe(NUM, |_| ());
    let id = subscription.id();
    let one = format!("Subscription {{ id: {id:?}, .. }}");
    assert_eq!(format!("{subscription:?}"), one);
    let bag = Subscriptions::from_iter([subscription]);
    assert_eq!(format!("{bag:?}"), format!("[{one}]"));
    e.on_any(move |any| trace.log(format_args!("{any:?}")));
    e.emit(NUM, 1);
    trace.expect(r#"AnyEvent { name: "num", type_name: "i32", .. }"#);
}
