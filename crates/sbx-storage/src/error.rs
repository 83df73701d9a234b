//! What keeping can fail at.

use thiserror::Error;

use crate::key::{Key, KeyError};

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What a backend failed at.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A key that cannot be one.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Nothing is under the key.
    #[error("nothing is stored under {key}")]
    NotFound {
        /// The key.
        key: Key,
    },
    /// Somebody else has written meanwhile: read again and decide.
    #[error("{key} is not as expected: somebody else has written it")]
    Conflict {
        /// The key.
        key: Key,
    },
    /// The backend does not answer, or not now; trying again later can help.
    #[error("the storage cannot {action}: {problem}")]
    Unavailable {
        /// What was being done.
        action: String,
        /// What went wrong.
        problem: String,
        /// What the backend said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The backend refuses: credentials, permissions, a bucket that is not there. Trying again does not help.
    #[error("the storage refuses to {action}: {problem}")]
    Refused {
        /// What was being done.
        action: String,
        /// Why.
        problem: String,
        /// What the backend said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// There is no room.
    #[error("the storage is full: cannot {action}; free some space and try again")]
    Full {
        /// What was being done.
        action: String,
        /// What the backend said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// An address that names no storage.
    #[error("{url} is no storage: {problem}")]
    BadUrl {
        /// What was given, without credentials.
        url: String,
        /// What is wrong and what would be right.
        problem: String,
    },
}

impl Error {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Key(_) => "storage.bad_key",
            Self::NotFound { .. } => "storage.not_found",
            Self::Conflict { .. } => "storage.conflict",
            Self::Unavailable { .. } => "storage.unavailable",
            Self::Refused { .. } => "storage.refused",
            Self::Full { .. } => "storage.full",
            Self::BadUrl { .. } => "storage.bad_url",
        }
    }

    /// Whether the same call may succeed later without anything else being done.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
