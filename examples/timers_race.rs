//! Timers race: the order of things, beside that of Node.
//!
//! What it shows: who knows the event loop of Node knows this one. The first program below is, line
//! by line, the JavaScript of `examples/data/timers_race.js`, and prints the same lines in the same
//! order. What stands for what, and why:
//!
//! | Node | here | because |
//! |---|---|---|
//! | the main script | the first event | it has a turn, and its microtasks run when it is over |
//! | `emitter.emit(..)` | `emit` | now, inside of the call |
//! | `queueMicrotask(f)`, a promise's `then(f)` | `queue_microtask(f)` | after the callback that runs, before any other |
//! | `setImmediate(f)` | `post(event, ..)` | behind what is queued, ahead of timers that are not due yet |
//! | `setTimeout(f, ms)` | `set_timeout(duration, f)` | in a turn of its own, when it is due |
//! | `setInterval(f, ms)` | `set_interval(duration, f)` | the same, again and again |
//! | `clearTimeout(t)`, `clearInterval(t)` | `clear_timer(t)` | it will not run, even if it is due already |
//!
//! `queue_idle` is not `setImmediate`: it waits until the queue is empty. Browsers have it, as
//! `requestIdleCallback`, Node has nothing like it. `process.nextTick`, which Node runs ahead of
//! microtasks, has no counterpart here.
//!
//! The second program does what Node leaves open. There the order depends on how the milliseconds
//! fell; here it is defined:
//!
//! | race | Node v20.20.2, 100 times | here |
//! |---|---|---|
//! | an immediate and a timeout of 0, set by the main script | the immediate first 84 times | always: what is posted is queued, a timer that is due gets in line behind |
//! | the same two, set by an immediate | the immediate first 72 times | always, for the same reason |
//! | 20 ms, and 10 ms set 10 ms later: due at the same time | the older first 88 times | always: equal deadlines fire in the order of creation |
//!
//! And the third is the one place where both define the order, and differ: Node has no timeout below
//! 1 ms. It takes 0 for 1, so `setTimeout(f, 1); setTimeout(g, 0)` runs `f` first. Here 0 is 0.
//!
//! How to run it: `cargo run --example timers_race`
//!
//! Standard output has the first program, so that you can compare it with Node yourself. No output
//! from this command means that there is no difference:
//!
//! ```text
//! diff <(node examples/data/timers_race.js) <(cargo run -q --example timers_race 2>/dev/null)
//! ```
//!
//! What you will see:
//!
//! ```text
//! main: start
//! main: end
//! microtask 1
//! microtask 2
//! microtask 3, queued by 1
//! 10 ms: b
//! 10 ms: b's microtask
//! 10 ms: d
//! 20 ms: a
//! 20 ms: c
//! 100 ms: start
//! 100 ms: end
//! immediate 1
//! immediate 1's microtask
//! immediate 2
//! 0 ms later: start
//! tick 1
//! tick 1's microtask
//! tick 2
//! tick 2's microtask
//! tick 3
//! tick 3's microtask
//! immediate 3
//! immediate 3's microtask
//! immediate 4, set by 3
//! ```
//!
//! and then, on standard error:
//!
//! ```text
//! > what Node leaves open
//! main's immediate, then main's 0 ms
//! an immediate's immediate, then its 0 ms
//! 20 ms, then 10 ms set 10 ms later
//! > what Node does the other way round
//! 0 ms, then 1 ms
//! ```

use std::cell::Cell;
use std::mem;
use std::rc::Rc;
use std::sync::Mutex;
use std::time::Duration;

use oyez::Event;
use oyez::event_loop::{EventLoop, Exit, LoopHandle, VirtualClock};

// `setImmediate` takes a function, so this event carries one, and its listener calls it.
const IMMEDIATE: Event<fn(&LoopHandle)> = Event::new("immediate");

fn set_immediate(h: &LoopHandle, f: fn(&LoopHandle)) {
    h.post(IMMEDIATE, f).unwrap();
}

fn main_script(h: &LoopHandle) {
    say("main: start");

    h.set_timeout(ms(20), |_| say("20 ms: a"));
    h.set_timeout(ms(10), |h| {
        say("10 ms: b");
        h.queue_microtask(|_| say("10 ms: b's microtask"));
    });
    h.set_timeout(ms(20), |_| say("20 ms: c"));
    // JavaScript lets `d` name `e` before it is there. Here that takes a cell.
    let e = Rc::new(Cell::new(None));
    let e_to_clear = Rc::clone(&e);
    h.set_timeout(ms(10), move |h| {
        say("10 ms: d");
        h.clear_timer(e_to_clear.get().unwrap());
    });
    e.set(Some(h.set_timeout(ms(10), |_| say("10 ms: e, never"))));

    h.queue_microtask(|h| {
        say("microtask 1");
        h.queue_microtask(|_| say("microtask 3, queued by 1"));
    });
    h.queue_microtask(|_| say("microtask 2"));

    h.set_timeout(ms(100), immediates);
    say("main: end");
}

fn immediates(h: &LoopHandle) {
    say("100 ms: start");
    h.set_timeout(ms(0), interval);
    set_immediate(h, |h| {
        say("immediate 1");
        h.queue_microtask(|_| say("immediate 1's microtask"));
    });
    set_immediate(h, |_| say("immediate 2"));
    say("100 ms: end");
}

fn interval(h: &LoopHandle) {
    say("0 ms later: start");
    let mut ticks = 0;
    let id = Rc::new(Cell::new(None));
    let id_to_clear = Rc::clone(&id);
    // `return Flow::Stop` would end the interval as well. Then it needs no id.
    id.set(Some(h.set_interval(ms(10), move |h| {
        ticks += 1;
        say(format!("tick {ticks}"));
        let tick = ticks;
        h.queue_microtask(move |_| say(format!("tick {tick}'s microtask")));
        if ticks == 3 {
            h.clear_timer(id_to_clear.get().unwrap());
            set_immediate(h, last);
        }
    })));
}

fn last(h: &LoopHandle) {
    say("immediate 3");
    set_immediate(h, |_| say("immediate 4, set by 3"));
    h.queue_microtask(|_| say("immediate 3's microtask"));
}

fn what_node_leaves_open(h: &LoopHandle) {
    h.set_timeout(ms(0), |_| say("then main's 0 ms"));
    set_immediate(h, |_| say("main's immediate"));

    h.set_timeout(ms(5), |h| {
        set_immediate(h, |h| {
            h.set_timeout(ms(0), |_| say("then its 0 ms"));
            set_immediate(h, |_| say("an immediate's immediate"));
        });
    });

    h.set_timeout(ms(10), |h| {
        h.set_timeout(ms(10), |_| say("then 10 ms set 10 ms later"));
    });
    h.set_timeout(ms(20), |_| say("20 ms"));
}

fn what_node_does_the_other_way_round(h: &LoopHandle) {
    h.set_timeout(ms(1), |_| say("then 1 ms"));
    h.set_timeout(ms(0), |_| say("0 ms"));
}

// Runs a program, and answers what it said.
fn run(program: fn(&LoopHandle)) -> Vec<String> {
    // Under a virtual clock a deadline is met to the nanosecond, and nobody waits for it. Real
    // clocks know no equal deadlines; that is why Node cannot promise what we can.
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let handle = event_loop.handle();
    let h = handle.clone();
    event_loop.emitter().on(IMMEDIATE, move |f| f(&h));
    set_immediate(&handle, program);
    assert_eq!(event_loop.run(), Ok(Exit::Completed));
    mem::take(&mut SAID.lock().unwrap())
}

fn main() {
    let said = run(main_script);
    for line in &said {
        println!("{line}");
    }
    // What `node examples/data/timers_race.js` printed; v20.20.2.
    let node: Vec<_> = include_str!("data/timers_race.node.txt").lines().collect();
    assert_eq!(said, node);

    eprintln!("> what Node leaves open");
    let said = run(what_node_leaves_open);
    for pair in said.chunks(2) {
        eprintln!("{}", pair.join(", "));
    }
    assert_eq!(
        said,
        [
            "main's immediate",
            "then main's 0 ms",
            "an immediate's immediate",
            "then its 0 ms",
            "20 ms",
            "then 10 ms set 10 ms later",
        ]
    );

    eprintln!("> what Node does the other way round");
    let said = run(what_node_does_the_other_way_round);
    eprintln!("{}", said.join(", "));
    assert_eq!(said, ["0 ms", "then 1 ms"]);
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());

// Keeps a line, to be printed and checked when the program has run.
fn say(line: impl Into<String>) {
    SAID.lock().unwrap().push(line.into());
}
