//! Bytes as reports of a guest; the harness belongs to the tests of sbx-runtime, which run it too.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/sbx-runtime/tests/it/fuzz.rs"]
mod fuzz;
#[allow(dead_code, reason = "the other tests of runtimes use the rest")]
#[path = "../../crates/sbx-runtime/tests/it/parrot.rs"]
mod parrot;

fuzz_target!(|report: &[u8]| fuzz::door(report));
