//! Ways of emits through a list. They hold no lock; what they may see is kept until they end.

use std::ops::ControlFlow;

use smallvec::SmallVec;

use super::node::Node;
use super::run::{Order, Runs, Walk};
use super::{List, TicketOf};
use crate::flavour::{Leftover, Lock, Parts, Visits};
use crate::guarded::{Owner, Proof, Ref};
use crate::stack::{self, Frame, Outermost};

/// An emit's way through a list. Holds no lock; what it may see is kept until it ends.
pub(crate) struct Visit<'a, K: Parts, B: ?Sized + 'static>(pub(super) View<'a, K, B>);

impl<K: Parts, B: ?Sized + 'static> Visit<'_, K, B> {
    #[inline]
    pub(crate) fn view(&self) -> &View<'_, K, B> {
        &self.0
    }
}

/// The outermost emit of a thread, and its visit of a list.
///
/// As a [`Visit`] in a [`Frame`], and as much as most emits need.
// As little as can be, so that it stays in registers: the rest is found again where it is needed.
pub(crate) struct FirstVisit<'a, K: Parts, B: ?Sized + 'static> {
    pub(super) begun: Begun<'a, K, B>,
    pub(super) frame: Outermost,
}

/// The only listener of a list, as it is found before a visit begins, with no user code in between.
pub(crate) enum Glimpse<'a, K: Parts, B: ?Sized + 'static> {
    /// In a list of one thread.
    Seen(Ref<'a, Node<K, B>>),
    /// Another thread may remove it.
    LookAgain,
}

/// A visit under way: dropping this ends it.
pub(super) struct Begun<'a, K: Parts, B: ?Sized + 'static> {
    pub(super) list: &'a List<K, B>,
    pub(super) first: <K::Visits as Visits>::First,
}

impl<K: Parts, B: ?Sized + 'static> Drop for Begun<'_, K, B> {
    /// A listener has panicked, or there was none to call.
    #[inline(always)]
    fn drop(&mut self) {
        self.list.give_up_first(self.first);
    }
}

impl<'a, K: Parts, B: ?Sized + 'static> FirstVisit<'a, K, B> {
    /// The list's clock: the audience.
    #[inline(always)]
    pub(crate) fn clock(&self) -> u64 {
        self.begun.list.latch()
    }

    /// The only listener, if there still is one alone that needs nothing but a call.
    #[inline(always)]
    pub(crate) fn solo(&self, glimpse: Glimpse<'a, K, B>) -> Option<Ref<'a, Node<K, B>>> {
        let node = match glimpse {
            Glimpse::Seen(node) => node,
            Glimpse::LookAgain => self.begun.list.solo.get(self.proof())?,
        };
        self.approach(&node);
        // Another thread, if there can be one, may have removed it.
        let is_gone = !K::ONE_THREAD && node.is_removed();
        (!is_gone).then_some(node)
    }

    /// Ends the visit, whose calls have returned.
    #[inline(always)]
    pub(crate) fn end(self) {
        let Self { begun, frame } = self;
        let Begun { list, first } = begun;
        std::mem::forget(begun);
        match list.visits.leave_first(first) {
            Leftover::Nothing => {}
            left => list.clean_up_first(left),
        }
        drop(frame);
    }

    /// Has the frame show that no listener runs.
    pub(crate) fn hide_listener(&self) {
        stack::with_outermost(Frame::hide_listener);
    }
}

/// What a visit sees and says on the straight way, whether it is the outermost of its thread or not.
pub(crate) trait Visiting<'v, K: Parts, B: ?Sized + 'static> {
    fn proof(&self) -> Proof<'v>;

    /// What there is to visit. Which of the nodes are in the audience is for the caller to ask.
    fn runs(&self) -> Runs<'v, K, B>;

    /// Tells other threads that this visit is about to run `node`.
    fn approach(&self, node: &Node<K, B>);

    /// Has the frame show that this visit now runs `node`.
    fn run(&self, node: &Node<K, B>);

    /// Tells other threads that this visit now runs no listener.
    fn between(&self);

    /// Goes on with care, with the `clock` that it has latched.
    fn go_on<R>(&self, clock: u64, work: impl FnOnce(&View<'_, K, B>) -> R) -> R;
}

impl<'a, K: Parts, B: ?Sized + 'static> Visiting<'a, K, B> for FirstVisit<'a, K, B> {
    #[inline(always)]
    fn proof(&self) -> Proof<'a> {
        Proof::by(self.begun.list)
    }

    #[inline(always)]
    fn runs(&self) -> Runs<'a, K, B> {
        self.begun.list.runs(self.proof())
    }

    /// If it needs nothing but a call: else it is said again, with care.
    #[inline(always)]
    fn approach(&self, node: &Node<K, B>) {
        let ticket = K::Visits::ticket(self.begun.first);
        self.begun
            .list
            .visits
            .announce_listener(ticket, || node.state());
    }

    #[inline(always)]
    fn run(&self, node: &Node<K, B>) {
        self.frame.show_listener(node.identity());
    }

    #[inline(always)]
    fn between(&self) {
        let ticket = K::Visits::ticket(self.begun.first);
        self.begun.list.visits.announce_listener(ticket, || 0);
    }

    fn go_on<R>(&self, clock: u64, work: impl FnOnce(&View<'_, K, B>) -> R) -> R {
        stack::with_outermost(|frame| {
            work(&View {
                list: self.begun.list,
                frame,
                ticket: K::Visits::ticket(self.begun.first),
                clock,
            })
        })
    }
}

/// What is seen and said in a visit.
pub(crate) struct View<'v, K: Parts, B: ?Sized + 'static> {
    pub(crate) list: &'v List<K, B>,
    pub(crate) frame: &'v Frame,
    pub(super) ticket: TicketOf<K>,
    /// The list's clock when the visit began.
    pub(crate) clock: u64,
}

impl<'v, K: Parts, B: ?Sized + 'static> Visiting<'v, K, B> for View<'v, K, B> {
    #[inline]
    fn proof(&self) -> Proof<'v> {
        // Made from what the visit lends, for as long as it lends it.
        Proof::by(self.list)
    }

    #[inline]
    fn runs(&self) -> Runs<'v, K, B> {
        self.list.runs(self.proof())
    }

    #[inline]
    fn approach(&self, node: &Node<K, B>) {
        self.list
            .visits
            .announce_listener(self.ticket, || node.birth());
    }

    #[inline]
    fn run(&self, node: &Node<K, B>) {
        self.frame.show_listener(node.identity());
    }

    #[inline]
    fn between(&self) {
        self.list.visits.announce_listener(self.ticket, || 0);
    }

    fn go_on<R>(&self, clock: u64, work: impl FnOnce(&View<'_, K, B>) -> R) -> R {
        debug_assert_eq!(clock, self.clock);
        work(self)
    }
}

impl<K: Parts, B: ?Sized + 'static> View<'_, K, B> {
    /// Calls `f` with the nodes of one run after the other, in order, until it breaks.
    #[cold]
    pub(crate) fn each_run(
        &self,
        order: &Order<K, B>,
        f: &mut dyn FnMut(&mut Walk<'_, K, B>) -> ControlFlow<()>,
    ) {
        let _ = self.list.each_run(order, self.proof(), f);
    }

    /// Says that this visit is no more, or was never, inside `node`; other threads that wait for just
    /// that are woken.
    pub(crate) fn leave_listener(&self, node: &Node<K, B>) {
        self.between();
        self.frame.hide_listener();
        if node.is_removed() {
            self.list.visits.wake_waiters(node.birth());
        }
    }

    /// Says that this visit is inside of no listener, also if the one that it ran has panicked.
    #[inline]
    pub(crate) fn out(&self) {
        self.frame.hide_listener();
        self.list.visits.out(self.ticket);
    }

    /// Drops the closure of `node` if that was removed during the call that has just returned from it, unless
    /// another frame is still inside.
    pub(crate) fn drop_body(&self, node: &Node<K, B>) {
        // Where another thread may be inside, which nobody can tell, it goes with what is kept.
        if !K::ONE_THREAD || !node.is_removed() {
            return;
        }
        let body = self.list.writer.with(|_| self.list.take_body(node));
        // User code: the closure is dropped.
        drop(body);
    }
}

impl<K: Parts, B: ?Sized + 'static> Drop for Visit<'_, K, B> {
    #[inline(always)]
    fn drop(&mut self) {
        let View {
            list,
            frame,
            ticket,
            ..
        } = self.0;
        match list.visits.leave(list.address(), ticket) {
            Leftover::Nothing => {}
            left => list.clean_up(left, frame),
        }
    }
}

/// What became of an attempt to call a limited listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It was removed meanwhile, or another caller had its last call.
    Gone,
    /// It may be called.
    Granted,
    /// It may be called for the last time, and is removed.
    Last,
}

type Few<X> = SmallVec<[X; 3]>;

/// The listeners that a round has used up, and nobody else can see. The single-threaded flavour drops each as soon
/// as its call is over, the other drops all with the round. The round reads nothing of them afterwards, nor does its
/// visit.
pub(crate) struct Used<'r, K: Parts, B: ?Sized + 'static> {
    pub(super) view: &'r View<'r, K, B>,
    /// Most often there is one, and no others before it.
    last: Option<Owner<Node<K, B>>>,
    others: Option<Few<Owner<Node<K, B>>>>,
}

impl<'r, K: Parts, B: ?Sized + 'static> Used<'r, K, B> {
    pub(crate) fn nothing(view: &'r View<'r, K, B>) -> Self {
        Self {
            view,
            last: None,
            others: None,
        }
    }

    #[inline]
    pub(super) fn put(&mut self, node: Owner<Node<K, B>>) {
        if let Some(before) = self.last.replace(node) {
            self.others.get_or_insert_default().push(before);
        }
    }

    /// Whether `node`, whose call has returned, is the one that was used up last.
    #[inline]
    pub(crate) fn has(&self, node: &Node<K, B>) -> bool {
        self.last
            .as_deref()
            .is_some_and(|last| std::ptr::eq(last, node))
    }

    /// Says that a call is over, and that nobody holds a reference to its node.
    #[inline]
    pub(crate) fn called(&mut self) {
        if K::ONE_THREAD {
            // User code: the closure is dropped.
            drop(self.last.take());
        }
    }

    /// Drops them, in the order in which they were used up.
    #[inline(always)]
    pub(crate) fn drop_all(&mut self) {
        if let Some(mut others) = self.others.take() {
            others.extend(self.last.take());
        }
        drop(self.last.take());
    }
}

impl<K: Parts, B: ?Sized + 'static> Drop for Used<'_, K, B> {
    fn drop(&mut self) {
        self.drop_all();
    }
}
