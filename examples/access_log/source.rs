//! Where the log comes from, and what to do if it cannot be read.

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind};
use std::path::PathBuf;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/access.log");

const GZIP: &[u8] = b"\x1f\x8b";
const UTF8_MARK: &[u8] = "\u{feff}".as_bytes();

pub(crate) enum Source {
    /// The log that comes with this example.
    Shipped,
    Stdin,
    File(PathBuf),
}

impl Source {
    /// No argument, or an empty one: the shipped log. `-`: standard input.
    pub(crate) fn from_args() -> Result<Self, &'static str> {
        let args: Vec<OsString> = env::args_os().skip(1).collect();
        match args.as_slice() {
            [] => Ok(Self::Shipped),
            [file] if file.is_empty() => Ok(Self::Shipped),
            [file] if file == "-" => Ok(Self::Stdin),
            [file] => Ok(Self::File(file.into())),
            _ => Err("one log at a time: `access_log FILE`, or `cat FILES | access_log -`"),
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Shipped => "examples/data/access.log, the log of this example".to_owned(),
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) => format!("`{}`", path.display()),
        }
    }

    pub(crate) fn open(&self) -> Result<Box<dyn BufRead>, Box<dyn Error>> {
        let opened = match self {
            Self::Shipped => File::open(SHIPPED).map(buffered),
            Self::File(path) => File::open(path).map(buffered),
            Self::Stdin => Ok(Box::new(io::stdin().lock()) as Box<dyn BufRead>),
        };
        let mut input = opened.map_err(|error| self.unreadable(&error))?;
        // A directory can be opened, but not read.
        let start = input.fill_buf().map_err(|error| self.unreadable(&error))?;
        // Yesterday's log is often compressed.
        if start.starts_with(GZIP) {
            let name = self.name();
            return Err(format!("{name} is compressed: try `zcat FILE | access_log -`").into());
        }
        // Some editors write an invisible mark first. It is no part of the first client's name.
        if start.starts_with(UTF8_MARK) {
            input.consume(UTF8_MARK.len());
        }
        Ok(input)
    }

    /// An error in words that say what to do.
    pub(crate) fn unreadable(&self, error: &io::Error) -> Box<dyn Error> {
        let advice = match error.kind() {
            ErrorKind::NotFound => "check the name, or give `-` to read standard input",
            ErrorKind::PermissionDenied => "ask for the right to read it, or pipe it into `-`",
            ErrorKind::IsADirectory => "name one file in it",
            _ => "try a copy of it",
        };
        format!("cannot read {}: {error}; {advice}", self.name()).into()
    }
}

fn buffered(file: File) -> Box<dyn BufRead> {
    Box::new(BufReader::with_capacity(64 * 1024, file))
}
