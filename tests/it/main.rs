//! What the crate promises, one module for each promise.
//!
//! The `suite` is one set of files, compiled once for each flavour: by `shared` for
//! `oyez::EventEmitter`, by `local` for `oyez::local::EventEmitter`.

mod alloc;
mod architecture;
mod bounds;
mod compiler;
mod conformance;
mod event_loop;
mod local;
#[cfg(oyez_small)]
mod numbers;
mod questions;
mod shared;
mod support;
mod tapes;
mod threads;
