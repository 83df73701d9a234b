//! Makes the tree that sandboxes start from.

use std::sync::Arc;

use sbx_core::GuestPath;

use super::Tree;
use crate::content::{BlobProvider, Content, Digest, SharedBytes};
use crate::device::Device;
use crate::inode::{Directory, Ino, Inode, Node, Standing, Times};
use crate::{Errno, Error, Quota};

/// Puts together what a guest finds when it starts: done once for a runtime, then forked for every sandbox.
///
/// Directories that are not named before what is in them are made read-only, the root too. Directories and read-only
/// files are the host's and count against no quota; writable files do.
///
/// # Examples
/// ```
/// use sbx_core::GuestPath;
/// use sbx_vfs::TreeBuilder;
///
/// let mut builder = TreeBuilder::new();
/// builder.dir(&GuestPath::workspace())?;
/// builder.dir(&GuestPath::parse("/tmp")?)?;
/// builder.read_only_file(&GuestPath::parse("/usr/local/lib/stdlib.zip")?, std::sync::Arc::new(b"PK.."))?;
/// let tree = builder.build();
/// assert_eq!(tree.usage().inodes, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TreeBuilder {
    tree: Tree,
    times: Times,
    /// Where the last thing came that stays as it is: archives bring the files of a folder one after another.
    last: Option<(String, Ino)>,
}

impl Default for TreeBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl TreeBuilder {
    /// An empty tree with a read-only root.
    #[must_use]
    pub fn new() -> Self {
        let mut tree = Tree::new();
        if let Ok(root) = tree.inode_mut(Ino::ROOT) {
            root.standing = Standing::ReadOnly;
        }
        Self { tree, times: Times::default(), last: None }
    }

    /// Begins with a tree that exists, to put more into it.
    #[must_use]
    pub fn from_tree(tree: Tree) -> Self {
        Self { tree, times: Times::default(), last: None }
    }

    /// The times of everything that is added from here on, nanoseconds since 1970; 0 at first, so that two builds of
    /// the same tree are equal.
    pub fn times(&mut self, now_ns: u64) -> &mut Self {
        self.times = Times::at(now_ns);
        self
    }

    /// A directory that the guest may write in.
    ///
    /// # Errors
    /// [`Error::Exists`] for anything but a directory made on the way to something else, which becomes writable.
    pub fn dir(&mut self, path: &GuestPath) -> Result<&mut Self, Error> {
        self.put_dir(path, Standing::Base)
    }

    /// A directory that stays as it is built.
    ///
    /// # Errors
    /// [`Error::Exists`] for anything but a directory.
    pub fn read_only_dir(&mut self, path: &GuestPath) -> Result<&mut Self, Error> {
        self.put_dir(path, Standing::ReadOnly)
    }

    /// A file of the guest's, counted against its quota.
    ///
    /// # Errors
    /// [`Error::Exists`]; [`Error::NotADirectory`] for something below a file.
    pub fn file(&mut self, path: &GuestPath, bytes: &[u8]) -> Result<&mut Self, Error> {
        self.put(path, Node::File(Content::from_bytes(bytes)), Standing::Guest)
    }

    /// A file that never changes and whose bytes stay where they are.
    ///
    /// # Errors
    /// As [`TreeBuilder::file`].
    pub fn read_only_file(&mut self, path: &GuestPath, bytes: SharedBytes) -> Result<&mut Self, Error> {
        self.put(path, Node::File(Content::from_shared(bytes)), Standing::ReadOnly)
    }

    /// A file of the guest's whose `len` bytes are read from `provider` when somebody asks for them.
    ///
    /// # Errors
    /// As [`TreeBuilder::file`].
    pub fn blob_file(
        &mut self,
        path: &GuestPath,
        digest: Digest,
        len: u64,
        provider: Arc<dyn BlobProvider>,
    ) -> Result<&mut Self, Error> {
        self.put(path, Node::File(Content::from_blob(digest, len, provider)), Standing::Guest)
    }

    /// A symbolic link of the guest's.
    ///
    /// # Errors
    /// As [`TreeBuilder::file`]; [`Error::Bound`] for a target that is empty or longer than [`crate::MAX_PATH`].
    pub fn symlink(&mut self, path: &GuestPath, target: &str) -> Result<&mut Self, Error> {
        if target.is_empty() || target.len() > crate::MAX_PATH {
            return Err(Error::Bound { path: path.clone(), errno: Errno::Nametoolong });
        }
        self.put(path, Node::Symlink(Arc::from(target)), Standing::Guest)
    }

    /// A device.
    ///
    /// # Errors
    /// As [`TreeBuilder::file`].
    pub fn device(&mut self, path: &GuestPath, device: Device) -> Result<&mut Self, Error> {
        self.put(path, Node::Device(device), Standing::ReadOnly)
    }

    /// The finished tree.
    #[must_use]
    pub fn build(self) -> Tree {
        self.tree
    }

    fn put_dir(&mut self, path: &GuestPath, standing: Standing) -> Result<&mut Self, Error> {
        let Some(ino) = self.tree.find(path) else {
            return self.put(path, Node::Dir(Directory::new()), standing);
        };
        let inode = self.tree.inode_mut(ino).map_err(|errno| bound(path, errno))?;
        if !inode.is_dir() {
            return Err(Error::Exists { path: path.clone() });
        }
        inode.standing = standing;
        Ok(self)
    }

    fn put(&mut self, path: &GuestPath, node: Node, standing: Standing) -> Result<&mut Self, Error> {
        let (folder, name) = path.as_str().rsplit_once('/').unwrap_or_default();
        if name.is_empty() {
            return Err(Error::Exists { path: path.clone() });
        }
        let known = self.last.as_ref().filter(|(last, _)| last == folder).map(|(_, ino)| *ino);
        let parent = match known {
            Some(ino) => ino,
            None => self.tree.make_host_dirs(&path.parent().unwrap_or_else(GuestPath::root), self.times)?,
        };
        if self.tree.dir(parent).is_ok_and(|dir| dir.get(name).is_some()) {
            return Err(Error::Exists { path: path.clone() });
        }
        let inode = Inode { times: self.times, ..Inode::new(node, standing, 0) };
        self.tree.adopt(parent, name, inode).map_err(|errno| bound(path, errno))?;
        if standing == Standing::ReadOnly && known.is_none() {
            self.tree.pin(parent);
            self.last = Some((folder.to_owned(), parent));
        }
        Ok(self)
    }
}

impl Tree {
    /// The directory at `path`, made by the host, read-only, if it is not there.
    pub(crate) fn make_host_dirs(&mut self, path: &GuestPath, times: Times) -> Result<Ino, Error> {
        let mut at = Ino::ROOT;
        for part in path.parts() {
            let dir = self.dir(at).map_err(|_errno| Error::NotADirectory { path: path.clone() })?;
            at = match dir.get(part) {
                Some(ino) => ino,
                None => {
                    let inode = Inode::new(Node::Dir(Directory::new()), Standing::ReadOnly, 0);
                    let ino =
                        self.adopt(at, part, Inode { times, ..inode }).map_err(|errno| bound(path, errno))?;
                    self.pin(at);
                    ino
                }
            };
        }
        self.dir(at).map_err(|_errno| Error::NotADirectory { path: path.clone() })?;
        Ok(at)
    }

    /// Keeps a directory and all above it where they are.
    pub(crate) fn pin(&mut self, dir: Ino) {
        let is_loose = |ino: &Ino| self.inode(*ino).is_ok_and(|inode| !inode.pinned);
        let above: Vec<Ino> = self.ancestors(dir).filter(is_loose).collect();
        for ino in above {
            if let Ok(inode) = self.inode_mut(ino) {
                inode.pinned = true;
            }
        }
    }

    /// Turns the directory `ino` into the top of an overlaid host folder, unless it is one already.
    pub(crate) fn overlay(&mut self, ino: Ino, lower: crate::mount::LowerDir) {
        if let Ok(inode) = self.inode_mut(ino) {
            if inode.standing == Standing::ReadOnly {
                inode.standing = Standing::Base;
            }
            if let Node::Dir(dir) = &mut inode.node
                && !dir.overlaid
            {
                dir.overlaid = true;
                dir.unread = Some(lower);
            }
        }
    }
}

fn bound(path: &GuestPath, errno: Errno) -> Error {
    Error::from_change(path, errno, None, &Quota::unlimited())
}
