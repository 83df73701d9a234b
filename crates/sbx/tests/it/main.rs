//! The facade as its users call it.
#![expect(clippy::unwrap_used, reason = "tests stop at what they did not expect")]

mod cache; // a cache that was damaged, file by file
mod examples; // every example runs and ends well
mod sandbox; // programs, files and state of one sandbox

use std::sync::OnceLock;

use sbx::{ExecutionPolicy, RuntimeType, Runtimes, Sandbox, SandboxBuilder};

/// What is set up on this machine, loaded once for all tests.
fn runtimes() -> Runtimes {
    static RUNTIMES: OnceLock<Runtimes> = OnceLock::new();
    RUNTIMES.get_or_init(|| Runtimes::load(None).expect("run `cargo xtask setup`")).clone()
}

fn sandbox(policy: ExecutionPolicy) -> Sandbox {
    builder(policy).build().unwrap()
}

fn builder(policy: ExecutionPolicy) -> SandboxBuilder {
    SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes()).policy(policy).image("python")
}
