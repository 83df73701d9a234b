//! Removes what killed processes left: temporary files and scratch folders that nobody holds any more.

use std::fs::{self, DirEntry, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::lock;

/// What [`Cache::sweep`] removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swept {
    /// Temporary files and scratch folders.
    pub n_removed: u64,
    /// What they took, in bytes.
    pub bytes: u64,
}

impl Cache {
    /// Removes leftovers of killed writers. What a living one works on is locked and stays, so this may run at
    /// any time; takes as long as listing the cache.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] or [`Error::Io`] if something cannot be listed or removed.
    pub fn sweep(&self) -> Result<Swept> {
        let mut swept = Swept::default();
        {
            let _guard = lock::creation_lock(self.root(), || {})?;
            sweep_temp_files(self.root(), &mut swept)?;
        }
        for entry in list(&self.root().join("work"))? {
            let name = entry.file_name();
            // A name that is no lock's cannot be in use.
            let guard = match name.to_str().map(|name| self.try_lock(name)) {
                Some(Ok(None)) => continue,
                Some(Ok(guard)) => guard,
                Some(Err(Error::Name { .. })) | None => None,
                Some(Err(error)) => return Err(error),
            };
            swept.n_removed += 1;
            swept.bytes += tree_bytes(&entry.path())?;
            lock::remove_dir(&entry.path())?;
            drop(guard);
        }
        if swept != Swept::default() {
            tracing::info!(n_removed = swept.n_removed, bytes = swept.bytes, "swept the cache");
        }
        Ok(swept)
    }
}

fn sweep_temp_files(folder: &Path, swept: &mut Swept) -> Result<()> {
    for entry in list(folder)? {
        let path = entry.path();
        let kind = entry.file_type().map_err(Error::io("look at", &path))?;
        if kind.is_dir() {
            let is_own = path.file_name().is_some_and(|name| name == "work" || name == "locks");
            if !is_own {
                sweep_temp_files(&path, swept)?;
            }
        } else if kind.is_file() && entry.file_name().to_string_lossy().starts_with(".tmp-") {
            sweep_temp_file(&path, swept)?;
        }
    }
    Ok(())
}

fn sweep_temp_file(path: &Path, swept: &mut Swept) -> Result<()> {
    let file = match OpenOptions::new().read(true).write(true).open(path) {
        // Its writer has just renamed or dropped it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(Error::write("open", path))?,
    };
    if file.try_lock().is_err() {
        return Ok(());
    }
    let bytes = file.metadata().map_err(Error::io("look at", path))?.len();
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(Error::write("remove", path))?,
    }
    swept.n_removed += 1;
    swept.bytes += bytes;
    Ok(())
}

/// The lengths of all files below a folder, or of the file itself. Links count nothing.
fn tree_bytes(path: &Path) -> Result<u64> {
    let mut total = 0;
    let mut open: Vec<PathBuf> = vec![path.to_owned()];
    while let Some(path) = open.pop() {
        let metadata = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other.map_err(Error::io("look at", &path))?,
        };
        if metadata.is_dir() {
            open.extend(list(&path)?.into_iter().map(|entry| entry.path()));
        } else if metadata.is_file() {
            total += metadata.len();
        }
    }
    Ok(total)
}

/// The entries of a folder, in the order of their names; none if it is not there.
fn list(path: &Path) -> Result<Vec<DirEntry>> {
    let entries = match fs::read_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(Error::io("list", path))?,
    };
    let mut entries: Vec<DirEntry> = entries.collect::<io::Result<_>>().map_err(Error::io("list", path))?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}
