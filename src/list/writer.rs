//! What the lock of a list protects: who is in it, in which order, and what was taken out.

use std::collections::BTreeMap;
use std::mem;
use std::sync::atomic::Ordering;

use smallvec::SmallVec;

use super::node::{Key, LAST_BIRTH, Node};
use super::roster::Roster;
use super::rows::Rows;
use super::run::{Garbage, Member, Order, Replaced, Run};
use super::{List, ReadersOf};
use crate::flavour::{Parts, Reader, Readers};
use crate::guarded::{Keeper, Owner, Proof, Ref, Slot};
use crate::listener::End;

/// The owners of everything.
pub(super) struct Writer<K: Parts, B: ?Sized + 'static> {
    pub(super) roster: Roster<K, B>,
    main: Rows<K, B>,
    others: BTreeMap<Key, Other<K, B>>,
    order: Option<Owner<Order<K, B>>>,
    /// How many of `others` are empty.
    empty: usize,
    /// What the change under way has replaced.
    pub(super) replaced: Replaced<K, B>,
    pub(super) retired: Kept<K, B>,
}

struct Other<K: Parts, B: ?Sized + 'static> {
    run: K::Ptr<Run<K, B>>,
    rows: Rows<K, B>,
}

/// What was unlinked, one after the other, while the same visitors might still read it.
pub(super) struct Retired<K: Parts, B: ?Sized + 'static> {
    /// A few in place, so that a nested emit that uses up a `once` allocates nothing.
    garbage: SmallVec<[Garbage<K, B>; 3]>,
    readers: ReadersOf<K>,
}

/// In the order in which it was unlinked. Mostly it all waits for the same visitors: so an emit that ends while
/// much is kept for another thread has but one look at it.
pub(super) type Kept<K, B> = SmallVec<[Retired<K, B>; 1]>;

/// It is lent under the list's lock, and owners are dropped by nobody who does not hold that first.
impl<K: Parts, B: ?Sized + 'static> Keeper for Writer<K, B> {}

impl<K: Parts, B: ?Sized + 'static> Writer<K, B> {
    pub(super) fn new() -> Self {
        Self {
            roster: Roster::new(),
            main: Rows::new(),
            others: BTreeMap::new(),
            order: None,
            empty: 0,
            replaced: SmallVec::new(),
            retired: SmallVec::new(),
        }
    }

    /// Puts `node` at the end of its run, and its run among the runs. Answers where the roster keeps it.
    #[inline(always)]
    pub(super) fn insert(&mut self, list: &List<K, B>, node: Owner<Node<K, B>>) -> u32 {
        let key = node.other_run();
        match key {
            None => self.main.push(&list.main, &node, &mut self.replaced),
            Some(key) => self.insert_in(key, list, &node),
        }
        // Before the clock: who finds `solo` has the whole audience.
        if self.roster.len() > 0 {
            list.solo.set(None, K::PUBLISH);
        }
        self.roster.insert(node)
    }

    /// Shows visits the only listener, if that needs nothing but a call.
    pub(super) fn publish_solo(&self, list: &List<K, B>) {
        debug_assert_eq!(self.roster.len(), 1);
        let is_plain = |slot: &&Slot<_>| {
            let node: Option<Ref<'_, Node<K, B>>> = slot.get(Proof::by(self));
            node.is_some_and(|node| node.is_plain(LAST_BIRTH))
        };
        if let Some(slot) = self.main.only().filter(is_plain) {
            list.solo.copy(slot, Ordering::Release);
        }
    }

    #[cold]
    fn insert_in(&mut self, key: Key, list: &List<K, B>, node: &Owner<Node<K, B>>) {
        let is_new = !self.others.contains_key(&key);
        let Other { run, rows } = self.others.entry(key).or_insert_with(Other::new);
        if !is_new && rows.is_empty() {
            self.empty -= 1;
        }
        rows.push(&run.table, node, &mut self.replaced);
        if is_new {
            self.publish_order(list);
        }
    }

    /// Clears the slot of `node`.
    #[inline(always)]
    pub(super) fn erase(&mut self, list: &List<K, B>, node: &Node<K, B>) {
        let position = node.position();
        match node.other_run() {
            None => self.main.remove(&list.main, position, &mut self.replaced),
            Some(key) => self.erase_in(key, list, position),
        }
    }

    /// Clears a slot of a run; drops the empty runs when they are most of them.
    #[cold]
    fn erase_in(&mut self, key: Key, list: &List<K, B>, position: usize) {
        let other = self.others.get_mut(&key);
        let Other { run, rows } = other.expect("a listener stands in a run");
        rows.remove(&run.table, position, &mut self.replaced);
        if rows.is_empty() {
            self.empty += 1;
        }
        if 2 * self.empty > self.others.len() {
            let replaced = &mut self.replaced;
            self.others.retain(|_, Other { run, rows }| {
                let stays = !rows.is_empty();
                if !stays {
                    // It may have kept its table, which visits may be in.
                    rows.clear(&run.table, replaced);
                }
                stays
            });
            self.empty = 0;
            self.publish_order(list);
        }
    }

    /// Shows visits which runs there are.
    fn publish_order(&mut self, list: &List<K, B>) {
        let order = (!self.others.is_empty()).then(|| {
            let before = self.others.range(..Key::MAIN);
            let after = self.others.range(Key::MAIN..);
            let run = |(key, other): (&Key, &Other<K, B>)| Member {
                end: key.1,
                run: Some(other.run.clone()),
            };
            let main = std::iter::once(Member {
                end: End::Back,
                run: None,
            });
            let runs = before.map(run).chain(main).chain(after.map(run)).collect();
            Owner::new(Order { runs })
        });
        list.order.set(order.as_ref(), K::PUBLISH);
        let old = mem::replace(&mut self.order, order);
        self.replaced.extend(old.map(Garbage::Order));
    }

    /// Drops what was just replaced, which nobody can see.
    #[inline]
    pub(super) fn drop_replaced(&mut self) {
        if !self.replaced.is_empty() {
            // With the room that it has taken.
            drop(mem::take(&mut self.replaced));
        }
    }

    /// Keeps `node` and what was just replaced for `readers`.
    #[cold]
    pub(super) fn retire(&mut self, node: Option<Owner<Node<K, B>>>, readers: ReadersOf<K>) {
        let replaced = mem::take(&mut self.replaced).into_iter();
        let garbage = replaced.chain(node.map(Garbage::Node));
        match self.retired.last_mut() {
            Some(last) if last.readers == readers => last.garbage.extend(garbage),
            _ => self.retired.push(Retired {
                garbage: garbage.collect(),
                readers,
            }),
        }
    }

    /// The nodes that are kept.
    pub(super) fn retired_nodes(&self) -> impl Iterator<Item = &Node<K, B>> {
        let garbage = self.retired.iter().flat_map(|retired| &retired.garbage);
        garbage.filter_map(Garbage::node)
    }

    /// Takes out what waited for `reader` alone. Allocates nothing where there is nothing such.
    pub(super) fn release(&mut self, reader: Reader) -> Kept<K, B> {
        let is_free = |retired: &Retired<K, B>| retired.readers.are_only(reader);
        if self.retired.iter().all(is_free) {
            return mem::take(&mut self.retired);
        }
        let mut released = Kept::new();
        self.retired.retain(|retired| {
            let is_kept = retired.readers.lose(reader);
            if !is_kept {
                released.push(Retired {
                    garbage: mem::take(&mut retired.garbage),
                    readers: retired.readers.clone(),
                });
            }
            is_kept
        });
        released
    }
}

impl<K: Parts, B: ?Sized + 'static> Other<K, B> {
    fn new() -> Self {
        Self {
            run: K::ptr(Run {
                table: Slot::empty(),
            }),
            rows: Rows::new(),
        }
    }
}
