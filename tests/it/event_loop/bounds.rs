//! What the types are: `Send`, `Sync`, unwind safe, comparable, debuggable, errors.

use super::*;
use crate::support::{assert_not, threads, unwinding};
use oyez::event_loop::Trace as Recording;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::panic::{RefUnwindSafe, UnwindSafe};

fn error<T: Error>() {}

/// A payload of which nothing is known.
struct Opaque;

#[test]
fn the_loop_stays_on_its_thread_and_the_proxy_does_not() {
    // `EventLoop` is !Send, `Proxy` Send + Sync; so are their kin.
    assert_not!(
        EventLoop: Send,
        EventLoop: Sync,
        LoopHandle: Send,
        LoopHandle: Sync,
        EventQueue: Send,
        EventQueue: Sync,
        Recording: Send,
        Recording: Sync,
    );
    threads::<Proxy>();
    threads::<WeakProxy>();
    threads::<VirtualClock>();
    threads::<SystemClock>();
}

#[test]
fn what_can_be_told_goes_to_any_thread() {
    // Ids, answers, options, errors and what looking in returns are plain values.
    threads::<EventId>();
    threads::<TimerId>();
    threads::<TaskId>();
    threads::<Lane>();
    threads::<PostOptions>();
    threads::<Overflow>();
    threads::<MissedTick>();
    threads::<Exit>();
    threads::<Turn>();
    threads::<Next>();
    threads::<Cause>();
    threads::<QueuedEvent>();
    threads::<FrameKind>();
    threads::<Frame>();
    threads::<CallStack>();
    threads::<Record>();
    threads::<State>();
    threads::<Slow>();
    threads::<RunError>();
    threads::<TaskError>();
    threads::<PostError<String>>();
    threads::<Event<TaskError>>();
}

#[test]
fn loop_and_handles_are_unwind_safe() {
    // Rule 7: "emitters, signals, loop and handles are `UnwindSafe` and `RefUnwindSafe`".
    unwinding::<EventLoop>();
    unwinding::<LoopHandle>();
    unwinding::<Proxy>();
    unwinding::<WeakProxy>();
    unwinding::<EventQueue>();
    unwinding::<CallStack>();
    unwinding::<Recording>();
    unwinding::<EventId>();
}

#[test]
fn a_virtual_clock_is_unwind_safe() {
    // Rule 7: it is a handle as well, and the tests of users share it with what may panic. (Asked at
    // run time, so that the others can be asked meanwhile.)
    struct Asked<T>(std::marker::PhantomData<T>);
    trait Otherwise {
        const IS_SAFE: bool = false;
    }
    impl<T> Otherwise for Asked<T> {}
    impl<T: UnwindSafe + RefUnwindSafe> Asked<T> {
        const IS_SAFE: bool = true;
    }
    assert_eq!(
        (Asked::<i32>::IS_SAFE, Asked::<&mut i32>::IS_SAFE),
        (true, false)
    );
    let is_safe = Asked::<VirtualClock>::IS_SAFE;
    assert!(is_safe, "`VirtualClock` is not unwind safe");
}

#[test]
fn debug_is_never_empty_and_never_blocks() {
    // Also while the loop runs, where its insides are in use.
    let w = World::new();
    let (proxy, trace) = (w.h.proxy(), w.trace);
    w.act(move |h| {
        let all = [
            format!("{h:?}"),
            format!("{proxy:?}"),
            format!("{:?}", proxy.downgrade()),
            format!("{:?}", h.queue()),
            format!("{:?}", h.call_stack()),
            format!("{:?}", h.queue().events()),
        ];
        trace.log(all.iter().all(|text| !text.is_empty()));
    });
    w.say("a");
    w.runs("true a");
    assert!(!format!("{:?}", w.event_loop).is_empty());
}

#[test]
fn debug_shows_what_a_loop_was_asked_to_be_and_what_it_did() {
    // Builders, what a queue gave up, and traces.
    let told = Trace::new();
    let hook = move |evicted: Evicted| told.log(format_args!("{evicted:?}"));
    let builder = EventLoop::builder()
        .capacity(1)
        .overflow(Overflow::DropOldest)
        .on_evicted(hook);
    assert_contains(
        &format!("{builder:?}"),
        &["EventLoopBuilder", "capacity: Some(1)", "DropOldest"],
    );
    let recording = Recording::new();
    let event_loop = builder.inspector(recording.clone()).build();
    let h = event_loop.handle();
    let first = h.post(NUM, 1).unwrap();
    h.post(NUM, 2).unwrap();
    told.expect(&format!(r#"Evicted {{ id: {first:?}, event: "num", .. }}"#));
    assert_eq!(format!("{recording:?}"), "Trace { len: 3 }");
}

#[test]
fn defaults_are_new_ones() {
    let (event_loop, queue, clock) = (
        EventLoop::default(),
        EventQueue::default(),
        VirtualClock::default(),
    );
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
    assert!(event_loop.queue().is_empty() && queue.is_empty());
    assert_eq!(clock.elapsed(), Duration::ZERO);
}

#[test]
fn an_error_of_a_post_knows_nothing_of_the_payload() {
    // `Debug`, `Display`, `Error` without `P: Debug`; `into_payload`.
    error::<PostError<Opaque>>();
    error::<PostError<Box<dyn Fn()>>>();
    let full = PostError::Full(Opaque);
    assert!(full.is_full() && !full.is_closed());
    assert!(full.source().is_none());
    let texts = (format!("{full}"), format!("{full:?}"));
    assert!(!texts.0.is_empty() && !texts.1.is_empty());
    let Opaque = full.into_payload();
    let closed = PostError::Closed(Opaque);
    assert!(closed.is_closed() && !closed.is_full());
    let Opaque = closed.into_payload();
}

#[test]
fn errors_are_errors() {
    // `RunError` is `Clone + PartialEq + Eq`, and all go where errors go.
    fn comparable<T: Clone + PartialEq + Eq + Error + Send + Sync + 'static>() {}
    fn sendable<T: Error + Send + Sync + 'static>() {}
    comparable::<RunError>();
    sendable::<TaskError>();
    sendable::<PostError<String>>();
    let error: oyez::BoxError = RunError::Reentrant.into();
    assert!(error.source().is_none());
}

#[test]
fn ids_are_plain_values() {
    // "Copy + Eq + Ord + Hash + Debug + Display".
    fn plain<T: Copy + Ord + Hash + Debug + Display + Send + Sync>() {}
    plain::<EventId>();
    plain::<TimerId>();
    plain::<TaskId>();
}

#[test]
fn answers_can_be_compared() {
    // So that tests of users' programs read as these do.
    fn compared<T: Clone + PartialEq + Eq + Debug>() {}
    compared::<Exit>();
    compared::<Turn>();
    compared::<Next>();
    compared::<Lane>();
    compared::<Overflow>();
    compared::<MissedTick>();
    compared::<Cause>();
    compared::<FrameKind>();
}

#[test]
fn defaults_are_those_of_the_contract() {
    // "default `Skip`", `Refuse`, `Lane::Normal`, `Propagate`.
    assert_eq!(MissedTick::default(), MissedTick::Skip);
    assert_eq!(Overflow::default(), Overflow::Refuse);
    assert_eq!(Lane::default(), Lane::Normal);
    assert_eq!(PanicPolicy::default(), PanicPolicy::Propagate);
}

#[test]
fn handles_are_cloned_and_states_compared() {
    // `LoopHandle`, `Proxy`, `WeakProxy`, `EventQueue`, `Trace`, `VirtualClock`; `State: Default`.
    fn handle<T: Clone + 'static>() {}
    fn state<T: Clone + PartialEq + Debug + Default>() {}
    handle::<LoopHandle>();
    handle::<Proxy>();
    handle::<WeakProxy>();
    handle::<EventQueue>();
    handle::<Recording>();
    handle::<VirtualClock>();
    handle::<Record>();
    handle::<CallStack>();
    state::<State>();
}

#[test]
fn a_clock_can_be_a_trait_object() {
    // "`Clock` is open and object-safe".
    let clocks: [Box<dyn Clock>; 2] = [Box::new(SystemClock), Box::new(VirtualClock::new())];
    assert_eq!(clocks.map(|clock| clock.is_virtual()), [false, true]);
    fn inspector(_: Option<&dyn Inspector>) {}
    inspector(None);
}

#[test]
fn a_program_that_does_not_name_the_handle_compiles() {
    // Every closure's argument is inferred; every outcome is taken; methods take `&self`.
    let event_loop = &World::new().event_loop;
    let h = event_loop.handle();
    h.queue_microtask(|h| h.stop());
    h.queue_idle(|h| -> oyez::Result {
        h.try_emit(NUM, 1)?;
        Ok(())
    });
    h.set_timeout(ms(1), |h| h.post(NUM, 1).map(drop));
    h.set_interval(ms(1), |h| {
        if h.is_closed() {
            Flow::Continue
        } else {
            Flow::Stop
        }
    });
    assert_eq!(event_loop.run(), Ok(Exit::Stopped));
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
}
