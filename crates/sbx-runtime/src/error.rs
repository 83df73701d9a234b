//! What running a program can fail at on the host's side, in any language.

use thiserror::Error;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the host failed at; what the program did is in its result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The guest's answer is not one: its support code was broken by the program.
    #[error("the interpreter gave no usable answer: {problem}")]
    BadAnswer {
        /// What is wrong with it.
        problem: String,
    },
    /// A session's memory is larger than the policy lets a run have.
    #[error(
        "the session holds {bytes} bytes of memory beyond its image and the policy allows {limit}; raise `memory_bytes`"
    )]
    SnapshotTooLarge {
        /// What it has.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The host failed.
    #[error(transparent)]
    Host(#[from] sbx_host::Error),
}

impl Error {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadAnswer { .. } => "runtime.bad_answer",
            Self::SnapshotTooLarge { .. } => "runtime.snapshot_too_large",
            Self::Host(error) => error.code(),
        }
    }
}
