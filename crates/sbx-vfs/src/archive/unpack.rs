//! Import from a tar archive.
//!
//! The archive is somebody's upload. Its extension headers are read here rather than by the `tar` crate, since that
//! would hold as many bytes of them as the archive says.

use std::io::{self, Read};

use sbx_core::GuestPath;
use tar::{Archive, Entry, EntryType, PaxExtensions};

use super::{Transferred, place};
use crate::tree::Editor;
use crate::{Error, MAX_PATH, Result};

/// Bytes of one extended header.
const MAX_PAX_BYTES: u64 = 64 << 10;
/// Bytes of one long name: a path, and what normalising may take off it.
const MAX_LONG_NAME: u64 = 4 * MAX_PATH as u64;

impl Editor<'_> {
    /// Puts what a tar archive has below `prefix`, over what is there. All of it or, after an error, nothing. Modes,
    /// owners and times in the archive are not taken over.
    ///
    /// # Errors
    /// [`Error::RefusedEntry`] for links, devices, FIFOs, sparse files and absolute names, [`Error::BadName`] for
    /// other names that a [`GuestPath`] cannot have, `..` among them; [`Error::Archive`] for a broken archive;
    /// [`Error::Quota`] and the others of [`Editor::write_file`].
    pub fn import_tar(&mut self, prefix: &GuestPath, reader: impl Read) -> Result<Transferred> {
        self.all_or_nothing(|editor| {
            let mut done = Transferred::default();
            let mut archive = Archive::new(reader);
            let broken = |source| Error::Archive { source };
            editor.mkdir_all(prefix)?;
            let mut long_name = None;
            for entry in archive.entries().map_err(broken)?.raw(true) {
                let mut entry = entry.map_err(broken)?;
                #[expect(clippy::wildcard_enum_match_arm, reason = "all others are entries")]
                match entry.header().entry_type() {
                    EntryType::XHeader => long_name = pax_path(&mut entry).map_err(broken)?.or(long_name),
                    EntryType::GNULongName => long_name = Some(gnu_name(&mut entry).map_err(broken)?),
                    EntryType::XGlobalHeader => {}
                    _ => editor.unpack(prefix, entry, long_name.take(), &mut done)?,
                }
            }
            Ok(done)
        })
    }

    fn unpack(
        &mut self,
        prefix: &GuestPath,
        mut entry: Entry<'_, impl Read>,
        long_name: Option<Vec<u8>>,
        done: &mut Transferred,
    ) -> Result<()> {
        let name = long_name.unwrap_or_else(|| entry.path_bytes().into_owned());
        let name = String::from_utf8(name)
            .map_err(|error| Error::RefusedEntry { name: error.to_string(), what: "not named in UTF-8" })?;
        #[expect(clippy::wildcard_enum_match_arm, reason = "kinds that no current tool writes")]
        let what = match entry.header().entry_type() {
            EntryType::Directory => return self.mkdir_all(&place(prefix, &name)?),
            // An old way to write a directory.
            EntryType::Regular if name.ends_with('/') => return self.mkdir_all(&place(prefix, &name)?),
            EntryType::Regular | EntryType::Continuous => {
                done.bytes += self.put_stream(&place(prefix, &name)?, &mut entry)?;
                done.files += 1;
                return Ok(());
            }
            EntryType::Symlink => "a symbolic link",
            EntryType::Link => "a hard link",
            EntryType::Char | EntryType::Block => "a device",
            EntryType::Fifo => "a FIFO",
            _ => "of an unknown kind",
        };
        Err(Error::RefusedEntry { name, what })
    }
}

/// The path that an extended header gives the entry after it.
fn pax_path(entry: &mut Entry<'_, impl Read>) -> io::Result<Option<Vec<u8>>> {
    let bytes = bounded(entry, MAX_PAX_BYTES)?;
    let mut path = None;
    for extension in PaxExtensions::new(&bytes) {
        let extension = extension?;
        match extension.key_bytes() {
            b"path" => path = Some(extension.value_bytes().to_owned()),
            // It would move where the next header is looked for, and is only for files above 8 GiB.
            b"size" => return Err(io::Error::new(io::ErrorKind::InvalidData, "size in an extended header")),
            _ => {}
        }
    }
    Ok(path)
}

/// The long name that GNU tar gives the entry after it; ends with a NUL.
fn gnu_name(entry: &mut Entry<'_, impl Read>) -> io::Result<Vec<u8>> {
    let mut name = bounded(entry, MAX_LONG_NAME)?;
    if name.last() == Some(&0) {
        name.pop();
    }
    Ok(name)
}

fn bounded(entry: &mut Entry<'_, impl Read>, max: u64) -> io::Result<Vec<u8>> {
    if entry.size() > max {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "extension header too large"));
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes)?;
    Ok(bytes)
}
