//! Stores of very many sessions: everything that looks at all of them still ends, and says what it took.
//!
//! 500 sessions; `SBX_CHAOS=1` takes 10,000, on a real disk.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sbx_sessions::{PruneOptions, SessionId, SessionState, SessionStore};
use sbx_storage::DiskStorage;

use crate::common::*;

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    println!("chaos: {what}: {:.2} s", begun.elapsed().as_secs_f64());
    done
}

#[test]
fn thousands_of_sessions_are_listed_forked_pruned_and_swept() {
    let n_sessions = if std::env::var_os("SBX_CHAOS").is_some() { 10_000 } else { 500_usize };
    let folder = tempfile::tempdir().unwrap();
    let storage = Arc::new(DiskStorage::open(folder.path()).unwrap());
    let clock = TestClock::new();
    let store = SessionStore::new(storage).with_clock(Arc::new(clock.clone()));
    timed(&format!("{n_sessions} sessions on disk made"), || {
        for n in 0..n_sessions {
            let state = put(SessionState::new(base()), "n.txt", n.to_string().as_bytes());
            block_on(create(&store, &format!("session-{n:05}"), state).release()).unwrap();
        }
    });
    let listed = timed("all listed", || block_on(store.list()).unwrap());
    assert_eq!((listed.sessions.len(), listed.unreadable.len()), (n_sessions, 0));
    timed("one looked up", || block_on(store.info(&id("session-00007"))).unwrap());
    let state = timed("one opened", || block_on(store.state(&id("session-00042"), None, &base())).unwrap());
    assert_eq!(get(&state, "n.txt"), b"42");
    let forks: Vec<SessionId> = (0..100).map(|n| id(&format!("fork-{n}"))).collect();
    timed("one forked 100 times", || block_on(store.fork(&id("session-00042"), None, &forks)).unwrap());
    clock.advance(Duration::from_secs(3 * 3600));
    for n in 0..10 {
        let mut held = block_on(store.open(&id(&format!("session-{n:05}")), &base())).unwrap();
        write(&mut held, "young", b"x");
        block_on(held.release()).unwrap();
    }
    timed("swept, with nothing to do", || block_on(store.sweep(Duration::from_secs(3600), false)).unwrap());
    let old = PruneOptions::new().with_older_than(Duration::from_secs(3600)).with_grace(Duration::ZERO);
    let pruned = timed("all but 10 pruned and swept", || block_on(store.prune(&old)).unwrap());
    assert_eq!(pruned.deleted.len(), n_sessions + 100 - 10);
    assert!(pruned.errors.is_empty() && pruned.swept.errors.is_empty(), "{:?}", pruned.errors);
    assert_eq!(block_on(store.list()).unwrap().sessions.len(), 10);
    assert_eq!(objects(&**store.storage()), 20, "a beginning and a turn of each");
}
