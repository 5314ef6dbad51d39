//! Every bound gives back what it refuses: `capacity`, `Overflow`, `on_evicted`, `Closed`.

use super::*;
use crate::alloc::live_bytes;

/// A loop for two events that drops the oldest, and logs what it dropped.
fn dropping() -> World {
    let trace = Trace::new();
    let hook = move |evicted: Evicted| {
        let word = evicted.with(|any| any.get(SAY).map(str::to_owned));
        trace.log(format_args!(
            "!{}{}{}",
            evicted.event(),
            evicted.id(),
            word.unwrap_or_default()
        ));
    };
    let w = World::built(|builder| {
        builder
            .capacity(2)
            .overflow(Overflow::DropOldest)
            .on_evicted(hook)
    });
    // Both log to the same.
    let w = World { trace, ..w };
    w.event_loop.emitter().off_all(SAY);
    w.event_loop.emitter().on(SAY, move |word| trace.log(word));
    w
}

#[test]
fn a_full_queue_refuses() {
    // Capacity 2; the third post gives `Full(payload)`. `Refuse` is the default.
    for w in [
        World::built(|builder| builder.capacity(2)),
        World::built(|builder| builder.capacity(2).overflow(Overflow::Refuse)),
    ] {
        w.say("a");
        w.say("b");
        let refused = w.h.post(SAY, String::from("c")).unwrap_err();
        assert!(matches!(&refused, PostError::Full(word) if word == "c"));
        assert!(refused.is_full() && !refused.is_closed());
        assert_eq!(refused.into_payload(), "c");
        let urgent = w.h.post_with(SAY, "d", Lane::High);
        assert!(urgent.unwrap_err().is_full());
        w.runs("a b");
        w.say("e");
        w.runs("e");
    }
}

#[test]
fn the_oldest_is_dropped_to_make_room() {
    // `DropOldest`: `Ok`, and the evicted one reaches `on_evicted` with its payload.
    let w = dropping();
    let ids = ["a", "b", "c", "d"].map(|word| w.say(word));
    w.trace.expect("!say#1a !say#2b");
    assert!(!w.h.cancel(ids[0]));
    assert_eq!(self::ids(&w.h.queue()), ids[2..]);
    w.runs("c d");
}

#[test]
fn on_evicted_is_told_before_post_returns() {
    // And the payload goes with the `Evicted`.
    let trace = Trace::new();
    let w = World::built(|builder| {
        builder
            .capacity(1)
            .overflow(Overflow::DropOldest)
            .on_evicted(move |evicted| {
                trace.log("evicted");
                drop(evicted);
                trace.log("over");
            })
    });
    w.h.post(HELD, held(trace.probe("~a"))).unwrap();
    trace.expect("");
    w.h.post(HELD, held(())).unwrap();
    trace.expect("evicted ~a over");
}

#[test]
fn what_is_dropped_unheard_is_dropped_before_post_returns() {
    // `DropOldest` without a hook.
    let w = World::built(|builder| builder.capacity(1).overflow(Overflow::DropOldest));
    w.h.post(HELD, held(w.trace.probe("~a"))).unwrap();
    w.say("b");
    w.trace.expect("~a");
    w.runs("b");
}

#[test]
fn on_evicted_may_use_the_loop() {
    // "called outside any borrow": it looks, cancels, emits, queues, and posts once. Each word is run
    // or evicted, once, and the bound holds.
    let (trace, later, posted) = (Trace::new(), Later::default(), Cell::new(false));
    let own = later.clone();
    let w = World::built(|builder| {
        builder
            .capacity(2)
            .overflow(Overflow::DropOldest)
            .on_evicted(move |evicted| {
                let h = own.get().unwrap();
                trace.log(evicted.with(|any| any.get(SAY).unwrap().to_owned()));
                assert!(!h.cancel(evicted.id()));
                assert!(h.queue().len() <= 2);
                h.emit(NUM, 1);
                h.queue_microtask(|_| ());
                h.clear_timer(h.set_timeout(ms(1), |_| ()));
                if !posted.replace(true) {
                    say(h, "from-the-hook");
                }
            })
    });
    later.set(&w.h);
    for word in ["a", "b", "c"] {
        w.say(word);
        assert!(w.h.queue().len() <= 2);
    }
    w.run();
    let told = format!("{} {}", trace.take(), w.trace.take());
    let mut told: Vec<_> = told.split(' ').collect();
    assert_eq!(told[0], "a");
    told.sort_unstable();
    assert_eq!(told, ["a", "b", "c", "from-the-hook"]);
}

#[test]
fn a_panic_in_on_evicted_unwinds_out_of_post() {
    // Rule 7: what was done is done, and the loop goes on.
    let w = World::built(|builder| {
        builder
            .capacity(1)
            .overflow(Overflow::DropOldest)
            .on_evicted(|_| panic!("boom"))
    });
    w.h.post(HELD, held(w.trace.probe("~a"))).unwrap();
    assert_eq!(panic_text(|| w.say("b")), "boom");
    assert!(w.trace.take().starts_with("~a"));
    w.run();
    w.is_well();
}

#[test]
fn the_event_now_running_takes_no_slot() {
    // With either overflow: of capacity 1, the handler may post one.
    for (overflow, told) in [
        (Overflow::Refuse, "false a"),
        (Overflow::DropOldest, "true b"),
    ] {
        let w = World::built(|builder| builder.capacity(1).overflow(overflow));
        let trace = w.trace;
        w.act(move |h| {
            say(h, "a");
            trace.log(h.post(SAY, "b").is_ok());
        });
        w.runs(told);
    }
}

#[test]
fn only_posts_take_slots() {
    // Microtasks, idle callbacks and timers that are not due wait elsewhere.
    let w = World::built(|builder| builder.capacity(1));
    let trace = w.trace;
    for _ in 0..3 {
        w.h.queue_microtask(move |_| trace.log("m"));
        w.h.queue_idle(move |_| trace.log("i"));
        w.h.set_timeout(ms(1), move |_| trace.log("t"));
        w.h.post_after(ms(1), SAY, "p");
    }
    w.say("a");
    w.runs("m m m a i i i t p t p t p");
}

#[test]
fn a_due_timer_takes_no_slot() {
    // Fine print: two are in the queue, and there is room for one post all the same.
    let w = World::built(|builder| builder.capacity(1));
    let trace = w.trace;
    w.act(move |h| {
        for event in h.queue().events() {
            trace.log(event.event());
        }
    });
    w.h.set_timeout(ms(1), move |h| {
        // The other one is due as well, and in the queue by now.
        trace.log(format_args!("{:?}", names(&h.queue())));
        say(h, "a");
        assert!(h.post(SAY, "b").unwrap_err().is_full());
    });
    w.h.post_after(ms(1), NUM, 1);
    w.clock.advance(ms(5));
    w.runs("(timer) num [\"num\"] a");
}

#[test]
fn a_full_queue_never_drops_a_due_timer() {
    // Nor does a due timer evict a post: three timers come due while two posts fill the queue.
    let w = dropping();
    let trace = w.trace;
    w.h.set_timeout(ms(1), move |_| trace.log("t1"));
    w.h.post_after(ms(1), SAY, "t2");
    w.h.set_timeout(ms(1), move |h| {
        trace.log("t3");
        for word in ["c", "d", "e"] {
            say(h, word);
        }
    });
    w.h.set_timeout(ms(1), move |_| trace.log("t4"));
    w.clock.advance(ms(5));
    w.say("a");
    w.say("b");
    w.run();
    let told = w.trace.take();
    assert_eq!(told.split('!').next(), Some("a b t1 t2 t3 "));
    assert!(told.ends_with("t4 d e"), "{told}");
}

#[test]
fn a_closed_loop_gives_back_what_it_refuses() {
    // `Closed(P)`, for every way to post.
    let w = World::new();
    let (h, proxy, queue) = (w.h.clone(), w.h.proxy(), w.h.queue());
    drop(w);
    let refused = h.post(SAY, String::from("a")).unwrap_err();
    assert!(refused.is_closed() && !refused.is_full());
    assert_eq!(refused.into_payload(), "a");
    assert!(matches!(
        h.post_with(NUM, 1, Lane::Low),
        Err(PostError::Closed(1))
    ));
    assert!(matches!(queue.post(NUM, 2), Err(PostError::Closed(2))));
    assert!(matches!(proxy.post(NUM, 3), Err(PostError::Closed(3))));
    assert!(matches!(
        proxy.post_with(NUM, 4, Lane::Low),
        Err(PostError::Closed(4))
    ));
    assert!(matches!(
        proxy.post_blocking(NUM, 5),
        Err(PostError::Closed(5))
    ));
}

#[test]
fn a_refused_payload_is_the_very_one() {
    // Not a copy, and not dropped on the way.
    let w = World::built(|builder| builder.capacity(1));
    w.say("a");
    let payload = Box::new(7);
    let at = &raw const *payload;
    let back = w.h.post(NUM, payload).unwrap_err().into_payload();
    assert_eq!(&raw const *back, at);
    let back = w.h.post(HELD, held(w.trace.probe("~"))).unwrap_err();
    w.trace.expect("");
    drop(back);
    w.trace.expect("~");
}

#[test]
fn an_event_that_makes_room_for_itself_is_in_order() {
    // `DropOldest` in a flood: the last two of a hundred, each evicted one told once.
    let w = dropping();
    for _ in 0..100 {
        w.say("x");
    }
    assert_eq!(w.trace.take().split(' ').count(), 98);
    assert_eq!(w.h.queue().len(), 2);
    w.runs("x x");
}

#[test]
fn what_is_dropped_behind_what_must_not_go_is_forgotten() {
    // "O(k + log n), for k events of timers and other threads": what was dropped before is not passed again, so nothing
    // remembers it. Of one kind, and of two that take turns, behind and between letters.
    let many = if cfg!(miri) { 20 } else { 2_000 };
    for kinds in [1, 2] {
        let builder = EventLoop::builder().capacity(many as usize);
        let event_loop = builder.overflow(Overflow::DropOldest).build();
        let (h, trace) = (event_loop.handle(), Trace::new());
        let post = |n: i32| {
            let event = if n % kinds == 0 { NUM } else { OTHER };
            h.post(event, n).unwrap();
        };
        (1..=2).for_each(post);
        for letter in [-1, -2] {
            let proxy = h.proxy();
            in_time(move || proxy.post(NUM, letter).unwrap());
            ran(event_loop.turn());
            post(3);
        }
        let is_letter = |event: &QueuedEvent| event.cause() == Cause::Thread;
        assert_eq!(h.queue().events().into_iter().filter(is_letter).count(), 2);
        // By then, all has become as large as it needs to be.
        (4..=4 * many).for_each(post);
        let bytes = (4 * many + 1..=8 * many).map(|n| {
            post(n);
            live_bytes()
        });
        let (least, most) = bytes.fold((isize::MAX, 0), |(least, most), now| {
            (least.min(now), most.max(now))
        });
        assert!(most - least < 4_096, "{} bytes", most - least);
        for event in [NUM, OTHER] {
            event_loop.emitter().on(event, move |n| trace.log(n));
        }
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        let left = 7 * many + 3..=8 * many;
        let left: Vec<_> = [-1, -2].into_iter().chain(left).collect();
        trace.expect(
            &left
                .iter()
                .map(i32::to_string)
                .collect::<Vec<_>>()
                .join(" "),
        );
    }
}
