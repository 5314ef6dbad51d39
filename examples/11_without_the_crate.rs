//! Without the crate: the emitter that one writes by hand, and where it goes wrong.
//!
//! What it shows: an emitter is a list of closures, and a few lines of your own will do, until
//! somebody changes the list. Three such cases, each run and checked; then the same with `oyez`.
//!
//! How to run it: `cargo run --example 11_without_the_crate`
//!
//! The second case panics. Its message is turned off, to keep the lines below together.
//!
//! What you will see:
//!
//! ```text
//! > by hand
//! 1. ada off, bob off. Who is called?
//!   bob meets dave
//! 2. ada adds carol, from inside. A panic? true
//! 3. ada removes bob, from inside. Who is called?
//!   ada meets dave
//!   bob meets dave
//! > with oyez
//! 1. ada off, bob off. Who is called?
//!   carol meets dave
//! 2. and 3. ada adds carol and removes bob, from inside. Who is called?
//!   ada meets dave
//! and at the next emit?
//!   ada meets erin
//!   carol meets erin
//! ```

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Mutex;

use oyez::Event;
use oyez::local::EventEmitter;

// Most people write `Box`. Here it is `Rc`, because `emit_to_a_copy` has to copy the list.
type Listener = Rc<dyn Fn(&str)>;

// A list of listeners, in a `RefCell`, so that those who share the emitter can add to it.
#[derive(Default)]
struct ByHand {
    listeners: RefCell<Vec<Listener>>,
}

impl ByHand {
    fn on(&self, listener: impl Fn(&str) + 'static) -> usize {
        self.listeners.borrow_mut().push(Rc::new(listener));
        self.listeners.borrow().len() - 1
    }

    fn off(&self, index: usize) {
        self.listeners.borrow_mut().remove(index);
    }

    fn emit(&self, who: &str) {
        for listener in self.listeners.borrow().iter() {
            listener(who);
        }
    }

    fn emit_to_a_copy(&self, who: &str) {
        let copy = self.listeners.borrow().clone();
        for listener in copy {
            listener(who);
        }
    }
}

fn by_hand() {
    // 1. An index is no identity. When ada goes, bob moves up, and his index is carol's now.
    let chat = ByHand::default();
    let ada = chat.on(meet("ada"));
    let bob = chat.on(meet("bob"));
    chat.on(meet("carol"));
    chat.off(ada);
    chat.off(bob);
    say("1. ada off, bob off. Who is called?");
    chat.emit("dave");

    // 2. `emit` borrows the list while it calls the listeners, so none of them can change it.
    let chat = Rc::new(ByHand::default());
    let weak = Rc::downgrade(&chat);
    chat.on(move |_| {
        if let Some(chat) = weak.upgrade() {
            chat.on(meet("carol"));
        }
    });
    let result = catch_unwind(AssertUnwindSafe(|| chat.emit("dave")));
    say(format!(
        "2. ada adds carol, from inside. A panic? {}",
        result.is_err()
    ));

    // 3. The usual repair is to call a copy of the list. It allocates at every emit, and it does
    // not learn who has been removed since: bob is called after he was told that he would not be.
    let chat = Rc::new(ByHand::default());
    let weak = Rc::downgrade(&chat);
    chat.on(move |who| {
        meet("ada")(who);
        if let Some(chat) = weak.upgrade() {
            chat.off(1); // That is bob.
        }
    });
    chat.on(meet("bob"));
    say("3. ada removes bob, from inside. Who is called?");
    chat.emit_to_a_copy("dave");
}

const JOINED: Event<str> = Event::new("joined");

fn with_oyez() {
    // 1. An id is one listener, for ever.
    let chat = EventEmitter::new();
    let ada = chat.on(JOINED, meet("ada"));
    let bob = chat.on(JOINED, meet("bob"));
    chat.on(JOINED, meet("carol"));
    chat.off(ada);
    chat.off(bob);
    say("1. ada off, bob off. Who is called?");
    chat.emit(JOINED, "dave");

    // 2. and 3. Nothing is borrowed while a listener runs, and `off` is a promise.
    let chat = EventEmitter::new();
    let weak = chat.downgrade();
    let bob = chat.on(JOINED, meet("bob"));
    chat.prepend(JOINED, move |who| {
        meet("ada")(who);
        let Some(chat) = weak.upgrade() else { return };
        // The next time `off` answers `false`, so that carol is added once.
        if chat.off(bob) {
            chat.on(JOINED, meet("carol"));
        }
    });
    say("2. and 3. ada adds carol and removes bob, from inside. Who is called?");
    chat.emit(JOINED, "dave");
    say("and at the next emit?");
    chat.emit(JOINED, "erin");
}

fn main() {
    panic::set_hook(Box::new(|_| {})); // See above: no message at a panic.
    say("> by hand");
    by_hand();
    say("> with oyez");
    with_oyez();
    let _ = panic::take_hook(); // Messages again, in case the check has one.

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "> by hand",
            "1. ada off, bob off. Who is called?",
            "  bob meets dave",
            "2. ada adds carol, from inside. A panic? true",
            "3. ada removes bob, from inside. Who is called?",
            "  ada meets dave",
            "  bob meets dave",
            "> with oyez",
            "1. ada off, bob off. Who is called?",
            "  carol meets dave",
            "2. and 3. ada adds carol and removes bob, from inside. Who is called?",
            "  ada meets dave",
            "and at the next emit?",
            "  ada meets erin",
            "  carol meets erin",
        ]
    );
}

// A listener, for either kind of emitter.
fn meet(me: &'static str) -> impl Fn(&str) {
    move |who| say(format!("  {me} meets {who}"))
}

static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

// Prints a line, and keeps it for the check at the end of `main`.
fn say(line: impl Into<String>) {
    let line = line.into();
    println!("{line}");
    SAID.lock().unwrap().push(line);
}
