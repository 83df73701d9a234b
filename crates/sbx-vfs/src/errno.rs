//! The error numbers that a guest can see.
//!
//! Guests hear the least they need: one word, as POSIX names it. Which number that is on the wire belongs to the
//! layer above, and why the host failed belongs to [`crate::Error`].

use std::fmt;
use std::io;

/// What a filesystem call of the guest failed with, named as in POSIX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Errno {
    /// `EACCES`: a FIFO, socket or device in a host folder, or the host refused.
    Acces,
    /// `EBADF`: no such descriptor, or it is not open for this (a read without read access, a write to a directory).
    Badf,
    /// `EBUSY`: rename or removal of a mount point, of a directory that holds read-only files, or of `.` and `..`.
    Busy,
    /// `EEXIST`: the name is taken.
    Exist,
    /// `EFBIG`: past `max_file_bytes`, or a file in a host folder that is larger than its mount allows.
    Fbig,
    /// `EILSEQ`: a path is not UTF-8; for the layer above, since paths are text here.
    Ilseq,
    /// `EINVAL`: an argument makes no sense: a negative offset, a name with a control character or backslash that
    /// would be created, a directory moved below itself, `readlink` of something else, a NUL in a path.
    Inval,
    /// `EIO`: the host failed: a lazily loaded content could not be read.
    Io,
    /// `EISDIR`: a directory where a file is needed.
    Isdir,
    /// `ELOOP`: more than [`crate::MAX_SYMLINKS`] links, a link that must not be followed, or any link in a host folder.
    Loop,
    /// `EMFILE`: over `max_open_files`.
    Mfile,
    /// `EMLINK`: over [`crate::MAX_LINKS`] names for one file.
    Mlink,
    /// `ENAMETOOLONG`: a name over [`crate::MAX_NAME`], a path over [`crate::MAX_PATH`], or an entry that would lie
    /// deeper than [`crate::MAX_DEPTH`].
    Nametoolong,
    /// `ENFILE`: the host's process, or the host itself, is out of descriptors.
    Nfile,
    /// `ENOENT`: no such entry, an empty path, or a directory that was removed while it was open.
    Noent,
    /// `ENOSPC`: over `disk_bytes`, `max_files` or [`crate::MAX_DIR_ENTRIES`].
    Nospc,
    /// `ENOTDIR`: a path goes through something that is not a directory, or ends in a slash and is none.
    Notdir,
    /// `ENOTCAPABLE`: for the layer above, when a descriptor's rights do not cover a call.
    Notcapable,
    /// `ENOTEMPTY`: a directory that still has entries.
    Notempty,
    /// `ENOTSUP`: renumbering the standard streams or the preopened root.
    Notsup,
    /// `EOVERFLOW`: a folder of the host has more than [`crate::MAX_HOST_DIR_ENTRIES`] entries.
    Overflow,
    /// `EPERM`: an absolute path in a `path_*` call, a hard link to a directory, a symlink in a host folder.
    Perm,
    /// `EROFS`: a change to, in, or through something read-only.
    Rofs,
    /// `ESPIPE`: a seek on a standard stream.
    Spipe,
    /// `EXDEV`: a rename or hard link into or out of a host folder.
    Xdev,
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{}", format!("{self:?}").to_uppercase())
    }
}

impl std::error::Error for Errno {}

/// `ENFILE` and `EMFILE` of the host, the same on every Unix; the standard library has no kind for them.
const OUT_OF_DESCRIPTORS: [i32; 2] = [23, 24];

impl From<io::Error> for Errno {
    /// The nearest word for what the host's filesystem answered; `EIO` where there is none.
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        if cfg!(unix) && error.raw_os_error().is_some_and(|number| OUT_OF_DESCRIPTORS.contains(&number)) {
            return Self::Nfile;
        }
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "most kinds of I/O error are a plain EIO for a guest"
        )]
        match error.kind() {
            Kind::NotFound => Self::Noent,
            Kind::PermissionDenied => Self::Acces,
            Kind::AlreadyExists => Self::Exist,
            Kind::InvalidInput => Self::Inval,
            Kind::NotADirectory => Self::Notdir,
            Kind::IsADirectory => Self::Isdir,
            Kind::DirectoryNotEmpty => Self::Notempty,
            Kind::ReadOnlyFilesystem => Self::Rofs,
            Kind::StorageFull | Kind::QuotaExceeded => Self::Nospc,
            Kind::FileTooLarge => Self::Fbig,
            Kind::ResourceBusy => Self::Busy,
            Kind::CrossesDevices => Self::Xdev,
            Kind::TooManyLinks => Self::Mlink,
            Kind::InvalidFilename => Self::Nametoolong,
            Kind::Unsupported => Self::Notsup,
            _ => Self::Io,
        }
    }
}
