//! The promises, a module each. `super::*` is the face of the flavour under test.

use super::*;
use crate::support::{
    OnDrop, OnDropError, Trace, assert_contains, cause, exit_code, in_a_process, in_time,
    panic_text,
};
use oyez::meta::{LISTENER_ADDED, LISTENER_ERROR, LISTENER_REMOVED, TOO_MANY_LISTENERS, UNHANDLED};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

mod added_during_emit;
mod builder;
pub(crate) mod conformance;
mod depth;
mod errors;
mod faults;
mod looking_in;
mod messages;
mod meta;
mod model;
mod off;
mod once;
mod order;
mod outcome;
mod panics;
mod payloads;
mod program;
mod reentrancy;
mod release;
mod security;
mod signal;
mod subscription;
mod taps;
mod weak;

const NUM: Event<i32> = Event::new("num");
const OTHER: Event<i32> = Event::new("other");

fn setup() -> (EventEmitter, Trace) {
    (EventEmitter::new(), Trace::new())
}

fn isolating() -> (EventEmitter, Trace) {
    let emitter = EventEmitter::builder().panics(PanicPolicy::Isolate).build();
    (emitter, Trace::new())
}

/// A listener that reaches its own emitter, through a weak handle as it should.
fn within<F, R>(emitter: &EventEmitter, f: F) -> impl Fn(&i32) -> R + use<F, R>
where
    F: Fn(&EventEmitter, i32) -> R,
{
    let weak = emitter.downgrade();
    move |n| f(&weak.upgrade().expect("it lives while it emits"), *n)
}

/// A listener that logs its name and payload, and fails.
fn fails(
    trace: Trace,
    name: &'static str,
    text: &'static str,
) -> impl Fn(&i32) -> Result<(), String> + Clone {
    move |n| {
        trace.log(format_args!("{name}{n}"));
        Err(text.to_owned())
    }
}

/// Logs the cause of every error that reaches `LISTENER_ERROR`, after a `!`.
fn hear_errors(emitter: &EventEmitter, trace: Trace) -> ListenerId {
    emitter.on(LISTENER_ERROR, move |error| {
        trace.log(format_args!("!{}", cause(error)));
    })
}

/// The errors of an emit that must have failed by its listeners.
#[track_caller]
fn listener_errors(result: Result<usize, EmitError>) -> ListenerErrors {
    match result {
        Err(EmitError::Listeners(errors)) => errors,
        other => panic!("the listeners were to fail: {other:?}"),
    }
}

/// The refusal of an emit that must have been refused.
#[track_caller]
fn too_deep(result: Result<usize, EmitError>) -> TooDeep {
    match result {
        Err(EmitError::TooDeep(too_deep)) => too_deep,
        other => panic!("the emit was to be refused: {other:?}"),
    }
}
