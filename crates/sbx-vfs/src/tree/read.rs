//! What the host can learn from a tree.
//!
//! Paths are followed name by name; a symbolic link is a thing to be seen, never a way to somewhere else. What a
//! guest has not yet looked at in an overlaid host folder is not in the tree and does not show here.

use sbx_core::GuestPath;

use super::Tree;
use crate::content::{Content, Digest};
use crate::inode::{Ino, Inode, Node, Standing};
use crate::{Error, FileType, Result, Stat};

/// Something in a tree, as the host sees it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Item {
    /// Where it is.
    pub path: GuestPath,
    /// What is known of it.
    pub stat: Stat,
    /// Whether it is the host's own and never changes.
    pub read_only: bool,
    /// Whether it is the guest's: made or changed by it, and counted against its quota.
    pub counted: bool,
    /// What a symbolic link says.
    pub target: Option<String>,
}

impl Item {
    /// What it is.
    #[must_use]
    pub fn file_type(&self) -> FileType {
        self.stat.file_type
    }

    fn new(path: GuestPath, ino: Ino, inode: &Inode) -> Self {
        let target = match &inode.node {
            Node::Symlink(target) => Some(String::from(&**target)),
            Node::File(_) | Node::Dir(_) | Node::Device(_) => None,
        };
        Self {
            path,
            stat: inode.stat(ino),
            read_only: inode.standing == Standing::ReadOnly,
            counted: inode.standing.is_counted(),
            target,
        }
    }
}

impl Tree {
    /// Whether anything is at `path`.
    #[must_use]
    pub fn exists(&self, path: &GuestPath) -> bool {
        self.find(path).is_some()
    }

    /// What is at `path`; a link itself, not what it leads to.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn stat(&self, path: &GuestPath) -> Result<Item> {
        let ino = self.find(path).ok_or_else(|| Error::NotFound { path: path.clone() })?;
        let inode = self.inode(ino).map_err(|_errno| Error::NotFound { path: path.clone() })?;
        Ok(Item::new(path.clone(), ino, inode))
    }

    /// All bytes of the file at `path`. They are as many as the file says: for a tree whose files a quota bounded. For one
    /// from a storage or an archive, which may say anything, see [`Tree::read_file_within`] and [`Tree::read_at`].
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFile`]; [`Error::Io`] if lazily loaded bytes do not come.
    pub fn read_file(&self, path: &GuestPath) -> Result<Vec<u8>> {
        self.read_file_within(path, u64::MAX)
    }

    /// All bytes of the file at `path`, which may have `max_bytes`.
    ///
    /// # Errors
    /// As [`Tree::read_file`], and [`Error::TooLong`] before a byte is read.
    pub fn read_file_within(&self, path: &GuestPath, max_bytes: u64) -> Result<Vec<u8>> {
        let content = self.content(path)?;
        if content.len() > max_bytes {
            return Err(Error::TooLong { path: path.clone(), bytes: content.len(), limit: max_bytes });
        }
        content.read_all().map_err(|source| Error::Io { path: path.clone(), source })
    }

    /// Fills `buf` from `offset` of the file at `path`; fewer bytes only at its end.
    ///
    /// # Errors
    /// As [`Tree::read_file`].
    pub fn read_at(&self, path: &GuestPath, offset: u64, buf: &mut [u8]) -> Result<usize> {
        let content = self.content(path)?;
        content.read_at(offset, buf).map_err(|source| Error::Io { path: path.clone(), source })
    }

    /// The hash of the file at `path`; computed once for each state of its bytes.
    ///
    /// # Errors
    /// As [`Tree::read_file`].
    pub fn digest(&self, path: &GuestPath) -> Result<Digest> {
        self.content(path)?.digest().map_err(|source| Error::Io { path: path.clone(), source })
    }

    /// The entries of the directory at `path`, by name.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotADirectory`].
    pub fn list<'a>(&'a self, path: &GuestPath) -> Result<impl Iterator<Item = Item> + use<'a>> {
        let ino = self.find(path).ok_or_else(|| Error::NotFound { path: path.clone() })?;
        let dir = self.dir(ino).map_err(|_errno| Error::NotADirectory { path: path.clone() })?;
        let path = path.clone();
        Ok(dir.entries.iter().filter_map(move |(name, entry)| {
            Some(Item::new(path.join(name).ok()?, entry.ino, self.inode(entry.ino).ok()?))
        }))
    }

    /// Everything below `prefix`, each directory before what is in it and entries by name. Nothing if `prefix` is no
    /// directory.
    pub fn walk<'a>(&'a self, prefix: &GuestPath) -> impl Iterator<Item = Item> + use<'a> {
        let mut levels: Vec<_> =
            self.list(prefix).ok().into_iter().map(Iterator::collect::<Vec<_>>).collect();
        levels.iter_mut().for_each(|level| level.reverse());
        std::iter::from_fn(move || {
            let item = loop {
                match levels.last_mut()?.pop() {
                    Some(item) => break item,
                    None => drop(levels.pop()),
                }
            };
            if item.file_type() == FileType::Dir
                && let Ok(below) = self.list(&item.path)
            {
                let mut below: Vec<Item> = below.collect();
                below.reverse();
                levels.push(below);
            }
            Some(item)
        })
    }

    pub(super) fn content(&self, path: &GuestPath) -> Result<&Content> {
        let ino = self.find(path).ok_or_else(|| Error::NotFound { path: path.clone() })?;
        match self.inode(ino).map(|inode| &inode.node) {
            Ok(Node::File(content)) => Ok(content),
            Ok(Node::Dir(_) | Node::Symlink(_) | Node::Device(_)) => {
                Err(Error::NotAFile { path: path.clone() })
            }
            Err(_) => Err(Error::NotFound { path: path.clone() }),
        }
    }
}
