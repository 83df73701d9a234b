//! How costs grow: with sandboxes at once, the state of a session, the sessions of a store, the files of a workspace.
//!
//! `cargo xtask bench --scaling` runs it with `--part NAME` and draws what it prints: one line of JSON for each size, with
//! times in seconds. With `--quick` there are fewer sizes; without a part it does nothing.
#![expect(clippy::print_stdout, reason = "the lines are what it is for")]

#[path = "scaling/live.rs"]
mod live;
#[path = "scaling/waiting.rs"]
mod waiting;
#[path = "scaling/state.rs"]
mod state;
#[path = "scaling/store.rs"]
mod store;
#[path = "scaling/files.rs"]
mod files;

use std::{fs, time::Instant};

use anyhow::{Context as _, bail, ensure};
use sbx::{ExecutionPolicy, NoProgress, Runtimes, SandboxResult, Session, set_up};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let Some(at) = arguments.iter().position(|argument| argument == "--part") else { return Ok(()) };
    let part = arguments.get(at + 1).context("--part takes a name")?;
    let sizes = if arguments.iter().any(|argument| argument == "--quick") { Sizes::Few } else { Sizes::All };
    set_up(None, None, &NoProgress)?;
    let runtimes = Runtimes::load(None)?;
    match part.as_str() {
        "live" => live::measure(&runtimes, sizes),
        "waiting" => waiting::measure(&runtimes, sizes),
        "state" => state::measure(&runtimes, sizes),
        "store" => store::measure(&runtimes, sizes),
        "files" => files::number(&runtimes, sizes),
        "bytes" => files::bytes(&runtimes, sizes),
        other => bail!("there is no part {other:?}"),
    }
}

/// How many sizes are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sizes {
    All,
    Few,
}

impl Sizes {
    /// Every size, or every other one of the smaller half.
    fn of<T: Copy>(self, all: &[T]) -> Vec<T> {
        match self {
            Self::All => all.to_vec(),
            Self::Few => all.iter().take(all.len().div_ceil(2)).step_by(2).copied().collect(),
        }
    }
}

/// Room for everything that is made here.
fn policy() -> ExecutionPolicy {
    let mut policy = ExecutionPolicy::default()
        .with_fuel_budget(1 << 60)
        .with_memory_bytes(2 << 30)
        .with_timeout_seconds(300.0);
    policy.max_files = 50_000;
    policy.disk_bytes = 1 << 30;
    policy
}

fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(f64, T)> {
    let started = Instant::now();
    let done = work()?;
    Ok((started.elapsed().as_secs_f64(), done))
}

/// The median of the seconds that `n` calls take.
fn median(n: usize, mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    let mut samples = Vec::with_capacity(n);
    for _ in 0..n {
        samples.push(timed(&mut work)?.0);
    }
    samples.sort_by(f64::total_cmp);
    samples.get(n / 2).copied().context("no samples")
}

fn good(result: &SandboxResult) -> anyhow::Result<()> {
    ensure!(result.success, "{}: {}", result.ending, result.stderr);
    Ok(())
}

fn run(session: &Session, code: &str) -> anyhow::Result<()> {
    good(&session.execute(code)?)
}

/// A number of this process from a file of the kernel's, such as `RssAnon` in bytes.
fn status(name: &str) -> anyhow::Result<f64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find(|line| line.starts_with(name)).context("no such line")?;
    let kib: f64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
    Ok(kib * 1024.0)
}
