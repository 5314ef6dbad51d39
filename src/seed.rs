//! A listener's closure before it is registered, in the allocation that it is registered in.

use std::fmt;
use std::mem::MaybeUninit;

/// A closure, and room before it for an `H`.
///
/// A flavour knows how to make a `dyn Fn` of a closure, the list knows what to put before it: so the
/// one boxes it, and the other fills the room (`guarded::Owner::plant`).
#[repr(C)]
pub struct Seed<H, B: ?Sized> {
    pub(crate) head: MaybeUninit<H>,
    pub(crate) body: B,
}

impl<H, B> Seed<H, B> {
    /// To be boxed, and then unsized.
    pub(crate) fn new(body: B) -> Self {
        Self {
            head: MaybeUninit::uninit(),
            body,
        }
    }
}

impl<H, B: ?Sized> fmt::Debug for Seed<H, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seed")
            .field("room", &size_of_val(&self.head))
            .finish_non_exhaustive()
    }
}
