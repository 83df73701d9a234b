//! A live interpreter: takes programs one after another, each inside the policy.

use std::{fmt, sync::Arc};

use sbx_core::{Ending, ExecutionPolicy, GuestError, RunId, SandboxResult, Snapshot, obs};
use sbx_host::{Call, Host, Image, Instance, Limits, RunReport, RunRequest};
use sbx_vfs::{DescriptorTable, Tree};

use crate::{
    advice::Surroundings,
    error::{Error, Result},
    language::Language,
    program::Program,
    reply::{Reply, Status, ending, result},
    request::{Op, Request},
};

/// A live interpreter. What one program leaves behind (names, modules, open files) the next one finds.
///
/// A fresh one costs a fraction of a millisecond, so one for each program is the rule; keep it for a console.
pub struct Interpreter {
    pub(crate) language: &'static dyn Language,
    pub(crate) host: Host,
    pub(crate) instance: Instance,
    pub(crate) image: Image,
    pub(crate) policy: Arc<ExecutionPolicy>,
    pub(crate) turn: u64,
    /// Whether the next program is the first since the image or snapshot: what all that start there share is made its own.
    pub(crate) wakes: bool,
    /// Whether its last program came back without a report: it broke the interpreter, and what it left is nobody's.
    pub(crate) is_broken: bool,
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
    /// Runs a program. However it ends, the result says so; after an ending that cut it off, and after one that came without
    /// a report (error `NoReport`), the interpreter is spent, except that it may go on after [`Ending::Timeout`], see
    /// [`Interpreter::is_spent`].
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
        let mut request = request(program, &policy);
        if std::mem::take(&mut self.wakes) {
            wake(&mut request, &policy, &seed);
        }
        let report = self.turn(request, program).await?;
        self.turn += 1;
        let around = Surroundings {
            before: &before,
            files: report.files.as_ref().unwrap_or(&before),
            policy: &policy,
            stdin_is_empty: program.stdin.is_empty(),
        };
        let (mut result, has_reported) = result(self.language, &report, &around);
        self.is_broken = !has_reported;
        result.turn = self.turn;
        let code_hash = sbx_cache::Digest::of(program.code.as_bytes()).to_string();
        for (key, value) in [
            ("run_id", run_id.to_string()),
            ("image", self.image.name().to_owned()),
            ("code_hash", code_hash),
        ] {
            result.metadata.insert(key.to_owned(), value);
        }
        log(&result, &run_id, program);
        Ok(result)
    }

    /// Whether `code` compiles, as the interpreter itself sees it; the error if it does not. Runs nothing of it. Code that
    /// cannot be read within the policy's limits does not compile: the error says which (`StackOverflow`, `FuelExhausted`).
    ///
    /// # Errors
    /// What the host fails at.
    pub async fn validate(&mut self, code: &str, name: &str) -> Result<Option<GuestError>> {
        let program = Program::new(code).with_name(name);
        let report = self.turn(Request::new(Op::Validate, name), &program).await?;
        let Some(reply) = Reply::of(&report) else {
            let (ending, _) = ending(self.language, &report, None);
            return if ending.is_cut_off() {
                Ok(report.error(ending, None))
            } else {
                let problem = format!("checking the code ended as {:?} without a report", report.outcome);
                Err(Error::BadAnswer { problem })
            };
        };
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
    /// [`Interpreter::files`] and [`Interpreter::descriptors`] this is all that the interpreter is: an instance that is
    /// opened with the three goes on from there.
    ///
    /// # Errors
    /// If it is spent.
    pub fn snapshot(&mut self, previous: Option<&Snapshot>) -> Result<Snapshot> {
        if self.is_broken {
            return Err(sbx_host::Error::Spent.into());
        }
        Ok(self.instance.snapshot(previous)?)
    }

    /// What it has open. Descriptors of host folders are left out: they are closed after a restore.
    ///
    /// # Errors
    /// As [`Interpreter::files`].
    pub fn descriptors(&self) -> Result<DescriptorTable> {
        Ok(self.instance.descriptors()?)
    }

    /// Whether its last program was cut off from outside, or broke it, so that it cannot run another. A program that its language
    /// stopped at the time limit from inside leaves an interpreter that goes on.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.is_broken || self.instance.is_spent()
    }

    /// The instance under it.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    async fn turn(&mut self, mut request: Request<'_>, program: &Program) -> Result<RunReport> {
        if self.is_spent() {
            return Err(sbx_host::Error::Spent.into());
        }
        self.language.complete(&mut request, program, &self.policy);
        let turn = request.encode(&program.code).map_err(|error| Error::BadAnswer {
            problem: format!("the request cannot be written: {error}"),
        })?;
        let mut limits = Limits::from(&*self.policy);
        limits.timeout = limits.timeout.map(|limit| limit.saturating_add(self.language.grace()));
        let mut run = RunRequest::new(Call::Turn(turn), limits);
        run.stdin = Arc::clone(&program.stdin);
        run.cancel.clone_from(&program.cancel);
        run.sink.clone_from(&program.sink);
        Ok(self.host.run(&mut self.instance, run).await?)
    }
}

fn request<'a>(program: &'a Program, policy: &'a ExecutionPolicy) -> Request<'a> {
    let mut request = Request::new(Op::Run, &program.name);
    request.main_file = program.main_file.as_deref();
    request.argv = program.argv.as_deref().or(policy.argv.as_deref());
    request.echo = program.echo;
    request.at_exit = program.at_exit;
    request
}

/// The first turn after the image: what every interpreter that starts there shares is made its own.
fn wake<'a>(request: &mut Request<'a>, policy: &'a ExecutionPolicy, seed: &'a str) {
    request.seed = Some(seed);
    request.env = Some(&policy.env).filter(|env| !env.is_empty());
    request.cwd = Some(policy.guest_mount_path.as_str()).filter(|path| *path != "/app");
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
