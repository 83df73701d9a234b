//! What is known about files, and their times.

use super::Vfs;
use crate::Errno;
use crate::descriptor::{Fd, Object};
use crate::inode::{FileType, Node, Stat, Times};
use crate::walk::{Last, Located};

/// Where a seek counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the three of lseek(2)")]
pub enum Whence {
    /// The beginning.
    Set,
    /// The present offset.
    Current,
    /// The end of the file.
    End,
}

/// What to do with one time of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "the three cases of utimensat(2)")]
pub enum TimeUpdate {
    /// Leave it.
    #[default]
    Keep,
    /// The time of [`Vfs::set_now`].
    Now,
    /// Nanoseconds since 1970.
    At(u64),
}

/// Which times of a file to set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "there are no other times that can be set")]
pub struct SetTimes {
    /// Last access.
    pub atime: TimeUpdate,
    /// Last change of the content.
    pub mtime: TimeUpdate,
}

impl Vfs {
    /// What the descriptor stands for.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn stat(&self, fd: Fd) -> Result<Stat, Errno> {
        match &self.table.get(fd)?.object {
            Object::File(ino) | Object::Dir(ino) | Object::Device(ino, _) => {
                Ok(self.tree.inode(*ino)?.stat(*ino))
            }
            Object::HostFile(file) => file.stat(),
            Object::HostDir(place, _) => place.stat(),
            Object::Stream(_) => Ok(Stat {
                dev: 0,
                ino: u64::from(fd),
                file_type: FileType::Stream,
                nlink: 1,
                size: 0,
                times: Times::default(),
            }),
        }
    }

    /// What is at `path`; `follow` is about a link in its last place.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`, `ELOOP`, `ENAMETOOLONG`.
    pub fn stat_at(&mut self, dir: Fd, path: &str, follow: bool) -> Result<Stat, Errno> {
        match self.walk_through(dir, path, following(follow))? {
            Located::Dir { ino, .. } => Ok(self.tree.inode(ino)?.stat(ino)),
            Located::HostDir { at, .. } => at.stat(),
            Located::Entry { found: None, .. } => Err(Errno::Noent),
            Located::Entry { found: Some(ino), slash, .. } => {
                let stat = self.tree.inode(ino)?.stat(ino);
                if slash && stat.file_type != FileType::Dir { Err(Errno::Notdir) } else { Ok(stat) }
            }
            Located::HostEntry { at, name, slash } => match at.stat_entry(&name)? {
                Stat { file_type: FileType::Symlink, .. } if follow || slash => Err(Errno::Loop),
                stat if slash && stat.file_type != FileType::Dir => Err(Errno::Notdir),
                stat => Ok(stat),
            },
        }
    }

    /// Sets times of what the descriptor stands for.
    ///
    /// # Errors
    /// `EBADF`, `EROFS`, `EINVAL` for a stream.
    pub fn set_times(&mut self, fd: Fd, times: SetTimes) -> Result<(), Errno> {
        let (atime, mtime) = self.resolve(times);
        match &self.table.get(fd)?.object {
            Object::File(ino) | Object::Dir(ino) | Object::Device(ino, _) => {
                self.tree.set_times(&self.ledger, *ino, atime, mtime)
            }
            Object::HostFile(file) => file.set_times(atime, mtime),
            Object::HostDir(place, _) => place.set_times(None, atime, mtime),
            Object::Stream(_) => Err(Errno::Inval),
        }
    }

    /// Sets times of what is at `path`; `follow` is about a link in its last place.
    ///
    /// # Errors
    /// As [`Vfs::stat_at`], and `EROFS`.
    pub fn set_times_at(&mut self, dir: Fd, path: &str, follow: bool, times: SetTimes) -> Result<(), Errno> {
        let found = self.stat_at(dir, path, follow)?;
        let (atime, mtime) = self.resolve(times);
        match self.walk_through(dir, path, following(follow))? {
            Located::Dir { ino, .. } | Located::Entry { found: Some(ino), .. } => {
                self.tree.set_times(&self.ledger, ino, atime, mtime)
            }
            Located::Entry { found: None, .. } => Err(Errno::Noent),
            Located::HostDir { at, .. } => at.set_times(None, atime, mtime),
            Located::HostEntry { .. } if found.file_type == FileType::Symlink => Err(Errno::Loop),
            Located::HostEntry { at, name, .. } => at.set_times(Some(&name), atime, mtime),
        }
    }

    /// What the symbolic link at `path` says.
    ///
    /// # Errors
    /// `EINVAL` for anything else, `ELOOP` for a link in a host folder, `ENOENT`, `ENOTDIR`.
    pub fn readlink(&mut self, dir: Fd, path: &str) -> Result<String, Errno> {
        match self.walk(dir, path, Last::NoFollow)? {
            Located::Dir { .. } | Located::HostDir { .. } => Err(Errno::Inval),
            Located::Entry { found: None, .. } => Err(Errno::Noent),
            Located::Entry { found: Some(ino), slash, .. } => match &self.tree.inode(ino)?.node {
                Node::Symlink(target) => Ok(String::from(&**target)),
                Node::File(_) | Node::Device(_) if slash => Err(Errno::Notdir),
                Node::File(_) | Node::Dir(_) | Node::Device(_) => Err(Errno::Inval),
            },
            Located::HostEntry { at, name, .. } => match at.stat_entry(&name)?.file_type {
                FileType::Symlink => Err(Errno::Loop),
                FileType::File
                | FileType::Dir
                | FileType::CharacterDevice
                | FileType::Other
                | FileType::Stream => Err(Errno::Inval),
            },
        }
    }

    /// The times to set; nothing where one is to be left.
    fn resolve(&self, times: SetTimes) -> (Option<u64>, Option<u64>) {
        let value = |update| match update {
            TimeUpdate::Keep => None,
            TimeUpdate::Now => Some(self.ledger.now_ns),
            TimeUpdate::At(ns) => Some(ns),
        };
        (value(times.atime), value(times.mtime))
    }
}

fn following(follow: bool) -> Last {
    if follow { Last::Follow } else { Last::NoFollow }
}
