//! The live call stack of a loop: it watches the loop's emitter, and the loop tells it of tasks.
//!
//! # Data structure
//!
//! A vector of entries that are written over, and how many of them count; behind these there is always one more. So
//! to push is to write an entry where it is to lie, and what has to be done seldom is done afterwards, by a call that
//! needs to know nothing of it.
//!
//! # Invariants
//!
//! 1. *A frame is pushed and popped in the order of a stack*: `watch` does it for emits and calls,
//!    [`Frames::run`] for tasks, both also when what runs panics.
//! 2. *The record of a step is written after the step*: pushed frames are on the stack, popped ones are
//!    not, when an inspector hears of them.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::rc::Rc;
use std::time::Instant;

use super::call_stack::{CallStack, Frame, FrameKind, Origin};
use super::journal::Journal;
use super::record::{Ending, Slow, Step};
use crate::error::{BoxError, ErrorKind};
use crate::outcome::Answer;
use crate::panics::discard;
use crate::watch::{Caller, Ended, OnPanic, Watch};

pub(crate) struct Frames {
    stack: RefCell<Stack>,
    /// When each began, if anybody wants to know whether it is slow; none, if nobody reads the journal.
    starts: RefCell<Vec<Option<Instant>>>,
    /// Whether an error is being asked for its text.
    is_asking: Cell<bool>,
    journal: Rc<Journal>,
}

struct Stack {
    /// Those beyond `depth` are free; one always is.
    entries: Vec<Entry>,
    depth: usize,
}

impl Stack {
    fn new() -> Self {
        Self {
            entries: vec![Entry::FREE],
            depth: 0,
        }
    }

    /// Outermost first.
    fn entries(&self) -> &[Entry] {
        &self.entries[..self.depth]
    }

    /// Answers whether it is full.
    #[inline(always)]
    fn push(&mut self, entry: Entry) -> bool {
        self.entries[self.depth] = entry;
        self.depth += 1;
        self.depth == self.entries.len()
    }

    fn grow(&mut self) {
        let room = 2 * self.entries.len();
        self.entries.resize(room, Entry::FREE);
    }

    /// The frame that was pushed last.
    fn top(&self) -> Option<Frame> {
        let entry = self.entries().last()?;
        Some(entry.frame(self.depth))
    }

    #[inline(always)]
    fn pop(&mut self) {
        debug_assert!(self.depth > 0, "a frame is left that was not entered");
        self.depth = self.depth.saturating_sub(1);
    }
}

/// A frame but for its depth, which is where it lies. Each emit and each call writes one.
#[derive(Clone)]
struct Entry {
    kind: FrameKind,
    event: Option<&'static str>,
    label: Option<&'static str>,
    location: Caller,
    origin: Origin,
}

impl Entry {
    const FREE: Self = Self {
        kind: FrameKind::Dispatch,
        event: None,
        label: None,
        location: None,
        origin: Origin::Call,
    };

    fn frame(&self, depth: usize) -> Frame {
        Frame {
            kind: self.kind,
            event: self.event,
            label: self.label,
            location: self.location,
            depth,
            origin: self.origin,
        }
    }
}

impl Frames {
    pub(crate) fn new(journal: Rc<Journal>) -> Rc<Self> {
        Rc::new(Self {
            stack: RefCell::new(Stack::new()),
            starts: RefCell::default(),
            is_asking: Cell::new(false),
            journal,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stack.borrow().depth == 0
    }

    /// How many frames there are, those of listeners left out.
    pub(crate) fn depth(&self) -> usize {
        let is_counted = |entry: &&Entry| entry.kind != FrameKind::Listener;
        self.stack
            .borrow()
            .entries()
            .iter()
            .filter(is_counted)
            .count()
    }

    pub(crate) fn snapshot(&self) -> CallStack {
        let stack = self.stack.borrow();
        let entries = (1..).zip(stack.entries());
        CallStack {
            frames: entries.map(|(depth, entry)| entry.frame(depth)).collect(),
        }
    }

    /// Runs a task in a frame of its own.
    pub(crate) fn run(
        &self,
        kind: FrameKind,
        location: &'static Location<'static>,
        task: impl FnOnce() -> Answer,
    ) -> Answer {
        let panics = OnPanic(|| self.pop(Ended::Panicked));
        self.open(kind, None, Some(location));
        let answer = task();
        std::mem::forget(panics);
        self.pop(Ended::of(&answer));
        answer
    }

    /// Pushes a frame that may be the first of a turn.
    #[inline]
    fn open(&self, kind: FrameKind, event: Option<&'static str>, location: Caller) {
        let opening = self.journal.running.opening.take();
        self.push(Entry {
            kind,
            event,
            label: opening.and_then(|opening| opening.label),
            location,
            origin: opening.map_or(Origin::Call, |opening| opening.origin),
        });
    }

    #[inline]
    fn push(&self, entry: Entry) {
        let is_full = self.stack.borrow_mut().push(entry);
        if is_full || self.journal.is_read() {
            self.pushed();
        }
    }

    /// Does what is seldom to be done for a frame that was pushed.
    #[cold]
    fn pushed(&self) {
        let mut stack = self.stack.borrow_mut();
        if stack.depth == stack.entries.len() {
            stack.grow();
        }
        let frame = stack.top().expect("it was just pushed");
        drop(stack);
        if self.journal.is_read() {
            self.tell_entered(frame);
        }
    }

    fn tell_entered(&self, frame: Frame) {
        self.starts.borrow_mut().push(None);
        self.journal.write(|| Step::Entered(frame));
        // Behind the record: an inspector's time is not the handler's.
        let start = self.journal.start_watch();
        if let Some(last) = self.starts.borrow_mut().last_mut() {
            *last = start;
        }
    }

    #[inline]
    fn pop(&self, ended: Ended<'_>) {
        if self.journal.is_read() {
            return self.pop_and_tell(ended);
        }
        self.stack.borrow_mut().pop();
    }

    #[cold]
    fn pop_and_tell(&self, ended: Ended<'_>) {
        // While the frame is there: what an error says is user code, and what that does is told as it is done.
        let ending = self.ending_of(ended);
        let mut stack = self.stack.borrow_mut();
        let frame = stack.top();
        stack.pop();
        drop(stack);
        let Some(frame) = frame else {
            return;
        };
        let start = self.starts.borrow_mut().pop().flatten();
        let slow = self.journal.stop_watch(start);
        self.journal.write(|| Step::Left(frame, ending));
        // An emit is as slow as what it calls.
        let slow = slow.filter(|_| frame.kind != FrameKind::Dispatch);
        if let Some((took, threshold)) = slow {
            self.journal.write_slow(Slow {
                frame: Some(frame),
                turn: None,
                took,
                threshold,
            });
        }
    }

    /// How a frame was left, for a record.
    fn ending_of(&self, ended: Ended<'_>) -> Ending {
        match ended {
            Ended::Returned => Ending::Returned,
            Ended::Stopped => Ending::Stopped,
            Ended::Unsubscribed => Ending::Unsubscribed,
            Ended::Failed(ErrorKind::Failed(error)) => Ending::Failed(self.ask(error)),
            Ended::Failed(ErrorKind::Panicked(text)) => Ending::Failed(format!("panicked: {text}")),
            Ended::Failed(ErrorKind::Reentered) => Ending::Failed("reentered".to_owned()),
            Ended::Panicked => Ending::Panicked,
        }
    }

    /// What an error says, unless another is being asked. One that emits what fails again is also asked by the panic
    /// that nobody hears it: twice at each level would be 2^depth texts.
    fn ask(&self, error: &BoxError) -> String {
        if self.is_asking.replace(true) {
            return "an error within the text of another".to_owned();
        }
        let text = text(error);
        self.is_asking.set(false);
        text
    }
}

/// What an error says. That is user code: it may panic, which is nothing to whom the step is told.
fn text(error: &BoxError) -> String {
    let text = catch_unwind(AssertUnwindSafe(|| error.to_string()));
    text.unwrap_or_else(|payload| {
        discard(payload);
        "an error whose text panics".to_owned()
    })
}

impl Watch for Frames {
    fn emit_begins(&self, event: &'static str, site: Caller) {
        self.open(FrameKind::Dispatch, Some(event), site);
    }

    fn emit_ends(&self, ended: Ended<'_>) {
        self.pop(ended);
    }

    fn call_begins(
        &self,
        event: &'static str,
        label: Option<&'static str>,
        location: &'static Location<'static>,
    ) {
        // Its emit took what was to be opened.
        self.push(Entry {
            kind: FrameKind::Listener,
            event: Some(event),
            label,
            location: Some(location),
            origin: Origin::Call,
        });
    }

    fn call_ends(&self, ended: Ended<'_>) {
        self.pop(ended);
    }
}
