//! A trace: every step of a loop, kept.

mod chrome;
mod json;
mod page;
mod replay;
mod state;
mod table;

pub use state::State;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;

use self::replay::Replay;
use super::inspector::Inspector;
use super::record::Record;

/// Keeps every step of a loop, can undo it, and renders all of them.
///
/// It is an [`Inspector`]: give the loop a clone, and keep another; each loop needs a trace of its own.
/// Between the records and the state
/// of the loop that they tell of stands a cursor: at the end while the loop runs, moved by
/// [`undo`](Self::undo) and [`redo`](Self::redo).
///
/// Ids and times count from the making of the loop, so the same program without other threads, under a
/// [`VirtualClock`](super::VirtualClock), gives the same renderings, byte for byte.
///
/// | rendering | is for |
/// |---|---|
/// | [`to_table`](Self::to_table) | a terminal |
/// | [`to_json_lines`](Self::to_json_lines) | programs: one object a line |
/// | [`to_chrome_json`](Self::to_chrome_json) | [Perfetto](https://ui.perfetto.dev) and other viewers of Chrome's trace format |
/// | [`to_html`](Self::to_html) | people: one page that steps forward and back |
///
/// # Complexity
/// A record is some 240 bytes and its texts, kept until the last clone of the trace goes. A step,
/// done or undone, is O(log n) for n items in the place that it changes; [`state_at`](Self::state_at) is that
/// for each of the first k, and the answer.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventLoop, Trace, VirtualClock};
///
/// const TICK: oyez::Event<u8> = oyez::Event::new("tick");
///
/// let trace = Trace::new();
/// let event_loop = EventLoop::builder()
///     .clock(VirtualClock::new())
///     .inspector(trace.clone())
///     .build();
/// event_loop.emitter().on(TICK, |_| ());
/// event_loop.handle().post(TICK, 1).unwrap();
/// event_loop.run().unwrap();
///
/// let steps: Vec<_> = trace.records().iter().map(ToString::to_string).collect();
/// assert_eq!(steps[0], "post `tick` #1, from outside");
///
/// assert_eq!(trace.state_at(1).queue().len(), 1);
/// while trace.undo().is_some() {}
/// assert_eq!(trace.state(), Default::default());
/// ```
#[derive(Clone, Default)]
pub struct Trace {
    kept: Rc<Kept>,
}

#[derive(Default)]
struct Kept {
    records: RefCell<Vec<Record>>,
    /// How many records `replay` has seen. It is at the end, unless somebody has undone any.
    cursor: Cell<usize>,
    replay: RefCell<Replay>,
    sources: RefCell<Vec<(String, String)>>,
}

impl Trace {
    /// Makes an empty trace.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the text of a source file, for the page to show the line that each step comes from. `file`
    /// is what `file!()` says there.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// let trace = oyez::event_loop::Trace::new();
    /// trace.add_source(file!(), std::fs::read_to_string(file!()).unwrap());
    /// ```
    pub fn add_source(&self, file: impl Into<String>, text: impl Into<String>) {
        let source = (file.into(), text.into());
        self.kept.sources.borrow_mut().push(source);
    }

    /// Returns the records, first to last.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.kept.records.borrow().clone()
    }

    /// Returns how many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.records.borrow().len()
    }

    /// Returns whether there are no records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes the cursor one record back. Returns that record; `None` at the beginning.
    pub fn undo(&self) -> Option<Record> {
        let records = self.kept.records.borrow();
        let cursor = self.kept.cursor.get().checked_sub(1)?;
        self.kept.cursor.set(cursor);
        let before = cursor.checked_sub(1).map(|before| &records[before]);
        self.kept.replay.borrow_mut().undo(&records[cursor], before);
        Some(records[cursor].clone())
    }

    /// Takes the cursor one record forward. Returns that record; `None` at the end.
    pub fn redo(&self) -> Option<Record> {
        let records = self.kept.records.borrow();
        let record = records.get(self.kept.cursor.get())?;
        self.kept.cursor.set(self.kept.cursor.get() + 1);
        self.kept.replay.borrow_mut().redo(record);
        Some(record.clone())
    }

    /// Returns the state of the loop at the cursor.
    #[must_use]
    pub fn state(&self) -> State {
        self.kept.replay.borrow().state()
    }

    /// Returns the state of the loop after the first `count` records; after all, if there are fewer.
    #[must_use]
    pub fn state_at(&self, count: usize) -> State {
        let mut replay = Replay::default();
        let records = self.kept.records.borrow();
        let first = records.iter().take(count);
        first.for_each(|record| replay.redo(record));
        replay.state()
    }

    fn keep(&self, record: Record) {
        let mut records = self.kept.records.borrow_mut();
        records.push(record);
        if self.kept.cursor.get() + 1 == records.len() {
            drop(records);
            self.redo();
        }
    }
}

/// Declares a rendering as a `String`, and its twin that writes.
macro_rules! renderings {
    ($($(#[$doc:meta])* $to:ident, $write:ident = $render:path;)*) => {
        impl Trace {$(
            $(#[$doc])*
            #[must_use]
            pub fn $to(&self) -> String {
                let mut text = String::new();
                $render(&self.view(), &mut text).expect("a string takes all");
                text
            }

            #[doc = concat!("Writes what [`", stringify!($to), "`](Self::", stringify!($to), ") returns.")]
            ///
            /// # Errors
            /// If writing to `out` fails.
            pub fn $write(&self, out: &mut (impl io::Write + ?Sized)) -> io::Result<()> {
                out.write_all(self.$to().as_bytes())
            }
        )*}
    };
}

renderings! {
    /// Renders a table for a terminal: time, depth of the stack, what happened, where.
    to_table, write_table = table::render;
    /// Renders one JSON object a line, one line a record.
    to_json_lines, write_json_lines = json::render_lines;
    /// Renders Chrome's trace format, which [Perfetto](https://ui.perfetto.dev) opens: frames as nested
    /// slices, time in the queue, and arrows from each post to its turn.
    to_chrome_json, write_chrome_json = chrome::render;
    /// Renders one self-contained page that shows call stack, microtasks, event queue, timers and log,
    /// and steps forward and back. It needs no network.
    to_html, write_html = page::render;
}

/// What the renderings see.
struct View<'a> {
    records: std::cell::Ref<'a, Vec<Record>>,
    sources: std::cell::Ref<'a, Vec<(String, String)>>,
}

impl Trace {
    fn view(&self) -> View<'_> {
        View {
            records: self.kept.records.borrow(),
            sources: self.kept.sources.borrow(),
        }
    }
}

impl Inspector for Trace {
    fn record(&self, record: &Record) {
        self.keep(record.clone());
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace").field("len", &self.len()).finish()
    }
}

// No user code runs while a trace is being changed.
impl UnwindSafe for Trace {}
impl RefUnwindSafe for Trace {}
