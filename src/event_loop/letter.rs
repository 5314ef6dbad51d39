//! An event on its way from another thread.

use std::time::Duration;

use super::posted::Envelope;
use super::queued::Lane;
use super::store::Key;
use super::stores::Stores;
use crate::event::Event;
use crate::payload::Payload;

/// A letter whose payload type is not known.
pub(crate) trait Letter: Send {
    /// Puts what it holds where the loop's own posts are.
    fn take_in(self: Box<Self>, posted_at: Option<Duration>, stores: &mut Stores) -> Key;

    /// The lane it is for.
    fn lane(&self) -> Lane;
}

/// What is posted from another thread, in a box of its own until the loop takes it in.
pub(crate) struct Parcel<T: ?Sized + 'static, P> {
    pub(crate) event: Event<T>,
    pub(crate) lane: Lane,
    pub(crate) envelope: Envelope<T, P>,
}

impl<T, P> Letter for Parcel<T, P>
where
    T: ?Sized + 'static,
    P: Payload<T> + Send + 'static,
{
    fn lane(&self) -> Lane {
        self.lane
    }

    fn take_in(self: Box<Self>, posted_at: Option<Duration>, stores: &mut Stores) -> Key {
        let Self {
            event, envelope, ..
        } = *self;
        stores.put(event, envelope.with_posted_at(posted_at))
    }
}
