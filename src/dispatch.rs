//! Calls listeners, and tells what became of it: the one place where user code runs.
//!
//! Whatever a listener does, it comes back to here in one of these ways: it returns an [`Answer`],
//! it panics, or it calls the emitter again, from this thread or another. No lock and no borrow is
//! held meanwhile (rule 4); what a call has entered, it leaves by a guard (rule 7).
//!
//! [`emit`] is the emit of an event: it latches the audience, enters a frame, and makes a [`Round`]
//! of the taps and one of the listeners. The rest of the file tells the emitter's own news.

// The safe twin's `Ref` is a guard, not a reference.
#![allow(clippy::needless_borrow)]

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};

use crate::any_event::AnyEvent;
use crate::channel::{AnyChannel, Channel, Flavour};
use crate::error::{EmitError, ErrorKind, ListenerError, ListenerErrors, TooDeep, WaitError};
use crate::event::Event;
use crate::hub::{Hub, PanicPolicy, Rules};
use crate::id::ListenerId;
use crate::list::{Claim, List, Node, Removed, Runs, Turn, Visit};
use crate::listener::{ListenerInfo, Options};
use crate::meta;
use crate::outcome::Answer;
use crate::stack::{self, Frame, Kind};
use crate::watch::{self, Site};

/// What stands for the event's name where a tap is told of.
const TAP: &str = "(any)";

/// Who deals with a listener's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errors {
    /// The listeners of `LISTENER_ERROR`, at once.
    Tell,
    /// The caller, afterwards.
    Return,
}

/// How many listeners were called, or what nobody has dealt with. Boxed, since it is returned by
/// every emit and seldom there.
pub(crate) type Done = Result<usize, Box<EmitError>>;

/// # Panics
/// With what nobody has dealt with. `has_meta` is whether there is an emitter to tell it.
#[inline]
#[track_caller]
pub(crate) fn or_panic(done: Done, has_meta: bool) -> usize {
    match done {
        Ok(called) => called,
        Err(error) => unhandled(&error, has_meta),
    }
}

#[cold]
#[track_caller]
fn unhandled(error: &EmitError, has_meta: bool) -> ! {
    let EmitError::Listeners(errors) = error else {
        panic!("{error}");
    };
    let first = errors.iter().next().expect("never empty");
    let source = match first.kind() {
        ErrorKind::Failed(source) => format!(": {source}"),
        _ => String::new(),
    };
    let is_told = has_meta && first.event() != meta::LISTENER_ERROR.name();
    let advice = if is_told {
        "listen to `oyez::meta::LISTENER_ERROR` or use `try_emit`"
    } else {
        "use `try_emit`, or deal with it in the listener"
    };
    let more = match errors.iter().count() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    panic!("unhandled error: {first}{source}{more}; {advice}");
}

/// Lends `payload` to the listeners of `event`: those of `channel`, and the taps of `hub`. `site` is
/// the line that emits.
#[inline]
pub(crate) fn emit<K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    channel: Option<&Channel<K, T>>,
    event: &'static str,
    payload: &T,
    errors: Errors,
    site: Site,
) -> Done {
    let channel = channel.filter(|channel| !channel.list.is_empty());
    match (hub, channel) {
        (Some(hub), _) if hub.is_observed(channel.is_some()) => {
            emit_observed(hub, channel, event, payload, errors, site)
        }
        (_, Some(channel)) => emit_to(hub, channel, payload, errors),
        (_, None) => Ok(0),
    }
}

/// An emit that only its listeners see.
fn emit_to<K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    channel: &Channel<K, T>,
    payload: &T,
    errors: Errors,
) -> Done {
    let rules = hub.map_or(Rules::DEFAULT, |hub| hub.config.rules);
    stack::enter(
        channel.event.name(),
        channel.kind,
        rules.max_depth,
        |frame| {
            let visit = channel.list.visit();
            let list = &channel.list;
            let mut round = Round::new(hub, list, frame, errors);
            round.make(&visit, |_, listener| listener(payload));
            round.done()
        },
    )
    .unwrap_or_else(refused)
}

#[cold]
fn refused(refusal: TooDeep) -> Done {
    Err(Box::new(refusal.into()))
}

/// An emit that taps or a watcher may see, or that nobody may listen to.
#[cold]
fn emit_observed<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    channel: Option<&Channel<K, T>>,
    event: &'static str,
    payload: &T,
    errors: Errors,
    site: Site,
) -> Done {
    match channel {
        Some(channel) if channel.kind == Kind::Meta => emit_meta(hub, channel, payload, errors),
        Some(_) => emit_in_view(hub, channel, event, payload, errors, site),
        None if meta::is_meta(Event::<T>::new(event)) => Ok(0),
        None => emit_unhandled(hub, event, payload, errors, site),
    }
}

/// An emit of the emitter's own news, which taps do not see.
fn emit_meta<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    channel: &Channel<K, T>,
    news: &T,
    errors: Errors,
) -> Done {
    if hub.watcher.is_none() {
        return emit_to(Some(hub), channel, news, errors);
    }
    let event = channel.event.name();
    emit_in_view(hub, Some(channel), event, news, errors, None)
}

/// An emit that nobody listens to: it returns 0 at any depth.
fn emit_unhandled<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    event: &'static str,
    payload: &T,
    errors: Errors,
    site: Site,
) -> Done {
    let mut done = Ok(0);
    if !hub.taps.is_empty() || hub.watcher.is_some() {
        done = unless_too_deep(emit_in_view(hub, None, event, payload, errors, site));
    }
    if let Some(unhandled) = hub.hears(meta::UNHANDLED) {
        let news = meta::Unhandled::new::<T>(event);
        let told = emit_meta(hub, unhandled, &news, Errors::Tell);
        or_panic(unless_too_deep(told), true);
    }
    done
}

/// What was refused because of its depth counts as nobody called.
fn unless_too_deep(done: Done) -> Done {
    match done {
        Err(error) if matches!(*error, EmitError::TooDeep(_)) => Ok(0),
        done => done,
    }
}

/// An emit that taps or a watcher see, and perhaps listeners.
fn emit_in_view<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    channel: Option<&Channel<K, T>>,
    event: &'static str,
    payload: &T,
    errors: Errors,
    site: Site,
) -> Done {
    let max_depth = hub.config.rules.max_depth;
    let kind = channel.map_or(Kind::Ordinary, |channel| channel.kind);
    let done = stack::enter(event, kind, max_depth, |frame| {
        // Both audiences are latched before anybody is called.
        let is_tapped = kind == Kind::Ordinary && !hub.taps.is_empty();
        let tapping = is_tapped.then(|| hub.taps.visit());
        let visit = channel.map(|channel| (channel, channel.list.visit()));
        watch::emit(hub.watcher.as_ref(), event, site, || {
            let any = AnyEvent::new(event, &payload);
            let mut taps = Round::new(Some(hub), &hub.taps, frame, errors);
            if let Some(tapping) = &tapping {
                taps.make(tapping, |node, tap| {
                    match in_view(hub, event, node, || tap(&any)) {
                        // A tap cannot stop an emit, not even for other taps.
                        Answer::Stop => Answer::Continue,
                        answer => answer,
                    }
                });
            }
            frame.left();
            // Taps do not count.
            taps.called = 0;
            let Some((channel, visit)) = &visit else {
                return taps.done();
            };
            let mut round = Round::new(Some(hub), &channel.list, frame, errors);
            round.failures = taps.failures.take();
            round.make(visit, |node, listener| {
                in_view(hub, event, node, || listener(payload))
            });
            round.done()
        })
    });
    done.unwrap_or_else(refused)
}

/// Calls a listener in sight of the watcher, if there is one.
fn in_view<K: Flavour, B: ?Sized>(
    hub: &Hub<K>,
    event: &'static str,
    node: &Node<K, B>,
    call: impl FnOnce() -> Answer,
) -> Answer {
    match &hub.watcher {
        None => call(),
        Some(watcher) => watch::call(watcher, event, node.label(), node.location(), || {
            // Here already, so that the watcher is told of an error, not of a panic that goes on.
            match hub.config.rules.panics {
                PanicPolicy::Isolate => isolated(call),
                PanicPolicy::Propagate => call(),
            }
        }),
    }
}

/// One way through one list.
struct Round<'a, K: Flavour, B: ?Sized + 'static> {
    hub: Option<&'a Hub<K>>,
    list: &'a List<K, B>,
    frame: &'a Frame,
    errors: Errors,
    called: usize,
    /// What nobody has dealt with; boxed, since it is seldom there.
    failures: Option<Box<Failures>>,
}

impl<K: Flavour, B: ?Sized + 'static> Drop for Round<'_, K, B> {
    /// Leaves the listener that ran last, before the visit is left, also by a panic.
    #[inline]
    fn drop(&mut self) {
        self.frame.left();
    }
}

/// Errors, in order.
type Failures = Vec<ListenerError>;

#[cold]
fn failed(called: usize, failures: Failures) -> Done {
    Err(Box::new(ListenerErrors::new(called, failures).into()))
}

impl<'a, K: Flavour, B: ?Sized + 'static> Round<'a, K, B> {
    #[inline]
    fn new(
        hub: Option<&'a Hub<K>>,
        list: &'a List<K, B>,
        frame: &'a Frame,
        errors: Errors,
    ) -> Self {
        let (called, failures) = (0, None);
        Self {
            hub,
            list,
            frame,
            errors,
            called,
            failures,
        }
    }

    #[inline]
    fn done(&mut self) -> Done {
        match self.failures.take() {
            None => Ok(self.called),
            Some(failures) => failed(self.called, *failures),
        }
    }

    /// Calls every listener of the audience.
    #[inline]
    fn make(&mut self, visit: &Visit<'_, K, B>, call: impl Fn(&Node<K, B>, &B) -> Answer) {
        let isolate = self
            .hub
            .is_some_and(|hub| hub.config.rules.panics == PanicPolicy::Isolate);
        match visit.runs() {
            Runs::Main(None) => {}
            Runs::Main(Some(table)) => {
                let mut called = 0;
                for node in table.nodes(visit.proof()) {
                    if self
                        .step(&node, visit, isolate, &call, &mut called)
                        .is_break()
                    {
                        break;
                    }
                }
                self.called = called;
            }
            Runs::Several(order) => {
                let mut called = 0;
                visit.each_of(&order, &mut |node| {
                    self.step(node, visit, isolate, &call, &mut called)
                });
                self.called = called;
            }
        }
    }

    /// Calls one listener, if it is in the audience.
    #[inline(always)]
    fn step(
        &mut self,
        node: &Node<K, B>,
        visit: &Visit<'_, K, B>,
        isolate: bool,
        call: &impl Fn(&Node<K, B>, &B) -> Answer,
        called: &mut usize,
    ) -> ControlFlow<()> {
        let Some(body) = node.body.get(visit.proof()) else {
            // Removed, and nobody was inside: its closure is gone.
            return ControlFlow::Continue(());
        };
        visit.running(node);
        let answer = if node.is_plain(visit.clock()) && !isolate {
            self.frame.running(node.address(), node.location());
            // User code from here. It may return, panic, emit again, remove itself or others, add
            // listeners, or drop the last handle of the emitter.
            call(node, &body)
        } else {
            match self.call_with_care(node, visit, isolate, &body, call) {
                Some(answer) => answer,
                None => return ControlFlow::Continue(()),
            }
        };
        *called += 1;
        visit.between();
        if matches!(answer, Answer::Continue) && node.is_plain(visit.clock()) {
            return ControlFlow::Continue(());
        }
        self.settle(node, visit, answer)
    }

    /// Calls a listener that may be removed, too young, limited, or for one caller at a time, or
    /// whose panic is to be caught. `None` if it was not called.
    #[cold]
    fn call_with_care(
        &mut self,
        node: &Node<K, B>,
        visit: &Visit<'_, K, B>,
        isolate: bool,
        body: &B,
        call: &impl Fn(&Node<K, B>, &B) -> Answer,
    ) -> Option<Answer> {
        visit.leave(node);
        // The listener before this one is over.
        self.frame.left();
        if node.is_removed() || !node.is_born(visit.clock()) {
            return None;
        }
        // May wait for another thread. Nothing is claimed before: a call that can't be made counts
        // for nothing.
        let Some(turn) = Turn::take(node.gate()) else {
            self.fail(node, ErrorKind::Reentered);
            return None;
        };
        visit.running(node);
        self.frame.running(node.address(), node.location());
        match self.list.claim(node, self.frame.event()) {
            Claim::Gone => {
                visit.leave(node);
                return None;
            }
            Claim::Granted => {}
            Claim::Last(removed) => self.tell_removed(removed.info),
        }
        // User code from here, as in `step`.
        let answer = if isolate {
            isolated(|| call(node, body))
        } else {
            call(node, body)
        };
        if !matches!(answer, Answer::Unsubscribe) {
            return Some(answer);
        }
        // Before the turn ends, so that nobody who waits for it has another.
        let removed = self.remove(node);
        drop(turn);
        visit.leave(node);
        self.frame.left();
        self.tell_unsubscribed(removed);
        Some(Answer::Continue)
    }

    /// Does what the listener asked for, and what its removal asks for.
    #[cold]
    fn settle(
        &mut self,
        node: &Node<K, B>,
        visit: &Visit<'_, K, B>,
        answer: Answer,
    ) -> ControlFlow<()> {
        // Before any user code runs, which may panic, or wait for who waits for this listener.
        visit.leave(node);
        self.frame.left();
        let mut flow = ControlFlow::Continue(());
        match answer {
            Answer::Continue => {}
            Answer::Stop => flow = ControlFlow::Break(()),
            Answer::Unsubscribe => {
                let removed = self.remove(node);
                self.tell_unsubscribed(removed);
            }
            Answer::Failed(kind) => self.fail(node, *kind),
        }
        if node.is_removed() {
            visit.drop_body(node);
        }
        flow
    }

    fn remove(&self, node: &Node<K, B>) -> Option<Removed<K, B>> {
        self.list
            .remove(node.id(self.list.id()), self.frame.event())
    }

    fn tell_unsubscribed(&self, removed: Option<Removed<K, B>>) {
        if let Some(removed) = removed {
            let info = removed.info;
            // User code: the closure is dropped.
            drop(removed);
            self.tell_removed(info);
        }
    }

    /// Deals with a listener's error, or leaves it to the caller.
    #[cold]
    fn fail(&mut self, node: &Node<K, B>, kind: ErrorKind) {
        let id = node.id(self.list.id());
        let error = ListenerError::new(self.frame.event(), id, node.label(), node.location(), kind);
        let told = match self.errors {
            Errors::Return => Told::NOBODY,
            Errors::Tell => self.hub.map_or(Told::NOBODY, |hub| tell_error(hub, &error)),
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

    fn tell_removed(&self, info: ListenerInfo) {
        if let (Some(hub), Kind::Ordinary) = (self.hub, self.frame.kind()) {
            if self.list.id() != hub.taps.id() {
                tell_removed(hub, &info);
            }
        }
    }
}

/// Calls a listener and makes an error of its panic.
#[cold]
pub(crate) fn isolated(call: impl FnOnce() -> Answer) -> Answer {
    // What the listener has left half done is the listener's: the emitter's own state is whole
    // whenever user code runs.
    panic::catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| {
        let kind = ErrorKind::Panicked(message(payload));
        Answer::Failed(Box::new(kind))
    })
}

/// What a panic says.
fn message(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    // The payload is the listener's, and its `Drop` may panic as well: that is one panic too many to
    // tell, and what it leaves is leaked.
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
    text.unwrap_or_else(|| "a value that is not a string".to_owned())
}

/// Emits a `meta` event. Its listeners' errors go the way of all errors.
#[track_caller]
fn tell<K: Flavour, T: 'static>(hub: &Hub<K>, channel: &Channel<K, T>, news: &T) {
    or_panic(emit_meta(hub, channel, news, Errors::Tell), true);
}

/// What became of an error that was told.
struct Told {
    /// Whether any listener was called with it.
    is_heard: bool,
    /// What failed in them.
    failures: Failures,
}

impl Told {
    const NOBODY: Self = Self {
        is_heard: false,
        failures: Vec::new(),
    };
}

/// Emits `LISTENER_ERROR`.
fn tell_error<K: Flavour>(hub: &Hub<K>, error: &ListenerError) -> Told {
    let Some(channel) = hub.hears(meta::LISTENER_ERROR) else {
        return Told::NOBODY;
    };
    match emit_meta(hub, channel, error, Errors::Return) {
        Ok(called) => Told {
            is_heard: called > 0,
            failures: Vec::new(),
        },
        Err(failed) => match *failed {
            EmitError::Listeners(errors) => Told {
                is_heard: errors.called() > 0,
                failures: errors.into_vec(),
            },
            EmitError::TooDeep(_) => Told::NOBODY,
        },
    }
}

fn tell_removed<K: Flavour>(hub: &Hub<K>, info: &ListenerInfo) {
    if let Some(channel) = hub.hears(meta::LISTENER_REMOVED) {
        tell(hub, channel, info);
    }
}

/// Adds a listener and tells about it.
pub(crate) fn add<K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    channel: &Channel<K, T>,
    options: Options,
    gate: Option<K::Gate>,
    body: Box<K::Listener<T>>,
) -> ListenerId {
    let added = channel.list.add(options, gate, body);
    let Some(hub) = hub else {
        return added.id;
    };
    if added.count == 1 {
        hub.note_first(channel.event, &channel.since);
    }
    if channel.kind == Kind::Ordinary {
        tell_added(hub, channel, options, added.id);
        // A crossing of the limit is the one add that comes to stand just above it.
        if added.count - 1 == hub.config.max_listeners && hub.config.max_listeners > 0 {
            tell_too_many(hub, channel);
        }
    }
    added.id
}

fn tell_added<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    channel: &Channel<K, T>,
    options: Options,
    id: ListenerId,
) {
    if let Some(added) = hub.hears(meta::LISTENER_ADDED) {
        let info = ListenerInfo {
            id,
            event: channel.event.name(),
            label: options.label,
            priority: options.priority,
            remaining: options.limit,
            location: options.location,
        };
        tell(hub, added, &info);
    }
}

fn tell_too_many<K: Flavour, T: ?Sized + 'static>(hub: &Hub<K>, channel: &Channel<K, T>) {
    if let Some(too_many) = hub.hears(meta::TOO_MANY_LISTENERS) {
        let max = hub.config.max_listeners;
        let news = meta::TooManyListeners::new(channel.event.name(), max, &channel.infos());
        tell(hub, too_many, &news);
    }
}

/// Whether the listener `id` is still there, whatever its event.
pub(crate) fn has<K: Flavour>(hub: &Hub<K>, id: ListenerId) -> bool {
    if id.list() == hub.taps.id() {
        return hub.taps.contains(id);
    }
    hub.channel_of(id)
        .is_some_and(|channel| channel.contains(id))
}

/// Removes the listener `id`, whatever its event, and tells about it.
pub(crate) fn off<K: Flavour>(hub: &Hub<K>, id: ListenerId) -> bool {
    if id.list() == hub.taps.id() {
        return hub.taps.remove(id, TAP).is_some();
    }
    hub.channel_of(id)
        .is_some_and(|channel| off_channel(Some(hub), channel, id))
}

/// Removes the listener `id` of one event, and tells about it.
pub(crate) fn off_channel<K: Flavour, C: AnyChannel<K> + ?Sized>(
    hub: Option<&Hub<K>>,
    channel: &C,
    id: ListenerId,
) -> bool {
    let removed = channel.remove(id);
    if let (Some(hub), Some(info), Kind::Ordinary) = (hub, &removed, channel.kind()) {
        tell_removed(hub, info);
    }
    removed.is_some()
}

/// Removes the listener `id`, then waits until nobody is inside of it.
pub(crate) fn off_and_wait<K: Flavour>(hub: &Hub<K>, id: ListenerId) -> Result<bool, WaitError> {
    if id.list() == hub.taps.id() {
        let removed = off(hub, id);
        return hub.taps.wait(id).map(|()| removed);
    }
    match hub.channel_of(id) {
        Some(channel) => off_channel_and_wait(Some(hub), channel, id),
        None => Ok(false),
    }
}

/// Removes the listener `id` of one event, then waits until nobody is inside of it.
pub(crate) fn off_channel_and_wait<K: Flavour, C: AnyChannel<K> + ?Sized>(
    hub: Option<&Hub<K>>,
    channel: &C,
    id: ListenerId,
) -> Result<bool, WaitError> {
    let removed = off_channel(hub, channel, id);
    channel.wait(id).map(|()| removed)
}

/// Removes all listeners of one event, then tells about each.
pub(crate) fn off_all<K: Flavour, C: AnyChannel<K> + ?Sized>(
    hub: Option<&Hub<K>>,
    channel: &C,
) -> usize {
    let infos = channel.clear().into_infos();
    if let (Some(hub), Kind::Ordinary) = (hub, channel.kind()) {
        infos.iter().for_each(|info| tell_removed(hub, info));
    }
    infos.len()
}

/// Removes everything, then tells about each; those who are told go last.
pub(crate) fn clear<K: Flavour>(hub: &Hub<K>) -> usize {
    // They hear of the removal of the others, and are gone afterwards also if one of them panics.
    let told = hub
        .hears(meta::LISTENER_REMOVED)
        .map(Channel::infos)
        .unwrap_or_default();
    let told = OffAtLast {
        hub,
        ids: told.iter().map(ListenerInfo::id).collect(),
    };

    let is_told = |channel: &&K::AnyChannel| {
        channel.kind() == Kind::Meta && channel.event() == meta::LISTENER_REMOVED.name()
    };
    let others = hub.channels().filter(|channel| !is_told(channel));
    let cleared: Vec<_> = others
        .map(|channel| (channel.kind(), channel.clear()))
        .collect();
    let taps = hub.taps.clear(TAP);
    let mut count = taps.len() + told.ids.len();
    drop(taps);

    let mut removed = Vec::new();
    for (kind, cleared) in cleared {
        let infos = cleared.into_infos();
        count += infos.len();
        if kind == Kind::Ordinary {
            removed.extend(infos);
        }
    }
    removed.iter().for_each(|info| tell_removed(hub, info));
    count
}

/// Removes some listeners when dropped.
struct OffAtLast<'a, K: Flavour> {
    hub: &'a Hub<K>,
    ids: Vec<ListenerId>,
}

impl<K: Flavour> Drop for OffAtLast<'_, K> {
    fn drop(&mut self) {
        for id in &self.ids {
            off(self.hub, *id);
        }
    }
}
