//! Reads records one after the other into a plan of what they change in a base.
//!
//! Nothing is decided here that depends on what the base has at a name: a later record may take the name back. What is
//! checked here is what each record says by itself.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sbx_core::GuestPath;

use super::{Body, ContentRecord, DirRecord, Key, NodeRecord, Owner, TreeRecord};
use crate::content::{BlobProvider, Content, Digest};
use crate::inode::{Directory, Ino, Inode, Name, Node, Standing, Times};
use crate::tree::{Tree, check_name, name};
use crate::{Error, MAX_DIR_ENTRIES, MAX_LINKS, MAX_PATH, Result};

/// Inode and sequence numbers above this have never been given out; below it, sums of two do not overflow.
const MAX_NUMBER: u64 = 1 << 62;

/// What the records change in a base.
pub(super) struct Plan<'a> {
    pub(super) base: &'a Tree,
    provider: &'a Arc<dyn BlobProvider>,
    /// The bound of own numbers in all records; what has to be made in place of something the base lacks is numbered
    /// from here.
    top: u64,
    /// The bound of own numbers at the end.
    next: u64,
    /// Everything that was recorded and not found to be gone later.
    pub(super) drafts: BTreeMap<Ino, Draft>,
    /// What is no more of the base's.
    pub(super) gone: BTreeSet<Ino>,
    /// Paths that records say the base has, and this one has not.
    pub(super) missing: BTreeMap<GuestPath, Ino>,
    /// Contents must not have two lengths.
    lens: BTreeMap<Digest, u64>,
}

/// An inode as it is to be.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) standing: Standing,
    pub(super) pinned: bool,
    pub(super) times: Times,
    /// As [`NodeRecord::names`].
    pub(super) names: Option<Vec<(Ino, String)>>,
    pub(super) body: DraftBody,
}

#[derive(Debug)]
pub(super) enum DraftBody {
    Dir(DraftDir),
    Other(Node),
}

/// The entries that a directory has besides the base's, or instead of them.
#[derive(Debug, Default)]
pub(super) struct DraftDir {
    /// Sequence number and inode by name.
    pub(super) added: BTreeMap<Name, (u64, Ino)>,
    /// The base's entries that are gone or replaced.
    pub(super) hidden: BTreeSet<Name>,
    /// Entries that the base was thought to have.
    pub(super) attached: Vec<(Name, Ino)>,
    pub(super) next_seq: u64,
}

impl Draft {
    /// A directory on the way to something, where the base has none.
    pub(super) fn on_the_way() -> Self {
        Self {
            standing: Standing::ReadOnly,
            pinned: false,
            times: Times::default(),
            names: None,
            body: DraftBody::Dir(DraftDir::default()),
        }
    }

    /// A directory of the base, unchanged.
    pub(super) fn of_base(inode: &Inode) -> Self {
        Self {
            standing: inode.standing,
            pinned: inode.pinned,
            times: inode.times,
            names: None,
            body: DraftBody::Dir(DraftDir::default()),
        }
    }

    pub(super) fn dir(&self) -> Option<&DraftDir> {
        match &self.body {
            DraftBody::Dir(dir) => Some(dir),
            DraftBody::Other(_) => None,
        }
    }
}

pub(super) fn bad<T>(problem: &'static str) -> Result<T> {
    Err(Error::BadRecord { problem })
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        base: &'a Tree,
        records: &[&TreeRecord],
        provider: &'a Arc<dyn BlobProvider>,
    ) -> Result<Self> {
        let top = records.iter().filter_map(|record| record.next).max().unwrap_or(0);
        if top > MAX_NUMBER || base.next_ino > MAX_NUMBER {
            return bad("an inode number is out of range");
        }
        Ok(Self {
            base,
            provider,
            top,
            next: 0,
            drafts: BTreeMap::new(),
            gone: BTreeSet::new(),
            missing: BTreeMap::new(),
            lens: BTreeMap::new(),
        })
    }

    /// Whether the number is one of the base's.
    pub(super) fn is_base(&self, ino: Ino) -> bool {
        ino.0 < self.base.next_ino
    }

    /// Whether the number is the guest's, and not in place of something the base lacks.
    fn is_own(&self, ino: Ino) -> bool {
        !self.is_base(ino) && ino.0 < self.base.next_ino.saturating_add(self.top)
    }

    /// Whether something has a number that had not been given out.
    pub(super) fn is_future(&self, ino: Ino) -> bool {
        self.is_own(ino) && ino.0 >= self.base.next_ino.saturating_add(self.next)
    }

    /// The number after the last one that the finished tree gave out.
    pub(super) fn next_ino(&self) -> u64 {
        let own = if self.missing.is_empty() {
            self.next
        } else {
            self.top.saturating_add(self.missing.len() as u64)
        };
        self.base.next_ino.saturating_add(own)
    }

    /// The number of a path that the base was thought to have.
    pub(super) fn base_ino(&mut self, path: &GuestPath) -> Ino {
        if let Some(ino) = self.base.find(path) {
            return ino;
        }
        let n_missing = self.missing.len() as u64;
        let free = self.base.next_ino.saturating_add(self.top).saturating_add(n_missing);
        *self.missing.entry(path.clone()).or_insert(Ino(free))
    }

    fn ino(&mut self, key: &Key) -> Result<Ino> {
        match key {
            Key::Own(own) if *own < self.top => Ok(Ino(self.base.next_ino.saturating_add(*own))),
            Key::Own(_) => bad("an inode number is out of range"),
            Key::Base(path) => Ok(self.base_ino(path)),
        }
    }

    /// Adds what `record` says.
    pub(super) fn apply(&mut self, record: &TreeRecord) -> Result<()> {
        for key in &record.gone {
            let ino = self.ino(key)?;
            let was_there = self.drafts.remove(&ino).is_some();
            match key {
                Key::Own(_) if !was_there => return bad("something is gone that was not there"),
                Key::Base(_) if ino == Ino::ROOT => return bad("the root is gone"),
                Key::Base(_) if !self.gone.insert(ino) => return bad("something is gone twice"),
                Key::Own(_) | Key::Base(_) => {}
            }
        }
        let mut seen = BTreeSet::new();
        for node in &record.nodes {
            let ino = self.ino(&node.key)?;
            if !seen.insert(ino) {
                return bad("an inode is recorded twice");
            }
            self.apply_node(ino, node)?;
        }
        self.next = record.next.unwrap_or(self.next);
        Ok(())
    }

    fn apply_node(&mut self, ino: Ino, record: &NodeRecord) -> Result<()> {
        let is_dir = matches!(record.body, Body::Dir(_));
        let standing = match (record.owner, &record.body) {
            (Owner::Guest, Body::Device(_)) => return bad("a device is not the host's"),
            (Owner::Base, _) if !is_dir => return bad("a file is owned like a directory"),
            (Owner::Guest, _) => Standing::Guest,
            (Owner::Base, _) => Standing::Base,
            (Owner::ReadOnly, _) => Standing::ReadOnly,
        };
        if record.pinned && !is_dir {
            return bad("a file is pinned like a directory");
        }
        let body = match &record.body {
            Body::File(None) => DraftBody::Other(Node::File(Content::default())),
            Body::File(Some(content)) => DraftBody::Other(Node::File(self.content(content)?)),
            Body::Symlink(target)
                if target.is_empty() || target.len() > MAX_PATH || target.contains('\0') =>
            {
                return bad("a link has an impossible target");
            }
            Body::Symlink(target) => DraftBody::Other(Node::Symlink(name(target))),
            Body::Device(device) => DraftBody::Other(Node::Device(*device)),
            Body::Dir(dir) => DraftBody::Dir(self.dir(ino, dir)?),
        };
        let names = match &record.names {
            None => None,
            Some(names) if names.len() == 1 || names.len() > MAX_LINKS || (is_dir && !names.is_empty()) => {
                return bad("something has an impossible number of names");
            }
            Some(names) => {
                let name = |name: &super::NameRecord| Ok((self.ino(&name.dir)?, name.name.clone()));
                Some(names.iter().map(name).collect::<Result<_>>()?)
            }
        };
        self.gone.remove(&ino);
        self.drafts.insert(ino, Draft { standing, pinned: record.pinned, times: record.times, names, body });
        Ok(())
    }

    fn content(&mut self, record: &ContentRecord) -> Result<Content> {
        let ContentRecord { digest, len } = *record;
        if len == 0 || len > i64::MAX.unsigned_abs() {
            return bad("a file has an impossible length");
        }
        if *self.lens.entry(digest).or_insert(len) != len {
            return bad("the same bytes have two lengths");
        }
        Ok(Content::from_blob(digest, len, Arc::clone(self.provider)))
    }

    /// The directory `ino` as it was, changed as the record says.
    fn dir(&mut self, ino: Ino, record: &DirRecord) -> Result<DraftDir> {
        if !(Directory::FIRST_SEQ..=MAX_NUMBER).contains(&record.next_seq) {
            return bad("a directory has an impossible sequence number");
        }
        let mut dir = match self.drafts.remove(&ino) {
            Some(Draft { body: DraftBody::Dir(dir), .. }) => dir,
            Some(_) | None => DraftDir::default(),
        };
        let is_own = self.is_own(ino);
        for removed in &record.removed {
            if dir.added.remove(removed.as_str()).is_none() && (is_own || !dir.hidden.insert(name(removed))) {
                return bad("an entry is gone that was not there");
            }
        }
        for entry in &record.added {
            if check_name(&entry.name).is_err() {
                return bad("an entry has an impossible name");
            }
            if !(Directory::FIRST_SEQ..record.next_seq).contains(&entry.seq) {
                return bad("an entry has an impossible sequence number");
            }
            let to = self.ino(&entry.to)?;
            if dir.added.insert(name(&entry.name), (entry.seq, to)).is_some() {
                return bad("a directory has a name twice");
            }
        }
        if dir.added.len() > MAX_DIR_ENTRIES {
            return bad("a directory has too many entries");
        }
        dir.next_seq = record.next_seq;
        Ok(dir)
    }
}
