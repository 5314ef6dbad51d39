//! Faults by force: whatever a listener does to its emitter, wherever it stands and however deep, crossed
//! with every way in which it can end, and compared with a naive expectation.
//!
//! A case has up to three emits inside of each other. Each has three listeners, `a`, `b` and `c`. The one at
//! the place of the case makes the next emit; in the innermost it acts, and then it ends. [`Naive`] says, by
//! flags and counts alone, who is called, what each emit returns, and whose closure is dropped when.

use super::*;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// An event for each depth.
const EVENTS: [Event<i32>; 3] = [Event::new("one"), Event::new("two"), Event::new("three")];

/// What the listener does to its emitter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Nothing,
    RemoveItself,
    RemoveTheNext,
    RemoveTheOneBefore,
    RemoveTheOutermost,
    OffAll,
    Clear,
    DropTheHandle,
    AddMany,
}

const ACTS: [Act; 9] = [
    Act::Nothing,
    Act::RemoveItself,
    Act::RemoveTheNext,
    Act::RemoveTheOneBefore,
    Act::RemoveTheOutermost,
    Act::OffAll,
    Act::Clear,
    Act::DropTheHandle,
    Act::AddMany,
];

/// How its call ends afterwards.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Returns,
    Stops,
    Unsubscribes,
    Fails,
    /// With an error whose text panics.
    FailsBadly,
    Panics,
}

const ENDS: [End; 6] = [
    End::Returns,
    End::Stops,
    End::Unsubscribes,
    End::Fails,
    End::FailsBadly,
    End::Panics,
];

/// How it was registered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    On,
    OnMut,
    Once,
    Twice,
}

/// Who else there is: each is another way through the emitter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    Plain,
    /// A tap hears every event.
    Tapped,
    /// `a` has a higher priority than `b`, and `c` a lower one.
    Ranked,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    act: Act,
    end: End,
    kind: Kind,
    shape: Shape,
    /// Which of the three acts.
    place: usize,
    /// How many emits are inside of each other.
    depth: usize,
    /// Whether they are all of one event.
    is_one_event: bool,
    policy: PanicPolicy,
    /// Whether somebody listens to `LISTENER_ERROR`.
    is_heard: bool,
    /// Whose closure panics as it is dropped, of the innermost three.
    bomb: Option<usize>,
}

impl Case {
    /// The list that an emit at this depth is of.
    fn list(&self, depth: usize) -> usize {
        if self.is_one_event { 0 } else { depth - 1 }
    }

    fn innermost(&self) -> usize {
        self.list(self.depth)
    }

    fn lists(&self) -> std::ops::RangeInclusive<usize> {
        0..=self.innermost()
    }

    fn is_bomb(&self, list: usize, place: usize) -> bool {
        self.bomb == Some(place) && list == self.innermost()
    }

    /// How a listener is registered: only the one that acts in any way but `on`.
    fn kind(&self, list: usize, place: usize) -> Kind {
        if list == self.innermost() && place == self.place {
            self.kind
        } else {
            Kind::On
        }
    }

    /// How many `AddMany` adds: a thousand, a few times for each place and depth.
    fn many(&self) -> usize {
        let is_usual = self.shape == Shape::Plain && self.kind == Kind::On;
        if is_usual && self.end == End::Returns {
            1_000
        } else {
            5
        }
    }
}

/// An error whose text may panic.
#[derive(Debug)]
struct Failure {
    is_bad: bool,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_bad {
            boom();
        }
        f.write_str("boom")
    }
}

impl std::error::Error for Failure {}

/// Panics without a word on the standard error: there are thousands.
fn boom() -> ! {
    resume_unwind(Box::new("boom"))
}

/// What the listeners of a case share.
struct Stage {
    case: Case,
    trace: Trace,
    emitter: WeakEmitter,
    handle: Mutex<Option<EventEmitter>>,
    ids: Mutex<Vec<[ListenerId; 3]>>,
    /// Whether listeners do what the case says, or just log.
    is_armed: AtomicBool,
    /// How often the closure of each was dropped.
    dropped: [[AtomicUsize; 3]; 3],
    /// Those of the tap and of the hook.
    others_dropped: AtomicUsize,
    added_called: AtomicUsize,
    added_dropped: AtomicUsize,
}

impl Stage {
    fn set(case: Case, trace: Trace) -> Arc<Self> {
        let builder = EventEmitter::builder().max_listeners(0);
        let e = builder.panics(case.policy).build();
        let stage = Arc::new(Self {
            case,
            trace,
            emitter: e.downgrade(),
            handle: Mutex::default(),
            ids: Mutex::default(),
            is_armed: AtomicBool::new(true),
            dropped: Default::default(),
            others_dropped: AtomicUsize::new(0),
            added_called: AtomicUsize::new(0),
            added_dropped: AtomicUsize::new(0),
        });
        for list in case.lists() {
            let ids = [0, 1, 2].map(|place| stage.register(&e, list, place));
            stage.ids.lock().unwrap().push(ids);
        }
        if case.shape == Shape::Tapped {
            let guard = stage.other();
            e.on_any(move |any| {
                guard.hold();
                trace.log(format_args!(
                    "t{}",
                    any.get(Event::<i32>::new(any.name())).unwrap()
                ));
            });
        }
        if case.is_heard {
            let guard = stage.other();
            e.on(LISTENER_ERROR, move |_| {
                guard.hold();
                trace.log("!");
            });
        }
        *stage.handle.lock().unwrap() = Some(e);
        stage
    }

    fn register(self: &Arc<Self>, e: &EventEmitter, list: usize, place: usize) -> ListenerId {
        let stage = Arc::clone(self);
        let guard = OnDrop({
            let stage = Arc::clone(self);
            move || {
                stage.dropped[list][place].fetch_add(1, Ordering::Relaxed);
                if stage.case.is_bomb(list, place) {
                    boom();
                }
            }
        });
        let f = move |n: &i32| {
            guard.hold();
            stage.called(list, place, *n)
        };
        let rank = match self.case.shape {
            Shape::Ranked => 1 - place as i32,
            _ => 0,
        };
        let listen = e.listen(EVENTS[list]).priority(rank);
        match self.case.kind(list, place) {
            Kind::On => listen.on(f),
            Kind::OnMut => listen.on_mut(f),
            Kind::Once => listen.once(f),
            Kind::Twice => listen.times(2).on(f),
        }
    }

    /// What the tap and the hook own.
    fn other(self: &Arc<Self>) -> OnDrop<impl FnMut() + use<>> {
        let stage = Arc::clone(self);
        OnDrop(move || _ = stage.others_dropped.fetch_add(1, Ordering::Relaxed))
    }

    fn emit(&self, list: usize, n: usize) -> usize {
        let e = self.emitter.upgrade().expect("it lives while it emits");
        e.emit(EVENTS[list], n as i32)
    }

    fn called(self: &Arc<Self>, list: usize, place: usize, n: i32) -> Result<Flow, Failure> {
        let (case, n) = (self.case, n as usize);
        self.trace.log(word(place, n));
        if place != case.place || !self.is_armed.load(Ordering::Relaxed) {
            return Ok(Flow::Continue);
        }
        if n < case.depth {
            let called = self.emit(case.list(n + 1), n + 1);
            self.trace.log(format_args!("={called}"));
            return Ok(Flow::Continue);
        }
        self.act(list);
        match case.end {
            End::Returns => Ok(Flow::Continue),
            End::Stops => Ok(Flow::Stop),
            End::Unsubscribes => Ok(Flow::Unsubscribe),
            End::Fails => Err(Failure { is_bad: false }),
            End::FailsBadly => Err(Failure { is_bad: true }),
            End::Panics => boom(),
        }
    }

    fn act(self: &Arc<Self>, list: usize) {
        let e = self.emitter.upgrade().expect("it lives while it emits");
        let off = |list: usize, place: usize| {
            let id = self.ids.lock().unwrap()[list][place];
            e.off(id);
            assert!(!e.has_listener(id) && !e.off(id));
        };
        let place = self.case.place;
        match self.case.act {
            Act::Nothing => {}
            Act::RemoveItself => off(list, place),
            Act::RemoveTheNext if place == 2 => {}
            Act::RemoveTheNext => off(list, place + 1),
            Act::RemoveTheOneBefore if place == 0 => {}
            Act::RemoveTheOneBefore => off(list, place - 1),
            Act::RemoveTheOutermost => off(0, place),
            Act::OffAll => _ = e.off_all(EVENTS[list]),
            Act::Clear => _ = e.clear(),
            Act::DropTheHandle => {
                let handle = self.handle.lock().unwrap().take();
                drop(handle);
            }
            Act::AddMany => (0..self.case.many()).for_each(|_| self.add(&e, list)),
        }
    }

    /// How often each closure was dropped.
    fn dropped(&self) -> [[usize; 3]; 3] {
        let counts = self.dropped.each_ref();
        counts.map(|list| list.each_ref().map(|count| count.load(Ordering::Relaxed)))
    }

    fn add(self: &Arc<Self>, e: &EventEmitter, list: usize) {
        let (stage, owner) = (Arc::clone(self), Arc::clone(self));
        let guard = OnDrop(move || _ = owner.added_dropped.fetch_add(1, Ordering::Relaxed));
        e.on(EVENTS[list], move |_| {
            guard.hold();
            stage.added_called.fetch_add(1, Ordering::Relaxed);
        });
    }
}

fn word(place: usize, n: usize) -> String {
    format!("{}{n}", ["a", "b", "c"][place])
}

/// The panic of a naive emit.
struct Unwinds;

/// What an emitter of the case has to do, without lists, locks, frames or closures.
struct Naive {
    case: Case,
    is_armed: bool,
    words: Vec<String>,
    has_handle: bool,
    has_tap: bool,
    is_heard: bool,
    is_gone: [[bool; 3]; 3],
    calls_left: [[usize; 3]; 3],
    /// How many calls of each are under way.
    running: [[usize; 3]; 3],
    /// How many emits of each event are under way.
    under_way: [usize; 3],
    /// Shared flavour: whose closures wait for the outermost emit of their event to end.
    waiting: Vec<(usize, usize)>,
    is_bomb_left: bool,
    added: usize,
    added_called: usize,
    added_ever: usize,
}

impl Naive {
    fn new(case: Case) -> Self {
        Self {
            case,
            is_armed: true,
            words: Vec::new(),
            has_handle: true,
            has_tap: case.shape == Shape::Tapped,
            is_heard: case.is_heard,
            is_gone: [[false; 3]; 3],
            calls_left: [[2; 3]; 3],
            running: [[0; 3]; 3],
            under_way: [0; 3],
            waiting: Vec::new(),
            is_bomb_left: case.bomb.is_some(),
            added: 0,
            added_called: 0,
            added_ever: 0,
        }
    }

    /// An emit that the test makes: when it is over, the last handle may be gone.
    fn outermost(&mut self, list: usize, n: usize) -> Result<usize, Unwinds> {
        let result = self.emit(list, n);
        let is_bomb_left = self.is_bomb_left && !self.has_handle;
        if is_bomb_left {
            self.is_bomb_left = false;
            return Err(Unwinds);
        }
        result
    }

    fn emit(&mut self, list: usize, n: usize) -> Result<usize, Unwinds> {
        let audience = [0, 1, 2].map(|place| !self.is_gone[list][place]);
        let added = if list == self.case.innermost() {
            self.added
        } else {
            0
        };
        if self.has_tap {
            self.words.push(format!("t{n}"));
        }
        self.under_way[list] += 1;
        let visited = self.visit(list, n, audience);
        self.under_way[list] -= 1;
        let dropped = self.end_of_visit(list);
        let (called, has_failed) = visited?;
        dropped?;
        // An error that nobody heard is loud when all have been called.
        if has_failed {
            return Err(Unwinds);
        }
        // Those that were added do nothing but count; nobody stops an emit that they are in.
        self.added_called += added;
        Ok(called + added)
    }

    fn visit(
        &mut self,
        list: usize,
        n: usize,
        audience: [bool; 3],
    ) -> Result<(usize, bool), Unwinds> {
        let (mut called, mut has_failed) = (0, false);
        for place in (0..3).filter(|place| audience[*place]) {
            if self.is_gone[list][place] {
                continue;
            }
            let kind = self.case.kind(list, place);
            if kind == Kind::Once {
                self.is_gone[list][place] = true;
            }
            self.running[list][place] += 1;
            if kind == Kind::Twice {
                self.calls_left[list][place] -= 1;
                if self.calls_left[list][place] == 0 {
                    self.remove(list, place)?;
                }
            }
            self.words.push(word(place, n));
            called += 1;
            let mut end = self.body(list, place, n);
            if kind == Kind::Once {
                // It owns what it captured, and drops it when its body ends.
                end = self.drop_closure(list, place).and(end);
            }
            self.running[list][place] -= 1;
            let mut flow = Flow::Continue;
            match end {
                Ok(End::Returns) => {}
                Ok(End::Stops) => flow = Flow::Stop,
                Ok(End::Unsubscribes) => self.remove(list, place)?,
                Err(Unwinds) if self.case.policy == PanicPolicy::Propagate => return Err(Unwinds),
                Ok(End::Fails | End::FailsBadly | End::Panics) | Err(Unwinds) => {
                    if self.is_heard {
                        self.words.push("!".to_owned());
                    } else {
                        has_failed = true;
                    }
                }
            }
            if !SHARED && self.is_gone[list][place] && self.running[list][place] == 0 {
                self.drop_closure(list, place)?;
            }
            if flow == Flow::Stop {
                break;
            }
        }
        Ok((called, has_failed))
    }

    fn body(&mut self, list: usize, place: usize, n: usize) -> Result<End, Unwinds> {
        if place != self.case.place || !self.is_armed {
            return Ok(End::Returns);
        }
        if n < self.case.depth {
            let called = self.emit(self.case.list(n + 1), n + 1)?;
            self.words.push(format!("={called}"));
            return Ok(End::Returns);
        }
        self.act(list)?;
        match self.case.end {
            End::Panics => Err(Unwinds),
            end => Ok(end),
        }
    }

    fn act(&mut self, list: usize) -> Result<(), Unwinds> {
        let place = self.case.place;
        match self.case.act {
            Act::Nothing => Ok(()),
            Act::RemoveItself => self.remove(list, place),
            Act::RemoveTheNext if place == 2 => Ok(()),
            Act::RemoveTheNext => self.remove(list, place + 1),
            Act::RemoveTheOneBefore if place == 0 => Ok(()),
            Act::RemoveTheOneBefore => self.remove(list, place - 1),
            Act::RemoveTheOutermost => self.remove(0, place),
            Act::OffAll => self.remove_all(list..=list),
            Act::Clear => {
                self.has_tap = false;
                self.is_heard = false;
                self.remove_all(self.case.lists())
            }
            Act::DropTheHandle => {
                self.has_handle = false;
                Ok(())
            }
            Act::AddMany => {
                self.added = self.case.many();
                self.added_ever = self.added;
                Ok(())
            }
        }
    }

    fn remove_all(&mut self, lists: std::ops::RangeInclusive<usize>) -> Result<(), Unwinds> {
        let mut result = Ok(());
        for list in lists {
            for place in 0..3 {
                result = self.remove(list, place).and(result);
            }
            if list == self.case.innermost() {
                self.added = 0;
            }
        }
        result
    }

    fn remove(&mut self, list: usize, place: usize) -> Result<(), Unwinds> {
        if self.is_gone[list][place] {
            return Ok(());
        }
        self.is_gone[list][place] = true;
        if SHARED && self.under_way[list] > 0 {
            self.waiting.push((list, place));
            return Ok(());
        }
        if !SHARED && self.running[list][place] > 0 {
            return Ok(());
        }
        self.drop_closure(list, place)
    }

    fn end_of_visit(&mut self, list: usize) -> Result<(), Unwinds> {
        if self.under_way[list] > 0 {
            return Ok(());
        }
        let mut result = Ok(());
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let (over, waiting): (Vec<_>, _) = waiting.partition(|(of, _)| *of == list);
        self.waiting = waiting;
        for (list, place) in over {
            result = self.drop_closure(list, place).and(result);
        }
        result
    }

    fn drop_closure(&mut self, list: usize, place: usize) -> Result<(), Unwinds> {
        if self.case.is_bomb(list, place) && std::mem::take(&mut self.is_bomb_left) {
            return Err(Unwinds);
        }
        Ok(())
    }

    /// How many listeners of this event are left.
    fn count(&self, list: usize) -> usize {
        let own = self.is_gone[list].iter().filter(|gone| !**gone).count();
        let added = if list == self.case.innermost() {
            self.added
        } else {
            0
        };
        own + added
    }
}

/// Runs a case, and compares all that can be seen of it with what is naively expected.
fn check(case: Case, trace: Trace) {
    let stage = Stage::set(case, trace);
    let mut naive = Naive::new(case);
    let emit_and_compare = |naive: &mut Naive, list, n| {
        let called = catch_unwind(AssertUnwindSafe(|| stage.emit(list, n))).ok();
        let expected = naive.outermost(list, n).ok();
        let words = std::mem::take(&mut naive.words).join(" ");
        assert_eq!(trace.take(), words, "{case:?}");
        assert_eq!(called, expected, "{case:?}");
    };
    emit_and_compare(&mut naive, 0, 1);
    if naive.has_handle {
        let gone = naive.is_gone.map(|list| list.map(usize::from));
        assert_eq!(stage.dropped(), gone, "{case:?}");
        // It works as before: each event once more, and nobody does anything.
        stage.is_armed.store(false, Ordering::Relaxed);
        naive.is_armed = false;
        let e = stage.handle.lock().unwrap().take();
        let e = e.expect("it is not dropped");
        for list in case.lists() {
            let count = e.listener_count(EVENTS[list]);
            assert_eq!(count, naive.count(list), "{case:?}");
            emit_and_compare(&mut naive, list, 9);
        }
        let called = stage.added_called.load(Ordering::Relaxed);
        assert_eq!(called, naive.added_called, "{case:?}");
        let id = e.on(OTHER, |_| ());
        assert_eq!(e.listener_count(OTHER), 1, "{case:?}");
        assert!(e.off(id), "{case:?}");
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(e)));
        assert_eq!(dropped.is_err(), naive.is_bomb_left, "{case:?}");
    }
    // At the end of it all every closure was dropped, and once.
    assert!(stage.emitter.upgrade().is_none(), "{case:?}");
    let mut all = [[0; 3]; 3];
    all[case.lists()].fill([1; 3]);
    assert_eq!(stage.dropped(), all, "{case:?}");
    let others = usize::from(case.shape == Shape::Tapped) + usize::from(case.is_heard);
    let others_dropped = stage.others_dropped.load(Ordering::Relaxed);
    assert_eq!(others_dropped, others, "{case:?}");
    let added_dropped = stage.added_dropped.load(Ordering::Relaxed);
    assert_eq!(added_dropped, naive.added_ever, "{case:?}");
}

/// Checks a case of these at every place and depth, for each kind, shape and policy. Answers how many there
/// were.
fn cross(act: Act, end: End, bomb: Option<usize>) -> usize {
    use PanicPolicy::{Isolate, Propagate};
    // Each kind, and each shape, is a way through the emitter of its own; not each pair of them.
    let ways = [
        (Kind::On, Shape::Plain),
        (Kind::OnMut, Shape::Plain),
        (Kind::Once, Shape::Plain),
        (Kind::Twice, Shape::Plain),
        (Kind::On, Shape::Tapped),
        (Kind::On, Shape::Ranked),
    ];
    let trace = Trace::new();
    let mut count = 0;
    for (kind, shape) in ways {
        for (place, depth, is_one_event) in places() {
            // Reached again while it runs, these would not act.
            if is_one_event && kind != Kind::On {
                continue;
            }
            for (policy, is_heard) in [(Propagate, false), (Isolate, true), (Isolate, false)] {
                // What fails without a panic is heard, or not, whatever the policy.
                let is_heard = is_heard || (policy == Propagate && end == End::Fails);
                let case = Case {
                    act,
                    end,
                    kind,
                    shape,
                    place,
                    depth,
                    is_one_event,
                    policy,
                    is_heard,
                    bomb,
                };
                // Where every step is interpreted, one in a hundred.
                if !cfg!(miri) || count % 100 == 0 {
                    check(case, trace);
                }
                count += 1;
            }
        }
    }
    count
}

/// Every place and depth, with emits of several events, and of one if there are several emits.
fn places() -> impl Iterator<Item = (usize, usize, bool)> {
    let all = (0..18).map(|i| (i % 3, 1 + i / 3 % 3, i >= 9));
    all.filter(|(_, depth, is_one_event)| *depth > 1 || !is_one_event)
}

#[test]
fn every_act_with_every_end_at_every_place_and_depth() {
    // Rules 1 to 7 and 10: calls, order, counts, drops, and that all goes on.
    let mut count = 0;
    for act in ACTS {
        for end in ENDS {
            count += cross(act, end, None);
        }
    }
    assert_eq!(count, 11_664);
}

#[test]
fn every_act_with_a_closure_that_panics_as_it_is_dropped() {
    // Rules 5 and 7: the panic comes when the closure is dropped, out of what drops it, once. A panic on top
    // of it would end the process, so nobody else panics.
    let mut count = 0;
    for act in ACTS.into_iter().filter(|act| *act != Act::AddMany) {
        for end in [End::Returns, End::Unsubscribes] {
            for bomb in [0, 1, 2] {
                count += cross(act, end, Some(bomb));
            }
        }
    }
    assert_eq!(count, 10_368);
}

/// What a hook or a tap is called by, and does the first time.
fn third(trace: Trace, name: &'static str, bomb: Option<&'static str>) -> impl Fn() + use<> {
    let is_lit = AtomicBool::new(bomb == Some(name));
    move || {
        trace.log(name);
        if is_lit.swap(false, Ordering::Relaxed) {
            boom();
        }
    }
}

/// An emitter in which each of `depth` emits is inside of the one before; `innermost` is what the last one's
/// listener does, the first time.
fn nest<F: Fn(&EventEmitter) + Send + Sync + 'static>(
    e: &EventEmitter,
    depth: usize,
    innermost: F,
) -> impl Fn() -> Option<usize> + use<F> {
    let is_armed = AtomicBool::new(true);
    for level in 1..depth {
        e.on(
            EVENTS[level - 1],
            within(e, move |e, n| _ = e.emit(EVENTS[level], n)),
        );
    }
    e.on(
        EVENTS[depth - 1],
        within(e, move |e, _| {
            if is_armed.swap(false, Ordering::Relaxed) {
                innermost(e);
            }
        }),
    );
    let e = e.clone();
    move || catch_unwind(AssertUnwindSafe(|| e.emit(EVENTS[0], 1))).ok()
}

/// What is left of `words` when `bomb` panics: with `Isolate` all, with the error after it.
fn heard(words: [&str; 3], bomb: &str, policy: PanicPolicy) -> String {
    let mut heard = Vec::new();
    for word in words {
        heard.push(word);
        if word == bomb {
            if policy == PanicPolicy::Propagate {
                break;
            }
            heard.push("!");
        }
    }
    heard.join(" ")
}

const POLICIES: [PanicPolicy; 2] = [PanicPolicy::Propagate, PanicPolicy::Isolate];

#[test]
fn a_hook_of_each_kind_panics_at_every_place_and_depth() {
    // Rule 7 for the emitter's own news: with `Propagate` those behind it are not told and the emit unwinds;
    // with `Isolate` they are. What was told of is done, and the next time all are told.
    for (depth, bomb, policy, kind) in (0..3 * 3 * 2 * 4).map(|i| {
        let bomb = ["x", "y", "z"][i / 3 % 3];
        (1 + i % 3, bomb, POLICIES[i / 9 % 2], i / 18)
    }) {
        let trace = Trace::new();
        let e = EventEmitter::builder()
            .panics(policy)
            .max_listeners(1)
            .build();
        let id = e.on(OTHER, |_| ());
        let emit = nest(&e, depth, move |e| match kind {
            0 | 1 => _ = e.on(OTHER, |_| ()),
            2 => assert!(e.off(id)),
            _ => _ = e.emit(NUM, 1),
        });
        e.on(LISTENER_ERROR, move |_| trace.log("!"));
        for name in ["x", "y", "z"] {
            let hook = third(trace, name, Some(bomb));
            match kind {
                0 => e.on(LISTENER_ADDED, move |_| hook()),
                1 => e.on(TOO_MANY_LISTENERS, move |_| hook()),
                2 => e.on(LISTENER_REMOVED, move |_| hook()),
                _ => e.on(UNHANDLED, move |_| hook()),
            };
        }
        let case = format!("{kind} {depth} {bomb} {policy:?}");
        let unwinds = policy == PanicPolicy::Propagate;
        assert_eq!(emit(), (!unwinds).then_some(1), "{case}");
        assert_eq!(trace.take(), heard(["x", "y", "z"], bomb, policy), "{case}");
        let count = [2, 2, 0, 1][kind];
        assert_eq!(e.listener_count(OTHER), count, "{case}");
        // Once more, from outside, and nobody panics.
        e.off_all(OTHER);
        trace.take();
        e.on(OTHER, |_| ());
        e.on(OTHER, |_| ());
        e.emit(NUM, 1);
        e.off_all(OTHER);
        assert!(trace.take().starts_with("x y z"), "{case}");
        assert_eq!(emit(), Some(1), "{case}");
    }
}

#[test]
fn a_hook_for_errors_panics_at_every_place_and_depth() {
    // Rules 6 and 7: it is told of by nobody else. With `Isolate` its siblings are called, and it counts as
    // unhandled, so that each emit around it panics in its turn, and tells of that.
    for (depth, bomb, policy) in (0..18).map(|i| {
        let bomb = ["x", "y", "z"][i / 3 % 3];
        (1 + i % 3, bomb, POLICIES[i / 9])
    }) {
        let trace = Trace::new();
        let e = EventEmitter::builder().panics(policy).build();
        let emit = nest(&e, depth, |_| ());
        e.once(EVENTS[depth - 1], |_| Err::<(), _>("bad"));
        e.on(EVENTS[depth - 1], move |_| trace.log("last"));
        for name in ["x", "y", "z"] {
            let hook = third(trace, name, Some(bomb));
            e.on(LISTENER_ERROR, move |_| hook());
        }
        let case = format!("{depth} {bomb} {policy:?}");
        let told = heard(["x", "y", "z"], bomb, PanicPolicy::Propagate);
        if policy == PanicPolicy::Propagate {
            assert_eq!(emit(), None, "{case}");
            assert_eq!(trace.take(), told, "{case}");
        } else {
            // The emit around it hears of the panic as of any other, from hooks that are well again.
            assert_eq!(emit(), (depth > 1).then_some(1), "{case}");
            let around = if depth > 1 { " x y z" } else { "" };
            assert_eq!(trace.take(), format!("x y z last{around}"), "{case}");
        }
        assert!(emit().is_some(), "{case}");
        assert_eq!(trace.take(), "last", "{case}");
    }
}

#[test]
fn a_tap_panics_at_every_place_and_depth() {
    // Rule 7 for taps: with `Propagate` neither the taps behind it nor a listener is called.
    for (depth, bomb, policy) in (0..18).map(|i| {
        let bomb = ["x", "y", "z"][i / 3 % 3];
        (1 + i % 3, bomb, POLICIES[i / 9])
    }) {
        let trace = Trace::new();
        let e = EventEmitter::builder().panics(policy).build();
        let emit = nest(&e, depth, move |e| _ = e.emit(NUM, 1));
        e.on(NUM, trace.logs("n"));
        e.on(LISTENER_ERROR, move |_| trace.log("!"));
        for name in ["x", "y", "z"] {
            let tap = third(trace, name, Some(bomb));
            e.on_any(move |any| {
                if any.is(NUM) {
                    tap();
                }
            });
        }
        let case = format!("{depth} {bomb} {policy:?}");
        let told = heard(["x", "y", "z"], bomb, policy);
        if policy == PanicPolicy::Propagate {
            assert_eq!(emit(), None, "{case}");
            assert_eq!(trace.take(), told, "{case}");
        } else {
            assert_eq!(emit(), Some(1), "{case}");
            assert_eq!(trace.take(), format!("{told} n1"), "{case}");
        }
        assert_eq!(e.emit(NUM, 2), 1, "{case}");
        assert_eq!(trace.take(), "x y z n2", "{case}");
        assert_eq!(emit(), Some(1), "{case}");
    }
}

#[test]
fn a_payload_that_panics_as_it_is_dropped_at_every_depth() {
    // Rule 7: its own emit is over by then, so it is a panic of the listener that emitted it, or of the
    // caller; dropped once.
    struct Bomb(Trace);
    impl Drop for Bomb {
        fn drop(&mut self) {
            self.0.log("~");
            boom();
        }
    }
    const BOMB: Event<Bomb> = Event::new("bomb");
    for (depth, is_boxed, policy) in (0..12).map(|i| (1 + i % 3, i / 3 % 2 == 1, POLICIES[i / 6])) {
        let trace = Trace::new();
        let e = EventEmitter::builder().panics(policy).build();
        let emit = nest(&e, depth, move |e| {
            let _ = match is_boxed {
                true => e.emit(BOMB, Box::new(Bomb(trace))),
                false => e.emit(BOMB, Bomb(trace)),
            };
        });
        e.on(EVENTS[depth - 1], move |_| trace.log("last"));
        e.on(BOMB, move |_| trace.log("a"));
        e.on(BOMB, move |_| trace.log("b"));
        e.on(LISTENER_ERROR, move |_| trace.log("!"));
        let case = format!("{depth} {is_boxed} {policy:?}");
        if policy == PanicPolicy::Propagate {
            assert_eq!(emit(), None, "{case}");
            assert_eq!(trace.take(), "a b ~", "{case}");
        } else {
            assert_eq!(emit(), Some(if depth == 1 { 2 } else { 1 }), "{case}");
            assert_eq!(trace.take(), "a b ~ ! last", "{case}");
        }
        assert!(emit().is_some(), "{case}");
        assert_eq!(trace.take(), "last", "{case}");
    }
}
