//! Transcripts of whole sessions, and those of the README, the guide to packages and the cookbook.

use std::path::Path;

#[test]
fn transcripts_hold() {
    super::need_guests();
    let storage = tempfile::tempdir().unwrap();
    cases(storage.path())
        .case("tests/cmd/*.trycmd")
        .case("../../README.md")
        .case("../../docs/packages.md")
        .case("../../docs/cookbook.md")
        .run();
    // The cookbook saves its figures where it runs.
    std::fs::remove_dir_all("plots").unwrap();
}

/// Each from an empty storage: they list what is there.
#[test]
fn transcripts_of_sessions_hold() {
    super::need_guests();
    let mut n_cases = 0;
    for entry in Path::new("tests/cmd/session").read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "trycmd") {
            let storage = tempfile::tempdir().unwrap();
            cases(storage.path()).case(&path).run();
            n_cases += 1;
        }
    }
    assert!(n_cases >= 4);
}

fn cases(storage: &Path) -> trycmd::TestCases {
    let cases = trycmd::TestCases::new();
    cases
        .register_bin("sbx", Path::new(env!("CARGO_BIN_EXE_sbx")))
        .env("SBX_STORAGE", storage.to_str().unwrap());
    cases
}
