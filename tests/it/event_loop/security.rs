//! What a hostile handler does to a loop: the rows of `docs::limitations` that no other module shows.

use super::*;
use oyez::event_loop::Trace as Recording;
use std::sync::mpsc::channel;
use std::{error, fmt};

/// Posts itself, whenever it is handled.
const FLOOD: Event<()> = Event::new("flood");

#[test]
fn an_event_that_posts_itself_starves_no_timer_and_no_thread() {
    // What runs only where there is nothing to do does not run; a stop is honoured, also a thread's.
    in_time(|| {
        let w = World::new();
        let (h, clock) = (w.h.clone(), w.clock.clone());
        w.event_loop.emitter().on(FLOOD, move |()| {
            clock.advance(ms(1));
            h.post(FLOOD, ()).unwrap();
        });
        w.h.post(FLOOD, ()).unwrap();
        w.say("event");
        let trace = w.trace;
        w.h.set_timeout(ms(5), move |_| trace.log("timer"));
        w.h.queue_idle(|_| unreachable!("there is always something to do"));
        let proxy = w.event_loop.proxy();
        let thread = Worker::spawn(move || {
            proxy.post(SAY, "thread").unwrap();
            proxy.stop();
        });
        thread.join();
        assert_eq!(w.event_loop.turn(), Ok(Turn::Stopped));
        for _ in 0..20 {
            ran(w.event_loop.turn());
        }
        w.trace.expect("event thread timer");
        w.h.stop();
        assert_eq!(w.event_loop.run(), Ok(Exit::Stopped));
        assert_eq!(w.queued(), ["flood"]);
    });
}

#[test]
fn a_thread_that_posts_without_end_starves_no_event_and_no_timer() {
    // Each event of the flood waits until the thread has posted the next two: there are ever more.
    in_time(|| {
        let w = World::new();
        let (more, asked) = channel::<()>();
        let (post, posted) = channel();
        let proxy = w.event_loop.proxy();
        let thread = Worker::spawn(move || {
            while asked.recv().is_ok() {
                for _ in 0..2 {
                    proxy.post(FLOOD, ()).unwrap();
                }
                post.send(()).unwrap();
            }
        });
        let (ask, clock) = (more.clone(), w.clock.clone());
        w.event_loop.emitter().on(FLOOD, move |()| {
            clock.advance(ms(1));
            ask.send(()).unwrap();
            receive(&posted);
        });
        let trace = w.trace;
        w.h.set_timeout(ms(3), move |_| trace.log("timer"));
        w.h.post(FLOOD, ()).unwrap();
        w.say("event");
        for _ in 0..20 {
            ran(w.event_loop.turn());
        }
        w.trace.expect("event timer");
        drop((more, w));
        thread.join();
    });
}

#[test]
fn a_timer_that_is_always_due_starves_no_event() {
    // An interval of the least period, which a slow body makes late, and which makes up for every tick.
    let w = World::new();
    let (clock, trace) = (w.clock.clone(), w.trace);
    let nanosecond = Duration::from_nanos(1);
    w.h.set_interval_with(nanosecond, MissedTick::Burst, move |_| {
        clock.advance(ms(1));
        trace.log("tick");
    });
    w.clock.advance(ms(1));
    w.say("a");
    w.act(move |h| {
        trace.log("b");
        say(h, "c");
    });
    for _ in 0..5 {
        ran(w.event_loop.turn());
    }
    w.trace.expect("a b tick c tick");
}

#[test]
fn an_event_that_posts_two_of_its_like_is_held_by_the_capacity() {
    // Without a bound there is one more after each turn. With one, there are never more, and those that
    // come too late are told.
    for (capacity, waiting, refused) in [(None, 21, 0), (Some(4), 4, 17)] {
        let w = World::built(|builder| match capacity {
            None => builder,
            Some(capacity) => builder.capacity(capacity),
        });
        let (h, full) = (w.h.clone(), Rc::new(Cell::new(0)));
        let count = Rc::clone(&full);
        w.event_loop.emitter().on(FLOOD, move |()| {
            for _ in 0..2 {
                match h.post(FLOOD, ()) {
                    Err(error) if error.is_full() => count.set(count.get() + 1),
                    posted => _ = posted.unwrap(),
                }
            }
        });
        w.h.post(FLOOD, ()).unwrap();
        for _ in 0..20 {
            ran(w.event_loop.turn());
        }
        assert_eq!((w.h.queue().len(), full.get()), (waiting, refused));
    }
}

#[test]
fn microtasks_without_end_hold_up_each_run_and_are_told_each_time() {
    // The limit ends the run, not the microtask: events wait as long as there is one that queues itself.
    let w = World::built(|builder| builder.microtask_limit(10));
    fn again(h: &LoopHandle, left: Rc<Cell<u32>>) {
        h.queue_microtask(move |h| {
            left.set(left.get() - 1);
            if left.get() > 0 {
                again(h, left);
            }
        });
    }
    let left = Rc::new(Cell::new(25));
    again(&w.h, Rc::clone(&left));
    w.say("event");
    for rest in [15, 5] {
        let error = w.event_loop.run().unwrap_err();
        assert!(matches!(error, RunError::MicrotaskLimit { limit: 10, .. }));
        assert_eq!(left.get(), rest);
        w.trace.expect("");
    }
    w.runs("event");
}

/// An error that panics when it is read.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("unreadable")
    }
}

impl error::Error for Unreadable {}

#[test]
fn an_error_whose_text_panics_leaves_the_loop_well() {
    // Of a listener, a timer, a microtask and an idle callback, each read by the panic that nobody
    // hears it; and not read where somebody does and does not ask.
    let w = World::new();
    w.event_loop.emitter().on(NUM, |_| Err::<(), _>(Unreadable));
    let fail = |_: &LoopHandle| Err::<(), _>(Unreadable);
    let cases: [&dyn Fn(); 4] = [
        &|| _ = w.h.post(NUM, 1).unwrap(),
        &|| _ = w.h.set_timeout(ms(1), fail),
        &|| w.h.queue_microtask(fail),
        &|| w.h.queue_idle(fail),
    ];
    for case in cases {
        case();
        assert_eq!(panic_text(|| w.event_loop.run()), "unreadable");
        w.is_well();
    }
    w.event_loop.emitter().on(LISTENER_ERROR, |_| ());
    w.event_loop.emitter().on(TASK_ERROR, |_| ());
    cases.iter().for_each(|case| case());
    w.run();
    w.is_well();
}

#[test]
fn an_error_whose_text_panics_is_nothing_to_an_inspector() {
    // The error is told, the other listener is called, and each frame that is entered is left: of a
    // listener and of a task.
    let recording = Recording::new();
    let w = World::built(|builder| builder.inspector(recording.clone()));
    let (e, trace) = (w.event_loop.emitter(), w.trace);
    e.on(LISTENER_ERROR, move |error| trace.log(error.event()));
    e.on(TASK_ERROR, move |_| trace.log("task"));
    e.on(NUM, |_| Err::<(), _>(Unreadable));
    e.on(NUM, move |_| trace.log("b"));
    w.h.post(NUM, 1).unwrap();
    w.h.queue_idle(|_| Err::<(), _>(Unreadable));
    w.runs("num b task");
    assert!(recording.state().call_stack().is_empty());
    let table = recording.to_table();
    assert_eq!(
        table.matches("failed: an error whose text panics").count(),
        2
    );
}

/// An error whose text emits `NUM` on the emitter of this thread.
#[derive(Debug)]
struct Again;

std::thread_local! {
    static EMITTER: OnceCell<local::EventEmitter> = const { OnceCell::new() };
    /// How often a text was asked for.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ASKED.set(ASKED.get() + 1);
        EMITTER.with(|e| e.get().unwrap().emit(NUM, 1));
        f.write_str("again")
    }
}

impl error::Error for Again {}

#[test]
fn an_error_whose_text_fails_again_is_not_asked_for_it_without_end() {
    // It is asked by the inspector, and again by the panic that nobody hears it. Were it so each time one level
    // deeper, there would be 2^depth texts.
    in_time(|| {
        let recording = Recording::new();
        let w = World::built(|builder| {
            let emitter = local::EventEmitter::builder().max_depth(10);
            builder.emitter(emitter).inspector(recording.clone())
        });
        assert!(EMITTER.with(|e| e.set(w.event_loop.emitter().clone()).is_ok()));
        let id = w.event_loop.emitter().on(NUM, |_| Err::<(), _>(Again));
        w.h.post(NUM, 1).unwrap();
        assert_contains(&panic_text(|| w.event_loop.run()), &["num", "10"]);
        assert!(ASKED.get() <= 10 * 10, "{} texts", ASKED.get());
        let table = recording.to_table();
        assert_contains(&table, &["failed: an error within the text of another"]);
        assert!(recording.state().call_stack().is_empty());
        assert!(w.event_loop.emitter().off(id));
        w.is_well();
    });
}
