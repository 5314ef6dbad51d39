//! The emits under way on this thread, outermost first: a call stack of their own.
//!
//! # Data structure
//!
//! A fixed array of [`Frame`]s in thread-local storage, so that entering one is a few stores, and
//! more frames on the heap for whoever nests deeper. A frame copies nothing: it points to what its
//! emit keeps anyway ([`Shown`]).
//!
//! The outermost frame is entered for as long as it shows a sign; the others are counted, by kind, in
//! one word, and their sum is the index of the next. So the outermost emit, which most are, writes one
//! word to enter and one to leave, and does not wait for a count that the one before has just written.
//!
//! # Invariants
//!
//! 1. *A frame is entered and left in the order of a stack*, by [`Outermost`] and [`Leave`], also when a
//!    listener panics. So the counts are what is under way: rule 9, the limit.
//! 2. *A frame shows the listener that now runs in it* while anybody may look, which gives `TooDeep` its
//!    chain, and the single-threaded flavour its answer to "is it running?". What the last emit has left there
//!    is hidden, or shown over, before user code runs.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::panic::Location;
use std::rc::Rc;

use crate::error::{ChainLink, TooDeep};
use crate::guarded::Shown;
use crate::sync::thread_local_const;

/// How many frames need no heap. Emits nested deeper than this are rare, and mostly mistakes.
const INLINE: usize = if cfg!(loom) { 2 } else { 128 };

/// What kind of emit enters a frame. The value is what it adds to the depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Kind {
    /// Of an event of the user's.
    Ordinary = 1,
    /// Of the emitter about itself: does not count towards the limit of the others, but has the same
    /// limit among its like.
    Meta = 1 << 32,
}

/// What the frames of an event's emits say.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Sign {
    pub(crate) event: &'static str,
    pub(crate) kind: Kind,
}

/// One emit under way.
pub(crate) struct Frame {
    sign: Shown<Sign>,
    /// The line that registered the listener which runs now. Its place in memory is what the listener
    /// is known by.
    running: Shown<&'static Location<'static>>,
}

impl Frame {
    const fn new() -> Self {
        Self {
            sign: Shown::nothing(),
            running: Shown::nothing(),
        }
    }

    /// The event that is emitted.
    pub(crate) fn event(&self) -> &'static str {
        self.sign.get().map_or("", |sign| sign.event)
    }

    pub(crate) fn kind(&self) -> Kind {
        self.sign.get().map_or(Kind::Ordinary, |sign| sign.kind)
    }

    /// Says that the listener which keeps its location at this place runs now.
    #[inline]
    pub(crate) fn show_listener(&self, location: &&'static Location<'static>) {
        self.running.show(location);
    }

    /// Says that the listener which ran last runs no more.
    #[inline]
    pub(crate) fn hide_listener(&self) {
        self.running.hide();
    }

    /// Runs `work` while the frame shows a copy of `sign`, which may be dropped meanwhile.
    pub(crate) fn apart<R>(&self, sign: &Sign, work: impl FnOnce() -> R) -> R {
        if !self.sign.is(sign) {
            // A tapped emit, which has a sign of its own.
            return work();
        }
        let copy = *sign;
        let _again = Again(self, sign);
        self.sign.show(&copy);
        work()
    }
}

/// Has a frame show its emit's sign again.
struct Again<'s>(&'s Frame, &'s Sign);

impl Drop for Again<'_> {
    fn drop(&mut self) {
        self.0.sign.show(self.1);
    }
}

/// How many frames there are, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Depth(u64);

impl Depth {
    const NONE: Self = Self(0);

    fn of(self, kind: Kind) -> usize {
        match kind {
            Kind::Ordinary => self.0 as u32 as usize,
            Kind::Meta => (self.0 >> 32) as usize,
        }
    }

    fn all(self) -> usize {
        self.of(Kind::Ordinary) + self.of(Kind::Meta)
    }

    fn plus(self, kind: Kind) -> Self {
        Self(self.0 + kind as u64)
    }
}

struct Stack {
    /// The frames beyond the outermost.
    nested: Cell<Depth>,
    frames: [Frame; INLINE],
}

impl Stack {
    fn outermost(&self) -> &Frame {
        &self.frames[0]
    }

    fn depth(&self) -> Depth {
        match self.outermost().sign.get() {
            Some(sign) => self.nested.get().plus(sign.kind),
            None => Depth::NONE,
        }
    }
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
        nested: Cell::new(Depth::NONE),
        frames: [const { Frame::new() }; INLINE],
    };
    static DEEPER: RefCell<Vec<Rc<Chunk>>> = RefCell::new(Vec::new());
}

/// Where in memory the outermost emit of this thread keeps its sign; 0 if none is under way.
#[inline]
pub(crate) fn outermost() -> usize {
    STACK.with(|stack| stack.outermost().sign.address())
}

/// Whether any emit is under way on this thread.
#[inline]
pub(crate) fn is_entered() -> bool {
    outermost() != 0
}

/// The outermost frame of this thread, entered for as long as this lives, also when a listener panics.
#[derive(Debug)]
pub(crate) struct Outermost(PhantomData<*const ()>);

// Each of these asks for the thread-local by itself: that is an offset, and less than to keep a reference.
impl Outermost {
    /// Nobody may look at the frame before it was told which listener runs, or that none does: it may show
    /// one of an emit that is over.
    #[inline(always)]
    pub(crate) fn enter(sign: &Sign) -> Self {
        debug_assert_eq!(outermost(), 0);
        STACK.with(|stack| stack.outermost().sign.show(sign));
        Self(PhantomData)
    }

    /// Says that the listener which keeps its location at this place runs now.
    #[inline(always)]
    pub(crate) fn show_listener(&self, location: &&'static Location<'static>) {
        STACK.with(|stack| stack.outermost().show_listener(location));
    }
}

impl Drop for Outermost {
    #[inline(always)]
    fn drop(&mut self) {
        STACK.with(|stack| stack.outermost().sign.hide());
    }
}

/// Looks at the outermost frame, which is entered.
#[inline]
pub(crate) fn with_outermost<R>(work: impl FnOnce(&Frame) -> R) -> R {
    STACK.with(|stack| work(stack.outermost()))
}

/// Runs `emit` in a frame of its own, unless `limit` emits of its kind are under way.
#[inline(always)]
pub(crate) fn enter<R>(
    sign: &Sign,
    limit: usize,
    emit: impl FnOnce(&Frame) -> R,
) -> Result<R, Box<TooDeep>> {
    STACK.with(|stack| {
        let depth = stack.depth();
        if depth.of(sign.kind) >= limit {
            return Err(too_deep(sign.event, limit));
        }
        let index = depth.all();
        let below;
        let frame = match stack.frames.get(index) {
            Some(frame) => frame,
            None => {
                let Some(chunk) = chunk(index / INLINE - 1) else {
                    return Err(too_deep(sign.event, limit.min(INLINE)));
                };
                below = chunk;
                &below[index % INLINE]
            }
        };
        let nested = stack.nested.get();
        let _leave = Leave {
            stack,
            index,
            nested,
        };
        frame.hide_listener();
        frame.sign.show(sign);
        if index > 0 {
            stack.nested.set(nested.plus(sign.kind));
        }
        Ok(emit(frame))
    })
}

/// Leaves a frame when its emit ends, also by a panic.
struct Leave<'s> {
    stack: &'s Stack,
    /// The frame's.
    index: usize,
    /// The nested frames around it.
    nested: Depth,
}

impl Drop for Leave<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        match self.index {
            0 => self.stack.outermost().sign.hide(),
            _ => self.stack.nested.set(self.nested),
        }
    }
}

/// Whether a frame of this thread is inside the listener that keeps its location at this place.
#[inline]
pub(crate) fn is_running(location: &&'static Location<'static>) -> bool {
    is_entered() && each_frame(|frame| frame.running.is(location))
}

/// Asks about the frames under way, outermost first, until one answers yes.
fn each_frame(mut is_it: impl FnMut(&Frame) -> bool) -> bool {
    STACK.with(|stack| {
        let len = stack.depth().all();
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

/// Has the frames under way show nothing any more of a list that goes before they are left: neither its sign, nor
/// its listeners, which keep their locations at `places`. They never will be left, since the process ends within
/// them; those of other lists, further up the stack, may be.
#[cold]
pub(crate) fn forget(sign: &Sign, places: &[&&'static Location<'static>]) {
    const fn gone(kind: Kind) -> Sign {
        Sign { event: "", kind }
    }
    static ORDINARY: Sign = gone(Kind::Ordinary);
    static META: Sign = gone(Kind::Meta);
    each_frame(|frame| {
        if frame.sign.is(sign) {
            frame.sign.show(match sign.kind {
                Kind::Ordinary => &ORDINARY,
                Kind::Meta => &META,
            });
        }
        if places.iter().any(|place| frame.running.is(place)) {
            frame.running.hide();
        }
        false
    });
}

#[cold]
fn too_deep(event: &'static str, limit: usize) -> Box<TooDeep> {
    let mut chain = Vec::new();
    each_frame(|frame| {
        chain.push(ChainLink::new(frame.event(), frame.running.get()));
        false
    });
    Box::new(TooDeep::new(event, limit, chain))
}
