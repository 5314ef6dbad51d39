//! What does a listener cost that is called once: added, called, removed?

use std::hint::black_box;
use std::time::Instant;

use super::each;
use crate::harness::{Contestant, Effort, race};
use crate::other::Programs;
use crate::payload::{PAYLOAD, Payload, calls_during, captures};
use crate::peers::*;
use crate::table::Table;

pub(crate) fn tables(effort: Effort, programs: &Programs) -> Vec<Table> {
    let mut contestants = vec![reference()];
    contestants.extend(each![contestant() for
        LocalSignal, LocalEmitter, SharedSignal, SharedEmitter,
        Signals2, HeyListen, AsyncEventEmitter, EventEmitterRs,
    ]);
    contestants.extend(programs.contestants("once", 1));
    vec![race("once and emit", effort, contestants)]
}

fn reference() -> Contestant<'static> {
    type Listener = Box<dyn FnOnce(&Payload)>;
    let mut list: Vec<Listener> = Vec::new();
    timed("reference: Vec<Box<dyn FnOnce>>, drained", move || {
        list.push(Box::new(captures()));
        black_box(&mut list)
            .drain(..)
            .for_each(|listener| listener(black_box(&PAYLOAD)));
    })
}

fn contestant<P: Peer>() -> Contestant<'static> {
    let mut peer = P::new();
    timed(P::NAME, move || {
        assert_eq!(peer.once(captures()), Offer::Done);
        black_box(&mut peer).emit(black_box(&PAYLOAD));
    })
}

fn timed(name: &'static str, mut once_and_emit: impl FnMut() + 'static) -> Contestant<'static> {
    Contestant::new(name, 1, move |times| {
        let begun = Instant::now();
        let mut took = begun.elapsed();
        let calls = calls_during(|| {
            (0..times).for_each(|_| once_and_emit());
            took = begun.elapsed();
        });
        assert_eq!(calls, times, "{name} is not once");
        took
    })
}
