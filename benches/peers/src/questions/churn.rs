//! What does it cost to add one listener and to remove one, beside others?
//!
//! The one that goes is the one just added, the oldest one, or any.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::hint::black_box;
use std::rc::Rc;
use std::time::Instant;

use super::each;
use crate::harness::{Contestant, Effort, race};
use crate::other::Programs;
use crate::payload::{PAYLOAD, calls_during, captures_for_threads};
use crate::peers::*;
use crate::random;
use crate::table::Table;

/// Which listener goes.
#[derive(Clone, Copy)]
enum Which {
    Newest,
    Oldest,
    Random,
}

/// How many steps of the random order are made beforehand. It starts over at its end.
const ORDER: usize = 1 << 16;

pub(crate) fn tables(effort: Effort, programs: &Programs) -> Vec<Table> {
    [0, 100, effort.size(10_000, 1000)]
        .into_iter()
        .flat_map(|others| beside(others, effort, programs))
        .collect()
}

fn beside(others: usize, effort: Effort, programs: &Programs) -> Vec<Table> {
    let lists = each![list(others) for
        LocalSignal, LocalEmitter, SharedSignal, SharedEmitter, Signals2, RxLocal, RxShared,
        BevyObservers, ModEvents, AsyncEventEmitter, EventEmitterRs,
    ];
    let table = |(which, word, removed): (Which, &str, &str)| {
        let mut contestants = vec![reference()];
        contestants.extend(lists.iter().map(|list| list.contestant(which)));
        contestants.extend(programs.contestants(&format!("churn-{word}"), others));
        let title = format!("add one, remove {removed}, beside {others} others");
        race(&title, effort, contestants)
    };
    let all = [
        (Which::Newest, "newest", "the newest"),
        (Which::Oldest, "oldest", "the oldest"),
        (Which::Random, "random", "a random one"),
    ];
    // Without others, the newest is the only one.
    let some = if others == 0 { 1 } else { all.len() };
    let tables = all.into_iter().take(some).map(table).collect();
    lists.iter().for_each(|list| list.check());
    tables
}

/// What every owned listener costs at least.
fn reference() -> Contestant<'static> {
    Contestant::new("reference: one Box, made and freed", 1, |pairs| {
        let begun = Instant::now();
        for _ in 0..pairs {
            drop(black_box(Box::new(captures_for_threads())));
        }
        begun.elapsed()
    })
}

/// A peer with listeners, in the order of their age.
struct List<P: Peer> {
    peer: P,
    ids: VecDeque<P::Id>,
    order: std::iter::Cycle<std::vec::IntoIter<usize>>,
}

impl<P: Peer> List<P> {
    fn new(others: usize) -> Self {
        let mut peer = P::new();
        let ids = (0..others)
            .map(|_| peer.on(captures_for_threads()))
            .collect();
        let order = random::below(others.max(1), ORDER).into_iter().cycle();
        Self { peer, ids, order }
    }

    fn add_and_remove(&mut self, which: Which) {
        let added = self.peer.on(captures_for_threads());
        let removed = match which {
            Which::Newest => added,
            Which::Oldest => {
                self.ids.push_back(added);
                self.ids.pop_front().expect("one was just added")
            }
            Which::Random => {
                let place = self.order.next().expect("a circle has no end");
                std::mem::replace(&mut self.ids[place], added)
            }
        };
        assert_eq!(self.peer.off(removed), Offer::Done);
    }

    /// Those that should be there are, and nobody else.
    fn check(&mut self) {
        let calls = calls_during(|| self.peer.emit(&PAYLOAD));
        assert_eq!(calls, self.ids.len() as u64, "{} lost a listener", P::NAME);
    }
}

/// The list of one peer, whichever it is: the same for all tables.
trait AnyList {
    fn contestant(&self, which: Which) -> Contestant<'static>;
    fn check(&self);
}

fn list<P: Peer>(others: usize) -> Box<dyn AnyList> {
    Box::new(Rc::new(RefCell::new(List::<P>::new(others))))
}

impl<P: Peer> AnyList for Rc<RefCell<List<P>>> {
    fn contestant(&self, which: Which) -> Contestant<'static> {
        let list = self.clone();
        Contestant::new(P::NAME, 1, move |pairs| {
            let mut list = list.borrow_mut();
            let begun = Instant::now();
            for _ in 0..pairs {
                black_box(&mut *list).add_and_remove(which);
            }
            begun.elapsed()
        })
    }

    fn check(&self) {
        self.borrow_mut().check();
    }
}
