//! What `docs::architecture` says of the source, where the compiler does not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Modules, and the modules that each imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The modules that are files or folders in `folder`, and what they import of one another: what stands
/// behind one of `prefixes`.
fn imports(folder: &str, prefixes: &[&str]) -> Imports {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder).unwrap();
    let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let names: BTreeSet<_> = paths.iter().map(name).collect();
    let imported = |path: &PathBuf| {
        let text = code(path);
        let behind = |prefix: &&str| {
            let parts: Vec<_> = text.split(*prefix).skip(1).map(first_word).collect();
            parts
        };
        let all = prefixes.iter().flat_map(behind);
        all.filter(|other| names.contains(other) && *other != name(path))
            .collect()
    };
    paths
        .iter()
        .filter(|path| !["lib", "mod", "docs"].contains(&name(path).as_str()))
        .map(|path| (name(path), imported(path)))
        .collect()
}

/// The text of a module, without comments.
fn code(path: &Path) -> String {
    if path.is_dir() {
        let entries = fs::read_dir(path).unwrap();
        return entries.map(|entry| code(&entry.unwrap().path())).collect();
    }
    if path.extension().is_none_or(|extension| extension != "rs") {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.trim().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn first_word(text: &str) -> String {
    let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
    text.chars().take_while(is_part).collect()
}

/// Takes away whoever imports nothing that is left; what remains at the end goes in circles.
fn circles(mut imports: Imports) -> Imports {
    loop {
        let done: Vec<_> = imports
            .iter()
            .filter(|(_, imported)| imported.iter().all(|other| !imports.contains_key(other)))
            .map(|(name, _)| name.clone())
            .collect();
        if done.is_empty() {
            return imports;
        }
        imports.retain(|name, _| !done.contains(name));
    }
}

#[test]
fn no_module_imports_upward() {
    let modules = imports("src", &["crate::"]);
    assert!(modules["emitter"].contains("dispatch"), "{modules:?}");
    assert_eq!(circles(modules), Imports::new());
}

#[test]
fn no_module_of_the_event_loop_imports_upward() {
    let modules = imports("src/event_loop", &["super::", "event_loop::"]);
    assert!(modules["turn"].contains("core"), "{modules:?}");
    assert_eq!(circles(modules), Imports::new());
}

#[test]
fn the_emitter_does_not_know_that_a_loop_exists() {
    let modules = imports("src", &["crate::"]);
    for (name, imported) in modules {
        assert!(!imported.contains("event_loop"), "{name} imports it");
    }
}

#[test]
fn the_queue_and_the_call_stack_do_not_know_that_a_loop_exists() {
    let modules = imports("src/event_loop", &["super::", "event_loop::"]);
    for part in [
        "queue",
        "lanes",
        "posted",
        "call_stack",
        "frames",
        "timers",
        "door",
    ] {
        for owner in [
            "core", "turn", "task", "alarm", "handle", "proxy", "builder",
        ] {
            assert!(!modules[part].contains(owner), "{part} imports {owner}");
        }
    }
}
