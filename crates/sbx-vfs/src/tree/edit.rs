//! The changes that a tree can undergo, each checked against the ledger and accounted for at once.
//!
//! These are the only functions that touch `usage`, `links` and directory entries together. What POSIX says about
//! the order of errors is decided above, in [`crate::Vfs`]; what must never happen is refused here.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::sync::Arc;

use super::{Tree, check_name, name as make_name};
use crate::content::Content;
use crate::inode::{Directory, FileType, Ino, Inode, Link, Node, Standing};
use crate::mount::{LowerDir, LowerEntry};
use crate::quota::Ledger;
use crate::{Errno, MAX_DEPTH, MAX_LINKS, MAX_PATH};

impl Tree {
    /// Makes an inode under the name `name` in `parent`.
    pub(crate) fn add(
        &mut self,
        ledger: &mut Ledger,
        parent: Ino,
        name: &str,
        node: Node,
    ) -> Result<Ino, Errno> {
        self.admit_entry(parent, name)?;
        ledger.admit_inodes(self.usage, 1)?;
        let inode = Inode::new(node, Standing::Guest, ledger.now_ns);
        ledger.admit_size(self.usage, 0, inode.charged_bytes())?;
        let ino = self.adopt(parent, name, inode)?;
        self.touch(parent, ledger.now_ns)?;
        Ok(ino)
    }

    /// Puts a new inode into place and on the account, unchecked.
    pub(super) fn adopt(&mut self, parent: Ino, name: &str, mut inode: Inode) -> Result<Ino, Errno> {
        let (ino, name, is_dir) = (Ino(self.next_ino), make_name(name), inode.is_dir());
        self.dir_mut(parent)?.insert(&name, ino, is_dir);
        self.next_ino = self.next_ino.saturating_add(1);
        inode.links.push(Link { parent, name });
        self.usage.bytes = self.usage.bytes.saturating_add(inode.charged_bytes());
        self.usage.inodes = self.usage.inodes.saturating_add(inode.charged_inodes());
        self.put_inode(ino, inode);
        Ok(ino)
    }

    /// Gives the file `ino` one more name.
    pub(crate) fn add_link(
        &mut self,
        ledger: &mut Ledger,
        ino: Ino,
        parent: Ino,
        name: &str,
    ) -> Result<(), Errno> {
        self.admit_entry(parent, name)?;
        let inode = self.inode(ino)?;
        if inode.is_read_only() {
            return Err(Errno::Rofs);
        }
        if inode.is_dir() {
            return Err(Errno::Perm);
        }
        if inode.links.is_empty() {
            return Err(Errno::Noent);
        }
        if inode.links.len() >= MAX_LINKS {
            return Err(Errno::Mlink);
        }
        self.claim(ledger, ino)?;
        ledger.admit_inodes(self.usage, 1)?;
        self.attach(ino, parent, name)?;
        self.inode_mut(ino)?.times.ctime_ns = ledger.now_ns;
        self.touch(parent, ledger.now_ns)
    }

    /// Takes the entry `name` out of `parent`. The inode stays, as an orphan if that was its last name: whoever holds
    /// no descriptor of it calls [`Tree::reap`].
    pub(crate) fn detach(&mut self, ledger: &Ledger, parent: Ino, name: &str) -> Result<Ino, Errno> {
        let ino = self.dir(parent)?.get(name).ok_or(Errno::Noent)?;
        self.admit_removal(parent, ino)?;
        self.unhook(ino, parent, name)?;
        self.inode_mut(ino)?.times.ctime_ns = ledger.now_ns;
        self.touch(parent, ledger.now_ns)?;
        Ok(ino)
    }

    /// Checks that entries that name `ino` may go from `parent`.
    pub(crate) fn admit_removal(&self, parent: Ino, ino: Ino) -> Result<(), Errno> {
        let inode = self.inode(ino)?;
        if self.inode(parent)?.is_read_only() || inode.is_read_only() {
            return Err(Errno::Rofs);
        }
        if inode.pinned { Err(Errno::Busy) } else { Ok(()) }
    }

    /// Frees an inode that has no name any more; does nothing to one that has.
    pub(crate) fn reap(&mut self, ino: Ino) {
        if self.orphans.remove(&ino).is_some()
            && let Some(inode) = self.inodes.remove(&ino)
        {
            self.usage.bytes = self.usage.bytes.saturating_sub(inode.charged_bytes());
            self.usage.inodes = self.usage.inodes.saturating_sub(inode.charged_inodes());
        }
    }

    /// Moves the entry `from` to `to`, which must be free. Says how many entries had to be looked at.
    pub(crate) fn move_entry(
        &mut self,
        ledger: &mut Ledger,
        from: (Ino, &str),
        to: (Ino, &str),
    ) -> Result<u64, Errno> {
        let ino = self.dir(from.0)?.get(from.1).ok_or(Errno::Noent)?;
        self.admit_removal(from.0, ino)?;
        if from.0 == to.0 {
            // The directory does not grow, so that its last free place need not be free.
            if self.dir(to.0)?.get(to.1).is_some() {
                return Err(Errno::Exist);
            }
            check_name(to.1)?;
        } else {
            self.admit_entry(to.0, to.1)?;
        }
        let looked_at = self.admit_depth(ino, from, to)?;
        self.claim(ledger, ino)?;
        self.unhook(ino, from.0, from.1)?;
        self.attach(ino, to.0, to.1)?;
        let inode = self.inode_mut(ino)?;
        inode.times.ctime_ns = ledger.now_ns;
        if inode.standing == Standing::CopiedUp {
            inode.standing = Standing::Guest; // No longer where the host's folder has it.
        }
        self.touch(from.0, ledger.now_ns)?;
        self.touch(to.0, ledger.now_ns)?;
        Ok(looked_at)
    }

    /// Checks that nothing below `ino` gets a path that is too long by the move. A move to a shorter path is free of
    /// charge; else every entry below is looked at.
    pub(crate) fn admit_depth(&self, ino: Ino, from: (Ino, &str), to: (Ino, &str)) -> Result<u64, Errno> {
        let place = |at: (Ino, &str)| {
            let (bytes, depth) = self.path_size(at.0);
            (bytes.saturating_add(1).saturating_add(at.1.len()), depth.saturating_add(1))
        };
        let (old, new) = (place(from), place(to));
        if new.0 > MAX_PATH || new.1 > MAX_DEPTH {
            return Err(Errno::Nametoolong);
        }
        let mut looked_at: u64 = 0;
        if !self.inode(ino)?.is_dir() || (new.0 <= old.0 && new.1 <= old.1) {
            return Ok(looked_at);
        }
        let mut pending = vec![(ino, new)];
        while let Some((dir, (bytes, depth))) = pending.pop() {
            for (name, entry) in &self.dir(dir)?.entries {
                let (bytes, depth) =
                    (bytes.saturating_add(1).saturating_add(name.len()), depth.saturating_add(1));
                looked_at = looked_at.saturating_add(1);
                if bytes > MAX_PATH || depth > MAX_DEPTH {
                    return Err(Errno::Nametoolong);
                }
                if self.inode(entry.ino)?.is_dir() {
                    pending.push((entry.ino, (bytes, depth)));
                }
            }
        }
        Ok(looked_at)
    }

    /// Writes as much of `data` at `offset` as the quota leaves room for, and says how much.
    pub(crate) fn write(
        &mut self,
        ledger: &mut Ledger,
        ino: Ino,
        offset: u64,
        data: &[u8],
    ) -> Result<usize, Errno> {
        let old = self.writable_len(ledger, ino)?;
        let len = ledger.admit_write(self.usage, old, offset, data.len() as u64)?;
        let data = data.get(..usize::try_from(len).unwrap_or(usize::MAX)).unwrap_or(data);
        if !data.is_empty() {
            let change = |content: &mut Content| content.write_at(offset, data).map_err(Errno::from);
            self.change_content(ino, ledger.now_ns, change)?;
        }
        Ok(data.len())
    }

    /// Cuts or extends the file `ino`.
    pub(crate) fn set_len(&mut self, ledger: &mut Ledger, ino: Ino, len: u64) -> Result<(), Errno> {
        let old = self.writable_len(ledger, ino)?;
        ledger.admit_size(self.usage, old, len)?;
        self.change_content(ino, ledger.now_ns, |content| {
            content.set_len(len);
            Ok(())
        })
    }

    /// Replaces all of the file `ino`.
    pub(crate) fn replace(&mut self, ledger: &mut Ledger, ino: Ino, new: Content) -> Result<(), Errno> {
        let old = self.writable_len(ledger, ino)?;
        ledger.admit_size(self.usage, old, new.len())?;
        self.change_content(ino, ledger.now_ns, |content| {
            *content = new;
            Ok(())
        })
    }

    /// Sets the times that are given.
    pub(crate) fn set_times(
        &mut self,
        ledger: &Ledger,
        ino: Ino,
        atime_ns: Option<u64>,
        mtime_ns: Option<u64>,
    ) -> Result<(), Errno> {
        if self.inode(ino)?.is_read_only() {
            return Err(Errno::Rofs);
        }
        let times = &mut self.inode_mut(ino)?.times;
        times.atime_ns = atime_ns.unwrap_or(times.atime_ns);
        times.mtime_ns = mtime_ns.unwrap_or(times.mtime_ns);
        times.ctime_ns = ledger.now_ns;
        Ok(())
    }

    /// Reads the entries of a host folder that lies under the directory `ino` into the tree, if that is still to be
    /// done; says how many there were. They are not charged to the guest before it changes them.
    pub(crate) fn materialise(&mut self, ino: Ino) -> Result<u64, Errno> {
        let Some(lower) = self.dir(ino)?.unread.clone() else { return Ok(0) };
        let found = lower.list()?;
        let n_found = found.len() as u64;
        self.dir_mut(ino)?.unread = None;
        for entry in found {
            // The guest's own entry hides the host's of the same name.
            if self.dir(ino)?.get(&entry.name).is_none() {
                self.adopt_lower(ino, &lower, &entry)?;
            }
        }
        Ok(n_found)
    }

    fn adopt_lower(&mut self, parent: Ino, dir: &LowerDir, entry: &LowerEntry) -> Result<(), Errno> {
        let node = if entry.file_type == FileType::Dir {
            Node::Dir(Directory { unread: Some(dir.subdir(&entry.name)), ..Directory::new() })
        } else {
            Node::File(Content::from_lower(dir.file(&entry.name), entry.size))
        };
        let (bytes, depth) = self.path_size(parent);
        if bytes.saturating_add(1).saturating_add(entry.name.len()) > MAX_PATH || depth >= MAX_DEPTH {
            return Ok(()); // Out of every guest path's reach, so it might as well not be there.
        }
        let inode = Inode { times: entry.times, ..Inode::new(node, Standing::Lower, 0) };
        self.adopt(parent, &entry.name, inode).map(drop)
    }

    /// Checks that the file `ino` may be written, makes it the guest's own, and says how long it is.
    fn writable_len(&mut self, ledger: &mut Ledger, ino: Ino) -> Result<u64, Errno> {
        let inode = self.inode(ino)?;
        match &inode.node {
            Node::File(_) if inode.is_read_only() => Err(Errno::Rofs),
            Node::File(content) => {
                let len = content.len();
                self.claim(ledger, ino)?;
                Ok(len)
            }
            Node::Dir(_) => Err(Errno::Isdir),
            Node::Symlink(_) => Err(Errno::Inval),
            Node::Device(_) => Err(Errno::Rofs),
        }
    }

    /// Makes something that was only shown from a host folder the guest's own, on its account.
    fn claim(&mut self, ledger: &mut Ledger, ino: Ino) -> Result<(), Errno> {
        let inode = self.inode(ino)?;
        if inode.standing != Standing::Lower {
            return Ok(());
        }
        ledger.admit_inodes(self.usage, 1)?;
        ledger.admit_size(self.usage, 0, inode.size())?;
        self.account(ino, |inode| {
            inode.standing = Standing::CopiedUp;
            Ok(())
        })
    }

    fn change_content(
        &mut self,
        ino: Ino,
        now_ns: u64,
        change: impl FnOnce(&mut Content) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        self.account(ino, |inode| {
            inode.times.mtime_ns = now_ns;
            inode.times.ctime_ns = now_ns;
            match &mut inode.node {
                Node::File(content) => change(content),
                Node::Dir(_) | Node::Symlink(_) | Node::Device(_) => Err(Errno::Inval),
            }
        })
    }

    /// Runs `change` on an inode and books what it takes afterwards instead of what it took before; so it does even if
    /// `change` fails half way.
    fn account(
        &mut self,
        ino: Ino,
        change: impl FnOnce(&mut Inode) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let inode = self.inode_mut(ino)?;
        let before = (inode.charged_bytes(), inode.charged_inodes());
        let result = change(inode);
        let after = (inode.charged_bytes(), inode.charged_inodes());
        self.usage.bytes = self.usage.bytes.saturating_sub(before.0).saturating_add(after.0);
        self.usage.inodes = self.usage.inodes.saturating_sub(before.1).saturating_add(after.1);
        result
    }

    fn attach(&mut self, ino: Ino, parent: Ino, name: &str) -> Result<(), Errno> {
        let name = make_name(name);
        let link = Link { parent, name: Arc::clone(&name) };
        self.account(ino, |inode| {
            inode.links.push(link);
            Ok(())
        })?;
        self.orphans.remove(&ino);
        let is_dir = self.inode(ino)?.is_dir();
        self.dir_mut(parent)?.insert(&name, ino, is_dir);
        Ok(())
    }

    fn unhook(&mut self, ino: Ino, parent: Ino, name: &str) -> Result<(), Errno> {
        let is_dir = self.inode(ino)?.is_dir();
        self.dir_mut(parent)?.remove(name, is_dir);
        self.account(ino, |inode| {
            inode.links.retain(|link| link.parent != parent || &*link.name != name);
            Ok(())
        })?;
        if self.inode(ino)?.links.is_empty() {
            self.orphans.insert(ino);
        }
        Ok(())
    }

    /// Stamps a directory whose entries changed.
    fn touch(&mut self, dir: Ino, now_ns: u64) -> Result<(), Errno> {
        let times = &mut self.inode_mut(dir)?.times;
        times.mtime_ns = now_ns;
        times.ctime_ns = now_ns;
        Ok(())
    }
}
