//! What one writes by hand: the reference of the tables. It has no ids, and nothing may change while it runs.

use std::sync::Arc;

use super::Peer;
use crate::payload::{Listener, Payload};

type Listeners = Vec<Box<dyn Fn(&Payload) + Send + Sync>>;

pub(crate) struct RawLoop(Listeners);

impl Peer for RawLoop {
    const NAME: &'static str = "reference: Vec<Box<dyn Fn>>";
    type Id = ();

    fn new() -> Self {
        Self(Vec::new())
    }

    fn on(&mut self, listener: impl Listener) {
        self.0.push(Box::new(listener));
    }

    #[inline]
    fn emit(&mut self, payload: &Payload) {
        self.0.iter().for_each(|listener| listener(payload));
    }
}

/// The same for threads: several may read a list that nobody changes.
pub(crate) struct RawShared(Arc<Listeners>);

impl Peer for RawShared {
    const NAME: &'static str = "reference: Arc<Vec<Box<dyn Fn>>>";
    type Id = ();

    fn new() -> Self {
        Self(Arc::default())
    }

    fn on(&mut self, listener: impl Listener) {
        let list = Arc::get_mut(&mut self.0).expect("listeners come before threads");
        list.push(Box::new(listener));
    }

    #[inline]
    fn emit(&mut self, payload: &Payload) {
        self.0.iter().for_each(|listener| listener(payload));
    }

    fn handle(&self) -> Option<Self> {
        Some(Self(Arc::clone(&self.0)))
    }
}
