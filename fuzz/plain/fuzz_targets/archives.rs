//! Bytes as tar archives; the harness belongs to the tests of sbx-vfs, which run it too.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/sbx-vfs/tests/it/fuzz/archives.rs"]
mod fuzz;

fuzz_target!(|bytes: &[u8]| fuzz::archives(bytes));
