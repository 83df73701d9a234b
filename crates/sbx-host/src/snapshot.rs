//! Snapshots: the memory of an instance at rest taken as what differs from its image, and put back under a new one.
//!
//! What was never written still shows the image, and the page map says so for nothing; of the rest each page is compared
//! with the earlier snapshot, and shared with it where it is the same. So a capture costs a look at what the instance has
//! written since it was opened and a copy of what changed since the last one.

use std::ops::Range;

use imbl::OrdMap;
use sbx_core::{PAGE_BYTES, Page, Snapshot};
use sbx_vfs::{DescriptorTable, Vfs};

use crate::{
    engine::ImageMode,
    error::{Error, Result},
    image::Image,
    instance::Instance,
    memory::{discard_unchanged, written_pages},
};

/// The capture of an instance, counted from 0, at which pages are given back: not the first, since most instances are
/// captured once; and not every one, since some pages are written in each turn and end as they were.
const GIVE_BACK_AT: u64 = 1;

static ZEROS: [u8; PAGE_BYTES] = [0; PAGE_BYTES];

impl Instance {
    /// The memory as it is now. Pages that `previous` (an earlier snapshot of the same session) has as they are now are
    /// shared with it.
    ///
    /// # Errors
    /// If the last run was cut off, so that the guest is not at rest.
    pub fn snapshot(&mut self, previous: Option<&Snapshot>) -> Result<Snapshot> {
        if self.is_spent() {
            return Err(Error::Spent);
        }
        let machine = self.store.data_mut().wasi.machine_state();
        let memory = self.exports.memory.data(&self.store);
        let reference = self.image.reference();
        let previous = previous.filter(|older| older.image() == reference);
        let original = self.image.memory.bytes();
        let mut capture = Capture {
            memory,
            original,
            known: previous.map(|older| older.pages().clone()).unwrap_or_default(),
            pages: OrdMap::new(),
            unchanged: Vec::new(),
        };
        capture.pages.clone_from(&capture.known);
        let mut written = Vec::new();
        let is_known = written_pages(memory, &mut |range| written.push(range))
            .map_err(Error::system("read the page map"))?;
        if !is_known {
            written.clear();
            written.push(0..memory.len());
        }
        capture.take(&written);
        let Capture { pages, unchanged, .. } = capture;
        let snapshot = Snapshot::new(reference.clone(), memory.len() as u64, machine, pages)
            .map_err(|error| Error::BadSnapshot { problem: error.to_string() })?;
        if self.image_mode == ImageMode::Map && is_known && self.n_captures == GIVE_BACK_AT {
            self.give_back(unchanged)?;
        }
        self.n_captures += 1;
        Ok(snapshot)
    }

    /// Gives written pages back that hold what the image has. A region comes with many from the runs before it.
    fn give_back(&mut self, unchanged: Vec<Range<usize>>) -> Result<()> {
        let memory = self.exports.memory.data_mut(&mut self.store);
        for range in unchanged {
            discard_unchanged(memory, range).map_err(Error::system("give pages back"))?;
        }
        Ok(())
    }

    /// What the guest has open, to be kept with its files.
    ///
    /// # Errors
    /// If the files were lost with a call to a host folder that never came back.
    pub fn descriptors(&self) -> Result<DescriptorTable> {
        self.store.data().wasi.files().map(Vfs::descriptors).ok_or(Error::Spent)
    }

    /// Puts the pages of `snapshot` into a memory that shows its image.
    pub(crate) fn put_pages(&mut self, snapshot: &Snapshot) -> Result<()> {
        let memory = self.exports.memory.data_mut(&mut self.store);
        for (index, page) in snapshot.pages() {
            let start = *index as usize * PAGE_BYTES;
            let place = memory.get_mut(start..start + PAGE_BYTES).ok_or_else(|| Error::BadSnapshot {
                problem: format!("page {index} lies outside of its memory"),
            })?;
            place.copy_from_slice(page.bytes());
        }
        Ok(())
    }
}

/// Refuses a snapshot that cannot have been taken over `image`.
pub(crate) fn check(snapshot: &Snapshot, image: &Image) -> Result<()> {
    let problem = if snapshot.image() != image.reference() {
        let (theirs, ours) = (snapshot.image(), image.reference());
        format!(
            "it was taken over image `{}` {:.12}, and this one is `{}` {:.12}; use the version of sbx that took it",
            theirs.name, theirs.digest, ours.name, ours.digest
        )
    } else if snapshot.memory_bytes() < image.memory_bytes() {
        "its memory is smaller than its image".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::BadSnapshot { problem })
}

/// One capture under way.
struct Capture<'a> {
    memory: &'a [u8],
    original: &'a [u8],
    /// The pages of the previous snapshot.
    known: OrdMap<u32, Page>,
    /// Those of the new one.
    pages: OrdMap<u32, Page>,
    /// Bytes of written pages that are the image's all the same.
    unchanged: Vec<Range<usize>>,
}

impl Capture<'_> {
    /// Looks at all pages in `written`, which is ascending; every other page is the image's.
    fn take(&mut self, written: &[Range<usize>]) {
        let mut next = 0;
        for range in written {
            self.forget(next, range.start);
            for start in range.clone().step_by(PAGE_BYTES) {
                self.take_page(start);
            }
            next = range.end;
        }
        self.forget(next, usize::MAX);
    }

    fn take_page(&mut self, start: usize) {
        let Some(now) = self.memory.get(start..start + PAGE_BYTES) else { return };
        let index = page_index(start);
        if self.known.get(&index).is_some_and(|known| known.bytes() == now) {
            return;
        }
        if now == self.original.get(start..start + PAGE_BYTES).unwrap_or(&ZEROS) {
            self.pages.remove(&index);
            match self.unchanged.last_mut() {
                Some(last) if last.end == start => last.end = start + PAGE_BYTES,
                _ => self.unchanged.push(start..start + PAGE_BYTES),
            }
        } else if let Some(page) = Page::new(now) {
            self.pages.insert(index, page);
        }
    }

    /// Takes out the pages from byte `start` to `end`: they are the image's again.
    fn forget(&mut self, start: usize, end: usize) {
        let gone: Vec<u32> =
            self.known.range(page_index(start)..page_index(end)).map(|(index, _)| *index).collect();
        for index in gone {
            self.pages.remove(&index);
        }
    }
}

fn page_index(byte: usize) -> u32 {
    u32::try_from(byte / PAGE_BYTES).unwrap_or(u32::MAX)
}
