//! Regions: 4 GiB of address space with an image at its start, handed from run to run.
//!
//! Unmapping a region after every run and mapping it for the next costs a page fault for every page that a run writes,
//! each time. Instead the pages that a run wrote are found and copied back from the image, so that the next run finds
//! them present. Pages that no run has written for a while go back to the system, so that one large run does not make
//! every later reset slow. The search itself is left out where the process had no page fault since the region was taken:
//! then the private pages are the ones that were found before (`faults`).
//!
//! Sound because a page that was not written still shows the image, and every page that was is reset, wherever it is;
//! the canary tests over mixed runs guard it.

use std::{
    io,
    num::NonZero,
    ops::Range,
    sync::{Mutex, OnceLock, PoisonError},
    thread,
};

use super::{
    faults,
    mapping::{MappedImage, Mapping},
    pages,
};

const PAGE: usize = 4096;

/// Private pages that a clean region keeps: 8 MiB, what a run that works with pandas writes. The rest is given back.
const MAX_KEPT_PAGES: usize = 2048;

/// Runs that a private page outlives without being found changed. Many of those are written in every run, with counts that
/// go up and down again; giving them up costs each a fault in one run of so many.
const MAX_IDLE_RUNS: u8 = 64;

/// Resets in a row in which a page that was changed each time is written back unseen. Then it is compared once.
const MAX_UNSEEN: u8 = 15;

/// Clean regions kept for each image, if their pages allow it: as many as programs are often in the middle of a run at once.
/// With fewer, each of the others would map its region anew and take a page fault for every page that it touches.
const MAX_IDLE_REGIONS: usize = 256;

/// Private pages that the clean regions of an image keep together, for each processor: 8 MiB, which is some 13 regions after
/// small programs and one after a large one.
const MAX_IDLE_PAGES_EACH: usize = MAX_KEPT_PAGES;

/// Empty regions without an image: heaps of exception objects, one for each instance. Mapping and unmapping them for every
/// run would make runs on other processors wait.
static ANONYMOUS: Mutex<Vec<Region>> = Mutex::new(Vec::new());

/// Clean regions of one image.
#[derive(Debug, Default)]
pub(crate) struct RegionPool {
    clean: Mutex<Clean>,
}

#[derive(Debug, Default)]
struct Clean {
    regions: Vec<Region>,
    /// Private pages of all of them.
    n_pages: usize,
}

impl Clean {
    fn pop(&mut self) -> Option<Region> {
        let region = self.regions.pop()?;
        self.n_pages -= region.n_kept();
        Some(region)
    }

    /// Keeps a region if there is room; otherwise it is unmapped.
    fn push(&mut self, region: Region) {
        let n_pages = self.n_pages + region.n_kept();
        if self.regions.len() < MAX_IDLE_REGIONS && n_pages <= max_idle_pages() {
            self.n_pages = n_pages;
            self.regions.push(region);
        }
    }
}

/// Private pages that the clean regions of an image keep together.
fn max_idle_pages() -> usize {
    static N_PROCESSORS: OnceLock<usize> = OnceLock::new();
    let n_processors = N_PROCESSORS.get_or_init(|| thread::available_parallelism().map_or(1, NonZero::get));
    n_processors.saturating_mul(MAX_IDLE_PAGES_EACH)
}

/// Address space for one linear memory; the first `image.len()` bytes show the image.
#[derive(Debug)]
pub(super) struct Region {
    mapping: Mapping,
    capacity: usize,
    /// For each page of the image, the resets since it was last found changed while it was private.
    idle_runs: Vec<u8>,
    /// The private pages, if they have been found.
    private: Option<Kept>,
    /// What [`faults::count`] was when the region was taken.
    faults: Option<faults::Count>,
    /// Resets since pages that change every time were last looked at.
    n_unseen: u8,
}

impl Region {
    /// A clean region over `image`, from its pool or newly mapped.
    pub(super) fn take(image: &MappedImage, capacity: usize, guard: usize) -> io::Result<Self> {
        let pooled = image.pool.clean.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(mut region) = pooled
            && region.capacity == capacity
        {
            region.faults = faults::count();
            return Ok(region);
        }
        let mut region = Self::anonymous(capacity, guard)?;
        image.map_under(&region.mapping)?;
        region.idle_runs = vec![0; image.len() / PAGE];
        Ok(region)
    }

    /// A region without an image, handed on or new; nothing of it can be touched until it is grown.
    pub(super) fn take_anonymous(capacity: usize, guard: usize) -> io::Result<Self> {
        let pooled = ANONYMOUS.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match pooled {
            Some(region) if region.capacity == capacity && region.mapping.len() == capacity + guard => {
                Ok(region)
            }
            Some(_) | None => Self::anonymous(capacity, guard),
        }
    }

    /// Empties a region without an image, which was grown to `size`, and hands it on.
    pub(super) fn give_back_anonymous(self, size: usize) {
        let empty = || self.mapping.discard(0, size).and_then(|()| self.mapping.protect(0, size, false));
        let emptied = if size == 0 { Ok(()) } else { empty() };
        let mut idle = ANONYMOUS.lock().unwrap_or_else(PoisonError::into_inner);
        if emptied.is_ok() && idle.len() < MAX_IDLE_REGIONS {
            idle.push(self);
        }
    }

    fn anonymous(capacity: usize, guard: usize) -> io::Result<Self> {
        let total = capacity.checked_add(guard).ok_or(io::ErrorKind::OutOfMemory)?;
        let mapping = Mapping::reserve(total)?;
        Ok(Self { mapping, capacity, idle_runs: Vec::new(), private: None, faults: None, n_unseen: 0 })
    }

    /// Private pages that it kept at its last reset.
    fn n_kept(&self) -> usize {
        self.private.as_ref().map_or(0, |kept| kept.n_pages)
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
    pub(super) fn give_back(mut self, image: &MappedImage, size: usize) {
        if self.reset(image, size).is_ok() {
            image.pool.clean.lock().unwrap_or_else(PoisonError::into_inner).push(self);
        }
    }

    fn reset(&mut self, image: &MappedImage, size: usize) -> io::Result<()> {
        let image_len = image.len();
        if size > image_len {
            self.mapping.discard(image_len, size - image_len)?;
            self.mapping.protect(image_len, size - image_len, false)?;
        }
        let Some(private) = self.find_private(image_len)? else { return self.mapping.discard(0, image_len) };
        self.n_unseen = if self.n_unseen < MAX_UNSEEN { self.n_unseen + 1 } else { 0 };
        let mut kept = Kept::default();
        for range in private {
            self.restore(image, range, &mut kept)?;
        }
        self.private = Some(kept);
        Ok(())
    }

    /// The runs of pages that may be private; `None` if the system cannot say.
    fn find_private(&mut self, image_len: usize) -> io::Result<Option<Vec<Range<usize>>>> {
        if let Some(known) = self.private.take()
            && self.faults.is_some()
            && self.faults == faults::count()
        {
            return Ok(Some(known.ranges));
        }
        let mut found = Vec::new();
        let is_known = pages::written(self.base() as usize, image_len, &mut |range| found.push(range))?;
        Ok(is_known.then_some(found))
    }

    /// Brings a run of private pages back: changed ones are copied, those that have been idle for long are given up.
    fn restore(&mut self, image: &MappedImage, range: Range<usize>, kept: &mut Kept) -> io::Result<()> {
        let mut given_up = range.start..range.start;
        for start in range.step_by(PAGE) {
            if kept.n_pages < MAX_KEPT_PAGES && self.reset_page(image, start)? {
                kept.add(start);
                continue;
            }
            if given_up.end != start {
                self.give_up(&given_up)?;
                given_up.start = start;
            }
            given_up.end = start + PAGE;
        }
        self.give_up(&given_up)
    }

    fn give_up(&self, pages: &Range<usize>) -> io::Result<()> {
        if pages.is_empty() { Ok(()) } else { self.mapping.discard(pages.start, pages.len()) }
    }

    /// Makes the private page at `start` equal to the image's; `false` if it has been so by itself for long.
    fn reset_page(&mut self, image: &MappedImage, start: usize) -> io::Result<bool> {
        let original = image.bytes().get(start..start + PAGE).ok_or(io::ErrorKind::InvalidData)?;
        let idle_runs = self.idle_runs.get_mut(start / PAGE).ok_or(io::ErrorKind::InvalidData)?;
        let page = self.mapping.at(start, PAGE);
        // SAFETY: the page is mapped readable and writable (`at` and `get` checked that it is part of the image), and no
        // instance uses this region: wasmtime has dropped its `LinearMemory`. Only this function touches it now.
        let page = unsafe { std::slice::from_raw_parts_mut(page, PAGE) };
        let changes_always = *idle_runs == 0 && self.n_unseen > 0;
        if changes_always || page != original {
            page.copy_from_slice(original);
            *idle_runs = 0;
        } else {
            *idle_runs = idle_runs.saturating_add(1);
        }
        let keep = *idle_runs < MAX_IDLE_RUNS;
        if !keep {
            *idle_runs = 0;
        }
        Ok(keep)
    }
}

/// The private pages that a clean region keeps.
#[derive(Debug, Default)]
struct Kept {
    n_pages: usize,
    /// Ascending, and as long as they can be.
    ranges: Vec<Range<usize>>,
}

impl Kept {
    fn add(&mut self, start: usize) {
        self.n_pages += 1;
        match self.ranges.last_mut() {
            Some(last) if last.end == start => last.end += PAGE,
            _ => self.ranges.push(start..start + PAGE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEN: usize = 2 * MAX_KEPT_PAGES * PAGE;
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
        let bytes: Vec<u8> = (0..=250).cycle().take(LEN).collect();
        let image = MappedImage::from_bytes(&bytes).unwrap();
        // All pages (half of them are kept), a few; then none, until the idle ones are given up.
        let all_then_idle =
            [PAGE, 3 * PAGE, LEN / 5].into_iter().chain([usize::MAX; 2 * MAX_IDLE_RUNS as usize]);
        for step in all_then_idle {
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
            assert_eq!(image.pool.clean.lock().unwrap().regions.len(), 1, "the region is kept");
        }
        let region = Region::take(&image, CAPACITY, 0x1_0000).unwrap();
        let mut n_private = 0;
        if pages::written(region.base() as usize, LEN, &mut |range| n_private += range.len() / PAGE).unwrap()
        {
            assert_eq!(n_private, 1, "only the page that every run writes is still private");
        }
    }

    #[test]
    fn pages_that_are_private_already_are_reset_without_a_fault_to_tell_of_them() {
        let bytes: Vec<u8> = (0..=250).cycle().take(LEN).collect();
        let image = MappedImage::from_bytes(&bytes).unwrap();
        // The same few pages in every run, which are known and bring no fault; now and then one that is new.
        for run in 0..3 * usize::from(MAX_UNSEEN) {
            let region = Region::take(&image, CAPACITY, 0x1_0000).unwrap();
            assert!(contents(&region, LEN) == bytes, "clean before run {run}");
            let new = (run % 7 == 0).then_some(100 + run);
            for page in [3, 4, 50 + run % 2].into_iter().chain(new) {
                write(&region, page * PAGE + run);
            }
            region.give_back(&image, LEN);
        }
    }

    #[test]
    fn clean_regions_are_bounded_by_number_and_by_pages() {
        let image = MappedImage::from_bytes(&vec![1; LEN]).unwrap();
        let kept_after = |n: usize, n_pages: usize| {
            let regions: Vec<Region> =
                (0..n).map(|_| Region::take(&image, CAPACITY, 0x1_0000).unwrap()).collect();
            for region in regions {
                (0..n_pages).for_each(|page| write(&region, page * PAGE));
                region.give_back(&image, LEN);
            }
            let clean = image.pool.clean.lock().unwrap();
            assert_eq!(clean.n_pages, clean.regions.iter().map(Region::n_kept).sum::<usize>());
            (clean.regions.len(), clean.n_pages)
        };
        let is_known = pages::written(image.bytes().as_ptr() as usize, PAGE, &mut |_| ()).unwrap();
        let n_large = max_idle_pages() / MAX_KEPT_PAGES;
        let (n, n_pages) = kept_after(n_large + 4, MAX_KEPT_PAGES);
        assert!(!is_known || (n, n_pages) == (n_large, max_idle_pages()), "{n} with {n_pages} pages");
        image.pool.clean.lock().unwrap().regions.clear();
        image.pool.clean.lock().unwrap().n_pages = 0;
        assert_eq!(kept_after(MAX_IDLE_REGIONS + 10, 1).0, MAX_IDLE_REGIONS);
    }

    #[test]
    fn growing_past_the_capacity_is_refused() {
        let region = Region::anonymous(0x2_0000, 0x1_0000).unwrap();
        region.grow(0, 0x1_0000).unwrap();
        assert!(region.grow(0x1_0000, 0x3_0000).is_err());
    }

    #[test]
    fn a_region_without_an_image_is_handed_on_empty() {
        let region = Region::take_anonymous(0x5_0000, 0x1_0000).unwrap();
        region.grow(0, 0x1_0000).unwrap();
        write(&region, 5);
        let base = region.base();
        region.give_back_anonymous(0x1_0000);
        let again = Region::take_anonymous(0x5_0000, 0x1_0000).unwrap();
        assert_eq!(again.base(), base, "the same region");
        again.grow(0, 0x1_0000).unwrap();
        assert!(contents(&again, 0x1_0000).iter().all(|byte| *byte == 0));
    }
}
