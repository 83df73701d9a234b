//! Staging, rewinding, forking and the log.

use sbx_core::{Ending, RuntimeType, SandboxResult};
use sbx_sessions::{Error, NewSession, SessionState, TurnSummary};
use sbx_storage::testing::Fault;

use crate::common::*;

#[test]
fn what_is_staged_is_stored_with_one_move_of_the_head() {
    let (store, storage, clock) = store();
    let mut held = create(&store, "s", SessionState::new(base()));
    let mut state = held.state().clone();
    for n in 0..5 {
        state = put(state, "n", &[n]);
        held.stage(TurnSummary::new().with_note(format!("turn {n}")), Some(state.clone()));
    }
    assert_eq!(held.stage(TurnSummary::default(), None), 6);
    assert!(!held.is_flushed());
    assert_eq!((held.last_turn(), held.turns().len()), (6, 7));
    assert_eq!(get(held.state(), "n"), [4]);
    assert_eq!(block_on(store.info(&id("s"))).unwrap().turn, 0, "nobody else sees it yet");
    let before = storage.n_calls();
    block_on(held.flush()).unwrap();
    assert_eq!(storage.n_calls() - before, 6, "five objects and the head");
    assert!(held.is_flushed());
    let other = store_on(&storage, &clock);
    assert_eq!(block_on(other.log(&id("s"))).unwrap(), held.turns());
    let state = block_on(other.state(&id("s"), Some(2), &base())).unwrap();
    assert_eq!(get(&state, "n"), [1]);
    let error = block_on(other.state(&id("s"), Some(6), &base())).unwrap_err();
    assert!(error.to_string().contains("rolled back"), "{error}");
}

#[test]
fn what_cannot_be_stored_can_be_given_up() {
    let (store, storage, _) = store();
    let mut held = create(&store, "s", put(SessionState::new(base()), "n", b"0"));
    let stage = |held: &mut sbx_sessions::Held, bytes: &[u8]| {
        let next = put(held.state().clone(), "n", bytes);
        held.stage(TurnSummary::new(), Some(next))
    };
    stage(&mut held, b"1");
    // The first is written, the head is not, and then nothing is.
    storage.add(Fault::before().under("sessions/"));
    block_on(held.flush()).unwrap_err();
    storage.add(Fault::full());
    stage(&mut held, b"2");
    held.stage(TurnSummary::default(), None);
    block_on(held.flush()).unwrap_err();
    assert_eq!(held.unstage(), 2);
    assert_eq!((get(held.state(), "n"), held.last_turn(), held.is_flushed()), (b"1".to_vec(), 1, false));
    assert_eq!(held.unstage(), 0);
    storage.heal();
    assert_eq!(stage(&mut held, b"3"), 2);
    block_on(held.flush()).unwrap();
    block_on(held.release()).unwrap();
    for (turn, expected) in [b"0", b"1", b"3"].into_iter().enumerate() {
        let found = block_on(store.state(&id("s"), Some(turn as u64), &base())).unwrap();
        assert_eq!(get(&found, "n"), expected);
    }
}

#[test]
fn a_turn_that_fails_changes_nothing_but_the_log() {
    let (store, ..) = store();
    let stored = make(&store, "s");
    let mut held = block_on(store.open(&id("s"), &base())).unwrap();
    let mut result = SandboxResult::new(RuntimeType::Python, Ending::Timeout, 0);
    result.set_fuel(12, 100);
    result.metadata.insert("code_hash".to_owned(), "abc\n".to_owned());
    held.stage(TurnSummary::from_result(&result), None);
    block_on(held.flush()).unwrap();
    assert_eq!(facts(held.state()), facts(&stored));
    let entry = held.turns().last().unwrap().clone();
    assert_eq!(
        (entry.turn, entry.ending, entry.success, entry.kept),
        (3, Some(Ending::Timeout), false, false)
    );
    assert_eq!((entry.fuel, entry.code_hash.as_deref()), (12, Some("abc")));
    block_on(held.release()).unwrap();
    assert_eq!(facts(&block_on(store.state(&id("s"), None, &base())).unwrap()), facts(&stored));
    let info = block_on(store.info(&id("s"))).unwrap();
    assert_eq!((info.turn, info.good_turn), (3, 2));
}

#[test]
fn rewinding_goes_back_and_can_be_undone() {
    let (store, ..) = store();
    let stored = make(&store, "s");
    let mut held = block_on(store.open(&id("s"), &base())).unwrap();
    let begin = block_on(store.state(&id("s"), Some(0), &base())).unwrap();
    held.stage(TurnSummary::new(), Some(put(stored.clone(), "staged", b"kept")));
    block_on(held.rewind(0)).unwrap();
    assert_eq!(facts(held.state()), facts(&begin));
    assert_eq!(held.turns().last().unwrap().note.as_deref(), Some("rewound to turn 0"));
    assert!(!held.is_flushed());
    // A change on top is a change of the old state.
    let next = put(held.state().clone(), "c", b"after");
    turn(&mut held, next.clone());
    assert_eq!(facts(&block_on(store.state(&id("s"), None, &base())).unwrap()), facts(&next));
    block_on(held.rewind(3)).unwrap();
    block_on(held.release()).unwrap();
    let undone = block_on(store.state(&id("s"), None, &base())).unwrap();
    assert_eq!(get(&undone, "staged"), b"kept");
    // Without loading anything.
    block_on(store.rewind(&id("s"), 5)).unwrap();
    assert_eq!(facts(&block_on(store.state(&id("s"), None, &base())).unwrap()), facts(&next));
    assert_eq!(block_on(store.info(&id("s"))).unwrap().turn, 7);
    for (turn, problem) in [(99, "it has not been yet"), (u64::MAX, "it has not been yet")] {
        let error = block_on(store.rewind(&id("s"), turn)).unwrap_err();
        assert!(matches!(error, Error::NoSuchTurn { problem: found, .. } if found == problem), "{error}");
    }
}

#[test]
fn what_a_rewound_state_needs_outlives_its_turn() {
    let (store, storage, clock) = store();
    let store = store.with_max_turns(3);
    let begin =
        with_memory(put(SessionState::new(base()), "old", &noise(1, 50_000)), snapshot([(1, 1), (2, 2)]));
    let mut held = create(&store, "s", begin.clone());
    let other = put(SessionState::new(base()), "other", b"x");
    turn(&mut held, other.clone());
    block_on(held.rewind(0)).unwrap();
    for _ in 0..10 {
        held.stage(TurnSummary::default(), None);
        block_on(held.flush()).unwrap();
        clock.advance(std::time::Duration::from_secs(10));
        block_on(store.sweep(std::time::Duration::ZERO, false)).unwrap();
    }
    assert_eq!(held.turns().len(), 3);
    block_on(held.release()).unwrap();
    assert_eq!(facts(&block_on(store.state(&id("s"), None, &base())).unwrap()), facts(&begin));
    assert_eq!(objects(&storage), 1, "what only the other state needed is gone");
}

#[test]
fn forks_share_every_object_and_go_their_own_ways() {
    let (store, storage, _) = store();
    let stored = make(&store, "s");
    let before = objects(&storage);
    let mut held = block_on(store.open(&id("s"), &base())).unwrap();
    let ids: Vec<_> = (0..8).map(|n| id(&format!("fork-{n}"))).collect();
    let calls = storage.n_calls();
    let mut forks = block_on(held.fork(&ids)).unwrap();
    assert_eq!(storage.n_calls() - calls, 16, "for each a look whether the name is free, and its head");
    assert_eq!(objects(&storage), before);
    for (n, fork) in forks.iter_mut().enumerate() {
        assert_eq!(facts(fork.state()), facts(&stored));
        assert_eq!(fork.info().forked_from.unwrap().turn, 2);
        turn(fork, put(stored.clone(), "mine", &[u8::try_from(n).unwrap()]));
    }
    assert_eq!(objects(&storage), before + 8);
    assert_eq!(facts(held.state()), facts(&stored));
    assert!(!held.state().tree.exists(&path("mine")));
    for (n, fork) in forks.into_iter().enumerate() {
        let name = fork.id().clone();
        block_on(fork.release()).unwrap();
        let state = block_on(store.state(&name, None, &base())).unwrap();
        assert_eq!(get(&state, "mine"), [u8::try_from(n).unwrap()]);
        // A fork has the history up to where it began.
        assert_eq!(get(&block_on(store.state(&name, Some(0), &base())).unwrap(), "a.txt"), b"alpha");
    }
}

#[test]
fn a_branch_begins_at_an_earlier_turn() {
    let (store, ..) = store();
    make(&store, "s");
    block_on(store.fork(&id("s"), Some(1), &[id("b")])).unwrap();
    let held = block_on(store.open(&id("b"), &base())).unwrap();
    assert_eq!(get(held.state(), "b.txt"), b"beta");
    assert_eq!(get(held.state(), "a.txt"), b"alpha");
    assert_eq!((held.last_turn(), held.info().good_turn), (1, 1));
    // It does not need what came after.
    let parent = block_on(store.info(&id("s"))).unwrap();
    assert!(held.info().size_bytes < parent.size_bytes);
    assert!(parent.in_use.is_none(), "a fork leaves its parent alone");
    drop(held);
    block_on(store.delete(&id("s"))).unwrap();
    block_on(store.sweep(std::time::Duration::ZERO, false)).unwrap();
    assert_eq!(get(&block_on(store.state(&id("b"), None, &base())).unwrap(), "b.txt"), b"beta");
}

#[test]
fn forks_are_all_made_or_none() {
    let (store, storage, _) = store();
    make(&store, "s");
    make(&store, "taken");
    let error = block_on(store.fork(&id("s"), None, &[id("a"), id("taken"), id("b")])).unwrap_err();
    assert!(matches!(error, Error::Exists { id: found } if found == id("taken")));
    let error = block_on(store.fork(&id("s"), None, &[id("a"), id("a")])).unwrap_err();
    assert!(matches!(error, Error::Exists { .. }));
    assert_eq!(block_on(store.list()).unwrap().sessions.len(), 2);
    storage.add(Fault::before().under("sessions/b").times(1));
    block_on(store.fork(&id("s"), None, &[id("a"), id("b")])).unwrap_err();
    assert_eq!(block_on(store.list()).unwrap().sessions.len(), 2);
    block_on(store.fork(&id("s"), None, &[id("a"), id("b")])).unwrap();
    assert_eq!(block_on(store.list()).unwrap().sessions.len(), 4);
}

#[test]
fn sessions_are_made_once_and_can_be_made_again_after_they_were_deleted() {
    let (store, ..) = store();
    make(&store, "s");
    let again = block_on(store.create(&id("s"), NewSession::default(), SessionState::new(base())));
    assert!(matches!(again, Err(Error::Exists { .. })));
    assert!(block_on(store.delete(&id("s"))).unwrap() > 0);
    for code in [
        block_on(store.delete(&id("s"))).unwrap_err().code(),
        block_on(store.info(&id("s"))).unwrap_err().code(),
        block_on(store.open(&id("s"), &base())).unwrap_err().code(),
        block_on(store.log(&id("never"))).unwrap_err().code(),
        block_on(store.fork(&id("s"), None, &[id("x")])).unwrap_err().code(),
    ] {
        assert_eq!(code, "session.not_found");
    }
    assert!(block_on(store.list()).unwrap().sessions.is_empty());
    let held = create(&store, "s", SessionState::new(base()));
    assert_eq!(held.turns().len(), 1);
    assert!(!held.state().tree.exists(&path("a.txt")));
}

#[test]
fn labels_change_without_a_lease_and_are_bounded() {
    let (store, ..) = store();
    let mut held = create(&store, "s", SessionState::new(base()));
    block_on(store.set_labels(&id("s"), [("k".to_owned(), "v".to_owned())].into())).unwrap();
    write(&mut held, "x", b"y");
    block_on(held.release()).unwrap();
    let info = block_on(store.info(&id("s"))).unwrap();
    assert_eq!((info.labels["k"].as_str(), info.turn), ("v", 1), "neither undoes the other");
    let many = (0..65).map(|n| (n.to_string(), String::new())).collect();
    let long = [("k".to_owned(), "v".repeat(1025))].into();
    for labels in [many, long, [(String::new(), String::new())].into()] {
        assert_eq!(block_on(store.set_labels(&id("s"), labels)).unwrap_err().code(), "session.labels");
    }
}

#[test]
fn nothing_of_one_session_is_in_the_head_of_another() {
    let (store, storage, _) = store();
    make(&store, "a");
    make(&store, "b");
    let dump = dump(&storage);
    let head = |name: &str| String::from_utf8(dump[&format!("sessions/{name}/head")].clone()).unwrap();
    let names = |head: &str| -> Vec<String> {
        let objects =
            dump.keys().filter_map(|key| key.rsplit('/').next().filter(|_name| key.starts_with("objects/")));
        objects.filter(|name| head.contains(*name)).map(str::to_owned).collect()
    };
    let (a, b) = (names(&head("a")), names(&head("b")));
    assert!(!a.is_empty() && !b.is_empty());
    assert!(a.iter().all(|name| !b.contains(name)), "the same files and pages, and no object in common");
}
