//! What the interpreter answers, made into a result.

use sbx_core::{Ending, GuestError, GuestPath, RichResult, RuntimeType, SandboxResult};
use sbx_host::{Outcome, RunReport};
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
    /// Memory was refused, and the program did not go on from there.
    Memory,
    /// Stopped at the time limit by the interpreter itself, which kept its state.
    Timeout,
    Valid,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct ReplyError {
    pub(crate) kind: String,
    pub(crate) message: String,
    traceback: String,
    line: Option<u32>,
    pub(crate) code: Option<String>,
    pub(crate) module: Option<String>,
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
    /// A word that the program made up.
    #[serde(other)]
    Other,
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

/// How the run ended and the guest's exit code.
fn ending(report: &RunReport, reply: Option<&Reply>) -> (Ending, u8) {
    match report.outcome {
        Outcome::Returned(_) => returned(report, reply),
        Outcome::Exited(code) => (Ending::Exit, low_byte(code)),
        Outcome::FuelExhausted => (Ending::FuelExhausted, 1),
        Outcome::TimedOut => (Ending::Timeout, 1),
        Outcome::Cancelled => (Ending::Cancelled, 1),
        Outcome::StackOverflow => (Ending::StackOverflow, 1),
        // An interpreter that aborts after memory was refused ran out of it.
        Outcome::Trapped(_) if report.memory_denied => (Ending::MemoryExhausted, 1),
        Outcome::Trapped(_) | _ => (Ending::Trap, 1),
    }
}

fn returned(report: &RunReport, reply: Option<&Reply>) -> (Ending, u8) {
    // Every turn ends in a report; one without was sabotaged by its own program.
    let Some(reply) = reply else { return (Ending::Exception, 1) };
    match reply.status {
        Status::Ok | Status::Valid => (Ending::Ok, 0),
        Status::Exit => (Ending::Exit, reply.code),
        Status::Timeout => (Ending::Timeout, 1),
        Status::Memory if report.memory_denied => (Ending::MemoryExhausted, 1),
        Status::Memory | Status::Exception => (Ending::Exception, 1),
    }
}

fn low_byte(code: u32) -> u8 {
    code.to_le_bytes()[0]
}

/// What a result is made from, beside the report.
pub(crate) struct Surroundings<'a> {
    pub(crate) runtime: RuntimeType,
    pub(crate) before: &'a Tree,
    pub(crate) workspace: &'a GuestPath,
    pub(crate) policy: &'a sbx_core::ExecutionPolicy,
}

pub(crate) fn result(report: &RunReport, around: &Surroundings<'_>) -> SandboxResult {
    let reply = Reply::of(report);
    let (ending, code) = ending(report, reply.as_ref());
    let mut result = SandboxResult::new(around.runtime, ending, code);
    result.stdout = report.stdout.text();
    result.stderr = report.stderr.text();
    result.stdout_truncated = report.stdout.truncated();
    result.stderr_truncated = report.stderr.truncated();
    result.set_fuel(report.fuel_consumed, around.policy.fuel_budget);
    result.set_memory(report.memory_bytes);
    result.set_duration(report.duration);
    if let Some(after) = &report.files {
        let mut changes = around.before.diff_files(after);
        for paths in [&mut changes.created, &mut changes.modified, &mut changes.deleted] {
            paths.retain(|path| path.starts_with(around.workspace));
        }
        result.files_created = changes.created;
        result.files_modified = changes.modified;
        result.files_deleted = changes.deleted;
    }
    let reply = reply.unwrap_or_default();
    result.error = error_of(report, ending, &reply);
    advice::add(&mut result, report, reply.error.as_ref(), around);
    result.results = reply.results;
    result.metadata.insert("host_calls".to_owned(), report.n_host_calls.to_string());
    result.metadata.insert("host_work".to_owned(), report.host_work.to_string());
    if let Outcome::Trapped(name) = report.outcome {
        result.metadata.insert("trap".to_owned(), name.to_owned());
    }
    result
}

/// The exception; for a run that was cut off, a short word of ours in its place.
fn error_of(report: &RunReport, ending: Ending, reply: &Reply) -> Option<GuestError> {
    if let Some(error) = &reply.error
        && report.outcome.is_orderly()
    {
        return Some(error.into());
    }
    let (kind, message) = match ending {
        Ending::FuelExhausted => ("FuelExhausted", "the run used up its fuel"),
        Ending::Timeout => ("Timeout", "the run took longer than it may"),
        Ending::MemoryExhausted => ("MemoryExhausted", "the run asked for more memory than it may have"),
        Ending::StackOverflow => ("StackOverflow", "the run's calls are nested too deeply"),
        Ending::Cancelled => ("Cancelled", "the caller cancelled the run"),
        Ending::Trap => ("Trap", "the interpreter was broken or aborted"),
        Ending::Exception => ("Exception", "the run failed; see stderr"),
        Ending::Ok | Ending::Exit | _ => return None,
    };
    let mut error = GuestError::default();
    kind.clone_into(&mut error.kind);
    message.clone_into(&mut error.message);
    Some(error)
}
