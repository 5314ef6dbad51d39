//! Counts what a long message would repeat.

/// How often each item is there, the most frequent first; of equal ones, the first.
pub(crate) fn tally<T: PartialEq>(items: impl IntoIterator<Item = T>) -> Vec<(T, usize)> {
    let mut tally: Vec<(T, usize)> = Vec::new();
    for item in items {
        match tally.iter_mut().find(|(known, _)| *known == item) {
            Some((_, times)) => *times += 1,
            None => tally.push((item, 1)),
        }
    }
    tally.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    tally
}
