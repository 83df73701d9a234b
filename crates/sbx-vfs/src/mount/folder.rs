//! One granted folder, and what is allowed to be seen and opened in it.

use std::fmt;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use cap_fs_ext::{DirExt, FollowSymlinks, MetadataExt, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::fs::{Dir, File, Metadata, OpenOptions};

use crate::inode::{FileType, Ino, Stat, Times};
use crate::tree::check_name;
use crate::{Errno, MAX_HOST_DIR_ENTRIES};

/// A granted folder.
pub(crate) struct Folder {
    pub(crate) root: Dir,
    /// Where it is mounted.
    pub(crate) at: Ino,
    pub(crate) dev: u64,
    pub(crate) writable: bool,
    pub(crate) max_file_bytes: u64,
}

impl fmt::Debug for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The directory's own `Debug` prints the host's path.
        f.debug_struct("Folder")
            .field("at", &self.at)
            .field("writable", &self.writable)
            .finish_non_exhaustive()
    }
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OpenHow {
    pub(crate) write: bool,
    pub(crate) create: bool,
    pub(crate) exclusive: bool,
}

/// Opens the directory `name` in `dir`; a link is `ELOOP` wherever it leads.
pub(crate) fn open_dir(dir: &Dir, name: &str) -> Result<Dir, Errno> {
    match dir.open_dir_nofollow(name) {
        Ok(found) => Ok(found),
        Err(error) => Err(match dir.symlink_metadata(name) {
            Ok(metadata) if metadata.is_symlink() => Errno::Loop,
            Ok(metadata) if !metadata.is_dir() => Errno::Notdir,
            Ok(_) | Err(_) => error.into(),
        }),
    }
}

/// Opens the regular file `name` in `dir`, without following a link and without waiting for the other end of a FIFO.
/// What it is, is checked on the open file, so that nothing can be exchanged in between.
pub(crate) fn open_file(dir: &Dir, name: &str, how: OpenHow, max_bytes: u64) -> Result<File, Errno> {
    let mut options = OpenOptions::new();
    options.read(true).write(how.write).follow(FollowSymlinks::No).nonblock(true);
    if how.exclusive {
        options.create_new(how.create);
    } else {
        options.create(how.create);
    }
    let file = dir.open_with(name, &options).map_err(|error| match dir.symlink_metadata(name) {
        Ok(_) if how.create && how.exclusive => Errno::Exist,
        Ok(metadata) if metadata.is_symlink() => Errno::Loop,
        Ok(metadata) if metadata.is_dir() => Errno::Isdir,
        Ok(metadata) if !metadata.is_file() => Errno::Acces,
        Ok(_) | Err(_) => error.into(),
    })?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(Errno::Isdir);
    }
    if !metadata.is_file() {
        return Err(Errno::Acces);
    }
    if metadata.len() > max_bytes { Err(Errno::Fbig) } else { Ok(file) }
}

/// The entries of `dir` whose names a guest may have, sorted, so that places in the list mean something.
pub(crate) fn list(dir: &Dir) -> Result<Vec<(String, FileType)>, Errno> {
    let mut found = Vec::new();
    for entry in dir.entries()? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if check_name(&name).is_err() {
            continue;
        }
        if found.len() >= MAX_HOST_DIR_ENTRIES {
            return Err(Errno::Overflow);
        }
        found.push((name, file_type(entry.file_type()?)));
    }
    found.sort_unstable();
    Ok(found)
}

/// Checks a name before the host sees it: what cannot be created is not there either.
pub(crate) fn visible(name: &str) -> Result<&Path, Errno> {
    match check_name(name) {
        Ok(()) => Ok(Path::new(name)),
        Err(Errno::Nametoolong) => Err(Errno::Nametoolong),
        Err(_) => Err(Errno::Noent),
    }
}

pub(crate) fn stat(metadata: &Metadata, dev: u64) -> Stat {
    Stat {
        dev,
        ino: MetadataExt::ino(metadata),
        file_type: file_type(metadata.file_type()),
        nlink: MetadataExt::nlink(metadata),
        size: if metadata.is_dir() { 0 } else { metadata.len() },
        times: times(metadata),
    }
}

pub(crate) fn times(metadata: &Metadata) -> Times {
    let ns = |time: io::Result<cap_std::time::SystemTime>| {
        let since = time.ok().and_then(|time| time.into_std().duration_since(SystemTime::UNIX_EPOCH).ok());
        since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0)
    };
    let mtime_ns = ns(metadata.modified());
    Times { atime_ns: ns(metadata.accessed()), mtime_ns, ctime_ns: mtime_ns }
}

pub(crate) fn file_type(of: cap_std::fs::FileType) -> FileType {
    if of.is_file() {
        FileType::File
    } else if of.is_dir() {
        FileType::Dir
    } else if of.is_symlink() {
        FileType::Symlink
    } else {
        FileType::Other
    }
}
