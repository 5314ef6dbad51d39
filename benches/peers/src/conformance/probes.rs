//! The probes, for every peer. A listener reaches its emitter by a stage of its thread.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};

use crate::payload::{PAYLOAD, Payload};
use crate::peers::*;

/// The contestants, by name.
pub(crate) fn contestants() -> impl Iterator<Item = &'static str> {
    CONTESTANTS.iter().map(|&(name, _)| name)
}

/// What contestant `name` answers to `probe`. For the process that only does this.
pub(crate) fn answer(name: &str, probe: &str) -> String {
    let mut contestants = CONTESTANTS.iter();
    let (_, ask) = contestants
        .find(|&&(known, _)| known == name)
        .expect("a contestant's name");
    match catch_unwind(AssertUnwindSafe(|| ask(probe))) {
        Ok(answer) => answer,
        Err(_) => "panics".to_owned(),
    }
}

type Ask = fn(&str) -> String;

macro_rules! contestants {
    ($($Peer:ty),+ $(,)?) => { &[$((<$Peer as Peer>::NAME, ask::<$Peer>)),+] };
}

const CONTESTANTS: &[(&str, Ask)] = contestants![
    LocalSignal,
    LocalEmitter,
    SharedSignal,
    SharedEmitter,
    Signals2,
    RxLocalScheduled,
    RxSharedScheduled,
    BevyCommands,
    ModEvents,
    HeyListen,
    AsyncEventEmitter,
    EventEmitterRs,
];

fn ask<P: Peer>(probe: &str) -> String {
    match probe {
        "call" => call::<P>(),
        "add" => add::<P>(),
        "remove-later" => remove_later::<P>(),
        "remove-self" => remove_self::<P>(),
        "nested" => nested::<P>(),
        "order" => order::<P>(),
        "twice" => twice::<P>(),
        "cut" => cut::<P>(),
        "cleared" => cleared::<P>(),
        "panic" => panic::<P>(),
        "drop" => drop_inside::<P>(),
        "once" => once::<P>(),
        "clear" => clear::<P>(),
        _ => unreachable!("no probe is called {probe}"),
    }
}

/// The listeners that were called, by tag. Of all threads, since one peer calls each on its own.
static LOG: Mutex<Vec<u32>> = Mutex::new(Vec::new());

thread_local! {
    static PEER: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
    static IDS: RefCell<Vec<(u32, Box<dyn Any>)>> = const { RefCell::new(Vec::new()) };
}

fn log() -> Vec<u32> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Whether listeners of this peer can reach it: only with another handle to it.
fn set_stage<P: Peer>() -> bool {
    let peer = P::new();
    let reachable = peer.handle().is_some();
    PEER.set(Some(Box::new(peer)));
    reachable
}

/// `act` with a handle to the peer on the stage; with the peer itself where there is only one.
fn with_peer<P: Peer, R>(act: impl FnOnce(&mut P) -> R) -> R {
    let handle = PEER.with_borrow(|peer| {
        let peer = peer.as_ref().expect("the stage is set");
        peer.downcast_ref::<P>().expect("of this type").handle()
    });
    match handle {
        Some(mut handle) => act(&mut handle),
        None => PEER.with_borrow_mut(|peer| {
            let peer = peer.as_mut().expect("the stage is set");
            act(peer.downcast_mut::<P>().expect("of this type"))
        }),
    }
}

fn push(tag: u32) {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).push(tag);
}

/// Adds a listener that logs `tag` and then acts.
fn on<P: Peer>(tag: u32, act: impl Fn() + Send + Sync + 'static) {
    let id = with_peer(|peer: &mut P| {
        peer.on(move |_| {
            push(tag);
            act();
        })
    });
    IDS.with_borrow_mut(|ids| ids.push((tag, Box::new(id))));
}

fn off<P: Peer>(tag: u32) -> Offer {
    let id = IDS.with_borrow_mut(|ids| {
        let place = ids.iter().position(|(of, _)| *of == tag)?;
        Some(ids.remove(place).1)
    });
    match id {
        Some(id) => {
            let id = id.downcast::<P::Id>().expect("of this type");
            with_peer(|peer: &mut P| peer.off(*id))
        }
        None => Offer::Done,
    }
}

/// What one emit called.
fn emit<P: Peer>() -> Vec<u32> {
    let before = log().len();
    with_peer(|peer: &mut P| peer.emit(&PAYLOAD));
    log().split_off(before)
}

/// `act`, the first time only.
fn first_time(act: impl Fn() + Send + Sync) -> impl Fn() + Send + Sync {
    let done = AtomicBool::new(false);
    move || {
        if !done.swap(true, SeqCst) {
            act();
        }
    }
}

fn verdict(yes: bool, log: &[u32]) -> String {
    if yes {
        "yes".to_owned()
    } else {
        format!("no: {log:?}")
    }
}

fn sorted(mut log: Vec<u32>) -> Vec<u32> {
    log.sort_unstable();
    log
}

fn not_offered() -> String {
    "not offered".to_owned()
}

fn call<P: Peer>() -> String {
    set_stage::<P>();
    on::<P>(1, || ());
    let log = emit::<P>();
    verdict(log == [1], &log)
}

fn add<P: Peer>() -> String {
    if !set_stage::<P>() {
        return not_offered();
    }
    on::<P>(1, first_time(|| on::<P>(2, || ())));
    let first = emit::<P>();
    if first != [1] {
        return verdict(false, &first);
    }
    let second = sorted(emit::<P>());
    verdict(second == [1, 2], &second)
}

/// Each of two removes the other: whoever comes first is the only one.
fn remove_later<P: Peer>() -> String {
    if !set_stage::<P>() {
        return not_offered();
    }
    on::<P>(1, || assert_eq!(off::<P>(2), Offer::Done));
    on::<P>(2, || assert_eq!(off::<P>(1), Offer::Done));
    let log = emit::<P>();
    verdict(log.len() == 1, &log)
}

fn remove_self<P: Peer>() -> String {
    if !set_stage::<P>() {
        return not_offered();
    }
    on::<P>(1, || assert_eq!(off::<P>(1), Offer::Done));
    on::<P>(2, || ());
    let first = sorted(emit::<P>());
    if first != [1, 2] {
        return verdict(false, &first);
    }
    let second = emit::<P>();
    verdict(second == [2], &second)
}

fn nested<P: Peer>() -> String {
    if !set_stage::<P>() {
        return not_offered();
    }
    let again = Arc::new(first_time(|| {
        emit::<P>();
    }));
    for tag in [1, 2] {
        let again = again.clone();
        on::<P>(tag, move || again());
    }
    let log = emit::<P>();
    if sorted(log.clone()) == [1, 1, 2, 2] && log[0] != log[1] {
        return "afterwards".to_owned();
    }
    // Whoever is first emits again, before the other one has been called.
    verdict(sorted(log.clone()) == [1, 1, 2, 2], &log)
}

/// How often the order is looked at: where threads make it, it may be right by luck.
const LOOKS: usize = 200;

fn order<P: Peer>() -> String {
    set_stage::<P>();
    (1..=5).for_each(|tag| on::<P>(tag, || ()));
    let expected: &[u32] = match off::<P>(3) {
        Offer::Done => &[1, 2, 4, 5, 6],
        Offer::NotOffered => &[1, 2, 3, 4, 5, 6],
    };
    on::<P>(6, || ());
    let mut logs = (0..LOOKS).map(|_| emit::<P>());
    match logs.find(|log| log != expected) {
        Some(log) => verdict(false, &log),
        None => verdict(true, expected),
    }
}

/// The very same closure: it is copied.
fn twice<P: Peer>() -> String {
    set_stage::<P>();
    let listener = |_: &Payload| push(1);
    for _ in 0..2 {
        with_peer(|peer: &mut P| peer.on(listener));
    }
    let log = emit::<P>();
    verdict(log == [1, 1], &log)
}

fn cut<P: Peer>() -> String {
    set_stage::<P>();
    on::<P>(1, || ());
    if off::<P>(1) == Offer::NotOffered {
        return not_offered();
    }
    let log = emit::<P>();
    verdict(log.is_empty(), &log)
}

fn cleared<P: Peer>() -> String {
    set_stage::<P>();
    on::<P>(1, || ());
    if with_peer(P::clear) == Offer::NotOffered {
        return not_offered();
    }
    let log = emit::<P>();
    verdict(log.is_empty(), &log)
}

fn panic<P: Peer>() -> String {
    set_stage::<P>();
    on::<P>(1, first_time(|| panic!("a listener panics")));
    on::<P>(2, || ());
    let through = catch_unwind(AssertUnwindSafe(emit::<P>)).is_err();
    on::<P>(3, || ());
    let log = sorted(emit::<P>());
    match log == [1, 2, 3] && !through {
        true => "yes, and says nothing".to_owned(),
        false => verdict(log == [1, 2, 3], &log),
    }
}

/// The emit goes on, and when it is over, the listeners are released.
fn drop_inside<P: Peer>() -> String {
    if !set_stage::<P>() || !P::ENDS_WITH_HANDLES {
        return not_offered();
    }
    let token = Arc::new(());
    for tag in [1, 2] {
        let token = token.clone();
        on::<P>(tag, move || {
            let _held = &token;
            drop(PEER.take());
        });
    }
    IDS.take();
    let log = emit::<P>();
    if sorted(log.clone()) != [1, 2] {
        return verdict(false, &log);
    }
    match Arc::strong_count(&token) {
        1 => "yes".to_owned(),
        _ => "no: listeners are kept".to_owned(),
    }
}

fn once<P: Peer>() -> String {
    let reachable = set_stage::<P>();
    let calls = Arc::new(Mutex::new(Vec::new()));
    let called = calls.clone();
    let offer = with_peer(|peer: &mut P| {
        peer.once(move |_| {
            let calls = {
                let mut called = called.lock().expect("nobody panics with it");
                called.push(1);
                called.len()
            };
            if reachable && calls < 10 {
                emit::<P>();
            }
        })
    });
    if offer == Offer::NotOffered {
        return not_offered();
    }
    emit::<P>();
    emit::<P>();
    let log = calls.lock().expect("nobody panics with it").clone();
    verdict(log == [1], &log)
}

/// Whoever is first removes all.
fn clear<P: Peer>() -> String {
    if !set_stage::<P>() || with_peer(P::clear) == Offer::NotOffered {
        return not_offered();
    }
    for tag in [1, 2] {
        on::<P>(tag, || assert_eq!(with_peer(P::clear), Offer::Done));
    }
    let first = emit::<P>();
    if first.len() != 1 {
        return verdict(false, &first);
    }
    let second = emit::<P>();
    verdict(second.is_empty(), &second)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: the probes ask what they say, and this crate keeps its rules. Method: each probe on a stage of
    /// its own, one after the other, since they share the log.
    #[test]
    fn oyez_answers_yes_to_every_probe_and_what_cannot_be_asked_is_not_offered() {
        let answer = |name: &'static str, probe: &'static str| {
            let asked = std::thread::spawn(move || answer(name, probe));
            asked.join().expect("a panic is an answer")
        };
        for name in contestants().filter(|name| name.starts_with("oyez")) {
            for (probe, _) in super::super::PROBES {
                assert_eq!(answer(name, probe), "yes", "{name}, {probe}");
            }
        }
        assert_eq!(answer(<HeyListen as Peer>::NAME, "add"), "not offered");
        assert_eq!(answer(Signals2::NAME, "nested"), "yes");
        assert_eq!(answer(ModEvents::NAME, "remove-later"), "no: [1, 2]");
        assert_eq!(answer(RxLocal::NAME, "nested"), "panics");
    }
}
