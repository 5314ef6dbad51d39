//! What the docs say of the source and of the tests, where the compiler does not.

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

/// The row that each of `modules` stands in, from the top, in the first table of a section of
/// `docs::architecture`.
fn rows(section: &str, modules: &Imports) -> BTreeMap<String, usize> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/docs/architecture.rs");
    let text = fs::read_to_string(path).unwrap();
    let section = text.split(section).nth(1).expect("the section is there");
    let table = section.split("```").nth(1).expect("a table is in it");
    let mut rows = BTreeMap::new();
    for (row, lines) in table
        .split("-----")
        .filter(|row| row.contains("//!"))
        .enumerate()
    {
        let cells = lines
            .lines()
            .flat_map(|line| line.trim_start_matches("//!").split("  "));
        let names = cells.flat_map(|cell| cell.split(':').next().unwrap().split(','));
        for name in names
            .map(str::trim)
            .filter(|name| modules.contains_key(*name))
        {
            let before = rows.insert(name.to_owned(), row);
            assert_eq!(before, None, "{name} stands in two rows");
        }
    }
    rows
}

/// Each module has a row, and imports from lower rows, or from its own without a circle.
#[track_caller]
fn imports_go_down(section: &str, modules: Imports) {
    let rows = rows(section, &modules);
    for (name, imported) in &modules {
        let row = rows
            .get(name)
            .unwrap_or_else(|| panic!("{name} has no row"));
        let above: Vec<_> = imported
            .iter()
            .filter(|other| rows[*other] < *row)
            .collect();
        assert!(
            above.is_empty(),
            "{name} imports {above:?}, which are above it"
        );
    }
    assert_eq!(circles(modules), Imports::new());
}

#[test]
fn no_module_imports_upward() {
    let modules = imports("src", &["crate::"]);
    assert!(modules["emitter"].contains("dispatch"), "{modules:?}");
    imports_go_down("# The parts", modules);
}

#[test]
fn no_module_of_the_event_loop_imports_upward() {
    let modules = imports("src/event_loop", &["super::", "event_loop::"]);
    assert!(modules["turn"].contains("core"), "{modules:?}");
    imports_go_down("# The event loop", modules);
}

#[test]
fn the_emitter_does_not_know_that_a_loop_exists() {
    let modules = imports("src", &["crate::"]);
    for (name, imported) in modules {
        assert!(!imported.contains("event_loop"), "{name} imports it");
    }
}

/// What `docs::errors` says, without the marks of a comment: its tables, row by row and cell by cell, and
/// the code of its programs, a text that goes on in the next line put together.
fn page_of_errors() -> (Vec<Vec<String>>, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/docs/errors.rs");
    let text = fs::read_to_string(path).unwrap();
    let (mut rows, mut code, mut is_code) = (Vec::new(), String::new(), false);
    for line in text
        .lines()
        .map(|line| line.trim_start_matches("//!").trim())
    {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if is_code {
            match line.strip_suffix('\\') {
                Some(begun) => code.push_str(begun),
                None => code.extend([line, "\n"]),
            }
        } else if line.starts_with('|') {
            let cells = line.trim_matches('|').split('|');
            rows.push(cells.map(|cell| cell.trim().to_owned()).collect());
        }
    }
    (rows, code)
}

/// The public types in `code` that are an error or say what became of one, as a row names them: each
/// variant of an enum, and the others themselves.
fn errors_in(code: &str) -> BTreeSet<String> {
    let implements = |name: &str| code.contains(&format!(" Error for {name} "));
    let mut errors = BTreeSet::new();
    for (at, head) in code.match_indices("\npub ") {
        let attributes = code[..at].rsplit("\n\n").next().unwrap();
        let (keyword, item) = code[at + head.len()..].split_once(' ').unwrap();
        let name = first_word(item);
        let is_error =
            name.contains("Error") || attributes.contains("thiserror::Error") || implements(&name);
        match keyword {
            "struct" if is_error => {
                errors.insert(name);
            }
            "enum" if is_error => {
                let body = item.split("\n}").next().unwrap();
                let inner = body.lines().filter_map(|line| line.strip_prefix("    "));
                let variants = inner.filter(|line| line.starts_with(char::is_uppercase));
                errors.extend(variants.map(|line| format!("{name}::{}", first_word(line))));
            }
            _ => {}
        }
    }
    errors
}

#[test]
fn every_error_has_a_row_with_its_text() {
    let (rows, _) = page_of_errors();
    let errors = errors_in(&code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")));
    for known in [
        "EmitError::TooDeep",
        "TooDeep",
        "PostError::Full",
        "RunError::Reentrant",
    ] {
        assert!(errors.contains(known), "{errors:?}");
    }
    for error in errors {
        let link = format!("[`{error}`]");
        let row = rows.iter().find(|row| row[0].contains(&link));
        let row = row.unwrap_or_else(|| panic!("`docs::errors` has no row for {error}"));
        assert!(
            row[2].starts_with("``"),
            "`docs::errors` has no text for {error}"
        );
    }
}

#[test]
fn every_text_in_a_table_is_one_that_a_program_below_it_asserts() {
    let (rows, code) = page_of_errors();
    let cells = rows.iter().flatten();
    let texts = cells.filter_map(|cell| cell.strip_prefix("``")?.strip_suffix("``"));
    let texts: Vec<_> = texts.map(str::trim).collect();
    assert!(texts.len() > 20, "{texts:?}");
    for text in texts {
        assert!(
            code.contains(&format!("\"{text}\"")),
            "no program asserts: {text}"
        );
    }
}

#[test]
fn every_mistake_of_a_caller_has_a_row() {
    let (rows, _) = page_of_errors();
    let source = code(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    // All of them say which number is the least that can be meant.
    let texts = source
        .split('"')
        .filter(|text| text.contains("; the least is "));
    let texts: BTreeSet<_> = texts.collect();
    assert!(texts.len() >= 5, "{texts:?}");
    for text in texts {
        let cell = format!("``{text}``");
        assert!(
            rows.iter().flatten().any(|other| *other == cell),
            "no row has: {text}"
        );
    }
}

/// The tests that a page of the docs names: in the last column of each table of which that is the use.
fn tests_named_in(page: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/docs")
        .join(page);
    let text = fs::read_to_string(path).unwrap();
    let (mut tests, mut is_of_tests) = (Vec::new(), false);
    for line in text.lines() {
        let Some(row) = line.strip_prefix("//! |") else {
            is_of_tests = false;
            continue;
        };
        let last = row.trim_end_matches('|').rsplit('|').next().unwrap().trim();
        is_of_tests |= ["held by", "shown by"].contains(&last);
        if is_of_tests {
            let spans = last.split('`').skip(1).step_by(2);
            tests.extend(spans.filter(|span| span.contains("::")).map(str::to_owned));
        }
    }
    tests
}

#[test]
fn every_test_that_the_docs_name_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for (page, at_least) in [("architecture.rs", 40), ("limitations.rs", 50)] {
        let tests = tests_named_in(page);
        assert!(tests.len() >= at_least, "{page}: {tests:?}");
        for test in tests {
            let (module, name) = test.rsplit_once("::").unwrap();
            let file = format!("{}.rs", module.replace("::", "/"));
            // The pages name those of the event loop with and without its folder.
            let texts = [folder.join(&file), folder.join("event_loop").join(&file)];
            let mut texts = texts
                .iter()
                .filter_map(|path| fs::read_to_string(path).ok());
            let function = format!("#[test]\nfn {name}() {{");
            assert!(
                texts.any(|text| text.contains(&function)),
                "{page} names {test}"
            );
        }
    }
}
