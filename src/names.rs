//! Finds the channel of an event, without a lock.
//!
//! # Data structure
//!
//! Channels stand in an append-only vector, in the order of their making; a channel's number is its
//! index there. Beside it, an open-addressing hash table of lines, probed one after the other. A line is
//! a cache line: two buckets, each filled once, with the hash of a name, the type of a channel and a pointer
//! to it. So to find a channel takes one cache line of the table, and then the channel's own, which an emit
//! reads anyway. When a table is a quarter full, one twice as large is filled and published; the old
//! ones, together smaller than the new one, stay until the emitter goes, so that readers need no
//! protection at all.
//!
//! Nearly every channel stands in the line that is looked at first. Of its two buckets, the hashes tell which
//! to read without a branch, since half of all branches would go the other way than the processor has
//! guessed.
//!
//! Nothing is ever taken out: a name that nobody listens to any more costs an empty list. A program's
//! event names are finite, and their lists may still be held by signals.
//!
//! # Complexity
//!
//! A look-up is O(1) expected, whatever the number of events: the hash is computed where the event
//! is declared, and the name is compared by address before it is compared by content. The text of a constant
//! may stand at several addresses, one for each codegen unit that uses it.

// The safe twin's `Ref` is a guard, not a reference.
#![allow(clippy::needless_borrow)]

use std::ptr;
use std::sync::atomic::Ordering;

use crate::channel::{AnyChannel, Channel, Flavour};
use crate::event::Event;
use crate::flavour::{Lock, Parts};
use crate::guarded::{Bucket, Held, Keeper, Owner, Proof, Slot};

/// How many buckets there are for each channel, at least. At two, one channel in ten is not in the first
/// line to look, and a processor that has guessed that it is begins anew; at four, one in thirty.
const BUCKETS_MIN: usize = 4;

/// As many events as an emitter can have. Few where the tests are to get there.
const EVENTS: u32 = if cfg!(oyez_small) { 1_000 } else { TAPS };

/// The number that stands for the list of taps in a listener's id, beside those of the channels.
pub(crate) const TAPS: u32 = u32::MAX;

pub(crate) struct Names<K: Flavour> {
    /// The last of the tables.
    table: Slot<Table<K>>,
    channels: boxcar::Vec<K::Ptr<K::AnyChannel>>,
    /// All tables there ever were.
    writer: K::Lock<Vec<Owner<Table<K>>>>,
}

/// A power of two lines.
struct Table<K: Flavour>(Box<[Line<K>]>);

/// The buckets for channels whose hashes are equal in their low bits, and for those that have found no
/// room in the lines before. Filled from the first on.
#[repr(align(64))]
struct Line<K: Flavour>([BucketOf<K>; LINE]);

/// How many buckets there are in a cache line.
const LINE: usize = 2;

type BucketOf<K> = Bucket<<K as Parts>::Ptr<<K as Flavour>::AnyChannel>>;

impl<K: Flavour> Held for Table<K> {
    type Behind = ();
}

/// They drop their tables when they go, and not before.
impl<K: Flavour> Keeper for Names<K> {}

impl<K: Flavour> Names<K> {
    pub(crate) fn new() -> Self {
        Self {
            table: Slot::empty(),
            channels: boxcar::Vec::new(),
            writer: K::Lock::new(Vec::new()),
        }
    }

    /// The channel of `event`, if it has one.
    pub(crate) fn get<T: ?Sized + 'static>(&self, event: Event<T>) -> Option<&Channel<K, T>> {
        let table = self.table.get(Proof::by(self))?;
        // The first bucket to look is the one, most often.
        let channel_at = |bucket: &BucketOf<K>| -> Option<&Channel<K, T>> {
            let channel: &Channel<K, T> = bucket.get(&self.channels)?;
            event.is_named(channel.name()).then_some(channel)
        };
        channel_at(table.guess(hash(event)))
            .or_else(|| table.probe(hash(event)).find_map(channel_at))
    }

    /// The same, but finds only what stands in the first line to look, and what has its name at the same
    /// address: most that there is.
    // Calls nothing, so that an emit need not save what it knows.
    #[inline(always)]
    pub(crate) fn get_at_once<T: ?Sized + 'static>(
        &self,
        event: Event<T>,
    ) -> Option<&Channel<K, T>> {
        let table = self.table.get(Proof::by(self))?;
        let channel: &Channel<K, T> = table.guess(hash(event)).get(&self.channels)?;
        ptr::eq(channel.name(), event.name()).then_some(channel)
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
            self.writer.with(|tables| {
                if self.get(event).is_none() {
                    self.insert(tables, event, make);
                }
            });
            self.get(event).expect("it was just made")
        })
    }

    pub(crate) fn by_number(&self, number: u32) -> Option<&K::AnyChannel> {
        self.channels.get(number as usize).map(|channel| &**channel)
    }

    /// All channels, in the order of their making.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &K::AnyChannel> {
        self.channels.iter().map(|(_, channel)| &**channel)
    }

    /// Calls `f` with each channel of one name, whatever their types. Mostly there is one.
    pub(crate) fn each_of_name<T: ?Sized + 'static>(
        &self,
        event: Event<T>,
        f: impl FnMut(&K::AnyChannel),
    ) {
        let Some(table) = self.table.get(Proof::by(self)) else {
            return;
        };
        let buckets = table.probe(hash(event));
        let channels = buckets.filter_map(|bucket| self.by_number(bucket.number()));
        channels
            .filter(|channel| event.is_named(channel.name()))
            .for_each(f);
    }

    /// Under the writer's lock.
    fn insert<T: ?Sized + 'static>(
        &self,
        tables: &mut Vec<Owner<Table<K>>>,
        event: Event<T>,
        make: impl FnOnce(u32) -> K::Ptr<Channel<K, T>>,
    ) {
        let number = self.channels.count() as u32;
        assert!(
            number < EVENTS,
            "no more than {EVENTS} events of one emitter"
        );
        let channel = make(number);
        self.channels.push(K::erase(channel.clone()));
        let buckets_min = BUCKETS_MIN * self.channels.count();
        let is_short = |table: &Owner<Table<K>>| LINE * table.0.len() < buckets_min;
        if tables.last().is_none_or(is_short) {
            self.grow(tables, buckets_min);
        }
        let hash = hash(event);
        let bucket = tables.last().expect("there is one").free(hash);
        bucket.fill(hash, number, &*channel, &self.channels, AnyChannel::as_any);
    }

    /// Publishes a table with `buckets_min` buckets or more.
    fn grow(&self, tables: &mut Vec<Owner<Table<K>>>, buckets_min: usize) {
        let new = Table::with_capacity(buckets_min);
        let old = tables.last().map_or(&[][..], |table| &table.0);
        let old = old.iter().flat_map(|line| &line.0);
        for bucket in old.filter(|bucket| !bucket.is_free()) {
            new.free(bucket.hash()).copy(bucket);
        }
        let new = Owner::new(new);
        // Release: whoever reads the slot sees the table whole.
        self.table.set(Some(&new), Ordering::Release);
        tables.push(new);
    }
}

impl<K: Flavour> Table<K> {
    fn with_capacity(buckets_min: usize) -> Self {
        let lines = buckets_min.div_ceil(LINE).next_power_of_two();
        let line = |_| Line(std::array::from_fn(|_| Bucket::free()));
        Self((0..lines).map(line).collect())
    }

    /// The one bucket in the first line to look that may be the one for `hash`.
    #[inline(always)]
    fn guess(&self, hash: u32) -> &BucketOf<K> {
        let Line(buckets) = self.line(hash as usize);
        &buckets[usize::from(buckets[0].hash() != hash)]
    }

    /// The buckets that are filled under `hash`.
    fn probe(&self, hash: u32) -> impl Iterator<Item = &BucketOf<K>> {
        // Most buckets are free, so the probe ends.
        let buckets = self.buckets(hash).take_while(|bucket| !bucket.is_free());
        buckets.filter(move |bucket| bucket.hash() == hash)
    }

    /// The first free bucket for `hash`.
    fn free(&self, hash: u32) -> &BucketOf<K> {
        let free = self.buckets(hash).find(|bucket| bucket.is_free());
        free.expect("most buckets are free")
    }

    /// Where to look for `hash`, in turn and without an end.
    fn buckets(&self, hash: u32) -> impl Iterator<Item = &BucketOf<K>> {
        let lines = (0..).map(move |step| self.line((hash as usize).wrapping_add(step)));
        lines.flat_map(|line| &line.0)
    }

    /// The line at `at`, which goes round.
    #[inline(always)]
    fn line(&self, at: usize) -> &Line<K> {
        &self.0[at & (self.0.len() - 1)]
    }
}

/// The low bits of a name's hash, which will do.
#[inline]
fn hash<T: ?Sized>(event: Event<T>) -> u32 {
    event.name_hash() as u32
}
