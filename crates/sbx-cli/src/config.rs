//! Files and environment, resolved into one plain struct for each command.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read},
    path::{Path, PathBuf},
    sync::Arc,
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::Context as _;
use sbx::{Deterministic, ExecutionPolicy, RuntimeType, SessionId, default_image};
use tracing_subscriber::EnvFilter;

use crate::{
    args::{FigureArgs, PolicyArgs, ProgramArgs, ReplArgs, RunArgs, SandboxArgs, SessionArgs},
    console,
    failure::{Failure, Outcome},
};

/// The most that a program or its standard input may have.
const MAX_INPUT_BYTES: u64 = 64 << 20;

/// How long an open standard input may say nothing before we tell what we wait for.
const STDIN_PATIENCE: Duration = Duration::from_secs(2);

/// `sbx run`, resolved.
#[derive(Debug)]
pub(crate) struct RunConfig {
    pub(crate) sandbox: SandboxConfig,
    /// The session that the program is a turn of, if any.
    pub(crate) session: Option<SessionConfig>,
    /// Whether the program gets a fresh interpreter even in a session.
    pub(crate) fresh: bool,
    pub(crate) program: ProgramConfig,
    pub(crate) report: Report,
}

/// `sbx repl`, resolved.
#[derive(Debug)]
pub(crate) struct ReplConfig {
    pub(crate) sandbox: SandboxConfig,
    /// The session that the inputs are turns of, if any.
    pub(crate) session: Option<SessionConfig>,
    pub(crate) figures: FigureArgs,
}

/// A program and what it gets.
#[derive(Debug)]
pub(crate) struct ProgramConfig {
    pub(crate) code: String,
    /// The program's name in tracebacks.
    pub(crate) name: String,
    /// The program's name in its `__file__`, if it has one.
    pub(crate) file_name: Option<String>,
    /// The program's `sys.argv`; the policy's if absent.
    pub(crate) argv: Option<Vec<String>>,
    pub(crate) stdin: Arc<[u8]>,
    pub(crate) figures: FigureArgs,
}

/// Which session.
#[derive(Debug)]
pub(crate) struct SessionConfig {
    pub(crate) id: SessionId,
    pub(crate) storage: StorageConfig,
    /// How long to wait for it while somebody else has it.
    pub(crate) wait: Duration,
}

/// Where sessions are.
#[derive(Debug)]
pub(crate) enum StorageConfig {
    /// In what this address names.
    Url(String),
    /// In this folder.
    Folder(PathBuf),
}

/// Where the sandbox starts and what it may do.
#[derive(Debug)]
pub(crate) struct SandboxConfig {
    pub(crate) runtime: RuntimeType,
    pub(crate) image: String,
    pub(crate) workspace: Option<PathBuf>,
    pub(crate) policy: ExecutionPolicy,
}

/// What the caller hears of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    /// The program's output while it is produced, then a line about how it ended if that was not well.
    Live,
    /// The program's output alone.
    Quiet,
    /// The result as JSON, alone.
    Json,
}

/// Resolves `sbx run`: reads the program, the policy and standard input.
pub(crate) fn run(args: RunArgs) -> Outcome<RunConfig> {
    let file = args.program.file.as_deref().filter(|_| args.program.code.is_none());
    let sandbox = sandbox(args.sandbox, args.policy, file)?;
    let session = session(args.session, &sandbox)?;
    let report = Report::new(args.json, args.program.quiet);
    let program = program(args.program, &sandbox.policy)?;
    Ok(RunConfig { sandbox, session, fresh: args.fresh, program, report })
}

/// Resolves `sbx repl`.
pub(crate) fn repl(args: ReplArgs) -> Outcome<ReplConfig> {
    let sandbox = sandbox(args.sandbox, args.policy, None)?;
    let session = session(args.session, &sandbox)?;
    Ok(ReplConfig { sandbox, session, figures: args.figures })
}

impl Report {
    /// What these two flags mean together.
    pub(crate) fn new(json: bool, quiet: bool) -> Self {
        match (json, quiet) {
            (true, _) => Self::Json,
            (false, true) => Self::Quiet,
            (false, false) => Self::Live,
        }
    }
}

/// Reads a program and its standard input.
pub(crate) fn program(args: ProgramArgs, policy: &ExecutionPolicy) -> Outcome<ProgramConfig> {
    let mut rest = args.rest;
    let mut reads_stdin = !args.no_stdin;
    let (code, name, file_name) = match (args.code, args.file) {
        (Some(code), first) => {
            rest.splice(..0, first);
            (code, "<string>".to_owned(), None)
        }
        (None, Some(file)) if file != "-" => {
            let path = Path::new(&file);
            let name =
                path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or(file.clone());
            (read_program(path)?, name.clone(), Some(name))
        }
        (None, None) if io::stdin().is_terminal() => {
            return Err(Failure::usage("which program? Give a FILE, `-c CODE`, or `-` for standard input"));
        }
        (None, _) => {
            reads_stdin = false;
            (utf8(read_stdin()?, "the program on standard input")?, "<stdin>".to_owned(), None)
        }
    };
    // As Python has it: the first argument is the program's own name.
    let own_name = file_name.clone().unwrap_or_else(|| if name == "<stdin>" { "-" } else { "-c" }.to_owned());
    let keeps_policys = rest.is_empty() && policy.argv.is_some();
    let argv = (!keeps_policys).then(|| std::iter::once(own_name).chain(rest).collect());
    let stdin = if reads_stdin && !io::stdin().is_terminal() { read_stdin()? } else { Vec::new() };
    Ok(ProgramConfig { code, name, file_name, argv, stdin: stdin.into(), figures: args.figures })
}

/// Which session, if any; what cannot go with one is refused.
fn session(args: SessionArgs, sandbox: &SandboxConfig) -> Outcome<Option<SessionConfig>> {
    let Some(id) = args.session else { return Ok(None) };
    if sandbox.workspace.is_some() {
        return Err(Failure::usage(
            "--workspace does not go with --session, which keeps its files itself; copy them with `sbx session cp -r`",
        ));
    }
    if sandbox.policy.preserve_logs {
        return Err(Failure::usage("policy key `preserve_logs` does not go with --session"));
    }
    let wait = args.wait.unwrap_or_default();
    Ok(Some(SessionConfig { id, storage: storage(args.storage)?, wait }))
}

/// Where sessions are: as given, else as the environment says, else in the user's data folder.
pub(crate) fn storage(given: Option<String>) -> Outcome<StorageConfig> {
    let of_environment = || match std::env::var("SBX_STORAGE") {
        Ok(url) => Ok((!url.is_empty()).then_some(url)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::usage("$SBX_STORAGE is not UTF-8")),
    };
    let url = match given {
        Some(url) => Some(url),
        None => of_environment()?,
    };
    match url {
        Some(url) => Ok(StorageConfig::Url(url)),
        None => Ok(StorageConfig::Folder(sbx::default_storage_dir()?)),
    }
}

fn sandbox(args: SandboxArgs, policy_args: PolicyArgs, file: Option<&str>) -> Outcome<SandboxConfig> {
    if let Some(dir) = args.workspace.as_deref().filter(|dir| !dir.is_dir()) {
        return Err(Failure::usage(format!("the workspace {} is not a folder", dir.display())));
    }
    let policy = policy(policy_args)?;
    let runtime = args.runtime.unwrap_or_else(|| runtime_of(file.unwrap_or_default()));
    let image = args.image.unwrap_or_else(|| default_image(runtime).to_owned());
    Ok(SandboxConfig { runtime, image, workspace: args.workspace, policy })
}

/// The language that a file's name stands for.
fn runtime_of(file: &str) -> RuntimeType {
    match Path::new(file).extension().and_then(|extension| extension.to_str()) {
        Some("js" | "mjs" | "cjs") => RuntimeType::JavaScript,
        Some("ts" | "mts" | "cts") => RuntimeType::TypeScript,
        _ => RuntimeType::Python,
    }
}

/// The policy: defaults, then the file, then the flags.
pub(crate) fn policy(args: PolicyArgs) -> Outcome<ExecutionPolicy> {
    let mut policy = match &args.policy {
        Some(path) => policy_file(path)?,
        None => ExecutionPolicy::default(),
    };
    set(&mut policy.fuel_budget, args.fuel);
    set(&mut policy.memory_bytes, args.memory);
    set(&mut policy.timeout_seconds, args.timeout.map(|limit| limit.0));
    set(&mut policy.stdout_max_bytes, args.stdout_max);
    set(&mut policy.stderr_max_bytes, args.stderr_max);
    set(&mut policy.disk_bytes, args.disk);
    set(&mut policy.max_file_bytes, args.max_file);
    set(&mut policy.max_files, args.max_files);
    set(&mut policy.max_open_files, args.max_open_files);
    policy.mounts.extend(args.mounts);
    policy.env.extend(args.env);
    if !args.packages.is_empty() {
        policy.packages = Some(args.packages);
    }
    if let Some(seed) = args.deterministic {
        // The file may have chosen another start of the clock.
        let mut fixed = policy.deterministic.unwrap_or_else(|| Deterministic::new(seed));
        fixed.seed = seed;
        policy.deterministic = Some(fixed);
    }
    policy.validate().map_err(|error| Failure::Usage(error.into()))?;
    Ok(policy)
}

fn set<T>(field: &mut T, given: Option<T>) {
    if let Some(value) = given {
        *field = value;
    }
}

fn policy_file(path: &Path) -> Outcome<ExecutionPolicy> {
    /// Nobody writes a policy by hand that is longer.
    const MAX_POLICY_BYTES: u64 = 1 << 20;
    let bytes = read_file(path, MAX_POLICY_BYTES)?;
    let text = utf8(bytes, &path.display().to_string())?;
    let mut policy = ExecutionPolicy::from_toml(&text)
        .with_context(|| format!("{} cannot be used", path.display()))
        .map_err(Failure::Usage)?;
    // Relative to the file that names them, wherever it is used.
    if let Some(folder) = path.parent() {
        for mount in &mut policy.mounts {
            mount.host = folder.join(&mount.host);
        }
    }
    Ok(policy)
}

/// The text of a program's file.
pub(crate) fn read_program(path: &Path) -> Outcome<String> {
    utf8(read_file(path, MAX_INPUT_BYTES)?, &path.display().to_string())
}

fn read_file(path: &Path, max_bytes: u64) -> Outcome<Vec<u8>> {
    let shown = path.display();
    let read = || {
        let mut bytes = Vec::new();
        File::open(path)?.take(max_bytes + 1).read_to_end(&mut bytes)?;
        Ok::<_, io::Error>(bytes)
    };
    let bytes = read().with_context(|| format!("cannot read {shown}")).map_err(Failure::Usage)?;
    at_most(bytes, max_bytes, &shown.to_string())
}

/// All of standard input, on a thread of its own so that a wait for nothing can be told.
fn read_stdin() -> Outcome<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().take(MAX_INPUT_BYTES + 1).read_to_end(&mut bytes);
        // The receiver is gone only if the process is about to be.
        sender.send(read.map(|_n| bytes)).ok();
    });
    let read = receiver.recv_timeout(STDIN_PATIENCE).or_else(|_slow| {
        console::remark("waiting for standard input to end (--no-stdin runs the program without)");
        receiver.recv()
    });
    let bytes = read
        .map_err(anyhow::Error::new)
        .and_then(|read| read.map_err(anyhow::Error::new))
        .context("cannot read standard input")
        .map_err(Failure::Broken)?;
    at_most(bytes, MAX_INPUT_BYTES, "standard input")
}

fn at_most(bytes: Vec<u8>, max_bytes: u64, what: &str) -> Outcome<Vec<u8>> {
    if bytes.len() as u64 > max_bytes {
        let limit = sbx::show_bytes(max_bytes);
        return Err(Failure::usage(format!("{what} has more than {limit}, which is the most that is read")));
    }
    Ok(bytes)
}

fn utf8(bytes: Vec<u8>, what: &str) -> Outcome<String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        Failure::usage(format!("{what} is not UTF-8: byte {at}, in line {line}, cannot be part of it"))
    })
}

/// Installs the subscriber that writes events to stderr, if any are wanted.
pub(crate) fn start_log(level: Option<&str>) -> Outcome<()> {
    let Some(level) = level else { return Ok(()) };
    let filter = EnvFilter::try_new(level).map_err(|_several_sentences| {
        let levels = "off, error, warn, info, debug, trace";
        Failure::usage(format!("{level:?} is not a log level ({levels}) or a filter such as sbx=debug"))
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    Ok(())
}

#[cfg(test)]
mod tests;
