//! Makes a state of what is stored.
//!
//! Whatever is read is taken for what anybody could have written: a record's digest before its numbers, its numbers
//! before any allocation, a frame's digest before its bytes are anybody's memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use sbx_core::{PAGE_BYTES, Page, RuntimeType, Snapshot};
use sbx_vfs::{BlobProvider, Digest, Tree};

use crate::blobs::{Blobs, Frames};
use crate::error::{Error, Result};
use crate::format::RecordRef;
use crate::format::record::{ContentRef, InterpreterRecord, MAX_LINKS, Record};
use crate::read::Reader;
use crate::state::{InterpreterState, SessionState};
use crate::stored::{Frame, PagePlace, Stored, StoredContent, StoredInterpreter};

/// What to load of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    /// Everything.
    All,
    /// Files alone: no page of memory is read.
    Files,
}

/// A state with where it is stored.
pub(crate) struct Loaded {
    /// Without interpreters if only files were asked for.
    pub(crate) state: SessionState,
    pub(crate) stored: Stored,
}

/// Loads the state that `record` describes over `base`. `listed` are the objects that the session may use: a record
/// that names another one is not this session's.
pub(crate) async fn load(
    frames: &Frames,
    record: &RecordRef,
    base: &Tree,
    parts: Parts,
    listed: &(dyn Fn(&Digest) -> Option<u64> + Sync),
) -> Result<Loaded> {
    let mut reader = Reader::new(frames, listed);
    let chain = read_chain(&mut reader, record).await?;
    let mut build = Build::default();
    for (record, own) in &chain {
        build.apply(own, record).map_err(|problem| damaged(own, problem))?;
    }
    let Some((last, _)) = chain.last() else { return Err(Error::corrupt("a state", "it has no record")) };
    let stored = build.finish(record.clone(), last);
    let blobs: Arc<dyn BlobProvider> =
        Arc::new(Blobs { frames: frames.clone(), contents: stored.contents.clone() });
    let trees: Vec<_> = chain.iter().map(|(record, _)| &record.tree).collect();
    let tree = Tree::from_records(base, trees, &blobs)
        .map_err(|error| damaged(record, format!("its files cannot be made again: {error}")))?;
    let mut state = SessionState { tree, base: base.clone(), interpreters: BTreeMap::new() };
    if parts == Parts::All {
        let mut pages = reader.pages(&stored).await?;
        for (runtime, interpreter) in &stored.interpreters {
            let StoredInterpreter { image, memory_bytes, machine, descriptors, .. } = interpreter.clone();
            let pages: OrdMap<u32, Page> = pages.remove(runtime).unwrap_or_default();
            let snapshot = Snapshot::new(image, memory_bytes, machine, pages)
                .map_err(|error| damaged(record, error.to_string()))?;
            let descriptors = descriptors.to_absolute(base);
            state.interpreters.insert(*runtime, InterpreterState { snapshot, descriptors });
        }
    }
    Ok(Loaded { state, stored })
}

/// Reads a record and all those below it; the full one first.
async fn read_chain(reader: &mut Reader<'_>, record: &RecordRef) -> Result<Vec<(Record, RecordRef)>> {
    let mut chain = Vec::new();
    let mut next = Some((record.clone(), MAX_LINKS));
    while let Some((at, max_link)) = next {
        let record = reader.record(&at).await?;
        if record.link > max_link {
            return Err(damaged(&at, "its place in the chain is not possible"));
        }
        // Links count down, so that a chain ends.
        next = record.base.clone().map(|base| (base, record.link.saturating_sub(1)));
        chain.push((record, at));
    }
    chain.reverse();
    let counts_up = (0_u8..).zip(&chain).all(|(link, (record, _))| record.link == link);
    if !counts_up {
        return Err(damaged(record, "its chain has a gap"));
    }
    Ok(chain)
}

/// Follows a chain from its full record on.
#[derive(Default)]
struct Build {
    /// So that the same frame is one, however many records name it.
    frames: BTreeMap<(Digest, u64), Arc<Frame>>,
    objects: OrdMap<Digest, u64>,
    contents: OrdMap<Digest, Arc<StoredContent>>,
    interpreters: BTreeMap<RuntimeType, StoredInterpreter>,
    pages_since_full: u64,
}

impl Build {
    fn apply(&mut self, own: &RecordRef, record: &Record) -> Result<(), &'static str> {
        self.objects.insert(own.object, own.bytes);
        for object in &record.objects {
            self.objects.insert(Digest::from_bytes(object.digest), object.bytes);
        }
        let frames = self.frames_of(own, record)?;
        for content in &record.contents {
            self.add_content(content, &frames)?;
        }
        for (digest, len) in record.tree.contents() {
            if self.contents.get(&digest).is_none_or(|content| content.len != len) {
                return Err("the content of a file is nowhere");
            }
        }
        let mut interpreters = BTreeMap::new();
        for interpreter in &record.interpreters {
            let (runtime, stored) = self.interpreter(interpreter, &frames)?;
            interpreters.insert(runtime, stored);
            if record.link > 0 {
                let pages = interpreter.pages.iter().map(|run| u64::from(run.count)).sum::<u64>();
                self.pages_since_full = self.pages_since_full.saturating_add(pages);
            }
        }
        self.interpreters = interpreters;
        Ok(())
    }

    fn frames_of(&mut self, own: &RecordRef, record: &Record) -> Result<Vec<Arc<Frame>>, &'static str> {
        let mut frames = Vec::with_capacity(record.frames.len());
        for frame in &record.frames {
            let (object, object_bytes) = match frame.object.checked_sub(1) {
                None => (own.object, own.bytes),
                Some(idx) => {
                    let object = record.objects.get(idx as usize).ok_or("a frame is in no object")?;
                    (Digest::from_bytes(object.digest), object.bytes)
                }
            };
            let (offset, stored, raw) = (frame.offset, frame.stored, frame.raw);
            let digest = Digest::from_bytes(frame.digest);
            let frame = Frame { object, object_bytes, offset, stored, raw, digest };
            let known = self.frames.entry(frame.key()).or_insert_with(|| Arc::new(frame.clone()));
            if **known != frame {
                return Err("two records speak differently of the same frame");
            }
            frames.push(Arc::clone(known));
        }
        Ok(frames)
    }

    fn add_content(&mut self, content: &ContentRef, frames: &[Arc<Frame>]) -> Result<(), &'static str> {
        let place = |(frame, at): &(u32, u32)| Some((Arc::clone(frames.get(*frame as usize)?), *at));
        let pieces: Option<Vec<_>> = content.pieces.iter().map(place).collect();
        let pieces = pieces.ok_or("a piece of a file is in no frame")?;
        let digest = Digest::from_bytes(content.digest);
        self.contents.insert(digest, Arc::new(StoredContent { len: content.len, pieces }));
        Ok(())
    }

    fn interpreter(
        &self,
        record: &InterpreterRecord,
        frames: &[Arc<Frame>],
    ) -> Result<(RuntimeType, StoredInterpreter), &'static str> {
        let runtime: RuntimeType = record
            .runtime
            .parse()
            .map_err(|_unknown| "it has an interpreter that this release does not know")?;
        let mut pages = OrdMap::new();
        if !record.is_full {
            let below = self.interpreters.get(&runtime).filter(|below| below.image == record.image);
            pages = below.ok_or("an interpreter is changed that was not there")?.pages.clone();
        }
        for (page, count) in &record.gone {
            let gone: Vec<u32> =
                pages.range(*page..page.saturating_add(*count)).map(|(page, _)| *page).collect();
            for page in gone {
                pages.remove(&page);
            }
        }
        for run in &record.pages {
            let frame = frames.get(run.frame as usize).ok_or("a page is in no frame")?;
            for n in 0..run.count {
                let place = PagePlace { frame: Arc::clone(frame), slot: run.slot.saturating_add(n) };
                pages.insert(run.page.saturating_add(n), place);
            }
        }
        let stored = StoredInterpreter {
            image: record.image.clone(),
            memory_bytes: record.memory_bytes,
            machine: record.machine,
            pages,
            descriptors: record.descriptors.clone(),
        };
        Ok((runtime, stored))
    }

    fn finish(self, reference: RecordRef, last: &Record) -> Stored {
        Stored {
            record: reference,
            link: last.link,
            pages_since_full: self.pages_since_full,
            objects: self.objects,
            contents: self.contents,
            interpreters: self.interpreters,
        }
    }
}

pub(crate) fn damaged(record: &RecordRef, problem: impl Into<String>) -> Error {
    Error::corrupt(format!("object {}", record.object), problem)
}

/// The page at `slot` of a raw frame.
pub(crate) fn page_in(frame: &[u8], slot: u32) -> Option<Page> {
    let start = (slot as usize).checked_mul(PAGE_BYTES)?;
    Page::new(frame.get(start..start.checked_add(PAGE_BYTES)?)?)
}
