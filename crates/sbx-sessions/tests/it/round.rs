//! What is stored comes back.

use std::sync::Arc;

use sbx_core::PAGE_BYTES;
use sbx_sessions::{NewSession, SessionState, TurnSummary};
use sbx_storage::testing::Fault;
use sbx_storage::{Instrumented, MemoryStorage};
use sbx_vfs::{GuestPath, Quota, TreeBuilder, Vfs};

use crate::common::*;

#[test]
fn files_memory_and_descriptors_come_back() {
    let (store, ..) = store();
    let stored = make(&store, "s");
    let held = block_on(store.open(&id("s"), &base())).unwrap();
    assert_eq!(facts(held.state()), facts(&stored));
    // The descriptors fit the tree: the open file goes on where it was, the unlinked one is still there.
    let mut vfs = Vfs::new(held.state().tree.clone(), Quota::default(), Vec::new()).unwrap();
    vfs.restore_descriptors(memory(held.state()).descriptors.clone()).unwrap();
    let mut bytes = [0; 16];
    vfs.write(4, b"!").unwrap();
    assert_eq!(vfs.pread(5, 0, &mut bytes), Ok(8));
    assert_eq!(&bytes[..8], b"unlinked");
    assert_eq!(vfs.into_tree().read_file(&path("open.txt")).unwrap(), b"written and open!");
}

#[test]
fn every_turn_of_a_long_history_comes_back() {
    let (store, storage, _) = store();
    let mut state = with_memory(SessionState::new(base()), snapshot((0..600).map(|n| (n * 3, u64::from(n)))));
    let mut held = create(&store, "s", state.clone());
    let mut history = vec![facts(&state)];
    for n in 0..60_u32 {
        let older = memory(&state).snapshot.clone();
        let changed = (0..10).map(|k| ((n * 37 + k * 11) % 1_800, u64::from(1_000 * n + k)));
        let gone: Vec<u32> = if n % 7 == 0 { vec![n * 3, n * 3 + 3] } else { Vec::new() };
        state = remember(state, touch(&older, changed, &gone));
        state = put(state, &format!("d{}/f{n}.txt", n % 5), &noise(u64::from(n), 3_000));
        if n % 9 == 8 {
            state.tree.edit(Quota::unlimited(), 9).remove(&path("d3"), true).unwrap();
        }
        turn(&mut held, state.clone());
        history.push(facts(&state));
    }
    block_on(held.release()).unwrap();
    for (n, expected) in history.iter().enumerate() {
        let found = block_on(store.state(&id("s"), Some(n as u64), &base())).unwrap();
        assert!(facts(&found) == *expected, "turn {n}");
    }
    let info = block_on(store.info(&id("s"))).unwrap();
    assert_eq!((info.turn, info.good_turn, info.n_turns), (60, 60, 61));
    assert_eq!(objects(&storage), 61, "one object a turn");
}

#[test]
fn a_small_turn_is_two_writes_and_a_failed_one_is_one() {
    let storage = Instrumented::new(MemoryStorage::new());
    let store = sbx_sessions::SessionStore::new(Arc::new(storage.clone()));
    let state = with_memory(SessionState::new(base()), snapshot((0..500).map(|n| (n, u64::from(n)))));
    let mut held = create(&store, "s", state.clone());
    let counts = || {
        let counts = storage.counts();
        (counts.write.n_calls, counts.read.n_calls + counts.list.n_calls + counts.delete.n_calls)
    };
    let before = counts();
    let older = memory(&state).snapshot.clone();
    turn(&mut held, remember(put(state, "x", b"y"), touch(&older, [(1, 9)], &[])));
    let after = counts();
    assert_eq!((after.0 - before.0, after.1 - before.1), (2, 0));
    held.stage(TurnSummary::new(), None);
    block_on(held.flush()).unwrap();
    assert_eq!((counts().0 - after.0, counts().1 - after.1), (1, 0));
}

#[test]
fn what_a_turn_did_not_change_is_not_stored_again() {
    let (store, storage, _) = store();
    let large = noise(1, 20 << 20);
    let state = with_memory(
        put(SessionState::new(base()), "large", &large),
        snapshot((0..2_000).map(|n| (n, u64::from(n)))),
    );
    let mut held = create(&store, "s", state.clone());
    let stored = || storage.inner().bytes_total();
    let before = stored();
    // One byte of a large file: one piece of 1 MiB.
    let mut changed = large.clone();
    changed[7 << 20] ^= 1;
    let state = put(state, "large", &changed);
    turn(&mut held, state.clone());
    let after = stored();
    assert!(after - before < (1 << 20) + (64 << 10), "{}", after - before);
    // A page that was written and is the same.
    let older = memory(&state).snapshot.clone();
    turn(&mut held, remember(state.clone(), touch(&older, (0..1_000).map(|n| (n, u64::from(n))), &[])));
    assert!(stored() - after < 20 << 10, "{}", stored() - after);
    // A name more for the same bytes.
    let before = stored();
    turn(&mut held, put(state, "copy", &changed));
    assert!(stored() - before < 20 << 10, "{}", stored() - before);
    let found = block_on(store.state(&id("s"), None, &base())).unwrap();
    assert!(get(&found, "large") == changed && get(&found, "copy") == changed);
    let first = block_on(store.state(&id("s"), Some(0), &base())).unwrap();
    assert!(get(&first, "large") == large);
}

#[test]
fn what_is_of_the_past_falls_off_and_what_lives_is_moved() {
    let (store, storage, clock) = store();
    let store = store.with_max_turns(20);
    let mut state = with_memory(
        put(SessionState::new(base()), "kept", &noise(5, 100_000)),
        snapshot((0..512).map(|n| (n, u64::from(n)))),
    );
    let mut held = create(&store, "s", state.clone());
    for n in 0..400_u32 {
        let older = memory(&state).snapshot.clone();
        let changed = (0..64).map(|k| ((n * 64 + k) % 512, u64::from(n * 100 + k)));
        state = remember(state, touch(&older, changed, &[]));
        turn(&mut held, state.clone());
        if n % 40 == 0 {
            clock.advance(std::time::Duration::from_secs(60));
            block_on(store.sweep(std::time::Duration::ZERO, false)).unwrap();
        }
    }
    block_on(held.release()).unwrap();
    clock.advance(std::time::Duration::from_secs(60));
    block_on(store.sweep(std::time::Duration::ZERO, false)).unwrap();
    let info = block_on(store.info(&id("s"))).unwrap();
    assert_eq!((info.turn, info.n_turns), (400, 20));
    // 20 turns of 64 pages, the chain below them, and the rest of the state: not all that ever was (51 MiB).
    assert!(info.size_bytes < 8 << 20, "{}", info.size_bytes);
    assert!(objects(&storage) < 60, "{}", objects(&storage));
    assert!(storage.inner().bytes_total() < 9 << 20);
    let found = block_on(store.state(&id("s"), None, &base())).unwrap();
    assert!(facts(&found) == facts(&state));
    let oldest = block_on(store.log(&id("s"))).unwrap()[0].turn;
    assert_eq!(oldest, 381);
    block_on(store.state(&id("s"), Some(oldest), &base())).unwrap();
    let gone = block_on(store.state(&id("s"), Some(380), &base())).unwrap_err();
    assert_eq!(gone.code(), "session.no_such_turn");
}

#[test]
fn large_states_are_several_objects() {
    let (store, storage, _) = store();
    let state = put(SessionState::new(base()), "large", &noise(3, 100 << 20));
    let state = with_memory(state, snapshot((0..3_000).map(|n| (n, u64::from(n)))));
    block_on(create(&store, "s", state.clone()).release()).unwrap();
    assert!(objects(&storage) >= 12, "{}", objects(&storage));
    let largest = dump(&storage).values().map(Vec::len).max().unwrap();
    assert!(largest < 10 << 20, "{largest}");
    let found = block_on(store.open(&id("s"), &base())).unwrap();
    assert!(facts(found.state()) == facts(&state));
}

#[test]
fn contents_are_read_when_a_guest_asks() {
    let (store, storage, _) = store();
    let bytes = noise(8, 30 << 20);
    block_on(create(&store, "s", put(SessionState::new(base()), "large", &bytes)).release()).unwrap();
    let fresh = sbx_sessions::SessionStore::new(Arc::new(storage.clone()));
    let held = block_on(fresh.open(&id("s"), &base())).unwrap();
    let opened = storage.n_calls();
    let mut buf = vec![0; 100];
    held.state().tree.read_at(&path("large"), (9 << 20) - 50, &mut buf).unwrap();
    assert!(buf == bytes[(9 << 20) - 50..(9 << 20) + 50]);
    assert_eq!(storage.n_calls() - opened, 2, "two pieces");
    held.state().tree.read_at(&path("large"), 9 << 20, &mut buf).unwrap();
    assert_eq!(storage.n_calls() - opened, 2, "from the cache");
    // An outage is an error of the one read, and no more.
    storage.add(Fault::before());
    assert_eq!(held.state().tree.read_at(&path("large"), 0, &mut buf).unwrap_err().code(), "vfs.io");
    storage.heal();
    held.state().tree.read_at(&path("large"), 0, &mut buf).unwrap();
    assert!(buf == bytes[..100]);
    // All of it is more than the cache holds by the end of the loop, and right each time.
    for _ in 0..3 {
        assert!(get(held.state(), "large") == bytes);
    }
}

#[test]
fn a_session_opens_over_an_updated_runtime() {
    let (store, ..) = store();
    let stored = make(&store, "s");
    let mut builder = TreeBuilder::from_tree(base());
    builder.read_only_file(&GuestPath::parse("/usr/lib/new.zip").unwrap(), Arc::new(b"new")).unwrap();
    let newer = builder.build();
    let mut held = block_on(store.open(&id("s"), &newer)).unwrap();
    assert_eq!(get(held.state(), "a.txt"), b"alpha again");
    assert_eq!(held.state().tree.read_file(&GuestPath::parse("/usr/lib/new.zip").unwrap()).unwrap(), b"new");
    let next = put(held.state().clone(), "c.txt", b"gamma");
    turn(&mut held, next.clone());
    block_on(held.release()).unwrap();
    let found = block_on(store.state(&id("s"), None, &newer)).unwrap();
    assert_eq!(facts(&found), facts(&next));
    let back = block_on(store.state(&id("s"), None, &base())).unwrap();
    assert_eq!(get(&back, "c.txt"), b"gamma");
    assert_eq!(memory(&back).snapshot.pages().len(), memory(&stored).snapshot.pages().len());
}

#[test]
fn interpreters_come_go_and_change_their_image() {
    let (store, ..) = store();
    let mut held = create(&store, "s", SessionState::new(base()));
    let with = with_memory(SessionState::new(base()), snapshot([(1, 1), (2, 2)]));
    turn(&mut held, with.clone());
    let mut without = with.clone();
    without.interpreters.clear();
    turn(&mut held, without.clone());
    let mut other_image = image();
    other_image.digest = "another".to_owned();
    let pages = [(2_u32, page(2)), (9, page(9))].into_iter().collect();
    let other = sbx_core::Snapshot::new(other_image, 1 << 20, Default::default(), pages).unwrap();
    let other = remember(with.clone(), other);
    turn(&mut held, other.clone());
    // Memory that shrank: pages beyond its end are gone with it.
    let shrunk = remember(with.clone(), snapshot([(1, 1)]));
    turn(&mut held, shrunk.clone());
    block_on(held.release()).unwrap();
    for (n, expected) in [SessionState::new(base()), with, without, other, shrunk].iter().enumerate() {
        let found = block_on(store.state(&id("s"), Some(n as u64), &base())).unwrap();
        assert_eq!(facts(&found), facts(expected), "turn {n}");
    }
}

#[test]
fn sparse_and_empty_files_come_back() {
    let (store, storage, _) = store();
    let mut state = put(SessionState::new(base()), "empty", b"");
    let mut vfs = Vfs::new(state.tree, Quota::default(), Vec::new()).unwrap();
    let options = sbx_vfs::OpenOptions::new().write(true).create(true);
    let fd = vfs.open(sbx_vfs::ROOT_FD, "app/sparse", true, options).unwrap();
    vfs.set_size(fd, 100 << 20).unwrap();
    vfs.pwrite(fd, (100 << 20) - 3, b"end").unwrap();
    vfs.close(fd).unwrap();
    state.tree = vfs.into_tree();
    block_on(create(&store, "s", state).release()).unwrap();
    assert!(storage.inner().bytes_total() < 200 << 10, "zeros are stored once");
    let found = block_on(store.state(&id("s"), None, &base())).unwrap();
    let bytes = get(&found, "sparse");
    assert!(bytes.len() == 100 << 20 && bytes.ends_with(b"\0end") && bytes[..1000] == [0; 1000]);
    assert_eq!(get(&found, "empty"), b"");
}

#[test]
fn labels_and_workspace_are_kept() {
    let (store, ..) = store();
    let new =
        NewSession::default().with_label("user", "ann").with_workspace(GuestPath::parse("/home").unwrap());
    let held = block_on(store.create(&id("s"), new, SessionState::new(base()))).unwrap();
    block_on(held.release()).unwrap();
    let info = block_on(store.info(&id("s"))).unwrap();
    assert_eq!(info.labels["user"], "ann");
    assert_eq!(info.workspace.as_str(), "/home");
    assert_eq!(PAGE_BYTES, 4096, "the format counts pages of this size");
}
