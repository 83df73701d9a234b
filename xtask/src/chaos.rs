//! `chaos`: every test in which something breaks, in its long form, then one table of what was seen.
//!
//! The tests are ordinary ones that `cargo test` runs in a short form; `SBX_CHAOS` makes them long. Each says what it saw in
//! lines that begin with `chaos: `.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::guests;
use crate::shell::{self, cargo_command};
use crate::workspace::Workspace;

/// What tests say that is for the table.
const MARK: &str = "chaos: ";

/// Some tests: those whose names contain `filter`.
#[derive(Debug)]
struct Part {
    name: &'static str,
    filter: &'static str,
    needs_guests: bool,
}

const fn part(name: &'static str, filter: &'static str) -> Part {
    Part { name, filter, needs_guests: false }
}

const PARTS: [Part; 9] = [
    part("kill -9 in mid-write", "crash::"),
    part("full disk: sessions", "full::"),
    part("full disk: cache", "a_disk_with_any_little_room"),
    part("storage behind a bad line", "proxy::"),
    part("clocks that jump", "clocks::"),
    part("10,000 sessions", "many::"),
    part("without openat2", "old_kernel::"),
    part("deep trees, huge folders", "huge::"),
    Part { name: "few descriptors, storms", filter: "chaos::", needs_guests: true },
];

/// How one part ended.
struct Seen {
    name: &'static str,
    elapsed: Duration,
    said: Vec<String>,
    is_good: bool,
}

/// Runs all parts, or the one whose name contains `only`, whatever fails on the way, then shows what was seen.
pub(crate) fn chaos(workspace: &Workspace, only: Option<&str>) -> anyhow::Result<()> {
    let wanted = |part: &&Part| only.is_none_or(|only| part.name.contains(only));
    let parts: Vec<&Part> = PARTS.iter().filter(wanted).collect();
    if parts.is_empty() {
        let known = PARTS.map(|part| part.name).join(", ");
        bail!("no part is called like {:?}; there are: {known}", only.unwrap_or_default());
    }
    if parts.iter().any(|part| part.needs_guests) {
        guests::setup(workspace, None)?;
    }
    let mut seen = Vec::new();
    for part in parts {
        shell::say(part.name);
        seen.push(run(workspace, part)?);
    }
    shell::say("what was seen");
    seen.iter().for_each(|seen| eprintln!("{}", row(seen)));
    match seen.iter().filter(|seen| !seen.is_good).map(|seen| seen.name).collect::<Vec<_>>()[..] {
        [] => Ok(()),
        ref failed => bail!("failed: {}", failed.join(", ")),
    }
}

fn run(workspace: &Workspace, part: &Part) -> anyhow::Result<Seen> {
    // The whole workspace, as every other task builds it: one package alone would have other features.
    let args = ["test", "--workspace", "--test", "it", part.filter, "--", "--nocapture"];
    let mut command = cargo_command(workspace, args);
    command.args(["--test-threads", "1"]).env("SBX_CHAOS", "1").env("SBX_CRASH_ROUNDS", "500");
    let begun = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot run cargo")?;
    let lines = child.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines);
    let mut said = Vec::new();
    let mut n_passed = 0;
    for line in lines.map_while(Result::ok) {
        eprintln!("  {line}");
        // The harness begins a line with the name of the test and does not end it.
        said.extend(line.split_once(MARK).map(|(_, text)| text.to_owned()));
        n_passed += usize::from(line.starts_with("test result: ok. ") && !line.contains(" 0 passed"));
    }
    let is_good = child.wait()?.success() && n_passed > 0;
    Ok(Seen { name: part.name, elapsed: begun.elapsed(), said, is_good })
}

fn row(seen: &Seen) -> String {
    let mark = if seen.is_good { "✓" } else { "✗" };
    let mut text = format!("  {mark} {:<26} {:>6.0} s", seen.name, seen.elapsed.as_secs_f64());
    for said in &seen.said {
        text.push_str("\n        ");
        text.push_str(said);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_how_it_ended_and_what_was_seen() {
        let mut seen = Seen {
            name: "a",
            elapsed: Duration::from_secs(7),
            said: vec!["500 kills".to_owned()],
            is_good: true,
        };
        assert_eq!(row(&seen), format!("  ✓ a{}      7 s\n        500 kills", " ".repeat(25)));
        seen.is_good = false;
        assert!(row(&seen).starts_with("  ✗ a"));
    }
}
