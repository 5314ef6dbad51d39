//! Programs of bytes, run on an emitter of each flavour, and on a naive one.
//!
//! What is done, and what it is compared with, is in `tests/it/suite/program.rs`.
#![no_main]

mod local;
mod shared;
#[allow(unused, reason = "most of it is for the tests")]
#[path = "../it/support.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let tape = support::tape(bytes);
    shared::program::compare(&tape);
    local::program::compare(&tape);
});
