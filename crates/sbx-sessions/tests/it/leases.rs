//! One holder at a time.

use std::time::Duration;

use sbx_sessions::{Error, Held, SessionState, SessionStore, TurnSummary};

use crate::common::*;

/// Makes the lease in a head look like that of a process on another machine.
fn as_if_elsewhere(storage: &Storage, name: &str) {
    edit_head(storage, name, |head| head["lease"]["holder"]["host"] = "another-machine".into());
}

fn edit_head(storage: &Storage, name: &str, edit: impl FnOnce(&mut serde_json::Value)) {
    use sbx_storage::{Expect, Key, StorageAdapter, StorageAdapterExt};
    let key = Key::parse(&format!("sessions/{name}/head")).unwrap();
    let mut head = serde_json::from_slice(&block_on(storage.get(&key)).unwrap()).unwrap();
    edit(&mut head);
    block_on(storage.write(&key, serde_json::to_vec(&head).unwrap().into(), Expect::Any)).unwrap();
}

fn open(store: &SessionStore) -> Result<Held, Error> {
    block_on(store.open(&id("s"), &base()))
}

#[test]
fn a_session_has_one_holder() {
    let (store, storage, clock) = store();
    let held = create(&store, "s", SessionState::new(base()));
    let other = store_on(&storage, &clock);
    let Err(Error::Busy { holder, expires_in, .. }) = open(&other) else { panic!("two hold it") };
    assert_eq!(holder, format!("process {} on this machine", std::process::id()));
    assert!(expires_in <= Duration::from_secs(30) && expires_in > Duration::from_secs(29));
    for code in [
        block_on(other.delete(&id("s"))).unwrap_err().code(),
        block_on(other.rewind(&id("s"), 0)).unwrap_err().code(),
    ] {
        assert_eq!(code, "session.busy");
    }
    assert_eq!(block_on(other.info(&id("s"))).unwrap().in_use.unwrap().holder, holder);
    // Reading does not need it.
    block_on(other.state(&id("s"), None, &base())).unwrap();
    block_on(held.release()).unwrap();
    open(&other).unwrap();
}

#[test]
fn a_holder_that_was_dropped_is_taken_over_at_once() {
    let (store, storage, clock) = store();
    drop(create(&store, "s", SessionState::new(base())));
    open(&store_on(&storage, &clock)).unwrap();
}

#[test]
fn a_lease_runs_out_unless_it_is_renewed() {
    let (store, storage, clock) = store();
    let mut held = create(&store, "s", SessionState::new(base()));
    as_if_elsewhere(&storage, "s");
    clock.advance(Duration::from_secs(29));
    assert!(matches!(open(&store), Err(Error::Busy { .. })));
    // Another one would have to wait; the holder itself goes on, whatever the head says of its machine.
    block_on(held.renew()).unwrap();
    as_if_elsewhere(&storage, "s");
    clock.advance(Duration::from_secs(29));
    assert!(matches!(open(&store), Err(Error::Busy { .. })));
    write(&mut held, "x", b"1");
    as_if_elsewhere(&storage, "s");
    clock.advance(Duration::from_secs(29));
    assert!(matches!(open(&store), Err(Error::Busy { .. })));
    clock.advance(Duration::from_secs(1));
    open(&store).unwrap();
}

#[test]
fn who_has_lost_the_lease_cannot_write() {
    let (store, storage, clock) = store();
    let mut slow = create(&store, "s", SessionState::new(base()));
    as_if_elsewhere(&storage, "s");
    clock.advance(Duration::from_secs(31));
    let mut quick = open(&store).unwrap();
    write(&mut quick, "who", b"quick");
    slow.stage(TurnSummary::new(), Some(put(slow.state().clone(), "who", b"slow")));
    for _ in 0..2 {
        assert_eq!(block_on(slow.flush()).unwrap_err().code(), "session.fenced");
        assert_eq!(block_on(slow.renew()).unwrap_err().code(), "session.fenced");
    }
    block_on(quick.release()).unwrap();
    assert_eq!(block_on(slow.release()).unwrap_err().code(), "session.fenced");
    assert_eq!(get(&block_on(store.state(&id("s"), None, &base())).unwrap(), "who"), b"quick");
}

#[test]
fn a_session_that_was_rewound_or_deleted_meanwhile_fences_its_holder() {
    for delete in [false, true] {
        let (store, storage, clock) = store();
        let mut slow = create(&store, "s", SessionState::new(base()));
        as_if_elsewhere(&storage, "s");
        clock.advance(Duration::from_secs(31));
        if delete {
            block_on(store.delete(&id("s"))).unwrap();
        } else {
            block_on(store.rewind(&id("s"), 0)).unwrap();
        }
        slow.stage(TurnSummary::new(), Some(slow.state().clone()));
        assert_eq!(block_on(slow.flush()).unwrap_err().code(), "session.fenced");
    }
}

#[test]
fn a_lease_that_ran_out_and_was_not_taken_still_writes() {
    let (store, storage, clock) = store();
    let mut held = create(&store, "s", SessionState::new(base()));
    as_if_elsewhere(&storage, "s");
    clock.advance(Duration::from_secs(3600));
    write(&mut held, "x", b"1");
}

#[test]
fn clocks_that_jump_keep_nobody_out_for_longer_than_a_lease() {
    let (store, storage, clock) = store();
    let hour = 3_600_000;
    let now = sbx_sessions::Clock::now_ms(&clock);
    clock.set(now + 24 * 365 * hour);
    let held = create(&store, "s", SessionState::new(base()));
    as_if_elsewhere(&storage, "s");
    // The clock was wrong and has been set right.
    clock.set(now);
    let taken = open(&store).unwrap();
    drop(held);
    as_if_elsewhere(&storage, "s");
    // Set back a little: one lease at most.
    clock.set(now - 60_000);
    let Err(Error::Busy { expires_in, .. }) = open(&store) else { panic!("two hold it") };
    assert!(expires_in <= Duration::from_secs(30));
    drop(taken);
}

#[test]
#[cfg(target_os = "linux")]
fn a_holder_whose_process_is_gone_is_taken_over_at_once() {
    let (store, storage, _) = store();
    let held = create(&store, "s", SessionState::new(base()));
    let mut child = spawn_sleeper();
    let pid = child.id();
    edit_head(&storage, "s", |head| {
        head["lease"]["holder"]["pid"] = pid.into();
        head["lease"]["holder"]["started"] = start_of(pid).into();
    });
    assert!(matches!(open(&store), Err(Error::Busy { .. })), "it runs");
    child.kill().unwrap();
    child.wait().unwrap();
    drop(held);
    open(&store).unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_number_that_another_process_has_now_keeps_nobody_out() {
    let (store, storage, _) = store();
    let held = create(&store, "s", SessionState::new(base()));
    let mut child = spawn_sleeper();
    let pid = child.id();
    edit_head(&storage, "s", |head| {
        head["lease"]["holder"]["pid"] = pid.into();
        head["lease"]["holder"]["started"] = (start_of(pid) - 1).into();
    });
    open(&store).unwrap();
    drop(held);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(target_os = "linux")]
fn spawn_sleeper() -> std::process::Child {
    std::process::Command::new("sleep").arg("600").spawn().unwrap()
}

#[cfg(target_os = "linux")]
fn start_of(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(')').unwrap().1.split_ascii_whitespace().nth(19).unwrap().parse().unwrap()
}

#[test]
fn of_many_that_want_it_at_once_one_gets_it() {
    let (store, ..) = store();
    make(&store, "s");
    for _ in 0..20 {
        let results: Vec<_> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| open(&store))).collect();
            tries.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let held: Vec<_> = results.iter().filter(|result| result.is_ok()).collect();
        assert_eq!(held.len(), 1);
        assert!(results.iter().all(|result| !matches!(result, Err(error) if error.code() != "session.busy")));
    }
}
