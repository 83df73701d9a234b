//! Transcripts of whole sessions, and those of the README.

#[test]
fn transcripts_hold() {
    super::need_guests();
    trycmd::TestCases::new()
        .register_bin("sbx", std::path::Path::new(env!("CARGO_BIN_EXE_sbx")))
        .case("tests/cmd/*.trycmd")
        .case("../../README.md");
}
