//! The call stack of a loop, as data: what runs, and in what.

use std::fmt;
use std::panic::Location;

use super::id::{EventId, TaskId};
use crate::watch::Caller;

/// What a [`Frame`] runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FrameKind {
    /// An emit: of a posted event, by the loop, or of any event, by `emit`.
    Dispatch,
    /// A listener, inside of a dispatch.
    Listener,
    /// A microtask.
    Microtask,
    /// A timeout or an interval.
    Timer,
    /// An idle callback.
    Idle,
}

impl FrameKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::Listener => "listener",
            Self::Microtask => "microtask",
            Self::Timer => "timer",
            Self::Idle => "idle",
        }
    }
}

/// What began a frame at the bottom of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It was not the loop.
    Call,
    Event(EventId),
    Task(TaskId),
}

impl Origin {
    pub(crate) fn number(self) -> Option<u64> {
        match self {
            Self::Call => None,
            Self::Event(id) => Some(id.0),
            Self::Task(id) => Some(id.0),
        }
    }
}

/// One entry of a [`CallStack`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    pub(crate) kind: FrameKind,
    pub(crate) event: Option<&'static str>,
    pub(crate) label: Option<&'static str>,
    pub(crate) location: Caller,
    pub(crate) depth: usize,
    pub(crate) origin: Origin,
}

impl Frame {
    /// Returns what it runs.
    #[must_use]
    pub fn kind(&self) -> FrameKind {
        self.kind
    }

    /// Returns the name of the event of a dispatch or a listener.
    #[must_use]
    pub fn event(&self) -> Option<&'static str> {
        self.event
    }

    /// Returns the label: of a listener, or of a posted event.
    #[must_use]
    pub fn label(&self) -> Option<&'static str> {
        self.label
    }

    /// Returns the line of source that posted or emitted a dispatch, registered a listener, queued a
    /// microtask or an idle callback, or set a timer. `None` for an emit that no line made: by the emitter
    /// itself, of a [`meta`](crate::meta) event, or by the loop, of [`TASK_ERROR`](super::TASK_ERROR).
    #[must_use]
    pub fn location(&self) -> Option<&'static Location<'static>> {
        self.location
    }

    /// Returns its place in the stack. The outermost is 1.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            FrameKind::Idle => "idle callback",
            kind => kind.as_str(),
        })?;
        if let Some(label) = self.label {
            write!(f, " `{label}`")?;
        }
        match (self.kind, self.event) {
            (FrameKind::Listener, Some(event)) => write!(f, " of `{event}`")?,
            (_, Some(event)) => write!(f, " `{event}`")?,
            (_, None) => {}
        }
        if let Some(location) = self.location {
            write!(f, " ({location})")?;
        }
        Ok(())
    }
}

/// The frames of a loop that run now, outermost first; a snapshot.
///
/// [`LoopHandle::call_stack`](super::LoopHandle::call_stack) takes one, most often from inside a
/// listener. Its `Display` has a line for each frame, the innermost on top.
///
/// # Examples
///
/// ```
/// use oyez::event_loop::{EventLoop, FrameKind};
///
/// const OUTER: oyez::Event<()> = oyez::Event::new("outer");
/// const INNER: oyez::Event<()> = oyez::Event::new("inner");
///
/// let event_loop = EventLoop::new();
/// let handle = event_loop.handle();
/// let h = handle.clone();
/// event_loop.emitter().on(OUTER, move |()| { h.emit(INNER, ()); });
/// let h = handle.clone();
/// event_loop.emitter().on(INNER, move |()| {
///     let stack = h.call_stack();
///     let names: Vec<_> = stack.frames().iter().map(|frame| frame.event().unwrap()).collect();
///     assert_eq!(names, ["outer", "outer", "inner", "inner"]);
///     assert_eq!(stack.top().unwrap().kind(), FrameKind::Listener);
///     assert_eq!((stack.depth(), h.depth()), (4, 2));
/// });
/// handle.post(OUTER, ()).unwrap();
/// event_loop.run().unwrap();
/// assert!(handle.call_stack().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallStack {
    pub(crate) frames: Vec<Frame>,
}

impl CallStack {
    /// Returns the number of frames, those of listeners included.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Returns whether nothing runs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Returns the frames, outermost first.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// Returns the innermost frame.
    #[must_use]
    pub fn top(&self) -> Option<&Frame> {
        self.frames.last()
    }
}

impl fmt::Display for CallStack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("(empty)");
        }
        for frame in self.frames.iter().rev() {
            let end = if frame.depth > 1 { "\n" } else { "" };
            write!(f, "{:>3} {frame}{end}", frame.depth)?;
        }
        Ok(())
    }
}
