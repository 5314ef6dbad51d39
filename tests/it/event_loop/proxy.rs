//! `Proxy`: the door for other threads. On the system clock where a loop has to sleep.

use super::*;
use crate::alloc::{allocations, live_bytes};
use crate::support::{self, linger};
use oyez::event_loop::Proxy;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

/// A loop on the system clock that logs what is said, built on the thread that runs it.
fn live(build: impl FnOnce(EventLoopBuilder) -> EventLoopBuilder) -> (EventLoop, Trace) {
    let event_loop = build(EventLoop::builder()).build();
    let trace = Trace::new();
    event_loop.emitter().on(SAY, move |word| trace.log(word));
    (event_loop, trace)
}

/// Runs a test again and again, though not for ever: a loop that is not woken sleeps on.
fn repeatedly(test: impl Fn() + Send + 'static) {
    in_time(move || support::repeatedly(test));
}

/// Tells when the loop has nothing left to do but to sleep.
fn asleep(event_loop: &EventLoop) -> Receiver<()> {
    let (tell, told) = channel();
    let h = event_loop.handle();
    h.queue_idle(move |_| tell.send(()).expect("the test waits"));
    told
}

#[test]
fn a_post_from_a_thread_wakes_a_sleeping_run() {
    // The thread's proxy is the last; when it goes the run completes.
    repeatedly(|| {
        let (event_loop, trace) = live(|builder| builder);
        let (proxy, start) = (event_loop.proxy(), asleep(&event_loop));
        let thread = Worker::spawn(move || {
            receive(&start);
            linger();
            proxy.post(SAY, "a").unwrap();
            linger();
            proxy.post(SAY, String::from("b")).unwrap();
        });
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        trace.expect("a b");
        thread.join();
    });
}

#[test]
fn a_sleeping_run_does_not_spin() {
    // No busy wait: `run_until` is asked after each wake, and hardly ever is, also after a first
    // one.
    in_time(|| {
        let (event_loop, _) = live(|builder| builder);
        let (proxy, start) = (event_loop.proxy(), asleep(&event_loop));
        let thread = Worker::spawn(move || {
            receive(&start);
            proxy.wake();
            (0..20).for_each(|_| linger());
            drop(proxy);
        });
        let mut asked = 0;
        let exit = event_loop.run_until(|_| {
            asked += 1;
            false
        });
        assert_eq!(exit, Ok(Exit::Completed));
        assert!(asked <= 10, "{asked} times");
        thread.join();
    });
}

#[test]
fn a_wake_before_the_wait_is_not_lost() {
    // It is sticky. The run asks, goes to sleep, is woken at once by the wake that was before,
    // and asks again. Nothing else would end it.
    in_time(|| {
        let (event_loop, _) = live(|builder| builder);
        let proxy = event_loop.proxy();
        proxy.wake();
        let mut asked = 0;
        let exit = event_loop.run_until(|_| {
            asked += 1;
            asked == 2
        });
        assert_eq!(exit, Ok(Exit::Reached));
        assert_eq!(asked, 2);
        drop(proxy);
    });
}

#[test]
fn a_wake_from_a_thread_lets_run_until_look_again() {
    // "asked .. after each wake": what changed is outside the loop.
    repeatedly(|| {
        let (event_loop, _) = live(|builder| builder);
        let (proxy, start) = (event_loop.proxy(), asleep(&event_loop));
        let changed = Arc::new(Mutex::new(false));
        let theirs = Arc::clone(&changed);
        let thread = Worker::spawn(move || {
            receive(&start);
            linger();
            *theirs.lock().unwrap() = true;
            proxy.wake();
            proxy
        });
        let exit = event_loop.run_until(|_| *changed.lock().unwrap());
        assert_eq!(exit, Ok(Exit::Reached));
        thread.join();
    });
}

#[test]
fn what_the_last_proxy_does_on_a_thread_has_run_until_asked_once_more() {
    // "asked .. after each wake", as which its end counts: it came while it was asked, and nobody is left that would
    // end a sleep.
    let ends: [fn(Proxy); 2] = [|proxy| proxy.wake(), drop];
    in_time(move || {
        for end in ends {
            let stepping = EventLoop::builder().clock(VirtualClock::new());
            for event_loop in [EventLoop::new(), stepping.build()] {
                let mut last = Some(event_loop.proxy());
                let (mut asked, mut is_changed) = (0, false);
                let exit = event_loop.run_until(|_| {
                    asked += 1;
                    let was_changed = is_changed;
                    if let Some(proxy) = last.take() {
                        in_time(move || end(proxy));
                        is_changed = true;
                    }
                    was_changed
                });
                assert_eq!((exit, asked), (Ok(Exit::Reached), 2));
            }
        }
    });
}

#[test]
fn a_question_that_lets_the_last_proxy_go_is_asked_once() {
    // On the loop's own thread that is no wake: else it would be asked for ever.
    let stepping = EventLoop::builder().clock(VirtualClock::new());
    for event_loop in [EventLoop::new(), stepping.build()] {
        for time in [None, Some(Duration::from_millis(1))] {
            let is_over = Rc::new(Cell::new(false));
            if let Some(time) = time {
                let is_over = Rc::clone(&is_over);
                event_loop
                    .handle()
                    .set_timeout(time, move |_| is_over.set(true));
            }
            let mut asked = 0;
            let exit = event_loop.run_until(|h| {
                asked += usize::from(!is_over.get());
                drop(h.proxy());
                asked == 10
            });
            assert_eq!((exit, asked), (Ok(Exit::Completed), 1), "{time:?}");
        }
    }
}

#[test]
fn a_wake_has_run_until_asked_before_it_stalls() {
    // Once for a wake since the last question, and not again for the same.
    let w = World::new();
    let proxy = w.h.proxy();
    for wakes in 0..3 {
        proxy.wake();
        let mut asked = 0;
        let exit = w.event_loop.run_until(|_| {
            asked += 1;
            if asked <= wakes {
                proxy.wake();
            }
            false
        });
        assert_eq!((exit, asked), (Ok(Exit::Stalled), wakes + 1));
    }
}

#[test]
fn five_wakes_may_be_one_and_five_posts_are_five() {
    // Wakes are coalesced, posts are not.
    in_time(|| {
        let (event_loop, trace) = live(|builder| builder);
        let (proxy, start) = (event_loop.proxy(), asleep(&event_loop));
        let thread = Worker::spawn(move || {
            receive(&start);
            (0..5).for_each(|_| proxy.wake());
            for word in ["a", "b", "c", "d", "e"] {
                proxy.post(SAY, word).unwrap();
            }
        });
        let mut asked = 0;
        let exit = event_loop.run_until(|_| {
            asked += 1;
            false
        });
        assert_eq!(exit, Ok(Exit::Completed));
        trace.expect("a b c d e");
        // First, the idle callback, five turns; and a wake at most for each wake, each post, and the
        // proxy that goes.
        assert!((7..=18).contains(&asked), "{asked} times");
        thread.join();
    });
}

#[test]
fn no_wake_is_lost_in_a_race() {
    // A thousand times: the loop and a thread hand a number to and fro. Both would wait for ever.
    in_time(|| {
        let (event_loop, _) = live(|builder| builder);
        let proxy = event_loop.proxy();
        let (send, sent) = channel();
        let rounds = if cfg!(miri) { 20 } else { 1_000 };
        let thread = Worker::spawn(move || {
            for n in 0..rounds {
                proxy.post(NUM, n).unwrap();
                assert_eq!(receive(&sent), n);
            }
        });
        event_loop
            .emitter()
            .on(NUM, move |n| send.send(*n).unwrap());
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        thread.join();
    });
}

#[test]
fn each_thread_keeps_its_order() {
    // One thread's posts keep their order; two threads', each its own; none is lost.
    in_time(|| {
        const FROM: Event<(usize, i32)> = Event::new("from");
        let (event_loop, _) = live(|builder| builder);
        let rounds = if cfg!(miri) { 20 } else { 2_000 };
        let threads: Vec<_> = (0..3)
            .map(|thread| {
                let proxy = event_loop.proxy();
                Worker::spawn(move || {
                    for n in 0..rounds {
                        proxy.post(FROM, (thread, n)).unwrap();
                    }
                })
            })
            .collect();
        let next = Rc::new(RefCell::new([0; 3]));
        let counted = Rc::clone(&next);
        event_loop.emitter().on(FROM, move |(thread, n)| {
            let next = &mut counted.borrow_mut()[*thread];
            assert_eq!(n, next);
            *next += 1;
        });
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        threads.into_iter().for_each(Worker::join);
        assert_eq!(*next.borrow(), [rounds; 3]);
    });
}

#[test]
fn a_thread_keeps_its_order_across_kinds_and_lanes() {
    // Long runs of one kind, and kinds that take turns; again with what the first round left behind.
    const WIDE: Event<[u8; 5000]> = Event::new("wide");
    const NARROW: Event<u32> = Event::new("narrow");
    const OTHER: Event<u32> = Event::new("other");

    let event_loop = EventLoop::new();
    let heard = Rc::new(RefCell::new(Vec::new()));
    for event in [NARROW, OTHER] {
        let log = heard.clone();
        let name = event.name();
        event_loop
            .emitter()
            .on(event, move |n| log.borrow_mut().push((name, *n)));
    }
    let log = heard.clone();
    event_loop.emitter().on(WIDE, move |bytes| {
        log.borrow_mut().push((WIDE.name(), u32::from(bytes[4999])));
    });
    for _ in 0..3 {
        let proxy = event_loop.proxy();
        Worker::spawn(move || {
            for n in 0..600_u32 {
                match n % 200 {
                    0..120 => proxy.post(NARROW, n),
                    120..140 if n % 2 == 0 => proxy.post(OTHER, n),
                    120..140 => proxy.post(NARROW, n),
                    140..143 => proxy
                        .post(WIDE, [n as u8; 5000])
                        .map_err(|_| unreachable!()),
                    143 => proxy.post_with(NARROW, n, Lane::High),
                    _ => proxy.post(OTHER, n),
                }
                .unwrap();
            }
        })
        .join();
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        let mut heard = heard.take();
        assert_eq!(heard.len(), 600);
        let high: Vec<_> = heard.drain(..3).map(|(_, n)| n).collect();
        assert_eq!(high, [143, 343, 543]);
        let posted = (0..600).filter(|n| n % 200 != 143);
        for ((event, n), posted) in heard.into_iter().zip(posted) {
            let wanted = if event == "wide" {
                posted % 256
            } else {
                posted
            };
            assert_eq!(n, wanted, "{event}");
        }
    }
}

#[test]
fn posts_of_a_thread_wait_for_the_run() {
    // Accepted while nobody runs, taken in by the first turn, in arrival order.
    let w = World::new();
    let proxy = w.h.proxy();
    let first = proxy.clone();
    in_time(move || first.post(SAY, "a").unwrap());
    in_time(move || proxy.post(SAY, "b").unwrap());
    w.runs("a b");
}

#[test]
fn after_the_loop_a_proxy_gives_back_its_payload() {
    // `Closed(payload)`; wake, stop: no-ops; from its own thread and from another.
    let w = World::new();
    let (proxy, trace) = (w.h.proxy(), w.trace);
    assert!(!proxy.is_closed());
    drop(w.event_loop);
    let try_all = move |proxy: Proxy| {
        assert!(proxy.is_closed());
        let refused = proxy.post(SAY, String::from("a")).unwrap_err();
        assert!(refused.is_closed());
        assert_eq!(refused.into_payload(), "a");
        let refused = proxy.post_with(SAY, "b", Lane::High).unwrap_err();
        assert_eq!(refused.into_payload(), "b");
        let refused = proxy.post_blocking(SAY, "c").unwrap_err();
        assert!(refused.is_closed());
        proxy.wake();
        proxy.stop();
        trace.log("ok");
    };
    try_all(proxy.clone());
    in_time(move || try_all(proxy));
    trace.expect("ok ok");
}

#[test]
fn the_last_proxy_to_go_ends_the_run() {
    // While there is a strong one, the run waits; it ends when the last of three has gone.
    repeatedly(|| {
        let (event_loop, trace) = live(|builder| builder);
        let proxies = [(); 3].map(|()| event_loop.proxy());
        let start = asleep(&event_loop);
        let thread = Worker::spawn(move || {
            receive(&start);
            for proxy in proxies {
                linger();
                let another = proxy.clone();
                drop(proxy);
                another.post(SAY, "a").unwrap();
            }
        });
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        trace.expect("a a a");
        thread.join();
    });
}

#[test]
fn a_run_goes_on_for_other_reasons_than_proxies() {
    // The last proxy goes in a handler: what is queued and timed is still run.
    let w = World::new();
    let (proxy, trace) = (RefCell::new(Some(w.h.proxy())), w.trace);
    w.h.set_timeout(ms(1), move |_| trace.log("t"));
    w.act(move |_| drop(proxy.borrow_mut().take()));
    w.say("a");
    w.runs("a t");
}

#[test]
fn with_only_proxies_left_a_virtual_clock_stalls() {
    // Nothing on this clock can make time pass; every clone counts.
    let w = World::new();
    let proxy = w.h.proxy();
    let clone = proxy.clone();
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    drop(proxy);
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    clone.post(SAY, "a").unwrap();
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    w.trace.expect("a");
    drop(clone);
    w.run();
    assert_eq!(w.now(), 0);
}

#[test]
fn a_weak_proxy_keeps_nothing_running() {
    // `downgrade`, `upgrade`: strong again as long as the loop is there.
    let w = World::new();
    let weak = w.h.proxy().downgrade();
    w.run();
    let strong = weak.upgrade().expect("the loop is there");
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    strong.post(SAY, "a").unwrap();
    drop(strong);
    let clone = weak.clone();
    in_time(move || clone.upgrade().unwrap().post(SAY, "b").unwrap());
    w.runs("a b");
    drop(w);
    assert!(weak.upgrade().is_none());
    assert!(WeakProxy::new().upgrade().is_none());
}

/// Has another thread post words, and waits for it.
#[track_caller]
fn posted_by_a_thread(h: &LoopHandle, words: &'static [(&'static str, Lane)]) {
    let proxy = h.proxy();
    Worker::spawn(move || {
        for (word, lane) in words {
            proxy.post_with(SAY, *word, *lane).unwrap();
        }
    })
    .join();
}

#[test]
fn nobody_can_tell_whether_mail_was_taken_in() {
    // Line (3) of a turn: posts from other threads go behind what is queued then, and before what is queued later.
    // Without a stamp the loop may leave them at the door. Whatever comes next finds them, in their place.
    type Next = fn(&World, &LoopHandle);
    let nexts: [(Next, &str); 9] = [
        (|_, h| _ = say(h, "later"), "waits a b later"),
        (
            |_, h| _ = h.set_timeout(ms(0), |h| _ = say(h, "timer")),
            "waits a b timer",
        ),
        (|_, h| assert_eq!(h.queue().len(), 3), "waits a b"),
        (|_, h| assert!(!h.queue().is_empty()), "waits a b"),
        (
            |_, h| assert_eq!(names(&h.queue()), ["say", "say", "say"]),
            "waits a b",
        ),
        (|_, h| assert_eq!(h.queue().clear(), 3), ""),
        (
            |_, h| assert!(h.cancel(h.queue().events()[1].id())),
            "waits b",
        ),
        (
            |w, h| assert_eq!(h.queue().dispatch(w.event_loop.emitter()), 3),
            "waits a b",
        ),
        (
            |_, h| posted_by_a_thread(h, &[("c", Lane::Normal)]),
            "waits a b c",
        ),
    ];
    for (next, expected) in nexts {
        for has_stamps in [false, true] {
            let w = Rc::new(World::built(|builder| match has_stamps {
                false => builder.clock(SystemClock),
                true => builder,
            }));
            w.act(|h| posted_by_a_thread(h, &[("a", Lane::Normal), ("b", Lane::Normal)]));
            let world = Rc::downgrade(&w);
            w.act(move |h| next(&world.upgrade().unwrap(), h));
            w.say("waits");
            w.runs(expected);
        }
    }
}

#[test]
fn mail_that_arrives_during_a_turn_is_taken_in_at_the_latest_in_the_next() {
    // Behind what a handler posts after it, or before that if mail was left at the door and is taken in for the post.
    let order = |build: fn(EventLoopBuilder) -> EventLoopBuilder| {
        let w = World::built(build);
        w.act(|h| posted_by_a_thread(h, &[("a", Lane::Normal)]));
        w.act(|h| {
            posted_by_a_thread(h, &[("b", Lane::Normal)]);
            say(h, "later");
        });
        w.say("waits");
        w.run();
        w.trace.take()
    };
    assert_eq!(order(|builder| builder), "waits a later b");
    let without_stamps = order(|builder| builder.clock(SystemClock));
    assert_eq!(without_stamps, "waits a b later");
}

#[test]
fn mail_for_a_higher_lane_goes_first() {
    // In the turn after the post, whatever else waits.
    let w = World::built(|builder| builder.clock(SystemClock));
    w.act(|h| {
        posted_by_a_thread(
            h,
            &[
                ("a", Lane::Normal),
                ("high", Lane::High),
                ("b", Lane::Normal),
            ],
        )
    });
    w.say("waits");
    w.runs("high waits a b");

    let act_low = |job: fn(&LoopHandle)| {
        let job: Box<dyn Fn(&LoopHandle)> = Box::new(job);
        w.h.post_with(DO, job, Lane::Low).unwrap();
    };
    act_low(|h| posted_by_a_thread(h, &[("a", Lane::Low), ("b", Lane::Normal)]));
    w.h.post_with(SAY, "waits", Lane::Low).unwrap();
    w.runs("b waits a");
}

#[test]
fn mail_is_passed_over_from_the_turn_it_could_be_taken_in() {
    // Fairness counts it as what waits: after one event of the high lane it is let through.
    let w = World::built(|builder| builder.clock(SystemClock).fairness(1));
    let job: Box<dyn Fn(&LoopHandle)> = Box::new(|h| posted_by_a_thread(h, &[("a", Lane::Normal)]));
    w.h.post_with(DO, job, Lane::High).unwrap();
    for word in ["h1", "h2", "h3"] {
        w.h.post_with(SAY, word, Lane::High).unwrap();
    }
    w.runs("h1 a h2 h3");
}

#[test]
fn mail_is_kept_over_a_stop_and_a_panic() {
    let w = World::built(|builder| builder.clock(SystemClock));
    w.act(|h| posted_by_a_thread(h, &[("a", Lane::Normal)]));
    w.act(|h| h.stop());
    w.say("waits");
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    assert_eq!(w.h.queue().len(), 2);
    w.runs("waits a");

    w.act(|h| posted_by_a_thread(h, &[("a", Lane::Normal)]));
    w.act(|_| panic!("boom"));
    w.say("waits");
    panic_text(|| w.event_loop.run());
    w.say("later");
    w.runs("waits a later");
}

#[test]
fn what_waits_at_the_door_takes_slots() {
    // Fine print: of capacity 3 with one queued, a thread may post two.
    let w = World::built(|builder| builder.capacity(3));
    w.say("a");
    let proxy = w.h.proxy();
    let theirs = proxy.clone();
    in_time(move || {
        theirs.post(SAY, "b").unwrap();
        theirs.post_with(SAY, "c", Lane::Low).unwrap();
        let refused = theirs.post(SAY, String::from("d")).unwrap_err();
        assert!(refused.is_full());
        assert_eq!(refused.into_payload(), "d");
        let urgent = theirs.post_with(SAY, "e", Lane::High);
        assert!(urgent.unwrap_err().is_full());
    });
    ran(w.event_loop.turn());
    in_time(move || proxy.post(SAY, "f").unwrap());
    w.runs("a b f c");
}

#[test]
fn what_a_thread_posted_is_never_lost() {
    // Fine print: under `DropOldest` too a thread is answered `Full`, and what was accepted is run.
    let evicted = Trace::new();
    let w = World::built(|builder| {
        builder
            .capacity(2)
            .overflow(Overflow::DropOldest)
            .on_evicted(move |_| evicted.log("evicted"))
    });
    let proxy = w.h.proxy();
    in_time(move || {
        proxy.post(SAY, "a").unwrap();
        proxy.post(SAY, "b").unwrap();
        assert!(proxy.post(SAY, "c").unwrap_err().is_full());
    });
    w.runs("a b");
    evicted.expect("");
}

#[test]
fn post_blocking_waits_for_room() {
    // A hundred events through a queue for one, in order, none refused.
    in_time(|| {
        let (event_loop, trace) = live(|builder| builder.capacity(1));
        let proxy = event_loop.proxy();
        event_loop.emitter().on(NUM, trace.logs(""));
        let thread = Worker::spawn(move || {
            for n in 0..100 {
                proxy.post_blocking(NUM, n).unwrap();
            }
        });
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        thread.join();
        let all: Vec<_> = (0..100).map(|n| n.to_string()).collect();
        trace.expect(&all.join(" "));
    });
}

#[test]
fn several_threads_may_wait_for_room() {
    // Each gets its turn, and each keeps its order.
    in_time(|| {
        const FROM: Event<(usize, i32)> = Event::new("from");
        let (event_loop, _) = live(|builder| builder.capacity(2));
        let threads: Vec<_> = (0..3)
            .map(|thread| {
                let proxy = event_loop.proxy();
                Worker::spawn(move || {
                    for n in 0..100 {
                        proxy.post_blocking(FROM, (thread, n)).unwrap();
                    }
                })
            })
            .collect();
        let next = Rc::new(RefCell::new([0; 3]));
        let counted = Rc::clone(&next);
        event_loop.emitter().on(FROM, move |(thread, n)| {
            let next = &mut counted.borrow_mut()[*thread];
            assert_eq!(n, next);
            *next += 1;
        });
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        threads.into_iter().for_each(Worker::join);
        assert_eq!(*next.borrow(), [100; 3]);
    });
}

#[test]
fn any_way_to_make_room_lets_a_blocked_post_in() {
    // A cancel, a clear, a turn: the thread that waits goes on.
    in_time(|| {
        for way in 0..3 {
            let w = World::built(|builder| builder.capacity(1));
            let id = w.say("a");
            let proxy = w.h.proxy();
            let (enter, entered) = channel();
            let thread = Worker::spawn(move || {
                enter.send(()).unwrap();
                proxy.post_blocking(SAY, "b").unwrap();
            });
            receive(&entered);
            linger();
            match way {
                0 => assert!(w.h.cancel(id)),
                1 => assert_eq!(w.h.queue().clear(), 1),
                _ => assert_eq!(ran(w.event_loop.turn()), id),
            }
            thread.join();
            w.runs(if way == 2 { "a b" } else { "b" });
        }
    });
}

#[test]
fn a_blocked_post_ends_with_the_loop() {
    // `Closed(payload)`: nobody waits for a loop that is gone.
    repeatedly(|| {
        let (event_loop, _) = live(|builder| builder.capacity(1));
        let proxy = event_loop.proxy();
        let (fill, full) = channel();
        let thread = Worker::spawn(move || {
            proxy.post_blocking(NUM, 1).unwrap();
            fill.send(()).unwrap();
            let refused = proxy.post_blocking(NUM, 2).unwrap_err();
            (refused.is_closed(), refused.into_payload())
        });
        receive(&full);
        linger();
        drop(event_loop);
        assert_eq!(thread.join(), (true, 2));
    });
}

#[test]
fn a_post_that_will_never_have_room_ends_with_the_loop() {
    // As above, where nothing that goes makes room: there was none to begin with.
    repeatedly(|| {
        let (event_loop, _) = live(|builder| builder.capacity(0));
        let proxy = event_loop.proxy();
        let (enter, entered) = channel();
        let thread = Worker::spawn(move || {
            enter.send(()).unwrap();
            let refused = proxy.post_blocking(NUM, 1).unwrap_err();
            (refused.is_closed(), refused.into_payload())
        });
        receive(&entered);
        linger();
        drop(event_loop);
        assert_eq!(thread.join(), (true, 1));
    });
}

#[test]
fn post_blocking_on_the_loops_own_thread_is_full_at_once() {
    // "it cannot wait": outside of a run, and in a handler; with room it is a post.
    in_time(|| {
        let w = World::built(|builder| builder.capacity(1));
        let proxy = w.h.proxy();
        proxy.post_blocking(SAY, "a").unwrap();
        let refused = proxy.post_blocking(SAY, "b").unwrap_err();
        assert!(refused.is_full());
        assert_eq!(refused.into_payload(), "b");
        w.h.queue().clear();
        let (trace, own) = (w.trace, proxy.downgrade());
        drop(proxy);
        w.act(move |_| {
            let proxy = own.upgrade().unwrap();
            trace.log(proxy.post_blocking(SAY, "c").is_ok());
            trace.log(proxy.post_blocking(SAY, "d").unwrap_err().is_full());
        });
        w.runs("true true c");
    });
}

#[test]
fn on_its_own_thread_a_proxy_keeps_one_order_with_the_handle() {
    // Fine print: it goes straight to the queue, also before what threads have at the door.
    let w = World::new();
    let (proxy, theirs) = (w.h.proxy(), w.h.proxy());
    in_time(move || theirs.post(SAY, "thread").unwrap());
    w.say("a");
    proxy.post(SAY, "b").unwrap();
    w.say("c");
    proxy.post_with(SAY, "d", Lane::Normal).unwrap();
    assert_eq!(w.h.queue().len(), 4);
    let weak = proxy.downgrade();
    w.act(move |h| {
        let proxy = weak.upgrade().unwrap();
        say(h, "e");
        proxy.post(SAY, "f").unwrap();
        say(h, "g");
    });
    drop(proxy);
    w.runs("a b c d thread e f g");
}

#[test]
fn on_its_own_thread_each_proxy_has_its_loop() {
    // Of two, and of one that is left by the other: straight to its own queue.
    let (one, two) = (World::new(), World::new());
    let proxies = [one.h.proxy(), two.h.proxy()];
    proxies[0].post(SAY, "one").unwrap();
    proxies[1].post(SAY, "two").unwrap();
    assert_eq!((one.queued(), two.queued()), (vec!["say"], vec!["say"]));
    drop(one);
    assert!(proxies[0].post(SAY, "gone").unwrap_err().is_closed());
    proxies[1].post(SAY, "three").unwrap();
    two.say("four");
    drop(proxies);
    two.runs("two three four");
}

#[test]
fn loops_that_go_are_forgotten() {
    // A thread that makes one after the other keeps nothing of them.
    let life = || drop(EventLoop::new().proxy());
    life();
    let before = live_bytes();
    (0..1_000).for_each(|_| life());
    let grown = live_bytes() - before;
    assert!(grown <= 1_024, "{grown} bytes");
}

#[test]
fn on_its_own_thread_a_proxy_meets_the_capacity() {
    // As the handle does.
    let w = World::built(|builder| builder.capacity(2));
    let proxy = w.h.proxy();
    w.say("a");
    proxy.post(SAY, "b").unwrap();
    assert!(proxy.post(SAY, "c").unwrap_err().is_full());
    assert!(w.h.post(SAY, "d").unwrap_err().is_full());
    drop(proxy);
    w.runs("a b");
}

#[test]
fn a_stop_from_a_thread_wakes() {
    // A run that sleeps, for a timer of an hour; what is left is left.
    repeatedly(|| {
        let (event_loop, _) = live(|builder| builder);
        let h = event_loop.handle();
        h.set_timeout(Duration::from_secs(3600), |_| ());
        let (proxy, start) = (event_loop.proxy(), asleep(&event_loop));
        let thread = Worker::spawn(move || {
            receive(&start);
            linger();
            proxy.stop();
            proxy
        });
        assert_eq!(event_loop.run(), Ok(Exit::Stopped));
        assert!(event_loop.next_deadline().is_some());
        thread.join();
    });
}

#[test]
fn a_stop_from_a_thread_before_the_run_is_honoured() {
    // As one by the handle is.
    let w = World::new();
    let proxy = w.h.proxy();
    w.say("a");
    in_time(move || proxy.stop());
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.trace.expect("");
    w.runs("a");
}

#[test]
fn a_proxy_may_stop_its_own_thread() {
    // In a handler: the event is finished, the rest is left.
    let w = World::new();
    let proxy = RefCell::new(Some(w.h.proxy()));
    w.act(move |_| proxy.borrow_mut().take().unwrap().stop());
    w.say("a");
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.runs("a");
}

#[test]
fn a_sleeping_run_is_woken_by_its_timers_too() {
    // With a proxy at hand: the timer fires, in time, and then the thread's post comes.
    in_time(|| {
        let (event_loop, trace) = live(|builder| builder);
        let (proxy, h) = (event_loop.proxy(), event_loop.handle());
        let (fire, fired) = channel();
        h.set_timeout(ms(3), move |_| {
            trace.log("t");
            fire.send(()).unwrap();
        });
        let thread = Worker::spawn(move || {
            receive(&fired);
            proxy.post(SAY, "a").unwrap();
        });
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        trace.expect("t a");
        thread.join();
    });
}

#[test]
fn on_wake_is_called_on_the_thread_that_wakes() {
    // For a host that sleeps elsewhere: a post, a wake, a stop through a proxy, each polled for.
    let w = World::new();
    let calls = Arc::new(Mutex::new(Vec::<ThreadId>::new()));
    let noted = Arc::clone(&calls);
    w.event_loop
        .on_wake(move || noted.lock().unwrap().push(thread::current().id()));
    let take = || std::mem::take(&mut *calls.lock().unwrap());
    w.say("a");
    w.event_loop.poll().unwrap();
    assert!(take().is_empty(), "the handle is the loop's own");
    let actions: [fn(&Proxy); 3] = [
        |proxy| proxy.post(SAY, "b").unwrap(),
        |proxy| proxy.wake(),
        |proxy| proxy.stop(),
    ];
    for action in actions {
        let proxy = w.h.proxy();
        let thread = in_time(move || {
            action(&proxy);
            thread::current().id()
        });
        let called = take();
        assert!(!called.is_empty());
        assert!(called.iter().all(|id| *id == thread));
        w.event_loop.poll().unwrap();
    }
}

#[test]
fn on_wake_is_called_again_whatever_the_host_did() {
    // What was taken in by a run, a turn, a poll, needs no other; what comes afterwards does.
    let ways: [fn(&EventLoop); 5] = [
        |event_loop| assert!(event_loop.poll().is_ok()),
        |event_loop| while event_loop.turn() != Ok(Turn::Nothing) {},
        |event_loop| assert!(event_loop.run().is_ok()),
        |event_loop| assert!(event_loop.run_for(ms(1)).is_ok()),
        |event_loop| assert!(event_loop.run_until(|_| false).is_ok()),
    ];
    for (n, way) in ways.into_iter().enumerate() {
        let w = World::new();
        let calls = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&calls);
        w.event_loop.on_wake(move || *counted.lock().unwrap() += 1);
        for _ in 0..3 {
            let proxy = w.h.proxy();
            in_time(move || proxy.post(SAY, "a").unwrap());
            assert!(std::mem::take(&mut *calls.lock().unwrap()) > 0, "way {n}");
            way(&w.event_loop);
            w.trace.expect("a");
            // The proxy that went may have rung as well.
            *calls.lock().unwrap() = 0;
        }
    }
}

#[test]
fn on_wake_may_be_the_channel_of_a_host() {
    // The embedding: the host waits for `on_wake`, then polls; every post arrives.
    in_time(|| {
        let (event_loop, trace) = live(|builder| builder);
        let (wake, woken) = channel();
        let wake = Mutex::new(wake);
        event_loop.on_wake(move || _ = wake.lock().unwrap().send(()));
        let proxy = event_loop.proxy();
        let thread = Worker::spawn(move || {
            for word in ["a", "b", "c"] {
                proxy.post(SAY, word).unwrap();
                linger();
            }
        });
        loop {
            match event_loop.poll().unwrap() {
                Next::Ready => {}
                Next::Idle => receive(&woken),
                Next::Done(exit) => break assert_eq!(exit, Exit::Completed),
                other => panic!("{other:?}"),
            }
        }
        trace.expect("a b c");
        thread.join();
    });
}

type Job = Box<dyn Fn(&Proxy) + Send>;

/// A thread that posts what it is asked to, and answers what that cost it: allocations, and bytes that
/// it has not given back.
struct Poster {
    ask: Sender<Job>,
    cost: Receiver<(usize, isize)>,
}

impl Poster {
    fn new(proxy: Proxy) -> Self {
        let (ask, asked) = channel::<Job>();
        let (tell, cost) = channel();
        thread::spawn(move || {
            for job in asked {
                let before = live_bytes();
                let allocated = allocations(|| job(&proxy));
                drop(job);
                tell.send((allocated, live_bytes() - before)).unwrap();
            }
        });
        Self { ask, cost }
    }

    /// Has it post, then has the loop run what it posted. Answers the allocations of the thread, and by
    /// how many bytes both together have grown.
    fn round(&self, w: &World, job: impl Fn(&Proxy) + Send + 'static) -> (usize, isize) {
        let before = live_bytes();
        self.ask.send(Box::new(job)).unwrap();
        let (allocated, bytes) = receive(&self.cost);
        while w.event_loop.poll() == Ok(Next::Ready) {}
        (allocated, bytes + live_bytes() - before)
    }
}

#[test]
fn posts_of_one_kind_from_a_thread_allocate_nothing_once_warm() {
    // As many at a time as before, again and again.
    let w = World::new();
    let poster = Poster::new(w.h.proxy());
    let round = || {
        poster.round(&w, |proxy| {
            (0..10).for_each(|n| proxy.post(NUM, n).unwrap())
        })
    };
    for _ in 0..4 {
        round();
    }
    assert_eq!(round().0, 0);
}

#[test]
fn posts_from_a_thread_do_not_grow_memory() {
    // Round by round, whatever their kinds; and a burst, of one kind or of two in turns, gives it back when it is not
    // needed any more.
    let w = World::new();
    let poster = Poster::new(w.h.proxy());
    let turns = |n: i32| {
        move |proxy: &Proxy| {
            for n in 0..n {
                proxy.post(NUM, n).unwrap();
                proxy.post(OTHER, n).unwrap();
            }
        }
    };
    let rounds = |n| (0..n).map(|_| poster.round(&w, turns(2)).1).sum::<isize>();
    rounds(10);
    let grown = rounds(100);
    assert!(grown <= 1_024, "{grown} bytes");
    let grown = poster.round(&w, turns(10_000)).1 + rounds(2);
    assert!(grown <= 16_384, "{grown} bytes of two kinds");
    let one_kind = |proxy: &Proxy| (0..20_000).for_each(|n| proxy.post(NUM, n).unwrap());
    let grown = poster.round(&w, one_kind).1 + rounds(2);
    assert!(grown <= 16_384, "{grown} bytes of one kind");
}

#[test]
fn many_posts_of_a_thread_are_events_as_others() {
    // They are taken in together, which is not to be seen: in their order, before what is posted then,
    // each to be cancelled. A virtual clock would have them taken in one by one.
    let (event_loop, trace) = live(|builder| builder);
    event_loop.emitter().on(NUM, trace.logs("n"));
    let (h, proxy) = (event_loop.handle(), event_loop.proxy());
    in_time(move || (0..40).for_each(|n| proxy.post(NUM, n).unwrap()));
    assert!(matches!(event_loop.turn(), Ok(Turn::Ran(_))));
    h.post(NUM, 40).unwrap();
    let ids: Vec<_> = h.queue().events().iter().map(|event| event.id()).collect();
    assert_eq!(ids.len(), 40);
    for id in ids[1..39].iter().rev() {
        assert!(h.cancel(*id) && !h.cancel(*id));
    }
    assert_eq!(h.queue().len(), 2);
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
    trace.expect("n0 n1 n40");
}

#[test]
fn many_posts_of_a_thread_keep_lane_label_and_slot() {
    // Each is dropped once: by its turn, by `cancel`, or with the loop.
    const SENT: Event<Arc<()>> = Event::new("sent");
    let (event_loop, _) = live(|builder| builder.capacity(50));
    let (h, proxy) = (event_loop.handle(), event_loop.proxy());
    let sent = Arc::new(());
    let (posted, again) = (Arc::clone(&sent), proxy.clone());
    in_time(move || {
        let urgent = PostOptions::new().lane(Lane::High).label("urgent");
        for _ in 0..25 {
            proxy.post_with(SENT, posted.clone(), Lane::Low).unwrap();
        }
        for _ in 0..25 {
            proxy.post_with(SENT, posted.clone(), urgent).unwrap();
        }
        assert!(proxy.post(SENT, posted).unwrap_err().is_full());
    });
    assert!(matches!(event_loop.turn(), Ok(Turn::Ran(_))));
    let events = h.queue().events();
    let urgent = |event: &&QueuedEvent| event.label() == Some("urgent");
    assert_eq!(
        (events.len(), events.iter().filter(urgent).count()),
        (49, 24)
    );
    assert!(h.cancel(events[10].id()) && h.cancel(events[48].id()));
    assert_eq!(Arc::strong_count(&sent), 1 + 47);
    let posted = Arc::clone(&sent);
    in_time(move || (0..3).for_each(|_| again.post(SENT, posted.clone()).unwrap()));
    drop(event_loop);
    assert_eq!(Arc::strong_count(&sent), 1);
}

#[test]
fn a_payload_from_a_thread_is_dropped_by_the_loop() {
    // After its dispatch, on the loop's thread.
    struct Sent(Arc<Mutex<Option<ThreadId>>>);
    impl Drop for Sent {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = Some(thread::current().id());
        }
    }
    const SENT: Event<Sent> = Event::new("sent");
    let w = World::new();
    let (proxy, dropped) = (w.h.proxy(), Arc::new(Mutex::new(None)));
    let sent = Sent(Arc::clone(&dropped));
    in_time(move || assert!(proxy.post(SENT, sent).is_ok()));
    assert_eq!(*dropped.lock().unwrap(), None);
    w.run();
    assert_eq!(*dropped.lock().unwrap(), Some(thread::current().id()));
}

#[test]
fn a_proxy_takes_every_kind_of_payload_that_is_send() {
    // `Payload<T> + Send + 'static`, whatever is lent.
    const BYTES: Event<[u8]> = Event::new("bytes");
    let w = World::new();
    let trace = w.trace;
    w.event_loop
        .emitter()
        .on(BYTES, move |bytes| trace.log(bytes.len()));
    w.event_loop.emitter().on(NUM, trace.logs("n"));
    let proxy = w.h.proxy();
    in_time(move || {
        proxy.post(SAY, Arc::<str>::from("arc")).unwrap();
        proxy.post(SAY, Box::<str>::from("box")).unwrap();
        proxy.post(BYTES, vec![1, 2, 3]).unwrap();
        proxy.post(BYTES, [1, 2]).unwrap();
        proxy.post(NUM, Box::new(1)).unwrap();
        proxy.post(NUM, 2).unwrap();
    });
    w.runs("arc box 3 2 n1 n2");
}
