//! Clocks that jump by a day, forward and backward, and differ from machine to machine: nothing is lost, and of two who
//! think that a session is theirs one writes.
//!
//! `SBX_CHAOS=1` takes a hundred times as many steps.

use std::time::Duration;

use sbx_sessions::{Held, PruneOptions, SessionState, SessionStore};
use sbx_storage::testing::Fault;
use sbx_storage::{Expect, Key, Operation, StorageAdapter, StorageAdapterExt};

use crate::common::*;

const DAY_MS: u64 = 86_400_000;

/// Makes the lease in the head look like that of a process on another machine, so that time alone ends it.
fn as_if_elsewhere(storage: &Storage) {
    let key = Key::parse("sessions/s/head").unwrap();
    let mut head: serde_json::Value =
        serde_json::from_slice(&block_on(storage.inner().get(&key)).unwrap()).unwrap();
    if head["lease"].is_object() {
        head["lease"]["holder"]["host"] = "another-machine".into();
        let bytes = serde_json::to_vec(&head).unwrap().into();
        block_on(storage.inner().write(&key, bytes, Expect::Any)).unwrap();
    }
}

/// A machine: its clock, its store, and the session if it thinks that it has it.
struct Machine {
    clock: TestClock,
    store: SessionStore,
    held: Option<Held>,
}

impl Machine {
    fn new(storage: &Storage) -> Self {
        let clock = TestClock::new();
        Self { store: store_on(storage, &clock), clock, held: None }
    }

    /// Adds one to the number in the session's file; says whether that was stored.
    fn count(&mut self) -> bool {
        let Some(held) = &mut self.held else { return false };
        let now: u64 = String::from_utf8(get(held.state(), "n")).unwrap().parse().unwrap();
        let next = put(held.state().clone(), "n", (now + 1).to_string().as_bytes());
        held.stage(sbx_sessions::TurnSummary::new(), Some(next));
        match block_on(held.flush()) {
            Ok(()) => true,
            Err(error) => {
                assert_eq!(error.code(), "session.fenced", "{error}");
                self.held = None;
                false
            }
        }
    }

    fn take(&mut self, storage: &Storage) {
        if self.held.is_none() {
            match block_on(self.store.open(&id("s"), &base())) {
                Ok(held) => self.held = Some(held),
                Err(error) => assert_eq!(error.code(), "session.busy", "{error}"),
            }
            as_if_elsewhere(storage);
        }
    }
}

#[test]
fn clocks_that_jump_neither_lose_a_session_nor_let_two_write() {
    let n_steps = if std::env::var_os("SBX_CHAOS").is_some() { 100_000 } else { 1_000 };
    let storage = Storage::new(sbx_storage::MemoryStorage::new());
    let mut machines = [Machine::new(&storage), Machine::new(&storage), Machine::new(&storage)];
    block_on(create(&machines[0].store, "s", put(SessionState::new(base()), "n", b"0")).release()).unwrap();
    let begin = sbx_sessions::Clock::now_ms(&machines[0].clock);
    let (mut counted, mut n_refused, mut n_jumps) = (0_u64, 0_u64, 0_u64);
    for word in noise(1, n_steps * 8).chunks_exact(8) {
        let machine = &mut machines[usize::from(word[0] % 3)];
        let now = sbx_sessions::Clock::now_ms(&machine.clock);
        match word[1] % 16 {
            0 => machine.clock.set(now + DAY_MS),
            1 => machine.clock.set(now.saturating_sub(DAY_MS)),
            2 => machine.clock.set(begin),
            3..6 => machine.clock.advance(Duration::from_millis(u64::from(word[2]) * 200)),
            6..9 => machine.take(&storage),
            9 => {
                if let Some(held) = machine.held.take() {
                    let done = block_on(held.release());
                    assert!(done.is_ok() || done.unwrap_err().code() == "session.fenced");
                }
            }
            10 => drop(machine.held.take()),
            11 => drop(block_on(machine.store.sweep(Duration::from_secs(3600), false)).unwrap()),
            12 => {
                let never = PruneOptions::new().with_older_than(Duration::from_secs(40 * 365 * 86_400));
                assert_eq!(block_on(machine.store.prune(&never)).unwrap().deleted_count, 0);
            }
            _ => {
                let had = machine.held.is_some();
                let done = machine.count();
                counted += u64::from(done);
                n_refused += u64::from(had && !done);
                as_if_elsewhere(&storage);
            }
        }
        n_jumps += u64::from(word[1] % 16 < 3);
    }
    let state = block_on(machines[0].store.state(&id("s"), None, &base())).unwrap();
    assert_eq!(get(&state, "n"), counted.to_string().as_bytes(), "each turn that was stored counts once");
    assert!(counted > 0 && n_refused > 0);
    println!(
        "chaos: {n_jumps} jumps; {counted} turns stored, each once; {n_refused} writers without the lease refused"
    );
}

/// Whoever jumps ahead by a day may think that a turn on its way has been lying there for ever.
#[test]
fn what_a_sweep_removed_while_the_head_could_not_be_written_is_written_again() {
    for clear in [false, true] {
        let (store, storage, clock) = store();
        let mut held = create(&store, "s", put(SessionState::new(base()), "n", b"0"));
        storage.add(Fault::before().on(Operation::Write).under("sessions/"));
        for n in 1..4_u8 {
            held.stage(sbx_sessions::TurnSummary::new(), Some(put(held.state().clone(), "n", &[b'0' + n])));
            assert_eq!(block_on(held.flush()).unwrap_err().code(), "storage.unavailable");
        }
        // The others reach the storage well, and their clocks are a day apart.
        for _ in 0..2 {
            clock.advance(Duration::from_millis(DAY_MS));
            let swept = block_on(store.sweep(Duration::from_secs(3600), false)).unwrap();
            assert!(swept.errors.is_empty(), "{:?}", swept.errors);
        }
        assert_eq!(objects(&storage), 1, "nobody knew that they were on their way");
        storage.heal();
        if clear {
            block_on(held.give_back()).unwrap();
        } else {
            block_on(held.flush()).unwrap();
        }
        for n in 0..4_u8 {
            let state = block_on(store.state(&id("s"), Some(n.into()), &base())).unwrap();
            assert_eq!(get(&state, "n"), [b'0' + n]);
        }
    }
}
