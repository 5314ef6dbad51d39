//! Listeners that count and rank. Each of them could be left out, and no other would notice.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use oyez::local::EventEmitter;

use crate::parse::{Malformed, Reason, Request};
use crate::top::Top;
use crate::{BURST, MALFORMED, REQUEST, SERVER_ERROR, SLOW};

/// What several closures share. The crate holds no borrow while a listener runs, so `borrow_mut`
/// fails only if a listener holds its own while it emits. None here does.
type Shared<T> = Rc<RefCell<T>>;

/// Everything that can be counted in a few numbers.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) requests: u64,
    /// By the first digit of the status: `answers[2]` is 2xx.
    pub(crate) answers: [u64; 10],
    pub(crate) server_errors: u64,
    pub(crate) not_http: u64,
    /// Room for the largest number in the log, as often as one likes.
    pub(crate) bytes: u128,
    pub(crate) slow: u64,
    pub(crate) slowest: Option<Slowest>,
    pub(crate) bursts: u64,
    pub(crate) malformed: u64,
    pub(crate) reasons: BTreeMap<Reason, Reasoned>,
}

#[derive(Debug)]
pub(crate) struct Slowest {
    pub(crate) line: u64,
    pub(crate) took: Duration,
    pub(crate) asked: String,
}

/// How often a line was malformed for one reason, and where that happened first.
#[derive(Debug)]
pub(crate) struct Reasoned {
    pub(crate) count: u64,
    pub(crate) line: u64,
    pub(crate) text: String,
}

impl Counts {
    pub(crate) fn listen(log: &EventEmitter) -> Shared<Self> {
        let counts = Shared::<Self>::default();
        // Every closure needs its own handle to what is shared.
        let shared = Rc::clone(&counts);
        log.on(REQUEST, move |request| shared.borrow_mut().add(request));
        let shared = Rc::clone(&counts);
        log.on(SERVER_ERROR, move |_| {
            shared.borrow_mut().server_errors += 1
        });
        let shared = Rc::clone(&counts);
        log.on(SLOW, move |request| shared.borrow_mut().add_slow(request));
        let shared = Rc::clone(&counts);
        log.on(BURST, move |_| shared.borrow_mut().bursts += 1);
        let shared = Rc::clone(&counts);
        log.on(MALFORMED, move |bad| shared.borrow_mut().add_malformed(bad));
        counts
    }

    fn add(&mut self, request: &Request) {
        self.requests += 1;
        self.answers[usize::from(request.status / 100)] += 1;
        self.bytes += u128::from(request.bytes);
        self.not_http += u64::from(request.path().is_none());
    }

    fn add_slow(&mut self, request: &Request) {
        self.slow += 1;
        let took = request.took.unwrap_or_default();
        if self.slowest.as_ref().is_none_or(|s| s.took < took) {
            let (line, asked) = (request.line, request.asked.clone());
            self.slowest = Some(Slowest { line, took, asked });
        }
    }

    fn add_malformed(&mut self, bad: &Malformed) {
        self.malformed += 1;
        let first = || Reasoned {
            count: 0,
            line: bad.line,
            text: bad.text.clone(),
        };
        self.reasons.entry(bad.reason).or_insert_with(first).count += 1;
    }
}

/// Which paths were asked for most, and by whom.
#[derive(Debug, Default)]
pub(crate) struct Ranking {
    pub(crate) paths: Top,
    pub(crate) clients: Top,
}

impl Ranking {
    pub(crate) fn listen(log: &EventEmitter) -> Shared<Self> {
        let ranking = Shared::<Self>::default();
        let shared = Rc::clone(&ranking);
        log.on(REQUEST, move |request| shared.borrow_mut().add(request));
        ranking
    }

    fn add(&mut self, request: &Request) {
        self.clients.add(&request.client);
        if let Some(path) = request.path() {
            self.paths.add(path);
        }
    }
}
