//! Reads records and the pages of memories, with as few requests as it takes.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use imbl::OrdMap;
use sbx_core::{Page, RuntimeType};
use sbx_storage::StorageAdapterExt;
use sbx_vfs::Digest;

use crate::blobs::Frames;
use crate::error::{Error, Result};
use crate::format::RecordRef;
use crate::format::object::{self, HEADER_BYTES};
use crate::format::record::Record;
use crate::load::{damaged, page_in};
use crate::pack::unpack;
use crate::stored::{Frame, Stored};

/// Objects up to this size are read whole: one request, and the hash of all their bytes is checked.
const WHOLE_BYTES: u64 = 4 << 20;
/// Bytes of one request for several frames.
const SPAN_BYTES: u64 = 16 << 20;
/// Bytes between two frames that are rather read than asked around.
const GAP_BYTES: u64 = 64 << 10;

/// The pages of each interpreter.
pub(crate) type Pages = BTreeMap<RuntimeType, OrdMap<u32, Page>>;

/// Reads for one state.
pub(crate) struct Reader<'a> {
    frames: &'a Frames,
    /// The bytes of an object, if the session may use it.
    listed: &'a (dyn Fn(&Digest) -> Option<u64> + Sync),
    whole: BTreeMap<Digest, Bytes>,
}

/// Who wants which pages of a frame.
struct Wanted {
    frame: Arc<Frame>,
    pages: Vec<(RuntimeType, u32, u32)>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(frames: &'a Frames, listed: &'a (dyn Fn(&Digest) -> Option<u64> + Sync)) -> Self {
        Self { frames, listed, whole: BTreeMap::new() }
    }

    /// A record with all its numbers checked.
    pub(crate) async fn record(&mut self, at: &RecordRef) -> Result<Record> {
        let bad = |problem: &str| damaged(at, problem);
        self.admit(&at.object, at.bytes).map_err(bad)?;
        let range = at.range().ok_or_else(|| bad("its size is not possible"))?;
        let stored = self.bytes(&at.object, at.bytes, range.clone()).await?;
        let raw = unpack(&stored, at.raw, &at.digest).map_err(|problem| bad(&problem))?;
        let record: Record = postcard::from_bytes(&raw)
            .map_err(|error| bad(&format!("its record does not parse: {error}")))?;
        record.check(range.start).map_err(bad)?;
        for object in &record.objects {
            self.admit(&Digest::from_bytes(object.digest), object.bytes).map_err(bad)?;
        }
        Ok(record)
    }

    /// All pages of a state.
    pub(crate) async fn pages(&mut self, stored: &Stored) -> Result<Pages> {
        let mut wanted = wanted(stored);
        let mut pages: BTreeMap<RuntimeType, Vec<(u32, Page)>> = BTreeMap::new();
        while let Some(first) = wanted.first_key_value().map(|(_, first)| Arc::clone(&first.frame)) {
            let (object, start) = first.key();
            let bytes = stored.objects.get(&object).copied().unwrap_or_default();
            let mut end = start.saturating_add(u64::from(first.stored));
            let mut span = Vec::new();
            while let Some(next) = wanted.first_entry() {
                let frame = Arc::clone(&next.get().frame);
                let frame_end = frame.offset.saturating_add(u64::from(frame.stored));
                let near = frame.object == object && frame.offset <= end.saturating_add(GAP_BYTES);
                if !near || (frame_end.saturating_sub(start) > SPAN_BYTES && !span.is_empty()) {
                    break;
                }
                end = end.max(frame_end);
                span.push(next.remove());
            }
            let read = self.bytes(&object, bytes, start..end).await?;
            for Wanted { frame, pages: places } in span {
                let at = usize::try_from(frame.offset.saturating_sub(start)).unwrap_or(usize::MAX);
                let problem = |problem: String| Error::corrupt(format!("object {object}"), problem);
                let stored = read.get(at..at.saturating_add(frame.stored as usize));
                let stored = stored.ok_or_else(|| problem("it is cut short".to_owned()))?;
                let raw = unpack(stored, frame.raw, &frame.digest).map_err(problem)?;
                take_pages(&raw, &places, &mut pages).map_err(|text| problem(text.to_owned()))?;
            }
        }
        Ok(pages.into_iter().map(|(runtime, pages)| (runtime, pages.into_iter().collect())).collect())
    }

    /// Bytes `range` of an object of `size` bytes.
    async fn bytes(&mut self, digest: &Digest, size: u64, range: Range<u64>) -> Result<Bytes> {
        let bad = |problem: &str| Error::corrupt(format!("object {digest}"), problem);
        let key = object::key(digest)?;
        let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        if size > WHOLE_BYTES {
            let bytes = self.frames.storage.read_range(&key, range.clone()).await?;
            let bytes = bytes.ok_or_else(|| bad("it is missing"))?;
            let is_whole = bytes.len() == index(range.end.saturating_sub(range.start));
            return if is_whole { Ok(bytes) } else { Err(bad("it is cut short")) };
        }
        if !self.whole.contains_key(digest) {
            let bytes = match self.frames.storage.get(&key).await {
                Err(sbx_storage::Error::NotFound { .. }) => return Err(bad("it is missing")),
                other => other?,
            };
            if bytes.len() as u64 != size || Digest::of(&bytes) != *digest {
                return Err(bad("its bytes are not those that were stored"));
            }
            object::read_header(&bytes).map_err(bad)?;
            self.whole.insert(*digest, bytes);
        }
        let whole = self.whole.get(digest).filter(|whole| index(range.end) <= whole.len());
        let whole = whole.filter(|_whole| index(range.start) >= HEADER_BYTES && range.start <= range.end);
        whole
            .map(|whole| whole.slice(index(range.start)..index(range.end)))
            .ok_or_else(|| bad("it is cut short"))
    }

    fn admit(&self, digest: &Digest, bytes: u64) -> Result<(), &'static str> {
        match (self.listed)(digest) {
            Some(listed) if listed == bytes => Ok(()),
            Some(_) => Err("its size is not the one in the head"),
            None => Err("it needs an object that the head does not list"),
        }
    }
}

/// All frames with pages, in the order in which they are stored.
fn wanted(stored: &Stored) -> BTreeMap<(Digest, u64), Wanted> {
    let mut wanted: BTreeMap<(Digest, u64), Wanted> = BTreeMap::new();
    for (runtime, interpreter) in &stored.interpreters {
        // Pages that follow one another are mostly in the same frame.
        let mut run: Option<Wanted> = None;
        for (page, place) in &interpreter.pages {
            if run.as_ref().is_none_or(|run| !Arc::ptr_eq(&run.frame, &place.frame)) {
                if let Some(run) = run.take() {
                    merge(&mut wanted, run);
                }
                run = Some(Wanted { frame: Arc::clone(&place.frame), pages: Vec::new() });
            }
            if let Some(run) = &mut run {
                run.pages.push((*runtime, *page, place.slot));
            }
        }
        if let Some(run) = run {
            merge(&mut wanted, run);
        }
    }
    wanted
}

fn merge(wanted: &mut BTreeMap<(Digest, u64), Wanted>, run: Wanted) {
    let key = run.frame.key();
    match wanted.get_mut(&key) {
        Some(known) => known.pages.extend(run.pages),
        None => drop(wanted.insert(key, run)),
    }
}

/// Takes pages out of a raw frame; those of the same place share their bytes, as many as there may be.
fn take_pages(
    raw: &[u8],
    places: &[(RuntimeType, u32, u32)],
    pages: &mut BTreeMap<RuntimeType, Vec<(u32, Page)>>,
) -> Result<(), &'static str> {
    let mut by_slot: BTreeMap<u32, Page> = BTreeMap::new();
    for (runtime, number, slot) in places {
        let page = match by_slot.get(slot) {
            Some(page) => page.clone(),
            None => {
                let page = page_in(raw, *slot).ok_or("a page is outside its frame")?;
                by_slot.insert(*slot, page.clone());
                page
            }
        };
        pages.entry(*runtime).or_default().push((*number, page));
    }
    Ok(())
}
