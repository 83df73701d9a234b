//! Keeps large contents out of memory between runs.
//!
//! While a guest runs its files are in memory, bounded by its quota. A host that keeps many sandboxes at rest does not
//! want that: [`Tree::spill`] moves large contents into temporary files without a name, from which they are read when
//! somebody asks. A write to such a file brings back the 64 KiB that it touches and no more.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::content::{BlobProvider, Content, Digest};
use crate::inode::Node;
use crate::tree::Tree;

/// One content in a temporary file; gone with the last tree that has it.
#[derive(Debug)]
struct Spilled {
    file: Mutex<File>,
}

impl BlobProvider for Spilled {
    fn read_at(&self, _digest: &Digest, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        use std::io::{Read, Seek, SeekFrom};
        // Seek and read, and not a positioned read, which the standard library has only for some systems.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read(buf)
    }
}

impl Tree {
    /// Moves every content that takes `min_bytes` of memory or more into a temporary file of `dir` (the system's folder for
    /// such files by default), and says how many bytes that were. Nothing that a guest can see changes.
    ///
    /// Costs a look at each file, but only if the tree as a whole is large enough; each content that is moved is written once
    /// and takes one descriptor until its last tree is dropped.
    ///
    /// # Errors
    /// What the system says if the files cannot be made; contents that were not moved yet stay in memory.
    pub fn spill(&mut self, min_bytes: u64, dir: Option<&Path>) -> io::Result<u64> {
        if self.usage().bytes < min_bytes {
            return Ok(0);
        }
        let is_large =
            |node: &Node| matches!(node, Node::File(content) if content.resident_bytes() >= min_bytes);
        let large: Vec<_> =
            self.inodes.iter().filter(|(_, inode)| is_large(&inode.node)).map(|(ino, _)| *ino).collect();
        let mut moved = 0;
        for ino in large {
            let Ok(inode) = self.inode_mut(ino) else { continue };
            if let Node::File(content) = &mut inode.node {
                *content = to_file(content, dir)?;
                moved += content.len();
            }
        }
        Ok(moved)
    }
}

fn to_file(content: &Content, dir: Option<&Path>) -> io::Result<Content> {
    const STEP: usize = 1 << 20;
    let mut file = match dir {
        Some(dir) => tempfile::tempfile_in(dir)?,
        None => tempfile::tempfile()?,
    };
    let (mut at, mut buf) = (0, vec![0; STEP]);
    while at < content.len() {
        let n = content.read_at(at, &mut buf)?;
        file.write_all(buf.get(..n).unwrap_or_default())?;
        at = at.saturating_add(n as u64);
    }
    let spilled = Spilled { file: Mutex::new(file) };
    Ok(Content::from_blob(content.digest()?, content.len(), std::sync::Arc::new(spilled)))
}

#[cfg(test)]
mod tests {
    use crate::{GuestPath, Quota, Tree};

    #[test]
    fn large_files_leave_memory_and_stay_the_same() {
        let (large, small) = (GuestPath::parse("/large").unwrap(), GuestPath::parse("/small").unwrap());
        let bytes: Vec<u8> = (0..=255).cycle().take(3 << 20).collect();
        let mut tree = Tree::new();
        tree.edit(Quota::default(), 0).write_file(&large, &bytes, true).unwrap();
        tree.edit(Quota::default(), 0).write_file(&small, b"small", true).unwrap();
        let before = tree.clone();

        assert_eq!(tree.spill(1 << 30, None).unwrap(), 0, "nothing is that large");
        assert_eq!(tree.spill(1 << 20, None).unwrap(), 3 << 20);
        assert_eq!(tree.spill(1 << 20, None).unwrap(), 0, "it is out already");
        assert_eq!(tree.read_file(&large).unwrap(), bytes);
        assert_eq!(before.diff(&tree), [], "no guest can see it");
        assert_eq!((tree.usage(), tree.recount()), (before.usage(), before.usage()));

        let fork = tree.clone();
        tree.edit(Quota::default(), 0).write_file(&large, b"new", true).unwrap();
        assert_eq!(fork.read_file(&large).unwrap(), bytes, "a fork has its own");
    }
}
