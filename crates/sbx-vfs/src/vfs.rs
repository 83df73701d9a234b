//! A filesystem as one running guest uses it.

mod file;
mod meta;
mod open;
mod entries;
mod list;
mod saved;

use std::sync::Arc;

use sbx_core::MountMode;

use crate::descriptor::{Descriptor, DescriptorInfo, Fd, Object, ROOT_FD, Stream, Table};
use crate::inode::{Ino, TREE_DEV, Times};
use crate::mount::{Folder, HostMount, LowerDir, Mounts, Place};
use crate::quota::Ledger;
use crate::walk::{At, Last, Located, Walk};
use crate::{Access, Device, Errno, Error, FdFlags, Quota, QuotaHits, Tree, Usage};

pub use self::list::DirEntry;
pub use self::meta::{SetTimes, TimeUpdate, Whence};
pub use self::open::OpenOptions;

/// The live filesystem of one guest: a [`Tree`], its descriptors, and what it may take.
///
/// Every method answers at once, from memory; only what [`Vfs::touches_host_fd`] and [`Vfs::touches_host_path`] say
/// yes to can wait for the host's disk. The crate reads no clock: [`Vfs::set_now`] before a call that changes
/// something. Nothing here panics or allocates more than the quota allows, whatever the arguments.
///
/// # Errors
/// Methods for the guest fail with the [`Errno`] that Linux would give, in the order in which Linux checks. Where
/// preview 1 of WASI knows no Linux answer: a path that begins with a slash is `EPERM`, and a name with a control
/// character or a backslash cannot be created (`EINVAL`).
///
/// # Examples
/// ```
/// use sbx_vfs::{OpenOptions, Quota, ROOT_FD, Tree, Vfs};
///
/// let mut vfs = Vfs::new(Tree::new(), Quota::default(), Vec::new())?;
/// let fd = vfs.open(ROOT_FD, "hello.txt", true, OpenOptions::new().read(true).write(true).create(true))?;
/// vfs.write(fd, b"hello")?;
/// let before = vfs.tree();
/// vfs.pwrite(fd, 0, b"J")?;
/// assert_eq!(before.diff(&vfs.tree()).len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Vfs {
    pub(crate) tree: Tree,
    pub(crate) ledger: Ledger,
    table: Table,
    mounts: Mounts,
    work: u64,
}

impl Vfs {
    /// A filesystem on `tree` with the standard streams and `/` open.
    ///
    /// What is unlinked in `tree` but was open when it was taken stays until [`Vfs::restore_descriptors`] has given it
    /// back its descriptors; who does not restore any calls [`Tree::drop_orphans`] first.
    ///
    /// # Errors
    /// [`Error::BadMount`] for a mount on the root, below another mount, or where the tree has something that is
    /// no directory.
    pub fn new(tree: Tree, quota: Quota, mounts: Vec<HostMount>) -> Result<Self, Error> {
        let mut vfs = Self {
            tree,
            ledger: Ledger::new(quota),
            table: Table::new(),
            mounts: Mounts::default(),
            work: 0,
        };
        let mut taken = Vec::with_capacity(mounts.len());
        for (dev, mount) in (TREE_DEV.saturating_add(1)..).zip(mounts) {
            let overlaps = |other: &_| mount.guest.starts_with(other) || other.starts_with(&mount.guest);
            if mount.guest.file_name().is_none() || taken.iter().any(overlaps) {
                return Err(Error::BadMount { path: mount.guest });
            }
            taken.push(mount.guest.clone());
            vfs.mount(mount, dev)?;
        }
        Ok(vfs)
    }

    fn mount(&mut self, mount: HostMount, dev: u64) -> Result<(), Error> {
        let at = self.tree.make_host_dirs(&mount.guest, Times::default());
        let at = at.map_err(|_error| Error::BadMount { path: mount.guest })?;
        self.tree.pin(at);
        let writable = mount.mode == MountMode::ReadWrite;
        let folder =
            Arc::new(Folder { root: mount.dir, at, dev, writable, max_file_bytes: mount.max_file_bytes });
        self.mounts.any = true;
        if mount.mode == MountMode::Overlay {
            self.tree.overlay(at, LowerDir::new(folder));
        } else {
            self.mounts.insert(at, folder);
        }
        Ok(())
    }

    /// The files as they are now; O(1).
    #[must_use]
    pub fn tree(&self) -> Tree {
        self.tree.clone()
    }

    /// The files as they are at the end. Everything is closed: what was unlinked while open is gone.
    #[must_use]
    pub fn into_tree(mut self) -> Tree {
        self.tree.drop_orphans();
        self.tree
    }

    /// Sets the time with which changes are stamped from here on, nanoseconds since 1970.
    pub fn set_now(&mut self, ns: u64) {
        self.ledger.now_ns = ns;
    }

    /// What the guest's files and descriptors take now, writable host folders included.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let (inside, outside) = (self.tree.usage, self.ledger.outside);
        Usage {
            bytes: inside.bytes.saturating_add(outside.bytes),
            inodes: inside.inodes.saturating_add(outside.inodes),
            open_files: self.table.open_files(),
        }
    }

    /// The quotas that calls ran into so far.
    #[must_use]
    pub fn hits(&self) -> QuotaHits {
        self.ledger.hits
    }

    /// The steps of path walks, entries listed and entries looked at since the last call of this method: what the
    /// layer above charges for, since bytes it sees itself.
    pub fn take_work(&mut self) -> u64 {
        std::mem::take(&mut self.work)
    }

    /// Which standard stream `fd` is, if it is one.
    #[must_use]
    pub fn stream(&self, fd: Fd) -> Option<Stream> {
        match self.table.get(fd).ok()?.object {
            Object::Stream(stream) => Some(stream),
            Object::File(_)
            | Object::Dir(_)
            | Object::Device(..)
            | Object::HostFile(_)
            | Object::HostDir(..) => None,
        }
    }

    /// Which device `fd` is, if it is one.
    #[must_use]
    pub fn device(&self, fd: Fd) -> Option<Device> {
        match self.table.get(fd).ok()?.object {
            Object::Device(_, device) => Some(device),
            Object::Stream(_)
            | Object::File(_)
            | Object::Dir(_)
            | Object::HostFile(_)
            | Object::HostDir(..) => None,
        }
    }

    /// Whether any file is open for writing.
    #[must_use]
    pub fn has_open_writers(&self) -> bool {
        self.table.iter().any(|(_, open)| {
            open.access.write && matches!(open.object, Object::File(_) | Object::HostFile(_))
        })
    }

    /// What is known about the descriptor itself.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn descriptor(&self, fd: Fd) -> Result<DescriptorInfo, Errno> {
        let descriptor = self.table.get(fd)?;
        let preopen = (fd == ROOT_FD).then_some("/");
        let (access, flags) = (descriptor.access, descriptor.flags);
        Ok(DescriptorInfo { file_type: descriptor.file_type(), access, flags, preopen })
    }

    /// Replaces the flags of a descriptor.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn set_flags(&mut self, fd: Fd, flags: FdFlags) -> Result<(), Errno> {
        self.table.get_mut(fd)?.flags = flags;
        Ok(())
    }

    /// Narrows what may be done through a descriptor; nothing is ever added.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn restrict(&mut self, fd: Fd, to: Access) -> Result<(), Errno> {
        let access = &mut self.table.get_mut(fd)?.access;
        *access = Access { read: access.read && to.read, write: access.write && to.write };
        Ok(())
    }

    /// Closes a descriptor. The standard streams and the root take it without effect: they can never be lost.
    ///
    /// # Errors
    /// `EBADF`.
    pub fn close(&mut self, fd: Fd) -> Result<(), Errno> {
        self.table.get(fd)?;
        if let Some(descriptor) = self.table.remove(fd) {
            self.release(descriptor.ino());
        }
        Ok(())
    }

    /// Moves the descriptor `from` to the number `to`, which is closed first (`dup2` and `close`). A standard stream
    /// stays and `to` becomes one more name for it.
    ///
    /// # Errors
    /// `EBADF` if either is not open; `ENOTSUP` for the root as either, or a standard stream as `to`.
    pub fn renumber(&mut self, from: Fd, to: Fd) -> Result<(), Errno> {
        self.table.get(from)?;
        self.table.get(to)?;
        if from == to {
            return Ok(());
        }
        if to <= ROOT_FD || from == ROOT_FD {
            return Err(Errno::Notsup);
        }
        let moved = match self.table.remove(from) {
            Some(descriptor) => descriptor,
            None => {
                let kept = self.table.get(from)?;
                let stream = self.stream(from).ok_or(Errno::Badf)?;
                Descriptor { flags: kept.flags, ..Descriptor::new(Object::Stream(stream), kept.access) }
            }
        };
        // `from` may be on the inode that `to` gives up: hold it before that is let go.
        let released = self.table.remove(to).and_then(|descriptor| descriptor.ino());
        self.table.put(to, moved);
        self.release(released);
        Ok(())
    }

    /// Whether a call on `fd` may wait for the host's disk. At once `false` without mounts and lazily loaded files.
    #[must_use]
    pub fn touches_host_fd(&self, fd: Fd) -> bool {
        let Ok(descriptor) = self.table.get(fd) else { return false };
        descriptor.is_host() || descriptor.ino().is_some_and(|ino| self.reads_host(ino))
    }

    /// Whether resolving `path` from `dir` may wait for the host's disk. At once `false` without mounts; with them, a
    /// guess that errs to `true`: links are not followed, and `true` is said of every path through one.
    #[must_use]
    pub fn touches_host_path(&self, dir: Fd, path: &str) -> bool {
        if !self.mounts.any {
            return false;
        }
        let Ok(descriptor) = self.table.get(dir) else { return false };
        let Object::Dir(mut at) = descriptor.object else { return descriptor.is_host() };
        for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if self.mounts.at(at).is_some() || self.reads_host(at) {
                return true;
            }
            let next = match part {
                ".." => self.tree.parent(at).ok(),
                name => self.tree.dir(at).ok().and_then(|dir| dir.get(name)),
            };
            let Some(next) = next else { return false };
            if matches!(self.tree.inode(next).map(|inode| &inode.node), Ok(crate::inode::Node::Symlink(_))) {
                return true;
            }
            at = next;
        }
        self.mounts.at(at).is_some() || self.reads_host(at)
    }

    fn reads_host(&self, ino: Ino) -> bool {
        match self.tree.inode(ino).map(|inode| &inode.node) {
            Ok(crate::inode::Node::File(content)) => content.reads_host(),
            Ok(crate::inode::Node::Dir(dir)) => dir.unread.is_some(),
            Ok(crate::inode::Node::Symlink(_) | crate::inode::Node::Device(_)) | Err(_) => false,
        }
    }

    /// Frees an inode if neither a name nor a descriptor is left.
    fn release(&mut self, ino: Option<Ino>) {
        if let Some(ino) = ino.filter(|ino| !self.table.is_held(*ino)) {
            self.tree.reap(ino);
        }
    }

    /// Where a walk from the descriptor `dir` begins.
    fn start(&self, dir: Fd) -> Result<At, Errno> {
        match &self.table.get(dir)?.object {
            Object::Dir(ino) => Ok(At::Tree(*ino)),
            Object::HostDir(place, _) => Ok(At::Host(place.clone())),
            Object::Stream(_) | Object::File(_) | Object::Device(..) | Object::HostFile(_) => {
                Err(Errno::Notdir)
            }
        }
    }

    fn walk(&mut self, dir: Fd, path: &str, last: Last) -> Result<Located, Errno> {
        let start = self.start(dir)?;
        let located = Walk { tree: &mut self.tree, mounts: &self.mounts, work: &mut self.work, last }
            .run(start, path)?;
        Ok(located)
    }

    /// As [`Vfs::walk`], for calls that want the thing itself: the mount point of a host folder is that folder.
    fn walk_through(&mut self, dir: Fd, path: &str, last: Last) -> Result<Located, Errno> {
        let located = self.walk(dir, path, last)?;
        let ino = match &located {
            Located::Entry { found: Some(ino), .. } | Located::Dir { ino, .. } => *ino,
            Located::Entry { .. } | Located::HostEntry { .. } | Located::HostDir { .. } => {
                return Ok(located);
            }
        };
        match self.mounts.at(ino) {
            Some(folder) => Ok(Located::HostDir { at: Place::top(folder)?, dots: crate::walk::Dots::One }),
            None => Ok(located),
        }
    }

    /// The ledger for a change in a host folder.
    fn host_ledger(&mut self) -> &mut Ledger {
        self.ledger.inside = self.tree.usage;
        &mut self.ledger
    }
}
