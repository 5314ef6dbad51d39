//! The runs of a list, as visits find them, and what is unlinked from them.

use smallvec::SmallVec;

use super::node::Node;
use super::table::Table;
use crate::flavour::Parts;
use crate::guarded::{Held, Owner, Ref, Slot};
use crate::listener::End;

/// The runs that a visit finds.
pub(crate) enum Runs<'v, K: Parts, B: ?Sized + 'static> {
    /// The one that almost every list has alone; `None` is empty.
    Main(Option<Ref<'v, Table<K, B>>>),
    Several(Ref<'v, Order<K, B>>),
}

/// A run other than `main`.
pub(super) struct Run<K: Parts, B: ?Sized + 'static> {
    pub(super) table: Slot<Table<K, B>>,
}

/// All runs, in order. Replaced as a whole when a run comes or goes.
pub(crate) struct Order<K: Parts, B: ?Sized + 'static> {
    pub(super) runs: Vec<Member<K, B>>,
}

/// The nodes of one run, in the order in which they are called.
pub(super) type Walk<'w, K, B> = dyn Iterator<Item = Ref<'w, Node<K, B>>> + 'w;

/// A run among others.
pub(super) struct Member<K: Parts, B: ?Sized + 'static> {
    /// Where its listeners were put.
    pub(super) end: End,
    /// `None` is `main`.
    pub(super) run: Option<K::Ptr<Run<K, B>>>,
}

impl<K: Parts, B: ?Sized + 'static> Held for Order<K, B> {
    type Behind = ();
}

/// Something unlinked.
pub(super) enum Garbage<K: Parts, B: ?Sized + 'static> {
    Node(Owner<Node<K, B>>),
    Table(#[expect(dead_code, reason = "is kept to be dropped")] Owner<Table<K, B>>),
    Order(#[expect(dead_code, reason = "is kept to be dropped")] Owner<Order<K, B>>),
}

/// Tables and orders that a change has replaced: none most often, else one or two; more where empty runs go together,
/// or all listeners.
pub(super) type Replaced<K, B> = SmallVec<[Garbage<K, B>; 2]>;

impl<K: Parts, B: ?Sized + 'static> Garbage<K, B> {
    pub(super) fn node(&self) -> Option<&Node<K, B>> {
        match self {
            Self::Node(node) => Some(node),
            _ => None,
        }
    }
}
