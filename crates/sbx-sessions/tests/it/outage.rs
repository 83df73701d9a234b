//! Every single storage operation fails once, before and after it took effect.

use std::time::Duration;

use sbx_sessions::{Error, SessionState, SessionStore, TurnSummary};
use sbx_storage::testing::Fault;

use crate::common::*;

/// Both ways in which one operation can fail.
fn faults(nth: u64) -> [Fault; 2] {
    [Fault::before().skip(nth).times(1), Fault::after().skip(nth).times(1)]
}

/// Runs `check` with every operation failing in turn, until it gets through without a failure.
fn at_every_operation(check: impl Fn(&SessionStore, &Storage, &TestClock, Fault)) {
    for nth in 0.. {
        let mut struck = 0;
        for fault in faults(nth) {
            let (store, storage, clock) = store();
            check(&store, &storage, &clock, fault);
            struck += storage.n_failed();
        }
        if struck == 0 {
            assert!(nth > 1, "nothing was tried");
            return;
        }
    }
}

#[test]
fn turns_are_stored_once_the_storage_answers_again() {
    at_every_operation(|store, storage, _, fault| {
        let begin = with_memory(SessionState::new(base()), snapshot((0..10).map(|n| (n, u64::from(n)))));
        let mut held = create(store, "s", begin.clone());
        storage.add(fault);
        let mut state = begin;
        let mut history = vec![facts(&state)];
        for n in 0..4_u64 {
            let older = memory(&state).snapshot.clone();
            state =
                remember(put(state, "n", &[u8::try_from(n).unwrap()]), touch(&older, [(3, 100 + n)], &[]));
            history.push(facts(&state));
            held.stage(TurnSummary::new(), Some(state.clone()));
            if let Err(error) = block_on(held.flush()) {
                assert_eq!(error.code(), "storage.unavailable");
                assert!(error.is_transient() && !held.is_flushed());
                // Whoever looks sees the old state or the new one.
                let seen = facts(&block_on(store.state(&id("s"), None, &base())).unwrap());
                assert!(history.contains(&seen));
            }
            assert_eq!(facts(held.state()), facts(&state));
        }
        storage.heal();
        block_on(held.flush()).unwrap();
        assert!(held.is_flushed());
        assert_eq!(held.last_turn(), 4);
        block_on(held.release()).unwrap();
        for (n, expected) in history.iter().enumerate() {
            let found = block_on(store.state(&id("s"), Some(n as u64), &base())).unwrap();
            assert_eq!(&facts(&found), expected, "turn {n}");
        }
        // What a failed try left behind goes.
        block_on(store.sweep(Duration::ZERO, false)).unwrap();
        assert_eq!(objects(storage), 5);
    });
}

#[test]
fn a_long_outage_loses_nothing() {
    for late in [false, true] {
        let (store, storage, _) = store();
        let mut held = create(&store, "s", SessionState::new(base()));
        // With `late` every write takes effect, and nobody is told.
        storage.add(if late { Fault::after() } else { Fault::before() });
        let mut state = held.state().clone();
        for n in 0..6_u8 {
            state = put(state, &format!("f{n}"), &[n]);
            held.stage(TurnSummary::new(), Some(state.clone()));
            block_on(held.flush()).unwrap_err();
        }
        storage.heal();
        block_on(held.flush()).unwrap();
        assert_eq!(held.last_turn(), 6);
        assert_eq!(held.turns(), block_on(store.log(&id("s"))).unwrap());
        block_on(held.release()).unwrap();
        let turns: Vec<u64> = block_on(store.log(&id("s"))).unwrap().iter().map(|entry| entry.turn).collect();
        assert_eq!(turns, [0, 1, 2, 3, 4, 5, 6]);
        let found = block_on(store.state(&id("s"), None, &base())).unwrap();
        assert_eq!(facts(&found), facts(&state));
    }
}

#[test]
fn sessions_are_made_or_not() {
    at_every_operation(|store, storage, _, fault| {
        storage.add(fault);
        let state = put(SessionState::new(base()), "x", b"y");
        let created = block_on(store.create(&id("s"), Default::default(), state.clone()));
        storage.heal();
        if let Err(error) = created.map(drop) {
            assert_eq!(error.code(), "storage.unavailable");
            match block_on(store.create(&id("s"), Default::default(), state.clone())) {
                Ok(held) => drop(held),
                Err(error) => assert_eq!(error.code(), "session.exists"),
            }
        }
        assert_eq!(facts(&block_on(store.state(&id("s"), None, &base())).unwrap()), facts(&state));
    });
}

#[test]
fn opening_and_releasing_can_be_tried_again() {
    at_every_operation(|store, storage, _, fault| {
        let stored = make(store, "s");
        storage.add(fault);
        let held = block_on(store.open(&id("s"), &base())).or_else(|error| {
            assert_eq!(error.code(), "storage.unavailable");
            block_on(store.open(&id("s"), &base()))
        });
        let state = held.as_ref().unwrap().state().clone();
        let released = block_on(held.unwrap().release());
        storage.heal();
        assert_eq!(facts(&state), facts(&stored));
        if released.is_err() {
            // The lease is left to a holder that is no more.
            drop(block_on(store.open(&id("s"), &base())).unwrap());
        }
    });
}

#[test]
fn forks_deletions_and_sweeps_leave_nothing_half_done() {
    at_every_operation(|store, storage, clock, fault| {
        let stored = make(store, "s");
        make(store, "old");
        storage.add(fault);
        let forked = block_on(store.fork(&id("s"), None, &[id("a"), id("b")]));
        let deleted = block_on(store.delete(&id("old")));
        assert!(forked.is_err() || deleted.is_ok() || storage.n_failed() == 1);
        clock.advance(Duration::from_secs(5));
        let swept = block_on(store.sweep(Duration::ZERO, false));
        storage.heal();
        if swept.is_err() {
            block_on(store.sweep(Duration::ZERO, false)).unwrap();
        }
        if deleted.is_err() {
            assert!(matches!(block_on(store.delete(&id("old"))), Ok(_) | Err(Error::NotFound { .. })));
        }
        for info in block_on(store.list()).unwrap().sessions {
            let found = block_on(store.state(&info.id, None, &base())).unwrap();
            assert_eq!(facts(&found), facts(&stored), "{}", info.id);
        }
        clock.advance(Duration::from_secs(700));
        block_on(store.sweep(Duration::ZERO, false)).unwrap();
        assert_eq!(objects(storage), 3, "those of one session");
    });
}

#[test]
fn a_full_storage_says_so_and_takes_up_again() {
    let (store, storage, _) = store();
    let mut held = create(&store, "s", SessionState::new(base()));
    storage.add(Fault::full());
    let state = put(held.state().clone(), "x", b"y");
    held.stage(TurnSummary::new(), Some(state));
    let error = block_on(held.flush()).unwrap_err();
    assert_eq!(error.code(), "storage.full");
    assert!(!error.is_transient());
    storage.heal();
    block_on(held.flush()).unwrap();
}
