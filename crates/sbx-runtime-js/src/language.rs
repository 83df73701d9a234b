//! JavaScript and TypeScript, as far as their interpreters differ from those of other languages.

use std::time::Duration;

use sbx_core::{Advice, ExecutionPolicy, RuntimeType};
use sbx_runtime::{
    Hints, Language, Op, Program, Reply, ReplyError, Request, Status, Surroundings,
    advice::{self, PathProblem},
};

/// What the interpreter gets to stop by itself at the time limit, before the host ends it from outside. It stops at its
/// next look at the clock, which comes after ten thousand turns of a loop or calls.
const GRACE: Duration = Duration::from_millis(100);

/// What there is beside a program's own modules.
const AVAILABLE: &str = "there are fs, path, util, events, stream, assert, os, url, \
    buffer, crypto (random values, digests), readline and timers as in Node, csv-simple, json-utils and string-utils, and \
    what lies in /app or /app/node_modules as JavaScript; npm does not work inside";

const HINTS: Hints = Hints {
    less_fuel: "",
    less_time: "Do not wait for timers that nothing needs, and clear intervals",
    less_memory: "Work on files in pieces, drop what is no longer needed",
    stack: "an array",
    less_output: "totals and a few examples",
    concurrency: "promises",
    shell: "JavaScript: `node:fs` and `node:path`",
};

/// A language of the JavaScript guest. Its interpreters usually survive the time limit: the program is stopped from
/// inside, and what it did until then stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    JavaScript,
    /// JavaScript once its types are taken out, inside the guest.
    TypeScript,
}

impl Language for Script {
    fn runtime(&self) -> RuntimeType {
        match self {
            Self::JavaScript => RuntimeType::JavaScript,
            Self::TypeScript => RuntimeType::TypeScript,
        }
    }

    fn complete(&self, request: &mut Request<'_>, program: &Program, policy: &ExecutionPolicy) {
        request.language = (*self == Self::TypeScript).then_some("typescript");
        // Without a kind the guest takes a script if it can be one, else a module if it imports or exports.
        request.kind = match program.extension() {
            Some("mjs" | "mts") => Some("module"),
            Some("cjs" | "cts") => Some("script"),
            _ => None,
        };
        if request.op == Op::Run {
            // Virtual time can pass the limit in no time.
            request.limit_ms =
                policy.timeout_seconds.filter(|_| policy.deterministic.is_none()).map(limit_ms);
            request.stdin_reset = true;
        }
    }

    fn grace(&self) -> Duration {
        GRACE
    }

    fn lacked_memory(&self, reply: &Reply) -> bool {
        reply.status == Status::Memory
    }

    fn hints(&self) -> &'static Hints {
        &HINTS
    }

    fn advise(&self, error: &ReplyError, around: &Surroundings<'_>) -> Option<Advice> {
        match error.code.as_deref()? {
            "MODULE_NOT_FOUND" | "ERR_MODULE_NOT_FOUND" => {
                Some(advice::missing_module(error.module.as_deref()?, AVAILABLE))
            }
            "ENOENT" => advice::of_path(error.filename.as_deref()?, PathProblem::Missing, around),
            "EACCES" | "EROFS" | "EPERM" | "ENOTCAPABLE" => {
                advice::of_path(error.filename.as_deref()?, PathProblem::Refused, around)
            }
            _ => None,
        }
    }
}

/// The time limit as the guest takes it: at least a millisecond, at most three weeks.
fn limit_ms(limit: Duration) -> u32 {
    u32::try_from(limit.as_millis()).unwrap_or(u32::MAX).clamp(1, i32::MAX.cast_unsigned())
}
