//! `EventQueue` without a loop: order, snapshots, looking in, and when payloads go.

use super::*;
use crate::alloc::{allocations, live_bytes};
use std::sync::{Arc, LazyLock};

const TEXT: Event<str> = Event::new("text");

fn setup() -> (EventQueue, local::EventEmitter, Trace) {
    (EventQueue::new(), local::EventEmitter::new(), Trace::new())
}

/// Does the same with an emitter of each flavour.
macro_rules! with_both_flavours {
    (|$emitter:ident| $body:block) => {{
        let $emitter = oyez::EventEmitter::new();
        $body
        let $emitter = local::EventEmitter::new();
        $body
    }};
}

/// Posts numbers to a queue.
fn post_all(queue: &EventQueue, numbers: impl IntoIterator<Item = i32>) -> Vec<EventId> {
    let post = |n| queue.post(NUM, n).expect("there is room");
    numbers.into_iter().map(post).collect()
}

/// A listener of `NUM` that reaches the queue and its own emitter.
fn within(
    queue: &EventQueue,
    emitter: &local::EventEmitter,
    f: impl Fn(&EventQueue, &local::EventEmitter, i32) + 'static,
) -> impl Fn(&i32) + 'static {
    let (queue, weak) = (queue.clone(), emitter.downgrade());
    move |n| {
        f(
            &queue,
            &weak.upgrade().expect("it lives while it emits"),
            *n,
        )
    }
}

#[test]
fn events_of_different_types_keep_the_order_of_their_posts() {
    // Without a loop, by an emitter of either flavour.
    with_both_flavours!(|e| {
        let (q, trace) = (EventQueue::new(), Trace::new());
        e.on(NUM, trace.logs("n"));
        e.on(TEXT, move |text| trace.log(text));
        e.on(OTHER, trace.logs("o"));
        q.post(NUM, 1).unwrap();
        q.post(TEXT, "a").unwrap();
        q.post(OTHER, 2).unwrap();
        q.post(NUM, 3).unwrap();
        assert_eq!(q.len(), 4);
        trace.expect("");
        assert_eq!(q.dispatch(&e), 4);
        trace.expect("n1 a o2 n3");
        assert!(q.is_empty());
        assert_eq!(q.dispatch(&e), 0);
    });
}

#[test]
fn dispatch_one_dispatches_one() {
    // The oldest, by its id; `None` when there is none.
    with_both_flavours!(|e| {
        let (q, trace) = (EventQueue::new(), Trace::new());
        e.on(NUM, trace.logs("n"));
        let ids = post_all(&q, [1, 2]);
        assert_eq!(q.dispatch_one(&e), Some(ids[0]));
        trace.expect("n1");
        assert_eq!(q.len(), 1);
        assert_eq!(q.dispatch_one(&e), Some(ids[1]));
        trace.expect("n2");
        assert_eq!(q.dispatch_one(&e), None);
    });
}

#[test]
fn dispatch_is_a_snapshot() {
    // "the events present at entry": what a listener posts waits for the next dispatch.
    let (q, e, trace) = setup();
    e.on(
        NUM,
        within(&q, &e, move |q, _, n| {
            trace.log(n);
            // Not for ever: what fails is to fail, not to hang.
            if n < 100 {
                q.post(NUM, n + 10).unwrap();
            }
        }),
    );
    post_all(&q, [1, 2]);
    assert_eq!(q.dispatch(&e), 2);
    trace.expect("1 2");
    assert_eq!(q.dispatch(&e), 2);
    trace.expect("11 12");
    assert_eq!(q.len(), 2);
}

#[test]
fn the_snapshot_holds_also_where_a_higher_lane_would_come_first() {
    // The event posted inside is first in the queue, and was not present at entry.
    let (q, e, trace) = setup();
    e.on(
        NUM,
        within(&q, &e, move |q, _, n| {
            trace.log(n);
            if n == 1 {
                q.post_with(NUM, 9, Lane::High).unwrap();
            }
        }),
    );
    post_all(&q, [1, 2, 3]);
    assert_eq!(q.dispatch(&e), 3);
    trace.expect("1 2 3");
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("9");
}

#[test]
fn dispatch_may_be_called_from_inside_itself() {
    // Fine print: "waiting events are seen by the inner call; each returns how many it dispatched".
    // What was posted after the inner call is nobody's.
    let (q, e, trace) = setup();
    e.on(
        NUM,
        within(&q, &e, move |q, e, n| {
            trace.log(format_args!("{n}("));
            if n == 1 {
                post_all(q, [4]);
                let inner = q.dispatch(e);
                trace.log(format_args!("={inner}"));
                post_all(q, [5]);
            }
            trace.log(format_args!("){n}"));
        }),
    );
    post_all(&q, [1, 2, 3]);
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("1( 2( )2 3( )3 4( )4 =3 )1");
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("5( )5");
}

#[test]
fn dispatches_nest_as_deep_as_they_are_called() {
    // Each of four events dispatches what is left: one event for each call.
    let (q, e, trace) = setup();
    e.on(
        NUM,
        within(&q, &e, move |q, e, n| {
            trace.log(n);
            trace.log(format_args!("{n}={}", q.dispatch(e)));
        }),
    );
    post_all(&q, 1..=4);
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("1 2 3 4 4=0 3=1 2=1 1=1");
    assert!(q.is_empty());
}

#[test]
fn dispatch_one_from_inside_takes_the_next() {
    // The outer dispatch goes on behind it, and counts its own.
    let (q, e, trace) = setup();
    e.on(
        NUM,
        within(&q, &e, move |q, e, n| {
            trace.log(n);
            if n == 1 {
                trace.log(format_args!("{}", q.dispatch_one(e).is_some()));
            }
        }),
    );
    post_all(&q, 1..=3);
    assert_eq!(q.dispatch(&e), 2);
    trace.expect("1 2 true 3");
}

#[test]
fn a_payload_outlives_the_dispatches_inside_of_its_own() {
    // It is lent to the second listener after the first dispatched all the rest.
    let (q, e, trace) = setup();
    e.on(TEXT, {
        let (q, weak) = (q.clone(), e.downgrade());
        move |text| {
            if text == "outer" {
                q.dispatch(&weak.upgrade().unwrap());
                q.clear();
            }
        }
    });
    e.on(TEXT, move |text| trace.log(text));
    q.post(TEXT, String::from("outer")).unwrap();
    q.post(TEXT, String::from("inner")).unwrap();
    q.dispatch(&e);
    trace.expect("inner outer");
}

#[test]
fn an_event_is_cancelled_once() {
    // True, then false; of one that was dispatched: false.
    let (q, e, trace) = setup();
    e.on(NUM, trace.logs("n"));
    let ids = post_all(&q, 1..=3);
    assert!(q.cancel(ids[1]));
    assert!(!q.cancel(ids[1]));
    assert_eq!(self::ids(&q), [ids[0], ids[2]]);
    assert_eq!(q.dispatch(&e), 2);
    trace.expect("n1 n3");
    assert!(!q.cancel(ids[0]));
}

#[test]
fn ids_are_counted_from_1_and_never_reused() {
    // Also after a cancel, a clear and a dispatch; each queue counts for itself.
    for _ in 0..2 {
        let (q, e, _) = setup();
        let first = post_all(&q, [1])[0];
        assert_eq!(first.to_string(), "#1");
        let mut ids = vec![first];
        q.cancel(first);
        ids.extend(post_all(&q, 1..=3));
        q.clear();
        ids.extend(post_all(&q, 1..=3));
        q.dispatch(&e);
        ids.extend(post_all(&q, 1..=3));
        assert!(ids.is_sorted());
        ids.dedup();
        assert_eq!(ids.len(), 10);
    }
}

#[test]
fn a_listener_may_cancel_what_waits_behind_it() {
    // An event of the snapshot that is gone is passed over; the one that runs cannot be cancelled.
    let (q, e, trace) = setup();
    let ids = Rc::new(RefCell::new(Vec::new()));
    let known = Rc::clone(&ids);
    e.on(
        NUM,
        within(&q, &e, move |q, _, n| {
            trace.log(n);
            if n == 1 {
                let ids = known.borrow();
                trace.log(format_args!("{} {}", q.cancel(ids[0]), q.cancel(ids[1])));
            }
        }),
    );
    ids.borrow_mut().extend(post_all(&q, 1..=3));
    assert_eq!(q.dispatch(&e), 2);
    trace.expect("1 false true 3");
}

#[test]
fn clear_leaves_nothing() {
    // It counts what it removed; the dispatch under way finds nothing more.
    let (q, e, trace) = setup();
    e.on(
        NUM,
        within(&q, &e, move |q, _, n| {
            trace.log(n);
            trace.log(format_args!("cleared:{}", q.clear()));
        }),
    );
    post_all(&q, 1..=3);
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("1 cleared:2");
    post_all(&q, 4..=5);
    assert_eq!(q.clear(), 2);
    assert_eq!(q.clear(), 0);
    assert_eq!(q.dispatch(&e), 0);
}

#[test]
fn a_payload_is_kept_until_its_turn_and_dropped_after_it() {
    // Each before the next event is dispatched.
    let (q, e, trace) = setup();
    e.on(HELD, move |_| trace.log("("));
    e.on(HELD, move |_| trace.log(")"));
    q.post(HELD, held(trace.probe("~a"))).unwrap();
    q.post(HELD, held(trace.probe("~b"))).unwrap();
    trace.expect("");
    q.dispatch(&e);
    trace.expect("( ) ~a ( ) ~b");
}

#[test]
fn a_payload_is_dropped_before_cancel_or_clear_returns() {
    // Fine print, from outside and from inside a dispatch.
    let (q, e, trace) = setup();
    let post = |name| q.post(HELD, held(trace.probe(name))).unwrap();
    q.cancel(post("~a"));
    trace.expect("~a");
    post("~b");
    post("~c");
    q.clear();
    trace.expect("~b ~c");
    e.on(
        NUM,
        within(&q, &e, move |q, _, _| {
            trace.log("(");
            let id = ids(q)[0];
            q.cancel(id);
            trace.log(",");
            q.clear();
            trace.log(")");
        }),
    );
    q.post(NUM, 1).unwrap();
    post("~d");
    post("~e");
    q.dispatch(&e);
    trace.expect("( ~d , ~e )");
}

#[test]
fn the_last_handle_drops_each_payload_once() {
    // `Clone` is another handle, not a copy.
    let (q, _, trace) = setup();
    let clone = q.clone();
    q.post(HELD, held(trace.probe("~a"))).unwrap();
    clone.post(HELD, held(trace.probe("~b"))).unwrap();
    assert_eq!((q.len(), clone.len()), (2, 2));
    drop(q);
    trace.expect("");
    drop(clone);
    trace.expect("~a ~b");
}

#[test]
fn the_drop_of_a_payload_may_use_the_queue() {
    // Rule 4: "No lock, no borrow held while user code runs", in `dispatch`, `cancel` and `clear`.
    let (q, e, trace) = setup();
    e.on(NUM, trace.logs("n"));
    let bomb = || {
        let q2 = q.clone();
        let id = q.post(HELD, held(()));
        let id = id.unwrap();
        let meddle = move || {
            trace.log(format_args!("len:{}", q2.len()));
            trace.log(q2.events().len());
            trace.log(q2.cancel(id));
            q2.post(NUM, 7).unwrap();
        };
        q.post(HELD, held(OnDrop(meddle))).unwrap()
    };
    q.cancel(bomb());
    trace.expect("len:1 1 true");
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("n7");
    bomb();
    assert_eq!(q.clear(), 2);
    trace.expect("len:0 0 false");
    assert_eq!(q.clear(), 1);
    bomb();
    assert_eq!(q.dispatch(&e), 2);
    trace.expect("len:0 0 false");
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("n7");
}

#[test]
fn a_payload_may_be_anything_that_can_be_lent() {
    // `Payload<T> + 'static`: the same as for `emit`, kept.
    trait Speak {
        fn speak(&self) -> String;
    }
    impl Speak for i32 {
        fn speak(&self) -> String {
            format!("I-am-{self}")
        }
    }
    const BYTES: Event<[u8]> = Event::new("bytes");
    const SPEAK: Event<dyn Speak> = Event::new("speak");
    const PAIR: Event<(u8, &'static str)> = Event::new("pair");
    const WORD: Event<&'static str> = Event::new("word");
    const DONE: Event<()> = Event::new("done");
    let (q, e, trace) = setup();
    e.on(TEXT, move |text| trace.log(text));
    e.on(BYTES, move |bytes| trace.log(bytes.iter().sum::<u8>()));
    e.on(SPEAK, move |speaker| trace.log(speaker.speak()));
    e.on(NUM, trace.logs("n"));
    e.on(PAIR, move |(n, s)| trace.log(format_args!("{n}{s}")));
    e.on(WORD, move |word| trace.log(word));
    e.on(DONE, move |()| trace.log("."));
    q.post(TEXT, "lit").unwrap();
    q.post(TEXT, String::from("own")).unwrap();
    q.post(TEXT, Box::<str>::from("box")).unwrap();
    q.post(TEXT, Rc::<str>::from("rc")).unwrap();
    q.post(TEXT, std::borrow::Cow::Borrowed("cow")).unwrap();
    q.post(BYTES, vec![1, 2]).unwrap();
    q.post(BYTES, [1, 2, 3]).unwrap();
    q.post(BYTES, b"\x04").unwrap();
    q.post(SPEAK, Box::new(7) as Box<dyn Speak>).unwrap();
    q.post(SPEAK, Rc::new(8) as Rc<dyn Speak>).unwrap();
    q.post(NUM, 1).unwrap();
    q.post(NUM, &2).unwrap();
    q.post(NUM, Rc::new(3)).unwrap();
    q.post(NUM, Arc::new(4)).unwrap();
    q.post(PAIR, (5, "five")).unwrap();
    q.post(WORD, "word").unwrap();
    q.post(DONE, ()).unwrap();
    q.dispatch(&e);
    trace.expect("lit own box rc cow 3 6 4 I-am-7 I-am-8 n1 n2 n3 n4 5five word .");
}

#[test]
fn a_payload_is_lent_as_it_was_posted() {
    // Never cloned: the listener sees the very `Rc` that was posted, once.
    let (q, e, _) = setup();
    let shared: Rc<str> = Rc::from("x");
    let at = shared.as_ptr();
    q.post(TEXT, Rc::clone(&shared)).unwrap();
    assert_eq!(Rc::strong_count(&shared), 2);
    e.on(TEXT, move |text| assert_eq!(text.as_ptr(), at));
    assert_eq!(q.dispatch(&e), 1);
    assert_eq!(Rc::strong_count(&shared), 1);
}

#[test]
fn events_tells_what_waits() {
    // In the order of dispatch: id, event, lane, label, location; nobody read a clock.
    let (q, _, _) = setup();
    assert!(q.is_empty());
    let line = line!() + 2;
    let options = PostOptions::new().lane(Lane::Low).label("later");
    let low = q.post_with(NUM, 1, options).unwrap();
    let plain = q.post(TEXT, "a").unwrap();
    let high = q.post_with(NUM, 2, Lane::High).unwrap();
    let events = q.events();
    assert!(!q.is_empty());
    assert_eq!(ids(&q), [high, plain, low]);
    assert_eq!(names(&q), ["num", "text", "num"]);
    let [high, plain, low] = &events[..] else {
        panic!("three were posted");
    };
    assert_eq!((high.lane(), high.label()), (Lane::High, None));
    assert_eq!((plain.lane(), plain.label()), (Lane::Normal, None));
    assert_eq!((low.lane(), low.label()), (Lane::Low, Some("later")));
    for (event, line) in [(low, line), (plain, line + 1), (high, line + 2)] {
        let at = event.location();
        assert_eq!((at.file(), at.line()), (file!(), line));
        assert_eq!(event.cause(), Cause::Outside);
        assert_eq!(event.posted_at(), None);
        assert_eq!(event.timer(), None);
    }
}

#[test]
fn looking_in_is_a_snapshot_without_effect() {
    // Taking it dispatches nothing, and what comes later does not change it.
    let (q, e, trace) = setup();
    e.on(NUM, trace.logs("n"));
    post_all(&q, [1]);
    let events = q.events();
    post_all(&q, [2]);
    assert_eq!(events.len(), 1);
    q.dispatch(&e);
    assert_eq!(events[0].event(), "num");
    trace.expect("n1 n2");
    assert!(q.events().is_empty());
}

#[test]
fn lanes_are_stable() {
    // Without a loop: two in each lane.
    let (q, e, trace) = setup();
    e.on(NUM, move |n| trace.log(n));
    let lanes = [Lane::Normal, Lane::High, Lane::Low];
    for (n, lane) in (1..).zip(lanes.into_iter().flat_map(|lane| [lane, lane])) {
        q.post_with(NUM, n, lane).unwrap();
    }
    assert_eq!(q.dispatch(&e), 6);
    trace.expect("3 4 1 2 5 6");
}

#[test]
fn a_bounded_queue_gives_back_what_it_refuses() {
    // Without a loop: `Full(payload)`; room comes with a dispatch, a cancel, a clear.
    let (q, e, trace) = (
        EventQueue::bounded(2),
        local::EventEmitter::new(),
        Trace::new(),
    );
    e.on(NUM, trace.logs("n"));
    let ids = post_all(&q, [1, 2]);
    let refused = q.post(NUM, 3).unwrap_err();
    assert!(refused.is_full() && !refused.is_closed());
    assert_eq!(refused.into_payload(), 3);
    assert!(matches!(
        q.post_with(NUM, 4, Lane::High),
        Err(PostError::Full(4))
    ));
    assert_eq!(q.len(), 2);
    q.cancel(ids[0]);
    post_all(&q, [5]);
    assert!(q.post(NUM, 6).unwrap_err().is_full());
    q.dispatch_one(&e);
    post_all(&q, [7]);
    q.dispatch(&e);
    trace.expect("n2 n5 n7");
    post_all(&q, [8, 9]);
    q.clear();
    post_all(&q, [8, 9]);
}

#[test]
fn an_id_that_was_not_given_is_not_missing() {
    // A refused post leaves no hole that anybody could cancel.
    let q = EventQueue::bounded(1);
    let first = q.post(NUM, 1).unwrap();
    q.post(NUM, 2).unwrap_err();
    q.clear();
    let second = q.post(NUM, 3).unwrap();
    assert!(first < second);
    assert!(!q.cancel(first));
    assert_eq!(q.len(), 1);
}

#[test]
fn nobody_listens_and_the_event_is_gone() {
    // Without a loop: it was dispatched; the emitter says `UNHANDLED`.
    let (q, e, trace) = setup();
    e.on(UNHANDLED, move |news| trace.log(news.event()));
    post_all(&q, [1]);
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("num");
    assert!(q.is_empty());
}

#[test]
fn each_dispatch_chooses_its_emitter() {
    // The queue knows none: events go to whomever it is asked to dispatch to.
    let (q, e, trace) = setup();
    let f = oyez::EventEmitter::new();
    e.on(NUM, trace.logs("e"));
    f.on(NUM, trace.logs("f"));
    post_all(&q, 1..=3);
    q.dispatch_one(&e);
    q.dispatch_one(&f);
    q.dispatch_one(&e);
    trace.expect("e1 f2 e3");
}

#[test]
fn a_panic_takes_its_own_event_and_no_other() {
    // The payload is dropped, the rest is kept and can be dispatched.
    let (q, e, trace) = setup();
    e.on(NUM, move |n| {
        trace.log(n);
        assert!(*n != 2, "boom");
    });
    e.on(HELD, |_| panic!("bang"));
    post_all(&q, 1..=2);
    q.post(HELD, held(trace.probe("~"))).unwrap();
    post_all(&q, [3]);
    assert_eq!(panic_text(|| q.dispatch(&e)), "boom");
    trace.expect("1 2");
    assert_eq!(panic_text(|| q.dispatch_one(&e)), "bang");
    trace.expect("~");
    assert_eq!(q.len(), 1);
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("3");
}

#[test]
fn an_unhandled_error_ends_the_dispatch_and_keeps_the_queue() {
    // Rule 6: it unwinds as it does out of `emit`; heard, it does not.
    let (q, e, trace) = setup();
    e.on(NUM, |n| if *n == 1 { Err("bad") } else { Ok(()) });
    e.on(NUM, trace.logs("n"));
    post_all(&q, 1..=2);
    assert_contains(&panic_text(|| q.dispatch(&e)), &["num", "bad"]);
    trace.expect("n1");
    assert_eq!(q.dispatch(&e), 1);
    trace.expect("n2");
    e.on(LISTENER_ERROR, move |_| trace.log("!"));
    post_all(&q, 1..=2);
    assert_eq!(q.dispatch(&e), 2);
    trace.expect("! n1 n2");
}

#[test]
fn posting_in_an_endless_circle_grows_neither_stack_nor_memory() {
    // Without a loop, 100,000 times. (An emit nested like this is refused at 128.)
    let (q, e, _) = setup();
    e.on(
        NUM,
        within(&q, &e, |q, _, n| _ = q.post(NUM, n + 1).unwrap()),
    );
    post_all(&q, [0]);
    let turns = |n| (0..n).for_each(|_| assert!(q.dispatch_one(&e).is_some()));
    turns(1_000);
    let before = live_bytes();
    turns(if cfg!(miri) { 100 } else { 100_000 });
    assert_eq!(live_bytes(), before);
    q.clear();
}

#[test]
fn what_waits_around_many_cancelled_events_stays() {
    // Before, between and behind them, so many that their places are swept.
    let (queue, e, trace) = setup();
    e.on(NUM, trace.logs("n"));
    let ids = post_all(&queue, 0..201);
    for (n, id) in ids.into_iter().enumerate() {
        assert!(n % 100 == 0 || queue.cancel(id));
    }
    assert_eq!(queue.len(), 3);
    queue.dispatch(&e);
    trace.expect("n0 n100 n200");
}

#[test]
fn cancelling_for_ever_does_not_grow_memory() {
    // Nothing is left of a cancelled event, beside events that stay and in a queue that is bounded.
    for q in [EventQueue::new(), EventQueue::bounded(3)] {
        post_all(&q, [1, 2]);
        let cycles = |n| {
            for _ in 0..n {
                assert!(q.cancel(q.post(TEXT, "x").unwrap()));
            }
        };
        cycles(if cfg!(miri) { 10 } else { 10_000 });
        let before = live_bytes();
        cycles(if cfg!(miri) { 100 } else { 100_000 });
        let grown = live_bytes() - before;
        assert!(grown <= 1_024, "{grown} bytes");
        assert_eq!(q.len(), 2);
    }
}

#[test]
fn cancelling_beside_many_does_not_grow_memory() {
    // Two at a time, so that the gaps between the events are never as many as one would count on.
    let (q, _, _) = setup();
    post_all(&q, 0..999);
    let cycles = |n| {
        for _ in 0..n {
            let ids = post_all(&q, [1, 2]);
            assert!(ids.into_iter().all(|id| q.cancel(id)));
        }
    };
    cycles(if cfg!(miri) { 10 } else { 2_000 });
    let before = live_bytes();
    cycles(if cfg!(miri) { 100 } else { 40_000 });
    let grown = live_bytes() - before;
    assert!(grown <= 1_024, "{grown} bytes");
    assert_eq!(q.len(), 999);
}

#[test]
fn a_listener_may_let_go_of_the_last_other_handle() {
    // The dispatch under way keeps what it needs.
    let (q, e, trace) = setup();
    let own = Rc::new(RefCell::new(Some(q.clone())));
    e.on(NUM, move |n| {
        trace.log(n);
        drop(own.borrow_mut().take());
    });
    post_all(&q, [1, 2]);
    assert_eq!(q.dispatch(&e), 2);
    trace.expect("1 2");
}

#[test]
fn a_post_and_its_dispatch_allocate_nothing_once_warm() {
    // A second batch of what a first has made room for: events of two kinds, for both flavours.
    const PAIR: Event<(u64, u64)> = Event::new("pair");
    with_both_flavours!(|e| {
        let q = EventQueue::new();
        e.on(PAIR, |_| ());
        e.on(TEXT, |_| ());
        let batch = || {
            for n in 0..100 {
                q.post(PAIR, (n, n)).unwrap();
                q.post_with(TEXT, "words", Lane::Low).unwrap();
            }
            assert_eq!(q.dispatch(&e), 200);
        };
        batch();
        assert_eq!(allocations(|| (0..3).for_each(|_| batch())), 0);
    });
}

#[test]
fn a_burst_allocates_nothing_that_one_before_has_made_room_for() {
    let (q, e, _) = setup();
    let burst = || {
        for n in 0..100_000 {
            q.post(NUM, n).unwrap();
        }
        assert_eq!(q.dispatch(&e), 100_000);
    };
    burst();
    assert_eq!(allocations(|| (0..3).for_each(|_| burst())), 0);
}

#[test]
fn the_memory_of_a_burst_comes_back_when_it_is_not_needed() {
    // Dispatched, cancelled, or cleared: behind the next events, which are few, what is left is little.
    let (q, e, _) = setup();
    let burst = if cfg!(miri) { 5_000 } else { 100_000 };
    let ends: [&dyn Fn(Vec<EventId>); 3] = [
        &|_| assert_eq!(q.dispatch(&e), burst as usize),
        &|ids| assert!(ids.into_iter().all(|id| q.cancel(id))),
        &|_| assert_eq!(q.clear(), burst as usize),
    ];
    for end in ends {
        let before = live_bytes();
        end(post_all(&q, 0..burst));
        post_all(&q, [1, 2]);
        assert_eq!(q.dispatch(&e), 2);
        let grown = live_bytes() - before;
        assert!(grown <= 1_024, "{grown} bytes");
    }
}

#[test]
fn a_name_at_many_addresses_takes_no_more_room() {
    // Names made at run time, or constants of several crates: the same event.
    static AGAIN: LazyLock<Vec<String>> = LazyLock::new(|| vec![NUM.name().to_owned(); 100]);
    let (q, e, trace) = setup();
    e.on(NUM, trace.logs(""));
    let post = |name: &'static str| {
        q.post(Event::<i32>::new(name), 1).unwrap();
        assert_eq!(q.dispatch(&e), 1);
        trace.expect("1");
    };
    post(NUM.name());
    post(&AGAIN[0]);
    let before = live_bytes();
    AGAIN.iter().for_each(|name| post(name));
    let grown = live_bytes() - before;
    assert!(grown <= 1_024, "{grown} bytes");
}

#[test]
fn names_with_one_hash_are_two_events() {
    // These two have the same FNV-1a.
    const ONE: Event<i32> = Event::new("8yn0iYCKYHlIj4-BwPqk");
    const TWO: Event<i32> = Event::new("GReLUrM4wMqfg9yzV3KQ");
    with_both_flavours!(|e| {
        let (q, trace) = (EventQueue::new(), Trace::new());
        e.on(ONE, move |n| trace.log(format_args!("a{n}")));
        e.on(TWO, move |n| trace.log(format_args!("b{n}")));
        for n in 0..2 {
            q.post(ONE, n).unwrap();
            q.post(TWO, n).unwrap();
        }
        assert_eq!(names(&q), [ONE, TWO, ONE, TWO].map(|event| event.name()));
        assert_eq!(q.dispatch(&e), 4);
        trace.expect("a0 b0 a1 b1");
        assert_eq!(e.event_names(), [ONE.name(), TWO.name()]);
        assert_eq!((e.emit(ONE, 2), e.emit(TWO, 2)), (1, 1));
        trace.expect("a2 b2");
    });
}

#[test]
fn events_of_many_names_and_types_keep_one_order() {
    // More names than a small table has places, each with two payload types, one name at two addresses.
    static NAMES: LazyLock<Vec<String>> =
        LazyLock::new(|| (0..40).map(|n| format!("name {n}")).collect());
    static AGAIN: LazyLock<String> = LazyLock::new(|| NAMES[7].clone());
    let (q, e, trace) = setup();
    for name in &*NAMES {
        let (t, u) = (trace, trace);
        e.on(Event::<i32>::new(name), move |n| t.log(n));
        e.on(Event::<str>::new(name), move |text| u.log(text));
    }
    let again = Event::<i32>::new(&AGAIN);
    for round in 0..2 {
        for name in &*NAMES {
            q.post(Event::<i32>::new(name), round).unwrap();
            q.post(Event::<str>::new(name), "s").unwrap();
            q.post(Event::<str>::new(name), String::from("S")).unwrap();
        }
        q.post(again, 7).unwrap();
    }
    assert_eq!(q.events()[120].event(), "name 7");
    assert_eq!(q.dispatch(&e), 242);
    let round = |n| format!("{} 7", vec![format!("{n} s S"); 40].join(" "));
    trace.expect(&format!("{} {}", round(0), round(1)));
}
