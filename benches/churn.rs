//! What does it cost to add and remove a listener?
//!
//! Dimensions: how many others there are (0, 100, 10,000), which one goes (the newest, the oldest,
//! any), many at once, `once`, and the flavour. The controls are one allocation of a closure of the
//! same size, and a hand-written list whose dead entries are swept.

mod common;

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::Duration;

use common::measure::{Bench, bench, time};
use common::table::Unit;
use common::{Listener, PAYLOAD, Payload, Random, captures_16};
use oyez::generic::{Flavour, Keeps, Moves, Signal};

/// Listeners that are added, then removed without a pattern.
const MANY: usize = 100_000;

fn main() {
    bench("churn", "the time of adding and removing one", |bench| {
        beside(bench, "beside no other", 0);
        beside(bench, "beside 100 others", 100);
        beside(bench, "beside 10,000 others", 10_000);
        many(bench);
        once(bench);
    });
}

fn beside(bench: &mut Bench, title: &str, others: usize) {
    bench.section(title, Unit::Seconds, |cases| {
        cases.control("Box, allocated and freed", || {
            |n| time(n, || Box::new(captures_16()) as Listener)
        });
        let local = || filled(oyez::local::Signal::new(), others, captures_16);
        let shared = || filled(oyez::Signal::new(), others, captures_16);
        cases.case("local, newest", 3.0, || newest(local().0, captures_16));
        cases.case("shared, newest", 8.0, || newest(shared().0, captures_16));
        if others > 0 {
            cases.case("local, oldest", 3.0, || oldest(local(), captures_16));
            cases.case("shared, oldest", 8.0, || oldest(shared(), captures_16));
            cases.case("local, any", 3.0, || any(local(), captures_16));
            cases.case("shared, any", 8.0, || any(shared(), captures_16));
        }
    });
}

/// A signal with listeners, and their ids.
type Filled<K> = (Signal<Payload, K>, VecDeque<oyez::ListenerId>);

fn filled<K, F>(signal: Signal<Payload, K>, others: usize, listener: impl Fn() -> F) -> Filled<K>
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let ids = (0..others).map(|_| signal.on(listener())).collect();
    (signal, ids)
}

fn newest<K, F>(signal: Signal<Payload, K>, listener: impl Fn() -> F) -> impl FnMut(u64) -> Duration
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    keeping_count(signal, move |signal| signal.off(signal.on(listener())))
}

fn oldest<K, F>(
    (signal, mut ids): Filled<K>,
    listener: impl Fn() -> F,
) -> impl FnMut(u64) -> Duration
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    keeping_count(signal, move |signal| {
        ids.push_back(signal.on(listener()));
        let oldest = ids.pop_front().expect("one was added");
        signal.off(oldest)
    })
}

fn any<K, F>((signal, mut ids): Filled<K>, listener: impl Fn() -> F) -> impl FnMut(u64) -> Duration
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let mut random = Random::new();
    keeping_count(signal, move |signal| {
        let place = random.below(ids.len());
        let new = signal.on(listener());
        signal.off(std::mem::replace(&mut ids[place], new))
    })
}

/// Times `churn`, which adds one and removes one; asserts that as many are left, and are called.
fn keeping_count<K: Flavour>(
    signal: Signal<Payload, K>,
    mut churn: impl FnMut(&Signal<Payload, K>) -> bool,
) -> impl FnMut(u64) -> Duration {
    let count = signal.listener_count();
    let mut run = move |iterations| {
        let mut removed = 0;
        let elapsed = time(iterations, || removed += u64::from(churn(&signal)));
        assert_eq!(removed, iterations);
        assert_eq!(signal.emit(&PAYLOAD), count);
        elapsed
    };
    run(1);
    run
}

fn many(bench: &mut Bench) {
    let title = "100,000 added, then removed without a pattern";
    bench.section(title, Unit::Seconds, |cases| {
        cases.each(MANY).samples(15);
        cases.control("list with tombstones", || {
            let order = Random::new().order(MANY);
            move |n| time(n, || add_and_remove_by_hand(&order))
        });
        cases.case("local", 1.5, || {
            let order = Random::new().order(MANY);
            move |n| {
                time(n, || {
                    add_and_remove(oyez::local::Signal::new(), &order, captures_16)
                })
            }
        });
        cases.case("shared", 3.0, || {
            let order = Random::new().order(MANY);
            move |n| {
                time(n, || {
                    add_and_remove(oyez::Signal::new(), &order, captures_16)
                })
            }
        });
    });
}

fn add_and_remove<K, F>(signal: Signal<Payload, K>, order: &[usize], listener: impl Fn() -> F)
where
    K: Flavour + Keeps<F>,
    F: Fn(&Payload) + 'static,
{
    let (signal, ids) = filled(signal, order.len(), listener);
    let removed = order.iter().filter(|place| signal.off(ids[**place]));
    assert_eq!(removed.count(), order.len());
    assert!(!signal.has_listeners());
}

fn add_and_remove_by_hand(order: &[usize]) {
    let mut list = Tombstones::default();
    let ids: Vec<_> = order
        .iter()
        .map(|_| list.add(Box::new(captures_16())))
        .collect();
    let removed = order.iter().filter(|place| list.remove(ids[**place]));
    assert_eq!(removed.count(), order.len());
    assert_eq!(list.dead, list.entries.len());
}

/// What one writes when removing has to be fast: a list in order whose entries die in place, and are
/// swept when half are dead. An id is an index into `places`, which is never shortened; that would be
/// the next thing to write.
#[derive(Default)]
struct Tombstones {
    entries: Vec<Option<(usize, Listener)>>,
    places: Vec<usize>,
    dead: usize,
}

impl Tombstones {
    fn add(&mut self, listener: Listener) -> usize {
        let id = self.places.len();
        self.places.push(self.entries.len());
        self.entries.push(Some((id, listener)));
        id
    }

    fn remove(&mut self, id: usize) -> bool {
        let entry = self.entries.get_mut(self.places[id]);
        let Some(removed) = entry.and_then(|entry| entry.take_if(|(other, _)| *other == id)) else {
            return false;
        };
        drop(removed);
        self.dead += 1;
        if self.dead * 2 > self.entries.len() {
            self.sweep();
        }
        true
    }

    fn sweep(&mut self) {
        self.entries.retain(Option::is_some);
        self.dead = 0;
        for (place, (id, _)) in self.entries.iter().flatten().enumerate() {
            self.places[*id] = place;
        }
    }
}

fn once(bench: &mut Bench) {
    bench.section("once, then an emit", Unit::Seconds, |cases| {
        cases.control("Box<dyn FnOnce>, called and freed", || {
            |n| {
                time(n, || {
                    let listener: Box<dyn FnOnce(&Payload)> = Box::new(captures_16());
                    black_box(listener)(black_box(&PAYLOAD));
                })
            }
        });
        cases.case("local", 3.0, || {
            once_and_emit(oyez::local::Signal::new(), captures_16)
        });
        cases.case("shared", 8.0, || {
            once_and_emit(oyez::Signal::new(), captures_16)
        });
    });
}

fn once_and_emit<K, F>(
    signal: Signal<Payload, K>,
    listener: impl Fn() -> F,
) -> impl FnMut(u64) -> Duration
where
    K: Flavour + Moves<F>,
    F: FnOnce(&Payload) + 'static,
{
    keeping_count(signal, move |signal| {
        signal.once(listener());
        signal.emit(black_box(&PAYLOAD)) == 1
    })
}
