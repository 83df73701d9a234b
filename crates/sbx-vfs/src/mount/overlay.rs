//! Host folders whose files a guest reads and whose changes stay in the guest's tree.
//!
//! A directory of the tree remembers which folder lies under it; its entries are read into the tree when somebody
//! first looks there, files as contents that are read from the host when needed. After that everything is the tree's
//! own copy on write.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};

use cap_std::fs::{Dir, File};

use super::folder::{Folder, OpenHow, file_type, list, open_dir, open_file, times, visible};
use crate::Errno;
use crate::content::read_full;
use crate::inode::{FileType, Name, Times};

/// A folder that lies under trees, with the file that was read last.
pub(crate) struct Lower {
    folder: Arc<Folder>,
    /// Reads come in runs on one file: keeping that one open spares a walk for each.
    last: Mutex<Option<(Arc<[Name]>, File)>>,
}

/// A directory of a [`Lower`].
#[derive(Clone)]
pub(crate) struct LowerDir {
    lower: Arc<Lower>,
    parts: Arc<[Name]>,
}

/// A file of a [`Lower`].
#[derive(Clone)]
pub(crate) struct LowerFile {
    lower: Arc<Lower>,
    parts: Arc<[Name]>,
}

/// What a [`LowerDir`] has.
pub(crate) struct LowerEntry {
    pub(crate) name: String,
    pub(crate) file_type: FileType,
    pub(crate) size: u64,
    pub(crate) times: Times,
}

impl LowerDir {
    /// The top of `folder`.
    pub(crate) fn new(folder: Arc<Folder>) -> Self {
        Self { lower: Arc::new(Lower { folder, last: Mutex::new(None) }), parts: Arc::from([]) }
    }

    pub(crate) fn subdir(&self, name: &str) -> Self {
        Self { lower: Arc::clone(&self.lower), parts: extend(&self.parts, name) }
    }

    pub(crate) fn file(&self, name: &str) -> LowerFile {
        LowerFile { lower: Arc::clone(&self.lower), parts: extend(&self.parts, name) }
    }

    /// The regular files and directories; whatever else is there stays hidden.
    pub(crate) fn list(&self) -> Result<Vec<LowerEntry>, Errno> {
        let dir = self.lower.dir(&self.parts)?;
        let mut found = Vec::new();
        for (name, listed) in list(&dir)? {
            if !matches!(listed, FileType::File | FileType::Dir) {
                continue;
            }
            // Gone since it was listed: then it is not there.
            let Ok(metadata) = dir.symlink_metadata(visible(&name)?) else { continue };
            if file_type(metadata.file_type()) == listed {
                found.push(LowerEntry {
                    name,
                    file_type: listed,
                    size: metadata.len(),
                    times: times(&metadata),
                });
            }
        }
        Ok(found)
    }
}

impl LowerFile {
    /// Whether a file of `len` bytes is too large to be opened in its folder.
    pub(crate) fn forbids(&self, len: u64) -> bool {
        len > self.lower.folder.max_file_bytes
    }

    /// Fills `buf` from `offset` on; what the file no longer has is an error.
    pub(crate) fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        let mut last = self.lower.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut file = match last.take() {
            Some((parts, file)) if parts == self.parts => file,
            Some(_) | None => self.open().map_err(io::Error::other)?,
        };
        file.seek(SeekFrom::Start(offset))?;
        read_full(offset, buf, |_at, buf| file.read(buf))?;
        *last = Some((Arc::clone(&self.parts), file));
        Ok(())
    }

    fn open(&self) -> Result<File, Errno> {
        let (name, above) = self.parts.split_last().ok_or(Errno::Isdir)?;
        let dir = self.lower.dir(above)?;
        visible(name)?;
        open_file(&dir, name, OpenHow::default(), self.lower.folder.max_file_bytes)
    }
}

impl PartialEq for LowerFile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.lower, &other.lower) && self.parts == other.parts
    }
}

impl Lower {
    fn dir(&self, parts: &[Name]) -> Result<Dir, Errno> {
        let top = self.folder.root.try_clone()?;
        parts.iter().try_fold(top, |dir, part| open_dir(&dir, part))
    }
}

impl fmt::Debug for LowerDir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LowerDir").field("parts", &self.parts).finish_non_exhaustive()
    }
}

impl fmt::Debug for LowerFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LowerFile").field("parts", &self.parts).finish_non_exhaustive()
    }
}

fn extend(parts: &[Name], name: &str) -> Arc<[Name]> {
    parts.iter().cloned().chain([Name::from(name)]).collect()
}
