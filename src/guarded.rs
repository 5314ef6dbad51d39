//! Pointers that are read without a lock while they change: the crate's one gain from `unsafe`.
//!
//! An [`Owner`] owns a value on the heap, with a closure behind it in the same allocation if there is
//! one. A [`Slot`] points to the value without owning it, a [`Body`] to the closure. These are read on
//! the strength of a [`Proof`], which says that whoever holds it keeps the owners from being dropped.
//!
//! A [`Shown`] points from a frame of the call stack to what its emit keeps. An [`Erased`] gives back
//! the type of what it points to, by nothing but what its own constructor has seen. A [`Bucket`] does so
//! for many that are kept elsewhere.
//!
//! # The contract of this module, kept by `list`, point 4 by `stack`, point 5 by `names`
//!
//! 1. An owner is dropped only after every slot that pointed to it was cleared or refilled, *and*
//!    every visit of the list that was under way at that time has ended (`List::retire`), or, where
//!    that was one visit only and it has unlinked the owner itself, has the owner's call, or its round, behind
//!    it (`list::Used`); or with the list as a whole, when there is neither visit nor lock. The owners in
//!    `names` are dropped with them as a whole.
//! 2. A proof is made only by a visit, and used until its round is over, or under the list's lock, for
//!    as long as that is held, since owners are dropped by nobody who does not hold it first; in a list of
//!    one thread, also just before a visit, since nobody can drop one in between (`List::glimpse`); or by a
//!    borrow of the `names`, for as long as that lasts.
//! 3. A closure is taken once, after its listener was marked as removed and as taken ([`Held`]), by the
//!    thread that the list belongs to, while no frame of that thread is running it: in the
//!    single-threaded flavour alone. What was taken is dropped while its owner is still there. Nobody
//!    calls a closure without having seen, on the same thread if it can be taken, that its listener is
//!    not removed.
//! 4. What a frame shows outlives the frame, or is hidden while it is still there: the sign of an emit
//!    is borrowed for as long as its frame is entered (`stack::enter`), and which listener runs is hidden before
//!    a visit that ends drops anything. A frame is looked at only while it is entered, and not before what an
//!    earlier emit has left there is hidden or shown over (`stack::Outermost`). Where an emit never
//!    ends, since a listener has called `process::exit`, and the list goes all the same with the
//!    thread-locals, the frames that show it, or a listener of it, are told to forget it first (`List::drop`).
//! 5. A bucket is filled once, under a lock, and all buckets of a table with values of one vector, which only
//!    grows: the one that is given whenever the table is read.
//!
//! `--cfg oyez_safe` builds the same crate on the safe twin of this file, `guarded_safe.rs`, which
//! the tests run as an oracle: there a slot is a locked `Arc`, and reading it takes a count.
#![allow(unsafe_code)]

use std::alloc::{self, Layout};
use std::any::{Any, TypeId};
use std::cell::{Cell, UnsafeCell};
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::{self, NonNull};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::seed::Seed;
use crate::sync::AtomicPtr;

/// Says that no owner of the list is dropped during `'v`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof<'v>(PhantomData<&'v ()>);

/// What owners are kept by while it is lent, if it is lent as point 2 of the contract says. Who implements this
/// says how.
pub(crate) trait Keeper {}

impl<'v> Proof<'v> {
    #[inline]
    pub(crate) fn by(_: &'v impl Keeper) -> Self {
        Self(PhantomData)
    }
}

/// What [`Slot::get`] and [`Body::get`] return: something that derefs to `P`.
pub(crate) type Ref<'v, P> = &'v P;

/// What can be owned: a value that stands alone, or with a closure behind it.
pub(crate) trait Held: Sized {
    type Behind: ?Sized;

    /// The closure behind it.
    fn body(&self) -> Option<&Body<Self, Self::Behind>> {
        None
    }

    /// Whether the closure was taken.
    fn is_taken(&self) -> bool {
        false
    }
}

/// A box that may be pointed to from elsewhere while it is moved about.
pub(crate) struct Owner<P: Held> {
    value: NonNull<P>,
    owns: PhantomData<P>,
}

impl<P: Held> Owner<P> {
    pub(crate) fn new(value: P) -> Self {
        Self {
            value: NonNull::from(Box::leak(Box::new(value))),
            owns: PhantomData,
        }
    }

    /// Puts a value before the closure of `seed`. It is given the body that it has to keep.
    #[inline]
    pub(crate) fn plant(
        seed: Box<Seed<P, P::Behind>>,
        value: impl FnOnce(Body<P, P::Behind>) -> P,
    ) -> Self {
        let seed = Box::into_raw(seed);
        // SAFETY: `seed` comes from a box; this makes no reference.
        let closure = unsafe { NonNull::new_unchecked(&raw mut (*seed).body) };
        let body = Body {
            closure,
            head: PhantomData,
        };
        let place: *mut P = seed.cast();
        // SAFETY: `Seed` is `repr(C)`, so its head is where it begins: allocated, aligned, and not
        // initialised, so that nothing is lost.
        let value = unsafe {
            place.write(value(body));
            NonNull::new_unchecked(place)
        };
        Self {
            value,
            owns: PhantomData,
        }
    }
}

impl<P: Held> Deref for Owner<P> {
    type Target = P;

    #[inline]
    fn deref(&self) -> &P {
        // SAFETY:
        // - `value` comes from a `Box` that only `drop` frees, and `drop` needs the owner itself.
        // - Nobody makes a `&mut P` before that.
        unsafe { self.value.as_ref() }
    }
}

impl<P: Held> Drop for Owner<P> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: `value` is an owner's, and by point 1 of the contract nobody reads it any more.
        unsafe { free(self.value) };
    }
}

/// Drops what an owner owned, and the closure behind it unless that was taken.
///
/// # Safety
/// `value` is an owner's that is dropped now, and nobody reads it any more.
// A call, and by value: so that an owner that is handed about stays in a register.
#[inline(never)]
unsafe fn free<P: Held>(value: NonNull<P>) {
    // SAFETY: nobody has freed it before.
    let (closure, is_taken) = unsafe {
        let value = value.as_ref();
        (
            value.body().map(|body| body.closure.as_ptr()),
            value.is_taken(),
        )
    };
    let Some(closure) = closure else {
        // SAFETY: `value` comes from `Box::leak` in `Owner::new`.
        return drop(unsafe { Box::from_raw(value.as_ptr()) });
    };
    let seed = (closure as *mut Seed<P, P::Behind>).with_addr(value.addr().get());
    // SAFETY:
    // - `closure` comes from the box of a `Seed` in `Owner::plant`, which begins where `value` stands: so `seed` is
    //   that box again. Its memory is freed behind everything, also if the closure's drop panics.
    // - The closure is dropped here unless it was taken, by point 3 of the contract.
    unsafe {
        let _memory = Memory(value.cast(), Layout::for_value(&*seed));
        value.drop_in_place();
        if !is_taken {
            closure.drop_in_place();
        }
    }
}

/// Memory that is freed when this is dropped.
struct Memory(NonNull<u8>, Layout);

impl Drop for Memory {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: made in `free` alone, of memory of a box with this layout, which is not
        // empty.
        unsafe { alloc::dealloc(self.0.as_ptr(), self.1) };
    }
}

// SAFETY: an owner is a `Box<P>`; its slots lend `&P` to other threads, hence `Sync` as well. The
// closure is sent and lent with the body in `P`.
unsafe impl<P: Held + Send + Sync> Send for Owner<P> {}
// SAFETY: as above.
unsafe impl<P: Held + Send + Sync> Sync for Owner<P> {}

/// A pointer to a value that somebody else owns, or to nothing.
pub(crate) struct Slot<P: Held> {
    pointer: AtomicPtr<P>,
    // As `Send` and `Sync` as what it points to, which `AtomicPtr` alone does not ask for.
    lends: PhantomData<Owner<P>>,
}

impl<P: Held> Slot<P> {
    pub(crate) fn empty() -> Self {
        Self {
            pointer: AtomicPtr::new(ptr::null_mut()),
            lends: PhantomData,
        }
    }

    /// Points to `owner`, or to nothing.
    #[inline]
    pub(crate) fn set(&self, owner: Option<&Owner<P>>, order: Ordering) {
        let pointer = owner.map_or(ptr::null_mut(), |owner| owner.value.as_ptr());
        self.pointer.store(pointer, order);
    }

    /// Points to what `other` points to. Both are the writer's, who holds the lock.
    #[inline]
    pub(crate) fn copy(&self, other: &Self, order: Ordering) {
        self.pointer
            .store(other.pointer.load(Ordering::Relaxed), order);
    }

    /// Whether it points to anything.
    #[inline]
    pub(crate) fn is_set(&self) -> bool {
        // Relaxed: whoever goes on to what it points to looks again.
        !self.pointer.load(Ordering::Relaxed).is_null()
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

    /// Where in memory what is shown stands; 0 if nothing is.
    #[inline]
    pub(crate) fn address(&self) -> usize {
        self.0.get().map_or(0, |shown| shown.addr().get())
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

/// A counted pointer to something whose type is known by its id only.
pub(crate) struct Erased {
    of: TypeId,
    /// What `kept` points to.
    value: NonNull<()>,
    #[expect(dead_code, reason = "is kept to be dropped")]
    kept: Rc<dyn Any>,
}

impl Erased {
    pub(crate) fn new<X: 'static>(kept: Rc<X>) -> Self {
        let value = Rc::as_ptr(&kept).cast_mut();
        Self {
            of: TypeId::of::<X>(),
            value: NonNull::new(value).expect("points to something").cast(),
            kept,
        }
    }

    /// What is pointed to, if it is an `X`. Saves the two calls through a table that a downcast is,
    /// and the look at a third for where the value stands.
    #[inline]
    pub(crate) fn get<X: 'static>(&self) -> Option<&X> {
        // SAFETY:
        // - `new` was given an `X` at this address, where `kept` keeps it: a counted pointer always
        //   points to the same place.
        // - It is lent for as long as `self`, which holds a count.
        (self.of == TypeId::of::<X>()).then(|| unsafe { self.value.cast::<X>().as_ref() })
    }
}

/// A bucket in a table: filled once, with a pointer to a value that a vector keeps.
// Two of them make a cache line.
#[repr(C, align(32))]
pub(crate) struct Bucket<Q> {
    /// Null as long as the bucket is free.
    value: AtomicPtr<()>,
    hash: AtomicU32,
    number: AtomicU32,
    /// The type of the value.
    of: UnsafeCell<TypeId>,
    kept_by: PhantomData<Q>,
}

impl<Q: Deref> Bucket<Q> {
    pub(crate) fn free() -> Self {
        Self {
            value: AtomicPtr::new(ptr::null_mut()),
            hash: AtomicU32::new(0),
            number: AtomicU32::new(0),
            of: UnsafeCell::new(TypeId::of::<()>()),
            kept_by: PhantomData,
        }
    }

    pub(crate) fn is_free(&self) -> bool {
        // Acquire: pairs with the store in `put`, so that who sees the bucket filled sees with what.
        self.value.load(Ordering::Acquire).is_null()
    }

    /// What the value is looked for by. 0 in a free bucket.
    #[inline]
    pub(crate) fn hash(&self) -> u32 {
        // Relaxed: a hint, where the bucket was not seen to be filled.
        self.hash.load(Ordering::Relaxed)
    }

    /// Where in the vector the value is. 0 in a free bucket.
    pub(crate) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// The value, if it is an `X`. `_kept` keeps it.
    #[inline]
    pub(crate) fn get<'k, X: 'static>(&self, _kept: &'k boxcar::Vec<Q>) -> Option<&'k X> {
        // Acquire: as in `is_free`.
        let value = NonNull::new(self.value.load(Ordering::Acquire))?;
        // SAFETY: the bucket is filled, and by point 5 of the contract nobody fills it again.
        let of = unsafe { *self.of.get() };
        // SAFETY:
        // - `fill` has seen that an `X` is at this address, where a counted pointer in the vector keeps
        //   it: that always points to the same place.
        // - By point 5 of the contract the vector is `_kept`, and lets go of nothing before it goes.
        (of == TypeId::of::<X>()).then(|| unsafe { value.cast::<X>().as_ref() })
    }

    /// Fills the bucket with `value`, which `kept` keeps under `number`. `_any` is the safe way back.
    pub(crate) fn fill<X: 'static>(
        &self,
        hash: u32,
        number: u32,
        value: &X,
        kept: &boxcar::Vec<Q>,
        _any: fn(&Q::Target) -> &dyn Any,
    ) {
        // With the rights of the counted pointer, not with those of the borrow `value`.
        let target = &raw const **kept.get(number as usize).expect("is kept");
        assert!(ptr::addr_eq(target, value), "two values");
        self.put(hash, number, TypeId::of::<X>(), target.cast_mut().cast());
    }

    /// Fills the bucket with what another is filled with, which is for the same vector.
    pub(crate) fn copy(&self, other: &Self) {
        // Acquire: as in `is_free`.
        let value = other.value.load(Ordering::Acquire);
        assert!(!value.is_null(), "a copy of nothing");
        // SAFETY: as in `get`.
        let of = unsafe { *other.of.get() };
        self.put(other.hash(), other.number(), of, value);
    }

    fn put(&self, hash: u32, number: u32, of: TypeId, value: *mut ()) {
        debug_assert!(self.is_free(), "is filled once");
        self.hash.store(hash, Ordering::Relaxed);
        self.number.store(number, Ordering::Relaxed);
        // SAFETY: the bucket is free, so that nobody reads this, and by point 5 of the contract nobody else
        // fills it now.
        unsafe { *self.of.get() = of };
        self.value.store(value, Ordering::Release);
    }
}

// SAFETY: a bucket lends what counted pointers of the type `Q` keep; by point 5 of the contract it is
// filled by one thread at a time, and read by others only after that.
unsafe impl<Q: Send + Sync> Send for Bucket<Q> {}
// SAFETY: as above.
unsafe impl<Q: Send + Sync> Sync for Bucket<Q> {}

/// A pointer to the closure behind an `H`.
pub(crate) struct Body<H, B: ?Sized> {
    closure: NonNull<B>,
    head: PhantomData<NonNull<H>>,
}

impl<H, B: ?Sized> Body<H, B> {
    /// The closure, of a listener that is not removed.
    #[inline]
    pub(crate) fn get<'v>(&self, _: Proof<'v>) -> Ref<'v, B> {
        // SAFETY:
        // - Comes from a box, and is there as long as the owner, which outlives `'v` by the proof.
        // - By point 3 it is taken only when no frame runs it, and nobody who has looked before that
        //   uses what it saw.
        unsafe { self.closure.as_ref() }
    }
}

// SAFETY: a body is as a box of the closure, which is lent to other threads. It is not taken where
// there are other threads.
unsafe impl<H, B: ?Sized + Send + Sync> Send for Body<H, B> {}
// SAFETY: as above.
unsafe impl<H, B: ?Sized + Send + Sync> Sync for Body<H, B> {}

/// The closure behind a value, taken: drops it where it stands. See point 3 of the contract.
// By the value, not by the closure, which takes two words: so that whoever hands it on returns it in registers.
pub(crate) struct Taken<P: Held>(NonNull<P>);

impl<P: Held> Taken<P> {
    /// Takes the closure behind `value`.
    pub(crate) fn from(value: &P) -> Self {
        Self(NonNull::from(value))
    }
}

impl<P: Held> Drop for Taken<P> {
    fn drop(&mut self) {
        // SAFETY: by point 3 of the contract the owner is still there.
        let body = unsafe { self.0.as_ref() }.body();
        if let Some(closure) = body.map(|body| body.closure) {
            // SAFETY: by point 3 of the contract it is dropped here and nowhere else, nobody runs it, and
            // its memory is still there.
            unsafe { closure.drop_in_place() };
        }
    }
}
