//! Operations, how they are made up, and what they do to a [`Vfs`].

use std::collections::BTreeMap;

use proptest::prelude::*;
use sbx_vfs::{Errno, Fd, FileType, OpenOptions, ROOT_FD, Vfs, Whence};

/// One call. Descriptors are named by slots: small numbers that both sides map to their own.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Open { slot: u8, dir: u8, path: String, follow: bool, options: OpenOptions },
    Close { slot: u8 },
    Read { slot: u8, len: usize },
    Pread { slot: u8, offset: u64, len: usize },
    Write { slot: u8, data: Vec<u8> },
    Pwrite { slot: u8, offset: u64, data: Vec<u8> },
    Seek { slot: u8, whence: Whence, delta: i64 },
    SetSize { slot: u8, size: u64 },
    Allocate { slot: u8, offset: u64, len: u64 },
    Stat { slot: u8 },
    List { slot: u8 },
    StatAt { dir: u8, path: String, follow: bool },
    Mkdir { dir: u8, path: String },
    Rmdir { dir: u8, path: String },
    Unlink { dir: u8, path: String },
    Rename { dir: u8, from: String, to_dir: u8, to: String },
    Link { dir: u8, from: String, follow: bool, to_dir: u8, to: String },
    Symlink { target: String, dir: u8, path: String },
    Readlink { dir: u8, path: String },
}

/// What came of a call, in terms that both sides share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Failed(Errno),
    Done,
    Number(u64),
    Bytes(Vec<u8>),
    Entries(Vec<(String, FileType)>),
    Stat { file_type: FileType, size: u64, nlink: u64 },
}

/// The slot that stands for the root and is never closed.
pub(crate) const ROOT_SLOT: u8 = 0;
const SLOTS: u8 = 5;
/// A number that no descriptor has.
const NOT_OPEN: Fd = 999;

pub(crate) fn ops(max: usize) -> impl Strategy<Value = Vec<Op>> {
    proptest::collection::vec(op(), 1..max)
}

fn path() -> impl Strategy<Value = String> {
    let part = prop_oneof![8 => "[a-d]", 1 => Just(".".to_owned()), 2 => Just("..".to_owned())];
    let parts = proptest::collection::vec(part, 1..5);
    (parts, prop_oneof![9 => Just("/"), 1 => Just("//")], prop_oneof![8 => Just(""), 1 => Just("/")])
        .prop_map(|(parts, joint, end)| parts.join(joint) + end)
}

fn target() -> impl Strategy<Value = String> {
    (prop_oneof![3 => Just(""), 1 => Just("/")], path()).prop_map(|(root, path)| format!("{root}{path}"))
}

fn options() -> impl Strategy<Value = OpenOptions> {
    (any::<[bool; 5]>(), 0..3_u8, proptest::bool::weighted(0.2)).prop_map(|(flags, mode, directory)| {
        let [create, exclusive, truncate, append, _] = flags;
        OpenOptions::new()
            .create(create)
            .exclusive(exclusive && create)
            .truncate(truncate)
            .append(append)
            .directory(directory && !create)
            .read(mode != 1)
            .write(mode != 0)
    })
}

fn data() -> impl Strategy<Value = Vec<u8>> {
    (any::<u8>(), prop_oneof![4 => 0..64_usize, 1 => 65_000..140_000_usize]).prop_map(|(seed, len)| {
        (0..len).map(|at| seed.wrapping_add(u8::try_from(at % 251).unwrap())).collect()
    })
}

fn op() -> impl Strategy<Value = Op> {
    let slot = || 1..SLOTS;
    let dir = || prop_oneof![3 => Just(ROOT_SLOT), 2 => 1..SLOTS];
    let offset = || prop_oneof![3 => 0..100_u64, 2 => 65_500..65_600_u64, 1 => 0..200_000_u64];
    let whence = prop_oneof![Just(Whence::Set), Just(Whence::Current), Just(Whence::End)];
    prop_oneof![
        8 => (slot(), dir(), path(), any::<bool>(), options())
            .prop_map(|(slot, dir, path, follow, options)| Op::Open { slot, dir, path, follow, options }),
        2 => slot().prop_map(|slot| Op::Close { slot }),
        2 => (slot(), 0..140_000_usize).prop_map(|(slot, len)| Op::Read { slot, len }),
        2 => (slot(), offset(), 0..140_000_usize).prop_map(|(slot, offset, len)| Op::Pread { slot, offset, len }),
        4 => (slot(), data()).prop_map(|(slot, data)| Op::Write { slot, data }),
        3 => (slot(), offset(), data()).prop_map(|(slot, offset, data)| Op::Pwrite { slot, offset, data }),
        2 => (slot(), whence, -300..140_000_i64).prop_map(|(slot, whence, delta)| Op::Seek { slot, whence, delta }),
        2 => (slot(), offset()).prop_map(|(slot, size)| Op::SetSize { slot, size }),
        1 => (slot(), offset(), 0..70_000_u64).prop_map(|(slot, offset, len)| Op::Allocate { slot, offset, len }),
        1 => slot().prop_map(|slot| Op::Stat { slot }),
        2 => slot().prop_map(|slot| Op::List { slot }),
        3 => (dir(), path(), any::<bool>()).prop_map(|(dir, path, follow)| Op::StatAt { dir, path, follow }),
        6 => (dir(), path()).prop_map(|(dir, path)| Op::Mkdir { dir, path }),
        2 => (dir(), path()).prop_map(|(dir, path)| Op::Rmdir { dir, path }),
        2 => (dir(), path()).prop_map(|(dir, path)| Op::Unlink { dir, path }),
        6 => (dir(), path(), dir(), path()).prop_map(|(dir, from, to_dir, to)| Op::Rename { dir, from, to_dir, to }),
        3 => (dir(), path(), any::<bool>(), dir(), path())
            .prop_map(|(dir, from, follow, to_dir, to)| Op::Link { dir, from, follow, to_dir, to }),
        3 => (target(), dir(), path()).prop_map(|(target, dir, path)| Op::Symlink { target, dir, path }),
        1 => (dir(), path()).prop_map(|(dir, path)| Op::Readlink { dir, path }),
    ]
}

impl Op {
    /// Does it, with `fds` saying which descriptor is in which slot.
    pub(crate) fn run(&self, vfs: &mut Vfs, fds: &mut BTreeMap<u8, Fd>) -> Outcome {
        self.try_run(vfs, fds).unwrap_or_else(Outcome::Failed)
    }

    fn try_run(&self, vfs: &mut Vfs, fds: &mut BTreeMap<u8, Fd>) -> Result<Outcome, Errno> {
        let fd =
            |slot: &u8| if *slot == ROOT_SLOT { ROOT_FD } else { fds.get(slot).copied().unwrap_or(NOT_OPEN) };
        let number = |n: usize| Outcome::Number(n as u64);
        Ok(match self {
            Self::Open { slot, dir, path, follow, options } => {
                let opened = vfs.open(fd(dir), path, *follow, *options)?;
                if let Some(old) = fds.insert(*slot, opened) {
                    vfs.close(old)?;
                }
                Outcome::Done
            }
            Self::Close { slot } => {
                let fd = fd(slot);
                vfs.close(fd)?;
                fds.remove(slot);
                Outcome::Done
            }
            Self::Read { slot, len } => {
                let mut buf = vec![0; *len];
                let n = vfs.read(fd(slot), &mut buf)?;
                buf.truncate(n);
                Outcome::Bytes(buf)
            }
            Self::Pread { slot, offset, len } => {
                let mut buf = vec![0; *len];
                let n = vfs.pread(fd(slot), *offset, &mut buf)?;
                buf.truncate(n);
                Outcome::Bytes(buf)
            }
            Self::Write { slot, data } => number(vfs.write(fd(slot), data)?),
            Self::Pwrite { slot, offset, data } => number(vfs.pwrite(fd(slot), *offset, data)?),
            Self::Seek { slot, whence, delta } => Outcome::Number(vfs.seek(fd(slot), *whence, *delta)?),
            Self::SetSize { slot, size } => vfs.set_size(fd(slot), *size).map(|()| Outcome::Done)?,
            Self::Allocate { slot, offset, len } => {
                vfs.allocate(fd(slot), *offset, *len).map(|()| Outcome::Done)?
            }
            Self::Stat { slot } => stat(vfs.stat(fd(slot))?),
            Self::List { slot } => list(vfs, fd(slot))?,
            Self::StatAt { dir, path, follow } => stat(vfs.stat_at(fd(dir), path, *follow)?),
            Self::Mkdir { dir, path } => vfs.mkdir(fd(dir), path).map(|()| Outcome::Done)?,
            Self::Rmdir { dir, path } => vfs.rmdir(fd(dir), path).map(|()| Outcome::Done)?,
            Self::Unlink { dir, path } => vfs.unlink(fd(dir), path).map(|()| Outcome::Done)?,
            Self::Rename { dir, from, to_dir, to } => {
                vfs.rename(fd(dir), from, fd(to_dir), to).map(|()| Outcome::Done)?
            }
            Self::Link { dir, from, follow, to_dir, to } => {
                vfs.link(fd(dir), from, *follow, fd(to_dir), to).map(|()| Outcome::Done)?
            }
            Self::Symlink { target, dir, path } => {
                vfs.symlink(target, fd(dir), path).map(|()| Outcome::Done)?
            }
            Self::Readlink { dir, path } => Outcome::Bytes(vfs.readlink(fd(dir), path)?.into_bytes()),
        })
    }
}

fn stat(stat: sbx_vfs::Stat) -> Outcome {
    Outcome::Stat { file_type: stat.file_type, size: stat.size, nlink: stat.nlink }
}

/// All entries, fetched two at a time so that cookies are used.
fn list(vfs: &mut Vfs, fd: Fd) -> Result<Outcome, Errno> {
    let mut entries = Vec::new();
    let mut cookie = 0;
    loop {
        let before = entries.len();
        vfs.readdir(fd, cookie, &mut |entry| {
            entries.push((entry.name.to_owned(), entry.file_type));
            cookie = entry.next;
            entries.len() < before + 2
        })?;
        if entries.len() == before {
            entries.sort();
            return Ok(Outcome::Entries(entries));
        }
    }
}
