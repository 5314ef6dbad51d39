//! The emitter's own news: how it tells of a listener's error, and of a removal.

use super::emit_seen;
use crate::channel::{Channel, Flavour};
use crate::error::{EmitError, ListenerError};
use crate::hub::Hub;
use crate::listener::ListenerInfo;
use crate::meta;
use crate::report::{Done, OnError, Panics, Report};

/// An emit of the emitter's own news.
pub(super) fn emit_meta<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    channel: &Channel<K, T>,
    news: &T,
    on_error: OnError,
) -> Done {
    emit_seen(hub, channel, news, on_error, None)
}

/// Emits a `meta` event. Its listeners' errors go the way of all errors.
#[track_caller]
pub(crate) fn tell<K: Flavour, T: 'static>(hub: &Hub<K>, channel: &Channel<K, T>, news: &T) {
    Panics::report(emit_meta(hub, channel, news, OnError::Tell), true);
}

/// What became of an error that was told.
pub(super) struct Told {
    /// Whether any listener was called with it.
    pub(super) is_heard: bool,
    /// What failed in them.
    pub(super) failures: Vec<ListenerError>,
}

impl Told {
    pub(super) const NOBODY: Self = Self {
        is_heard: false,
        failures: Vec::new(),
    };
}

/// Emits `LISTENER_ERROR`, unless it is about a listener of that.
pub(super) fn tell_error<K: Flavour>(hub: &Hub<K>, error: &ListenerError) -> Told {
    let hears = hub.hears(meta::LISTENER_ERROR);
    let Some(channel) = hears.filter(|channel| channel.list.id() != error.listener().list()) else {
        return Told::NOBODY;
    };
    match emit_meta(hub, channel, error, OnError::Return) {
        Ok(called) => Told {
            is_heard: called > 0,
            failures: Vec::new(),
        },
        Err(failed) => match *failed {
            EmitError::Listeners(errors) => Told {
                is_heard: errors.called() > 0,
                failures: errors.into_vec(),
            },
            EmitError::TooDeep(_) => Told::NOBODY,
        },
    }
}

pub(crate) fn tell_removed<K: Flavour>(hub: &Hub<K>, info: &ListenerInfo) {
    if let Some(channel) = hub.hears(meta::LISTENER_REMOVED) {
        tell(hub, channel, info);
    }
}
