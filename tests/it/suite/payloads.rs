//! What can be emitted: anything that can be lent as `&T`, never cloned, and nothing allocated.

#![allow(
    clippy::needless_borrows_for_generic_args,
    reason = "the borrows are what is tested"
)]

use super::*;
use crate::alloc::allocations;
use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

#[test]
fn a_sized_payload_may_come_in_any_wrapping() {
    // `T`, `&T`, `&&T`, `&mut T`, `Box`, `Rc`, `Arc`, `Cow`, and references to these.
    let (e, trace) = setup();
    e.on(NUM, move |n| trace.log(n));
    let mut n = 1;
    e.emit(NUM, n);
    e.emit(NUM, &n);
    e.emit(NUM, &&n);
    e.emit(NUM, &mut n);
    e.emit(NUM, Box::new(2));
    e.emit(NUM, Rc::new(2));
    e.emit(NUM, Arc::new(2));
    e.emit(NUM, Cow::Owned(2));
    e.emit(NUM, Cow::Borrowed(&2));
    e.emit(NUM, &Box::new(3));
    e.emit(NUM, &Rc::new(3));
    e.emit(NUM, &Arc::new(3));
    e.emit(NUM, &Cow::Borrowed(&3));
    trace.expect("1 1 1 1 2 2 2 2 2 3 3 3 3");
}

#[test]
fn a_str_may_come_in_any_wrapping() {
    // For `str` also `String` and `&String`.
    const TEXT: Event<str> = Event::new("text");
    let (e, trace) = setup();
    e.on(TEXT, move |text| trace.log(text));
    let mut owned = String::from("b");
    e.emit(TEXT, "a");
    e.emit(TEXT, &"a");
    e.emit(TEXT, &owned);
    e.emit(TEXT, owned.clone());
    e.emit(TEXT, owned.as_mut_str());
    e.emit(TEXT, Box::<str>::from("c"));
    e.emit(TEXT, Rc::<str>::from("c"));
    e.emit(TEXT, Arc::<str>::from("c"));
    e.emit(TEXT, Cow::Borrowed("c"));
    e.emit(TEXT, Cow::<str>::Owned(owned));
    e.emit(TEXT, &Box::<str>::from("d"));
    e.emit(TEXT, &Rc::<str>::from("d"));
    e.emit(TEXT, &Arc::<str>::from("d"));
    e.emit(TEXT, &Cow::Borrowed("d"));
    trace.expect("a a b b b c c c c b d d d d");
}

#[test]
fn a_slice_may_come_in_any_wrapping() {
    // For `[U]` also `Vec<U>`, `&Vec<U>`, `[U; N]`, `&[U; N]`.
    const BYTES: Event<[u8]> = Event::new("bytes");
    let (e, trace) = setup();
    e.on(BYTES, move |bytes| trace.log(bytes.iter().sum::<u8>()));
    let mut vec = vec![1, 2];
    e.emit(BYTES, [1]);
    e.emit(BYTES, &[1]);
    e.emit(BYTES, b"\x01");
    e.emit(BYTES, &vec[..]);
    e.emit(BYTES, &vec);
    e.emit(BYTES, &mut vec[..]);
    e.emit(BYTES, vec.clone());
    e.emit(BYTES, Box::<[u8]>::from([4]));
    e.emit(BYTES, Rc::<[u8]>::from([4]));
    e.emit(BYTES, Arc::<[u8]>::from([4]));
    e.emit(BYTES, Cow::Borrowed(&vec[..]));
    e.emit(BYTES, Cow::<[u8]>::Owned(vec));
    e.emit(BYTES, []);
    trace.expect("1 1 1 3 3 3 3 4 4 4 3 3 0");
}

#[test]
fn a_trait_object_may_come_in_any_wrapping() {
    // "may be unsized: ... `dyn Trait`".
    trait Speak {
        fn speak(&self) -> &str;
    }
    struct Dog;
    impl Speak for Dog {
        fn speak(&self) -> &str {
            "wow"
        }
    }
    const SPEAK: Event<dyn Speak> = Event::new("speak");
    let (e, trace) = setup();
    e.on(SPEAK, move |speaker| trace.log(speaker.speak()));
    e.emit(SPEAK, &Dog as &dyn Speak);
    e.emit(SPEAK, Box::new(Dog) as Box<dyn Speak>);
    e.emit(SPEAK, Rc::new(Dog) as Rc<dyn Speak>);
    e.emit(SPEAK, &(Arc::new(Dog) as Arc<dyn Speak>));
    trace.expect("wow wow wow wow");
}

#[test]
fn a_payload_that_is_itself_a_wrapping_is_taken_as_it_is() {
    // `T` may be what is a wrapping elsewhere: a `String`, a `&'static str`, a `Box`, a `Vec`.
    const OWNED: Event<String> = Event::new("owned");
    const WORD: Event<&'static str> = Event::new("word");
    const BOXED: Event<Box<i32>> = Event::new("boxed");
    const LIST: Event<Vec<u8>> = Event::new("list");
    const MAYBE: Event<Option<i32>> = Event::new("maybe");
    let (e, trace) = setup();
    e.on(OWNED, move |text| trace.log(text));
    e.on(WORD, move |word| trace.log(word));
    e.on(BOXED, move |boxed| trace.log(boxed));
    e.on(LIST, move |list| trace.log(list.len()));
    e.on(MAYBE, move |maybe| trace.log(format_args!("{maybe:?}")));
    e.emit(OWNED, String::from("a"));
    e.emit(OWNED, &String::from("b"));
    e.emit(WORD, "c");
    e.emit(BOXED, Box::new(4));
    e.emit(BOXED, &Box::new(5));
    e.emit(LIST, vec![1, 2]);
    e.emit(LIST, Arc::new(vec![1]));
    e.emit(MAYBE, None);
    e.emit(MAYBE, Some(6));
    trace.expect("a b c 4 5 2 1 None Some(6)");
}

#[test]
fn nothing_is_emitted_as_the_unit() {
    // "`()` for none."
    const CLOSED: Event<()> = Event::new("closed");
    let (e, trace) = setup();
    e.on(CLOSED, move |()| trace.log("a"));
    e.once(CLOSED, move |_| trace.log("b"));
    assert_eq!(e.emit(CLOSED, ()), 2);
    trace.expect("a b");
}

#[test]
fn a_method_called_lend_is_that_of_its_type() {
    // `Payload` comes in with `use oyez::*`, is implemented for every type, and takes no method's place.
    struct Library(u32);
    impl Library {
        fn lend(&mut self, books: u32) -> u32 {
            self.0 -= books;
            self.0
        }
    }
    trait Lend {
        fn lend(&self) -> u32;
    }
    impl Lend for u32 {
        fn lend(&self) -> u32 {
            *self
        }
    }
    let mut library = Library(3);
    assert_eq!((library.lend(1), 7.lend()), (2, 7));
    const LIBRARY: Event<Library> = Event::new("library");
    assert_eq!(EventEmitter::new().emit(LIBRARY, library), 0);
}

#[test]
fn literals_and_turbofishes_infer() {
    // "literals still infer"; "type parameters stay named, `emit<T, P>`, so that a turbofish works".
    const WIDE: Event<u64> = Event::new("wide");
    const RATIO: Event<f32> = Event::new("ratio");
    const PAIR: Event<(u8, &'static str)> = Event::new("pair");
    const TEXT: Event<str> = Event::new("text");
    let (e, trace) = setup();
    e.on(WIDE, move |n| trace.log(n));
    e.on(RATIO, move |n| trace.log(n));
    e.on(PAIR, move |(n, text)| trace.log(format_args!("{n}{text}")));
    e.on(TEXT, move |text| trace.log(text.len()));
    e.emit(WIDE, 1);
    e.emit(RATIO, 0.5);
    e.emit(PAIR, (1, "x"));
    e.emit::<u64, _>(WIDE, 2);
    e.emit::<str, &str>(TEXT, "four");
    e.try_emit::<u64, &u64>(WIDE, &3).unwrap();
    trace.expect("1 0.5 1x 2 4 3");
}

#[test]
fn a_payload_is_never_cloned_and_dropped_once() {
    // It has no `Clone`; owned, it is dropped after the last listener; lent, not at all.
    struct Message(#[allow(dead_code, reason = "owned for its `Drop`")] crate::support::Probe);
    const MESSAGE: Event<Message> = Event::new("message");
    let (e, trace) = setup();
    let message = || Message(trace.probe("dropped"));
    e.emit(MESSAGE, message());
    trace.expect("dropped");
    e.on(MESSAGE, move |_| trace.log("a"));
    e.on(MESSAGE, move |_| trace.log("b"));
    e.emit(MESSAGE, message());
    trace.expect("a b dropped");
    let kept = Arc::new(message());
    e.emit(MESSAGE, &*kept);
    e.emit(MESSAGE, Arc::clone(&kept));
    trace.expect("a b a b");
    drop(kept);
    trace.expect("dropped");
    e.on(MESSAGE, |_| panic!("boom"));
    panic_text(|| e.emit(MESSAGE, message()));
    trace.expect("a b dropped");
}

#[test]
fn a_listener_sees_the_payload_where_it_is() {
    // Lent, not moved: all listeners get the same address, that of the caller's own value.
    let (e, trace) = setup();
    let payload = 7;
    let at = &raw const payload as usize;
    for _ in 0..2 {
        e.on(NUM, move |n| {
            trace.log(std::ptr::from_ref(n) as usize == at)
        });
    }
    e.emit(NUM, &payload);
    trace.expect("true true");
}

#[test]
fn a_payload_need_be_neither_send_nor_sync() {
    // It is lent on the thread that emits, in either flavour, and may answer through a `Cell`.
    const ASK: Event<Rc<Cell<i32>>> = Event::new("ask");
    const CELL: Event<Cell<i32>> = Event::new("cell");
    let (e, _) = setup();
    e.on(ASK, |answer| answer.set(answer.get() + 1));
    e.on(CELL, |answer| answer.set(answer.get() * 2));
    let answer = Rc::new(Cell::new(20));
    e.emit(ASK, &answer);
    e.emit(CELL, &*answer);
    e.emit(CELL, Rc::new(Cell::new(0)));
    assert_eq!(answer.get(), 42);
}

#[test]
fn events_are_constants_that_copy_and_compare() {
    // "`Copy`, `const`-constructible"; the same if name *and* type are equal.
    const A: Event<dyn Fn()> = Event::new("a");
    static B: Event<[String]> = Event::new("b");
    let (a, b) = (A, B);
    assert_eq!((a.name(), b.name(), B.name()), ("a", "b", "b"));
    assert!(a == A && Event::<i32>::new("num") == NUM && NUM != OTHER);
    assert!(!format!("{NUM:?}").is_empty());
    #[allow(clippy::clone_on_copy, reason = "it is what is tested")]
    let c = a.clone();
    assert!(c == a && a == "a" && a != "b");
    let both = std::collections::HashSet::from([NUM, OTHER, NUM]);
    assert!(both.len() == 2 && both.contains(&Event::new("num")));
    let hashes = std::hash::RandomState::new();
    let hash = |event: Event<i32>| std::hash::BuildHasher::hash_one(&hashes, event);
    assert!(hash(NUM) == hash(Event::new("num")) && hash(NUM) != hash(OTHER));
}

#[test]
fn a_registration_allocates_what_it_says() {
    // One for the closure; one more for a priority, a label, a limit above 1, and for the gate that threads wait at.
    let e = EventEmitter::new();
    e.on(NUM, |_| ());
    let adding = |add: &dyn Fn() -> ListenerId| {
        let mut id = None;
        let count = allocations(|| id = Some(add()));
        assert!(e.off(id.unwrap()));
        count
    };
    // By then there is room for a second listener, and a list of free places.
    (0..32).for_each(|_| _ = adding(&|| e.on(NUM, |_| ())));
    let on = adding(&|| e.on(NUM, |_| ()));
    // The safe twin has counted pointers instead.
    assert!(on == 1 || cfg!(oyez_safe), "{on}");
    assert_eq!(adding(&|| e.once(NUM, |_| ())), on);
    assert_eq!(adding(&|| e.times(NUM, 2, |_| ())), on + 1);
    assert_eq!(adding(&|| e.listen(NUM).label("l").on(|_| ())), on + 1);
    let gate = usize::from(SHARED);
    assert_eq!(adding(&|| e.on_mut(NUM, |_| ())), on + gate);
    assert_eq!(adding(&|| e.listen(NUM).label("l").on_mut(|_| ())), on + 1);
}

#[test]
fn an_emit_allocates_nothing() {
    // From the very first emit, with one listener and with a thousand, with a tap, nested,
    // through `try_emit` and a signal, with nobody there.
    const TEXT: Event<str> = Event::new("text");
    let e = EventEmitter::new();
    let signal = e.signal(NUM);
    assert_eq!(allocations(|| _ = e.emit(NUM, 1)), 0, "nobody");
    assert_eq!(allocations(|| _ = signal.emit(1)), 0, "nobody, signal");
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = || {
        let calls = Arc::clone(&calls);
        move |_: &i32| _ = calls.fetch_add(1, Ordering::Relaxed)
    };
    e.on(NUM, counter());
    assert_eq!(allocations(|| _ = e.emit(NUM, 1)), 0, "one");
    e.on_mut(NUM, counter());
    e.times(NUM, 1_000_000, counter());
    e.on(NUM, |_| Ok::<(), BoxError>(()));
    assert_eq!(allocations(|| _ = e.emit(NUM, 1)), 0, "four");
    for _ in 0..1_000 {
        e.listen(NUM).priority(1).on(counter());
    }
    assert_eq!(allocations(|| _ = e.emit(NUM, 1)), 0, "many");
    assert_eq!(
        allocations(|| _ = e.try_emit(NUM, 1).unwrap()),
        0,
        "try_emit"
    );
    assert_eq!(allocations(|| _ = signal.emit(1)), 0, "signal");
    e.on_any(|any| assert!(any.get(NUM).is_none() || any.is(NUM)));
    assert_eq!(allocations(|| _ = e.emit(NUM, 1)), 0, "tap");
    let text = String::from("owned");
    e.on(TEXT, |text| assert_eq!(text, "owned"));
    assert_eq!(allocations(|| _ = e.emit(TEXT, text)), 0, "string");
    assert_eq!(calls.load(Ordering::Relaxed), 1 + 3 + 4 * 1_003);
    let spent = Signal::<i32>::new();
    for count in 1..=3 {
        (0..count).for_each(|_| _ = spent.once(|_| ()));
        assert_eq!(allocations(|| _ = spent.emit(1)), 0, "once, {count}");
    }
}

#[test]
fn a_nested_emit_allocates_nothing() {
    // At every depth, and where listeners are removed on the way.
    let e = EventEmitter::new();
    e.on(
        NUM,
        within(&e, |e, n| {
            if n < 100 {
                e.emit(NUM, n + 1);
            }
        }),
    );
    assert_eq!(allocations(|| _ = e.emit(NUM, 98)), 0, "shallow");
    assert_eq!(allocations(|| _ = e.emit(NUM, 1)), 0, "deep");
    e.once(NUM, |_| {});
    e.times(NUM, 1, |_| {});
    e.on(NUM, |_| Flow::Unsubscribe);
    assert_eq!(allocations(|| _ = e.emit(NUM, 98)), 0, "removing");
    assert_eq!(e.listener_count(NUM), 1);
}
