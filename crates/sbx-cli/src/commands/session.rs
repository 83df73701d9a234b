//! `sbx session`: sessions, looked at and changed from outside.
//!
//! What needs no file of a guest works on the storage alone and loads no runtime.

mod list;
mod files;
mod copy;
mod fork;
mod manage;
mod transfer;
mod glob;

use std::{path::Path, process::ExitCode, time::Duration};

use sbx::{ExecutionPolicy, Runtimes, Session, SessionId, SessionStore, Sessions, SessionsBuilder};

use crate::{
    args::{SessionCommand, SessionCommandArgs},
    commands::place::{patiently, store},
    config,
    failure::{Failure, Outcome},
};

pub(crate) use list::show_log;

/// Does one of its commands.
pub(crate) fn session(args: SessionCommandArgs, cache: Option<&Path>) -> Outcome {
    let store = store(&config::storage(args.storage)?)?;
    let desk = Desk { store, wait: args.wait.unwrap_or_default(), json: args.json, cache };
    match args.command {
        SessionCommand::Ls(args) => list::ls(&desk, args),
        SessionCommand::Show(args) => list::show(&desk, &args.id),
        SessionCommand::Log(args) => list::log(&desk, &args.id),
        SessionCommand::Files(args) => files::files(&desk, &args),
        SessionCommand::Cat(args) => files::cat(&desk, &args),
        SessionCommand::Rm(args) => files::rm(&desk, &args),
        SessionCommand::Diff(args) => files::diff(&desk, &args),
        SessionCommand::Cp(args) => copy::cp(&desk, &args),
        SessionCommand::Fork(args) => fork::fork(&desk, &args),
        SessionCommand::Branch(args) => fork::branch(&desk, &args),
        SessionCommand::Rewind(args) => fork::rewind(&desk, &args),
        SessionCommand::Peek(args) => return fork::peek(&desk, *args),
        SessionCommand::Label(args) => manage::label(&desk, args),
        SessionCommand::Delete(args) => manage::delete(&desk, &args),
        SessionCommand::Prune(args) => return manage::prune(&desk, args),
        SessionCommand::Export(args) => transfer::export(&desk, &args),
        SessionCommand::Import(args) => transfer::import(&desk, args),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// What every command works with.
struct Desk<'a> {
    store: SessionStore,
    /// How long to wait for a session that somebody else has.
    wait: Duration,
    /// Whether the answer is to be JSON.
    json: bool,
    cache: Option<&'a Path>,
}

impl Desk<'_> {
    /// Does something in the storage, again for a while if somebody else has the session.
    fn ask<T, F>(&self, ask: impl Fn() -> F) -> Outcome<T>
    where
        F: Future<Output = Result<T, sbx::SessionError>>,
    {
        patiently(self.wait, || Ok(pollster::block_on(ask())?))
    }

    /// One session with the runtime that its files lie on.
    fn open(&self, id: &SessionId, mut policy: ExecutionPolicy) -> Outcome<(Sessions, Session)> {
        policy.guest_mount_path = self.ask(|| self.store.info(id))?.workspace;
        let sessions = SessionsBuilder::over(self.store.clone())
            .runtimes(Runtimes::load(self.cache)?)
            .policy(policy)
            .build()?;
        let session = sessions.open(id)?;
        Ok((sessions, session))
    }

    /// Refuses `--json` where there is nothing that could be said in it.
    fn no_json(&self, command: &str) -> Outcome<()> {
        if self.json {
            return Err(Failure::usage(format!("`{command}` prints bytes as they are: it has no --json")));
        }
        Ok(())
    }
}
