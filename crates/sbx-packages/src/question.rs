//! What packages need of one another, judged by the guest itself: its markers, its versions, its own `packaging`.
//!
//! Whoever can run a program in the guest does; here are the program, what it is given and what it answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sbx_cache::Cache;
use serde::{Deserialize, Serialize};

use crate::archive;
use crate::builtin::Builtin;
use crate::error::{Error, Result};
use crate::lock::{Lock, LockedPackage};
use crate::name::PackageName;

/// Reads the question from standard input and prints the answer.
const PROGRAM: &str = include_str!("question.py");

/// What the guest is asked: these packages, and what is built in.
#[derive(Debug, Serialize)]
pub struct Question {
    packages: Vec<Asked>,
    builtin: BTreeMap<String, String>,
}

/// A package that the guest is asked about.
#[derive(Debug, Serialize)]
pub struct Asked {
    name: String,
    version: String,
    newest: String,
    request: Option<String>,
    metadata: String,
}

impl Asked {
    /// A package with what it says of itself.
    #[must_use]
    pub fn new(package: &LockedPackage, metadata: String) -> Self {
        Self {
            name: package.name.to_string(),
            version: package.version.to_string(),
            newest: package.newest.to_string(),
            request: package.request.as_ref().map(|request| request.as_str().to_owned()),
            metadata,
        }
    }
}

/// What the guest answers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Answer {
    /// For each package the packages beside it that it needs.
    pub needs: BTreeMap<PackageName, BTreeSet<PackageName>>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Something that is wrong with a package.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Problem {
    /// The package, as its name is written in the lock file.
    pub package: String,
    /// In which way.
    pub kind: ProblemKind,
    /// The reason, for people.
    pub reason: String,
}

/// In which way a package is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// It needs a package that is neither in the lock file nor built in, or another version of one.
    Needs,
    /// There is a newer release that nothing speaks against: it could not be taken, and this one is what was left.
    FellBack,
    /// It is not for the guest's Python.
    Python,
    /// It cannot be fetched, has native code, or has other bytes than the lock file pins.
    Refused,
}

impl Problem {
    /// A package that cannot be had.
    #[must_use]
    pub fn refused(package: &PackageName, reason: String) -> Self {
        Self { package: package.to_string(), kind: ProblemKind::Refused, reason }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alternative =
            crate::alternative(&self.package).map(|text| format!("; {text}")).unwrap_or_default();
        write!(f, "{}: {}{alternative}", self.package, self.reason)
    }
}

impl Question {
    /// About these packages.
    #[must_use]
    pub fn new(packages: Vec<Asked>, builtin: &Builtin) -> Self {
        let builtin = builtin.packages().map(|(name, version)| (name.to_string(), version.to_string()));
        Self { packages, builtin: builtin.collect() }
    }

    /// About all packages of a lock file, which must be in the cache.
    ///
    /// # Errors
    /// [`Error::NotFetched`], [`Error::Damaged`].
    pub fn of_lock(lock: &Lock, cache: &Cache, builtin: &Builtin) -> Result<Self> {
        let mut packages = Vec::new();
        for package in lock.packages() {
            packages.push(Asked::new(package, archive::metadata(cache, package)?));
        }
        Ok(Self::new(packages, builtin))
    }

    /// The program to run in the guest.
    #[must_use]
    pub fn program() -> &'static str {
        PROGRAM
    }

    /// What it reads from its standard input.
    ///
    /// # Errors
    /// [`Error::Answer`] if it cannot be written.
    pub fn to_stdin(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self)
            .map_err(|error| Error::Answer { who: "the question", problem: error.to_string() })
    }

    /// Reads what it printed.
    ///
    /// # Errors
    /// [`Error::Answer`] for anything but an answer.
    pub fn read_answer(stdout: &str) -> Result<Answer> {
        serde_json::from_str(stdout)
            .map_err(|error| Error::Answer { who: "the guest", problem: error.to_string() })
    }
}
