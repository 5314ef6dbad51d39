//! Access log: one reader of a web server's log, and listeners that do not know each other.
//!
//! What it shows: events in a program that does real work. The reader knows what a line is, and
//! emits one event for each: a request, or a line that is none. It does not know who counts,
//! ranks, warns or shows progress: those are listeners, in files of their own, and each could be
//! removed without the others noticing. See how
//!
//! - `Event<Request>` lends every listener the same record, written over from line to line, so
//!   that a million lines take no more memory than a hundred;
//! - `once` warns of the first server error (`alerts.rs`), `on_mut` remembers the last requests
//!   of each client (`bursts.rs`), `on` counts (`tally.rs`);
//! - a listener emits events of its own, through a weak handle: a request may be the start of a
//!   burst, and a burst makes an alert;
//! - a listener that cannot do its work says so with `?`.
//!
//! How to run it:
//!
//! ```text
//! cargo run --example access_log                  the log of this example, with its sums checked
//! cargo run --example access_log -- FILE          yours
//! cat FILES | cargo run --example access_log -- - standard input
//! ```
//!
//! It reads the Common and the Combined Log Format, as Apache and nginx write them. If the next
//! field is a number of seconds, it finds slow answers, too. In nginx that is
//!
//! ```text
//! log_format timed '$remote_addr - $remote_user [$time_local] "$request" $status '
//!     '$body_bytes_sent "$http_referer" "$http_user_agent" $request_time';
//! ```
//!
//! What you will see:
//!
//! ```text
//! reading examples/data/access.log, the log of this example
//! ALERT line 32: the first server error: 500 for `GET /api/report HTTP/1.1`, asked by 127.0.0.3, `report-cron/1.4`
//! ALERT line 173: a burst: 127.0.0.66 sent more than 40 requests within 10 s
//! lines: 386 = 386 requests + 0 malformed
//! answers: 259 with 2xx, 12 with 3xx, 102 with 4xx, 13 with 5xx, 583972 bytes
//! requests that are no HTTP: 5
//! slow, 1 s or longer: 12; the slowest, 2.002 s, is line 54: `GET /downloads/catalogue.gz HTTP/1.1`
//! bursts: 1
//! paths asked for most:
//!       32  /assets/site.js
//!       31  /assets/logo.svg
//!       30  /api/stock
//!       30  /assets/site.css
//!       23  /lamps.html
//! clients with most requests:
//!       72  127.0.0.66
//!       55  127.0.0.12
//!       51  127.0.0.11
//!       34  127.0.0.19
//!       31  127.0.0.18
//! ```
//!
//! Bad lines, of any bytes and any length, are counted and shown, with the reason. Every table has
//! a fixed size: where a log has more paths or clients than fit, the output says how far off a
//! number may be. Progress goes to standard error, if that is a terminal. If the log cannot be
//! read, the exit status is 1.
//!
//! The log, `examples/data/access.log`, is what nginx 1.22.1 wrote in two minutes, with the
//! `log_format` above and nothing changed since: a small shop, asked over loopback from 15
//! addresses by curl (readers, shoppers, a crawler, a health check, a scan for holes) and by a
//! script that sends what is no HTTP. Some pages redirect, some are slow, one fails, one needs a
//! server that is not there.

mod alerts;
mod bursts;
mod lines;
mod parse;
mod report;
mod source;
mod tally;
mod top;

use std::error::Error;
use std::io::{self, BufRead, IsTerminal, Write};
use std::iter;
use std::process::ExitCode;
use std::time::Duration;

use oyez::local::{EmitError, Event, EventEmitter};

use bursts::Burst;
use lines::{Line, beginning};
use parse::{Malformed, Reason, Request};
use source::Source;
use tally::{Counts, Ranking};

// What can happen. The payload of an event is `'static`, so it cannot borrow from a line; it can be
// a record that owns its strings, and is lent to the listeners.
const REQUEST: Event<Request> = Event::new("request");
const SERVER_ERROR: Event<Request> = Event::new("server error");
const SLOW: Event<Request> = Event::new("slow");
const MALFORMED: Event<Malformed> = Event::new("malformed");
const BURST: Event<Burst> = Event::new("burst");
const ALERT: Event<str> = Event::new("alert");

/// An answer that takes so long, or longer, is slow.
const SLOW_FROM: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // `access_log FILE | head -1` has seen enough, that is no failure.
        Err(error) if causes(&*error).any(is_broken_pipe) => ExitCode::SUCCESS,
        Err(error) => {
            let causes: Vec<String> = causes(&*error).map(|cause| cause.to_string()).collect();
            eprintln!("access_log: {}", causes.join(": "));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let source = Source::from_args()?;
    let input = source.open()?;
    writeln!(io::stdout(), "reading {}", source.name())?;

    // Who listens. Nothing is read yet.
    let log = EventEmitter::new();
    let counts = Counts::listen(&log);
    let ranking = Ranking::listen(&log);
    let unwatched = bursts::listen(&log);
    alerts::listen(&log);
    // `writeln!` may fail, the disk may be full. The listener answers with its `Result`.
    log.on(ALERT, |text| writeln!(io::stdout(), "ALERT {text}"));
    if io::stderr().is_terminal() {
        show_progress(&log);
    }

    // What happens.
    let lines = publish_all(&log, input, &source)?;

    let (counts, ranking) = (counts.borrow(), ranking.borrow());
    let mut out = io::stdout().lock();
    report::write(&mut out, &counts, &ranking, unwatched.get())?;
    check(&counts, lines);
    if matches!(source, Source::Shipped) {
        check_shipped(&counts, &ranking);
    }
    Ok(())
}

/// Emits the events of every line, and answers how many lines there were.
fn publish_all(
    log: &EventEmitter,
    mut input: impl BufRead,
    source: &Source,
) -> Result<u64, Box<dyn Error>> {
    // All that is allocated for the lines: one buffer, and one record.
    let mut line = Line::default();
    let mut request = Request::default();
    let mut number = 0;
    while line
        .read_from(&mut input)
        .map_err(|error| source.unreadable(&error))?
    {
        number += 1;
        let text = line.text();
        let read = if line.is_cut {
            Err("it is too long")
        } else {
            request.parse(number, &text)
        };
        match read {
            Ok(()) => publish(log, &request)?,
            Err(reason) => publish_malformed(log, number, reason, &text)?,
        }
    }
    Ok(number)
}

fn publish(log: &EventEmitter, request: &Request) -> Result<(), EmitError> {
    // `emit` would panic if a listener fails. `try_emit` returns its error.
    log.try_emit(REQUEST, request)?;
    if (500..=599).contains(&request.status) {
        log.try_emit(SERVER_ERROR, request)?;
    }
    if request.took.is_some_and(|took| took >= SLOW_FROM) {
        log.try_emit(SLOW, request)?;
    }
    Ok(())
}

/// A bad line is news like any other. It does not end the program, and it does not get lost.
fn publish_malformed(
    log: &EventEmitter,
    line: u64,
    reason: Reason,
    text: &str,
) -> Result<(), EmitError> {
    const TEXT_MAX: usize = 100;
    let text = beginning(text, TEXT_MAX).to_owned();
    log.try_emit(MALFORMED, Malformed { line, reason, text })?;
    Ok(())
}

/// Shows the number of the line now and then. Where nobody would see it, nobody listens.
fn show_progress(log: &EventEmitter) {
    const EVERY: u64 = 50_000;
    log.on(REQUEST, |request| {
        if request.line % EVERY == 0 {
            // `\r` returns to the start of the line: what comes next writes over this.
            eprint!("{} lines\r", request.line);
        }
    });
}

/// What must be so for any log: nothing was lost, and nothing was counted twice.
fn check(counts: &Counts, lines: u64) {
    assert_eq!(counts.requests + counts.malformed, lines);
    assert_eq!(counts.answers.iter().sum::<u64>(), counts.requests);
    assert_eq!(counts.answers[5], counts.server_errors);
    let reasons = counts.reasons.values().map(|reason| reason.count);
    assert_eq!(reasons.sum::<u64>(), counts.malformed);
}

/// What must be so for the log of this example. These numbers were counted by another program.
fn check_shipped(counts: &Counts, ranking: &Ranking) {
    assert_eq!((counts.requests, counts.malformed), (386, 0));
    assert_eq!(counts.answers, [0, 0, 259, 12, 102, 13, 0, 0, 0, 0]);
    assert_eq!((counts.bytes, counts.not_http), (583_972, 5));
    assert_eq!((counts.slow, counts.bursts), (12, 1));
    assert_eq!(ranking.paths.first(1), [("/assets/site.js", 32)]);
    let clients = [("127.0.0.66", 72), ("127.0.0.12", 55)];
    assert_eq!(ranking.clients.first(2), clients);
}

/// An error, its cause, the cause of that, and so on.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| error.source())
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    const GOOD: &str = r#"192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#;
    const ERROR: &str = r#"192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 500 5"#;

    fn published(input: &[u8]) -> (Counts, Vec<String>) {
        let log = EventEmitter::new();
        let counts = Counts::listen(&log);
        bursts::listen(&log);
        alerts::listen(&log);
        let alerts = Rc::new(RefCell::new(Vec::new()));
        let shared = Rc::clone(&alerts);
        log.on(ALERT, move |text| shared.borrow_mut().push(text.to_owned()));
        let lines = publish_all(&log, input, &Source::Stdin).unwrap();
        check(&counts.borrow(), lines);
        (counts.take(), alerts.take())
    }

    #[test]
    fn nothing_is_lost_whatever_comes() {
        let long = "x".repeat(100_000);
        let input = format!("{GOOD}\n\n{long}\nhello\n{GOOD}\r\n{GOOD} \"-\" \"caf");
        let mut input = input.into_bytes();
        input.extend_from_slice(b"\xe9\" 0.5\n\0\xff\n");
        let (counts, _) = published(&input);
        assert_eq!((counts.requests, counts.malformed), (3, 4));
        let reasons: Vec<_> = counts.reasons.iter().map(|(r, n)| (*r, n.line)).collect();
        let expected = [("it is empty", 2), ("it is too long", 3), ("no client", 4)];
        assert_eq!(reasons, expected);
    }

    #[test]
    fn the_first_server_error_is_an_alert_the_second_is_not() {
        let (counts, alerts) = published(format!("{GOOD}\n{ERROR}\n{ERROR}\n").as_bytes());
        assert_eq!(counts.server_errors, 2);
        assert_eq!(alerts.len(), 1);
        assert!(alerts[0].starts_with("line 2: the first server error: 500 for `GET / HTTP/1.0`"));
    }

    #[test]
    fn a_burst_is_an_alert_once() {
        let (counts, alerts) = published(format!("{GOOD}\n").repeat(100).as_bytes());
        assert_eq!(counts.bursts, 1);
        let text = "line 41: a burst: 192.0.2.7 sent more than 40 requests within 10 s";
        assert_eq!(alerts, [text]);
    }

    #[test]
    fn a_listener_that_fails_ends_the_reading_and_its_reason_is_found() {
        let log = EventEmitter::new();
        alerts::listen(&log);
        log.on(ALERT, |_| {
            Err::<(), _>(io::Error::from(io::ErrorKind::BrokenPipe))
        });
        let error = publish_all(&log, ERROR.as_bytes(), &Source::Stdin).unwrap_err();
        assert!(causes(&*error).any(is_broken_pipe));
    }
}
