//! Counts what is on the heap: the system's allocator, with two counters of each thread.
#![allow(
    unsafe_code,
    reason = "an allocator is an unsafe trait; this file is the only one that opens it"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    // Without a destructor and without an allocation: an allocator may use them at any time.
    static BYTES: Cell<i64> = const { Cell::new(0) };
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

fn count(bytes: i64, allocations: u64) {
    BYTES.set(BYTES.get() + bytes);
    ALLOCATIONS.set(ALLOCATIONS.get() + allocations);
}

// SAFETY: every call goes to the system's allocator, unchanged; the counters do not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64, 1);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as i64), 0);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as i64 - layout.size() as i64, 1);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// What `act` left on the heap, in bytes, and how often it allocated: by this thread.
pub(crate) fn measure<R>(act: impl FnOnce() -> R) -> (R, i64, u64) {
    let (bytes, allocations) = (BYTES.get(), ALLOCATIONS.get());
    let result = act();
    (result, BYTES.get() - bytes, ALLOCATIONS.get() - allocations)
}
