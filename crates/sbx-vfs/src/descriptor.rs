//! The descriptors that a guest holds.
//!
//! They are part of a session's state: [`DescriptorTable`] is what is saved of them.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::{BTreeMap, BTreeSet};

use sbx_core::GuestPath;
use serde::{Deserialize, Serialize};

use crate::device::Device;
use crate::inode::Ino;
use crate::mount::{HostFile, Place};
use crate::{Errno, FileType};

/// The number of a descriptor.
pub type Fd = u32;

/// The one preopened directory: `/`.
pub const ROOT_FD: Fd = 3;

/// One of the standard streams. Their bytes are the affair of the layer above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "there will be no fourth")]
pub enum Stream {
    /// Descriptor 0.
    Stdin,
    /// Descriptor 1.
    Stdout,
    /// Descriptor 2.
    Stderr,
}

/// What may be done through a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "read and write are all there is")]
pub struct Access {
    /// Bytes or entries may be read.
    pub read: bool,
    /// Bytes may be changed.
    pub write: bool,
}

impl Access {
    /// Reading only.
    pub const READ: Self = Self { read: true, write: false };
    /// Writing only.
    pub const WRITE: Self = Self { read: false, write: true };
    /// Both.
    pub const BOTH: Self = Self { read: true, write: true };
}

/// Flags of a descriptor that a guest can change while it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the flags of preview 1 that mean something in memory")]
pub struct FdFlags {
    /// Each write goes to the end of the file.
    pub append: bool,
    /// Kept and shown; files never block here.
    pub nonblock: bool,
    /// Kept and shown (`O_SYNC`, `O_DSYNC`, `O_RSYNC`); memory is always in step.
    pub sync: bool,
}

/// What a guest can ask about a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DescriptorInfo {
    /// What it stands for.
    pub file_type: FileType,
    /// What may be done through it.
    pub access: Access,
    /// Its flags.
    pub flags: FdFlags,
    /// The name under which it was preopened, if it was.
    pub preopen: Option<&'static str>,
}

/// What stands behind a descriptor.
#[derive(Debug)]
pub(crate) enum Object {
    Stream(Stream),
    File(Ino),
    Dir(Ino),
    Device(Ino, Device),
    HostFile(HostFile),
    /// A directory of a host folder, with its entries as they were when it was listed from the beginning.
    HostDir(Place, Option<Vec<(String, FileType)>>),
}

/// One open descriptor.
#[derive(Debug)]
pub(crate) struct Descriptor {
    pub(crate) object: Object,
    pub(crate) access: Access,
    pub(crate) flags: FdFlags,
    pub(crate) offset: u64,
}

impl Descriptor {
    pub(crate) fn new(object: Object, access: Access) -> Self {
        Self { object, access, flags: FdFlags::default(), offset: 0 }
    }

    pub(crate) fn file_type(&self) -> FileType {
        match &self.object {
            Object::Stream(_) => FileType::Stream,
            Object::File(_) | Object::HostFile(_) => FileType::File,
            Object::Dir(_) | Object::HostDir(..) => FileType::Dir,
            Object::Device(..) => FileType::CharacterDevice,
        }
    }

    pub(crate) fn ino(&self) -> Option<Ino> {
        match &self.object {
            Object::File(ino) | Object::Dir(ino) | Object::Device(ino, _) => Some(*ino),
            Object::Stream(_) | Object::HostFile(_) | Object::HostDir(..) => None,
        }
    }

    pub(crate) fn is_host(&self) -> bool {
        matches!(self.object, Object::HostFile(_) | Object::HostDir(..))
    }
}

/// Number → descriptor. Numbers 0 to 3 are always taken; new ones are the lowest free.
#[derive(Debug)]
pub(crate) struct Table {
    slots: BTreeMap<Fd, Descriptor>,
    /// Numbers below `next` that were given back.
    free: BTreeSet<Fd>,
    next: Fd,
    /// How many descriptors stand on each inode of the tree.
    holds: BTreeMap<Ino, u32>,
}

impl Table {
    /// The first number for what a guest opens.
    const FIRST: Fd = ROOT_FD + 1;

    /// The standard streams and the root.
    pub(crate) fn new() -> Self {
        let streams =
            [(Stream::Stdin, Access::READ), (Stream::Stdout, Access::WRITE), (Stream::Stderr, Access::WRITE)];
        let mut slots: BTreeMap<Fd, Descriptor> = (0..)
            .zip(streams.map(|(stream, access)| Descriptor::new(Object::Stream(stream), access)))
            .collect();
        slots.insert(ROOT_FD, Descriptor::new(Object::Dir(Ino::ROOT), Access::READ));
        Self { slots, free: BTreeSet::new(), next: Self::FIRST, holds: BTreeMap::from([(Ino::ROOT, 1)]) }
    }

    pub(crate) fn get(&self, fd: Fd) -> Result<&Descriptor, Errno> {
        self.slots.get(&fd).ok_or(Errno::Badf)
    }

    pub(crate) fn get_mut(&mut self, fd: Fd) -> Result<&mut Descriptor, Errno> {
        self.slots.get_mut(&fd).ok_or(Errno::Badf)
    }

    /// Descriptors that count against `max_open_files`.
    pub(crate) fn open_files(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX).saturating_sub(Self::FIRST)
    }

    pub(crate) fn is_held(&self, ino: Ino) -> bool {
        self.holds.contains_key(&ino)
    }

    pub(crate) fn insert(&mut self, descriptor: Descriptor) -> Fd {
        let fd = self.free.pop_first().unwrap_or_else(|| {
            let fd = self.next;
            self.next = fd.saturating_add(1);
            fd
        });
        self.put(fd, descriptor);
        fd
    }

    /// Takes out what the guest opened; the streams and the root stay.
    pub(crate) fn remove(&mut self, fd: Fd) -> Option<Descriptor> {
        if fd < Self::FIRST {
            return None;
        }
        let descriptor = self.slots.remove(&fd)?;
        self.free.insert(fd);
        if let Some(ino) = descriptor.ino()
            && let Some(holds) = self.holds.get_mut(&ino)
        {
            *holds = holds.saturating_sub(1);
            if *holds == 0 {
                self.holds.remove(&ino);
            }
        }
        Some(descriptor)
    }

    /// Puts a descriptor at a number that is free.
    pub(crate) fn put(&mut self, fd: Fd, descriptor: Descriptor) {
        self.free.extend(self.next..fd);
        self.next = self.next.max(fd.saturating_add(1));
        self.free.remove(&fd);
        if let Some(ino) = descriptor.ino() {
            let holds = self.holds.entry(ino).or_default();
            *holds = holds.saturating_add(1);
        }
        self.slots.insert(fd, descriptor);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Fd, &Descriptor)> {
        self.slots.iter().map(|(fd, descriptor)| (*fd, descriptor))
    }
}

/// All descriptors of a guest, to be saved with its tree.
///
/// Descriptors of passed-through host folders are not in it: their numbers are closed after a restore.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DescriptorTable {
    /// By number, ascending.
    pub descriptors: Vec<SavedDescriptor>,
}

/// One saved descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SavedDescriptor {
    /// Its number.
    pub fd: Fd,
    /// What it stands for.
    pub object: SavedObject,
    /// What may be done through it.
    pub access: Access,
    /// Its flags.
    pub flags: FdFlags,
    /// Where the next read or write goes.
    pub offset: u64,
}

/// What a saved descriptor stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SavedObject {
    /// A standard stream.
    Stream(Stream),
    /// Something with a name.
    Path(GuestPath, FileType),
    /// Something without: its inode number in the tree.
    Orphan(u64, FileType),
}
