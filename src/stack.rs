//! The emits under way on this thread, outermost first: a call stack of their own.
//!
//! # Data structure
//!
//! A fixed array of [`Frame`]s in thread-local storage, so that entering one is a few stores, and
//! more frames on the heap for whoever nests deeper. `ordinary` and `meta` count the frames; their
//! sum is the index of the next.
//!
//! # Invariants
//!
//! 1. *A frame is entered and left in the order of a stack*, by [`Leave`], also when a listener
//!    panics. So the two counts are what is under way: rule 9, the limit.
//! 2. *A frame names the listener that now runs in it*, which gives `TooDeep` its chain, and the
//!    single-threaded flavour its answer to "is it running?".

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::rc::Rc;

use crate::error::{ChainLink, TooDeep};
use crate::sync::thread_local_const;

/// How many frames need no heap. Emits nested deeper than this are rare, and mostly mistakes.
const INLINE: usize = if cfg!(loom) { 2 } else { 128 };

type Site = Option<&'static Location<'static>>;

/// One emit under way.
#[derive(Debug)]
pub(crate) struct Frame {
    event: Cell<Option<&'static str>>,
    kind: Cell<Kind>,
    /// The address of the listener that runs now; 0 is none.
    listener: Cell<usize>,
    site: Cell<Site>,
}

impl Frame {
    const fn new() -> Self {
        Self {
            event: Cell::new(None),
            kind: Cell::new(Kind::Ordinary),
            listener: Cell::new(0),
            site: Cell::new(None),
        }
    }

    /// The event that is emitted.
    pub(crate) fn event(&self) -> &'static str {
        self.event.get().unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind.get()
    }

    /// Says that the listener at `address`, registered at `site`, runs now.
    #[inline]
    pub(crate) fn running(&self, address: usize, site: &'static Location<'static>) {
        self.listener.set(address);
        self.site.set(Some(site));
    }

    /// Says that the listener which ran last runs no more.
    #[inline]
    pub(crate) fn left(&self) {
        self.listener.set(0);
        self.site.set(None);
    }
}

#[derive(Debug)]
struct Stack {
    /// How many emits of users' events are under way.
    ordinary: Cell<usize>,
    /// How many emits of `meta` events are under way: they do not count towards the limit of the
    /// others, but have the same limit among themselves.
    meta: Cell<usize>,
    frames: [Frame; INLINE],
}

/// Frames beyond those of `Stack`.
type Chunk = [Frame; INLINE];

/// The chunk for the frames from `INLINE * (at + 1)` on; makes room for it. `None` while the thread
/// ends and its heap of frames is gone.
#[cold]
fn chunk(at: usize) -> Option<Rc<Chunk>> {
    let chunk = DEEPER.try_with(|chunks| {
        let mut chunks = chunks.borrow_mut();
        while chunks.len() <= at {
            chunks.push(Rc::new([const { Frame::new() }; INLINE]));
        }
        chunks[at].clone()
    });
    chunk.ok()
}

thread_local_const! {
    // Without a destructor, so that it also serves emits out of the destructors of other
    // thread-locals.
    static STACK: Stack = Stack {
        ordinary: Cell::new(0),
        meta: Cell::new(0),
        frames: [const { Frame::new() }; INLINE],
    };
    static DEEPER: RefCell<Vec<Rc<Chunk>>> = RefCell::new(Vec::new());
}

/// What kind of emit enters a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of an event of the user's.
    Ordinary,
    /// Of the emitter about itself.
    Meta,
}

/// Runs `emit` in a frame of its own for `event`, unless `limit` emits of its kind are under way.
#[inline]
pub(crate) fn enter<R>(
    event: &'static str,
    kind: Kind,
    limit: usize,
    emit: impl FnOnce(&Frame) -> R,
) -> Result<R, TooDeep> {
    STACK.with(|stack| {
        let (ordinary, meta) = (stack.ordinary.get(), stack.meta.get());
        let (count, before) = match kind {
            Kind::Ordinary => (&stack.ordinary, ordinary),
            Kind::Meta => (&stack.meta, meta),
        };
        if before >= limit {
            return Err(too_deep(event, limit));
        }
        let index = ordinary + meta;
        let below;
        let frame = match stack.frames.get(index) {
            Some(frame) => frame,
            None => {
                let Some(chunk) = chunk(index / INLINE - 1) else {
                    return Err(too_deep(event, limit.min(INLINE)));
                };
                below = chunk;
                &below[index % INLINE]
            }
        };
        frame.event.set(Some(event));
        frame.kind.set(kind);
        frame.site.set(None);
        count.set(before + 1);
        let _leave = Leave { count, before };
        Ok(emit(frame))
    })
}

/// Leaves a frame when its emit ends, also by a panic.
struct Leave<'s> {
    count: &'s Cell<usize>,
    before: usize,
}

impl Drop for Leave<'_> {
    #[inline]
    fn drop(&mut self) {
        self.count.set(self.before);
    }
}

/// Whether a frame of this thread is inside the listener at `address`.
pub(crate) fn is_running(address: usize) -> bool {
    each_frame(|frame| frame.listener.get() == address)
}

/// Asks about the frames under way, outermost first, until one answers yes.
fn each_frame(mut is_it: impl FnMut(&Frame) -> bool) -> bool {
    STACK.with(|stack| {
        let len = stack.ordinary.get() + stack.meta.get();
        let inline = len.min(INLINE);
        let beyond = (inline..len)
            .step_by(INLINE)
            .filter_map(|at| chunk(at / INLINE - 1));
        stack.frames[..inline].iter().any(&mut is_it)
            || beyond.enumerate().any(|(at, chunk)| {
                let left = len - INLINE * (at + 1);
                chunk.iter().take(left).any(&mut is_it)
            })
    })
}

#[cold]
fn too_deep(event: &'static str, limit: usize) -> TooDeep {
    let mut chain = Vec::new();
    each_frame(|frame| {
        if frame.kind() == Kind::Ordinary {
            chain.push(ChainLink::new(frame.event(), frame.site.get()));
        }
        false
    });
    TooDeep::new(event, limit, chain)
}
