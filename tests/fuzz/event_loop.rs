//! Programs of bytes, run by an event loop, and by a naive one; and the same where a host polls it.
//!
//! What is done, and what it is compared with, is in `tests/it/event_loop/model.rs`.
#![no_main]

#[path = "../it/event_loop/model.rs"]
mod model;
#[allow(unused, reason = "most of it is for the tests")]
#[path = "../it/support.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let tape = support::tape(bytes);
    for is_polled in [false, true] {
        let result = model::try_tape(&tape, is_polled);
        result.unwrap_or_else(|failure| panic!("polled: {is_polled}\n{failure}"));
    }
});
