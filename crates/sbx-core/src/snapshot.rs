//! The memory of an interpreter at rest, as what differs from the image it started from.
//!
//! Plain data, so that whoever keeps sessions needs no engine and the engine no storage.

use std::{fmt, sync::Arc};

use imbl::{OrdMap, ordmap::DiffItem};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Bytes of one page of a snapshot.
pub const PAGE_BYTES: usize = 4096;

/// The largest memory a snapshot can describe: what 32-bit guests can address.
pub const MAX_SNAPSHOT_BYTES: u64 = 1 << 32;

/// Which image a snapshot lies on. It can be restored only over the very same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "the identity of an image, compared as a whole")]
pub struct ImageRef {
    /// The hash of the guest's module.
    pub guest: String,
    /// The image's name, for messages.
    pub name: String,
    /// The hash of the image's memory.
    pub digest: String,
}

/// What an interpreter has besides memory, files and descriptors: where its clocks and its random numbers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "made by the host, kept by whoever keeps the snapshot")]
pub struct MachineState {
    /// The monotonic clock, nanoseconds; it goes on from here and never back.
    pub monotonic_ns: u64,
    /// In deterministic mode what cannot be taken from the host; it goes on from here if the seed is still the same.
    pub deterministic: Option<DeterministicState>,
}

/// Where the virtual clock and the seeded generator of deterministic mode stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::exhaustive_structs, reason = "made by the host, kept by whoever keeps the snapshot")]
pub struct DeterministicState {
    /// The seed that the generator was made from.
    pub seed: u64,
    /// Words of 32 bits that it has given.
    pub random_words: u64,
    /// The wall clock, nanoseconds since 1970.
    pub wall_ns: u64,
}

/// One page of memory; a cheap handle. Equal if it is the same one, whatever the bytes.
#[derive(Clone)]
pub struct Page(Arc<[u8; PAGE_BYTES]>);

impl Page {
    /// A page with these bytes, copied; `None` unless there are [`PAGE_BYTES`].
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; PAGE_BYTES] = bytes.try_into().ok()?;
        Some(Self(Arc::new(*bytes)))
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; PAGE_BYTES] {
        &self.0
    }
}

impl PartialEq for Page {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

/// The memory of an interpreter at rest: an image and the pages that differ from it. A fork is one clone, and two
/// snapshots are compared by looking only at what they do not share.
///
/// Beyond the image's end, pages that are not listed are zero.
#[derive(Debug, Clone)]
pub struct Snapshot {
    image: ImageRef,
    memory_bytes: u64,
    machine: MachineState,
    pages: OrdMap<u32, Page>,
}

/// A number of bytes or a page that no memory can have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no memory of {memory_bytes} bytes can be restored with a page at {page:?}")]
pub struct BadSnapshot {
    memory_bytes: u64,
    page: Option<u32>,
}

impl Snapshot {
    /// The snapshot of a memory of `memory_bytes` in which `pages` differ from `image`.
    ///
    /// # Errors
    /// A size that is no whole number of 64 KiB or larger than [`MAX_SNAPSHOT_BYTES`]; a page beyond it.
    pub fn new(
        image: ImageRef,
        memory_bytes: u64,
        machine: MachineState,
        pages: OrdMap<u32, Page>,
    ) -> Result<Self, BadSnapshot> {
        let last = pages.get_max().map(|(index, _)| *index);
        let is_inside = |index: u32| (u64::from(index) + 1) * PAGE_BYTES as u64 <= memory_bytes;
        let is_size = memory_bytes.is_multiple_of(0x1_0000) && memory_bytes <= MAX_SNAPSHOT_BYTES;
        if !is_size || !last.is_none_or(is_inside) {
            return Err(BadSnapshot { memory_bytes, page: last });
        }
        Ok(Self { image, memory_bytes, machine, pages })
    }

    /// The image it lies on.
    #[must_use]
    pub fn image(&self) -> &ImageRef {
        &self.image
    }

    /// Bytes of linear memory, the image included; a multiple of 64 KiB.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.memory_bytes
    }

    /// Where clocks and random numbers stand.
    #[must_use]
    pub fn machine(&self) -> MachineState {
        self.machine
    }

    /// The pages that differ from the image, by number; page `n` begins at byte `n` × [`PAGE_BYTES`].
    #[must_use]
    pub fn pages(&self) -> &OrdMap<u32, Page> {
        &self.pages
    }

    /// The pages that `newer` has and this one has not, or has others of; those that `newer` has no more (they are
    /// the image's again) come with `None`. Costs the difference, if one was captured from the other.
    pub fn changes<'a>(&'a self, newer: &'a Self) -> impl Iterator<Item = (u32, Option<&'a Page>)> {
        self.pages.diff(&newer.pages).map(|item| match item {
            DiffItem::Add(index, page) | DiffItem::Update { new: (index, page), .. } => (*index, Some(page)),
            DiffItem::Remove(index, _) => (*index, None),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(memory_bytes: u64, pages: &[u32]) -> Result<Snapshot, BadSnapshot> {
        let image = ImageRef { guest: "g".into(), name: "n".into(), digest: "d".into() };
        let page = Page::new(&[7; PAGE_BYTES]).unwrap();
        let pages = pages.iter().map(|index| (*index, page.clone())).collect();
        Snapshot::new(image, memory_bytes, MachineState::default(), pages)
    }

    #[test]
    fn pages_lie_inside_the_memory() {
        assert!(snapshot(0x1_0000, &[0, 15]).is_ok());
        assert!(snapshot(0x1_0000, &[16]).is_err());
        assert!(snapshot(0x1_0001, &[]).is_err(), "not a whole number of pages");
        assert!(snapshot(MAX_SNAPSHOT_BYTES, &[u32::MAX >> 12]).is_ok());
        assert!(snapshot(MAX_SNAPSHOT_BYTES, &[u32::MAX]).is_err());
        assert!(snapshot(MAX_SNAPSHOT_BYTES + 0x1_0000, &[]).is_err());
    }

    #[test]
    fn changes_are_what_is_not_shared() {
        let older = snapshot(0x10_0000, &[1, 2, 3]).unwrap();
        let mut newer = older.clone();
        newer.pages.insert(2, Page::new(&[8; PAGE_BYTES]).unwrap());
        newer.pages.insert(9, Page::new(&[9; PAGE_BYTES]).unwrap());
        newer.pages.remove(&3);
        let changes: Vec<(u32, Option<u8>)> =
            older.changes(&newer).map(|(index, page)| (index, page.map(|page| page.bytes()[0]))).collect();
        assert_eq!(changes, [(2, Some(8)), (3, None), (9, Some(9))]);
        assert_eq!(older.changes(&older.clone()).count(), 0);
    }
}
