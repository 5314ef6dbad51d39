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
//! 1. *A frame is entered and left in the order of a stack*, by [`Entered`], also when a listener
//!    panics. So the two counts are what is under way: rule 9, the limit.
//! 2. *A frame names the listener that now runs in it*, which gives `TooDeep` its chain, and the
//!    single-threaded flavour its answer to "is it running?".

use std::cell::{Cell, OnceCell};
use std::panic::Location;

use crate::error::{ChainLink, TooDeep};

/// How many frames need no heap. Emits nested deeper than this are rare, and mostly mistakes.
const INLINE: usize = 16;

type Site = Option<&'static Location<'static>>;

/// One emit under way.
#[derive(Debug)]
pub(crate) struct Frame {
    event: Cell<&'static str>,
    is_meta: Cell<bool>,
    /// The address of the listener that runs now; 0 is none.
    listener: Cell<usize>,
    site: Cell<Site>,
}

impl Frame {
    const fn new() -> Self {
        Self {
            event: Cell::new(""),
            is_meta: Cell::new(false),
            listener: Cell::new(0),
            site: Cell::new(None),
        }
    }

    /// Says that the listener at `address`, registered at `site`, runs now.
    #[inline]
    pub(crate) fn running(&self, address: usize, site: &'static Location<'static>) {
        self.listener.set(address);
        self.site.set(Some(site));
    }

    /// Says that the listener which ran last runs no more.
    pub(crate) fn left(&self) {
        self.listener.set(0);
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

/// The frames beyond those of `Stack`.
#[derive(Debug)]
struct Deeper {
    frames: [Frame; INLINE],
    deeper: OnceCell<Box<Deeper>>,
}

impl Deeper {
    const fn new() -> Self {
        Self {
            frames: [const { Frame::new() }; INLINE],
            deeper: OnceCell::new(),
        }
    }

    /// The frame at `index`; makes room for it.
    fn frame(&self, index: usize) -> &Frame {
        match self.frames.get(index) {
            Some(frame) => frame,
            None => self.below().frame(index - INLINE),
        }
    }

    fn below(&self) -> &Self {
        self.deeper.get_or_init(|| Box::new(Self::new()))
    }
}

/// Declares a thread-local whose first access costs nothing; loom has none of these.
macro_rules! thread_local_const {
    ($(static $name:ident: $type:ty = $value:expr;)*) => {
        #[cfg(not(loom))]
        std::thread_local! { $(static $name: $type = const { $value };)* }
        #[cfg(loom)]
        loom::thread_local! { $(static $name: $type = $value;)* }
    };
}
pub(crate) use thread_local_const;

thread_local_const! {
    // Without a destructor, so that it also serves emits out of the destructors of other
    // thread-locals.
    static STACK: Stack = Stack {
        ordinary: Cell::new(0),
        meta: Cell::new(0),
        frames: [const { Frame::new() }; INLINE],
    };
    static DEEPER: Deeper = Deeper::new();
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
    emit: impl FnOnce(&Entered<'_>) -> R,
) -> Result<R, TooDeep> {
    STACK.with(|stack| {
        let (ordinary, meta) = (stack.ordinary.get(), stack.meta.get());
        let (count, before) = match kind {
            Kind::Ordinary => (&stack.ordinary, ordinary),
            Kind::Meta => (&stack.meta, meta),
        };
        if before >= limit {
            return Err(too_deep(stack, event, limit));
        }
        let run = |frame: &Frame| {
            frame.event.set(event);
            frame.is_meta.set(kind == Kind::Meta);
            frame.listener.set(0);
            frame.site.set(None);
            count.set(before + 1);
            emit(&Entered {
                frame,
                count,
                before,
            })
        };
        Ok(match stack.frames.get(ordinary + meta) {
            Some(frame) => run(frame),
            None => deeper(ordinary + meta - INLINE, run),
        })
    })
}

/// A frame for as long as its emit lasts.
#[derive(Debug)]
pub(crate) struct Entered<'s> {
    pub(crate) frame: &'s Frame,
    count: &'s Cell<usize>,
    before: usize,
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        self.frame.left();
        self.count.set(self.before);
    }
}

#[cold]
fn deeper<R>(index: usize, run: impl FnOnce(&Frame) -> R) -> R {
    let mut run = Some(run);
    let mut run = move |frame: &Frame| run.take().map(|run| run(frame));
    // While the thread ends, the frames beyond the inline ones may be gone: then this one is its own.
    let done = DEEPER.try_with(|deeper| run(deeper.frame(index)));
    done.ok()
        .flatten()
        .or_else(|| run(&Frame::new()))
        .expect("one of the two has run")
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
        stack.frames[..inline].iter().any(&mut is_it)
            || DEEPER
                .try_with(|deeper| (inline..len).any(|at| is_it(deeper.frame(at - INLINE))))
                .unwrap_or(false)
    })
}

#[cold]
fn too_deep(_: &Stack, event: &'static str, limit: usize) -> TooDeep {
    let mut chain = Vec::new();
    each_frame(|frame| {
        if !frame.is_meta.get() {
            chain.push(ChainLink::new(frame.event.get(), frame.site.get()));
        }
        false
    });
    TooDeep::new(event, limit, chain)
}
