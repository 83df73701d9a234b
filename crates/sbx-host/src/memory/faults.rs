//! Counts page faults: where none came, no page can have become private.
//!
//! Finding the written pages of a region means walking its page tables, which is a quarter of a fresh run. But a page
//! becomes private in one way alone: some thread of this process writes to it, and the kernel makes a copy in a page
//! fault. The kernel counts the faults of all threads together. So if the count is what it was when a run took its
//! region, then the private pages are those that were found before, and the search can be left out. Most short runs touch
//! nothing new and come without a single fault.
//!
//! A count that is too high costs a search. It cannot be too low: faults of every thread are in it, those of threads that
//! have ended too, and those that the kernel takes on behalf of a call. What the host never does is to hand guest memory to
//! other processes or to I/O that goes on by itself.

use std::sync::OnceLock;

use super::mapping::Mapping;

/// The faults that all threads of a process have had up to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    /// After a `fork` the child counts anew, and must not come to a number of its parent's.
    process: u32,
    n_faults: u64,
}

/// The count now; `None` where the system is found not to count.
pub(super) fn count() -> Option<Count> {
    static COUNTS: OnceLock<bool> = OnceLock::new();
    if !*COUNTS.get_or_init(counts_writes) {
        return None;
    }
    Some(Count { process: std::process::id(), n_faults: total()? })
}

/// Whether two first writes to fresh pages are two faults in the count. Elsewhere than on Linux nobody has looked.
fn counts_writes() -> bool {
    const PAGE: usize = 0x1_0000; // whatever the system's page is
    let Ok(pages) = Mapping::reserve(2 * PAGE) else { return false };
    let is_open = cfg!(target_os = "linux") && pages.protect(0, 2 * PAGE, true).is_ok();
    is_open
        && [0, PAGE].into_iter().all(|offset| {
            let before = total();
            // SAFETY: both pages were just mapped readable and writable, and nothing else has their address.
            unsafe { pages.at(offset, 1).write_volatile(1) };
            before < total()
        })
}

fn total() -> Option<u64> {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: `usage` has room for what the call writes.
    let status = unsafe { libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) };
    if status != 0 {
        return None;
    }
    // SAFETY: zeroed, and filled by the call; every bit pattern is a value of its integers.
    let usage = unsafe { usage.assume_init() };
    u64::try_from(usage.ru_minflt.checked_add(usage.ru_majflt)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::mapping::MappedImage;

    #[test]
    fn each_page_that_becomes_private_is_counted_on_whatever_thread() {
        if count().is_none() {
            return; // then nothing is concluded from it
        }
        let image = MappedImage::from_bytes(&[7; 0x10_0000]).unwrap();
        let region = Mapping::reserve(0x10_0000).unwrap();
        image.map_under(&region).unwrap();
        for offset in [0, 0x4000, 0x8000, 0xC000] {
            // A page that is mapped already, as runs before it leave many.
            // SAFETY: the region is mapped readable and writable, and only this test and its thread know it.
            assert_eq!(unsafe { region.at(offset, 1).read_volatile() }, 7);
            let before = total();
            std::thread::scope(|scope| {
                // SAFETY: as above.
                scope.spawn(|| unsafe { region.at(offset, 1).write_volatile(8) });
            });
            assert!(before < total(), "at {offset:#x}");
        }
    }
}
