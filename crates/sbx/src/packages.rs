//! Vendored packages: looking at the lock file, changing it, and checking that it holds.
//!
//! What a package needs is judged inside the guest, by the guest's own rules; pip finds and brings packages, and nothing of
//! one is run on the host.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use sbx_cache::{Cache, fetch::Progress};
use sbx_core::ExecutionPolicy;
use sbx_packages::{
    Answer, Archive, Asked, Builtin, Lock, LockedPackage, PackageName, Problem, ProblemKind, Question,
    Request, Resolved, Resolver,
};
use sbx_runtime_python::{Program, Python, setup};

use crate::{
    error::{Error, Result},
    runtimes::Runtimes,
};

/// Names another lock file than the one that comes with the project.
const LOCK_VARIABLE: &str = "SBX_LOCK";

/// What changed in a lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PackageChange {
    /// A package is new, in this version.
    Added(PackageName, String),
    /// A package moved from one version to another.
    Moved(PackageName, String, String),
    /// A package is gone, which was there in this version.
    Removed(PackageName, String),
}

/// The vendored packages: what the lock file has, and what can be done with it.
///
/// # Examples
/// ```no_run
/// use sbx::{NoProgress, PackageRequest, Packages, Runtimes};
///
/// let mut packages = Packages::open(&Runtimes::shared()?, Some("packages.lock".as_ref()))?;
/// packages.add(&[PackageRequest::parse("mammoth")?], &NoProgress)?;
/// assert!(packages.check(&NoProgress)?.is_empty());
/// # Ok::<(), sbx::Error>(())
/// ```
#[derive(Debug)]
pub struct Packages {
    runtimes: Runtimes,
    /// Where changes are written; without it nothing can be changed.
    file: Option<PathBuf>,
    lock: Lock,
    builtin: Builtin,
}

impl Packages {
    /// The packages of the lock file `file`, by default the one that `$SBX_LOCK` names. If there is no such file, those that
    /// come with the project; the first change makes it.
    ///
    /// # Errors
    /// A lock file that is wrong or cannot be read; a guest that is not set up.
    pub fn open(runtimes: &Runtimes, file: Option<&Path>) -> Result<Self> {
        let file = file.map(Path::to_owned).or_else(lock_variable);
        let lock = match file.as_deref().filter(|file| file.exists()) {
            Some(file) => Lock::read(file)?,
            None => Lock::built_in()?,
        };
        let builtin = setup::builtin(runtimes.cache())?;
        Ok(Self { runtimes: runtimes.clone(), file, lock, builtin })
    }

    /// What the lock file has.
    #[must_use]
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// What is built into the guest: names and versions.
    pub fn builtin(&self) -> impl Iterator<Item = (&str, &str)> {
        self.builtin.packages().map(|(name, version)| (name.as_str(), version.as_str()))
    }

    /// Whether a package is in the cache, ready to be imported.
    ///
    /// # Errors
    /// A cache that cannot be read.
    pub fn is_fetched(&self, package: &LockedPackage) -> Result<bool> {
        Ok(sbx_packages::find(self.runtimes.cache(), package)?.is_some())
    }

    /// Brings what is missing into the cache.
    ///
    /// # Errors
    /// A package whose hash changed, or that cannot be had.
    pub fn fetch(&self, progress: &dyn Progress) -> Result<()> {
        let packages: Vec<_> = self.lock.packages().collect();
        Ok(sbx_packages::fetch(self.runtimes.cache(), &packages, self.builtin.python(), progress)?)
    }

    /// Brings these packages, and what they need, into the cache.
    pub(crate) fn fetch_named(&self, names: &[String], progress: &dyn Progress) -> Result<()> {
        let packages = self.lock.select(names)?;
        Ok(sbx_packages::fetch(self.runtimes.cache(), &packages, self.builtin.python(), progress)?)
    }

    /// Adds packages, with all that they need. Those that are there stay as they are, unless they are asked for again. A
    /// package that is refused leaves everything as it was.
    ///
    /// # Errors
    /// [`sbx_packages::Error::Refused`] with the reason: native code, a need that cannot be met, a resolver that fell back to
    /// an old release; what pip and the disk fail at.
    pub fn add(&mut self, requests: &[Request], progress: &dyn Progress) -> Result<Vec<PackageChange>> {
        self.writable()?;
        let is_asked = |name: &PackageName| requests.iter().any(|request| request.name() == name);
        let others = self.lock.requests().filter(|other| !is_asked(other.name()));
        let all: Vec<Request> = others.chain(requests).cloned().collect();
        let kept: Vec<_> = self.lock.packages().filter(|package| !is_asked(&package.name)).collect();
        let lock = self.resolve(&all, &kept, progress)?;
        self.replace(lock)
    }

    /// Removes packages, with what only they needed.
    ///
    /// # Errors
    /// An unknown name; a package that another one needs.
    pub fn remove(&mut self, names: &[PackageName]) -> Result<Vec<PackageChange>> {
        self.writable()?;
        self.replace(self.lock.without(names)?)
    }

    /// Resolves all requests anew, so that packages move to their newest releases.
    ///
    /// # Errors
    /// As [`Packages::add`].
    pub fn relock(&mut self, progress: &dyn Progress) -> Result<Vec<PackageChange>> {
        self.writable()?;
        let requests: Vec<Request> = self.lock.requests().cloned().collect();
        self.replace(self.resolve(&requests, &[], progress)?)
    }

    /// What is wrong with the lock file: a package that cannot be fetched as it is pinned, has native code, needs what is not
    /// there, or is an old release that a resolver fell back to.
    ///
    /// # Errors
    /// What pip, the disk and the guest fail at.
    pub fn check(&self, progress: &dyn Progress) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        for package in self.lock.packages() {
            match sbx_packages::fetch(self.runtimes.cache(), &[package], self.builtin.python(), progress) {
                Err(
                    error @ (sbx_packages::Error::Refused { .. } | sbx_packages::Error::HashChanged { .. }),
                ) => {
                    problems.push(Problem::refused(&package.name, error.to_string()));
                }
                other => other?,
            }
        }
        if problems.is_empty() {
            let question = Question::of_lock(&self.lock, self.runtimes.cache(), &self.builtin)?;
            problems = ask(self.runtimes.python(), &question)?.problems;
        }
        Ok(problems)
    }

    fn writable(&self) -> Result<&Path> {
        self.file.as_deref().ok_or(Error::NoLockFile)
    }

    fn replace(&mut self, lock: Lock) -> Result<Vec<PackageChange>> {
        lock.write(self.writable()?)?;
        let changes = changes(&self.lock, &lock);
        self.lock = lock;
        Ok(changes)
    }

    /// A lock of what these requests mean, with `kept` as they are, checked; its packages are in the cache then.
    fn resolve(
        &self,
        requests: &[Request],
        kept: &[&LockedPackage],
        progress: &dyn Progress,
    ) -> Result<Lock> {
        let cache = self.runtimes.cache();
        let wait = || progress.step("waiting for another change of packages to finish");
        let guard = cache.lock("resolve-packages", wait)?;
        let scratch = cache.scratch(&guard)?;
        // Of those that are kept, so that pip needs only to hear what they are.
        sbx_packages::fetch(cache, kept, self.builtin.python(), progress)?;
        let mut resolver = Resolver::new(scratch.path(), &self.builtin)?;
        for package in kept {
            resolver.keep(package, &sbx_packages::metadata(cache, package)?)?;
        }
        progress.step("resolving with pip");
        let resolved = resolver.resolve(requests)?;
        let (mut packages, mut asked) = (Vec::new(), Vec::new());
        for resolved in &resolved {
            let mut package = self.pinned(resolved, &resolver, progress)?;
            package.request = requests.iter().find(|request| *request.name() == package.name).cloned();
            asked.push(Asked::new(&package, sbx_packages::metadata(cache, &package)?));
            packages.push(package);
        }
        let answer = ask(self.runtimes.python(), &Question::new(asked, &self.builtin))?;
        if let Some(problem) = answer.problems.first() {
            return Err(refused(problem, &packages, &mut resolver));
        }
        for package in &mut packages {
            package.needs = answer.needs.get(&package.name).cloned().unwrap_or_default();
        }
        self.runtimes.python().compile_packages(&packages)?;
        // pip also resolves what its own platform needs; the guest has said what it needs.
        Ok(Lock::new(reachable(packages))?)
    }

    /// The package as it stands in the lock file, or as one that is new to it; in the cache then.
    fn pinned(
        &self,
        resolved: &Resolved,
        resolver: &Resolver<'_>,
        progress: &dyn Progress,
    ) -> Result<LockedPackage> {
        let cache = self.runtimes.cache();
        if let Some(known) = self.lock.get(&resolved.name)
            && known.version == resolved.version
            && known.sha256 == resolved.sha256
        {
            sbx_packages::fetch(cache, &[known], self.builtin.python(), progress)?;
            return Ok(known.clone());
        }
        progress.step(&format!("looking at {} {}", resolved.name, resolved.version));
        let bytes = resolver.download(resolved)?;
        let newest = resolver.newest(&resolved.name)?;
        let package = LockedPackage::new(resolved, bytes.len() as u64, newest);
        Archive::take_apart(&package, &bytes)?.store(cache, &package)?;
        Ok(package)
    }
}

/// Packages that are requested or needed.
fn reachable(packages: Vec<LockedPackage>) -> Vec<LockedPackage> {
    let needs: BTreeMap<_, _> =
        packages.iter().map(|package| (package.name.clone(), package.needs.clone())).collect();
    let requested = packages.iter().filter(|package| package.request.is_some());
    let mut open: Vec<PackageName> = requested.map(|package| package.name.clone()).collect();
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        if found.insert(name.clone()) {
            open.extend(needs.get(&name).into_iter().flatten().cloned());
        }
    }
    packages.into_iter().filter(|package| found.contains(&package.name)).collect()
}

/// The problem as the reason of a refusal; for a release that was fallen back to, why the newest could not be had.
fn refused(problem: &Problem, packages: &[LockedPackage], resolver: &mut Resolver<'_>) -> Error {
    let package = packages.iter().find(|package| package.name.as_str() == problem.package);
    let Some(package) = package else {
        let answer = format!("it speaks of {:?}, which it was not asked about", problem.package);
        return sbx_packages::Error::Answer { who: "the guest", problem: answer }.into();
    };
    let mut reason = problem.reason.clone();
    if problem.kind == ProblemKind::FellBack {
        reason = format!("{reason}, and {}", resolver.why_not(&package.name, &package.newest));
    }
    sbx_packages::Error::Refused { name: package.name.clone(), reason }.into()
}

fn changes(before: &Lock, after: &Lock) -> Vec<PackageChange> {
    let mut changes = Vec::new();
    for package in after.packages() {
        let (name, version) = (package.name.clone(), package.version.to_string());
        match before.get(&name) {
            None => changes.push(PackageChange::Added(name, version)),
            Some(old) if old.version != package.version => {
                changes.push(PackageChange::Moved(name, old.version.to_string(), version));
            }
            Some(_) => {}
        }
    }
    let gone = before.packages().filter(|package| after.get(&package.name).is_none());
    changes.extend(
        gone.map(|package| PackageChange::Removed(package.name.clone(), package.version.to_string())),
    );
    changes
}

/// Asks the guest, in a sandbox without any packages.
fn ask(python: &Python, question: &Question) -> Result<Answer> {
    let policy = Arc::new(ExecutionPolicy::default().with_packages([""; 0]));
    let files = python.empty_files(&policy)?;
    let program = Program::new(Question::program()).with_name("question.py").with_stdin(question.to_stdin()?);
    let mut interpreter = python.host().block_on(python.open("python", policy, files))?;
    let result = python.host().block_on(interpreter.run(&program))?;
    if !result.success {
        let problem = format!("{}: {}", result.ending, result.stderr.trim_end());
        return Err(sbx_packages::Error::Answer { who: "the guest", problem }.into());
    }
    Ok(Question::read_answer(&result.stdout)?)
}

fn lock_variable() -> Option<PathBuf> {
    env::var_os(LOCK_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The lock file whose packages programs can import.
pub(crate) fn lock_in_use() -> Result<Lock> {
    Ok(match lock_variable() {
        Some(path) => Lock::read(&path)?,
        None => Lock::built_in()?,
    })
}

/// Brings the packages of the lock file in use into the cache. Without pip or a network Python works all the same, so that is
/// only said; bytes that are not what is pinned are an error.
pub(crate) fn set_up(cache: &Cache, progress: &dyn Progress) -> Result<()> {
    let lock = lock_in_use()?;
    let packages: Vec<_> = lock.packages().collect();
    match sbx_packages::fetch(cache, &packages, setup::builtin(cache)?.python(), progress) {
        Err(sbx_packages::Error::Cache(
            error @ (sbx_cache::Error::NoPip { .. } | sbx_cache::Error::Pip { .. }),
        )) => {
            progress.step(&format!("vendored packages are left out: {error}"));
            Ok(())
        }
        other => Ok(other?),
    }
}
