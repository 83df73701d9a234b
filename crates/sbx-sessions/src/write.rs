//! Puts places into a record: what is said of frames and objects once is named by number after that.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use sbx_core::RuntimeType;
use sbx_vfs::Digest;

use crate::format::record::{ContentRef, FrameRef, InterpreterRecord, ObjectRef, PageRun};
use crate::pack::{Object, Packed};
use crate::stored::{Frame, StoredInterpreter};

/// Where something is: stored already, or in the objects that are being made.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Known { frame: Arc<Frame>, at: u32 },
    New { frame: usize, at: u32 },
}

/// The tables of a record.
pub(crate) struct Writer {
    objects: Vec<ObjectRef>,
    object_idx: BTreeMap<Digest, u32>,
    frames: Vec<FrameRef>,
    frame_idx: BTreeMap<(Digest, u64), u32>,
}

impl Writer {
    /// Begins with the frames that were packed, in their order; all objects but the last one are full.
    pub(crate) fn new(objects: &[Object], frames: &[Packed]) -> Self {
        let mut writer = Self {
            objects: Vec::new(),
            object_idx: BTreeMap::new(),
            frames: Vec::with_capacity(frames.len()),
            frame_idx: BTreeMap::new(),
        };
        for object in objects {
            writer.object(object.digest, object.bytes.len() as u64);
        }
        for frame in frames {
            let full = objects.get(frame.object);
            let object = full.map_or(0, |object| writer.object(object.digest, object.bytes.len() as u64));
            writer.frames.push(FrameRef {
                object,
                offset: frame.offset,
                stored: frame.stored,
                raw: frame.raw,
                digest: *frame.digest.as_bytes(),
            });
        }
        writer
    }

    /// Names objects that the state needs besides.
    pub(crate) fn need(&mut self, objects: &OrdMap<Digest, u64>) {
        for (digest, bytes) in objects {
            self.object(*digest, *bytes);
        }
    }

    /// The tables.
    pub(crate) fn finish(self) -> (Vec<ObjectRef>, Vec<FrameRef>) {
        (self.objects, self.frames)
    }

    /// Writes a content down.
    pub(crate) fn content(&mut self, digest: Digest, len: u64, pieces: &[Place]) -> ContentRef {
        let pieces = pieces.iter().map(|place| self.place(place)).collect();
        ContentRef { digest: *digest.as_bytes(), len, pieces }
    }

    /// Writes an interpreter down: all its pages if `is_full`, else those that are fresh or gone.
    pub(crate) fn interpreter(
        &mut self,
        runtime: RuntimeType,
        next: &StoredInterpreter,
        is_full: bool,
        (fresh, gone): (&BTreeMap<u32, Place>, &[u32]),
    ) -> InterpreterRecord {
        let mut pages = Vec::new();
        if is_full {
            let mut last: Option<(&Arc<Frame>, u32)> = None;
            let mut fresh = fresh.iter().peekable();
            for (number, place) in &next.pages {
                while let Some((number, place)) = fresh.next_if(|(fresh, _)| *fresh < number) {
                    self.add_page(&mut pages, *number, place);
                }
                if let Some((number, place)) = fresh.next_if(|(fresh, _)| *fresh == number) {
                    self.add_page(&mut pages, *number, place);
                    continue;
                }
                let frame = match last {
                    Some((frame, idx)) if Arc::ptr_eq(frame, &place.frame) => idx,
                    _ => self.frame(&place.frame),
                };
                last = Some((&place.frame, frame));
                extend(&mut pages, *number, frame, place.slot);
            }
            for (number, place) in fresh {
                self.add_page(&mut pages, *number, place);
            }
        } else {
            for (number, place) in fresh {
                self.add_page(&mut pages, *number, place);
            }
        }
        InterpreterRecord {
            runtime: runtime.as_str().to_owned(),
            image: next.image.clone(),
            memory_bytes: next.memory_bytes,
            machine: next.machine,
            is_full,
            pages,
            gone: if is_full { Vec::new() } else { runs(gone) },
            descriptors: next.descriptors.clone(),
        }
    }

    fn add_page(&mut self, pages: &mut Vec<PageRun>, number: u32, place: &Place) {
        let (frame, slot) = self.place(place);
        extend(pages, number, frame, slot);
    }

    fn place(&mut self, place: &Place) -> (u32, u32) {
        match place {
            Place::New { frame, at } => (number(*frame), *at),
            Place::Known { frame, at } => (self.frame(frame), *at),
        }
    }

    fn frame(&mut self, frame: &Frame) -> u32 {
        if let Some(idx) = self.frame_idx.get(&frame.key()) {
            return *idx;
        }
        let idx = number(self.frames.len());
        let object = self.object(frame.object, frame.object_bytes);
        let digest = *frame.digest.as_bytes();
        self.frames.push(FrameRef {
            object,
            offset: frame.offset,
            stored: frame.stored,
            raw: frame.raw,
            digest,
        });
        self.frame_idx.insert(frame.key(), idx);
        idx
    }

    /// The number of an object in frames: one more than its index.
    fn object(&mut self, digest: Digest, bytes: u64) -> u32 {
        if let Some(idx) = self.object_idx.get(&digest) {
            return *idx;
        }
        self.objects.push(ObjectRef { digest: *digest.as_bytes(), bytes });
        let idx = number(self.objects.len());
        self.object_idx.insert(digest, idx);
        idx
    }
}

/// Adds a page to the last run if it follows on, in memory and in the frame.
fn extend(pages: &mut Vec<PageRun>, page: u32, frame: u32, slot: u32) {
    if let Some(last) = pages.last_mut() {
        let follows = last.page.checked_add(last.count) == Some(page);
        if follows && last.frame == frame && last.slot.checked_add(last.count) == Some(slot) {
            last.count += 1;
            return;
        }
    }
    pages.push(PageRun { page, count: 1, frame, slot });
}

/// Ascending numbers as runs: first and count.
fn runs(numbers: &[u32]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((first, count)) if first.checked_add(*count) == Some(*number) => *count += 1,
            _ => runs.push((*number, 1)),
        }
    }
    runs
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
