//! The layout of an object: frames, and after them the record of a turn.
//!
//! ```text
//! [magic: 7 bytes "sbx-obj"] [format: u8 = 1] [record stored: u32 le] [record raw: u32 le]
//! [frames: each zstd of at most 1 MiB]
//! [record: zstd of postcard, "record stored" bytes]
//! ```
//!
//! An object of frames alone has a record of 0 bytes. Its name is the BLAKE3 hash of all these bytes.

use std::ops::Range;

use sbx_storage::{Key, KeyError};
use sbx_vfs::Digest;
use serde::{Deserialize, Serialize};

/// Bytes of what every object begins with.
pub(crate) const HEADER_BYTES: usize = 16;
/// Raw bytes of the largest frame, and of a piece of a large file.
pub(crate) const FRAME_BYTES: usize = 1 << 20;
/// Stored bytes of the largest frame: zstd makes what it cannot compress a little longer.
pub(crate) const MAX_FRAME_STORED: usize = FRAME_BYTES + (FRAME_BYTES >> 6);
/// Raw bytes of the largest record.
pub(crate) const MAX_RECORD_BYTES: u32 = 64 << 20;
/// Bytes after which an object is closed and another one begun.
pub(crate) const OBJECT_BYTES: usize = 8 << 20;
/// Bytes of the largest object that is read.
pub(crate) const MAX_OBJECT_BYTES: u64 = 128 << 20;
/// Before the names of objects.
pub(crate) const OBJECTS_PREFIX: &str = "objects/";

const MAGIC: [u8; 7] = *b"sbx-obj";
const FORMAT: u8 = 1;

/// Where the record of a state is, with what proves it: the record lies at the end of the object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordRef {
    pub(crate) object: Digest,
    /// Bytes of the object.
    pub(crate) bytes: u64,
    /// Stored bytes of the record.
    pub(crate) stored: u32,
    /// Raw bytes of the record.
    pub(crate) raw: u32,
    /// The hash of the raw bytes.
    pub(crate) digest: Digest,
}

impl RecordRef {
    /// Where in the object it is; `None` if that is not possible.
    pub(crate) fn range(&self) -> Option<Range<u64>> {
        let start = self.bytes.checked_sub(u64::from(self.stored))?;
        let possible = start >= HEADER_BYTES as u64
            && self.bytes <= MAX_OBJECT_BYTES
            && self.stored > 0
            && self.raw <= MAX_RECORD_BYTES;
        possible.then_some(start..self.bytes)
    }
}

/// What an object begins with.
pub(crate) fn header(record_stored: u32, record_raw: u32) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    let parts =
        MAGIC.into_iter().chain([FORMAT]).chain(record_stored.to_le_bytes()).chain(record_raw.to_le_bytes());
    header.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
    header
}

/// Checks what an object begins with, and says how many stored and raw bytes its record has.
pub(crate) fn read_header(bytes: &[u8]) -> Result<(u32, u32), &'static str> {
    let Some((header, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else {
        return Err("it is cut short");
    };
    let [magic @ .., s0, s1, s2, s3, r0, r1, r2, r3] = *header;
    let [m @ .., format] = magic;
    if m != MAGIC {
        return Err("it is nothing that was stored as an object");
    }
    if format != FORMAT {
        return Err("it is from a release that this one cannot read");
    }
    let (stored, raw) = (u32::from_le_bytes([s0, s1, s2, s3]), u32::from_le_bytes([r0, r1, r2, r3]));
    if stored as usize > rest.len() || raw > MAX_RECORD_BYTES {
        return Err("its lengths are not possible");
    }
    Ok((stored, raw))
}

/// The key of an object.
pub(crate) fn key(digest: &Digest) -> Result<Key, KeyError> {
    let name = digest.to_string();
    let folder: String = name.chars().take(2).collect();
    Key::parse(&format!("{OBJECTS_PREFIX}{folder}/{name}"))
}

/// The object that a key names, if it names one.
pub(crate) fn digest_of(key: &Key) -> Option<Digest> {
    let name = key.as_str().rsplit('/').next()?;
    let digest = Digest::try_from(name.to_owned()).ok()?;
    (self::key(&digest).ok()? == *key).then_some(digest)
}
