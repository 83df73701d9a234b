//! Building images: turns that are run one after another in an instance, each of which must end well.

use sbx_core::{ExecutionPolicy, RuntimeType};
use sbx_host::{Call, Host, Instance, Limits, Outcome, RunRequest};

use crate::{
    error::{Error, ImageProblem, Result},
    reply::{Reply, Status},
    request::Request,
};

/// Instructions for one step: far more than any takes, so that a step that hangs ends.
const STEP_FUEL: u64 = 500_000_000_000;

/// Memory that one step may add, in bytes.
const STEP_MEMORY: u64 = 1 << 30;

/// The building of one image.
#[derive(Debug)]
pub struct ImageBuild<'a> {
    host: &'a Host,
    runtime: RuntimeType,
    image: &'a str,
}

impl<'a> ImageBuild<'a> {
    /// The building of `image`, an image of `runtime`.
    #[must_use]
    pub fn new(host: &'a Host, runtime: RuntimeType, image: &'a str) -> Self {
        Self { host, runtime, image }
    }

    /// Asks the guest for a turn with this code; anything but its good end is an error.
    ///
    /// # Errors
    /// [`ImageProblem::BuildFailed`] with what the guest said; what the host fails at.
    pub fn turn(&self, instance: &mut Instance, step: &str, request: &Request<'_>, code: &str) -> Result<()> {
        let turn = request.encode(code).map_err(|error| self.failed(step, error.to_string()))?;
        self.step(instance, step, Call::Turn(turn), true)
    }

    /// Makes one call; `reports` says whether the guest can tell already how it ended.
    ///
    /// # Errors
    /// As [`ImageBuild::turn`].
    pub fn step(&self, instance: &mut Instance, step: &str, call: Call, reports: bool) -> Result<()> {
        let policy = ExecutionPolicy::default().with_fuel_budget(STEP_FUEL).without_timeout();
        let limits = Limits::from(&policy.with_memory_bytes(STEP_MEMORY));
        let report = self.host.block_on(self.host.run(instance, RunRequest::new(call, limits)))?;
        let reply = Reply::of(&report);
        let is_good = match &reply {
            Some(reply) => reply.status == Status::Ok,
            None => !reports,
        };
        if report.outcome == Outcome::Returned(0) && is_good {
            return Ok(());
        }
        let traceback = reply.and_then(|reply| reply.error).map(|error| error.traceback);
        let words = traceback.filter(|text| !text.is_empty());
        let words = words.unwrap_or_else(|| report.stderr.text().to_string());
        let problem = if matches!(report.outcome, Outcome::Returned(_)) {
            words
        } else {
            format!("{:?}: {words}", report.outcome)
        };
        Err(self.failed(step, problem.trim_end().to_owned()))
    }

    fn failed(&self, step: &str, problem: String) -> Error {
        let (image, step) = (self.image.to_owned(), step.to_owned());
        ImageProblem::BuildFailed { image, step, problem }.of(self.runtime)
    }
}
