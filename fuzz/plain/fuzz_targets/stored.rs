//! Bytes as edits of stored sessions; the harness belongs to the tests of sbx-sessions, which run it too.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the other tests of sessions use the rest")]
#[path = "../../../crates/sbx-sessions/tests/it/common.rs"]
mod common;
#[path = "../../../crates/sbx-sessions/tests/it/fuzz/stored.rs"]
mod fuzz;

thread_local! {
    static HARNESS: fuzz::Harness = fuzz::Harness::new();
}

fuzz_target!(|script: &[u8]| HARNESS.with(|harness| harness.run(script)));
