//! Events on their way from other threads.
//!
//! # Data structure
//!
//! Mail is a list of bundles, and a bundle a list of letters that differ in no more than what was posted:
//! a post is put into the last bundle if it fits, else into a new one. The bundle that was last when the
//! mail was taken in goes back to the door, empty. So while one thread posts events of one kind, nothing
//! is allocated.
//!
//! # Invariants
//!
//! 1. *Bundle by bundle, letters are in the order of their arrival*: only the last bundle is added to.
//! 2. *A bundle is never larger than a page, or than one letter*: what is moved when it grows, which is
//!    under the lock of the door, is not much.

use std::any::Any;
use std::mem;
use std::time::Duration;

use smallvec::SmallVec;

use super::lanes::Lanes;
use super::posted::Envelope;
use super::queued::Lane;
use crate::event::Event;
use crate::payload::Payload;

/// Mail that became more bundles than this in a burst gives its memory back.
const KEPT: usize = 64;

/// In bytes.
const PAGE: usize = 4096;

/// What was posted and not yet taken in.
#[derive(Default)]
pub(crate) struct Mail(Vec<Box<dyn AnyBundle>>);

impl Mail {
    /// Adds a letter.
    pub(crate) fn add<T, P>(&mut self, event: Event<T>, lane: Lane, letter: Envelope<T, P>)
    where
        T: ?Sized + 'static,
        P: Payload<T> + Send + 'static,
    {
        let last = self.0.last_mut().map(|last| last.as_any());
        let last = last.and_then(|last| last.downcast_mut::<Bundle<T, P>>());
        match last.filter(|last| last.fits(event, lane)) {
            Some(last) => last.letters.push(letter),
            None => self.0.push(Box::new(Bundle {
                event,
                lane,
                letters: SmallVec::from_buf([letter]),
            })),
        }
    }

    /// Puts the letters where the loop's own posts are.
    pub(crate) fn take_in(&mut self, posted_at: Option<Duration>, lanes: &mut Lanes) {
        for bundle in &mut self.0 {
            bundle.take_in(posted_at, lanes);
        }
        self.tidy();
    }

    /// Keeps one bundle to be filled again, and no more.
    fn tidy(&mut self) {
        let last = self.0.pop();
        if self.0.capacity() > KEPT {
            self.0 = Vec::new();
        }
        self.0.clear();
        self.0.extend(last);
    }
}

/// A bundle whose types are not known.
trait AnyBundle: Send {
    /// Puts the letters where the loop's own posts are.
    fn take_in(&mut self, posted_at: Option<Duration>, lanes: &mut Lanes);

    fn as_any(&mut self) -> &mut dyn Any;
}

struct Bundle<T: ?Sized + 'static, P> {
    event: Event<T>,
    lane: Lane,
    letters: SmallVec<[Envelope<T, P>; 1]>,
}

impl<T: ?Sized + 'static, P> Bundle<T, P> {
    /// Whether a letter is of this kind, and there is room for it.
    fn fits(&self, event: Event<T>, lane: Lane) -> bool {
        let size = mem::size_of::<Envelope<T, P>>() * (self.letters.len() + 1);
        (self.letters.is_empty() || size <= PAGE) && self.lane == lane && self.event == event
    }
}

impl<T, P> AnyBundle for Bundle<T, P>
where
    T: ?Sized + 'static,
    P: Payload<T> + Send + 'static,
{
    fn take_in(&mut self, posted_at: Option<Duration>, lanes: &mut Lanes) {
        let letters = self.letters.drain(..);
        let letters = letters.map(|letter| letter.with_posted_at(posted_at));
        lanes.post_all(self.event, self.lane, letters);
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
