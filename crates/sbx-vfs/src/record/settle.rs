//! Turns a plan into a tree: what it wants meets what the base has.
//!
//! Over the base that the records were made over, none of the conflicts here comes up. Over another one the base's
//! entries stay where they are, and what loses its last name by that goes, with all below it.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sbx_core::GuestPath;

use super::plan::{Draft, DraftBody, DraftDir, Plan, bad};
use crate::inode::{Directory, Ino, Inode, Link, Name, Node, Standing};
use crate::tree::{Tree, name};
use crate::{MAX_LINKS, Result};

/// What comes of a plan, before it is put into the tree.
#[derive(Default)]
struct Outcome {
    /// The finished directories.
    dirs: BTreeMap<Ino, Directory>,
    /// All names of each inode that has others than in the base.
    links: BTreeMap<Ino, Vec<Link>>,
    /// What could not have a name because the base has something there.
    lost: BTreeSet<Ino>,
}

impl Plan<'_> {
    /// The tree; its links and directories still have to be checked against each other.
    pub(super) fn finish(mut self) -> Result<Tree> {
        let mut out = Outcome::default();
        if self.drafts.keys().any(|ino| self.is_future(*ino)) {
            return bad("an inode number is out of range");
        }
        self.empty_gone();
        self.leave_out_unfit(&mut out);
        self.attach_missing(&mut out);
        // All that goes before anything comes, so that what moves is free to.
        for (ino, draft) in &self.drafts {
            if let Some(dir) = draft.dir() {
                let rest = self.hide(*ino, dir, &mut out);
                out.dirs.insert(*ino, rest);
            }
        }
        for (ino, draft) in &self.drafts {
            if let (Some(added), Some(dir)) = (draft.dir(), out.dirs.remove(ino)) {
                let finished = self.add(*ino, dir, added, &mut out)?;
                out.dirs.insert(*ino, finished);
            }
        }
        self.build(out)
    }

    /// Empties the directories that are gone: what was in them has been removed, or moved elsewhere, before.
    fn empty_gone(&mut self) {
        for ino in &self.gone {
            let (Ok(inode), Ok(dir)) = (self.base.inode(*ino), self.base.dir(*ino)) else { continue };
            let hidden = dir.entries.keys().cloned().collect();
            let body = DraftBody::Dir(DraftDir { hidden, ..DraftDir::default() });
            self.drafts.insert(*ino, Draft { body, ..Draft::of_base(inode) });
        }
    }

    /// Leaves out changes of the base's inodes that this base has with another type, or read-only.
    fn leave_out_unfit(&mut self, out: &mut Outcome) {
        let base = self.base;
        self.drafts.retain(|ino, draft| {
            let fits = base.inode(*ino).map_or(true, |inode| match &draft.body {
                DraftBody::Dir(_) => inode.is_dir(),
                DraftBody::Other(node) => same_type(node, &inode.node) && !inode.is_read_only(),
            });
            if !fits && let Some(dir) = draft.dir() {
                out.lost.extend(dir.added.values().map(|(_, to)| *to));
            }
            fits
        });
    }

    /// Gives what the base was thought to have, but has not, its names there, unless the records move it elsewhere.
    fn attach_missing(&mut self, out: &mut Outcome) {
        let mut pending = self.missing_names();
        let mut paths: BTreeMap<Ino, GuestPath> =
            self.missing.iter().map(|(path, ino)| (*ino, path.clone())).collect();
        while let Some((at, file_name, ino)) = pending.pop() {
            let of_base = self.base.inode(at).ok();
            if !self.drafts.contains_key(&at) {
                let draft = match (of_base, paths.get(&at).and_then(GuestPath::parent)) {
                    (Some(inode), _) if inode.is_dir() => Draft::of_base(inode),
                    (None, Some(above)) => {
                        let name = paths.get(&at).and_then(GuestPath::file_name).unwrap_or_default();
                        let above_at = self.base_ino(&above);
                        pending.push((above_at, String::from(name), at));
                        paths.insert(above_at, above);
                        Draft::on_the_way()
                    }
                    _ => {
                        out.lost.insert(ino);
                        continue;
                    }
                };
                self.drafts.insert(at, draft);
            }
            match self.drafts.get_mut(&at).map(|draft| &mut draft.body) {
                Some(DraftBody::Dir(dir)) => dir.attached.push((name(&file_name), ino)),
                Some(DraftBody::Other(_)) | None => {
                    out.lost.insert(ino);
                }
            }
        }
    }

    /// The names that go with what the base has not: directory, name and what it stands for.
    fn missing_names(&mut self) -> Vec<(Ino, String, Ino)> {
        let dirs = self.drafts.values().filter_map(Draft::dir);
        let moved: BTreeSet<Ino> = dirs.flat_map(|dir| dir.added.values().map(|(_, to)| *to)).collect();
        let mut found = Vec::new();
        for (path, ino) in self.missing.clone() {
            let Some(draft) = self.drafts.get(&ino) else { continue };
            if let Some(names) = &draft.names {
                let has = |at: &Ino, name: &str| {
                    let dir = self.drafts.get(at).and_then(Draft::dir);
                    dir.and_then(|dir| dir.added.get(name)).is_some_and(|(_, to)| *to == ino)
                };
                let lacking = names.iter().filter(|(at, name)| !has(at, name));
                found.extend(lacking.map(|(at, name)| (*at, name.clone(), ino)));
            } else if let (Some(above), Some(name), false) =
                (path.parent(), path.file_name(), moved.contains(&ino))
            {
                let at = self.base_ino(&above);
                found.push((at, String::from(name), ino));
            }
        }
        found
    }

    /// What the base has in the directory `ino` and the guest did not remove.
    fn hide(&self, ino: Ino, draft: &DraftDir, out: &mut Outcome) -> Directory {
        let mut dir = self.base.dir(ino).cloned().unwrap_or_else(|_errno| Directory::new());
        for hidden in &draft.hidden {
            if let Some(at) = dir.get(hidden)
                && self.base.admit_removal(ino, at).is_ok()
            {
                dir.remove(hidden, self.base.dir(at).is_ok());
                self.links(at, out).retain(|link| link.parent != ino || link.name != *hidden);
            }
        }
        dir
    }

    /// The directory `ino` with the plan's entries besides those in `dir`.
    fn add(&self, ino: Ino, mut dir: Directory, draft: &DraftDir, out: &mut Outcome) -> Result<Directory> {
        let mut added: Vec<(u64, &Name, Ino)> =
            draft.added.iter().map(|(name, (seq, to))| (*seq, name, *to)).collect();
        added.sort_unstable_by_key(|(seq, ..)| *seq);
        if !added.is_sorted_by(|(a, ..), (b, ..)| a < b) {
            return bad("two entries have one sequence number");
        }
        // All of them move on, so that they stay in their order.
        let taken = added.iter().any(|(seq, ..)| dir.order.contains_key(seq));
        let first = added.first().map_or(0, |(seq, ..)| *seq);
        let shift = if taken { dir.next_seq.saturating_sub(first) } else { 0 };
        let end = dir.next_seq;
        for (seq, name, to) in added {
            dir.next_seq = seq.saturating_add(shift);
            self.put((ino, name), &mut dir, to, out)?;
        }
        dir.next_seq = end.max(draft.next_seq.saturating_add(shift));
        for (name, to) in &draft.attached {
            self.put((ino, name), &mut dir, *to, out)?;
        }
        Ok(dir)
    }

    /// Adds an entry, unless the base has something there, or will not have it here.
    fn put(&self, at: (Ino, &Name), dir: &mut Directory, to: Ino, out: &mut Outcome) -> Result<()> {
        let (parent, name) = at;
        let draft = self.drafts.get(&to);
        let of_base = self.base.inode(to).ok().filter(|_inode| !self.gone.contains(&to));
        if to == Ino::ROOT || (draft.is_none() && of_base.is_none() && !out.lost.contains(&to)) {
            return bad("an entry leads nowhere");
        }
        let stays = of_base.is_some_and(|inode| {
            inode.is_read_only() || inode.pinned || (inode.is_dir() && !self.links(to, out).is_empty())
        });
        if dir.get(name).is_some() || stays || (draft.is_none() && of_base.is_none()) {
            out.lost.insert(to);
            return Ok(());
        }
        let is_dir = draft.map_or_else(|| of_base.is_some_and(Inode::is_dir), |draft| draft.dir().is_some());
        dir.insert(name, to, is_dir);
        self.links(to, out).push(Link { parent, name: Arc::clone(name) });
        Ok(())
    }

    /// The names of `ino` so far.
    fn links<'o>(&self, ino: Ino, out: &'o mut Outcome) -> &'o mut Vec<Link> {
        out.links
            .entry(ino)
            .or_insert_with(|| self.base.inode(ino).map_or_else(|_errno| Vec::new(), |at| at.links.clone()))
    }

    fn build(self, mut out: Outcome) -> Result<Tree> {
        let mut tree = self.base.clone();
        tree.next_ino = self.next_ino();
        for (ino, draft) in &self.drafts {
            self.links(*ino, &mut out);
            let mut inode = self.inode(*ino, draft, out.dirs.remove(ino));
            if let Some(links) = out.links.get_mut(ino) {
                // Another base may have given what is its own more names, or fewer.
                let is_loose = self.is_base(*ino) || out.lost.contains(ino);
                order_names(links, draft, is_loose)?;
                inode.links = std::mem::take(links);
            }
            tree.put_inode(*ino, inode);
        }
        for (ino, links) in &mut out.links {
            if !self.drafts.contains_key(ino)
                && let Ok(inode) = tree.inode_mut(*ino)
            {
                inode.links = std::mem::take(links);
            }
        }
        self.reap(&mut tree, &out);
        let nameless =
            |ino: &Ino| *ino != Ino::ROOT && tree.inode(*ino).is_ok_and(|inode| inode.links.is_empty());
        tree.orphans = self.drafts.keys().filter(|ino| nameless(ino)).copied().collect();
        self.pin(&mut tree);
        tree.usage = tree.recount();
        Ok(tree)
    }

    fn inode(&self, ino: Ino, draft: &Draft, dir: Option<Directory>) -> Inode {
        let of_base = self.base.inode(ino).ok();
        let node = match (&draft.body, dir) {
            (DraftBody::Other(node), _) => node.clone(),
            (DraftBody::Dir(_), dir) => Node::Dir(dir.unwrap_or_else(Directory::new)),
        };
        Inode {
            node,
            links: Vec::new(),
            times: of_base.filter(|inode| inode.is_read_only()).map_or(draft.times, |inode| inode.times),
            standing: of_base.map_or(draft.standing, |inode| inode.standing),
            pinned: draft.pinned || of_base.is_some_and(|inode| inode.pinned),
        }
    }

    /// Removes what is no more of the base's, and what lost its last name, with all below it.
    fn reap(&self, tree: &mut Tree, out: &Outcome) {
        let left_over =
            |ino: &Ino| !self.drafts.contains_key(ino) || out.lost.contains(ino) || self.gone.contains(ino);
        let touched = out.links.keys().chain(&out.lost).chain(&self.gone);
        let mut pending: Vec<Ino> = touched.filter(|ino| left_over(ino)).copied().collect();
        while let Some(ino) = pending.pop() {
            if ino == Ino::ROOT || !tree.inode(ino).is_ok_and(|inode| inode.links.is_empty()) {
                continue;
            }
            let Some(inode) = tree.inodes.remove(&ino) else { continue };
            let Node::Dir(dir) = &inode.node else { continue };
            for (name, entry) in &dir.entries {
                let Ok(below) = tree.inode_mut(entry.ino) else { continue };
                below.links.retain(|link| link.parent != ino || link.name != *name);
                // What the records know without a name is open.
                let names = self.drafts.get(&entry.ino).and_then(|draft| draft.names.as_ref());
                if !names.is_some_and(Vec::is_empty) {
                    pending.push(entry.ino);
                }
            }
        }
    }

    /// Keeps in their places the directories above what is the host's.
    fn pin(&self, tree: &mut Tree) {
        for ino in self.drafts.keys() {
            let Ok(inode) = tree.inode(*ino) else { continue };
            let mut dirs = Vec::new();
            if inode.pinned {
                dirs.push(*ino);
            }
            if inode.standing == Standing::ReadOnly {
                dirs.extend(inode.links.iter().map(|link| link.parent));
            }
            dirs.into_iter().for_each(|dir| tree.pin(dir));
        }
    }
}

/// Puts names into the order in which they were given. If `is_loose`, there may be others.
fn order_names(links: &mut [Link], draft: &Draft, is_loose: bool) -> Result<()> {
    if links.len() > MAX_LINKS {
        return bad("a file has too many names");
    }
    let Some(names) = &draft.names else {
        return if links.len() == 1 || is_loose { Ok(()) } else { bad("names and entries differ") };
    };
    let place: BTreeMap<(Ino, &str), usize> =
        (0..).zip(names).map(|(place, (dir, name))| ((*dir, name.as_str()), place)).collect();
    let place = |link: &Link| place.get(&(link.parent, &*link.name)).copied();
    if !is_loose && (links.len() != names.len() || links.iter().any(|link| place(link).is_none())) {
        return bad("names and entries differ");
    }
    links.sort_by_key(|link| place(link).unwrap_or(usize::MAX));
    Ok(())
}

fn same_type(a: &Node, b: &Node) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}
