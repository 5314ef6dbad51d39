//! `Inspector`: each step once and in order, slow reports, and what it costs to have none.

use super::*;
use crate::alloc::{allocations, live_bytes};
use oyez::event_loop::Step;

/// An inspector that notes what it is shown, and does something once.
struct Spy {
    later: Later,
    seqs: Shown<u64>,
    texts: Shown<String>,
    inside: Cell<bool>,
    act: RefCell<Option<Act>>,
}

type Act = Box<dyn FnOnce(&LoopHandle)>;

/// What was shown, in order.
type Shown<T> = Rc<RefCell<Vec<T>>>;

impl Inspector for Spy {
    fn record(&self, record: &Record) {
        assert!(!self.inside.replace(true), "shown a step inside of another");
        self.seqs.borrow_mut().push(record.seq());
        self.texts.borrow_mut().push(record.to_string());
        let act = self.later.get().and_then(|_| self.act.borrow_mut().take());
        if let Some(act) = act {
            act(self.later.get().unwrap());
        }
        self.inside.set(false);
    }
}

/// A world under inspection. What the inspector is to do is done at the first step.
fn inspected(act: Act) -> (World, Shown<u64>, Shown<String>) {
    let (later, seqs, texts) = (Later::default(), Rc::default(), Rc::default());
    let spy = Spy {
        later: later.clone(),
        seqs: Rc::clone(&seqs),
        texts: Rc::clone(&texts),
        inside: Cell::new(false),
        act: RefCell::new(Some(act)),
    };
    let w = World::built(|builder| builder.inspector(spy));
    later.set(&w.h);
    (w, seqs, texts)
}

/// Asserts that each step was shown once, in order, from 1.
#[track_caller]
fn are_counted(seqs: &RefCell<Vec<u64>>) {
    let seqs = seqs.borrow();
    let all: Vec<_> = (1..=seqs.len() as u64).collect();
    assert_eq!(*seqs, all);
}

#[test]
fn a_listener_that_an_inspector_adds_as_an_emit_begins_waits_for_the_next() {
    // Rule 2: the audience is latched before anybody is told of the emit.
    const GO: Event<()> = Event::new("go");
    let (w, _, texts) = inspected(Box::new(|h| {
        h.emitter().on(GO, |()| ());
    }));
    w.h.emitter().on(GO, |()| ());
    assert!(texts.borrow().is_empty(), "the first step is the emit's");
    assert_eq!(w.h.emit(GO, ()), 1);
    assert_eq!(w.h.emit(GO, ()), 2);
}

#[test]
fn a_call_that_is_refused_is_not_shown() {
    // Rule 8: an `on_mut` handler that a nested emit reaches is not called, so it has no frame, and no record of one.
    let (w, seqs, texts) = inspected(Box::new(|_| ()));
    w.h.emitter().on(oyez::meta::LISTENER_ERROR, |_| ());
    let h = w.h.clone();
    w.h.emitter().on_mut(NUM, move |n| {
        if *n == 1 {
            assert_eq!(h.emit(NUM, 2), 0);
        }
    });
    assert_eq!(w.h.emit(NUM, 1), 1);
    are_counted(&seqs);
    let entered = |text: &&String| text.contains("enter") && text.contains("listener of `num`");
    let texts = texts.borrow();
    assert_eq!(texts.iter().filter(entered).count(), 1, "{texts:#?}");
}

#[test]
fn every_step_is_shown_once_and_in_order() {
    // "every step as a record", counted from 1; each has a sentence.
    let (w, seqs, texts) = inspected(Box::new(|_| ()));
    w.say("a");
    let trace = w.trace;
    w.act(move |h| h.queue_microtask(move |_| trace.log("m")));
    w.h.set_timeout(ms(5), |_| ());
    w.runs("a m");
    are_counted(&seqs);
    assert!(seqs.borrow().len() > 15);
    assert!(
        texts
            .borrow()
            .iter()
            .all(|text| !text.is_empty() && !text.contains('\n'))
    );
}

#[test]
fn what_an_inspector_does_is_recorded_after_it_returns() {
    // "steps that an inspector causes are recorded after it returns": it posts, emits, queues, sets
    // and cancels, and is never shown a step inside of another.
    let trace = Trace::new();
    let (w, seqs, _) = inspected(Box::new(move |h| {
        say(h, "posted");
        h.cancel(say(h, "never"));
        trace.log("(");
        h.emit(SAY, "emitted");
        trace.log(")");
        h.queue_microtask(move |_| trace.log("m"));
        h.queue_idle(move |_| trace.log("i"));
        h.clear_timer(h.set_timeout(ms(1), |_| ()));
        h.set_timeout(ms(2), move |_| trace.log("t"));
    }));
    w.event_loop.emitter().off_all(SAY);
    w.event_loop.emitter().on(SAY, move |word| trace.log(word));
    let first = seqs.borrow().len();
    w.say("a");
    trace.expect("( emitted )");
    let caused = seqs.borrow().len() - first;
    assert!(caused > 10, "{caused} records");
    are_counted(&seqs);
    w.run();
    let told = trace.take();
    // Which of the two posts is first is the inspector's timing: it runs in the midst of the other.
    assert!(
        ["m a posted i t", "m posted a i t"].contains(&&*told),
        "{told}"
    );
    are_counted(&seqs);
}

#[test]
fn an_inspector_may_look() {
    // Queue, stack, time and depth, at any step.
    struct Looker(Later, Rc<Cell<usize>>);
    impl Inspector for Looker {
        fn record(&self, _: &Record) {
            let Some(h) = self.0.get() else { return };
            let _ = (h.queue().events(), h.now(), h.emitter(), h.proxy());
            assert!(h.depth() <= h.call_stack().depth());
            self.1.set(self.1.get() + 1);
        }
    }
    let (later, looks) = (Later::default(), Rc::new(Cell::new(0)));
    let looker = Looker(later.clone(), Rc::clone(&looks));
    let w = World::built(|builder| builder.inspector(looker));
    later.set(&w.h);
    w.say("a");
    w.h.set_timeout(ms(1), |h| _ = h.emit(SAY, "b"));
    w.runs("a b");
    assert!(looks.get() > 10);
}

#[test]
fn an_inspector_may_stop_the_loop_and_not_run_it() {
    // Hostile: it is called in the midst of a run.
    let event_loop = Rc::new(RefCell::new(None::<Rc<World>>));
    let theirs = Rc::clone(&event_loop);
    struct Runner(Rc<RefCell<Option<Rc<World>>>>, Cell<bool>);
    impl Inspector for Runner {
        fn record(&self, _: &Record) {
            let Some(w) = self.0.borrow().clone() else {
                return;
            };
            if w.h.depth() > 0 && !self.1.replace(true) {
                assert_eq!(w.event_loop.run(), Err(RunError::Reentrant));
                w.h.stop();
            }
        }
    }
    let runner = Runner(theirs, Cell::new(false));
    let w = Rc::new(World::built(|builder| builder.inspector(runner)));
    *event_loop.borrow_mut() = Some(Rc::clone(&w));
    w.say("a");
    w.say("b");
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.trace.expect("a");
    w.runs("b");
    // Each holds the other.
    event_loop.borrow_mut().take();
}

/// Drops a proxy when it is told that the loop goes to sleep.
struct Rouser {
    proxy: Rc<RefCell<Option<Proxy>>>,
    trace: Trace,
}

impl Inspector for Rouser {
    fn record(&self, record: &Record) {
        let text = record.to_string();
        if text.starts_with("sleep") {
            self.trace.log(text);
            drop(self.proxy.take());
        }
    }
}

#[test]
fn an_inspector_may_rouse_the_loop_before_it_sleeps() {
    // Without a deadline, on the clock of the system: nothing else would.
    in_time(|| {
        let (proxy, trace) = (Rc::default(), Trace::new());
        let inspector = Rouser {
            proxy: Rc::clone(&proxy),
            trace,
        };
        let event_loop = EventLoop::builder().inspector(inspector).build();
        proxy.replace(Some(event_loop.proxy()));
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        trace.expect("sleep until a wake");
    });
}

#[test]
fn the_loop_does_not_sleep_over_what_an_inspector_does() {
    // "An inspector may call whatever the loop offers", on the clock of the system, with an hour to sleep.
    type Waiting = RefCell<Option<Box<dyn FnOnce()>>>;
    struct Sleepless(Rc<Waiting>);
    impl Inspector for Sleepless {
        fn record(&self, record: &Record) {
            if record.to_string().starts_with("sleep") {
                if let Some(job) = self.0.take() {
                    job();
                }
            }
        }
    }
    type Job = fn(&LoopHandle, TimerId);
    let jobs: [(Job, Exit); 8] = [
        (|h, _| h.stop(), Exit::Stopped),
        (|h, _| _ = h.post(SAY, "stop"), Exit::Stopped),
        (|h, _| _ = h.proxy().post(SAY, "stop"), Exit::Stopped),
        (|h, _| _ = h.post_after(ms(0), SAY, "stop"), Exit::Stopped),
        (|h, _| h.queue_microtask(LoopHandle::stop), Exit::Stopped),
        (|h, _| h.queue_idle(LoopHandle::stop), Exit::Stopped),
        (|h, hour| assert!(h.clear_timer(hour)), Exit::Completed),
        (|h, hour| assert!(h.unref_timer(hour)), Exit::Completed),
    ];
    for (n, (job, exit)) in jobs.into_iter().enumerate() {
        in_time(move || {
            let waiting = Rc::new(RefCell::new(None));
            let inspector = Sleepless(Rc::clone(&waiting));
            let event_loop = EventLoop::builder().inspector(inspector).build();
            let h = event_loop.handle();
            event_loop.emitter().on(SAY, move |_| h.stop());
            let h = event_loop.handle();
            let hour = h.set_timeout(ms(3_600_000), |_| unreachable!());
            waiting.replace(Some(Box::new(move || job(&h, hour))));
            assert_eq!(event_loop.run(), Ok(exit), "job {n}");
        });
    }
}

#[test]
fn the_time_that_an_inspector_takes_is_part_of_the_sleep() {
    // (7): "sleep until the next deadline". The clock stands but for the hour that the inspector takes.
    #[derive(Clone)]
    struct Own(Rc<Cell<Instant>>);
    impl Clock for Own {
        fn now(&self) -> Instant {
            self.0.get()
        }
    }
    impl Inspector for Own {
        fn record(&self, record: &Record) {
            if matches!(record.step(), Step::Slept(_)) {
                self.0.set(self.0.get() + ms(3_600_000));
            }
        }
    }
    in_time(|| {
        let clock = Own(Rc::new(Cell::new(Instant::now())));
        let builder = EventLoop::builder().clock(clock.clone()).inspector(clock);
        let (event_loop, trace) = (builder.build(), Trace::new());
        let handle = event_loop.handle();
        handle.set_timeout(ms(3_600_000), move |_| trace.log("t"));
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        trace.expect("t");
    });
}

/// What is done when an inspector is told that a timer is due: the timer goes, and a microtask comes, which the loop
/// runs when it looks for the timer's turn.
fn instead_of_a_timer(microtask: fn(&LoopHandle)) -> World {
    struct Instead(Later, fn(&LoopHandle), Cell<bool>);
    impl Inspector for Instead {
        fn record(&self, record: &Record) {
            let (Step::TimerDue(timer), Some(h)) = (record.step(), self.0.get()) else {
                return;
            };
            if !self.2.replace(true) {
                assert!(h.clear_timer(timer.id()));
                h.queue_microtask(self.1);
            }
        }
    }
    let later = Later::default();
    let inspector = Instead(later.clone(), microtask, Cell::new(false));
    let w = World::built(|builder| builder.inspector(inspector));
    later.set(&w.h);
    w.h.set_timeout(ms(1), |_| unreachable!());
    w
}

#[test]
fn a_run_does_not_end_over_what_an_inspector_has_brought_about() {
    // `Exit::Completed`: nothing is left.
    let w = instead_of_a_timer(|h| _ = h.post(SAY, "a"));
    assert_eq!(w.event_loop.run(), Ok(Exit::Completed));
    w.trace.expect("a");
    assert!(w.event_loop.queue().is_empty());
    // The same, where the run ends at a time.
    let w = instead_of_a_timer(|h| _ = h.post(SAY, "a"));
    assert_eq!(w.event_loop.run_for(ms(1)), Ok(Exit::Reached));
    w.trace.expect("a");
}

#[test]
fn a_stop_that_an_inspector_has_brought_about_is_for_this_run_and_moves_no_clock() {
    let w = instead_of_a_timer(LoopHandle::stop);
    w.h.set_timeout(ms(3_600_000), |_| unreachable!());
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    assert_eq!(w.now(), 1);
    let w = instead_of_a_timer(LoopHandle::stop);
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    assert_eq!(w.event_loop.run(), Ok(Exit::Completed));
}

#[test]
fn an_idle_callback_waits_for_the_microtasks_that_an_inspector_has_brought_about() {
    // "Which come when there is nothing else to do": the microtask, and what that has brought about, come first.
    type Job = fn(&LoopHandle);
    let bring: [(Job, &str); 2] = [
        (|h| _ = h.emit(SAY, "m"), "m i"),
        (|h| _ = h.post(SAY, "a"), "a i"),
    ];
    for (microtask, told) in bring {
        for ends in [false, true] {
            let w = instead_of_a_timer(microtask);
            let trace = w.trace;
            w.clock.advance(ms(1));
            w.h.queue_idle(move |_| trace.log("i"));
            let run = || match ends {
                true => while w.event_loop.poll() != Ok(Next::Done(Exit::Completed)) {},
                false => w.run(),
            };
            run();
            w.trace.expect(told);
        }
    }
    // One that stops the loop does so before it.
    let w = instead_of_a_timer(LoopHandle::stop);
    let trace = w.trace;
    w.clock.advance(ms(1));
    w.h.queue_idle(move |_| trace.log("i"));
    assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
    w.trace.expect("");
    w.runs("i");
    let w = instead_of_a_timer(LoopHandle::stop);
    w.clock.advance(ms(1));
    w.h.queue_idle(|_| unreachable!());
    assert_eq!(w.event_loop.poll(), Ok(Next::Done(Exit::Stopped)));
}

#[test]
fn a_panic_in_an_inspector_unwinds_and_the_loop_is_well() {
    // Rule 7: hooks are user code. It is shown later steps as before.
    struct Panicking(Rc<Cell<bool>>, Rc<Cell<usize>>);
    impl Inspector for Panicking {
        fn record(&self, _: &Record) {
            assert!(!self.0.replace(false), "inspector");
            self.1.set(self.1.get() + 1);
        }
    }
    let (armed, shown) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0)));
    let inspector = Panicking(Rc::clone(&armed), Rc::clone(&shown));
    let w = World::built(|builder| builder.inspector(inspector));
    w.say("a");
    armed.set(true);
    assert_eq!(panic_text(|| w.event_loop.run()), "inspector");
    let before = shown.get();
    w.event_loop.run().unwrap();
    w.is_well();
    assert!(shown.get() > before);
}

/// Logs the slow reports that are about a listener or a task, or about a whole turn.
struct Slowness {
    trace: Trace,
    turns: bool,
}

impl Inspector for Slowness {
    fn record(&self, _: &Record) {}

    fn slow(&self, slow: &Slow) {
        let told = match slow.frame() {
            None if self.turns => "Turn".to_owned(),
            Some(frame) if !self.turns && frame.kind() != FrameKind::Dispatch => {
                format!("{:?}", frame.kind())
            }
            _ => return,
        };
        self.trace.log(format_args!(
            "{told}:{}:{}:{}@{}",
            slow.event().unwrap_or("-"),
            slow.label().unwrap_or("-"),
            slow.took().as_millis(),
            slow.location().map_or(0, |at| at.line()),
        ));
        assert_eq!(slow.threshold(), ms(10));
        assert!(!slow.to_string().is_empty());
    }
}

fn slowness(turns: bool) -> (World, Trace) {
    let trace = Trace::new();
    let inspector = Slowness { trace, turns };
    let w = World::built(|builder| builder.inspector(inspector).slow_threshold(ms(10)));
    (w, trace)
}

#[test]
fn a_slow_listener_is_reported_with_label_and_location() {
    // And how long it took; a quick one is not.
    let (w, told) = slowness(false);
    let (quick, slow) = (w.clock.clone(), w.clock.clone());
    let e = w.event_loop.emitter();
    e.on(NUM, move |_| quick.advance(ms(9)));
    let line = line!() + 1;
    let labelled = e.listen(NUM).label("audit");
    labelled.on(move |_| slow.advance(ms(25)));
    w.h.post(NUM, 1).unwrap();
    w.run();
    told.expect(&format!("Listener:num:audit:25@{line}"));
}

#[test]
fn slow_tasks_are_reported() {
    // Microtask, timer, idle: where they were queued or set.
    let (w, told) = slowness(false);
    let busy = |n| {
        let clock = w.clock.clone();
        move |_: &LoopHandle| clock.advance(ms(n))
    };
    let line = line!();
    w.h.queue_microtask(busy(11));
    w.h.queue_idle(busy(12));
    w.h.set_timeout(ms(100), busy(13));
    w.h.queue_microtask(busy(9));
    w.run();
    told.expect(&format!(
        "Microtask:-:-:11@{} Idle:-:-:12@{} Timer:-:-:13@{}",
        line + 1,
        line + 2,
        line + 3
    ));
}

#[test]
fn a_slow_turn_is_reported_as_a_whole() {
    // Two listeners of 6 and two microtasks of 2: none is slow, the turn is. `frame()` is `None`.
    let (w, told) = slowness(true);
    for _ in 0..2 {
        let (clock, h) = (w.clock.clone(), w.h.clone());
        w.event_loop.emitter().on(NUM, move |_| {
            clock.advance(ms(6));
            let clock = clock.clone();
            h.queue_microtask(move |_| clock.advance(ms(2)));
        });
    }
    let options = PostOptions::new().label("order 7");
    let line = line!() + 1;
    w.h.post_with(NUM, 1, options).unwrap();
    w.say("quick");
    w.run();
    told.expect(&format!("Turn:num:order 7:16@{line}"));
}

#[test]
fn what_did_not_run_was_not_slow() {
    // The clock moves on whenever it is read: whatever is measured is slow.
    struct Restless(Cell<Instant>);
    impl Clock for Restless {
        fn now(&self) -> Instant {
            self.0.replace(self.0.get() + ms(20))
        }
    }
    let trace = Trace::new();
    let inspector = Slowness { trace, turns: true };
    let clock = Restless(Cell::new(Instant::now()));
    let builder = EventLoop::builder().clock(clock).inspector(inspector);
    let event_loop = builder.slow_threshold(ms(10)).build();
    let (h, e) = (event_loop.handle(), event_loop.emitter());
    let turns = || {
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        trace.take().split_whitespace().count()
    };
    assert_eq!(turns(), 0);
    h.queue_microtask(|_| ());
    assert_eq!(turns(), 1);
    h.queue_idle(|_| ());
    assert_eq!(turns(), 1);
    e.on(NUM, |_| ());
    h.post(NUM, 1).unwrap();
    assert_eq!(turns(), 1);
    assert_eq!(event_loop.turn(), Ok(Turn::Nothing));
    assert_eq!(event_loop.poll(), Ok(Next::Done(Exit::Completed)));
    assert_eq!(turns(), 0);
}

#[test]
fn a_counted_inspector_is_told_what_is_slow() {
    // `Rc<I>` hands on both of its calls.
    let trace = Trace::new();
    let inspector = Rc::new(Slowness {
        trace,
        turns: false,
    });
    let w = World::built(|builder| builder.inspector(inspector).slow_threshold(ms(10)));
    let clock = w.clock.clone();
    let line = line!() + 1;
    w.h.queue_microtask(move |_| clock.advance(ms(11)));
    w.run();
    trace.expect(&format!("Microtask:-:-:11@{line}"));
}

#[test]
fn what_is_just_slow_enough_is_not_slow() {
    // Slow is more than the threshold. The time a listener waits for its turn, or the clock's own steps,
    // are not its time.
    let (w, told) = slowness(false);
    let clock = w.clock.clone();
    w.event_loop
        .emitter()
        .on(NUM, move |_| clock.advance(ms(10)));
    for n in 0..5 {
        w.h.post(NUM, n).unwrap();
        w.h.post_after(ms(1_000), NUM, n);
    }
    w.run();
    told.expect("");
}

#[test]
fn the_slow_hook_may_use_the_loop() {
    // Hooks are user code: it posts what is then run.
    struct Poster(Later);
    impl Inspector for Poster {
        fn record(&self, _: &Record) {}

        fn slow(&self, slow: &Slow) {
            if slow.frame().is_none() {
                say(self.0.get().unwrap(), "slow");
            }
        }
    }
    let later = Later::default();
    let hook = Poster(later.clone());
    let w = World::built(|builder| builder.inspector(hook).slow_threshold(ms(10)));
    later.set(&w.h);
    let clock = w.clock.clone();
    w.act(move |_| clock.advance(ms(20)));
    w.runs("slow");
}

#[test]
fn a_run_without_an_inspector_allocates_nothing() {
    // Beyond the posts: a hundred events whose handlers emit, and nested ones, after a first run.
    let event_loop = EventLoop::new();
    let (h, own) = (event_loop.handle(), event_loop.handle());
    let calls = Rc::new(Cell::new(0));
    let counted = Rc::clone(&calls);
    event_loop.emitter().on(NUM, move |n| {
        own.emit(OTHER, *n);
        assert_eq!(own.depth(), 1);
    });
    event_loop
        .emitter()
        .on(OTHER, move |_| counted.set(counted.get() + 1));
    let post = || (0..100).for_each(|n| _ = h.post(NUM, n).unwrap());
    let run = || assert_eq!(event_loop.run(), Ok(Exit::Completed));
    post();
    run();
    post();
    assert_eq!(allocations(run), 0);
    assert_eq!(calls.get(), 200);
    assert_eq!(allocations(post), 0);
    assert_eq!(
        allocations(|| while event_loop.turn() != Ok(Turn::Nothing) {}),
        0
    );
}

/// An event that nobody else listens to.
const END: Event<()> = Event::new("end");

#[test]
fn a_listener_removed_as_its_dispatch_ends_is_dropped_at_once() {
    removed_as_its_dispatch_ends(|emitter, call| emitter.on(END, move |()| call()));
}

#[test]
fn a_tap_removed_as_the_dispatch_ends_is_dropped_at_once() {
    removed_as_its_dispatch_ends(|emitter, call| emitter.on_any(move |_| call()));
}

fn removed_as_its_dispatch_ends(
    register: impl FnOnce(&oyez::local::EventEmitter, Box<dyn Fn()>) -> oyez::ListenerId,
) {
    // Rule 5: "before `off` returns, unless it is running". It runs no more once its frame is left.
    struct Remover(Later, Cell<Option<oyez::ListenerId>>, Rc<Cell<bool>>);
    impl Inspector for Remover {
        fn record(&self, _: &Record) {
            let Some(h) = self.0.get() else { return };
            let is_over = self.2.get() && h.call_stack().depth() == 0;
            if let Some(id) = is_over.then(|| self.1.take()).flatten() {
                assert!(h.emitter().off(id));
                SAID.with(|trace| trace.log("removed"));
            }
        }
    }
    thread_local!(static SAID: Trace = Trace::new());
    let (later, has_run) = (Later::default(), Rc::new(Cell::new(false)));
    let remover = Rc::new(Remover(later.clone(), Cell::new(None), Rc::clone(&has_run)));
    let w = World::built(|builder| builder.inspector(Rc::clone(&remover)));
    later.set(&w.h);
    let probe = SAID.with(|trace| trace.probe("dropped"));
    let call = move || {
        probe.hold();
        has_run.set(true);
    };
    let id = register(w.event_loop.emitter(), Box::new(call));
    remover.1.set(Some(id));
    w.h.emit(END, ());
    SAID.with(|trace| trace.expect("dropped removed"));
}

#[test]
fn a_listener_removed_as_its_frame_is_entered_is_called_once_more() {
    removed_as_its_frame_is_entered(|emitter, call| emitter.on(END, move |()| call()));
}

#[test]
fn a_tap_removed_as_its_frame_is_entered_is_called_once_more() {
    removed_as_its_frame_is_entered(|emitter, call| emitter.on_any(move |_| call()));
}

fn removed_as_its_frame_is_entered(
    register: impl FnOnce(&oyez::local::EventEmitter, Box<dyn Fn()>) -> oyez::ListenerId,
) {
    // Its call has begun: not even an emit from within it is heard.
    struct Remover(Later, Cell<Option<oyez::ListenerId>>);
    impl Inspector for Remover {
        fn record(&self, record: &Record) {
            let is_entered = match record.step() {
                Step::Entered(frame) => frame.kind() == FrameKind::Listener,
                _ => false,
            };
            if let Some(id) = is_entered.then(|| self.1.take()).flatten() {
                assert!(self.0.get().unwrap().emitter().off(id));
            }
        }
    }
    let remover = Rc::new(Remover(Later::default(), Cell::new(None)));
    let w = World::built(|builder| builder.inspector(Rc::clone(&remover)));
    remover.0.set(&w.h);
    let (h, trace) = (w.h.clone(), w.trace);
    let call = move || {
        trace.log("called");
        assert_eq!(h.emit(END, ()), 0);
    };
    let id = register(w.event_loop.emitter(), Box::new(call));
    remover.1.set(Some(id));
    w.h.emit(END, ());
    trace.expect("called");
    assert!(!w.h.emitter().has_listener(id));
    w.h.emit(END, ());
    trace.expect("");
}

#[test]
fn the_memory_of_a_burst_of_records_comes_back() {
    // What is done together is told together, so all the records wait at once.
    let w = World::built(|builder| builder.inspector(Silent));
    let post_and_clear = |count: i32| {
        for n in 0..count {
            w.h.post(NUM, n).unwrap();
        }
        assert_eq!(w.h.queue().clear(), count as usize);
    };
    post_and_clear(1);
    let before = live_bytes();
    post_and_clear(if cfg!(miri) { 5_000 } else { 100_000 });
    // With what the queue keeps of a burst until it is not needed.
    post_and_clear(1);
    let grown = live_bytes() - before;
    assert!(grown <= 1_024, "{grown} bytes");
}
