//! A sandbox: one policy, one workspace, programs one after another.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use sbx_core::{ExecutionPolicy, GuestError, RuntimeType, SandboxResult};
use sbx_runtime_python::Program;
use sbx_vfs::Tree;

use crate::{
    error::{Error, Result},
    interpreter::Interpreter,
    runtimes::{Runtimes, default_image},
};

/// A sandbox for `runtime` with the default policy, an empty workspace, and a fresh interpreter for every program.
///
/// # Errors
/// If the runtime is not set up on this machine.
pub fn create_sandbox(runtime: RuntimeType) -> Result<Sandbox> {
    SandboxBuilder::new(runtime).build()
}

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

    /// Where the output of each run is kept as files if the policy says `preserve_logs`. Default: the folder `logs` of the
    /// system's temporary folder for `sbx`.
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
        let runtimes = match self.runtimes {
            Some(runtimes) => runtimes,
            None => Runtimes::shared()?,
        };
        runtimes.check_image(self.runtime, &self.image)?;
        let files = match self.files {
            Some(files) => files,
            None => runtimes.python().empty_files(&self.policy)?,
        };
        Ok(Sandbox {
            runtime: self.runtime,
            runtimes,
            policy: Arc::new(self.policy),
            image: self.image,
            files,
            live: None,
            persists: self.auto_persist_globals,
            log_dir: self.log_dir.unwrap_or_else(|| std::env::temp_dir().join("sbx").join("logs")),
            turn: 0,
        })
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
    persists: bool,
    log_dir: PathBuf,
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
        let host = self.runtimes.python().host().clone();
        host.block_on(self.execute_async(program))
    }

    /// [`Sandbox::execute`] for async callers, on any executor. Dropping the future ends the program.
    ///
    /// # Errors
    /// As [`Sandbox::execute`].
    pub async fn execute_async(&mut self, program: impl Into<Program>) -> Result<SandboxResult> {
        let mut program = program.into();
        program.at_exit |= !self.persists;
        let mut interpreter = match self.live.take() {
            Some(interpreter) if !interpreter.is_spent() => interpreter,
            _ => self.open().await?,
        };
        let mut result = interpreter.run(&program).await?;
        self.turn += 1;
        result.turn = self.turn;
        if interpreter.is_spent() {
            self.roll_back(&mut result);
        } else {
            self.files = interpreter.files()?;
            self.spill();
            if self.persists {
                self.live = Some(interpreter);
            }
        }
        if self.policy.preserve_logs {
            self.keep_logs(&mut result)?;
        }
        Ok(result)
    }

    /// Whether `code` is valid in the runtime's language. It is parsed inside the guest and not run.
    ///
    /// # Errors
    /// What the host fails at, and a check that was cut off by a limit.
    pub fn validate_code(&self, code: &str) -> Result<bool> {
        Ok(self.check_code(code)?.is_none())
    }

    /// The error that [`Sandbox::validate_code`] found, with its line; `None` if the code is valid.
    ///
    /// # Errors
    /// As [`Sandbox::validate_code`].
    pub fn check_code(&self, code: &str) -> Result<Option<GuestError>> {
        let host = self.runtimes.python().host();
        host.block_on(async {
            let mut interpreter = self.open().await?;
            interpreter.validate(code, "<string>").await
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
        Interpreter::open(&self.runtimes, self.runtime, &self.image, policy, self.files.clone()).await
    }

    /// Large files wait for the next program outside of memory; if the disk has no room, inside.
    fn spill(&mut self) {
        const LARGE_FILE_BYTES: u64 = 16 << 20;
        // What could not be moved is still there, so a failure costs memory and nothing else.
        self.files.spill(LARGE_FILE_BYTES, None).ok();
    }

    /// Nothing of the run stays: the workspace was never replaced, and so the result lists no changes either.
    fn roll_back(&mut self, result: &mut SandboxResult) {
        for paths in [&mut result.files_created, &mut result.files_modified, &mut result.files_deleted] {
            paths.clear();
        }
        let what = if self.persists { "files and variables" } else { "files" };
        result.metadata.insert("rolled_back".to_owned(), what.to_owned());
    }

    fn keep_logs(&self, result: &mut SandboxResult) -> Result<()> {
        let name = result.metadata.get("run_id").cloned().unwrap_or_else(|| self.turn.to_string());
        let dir = self.log_dir.join(name);
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::HostFile { action: "keep the logs in", path, source }
        };
        fs::create_dir_all(&dir).map_err(failed(&dir))?;
        for (file, text) in [("stdout.log", &result.stdout), ("stderr.log", &result.stderr)] {
            fs::write(dir.join(file), text).map_err(failed(&dir))?;
        }
        result.metadata.insert("logs".to_owned(), dir.display().to_string());
        Ok(())
    }
}
