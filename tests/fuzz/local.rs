//! The flavour for one thread, `oyez::local::EventEmitter`.

use oyez::local::*;

const SHARED: bool = false;

#[allow(
    clippy::duplicate_mod,
    reason = "one program, compiled for each flavour"
)]
#[allow(
    clippy::arc_with_non_send_sync,
    reason = "the shared flavour needs the `Arc`"
)]
#[path = "../it/suite/program.rs"]
pub(crate) mod program;
