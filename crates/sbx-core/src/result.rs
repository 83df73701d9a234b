//! What came of a run.

use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Advice, Ending, FuelStatus, GuestPath};

/// Version of the JSON form of [`SandboxResult`]; raised when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// The language that a sandbox runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuntimeType {
    /// CPython 3.15.
    Python,
    /// QuickJS-NG 0.18.
    #[serde(rename = "javascript")]
    JavaScript,
    /// The same with the types taken out first.
    #[serde(rename = "typescript")]
    TypeScript,
}

impl RuntimeType {
    /// The stable word for it, as in JSON and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
        }
    }
}

impl fmt::Display for RuntimeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// There is no runtime of this name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no runtime {0:?}; use `python`, `javascript` (`js`) or `typescript` (`ts`)")]
pub struct UnknownRuntime(String);

impl FromStr for RuntimeType {
    type Err = UnknownRuntime;

    fn from_str(text: &str) -> Result<Self, UnknownRuntime> {
        match text {
            "python" | "py" => Ok(Self::Python),
            "javascript" | "js" => Ok(Self::JavaScript),
            "typescript" | "ts" => Ok(Self::TypeScript),
            _ => Err(UnknownRuntime(text.to_owned())),
        }
    }
}

/// What came of one run. The guest's failure is a value in here; only the host's own failure is an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SandboxResult {
    /// Version of this form, [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Whether the program did what it set out to: it ended `ok`, or exited with code 0.
    pub success: bool,
    /// How it stopped.
    pub ending: Ending,
    /// 0 to 255: the guest's own, or for an ending that the host made: 124 timeout, 130 cancelled, 134 trap and stack
    /// overflow, 137 fuel and memory.
    pub exit_code: u8,
    /// Standard output up to `stdout_max_bytes`; invalid UTF-8 is replaced.
    pub stdout: String,
    /// Standard error up to `stderr_max_bytes`; invalid UTF-8 is replaced.
    pub stderr: String,
    /// Whether standard output was cut.
    pub stdout_truncated: bool,
    /// Whether standard error was cut.
    pub stderr_truncated: bool,
    /// The exception that nothing caught; null on success.
    pub error: Option<GuestError>,
    /// What the program showed, each in the forms the runtime could make of it: what was displayed, figures, and last the
    /// value of the last expression. Empty if there is nothing.
    pub results: Vec<RichResult>,
    /// Instructions used, exact.
    pub fuel_consumed: u64,
    /// Instructions allowed.
    pub fuel_budget: u64,
    /// How close to its fuel budget the run came.
    pub fuel_status: FuelStatus,
    /// Bytes of linear memory at the end of the run, the shared image included.
    pub memory_used_bytes: u64,
    /// The same in WebAssembly pages of 64 KiB.
    pub mem_pages: u64,
    /// Wall clock, milliseconds.
    pub duration_ms: f64,
    /// Wall clock, seconds.
    pub duration_seconds: f64,
    /// Files of the workspace that the run made, sorted.
    pub files_created: Vec<GuestPath>,
    /// Files of the workspace whose content the run changed, sorted.
    pub files_modified: Vec<GuestPath>,
    /// Files of the workspace that the run removed, sorted.
    pub files_deleted: Vec<GuestPath>,
    /// The session it belongs to, if any.
    pub session_id: Option<String>,
    /// The turn in its session or sandbox, counted from 1.
    pub turn: u64,
    /// The language.
    pub runtime: RuntimeType,
    /// What to change, if something got in the way.
    pub advice: Vec<Advice>,
    /// Further facts: `run_id`, `image`, `code_hash`, `host_calls`, …
    pub metadata: BTreeMap<String, String>,
}

impl SandboxResult {
    /// A result with nothing in it but how it ended; the caller fills the rest.
    #[must_use]
    pub fn new(runtime: RuntimeType, ending: Ending, guest_exit_code: u8) -> Self {
        let exit_code = exit_code(ending, guest_exit_code);
        Self {
            schema_version: SCHEMA_VERSION,
            success: ending == Ending::Ok || (ending == Ending::Exit && exit_code == 0),
            ending,
            exit_code,
            stdout: String::new(),
            stderr: String::new(),
            stdout_truncated: false,
            stderr_truncated: false,
            error: None,
            results: Vec::new(),
            fuel_consumed: 0,
            fuel_budget: 0,
            fuel_status: FuelStatus::Efficient,
            memory_used_bytes: 0,
            mem_pages: 0,
            duration_ms: 0.0,
            duration_seconds: 0.0,
            files_created: Vec::new(),
            files_modified: Vec::new(),
            files_deleted: Vec::new(),
            session_id: None,
            turn: 1,
            runtime,
            advice: Vec::new(),
            metadata: BTreeMap::new(),
        }
    }

    /// Fills in the fuel used and allowed, and the status that follows.
    pub fn set_fuel(&mut self, consumed: u64, budget: u64) {
        self.fuel_consumed = consumed;
        self.fuel_budget = budget;
        self.fuel_status = if self.ending == Ending::FuelExhausted {
            FuelStatus::Exhausted
        } else {
            FuelStatus::of(consumed, budget)
        };
    }

    /// Fills in the linear memory at the end of the run.
    pub fn set_memory(&mut self, bytes: u64) {
        self.memory_used_bytes = bytes;
        self.mem_pages = bytes / 65_536;
    }

    /// Fills in the wall clock.
    pub fn set_duration(&mut self, duration: Duration) {
        // One division each: the nearest number, which JSON then gives back as it is.
        let nanoseconds = duration.as_nanos() as f64;
        self.duration_seconds = nanoseconds / 1e9;
        self.duration_ms = nanoseconds / 1e6;
    }

    /// The last of the results as plain text: the value of the last expression if the program ended with one, else what it
    /// showed last.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.results.last().and_then(|result| result.data.get("text/plain")).map(String::as_str)
    }
}

/// The exit code of an ending: the guest's own where it has one.
fn exit_code(ending: Ending, guest: u8) -> u8 {
    match ending {
        Ending::Ok | Ending::Exception | Ending::Exit => guest,
        Ending::Timeout => 124,
        Ending::Cancelled => 130,
        Ending::Trap | Ending::StackOverflow => 134,
        Ending::FuelExhausted | Ending::MemoryExhausted => 137,
    }
}

/// An exception that nothing caught.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GuestError {
    /// The exception's type: `ZeroDivisionError`.
    pub kind: String,
    /// Its message: `division by zero`.
    pub message: String,
    /// The whole traceback as the language prints it.
    pub traceback: String,
    /// The line of the user's code where it was raised, from 1; null where none is known.
    pub line: Option<u32>,
}

/// One value in several forms, as notebooks keep them: MIME type → text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
#[non_exhaustive]
pub struct RichResult {
    /// `text/plain` is always there.
    pub data: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_and_exit_code_follow_from_the_ending() {
        let all = |guest| {
            Ending::ALL.map(|ending| {
                let result = SandboxResult::new(RuntimeType::Python, ending, guest);
                (ending.as_str(), result.success, result.exit_code)
            })
        };
        assert_eq!(
            all(0),
            [
                ("ok", true, 0),
                ("exception", false, 0),
                ("exit", true, 0),
                ("fuel_exhausted", false, 137),
                ("timeout", false, 124),
                ("memory_exhausted", false, 137),
                ("stack_overflow", false, 134),
                ("trap", false, 134),
                ("cancelled", false, 130)
            ]
        );
        assert_eq!(all(255)[2], ("exit", false, 255));
    }

    #[test]
    fn runtimes_have_one_word_each() {
        for runtime in [RuntimeType::Python, RuntimeType::JavaScript, RuntimeType::TypeScript] {
            assert_eq!(runtime.as_str().parse(), Ok(runtime));
            assert_eq!(serde_json::to_string(&runtime).unwrap(), format!("\"{runtime}\""));
        }
        assert_eq!("js".parse(), Ok(RuntimeType::JavaScript));
        assert!("JavaScript".parse::<RuntimeType>().is_err());
    }

    #[test]
    fn json_round_trips() {
        let mut result = SandboxResult::new(RuntimeType::Python, Ending::Exception, 1);
        result.set_duration(Duration::from_nanos(442_518));
        result.error = Some(GuestError { kind: "ValueError".into(), line: Some(3), ..GuestError::default() });
        let json = serde_json::to_string(&result).unwrap();
        assert_eq!(serde_json::from_str::<SandboxResult>(&json).unwrap(), result);
        assert!(json.starts_with("{\"schema_version\":1,"), "{json}");
    }
}
