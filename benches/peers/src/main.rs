//! The same work on oyez and on its peers, in one set of tables. The README beside says how to read them.

mod conformance;
mod harness;
mod heap;
mod machine;
mod options;
mod other;
mod payload;
mod peers;
mod questions;
mod random;
mod table;

use std::fs;

use options::{Options, Task};
use other::Programs;
use questions::{channel, churn, emit, keys, memory, once, queue, threads};
use table::Table;

fn main() {
    let options = Options::from_arguments();
    match &options.task {
        Task::Help => print!("{}", options::HELP),
        Task::Probe { name, probe } => println!("{}", conformance::answer(name, probe)),
        Task::Tables => tables(&options),
    }
}

/// Asks every question that is wanted; each table is shown when it is done, and all are kept in a file.
fn tables(options: &Options) {
    let programs = if options.others {
        Programs::start(&options.build)
    } else {
        Programs::default()
    };
    let mut text = machine::header(options.effort, programs.about());
    print!("{text}");
    let mut show = |tables: Vec<Table>| {
        for table in tables {
            print!("{table}");
            text += &table.to_string();
        }
    };
    let effort = options.effort;
    for question in options.questions() {
        show(match question {
            "emit" => emit::tables(effort, &programs),
            "churn" => churn::tables(effort, &programs),
            "once" => once::tables(effort, &programs),
            "keys" => keys::tables(effort, &programs),
            "threads" => threads::tables(effort, &programs),
            "queue" => queue::tables(effort, &programs),
            "channel" => channel::tables(effort),
            "memory" => memory::tables(effort, &programs),
            "conformance" => vec![conformance::table(&programs)],
            _ => unreachable!("the options know all questions"),
        });
    }
    if let Err(error) = fs::write(&options.out, text) {
        eprintln!("{} cannot be written: {error}", options.out.display());
        std::process::exit(1);
    }
    eprintln!("kept in {}", options.out.display());
}
