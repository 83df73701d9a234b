//! Vendored packages: looking at the lock file, changing it, and checking that it holds.
//!
//! What a package needs is judged inside the guest, by the guest's own rules; pip and npm find and bring packages, and nothing
//! of one is run on the host.

mod python;
mod javascript;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use sbx_cache::{Cache, fetch::Progress};
use sbx_core::{ExecutionPolicy, RuntimeType};
use sbx_packages::{
    Answer, Builtin, Ecosystem, Lock, LockedPackage, PackageId, PackageName, Problem, ProblemKind, Question,
    Request,
};
use sbx_runtime::Program;

use crate::{
    error::{Error, Result},
    runtimes::Runtimes,
};

/// Whose packages a runtime's programs import.
pub(crate) fn ecosystem_of(runtime: RuntimeType) -> Ecosystem {
    match runtime {
        RuntimeType::JavaScript | RuntimeType::TypeScript => Ecosystem::JavaScript,
        RuntimeType::Python | _ => Ecosystem::Python,
    }
}

/// Names another lock file than the one that comes with the project.
fn lock_variable(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::JavaScript => "SBX_LOCK_JS",
        Ecosystem::Python | _ => "SBX_LOCK",
    }
}

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
/// use sbx::{NoProgress, Packages, RuntimeType, Runtimes};
///
/// let mut packages = Packages::open(&Runtimes::shared()?, RuntimeType::Python, Some("packages.lock".as_ref()))?;
/// packages.add(&[packages.request("mammoth")?], &NoProgress)?;
/// assert!(packages.check(&NoProgress)?.is_empty());
/// # Ok::<(), sbx::Error>(())
/// ```
#[derive(Debug)]
pub struct Packages {
    runtimes: Runtimes,
    /// Where changes are written; without it nothing can be changed.
    file: Option<PathBuf>,
    lock: Lock,
    /// What is linked into the guest; of JavaScript's nothing is a package.
    builtin: Option<Builtin>,
}

impl Packages {
    /// The packages of the runtime's lock file `file`, by default the one that `$SBX_LOCK` names, or `$SBX_LOCK_JS` for
    /// JavaScript and TypeScript. If there is no such file, those that come with the project; the first change makes it.
    ///
    /// # Errors
    /// A lock file that is wrong or cannot be read; a guest that is not set up.
    pub fn open(runtimes: &Runtimes, runtime: RuntimeType, file: Option<&Path>) -> Result<Self> {
        let ecosystem = ecosystem_of(runtime);
        let file = file.map(Path::to_owned).or_else(|| named_lock(ecosystem));
        let lock = match file.as_deref().filter(|file| file.exists()) {
            Some(file) => Lock::read(file, ecosystem)?,
            None => Lock::built_in(ecosystem)?,
        };
        let builtin = builtin_of(runtimes.cache(), ecosystem)?;
        Ok(Self { runtimes: runtimes.clone(), file, lock, builtin })
    }

    /// Reads what a user asks for, by the rules of these packages: `markdown<4`, `lodash@4`.
    ///
    /// # Errors
    /// What cannot be a request.
    pub fn request(&self, text: &str) -> Result<Request> {
        Ok(self.lock.ecosystem().request(text)?)
    }

    /// Reads a package's name.
    ///
    /// # Errors
    /// What cannot be a name.
    pub fn name(&self, text: &str) -> Result<PackageName> {
        Ok(self.lock.ecosystem().name(text)?)
    }

    /// What the lock file has.
    #[must_use]
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// What is built into the guest: names and versions.
    pub fn builtin(&self) -> impl Iterator<Item = (&str, &str)> {
        let packages = self.builtin.iter().flat_map(Builtin::packages);
        packages.map(|(name, version)| (name.as_str(), version.as_str()))
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
        Ok(self.bring(&packages, progress)?)
    }

    /// Brings these packages, and what they need, into the cache.
    pub(crate) fn fetch_named(&self, names: &[String], progress: &dyn Progress) -> Result<()> {
        Ok(self.bring(&self.lock.select(names)?, progress)?)
    }

    fn bring(&self, packages: &[&LockedPackage], progress: &dyn Progress) -> sbx_packages::Result<()> {
        bring(self.runtimes.cache(), packages, self.builtin.as_ref(), progress)
    }

    /// Adds packages, with all that they need. Those that are there stay as they are, unless they are asked for again. A
    /// package that is refused leaves everything as it was.
    ///
    /// # Errors
    /// [`sbx_packages::Error::Refused`] with the reason: native code, a need that cannot be met, a resolver that fell back to
    /// an old release, what cannot be imported inside; what pip or npm and the disk fail at.
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
    /// there, is an old release that a resolver fell back to, or cannot be imported inside.
    ///
    /// # Errors
    /// What pip or npm, the disk and the guest fail at.
    pub fn check(&self, progress: &dyn Progress) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        for package in self.lock.packages() {
            match self.bring(&[package], progress) {
                Err(
                    error @ (sbx_packages::Error::Refused { .. } | sbx_packages::Error::HashChanged { .. }),
                ) => {
                    problems.push(Problem::refused(self.lock.ecosystem(), &package.name, error.to_string()));
                }
                other => other?,
            }
        }
        if problems.is_empty() {
            let asked = Question::asked(&self.lock, self.runtimes.cache())?;
            problems = match &self.builtin {
                Some(builtin) => ask(&self.runtimes, &Question::new(asked, builtin))?.problems,
                None => {
                    let mut problems = ask(&self.runtimes, &Question::of_javascript(asked))?.problems;
                    problems.extend(javascript::not_importable(&self.runtimes, &self.lock)?);
                    problems
                }
            };
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
        let (packages, answer) = match &self.builtin {
            Some(builtin) => python::Resolving { packages: self, builtin, progress }.resolve(
                requests,
                kept,
                scratch.path(),
            )?,
            None => {
                javascript::Resolving { packages: self, progress }.resolve(requests, kept, scratch.path())?
            }
        };
        let packages = packages.into_iter().map(|mut package| {
            package.needs = answer.needs.get(&package.id()).cloned().unwrap_or_default();
            package
        });
        // Resolvers also bring what their own platform needs; the guest has said what it needs.
        let lock = Lock::new(self.lock.ecosystem(), reachable(packages.collect()))?;
        if self.builtin.is_some() {
            self.runtimes.python()?.compile_packages(lock.packages())?;
        }
        Ok(lock)
    }

    /// The package as it stands in the lock file, if these are the very bytes.
    fn known(&self, resolved: &sbx_packages::Resolved) -> Option<&LockedPackage> {
        let is_it = |package: &&LockedPackage| {
            package.name == resolved.name
                && package.version == resolved.version
                && package.sha256 == resolved.sha256
        };
        self.lock.packages().find(is_it)
    }
}

/// Packages that are requested or needed.
fn reachable(packages: Vec<LockedPackage>) -> Vec<LockedPackage> {
    let needs: BTreeMap<PackageId, _> =
        packages.iter().map(|package| (package.id(), package.needs.clone())).collect();
    let requested = packages.iter().filter(|package| package.request.is_some());
    let mut open: Vec<PackageId> = requested.map(LockedPackage::id).collect();
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if found.insert(id.clone()) {
            open.extend(needs.get(&id).into_iter().flatten().cloned());
        }
    }
    packages.into_iter().filter(|package| found.contains(&package.id())).collect()
}

fn changes(before: &Lock, after: &Lock) -> Vec<PackageChange> {
    let mut changes = Vec::new();
    let versions = |lock: &Lock| {
        let mut versions: BTreeMap<PackageName, BTreeSet<String>> = BTreeMap::new();
        for package in lock.packages() {
            versions.entry(package.name.clone()).or_default().insert(package.version.to_string());
        }
        versions
    };
    let (before, after) = (versions(before), versions(after));
    for (name, new) in &after {
        let old = before.get(name);
        let mut came = new.iter().filter(|version| !old.is_some_and(|old| old.contains(*version)));
        let mut went = old.into_iter().flatten().filter(|version| !new.contains(*version));
        loop {
            changes.push(match (went.next(), came.next()) {
                (Some(from), Some(to)) => PackageChange::Moved(name.clone(), from.clone(), to.clone()),
                (None, Some(version)) => PackageChange::Added(name.clone(), version.clone()),
                (Some(version), None) => PackageChange::Removed(name.clone(), version.clone()),
                (None, None) => break,
            });
        }
    }
    let gone = before.iter().filter(|(name, _)| !after.contains_key(name));
    let gone = gone.flat_map(|(name, versions)| versions.iter().map(move |version| (name, version)));
    changes.extend(gone.map(|(name, version)| PackageChange::Removed(name.clone(), version.clone())));
    changes
}

/// Brings packages through pip, or npm where nothing is built in.
fn bring(
    cache: &Cache,
    packages: &[&LockedPackage],
    builtin: Option<&Builtin>,
    progress: &dyn Progress,
) -> sbx_packages::Result<()> {
    match builtin {
        Some(builtin) => sbx_packages::fetch(cache, packages, builtin.python(), progress),
        None => sbx_packages::fetch_npm(cache, packages, progress),
    }
}

/// Brings packages of an image.
pub(crate) fn bring_for(
    cache: &Cache,
    ecosystem: Ecosystem,
    packages: &[&LockedPackage],
    progress: &dyn Progress,
) -> Result<()> {
    Ok(bring(cache, packages, builtin_of(cache, ecosystem)?.as_ref(), progress)?)
}

/// What is built into the guest of this language; of JavaScript's no package is.
fn builtin_of(cache: &Cache, ecosystem: Ecosystem) -> Result<Option<Builtin>> {
    Ok(match ecosystem {
        Ecosystem::Python => Some(sbx_runtime_python::setup::builtin(cache)?),
        Ecosystem::JavaScript | _ => None,
    })
}

/// The problem as the reason of a refusal; `fell_back` goes on where an older release than the newest was all that could be had.
fn refused(
    problem: &Problem,
    packages: &[LockedPackage],
    fell_back: impl FnOnce(&LockedPackage) -> String,
) -> Error {
    let Some(package) = packages.iter().find(|package| package.name.as_str() == problem.package) else {
        let answer = format!("it speaks of {:?}, which it was not asked about", problem.package);
        return sbx_packages::Error::Answer { who: "the guest", problem: answer }.into();
    };
    let mut reason = problem.reason.clone();
    if problem.kind == ProblemKind::FellBack {
        reason.push_str(&fell_back(package));
    }
    sbx_packages::Error::Refused { name: package.name.clone(), ecosystem: problem.ecosystem, reason }.into()
}

/// Asks the guest of the packages' language, in a sandbox without any packages.
fn ask(runtimes: &Runtimes, question: &Question) -> Result<Answer> {
    let policy = Arc::new(ExecutionPolicy::default().with_packages([""; 0]));
    let program = Program::new(question.program()).with_name("question").with_stdin(question.to_stdin()?);
    let runtime = match question.ecosystem() {
        Ecosystem::JavaScript => RuntimeType::JavaScript,
        Ecosystem::Python | _ => RuntimeType::Python,
    };
    let image = if runtime == RuntimeType::Python { "python" } else { sbx_runtime_js::DEFAULT_IMAGE };
    let files = runtimes.empty_files(runtime, image, &policy)?;
    let result = runtimes.host().block_on(async {
        let mut interpreter = runtimes.open(runtime, image, policy, files).await?;
        Ok::<_, Error>(interpreter.run(&program).await?)
    })?;
    if !result.success {
        let problem = format!("{}: {}", result.ending, result.stderr.trim_end());
        return Err(sbx_packages::Error::Answer { who: "the guest", problem }.into());
    }
    Ok(question.read_answer(&result.stdout)?)
}

fn named_lock(ecosystem: Ecosystem) -> Option<PathBuf> {
    env::var_os(lock_variable(ecosystem)).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The lock file whose packages programs can import.
pub(crate) fn lock_in_use(ecosystem: Ecosystem) -> Result<Lock> {
    Ok(match named_lock(ecosystem) {
        Some(path) => Lock::read(&path, ecosystem)?,
        None => Lock::built_in(ecosystem)?,
    })
}

/// Brings the packages of the lock file in use into the cache. Without pip, npm or a network programs run all the same, so that
/// is only said; bytes that are not what is pinned are an error.
pub(crate) fn set_up(cache: &Cache, ecosystem: Ecosystem, progress: &dyn Progress) -> Result<()> {
    let lock = lock_in_use(ecosystem)?;
    let packages: Vec<_> = lock.packages().collect();
    match bring(cache, &packages, builtin_of(cache, ecosystem)?.as_ref(), progress) {
        Err(sbx_packages::Error::Cache(
            error @ (sbx_cache::Error::NoPip { .. }
            | sbx_cache::Error::Pip { .. }
            | sbx_cache::Error::NoNpm { .. }
            | sbx_cache::Error::Npm { .. }),
        )) => {
            progress.step(&format!("vendored packages of {ecosystem} are left out: {error}"));
            Ok(())
        }
        other => Ok(other?),
    }
}
