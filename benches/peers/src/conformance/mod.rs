//! Whom does an emit call, and what may a listener do while it runs? Each contestant is asked by running it.
//!
//! A probe may deadlock or abort, so each runs in a process of its own, with a limit.

mod probes;
/// One list for this package and for the tests of oyez.
#[path = "../../../../tests/it/questions.rs"]
mod questions;

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) use self::probes::answer;
use self::questions::PROBES;
use crate::other::{BREAKS_MEMORY, Programs};
use crate::table::{Row, Table};

/// No probe needs more than some milliseconds.
const LIMIT: Duration = Duration::from_secs(3);

pub(crate) fn table(programs: &Programs) -> Table {
    let mut head = vec!["contestant"];
    head.extend(PROBES.iter().map(|(_, title)| title));
    let mut table = Table::new("whom an emit calls, and what a listener may do", &head);
    let this = std::env::current_exe().expect("a process knows its program");
    for name in probes::contestants() {
        let answers =
            PROBES.map(|(probe, _)| run(Command::new(&this).args(["--probe", name, probe])));
        table.push(Row::new(name).cells(answers));
    }
    for (name, command) in programs.probed() {
        let answers = PROBES.map(|(probe, _)| run(command().args(["probe", &name, probe])));
        table.push(Row::new(name).cells(answers));
    }
    eprintln!("         conformance");
    table
        .note("`no` is followed by the listeners that were called, in order. An exception is a panic's like.")
        .note("`afterwards`: it is called, but when the outer emit is over. `not offered`: there is no such call, or an emit borrows the emitter until it ends.")
        .note("`breaks memory`: the C++ program uses what it has freed, as its sanitizer says.")
}

/// The first line that a process prints, or how it ended without one.
fn run(command: &mut Command) -> String {
    let command = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("it was started before");
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().expect("a child can be waited for") {
            Some(status) => break status,
            None if begun.elapsed() > LIMIT => {
                child.kill().expect("a child can be ended");
                child.wait().expect("a child can be waited for");
                return "deadlocks".to_owned();
            }
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    let mut text = String::new();
    let out = child.stdout.as_mut().expect("it is piped");
    out.read_to_string(&mut text).expect("an answer is text");
    match text.lines().next() {
        Some(answer) => answer.to_owned(),
        None if status.code() == Some(BREAKS_MEMORY) => "breaks memory".to_owned(),
        None => format!("crashes ({status})"),
    }
}
