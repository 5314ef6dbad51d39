//! Finds the store of an event, by its name and the types of what it lends and of what was posted.
//!
//! # Data structure
//!
//! An open-addressing hash table with linear probing, at most half full. The hash is that of the name,
//! computed where the event is declared. Beside it, all stores by their numbers. Nothing is taken out:
//! a program's event names are finite.

use std::any::Any;
use std::mem;
use std::rc::Rc;

use super::id::EventId;
use super::posted::{Envelope, Posted};
use super::queued::{Lane, QueuedEvent};
use super::store::{AnyStore, Home, Item, Key, Store};
use crate::event::Event;
use crate::guarded::Erased;
use crate::payload::Payload;

/// The stores of one queue.
#[derive(Default)]
pub(crate) struct Stores {
    /// By number.
    homes: Vec<Rc<dyn AnyStore>>,
    /// A power of two of them.
    entries: Vec<Option<Entry>>,
    len: usize,
}

struct Entry {
    hash: u64,
    /// A `Home<Envelope<T, P>>`.
    home: Erased<Rc<dyn Any>>,
}

/// The smallest table.
const CAPACITY_MIN: usize = 8;

impl Stores {
    /// Keeps an event, whose id is larger than any before.
    pub(crate) fn put<T, P>(
        &mut self,
        id: EventId,
        event: Event<T>,
        envelope: Envelope<T, P>,
    ) -> Key
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        match self.get(event) {
            Some(home) => home.put(id, envelope),
            None => self.insert(event).put(id, envelope),
        }
    }

    /// The store of an event.
    pub(crate) fn home<T, P>(&mut self, event: Event<T>) -> Home<Envelope<T, P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        match self.get(event) {
            Some(home) => home.clone(),
            None => self.insert(event),
        }
    }

    /// What `key` and `id` name, for whoever takes it.
    #[inline]
    pub(crate) fn item(&self, key: Key, id: EventId, lane: Lane) -> Item {
        Item::new(self.homes[key.home as usize].clone(), key, id, lane)
    }

    /// What is known of the event that `key` and `id` name.
    pub(crate) fn info(&self, key: Key, id: EventId, lane: Lane) -> QueuedEvent {
        self.homes[key.home as usize].info(id, lane)
    }

    /// Adds a store.
    pub(crate) fn add<E: Posted>(&mut self, kind: E::Kind) -> Home<E> {
        let number = u32::try_from(self.homes.len()).expect("fewer than 2^32 kinds of events");
        let store = Rc::new(Store::new(kind));
        self.homes.push(store.clone());
        Home { store, number }
    }

    /// The store of an event, if there is one.
    #[inline]
    pub(crate) fn get<T, P>(&self, event: Event<T>) -> Option<&Of<T, P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        let mut at = event.name_hash() as usize;
        loop {
            // A table is at most half full, so the probe ends.
            let entry = self.entries.get(at & self.entries.len().wrapping_sub(1))?;
            let entry = entry.as_ref()?;
            if entry.hash == event.name_hash() {
                let home = entry.home.get::<Of<T, P>>();
                if let Some(home) = home.filter(|home| event.is_named(home.store.kind().name())) {
                    return Some(home);
                }
            }
            at = at.wrapping_add(1);
        }
    }

    #[cold]
    fn insert<T, P>(&mut self, event: Event<T>) -> Of<T, P>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        self.len += 1;
        if self.entries.len() < 2 * self.len {
            self.grow();
        }
        let home: Of<T, P> = self.add(event);
        let kept = Rc::new(home.clone());
        self.place(Entry {
            hash: event.name_hash(),
            home: Erased::new(kept.clone(), &*kept, |any| any),
        });
        home
    }

    fn grow(&mut self) {
        let capacity = (2 * self.entries.len()).max(CAPACITY_MIN);
        let entries = (0..capacity).map(|_| None).collect();
        for entry in mem::replace(&mut self.entries, entries)
            .into_iter()
            .flatten()
        {
            self.place(entry);
        }
    }

    /// Puts an entry on the first free place for it.
    fn place(&mut self, entry: Entry) {
        let mut at = entry.hash as usize;
        let mask = self.entries.len() - 1;
        while self.entries[at & mask].is_some() {
            at = at.wrapping_add(1);
        }
        self.entries[at & mask] = Some(entry);
    }
}

type Of<T, P> = Home<Envelope<T, P>>;
