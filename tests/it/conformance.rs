//! The tables of `docs::limitations` about conformance: ours is made by asking, the peers' has the same questions.

use crate::questions::PROBES;
use crate::{local, shared};
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

const HEADING: &str = "//! # Conformance";

fn page() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/docs/limitations.rs")
}

/// Where the two tables stand: ours and the peers'.
fn tables(lines: &[&str]) -> [Range<usize>; 2] {
    let heading = lines.iter().position(|line| *line == HEADING);
    let table_from = |at: usize| {
        let is_row = |line: &&str| line.starts_with("//! |");
        let start = at + lines[at..].iter().position(is_row).expect("a table");
        let len = lines[start..]
            .iter()
            .take_while(|line| is_row(line))
            .count();
        start..start + len
    };
    let ours = table_from(heading.expect("a section about conformance"));
    let peers = table_from(ours.end);
    [ours, peers]
}

/// Asks each probe of an emitter and of a signal, of both flavours.
fn asked() -> String {
    let head = "//! | asked | `EventEmitter` | `Signal` | `local::EventEmitter` | `local::Signal` |\n//! |---|---|---|---|---|\n";
    let mut table = head.to_owned();
    for (probe, title) in PROBES {
        let answers = [
            shared::conformance::answer(probe, false),
            shared::conformance::answer(probe, true),
            local::conformance::answer(probe, false),
            local::conformance::answer(probe, true),
        ];
        table += &format!("//! | {title} | {} |\n", answers.join(" | "));
    }
    table
}

#[test]
fn the_table_of_the_docs_is_what_is_answered() {
    // With `OYEZ_WRITE_DOCS=1` it is written there.
    let text = fs::read_to_string(page()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let [ours, _] = tables(&lines);
    let stands = lines[ours.clone()].join("\n") + "\n";
    let asked = asked();
    if stands == asked {
        return;
    }
    if std::env::var_os("OYEZ_WRITE_DOCS").is_some() {
        let before = lines[..ours.start].join("\n");
        let after = lines[ours.end..].join("\n");
        fs::write(page(), format!("{before}\n{asked}{after}\n")).unwrap();
        return;
    }
    panic!("the table has to be this, `OYEZ_WRITE_DOCS=1` writes it:\n{asked}");
}

#[test]
fn every_answer_is_yes() {
    // The rules say so; the table would show any other answer as well.
    let rows: Vec<_> = asked().lines().skip(2).map(str::to_owned).collect();
    assert_eq!(rows.len(), PROBES.len());
    assert!(
        rows.iter()
            .all(|row| row.ends_with("| yes | yes | yes | yes |"))
    );
}

#[test]
fn the_peers_are_asked_the_same() {
    // Their table is a copy of what `benches/peers` prints: the titles show whether it is of these questions.
    let text = fs::read_to_string(page()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let [_, peers] = tables(&lines);
    let cells = |row: &str| {
        let cells = row.split('|').skip(2).map(|cell| cell.trim().to_owned());
        cells.take(PROBES.len()).collect::<Vec<_>>()
    };
    assert_eq!(cells(lines[peers.start]), PROBES.map(|(_, title)| title));
    assert!(peers.len() > 2 + 10);
    for row in &lines[peers.start + 2..peers.end] {
        assert!(cells(row).iter().all(|cell| !cell.is_empty()), "{row}");
    }
}
