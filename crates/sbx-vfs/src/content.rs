//! What is in a file.
//!
//! Bytes stand in chunks of 64 KiB that trees share: a write after a fork copies the one chunk it touches. Chunks
//! lie over an optional base (a shared mapping of the host, a stored blob, a file of a host folder) that is read
//! when it is asked for and never written. What no chunk and no base covers is zero and takes no memory.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};

use imbl::OrdMap;
use imbl::ordmap::DiffItem;
use serde::{Deserialize, Serialize};

use crate::mount::LowerFile;

/// Bytes that live elsewhere in the host, such as a mapping of the standard library: read with one copy.
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Bytes of one chunk.
const CHUNK: usize = 1 << CHUNK_BITS;
const CHUNK_BITS: u32 = 16;
const CHUNK_MASK: u64 = (1 << CHUNK_BITS) - 1;

/// The BLAKE3 hash of a file's bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// A digest that was computed elsewhere.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = blake3::HexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self(*blake3::Hash::from_hex(text)?.as_bytes()))
    }
}

/// Where the bytes of stored blobs come from, once somebody reads them.
pub trait BlobProvider: fmt::Debug + Send + Sync {
    /// Reads from `offset` of the blob `digest` into `buf` and says how many bytes there were; 0 is the blob's end.
    ///
    /// # Errors
    /// Whatever kept the bytes away. The guest sees `EIO`.
    fn read_at(&self, digest: &Digest, offset: u64, buf: &mut [u8]) -> io::Result<usize>;
}

/// The bytes of one file: cheap to clone, copied on write.
#[derive(Clone, Default)]
pub(crate) struct Content {
    len: u64,
    base: Option<Base>,
    /// How much of the base shows; shrinks with the file and never grows again.
    base_len: u64,
    chunks: OrdMap<u64, Chunk>,
    /// Computed once for each state of the bytes.
    digest: OnceLock<Digest>,
}

/// Up to 64 KiB at a multiple of 64 KiB. What it is shorter than its place is zero; it hides the base below it.
#[derive(Clone, Default)]
struct Chunk(Arc<Vec<u8>>);

impl PartialEq for Chunk {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What lies under the chunks.
#[derive(Clone)]
enum Base {
    Shared(SharedBytes),
    Blob { digest: Digest, len: u64, provider: Arc<dyn BlobProvider> },
    Lower(LowerFile),
}

impl Content {
    /// The bytes of `data`, copied.
    pub(crate) fn from_bytes(data: &[u8]) -> Self {
        let chunks = (0_u64..).zip(data.chunks(CHUNK).map(|chunk| Chunk(Arc::new(chunk.to_vec())))).collect();
        Self { len: data.len() as u64, chunks, ..Self::default() }
    }

    /// Bytes that stay where they are.
    pub(crate) fn from_shared(bytes: SharedBytes) -> Self {
        let len = (*bytes).as_ref().len() as u64;
        Self { len, base: Some(Base::Shared(bytes)), base_len: len, ..Self::default() }
    }

    /// A stored blob of `len` bytes, read when somebody asks.
    pub(crate) fn from_blob(digest: Digest, len: u64, provider: Arc<dyn BlobProvider>) -> Self {
        Self { len, base: Some(Base::Blob { digest, len, provider }), base_len: len, ..Self::default() }
    }

    /// A file of a host folder, `len` bytes long when it was listed.
    pub(crate) fn from_lower(file: LowerFile, len: u64) -> Self {
        Self { len, base: Some(Base::Lower(file)), base_len: len, ..Self::default() }
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Whether a read may have to go to the host's disk.
    pub(crate) fn reads_host(&self) -> bool {
        matches!(self.base, Some(Base::Lower(_) | Base::Blob { .. })) && self.base_len > 0
    }

    /// The file of a host folder below this content, if any.
    pub(crate) fn lower(&self) -> Option<&LowerFile> {
        match &self.base {
            Some(Base::Lower(file)) => Some(file),
            Some(Base::Shared(_) | Base::Blob { .. }) | None => None,
        }
    }

    /// Fills `buf` from `offset` on; fewer bytes only at the end.
    pub(crate) fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let len = index(self.len.saturating_sub(offset)).min(buf.len());
        let mut rest = buf.get_mut(..len).unwrap_or_default();
        if self.chunks.is_empty() {
            self.read_base(offset, rest)?;
            return Ok(len);
        }
        let mut at = offset;
        while !rest.is_empty() {
            let (idx, start) = locate(at);
            let n = rest.len().min(CHUNK.saturating_sub(start));
            let (head, tail) = std::mem::take(&mut rest).split_at_mut(n);
            match self.chunks.get(&idx) {
                Some(chunk) => copy_padded(chunk.0.get(start..).unwrap_or_default(), head),
                None => self.read_base(at, head)?,
            }
            at = at.saturating_add(n as u64);
            rest = tail;
        }
        Ok(len)
    }

    /// All bytes. Memory is taken as they come: a length from a stored record may be anything.
    pub(crate) fn read_all(&self) -> io::Result<Vec<u8>> {
        const STEP: u64 = 16 << 20;
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < self.len {
            let at = bytes.len();
            let n = index(self.len.saturating_sub(at as u64).min(STEP));
            // The first step takes all it needs for most files; later ones double.
            if bytes.try_reserve(n).is_err() {
                return Err(io::ErrorKind::OutOfMemory.into());
            }
            bytes.resize(at.saturating_add(n), 0);
            self.read_at(at as u64, bytes.get_mut(at..).unwrap_or_default())?;
        }
        Ok(bytes)
    }

    /// Puts `data` at `offset`; a gap before it becomes zeros.
    pub(crate) fn write_at(&mut self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.digest = OnceLock::new();
        let mut rest = data;
        let mut at = offset;
        while !rest.is_empty() {
            let (idx, start) = locate(at);
            let n = rest.len().min(CHUNK.saturating_sub(start));
            let (head, tail) = rest.split_at(n);
            self.write_chunk(idx, start, head)?;
            at = at.saturating_add(n as u64);
            self.len = self.len.max(at);
            rest = tail;
        }
        Ok(())
    }

    /// Cuts or extends with zeros.
    pub(crate) fn set_len(&mut self, len: u64) {
        if len == self.len {
            return;
        }
        self.digest = OnceLock::new();
        if len < self.len {
            self.base_len = self.base_len.min(len);
            if self.base_len == 0 {
                self.base = None;
            }
            let (last, keep) = locate(len);
            while let Some(idx) = self.chunks.get_max().map(|(idx, _)| *idx).filter(|idx| *idx > last) {
                self.chunks.remove(&idx);
            }
            if keep == 0 {
                self.chunks.remove(&last);
            } else if let Some(chunk) = self.chunks.get_mut(&last).filter(|chunk| chunk.0.len() > keep) {
                Arc::make_mut(&mut chunk.0).truncate(keep);
            }
        }
        self.len = len;
    }

    /// The hash of all bytes, computed once.
    pub(crate) fn digest(&self) -> io::Result<Digest> {
        if let Some(digest) = self.digest.get() {
            return Ok(*digest);
        }
        let digest = match &self.base {
            // All of the blob and nothing else: neither cut nor grown.
            Some(Base::Blob { digest, len, .. })
                if self.chunks.is_empty() && [self.base_len, self.len] == [*len; 2] =>
            {
                *digest
            }
            _ => {
                let mut hasher = blake3::Hasher::new();
                let mut buf = vec![0; CHUNK.min(index(self.len))];
                let mut at = 0;
                while at < self.len {
                    let n = self.read_at(at, &mut buf)?;
                    hasher.update(buf.get(..n).unwrap_or_default());
                    at = at.saturating_add(n as u64);
                }
                Digest(*hasher.finalize().as_bytes())
            }
        };
        Ok(*self.digest.get_or_init(|| digest))
    }

    /// Whether both hold the same bytes. Looks only at chunks that are not shared; bytes that cannot be read count
    /// as different.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        if self.len != other.len {
            return false;
        }
        let same_base =
            self.base_len == other.base_len && Base::same(self.base.as_ref(), other.base.as_ref());
        if same_base && self.chunks.ptr_eq(&other.chunks) {
            return true;
        }
        if let (Some(a), Some(b)) = (self.digest.get(), other.digest.get()) {
            return a == b;
        }
        let mut same_at = |idx: u64| match (self.resident(idx), other.resident(idx)) {
            (Some(a), Some(b)) => equal_padded(a, b),
            _ => self.load(idx).is_ok_and(|a| other.load(idx).is_ok_and(|b| a == b)),
        };
        let over_base = if same_base { 0 } else { chunks_in(self.base_len.max(other.base_len)) };
        (0..over_base).all(&mut same_at)
            && self.chunks.diff(&other.chunks).all(|item| match item {
                DiffItem::Add(idx, _) | DiffItem::Remove(idx, _) | DiffItem::Update { new: (idx, _), .. } => {
                    same_at(*idx)
                }
            })
    }

    /// What is in chunk `idx`, without the zeros at its end, if that is known without asking the base.
    fn resident(&self, idx: u64) -> Option<&[u8]> {
        match self.chunks.get(&idx) {
            Some(chunk) => Some(&chunk.0),
            None => (idx << CHUNK_BITS >= self.base_len).then_some(&[]),
        }
    }

    /// All of chunk `idx`.
    fn load(&self, idx: u64) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; CHUNK];
        let n = self.read_at(idx << CHUNK_BITS, &mut bytes)?;
        bytes.truncate(n);
        Ok(bytes)
    }

    /// Bytes of memory that the chunks take, shared or not.
    pub(crate) fn resident_bytes(&self) -> u64 {
        self.chunks.values().fold(0, |sum: u64, chunk| sum.saturating_add(chunk.0.capacity() as u64))
    }

    fn write_chunk(&mut self, idx: u64, start: usize, data: &[u8]) -> io::Result<()> {
        let end = start.saturating_add(data.len());
        if !self.chunks.contains_key(&idx) {
            let at = idx << CHUNK_BITS;
            let below = index(self.base_len.saturating_sub(at)).min(CHUNK);
            let mut bytes = Vec::new();
            // What the write covers in full need not be fetched first.
            if below > 0 && !(start == 0 && end >= below) {
                bytes.resize(below, 0);
                self.read_base(at, &mut bytes)?;
            }
            self.chunks.insert(idx, Chunk(Arc::new(bytes)));
        }
        let Some(chunk) = self.chunks.get_mut(&idx) else { return Ok(()) };
        let bytes = Arc::make_mut(&mut chunk.0);
        grow(bytes, end, idx > 0);
        if bytes.len() <= start {
            bytes.resize(start, 0);
            bytes.extend_from_slice(data);
            return Ok(());
        }
        let (over, beyond) = data.split_at(data.len().min(bytes.len().saturating_sub(start)));
        if let Some(place) = bytes.get_mut(start..start.saturating_add(over.len())) {
            place.copy_from_slice(over);
        }
        bytes.extend_from_slice(beyond);
        Ok(())
    }

    /// Fills all of `buf` with what the base has at `offset`, zeros beyond it.
    fn read_base(&self, offset: u64, buf: &mut [u8]) -> io::Result<()> {
        let below = index(self.base_len.saturating_sub(offset)).min(buf.len());
        let (head, tail) = buf.split_at_mut(below);
        tail.fill(0);
        if head.is_empty() {
            return Ok(());
        }
        match &self.base {
            None => head.fill(0),
            Some(Base::Shared(bytes)) => {
                copy_padded((**bytes).as_ref().get(index(offset)..).unwrap_or_default(), head);
            }
            Some(Base::Blob { digest, provider, .. }) => {
                read_full(offset, head, |at, buf| provider.read_at(digest, at, buf))?;
            }
            Some(Base::Lower(file)) => file.read_at(offset, head)?,
        }
        Ok(())
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = match &self.base {
            None => "none",
            Some(Base::Shared(_)) => "shared",
            Some(Base::Blob { .. }) => "blob",
            Some(Base::Lower(_)) => "host folder",
        };
        f.debug_struct("Content")
            .field("len", &self.len)
            .field("base", &base)
            .field("chunks", &self.chunks.len())
            .finish()
    }
}

impl Base {
    fn same(a: Option<&Self>, b: Option<&Self>) -> bool {
        match (a, b) {
            (None, None) => true,
            (Some(Self::Shared(a)), Some(Self::Shared(b))) => Arc::ptr_eq(a, b),
            (Some(Self::Blob { digest: a, .. }), Some(Self::Blob { digest: b, .. })) => a == b,
            (Some(Self::Lower(a)), Some(Self::Lower(b))) => a == b,
            _ => false,
        }
    }
}

/// Calls `read` until `buf` is full; an early end is an error, since the length was promised.
pub(crate) fn read_full(
    offset: u64,
    buf: &mut [u8],
    mut read: impl FnMut(u64, &mut [u8]) -> io::Result<usize>,
) -> io::Result<()> {
    let mut at = offset;
    let mut rest = buf;
    while !rest.is_empty() {
        let n = match read(at, rest) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => n.min(rest.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(error) => return Err(error),
        };
        at = at.saturating_add(n as u64);
        rest = rest.split_at_mut(n).1;
    }
    Ok(())
}

/// Makes room for `len` bytes. A small file is sized to its content and doubles; once a file is larger than half a
/// chunk, or this is not its first, the whole chunk is reserved, so that a long sequential write never copies.
fn grow(bytes: &mut Vec<u8>, len: usize, later_chunk: bool) {
    if len <= bytes.capacity() {
        return;
    }
    if later_chunk || len > CHUNK / 2 {
        bytes.reserve_exact(CHUNK.saturating_sub(bytes.len()));
    } else {
        bytes.reserve(len.saturating_sub(bytes.len()));
    }
}

fn copy_padded(from: &[u8], to: &mut [u8]) {
    let (head, tail) = to.split_at_mut(from.len().min(to.len()));
    if let Some(from) = from.get(..head.len()) {
        head.copy_from_slice(from);
    }
    tail.fill(0);
}

/// Whether both are the same with as many zeros after them as it takes.
fn equal_padded(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let (head, tail) = long.split_at(short.len());
    head == short && tail.iter().all(|byte| *byte == 0)
}

/// The chunk that byte `at` is in, and its place there.
fn locate(at: u64) -> (u64, usize) {
    (at >> CHUNK_BITS, index(at & CHUNK_MASK))
}

fn chunks_in(bytes: u64) -> u64 {
    bytes.div_ceil(CHUNK as u64)
}

fn index(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
