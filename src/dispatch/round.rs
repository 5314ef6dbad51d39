//! A walk through one list with care: every kind of listener, and what it asks for.

// The safe twin's `Ref` is a guard, not a reference.
#![allow(clippy::needless_borrow)]

use std::ops::ControlFlow;

use super::news::{Told, tell_error, tell_removed};
use crate::channel::Flavour;
use crate::error::{ErrorKind, ListenerError};
use crate::guarded::Ref;
use crate::hub::Hub;
use crate::list::{Claim, GateGuard, Node, Nodes, Remains, Runs, Used, View, Visiting};
use crate::outcome::Answer;
use crate::panics::{Thrown, both, isolated};
use crate::report::{Done, Failures, OnError, result};
use crate::stack::Kind;

/// Where the straight way has halted.
pub(super) struct Halt<'t, K: Flavour, B: ?Sized + 'static> {
    pub(super) node: Ref<'t, Node<K, B>>,
    /// What it has answered, if it was called or has refused that.
    pub(super) answer: Option<Answer>,
    /// Who comes behind it.
    pub(super) nodes: Nodes<'t, K, B>,
    /// How many have answered.
    pub(super) called: usize,
}

/// Has a visit be inside of no listener when this is dropped, also by a panic of one.
struct OutAtLast<'a, K: Flavour, B: ?Sized + 'static>(&'a View<'a, K, B>);

impl<K: Flavour, B: ?Sized + 'static> Drop for OutAtLast<'_, K, B> {
    fn drop(&mut self) {
        self.0.out();
    }
}

/// A walk through one list that deals with every kind of listener.
pub(super) struct Round<'a, K: Flavour, B: ?Sized + 'static> {
    // Has what the round sees. Dropped first, since the drop of the others is user code.
    out: OutAtLast<'a, K, B>,
    hub: Option<&'a Hub<K>>,
    on_error: OnError,
    called: usize,
    pub(super) failures: Failures,
    used: Used<'a, K, B>,
}

impl<'a, K: Flavour, B: ?Sized + 'static> Round<'a, K, B> {
    pub(super) fn new(
        hub: Option<&'a Hub<K>>,
        view: &'a View<'a, K, B>,
        on_error: OnError,
    ) -> Self {
        Self {
            out: OutAtLast(view),
            hub,
            on_error,
            called: 0,
            failures: None,
            used: Used::nothing(view),
        }
    }

    fn view(&self) -> &'a View<'a, K, B> {
        self.out.0
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn done(mut self) -> Done {
        drop(self.out);
        // User code: closures are dropped.
        self.used.drop_all();
        result(self.called, self.failures)
    }

    /// Calls every listener of the audience.
    pub(super) fn make(&mut self, call: impl Fn(&Node<K, B>, &B) -> Answer) {
        match self.view().runs() {
            Runs::Main(None) => {}
            Runs::Main(Some(table)) => {
                let _ = self.visit(table.nodes(self.view().proof()), call);
            }
            Runs::Several(order) => self
                .view()
                .each_run(&order, &mut |nodes| self.visit(nodes, &call)),
        }
    }

    /// Deals with the listener where the straight way has halted, and calls those of the audience behind it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn resume(
        &mut self,
        halt: Halt<'_, K, B>,
        call: impl Fn(&Node<K, B>, &B) -> Answer,
    ) {
        let Halt {
            node,
            answer,
            nodes,
            called,
        } = halt;
        self.called = called;
        let flow = match answer {
            None => {
                let flow = self.step(&node, &call);
                self.used.called();
                flow
            }
            Some(answer) => self.settle(&node, answer),
        };
        if flow.is_continue() {
            let _ = self.visit(nodes, call);
        }
    }

    fn visit<'n>(
        &mut self,
        nodes: impl Iterator<Item = Ref<'n, Node<K, B>>>,
        call: impl Fn(&Node<K, B>, &B) -> Answer,
    ) -> ControlFlow<()> {
        for node in nodes {
            let flow = self.step(&node, &call);
            self.used.called();
            flow?;
        }
        ControlFlow::Continue(())
    }

    /// Calls one listener, if it is in the audience.
    fn step(
        &mut self,
        node: &Node<K, B>,
        call: &impl Fn(&Node<K, B>, &B) -> Answer,
    ) -> ControlFlow<()> {
        let view = self.view();
        view.approach(node);
        let answer = if node.is_plain(view.clock) {
            view.run(node);
            // User code from here, as on the straight way.
            call(node, &node.body.get(view.proof()))
        } else {
            match self.call_with_care(node, call) {
                Some(answer) => answer,
                None => return ControlFlow::Continue(()),
            }
        };
        self.called += 1;
        view.between();
        if matches!(answer, Answer::Continue) {
            if !node.is_removed() {
                return ControlFlow::Continue(());
            }
            if self.used.has(node) {
                // It is dropped as a whole, by whoever holds no reference to it.
                view.leave_listener(node);
                return ControlFlow::Continue(());
            }
        }
        self.settle(node, answer)
    }

    /// Calls a listener that may be removed, too young, limited, or for one caller at a time, or
    /// whose panic is to be caught. `None` if it was not called.
    fn call_with_care(
        &mut self,
        node: &Node<K, B>,
        call: &impl Fn(&Node<K, B>, &B) -> Answer,
    ) -> Option<Answer> {
        let view = self.view();
        view.leave_listener(node);
        if node.is_removed() || !node.is_born(view.clock) {
            return None;
        }
        // May wait for another thread. Nothing is claimed before: a call that can't be made counts
        // for nothing.
        let Some(turn) = GateGuard::take(node.gate()) else {
            self.fail(node, ErrorKind::Reentered);
            return None;
        };
        view.approach(node);
        view.run(node);
        let thrown = match view.list.claim(node, &mut self.used) {
            Claim::Gone => {
                view.leave_listener(node);
                return None;
            }
            Claim::Granted => Thrown::NOTHING,
            Claim::Last => self.tell_last(node),
        };
        let answer = {
            let body = node.body.get(view.proof());
            // User code from here, as in `step`.
            if self.isolates() {
                isolated(|| call(node, &body))
            } else {
                call(node, &body)
            }
        };
        if thrown.is_something() {
            drop(turn);
            let _ = self.settle(node, answer);
            thrown.go_on();
            return None;
        }
        if !matches!(answer, Answer::Unsubscribe) {
            return Some(answer);
        }
        // Before the turn ends, so that nobody who waits for it has another.
        let removed = self.remove(node);
        drop(turn);
        view.leave_listener(node);
        self.tell_unsubscribed(node, removed);
        Some(Answer::Continue)
    }

    fn isolates(&self) -> bool {
        self.hub.is_some_and(Hub::isolates)
    }

    /// Does what the listener asked for, and what its removal asks for.
    fn settle(&mut self, node: &Node<K, B>, answer: Answer) -> ControlFlow<()> {
        let view = self.view();
        // Before any user code runs, which may panic, or wait for who waits for this listener.
        view.leave_listener(node);
        let mut flow = ControlFlow::Continue(());
        match answer {
            Answer::Continue => {}
            Answer::Stop => flow = ControlFlow::Break(()),
            Answer::Unsubscribe => {
                let removed = self.remove(node);
                self.tell_unsubscribed(node, removed);
            }
            Answer::Failed(kind) => {
                if matches!(*kind, ErrorKind::Reentered) {
                    // It was counted, and not called. Never one with a limit, whose gate refuses before it is counted.
                    self.called -= 1;
                }
                both(|| view.drop_body(node), || self.fail(node, *kind));
            }
        }
        view.drop_body(node);
        flow
    }

    fn remove(&self, node: &Node<K, B>) -> Option<Remains<K, B>> {
        let list = self.view().list;
        list.remove(node.id(list.id()))
    }

    fn tell_unsubscribed(&self, node: &Node<K, B>, removed: Option<Remains<K, B>>) {
        if let Some(remains) = removed {
            let view = self.view();
            both(
                || {
                    drop(remains);
                    view.drop_body(node);
                },
                || self.tell_removed(node),
            );
        }
    }

    /// Deals with a listener's error, or leaves it to the caller.
    fn fail(&mut self, node: &Node<K, B>, kind: ErrorKind) {
        let View { list, frame, .. } = self.view();
        let id = node.id(list.id());
        let error = ListenerError::new(frame.event(), id, node.label(), node.location(), kind);
        let told = match self.on_error {
            OnError::Return => Told::NOBODY,
            OnError::Tell => self.hub.map_or(Told::NOBODY, |hub| tell_error(hub, &error)),
        };
        if told.is_heard && told.failures.is_empty() {
            return;
        }
        let failures = self.failures.get_or_insert_default();
        if !told.is_heard {
            failures.push(error);
        }
        // Errors of those who were told do not go around again.
        failures.extend(told.failures);
    }

    #[inline(always)]
    fn tell_removed(&self, node: &Node<K, B>) {
        if let Some(hub) = self.with_meta() {
            self.tell_removed_in(hub, node);
        }
    }

    /// As `tell_removed`, before a last call. That is claimed, so it is made also if somebody who is told panics, which
    /// goes on afterwards.
    #[inline(always)]
    fn tell_last(&self, node: &Node<K, B>) -> Thrown {
        match self.with_meta() {
            None => Thrown::NOTHING,
            Some(hub) => Thrown::by(|| self.tell_removed_in(hub, node)),
        }
    }

    /// The emitter, if anybody ever listened to its news.
    #[inline(always)]
    fn with_meta(&self) -> Option<&'a Hub<K>> {
        self.hub.filter(|hub| hub.has_meta())
    }

    #[cold]
    fn tell_removed_in(&self, hub: &Hub<K>, node: &Node<K, B>) {
        let View { list, frame, .. } = self.view();
        if frame.kind() == Kind::Ordinary && list.id() != hub.taps.id() {
            tell_removed(hub, &node.info(list.id(), frame.event()));
        }
    }
}
