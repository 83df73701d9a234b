//! `cargo xtask soak`: thousands of hostile programs beside ordinary ones, and a report of what held.
//!
//! The programs run in a process of their own, so that a signal that ends it is a row of the report and not the end of it.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks to whoever started it")]

use std::{
    env, fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use sbx_testkit::{
    LANGUAGES, corpus, ordinary,
    soak::{Report, Soak, last_notes},
};

/// Runs hostile programs by the thousand beside ordinary ones.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask soak", args_override_self = true)]
struct Args {
    /// Programs in all [default: 10000, or no bound with --minutes]
    #[arg(long)]
    runs: Option<u64>,
    /// Ends after so many minutes.
    #[arg(long)]
    minutes: Option<f64>,
    /// What is chosen; the same seed chooses the same programs [default: random, and printed]
    #[arg(long)]
    seed: Option<u64>,
    /// Programs at once [default: twice the processors]
    #[arg(long)]
    slots: Option<usize>,
    /// Writes the report as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The folder of the process that started this one.
    #[arg(long, hide = true)]
    journal: Option<PathBuf>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let result = match &args.journal {
        Some(journal) => work(&args, journal),
        None => watch(&args),
    };
    match result {
        Ok(report) if report.failures.is_empty() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Starts the process that works, waits for it, and shows its report.
fn watch(args: &Args) -> Result<Report, String> {
    let journal = tempfile::tempdir().map_err(|error| format!("cannot make a folder: {error}"))?;
    let this = env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let seed = args.seed.unwrap_or_else(of_the_clock);
    println!("seed {seed}");
    let status = Command::new(this)
        .args(env::args_os().skip(1))
        .args(["--seed", &seed.to_string(), "--journal"])
        .arg(journal.path())
        .status()
        .map_err(|error| format!("cannot start itself: {error}"))?;
    let report = match status.signal() {
        Some(signal) => Report::of_dead(signal, last_notes(journal.path())),
        None => read(journal.path()).map_err(|error| format!("there is no report ({status}): {error}"))?,
    };
    println!("{report}");
    if let Some(path) = &args.json {
        let json = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        fs::write(path, json + "\n").map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(report)
}

/// Runs everything and leaves the report in the journal.
fn work(args: &Args, journal: &Path) -> Result<Report, String> {
    let default_runs = if args.minutes.is_some() { u64::MAX / 100 } else { 10_000 };
    let mut soak = Soak::new(args.runs.unwrap_or(default_runs), args.seed.unwrap_or_default());
    soak.at_most = args.minutes.map(|minutes| Duration::from_secs_f64(minutes * 60.0));
    soak.slots = args.slots.unwrap_or(soak.slots).max(1);
    soak.rest = Duration::from_secs(12);
    soak.journal = Some(journal.to_owned());
    let hostile: Vec<_> = LANGUAGES.iter().flat_map(corpus).collect();
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} runs, {msg} {elapsed}");
    let bar = match args.minutes {
        None => ProgressBar::new(soak.runs),
        Some(_) => ProgressBar::new_spinner(),
    };
    let bar = bar.with_style(style.map_err(|error| error.to_string())?);
    let report = soak.run(&hostile, &ordinary(), &|phase, n_runs| {
        bar.set_message(phase.to_owned());
        bar.inc(n_runs);
    });
    bar.finish_and_clear();
    let json = serde_json::to_vec(&report).map_err(|error| error.to_string())?;
    fs::write(report_file(journal), json).map_err(|error| error.to_string())?;
    Ok(report)
}

fn read(journal: &Path) -> Result<Report, String> {
    let json = fs::read(report_file(journal)).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(|error| error.to_string())
}

fn report_file(journal: &Path) -> PathBuf {
    journal.join("report.json")
}

/// A seed that differs from soak to soak.
fn of_the_clock() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_secs() ^ (u64::from(now.subsec_nanos()) << 32)
}
