//! Payloads: what an event can carry.
//!
//! What it shows: so far an event carried a piece of text. It can carry other types too, and you
//! emit the payload in the form in which you have it: owned, borrowed, boxed or counted. It is lent
//! to one listener after the other, and never cloned: `Message` below has no `Clone` at all.
//!
//! How to run it: `cargo run --example 03_payloads`
//!
//! What you will see:
//!
//! ```text
//! welcome, ada
//! welcome, bob
//! welcome, bob
//! welcome, carol
//! a file of 4 bytes
//! a file of 3 bytes
//! ada says: by value
//! ada says: by reference
//! ada says: by reference
//! ada says: in a box
//! ada says: counted
//! ada says: counted between threads
//! ada stands at 3, 4
//! pinned to the wall: 42
//! pinned to the wall: tea at four
//! the room is closed
//! ```

use std::borrow::Cow;
use std::fmt::Display;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use oyez::{Event, EventEmitter};

struct Message {
    from: &'static str,
    text: &'static str,
}

const JOINED: Event<str> = Event::new("joined");
const FILE: Event<[u8]> = Event::new("file");
const MESSAGE: Event<Message> = Event::new("message");
const MOVED: Event<(String, i32, i32)> = Event::new("moved");
const PINNED: Event<dyn Display> = Event::new("pinned");
const CLOSED: Event<()> = Event::new("closed");

fn main() {
    // Whatever the form at the emit, the listener gets a reference to the type of the event:
    // a `&str`, a `&[u8]`, a `&Message`. The compiler knows which, so nothing is written here.
    let chat = EventEmitter::new();
    chat.on(JOINED, |who| say(format!("welcome, {who}")));
    chat.on(FILE, |bytes| {
        say(format!("a file of {} bytes", bytes.len()))
    });
    chat.on(MESSAGE, |m| say(format!("{} says: {}", m.from, m.text)));
    chat.on(MOVED, |(who, x, y)| {
        say(format!("{who} stands at {x}, {y}"))
    });
    chat.on(PINNED, |thing| say(format!("pinned to the wall: {thing}")));
    chat.on(CLOSED, |_| say("the room is closed"));

    // Text: a literal, a `String` lent, a `String` given away, a `Cow`.
    let bob = String::from("bob");
    chat.emit(JOINED, "ada");
    chat.emit(JOINED, &bob); // `bob` is still ours after this,
    chat.emit(JOINED, bob); // and dropped after this.
    chat.emit(JOINED, Cow::Borrowed("carol"));

    // Slices: an array, a `Vec`.
    chat.emit(FILE, [1, 2, 3, 4]);
    chat.emit(FILE, vec![1, 2, 3]);

    // A struct of your own, by value, by reference, and in the usual smart pointers.
    let by_ada = |text| Message { from: "ada", text };
    chat.emit(MESSAGE, by_ada("by value"));
    let kept = by_ada("by reference");
    chat.emit(MESSAGE, &kept);
    chat.emit(MESSAGE, &kept); // It was only lent, so it can be lent again.
    chat.emit(MESSAGE, Box::new(by_ada("in a box")));
    chat.emit(MESSAGE, Rc::new(by_ada("counted")));
    chat.emit(MESSAGE, Arc::new(by_ada("counted between threads")));

    // A tuple saves a struct that would have no better name. It owns its parts, as a struct does: with
    // `&str` in place of `String` it would take literals only (see `oyez::Payload`, "Types that borrow").
    chat.emit(MOVED, (String::from("ada"), 3, 4));

    // A trait: the listener knows what the payload can do, not what it is. `as` is needed, because
    // the event accepts a `dyn Display` and nothing else.
    chat.emit(PINNED, &42 as &dyn Display);
    chat.emit(PINNED, Box::new("tea at four") as Box<dyn Display>);

    // Nothing: it happened, and there is no more to say.
    chat.emit(CLOSED, ());

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "welcome, ada",
            "welcome, bob",
            "welcome, bob",
            "welcome, carol",
            "a file of 4 bytes",
            "a file of 3 bytes",
            "ada says: by value",
            "ada says: by reference",
            "ada says: by reference",
            "ada says: in a box",
            "ada says: counted",
            "ada says: counted between threads",
            "ada stands at 3, 4",
            "pinned to the wall: 42",
            "pinned to the wall: tea at four",
            "the room is closed",
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
