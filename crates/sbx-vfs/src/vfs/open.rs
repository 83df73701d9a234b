//! Opening files and directories.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use super::Vfs;
use crate::content::Content;
use crate::descriptor::{Descriptor, Fd, Object};
use crate::inode::{Ino, Node};
use crate::mount::{OpenHow, Place};
use crate::walk::{Last, Located};
use crate::{Access, Errno, FdFlags, FileType, QuotaKind};

/// How to open something, in the words of `open(2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "they are the independent flags of open(2)")]
pub struct OpenOptions {
    /// Make a regular file if nothing is there (`O_CREAT`).
    pub create: bool,
    /// With `create`: fail if something is there (`O_EXCL`).
    pub exclusive: bool,
    /// Cut a file to nothing (`O_TRUNC`).
    pub truncate: bool,
    /// Fail unless it is a directory (`O_DIRECTORY`).
    pub directory: bool,
    /// Reading is wanted.
    pub read: bool,
    /// Writing is wanted.
    pub write: bool,
    /// Each write goes to the end (`O_APPEND`).
    pub append: bool,
}

impl OpenOptions {
    /// Nothing is wanted yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with another `create`.
    #[must_use]
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// The same with another `exclusive`.
    #[must_use]
    pub fn exclusive(mut self, exclusive: bool) -> Self {
        self.exclusive = exclusive;
        self
    }

    /// The same with another `truncate`.
    #[must_use]
    pub fn truncate(mut self, truncate: bool) -> Self {
        self.truncate = truncate;
        self
    }

    /// The same with another `directory`.
    #[must_use]
    pub fn directory(mut self, directory: bool) -> Self {
        self.directory = directory;
        self
    }

    /// The same with another `read`.
    #[must_use]
    pub fn read(mut self, read: bool) -> Self {
        self.read = read;
        self
    }

    /// The same with another `write`.
    #[must_use]
    pub fn write(mut self, write: bool) -> Self {
        self.write = write;
        self
    }

    /// The same with another `append`.
    #[must_use]
    pub fn append(mut self, append: bool) -> Self {
        self.append = append;
        self
    }

    /// Whether a directory can be opened like this.
    fn admit_dir(self) -> Result<(), Errno> {
        match self {
            Self { create: true, exclusive: true, .. } => Err(Errno::Exist),
            Self { create: false, write: false, truncate: false, .. } => Ok(()),
            _ => Err(Errno::Isdir),
        }
    }
}

impl Vfs {
    /// Opens `path` below the directory `dir`; `follow` is about a link in its last place.
    ///
    /// # Errors
    /// Those of `openat(2)`: `EMFILE` before anything else, `EINVAL` for `create` with `directory`, `EISDIR` for a
    /// directory that is to be written, made or truncated, `ELOOP` for a link that is not followed, `EROFS`, `ENOSPC`.
    pub fn open(&mut self, dir: Fd, path: &str, follow: bool, options: OpenOptions) -> Result<Fd, Errno> {
        if options.create && options.directory {
            return Err(Errno::Inval);
        }
        if self.table.open_files() >= self.ledger.quota.max_open_files {
            return self.ledger.refuse(QuotaKind::OpenFiles);
        }
        let last = match follow && !(options.create && options.exclusive) {
            false if options.create => Last::Entry,
            false => Last::NoFollow,
            true if options.create => Last::FollowPlain,
            true => Last::Follow,
        };
        let object = match self.walk_through(dir, path, last)? {
            Located::Dir { ino, .. } => options.admit_dir().map(|()| Object::Dir(ino))?,
            Located::HostDir { at, .. } => options.admit_dir().map(|()| Object::HostDir(at, None))?,
            Located::Entry { parent, name, found, slash } => {
                self.open_entry(parent, &name, (found, slash), options)?
            }
            Located::HostEntry { at, name, slash } => self.open_host(&at, &name, slash, options)?,
        };
        let access = Access { read: options.read, write: options.write };
        let flags = FdFlags { append: options.append, ..FdFlags::default() };
        Ok(self.table.insert(Descriptor { flags, ..Descriptor::new(object, access) }))
    }

    fn open_entry(
        &mut self,
        parent: Ino,
        name: &str,
        (found, slash): (Option<Ino>, bool),
        options: OpenOptions,
    ) -> Result<Object, Errno> {
        if slash && options.create {
            return Err(Errno::Isdir);
        }
        let Some(ino) = found else {
            if !options.create {
                return Err(Errno::Noent);
            }
            let file = Node::File(Content::default());
            return self.tree.add(&mut self.ledger, parent, name, file).map(Object::File);
        };
        if options.create && options.exclusive {
            return Err(Errno::Exist);
        }
        let inode = self.tree.inode(ino)?;
        let must_be_dir = slash || options.directory;
        match &inode.node {
            Node::Dir(_) => options.admit_dir().map(|()| Object::Dir(ino)),
            Node::Symlink(_) | Node::File(_) | Node::Device(_) if must_be_dir => Err(Errno::Notdir),
            Node::Symlink(_) => Err(Errno::Loop),
            Node::Device(device) => Ok(Object::Device(ino, *device)),
            Node::File(content) => {
                if (options.write || options.truncate) && inode.is_read_only() {
                    return Err(Errno::Rofs);
                }
                if content.lower().is_some_and(|lower| lower.forbids(content.len())) {
                    return self.ledger.refuse(QuotaKind::FileSize);
                }
                if options.truncate {
                    self.tree.set_len(&mut self.ledger, ino, 0)?;
                }
                Ok(Object::File(ino))
            }
        }
    }

    fn open_host(
        &mut self,
        at: &Place,
        name: &str,
        slash: bool,
        options: OpenOptions,
    ) -> Result<Object, Errno> {
        if slash && options.create {
            return Err(Errno::Isdir);
        }
        let found = match at.stat_entry(name) {
            Ok(stat) => Some(stat.file_type),
            Err(Errno::Noent) if options.create => None,
            Err(errno) => return Err(errno),
        };
        let must_be_dir = slash || options.directory;
        match found {
            Some(FileType::Dir) => {
                options.admit_dir()?;
                Ok(Object::HostDir(at.down(name)?, None))
            }
            Some(_) if must_be_dir => Err(Errno::Notdir),
            Some(FileType::Symlink) if !(options.create && options.exclusive) => Err(Errno::Loop),
            _ => {
                let how = OpenHow {
                    write: options.write || options.truncate,
                    create: options.create && (found.is_none() || options.exclusive),
                    exclusive: options.exclusive,
                };
                let ledger = self.host_ledger();
                let mut file = at.open(ledger, name, how)?;
                if options.truncate {
                    file.set_len(ledger, 0)?;
                }
                Ok(Object::HostFile(file))
            }
        }
    }
}
