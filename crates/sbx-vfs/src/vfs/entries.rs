//! Changes of directory entries: making, removing, linking and renaming.
//!
//! The order of the checks is Linux's (`fs/namei.c`): programs branch on which error comes first.

use std::sync::Arc;

use super::Vfs;
use crate::descriptor::Fd;
use crate::inode::{Directory, Ino, Node};
use crate::walk::{Dots, Last, Located};
use crate::{Errno, MAX_PATH};

/// An entry of the tree as [`Located::Entry`] has it.
struct EntryAt {
    parent: Ino,
    name: String,
    found: Option<Ino>,
    slash: bool,
}

impl Vfs {
    /// Makes a directory.
    ///
    /// # Errors
    /// `EEXIST` for whatever is there, `ENOSPC`, `EROFS`, `ENAMETOOLONG`, `EINVAL` for a name that may not be.
    pub fn mkdir(&mut self, dir: Fd, path: &str) -> Result<(), Errno> {
        match self.walk(dir, path, Last::Entry)? {
            Located::Dir { .. } | Located::HostDir { .. } | Located::Entry { found: Some(_), .. } => {
                Err(Errno::Exist)
            }
            Located::Entry { parent, name, .. } => {
                self.tree.add(&mut self.ledger, parent, &name, Node::Dir(Directory::new())).map(drop)
            }
            Located::HostEntry { at, name, .. } => at.mkdir(self.host_ledger(), &name),
        }
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// `ENOTEMPTY`, `ENOTDIR`, `EINVAL` for `.`, `EBUSY` for a mount point or what holds read-only files, `EROFS`.
    pub fn rmdir(&mut self, dir: Fd, path: &str) -> Result<(), Errno> {
        let (parent, name, found) = match self.walk(dir, path, Last::Entry)? {
            Located::Dir { dots: Dots::One, .. } | Located::HostDir { dots: Dots::One, .. } => {
                return Err(Errno::Inval);
            }
            Located::Dir { .. } | Located::HostDir { .. } => return Err(Errno::Notempty),
            Located::HostEntry { at, name, .. } => return at.rmdir(self.host_ledger(), &name),
            Located::Entry { parent, name, found, .. } => (parent, name, found.ok_or(Errno::Noent)?),
        };
        if !self.tree.inode(found)?.is_dir() {
            return Err(Errno::Notdir);
        }
        self.admit_removal(parent, found)?;
        self.admit_empty(found)?;
        self.remove(parent, &name)
    }

    /// Removes a name of a file or link. What is still open lives on without one.
    ///
    /// # Errors
    /// `EISDIR` for a directory, `ENOTDIR` for a path with a slash at its end, `EROFS`.
    pub fn unlink(&mut self, dir: Fd, path: &str) -> Result<(), Errno> {
        let (parent, name, found, slash) = match self.walk(dir, path, Last::Entry)? {
            Located::Dir { .. } | Located::HostDir { .. } => return Err(Errno::Isdir),
            Located::HostEntry { at, name, slash } => {
                let is_dir = at.stat_entry(&name)?.file_type == crate::FileType::Dir;
                return if slash && !is_dir {
                    Err(Errno::Notdir)
                } else {
                    at.unlink(self.host_ledger(), &name)
                };
            }
            Located::Entry { parent, name, found, slash } => {
                (parent, name, found.ok_or(Errno::Noent)?, slash)
            }
        };
        if self.tree.inode(found)?.is_dir() {
            return Err(Errno::Isdir);
        }
        if slash {
            return Err(Errno::Notdir);
        }
        self.remove(parent, &name)
    }

    /// Moves an entry, over another one if need be.
    ///
    /// # Errors
    /// Those of `renameat(2)`: `ENOENT`, `EXDEV` between the tree and host folders, `EINVAL` for a directory below
    /// itself, `EISDIR`, `ENOTDIR`, `ENOTEMPTY`, `EBUSY` for `.`, `..` and mount points, `EROFS`; `ENAMETOOLONG` if
    /// something below would get a path that is too long or too deep.
    pub fn rename(&mut self, dir: Fd, from: &str, to_dir: Fd, to: &str) -> Result<(), Errno> {
        let from = self.walk(dir, from, Last::Entry)?;
        let to = self.walk(to_dir, to, Last::Entry)?;
        let (from, to) = match (from, to) {
            (
                Located::Entry { parent, name, found, slash },
                Located::Entry { parent: p2, name: n2, found: f2, slash: s2 },
            ) => (
                EntryAt { parent, name, found, slash },
                EntryAt { parent: p2, name: n2, found: f2, slash: s2 },
            ),
            (
                Located::HostEntry { at, name, slash },
                Located::HostEntry { at: to, name: to_name, slash: to_slash },
            ) => {
                let is_dir = at.stat_entry(&name)?.file_type == crate::FileType::Dir;
                return match (slash || to_slash) && !is_dir {
                    true => Err(Errno::Notdir),
                    false => at.rename(self.host_ledger(), &name, (&to, &to_name)),
                };
            }
            (Located::Dir { .. } | Located::HostDir { .. }, _)
            | (_, Located::Dir { .. } | Located::HostDir { .. }) => {
                return Err(Errno::Busy);
            }
            (Located::Entry { .. }, Located::HostEntry { .. })
            | (Located::HostEntry { .. }, Located::Entry { .. }) => {
                return Err(Errno::Xdev);
            }
        };
        self.rename_entry(&from, &to)
    }

    fn rename_entry(&mut self, from: &EntryAt, to: &EntryAt) -> Result<(), Errno> {
        let ino = from.found.ok_or(Errno::Noent)?;
        let is_dir = self.tree.inode(ino)?.is_dir();
        if !is_dir && (from.slash || to.slash) {
            return Err(Errno::Notdir);
        }
        if self.tree.ancestors(to.parent).any(|above| above == ino) {
            return Err(Errno::Inval);
        }
        if to.found.is_some_and(|over| self.tree.ancestors(from.parent).any(|above| above == over)) {
            return Err(Errno::Notempty);
        }
        if to.found == Some(ino) {
            return Ok(());
        }
        self.admit_removal(from.parent, ino)?;
        if let Some(over) = to.found {
            match (is_dir, self.tree.inode(over)?.is_dir()) {
                (true, false) => return Err(Errno::Notdir),
                (false, true) => return Err(Errno::Isdir),
                _ => {}
            }
            self.admit_removal(to.parent, over)?;
            self.admit_empty(over)?;
            // All that could keep the move from going through comes before what is in its way goes.
            self.tree.admit_depth(ino, (from.parent, &from.name), (to.parent, &to.name))?;
            self.remove(to.parent, &to.name)?;
        }
        let moved =
            self.tree.move_entry(&mut self.ledger, (from.parent, &from.name), (to.parent, &to.name))?;
        self.work = self.work.saturating_add(moved);
        Ok(())
    }

    /// Gives a file one more name; `follow` is about a link in the last place of `from`.
    ///
    /// # Errors
    /// `EEXIST`, `EPERM` for a directory, `EXDEV` between the tree and host folders, `EMLINK`, `ENOSPC`, `EROFS`.
    #[expect(clippy::too_many_arguments, reason = "they are those of linkat(2)")]
    pub fn link(&mut self, dir: Fd, from: &str, follow: bool, to_dir: Fd, to: &str) -> Result<(), Errno> {
        let last = if follow { Last::Follow } else { Last::NoFollow };
        // Looked up first, so that what is wrong with it is said first.
        let file_type = self.stat_at(dir, from, follow)?.file_type;
        let from = self.walk(dir, from, last)?;
        match (from, self.walk(to_dir, to, Last::Entry)?) {
            (_, Located::Dir { .. } | Located::HostDir { .. } | Located::Entry { found: Some(_), .. }) => {
                Err(Errno::Exist)
            }
            (_, Located::Entry { slash: true, .. }) => Err(Errno::Noent),
            (_, Located::HostEntry { at, name, slash: true }) => {
                Err(if at.stat_entry(&name).is_ok() { Errno::Exist } else { Errno::Noent })
            }
            (Located::HostEntry { at, name, .. }, Located::HostEntry { at: to, name: to_name, .. }) => {
                at.link(self.host_ledger(), &name, (&to, &to_name))
            }
            (Located::Entry { .. } | Located::Dir { .. }, Located::HostEntry { .. })
            | (Located::HostEntry { .. }, Located::Entry { .. }) => Err(Errno::Xdev),
            _ if file_type == crate::FileType::Dir => Err(Errno::Perm),
            (Located::Entry { found: Some(ino), .. }, Located::Entry { parent, name, .. }) => {
                self.tree.add_link(&mut self.ledger, ino, parent, &name)
            }
            _ => Err(Errno::Noent),
        }
    }

    /// Makes a symbolic link at `path` that says `target`.
    ///
    /// # Errors
    /// `ENOENT` for an empty target, `ENAMETOOLONG` for one over [`MAX_PATH`], `EEXIST`, `ENOSPC`, `EROFS`, `EINVAL`
    /// for a NUL in the target, `EPERM` in a host folder.
    pub fn symlink(&mut self, target: &str, dir: Fd, path: &str) -> Result<(), Errno> {
        if target.is_empty() {
            return Err(Errno::Noent);
        }
        if target.len() > MAX_PATH {
            return Err(Errno::Nametoolong);
        }
        if target.contains('\0') {
            return Err(Errno::Inval);
        }
        match self.walk(dir, path, Last::Entry)? {
            Located::Dir { .. } | Located::HostDir { .. } | Located::Entry { found: Some(_), .. } => {
                Err(Errno::Exist)
            }
            Located::Entry { slash: true, .. } => Err(Errno::Noent),
            Located::Entry { parent, name, .. } => {
                self.tree.add(&mut self.ledger, parent, &name, Node::Symlink(Arc::from(target))).map(drop)
            }
            Located::HostEntry { at, name, .. } => match at.stat_entry(&name) {
                Ok(_) => Err(Errno::Exist),
                Err(_) => at.admit_change().and(Err(Errno::Perm)),
            },
        }
    }

    fn remove(&mut self, parent: Ino, name: &str) -> Result<(), Errno> {
        let ino = self.tree.detach(&self.ledger, parent, name)?;
        self.release(Some(ino));
        Ok(())
    }

    fn admit_removal(&self, parent: Ino, ino: Ino) -> Result<(), Errno> {
        self.tree.admit_removal(parent, ino)
    }

    /// Checks that `ino`, if it is a directory, has no entries.
    fn admit_empty(&mut self, ino: Ino) -> Result<(), Errno> {
        let inode = self.tree.inode(ino)?;
        if !inode.is_dir() {
            return Ok(());
        }
        self.work = self.work.saturating_add(self.tree.materialise(ino)?);
        if self.tree.dir(ino)?.entries.is_empty() { Ok(()) } else { Err(Errno::Notempty) }
    }
}
