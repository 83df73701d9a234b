//! Locks between processes: an empty file each, locked through the system, so that a killed holder lets go.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::name::Name;
use crate::private;

/// How the names of our own locks start; taking one from outside would hang the next write.
const OWN_PREFIX: &str = "cache-";

/// Held while something is made that only one process should make. Dropping it lets go.
#[derive(Debug)]
#[must_use = "the lock is let go when this is dropped"]
pub struct LockGuard {
    name: Name,
    file: File,
}

impl Cache {
    /// Takes the exclusive lock `name` (one part, no slash) and waits for it without limit; `on_wait` is called
    /// once, before waiting, if another process holds it.
    ///
    /// Locks are advisory and between processes and threads alike; taking one twice in a thread hangs.
    /// They stop two set-ups from doing the same minutes of work, not readers.
    ///
    /// # Errors
    /// [`Error::Name`], or [`Error::ReadOnly`], [`Error::DiskFull`], [`Error::Io`] if the file cannot be made or
    /// the file system has no locks.
    pub fn lock(&self, name: &str, on_wait: impl FnOnce()) -> Result<LockGuard> {
        if name.starts_with(OWN_PREFIX) {
            let problem = "the cache keeps locks that start with `cache-` for itself";
            return Err(Error::Name { name: name.to_owned(), problem });
        }
        acquire(self.root(), Name::parse_single(name)?, on_wait)
    }

    /// The lock, if nobody holds it.
    pub(crate) fn try_lock(&self, name: &str) -> Result<Option<LockGuard>> {
        let name = Name::parse_single(name)?;
        let (file, path) = open(self.root(), &name)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(LockGuard { name, file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", &path)(error)),
        }
    }

    /// An empty private folder for the holder of a lock. What an earlier holder left in it is removed.
    ///
    /// # Errors
    /// [`Error::ReadOnly`], [`Error::DiskFull`], [`Error::Io`] if it cannot be made.
    pub fn scratch(&self, guard: &LockGuard) -> Result<Scratch> {
        let work = self.root().join("work");
        private::create_dir(&work)?;
        let path = guard.name.path(&work);
        remove_dir(&path)?;
        private::create_dir(&path)?;
        Ok(Scratch { path })
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        // Closing the file lets go too; doing it here keeps that from depending on field order.
        if let Err(error) = self.file.unlock() {
            tracing::debug!(name = %self.name, %error, "unlock failed");
        }
    }
}

/// A folder that is removed when dropped.
#[derive(Debug)]
#[must_use = "the folder is removed when this is dropped"]
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = remove_dir(&self.path) {
            tracing::debug!(%error, "a scratch folder stays for the next sweep");
        }
    }
}

/// Held for a moment while a temporary file is made and locked, or the key is made. Sweeping holds it too, and so
/// never sees a temporary file between its creation and its lock.
pub(crate) fn creation_lock(root: &Path, on_wait: impl FnOnce()) -> Result<LockGuard> {
    acquire(root, Name::parse_single("cache-create")?, on_wait)
}

/// Held for a moment while a file and its seal are replaced, so that they always belong together.
pub(crate) fn commit_lock(root: &Path) -> Result<LockGuard> {
    acquire(root, Name::parse_single("cache-commit")?, || {})
}

/// Removes a folder with all that is in it; that it is not there is fine. Links in it are removed, not followed.
pub(crate) fn remove_dir(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::write("remove", path)(error)),
        _ => Ok(()),
    }
}

fn acquire(root: &Path, name: Name, on_wait: impl FnOnce()) -> Result<LockGuard> {
    let (file, path) = open(root, &name)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            on_wait();
            file.lock().map_err(Error::io("lock", &path))?;
        }
        Err(TryLockError::Error(error)) => return Err(Error::io("lock", &path)(error)),
    }
    Ok(LockGuard { name, file })
}

fn open(root: &Path, name: &Name) -> Result<(File, PathBuf)> {
    let folder = root.join("locks");
    private::create_dir(&folder)?;
    let path = name.path(&folder).with_added_extension("lock");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    let file = options.open(&path).map_err(Error::write("create", &path))?;
    Ok((file, path))
}
