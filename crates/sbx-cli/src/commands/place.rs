//! Where programs run: in a sandbox that ends with this process, or in a session that does not.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use sbx::{
    DiskStorage, Durability, GuestPath, Program, Runtimes, Sandbox, SandboxBuilder, SandboxResult, Session,
    SessionStore, SessionsBuilder, StorageAdapter,
};

use crate::{
    config::{SandboxConfig, SessionConfig, StorageConfig},
    failure::{Failure, Outcome},
};

/// How often a session that somebody else has is asked for.
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Where programs run.
#[derive(Debug)]
pub(crate) enum Place {
    /// A sandbox of our own.
    Sandbox(Box<Sandbox>),
    /// A session, which is ours until it is closed.
    Session(Box<Session>),
}

impl Place {
    /// The session if there is to be one, else a sandbox with the workspace's files in it. `persists`: whether one
    /// program finds what the one before it has left in the interpreter.
    pub(crate) fn open(
        config: &SandboxConfig,
        session: Option<&SessionConfig>,
        runtimes: &Runtimes,
        persists: bool,
        durability: Durability,
    ) -> Outcome<Self> {
        match session {
            Some(session) => {
                let builder = SessionsBuilder::over(store(&session.storage)?)
                    .runtimes(runtimes.clone())
                    .policy(config.policy.clone())
                    .runtime(config.runtime)
                    .image(&config.image)
                    .durability(durability)
                    .persistent(persists);
                Ok(Self::Session(Box::new(take(builder, session, &config.policy.guest_mount_path)?)))
            }
            None => Ok(Self::Sandbox(Box::new(sandbox(config, runtimes, persists)?))),
        }
    }

    /// Runs a program.
    pub(crate) fn execute(&mut self, program: Program) -> Outcome<SandboxResult> {
        match self {
            Self::Sandbox(sandbox) => Ok(sandbox.execute(program)?),
            Self::Session(session) => Ok(session.execute(program)?),
        }
    }

    /// The files of the workspace.
    pub(crate) fn list_files(&self) -> Outcome<Vec<GuestPath>> {
        match self {
            Self::Sandbox(sandbox) => Ok(sandbox.list_files()),
            Self::Session(session) => Ok(session.list_files()?),
        }
    }

    /// The session, if it is one.
    pub(crate) fn session(&self) -> Option<&Session> {
        match self {
            Self::Sandbox(_) => None,
            Self::Session(session) => Some(session),
        }
    }

    /// Brings what a program did to the workspace back to its folder.
    pub(crate) fn keep_changes(&self, result: &SandboxResult, config: &SandboxConfig) -> Outcome<()> {
        let (Self::Sandbox(sandbox), Some(dir)) = (self, &config.workspace) else { return Ok(()) };
        sandbox
            .export_changes(result, dir)
            .with_context(|| format!("cannot copy the program's files back to {}", dir.display()))
            .map_err(Failure::Broken)
    }

    /// Stores what is not stored, and lets others have the session.
    pub(crate) fn close(self) -> Outcome<()> {
        if let Self::Session(session) = self {
            session.close()?;
        }
        Ok(())
    }
}

fn sandbox(config: &SandboxConfig, runtimes: &Runtimes, persists: bool) -> Outcome<Sandbox> {
    let mut sandbox = SandboxBuilder::new(config.runtime)
        .runtimes(runtimes.clone())
        .policy(config.policy.clone())
        .image(&config.image)
        .auto_persist_globals(persists)
        .build()?;
    if let Some(dir) = &config.workspace {
        sandbox
            .import_dir(dir)
            .with_context(|| format!("cannot copy {} into the sandbox", dir.display()))
            .map_err(Failure::Usage)?;
    }
    Ok(sandbox)
}

/// Takes the session, new if there is none of that name.
fn take(builder: SessionsBuilder, config: &SessionConfig, workspace: &GuestPath) -> Outcome<Session> {
    let sessions = builder.build()?;
    patiently(config.wait, || {
        let session = sessions.open_or_create(&config.id)?;
        let info = pollster::block_on(sessions.store().info(&config.id))?;
        if info.workspace != *workspace {
            let (theirs, id) = (&info.workspace, &config.id);
            return Err(Failure::usage(format!(
                "the workspace of session {id:?} is {theirs}; set `guest_mount_path` of the policy to that"
            )));
        }
        session.wake()?;
        Ok(session)
    })
}

/// The sessions of a storage.
pub(crate) fn store(storage: &StorageConfig) -> Outcome<SessionStore> {
    let storage: Arc<dyn StorageAdapter> = match storage {
        StorageConfig::Url(url) => sbx::open_storage(url).map_err(sbx::Error::from)?,
        StorageConfig::Folder(folder) => Arc::new(DiskStorage::open(folder).map_err(sbx::Error::from)?),
    };
    Ok(SessionStore::new(storage))
}

/// Tries again for so long while somebody else has the session.
pub(crate) fn patiently<T>(wait: Duration, mut attempt: impl FnMut() -> Outcome<T>) -> Outcome<T> {
    let started = Instant::now();
    loop {
        let outcome = attempt();
        let left = wait.saturating_sub(started.elapsed());
        match outcome {
            Err(Failure::Busy(_)) if !left.is_zero() => thread::sleep(left.min(BETWEEN_TRIES)),
            Err(Failure::Busy(error)) if wait.is_zero() => {
                return Err(Failure::Busy(anyhow::Error::msg(format!(
                    "{error:#} (--wait 10s waits for it)"
                ))));
            }
            outcome => return outcome,
        }
    }
}
