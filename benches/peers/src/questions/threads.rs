//! Do two threads that emit the same signal get in each other's way?

use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use super::each;
use crate::harness::{Contestant, Effort, run};
use crate::other::Programs;
use crate::payload::{PAYLOAD, calls_by_this_thread, counts_by_thread};
use crate::peers::*;
use crate::table::{Row, Table, listeners, percent};

/// How many emits make the shortest sample: threads are started for each.
const BATCH: u64 = 1000;

pub(crate) fn tables(effort: Effort, programs: &Programs) -> Vec<Table> {
    [1, 10].map(|n| table(n, effort, programs)).into()
}

fn table(n: usize, effort: Effort, programs: &Programs) -> Table {
    let by = |threads| {
        let mut contestants = each![contestant(threads, n) for
            RawShared, SharedSignal, SharedEmitter, Signals2, ModEvents, AsyncEventEmitter,
        ];
        let question = if threads == 1 {
            "one-thread"
        } else {
            "two-threads"
        };
        contestants.extend(programs.contestants(question, n));
        contestants
    };
    let title = format!("one and two threads emit the same signal, {}", listeners(n));
    let mut contestants = by(1);
    contestants.extend(by(2));
    let times = run(&title, effort, contestants);
    let (one, two) = times.split_at(times.len() / 2);

    let head = [
        "contestant",
        "1 thread, M/s",
        "spread",
        "2 threads, M/s",
        "spread",
        "scaling",
    ];
    let mut table = Table::new(&title, &head);
    let mut rows: Vec<_> = one.iter().zip(two).collect();
    rows.sort_by(|a, b| a.1.1.median().total_cmp(&b.1.1.median()));
    for ((name, one), (_, two)) in rows {
        table.push(Row::new(name).cells([
            format!("{:.2}", 1e3 / one.median()),
            percent(one.spread()),
            format!("{:.2}", 1e3 / two.median()),
            percent(two.spread()),
            format!("{:.2}", one.median() / two.median()),
        ]));
    }
    table
        .note("Millions of emits per second, of both threads together: medians.")
        .note("The reference shares nothing that is written: how it scales says how many cores were free.")
}

fn contestant<P: Peer + Send>(threads: u64, n: usize) -> Contestant<'static> {
    let mut peer = P::new();
    for _ in 0..n {
        peer.on(counts_by_thread());
    }
    Contestant::new(P::NAME, threads * BATCH, move |batches| {
        let emits = batches * BATCH;
        let handles = (0..threads).map(|_| peer.handle().expect("a peer for threads has handles"));
        emit_by(handles.collect(), emits, emits * n as u64)
    })
}

/// Each handle emits on a thread of its own: the time from the first start to the last end.
///
/// The threads themselves look at the clock: this one may not be woken before they are done.
fn emit_by<P: Peer + Send>(handles: Vec<P>, emits: u64, calls: u64) -> Duration {
    let start = Barrier::new(handles.len());
    let emit = |mut handle: P| {
        // A thread's first emit may have to make itself known.
        handle.emit(&PAYLOAD);
        let before = calls_by_this_thread();
        start.wait();
        let begun = Instant::now();
        for _ in 0..emits {
            black_box(&mut handle).emit(black_box(&PAYLOAD));
        }
        let ended = Instant::now();
        assert_eq!(
            calls_by_this_thread() - before,
            calls,
            "{} lost a call",
            P::NAME
        );
        (begun, ended)
    };
    std::thread::scope(|scope| {
        let emit = &emit;
        let threads: Vec<_> = handles
            .into_iter()
            .map(|handle| scope.spawn(move || emit(handle)))
            .collect();
        let times = threads
            .into_iter()
            .map(|thread| thread.join().expect("no emit panics"));
        let (begun, ended): (Vec<_>, Vec<_>) = times.unzip();
        let (first, last) = (begun.into_iter().min(), ended.into_iter().max());
        last.zip(first)
            .map_or(Duration::ZERO, |(last, first)| last - first)
    })
}
