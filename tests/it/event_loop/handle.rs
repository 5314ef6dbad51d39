//! `LoopHandle`: weak, and inert when the loop is gone.

use super::*;

/// The handle of a loop that is gone.
fn orphan() -> (LoopHandle, Trace) {
    let w = World::new();
    (w.h.clone(), w.trace)
}

#[test]
fn a_handle_keeps_no_loop_alive() {
    // "weak": also where listeners, tasks and payloads of the loop capture it.
    let w = World::new();
    let trace = w.trace;
    let (h, probe) = (w.h.clone(), trace.probe("~listener"));
    w.event_loop.emitter().on(NUM, move |_| {
        probe.hold();
        h.stop();
    });
    let (h, probe) = (w.h.clone(), trace.probe("~timer"));
    w.h.set_interval(ms(1), move |_| {
        probe.hold();
        h.stop();
    });
    let World { event_loop, h, .. } = w;
    assert!(!h.is_closed());
    drop(event_loop);
    assert!(h.is_closed());
    let told = trace.take();
    let mut told: Vec<_> = told.split(' ').collect();
    told.sort_unstable();
    assert_eq!(told, ["~listener", "~timer"]);
}

#[test]
fn after_the_loop_a_post_is_closed_and_an_emit_is_0() {
    // "After the loop: `post` gives `Closed`, `emit` 0, timers nothing".
    let (h, trace) = orphan();
    assert!(matches!(h.post(SAY, "a"), Err(PostError::Closed("a"))));
    let low = PostOptions::new().lane(Lane::Low);
    assert!(matches!(
        h.post_with(SAY, "b", low),
        Err(PostError::Closed("b"))
    ));
    assert_eq!(h.emit(SAY, "c"), 0);
    assert_eq!(h.try_emit(SAY, "d").unwrap(), 0);
    trace.expect("");
}

#[test]
fn after_the_loop_tasks_are_dropped_at_once() {
    // Nothing is kept that can never run; the ids are of nothing.
    let (h, trace) = orphan();
    let probe = |name| trace.probe(name);
    let (a, b, c, d) = (probe("~a"), probe("~b"), probe("~c"), probe("~d"));
    h.queue_microtask(move |_| a.hold());
    h.queue_idle(move |_| b.hold());
    trace.expect("~a ~b");
    let timers = [
        h.set_timeout(ms(1), move |_| c.hold()),
        h.set_interval(ms(1), move |_| d.hold()),
        h.set_interval_with(ms(1), MissedTick::Burst, |_| ()),
        h.post_after(ms(1), HELD, held(probe("~e"))),
    ];
    trace.expect("~c ~d ~e");
    for timer in timers {
        assert!(!h.clear_timer(timer));
        assert!(!h.unref_timer(timer));
        assert!(!h.ref_timer(timer));
    }
}

#[test]
fn after_the_loop_there_is_nothing_to_see() {
    // Every look is answered, none panics.
    let w = World::new();
    let id = w.say("a");
    let h = w.h.clone();
    let (queue, before) = (h.queue(), h.now());
    drop(w);
    assert!(h.is_closed());
    assert!(!h.cancel(id));
    assert!(h.call_stack().is_empty());
    assert_eq!(h.depth(), 0);
    for queue in [queue, h.queue()] {
        assert_eq!(queue.len(), 0);
        assert!(queue.is_empty() && queue.events().is_empty());
        assert!(!queue.cancel(id));
        assert_eq!(queue.clear(), 0);
        assert!(matches!(queue.post(NUM, 1), Err(PostError::Closed(1))));
        assert_eq!(queue.dispatch(&local::EventEmitter::new()), 0);
        assert_eq!(queue.dispatch_one(&local::EventEmitter::new()), None);
    }
    assert!(h.now() >= before);
    h.stop();
    assert!(!format!("{h:?}").is_empty());
    assert!(h.clone().is_closed());
}

#[test]
fn after_the_loop_its_emitter_is_one_without_listeners() {
    // Also if somebody holds the loop's own, which goes on being one: the handle's `emit` is 0.
    let (h, trace) = orphan();
    let emitter = h.emitter();
    assert_eq!(emitter.emit(SAY, "a"), 0);
    assert!(!emitter.has_listeners(SAY));
    trace.expect("");
    let w = World::new();
    let (kept, h, trace) = (w.event_loop.emitter().clone(), w.h.clone(), w.trace);
    drop(w);
    assert_eq!(kept.emit(SAY, "b"), 1);
    trace.expect("b");
    assert!(!h.emitter().ptr_eq(&kept));
    assert_eq!(h.emit(SAY, "c"), 0);
    trace.expect("");
}

#[test]
fn after_the_loop_its_proxies_are_closed() {
    // Those made before, and those made by the handle afterwards.
    let w = World::new();
    let (h, before) = (w.h.clone(), w.h.proxy());
    assert!(!before.is_closed());
    drop(w);
    for proxy in [before, h.proxy()] {
        assert!(proxy.is_closed());
        assert!(matches!(proxy.post(NUM, 1), Err(PostError::Closed(1))));
        proxy.wake();
        proxy.stop();
    }
}

#[test]
fn what_the_loop_drops_finds_it_closed() {
    // The `Drop` of a payload, of a task and of a listener may use the handle: nothing is kept.
    let w = World::new();
    let trace = w.trace;
    let meddler = || {
        let h = w.h.clone();
        OnDrop(move || {
            let _ = h.post(SAY, "never");
            h.queue_microtask(move |_| trace.log("never"));
            h.set_timeout(ms(1), move |_| trace.log("never"));
            h.queue_idle(move |_| trace.log("never"));
            h.emit(OTHER, 1);
            h.stop();
            let _ = (h.queue().events(), h.call_stack(), h.depth(), h.now());
            trace.log(h.post(SAY, "x").is_err_and(|refused| refused.is_closed()));
        })
    };
    let (a, b, c, d) = (meddler(), meddler(), meddler(), meddler());
    w.event_loop.emitter().on(NUM, move |_| a.hold());
    w.h.queue_microtask(move |_| b.hold());
    w.h.set_timeout(ms(1), move |_| c.hold());
    w.h.queue_idle(move |_| d.hold());
    w.h.post(HELD, held(meddler())).unwrap();
    w.h.post_after(ms(1), HELD, held(meddler()));
    drop(w.event_loop);
    trace.expect("true true true true true true");
}

#[test]
fn what_waits_goes_with_the_loop_whatever_its_handle_does() {
    // The inspector drops the loop while the handle takes a note, and not when the handle is done.
    struct Ends(Rc<Cell<Option<EventLoop>>>, Trace);
    impl Inspector for Ends {
        fn record(&self, record: &Record) {
            if record.to_string() == "the end" {
                drop(self.0.take());
                self.1.log("gone");
            }
        }
    }
    let (own, trace) = (Rc::default(), Trace::new());
    let inspector = Ends(Rc::clone(&own), trace);
    let w = World::built(|builder| builder.inspector(inspector));
    let h = w.h.clone();
    let [m, i, t] = ["m", "i", "t"].map(|name| trace.probe(name));
    h.queue_microtask(move |_| m.hold());
    h.queue_idle(move |_| i.hold());
    h.set_timeout(ms(1), move |_| t.hold());
    h.post(HELD, held(trace.probe("p"))).unwrap();
    own.set(Some(w.event_loop));
    h.note("the end");
    trace.expect("p m i t gone");
}

#[test]
fn the_loop_may_go_while_its_emitter_emits() {
    // Rule 10: an emit outside a run, whose listener owns the loop and drops it, is finished.
    let w = World::new();
    let (emitter, h, trace) = (w.event_loop.emitter().clone(), w.h.clone(), w.trace);
    let own = Rc::new(RefCell::new(Some(w.event_loop)));
    emitter.on(NUM, move |_| {
        drop(own.borrow_mut().take());
        trace.log(h.is_closed());
        trace.log(h.post(SAY, "a").unwrap_err().is_closed());
    });
    emitter.on(NUM, trace.logs("n"));
    w.h.post(HELD, held(trace.probe("~"))).unwrap();
    assert_eq!(emitter.emit(NUM, 1), 2);
    trace.expect("~ true true n1");
}

#[test]
fn handles_are_of_one_loop() {
    // All clones reach it; two loops know nothing of each other.
    let (a, b) = (World::new(), World::new());
    let handles = [a.h.clone(), a.event_loop.handle(), a.h.clone().clone()];
    for h in &handles {
        say(h, "a");
    }
    assert_eq!((a.h.queue().len(), b.h.queue().len()), (3, 0));
    assert!(a.h.emitter().ptr_eq(a.event_loop.emitter()));
    assert!(!a.h.emitter().ptr_eq(b.event_loop.emitter()));
    a.h.stop();
    b.runs("");
    assert_eq!(a.event_loop.run(), Ok(Exit::Stopped));
    a.runs("a a a");
}

#[test]
fn ids_count_per_loop() {
    // Fine print: the second loop of a process counts from 1 as the first did.
    for _ in 0..2 {
        let w = World::new();
        assert_eq!(w.say("a").to_string(), "#1");
        assert_eq!(w.say("b").to_string(), "#2");
        assert_eq!(w.h.set_timeout(ms(1), |_| ()).to_string(), "t1");
        assert_eq!(w.h.post_after(ms(1), NUM, 1).to_string(), "t2");
    }
}

#[test]
fn the_queue_of_the_loop_is_the_queue_of_its_handles() {
    // `EventLoop::queue` and `LoopHandle::queue`: handles to it, from which one may post as well.
    let w = World::new();
    let (mine, theirs) = (w.event_loop.queue(), w.h.queue());
    let a = w.say("a");
    let b = mine.post(SAY, "b").unwrap();
    let c = theirs.post_with(SAY, "c", Lane::High).unwrap();
    assert_eq!(ids(&mine), [c, a, b]);
    assert_eq!(ids(&theirs), [c, a, b]);
    assert!(mine.cancel(a));
    w.runs("c b");
    w.say("d");
    assert_eq!(theirs.clear(), 1);
    w.runs("");
}

#[test]
fn posts_say_their_cause() {
    // Outside; in the turn of an event and in what it emits; of a due timer; in a microtask; in an idle
    // callback; from another thread.
    let w = World::new();
    let causes = Rc::new(RefCell::new(Vec::new()));
    let note = {
        let causes = Rc::clone(&causes);
        move |h: &LoopHandle| {
            let id = h.post(NUM, 1).unwrap();
            let events = h.queue().events();
            let own = events.iter().find(|event| event.id() == id).unwrap();
            causes.borrow_mut().push(own.cause());
        }
    };
    note(&w.h);
    let event = w.act({
        let (note, handle) = (note.clone(), w.h.clone());
        w.event_loop.emitter().on(OTHER, {
            let note = note.clone();
            move |_| note(&handle)
        });
        move |h| {
            note(h);
            h.emit(OTHER, 1);
        }
    });
    w.run();
    w.h.set_timeout(ms(1), note.clone());
    w.clock.advance(ms(1));
    w.act({
        let causes = Rc::clone(&causes);
        move |h| {
            let id = h.queue().events()[0].id();
            causes.borrow_mut().push(Cause::Event(id));
        }
    });
    w.run();
    let caused = causes.borrow_mut().split_off(0);
    let in_turn = Cause::Event(event);
    assert_eq!(caused[..3], [Cause::Outside, in_turn, in_turn]);
    // What the timer posted names the timer's own entry in the queue.
    assert_eq!(caused[3], caused[4]);
    w.h.queue_idle(note.clone());
    w.h.queue_microtask(note.clone());
    w.run();
    let told = causes.borrow_mut().split_off(0);
    assert!(
        matches!(told[..], [Cause::Microtask(_), Cause::Idle(_)]),
        "{told:?}"
    );
    let proxy = w.h.proxy();
    in_time(move || proxy.post(NUM, 1).unwrap());
    w.act({
        let causes = Rc::clone(&causes);
        move |h| {
            causes
                .borrow_mut()
                .extend(h.queue().events().iter().map(QueuedEvent::cause))
        }
    });
    // The thread's post is taken in behind this one.
    w.run();
    assert_eq!(*causes.borrow(), [Cause::Thread]);
}

/// The causes of what waits.
fn causes(h: &LoopHandle) -> Vec<Cause> {
    h.queue().events().iter().map(QueuedEvent::cause).collect()
}

#[test]
fn a_cause_ends_with_its_turn() {
    // What is posted after a run is posted from outside, also after one that unwound; what is posted
    // after a dispatch inside of a turn is of that turn again.
    let w = World::new();
    w.say("a");
    w.h.queue_microtask(|_| ());
    w.h.set_timeout(ms(1), |_| ());
    w.h.queue_idle(|_| ());
    w.run();
    w.say("b");
    assert_eq!(causes(&w.h), [Cause::Outside]);
    w.run();
    w.act(|_| panic!("boom"));
    panic_text(|| w.event_loop.run());
    w.say("c");
    assert_eq!(causes(&w.h), [Cause::Outside]);
    w.run();
    w.trace.take();
    let own = Rc::new(Cell::new(None));
    let id = Rc::clone(&own);
    own.set(Some(w.act(move |h| {
        assert_eq!(h.queue().dispatch(&h.emitter()), 1);
        say(h, "after");
        assert_eq!(causes(h), [Cause::Event(id.get().unwrap())]);
    })));
    w.say("inside");
    w.runs("inside after");
}
