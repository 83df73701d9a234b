//! Between the words of the filesystem and the wire forms of WASI preview 1.
//!
//! Source of the forms: `wasi_snapshot_preview1.witx` of the WebAssembly/WASI repository, as wasmtime-wasi ships it.

use sbx_vfs::{Access, DescriptorInfo, FileType, SetTimes, Stat, TimeUpdate};
use wasmtime_wasi::p1::types::{
    Errno, Error, Fdflags, Fdstat, Filestat, Filetype, Fstflags, Rights, Timestamp,
};

/// What a descriptor of a directory may be asked.
const DIRECTORY_RIGHTS: [Rights; 18] = [
    Rights::PATH_CREATE_DIRECTORY,
    Rights::PATH_CREATE_FILE,
    Rights::PATH_LINK_SOURCE,
    Rights::PATH_LINK_TARGET,
    Rights::PATH_OPEN,
    Rights::FD_READDIR,
    Rights::PATH_READLINK,
    Rights::PATH_RENAME_SOURCE,
    Rights::PATH_RENAME_TARGET,
    Rights::PATH_FILESTAT_GET,
    Rights::PATH_FILESTAT_SET_SIZE,
    Rights::PATH_FILESTAT_SET_TIMES,
    Rights::FD_FILESTAT_GET,
    Rights::FD_FILESTAT_SET_TIMES,
    Rights::PATH_SYMLINK,
    Rights::PATH_REMOVE_DIRECTORY,
    Rights::PATH_UNLINK_FILE,
    Rights::FD_SYNC,
];

/// What any descriptor of a file may be asked.
const FILE_RIGHTS: [Rights; 9] = [
    Rights::FD_SEEK,
    Rights::FD_TELL,
    Rights::FD_ADVISE,
    Rights::FD_FDSTAT_SET_FLAGS,
    Rights::FD_FILESTAT_GET,
    Rights::FD_FILESTAT_SET_TIMES,
    Rights::FD_SYNC,
    Rights::FD_DATASYNC,
    Rights::POLL_FD_READWRITE,
];

fn all(rights: &[Rights]) -> Rights {
    rights.iter().fold(Rights::empty(), |sum, right| sum | *right)
}

fn file_rights(access: Access) -> Rights {
    let mut rights = all(&FILE_RIGHTS);
    if access.read {
        rights |= Rights::FD_READ;
    }
    if access.write {
        rights |= Rights::FD_WRITE | Rights::FD_ALLOCATE | Rights::FD_FILESTAT_SET_SIZE;
    }
    rights
}

/// What a file is opened for when these rights are asked for.
pub(super) fn access(rights: Rights) -> Access {
    let writes = Rights::FD_WRITE | Rights::FD_ALLOCATE | Rights::FD_FILESTAT_SET_SIZE;
    Access { read: rights.contains(Rights::FD_READ), write: rights.intersects(writes) }
}

/// What is left of an open descriptor's access when its rights are narrowed to these.
pub(super) fn narrowed(file_type: FileType, rights: Rights) -> Access {
    let read = if file_type == FileType::Dir { Rights::FD_READDIR } else { Rights::FD_READ };
    Access { read: rights.contains(read), write: rights.contains(Rights::FD_WRITE) }
}

/// What the descriptor is and may be asked. A stream is of unknown type and cannot seek: as a character device it would
/// be taken for a terminal, and tracebacks would be coloured.
pub(super) fn fdstat(info: &DescriptorInfo) -> Fdstat {
    let mut flags = Fdflags::empty();
    flags.set(Fdflags::APPEND, info.flags.append);
    flags.set(Fdflags::NONBLOCK, info.flags.nonblock);
    flags.set(Fdflags::SYNC, info.flags.sync);
    let (base, inheriting) = match info.file_type {
        FileType::Dir => {
            let mut directory = all(&DIRECTORY_RIGHTS);
            directory.set(Rights::FD_READDIR, info.access.read);
            (directory, directory | file_rights(Access { read: true, write: true }))
        }
        FileType::Stream => {
            let mut rights = Rights::POLL_FD_READWRITE | Rights::FD_FILESTAT_GET;
            rights.set(Rights::FD_READ, info.access.read);
            rights.set(Rights::FD_WRITE, info.access.write);
            (rights, Rights::empty())
        }
        // A device keeps the rights to seek and tell: without them the guest's libc takes it for a terminal.
        FileType::File | FileType::Symlink | FileType::CharacterDevice | FileType::Other | _ => {
            (file_rights(info.access), Rights::empty())
        }
    };
    Fdstat {
        fs_filetype: filetype(info.file_type),
        fs_flags: flags,
        fs_rights_base: base,
        fs_rights_inheriting: inheriting,
    }
}

pub(super) fn filetype(file_type: FileType) -> Filetype {
    match file_type {
        FileType::Dir => Filetype::Directory,
        FileType::File => Filetype::RegularFile,
        FileType::Symlink => Filetype::SymbolicLink,
        FileType::CharacterDevice => Filetype::CharacterDevice,
        FileType::Stream | FileType::Other | _ => Filetype::Unknown,
    }
}

pub(super) fn filestat(stat: &Stat) -> Filestat {
    Filestat {
        dev: stat.dev,
        ino: stat.ino,
        filetype: filetype(stat.file_type),
        nlink: stat.nlink,
        size: stat.size,
        atim: stat.times.atime_ns,
        mtim: stat.times.mtime_ns,
        ctim: stat.times.ctime_ns,
    }
}

pub(super) fn set_times(atim: Timestamp, mtim: Timestamp, flags: Fstflags) -> Result<SetTimes, Errno> {
    let one = |at: Timestamp, set: Fstflags, now: Fstflags| match (flags.contains(set), flags.contains(now)) {
        (true, true) => Err(Errno::Inval),
        (true, false) => Ok(TimeUpdate::At(at)),
        (false, true) => Ok(TimeUpdate::Now),
        (false, false) => Ok(TimeUpdate::Keep),
    };
    Ok(SetTimes {
        atime: one(atim, Fstflags::ATIM, Fstflags::ATIM_NOW)?,
        mtime: one(mtim, Fstflags::MTIM, Fstflags::MTIM_NOW)?,
    })
}

/// What the guest is told; the filesystem's words are a subset of WASI's.
pub(super) fn errno(errno: sbx_vfs::Errno) -> Error {
    use sbx_vfs::Errno as Vfs;
    let errno = match errno {
        Vfs::Acces => Errno::Acces,
        Vfs::Badf => Errno::Badf,
        Vfs::Busy => Errno::Busy,
        Vfs::Exist => Errno::Exist,
        Vfs::Fbig => Errno::Fbig,
        Vfs::Ilseq => Errno::Ilseq,
        Vfs::Inval => Errno::Inval,
        Vfs::Isdir => Errno::Isdir,
        Vfs::Loop => Errno::Loop,
        Vfs::Mfile => Errno::Mfile,
        Vfs::Mlink => Errno::Mlink,
        Vfs::Nametoolong => Errno::Nametoolong,
        Vfs::Nfile => Errno::Nfile,
        Vfs::Noent => Errno::Noent,
        Vfs::Nospc => Errno::Nospc,
        Vfs::Notdir => Errno::Notdir,
        Vfs::Notcapable => Errno::Notcapable,
        Vfs::Notempty => Errno::Notempty,
        Vfs::Notsup => Errno::Notsup,
        Vfs::Overflow => Errno::Overflow,
        Vfs::Perm => Errno::Perm,
        Vfs::Rofs => Errno::Rofs,
        Vfs::Spipe => Errno::Spipe,
        Vfs::Xdev => Errno::Xdev,
        Vfs::Io | _ => Errno::Io,
    };
    errno.into()
}
