//! Threads: many work, one listens.
//!
//! What it shows: an event loop lives on one thread, with all its listeners. Other threads have a
//! proxy, whose `post` puts an event in the queue of the loop and wakes it. While nothing arrives
//! the loop sleeps, and when the last proxy is gone it ends by itself.
//!
//! How to run it: `cargo run --example 10_threads`
//!
//! What you will see, whichever worker is the fastest:
//!
//! ```text
//! 3 workers count the primes below 3000
//! the first results are in
//! all results are in
//! below 1000: 168
//! below 2000: 303
//! below 3000: 430
//! the loop says: Completed
//! a post after the end comes back: (4, 0)
//! ```

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Mutex;
use std::thread;

use oyez::Event;
use oyez::event_loop::EventLoop;

const WORKERS: u32 = 3;
const RANGE: u32 = 1000;

// From a worker: its number, and how many primes it found so far.
const PROGRESS: Event<(u32, u32)> = Event::new("progress");
const FOUND: Event<(u32, u32)> = Event::new("found");

fn main() {
    let event_loop = EventLoop::new();

    // The listeners stay on this thread, whichever thread posts. So they can share an `Rc` and need
    // no lock.
    let latest = Rc::new(RefCell::new([0; WORKERS as usize]));
    let found = Rc::new(RefCell::new(Vec::new()));
    event_loop.emitter().once(PROGRESS, |_| {
        say("the first results are in");
    });
    let seen = Rc::clone(&latest);
    event_loop.emitter().on(PROGRESS, move |&(worker, primes)| {
        // What one thread posts arrives in the order in which it was posted. Between two threads
        // there is no order.
        let so_far = &mut seen.borrow_mut()[worker as usize];
        assert!(*so_far <= primes);
        *so_far = primes;
    });
    let list = Rc::clone(&found);
    event_loop.emitter().on(FOUND, move |&result| {
        list.borrow_mut().push(result);
        if list.borrow().len() == WORKERS as usize {
            say("all results are in");
        }
    });

    say(format!(
        "{WORKERS} workers count the primes below {}",
        WORKERS * RANGE
    ));
    let proxy = event_loop.proxy();
    let mut workers = Vec::new();
    for worker in 0..WORKERS {
        let proxy = proxy.clone();
        workers.push(thread::spawn(move || {
            let mut primes = 0;
            for n in worker * RANGE..(worker + 1) * RANGE {
                if n >= 2 && (2..n).take_while(|d| d * d <= n).all(|d| n % d != 0) {
                    primes += 1;
                }
                if n % 100 == 99 {
                    // Never waits for the listeners. It fails only if the loop is gone or, had we
                    // given the loop a capacity, if its queue is full.
                    proxy.post(PROGRESS, (worker, primes)).unwrap();
                }
            }
            proxy.post(FOUND, (worker, primes)).unwrap();
        })); // Here the worker's proxy goes.
    }

    // The loop waits as long as anybody could still post. This proxy of ours is somebody, too: if we
    // kept it, `run` would never return.
    drop(proxy);
    let exit = event_loop.run().unwrap();

    for worker in workers {
        worker.join().unwrap();
    }
    found.borrow_mut().sort_unstable(); // Now the order does not depend on who was first.
    let mut below = 0;
    for &(worker, primes) in found.borrow().iter() {
        assert_eq!(latest.borrow()[worker as usize], primes);
        below += primes;
        say(format!("below {}: {below}", (worker + 1) * RANGE));
    }
    say(format!("the loop says: {exit:?}"));

    // A proxy may outlive its loop. Then `post` gives the payload back.
    let proxy = event_loop.proxy();
    drop(event_loop);
    let refused = proxy.post(FOUND, (4, 0)).unwrap_err();
    assert!(refused.is_closed());
    say(format!(
        "a post after the end comes back: {:?}",
        refused.into_payload()
    ));

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "3 workers count the primes below 3000",
            "the first results are in",
            "all results are in",
            "below 1000: 168",
            "below 2000: 303",
            "below 3000: 430",
            "the loop says: Completed",
            "a post after the end comes back: (4, 0)",
        ]
    );
}

static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

// Prints a line, and keeps it for the check at the end of `main`.
fn say(line: impl Into<String>) {
    let line = line.into();
    println!("{line}");
    SAID.lock().unwrap().push(line);
}
