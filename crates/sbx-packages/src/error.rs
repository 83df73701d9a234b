//! What can go wrong with packages, each with its reason and what to do.

use std::path::PathBuf;

use thiserror::Error;

use crate::ecosystem::Ecosystem;
use crate::name::PackageName;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong with packages.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A name, version or request that cannot be one.
    #[error("{text:?} is not a {what}: {problem}")]
    Word {
        /// What it should be.
        what: &'static str,
        /// What was given.
        text: String,
        /// The rule it breaks.
        problem: &'static str,
    },
    /// The lock file is not as it must be.
    #[error("the lock file is wrong: {problem}")]
    Lock {
        /// The parser's words or the rule that is broken.
        problem: String,
    },
    /// The lock file has no package of this name.
    #[error(
        "there is no package `{name}` in the lock file{}; add it with `sbx packages{} add {name}`",
        nearest.as_ref().map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default(),
        ecosystem.option()
    )]
    Unknown {
        /// What was asked for.
        name: String,
        /// The package with the nearest name.
        nearest: Option<PackageName>,
        /// Whose lock file it is.
        ecosystem: Ecosystem,
    },
    /// The package is part of the guest already.
    #[error("{name} {version} is built into the guest: it can be imported as it is")]
    BuiltIn {
        /// The package.
        name: PackageName,
        /// The version that the guest has.
        version: String,
    },
    /// The package cannot come into the guest.
    #[error("{name} is refused: {reason}{}", alternative(*ecosystem, name))]
    Refused {
        /// The package.
        name: PackageName,
        /// Whose it is.
        ecosystem: Ecosystem,
        /// Why.
        reason: String,
    },
    /// What came is not what the lock file pins.
    #[error(
        "{name} {version} is refused: its hash changed, the lock file pins {expected} and the index has {got}; if that is \
         right, lock it anew with `sbx packages{} add {name}`",
        ecosystem.option()
    )]
    HashChanged {
        /// The package.
        name: PackageName,
        /// Whose it is.
        ecosystem: Ecosystem,
        /// Its version.
        version: String,
        /// As pinned.
        expected: String,
        /// As found.
        got: String,
    },
    /// A package of the lock file is not in the cache.
    #[error("the package {name} {version} is not fetched; run `sbx setup` once")]
    NotFetched {
        /// The package.
        name: PackageName,
        /// Its version.
        version: String,
    },
    /// An archive in the cache cannot be read.
    #[error("the files of {name} cannot be read: {problem}; run `sbx setup`")]
    Damaged {
        /// The package.
        name: PackageName,
        /// What is wrong.
        problem: String,
    },
    /// The answer of pip, of npm or of the guest is not what it should be.
    #[error("{who} gave no usable answer: {problem}")]
    Answer {
        /// Who.
        who: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A file could not be read or written.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was being done, as a verb.
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The files could not be laid out.
    #[error(transparent)]
    Files(#[from] sbx_vfs::Error),
    /// The cache or pip failed.
    #[error(transparent)]
    Cache(#[from] sbx_cache::Error),
}

fn alternative(ecosystem: Ecosystem, name: &PackageName) -> String {
    crate::advice::alternative(ecosystem, name.as_str()).map(|text| format!("; {text}")).unwrap_or_default()
}

impl Error {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Word { .. } => "packages.word",
            Self::Lock { .. } => "packages.lock",
            Self::Unknown { .. } => "packages.unknown",
            Self::BuiltIn { .. } => "packages.built_in",
            Self::Refused { .. } => "packages.refused",
            Self::HashChanged { .. } => "packages.hash_changed",
            Self::NotFetched { .. } => "packages.not_fetched",
            Self::Damaged { .. } => "packages.damaged",
            Self::Answer { .. } => "packages.answer",
            Self::Io { .. } => "packages.io",
            Self::Files(error) => error.code(),
            Self::Cache(error) => error.code(),
        }
    }

    pub(crate) fn io(action: &'static str, path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// A package of Python that cannot come in.
    pub(crate) fn refused(name: &PackageName, reason: impl Into<String>) -> Self {
        Self::Refused { name: name.clone(), ecosystem: Ecosystem::Python, reason: reason.into() }
    }

    /// The same refusal of a package of JavaScript.
    pub(crate) fn for_javascript(self) -> Self {
        if let Self::Refused { name, reason, .. } = self {
            return Self::Refused { name, ecosystem: Ecosystem::JavaScript, reason };
        }
        self
    }
}
