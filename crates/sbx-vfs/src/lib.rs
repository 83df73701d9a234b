//! The guest's whole filesystem: one tree in memory that forks and diffs at once, under exact quotas.
//!
//! Why a crate of its own: files are data, not WebAssembly. What a guest may do with them can be tested, fuzzed and
//! benchmarked without an engine, and sessions store trees without knowing one.
//! Start at [`Tree`] (all files at one moment) and [`Vfs`] (the filesystem that a running guest uses).
//!
//! # Invariants
//! * No guest path reaches the host's filesystem: granted folders are entered through one `cap_std::fs::Dir` each,
//!   name by name, and no link in them is followed.
//! * Usage equals a full recount after every call, and never exceeds the quota.
//! * Nothing panics on any argument, and nothing is allocated for a number that a guest chose before it met a bound.
//! * The crate reads no clock and no environment.
#![forbid(unsafe_code)]

mod errno;
mod error;
mod quota;
mod content;
mod device;
mod inode;
mod tree;
mod diff;
mod archive;
mod spill;
mod mount;
mod walk;
mod descriptor;
mod vfs;
mod record;

pub use crate::archive::{Transferred, remove_host_file, write_host_file};
pub use crate::content::{BlobProvider, Digest, SharedBytes};
pub use crate::descriptor::{
    Access, DescriptorInfo, DescriptorTable, Fd, FdFlags, ROOT_FD, SavedDescriptor, SavedObject, Stream,
};
pub use crate::device::Device;
pub use crate::diff::{Change, ChangeKind, FileChanges};
pub use crate::errno::Errno;
pub use crate::error::{Error, Result};
pub use crate::inode::{FileType, Stat, Times};
pub use crate::mount::HostMount;
pub use crate::quota::{
    MAX_DEPTH, MAX_DIR_ENTRIES, MAX_HOST_DIR_ENTRIES, MAX_LINKS, MAX_NAME, MAX_PATH, MAX_SYMLINKS, Quota,
    QuotaHits, QuotaKind, Usage,
};
pub use crate::record::{FileContent, Recorded, TreeRecord};
pub use crate::tree::{Editor, Item, Tree, TreeBuilder};
pub use crate::vfs::{DirEntry, OpenOptions, SetTimes, TimeUpdate, Vfs, Whence};
pub use sbx_core::{GuestPath, MountMode, PathError};
