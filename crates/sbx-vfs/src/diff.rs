//! What changed from one tree to another.
//!
//! Two forks share all that neither changed, so their inode maps are compared by skipping what is shared; paths are
//! rebuilt only for names that came or went. The cost is that of the change, whatever the size of the tree.

use std::collections::{BTreeMap, BTreeSet};

use imbl::ordmap::DiffItem;
use sbx_core::GuestPath;
use serde::{Deserialize, Serialize};

use crate::FileType;
use crate::inode::{Ino, Inode, Link, Node, Standing};
use crate::tree::Tree;

/// One difference between two trees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// Where: in the older tree for [`ChangeKind::Deleted`], else in the newer one.
    pub path: GuestPath,
    /// What happened.
    pub kind: ChangeKind,
    /// What it is now, or was.
    pub file_type: FileType,
}

/// What happened at a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// Nothing is at the path any more.
    Deleted,
    /// It was at another path; if it is a directory, all below it came along and is not listed for that.
    Renamed {
        /// Its path in the older tree, which it left.
        from: GuestPath,
    },
    /// It is new.
    Created,
    /// Its bytes, its link target or its type are others. Times alone are no change.
    Modified,
}

/// The regular files and symbolic links that changed, by path alone: a renamed directory is all its files deleted at
/// the old paths and created at the new ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct FileChanges {
    /// Paths that had no file and have one.
    pub created: Vec<GuestPath>,
    /// Paths with a file before and after, of other bytes.
    pub modified: Vec<GuestPath>,
    /// Paths that had a file and have none.
    pub deleted: Vec<GuestPath>,
}

/// The names that came and went, by path.
#[derive(Default)]
struct Names<'a> {
    gone: BTreeMap<GuestPath, (Ino, &'a Inode)>,
    come: BTreeMap<GuestPath, (Ino, &'a Inode)>,
    /// Files whose content changed while they kept at least one name.
    touched: Vec<(Ino, &'a Inode, &'a Inode)>,
}

impl Tree {
    /// What has to be done to this tree to get `newer`, sorted by path: deletions at old paths, then all renames at
    /// once, then creations and modifications. Any two trees can be compared; it is quick, and renames are what really
    /// happened, if one is a fork of the other.
    ///
    /// What is read-only, and what an overlaid host folder merely shows, is not listed.
    #[must_use]
    pub fn diff(&self, newer: &Self) -> Vec<Change> {
        let mut names = Names::collect(self, newer);
        let mut changes = Vec::new();
        let renamed = names.take_renames(self, newer, &mut changes);
        for (path, (_, new)) in &names.come {
            let kind = match names.gone.remove(path) {
                Some((_, old)) if same_content(old, new) => continue,
                Some(_) => ChangeKind::Modified,
                None if new.standing == Standing::CopiedUp => ChangeKind::Modified,
                None => ChangeKind::Created,
            };
            changes.push(Change { path: path.clone(), kind, file_type: new.file_type() });
        }
        for (path, (_, old)) in names.gone {
            changes.push(Change { path, kind: ChangeKind::Deleted, file_type: old.file_type() });
        }
        for (ino, old, new) in names.touched {
            let kept = new.links.iter().filter(|link| old.links.contains(link));
            let paths = kept
                .filter_map(|link| newer.path_of(link.parent, &link.name))
                .chain(renamed.get(&ino).cloned());
            changes.extend(paths.map(|path| Change {
                path,
                kind: ChangeKind::Modified,
                file_type: new.file_type(),
            }));
        }
        changes.sort_unstable();
        changes
    }

    /// The files that differ between this tree and `newer`, by path alone; each list sorted. Costs as much as
    /// [`Tree::diff`], and the size of directories that were renamed.
    #[must_use]
    pub fn diff_files(&self, newer: &Self) -> FileChanges {
        let mut before: BTreeSet<GuestPath> = BTreeSet::new();
        let mut after: BTreeSet<GuestPath> = BTreeSet::new();
        for change in self.diff(newer) {
            match change.kind {
                ChangeKind::Deleted => before.extend([change.path]),
                ChangeKind::Created => after.extend([change.path]),
                ChangeKind::Modified => {
                    before.insert(change.path.clone());
                    after.insert(change.path);
                }
                ChangeKind::Renamed { from } => {
                    before.extend(self.walk(&from).map(|item| item.path).chain([from]));
                    after.extend(newer.walk(&change.path).map(|item| item.path).chain([change.path]));
                }
            }
        }
        let touched: BTreeSet<&GuestPath> = before.union(&after).collect();
        let mut changes = FileChanges::default();
        for path in touched {
            let file = |tree: &Self| {
                tree.find(path).and_then(|ino| tree.inodes.get(&ino).cloned()).filter(|it| !it.is_dir())
            };
            match (file(self), file(newer)) {
                (Some(old), Some(new)) if !same_content(&old, &new) => changes.modified.push(path.clone()),
                (Some(_), None) => changes.deleted.push(path.clone()),
                (None, Some(new)) if new.standing == Standing::CopiedUp => {
                    changes.modified.push(path.clone());
                }
                (None, Some(new)) if new.standing.is_counted() => changes.created.push(path.clone()),
                _ => {}
            }
        }
        changes
    }
}

impl<'a> Names<'a> {
    fn collect(older: &'a Tree, newer: &'a Tree) -> Self {
        let mut names = Self::default();
        for item in older.inodes.diff(&newer.inodes) {
            match item {
                DiffItem::Add(ino, new) => names.add(*ino, (older, None), (newer, Some(new))),
                DiffItem::Remove(ino, old) => names.add(*ino, (older, Some(old)), (newer, None)),
                // Two forks give their new inodes the same numbers.
                DiffItem::Update { old: (ino, old), new: (_, new) } if old.file_type() != new.file_type() => {
                    names.add(*ino, (older, Some(old)), (newer, None));
                    names.add(*ino, (older, None), (newer, Some(new)));
                }
                DiffItem::Update { old: (ino, old), new: (_, new) } => {
                    names.add(*ino, (older, Some(old)), (newer, Some(new)));
                }
            }
        }
        names
    }

    /// Takes in one inode as it is in both trees.
    fn add(&mut self, ino: Ino, old: (&Tree, Option<&'a Inode>), new: (&Tree, Option<&'a Inode>)) {
        let links = |inode: Option<&'a Inode>| inode.map_or(&[][..], |inode| inode.links.as_slice());
        let (before, after) = (links(old.1), links(new.1));
        if let Some(inode) = old.1.filter(|inode| inode.standing != Standing::ReadOnly) {
            let gone = before.iter().filter(|link| !after.contains(link));
            self.gone.extend(paths(old.0, gone).map(|path| (path, (ino, inode))));
        }
        let Some(inode) = new.1.filter(|inode| is_the_guests(inode)) else { return };
        let come = after.iter().filter(|link| !before.contains(link));
        self.come.extend(paths(new.0, come).map(|path| (path, (ino, inode))));
        if let Some(old) = old.1.filter(|old| !same_content(old, inode)) {
            self.touched.push((ino, old, inode));
        }
    }

    /// Takes out each inode that left one path for another. A directory is followed wherever it went, since what is
    /// below it went along; a file only from a path that is free now to one that was free before, else the paths
    /// themselves tell more. Gives back where each went.
    fn take_renames(
        &mut self,
        older: &Tree,
        newer: &Tree,
        changes: &mut Vec<Change>,
    ) -> BTreeMap<Ino, GuestPath> {
        let mut went = BTreeMap::new();
        let mut left: BTreeMap<(Ino, FileType), GuestPath> = BTreeMap::new();
        for (path, (ino, old)) in &self.gone {
            if old.is_dir() || newer.find(path).is_none() {
                left.entry((*ino, old.file_type())).or_insert_with(|| path.clone());
            }
        }
        let targets: Vec<(GuestPath, Ino, FileType)> = self
            .come
            .iter()
            .filter(|(path, (_, new))| new.is_dir() || older.find(path).is_none())
            .map(|(path, (ino, new))| (path.clone(), *ino, new.file_type()))
            .collect();
        for (path, ino, file_type) in targets {
            let Some(from) = left.remove(&(ino, file_type)) else { continue };
            self.gone.remove(&from);
            self.come.remove(&path);
            went.insert(ino, path.clone());
            changes.push(Change { path, kind: ChangeKind::Renamed { from }, file_type });
        }
        went
    }
}

/// Whether what an inode is now is the guest's doing.
fn is_the_guests(inode: &Inode) -> bool {
    match inode.standing {
        Standing::Guest | Standing::CopiedUp | Standing::Base => true,
        Standing::ReadOnly | Standing::Lower => false,
    }
}

fn paths<'a>(tree: &Tree, links: impl Iterator<Item = &'a Link>) -> impl Iterator<Item = GuestPath> {
    links.filter_map(|link| tree.path_of(link.parent, &link.name))
}

fn same_content(old: &Inode, new: &Inode) -> bool {
    match (&old.node, &new.node) {
        (Node::File(old), Node::File(new)) => old.same_as(new),
        (Node::Symlink(old), Node::Symlink(new)) => old == new,
        (Node::Dir(_), Node::Dir(_)) => true,
        (Node::Device(old), Node::Device(new)) => old == new,
        _ => false,
    }
}
