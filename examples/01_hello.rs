//! Hello: an event, two listeners, an emit.
//!
//! What it shows: the observer pattern. A chat room announces that somebody joined; whoever wants
//! to know has subscribed before. The room does not know who listens, or whether anybody does,
//! and so a new listener needs no change to the room.
//!
//! How to run it: `cargo run --example 01_hello`
//!
//! What you will see:
//!
//! ```text
//! ada is at the door
//! welcome, ada
//! everybody, say hello to ada
//! 2 listeners were told
//! ada leaves, and 0 listeners were told
//! ```

use std::sync::Mutex;

use oyez::{Event, EventEmitter};

// An event is a name, "joined", and the type of its payload, here a piece of text. The payload is
// what the listeners are told: who joined.
const JOINED: Event<str> = Event::new("joined");
const LEFT: Event<str> = Event::new("left");

fn main() {
    // The emitter keeps the listeners. Some books call it the subject, or the observable.
    let chat = EventEmitter::new();

    // To subscribe is to say: when this happens, call that. What is called is the listener, also
    // known as event handler or observer. It is a closure, and it gets the payload as `&str`.
    // Nothing is printed yet.
    chat.on(JOINED, |who| say(format!("welcome, {who}")));
    chat.on(JOINED, |who| say(format!("everybody, say hello to {who}")));

    // To emit is to say: it has happened. Every listener of `JOINED` is called here and now, one
    // after the other, and `emit` returns when the last one has. It answers how many there were.
    say("ada is at the door");
    let told = chat.emit(JOINED, "ada");
    say(format!("{told} listeners were told"));

    // An event that nobody listens to is no mistake. It reaches nobody.
    let told = chat.emit(LEFT, "ada");
    say(format!("ada leaves, and {told} listeners were told"));

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "ada is at the door",
            "welcome, ada",
            "everybody, say hello to ada",
            "2 listeners were told",
            "ada leaves, and 0 listeners were told",
        ]
    );
}

static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

// Prints a line, and keeps it for the check at the end of `main`. Every example has this helper,
// so that running the example is also testing it.
fn say(line: impl Into<String>) {
    let line = line.into();
    println!("{line}");
    SAID.lock().unwrap().push(line);
}
