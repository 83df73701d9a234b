//! The nodes of a tree: files, directories, symbolic links and devices.

use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::device::Device;
use crate::mount::LowerDir;

/// The number of an inode. Numbers are never used again within a tree or its forks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Ino(pub(crate) u64);

impl Ino {
    pub(crate) const ROOT: Self = Self(1);
}

/// The name of a directory entry.
pub(crate) type Name = Arc<str>;

/// One file, directory, symbolic link or device, whatever its names.
#[derive(Debug, Clone)]
pub(crate) struct Inode {
    pub(crate) node: Node,
    /// Every name, so that paths can be rebuilt: one for a directory (none for the root), several for a file with
    /// hard links, none for what is unlinked but still open.
    pub(crate) links: Vec<Link>,
    pub(crate) times: Times,
    pub(crate) standing: Standing,
    /// Stays where it is, because the host relies on its path: a mount point, or a directory above something
    /// read-only.
    pub(crate) pinned: bool,
}

/// A name of an inode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) parent: Ino,
    pub(crate) name: Name,
}

#[derive(Debug, Clone)]
pub(crate) enum Node {
    File(Content),
    Dir(Directory),
    Symlink(Arc<str>),
    Device(Device),
}

/// Whose an inode is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The guest's: counted against its quota.
    Guest,
    /// A directory that the host made for the guest to write in; not counted.
    Base,
    /// The host's: never changes, not counted.
    ReadOnly,
    /// Shows what an overlaid host folder has; not counted until it is changed.
    Lower,
    /// Was [`Standing::Lower`] and has been changed: counted.
    CopiedUp,
}

impl Standing {
    pub(crate) fn is_counted(self) -> bool {
        matches!(self, Self::Guest | Self::CopiedUp)
    }
}

/// Nanoseconds since 1970. Reads do not touch `atime`: it is the time of creation until somebody sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Times {
    /// Last access, as far as it is tracked.
    pub atime_ns: u64,
    /// Last change of the content.
    pub mtime_ns: u64,
    /// Last change of the inode.
    pub ctime_ns: u64,
}

impl Times {
    pub(crate) fn at(now_ns: u64) -> Self {
        Self { atime_ns: now_ns, mtime_ns: now_ns, ctime_ns: now_ns }
    }
}

/// What kind of thing a name or descriptor stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileType {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// A symbolic link.
    Symlink,
    /// One of the standard streams.
    Stream,
    /// A [`Device`] of the tree.
    CharacterDevice,
    /// Something else in a host folder: a device, a socket, a FIFO. It can be seen but not opened.
    Other,
}

/// What is known about a file, directory or link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stat {
    /// 1 for the tree, one number more for each host folder, 0 for streams.
    pub dev: u64,
    /// Unique within `dev`.
    pub ino: u64,
    /// What it is.
    pub file_type: FileType,
    /// Names of a file; 2 and the number of subdirectories for a directory; 0 once unlinked.
    pub nlink: u64,
    /// Apparent bytes of a file, bytes of a link's target, 0 for a directory or device.
    pub size: u64,
    /// Access, change of content, change of inode.
    pub times: Times,
}

/// The `dev` of everything in a tree.
pub(crate) const TREE_DEV: u64 = 1;

impl Inode {
    pub(crate) fn new(node: Node, standing: Standing, now_ns: u64) -> Self {
        Self { node, links: Vec::new(), times: Times::at(now_ns), standing, pinned: false }
    }

    pub(crate) fn is_dir(&self) -> bool {
        matches!(self.node, Node::Dir(_))
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.standing == Standing::ReadOnly
    }

    pub(crate) fn file_type(&self) -> FileType {
        match self.node {
            Node::File(_) => FileType::File,
            Node::Dir(_) => FileType::Dir,
            Node::Symlink(_) => FileType::Symlink,
            Node::Device(_) => FileType::CharacterDevice,
        }
    }

    pub(crate) fn size(&self) -> u64 {
        match &self.node {
            Node::File(content) => content.len(),
            Node::Dir(_) | Node::Device(_) => 0,
            Node::Symlink(target) => target.len() as u64,
        }
    }

    /// What it takes of `disk_bytes`: link targets and directories are part of what `max_files` bounds.
    pub(crate) fn charged_bytes(&self) -> u64 {
        match &self.node {
            Node::File(content) if self.standing.is_counted() => content.len(),
            Node::File(_) | Node::Dir(_) | Node::Symlink(_) | Node::Device(_) => 0,
        }
    }

    /// What it takes of `max_files`: itself, and its names beyond the first.
    pub(crate) fn charged_inodes(&self) -> u64 {
        if self.standing.is_counted() { self.links.len().max(1) as u64 } else { 0 }
    }

    pub(crate) fn stat(&self, ino: Ino) -> Stat {
        let nlink = match &self.node {
            Node::Dir(_) if self.links.is_empty() && ino != Ino::ROOT => 0,
            Node::Dir(dir) => u64::from(dir.subdirs).saturating_add(2),
            Node::File(_) | Node::Symlink(_) | Node::Device(_) => self.links.len() as u64,
        };
        Stat {
            dev: TREE_DEV,
            ino: ino.0,
            file_type: self.file_type(),
            nlink,
            size: self.size(),
            times: self.times,
        }
    }
}

/// The entries of a directory.
///
/// Each entry has a sequence number from when it was added. Listing goes by that number and a cookie is the number to
/// go on from, so that entries added or removed meanwhile neither repeat nor hide another.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) entries: OrdMap<Name, Entry>,
    pub(crate) order: OrdMap<u64, Name>,
    pub(crate) next_seq: u64,
    pub(crate) subdirs: u32,
    /// The folder of the host whose entries belong here too but have not been read yet.
    pub(crate) unread: Option<LowerDir>,
    /// Has been, or is, the top of an overlaid host folder.
    pub(crate) overlaid: bool,
}

/// One entry of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) ino: Ino,
    pub(crate) seq: u64,
}

impl Directory {
    /// Cookies of `.` and `..` are 0 and 1; what comes after `..` begins at 2.
    pub(crate) const FIRST_SEQ: u64 = 2;

    pub(crate) fn new() -> Self {
        Self {
            entries: OrdMap::new(),
            order: OrdMap::new(),
            next_seq: Self::FIRST_SEQ,
            subdirs: 0,
            unread: None,
            overlaid: false,
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<Ino> {
        self.entries.get(name).map(|entry| entry.ino)
    }

    pub(crate) fn insert(&mut self, name: &Name, ino: Ino, is_dir: bool) {
        let seq = self.next_seq;
        self.next_seq = seq.saturating_add(1);
        self.entries.insert(Arc::clone(name), Entry { ino, seq });
        self.order.insert(seq, Arc::clone(name));
        if is_dir {
            self.subdirs = self.subdirs.saturating_add(1);
        }
    }

    pub(crate) fn remove(&mut self, name: &str, is_dir: bool) -> Option<Ino> {
        let entry = self.entries.remove(name)?;
        self.order.remove(&entry.seq);
        if is_dir {
            self.subdirs = self.subdirs.saturating_sub(1);
        }
        Some(entry.ino)
    }
}
