//! Files that guests see without a copy: archives of the cache, mapped once, each file a part of the mapping.

use std::{fmt, io::Cursor, ops::Range, sync::Arc};

use sbx_cache::SealedFile;
use sbx_core::GuestPath;
use sbx_host::SharedFile;
use sbx_vfs::{SharedBytes, TreeBuilder};

use crate::error::{Error, Result};

/// Puts the files of an uncompressed archive below `home`, as parts of one mapping; `what` they are, for errors.
///
/// # Errors
/// [`Error::BadFiles`]; what the system refuses.
pub fn put_archive(
    builder: &mut TreeBuilder,
    archive: &SharedBytes,
    home: &GuestPath,
    what: &str,
) -> Result<()> {
    let unreadable =
        |problem: &dyn fmt::Display| Error::BadFiles { what: what.to_owned(), problem: problem.to_string() };
    // With seeks: only headers are read, and no page of what is in the files.
    let mut tar = tar::Archive::new(Cursor::new((**archive).as_ref()));
    for entry in tar.entries_with_seek().map_err(|error| unreadable(&error))? {
        let entry = entry.map_err(|error| unreadable(&error))?;
        let path = entry.path().map_err(|error| unreadable(&error))?;
        let path = home.resolve(&path.to_string_lossy()).map_err(|error| unreadable(&error))?;
        let narrow = |n: u64| usize::try_from(n).map_err(|_too_large| unreadable(&"it is too large"));
        let start = narrow(entry.raw_file_position())?;
        let range = start..start.saturating_add(narrow(entry.size())?);
        if bytes_of(archive, &range).is_none() {
            return Err(unreadable(&"it is cut off"));
        }
        builder.read_only_file(&path, Arc::new(Part { whole: Arc::clone(archive), range }))?;
    }
    Ok(())
}

/// A file of the cache as a mapping.
///
/// # Errors
/// What the system refuses.
pub fn shared(sealed: &SealedFile) -> Result<SharedBytes> {
    let mapped = SharedFile::map(&sealed.file)
        .map_err(|source| sbx_host::Error::System { action: "map a file of the guest", source })?;
    Ok(Arc::new(mapped))
}

/// Part of a mapping.
struct Part {
    whole: SharedBytes,
    range: Range<usize>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        bytes_of(&self.whole, &self.range).unwrap_or_default()
    }
}

fn bytes_of<'a>(whole: &'a SharedBytes, range: &Range<usize>) -> Option<&'a [u8]> {
    (**whole).as_ref().get(range.clone())
}
