//! Listing directories.

use super::Vfs;
use crate::Errno;
use crate::descriptor::{Fd, Object};
use crate::inode::{Directory, FileType, Ino};

/// One entry of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DirEntry<'a> {
    /// Its name; `.` and `..` are listed first.
    pub name: &'a str,
    /// Its inode number; 0 if the host would have to be asked.
    pub ino: u64,
    /// What it is.
    pub file_type: FileType,
    /// The cookie to go on from after this entry.
    pub next: u64,
}

/// Host folders have no inode number for an entry at hand.
const UNKNOWN_INO: u64 = 0;

impl Vfs {
    /// Calls `visit` for the entries of a directory from `cookie` on, until it returns `false` or there are no more.
    ///
    /// A cookie is 0 or the `next` of an entry seen before. Entries made or removed between two calls neither repeat
    /// nor hide another one.
    ///
    /// # Errors
    /// `EBADF` without read access, `ENOTDIR`, `ENOENT` for a directory that was removed, `EOVERFLOW` for a host
    /// folder with too many entries.
    pub fn readdir(
        &mut self,
        fd: Fd,
        cookie: u64,
        visit: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno> {
        let descriptor = self.table.get_mut(fd)?;
        if descriptor.file_type() == FileType::Dir && !descriptor.access.read {
            return Err(Errno::Badf);
        }
        match &mut descriptor.object {
            Object::Stream(_) | Object::File(_) | Object::Device(..) | Object::HostFile(_) => {
                Err(Errno::Notdir)
            }
            Object::Dir(ino) => {
                let ino = *ino;
                self.list_tree(ino, cookie, visit)
            }
            Object::HostDir(place, listing) => {
                // A listing that begins anew sees what is there now; one that goes on sees what it began with.
                if cookie == 0 {
                    *listing = None;
                }
                if listing.is_none() {
                    let found = listing.insert(place.list()?);
                    self.work = self.work.saturating_add(found.len() as u64);
                }
                let entries = listing.as_deref().unwrap_or_default();
                let dots = [(".", FileType::Dir), ("..", FileType::Dir)].into_iter();
                let all = dots.chain(entries.iter().map(|(name, file_type)| (name.as_str(), *file_type)));
                for (next, (name, file_type)) in (1..).zip(all).filter(|(next, _)| *next > cookie) {
                    self.work = self.work.saturating_add(1);
                    if !visit(DirEntry { name, ino: UNKNOWN_INO, file_type, next }) {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    fn list_tree(
        &mut self,
        ino: Ino,
        cookie: u64,
        visit: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno> {
        self.work = self.work.saturating_add(self.tree.materialise(ino)?);
        let parent = self.tree.parent(ino)?;
        let dir = self.tree.dir(ino)?;
        for (next, name, ino) in [(1, ".", ino), (2, "..", parent)] {
            if next > cookie && !visit(DirEntry { name, ino: ino.0, file_type: FileType::Dir, next }) {
                return Ok(());
            }
        }
        for (seq, name) in dir.order.range(cookie.max(Directory::FIRST_SEQ)..) {
            let Some(ino) = dir.get(name) else { continue };
            self.work = self.work.saturating_add(1);
            let file_type = self.tree.inode(ino)?.file_type();
            if !visit(DirEntry { name, ino: ino.0, file_type, next: seq.saturating_add(1) }) {
                break;
            }
        }
        Ok(())
    }
}
