//! Counts what each thread allocates, and what all of them do.
#![allow(dead_code, reason = "each of its users counts one of the two")]
#![allow(
    unsafe_code,
    reason = "an allocator cannot be written without; this one hands everything to the system's"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicIsize, Ordering};

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static LIVE_BYTES: Cell<isize> = const { Cell::new(0) };
}

/// The same of all threads, where one may free what another has allocated.
static LIVE_BYTES_OF_ALL: AtomicIsize = AtomicIsize::new(0);

/// The number of allocations, and of reallocations, that this thread makes during `f`.
pub(crate) fn allocations(f: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    f();
    ALLOCATIONS.get() - before
}

/// The bytes that this thread has allocated less those that it has freed.
pub(crate) fn live_bytes() -> isize {
    LIVE_BYTES.get()
}

/// The bytes that all threads have allocated less those that they have freed.
pub(crate) fn live_bytes_of_all() -> isize {
    LIVE_BYTES_OF_ALL.load(Ordering::Relaxed)
}

fn count(allocations: usize, bytes: isize) {
    LIVE_BYTES_OF_ALL.fetch_add(bytes, Ordering::Relaxed);
    // A thread may allocate after its thread-locals are gone.
    let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + allocations));
    let _ = LIVE_BYTES.try_with(|n| n.set(n.get() + bytes));
}

// SAFETY: Every method passes its arguments on to `System` and returns its answer, and `count`
// does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as isize);
        // SAFETY: The caller keeps the conditions of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        count(0, -(layout.size() as isize));
        // SAFETY: The caller keeps the conditions of `dealloc`.
        unsafe { System.dealloc(ptr, layout) }
    }

    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as isize - layout.size() as isize);
        // SAFETY: The caller keeps the conditions of `realloc`.
        unsafe { System.realloc(ptr, layout, size) }
    }
}
