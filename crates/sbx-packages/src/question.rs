//! What packages need of one another, judged by the guest itself: for Python by its markers, its versions, its own `packaging`,
//! for JavaScript by what `package.json` says and by npm's rules for versions.
//!
//! Whoever can run a program in the guest does; here are the program, what it is given and what it answers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use sbx_cache::Cache;
use serde::{Deserialize, Serialize};

use crate::archive;
use crate::builtin::Builtin;
use crate::ecosystem::Ecosystem;
use crate::error::{Error, Result};
use crate::lock::{Lock, LockedPackage};
use crate::name::{PackageId, PackageName};

/// Reads the question from standard input and prints the answer.
const PYTHON: &str = include_str!("question.py");

/// The same for packages of JavaScript.
const JAVASCRIPT: &str = include_str!("question.js");

/// What the guest is asked: these packages, and what is built in.
#[derive(Debug, Serialize)]
pub struct Question {
    #[serde(skip)]
    ecosystem: Ecosystem,
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
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer {
    /// For each package the packages beside it that it needs.
    pub needs: BTreeMap<PackageId, BTreeSet<PackageId>>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// An answer as it is printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Printed {
    needs: BTreeMap<String, BTreeSet<String>>,
    problems: Vec<PrintedProblem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrintedProblem {
    package: String,
    kind: ProblemKind,
    reason: String,
}

/// Something that is wrong with a package.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Whose packages are meant.
    pub ecosystem: Ecosystem,
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
    /// It cannot be fetched, has native code, has other bytes than the lock file pins, or cannot be imported in the guest.
    Refused,
}

impl Problem {
    /// A package that cannot be had.
    #[must_use]
    pub fn refused(ecosystem: Ecosystem, package: &PackageName, reason: String) -> Self {
        Self { ecosystem, package: package.to_string(), kind: ProblemKind::Refused, reason }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alternative = crate::alternative(self.ecosystem, &self.package);
        let alternative = alternative.map(|text| format!("; {text}")).unwrap_or_default();
        write!(f, "{}: {}{alternative}", self.package, self.reason)
    }
}

impl Question {
    /// About these packages of Python, beside what is built in.
    #[must_use]
    pub fn new(packages: Vec<Asked>, builtin: &Builtin) -> Self {
        let builtin = builtin.packages().map(|(name, version)| (name.to_string(), version.to_string()));
        Self { ecosystem: Ecosystem::Python, packages, builtin: builtin.collect() }
    }

    /// About these packages of JavaScript.
    #[must_use]
    pub fn of_javascript(packages: Vec<Asked>) -> Self {
        Self { ecosystem: Ecosystem::JavaScript, packages, builtin: BTreeMap::new() }
    }

    /// All packages of a lock file, which must be in the cache.
    ///
    /// # Errors
    /// [`Error::NotFetched`], [`Error::Damaged`].
    pub fn asked(lock: &Lock, cache: &Cache) -> Result<Vec<Asked>> {
        let asked = |package| Ok(Asked::new(package, archive::metadata(cache, package)?));
        lock.packages().map(asked).collect()
    }

    /// Whose packages it is about.
    #[must_use]
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// The program to run in the guest of the packages' language.
    #[must_use]
    pub fn program(&self) -> &'static str {
        match self.ecosystem {
            Ecosystem::Python => PYTHON,
            Ecosystem::JavaScript => JAVASCRIPT,
        }
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
    pub fn read_answer(&self, stdout: &str) -> Result<Answer> {
        let printed: Printed = serde_json::from_str(stdout)
            .map_err(|error| Error::Answer { who: "the guest", problem: error.to_string() })?;
        let id = |text: &String| PackageId::parse(self.ecosystem, text);
        let mut needs = BTreeMap::new();
        for (package, needed) in &printed.needs {
            needs.insert(id(package)?, needed.iter().map(id).collect::<Result<_>>()?);
        }
        let problems = printed.problems.into_iter().map(|problem| {
            let PrintedProblem { package, kind, reason } = problem;
            Problem { ecosystem: self.ecosystem, package, kind, reason }
        });
        Ok(Answer { needs, problems: problems.collect() })
    }
}
