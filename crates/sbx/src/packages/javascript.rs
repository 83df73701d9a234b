//! Packages of JavaScript: npm resolves, the guest judges by what `package.json` says, and each package that is requested must
//! let itself be imported there.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use sbx_cache::fetch::Progress;
use sbx_core::{ExecutionPolicy, SandboxResult};
use sbx_packages::{
    Answer, Archive, Asked, Ecosystem, Lock, LockedPackage, NpmResolver, PackageName, Problem, ProblemKind,
    Question, Request,
};
use sbx_runtime::{Program, with_workspace};

use super::{Packages, ask, reachable, refused};
use crate::{error::Result, runtimes::Runtimes};

/// Imports the package that its argument names, or says that there is nothing to import.
const IMPORT: &str = include_str!("import.js");

/// A resolution under way.
pub(super) struct Resolving<'a> {
    pub(super) packages: &'a Packages,
    pub(super) progress: &'a dyn Progress,
}

impl Resolving<'_> {
    /// What these requests mean, with `kept` as they are, and what the guest says of them; all are in the cache then.
    pub(super) fn resolve(
        &self,
        requests: &[Request],
        kept: &[&LockedPackage],
        scratch: &Path,
    ) -> Result<(Vec<LockedPackage>, Answer)> {
        let mut resolver = NpmResolver::new(scratch)?;
        let (packages, answer) = self.attempt(&mut resolver, requests, kept)?;
        // What was kept may be what stands in the way.
        let in_the_way = answer.problems.iter().any(|problem| problem.kind == ProblemKind::Needs);
        let (packages, answer) = if in_the_way && !kept.is_empty() {
            let requested: Vec<_> =
                kept.iter().copied().filter(|package| package.request.is_some()).collect();
            self.attempt(&mut resolver, requests, &requested)?
        } else {
            (packages, answer)
        };
        if let Some(problem) = answer.problems.first() {
            return Err(refused(problem, &packages, wants_the_old_one));
        }
        let lock = self.lock(&packages, &answer)?;
        let is_new = |request: &&Request| kept.iter().all(|package| package.name != *request.name());
        for request in requests.iter().filter(is_new) {
            self.progress.step(&format!("importing {} in the sandbox", request.name()));
            if let Some(problem) = import(&self.packages.runtimes, &lock, request.name())? {
                return Err(refused(&problem, &packages, wants_the_old_one));
            }
        }
        Ok((packages, answer))
    }

    fn attempt(
        &self,
        resolver: &mut NpmResolver,
        requests: &[Request],
        kept: &[&LockedPackage],
    ) -> Result<(Vec<LockedPackage>, Answer)> {
        self.progress.step("resolving with npm");
        let found = resolver.resolve(requests, kept)?;
        let cache = self.packages.runtimes.cache();
        let mut packages: Vec<LockedPackage> = Vec::new();
        // An entry of the lock file is what it pins, whatever the registry has by now.
        for package in self.packages.lock.packages().filter(|package| found.contains_key(&package.id())) {
            self.packages.bring(&[package], self.progress)?;
            packages.push(package.clone());
        }
        let new: Vec<_> = found.keys().filter(|id| self.packages.lock.by_id(id).is_none()).collect();
        let names: BTreeSet<PackageName> = found.keys().map(|id| id.name().clone()).collect();
        self.progress.step(&format!("looking at {} packages", names.len()));
        let newest = resolver.newest(&names)?;
        for (resolved, bytes) in resolver.download(&new)? {
            let latest = newest.get(&resolved.name).unwrap_or(&resolved.version).clone();
            let package = LockedPackage::new(&resolved, bytes.len() as u64, latest);
            Archive::take_apart(&package, &bytes)?.store(cache, &package)?;
            packages.push(package);
        }
        let mut asked = Vec::new();
        for package in &mut packages {
            let request = requests.iter().find(|request| *request.name() == package.name);
            // Of several versions the one at the top is what the request means.
            package.request = request.filter(|_| found.get(&package.id()) == Some(&true)).cloned();
            asked.push(Asked::new(package, sbx_packages::metadata(cache, package)?));
        }
        let answer = ask(&self.packages.runtimes, &Question::of_javascript(asked))?;
        Ok((packages, answer))
    }

    fn lock(&self, packages: &[LockedPackage], answer: &Answer) -> Result<Lock> {
        let packages = packages.iter().cloned().map(|mut package| {
            package.needs = answer.needs.get(&package.id()).cloned().unwrap_or_default();
            package
        });
        Ok(Lock::new(Ecosystem::JavaScript, reachable(packages.collect()))?)
    }
}

/// Why a package cannot be imported in the sandbox, with no other packages than those of `lock`; nothing if it can be.
fn import(runtimes: &Runtimes, lock: &Lock, name: &PackageName) -> Result<Option<Problem>> {
    let javascript = runtimes.javascript()?;
    let policy = Arc::new(ExecutionPolicy::default().with_packages([""; 0]));
    let files = with_workspace(javascript.files_with(lock)?, &policy)?;
    let mut program = Program::new(IMPORT).with_name("import.js");
    program.argv = Some(vec!["import.js".to_owned(), name.to_string()]);
    let result = javascript.host().block_on(async {
        let mut interpreter = javascript.open(sbx_runtime_js::DEFAULT_IMAGE, policy, files).await?;
        Ok::<_, sbx_runtime_js::Error>(interpreter.run(&program).await?)
    })?;
    let reason = match &result.error {
        None if result.success => return Ok(None),
        Some(error) if error.kind == "NothingToImport" => error.message.clone(),
        _ => format!("it cannot be imported in the sandbox: {}", words_of(&result)),
    };
    Ok(Some(Problem::refused(Ecosystem::JavaScript, name, reason)))
}

fn words_of(result: &SandboxResult) -> String {
    match (&result.error, result.advice.first()) {
        (Some(error), Some(advice)) => {
            format!("{} ({})", error.message, advice.message.trim_end_matches('.'))
        }
        (Some(error), None) => format!("{}: {}", error.kind, error.message),
        (None, Some(advice)) => advice.message.trim_end_matches('.').to_owned(),
        (None, None) => result.ending.to_string(),
    }
}

/// The requested packages of a lock file that cannot be imported in the sandbox.
pub(super) fn not_importable(runtimes: &Runtimes, lock: &Lock) -> Result<Vec<Problem>> {
    let problems = lock.requests().map(|request| import(runtimes, lock, request.name()));
    problems.filter_map(Result::transpose).collect()
}

/// What to do about a package of which the newest release cannot be had.
fn wants_the_old_one(package: &LockedPackage) -> String {
    format!("; ask for the old one if it is what you want: `{}@{}`", package.name, package.version)
}
