//! Where packages of JavaScript stand below `node_modules`, so that each finds the versions that it needs.
//!
//! A module looks for a package in the `node_modules` of every folder above it. So a package goes to the top if that place is
//! free or has this version, else into a `node_modules` of the one that needs it. What is above wins over nothing: a place is
//! given only to what was not found otherwise.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::error::{Error, Result};
use crate::lock::LockedPackage;
use crate::name::{PackageId, PackageName};

/// The most places that a set may take, counting a package once for each.
const MAX_PLACES: usize = 4000;

/// A package and where it stands: a path below the outermost `node_modules`, such as `b/node_modules/a`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placed<'a> {
    /// The path.
    pub path: String,
    /// The package.
    pub package: &'a LockedPackage,
}

/// Places for `roots`, which programs find by their names, and for all that they need of `packages`.
///
/// # Errors
/// [`Error::Lock`] for packages that need one another in circles of different versions, which has no end.
pub fn nested<'a>(
    packages: &BTreeMap<PackageId, &'a LockedPackage>,
    roots: &BTreeSet<PackageId>,
) -> Result<Vec<Placed<'a>>> {
    let mut at: BTreeMap<String, &'a LockedPackage> = BTreeMap::new();
    let mut open: VecDeque<(String, &'a LockedPackage)> = VecDeque::new();
    for package in roots.iter().filter_map(|id| packages.get(id)) {
        // The first of two versions has the place; the other is there for those that need it.
        if let Entry::Vacant(place) = at.entry(package.name.to_string()) {
            open.push_back((place.key().clone(), package));
            place.insert(package);
        }
    }
    while let Some((path, package)) = open.pop_front() {
        for needed in package.needs.iter().filter_map(|id| packages.get(id)) {
            let place = match found(&at, &path, &needed.name) {
                Some(there) if there.id() == needed.id() => continue,
                Some(_) => format!("{path}/node_modules/{}", needed.name),
                None => needed.name.to_string(),
            };
            at.insert(place.clone(), needed);
            open.push_back((place, needed));
        }
        if at.len() > MAX_PLACES {
            let problem = format!("{} and what it needs take more than {MAX_PLACES} places", package.name);
            return Err(Error::Lock { problem });
        }
    }
    Ok(at.into_iter().map(|(path, package)| Placed { path, package }).collect())
}

/// What a module of the package at `path` finds by this name.
fn found<'a>(
    at: &BTreeMap<String, &'a LockedPackage>,
    path: &str,
    name: &PackageName,
) -> Option<&'a LockedPackage> {
    let mut above = Some(path);
    while let Some(folder) = above {
        if let Some(package) = at.get(&format!("{folder}/node_modules/{name}")) {
            return Some(package);
        }
        above = folder.rsplit_once("/node_modules/").map(|(folder, _)| folder);
    }
    at.get(name.as_str()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::Lock;

    /// A lock of packages `(name, version, request, needs)`.
    fn lock(packages: &[(&str, &str, bool, &[&str])]) -> Lock {
        let mut text = "format = 1\nruntime = \"javascript\"\n".to_owned();
        for (name, version, is_requested, needs) in packages {
            let hash = sbx_cache::fetch::Sha256::of(format!("{name}{version}").as_bytes());
            let request = if *is_requested { format!("request = \"{name}\"\n") } else { String::new() };
            text += &format!(
                "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nnewest = \"{version}\"\nsource = \"tarball\"\n\
                 sha256 = \"{hash}\"\nbytes = 1\n{request}needs = {needs:?}\n"
            );
        }
        Lock::parse(&text).unwrap()
    }

    fn places(lock: &Lock) -> Result<Vec<String>> {
        let packages = lock.packages().map(|package| (package.id(), package)).collect();
        let roots = lock.packages().filter(|package| package.request.is_some());
        let placed = nested(&packages, &roots.map(LockedPackage::id).collect())?;
        Ok(placed.iter().map(|placed| format!("{} {}", placed.path, placed.package.version)).collect())
    }

    #[test]
    fn each_finds_the_version_that_it_needs() {
        let lock = lock(&[
            ("a", "1.0.0", true, &["b@1.0.0", "c@2.0.0"]),
            ("b", "1.0.0", false, &["c@1.0.0", "@s/d@1.0.0"]),
            ("c", "1.0.0", false, &[]),
            ("c", "2.0.0", false, &["b@1.0.0"]),
            ("@s/d", "1.0.0", false, &["c@2.0.0"]),
        ]);
        assert_eq!(
            places(&lock).unwrap(),
            ["@s/d 1.0.0", "a 1.0.0", "b 1.0.0", "b/node_modules/c 1.0.0", "c 2.0.0"]
        );
    }

    #[test]
    fn what_is_requested_is_at_the_top_and_circles_end() {
        let lock = lock(&[
            ("a", "1.0.0", true, &["c@1.0.0"]),
            ("c", "1.0.0", false, &["a@1.0.0"]),
            ("c", "2.0.0", true, &[]),
        ]);
        assert_eq!(places(&lock).unwrap(), ["a 1.0.0", "a/node_modules/c 1.0.0", "c 2.0.0"]);
    }

    #[test]
    fn circles_of_versions_are_refused() {
        let lock = lock(&[
            ("a", "1.0.0", true, &["b@1.0.0"]),
            ("b", "1.0.0", false, &["a@2.0.0"]),
            ("a", "2.0.0", false, &["b@2.0.0"]),
            ("b", "2.0.0", false, &["a@1.0.0"]),
        ]);
        let error = places(&lock).unwrap_err().to_string();
        assert!(error.contains("take more than"), "{error}");
    }
}
