//! What a watcher sees of an emit, or that there is none to see it.

use crate::channel::Flavour;
use crate::hub::Hub;
use crate::list::Node;
use crate::outcome::Answer;
use crate::panics::isolated;
use crate::report::Done;
use crate::watch::{self, Caller, Watch};

/// How an emit, and the calls in it, look to a watcher.
pub(crate) trait Sight {
    /// Makes an emit; `hide_listener` has its frame show none.
    fn emit(&self, hide_listener: impl Fn(), emit: impl FnOnce() -> Done) -> Done;

    /// Calls a listener or a tap.
    fn call<K: Flavour, B: ?Sized>(
        &self,
        node: &Node<K, B>,
        call: impl FnOnce() -> Answer,
    ) -> Answer;
}

/// There is no watcher.
pub(crate) struct Unseen;

/// The watcher of an emitter sees an emit of `event` that was made at `site`.
pub(crate) struct Seen<'a> {
    watcher: &'a dyn Watch,
    event: &'static str,
    site: Caller,
    /// Whether the panics of the listeners are caught.
    isolates: bool,
}

impl<'a> Seen<'a> {
    /// What the watcher of `hub` sees, if it has one.
    #[inline(always)]
    pub(crate) fn of<K: Flavour>(
        hub: &'a Hub<K>,
        event: &'static str,
        site: Caller,
    ) -> Option<Self> {
        hub.watcher.as_ref().map(|watcher| Self {
            watcher: watcher.as_ref(),
            event,
            site,
            isolates: hub.isolates(),
        })
    }
}

impl Sight for Unseen {
    #[inline(always)]
    fn emit(&self, _: impl Fn(), emit: impl FnOnce() -> Done) -> Done {
        emit()
    }

    #[inline(always)]
    fn call<K: Flavour, B: ?Sized>(&self, _: &Node<K, B>, call: impl FnOnce() -> Answer) -> Answer {
        call()
    }
}

// By reference: it is made once, and used at every call.
impl Sight for &Seen<'_> {
    #[inline(always)]
    fn emit(&self, hide_listener: impl Fn(), emit: impl FnOnce() -> Done) -> Done {
        // Before the watcher is told that the emit begins, and before it is told that it ends.
        hide_listener();
        watch::emit(self.watcher, self.event, self.site, || {
            let done = emit();
            hide_listener();
            done
        })
    }

    #[inline(always)]
    fn call<K: Flavour, B: ?Sized>(
        &self,
        node: &Node<K, B>,
        call: impl FnOnce() -> Answer,
    ) -> Answer {
        watch::call(
            self.watcher,
            self.event,
            node.label(),
            node.location(),
            || {
                // Here already, so that the watcher is told of an error, not of a panic that goes on.
                if self.isolates {
                    isolated(call)
                } else {
                    call()
                }
            },
        )
    }
}

impl<S: Sight> Sight for Option<S> {
    fn emit(&self, hide_listener: impl Fn(), emit: impl FnOnce() -> Done) -> Done {
        match self {
            None => Unseen.emit(hide_listener, emit),
            Some(sight) => sight.emit(hide_listener, emit),
        }
    }

    fn call<K: Flavour, B: ?Sized>(
        &self,
        node: &Node<K, B>,
        call: impl FnOnce() -> Answer,
    ) -> Answer {
        match self {
            None => Unseen.call(node, call),
            Some(sight) => sight.call(node, call),
        }
    }
}
