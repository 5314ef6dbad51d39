//! One listener as its users see it: what it is registered with and what can be asked of it.

use std::panic::Location;

use crate::id::ListenerId;

/// What is known of a listener; a snapshot.
///
/// [`listeners`](crate::generic::EventEmitter::listeners) returns them, and
/// [`meta`](crate::meta) events carry them.
///
/// # Examples
///
/// ```
/// use oyez::{Event, EventEmitter};
///
/// const SAVE: Event<str> = Event::new("save");
/// let editor = EventEmitter::new();
/// let id = editor.listen(SAVE).priority(10).label("format").times(3).on(|_| ());
///
/// let info = editor.listeners(SAVE)[0];
/// assert_eq!((info.id(), info.event()), (id, "save"));
/// assert_eq!((info.label(), info.priority(), info.remaining()), (Some("format"), 10, Some(3)));
/// assert_eq!(info.location().file(), file!());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenerInfo {
    pub(crate) id: ListenerId,
    pub(crate) event: &'static str,
    pub(crate) label: Option<&'static str>,
    pub(crate) priority: i32,
    pub(crate) remaining: Option<usize>,
    pub(crate) location: &'static Location<'static>,
}

impl ListenerInfo {
    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> ListenerId {
        self.id
    }

    /// Returns the name of the event it listens to.
    #[must_use]
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Returns the label, if it was given one.
    #[must_use]
    pub fn label(&self) -> Option<&'static str> {
        self.label
    }

    /// Returns the priority; 0 unless another was asked for.
    #[must_use]
    pub fn priority(&self) -> i32 {
        self.priority
    }

    /// Returns how many calls are left to a `once` or `times` listener; `None` if there is no limit.
    #[must_use]
    pub fn remaining(&self) -> Option<usize> {
        self.remaining
    }

    /// Returns the line of source that registered it.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

/// How a listener is registered: everything but its closure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) priority: i32,
    pub(crate) end: End,
    /// Calls until it removes itself.
    pub(crate) limit: Option<usize>,
    pub(crate) label: Option<&'static str>,
    pub(crate) location: &'static Location<'static>,
}

impl Options {
    /// What plain `on` asks for.
    pub(crate) fn at(location: &'static Location<'static>) -> Self {
        Self {
            priority: 0,
            end: End::Back,
            limit: None,
            label: None,
            location,
        }
    }
}

/// The end of its priority at which a listener is put. `Front` sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Front,
    Back,
}
