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
    touched: Vec<(&'a Inode, &'a Inode)>,
}

impl Tree {
    /// What has to be done to this tree to get `newer`, sorted by path: deletions at old paths, then all renames at
    /// once, then creations and modifications. `newer` should be a fork of this tree or the other way round; two
    /// unrelated trees are compared as if every number in both meant the same inode.
    ///
    /// What is read-only, and what an overlaid host folder merely shows, is not listed.
    #[must_use]
    pub fn diff(&self, newer: &Self) -> Vec<Change> {
        let mut names = Names::collect(self, newer);
        let mut changes = Vec::new();
        names.take_renames(self, newer, &mut changes);
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
        for (old, new) in names.touched {
            let kept = new.links.iter().filter(|link| old.links.contains(link));
            let also_renamed =
                changes.iter().filter(|change| matches!(change.kind, ChangeKind::Renamed { .. }));
            let moved: Vec<GuestPath> = also_renamed
                .map(|change| change.path.clone())
                .filter(|path| {
                    new.links.iter().any(|link| newer.path_of(link.parent, &link.name).as_ref() == Some(path))
                })
                .collect();
            let paths = kept.filter_map(|link| newer.path_of(link.parent, &link.name)).chain(moved);
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
                    changes.modified.push(path.clone())
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
            let (ino, old, new) = match item {
                DiffItem::Add(ino, new) => (*ino, None, Some(&**new)),
                DiffItem::Remove(ino, old) => (*ino, Some(&**old), None),
                DiffItem::Update { old: (ino, old), new: (_, new) } => (*ino, Some(&**old), Some(&**new)),
            };
            let links = |inode: Option<&'a Inode>| inode.map_or(&[][..], |inode| inode.links.as_slice());
            if let Some(old) = old.filter(|old| is_reported(old)) {
                let gone = links(Some(old)).iter().filter(|link| !links(new).contains(link));
                names.gone.extend(paths(older, gone).map(|path| (path, (ino, old))));
            }
            if let Some(new) = new.filter(|new| is_reported(new)) {
                let come = links(Some(new)).iter().filter(|link| !links(old).contains(link));
                names.come.extend(paths(newer, come).map(|path| (path, (ino, new))));
            }
            if let (Some(old), Some(new)) = (old, new)
                && is_reported(new)
                && !same_content(old, new)
            {
                names.touched.push((old, new));
            }
        }
        names
    }

    /// Takes out each inode that left one path for another. A directory is followed wherever it went, since what is
    /// below it went along; a file only from a path that is free now to one that was free before, else the paths
    /// themselves tell more.
    fn take_renames(&mut self, older: &Tree, newer: &Tree, changes: &mut Vec<Change>) {
        let mut left: BTreeMap<Ino, GuestPath> = BTreeMap::new();
        for (path, (ino, old)) in &self.gone {
            if old.is_dir() || newer.find(path).is_none() {
                left.entry(*ino).or_insert_with(|| path.clone());
            }
        }
        let targets: Vec<(GuestPath, Ino)> = self
            .come
            .iter()
            .filter(|(path, (_, new))| new.is_dir() || older.find(path).is_none())
            .map(|(path, (ino, _))| (path.clone(), *ino))
            .collect();
        for (path, ino) in targets {
            let Some(from) = left.remove(&ino) else { continue };
            self.gone.remove(&from);
            if let Some((_, new)) = self.come.remove(&path) {
                changes.push(Change { path, kind: ChangeKind::Renamed { from }, file_type: new.file_type() });
            }
        }
    }
}

/// Whether changes of an inode are the guest's.
fn is_reported(inode: &Inode) -> bool {
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
        _ => false,
    }
}
