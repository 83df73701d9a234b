//! The same operations on a real directory.
//!
//! `openat2` with `RESOLVE_IN_ROOT` makes the temporary directory the root for `..` and absolute links, as the guest's
//! `/` is. Calls that have no such form get their parent directory opened that way first.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::{self, AtFlags, Mode, OFlags, RawDir, ResolveFlags};
use rustix::io::Errno as Theirs;
use sbx_vfs::{Errno, FileType, GuestPath, Whence};

use super::op::{Op, Outcome, ROOT_SLOT};

pub(crate) struct Linux {
    temp: tempfile::TempDir,
    root: OwnedFd,
    fds: RefCell<BTreeMap<u8, OwnedFd>>,
}

type Result<T> = std::result::Result<T, Theirs>;

impl Linux {
    pub(crate) fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let root = fs::open(temp.path(), OFlags::DIRECTORY | OFlags::RDONLY, Mode::empty()).unwrap();
        Self { temp, root, fds: RefCell::default() }
    }

    /// Does it; nothing if the operation begins in a directory that was removed (known difference `REMOVED_DIR`).
    pub(crate) fn run(&self, op: &Op) -> Option<Outcome> {
        match self.try_run(op) {
            Ok(outcome) => outcome,
            Err(errno) => Some(Outcome::Failed(translate(errno))),
        }
    }

    /// Everything below the root.
    pub(crate) fn picture(&self) -> super::Picture {
        let mut found = super::Picture::new();
        let mut pending = vec![(self.temp.path().to_owned(), GuestPath::root())];
        while let Some((dir, guest)) = pending.pop() {
            for entry in std::fs::read_dir(dir).unwrap().map(std::result::Result::unwrap) {
                let guest = guest.join(entry.file_name().to_str().unwrap()).unwrap();
                let file_type = entry.file_type().unwrap();
                let what = if file_type.is_dir() {
                    pending.push((entry.path(), guest.clone()));
                    (FileType::Dir, Vec::new())
                } else if file_type.is_symlink() {
                    let target = std::fs::read_link(entry.path()).unwrap();
                    (FileType::Symlink, target.into_os_string().into_encoded_bytes())
                } else {
                    (FileType::File, std::fs::read(entry.path()).unwrap())
                };
                found.insert(guest, what);
            }
        }
        found
    }

    fn try_run(&self, op: &Op) -> Result<Option<Outcome>> {
        let done = |()| Outcome::Done;
        Ok(Some(match op {
            Op::Open { slot, dir, path, follow, options } => {
                let Some(path) = self.seen_from_root(*dir, path)? else { return Ok(None) };
                let mut flags = match (options.read, options.write) {
                    (true, true) => OFlags::RDWR,
                    (false, true) => OFlags::WRONLY,
                    _ => OFlags::RDONLY,
                };
                flags.set(OFlags::CREATE, options.create);
                flags.set(OFlags::EXCL, options.exclusive);
                flags.set(OFlags::TRUNC, options.truncate);
                flags.set(OFlags::APPEND, options.append);
                flags.set(OFlags::DIRECTORY, options.directory);
                flags.set(OFlags::NOFOLLOW, !follow);
                let opened = self.open(&path, flags)?;
                self.fds.borrow_mut().insert(*slot, opened);
                Outcome::Done
            }
            Op::StatAt { dir, path, follow } => {
                let Some(path) = self.seen_from_root(*dir, path)? else { return Ok(None) };
                outcome(fs::fstat(self.look(&path, *follow)?)?)
            }
            Op::Mkdir { dir, path } => {
                let Some((parent, name)) = self.parent(*dir, path)? else { return Ok(None) };
                fs::mkdirat(parent, name, Mode::from_raw_mode(0o755)).map(done)?
            }
            Op::Rmdir { dir, path } => {
                let Some((parent, name)) = self.parent(*dir, path)? else { return Ok(None) };
                fs::unlinkat(parent, name, AtFlags::REMOVEDIR).map(done)?
            }
            Op::Unlink { dir, path } => {
                let Some((parent, name)) = self.parent(*dir, path)? else { return Ok(None) };
                fs::unlinkat(parent, name, AtFlags::empty()).map(done)?
            }
            Op::Rename { dir, from, to_dir, to } => {
                let Some((from_parent, from)) = self.parent(*dir, from)? else { return Ok(None) };
                let Some((to_parent, to)) = self.parent(*to_dir, to)? else { return Ok(None) };
                fs::renameat(from_parent, from, to_parent, to).map(done)?
            }
            Op::Link { dir, from, follow, to_dir, to } => {
                let Some(from) = self.seen_from_root(*dir, from)? else { return Ok(None) };
                let old = self.look(&from, *follow)?;
                let Some((parent, name)) = self.parent(*to_dir, to)? else { return Ok(None) };
                let old = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&old));
                fs::linkat(fs::CWD, old, parent, name, AtFlags::SYMLINK_FOLLOW).map(done)?
            }
            Op::Symlink { target, dir, path } => {
                let Some((parent, name)) = self.parent(*dir, path)? else { return Ok(None) };
                fs::symlinkat(target.as_str(), parent, name).map(done)?
            }
            Op::Readlink { dir, path } => {
                let Some(path) = self.seen_from_root(*dir, path)? else { return Ok(None) };
                let found = self.look(&path, false)?;
                if fs::FileType::from_raw_mode(fs::fstat(&found)?.st_mode) != fs::FileType::Symlink {
                    return Err(Theirs::INVAL);
                }
                Outcome::Bytes(fs::readlinkat(found, "", Vec::new())?.into_bytes())
            }
            op => self.run_on_slot(op)?,
        }))
    }

    /// What is done with an open descriptor.
    fn run_on_slot(&self, op: &Op) -> Result<Outcome> {
        let done = |()| Outcome::Done;
        let number = |n: usize| Outcome::Number(n as u64);
        Ok(match op {
            Op::Close { slot } => {
                self.fds.borrow_mut().remove(slot).map(|_fd| Outcome::Done).ok_or(Theirs::BADF)?
            }
            Op::Read { slot, len } => self.with(*slot, |fd| read(*len, |buf| rustix::io::read(fd, buf)))?,
            Op::Pread { slot, offset, len } => {
                self.with(*slot, |fd| read(*len, |buf| rustix::io::pread(fd, buf, *offset)))?
            }
            Op::Write { slot, data } => self.with(*slot, |fd| rustix::io::write(fd, data)).map(number)?,
            Op::Pwrite { slot, offset, data } => {
                self.with(*slot, |fd| rustix::io::pwrite(fd, data, *offset)).map(number)?
            }
            Op::Seek { slot, whence, delta } => {
                if self.is_dir(*slot)? {
                    return Ok(Outcome::Failed(Errno::Badf)); // DIR_SEEK
                }
                let from = match whence {
                    Whence::Set => match u64::try_from(*delta) {
                        Ok(at) => fs::SeekFrom::Start(at),
                        Err(_) => return Err(Theirs::INVAL),
                    },
                    Whence::Current => fs::SeekFrom::Current(*delta),
                    Whence::End => fs::SeekFrom::End(*delta),
                };
                Outcome::Number(self.with(*slot, |fd| fs::seek(fd, from))?)
            }
            Op::SetSize { slot, size } => self.with(*slot, |fd| fs::ftruncate(fd, *size)).map(done)?,
            Op::Allocate { slot, offset, len } => self
                .with(*slot, |fd| fs::fallocate(fd, fs::FallocateFlags::empty(), *offset, *len))
                .map(done)?,
            Op::Stat { slot } => self.with(*slot, |fd| fs::fstat(fd)).map(outcome)?,
            Op::List { slot } if !self.is_dir(*slot)? => return Err(Theirs::NOTDIR),
            Op::List { slot } => self.with(*slot, list)?,
            op => panic!("{op:?} begins at a path"),
        })
    }

    fn with<T>(&self, slot: u8, run: impl FnOnce(std::os::fd::BorrowedFd<'_>) -> Result<T>) -> Result<T> {
        match self.fds.borrow().get(&slot) {
            Some(fd) => run(fd.as_fd()),
            None => Err(Theirs::BADF),
        }
    }

    fn is_dir(&self, slot: u8) -> Result<bool> {
        self.with(slot, |fd| {
            Ok(fs::FileType::from_raw_mode(fs::fstat(fd)?.st_mode) == fs::FileType::Directory)
        })
    }

    /// `path` as seen from the root, if the directory in `slot` still has a path.
    fn seen_from_root(&self, slot: u8, path: &str) -> Result<Option<String>> {
        if slot == ROOT_SLOT {
            return Ok(Some(path.to_owned()));
        }
        if !self.is_dir(slot)? {
            return Err(Theirs::NOTDIR);
        }
        let stat = self.with(slot, |fd| fs::fstat(fd))?;
        if stat.st_nlink == 0 {
            return Ok(None);
        }
        let link =
            self.with(slot, |fd| Ok(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&fd))))?;
        let real = std::fs::read_link(link).unwrap();
        let root = std::fs::canonicalize(self.temp.path()).unwrap();
        let below: PathBuf = real.strip_prefix(root).unwrap().to_owned();
        Ok(Some(format!("./{}/{path}", below.to_str().unwrap())))
    }

    /// The directory that holds the last part of `path`, and that part with the slashes after it.
    fn parent<'p>(&self, slot: u8, path: &'p str) -> Result<Option<(OwnedFd, &'p str)>> {
        let trimmed = path.trim_end_matches('/');
        let at = trimmed.rfind('/').map_or(0, |slash| slash + 1);
        let (above, name) = path.split_at(at);
        let Some(above) = self.seen_from_root(slot, if above.is_empty() { "." } else { above })? else {
            return Ok(None);
        };
        Ok(Some((self.open(&above, OFlags::PATH | OFlags::DIRECTORY)?, name)))
    }

    fn look(&self, path: &str, follow: bool) -> Result<OwnedFd> {
        let flags = if follow { OFlags::PATH } else { OFlags::PATH | OFlags::NOFOLLOW };
        self.open(path, flags)
    }

    fn open(&self, path: &str, flags: OFlags) -> Result<OwnedFd> {
        let mode = if flags.contains(OFlags::CREATE) { Mode::from_raw_mode(0o644) } else { Mode::empty() };
        loop {
            match fs::openat2(&self.root, path, flags | OFlags::CLOEXEC, mode, ResolveFlags::IN_ROOT) {
                // Another thread renamed something: the kernel could not be sure of a `..`.
                Err(Theirs::AGAIN) => {}
                result => return result,
            }
        }
    }
}

fn read(len: usize, read: impl FnOnce(&mut [u8]) -> Result<usize>) -> Result<Outcome> {
    let mut buf = vec![0; len];
    let n = read(&mut buf)?;
    buf.truncate(n);
    Ok(Outcome::Bytes(buf))
}

fn list(fd: std::os::fd::BorrowedFd<'_>) -> Result<Outcome> {
    fs::seek(fd, fs::SeekFrom::Start(0))?;
    let mut space = Vec::with_capacity(8192);
    let mut entries = Vec::new();
    let mut dir = RawDir::new(fd, space.spare_capacity_mut());
    while let Some(entry) = dir.next() {
        let entry = entry?;
        entries.push((entry.file_name().to_str().unwrap().to_owned(), file_type(entry.file_type())));
    }
    entries.sort();
    // At the end of a directory ext4 has an offset so large that a read is `EINVAL` instead of `EISDIR`.
    fs::seek(fd, fs::SeekFrom::Start(0))?;
    Ok(Outcome::Entries(entries))
}

fn outcome(stat: fs::Stat) -> Outcome {
    let file_type = file_type(fs::FileType::from_raw_mode(stat.st_mode));
    let size = if file_type == FileType::Dir { 0 } else { u64::try_from(stat.st_size).unwrap() }; // DIR_SIZE
    Outcome::Stat { file_type, size, nlink: wide(stat.st_nlink) }
}

/// The link count is narrower on some machines.
fn wide(n: impl Into<u64>) -> u64 {
    n.into()
}

fn file_type(of: fs::FileType) -> FileType {
    match of {
        fs::FileType::RegularFile => FileType::File,
        fs::FileType::Directory => FileType::Dir,
        fs::FileType::Symlink => FileType::Symlink,
        _ => FileType::Other,
    }
}

fn translate(errno: Theirs) -> Errno {
    let known = [
        (Theirs::ACCESS, Errno::Acces),
        (Theirs::BADF, Errno::Badf),
        (Theirs::BUSY, Errno::Busy),
        (Theirs::EXIST, Errno::Exist),
        (Theirs::FBIG, Errno::Fbig),
        (Theirs::INVAL, Errno::Inval),
        (Theirs::ISDIR, Errno::Isdir),
        (Theirs::LOOP, Errno::Loop),
        (Theirs::MLINK, Errno::Mlink),
        (Theirs::NAMETOOLONG, Errno::Nametoolong),
        (Theirs::NOENT, Errno::Noent),
        (Theirs::NOSPC, Errno::Nospc),
        (Theirs::NOTDIR, Errno::Notdir),
        (Theirs::NOTEMPTY, Errno::Notempty),
        (Theirs::PERM, Errno::Perm),
        (Theirs::XDEV, Errno::Xdev),
    ];
    let found = known.iter().find(|(theirs, _)| *theirs == errno);
    found.map_or_else(|| panic!("Linux answered {errno}, which no operation here should"), |(_, ours)| *ours)
}
