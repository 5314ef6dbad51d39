//! Order: who is called first, and who not at all.
//!
//! What it shows: listeners are called in the order in which they subscribed. A new one can also
//! go to the front, or have a priority. And a listener can end the round: those after it are not
//! called.
//!
//! How to run it: `cargo run --example 04_order`
//!
//! What you will see:
//!
//! ```text
//! > hello
//! the moderator allows it
//! the bell rings
//! the screen shows it
//! the archive keeps message 1
//! listeners called: 4
//! > cheap watches
//! the moderator forbids it
//! listeners called: 1
//! > good night
//! the moderator allows it
//! the bell rings
//! the screen shows it
//! the archive keeps message 2
//! listeners called: 4
//! ```

use std::sync::Mutex;

use oyez::{Event, EventEmitter, Flow};

const MESSAGE: Event<str> = Event::new("message");

fn main() {
    let chat = EventEmitter::new();

    // The order of registration is the order of the calls.
    chat.on(MESSAGE, |_| say("the screen shows it"));

    // `on_mut` is `on` for a closure that changes what it captured.
    let mut kept = 0;
    chat.on_mut(MESSAGE, move |_| {
        kept += 1;
        say(format!("the archive keeps message {kept}"));
    });

    // `prepend` goes to the front. A later `prepend` would go before this one.
    chat.prepend(MESSAGE, |_| say("the bell rings"));

    // A priority does not depend on who came first. Higher goes first; the three above have 0, and
    // among equals the order is as it was. A negative priority is for those who want to be last.
    // `listen` opens the full form of a registration, of which `on` is the short one.
    chat.listen(MESSAGE).priority(10).on(|text| {
        if text.contains("cheap") {
            say("the moderator forbids it");
            Flow::Stop // Nobody after this one is called.
        } else {
            say("the moderator allows it");
            Flow::Continue // What a listener without an answer means as well.
        }
    });

    for text in ["hello", "cheap watches", "good night"] {
        say(format!("> {text}"));
        let told = chat.emit(MESSAGE, text);
        say(format!("listeners called: {told}"));
    }

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "> hello",
            "the moderator allows it",
            "the bell rings",
            "the screen shows it",
            "the archive keeps message 1",
            "listeners called: 4",
            "> cheap watches",
            "the moderator forbids it",
            "listeners called: 1",
            "> good night",
            "the moderator allows it",
            "the bell rings",
            "the screen shows it",
            "the archive keeps message 2",
            "listeners called: 4",
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
