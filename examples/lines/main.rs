//! Lines: an event loop with a real input, and a clean end.
//!
//! What it shows: a thread reads standard input and posts each line to the loop. See how
//!
//! - reading blocks the thread that reads, and never the loop;
//! - the queue is bounded, and `post_blocking` waits for room: input that comes faster than it is
//!   handled does not fill the memory;
//! - at the end of the input the thread ends, the last proxy goes with it, and the loop ends by
//!   itself when all is handled;
//! - a timer that only accompanies the rest, the tick, is weak (`unref_timer`) and keeps nothing
//!   alive;
//! - Ctrl-C stops the loop after the event that runs, even though the other thread still waits for a
//!   line. What was posted by then is handled all the same, nothing of it is lost. Timers that are
//!   not due by then are not waited for.
//!
//! How to run it:
//!
//! ```text
//! cargo run --example lines                 in a terminal: Ctrl-D ends the input, Ctrl-C the loop
//! cargo run --example lines < FILE          a file, or the output of another program
//! ```
//!
//! These lines are commands, and any other line is numbered and shown:
//!
//! ```text
//! stack      what runs now: the frames of the call stack
//! queue      what waits: the events in the queue
//! wait 0.5   says so in half a second; meanwhile the loop goes on
//! busy 0.5   takes half a second; meanwhile the loop can do nothing else, and lines pile up
//! ```
//!
//! What you will see, after this input:
//!
//! ```text
//! printf 'hello\nwait 0.1\nbusy 0.2\nqueue\nstack\nbye\n' | cargo run --example lines
//! ```
//!
//! ```text
//! 1: hello
//! busy for 0.2 s ..
//! .. done
//! waiting: #5 line, #6 line, #7 (timer)
//! running, innermost first:
//!   listener `show the stack` of `stack` (..)
//!   dispatch `stack` (..)
//!   listener `find the command` of `line` (..)
//!   dispatch `line` (..)
//! 2: bye
//! waited 0.1 s
//! Completed: posted 6, handled 6
//! ```
//!
//! where `(..)` is the line of source that emitted, or registered the listener.

mod door;

use std::cell::Cell;
use std::error::Error;
use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use std::{process, thread};

use oyez::Event;
use oyez::event_loop::{EventLoop, LoopHandle, Proxy, TASK_ERROR, Turn};
use oyez::meta::LISTENER_ERROR;

use door::Door;

const LINE: Event<str> = Event::new("line");
const STACK: Event<()> = Event::new("stack");
const QUEUE: Event<()> = Event::new("queue");
const WAIT: Event<str> = Event::new("wait");
const BUSY: Event<str> = Event::new("busy");
const TEXT: Event<str> = Event::new("text");

/// How many lines may wait. A thread that has one more waits itself.
const CAPACITY: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    let event_loop = EventLoop::builder().capacity(CAPACITY).build();
    let handled = listen(&event_loop);
    tick(&event_loop.handle(), &handled);

    // The only strong proxy goes to the thread that reads. As long as it reads, the loop waits.
    let proxy = event_loop.proxy();
    let door = Arc::new(Door::default());
    on_ctrl_c(&door, &proxy)?;
    let reading = Arc::clone(&door);
    thread::spawn(move || read(&reading, &proxy));
    if io::stdin().is_terminal() {
        eprintln!("lines, please, or: stack, queue, wait 0.5, busy 0.5");
    }

    let exit = event_loop.run()?;

    // After Ctrl-C there may be events left. The door is closed, so there will not be more.
    if door.is_closed() {
        while let Turn::Ran(_) = event_loop.turn()? {}
    }

    let (posted, handled) = (door.posted(), handled.get());
    if say(format!("{exit:?}: posted {posted}, handled {handled}")).is_ok() {
        assert_eq!(posted, handled);
    }
    // The other thread may still wait for a line. It ends with the process, and that is now.
    Ok(())
}

/// Reads lines until there are no more, or until nobody wants them.
fn read(door: &Door, proxy: &Proxy) {
    // Not `lines()`: that gives up where the input is not UTF-8.
    for line in io::stdin().lock().split(b'\n') {
        match line {
            Ok(line) => {
                let line = String::from_utf8_lossy(&line).trim_end().to_owned();
                if !door.post(proxy, line) {
                    break;
                }
            }
            Err(error) => {
                eprintln!("lines: cannot read on: {error}");
                break;
            }
        }
    }
}

/// Ctrl-C closes the door and stops the loop; once more, it ends the process.
fn on_ctrl_c(door: &Arc<Door>, proxy: &Proxy) -> Result<(), ctrlc::Error> {
    // This closure lives as long as the process does. A strong proxy in it would keep the loop from
    // ever ending by itself.
    let (door, proxy) = (Arc::clone(door), proxy.downgrade());
    // It runs on a thread of its own, not in the signal itself, where hardly anything is allowed.
    ctrlc::set_handler(move || {
        if door.is_closed() {
            process::exit(130); // What a shell reports for Ctrl-C.
        }
        door.close();
        if let Some(proxy) = proxy.upgrade() {
            proxy.stop();
        }
    })
}

/// Registers all listeners. Answers the number of lines that they have handled.
fn listen(event_loop: &EventLoop) -> Rc<Cell<u64>> {
    let (handle, emitter) = (event_loop.handle(), event_loop.emitter());

    // A line is posted: it has its own turn. What it means is emitted: it runs in this turn, on top
    // of this listener.
    let h = handle.clone();
    emitter
        .listen(LINE)
        .label("find the command")
        .on(move |line| {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "stack" => h.emit(STACK, ()),
                "queue" => h.emit(QUEUE, ()),
                "wait" => h.emit(WAIT, rest.to_owned()),
                "busy" => h.emit(BUSY, rest.to_owned()),
                _ => h.emit(TEXT, line),
            };
        });
    let handled = Rc::new(Cell::new(0));
    let count = Rc::clone(&handled);
    emitter.listen(LINE).label("count").on(move |_| {
        count.set(count.get() + 1);
    });

    let mut number = 0;
    emitter.on_mut(TEXT, move |line| {
        number += 1;
        say(format!("{number}: {line}"))
    });
    let h = handle.clone();
    emitter.listen(STACK).label("show the stack").on(move |()| {
        let stack = h.call_stack();
        let frames = stack.frames().iter().rev();
        let frames: Vec<_> = frames.map(|frame| format!("\n  {frame}")).collect();
        say(format!("running, innermost first:{}", frames.concat()))
    });
    let h = handle.clone();
    emitter.listen(QUEUE).label("show the queue").on(move |()| {
        let events = h.queue().events();
        let events: Vec<_> = events
            .iter()
            .map(|waiting| format!("{} {}", waiting.id(), waiting.event()))
            .collect();
        say(format!("waiting: {}", events.join(", ")))
    });
    let h = handle.clone();
    emitter.on(WAIT, move |text| -> oyez::Result {
        let (time, text) = (seconds(text)?, text.to_owned());
        h.set_timeout(time, move |_| say(format!("waited {text} s")));
        Ok(())
    });
    emitter.on(BUSY, |text| -> oyez::Result {
        let time = seconds(text)?;
        say(format!("busy for {text} s .."))?;
        thread::sleep(time);
        say(".. done")?;
        Ok(())
    });

    // What goes wrong in a listener, and what goes wrong in a timer.
    let h = handle.clone();
    emitter.on(LISTENER_ERROR, move |error| complain(&h, error));
    let h = handle.clone();
    emitter.on(TASK_ERROR, move |error| complain(&h, error));
    handled
}

/// Says once a second how many lines that was, if any.
fn tick(handle: &LoopHandle, handled: &Rc<Cell<u64>>) {
    let (handled, mut before) = (Rc::clone(handled), 0);
    let tick = handle.set_interval(Duration::from_secs(1), move |_| {
        let lines = handled.get() - before;
        before += lines;
        if lines == 0 {
            return Ok(());
        }
        say(format!("(a second with {lines} lines)"))
    });
    handle.unref_timer(tick);
}

/// A line that is no good is told. If there is nobody to tell, `lines | head -1`, the loop ends.
fn complain(handle: &LoopHandle, error: &dyn Error) {
    match error.source() {
        Some(why) if why.is::<io::Error>() => handle.stop(),
        Some(why) => eprintln!("not understood: {why}"),
        None => eprintln!("{error}"),
    }
}

/// Prints a line. `println!` would panic where this returns an error.
fn say(line: impl Display) -> io::Result<()> {
    writeln!(io::stdout(), "{line}")
}

fn seconds(text: &str) -> oyez::Result<Duration> {
    Ok(Duration::try_from_secs_f64(text.parse()?)?)
}
