//! Folders of the host that a policy grants to a guest.
//!
//! Each is reached through one open [`Dir`] and component by component, never by a joined path: no symbolic link in
//! it is followed, at any place, and only regular files are opened. What the folder's owner does to it meanwhile can
//! change what the guest sees, never lead it outside.

mod folder;
mod overlay;
mod place;

use std::io;
use std::sync::Arc;

use cap_std::fs::Dir;
use sbx_core::{GuestPath, Mount, MountMode};

pub(crate) use self::folder::{Folder, OpenHow, open_file};
pub(crate) use self::overlay::{LowerDir, LowerEntry, LowerFile};
pub(crate) use self::place::{HostFile, Place};

use crate::inode::Ino;

/// A folder of the host and where the guest finds it.
#[derive(Debug)]
#[non_exhaustive]
pub struct HostMount {
    /// Where it appears; made if it is not there. Hides what the tree has there (under [`MountMode::Overlay`], only
    /// names that the tree has too).
    pub guest: GuestPath,
    /// The folder, the only way into it.
    pub dir: Dir,
    /// What the guest may do: nothing but read, write through, or write to a copy in its own tree.
    pub mode: MountMode,
    /// The largest file that can be opened or written in the folder, in bytes; default 1 GiB. `EFBIG`. Stops a guest
    /// from having the host read files without end.
    pub max_file_bytes: u64,
}

impl HostMount {
    /// `dir` at `guest`, read-only.
    #[must_use]
    pub fn read_only(guest: GuestPath, dir: Dir) -> Self {
        Self { guest, dir, mode: MountMode::ReadOnly, max_file_bytes: 1 << 30 }
    }

    /// The folder that a policy grants, opened.
    ///
    /// # Errors
    /// What the operating system says if it is not there or no folder.
    pub fn open(mount: &Mount) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(&mount.host, cap_std::ambient_authority())?;
        Ok(Self::read_only(mount.guest.clone(), dir).with_mode(mount.mode))
    }

    /// The same in another mode.
    #[must_use]
    pub fn with_mode(mut self, mode: MountMode) -> Self {
        self.mode = mode;
        self
    }

    /// The same with another `max_file_bytes`.
    #[must_use]
    pub fn with_max_file_bytes(mut self, bytes: u64) -> Self {
        self.max_file_bytes = bytes;
        self
    }
}

/// The passed-through mounts of one filesystem. Overlaid folders are not here: they are part of the tree.
#[derive(Debug, Default)]
pub(crate) struct Mounts {
    by_ino: Vec<(Ino, Arc<Folder>)>,
    /// Whether any call can reach the host's disk, overlays included.
    pub(crate) any: bool,
}

impl Mounts {
    pub(crate) fn insert(&mut self, ino: Ino, folder: Arc<Folder>) {
        self.by_ino.push((ino, folder));
    }

    /// The folder mounted at the directory `ino`.
    pub(crate) fn at(&self, ino: Ino) -> Option<&Arc<Folder>> {
        self.by_ino.iter().find(|(at, _)| *at == ino).map(|(_, folder)| folder)
    }
}
