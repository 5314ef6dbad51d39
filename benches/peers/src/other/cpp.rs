//! The C++ libraries: where their headers may be, and how the programs of `other/` are built with them.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// One library, and the program that asks it.
struct Library {
    name: &'static str,
    file: &'static str,
    source: &'static str,
    header: &'static str,
    variable: &'static str,
    get: &'static str,
}

const LIBRARIES: [Library; 3] = [
    Library {
        name: "eventpp",
        file: "eventpp",
        source: include_str!("../../other/eventpp.cpp"),
        header: "eventpp/callbacklist.h",
        variable: "EVENTPP_INCLUDE",
        get: "EVENTPP_INCLUDE=<the folder `include` of https://github.com/wqking/eventpp>",
    },
    Library {
        name: "EnTT",
        file: "entt",
        source: include_str!("../../other/entt.cpp"),
        header: "entt/signal/sigh.hpp",
        variable: "ENTT_INCLUDE",
        get: "ENTT_INCLUDE=<the folder `src` of https://github.com/skypjack/entt>",
    },
    Library {
        name: "Boost.Signals2",
        file: "boost",
        source: include_str!("../../other/boost.cpp"),
        header: "boost/signals2.hpp",
        variable: "BOOST_INCLUDE",
        get: "the package `libboost-dev`, or BOOST_INCLUDE=<a folder that holds `boost`>",
    },
];

const COMMON: [(&str, &str); 2] = [
    ("peers.hpp", include_str!("../../other/peers.hpp")),
    ("probes.hpp", include_str!("../../other/probes.hpp")),
];

const FLAGS: [&str; 2] = ["-std=c++20", "-pthread"];

/// How a program is built: to be timed, or to be asked what breaks it.
struct Kind {
    suffix: &'static str,
    flags: &'static [&'static str],
}

const TIMED: Kind = Kind {
    suffix: "-timed",
    flags: &["-O2", "-DNDEBUG"],
};
const CHECKED: Kind = Kind {
    suffix: "-checked",
    flags: &["-O0", "-fsanitize=address"],
};

/// What was built of one library. Not every compiler has a sanitizer.
pub(super) struct Built {
    pub(super) timed: PathBuf,
    pub(super) checked: Option<PathBuf>,
}

/// Builds all that can be built, at once; the name of each library, and why it is not there.
pub(super) fn build(folder: &Path) -> Vec<(&'static str, Result<Built, String>)> {
    for (name, text) in COMMON {
        fs::write(folder.join(name), text).expect("the folder of this program can be written");
    }
    // All are started before the first is waited for.
    let started: Vec<_> = LIBRARIES
        .iter()
        .map(|library| {
            let compiler = library.compiler(folder)?;
            let timed = library.start(&TIMED, &compiler, folder)?;
            let checked = library.start(&CHECKED, &compiler, folder)?;
            Ok((timed, checked))
        })
        .collect();
    let finish = |(timed, checked): (Building, Building)| {
        let (timed, checked) = (timed.finish(), checked.finish().ok());
        Ok(Built {
            timed: timed?,
            checked,
        })
    };
    let names = LIBRARIES.iter().map(|library| library.name);
    let results = started.into_iter().map(|started| started.and_then(finish));
    names.zip(results).collect()
}

/// A compiler at work, or a binary whose parts have not changed.
enum Building {
    Kept(PathBuf),
    Running {
        compiler: Child,
        binary: PathBuf,
        recipe: String,
    },
}

impl Library {
    /// The arguments that every call of the compiler has, if the headers are there.
    fn compiler(&self, folder: &Path) -> Result<Vec<OsString>, String> {
        let mut arguments: Vec<OsString> = FLAGS.iter().map(OsString::from).collect();
        if let Some(include) = std::env::var_os(self.variable) {
            arguments.extend(["-I".into(), include]);
        }
        let check = folder.join("present.cpp");
        fs::write(&check, format!("#include <{}>\n", self.header)).map_err(told)?;
        let mut compiler = Command::new("g++");
        let compiler = compiler.args(&arguments).arg("-E").arg(check);
        match compiler
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
        {
            Ok(status) if status.success() => Ok(arguments),
            Ok(_) => Err(format!("not present: {}", self.get)),
            Err(_) => Err(format!("not present: g++ 10 or later, and {}", self.get)),
        }
    }

    fn start(&self, kind: &Kind, compiler: &[OsString], folder: &Path) -> Result<Building, String> {
        let source = folder.join(self.file).with_extension("cpp");
        let name = format!("{}{}", self.file, kind.suffix);
        let binary = folder
            .join(name)
            .with_extension(std::env::consts::EXE_EXTENSION);
        let recipe = format!("{compiler:?}{:?}{COMMON:?}{}", kind.flags, self.source);
        let kept = fs::read_to_string(binary.with_extension("recipe"));
        if binary.exists() && kept.is_ok_and(|kept| kept == recipe) {
            return Ok(Building::Kept(binary));
        }
        fs::write(&source, self.source).map_err(told)?;
        let mut command = Command::new("g++");
        command
            .args(compiler)
            .args(kind.flags)
            .arg(source)
            .arg("-o")
            .arg(&binary);
        let compiler = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        Ok(Building::Running {
            compiler: compiler.map_err(told)?,
            binary,
            recipe,
        })
    }
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
        let done = compiler.wait_with_output().map_err(told)?;
        if done.status.success() {
            fs::write(binary.with_extension("recipe"), recipe).map_err(told)?;
            return Ok(binary);
        }
        let errors = String::from_utf8_lossy(&done.stderr);
        let error = errors.lines().find(|line| line.contains("error"));
        let error = error.unwrap_or("the compiler does not say why");
        Err(format!("could not be built: {error}"))
    }
}

fn told(error: io::Error) -> String {
    error.to_string()
}
