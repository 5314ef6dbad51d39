//! The shared flavour, `oyez::EventEmitter`.

use oyez::*;

const SHARED: bool = true;

#[allow(
    clippy::duplicate_mod,
    reason = "one program, compiled for each flavour"
)]
#[path = "../it/suite/program.rs"]
pub(crate) mod program;
