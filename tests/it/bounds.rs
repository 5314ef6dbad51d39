//! What the types are: `Send`, `Sync`, unwind safe or not, and how large.

use crate::support::{assert_not, threads, unwinding};
use oyez::{
    BoxError, EmitError, ErrorKind, Event, Flow, ListenerError, ListenerErrors, ListenerId,
    ListenerInfo, PanicPolicy, TooDeep, WaitError, local, meta,
};
use std::cell::Cell;
use std::error::Error;
use std::fmt::Debug;
use std::hash::Hash;
use std::rc::Rc;

fn error<T: Error + Send + Sync + 'static>() {}

#[test]
fn the_shared_flavour_is_send_and_sync() {
    // "`oyez::EventEmitter` is `Send + Sync`", and all its handles, whatever the payload.
    threads::<oyez::EventEmitter>();
    threads::<oyez::WeakEmitter>();
    threads::<oyez::Signal<i32>>();
    threads::<oyez::Signal<str>>();
    threads::<oyez::Signal<Rc<i32>>>();
    threads::<oyez::Subscription>();
    threads::<oyez::Subscriptions>();
}

#[test]
fn the_local_flavour_is_for_one_thread() {
    // "`oyez::local::EventEmitter` is for one thread".
    assert_not!(
        local::EventEmitter: Send,
        local::EventEmitter: Sync,
        local::WeakEmitter: Send,
        local::WeakEmitter: Sync,
        local::Signal<i32>: Send,
        local::Signal<i32>: Sync,
        local::Subscription: Send,
        local::Subscription: Sync,
        local::Subscriptions: Send,
        local::Subscriptions: Sync,
    );
}

#[test]
fn neutral_types_are_send_and_sync() {
    // Names, ids, errors and answers go anywhere; an event goes whatever its payload is.
    threads::<Event<i32>>();
    threads::<Event<Rc<i32>>>();
    threads::<Event<dyn Fn()>>();
    threads::<ListenerId>();
    threads::<ListenerInfo>();
    threads::<Flow>();
    threads::<PanicPolicy>();
    threads::<meta::TooManyListeners>();
    threads::<meta::Unhandled>();
    error::<EmitError>();
    error::<ListenerErrors>();
    error::<ListenerError>();
    error::<TooDeep>();
    error::<WaitError>();
    threads::<ErrorKind>();
    threads::<BoxError>();
}

#[test]
fn handles_are_unwind_safe() {
    // Rule 7: "emitters, signals, loop and handles are `UnwindSafe` and `RefUnwindSafe`".
    unwinding::<oyez::EventEmitter>();
    unwinding::<oyez::WeakEmitter>();
    unwinding::<oyez::Signal<i32>>();
    unwinding::<oyez::Signal<Cell<i32>>>();
    unwinding::<oyez::Subscription>();
    unwinding::<oyez::Subscriptions>();
    unwinding::<local::EventEmitter>();
    unwinding::<local::WeakEmitter>();
    unwinding::<local::Signal<i32>>();
    unwinding::<local::Signal<Cell<i32>>>();
    unwinding::<local::Subscription>();
    unwinding::<local::Subscriptions>();
    unwinding::<ListenerId>();
    unwinding::<Event<Cell<i32>>>();
}

#[test]
fn the_flavours_share_the_neutral_names() {
    // "`oyez::local` re-exports the neutral names": they are the same types, not twins.
    fn same<T>(_: fn(T), _: fn(T)) {}
    same(|_: Event<i32>| {}, |_: local::Event<i32>| {});
    same(|_: ListenerId| {}, |_: local::ListenerId| {});
    same(|_: ListenerInfo| {}, |_: local::ListenerInfo| {});
    same(|_: Flow| {}, |_: local::Flow| {});
    same(|_: EmitError| {}, |_: local::EmitError| {});
    same(|_: PanicPolicy| {}, |_: local::PanicPolicy| {});
    same(|_: oyez::Result| {}, |_: local::Result| {});
}

#[test]
fn debug_asks_nothing_of_a_payload() {
    // The lint `missing_debug_implementations` sees that each public type is `Debug`, though not that it is so
    // whatever its payload is. For `PostError`, see `event_loop::bounds`.
    fn debug<T: Debug>() {}
    debug::<Event<dyn Fn()>>();
    debug::<oyez::Signal<dyn Fn()>>();
    debug::<oyez::Listen<'_, dyn Fn()>>();
    debug::<local::Signal<dyn Fn()>>();
    debug::<local::Listen<'_, dyn Fn()>>();
}

#[test]
fn ids_and_events_are_plain_values() {
    // `Copy`, comparable, hashable, and small.
    fn plain<T: Copy + Eq + Hash + Send + Sync>() {}
    plain::<ListenerId>();
    plain::<Event<i32>>();
    plain::<Event<dyn Fn()>>();
    assert!(size_of::<ListenerId>() <= 24);
    assert!(size_of::<Event<str>>() <= size_of::<(&str, u64)>());
}
