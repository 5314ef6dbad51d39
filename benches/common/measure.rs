//! Measuring through criterion, and keeping its samples for the table.
//!
//! Criterion chooses which cases run and how long, and reports each. It keeps its figures in files;
//! the table is made from the same samples as they are taken instead. So it does not depend on where
//! those files lie, and shows nothing that this run has not measured.
//!
//! Each sample of a case is followed by one of its control, and the ratio is taken of each such pair. So
//! a machine that slows down, or that somebody else uses too, slows both.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput};

use super::table::{Section, Spread, Table, Unit};

/// Fewer samples than criterion's least mean that it only tried the case, or measured in a way of
/// its own (`--test`, `--quick`, `--profile-time`).
const SAMPLES_MIN: usize = 10;

/// The loop that all cases and controls share. Everything that runs a routine runs it through here:
/// called from one place, it is compiled into the loop.
#[inline(never)]
pub(crate) fn time<O>(iterations: u64, mut routine: impl FnMut() -> O) -> Duration {
    let begun = Instant::now();
    for _ in 0..iterations {
        black_box(routine());
    }
    begun.elapsed()
}

/// How many threads this machine runs at once, as far as it tells.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// One bench: criterion, and the table that it ends with.
pub(crate) struct Bench {
    name: &'static str,
    criterion: Criterion,
    pub(crate) table: Table,
}

/// Runs a bench, then prints its table.
pub(crate) fn bench(name: &'static str, subject: &str, run: impl FnOnce(&mut Bench)) {
    let criterion = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(700))
        .sample_size(20)
        .nresamples(10_000)
        .configure_from_args();
    let mut bench = Bench {
        name,
        criterion,
        table: Table::new(format!("{name}: {subject}")),
    };
    bench.table.note(format!(
        "oyez {}, {} {}, {} threads at once.",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::ARCH,
        std::env::consts::OS,
        cores(),
    ));
    run(&mut bench);
    bench.table.print();
    bench.criterion.final_summary();
}

impl Bench {
    /// Measures cases that have one control, and shows them together.
    pub(crate) fn section(&mut self, title: &str, unit: Unit, cases: impl FnOnce(&mut Cases<'_>)) {
        let mut group = self.criterion.benchmark_group(self.name);
        // As many iterations in each sample, so that the samples can be compared.
        group.sampling_mode(SamplingMode::Flat);
        let mut section = Cases {
            group,
            title: title.to_owned(),
            each: 1,
            control: None,
            shown: Section::new(title, unit),
        };
        cases(&mut section);
        section.group.finish();
        self.table.add(section.shown);
    }
}

/// The cases of a section, measured as they are named.
pub(crate) struct Cases<'a> {
    group: BenchmarkGroup<'a, WallTime>,
    title: String,
    each: u64,
    control: Option<Box<dyn Routine>>,
    pub(crate) shown: Section,
}

/// What a case took for so many iterations, and what its control took for as many.
struct Sample {
    iterations: u64,
    elapsed: Duration,
    control: Option<Duration>,
}

impl Cases<'_> {
    /// How many of the things that are shown one iteration does; 1 unless said here.
    pub(crate) fn each(&mut self, each: usize) -> &mut Self {
        self.each = each as u64;
        self.group.throughput(Throughput::Elements(self.each));
        self
    }

    /// The number of samples, where an iteration takes long.
    pub(crate) fn samples(&mut self, samples: usize) -> &mut Self {
        self.group.sample_size(samples);
        self
    }

    /// Measures what the cases that follow are compared with.
    ///
    /// `set_up` is called when it is first needed; what it returns runs that many iterations.
    pub(crate) fn control<R>(&mut self, name: &str, set_up: impl FnOnce() -> R + 'static)
    where
        R: FnMut(u64) -> Duration + 'static,
    {
        let mut control = Lazy::new(set_up);
        let samples = self.measure(&format!("control: {name}"), &mut control, None);
        if !samples.is_empty() {
            self.shown.control(name, times(&samples, self.each));
        }
        self.control = Some(Box::new(control));
    }

    /// Measures a case.
    pub(crate) fn case<R>(
        &mut self,
        name: &str,
        bar: impl Into<Option<f64>>,
        set_up: impl FnOnce() -> R,
    ) where
        R: FnMut(u64) -> Duration,
    {
        let mut control = self.control.take();
        let samples = self.measure(name, &mut Lazy::new(set_up), control.as_deref_mut());
        self.control = control;
        if !samples.is_empty() {
            let ratio = ratios(&samples, self.shown.unit);
            let times = times(&samples, self.each);
            self.shown.case(name, times, ratio, bar.into());
        }
    }

    /// Measures a case that is shown in a way of its own.
    pub(crate) fn unshown<R>(&mut self, name: &str, set_up: impl FnOnce() -> R)
    where
        R: FnMut(u64) -> Duration,
    {
        self.measure(name, &mut Lazy::new(set_up), None);
    }

    /// The samples that count; none, if the case is filtered out or only tried.
    fn measure(
        &mut self,
        name: &str,
        case: &mut dyn Routine,
        mut control: Option<&mut (dyn Routine + 'static)>,
    ) -> Vec<Sample> {
        let mut samples = Vec::new();
        let id = BenchmarkId::new(&self.title, name);
        self.group.bench_function(id, |bencher| {
            // Not as a part of the first run, from which criterion learns how long one takes.
            case.set_up();
            if let Some(control) = &mut control {
                control.set_up();
            }
            bencher.iter_custom(|iterations| {
                let elapsed = case.run(iterations);
                samples.push(Sample {
                    iterations,
                    elapsed,
                    control: control.as_mut().map(|control| control.run(iterations)),
                });
                elapsed
            });
        });
        without_warm_up(samples)
    }
}

/// What can be run so many times, once it is set up.
trait Routine {
    fn set_up(&mut self);
    fn run(&mut self, iterations: u64) -> Duration;
}

/// Sets up when it is first asked to: not at all, if it is filtered out.
struct Lazy<S, R> {
    set_up: Option<S>,
    routine: Option<R>,
}

impl<S, R> Lazy<S, R> {
    fn new(set_up: S) -> Self {
        Self {
            set_up: Some(set_up),
            routine: None,
        }
    }
}

impl<S: FnOnce() -> R, R: FnMut(u64) -> Duration> Routine for Lazy<S, R> {
    fn set_up(&mut self) {
        if let Some(set_up) = self.set_up.take() {
            self.routine = Some(set_up());
        }
    }

    fn run(&mut self, iterations: u64) -> Duration {
        self.routine.as_mut().expect("it is set up")(iterations)
    }
}

/// The warm-up doubles its iterations from run to run; the samples that follow all have as many.
fn without_warm_up(mut samples: Vec<Sample>) -> Vec<Sample> {
    let iterations = samples.last().map(|sample| sample.iterations);
    let warm_up = samples
        .iter()
        .rposition(|sample| Some(sample.iterations) != iterations);
    samples.drain(..warm_up.map_or(0, |last| last + 1));
    if samples.len() < SAMPLES_MIN {
        samples.clear();
    }
    samples
}

/// The time of one thing.
fn times(samples: &[Sample], each: u64) -> Spread {
    let time = |sample: &Sample| sample.elapsed.as_secs_f64() / (sample.iterations * each) as f64;
    Spread::median(samples.iter().map(time).collect())
}

/// The ratio to the control, taken of each pair.
fn ratios(samples: &[Sample], unit: Unit) -> Option<Spread> {
    let ratio = |sample: &Sample| {
        let (case, control) = (sample.elapsed.as_secs_f64(), sample.control?.as_secs_f64());
        Some(unit.ratio(case, control))
    };
    let ratios: Option<Vec<f64>> = samples.iter().map(ratio).collect();
    ratios.map(Spread::median)
}
