//! What the compiler says of mistakes: in the words of the crate, with what to do instead.
//!
//! Where it can't be asked these tests say so and pass; with `OYEZ_COMPILER_REQUIRED=1` they fail.

use crate::support::assert_contains;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The library that was built last, and the folder of what it is built on: beside this test.
fn library() -> Option<(PathBuf, PathBuf)> {
    let test = env::current_exe().expect("the path of this binary");
    let folder = test.parent().expect("it is in a folder");
    let is_library = |path: &PathBuf| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        name.starts_with("liboyez-") && name.ends_with(".rlib")
    };
    let files = fs::read_dir(folder).expect("a folder can be read");
    let libraries = files.map(|file| file.unwrap().path()).filter(is_library);
    let newest = libraries.max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap())?;
    Some((newest, folder.to_owned()))
}

/// Compiles a function with this body. `name` is that of the test.
fn compile(name: &str, body: &str) -> Option<Output> {
    let (library, folder) = library()?;
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "-"])
        .args(["-o".as_ref(), out.as_os_str()])
        .args(["-L".as_ref(), folder.as_os_str()])
        .arg("--extern")
        .arg(format!("oyez={}", library.display()))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let program = format!("#![allow(dead_code)]\nuse oyez::*;\npub fn program() {{ {body} }}\n");
    let mut input = rustc.stdin.take().expect("it is piped");
    input.write_all(program.as_bytes()).expect("it is read");
    drop(input);
    Some(rustc.wait_with_output().expect("a compiler ends"))
}

/// What the compiler says of `mistake` behind `before`, where `meant` compiles. `None` if it can't be asked: there is
/// no compiler, or the library was built in a way of its own, such as for a sanitizer.
fn says(name: &str, before: &str, mistake: &str, meant: &str) -> Option<String> {
    let twin = compile(name, &format!("{before}{meant}"));
    if !twin.as_ref().is_some_and(|twin| twin.status.success()) {
        let is_required = env::var_os("OYEZ_COMPILER_REQUIRED").is_some();
        assert!(!is_required, "`{meant}` does not compile: {twin:?}");
        eprintln!("skipped: `{meant}` does not compile here");
        return None;
    }
    let refused = compile(name, &format!("{before}{mistake}")).expect("as before");
    assert!(!refused.status.success(), "`{mistake}` compiles");
    Some(String::from_utf8(refused.stderr).expect("it speaks in text"))
}

#[test]
fn an_error_that_is_none_is_refused_as_what_the_listener_returns() {
    // For both results: not as a want of `std::error::Error`, which is but one way to be an error here.
    let before = "
        struct Mine;
        type Local = Box<dyn std::error::Error>;
        const NUM: Event<i32> = Event::new(\"num\");
        let e = EventEmitter::new();";
    for returned in ["(), Mine", "Flow, Mine", "(), Local", "Flow, Local"] {
        let listener = |returned: &str| {
            format!("e.on(NUM, |_| -> std::result::Result<{returned}> {{ unreachable!() }});")
        };
        let meant = listener(
            &returned
                .replace("Mine", "String")
                .replace("Local", "BoxError"),
        );
        let name = "an_error_that_is_none";
        let Some(text) = says(name, before, &listener(returned), &meant) else {
            return;
        };
        assert_contains(
            &text,
            &[
                "error[E0277]: a listener cannot return `Result<",
                "`E` is an error or text that is `Send + Sync`",
            ],
        );
        for other in ["between threads safely", "Error` is not satisfied"] {
            assert!(!text.contains(other), "{text}");
        }
    }
}

#[test]
fn a_payload_that_is_not_yet_a_trait_object_is_shown_the_way() {
    // By value, where nobody can pass a `dyn Shape`, and by reference, where nothing coerces by itself.
    let before = "
        trait Shape {}
        struct Square;
        impl Shape for Square {}
        const DRAWN: Event<dyn Shape> = Event::new(\"drawn\");
        let e = EventEmitter::new();";
    for mistake in ["e.emit(DRAWN, Square);", "e.emit(DRAWN, &Square);"] {
        let meant = "e.emit(DRAWN, &Square as &dyn Shape);";
        let name = "a_payload_that_is_not_yet";
        let Some(text) = says(name, before, mistake, meant) else {
            return;
        };
        assert_contains(
            &text,
            &[
                "Square` cannot be lent as a payload of type `dyn Shape`",
                "for a trait object, coerce: `&x as &dyn Trait`",
                "or `Box::new(x) as Box<dyn Trait>`, as `post` needs",
            ],
        );
    }
}

#[test]
fn an_event_of_a_reference_is_shown_as_one_without_it() {
    // The reference is the emit's. In an event it is `&'static`.
    let before = "
        const TO: Event<&str> = Event::new(\"to\");
        const BYTES: Event<&[u8]> = Event::new(\"bytes\");
        const MEANT: Event<str> = Event::new(\"to\");
        let e = EventEmitter::new();
        let to = String::from(\"ada\");";
    let name = "an_event_of_a_reference";
    for mistake in [
        "e.emit(TO, to);",
        "e.emit(TO, &to);",
        "e.emit(BYTES, vec![1_u8]);",
    ] {
        let Some(text) = says(name, before, mistake, "e.emit(MEANT, to);") else {
            return;
        };
        let shown = "an event of text is an `Event<str>`, of a slice an `Event<[U]>`, without `&`";
        assert_contains(&text, &[shown]);
    }
}

#[test]
fn a_function_that_is_not_yet_a_pointer_is_shown_the_way() {
    let before = "
        fn add(_: i32) {}
        const CALL: Event<fn(i32)> = Event::new(\"call\");
        let e = EventEmitter::new();";
    let (mistake, meant) = ("e.emit(CALL, add);", "e.emit(CALL, add as fn(_));");
    let name = "a_function_that_is_not";
    let Some(text) = says(name, before, mistake, meant) else {
        return;
    };
    assert_contains(&text, &["for a function: `f as fn(_)`"]);
}

#[test]
fn a_result_that_carries_something_is_shown_how_to_drop_it() {
    // With `;` its error would be lost.
    let before = "
        const PORT: Event<str> = Event::new(\"port\");
        let e = EventEmitter::new();";
    let mistake = "e.on(PORT, |text| text.parse::<u16>());";
    let meant = "e.on(PORT, |text| text.parse::<u16>().map(drop));";
    let name = "a_result_that_carries";
    let Some(text) = says(name, before, mistake, meant) else {
        return;
    };
    assert_contains(
        &text,
        &["a listener cannot return `Result<u16", "`.map(drop)`"],
    );
}

#[test]
fn a_listener_that_asks_an_option_is_shown_how_to_return() {
    // The most natural first attempt of one that upgrades its emitter.
    let before = "
        const NUM: Event<i32> = Event::new(\"num\");
        let e = EventEmitter::new();
        let weak = e.downgrade();";
    let mistake = "e.on(NUM, move |_| { let e = weak.upgrade()?; e.off_all(NUM); Some(()) });";
    let meant =
        "e.on(NUM, move |_| { let Some(e) = weak.upgrade() else { return }; e.off_all(NUM); });";
    let name = "a_listener_that_asks_an_option";
    let Some(text) = says(name, before, mistake, meant) else {
        return;
    };
    assert_contains(
        &text,
        &[
            "a listener cannot return `Option<()>`",
            "return in the `else` of `let Some(x) = x else`",
        ],
    );
}

#[test]
fn a_listener_that_is_async_is_shown_where_to_await() {
    let before = "
        const NUM: Event<i32> = Event::new(\"num\");
        let e = EventEmitter::new();
        let (to, _from) = std::sync::mpsc::channel();";
    let name = "a_listener_that_is_async";
    let meant = "e.on(NUM, move |n| to.send(*n));";
    for mistake in ["e.on(NUM, async |_| ());", "e.on(NUM, |_| async {});"] {
        let Some(text) = says(name, before, mistake, meant) else {
            return;
        };
        assert_contains(
            &text,
            &["a listener is not async: send to a channel, and await there"],
        );
    }
}

#[test]
fn a_listener_that_is_no_closure_is_shown_the_bounds_it_wants() {
    let before = "
        const JOINED: Event<str> = Event::new(\"joined\");
        let e = EventEmitter::new();";
    let name = "a_listener_that_is_no";
    for (mistake, meant, shown) in [
        (
            "fn add(e: &EventEmitter, f: impl Fn(&str) + 'static) { e.on(JOINED, f); }",
            "fn add(e: &EventEmitter, f: impl Fn(&str) + Send + Sync + 'static) { e.on(JOINED, f); }",
            "add `+ Send + Sync + 'static` to a type parameter",
        ),
        (
            "fn add(e: &EventEmitter, f: Box<dyn Fn(&str)>) { e.on(JOINED, f); }",
            "fn add(e: &EventEmitter, f: Box<dyn Fn(&str) + Send + Sync>) { e.on(JOINED, f); }",
            "`+ Send + Sync` to a `dyn Fn`",
        ),
        (
            "fn add(e: &EventEmitter, f: impl FnMut(&str) + 'static) { e.on_mut(JOINED, f); }",
            "fn add(e: &EventEmitter, f: impl FnMut(&str) + Send + 'static) { e.on_mut(JOINED, f); }",
            "add `+ Send + 'static` to a type parameter",
        ),
        (
            "fn add<K: generic::Flavour>(e: &generic::EventEmitter<K>, f: impl Fn(&str) + 'static) {
                e.on(JOINED, f);
            }",
            "fn add<K, F>(e: &generic::EventEmitter<K>, f: F)
            where K: generic::Flavour + generic::Keeps<F>, F: Fn(&str) + 'static {
                e.on(JOINED, f);
            }",
            "`where K: Keeps<F>`",
        ),
        (
            "fn add<K: generic::Flavour>(e: &generic::EventEmitter<K>) { e.on(JOINED, |_| ()); }",
            "fn add<K: generic::Flavour + generic::Keeps<fn(&str)>>(e: &generic::EventEmitter<K>) {
                e.on(JOINED, (|_| ()) as fn(&str));
            }",
            "for a closure written there see `oyez::generic`",
        ),
        (
            "fn add<K: generic::Flavour>(e: &generic::EventEmitter<K>) { e.on_mut(JOINED, |_| ()); }",
            "type Boxed = Box<dyn FnMut(&str) + Send>;
            fn add<K: generic::Flavour + generic::Moves<Boxed>>(e: &generic::EventEmitter<K>) {
                e.on_mut(JOINED, Box::new(|_: &str| ()) as Boxed);
            }",
            "for a closure written there see `oyez::generic`",
        ),
    ] {
        let Some(text) = says(name, before, mistake, meant) else {
            return;
        };
        assert_contains(&text, &["a listener of the thread-safe emitter must be", shown]);
    }
}

#[test]
fn a_payload_that_borrows_is_refused_by_the_codes_that_the_docs_name() {
    // In the docs of `emit` and of `Payload`, and in `docs::errors`.
    let before = "
        trait Shape {}
        struct Message<'a>(&'a str);
        const DRAWN: Event<dyn Shape> = Event::new(\"drawn\");
        const SHOWN: Event<dyn std::fmt::Display> = Event::new(\"shown\");
        const MESSAGE: Event<Message> = Event::new(\"message\");
        const MOVED: Event<(&str, i32)> = Event::new(\"moved\");
        const OWNED: Event<(String, i32)> = Event::new(\"moved\");
        const TEXT: Event<str> = Event::new(\"text\");
        const TO: Event<&str> = Event::new(\"text\");
        const BYTES: Event<&[u8]> = Event::new(\"bytes\");
        const SLICE: Event<[u8]> = Event::new(\"bytes\");
        const LENT: Event<&String> = Event::new(\"lent\");
        const STRING: Event<String> = Event::new(\"lent\");
        let e = EventEmitter::new();
        let bytes = vec![1_u8];
        let name = String::from(\"ada\");";
    let test = "a_payload_that_borrows";
    for (mistake, meant, code) in [
        (
            "e.emit(TO, name.as_str());",
            "e.emit(TEXT, name.as_str());",
            "E0597",
        ),
        (
            "e.emit(BYTES, &bytes[..]);",
            "e.emit(SLICE, &bytes[..]);",
            "E0597",
        ),
        ("e.emit(LENT, &name);", "e.emit(STRING, &name);", "E0597"),
        (
            "fn to(e: &EventEmitter, name: &str) { e.emit(TO, name); }",
            "fn to(e: &EventEmitter, name: &str) { e.emit(TEXT, name); }",
            "E0521",
        ),
        (
            "e.emit(MOVED, (name.as_str(), 1));",
            "e.emit(OWNED, (name.clone(), 1));",
            "E0597",
        ),
        (
            "e.emit(MESSAGE, Message(&name));",
            "e.emit(TEXT, &name);",
            "E0597",
        ),
        (
            "e.emit(MESSAGE, Message(&name.clone()));",
            "e.emit(MESSAGE, Message(\"ada\"));",
            "E0716",
        ),
        (
            "e.emit(SHOWN, &format_args!(\"{name}\") as &dyn std::fmt::Display);",
            "e.emit(TEXT, format!(\"{name}\"));",
            "E0716",
        ),
        (
            "fn draw(e: &EventEmitter, shape: &dyn Shape) { e.emit(DRAWN, shape); }",
            "fn draw(e: &EventEmitter, shape: &(dyn Shape + 'static)) { e.emit(DRAWN, shape); }",
            "E0521",
        ),
    ] {
        let Some(text) = says(test, before, mistake, meant) else {
            return;
        };
        assert_contains(&text, &[&format!("error[{code}]")]);
    }
}

#[test]
fn a_type_that_an_emit_cannot_infer_can_be_named() {
    // As `docs::limitations` says under "Names and identity".
    let before = "
        trait Shape {}
        struct Square;
        impl Shape for Square {}
        const NUM: Event<i32> = Event::new(\"num\");
        const ALL: Event<Vec<i32>> = Event::new(\"all\");
        const DRAWN: Event<Box<dyn Shape>> = Event::new(\"drawn\");
        let e = EventEmitter::new();
        let num = e.signal(NUM);";
    let name = "a_type_that_an_emit";
    for (mistake, meant) in [
        (
            "e.emit(NUM, \"7\".parse().unwrap());",
            "e.emit::<_, i32>(NUM, \"7\".parse().unwrap());",
        ),
        (
            "e.emit(NUM, 7_u8.into());",
            "let n: i32 = 7_u8.into(); e.emit(NUM, n);",
        ),
        (
            "num.emit(Default::default());",
            "num.emit::<i32>(Default::default());",
        ),
        (
            "e.emit(ALL, (0..3).collect());",
            "e.emit::<_, Vec<_>>(ALL, (0..3).collect());",
        ),
        (
            "e.emit(DRAWN, Box::new(Square));",
            "e.emit::<_, Box<dyn Shape>>(DRAWN, Box::new(Square));",
        ),
    ] {
        let Some(text) = says(name, before, mistake, meant) else {
            return;
        };
        assert_contains(&text, &["error[E02"]);
    }
}

#[test]
fn a_listener_that_borrows_or_changes_is_refused_by_the_codes_that_the_docs_name() {
    // In the docs of `on`, and in `docs::errors`, whose readers have the code and look for what to do.
    let before = "
        use std::cell::{Cell, RefCell};
        struct Door<T> { open: T }
        const JOINED: Event<str> = Event::new(\"joined\");
        const NUM: Event<i32> = Event::new(\"num\");
        const NUM_CELL: Event<Cell<i32>> = Event::new(\"num\");
        const DOOR: Event<Door<bool>> = Event::new(\"door\");
        const DOOR_CELL: Event<Door<Cell<bool>>> = Event::new(\"door\");
        const ALL: Event<Vec<i32>> = Event::new(\"all\");
        const ALL_CELL: Event<RefCell<Vec<i32>>> = Event::new(\"all\");
        let e = EventEmitter::new();
        let mut count = 0;
        let mut names: Vec<i32> = Vec::new();
        let name = String::from(\"ada\");
        let borrowed = &name;";
    let name = "a_listener_that_borrows";
    let in_a_method = |register: &str| {
        format!(
            "use std::sync::Arc;
            struct Room {{ title: String }}
            impl Room {{ {register} }}"
        )
    };
    let mistaken_method = in_a_method(
        "fn attach(&self, e: &EventEmitter) { e.on(JOINED, |_| println!(\"{}\", self.title)); }",
    );
    let meant_method = in_a_method(
        "fn attach(self: &Arc<Self>, e: &EventEmitter) {
            let room = Arc::downgrade(self);
            e.on(JOINED, move |_| println!(\"{}\", room.upgrade().unwrap().title));
        }",
    );
    for (mistake, meant, code) in [
        (&*mistaken_method, &*meant_method, "E0521"),
        (
            "e.on(JOINED, |_| drop(name.len()));",
            "e.on(JOINED, move |_| drop(name.len()));",
            "E0373",
        ),
        (
            "e.on(JOINED, move |_| drop(borrowed.len()));",
            "let owned = borrowed.clone(); e.on(JOINED, move |_| drop(owned.len()));",
            "E0597",
        ),
        (
            "e.on(JOINED, move |_| count += 1);",
            "e.on_mut(JOINED, move |_| count += 1);",
            "E0594",
        ),
        (
            "e.on(JOINED, move |_| names.push(1));",
            "e.on_mut(JOINED, move |_| names.push(1));",
            "E0596",
        ),
        (
            "e.on(NUM, |n| *n += 1);",
            "e.on(NUM_CELL, |n| n.set(n.get() + 1));",
            "E0594",
        ),
        (
            "e.on_mut(NUM, |n| *n += 1);",
            "e.on_mut(NUM_CELL, |n| n.set(n.get() + 1));",
            "E0594",
        ),
        (
            "e.on(DOOR, |door| door.open = true);",
            "e.on(DOOR_CELL, |door| door.open.set(true));",
            "E0594",
        ),
        (
            "e.on(ALL, |all| all.push(1));",
            "e.on(ALL_CELL, |all| all.borrow_mut().push(1));",
            "E0596",
        ),
    ] {
        let Some(text) = says(name, before, mistake, meant) else {
            return;
        };
        assert_contains(&text, &[&format!("error[{code}]")]);
    }
}
