//! Finds the store of an event, by its name and the types of what it lends and of what was posted.
//!
//! # Data structure
//!
//! An open-addressing hash table with linear probing, at most half full. The hash is that of the name,
//! computed where the event is declared. Nothing is taken out: a program's event names are finite.

use std::any::Any;
use std::cell::RefCell;
use std::mem;
use std::rc::Rc;

use super::posted::Envelope;
use super::queued::Lane;
use super::store::{Item, Store};
use crate::event::Event;
use crate::payload::Payload;

/// The stores of one queue.
pub(crate) struct Stores(RefCell<Table>);

struct Table {
    /// A power of two of them.
    entries: Vec<Option<Entry>>,
    len: usize,
}

struct Entry {
    hash: u64,
    /// An `Rc<Store<Envelope<T, P>>>`.
    store: Box<dyn Any>,
}

/// The smallest table.
const CAPACITY_MIN: usize = 8;

impl Stores {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(Table {
            entries: Vec::new(),
            len: 0,
        }))
    }

    /// Keeps an event, for its turn in `lane`.
    #[inline(always)]
    pub(crate) fn put<T, P>(&self, event: Event<T>, lane: Lane, envelope: Envelope<T, P>) -> Item
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        let mut table = self.0.borrow_mut();
        let known = table.get(event).cloned();
        let store = known.unwrap_or_else(|| table.insert(event));
        store.put(lane, envelope)
    }
}

type Of<T, P> = Rc<Store<Envelope<T, P>>>;

impl Table {
    #[inline]
    fn get<T, P>(&self, event: Event<T>) -> Option<&Of<T, P>>
    where
        T: ?Sized + 'static,
        P: Payload<T> + 'static,
    {
        let mut at = start(event.name_hash());
        loop {
            // A table is at most half full, so the probe ends.
            let entry = self.entries.get(at & self.entries.len().wrapping_sub(1))?;
            let entry = entry.as_ref()?;
            if entry.hash == event.name_hash() {
                let store = entry.store.downcast_ref::<Of<T, P>>();
                if let Some(store) = store.filter(|store| is_same(store, event)) {
                    return Some(store);
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
        let store: Of<T, P> = Store::new(event);
        self.place(Entry {
            hash: event.name_hash(),
            store: Box::new(store.clone()),
        });
        store
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
        let mut at = start(entry.hash);
        let mask = self.entries.len() - 1;
        while self.entries[at & mask].is_some() {
            at = at.wrapping_add(1);
        }
        self.entries[at & mask] = Some(entry);
    }
}

/// Where the probe for `hash` begins. The high half is folded in: FNV's low bits alone depend on the
/// last bytes too much.
#[inline]
fn start(hash: u64) -> usize {
    (hash ^ (hash >> 32)) as usize
}

/// Whether a store is that of `event`: mostly the names are one constant.
#[inline]
fn is_same<T, P>(store: &Of<T, P>, event: Event<T>) -> bool
where
    T: ?Sized + 'static,
    P: Payload<T> + 'static,
{
    std::ptr::eq(store.kind().name(), event.name()) || *store.kind() == event
}
