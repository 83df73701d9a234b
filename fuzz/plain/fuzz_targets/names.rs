//! Text as names; the harness belongs to the tests of sbx-sessions, which run it too.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/sbx-sessions/tests/it/fuzz/names.rs"]
mod fuzz;

fuzz_target!(|bytes: &[u8]| fuzz::names(bytes));
