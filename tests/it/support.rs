//! What the tests share: a trace, a probe for drops, ways to survive panics and deadlocks, and bounds to compile.

use oyez::{ErrorKind, ListenerError};
use std::any::Any;
use std::error::Error;
use std::fmt::{self, Display};
use std::fs;
use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Keeps every trace reachable, so that no tool takes them for leaks.
static TRACES: Mutex<Vec<&'static Mutex<Vec<String>>>> = Mutex::new(Vec::new());

/// A log of words that any number of listeners share, on any thread.
#[derive(Clone, Copy)]
pub(crate) struct Trace(&'static Mutex<Vec<String>>);

impl Trace {
    pub(crate) fn new() -> Self {
        let words: &'static _ = Box::leak(Box::default());
        TRACES
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(words);
        Self(words)
    }

    fn words(self) -> MutexGuard<'static, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn log(self, word: impl Display) {
        let word = word.to_string();
        self.words().push(word);
    }

    /// A listener that logs its name and its payload: `a1`.
    pub(crate) fn logs<T: Display + ?Sized>(
        self,
        name: &'static str,
    ) -> impl Fn(&T) + Clone + Send + Sync + use<T> {
        move |payload| self.log(format_args!("{name}{payload}"))
    }

    /// A value that logs its name when it is dropped.
    pub(crate) fn probe(self, name: &'static str) -> Probe {
        Probe { trace: self, name }
    }

    /// Empties the trace and returns what it held, separated by blanks.
    pub(crate) fn take(self) -> String {
        std::mem::take(&mut *self.words()).join(" ")
    }

    /// Empties the trace and compares all of it.
    #[track_caller]
    pub(crate) fn expect(self, expected: &str) {
        assert_eq!(self.take(), expected);
    }
}

/// Logs its name when it is dropped.
pub(crate) struct Probe {
    trace: Trace,
    name: &'static str,
}

impl Probe {
    /// A listener that owns the probe, logs its own name and payload, and does nothing else.
    pub(crate) fn logs(self, name: &'static str) -> impl Fn(&i32) + Send + Sync {
        move |payload| {
            self.hold();
            self.trace.log(format_args!("{name}{payload}"));
        }
    }

    /// Makes the closure that calls this its owner.
    pub(crate) fn hold(&self) {}
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.trace.log(self.name);
    }
}

/// Runs its closure when it is dropped.
pub(crate) struct OnDrop<F: FnMut()>(pub(crate) F);

impl<F: FnMut()> OnDrop<F> {
    /// Makes the closure that calls this its owner.
    pub(crate) fn hold(&self) {}
}

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// An error that runs its closure when it is dropped.
pub(crate) struct OnDropError<F: FnMut()>(OnDrop<F>);

impl<F: FnMut()> OnDropError<F> {
    pub(crate) fn new(f: F) -> Self {
        Self(OnDrop(f))
    }
}

impl<F: FnMut()> fmt::Debug for OnDropError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnDropError")
    }
}

impl<F: FnMut()> Display for OnDropError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed")
    }
}

impl<F: FnMut()> Error for OnDropError<F> {}

/// The text of the panic that `f` must end in.
#[track_caller]
pub(crate) fn panic_text<R>(f: impl FnOnce() -> R) -> String {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(_) => panic!("it was to panic, and returned"),
        Err(payload) => text_of(&*payload),
    }
}

#[track_caller]
fn text_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        panic!("it panicked with something that is no text");
    }
}

#[track_caller]
pub(crate) fn assert_contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
}

/// What made the listener fail, in words.
pub(crate) fn cause(error: &ListenerError) -> String {
    match error.kind() {
        ErrorKind::Failed(source) => source.to_string(),
        ErrorKind::Panicked(text) => text.clone(),
        ErrorKind::Reentered => "reentered".to_owned(),
        _ => unreachable!("a kind of error that this suite does not know"),
    }
}

/// How long anything may take before it counts as stuck: far more than the longest program of the corpus takes
/// under a sanitizer, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A thread whose end is waited for, though not for ever.
pub(crate) struct Worker<R>(Receiver<R>);

impl<R: Send + 'static> Worker<R> {
    pub(crate) fn spawn(f: impl FnOnce() -> R + Send + 'static) -> Self {
        let (done, result) = channel();
        thread::spawn(move || done.send(f()));
        Self(result)
    }

    #[track_caller]
    pub(crate) fn join(self) -> R {
        receive(&self.0)
    }
}

/// Receives from a channel, or fails when nothing arrives.
#[track_caller]
pub(crate) fn receive<R>(channel: &Receiver<R>) -> R {
    match channel.recv_timeout(PATIENCE) {
        Ok(received) => received,
        Err(RecvTimeoutError::Timeout) => panic!("a thread is stuck"),
        Err(RecvTimeoutError::Disconnected) => panic!("a thread panicked"),
    }
}

/// Gives another thread the time to fall asleep, though not more than it takes on processors that do nothing
/// else. A test that loses this race passes, as it should, but has seen less.
pub(crate) fn linger() {
    let end = Instant::now() + Duration::from_millis(1);
    while Instant::now() < end {
        thread::yield_now();
    }
}

/// Runs a test again and again: what waits is not always asleep when it is woken.
pub(crate) fn repeatedly(test: impl Fn()) {
    for _ in 0..if cfg!(miri) { 2 } else { 50 } {
        test();
    }
}

/// Runs `f` on a thread of its own, so that a deadlock fails the test and does not hang it.
#[track_caller]
pub(crate) fn in_time<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    Worker::spawn(f).join()
}

/// Runs `body` in a process of its own, so that a stack overflow fails one test and does not end
/// them all. `module` is the `module_path!()` of the test, `name` its name.
#[track_caller]
pub(crate) fn in_a_process(module: &str, name: &str, body: impl FnOnce()) {
    let Some(output) = process(module, name, body) else {
        return;
    };
    assert!(
        output.status.success() && String::from_utf8_lossy(&output.stdout).contains("1 passed"),
        "{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr),
    );
}

/// Runs `body`, which ends its process, in a process of its own. Answers with the exit code.
pub(crate) fn exit_code(module: &str, name: &str, body: impl FnOnce()) -> Option<i32> {
    process(module, name, body).and_then(|output| output.status.code())
}

/// Runs this very test again, in a process of its own, where this runs `body` and returns `None`.
fn process(module: &str, name: &str, body: impl FnOnce()) -> Option<Output> {
    const INSIDE: &str = "OYEZ_TEST_INSIDE";
    if std::env::var_os(INSIDE).is_some() {
        body();
        return None;
    }
    let (_crate, module) = module.split_once("::").expect("a module of this crate");
    let mut command = Command::new(std::env::current_exe().expect("the path of this binary"));
    command
        .args([&format!("{module}::{name}"), "--exact"])
        .env(INSIDE, "1");
    Some(in_time(move || {
        command.output().expect("this binary can be run")
    }))
}

/// The programs that a fuzz target has kept, with their names, in order. There are none in a published
/// package, which has no fuzz targets.
#[track_caller]
pub(crate) fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    if !fuzz.exists() {
        return Vec::new();
    }
    let entries = fs::read_dir(fuzz.join("corpus").join(target)).expect("the corpus of a target");
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort_unstable();
    assert!(!paths.is_empty(), "the corpus of `{target}` is empty");
    let read = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        (name.into_owned(), fs::read(path).unwrap())
    };
    paths.iter().map(read).collect()
}

/// The tape of a program that is given in bytes: a number for each.
pub(crate) fn tape(bytes: &[u8]) -> Vec<u16> {
    bytes.iter().copied().map(u16::from).collect()
}

/// Compiles where the type may be used by any thread.
pub(crate) fn threads<T: Send + Sync + ?Sized>() {}

/// Compiles where the type may be used across an unwinding.
pub(crate) fn unwinding<T: UnwindSafe + RefUnwindSafe + ?Sized>() {}

/// Fails to compile where the type is `Send`, or `Sync`: two impls would answer.
macro_rules! assert_not {
    ($($type:ty: $bound:ident),* $(,)?) => {$({
        trait Ambiguous<A> {
            fn answer() {}
        }
        impl<T: ?Sized> Ambiguous<()> for T {}
        struct Bounded;
        impl<T: ?Sized + $bound> Ambiguous<Bounded> for T {}
        <$type as Ambiguous<_>>::answer();
    })*};
}
pub(crate) use assert_not;
