//! What the sandbox can fail at; what the program did is in its result.

use thiserror::Error;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the sandbox failed at.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Running Python failed on the host's side.
    #[error(transparent)]
    Python(#[from] sbx_runtime_python::Error),
    /// Running JavaScript failed on the host's side.
    #[error(transparent)]
    JavaScript(#[from] sbx_runtime_js::Error),
    /// The cache failed.
    #[error(transparent)]
    Cache(#[from] sbx_cache::Error),
    /// The host failed.
    #[error(transparent)]
    Host(#[from] sbx_host::Error),
    /// A file of the sandbox could not be read or written.
    #[error(transparent)]
    Files(#[from] sbx_vfs::Error),
    /// A path that a sandbox cannot have.
    #[error(transparent)]
    Path(#[from] sbx_core::PathError),
    /// The policy makes no sense.
    #[error(transparent)]
    Policy(#[from] sbx_core::PolicyValidationError),
    /// A file or folder of the host could not be reached.
    #[error("cannot {action} {}", path.display())]
    HostFile {
        /// What was being done.
        action: &'static str,
        /// To what.
        path: std::path::PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl Error {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Python(error) => error.code(),
            Self::JavaScript(error) => error.code(),
            Self::Cache(error) => error.code(),
            Self::Host(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::Path(_) => "path.invalid",
            Self::Policy(error) => error.code(),
            Self::HostFile { .. } => "host.file",
        }
    }
}
