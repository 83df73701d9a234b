//! Contents of files, read from the storage when a guest asks for them.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use imbl::OrdMap;
use sbx_storage::StorageAdapter;
use sbx_vfs::{BlobProvider, Digest};

use crate::error::{Error, Result};
use crate::format::object::{self, FRAME_BYTES};
use crate::pack::unpack;
use crate::stored::{Frame, StoredContent};

/// Raw bytes of frames that are kept for the next read.
const CACHE_BYTES: usize = 64 << 20;

/// The contents of one state's files.
pub(crate) struct Blobs {
    pub(crate) frames: Frames,
    pub(crate) contents: OrdMap<Digest, Arc<StoredContent>>,
}

/// Reads frames; a clone shares the cache.
#[derive(Clone)]
pub(crate) struct Frames {
    pub(crate) storage: Arc<dyn StorageAdapter>,
    cache: Arc<Mutex<Cache>>,
}

/// Raw frames, those used longest ago first to go.
#[derive(Default)]
struct Cache {
    /// By object and digest, so that nothing is ever served that the asker could not name in full.
    frames: BTreeMap<(Digest, Digest), (Bytes, u64)>,
    by_use: BTreeMap<u64, (Digest, Digest)>,
    bytes: usize,
    n_uses: u64,
}

impl Frames {
    pub(crate) fn new(storage: Arc<dyn StorageAdapter>) -> Self {
        Self { storage, cache: Arc::default() }
    }

    /// The raw bytes of a frame.
    pub(crate) async fn read(&self, frame: &Frame) -> Result<Bytes> {
        if let Some(bytes) = self.cache().get(frame) {
            return Ok(bytes);
        }
        let key = object::key(&frame.object)?;
        let end = frame.offset.saturating_add(u64::from(frame.stored));
        let stored = self.storage.read_range(&key, frame.offset..end).await?;
        let damaged = |problem: String| Error::corrupt(format!("object {}", frame.object), problem);
        let stored = stored.ok_or_else(|| damaged("it is missing".to_owned()))?;
        if stored.len() != frame.stored as usize {
            return Err(damaged("it is cut short".to_owned()));
        }
        let bytes = Bytes::from(unpack(&stored, frame.raw, &frame.digest).map_err(damaged)?);
        self.cache().put(frame, bytes.clone());
        Ok(bytes)
    }

    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        // A panic elsewhere leaves at worst a frame that is counted and not there.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cache {
    fn get(&mut self, frame: &Frame) -> Option<Bytes> {
        self.n_uses += 1;
        let key = (frame.object, frame.digest);
        let (bytes, used) = self.frames.get_mut(&key)?;
        self.by_use.remove(used);
        *used = self.n_uses;
        self.by_use.insert(self.n_uses, key);
        Some(bytes.clone())
    }

    fn put(&mut self, frame: &Frame, bytes: Bytes) {
        self.n_uses += 1;
        self.bytes += bytes.len();
        let key = (frame.object, frame.digest);
        self.by_use.insert(self.n_uses, key);
        if let Some((old, used)) = self.frames.insert(key, (bytes, self.n_uses)) {
            self.bytes = self.bytes.saturating_sub(old.len());
            self.by_use.remove(&used);
        }
        while self.bytes > CACHE_BYTES
            && let Some((_, key)) = self.by_use.pop_first()
        {
            let gone = self.frames.remove(&key).map_or(0, |(bytes, _)| bytes.len());
            self.bytes = self.bytes.saturating_sub(gone);
        }
    }
}

impl BlobProvider for Blobs {
    fn read_at(&self, digest: &Digest, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let Some(content) = self.contents.get(digest).filter(|content| offset <= content.len) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        // Only the last of several pieces is shorter than a whole frame.
        let (idx, start) = if content.pieces.len() > 1 {
            (offset / FRAME_BYTES as u64, offset % FRAME_BYTES as u64)
        } else {
            (0, offset)
        };
        let piece = usize::try_from(idx).ok().and_then(|idx| content.pieces.get(idx));
        let Some((frame, at)) = piece.filter(|_piece| offset < content.len && !buf.is_empty()) else {
            return Ok(0);
        };
        let bytes = pollster::block_on(self.frames.read(frame)).map_err(io::Error::other)?;
        let start = u64::from(*at) + start;
        let end = (bytes.len() as u64).min(start.saturating_add(content.len - offset));
        let range = usize::try_from(start).unwrap_or(usize::MAX)..usize::try_from(end).unwrap_or(usize::MAX);
        let from = bytes.get(range).unwrap_or_default();
        let n = from.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), from.get(..n)) {
            to.copy_from_slice(from);
        }
        Ok(n)
    }
}

impl fmt::Debug for Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blobs").field("contents", &self.contents.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Frames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frames({:?})", self.storage)
    }
}
