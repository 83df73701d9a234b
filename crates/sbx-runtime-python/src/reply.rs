//! What the interpreter answers, made into a result.

use sbx_core::{Ending, GuestError, GuestPath, RichResult, RuntimeType, SandboxResult};
use sbx_host::RunReport;
use sbx_vfs::Tree;
use serde::Deserialize;

use crate::advice;

/// Version of the report that this reads.
const REPORT_VERSION: u32 = 1;

/// The report of one run, see `guest/README.md`. Untrusted: the program can send one too, and speaks for itself only.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Reply {
    v: u32,
    pub(crate) status: Status,
    #[serde(default)]
    code: u8,
    pub(crate) error: Option<ReplyError>,
    #[serde(default)]
    results: Vec<RichResult>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    #[default]
    Ok,
    Exception,
    Exit,
    Valid,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ReplyError {
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) traceback: String,
    line: Option<u32>,
    pub(crate) module: Option<String>,
    pub(crate) errno: Option<i64>,
    pub(crate) filename: Option<String>,
    pub(crate) feature: Option<Feature>,
}

/// What the sandbox does not have and the program asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Feature {
    Network,
    Threads,
    Subprocess,
}

impl Reply {
    /// The report, or `None` if there is none that can be read: the program broke or replaced what makes it.
    pub(crate) fn of(report: &RunReport) -> Option<Self> {
        let reply: Self = serde_json::from_slice(report.report.as_deref()?).ok()?;
        (reply.v == REPORT_VERSION).then_some(reply)
    }
}

impl From<&ReplyError> for GuestError {
    fn from(error: &ReplyError) -> Self {
        let mut public = Self::default();
        public.kind.clone_from(&error.kind);
        public.message.clone_from(&error.message);
        public.traceback.clone_from(&error.traceback);
        public.line = error.line;
        public
    }
}

/// How a turn that returned ended, and the guest's exit code.
fn returned(report: &RunReport, reply: Option<&Reply>, status: i32) -> (Ending, u8) {
    let Some(reply) = reply else {
        let code = status.to_le_bytes()[0];
        return (if code == 0 { Ending::Ok } else { Ending::Exception }, code);
    };
    match reply.status {
        Status::Ok | Status::Valid => (Ending::Ok, 0),
        Status::Exit => (Ending::Exit, reply.code),
        Status::Exception => {
            let out_of_memory = reply.error.as_ref().is_some_and(|error| error.kind == "MemoryError");
            (
                if out_of_memory && report.memory_denied {
                    Ending::MemoryExhausted
                } else {
                    Ending::Exception
                },
                1,
            )
        }
    }
}

/// What stands around a run and goes into its result.
pub(crate) struct Surroundings<'a> {
    pub(crate) before: &'a Tree,
    pub(crate) workspace: &'a GuestPath,
    pub(crate) policy: &'a sbx_core::ExecutionPolicy,
    pub(crate) stdin_is_empty: bool,
}

/// The result of a run.
pub(crate) fn result(report: &RunReport, around: &Surroundings<'_>) -> SandboxResult {
    let reply = Reply::of(report);
    let ending = report.ending(|status| returned(report, reply.as_ref(), status));
    let mut result = report.result(RuntimeType::Python, ending, around.policy, around.before);
    let reply = reply.unwrap_or_default();
    result.error = report.error(result.ending, reply.error.as_ref().map(GuestError::from));
    advice::add(&mut result, report, reply.error.as_ref(), around);
    result.results = reply.results;
    result
}
