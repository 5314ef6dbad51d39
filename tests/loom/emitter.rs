//! The models of the thread-safe emitter.

use std::cell::RefCell;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};

use loom::cell::UnsafeCell;
use loom::sync::Notify;
use loom::sync::atomic::AtomicUsize;
use loom::thread::{self, JoinHandle, spawn, yield_now};
use oyez::{Event, EventEmitter, Flow, ListenerId, Signal, WaitError, meta};

use crate::{check, check_bounded};

/// Starts a thread that does `work` with a handle of its own to `signal`.
fn start<T: ?Sized + 'static, R: 'static>(
    signal: &Signal<T>,
    work: impl FnOnce(&Signal<T>) -> R + 'static,
) -> JoinHandle<R> {
    let signal = signal.clone();
    spawn(move || work(&signal))
}

/// Has so many threads emit at once, and end: the next that emit take over their records, which are linked.
///
/// Loom tries no other order of two threads where one looks at a place before it writes there, as a thread
/// does that links its record. So without this it may leave out all orders in which a thread's first emit
/// is not the last thing that happens.
fn link_records(count: usize) {
    if count > 0 {
        let signal = Signal::<()>::new();
        signal.on(move |()| link_records(count - 1));
        let emitting = start(&signal, |signal| signal.emit(()));
        assert_eq!(emitting.join().unwrap(), 1);
    }
}

/// What became of a closure and its calls.
struct Fate {
    calls: AtomicUsize,
    /// Changed by the drop and looked at by each call, so that loom tries one amid the other.
    drops: AtomicUsize,
    /// Looked at by each call and changed by what must be behind it: loom tells if no order is sure,
    /// whatever the run.
    before_drop: UnsafeCell<()>,
    before_end: UnsafeCell<()>,
}

// SAFETY: the cells hold nothing, and their accesses are loom's to check.
unsafe impl Sync for Fate {}

impl Fate {
    fn calls(&self) -> usize {
        self.calls.load(Relaxed)
    }

    fn drops(&self) -> usize {
        self.drops.load(Relaxed)
    }

    /// Says that nobody is inside now, and that all calls so far are ordered before this.
    fn expect_left(&self) {
        self.before_end.with_mut(|_| ());
    }
}

/// What a closure captures, to tell its [`Fate`].
struct Probe(Arc<Fate>);

impl Probe {
    fn new() -> (Arc<Fate>, Self) {
        let fate = Arc::new(Fate {
            calls: AtomicUsize::new(0),
            drops: AtomicUsize::new(0),
            before_drop: UnsafeCell::new(()),
            before_end: UnsafeCell::new(()),
        });
        (fate.clone(), Self(fate))
    }

    /// The body of a listener.
    fn call(&self) {
        self.during(|| ());
    }

    /// The body of a listener that does `work`.
    fn during(&self, work: impl FnOnce()) {
        self.0.calls.fetch_add(1, Relaxed);
        self.look();
        work();
        self.look();
    }

    fn look(&self) {
        self.0.before_end.with(|_| ());
        self.0.before_drop.with(|_| ());
        assert_eq!(self.0.drops(), 0, "the closure runs and is dropped");
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // A panic may have left the model already.
        if !std::thread::panicking() {
            self.0.drops.fetch_add(1, Relaxed);
            self.0.before_drop.with_mut(|_| ());
        }
    }
}

// -- Release: rule 5 ----------------------------------------------------------------------------

/// Goal: a removed closure is dropped once, never before its call under way is over, and by the time
/// both threads are done. Method: one thread emits, the other removes. The second emit is announced
/// otherwise than the first.
#[test]
fn off_against_an_emit_drops_the_closure_once_behind_its_call() {
    check(|| {
        link_records(1);
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        let id = signal.on(move |()| probe.call());

        let emitting = start(&signal, |signal| signal.emit(()) + signal.emit(()));
        assert!(signal.off(id));
        let called = emitting.join().unwrap();

        assert_eq!(fate.calls(), called);
        assert_eq!(fate.drops(), 1);
    });
}

/// Has another thread emit, and end: one that emits next takes over its record, and with that its right to
/// visit the list as it is used to, without joining.
fn get_used_to(signal: &Signal<()>) {
    start(signal, |signal| signal.emit(())).join().unwrap();
}

/// Emits something else: a thread's first emit of all is begun with care, those that follow are not.
fn emit_another() {
    let other = Signal::<()>::new();
    other.on(|()| ());
    other.emit(());
}

/// Removes a listener while another thread makes an emit; how many that has called.
fn off_against(
    signal: &Signal<()>,
    id: ListenerId,
    emit: impl FnOnce(&Signal<()>) -> usize + 'static,
) -> usize {
    let emitting = start(signal, emit);
    assert!(signal.off(id));
    emitting.join().unwrap()
}

/// Goal: the same of a list that has had as many barriers as may be, and is visited aloud from then on; a visit
/// that was announced before that is seen as well. Method: a removal for each way a list is visited in.
#[test]
fn many_removals_against_an_emit_drop_the_closures_behind_their_calls() {
    check_bounded(3, || {
        let signal = Signal::<()>::new();
        let listen = |_| {
            let (fate, probe) = Probe::new();
            (signal.on(move |()| probe.call()), fate)
        };
        let listeners: Vec<_> = (0..3).map(listen).collect();
        get_used_to(&signal);

        let emitting = start(&signal, |signal| signal.emit(()));
        for (id, _) in &listeners {
            assert!(signal.off(*id));
        }
        let called = emitting.join().unwrap();

        let calls: usize = listeners.iter().map(|(_, fate)| fate.calls()).sum();
        assert_eq!(calls, 3 + called);
        assert!(listeners.iter().all(|(_, fate)| fate.drops() == 1));
    });
}

/// Goal: the same of an only listener, whose emit finds that nobody is left to visit. Method: a removal against one
/// emit of a thread that has emitted before, of a list that it may visit without joining. Where a list is visited
/// aloud from the first, an emit that takes back quietly what it has announced is found.
#[test]
fn off_of_an_only_listener_against_an_emit_drops_it_aloud() {
    check_bounded(3, || {
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        let id = signal.on(move |()| probe.call());
        get_used_to(&signal);

        let called = off_against(&signal, id, |signal| {
            emit_another();
            signal.emit(())
        });

        assert_eq!(fate.calls(), 1 + called);
        assert_eq!(fate.drops(), 1);
    });
}

/// Goal: the same of a listener that is not alone, whose emit goes through a table. Method: as before, with a removal
/// of one of two. Where lists are visited aloud from the first, a visit that is announced quietly is overlooked.
#[test]
fn off_of_one_of_two_against_an_emit_finds_it_aloud() {
    check_bounded(3, || {
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        let id = signal.on(move |()| probe.call());
        signal.on(|()| ());
        get_used_to(&signal);

        let called = off_against(&signal, id, |signal| {
            emit_another();
            signal.emit(())
        });

        // The other one is called by this emit, as this one was by that before.
        assert_eq!(fate.calls(), called);
        assert_eq!(fate.drops(), 1);
    });
}

/// Goal: the same of a list that was not visited before, where the first visit joins. Method: a removal against the
/// only emit. Where lists are visited aloud from the first, a visit that joins and is not told aloud takes itself
/// back quietly, and leaves behind what was kept for it.
#[test]
fn off_against_the_first_visit_of_a_list_drops_the_closure_aloud() {
    check(|| {
        link_records(1);
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        let id = signal.on(move |()| probe.call());

        let called = off_against(&signal, id, |signal| signal.emit(()));

        assert_eq!(fate.calls(), called);
        assert_eq!(fate.drops(), 1);
    });
}

/// Goal: what two visits may still see is dropped by the one that ends last. Method: a listener removes the
/// next one during its call on one thread, while another thread may be inside of that.
#[test]
fn off_against_two_emits_drops_the_closure_behind_both() {
    check(|| {
        let signal = Signal::<bool>::new();
        let (fate, probe) = Probe::new();
        let next = Arc::new(std::sync::OnceLock::new());
        let (inner, id) = (signal.clone(), next.clone());
        signal.on(move |removes| {
            assert!(!removes || inner.off(*id.get().unwrap()));
        });
        next.set(signal.on(move |_| probe.call())).unwrap();
        assert_eq!(signal.emit(false), 2);

        let emitting = start(&signal, |signal| signal.emit(false));
        assert_eq!(signal.emit(true), 1);
        let called = emitting.join().unwrap();

        assert_eq!(fate.calls(), called);
        assert_eq!(fate.drops(), 1);
        signal.clear();
    });
}

/// Goal: what a visit has used up is dropped behind the other that may see it, and by it if that is alone no
/// more. Method: two threads call a `times(2)` listener at once; the last call of it may end before the first.
#[test]
fn the_last_call_of_two_drops_the_closure_behind_both() {
    check(|| {
        link_records(1);
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        signal.times(2, move |()| probe.call());

        let emitting = start(&signal, |signal| signal.emit(()));
        let here = signal.emit(());
        let there = emitting.join().unwrap();

        assert_eq!((here, there), (1, 1));
        assert_eq!((fate.calls(), fate.drops()), (2, 1));
    });
}

/// Goal: with emits nested in one list, nothing is dropped before the outermost ends. Method: a listener
/// emits again, and runs on behind the inner emit, while another thread removes it.
#[test]
fn off_against_nested_emits_waits_for_the_outermost() {
    check(|| {
        link_records(1);
        let signal = Signal::<u8>::new();
        let (fate, probe) = Probe::new();
        let inner = signal.clone();
        let id = signal.on(move |depth| {
            probe.during(|| {
                if *depth > 0 {
                    inner.emit(*depth - 1);
                }
            });
        });

        let emitting = start(&signal, |signal| signal.emit(1));
        assert!(signal.off(id));
        emitting.join().unwrap();

        assert!(fate.calls() <= 2);
        assert_eq!(fate.drops(), 1);
    });
}

/// Goal: an emit is seen also where it is nested deeper than the places that others always look at.
/// Method: emits of other events around it, as many as fill one kind of place after the other, of which
/// there are few under loom. Bounded, for its length.
#[test]
fn off_against_a_deep_emit_drops_the_closure_behind_its_call() {
    for around in 2..=3 {
        check_bounded(2, move || {
            link_records(1);
            let signal = Signal::<()>::new();
            let (fate, probe) = Probe::new();
            let id = signal.on(move |()| probe.call());
            let outer = Signal::<u8>::new();
            let (inner, innermost) = (outer.clone(), signal.clone());
            outer.on(move |depth| {
                match *depth {
                    1 => innermost.emit(()),
                    depth => inner.emit(depth - 1),
                };
            });

            let emitting = start(&outer, move |outer| outer.emit(around));
            assert!(signal.off(id));
            emitting.join().unwrap();

            assert_eq!(fate.drops(), 1);
            outer.clear();
        });
    }
}

/// Goal: a closure is dropped before `off` returns if no emit of its event is under way, whatever other
/// emits are. Method: a thread that has emitted the event emits another, while the other thread removes.
#[test]
fn off_beside_an_emit_of_another_event_drops_the_closure_at_once() {
    check(|| {
        let (signal, other) = (Signal::<()>::new(), Signal::<()>::new());
        let (fate, probe) = Probe::new();
        let id = signal.on(move |()| probe.call());
        other.on(|()| ());
        assert_eq!(signal.emit(()), 1);

        let removing = start(&signal, move |signal| {
            assert!(signal.off(id));
            assert_eq!(fate.drops(), 1);
        });
        assert_eq!(other.emit(()), 1);
        removing.join().unwrap();
    });
}

/// Goal: rule 10, an emitter dropped during an emit lets that emit finish, and drops its closures, also
/// one that was removed and is kept. Method: one thread makes a handle to emit with, the other removes
/// one of two listeners and drops its handle.
#[test]
fn an_emitter_dropped_during_an_emit_lets_it_finish() {
    const TICK: Event<()> = Event::new("tick");

    /// A handle that tells loom what its `Arc` does: who drops the last has seen all before.
    struct Handle(EventEmitter, Arc<AtomicUsize>);

    impl Drop for Handle {
        fn drop(&mut self) {
            self.1.fetch_add(1, AcqRel);
        }
    }

    check_bounded(3, || {
        let emitter = EventEmitter::new();
        let drops = Arc::new(AtomicUsize::new(0));
        let [(removed, id), (stays, _)] = [0; 2].map(|_| {
            let (fate, probe) = Probe::new();
            // Looks at the drops, so that loom tries them here.
            let drops = drops.clone();
            let look = move || _ = drops.load(Relaxed);
            (fate, emitter.on(TICK, move |()| probe.during(&look)))
        });

        let emitting = spawn({
            let (weak, drops) = (emitter.downgrade(), drops.clone());
            move || {
                drops.load(Relaxed);
                let emitter = Handle(weak.upgrade()?, drops);
                Some(emitter.0.emit(TICK, ()))
            }
        });
        let emitter = Handle(emitter, drops);
        assert!(emitter.0.off(id));
        drop(emitter);
        let called = emitting.join().unwrap();

        assert_eq!(stays.calls(), usize::from(called.is_some()));
        assert_eq!(removed.calls() + stays.calls(), called.unwrap_or(0));
        assert_eq!([removed.drops(), stays.drops()], [1, 1]);
    });
}

// -- Once is once: rule 3 -----------------------------------------------------------------------

/// Goal: two emits call a `once` listener once in all, and its closure is dropped. Method: both threads
/// emit.
#[test]
fn once_against_two_emits_is_called_once() {
    check(|| {
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        signal.once(move |()| probe.call());

        let emitting = start(&signal, |signal| signal.emit(()));
        let here = signal.emit(());
        let there = emitting.join().unwrap();

        assert_eq!(here + there, 1);
        assert_eq!((fate.calls(), fate.drops()), (1, 1));
    });
}

/// Goal: three emits call a `times(2)` listener twice in all. Method: one thread emits, the other emits
/// twice.
#[test]
fn times_against_more_emits_is_called_so_many_times() {
    check_bounded(3, || {
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        signal.times(2, move |()| probe.call());

        let emitting = start(&signal, |signal| signal.emit(()));
        let here = signal.emit(()) + signal.emit(());
        let there = emitting.join().unwrap();

        assert_eq!(here + there, 2);
        assert_eq!((fate.calls(), fate.drops()), (2, 1));
        assert!(!signal.has_listeners());
    });
}

/// Goal: a `once` listener is called or removed, never both, and its closure is dropped. Method: one thread
/// emits, the other removes.
#[test]
fn once_against_off_is_called_or_removed() {
    check(|| {
        link_records(1);
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        let id = signal.once(move |()| probe.call());

        let emitting = start(&signal, |signal| signal.emit(()));
        let removed = signal.off(id);
        let called = emitting.join().unwrap();

        assert_eq!(usize::from(removed) + called, 1);
        assert_eq!((fate.calls(), fate.drops()), (called, 1));
    });
}

// -- `off_and_wait` -----------------------------------------------------------------------------

/// Goal: when `off_and_wait` returns, nobody is inside the listener, what its calls did is seen, and nobody
/// enters any more. Method: one thread emits twice, the other waits and then forbids calls. A listener that is
/// alone is called in a way of its own.
#[test]
fn off_and_wait_returns_when_all_have_left_and_nobody_enters() {
    for siblings in 0..=1 {
        wait_for_one_beside(siblings);
    }
}

fn wait_for_one_beside(siblings: usize) {
    check_bounded(3, move || {
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        let over = Arc::new(AtomicUsize::new(0));
        let id = signal.on({
            let over = over.clone();
            move |()| probe.during(|| assert_eq!(over.load(Relaxed), 0, "entered"))
        });
        for _ in 0..siblings {
            signal.on(|()| ());
        }

        let emitting = start(&signal, |signal| signal.emit(()) + signal.emit(()));
        assert_eq!(signal.off_and_wait(id), Ok(true));
        over.store(1, Relaxed);
        fate.expect_left();
        let called = emitting.join().unwrap();

        assert_eq!(called, 2 * siblings + fate.calls());
        assert_eq!(fate.drops(), 1);
    });
}

/// Goal: `off_and_wait` takes no listener for another one that has the same number in another list. Method:
/// the other thread goes from one list to the next; a thread that waits for a listener that nobody is
/// inside of is never woken.
#[test]
fn off_and_wait_takes_no_listener_for_that_of_another_list() {
    check(|| {
        let [one, two] = [0; 2].map(|_| Signal::<()>::new());
        one.on(|()| ());
        let id = two.on(|()| ());
        two.on(|()| ());

        let emitting = start(&two, move |two| one.emit(()) + two.emit(()));
        assert_eq!(two.off_and_wait(id), Ok(true));
        assert!((2..=3).contains(&emitting.join().unwrap()));
    });
}

/// Goal: of two listeners that wait for each other, one is told `Deadlock`, and both end. Method: each
/// thread runs one of them.
#[test]
fn two_listeners_that_wait_for_each_other_end_with_one_deadlock() {
    check_bounded(3, || {
        let [one, two] = [0; 2].map(|_| Signal::<()>::new());
        let ids = Arc::new(std::sync::OnceLock::new());
        let deadlocks = Arc::new(AtomicUsize::new(0));
        let waits_for = |other: &Signal<()>, at: usize| {
            let (other, ids, deadlocks) = (other.clone(), ids.clone(), deadlocks.clone());
            move || {
                let ids: &[_; 2] = ids.get().unwrap();
                match other.off_and_wait(ids[at]) {
                    Err(WaitError::Deadlock) => {
                        deadlocks.fetch_add(1, Relaxed);
                    }
                    result => assert_eq!(result, Ok(true)),
                }
            }
        };
        let (for_two, for_one) = (waits_for(&two, 1), waits_for(&one, 0));
        let both = [one.on(move |()| for_two()), two.on(move |()| for_one())];
        ids.set(both).unwrap();

        let emitting = start(&one, |one| one.emit(()));
        let here = two.emit(());
        let there = emitting.join().unwrap();

        // Who is removed before he begins does not wait for anybody.
        assert_eq!(deadlocks.load(Relaxed), usize::from(here + there == 2));
    });
}

/// Goal: `off_and_wait` waits for the call of an `on_mut` listener and for nobody who waits to make one;
/// that one does not call it. Method: the first call says that it has begun; then another thread comes to
/// the gate, and the third removes. Bounded, for its three threads.
#[test]
fn off_and_wait_does_not_wait_for_who_waits_to_enter() {
    check_bounded(1, || {
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        let over = Arc::new(AtomicUsize::new(0));
        let begun = Arc::new(Notify::new());
        let id = signal.on_mut({
            let (over, begun) = (over.clone(), begun.clone());
            move |()| {
                begun.notify();
                probe.during(|| assert_eq!(over.load(Relaxed), 0, "entered"));
            }
        });

        let first = start(&signal, |signal| signal.emit(()));
        begun.wait();
        let second = start(&signal, |signal| signal.emit(()));
        // Not counted among the preemptions: the second thread may come to the gate.
        yield_now();
        assert_eq!(signal.off_and_wait(id), Ok(true));
        over.store(1, Relaxed);
        fate.expect_left();
        let called = first.join().unwrap() + second.join().unwrap();

        assert_eq!(called, fate.calls());
        assert_eq!(fate.drops(), 1);
    });
}

// -- The table of names ------------------------------------------------------------------------

/// Goal: who makes an event finds it, and those that are there stay found, while the table of names grows.
/// Method: the second event and the third have it grow; one thread makes the second, the other emits the first
/// and makes the third. Bounded, for its many words.
#[test]
fn events_that_are_made_at_once_are_found() {
    const FIRST: Event<()> = Event::new("first");
    const SECOND: Event<()> = Event::new("second");
    const THIRD: Event<()> = Event::new("third");
    check_bounded(2, || {
        link_records(1);
        let emitter = EventEmitter::new();
        emitter.on(FIRST, |()| ());

        // The thread that looks first is the one that is started, else loom tries no order in which it does
        // so amid the other's growth.
        let looking = spawn({
            let emitter = emitter.clone();
            move || {
                assert_eq!(emitter.emit(FIRST, ()), 1);
                emitter.on(THIRD, |()| ());
                emitter.emit(THIRD, ())
            }
        });
        emitter.on(SECOND, |()| ());
        assert_eq!(emitter.emit(SECOND, ()), 1);
        assert_eq!(looking.join().unwrap(), 1);

        assert_eq!(emitter.emit(THIRD, ()), 1);
        assert_eq!(emitter.event_names().len(), 3);
    });
}

/// Goal: who listens to an event of the emitter's own is told of what follows, also where another thread has
/// made that event and is not done. Method: both threads listen to it at once; one then adds a listener of
/// which it has to be told.
#[test]
fn who_listens_to_a_meta_event_is_told_whoever_made_it() {
    const TICK: Event<()> = Event::new("tick");

    /// Registers a listener that counts what it is told.
    fn listen(emitter: &EventEmitter) -> Arc<AtomicUsize> {
        let told = Arc::new(AtomicUsize::new(0));
        let count = told.clone();
        emitter.on(meta::LISTENER_ADDED, move |_| {
            _ = count.fetch_add(1, Relaxed)
        });
        told
    }

    check(|| {
        let emitter = EventEmitter::new();
        let adding = spawn({
            let emitter = emitter.clone();
            move || {
                let told = listen(&emitter);
                emitter.on(TICK, |()| ());
                told.load(Relaxed)
            }
        });
        let told = listen(&emitter);

        assert_eq!(adding.join().unwrap(), 1);
        // The other one may have come later.
        assert!(told.load(Relaxed) <= 1);
        assert_eq!(emitter.listener_count(meta::LISTENER_ADDED), 2);
    });
}

// -- The audience, and its order: rules 1 and 2 -------------------------------------------------

/// Who was called, by one emit.
type Calls = RefCell<Vec<u8>>;

fn calls_of(signal: &Signal<Calls>) -> Vec<u8> {
    let calls = Calls::default();
    let called = signal.emit(&calls);
    let calls = calls.into_inner();
    assert_eq!(called, calls.len());
    calls
}

/// Registers a listener that notes `name`.
fn note(signal: &Signal<Calls>, name: u8) -> (oyez::ListenerId, Arc<Fate>) {
    let (fate, probe) = Probe::new();
    let id = signal.on(notes(name, probe));
    (id, fate)
}

fn notes(name: u8, probe: Probe) -> impl Fn(&Calls) + Send + Sync {
    move |calls| probe.during(|| calls.borrow_mut().push(name))
}

/// Goal: a fifth listener, for which the table grows, is called after the four or not at all, and not
/// at all by an emit that had begun. Method: one thread emits, the other adds.
#[test]
fn a_listener_added_during_an_emit_is_not_called_by_it() {
    check_bounded(3, || {
        link_records(1);
        let signal = Signal::<Calls>::new();
        let begun = Arc::new(AtomicUsize::new(0));
        signal.on({
            let begun = begun.clone();
            move |calls: &Calls| {
                begun.store(1, Relaxed);
                calls.borrow_mut().push(0);
            }
        });
        for name in 1..4 {
            note(&signal, name);
        }

        let emitting = start(&signal, calls_of);
        let is_late = begun.load(Relaxed) == 1;
        note(&signal, 4);
        let calls = emitting.join().unwrap();

        let len = if is_late { 4 } else { calls.len().max(4) };
        assert_eq!(calls, [0, 1, 2, 3, 4][..len]);
        assert_eq!(calls_of(&signal), [0, 1, 2, 3, 4]);
    });
}

/// Goal: a listener that a thread has called is called by its next emit as well, unless it is removed, also if others
/// are added meanwhile: an only listener is found in a way of its own. Method: one thread adds two, the other emits
/// twice.
#[test]
fn a_listener_that_was_called_is_called_again() {
    check_bounded(2, || {
        let signal = Signal::<()>::new();
        let gone = signal.on(|()| ());
        signal.emit(());
        signal.off(gone);

        let adding = start(&signal, |signal| {
            signal.on(|()| ());
            signal.on(|()| ());
        });
        let first = signal.emit(());
        let second = signal.emit(());
        adding.join().unwrap();

        assert!(second >= first, "{first}, then {second}");
    });
}

/// Goal: an emit that finds a table just being replaced by a smaller one calls each listener that
/// stays, once. Method: one thread emits, the other removes the listener that makes it time.
#[test]
fn a_table_that_shrinks_during_an_emit_loses_nobody() {
    check(|| {
        link_records(1);
        let signal = Signal::<Calls>::new();
        let mut ids: Vec<_> = (0..7).map(|name| note(&signal, name)).collect();
        // With two of seven left, the next removal but the newest makes the table smaller.
        let (last, fate) = ids.remove(5);
        let (_, stays) = ids.remove(5);
        ids.iter().for_each(|(id, _)| assert!(signal.off(*id)));

        let emitting = start(&signal, calls_of);
        assert!(signal.off(last));
        let calls = emitting.join().unwrap();

        assert!(calls == [5, 6] || calls == [6], "{calls:?}");
        assert_eq!(calls_of(&signal), [6]);
        assert_eq!([fate.drops(), stays.drops()], [1, 0]);
    });
}

/// Goal: a listener that takes the slot of a removed one is not called in its place by an emit that
/// had begun, and is whole where it is called. Method: one thread emits, the other removes the newest and
/// adds another.
#[test]
fn a_listener_in_the_slot_of_a_removed_one_is_not_called_for_it() {
    check(|| {
        link_records(1);
        let signal = Signal::<Calls>::new();
        note(&signal, 0);
        let (old, fate) = note(&signal, 1);

        let emitting = start(&signal, calls_of);
        assert!(signal.off(old));
        note(&signal, 2);
        let calls = emitting.join().unwrap();

        assert!(
            [&[0][..], &[0, 1], &[0, 2]].contains(&&calls[..]),
            "{calls:?}"
        );
        assert_eq!(calls_of(&signal), [0, 2]);
        assert_eq!(fate.drops(), 1);
    });
}

/// Goal: an emit finds the runs of several priorities as they were before or after a change. Method: one
/// thread emits, the other adds a listener of a higher priority and removes it.
#[test]
fn priorities_that_come_and_go_during_an_emit_keep_the_order() {
    check(|| {
        let signal = Signal::<Calls>::new();
        note(&signal, 1);

        let emitting = start(&signal, calls_of);
        let (fate, probe) = Probe::new();
        let id = signal.listen().priority(1).on(notes(0, probe));
        assert!(signal.off(id));
        let calls = emitting.join().unwrap();

        assert!(calls == [1] || calls == [0, 1], "{calls:?}");
        assert_eq!(fate.drops(), 1);
    });
}

// -- One at a time: rule 8 ----------------------------------------------------------------------

/// Goal: two threads call an `on_mut` listener one after the other, and the second sees what the first
/// did. Method: both emit; the listener's state is one that loom checks.
#[test]
fn on_mut_is_called_by_one_thread_at_a_time() {
    check(|| {
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        signal.on_mut(move |()| {
            probe.0.expect_left();
            probe.call();
        });

        let emitting = start(&signal, |signal| signal.try_emit(()));
        let here = signal.try_emit(());
        let there = emitting.join().unwrap();

        assert_eq!((here.unwrap(), there.unwrap()), (1, 1));
        assert_eq!(fate.calls(), 2);
    });
}

/// Goal: two `on_mut` listeners that emit into each other end: who would wait for himself is told. Method:
/// each thread begins with one of them.
#[test]
fn two_on_mut_listeners_that_emit_into_each_other_end() {
    check_bounded(3, || {
        let [one, two] = [0; 2].map(|_| Signal::<()>::new());
        let [weak_one, weak_two] = [one.clone(), two.clone()];
        one.on_mut(move |()| {
            let _ = weak_two.try_emit(());
        });
        two.on_mut(move |()| {
            let _ = weak_one.try_emit(());
        });

        let emitting = start(&one, |one| one.try_emit(()));
        let here = two.try_emit(());
        let there = emitting.join().unwrap();

        // Neither thread is inside any other listener when it begins.
        assert_eq!((here.unwrap(), there.unwrap()), (1, 1));
        one.clear();
        two.clear();
    });
}

/// Goal: a turn has ended when the error of its call is told, also after a hook has panicked. Method: who is told
/// waits for the other thread, which may wait for the turn with its second emit.
#[test]
fn a_last_call_that_fails_keeps_nobody_waiting_for_its_turn() {
    const FAILS: Event<()> = Event::new("fails");
    check_bounded(2, || {
        let emitter = EventEmitter::new();
        emitter.on(meta::LISTENER_REMOVED, |_| {
            resume_unwind(Box::new("told"));
        });
        let (here, over) = (thread::current().id(), Arc::new(Notify::new()));
        emitter.on(meta::LISTENER_ERROR, {
            let over = over.clone();
            move |_| {
                if thread::current().id() == here {
                    over.wait();
                }
            }
        });
        let signal = emitter.signal(FAILS);
        signal.listen().times(2).on_mut(|()| Err::<(), _>("failed"));
        let emit = |signal: &Signal<()>| catch_unwind(|| signal.emit(())).is_err();

        let emitting = start(&signal, move |signal| {
            let thrown = [emit(signal), emit(signal)];
            over.notify();
            thrown
        });
        let here = emit(&signal);
        let there = emitting.join().unwrap();

        let thrown = there.into_iter().chain([here]);
        assert_eq!(thrown.filter(|is_thrown| *is_thrown).count(), 1);
    });
}

/// Goal: who waits for his turn in an `on_mut` listener that is removed meanwhile does not call it. Method:
/// both threads emit, and the listener removes itself.
#[test]
fn an_on_mut_listener_that_removes_itself_is_called_once() {
    check(|| {
        let signal = Signal::<()>::new();
        let (fate, probe) = Probe::new();
        signal.on_mut(move |()| {
            probe.call();
            Flow::Unsubscribe
        });

        let emitting = start(&signal, |signal| signal.emit(()));
        let here = signal.emit(());
        let there = emitting.join().unwrap();

        assert_eq!(here + there, 1);
        assert_eq!((fate.calls(), fate.drops()), (1, 1));
    });
}
