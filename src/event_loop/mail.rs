//! Events on their way from other threads.
//!
//! # Data structure
//!
//! Mail is a list of bundles, and a bundle a ring of letters of one kind: the same event, payload type and lane, and
//! all with a label or none. A post is put into the last bundle if it fits, else into a new one. A large bundle is
//! taken in whole, unless letters are to be stamped, and becomes a store of the queue: so a loop that has fallen
//! behind pays for a bundle, not for a letter, and does not fall further behind for it. From a small one the letters
//! are taken, and the last such bundle goes back to the door, empty. So while one thread posts a few events of one
//! kind at a time, nothing is allocated for them.
//!
//! # Invariants
//!
//! 1. *Bundle by bundle, letters are in the order of their arrival*: only the last bundle is added to.
//! 2. *A bundle is never larger than a page, or than one letter*: what is moved when it grows, which is
//!    under the lock of the door, is not much.

use std::any::Any;
use std::rc::Rc;
use std::time::Duration;

use super::lanes::Lanes;
use super::posted::{Envelope, Posted};
use super::queued::Lane;
use super::store::{Ring, Store};
use crate::event::Event;
use crate::payload::Payload;

/// Mail that became more bundles than this in a burst gives its memory back.
const KEPT: usize = 64;

/// In bytes.
const PAGE: usize = 4096;

/// A bundle of more letters than this is taken in whole, unless they are to be stamped.
const MANY: u64 = 16;

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
        let is_labelled = letter.label().is_some();
        let capacity = match last.filter(|last| last.is_for(event, lane, is_labelled)) {
            Some(last) if last.has_room() => return last.letters.push(letter),
            // As many will follow again.
            Some(full) => full.letters.len(),
            None => 1,
        };
        let mut letters = Ring::with_capacity(capacity);
        letters.push(letter);
        self.0.push(Box::new(Bundle {
            event,
            lane,
            is_labelled,
            letters,
        }));
    }

    /// Puts the letters where the loop's own posts are. What there are no ids for is left.
    pub(crate) fn take_in(&mut self, posted_at: Option<Duration>, lanes: &mut Lanes) {
        let bundles = self.0.iter().scan(lanes.ids_left(), |ids, bundle| {
            *ids = ids.checked_sub(bundle.len())?;
            Some(())
        });
        let count = bundles.count();
        let mut emptied = None;
        for mut bundle in self.0.drain(..count) {
            if bundle.len() > MANY && posted_at.is_none() {
                bundle.give(lanes);
            } else {
                bundle.take_in(posted_at, lanes);
                emptied = Some(bundle);
            }
        }
        if !self.0.is_empty() {
            return;
        }
        if self.0.capacity() > KEPT {
            self.0 = Vec::new();
        }
        // To be filled again.
        self.0.extend(emptied);
    }

    /// Whether there are any letters.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|bundle| bundle.len() == 0)
    }
}

/// A bundle whose types are not known.
trait AnyBundle: Send {
    fn len(&self) -> u64;

    /// Puts the letters where the loop's own posts are.
    fn take_in(&mut self, posted_at: Option<Duration>, lanes: &mut Lanes);

    /// Gives the letters to the loop, as they lie.
    fn give(self: Box<Self>, lanes: &mut Lanes);

    fn as_any(&mut self) -> &mut dyn Any;
}

struct Bundle<T: ?Sized + 'static, P> {
    event: Event<T>,
    lane: Lane,
    /// Whether the letters have labels.
    is_labelled: bool,
    letters: Ring<Envelope<T, P>>,
}

impl<T: ?Sized + 'static, P> Bundle<T, P> {
    /// Whether it holds letters of this kind.
    fn is_for(&self, event: Event<T>, lane: Lane, is_labelled: bool) -> bool {
        self.lane == lane && self.is_labelled == is_labelled && self.event.is_named(event.name())
    }

    /// Whether there is room for one more.
    fn has_room(&self) -> bool {
        let size = Ring::<Envelope<T, P>>::ENTRY * (self.letters.len() + 1);
        self.letters.len() == 0 || size <= PAGE
    }
}

impl<T, P> AnyBundle for Bundle<T, P>
where
    T: ?Sized + 'static,
    P: Payload<T> + Send + 'static,
{
    fn len(&self) -> u64 {
        self.letters.len() as u64
    }

    fn take_in(&mut self, posted_at: Option<Duration>, lanes: &mut Lanes) {
        for letter in self.letters.drain() {
            let letter = letter.with_posted_at(posted_at);
            let id = lanes.take_id();
            lanes.post_envelope(id, self.event, self.lane, letter);
        }
    }

    fn give(self: Box<Self>, lanes: &mut Lanes) {
        let bundle = *self;
        let count = bundle.len();
        lanes.adopt(bundle.lane, count, bundle.is_labelled, |first| {
            Rc::new(Store::of(bundle.event, first, bundle.letters))
        });
    }

    fn as_any(&mut self) -> &mut dyn Any {
        self
    }
}
