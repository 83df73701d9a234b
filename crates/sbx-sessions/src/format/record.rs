//! The record of one state: where everything is that belongs to it.
//!
//! A record is full, or says what has to be done to the state of another record. It is postcard, so that fields have
//! no names and must keep their order: anything else is a new format of objects.

use sbx_core::{ImageRef, MAX_SNAPSHOT_BYTES, MachineState, PAGE_BYTES};
use sbx_vfs::{DescriptorTable, TreeRecord};
use serde::{Deserialize, Serialize};

use super::RecordRef;
use super::object::{FRAME_BYTES, HEADER_BYTES, MAX_FRAME_STORED, MAX_OBJECT_BYTES};

/// Changes that may lie on a full record, one on the other.
pub(crate) const MAX_LINKS: u8 = 16;
/// Pages of the largest memory.
const MAX_PAGES: u64 = MAX_SNAPSHOT_BYTES / PAGE_BYTES as u64;

/// Interpreters of one state: more than there will be languages.
const MAX_INTERPRETERS: usize = 16;

/// A BLAKE3 hash.
pub(crate) type Hash = [u8; 32];

/// One state.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Makes each object unlike all others, so that nothing is ever stored under the name of something about to be
    /// removed.
    pub(crate) nonce: [u8; 16],
    /// How many records lie under this one.
    pub(crate) link: u8,
    /// The record that this one is a change of.
    pub(crate) base: Option<RecordRef>,
    /// All other objects that this state needs.
    pub(crate) objects: Vec<ObjectRef>,
    /// The frames that are spoken of below.
    pub(crate) frames: Vec<FrameRef>,
    /// The files: full or a change, as the record is.
    pub(crate) tree: TreeRecord,
    /// Where the contents of files are: those of a full record, or those that a change adds.
    pub(crate) contents: Vec<ContentRef>,
    /// Every interpreter of the state.
    pub(crate) interpreters: Vec<InterpreterRecord>,
}

/// An object.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ObjectRef {
    pub(crate) digest: Hash,
    pub(crate) bytes: u64,
}

/// A frame.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FrameRef {
    /// 0 for the record's own object, else one more than the index in `objects`.
    pub(crate) object: u32,
    /// From the object's beginning.
    pub(crate) offset: u64,
    pub(crate) stored: u32,
    pub(crate) raw: u32,
    /// Of the raw bytes.
    pub(crate) digest: Hash,
}

/// The content of a file: one piece anywhere in a frame, or several that are frames of their own, all but the last of
/// 1 MiB.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ContentRef {
    pub(crate) digest: Hash,
    pub(crate) len: u64,
    /// Frame, and where in it.
    pub(crate) pieces: Vec<(u32, u32)>,
}

/// An interpreter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InterpreterRecord {
    /// The runtime's name.
    pub(crate) runtime: String,
    pub(crate) image: ImageRef,
    pub(crate) memory_bytes: u64,
    pub(crate) machine: MachineState,
    /// Whether `pages` are all, rather than those that are other than in the record below.
    pub(crate) is_full: bool,
    pub(crate) pages: Vec<PageRun>,
    /// First and number of pages that are the image's again.
    pub(crate) gone: Vec<(u32, u32)>,
    /// Relative to the runtime's own tree.
    pub(crate) descriptors: DescriptorTable,
}

/// Pages that follow one another, in memory and in a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PageRun {
    /// The first page's number.
    pub(crate) page: u32,
    pub(crate) count: u32,
    pub(crate) frame: u32,
    /// The first page's place in the frame.
    pub(crate) slot: u32,
}

impl Record {
    /// Checks every number against what it points into. `own_bytes` are those of the object before the record.
    pub(crate) fn check(&self, own_bytes: u64) -> Result<(), &'static str> {
        if self.link > MAX_LINKS || (self.link == 0) != self.base.is_none() {
            return Err("its place in the chain is not possible");
        }
        if self.objects.iter().any(|object| object.bytes > MAX_OBJECT_BYTES) {
            return Err("an object is too large");
        }
        for frame in &self.frames {
            self.check_frame(frame, own_bytes)?;
        }
        for content in &self.contents {
            self.check_content(content)?;
        }
        if self.interpreters.len() > MAX_INTERPRETERS {
            return Err("it has too many interpreters");
        }
        for (idx, interpreter) in self.interpreters.iter().enumerate() {
            let before = self.interpreters.iter().take(idx);
            if before.into_iter().any(|other| other.runtime == interpreter.runtime) {
                return Err("a runtime is there twice");
            }
            if self.link == 0 && !interpreter.is_full {
                return Err("it is full, and its pages are not");
            }
            self.check_pages(interpreter)?;
        }
        Ok(())
    }

    fn check_frame(&self, frame: &FrameRef, own_bytes: u64) -> Result<(), &'static str> {
        let end = match frame.object.checked_sub(1) {
            None => Some(own_bytes),
            Some(idx) => self.objects.get(idx as usize).map(|object| object.bytes),
        };
        let end = end.ok_or("a frame is in no object")?;
        let frame_end = frame.offset.checked_add(u64::from(frame.stored));
        let fits = frame.offset >= HEADER_BYTES as u64 && frame_end.is_some_and(|frame_end| frame_end <= end);
        let is_possible = frame.stored as usize <= MAX_FRAME_STORED && frame.raw as usize <= FRAME_BYTES;
        if fits && is_possible { Ok(()) } else { Err("a frame does not fit its object") }
    }

    fn check_content(&self, content: &ContentRef) -> Result<(), &'static str> {
        let raw = |frame: u32| self.frames.get(frame as usize).map(|frame| u64::from(frame.raw));
        match content.pieces.as_slice() {
            [] if content.len == 0 => return Ok(()),
            [(frame, at)] => {
                let end = content.len.checked_add(u64::from(*at));
                if raw(*frame).is_some_and(|raw| end.is_some_and(|end| end <= raw)) {
                    return Ok(());
                }
            }
            pieces => {
                let mut sum = 0_u64;
                for (frame, at) in pieces {
                    // All pieces before this one are whole.
                    let raw = raw(*frame).filter(|_raw| *at == 0 && sum.is_multiple_of(FRAME_BYTES as u64));
                    sum = sum.saturating_add(raw.ok_or("a piece of a file is in no frame")?);
                }
                let before_last = (pieces.len() as u64).saturating_sub(1).saturating_mul(FRAME_BYTES as u64);
                if sum == content.len && sum > before_last {
                    return Ok(());
                }
            }
        }
        Err("the pieces of a file are not its length")
    }

    fn check_pages(&self, interpreter: &InterpreterRecord) -> Result<(), &'static str> {
        let inside = |page: u32, count: u32| u64::from(page) + u64::from(count) <= MAX_PAGES;
        // No page is there twice, so that making the memory costs no more than the memory has pages.
        if interpreter.pages.iter().map(|run| u64::from(run.count)).sum::<u64>() > MAX_PAGES {
            return Err("it has more pages than any memory");
        }
        for run in &interpreter.pages {
            let frame = self.frames.get(run.frame as usize).ok_or("a page is in no frame")?;
            let slots = (frame.raw as usize / PAGE_BYTES) as u64;
            if !inside(run.page, run.count) || u64::from(run.slot) + u64::from(run.count) > slots {
                return Err("a page is outside its frame or of all memory");
            }
        }
        if interpreter.gone.iter().all(|(page, count)| inside(*page, *count)) {
            Ok(())
        } else {
            Err("a page is outside of all memory")
        }
    }
}
