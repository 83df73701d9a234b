//! Numbers for the documentation, and bounds loose enough for slow machines.
//!
//! `cargo test --release -p sbx-sessions speed -- --nocapture --test-threads 1` prints them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sbx_sessions::{SessionState, SessionStore, TurnSummary};
use sbx_storage::{DiskStorage, MemoryStorage, StorageAdapter};

use crate::common::*;

/// Pages that differ from the image after numpy and pandas have been used: 40 MiB.
const PAGES: u32 = 10_000;
/// Pages that a small turn changes.
const CHANGED: u32 = 150;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let done = work();
    (done, begun.elapsed())
}

fn measure(name: &str, storage: Arc<dyn StorageAdapter>, worst: Duration) {
    let store = SessionStore::new(Arc::clone(&storage));
    let begin = with_memory(
        put(SessionState::new(base()), "a.csv", &noise(1, 10_000)),
        snapshot((0..PAGES).map(|n| (n, u64::from(n)))),
    );
    let (mut held, first) = timed(|| create(&store, "s", begin.clone()));
    let mut state = begin;
    let mut flushes = Vec::new();
    for n in 0..64_u32 {
        let older = memory(&state).snapshot.clone();
        let changed = (0..CHANGED).map(|k| ((k * 61 + n * 17) % PAGES, u64::from(n * 1_000 + k)));
        let next = remember(put(state, "out.txt", n.to_string().as_bytes()), touch(&older, changed, &[]));
        held.stage(TurnSummary::new(), Some(next.clone()));
        let (done, took) = timed(|| block_on(held.flush()));
        done.unwrap();
        flushes.push(took);
        state = next;
    }
    let longest = *flushes.iter().max().unwrap();
    let ids: Vec<_> = (0..100).map(|n| id(&format!("f{n}"))).collect();
    let (forks, forked) = timed(|| block_on(held.fork(&ids)).unwrap());
    drop(forks);
    block_on(held.release()).unwrap();
    let stored = block_on(store.info(&id("s"))).unwrap().size_bytes;
    let opens: Vec<_> = (0..5)
        .map(|_| {
            let (held, took) = timed(|| block_on(store.open(&id("s"), &base())).unwrap());
            assert_eq!(memory(held.state()).snapshot.pages().len(), PAGES as usize);
            block_on(held.release()).unwrap();
            took
        })
        .collect();
    let (flush, open) = (median(flushes), median(opens));
    println!("{name}: create with {PAGES} pages {first:?}");
    println!("{name}: turn with {CHANGED} pages and a file, median {flush:?}, longest {longest:?}");
    println!("{name}: open after 64 turns {open:?}; fork {:?}; {} KiB stored", forked / 100, stored >> 10);
    assert!(flush < worst, "{flush:?}");
}

#[test]
fn small_turns_are_quick_in_memory() {
    measure("memory", Arc::new(MemoryStorage::new()), Duration::from_millis(100));
}

#[test]
fn small_turns_are_quick_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    measure("disk", Arc::new(DiskStorage::open(folder.path()).unwrap()), Duration::from_secs(1));
}
