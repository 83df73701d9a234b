//! What earlier releases stored stays readable: an archive of format 1, committed as it was written.
//!
//! `SBX_BLESS=1` writes a new one. That is right only for an archive of a new format beside the old ones.

use std::path::PathBuf;

use sbx_core::Ending;

use crate::common::*;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/session-1.sbx")
}

#[test]
fn an_archive_of_format_1_is_read() {
    if std::env::var_os("SBX_BLESS").is_some() {
        let (store, ..) = store();
        make(&store, "golden");
        let mut held = block_on(store.open(&id("golden"), &base())).unwrap();
        let mut failed = sbx_sessions::TurnSummary::default();
        failed.ending = Some(Ending::Trap);
        failed.runtime = Some(sbx_core::RuntimeType::Python);
        held.stage(failed, None);
        block_on(held.rewind(1)).unwrap();
        block_on(held.release()).unwrap();
        let mut bytes = Vec::new();
        block_on(store.export(&id("golden"), &mut bytes)).unwrap();
        std::fs::create_dir_all(file().parent().unwrap()).unwrap();
        std::fs::write(file(), bytes).unwrap();
    }
    let archive = std::fs::read(file()).unwrap();
    let (store, ..) = store();
    let name = block_on(store.import(&mut &archive[..], None)).unwrap();
    assert_eq!(name.as_str(), "golden");
    let log = block_on(store.log(&name)).unwrap();
    let said: Vec<_> =
        log.iter().map(|entry| (entry.turn, entry.kept, entry.ending, entry.note.as_deref())).collect();
    assert_eq!(
        said,
        [
            (0, true, None, Some("created")),
            (1, true, None, None),
            (2, true, None, None),
            (3, false, Some(Ending::Trap), None),
            (4, true, None, Some("rewound to turn 1")),
        ]
    );
    let latest = block_on(store.state(&name, None, &base())).unwrap();
    assert_eq!((get(&latest, "a.txt"), get(&latest, "b.txt")), (b"alpha".to_vec(), b"beta".to_vec()));
    let second = block_on(store.state(&name, Some(2), &base())).unwrap();
    assert_eq!(get(&second, "a.txt"), b"alpha again");
    let pages = memory(&second).snapshot.pages();
    assert_eq!((pages.len(), pages.contains_key(&5)), (20, false));
    assert_eq!(pages[&3].bytes(), page(300).bytes());
    assert_eq!(pages[&40].bytes(), page(400).bytes());
    assert_eq!(pages[&6].bytes(), page(6).bytes());
    // And goes on.
    let mut held = block_on(store.open(&name, &base())).unwrap();
    write(&mut held, "new", b"turn");
    block_on(held.release()).unwrap();
}
