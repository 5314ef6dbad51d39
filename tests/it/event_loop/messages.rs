//! Every text that a user may get to read, whole.

use super::*;
use std::error::Error;

#[test]
fn a_run_inside_of_a_run_says_what_is_wrong() {
    assert_eq!(
        RunError::Reentrant.to_string(),
        "the event loop is running already, and cannot be run from inside of a handler; \
         use `post` to have something done later"
    );
}

#[test]
fn the_limit_of_microtasks_names_the_last_ones() {
    let w = World::built(|builder| builder.microtask_limit(3));
    fn again(h: &LoopHandle) {
        h.queue_microtask(again);
    }
    let line = line!() - 2;
    again(&w.h);
    let error = w.event_loop.run().unwrap_err();
    let RunError::MicrotaskLimit { last, .. } = &error else {
        panic!("{error}");
    };
    let site = last[0].to_string();
    assert!(site.starts_with(&format!("{}:{line}:", file!())));
    assert_eq!(
        error.to_string(),
        format!(
            "the limit of `3` microtasks in a row is reached; the last ones were queued at {site} \
             (3 of 3); `post` what repeats, or raise `microtask_limit`"
        )
    );
    assert!(error.source().is_none());
}

#[test]
fn the_limit_of_microtasks_names_each_line_once() {
    // Most frequent first.
    let w = World::built(|builder| builder.microtask_limit(3));
    for _ in 0..2 {
        w.h.queue_microtask(|_| ());
    }
    w.h.queue_microtask(|_| ());
    w.h.queue_microtask(|_| ());
    let error = w.event_loop.run().unwrap_err();
    let RunError::MicrotaskLimit { last, .. } = &error else {
        panic!("{error}");
    };
    let (twice, once) = (last[0], last[2]);
    assert_ne!(twice, once);
    assert_contains(
        &error.to_string(),
        &[&format!(
            "queued at {twice} (2 of 3), {once} (1 of 3); `post`"
        )],
    );
}

#[test]
fn a_refused_post_says_why() {
    assert_eq!(
        PostError::Full(1).to_string(),
        "the event queue is full; the payload is in this error, to be posted when there is room"
    );
    assert_eq!(
        PostError::Closed(1).to_string(),
        "the event loop is gone and takes no more events; the payload is in this error"
    );
    assert_contains(
        &format!("{:?}", PostError::Full(1)),
        &["Full(the event queue is full; "],
    );
    assert_contains(
        &format!("{:?}", PostError::Closed(1)),
        &["Closed(the event loop is gone "],
    );
}

/// The text and the source of the error of a task.
fn told(policy: PanicPolicy, queue: impl Fn(&LoopHandle)) -> String {
    let w = World::built(|builder| builder.panics(policy));
    let trace = w.trace;
    w.event_loop.emitter().on(TASK_ERROR, move |error| {
        let location = error.location().to_string();
        assert!(location.starts_with(file!()));
        let text = error.to_string().replace(&location, "HERE");
        trace.log(format_args!("{text}: {}", error.source().unwrap()));
    });
    queue(&w.h);
    w.run();
    w.trace.take()
}

#[test]
fn a_tasks_error_names_its_kind_and_site_and_leaves_the_cause_to_its_source() {
    let fails = |queue: &dyn Fn(&LoopHandle)| told(PanicPolicy::Propagate, queue);
    assert_eq!(
        fails(&|h| h.queue_microtask(|_| failed("boom"))),
        "microtask queued at HERE returned an error: boom"
    );
    assert_eq!(
        fails(&|h| h.queue_idle(|_| failed("boom"))),
        "idle callback queued at HERE returned an error: boom"
    );
    assert_eq!(
        fails(&|h| _ = h.set_timeout(ms(1), |_| failed("boom"))),
        "timer t1 set at HERE returned an error: boom"
    );
}

#[test]
fn a_tasks_isolated_panic_is_told_with_its_message() {
    let panics = |queue: &dyn Fn(&LoopHandle)| told(PanicPolicy::Isolate, queue);
    assert_eq!(
        panics(&|h| h.queue_microtask(|_| panic!("out of {}", "ink"))),
        "microtask queued at HERE panicked: out of ink"
    );
    assert_eq!(
        panics(&|h| h.queue_idle(|_| panic!("boom"))),
        "idle callback queued at HERE panicked: boom"
    );
    assert_eq!(
        panics(&|h| _ = h.set_timeout(ms(1), |_| std::panic::panic_any(7_u8))),
        "timer t1 set at HERE panicked: a value that is not a string"
    );
}

#[test]
fn an_unhandled_task_error_says_where_it_could_have_gone() {
    let w = World::new();
    let line = line!() + 1;
    w.h.set_timeout(ms(1), |_| failed("boom"));
    let text = panic_text(|| w.event_loop.run());
    let site = format!("{}:{line}:", file!());
    let (before, after) = text.split_once(&site).expect("the site is named");
    assert_eq!(before, "unhandled error: timer t1 set at ");
    let (_column, after) = after.split_once(' ').unwrap();
    assert_eq!(
        after,
        "returned an error: boom; listen to `oyez::event_loop::TASK_ERROR`, or deal with it in the task"
    );
}

/// Logs the slow reports, with their places taken out.
struct Reports(Trace);

impl Inspector for Reports {
    fn record(&self, _: &Record) {}

    fn slow(&self, slow: &Slow) {
        let mut text = slow.to_string();
        if let Some(location) = slow.location() {
            text = text.replace(&location.to_string(), "HERE");
        }
        self.0.log(text);
        self.0.log("|");
    }
}

#[test]
fn a_slow_turn_without_an_event_is_a_turn() {
    // That of an idle callback, and of what it queues.
    let told = Trace::new();
    let w = World::built(|builder| builder.inspector(Reports(told)).slow_threshold(ms(10)));
    let clock = w.clock.clone();
    w.h.queue_idle(move |h| {
        clock.advance(ms(6));
        let clock = clock.clone();
        h.queue_microtask(move |_| clock.advance(ms(6)));
    });
    w.run();
    told.expect("a turn took `12ms`, more than `10ms` |");
}

#[test]
fn a_slow_report_says_what_took_how_long() {
    let told = Trace::new();
    let w = World::built(|builder| builder.inspector(Reports(told)).slow_threshold(ms(10)));
    let clock = w.clock.clone();
    let busy = move || clock.advance(ms(25));
    let listener = busy.clone();
    w.event_loop
        .emitter()
        .listen(NUM)
        .label("audit")
        .on(move |_| listener());
    w.h.post(NUM, 1).unwrap();
    w.run();
    told.expect(
        "listener `audit` of `num` (HERE) took `25ms`, more than `10ms` | \
         the turn of `num` #1 (HERE) took `25ms`, more than `10ms` |",
    );
    w.h.set_timeout(ms(1), move |_| busy());
    w.run();
    told.expect(
        "timer (HERE) took `25ms`, more than `10ms` | \
         the turn of `(timer)` #2 (HERE) took `25ms`, more than `10ms` |",
    );
}

#[test]
fn ids_are_short() {
    // An event is `#`, a timer `t`, a task `m`, each with its number.
    let w = World::new();
    let ids = [w.say("a"), w.say("b")];
    assert_eq!(ids.map(|id| id.to_string()), ["#1", "#2"]);
    assert_eq!(w.h.set_timeout(ms(1), |_| ()).to_string(), "t1");
    let causes = Rc::new(RefCell::new(Vec::new()));
    let own = Rc::clone(&causes);
    let task = move |h: &LoopHandle| {
        let id = say(h, "c");
        let events = h.queue().events();
        let event = events.iter().find(|event| event.id() == id).unwrap();
        match event.cause() {
            Cause::Microtask(id) | Cause::Idle(id) => own.borrow_mut().push(id.to_string()),
            other => panic!("{other:?}"),
        }
    };
    w.h.queue_microtask(task.clone());
    w.h.queue_idle(task);
    w.run();
    assert_eq!(*causes.borrow(), ["m1", "m2"]);
}

#[test]
fn misuse_is_told_in_numbers() {
    // Where it is set: an interval, and what a loop is built with.
    let w = World::new();
    assert_eq!(
        panic_text(|| w.h.set_interval(Duration::ZERO, |_| ())),
        "an interval with a period of 0 would never let time pass; the least is 1 ns"
    );
    assert_eq!(
        panic_text(|| EventLoop::builder().microtask_limit(0)),
        "a limit of 0 would refuse every microtask; the least is 1"
    );
    assert_eq!(
        panic_text(|| EventLoop::builder().fairness(0)),
        "a fairness of 0 would leave no order of lanes; the least is 1"
    );
}
