//! Emitters and signals of one flavour, on which threads do what comes to their minds.

use super::*;
use crate::ledger::{self, Entry, Ticket, Token, balance, fault, mark};
use crate::tally::{Count, add, below, one_in};
use oyez::meta::{LISTENER_ADDED, LISTENER_ERROR, LISTENER_REMOVED};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// The payload says how deep listeners may act; where it is 0 they only count.
const EVENTS: [Event<u32>; 4] = [
    Event::new("a"),
    Event::new("b"),
    Event::new("c"),
    Event::new("d"),
];

/// How many emits there are in a row where listeners only count.
const BURST: usize = 32;

/// How many listeners of a place are known at a time, to be removed by anybody.
const KNOWN_MAX: usize = 24;

/// How many guards a place has at a time.
const GUARDS_MAX: usize = 8;

/// How many hooks an emitter has that is not swept.
const HOOKS: usize = 3;

/// How deep listeners act at most. One emitter allows less.
const DEPTH_MAX: u32 = 4;

/// An emitter, or a signal: a handle that somebody has.
#[derive(Clone)]
enum Home {
    Emitter(EventEmitter),
    Signal(Signal<u32>),
}

impl Home {
    fn emit(&self, event: Event<u32>, depth: u32) -> usize {
        match self {
            Self::Emitter(emitter) => emitter.emit(event, depth),
            Self::Signal(signal) => signal.emit(depth),
        }
    }

    fn try_emit(&self, event: Event<u32>, depth: u32) -> Result<usize, EmitError> {
        match self {
            Self::Emitter(emitter) => emitter.try_emit(event, depth),
            Self::Signal(signal) => signal.try_emit(depth),
        }
    }

    fn listen(&self, event: Event<u32>) -> Listen<'_, u32> {
        match self {
            Self::Emitter(emitter) => emitter.listen(event),
            Self::Signal(signal) => signal.listen(),
        }
    }

    fn off(&self, id: ListenerId) -> bool {
        match self {
            Self::Emitter(emitter) => emitter.off(id),
            Self::Signal(signal) => signal.off(id),
        }
    }

    fn off_and_wait(&self, id: ListenerId) -> Result<bool, WaitError> {
        match self {
            Self::Emitter(emitter) => off_and_wait(emitter, id),
            Self::Signal(signal) => signal_off_and_wait(signal, id),
        }
    }

    fn off_all(&self, event: Event<u32>) -> usize {
        match self {
            Self::Emitter(emitter) => emitter.off_all(event),
            Self::Signal(signal) => signal.off_all(),
        }
    }

    fn clear(&self) -> usize {
        match self {
            Self::Emitter(emitter) => emitter.clear(),
            Self::Signal(signal) => signal.clear(),
        }
    }

    fn look(&self, event: Event<u32>) {
        let listeners = match self {
            Self::Emitter(emitter) => {
                if emitter.event_names().len() > EVENTS.len() + HOOKS {
                    fault("names that nobody has registered".to_owned());
                }
                emitter.listeners(event)
            }
            Self::Signal(signal) => signal.listeners(),
        };
        for info in listeners {
            if info.remaining() == Some(0) {
                fault(format!("a listener without calls is listed: {info:?}"));
            }
        }
    }
}

/// Where an emitter or a signal is found. Each kind of place allows what can be balanced together.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Its handle is replaced now and then. Listeners may answer `Unsubscribe`, guards are dropped.
    Replaced,
    /// `off_all` and `clear` tell how many they removed, not which.
    Swept,
}

struct Place {
    at: u32,
    kind: Kind,
    make: fn() -> Home,
    home: Mutex<There>,
    known: Mutex<Vec<(ListenerId, Ticket)>>,
    guards: Mutex<Vec<Guard>>,
    swept: AtomicU64,
}

/// What is in a place.
#[derive(Clone)]
struct There {
    home: Home,
    /// What names it in the ledger.
    name: u32,
    /// What its hooks were told, if it has some.
    told: Option<Arc<Told>>,
}

impl There {
    fn new(kind: Kind, make: fn() -> Home, name: u32) -> Self {
        let home = make();
        let told = match &home {
            Home::Emitter(emitter) if kind == Kind::Replaced => Some(Told::by(emitter)),
            _ => None,
        };
        Self { home, name, told }
    }
}

/// A guard, and perhaps the emitter of it, which is then there when the guard is dropped.
type Guard = (Subscription, Ticket, Option<Home>);

impl Place {
    fn new(at: u32, kind: Kind, make: fn() -> Home) -> Self {
        Self {
            at,
            kind,
            make,
            home: Mutex::new(There::new(kind, make, at << 16)),
            known: Mutex::default(),
            guards: Mutex::default(),
            swept: AtomicU64::new(0),
        }
    }

    /// The handle that is there now, and its name in the ledger.
    fn home(&self) -> (Home, u32) {
        let there = self.home.lock().unwrap();
        (there.home.clone(), there.name)
    }

    fn is_known_enough(&self) -> bool {
        self.known.lock().unwrap().len() >= KNOWN_MAX
    }

    /// Makes a listener known to all threads.
    fn publish(&self, id: ListenerId, ticket: Ticket) {
        self.known.lock().unwrap().push((id, ticket));
    }

    /// One of the known listeners. It may remain known, and is then removed twice.
    fn pick(&self) -> Option<(ListenerId, Ticket)> {
        let mut known = self.known.lock().unwrap();
        if known.is_empty() {
            return None;
        }
        let at = below(u32::try_from(known.len()).unwrap()) as usize;
        Some(if one_in(4) {
            known[at]
        } else {
            known.swap_remove(at)
        })
    }
}

/// What the hooks of one emitter were told.
#[derive(Debug, Default)]
struct Told {
    added: AtomicU64,
    removed: AtomicU64,
}

impl Told {
    /// Has an emitter tell of its listeners, and hear of errors.
    fn by(emitter: &EventEmitter) -> Arc<Self> {
        let told = Arc::<Self>::default();
        let hears = Arc::clone(&told);
        emitter.on(LISTENER_ADDED, move |_| {
            hears.added.fetch_add(1, Ordering::Relaxed);
        });
        let hears = Arc::clone(&told);
        emitter.on(LISTENER_REMOVED, move |_| {
            hears.removed.fetch_add(1, Ordering::Relaxed);
        });
        emitter.on(LISTENER_ERROR, |_| add(Count::Errors, 1));
        told
    }
}

/// What several threads share, or one has for itself.
pub(crate) struct World {
    places: [Place; 4],
}

thread_local! {
    /// The world of this thread, as its listeners reach it.
    static WORLD: RefCell<Option<Arc<World>>> = const { RefCell::new(None) };
    /// The calls of the innermost emit.
    static CALLS: Cell<u64> = const { Cell::new(0) };
    /// The emits under way.
    static NESTED: Cell<u32> = const { Cell::new(0) };
}

/// Whether this thread is inside of an emit, so that its panics are part of the programme.
pub(crate) fn is_emitting() -> bool {
    NESTED.get() > 0
}

impl World {
    /// Makes a world. `nth` tells it from others in the ledger.
    pub(crate) fn new(nth: u32) -> Arc<Self> {
        use Kind::{Replaced, Swept};
        let place = |at, kind, make| Place::new(nth * 4 + at, kind, make);
        Arc::new(Self {
            places: [
                place(0, Replaced, || Home::Emitter(EventEmitter::new())),
                place(1, Swept, || {
                    let builder = EventEmitter::builder().panics(PanicPolicy::Isolate);
                    Home::Emitter(builder.max_depth(DEPTH_MAX as usize - 1).build())
                }),
                place(2, Replaced, || Home::Signal(Signal::named("alone"))),
                place(3, Swept, || Home::Signal(Signal::new())),
            ],
        })
    }

    /// Does what comes to mind, as long as `goes_on`.
    pub(crate) fn live(self: &Arc<Self>, mut goes_on: impl FnMut() -> bool) {
        WORLD.set(Some(Arc::clone(self)));
        while goes_on() && !ledger::is_full() {
            let depth = if one_in(6) { 1 + below(DEPTH_MAX) } else { 0 };
            self.act(depth);
        }
        WORLD.set(None);
    }

    /// Does one thing. Listeners that it reaches may act that deep.
    fn act(&self, depth: u32) {
        let place = &self.places[below(4) as usize];
        let event = EVENTS[below(4) as usize];
        let (home, name) = place.home();
        match below(24) {
            0..14 => emit_some(place, &home, event, depth),
            14..17 if !place.is_known_enough() => register(place, &home, name, event),
            14..20 => remove(place, &home, name),
            20 => subscribe(place, &home, name, event),
            21 => unsubscribe(place),
            22 if one_in(4) => self.sweep_or_replace(place, &home, event),
            22 => home.look(event),
            _ => tap(place, &home, name),
        }
    }

    fn sweep_or_replace(&self, place: &Place, home: &Home, event: Event<u32>) {
        add(Count::Sweeps, 1);
        if place.kind == Kind::Swept {
            let removed = match below(4) {
                0 => home.clear(),
                _ => home.off_all(event),
            };
            place.swept.fetch_add(removed as u64, Ordering::Relaxed);
            return;
        }
        let mut there = place.home.lock().unwrap();
        let name = there.name + 1;
        if name >> 16 != place.at {
            return;
        }
        let new = There::new(place.kind, place.make, name);
        let old = std::mem::replace(&mut *there, new);
        drop(there);
        add(Count::Emitters, 1);
        // User code: what the closures capture is dropped, unless others have handles.
        drop(old);
    }

    /// When its threads are gone: removes all that is left, and says how much that was.
    pub(crate) fn finish(&self) -> Vec<End> {
        let end = |place: &Place| {
            while let Some(guard) = pop(&place.guards) {
                unguard(place, guard);
            }
            let there = place.home.lock().unwrap().clone();
            let told = there.told.map(|told| {
                let count = |n: &AtomicU64| n.load(Ordering::Relaxed);
                (count(&told.added), count(&told.removed))
            });
            let hooks = if told.is_some() { HOOKS } else { 0 };
            End {
                name: there.name,
                is_swept: place.kind == Kind::Swept,
                told,
                swept: place.swept.load(Ordering::Relaxed),
                left: (there.home.clear() - hooks) as u64,
            }
        };
        self.places.iter().map(end).collect()
    }
}

fn pop<T>(from: &Mutex<Vec<T>>) -> Option<T> {
    from.lock().unwrap().pop()
}

/// What a place says of its last emitter or signal.
pub(crate) struct End {
    name: u32,
    is_swept: bool,
    /// Of how many additions and removals its hooks were told.
    told: Option<(u64, u64)>,
    /// How many listeners `off_all` and `clear` removed.
    swept: u64,
    /// How many were there at last.
    left: u64,
}

/// What the ledger says of the listeners of one emitter or signal.
#[derive(Default)]
struct Sum {
    added: u64,
    removed: u64,
    taps_added: u64,
    taps_removed: u64,
}

/// Says that what the places tell at their end is what the ledger has.
pub(crate) fn check(ends: &[End], entries: impl Iterator<Item = Entry>) {
    let swept: HashSet<u32> = ends
        .iter()
        .filter(|end| end.is_swept)
        .map(|end| end.name)
        .collect();
    let places: HashSet<u32> = ends.iter().map(|end| end.name >> 16).collect();
    let mut sums: HashMap<u32, Sum> = HashMap::new();
    for entry in entries.filter(|entry| places.contains(&(entry.home >> 16))) {
        let sum = sums.entry(entry.home).or_default();
        let is_removed = entry.has(mark::REMOVED);
        let reasons = [
            is_removed,
            entry.is_spent(),
            entry.has(mark::LEAVES),
            entry.has(mark::UNGUARDED),
        ];
        let reasons = reasons.iter().filter(|reason| **reason).count();
        if reasons > 1 {
            fault(format!("removed for two reasons: {entry:?}"));
        }
        let is_refused = entry.has(mark::REFUSED) && !swept.contains(&entry.home);
        let removed = u64::from(reasons > 0 || is_refused);
        let is_tap = u64::from(entry.has(mark::TAP));
        sum.added += 1;
        sum.removed += removed;
        sum.taps_added += is_tap;
        sum.taps_removed += is_tap * removed;
    }
    for end in ends {
        let Some(sum) = sums.remove(&end.name) else {
            balance("listeners that nobody added", end.left, 0);
            continue;
        };
        let swept = if end.is_swept { end.swept } else { 0 };
        let gone = sum.removed + swept + end.left;
        balance("listeners added, and gone or left", sum.added, gone);
        if let Some((added, removed)) = end.told {
            let of_taps = (sum.taps_added, sum.taps_removed);
            balance("additions and told ones", sum.added - of_taps.0, added);
            balance("removals and told ones", sum.removed - of_taps.1, removed);
        }
    }
}

/// What a listener does when it is called, and may act.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Deed {
    Count,
    Act,
    Fail,
    Panic,
    Stop,
    Leave,
}

/// What a listener's closure captures.
struct Listener {
    token: Token,
    deed: Deed,
    /// Whether it is entered, where only one call may be at a time.
    is_entered: AtomicBool,
    /// Dropped behind the token: user code in the drop of a closure.
    _last: Option<LastWords>,
}

impl Listener {
    fn new(home: u32, limit: u32, marks: u32, deed: Deed) -> Self {
        Self {
            // On one thread, `off` is the end of it.
            token: Token::open(home, limit, marks, if SHARED { 0 } else { mark::REMOVED }),
            deed,
            is_entered: AtomicBool::new(false),
            _last: one_in(32).then_some(LastWords),
        }
    }

    /// The body of each listener.
    fn call(&self, depth: u32) -> oyez::Result<Flow> {
        let _call = self.token.called();
        CALLS.set(CALLS.get() + 1);
        add(Count::Calls, 1);
        if depth == 0 {
            return Ok(Flow::Continue);
        }
        match self.deed {
            Deed::Count => {}
            Deed::Act => with_world(|world| {
                for _ in 0..1 + below(2) {
                    world.act(depth - 1);
                }
            }),
            Deed::Fail => return Err("failed".into()),
            // Not `panic!`: it would be slow, since a message is made.
            Deed::Panic => resume_unwind(Box::new("panicked")),
            Deed::Stop => return Ok(Flow::Stop),
            Deed::Leave => {
                self.token.ticket().mark(mark::LEAVES);
                return Ok(Flow::Unsubscribe);
            }
        }
        Ok(Flow::Continue)
    }

    /// The body of a listener that has a state of its own.
    fn call_mut(&mut self, depth: u32) -> oyez::Result<Flow> {
        struct Entered<'a>(&'a AtomicBool);
        impl Drop for Entered<'_> {
            fn drop(&mut self) {
                self.0.store(false, Ordering::Relaxed);
            }
        }
        if self.is_entered.swap(true, Ordering::Relaxed) {
            fault("two calls at once of a listener with a state of its own".to_owned());
        }
        let _entered = Entered(&self.is_entered);
        self.call(depth)
    }
}

/// Emits when it is dropped, wherever that is.
struct LastWords;

impl Drop for LastWords {
    fn drop(&mut self) {
        with_world(|world| {
            let (home, _) = world.places[below(4) as usize].home();
            emit(&home, EVENTS[below(4) as usize], 0, How::Try);
        });
    }
}

/// Does something with the world of this thread, if it is in one.
fn with_world(f: impl FnOnce(&Arc<World>)) {
    let world = WORLD.try_with(|world| world.borrow().clone());
    if let Ok(Some(world)) = world {
        f(&world);
    }
}

fn emit_some(place: &Place, home: &Home, event: Event<u32>, depth: u32) {
    let handle = match home {
        Home::Emitter(emitter) if one_in(4) => Home::Signal(emitter.signal(event)),
        _ => home.clone(),
    };
    let how = if one_in(4) { How::Try } else { How::Emit };
    if depth > 0 || is_emitting() {
        return emit(&handle, event, depth, how);
    }
    for _ in 0..BURST {
        emit(&handle, event, 0, how);
    }
    // A weak handle reaches who is there, and nobody else.
    if let Home::Emitter(emitter) = home
        && one_in(64)
    {
        let weak = emitter.downgrade();
        if weak.upgrade().is_none_or(|same| !same.ptr_eq(emitter)) {
            fault(format!("the weak handle of {} reaches another", place.at));
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum How {
    Emit,
    Try,
}

/// Emits, and says that the answer is what the listeners have counted. A panic goes no further, or
/// through the emits around this one as well.
fn emit(home: &Home, event: Event<u32>, depth: u32, how: How) {
    add(Count::Emits, 1);
    let outer = CALLS.replace(0);
    NESTED.set(NESTED.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(|| match how {
        How::Emit => Ok(home.emit(event, depth)),
        How::Try => home.try_emit(event, depth),
    }));
    NESTED.set(NESTED.get() - 1);
    let called = CALLS.replace(outer);
    let answered = match done {
        Ok(Ok(answered)) => answered,
        Ok(Err(EmitError::Listeners(errors))) => {
            add(Count::Errors, errors.iter().count() as u64);
            errors.called()
        }
        Ok(Err(_too_deep)) => {
            add(Count::Refusals, 1);
            0
        }
        Err(panic) => {
            add(Count::Panics, 1);
            add(Count::Unwound, called);
            if is_emitting() && !std::thread::panicking() && one_in(2) {
                resume_unwind(panic);
            }
            return;
        }
    };
    balance(
        "what an emit answers, and its calls",
        answered as u64,
        called,
    );
    add(Count::Answered, answered as u64);
}

fn register(place: &Place, home: &Home, name: u32, event: Event<u32>) {
    add(Count::Adds, 1);
    let limit = match below(4) {
        0 => 1 + below(3),
        _ => 0,
    };
    let leaves = place.kind == Kind::Replaced && limit == 0;
    let deed = match below(24) {
        0..2 => Deed::Act,
        2 => Deed::Fail,
        3 => Deed::Panic,
        4 => Deed::Stop,
        5 if leaves => Deed::Leave,
        _ => Deed::Count,
    };
    let listener = Listener::new(name, limit, 0, deed);
    let ticket = listener.token.ticket();
    let mut listen = home.listen(event);
    if one_in(8) {
        listen = listen.prepend().priority(1 - below(3) as i32);
    }
    if limit > 1 {
        listen = listen.times(limit as usize);
    }
    let has_state = one_in(4);
    let mut with_state = listener;
    let id = if limit == 1 {
        listen.once(move |depth| with_state.call_mut(*depth))
    } else if has_state {
        listen.on_mut(move |depth| with_state.call_mut(*depth))
    } else {
        let listener = with_state;
        match deed {
            Deed::Count => listen.on(move |depth| drop(listener.call(*depth))),
            _ => listen.on(move |depth| listener.call(*depth)),
        }
    };
    // Nobody else may remove who leaves: it could not be told who has.
    if deed != Deed::Leave {
        place.publish(id, ticket);
    }
}

fn remove(place: &Place, home: &Home, name: u32) {
    let Some((id, ticket)) = place.pick() else {
        return;
    };
    let mut removed = false;
    // A refused wait does not say who removed the listener. Where that can also be a sweep, `off` says.
    let waits = one_in(4);
    if !waits || place.kind == Kind::Swept {
        removed = home.off(id);
    }
    if waits {
        add(Count::Waits, 1);
        match home.off_and_wait(id) {
            Ok(by_wait) => {
                removed |= by_wait;
                // Of a listener of another emitter it says nothing.
                if SHARED && ticket.home() == name {
                    ticket.mark(mark::OVER);
                }
            }
            Err(_refused) => {
                add(Count::Refusals, 1);
                ticket.mark(mark::REFUSED);
            }
        }
    }
    if removed {
        removed_by_id(ticket);
    }
    if home.off(id) {
        fault(format!("removed, and still there: {ticket:?}"));
    }
}

fn removed_by_id(ticket: Ticket) {
    add(Count::Removals, 1);
    if !ticket.mark(mark::REMOVED) {
        fault(format!("removed twice: {ticket:?}"));
    }
}

fn subscribe(place: &Place, home: &Home, name: u32, event: Event<u32>) {
    if place.guards.lock().unwrap().len() >= GUARDS_MAX {
        return unsubscribe(place);
    }
    add(Count::Adds, 1);
    let listener = Listener::new(name, 0, 0, Deed::Act);
    let ticket = listener.token.ticket();
    let subscribed = home
        .listen(event)
        .subscribe(move |depth| listener.call(*depth));
    let kept = (place.kind == Kind::Replaced && one_in(2)).then(|| home.clone());
    place
        .guards
        .lock()
        .unwrap()
        .push((subscribed, ticket, kept));
}

fn unsubscribe(place: &Place) {
    if let Some(guard) = pop(&place.guards) {
        unguard(place, guard);
    }
}

fn unguard(place: &Place, (guard, ticket, home): Guard) {
    debug_assert!(home.is_none() || place.kind == Kind::Replaced);
    if home.is_some() {
        add(Count::Removals, 1);
        drop(guard);
        ticket.mark(mark::UNGUARDED);
    } else if guard.unsubscribe() {
        removed_by_id(ticket);
    }
}

fn tap(place: &Place, home: &Home, name: u32) {
    let Home::Emitter(emitter) = home else {
        return;
    };
    if place.is_known_enough() || !one_in(4) {
        return remove(place, home, name);
    }
    add(Count::Adds, 1);
    let token = Token::open(name, 0, mark::TAP, 0);
    let ticket = token.ticket();
    let id = emitter.on_any(move |_| {
        let _call = token.called();
        add(Count::Taps, 1);
    });
    place.publish(id, ticket);
}
