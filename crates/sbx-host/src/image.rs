//! Images: the memory of a guest at rest, read-only starting point of any number of instances.
//!
//! On disk an image is `[header: JSON, padded with spaces to 64 KiB][memory]`, sealed in the cache. It is data, not
//! code: one that was tampered with can break its guest, never the host.

use std::{
    fmt,
    io::{Read, Write},
    sync::Arc,
};

use sbx_cache::{Cache, Digest};
use sbx_core::ImageRef;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    memory::MappedImage,
};

/// The header's room in the file: a multiple of every page size in use, so that the memory can be mapped.
const HEADER_BYTES: usize = 0x1_0000;

/// Version of the file format.
const FORMAT: u32 = 2;

/// The memory of a guest at rest; a cheap handle.
#[derive(Clone)]
pub struct Image {
    pub(crate) memory: Arc<MappedImage>,
    header: Header,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: u32,
    /// Its name, the guest whose memory it is, the digest of the memory.
    identity: ImageRef,
    memory_bytes: u64,
    /// Where its monotonic clock stopped.
    monotonic_ns: u64,
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.header.fmt(f)
    }
}

impl Image {
    /// An image that lives in memory only.
    ///
    /// # Errors
    /// If the system has no memory for it, or `memory` is not a whole number of 64 KiB pages.
    pub(crate) fn from_bytes(name: &str, guest_hash: &str, memory: &[u8], monotonic_ns: u64) -> Result<Self> {
        let identity = ImageRef {
            guest: guest_hash.to_owned(),
            name: name.to_owned(),
            digest: Digest::of(memory).to_string(),
        };
        let header = Header { format: FORMAT, identity, memory_bytes: memory.len() as u64, monotonic_ns };
        let memory = MappedImage::from_bytes(memory).map_err(Error::system("map an image"))?;
        Ok(Self { memory, header })
    }

    /// Loads an image of the guest `guest_hash` from the cache; `None` if there is none.
    ///
    /// # Errors
    /// One that is not as it was sealed, or is another guest's.
    pub fn load(cache: &Cache, file: &str, guest_hash: &str) -> Result<Option<Self>> {
        let Some(mut sealed) = cache.get(file, &context(guest_hash))? else { return Ok(None) };
        let bad = |problem: &str| Error::BadImage { name: file.to_owned(), problem: problem.to_owned() };
        let mut header = vec![0; HEADER_BYTES];
        sealed.file.read_exact(&mut header).map_err(|_short| bad("it is cut off"))?;
        let header: Header =
            serde_json::from_slice(&header).map_err(|_other| bad("its header cannot be read"))?;
        if header.format != FORMAT || header.identity.guest != guest_hash {
            return Err(bad("it was made for another guest or version"));
        }
        let len = usize::try_from(header.memory_bytes).map_err(|_too_large| bad("it is too large"))?;
        let memory = MappedImage::from_file(sealed.file, HEADER_BYTES as u64, len)
            .map_err(|error| bad(&format!("it cannot be mapped: {error}")))?;
        Ok(Some(Self { memory, header }))
    }

    /// Keeps the image in the cache under the name `file`.
    ///
    /// # Errors
    /// What the cache fails at.
    pub fn save(&self, cache: &Cache, file: &str) -> Result<()> {
        let mut header = serde_json::to_vec(&self.header)
            .map_err(|error| Error::BadImage { name: self.name().to_owned(), problem: error.to_string() })?;
        header.resize(HEADER_BYTES, b' ');
        cache.put(file, &context(self.guest_hash()), |to| {
            to.write_all(&header)?;
            to.write_all(self.memory.bytes())
        })?;
        Ok(())
    }

    /// The name it was captured under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.header.identity.name
    }

    /// Bytes of linear memory.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        self.header.memory_bytes
    }

    /// The hash of the guest it belongs to.
    #[must_use]
    pub fn guest_hash(&self) -> &str {
        &self.header.identity.guest
    }

    /// What a snapshot names to say which image it lies on: equal on every machine for equal images.
    #[must_use]
    pub fn reference(&self) -> &ImageRef {
        &self.header.identity
    }

    pub(crate) fn monotonic_ns(&self) -> u64 {
        self.header.monotonic_ns
    }
}

fn context(guest_hash: &str) -> String {
    format!("image {FORMAT}; guest {guest_hash}")
}
