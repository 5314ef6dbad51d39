//! Chapters of prose, with examples that are compiled and run: the rules, their limits, what things cost, how the
//! parts fit.
//!
//! * [`rules`]: what holds, with the fine print and the reason. For all who use the crate.
//! * [`event_loop`]: the same for the event loop.
//! * [`errors`]: every error: its cause, its text, what is left afterwards, what to do.
//! * [`limitations`]: what is not promised, and what to do instead; attacks and answers.
//! * [`performance`]: what each operation costs, and how to get the fastest path.
//! * [`trust`]: how it is tested beyond its tests, and how to run that for as long as one likes.
//! * [`architecture`]: the parts and what each must not do. For those who change the source.

pub mod architecture;
pub mod errors;
pub mod event_loop;
pub mod limitations;
pub mod performance;
pub mod rules;
pub mod trust;
