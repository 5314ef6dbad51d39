//! How a time is taken: calibrated samples, contestants in turn inside of each repeat.

use std::time::{Duration, Instant};

use crate::table::{Row, Table, percent, time};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) repeats: usize,
    pub(crate) sample: Duration,
    /// A smoke run: smaller sizes as well.
    pub(crate) quick: bool,
}

impl Effort {
    pub(crate) const FULL: Self = Self {
        repeats: 7,
        sample: Duration::from_millis(20),
        quick: false,
    };
    pub(crate) const QUICK: Self = Self {
        repeats: 1,
        sample: Duration::from_millis(1),
        quick: true,
    };

    /// A size of the full run, or of the quick one.
    pub(crate) fn size(self, full: usize, quick: usize) -> usize {
        if self.quick { quick } else { full }
    }
}

/// A contestant spends no more than this on the samples of one table, as long as three are left.
const BUDGET: Duration = Duration::from_millis(1500);
const REPEATS_MIN: usize = 3;

/// Does the work `iterations` times, checks that it was done, and says how long it took.
type Sample<'a> = Box<dyn FnMut(u64) -> Duration + 'a>;

/// One row to be.
pub(crate) struct Contestant<'a> {
    name: String,
    /// How often one iteration does what the table counts.
    operations: u64,
    sample: Sample<'a>,
}

impl<'a> Contestant<'a> {
    pub(crate) fn new(
        name: impl Into<String>,
        operations: u64,
        sample: impl FnMut(u64) -> Duration + 'a,
    ) -> Self {
        let (name, sample) = (name.into(), Box::new(sample));
        Self {
            name,
            operations,
            sample,
        }
    }

    /// How many iterations make a sample, and how long it takes. Samples of that length have then run.
    fn calibrate(&mut self, effort: Effort) -> (u64, Duration) {
        let enough = effort.sample / 2;
        let mut iterations = 1;
        loop {
            let mut took = (self.sample)(iterations);
            if took >= enough {
                // Once may be an interruption by somebody else.
                took = took.min((self.sample)(iterations));
            }
            if took >= enough {
                return (iterations, took);
            }
            // The first samples are cold: approach in steps.
            let wanted = effort.sample.as_secs_f64() / took.as_secs_f64().max(1e-9);
            iterations = (iterations as f64 * wanted.clamp(1.5, 20.0)).ceil() as u64;
        }
    }
}

/// Times of one contestant, in nanoseconds per operation.
#[derive(Clone, Debug)]
pub(crate) struct Times(Vec<f64>);

impl Times {
    pub(crate) fn min(&self) -> f64 {
        self.0[0]
    }

    /// The lower one of two in the middle.
    pub(crate) fn median(&self) -> f64 {
        self.0[(self.0.len() - 1) / 2]
    }

    /// From the least to the most, in parts of the median.
    pub(crate) fn spread(&self) -> f64 {
        (self.0[self.0.len() - 1] - self.0[0]) / self.median()
    }
}

/// Runs the contestants in turn, as often as `effort` says, and makes a table. The first one is the reference.
pub(crate) fn race(title: &str, effort: Effort, contestants: Vec<Contestant<'_>>) -> Table {
    table(title, run(title, effort, contestants))
}

/// The times of a race, for a table of another form.
pub(crate) fn run(
    title: &str,
    effort: Effort,
    mut contestants: Vec<Contestant<'_>>,
) -> Vec<(String, Times)> {
    let started = Instant::now();
    let plans: Vec<_> = contestants
        .iter_mut()
        .map(|c| c.calibrate(effort))
        .collect();
    let mut times = vec![Vec::new(); contestants.len()];
    for repeat in 0..effort.repeats {
        for ((contestant, plan), times) in contestants.iter_mut().zip(&plans).zip(&mut times) {
            let &(iterations, took) = plan;
            if repeat >= REPEATS_MIN && took * (repeat as u32 + 1) > BUDGET {
                continue;
            }
            let took = (contestant.sample)(iterations);
            let operations = iterations * contestant.operations;
            times.push(took.as_secs_f64() * 1e9 / operations as f64);
        }
    }
    eprintln!("{:5.1} s  {title}", started.elapsed().as_secs_f64());
    let names = contestants.into_iter().map(|contestant| contestant.name);
    names.zip(times.into_iter().map(sorted)).collect()
}

fn sorted(mut times: Vec<f64>) -> Times {
    times.sort_by(f64::total_cmp);
    Times(times)
}

/// Sorted and compared by the least time: what else a machine does adds to a time, and takes nothing off.
fn table(title: &str, mut results: Vec<(String, Times)>) -> Table {
    let reference = results[0].1.min();
    let head = [
        "contestant",
        "min",
        "median",
        "spread",
        "repeats",
        "× reference",
    ];
    let mut table = Table::new(title, &head);
    results.sort_by(|(_, a), (_, b)| a.min().total_cmp(&b.min()));
    for (name, times) in results {
        let ratio = times.min() / reference;
        table.push(Row::new(name).cells([
            time(times.min()),
            time(times.median()),
            percent(times.spread()),
            times.0.len().to_string(),
            format!("{ratio:.2}"),
        ]));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_lower_middle_and_the_spread_a_part_of_it() {
        let times = sorted(vec![4.0, 1.0, 2.0, 3.0]);
        assert_eq!(times.min(), 1.0);
        assert_eq!(times.median(), 2.0);
        assert_eq!(times.spread(), 1.5);
    }

    #[test]
    fn every_repeat_runs_every_contestant_in_turn() {
        let order = std::cell::RefCell::new(Vec::new());
        let contestant = |name: &'static str| {
            let order = &order;
            Contestant::new(name, 1, move |iterations| {
                order.borrow_mut().push(name);
                Duration::from_millis(iterations)
            })
        };
        let effort = Effort {
            repeats: 2,
            ..Effort::QUICK
        };
        let table = race("a test", effort, vec![contestant("a"), contestant("b")]);
        assert_eq!(*order.borrow(), ["a", "a", "b", "b", "a", "b", "a", "b"]);
        assert_eq!(table.rows(), 2);
    }
}
