//! The safe twin of `guarded.rs`: the same names with counted pointers behind locks.
//!
//! Slower, and right without any contract: what a reader holds cannot be dropped under it.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::sync::Mutex;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof<'v>(PhantomData<&'v ()>);

impl<'v> Proof<'v> {
    pub(crate) fn by<W: ?Sized>(_: &'v W) -> Self {
        Self(PhantomData)
    }
}

/// A count on the value, instead of a proof.
pub(crate) struct Ref<'v, P: ?Sized>(Arc<P>, PhantomData<&'v ()>);

impl<P: ?Sized> Deref for Ref<'_, P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}

pub(crate) type Taken<B> = Arc<B>;

pub(crate) struct Owner<P>(Arc<P>);

impl<P> Owner<P> {
    pub(crate) fn new(value: P) -> Self {
        Self(Arc::new(value))
    }
}

impl<P> Deref for Owner<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}

pub(crate) struct Slot<P>(Mutex<Option<Arc<P>>>);

impl<P> Slot<P> {
    pub(crate) fn empty() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn set(&self, owner: Option<&Owner<P>>, _: Ordering) {
        let new = owner.map(|owner| Arc::clone(&owner.0));
        // The old value is dropped after the lock is.
        let _old = std::mem::replace(&mut *self.0.lock(), new);
    }

    pub(crate) fn copy(&self, other: &Self) {
        let pointer = other.0.lock().clone();
        *self.0.lock() = pointer;
    }

    pub(crate) fn get<'v>(&self, _: Proof<'v>) -> Option<Ref<'v, P>> {
        self.0.lock().clone().map(|value| Ref(value, PhantomData))
    }
}

impl<P> fmt::Debug for Slot<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot(..)")
    }
}

/// A copy, and where it is from.
pub(crate) struct Shown<P>(Cell<Option<(usize, P)>>);

impl<P: Copy> Shown<P> {
    pub(crate) const fn nothing() -> Self {
        Self(Cell::new(None))
    }

    pub(crate) fn show(&self, what: &P) {
        self.0.set(Some((std::ptr::from_ref(what).addr(), *what)));
    }

    pub(crate) fn hide(&self) {
        self.0.set(None);
    }

    pub(crate) fn is(&self, what: &P) -> bool {
        let at = self.0.get().map(|(at, _)| at);
        at == Some(std::ptr::from_ref(what).addr())
    }

    pub(crate) fn get(&self) -> Option<P> {
        self.0.get().map(|(_, what)| what)
    }
}

impl<P> fmt::Debug for Shown<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown(..)")
    }
}

pub(crate) struct Body<B: ?Sized>(Mutex<Option<Arc<B>>>);

impl<B: ?Sized> Body<B> {
    pub(crate) fn new(body: Box<B>) -> Self {
        Self(Mutex::new(Some(Arc::from(body))))
    }

    pub(crate) fn get<'v>(&self, _: Proof<'v>) -> Option<Ref<'v, B>> {
        self.0.lock().clone().map(|body| Ref(body, PhantomData))
    }

    /// The closure of a listener that is not removed.
    #[inline]
    pub(crate) fn plain<'v>(&self, proof: Proof<'v>) -> Ref<'v, B> {
        self.get(proof)
            .expect("is taken from removed listeners only")
    }

    pub(crate) fn take(&self) -> Option<Taken<B>> {
        self.0.lock().take()
    }
}
