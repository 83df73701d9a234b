//! Regions: 4 GiB of address space with an image at its start, handed from run to run.
//!
//! Unmapping a region after every run and mapping it for the next costs a page fault for every page that a run writes,
//! each time. Instead the pages that a run wrote are found and copied back from the image, so that the next run finds
//! them present. Sound because a page that was not written still shows the image, and every page that was is reset,
//! wherever it is; the canary test over mixed runs in `sbx-runtime-python` guards it.

use std::{
    io,
    ops::Range,
    ptr,
    sync::{Mutex, PoisonError},
};

use super::{
    mapping::{MappedImage, Mapping},
    pages,
};

/// Written bytes that a reset copies back; a run that wrote more has the rest of its pages dropped, so that one large
/// run does not make every later reset slow. 2 MiB is four times what a short run with pandas imported writes.
const KEEP_BYTES: usize = 2 << 20;

/// Clean regions kept for each image, at most [`KEEP_BYTES`] of private memory each.
const MAX_IDLE_REGIONS: usize = 32;

/// Clean regions of one image.
#[derive(Debug, Default)]
pub(crate) struct RegionPool {
    clean: Mutex<Vec<Region>>,
}

/// Address space for one linear memory; the first `image.len()` bytes show the image.
#[derive(Debug)]
pub(super) struct Region {
    mapping: Mapping,
    capacity: usize,
}

impl Region {
    /// A clean region over `image`, from its pool or newly mapped.
    pub(super) fn take(image: &MappedImage, capacity: usize, guard: usize) -> io::Result<Self> {
        let pooled = image.pool.clean.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(region) = pooled
            && region.capacity == capacity
        {
            return Ok(region);
        }
        let region = Self::anonymous(capacity, guard)?;
        image.map_under(&region.mapping)?;
        Ok(region)
    }

    /// A region without an image; nothing of it can be touched until it is grown.
    pub(super) fn anonymous(capacity: usize, guard: usize) -> io::Result<Self> {
        let total = capacity.checked_add(guard).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { mapping: Mapping::reserve(total)?, capacity })
    }

    pub(super) fn base(&self) -> *mut u8 {
        self.mapping.base()
    }

    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Makes the bytes from `old` to `new` usable; they read as zeros.
    pub(super) fn grow(&self, old: usize, new: usize) -> io::Result<()> {
        if new > self.capacity {
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        if new > old { self.mapping.protect(old, new - old, true) } else { Ok(()) }
    }

    /// Brings the region back to how `image` has it and hands it to the next run. `size` is how far it was grown.
    /// A region that cannot be reset is unmapped.
    pub(super) fn give_back(self, image: &MappedImage, size: usize) {
        if self.reset(image, size).is_ok() {
            let mut clean = image.pool.clean.lock().unwrap_or_else(PoisonError::into_inner);
            if clean.len() < MAX_IDLE_REGIONS {
                clean.push(self);
            }
        }
    }

    fn reset(&self, image: &MappedImage, size: usize) -> io::Result<()> {
        let image_len = image.len();
        if size > image_len {
            self.mapping.discard(image_len, size - image_len)?;
            self.mapping.protect(image_len, size - image_len, false)?;
        }
        let mut kept = 0;
        let mut outcome = Ok(());
        let known = pages::written(self.base() as usize, image_len, &mut |range| {
            if outcome.is_ok() {
                outcome = self.restore(image, range, &mut kept);
            }
        })?;
        outcome?;
        if known { Ok(()) } else { self.mapping.discard(0, image_len) }
    }

    fn restore(&self, image: &MappedImage, range: Range<usize>, kept: &mut usize) -> io::Result<()> {
        *kept += range.len();
        if *kept > KEEP_BYTES {
            return self.mapping.discard(range.start, range.len());
        }
        let original = image.bytes().get(range.clone()).ok_or(io::ErrorKind::InvalidData)?;
        let target = self.mapping.at(range.start, range.len());
        // SAFETY: source and target are different mappings of the same length (`get` and `at` checked both ranges);
        // the target is mapped writable, and no instance uses this region: wasmtime has dropped its `LinearMemory`.
        unsafe { ptr::copy_nonoverlapping(original.as_ptr(), target, range.len()) };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEN: usize = 8 << 20;
    const CAPACITY: usize = 64 << 20;

    fn write(region: &Region, offset: usize) {
        // SAFETY: the tests write only inside what they mapped or grew.
        unsafe { region.mapping.at(offset, 1).write(0xEE) };
    }

    fn contents(region: &Region, len: usize) -> &[u8] {
        // SAFETY: as above, and nothing writes while the slice lives.
        unsafe { std::slice::from_raw_parts(region.base(), len) }
    }

    #[test]
    fn a_region_is_clean_again_whatever_was_written() {
        let bytes: Vec<u8> = (0..LEN).map(|i| (i % 251) as u8).collect();
        let image = MappedImage::from_bytes(&bytes).unwrap();
        // A few pages, more than are kept, all of them.
        for step in [LEN / 5, 12_288, 4096] {
            let region = Region::take(&image, CAPACITY, 0x1_0000).unwrap();
            assert!(contents(&region, LEN) == bytes, "clean before step {step}");
            region.grow(LEN, LEN + 0x2_0000).unwrap();
            assert!(
                contents(&region, LEN + 0x2_0000)[LEN..].iter().all(|byte| *byte == 0),
                "grown memory is zero"
            );
            for offset in (0..LEN + 0x2_0000).step_by(step) {
                write(&region, offset);
            }
            region.give_back(&image, LEN + 0x2_0000);
            assert_eq!(image.pool.clean.lock().unwrap().len(), 1, "the region is kept");
        }
    }

    #[test]
    fn growing_past_the_capacity_is_refused() {
        let region = Region::anonymous(0x2_0000, 0x1_0000).unwrap();
        region.grow(0, 0x1_0000).unwrap();
        assert!(region.grow(0x1_0000, 0x3_0000).is_err());
    }
}
