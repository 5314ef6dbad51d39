//! The shared flavour, `oyez::EventEmitter`.

pub(crate) use oyez::*;

/// Whether emitters of this flavour may be used from several threads.
pub(crate) const SHARED: bool = true;

/// Removes a listener, and waits until nobody is inside.
pub(crate) fn off_and_wait(emitter: &EventEmitter, id: ListenerId) -> Result<bool, WaitError> {
    emitter.off_and_wait(id)
}

/// Likewise.
pub(crate) fn signal_off_and_wait(signal: &Signal<u32>, id: ListenerId) -> Result<bool, WaitError> {
    signal.off_and_wait(id)
}

#[allow(clippy::duplicate_mod, reason = "one soak, compiled for each flavour")]
#[path = "emitters.rs"]
pub(crate) mod emitters;
