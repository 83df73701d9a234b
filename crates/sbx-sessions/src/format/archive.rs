//! A session as one file.
//!
//! ```text
//! [magic: 8 bytes "sbx-sess"] [format: u32 le = 1]
//! [head: u32 le length, then JSON]
//! [objects: u32 le count, then for each: 32 bytes digest, u64 le length, the bytes]
//! [BLAKE3 of all of this: 32 bytes]
//! ```
//!
//! Objects stand in the order of their digests, so that the same session gives the same file.

use std::io::{self, Read, Write};

use sbx_vfs::Digest;

use super::object::MAX_OBJECT_BYTES;
use crate::error::{Error, Result};

const MAGIC: [u8; 8] = *b"sbx-sess";
const FORMAT: u32 = 1;
/// Bytes of the largest head in an archive.
const MAX_HEAD_BYTES: u32 = 16 << 20;
/// Objects of the largest archive.
const MAX_OBJECTS: u32 = 1 << 20;

/// Writes an archive.
pub(crate) struct ArchiveWriter<'a> {
    to: &'a mut (dyn Write + Send),
    hasher: blake3::Hasher,
    bytes: u64,
}

impl<'a> ArchiveWriter<'a> {
    /// Writes all that comes before the objects.
    pub(crate) fn begin(to: &'a mut (dyn Write + Send), head: &[u8], n_objects: usize) -> Result<Self> {
        let mut writer = Self { to, hasher: blake3::Hasher::new(), bytes: 0 };
        let too_large = |_error| Error::corrupt("the session", "it is too large for an archive");
        let head_bytes = u32::try_from(head.len()).map_err(too_large)?;
        let n_objects = u32::try_from(n_objects).map_err(too_large)?;
        writer.put(&MAGIC)?;
        writer.put(&FORMAT.to_le_bytes())?;
        writer.put(&head_bytes.to_le_bytes())?;
        writer.put(head)?;
        writer.put(&n_objects.to_le_bytes())?;
        Ok(writer)
    }

    /// Writes one object.
    pub(crate) fn object(&mut self, digest: &Digest, bytes: &[u8]) -> Result<()> {
        self.put(digest.as_bytes())?;
        self.put(&(bytes.len() as u64).to_le_bytes())?;
        self.put(bytes)
    }

    /// Writes the end; says how many bytes there are.
    pub(crate) fn finish(mut self) -> Result<u64> {
        let hash = self.hasher.finalize();
        self.put(hash.as_bytes())?;
        self.to.flush().map_err(|source| Error::Io { action: "write", source })?;
        Ok(self.bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.to.write_all(bytes).map_err(|source| Error::Io { action: "write", source })
    }
}

/// Reads an archive that anybody may have made.
pub(crate) struct ArchiveReader<'a> {
    from: &'a mut (dyn Read + Send),
    hasher: blake3::Hasher,
}

impl<'a> ArchiveReader<'a> {
    /// Reads all that comes before the objects: the head and how many objects there are.
    pub(crate) fn begin(from: &'a mut (dyn Read + Send)) -> Result<(Self, Vec<u8>, u32)> {
        let mut reader = Self { from, hasher: blake3::Hasher::new() };
        if reader.array::<8>()? != MAGIC {
            return Err(bad("it is something else"));
        }
        let format = u32::from_le_bytes(reader.array()?);
        if format != FORMAT {
            return Err(Error::NewerFormat { what: "the archive".to_owned(), format: format.into() });
        }
        let head_bytes = u32::from_le_bytes(reader.array()?);
        if head_bytes > MAX_HEAD_BYTES {
            return Err(bad("its head is too large"));
        }
        let head = reader.bytes(head_bytes.into())?;
        let n_objects = u32::from_le_bytes(reader.array()?);
        if n_objects > MAX_OBJECTS {
            return Err(bad("it has too many objects"));
        }
        Ok((reader, head, n_objects))
    }

    /// Reads one object, which is checked against its name.
    pub(crate) fn object(&mut self) -> Result<(Digest, Vec<u8>)> {
        let digest = Digest::from_bytes(self.array()?);
        let len = u64::from_le_bytes(self.array()?);
        if len > MAX_OBJECT_BYTES {
            return Err(bad("an object is too large"));
        }
        let bytes = self.bytes(len)?;
        if Digest::of(&bytes) != digest {
            return Err(bad("the bytes of an object are not those that were stored"));
        }
        Ok((digest, bytes))
    }

    /// Reads the end, which proves that everything is there.
    pub(crate) fn finish(mut self) -> Result<()> {
        let hash = self.hasher.finalize();
        let said: [u8; 32] = self.array()?;
        if hash != blake3::Hash::from_bytes(said) {
            return Err(bad("it has been changed"));
        }
        let mut rest = [0; 1];
        match self.from.read(&mut rest) {
            Ok(0) => Ok(()),
            Ok(_) => Err(bad("something follows its end")),
            Err(source) => Err(Error::Io { action: "read", source }),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.from.read_exact(&mut bytes).map_err(cannot_read)?;
        self.hasher.update(&bytes);
        Ok(bytes)
    }

    /// Reads `len` bytes; memory grows with what really comes.
    fn bytes(&mut self, len: u64) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = (&mut *self.from).take(len).read_to_end(&mut bytes).map_err(cannot_read)?;
        if read as u64 != len {
            return Err(bad("it is cut short"));
        }
        self.hasher.update(&bytes);
        Ok(bytes)
    }
}

fn cannot_read(source: io::Error) -> Error {
    if source.kind() == io::ErrorKind::UnexpectedEof {
        return bad("it is cut short");
    }
    Error::Io { action: "read", source }
}

pub(crate) fn bad(problem: impl Into<String>) -> Error {
    Error::BadArchive { problem: problem.into() }
}
