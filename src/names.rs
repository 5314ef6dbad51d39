//! Finds the channel of an event, without a lock.
//!
//! # Data structure
//!
//! Channels stand in an append-only vector, in the order of their making; a channel's number is its
//! place there. Beside it, an open-addressing hash table of counted pointers to the same entries, with
//! linear probing, each place filled once. When it is half full, a table twice as large is made in the
//! next of a fixed row of cells and published; the old ones, together smaller than the new one, stay
//! until the emitter goes, so that readers need no protection at all.
//!
//! Nothing is ever taken out: a name that nobody listens to any more costs an empty list. A program's
//! event names are finite, and their lists may still be held by signals.
//!
//! # Complexity
//!
//! A look-up is O(1) expected, whatever the number of events: the hash is computed where the event
//! is declared, and the name is compared by address before it is compared by content.

use std::sync::atomic::Ordering;

use crate::channel::{AnyChannel, Channel, Flavour};
use crate::event::Event;
use crate::flavour::{Lock, Parts};
use crate::guarded::Erased;
use crate::sync::{AtomicUsize, OnceLock};

/// The smallest table.
const CAPACITY_MIN: usize = if cfg!(loom) { 2 } else { 8 };

/// How many tables there can be, each twice as large as the one before.
const TABLES: usize = if cfg!(loom) { 3 } else { 30 };

/// As many events as an emitter can have. Few where the tests are to get there.
const EVENTS: u32 = if cfg!(oyez_small) { 1_000 } else { TAPS };

/// The number that stands for the list of taps in a listener's id, beside those of the channels.
pub(crate) const TAPS: u32 = u32::MAX;

pub(crate) struct Names<K: Flavour> {
    entries: boxcar::Vec<K::Ptr<Entry<K>>>,
    tables: [OnceLock<Table<K>>; TABLES],
    /// Which table is in use.
    table: AtomicUsize,
    writer: K::Lock<()>,
}

/// A power of two places, each filled once.
type Table<K> = Box<[OnceLock<<K as Parts>::Ptr<Entry<K>>>]>;

struct Entry<K: Flavour> {
    hash: u64,
    name: &'static str,
    channel: Erased<K::Ptr<K::AnyChannel>>,
}

impl<K: Flavour> Names<K> {
    pub(crate) fn new() -> Self {
        Self {
            entries: boxcar::Vec::new(),
            tables: std::array::from_fn(|_| OnceLock::new()),
            table: AtomicUsize::new(0),
            writer: K::Lock::new(()),
        }
    }

    /// The channel of `event`, if it has one.
    #[inline]
    pub(crate) fn get<T: ?Sized + 'static>(&self, event: Event<T>) -> Option<&Channel<K, T>> {
        let mut entries = self.probe(event);
        entries.find_map(|entry| entry.channel.get())
    }

    /// The channel of `event`; `make` makes it, given its number.
    ///
    /// # Panics
    /// If there are [`EVENTS`] others.
    pub(crate) fn get_or_insert<T: ?Sized + 'static>(
        &self,
        event: Event<T>,
        make: impl FnOnce(u32) -> K::Ptr<Channel<K, T>>,
    ) -> &Channel<K, T> {
        self.get(event).unwrap_or_else(|| {
            self.writer.with(|()| {
                if self.get(event).is_none() {
                    self.insert(event, make);
                }
            });
            self.get(event).expect("it was just made")
        })
    }

    pub(crate) fn by_number(&self, number: u32) -> Option<&K::AnyChannel> {
        self.entries
            .get(number as usize)
            .map(|entry| &*entry.channel)
    }

    /// All channels, in the order of their making.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &K::AnyChannel> {
        self.entries.iter().map(|(_, entry)| &*entry.channel)
    }

    /// The channels of one name, whatever their types.
    pub(crate) fn of_name<T: ?Sized + 'static>(
        &self,
        event: Event<T>,
    ) -> impl Iterator<Item = &K::AnyChannel> {
        self.probe(event).map(|entry| &*entry.channel)
    }

    /// The table in use.
    #[inline]
    fn table(&self) -> &[OnceLock<K::Ptr<Entry<K>>>] {
        // Acquire: pairs with the store in `grow`, behind which the table is there.
        let table = self.tables[self.table.load(Ordering::Acquire)].get();
        table.map_or(&[], |table| table)
    }

    #[inline]
    fn probe<T: ?Sized + 'static>(&self, event: Event<T>) -> impl Iterator<Item = &Entry<K>> {
        let table = self.table();
        // A table is at most half full, so the probe ends.
        let places = places(event.name_hash(), table.len());
        let entries = places.map_while(|at| table.get(at)?.get().map(|entry| &**entry));
        entries.filter(move |entry| entry.is_of(event))
    }

    /// Under the writer's lock.
    fn insert<T: ?Sized + 'static>(
        &self,
        event: Event<T>,
        make: impl FnOnce(u32) -> K::Ptr<Channel<K, T>>,
    ) {
        let number = self.entries.count() as u32;
        assert!(
            number < EVENTS,
            "no more than {EVENTS} events of one emitter"
        );
        let channel = make(number);
        let erased = K::erase(channel.clone());
        let entry = K::ptr(Entry {
            hash: event.name_hash(),
            name: event.name(),
            channel: Erased::new(erased, &*channel, AnyChannel::as_any),
        });
        self.entries.push(entry.clone());
        if self.table().len() < 2 * self.entries.count() {
            self.grow();
        } else {
            place::<K>(self.table(), &entry);
        }
    }

    /// Publishes a table with twice as many places as there are entries, or more.
    fn grow(&self) {
        let capacity = (2 * self.entries.count())
            .next_power_of_two()
            .max(CAPACITY_MIN);
        let table: Table<K> = (0..capacity).map(|_| OnceLock::new()).collect();
        for (_, entry) in &self.entries {
            place::<K>(&table, entry);
        }
        let at = (capacity / CAPACITY_MIN).ilog2() as usize;
        assert!(self.tables[at].set(table).is_ok(), "each size is made once");
        self.table.store(at, Ordering::Release);
    }
}

impl<K: Flavour> Entry<K> {
    /// Whether it is of this name, whatever its type.
    #[inline]
    fn is_of<T: ?Sized + 'static>(&self, event: Event<T>) -> bool {
        // By address first, then by hash, so that other names are seldom compared by content.
        std::ptr::eq(self.name, event.name())
            || (self.hash == event.name_hash() && self.name == event.name())
    }
}

/// Puts `entry` on the first free place for it.
fn place<K: Flavour>(table: &[OnceLock<K::Ptr<Entry<K>>>], entry: &K::Ptr<Entry<K>>) {
    let at = places(entry.hash, table.len()).find(|at| table[*at].get().is_none());
    let at = at.expect("a table is at most half full");
    assert!(table[at].set(entry.clone()).is_ok(), "the place was free");
}

/// Where to look for `hash`, in turn, in a table of `len` places, a power of two or 0.
#[inline]
fn places(hash: u64, len: usize) -> impl Iterator<Item = usize> {
    let start = hash as usize;
    (0..len).map(move |step| start.wrapping_add(step) & (len - 1))
}
