//! Python, as far as its interpreters differ from those of other languages.

use std::time::Duration;

use sbx_core::{Advice, AdviceKind, ExecutionPolicy, RuntimeType};
use sbx_runtime::{
    Figures, Hints, Language, Program, Reply, ReplyError, Request, Surroundings,
    advice::{self, PathProblem},
};

use crate::{known, modules};

const HINTS: Hints = Hints {
    less_fuel: "use vectorised numpy or pandas operations, or ",
    less_time: "Do not sleep or wait",
    less_memory: "Work in chunks (for example `pd.read_csv(..., chunksize=...)`), delete what is no longer needed",
    stack: "a list",
    less_output: "totals, `df.head()`",
    concurrency: "asyncio",
    shell: "Python: shutil, pathlib, glob, zipfile and tarfile",
};

/// The one language of the Python guest.
#[derive(Debug)]
pub(crate) struct CPython;

impl Language for CPython {
    fn runtime(&self) -> RuntimeType {
        RuntimeType::Python
    }

    fn complete(&self, request: &mut Request<'_>, program: &Program, _: &ExecutionPolicy) {
        request.stdin = !program.stdin.is_empty();
        request.figures = (program.figures != Figures::Png).then(|| program.figures.as_str());
    }

    fn grace(&self) -> Duration {
        Duration::ZERO
    }

    fn lacked_memory(&self, reply: &Reply) -> bool {
        reply.error.as_ref().is_some_and(|error| error.kind == "MemoryError")
    }

    fn hints(&self) -> &'static Hints {
        &HINTS
    }

    fn advise(&self, error: &ReplyError, around: &Surroundings<'_>) -> Option<Advice> {
        known::advise(error).or_else(|| match error.kind.as_str() {
            "ModuleNotFoundError" => modules::advise(error),
            "EOFError" => advice::of_stdin(around),
            "RecursionError" => Some(Advice::new(
                AdviceKind::StackOverflow,
                "Calls were nested deeper than Python allows. Use a loop with a list as a stack; for moderately deep \
                 recursion `sys.setrecursionlimit(20000)` works.",
            )),
            "FileNotFoundError" | "PermissionError" | "OSError" => path_advice(error, around),
            _ => None,
        })
    }
}

fn path_advice(error: &ReplyError, around: &Surroundings<'_>) -> Option<Advice> {
    /// `ENOENT` as the guest numbers it.
    const MISSING: i64 = 44;
    /// `EACCES`, `EROFS`, `ENOTCAPABLE`.
    const REFUSED: [i64; 3] = [2, 69, 76];
    // pandas says "File … does not exist" and names none.
    let named = error.filename.as_deref();
    let path = named.or_else(|| error.message.strip_prefix("File ")?.strip_suffix(" does not exist"))?;
    if error.kind == "FileNotFoundError" && (path.starts_with(['<', '{', '[']) || path.contains('\n')) {
        return Some(Advice::new(
            AdviceKind::RemovedApi,
            "A text was taken for the name of a file: this pandas reads text only as a stream, `io.StringIO(text)`.",
        ));
    }
    match error.errno.as_ref()?.as_i64()? {
        MISSING => advice::of_path(path, PathProblem::Missing, around),
        refused if REFUSED.contains(&refused) => advice::of_path(path, PathProblem::Refused, around),
        _ => None,
    }
}
