//! Pointers that are read without a lock while they change: the crate's one gain from `unsafe`.
//!
//! An [`Owner`] owns a value on the heap. A [`Slot`] points to it without owning it. A [`Body`] holds
//! a closure that can be taken away. All three are read on the strength of a [`Proof`], which says
//! that whoever holds it keeps the owners from being dropped.
//!
//! A [`Shown`] points from a frame of the call stack to what its emit keeps.
//!
//! # The contract of this module, kept by `list`, and its last point by `stack`
//!
//! 1. An owner is dropped only after every slot that pointed to it was cleared or refilled, *and*
//!    every visit of the list that was under way at that time has ended (`List::retire`), or with
//!    the list as a whole, when there is neither visit nor lock.
//! 2. A proof is made only by a visit, for as long as the visit lasts, or under the list's lock, for
//!    as long as that is held, since owners are dropped by nobody who does not hold it first.
//! 3. A body is taken only by the thread that the list belongs to, while no frame of that thread is
//!    running it: in the single-threaded flavour alone.
//! 4. What a frame shows outlives the frame, or is hidden while it is still there: the sign of an emit
//!    is borrowed for as long as its frame is entered (`stack::enter`), and a visit hides which
//!    listener runs before it ends. A frame is looked at only while it is entered.
//!
//! `--cfg oyez_safe` builds the same crate on the safe twin of this file, `guarded_safe.rs`, which
//! the tests run as an oracle: there a slot is a locked `Arc`, and reading it takes a count.
#![allow(unsafe_code)]

use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::sync::atomic::Ordering;

use crate::sync::AtomicPtr;

/// Says that no owner of the list is dropped during `'v`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof<'v>(PhantomData<&'v ()>);

impl<'v> Proof<'v> {
    /// Made from what keeps the owners: a visit, or the contents of the list's lock.
    #[inline]
    pub(crate) fn by<W: ?Sized>(_: &'v W) -> Self {
        Self(PhantomData)
    }
}

/// What [`Slot::get`] and [`Body::get`] return: something that derefs to `P`.
pub(crate) type Ref<'v, P> = &'v P;

/// What [`Body::take`] returns.
pub(crate) type Taken<B> = Box<B>;

/// A box that may be pointed to from elsewhere while it is moved about.
pub(crate) struct Owner<P> {
    value: NonNull<P>,
    owns: PhantomData<P>,
}

impl<P> Owner<P> {
    pub(crate) fn new(value: P) -> Self {
        Self {
            value: NonNull::from(Box::leak(Box::new(value))),
            owns: PhantomData,
        }
    }
}

impl<P> Deref for Owner<P> {
    type Target = P;

    fn deref(&self) -> &P {
        // SAFETY:
        // - `value` comes from a `Box` that only `drop` frees, and `drop` needs the owner itself.
        // - Nobody makes a `&mut P` before that.
        unsafe { self.value.as_ref() }
    }
}

impl<P> Drop for Owner<P> {
    fn drop(&mut self) {
        // SAFETY:
        // - `value` comes from `Box::leak` in `new` and is freed here only.
        // - By point 1 of the contract nobody reads it any more.
        drop(unsafe { Box::from_raw(self.value.as_ptr()) });
    }
}

// SAFETY: an owner is a `Box<P>`; its slots lend `&P` to other threads, hence `Sync` as well.
unsafe impl<P: Send + Sync> Send for Owner<P> {}
// SAFETY: as above.
unsafe impl<P: Send + Sync> Sync for Owner<P> {}

/// A pointer to a value that somebody else owns, or to nothing.
pub(crate) struct Slot<P> {
    pointer: AtomicPtr<P>,
    // As `Send` and `Sync` as what it points to, which `AtomicPtr` alone does not ask for.
    lends: PhantomData<Owner<P>>,
}

impl<P> Slot<P> {
    pub(crate) fn empty() -> Self {
        Self {
            pointer: AtomicPtr::new(ptr::null_mut()),
            lends: PhantomData,
        }
    }

    /// Points to `owner`, or to nothing.
    pub(crate) fn set(&self, owner: Option<&Owner<P>>, order: Ordering) {
        let pointer = owner.map_or(ptr::null_mut(), |owner| owner.value.as_ptr());
        self.pointer.store(pointer, order);
    }

    /// Points to what `other` points to.
    pub(crate) fn copy(&self, other: &Self) {
        // Relaxed: both are the writer's, who holds the lock; the table that holds `self` is
        // published as a whole, later.
        self.pointer
            .store(other.pointer.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// What it points to, for as long as the proof lasts.
    #[inline]
    pub(crate) fn get<'v>(&self, _: Proof<'v>) -> Option<Ref<'v, P>> {
        // SeqCst: see `sync::announce`. It is an acquire as well, and pairs with the store in `set`
        // that published the value behind the pointer.
        let pointer = self.pointer.load(Ordering::SeqCst);
        // SAFETY:
        // - Null, or set from an owner and so valid, aligned and initialised.
        // - By the proof and points 1 and 2 of the contract the owner outlives `'v`.
        // - Only `&P` are ever made of it before its drop.
        unsafe { pointer.as_ref() }
    }
}

impl<P> fmt::Debug for Slot<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Slot").field(&self.pointer).finish()
    }
}

/// What a frame of the call stack shows of its emit, for those who look from further up the stack.
pub(crate) struct Shown<P>(Cell<Option<NonNull<P>>>);

impl<P: Copy> Shown<P> {
    pub(crate) const fn nothing() -> Self {
        Self(Cell::new(None))
    }

    /// Shows `what`, until something else is shown or the frame is left. See point 4 of the contract.
    #[inline]
    pub(crate) fn show(&self, what: &P) {
        self.0.set(Some(NonNull::from(what)));
    }

    #[inline]
    pub(crate) fn hide(&self) {
        self.0.set(None);
    }

    /// Whether this very place is shown.
    pub(crate) fn is(&self, what: &P) -> bool {
        self.0.get() == Some(NonNull::from(what))
    }

    /// What is shown. Asked of frames that are not left.
    pub(crate) fn get(&self) -> Option<P> {
        // SAFETY:
        // - Set from a reference, and so aligned and initialised when it was set.
        // - By point 4 of the contract what it points to is still there, since it is shown.
        self.0.get().map(|shown| unsafe { *shown.as_ref() })
    }
}

impl<P> fmt::Debug for Shown<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shown").field(&self.0).finish()
    }
}

/// A closure that can be taken out from under its readers, when none is inside of it.
pub(crate) struct Body<B: ?Sized>(UnsafeCell<Option<Box<B>>>);

impl<B: ?Sized> Body<B> {
    pub(crate) fn new(body: Box<B>) -> Self {
        Self(UnsafeCell::new(Some(body)))
    }

    /// The closure, unless it was taken.
    #[inline]
    pub(crate) fn get<'v>(&self, _: Proof<'v>) -> Option<Ref<'v, B>> {
        // SAFETY:
        // - The node that holds the body outlives `'v` by the proof.
        // - By point 3 `take` is called by this thread or never, and not while a frame runs the
        //   closure; who has looked without running it does not use what he saw after user code.
        unsafe { (*self.0.get()).as_deref() }
    }

    /// The closure of a listener that is not removed.
    #[inline]
    pub(crate) fn plain<'v>(&self, proof: Proof<'v>) -> Ref<'v, B> {
        self.get(proof)
            .expect("is taken from removed listeners only")
    }

    /// Takes the closure. See point 3 of the contract.
    pub(crate) fn take(&self) -> Option<Taken<B>> {
        // SAFETY: by point 3 no reference to the contents exists, and no other thread makes one.
        unsafe { (*self.0.get()).take() }
    }
}

// SAFETY: other threads only get `&B`, and `take` is not called where there are other threads.
unsafe impl<B: ?Sized + Send + Sync> Sync for Body<B> {}
