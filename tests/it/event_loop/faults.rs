//! Hooks, inspectors and clocks that do their worst: they panic, post for ever, change what they are
//! told of. Nothing is lost, no room leaks, the program goes on.

use super::json::Json;
use super::*;
use oyez::event_loop::{Ending, Step, Trace as Recording};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::thread;

/// An inspector that panics when it is told of a step with this name, as often as it is.
struct Grumpy {
    at: &'static str,
    /// How often it still does.
    left: Rc<Cell<usize>>,
}

impl Inspector for Grumpy {
    fn record(&self, record: &Record) {
        if record.to_string().starts_with(self.at) && self.left.get() > 0 {
            self.left.set(self.left.get() - 1);
            panic!("grumpy");
        }
    }
}

fn grumpy(
    at: &'static str,
    times: usize,
    build: impl FnOnce(EventLoopBuilder) -> EventLoopBuilder,
) -> World {
    let left = Rc::new(Cell::new(times));
    World::built(|builder| build(builder.inspector(Grumpy { at, left })))
}

/// A virtual clock that panics when it is read, as often as it is told to.
struct Bomb {
    clock: VirtualClock,
    left: Rc<Cell<usize>>,
}

impl Bomb {
    /// The clock, and how often it is still to panic.
    fn new() -> (Self, Rc<Cell<usize>>) {
        let left = Rc::default();
        let clock = VirtualClock::new();
        let bomb = Self {
            clock,
            left: Rc::clone(&left),
        };
        (bomb, left)
    }
}

impl Clock for Bomb {
    fn now(&self) -> Instant {
        if self.left.get() > 0 {
            self.left.set(self.left.get() - 1);
            panic!("tick");
        }
        self.clock.now()
    }

    fn step_to(&self, to: Instant) {
        self.clock.step_to(to);
    }

    fn is_virtual(&self) -> bool {
        true
    }
}

/// How many posts the queue has room for; they are taken out again.
fn room(w: &World) -> usize {
    let posted = (0..100).take_while(|n| w.h.post(NUM, *n).is_ok());
    let count = posted.count();
    w.h.queue().clear();
    count
}

#[test]
fn a_hook_that_posts_for_every_evicted_event_comes_to_an_end() {
    // It is called inside of its own posts, so deep and no deeper; each event goes to it or stays.
    let (later, count) = (Later::default(), Rc::new(Cell::new(0)));
    let (own, counted) = (later.clone(), Rc::clone(&count));
    let w = World::built(|builder| {
        let builder = builder.capacity(2).overflow(Overflow::DropOldest);
        builder.on_evicted(move |_| {
            counted.set(counted.get() + 1);
            _ = own.get().unwrap().post(NUM, 0);
        })
    });
    later.set(&w.h);
    for n in 0..3 {
        w.h.post(NUM, n).unwrap();
    }
    assert_eq!(count.get(), 16);
    assert_eq!(w.h.queue().clear(), 2);
    w.is_well();
}

#[test]
fn a_payload_that_posts_when_it_is_evicted_comes_to_an_end() {
    // Without a hook it is dropped where the hook would be called, and its posts go as deep and no deeper.
    struct Again {
        h: LoopHandle,
        drops: Rc<Cell<usize>>,
        posts: Rc<Cell<bool>>,
    }
    impl Again {
        fn another(&self) -> Self {
            Self {
                h: self.h.clone(),
                drops: Rc::clone(&self.drops),
                posts: Rc::clone(&self.posts),
            }
        }
    }
    impl Drop for Again {
        fn drop(&mut self) {
            if !self.posts.get() {
                return;
            }
            self.drops.set(self.drops.get() + 1);
            if let Err(refused) = self.h.post(HELD, held(self.another())) {
                // Or it would post as well.
                self.posts.set(false);
                drop(refused);
                self.posts.set(true);
            }
        }
    }
    let w = World::built(|builder| builder.capacity(1).overflow(Overflow::DropOldest));
    let (drops, posts) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(true)));
    let first = Again {
        h: w.h.clone(),
        drops: Rc::clone(&drops),
        posts: Rc::clone(&posts),
    };
    let second = first.another();
    for again in [first, second] {
        w.h.post(HELD, held(again)).unwrap();
    }
    assert_eq!(drops.get(), 16);
    assert_eq!(w.h.queue().len(), 1);
    posts.set(false);
}

#[test]
fn what_is_evicted_goes_to_the_hook_also_if_the_inspector_panics() {
    let trace = Trace::new();
    let w = grumpy("evict", 1, |builder| {
        let builder = builder.capacity(1).overflow(Overflow::DropOldest);
        builder.on_evicted(move |evicted| trace.log(evicted.id()))
    });
    w.say("a");
    assert_eq!(panic_text(|| w.say("b")), "grumpy");
    trace.expect("#1");
    w.runs("b");
}

#[test]
fn what_another_thread_has_posted_is_not_evicted() {
    // "what was accepted is never lost": with only such events in the queue, a post is refused.
    let w = World::built(|builder| builder.capacity(2).overflow(Overflow::DropOldest));
    let proxy = w.h.proxy();
    in_time(move || {
        let job: Box<dyn Fn(&LoopHandle) + Send> = Box::new(|h| {
            say(h, "own");
            assert!(h.post(SAY, "evicts own").is_ok());
        });
        proxy
            .post(Event::<dyn Fn(&LoopHandle) + Send>::new("do"), job)
            .unwrap();
        proxy.post(SAY, "theirs").unwrap();
    });
    let h = w.h.clone();
    let event = Event::<dyn Fn(&LoopHandle) + Send>::new("do");
    w.event_loop.emitter().on(event, move |job| job(&h));
    w.runs("theirs evicts own");
}

#[test]
fn an_inspector_that_panics_loses_no_letter() {
    // All that arrived is in the queue before the first of it is told of.
    let w = grumpy("post", 1, |builder| builder.capacity(3));
    let proxy = w.h.proxy();
    in_time(move || {
        for word in ["a", "b", "c"] {
            proxy.post(SAY, word).unwrap();
        }
    });
    panic_text(|| w.event_loop.run());
    assert_eq!(w.h.queue().len(), 3);
    w.runs("a b c");
    assert_eq!(room(&w), 3);
}

#[test]
fn an_inspector_that_panics_leaves_the_room_right() {
    // At a post, an eviction, a cancel, a clear, a take.
    for at in ["post", "evict", "cancel", "take"] {
        let w = grumpy(at, 1, |builder| {
            builder.capacity(3).overflow(Overflow::DropOldest)
        });
        let told = panic_text(|| {
            for word in ["a", "b", "c", "d"] {
                w.say(word);
            }
            w.h.queue().clear();
            w.say("e");
            w.run();
        });
        assert_eq!(told, "grumpy", "{at}");
        w.h.queue().clear();
        let refusing = w.h.clone();
        // `room` counts until the first is refused; with `DropOldest` none is.
        let mut ids = BTreeSet::new();
        for n in 0..10 {
            ids.insert(refusing.post(NUM, n).unwrap());
        }
        assert_eq!(w.h.queue().len(), 3, "{at}");
        w.h.queue().clear();
        w.is_well();
    }
}

#[test]
fn an_inspector_that_always_panics_does_not_end_the_program() {
    // Also where a handler panics and the inspector while that unwinds: the first panic goes on.
    for (at, first) in [("enter", "grumpy"), ("leave", "boom")] {
        let w = grumpy(at, usize::MAX, |builder| builder);
        w.event_loop.emitter().on(NUM, |_| panic!("boom"));
        w.h.post(NUM, 1).unwrap();
        assert_eq!(panic_text(|| w.event_loop.run()), first);
        assert!(w.h.call_stack().is_empty(), "{at}");
        assert_eq!(w.h.depth(), 0);
    }
}

#[test]
fn what_an_inspector_or_a_clock_throws_while_a_panic_unwinds_goes_no_further() {
    // Hostile: the inspector throws what panics as it is dropped; the clock panics from then on.
    struct Nasty(Rc<Cell<bool>>);
    impl Inspector for Nasty {
        fn record(&self, _: &Record) {
            if self.0.get() {
                std::panic::panic_any(OnDrop(|| panic!("thrown")));
            }
        }
    }
    struct Broken(Rc<Cell<bool>>);
    impl Clock for Broken {
        fn now(&self) -> Instant {
            assert!(!self.0.get(), "tick");
            Instant::now()
        }
    }
    for breaks in [[true, false], [false, true], [true, true]] {
        let [nasty, broken] = [(); 2].map(|()| Rc::new(Cell::new(false)));
        let builder = EventLoop::builder().clock(Broken(Rc::clone(&broken)));
        let event_loop = builder.inspector(Nasty(Rc::clone(&nasty))).build();
        event_loop.emitter().on(NUM, move |_| {
            nasty.set(breaks[0]);
            broken.set(breaks[1]);
            panic!("boom");
        });
        event_loop.handle().post(NUM, 1).unwrap();
        assert_eq!(panic_text(|| event_loop.run()), "boom", "{breaks:?}");
        assert!(event_loop.handle().call_stack().is_empty());
    }
}

#[test]
fn a_clock_that_panics_takes_no_frame_but_its_own() {
    // With a threshold the clock is read in every frame.
    let (bomb, left) = Bomb::new();
    let builder = EventLoop::builder().clock(bomb).inspector(Silent);
    let event_loop = builder.slow_threshold(ms(1)).build();
    let h = event_loop.handle();
    let depths = Rc::<RefCell<Vec<usize>>>::default();
    let seen = Rc::clone(&depths);
    event_loop.emitter().on(OTHER, |_| ());
    let own = h.clone();
    event_loop.emitter().on(NUM, move |_| {
        seen.borrow_mut().push(own.call_stack().depth());
        left.set(1);
        panic_text(|| own.emit(OTHER, 1));
        seen.borrow_mut().push(own.call_stack().depth());
    });
    h.post(NUM, 1).unwrap();
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
    assert_eq!(*depths.borrow(), [2, 2]);
    assert!(h.call_stack().is_empty());
}

/// The times of calls.
type Times = Rc<RefCell<Vec<Duration>>>;

/// A loop with two intervals of 10 ms that are due, so that their turns wait behind that of the listener in which the
/// clock begins to panic. Each of them ends with its first call, which notes the time.
fn intervals_that_meet_a_bomb(
    times: usize,
    missed: MissedTick,
    build: impl FnOnce(EventLoopBuilder) -> EventLoopBuilder,
) -> (EventLoop, Rc<Cell<usize>>, Times) {
    let (bomb, left) = Bomb::new();
    let clock = bomb.clock.clone();
    let event_loop = build(EventLoop::builder().clock(bomb)).build();
    let (h, calls) = (event_loop.handle(), Times::default());
    for _ in 0..2 {
        let (clock, calls) = (clock.clone(), Rc::clone(&calls));
        h.set_interval_with(ms(10), missed, move |_| {
            calls.borrow_mut().push(clock.elapsed());
            Flow::Stop
        });
    }
    h.post(NUM, 1).unwrap();
    clock.advance(ms(12));
    let fuse = Rc::clone(&left);
    event_loop.emitter().on(NUM, move |_| fuse.set(times));
    (event_loop, left, calls)
}

#[test]
fn an_interval_goes_on_if_the_clock_panics_as_it_is_armed_again() {
    // At the beginning of its turn, which is lost: it is due a period after it was due, whatever its rule for
    // periods it has missed.
    for missed in [MissedTick::Skip, MissedTick::Burst, MissedTick::Delay] {
        let (event_loop, _, calls) = intervals_that_meet_a_bomb(1, missed, |builder| builder);
        assert_eq!(panic_text(|| event_loop.run()), "tick");
        assert_eq!(event_loop.handle().timers()[0].deadline(), Some(ms(20)));
        assert_eq!(event_loop.run(), Ok(Exit::Completed), "{missed:?}");
        assert_eq!(*calls.borrow(), [ms(12), ms(20)]);
    }
}

#[test]
fn turns_of_intervals_that_are_cleared_under_a_clock_that_panics_end_no_program() {
    // Each is armed again as its turn is dropped, the second while the panic of the first unwinds.
    in_a_process(
        module_path!(),
        "turns_of_intervals_that_are_cleared_under_a_clock_that_panics_end_no_program",
        || {
            let (event_loop, left, calls) =
                intervals_that_meet_a_bomb(0, MissedTick::Skip, |builder| builder);
            ran(event_loop.turn());
            let queue = event_loop.queue();
            assert_eq!(queue.len(), 2);
            left.set(usize::MAX);
            assert_eq!(panic_text(|| queue.clear()), "tick");
            left.set(0);
            assert_eq!(event_loop.run(), Ok(Exit::Completed));
            assert_eq!(*calls.borrow(), [ms(20); 2]);
        },
    );
}

#[test]
fn turns_of_intervals_whose_records_cannot_be_stamped_end_no_program() {
    // With an inspector the clock is read for the record that a turn was taken: the turn is dropped as that unwinds,
    // and its interval armed again.
    in_a_process(
        module_path!(),
        "turns_of_intervals_whose_records_cannot_be_stamped_end_no_program",
        || {
            let (event_loop, left, calls) =
                intervals_that_meet_a_bomb(usize::MAX, MissedTick::Skip, |builder| {
                    builder.inspector(Silent)
                });
            // The first time, the listener's frame is left.
            for waiting in [2, 1] {
                assert_eq!(panic_text(|| event_loop.turn()), "tick");
                assert_eq!(event_loop.queue().len(), waiting);
            }
            left.set(0);
            assert_eq!(event_loop.run(), Ok(Exit::Completed));
            assert_eq!(*calls.borrow(), [ms(12), ms(20)]);
        },
    );
}

#[test]
fn an_inspector_may_clear_a_timer_that_it_is_told_is_due() {
    // Its step comes after both of those that tell of the timer, so the trace can be undone.
    struct Clears(Recording, Later);
    impl Inspector for Clears {
        fn record(&self, record: &Record) {
            self.0.record(record);
            if let (Step::TimerDue(timer), Some(h)) = (record.step(), self.1.get()) {
                assert!(h.clear_timer(timer.id()));
            }
        }
    }
    let (recording, later) = (Recording::new(), Later::default());
    let inspector = Clears(recording.clone(), later.clone());
    let w = World::built(|builder| builder.inspector(inspector));
    later.set(&w.h);
    let t = w.stamp("t");
    w.h.set_timeout(ms(1), move |_| t());
    w.runs("");
    assert!(recording.state().queue().is_empty());
    while recording.undo().is_some() {}
    assert_eq!(recording.state(), State::default());
}

#[test]
fn an_isolated_panic_is_a_failure_with_its_text() {
    // Of a listener as of a task: the panic does not go on.
    let recording = Recording::new();
    let inspector = recording.clone();
    let w = World::built(|builder| builder.inspector(inspector).panics(PanicPolicy::Isolate));
    w.event_loop.emitter().on(LISTENER_ERROR, |_| ());
    w.event_loop.emitter().on(TASK_ERROR, |_| ());
    w.event_loop.emitter().on(NUM, |_| panic!("boom"));
    w.h.post(NUM, 1).unwrap();
    w.h.queue_microtask(|_| panic!("boom"));
    w.run();
    let records = recording.records();
    let failed = records.iter().filter(|record| {
        matches!(record.step(), Step::Left(_, Ending::Failed(why)) if why == "panicked: boom")
    });
    assert_eq!(failed.count(), 2);
}

#[test]
fn a_limit_that_is_reached_is_a_step() {
    // The last one: the run ends with an error, and not with an exit.
    let recording = Recording::new();
    let inspector = recording.clone();
    let w = World::built(|builder| builder.inspector(inspector).microtask_limit(2));
    (0..3).for_each(|_| w.h.queue_microtask(|_| ()));
    assert!(w.event_loop.run().is_err());
    let last = recording.records().pop().unwrap();
    assert_eq!(*last.step(), Step::LimitReached(2));
    let text = "the limit of `2` microtasks in a row is reached";
    assert_eq!(last.to_string(), text);
}

#[test]
fn every_turn_that_is_slow_is_told() {
    // One of an idle callback, one of left-over microtasks, one that ends in an error.
    /// The event, whether it is a frame's, the milliseconds.
    type Report = (Option<&'static str>, bool, u128);
    #[derive(Clone, Default)]
    struct Told(Rc<RefCell<Vec<Report>>>);
    impl Inspector for Told {
        fn record(&self, _: &Record) {}
        fn slow(&self, slow: &Slow) {
            let told = (
                slow.event(),
                slow.frame().is_some(),
                slow.took().as_millis(),
            );
            self.0.borrow_mut().push(told);
        }
    }
    let told = Told::default();
    let inspector = told.clone();
    let w = World::built(|builder| {
        let builder = builder.inspector(inspector).microtask_limit(5);
        builder.slow_threshold(ms(10))
    });
    let busy = |n| {
        let clock = w.clock.clone();
        move |_: &LoopHandle| clock.advance(ms(n))
    };
    w.h.queue_microtask(busy(6));
    w.h.queue_microtask(busy(6));
    w.run();
    assert_eq!(told.0.take(), [(None, false, 12)]);
    let (first, second) = (busy(6), busy(6));
    w.h.queue_idle(move |h| {
        first(h);
        h.queue_microtask(second);
    });
    w.run();
    assert_eq!(told.0.take(), [(None, false, 12)]);
    fn again(h: &LoopHandle, clock: VirtualClock) {
        clock.advance(ms(6));
        h.queue_microtask(move |h| again(h, clock));
    }
    let clock = w.clock.clone();
    w.act(move |h| again(h, clock.clone()));
    assert!(matches!(
        w.event_loop.run(),
        Err(RunError::MicrotaskLimit { limit: 5, .. })
    ));
    assert_eq!(told.0.take(), [(Some("do"), false, 36)]);
}

#[test]
fn the_time_of_an_inspector_is_not_that_of_the_handler() {
    struct Slowpoke(VirtualClock);
    impl Inspector for Slowpoke {
        fn record(&self, _: &Record) {
            self.0.advance(ms(20));
        }
        fn slow(&self, slow: &Slow) {
            assert!(slow.frame().is_none(), "{slow}");
        }
    }
    let clock = VirtualClock::new();
    let builder = EventLoop::builder().clock(clock.clone());
    let event_loop = builder
        .inspector(Slowpoke(clock))
        .slow_threshold(ms(10))
        .build();
    event_loop.emitter().on(NUM, |_| ());
    event_loop.handle().post(NUM, 1).unwrap();
    event_loop.handle().queue_microtask(|_| ());
    event_loop.run().unwrap();
}

#[test]
fn a_hook_for_wakes_that_panics_when_it_is_dropped_leaves_nobody_waiting() {
    // The loop goes: who waits for room is told, the queue is empty and closed.
    in_time(|| {
        let event_loop = EventLoop::builder().capacity(1).build();
        let queue = event_loop.queue();
        let proxy = event_loop.proxy();
        let guard = OnDrop(|| panic!("hook"));
        event_loop.on_wake(move || guard.hold());
        queue.post(NUM, 1).unwrap();
        let (about_to, ready) = channel();
        let poster = thread::spawn(move || {
            about_to.send(()).unwrap();
            proxy.post_blocking(NUM, 2).unwrap_err().is_closed()
        });
        ready.recv().unwrap();
        assert_eq!(panic_text(move || drop(event_loop)), "hook");
        assert!(poster.join().unwrap());
        assert!(queue.is_empty());
        assert!(queue.post(NUM, 3).unwrap_err().is_closed());
    });
}

#[test]
fn a_loop_that_goes_drops_all_that_waits_in_it_whatever_panics() {
    // A post of the handle, one of a thread, each kind of timer, a microtask, an idle callback, a listener:
    // one of them panics as it is dropped, and the others are dropped all the same, each once. Then nobody.
    const KINDS: usize = 9;
    for bomb in 0..=KINDS {
        let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
        let (h, queue, proxy) = (event_loop.handle(), event_loop.queue(), event_loop.proxy());
        let counts: Arc<[AtomicUsize; KINDS]> = Arc::default();
        let guard = |kind: usize| {
            let counts = Arc::clone(&counts);
            OnDrop(move || {
                counts[kind].fetch_add(1, Ordering::Relaxed);
                assert!(kind != bomb, "boom");
            })
        };
        let task = |kind| {
            let guard = guard(kind);
            move |_: &LoopHandle| guard.hold()
        };
        h.post(HELD, held(guard(0))).unwrap();
        h.set_timeout(ms(1), task(1));
        h.set_interval(ms(1), task(2));
        h.post_after(ms(1), HELD, held(guard(3)));
        h.queue_microtask(task(4));
        h.queue_idle(task(5));
        let listener = guard(6);
        event_loop.emitter().on(NUM, move |_| listener.hold());
        let low = PostOptions::new().lane(Lane::Low);
        h.post_with(HELD, held(guard(7)), low).unwrap();
        let (letter, own) = (guard(8), proxy.clone());
        const LETTER: Event<dyn Any + Send> = Event::new("letter");
        in_time(move || {
            let letter: Box<dyn Any + Send> = Box::new(letter);
            assert!(own.post(LETTER, letter).is_ok());
        });
        if bomb < KINDS {
            assert_eq!(panic_text(move || drop(event_loop)), "boom", "{bomb}");
        } else {
            drop(event_loop);
        }
        let dropped = counts.each_ref().map(|count| count.load(Ordering::Relaxed));
        assert_eq!(dropped, [1; KINDS], "{bomb}");
        assert!(queue.is_empty() && h.is_closed(), "{bomb}");
        assert!(proxy.post(NUM, 1).unwrap_err().is_closed(), "{bomb}");
        assert!(h.post(NUM, 1).unwrap_err().is_closed(), "{bomb}");
    }
}

#[test]
fn a_frame_bears_the_label_of_its_own_event_only() {
    // The loop's queue, dispatched to another emitter whose listener emits on the loop's.
    let w = World::new();
    let other = local::EventEmitter::new();
    let (h, seen) = (w.h.clone(), Rc::new(Cell::new(None)));
    let label = Rc::clone(&seen);
    let own = w.h.clone();
    w.event_loop.emitter().on(OTHER, move |_| {
        label.set(Some(own.call_stack().frames()[0].label()));
    });
    other.on(NUM, move |_| _ = h.emit(OTHER, 1));
    w.h.post_with(NUM, 1, PostOptions::new().label("outer"))
        .unwrap();
    assert_eq!(w.h.queue().dispatch(&other), 1);
    assert_eq!(seen.get(), Some(None));
}

#[test]
fn a_weak_interval_does_not_move_a_virtual_clock_for_ever() {
    // A strong proxy keeps the loop, and nothing under a virtual clock can come of it.
    let w = World::new();
    let _proxy = w.h.proxy();
    w.h.unref_timer(w.h.set_interval(ms(1), |_| ()));
    assert_eq!(w.event_loop.run(), Ok(Exit::Stalled));
    assert_eq!(w.now(), 0);
    assert_eq!(w.event_loop.run_for(ms(5)), Ok(Exit::Reached));
    assert_eq!(w.now(), 5);
}

#[test]
fn a_queue_alone_may_drop_the_oldest() {
    let evicted = Rc::<RefCell<Vec<i32>>>::default();
    let told = Rc::clone(&evicted);
    let queue = EventQueue::evicting(2, move |evicted| {
        let number = evicted.with(|any| *any.get(NUM).unwrap());
        told.borrow_mut().push(number);
    });
    assert_eq!(queue.capacity(), Some(2));
    for n in 1..=4 {
        queue.post(NUM, n).unwrap();
    }
    assert_eq!(*evicted.borrow(), [1, 2]);
    assert_eq!(queue.len(), 2);
}

#[test]
fn arrows_lead_from_a_slice_to_a_slice() {
    // In the JSON for Perfetto: ids are numbers; what ends has begun, in a slice at the same time.
    let recording = Recording::new();
    let inspector = recording.clone();
    let w = World::built(|builder| builder.inspector(inspector));
    w.say("a");
    w.h.queue_microtask(|_| ());
    w.h.queue_idle(|_| ());
    let mut left = 3;
    w.h.set_interval(ms(1), move |_| {
        left -= 1;
        if left == 0 {
            Flow::Stop
        } else {
            Flow::Continue
        }
    });
    w.run();
    let document = Json::from(&recording.to_chrome_json());
    let events = document["traceEvents"].items();
    let (mut begun, mut slice, mut arrows) = (BTreeSet::new(), None, 0);
    for event in events {
        let arrow = || (event["name"].text().to_owned(), event["id"].number());
        match event["ph"].text() {
            "X" | "B" => slice = Some(event["ts"].clone()),
            "s" => {
                assert_eq!(slice.as_ref(), Some(&event["ts"]));
                assert!(begun.insert(arrow()));
            }
            "f" => {
                assert_eq!(slice.as_ref(), Some(&event["ts"]));
                assert!(begun.remove(&arrow()), "{:?}", arrow());
                arrows += 1;
            }
            _ => {}
        }
    }
    assert_eq!(arrows, 1 + 1 + 1 + 3);
    // What is left is the interval that was cleared by its last call.
    assert_eq!(begun.len(), 1);
}
