//! What the sandbox can fail at; what the program did is in its result.

use sbx_core::{GuestPath, SandboxResult};
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
    /// Running an interpreter failed on the host's side.
    #[error(transparent)]
    Runtime(#[from] sbx_runtime::Error),
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
    /// A session failed on the host's side.
    #[error(transparent)]
    Session(#[from] sbx_sessions::Error),
    /// The storage of sessions failed.
    #[error(transparent)]
    Storage(#[from] sbx_storage::Error),
    /// A turn ran, and what it did could not be stored. It is in memory: run the next turn or save the session to try again.
    #[error("the turn ran ({}) but could not be stored; it is kept in memory, save the session to try again", result.ending)]
    Unsaved {
        /// What came of the turn.
        result: Box<SandboxResult>,
        /// Why it is not stored.
        #[source]
        source: sbx_sessions::Error,
    },
    /// Vendored packages: one is unknown, refused, or cannot be had.
    #[error(transparent)]
    Packages(#[from] sbx_packages::Error),
    /// The packages that come with the project were to be changed.
    #[error(
        "the built-in set of packages cannot be changed; name a lock file (`--lock FILE`, or set SBX_LOCK), it is made if it is not there"
    )]
    NoLockFile,
    /// A sandbox was to start with files and to go on with a session, which has its own.
    #[error("session {id} has files of its own; give the sandbox files or a session, not both")]
    FilesAndSession {
        /// The session.
        id: sbx_sessions::SessionId,
    },
    /// There is no place for sessions unless the caller names one.
    #[error("there is no folder for what is kept: neither $XDG_DATA_HOME nor $HOME is set; name one")]
    NoDataFolder,
    /// A host folder is mounted in a way that a session cannot keep.
    #[error(
        "{path} is mounted as an overlay, which a session cannot keep; mount it `ro` or `rw`, or import the folder"
    )]
    OverlayInSession {
        /// Where it is mounted.
        path: GuestPath,
    },
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
            Self::Runtime(error) => error.code(),
            Self::Cache(error) => error.code(),
            Self::Host(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::Path(error) => error.code(),
            Self::Policy(error) => error.code(),
            Self::Session(error) | Self::Unsaved { source: error, .. } => error.code(),
            Self::Storage(error) => error.code(),
            Self::Packages(error) => error.code(),
            Self::NoLockFile => "packages.no_lock_file",
            Self::FilesAndSession { .. } => "session.files_given",
            Self::NoDataFolder => "storage.no_data_folder",
            Self::OverlayInSession { .. } => "session.overlay",
            Self::HostFile { .. } => "host.file",
        }
    }
}
