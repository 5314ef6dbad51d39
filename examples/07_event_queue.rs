//! Event queue: post an event now, dispatch it later.
//!
//! What it shows: `emit` calls the listeners at once. `post` puts the event in a queue, where it
//! waits, with its payload, until somebody dispatches it. What waits can be looked at and cancelled,
//! and how much may wait can be bounded.
//!
//! How to run it: `cargo run --example 07_event_queue`
//!
//! What you will see:
//!
//! ```text
//! > emit is now
//! welcome, ada
//! ada is at the table
//! > post is later
//! bob, carol and dave are at the door
//! waiting: #1 joined
//! waiting: #2 joined
//! waiting: #3 joined
//! carol changes her mind: true
//! > dispatch
//! welcome, bob
//! welcome, dave
//! dispatched: 2, waiting: 0
//! > emit and post from inside of a listener
//! welcome, erin
//! host: let me see ..
//!   to all: emitted
//! host: .. have a seat
//! dispatched: 1, waiting: 1
//!   to all: posted
//! dispatched: 1, waiting: 0
//! > a queue for two
//! frank may wait: true
//! grace may wait: true
//! heidi may wait: false
//! ```

use std::sync::Mutex;

use oyez::Event;
use oyez::event_loop::EventQueue;
use oyez::local::EventEmitter;

const JOINED: Event<str> = Event::new("joined");
const NOTICE: Event<str> = Event::new("notice");

fn main() {
    let chat = EventEmitter::new();
    chat.on(JOINED, |who| say(format!("welcome, {who}")));
    chat.on(NOTICE, |text| say(format!("  to all: {text}")));

    // What all examples did so far: when `emit` returns, the listeners have been called.
    say("> emit is now");
    chat.emit(JOINED, "ada");
    say("ada is at the table");

    // A queue knows no listeners. It keeps events, first in, first out, and so it takes payloads
    // that can wait: what you give away, or what lives for ever, but nothing that you only lend.
    let queue = EventQueue::new();
    say("> post is later");
    queue.post(JOINED, "bob").unwrap();
    let carol = queue.post(JOINED, String::from("carol")).unwrap();
    queue.post(JOINED, "dave").unwrap();
    say("bob, carol and dave are at the door"); // No listener has been called.

    // An event that waits is data. `events` is a copy of the list, so looking changes nothing.
    for waiting in queue.events() {
        say(format!("waiting: {} {}", waiting.id(), waiting.event()));
    }

    // `post` answers an id: the means to take exactly this event back. Ids are not used again.
    say(format!("carol changes her mind: {}", queue.cancel(carol)));

    // To dispatch is to emit what waits. The queue lends each payload to the listeners of this
    // emitter, then drops it.
    say("> dispatch");
    let dispatched = queue.dispatch(&chat);
    let waiting = queue.len();
    say(format!("dispatched: {dispatched}, waiting: {waiting}"));

    // The difference matters most inside of a listener. The emit runs in the middle of it. The post
    // waits behind everything else that waits, and even longer: `dispatch` is done with the events
    // that were there when it began, so a listener that always posts cannot keep it for ever.
    say("> emit and post from inside of a listener");
    let weak = chat.downgrade();
    let later = queue.clone(); // The same queue: a clone is another handle to it.
    chat.on(JOINED, move |_| {
        say("host: let me see ..");
        later.post(NOTICE, "posted").unwrap();
        if let Some(chat) = weak.upgrade() {
            chat.emit(NOTICE, "emitted");
        }
        say("host: .. have a seat");
    });
    queue.post(JOINED, "erin").unwrap();
    let dispatched = queue.dispatch(&chat);
    let waiting = queue.len();
    say(format!("dispatched: {dispatched}, waiting: {waiting}"));
    let dispatched = queue.dispatch(&chat);
    let waiting = queue.len();
    say(format!("dispatched: {dispatched}, waiting: {waiting}"));

    // Whoever posts faster than he dispatches fills the memory, unless the queue has a bound. Then
    // `post` can fail, and the error has the payload, so that nothing is lost.
    say("> a queue for two");
    let queue = EventQueue::bounded(2);
    for who in ["frank", "grace", "heidi"] {
        match queue.post(JOINED, who) {
            Ok(_) => say(format!("{who} may wait: true")),
            Err(refused) => {
                assert!(refused.is_full());
                let who = refused.into_payload();
                say(format!("{who} may wait: false"));
            }
        }
    }

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "> emit is now",
            "welcome, ada",
            "ada is at the table",
            "> post is later",
            "bob, carol and dave are at the door",
            "waiting: #1 joined",
            "waiting: #2 joined",
            "waiting: #3 joined",
            "carol changes her mind: true",
            "> dispatch",
            "welcome, bob",
            "welcome, dave",
            "dispatched: 2, waiting: 0",
            "> emit and post from inside of a listener",
            "welcome, erin",
            "host: let me see ..",
            "  to all: emitted",
            "host: .. have a seat",
            "dispatched: 1, waiting: 1",
            "  to all: posted",
            "dispatched: 1, waiting: 0",
            "> a queue for two",
            "frank may wait: true",
            "grace may wait: true",
            "heidi may wait: false",
        ]
    );
}

static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

// Prints a line, and keeps it for the check at the end of `main`.
fn say(line: impl Into<String>) {
    let line = line.into();
    println!("{line}");
    SAID.lock().unwrap().push(line);
}
