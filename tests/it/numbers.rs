//! Where numbers end, under `--cfg oyez_small`: at a thousand emitters, in both flavours together, and so in a
//! process of their own; at 100,000 events of a queue, and timers and tasks of a loop.

use crate::support::panic_text;
use oyez::event_loop::{EventLoop, EventQueue, Exit, VirtualClock};
use oyez::{Event, EventEmitter, Signal, local};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const TICK: Event<()> = Event::new("tick");
const NUM: Event<u64> = Event::new("num");
const LOST: Event<Lost> = Event::new("lost");

/// A payload that looks at its queue as it is dropped.
struct Lost(EventQueue, Rc<Cell<usize>>);

impl Drop for Lost {
    fn drop(&mut self) {
        self.1.set(self.0.len());
    }
}

#[test]
fn one_emitter_too_many_is_refused_and_the_others_stay() {
    // No number is used twice, so no emitter takes another's listener for its own. An emitter takes its number when
    // it is first listened to, and gets it late if there is none left then: never.
    let [kept, late] = [EventEmitter::new(), EventEmitter::new()];
    let id = kept.on(TICK, |()| ());
    let mut ids = Vec::new();
    let text = panic_text(|| {
        loop {
            let signals = (Signal::<()>::new(), local::Signal::<()>::new());
            ids.extend([signals.0.on(|()| ()), signals.1.on(|()| ())]);
        }
    });
    assert_eq!(text, "no more than 1000 emitters");
    assert!(ids.len() > 990 && ids.iter().all(|other| *other != id && !kept.off(*other)));
    for _ in 0..3 {
        let register = || late.on(TICK, |()| ());
        assert_eq!(panic_text(register), "no more than 1000 emitters");
        assert_eq!((late.emit(TICK, ()), kept.emit(TICK, ())), (0, 1));
    }
    assert!(kept.off(id) && !kept.off(id));
}

#[test]
fn one_number_too_many_is_refused_by_a_queue_and_what_waits_stays() {
    // No id is used twice, so a stale one cancels nothing. The payload that is not taken is dropped, and finds
    // the queue unlocked; also where there is a bound.
    for queue in [EventQueue::new(), EventQueue::bounded(3)] {
        let (emitter, sum) = (local::EventEmitter::new(), Rc::new(Cell::new(0)));
        let adds = sum.clone();
        emitter.on(NUM, move |n| adds.set(adds.get() + n));
        let stale = queue.post(NUM, 1).unwrap();
        queue.dispatch(&emitter);
        for n in 2..=99_998 {
            queue.post(NUM, 1).unwrap();
            assert_eq!(queue.dispatch(&emitter), 1, "{n}");
        }
        let kept = queue.post(NUM, 10).unwrap();
        let last = queue.post(NUM, 100).unwrap();
        assert_eq!((kept.number(), last.number()), (99_999, 100_000));
        for _ in 0..3 {
            let found = Rc::new(Cell::new(0));
            let lost = Lost(queue.clone(), found.clone());
            let text = panic_text(|| drop(queue.post(LOST, lost)));
            assert_eq!(
                text,
                "no more than 100000 events, timers or tasks of one loop"
            );
            assert_eq!(
                (found.get(), queue.len(), queue.cancel(stale)),
                (2, 2, false)
            );
        }
        assert!(queue.cancel(kept));
        assert_eq!((queue.dispatch(&emitter), sum.get()), (1, 99_998 + 100));
    }
}

thread_local! {
    static QUEUE: RefCell<Option<EventQueue>> = const { RefCell::new(None) };
}

/// A payload that looks at the queue of the thread where it is dropped.
struct Sent(Arc<AtomicUsize>);

impl Drop for Sent {
    fn drop(&mut self) {
        let len = QUEUE.with_borrow(|queue| queue.as_ref().map_or(0, EventQueue::len));
        self.0.fetch_add(1000 + len, Ordering::Relaxed);
    }
}

#[test]
fn one_number_too_many_is_refused_to_other_threads_and_what_waits_stays() {
    // What a thread posted has its ids from the loop. Where there are none, the loop says so, and drops it; the
    // payloads find the queue unlocked, and what waits in it. With stamps that is before the turn of what waits.
    const SENT: Event<Sent> = Event::new("sent");
    let with_stamps = EventLoop::builder().clock(VirtualClock::new()).build();
    for (event_loop, waiting) in [(EventLoop::new(), 0), (with_stamps, 1)] {
        let (handle, sum) = (event_loop.handle(), Rc::new(Cell::new(0)));
        let adds = sum.clone();
        event_loop
            .emitter()
            .on(NUM, move |n| adds.set(adds.get() + n));
        for _ in 0..99_998 {
            handle.post(NUM, 1).unwrap();
            event_loop.turn().unwrap();
        }
        handle.post(NUM, 10).unwrap();
        QUEUE.set(Some(handle.queue()));
        let (proxy, found) = (event_loop.proxy(), Arc::new(AtomicUsize::new(0)));
        let sent = [Sent(found.clone()), Sent(found.clone())];
        let posts = thread::spawn(move || sent.map(|sent| proxy.post(SENT, sent).is_ok()));
        assert_eq!(posts.join().unwrap(), [true, true]);
        assert_eq!(
            panic_text(|| event_loop.run()),
            "no more than 100000 events, timers or tasks of one loop"
        );
        assert_eq!(found.load(Ordering::Relaxed), 2 * (1000 + waiting));
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        assert_eq!(sum.get(), 99_998 + 10);
        QUEUE.set(None);
    }
}

#[test]
fn one_number_too_many_is_refused_by_a_loop_and_what_was_set_stays() {
    // Timers and tasks, of which each kind has numbers of its own.
    let event_loop = EventLoop::new();
    let (handle, called) = (event_loop.handle(), Rc::new(Cell::new(0)));
    let calls = |add: usize| {
        let called = called.clone();
        move || called.set(called.get() + add)
    };
    let call = calls(1);
    let kept = handle.set_timeout(Duration::ZERO, move |_| call());
    for _ in 2..=100_000 {
        let timer = handle.set_timeout(Duration::MAX, |_| ());
        assert!(timer != kept && handle.clear_timer(timer));
    }
    let refused = "no more than 100000 events, timers or tasks of one loop";
    assert_eq!(
        panic_text(|| handle.set_timeout(Duration::ZERO, |_| ())),
        refused
    );
    for _ in 0..99_999 {
        handle.queue_microtask(|_| ());
        event_loop.run_for(Duration::ZERO).unwrap();
    }
    let call = calls(10);
    handle.queue_idle(move |_| call());
    assert_eq!(panic_text(|| handle.queue_microtask(|_| ())), refused);
    assert_eq!(panic_text(|| handle.queue_idle(|_| ())), refused);
    assert_eq!(
        (event_loop.run().unwrap(), called.get()),
        (Exit::Completed, 11)
    );
}
