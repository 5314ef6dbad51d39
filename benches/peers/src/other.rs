//! Contestants in other languages: small programs of ours, built and started at run time, asked by a pipe.
//!
//! What they need is not part of this crate: the header files of each C++ library, or `node`. Where
//! something is absent, its contestants are, and the header of the tables says how to get it.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use crate::harness::Contestant;

/// A C++ library: its program, where its headers may be, and how to get them.
struct Library {
    name: &'static str,
    header: &'static str,
    variable: &'static str,
    source: &'static str,
    get: &'static str,
}

const LIBRARIES: [Library; 3] = [
    Library {
        name: "eventpp",
        header: "eventpp/callbacklist.h",
        variable: "EVENTPP_INCLUDE",
        source: include_str!("../other/eventpp.cpp"),
        get: "EVENTPP_INCLUDE=<the folder `include` of https://github.com/wqking/eventpp>",
    },
    Library {
        name: "EnTT",
        header: "entt/signal/sigh.hpp",
        variable: "ENTT_INCLUDE",
        source: include_str!("../other/entt.cpp"),
        get: "ENTT_INCLUDE=<the folder `src` of https://github.com/skypjack/entt>",
    },
    Library {
        name: "Boost.Signals2",
        header: "boost/signals2.hpp",
        variable: "BOOST_INCLUDE",
        source: include_str!("../other/boost.cpp"),
        get: "the package `libboost-dev`, or BOOST_INCLUDE=<a folder that holds `boost`>",
    },
];

const COMMON: [(&str, &str); 2] = [
    ("peers.hpp", include_str!("../other/peers.hpp")),
    ("probes.hpp", include_str!("../other/probes.hpp")),
];

const NODE: &str = include_str!("../other/node.js");

const FLAGS: [&str; 4] = ["-O2", "-std=c++20", "-DNDEBUG", "-pthread"];

/// A program that can be started.
struct Program {
    command: Vec<PathBuf>,
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
    /// Builds what can be built, all at once, in `folder`.
    pub(crate) fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("the folder of this program can be written");
        for (name, text) in COMMON.iter().chain(&[("node.js", NODE)]) {
            fs::write(folder.join(name), text).expect("the folder of this program can be written");
        }
        let mut programs = Self::default();
        let building: Vec<_> = LIBRARIES
            .iter()
            .map(|library| build(library, folder))
            .collect();
        for (library, building) in LIBRARIES.iter().zip(building) {
            match building.and_then(Building::finish) {
                Ok(binary) => programs.add(library.name, vec![binary]),
                Err(why) => programs.about.push(format!("{}: {why}", library.name)),
            }
        }
        match Command::new("node").arg("--version").output() {
            Ok(_) => programs.add("node", vec!["node".into(), folder.join("node.js")]),
            Err(_) => programs
                .about
                .push("node: not present: https://nodejs.org".to_owned()),
        }
        programs
    }

    fn add(&mut self, name: &str, command: Vec<PathBuf>) {
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
            command,
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
        self.able("probes")
            .map(|(program, name)| (name.to_owned(), || start(&program.command)))
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

/// A compiler at work, or a binary that is newer than nothing has changed since.
enum Building {
    Kept(PathBuf),
    Running {
        compiler: Child,
        binary: PathBuf,
        recipe: String,
    },
}

/// Starts the compiler for `library`, or says why it cannot be built.
fn build(library: &Library, folder: &Path) -> Result<Building, String> {
    let include = std::env::var_os(library.variable).map(|folder| {
        let mut flag = std::ffi::OsString::from("-I");
        flag.push(folder);
        flag
    });
    let compiler = || {
        let mut compiler = Command::new("g++");
        compiler.args(FLAGS).args(&include).stdout(Stdio::null());
        compiler
    };
    let check = folder.join("present.cpp");
    fs::write(&check, format!("#include <{}>\n", library.header))
        .map_err(|error| error.to_string())?;
    match compiler()
        .arg("-E")
        .arg(&check)
        .stderr(Stdio::null())
        .status()
    {
        Ok(status) if status.success() => {}
        Ok(_) => return Err(format!("not present: {}", library.get)),
        Err(_) => return Err(format!("not present: g++ 10 or later, and {}", library.get)),
    }

    let source = folder.join(library.name).with_extension("cpp");
    let binary = folder
        .join(library.name)
        .with_extension(std::env::consts::EXE_EXTENSION);
    // Built again when what it is made of is not the same.
    let recipe = format!("{include:?}{FLAGS:?}{COMMON:?}{}", library.source);
    if fs::read_to_string(source.with_extension("recipe")).is_ok_and(|kept| kept == recipe)
        && binary.exists()
    {
        return Ok(Building::Kept(binary));
    }
    fs::write(&source, library.source).map_err(|error| error.to_string())?;
    let mut compiler = compiler();
    compiler
        .arg(&source)
        .arg("-o")
        .arg(&binary)
        .stderr(Stdio::piped());
    let compiler = compiler.spawn().map_err(|error| error.to_string())?;
    Ok(Building::Running {
        compiler,
        binary,
        recipe,
    })
}

impl Building {
    fn finish(self) -> Result<PathBuf, String> {
        let (compiler, binary, recipe) = match self {
            Self::Kept(binary) => return Ok(binary),
            Self::Running {
                compiler,
                binary,
                recipe,
            } => (compiler, binary, recipe),
        };
        let done = compiler
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        if done.status.success() {
            fs::write(binary.with_extension("recipe"), recipe)
                .map_err(|error| error.to_string())?;
            return Ok(binary);
        }
        let errors = String::from_utf8_lossy(&done.stderr);
        let error = errors.lines().find(|line| line.contains("error"));
        Err(format!(
            "could not be built: {}",
            error.unwrap_or("the compiler does not say why")
        ))
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
