//! Lists keys in order without holding more than one folder's names and one page of items.
//!
//! A folder's names are put in the order of the keys below them: `a` (a file) before `a-b` before `a/` (a folder)
//! before `a0`, which is the order of the bytes once a folder's name ends in `/`.

use std::io;

use cap_fs_ext::DirExt;
use cap_std::fs::Dir;

use super::{errors::error, folder::Folder, names};
use crate::{
    adapter::{Listing, Meta},
    error::Result,
    key::Key,
};

/// At most `max_items` of what begins with `prefix` and comes after `after`.
pub(super) fn list(folder: &Folder, prefix: &str, after: Option<&Key>, max_items: usize) -> Result<Listing> {
    let fail = |source| error(format!("list {prefix:?}"), source);
    // What the whole parts of the prefix name can be gone to; only the rest has to be looked for.
    let (way, _) = prefix.rsplit_once('/').unwrap_or_default();
    let mut dir = folder.root.try_clone().map_err(fail)?;
    for part in way.split('/').filter(|_| !way.is_empty()) {
        if !names::is_part(part) {
            return Ok(Listing::default());
        }
        dir = match dir.open_dir_nofollow(names::folder_name(part)) {
            Ok(dir) => dir,
            Err(source) if is_not_there(&source) => return Ok(Listing::default()),
            Err(source) => return Err(fail(source)),
        };
    }
    let path = if way.is_empty() { String::new() } else { format!("{way}/") };
    let after = after.map_or("", Key::as_str);
    let mut page = Page { prefix, after, max_items, listing: Listing::default() };
    page.walk(&dir, &path).map_err(fail)?;
    Ok(page.listing)
}

struct Page<'a> {
    prefix: &'a str,
    after: &'a str,
    max_items: usize,
    listing: Listing,
}

impl Page<'_> {
    /// Adds what is in `dir`, whose keys begin with `path`.
    fn walk(&mut self, dir: &Dir, path: &str) -> io::Result<()> {
        let mut found: Vec<String> = Vec::new();
        let entries = match dir.entries() {
            Ok(entries) => entries,
            Err(source) if is_not_there(&source) => return Ok(()),
            Err(source) => return Err(source),
        };
        for entry in entries {
            let name = entry?.file_name();
            let Some((part, is_file)) = name.to_str().and_then(names::part_of) else { continue };
            let key = format!("{path}{part}{}", if is_file { "" } else { "/" });
            if self.may_hold(&key) {
                found.push(key);
            }
        }
        found.sort_unstable();
        for key in found {
            if self.listing.more {
                break;
            }
            match key.strip_suffix('/') {
                Some(folder) => self.folder(dir, folder, &key)?,
                None => self.file(dir, &key)?,
            }
        }
        Ok(())
    }

    /// Whether keys that are or, for a folder, begin with `key` can be wanted.
    fn may_hold(&self, key: &str) -> bool {
        let is_folder = key.ends_with('/');
        let in_prefix = key.starts_with(self.prefix) || (is_folder && self.prefix.starts_with(key));
        let is_after = key > self.after || (is_folder && self.after.starts_with(key));
        in_prefix && is_after
    }

    fn folder(&mut self, dir: &Dir, folder: &str, path: &str) -> io::Result<()> {
        match dir.open_dir_nofollow(names::folder_name(last_part(folder))) {
            Ok(inner) => self.walk(&inner, path),
            Err(source) if is_not_there(&source) => Ok(()),
            Err(source) => Err(source),
        }
    }

    fn file(&mut self, dir: &Dir, key: &str) -> io::Result<()> {
        let metadata = match dir.symlink_metadata(names::file_name(last_part(key))) {
            Ok(metadata) => metadata,
            Err(source) if is_not_there(&source) => return Ok(()),
            Err(source) => return Err(source),
        };
        // Foreign things and names too long for a key are not listed.
        let (true, Ok(key)) = (metadata.is_file(), Key::parse(key)) else { return Ok(()) };
        if self.listing.items.len() == self.max_items {
            self.listing.more = true;
            return Ok(());
        }
        self.listing.items.push(Meta {
            key,
            bytes: metadata.len(),
            modified: metadata.modified()?.into_std(),
        });
        Ok(())
    }
}

fn last_part(key: &str) -> &str {
    key.rsplit_once('/').map_or(key, |(_, part)| part)
}

/// Removed meanwhile, or never a folder of ours: a link, a file.
fn is_not_there(source: &io::Error) -> bool {
    use io::ErrorKind as Kind;

    // A link that is not followed is `FilesystemLoop`, which has no stable name yet.
    const TOO_MANY_LINKS: [i32; 2] = [40, 62];
    matches!(source.kind(), Kind::NotFound | Kind::NotADirectory)
        || (cfg!(unix) && source.raw_os_error().is_some_and(|code| TOO_MANY_LINKS.contains(&code)))
}
