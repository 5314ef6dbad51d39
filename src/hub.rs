//! What all handles to one emitter share: its channels, its taps, its settings.

use std::sync::atomic::Ordering;

use crate::channel::{AnyChannel, Channel, Flavour};
use crate::config::{Config, PanicPolicy};
use crate::event::Event;
use crate::id::{ListId, ListenerId, OwnerId};
use crate::list::List;
use crate::meta;
use crate::names::{Names, TAPS};
use crate::stack::{Kind, Sign};
use crate::sync::{AtomicBool, AtomicU64};

pub(crate) struct Hub<K: Flavour> {
    id: OwnerId,
    pub(crate) config: Config,
    channels: Names<K>,
    pub(crate) taps: List<K, K::Tap>,
    /// Is shown every emit, if there is one.
    pub(crate) watcher: Option<K::Watcher>,
    /// Whether anybody ever listened to a `meta` event.
    has_meta: AtomicBool,
    /// Counts the names that got their first listener.
    first_heard: AtomicU64,
}

/// What stands for the event's name where a tap is told of.
const TAP: &str = "(any)";

impl<K: Flavour> Hub<K> {
    pub(crate) fn new(config: Config, watcher: Option<K::Watcher>) -> Self {
        let id = OwnerId::unique();
        Self {
            id,
            config,
            channels: Names::new(),
            taps: List::new(
                ListId {
                    owner: id,
                    number: TAPS,
                },
                Sign {
                    event: TAP,
                    kind: Kind::Ordinary,
                },
            ),
            watcher,
            has_meta: AtomicBool::new(false),
            first_heard: AtomicU64::new(0),
        }
    }

    /// The channel of `event`, if it is found at the first look; most are.
    #[inline(always)]
    pub(crate) fn channel_at_once<T: ?Sized + 'static>(
        &self,
        event: Event<T>,
    ) -> Option<&Channel<K, T>> {
        self.channels.get_at_once(event)
    }

    /// The channel of `event`, if there ever was one.
    pub(crate) fn channel<T: ?Sized + 'static>(&self, event: Event<T>) -> Option<&Channel<K, T>> {
        self.channels.get(event)
    }

    /// The channel of `event`, made if need be.
    pub(crate) fn channel_or_new<T: ?Sized + 'static>(&self, event: Event<T>) -> &Channel<K, T> {
        self.channels.get_or_insert(event, |number| {
            let kind = if meta::is_meta(event) {
                Kind::Meta
            } else {
                Kind::Ordinary
            };
            if kind == Kind::Meta {
                // Relaxed: whoever looks while the first listener is being added may miss it.
                self.has_meta.store(true, Ordering::Relaxed);
            }
            Channel::<K, T>::new(
                event,
                kind,
                ListId {
                    owner: self.id,
                    number,
                },
            )
        })
    }

    /// Whether the panics of the listeners are caught.
    pub(crate) fn isolates(&self) -> bool {
        self.config.panics == Some(PanicPolicy::Isolate)
    }

    /// Whether taps or a watcher may see an emit.
    #[inline]
    pub(crate) fn is_observed(&self) -> bool {
        !self.taps.is_empty() || self.watcher.is_some()
    }

    /// The channel of a `meta` event, if anybody listens to it.
    pub(crate) fn hears<T: ?Sized + 'static>(&self, event: Event<T>) -> Option<&Channel<K, T>> {
        if !self.has_meta() {
            return None;
        }
        self.channel(event)
            .filter(|channel| !channel.list.is_empty())
    }

    /// Whether anybody ever listened to a `meta` event.
    #[inline]
    pub(crate) fn has_meta(&self) -> bool {
        // Relaxed: see `channel_or_new`.
        self.has_meta.load(Ordering::Relaxed)
    }

    /// The channel that the listener `id` belongs to, if it is one of this emitter's.
    pub(crate) fn channel_of(&self, id: ListenerId) -> Option<&K::AnyChannel> {
        (id.list().owner == self.id).then(|| self.channels.by_number(id.list().number))?
    }

    /// All channels, in the order of their making.
    pub(crate) fn channels(&self) -> impl Iterator<Item = &K::AnyChannel> {
        self.channels.iter()
    }

    /// Notes that `event` has got a listener after it had none.
    pub(crate) fn note_first<T: ?Sized + 'static>(&self, event: Event<T>, since: &AtomicU64) {
        since.store(0, Ordering::Relaxed);
        // Its name may be known already, by listeners of another type.
        let mut known: Option<u64> = None;
        self.channels.each_of_name(event, |channel| {
            let since = channel.since();
            if since > 0 && !channel.is_empty() {
                known = Some(known.map_or(since, |known| known.min(since)));
            }
        });
        let now = || self.first_heard.fetch_add(1, Ordering::Relaxed) + 1;
        since.store(known.unwrap_or_else(now), Ordering::Relaxed);
    }

    /// The names that have listeners, in the order in which they got their first.
    pub(crate) fn event_names(&self) -> Vec<&'static str> {
        let heard = self.channels().filter(|channel| !channel.is_empty());
        let mut names: Vec<_> = heard
            .map(|channel| (channel.since(), channel.name()))
            .collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|(_, name)| name).collect()
    }
}
