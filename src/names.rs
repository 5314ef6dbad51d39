//! Finds the channel of an event, without a lock.
//!
//! # Data structure
//!
//! Channels stand in an append-only vector, in the order of their making; a channel's number is its
//! place there. Beside it, an open-addressing hash table of these numbers plus one, with linear
//! probing; 0 is free. When it is half full, a table twice as large is made and published; the old
//! ones, together smaller than the new one, stay until the emitter goes, so that readers need no
//! protection at all.
//!
//! Nothing is ever taken out: a name that nobody listens to any more costs an empty list. A program's
//! event names are finite, and their lists may still be held by signals.
//!
//! # Complexity
//!
//! A look-up is O(1) expected, whatever the number of events: the hash is computed where the event
//! is declared, and the name is compared by address before it is compared by content.

use std::any::TypeId;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::channel::{AnyChannel, Channel, Flavour};
use crate::event::Event;
use crate::flavour::Lock;

/// The smallest table.
const CAPACITY_MIN: usize = 8;

pub(crate) struct Names<K: Flavour> {
    entries: boxcar::Vec<Entry<K>>,
    /// The last one is in use.
    tables: boxcar::Vec<Box<[AtomicU32]>>,
    writer: K::Lock<()>,
}

struct Entry<K: Flavour> {
    hash: u64,
    name: &'static str,
    payload: TypeId,
    channel: K::Ptr<K::AnyChannel>,
}

impl<K: Flavour> Names<K> {
    pub(crate) fn new() -> Self {
        Self {
            entries: boxcar::Vec::new(),
            tables: boxcar::Vec::new(),
            writer: K::Lock::new(()),
        }
    }

    /// The channel of `event`, if it has one.
    #[inline]
    pub(crate) fn get<T: ?Sized + 'static>(&self, event: Event<T>) -> Option<&Channel<K, T>> {
        let mut entries = self.probe(event.name_hash(), event.name());
        let entry = entries.find(|entry| entry.payload == TypeId::of::<T>())?;
        entry.channel.as_any().downcast_ref()
    }

    /// The channel of `event`; `make` makes it, given its number.
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
        self.probe(event.name_hash(), event.name())
            .map(|entry| &*entry.channel)
    }

    #[inline]
    fn probe(&self, hash: u64, name: &'static str) -> impl Iterator<Item = &Entry<K>> {
        let table = self
            .tables
            .count()
            .checked_sub(1)
            .and_then(|last| self.tables.get(last));
        let table = table.map_or(&[][..], |table| table);
        // A table is at most half full, so the probe ends.
        let numbers = places(hash, table.len()).map_while(move |at| {
            // Acquire: pairs with the store in `place`, behind which the entry is whole.
            table.get(at)?.load(Ordering::Acquire).checked_sub(1)
        });
        let entries = numbers.filter_map(|number| self.entries.get(number as usize));
        entries.filter(move |entry| entry.hash == hash && is_same(entry.name, name))
    }

    /// Under the writer's lock.
    fn insert<T: ?Sized + 'static>(
        &self,
        event: Event<T>,
        make: impl FnOnce(u32) -> K::Ptr<Channel<K, T>>,
    ) {
        let number = self.entries.count() as u32;
        self.entries.push(Entry {
            hash: event.name_hash(),
            name: event.name(),
            payload: TypeId::of::<T>(),
            channel: K::erase(make(number)),
        });
        let capacity = (2 * self.entries.count())
            .next_power_of_two()
            .max(CAPACITY_MIN);
        let last = self
            .tables
            .count()
            .checked_sub(1)
            .and_then(|last| self.tables.get(last));
        match last {
            Some(table) if table.len() >= capacity => place(table, event.name_hash(), number),
            _ => self.grow(capacity),
        }
    }

    /// Publishes a table of `capacity` places with all entries.
    fn grow(&self, capacity: usize) {
        let table: Box<[AtomicU32]> = (0..capacity).map(|_| AtomicU32::new(0)).collect();
        for (number, entry) in &self.entries {
            place(&table, entry.hash, number as u32);
        }
        self.tables.push(table);
    }
}

/// Puts `number` on the first free place for `hash`.
fn place(table: &[AtomicU32], hash: u64, number: u32) {
    let at = places(hash, table.len()).find(|at| table[*at].load(Ordering::Relaxed) == 0);
    let at = at.expect("a table is at most half full");
    table[at].store(number + 1, Ordering::Release);
}

/// Where to look for `hash`, in turn, in a table of `len` places, a power of two or 0.
#[inline]
fn places(hash: u64, len: usize) -> impl Iterator<Item = usize> {
    // The high half, folded in: FNV's low bits alone depend on the last bytes too much.
    let start = (hash ^ (hash >> 32)) as usize;
    (0..len).map(move |step| start.wrapping_add(step) & (len - 1))
}

/// Whether two names are equal: mostly they are one constant.
#[inline]
fn is_same(a: &'static str, b: &'static str) -> bool {
    std::ptr::eq(a, b) || a == b
}
