//! A trace as a table for a terminal.

use std::fmt::{self, Write};

use super::View;
use crate::event_loop::record::{Record, Step};

/// How far a frame's steps are moved in.
const INDENT: usize = 2;

pub(super) fn render(view: &View<'_>, out: &mut impl Write) -> fmt::Result {
    let mut depth = 0_usize;
    let rows: Vec<_> = view
        .records
        .iter()
        .map(|each| row(each, &mut depth))
        .collect();
    let width = |column: fn(&Row) -> &str| rows.iter().map(|row| column(row).chars().count()).max();
    let (time, what) = (width(|row| &row.time), width(|row| &row.what));
    let (time, what) = (time.unwrap_or(0).max(4), what.unwrap_or(0).max(4));
    writeln!(
        out,
        "{:>5}  {:>time$}  {:<what$}  where",
        "step", "time", "what"
    )?;
    for Row {
        seq,
        time: at,
        what: step,
        location,
    } in &rows
    {
        let line = format!("{seq:>5}  {at:>time$}  {step:<what$}  {location}");
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

struct Row {
    seq: u64,
    time: String,
    what: String,
    location: String,
}

/// One line; `depth` is that of the stack, before and after.
fn row(record: &Record, depth: &mut usize) -> Row {
    if matches!(record.step, Step::Left(..)) {
        *depth = depth.saturating_sub(1);
    }
    let indent = INDENT * *depth;
    if matches!(record.step, Step::Entered(_)) {
        *depth += 1;
    }
    let said = matches!(record.step, Step::Note(..));
    let text = tame(&record.to_string());
    Row {
        seq: record.seq,
        time: format!("{:?}", record.at),
        what: format!("{:indent$}{}{text}", "", if said { "> " } else { "" }),
        location: record
            .location()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

/// The text without what would move a terminal's cursor, have it show letters in another order, or worse.
fn tame(text: &str) -> String {
    let mut tame = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() || turns_text(c) {
            true => tame.extend(c.escape_default()),
            false => tame.push(c),
        }
    }
    tame
}

/// Whether it only says in which direction text is read: such a character is seen in no other way.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
