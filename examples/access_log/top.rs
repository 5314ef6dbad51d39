//! The most frequent of many, in a table that cannot grow.

use std::collections::HashMap;

use crate::lines::beginning;

/// Counts how often each key comes, for `CAPACITY` keys at most.
///
/// While there is room, every count is exact. A new key that finds the table full is weighed
/// against all others: every count goes down by one, and what reaches zero makes room. So each
/// count may be too low, by `missed` at most, and `missed` is below the number of keys that came,
/// divided by the capacity: a key more frequent than that cannot be overlooked. (Misra and Gries,
/// "Finding repeated elements", 1982.)
#[derive(Debug, Default)]
pub(crate) struct Top {
    counts: HashMap<String, u64>,
    missed: u64,
}

const CAPACITY: usize = 1000;

// In characters. Longer keys are told apart by their beginning only.
const KEY_MAX: usize = 200;

impl Top {
    pub(crate) fn add(&mut self, key: &str) {
        let key = beginning(key, KEY_MAX);
        if let Some(count) = self.counts.get_mut(key) {
            *count += 1;
        } else if self.counts.len() < CAPACITY {
            self.counts.insert(key.to_owned(), 1);
        } else {
            self.take_one_from_all();
        }
    }

    // This looks at the whole table, but takes `CAPACITY` counts away that were added one by one:
    // on average an `add` pays for one step of it, no more.
    fn take_one_from_all(&mut self) {
        self.missed += 1;
        self.counts.retain(|_, count| {
            *count -= 1;
            *count > 0
        });
    }

    /// How much each count may be too low. 0: all are exact.
    pub(crate) fn missed(&self) -> u64 {
        self.missed
    }

    /// The most frequent keys with their counts, most frequent first, equals by name.
    pub(crate) fn first(&self, how_many: usize) -> Vec<(&str, u64)> {
        let mut all: Vec<(&str, u64)> = self.counts.iter().map(|(k, &n)| (k.as_str(), n)).collect();
        all.sort_unstable_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        all.truncate(how_many);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_while_there_is_room() {
        let mut top = Top::default();
        for key in ["b", "a", "c", "c"] {
            top.add(key);
        }
        assert_eq!(top.first(2), [("c", 2), ("a", 1)]);
        assert_eq!(top.missed(), 0);
    }

    #[test]
    fn the_frequent_survive_and_no_count_is_further_off_than_said() {
        let mut top = Top::default();
        for number in 0..100_000 {
            top.add(&number.to_string());
            if number % 4 == 0 {
                top.add("every fourth");
            }
        }
        let (key, count) = top.first(1)[0];
        assert_eq!(key, "every fourth");
        assert!(count <= 25_000 && count + top.missed() >= 25_000);
        assert!(top.missed() <= 125_000 / CAPACITY as u64);
        assert!(top.counts.len() <= CAPACITY);
    }
}
