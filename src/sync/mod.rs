//! The atomics and locks at which threads meet and which a model checker has to see, and what is done with them.
//!
//! Under `--cfg loom` the same names come from loom, which then runs every interleaving.

/// Declares a thread-local whose first access costs nothing; loom has none of these.
macro_rules! thread_local_const {
    ($(static $name:ident: $type:ty = $value:expr;)*) => {
        #[cfg(not(loom))]
        std::thread_local! { $(static $name: $type = const { $value };)* }
        #[cfg(loom)]
        loom::thread_local! { $(static $name: $type = $value;)* }
    };
}
pub(crate) use thread_local_const;

pub(crate) mod registry;
pub(crate) mod visitors;
pub(crate) mod waits;

#[cfg(not(loom))]
pub(crate) use real::*;

#[cfg(loom)]
pub(crate) use model::*;

#[cfg(not(loom))]
mod real {
    pub(crate) use parking_lot::MutexGuard;
    #[cfg(not(oyez_safe))]
    pub(crate) use std::sync::atomic::AtomicPtr;
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, AtomicUsize};
    pub(crate) use std::sync::{Arc, OnceLock};

    use std::sync::atomic::{Ordering, compiler_fence, fence};
    use std::time::{Duration, Instant};

    #[derive(Debug, Default)]
    pub struct Mutex<T>(parking_lot::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) const fn new(value: T) -> Self {
            Self(parking_lot::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock()
        }
    }

    #[derive(Debug, Default)]
    pub(crate) struct Condvar(parking_lot::Condvar);

    impl Condvar {
        pub(crate) const fn new() -> Self {
            Self(parking_lot::Condvar::new())
        }

        pub(crate) fn wait<'a, T>(&self, mut guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
            self.0.wait(&mut guard);
            guard
        }

        /// Waits until `deadline` at the longest. Answers whether that has come.
        pub(crate) fn wait_until<'a, T>(
            &self,
            mut guard: MutexGuard<'a, T>,
            deadline: Instant,
        ) -> (MutexGuard<'a, T>, bool) {
            let is_late = self.0.wait_until(&mut guard, deadline).timed_out();
            (guard, is_late)
        }

        /// Waits a short while: for when a notice may be missed.
        pub(crate) fn wait_briefly<'a, T>(
            &self,
            mut guard: MutexGuard<'a, T>,
        ) -> MutexGuard<'a, T> {
            self.0.wait_for(&mut guard, Duration::from_millis(1));
            guard
        }

        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }
    }

    /// Stores `value`, and has that seen before any later `SeqCst` load of this thread is done.
    #[inline]
    pub(crate) fn announce(word: &AtomicUsize, value: usize) {
        // SeqCst, with the loads of `Slot::get` and of `Visitors::awaited` behind it. Pairs with the fence in
        // `unlinked`, before which a writer stores to these and behind which it loads `word`: one of
        // the two sees the other.
        word.swap(value, Ordering::SeqCst);
    }

    /// What a writer passes between unlinking and looking for readers.
    pub(crate) fn unlinked() {
        fence(Ordering::SeqCst);
    }

    /// What a reader passes after it has made a place to announce itself in, so that no writer that
    /// has passed `unlinked` since overlooks the place.
    pub(crate) fn linked() {
        fence(Ordering::SeqCst);
    }

    /// The cheap half of [`heavy`]: the compiler keeps the order of what is before and behind it,
    /// and `heavy` on another thread has the processor keep it.
    #[inline]
    pub(crate) fn light() {
        compiler_fence(Ordering::SeqCst);
    }

    /// Has every other thread of the process pass a full fence. Answers whether that is certain.
    pub(crate) fn heavy() -> bool {
        let certain = barrier();
        if !certain {
            // A store is seen once the processor's store buffer has drained, which takes well under
            // a microsecond; a millisecond is a thousand of them.
            std::thread::sleep(Duration::from_millis(1));
            fence(Ordering::SeqCst);
        }
        certain
    }

    /// Whether [`heavy`] is certain.
    #[cfg(target_os = "linux")]
    pub(crate) fn is_heavy_certain() -> bool {
        use rustix::thread::{MembarrierCommand, membarrier};
        static IS_REGISTERED: OnceLock<bool> = OnceLock::new();
        let register = || membarrier(MembarrierCommand::RegisterPrivateExpedited).is_ok();
        // As where there is none, to test that.
        !cfg!(oyez_loud) && *IS_REGISTERED.get_or_init(register)
    }

    #[cfg(target_os = "linux")]
    fn barrier() -> bool {
        use rustix::thread::{MembarrierCommand, membarrier};
        is_heavy_certain() && membarrier(MembarrierCommand::PrivateExpedited).is_ok()
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn is_heavy_certain() -> bool {
        false
    }

    #[cfg(not(target_os = "linux"))]
    fn barrier() -> bool {
        false
    }
}

/// The same under loom, which knows acquire, release and SeqCst fences, but no SeqCst accesses and
/// no asymmetric fences: these become full fences on both sides.
#[cfg(loom)]
mod model {
    #[cfg(not(oyez_safe))]
    pub(crate) use loom::sync::atomic::AtomicPtr;
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, AtomicUsize};
    pub(crate) use loom::sync::{Arc, MutexGuard};

    use loom::sync::atomic::{Ordering, fence};

    #[derive(Debug)]
    pub struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap()
        }
    }

    impl<T: Default> Default for Mutex<T> {
        fn default() -> Self {
            Self::new(T::default())
        }
    }

    #[derive(Debug)]
    pub(crate) struct Condvar(loom::sync::Condvar);

    impl Condvar {
        pub(crate) fn new() -> Self {
            Self(loom::sync::Condvar::new())
        }

        pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
            self.0.wait(guard).unwrap()
        }

        /// Time does not pass in a model.
        pub(crate) fn wait_until<'a, T>(
            &self,
            guard: MutexGuard<'a, T>,
            _: std::time::Instant,
        ) -> (MutexGuard<'a, T>, bool) {
            (self.wait(guard), false)
        }

        pub(crate) fn wait_briefly<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
            self.wait(guard)
        }

        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }
    }

    /// Holds what a real one holds, and tells loom who has seen it.
    #[derive(Debug)]
    pub(crate) struct OnceLock<T> {
        value: std::sync::OnceLock<T>,
        is_set: AtomicBool,
    }

    impl<T> OnceLock<T> {
        pub(crate) fn new() -> Self {
            Self {
                value: std::sync::OnceLock::new(),
                is_set: AtomicBool::new(false),
            }
        }

        pub(crate) fn get(&self) -> Option<&T> {
            // Acquire: pairs with the store in `set`.
            let is_set = self.is_set.load(Ordering::Acquire);
            is_set.then(|| self.value.get())?
        }

        pub(crate) fn set(&self, value: T) -> Result<(), T> {
            let result = self.value.set(value);
            if result.is_ok() {
                self.is_set.store(true, Ordering::Release);
            }
            // As a real one, waits for another thread that is just setting it.
            while self.get().is_none() {
                loom::thread::yield_now();
            }
            result
        }

        pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
            if self.get().is_none() {
                let _ = self.set(make());
            }
            self.get().expect("it was just set")
        }
    }

    pub(crate) fn announce(word: &AtomicUsize, value: usize) {
        word.swap(value, Ordering::AcqRel);
        fence(Ordering::SeqCst);
    }

    pub(crate) fn unlinked() {
        fence(Ordering::SeqCst);
    }

    pub(crate) fn linked() {
        fence(Ordering::SeqCst);
    }

    /// With `--cfg oyez_loud` a list is visited aloud from the first, and no change passes a barrier: then this is
    /// nothing, so that a visit which relies on it is found.
    pub(crate) fn light() {
        if !cfg!(oyez_loud) {
            fence(Ordering::SeqCst);
        }
    }

    pub(crate) fn heavy() -> bool {
        fence(Ordering::SeqCst);
        is_heavy_certain()
    }

    pub(crate) fn is_heavy_certain() -> bool {
        !cfg!(oyez_loud)
    }
}
