//! Call stack: what runs inside of what.
//!
//! What it shows: an emit inside of a listener is a call inside of a call, and the stack of these
//! calls can be looked at while it stands. The plausible mistake is a listener that emits its own
//! event again: the stack grows with every round, and is refused when it is too deep. The mend is to
//! post: the same rounds, one after the other, on a flat stack.
//!
//! How to run it: `cargo run --example 08_call_stack`
//!
//! What you will see:
//!
//! ```text
//! > an emit inside of an emit
//! host: ada is here
//! the stack, innermost first:
//!   4 listener `bell` of `notice`
//!   3 dispatch `notice`
//!   2 listener `host` of `joined`
//!   1 dispatch `joined`
//! host: done
//! and now, outside: 0 frames
//! > the mistake: knock until somebody opens
//! refused: knock, at 4 emits inside of each other
//! the way there: knock, knock, knock, knock
//! knocked 4 times
//! > mended: knock, and knock again later
//! knocked 1000 times, the deepest stack had 2 frames
//! ```

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Mutex;

use oyez::event_loop::EventLoop;
use oyez::local::EventEmitter;
use oyez::{EmitError, Event};

const JOINED: Event<str> = Event::new("joined");
const NOTICE: Event<str> = Event::new("notice");
const KNOCK: Event<()> = Event::new("knock");

fn main() {
    // An event loop has an emitter and a queue, which the next example sets to work together. Here
    // it serves to watch: its emitter keeps a list of what runs. The handle is how listeners reach
    // the loop. It is weak, so a listener may hold it: no circle as in `05_inside_a_listener`.
    let event_loop = EventLoop::new();
    let handle = event_loop.handle();

    say("> an emit inside of an emit");
    let h = handle.clone();
    // A label is a name for people. It shows up on the stack, and in errors.
    event_loop
        .emitter()
        .listen(JOINED)
        .label("host")
        .on(move |who| {
            say(format!("host: {who} is here"));
            h.emit(NOTICE, "somebody is new"); // Returns when the bell has rung.
            say("host: done");
        });
    let h = handle.clone();
    event_loop
        .emitter()
        .listen(NOTICE)
        .label("bell")
        .on(move |_| {
            // Each emit is a frame, a dispatch, and so is each listener that it calls. Printed
            // whole, with `{}`, the stack has the line of source of each frame, too.
            say("the stack, innermost first:");
            for frame in h.call_stack().frames().iter().rev() {
                let (depth, event) = (frame.depth(), frame.event().unwrap());
                say(match frame.label() {
                    Some(label) => format!("  {depth} listener `{label}` of `{event}`"),
                    None => format!("  {depth} dispatch `{event}`"),
                });
            }
        });
    handle.emit(JOINED, "ada");
    let depth = handle.call_stack().depth();
    say(format!("and now, outside: {depth} frames"));

    // "Not yet, so once more" is easily written as an emit. But no round ends before the next one
    // has: in plain Rust, a function that calls itself without end overflows the stack and takes the
    // program with it. An emitter has a limit, usually 128, and refuses. Here we set it to 4.
    say("> the mistake: knock until somebody opens");
    let event_loop = EventLoop::builder()
        .emitter(EventEmitter::builder().max_depth(4))
        .build();
    let handle = event_loop.handle();
    let knocks = Rc::new(Cell::new(0));
    let (h, count) = (handle.clone(), knocks.clone());
    let mistake = event_loop.emitter().on(KNOCK, move |_| {
        count.set(count.get() + 1);
        // `emit` would panic with this error. It has the chain of emits that led here, each with
        // the line that registered the listener, so that the circle can be found.
        if let Err(EmitError::TooDeep(refused)) = h.try_emit(KNOCK, ()) {
            let (event, limit) = (refused.event(), refused.limit());
            say(format!(
                "refused: {event}, at {limit} emits inside of each other"
            ));
            let way: Vec<_> = refused.chain().iter().map(|link| link.event()).collect();
            say(format!("the way there: {}", way.join(", ")));
        }
    });
    handle.emit(KNOCK, ());
    say(format!("knocked {} times", knocks.get()));

    // `post` instead of `emit`: this listener returns, and the loop calls it again. It could go on
    // like this for ever, with the stack as flat as at the start and the limit still 4.
    say("> mended: knock, and knock again later");
    event_loop.emitter().off(mistake);
    knocks.set(0);
    let deepest = Rc::new(Cell::new(0));
    let (h, count, depth) = (handle.clone(), knocks.clone(), deepest.clone());
    event_loop.emitter().on(KNOCK, move |_| {
        count.set(count.get() + 1);
        depth.set(depth.get().max(h.call_stack().depth()));
        if count.get() < 1000 {
            h.post(KNOCK, ()).unwrap();
        }
    });
    handle.post(KNOCK, ()).unwrap();
    event_loop.run().unwrap(); // Dispatches until nothing waits any more.
    say(format!(
        "knocked {} times, the deepest stack had {} frames",
        knocks.get(),
        deepest.get()
    ));

    assert_eq!(
        *SAID.lock().unwrap(),
        [
            "> an emit inside of an emit",
            "host: ada is here",
            "the stack, innermost first:",
            "  4 listener `bell` of `notice`",
            "  3 dispatch `notice`",
            "  2 listener `host` of `joined`",
            "  1 dispatch `joined`",
            "host: done",
            "and now, outside: 0 frames",
            "> the mistake: knock until somebody opens",
            "refused: knock, at 4 emits inside of each other",
            "the way there: knock, knock, knock, knock",
            "knocked 4 times",
            "> mended: knock, and knock again later",
            "knocked 1000 times, the deepest stack had 2 frames",
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
