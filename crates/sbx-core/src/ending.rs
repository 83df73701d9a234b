//! How a run stopped.

use serde::{Deserialize, Serialize};

/// How a run stopped: what the guest did, never what the host failed at.
///
/// Decided from types and flags (a trap code, the limiter's flag, the interpreter's own report), never from the
/// text of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// The program ran to its end.
    Ok,
    /// The program raised an exception that nothing caught.
    Exception,
    /// The program asked to exit (`sys.exit`, `os._exit`, `SystemExit`); the code may be zero.
    Exit,
    /// The instructions of the policy's `fuel_budget`, or the host work they pay for, are used up.
    FuelExhausted,
    /// The wall-clock limit of the policy's `timeout_seconds` passed.
    Timeout,
    /// The program failed after a request for memory beyond the policy's `memory_bytes` was refused.
    MemoryExhausted,
    /// The native stack of the guest overflowed.
    StackOverflow,
    /// WebAssembly fault: the interpreter itself aborted or was broken.
    Trap,
    /// The caller cancelled the run.
    Cancelled,
}

impl Ending {
    /// Every ending, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Ok,
        Self::Exception,
        Self::Exit,
        Self::FuelExhausted,
        Self::Timeout,
        Self::MemoryExhausted,
        Self::StackOverflow,
        Self::Trap,
        Self::Cancelled,
    ];

    /// Whether the program was cut off, so that what it was doing is half done: a session goes back to before it.
    #[must_use]
    pub fn is_cut_off(self) -> bool {
        match self {
            Self::Ok | Self::Exception | Self::Exit => false,
            Self::FuelExhausted
            | Self::Timeout
            | Self::MemoryExhausted
            | Self::StackOverflow
            | Self::Trap
            | Self::Cancelled => true,
        }
    }

    /// The stable word for it, as in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Exception => "exception",
            Self::Exit => "exit",
            Self::FuelExhausted => "fuel_exhausted",
            Self::Timeout => "timeout",
            Self::MemoryExhausted => "memory_exhausted",
            Self::StackOverflow => "stack_overflow",
            Self::Trap => "trap",
            Self::Cancelled => "cancelled",
        }
    }
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_json_and_in_text() {
        for ending in Ending::ALL {
            assert_eq!(serde_json::to_string(&ending).unwrap(), format!("\"{ending}\""));
        }
    }
}
