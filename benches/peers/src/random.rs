//! The same order for all: numbers that look random, from a fixed start.

/// `count` numbers below `bound`, by Marsaglia's xorshift64.
pub(crate) fn below(bound: usize, count: usize) -> Vec<usize> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as usize % bound
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// The numbers below `count`, in disorder: Fisher and Yates.
pub(crate) fn shuffled(count: usize) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..count).collect();
    let random = below(usize::MAX, count);
    for (last, random) in (1..count).rev().zip(random) {
        numbers.swap(last, random % (last + 1));
    }
    numbers
}
