//! The table that a bench ends with: each case beside its control and its bar.

use std::fmt;

/// A value, and where the middle half of those lie that it was taken from.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) value: f64,
    quartiles: Option<(f64, f64)>,
}

impl Spread {
    pub(crate) fn median(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self {
            value: quantile(&values, 0.5),
            quartiles: Some((quantile(&values, 0.25), quantile(&values, 0.75))),
        }
    }

    /// A value that stands alone.
    pub(crate) fn exact(value: f64) -> Self {
        Self {
            value,
            quartiles: None,
        }
    }

    fn reversed(mut self) -> Self {
        self.quartiles = self.quartiles.map(|(one, other)| (other, one));
        self
    }

    fn show(self, show: impl Fn(f64) -> String) -> [String; 2] {
        let quartiles = self
            .quartiles
            .map(|(one, other)| format!("{} .. {}", show(one), show(other)));
        [show(self.value), quartiles.unwrap_or_default()]
    }
}

/// The value that a share of `at` of the values does not pass. They are sorted.
pub(crate) fn quantile(sorted: &[f64], at: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * at).round() as usize]
}

/// What the values of a section are: how they are shown, compared and judged.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    /// Seconds; less is better, and a bar is the most that the ratio to the control may be.
    Seconds,
    /// Seconds, shown as a number per second; a bar is the least that the ratio may be.
    PerSecond,
    /// Bytes; a bar is the most that there may be.
    Bytes,
    /// Things that were counted; a bar is the most that there may be.
    Count,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Seconds => scaled(
                value,
                &[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")],
            ),
            Self::PerSecond => scaled(1.0 / value, &[(1e6, "M/s"), (1e3, "k/s"), (1.0, "/s")]),
            Self::Bytes => format!("{value:.0} B"),
            Self::Count => format!("{value:.0}"),
        }
    }

    /// The ratio of what is shown for two values.
    pub(crate) fn ratio(self, value: f64, control: f64) -> f64 {
        match self {
            Self::PerSecond => control / value,
            _ => value / control,
        }
    }

    fn show_bar(self, bar: f64) -> String {
        match self {
            Self::Seconds => format!("<= {bar:.2}"),
            Self::PerSecond => format!(">= {bar:.2}"),
            Self::Bytes | Self::Count => format!("<= {}", self.show(bar)),
        }
    }

    fn misses(self, row: &Row) -> bool {
        let Some(bar) = row.bar else { return false };
        let ratio = row.ratio.map(|ratio| ratio.value);
        match self {
            Self::Seconds => ratio.is_some_and(|ratio| ratio > bar),
            Self::PerSecond => ratio.is_some_and(|ratio| ratio < bar),
            Self::Bytes | Self::Count => row.value.value > bar,
        }
    }
}

/// In the largest unit that leaves something before the point, with three digits or more.
fn scaled(value: f64, units: &[(f64, &str)]) -> String {
    let fits = units.iter().find(|(size, _)| value >= *size);
    let (size, name) = fits.or(units.last()).expect("there is a smallest unit");
    let scaled = value / size;
    let digits = match scaled {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{scaled:.digits$} {name}")
}

/// A case: its value, its ratio to the control, and the bar for that.
struct Row {
    name: String,
    value: Spread,
    ratio: Option<Spread>,
    bar: Option<f64>,
}

/// Cases with one control.
pub(crate) struct Section {
    title: String,
    pub(crate) unit: Unit,
    rows: Vec<Row>,
}

impl Section {
    pub(crate) fn new(title: impl Into<String>, unit: Unit) -> Self {
        Self {
            title: title.into(),
            unit,
            rows: Vec::new(),
        }
    }

    /// Adds what the others are compared with.
    pub(crate) fn control(&mut self, name: &str, value: Spread) {
        self.case(&format!("control: {name}"), value, None, None);
    }

    /// Adds what stands for itself.
    pub(crate) fn count(&mut self, name: &str, value: f64, bar: impl Into<Option<f64>>) {
        self.case(name, Spread::exact(value), None, bar.into());
    }

    pub(crate) fn case(
        &mut self,
        name: &str,
        value: Spread,
        ratio: Option<Spread>,
        bar: Option<f64>,
    ) {
        self.rows.push(Row {
            name: name.to_owned(),
            value,
            ratio,
            bar,
        });
    }

    fn cells(&self, row: &Row) -> Cells {
        let value = match self.unit {
            // What took longest is the least per second.
            Unit::PerSecond => row.value.reversed(),
            _ => row.value,
        };
        let [value, quartiles] = value.show(|value| self.unit.show(value));
        let ratio = row
            .ratio
            .map(|ratio| ratio.show(|ratio| format!("{ratio:.2}")));
        let [ratio, ratio_quartiles] = ratio.unwrap_or_default();
        let bar = row.bar.map(|bar| self.unit.show_bar(bar));
        let mark = if self.unit.misses(row) { "MISSED" } else { "" };
        let name = format!("  {}", row.name);
        let bar = bar.unwrap_or_default();
        [
            name,
            value,
            quartiles,
            ratio,
            ratio_quartiles,
            bar,
            mark.to_owned(),
        ]
    }
}

type Cells = [String; 7];

const HEADING: [&str; 7] = ["", "value", "quartiles", "ratio", "quartiles", "bar", ""];

/// All sections of a bench.
pub(crate) struct Table {
    title: String,
    notes: Vec<String>,
    sections: Vec<Section>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            notes: Vec::new(),
            sections: Vec::new(),
        }
    }

    /// Adds a section, unless nothing in it was measured.
    pub(crate) fn add(&mut self, section: Section) {
        if !section.rows.is_empty() {
            self.sections.push(section);
        }
    }

    /// Adds a line for the reader, above the sections.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Prints what was measured; nothing, if nothing was.
    pub(crate) fn print(&self) {
        if !self.sections.is_empty() {
            println!("\n{self}");
        }
    }

    /// As wide as the widest cell; a column that has none is left out.
    fn widths(&self) -> [usize; 7] {
        let rows = self.sections.iter().flat_map(|section| {
            let cells = |row| section.cells(row);
            section.rows.iter().map(cells)
        });
        let rows: Vec<Cells> = rows.collect();
        std::array::from_fn(|column| {
            let widths = rows.iter().map(|cells| cells[column].chars().count());
            match widths.max().unwrap_or(0) {
                0 => 0,
                width => width.max(HEADING[column].len()),
            }
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        writeln!(f, "{}", self.title)?;
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        writeln!(f, "\n{}", line(&HEADING, &widths))?;
        for section in &self.sections {
            writeln!(f, "{}", section.title)?;
            for row in &section.rows {
                writeln!(f, "{}", line(&section.cells(row), &widths))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// The name to the left, everything else to the right.
fn line(cells: &[impl AsRef<str>; 7], widths: &[usize; 7]) -> String {
    let mut line = format!("{:<1$}", cells[0].as_ref(), widths[0]);
    for (cell, width) in cells.iter().zip(widths).skip(1) {
        if *width > 0 {
            line += &format!("  {:>width$}", cell.as_ref());
        }
    }
    line.trim_end().to_owned()
}
