//! What running Python can fail at on the host's side.

use thiserror::Error;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the host failed at; what the program did is in its result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The guest, or what is built from it, is not in the cache.
    #[error(
        "Python is not set up here ({missing}); run `sbx setup` once (`cargo xtask setup` in the repository)"
    )]
    NotSetUp {
        /// The first thing that is missing.
        missing: String,
    },
    /// A vendored package that the policy names is not there, or the lock file is wrong.
    #[error(transparent)]
    Packages(#[from] sbx_packages::Error),
    /// The files of the guest could not be laid out.
    #[error("the guest's files cannot be laid out")]
    Files(#[from] sbx_vfs::Error),
    /// Opening or running an interpreter failed.
    #[error(transparent)]
    Runtime(#[from] sbx_runtime::Error),
    /// The host failed.
    #[error(transparent)]
    Host(#[from] sbx_host::Error),
    /// The cache failed.
    #[error(transparent)]
    Cache(#[from] sbx_cache::Error),
}

impl Error {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSetUp { .. } => "python.not_set_up",
            Self::Packages(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::Runtime(error) => error.code(),
            Self::Host(error) => error.code(),
            Self::Cache(error) => error.code(),
        }
    }
}
