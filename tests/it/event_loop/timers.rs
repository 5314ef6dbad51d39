//! Timeouts, intervals and `post_after`, under a virtual clock.

use super::*;
use crate::alloc::live_bytes;

#[test]
fn timers_of_one_deadline_fire_in_the_order_of_their_creation() {
    // Eight timers of 10, as in libuv; asyncio gives 0 2 6 5 7 1 3 4.
    let w = World::new();
    let trace = w.trace;
    for n in 0..8 {
        w.h.set_timeout(ms(10), move |_| trace.log(n));
    }
    w.runs("0 1 2 3 4 5 6 7");
    assert_eq!(w.now(), 10);
}

#[test]
fn timers_fire_by_deadline_then_by_creation() {
    // Timeouts 2 A, 1 B, 2 C, 1 D → `B D A C`.
    let w = World::new();
    let trace = w.trace;
    for (delay, name) in [(2, "A"), (1, "B"), (2, "C"), (1, "D")] {
        w.h.set_timeout(ms(delay), move |_| trace.log(name));
    }
    w.runs("B D A C");
}

#[test]
fn timers_of_all_kinds_are_in_one_order() {
    // Timeouts, intervals and `post_after`, set at different times for one instant.
    let w = World::new();
    let (t, i) = (w.stamp("t"), w.stamp("i"));
    w.h.set_timeout(ms(6), {
        let t = t.clone();
        move |h| {
            let t = t.clone();
            h.set_timeout(ms(4), move |_| t());
        }
    });
    w.h.post_after(ms(10), SAY, "p");
    w.h.set_interval(ms(10), move |_| {
        i();
        Flow::Stop
    });
    w.h.set_timeout(ms(10), move |_| t());
    w.runs("p i10 t10 t10");
}

#[test]
fn a_cleared_timer_does_not_fire() {
    // True, then false; it keeps no loop alive and moves no clock.
    let w = World::new();
    for timer in [
        w.h.set_timeout(ms(10), |_| unreachable!()),
        w.h.set_interval(ms(10), |_| unreachable!()),
        w.h.post_after(ms(10), SAY, "never"),
        w.h.set_timeout(Duration::MAX, |_| unreachable!()),
    ] {
        assert!(w.h.clear_timer(timer));
        assert!(!w.h.clear_timer(timer));
    }
    w.runs("");
    assert_eq!(w.now(), 0);
}

#[test]
fn a_sibling_due_at_the_same_time_can_be_cleared() {
    // Timer a clears b, due at the same time and in the queue already → `a c`.
    let w = World::new();
    let trace = w.trace;
    let sibling = Rc::new(Cell::new(None));
    let b = Rc::clone(&sibling);
    w.h.set_timeout(ms(10), move |h| {
        trace.log("a");
        assert!(h.clear_timer(b.get().unwrap()));
        assert!(!h.clear_timer(b.get().unwrap()));
    });
    sibling.set(Some(w.h.set_timeout(ms(10), move |_| trace.log("b"))));
    w.h.set_timeout(ms(10), move |_| trace.log("c"));
    w.runs("a c");
}

#[test]
fn due_timers_of_all_kinds_can_be_cleared() {
    // An interval and a `post_after` that wait in the queue: gone from there as well.
    let w = World::new();
    let own = Rc::new(RefCell::new(Vec::new()));
    let timers = Rc::clone(&own);
    w.h.set_timeout(ms(10), move |h| {
        assert_eq!(h.queue().len(), 2);
        for timer in timers.borrow().iter() {
            assert!(h.clear_timer(*timer));
        }
        assert!(h.queue().is_empty());
    });
    own.borrow_mut().extend([
        w.h.set_interval(ms(10), |_| unreachable!()),
        w.h.post_after(ms(10), SAY, "never"),
    ]);
    w.runs("");
    assert_eq!(w.now(), 10);
}

/// Runs an interval of 50 whose second body takes 130, until its sixth.
fn missed(tick: Option<MissedTick>) -> String {
    let w = World::new();
    let (clock, trace, mut runs) = (w.clock.clone(), w.trace, 0);
    let body = move |_: &LoopHandle| {
        trace.log(clock.elapsed().as_millis());
        runs += 1;
        if runs == 2 {
            clock.advance(ms(130));
        }
        if runs == 6 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    };
    match tick {
        Some(tick) => w.h.set_interval_with(ms(50), tick, body),
        None => w.h.set_interval(ms(50), body),
    };
    w.run();
    w.trace.take()
}

#[test]
fn missed_ticks_are_skipped_burst_or_delayed() {
    // First at 50; the second body takes 130. `Skip` is the default.
    assert_eq!(missed(Some(MissedTick::Skip)), "50 100 230 250 300 350");
    assert_eq!(missed(None), "50 100 230 250 300 350");
    assert_eq!(missed(Some(MissedTick::Burst)), "50 100 230 230 250 300");
    assert_eq!(missed(Some(MissedTick::Delay)), "50 100 230 280 330 380");
}

#[test]
fn an_interval_that_is_late_by_others_misses_ticks_too() {
    // A handler, not the body, takes long: the interval is re-armed when its task starts.
    for (tick, told) in [
        (MissedTick::Skip, "25 30 40"),
        (MissedTick::Burst, "25 25 30"),
        (MissedTick::Delay, "25 35 45"),
    ] {
        let w = World::new();
        let (clock, trace, mut runs) = (w.clock.clone(), w.trace, 0);
        w.h.set_interval_with(ms(10), tick, move |_| {
            trace.log(clock.elapsed().as_millis());
            runs += 1;
            if runs == 3 {
                Flow::Stop
            } else {
                Flow::Continue
            }
        });
        let clock = w.clock.clone();
        w.act(move |_| clock.advance(ms(25)));
        w.runs(told);
    }
}

#[test]
fn a_skipped_tick_stays_on_its_grid() {
    // `Skip`: a body that ends exactly on a tick fires then, once, and goes on with the next.
    let w = World::new();
    let (clock, trace, mut runs) = (w.clock.clone(), w.trace, 0);
    w.h.set_interval(ms(10), move |_| {
        trace.log(clock.elapsed().as_millis());
        runs += 1;
        if runs == 1 {
            clock.advance(ms(20));
        }
        if runs == 4 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    });
    w.runs("10 30 40 50");
}

#[test]
fn an_interval_ends_by_its_own_hand() {
    // Cleared in its own body, or returning `Stop` or `Unsubscribe`: it does not run again.
    let w = World::new();
    let trace = w.trace;
    let own = Rc::new(Cell::new(None));
    let id = Rc::clone(&own);
    own.set(Some(w.h.set_interval(ms(10), move |h| {
        trace.log("cleared");
        // "of the interval now running: `true`"
        assert!(h.clear_timer(id.get().unwrap()));
        assert!(!h.clear_timer(id.get().unwrap()));
    })));
    let stop = w.h.set_interval(ms(10), move |_| {
        trace.log("stop");
        Flow::Stop
    });
    let unsubscribe = w.h.set_interval(ms(10), move |_| {
        trace.log("unsubscribe");
        Flow::Unsubscribe
    });
    let broken = w.h.set_interval(ms(10), move |_| {
        trace.log("break");
        std::ops::ControlFlow::Break(())
    });
    let ok = w.h.set_interval(ms(10), move |_| {
        trace.log("ok");
        Ok::<_, String>(Flow::Stop)
    });
    w.runs("cleared stop unsubscribe break ok");
    assert_eq!(w.now(), 10);
    for timer in [own.get().unwrap(), stop, unsubscribe, broken, ok] {
        assert!(!w.h.clear_timer(timer));
    }
}

#[test]
fn a_timeout_that_runs_cannot_be_cleared() {
    // "`clear_timer` of the timeout now running: `false`".
    let w = World::new();
    let trace = w.trace;
    let own = Rc::new(Cell::new(None));
    let id = Rc::clone(&own);
    let timer =
        w.h.set_timeout(ms(10), move |h| trace.log(h.clear_timer(id.get().unwrap())));
    own.set(Some(timer));
    w.runs("false");
}

#[test]
fn an_interval_cleared_while_its_nested_emit_runs_is_over() {
    // By another hand, in the middle of its body.
    let w = World::new();
    let own = Rc::new(Cell::new(None));
    let (h, id, trace) = (w.h.clone(), Rc::clone(&own), w.trace);
    w.event_loop
        .emitter()
        .on(NUM, move |_| trace.log(h.clear_timer(id.get().unwrap())));
    let probe = trace.probe("~");
    own.set(Some(w.h.set_interval(ms(10), move |h| {
        probe.hold();
        h.emit(NUM, 1);
        trace.log("still-here");
    })));
    w.runs("true still-here ~");
}

#[test]
fn a_duration_without_end_never_fires() {
    // `Duration::MAX` never fires and never overflows. There is no deadline to step to.
    let w = World::new();
    w.clock.advance(ms(5));
    let timers = [
        w.h.set_timeout(Duration::MAX, |_| unreachable!()),
        w.h.set_interval(Duration::MAX, |_| unreachable!()),
        w.h.set_interval_with(Duration::MAX, MissedTick::Burst, |_| unreachable!()),
        w.h.post_after(Duration::MAX, SAY, "never"),
    ];
    assert_eq!(w.event_loop.next_deadline(), None);
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    assert_eq!(w.now(), 5);
    let t = w.stamp("t");
    w.h.set_timeout(ms(1), move |_| t());
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    w.trace.expect("t6");
    for timer in timers {
        assert!(w.h.unref_timer(timer));
    }
    w.run();
    for timer in timers {
        assert!(w.h.clear_timer(timer));
    }
}

#[test]
fn a_timer_that_is_never_due_moves_no_clock_for_weak_ones() {
    // "If there is none but of weak timers, the run ends with `Exit::Stalled`": no deadline, that is.
    let w = World::new();
    let [stalled, completed] = [Ok(Exit::Stalled), Ok(Exit::Completed)];
    let weak = |h: &LoopHandle| {
        let mut calls = 0;
        let id = h.set_interval(ms(1), move |h| {
            calls += 1;
            // Else it would go on for ever where it is called for nothing.
            if calls == 9 {
                h.stop();
            }
        });
        h.unref_timer(id);
    };
    weak(&w.h);
    let never = w.h.set_timeout(Duration::MAX, |_| unreachable!());
    assert_eq!(w.event_loop.run(), stalled);
    assert_eq!(w.event_loop.run_until(|_| false), stalled);
    assert_eq!(w.now(), 0);
    // One with a deadline does, as long as it waits.
    w.h.set_timeout(ms(2), |_| ());
    assert_eq!(w.event_loop.run(), stalled);
    assert_eq!(w.now(), 2);
    // However it comes to be strong, or goes.
    w.h.unref_timer(never);
    assert_eq!(w.event_loop.run(), completed);
    w.h.ref_timer(never);
    assert_eq!(w.event_loop.run(), stalled);
    w.h.clear_timer(never);
    assert_eq!(w.event_loop.run(), completed);
    assert_eq!(w.now(), 2);
    // An interval whose second deadline is later than any `Instant`.
    let w = World::new();
    let period = Duration::from_secs(1 << 62);
    w.h.set_interval(period, weak);
    assert_eq!(w.event_loop.run(), stalled);
    assert_eq!(w.clock.elapsed(), period);
}

#[test]
fn an_hour_passes_at_once() {
    // A timeout of 1 h, virtual clock: run returns at once, clock 1 h.
    let w = World::new();
    let trace = w.trace;
    w.h.set_timeout(Duration::from_secs(3600), move |_| trace.log("t"));
    w.runs("t");
    assert_eq!(w.clock.elapsed(), Duration::from_secs(3600));
}

#[test]
fn two_intervals_keep_their_count() {
    // 13 and 10 over 500 → 38 and 50 calls, as with sinon's fake timers.
    let w = World::new();
    let counts = [13, 10].map(|period| {
        let count = Rc::new(Cell::new(0));
        let counted = Rc::clone(&count);
        w.h.set_interval(ms(period), move |_| counted.set(counted.get() + 1));
        count
    });
    assert_eq!(w.event_loop.run_for(ms(500)), Ok(Exit::Reached));
    assert_eq!(counts.map(|count| count.get()), [38, 50]);
}

#[test]
fn a_timer_is_never_early_on_the_real_clock() {
    // Of each kind; the deadline is counted from the call.
    in_time(|| {
        let event_loop = EventLoop::new();
        let h = event_loop.handle();
        let fired = Rc::new(Cell::new(0));
        let start = Instant::now();
        let check = |after: Duration| {
            let fired = Rc::clone(&fired);
            move || {
                assert!(start.elapsed() >= after);
                fired.set(fired.get() + 1);
            }
        };
        for n in [0, 1, 3, 7] {
            let check = check(ms(n));
            h.set_timeout(ms(n), move |_| check());
        }
        let tick = check(ms(2));
        h.set_interval(ms(2), move |_| {
            tick();
            Flow::Stop
        });
        let posted = check(Duration::from_micros(2_500));
        event_loop.emitter().on(NUM, move |_| posted());
        h.post_after(Duration::from_micros(2_500), NUM, 1);
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        assert_eq!(fired.get(), 6);
    });
}

#[test]
fn a_timer_of_zero_has_its_own_turn() {
    // Not now, and not in this turn: behind what is queued when it is due.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        h.set_timeout(Duration::ZERO, move |h| {
            trace.log("t");
            h.set_timeout(Duration::ZERO, move |_| trace.log("t.t"));
            say(h, "c");
        });
        h.post_after(Duration::ZERO, SAY, "p");
        trace.log("a");
    });
    w.say("b");
    w.runs("a b t p c t.t");
    assert_eq!(w.now(), 0);
}

#[test]
fn an_interval_of_zero_is_a_callers_bug() {
    // It would be due for ever: it panics, where it is set, and nothing is left of it.
    let w = World::new();
    let plain = panic_text(|| w.h.set_interval(Duration::ZERO, |_| ()));
    let delayed = panic_text(|| {
        w.h.set_interval_with(Duration::ZERO, MissedTick::Delay, |_| ())
    });
    assert_contains(&plain, &["period of 0"]);
    assert_eq!(plain, delayed);
    w.is_well();
}

#[test]
fn deadlines_come_from_the_live_clock_at_the_call() {
    // A handler that takes long sets its timer from then on, not from the start of its turn.
    let w = World::new();
    let (clock, t) = (w.clock.clone(), w.stamp("t"));
    w.act(move |h| {
        clock.advance(ms(20));
        let t = t.clone();
        h.set_timeout(ms(10), move |_| t());
    });
    w.runs("t30");
}

#[test]
fn an_interval_first_fires_after_one_period() {
    // Not at once.
    let w = World::new();
    let t = w.stamp("t");
    w.h.set_interval(ms(10), move |_| t());
    assert_eq!(w.event_loop.run_for(ms(9)), Ok(Exit::Reached));
    w.trace.expect("");
    assert_eq!(w.event_loop.run_for(ms(1)), Ok(Exit::Reached));
    w.trace.expect("t10");
}

#[test]
fn an_interval_keeps_its_creation_rank() {
    // Fine print: on equal deadlines it comes before the timeout made after it, though it was
    // re-armed later than that was made.
    let w = World::new();
    let (i, t) = (w.stamp("i"), w.stamp("t"));
    let mut runs = 0;
    w.h.set_interval(ms(10), move |_| {
        i();
        runs += 1;
        if runs == 3 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    });
    for deadline in [20, 30] {
        let t = t.clone();
        w.h.set_timeout(ms(deadline), move |_| t());
    }
    w.runs("i10 i20 t20 i30 t30");
}

/// How many timers are due and wait in the queue.
fn ticks(h: &LoopHandle) -> usize {
    let events = h.queue().events();
    events
        .iter()
        .filter(|event| event.timer().is_some())
        .count()
}

#[test]
fn an_interval_is_never_twice_in_the_queue() {
    // Fine print, where three of its periods pass in one handler, and it bursts.
    let w = World::new();
    let (t, clock, trace) = (w.stamp("t"), w.clock.clone(), w.trace);
    w.h.set_interval_with(ms(10), MissedTick::Burst, move |h| {
        t();
        assert_eq!(ticks(h), 0, "it runs");
    });
    w.act(move |_| clock.advance(ms(35)));
    w.act(move |h| trace.log(ticks(h)));
    let exit = w.event_loop.run_until(|h| {
        assert!(ticks(h) <= 1);
        w.now() >= 40
    });
    assert_eq!(exit, Ok(Exit::Reached));
    w.trace.expect("1 t35 t35 t35 t40");
}

#[test]
fn an_interval_stays_armed_when_its_body_unwinds() {
    // Fine print: re-armed when its task starts, so a panic does not end it.
    let w = World::new();
    let t = w.stamp("t");
    let mut runs = 0;
    w.h.set_interval(ms(10), move |_| {
        t();
        runs += 1;
        assert!(runs != 2, "boom");
        if runs == 4 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    });
    assert_eq!(panic_text(|| w.event_loop.run()), "boom");
    w.trace.expect("t10 t20");
    w.runs("t30 t40");
}

#[test]
fn an_interval_stays_armed_when_its_body_fails() {
    // As for a panic: `Err` is told, or unwinds, and the next tick comes.
    let w = World::new();
    let t = w.stamp("t");
    let mut runs = 0;
    w.h.set_interval(ms(10), move |_| {
        t();
        runs += 1;
        match runs {
            1 | 2 => Err("bad"),
            3 => Ok(Flow::Continue),
            _ => Ok(Flow::Stop),
        }
    });
    assert_contains(&panic_text(|| w.event_loop.run()), &["bad"]);
    let trace = w.trace;
    w.event_loop
        .emitter()
        .on(TASK_ERROR, move |_| trace.log("!"));
    w.runs("t10 t20 ! t30 t40");
}

#[test]
fn the_body_of_an_interval_has_its_own_state() {
    // `FnMut`, and the handle as its argument.
    let w = World::new();
    let mut words = vec!["c", "b", "a"];
    w.h.set_interval(ms(10), move |h| match words.pop() {
        Some(word) => {
            say(h, word);
            Flow::Continue
        }
        None => Flow::Stop,
    });
    w.runs("a b c");
    assert_eq!(w.now(), 40);
}

#[test]
fn a_weak_timer_fires_if_the_loop_lives_till_then() {
    // `unref_timer`: it keeps nothing alive, and is otherwise as it was.
    let w = World::new();
    let (a, b, c) = (w.stamp("a"), w.stamp("b"), w.stamp("c"));
    let early = w.h.set_timeout(ms(5), move |_| a());
    w.h.set_timeout(ms(10), move |_| b());
    let late = w.h.set_timeout(ms(20), move |_| c());
    assert!(w.h.unref_timer(early));
    assert!(w.h.unref_timer(late));
    w.runs("a5 b10");
    assert!(w.h.ref_timer(late));
    w.runs("c20");
}

#[test]
fn unref_and_ref_say_whether_the_timer_is_there() {
    // And may be called as often as one likes.
    let w = World::new();
    for timer in [
        w.h.set_timeout(ms(5), |_| ()),
        w.h.set_interval(ms(5), |_| ()),
        w.h.post_after(ms(5), SAY, "never"),
    ] {
        assert!(w.h.ref_timer(timer));
        assert!(w.h.unref_timer(timer) && w.h.unref_timer(timer));
        assert!(w.h.ref_timer(timer) && w.h.ref_timer(timer));
        w.h.clear_timer(timer);
        assert!(!w.h.unref_timer(timer) && !w.h.ref_timer(timer));
    }
    let fired = w.h.set_timeout(ms(5), |_| ());
    w.run();
    assert!(!w.h.unref_timer(fired));
    w.runs("");
}

#[test]
fn an_interval_may_unref_itself() {
    // From its own body: it ends the run, and is still there.
    let w = World::new();
    let own = Rc::new(Cell::new(None));
    let (id, t) = (Rc::clone(&own), w.stamp("t"));
    own.set(Some(w.h.set_interval(ms(10), move |h| {
        t();
        assert!(h.unref_timer(id.get().unwrap()));
    })));
    w.runs("t10");
    assert!(w.h.clear_timer(own.get().unwrap()));
}

#[test]
fn a_weak_timer_that_is_due_is_taken_in() {
    // Line 3 of the turn comes before line 7: the clock stands behind its deadline already.
    let w = World::new();
    let t = w.stamp("t");
    w.h.unref_timer(w.h.set_timeout(ms(5), move |_| t()));
    w.clock.advance(ms(10));
    w.runs("t10");
}

/// Stops the run at a call of which there are so many that it would go on for ever.
fn stops_at_last() -> impl Fn(&LoopHandle) {
    let calls = Cell::new(0);
    move |h| {
        calls.set(calls.get() + 1);
        if calls.get() == 99 {
            h.stop();
        }
    }
}

/// Sets a weak interval whose body takes `time`.
fn busy(w: &World, name: &'static str, period: Duration, missed: MissedTick, time: Duration) {
    let (clock, stamp, stop) = (w.clock.clone(), w.stamp(name), stops_at_last());
    let id = w.h.set_interval_with(period, missed, move |h| {
        stamp();
        clock.advance(time);
        stop(h);
    });
    w.h.unref_timer(id);
}

/// Sets a weak timeout that is due at once, again and again.
fn always_due(h: &LoopHandle, body: impl Fn(&LoopHandle) + 'static) {
    fn set(h: &LoopHandle, body: Rc<dyn Fn(&LoopHandle)>) {
        let id = h.set_timeout(Duration::ZERO, move |h| {
            body(h);
            set(h, body);
        });
        h.unref_timer(id);
    }
    let stop = stops_at_last();
    let body = move |h: &LoopHandle| {
        body(h);
        stop(h);
    };
    set(h, Rc::new(body));
}

#[test]
fn a_weak_interval_that_is_always_due_keeps_no_run() {
    // "Weak timers and proxies do not count": also where it is due again by the end of its turn.
    for (missed, time, expected) in [
        (MissedTick::Skip, 10, "t10 t20 t30 s40 t40"),
        (MissedTick::Skip, 12, "t10 t22 t34 s46 t46"),
        (MissedTick::Skip, 15, "t10 t25 t40 s55 t55"),
        (MissedTick::Burst, 15, "t10 t25 t40 s55 t55"),
        (MissedTick::Delay, 15, "t10 t25 s40 t40"),
    ] {
        let w = World::new();
        busy(&w, "t", ms(10), missed, ms(time));
        let s = w.stamp("s");
        w.h.set_timeout(ms(30), move |_| s());
        w.runs(expected);
    }
}

#[test]
fn the_shortest_weak_interval_has_one_turn_in_a_run() {
    // However short its body is, it is due again by the end of it.
    let w = World::new();
    let least = Duration::from_nanos(1);
    busy(&w, "t", least, MissedTick::Skip, least);
    w.runs("");
    w.clock.advance(least);
    w.runs("t0");
    w.runs("t0");
}

#[test]
fn weak_timers_that_are_always_due_have_a_turn_each_in_a_run() {
    // None of them has the others looked at again, which would be one of them at any time.
    let w = World::new();
    busy(&w, "a", ms(10), MissedTick::Burst, ms(15));
    busy(&w, "b", ms(10), MissedTick::Burst, ms(15));
    let trace = w.trace;
    always_due(&w.h, move |_| trace.log("c"));
    w.clock.advance(ms(10));
    w.runs("c a10 b25");
    w.runs("c a40 b55");
    assert_eq!(w.event_loop.run_for(ms(0)), Ok(Exit::Reached));
    trace.expect("a70 b85 c");
}

#[test]
fn a_weak_timer_that_is_due_again_at_the_end_of_a_run_does_not_keep_it() {
    // `run_for` under a clock that stands: due "at that instant", and set anew for it.
    let w = World::new();
    let trace = w.trace;
    always_due(&w.h, move |_| trace.log("t"));
    assert_eq!(w.event_loop.run_for(ms(0)), Ok(Exit::Reached));
    trace.expect("t");
}

#[test]
fn a_weak_timer_that_is_dispatched_by_hand_has_no_turn_of_its_own() {
    // It is part of that of the event which dispatches it, and behind that, due timers are looked at.
    let w = World::new();
    let trace = w.trace;
    always_due(&w.h, move |_| trace.log("t"));
    w.act(|h| assert_eq!(h.queue().dispatch(&h.emitter()), 1));
    w.runs("t t");
}

#[test]
fn a_timer_that_a_payload_dispatches_in_its_drop_is_not_the_turn() {
    // The turn is the event's, whose emit is refused and enters no frame: neither its label is the timer's, nor is the
    // timer's weakness its own.
    let w = World::built(|builder| builder.emitter(local::EventEmitter::builder().max_depth(1)));
    let trace = w.trace;
    let options = PostOptions::new().label("post");
    let (clock, h) = (w.clock.clone(), w.h.clone());
    let payload = OnDrop(move || {
        clock.advance(ms(1));
        assert_eq!(h.queue().dispatch(&h.emitter()), 1);
    });
    let payload: Box<dyn Any> = Box::new(payload);
    w.h.post_with(HELD, payload, options).unwrap();
    for time in [ms(0), ms(1)] {
        let timer = w.h.set_timeout(time, move |h| {
            let labels = h
                .call_stack()
                .frames()
                .iter()
                .map(Frame::label)
                .collect::<Vec<_>>();
            trace.log(format!("{labels:?}"));
        });
        w.h.unref_timer(timer);
    }
    // Within an emit of another emitter, so that those of the loop are too deep.
    let outer = local::Signal::<()>::new();
    let event_loop = w.event_loop;
    outer.on(move |()| assert_eq!(event_loop.run(), Ok(Exit::Completed)));
    outer.emit(());
    trace.expect("[None] [None]");
}

#[test]
fn a_turn_of_anything_else_has_weak_timers_looked_at_again() {
    // Of an event, an idle callback, a strong timer: what is due by its end has a turn as well.
    type Job = Box<dyn Fn(&LoopHandle)>;
    type Queue = fn(&LoopHandle, Job);
    let queues: [Queue; 4] = [
        |h, job| _ = h.post(DO, job).unwrap(),
        |h, job| h.queue_idle(job),
        |h, job| _ = h.set_timeout(Duration::ZERO, job),
        |h, job| _ = h.post_after(Duration::ZERO, DO, job),
    ];
    for queue in queues {
        let w = World::new();
        let (trace, left) = (w.trace, Cell::new(2));
        always_due(&w.h, move |h| {
            trace.log("t");
            left.set(left.get() - 1);
            if left.get() == 0 {
                queue(h, Box::new(move |_| trace.log("!")));
            }
        });
        w.runs("t");
        w.runs("t ! t");
    }
}

#[test]
fn post_after_posts_its_event_in_time() {
    // In its own turn, with its own name and id, behind what is queued.
    let w = World::new();
    let (clock, trace) = (w.clock.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |n| {
        trace.log(format_args!("{n}@{}", clock.elapsed().as_millis()));
    });
    let a = w.say("a");
    w.h.post_after(ms(10), NUM, 7);
    assert_eq!(w.queued(), ["say"]);
    ran(w.event_loop.turn());
    w.clock.advance(ms(12));
    w.say("b");
    w.act(move |h| {
        let events = h.queue().events();
        assert_eq!(events[0].event(), "num");
        assert!(events[0].timer().is_some() && events[0].id() > a);
    });
    w.runs("a b 7@12");
}

#[test]
fn clearing_a_post_after_drops_its_payload() {
    // Before `clear_timer` returns, also where it is due and queued.
    let w = World::new();
    let trace = w.trace;
    let timer = w.h.post_after(ms(5), HELD, held(trace.probe("~a")));
    assert!(w.h.clear_timer(timer));
    trace.expect("~a");
    let timer = w.h.post_after(ms(5), HELD, held(trace.probe("~b")));
    w.clock.advance(ms(5));
    w.act(move |h| {
        assert_eq!(h.queue().len(), 1);
        assert!(h.clear_timer(timer));
        trace.log(")");
    });
    w.runs("~b )");
    w.h.post_after(ms(5), HELD, held(trace.probe("~c")));
    w.runs("~c");
}

#[test]
fn clearing_a_timer_drops_its_task() {
    // Before `clear_timer` returns; an interval that runs, when its body has returned.
    let w = World::new();
    let trace = w.trace;
    let (a, b) = (trace.probe("~a"), trace.probe("~b"));
    let timeout = w.h.set_timeout(ms(5), move |_| a.hold());
    let interval = w.h.set_interval(ms(5), move |_| b.hold());
    w.h.clear_timer(timeout);
    trace.expect("~a");
    w.h.clear_timer(interval);
    trace.expect("~b");
    let (own, c) = (Rc::new(Cell::new(None)), trace.probe("~c"));
    let id = Rc::clone(&own);
    own.set(Some(w.h.set_interval(ms(5), move |h| {
        c.hold();
        h.clear_timer(id.get().unwrap());
        trace.log("(");
        h.queue_microtask(move |_| trace.log("m"));
    })));
    w.runs("( ~c m");
}

#[test]
fn the_drop_of_a_task_may_use_the_timers() {
    // Rule 4: what a cleared timer owned sets, clears and posts.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    let meddle = OnDrop(move || {
        h.clear_timer(h.set_timeout(ms(1), |_| ()));
        h.set_timeout(ms(2), move |_| trace.log("t"));
        say(&h, "a");
    });
    let timer = w.h.set_timeout(ms(5), move |_| meddle.hold());
    assert!(w.h.clear_timer(timer));
    w.runs("a t");
}

#[test]
fn a_due_timer_is_an_entry_of_the_queue() {
    // Fine print: its own `EventId` (`turn` returns `Ran`), lane `Normal`, the line that set it.
    let w = World::new();
    let a = w.say("a");
    let line = line!() + 1;
    let timer = w.h.set_timeout(ms(1), |_| ());
    w.clock.advance(ms(1));
    let waiting = Rc::new(RefCell::new(None));
    let seen = Rc::clone(&waiting);
    w.act(move |h| *seen.borrow_mut() = h.queue().events().pop());
    assert_eq!(ran(w.event_loop.turn()), a);
    ran(w.event_loop.turn());
    let entry: QueuedEvent = waiting.borrow_mut().take().expect("the timer waits");
    assert_eq!((entry.event(), entry.lane()), ("(timer)", Lane::Normal));
    assert_eq!((entry.timer(), entry.label()), (Some(timer), None));
    assert_eq!(
        (entry.location().file(), entry.location().line()),
        (file!(), line)
    );
    assert_eq!(ran(w.event_loop.turn()), entry.id());
    assert!(!w.h.cancel(entry.id()));
}

#[test]
fn a_due_timeout_can_be_cancelled_as_an_event() {
    // It is an entry of the queue, so it may be taken out of it; then the timer is gone.
    let w = World::new();
    let timer = w.h.set_timeout(ms(1), |_| unreachable!());
    w.clock.advance(ms(1));
    w.act(move |h| {
        let id = h.queue().events()[0].id();
        assert!(h.cancel(id));
        assert!(!h.cancel(id));
        assert!(!h.clear_timer(timer));
    });
    w.runs("");
}

#[test]
fn a_tick_that_is_cancelled_as_an_event_is_left_out() {
    // Of an interval only that one: it is armed still. So for `clear` of the whole queue.
    for is_cleared in [false, true] {
        let w = World::new();
        let (t, mut runs) = (w.stamp("t"), 0);
        let timer = w.h.set_interval(ms(10), move |_| {
            t();
            runs += 1;
            if runs == 2 {
                Flow::Stop
            } else {
                Flow::Continue
            }
        });
        w.h.set_timeout(ms(10), |_| unreachable!("it is taken out of the queue"));
        w.clock.advance(ms(10));
        w.act(move |h| {
            let due = ids(&h.queue());
            assert_eq!(due.len(), 2);
            if is_cleared {
                assert_eq!(h.queue().clear(), 2);
            } else {
                assert!(due.into_iter().all(|id| h.cancel(id)));
            }
            assert!(h.ref_timer(timer));
        });
        w.runs("t20 t30");
    }
}

/// Something that runs a loop for 15 ms when it is dropped, and logs how that ends.
fn runs_when_dropped(w: &Rc<World>) -> OnDrop<impl FnMut() + use<>> {
    let own = Rc::downgrade(w);
    OnDrop(move || {
        let w = own.upgrade().unwrap();
        let exit = w.event_loop.run_for(ms(15)).unwrap();
        w.trace.log(format_args!("{exit:?}"));
    })
}

#[test]
fn an_interval_whose_turn_is_cleared_is_armed_before_payloads_are_dropped() {
    // A run from the `Drop` of a payload, in front of the turn or behind it, goes by the next tick.
    for is_behind in [false, true] {
        let w = Rc::new(World::new());
        let t = w.stamp("t");
        w.h.set_interval(ms(10), move |_| t());
        let post = || {
            let payload = held(runs_when_dropped(&w));
            w.h.post(HELD, payload).unwrap();
        };
        w.say("a");
        is_behind.then(post);
        w.clock.advance(ms(10));
        ran(w.event_loop.turn());
        (!is_behind).then(post);
        assert_eq!(w.h.queue().clear(), 2);
        w.trace.expect("a t20 Reached");
    }
}

#[test]
fn timers_whose_turns_are_cleared_are_gone_before_what_they_hold_is_dropped() {
    // A run from the `Drop` of a closure waits for none of the others, and an interval ticks.
    let w = Rc::new(World::new());
    let t = w.stamp("t");
    w.say("a");
    for _ in 0..2 {
        let held = runs_when_dropped(&w);
        w.h.set_timeout(ms(10), move |_| held.hold());
    }
    let interval = w.h.set_interval(ms(10), move |_| {
        t();
        Flow::Stop
    });
    w.clock.advance(ms(10));
    ran(w.event_loop.turn());
    assert_eq!(w.h.queue().clear(), 3);
    w.trace.expect("a t20 Completed Completed");
    assert!(!w.h.clear_timer(interval));
}

#[test]
fn timer_ids_are_counted_from_1_and_never_reused() {
    // Whatever the kind, and whatever became of them.
    let w = World::new();
    let a = w.h.set_timeout(ms(1), |_| ());
    w.h.clear_timer(a);
    let b = w.h.post_after(ms(1), NUM, 1);
    w.run();
    let c = w.h.set_interval(ms(1), |_| Flow::Stop);
    w.run();
    let d = w.h.set_timeout(Duration::MAX, |_| ());
    assert_eq!(
        [a, b, c, d].map(|id| id.to_string()),
        ["t1", "t2", "t3", "t4"]
    );
    assert!(a < b && b < c && c < d);
}

#[test]
fn the_ids_of_a_burst_are_not_given_again() {
    // When the last of more than a thousand timers goes, so does the memory for them.
    let w = World::new();
    let set = || w.h.set_timeout(ms(1), |_| ());
    let all: Vec<_> = (0..1_025).map(|_| set()).collect();
    assert_eq!(w.h.timers().len(), 1_025);
    let before = live_bytes();
    assert!(all.iter().all(|id| w.h.clear_timer(*id)));
    let freed = before - live_bytes();
    assert!(freed > 1_025 * 64, "{freed} bytes");
    let next = set();
    assert_eq!(next.to_string(), "t1026");
    assert!(all.iter().all(|id| !w.h.clear_timer(*id)));
    assert!(w.h.clear_timer(next));
}

#[test]
fn timers_come_due_while_a_handler_advances_the_clock() {
    // `advance` only moves the hands: nothing fires inside; then all that is due, by deadline.
    let w = World::new();
    let (clock, trace) = (w.clock.clone(), w.trace);
    for n in [30, 10, 20] {
        let t = w.stamp("t");
        w.h.set_timeout(ms(n), move |_| t());
    }
    w.act(move |_| {
        trace.log("(");
        clock.advance(ms(25));
        trace.log(")");
    });
    w.runs("( ) t25 t25 t30");
}

#[test]
fn clearing_beside_many_does_not_grow_memory() {
    // Two at a time, so that those that are cleared are never as many as one would count on.
    let w = World::new();
    for _ in 0..999 {
        w.h.set_timeout(ms(1), |_| ());
    }
    let cycles = |n: usize| {
        for _ in 0..n {
            let two = [(); 2].map(|()| w.h.set_timeout(ms(50), |_| ()));
            assert!(two.into_iter().all(|timer| w.h.clear_timer(timer)));
        }
    };
    cycles(if cfg!(miri) { 10 } else { 2_000 });
    let before = live_bytes();
    cycles(if cfg!(miri) { 100 } else { 40_000 });
    let grown = live_bytes() - before;
    assert!(grown <= 1_024, "{grown} bytes");
}

#[test]
fn timers_that_come_and_go_do_not_grow_memory() {
    // Set and cleared, and fired, a hundred thousand times beside two that stay: the next that is due,
    // so that what was cleared behind it does not go by coming to the top, and one far off.
    let w = World::new();
    w.h.set_timeout(ms(1), |_| ());
    w.h.set_timeout(Duration::from_secs(3600), |_| ());
    let cycles = |n: usize| {
        for _ in 0..n {
            assert!(w.h.clear_timer(w.h.set_timeout(ms(50), |_| ())));
            w.h.set_timeout(Duration::ZERO, |_| ());
            ran(w.event_loop.turn());
        }
    };
    cycles(1_000);
    let before = live_bytes();
    cycles(if cfg!(miri) { 100 } else { 100_000 });
    let grown = live_bytes() - before;
    assert!(grown <= 4_096, "{grown} bytes");
}
