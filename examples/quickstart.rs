//! The crate in one minute: a chat room.
//!
//! What it shows: subscribe, emit, once, priority, stop, errors, off; what most programs need.
//! The numbered examples, from `01_hello` on, take one of them at a time.
//!
//! How to run it: `cargo run --example quickstart`
//!
//! What you will see:
//!
//! ```text
//! * welcome, ada!
//! * (the first words of the day)
//! <ada> hear ye, hear ye!
//! * (an advertisement by eve was not shown)
//! <bob> /roll six
//! * (that did not work: invalid digit found in string)
//! <bob> /roll 6
//! * bob rolls a die with 6 sides
//! * carol was greeted by 0 listeners
//! * good night!
//! ```

use std::sync::Mutex;

use oyez::{ErrorKind, Event, EventEmitter, Flow, meta};

struct Message {
    from: &'static str,
    text: &'static str,
}

impl Message {
    fn new(from: &'static str, text: &'static str) -> Self {
        Self { from, text }
    }
}

// An event is a name and the type of its payload: what the listeners are told.
const JOINED: Event<str> = Event::new("joined");
const MESSAGE: Event<Message> = Event::new("message");
const CLOSED: Event<()> = Event::new("closed");

fn main() {
    let chat = EventEmitter::new();

    // Subscribe: from now on this closure, a listener, is called for every `JOINED`.
    let greeter = chat.on(JOINED, |who| say(format!("* welcome, {who}!")));
    chat.on(MESSAGE, |m| say(format!("<{}> {}", m.from, m.text)));
    chat.on(CLOSED, |_| say("* good night!"));

    // Once: called for the next message, then gone. Higher priorities are called first.
    chat.listen(MESSAGE)
        .priority(1)
        .once(|_| say("* (the first words of the day)"));

    // Stop: the listeners that come later do not get this message.
    chat.listen(MESSAGE).priority(2).on(|m| {
        if m.text.contains("cheap") {
            say(format!("* (an advertisement by {} was not shown)", m.from));
            return Flow::Stop;
        }
        Flow::Continue
    });

    // Errors: a listener may use `?`. What goes wrong is an event too, with listeners of its own.
    chat.on(MESSAGE, |m| -> oyez::Result {
        if let Some(sides) = m.text.strip_prefix("/roll ") {
            let sides: u32 = sides.parse()?;
            say(format!("* {} rolls a die with {sides} sides", m.from));
        }
        Ok(())
    });
    chat.on(meta::LISTENER_ERROR, |error| match error.kind() {
        ErrorKind::Failed(why) => say(format!("* (that did not work: {why})")),
        _ => say(format!("* ({error})")),
    });

    // Emit: the listeners are called here and now, in order, before `emit` returns.
    chat.emit(JOINED, "ada");
    chat.emit(MESSAGE, Message::new("ada", "hear ye, hear ye!"));
    chat.emit(MESSAGE, Message::new("eve", "cheap watches"));
    chat.emit(MESSAGE, Message::new("bob", "/roll six"));
    chat.emit(MESSAGE, Message::new("bob", "/roll 6"));

    // Off: that listener is not called any more. `emit` answers how many were.
    chat.off(greeter);
    let greeted = chat.emit(JOINED, "carol");
    say(format!("* carol was greeted by {greeted} listeners"));
    chat.emit(CLOSED, ());

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "* welcome, ada!",
            "* (the first words of the day)",
            "<ada> hear ye, hear ye!",
            "* (an advertisement by eve was not shown)",
            "<bob> /roll six",
            "* (that did not work: invalid digit found in string)",
            "<bob> /roll 6",
            "* bob rolls a die with 6 sides",
            "* carol was greeted by 0 listeners",
            "* good night!",
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
