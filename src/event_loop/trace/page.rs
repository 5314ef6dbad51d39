//! A trace as one page, with all that it needs inside of it.

use std::fmt::{self, Write};

use super::View;
use super::json::{self, Text};

/// The page, but for the data.
const PAGE: &str = include_str!("page.html");

pub(super) fn render(view: &View<'_>, out: &mut impl Write) -> fmt::Result {
    let (head, rest) = PAGE
        .split_once("__RECORDS__")
        .expect("it has a place for records");
    let (middle, tail) = rest
        .split_once("__SOURCES__")
        .expect("it has a place for sources");
    out.write_str(head)?;
    json::array(&view.records, out)?;
    out.write_str(middle)?;
    sources(&view.sources, out)?;
    out.write_str(tail)
}

fn sources(sources: &[(String, String)], out: &mut impl Write) -> fmt::Result {
    out.write_char('{')?;
    for (at, (file, text)) in sources.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        write!(out, "{comma}{}:{}", Text(file), Text(text))?;
    }
    out.write_char('}')
}
