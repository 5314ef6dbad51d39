//! The suite on the flavour for one thread, `oyez::local::EventEmitter`.

pub(crate) use oyez::local::*;

/// Whether emitters of this flavour may be used from several threads.
pub(crate) const SHARED: bool = false;

#[allow(clippy::duplicate_mod, reason = "one suite, compiled for each flavour")]
#[allow(
    clippy::arc_with_non_send_sync,
    reason = "the shared flavour needs the `Arc`"
)]
#[path = "suite/mod.rs"]
mod suite;

pub(crate) use suite::conformance;
