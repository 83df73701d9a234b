//! What the host can fail at. What a guest does is never in here: that is a value of the report.

use std::{error::Error as StdError, io, path::PathBuf};

use sbx_core::PolicyValidationError;
use thiserror::Error;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the host failed at.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The WebAssembly engine refused: to start, to compile, to instantiate.
    #[error("the WebAssembly engine could not {action}")]
    Engine {
        /// What it was asked to do.
        action: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
    /// The guest is not one that may run here.
    #[error("guest refused: {problem}")]
    GuestRefused {
        /// What is wrong with it.
        problem: String,
    },
    /// An image cannot be used; remove it and set up again.
    #[error("image `{name}` cannot be used: {problem}; run `sbx setup` to rebuild it")]
    BadImage {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A snapshot cannot be put over an image.
    #[error("the snapshot cannot be restored: {problem}")]
    BadSnapshot {
        /// What is wrong with it.
        problem: String,
    },
    /// The cache failed.
    #[error(transparent)]
    Cache(#[from] sbx_cache::Error),
    /// The policy makes no sense.
    #[error(transparent)]
    Policy(#[from] PolicyValidationError),
    /// The guest's filesystem could not be set up.
    #[error(transparent)]
    Files(#[from] sbx_vfs::Error),
    /// A host folder that the policy grants cannot be opened.
    #[error("the folder {} cannot be mounted", path.display())]
    Mount {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The operating system refused memory, a thread, a file.
    #[error("the host could not {action}")]
    System {
        /// What it was asked to do.
        action: &'static str,
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// The instance ended abruptly in an earlier run, or lost its files to a call that never returned.
    #[error("this instance cannot run again: its last run was cut off; open a new one")]
    Spent,
    /// Text from outside is longer than the host keeps.
    #[error("{what} is {bytes} bytes, over the limit of {limit}")]
    TooLarge {
        /// What was given.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// What is allowed.
        limit: usize,
    },
}

impl Error {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Engine { .. } => "host.engine",
            Self::GuestRefused { .. } => "host.guest_refused",
            Self::BadImage { .. } => "host.bad_image",
            Self::BadSnapshot { .. } => "host.bad_snapshot",
            Self::Cache(error) => error.code(),
            Self::Policy(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::Mount { .. } => "host.mount",
            Self::System { .. } => "host.system",
            Self::Spent => "host.spent",
            Self::TooLarge { .. } => "host.too_large",
        }
    }

    pub(crate) fn engine(action: &'static str) -> impl FnOnce(wasmtime::Error) -> Self {
        move |error| Self::Engine { action, source: error.into() }
    }

    pub(crate) fn system(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { action, source }
    }

    pub(crate) fn refused(problem: impl Into<String>) -> Self {
        Self::GuestRefused { problem: problem.into() }
    }
}
