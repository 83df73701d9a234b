//! Trees to and from folders of the host and tar archives, one buffer at a time.
//!
//! Only regular files and directories pass, in both directions: a link of the guest's must never become one of the
//! host's, and one of the host's never something that a guest could make us follow.

mod folder;
mod pack;
mod unpack;

pub use self::folder::{remove_host_file, write_host_file};

use std::io::Read;

use sbx_core::GuestPath;

use crate::content::Content;
use crate::tree::Editor;
use crate::{Error, Result, Tree};

/// Bytes moved at a time.
const BUFFER: usize = 64 << 10;

/// What an export or import moved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Transferred {
    /// Regular files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Symbolic links of the guest's that an export left out.
    pub skipped: Vec<GuestPath>,
}

impl Editor<'_> {
    /// Runs `import` on a fork and takes that over if it went through: half an import is never seen.
    fn all_or_nothing<T>(&mut self, import: impl FnOnce(&mut Editor<'_>) -> Result<T>) -> Result<T> {
        let mut tree: Tree = self.tree.clone();
        let result = import(&mut Editor { tree: &mut tree, ledger: self.ledger.clone() })?;
        *self.tree = tree;
        Ok(result)
    }

    /// Puts what `from` has at `path`, under the quota, and says how many bytes it was.
    fn put_stream(&mut self, path: &GuestPath, from: &mut impl Read) -> Result<u64> {
        self.put_content(path, Content::default(), true)?;
        let ino = self.tree.find(path).ok_or_else(|| Error::NotFound { path: path.clone() })?;
        let mut buf = vec![0; BUFFER];
        let mut at: u64 = 0;
        loop {
            let n = match from.read(&mut buf) {
                Ok(0) => return Ok(at),
                Ok(n) => n,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(source) => return Err(Error::Io { path: path.clone(), source }),
            };
            let mut rest = &buf[..n];
            // A write that was cut short is followed by one that says why.
            while !rest.is_empty() {
                let n = self
                    .tree
                    .write(&mut self.ledger, ino, at, rest)
                    .map_err(|errno| self.error(path, errno))?;
                at += n as u64;
                rest = &rest[n..];
            }
        }
    }
}

/// Calls `write` with the bytes of the file at `path`, a buffer at a time.
fn each_buffer(
    tree: &Tree,
    path: &GuestPath,
    mut write: impl FnMut(&[u8]) -> std::io::Result<()>,
) -> Result<u64> {
    let mut buf = vec![0; BUFFER];
    let mut at: u64 = 0;
    loop {
        let n = tree.read_at(path, at, &mut buf)?;
        if n == 0 {
            return Ok(at);
        }
        write(&buf[..n]).map_err(|source| Error::Io { path: path.clone(), source })?;
        at += n as u64;
    }
}

/// The place of `name`, a relative path from an archive, below `prefix`.
fn place(prefix: &GuestPath, name: &str) -> Result<GuestPath> {
    if name.starts_with('/') {
        return Err(Error::RefusedEntry { name: name.to_owned(), what: "an absolute path" });
    }
    prefix.resolve(name).map_err(|source| Error::BadName { name: name.to_owned(), source })
}
