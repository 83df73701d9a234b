//! What the host can be told when it works on a tree.

use std::io;

use sbx_core::{GuestPath, PathError};

use crate::{Errno, Quota, QuotaKind};

/// The result of the host's own operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation of the host on a tree failed. What a guest is told is an [`Errno`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing at this path.
    #[error("{path} does not exist")]
    NotFound {
        /// The path.
        path: GuestPath,
    },
    /// The path is taken.
    #[error("{path} exists already")]
    Exists {
        /// The path.
        path: GuestPath,
    },
    /// A regular file is needed here; links are not followed on the host's side.
    #[error("{path} is not a regular file")]
    NotAFile {
        /// The path.
        path: GuestPath,
    },
    /// A directory is needed here; links are not followed on the host's side.
    #[error("{path} is not a directory")]
    NotADirectory {
        /// The path.
        path: GuestPath,
    },
    /// A directory with entries was to be removed without them.
    #[error("directory {path} is not empty")]
    NotEmpty {
        /// The path.
        path: GuestPath,
    },
    /// The path belongs to the runtime, or the workspace needs it where it is.
    #[error("{path} is read-only")]
    ReadOnly {
        /// The path.
        path: GuestPath,
    },
    /// A quota is used up.
    #[error("{path} does not fit: {quota_name} is {limit}", quota_name = quota_name(*kind))]
    Quota {
        /// What was to be written.
        path: GuestPath,
        /// Which quota.
        kind: QuotaKind,
        /// Its value.
        limit: u64,
    },
    /// A file is longer than what may be read of it at once.
    #[error("{path} has {bytes} bytes, more than the {limit} of max_file_bytes that are read at once")]
    TooLong {
        /// The file.
        path: GuestPath,
        /// Its length.
        bytes: u64,
        /// What may be read.
        limit: u64,
    },
    /// A name is not one that guests may have.
    #[error("name {name:?} is not usable")]
    BadName {
        /// The name, from an archive or a folder.
        name: String,
        /// What is wrong with it.
        #[source]
        source: PathError,
    },
    /// An archive or folder has an entry of a kind that is not taken in: a link, a device, a FIFO.
    #[error("entry {name:?} is not taken in: it is {what}")]
    RefusedEntry {
        /// Its name.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// Two mounts overlap, or one lies where there is a file.
    #[error("nothing can be mounted at {path}")]
    BadMount {
        /// Where it was to be.
        path: GuestPath,
    },
    /// A bound that no quota can raise: entries of a directory, depth, path length.
    #[error("{path} is over a fixed bound ({errno})")]
    Bound {
        /// The path.
        path: GuestPath,
        /// What a guest would hear.
        errno: Errno,
    },
    /// A saved descriptor table does not fit the tree or the quota.
    #[error("saved descriptor {fd} is not usable")]
    BadDescriptor {
        /// Its number.
        fd: u32,
    },
    /// The host failed: bytes could not be read from, or written to, where they live.
    #[error("cannot transfer {path}")]
    Io {
        /// The file in the guest's tree.
        path: GuestPath,
        /// What the host's system said.
        #[source]
        source: io::Error,
    },
    /// A tree has something that no [`crate::TreeRecord`] can say.
    #[error("{path} cannot be kept: {why}")]
    NotStorable {
        /// What it is about.
        path: GuestPath,
        /// What is in the way, and what to do instead.
        why: &'static str,
    },
    /// A stored record is not that of a tree: damaged, or made up.
    #[error("the record of a tree is not usable: {problem}")]
    BadRecord {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// An archive could not be read.
    #[error("cannot read the archive")]
    Archive {
        /// What is wrong with it.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// A stable word for logs and wire forms.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "vfs.not_found",
            Self::Exists { .. } => "vfs.exists",
            Self::NotAFile { .. } => "vfs.not_a_file",
            Self::NotADirectory { .. } => "vfs.not_a_directory",
            Self::NotEmpty { .. } => "vfs.not_empty",
            Self::ReadOnly { .. } => "vfs.read_only",
            Self::Quota { .. } | Self::TooLong { .. } => "limit.disk",
            Self::BadName { .. } => "vfs.bad_name",
            Self::RefusedEntry { .. } => "vfs.refused_entry",
            Self::BadMount { .. } => "vfs.bad_mount",
            Self::Bound { .. } => "vfs.bound",
            Self::BadDescriptor { .. } => "vfs.bad_descriptor",
            Self::Io { .. } => "vfs.io",
            Self::NotStorable { .. } => "vfs.not_storable",
            Self::BadRecord { .. } => "vfs.bad_record",
            Self::Archive { .. } => "vfs.archive",
        }
    }

    /// What a change of the host at `path` failed with, `kind` being the quota that was hit, if any.
    pub(crate) fn from_change(
        path: &GuestPath,
        errno: Errno,
        kind: Option<QuotaKind>,
        quota: &Quota,
    ) -> Self {
        let path = path.clone();
        if let Some(kind) = kind {
            return Self::Quota { path, kind, limit: quota.limit(kind) };
        }
        #[expect(clippy::wildcard_enum_match_arm, reason = "the rest are the fixed bounds")]
        match errno {
            Errno::Noent => Self::NotFound { path },
            Errno::Exist => Self::Exists { path },
            Errno::Isdir => Self::NotAFile { path },
            Errno::Notdir => Self::NotADirectory { path },
            Errno::Notempty => Self::NotEmpty { path },
            Errno::Rofs | Errno::Busy => Self::ReadOnly { path },
            Errno::Io => Self::Io { path, source: io::Error::other(errno) },
            errno => Self::Bound { path, errno },
        }
    }
}

fn quota_name(kind: QuotaKind) -> &'static str {
    match kind {
        QuotaKind::Disk => "disk_bytes",
        QuotaKind::Files => "max_files",
        QuotaKind::OpenFiles => "max_open_files",
        QuotaKind::FileSize => "max_file_bytes",
    }
}
