//! Where a queue takes in what other threads post.
//!
//! # Data structure
//!
//! The door, empty mail to exchange for that at the door, and whether mail was left there.
//!
//! # Invariants
//!
//! 1. *Mail is left at the door only while nothing in it could be next*: no letter is for the high lane, an event
//!    waits in the normal lane or a higher one, and higher lanes go first. So a loop that has fallen behind does
//!    not go by the door's lock in every turn, for a letter at a time.
//! 2. *Mail that was left is taken in, with what has come since, before anything else is put into the lanes, and
//!    before anybody looks at them*, but for what is next. So what was there when a turn began is in its place
//!    for whoever looks.

use std::cell::Cell;
use std::time::Duration;

use super::door::Door;
use super::lanes::Lanes;
use super::mail::Mail;
use crate::sync::Arc;

pub(crate) struct Inlet {
    door: Arc<Door>,
    empty: Cell<Mail>,
    has_left_mail: Cell<bool>,
}

impl Inlet {
    pub(crate) fn new(door: Arc<Door>) -> Self {
        Self {
            door,
            empty: Cell::default(),
            has_left_mail: Cell::new(false),
        }
    }

    /// Whether there is mail that was left at the door.
    #[inline(always)]
    pub(crate) fn has_left_mail(&self) -> bool {
        self.has_left_mail.get()
    }

    /// Leaves the mail at the door, if it may be. Answers whether it was left.
    pub(crate) fn leave_mail(&self, lanes: &Lanes) -> bool {
        let may_wait = lanes.makes_newcomers_wait() && !self.door.has_high_mail();
        self.has_left_mail.set(may_wait);
        may_wait
    }

    /// Puts what is at the door into the lanes; it has its room already.
    ///
    /// # Errors
    /// What there are no ids for.
    pub(crate) fn take_in(
        &self,
        posted_at: Option<Duration>,
        lanes: &mut Lanes,
    ) -> Result<(), Mail> {
        self.has_left_mail.set(false);
        let mut mail = self.empty.take();
        self.door.exchange(&mut mail);
        mail.take_in(posted_at, lanes);
        if !mail.is_empty() {
            return Err(mail);
        }
        self.empty.set(mail);
        Ok(())
    }
}
