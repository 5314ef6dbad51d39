//! oyez

#![cfg_attr(docsrs, feature(doc_cfg))]

// What can be said, without knowing of emitters.
mod any_event;
mod error;
mod event;
mod id;
mod listener;
mod outcome;
mod payload;

// The listeners of one event, and what the flavours differ in.
mod flavour;
mod list;
mod stack;
mod sync;

// Names, handles and policies.
mod channel;
mod dispatch;
mod emitter;
mod hub;
mod listen;
pub mod meta;
mod names;
mod signal;
mod subscription;

// The two flavours.
pub mod local;
mod shared;

/// Names that belong to no flavour.
mod neutral {
    pub use crate::any_event::AnyEvent;
    pub use crate::error::{
        BoxError, ChainLink, EmitError, ErrorKind, ListenerError, ListenerErrors, Result, TooDeep,
        WaitError,
    };
    pub use crate::event::Event;
    pub use crate::hub::PanicPolicy;
    pub use crate::id::ListenerId;
    pub use crate::listener::ListenerInfo;
    pub use crate::meta;
    pub use crate::outcome::{Flow, Outcome};
    pub use crate::payload::Payload;
}

/// What both flavours are made of, for code that is generic over them.
pub mod generic {
    pub use crate::channel::Flavour;
    pub use crate::emitter::{EmitterBuilder, EventEmitter, WeakEmitter};
    pub use crate::flavour::{Keeps, Moves};
    pub use crate::listen::Listen;
    pub use crate::signal::Signal;
    pub use crate::subscription::{Subscription, Subscriptions};
}

pub use neutral::*;
pub use shared::Shared;

/// A typed event emitter for any number of threads. See [`generic::EventEmitter`] for its methods.
pub type EventEmitter = generic::EventEmitter<Shared>;
/// Sets limits and policies of an [`EventEmitter`].
pub type EmitterBuilder = generic::EmitterBuilder<Shared>;
/// A handle to an [`EventEmitter`] that does not keep it alive.
pub type WeakEmitter = generic::WeakEmitter<Shared>;
/// The listeners of one event as a handle. See [`generic::Signal`] for its methods.
pub type Signal<T> = generic::Signal<T, Shared>;
/// Registers a listener with options.
pub type Listen<'a, T> = generic::Listen<'a, T, Shared>;
/// A guard that removes its listener when dropped.
pub type Subscription = generic::Subscription<Shared>;
/// A bag of [`Subscription`]s.
pub type Subscriptions = generic::Subscriptions<Shared>;
