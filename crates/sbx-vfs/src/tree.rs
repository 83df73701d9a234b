//! A whole filesystem at one moment.
//!
//! A [`Tree`] is a persistent map from inode number to inode, and each directory a persistent map from name to number.
//! Cloning copies one pointer; a change copies the few nodes on the way to it; two trees are compared by looking only
//! at what they do not share.

mod build;
mod edit;
mod read;
mod host;

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use sbx_core::GuestPath;

use crate::inode::{Directory, Ino, Inode, Name, Node, Standing};
use crate::quota::Usage;
use crate::{Errno, MAX_DEPTH, MAX_NAME, MAX_PATH};

pub use self::build::TreeBuilder;
pub use self::host::Editor;
pub use self::read::Item;

/// An immutable picture of all files, with quotas accounted: forking it is one pointer clone.
///
/// The host reads it with the methods here and changes it through [`Tree::edit`]; a guest works on it through a
/// [`crate::Vfs`].
///
/// # Invariants
/// * Every entry of a directory has its mirror in the `links` of the inode that it names, and the other way round.
/// * `usage` is what a full recount gives ([`Tree::recount`]).
/// * No path is longer than [`MAX_PATH`], deeper than [`MAX_DEPTH`] or unfit for a [`GuestPath`].
#[derive(Debug, Clone)]
pub struct Tree {
    pub(crate) inodes: OrdMap<Ino, Shared>,
    /// Inodes without a name: unlinked, but still open when the tree was taken.
    pub(crate) orphans: OrdSet<Ino>,
    pub(crate) next_ino: u64,
    pub(crate) usage: Usage,
}

/// An inode that trees share; equal if it is the same one.
#[derive(Debug, Clone)]
pub(crate) struct Shared(Arc<Inode>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Shared {
    type Target = Inode;

    fn deref(&self) -> &Inode {
        &self.0
    }
}

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree {
    /// An empty tree: a writable root and nothing else. A runtime's tree comes from [`TreeBuilder`].
    #[must_use]
    pub fn new() -> Self {
        let root = Inode { pinned: true, ..Inode::new(Node::Dir(Directory::new()), Standing::Base, 0) };
        Self {
            inodes: OrdMap::unit(Ino::ROOT, Shared(Arc::new(root))),
            orphans: OrdSet::new(),
            next_ino: Ino::ROOT.0 + 1,
            usage: Usage::default(),
        }
    }

    /// What the guest's files take.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// What [`Tree::usage`] should say, counted from nothing; for tests and checks of stored trees.
    #[must_use]
    pub fn recount(&self) -> Usage {
        self.inodes.values().fold(Usage::default(), |sum, inode| Usage {
            bytes: sum.bytes.saturating_add(inode.charged_bytes()),
            inodes: sum.inodes.saturating_add(inode.charged_inodes()),
            open_files: 0,
        })
    }

    /// Forgets inodes that were unlinked while open: for a tree whose descriptors will not be restored.
    pub fn drop_orphans(&mut self) {
        for ino in self.orphans.clone() {
            self.reap(ino);
        }
    }

    pub(crate) fn inode(&self, ino: Ino) -> Result<&Inode, Errno> {
        self.inodes.get(&ino).map(|inode| &**inode).ok_or(Errno::Noent)
    }

    pub(crate) fn dir(&self, ino: Ino) -> Result<&Directory, Errno> {
        match &self.inode(ino)?.node {
            Node::Dir(dir) => Ok(dir),
            Node::File(_) | Node::Symlink(_) | Node::Device(_) => Err(Errno::Notdir),
        }
    }

    /// The inode for a change; copied first if another tree shares it.
    pub(crate) fn inode_mut(&mut self, ino: Ino) -> Result<&mut Inode, Errno> {
        self.inodes.get_mut(&ino).map(|inode| Arc::make_mut(&mut inode.0)).ok_or(Errno::Noent)
    }

    fn dir_mut(&mut self, ino: Ino) -> Result<&mut Directory, Errno> {
        match &mut self.inode_mut(ino)?.node {
            Node::Dir(dir) => Ok(dir),
            Node::File(_) | Node::Symlink(_) | Node::Device(_) => Err(Errno::Notdir),
        }
    }

    /// Puts an inode where one may be already; its links, entries and what it takes are the caller's affair.
    pub(crate) fn put_inode(&mut self, ino: Ino, inode: Inode) {
        self.inodes.insert(ino, Shared(Arc::new(inode)));
    }

    /// The directory that holds `ino`: itself for the root, nothing for a directory that was removed.
    pub(crate) fn parent(&self, ino: Ino) -> Result<Ino, Errno> {
        if ino == Ino::ROOT {
            return Ok(ino);
        }
        self.inode(ino)?.links.first().map(|link| link.parent).ok_or(Errno::Noent)
    }

    /// The directories from `ino` up to the root, `ino` first.
    pub(crate) fn ancestors(&self, ino: Ino) -> impl Iterator<Item = Ino> {
        let up = move |at: &Ino| (*at != Ino::ROOT).then(|| self.parent(*at).ok()).flatten();
        std::iter::successors(Some(ino), up).take(MAX_DEPTH + 1)
    }

    /// Bytes and parts of the path of directory `ino`; the root has neither.
    fn path_size(&self, ino: Ino) -> (usize, usize) {
        self.ancestors(ino).fold((0, 0), |(bytes, depth), at| {
            let name = self.inode(at).ok().and_then(|inode| inode.links.first());
            name.map_or((bytes, depth), |link| (bytes + 1 + link.name.len(), depth + 1))
        })
    }

    /// The path of the entry `name` in `parent`; nothing if that directory was removed.
    pub(crate) fn path_of(&self, parent: Ino, name: &str) -> Option<GuestPath> {
        let mut names = vec![name];
        let mut at = parent;
        while at != Ino::ROOT {
            let link = self.inode(at).ok()?.links.first()?;
            names.push(&link.name);
            at = link.parent;
        }
        names.push("");
        names.reverse();
        GuestPath::parse(&names.join("/")).ok()
    }

    /// A path of `ino`: that of its first name.
    pub(crate) fn path_of_ino(&self, ino: Ino) -> Option<GuestPath> {
        if ino == Ino::ROOT {
            return Some(GuestPath::root());
        }
        let link = self.inode(ino).ok()?.links.first()?;
        self.path_of(link.parent, &link.name)
    }

    /// The inode at `path`, no link followed.
    pub(crate) fn find(&self, path: &GuestPath) -> Option<Ino> {
        path.parts().try_fold(Ino::ROOT, |at, part| self.dir(at).ok()?.get(part))
    }

    /// Checks that an entry `name` may come into `parent`.
    fn admit_entry(&self, parent: Ino, name: &str) -> Result<(), Errno> {
        let inode = self.inode(parent)?;
        if inode.links.is_empty() && parent != Ino::ROOT {
            return Err(Errno::Noent);
        }
        if inode.is_read_only() {
            return Err(Errno::Rofs);
        }
        check_name(name)?;
        if self.dir(parent)?.entries.len() >= crate::MAX_DIR_ENTRIES {
            return Err(Errno::Nospc);
        }
        let (bytes, depth) = self.path_size(parent);
        if bytes + 1 + name.len() > MAX_PATH || depth + 1 > MAX_DEPTH {
            return Err(Errno::Nametoolong);
        }
        Ok(())
    }
}

/// Checks a name that would be created: what a [`GuestPath`] cannot say must not come into being.
pub(crate) fn check_name(name: &str) -> Result<(), Errno> {
    if name.len() > MAX_NAME {
        return Err(Errno::Nametoolong);
    }
    let bad = |char: char| char.is_control() || matches!(char, '/' | '\\');
    if name.is_empty() || name == "." || name == ".." || name.contains(bad) {
        return Err(Errno::Inval);
    }
    Ok(())
}

pub(crate) fn name(text: &str) -> Name {
    Arc::from(text)
}
