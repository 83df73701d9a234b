//! Stored sessions that somebody edited: an error, or a session that holds together.
//!
//! [`Harness::run`] is the whole of the fuzz target `stored`. An input is a list of edits and says what they are made to:
//! a head, the record of a turn, what a sweep left, an archive. Whatever proves that bytes are what was stored is made
//! again after the edits, as whoever can write to a storage could do it; else every edit would end at the first hash.

use std::collections::BTreeMap;

use sbx_sessions::{Error, NewSession, PruneOptions, SessionState, SessionStore, TurnSummary};
use sbx_storage::testing::Flaky;
use sbx_storage::{Expect, Key, MemoryStorage, StorageAdapter};
use sbx_vfs::{Digest, FileType, GuestPath, Quota, Vfs};
use serde_json::{Value, json};
use std::time::Duration;

use crate::common::*;

const HEAD: &str = "sessions/s/head";
const PENDING: &str = "gc/pending";
/// Bytes before the frames of an object, and of the hash after an archive, see `format.rs`.
const HEADER_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// More than any state that a few kilobytes can stand for.
const MAX_BYTES: u64 = 64 << 20;

/// A stored session, and what is made of edits to it.
pub(crate) struct Harness {
    clock: TestClock,
    stored: BTreeMap<String, Vec<u8>>,
    archive: Vec<u8>,
}

impl Harness {
    pub(crate) fn new() -> Self {
        let (store, storage, clock) = store();
        let begin =
            with_memory(put(SessionState::new(base()), "a.txt", b"alpha"), snapshot([(1, 1), (2, 2)]));
        let mut held = create(&store, "s", begin.clone());
        let older = memory(&begin).snapshot.clone();
        let next = remember(put(begin, "dir/b.txt", b"beta"), touch(&older, [(2, 3), (9, 9)], &[1]));
        turn(&mut held, next.clone());
        held.stage(TurnSummary::new(), None);
        turn(&mut held, put(next, "a.txt", b"alpha again"));
        block_on(held.release()).unwrap();
        let mut archive = Vec::new();
        block_on(store.export(&id("s"), &mut archive)).unwrap();
        // A sweep with something to remember.
        block_on(store.fork(&id("s"), None, &[id("t")])).unwrap();
        block_on(store.delete(&id("t"))).unwrap();
        let loose = Key::parse(&format!("objects/ab/ab{}", "0".repeat(62))).unwrap();
        block_on(storage.write(&loose, "loose".into(), Expect::Any)).unwrap();
        block_on(store.sweep(Duration::from_secs(60), false)).unwrap();
        let stored = dump(&storage);
        assert!(stored.contains_key(PENDING) && stored.contains_key(HEAD));
        Self { clock, stored, archive }
    }

    /// Makes the edits that `script` stands for and looks at everything that is left.
    ///
    /// # Panics
    /// If a store panics, fails otherwise than it promises, or hands out a state that does not hold together.
    pub(crate) fn run(&self, script: &[u8]) {
        let (kind, edits) = script.split_first().map_or((0, script), |(kind, edits)| (*kind, edits));
        let mut stored = self.stored.clone();
        match kind % 6 {
            0 => drop(stored.insert(HEAD.to_owned(), edit(&self.stored[HEAD], edits))),
            1 => drop(stored.insert(HEAD.to_owned(), edits.to_vec())),
            2 => drop(stored.insert(PENDING.to_owned(), edit(&self.stored[PENDING], edits))),
            3 => return self.import(&edit(&self.archive[..self.archive.len() - HASH_BYTES], edits)),
            turn => reseal(&mut stored, usize::from(turn - 4), edits),
        }
        let storage = Flaky::new(MemoryStorage::new());
        for (key, bytes) in stored {
            block_on(storage.write(&Key::parse(&key).unwrap(), bytes.into(), Expect::Any)).unwrap();
        }
        look(&store_on(&storage, &self.clock));
    }

    /// Takes an archive in, with a hash that fits.
    fn import(&self, bytes: &[u8]) {
        let hash = blake3::hash(bytes);
        let whole = [bytes, hash.as_bytes()].concat();
        let storage = Flaky::new(MemoryStorage::new());
        let store = store_on(&storage, &self.clock).with_max_bytes(MAX_BYTES);
        if is_expected(block_on(store.import(&mut &whole[..], Some(id("s"))))).is_some() {
            look(&store);
        } else {
            assert!(block_on(store.list()).unwrap().sessions.is_empty(), "half an archive is no session");
        }
    }
}

/// Makes edits: `[from: u16 le] [removed: u8] [inserted: u8, bytes]` each, the last one as far as it goes.
fn edit(bytes: &[u8], mut edits: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    while let Some(([low, high, removed, inserted], rest)) = edits.split_first_chunk() {
        let (new, rest) = rest.split_at(rest.len().min(usize::from(*inserted)));
        let from = usize::from(u16::from_le_bytes([*low, *high])) % (bytes.len() + 1);
        let to = (from + usize::from(*removed)).min(bytes.len());
        bytes.splice(from..to, new.iter().copied());
        edits = rest;
    }
    bytes
}

/// Edits the record of the `nth` turn, and makes that turn the only one of the session.
fn reseal(stored: &mut BTreeMap<String, Vec<u8>>, nth: usize, edits: &[u8]) {
    let mut head: Value = serde_json::from_slice(&stored[HEAD]).unwrap();
    let mut turn = head["turns"][nth].clone();
    let old = turn["record"]["object"].as_str().unwrap().to_owned();
    let object = stored[&key_of(&old)].clone();
    let (stored_len, raw_len) = (turn["record"]["stored"].as_u64(), turn["record"]["raw"].as_u64());
    let begin = object.len() - usize::try_from(stored_len.unwrap()).unwrap();
    let raw = zstd::bulk::decompress(&object[begin..], usize::try_from(raw_len.unwrap()).unwrap()).unwrap();
    let raw = edit(&raw, edits);
    let packed = zstd::bulk::compress(&raw, 1).unwrap();
    let lengths = [packed.len(), raw.len()].map(|len| u32::try_from(len).unwrap().to_le_bytes());
    let header = [&object[..HEADER_BYTES - 8], &lengths[0], &lengths[1]].concat();
    let object = [&header[..], &object[HEADER_BYTES..begin], &packed].concat();
    let name = Digest::of(&object).to_string();
    let record = json!({
        "object": name, "bytes": object.len(), "stored": packed.len(), "raw": raw.len(), "digest": Digest::of(&raw),
    });
    turn["record"] = record.clone();
    head["latest"] = json!({ "turn": turn["entry"]["turn"], "record": record });
    head["turns"] = json!([turn]);
    head["objects"][&name] = json!({ "bytes": object.len(), "first": 0, "last": 9 });
    stored.insert(key_of(&name), object);
    stored.insert(HEAD.to_owned(), serde_json::to_vec(&head).unwrap());
}

fn key_of(object: &str) -> String {
    format!("objects/{}/{object}", &object[..2])
}

/// Does everything that can be done with a stored session.
fn look(store: &SessionStore) {
    let store = store.clone().with_max_bytes(MAX_BYTES);
    let s = id("s");
    is_expected(block_on(store.list()));
    is_expected(block_on(store.info(&s)));
    is_expected(block_on(store.export(&s, &mut Vec::new())));
    for turn in [None, Some(0), Some(1)] {
        if let Some(state) = is_expected(block_on(store.state(&s, turn, &base()))) {
            holds(state);
        }
    }
    is_expected(block_on(store.fork(&s, None, &[id("fork")])));
    is_expected(block_on(store.prune(&PruneOptions::new().with_dry_run(true))));
    if let Some(mut held) = is_expected(block_on(store.open(&s, &base()))) {
        let next = held.state().tree.clone();
        let next = SessionState { tree: next, ..held.state().clone() };
        held.stage(TurnSummary::new(), Some(next));
        is_expected(block_on(held.flush()));
        is_expected(block_on(held.release()));
    }
    is_expected(block_on(store.rewind(&s, 0)));
    is_expected(block_on(store.sweep(Duration::ZERO, false)));
    is_expected(block_on(store.create(&s, NewSession::default(), SessionState::new(base()))));
    is_expected(block_on(store.delete(&s)));
}

/// What an edit may lead to: never a failure of the storage, which is whole.
fn is_expected<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            let code = error.code();
            assert!(!code.starts_with("storage.") && code != "session.io", "{code}: {error}");
            None
        }
    }
}

/// Whether a state that was handed out is one.
fn holds(state: SessionState) {
    let (usage, recount) = (state.tree.usage(), state.tree.recount());
    assert_eq!((usage.bytes, usage.inodes), (recount.bytes, recount.inodes));
    assert!(usage.bytes <= MAX_BYTES);
    for item in state.tree.walk(&GuestPath::root()) {
        assert!(item.path.parts().all(|part| part != ".."));
        if item.file_type() == FileType::File
            && let Ok(bytes) = state.tree.read_file(&item.path)
        {
            assert_eq!(bytes.len() as u64, item.stat.size, "{}", item.path);
        }
    }
    for interpreter in state.interpreters.into_values() {
        let last = interpreter.snapshot.pages().get_max().map_or(0, |(last, _)| u64::from(*last) + 1);
        assert!(last * sbx_core::PAGE_BYTES as u64 <= interpreter.snapshot.memory_bytes());
        let mut vfs = Vfs::new(state.tree.clone(), Quota::default(), Vec::new()).unwrap();
        // What does not fit the files is refused.
        if vfs.restore_descriptors(interpreter.descriptors).is_ok() {
            let usage = vfs.usage();
            assert!(usage.open_files <= Quota::default().max_open_files, "{usage:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::{self, Changes};

    /// Without edits it is the session that it was.
    #[test]
    fn a_record_that_is_sealed_again_unchanged_is_read() {
        let harness = Harness::new();
        for nth in [0, 1] {
            let mut stored = harness.stored.clone();
            reseal(&mut stored, nth, &[]);
            let storage = Flaky::new(MemoryStorage::new());
            for (key, bytes) in stored {
                block_on(storage.write(&Key::parse(&key).unwrap(), bytes.into(), Expect::Any)).unwrap();
            }
            let state = block_on(store_on(&storage, &harness.clock).state(&id("s"), None, &base())).unwrap();
            assert_eq!(get(&state, "a.txt"), b"alpha");
            holds(state);
        }
    }

    #[test]
    fn whatever_is_edited_is_an_error_or_a_session() {
        let harness = Harness::new();
        mutate::run(Changes::of("stored").inputs(3_000), |script| harness.run(script));
    }
}
