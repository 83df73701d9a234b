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
    /// No image has this name.
    #[error("there is no image `{name}`; there are: {}", available.join(", "))]
    UnknownImage {
        /// What was asked for.
        name: String,
        /// What could have been.
        available: Vec<String>,
    },
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
    /// A step of building an image failed inside the guest.
    #[error("building the image `{image}` failed in step `{step}`: {problem}")]
    BuildFailed {
        /// The image.
        image: String,
        /// The step.
        step: String,
        /// What the guest said.
        problem: String,
    },
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
    /// The files of the guest could not be laid out.
    #[error("the guest's files cannot be laid out")]
    Files(#[from] sbx_vfs::Error),
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
            Self::UnknownImage { .. } => "javascript.unknown_image",
            Self::Manifest { .. } => "javascript.manifest",
            Self::Compile { .. } => "javascript.compile",
            Self::WrongGuest { .. } => "javascript.wrong_guest",
            Self::BuildFailed { .. } => "javascript.build_failed",
            Self::BadAnswer { .. } => "javascript.bad_answer",
            Self::SnapshotTooLarge { .. } => "javascript.snapshot_too_large",
            Self::Files(error) => error.code(),
            Self::Host(error) => error.code(),
            Self::Cache(error) => error.code(),
        }
    }
}
