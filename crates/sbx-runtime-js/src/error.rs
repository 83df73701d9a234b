//! What running JavaScript can fail at on the host's side.

use thiserror::Error;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the host failed at; what the program did is in its result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The guest, or what is built from it, is not in the cache.
    #[error(
        "JavaScript is not set up here ({missing}); run `sbx setup` once (`cargo xtask setup` in the repository)"
    )]
    NotSetUp {
        /// The first thing that is missing.
        missing: String,
    },
    /// What takes the types out of TypeScript is not in the cache, because set-up found no npm.
    #[error(
        "TypeScript is not set up here; install Node.js with npm and run `sbx setup` once more (JavaScript works without)"
    )]
    NoTypeScript,
    /// The manifest in the project's `runtimes/` folder is wrong.
    #[error("the manifest of the JavaScript guest is wrong: {problem}")]
    Manifest {
        /// The parser's words.
        problem: String,
    },
    /// The compiler failed.
    #[error("compiling the JavaScript guest failed: {problem}")]
    Compile {
        /// What it said.
        problem: String,
    },
    /// What the compiler made is not what is pinned.
    #[error(
        "compiling the JavaScript guest gave {bytes} bytes with the SHA-256 {sha256}, not what runtimes/javascript.toml pins; it was not kept"
    )]
    WrongGuest {
        /// How many bytes it has.
        bytes: u64,
        /// Its hash, in hexadecimal.
        sha256: String,
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
            Self::NotSetUp { .. } => "javascript.not_set_up",
            Self::NoTypeScript => "javascript.no_typescript",
            Self::Manifest { .. } => "javascript.manifest",
            Self::Compile { .. } => "javascript.compile",
            Self::WrongGuest { .. } => "javascript.wrong_guest",
            Self::Packages(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::Runtime(error) => error.code(),
            Self::Host(error) => error.code(),
            Self::Cache(error) => error.code(),
        }
    }
}
