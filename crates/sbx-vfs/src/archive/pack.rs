//! Export to a tar archive.

use std::io::{self, Read, Write};

use sbx_core::GuestPath;
use tar::{Builder, EntryType, Header};

use super::Transferred;
use crate::{Error, FileType, Item, Result, Tree};

impl Tree {
    /// Writes what is below `prefix` as a tar archive with relative names, parents first and entries by name. The same
    /// tree gives the same bytes: owners are 0, modes 0644 and 0755, times whole seconds. Links of the guest's
    /// and devices are left out.
    ///
    /// # Errors
    /// [`Error::NotADirectory`] if `prefix` is none, [`Error::Io`] for what `writer` refuses.
    pub fn export_tar(&self, prefix: &GuestPath, writer: impl Write) -> Result<Transferred> {
        drop(self.list(prefix)?);
        let mut archive = Builder::new(writer);
        let mut done = Transferred::default();
        for item in self.walk(prefix) {
            let failed = |source| Error::Io { path: item.path.clone(), source };
            let name = item.path.strip_prefix(prefix).unwrap_or_default();
            match item.file_type() {
                FileType::Dir => {
                    let mut header = header(&item, EntryType::Directory, 0o755);
                    archive.append_data(&mut header, format!("{name}/"), io::empty()).map_err(failed)?;
                }
                FileType::File => {
                    let mut header = header(&item, EntryType::Regular, 0o644);
                    let bytes = FileReader { tree: self, path: &item.path, at: 0 };
                    archive.append_data(&mut header, name, bytes).map_err(failed)?;
                    done.files += 1;
                    done.bytes += item.stat.size;
                }
                FileType::Symlink => done.skipped.push(item.path),
                FileType::CharacterDevice | FileType::Stream | FileType::Other => {}
            }
        }
        archive
            .into_inner()
            .and_then(|mut writer| writer.flush())
            .map_err(|source| Error::Archive { source })?;
        Ok(done)
    }
}

fn header(item: &Item, entry_type: EntryType, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(entry_type);
    header.set_mode(mode);
    header.set_mtime(item.stat.times.mtime_ns / 1_000_000_000);
    header.set_size(item.stat.size);
    header
}

/// A file of a tree as a stream.
struct FileReader<'a> {
    tree: &'a Tree,
    path: &'a GuestPath,
    at: u64,
}

impl Read for FileReader<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.tree.read_at(self.path, self.at, buf).map_err(io::Error::other)?;
        self.at += n as u64;
        Ok(n)
    }
}
