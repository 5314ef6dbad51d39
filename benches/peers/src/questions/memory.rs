//! How much is on the heap, and what allocates?

use crate::harness::Effort;
use crate::heap::measure;
use crate::other::Programs;
use crate::payload::{PAYLOAD, captures};
use crate::peers::*;
use crate::table::{Row, Table};

const EMITS: usize = 100;

pub(crate) fn tables(effort: Effort, programs: &Programs) -> Vec<Table> {
    let listeners = effort.size(10_000, 1000);
    let title = format!("heap: {listeners} listeners that capture 16 bytes");
    let head = [
        "contestant",
        "bytes per listener",
        "bytes when empty",
        "allocations per emit, 1 listener",
    ];
    let mut table = Table::new(&title, &head);
    let mut rows = Vec::new();
    macro_rules! peers {
        ($($Peer:ty),+ $(,)?) => { $(rows.push((<$Peer as Peer>::NAME.to_owned(), usage::<$Peer>(listeners)));)+ };
    }
    peers![
        RawLoop,
        LocalSignal,
        LocalEmitter,
        SharedSignal,
        SharedEmitter,
        Signals2,
        RxLocal,
        RxShared,
        BevyObservers,
        ModEvents,
        HeyListen,
        AsyncEventEmitter,
        EventEmitterRs,
    ];
    rows.extend(programs.memory(listeners));
    rows.sort_by(|(_, a), (_, b)| a[0].total_cmp(&b[0]));
    for (name, [per_listener, empty, allocations]) in rows {
        table.push(Row::new(name).cells([
            format!("{per_listener:.0}"),
            format!("{empty:.0}"),
            format!("{allocations:.1}"),
        ]));
    }
    vec![table.note("What was asked of the allocator, with what stands behind ids. Slack of the last growth counts. No spread: it is the same in each run.")]
}

/// Bytes per listener, bytes of an empty emitter, allocations per emit.
fn usage<P: Peer>(listeners: usize) -> [f64; 3] {
    // What a process or a thread needs once is not the emitter's.
    let mut first = P::new();
    let id = first.on(captures());
    first.emit(&PAYLOAD);
    let (_, _, allocations) = measure(|| (0..EMITS).for_each(|_| first.emit(&PAYLOAD)));
    first.off(id);

    let (mut peer, empty, _) = measure(P::new);
    let mut ids = Vec::with_capacity(listeners);
    let ((), bytes, _) = measure(|| ids.extend((0..listeners).map(|_| peer.on(captures()))));
    [
        bytes as f64 / listeners as f64,
        empty as f64,
        allocations as f64 / EMITS as f64,
    ]
}
