//! The files of sessions at rest.

use sbx_sessions::{Error, NewSession, SessionState};
use sbx_vfs::{GuestPath, Quota, Vfs};

use crate::common::*;

#[test]
fn files_are_written_read_listed_and_deleted() {
    let (store, ..) = store();
    make(&store, "s");
    let files = store.files(&base(), Quota::default());
    let s = id("s");
    block_on(files.write_session_file(&s, "data/in.csv", b"a,b\n", true)).unwrap();
    block_on(files.write_session_file(&s, "/app/data/x.bin", &[0; 10], false)).unwrap();
    let again = block_on(files.write_session_file(&s, "data/in.csv", b"", false)).unwrap_err();
    assert_eq!(again.code(), "vfs.exists");
    assert_eq!(block_on(files.read_session_file(&s, "data/in.csv")).unwrap(), b"a,b\n");
    let list = |pattern| -> Vec<String> {
        let found = block_on(files.list_session_files(&s, pattern)).unwrap();
        found.iter().map(|file| format!("{} {}", file.path, file.size)).collect()
    };
    assert_eq!(list(Some("*.csv")), ["/app/data/in.csv 4"]);
    assert_eq!(list(Some("data/*")), ["/app/data/in.csv 4", "/app/data/x.bin 10"]);
    assert_eq!(list(None).len(), 5);
    assert_eq!(block_on(files.delete_session_path(&s, "data", false)).unwrap_err().code(), "vfs.not_empty");
    block_on(files.delete_session_path(&s, "data", true)).unwrap();
    assert_eq!(block_on(files.read_session_file(&s, "data/in.csv")).unwrap_err().code(), "vfs.not_found");
    let notes: Vec<_> = block_on(store.log(&s)).unwrap().into_iter().filter_map(|entry| entry.note).collect();
    assert_eq!(notes, ["created", "file written", "file written", "path deleted"]);
    block_on(files.delete_session_workspace(&s)).unwrap();
    assert!(list(None).is_empty());
    assert!(block_on(store.info(&s)).unwrap().in_use.is_none());
    // What was deleted can be gone back to.
    block_on(store.rewind(&s, 2)).unwrap();
    assert_eq!(list(None).len(), 3);
}

#[test]
fn a_sleeping_interpreter_sleeps_on() {
    let (store, ..) = store();
    let stored = make(&store, "s");
    let files = store.files(&base(), Quota::default());
    let s = id("s");
    for n in 0..40 {
        block_on(files.write_session_file(&s, "beside", &[n], true)).unwrap();
    }
    block_on(files.delete_session_path(&s, "open.txt", false)).unwrap();
    let held = block_on(store.open(&s, &base())).unwrap();
    assert_eq!(get(held.state(), "beside"), [39]);
    let expected = memory(&stored).snapshot.pages();
    let found = memory(held.state()).snapshot.pages();
    assert_eq!(found.len(), expected.len());
    assert!(expected.iter().zip(found).all(|(a, b)| a.0 == b.0 && a.1.bytes() == b.1.bytes()));
    // The file that was open and is gone is closed; the unlinked one is still there.
    let mut vfs = Vfs::new(held.state().tree.clone(), Quota::default(), Vec::new()).unwrap();
    vfs.restore_descriptors(memory(held.state()).descriptors.clone()).unwrap();
    assert!(vfs.descriptor(4).is_err());
    assert!(vfs.descriptor(5).is_ok());
}

#[test]
fn paths_stay_in_the_workspace() {
    let (store, ..) = store();
    make(&store, "s");
    let files = store.files(&base(), Quota::default());
    let s = id("s");
    for (path, code) in [
        ("", "path.empty"),
        ("../etc/passwd", "path.dots"),
        ("a/../../b", "path.dots"),
        ("/etc/passwd", "session.outside_workspace"),
        ("/application/x", "session.outside_workspace"),
        ("/", "session.outside_workspace"),
        ("a\\b", "path.forbidden"),
        ("a\0b", "path.forbidden"),
    ] {
        let before = block_on(store.info(&s)).unwrap().turn;
        assert_eq!(
            block_on(files.write_session_file(&s, path, b"x", true)).unwrap_err().code(),
            code,
            "{path:?}"
        );
        assert_eq!(block_on(files.read_session_file(&s, path)).unwrap_err().code(), code, "{path:?}");
        assert_eq!(block_on(files.delete_session_path(&s, path, true)).unwrap_err().code(), code, "{path:?}");
        assert_eq!(block_on(store.info(&s)).unwrap().turn, before, "a refused change is no turn");
    }
    assert!(block_on(files.delete_session_path(&s, ".", true)).is_err(), "the workspace itself stays");
    let long = "*".repeat(2_000);
    assert_eq!(block_on(files.list_session_files(&s, Some(&long))).unwrap_err().code(), "path.too_long");
}

#[test]
fn links_that_a_guest_made_lead_nowhere() {
    let (store, ..) = store();
    let state = put(SessionState::new(base()), "real", b"x");
    let mut vfs = Vfs::new(state.tree.clone(), Quota::default(), Vec::new()).unwrap();
    vfs.symlink("/usr/lib", sbx_vfs::ROOT_FD, "app/lib").unwrap();
    vfs.symlink("real", sbx_vfs::ROOT_FD, "app/link").unwrap();
    let state = SessionState { tree: vfs.into_tree(), ..state };
    drop(create(&store, "s", state));
    let files = store.files(&base(), Quota::default());
    let s = id("s");
    for path in ["lib/std.zip", "link"] {
        assert!(block_on(files.read_session_file(&s, path)).is_err());
        assert!(block_on(files.write_session_file(&s, path, b"y", true)).is_err());
    }
    let found = block_on(files.list_session_files(&s, None)).unwrap();
    let links: Vec<_> = found.iter().map(|file| (file.path.as_str(), file.is_link)).collect();
    assert_eq!(links, [("/app/lib", true), ("/app/link", true), ("/app/real", false)]);
    block_on(files.delete_session_workspace(&s)).unwrap();
    assert!(base().exists(&GuestPath::parse("/usr/lib/std.zip").unwrap()));
}

#[test]
fn quotas_and_leases_hold_for_the_host_too() {
    let (store, ..) = store();
    let held = block_on(store.create(&id("s"), NewSession::default(), SessionState::new(base()))).unwrap();
    let files = store.files(&base(), Quota::default().with_disk_bytes(100));
    let write = |len| block_on(files.write_session_file(&id("s"), "x", &vec![1; len], true));
    assert!(matches!(write(1), Err(Error::Busy { .. })));
    assert!(
        block_on(files.read_session_file(&id("s"), "x")).is_err_and(|error| error.code() == "vfs.not_found")
    );
    block_on(held.release()).unwrap();
    assert_eq!(write(101).unwrap_err().code(), "limit.disk");
    write(100).unwrap();
    assert_eq!(block_on(files.read_session_file(&id("none"), "x")).unwrap_err().code(), "session.not_found");
}

#[test]
fn another_workspace_is_where_its_files_are() {
    let (store, ..) = store();
    let work = GuestPath::parse("/tmp").unwrap();
    let new = NewSession::default().with_workspace(work);
    drop(block_on(store.create(&id("s"), new, SessionState::new(base()))).unwrap());
    let files = store.files(&base(), Quota::default());
    block_on(files.write_session_file(&id("s"), "x", b"1", true)).unwrap();
    assert_eq!(block_on(files.read_session_file(&id("s"), "/tmp/x")).unwrap(), b"1");
    assert_eq!(
        block_on(files.read_session_file(&id("s"), "/app/x")).unwrap_err().code(),
        "session.outside_workspace"
    );
}
