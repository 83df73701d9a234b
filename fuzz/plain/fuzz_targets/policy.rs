//! Text as policy files; the harness belongs to the tests of sbx-core, which run it too.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/sbx-core/tests/it/fuzz.rs"]
mod fuzz;

fuzz_target!(|bytes: &[u8]| fuzz::policy(bytes));
