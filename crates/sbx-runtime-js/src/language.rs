//! JavaScript and TypeScript, as far as their interpreters differ from those of other languages.

use std::time::Duration;

use sbx_core::{Advice, AdviceKind, ExecutionPolicy, RuntimeType, show_bytes};
use sbx_runtime::{
    Hints, Language, Op, Program, Reply, ReplyError, Request, Status, Surroundings,
    advice::{self, PathProblem},
};

use crate::modules;

/// What the interpreter gets to stop by itself at the time limit, before the host ends it from outside. It stops at its
/// next look at the clock, which comes after ten thousand turns of a loop or calls.
const GRACE: Duration = Duration::from_millis(100);

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

impl Script {
    /// Tells the guest what the code of a request is, whose name ends in `extension`.
    pub(crate) fn describe(self, request: &mut Request<'_>, extension: Option<&str>) {
        request.language = (self == Self::TypeScript).then_some("typescript");
        // Without a kind the guest takes a script if it can be one, else a module if it imports or exports.
        request.kind = match extension {
            Some("mjs" | "mts") => Some("module"),
            Some("cjs" | "cts") => Some("script"),
            _ => None,
        };
    }
}

impl Language for Script {
    fn runtime(&self) -> RuntimeType {
        match self {
            Self::JavaScript => RuntimeType::JavaScript,
            Self::TypeScript => RuntimeType::TypeScript,
        }
    }

    fn complete(&self, request: &mut Request<'_>, program: &Program, policy: &ExecutionPolicy) {
        self.describe(request, program.extension());
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
        match (error.code.as_deref(), error.kind.as_str()) {
            (Some("MODULE_NOT_FOUND" | "ERR_MODULE_NOT_FOUND"), _) => {
                modules::advise(error, around).or_else(|| advise_path(error, PathProblem::Missing, around))
            }
            (Some("MISSING_EXPORT"), _) => modules::advise_export(error),
            (Some("ENOENT"), _) => advise_path(error, PathProblem::Missing, around),
            (Some("EACCES" | "EROFS" | "EPERM" | "ENOTCAPABLE"), _) => {
                advise_path(error, PathProblem::Refused, around)
            }
            (code, "RangeError") => advise_range(error, around).or_else(|| advise_input(code, around)),
            (code, "ReferenceError") => modules::advise_global(error).or_else(|| advise_input(code, around)),
            (code, _) => advise_input(code, around),
        }
    }
}

/// What to say of a path: if even its folder is not there, that it can be made too.
fn advise_path(error: &ReplyError, problem: PathProblem, around: &Surroundings<'_>) -> Option<Advice> {
    let path = error.filename.as_deref()?;
    let mut advice = advice::of_path(path, problem, around)?;
    let workspace = &around.policy.guest_mount_path;
    let folder = workspace.resolve(path).ok().and_then(|path| path.parent());
    if advice.kind == AdviceKind::FileNotFound
        && let Some(folder) = folder.filter(|folder| !around.files.exists(folder))
        && let Some(inside) = folder.strip_prefix(workspace)
    {
        advice.message += &format!(
            " There is no folder `{inside}`; to write there, make it first: `fs.mkdirSync('{inside}', {{ recursive: true }})`."
        );
    }
    Some(advice)
}

/// What to say of numbers beyond what the engine has room for.
fn advise_range(error: &ReplyError, around: &Surroundings<'_>) -> Option<Advice> {
    match error.message.as_str() {
        "Maximum call stack size exceeded" => Some(Advice::new(
            AdviceKind::StackOverflow,
            format!(
                "Calls were nested deeper than the stack allows. Use a loop with {} as a stack in place of recursion.",
                HINTS.stack
            ),
        )),
        "Array buffer allocation failed" => Some(Advice::new(
            AdviceKind::OutOfMemory,
            format!(
                "The run asked for more than {} of memory beyond what it started with, in one piece. {}.",
                show_bytes(around.policy.memory_bytes),
                HINTS.less_memory
            ),
        )),
        _ => None,
    }
}

/// What to say of a program that failed and had met the end of an empty standard input.
fn advise_input(code: Option<&str>, around: &Surroundings<'_>) -> Option<Advice> {
    (code == Some("EMPTY_INPUT") && around.stdin_is_empty).then(|| {
        Advice::new(
            AdviceKind::NoStdin,
            "Standard input is empty. Put the values into the program or into a file in /app.",
        )
    })
}

/// The time limit as the guest takes it: at least a millisecond, at most three weeks.
fn limit_ms(limit: Duration) -> u32 {
    u32::try_from(limit.as_millis()).unwrap_or(u32::MAX).clamp(1, i32::MAX.cast_unsigned())
}
