//! Directories and files of passed-through host folders: what each call of the guest does there.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cap_fs_ext::{DirExt, SystemTimeSpec};
use cap_std::fs::{Dir, File};

use super::folder::{Folder, OpenHow, list, open_dir, open_file, stat, visible};
use crate::inode::{FileType, Name, Stat};
use crate::quota::Ledger;
use crate::tree::check_name;
use crate::{Errno, MAX_DEPTH, MAX_PATH};

/// A directory in a granted folder, held open.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) folder: Arc<Folder>,
    dir: Arc<Dir>,
    /// The names from the folder down to here.
    parts: Vec<Name>,
}

/// A regular file in a granted folder, held open.
pub(crate) struct HostFile {
    folder: Arc<Folder>,
    file: File,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place")
            .field("folder", &self.folder)
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for HostFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostFile").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Place {
    /// The top of a folder.
    pub(crate) fn top(folder: &Arc<Folder>) -> Result<Self, Errno> {
        Ok(Self { folder: Arc::clone(folder), dir: Arc::new(folder.root.try_clone()?), parts: Vec::new() })
    }

    /// The directory `name` in this one.
    pub(crate) fn down(&self, name: &str) -> Result<Self, Errno> {
        visible(name)?;
        if self.parts.len() >= MAX_DEPTH {
            return Err(Errno::Nametoolong);
        }
        let dir = Arc::new(open_dir(&self.dir, name)?);
        let parts = self.parts.iter().cloned().chain([Name::from(name)]).collect();
        Ok(Self { folder: Arc::clone(&self.folder), dir, parts })
    }

    /// The directory that holds this one, walked to anew from the top; nothing for the top itself.
    pub(crate) fn up(&self) -> Result<Option<Self>, Errno> {
        let Some((_, above)) = self.parts.split_last() else { return Ok(None) };
        above.iter().try_fold(Self::top(&self.folder)?, |at, part| at.down(part)).map(Some)
    }

    pub(crate) fn stat(&self) -> Result<Stat, Errno> {
        Ok(stat(&self.dir.dir_metadata()?, self.folder.dev))
    }

    /// What the entry `name` is; links are shown, not followed.
    pub(crate) fn stat_entry(&self, name: &str) -> Result<Stat, Errno> {
        Ok(stat(&self.dir.symlink_metadata(visible(name)?)?, self.folder.dev))
    }

    /// All entries in the order of their names.
    pub(crate) fn list(&self) -> Result<Vec<(String, FileType)>, Errno> {
        list(&self.dir)
    }

    /// Opens the file `name`; what it makes is charged to `ledger`.
    pub(crate) fn open(&self, ledger: &mut Ledger, name: &str, how: OpenHow) -> Result<HostFile, Errno> {
        if how.write || how.create {
            self.admit_change()?;
        }
        visible(name)?;
        let new = how.create && self.dir.symlink_metadata(name).is_err();
        if new {
            self.admit_new(ledger, name)?;
        }
        let file = open_file(&self.dir, name, how, self.folder.max_file_bytes)?;
        if new {
            ledger.outside.inodes = ledger.outside.inodes.saturating_add(1);
        }
        Ok(HostFile { folder: Arc::clone(&self.folder), file })
    }

    pub(crate) fn mkdir(&self, ledger: &mut Ledger, name: &str) -> Result<(), Errno> {
        if self.stat_entry(name).is_ok() {
            return Err(Errno::Exist);
        }
        self.admit_change()?;
        self.admit_new(ledger, name)?;
        self.dir.create_dir(name)?;
        ledger.outside.inodes = ledger.outside.inodes.saturating_add(1);
        Ok(())
    }

    pub(crate) fn rmdir(&self, ledger: &mut Ledger, name: &str) -> Result<(), Errno> {
        let found = self.stat_entry(name)?;
        self.admit_change()?;
        if found.file_type != FileType::Dir {
            return Err(Errno::Notdir);
        }
        self.dir.remove_dir(name)?;
        ledger.outside.inodes = ledger.outside.inodes.saturating_sub(1);
        Ok(())
    }

    pub(crate) fn unlink(&self, ledger: &mut Ledger, name: &str) -> Result<(), Errno> {
        let found = self.stat_entry(name)?;
        self.admit_change()?;
        if found.file_type == FileType::Dir {
            return Err(Errno::Isdir);
        }
        self.dir.remove_file_or_symlink(name)?;
        give_back(ledger, found);
        Ok(())
    }

    /// Renames within one folder.
    pub(crate) fn rename(&self, ledger: &mut Ledger, from: &str, to: (&Self, &str)) -> Result<(), Errno> {
        let found = self.stat_entry(from)?;
        self.admit_entry_pair(to)?;
        let old = to.0.stat_entry(to.1).ok();
        match old.map(|old| old.file_type) {
            Some(FileType::Dir) if found.file_type != FileType::Dir => return Err(Errno::Isdir),
            Some(FileType::Dir) | None => {}
            Some(_) if found.file_type == FileType::Dir => return Err(Errno::Notdir),
            Some(_) => {}
        }
        self.dir.rename(from, &to.0.dir, to.1)?;
        if let Some(old) = old.filter(|old| old.ino != found.ino) {
            give_back(ledger, old);
        }
        Ok(())
    }

    /// Makes a hard link within one folder; only to a regular file.
    pub(crate) fn link(&self, ledger: &mut Ledger, from: &str, to: (&Self, &str)) -> Result<(), Errno> {
        let found = self.stat_entry(from)?;
        if to.0.stat_entry(to.1).is_ok() {
            return Err(Errno::Exist);
        }
        self.admit_entry_pair(to)?;
        to.0.admit_new(ledger, to.1)?;
        match found.file_type {
            FileType::File => {}
            FileType::Symlink => return Err(Errno::Loop),
            FileType::Dir | FileType::CharacterDevice | FileType::Other | FileType::Stream => {
                return Err(Errno::Perm);
            }
        }
        self.dir.hard_link(from, &to.0.dir, to.1)?;
        ledger.outside.inodes = ledger.outside.inodes.saturating_add(1);
        Ok(())
    }

    /// Sets the times of the entry `name`, or of this directory.
    pub(crate) fn set_times(
        &self,
        name: Option<&str>,
        atime_ns: Option<u64>,
        mtime_ns: Option<u64>,
    ) -> Result<(), Errno> {
        if let Some(name) = name {
            self.stat_entry(name)?;
        }
        self.admit_change()?;
        let spec = |ns: Option<u64>| {
            let time = ns.map(system_time);
            time.map(|time| SystemTimeSpec::Absolute(cap_std::time::SystemTime::from_std(time)))
        };
        Ok(self.dir.set_symlink_times(name.unwrap_or("."), spec(atime_ns), spec(mtime_ns))?)
    }

    /// Refuses any change in a folder that is not writable.
    pub(crate) fn admit_change(&self) -> Result<(), Errno> {
        if self.folder.writable { Ok(()) } else { Err(Errno::Rofs) }
    }

    fn admit_entry_pair(&self, to: (&Self, &str)) -> Result<(), Errno> {
        if !Arc::ptr_eq(&self.folder, &to.0.folder) {
            return Err(Errno::Xdev);
        }
        self.admit_change()?;
        to.0.admit_name(to.1)
    }

    fn admit_new(&self, ledger: &mut Ledger, name: &str) -> Result<(), Errno> {
        self.admit_name(name)?;
        ledger.admit_inodes(ledger.inside, 1)
    }

    fn admit_name(&self, name: &str) -> Result<(), Errno> {
        check_name(name)?;
        let bytes: usize = self.parts.iter().map(|part| part.len() + 1).sum();
        if bytes + 1 + name.len() > MAX_PATH || self.parts.len() + 1 > MAX_DEPTH {
            return Err(Errno::Nametoolong);
        }
        Ok(())
    }
}

impl HostFile {
    pub(crate) fn stat(&self) -> Result<Stat, Errno> {
        Ok(stat(&self.file.metadata()?, self.folder.dev))
    }

    pub(crate) fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> Result<usize, Errno> {
        self.file.seek(SeekFrom::Start(offset))?;
        let mut n = 0;
        while let Some(rest) = buf.get_mut(n..).filter(|rest| !rest.is_empty()) {
            match self.file.read(rest)? {
                0 => break,
                read => n = n.saturating_add(read),
            }
        }
        Ok(n)
    }

    /// Writes what the quota and the mount leave room for, and says how much.
    pub(crate) fn write_at(&mut self, ledger: &mut Ledger, offset: u64, data: &[u8]) -> Result<usize, Errno> {
        self.admit_change()?;
        let old = self.file.metadata()?.len();
        let in_mount = self.folder.max_file_bytes.saturating_sub(offset);
        if in_mount == 0 && !data.is_empty() {
            return ledger.refuse(crate::QuotaKind::FileSize);
        }
        let len = ledger.admit_write(ledger.inside, old, offset, data.len() as u64)?.min(in_mount);
        let data = data.get(..usize::try_from(len).unwrap_or(usize::MAX)).unwrap_or(data);
        self.file.seek(SeekFrom::Start(offset))?;
        let written = self.file.write(data)?;
        let grown = offset.saturating_add(written as u64).saturating_sub(old);
        ledger.outside.bytes = ledger.outside.bytes.saturating_add(if written > 0 { grown } else { 0 });
        Ok(written)
    }

    pub(crate) fn set_len(&mut self, ledger: &mut Ledger, len: u64) -> Result<(), Errno> {
        self.admit_change()?;
        let old = self.file.metadata()?.len();
        if len > old && len > self.folder.max_file_bytes {
            return ledger.refuse(crate::QuotaKind::FileSize);
        }
        ledger.admit_size(ledger.inside, old, len)?;
        self.file.set_len(len)?;
        let bytes = &mut ledger.outside.bytes;
        *bytes = bytes.saturating_add(len.saturating_sub(old)).saturating_sub(old.saturating_sub(len));
        Ok(())
    }

    pub(crate) fn set_times(&self, atime_ns: Option<u64>, mtime_ns: Option<u64>) -> Result<(), Errno> {
        self.admit_change()?;
        let mut times = std::fs::FileTimes::new();
        if let Some(ns) = atime_ns {
            times = times.set_accessed(system_time(ns));
        }
        if let Some(ns) = mtime_ns {
            times = times.set_modified(system_time(ns));
        }
        Ok(self.file.try_clone()?.into_std().set_times(times)?)
    }

    pub(crate) fn sync(&self) -> Result<(), Errno> {
        if self.folder.writable { Ok(self.file.sync_all()?) } else { Ok(()) }
    }

    fn admit_change(&self) -> Result<(), Errno> {
        if self.folder.writable { Ok(()) } else { Err(Errno::Rofs) }
    }
}

/// Credits what a removed entry took. More than the guest took is never credited, since it starts from zero.
fn give_back(ledger: &mut Ledger, removed: Stat) {
    ledger.outside.inodes = ledger.outside.inodes.saturating_sub(1);
    if removed.file_type == FileType::File && removed.nlink == 1 {
        ledger.outside.bytes = ledger.outside.bytes.saturating_sub(removed.size);
    }
}

fn system_time(ns: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(ns)
}
