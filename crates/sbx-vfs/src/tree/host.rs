//! Changes that the host makes: files put into and taken out of a session.

use sbx_core::GuestPath;

use super::Tree;
use crate::content::Content;
use crate::inode::{Directory, Ino, Node};
use crate::quota::Ledger;
use crate::{Errno, Error, Quota, QuotaHits, Result};

/// Changes a [`Tree`] for the host, under the guest's quota and at a given time.
///
/// Links are never followed: a path that goes through one is [`Error::NotADirectory`].
///
/// # Examples
/// ```
/// use sbx_core::GuestPath;
/// use sbx_vfs::{Quota, Tree};
///
/// let mut tree = Tree::new();
/// let path = GuestPath::in_workspace("in/data.csv")?;
/// tree.edit(Quota::default(), 0).write_file(&path, b"a,b\n", false)?;
/// assert_eq!(tree.read_file(&path)?, b"a,b\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Editor<'a> {
    pub(crate) tree: &'a mut Tree,
    pub(crate) ledger: Ledger,
}

impl Tree {
    /// Begins changes under `quota` that are stamped `now_ns`, nanoseconds since 1970.
    pub fn edit(&mut self, quota: Quota, now_ns: u64) -> Editor<'_> {
        Editor { tree: self, ledger: Ledger { now_ns, ..Ledger::new(quota) } }
    }
}

impl Editor<'_> {
    /// Puts `bytes` at `path`, making the directories above it. A file that is there is replaced if `overwrite`.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::NotAFile`], [`Error::ReadOnly`], [`Error::Quota`], and [`Error::NotADirectory`] for
    /// a path below a file or link. The tree is as before but for directories that were made.
    pub fn write_file(&mut self, path: &GuestPath, bytes: &[u8], overwrite: bool) -> Result<()> {
        self.put_content(path, Content::from_bytes(bytes), overwrite)
    }

    /// Removes what is at `path`; a directory with all in it only if `recursive`.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotEmpty`]; [`Error::ReadOnly`] for what is the host's, or holds such a thing, in
    /// which case nothing is removed.
    pub fn remove(&mut self, path: &GuestPath, recursive: bool) -> Result<()> {
        let not_found = || Error::NotFound { path: path.clone() };
        let ino = self.tree.find(path).ok_or_else(not_found)?;
        let parent = path.parent().and_then(|parent| self.tree.find(&parent));
        let (Some(parent), Some(name)) = (parent, path.file_name()) else {
            return Err(Error::ReadOnly { path: path.clone() });
        };
        // What lies below something pinned or read-only makes it pinned, so one look is enough.
        self.tree.admit_removal(parent, ino).map_err(|errno| self.error(path, errno))?;
        let below: Vec<GuestPath> = self.tree.walk(path).map(|item| item.path).collect();
        if !below.is_empty() && !recursive {
            return Err(Error::NotEmpty { path: path.clone() });
        }
        for path in below.iter().rev() {
            let parent = path.parent().and_then(|parent| self.tree.find(&parent));
            if let (Some(parent), Some(name)) = (parent, path.file_name()) {
                self.take(parent, name).map_err(|errno| self.error(path, errno))?;
            }
        }
        self.take(parent, name).map_err(|errno| self.error(path, errno))
    }

    /// Makes the directory `path` and those above it; it may be there.
    ///
    /// # Errors
    /// [`Error::NotADirectory`], [`Error::ReadOnly`], [`Error::Quota`], [`Error::Bound`].
    pub fn mkdir_all(&mut self, path: &GuestPath) -> Result<()> {
        self.make_dirs(path).map(drop).map_err(|errno| self.error(path, errno))
    }

    pub(crate) fn put_content(&mut self, path: &GuestPath, content: Content, overwrite: bool) -> Result<()> {
        let existing = self.tree.find(path);
        if existing.is_some() && !overwrite {
            return Err(Error::Exists { path: path.clone() });
        }
        self.ledger.hits = QuotaHits::default();
        let result = match existing {
            Some(ino) => self.tree.replace(&mut self.ledger, ino, content),
            None => self.create(path, Node::File(content)),
        };
        result.map_err(|errno| {
            // What a link or directory answers when it is to be written.
            let not_a_file = existing.is_some() && errno == Errno::Inval;
            if not_a_file { Error::NotAFile { path: path.clone() } } else { self.error(path, errno) }
        })
    }

    fn create(&mut self, path: &GuestPath, node: Node) -> Result<(), Errno> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else { return Err(Errno::Isdir) };
        let bytes = match &node {
            Node::File(content) => content.len(),
            Node::Dir(_) | Node::Symlink(_) | Node::Device(_) => 0,
        };
        // Before directories are made for it.
        self.ledger.admit_size(self.tree.usage, 0, bytes)?;
        let parent = self.make_dirs(&parent)?;
        self.tree.add(&mut self.ledger, parent, name, node).map(drop)
    }

    fn make_dirs(&mut self, path: &GuestPath) -> Result<Ino, Errno> {
        let mut at = Ino::ROOT;
        for part in path.parts() {
            at = match self.tree.dir(at)?.get(part) {
                Some(ino) => ino,
                None => self.tree.add(&mut self.ledger, at, part, Node::Dir(Directory::new()))?,
            };
        }
        self.tree.dir(at)?;
        Ok(at)
    }

    fn take(&mut self, parent: Ino, name: &str) -> Result<(), Errno> {
        let ino = self.tree.detach(&self.ledger, parent, name)?;
        self.tree.reap(ino);
        Ok(())
    }

    pub(crate) fn error(&self, path: &GuestPath, errno: Errno) -> Error {
        let quota = matches!(errno, Errno::Nospc | Errno::Fbig);
        let kind = self.ledger.hits.iter().next().filter(|_kind| quota);
        Error::from_change(path, errno, kind, &self.ledger.quota)
    }
}
