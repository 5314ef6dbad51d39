//! How many events per second does one thread send to the loop of another?
//!
//! The time is from the start of the producer to the last call of the listener.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use oyez::Event;
use oyez::event_loop::Exit;
use tokio::sync::broadcast::{self, error::RecvError};

use crate::harness::{Contestant, Effort, run};
use crate::payload::{PAYLOAD, Payload, calls_during, captures};
use crate::table::{Row, Table, percent, time};

const EVENT: Event<Payload> = Event::new("payload");

/// How many events make the shortest sample: a thread is started for each.
const BATCH: u64 = 1000;

/// How many events tokio's ring holds; what comes before there is room again, it loses.
const RING: usize = 1 << 16;
const BROADCAST: &str = "tokio broadcast, ring of 65536";

pub(crate) fn tables(effort: Effort) -> Vec<Table> {
    let title = "another thread sends to the loop";
    let lost = Rc::new(Cell::new((0, 0)));
    let contestants = vec![
        Contestant::new(
            "reference: crossbeam-channel unbounded",
            BATCH,
            all(crossbeam),
        ),
        Contestant::new("oyez Proxy", BATCH, all(proxy)),
        Contestant::new("std mpsc", BATCH, all(mpsc)),
        Contestant::new("calloop channel", BATCH, all(calloop)),
        Contestant::new(BROADCAST, BATCH, {
            let lost = lost.clone();
            move |batches| broadcast(batches * BATCH, &lost)
        }),
    ];
    let mut results = run(title, effort, contestants);

    let head = [
        "contestant",
        "M events/s",
        "time of one",
        "spread",
        "× reference",
        "lost",
    ];
    let mut table = Table::new(title, &head);
    let reference = results[0].1.median();
    results.sort_by(|(_, a), (_, b)| a.median().total_cmp(&b.median()));
    for (name, times) in results {
        let (sent, lost) = if name == BROADCAST {
            lost.get()
        } else {
            (1, 0)
        };
        table.push(Row::new(name).cells([
            format!("{:.2}", 1e3 / times.median()),
            time(times.median()),
            percent(times.spread()),
            format!("{:.2}", times.median() / reference),
            percent(lost as f64 / sent as f64),
        ]));
    }
    vec![table.note("Medians. An event that was lost counts as sent.")]
}

/// `send_and_receive` has to call the listener for each event.
fn all(send_and_receive: impl Fn(u64) -> Duration) -> impl Fn(u64) -> Duration {
    move |batches| {
        let events = batches * BATCH;
        let mut took = Duration::ZERO;
        let calls = calls_during(|| took = send_and_receive(events));
        assert_eq!(calls, events, "an event was lost");
        took
    }
}

/// Runs `produce` on another thread while this one consumes: how long both take.
fn beside(produce: impl FnOnce() + Send, consume: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(produce);
        consume();
    });
    begun.elapsed()
}

/// The listener, behind the same pointer everywhere.
fn listener() -> Box<dyn Fn(&Payload)> {
    Box::new(captures())
}

fn crossbeam(events: u64) -> Duration {
    let (sender, receiver) = crossbeam_channel::unbounded();
    let listener = listener();
    beside(
        move || (0..events).for_each(|_| sender.send(PAYLOAD).expect("somebody receives")),
        || receiver.iter().for_each(|payload| listener(&payload)),
    )
}

fn mpsc(events: u64) -> Duration {
    let (sender, receiver) = std::sync::mpsc::channel();
    let listener = listener();
    beside(
        move || (0..events).for_each(|_| sender.send(PAYLOAD).expect("somebody receives")),
        || receiver.iter().for_each(|payload| listener(&payload)),
    )
}

fn proxy(events: u64) -> Duration {
    let event_loop = oyez::event_loop::EventLoop::new();
    event_loop.emitter().on(EVENT, captures());
    let proxy = event_loop.proxy();
    let post = move |_| proxy.post(EVENT, PAYLOAD).expect("the loop is there");
    beside(
        move || (0..events).for_each(post),
        // It ends when the last proxy is gone and nothing waits.
        || assert_eq!(event_loop.run(), Ok(Exit::Completed)),
    )
}

fn calloop(events: u64) -> Duration {
    use ::calloop::channel::{Event, channel};
    let mut event_loop = ::calloop::EventLoop::<bool>::try_new().expect("the system has a poller");
    let (sender, channel) = channel();
    let listener = listener();
    let dispatch = move |event, &mut (): &mut (), closed: &mut bool| match event {
        Event::Msg(payload) => listener(&payload),
        Event::Closed => *closed = true,
    };
    let inserted = event_loop.handle().insert_source(channel, dispatch);
    inserted.expect("a channel is a source");
    beside(
        move || (0..events).for_each(|_| sender.send(PAYLOAD).expect("the loop is there")),
        move || {
            let mut closed = false;
            while !closed {
                event_loop
                    .dispatch(None, &mut closed)
                    .expect("no source fails");
            }
        },
    )
}

/// Adds to `lost` how many were sent, and how many of these were lost.
fn broadcast(events: u64, lost: &Cell<(u64, u64)>) -> Duration {
    let (sender, mut receiver) = broadcast::channel(RING);
    let listener = listener();
    let (mut took, mut lagged) = (Duration::ZERO, 0);
    let receive = || loop {
        match receiver.blocking_recv() {
            Ok(payload) => listener(&payload),
            Err(RecvError::Lagged(behind)) => lagged += behind,
            Err(RecvError::Closed) => break,
        }
    };
    let send = move || {
        for _ in 0..events {
            sender.send(PAYLOAD).expect("somebody receives");
        }
    };
    let calls = calls_during(|| took = beside(send, receive));
    assert_eq!(
        calls + lagged,
        events,
        "an event is received, or it is said to be lost"
    );
    let (sent, before) = lost.get();
    lost.set((sent + events, before + lagged));
    took
}
