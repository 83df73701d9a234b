//! Bytes as calls of WASI against a live guest; the harness belongs to the host's tests, which run it too.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/sbx-host/tests/it/fuzz.rs"]
mod fuzz;
#[allow(dead_code, reason = "the host's other tests use the rest")]
#[path = "../../crates/sbx-host/tests/it/lab.rs"]
mod lab;

thread_local! {
    static HARNESS: RefCell<fuzz::Harness> = RefCell::new(fuzz::Harness::new());
}

fuzz_target!(|program: &[u8]| {
    HARNESS.with_borrow_mut(|harness| harness.run(program));
});
