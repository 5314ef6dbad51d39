//! One line of the log becomes a `Request`, or a reason why it cannot.

use std::str::FromStr;
use std::time::Duration;

/// What one line says. One record serves for all lines: parsing the next line writes over its
/// strings, so that after the first few lines nothing is allocated any more.
#[derive(Debug, Default)]
pub(crate) struct Request {
    /// The number of the line in the file. The first one is 1.
    pub(crate) line: u64,
    pub(crate) client: String,
    /// Seconds since 1970.
    pub(crate) time: i64,
    /// What the client asked, as it was logged: `GET /lamps.html HTTP/1.1`, or any garbage.
    pub(crate) asked: String,
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    /// Empty in the Common Log Format, which has none.
    pub(crate) agent: String,
    pub(crate) took: Option<Duration>,
}

/// A line that is not a line of an access log.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) line: u64,
    pub(crate) reason: Reason,
    /// How the line begins.
    pub(crate) text: String,
}

pub(crate) type Reason = &'static str;

// A host name has 253 characters at most, an address far fewer.
const CLIENT_MAX: usize = 255;

impl Request {
    /// The path without its query, or nothing if this was not a request of HTTP: strangers send
    /// TLS, SSH and worse to any open port, and the server logs that too.
    pub(crate) fn path(&self) -> Option<&str> {
        let (method, rest) = self.asked.split_once(' ')?;
        if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        // The first version of HTTP sent no version.
        let target = rest
            .rsplit_once(" HTTP/")
            .map_or(rest, |(target, _)| target);
        target.split('?').next().filter(|path| !path.is_empty())
    }

    /// Reads `text`, a line in the Common or the Combined Log Format.
    ///
    /// A number of seconds after the last field, such as the `$request_time` of nginx, is how long
    /// the answer took. It needs a decimal point: whole numbers there may be microseconds. More
    /// fields may follow, and are not read.
    pub(crate) fn parse(&mut self, line: u64, text: &str) -> Result<(), Reason> {
        if text.trim().is_empty() {
            return Err("it is empty");
        }
        let mut rest = Rest(text);
        let client = rest.until(" ").ok_or("no client")?;
        if client.is_empty() || client.len() > CLIENT_MAX {
            return Err("the client is no host name or address");
        }
        rest.until(" ").ok_or("no identity after the client")?;
        rest.until(" [").ok_or("no user and time")?;
        let time = rest.until("]").ok_or("the time has no end")?;
        let time = unix_time(time).ok_or("the time is not like `10/Oct/2000:13:55:36 -0700`")?;
        let asked = rest.quoted()?.ok_or("no request in quotes")?;
        let status = status(rest.word()).ok_or("no status of three digits")?;
        let bytes = size(rest.word()).ok_or("no size in bytes")?;
        let agent = match rest.quoted()? {
            Some(_referer) => rest.quoted()?.ok_or("a referer, but no user agent")?,
            None => "",
        };

        // Nothing can go wrong from here. `clone_into` uses the memory that a string has already.
        self.line = line;
        client.clone_into(&mut self.client);
        self.time = time;
        asked.clone_into(&mut self.asked);
        self.status = status;
        self.bytes = bytes;
        agent.clone_into(&mut self.agent);
        self.took = seconds(rest.word());
        Ok(())
    }
}

/// The part of a line that is not read yet.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// Takes everything before `end`, and drops `end`.
    fn until(&mut self, end: &str) -> Option<&'a str> {
        let (head, tail) = self.0.split_once(end)?;
        self.0 = tail;
        Some(head)
    }

    /// Takes everything before the next space or the end of the line.
    fn word(&mut self) -> &'a str {
        let text = self.0.trim_start_matches(' ');
        let (word, tail) = text.split_at(text.find(' ').unwrap_or(text.len()));
        self.0 = tail;
        word
    }

    /// Takes a field in quotes, if that is what comes next. A quote within it has a backslash
    /// before it (Apache), or is written as `\x22` (nginx).
    fn quoted(&mut self) -> Result<Option<&'a str>, Reason> {
        let Some(text) = self.0.trim_start_matches(' ').strip_prefix('"') else {
            return Ok(None);
        };
        let mut escaped = false;
        let is_end = |byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        };
        let end = text.bytes().position(is_end).ok_or("a quote has no end")?;
        self.0 = &text[end + 1..];
        Ok(Some(&text[..end]))
    }
}

/// Numbers of the standard library may have a sign, those of a log have digits only.
fn digits<N: FromStr>(text: &str) -> Option<N> {
    let all_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok())?
}

fn status(word: &str) -> Option<u16> {
    (word.len() == 3).then(|| digits(word))?
}

/// Apache writes `-` where nothing was sent, nginx writes 0.
fn size(word: &str) -> Option<u64> {
    if word == "-" { Some(0) } else { digits(word) }
}

fn seconds(word: &str) -> Option<Duration> {
    let (whole, fraction) = word.split_once('.')?;
    digits::<u64>(whole)?;
    digits::<u64>(fraction)?;
    Duration::try_from_secs_f64(word.parse().ok()?).ok()
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads `10/Oct/2000:13:55:36 -0700`, always these 26 characters, as seconds since 1970.
fn unix_time(text: &str) -> Option<i64> {
    let separators = [
        (2, b'/'),
        (6, b'/'),
        (11, b':'),
        (14, b':'),
        (17, b':'),
        (20, b' '),
    ];
    let bytes = text.as_bytes();
    if bytes.len() != 26 || separators.iter().any(|&(at, byte)| bytes[at] != byte) {
        return None;
    }
    let number = |from: usize, to: usize| digits::<i64>(text.get(from..to)?);
    let month = MONTHS
        .iter()
        .position(|name| text.get(3..6) == Some(name))?;
    let (day, year) = (number(0, 2)?, number(7, 11)?);
    let (hour, minute, second) = (number(12, 14)?, number(15, 17)?, number(18, 20)?);
    let east = match bytes[21] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let offset = east * (number(22, 24)? * 3600 + number(24, 26)? * 60);
    // A leap second is second 60.
    let exists = (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let of_day = hour * 3600 + minute * 60 + second;
    exists.then(|| days_since_1970(year, month, day) * 86_400 + of_day - offset)
}

/// Counts days in the calendar of today. `month` counts from 0, January.
///
/// A year begins in March here, so that the leap day is its last one: Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days_since_1970(year: i64, month: usize, day: i64) -> i64 {
    // Days before each month of such a year, January first.
    const BEFORE: [i64; 12] = [306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275];
    let year = if month < 2 { year - 1 } else { year };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days lie between the 1st of March of the year 0 and 1970.
    year * 365 + leap_days + BEFORE[month] + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: &str =
        r#"192.0.2.7 - ada [10/Oct/2000:13:55:36 -0700] "GET /a.html?x=1 HTTP/1.0" 200 2326"#;

    fn parsed(text: &str) -> Result<Request, Reason> {
        let mut request = Request::default();
        request.parse(1, text).map(|()| request)
    }

    #[test]
    fn common_format() {
        let request = parsed(COMMON).unwrap();
        assert_eq!(request.client, "192.0.2.7");
        assert_eq!(request.time, 971_211_336);
        assert_eq!(request.asked, "GET /a.html?x=1 HTTP/1.0");
        assert_eq!(request.path(), Some("/a.html"));
        assert_eq!((request.status, request.bytes), (200, 2326));
        assert_eq!((request.agent.as_str(), request.took), ("", None));
    }

    #[test]
    fn combined_format_with_and_without_a_time() {
        let agent_only = parsed(&format!(r#"{COMMON} "http://a.example/" "Lynx \"2\"""#)).unwrap();
        assert_eq!(agent_only.agent, r#"Lynx \"2\""#);
        assert_eq!(agent_only.took, None);
        let timed = parsed(&format!(r#"{COMMON} "-" "Lynx" 1.250 "more""#)).unwrap();
        assert_eq!(timed.took, Some(Duration::from_millis(1250)));
        // No decimal point: Apache's `%D`, microseconds.
        let micros = parsed(&format!(r#"{COMMON} "-" "Lynx" 1250"#)).unwrap();
        assert_eq!(micros.took, None);
    }

    #[test]
    fn every_cut_of_a_line_is_read_or_gives_a_reason() {
        let whole = format!(r#"{COMMON} "-" "Lynx" 1.250"#);
        for end in 0..whole.len() {
            let read = parsed(&whole[..end]).is_ok();
            // The first digit of the size is at the earliest end of a line that can be read.
            let (fields, size_at) = (&whole[..end], COMMON.len() - 4);
            let open_quotes = fields.matches('"').count() % 2 == 1;
            let referer_only = fields.matches('"').count() == 4;
            assert_eq!(
                read,
                end > size_at && !open_quotes && !referer_only,
                "{fields}"
            );
        }
    }

    #[test]
    fn reasons() {
        let reasons = [
            ("", "it is empty"),
            ("hello", "no client"),
            (" - - [", "the client is no host name or address"),
            ("a b", "no identity after the client"),
            ("a - - ", "no user and time"),
            ("a - - [10/Oct/2000", "the time has no end"),
            (
                "a - - [32/Oct/2000:13:55:36 -0700]",
                "the time is not like `10/Oct/2000:13:55:36 -0700`",
            ),
            (
                "a - - [10/Oct/2000:13:55:36 -0700] GET",
                "no request in quotes",
            ),
            (
                r#"a - - [10/Oct/2000:13:55:36 -0700] "GET \""#,
                "a quote has no end",
            ),
            (
                r#"a - - [10/Oct/2000:13:55:36 -0700] "" +20 1"#,
                "no status of three digits",
            ),
            (
                r#"a - - [10/Oct/2000:13:55:36 -0700] "" 200 -1"#,
                "no size in bytes",
            ),
            (
                r#"a - - [10/Oct/2000:13:55:36 -0700] "" 200 - "-""#,
                "a referer, but no user agent",
            ),
        ];
        for (text, reason) in reasons {
            assert_eq!(parsed(text).unwrap_err(), reason, "{text}");
        }
    }

    #[test]
    fn what_was_asked_may_be_anything() {
        let path = |asked: &str| {
            let asked = asked.to_owned();
            let request = Request {
                asked,
                ..Request::default()
            };
            request.path().map(str::to_owned)
        };
        assert_eq!(path("GET / HTTP/1.1").as_deref(), Some("/"));
        assert_eq!(path("GET /old.html").as_deref(), Some("/old.html"));
        assert_eq!(path("GET /a b?c HTTP/2.0").as_deref(), Some("/a b"));
        assert_eq!(path("GET /?q HTTP/1.1").as_deref(), Some("/"));
        for garbage in ["", "GET", "GET ", "-", "SSH-2.0-x", r"\x16\x03\x01 HTTP/1"] {
            assert_eq!(path(garbage), None, "{garbage}");
        }
    }

    #[test]
    fn times() {
        let times = [
            ("01/Jan/1970:00:00:00 +0000", Some(0)),
            ("01/Jan/1970:01:00:00 +0100", Some(0)),
            ("29/Feb/2024:23:59:60 +0000", Some(1_709_251_200)),
            ("01/Mar/2024:00:00:00 +0000", Some(1_709_251_200)),
            ("31/Dec/1969:23:59:59 +0000", Some(-1)),
            ("01/Foo/1970:00:00:00 +0000", None),
            ("01/Jan/1970:24:00:00 +0000", None),
            ("01/Jan/1970:00:00:00 00000", None),
            ("01/Jan/1970 00:00:00 +0000", None),
            ("é1/Jan/1970:00:00:00 +000", None),
        ];
        for (text, seconds) in times {
            assert_eq!(unix_time(text), seconds, "{text}");
        }
    }

    #[test]
    fn one_record_serves_for_all_lines() {
        let mut request = Request::default();
        request.parse(1, COMMON).unwrap();
        let memory = request.asked.as_ptr();
        let shorter = r#"::1 - - [10/Oct/2000:13:55:37 -0700] "GET /" 204 -"#;
        request.parse(2, shorter).unwrap();
        assert_eq!((request.line, request.bytes), (2, 0));
        assert_eq!(request.asked, "GET /");
        assert_eq!(request.asked.as_ptr(), memory);
    }
}
