//! Brings packages of a lock file into the cache, through pip or npm and by name.

use std::fs;
use std::path::{Path, PathBuf};

use sbx_cache::fetch::{Npm, Pip, Progress};
use sbx_cache::{Cache, SealedFile};

use crate::archive::{self, Archive};
use crate::error::{Error, Result};
use crate::lock::{LockedPackage, Source};
use crate::name::{PackageName, Version};
use crate::npm;
use crate::resolve::{PURE, download_sdist};

/// The package's archive in the cache, verified; `None` if it is not fetched.
///
/// # Errors
/// What the cache fails at. A damaged archive is as good as none.
pub fn find(cache: &Cache, package: &LockedPackage) -> Result<Option<SealedFile>> {
    let (name, context) = archive::entry(package);
    match cache.get(&name, &context) {
        Err(sbx_cache::Error::Corrupt { .. }) => Ok(None),
        other => Ok(other?),
    }
}

/// Brings what is missing of Python's `packages` into the cache. `python` is the guest's, such as `3.15`. A second call does
/// nothing, and two at once do the work once.
///
/// # Errors
/// [`Error::HashChanged`], [`Error::Refused`], what pip and the cache fail at. Packages that were verified until then stay.
pub fn fetch(
    cache: &Cache,
    packages: &[&LockedPackage],
    python: &str,
    progress: &dyn Progress,
) -> Result<()> {
    let download = |pip: &Pip, folder: &Path, package: &LockedPackage| match package.source {
        Source::Wheel => download_wheel(pip, folder, (&package.name, &package.version), python),
        Source::Sdist | Source::Tarball => {
            Ok(download_sdist(pip, folder, &package.name, Some(&package.version))?.0)
        }
    };
    let open = |scratch: &Path, _: &[&LockedPackage]| Ok(Pip::find(scratch, "packages")?);
    bring(cache, packages, &Way { who: "pip", open, download }, progress)
}

/// The same for JavaScript's, through npm.
///
/// # Errors
/// As [`fetch`], with npm for pip.
pub fn fetch_npm(cache: &Cache, packages: &[&LockedPackage], progress: &dyn Progress) -> Result<()> {
    // All in a few calls: one for each would take a second each.
    let open = |scratch: &Path, missing: &[&LockedPackage]| {
        npm::download_all(&Npm::find(scratch, "packages of JavaScript")?, scratch, missing)?;
        Ok(scratch.to_owned())
    };
    let download = |brought: &PathBuf, _: &Path, package: &LockedPackage| {
        Ok(brought.join(npm::file_name(&package.name, &package.version)))
    };
    bring(cache, packages, &Way { who: "npm", open, download }, progress)
}

/// How packages are had: what `open` makes ready for all that are missing, `download` has each from.
struct Way<O, D> {
    who: &'static str,
    open: O,
    download: D,
}

fn bring<M, O, D>(
    cache: &Cache,
    packages: &[&LockedPackage],
    way: &Way<O, D>,
    progress: &dyn Progress,
) -> Result<()>
where
    O: Fn(&Path, &[&LockedPackage]) -> Result<M>,
    D: Fn(&M, &Path, &LockedPackage) -> Result<PathBuf>,
{
    if missing(cache, packages)?.is_empty() {
        return Ok(());
    }
    let on_wait = || progress.step("waiting for another set-up of packages to finish");
    let guard = cache.lock("fetch-packages", on_wait)?;
    let missing = missing(cache, packages)?;
    if missing.is_empty() {
        return Ok(());
    }
    let scratch = cache.scratch(&guard)?;
    let total = missing.iter().map(|package| package.bytes).sum();
    progress.start(&format!("fetching {} packages with {}", missing.len(), way.who), total);
    let brought = bring_missing(cache, &missing, way, scratch.path(), progress);
    progress.finish();
    brought
}

fn missing<'a>(cache: &Cache, packages: &[&'a LockedPackage]) -> Result<Vec<&'a LockedPackage>> {
    let mut missing = Vec::new();
    for package in packages {
        if find(cache, package)?.is_none() {
            missing.push(*package);
        }
    }
    Ok(missing)
}

fn bring_missing<M, O, D>(
    cache: &Cache,
    missing: &[&LockedPackage],
    way: &Way<O, D>,
    scratch: &Path,
    progress: &dyn Progress,
) -> Result<()>
where
    O: Fn(&Path, &[&LockedPackage]) -> Result<M>,
    D: Fn(&M, &Path, &LockedPackage) -> Result<PathBuf>,
{
    let manager = (way.open)(scratch, missing)?;
    let mut done = 0;
    for package in missing {
        let folder = scratch.join(package.id().to_string().replace('/', "-"));
        create_dir(&folder)?;
        let path = (way.download)(&manager, &folder, package)?;
        Archive::take_apart(package, &read_of(way.who, &path)?)?.store(cache, package)?;
        done += package.bytes;
        progress.advance(done);
    }
    Ok(())
}

/// One wheel, without what it needs: the lock file says what that is.
pub(crate) fn download_wheel(
    pip: &Pip,
    folder: &Path,
    (name, version): (&PackageName, &Version),
    python: &str,
) -> Result<PathBuf> {
    let requirement = format!("{name}=={version}");
    let mut args =
        vec!["download", "--no-deps", "--progress-bar=off", "--no-input", "--disable-pip-version-check"];
    args.extend(PURE);
    args.extend(["--python-version", python, "--dest", ".", "--", &requirement]);
    pip.run(folder, &requirement, args)?;
    let files = fs::read_dir(folder).map_err(Error::io("list", folder))?;
    let mut files = files.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    files
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| Error::Answer { who: "pip", problem: format!("it brought no wheel of {requirement}") })
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    read_of("pip", path)
}

pub(crate) fn read_of(who: &'static str, path: &Path) -> Result<Vec<u8>> {
    let length = fs::metadata(path).map_err(Error::io("look at", path))?.len();
    if length > crate::MAX_PACKAGE_BYTES {
        let problem = format!("{} is larger than {} MiB", path.display(), crate::MAX_PACKAGE_BYTES >> 20);
        return Err(Error::Answer { who, problem });
    }
    fs::read(path).map_err(Error::io("read", path))
}

pub(crate) fn create_dir(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(Error::io("make", path))
}
