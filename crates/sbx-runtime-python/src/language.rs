//! Python, as far as its interpreters differ from those of other languages.

use std::time::Duration;

use sbx_core::{Advice, ExecutionPolicy, RuntimeType};
use sbx_runtime::{Hints, Language, Program, Reply, ReplyError, Request, Surroundings, advice};

/// Modules that are not here and cannot be, with what to use in their place.
const ALTERNATIVES: [(&str, &str); 17] = [
    ("aiohttp", "there is no network; read the data from a file in /app"),
    ("cv2", "use Pillow (`PIL`) or scikit-image-like code on numpy arrays"),
    ("docx", "use `mammoth` if it is vendored, or read the document as a zip with `zipfile` and `lxml`"),
    ("duckdb", "use `sqlite3` or pandas"),
    ("fitz", "use `pypdf`"),
    ("httpx", "there is no network; read the data from a file in /app"),
    ("plotly", "use `matplotlib`"),
    ("polars", "use `pandas`"),
    ("pptx", "read the presentation as a zip with `zipfile` and `lxml`"),
    ("pyarrow", "use pandas with CSV, JSON or Excel files"),
    ("pydantic", "use `dataclasses` or `attrs`"),
    ("requests", "there is no network; read the data from a file in /app"),
    ("seaborn", "use `matplotlib`"),
    ("tensorflow", "use `scikit-learn` or `numpy`"),
    ("tkinter", "there is no display; write figures to files with `matplotlib`"),
    ("torch", "use `scikit-learn` or `numpy`"),
    ("ujson", "use `json`"),
];

/// What there is, for other modules.
const AVAILABLE: &str = "only the standard library and the built-in packages (numpy, pandas, scipy, scikit-learn, matplotlib, \
    openpyxl, lxml, Pillow, PyYAML, jinja2, bs4, sympy, …) are there; pip does not work inside";

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
        request.line_buffered = program.sink.is_some();
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
        /// `EACCES`, `EROFS`, `ENOENT`, `ENOTCAPABLE` as the guest numbers them.
        const PATH_ERRNOS: [i64; 4] = [2, 69, 44, 76];
        match error.kind.as_str() {
            "ModuleNotFoundError" => {
                let module = error.module.as_deref()?;
                let top = module.split('.').next().unwrap_or(module);
                let known = ALTERNATIVES.iter().find(|(name, _)| *name == top);
                Some(advice::missing_module(module, known.map_or(AVAILABLE, |(_, alternative)| alternative)))
            }
            "EOFError" => advice::of_stdin(around),
            "FileNotFoundError" | "PermissionError" | "OSError" => {
                let errno = error.errno.as_ref()?.as_i64()?;
                PATH_ERRNOS.contains(&errno).then(|| advice::of_path(error.filename.as_deref()?, around))?
            }
            _ => None,
        }
    }
}
