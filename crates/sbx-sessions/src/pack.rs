//! Packs raw bytes into frames and frames into objects.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use sbx_core::PAGE_BYTES;
use sbx_vfs::Digest;

use crate::error::{Error, Result};
use crate::format::object::{
    FRAME_BYTES, HEADER_BYTES, MAX_FRAME_STORED, MAX_RECORD_BYTES, OBJECT_BYTES, header,
};

/// An object under its name.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) digest: Digest,
    pub(crate) bytes: Bytes,
}

/// A frame that has been packed.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    /// Which object of those packed: the last one is that of the record.
    pub(crate) object: usize,
    pub(crate) offset: u64,
    pub(crate) stored: u32,
    pub(crate) raw: u32,
    pub(crate) digest: Digest,
}

/// Compressors with their buffers, kept from one turn to the next: making them anew costs as much as a small turn.
#[derive(Clone)]
pub(crate) struct Packers {
    level: i32,
    idle: Arc<Mutex<Vec<Tools>>>,
}

struct Tools {
    compressor: zstd::bulk::Compressor<'static>,
    raw: Vec<u8>,
    stored: Vec<u8>,
}

/// Tools that are kept: as many as there are turns to be stored at once on most machines.
const MAX_IDLE: usize = 8;

impl Packers {
    /// Packers that compress at `level`.
    pub(crate) fn new(level: i32) -> Self {
        Self { level, idle: Arc::default() }
    }

    fn take(&self) -> Result<Tools> {
        // A list of tools is whole whatever panicked.
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(tools) => Ok(tools),
            None => {
                let compressor = zstd::bulk::Compressor::new(self.level).map_err(failed)?;
                let stored = Vec::with_capacity(MAX_FRAME_STORED);
                Ok(Tools { compressor, raw: Vec::with_capacity(FRAME_BYTES), stored })
            }
        }
    }

    fn put_back(&self, mut tools: Tools) {
        tools.raw.clear();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE {
            idle.push(tools);
        }
    }
}

impl std::fmt::Debug for Packers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packers").field("level", &self.level).finish_non_exhaustive()
    }
}

/// Takes pages and pieces of files and makes objects of them.
pub(crate) struct Packer {
    home: Packers,
    tools: Tools,
    /// Objects that are full.
    objects: Vec<Object>,
    /// The object that is being filled.
    open: Vec<u8>,
    frames: Vec<Packed>,
}

/// What a packer made.
pub(crate) struct Finished {
    /// The last one has the record.
    pub(crate) objects: Vec<Object>,
    /// Raw and stored bytes of the record.
    pub(crate) record: (u32, u32, Digest),
}

impl Packer {
    pub(crate) fn new(home: &Packers) -> Result<Self> {
        let tools = home.take()?;
        let open = header(0, 0).to_vec();
        Ok(Self { home: home.clone(), tools, objects: Vec::new(), open, frames: Vec::new() })
    }

    /// Adds a page; says in which frame and where in it, counted in pages.
    pub(crate) fn page(&mut self, bytes: &[u8; PAGE_BYTES]) -> Result<(usize, u32)> {
        let (frame, at) = self.piece(bytes)?;
        let slot = u32::try_from(at as usize / PAGE_BYTES).map_err(failed)?;
        Ok((frame, slot))
    }

    /// Adds up to [`FRAME_BYTES`]; says in which frame and where in it.
    pub(crate) fn piece(&mut self, bytes: &[u8]) -> Result<(usize, u32)> {
        if self.tools.raw.len() + bytes.len() > FRAME_BYTES {
            self.close_frame()?;
        }
        let at = u32::try_from(self.tools.raw.len()).map_err(failed)?;
        self.tools.raw.extend_from_slice(bytes);
        Ok((self.frames.len(), at))
    }

    /// Ends the frame: what comes next is in another one.
    pub(crate) fn close_frame(&mut self) -> Result<()> {
        if self.tools.raw.is_empty() {
            return Ok(());
        }
        if self.open.len() >= OBJECT_BYTES {
            let object = std::mem::replace(&mut self.open, header(0, 0).to_vec());
            self.objects.push(seal(object));
        }
        let Tools { compressor, raw, stored } = &mut self.tools;
        stored.clear();
        compressor.compress_to_buffer(raw, stored).map_err(failed)?;
        self.frames.push(Packed {
            object: self.objects.len(),
            offset: self.open.len() as u64,
            stored: u32::try_from(stored.len()).map_err(failed)?,
            raw: u32::try_from(raw.len()).map_err(failed)?,
            digest: Digest::of(raw),
        });
        self.open.extend_from_slice(stored);
        raw.clear();
        Ok(())
    }

    /// The frames that are closed.
    pub(crate) fn frames(&self) -> &[Packed] {
        &self.frames
    }

    /// The objects that are full.
    pub(crate) fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Adds the record, which ends the last object.
    pub(crate) fn finish(mut self, record: &[u8]) -> Result<Finished> {
        let stored = self.tools.compressor.compress(record).map_err(failed)?;
        let raw_bytes = u32::try_from(record.len()).map_err(failed)?;
        let stored_bytes = u32::try_from(stored.len()).map_err(failed)?;
        if raw_bytes > MAX_RECORD_BYTES {
            return Err(Error::corrupt("the new state", "its record is over the limit of 64 MiB"));
        }
        let start = header(stored_bytes, raw_bytes);
        self.open.iter_mut().take(HEADER_BYTES).zip(start).for_each(|(to, from)| *to = from);
        self.open.extend_from_slice(&stored);
        self.objects.push(seal(self.open));
        self.home.put_back(self.tools);
        Ok(Finished { objects: self.objects, record: (stored_bytes, raw_bytes, Digest::of(record)) })
    }
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").field("frames", &self.frames.len()).finish_non_exhaustive()
    }
}

fn seal(bytes: Vec<u8>) -> Object {
    Object { digest: Digest::of(&bytes), bytes: bytes.into() }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::corrupt("the new state", error.to_string())
}

/// Unpacks one frame or record: exactly `raw` bytes with that digest, or what is wrong.
pub(crate) fn unpack(stored: &[u8], raw: u32, digest: &Digest) -> Result<Vec<u8>, String> {
    let bytes = zstd::bulk::decompress(stored, raw as usize)
        .map_err(|error| format!("it does not unpack: {error}"))?;
    if bytes.len() != raw as usize || Digest::of(&bytes) != *digest {
        return Err("its bytes are not those that were stored".to_owned());
    }
    Ok(bytes)
}
