//! What is written at the end.

use std::io::{self, Write};

use crate::SLOW_FROM;
use crate::bursts::CLIENTS_MAX;
use crate::lines::shown;
use crate::tally::{Counts, Ranking};
use crate::top::Top;

const RANKS: usize = 5;

pub(crate) fn write(
    out: &mut impl Write,
    counts: &Counts,
    ranking: &Ranking,
    unwatched: u64,
) -> io::Result<()> {
    write_lines(out, counts)?;
    if counts.requests > 0 {
        write_requests(out, counts, unwatched)?;
        write_top(out, "paths asked for most:", &ranking.paths)?;
        write_top(out, "clients with most requests:", &ranking.clients)?;
    }
    out.flush()
}

fn write_lines(out: &mut impl Write, counts: &Counts) -> io::Result<()> {
    let (requests, malformed) = (counts.requests, counts.malformed);
    let lines = requests + malformed;
    writeln!(
        out,
        "lines: {lines} = {requests} requests + {malformed} malformed"
    )?;
    for (reason, first) in &counts.reasons {
        let (count, line, text) = (first.count, first.line, shown(&first.text));
        writeln!(
            out,
            "{count:>8}  {reason}; the first is line {line}: `{text}`"
        )?;
    }
    Ok(())
}

fn write_requests(out: &mut impl Write, counts: &Counts, unwatched: u64) -> io::Result<()> {
    write!(out, "answers:")?;
    for (class, count) in counts.answers.iter().enumerate().filter(|(_, n)| **n > 0) {
        write!(out, " {count} with {class}xx,")?;
    }
    writeln!(out, " {} bytes", counts.bytes)?;
    writeln!(out, "requests that are no HTTP: {}", counts.not_http)?;
    write!(
        out,
        "slow, {} s or longer: {}",
        SLOW_FROM.as_secs(),
        counts.slow
    )?;
    if let Some(slowest) = &counts.slowest {
        let (line, took) = (slowest.line, slowest.took.as_secs_f64());
        let asked = shown(&slowest.asked);
        write!(out, "; the slowest, {took:.3} s, is line {line}: `{asked}`")?;
    }
    writeln!(out, "\nbursts: {}", counts.bursts)?;
    if unwatched > 0 {
        writeln!(
            out,
            "          approximate: {unwatched} requests came while {CLIENTS_MAX} other clients were busy"
        )?;
    }
    Ok(())
}

fn write_top(out: &mut impl Write, title: &str, top: &Top) -> io::Result<()> {
    writeln!(out, "{title}")?;
    for (key, count) in top.first(RANKS) {
        writeln!(out, "{count:>8}  {}", shown(key))?;
    }
    if top.missed() > 0 {
        let missed = top.missed();
        writeln!(
            out,
            "          approximate: too many to keep, each count may be {missed} too low"
        )?;
    }
    Ok(())
}
