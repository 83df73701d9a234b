//! Owned mappings: the one place that calls `mmap` and `munmap`.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsRawFd, FromRawFd, RawFd},
    ptr::{self, NonNull},
    sync::Arc,
};

use super::region::RegionPool;

/// An owned range of address space, unmapped when dropped.
#[derive(Debug)]
pub(super) struct Mapping {
    base: NonNull<u8>,
    len: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread; who may touch its bytes is the owner's matter.
unsafe impl Send for Mapping {}
// SAFETY: as for `Send`: a shared reference gives out an address and nothing else.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Reserves `len` bytes that cannot be touched yet.
    pub(super) fn reserve(len: usize) -> io::Result<Self> {
        // SAFETY: a fresh anonymous mapping at an address of the kernel's choice touches nothing that exists.
        let base = unsafe {
            libc::mmap(
                ptr::null_mut(),
                len,
                libc::PROT_NONE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        Self::checked(base, len)
    }

    /// Maps `len` bytes of `file` at `offset`, read-only.
    fn read_only(file: &File, offset: u64, len: usize) -> io::Result<Self> {
        let offset = file_offset(offset)?;
        // SAFETY: a fresh read-only mapping at an address of the kernel's choice touches nothing that exists.
        let base = unsafe {
            libc::mmap(ptr::null_mut(), len, libc::PROT_READ, libc::MAP_SHARED, file.as_raw_fd(), offset)
        };
        Self::checked(base, len)
    }

    fn checked(base: *mut libc::c_void, len: usize) -> io::Result<Self> {
        match NonNull::new(base.cast()) {
            Some(found) if base != libc::MAP_FAILED => Ok(Self { base: found, len }),
            _ => Err(io::Error::last_os_error()),
        }
    }

    pub(super) fn base(&self) -> *mut u8 {
        self.base.as_ptr()
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The address `offset` bytes in; the caller has checked that `len` bytes from there are inside.
    pub(super) fn at(&self, offset: usize, len: usize) -> *mut u8 {
        assert!(offset.checked_add(len).is_some_and(|end| end <= self.len), "range inside its mapping");
        self.base.as_ptr().wrapping_add(offset)
    }

    /// Replaces `[0, len)` by a private copy-on-write view of `file` at `offset`.
    pub(super) fn put_private(&self, file: RawFd, offset: u64, len: usize) -> io::Result<()> {
        let offset = file_offset(offset)?;
        let start = self.at(0, len);
        let flags = libc::MAP_PRIVATE | libc::MAP_FIXED | libc::MAP_NORESERVE;
        // SAFETY: `MAP_FIXED` replaces pages of this mapping alone (`at` checked the range), and no reference into
        // it exists: regions hand out raw addresses only, and to one owner.
        let base =
            unsafe { libc::mmap(start.cast(), len, libc::PROT_READ | libc::PROT_WRITE, flags, file, offset) };
        if base == libc::MAP_FAILED { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Makes `[offset, offset + len)` readable and writable, or untouchable.
    pub(super) fn protect(&self, offset: usize, len: usize, writable: bool) -> io::Result<()> {
        let access = if writable { libc::PROT_READ | libc::PROT_WRITE } else { libc::PROT_NONE };
        let start = self.at(offset, len);
        // SAFETY: the range is inside this mapping, and changing its protection keeps its contents.
        let status = unsafe { libc::mprotect(start.cast(), len, access) };
        if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// Gives the pages of `[offset, offset + len)` back: a private view of a file shows the file again, anonymous
    /// memory reads as zeros.
    pub(super) fn discard(&self, offset: usize, len: usize) -> io::Result<()> {
        let start = self.at(offset, len);
        // SAFETY: the range is inside this mapping; its owner has stopped using the contents.
        let status = unsafe { libc::madvise(start.cast(), len, libc::MADV_DONTNEED) };
        if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: this value owns the range, and nothing can reach it after the drop.
        let status = unsafe { libc::munmap(self.base.as_ptr().cast(), self.len) };
        debug_assert_eq!(status, 0, "an owned range unmaps");
    }
}

/// Gives pages of a live region back that hold what they would show without having been written: the image, or zeros.
/// The guest cannot tell; the next scan need not look at them, and they take no memory.
///
/// `memory` is the linear memory of an instance whose image is mapped; `range` is whole pages of it.
pub(crate) fn discard_unchanged(memory: &mut [u8], range: std::ops::Range<usize>) -> io::Result<()> {
    let Some(pages) = memory.get_mut(range) else { return Err(io::ErrorKind::InvalidInput.into()) };
    // SAFETY: the range lies inside a slice that is exclusively ours, in a private mapping of the region; after the call
    // it reads as the file or as zeros, which the caller has just compared it with.
    let status = unsafe { libc::madvise(pages.as_mut_ptr().cast(), pages.len(), libc::MADV_DONTNEED) };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn file_offset(offset: u64) -> io::Result<libc::off_t> {
    libc::off_t::try_from(offset).map_err(|_too_large| io::Error::from(io::ErrorKind::InvalidInput))
}

/// A file mapped read-only, for content that every sandbox shares.
///
/// # Security
/// Map only files of the private cache: a file that shrinks under its mapping faults on access.
#[derive(Debug)]
pub struct SharedFile {
    mapping: Option<Mapping>,
}

impl SharedFile {
    /// Maps the whole of `file`.
    ///
    /// # Errors
    /// What the operating system says; an empty file maps to nothing.
    pub fn map(file: &File) -> io::Result<Self> {
        let len =
            usize::try_from(file.metadata()?.len()).map_err(|_too_large| io::ErrorKind::FileTooLarge)?;
        let mapping = if len == 0 { None } else { Some(Mapping::read_only(file, 0, len)?) };
        Ok(Self { mapping })
    }
}

impl AsRef<[u8]> for SharedFile {
    fn as_ref(&self) -> &[u8] {
        match &self.mapping {
            None => &[],
            // SAFETY: the mapping is readable for its whole length, lives as long as `self`, and files of the private
            // cache are never written in place.
            Some(mapping) => unsafe { std::slice::from_raw_parts(mapping.base(), mapping.len()) },
        }
    }
}

/// The linear memory of a guest at rest, ready to be mapped copy-on-write under any number of instances.
#[derive(Debug)]
pub(crate) struct MappedImage {
    /// The same bytes, mapped read-only: what regions are reset from.
    original: Mapping,
    file: File,
    offset: u64,
    pub(super) pool: RegionPool,
}

impl MappedImage {
    /// `len` bytes (a multiple of 64 KiB) of `file` at `offset` (likewise).
    pub(crate) fn from_file(file: File, offset: u64, len: usize) -> io::Result<Arc<Self>> {
        let available = file.metadata()?.len().saturating_sub(offset);
        if len == 0 || !len.is_multiple_of(0x1_0000) || available < len as u64 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let original = Mapping::read_only(&file, offset, len)?;
        Ok(Arc::new(Self { original, file, offset, pool: RegionPool::default() }))
    }

    /// The same from bytes that are in no file yet.
    pub(crate) fn from_bytes(bytes: &[u8]) -> io::Result<Arc<Self>> {
        let mut file = anonymous_file()?;
        file.write_all(bytes)?;
        Self::from_file(file, 0, bytes.len())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: readable for its whole length and as long as `self`; the file is in the private cache or has no
        // name, and is never written once it is here.
        unsafe { std::slice::from_raw_parts(self.original.base(), self.original.len()) }
    }

    pub(crate) fn len(&self) -> usize {
        self.original.len()
    }

    pub(super) fn map_under(&self, region: &Mapping) -> io::Result<()> {
        region.put_private(self.file.as_raw_fd(), self.offset, self.len())
    }
}

#[cfg(target_os = "linux")]
fn anonymous_file() -> io::Result<File> {
    // SAFETY: the name is a NUL-terminated literal; the call has no other precondition.
    let fd = unsafe { libc::memfd_create(c"sbx-image".as_ptr(), libc::MFD_CLOEXEC) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call above just returned this descriptor, so nothing else owns it.
    Ok(unsafe { File::from_raw_fd(fd) })
}

#[cfg(not(target_os = "linux"))]
fn anonymous_file() -> io::Result<File> {
    tempfile::tempfile()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_view_leaves_the_image_as_it_was() {
        let image = MappedImage::from_bytes(&[7; 0x1_0000]).unwrap();
        let region = Mapping::reserve(0x2_0000).unwrap();
        image.map_under(&region).unwrap();
        let byte = region.at(100, 1);
        // SAFETY: the first 64 KiB of the region were just mapped readable and writable.
        unsafe { byte.write(9) };
        assert_eq!(image.bytes()[100], 7);
        region.discard(0, 0x1_0000).unwrap();
        // SAFETY: still mapped.
        assert_eq!(unsafe { byte.read() }, 7);
    }

    #[test]
    fn images_of_a_wrong_length_are_refused() {
        assert!(MappedImage::from_bytes(&[]).is_err());
        assert!(MappedImage::from_bytes(&[0; 100]).is_err());
        let file = anonymous_file().unwrap();
        file.set_len(0x1_0000).unwrap();
        assert!(MappedImage::from_file(file, 0, 0x2_0000).is_err());
    }

    #[test]
    fn an_empty_file_maps_to_nothing() {
        assert_eq!(SharedFile::map(&anonymous_file().unwrap()).unwrap().as_ref(), b"");
    }
}
