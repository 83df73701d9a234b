//! A live interpreter: takes programs one after another, each inside the policy.

use std::{fmt, sync::Arc, time::Duration};

use sbx_core::{Ending, ExecutionPolicy, GuestError, RunId, RuntimeType, SandboxResult, Snapshot, obs};
use sbx_host::{Call, Host, Image, Instance, Limits, RunReport, RunRequest};
use sbx_vfs::{DescriptorTable, Tree};

use crate::{
    error::{Error, Result},
    reply::{Reply, Status, Surroundings, result},
    request::{Program, Request, RunHeader},
};

/// What the interpreter gets to stop by itself at the time limit, before the host ends it from outside. It stops at its
/// next look at the clock, which comes after ten thousand turns of a loop or calls.
const GRACE: Duration = Duration::from_millis(100);

/// A live interpreter. What one program leaves behind (names, modules, open files) the next one finds.
///
/// A fresh one costs a fraction of a millisecond, so one for each program is the rule; keep it for a console. Unlike one of
/// Python, it usually survives the time limit: the program is stopped, and what it did until then stays.
pub struct Interpreter {
    host: Host,
    instance: Instance,
    image: Image,
    policy: Arc<ExecutionPolicy>,
    runtime: RuntimeType,
    turn: u64,
    /// Whether the next program is the first since the image or snapshot: what all that start there share is made its own.
    wakes: bool,
}

impl fmt::Debug for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interpreter")
            .field("image", &self.image)
            .field("turn", &self.turn)
            .finish_non_exhaustive()
    }
}

impl Interpreter {
    pub(crate) fn new(
        host: Host,
        instance: Instance,
        image: Image,
        policy: Arc<ExecutionPolicy>,
        runtime: RuntimeType,
    ) -> Self {
        Self { host, instance, image, policy, runtime, turn: 0, wakes: true }
    }

    /// One that goes on from a snapshot. In deterministic mode nothing tells it from the one that was captured; else it gets
    /// randomness of its own, since the snapshot can be restored more than once.
    pub(crate) fn restored(mut self) -> Self {
        self.wakes = self.policy.deterministic.is_none();
        self
    }

    /// Runs a program. However it ends, the result says so; after an ending that cut it off, the interpreter is spent,
    /// except that it may go on after [`Ending::Timeout`], see [`Interpreter::is_spent`].
    ///
    /// # Errors
    /// What the host fails at, and an interpreter that is spent.
    pub async fn run(&mut self, program: &Program) -> Result<SandboxResult> {
        let before = self.instance.files()?;
        let mut random = [0; 32];
        self.instance.fill_random(&mut random);
        let (seed, run_id) = random.split_at(16);
        let run_id = RunId::from_random(run_id.try_into().unwrap_or_default());
        let seed: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        let policy = Arc::clone(&self.policy);
        let mut header = header(program, &policy);
        if std::mem::take(&mut self.wakes) {
            header.wake(&policy, &seed);
        }
        let report = self.turn(&Request::Run(header), program).await?;
        self.turn += 1;
        let around = Surroundings {
            runtime: self.runtime,
            before: &before,
            workspace: &policy.guest_mount_path,
            policy: &policy,
        };
        let mut result = result(&report, &around);
        result.turn = self.turn;
        result.metadata.insert("run_id".to_owned(), run_id.to_string());
        result.metadata.insert("image".to_owned(), self.image.name().to_owned());
        result
            .metadata
            .insert("code_hash".to_owned(), sbx_cache::Digest::of(program.code.as_bytes()).to_string());
        log(&result, &run_id, program);
        Ok(result)
    }

    /// Whether `code` compiles, as the interpreter itself sees it; the error if it does not. Runs nothing of it.
    ///
    /// # Errors
    /// What the host fails at, and a check that was cut off by a limit.
    pub async fn validate(&mut self, code: &str, name: &str) -> Result<Option<GuestError>> {
        let mut program = Program::new(code).with_name(name);
        program.is_typescript = self.runtime == RuntimeType::TypeScript;
        let request = Request::Validate { name, kind: program.kind, language: language(&program) };
        let report = self.turn(&request, &program).await?;
        let reply = Reply::of(&report).ok_or_else(|| Error::BadAnswer {
            problem: format!("checking the code ended as {:?}", report.outcome),
        })?;
        match (reply.status, &reply.error) {
            (Status::Valid, _) => Ok(None),
            (_, Some(error)) => Ok(Some(error.into())),
            (status, None) => Err(Error::BadAnswer { problem: format!("{status:?} without an error") }),
        }
    }

    /// The files as they are now; one clone.
    ///
    /// # Errors
    /// If they were lost with a call to a host folder that never came back.
    pub fn files(&self) -> Result<Tree> {
        Ok(self.instance.files()?)
    }

    /// The memory as it is now, as what differs from the image; what `previous` has too is shared with it. With
    /// [`Interpreter::files`] and [`Interpreter::descriptors`] this is all that the interpreter is:
    /// [`JavaScript::wake`](crate::JavaScript::wake) goes on from there.
    ///
    /// # Errors
    /// If its last program was cut off.
    pub fn snapshot(&mut self, previous: Option<&Snapshot>) -> Result<Snapshot> {
        Ok(self.instance.snapshot(previous)?)
    }

    /// What it has open. Descriptors of host folders are left out: they are closed after a restore.
    ///
    /// # Errors
    /// As [`Interpreter::files`].
    pub fn descriptors(&self) -> Result<DescriptorTable> {
        Ok(self.instance.descriptors()?)
    }

    /// Whether its last program was cut off from outside, so that it cannot run another. A program that stopped at the
    /// time limit by itself leaves an interpreter that goes on.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.instance.is_spent()
    }

    /// The instance under it.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    async fn turn(&mut self, request: &Request<'_>, program: &Program) -> Result<RunReport> {
        let turn = request.encode(&program.code).map_err(|error| Error::BadAnswer {
            problem: format!("the request cannot be written: {error}"),
        })?;
        let mut limits = Limits::from(&*self.policy);
        limits.timeout = limits.timeout.map(|limit| limit.saturating_add(GRACE));
        let mut run = RunRequest::new(Call::Turn(turn), limits);
        run.stdin = Arc::clone(&program.stdin);
        run.cancel.clone_from(&program.cancel);
        run.sink.clone_from(&program.sink);
        Ok(self.host.run(&mut self.instance, run).await?)
    }
}

fn language(program: &Program) -> Option<&'static str> {
    program.is_typescript.then_some("typescript")
}

fn header<'a>(program: &'a Program, policy: &'a ExecutionPolicy) -> RunHeader<'a> {
    RunHeader {
        name: &program.name,
        kind: program.kind,
        language: language(program),
        main_file: program.main_file.as_deref(),
        argv: program.argv.as_deref().or(policy.argv.as_deref()),
        // Virtual time can pass the limit in no time.
        limit_ms: policy.timeout_seconds.filter(|_| policy.deterministic.is_none()).map(limit_ms),
        stdin_reset: true,
        echo: program.echo,
        at_exit: program.at_exit,
        ..RunHeader::default()
    }
}

/// The time limit as the guest takes it: at least a millisecond, at most three weeks.
fn limit_ms(limit: Duration) -> u32 {
    u32::try_from(limit.as_millis()).unwrap_or(u32::MAX).clamp(1, i32::MAX.cast_unsigned())
}

impl<'a> RunHeader<'a> {
    /// The first turn after the image: what every interpreter that starts there shares is made its own.
    fn wake(&mut self, policy: &'a ExecutionPolicy, seed: &'a str) {
        self.seed = Some(seed);
        self.env = Some(&policy.env).filter(|env| !env.is_empty());
        self.cwd = Some(policy.guest_mount_path.as_str()).filter(|path| *path != "/app");
    }
}

/// One event for each run; never the code or the output, whose lengths and hashes say enough.
fn log(result: &SandboxResult, run_id: &RunId, program: &Program) {
    tracing::info!(
        target: obs::RUN,
        %run_id,
        runtime = %result.runtime,
        code_bytes = program.code.len(),
        ending = %result.ending,
        elapsed_ms = result.duration_ms,
        fuel_used = result.fuel_consumed,
        memory_bytes = result.memory_used_bytes,
        stdout_bytes = result.stdout.len(),
        "execution.complete"
    );
    if result.ending == Ending::Trap {
        tracing::warn!(target: obs::POLICY, %run_id, capability = "execute", rule = "trap", "the guest was broken");
    }
}
