//! Developer tasks: `cargo xtask TASK`.
//!
//! Plain Rust instead of scripts, so that they run wherever the project builds; few dependencies and none of the
//! product's crates, so that they start within seconds. Each task is one file; this one is a match.
#![forbid(unsafe_code)]
#![expect(clippy::print_stderr, reason = "tasks talk to whoever started them")]

mod args; // the command line
mod workspace; // what cargo says about the workspace
mod shell; // running cargo and the rest
mod guests; // setup, demo, vendor
mod test; // test, bless, soak
mod bench;
mod fuzz;
mod chaos;
mod checks; // fmt, clippy, doc, deny
mod tidy; // rules about the text of the repository
mod layers; // who may depend on whom
mod ci; // all checks

use std::env;
use std::process::ExitCode;

use crate::args::Task;
use crate::workspace::Workspace;

fn main() -> ExitCode {
    let task = match args::parse(env::args().skip(1)) {
        Ok(task) => task,
        Err(problem) => {
            eprintln!("xtask: {problem}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    match run(&task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> anyhow::Result<()> {
    if *task == Task::Help {
        eprintln!("{}", args::HELP);
        return Ok(());
    }
    let workspace = Workspace::load()?;
    match task {
        Task::Help => Ok(()),
        Task::Setup { source } => guests::setup(&workspace, source.as_deref()),
        Task::Demo { source } => guests::demo(&workspace, source.as_deref()),
        Task::Vendor { rest } => guests::vendor(&workspace, rest),
        Task::Test { rest } => test::test(&workspace, rest),
        Task::Bless => test::bless(&workspace),
        Task::Bench(options) => bench::bench(&workspace, options),
        Task::Soak { rest } => test::soak(&workspace, rest),
        Task::Fuzz(plan) => fuzz::fuzz(&workspace, plan),
        Task::Chaos { part } => chaos::chaos(&workspace, part.as_deref()),
        Task::Test262 { folder } => test::test262(&workspace, folder),
        Task::Ci => ci::ci(&workspace),
        Task::Fmt => ci::alone(checks::fmt(&workspace)?),
        Task::Clippy => ci::alone(checks::clippy(&workspace)?),
        Task::Doc => ci::alone(checks::doc(&workspace)?),
        Task::Deny => ci::alone(checks::deny(&workspace)?),
        Task::Tidy => ci::alone(tidy::tidy(&workspace)?),
    }
}
