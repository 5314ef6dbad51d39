//! The command line.

use std::path::PathBuf;

use crate::harness::Effort;

pub(crate) const HELP: &str = "\
The same work on oyez and on its peers, in one set of tables.

  --quick          a smoke run: one repeat, short samples, smaller sizes
  --only A,B       some questions: emit, churn, once, keys, threads, queue, channel, memory, conformance
  --conformance    the same as --only conformance
  --no-others      without C++ and JavaScript
  --out PATH       where the tables are kept; without it, peers.md in the target folder
";

const QUESTIONS: [&str; 9] = [
    "emit",
    "churn",
    "once",
    "keys",
    "threads",
    "queue",
    "channel",
    "memory",
    "conformance",
];

pub(crate) enum Task {
    Help,
    /// One probe of one contestant, in this process: how a run asks what may not come back.
    Probe {
        name: String,
        probe: String,
    },
    Tables,
}

pub(crate) struct Options {
    pub(crate) task: Task,
    pub(crate) effort: Effort,
    pub(crate) others: bool,
    pub(crate) out: PathBuf,
    /// Where programs in other languages are built.
    pub(crate) build: PathBuf,
    only: Option<Vec<String>>,
}

impl Options {
    pub(crate) fn from_arguments() -> Self {
        Self::parse(std::env::args().skip(1)).unwrap_or_else(|wrong| {
            eprintln!("{wrong}\n\n{HELP}");
            std::process::exit(2);
        })
    }

    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let target = target();
        let mut options = Self {
            task: Task::Tables,
            effort: Effort::FULL,
            others: true,
            out: target.join("peers.md"),
            build: target.join("peers-other"),
            only: None,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or(format!("`{argument}` needs a value"))
            };
            match &*argument {
                "--help" | "-h" => options.task = Task::Help,
                "--quick" => options.effort = Effort::QUICK,
                "--no-others" => options.others = false,
                "--conformance" => options.only = Some(vec!["conformance".to_owned()]),
                "--out" => options.out = value()?.into(),
                "--only" => options.only = Some(questions(&value()?)?),
                "--probe" => {
                    options.task = Task::Probe {
                        name: value()?,
                        probe: value()?,
                    }
                }
                _ => return Err(format!("`{argument}` is not an option")),
            }
        }
        Ok(options)
    }

    /// What is asked, in the order of the tables.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &'static str> {
        let wanted = |question: &str| match &self.only {
            Some(only) => only.iter().any(|wanted| wanted == question),
            None => true,
        };
        QUESTIONS
            .into_iter()
            .filter(move |question| wanted(question))
    }
}

fn questions(list: &str) -> Result<Vec<String>, String> {
    list.split(',')
        .map(|word| match QUESTIONS.contains(&word) {
            true => Ok(word.to_owned()),
            false => Err(format!("`{word}` is not a question")),
        })
        .collect()
}

/// The target folder: this program is in a folder of it that has the name of its profile.
fn target() -> PathBuf {
    let this = std::env::current_exe().expect("a process knows its program");
    this.ancestors()
        .nth(2)
        .expect("it is in a folder of a folder")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn everything_is_asked_unless_told_otherwise() {
        let asked = |line| parse(line).map(|options| options.questions().collect::<Vec<_>>());
        assert_eq!(asked("--quick"), Ok(QUESTIONS.to_vec()));
        assert_eq!(asked("--only queue,emit"), Ok(vec!["emit", "queue"]));
        assert_eq!(asked("--conformance"), Ok(vec!["conformance"]));
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        assert_eq!(
            parse("--fast").err().as_deref(),
            Some("`--fast` is not an option")
        );
        assert_eq!(
            parse("--only emits").err().as_deref(),
            Some("`emits` is not a question")
        );
        assert_eq!(
            parse("--out").err().as_deref(),
            Some("`--out` needs a value")
        );
    }
}
