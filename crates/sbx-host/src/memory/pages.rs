//! Finds the pages of a private view that were written: the only ones a reset has to touch.
//!
//! Linux says it through `/proc/self/pagemap`: by the `PAGEMAP_SCAN` request since 6.7, by reading it before. A page
//! that was written is no longer backed by the file, whether it is in memory or swapped out.

use std::{io, ops::Range};

/// [`written`] for the memory of a live instance: what is not in one of the ranges still shows the image, or zeros.
pub(crate) fn written_pages(memory: &[u8], visit: &mut dyn FnMut(Range<usize>)) -> io::Result<bool> {
    written(memory.as_ptr() as usize, memory.len(), visit)
}

/// Calls `visit` with each run of written pages, as byte ranges relative to `base`; `Ok(false)` if the system cannot
/// say, so that the caller has to treat every page as written.
pub(super) fn written(base: usize, len: usize, visit: &mut dyn FnMut(Range<usize>)) -> io::Result<bool> {
    #[cfg(target_os = "linux")]
    return linux::written(base, len, visit);
    #[cfg(not(target_os = "linux"))]
    {
        let _: (usize, usize, &mut dyn FnMut(Range<usize>)) = (base, len, visit);
        Ok(false)
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        fs::File,
        io,
        ops::Range,
        os::{fd::AsRawFd, unix::fs::FileExt},
        sync::{Arc, Mutex, PoisonError},
    };

    const PAGE: usize = 4096;
    const FILE: u64 = 1 << 2;
    const PRESENT: u64 = 1 << 3;
    const SWAPPED: u64 = 1 << 4;
    /// `_IOWR('f', 16, struct pm_scan_arg)` of `linux/fs.h`.
    const PAGEMAP_SCAN: u64 = 0xC060_6610;

    /// `struct pm_scan_arg` of `linux/fs.h`.
    #[repr(C)]
    #[derive(Default)]
    struct ScanArguments {
        size: u64,
        flags: u64,
        start: u64,
        end: u64,
        walk_end: u64,
        vec: u64,
        vec_len: u64,
        max_pages: u64,
        category_inverted: u64,
        category_mask: u64,
        category_anyof_mask: u64,
        return_mask: u64,
    }

    /// `struct page_region` of `linux/fs.h`.
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    struct PageRegion {
        start: u64,
        end: u64,
        categories: u64,
    }

    pub(super) fn written(base: usize, len: usize, visit: &mut dyn FnMut(Range<usize>)) -> io::Result<bool> {
        let Ok(pagemap) = own_pagemap() else { return Ok(false) };
        match scan(&pagemap, base, len, visit) {
            Err(error) if error.raw_os_error() == Some(libc::ENOTTY) => read(&pagemap, base, len, visit),
            Err(error) => Err(error),
            Ok(()) => Ok(true),
        }
    }

    /// The page map of this very process: a descriptor inherited over a `fork` would show the parent's.
    fn own_pagemap() -> io::Result<Arc<File>> {
        static OPENED: Mutex<Option<(u32, Arc<File>)>> = Mutex::new(None);
        let me = std::process::id();
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((pid, file)) = &*opened
            && *pid == me
        {
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(File::open("/proc/self/pagemap")?);
        *opened = Some((me, Arc::clone(&file)));
        Ok(file)
    }

    fn scan(pagemap: &File, base: usize, len: usize, visit: &mut dyn FnMut(Range<usize>)) -> io::Result<()> {
        let mut found = [PageRegion::default(); 256];
        let end = (base + len) as u64;
        let mut start = base as u64;
        while start < end {
            let mut arguments = ScanArguments {
                size: size_of::<ScanArguments>() as u64,
                start,
                end,
                vec: found.as_mut_ptr() as u64,
                vec_len: found.len() as u64,
                category_inverted: FILE,
                category_mask: FILE,
                category_anyof_mask: PRESENT | SWAPPED,
                return_mask: PRESENT,
                ..ScanArguments::default()
            };
            // SAFETY: `arguments` and `found` outlive the call and have the layout and lengths it says; the request
            // only reads page tables.
            let n_found = unsafe { libc::ioctl(pagemap.as_raw_fd(), PAGEMAP_SCAN, &raw mut arguments) };
            let n_found = usize::try_from(n_found).map_err(|_negative| io::Error::last_os_error())?;
            for region in found.iter().take(n_found) {
                visit(offset(region.start, base)..offset(region.end, base));
            }
            if arguments.walk_end <= start {
                return Err(io::Error::other("the page map scan does not advance"));
            }
            start = arguments.walk_end;
        }
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, reason = "addresses of this process fit usize")]
    fn offset(address: u64, base: usize) -> usize {
        address as usize - base
    }

    /// The same from the entries themselves: bit 63 present, bit 62 swapped, bit 61 file-backed
    /// (Documentation/admin-guide/mm/pagemap.rst).
    fn read(
        pagemap: &File,
        base: usize,
        len: usize,
        visit: &mut dyn FnMut(Range<usize>),
    ) -> io::Result<bool> {
        let mut entries = vec![0u8; len / PAGE * 8];
        pagemap.read_exact_at(&mut entries, (base / PAGE * 8) as u64)?;
        for (page, entry) in entries.chunks_exact(8).enumerate() {
            let entry = entry.try_into().map_or(0, u64::from_ne_bytes);
            let in_use = entry >> 62 != 0;
            let file_backed = entry >> 61 & 1 == 1;
            if in_use && !file_backed {
                visit(page * PAGE..(page + 1) * PAGE);
            }
        }
        Ok(true)
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::memory::mapping::{MappedImage, Mapping};

        #[test]
        fn both_ways_find_exactly_the_written_pages() {
            let image = MappedImage::from_bytes(&vec![1; 0x10_0000]).unwrap();
            let region = Mapping::reserve(0x10_0000).unwrap();
            image.map_under(&region).unwrap();
            for page in [3, 4, 200] {
                // SAFETY: the whole region was just mapped readable and writable.
                unsafe { region.at(page * PAGE + 17, 1).write(2) };
            }
            // SAFETY: as above; a page that is only read stays the file's.
            assert_eq!(unsafe { region.at(50 * PAGE, 1).read() }, 1);
            let base = region.base() as usize;
            let pagemap = own_pagemap().unwrap();
            let pages = |found: &[Range<usize>]| -> Vec<usize> {
                found.iter().flat_map(|range| range.start / PAGE..range.end / PAGE).collect()
            };
            let mut scanned = Vec::new();
            match scan(&pagemap, base, region.len(), &mut |range| scanned.push(range)) {
                Ok(()) => assert_eq!(pages(&scanned), [3, 4, 200]),
                Err(error) => assert_eq!(error.raw_os_error(), Some(libc::ENOTTY), "{error}"),
            }
            let mut read_found = Vec::new();
            assert!(read(&pagemap, base, region.len(), &mut |range| read_found.push(range)).unwrap());
            assert_eq!(pages(&read_found), [3, 4, 200]);
        }
    }
}
