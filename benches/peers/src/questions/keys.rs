//! What does it cost to find an event among 1024, each with one listener?

use std::hint::black_box;
use std::time::Instant;

use super::each;
use crate::harness::{Contestant, Effort, race};
use crate::other::Programs;
use crate::payload::{PAYLOAD, Sums, adds_to};
use crate::peers::*;
use crate::random;
use crate::table::Table;

const EVENTS: usize = 1024;

pub(crate) fn tables(effort: Effort, programs: &Programs) -> Vec<Table> {
    let mut contestants = each![contestant() for
        ArrayOf<RawLoop>, ArrayOf<LocalSignal>, ArrayOf<SharedSignal>, LocalEmitter, SharedEmitter,
        ArrayOf<Signals2>, ArrayOf<RxLocal>, ArrayOf<RxShared>, HeyListen,
        AsyncEventEmitter, EventEmitterRs,
    ];
    contestants.extend(programs.contestants("keys", EVENTS));
    let table = race(
        &format!("{EVENTS} events, emit of a random one"),
        effort,
        contestants,
    );
    vec![table.note("Where the name says nothing else, it is an array of emitters of one event.")]
}

fn contestant<K: Keyed>() -> Contestant<'static> {
    let mut sums = Sums::new(EVENTS);
    let mut peer = K::new(EVENTS);
    for (event, sum) in sums.iter().enumerate() {
        peer.on(event, adds_to(sum));
    }
    // Each event as often as every other, so that the sums can be checked.
    let order = random::shuffled(EVENTS);
    Contestant::new(K::NAME, EVENTS as u64, move |rounds| {
        let begun = Instant::now();
        for _ in 0..rounds {
            for &event in &order {
                black_box(&mut peer).emit(event, black_box(&PAYLOAD));
            }
        }
        let took = begun.elapsed();
        sums.assert_each_called(K::NAME, rounds);
        took
    })
}
