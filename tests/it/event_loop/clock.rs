//! Clocks: the virtual one, one of the user's own, and how seldom any is read.

use super::*;

#[test]
fn a_virtual_clock_starts_at_0_and_moves_by_hand() {
    // `elapsed`, `advance`; all clones are one clock, on any thread.
    let clock = VirtualClock::new();
    let start = clock.now();
    assert_eq!(clock.elapsed(), Duration::ZERO);
    clock.advance(ms(5));
    let clone = clock.clone();
    in_time(move || clone.advance(ms(7)));
    assert_eq!(clock.elapsed(), ms(12));
    assert_eq!(clock.now() - start, ms(12));
    assert!(clock.is_virtual() && !SystemClock.is_virtual());
}

#[test]
fn a_virtual_clock_never_goes_back() {
    // `step_to` a deadline behind it leaves it where it is.
    let clock = VirtualClock::new();
    let start = clock.now();
    clock.step_to(start + ms(10));
    assert_eq!(clock.elapsed(), ms(10));
    clock.step_to(start + ms(4));
    assert_eq!(clock.elapsed(), ms(10));
    clock.step_to(start + ms(10));
    assert_eq!(clock.elapsed(), ms(10));
}

#[test]
fn a_virtual_clock_is_exact_for_millennia() {
    // A word of nanoseconds would be at its end after 584 years.
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    let clock = VirtualClock::new();
    let start = clock.now();
    let mut since = Duration::ZERO;
    for years in [500, 84, 1, 10_000] {
        let moved = years * YEAR + Duration::from_nanos(1);
        clock.advance(moved);
        since += moved;
        assert_eq!((clock.elapsed(), clock.now()), (since, start + since));
    }
    // The last nanosecond that a word holds, and one more.
    let clock = VirtualClock::new();
    let start = clock.now();
    for since in [u64::MAX - 1, u64::MAX].map(Duration::from_nanos) {
        clock.step_to(start + since);
        assert_eq!((clock.elapsed(), clock.now()), (since, start + since));
    }
}

#[test]
fn the_loop_shows_the_time_of_its_clock() {
    // `EventLoop::now` and `LoopHandle::now`, also in the middle of a handler.
    let w = World::new();
    w.clock.advance(ms(5));
    assert_eq!(w.h.now(), w.clock.now());
    assert_eq!(w.event_loop.now(), w.clock.now());
    let clock = w.clock.clone();
    w.act(move |h| {
        clock.advance(ms(3));
        assert_eq!(h.now(), clock.now());
    });
    w.run();
    assert_eq!(w.now(), 8);
}

#[test]
fn a_run_moves_a_virtual_clock_from_deadline_to_deadline() {
    // Never past one, and not at all where there is none.
    let w = World::new();
    for n in [30, 10, 20] {
        let t = w.stamp("t");
        w.h.set_timeout(ms(n), move |_| t());
    }
    w.runs("t10 t20 t30");
    w.say("a");
    w.runs("a");
    assert_eq!(w.now(), 30);
}

#[test]
fn two_loops_may_share_a_clock() {
    // What one runs through, the other finds gone by.
    let clock = VirtualClock::new();
    let build = || EventLoop::builder().clock(clock.clone()).build();
    let (first, second, trace) = (build(), build(), Trace::new());
    first
        .handle()
        .set_timeout(ms(10), move |_| trace.log("first"));
    second
        .handle()
        .set_timeout(ms(5), move |_| trace.log("second"));
    assert_eq!(first.run(), Ok(Exit::Completed));
    trace.expect("first");
    assert_eq!(second.run(), Ok(Exit::Completed));
    trace.expect("second");
    assert_eq!(clock.elapsed(), ms(10));
}

/// The clock of the system, which counts here how often it is read.
struct Counting(Rc<Cell<usize>>);

impl Clock for Counting {
    fn now(&self) -> Instant {
        self.0.set(self.0.get() + 1);
        SystemClock.now()
    }
}

#[test]
fn without_timers_and_inspectors_no_clock_is_read() {
    // Posting and running a hundred events, with emits, microtasks and idle callbacks: 0 times.
    let reads = Rc::new(Cell::new(0));
    let clock = Counting(Rc::clone(&reads));
    let event_loop = EventLoop::builder().clock(clock).build();
    let h = event_loop.handle();
    let own = h.clone();
    event_loop.emitter().on(NUM, move |n| {
        own.emit(OTHER, *n);
        own.queue_microtask(|_| ());
    });
    event_loop.emitter().on(OTHER, |_| ());
    reads.set(0);
    for n in 0..100 {
        h.post(NUM, n).unwrap();
    }
    assert!(
        h.queue()
            .events()
            .iter()
            .all(|event| event.posted_at().is_none())
    );
    h.queue_idle(|_| ());
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
    assert_eq!(reads.get(), 0);
}

#[test]
fn the_time_of_a_post_is_known_where_the_clock_is_read_anyway() {
    // Under a virtual clock, and with an inspector: since the loop was made. Else `None`.
    let w = World::new();
    w.clock.advance(ms(5));
    w.say("a");
    w.clock.advance(ms(2));
    w.say("b");
    let events = w.h.queue().events();
    let at: Vec<_> = events.iter().map(QueuedEvent::posted_at).collect();
    assert_eq!(at, [Some(ms(5)), Some(ms(7))]);
    assert_eq!(w.h.elapsed(), ms(7));
    let inspector = oyez::event_loop::Trace::new();
    let inspected = EventLoop::builder().inspector(inspector).build();
    inspected.handle().post(NUM, 1).unwrap();
    let at = inspected.queue().events()[0].posted_at().unwrap();
    assert!(at <= inspected.handle().elapsed());
    let plain = EventLoop::new();
    plain.handle().post(NUM, 1).unwrap();
    assert_eq!(plain.queue().events()[0].posted_at(), None);
}

#[test]
fn time_since_the_loop_was_made_is_the_loops() {
    // `elapsed` on a clock that had moved before: 0 when the loop is made.
    let clock = VirtualClock::new();
    clock.advance(ms(50));
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    let h = event_loop.handle();
    assert_eq!(h.elapsed(), Duration::ZERO);
    clock.advance(ms(3));
    h.post(NUM, 1).unwrap();
    assert_eq!(h.elapsed(), ms(3));
    assert_eq!(h.queue().events()[0].posted_at(), Some(ms(3)));
}

/// A virtual clock of one's own.
#[derive(Clone)]
struct Own {
    now: Rc<Cell<Instant>>,
    steps: Rc<RefCell<Vec<Instant>>>,
}

impl Clock for Own {
    fn now(&self) -> Instant {
        self.now.get()
    }

    fn is_virtual(&self) -> bool {
        true
    }

    fn step_to(&self, deadline: Instant) {
        self.steps.borrow_mut().push(deadline);
        self.now.set(deadline);
    }
}

#[test]
fn a_clock_of_ones_own_is_stepped() {
    // "`Clock` is open": `is_virtual` says that the loop shall not sleep, but call `step_to`.
    let start = Instant::now();
    let clock = Own {
        now: Rc::new(Cell::new(start)),
        steps: Rc::default(),
    };
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    let (h, trace) = (event_loop.handle(), Trace::new());
    for n in [3600, 60] {
        h.set_timeout(Duration::from_secs(n), move |_| trace.log(n));
    }
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
    trace.expect("60 3600");
    let steps = [60, 3600].map(|n| start + Duration::from_secs(n));
    assert_eq!(*clock.steps.borrow(), steps);
    assert_eq!(event_loop.now(), steps[1]);
}

#[test]
fn a_virtual_clock_that_does_not_move_stalls_its_loop() {
    // `step_to` does nothing where it is not written. A loop that went on would go on for ever.
    struct Still(Instant);
    impl Clock for Still {
        fn now(&self) -> Instant {
            self.0
        }

        fn is_virtual(&self) -> bool {
            true
        }
    }
    in_time(|| {
        let event_loop = EventLoop::builder().clock(Still(Instant::now())).build();
        event_loop.handle().set_timeout(ms(1), |_| unreachable!());
        assert_eq!(event_loop.run(), Ok(Exit::Stalled));
        assert_eq!(event_loop.run_for(ms(1)), Ok(Exit::Stalled));
    });
}

#[test]
fn a_clock_of_ones_own_that_is_not_virtual_is_slept_by() {
    // The defaults of the trait; the timer fires when that clock says so.
    in_time(|| {
        let reads = Rc::new(Cell::new(0));
        let clock = Counting(Rc::clone(&reads));
        assert!(!clock.is_virtual());
        let event_loop = EventLoop::builder().clock(clock).build();
        let fired = Rc::new(Cell::new(false));
        let own = Rc::clone(&fired);
        let start = Instant::now();
        event_loop
            .handle()
            .set_timeout(ms(2), move |_| own.set(true));
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        assert!(fired.get() && start.elapsed() >= ms(2));
        assert!(reads.get() > 0);
    });
}

#[test]
fn what_comes_while_the_clock_is_read_is_not_left_behind() {
    // The last proxy posts, or stops, and goes, after the loop has looked for mail and before it rests.
    type Job = Box<dyn FnOnce()>;
    #[derive(Clone)]
    struct Busy(Rc<RefCell<Option<Job>>>);
    impl Clock for Busy {
        fn now(&self) -> Instant {
            if let Some(job) = self.0.take() {
                job();
            }
            Instant::now()
        }
    }
    let run = |last: fn(Proxy)| {
        let clock = Busy(Rc::default());
        let event_loop = EventLoop::builder().clock(clock.clone()).build();
        let (h, trace) = (event_loop.handle(), Trace::new());
        event_loop.emitter().on(SAY, move |word| trace.log(word));
        h.unref_timer(h.set_timeout(Duration::from_secs(3600), |_| ()));
        let proxy = h.proxy();
        *clock.0.borrow_mut() = Some(Box::new(move || in_time(move || last(proxy))));
        (event_loop.run(), trace.take())
    };
    let posted = run(|proxy| proxy.post(SAY, "late").unwrap());
    assert_eq!(posted, (Ok(Exit::Completed), "late".to_owned()));
    let stopped = run(|proxy| proxy.stop());
    assert_eq!(stopped, (Ok(Exit::Stopped), String::new()));
}
