//! What a process must have back after its sandboxes are gone: descriptors, threads, memory; and that nothing panicked.
//!
//! As Linux tells it in `/proc`. Where there is no such folder the numbers are 0, and comparing them finds nothing.

use std::{
    fs, panic,
    sync::{
        Once,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What this process has at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostState {
    /// Open descriptors.
    pub descriptors: usize,
    /// Threads.
    pub threads: usize,
    /// Bytes of memory that are not shared with files: what growing it costs the machine.
    pub memory_bytes: u64,
}

impl HostState {
    /// Now.
    #[must_use]
    pub fn now() -> Self {
        let count = |folder: &str| fs::read_dir(folder).map_or(0, Iterator::count);
        Self {
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
            memory_bytes: anonymous_bytes(),
        }
    }

    /// As soon as there are no more descriptors and threads than before, or after `patience`: pools let idle threads go after
    /// some seconds.
    #[must_use]
    pub fn settled(before: Self, patience: Duration) -> Self {
        let started = Instant::now();
        loop {
            let now = Self::now();
            let is_back = now.descriptors <= before.descriptors && now.threads <= before.threads;
            if is_back || started.elapsed() >= patience {
                return now;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Everything that is more than before, memory only over `grown_bytes`.
    #[must_use]
    pub fn problems(self, before: Self, grown_bytes: u64) -> Vec<String> {
        let mut problems = Vec::new();
        if self.descriptors > before.descriptors {
            problems.push(format!("{} descriptors are open, {} were", self.descriptors, before.descriptors));
        }
        if self.threads > before.threads {
            problems.push(format!("there are {} threads, {} were", self.threads, before.threads));
        }
        let grown = self.memory_bytes.saturating_sub(before.memory_bytes);
        if grown > grown_bytes {
            problems.push(format!("memory grew by {} KiB, over {} KiB", grown >> 10, grown_bytes >> 10));
        }
        problems
    }
}

/// Anonymous memory of the process, pages of regions that wait for their next run included.
fn anonymous_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
    let kib: u64 = line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0);
    kib * 1024
}

static PANICS: AtomicU64 = AtomicU64::new(0);

/// Counts panics of all threads from now on.
pub fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::Relaxed);
            before(info);
        }));
    });
}

/// How many there were.
#[must_use]
pub fn panics() -> u64 {
    PANICS.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_than_before_is_found() {
        let state = |descriptors, threads, memory_bytes| HostState { descriptors, threads, memory_bytes };
        let before = state(10, 3, 1 << 20);
        assert_eq!(before.problems(before, 0), [""; 0]);
        assert_eq!(state(9, 2, 0).problems(before, 0), [""; 0]);
        assert_eq!(
            state(11, 4, 3 << 20).problems(before, 1 << 20),
            [
                "11 descriptors are open, 10 were",
                "there are 4 threads, 3 were",
                "memory grew by 2048 KiB, over 1024 KiB"
            ]
        );
        assert_eq!(state(10, 3, 2 << 20).problems(before, 1 << 20), [""; 0]);
    }

    #[test]
    fn an_open_file_a_thread_and_memory_are_seen() {
        // More than the tests beside this one may open or end meanwhile.
        const MANY: usize = 40;
        let before = HostState::now();
        let files: Vec<_> = (0..MANY).map(|_| fs::File::open("/dev/null").unwrap()).collect();
        let block = vec![1_u8; 64 << 20];
        let asleep = || thread::spawn(|| thread::sleep(Duration::from_millis(300)));
        let threads: Vec<_> = (0..MANY).map(|_| asleep()).collect();
        let now = HostState::now();
        assert!(now.memory_bytes >= before.memory_bytes + (32 << 20), "{now:?} {before:?}");
        assert!(now.descriptors > before.descriptors, "{now:?} {before:?}");
        assert!(now.threads > before.threads, "{now:?} {before:?}");
        drop((files, block));
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}
