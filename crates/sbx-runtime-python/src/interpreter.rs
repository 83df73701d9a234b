//! A live interpreter: takes programs one after another, each inside the policy.

use std::{fmt, sync::Arc};

use sbx_core::{Ending, ExecutionPolicy, GuestError, RunId, SandboxResult, Snapshot, obs};
use sbx_host::{Call, Host, Image, Instance, Limits, RunReport, RunRequest};
use sbx_vfs::{DescriptorTable, Tree};

use crate::{
    error::{Error, Result},
    reply::{Reply, Status, Surroundings, result},
    request::{Program, Request, RunHeader},
};

/// A live interpreter. What one program leaves behind (names, modules, open files) the next one finds.
///
/// A fresh one costs a fraction of a millisecond, so one for each program is the rule; keep it for a console.
pub struct Interpreter {
    host: Host,
    instance: Instance,
    image: Image,
    policy: Arc<ExecutionPolicy>,
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
    pub(crate) fn new(host: Host, instance: Instance, image: Image, policy: Arc<ExecutionPolicy>) -> Self {
        Self { host, instance, image, policy, turn: 0, wakes: true }
    }

    /// One that goes on from a snapshot. In deterministic mode nothing tells it from the one that was captured; else it gets
    /// entropy of its own, since the snapshot can be restored more than once.
    pub(crate) fn restored(
        host: Host,
        instance: Instance,
        image: Image,
        policy: Arc<ExecutionPolicy>,
    ) -> Self {
        let wakes = policy.deterministic.is_none();
        Self { host, instance, image, policy, turn: 0, wakes }
    }

    /// Runs a program. However it ends, the result says so; after an ending that cut it off, the interpreter is spent.
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
            before: &before,
            workspace: &policy.guest_mount_path,
            policy: &policy,
            stdin_is_empty: program.stdin.is_empty(),
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
        let program = Program::new(code).with_name(name);
        let report = self.turn(&Request::Validate { name }, &program).await?;
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
    /// [`Python::wake`](crate::Python::wake) goes on from there.
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

    /// Whether its last program was cut off, so that it cannot run another.
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
        let mut run = RunRequest::new(Call::Turn(turn), Limits::from(&*self.policy));
        run.stdin = Arc::clone(&program.stdin);
        run.cancel.clone_from(&program.cancel);
        run.sink.clone_from(&program.sink);
        Ok(self.host.run(&mut self.instance, run).await?)
    }
}

fn header<'a>(program: &'a Program, policy: &'a ExecutionPolicy) -> RunHeader<'a> {
    RunHeader {
        name: &program.name,
        main_file: program.main_file.as_deref(),
        argv: program.argv.as_deref().or(policy.argv.as_deref()),
        echo: program.echo,
        stdin: !program.stdin.is_empty(),
        at_exit: program.at_exit,
        ..RunHeader::default()
    }
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
