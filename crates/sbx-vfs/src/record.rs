//! What of a tree has to be kept to make it again.
//!
//! A sandbox starts from a fork of its runtime's files, the base, which are not worth keeping with every session and
//! are other ones after an update. A [`TreeRecord`] therefore says only what differs, and says it without the base's
//! inode numbers: what is the guest's own is numbered from the base's end, what is the base's is named by its path
//! there. Over the same base a tree comes back number by number, cookie by cookie; over another one it comes back with
//! numbers that moved on together.
//!
//! A full record is the change from the base itself, so that there is one format and one way to read it.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod plan;
mod settle;
mod check;

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use imbl::ordmap::DiffItem;
use sbx_core::GuestPath;
use serde::{Deserialize, Serialize};

use crate::content::{BlobProvider, Content, Digest};
use crate::descriptor::{DescriptorTable, SavedDescriptor, SavedObject};
use crate::device::Device;
use crate::inode::{Directory, Entry, Ino, Inode, Link, Node, Standing, Times};
use crate::tree::Tree;
use crate::{Error, Result};

use self::plan::Plan;

/// What of a tree is not its base's, or not an earlier state's: plain data, for any serde format.
///
/// It names contents by digest and length; the bytes are kept elsewhere. Whatever it says is checked when it is used
/// ([`Tree::from_records`]), not when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeRecord {
    /// Inodes that are new or changed.
    nodes: Vec<NodeRecord>,
    /// Inodes that are no more.
    gone: Vec<Key>,
    /// The own number that comes next, if it is another one than before.
    next: Option<u64>,
}

/// A record with the contents that it names.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recorded {
    /// The record.
    pub record: TreeRecord,
    /// Each content that it names, once, in its order: what [`TreeRecord::contents`] says.
    pub contents: Vec<FileContent>,
}

/// The bytes of one file of a tree, as they were when it was recorded; a cheap handle.
#[derive(Debug, Clone)]
pub struct FileContent {
    digest: Digest,
    content: Content,
}

/// Which inode.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    /// The guest's: its number, counted from the end of the base.
    Own(u64),
    /// The base's: its path there, wherever it is now.
    Base(GuestPath),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeRecord {
    key: Key,
    owner: Owner,
    pinned: bool,
    times: Times,
    /// The names in the order in which they were given, unless it is one. For the base's, none means the one it has
    /// there.
    names: Option<Vec<NameRecord>>,
    body: Body,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NameRecord {
    dir: Key,
    name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Owner {
    Guest,
    Base,
    ReadOnly,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Body {
    /// Nothing for a file without bytes.
    File(Option<ContentRecord>),
    Dir(DirRecord),
    Symlink(String),
    Device(Device),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ContentRecord {
    digest: Digest,
    len: u64,
}

/// What changed in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DirRecord {
    next_seq: u64,
    /// Names that are no more, or stand for something else now.
    removed: Vec<String>,
    added: Vec<EntryRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryRecord {
    name: String,
    seq: u64,
    to: Key,
}

impl TreeRecord {
    /// Digest and length of each distinct content that the record names, in its order; files without bytes have none.
    pub fn contents(&self) -> impl Iterator<Item = (Digest, u64)> {
        let mut seen = BTreeSet::new();
        self.nodes.iter().filter_map(move |node| match &node.body {
            Body::File(Some(ContentRecord { digest, len })) => {
                seen.insert((*digest, *len)).then_some((*digest, *len))
            }
            Body::File(None) | Body::Dir(_) | Body::Symlink(_) | Body::Device(_) => None,
        })
    }

    /// How many inodes it describes or says to be gone: for choosing between a full record and a change.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len().saturating_add(self.gone.len())
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.next.is_none()
    }
}

impl FileContent {
    /// The hash of all bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.content.len()
    }

    /// Whether there are none; no record names such a content.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `buf` from `offset` on and says how many bytes there were; fewer only at the end.
    ///
    /// # Errors
    /// What kept bytes away that are loaded when they are asked for.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.content.read_at(offset, buf)
    }
}

impl Tree {
    /// Everything that is not `base`'s, the tree that this one was forked from; costs the difference, and a look at
    /// bytes whose hash is not known yet.
    ///
    /// # Errors
    /// [`Error::NotStorable`] for a tree with a host folder mounted as overlay; [`Error::Io`] if bytes that have to be
    /// hashed cannot be read.
    pub fn record(&self, base: &Self) -> Result<Recorded> {
        self.record_since(base, base)
    }

    /// What has to be done to `older`, another tree over the same base that has been recorded, to get this one; costs
    /// the difference.
    ///
    /// # Errors
    /// As [`Tree::record`].
    pub fn record_since(&self, older: &Self, base: &Self) -> Result<Recorded> {
        let changes: Vec<_> = older.inodes.diff(&self.inodes).collect();
        for change in &changes {
            if let DiffItem::Add(ino, inode) | DiffItem::Update { new: (ino, inode), .. } = change {
                self.admit_record(**ino, inode)?;
            }
        }
        let mut recorder = Recorder { tree: self, base, seen: BTreeSet::new(), contents: Vec::new() };
        let mut record = TreeRecord::default();
        for change in changes {
            match change {
                DiffItem::Add(ino, new) => {
                    // Something of the base's that `older` had lost is told as a change of the base.
                    let old = base.inodes.get(ino).filter(|_old| base.owns(*ino)).map(|old| &**old);
                    record.nodes.push(recorder.node(*ino, old, new)?);
                }
                DiffItem::Update { old: (ino, old), new: (_, new) } if !same(old, new) => {
                    record.nodes.push(recorder.node(*ino, Some(old), new)?);
                }
                DiffItem::Update { .. } => {}
                DiffItem::Remove(ino, _) if base.orphans.contains(ino) => {}
                DiffItem::Remove(ino, _) => record.gone.push(recorder.key(*ino)?),
            }
        }
        if self.next_ino != older.next_ino {
            record.next = Some(self.next_ino.saturating_sub(base.next_ino));
        }
        Ok(Recorded { record, contents: recorder.contents })
    }

    /// The tree that `records`, a full one and then changes in their order, make over `base`. Bytes are read from
    /// `provider` when somebody asks for them.
    ///
    /// `base` need not be the tree that the records were made over. Names that it has and that one had not stay as
    /// `base` has them: what the records have at such a name is left out, with all that is in it. What that one had
    /// and `base` has not is made where something was changed in it. Quotas are not looked at.
    ///
    /// # Security
    /// Records are taken for what anybody could have written. Costs no more than they have entries, and `base`.
    ///
    /// # Errors
    /// [`Error::BadRecord`] for anything that is not the record of a tree.
    pub fn from_records<'a>(
        base: &Self,
        records: impl IntoIterator<Item = &'a TreeRecord>,
        provider: &Arc<dyn BlobProvider>,
    ) -> Result<Self> {
        let records: Vec<&TreeRecord> = records.into_iter().collect();
        let mut base = base.clone();
        base.drop_orphans();
        let mut plan = Plan::new(&base, &records, provider)?;
        for record in records {
            plan.apply(record)?;
        }
        let tree = plan.finish()?;
        check::check(&tree)?;
        Ok(tree)
    }

    /// Whether the number is one that this tree, as a base, gave out.
    fn owns(&self, ino: Ino) -> bool {
        ino.0 < self.next_ino
    }

    fn admit_record(&self, ino: Ino, inode: &Inode) -> Result<()> {
        let overlaid = match &inode.node {
            Node::Dir(dir) => dir.overlaid || dir.unread.is_some(),
            Node::File(_) | Node::Symlink(_) | Node::Device(_) => false,
        };
        if overlaid || matches!(inode.standing, Standing::Lower | Standing::CopiedUp) {
            let path = self.path_of_ino(ino).unwrap_or_else(GuestPath::root);
            let why =
                "a folder mounted as overlay cannot be kept in a session; mount it ro or rw, or import it";
            return Err(Error::NotStorable { path, why });
        }
        Ok(())
    }
}

/// Whether two states of an inode differ in nothing that a record says.
fn same(old: &Inode, new: &Inode) -> bool {
    let meta = |inode: &Inode| (inode.standing, inode.pinned, inode.times);
    if meta(old) != meta(new) || old.links != new.links {
        return false;
    }
    match (&old.node, &new.node) {
        (Node::File(old), Node::File(new)) => old.same_as(new),
        (Node::Dir(old), Node::Dir(new)) => old.next_seq == new.next_seq && old.entries == new.entries,
        (Node::Symlink(old), Node::Symlink(new)) => old == new,
        (Node::Device(old), Node::Device(new)) => old == new,
        _ => false,
    }
}

struct Recorder<'a> {
    tree: &'a Tree,
    base: &'a Tree,
    seen: BTreeSet<Digest>,
    contents: Vec<FileContent>,
}

impl Recorder<'_> {
    fn key(&self, ino: Ino) -> Result<Key> {
        if let Some(own) = ino.0.checked_sub(self.base.next_ino) {
            return Ok(Key::Own(own));
        }
        let why = "it was unlinked in the base already, which is to be without such files";
        let path = self.base.path_of_ino(ino);
        path.map(Key::Base).ok_or_else(|| Error::NotStorable { path: GuestPath::root(), why })
    }

    fn node(&mut self, ino: Ino, old: Option<&Inode>, new: &Inode) -> Result<NodeRecord> {
        let owner = match new.standing {
            Standing::Guest | Standing::Lower | Standing::CopiedUp => Owner::Guest,
            Standing::Base => Owner::Base,
            Standing::ReadOnly => Owner::ReadOnly,
        };
        let body = match &new.node {
            Node::File(content) => Body::File(self.content(ino, content)?),
            Node::Dir(dir) => {
                let old = old.and_then(|old| match &old.node {
                    Node::Dir(dir) => Some(dir),
                    Node::File(_) | Node::Symlink(_) | Node::Device(_) => None,
                });
                Body::Dir(self.dir(old, dir)?)
            }
            Node::Symlink(target) => Body::Symlink(String::from(&**target)),
            Node::Device(device) => Body::Device(*device),
        };
        let names = match new.links.as_slice() {
            [_] => None,
            [] if ino == Ino::ROOT => None,
            links => {
                let name = |link: &Link| {
                    Ok(NameRecord { dir: self.key(link.parent)?, name: String::from(&*link.name) })
                };
                Some(links.iter().map(name).collect::<Result<_>>()?)
            }
        };
        Ok(NodeRecord { key: self.key(ino)?, owner, pinned: new.pinned, times: new.times, names, body })
    }

    fn content(&mut self, ino: Ino, content: &Content) -> Result<Option<ContentRecord>> {
        if content.len() == 0 {
            return Ok(None);
        }
        let path = || self.tree.path_of_ino(ino).unwrap_or_else(GuestPath::root);
        let digest = content.digest().map_err(|source| Error::Io { path: path(), source })?;
        if self.seen.insert(digest) {
            self.contents.push(FileContent { digest, content: content.clone() });
        }
        Ok(Some(ContentRecord { digest, len: content.len() }))
    }

    fn dir(&self, old: Option<&Directory>, new: &Directory) -> Result<DirRecord> {
        let mut record = DirRecord { next_seq: new.next_seq, removed: Vec::new(), added: Vec::new() };
        let empty = Directory::new();
        for item in old.unwrap_or(&empty).entries.diff(&new.entries) {
            let removed = match &item {
                DiffItem::Remove(name, _) | DiffItem::Update { old: (name, _), .. } => Some(name),
                DiffItem::Add(..) => None,
            };
            record.removed.extend(removed.map(|name| String::from(&***name)));
            if let DiffItem::Add(name, entry) | DiffItem::Update { new: (name, entry), .. } = item {
                let Entry { ino, seq } = *entry;
                record.added.push(EntryRecord { name: String::from(&**name), seq, to: self.key(ino)? });
            }
        }
        Ok(record)
    }
}

impl DescriptorTable {
    /// The same with the numbers of unlinked files counted from the end of `base`, as a [`TreeRecord`] counts them.
    #[must_use]
    pub fn to_relative(self, base: &Tree) -> Self {
        self.renumber(|ino| ino.wrapping_sub(base.next_ino))
    }

    /// The other way round, for a tree that [`Tree::from_records`] made over `base`. Numbers that mean nothing there
    /// are left out when the table is restored, as those of files that are gone.
    #[must_use]
    pub fn to_absolute(self, base: &Tree) -> Self {
        // What was unlinked of the base itself has a smaller number than its end: it wraps, here and there.
        self.renumber(|ino| ino.wrapping_add(base.next_ino))
    }

    fn renumber(mut self, number: impl Fn(u64) -> u64) -> Self {
        for SavedDescriptor { object, .. } in &mut self.descriptors {
            if let SavedObject::Orphan(ino, _) = object {
                *ino = number(*ino);
            }
        }
        self
    }
}
