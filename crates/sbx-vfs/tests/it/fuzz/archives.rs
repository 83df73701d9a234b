//! Any bytes as a tar archive: files below the prefix, under the quota, or an error that changes nothing.
//!
//! [`archives`] is the whole of the fuzz target of that name.

use sbx_vfs::{Error, FileType, GuestPath, Quota, Tree};

const BLOCK: usize = 512;
/// Where the sum of a header is.
const SUM: std::ops::Range<usize> = 148..156;
const DISK_BYTES: u64 = 64 << 10;
const MAX_FILES: u64 = 40;

/// Imports an archive over a few files, and exports what came of it.
///
/// # Panics
/// If something got past the quota or out of the prefix, a failed import changed something, or a tree does not come back
/// from its own archive.
pub(crate) fn archives(bytes: &[u8]) {
    let (kind, archive) = bytes.split_first().map_or((0, bytes), |(kind, rest)| (*kind, rest));
    // Nobody guesses sums: they are put right here, unless an odd first byte says that they are to be wrong.
    let archive = if kind % 2 == 0 { summed(archive) } else { archive.to_vec() };
    let quota = Quota::default().with_disk_bytes(DISK_BYTES).with_max_files(MAX_FILES);
    let prefix = GuestPath::parse("/app/in").unwrap();
    let mut tree = Tree::new();
    let other = GuestPath::parse("/app/other").unwrap();
    tree.edit(quota, 0).write_file(&other, b"there before", true).unwrap();
    let before = tree.clone();
    let result = tree.edit(quota, 1).import_tar(&prefix, archive.as_slice());
    let usage = tree.usage();
    assert_eq!((usage.bytes, usage.inodes), (tree.recount().bytes, tree.recount().inodes));
    assert!(usage.bytes <= DISK_BYTES && usage.inodes <= MAX_FILES, "{usage:?}");
    match result {
        Ok(moved) => {
            assert_eq!(tree.read_file(&other).unwrap(), b"there before");
            assert!(before.diff(&tree).iter().all(|change| change.path.starts_with(&prefix)));
            let is_plain = |kind| matches!(kind, FileType::File | FileType::Dir);
            assert!(tree.walk(&prefix).all(|item| is_plain(item.file_type())), "links stay out");
            assert!(moved.skipped.is_empty() && moved.bytes <= archive.len() as u64);
            comes_back(&tree, &prefix);
        }
        Err(error) => {
            assert!(before.diff(&tree).is_empty(), "{error}");
            let is_known = matches!(
                error,
                Error::RefusedEntry { .. }
                    | Error::BadName { .. }
                    | Error::Archive { .. }
                    | Error::Quota { .. }
                    | Error::Io { .. }
                    | Error::NotAFile { .. }
                    | Error::NotADirectory { .. }
                    | Error::Bound { .. }
            );
            assert!(is_known, "{error:?}");
        }
    }
}

/// What is exported is imported again, and exported the same.
fn comes_back(tree: &Tree, prefix: &GuestPath) {
    let mut first = Vec::new();
    tree.export_tar(prefix, &mut first).unwrap();
    let mut again = Tree::new();
    again.edit(Quota::unlimited(), 1).import_tar(prefix, first.as_slice()).unwrap();
    let files = |of: &Tree| -> Vec<_> {
        let items = of.walk(prefix);
        let bytes = |item: &sbx_vfs::Item| of.read_file(&item.path).ok();
        items.map(|item| (item.path.clone(), item.file_type(), bytes(&item))).collect()
    };
    assert_eq!(files(&again), files(tree));
}

/// The archive with the sum that each block would have if it was a header; contents are changed where they are.
fn summed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let mut at = 0;
    while let Some(header) = bytes.get_mut(at..at + BLOCK) {
        if header.iter().all(|byte| *byte == 0) {
            break;
        }
        header[SUM].fill(b' ');
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[SUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let size = std::str::from_utf8(&header[124..135]).ok();
        let size = size.and_then(|text| usize::from_str_radix(text.trim(), 8).ok()).unwrap_or(0);
        at = at.saturating_add(BLOCK).saturating_add(size.div_ceil(BLOCK).saturating_mul(BLOCK));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use crate::mutate::{self, Changes};

    #[test]
    fn any_archive_is_files_below_the_prefix_or_changes_nothing() {
        mutate::run(Changes::of("archives").inputs(5_000), super::archives);
    }
}
