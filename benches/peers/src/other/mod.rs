//! Contestants in other languages: small programs of ours, built and started at run time, asked by a pipe.
//!
//! What they need is not part of this crate: the header files of each C++ library, or `node`. Where
//! something is absent, its contestants are, and the header of the tables says how to get it.

mod cpp;

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use self::cpp::Built;
use crate::harness::Contestant;

/// How a program ends that uses what it has freed, where a sanitizer looks.
pub(crate) const BREAKS_MEMORY: i32 = 86;

const NODE: &str = include_str!("../../other/node.js");

/// A program that can be started.
struct Program {
    /// For probes: under a sanitizer where there is one.
    checked: Vec<PathBuf>,
    service: Rc<RefCell<Service>>,
    contestants: Vec<Listed>,
}

/// One contestant of a program: what it says about itself.
struct Listed {
    name: String,
    questions: Vec<String>,
}

/// All that could be started, and a line about each one.
#[derive(Default)]
pub(crate) struct Programs {
    programs: Vec<Program>,
    about: Vec<String>,
}

impl Programs {
    /// Builds what can be built in `folder`, and starts it.
    pub(crate) fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("the folder of this program can be written");
        let mut programs = Self::default();
        for (name, built) in cpp::build(folder) {
            match built {
                Ok(Built { timed, checked }) => {
                    let checked = checked.unwrap_or_else(|| timed.clone());
                    programs.add(name, vec![timed], vec![checked]);
                }
                Err(why) => programs.about.push(format!("{name}: {why}")),
            }
        }
        let script = folder.join("node.js");
        fs::write(&script, NODE).expect("the folder of this program can be written");
        let node = vec!["node".into(), script];
        match Command::new("node").arg("--version").output() {
            Ok(_) => programs.add("node", node.clone(), node),
            Err(_) => programs
                .about
                .push("node: not present: https://nodejs.org".to_owned()),
        }
        programs
    }

    fn add(&mut self, name: &str, command: Vec<PathBuf>, checked: Vec<PathBuf>) {
        let list = start(&command)
            .arg("list")
            .output()
            .expect("it was just built");
        let list = String::from_utf8_lossy(&list.stdout).into_owned();
        let mut contestants = Vec::new();
        let mut version = "";
        for line in list.lines() {
            let words: Vec<_> = line.split('\t').collect();
            let &[name, of, questions] = &words[..] else {
                panic!("{line} is not name, version, questions")
            };
            version = of;
            let questions = questions.split_terminator(',').map(str::to_owned).collect();
            contestants.push(Listed {
                name: name.to_owned(),
                questions,
            });
        }
        let version = if version.is_empty() {
            "which does not say its version"
        } else {
            version
        };
        self.about.push(format!("{name} {version}"));
        let service = Rc::new(RefCell::new(Service::start(&command)));
        self.programs.push(Program {
            checked,
            service,
            contestants,
        });
    }

    /// A line about each, present or not.
    pub(crate) fn about(&self) -> &[String] {
        &self.about
    }

    /// Those that can answer `question`, with `n` listeners, others, or events.
    pub(crate) fn contestants(&self, question: &str, n: usize) -> Vec<Contestant<'static>> {
        let operations = match question {
            "keys" | "queue" => n as u64,
            "two-threads" => 2,
            _ => 1,
        };
        let contestant = |(program, name): (&Program, &str)| {
            let (asked, service) = (format!("{name}\t{question}\t{n}"), program.service.clone());
            Contestant::new(name, operations, move |iterations| {
                let answer = service.borrow_mut().ask(&format!("{asked}\t{iterations}"));
                let nanoseconds = answer.parse();
                Duration::from_nanos(nanoseconds.unwrap_or_else(|_| panic!("{asked}: {answer}")))
            })
        };
        self.able(question).map(contestant).collect()
    }

    /// Bytes per listener, bytes when empty, allocations per emit.
    pub(crate) fn memory(&self, n: usize) -> Vec<(String, [f64; 3])> {
        let ask = |(program, name): (&Program, &str)| {
            let answer = program
                .service
                .borrow_mut()
                .ask(&format!("{name}\tmemory\t{n}\t1"));
            let mut numbers = answer
                .split('\t')
                .map(|word| word.parse().expect("a number"));
            let numbers = [(); 3].map(|()| numbers.next().expect("three numbers"));
            (name.to_owned(), numbers)
        };
        self.able("memory").map(ask).collect()
    }

    /// Those with probes, and how each is started for one.
    pub(crate) fn probed(&self) -> impl Iterator<Item = (String, impl Fn() -> Command)> {
        self.able("probes").map(|(program, name)| {
            let start = || {
                let mut command = start(&program.checked);
                command.env(
                    "ASAN_OPTIONS",
                    format!("detect_leaks=0:exitcode={BREAKS_MEMORY}"),
                );
                command
            };
            (name.to_owned(), start)
        })
    }

    fn able(&self, question: &str) -> impl Iterator<Item = (&Program, &str)> {
        let all = self.programs.iter().flat_map(|program| {
            program
                .contestants
                .iter()
                .map(move |contestant| (program, contestant))
        });
        let able = move |(_, contestant): &(&Program, &Listed)| {
            contestant.questions.iter().any(|known| known == question)
        };
        all.filter(able)
            .map(|(program, contestant)| (program, &*contestant.name))
    }
}

fn start(command: &[PathBuf]) -> Command {
    let (program, arguments) = command.split_first().expect("a command names a program");
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// A program that waits for questions.
struct Service {
    program: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Service {
    fn start(command: &[PathBuf]) -> Self {
        let mut command = start(command);
        let command = command
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut program = command.spawn().expect("it was started before");
        let questions = program.stdin.take().expect("it is piped");
        let answers = BufReader::new(program.stdout.take().expect("it is piped"));
        Self {
            program,
            questions,
            answers,
        }
    }

    fn ask(&mut self, question: &str) -> String {
        let mut answer = String::new();
        let asked = writeln!(self.questions, "{question}")
            .and_then(|()| self.answers.read_line(&mut answer));
        asked.expect("a program answers until it is ended");
        answer.trim_end().to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It would end by itself when its input does; nobody has to wait for that.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
