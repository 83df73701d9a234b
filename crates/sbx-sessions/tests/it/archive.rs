//! Sessions as files.

use std::time::Duration;

use sbx_sessions::{Error, NewSession, SessionId, SessionState};

use crate::common::*;

fn export(store: &sbx_sessions::SessionStore, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let n = block_on(store.export(&id(name), &mut bytes)).unwrap();
    assert_eq!(n, bytes.len() as u64);
    bytes
}

fn import(store: &sbx_sessions::SessionStore, bytes: &[u8], name: Option<&str>) -> Result<SessionId, Error> {
    block_on(store.import(&mut &bytes[..], name.map(id)))
}

#[test]
fn a_session_moves_with_its_history() {
    let (here, ..) = store();
    let stored = make(&here, "s");
    block_on(here.set_labels(&id("s"), [("k".to_owned(), "v".to_owned())].into())).unwrap();
    let held = block_on(here.open(&id("s"), &base())).unwrap();
    let archive = export(&here, "s");
    drop(held);
    assert!(archive == export(&here, "s"), "the lease is no part of it");
    let (there, storage, _) = store();
    assert_eq!(import(&there, &archive, None).unwrap(), id("s"));
    assert_eq!(import(&there, &archive, Some("again")).unwrap(), id("again"));
    assert_eq!(objects(&storage), 3, "both share the objects");
    for name in ["s", "again"] {
        let held = block_on(there.open(&id(name), &base())).unwrap();
        assert_eq!(facts(held.state()), facts(&stored));
        assert_eq!(held.turns(), block_on(here.log(&id("s"))).unwrap());
        assert_eq!(held.info().labels["k"], "v");
        assert!(get(&block_on(there.state(&id(name), Some(0), &base())).unwrap(), "a.txt") == b"alpha");
    }
    assert_eq!(import(&there, &archive, None).unwrap_err().code(), "session.exists");
    let strict = there.with_allow_non_uuid(false);
    assert_eq!(import(&strict, &archive, None).unwrap_err().code(), "session.not_a_uuid");
}

#[test]
fn sessions_over_the_bound_of_a_store_are_neither_taken_in_nor_loaded() {
    let (here, ..) = store();
    // Pieces of zeros share a frame: what is stored is a thousandth of this.
    let large = put(SessionState::new(base()), "zeros", &vec![0; 8 << 20]);
    block_on(create(&here, "s", large).release()).unwrap();
    let archive = export(&here, "s");
    assert!(archive.len() < 100_000, "{}", archive.len());
    let (there, ..) = store();
    assert_eq!(import(&there.clone().with_max_bytes(8 << 20), &archive, None).unwrap(), id("s"));
    let strict = there.with_max_bytes((8 << 20) - 1);
    assert_eq!(import(&strict, &archive, Some("other")).unwrap_err().code(), "limit.disk");
    assert_eq!(block_on(strict.list()).unwrap().sessions.len(), 1);
    assert_eq!(block_on(strict.state(&id("s"), None, &base())).unwrap_err().code(), "limit.disk");
    assert_eq!(block_on(strict.open(&id("s"), &base())).unwrap_err().code(), "limit.disk");
}

#[test]
fn a_truncated_archive_makes_no_session() {
    let (here, ..) = store();
    make(&here, "s");
    let archive = export(&here, "s");
    let (there, storage, clock) = store();
    let lengths = (0..archive.len()).step_by(97).chain(archive.len() - 40..archive.len());
    for len in lengths {
        let error = import(&there, &archive[..len], None).unwrap_err();
        assert_eq!(error.code(), "session.bad_archive", "{len}");
    }
    let longer = [&archive[..], b"x"].concat();
    assert_eq!(import(&there, &longer, None).unwrap_err().code(), "session.bad_archive");
    assert!(block_on(there.list()).unwrap().sessions.is_empty());
    clock.advance(Duration::from_secs(5));
    block_on(there.sweep(Duration::ZERO, false)).unwrap();
    assert_eq!(objects(&storage), 0, "what was left behind is swept");
}

#[test]
fn a_changed_archive_makes_no_session() {
    let (here, ..) = store();
    let begin = put(SessionState::new(base()), "a.txt", b"alpha");
    block_on(create(&here, "s", begin).release()).unwrap();
    let archive = export(&here, "s");
    let (there, ..) = store();
    for at in 0..archive.len() {
        let mut changed = archive.clone();
        changed[at] ^= 1 << (at % 8);
        let error = import(&there, &changed, None).unwrap_err();
        let code = error.code();
        assert!(
            ["session.bad_archive", "session.corrupt", "session.newer_format", "session.bad_id"]
                .contains(&code),
            "{at}: {error}"
        );
    }
    assert!(block_on(there.list()).unwrap().sessions.is_empty());
}

/// Puts an archive together by hand, with a hash that fits.
fn forge(head: &serde_json::Value, objects: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let head = serde_json::to_vec(head).unwrap();
    let mut bytes = b"sbx-sess".to_vec();
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(u32::try_from(head.len()).unwrap().to_le_bytes());
    bytes.extend(head);
    bytes.extend(u32::try_from(objects.len()).unwrap().to_le_bytes());
    for (digest, object) in objects {
        bytes.extend(digest);
        bytes.extend((object.len() as u64).to_le_bytes());
        bytes.extend(object);
    }
    let hash = blake3::hash(&bytes);
    bytes.extend(hash.as_bytes());
    bytes
}

#[test]
fn an_archive_cannot_speak_of_objects_that_it_does_not_bring() {
    let (store, storage, _) = store();
    make(&store, "victim");
    let dump = dump(&storage);
    let head: serde_json::Value = serde_json::from_slice(&dump["sessions/victim/head"]).unwrap();
    let named = |name: &str| {
        let mut head = head.clone();
        head["id"] = name.into();
        head.as_object_mut().unwrap().remove("lease");
        head
    };
    let objects = || dump.iter().filter(|(key, _)| key.starts_with("objects/"));
    let whole: Vec<_> =
        objects().map(|(_, bytes)| (blake3::hash(bytes).as_bytes().to_vec(), bytes.clone())).collect();
    let renamed = forge(&named("thief"), &whole);
    block_on(store.import(&mut &renamed[..], None)).unwrap();
    for (what, archive) in [
        ("no objects", forge(&named("thief-1"), &[])),
        ("one missing", forge(&named("thief-2"), &whole[1..])),
        ("one twice", forge(&named("thief-3"), &[&whole[1..], &whole[1..2]].concat())),
        ("other bytes", {
            let mut other = whole.clone();
            other[0].1 = vec![0; other[0].1.len()];
            forge(&named("thief-4"), &other)
        }),
    ] {
        let error = block_on(store.import(&mut &archive[..], None)).unwrap_err();
        assert_eq!(error.code(), "session.bad_archive", "{what}");
    }
    // A head that does not list what its record needs, with a record that is genuine.
    let mut short = named("thief-5");
    let latest = short["latest"]["record"]["object"].as_str().unwrap().to_owned();
    short["turns"] = serde_json::Value::Array(short["turns"].as_array().unwrap()[2..].to_vec());
    short["objects"].as_object_mut().unwrap().retain(|digest, _| *digest == latest);
    let only: Vec<_> = objects()
        .filter(|(key, _)| key.ends_with(&latest))
        .map(|(_, bytes)| (blake3::hash(bytes).as_bytes().to_vec(), bytes.clone()))
        .collect();
    let error = block_on(store.import(&mut &forge(&short, &only)[..], None)).unwrap_err();
    assert_eq!(error.code(), "session.corrupt");
    assert!(error.to_string().contains("does not list"), "{error}");
    assert_eq!(block_on(store.list()).unwrap().sessions.len(), 2);
}

#[test]
fn lengths_in_archives_are_bounded() {
    let (store, ..) = store();
    let begin = |head: u32| [&b"sbx-sess"[..], &1_u32.to_le_bytes(), &head.to_le_bytes()].concat();
    let huge_head = [begin(u32::MAX), vec![b' '; 1000]].concat();
    let error = import(&store, &huge_head, None).unwrap_err();
    assert!(error.to_string().contains("too large"), "{error}");
    let long_head = [begin(16 << 20), vec![b' '; 1000]].concat();
    let error = import(&store, &long_head, None).unwrap_err();
    assert!(error.to_string().contains("cut short"), "{error}");
    let newer = [&b"sbx-sess"[..], &2_u32.to_le_bytes()].concat();
    assert_eq!(import(&store, &newer, None).unwrap_err().code(), "session.newer_format");
    assert_eq!(import(&store, b"PK\x03\x04 not ours", None).unwrap_err().code(), "session.bad_archive");
}

#[test]
fn exporting_says_what_is_damaged() {
    use sbx_storage::{Expect, Key, StorageAdapter};
    let (store, storage, _) = store();
    make(&store, "s");
    let key = dump(&storage).into_keys().find(|key| key.starts_with("objects/")).unwrap();
    block_on(storage.write(&Key::parse(&key).unwrap(), vec![1; 10].into(), Expect::Any)).unwrap();
    let mut bytes = Vec::new();
    assert_eq!(block_on(store.export(&id("s"), &mut bytes)).unwrap_err().code(), "session.corrupt");
    block_on(storage.delete(&Key::parse(&key).unwrap())).unwrap();
    assert!(block_on(store.export(&id("s"), &mut bytes)).unwrap_err().to_string().contains("missing"));
    assert_eq!(block_on(store.export(&id("none"), &mut bytes)).unwrap_err().code(), "session.not_found");
}

#[test]
fn an_imported_session_goes_on() {
    let (here, ..) = store();
    make(&here, "s");
    let archive = export(&here, "s");
    let (there, ..) = store();
    import(&there, &archive, None).unwrap();
    let mut held = block_on(there.open(&id("s"), &base())).unwrap();
    write(&mut held, "new", b"turn");
    block_on(held.release()).unwrap();
    let found = block_on(there.state(&id("s"), Some(3), &base())).unwrap();
    assert_eq!(get(&found, "new"), b"turn");
    drop(block_on(there.create(&id("t"), NewSession::default(), found)).unwrap());
}
