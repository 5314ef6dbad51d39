//! What does it cost to add and remove a listener?
//!
//! Dimensions: how many others there are (0, 100, 10,000), which one goes (the newest, the oldest),
//! and the flavour. The control is one allocation of the closure's size and its release.

mod common;

use std::collections::VecDeque;
use std::hint::black_box;

use common::{Payload, adds_to, sums};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// The same work for both flavours, which share no type but the ids.
macro_rules! churn {
    ($group:expr, $name:literal, $signal:expr, $others:expr) => {
        let others = sums($others);
        let signal = $signal;
        let mut ids: VecDeque<_> = others.iter().map(|sum| signal.on(adds_to(sum))).collect();

        let newest = BenchmarkId::new(concat!($name, ", newest"), $others);
        $group.bench_function(newest, |b| {
            b.iter(|| signal.off(signal.on(listener())));
        });
        if $others > 0 {
            let oldest = BenchmarkId::new(concat!($name, ", oldest"), $others);
            $group.bench_function(oldest, |b| {
                b.iter(|| {
                    let oldest = ids.pop_front().expect("as many as there were");
                    ids.push_back(signal.on(listener()));
                    signal.off(oldest)
                });
            });
        }
        assert_eq!(signal.listener_count(), $others);
    };
}

/// A listener that captures 16 bytes.
fn listener() -> impl Fn(&Payload) + Send + Sync + 'static {
    let captured = black_box([1_u64, 2]);
    move |payload| {
        black_box(captured[0] + payload.amount);
    }
}

fn churn(c: &mut Criterion) {
    let mut group = c.benchmark_group("add and remove");
    group.bench_function("control: Box", |b| {
        b.iter(|| Box::new(black_box([1_u64, 2])))
    });
    for others in [0_usize, 100, 10_000] {
        churn!(
            group,
            "local",
            oyez::local::Signal::<Payload>::new(),
            others
        );
        churn!(group, "shared", oyez::Signal::<Payload>::new(), others);
    }
    group.finish();
}

criterion_group!(benches, churn);
criterion_main!(benches);
