//! The `sbx` command: translates a command line to calls of the facade, and results to output and exit codes.
//!
//! Three stages that never mix: `args` parses, `config` reads files and environment into plain structs, `commands` do
//! the work.
#![forbid(unsafe_code)]

mod args;
mod config;
mod failure;
mod console;
mod interrupt;
mod progress;
mod when;
mod commands;

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use clap::Parser as _;

use crate::{
    args::{Args, Command},
    failure::{Failure, Outcome},
};

/// The caller asked for something that cannot be.
const USAGE: u8 = 2;
/// Somebody else is working on the session: `EX_TEMPFAIL` of `sysexits.h`.
const BUSY: u8 = 75;
/// We failed, not the program.
const BROKEN: u8 = 125;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help goes to stdout, where a closed pipe is success; if stderr is gone nobody is there to be told.
            error.print().ok();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    // A bug of ours must not look like an answer of the program: the panic's own message is on stderr already.
    match panic::catch_unwind(AssertUnwindSafe(|| dispatch(args))) {
        Ok(Ok(code)) => code,
        Ok(Err(Failure::ClosedPipe)) => ExitCode::SUCCESS,
        Ok(Err(Failure::Usage(error))) => {
            console::complain(&error);
            ExitCode::from(USAGE)
        }
        Ok(Err(Failure::Busy(error))) => {
            console::complain(&error);
            ExitCode::from(BUSY)
        }
        Ok(Err(Failure::Broken(error))) => {
            console::complain(&error);
            ExitCode::from(BROKEN)
        }
        Err(_panic) => ExitCode::from(BROKEN),
    }
}

fn dispatch(args: Args) -> Outcome {
    config::start_log(args.global.log.as_deref())?;
    let cache = args.global.cache.as_deref();
    match args.command {
        Command::Run(args) => commands::run::run(config::run(*args)?, cache),
        Command::Repl(args) => commands::repl::repl(config::repl(*args)?, cache),
        Command::Session(args) => commands::session::session(*args, cache),
        Command::Images(args) => commands::images::images(args, cache),
        Command::Doctor => commands::doctor::doctor(cache),
        Command::Packages(args) => commands::packages::packages(args, cache),
        Command::Setup(args) => commands::setup::setup(cache, args.source.as_deref()),
        Command::Policy(args) => commands::policy::policy(&config::policy(args.policy)?, args.explain),
    }
}
