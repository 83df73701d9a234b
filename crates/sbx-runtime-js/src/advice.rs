//! What to change so that the next run does better.
//!
//! For a model that reads the result: each message says what happened and what to do, and where a larger limit would
//! help, which one. The error's type, its `code` and its module decide, not its text.

use sbx_core::{Advice, AdviceKind, Ending, SandboxResult, show_bytes};
use sbx_host::RunReport;
use sbx_vfs::QuotaKind;

use crate::reply::{Feature, ReplyError, Surroundings};

pub(crate) fn add(
    result: &mut SandboxResult,
    report: &RunReport,
    error: Option<&ReplyError>,
    around: &Surroundings<'_>,
) {
    let mut advice = Vec::new();
    advice.extend(of_ending(result.ending, around));
    if let Some(error) = error
        && report.outcome.is_orderly()
        && result.ending == Ending::Exception
    {
        advice.extend(of_error(error, around));
    }
    advice.extend(of_output(result, around));
    if result.ending != Ending::Ok {
        advice.extend(of_quotas(report, around));
    }
    result.advice = advice;
}

fn of_ending(ending: Ending, around: &Surroundings<'_>) -> Option<Advice> {
    let policy = around.policy;
    match ending {
        Ending::FuelExhausted => {
            let more = policy.fuel_budget.saturating_mul(2);
            let text = format!(
                "The run used all of its {} units of fuel. Look for an endless loop first; if the work is really that \
                 long, give it a fuel_budget of {more}.",
                policy.fuel_budget
            );
            Some(Advice::new(AdviceKind::OutOfFuel, text).with_policy("fuel_budget", more))
        }
        Ending::Timeout => {
            let limit = policy.timeout_seconds.unwrap_or_default();
            let seconds = limit.as_secs_f64();
            let text = format!(
                "The run took longer than {seconds} s of wall-clock time. Do not wait for timers that nothing needs, and \
                 clear intervals; if the work is really that long, give it a larger timeout_seconds."
            );
            let doubled = limit.as_secs().saturating_mul(2).max(1);
            Some(Advice::new(AdviceKind::Timeout, text).with_policy("timeout_seconds", doubled))
        }
        Ending::MemoryExhausted => {
            let more = policy.memory_bytes.saturating_mul(2);
            let text = format!(
                "The run asked for more than {} of memory beyond what it started with. Work on files in pieces, drop what \
                 is no longer needed, or give it a memory_bytes of {more}.",
                show_bytes(policy.memory_bytes)
            );
            Some(Advice::new(AdviceKind::OutOfMemory, text).with_policy("memory_bytes", more))
        }
        Ending::StackOverflow => Some(Advice::new(
            AdviceKind::StackOverflow,
            "Calls were nested deeper than the stack allows. Use a loop with an array as a stack in place of recursion.",
        )),
        Ending::Ok | Ending::Exception | Ending::Exit | Ending::Trap | Ending::Cancelled | _ => None,
    }
}

fn of_error(error: &ReplyError, around: &Surroundings<'_>) -> Option<Advice> {
    match error.feature {
        Some(Feature::Network) => {
            return Some(Advice::new(
                AdviceKind::NetworkUnavailable,
                "There is no network in the sandbox. Ask for the data as a file in /app and read it from there.",
            ));
        }
        Some(Feature::Threads) => {
            return Some(Advice::new(
                AdviceKind::ThreadsUnavailable,
                "There are no threads in the sandbox. Do the work in a plain loop, or use promises for code that waits.",
            ));
        }
        Some(Feature::Subprocess) => {
            return Some(Advice::new(
                AdviceKind::SubprocessUnavailable,
                "There are no processes in the sandbox. Do the work in JavaScript: `node:fs` and `node:path` replace most \
                 shell commands.",
            ));
        }
        Some(Feature::Other) | None => {}
    }
    match error.code.as_deref()? {
        "MODULE_NOT_FOUND" | "ERR_MODULE_NOT_FOUND" => error.module.as_deref().map(missing_module),
        "ENOENT" | "EACCES" | "EROFS" | "EPERM" | "ENOTCAPABLE" => path_advice(error, around),
        _ => None,
    }
}

fn missing_module(module: &str) -> Advice {
    Advice::new(
        AdviceKind::MissingPackage,
        format!(
            "The module `{module}` is not available in the sandbox: there are fs, path, util, events, stream, assert, \
             os, url, buffer, crypto (random values, digests), readline and timers as in Node, csv-simple, json-utils and string-utils, and \
             what lies in /app or /app/node_modules as JavaScript; npm does not work inside."
        ),
    )
}

fn path_advice(error: &ReplyError, around: &Surroundings<'_>) -> Option<Advice> {
    let filename = error.filename.as_deref()?;
    let inside = filename.starts_with(around.workspace.as_str()) || filename.starts_with("/tmp");
    (!inside).then(|| {
        Advice::new(
            AdviceKind::PathOutside,
            format!(
                "The path {filename} is outside of what the program may use. Read and write files in {} (the working \
                 directory) or /tmp.",
                around.workspace
            ),
        )
    })
}

fn of_output(result: &SandboxResult, around: &Surroundings<'_>) -> Option<Advice> {
    if !result.stdout_truncated && !result.stderr_truncated {
        return None;
    }
    let (stream, field, limit) = if result.stdout_truncated {
        ("standard output", "stdout_max_bytes", around.policy.stdout_max_bytes)
    } else {
        ("standard error", "stderr_max_bytes", around.policy.stderr_max_bytes)
    };
    let text = format!(
        "Only the first {} of {stream} were kept. Print less: totals and a few examples, or write the rest to a file in {}.",
        show_bytes(limit),
        around.workspace
    );
    Some(Advice::new(AdviceKind::OutputTruncated, text).with_policy(field, limit.saturating_mul(2)))
}

fn of_quotas(report: &RunReport, around: &Surroundings<'_>) -> Option<Advice> {
    let policy = around.policy;
    let (what, field, limit) = report.quota_hits.iter().find_map(|hit| match hit {
        QuotaKind::Disk => {
            Some((format!("{} of files", show_bytes(policy.disk_bytes)), "disk_bytes", policy.disk_bytes))
        }
        QuotaKind::Files => Some((format!("{} files", policy.max_files), "max_files", policy.max_files)),
        QuotaKind::OpenFiles => Some((
            format!("{} open files", policy.max_open_files),
            "max_open_files",
            policy.max_open_files.into(),
        )),
        QuotaKind::FileSize => Some((
            format!("{} in one file", show_bytes(policy.max_file_bytes)),
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
