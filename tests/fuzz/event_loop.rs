//! Programs of bytes, run by an event loop, and by a naive one; and the same where a host polls it.
//!
//! What is done, and what it is compared with, is in `tests/it/event_loop/program.rs`.
#![no_main]

#[allow(dead_code, reason = "some of it is for the tests")]
#[path = "../it/event_loop/program.rs"]
mod program;
#[allow(dead_code, reason = "most of it is for the tests")]
#[path = "../it/support.rs"]
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let tape = support::tape(bytes);
    for is_polled in [false, true] {
        let [real, naive] = program::logs(&tape, is_polled);
        assert_eq!(real, naive, "polled: {is_polled}");
    }
});
