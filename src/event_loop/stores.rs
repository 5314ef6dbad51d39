//! Finds the store of an event, by its name and the types of what it lends and of what was posted.
//!
//! # Data structure
//!
//! An open-addressing hash table with linear probing, at most half full. The hash is that of the name,
//! computed where the event is declared. Nothing is taken out: a program's event names are finite.

use std::mem;
use std::rc::Rc;

use super::posted::Envelope;
use super::store::{AnyStore, Store};
use crate::event::Event;
use crate::guarded::Erased;
use crate::payload::Payload;

/// The stores of one queue, one for each kind of events.
#[derive(Default)]
pub(crate) struct Stores {
    /// A power of two of them.
    entries: Vec<Option<Entry>>,
    len: usize,
}

struct Entry {
    hash: u64,
    store: Rc<dyn AnyStore>,
    /// The same, which is an `Of<T, P>`.
    typed: Erased,
}

type Of<T, P> = Store<Envelope<T, P>>;

/// A store as what it is, and as one whose kind is not known.
type Found<'a, T, P> = (&'a Of<T, P>, &'a Rc<dyn AnyStore>);

/// The smallest table.
const CAPACITY_MIN: usize = 8;

impl Stores {
    /// The store of an event, if there is one.
    #[inline]
    pub(crate) fn get<T, P>(&self, event: Event<T>) -> Option<Found<'_, T, P>>
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
                let store = entry.typed.get::<Of<T, P>>();
                if let Some(store) = store.filter(|store| event.is_named(store.kind().name())) {
                    return Some((store, &entry.store));
                }
            }
            at = at.wrapping_add(1);
        }
    }

    /// Makes a store for a kind of events that has none.
    #[cold]
    pub(crate) fn add<T, P>(&mut self, event: Event<T>)
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        self.len += 1;
        if self.entries.len() < 2 * self.len {
            self.grow();
        }
        let store: Rc<Of<T, P>> = Rc::new(Store::new(event));
        self.insert(Entry {
            hash: event.name_hash(),
            typed: Erased::new(store.clone()),
            store,
        });
    }

    fn grow(&mut self) {
        let capacity = (2 * self.entries.len()).max(CAPACITY_MIN);
        let entries = (0..capacity).map(|_| None).collect();
        for entry in mem::replace(&mut self.entries, entries)
            .into_iter()
            .flatten()
        {
            self.insert(entry);
        }
    }

    /// Puts an entry on the first free place for it.
    fn insert(&mut self, entry: Entry) {
        let mut at = entry.hash as usize;
        let mask = self.entries.len() - 1;
        while self.entries[at & mask].is_some() {
            at = at.wrapping_add(1);
        }
        self.entries[at & mask] = Some(entry);
    }
}
