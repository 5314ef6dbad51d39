//! Calls listeners, and tells what became of it: the one place where a listener's code runs.
//!
//! Whatever a listener does, it comes back to here in one of these ways: it returns an [`Answer`],
//! it panics, or it calls the emitter again, from this thread or another. No lock and no borrow is
//! held meanwhile (rule 4); what a call has entered, it leaves by a guard (rule 7).
//!
//! [`emit`] is the emit of an event. It enters a frame, latches the audience, and goes one of these ways:
//!
//! ```text
//!   emit_solo            one listener, which needs nothing but a call, and no other emit around
//!   emit_unobserved
//!     emit_unseen          nobody sees it but its listeners, who are called as below
//!     emit_unheard         nobody listens
//!   emit_observed
//!     emit_seen            its listeners see it, and perhaps a watcher
//!       emit_straight        calls each that needs nothing but a call, nested or not
//!       emit_with_care       calls from the first on that needs more, or all of several runs: a Round
//!     emit_tapped          taps see it first: a Round of them, then one of the listeners
//!     emit_unheard         nobody listens
//! ```
//!
//! [`round`] is the careful way, [`news`] what is told of it.

// The safe twin's `Ref` is a guard, not a reference.
#![allow(clippy::needless_borrow)]

use crate::any_event::AnyEvent;
use crate::channel::{Channel, Flavour};
use crate::config::MAX_DEPTH;
use crate::error::{EmitError, TooDeep};
use crate::event::Event;
use crate::hub::Hub;
use crate::list::{FirstVisit, Glimpse, Node, Nodes, Runs, View, Visit, Visiting};
use crate::meta;
use crate::outcome::Answer;
use crate::report::{Done, Failures, OnError, Panics, Report, merged, result};
use crate::sight::{Seen, Sight, Unseen};
use crate::stack::{self, Frame, Kind, Sign};
use crate::watch::Caller;

mod news;
mod round;

use news::emit_meta;
pub(crate) use news::{tell, tell_removed};
use round::{Halt, Round};

/// Lends `payload` to the listeners of `channel`, and to the taps of `hub`. `site` is the line that emits.
///
/// What most emits are is compiled into the caller: nobody listens, or one listener does that needs
/// nothing but a call.
#[inline(always)]
#[track_caller]
pub(crate) fn emit<R: Report, K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    channel: &Channel<K, T>,
    payload: &T,
    site: Caller,
) -> R::Output {
    let list = &channel.list;
    match hub {
        Some(hub) if hub.is_observed() => {
            return emit_observed::<R, K, T>(hub, channel, payload, site);
        }
        _ => {}
    }
    if let Some(glimpse) = list.glimpse() {
        if let Some(answer) = emit_solo::<R, K, T>(hub, channel, glimpse, payload) {
            return answer;
        }
    } else if list.is_empty() && !hub.is_some_and(Hub::has_meta) {
        return R::called(0);
    }
    emit_unobserved::<R, K, T>(hub, channel, payload, site)
}

/// The outermost emit of its thread, to one listener that needs nothing but a call. `None`, and nothing
/// was called, if it is not that.
// Not in a build that optimises nothing, where all that is inlined takes room on the stack at once: of emits nested
// in each other many are to fit.
#[cfg_attr(not(debug_assertions), inline(always))]
#[track_caller]
fn emit_solo<R: Report, K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    channel: &Channel<K, T>,
    glimpse: Glimpse<'_, K, K::Listener<T>>,
    payload: &T,
) -> Option<R::Output> {
    if stack::is_entered() {
        return None;
    }
    let visit = channel.list.visit_first()?;
    let node = visit.solo(glimpse)?;
    visit.run(&node);
    let answer = {
        let body = node.body.get(visit.proof());
        // User code from here. It may return, panic, emit again, remove itself, add listeners, or
        // drop the last handle of the emitter.
        body(payload)
    };
    visit.between();
    // Whether it was removed meanwhile is seen when the visit ends.
    if matches!(answer, Answer::Continue) {
        visit.end();
        return Some(R::called(1));
    }
    let halt = Halt {
        node,
        answer: Some(answer),
        nodes: Nodes::none(visit.proof()),
        called: 1,
    };
    Some(settle_solo::<R, K, _>(hub, visit, halt))
}

/// Does what the only listener has asked for.
// Not lent the listener by itself, since that may be dropped with the visit.
#[cold]
#[inline(never)]
#[track_caller]
fn settle_solo<R: Report, K: Flavour, B: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    visit: FirstVisit<'_, K, B>,
    halt: Halt<'_, K, B>,
) -> R::Output {
    let done = visit.go_on(visit.clock(), |view| {
        let mut round = Round::new(hub, view, R::ON_ERROR);
        round.resume(halt, |_, _| unreachable!("it is the only listener"));
        round.done()
    });
    visit.end();
    R::report(done, hub.is_some())
}

/// An emit that neither taps nor a watcher were there to see.
#[inline(never)]
#[track_caller]
fn emit_unobserved<R: Report, K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    channel: &Channel<K, T>,
    payload: &T,
    site: Caller,
) -> R::Output {
    let done = match hub {
        _ if !channel.list.is_empty() => emit_unseen(hub, channel, payload, R::ON_ERROR),
        Some(hub) => emit_unheard(hub, channel.name(), payload, R::ON_ERROR, site),
        None => Ok(0),
    };
    R::report(done, hub.is_some())
}

/// An emit that taps or a watcher may see.
#[inline(never)]
#[track_caller]
fn emit_observed<R: Report, K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    channel: &Channel<K, T>,
    payload: &T,
    site: Caller,
) -> R::Output {
    let (event, on_error) = (channel.name(), R::ON_ERROR);
    let done = match channel.list.sign.kind {
        _ if channel.list.is_empty() => emit_unheard(hub, event, payload, on_error, site),
        Kind::Meta => emit_seen(hub, channel, payload, on_error, None),
        Kind::Ordinary if hub.taps.is_empty() => emit_seen(hub, channel, payload, on_error, site),
        Kind::Ordinary => emit_tapped(hub, Some(channel), event, payload, on_error, site),
    };
    R::report(done, true)
}

/// As `emit`, of an event that nobody has ever listened to.
#[inline]
#[track_caller]
pub(crate) fn emit_unknown<R: Report, K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    event: Event<T>,
    payload: &T,
    site: Caller,
) -> R::Output {
    if !hub.is_observed() && !hub.has_meta() {
        return R::called(0);
    }
    R::report(
        emit_unheard(hub, event.name(), payload, R::ON_ERROR, site),
        true,
    )
}

/// An emit that nobody sees but its listeners.
#[cfg_attr(not(debug_assertions), inline(always))]
fn emit_unseen<K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    channel: &Channel<K, T>,
    payload: &T,
    on_error: OnError,
) -> Done {
    if !stack::is_entered() {
        if let Some(visit) = channel.list.visit_first() {
            return emit_first(hub, visit, payload, on_error);
        }
    }
    emit_nested(hub, channel, payload, on_error, Unseen)
}

/// The outermost emit of its thread: what most are.
#[cfg_attr(not(debug_assertions), inline(always))]
fn emit_first<K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    visit: FirstVisit<'_, K, K::Listener<T>>,
    payload: &T,
    on_error: OnError,
) -> Done {
    let done = emit_straight(hub, &visit, visit.clock(), payload, on_error, &Unseen);
    visit.end();
    done
}

/// Calls the listeners, which most often need nothing but a call. That is the straight way, written out here so
/// that all it knows is in registers. Before or behind the first listener that needs more it halts, and the careful
/// way takes over, a [`Round`].
#[cfg_attr(not(debug_assertions), inline(always))]
fn emit_straight<'v, K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    visit: &impl Visiting<'v, K, K::Listener<T>>,
    clock: u64,
    payload: &T,
    on_error: OnError,
    sight: &impl Sight,
) -> Done {
    let Runs::Main(Some(table)) = visit.runs() else {
        return emit_halted(hub, visit, clock, payload, on_error, sight, None);
    };
    let mut nodes = table.nodes(visit.proof());
    let mut called = 0;
    while let Some(node) = nodes.next() {
        visit.approach(&node);
        if !node.is_plain(clock) {
            let halt = Some(Halt {
                node,
                answer: None,
                nodes,
                called,
            });
            return emit_halted(hub, visit, clock, payload, on_error, sight, halt);
        }
        visit.run(&node);
        let answer = {
            let body = node.body.get(visit.proof());
            // User code from here. It may return, panic, emit again, remove itself or others, add
            // listeners, or drop the last handle of the emitter.
            sight.call(&node, || body(payload))
        };
        called += 1;
        visit.between();
        if !matches!(answer, Answer::Continue) || !node.is_plain(clock) {
            let halt = Some(Halt {
                node,
                answer: Some(answer),
                nodes,
                called,
            });
            return emit_halted(hub, visit, clock, payload, on_error, sight, halt);
        }
    }
    Ok(called)
}

/// Goes on with care where the straight way has halted.
#[cold]
#[inline(never)]
fn emit_halted<'v, K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    visit: &impl Visiting<'v, K, K::Listener<T>>,
    clock: u64,
    payload: &T,
    on_error: OnError,
    sight: &impl Sight,
    halt: Option<Halt<'_, K, K::Listener<T>>>,
) -> Done {
    visit.go_on(clock, |view| {
        emit_with_care(hub, view, payload, on_error, sight, halt)
    })
}

/// Ends what an emit has held before its result is returned: what is dropped with a visit may panic,
/// and what is returned already would be leaked.
#[inline(always)]
fn ending<H>(held: H, done: Done) -> Done {
    drop(held);
    done
}

/// An emit that taps do not see, from inside of another, or of a list that other threads often change.
#[inline(never)]
fn emit_nested<K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    channel: &Channel<K, T>,
    payload: &T,
    on_error: OnError,
    sight: impl Sight,
) -> Done {
    let limit = hub.map_or(MAX_DEPTH, |hub| hub.config.max_depth);
    stack::enter(&channel.list.sign, limit, |frame| {
        let visit = channel.list.visit(frame);
        let view = visit.view();
        // Several runs have their round at once: else there were two frames more in each nested emit, where nothing
        // is optimised.
        let way = || match view.runs() {
            Runs::Main(_) => emit_straight(hub, view, view.clock, payload, on_error, &sight),
            Runs::Several(_) => emit_with_care(hub, view, payload, on_error, &sight, None),
        };
        let done = sight.emit(|| frame.hide_listener(), way);
        ending(visit, done)
    })
    .unwrap_or_else(|refusal| refused(*refusal))
}

/// A round of the listeners, perhaps from where the straight way has halted.
#[cfg_attr(not(debug_assertions), inline(always))]
fn emit_with_care<K: Flavour, T: ?Sized + 'static>(
    hub: Option<&Hub<K>>,
    view: &View<'_, K, K::Listener<T>>,
    payload: &T,
    on_error: OnError,
    sight: &impl Sight,
    halt: Option<Halt<'_, K, K::Listener<T>>>,
) -> Done {
    let mut round = Round::new(hub, view, on_error);
    let call =
        |node: &Node<_, _>, listener: &K::Listener<T>| sight.call(node, || listener(payload));
    match halt {
        None => round.make(call),
        Some(halt) => round.resume(halt, call),
    }
    round.done()
}

#[cold]
fn refused(refusal: TooDeep) -> Done {
    Err(Box::new(refusal.into()))
}

/// An emit that taps do not see, but a watcher may.
fn emit_seen<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    channel: &Channel<K, T>,
    payload: &T,
    on_error: OnError,
    site: Caller,
) -> Done {
    let Some(seen) = Seen::of(hub, channel.name(), site) else {
        return emit_unseen(Some(hub), channel, payload, on_error);
    };
    if !stack::is_entered() {
        if let Some(visit) = channel.list.visit_first() {
            return emit_first_seen(hub, visit, payload, on_error, &seen);
        }
    }
    emit_nested(Some(hub), channel, payload, on_error, &seen)
}

/// As `emit_first`, in sight of a watcher. By itself: as one, both ways take some forty instructions more.
fn emit_first_seen<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    visit: FirstVisit<'_, K, K::Listener<T>>,
    payload: &T,
    on_error: OnError,
    sight: &Seen<'_>,
) -> Done {
    // Before the watcher is told.
    let clock = visit.clock();
    let straight = || emit_straight(Some(hub), &visit, clock, payload, on_error, &sight);
    let done = sight.emit(|| visit.hide_listener(), straight);
    visit.end();
    done
}

/// An emit that nobody listens to: it returns 0 at any depth.
#[cold]
fn emit_unheard<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    event: &'static str,
    payload: &T,
    on_error: OnError,
    site: Caller,
) -> Done {
    if meta::is_meta(Event::<T>::new(event)) {
        return Ok(0);
    }
    let mut done = Ok(0);
    if !hub.taps.is_empty() || hub.watcher.is_some() {
        done = unless_too_deep(emit_tapped(hub, None, event, payload, on_error, site));
    }
    let Some(unhandled) = hub.hears(meta::UNHANDLED) else {
        return done;
    };
    let news = meta::Unhandled::new::<T>(event);
    let told = emit_meta(hub, unhandled, &news, OnError::Tell);
    match unless_too_deep(told) {
        Ok(_) => done,
        // A panic, also out of a `try_emit`, with what has failed in the taps: nobody would hear of that else.
        failed => Ok(Panics::report(merged(done, failed), true)),
    }
}

/// What was refused because of its depth counts as nobody called.
fn unless_too_deep(done: Done) -> Done {
    match done {
        Err(error) if matches!(*error, EmitError::TooDeep(_)) => Ok(0),
        done => done,
    }
}

/// An emit that taps and a watcher may see, and perhaps listeners.
#[cold]
fn emit_tapped<K: Flavour, T: ?Sized + 'static>(
    hub: &Hub<K>,
    channel: Option<&Channel<K, T>>,
    event: &'static str,
    payload: &T,
    on_error: OnError,
    site: Caller,
) -> Done {
    let sign = Sign {
        event,
        kind: Kind::Ordinary,
    };
    let seen = Seen::of(hub, event, site);
    let sight = seen.as_ref();
    let emit = |frame: &Frame| {
        // Both audiences are latched before anybody is called.
        let tapping = hub.taps.visit(frame);
        let visit = channel.map(|channel| channel.list.visit(frame));
        let done = sight.emit(
            || frame.hide_listener(),
            || {
                let failures = call_taps(
                    hub,
                    &tapping,
                    on_error,
                    &sight,
                    &AnyEvent::new(event, &payload),
                );
                let Some(visit) = &visit else {
                    return result(0, failures);
                };
                let view = visit.view();
                let mut round = Round::new(Some(hub), view, on_error);
                round.failures = failures;
                round.make(|node, listener| sight.call(node, || listener(payload)));
                round.done()
            },
        );
        ending((visit, tapping), done)
    };
    stack::enter(&sign, hub.config.max_depth, emit).unwrap_or_else(|refusal| refused(*refusal))
}

/// Calls the taps, which do not count. Returns what failed in them.
fn call_taps<K: Flavour>(
    hub: &Hub<K>,
    tapping: &Visit<'_, K, K::Tap>,
    on_error: OnError,
    sight: &impl Sight,
    event: &AnyEvent<'_>,
) -> Failures {
    let view = tapping.view();
    let mut round = Round::new(Some(hub), view, on_error);
    round.make(|node, tap| match sight.call(node, || tap(event)) {
        // A tap cannot stop an emit, not even for other taps.
        Answer::Stop => Answer::Continue,
        answer => answer,
    });
    round.failures
}
