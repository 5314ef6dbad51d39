//! The shared flavour between threads: once is once, `off_and_wait` waits, `on_mut` takes turns.

use crate::alloc::{allocations, live_bytes_of_all};
use crate::support::{
    OnDrop, OnDropError, Trace, Worker, in_a_process, in_time, linger, panic_text, receive,
    repeatedly,
};
use oyez::meta::{LISTENER_ERROR, LISTENER_REMOVED};
use oyez::{
    EmitError, ErrorKind, Event, EventEmitter, Flow, ListenerId, PanicPolicy, Signal, WaitError,
};
use std::cell::{Cell, OnceCell};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Barrier, LazyLock, Mutex, OnceLock};
use std::thread;

const NUM: Event<i32> = Event::new("num");
const OTHER: Event<i32> = Event::new("other");
const THIRD: Event<i32> = Event::new("third");

/// How often the races are run; fewer where every step is interpreted.
const ROUNDS: usize = if cfg!(miri) { 50 } else { 10_000 };

/// A place in a listener where its thread stands until it is let go.
struct Gate {
    entered: Receiver<()>,
    open: SyncSender<()>,
}

impl Gate {
    /// The gate, and what the listener calls to stand in it.
    fn new() -> (Self, impl Fn() + Send + Sync) {
        let (enter, entered) = sync_channel(16);
        let (open, opened) = sync_channel(16);
        let opened = Mutex::new(opened);
        let stand = move || {
            enter.send(()).expect("the test waits");
            receive(&opened.lock().unwrap());
            // Whoever is on the way to wait for this thread shall get there first.
            linger();
        };
        (Self { entered, open }, stand)
    }

    /// Returns when a thread stands in the gate.
    #[track_caller]
    fn wait(&self) {
        receive(&self.entered);
    }

    /// Lets one thread go.
    fn open(&self) {
        self.open.send(()).expect("somebody stands there");
    }
}

/// Runs the same on two threads that start together, and returns both answers.
#[track_caller]
fn race<R: Send + 'static>(f: impl Fn(usize) -> R + Send + Sync + 'static) -> [R; 2] {
    let (f, start) = (Arc::new(f), Arc::new(Barrier::new(2)));
    [0, 1]
        .map(|side| {
            let (f, start) = (Arc::clone(&f), Arc::clone(&start));
            Worker::spawn(move || {
                start.wait();
                f(side)
            })
        })
        .map(Worker::join)
}

/// A value that is counted when it is dropped.
fn counted_in(drops: &Arc<AtomicUsize>) -> OnDrop<impl FnMut() + Send + Sync + use<>> {
    let drops = Arc::clone(drops);
    OnDrop(move || _ = drops.fetch_add(1, Ordering::SeqCst))
}

/// The ids that listeners need of each other, filled in after registration.
#[derive(Clone, Default)]
struct Ids(Arc<OnceLock<Vec<ListenerId>>>);

impl Ids {
    fn set(&self, ids: impl Into<Vec<ListenerId>>) {
        self.0.set(ids.into()).expect("only once");
    }

    fn get(&self, at: usize) -> ListenerId {
        self.0.get().expect("set before the first emit")[at]
    }
}

#[test]
fn two_threads_call_a_once_once() {
    // Both emit again and again: one call in all.
    let e = EventEmitter::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    e.once(NUM, move |_| _ = counted.fetch_add(1, Ordering::SeqCst));
    let emitter = e.clone();
    let called = race(move |_| (0..ROUNDS).map(|_| emitter.emit(NUM, 1)).sum::<usize>());
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(called.iter().sum::<usize>(), 1);
    assert_eq!(e.listener_count(NUM), 0);
}

#[test]
fn two_threads_call_each_of_many_onces_once() {
    // With the race at every emit: a new `once` for each, two threads for each of them.
    let e = EventEmitter::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let barrier = Arc::new(Barrier::new(2));
    let emitter = e.clone();
    let counted = Arc::clone(&calls);
    let rounds = ROUNDS / 10;
    let called = race(move |side| {
        let mut called = 0;
        for _ in 0..rounds {
            if side == 0 {
                let counted = Arc::clone(&counted);
                emitter.once(NUM, move |_| _ = counted.fetch_add(1, Ordering::SeqCst));
            }
            barrier.wait();
            called += emitter.emit(NUM, 1);
            barrier.wait();
        }
        called
    });
    assert_eq!(calls.load(Ordering::SeqCst), rounds);
    assert_eq!(called.iter().sum::<usize>(), rounds);
}

#[test]
fn two_threads_share_the_calls_of_times() {
    // Of `times(n)`: n in all.
    let e = EventEmitter::new();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let n = ROUNDS + ROUNDS / 2;
    e.times(NUM, n, move |_| _ = counted.fetch_add(1, Ordering::SeqCst));
    let emitter = e.clone();
    let called = race(move |_| (0..ROUNDS).map(|_| emitter.emit(NUM, 1)).sum::<usize>());
    assert_eq!(calls.load(Ordering::SeqCst), n);
    assert_eq!(called.iter().sum::<usize>(), n);
    assert_eq!(e.listener_count(NUM), 0);
}

#[test]
fn off_and_wait_returns_when_the_other_thread_has_left() {
    // Thread 1 is inside; thread 2 gets control back only after it left.
    repeatedly(|| {
        let e = EventEmitter::new();
        let (gate, stand) = Gate::new();
        let inside = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&inside);
        let id = e.on(NUM, move |_| {
            flag.store(true, Ordering::SeqCst);
            stand();
            flag.store(false, Ordering::SeqCst);
        });
        let emitter = e.clone();
        let first = Worker::spawn(move || emitter.emit(NUM, 1));
        gate.wait();
        let emitter = e.clone();
        let (started, start) = channel();
        let second = Worker::spawn(move || {
            started.send(()).unwrap();
            let removed = emitter.off_and_wait(id);
            (removed, inside.load(Ordering::SeqCst))
        });
        receive(&start);
        gate.open();
        let (removed, inside) = second.join();
        assert!(matches!(removed, Ok(true)));
        assert!(!inside, "it came back while the listener ran");
        assert_eq!(first.join(), 1);
    });
}

#[test]
fn off_and_wait_removes_for_everybody_before_it_waits() {
    // Fine print: while thread 2 still waits, nobody finds the listener any more.
    let e = EventEmitter::new();
    let (gate, stand) = Gate::new();
    let id = e.on(NUM, move |_| stand());
    let emitter = e.clone();
    let first = Worker::spawn(move || emitter.emit(NUM, 1));
    gate.wait();
    let emitter = e.clone();
    let second = Worker::spawn(move || emitter.off_and_wait(id));
    in_time({
        let e = e.clone();
        move || {
            while e.has_listener(id) {
                thread::yield_now();
            }
            assert_eq!(e.emit(NUM, 2), 0);
            assert!(!e.off(id));
        }
    });
    gate.open();
    assert!(matches!(second.join(), Ok(true)));
    first.join();
}

#[test]
fn off_and_wait_never_comes_back_early() {
    // As a race: after it has returned, the listener is not called and does not run.
    let e = EventEmitter::new();
    let stop = Arc::new(AtomicBool::new(false));
    let late = Arc::new(AtomicUsize::new(0));
    let emitters = [0, 1].map(|_| {
        let (e, stop) = (e.clone(), Arc::clone(&stop));
        Worker::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                e.emit(NUM, 1);
            }
        })
    });
    let (remover, counted) = (e.clone(), Arc::clone(&late));
    let removed = Worker::spawn(move || {
        let mut removed = 0;
        for _ in 0..ROUNDS / 10 {
            let gone = Arc::new(AtomicBool::new(false));
            let (flag, late) = (Arc::clone(&gone), Arc::clone(&counted));
            let id = remover.on(NUM, move |_| {
                for _ in 0..10 {
                    if flag.load(Ordering::SeqCst) {
                        late.fetch_add(1, Ordering::SeqCst);
                    }
                    std::hint::spin_loop();
                }
            });
            thread::yield_now();
            removed += usize::from(remover.off_and_wait(id).unwrap());
            gone.store(true, Ordering::SeqCst);
        }
        removed
    });
    assert_eq!(removed.join(), ROUNDS / 10);
    stop.store(true, Ordering::Relaxed);
    emitters.into_iter().for_each(Worker::join);
    assert_eq!(late.load(Ordering::SeqCst), 0);
}

#[test]
fn off_and_wait_tells_whether_it_removed() {
    // As `off`: `true`, then `false`; `false` for the id of another emitter. Nobody is inside.
    in_time(|| {
        let e = EventEmitter::new();
        let f = EventEmitter::new();
        let id = e.on(NUM, |_| {});
        assert!(matches!(f.off_and_wait(id), Ok(false)));
        assert!(matches!(e.off_and_wait(id), Ok(true)));
        assert!(matches!(e.off_and_wait(id), Ok(false)));
        let tap = e.on_any(|_| {});
        assert!(matches!(e.off_and_wait(tap), Ok(true)));
        let signal = Signal::<i32>::new();
        let id = signal.on(|_| {});
        assert!(matches!(e.off_and_wait(id), Ok(false)));
        assert!(matches!(signal.off_and_wait(id), Ok(true)));
        let handle = e.signal(NUM);
        let id = handle.on(|_| {});
        assert!(matches!(handle.off_and_wait(id), Ok(true)));
        assert!(!handle.has_listener(id));
        assert!(matches!(handle.off_and_wait(id), Ok(false)));
    });
}

#[test]
fn off_and_wait_from_inside_the_listener_is_refused_at_once() {
    // `InsideListener`; the removal stands.
    in_time(|| {
        let (e, trace) = (EventEmitter::new(), Trace::new());
        let (weak, ids) = (e.downgrade(), Ids::default());
        let own = ids.clone();
        let id = e.on(NUM, move |_| {
            let refused = weak.upgrade().unwrap().off_and_wait(own.get(0));
            trace.log(format_args!("{:?}", refused.unwrap_err()));
        });
        ids.set([id]);
        assert_eq!(e.emit(NUM, 1), 1);
        trace.expect("InsideListener");
        assert!(!e.has_listener(id));
        assert_eq!(e.emit(NUM, 2), 0);
    });
}

#[test]
fn off_and_wait_from_a_nested_emit_is_inside_too() {
    // Fine print: "\"within\" includes nested emits below", here two of them, one of a signal.
    in_time(|| {
        let (e, trace) = (EventEmitter::new(), Trace::new());
        let (ids, signal) = (Ids::default(), Signal::<i32>::new());
        let (weak, outer) = (e.downgrade(), ids.clone());
        signal.on(move |_| {
            let refused = weak.upgrade().unwrap().off_and_wait(outer.get(0));
            trace.log(format_args!("{:?}", refused.unwrap_err()));
        });
        let weak = e.downgrade();
        let id = e.on(NUM, move |n| {
            weak.upgrade().unwrap().emit(OTHER, *n);
        });
        e.on(OTHER, move |n| {
            signal.emit(*n);
        });
        ids.set([id]);
        e.emit(NUM, 1);
        trace.expect("InsideListener");
        assert!(!e.has_listener(id));
    });
}

#[test]
fn off_and_wait_for_a_sibling_does_not_wait() {
    // "until no other thread is inside *it*": the emit is under way, the listener is not; before
    // and behind the one that runs, from its own thread and from another.
    let e = EventEmitter::new();
    let trace = Trace::new();
    let (gate, stand) = Gate::new();
    let before = [0, 1].map(|_| e.on(NUM, trace.logs("before")));
    let (weak, ids) = (e.downgrade(), Ids::default());
    let siblings = ids.clone();
    e.on(NUM, move |_| {
        stand();
        for at in 0..2 {
            let e = weak.upgrade().unwrap();
            assert!(matches!(e.off_and_wait(siblings.get(at)), Ok(true)));
        }
        trace.log("running");
    });
    let behind = [0, 1].map(|_| e.on(NUM, trace.logs("behind")));
    ids.set([before[0], behind[0]]);
    let emitter = e.clone();
    let first = Worker::spawn(move || emitter.emit(NUM, 1));
    gate.wait();
    let emitter = e.clone();
    in_time(move || {
        assert!(matches!(emitter.off_and_wait(before[1]), Ok(true)));
        assert!(matches!(emitter.off_and_wait(behind[1]), Ok(true)));
    });
    gate.open();
    assert_eq!(first.join(), 3);
    trace.expect("before1 before1 running");
}

#[test]
fn off_and_wait_comes_back_when_the_listener_panics() {
    // Rules 2 and 7: a call is over when it has unwound. In a process of its own, since any thread that
    // leaves a removed listener wakes all who wait, also those of other tests.
    in_a_process(
        module_path!(),
        "off_and_wait_comes_back_when_the_listener_panics",
        || {
            repeatedly(|| {
                let e = EventEmitter::new();
                let (gate, stand) = Gate::new();
                let id = e.on(NUM, move |_| {
                    stand();
                    resume_unwind(Box::new("boom"))
                });
                let emitter = e.clone();
                let first = Worker::spawn(move || panic_text(|| emitter.emit(NUM, 1)));
                gate.wait();
                let emitter = e.clone();
                let second = Worker::spawn(move || emitter.off_and_wait(id));
                in_time(move || {
                    while e.has_listener(id) {
                        thread::yield_now();
                    }
                });
                gate.open();
                assert!(matches!(second.join(), Ok(true)));
                assert_eq!(first.join(), "boom");
            });
        },
    );
}

#[test]
fn off_and_wait_waits_for_the_outermost_call() {
    // "until no other thread is inside it": the inner of two calls has returned, the outer has not.
    repeatedly(|| {
        let (e, trace) = (EventEmitter::new(), Trace::new());
        let (gate, stand) = Gate::new();
        let weak = e.downgrade();
        let id = e.on(NUM, move |n| {
            if *n == 1 {
                weak.upgrade().unwrap().emit(NUM, 2);
                stand();
                trace.log("left");
            }
        });
        let emitter = e.clone();
        let first = Worker::spawn(move || emitter.emit(NUM, 1));
        gate.wait();
        let emitter = e.clone();
        let second = Worker::spawn(move || {
            let removed = emitter.off_and_wait(id);
            trace.log("back");
            removed
        });
        in_time(move || {
            while e.has_listener(id) {
                thread::yield_now();
            }
        });
        gate.open();
        assert!(matches!(second.join(), Ok(true)));
        first.join();
        trace.expect("left back");
    });
}

#[test]
fn off_and_wait_waits_for_taps() {
    // A tap is a listener with an id like others.
    repeatedly(|| {
        let (e, trace) = (EventEmitter::new(), Trace::new());
        let (gate, stand) = Gate::new();
        let id = e.on_any(move |_| {
            stand();
            trace.log("left");
        });
        let emitter = e.clone();
        let first = Worker::spawn(move || emitter.emit(NUM, 1));
        gate.wait();
        let emitter = e.clone();
        let second = Worker::spawn(move || {
            let removed = emitter.off_and_wait(id);
            trace.log("back");
            removed
        });
        in_time(move || {
            while e.has_listener(id) {
                thread::yield_now();
            }
        });
        gate.open();
        assert!(matches!(second.join(), Ok(true)));
        first.join();
        trace.expect("left back");
    });
}

#[test]
fn waiting_from_inside_another_listener_is_no_deadlock() {
    // A wait that closes no circle is entered: the thread waited for waits for nobody.
    repeatedly(|| {
        let (e, trace) = (EventEmitter::new(), Trace::new());
        let (gate, stand) = Gate::new();
        let victim = e.on(NUM, move |_| {
            stand();
            trace.log("left");
        });
        let weak = e.downgrade();
        e.on(OTHER, move |_| {
            let answer = weak.upgrade().unwrap().off_and_wait(victim);
            trace.log(format_args!("{answer:?}"));
        });
        let emitter = e.clone();
        let first = Worker::spawn(move || emitter.emit(NUM, 1));
        gate.wait();
        let emitter = e.clone();
        let second = Worker::spawn(move || emitter.emit(OTHER, 1));
        in_time(move || {
            while e.has_listener(victim) {
                thread::yield_now();
            }
        });
        gate.open();
        assert_eq!((first.join(), second.join()), (1, 1));
        trace.expect("left Ok(true)");
    });
}

#[test]
fn several_threads_may_wait_for_one_listener() {
    // One of them removed it; all come back.
    repeatedly(|| {
        let e = EventEmitter::new();
        let (gate, stand) = Gate::new();
        let id = e.on(NUM, move |_| stand());
        let emitter = e.clone();
        let first = Worker::spawn(move || emitter.emit(NUM, 1));
        gate.wait();
        let waiting = [0; 4].map(|_| {
            let emitter = e.clone();
            Worker::spawn(move || emitter.off_and_wait(id))
        });
        in_time(move || {
            while e.has_listener(id) {
                thread::yield_now();
            }
        });
        gate.open();
        let answers = waiting.map(Worker::join);
        let removed = answers.iter().filter(|answer| matches!(answer, Ok(true)));
        assert_eq!(removed.count(), 1, "{answers:?}");
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        first.join();
    });
}

#[test]
fn two_listeners_that_wait_for_each_other_end() {
    // One gets `Deadlock`, the other its answer when that one has left; both removals stand.
    repeatedly(|| {
        let e = EventEmitter::new();
        let (ids, barrier) = (Ids::default(), Arc::new(Barrier::new(2)));
        let (answers, answered) = channel();
        let added = [(NUM, 1), (OTHER, 0)].map(|(event, other)| {
            let (weak, ids) = (e.downgrade(), ids.clone());
            let (barrier, answers) = (Arc::clone(&barrier), Mutex::new(answers.clone()));
            e.on(event, move |_| {
                barrier.wait();
                let answer = weak.upgrade().unwrap().off_and_wait(ids.get(other));
                answers.lock().unwrap().send(answer).unwrap();
            })
        });
        ids.set(added);
        let emitter = e.clone();
        race(move |side| emitter.emit([NUM, OTHER][side], 1));
        let answers = [receive(&answered), receive(&answered)];
        let refused = |answer: &Result<bool, WaitError>| matches!(answer, Err(WaitError::Deadlock));
        assert!(refused(&answers[0]), "{answers:?}");
        assert!(matches!(answers[1], Ok(true)), "{answers:?}");
        assert!(added.into_iter().all(|id| !e.has_listener(id)));
    });
}

#[test]
fn a_circle_of_three_threads_is_cut() {
    // Rule of `off_and_wait`: "where waiting would close a circle of threads", however long.
    repeatedly(|| {
        let e = EventEmitter::new();
        let (ids, barrier) = (Ids::default(), Arc::new(Barrier::new(3)));
        let events = [NUM, OTHER, THIRD];
        let added = [0, 1, 2].map(|i| {
            let (weak, ids, barrier) = (e.downgrade(), ids.clone(), Arc::clone(&barrier));
            e.on(events[i], move |_| {
                barrier.wait();
                match weak.upgrade().unwrap().off_and_wait(ids.get((i + 1) % 3)) {
                    Ok(removed) => assert!(removed),
                    Err(WaitError::Deadlock) => resume_unwind(Box::new("the circle")),
                    Err(other) => panic!("{other:?}"),
                }
            })
        });
        ids.set(added);
        let workers = events.map(|event| {
            let e = e.clone();
            Worker::spawn(move || {
                let emit = AssertUnwindSafe(|| e.emit(event, 1));
                catch_unwind(emit).is_err()
            })
        });
        let refused = workers.map(Worker::join);
        assert_eq!(refused.iter().filter(|refused| **refused).count(), 1);
        assert!(added.into_iter().all(|id| !e.has_listener(id)));
    });
}

#[test]
fn circles_of_threads_that_woke_in_vain_are_cut() {
    // Two pairs. One of each waits for the other, wakes since somebody has left a listener, waits on;
    // then the other waits for it.
    const FOURTH: Event<i32> = Event::new("fourth");
    const WAKE: Event<i32> = Event::new("wake");
    for _ in 0..2 {
        let e = EventEmitter::new();
        let (ids, (answers, answered)) = (Ids::default(), channel());
        let (first, stand_first) = Gate::new();
        let (second, stand_second) = Gate::new();
        let stand: Arc<[Box<dyn Fn() + Send + Sync>; 2]> =
            Arc::new([Box::new(stand_first), Box::new(stand_second)]);
        let events = [NUM, OTHER, THIRD, FOURTH];
        let added = [0, 1, 2, 3].map(|i| {
            let (weak, ids, stand) = (e.downgrade(), ids.clone(), Arc::clone(&stand));
            let answers = Mutex::new(answers.clone());
            e.on(events[i], move |_| {
                stand[i % 2]();
                let answer = weak.upgrade().unwrap().off_and_wait(ids.get(i ^ 1));
                answers.lock().unwrap().send(answer).unwrap();
            })
        });
        ids.set(added);
        let workers = events.map(|event| {
            let e = e.clone();
            Worker::spawn(move || e.emit(event, 1))
        });
        for gate in [&first, &second] {
            gate.wait();
            gate.wait();
        }
        first.open();
        first.open();
        for _ in 0..10 {
            linger();
            e.once(WAKE, |_| ());
            e.emit(WAKE, 1);
        }
        second.open();
        second.open();
        let answers = [(); 4].map(|()| receive(&answered));
        let refused =
            |answer: &&Result<bool, WaitError>| matches!(answer, Err(WaitError::Deadlock));
        assert_eq!(answers.iter().filter(refused).count(), 2, "{answers:?}");
        let waited = answers.iter().filter(|answer| matches!(answer, Ok(true)));
        assert_eq!(waited.count(), 2, "{answers:?}");
        assert_eq!(workers.map(Worker::join), [1; 4]);
    }
}

#[test]
fn a_circle_through_another_emitter_is_cut() {
    // The circle is one of threads, whichever emitters their listeners belong to.
    repeatedly(|| {
        let e = EventEmitter::new();
        let f = EventEmitter::new();
        let (ids, barrier) = (Ids::default(), Arc::new(Barrier::new(2)));
        let trace = Trace::new();
        let listen = |own: &EventEmitter, other: &EventEmitter, at: usize| {
            let (other, ids, barrier) = (other.downgrade(), ids.clone(), Arc::clone(&barrier));
            own.on(NUM, move |_| {
                barrier.wait();
                let answer = other.upgrade().unwrap().off_and_wait(ids.get(at));
                trace.log(format_args!("{answer:?}"));
            })
        };
        ids.set([listen(&e, &f, 1), listen(&f, &e, 0)]);
        let emitters = [e.clone(), f.clone()];
        race(move |side| emitters[side].emit(NUM, 1));
        trace.expect("Err(Deadlock) Ok(true)");
    });
}

#[test]
fn a_circle_of_a_wait_and_a_turn_is_cut() {
    // Rules 2 and 8 together: thread 1 is in `a`, an `on_mut`, and waits for `b` to be left;
    // thread 2 is in `b` and emits to `a`.
    for _ in 0..if cfg!(miri) { 3 } else { 200 } {
        let (e, trace) = (EventEmitter::new(), Trace::new());
        let (ids, barrier) = (Ids::default(), Arc::new(Barrier::new(2)));
        let (weak, other, meet) = (e.downgrade(), ids.clone(), Arc::clone(&barrier));
        let a = e.on_mut(NUM, move |n| {
            if *n == 1 {
                meet.wait();
                let answer = weak.upgrade().unwrap().off_and_wait(other.get(0));
                trace.log(format_args!("wait:{answer:?}"));
            }
        });
        let weak = e.downgrade();
        let b = e.on(OTHER, move |_| {
            barrier.wait();
            let called = match weak.upgrade().unwrap().try_emit(NUM, 2) {
                Ok(called) => called.to_string(),
                Err(EmitError::Listeners(errors)) => {
                    format!("{:?}", errors.into_vec()[0].kind())
                }
                Err(other) => panic!("{other:?}"),
            };
            trace.log(format_args!("emit:{called}"));
        });
        ids.set([b]);
        let emitter = e.clone();
        race(move |side| emitter.emit([NUM, OTHER][side], 1));
        let told = trace.take();
        let (cut_at_emit, cut_at_wait) = (
            told == "emit:Reentered wait:Ok(true)",
            told == "wait:Err(Deadlock) emit:1",
        );
        assert!(cut_at_emit || cut_at_wait, "{told}");
        assert!(e.has_listener(a) && !e.has_listener(b));
    }
}

#[test]
fn an_on_mut_listener_lets_another_thread_wait_its_turn() {
    // Rule 8: never two at once, nobody refused, no call lost.
    let e = EventEmitter::new();
    e.on(LISTENER_ERROR, |error| panic!("{error}"));
    let busy = AtomicBool::new(false);
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    e.on_mut(NUM, move |_| {
        assert!(!busy.swap(true, Ordering::SeqCst), "two at once");
        counted.fetch_add(1, Ordering::SeqCst);
        busy.store(false, Ordering::SeqCst);
    });
    let emitter = e.clone();
    let called = race(move |_| (0..ROUNDS).map(|_| emitter.emit(NUM, 1)).sum::<usize>());
    assert_eq!(called, [ROUNDS, ROUNDS]);
    assert_eq!(calls.load(Ordering::SeqCst), 2 * ROUNDS);
}

#[test]
fn a_thread_waits_for_an_on_mut_listener_to_end() {
    // Rule 8 with a call that lasts: the second thread's call begins after the first one's end.
    repeatedly(|| {
        let (e, trace) = (EventEmitter::new(), Trace::new());
        let (gate, stand) = Gate::new();
        e.on_mut(NUM, move |n| {
            trace.log(format_args!("{n}("));
            if *n == 1 {
                stand();
            }
            trace.log(format_args!("){n}"));
        });
        let emitter = e.clone();
        let first = Worker::spawn(move || emitter.emit(NUM, 1));
        gate.wait();
        let (started, start) = channel();
        let emitter = e.clone();
        let second = Worker::spawn(move || {
            started.send(()).unwrap();
            emitter.emit(NUM, 2)
        });
        receive(&start);
        gate.open();
        assert_eq!((first.join(), second.join()), (1, 1));
        trace.expect("1( )1 2( )2");
    });
}

#[test]
fn an_on_mut_listener_removed_while_a_thread_waits_its_turn_is_not_called() {
    // Rules 2 and 8: whoever waits finds it gone, in either order of the two.
    for _ in 0..if cfg!(miri) { 3 } else { 100 } {
        let e = EventEmitter::new();
        e.on(LISTENER_ERROR, |error| panic!("{error}"));
        let (gate, stand) = Gate::new();
        let late = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&late);
        let id = e.on_mut(NUM, move |n| {
            if *n == 1 {
                stand();
            } else {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        let emitter = e.clone();
        let first = Worker::spawn(move || emitter.emit(NUM, 1));
        gate.wait();
        let emitter = e.clone();
        let (started, start) = channel();
        let second = Worker::spawn(move || {
            started.send(()).unwrap();
            emitter.emit(NUM, 2)
        });
        receive(&start);
        assert!(e.off(id));
        gate.open();
        assert_eq!(first.join(), 1);
        assert_eq!(second.join(), 0);
        assert_eq!(late.load(Ordering::SeqCst), 0);
    }
}

#[test]
fn two_on_mut_listeners_that_emit_into_each_other_end() {
    // Deterministic: both threads are inside before either emits; one of the two is refused.
    repeatedly(|| {
        let e = EventEmitter::new();
        let trace = Trace::new();
        let barrier = Arc::new(Barrier::new(2));
        for (own, other) in [(NUM, OTHER), (OTHER, NUM)] {
            let (weak, barrier) = (e.downgrade(), Arc::clone(&barrier));
            e.on_mut(own, move |n| {
                if *n == 1 {
                    barrier.wait();
                    match weak.upgrade().unwrap().try_emit(other, 2) {
                        Ok(called) => trace.log(called),
                        Err(EmitError::Listeners(errors)) => {
                            assert_eq!(errors.called(), 0);
                            trace.log(format_args!("{:?}", errors.into_vec()[0].kind()));
                        }
                        Err(other) => panic!("{other:?}"),
                    }
                }
            });
        }
        let emitter = e.clone();
        let called = race(move |side| emitter.emit([NUM, OTHER][side], 1));
        assert_eq!(called, [1, 1]);
        trace.expect("Reentered 1");
    });
}

#[test]
fn two_on_mut_listeners_that_emit_into_each_other_end_every_time() {
    // 10,000 times: every emit is either a call or a `Reentered`, and none is lost.
    let e = EventEmitter::new();
    let refused = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&refused);
    e.on(LISTENER_ERROR, move |error| {
        assert!(matches!(error.kind(), ErrorKind::Reentered));
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let calls = Arc::new(AtomicUsize::new(0));
    for (own, other) in [(NUM, OTHER), (OTHER, NUM)] {
        let (weak, calls) = (e.downgrade(), Arc::clone(&calls));
        e.on_mut(own, move |n| {
            calls.fetch_add(1, Ordering::SeqCst);
            if *n == 1 {
                weak.upgrade().unwrap().emit(other, 2);
            }
        });
    }
    let emitter = e.clone();
    race(move |side| {
        for _ in 0..ROUNDS {
            assert_eq!(emitter.emit([NUM, OTHER][side], 1), 1);
        }
    });
    let (calls, refused) = (calls.load(Ordering::SeqCst), refused.load(Ordering::SeqCst));
    assert_eq!(calls + refused, 4 * ROUNDS);
    assert!(calls >= 2 * ROUNDS);
}

#[test]
fn an_on_mut_turn_is_free_after_a_panic() {
    // Rules 7 and 8: the thread that waits gets its turn when the other one's call unwinds.
    repeatedly(|| {
        let (e, trace) = (EventEmitter::new(), Trace::new());
        let (gate, stand) = Gate::new();
        e.on_mut(NUM, move |n| {
            if *n == 1 {
                stand();
                resume_unwind(Box::new("boom"));
            }
            trace.log(n);
        });
        let emitter = e.clone();
        let first = Worker::spawn(move || {
            let emit = AssertUnwindSafe(|| emitter.emit(NUM, 1));
            catch_unwind(emit).is_err()
        });
        gate.wait();
        let emitter = e.clone();
        let (started, start) = channel();
        let second = Worker::spawn(move || {
            started.send(()).unwrap();
            emitter.emit(NUM, 2)
        });
        receive(&start);
        gate.open();
        assert!(first.join());
        assert_eq!(second.join(), 1);
        trace.expect("2");
    });
}

#[test]
fn every_method_may_be_called_while_another_thread_is_inside() {
    // Rule 4: a listener that lasts blocks nobody, whatever is called on the same event.
    let e = EventEmitter::new();
    let (gate, stand) = Gate::new();
    let first_call = AtomicBool::new(true);
    e.on(NUM, move |_| {
        if first_call.swap(false, Ordering::SeqCst) {
            stand();
        }
    });
    let emitter = e.clone();
    let first = Worker::spawn(move || emitter.emit(NUM, 1));
    gate.wait();
    let emitter = e.clone();
    in_time(move || {
        let e = emitter;
        let id = e.on(NUM, |_| {});
        e.prepend_once(NUM, |_| {});
        e.on_mut(NUM, |_| {});
        e.listen(NUM).priority(3).times(2).on(|_| {});
        drop(e.subscribe(NUM, |_| {}));
        let tap = e.on_any(|_| {});
        assert_eq!(e.emit(NUM, 1), 5);
        assert_eq!(e.try_emit(NUM, 1).unwrap(), 4);
        assert_eq!(e.signal(NUM).emit(1), 3);
        assert_eq!(e.listener_count(NUM), 3);
        assert_eq!(e.listeners(NUM).len(), 3);
        assert_eq!(e.event_names(), ["num"]);
        assert!(!format!("{e:?}").is_empty());
        assert!(e.off(id) && e.off(tap) && !e.off(id));
        assert_eq!(e.off_all(NUM), 2);
        e.on(NUM, |_| {});
        assert_eq!(e.clear(), 1);
    });
    gate.open();
    assert_eq!(first.join(), 1);
}

#[test]
fn the_depth_is_counted_per_thread() {
    // Rule 9: another thread's emit is an outermost one, even where the first one waits for it.
    let e = EventEmitter::builder().max_depth(1).build();
    let weak = e.downgrade();
    e.on(NUM, move |n| {
        let e = weak.upgrade().unwrap();
        let n = *n;
        assert_eq!(in_time(move || e.emit(OTHER, n)), 1);
    });
    e.on(OTHER, |_| {});
    let emitter = e.clone();
    assert_eq!(in_time(move || emitter.emit(NUM, 1)), 1);
}

#[test]
fn a_closure_is_dropped_when_the_emits_then_under_way_have_ended() {
    // Rule 5: removed during emit 1; emit 2 starts later and goes on, and does not keep it alive.
    let (e, trace) = (EventEmitter::new(), Trace::new());
    let (gates, stands) = [Gate::new(), Gate::new()].into_iter().fold(
        (Vec::new(), Vec::new()),
        |(mut gates, mut stands), (gate, stand)| {
            gates.push(gate);
            stands.push(stand);
            (gates, stands)
        },
    );
    e.on(NUM, move |n| stands[*n as usize]());
    let victim = e.on(NUM, trace.probe("dropped").logs("never"));
    let emitter = e.clone();
    let first = Worker::spawn(move || emitter.emit(NUM, 0));
    gates[0].wait();
    assert!(e.off(victim));
    let emitter = e.clone();
    let second = Worker::spawn(move || emitter.emit(NUM, 1));
    gates[1].wait();
    gates[0].open();
    assert_eq!(first.join(), 1);
    trace.expect("dropped");
    gates[1].open();
    assert_eq!(second.join(), 1);
    trace.expect("");
}

#[test]
fn an_emit_of_another_event_on_another_thread_delays_no_drop() {
    // Rule 5: "before `off` returns if no emit of *that* event is under way".
    let (e, trace) = (EventEmitter::new(), Trace::new());
    let (gate, stand) = Gate::new();
    e.on(OTHER, move |_| stand());
    let id = e.on(NUM, trace.probe("dropped").logs("never"));
    let emitter = e.clone();
    let first = Worker::spawn(move || emitter.emit(OTHER, 1));
    gate.wait();
    assert!(e.off(id));
    trace.expect("dropped");
    gate.open();
    first.join();
}

#[test]
fn the_last_handle_may_go_on_another_thread() {
    // Rule 10: thread 2 drops its handle while thread 1 emits with one of its own.
    let (e, trace) = (EventEmitter::new(), Trace::new());
    let weak = e.downgrade();
    let (gate, stand) = Gate::new();
    e.on(NUM, move |_| stand());
    e.on(NUM, trace.probe("dropped").logs("b"));
    let own = e.clone();
    let first = Worker::spawn(move || own.emit(NUM, 1));
    gate.wait();
    drop(e);
    gate.open();
    assert_eq!(first.join(), 2);
    assert!(weak.upgrade().is_none());
    trace.expect("b1 dropped");
}

#[test]
fn every_closure_is_dropped_once_while_threads_emit_add_and_remove() {
    // Rules 2 to 5 under load: two threads emit, two add and remove in all ways; the books balance.
    let e = EventEmitter::builder().max_listeners(0).build();
    let (added, dropped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (calls, returned) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let stop = Arc::new(AtomicBool::new(false));
    let emitters = [NUM, NUM].map(|event| {
        let (e, stop, returned) = (e.clone(), Arc::clone(&stop), Arc::clone(&returned));
        Worker::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                returned.fetch_add(e.emit(event, 1), Ordering::SeqCst);
            }
        })
    });
    let churners = [0, 1].map(|side| {
        let e = e.clone();
        let (added, dropped) = (Arc::clone(&added), Arc::clone(&dropped));
        let calls = Arc::clone(&calls);
        Worker::spawn(move || {
            let listener = || {
                added.fetch_add(1, Ordering::SeqCst);
                let (counted, calls) = (counted_in(&dropped), Arc::clone(&calls));
                move |_: &i32| {
                    counted.hold();
                    calls.fetch_add(1, Ordering::SeqCst);
                }
            };
            for round in 0..ROUNDS / 5 {
                let a = e.on(NUM, listener());
                let b = e.once(NUM, listener());
                let c = e.listen(NUM).priority(side).times(3).on(listener());
                let d = e.prepend(NUM, listener());
                let unsubscribing = listener();
                let f = e.on(NUM, move |n| {
                    unsubscribing(n);
                    Flow::Unsubscribe
                });
                drop(e.subscribe(NUM, listener()));
                e.off(a);
                e.off_and_wait(d).unwrap();
                if round % 2 == 0 {
                    e.off(b);
                    e.off(c);
                    e.off(f);
                }
                if round % 50 == 0 {
                    e.off_all(NUM);
                }
            }
        })
    });
    churners.into_iter().for_each(Worker::join);
    stop.store(true, Ordering::Relaxed);
    emitters.into_iter().for_each(Worker::join);
    e.off_all(NUM);
    assert_eq!(e.listener_count(NUM), 0);
    let counts = [&added, &dropped, &calls, &returned].map(|n| n.load(Ordering::SeqCst));
    assert_eq!(counts[0], counts[1], "added and dropped");
    assert_eq!(counts[2], counts[3], "called and counted by `emit`");
}

#[test]
fn threads_add_without_losing_any_and_ids_are_all_different() {
    // Rule 1 between threads: each thread's own keep their order.
    let e = EventEmitter::builder().max_listeners(0).build();
    let trace = Trace::new();
    let emitter = e.clone();
    let n = ROUNDS / 50;
    let ids = race(move |side| -> Vec<ListenerId> {
        let name = ["a", "b"][side];
        (0..n)
            .map(|i| emitter.on(NUM, move |_| trace.log(format_args!("{name}{i}"))))
            .collect()
    });
    let all: HashSet<_> = ids.iter().flatten().collect();
    assert_eq!(all.len(), 2 * n);
    assert_eq!(e.emit(NUM, 1), 2 * n);
    let told = trace.take();
    for name in ["a", "b"] {
        let own: Vec<_> = told
            .split(' ')
            .filter(|word| word.starts_with(name))
            .collect();
        let expected: Vec<_> = (0..n).map(|i| format!("{name}{i}")).collect();
        assert_eq!(own, expected);
    }
}

#[test]
fn threads_that_make_events_at_once_find_each_others() {
    // The table of names grows while both look in it, for what is there from the start and for their own.
    const NAMES: usize = 200;
    static NAME: LazyLock<Vec<String>> =
        LazyLock::new(|| (0..NAMES).map(|n| format!("name {n}")).collect());
    let event = |n: usize| Event::<i32>::new(&NAME[n]);
    for _ in 0..ROUNDS / 200 {
        let e = EventEmitter::new();
        e.on(NUM, |_| {});
        let emitter = e.clone();
        race(move |side| {
            for n in 0..NAMES {
                let event = event([n, NAMES - 1 - n][side]);
                emitter.on(event, |_| {});
                assert!((1..=2).contains(&emitter.emit(event, 1)));
                assert!((0..20).all(|n| emitter.emit(NUM, n) == 1));
            }
        });
        assert!((0..NAMES).all(|n| e.emit(event(n), 1) == 2));
        assert_eq!(e.event_names().len(), NAMES + 1);
    }
}

#[test]
fn one_off_of_many_threads_removes() {
    // "`false` if it is already gone": two threads remove the same, exactly one is told `true`.
    let e = EventEmitter::new();
    let rounds = ROUNDS / 10;
    let ids: Vec<_> = (0..rounds).map(|_| e.on(NUM, |_| {})).collect();
    let emitter = e.clone();
    let removed = race(move |_| ids.iter().filter(|id| emitter.off(**id)).count());
    assert_eq!(removed.iter().sum::<usize>(), rounds);
    assert!(!e.has_listeners(NUM));
}

#[test]
fn a_subscription_may_be_dropped_on_another_thread() {
    // `Send`: the guard goes where its owner goes.
    let e = EventEmitter::new();
    let subscription = e.subscribe(NUM, |_| {});
    in_time(move || drop(subscription));
    assert_eq!(e.emit(NUM, 1), 0);
}

#[test]
fn a_panic_on_one_thread_poisons_nothing_for_another() {
    // Rule 7: "No poisoning".
    let (e, trace) = (EventEmitter::new(), Trace::new());
    e.once(NUM, |_| panic!("boom"));
    e.on(NUM, trace.logs("a"));
    let emitter = e.clone();
    let panicked = in_time(move || {
        let emit = AssertUnwindSafe(|| emitter.emit(NUM, 1));
        catch_unwind(emit).is_err()
    });
    assert!(panicked);
    assert_eq!(e.emit(NUM, 2), 1);
    trace.expect("a2");
}

#[test]
fn off_and_wait_comes_back_when_the_listeners_error_panics_as_it_is_dropped() {
    // The listener is over; what then becomes of its error must not keep who waits from being woken.
    let e = EventEmitter::new();
    e.on(LISTENER_ERROR, |_| ());
    let (gate, stand) = Gate::new();
    let id = e.on(NUM, move |_| {
        stand();
        Err::<(), _>(OnDropError::new(|| panic!("the error went off")))
    });
    let (emitter, waiter) = (e.clone(), e);
    let emitting = Worker::spawn(move || panic_text(|| emitter.emit(NUM, 1)));
    gate.wait();
    let waiting = Worker::spawn(move || waiter.off_and_wait(id));
    gate.open();
    assert_eq!(emitting.join(), "the error went off");
    assert_eq!(waiting.join(), Ok(true));
}

#[test]
fn a_hook_behind_a_listener_may_wait_for_who_waits_for_that_listener() {
    // Thread 2 waits for `over`, which thread 1 has left; thread 1, in the hook for its error, waits
    // for `inside`, which thread 2 is in. Thread 2 is free to go, so that is no circle.
    let e = EventEmitter::new();
    let (gate, stand) = Gate::new();
    let over = e.on(NUM, move |_| -> oyez::Result {
        stand();
        Err("failed".into())
    });
    let inside = Arc::new(OnceLock::new());
    let (hook, weak) = (Arc::clone(&inside), e.downgrade());
    e.on(LISTENER_ERROR, move |_| {
        let inside: ListenerId = *hook.get().expect("it was set before the emit");
        assert_eq!(weak.upgrade().unwrap().off_and_wait(inside), Ok(true));
    });
    let (enter, entered) = channel();
    let (enter, weak) = (Mutex::new(enter), e.downgrade());
    let id = e.on(OTHER, move |_| {
        enter.lock().unwrap().send(()).unwrap();
        assert_eq!(weak.upgrade().unwrap().off_and_wait(over), Ok(true));
    });
    inside.set(id).unwrap();
    let (first, second) = (e.clone(), e);
    let first = Worker::spawn(move || first.emit(NUM, 1));
    gate.wait();
    let second = Worker::spawn(move || second.emit(OTHER, 1));
    receive(&entered);
    gate.open();
    assert_eq!((first.join(), second.join()), (1, 1));
}

#[test]
fn a_tap_that_has_panicked_is_left_before_closures_are_dropped() {
    // The tap removes a listener whose closure, as it is dropped behind the panic, waits for the tap.
    let e = EventEmitter::new();
    let tap = Arc::new(OnceLock::new());
    let (waited, answers) = channel();
    let (tapped, weak) = (Arc::clone(&tap), e.downgrade());
    let waits = OnDrop(move || {
        let tap: ListenerId = *tapped.get().expect("it was set before the emit");
        waited
            .send(weak.upgrade().unwrap().off_and_wait(tap))
            .unwrap();
    });
    let id = e.on(NUM, move |_| waits.hold());
    let weak = e.downgrade();
    let panics = e.on_any(move |_| {
        assert!(weak.upgrade().unwrap().off(id));
        panic!("boom");
    });
    tap.set(panics).unwrap();
    assert_eq!(panic_text(|| e.emit(NUM, 1)), "boom");
    assert_eq!(receive(&answers), Ok(true));
}

#[test]
fn an_error_may_wait_for_the_listener_that_has_panicked_behind_it() {
    // That was left before the errors are dropped.
    let e = EventEmitter::new();
    let panics = Arc::new(OnceLock::new());
    let (waited, answers) = channel();
    let (weak, id) = (e.downgrade(), Arc::clone(&panics));
    e.on(NUM, move |_| {
        let (weak, id, waited) = (weak.clone(), Arc::clone(&id), waited.clone());
        Err::<(), _>(OnDropError::new(move || {
            let id: ListenerId = *id.get().expect("it was set before the emit");
            waited
                .send(weak.upgrade().unwrap().off_and_wait(id))
                .unwrap();
        }))
    });
    panics.set(e.on(NUM, |_| panic!("boom"))).unwrap();
    assert_eq!(panic_text(|| e.try_emit(NUM, 1)), "boom");
    assert_eq!(receive(&answers), Ok(true));
}

#[test]
fn an_emit_beside_another_thread_that_is_inside_allocates_nothing() {
    // What is kept for that thread is not for this one to move about.
    let e = EventEmitter::new();
    let (gate, stand) = Gate::new();
    e.once(NUM, move |_| stand());
    let inside = e.clone();
    let inside = Worker::spawn(move || inside.emit(NUM, 1));
    gate.wait();
    for _ in 0..100 {
        e.off(e.on(NUM, |_| ()));
    }
    e.on(NUM, |_| ());
    assert_eq!(allocations(|| assert_eq!(e.emit(NUM, 1), 1)), 0);
    gate.open();
    assert_eq!(inside.join(), 1);
}

#[test]
fn emits_out_of_thread_locals_that_are_dropped_follow_the_rules() {
    // By then the thread has given back its place among the readers, and takes one for each emit.
    struct AtExit(EventEmitter);
    impl Drop for AtExit {
        fn drop(&mut self) {
            for n in 0..200 {
                self.0.emit(NUM, n);
            }
        }
    }
    thread_local! {
        static AT_EXIT: OnceCell<AtExit> = const { OnceCell::new() };
    }
    let e = EventEmitter::new();
    let (calls, drops) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&calls);
    e.on(NUM, move |_| _ = counted.fetch_add(1, Ordering::Relaxed));
    for _ in 0..20 {
        let threads = [(); 4].map(|()| {
            let (e, drops) = (e.clone(), Arc::clone(&drops));
            Worker::spawn(move || {
                let inside = thread::spawn({
                    let e = e.clone();
                    move || AT_EXIT.with(|cell| _ = cell.set(AtExit(e)))
                });
                for _ in 0..200 {
                    let counted = counted_in(&drops);
                    e.off(e.on(NUM, move |_| counted.hold()));
                }
                inside.join().unwrap();
            })
        });
        for thread in threads {
            thread.join();
        }
    }
    assert_eq!(calls.load(Ordering::Relaxed), 20 * 4 * 200);
    assert_eq!(drops.load(Ordering::Relaxed), 20 * 4 * 200);
}

#[test]
fn threads_that_end_leave_nothing_behind() {
    // A thousand, one after the other; each emits, and emits again while it ends: from what was kept in
    // it before its first emit, and after.
    struct AtExit(EventEmitter);
    impl Drop for AtExit {
        fn drop(&mut self) {
            self.0.emit(NUM, 1);
            self.0.once(NUM, |_| ());
            self.0.emit(NUM, 2);
        }
    }
    thread_local! {
        static BEFORE: OnceCell<AtExit> = const { OnceCell::new() };
        static AFTER: OnceCell<AtExit> = const { OnceCell::new() };
    }
    in_a_process(
        module_path!(),
        "threads_that_end_leave_nothing_behind",
        || {
            let e = EventEmitter::new();
            e.on(NUM, |_| ());
            let life = || {
                let e = e.clone();
                let thread = thread::spawn(move || {
                    BEFORE.with(|cell| _ = cell.set(AtExit(e.clone())));
                    e.emit(NUM, 0);
                    AFTER.with(|cell| _ = cell.set(AtExit(e.clone())));
                });
                thread.join().unwrap();
            };
            (0..100).for_each(|_| life());
            let before = live_bytes_of_all();
            (0..1_000).for_each(|_| life());
            let grown = live_bytes_of_all() - before;
            assert!(grown <= 65_536, "{grown} bytes");
        },
    );
}

#[test]
fn a_thread_that_ends_leaves_its_place_to_others() {
    // It emits, and emits again when it has given its place back, which another thread has taken meanwhile and
    // is inside a listener with: that one is not dropped there when it is removed.
    struct AtExit(Rc<dyn Fn()>);
    impl Drop for AtExit {
        fn drop(&mut self) {
            (self.0)();
        }
    }
    thread_local! {
        static BEFORE: OnceCell<AtExit> = const { OnceCell::new() };
        static AFTER: OnceCell<AtExit> = const { OnceCell::new() };
    }
    in_a_process(
        module_path!(),
        "a_thread_that_ends_leaves_its_place_to_others",
        || {
            let e = EventEmitter::new();
            e.on(OTHER, |_| ());
            let (gate, stand) = Gate::new();
            let drops = Arc::new(AtomicUsize::new(0));
            let counted = counted_in(&drops);
            let id = e.on(NUM, move |_| {
                counted.hold();
                stand();
            });
            let (go, gone) = channel::<()>();
            let emitter = e.clone();
            let inside = Worker::spawn(move || {
                receive(&gone);
                emitter.emit(NUM, 1)
            });
            let (emitter, counter) = (e.clone(), Arc::clone(&drops));
            thread::spawn(move || {
                // In whatever order they are dropped, the place is given back before the last.
                let dropped = Cell::new(0);
                let at_exit = {
                    let emitter = emitter.clone();
                    Rc::new(move || {
                        dropped.set(dropped.get() + 1);
                        if dropped.get() == 2 {
                            go.send(()).unwrap();
                            gate.wait();
                            assert_eq!(emitter.emit(OTHER, 2), 1);
                            assert!(emitter.off(id));
                            assert_eq!(counter.load(Ordering::SeqCst), 0);
                            gate.open();
                        }
                    })
                };
                BEFORE.with(|cell| _ = cell.set(AtExit(at_exit.clone())));
                assert_eq!(emitter.emit(OTHER, 1), 1);
                AFTER.with(|cell| _ = cell.set(AtExit(at_exit)));
            })
            .join()
            .unwrap();
            assert_eq!(inside.join(), 1);
            assert_eq!(drops.load(Ordering::SeqCst), 1);
        },
    );
}

#[test]
fn a_thread_that_has_waited_keeps_its_place_to_itself() {
    // One waits for a listener, and ends; another emits before and after that, while a third is inside
    // a listener that is removed: it is not dropped there.
    in_a_process(
        module_path!(),
        "a_thread_that_has_waited_keeps_its_place_to_itself",
        || {
            let e = EventEmitter::new();
            let (leave, left) = channel::<()>();
            let (tell, told) = channel();
            let waiting = thread::spawn({
                let (e, tell) = (e.clone(), tell.clone());
                move || {
                    assert!(matches!(e.off_and_wait(e.on(NUM, |_| ())), Ok(true)));
                    tell.send(()).unwrap();
                    receive(&left);
                }
            });
            receive(&told);
            e.on(OTHER, |_| ());
            let (go, gone) = channel::<()>();
            let emitting = Worker::spawn({
                let e = e.clone();
                move || {
                    for () in gone {
                        e.emit(OTHER, 1);
                        tell.send(()).unwrap();
                    }
                }
            });
            go.send(()).unwrap();
            receive(&told);
            leave.send(()).unwrap();
            waiting.join().unwrap();

            let (gate, stand) = Gate::new();
            let drops = Arc::new(AtomicUsize::new(0));
            let counted = counted_in(&drops);
            let id = e.on(THIRD, move |_| {
                counted.hold();
                stand();
            });
            let emitter = e.clone();
            let inside = Worker::spawn(move || emitter.emit(THIRD, 1));
            gate.wait();
            go.send(()).unwrap();
            receive(&told);
            assert!(e.off(id));
            assert_eq!(drops.load(Ordering::SeqCst), 0);
            gate.open();
            assert_eq!(inside.join(), 1);
            assert_eq!(drops.load(Ordering::SeqCst), 1);
            drop(go);
            emitting.join();
        },
    );
}

#[test]
fn a_hook_finds_nobody_inside_a_listener_that_unsubscribed() {
    // Rule 2: the call is over when its removal is told, whatever the listener had to be entered by. So
    // the hook, and a thread that the hook waits for, may wait until nobody is inside.
    in_time(|| {
        for policy in [PanicPolicy::Propagate, PanicPolicy::Isolate] {
            let (e, trace) = (EventEmitter::builder().panics(policy).build(), Trace::new());
            let weak = e.downgrade();
            e.on(LISTENER_REMOVED, move |info| {
                let (e, id) = (weak.upgrade().unwrap(), info.id());
                let own = matches!(e.off_and_wait(id), Ok(false));
                let other = Worker::spawn(move || matches!(e.off_and_wait(id), Ok(false)));
                trace.log(format_args!("{own} {}", other.join()));
            });
            e.on(NUM, |_| Flow::Unsubscribe);
            e.on_mut(NUM, |_| Flow::Unsubscribe);
            e.times(NUM, 3, |_| Flow::Unsubscribe);
            e.listen(NUM).times(3).on_mut(|_| Flow::Unsubscribe);
            assert_eq!(e.emit(NUM, 1), 4);
            trace.expect("true true true true true true true true");
            assert_eq!(e.listener_count(NUM), 0);
        }
    });
}

/// What is done to an emitter, with the id of the listener that is inside and the emitter's last handle.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Deed {
    Off,
    OffAndWait,
    OffTheNext,
    OffAll,
    Clear,
    Drop,
    Add,
    Emit,
}

const DEEDS: [Deed; 8] = [
    Deed::Off,
    Deed::OffAndWait,
    Deed::OffTheNext,
    Deed::OffAll,
    Deed::Clear,
    Deed::Drop,
    Deed::Add,
    Deed::Emit,
];

/// Three listeners, of which the one at `place` waits within its first call; `wait` is told who that is, and
/// who comes next.
struct Trio {
    trace: Trace,
    handle: Arc<Mutex<Option<EventEmitter>>>,
    ids: Arc<OnceLock<Vec<ListenerId>>>,
    place: usize,
}

impl Trio {
    fn new(place: usize, wait: impl Fn(&Self) + Send + Sync + 'static) -> (EventEmitter, Self) {
        let trio = || Self {
            trace: Trace::new(),
            handle: Arc::default(),
            ids: Arc::default(),
            place,
        };
        let (e, trio) = (EventEmitter::builder().max_listeners(0).build(), trio());
        let wait = Arc::new(wait);
        let is_first = Arc::new(AtomicBool::new(true));
        let add = |at: usize| {
            let probe = trio.trace.probe(["~a", "~b", "~c"][at]);
            let (own, wait, is_first) = (trio.clone(), Arc::clone(&wait), Arc::clone(&is_first));
            e.on(NUM, move |n| {
                probe.hold();
                own.trace.log(format_args!("{}{n}", ["a", "b", "c"][at]));
                if at == place && is_first.swap(false, Ordering::SeqCst) {
                    wait(&own);
                }
            })
        };
        trio.ids.set((0..3).map(add).collect()).unwrap();
        *trio.handle.lock().unwrap() = Some(e.clone());
        (e, trio)
    }

    fn clone(&self) -> Self {
        Self {
            trace: self.trace,
            handle: Arc::clone(&self.handle),
            ids: Arc::clone(&self.ids),
            place: self.place,
        }
    }

    fn act(&self, deed: Deed) {
        let handle = self.handle.lock().unwrap().take().unwrap();
        let ids = self.ids.get().unwrap();
        match deed {
            Deed::Off => assert!(handle.off(ids[self.place])),
            Deed::OffAndWait => assert!(handle.off_and_wait(ids[self.place]).unwrap()),
            Deed::OffTheNext => {
                _ = ids
                    .get(self.place + 1)
                    .map(|next| handle.off_and_wait(*next));
            }
            Deed::OffAll => assert_eq!(handle.off_all(NUM), 3),
            Deed::Clear => assert_eq!(handle.clear(), 3),
            Deed::Drop => return drop(handle),
            Deed::Add => (0..1_000).for_each(|_| _ = handle.on(NUM, |_| ())),
            Deed::Emit => assert_eq!(handle.emit(NUM, 2), 3),
        }
        *self.handle.lock().unwrap() = Some(handle);
    }

    /// Compares what the first emit called and returned, then what is left of it.
    #[track_caller]
    fn check(&self, deed: Deed, called: usize) {
        let place = self.place;
        let next = place + 1;
        let case = format!("{deed:?} at {place}");
        let names = ["a", "b", "c"];
        let mut words: Vec<_> = names.iter().map(|name| format!("{name}1")).collect();
        let mut left: Vec<_> = names.to_vec();
        match deed {
            Deed::Off | Deed::OffAndWait => _ = left.remove(place),
            Deed::OffTheNext if next < 3 => {
                words.remove(next);
                left.remove(next);
            }
            Deed::OffAll | Deed::Clear => {
                words.truncate(next);
                left.clear();
            }
            Deed::Drop => left.clear(),
            Deed::Emit => {
                let inner = names.iter().map(|name| format!("{name}2"));
                words.splice(next..next, inner);
            }
            Deed::OffTheNext | Deed::Add => {}
        }
        let inner = if deed == Deed::Emit { 3 } else { 0 };
        assert_eq!(called, words.len() - inner, "{case}");
        let told = self.trace.take();
        let (dropped, told): (Vec<_>, Vec<_>) =
            told.split(' ').partition(|word| word.starts_with('~'));
        assert_eq!(told, words, "{case}");
        assert_eq!(dropped.len(), 3 - left.len(), "{case}");
        let Some(handle) = self.handle.lock().unwrap().take() else {
            return assert_eq!(deed, Deed::Drop);
        };
        let count = left.len() + if deed == Deed::Add { 1_000 } else { 0 };
        assert_eq!(handle.listener_count(NUM), count, "{case}");
        assert_eq!(handle.emit(NUM, 3), count, "{case}");
        let words: Vec<_> = left.iter().map(|name| format!("{name}3")).collect();
        assert_eq!(self.trace.take(), words.join(" "), "{case}");
        drop(handle);
        let dropped: Vec<_> = left.iter().map(|name| format!("~{name}")).collect();
        assert_eq!(self.trace.take(), dropped.join(" "), "{case}");
    }
}

#[test]
fn a_listener_may_have_another_thread_do_anything_and_wait_for_it() {
    // Rule 4, at every place: nothing is held that the other thread needs. What it has done when it is joined
    // holds for the rest of the emit. To wait for the very listener that waits would be a circle of the
    // user's own making.
    for deed in DEEDS.into_iter().filter(|deed| *deed != Deed::OffAndWait) {
        for place in 0..3 {
            let (e, trio) = Trio::new(place, move |trio| {
                let trio = trio.clone();
                Worker::spawn(move || trio.act(deed)).join();
            });
            let called = in_time(move || e.emit(NUM, 1));
            trio.check(deed, called);
        }
    }
}

#[test]
fn anything_may_be_done_while_a_thread_is_inside_a_listener() {
    // Rules 2, 4, 5 and 10, at every place: it is done at once, but for `off_and_wait`, which comes back when
    // the thread has left.
    for deed in DEEDS {
        for place in 0..3 {
            let (gate, stand) = Gate::new();
            let (e, trio) = Trio::new(place, move |_| stand());
            let first = Worker::spawn(move || e.emit(NUM, 1));
            gate.wait();
            let other = trio.clone();
            let done = Worker::spawn(move || other.act(deed));
            if deed == Deed::OffAndWait {
                gate.open();
                done.join();
            } else {
                done.join();
                gate.open();
            }
            let called = first.join();
            trio.check(deed, called);
        }
    }
}

#[test]
fn what_is_used_up_does_not_wait_for_an_emit_that_began_later() {
    // `a` is used up while the first emit is alone; the second begins before `c` is used up, and goes on.
    let (e, trace) = (EventEmitter::new(), Trace::new());
    let (first_gate, first_stand) = Gate::new();
    let (second_gate, second_stand) = Gate::new();
    e.times(NUM, 1, trace.probe("~a").logs("a"));
    e.on(NUM, move |n| {
        if *n == 1 {
            first_stand()
        } else {
            second_stand()
        }
    });
    e.times(NUM, 1, trace.probe("~c").logs("c"));
    let emitter = e.clone();
    let first = Worker::spawn(move || emitter.emit(NUM, 1));
    first_gate.wait();
    let emitter = e.clone();
    let second = Worker::spawn(move || emitter.emit(NUM, 2));
    second_gate.wait();
    first_gate.open();
    assert_eq!(first.join(), 3);
    trace.expect("a1 c1 ~a");
    second_gate.open();
    assert_eq!(second.join(), 1);
    trace.expect("~c");
}

#[test]
fn a_refused_wait_says_that_the_listener_is_removed() {
    assert_eq!(
        WaitError::InsideListener.to_string(),
        "cannot wait for a listener from inside of it; it is removed, and ends when it returns"
    );
    assert_eq!(
        WaitError::Deadlock.to_string(),
        "cannot wait for a listener that waits for this thread; it is removed, and ends when it returns"
    );
}
