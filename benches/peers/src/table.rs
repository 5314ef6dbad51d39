//! Tables in Markdown, aligned so that they can be read as they are.

use std::fmt;

pub(crate) struct Table {
    title: String,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

/// One row: a name, and what stands behind it.
pub(crate) struct Row(Vec<String>);

impl Row {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self(vec![name.into()])
    }

    pub(crate) fn cells(mut self, cells: impl IntoIterator<Item = String>) -> Self {
        self.0.extend(cells);
        self
    }
}

impl Table {
    pub(crate) fn new(title: &str, head: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            rows: vec![head.iter().map(|&cell| cell.to_owned()).collect()],
            notes: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, row: Row) {
        assert_eq!(row.0.len(), self.rows[0].len(), "a row fills its table");
        self.rows.push(row.0);
    }

    /// A sentence below the table.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    #[cfg(test)]
    pub(crate) fn rows(&self) -> usize {
        self.rows.len() - 1
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "### {}\n", self.title)?;
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row: &Vec<String>| &row[column]);
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            // The name stands at the left, what is compared at the right.
            let (name, cells) = row.split_first().expect("a row has a name");
            write!(f, "| {name:<0$} |", widths[0])?;
            for (cell, width) in cells.iter().zip(&widths[1..]) {
                write!(f, " {cell:>width$} |")?;
            }
            writeln!(f)?;
            if number == 0 {
                write!(f, "|{}|", "-".repeat(widths[0] + 2))?;
                for width in &widths[1..] {
                    write!(f, "{}:|", "-".repeat(width + 1))?;
                }
                writeln!(f)?;
            }
        }
        for note in &self.notes {
            writeln!(f, "\n{note}")?;
        }
        writeln!(f)
    }
}

/// Nanoseconds, in the unit that reads best.
pub(crate) fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if ns < 100.0 => format!("{ns:.2} ns"),
        ns if ns < 10_000.0 => format!("{ns:.0} ns"),
        ns if ns < 1e7 => format!("{:.1} µs", ns / 1e3),
        ns => format!("{:.1} ms", ns / 1e6),
    }
}

/// How many listeners, in words.
pub(crate) fn listeners(n: usize) -> String {
    match n {
        1 => "1 listener".to_owned(),
        n => format!("{n} listeners"),
    }
}

/// A part of the whole.
pub(crate) fn percent(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown_that_can_be_read() {
        let mut table = Table::new("emit", &["contestant", "median"]);
        table.push(Row::new("a").cells([time(1.234)]));
        table.push(Row::new("the longest name").cells([time(12_345_678.0)]));
        let expected = "\
### emit

| contestant       |  median |
|------------------|--------:|
| a                | 1.23 ns |
| the longest name | 12.3 ms |

Lower is better.

";
        assert_eq!(table.note("Lower is better.").to_string(), expected);
    }
}
