//! A listener that remembers: who sends too many requests in too short a time?

use std::cell::Cell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use oyez::local::EventEmitter;

use crate::{BURST, REQUEST};

/// A burst is more than `LIMIT` requests of one client ...
pub(crate) const LIMIT: usize = 40;
/// ... within so many seconds, by the clock of the log.
pub(crate) const WINDOW: i64 = 10;

/// So many clients are watched at a time.
pub(crate) const CLIENTS_MAX: usize = 4096;

/// A burst begins.
#[derive(Debug)]
pub(crate) struct Burst {
    pub(crate) line: u64,
    pub(crate) client: String,
}

/// Emits `BURST` where one begins. The answer is the number of requests not looked at, because
/// their clients found no room.
pub(crate) fn listen(log: &EventEmitter) -> Rc<Cell<u64>> {
    let unwatched = Rc::new(Cell::new(0));
    let count = Rc::clone(&unwatched);
    // To emit, the listener needs its own emitter. It takes a weak handle: an emitter owns its
    // listeners, and if a listener owned the emitter as well, both would stay for ever.
    let weak = log.downgrade();
    // `on_mut` takes a closure with a state of its own, here `watch`. Nobody else can touch it.
    let mut watch = Watch::default();
    log.on_mut(REQUEST, move |request| -> oyez::Result {
        match watch.see(&request.client, request.time) {
            Seen::Unremarkable => {}
            Seen::NoRoom => count.set(count.get() + 1),
            Seen::BurstBegins => {
                if let Some(log) = weak.upgrade() {
                    let client = request.client.clone();
                    let line = request.line;
                    log.try_emit(BURST, Burst { line, client })?;
                }
            }
        }
        Ok(())
    });
    unwatched
}

#[derive(Debug, PartialEq)]
enum Seen {
    Unremarkable,
    BurstBegins,
    NoRoom,
}

#[derive(Default)]
struct Watch {
    clients: HashMap<String, Recent>,
    cleaned: Option<i64>,
}

impl Watch {
    fn see(&mut self, client: &str, time: i64) -> Seen {
        if let Some(recent) = self.clients.get_mut(client) {
            return recent.add(time);
        }
        self.make_room(time);
        if self.clients.len() == CLIENTS_MAX {
            return Seen::NoRoom;
        }
        let recent = self.clients.entry(client.to_owned()).or_default();
        recent.add(time)
    }

    // Forgets who has been quiet for longer than the window: nothing is lost by that. Once per
    // second of the log is enough, sooner would find nobody.
    fn make_room(&mut self, now: i64) {
        if self.clients.len() == CLIENTS_MAX && self.cleaned != Some(now) {
            self.cleaned = Some(now);
            self.clients.retain(|_, recent| !recent.is_quiet(now));
        }
    }
}

/// The last requests of one client.
#[derive(Default)]
struct Recent {
    /// When they came, oldest first, at most one more than `LIMIT`.
    times: VecDeque<i64>,
    is_burst: bool,
}

impl Recent {
    /// A burst begins once, and not again while it lasts.
    fn add(&mut self, time: i64) -> Seen {
        // Far back in time is the start of another log: `cat today yesterday | access_log -`.
        if self.times.back().is_some_and(|&last| last - time > WINDOW) {
            self.times.clear();
        }
        self.times.push_back(time);
        if self.times.len() > LIMIT + 1 {
            self.times.pop_front();
        }
        let was_burst = self.is_burst;
        self.is_burst = self.times.len() > LIMIT && is_recent(self.times[0], time);
        if self.is_burst && !was_burst {
            Seen::BurstBegins
        } else {
            Seen::Unremarkable
        }
    }

    fn is_quiet(&self, now: i64) -> bool {
        self.times.back().is_none_or(|&last| !is_recent(last, now))
    }
}

// The clock of a log may go back a little: Apache writes a line when the answer is sent, and in it
// the time at which the request came. Such a pair is no reason for an alert.
fn is_recent(time: i64, now: i64) -> bool {
    (0..WINDOW).contains(&(now - time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bursts(times: impl IntoIterator<Item = i64>) -> usize {
        let mut watch = Watch::default();
        let begins = |&time: &i64| watch.see("a", time) == Seen::BurstBegins;
        times.into_iter().filter(begins).count()
    }

    #[test]
    fn a_burst_is_more_than_the_limit_within_the_window() {
        let limit = LIMIT as i64;
        assert_eq!(bursts((0..limit).map(|_| 0)), 0);
        assert_eq!(bursts((0..=limit).map(|_| 0)), 1);
        // It begins once, however long it lasts.
        assert_eq!(bursts((0..=9 * limit).map(|_| 0)), 1);
        // One second makes the difference: the first of 41 is no longer within the window.
        let spread = |last| (0..limit).map(|_| 0).chain([last]);
        assert_eq!(bursts(spread(WINDOW - 1)), 1);
        assert_eq!(bursts(spread(WINDOW)), 0);
        // The same log twice is no faster than once.
        assert_eq!(bursts((0..60).chain(0..60)), 0);
        // After a pause it is another burst.
        assert_eq!(bursts((0..4 * limit).map(|n| n / (2 * limit) * 3600)), 2);
    }

    #[test]
    fn a_full_table_forgets_the_quiet_and_keeps_the_busy() {
        let mut watch = Watch::default();
        for number in 0..CLIENTS_MAX {
            assert_eq!(watch.see(&number.to_string(), 0), Seen::Unremarkable);
        }
        assert_eq!(watch.see("late", WINDOW - 1), Seen::NoRoom);
        assert_eq!(watch.see("0", WINDOW - 1), Seen::Unremarkable);
        assert_eq!(watch.see("late", WINDOW), Seen::Unremarkable);
        // "0" was busy a second ago.
        assert_eq!(watch.clients.len(), 2);
    }
}
