//! Errors and panics: what happens when a listener fails.
//!
//! What it shows: a listener may answer with a `Result`. Its error does not stop the other
//! listeners, and does not get lost: it goes to whoever asked for errors, or else it is loud. A
//! panic is the stronger kind of failure, and there you choose.
//!
//! How to run it: `cargo run --example 06_errors_and_panics`
//!
//! A panic usually prints a message of its own. This example turns that off, to keep the lines
//! below together.
//!
//! What you will see:
//!
//! ```text
//! > roll 6: no failure
//! dice: 1 to 6
//! archive: roll 6
//! > roll six: try_emit returns the error
//! archive: roll six
//! returned: invalid digit found in string
//! > roll six: a listener for errors gets it
//! on error: invalid digit found in string
//! archive: roll six
//! > roll six: nobody asked for errors, so emit panics when all were called
//! archive: roll six
//! emit panicked: true
//! > roll 0: a listener panics, the rest is not called
//! caught: a die needs a side
//! > roll 6: and the room still works
//! dice: 1 to 6
//! archive: roll 6
//! > roll 0: the same panic, isolated, is an error like any other
//! on error: panicked: a die needs a side
//! archive: roll 0
//! ```

use std::panic::{self, catch_unwind};
use std::sync::Mutex;

use oyez::local::EventEmitter;
use oyez::{EmitError, ErrorKind, Event, ListenerError, PanicPolicy, meta};

const ROLL: Event<str> = Event::new("roll");

// A room with two listeners: the first can fail, the second shows who is called after it.
fn room(policy: PanicPolicy) -> EventEmitter {
    let chat = EventEmitter::builder().panics(policy).build();
    // `oyez::Result` can hold any ordinary error, so `?` works whatever the call returns.
    chat.on(ROLL, |text| -> oyez::Result {
        let sides: u32 = text.parse()?;
        assert!(sides > 0, "a die needs a side");
        say(format!("dice: 1 to {sides}"));
        Ok(())
    });
    chat.on(ROLL, |text| say(format!("archive: roll {text}")));
    chat
}

// What went wrong. The error also knows the event, the listener, and where that was registered.
fn reason(error: &ListenerError) -> String {
    match error.kind() {
        ErrorKind::Failed(error) => error.to_string(),
        ErrorKind::Panicked(message) => format!("panicked: {message}"),
        other => format!("{other:?}"),
    }
}

fn main() {
    panic::set_hook(Box::new(|_| {})); // See above: no message at a panic.
    let chat = room(PanicPolicy::Propagate); // The default. `EventEmitter::new()` means the same.

    say("> roll 6: no failure");
    chat.emit(ROLL, "6");

    // The caller can ask: `try_emit` calls everybody, then hands back all errors.
    say("> roll six: try_emit returns the error");
    if let Err(EmitError::Listeners(errors)) = chat.try_emit(ROLL, "six") {
        for error in errors.iter() {
            say(format!("returned: {}", reason(error)));
        }
    }

    // Or somebody listens: the emitter tells of errors in an event of its own, at once.
    say("> roll six: a listener for errors gets it");
    let on_error = chat.on(meta::LISTENER_ERROR, |error| {
        say(format!("on error: {}", reason(error)))
    });
    chat.emit(ROLL, "six");
    chat.off(on_error);

    // Or neither. Then `emit` panics, after the last listener: no error is swallowed.
    say("> roll six: nobody asked for errors, so emit panics when all were called");
    let result = catch_unwind(|| chat.emit(ROLL, "six"));
    say(format!("emit panicked: {}", result.is_err()));

    // A panic in a listener goes through `emit` to the caller at once, as through any function.
    say("> roll 0: a listener panics, the rest is not called");
    let panic = catch_unwind(|| chat.emit(ROLL, "0")).unwrap_err();
    let words = panic.downcast_ref::<&str>().copied().unwrap_or_default();
    say(format!("caught: {words}"));
    say("> roll 6: and the room still works");
    chat.emit(ROLL, "6");

    // A host of plug-ins would rather go on. `Isolate` turns the panic into a listener error.
    say("> roll 0: the same panic, isolated, is an error like any other");
    let chat = room(PanicPolicy::Isolate);
    chat.on(meta::LISTENER_ERROR, |error| {
        say(format!("on error: {}", reason(error)))
    });
    chat.emit(ROLL, "0");

    let _ = panic::take_hook(); // Messages again, in case the check has one.
    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "> roll 6: no failure",
            "dice: 1 to 6",
            "archive: roll 6",
            "> roll six: try_emit returns the error",
            "archive: roll six",
            "returned: invalid digit found in string",
            "> roll six: a listener for errors gets it",
            "on error: invalid digit found in string",
            "archive: roll six",
            "> roll six: nobody asked for errors, so emit panics when all were called",
            "archive: roll six",
            "emit panicked: true",
            "> roll 0: a listener panics, the rest is not called",
            "caught: a die needs a side",
            "> roll 6: and the room still works",
            "dice: 1 to 6",
            "archive: roll 6",
            "> roll 0: the same panic, isolated, is an error like any other",
            "on error: panicked: a die needs a side",
            "archive: roll 0",
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
