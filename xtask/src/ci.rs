//! `ci`: every check and the tests, whatever fails on the way, then a summary.

use std::time::{Duration, Instant};

use anyhow::bail;

use crate::shell::say;
use crate::workspace::Workspace;
use crate::{checks, test, tidy};

/// How a check ended that did not fail.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// Its tool is missing; the text says how to get it.
    Skipped(String),
}

impl Outcome {
    pub(crate) fn skipped(why: &str) -> Self {
        Self::Skipped(why.to_owned())
    }
}

type Check = fn(&Workspace) -> anyhow::Result<Outcome>;

/// In the order of what they cost.
const STEPS: [(&str, Check); 6] = [
    ("tidy", tidy::tidy),
    ("fmt", checks::fmt),
    ("deny", checks::deny),
    ("clippy", checks::clippy),
    ("doc", checks::doc),
    ("test", tests),
];

/// Runs all steps and fails if one did.
pub(crate) fn ci(workspace: &Workspace) -> anyhow::Result<()> {
    let mut results = Vec::new();
    for (name, check) in STEPS {
        say(name);
        let start = Instant::now();
        let result = check(workspace);
        if let Err(error) = &result {
            eprintln!("✗ {name}: {error:#}");
        }
        results.push((name, result, start.elapsed()));
    }
    say("summary");
    let mut failed = Vec::new();
    for (name, result, elapsed) in &results {
        eprintln!("{}", line(name, result, *elapsed));
        if result.is_err() {
            failed.push(*name);
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}; `cargo xtask NAME` runs one alone", failed.join(", "));
    }
    Ok(())
}

/// For a check that was asked for by its name.
pub(crate) fn alone(outcome: Outcome) -> anyhow::Result<()> {
    match outcome {
        Outcome::Passed => Ok(()),
        Outcome::Skipped(why) => bail!("{why}"),
    }
}

fn tests(workspace: &Workspace) -> anyhow::Result<Outcome> {
    test::test(workspace, &[])?;
    Ok(Outcome::Passed)
}

fn line(name: &str, result: &anyhow::Result<Outcome>, elapsed: Duration) -> String {
    let (mark, note) = match result {
        Ok(Outcome::Passed) => ("✓", String::new()),
        Ok(Outcome::Skipped(why)) => ("–", format!("skipped: {why}")),
        Err(error) => ("✗", format!("{error:#}")),
    };
    let note = note.lines().next().unwrap_or_default().to_owned();
    format!("  {mark} {name:<7} {:>6.1} s  {note}", elapsed.as_secs_f64()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_tells_passed_skipped_and_failed_apart() {
        let second = Duration::from_secs(1);
        assert_eq!(line("fmt", &Ok(Outcome::Passed), second), "  ✓ fmt        1.0 s");
        assert_eq!(
            line("deny", &Ok(Outcome::skipped("not installed")), second),
            "  – deny       1.0 s  skipped: not installed"
        );
        let failed = Err(anyhow::anyhow!("two\nlines"));
        assert_eq!(line("clippy", &failed, second), "  ✗ clippy     1.0 s  two");
    }

    #[test]
    fn a_skipped_check_fails_if_it_was_asked_for() {
        assert!(alone(Outcome::Passed).is_ok());
        assert!(alone(Outcome::skipped("not installed")).is_err());
    }
}
