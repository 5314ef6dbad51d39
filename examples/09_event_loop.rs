//! Event loop: now, right after, in its turn, in time.
//!
//! What it shows: a loop takes one event after the other from its queue and emits it. That is a
//! turn. Code that runs in a turn has four ways to make something else happen, and each has its
//! place in the order:
//!
//! | call | when it runs |
//! |---|---|
//! | `emit` | now, in the middle of the code that calls it |
//! | `queue_microtask` | at the end of this turn, when the call stack is empty |
//! | `post` | in a turn of its own, behind what is queued |
//! | `set_timeout` | when the time has come, then as if posted |
//!
//! And `queue_idle` is for what can wait until there is nothing else to do.
//!
//! How to run it: `cargo run --example 09_event_loop`
//!
//! What you will see, with no need to wait for the tea:
//!
//! ```text
//! 0:00 ada orders
//! 0:00   kitchen: one tea for ada
//! 0:00 ada's order is taken
//! 0:00 the counter is wiped
//! 0:00 bob orders
//! 0:00   kitchen: one tea for bob
//! 0:00 bob's order is taken
//! 0:00 the counter is wiped
//! 0:00 here is the bill, ada
//! 0:00 here is the bill, bob
//! 0:00 a moment to water the plants
//! 3:00 the tea of ada is ready
//! 3:00 the tea of bob is ready
//! 3:00 the loop says: Completed
//! ```

use std::fmt::Display;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use oyez::Event;
use oyez::event_loop::{EventLoop, VirtualClock};

const ORDER: Event<str> = Event::new("order");
const KITCHEN: Event<str> = Event::new("kitchen");
const BILL: Event<str> = Event::new("bill");

fn main() {
    // A virtual clock stands still while there is something to do. When there is not, the loop moves
    // its hands to the next deadline. Programs with it take no time and do the same at every run:
    // made for tests, and for examples. `EventLoop::new()` has the clock of the system.
    let event_loop = EventLoop::builder().clock(CLOCK.clone()).build();
    let handle = event_loop.handle();

    let house = event_loop.emitter();
    house.on(KITCHEN, |who| say(format!("  kitchen: one tea for {who}")));
    house.on(BILL, |who| say(format!("here is the bill, {who}")));

    // All of it from one listener, and written down the wrong way round: the order of these lines is
    // not the order in which things happen.
    let h = handle.clone();
    house.on(ORDER, move |who| {
        say(format!("{who} orders"));

        // The payload is lent. What happens later needs a text of its own.
        let guest = who.to_owned();
        h.set_timeout(Duration::from_secs(180), move |_| {
            say(format!("the tea of {guest} is ready"))
        });
        h.post(BILL, who.to_owned()).unwrap();
        h.queue_microtask(|_| say("the counter is wiped"));
        h.emit(KITCHEN, who);

        say(format!("{who}'s order is taken"));
    });

    // Whoever posts from outside gets in line, too. Nothing runs before somebody runs the loop.
    handle.queue_idle(|_| say("a moment to water the plants"));
    handle.post(ORDER, "ada").unwrap();
    handle.post(ORDER, "bob").unwrap();

    // Why this order? Each `ORDER` is one turn. In ada's, the kitchen hears of it at once, in the
    // middle of her listener. Then the stack is empty, and before any other event the counter is
    // wiped. Her bill has been posted behind bob's order, so his turn comes first. When the queue is
    // empty there is a moment for the plants. Then nothing is left but to wait for the tea.
    let exit = event_loop.run().unwrap();

    // `run` ends by itself when nothing can ever happen again: no event, no microtask, no timer.
    say(format!("the loop says: {exit:?}"));

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "0:00 ada orders",
            "0:00   kitchen: one tea for ada",
            "0:00 ada's order is taken",
            "0:00 the counter is wiped",
            "0:00 bob orders",
            "0:00   kitchen: one tea for bob",
            "0:00 bob's order is taken",
            "0:00 the counter is wiped",
            "0:00 here is the bill, ada",
            "0:00 here is the bill, bob",
            "0:00 a moment to water the plants",
            "3:00 the tea of ada is ready",
            "3:00 the tea of bob is ready",
            "3:00 the loop says: Completed",
        ]
    );
}

static CLOCK: LazyLock<VirtualClock> = LazyLock::new(VirtualClock::new);
static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

// Prints a line, with the time, and keeps it for the check at the end of `main`.
fn say(line: impl Display) {
    let seconds = CLOCK.elapsed().as_secs();
    let line = format!("{}:{:02} {line}", seconds / 60, seconds % 60);
    println!("{line}");
    SAID.lock().unwrap().push(line);
}
