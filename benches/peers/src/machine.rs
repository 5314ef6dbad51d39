//! The header of the tables: on what, with what, and when.

use std::fmt::Write as _;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::harness::Effort;

/// The peers as the lock file names them: what was built is what is said.
const LOCK: &str = include_str!("../../../Cargo.lock");

const PEERS: [&str; 11] = [
    "oyez",
    "async-event-emitter",
    "bevy_ecs",
    "calloop",
    "crossbeam-channel",
    "event-emitter-rs",
    "hey_listen",
    "mod-events",
    "rxrust",
    "signals2",
    "tokio",
];

pub(crate) fn header(effort: Effort, others: &[String]) -> String {
    let mut header = String::from("# oyez and its peers\n\n");
    let mut line =
        |name: &str, value: &str| writeln!(header, "- {name}: {value}").expect("a string grows");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    line(
        "machine",
        &format!("{}, {cores} cores for this process", processor()),
    );
    line("system", &system());
    line("compiler", env!("OYEZ_PEERS_RUSTC"));
    line("date", &date(now()));
    let (repeats, sample) = (effort.repeats, effort.sample.as_millis());
    let doubt = match (cfg!(debug_assertions), effort.quick) {
        (true, _) => "; not optimized, so that the numbers say nothing",
        (false, true) => "; a smoke run, whose numbers say little",
        (false, false) => "",
    };
    let method =
        format!("{repeats} repeats of {sample} ms, contestants in turn inside of each{doubt}");
    line("method", &method);
    let versions: Vec<_> = PEERS
        .iter()
        .map(|name| format!("{name} {}", version(name)))
        .collect();
    line("crates", &versions.join(", "));
    others.iter().for_each(|other| line("beside", other));
    header.push('\n');
    header
}

fn processor() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(": "));
    model
        .map_or(std::env::consts::ARCH, |(_, model)| model)
        .to_owned()
}

fn system() -> String {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{} {}", std::env::consts::OS, release.trim())
        .trim()
        .to_owned()
}

/// The version of a crate in the lock file.
fn version(name: &str) -> &'static str {
    let mut packages = LOCK.split("[[package]]");
    let package = packages.find(|package| package.contains(&format!("\nname = \"{name}\"\n")));
    let version = package.and_then(|package| package.split_once("version = \""));
    version
        .and_then(|(_, rest)| rest.split('"').next())
        .expect("the lock file names it")
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

/// The day in the Gregorian calendar, by counting from the first of March of year 0.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn date(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let leap_days = day_of_era / 1_460 + day_of_era / 146_096 - day_of_era / 36_524;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400), "2000-02-29");
        assert_eq!(date(951_868_800), "2000-03-01");
        assert_eq!(date(1_798_761_599), "2026-12-31");
    }

    #[test]
    fn every_peer_has_a_version_and_the_manifest_pins_it() {
        let manifest = include_str!("../Cargo.toml");
        for name in PEERS.iter().filter(|&&name| name != "oyez") {
            let pinned = format!("\"={}\"", version(name));
            let mut lines = manifest.lines();
            assert!(
                lines.any(|line| line.starts_with(&format!("{name} = ")) && line.contains(&pinned)),
                "{name}"
            );
        }
    }
}
