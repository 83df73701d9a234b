//! A disk that fills up in the middle of the work and gets room again: an error that says so, nothing lost, and no new
//! start.
//!
//! It takes root to mount a small file system. `SBX_CHAOS=1` tries the room for every block of a turn, not every eighth.

use std::sync::Arc;

use sbx_sessions::{SessionState, SessionStore, TurnSummary};
use sbx_storage::DiskStorage;

use crate::common::*;
use crate::mount::Mount;

const BLOCK: u64 = 4096;

#[test]
fn a_disk_with_any_little_room_loses_no_turn() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mount) = Mount::tmpfs(&folder.path().join("small"), "size=16m,mode=700") else { return };
    let storage = DiskStorage::open(mount.path().join("store")).unwrap();
    let store = SessionStore::new(Arc::new(storage)).with_max_turns(5);
    let begin = with_memory(SessionState::new(base()), snapshot((0..20).map(|n| (n, u64::from(n)))));
    let mut held = create(&store, "s", begin);
    block_on(create(&store, "other", SessionState::new(base())).release()).unwrap();
    let step = if std::env::var_os("SBX_CHAOS").is_some() { 1 } else { 8 };
    let (mut n_refused, mut n_went_through) = (0, 0);
    // A turn takes about 60 blocks: its object, its head, and folders for both.
    for (n, blocks) in (0..96_u64).step_by(step).enumerate() {
        let before = facts(held.state());
        let next = put(held.state().clone(), "large", &noise(n as u64, 200_000));
        let ballast = mount.fill(blocks * BLOCK);
        held.stage(TurnSummary::new(), Some(next.clone()));
        match block_on(held.flush()) {
            Ok(()) => n_went_through += 1,
            Err(error) => {
                assert_eq!(error.code(), "storage.full", "{blocks} blocks: {error}");
                assert!(!held.is_flushed() && facts(held.state()) == facts(&next), "it is kept here");
                assert!(
                    facts(&block_on(store.state(&id("s"), None, &base())).unwrap()) == before,
                    "and not there"
                );
                n_refused += 1;
            }
        }
        // What needs no room goes on; what does says so.
        assert_eq!(block_on(store.list()).unwrap().sessions.len(), 2);
        block_on(store.export(&id("s"), &mut Vec::new())).unwrap();
        if let Err(error) = block_on(store.set_labels(&id("other"), [("n".to_owned(), n.to_string())].into()))
        {
            assert_eq!(error.code(), "storage.full", "{error}");
        }
        mount.clear(&ballast);
        block_on(held.flush()).unwrap();
        assert!(facts(&block_on(store.state(&id("s"), None, &base())).unwrap()) == facts(&next));
        let swept = block_on(store.sweep(std::time::Duration::ZERO, false)).unwrap();
        assert!(swept.errors.is_empty() && swept.unreadable.is_empty(), "{swept:?}");
    }
    assert!(n_refused > 0 && n_went_through > 0, "{n_refused} and {n_went_through}");
    block_on(held.release()).unwrap();
    println!(
        "chaos: sessions on a full disk: {n_refused} turns refused, {n_went_through} went through, none lost, all \
         stored once there was room"
    );
}
