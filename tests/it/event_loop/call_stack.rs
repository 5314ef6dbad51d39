//! The call stack: which frames are there, in which order, and what each says of itself.

use super::*;

fn kind(frame: &Frame) -> &'static str {
    match frame.kind() {
        FrameKind::Dispatch => "dispatch",
        FrameKind::Listener => "listener",
        FrameKind::Microtask => "microtask",
        FrameKind::Timer => "timer",
        FrameKind::Idle => "idle",
        _ => unreachable!("a kind of frame that this suite does not know"),
    }
}

/// The frames, outermost first.
fn show(h: &LoopHandle) -> String {
    let stack = h.call_stack();
    let frames = stack.frames().iter();
    let frames = frames.map(|frame| match frame.event() {
        Some(event) => format!("{}:{event}", kind(frame)),
        None => kind(frame).to_owned(),
    });
    frames.collect::<Vec<_>>().join(",")
}

/// A world whose `NUM` logs the stack.
fn watching() -> World {
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |_| trace.log(show(&h)));
    w
}

/// The lines of the frames, outermost first, all of this file.
#[track_caller]
fn lines(stack: &CallStack) -> Vec<u32> {
    let line = |frame: &Frame| {
        let at = frame.location().expect("this frame has a place");
        assert_eq!(at.file(), file!());
        at.line()
    };
    stack.frames().iter().map(line).collect()
}

#[test]
fn a_nested_emit_is_on_the_stack_of_the_outer_one() {
    // Inside b's listener, emitted by a's: dispatch a, listener a, dispatch b, listener b;
    // empty after the turn; depth 0 outside.
    let w = watching();
    let h = w.h.clone();
    w.event_loop
        .emitter()
        .on(OTHER, move |n| _ = h.emit(NUM, *n));
    w.h.post(OTHER, 1).unwrap();
    assert_eq!((w.h.depth(), w.h.call_stack().depth()), (0, 0));
    w.runs("dispatch:other,listener:other,dispatch:num,listener:num");
    assert!(w.h.call_stack().is_empty());
    assert!(w.event_loop.call_stack().is_empty());
    assert_eq!(w.h.depth(), 0);
}

#[test]
fn the_two_depths_count_different_frames() {
    // Fine print: `depth()` counts dispatch, microtask, timer and idle frames; `CallStack::depth()`
    // all.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    let depths = move |h: &LoopHandle| {
        trace.log(format_args!("{}/{}", h.depth(), h.call_stack().depth()));
    };
    w.event_loop.emitter().on(NUM, move |_| depths(&h));
    let task = move |h: &LoopHandle| {
        depths(h);
        h.emit(NUM, 1);
    };
    w.act(task);
    w.h.queue_microtask(task);
    w.h.queue_idle(task);
    w.h.set_timeout(ms(1), task);
    w.h.set_interval(ms(2), move |h| {
        task(h);
        Flow::Stop
    });
    w.runs("1/1 2/3 1/2 2/4 1/1 2/3 1/1 2/3 1/1 2/3");
}

#[test]
fn a_task_has_one_frame_without_an_event() {
    // Microtask, timer, idle: `event()` is `None`; what they emit is below them.
    let w = watching();
    let trace = w.trace;
    let task = move |h: &LoopHandle| {
        trace.log(show(h));
        h.emit(NUM, 1);
    };
    w.h.queue_microtask(task);
    w.h.queue_idle(task);
    w.h.set_timeout(ms(1), task);
    w.h.set_interval(ms(2), move |h| {
        task(h);
        Flow::Stop
    });
    w.run();
    let told = ["microtask", "idle", "timer", "timer"];
    let told = told.map(|kind| format!("{kind} {kind},dispatch:num,listener:num"));
    trace.expect(&told.join(" "));
}

#[test]
fn post_after_gives_no_timer_frame() {
    // Fine print: "a dispatch and a listener frame".
    let w = watching();
    w.h.post_after(ms(1), NUM, 1);
    w.runs("dispatch:num,listener:num");
}

#[test]
fn the_emitter_reports_its_frames_whichever_handle_emits() {
    // The loop's emitter, its clone, the handle, a `Signal`, `try_emit`; from inside a run.
    let w = watching();
    let clone = w.event_loop.emitter().clone().downgrade();
    let signal = w.event_loop.emitter().signal(NUM);
    let trace = w.trace;
    // The signal would keep the emitter alive for ever if the listener owned it.
    let signal = Rc::new(RefCell::new(Some(signal)));
    w.act(move |h| {
        let emitter = clone.upgrade().unwrap();
        let called = emitter.emit(NUM, 1)
            + h.emit(NUM, 1)
            + h.try_emit(NUM, 1).unwrap()
            + h.emitter().emit(NUM, 1)
            + signal.borrow_mut().take().unwrap().emit(1);
        assert_eq!(called, 5);
        trace.log(show(h));
    });
    let nested = "dispatch:do,listener:do,dispatch:num,listener:num ".repeat(5);
    w.runs(&format!("{nested}dispatch:do,listener:do"));
}

#[test]
fn an_emit_outside_a_run_has_its_frames_too() {
    // The stack is the loop's, whether it runs or not; and empty again when `emit` returns.
    let w = watching();
    w.h.emit(NUM, 1);
    w.event_loop.emitter().emit(NUM, 1);
    w.event_loop.emitter().signal(NUM).emit(1);
    w.trace.expect(&["dispatch:num,listener:num"; 3].join(" "));
    assert!(w.h.call_stack().is_empty());
}

#[test]
fn another_emitter_is_not_on_the_stack() {
    // The stack is that of one loop: only its own emitter reports to it.
    let w = watching();
    let other = local::EventEmitter::new();
    let (h, trace) = (w.h.clone(), w.trace);
    other.on(NUM, move |n| {
        trace.log(show(&h));
        h.emit(NUM, *n);
    });
    w.act(move |_| _ = other.emit(NUM, 1));
    w.runs("dispatch:do,listener:do dispatch:do,listener:do,dispatch:num,listener:num");
}

#[test]
fn a_tap_runs_in_a_listener_frame() {
    // Under the event it is shown, at its own place; gone when the listeners run.
    let w = watching();
    let (h, trace) = (w.h.clone(), w.trace);
    let tap = line!() + 1;
    w.event_loop.emitter().on_any(move |_| {
        let stack = h.call_stack();
        assert_eq!(lines(&stack)[1], tap);
        trace.log(show(&h));
    });
    w.h.post(NUM, 1).unwrap();
    w.h.post(OTHER, 1).unwrap();
    let seen = "dispatch:num,listener:num";
    w.runs(&format!("{seen} {seen} dispatch:other,listener:other"));
}

#[test]
fn the_emitters_own_news_is_on_the_stack() {
    // `LISTENER_ADDED`, told while a listener adds one: a dispatch frame of its own, without a place.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(LISTENER_ADDED, move |_| {
        let stack = h.call_stack();
        assert_eq!(stack.frames()[2].location(), None);
        trace.log(show(&h));
    });
    w.act(|h| _ = h.emitter().once(OTHER, |_| ()));
    let added = LISTENER_ADDED.name();
    w.runs(&format!(
        "dispatch:do,listener:do,dispatch:{added},listener:{added}"
    ));
}

#[test]
fn frames_say_where_they_come_from() {
    // Dispatch: where it was posted or emitted; listener: registered; task: queued or set.
    let w = World::new();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let (h, keep) = (w.h.clone(), Rc::clone(&seen));
    let e = w.event_loop.emitter();
    let base = line!();
    e.on(NUM, move |_| keep.borrow_mut().push(lines(&h.call_stack())));
    w.h.post(NUM, 1).unwrap();
    w.h.post_with(NUM, 1, Lane::Normal).unwrap();
    w.h.proxy().post(NUM, 1).unwrap();
    w.h.post_after(ms(1), NUM, 1);
    w.h.queue_microtask(|h| _ = h.emit(NUM, 1));
    w.h.queue_idle(|h| _ = h.try_emit(NUM, 1));
    w.h.set_timeout(ms(2), |h| _ = h.emitter().emit(NUM, 1));
    w.run();
    let listener = base + 1;
    let expected = vec![
        vec![base + 6, base + 6, listener],
        vec![base + 2, listener],
        vec![base + 3, listener],
        vec![base + 4, listener],
        vec![base + 7, base + 7, listener],
        vec![base + 5, listener],
        vec![base + 8, base + 8, listener],
    ];
    assert_eq!(*seen.borrow(), expected);
}

#[test]
fn frames_carry_labels() {
    // A dispatch frame the label of its post, a listener frame that of its listener.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop
        .emitter()
        .listen(NUM)
        .label("audit")
        .on(move |_| {
            for frame in h.call_stack().frames() {
                trace.log(frame.label().unwrap_or("-"));
            }
        });
    let options = PostOptions::new().label("order 7");
    w.h.post_with(NUM, 1, options).unwrap();
    w.h.post(NUM, 1).unwrap();
    w.h.queue_microtask(|h| _ = h.emit(NUM, 1));
    w.runs("- - audit order 7 audit - audit");
}

#[test]
fn a_stack_is_a_snapshot_that_counts_from_one() {
    // `frames` outermost first, `top` the innermost, and a frame knows its depth; kept for later.
    let w = World::new();
    let kept = Rc::new(RefCell::new(None));
    let (h, keep) = (w.h.clone(), Rc::clone(&kept));
    w.event_loop
        .emitter()
        .on(NUM, move |_| *keep.borrow_mut() = Some(h.call_stack()));
    w.act(|h| _ = h.emit(NUM, 1));
    w.run();
    let stack: CallStack = kept.borrow_mut().take().unwrap();
    assert_eq!(stack.depth(), 4);
    assert!(!stack.is_empty());
    let depths: Vec<_> = stack.frames().iter().map(Frame::depth).collect();
    assert_eq!(depths, [1, 2, 3, 4]);
    let top = stack.top().unwrap();
    assert_eq!(
        (kind(top), top.event(), top.depth()),
        ("listener", Some("num"), 4)
    );
    let empty = w.h.call_stack();
    assert!(empty.is_empty() && empty.top().is_none() && empty.frames().is_empty());
}

#[test]
fn an_event_that_nobody_hears_leaves_no_frame() {
    // In a nested emit, and in a turn of its own.
    let w = World::new();
    let trace = w.trace;
    w.act(move |h| {
        h.emit(OTHER, 1);
        trace.log(show(h));
    });
    w.h.post(OTHER, 1).unwrap();
    w.runs("dispatch:do,listener:do");
    assert!(w.h.call_stack().is_empty());
}

#[test]
fn a_frame_is_there_even_if_its_listener_is_gone() {
    // A `once`, and a listener that removes itself: what runs is on the stack.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().once(NUM, move |_| {
        h.emitter().clear();
        trace.log(show(&h));
    });
    w.h.post(NUM, 1).unwrap();
    w.runs("dispatch:num,listener:num");
    assert!(w.h.call_stack().is_empty());
}

#[test]
fn the_frame_of_a_listener_that_failed_is_gone_when_its_error_is_told() {
    // Rule 6: the error is told at once, from within the dispatch; the listener has returned.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop
        .emitter()
        .on(LISTENER_ERROR, move |_| trace.log(show(&h)));
    w.event_loop.emitter().on(NUM, |_| failed("bad"));
    w.h.post(NUM, 1).unwrap();
    let error = LISTENER_ERROR.name();
    w.runs(&format!("dispatch:num,dispatch:{error},listener:{error}"));
}

#[test]
fn a_refused_emit_leaves_no_frame() {
    // Rule 9 in a loop: 128 deep, then refused; and the stack is empty afterwards.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop.emitter().on(NUM, move |n| {
        if h.try_emit(NUM, n + 1).is_err() {
            trace.log(format_args!("{}/{}", h.depth(), h.call_stack().depth()));
        }
    });
    w.h.post(NUM, 1).unwrap();
    w.runs("128/256");
    assert!(w.h.call_stack().is_empty());
}

#[test]
fn the_loop_and_the_handle_show_one_stack() {
    // `EventLoop::call_stack` and `LoopHandle::call_stack`.
    let w = Rc::new(World::new());
    let (weak, trace) = (Rc::downgrade(&w), w.trace);
    w.act(move |h| {
        let w = weak.upgrade().unwrap();
        trace.log(w.event_loop.call_stack().depth());
        trace.log(h.call_stack().depth());
        trace.log(h.clone().depth());
    });
    w.runs("2 2 1");
}

#[test]
fn a_stack_can_be_read_by_people() {
    // `Display`: every frame's event is in it, a line for each, the innermost first.
    let w = World::new();
    let (h, trace) = (w.h.clone(), w.trace);
    w.event_loop
        .emitter()
        .on(NUM, move |_| trace.log(h.call_stack()));
    w.act(|h| _ = h.emit(NUM, 1));
    w.run();
    let text = w.trace.take();
    assert_contains(&text, &["do", "num", "call_stack.rs"]);
    let depths: Vec<_> = text.split('\n').map(|line| &line[..4]).collect();
    assert_eq!(depths, ["  4 ", "  3 ", "  2 ", "  1 "]);
    assert_eq!(w.h.call_stack().to_string(), "(empty)");
}
