//! What does an emit cost, on one thread, with 0 to 1000 listeners?

use std::hint::black_box;
use std::time::Instant;

use super::each;
use crate::harness::{Contestant, Effort, race};
use crate::other::Programs;
use crate::payload::{PAYLOAD, Sums, adds_to};
use crate::peers::*;
use crate::table::{Table, listeners};

pub(crate) fn tables(effort: Effort, programs: &Programs) -> Vec<Table> {
    let table = |n| {
        let mut contestants = each![contestant(n) for
            RawLoop, LocalSignal, LocalEmitter, SharedSignal, SharedEmitter,
            Signals2, RxLocal, RxShared, BevyObservers, ModEvents, HeyListen,
            AsyncEventEmitter, EventEmitterRs,
        ];
        contestants.extend(programs.contestants("emit", n));
        race(&format!("emit, {}", listeners(n)), effort, contestants)
    };
    let sizes = [0, 1, 10, 100, 1000];
    sizes
        .into_iter()
        .take(effort.size(5, 4))
        .map(table)
        .collect()
}

fn contestant<P: Peer>(n: usize) -> Contestant<'static> {
    let mut sums = Sums::new(n);
    let mut peer = P::new();
    for sum in sums.iter() {
        peer.on(adds_to(sum));
    }
    Contestant::new(P::NAME, 1, move |emits| {
        let begun = Instant::now();
        for _ in 0..emits {
            black_box(&mut peer).emit(black_box(&PAYLOAD));
        }
        let took = begun.elapsed();
        sums.assert_each_called(P::NAME, emits);
        took
    })
}
