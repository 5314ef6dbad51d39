//! Adds and removes listeners, and tells of it.

use std::cell::Cell;

use crate::channel::{AnyChannel, Channel, Flavour};
use crate::dispatch::{tell, tell_removed};
use crate::error::WaitError;
use crate::hub::Hub;
use crate::id::ListenerId;
use crate::list::{Added, NewNode, Node, NodeSeed};
use crate::listener::{ListenerInfo, Options};
use crate::meta::{self, TooManyListeners};
use crate::panics::{Thrown, both};
use crate::stack::Kind;

/// Adds a listener and tells about it.
pub(crate) fn add<K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    channel: &Channel<K, T>,
    node: NewNode<K, K::Listener<T>>,
) -> Added {
    match hub {
        None => channel.list.add(node),
        Some(hub) => add_and_tell(hub, channel, node),
    }
}

fn add_and_tell<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    channel: &Channel<K, T>,
    node: NewNode<K, K::Listener<T>>,
) -> Added {
    let is_ordinary = channel.list.sign.kind == Kind::Ordinary;
    let told = hub.hears(meta::LISTENER_ADDED).filter(|_| is_ordinary);
    // Asked before, since it may be gone afterwards.
    let info = told.map(|_| node.info(channel.list.id(), channel.name()));
    let added = channel.list.add(node);
    let count = added.count();
    if count == 1 {
        hub.note_first(channel.event, &channel.since);
    }
    // A crossing of the limit is the one add that comes to stand just above it. Looked at before who is told of the
    // add may remove some.
    let max = hub.config.max_listeners;
    let crosses = is_ordinary && count - 1 == max && max > 0;
    let too_many = crosses.then(|| too_many(hub, channel, count)).flatten();
    let tell_added = || {
        if let (Some(told), Some(info)) = (told, &info) {
            let id = added.id(channel.list.id());
            tell(hub, told, &ListenerInfo { id, ..*info });
        }
    };
    match too_many {
        None => tell_added(),
        // Told once, and so it must not be lost.
        Some((told, news)) => both(tell_added, || tell(hub, told, &news)),
    }
    added
}

/// Adds a tap, which is not told about.
pub(crate) fn add_tap<K: Flavour>(
    hub: &Hub<K>,
    options: Options,
    seed: NodeSeed<K, K::Tap>,
) -> ListenerId {
    let added = hub.taps.add(plant(Some(hub), options, None, seed));
    added.id(hub.taps.id())
}

/// Makes a listener that is to be added.
#[inline(always)]
pub(crate) fn plant<K: Flavour, B: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    options: Options,
    gate: Option<K::Gate>,
    seed: NodeSeed<K, B>,
) -> NewNode<K, B> {
    let is_isolated = hub.is_some_and(Hub::isolates);
    // On one thread the closure itself knows whether it runs. A gate knows more: before the call is counted, or a
    // watcher told of it, and until what it has thrown is dropped.
    let is_watched = hub.is_some_and(|hub| hub.watcher.is_some());
    let needs_gate = !K::ONE_THREAD || options.limit.is_some() || is_isolated || is_watched;
    let gate = gate.filter(|_| needs_gate);
    Node::plant(seed, &options, gate, is_isolated)
}

/// That an event has so many listeners, and who is to be told.
#[cold]
fn too_many<'h, K: Flavour, T: ?Sized + 'static>(
    hub: &'h Hub<K>,
    channel: &Channel<K, T>,
    count: usize,
) -> Option<(&'h Channel<K, TooManyListeners>, TooManyListeners)> {
    let told = hub.hears(meta::TOO_MANY_LISTENERS)?;
    let (event, max) = (channel.name(), hub.config.max_listeners);
    let news = TooManyListeners::new(event, count, max, &channel.infos());
    Some((told, news))
}

/// Whether the listener `id` is still there, whatever its event.
pub(crate) fn has<K: Flavour>(hub: &Hub<K>, id: ListenerId) -> bool {
    if id.list() == hub.taps.id() {
        return hub.taps.contains(id);
    }
    hub.channel_of(id)
        .is_some_and(|channel| channel.contains(id))
}

/// Removes the listener `id`, whatever its event, and tells about it.
pub(crate) fn off<K: Flavour>(hub: &Hub<K>, id: ListenerId) -> bool {
    if id.list() == hub.taps.id() {
        return hub.taps.remove(id).is_some();
    }
    hub.channel_of(id)
        .is_some_and(|channel| off_channel(Some(hub), channel, id))
}

/// Removes the listener `id` of one event, and tells about it.
pub(crate) fn off_channel<K: Flavour, C: AnyChannel<K> + ?Sized>(
    hub: Option<&Hub<K>>,
    channel: &C,
    id: ListenerId,
) -> bool {
    let told = hub.filter(|hub| {
        channel.kind() == Kind::Ordinary && hub.hears(meta::LISTENER_REMOVED).is_some()
    });
    // Asked before, since it is gone afterwards.
    let info = told.and_then(|_| channel.info(id));
    let (Some(hub), Some(info)) = (told, info) else {
        return channel.remove(id);
    };
    // Another thread may remove it first. Whose closure panics, that was removed here.
    let removed = Cell::new(true);
    let remove = || removed.set(channel.remove(id));
    both(remove, || {
        if removed.get() {
            tell_removed(hub, &info);
        }
    });
    removed.get()
}

/// Removes the listener `id`, then waits until nobody is inside of it.
pub(crate) fn off_and_wait<K: Flavour>(hub: &Hub<K>, id: ListenerId) -> Result<bool, WaitError> {
    if id.list() == hub.taps.id() {
        let removed = off(hub, id);
        return hub.taps.wait(id).map(|()| removed);
    }
    match hub.channel_of(id) {
        Some(channel) => off_channel_and_wait(Some(hub), channel, id),
        None => Ok(false),
    }
}

/// Removes the listener `id` of one event, then waits until nobody is inside of it.
pub(crate) fn off_channel_and_wait<K: Flavour, C: AnyChannel<K> + ?Sized>(
    hub: Option<&Hub<K>>,
    channel: &C,
    id: ListenerId,
) -> Result<bool, WaitError> {
    let removed = off_channel(hub, channel, id);
    channel.wait(id).map(|()| removed)
}

/// Removes all listeners of one event, then tells about each.
pub(crate) fn off_all<K: Flavour, C: AnyChannel<K> + ?Sized>(
    hub: Option<&Hub<K>>,
    channel: &C,
) -> usize {
    let (infos, closures) = channel.clear();
    let told = hub.filter(|_| channel.kind() == Kind::Ordinary);
    both(
        || drop(closures),
        || {
            if let Some(hub) = told {
                infos.iter().for_each(|info| tell_removed(hub, info));
            }
        },
    );
    infos.len()
}

/// Removes everything, then tells about each; those who are told go last.
pub(crate) fn clear<K: Flavour>(hub: &Hub<K>) -> usize {
    let told = hub.hears(meta::LISTENER_REMOVED);
    let hooks = told.map(Channel::infos).unwrap_or_default();

    let is_told = |channel: &&K::AnyChannel| {
        channel.kind() == Kind::Meta && channel.name() == meta::LISTENER_REMOVED.name()
    };
    let others = hub.channels().filter(|channel| !is_told(channel));
    let mut cleared: Vec<_> = others
        .map(|channel| (channel.since(), channel.kind(), channel.clear()))
        .collect();
    // As `event_names` lists them. A channel may be older than its first listener.
    cleared.sort_by_key(|(since, ..)| *since);
    let taps = hub.taps.clear();
    let mut count = taps.0.len() + hooks.len();

    let (mut removed, mut closures) = (Vec::new(), Vec::new());
    for (_, kind, (infos, of_event)) in cleared {
        count += infos.len();
        if kind == Kind::Ordinary {
            removed.extend(infos);
        }
        closures.push(of_event);
    }
    let thrown = Thrown::by(|| {
        both(
            || drop((taps, closures)),
            || removed.iter().for_each(|info| tell_removed(hub, info)),
        );
    });
    // They have heard of the others, and go also if one of them has panicked: all, and then their closures.
    let last = Thrown::by(|| {
        let remains = |channel: &Channel<K, _>| {
            let ids = hooks.iter().map(ListenerInfo::id);
            ids.map(|id| channel.list.remove(id)).collect::<Vec<_>>()
        };
        drop(told.map(remains));
    });
    thrown.go_on();
    last.go_on();
    count
}
