//! Rule 1: higher priority first, then registration order, and nested emits depth-first.

use super::*;
use std::sync::LazyLock;

#[test]
fn listeners_run_in_the_order_of_registration() {
    // Three of one priority.
    let (e, trace) = setup();
    e.on(NUM, trace.logs("a"));
    e.on(NUM, trace.logs("b"));
    e.on(NUM, trace.logs("c"));
    e.emit(NUM, 1);
    trace.expect("a1 b1 c1");
}

#[test]
fn a_prepended_listener_runs_before_those_already_there() {
    // The last one prepended is first, and a `once` has its place like any other.
    let (e, trace) = setup();
    e.on(NUM, move |_| trace.log("1"));
    e.prepend(NUM, move |_| trace.log("2"));
    e.prepend(NUM, move |_| trace.log("3"));
    e.prepend_once(NUM, move |_| trace.log("4"));
    e.emit(NUM, 0);
    trace.log(";");
    e.emit(NUM, 0);
    trace.expect("4 3 2 1 ; 3 2 1");
}

#[test]
fn a_higher_priority_runs_first_and_ties_keep_their_order() {
    // Below 0 as well, and a prepended one is first of its priority only.
    let (e, trace) = setup();
    e.listen(NUM).priority(0).on(trace.logs("a"));
    e.listen(NUM).priority(10).on(trace.logs("b"));
    e.listen(NUM).priority(0).on(trace.logs("c"));
    e.listen(NUM).priority(-5).on(trace.logs("d"));
    e.listen(NUM).priority(10).on(trace.logs("e"));
    e.emit(NUM, 1);
    trace.expect("b1 e1 a1 c1 d1");

    e.prepend(NUM, trace.logs("f"));
    e.emit(NUM, 2);
    trace.expect("b2 e2 f2 a2 c2 d2");
}

#[test]
fn prepend_is_first_only_among_its_own_priority() {
    // Rule 1 with the builder's `prepend`, at the top, the middle and the bottom.
    let (e, trace) = setup();
    e.listen(NUM).priority(5).on(trace.logs("a"));
    e.on(NUM, trace.logs("b"));
    e.listen(NUM).priority(-5).on(trace.logs("c"));
    e.listen(NUM).priority(5).prepend().on(trace.logs("A"));
    e.listen(NUM).prepend().on(trace.logs("B"));
    e.listen(NUM).prepend().priority(-5).on(trace.logs("C"));
    e.emit(NUM, 1);
    trace.expect("A1 a1 B1 b1 C1 c1");
}

#[test]
fn the_ends_of_the_range_of_priorities_are_priorities_like_others() {
    // Rule 1 at its limits.
    let (e, trace) = setup();
    e.listen(NUM).priority(i32::MIN).on(trace.logs("low"));
    e.on(NUM, trace.logs("mid"));
    e.listen(NUM).priority(i32::MAX).on(trace.logs("high"));
    e.listen(NUM)
        .priority(i32::MAX)
        .prepend()
        .on(trace.logs("top"));
    e.listen(NUM)
        .priority(i32::MIN)
        .prepend()
        .on(trace.logs("lower"));
    e.emit(NUM, 1);
    trace.expect("top1 high1 mid1 lower1 low1");
}

#[test]
fn a_thousand_listeners_keep_their_order_through_removals() {
    // Rule 1 where lists have grown, shrunk and grown again: every priority, some gone.
    let (e, trace) = setup();
    let mut expected = Vec::new();
    for round in 0..2 {
        let ids: Vec<_> = (0..500)
            .map(|i| {
                let n = round * 500 + i;
                let priority = n * 7 % 5;
                expected.push((-priority, n));
                e.listen(NUM).priority(priority).on(move |_| trace.log(n))
            })
            .collect();
        for (i, id) in ids.iter().enumerate().filter(|(i, _)| i % 3 == 0) {
            assert!(e.off(*id));
            let n = round * 500 + i32::try_from(i).unwrap();
            expected.retain(|(_, gone)| *gone != n);
        }
    }
    expected.sort();
    let expected: Vec<_> = expected.iter().map(|(_, n)| n.to_string()).collect();
    assert_eq!(e.emit(NUM, 0), expected.len());
    trace.expect(&expected.join(" "));
}

#[test]
fn off_and_on_again_moves_to_the_end_and_gives_another_id() {
    // The same closure, behind what was added meanwhile.
    let (e, trace) = setup();
    let a = trace.logs("a");
    let first = e.on(NUM, a.clone());
    e.on(NUM, trace.logs("b"));
    assert!(e.off(first));
    let second = e.on(NUM, a);
    assert_ne!(first, second);
    e.emit(NUM, 1);
    trace.expect("b1 a1");
}

#[test]
fn the_same_closure_twice_is_two_listeners() {
    // Two ids and two calls; removing one leaves the other.
    let (e, trace) = setup();
    let a = trace.logs("a");
    let first = e.on(NUM, a.clone());
    let second = e.on(NUM, a);
    assert_ne!(first, second);
    assert_eq!(e.emit(NUM, 1), 2);
    trace.expect("a1 a1");
    assert!(e.off(first));
    assert_eq!(e.emit(NUM, 2), 1);
    trace.expect("a2");
}

#[test]
fn emit_is_synchronous() {
    // When it returns, all have been called.
    let (e, trace) = setup();
    e.on(NUM, move |_| trace.log("L1"));
    e.on(NUM, move |_| trace.log("L2"));
    trace.log("before");
    e.emit(NUM, 1);
    trace.log("after");
    trace.expect("before L1 L2 after");
}

#[test]
fn one_name_with_two_payload_types_is_two_events() {
    // Neither sees what is emitted to the other, or removed from it.
    const TEXT: Event<str> = Event::new("num");
    let (e, trace) = setup();
    e.on(NUM, trace.logs("number"));
    e.on(TEXT, trace.logs("text"));
    assert_eq!(e.emit(NUM, 1), 1);
    trace.expect("number1");
    assert_eq!(e.emit(TEXT, "1"), 1);
    trace.expect("text1");
    assert_eq!(e.off_all(TEXT), 1);
    assert_eq!(e.listener_count(NUM), 1);
}

#[test]
fn one_name_and_type_is_one_event_wherever_it_was_made() {
    // "Two events are the same event if name and type are equal": by content, not by address.
    let (e, trace) = setup();
    let names = ["num", "numb", "number"];
    e.on(NUM, trace.logs("a"));
    for name in names {
        let made = Event::<i32>::new(&name[..3]);
        assert_eq!(e.emit(made, 1), 1);
    }
    trace.expect("a1 a1 a1");
}

#[test]
fn each_of_many_events_is_found_by_name_and_type() {
    // 200 names that begin at one address, each with four types: more than have room where they are looked for
    // first. Each is found by that name, and by one of the same content elsewhere.
    const NAMES: usize = 200;
    static TEXTS: LazyLock<[String; 2]> = LazyLock::new(|| [(); 2].map(|()| "x".repeat(NAMES)));
    fn events(text: &'static str) -> impl Iterator<Item = &'static str> {
        (0..NAMES).map(move |len| &text[..len])
    }
    fn add<T: ?Sized + 'static>(e: &EventEmitter, name: &'static str, listeners: usize) {
        (0..listeners).for_each(|_| _ = e.on(Event::<T>::new(name), |_| ()));
    }
    let (e, _) = setup();
    for name in events(&TEXTS[0]) {
        add::<i32>(&e, name, 1);
        add::<str>(&e, name, 2);
        add::<[u8]>(&e, name, 3);
        add::<()>(&e, name, 4);
    }
    for name in TEXTS.iter().flat_map(|text| events(text)) {
        assert_eq!(e.emit(Event::<i32>::new(name), 1), 1);
        assert_eq!(e.emit(Event::<str>::new(name), "1"), 2);
        assert_eq!(e.emit(Event::<[u8]>::new(name), [1]), 3);
        assert_eq!(e.emit(Event::<()>::new(name), ()), 4);
        assert_eq!(e.emit(Event::<u64>::new(name), 1), 0);
    }
    assert!(e.event_names().into_iter().eq(events(&TEXTS[0])));
}

#[test]
fn a_name_may_be_empty() {
    // Any text is a name, and every other text is another.
    let (e, trace) = setup();
    let nameless = Event::<i32>::new("");
    e.on(NUM, trace.logs("a"));
    assert_eq!(e.emit(nameless, 1), 0);
    e.on(nameless, trace.logs("b"));
    assert_eq!((e.emit(nameless, 2), e.emit(NUM, 3)), (1, 1));
    trace.expect("b2 a3");
    assert_eq!(e.event_names(), ["num", ""]);
}

#[test]
fn a_nested_emit_of_the_same_event_is_depth_first() {
    // The inner emit calls all before the outer one goes on: `a1 a2 b2 b1`.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, n| {
            trace.log(format_args!("a{n}"));
            if n == 1 {
                e.emit(NUM, 2);
            }
        }),
    );
    e.on(NUM, trace.logs("b"));
    e.emit(NUM, 1);
    trace.expect("a1 a2 b2 b1");
}

#[test]
fn a_nested_emit_of_another_event_runs_to_its_end_in_the_middle() {
    // Between two words of the listener that emits.
    let (e, trace) = setup();
    e.on(
        NUM,
        within(&e, move |e, _| {
            trace.log("a1<");
            e.emit(OTHER, 1);
            trace.log(">a1");
        }),
    );
    e.on(NUM, move |_| trace.log("a2"));
    e.on(OTHER, move |_| trace.log("b"));
    e.emit(NUM, 1);
    trace.expect("a1< b >a1 a2");
}

#[test]
fn nested_emits_are_depth_first_across_emitters() {
    // Rule 1, on two emitters that call each other.
    let (e, trace) = setup();
    let f = EventEmitter::new();
    let to_f = f.downgrade();
    e.on(NUM, move |n| {
        trace.log(format_args!("e{n}"));
        to_f.upgrade().unwrap().emit(NUM, n + 1);
    });
    e.on(NUM, trace.logs("E"));
    let to_e = e.downgrade();
    f.on(NUM, move |n| {
        trace.log(format_args!("f{n}"));
        if *n < 4 {
            to_e.upgrade().unwrap().emit(NUM, n + 1);
        }
    });
    f.on(NUM, trace.logs("F"));
    e.emit(NUM, 1);
    trace.expect("e1 f2 e3 f4 F4 E3 F2 E1");
}
