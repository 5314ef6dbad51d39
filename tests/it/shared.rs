//! The suite on the shared flavour, `oyez::EventEmitter`.

pub(crate) use oyez::*;

/// Whether emitters of this flavour may be used from several threads.
pub(crate) const SHARED: bool = true;

#[allow(clippy::duplicate_mod, reason = "one suite, compiled for each flavour")]
#[path = "suite/mod.rs"]
mod suite;

pub(crate) use suite::conformance;
