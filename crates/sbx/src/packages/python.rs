//! Packages of Python: pip resolves, the guest's own `packaging` judges.

use std::path::Path;

use sbx_cache::fetch::Progress;
use sbx_packages::{Answer, Archive, Asked, Builtin, LockedPackage, Question, Request, Resolved, Resolver};

use super::{Packages, ask, refused};
use crate::error::Result;

/// A resolution under way.
pub(super) struct Resolving<'a> {
    pub(super) packages: &'a Packages,
    pub(super) builtin: &'a Builtin,
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
        let cache = self.packages.runtimes.cache();
        // Of those that are kept, so that pip needs only to hear what they are.
        self.packages.bring(kept, self.progress)?;
        let mut resolver = Resolver::new(scratch, self.builtin)?;
        for package in kept {
            resolver.keep(package, &sbx_packages::metadata(cache, package)?)?;
        }
        self.progress.step("resolving with pip");
        let resolved = resolver.resolve(requests)?;
        let (mut packages, mut asked) = (Vec::new(), Vec::new());
        for resolved in &resolved {
            let mut package = self.pinned(resolved, &resolver)?;
            package.request = requests.iter().find(|request| *request.name() == package.name).cloned();
            asked.push(Asked::new(&package, sbx_packages::metadata(cache, &package)?));
            packages.push(package);
        }
        let answer = ask(&self.packages.runtimes, &Question::new(asked, self.builtin))?;
        match answer.problems.first() {
            None => Ok((packages, answer)),
            Some(problem) => Err(refused(problem, &packages, |package| {
                format!(", and {}", resolver.why_not(&package.name, &package.newest))
            })),
        }
    }

    /// The package as it stands in the lock file, or as one that is new to it; in the cache then.
    fn pinned(&self, resolved: &Resolved, resolver: &Resolver<'_>) -> Result<LockedPackage> {
        if let Some(known) = self.packages.known(resolved) {
            self.packages.bring(&[known], self.progress)?;
            return Ok(known.clone());
        }
        self.progress.step(&format!("looking at {} {}", resolved.name, resolved.version));
        let bytes = resolver.download(resolved)?;
        let newest = resolver.newest(&resolved.name)?;
        let package = LockedPackage::new(resolved, bytes.len() as u64, newest);
        Archive::take_apart(&package, &bytes)?.store(self.packages.runtimes.cache(), &package)?;
        Ok(package)
    }
}
