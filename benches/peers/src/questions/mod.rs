//! One question per file: what is done, by whom, and what is the reference.

pub(crate) mod channel;
pub(crate) mod churn;
pub(crate) mod emit;
pub(crate) mod keys;
pub(crate) mod memory;
pub(crate) mod once;
pub(crate) mod queue;
pub(crate) mod threads;

/// A vector of `contestant::<P>(arguments)`, for each peer `P`.
macro_rules! each {
    ($contestant:ident $arguments:tt for $($Peer:ty),+ $(,)?) => {
        vec![$($contestant::<$Peer> $arguments),+]
    };
}
use each;
