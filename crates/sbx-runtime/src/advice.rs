//! What to change so that the next run does better.
//!
//! For a model that reads the result: each message says what happened and what to do, and where a larger limit would
//! help, which one. What a language says in other words is in its [`Hints`].

mod paths; // paths outside, missing, read-only

use sbx_core::{Advice, AdviceKind, Ending, ExecutionPolicy, SandboxResult, quoted, show_bytes};
use sbx_host::RunReport;
use sbx_vfs::{QuotaKind, Tree};

use crate::{
    language::Language,
    reply::{Feature, ReplyError},
};

pub use crate::advice::paths::{PathProblem, of_path};

/// What stands around a run and goes into its result.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "all that there is; a new field is for every language to see")]
pub struct Surroundings<'a> {
    /// The files that the run began with.
    pub before: &'a Tree,
    /// Those that it left, or began with if they were lost.
    pub files: &'a Tree,
    /// What it might use and reach.
    pub policy: &'a ExecutionPolicy,
    /// Whether there was nothing to read.
    pub stdin_is_empty: bool,
}

/// A language's own words in advice that all languages give.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "each language writes one, and must see a new field")]
pub struct Hints {
    /// How to use less fuel; goes before "give it a `fuel_budget` of", and may be empty.
    pub less_fuel: &'static str,
    /// How to wait less, a sentence but for what follows "if the work is really that long".
    pub less_time: &'static str,
    /// How to use less memory; goes before ", or give it a `memory_bytes` of".
    pub less_memory: &'static str,
    /// What a loop can use as a stack.
    pub stack: &'static str,
    /// What to print instead of everything.
    pub less_output: &'static str,
    /// What to use for code that waits.
    pub concurrency: &'static str,
    /// The language, and what in it replaces shell commands.
    pub shell: &'static str,
}

/// All that can be said of a run.
pub(crate) fn of_run(
    language: &dyn Language,
    result: &SandboxResult,
    report: &RunReport,
    error: Option<&ReplyError>,
    around: &Surroundings<'_>,
) -> Vec<Advice> {
    let hints = language.hints();
    let mut advice = Vec::new();
    advice.extend(of_ending(hints, result.ending, around.policy));
    if let Some(error) = error
        && report.outcome.is_orderly()
        && result.ending == Ending::Exception
    {
        advice.extend(match error.feature {
            Some(Feature::Other) | None => language.advise(error, around),
            Some(feature) => of_feature(hints, feature),
        });
    }
    advice.extend(of_output(hints, result, around.policy));
    advice.extend(of_quotas(report, around.policy));
    advice
}

/// A module that is not there: `hint` says what is. A name that no module can have is left out: the program chose it, and
/// it would speak in our place.
#[must_use]
pub fn missing_module(module: &str, hint: &str) -> Advice {
    let name = if is_module_name(module) { format!("The module `{module}`") } else { "A module".to_owned() };
    Advice::new(AdviceKind::MissingPackage, format!("{name} is not available in the sandbox: {hint}."))
}

/// Whether a module of any language could be called so: `os.path`, `node:fs`, `@scope/name`, at most 100 characters.
#[must_use]
pub fn is_module_name(name: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || "_-./@:".contains(char);
    !name.is_empty() && name.chars().all(is_part) && name.chars().count() <= MAX_SHOWN
}

/// How many characters of a name that a program made up are shown.
const MAX_SHOWN: usize = 100;

/// A name that a program made up, so that it stays a name.
fn show(name: &str) -> String {
    quoted(name, MAX_SHOWN)
}

/// Standard input that ended; `None` if there was some.
#[must_use]
pub fn of_stdin(around: &Surroundings<'_>) -> Option<Advice> {
    around.stdin_is_empty.then(|| {
        Advice::new(
            AdviceKind::NoStdin,
            "The program read its standard input, which is empty. Put the values into the code or into a file in /app, \
             or pass standard input to the run.",
        )
    })
}

fn of_ending(hints: &Hints, ending: Ending, policy: &ExecutionPolicy) -> Option<Advice> {
    match ending {
        Ending::FuelExhausted => {
            let more = policy.fuel_budget.saturating_mul(2);
            let text = format!(
                "The run used all of its {} units of fuel. Look for an endless loop first; if the work is really that \
                 long, {}give it a fuel_budget of {more}.",
                policy.fuel_budget, hints.less_fuel
            );
            Some(Advice::new(AdviceKind::OutOfFuel, text).with_policy("fuel_budget", more))
        }
        Ending::Timeout => {
            let limit = policy.timeout_seconds.unwrap_or_default();
            let text = format!(
                "The run took longer than {} s of wall-clock time. {}; if the work is really that long, give it a larger \
                 timeout_seconds.",
                limit.as_secs_f64(),
                hints.less_time
            );
            let doubled = limit.as_secs().saturating_mul(2).max(1);
            Some(Advice::new(AdviceKind::Timeout, text).with_policy("timeout_seconds", doubled))
        }
        Ending::MemoryExhausted => {
            let more = policy.memory_bytes.saturating_mul(2);
            let text = format!(
                "The run asked for more than {} of memory beyond what it started with. {}, or give it a memory_bytes of \
                 {more}.",
                show_bytes(policy.memory_bytes),
                hints.less_memory
            );
            Some(Advice::new(AdviceKind::OutOfMemory, text).with_policy("memory_bytes", more))
        }
        Ending::StackOverflow => Some(Advice::new(
            AdviceKind::StackOverflow,
            format!(
                "Calls were nested deeper than the stack allows. Use a loop with {} as a stack in place of recursion.",
                hints.stack
            ),
        )),
        Ending::Ok | Ending::Exception | Ending::Exit | Ending::Trap | Ending::Cancelled | _ => None,
    }
}

fn of_feature(hints: &Hints, feature: Feature) -> Option<Advice> {
    match feature {
        Feature::Network => Some(Advice::new(
            AdviceKind::NetworkUnavailable,
            "There is no network in the sandbox. Ask for the data as a file in /app and read it from there.",
        )),
        Feature::Threads => Some(Advice::new(
            AdviceKind::ThreadsUnavailable,
            format!(
                "There are no threads in the sandbox. Do the work in a plain loop, or use {} for code that waits.",
                hints.concurrency
            ),
        )),
        Feature::Subprocess => Some(Advice::new(
            AdviceKind::SubprocessUnavailable,
            format!(
                "There are no processes in the sandbox. Do the work in {} replace most shell commands.",
                hints.shell
            ),
        )),
        Feature::Other => None,
    }
}

fn of_output(hints: &Hints, result: &SandboxResult, policy: &ExecutionPolicy) -> Option<Advice> {
    if !result.stdout_truncated && !result.stderr_truncated {
        return None;
    }
    let (stream, field, limit) = if result.stdout_truncated {
        ("standard output", "stdout_max_bytes", policy.stdout_max_bytes)
    } else {
        ("standard error", "stderr_max_bytes", policy.stderr_max_bytes)
    };
    let text = format!(
        "Only the first {} of {stream} were kept. Print less: {}, or write the rest to a file in {}.",
        show_bytes(limit),
        hints.less_output,
        policy.guest_mount_path
    );
    Some(Advice::new(AdviceKind::OutputTruncated, text).with_policy(field, limit.saturating_mul(2)))
}

fn of_quotas(report: &RunReport, policy: &ExecutionPolicy) -> Option<Advice> {
    let (what, field, limit) = report.quota_hits.iter().find_map(|hit| match hit {
        QuotaKind::Disk => {
            Some((format!("{} bytes of files", policy.disk_bytes), "disk_bytes", policy.disk_bytes))
        }
        QuotaKind::Files => Some((format!("{} files", policy.max_files), "max_files", policy.max_files)),
        QuotaKind::OpenFiles => Some((
            format!("{} open files", policy.max_open_files),
            "max_open_files",
            policy.max_open_files.into(),
        )),
        QuotaKind::FileSize => Some((
            format!("{} bytes in one file", policy.max_file_bytes),
            "max_file_bytes",
            policy.max_file_bytes,
        )),
        _ => None,
    })?;
    let text = format!(
        "The run may have at most {what} and tried to have more. Remove or close what is no longer needed."
    );
    Some(Advice::new(AdviceKind::DiskQuota, text).with_policy(field, limit.saturating_mul(2)))
}
