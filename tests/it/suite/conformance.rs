//! The probes of `crate::conformance`, for the flavour under test.
//!
//! Each is asked of an emitter, or of a signal alone, on a thread of its own, which is its stage: so that
//! listeners of either flavour find whom they are asked of.

use super::*;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Who is asked.
#[derive(Clone)]
enum Asked {
    Emitter(EventEmitter),
    Signal(Signal<i32>),
}

impl Asked {
    fn on(&self, f: impl Fn(&i32) + Send + Sync + 'static) -> ListenerId {
        match self {
            Self::Emitter(e) => e.on(NUM, f),
            Self::Signal(signal) => signal.on(f),
        }
    }

    fn once(&self, f: impl FnOnce(&i32) + Send + 'static) -> ListenerId {
        match self {
            Self::Emitter(e) => e.once(NUM, f),
            Self::Signal(signal) => signal.once(f),
        }
    }

    fn off(&self, id: ListenerId) -> bool {
        match self {
            Self::Emitter(e) => e.off(id),
            Self::Signal(signal) => signal.off(id),
        }
    }

    fn clear(&self) -> usize {
        match self {
            Self::Emitter(e) => e.clear(),
            Self::Signal(signal) => signal.clear(),
        }
    }

    fn emit(&self) -> usize {
        match self {
            Self::Emitter(e) => e.emit(NUM, 0),
            Self::Signal(signal) => signal.emit(0),
        }
    }
}

std::thread_local! {
    static ASKED: RefCell<Option<Asked>> = const { RefCell::new(None) };
    static IDS: RefCell<Vec<ListenerId>> = const { RefCell::new(Vec::new()) };
}

/// What an emitter, or a signal alone, answers to the probe with this name.
pub(crate) fn answer(probe: &'static str, is_signal: bool) -> String {
    in_time(move || {
        ASKED.set(Some(if is_signal {
            Asked::Signal(Signal::new())
        } else {
            Asked::Emitter(EventEmitter::new())
        }));
        let answer = catch_unwind(|| ask(probe, Trace::new()));
        answer.unwrap_or_else(|_| "panics".to_owned())
    })
}

fn ask(probe: &str, trace: Trace) -> String {
    match probe {
        "call" => call(trace),
        "add" => add(trace),
        "remove-later" => remove_later(trace),
        "remove-self" => remove_self(trace),
        "nested" => nested(trace),
        "order" => order(trace),
        "twice" => twice(trace),
        "cut" => cut(trace),
        "cleared" => cleared(trace),
        "panic" => panic(trace),
        "drop" => drop_inside(trace),
        "once" => once(trace),
        "clear" => clear(trace),
        _ => unreachable!("no probe is called {probe}"),
    }
}

fn asked() -> Asked {
    ASKED.with_borrow(|asked| asked.clone().expect("it is on its stage"))
}

/// Adds a listener that logs its number, the first of which is 1, and acts.
fn on(trace: Trace, act: impl Fn() + Send + Sync + 'static) {
    let number = IDS.with_borrow(Vec::len) + 1;
    let id = asked().on(move |_| {
        trace.log(number);
        act();
    });
    IDS.with_borrow_mut(|ids| ids.push(id));
}

fn off(number: usize) {
    let id = IDS.with_borrow(|ids| ids[number - 1]);
    assert!(asked().off(id));
}

/// `act`, the first time only.
fn first_time(act: impl Fn() + Send + Sync) -> impl Fn() + Send + Sync {
    let is_done = AtomicBool::new(false);
    move || {
        if !is_done.swap(true, Ordering::Relaxed) {
            act();
        }
    }
}

/// Whether each emit of several calls whom it shall.
fn emits(trace: Trace, expected: &[&str]) -> String {
    for words in expected {
        asked().emit();
        let called = trace.take();
        if called != *words {
            return format!("no: {called}");
        }
    }
    "yes".to_owned()
}

fn call(trace: Trace) -> String {
    on(trace, || ());
    emits(trace, &["1"])
}

fn add(trace: Trace) -> String {
    on(trace, first_time(move || on(trace, || ())));
    emits(trace, &["1", "1 2"])
}

/// Each of two removes the other: the first is the only one.
fn remove_later(trace: Trace) -> String {
    on(trace, || off(2));
    on(trace, || off(1));
    emits(trace, &["1"])
}

fn remove_self(trace: Trace) -> String {
    on(trace, || off(1));
    on(trace, || ());
    emits(trace, &["1 2", "2"])
}

/// The first emits again, before the other one has been called.
fn nested(trace: Trace) -> String {
    on(trace, first_time(|| _ = asked().emit()));
    on(trace, || ());
    emits(trace, &["1 1 2 2"])
}

fn order(trace: Trace) -> String {
    (1..=5).for_each(|_| on(trace, || ()));
    off(3);
    on(trace, || ());
    emits(trace, &["1 2 4 5 6"])
}

/// The very same closure: it is copied.
fn twice(trace: Trace) -> String {
    let listener = move |_: &i32| trace.log(1);
    asked().on(listener);
    asked().on(listener);
    emits(trace, &["1 1"])
}

fn cut(trace: Trace) -> String {
    on(trace, || ());
    off(1);
    emits(trace, &[""])
}

fn cleared(trace: Trace) -> String {
    on(trace, || ());
    assert_eq!(asked().clear(), 1);
    emits(trace, &[""])
}

fn panic(trace: Trace) -> String {
    on(trace, first_time(|| resume_unwind(Box::new("boom"))));
    on(trace, || ());
    if catch_unwind(AssertUnwindSafe(|| asked().emit())).is_ok() {
        return "no: it is not told".to_owned();
    }
    trace.take();
    on(trace, || ());
    emits(trace, &["1 2 3"])
}

/// The emit goes on, and when it is over, the listeners are released.
fn drop_inside(trace: Trace) -> String {
    let token = Arc::new(());
    for _ in 0..2 {
        let held = Arc::clone(&token);
        on(trace, move || {
            let _held = &held;
            drop(ASKED.take());
        });
    }
    let answer = emits(trace, &["1 2"]);
    if answer == "yes" && Arc::strong_count(&token) > 1 {
        return "no: listeners are kept".to_owned();
    }
    answer
}

fn once(trace: Trace) -> String {
    asked().once(move |_| {
        trace.log(1);
        asked().emit();
    });
    emits(trace, &["1", ""])
}

fn clear(trace: Trace) -> String {
    on(trace, || assert_eq!(asked().clear(), 2));
    on(trace, || ());
    emits(trace, &["1", ""])
}
