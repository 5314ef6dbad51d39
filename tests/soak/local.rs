//! The flavour for one thread, `oyez::local::EventEmitter`.

pub(crate) use oyez::local::*;

/// Whether emitters of this flavour may be used from several threads.
pub(crate) const SHARED: bool = false;

/// There is nobody to wait for.
pub(crate) fn off_and_wait(emitter: &EventEmitter, id: ListenerId) -> Result<bool, WaitError> {
    Ok(emitter.off(id))
}

/// Likewise.
pub(crate) fn signal_off_and_wait(signal: &Signal<u32>, id: ListenerId) -> Result<bool, WaitError> {
    Ok(signal.off(id))
}

#[allow(clippy::duplicate_mod, reason = "one soak, compiled for each flavour")]
#[allow(
    clippy::arc_with_non_send_sync,
    reason = "the shared flavour needs the `Arc`"
)]
#[path = "emitters.rs"]
pub(crate) mod emitters;
