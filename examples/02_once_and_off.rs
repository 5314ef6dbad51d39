//! Once and off: listeners that end.
//!
//! What it shows: the listeners of `01_hello` listened for ever. These are called once, or a
//! number of times, or until they are taken off, or until a guard goes out of scope.
//!
//! How to run it: `cargo run --example 02_once_and_off`
//!
//! What you will see:
//!
//! ```text
//! welcome, ada
//!   ada is the first guest tonight
//!   a free drink for ada
//!   confetti for ada
//! welcome, bob
//!   a free drink for bob
//!   confetti for bob
//! welcome, carol
//! the greeter goes home: true
//! the greeter goes home again: false
//! dave joins, and 0 listeners were told
//! ```

use std::sync::Mutex;

use oyez::{Event, EventEmitter};

const JOINED: Event<str> = Event::new("joined");

fn main() {
    let chat = EventEmitter::new();

    // `on` answers an id: the means to remove exactly this listener later.
    let greeter = chat.on(JOINED, |who| say(format!("welcome, {who}")));

    // Called for the next guest, and gone before its body runs: once is once, even if the body
    // emits the same event.
    chat.once(JOINED, |who| {
        say(format!("  {who} is the first guest tonight"))
    });

    // The same with a number.
    chat.times(JOINED, 2, |who| say(format!("  a free drink for {who}")));

    {
        // `subscribe` answers a guard instead of an id. The listener lives as long as the guard,
        // which suits a listener that belongs to something else: keep the guard in that struct,
        // and both go together. The name matters: `let _ = ..` would drop the guard at once.
        let _party = chat.subscribe(JOINED, |who| say(format!("  confetti for {who}")));
        chat.emit(JOINED, "ada");
        chat.emit(JOINED, "bob");
    } // Here the guard is dropped and the confetti ends.
    chat.emit(JOINED, "carol");

    // `off` answers whether there was something to remove. Doing it twice does no harm: an id is
    // never used again, so it cannot hit a newer listener.
    say(format!("the greeter goes home: {}", chat.off(greeter)));
    say(format!(
        "the greeter goes home again: {}",
        chat.off(greeter)
    ));
    say(format!(
        "dave joins, and {} listeners were told",
        chat.emit(JOINED, "dave")
    ));

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "welcome, ada",
            "  ada is the first guest tonight",
            "  a free drink for ada",
            "  confetti for ada",
            "welcome, bob",
            "  a free drink for bob",
            "  confetti for bob",
            "welcome, carol",
            "the greeter goes home: true",
            "the greeter goes home again: false",
            "dave joins, and 0 listeners were told",
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
