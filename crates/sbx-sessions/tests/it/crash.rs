//! Processes killed in the middle of everything, over a folder on disk.
//!
//! The child is this test binary again, told by its environment to work until it is killed. `SBX_CRASH_ROUNDS` sets how
//! many are killed; 12 unless it is set.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use sbx_sessions::{SessionState, SessionStore, TurnSummary};
use sbx_storage::DiskStorage;

use crate::common::*;

const FOLDER: &str = "SBX_CRASH_FOLDER";

fn store_in(folder: &Path) -> SessionStore {
    SessionStore::new(Arc::new(DiskStorage::open(folder).unwrap())).with_max_turns(30)
}

/// The state after `turn`: files and pages that all say which turn it is.
fn state_of(before: &SessionState, turn: u64) -> SessionState {
    let older = memory(before).snapshot.clone();
    let numbers = (0..40).map(|n| (n * 2, turn * 1_000 + u64::from(n)));
    let state = remember(before.clone(), touch(&older, numbers, &[]));
    let state = put(state, "turn", turn.to_string().as_bytes());
    put(state, "large", &noise(turn, 300_000))
}

fn check(state: &SessionState, turn: u64) {
    assert_eq!(get(state, "turn"), turn.to_string().as_bytes());
    assert!(get(state, "large") == noise(turn, 300_000));
    for (number, found) in memory(state).snapshot.pages().iter().filter(|(number, _)| **number % 2 == 0) {
        assert!(found.bytes() == page(turn * 1_000 + u64::from(number / 2)).bytes(), "page {number}");
    }
}

#[test]
fn the_child_works_until_it_is_killed() {
    let Some(folder) = std::env::vars_os().find_map(|(name, value)| (name == FOLDER).then_some(value)) else {
        // Run as a test of its own it only shows that its work is right.
        let folder = tempfile::tempdir().unwrap();
        work(folder.path(), 3);
        let state = block_on(store_in(folder.path()).state(&id("s"), None, &base())).unwrap();
        return check(&state, 3);
    };
    work(Path::new(&folder), u64::MAX);
}

/// Makes or opens the session and adds turns to it; says each turn that is stored.
fn work(folder: &Path, until: u64) {
    let store = store_in(folder);
    let mut held = match block_on(store.open(&id("s"), &base())) {
        Ok(held) => held,
        Err(error) => {
            assert_eq!(error.code(), "session.not_found", "{error}");
            let begin = with_memory(SessionState::new(base()), snapshot((0..80).map(|n| (n, u64::from(n)))));
            create(&store, "s", begin)
        }
    };
    while held.last_turn() < until {
        let turn = held.last_turn() + 1;
        let next = state_of(held.state(), turn);
        held.stage(TurnSummary::new(), Some(next));
        block_on(held.flush()).unwrap();
        println!("stored {turn}");
        if turn % 10 == 0 {
            // What a crash left behind goes in the middle of the work, too.
            block_on(store.sweep(Duration::from_secs(3600), false)).unwrap();
        }
    }
    block_on(held.release()).unwrap();
}

fn spawn(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::the_child_works_until_it_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn killed_at_any_point_a_session_is_its_old_state_or_its_new_one() {
    let rounds =
        std::env::var("SBX_CRASH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(12_u64);
    let folder = tempfile::tempdir().unwrap();
    let (mut before, mut n_unsaid) = (0, 0);
    for round in 0..rounds {
        let mut child = spawn(folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said = |line: String| line.split_once("stored ")?.1.trim().parse::<u64>().ok();
        let first = lines.by_ref().find_map(said).expect("it works");
        assert!(first == before + 1 || before == 0, "it goes on after turn {before}, not {}", first - 1);
        // Another process can look, and not take it.
        let looked = block_on(store_in(folder.path()).open(&id("s"), &base()));
        assert_eq!(looked.unwrap_err().code(), "session.busy");
        // 0 to 40 ms, in steps that fall everywhere.
        std::thread::sleep(Duration::from_micros(round * 7_919 % 40_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let last_said = lines.filter_map(said).last().unwrap_or(first);
        let store = store_in(folder.path());
        let info = block_on(store.info(&id("s"))).unwrap();
        assert!(info.turn == last_said || info.turn == last_said + 1, "{} after {last_said}", info.turn);
        n_unsaid += info.turn - last_said;
        assert!(info.in_use.is_none(), "its holder is known to be gone");
        check(&block_on(store.state(&id("s"), None, &base())).unwrap(), info.turn);
        before = info.turn;
    }
    println!(
        "chaos: {rounds} processes killed while they stored {before} turns, {n_unsaid} of them after the last write and \
         before they said so; none torn, none lost"
    );
    let store = store_in(folder.path());
    for entry in block_on(store.log(&id("s"))).unwrap() {
        if entry.turn > 0 {
            check(&block_on(store.state(&id("s"), Some(entry.turn), &base())).unwrap(), entry.turn);
        }
    }
    let swept = block_on(store.sweep(Duration::ZERO, false)).unwrap();
    assert!(swept.errors.is_empty() && swept.unreadable.is_empty());
    let left = objects(&**store.storage());
    let info = block_on(store.info(&id("s"))).unwrap();
    assert!(left <= 30 + 40, "{left} objects for {} turns", info.n_turns);
    block_on(store.delete(&id("s"))).unwrap();
    block_on(store.sweep(Duration::ZERO, false)).unwrap();
    assert_eq!(objects(&**store.storage()), 0);
}
