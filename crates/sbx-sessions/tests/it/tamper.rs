//! Damaged, tampered and foreign bytes: an error or the same state, never anything else.

use std::collections::BTreeMap;

use sbx_sessions::{Error, SessionState, SessionStore};
use sbx_storage::{Expect, Key, StorageAdapter};

use crate::common::*;

type Edit = fn(&mut serde_json::Value);

fn plant(storage: &Storage, key: &str, bytes: &[u8]) {
    block_on(storage.write(&Key::parse(key).unwrap(), bytes.to_vec().into(), Expect::Any)).unwrap();
}

/// Reads everything there is of a session with a fresh store, which has nothing in its cache.
fn read(storage: &Storage, clock: &TestClock) -> Result<Facts, Error> {
    let store = store_on(storage, clock);
    let state = block_on(store.state(&id("s"), None, &base()))?;
    for item in state.tree.walk(&sbx_vfs::GuestPath::root()) {
        if item.file_type() == sbx_vfs::FileType::File {
            state.tree.read_file(&item.path)?;
        }
    }
    Ok(facts(&state))
}

fn small() -> (SessionStore, Storage, TestClock, Facts) {
    let (store, storage, clock) = store();
    let begin = with_memory(put(SessionState::new(base()), "a.txt", b"alpha"), snapshot([(1, 1)]));
    let mut held = create(&store, "s", begin.clone());
    let next = put(begin, "b.txt", b"beta");
    turn(&mut held, next.clone());
    block_on(held.release()).unwrap();
    (store, storage, clock, facts(&next))
}

#[test]
fn every_byte_of_every_object_is_proved() {
    let (_, storage, clock, expected) = small();
    for (key, bytes) in dump(&storage).into_iter().filter(|(key, _)| key.starts_with("objects/")) {
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            plant(&storage, &key, &changed);
            let error = read(&storage, &clock).unwrap_err();
            assert_eq!(error.code(), "session.corrupt", "{key} {at}: {error}");
        }
        for len in (0..bytes.len()).step_by(7) {
            plant(&storage, &key, &bytes[..len]);
            assert_eq!(read(&storage, &clock).unwrap_err().code(), "session.corrupt", "{key} {len}");
        }
        plant(&storage, &key, &[&bytes[..], b"more"].concat());
        assert_eq!(read(&storage, &clock).unwrap_err().code(), "session.corrupt");
        block_on(storage.delete(&Key::parse(&key).unwrap())).unwrap();
        assert!(read(&storage, &clock).unwrap_err().to_string().contains("missing"));
        plant(&storage, &key, &bytes);
    }
    assert_eq!(read(&storage, &clock).unwrap(), expected);
}

#[test]
fn a_changed_head_is_an_error_or_says_the_same_state() {
    let (_, storage, clock, expected) = small();
    let key = "sessions/s/head";
    let bytes = dump(&storage)[key].clone();
    let begin = {
        let store = store_on(&storage, &clock);
        facts(&block_on(store.state(&id("s"), Some(0), &base())).unwrap())
    };
    for at in 0..bytes.len() {
        for bit in [0, 1, 4] {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            plant(&storage, key, &changed);
            match read(&storage, &clock) {
                Ok(found) => assert!(found == expected || found == begin, "{at}"),
                Err(error) => {
                    let code = error.code();
                    let expected = ["session.corrupt", "session.newer_format", "session.no_such_turn"];
                    assert!(expected.contains(&code), "{at}: {error}");
                }
            }
        }
    }
    for len in 0..bytes.len() {
        plant(&storage, key, &bytes[..len]);
        assert_eq!(read(&storage, &clock).unwrap_err().code(), "session.corrupt", "{len}");
    }
    let deep = "[".repeat(100_000);
    for garbage in
        [&b"\xff\xfe"[..], b"null", b"{}", deep.as_bytes(), b"{\"format\": 99}", b"{\"format\": -1}"]
    {
        plant(&storage, key, garbage);
        assert!(read(&storage, &clock).is_err());
    }
}

#[test]
fn heads_that_cannot_be_are_refused() {
    let (_, storage, clock, _) = small();
    let key = "sessions/s/head";
    let bytes = dump(&storage)[key].clone();
    let good: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let edits: [(&str, Edit); 12] = [
        ("an unknown field", |head| head["extra"] = 1.into()),
        ("another session", |head| head["id"] = "t".into()),
        ("turns out of order", |head| head["turns"].as_array_mut().unwrap().reverse()),
        ("no latest state", |head| head["latest"] = serde_json::Value::Null),
        ("a latest state of the future", |head| head["latest"]["turn"] = 99.into()),
        ("an object missing", |head| head["objects"] = serde_json::json!({})),
        ("a size that is another", |head| head["latest"]["record"]["bytes"] = 99.into()),
        ("a record of no bytes", |head| head["latest"]["record"]["stored"] = 0.into()),
        ("a record larger than its object", |head| head["latest"]["record"]["stored"] = u32::MAX.into()),
        ("a record that unpacks to 4 GiB", |head| head["latest"]["record"]["raw"] = u32::MAX.into()),
        ("deleted, and there", |head| {
            head["deleted"] = serde_json::json!({"at_ms": 1, "condemned_ms": null});
        }),
        ("a turn without its record", |head| head["turns"][0]["entry"]["kept"] = false.into()),
    ];
    for (what, edit) in edits {
        let mut head = good.clone();
        edit(&mut head);
        plant(&storage, key, &serde_json::to_vec(&head).unwrap());
        let error = read(&storage, &clock).unwrap_err();
        assert_eq!(error.code(), "session.corrupt", "{what}: {error}");
    }
    let mut huge = good.clone();
    for object in huge["objects"].as_object_mut().unwrap().values_mut() {
        object["bytes"] = u64::MAX.into();
    }
    plant(&storage, key, &serde_json::to_vec(&huge).unwrap());
    assert_eq!(read(&storage, &clock).unwrap_err().code(), "session.corrupt");
}

#[test]
fn a_session_whose_latest_state_is_broken_can_be_rewound() {
    let (store, storage, ..) = small();
    let head: serde_json::Value = serde_json::from_slice(&dump(&storage)["sessions/s/head"]).unwrap();
    let latest = head["latest"]["record"]["object"].as_str().unwrap();
    plant(&storage, &format!("objects/{}/{latest}", &latest[..2]), b"rubbish");
    assert_eq!(block_on(store.open(&id("s"), &base())).unwrap_err().code(), "session.corrupt");
    // The lease was given back.
    assert!(block_on(store.info(&id("s"))).unwrap().in_use.is_none());
    block_on(store.rewind(&id("s"), 0)).unwrap();
    let mut held = block_on(store.open(&id("s"), &base())).unwrap();
    assert_eq!(get(held.state(), "a.txt"), b"alpha");
    write(&mut held, "b.txt", b"again");
}

#[test]
fn a_genuine_object_of_another_session_is_refused() {
    let (store, storage, clock, _) = small();
    let secret = put(SessionState::new(base()), "secret", b"canary-7f3a");
    block_on(create(&store, "other", secret).release()).unwrap();
    let all = dump(&storage);
    let head = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&all[&format!("sessions/{name}/head")]).unwrap()
    };
    // Whoever can write heads can point them anywhere; the record must still fit what the head lists.
    let mut forged = head("s");
    forged["latest"]["record"] = head("other")["latest"]["record"].clone();
    plant(&storage, "sessions/s/head", &serde_json::to_vec(&forged).unwrap());
    assert_eq!(read(&storage, &clock).unwrap_err().code(), "session.corrupt");
    // The whole head of another session is that of another session.
    plant(&storage, "sessions/s/head", &all["sessions/other/head"]);
    let error = read(&storage, &clock).unwrap_err();
    assert!(error.to_string().contains("it is that of session"), "{error}");
    // One object in the place of another.
    plant(&storage, "sessions/s/head", &all["sessions/s/head"]);
    let keys: Vec<&String> = all.keys().filter(|key| key.starts_with("objects/")).collect();
    for (one, other) in keys.iter().zip(keys.iter().rev()) {
        plant(&storage, one, &all[*other]);
    }
    assert_eq!(read(&storage, &clock).unwrap_err().code(), "session.corrupt");
}

#[test]
fn a_canary_of_one_session_is_nowhere_in_another() {
    let (store, storage, _) = store();
    let canary = noise(77, 4096);
    let secret = put(SessionState::new(base()), "secret", &canary);
    let mut held = create(&store, "a", secret.clone());
    turn(&mut held, put(secret, "more", b"x"));
    block_on(held.release()).unwrap();
    let before: BTreeMap<_, _> = dump(&storage);
    make(&store, "b");
    let new: Vec<_> = dump(&storage).into_iter().filter(|(key, _)| !before.contains_key(key)).collect();
    // Incompressible bytes are stored as they are: their beginning shows if they are anywhere.
    let has = |bytes: &[u8]| bytes.windows(64).any(|window| window == &canary[..64]);
    assert!(before.values().any(|bytes| has(bytes)), "the test would see it");
    assert!(!new.iter().any(|(_, bytes)| has(bytes)));
    let state = block_on(store.state(&id("b"), None, &base())).unwrap();
    assert!(!memory(&state).snapshot.pages().values().any(|page| has(page.bytes())));
}
