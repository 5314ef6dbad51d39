//! The models of the door: how other threads reach an event loop.
//!
//! A loop that sleeps for ever is a deadlock, which loom tells. Time does not pass in a model, so no
//! timer is set.

use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

use loom::sync::atomic::{AtomicBool, AtomicUsize};
use loom::thread::spawn;
use oyez::Event;
use oyez::event_loop::{EventLoop, Exit, Next, PostError};

use crate::{check, check_bounded};

const NOTE: Event<Payload> = Event::new("note");

/// Counts its drops.
struct Payload {
    number: usize,
    drops: Arc<AtomicUsize>,
}

impl Drop for Payload {
    fn drop(&mut self) {
        self.drops.fetch_add(1, AcqRel);
    }
}

/// Makes payloads, and counts what became of them.
#[derive(Clone, Default)]
struct Payloads {
    drops: Arc<AtomicUsize>,
}

impl Payloads {
    fn make(&self, number: usize) -> Payload {
        Payload {
            number,
            drops: self.drops.clone(),
        }
    }

    fn dropped(&self) -> usize {
        self.drops.load(Acquire)
    }
}

/// Logs the numbers of what is heard.
fn hear(event_loop: &EventLoop) -> std::rc::Rc<std::cell::RefCell<Vec<usize>>> {
    let heard = std::rc::Rc::<std::cell::RefCell<Vec<usize>>>::default();
    let log = heard.clone();
    event_loop
        .emitter()
        .on(NOTE, move |note| log.borrow_mut().push(note.number));
    heard
}

/// Goal: a post is never lost, and wakes a loop that sleeps; the last proxy's drop ends the run.
/// Method: a thread posts and goes while the loop runs.
#[test]
fn a_post_against_a_run_is_handled_and_the_run_ends() {
    check(|| {
        let payloads = Payloads::default();
        let event_loop = EventLoop::new();
        let heard = hear(&event_loop);
        let proxy = event_loop.proxy();
        let payload = payloads.make(1);
        let poster = spawn(move || proxy.post(NOTE, payload).is_ok());

        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        assert!(poster.join().unwrap());
        assert_eq!(*heard.borrow(), [1]);
        assert_eq!(payloads.dropped(), 1);
    });
}

/// Goal: one thread's posts keep their order, two threads' are all there. Method: two threads post.
#[test]
fn posts_of_two_threads_are_all_handled_in_the_order_of_each() {
    check_bounded(2, || {
        let payloads = Payloads::default();
        let event_loop = EventLoop::new();
        let heard = hear(&event_loop);
        let proxy = event_loop.proxy();
        let (first, second) = (payloads.make(1), payloads.make(2));
        let poster = spawn(move || {
            assert!(proxy.post(NOTE, first).is_ok());
            assert!(proxy.post(NOTE, second).is_ok());
        });
        let proxy = event_loop.proxy();
        let other = payloads.make(3);
        let another = spawn(move || assert!(proxy.post(NOTE, other).is_ok()));

        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        poster.join().unwrap();
        another.join().unwrap();
        let mut heard = heard.borrow().clone();
        assert!(heard.iter().position(|n| *n == 1) < heard.iter().position(|n| *n == 2));
        heard.sort_unstable();
        assert_eq!(heard, [1, 2, 3]);
    });
}

/// Goal: a wake before the wait is not lost. Method: a flag is set and the loop woken while it asks,
/// turns and sleeps; a proxy that stays keeps it from ending otherwise.
#[test]
fn a_wake_against_a_sleep_is_not_lost() {
    check(|| {
        let event_loop = EventLoop::new();
        let flag = Arc::new(AtomicBool::new(false));
        let stays = event_loop.proxy();
        let (proxy, set) = (stays.clone(), flag.clone());
        let waker = spawn(move || {
            set.store(true, Release);
            proxy.wake();
        });

        let exit = event_loop.run_until(|_| flag.load(Acquire));
        assert_eq!(exit, Ok(Exit::Reached));
        waker.join().unwrap();
        drop(stays);
    });
}

/// Goal: nor is one by a proxy that goes right after it, where the run would end. Method: likewise, but that no proxy
/// stays.
#[test]
fn a_wake_by_the_last_proxy_is_not_lost() {
    check(|| {
        let event_loop = EventLoop::new();
        let flag = Arc::new(AtomicBool::new(false));
        let (proxy, set) = (event_loop.proxy(), flag.clone());
        let waker = spawn(move || {
            set.store(true, Release);
            proxy.wake();
        });

        let exit = event_loop.run_until(|_| flag.load(Acquire));
        assert_eq!(exit, Ok(Exit::Reached));
        waker.join().unwrap();
    });
}

/// Goal: a stop from another thread ends a run, whatever it does, and what was done before it is seen
/// then. Method: a proxy that stays keeps it from ending otherwise.
#[test]
fn a_stop_against_a_sleep_is_not_lost() {
    check(|| {
        let event_loop = EventLoop::new();
        let stays = event_loop.proxy();
        let flag = Arc::new(AtomicBool::new(false));
        let (proxy, set) = (stays.clone(), flag.clone());
        let stopper = spawn(move || {
            set.store(true, Relaxed);
            proxy.stop();
        });

        assert_eq!(event_loop.run(), Ok(Exit::Stopped));
        assert!(flag.load(Relaxed));
        stopper.join().unwrap();
        drop(stays);
    });
}

/// Goal: a stop by the last proxy is for this run, not for the next. Method: a thread stops and goes.
#[test]
fn a_stop_by_the_last_proxy_is_not_left_for_the_next_run() {
    check(|| {
        let event_loop = EventLoop::new();
        let proxy = event_loop.proxy();
        let stopper = spawn(move || proxy.stop());

        assert_eq!(event_loop.run(), Ok(Exit::Stopped));
        stopper.join().unwrap();
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
    });
}

/// Goal: a host that polls is told of a stop by the last proxy. Method: a thread stops and goes.
#[test]
fn a_stop_by_the_last_proxy_is_told_to_a_host_that_polls() {
    check(|| {
        let event_loop = EventLoop::new();
        let proxy = event_loop.proxy();
        let stopper = spawn(move || proxy.stop());

        let exit = loop {
            match event_loop.poll().unwrap() {
                Next::Done(exit) => break exit,
                _ => loom::thread::yield_now(),
            }
        };
        assert_eq!(exit, Exit::Stopped);
        stopper.join().unwrap();
    });
}

/// Goal: a payload that meets the loop's end is dropped once, by the loop or by its owner. Method: a
/// thread posts while the loop is dropped.
#[test]
fn a_post_against_the_drop_of_the_loop_comes_back_or_is_dropped() {
    check(|| {
        let payloads = Payloads::default();
        let event_loop = EventLoop::new();
        let proxy = event_loop.proxy();
        let payload = payloads.make(1);
        let poster = spawn(move || {
            let posted = proxy.post(NOTE, payload);
            (posted, proxy)
        });

        drop(event_loop);
        let (posted, proxy) = poster.join().unwrap();
        match posted {
            Ok(()) => assert_eq!(payloads.dropped(), 1),
            Err(PostError::Closed(payload)) => {
                assert_eq!(payloads.dropped(), 0);
                drop(payload);
            }
            Err(other) => panic!("{other}"),
        }
        assert_eq!(payloads.dropped(), 1);
        assert!(proxy.is_closed());
    });
}

/// Goal: what waits at the door counts towards the capacity. Method: two threads post to a queue for
/// one, and nobody takes anything out.
#[test]
fn a_full_queue_takes_one_of_two_posts() {
    check(|| {
        let payloads = Payloads::default();
        let event_loop = EventLoop::builder().capacity(1).build();
        let post = |number| {
            let (proxy, payload) = (event_loop.proxy(), payloads.make(number));
            spawn(move || proxy.post(NOTE, payload).is_ok())
        };
        let (first, second) = (post(1), post(2));
        let taken = [first.join().unwrap(), second.join().unwrap()];
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    });
}

/// Goal: who waits for room gets it, and the loop is woken for what then comes. Method: two events
/// through a queue for one, from a thread that waits.
#[test]
fn a_blocking_post_gets_the_room_that_a_turn_makes() {
    check_bounded(3, || {
        let payloads = Payloads::default();
        let event_loop = EventLoop::builder().capacity(1).build();
        let heard = hear(&event_loop);
        let proxy = event_loop.proxy();
        let (first, second) = (payloads.make(1), payloads.make(2));
        let poster = spawn(move || {
            assert!(proxy.post_blocking(NOTE, first).is_ok());
            assert!(proxy.post_blocking(NOTE, second).is_ok());
        });

        assert_eq!(event_loop.run(), Ok(Exit::Completed));
        poster.join().unwrap();
        assert_eq!(*heard.borrow(), [1, 2]);
    });
}

/// Goal: who waits for room does not wait for a loop that is gone. Method: the loop is dropped while a
/// thread waits, in a queue of no room: one event that is dropped with the loop would make room.
#[test]
fn a_blocking_post_against_the_drop_of_the_loop_ends() {
    check(|| {
        let payloads = Payloads::default();
        let event_loop = EventLoop::builder().capacity(0).build();
        let proxy = event_loop.proxy();
        let payload = payloads.make(1);
        let poster = spawn(move || match proxy.post_blocking(NOTE, payload) {
            Err(PostError::Closed(payload)) => payload.number,
            _ => 0,
        });

        drop(event_loop);
        assert_eq!(poster.join().unwrap(), 1);
        assert_eq!(payloads.dropped(), 1);
    });
}

/// Goal: a host that polls, and sleeps until it is called, hears of every post. Method: the hook sets a
/// flag that the host spins on.
#[test]
fn a_host_that_polls_is_called_for_every_post() {
    check_bounded(2, || {
        let payloads = Payloads::default();
        let event_loop = EventLoop::new();
        let heard = hear(&event_loop);
        let calls = Arc::new(AtomicUsize::new(0));
        let hook = calls.clone();
        event_loop.on_wake(move || {
            hook.fetch_add(1, AcqRel);
        });
        let proxy = event_loop.proxy();
        let (first, second) = (payloads.make(1), payloads.make(2));
        let poster = spawn(move || {
            assert!(proxy.post(NOTE, first).is_ok());
            assert!(proxy.post(NOTE, second).is_ok());
        });

        let mut seen = 0;
        loop {
            match event_loop.poll().unwrap() {
                Next::Done(exit) => break assert_eq!(exit, Exit::Completed),
                Next::Ready => {}
                // As a host sleeps: until it is called once more.
                _ => {
                    while calls.load(Acquire) == seen {
                        loom::thread::yield_now();
                    }
                    seen = calls.load(Relaxed);
                }
            }
        }
        poster.join().unwrap();
        assert_eq!(*heard.borrow(), [1, 2]);
    });
}
