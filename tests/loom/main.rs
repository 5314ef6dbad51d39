//! The thread-safe flavour in every interleaving, with [loom]. Empty without `--cfg loom`:
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test --release --test loom
//! ```
//!
//! A *model* is a small program of two or three threads. Loom runs it once for each order in which
//! its threads may come by the atomics and locks of `src/sync`, and for each older value that a
//! load may still see there. Most models are explored in full; one that says so leaves out the orders
//! with more than a few preemptions. The largest are left after [`EXPLORED`], wherever loom is by then.
//!
//! For a model there is a patch of its name in `mutations`: a defect in `src` that the model finds, and
//! `.ci/mutations` sees that it does.
//!
//! # What is not modelled
//!
//! - Loom knows fences, but no `SeqCst` accesses and no `membarrier`; for these, `sync` puts fences.
//!   So a barrier that is missing is caught here, one that is too weak in the real `sync` is not.
//! - `Arc`, but for those of the event loop's door and its semaphore, and the atomics outside of `src/sync` are the
//!   real ones. Loom does not interrupt there, and sees no order in them.
//! - Loom does not see that memory is freed. [`quarantine`] does.
//!
//! [loom]: https://docs.rs/loom
#![cfg(loom)]
#![allow(
    unsafe_code,
    reason = "no allocator can be written without, and nothing shared whose accesses loom is to check"
)]

mod emitter;
mod event_loop;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Runs `model` in every order.
fn check(model: impl Fn() + Send + Sync + 'static) {
    explore(None, model);
}

/// Runs `model` in every order with at most so many preemptions, which are switches away from a
/// thread that could have gone on.
fn check_bounded(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    explore(Some(preemptions), model);
}

/// How long one model is explored at the most. Those that are larger see the orders that loom tries
/// first.
const EXPLORED: std::time::Duration = std::time::Duration::from_secs(10);

fn explore(preemptions: Option<usize>, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.max_branches = 100_000;
    builder.max_duration = Some(EXPLORED);
    let runs = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let run = runs.clone();
    builder.check(move || {
        quarantine::empty();
        run.fetch_add(1, Relaxed);
        model();
    });
    println!("{} runs", runs.load(Relaxed));
}

/// Keeps freed memory, filled with a pattern, until the next run of the model. Whoever follows a
/// pointer into it finds nothing that could pass for an object of loom's: the run fails with "index
/// out of bounds", or by a signal.
mod quarantine {
    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;
    use std::ptr;

    struct Quarantine;

    #[global_allocator]
    static ALLOCATOR: Quarantine = Quarantine;

    const PATTERN: u8 = 0xDB;

    /// What there is room for behind each allocation, and stands there once it is freed.
    struct Trailer {
        next: *mut Trailer,
        start: *mut u8,
        /// With the trailer.
        layout: Layout,
    }

    thread_local! {
        /// Whether this thread runs models.
        static IS_ON: Cell<bool> = const { Cell::new(false) };
        static KEPT: Cell<*mut Trailer> = const { Cell::new(ptr::null_mut()) };
    }

    /// Frees what this thread has kept, and keeps what it frees from now on.
    pub(crate) fn empty() {
        IS_ON.set(true);
        let mut kept = KEPT.replace(ptr::null_mut());
        while !kept.is_null() {
            // SAFETY:
            // - Each trailer in the list was written by `dealloc`, and is read once.
            // - `start` and `layout` are what `alloc` had from `System`.
            unsafe {
                let trailer = kept.read();
                System.dealloc(trailer.start, trailer.layout);
                kept = trailer.next;
            }
        }
    }

    /// The layout with a trailer, and where the trailer is.
    fn with_trailer(layout: Layout) -> Option<(Layout, usize)> {
        layout.extend(Layout::new::<Trailer>()).ok()
    }

    // SAFETY:
    // - What `alloc` answers is `System`'s, for a layout at least as large.
    // - It is given back to `System` with that same layout, once, and not used meanwhile.
    unsafe impl GlobalAlloc for Quarantine {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            match with_trailer(layout) {
                // SAFETY: its size is not 0.
                Some((layout, _)) => unsafe { System.alloc(layout) },
                None => ptr::null_mut(),
            }
        }

        unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
            let size = layout.size();
            let Some((layout, at)) = with_trailer(layout) else {
                return;
            };
            // SAFETY: `start` was answered by `alloc`, so that there is room for `layout`, and it is
            // the caller's last use of it.
            unsafe {
                if !IS_ON.try_with(Cell::get).unwrap_or(false) {
                    return System.dealloc(start, layout);
                }
                start.write_bytes(PATTERN, size);
                let trailer = start.add(at).cast::<Trailer>();
                let next = KEPT.replace(trailer);
                trailer.write(Trailer {
                    next,
                    start,
                    layout,
                });
            }
        }
    }
}
