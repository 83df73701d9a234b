//! Bytes as lock files and packages; the harness belongs to the tests of sbx-packages, which run it too.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/sbx-packages/tests/it/fuzz.rs"]
mod fuzz;

fuzz_target!(|bytes: &[u8]| fuzz::packages(bytes));
