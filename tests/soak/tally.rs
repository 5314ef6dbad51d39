//! What each thread has for itself: its random numbers, and its counts.

use std::cell::Cell;
use std::ops::{AddAssign, Index};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    Emits,
    /// What the emits have answered, in all.
    Answered,
    /// The calls of emits that have answered nothing, since they unwound.
    Unwound,
    /// What the listeners have counted.
    Calls,
    Taps,
    Adds,
    Removals,
    Waits,
    Sweeps,
    Panics,
    Errors,
    Refusals,
    Emitters,
    Posts,
    Handled,
    Tasks,
    TaskRuns,
    Loops,
    Stops,
    Dropped,
}

const COUNTS: usize = Count::Dropped as usize + 1;

/// A number for each thing that is counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts([u64; COUNTS]);

impl Index<Count> for Counts {
    type Output = u64;

    fn index(&self, count: Count) -> &u64 {
        &self.0[count as usize]
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        for (sum, n) in self.0.iter_mut().zip(other.0) {
            *sum += n;
        }
    }
}

thread_local! {
    static STATE: Cell<u64> = const { Cell::new(1) };
    static MINE: [Cell<u64>; COUNTS] = const { [const { Cell::new(0) }; COUNTS] };
}

/// Adds to a count of this thread.
pub(crate) fn add(count: Count, n: u64) {
    MINE.with(|mine| {
        let cell = &mine[count as usize];
        cell.set(cell.get() + n);
    });
}

/// Takes the counts of this thread.
pub(crate) fn take() -> Counts {
    MINE.with(|mine| Counts(std::array::from_fn(|n| mine[n].take())))
}

/// Begins this thread's random numbers.
pub(crate) fn seed(seed: u64) {
    // One step of SplitMix64, so that near seeds have nothing in common; 0 would stay 0.
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    STATE.set((z ^ (z >> 31)) | 1);
}

/// A random number below `bound`. xorshift64*.
pub(crate) fn below(bound: u32) -> u32 {
    let mut x = STATE.get();
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    STATE.set(x);
    let high = x.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32;
    ((high * u64::from(bound)) >> 32) as u32
}

pub(crate) fn one_in(n: u32) -> bool {
    below(n) == 0
}
