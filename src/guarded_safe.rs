//! The safe twin of `guarded.rs`: the same names with counted pointers behind locks.
//!
//! Slower, and right without any contract: what a reader holds cannot be dropped under it.

use std::any::Any;
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use crate::seed::Seed;
use crate::sync::Mutex;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof<'v>(PhantomData<&'v ()>);

pub(crate) trait Keeper {}

impl<'v> Proof<'v> {
    pub(crate) fn by(_: &'v impl Keeper) -> Self {
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

pub(crate) trait Held: Sized {
    type Behind: ?Sized;

    fn body(&self) -> Option<&Body<Self, Self::Behind>> {
        None
    }

    #[allow(dead_code, reason = "the twin has no use for it")]
    fn is_taken(&self) -> bool {
        false
    }
}

pub(crate) struct Owner<P: Held>(Arc<P>);

impl<P: Held> Owner<P> {
    pub(crate) fn new(value: P) -> Self {
        Self(Arc::new(value))
    }

    pub(crate) fn plant(
        seed: Box<Seed<P, P::Behind>>,
        value: impl FnOnce(Body<P, P::Behind>) -> P,
    ) -> Self {
        Self::new(value(Body(Mutex::new(Some(Arc::from(seed))))))
    }
}

impl<P: Held> Drop for Owner<P> {
    /// The closure goes with the owner, also while a guard is still on the value.
    fn drop(&mut self) {
        drop(Taken::from(&**self));
    }
}

impl<P: Held> Deref for Owner<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}

pub(crate) struct Slot<P: Held>(Mutex<Option<Arc<P>>>);

impl<P: Held> Slot<P> {
    pub(crate) fn empty() -> Self {
        Self(Mutex::new(None))
    }

    pub(crate) fn set(&self, owner: Option<&Owner<P>>, _: Ordering) {
        let new = owner.map(|owner| Arc::clone(&owner.0));
        // The old value is dropped after the lock is.
        let _old = std::mem::replace(&mut *self.0.lock(), new);
    }

    pub(crate) fn copy(&self, other: &Self, _: Ordering) {
        let pointer = other.0.lock().clone();
        // The old value is dropped after the lock is.
        let _old = std::mem::replace(&mut *self.0.lock(), pointer);
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.lock().is_some()
    }

    pub(crate) fn get<'v>(&self, _: Proof<'v>) -> Option<Ref<'v, P>> {
        self.0.lock().clone().map(|value| Ref(value, PhantomData))
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

    pub(crate) fn address(&self) -> usize {
        self.0.get().map_or(0, |(at, _)| at)
    }

    pub(crate) fn is(&self, what: &P) -> bool {
        self.address() == std::ptr::from_ref(what).addr()
    }

    pub(crate) fn get(&self) -> Option<P> {
        self.0.get().map(|(_, what)| what)
    }
}

pub(crate) struct Erased(Rc<dyn Any>);

impl Erased {
    pub(crate) fn new<X: 'static>(kept: Rc<X>) -> Self {
        Self(kept)
    }

    pub(crate) fn get<X: 'static>(&self) -> Option<&X> {
        self.0.downcast_ref()
    }
}

pub(crate) struct Bucket<Q: Deref>(OnceLock<Label<Q>>);

struct Label<Q: Deref> {
    hash: u32,
    number: u32,
    any: fn(&Q::Target) -> &dyn Any,
}

impl<Q: Deref> Bucket<Q> {
    pub(crate) fn free() -> Self {
        Self(OnceLock::new())
    }

    pub(crate) fn is_free(&self) -> bool {
        self.0.get().is_none()
    }

    pub(crate) fn hash(&self) -> u32 {
        self.0.get().map_or(0, |label| label.hash)
    }

    pub(crate) fn number(&self) -> u32 {
        self.0.get().map_or(0, |label| label.number)
    }

    pub(crate) fn get<'k, X: 'static>(&self, kept: &'k boxcar::Vec<Q>) -> Option<&'k X> {
        let Label { number, any, .. } = self.0.get()?;
        any(kept.get(*number as usize)?).downcast_ref()
    }

    pub(crate) fn fill<X: 'static>(
        &self,
        hash: u32,
        number: u32,
        _: &X,
        _: &boxcar::Vec<Q>,
        any: fn(&Q::Target) -> &dyn Any,
    ) {
        let is_free = self.0.set(Label { hash, number, any }).is_ok();
        assert!(is_free, "is filled once");
    }

    pub(crate) fn copy(&self, other: &Self) {
        let Label { hash, number, any } = *other.0.get().expect("a copy of nothing");
        assert!(self.0.set(Label { hash, number, any }).is_ok());
    }
}

pub(crate) struct Body<H, B: ?Sized>(Mutex<Option<Arc<Seed<H, B>>>>);

impl<H, B: ?Sized> Body<H, B> {
    pub(crate) fn get<'v>(&self, _: Proof<'v>) -> RefBody<'v, H, B> {
        let seed = self.0.lock().clone();
        RefBody(
            seed.expect("is taken from removed listeners only"),
            PhantomData,
        )
    }
}

pub(crate) struct RefBody<'v, H, B: ?Sized>(Arc<Seed<H, B>>, PhantomData<&'v ()>);

impl<H, B: ?Sized> Deref for RefBody<'_, H, B> {
    type Target = B;

    fn deref(&self) -> &B {
        &self.0.body
    }
}

#[allow(dead_code, reason = "is kept to be dropped")]
pub(crate) struct Taken<P: Held>(Option<Arc<Seed<P, P::Behind>>>);

impl<P: Held> Taken<P> {
    pub(crate) fn from(value: &P) -> Self {
        Self(value.body().and_then(|body| body.0.lock().take()))
    }
}
