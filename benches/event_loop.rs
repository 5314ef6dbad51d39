//! What does the event loop cost, and how soon does it wake?
//!
//! Dimensions: who posts (a handle, another thread), how many wait, whether the loop sleeps, events or
//! timers. Call stack and all, but without an inspector. The controls are what one would use from
//! `std`: a `VecDeque`, a channel, a `Mutex` with a `Condvar`, a `BinaryHeap` of closures.

mod common;

use std::cell::{Cell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use common::measure::{Bench, bench, time};
use common::table::{Spread, Unit, quantile};
use common::work::post_and_run;
use common::{EVENT, PAYLOAD, Random, adding, adds_to, assert_all, deferred_by_hand, raw, sums};
use oyez::Event;
use oyez::event_loop::{EventLoop, Exit, Turn, VirtualClock};

/// The payload is when it was posted.
const WAKE: Event<Instant> = Event::new("wake");

const TIMERS: usize = 100_000;
/// Long enough for the other thread to have gone to sleep.
const BETWEEN_WAKES: Duration = Duration::from_micros(200);
const WAKE_SAMPLES: usize = 20;

fn main() {
    bench(
        "event_loop",
        "the time of one event, timer or wake",
        |bench| {
            posts(bench);
            proxy(bench);
            wake(bench);
            timers(bench);
        },
    );
}

fn posts(bench: &mut Bench) {
    let batches = [
        ("1 post, then a turn", 1, 20),
        ("64 posts, then a run", 64, 20),
        ("1,000,000 posts, then a run", 1_000_000, 10),
    ];
    for (title, batch, samples) in batches {
        bench.section(title, Unit::Seconds, |cases| {
            cases.each(batch).samples(samples);
            cases.control("VecDeque and Vec<Box<dyn Fn>>", move || {
                deferred_by_hand(batch)
            });
            if batch == 1 {
                cases.case("post, turn", 10.0, post_and_turn);
            } else {
                cases.case("post, run", 10.0, || post_and_run(batch));
            }
        });
    }
}

fn post_and_turn() -> impl FnMut(u64) -> Duration {
    let called = sums(1);
    let event_loop = EventLoop::new();
    event_loop.emitter().on(EVENT, adds_to(&called[0]));
    let handle = event_loop.handle();
    adding(called, 1, move || {
        handle.post(EVENT, PAYLOAD).expect("no bound");
        assert!(matches!(event_loop.turn(), Ok(Turn::Ran(_))));
    })
}

fn proxy(bench: &mut Bench) {
    let title = "events per second from another thread";
    bench.section(title, Unit::PerSecond, |cases| {
        cases.control("mpsc::channel and Vec<Box<dyn Fn>>", || by_channel);
        cases.case("Proxy::post, run", None, || by_proxy);
    });
}

fn by_channel(events: u64) -> Duration {
    let called = sums(1);
    let listeners = raw(&called);
    let (sender, receiver) = mpsc::channel();
    let begun = Instant::now();
    thread::scope(|scope| {
        scope.spawn(move || {
            (0..events).for_each(|_| sender.send(PAYLOAD).expect("the receiver lives"));
        });
        for payload in receiver {
            for listener in &listeners {
                listener(&payload);
            }
        }
    });
    let elapsed = begun.elapsed();
    assert_all(&called, events);
    elapsed
}

fn by_proxy(events: u64) -> Duration {
    let called = sums(1);
    let event_loop = EventLoop::new();
    event_loop.emitter().on(EVENT, adds_to(&called[0]));
    let proxy = event_loop.proxy();
    let begun = Instant::now();
    thread::scope(|scope| {
        scope.spawn(move || {
            (0..events).for_each(|_| proxy.post(EVENT, PAYLOAD).expect("the loop lives"));
        });
        // It ends when the proxy is gone.
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
    });
    let elapsed = begun.elapsed();
    assert_all(&called, events);
    elapsed
}

/// The latencies, not their mean, are what is shown: those of all wakes of the samples that count.
fn wake(bench: &mut Bench) {
    let mut by_condvar = Latencies::default();
    let mut by_proxy = Latencies::default();
    bench.section("a wake of a sleeping thread", Unit::Seconds, |cases| {
        cases.samples(WAKE_SAMPLES);
        cases.unshown("by Condvar and by Proxy::post, in turn", || {
            |n| by_condvar.add(wakes_of_condvar(n)) + by_proxy.add(wakes_of_loop(n))
        });
    });
    for (title, at) in [("median", 0.5), ("99th percentile", 0.99)] {
        let title = format!("from a post to a sleeping thread until it runs, {title}");
        bench.section(&title, Unit::Seconds, |cases| {
            if let (Some(control), Some(wake)) = (by_condvar.quantile(at), by_proxy.quantile(at)) {
                let ratio = Some(Spread::exact(wake / control));
                cases
                    .shown
                    .control("Mutex and Condvar", Spread::exact(control));
                cases
                    .shown
                    .case("Proxy::post", Spread::exact(wake), ratio, Some(1.2));
            }
        });
    }
}

/// The latencies of each sample.
#[derive(Default)]
struct Latencies(Vec<Vec<Duration>>);

impl Latencies {
    /// Answers with the sum.
    fn add(&mut self, latencies: Vec<Duration>) -> Duration {
        let sum = latencies.iter().sum();
        self.0.push(latencies);
        sum
    }

    /// Of the samples that follow the warm-up; none, if it was only tried.
    fn quantile(&self, at: f64) -> Option<f64> {
        let warm_up = self.0.len().checked_sub(WAKE_SAMPLES)?;
        let latencies = self.0[warm_up..].iter().flatten();
        let mut latencies: Vec<f64> = latencies.map(Duration::as_secs_f64).collect();
        latencies.sort_by(f64::total_cmp);
        Some(quantile(&latencies, at))
    }
}

/// Calls `wake` `n` times, each when the thread that counts in `woken` sleeps again.
fn wakes(n: u64, woken: &AtomicU64, wake: impl Fn(Instant)) {
    for i in 0..n {
        while woken.load(SeqCst) < i {
            thread::yield_now();
        }
        thread::sleep(BETWEEN_WAKES);
        wake(Instant::now());
    }
}

fn wakes_of_condvar(n: u64) -> Vec<Duration> {
    let posted = Mutex::new(None);
    let condvar = Condvar::new();
    let woken = AtomicU64::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            wakes(n, &woken, |now| {
                *posted.lock().expect("nobody panics") = Some(now);
                condvar.notify_one();
            });
        });
        let next = |_| {
            let posted = posted.lock().expect("nobody panics");
            let posted = condvar.wait_while(posted, |posted| posted.is_none());
            let latency = posted.expect("nobody panics").take().map(|at| at.elapsed());
            woken.fetch_add(1, SeqCst);
            latency.expect("waited for")
        };
        (0..n).map(next).collect()
    })
}

fn wakes_of_loop(n: u64) -> Vec<Duration> {
    let latencies = Rc::new(RefCell::new(Vec::new()));
    let woken = Arc::new(AtomicU64::new(0));
    let event_loop = EventLoop::new();
    event_loop.emitter().on(WAKE, {
        let (latencies, woken) = (Rc::clone(&latencies), Arc::clone(&woken));
        move |posted| {
            latencies.borrow_mut().push(posted.elapsed());
            woken.fetch_add(1, SeqCst);
        }
    });
    let proxy = event_loop.proxy();
    thread::scope(|scope| {
        scope.spawn(|| {
            let proxy = proxy;
            wakes(n, &woken, |now| {
                proxy.post(WAKE, now).expect("the loop lives")
            });
        });
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
    });
    let latencies = latencies.take();
    assert_eq!(latencies.len() as u64, n);
    latencies
}

fn timers(bench: &mut Bench) {
    let title = "100,000 timers armed without a pattern, then fired in order";
    bench.section(title, Unit::Seconds, |cases| {
        cases.each(TIMERS).samples(15);
        cases.control("BinaryHeap of boxed closures", || firing(fire_by_hand));
        cases.case("set_timeout, run", 1.5, || firing(fire_by_loop));
    });
}

/// What has fired: how many, and the last one's delay.
#[derive(Default)]
struct Fired {
    count: Cell<usize>,
    last: Cell<u64>,
}

impl Fired {
    /// What each timer does.
    fn fire(&self, delay: u64) {
        assert!(self.last.replace(delay) <= delay);
        self.count.set(self.count.get() + 1);
    }
}

fn firing(fire: impl Fn(&[u64], &Rc<Fired>)) -> impl FnMut(u64) -> Duration {
    let mut random = Random::new();
    let delays: Vec<u64> = (0..TIMERS)
        .map(|_| random.below(1_000_000) as u64)
        .collect();
    move |iterations| {
        time(iterations, || {
            let fired = Rc::new(Fired::default());
            fire(black_box(&delays), &fired);
            assert_eq!(fired.count.get(), delays.len());
        })
    }
}

fn fire_by_loop(delays: &[u64], fired: &Rc<Fired>) {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let handle = event_loop.handle();
    for &delay in delays {
        let fired = Rc::clone(fired);
        handle.set_timeout(Duration::from_micros(delay), move |_| fired.fire(delay));
    }
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
}

/// A timer of the control. Earlier ones are greater, since a heap gives back its greatest.
struct Timer {
    due: Reverse<(Instant, usize)>,
    task: Box<dyn FnOnce()>,
}

impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.due == other.due
    }
}

impl Eq for Timer {}

impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.due.cmp(&other.due)
    }
}

fn fire_by_hand(delays: &[u64], fired: &Rc<Fired>) {
    let now = Instant::now();
    let mut heap = BinaryHeap::new();
    for (number, &delay) in delays.iter().enumerate() {
        let fired = Rc::clone(fired);
        heap.push(Timer {
            due: Reverse((now + Duration::from_micros(delay), number)),
            task: Box::new(move || fired.fire(delay)),
        });
    }
    while let Some(timer) = heap.pop() {
        (timer.task)();
    }
}
