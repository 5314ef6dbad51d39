//! The example `lines`, as its user runs it: with a real input, a real signal, a real end.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;

/// The built example. `cargo test` builds all examples; `cargo test --test lines` does not.
fn example() -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program = profile
        .join("examples")
        .join(format!("lines{}", env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(env!("CARGO_MANIFEST_DIR"));
        build.args(["build", "--example", "lines", "--target-dir"]);
        build.arg(profile.parent().unwrap());
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
    }
    program
}

fn start() -> Child {
    Command::new(example())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Gives the example this input and the end of it. Returns what it printed, to both outputs.
fn run(input: &[u8]) -> (String, String) {
    let mut child = start();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // From a thread: the example may print before it has read everything.
    let writer = thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

#[test]
fn no_input_ends_at_once() {
    let (out, err) = run(b"");
    assert_eq!(out, "Completed: posted 0, handled 0\n");
    assert_eq!(err, "");
}

#[test]
fn the_end_of_the_input_ends_the_loop_when_all_is_handled() {
    let (out, err) = run(b"hello\nwait 0.05\nwait soon\nbye");
    // `bye` may be handled after the timer, on a machine with much to do.
    let mut lines: Vec<_> = out.lines().collect();
    assert_eq!(lines.pop(), Some("Completed: posted 4, handled 4"));
    lines.sort_unstable();
    assert_eq!(lines, ["1: hello", "2: bye", "waited 0.05 s"]);
    assert_eq!(err, "not understood: invalid float literal\n");
}

#[test]
fn stack_and_queue_are_shown_while_they_stand() {
    // While the loop is busy the next lines arrive.
    let (out, _) = run(b"busy 0.5\nqueue\nstack\nlast\n");
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines[..2], ["busy for 0.5 s ..", ".. done"]);
    assert_eq!(lines[2], "waiting: #3 line, #4 line");
    assert_eq!(lines[3], "running, innermost first:");
    let starts = [
        "  listener `show the stack` of `stack` (examples",
        "  dispatch `stack` (examples",
        "  listener `find the command` of `line` (examples",
        "  dispatch `line` (examples",
    ];
    for (line, start) in lines[4..].iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    let end = ["1: last", "Completed: posted 4, handled 4"];
    assert_eq!(lines[8..], end);
}

#[test]
fn more_lines_than_the_queue_has_room_for_all_arrive_in_order() {
    let input: String = (1..=5000).map(|n| format!("line {n}\n")).collect();
    let (out, _) = run(input.as_bytes());
    let numbered = (1..=5000).map(|n| format!("{n}: line {n}\n"));
    let expected: String = numbered.collect();
    assert_eq!(out, expected + "Completed: posted 5000, handled 5000\n");
}

#[test]
fn any_bytes_are_lines() {
    let (out, _) = run(b"caf\xe9\r\n\n\0\n");
    assert_eq!(
        out,
        "1: caf\u{fffd}\n2: \n3: \0\nCompleted: posted 3, handled 3\n"
    );
}

#[test]
fn a_reader_that_goes_away_ends_it() {
    let mut child = start();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    // More than a pipe holds. It breaks when the example has ended.
    let all_taken = stdin.write_all(&b"line\n".repeat(1_000_000));
    assert!(all_taken.is_err());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Sends what Ctrl-C sends.
#[cfg(unix)]
fn interrupt(child: &Child) {
    // The `kill` of the shell: the program is not everywhere.
    let kill = format!("kill -INT {}", child.id());
    let killed = Command::new("sh").args(["-c", &kill]).status().unwrap();
    assert!(killed.success());
}

/// Reads lines up to this one, which says that the example has come so far.
#[cfg(unix)]
fn wait_for(line: &str, stdout: &mut BufReader<ChildStdout>) {
    let found = stdout.lines().any(|found| found.unwrap() == line);
    assert!(found, "it ended without `{line}`");
}

/// The numbers in `Stopped: posted 3, handled 3`.
#[cfg(unix)]
fn summary(line: &str) -> (u64, u64) {
    let (_, counts) = line.split_once(": posted ").expect(line);
    let (posted, handled) = counts.split_once(", handled ").expect(line);
    (posted.parse().unwrap(), handled.parse().unwrap())
}

/// Reads what is printed from here to the end, which has to be a good one.
#[cfg(unix)]
fn rest(mut child: Child, mut stdout: BufReader<ChildStdout>) -> String {
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    rest
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_it_while_a_thread_waits_for_a_line() {
    let mut child = start();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdin.write_all(b"wait 3600\nhello\n").unwrap();
    wait_for("1: hello", &mut stdout);
    interrupt(&child);
    let rest = rest(child, stdout);
    assert_eq!(rest, "Stopped: posted 2, handled 2\n");
    drop(stdin); // Open until here: it was not the end of the input that ended it.
}

#[test]
#[cfg(unix)]
fn ctrl_c_loses_nothing_that_was_posted() {
    // The queue is full, and the thread that reads waits for room in it.
    let mut child = start();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let input = "busy 0.5\n".to_owned() + &"line\n".repeat(1000);
    stdin.write_all(input.as_bytes()).unwrap();
    wait_for("busy for 0.5 s ..", &mut stdout);
    interrupt(&child);
    let rest = rest(child, stdout);
    let lines: Vec<_> = rest.lines().collect();
    let (end, lines) = lines.split_last().unwrap();
    let (posted, handled) = summary(end);
    assert_eq!(posted, handled);
    // The first line is the command. Each of the others was printed.
    assert_eq!(lines[0], ".. done");
    assert_eq!(lines.len() as u64, posted);
    for (line, number) in lines[1..].iter().zip(1..) {
        assert_eq!(*line, format!("{number}: line"));
    }
}
