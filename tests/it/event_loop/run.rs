//! `run`, `run_until`, `run_for`, `turn` and `poll`: what they run, and what they answer.

use super::*;

#[test]
fn posts_run_in_order_a_turn_each() {
    // `a b c`, Completed, 3 turns; events of different types keep post order.
    let w = World::new();
    w.event_loop.emitter().on(NUM, w.trace.logs("n"));
    w.say("a");
    w.h.post(NUM, 1).unwrap();
    w.say("b");
    w.h.post(NUM, 2).unwrap();
    w.runs("a n1 b n2");
    let ids = ["a", "b", "c"].map(|word| w.say(word));
    let turns = [(); 4].map(|()| w.event_loop.turn());
    let [a, b, c] = ids.map(|id| Ok(Turn::Ran(id)));
    assert_eq!(turns, [a, b, c, Ok(Turn::Nothing)]);
}

#[test]
fn what_a_handler_posts_runs_behind_what_is_queued() {
    // Post a, b; a posts c → `a b c`.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        trace.log("a");
        say(h, "c");
    });
    w.say("b");
    w.runs("a b c");
}

#[test]
fn posting_never_grows_the_stack() {
    // A self-posting handler always logs depth 1, far beyond the depth an emit may have.
    let w = World::new();
    let h = w.h.clone();
    let turns = 1_000;
    w.event_loop.emitter().on(NUM, move |n| {
        assert_eq!((h.depth(), h.call_stack().depth()), (1, 2));
        if *n < turns {
            h.post(NUM, n + 1).unwrap();
        }
    });
    w.h.post(NUM, 1).unwrap();
    let mut asked = 0;
    let counted = w.event_loop.run_until(|_| {
        asked += 1;
        false
    });
    assert_eq!(counted, Ok(Exit::Completed));
    assert_eq!(asked, turns + 1);
}

#[test]
fn a_turn_is_one_event() {
    // `turn()` is one event, with its microtasks.
    let w = World::new();
    let trace = w.trace;
    let first = w.act(move |h| {
        trace.log("a");
        h.queue_microtask(move |_| trace.log("m"));
    });
    let second = w.say("b");
    assert_eq!(ran(w.event_loop.turn()), first);
    trace.expect("a m");
    assert_eq!(ran(w.event_loop.turn()), second);
    trace.expect("b");
    assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
}

#[test]
fn poll_is_a_snapshot() {
    // Post r, x; r posts itself again; poll → `r x`, Ready, one left.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |n| {
        trace.log("r");
        // Not for ever: what fails is to fail, not to hang.
        if *n < 100 {
            h.post(NUM, n + 1).unwrap();
        }
    });
    w.h.post(NUM, 1).unwrap();
    w.say("x");
    assert_eq!(w.event_loop.poll(), Ok(Next::Ready));
    trace.expect("r x");
    assert_eq!(w.queued(), ["num"]);
}

#[test]
fn the_snapshot_of_poll_holds_against_lanes_and_timers() {
    // "the events present at entry": neither a post in a higher lane nor a timer of 0 runs in it.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        trace.log("a");
        h.post_with(SAY, "high", Lane::High).unwrap();
        h.set_timeout(Duration::ZERO, move |_| trace.log("t"));
    });
    w.say("b");
    assert_eq!(w.event_loop.poll(), Ok(Next::Ready));
    trace.expect("a b");
    while w.event_loop.poll() == Ok(Next::Ready) {}
    trace.expect("high t");
}

#[test]
fn poll_takes_in_what_is_due_and_what_threads_posted() {
    // Line 3 of the turn is part of the entry.
    let w = World::new();
    let trace = w.trace;
    w.h.set_timeout(ms(1), move |_| trace.log("t"));
    w.clock.advance(ms(1));
    let proxy = w.h.proxy();
    in_time(move || proxy.post(SAY, "p").unwrap());
    w.say("a");
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
    trace.expect("a p t");
}

#[test]
fn poll_runs_the_microtasks_of_each_event() {
    // And those left over, first.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        trace.log("a");
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.say("b");
    w.h.queue_microtask(move |_| trace.log("left-over"));
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
    trace.expect("left-over a m b");
}

#[test]
fn poll_answers_what_to_do_next() {
    // `WaitUntil` the next deadline; `Idle` when only strong proxies are left; `Done(Completed)`
    // when nothing can ever happen; and it steps no virtual clock.
    let w = World::new();
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
    let proxy = w.h.proxy();
    assert_eq!(w.event_loop.poll(), Ok(Next::Idle));
    let far = w.h.set_timeout(ms(70), |_| ());
    let near = w.h.set_timeout(ms(50), |_| ());
    let at = |n| w.h.now() + ms(n);
    assert_eq!(w.event_loop.poll(), Ok(Next::WaitUntil(at(50))));
    assert_eq!(w.event_loop.next_deadline(), Some(at(50)));
    w.h.clear_timer(near);
    assert_eq!(w.event_loop.poll(), Ok(Next::WaitUntil(at(70))));
    assert_eq!(w.event_loop.next_deadline(), Some(at(70)));
    w.h.clear_timer(far);
    assert_eq!(w.event_loop.poll(), Ok(Next::Idle));
    assert_eq!(w.event_loop.next_deadline(), None);
    drop(proxy);
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
    assert_eq!(w.now(), 0);
}

#[test]
fn poll_is_ready_while_a_weak_timer_is_due() {
    // It keeps no loop alive, but it came due while a handler took long, or an idle callback: the next
    // turn takes it in, as that of a run does.
    for is_idle in [false, true] {
        let w = World::new();
        let (clock, t) = (w.clock.clone(), w.stamp("t"));
        w.h.unref_timer(w.h.set_timeout(ms(1), move |_| t()));
        if is_idle {
            w.h.queue_idle(move |_| clock.advance(ms(2)));
        } else {
            w.act(move |_| clock.advance(ms(2)));
        }
        assert_eq!(w.event_loop.poll(), Ok(Next::Ready));
        w.trace.expect("");
        assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
        w.trace.expect("t2");
    }
}

#[test]
fn poll_is_done_after_the_turn_of_a_weak_timer_that_is_due_again() {
    // As a run is. An idle callback has its turn, and the timer another one after it.
    let w = World::new();
    let (clock, t, trace) = (w.clock.clone(), w.stamp("t"), w.trace);
    let interval = w.h.set_interval(ms(10), move |_| {
        t();
        clock.advance(ms(12));
    });
    w.h.unref_timer(interval);
    w.clock.advance(ms(10));
    for told in ["t10", "t22"] {
        assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
        w.trace.expect(told);
    }
    w.h.queue_idle(move |_| trace.log("i"));
    for told in ["t34", "i"] {
        assert_eq!(w.event_loop.poll(), Ok(Next::Ready));
        w.trace.expect(told);
    }
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
    w.trace.expect("t46");
}

#[test]
fn what_is_polled_after_a_run_is_another_run() {
    // A weak timer that is due when it begins has its turn, whatever was the last before.
    let w = World::new();
    let due = |name| {
        let stamp = w.stamp(name);
        w.h.unref_timer(w.h.set_timeout(Duration::ZERO, move |_| stamp()));
    };
    let ways: [&dyn Fn(); 4] = [
        &|| assert_eq!(w.event_loop.run(), Ok(Exit::Completed)),
        &|| assert!(matches!(w.event_loop.turn(), Ok(Turn::Ran(_)))),
        &|| assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed))),
        &|| {
            let h = w.h.clone();
            w.h.queue_microtask(move |_| h.stop());
            assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Stopped)));
        },
    ];
    for way in ways {
        due("a");
        way();
        due("b");
        assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
        w.trace.expect("a0 b0");
    }
    // Or a poll that a panic has left.
    let id = w.h.set_timeout(Duration::ZERO, |_| panic!("left"));
    w.h.unref_timer(id);
    assert_eq!(panic_text(|| drop(w.event_loop.poll())), "left");
    due("c");
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Completed)));
    w.trace.expect("c0");
}

#[test]
fn a_host_can_drive_the_loop_by_poll() {
    // The embedding: wait until it says, poll again; the same trace as by `run`.
    fn program(w: &World) {
        let stamp = w.stamp("t");
        let mut left = 3;
        w.h.set_interval(ms(10), move |h| {
            stamp();
            let again = stamp.clone();
            h.queue_microtask(move |_| again());
            left -= 1;
            if left == 0 {
                Flow::Stop
            } else {
                Flow::Continue
            }
        });
        let stamp = w.stamp("i");
        w.h.queue_idle(move |_| stamp());
        w.h.post_after(ms(15), SAY, "p");
        w.say("a");
    }
    let hosted = World::new();
    program(&hosted);
    loop {
        match hosted.event_loop.poll().unwrap() {
            Next::Ready => {}
            Next::WaitUntil(deadline) => {
                let wait = deadline - hosted.h.now();
                assert!(wait > Duration::ZERO);
                hosted.clock.advance(wait);
            }
            Next::Done(exit) => break assert_eq!(exit, Exit::Completed),
            other => panic!("{other:?}"),
        }
    }
    let own = World::new();
    program(&own);
    own.run();
    let told = own.trace.take();
    assert_eq!(told, "a i0 t10 t10 p t20 t20 t30 t30");
    hosted.trace.expect(&told);
}

#[test]
fn an_empty_loop_completes_at_once_and_again() {
    // Completed, 0 turns, twice.
    let w = World::new();
    for _ in 0..2 {
        let mut asked = 0;
        let exit = w.event_loop.run_until(|_| {
            asked += 1;
            false
        });
        assert_eq!((exit, asked), (Ok(Exit::Completed), 1));
        w.run();
        assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
    }
    assert_eq!(w.now(), 0);
}

#[test]
fn nothing_runs_without_run() {
    // Posts, microtasks, timers and idle callbacks wait.
    let w = World::new();
    let trace = w.trace;
    w.say("a");
    w.h.queue_microtask(move |_| trace.log("m"));
    w.h.set_timeout(Duration::ZERO, move |_| trace.log("t"));
    w.h.queue_idle(move |_| trace.log("i"));
    w.clock.advance(ms(100));
    w.trace.expect("");
    w.runs("m a t i");
}

#[test]
fn dropping_the_loop_drops_each_payload_once() {
    // Without anything having run: posts, timers, tasks, and what waits at the door.
    const SENT: Event<crate::support::Probe> = Event::new("sent");
    let w = World::new();
    let trace = w.trace;
    w.h.post(HELD, held(trace.probe("post"))).unwrap();
    w.h.post_after(ms(1), HELD, held(trace.probe("post_after")));
    let [micro, timeout, interval, idle] =
        ["micro", "timeout", "interval", "idle"].map(|name| trace.probe(name));
    w.h.queue_microtask(move |_| micro.hold());
    w.h.set_timeout(ms(1), move |_| timeout.hold());
    w.h.set_interval(ms(1), move |_| interval.hold());
    w.h.queue_idle(move |_| idle.hold());
    let (proxy, probe) = (w.h.proxy(), trace.probe("door"));
    in_time(move || assert!(proxy.post(SENT, probe).is_ok()));
    trace.expect("");
    drop(w.event_loop);
    let mut told: Vec<_> = trace.take().split(' ').map(str::to_owned).collect();
    told.sort_unstable();
    let all = [
        "door",
        "idle",
        "interval",
        "micro",
        "post",
        "post_after",
        "timeout",
    ];
    assert_eq!(told, all);
}

#[test]
fn an_event_is_cancelled_once() {
    // True, then false; of the event now running: false; ids are never reused.
    let w = World::new();
    let trace = w.trace;
    let own = Rc::new(Cell::new(None));
    let id = Rc::clone(&own);
    own.set(Some(w.act(move |h| trace.log(h.cancel(id.get().unwrap())))));
    let b = w.say("b");
    let c = w.say("c");
    assert!(w.h.cancel(b));
    assert!(!w.h.cancel(b));
    w.runs("false c");
    assert!(!w.h.cancel(c));
    let d = w.say("d");
    assert!(own.get().unwrap() < b && b < c && c < d);
    assert!(w.h.cancel(d));
    w.runs("");
}

#[test]
fn an_event_that_nobody_listens_to_takes_its_turn() {
    // One turn, `UNHANDLED`, no error.
    let w = World::new();
    let trace = w.trace;
    w.event_loop
        .emitter()
        .on(UNHANDLED, move |news| trace.log(news.event()));
    let id = w.h.post(NUM, 1).unwrap();
    assert_eq!(ran(w.event_loop.turn()), id);
    trace.expect("num");
    w.runs("");
}

#[test]
fn a_payload_is_dropped_after_its_dispatch_and_before_its_microtasks() {
    // Fine print.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(HELD, move |_| {
        h.queue_microtask(move |_| trace.log("m"));
        trace.log("a");
    });
    w.event_loop.emitter().on(HELD, move |_| trace.log("b"));
    w.h.post(HELD, held(trace.probe("~"))).unwrap();
    w.say("c");
    w.runs("a b ~ m c");
}

#[test]
fn the_drop_of_a_payload_may_use_the_loop() {
    // Rule 4: after its dispatch, in `cancel`, and where the loop itself goes.
    let w = World::new();
    let trace = w.trace;
    let meddler = |h: &LoopHandle| {
        let h = h.clone();
        held(OnDrop(move || {
            h.queue_microtask(move |_| trace.log("m"));
            h.clear_timer(h.set_timeout(ms(1), |_| ()));
            trace.log(h.queue().len());
            match h.post(SAY, "posted") {
                Ok(id) => trace.log(h.cancel(id)),
                Err(refused) if refused.is_closed() => trace.log("closed"),
                Err(_) => trace.log("full"),
            }
        }))
    };
    w.h.post(HELD, meddler(&w.h)).unwrap();
    w.runs("0 true m");
    let id = w.h.post(HELD, meddler(&w.h)).unwrap();
    w.h.cancel(id);
    trace.expect("0 true");
    w.runs("m");
    w.h.post(HELD, meddler(&w.h)).unwrap();
    drop(w.event_loop);
    trace.expect("0 closed");
}

#[test]
fn run_until_is_asked_first_and_after_each_turn_with_its_microtasks() {
    // Fine print; the answer `true` ends it with `Reached`, and what is left stays.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        trace.log("a");
        h.queue_microtask(move |_| trace.log("m"));
    });
    w.say("b");
    let never = w.event_loop.run_until(|_| {
        trace.log("?");
        false
    });
    assert_eq!(never, Ok(Exit::Completed));
    trace.expect("? a m ? b ?");
    w.say("c");
    w.say("d");
    assert_eq!(w.event_loop.run_until(|_| true), Ok(Exit::Reached));
    trace.expect("");
    let mut asked = 0;
    let second = w.event_loop.run_until(|_| {
        asked += 1;
        asked == 2
    });
    assert_eq!(second, Ok(Exit::Reached));
    trace.expect("c");
    w.runs("d");
}

#[test]
fn run_until_is_asked_after_a_turn_that_was_a_timer_or_an_idle_callback() {
    // Its question sees what they did.
    let w = World::new();
    let done = Rc::new(Cell::new(0));
    let count = || {
        let done = Rc::clone(&done);
        move |_: &LoopHandle| done.set(done.get() + 1)
    };
    w.h.queue_idle(count());
    w.h.queue_idle(count());
    let exit = w.event_loop.run_until(|_| done.get() == 1);
    assert_eq!(exit, Ok(Exit::Reached));
    w.h.set_timeout(ms(5), count());
    w.h.set_timeout(ms(5), count());
    let exit = w.event_loop.run_until(|_| done.get() == 3);
    assert_eq!(exit, Ok(Exit::Reached));
    w.run();
    assert_eq!(done.get(), 4);
}

#[test]
fn the_question_of_run_until_may_use_the_loop() {
    // It gets the handle: it may post, look, and stop; the stack is empty meanwhile.
    let w = World::new();
    let trace = w.trace;
    let mut words = vec!["b", "a"];
    let exit = w.event_loop.run_until(|h| {
        assert!(h.call_stack().is_empty());
        match words.pop() {
            Some(word) => _ = say(h, word),
            None => h.stop(),
        }
        false
    });
    assert_eq!(exit, Ok(Exit::Stopped));
    trace.expect("a b");
}

#[test]
fn run_for_runs_the_clock_to_its_end() {
    // Fine print: `Reached` once the clock reads start + d, deadlines at that instant included.
    let w = World::new();
    let (t, u) = (w.stamp("t"), w.stamp("u"));
    w.h.set_interval(ms(4), move |_| t());
    w.h.set_timeout(ms(10), move |_| u());
    assert_eq!(w.event_loop.run_for(ms(10)), Ok(Exit::Reached));
    w.trace.expect("t4 t8 u10");
    assert_eq!(w.now(), 10);
    assert_eq!(w.event_loop.run_for(ms(1)), Ok(Exit::Reached));
    w.trace.expect("");
    assert_eq!(w.now(), 11);
    assert_eq!(w.event_loop.run_for(ms(1)), Ok(Exit::Reached));
    w.trace.expect("t12");
}

#[test]
fn run_for_ends_when_nothing_is_ready() {
    // Fine print: what a timer at the last instant posts, and sets for that instant, still runs.
    let w = World::new();
    let trace = w.trace;
    w.h.set_interval(ms(100), |_| ());
    w.h.set_timeout(ms(10), move |h| {
        trace.log("t");
        say(h, "posted");
        h.queue_microtask(move |_| trace.log("m"));
        h.set_timeout(Duration::ZERO, move |_| trace.log("zero"));
        h.set_timeout(ms(1), move |_| trace.log("too-late"));
    });
    assert_eq!(w.event_loop.run_for(ms(10)), Ok(Exit::Reached));
    trace.expect("t m posted zero");
    assert_eq!(w.now(), 10);
}

#[test]
fn run_for_counts_the_deadline_at_its_very_end() {
    // With nothing behind it: the clock reads start + d, so it is `Reached`.
    let w = World::new();
    let t = w.stamp("t");
    w.h.set_timeout(ms(10), move |_| t());
    assert_eq!(w.event_loop.run_for(ms(10)), Ok(Exit::Reached));
    w.trace.expect("t10");
}

#[test]
fn run_for_runs_what_comes_due_while_it_looks_at_the_clock() {
    // "`Reached` once the clock reads start + d (deadlines at that instant included)": also where the clock goes on
    // between two looks, as that of the system does. Set at the first look, started at the second.
    struct Ticking(Cell<u64>, Instant);
    impl Clock for Ticking {
        fn now(&self) -> Instant {
            self.0.set(self.0.get() + 1);
            self.1 + ms(self.0.get())
        }
    }
    for (time, span) in (0..6).flat_map(|time| (0..6).map(move |span| (time, span))) {
        let clock = Ticking(Cell::new(0), Instant::now());
        let event_loop = EventLoop::builder().clock(clock).build();
        // The loop has looked when it was made.
        let (set, started) = (2, 3);
        let has_run = Rc::new(Cell::new(false));
        let runs = Rc::clone(&has_run);
        let h = event_loop.handle();
        h.set_timeout(ms(time), move |_| runs.set(true));
        let exit = event_loop.run_for(ms(span));
        let is_due = set + time <= started + span;
        assert_eq!(has_run.get(), is_due, "{time} in {span}: {exit:?}");
    }
}

#[test]
fn run_for_leaves_what_came_due_behind_its_end() {
    // A handler takes so long that the clock stands behind start + d: what was posted is ready and is
    // run, what is due only since then is for the next run.
    let w = World::new();
    let (clock, t) = (w.clock.clone(), w.stamp("t"));
    for n in [9, 10, 11] {
        let t = t.clone();
        w.h.set_timeout(ms(n), move |_| t());
    }
    w.act(move |h| {
        clock.advance(ms(25));
        say(h, "posted");
    });
    assert_eq!(w.event_loop.run_for(ms(10)), Ok(Exit::Reached));
    w.trace.expect("posted t25 t25");
    w.runs("t25");
}

#[test]
fn run_for_completes_when_nothing_is_left_earlier() {
    // Fine print: "the clock not moved on".
    let w = World::new();
    assert_eq!(w.event_loop.run_for(ms(10)), Ok(Exit::Completed));
    assert_eq!(w.now(), 0);
    let t = w.stamp("t");
    w.h.set_timeout(ms(4), move |_| t());
    assert_eq!(w.event_loop.run_for(ms(10)), Ok(Exit::Completed));
    w.trace.expect("t4");
    assert_eq!(w.now(), 4);
}

#[test]
fn run_for_leaves_what_is_due_later() {
    // It ends at start + d, and the timer is still there.
    let w = World::new();
    let t = w.stamp("t");
    w.h.set_timeout(ms(15), move |_| t());
    assert_eq!(w.event_loop.run_for(ms(10)), Ok(Exit::Reached));
    w.trace.expect("");
    assert_eq!(w.now(), 10);
    w.runs("t15");
}

#[test]
fn run_for_no_time_runs_what_is_ready() {
    // d = 0: the posts, and the deadlines of this instant.
    let w = World::new();
    let trace = w.trace;
    w.h.set_interval(ms(1), |_| ());
    w.say("a");
    w.h.set_timeout(Duration::ZERO, move |_| trace.log("t"));
    assert_eq!(w.event_loop.run_for(Duration::ZERO), Ok(Exit::Reached));
    trace.expect("a t");
    assert_eq!(w.now(), 0);
}

#[test]
fn run_for_ever_is_run() {
    // `Duration::MAX` overflows nothing.
    let w = World::new();
    let t = w.stamp("t");
    w.h.set_timeout(ms(5), move |_| t());
    assert_eq!(w.event_loop.run_for(Duration::MAX), Ok(Exit::Completed));
    w.trace.expect("t5");
}

#[test]
fn run_for_ten_is_ten_times_run_for_one() {
    // "so `run_for(10 ms)` is ten times `run_for(1 ms)`": timers of all kinds, posts, microtasks.
    fn program() -> World {
        let w = World::new();
        let (a, b, c, d) = (w.stamp("a"), w.stamp("b"), w.stamp("c"), w.stamp("d"));
        w.h.set_interval(ms(3), move |h| {
            a();
            let d = d.clone();
            act(h, move |_| d());
        });
        w.h.set_interval(Duration::from_micros(1_500), move |_| b());
        w.h.set_timeout(ms(5), move |h| {
            c();
            let c = c.clone();
            h.set_timeout(ms(5), move |h| {
                c();
                h.post_after(Duration::ZERO, SAY, "zero");
            });
        });
        w.h.post_after(ms(10), SAY, "ten");
        w.h.post_after(Duration::from_micros(10_001), SAY, "too-late");
        w.say("first");
        w
    }
    let (once, often) = (program(), program());
    assert_eq!(once.event_loop.run_for(ms(10)), Ok(Exit::Reached));
    for n in 1..=10 {
        assert_eq!(often.event_loop.run_for(ms(1)), Ok(Exit::Reached));
        assert_eq!(often.now(), n);
    }
    let told = once.trace.take();
    assert!(told.starts_with("first b1 a3 b3 d3 "), "{told}");
    assert!(told.ends_with(" ten c10 zero"), "{told}");
    often.trace.expect(&told);
    assert_eq!(once.clock.elapsed(), often.clock.elapsed());
}

#[test]
fn run_for_stops_when_told() {
    // `Stopped`, in the middle of its time.
    let w = World::new();
    w.h.set_interval(ms(3), |h| h.stop());
    assert_eq!(w.event_loop.run_for(ms(10)), Ok(Exit::Stopped));
    assert_eq!(w.now(), 3);
}

#[test]
fn a_turn_never_steps_the_virtual_clock() {
    // Fine print: neither `turn` nor `poll` does; when it is due, it is an event with an id.
    let w = World::new();
    let stamp = w.stamp("t");
    let first = w.say("a");
    w.h.set_timeout(ms(5), move |_| stamp());
    ran(w.event_loop.turn());
    assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
    w.event_loop.poll().unwrap();
    assert_eq!(w.now(), 0);
    w.trace.expect("a");
    w.clock.advance(ms(7));
    let id = ran(w.event_loop.turn());
    assert!(id > first);
    w.trace.expect("t7");
}

#[test]
fn draining_microtasks_alone_is_nothing() {
    // Fine print: "Draining left-over microtasks, or an idle callback, alone: `Nothing`."
    let w = World::new();
    let trace = w.trace;
    w.h.queue_microtask(move |_| trace.log("m"));
    assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
    trace.expect("m");
    w.h.queue_idle(move |h| {
        trace.log("i");
        h.queue_microtask(move |_| trace.log("m"));
    });
    assert_eq!(w.event_loop.turn(), Ok(Turn::Nothing));
    trace.expect("i m");
}

#[test]
fn what_left_over_microtasks_post_is_taken_in_the_same_turn() {
    // Line 2 comes before line 4.
    let w = World::new();
    let trace = w.trace;
    w.h.queue_microtask(move |h| {
        trace.log("m");
        say(h, "a");
    });
    ran(w.event_loop.turn());
    trace.expect("m a");
}

/// Runs `inside` with the loop, from a listener of `NUM`.
fn with_itself(inside: impl Fn(&EventLoop) + 'static) -> (Rc<World>, impl Fn()) {
    let w = Rc::new(World::new());
    let weak = Rc::downgrade(&w);
    let inside = move || inside(&weak.upgrade().unwrap().event_loop);
    (w, inside)
}

/// Asserts that nothing of the loop can be run now.
fn is_reentrant(event_loop: &EventLoop) {
    assert_eq!(event_loop.run(), Err(RunError::Reentrant));
    assert_eq!(event_loop.turn(), Err(RunError::Reentrant));
    assert_eq!(event_loop.poll(), Err(RunError::Reentrant));
    assert_eq!(event_loop.run_for(ms(5)), Err(RunError::Reentrant));
    let until = event_loop.run_until(|_| unreachable!("it is not asked"));
    assert_eq!(until, Err(RunError::Reentrant));
}

#[test]
fn a_run_inside_of_a_run_is_refused_and_nothing_breaks() {
    // From a listener, nested too, a microtask, a timer, an idle callback, a payload's `Drop`
    // and the question of `run_until`.
    let (w, inside) = with_itself(is_reentrant);
    let (inside, trace) = (Rc::new(inside), w.trace);
    let check = |name: &'static str| {
        let inside = Rc::clone(&inside);
        move || {
            inside();
            trace.log(name);
        }
    };
    let listener = check("listener");
    w.act(move |_| listener());
    let nested = check("nested");
    w.event_loop.emitter().on(NUM, move |_| nested());
    w.act(|h| _ = h.emit(NUM, 1));
    let micro = check("micro");
    w.h.queue_microtask(move |_| micro());
    let timer = check("timer");
    w.h.set_timeout(ms(1), move |_| timer());
    let idle = check("idle");
    w.h.queue_idle(move |_| idle());
    w.h.post(HELD, held(OnDrop(check("drop")))).unwrap();
    w.say("a");
    w.runs("micro listener nested drop a idle timer");
    let asked = w.event_loop.run_until(|_| {
        inside();
        true
    });
    assert_eq!(asked, Ok(Exit::Reached));
    w.is_well();
}

#[test]
fn every_way_to_run_refuses_to_be_run_in() {
    // With the outer call a `turn`, a `poll`, a `run_for`.
    let (w, inside) = with_itself(is_reentrant);
    let inside = Rc::new(inside);
    let post = || {
        let inside = Rc::clone(&inside);
        w.act(move |_| inside());
    };
    post();
    ran(w.event_loop.turn());
    post();
    w.event_loop.poll().unwrap();
    post();
    w.event_loop.run_for(ms(1)).unwrap();
    w.is_well();
}

#[test]
fn a_run_inside_of_an_emit_outside_of_a_run_is_refused() {
    // A listener is a handler, whoever calls it: the stack is not empty.
    let (w, inside) = with_itself(is_reentrant);
    w.event_loop.emitter().on(NUM, move |_| inside());
    assert_eq!(w.h.emit(NUM, 1), 1);
    w.is_well();
}

#[test]
fn a_loop_may_run_inside_of_another() {
    // They are two: neither is re-entered.
    let (outer, inner) = (World::new(), Rc::new(World::new()));
    let (theirs, trace) = (Rc::clone(&inner), outer.trace);
    outer.act(move |h| {
        theirs.say("inner");
        theirs.run();
        trace.log(theirs.trace.take());
        assert_eq!(h.depth(), 1);
        assert_eq!(theirs.h.depth(), 0);
    });
    outer.say("outer");
    outer.runs("inner outer");
}

#[test]
fn the_loop_lives_while_there_is_something_to_do() {
    // "The loop lives while there are events, microtasks, timers or strong proxies."
    let w = World::new();
    let trace = w.trace;
    w.h.queue_microtask(move |h| {
        trace.log("m");
        say(h, "a");
    });
    w.h.set_timeout(ms(1), move |h| {
        trace.log("t");
        h.queue_microtask(move |h| {
            trace.log("m");
            say(h, "b");
        });
    });
    w.runs("m a t m b");
    let proxy = w.h.proxy();
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    drop(proxy);
    w.run();
}

#[test]
fn weak_timers_and_proxies_do_not_count() {
    // Neither keeps `run`; the clock is not moved for them.
    let w = World::new();
    let t = w.stamp("t");
    let timer = w.h.set_timeout(ms(5), move |_| t());
    assert!(w.h.unref_timer(timer));
    let weak = w.h.proxy().downgrade();
    w.runs("");
    assert_eq!(w.now(), 0);
    assert!(w.h.ref_timer(timer));
    w.runs("t5");
    drop(weak);
}

#[test]
fn a_listener_added_between_post_and_turn_hears_it() {
    // Rule 2 for posts: the audience is latched when the dispatch starts.
    let w = World::new();
    w.h.post(NUM, 1).unwrap();
    w.event_loop.emitter().on(NUM, w.trace.logs("n"));
    w.runs("n1");
}

#[test]
fn the_loop_drives_the_emitter_it_was_given() {
    // Builder's `emitter`: its name and limits.
    let w = World::built(|builder| {
        builder.emitter(local::EventEmitter::builder().name("shop").max_depth(2))
    });
    assert_eq!(w.event_loop.emitter().name(), Some("shop"));
    assert!(w.h.emitter().ptr_eq(w.event_loop.emitter()));
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |n| {
        trace.log(h.try_emit(NUM, n + 1).is_ok());
    });
    w.h.post(NUM, 1).unwrap();
    w.runs("false true");
}

#[test]
fn a_new_loop_is_on_the_system_clock() {
    // `EventLoop::new()`; `run_for` ends by itself, and not before its time.
    in_time(|| {
        let event_loop = EventLoop::new();
        let before = Instant::now();
        assert!(event_loop.now() >= before);
        let proxy = event_loop.proxy();
        assert_eq!(event_loop.run_for(ms(3)), Ok(Exit::Reached));
        assert!(before.elapsed() >= ms(3));
        drop(proxy);
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
    });
}
