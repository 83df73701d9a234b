//! Names of sessions and their keys.

use proptest::prelude::*;
use sbx_sessions::{Error, NewSession, SessionId, SessionState};
use sbx_storage::Key;

use crate::common::*;

#[test]
fn names_that_are_refused() {
    for bad in [
        "",
        ".",
        "..",
        ".hidden",
        "a/b",
        "/a",
        "a\\b",
        "a..b",
        "a\0b",
        "a\nb",
        "a\u{7f}",
        "a\u{85}",
        "c:",
        "a:b",
        "con",
        "CON",
        "nul",
        "Nul.txt",
        "com1",
        "COM9.log",
        "lpt1",
        "com¹",
        "aux .x",
        "conin$",
        "a\u{202e}b",
        "\u{2066}",
    ] {
        assert!(SessionId::parse(bad).is_err(), "{bad:?}");
    }
    assert!(SessionId::parse(&"x".repeat(129)).is_err());
    let error = SessionId::parse("").unwrap_err();
    assert_eq!(error.to_string(), "\"\" cannot name a session: it is empty");
    assert_eq!(Error::from(error).code(), "session.bad_id");
}

#[test]
fn names_that_are_allowed() {
    for good in [
        "a",
        "A",
        "my session",
        "größe",
        "名前",
        "a.b",
        "a_b",
        "a-b",
        "console",
        "com",
        "com10",
        "x".repeat(128).as_str(),
    ] {
        let id = SessionId::parse(good).unwrap();
        assert_eq!(id.as_str(), good);
        assert_eq!(serde_json::from_str::<SessionId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }
    assert!(serde_json::from_str::<SessionId>("\"../x\"").is_err());
}

#[test]
fn names_that_file_systems_confuse_have_keys_of_their_own() {
    let keys: std::collections::BTreeSet<String> =
        ["a", "A", "a ", " a", "a.", "é", "e\u{301}", "_41", "_", "__"]
            .map(|name| SessionId::parse(name).unwrap().key_part().to_lowercase())
            .into();
    assert_eq!(keys.len(), 10);
}

#[test]
fn generated_names_are_uuids_and_new() {
    let ids: std::collections::BTreeSet<SessionId> = (0..1_000).map(|_| SessionId::generate()).collect();
    assert_eq!(ids.len(), 1_000);
    assert!(ids.iter().all(SessionId::is_uuid));
    for other in ["x", "00000000-0000-0000-0000-000000000000", "6BA7B810-9DAD-41D1-80B4-00C04FD430C8"] {
        assert!(!SessionId::parse(other).unwrap().is_uuid(), "{other}");
    }
}

#[test]
fn a_store_can_insist_on_uuids() {
    let (store, ..) = store();
    make(&store, "named");
    let strict = store.with_allow_non_uuid(false);
    let create = |name: SessionId| {
        block_on(strict.create(&name, NewSession::default(), SessionState::new(base()))).map(drop)
    };
    assert!(matches!(create(id("other")), Err(Error::NotAUuid { .. })));
    for code in [
        block_on(strict.open(&id("named"), &base())).unwrap_err().code(),
        block_on(strict.state(&id("named"), None, &base())).unwrap_err().code(),
        block_on(strict.delete(&id("named"))).unwrap_err().code(),
    ] {
        assert_eq!(code, "session.not_a_uuid");
    }
    let uuid = SessionId::generate();
    create(uuid.clone()).unwrap();
    assert_eq!(block_on(strict.fork(&uuid, None, &[id("fork")])).unwrap_err().code(), "session.not_a_uuid");
}

#[test]
fn sessions_with_any_name_are_kept_and_listed() {
    let (store, ..) = store();
    let names = ["ü ber", "UPPER", "upper", &"ß".repeat(64), &"ä".repeat(64), "_h"];
    for name in names {
        drop(create(&store, name, put(SessionState::new(base()), "name", name.as_bytes())));
    }
    for name in names {
        let state = block_on(store.state(&id(name), None, &base())).unwrap();
        assert_eq!(get(&state, "name"), name.as_bytes());
    }
    assert_eq!(block_on(store.list()).unwrap().sessions.len(), names.len());
}

proptest! {
    #[test]
    fn whatever_parses_has_a_key(text in "\\PC{0,40}|[ -~]{0,140}|[a-c._ -]{1,8}") {
        if let Ok(id) = SessionId::parse(&text) {
            let part = id.key_part();
            prop_assert!(part.len() <= Key::MAX_PART_BYTES);
            let key = format!("sessions/{part}/head");
            prop_assert!(Key::parse(&key).is_ok());
            prop_assert_eq!(part.to_lowercase(), part);
        }
    }

    #[test]
    fn different_names_have_different_keys(a in "[a-cA-C_.é0-9 ]{1,60}", b in "[a-cA-C_.é0-9 ]{1,60}") {
        if let (Ok(one), Ok(other)) = (SessionId::parse(&a), SessionId::parse(&b)) {
            prop_assert_eq!(one == other, one.key_part() == other.key_part());
        }
    }
}
