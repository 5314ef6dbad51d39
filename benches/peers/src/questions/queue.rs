//! What does an event cost that is posted and dispatched later, by the same thread, to one listener?

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::{Duration, Instant};

use bevy_ecs::message::Messages;
use oyez::Event;
use oyez::event_loop::{EventQueue, Exit};

use crate::harness::{Contestant, Effort, race};
use crate::other::Programs;
use crate::payload::{PAYLOAD, Payload, Sums, adds_to};
use crate::peers::{Peer, RawLoop};
use crate::table::Table;

const EVENT: Event<Payload> = Event::new("payload");

pub(crate) fn tables(effort: Effort, programs: &Programs) -> Vec<Table> {
    let table = |batch: usize| {
        let events = batch as u64;
        let mut contestants = vec![
            reference(events),
            event_queue(events),
            event_loop(events),
            bevy(events),
            calloop(events),
        ];
        contestants.extend(programs.contestants("queue", batch));
        race(
            &format!("post {batch} events, then dispatch them"),
            effort,
            contestants,
        )
        .note("The time of one event.")
    };
    [64, effort.size(1_000_000, 10_000)].map(table).into()
}

/// `post_and_dispatch` gets a number of events that are posted and then dispatched.
fn contestant<'a>(
    name: &'static str,
    batch: u64,
    mut sums: Sums,
    mut post_and_dispatch: impl FnMut(u64) + 'a,
) -> Contestant<'a> {
    Contestant::new(name, batch, move |batches| {
        let begun = Instant::now();
        for _ in 0..batches {
            post_and_dispatch(batch);
        }
        let took = begun.elapsed();
        sums.assert_each_called(name, batches * batch);
        took
    })
}

/// One sum, and its listener.
fn one_listener() -> (Sums, impl crate::payload::Listener) {
    let sums = Sums::new(1);
    let listener = adds_to(sums.iter().next().expect("one was asked for"));
    (sums, listener)
}

fn reference(batch: u64) -> Contestant<'static> {
    let (sums, listener) = one_listener();
    let mut raw = RawLoop::new();
    raw.on(listener);
    let mut queue = VecDeque::new();
    contestant(
        "reference: VecDeque and Vec<Box<dyn Fn>>",
        batch,
        sums,
        move |events| {
            for _ in 0..events {
                queue.push_back(black_box(PAYLOAD));
            }
            while let Some(payload) = black_box(&mut queue).pop_front() {
                raw.emit(&payload);
            }
        },
    )
}

fn event_queue(batch: u64) -> Contestant<'static> {
    let (sums, listener) = one_listener();
    let emitter = oyez::local::EventEmitter::new();
    emitter.on(EVENT, listener);
    let queue = EventQueue::new();
    contestant("oyez EventQueue", batch, sums, move |events| {
        for _ in 0..events {
            queue
                .post(EVENT, black_box(PAYLOAD))
                .expect("it has no bound");
        }
        queue.dispatch(&emitter);
    })
}

fn event_loop(batch: u64) -> Contestant<'static> {
    let (sums, listener) = one_listener();
    let event_loop = oyez::event_loop::EventLoop::new();
    event_loop.emitter().on(EVENT, listener);
    let handle = event_loop.handle();
    contestant("oyez EventLoop", batch, sums, move |events| {
        for _ in 0..events {
            handle
                .post(EVENT, black_box(PAYLOAD))
                .expect("it has no bound");
        }
        assert_eq!(event_loop.run(), Ok(Exit::Completed));
    })
}

fn bevy(batch: u64) -> Contestant<'static> {
    let (sums, listener) = one_listener();
    let listener: Box<dyn Fn(&Payload)> = Box::new(listener);
    let mut messages = Messages::<Payload>::default();
    contestant("bevy_ecs Messages, drained", batch, sums, move |events| {
        for _ in 0..events {
            messages.write(black_box(PAYLOAD));
        }
        messages.drain().for_each(|payload| listener(&payload));
    })
}

fn calloop(batch: u64) -> Contestant<'static> {
    let (sums, listener) = one_listener();
    let mut event_loop = calloop::EventLoop::<u64>::try_new().expect("the system has a poller");
    let (sender, channel) = calloop::channel::channel();
    let dispatch = move |event, &mut (): &mut (), received: &mut u64| {
        if let calloop::channel::Event::Msg(payload) = event {
            listener(&payload);
            *received += 1;
        }
    };
    let inserted = event_loop.handle().insert_source(channel, dispatch);
    inserted.expect("a channel is a source");
    contestant("calloop channel", batch, sums, move |events| {
        for _ in 0..events {
            sender.send(black_box(PAYLOAD)).expect("the loop is there");
        }
        let mut received = 0;
        while received < events {
            let turn = event_loop.dispatch(Some(Duration::ZERO), &mut received);
            turn.expect("no source fails");
        }
    })
}
