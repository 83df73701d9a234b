//! Bytes as operations on files, compared with Linux; the harness belongs to the tests of sbx-vfs, which run it too.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/sbx-vfs/tests/it/fuzz/files.rs"]
mod fuzz;
#[allow(dead_code, reason = "the properties use the rest")]
#[path = "../../../crates/sbx-vfs/tests/it/model.rs"]
mod model;

fuzz_target!(|bytes: &[u8]| fuzz::files(bytes));
