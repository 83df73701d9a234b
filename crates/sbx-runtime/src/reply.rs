//! What an interpreter answers, made into a result.

use std::time::Instant;

use sbx_core::{Ending, GuestError, RichResult, SandboxResult};
use sbx_host::RunReport;
use serde::Deserialize;

use crate::{
    advice::{self, Surroundings},
    bounds,
    language::Language,
};

/// Version of the report that this reads.
const REPORT_VERSION: u32 = 1;

/// The report of one turn, see each language's `guest/README.md`. Untrusted: the program can send one too, and speaks for
/// itself only.
#[derive(Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct Reply {
    /// Version of the report.
    pub v: u32,
    /// How the turn ended.
    pub status: Status,
    /// The program's exit code.
    #[serde(default)]
    pub code: u8,
    /// What ended the program, if something did.
    pub error: Option<ReplyError>,
    /// The value of its last expression, in the forms it can be shown in.
    #[serde(default, deserialize_with = "bounds::results")]
    pub results: Vec<RichResult>,
}

/// How a turn ended, in the interpreter's words.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// At its end.
    #[default]
    Ok,
    /// With an error that nothing caught.
    Exception,
    /// By its own wish.
    Exit,
    /// Memory was refused, and the program did not go on from there.
    Memory,
    /// Stopped at the time limit by the interpreter itself, which kept its state.
    Timeout,
    /// Nothing ran: the code compiles.
    Valid,
}

/// An error as the interpreter describes it. What a language does not say is `None`.
#[derive(Debug, Default, Deserialize)]
#[non_exhaustive]
pub struct ReplyError {
    /// Its type.
    #[serde(deserialize_with = "bounds::text")]
    pub kind: String,
    /// Its text.
    #[serde(deserialize_with = "bounds::text")]
    pub message: String,
    /// As the language shows it.
    #[serde(deserialize_with = "bounds::text")]
    pub traceback: String,
    /// Line of the program.
    pub line: Option<u32>,
    /// Its stable word: `ENOENT`, `MODULE_NOT_FOUND`.
    #[serde(default, deserialize_with = "bounds::text_or_null")]
    pub code: Option<String>,
    /// Its number, as the guest's system numbers errors.
    pub errno: Option<serde_json::Number>,
    /// The module that was not found.
    #[serde(default, deserialize_with = "bounds::text_or_null")]
    pub module: Option<String>,
    /// A module that is there and whose name is like that.
    #[serde(default, deserialize_with = "bounds::text_or_null")]
    pub nearest: Option<String>,
    /// The file it is about.
    #[serde(default, deserialize_with = "bounds::text_or_null")]
    pub filename: Option<String>,
    /// What the sandbox does not have and the program asked for.
    pub feature: Option<Feature>,
}

/// What the sandbox does not have and a program may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Feature {
    /// Sockets and what needs them.
    Network,
    /// Threads and workers.
    Threads,
    /// Other processes.
    Subprocess,
    /// A word that the program made up.
    #[serde(other)]
    Other,
}

impl Reply {
    /// The report, or `None` if there is none that can be read: the program broke or replaced what makes it, or it is over
    /// one of the bounds of what it may unfold to.
    #[must_use]
    pub fn of(report: &RunReport) -> Option<Self> {
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

/// The result of a run, and whether it reported as a turn that came to its end does.
pub(crate) fn result(
    language: &dyn Language,
    report: &RunReport,
    around: &Surroundings<'_>,
) -> (SandboxResult, bool) {
    let started = Instant::now();
    let reply = Reply::of(report);
    let reading = started.elapsed();
    let has_reported = reply.is_some();
    let mut result = report.result(
        language.runtime(),
        ending(language, report, reply.as_ref()),
        around.policy,
        around.before,
    );
    result.set_duration(report.duration.saturating_add(reading));
    let reply = reply.unwrap_or_default();
    let of_guest = reply.error.as_ref().map(GuestError::from);
    let is_silent = !has_reported && result.ending == Ending::Exception;
    result.error = report.error(result.ending, of_guest.or_else(|| is_silent.then(no_report)));
    result.advice = advice::of_run(language, &result, report, reply.error.as_ref(), around);
    result.results = reply.results;
    (result, has_reported)
}

/// How a run ended, and the guest's exit code.
pub(crate) fn ending(language: &dyn Language, report: &RunReport, reply: Option<&Reply>) -> (Ending, u8) {
    report.ending(|_status| returned(language, report, reply))
}

/// What is said of a turn that returned and did not report. It has a kind of its own, so that it can be told from a
/// program's failure.
fn no_report() -> GuestError {
    let mut error = GuestError::default();
    "NoReport".clone_into(&mut error.kind);
    "the program broke its interpreter, or the report of it was refused; see stderr"
        .clone_into(&mut error.message);
    error
}

/// How a turn that returned ended, and the guest's exit code.
fn returned(language: &dyn Language, report: &RunReport, reply: Option<&Reply>) -> (Ending, u8) {
    let Some(reply) = reply else {
        // Every turn ends in a report. One without found no memory to make it, or was sabotaged by its own program.
        return (if report.memory_denied { Ending::MemoryExhausted } else { Ending::Exception }, 1);
    };
    match reply.status {
        Status::Ok | Status::Valid => (Ending::Ok, 0),
        Status::Exit => (Ending::Exit, reply.code),
        Status::Timeout => (Ending::Timeout, 1),
        Status::Memory | Status::Exception if report.memory_denied && language.lacked_memory(reply) => {
            (Ending::MemoryExhausted, 1)
        }
        Status::Memory | Status::Exception => (Ending::Exception, 1),
    }
}
