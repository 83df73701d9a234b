//! A sandbox: one policy, one workspace, programs one after another.

use std::{path::PathBuf, sync::Arc};

use sbx_core::{ExecutionPolicy, GuestError, RuntimeType, SandboxResult};
use sbx_runtime::{Interpreter, Program};
use sbx_sessions::{SessionId, SessionStore};
use sbx_storage::{DiskStorage, StorageAdapter};
use sbx_vfs::Tree;

use crate::{
    error::{Error, Result},
    logs,
    runtimes::{Runtimes, default_image},
    session::{Session, SessionsBuilder},
    storage::{default_log_dir, default_storage_dir},
};

/// A sandbox for `runtime` with the default policy, an empty workspace, and a fresh interpreter for every program.
///
/// # Errors
/// If the runtime is not set up on this machine.
pub fn create_sandbox(runtime: RuntimeType) -> Result<Sandbox> {
    SandboxBuilder::new(runtime).build()
}

/// Files of at least so many bytes wait for the next program outside of memory.
pub(crate) const LARGE_FILE_BYTES: u64 = 16 << 20;

/// Makes a [`Sandbox`].
///
/// # Examples
/// ```no_run
/// use sbx::{ExecutionPolicy, RuntimeType, SandboxBuilder};
///
/// let mut sandbox = SandboxBuilder::new(RuntimeType::Python)
///     .policy(ExecutionPolicy::default().with_timeout_seconds(5.0))
///     .image("python")
///     .build()?;
/// assert!(sandbox.execute("print(1)")?.success);
/// # Ok::<(), sbx::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct SandboxBuilder {
    runtime: RuntimeType,
    runtimes: Option<Runtimes>,
    policy: ExecutionPolicy,
    image: String,
    files: Option<Tree>,
    auto_persist_globals: bool,
    session_id: Option<String>,
    storage: Option<Arc<dyn StorageAdapter>>,
    workspace_root: Option<PathBuf>,
    allow_non_uuid: bool,
    log_dir: Option<PathBuf>,
}

impl SandboxBuilder {
    /// The default sandbox for `runtime`.
    pub fn new(runtime: RuntimeType) -> Self {
        Self {
            runtime,
            runtimes: None,
            policy: ExecutionPolicy::default(),
            image: default_image(runtime).to_owned(),
            files: None,
            auto_persist_globals: false,
            session_id: None,
            storage: None,
            workspace_root: None,
            allow_non_uuid: true,
            log_dir: None,
        }
    }

    /// Uses these runtimes in place of the shared ones.
    pub fn runtimes(mut self, runtimes: Runtimes) -> Self {
        self.runtimes = Some(runtimes);
        self
    }

    /// What programs may use and reach.
    pub fn policy(mut self, policy: ExecutionPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The image that interpreters start from. Default [`default_image`] of the runtime.
    pub fn image(mut self, name: impl Into<String>) -> Self {
        self.image = name.into();
        self
    }

    /// The files to start with, from another sandbox of any runtime: a fork of its workspace.
    pub fn files(mut self, files: Tree) -> Self {
        self.files = Some(files);
        self
    }

    /// Keeps one interpreter for all programs, so that what one defines the next one finds. A program that is cut off by
    /// a limit takes the interpreter's state with it; the workspace goes back to how it was before.
    pub fn auto_persist_globals(mut self, persist: bool) -> Self {
        self.auto_persist_globals = persist;
        self
    }

    /// Goes on with the session of this id, which is made if there is none. Its files (and with `auto_persist_globals` its
    /// interpreter) are stored after each program, and another process can go on with them. It is kept in
    /// [`SandboxBuilder::storage`], by default in the user's data folder.
    pub fn session_id(mut self, id: impl Into<String>) -> Self {
        self.session_id = Some(id.into());
        self
    }

    /// Keeps the sandbox as a session in this storage; with a new id unless [`SandboxBuilder::session_id`] gives one.
    pub fn storage(mut self, storage: Arc<dyn StorageAdapter>) -> Self {
        self.storage = Some(storage);
        self
    }

    /// The same in a folder of this machine, which is made if it is not there.
    pub fn workspace_root(mut self, folder: impl Into<PathBuf>) -> Self {
        self.workspace_root = Some(folder.into());
        self
    }

    /// Whether session ids can be other names than UUIDs of version 4. Default true.
    pub fn allow_non_uuid(mut self, allow: bool) -> Self {
        self.allow_non_uuid = allow;
        self
    }

    /// Where the output of each run is kept as files if the policy says `preserve_logs`: in a folder of the run's id, which
    /// the result has as `logs`, closed to other users. Default: [`default_log_dir`]. Nothing removes them.
    pub fn log_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.log_dir = Some(dir.into());
        self
    }

    /// The sandbox.
    ///
    /// # Errors
    /// A policy that makes no sense, an unknown image, a runtime that is not set up.
    pub fn build(self) -> Result<Sandbox> {
        self.policy.validate()?;
        let runtimes = match &self.runtimes {
            Some(runtimes) => runtimes.clone(),
            None => Runtimes::shared()?,
        };
        runtimes.check_image(self.runtime, &self.image)?;
        let session = self.session(&runtimes)?;
        let files = match (self.files, &session) {
            (None, None) => runtimes.empty_files(self.runtime, &self.image, &self.policy)?,
            (None, Some(session)) => session.files()?,
            (Some(files), None) => runtimes.adopt(files, (self.runtime, &self.image), &self.policy)?,
            (Some(_), Some(session)) => return Err(Error::FilesAndSession { id: session.id().clone() }),
        };
        Ok(Sandbox {
            runtime: self.runtime,
            runtimes,
            policy: Arc::new(self.policy),
            image: self.image,
            files,
            live: None,
            session,
            persists: self.auto_persist_globals,
            log_dir: self.log_dir,
            turn: 0,
        })
    }

    /// The session that the sandbox is, if it is to be kept.
    fn session(&self, runtimes: &Runtimes) -> Result<Option<Session>> {
        let storage = match (&self.storage, &self.workspace_root, &self.session_id) {
            (None, None, None) => return Ok(None),
            (Some(storage), _, _) => Arc::clone(storage),
            (None, Some(folder), _) => Arc::new(DiskStorage::open(folder)?),
            (None, None, Some(_)) => Arc::new(DiskStorage::open(default_storage_dir()?)?),
        };
        let store = SessionStore::new(storage).with_allow_non_uuid(self.allow_non_uuid);
        let sessions = SessionsBuilder::over(store)
            .runtimes(runtimes.clone())
            .policy(self.policy.clone())
            .runtime(self.runtime)
            .image(&self.image)
            .persistent(self.auto_persist_globals)
            .build()?;
        let session = match &self.session_id {
            Some(id) => sessions.open_or_create(&SessionId::parse(id).map_err(sbx_sessions::Error::from)?)?,
            None => sessions.create()?,
        };
        Ok(Some(session))
    }
}

/// A sandbox: one policy and one workspace. Each program runs in a fresh interpreter (unless `auto_persist_globals`) and
/// finds the files that the ones before it left.
#[derive(Debug)]
pub struct Sandbox {
    runtime: RuntimeType,
    runtimes: Runtimes,
    policy: Arc<ExecutionPolicy>,
    image: String,
    pub(crate) files: Tree,
    live: Option<Interpreter>,
    pub(crate) session: Option<Session>,
    persists: bool,
    log_dir: Option<PathBuf>,
    turn: u64,
}

impl Sandbox {
    /// Runs a program and waits for it. However it ends, the result says so.
    ///
    /// After an ending that cut the program off (time, fuel, a trap), files are as they were before it. JavaScript that
    /// stopped at the time limit by itself, as it usually does, keeps what it did until then, variables included.
    ///
    /// # Errors
    /// Only what the host fails at.
    pub fn execute(&mut self, program: impl Into<Program>) -> Result<SandboxResult> {
        let host = self.runtimes.host().clone();
        host.block_on(self.execute_async(program))
    }

    /// [`Sandbox::execute`] for async callers, on any executor. Dropping the future ends the program.
    ///
    /// # Errors
    /// As [`Sandbox::execute`].
    pub async fn execute_async(&mut self, program: impl Into<Program>) -> Result<SandboxResult> {
        let mut result = match &self.session {
            Some(session) => {
                let result = session.execute_async(program).await;
                self.files = session.files_async().await?;
                result?
            }
            None => self.execute_here(program.into()).await?,
        };
        if self.policy.preserve_logs {
            self.keep_logs(&mut result)?;
        }
        Ok(result)
    }

    async fn execute_here(&mut self, mut program: Program) -> Result<SandboxResult> {
        program.at_exit |= !self.persists;
        let mut interpreter = match self.live.take() {
            Some(interpreter) if !interpreter.is_spent() => interpreter,
            _ => self.open().await?,
        };
        let mut result = interpreter.run(&program).await?;
        self.turn += 1;
        result.turn = self.turn;
        if interpreter.is_spent() {
            // The workspace was never replaced.
            note_rollback(&mut result, self.persists);
        } else {
            self.files = interpreter.files()?;
            self.spill();
            if self.persists {
                self.live = Some(interpreter);
            }
        }
        Ok(result)
    }

    /// The id of its session, if it is kept as one.
    #[must_use]
    pub fn session_id(&self) -> Option<&str> {
        self.session.as_ref().map(|session| session.id().as_str())
    }

    /// Its session, if it is kept as one: to fork, rewind and look into.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Whether `code` is valid in the runtime's language. It is parsed inside the guest and not run; code that cannot be
    /// parsed within the policy's limits is not valid.
    ///
    /// # Errors
    /// What the host fails at.
    pub fn validate_code(&self, code: &str) -> Result<bool> {
        Ok(self.check_code(code)?.is_none())
    }

    /// The error that [`Sandbox::validate_code`] found, with its line; `None` if the code is valid.
    ///
    /// # Errors
    /// As [`Sandbox::validate_code`].
    pub fn check_code(&self, code: &str) -> Result<Option<GuestError>> {
        let host = self.runtimes.host();
        host.block_on(async {
            let mut interpreter = self.open().await?;
            Ok(interpreter.validate(code, "<string>").await?)
        })
    }

    /// The language.
    #[must_use]
    pub fn runtime(&self) -> RuntimeType {
        self.runtime
    }

    /// What programs may use and reach.
    #[must_use]
    pub fn policy(&self) -> &ExecutionPolicy {
        &self.policy
    }

    async fn open(&self) -> Result<Interpreter> {
        let policy = Arc::clone(&self.policy);
        self.runtimes.open(self.runtime, &self.image, policy, self.files.clone()).await
    }

    /// Large files wait for the next program outside of memory; if the disk has no room, inside.
    pub(crate) fn spill(&mut self) {
        // What could not be moved is still there, so a failure costs memory and nothing else.
        self.files.spill(LARGE_FILE_BYTES, None).ok();
    }

    fn keep_logs(&self, result: &mut SandboxResult) -> Result<()> {
        let name = result.metadata.get("run_id").cloned().unwrap_or_else(|| self.turn.to_string());
        let folder = match &self.log_dir {
            Some(folder) => folder.clone(),
            None => default_log_dir()?,
        };
        logs::keep(&folder, &name, result)?;
        result.metadata.insert("logs".to_owned(), name);
        Ok(())
    }
}

/// Makes the result say that nothing of the run stays.
pub(crate) fn note_rollback(result: &mut SandboxResult, with_interpreter: bool) {
    for paths in [&mut result.files_created, &mut result.files_modified, &mut result.files_deleted] {
        paths.clear();
    }
    let what = if with_interpreter { "files and variables" } else { "files" };
    result.metadata.insert("rolled_back".to_owned(), what.to_owned());
}
