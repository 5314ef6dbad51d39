//! Inside a listener: emitting, removing and adding while an emit is under way.
//!
//! What it shows: a listener may use its own emitter in every way the code outside may. It holds
//! the emitter by a weak handle. The plausible mistake is to hold a clone: then each keeps the
//! other alive, for ever.
//!
//! How to run it: `cargo run --example 05_inside_a_listener`
//!
//! What you will see:
//!
//! ```text
//! > ada joins
//! host: welcome, ada, guest number 1
//!   notice to all: somebody is new
//! host: doorman, you may go home
//! > bob joins
//! host: welcome, bob, guest number 2
//!   notice to all: somebody is new
//! waiter: a chair for bob
//! > the mistake: the listener holds a clone
//! all strong handles outside are gone, is the room alive? true
//! the listener is dropped
//! > mended: the listener holds a weak handle
//! the listener is dropped
//! all strong handles outside are gone, is the room alive? false
//! ```

use std::cell::Cell;
use std::sync::Mutex;

use oyez::Event;
// `oyez::EventEmitter`, which we used so far, can be shared between threads, and its listeners must
// be fit for that. This one is used in the same way, stays on one thread and costs less, and its
// listeners may hold a `Cell` or an `Rc`. Exchanging this line exchanges the flavour.
use oyez::local::EventEmitter;

const JOINED: Event<str> = Event::new("joined");
const NOTICE: Event<str> = Event::new("notice");

fn main() {
    let chat = EventEmitter::new();
    chat.on(NOTICE, |text| say(format!("  notice to all: {text}")));
    let doorman = chat.on(JOINED, |who| say(format!("doorman: good evening, {who}")));

    let weak = chat.downgrade();
    // A `Cell` rather than `on_mut`: should the emit below ever come back to this listener, it
    // is just called again. An `on_mut` listener is not called while it still runs.
    let guests = Cell::new(0);
    chat.prepend(JOINED, move |who| {
        // A weak handle gives the emitter as long as somebody else keeps it alive.
        let Some(chat) = weak.upgrade() else { return };
        guests.set(guests.get() + 1);
        say(format!(
            "host: welcome, {who}, guest number {}",
            guests.get()
        ));

        // An emit inside an emit runs at once and to its end. Then this listener goes on.
        chat.emit(NOTICE, "somebody is new");

        // `off` is a promise. The doorman would be next in this very emit, and is not called.
        if chat.off(doorman) {
            say("host: doorman, you may go home");
        }

        // The audience of an emit is fixed when it starts: for this guest the waiter is too late.
        if guests.get() == 1 {
            chat.on(JOINED, |who| say(format!("waiter: a chair for {who}")));
        }
    });

    say("> ada joins");
    chat.emit(JOINED, "ada");
    say("> bob joins");
    chat.emit(JOINED, "bob");

    // The emitter owns its listeners. A listener that holds a clone owns the emitter in turn. When
    // everybody else has let go, these two still hold each other.
    say("> the mistake: the listener holds a clone");
    let room = EventEmitter::new();
    let watch = room.downgrade();
    let (clone, flag) = (room.clone(), DropFlag);
    room.on(JOINED, move |_| {
        let _held = &flag;
        clone.emit(NOTICE, "somebody is new");
    });
    drop(room);
    let alive = watch.upgrade().is_some();
    say(format!(
        "all strong handles outside are gone, is the room alive? {alive}"
    ));
    // Only because we kept `watch` can we still reach the room, and cut the circle by hand.
    if let Some(room) = watch.upgrade() {
        room.clear();
    }

    // The mended one: `downgrade` instead of `clone`, and `upgrade` where it is used.
    say("> mended: the listener holds a weak handle");
    let room = EventEmitter::new();
    let watch = room.downgrade();
    let (weak, flag) = (room.downgrade(), DropFlag);
    room.on(JOINED, move |_| {
        let _held = &flag;
        if let Some(room) = weak.upgrade() {
            room.emit(NOTICE, "somebody is new");
        }
    });
    drop(room);
    let alive = watch.upgrade().is_some();
    say(format!(
        "all strong handles outside are gone, is the room alive? {alive}"
    ));

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "> ada joins",
            "host: welcome, ada, guest number 1",
            "  notice to all: somebody is new",
            "host: doorman, you may go home",
            "> bob joins",
            "host: welcome, bob, guest number 2",
            "  notice to all: somebody is new",
            "waiter: a chair for bob",
            "> the mistake: the listener holds a clone",
            "all strong handles outside are gone, is the room alive? true",
            "the listener is dropped",
            "> mended: the listener holds a weak handle",
            "the listener is dropped",
            "all strong handles outside are gone, is the room alive? false",
        ]
    );
}

// Tells when the listener that holds it is dropped.
struct DropFlag;

impl Drop for DropFlag {
    fn drop(&mut self) {
        say("the listener is dropped");
    }
}

static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

// Prints a line, and keeps it for the check at the end of `main`.
fn say(line: impl Into<String>) {
    let line = line.into();
    println!("{line}");
    SAID.lock().unwrap().push(line);
}
