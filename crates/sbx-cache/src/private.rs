//! What differs between platforms: who may enter the folder, opening without following links, stamps.
//!
//! On Unix the mode and owner are checked. Elsewhere the folder lies in the user's profile, which other users
//! cannot enter by the system's default; there is no `ctime` either, so files are hashed each time.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What changes whenever a file is written or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stamp {
    pub(crate) dev: u64,
    pub(crate) ino: u64,
    /// Nanoseconds since 1970.
    pub(crate) mtime_ns: i64,
    /// Nanoseconds since 1970; nobody but the kernel sets it.
    pub(crate) ctime_ns: i64,
}

impl Stamp {
    /// None where the platform has no `ctime`.
    #[cfg(unix)]
    #[expect(clippy::unnecessary_wraps, reason = "there is none elsewhere")]
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let ns = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Some(Self {
            dev: metadata.dev(),
            ino: metadata.ino(),
            mtime_ns: ns(metadata.mtime(), metadata.mtime_nsec()),
            ctime_ns: ns(metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// None where the platform has no `ctime`.
    #[cfg(not(unix))]
    pub(crate) fn of(_metadata: &Metadata) -> Option<Self> {
        None
    }
}

/// Makes `path` as a folder that only we may enter, unless it is there.
pub(crate) fn create_dir(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    match builder.create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::write("create the folder", path)(error)),
        Ok(()) => Ok(()),
    }
}

/// Refuses a folder that someone else owns or that the group or others may enter.
#[cfg(unix)]
pub(crate) fn check_dir(path: &Path) -> Result<()> {
    check(path, &fs::symlink_metadata(path).map_err(Error::io("look at", path))?, true)
}

/// Refuses what is not a folder.
#[cfg(not(unix))]
pub(crate) fn check_dir(path: &Path) -> Result<()> {
    if fs::symlink_metadata(path).map_err(Error::io("look at", path))?.is_dir() {
        return Ok(());
    }
    Err(Error::NotPrivate {
        path: path.to_owned(),
        problem: "is not a folder".to_owned(),
        remedy: "set SBX_CACHE to a folder of your own".to_owned(),
    })
}

/// Refuses a file that someone else owns or that the group or others may read.
#[cfg(unix)]
pub(crate) fn check_file(path: &Path, metadata: &Metadata) -> Result<()> {
    check(path, metadata, false)
}

/// Nothing to check beyond the folder.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the Unix twin can fail")]
pub(crate) fn check_file(_path: &Path, _metadata: &Metadata) -> Result<()> {
    Ok(())
}

#[cfg(unix)]
fn check(path: &Path, metadata: &Metadata, want_dir: bool) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    let refuse =
        |problem: String, remedy: String| Err(Error::NotPrivate { path: path.to_owned(), problem, remedy });
    let elsewhere = || "set SBX_CACHE to a folder of your own".to_owned();
    if metadata.is_dir() != want_dir {
        let what = if want_dir { "a folder" } else { "a file" };
        return refuse(format!("is not {what}"), elsewhere());
    }
    let us = rustix::process::geteuid().as_raw();
    if metadata.uid() != us {
        return refuse(format!("belongs to user {}, not to you (user {us})", metadata.uid()), elsewhere());
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        let wanted = if want_dir { "700" } else { "600" };
        return refuse(
            format!("is open to other users (mode {mode:04o})"),
            format!("close it with `chmod {wanted} {}`", path.display()),
        );
    }
    Ok(())
}

/// Opens a regular file for reading; a link is an error, a missing file is None.
pub(crate) fn open_file(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Non-blocking, so that a fifo put there cannot hang us; it changes nothing for regular files.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::CLOEXEC;
        options.custom_flags(flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return Err(io::Error::other("it is a symbolic link"));
    }
    let file = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    Ok(Some(file))
}

/// Makes a rename in `dir` last over a power cut, where the platform lets us.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

/// The metadata of a folder's entry itself, not of what a link points to.
pub(crate) fn is_real_dir(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}
