//! Loupe: an event loop under the magnifying glass, forward and back.
//!
//! What it shows: a `Trace` keeps every step of a loop: what is posted, taken, called, left, queued,
//! set, due. The steps can be undone and done again, and rendered: as the table that this example
//! prints, and as a page, one file that any browser opens, with the call stack, the microtasks, the
//! event queue, the timers and these lines of source side by side. With the arrow keys you step
//! through the program, in both directions.
//!
//! How to run it:
//!
//! ```text
//! cargo run --example loupe               writes loupe.html into the target directory
//! cargo run --example loupe -- PATH       writes it there
//! ```
//!
//! What you will see: the table. This is a piece of it, without its last column, the line of source.
//! The first guest orders, the listener emits and posts, and the order is taken:
//!
//! ```text
//!     5   0ns  take `order` #1 from the queue: its turn
//!     6   0ns  enter dispatch `order` #1
//!     7   0ns    enter listener `counter` of `order`
//!     8   0ns      > ada orders
//!     9   0ns      post `bill` #3, by event #1
//!    10   0ns      queue microtask m2, by event #1
//!    11   0ns      enter dispatch `kitchen`
//!    12   0ns        enter listener `cook` of `kitchen`
//!    13   0ns          > water for ada
//!    14   0ns          set timeout t2, due at 3s
//!    15   0ns        leave listener `cook` of `kitchen`
//!    16   0ns      leave dispatch `kitchen`
//!    17   0ns      > ada has ordered
//!    18   0ns    leave listener `counter` of `order`
//!    19   0ns  leave dispatch `order` #1
//! ```
//!
//! After the table, the 17 lines that the program itself said, and at the end:
//!
//! ```text
//! 99 steps, undone and done again
//! the page: target/loupe.html
//! ```

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;
use std::{env, fs};

use oyez::Event;
use oyez::event_loop::{EventLoop, Exit, State, Step, Trace, VirtualClock};

const ORDER: Event<str> = Event::new("order");
const KITCHEN: Event<str> = Event::new("kitchen");
const BILL: Event<str> = Event::new("bill");

// The program under the loupe. Where another program would print, this one calls `note`, and its words
// stand among the steps of the loop.
fn tea_house(event_loop: &EventLoop) {
    let (handle, house) = (event_loop.handle(), event_loop.emitter());

    // Labels are names for people. They make the stack readable.
    let h = handle.clone();
    house.listen(ORDER).label("counter").on(move |who| {
        h.note(format!("{who} orders"));
        h.post(BILL, who.to_owned()).unwrap(); // Its own turn, behind what is queued.
        h.queue_microtask(|h| {
            h.note("wipe the counter"); // When the stack is empty,
            h.queue_microtask(|h| h.note("hang up the cloth")); // and so is this.
        });
        h.emit(KITCHEN, who); // Here and now, on top of this frame.
        h.note(format!("{who} has ordered"));
    });
    let h = handle.clone();
    house.listen(KITCHEN).label("cook").on(move |who| {
        h.note(format!("water for {who}"));
        let guest = who.to_owned();
        h.set_timeout(seconds(3), move |h| h.note(format!("tea for {guest}")));
    });
    let h = handle.clone();
    house.listen(BILL).label("waiter").on(move |who| {
        h.note(format!("the bill for {who}"));
    });

    // An interval that ends itself.
    let (id, mut strokes) = (Rc::new(Cell::new(None)), 0);
    let own_id = Rc::clone(&id);
    let clock = handle.set_interval(seconds(2), move |h| {
        strokes += 1;
        h.note(format!("the clock strikes {strokes}"));
        if strokes == 2 {
            h.clear_timer(own_id.get().unwrap());
        }
    });
    id.set(Some(clock));

    handle.queue_idle(|h| h.note("water the plants"));
    handle.post(ORDER, "ada").unwrap();
    handle.post(ORDER, "bob").unwrap();
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
}

fn main() {
    // The trace is told of every step. A virtual clock makes the program the same at every run, to
    // the nanosecond, and its trace to the byte.
    let trace = Trace::new();
    let event_loop = EventLoop::builder()
        .clock(VirtualClock::new())
        .inspector(trace.clone())
        .build();
    tea_house(&event_loop);

    let (table, source) = (trace.to_table(), include_str!("loupe.rs"));
    print!("{table}");
    for row in source.lines().filter_map(|line| line.strip_prefix("//!  ")) {
        assert!(table.contains(row), "not as at the top of this file: {row}");
    }

    // With the source, the page can show the line that each step came from.
    trace.add_source(file!(), source);
    let path = path();
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).unwrap();
    }
    fs::write(&path, trace.to_html()).unwrap();

    // What the program said is in the trace as well, and that is the order in which it happened.
    let records = trace.records();
    let said: Vec<_> = records
        .iter()
        .filter_map(|record| match record.step() {
            Step::Note(text, _) => Some(&**text),
            _ => None,
        })
        .collect();
    println!("\n{}", said.join("\n"));
    assert_eq!(
        said,
        [
            "ada orders",
            "water for ada",
            "ada has ordered",
            "wipe the counter",
            "hang up the cloth",
            "bob orders",
            "water for bob",
            "bob has ordered",
            "wipe the counter",
            "hang up the cloth",
            "the bill for ada",
            "the bill for bob",
            "water the plants",
            "the clock strikes 1",
            "tea for ada",
            "tea for bob",
            "the clock strikes 2",
        ]
    );

    // All the way back. At every step the state is what it was then; at the beginning it is empty.
    let end = trace.state();
    for done in (0..records.len()).rev() {
        assert_eq!(trace.undo().as_ref(), Some(&records[done]));
        assert_eq!(trace.state(), trace.state_at(done));
    }
    assert_eq!(trace.undo(), None);
    assert_eq!(trace.state(), State::default());

    // And all the way forward again.
    while trace.redo().is_some() {}
    assert_eq!(trace.state(), end);

    println!("\n{} steps, undone and done again", records.len());
    println!("the page: {}", path.display());
}

// The first argument; without one, `loupe.html` in the target directory. This program was built into
// that: it is `target/debug/examples/loupe`, or `target/release/examples/loupe`.
fn path() -> PathBuf {
    env::args_os().nth(1).map_or_else(
        || {
            let program = env::current_exe().unwrap_or_default();
            let target = program.ancestors().nth(3).unwrap_or(Path::new("target"));
            target.join("loupe.html")
        },
        PathBuf::from,
    )
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
