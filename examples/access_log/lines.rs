//! Lines of any length and any bytes, read into one buffer.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

/// No server writes longer lines unless told to: its limits on a request are lower.
pub(crate) const LINE_MAX: usize = 16 * 1024;

/// One buffer, for all lines.
#[derive(Debug, Default)]
pub(crate) struct Line {
    bytes: Vec<u8>,
    /// Only the beginning of the line is in the buffer.
    pub(crate) is_cut: bool,
}

impl Line {
    /// Reads the next line, or answers `false` at the end.
    ///
    /// Of a line longer than `LINE_MAX` the rest is skipped, not kept: no file, however odd, can
    /// make the buffer grow further.
    pub(crate) fn read_from(&mut self, input: &mut impl BufRead) -> io::Result<bool> {
        self.bytes.clear();
        let limit = LINE_MAX as u64 + 1;
        input.take(limit).read_until(b'\n', &mut self.bytes)?;
        let at_end = self.bytes.is_empty();
        let has_end = self.bytes.last() == Some(&b'\n');
        self.is_cut = !has_end && self.bytes.len() > LINE_MAX;
        if has_end {
            self.bytes.pop();
        }
        if self.is_cut {
            self.bytes.truncate(LINE_MAX);
            input.skip_until(b'\n')?;
        }
        Ok(!at_end)
    }

    /// The text without the end of the line. Bytes that are not UTF-8 become `U+FFFD`: a user agent
    /// in an old encoding is no reason to lose the line. Text that is UTF-8 is lent, not copied.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        let bytes = self.bytes.strip_suffix(b"\r").unwrap_or(&self.bytes);
        String::from_utf8_lossy(bytes)
    }
}

/// The first characters of a text, at most `count`.
pub(crate) fn beginning(text: &str, count: usize) -> &str {
    let end = text.char_indices().nth(count);
    end.map_or(text, |(end, _)| &text[..end])
}

/// The beginning of a text from the log, fit to be shown: a log is written by strangers, and a
/// terminal obeys control characters.
pub(crate) fn shown(text: &str) -> String {
    const WIDTH: usize = 60;
    let start = beginning(text, WIDTH);
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = start.chars().map(printable).collect();
    if start.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut input: &[u8]) -> Vec<(String, bool)> {
        let mut line = Line::default();
        let mut lines = Vec::new();
        while line.read_from(&mut input).unwrap() {
            lines.push((line.text().into_owned(), line.is_cut));
        }
        lines
    }

    #[test]
    fn all_kinds_of_ends() {
        let whole = |text: &str| (text.to_owned(), false);
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"\n"), [whole("")]);
        assert_eq!(lines(b"a\r\n\nb"), [whole("a"), whole(""), whole("b")]);
        assert_eq!(lines(b"a\xffb\n"), [whole("a\u{fffd}b")]);
    }

    #[test]
    fn a_long_line_is_cut_and_the_next_one_is_not() {
        for (length, is_cut) in [
            (LINE_MAX, false),
            (LINE_MAX + 1, true),
            (9 * LINE_MAX, true),
        ] {
            let mut input = vec![b'x'; length];
            input.extend_from_slice(b"\nnext\n");
            let lines = lines(&input);
            assert_eq!(lines.len(), 2, "{length}");
            assert_eq!((lines[0].0.len(), lines[0].1), (LINE_MAX, is_cut));
            assert_eq!(lines[1], ("next".to_owned(), false));
        }
    }

    #[test]
    fn only_what_can_be_seen_is_shown() {
        assert_eq!(shown("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(shown(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
    }
}
