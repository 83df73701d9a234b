//! Checks that a tree is one: what [`Tree`] promises of links, entries, paths and usage.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::BTreeSet;

use super::plan::bad;
use crate::inode::{Directory, Ino, Node};
use crate::tree::{Tree, check_name};
use crate::{MAX_DEPTH, MAX_LINKS, MAX_PATH, Result};

/// Where a directory is: its number, the bytes of its path and its parts.
type At = (Ino, usize, usize);

/// Looks at everything in `tree`.
pub(super) fn check(tree: &Tree) -> Result<()> {
    let mut links: BTreeSet<(Ino, Ino, &str)> = BTreeSet::new();
    for (ino, inode) in &tree.inodes {
        if ino.0 >= tree.next_ino {
            return bad("an inode number is out of range");
        }
        let most = if inode.is_dir() { 1 } else { MAX_LINKS };
        if inode.links.len() > most || (*ino == Ino::ROOT && !inode.links.is_empty()) {
            return bad("something has too many names");
        }
        if !inode.links.iter().all(|link| links.insert((*ino, link.parent, &link.name))) {
            return bad("a name is there twice");
        }
        if tree.orphans.contains(ino) != (inode.links.is_empty() && *ino != Ino::ROOT) {
            return bad("something has no place");
        }
    }
    check_usage(tree)?;
    let mut seen = BTreeSet::from([Ino::ROOT]);
    let mut pending: Vec<At> = vec![(Ino::ROOT, 0, 0)];
    while let Some(at) = pending.pop() {
        let Ok(dir) = tree.dir(at.0) else { return bad("the root is no directory") };
        for below in check_dir(tree, at, dir, &mut links)? {
            if !seen.insert(below.0) {
                return bad("a directory has two places");
            }
            pending.push(below);
        }
    }
    let is_empty = |ino: &Ino| tree.dir(*ino).map_or(true, |dir| dir.entries.is_empty());
    // A ring of directories, and all below it, has links that no entry was found for.
    if !links.is_empty() || !tree.orphans.iter().all(is_empty) {
        return bad("something cannot be reached");
    }
    Ok(())
}

/// Checks the entries of the directory at `at`, takes them off `links` and says which are directories.
fn check_dir<'a>(
    tree: &'a Tree,
    at: At,
    dir: &'a Directory,
    links: &mut BTreeSet<(Ino, Ino, &'a str)>,
) -> Result<Vec<At>> {
    let (ino, bytes, depth) = at;
    let mut dirs = Vec::new();
    for (name, entry) in &dir.entries {
        let Ok(inode) = tree.inode(entry.ino) else { return bad("an entry leads nowhere") };
        if check_name(name).is_err() {
            return bad("an entry has an impossible name");
        }
        let in_order = dir.order.get(&entry.seq) == Some(name) && entry.seq < dir.next_seq;
        if !in_order || entry.seq < Directory::FIRST_SEQ {
            return bad("two entries have one sequence number");
        }
        if !links.remove(&(entry.ino, ino, &**name)) {
            return bad("names and entries differ");
        }
        let (bytes, depth) = (bytes.saturating_add(1).saturating_add(name.len()), depth.saturating_add(1));
        if bytes > MAX_PATH || depth > MAX_DEPTH {
            return bad("a path is too long or too deep");
        }
        if inode.is_dir() {
            dirs.push((entry.ino, bytes, depth));
        }
    }
    if dir.order.len() != dir.entries.len() || u64::from(dir.subdirs) != dirs.len() as u64 {
        return bad("a directory does not add up");
    }
    Ok(dirs)
}

/// Checks that what the tree takes can be said in a number: else it could not be counted down again.
fn check_usage(tree: &Tree) -> Result<()> {
    let files = tree.inodes.values().filter(|inode| matches!(inode.node, Node::File(_)));
    match files.map(|inode| inode.charged_bytes()).try_fold(0_u64, u64::checked_add) {
        Some(bytes) if tree.usage == tree.recount() && tree.usage.bytes == bytes => Ok(()),
        Some(_) | None => bad("the files take more than can be counted"),
    }
}
