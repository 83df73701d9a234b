//! `fuzz`: random programs against the host, found by libFuzzer.

use anyhow::bail;

use crate::shell::{self, cargo_command, has_cargo_tool};
use crate::workspace::Workspace;

/// What runs if nothing is said.
pub(crate) const TARGET: &str = "wasi_calls";
/// Some minutes; the nightly form is ten times as much.
pub(crate) const RUNS: u64 = 100_000;

/// Runs `target` on `runs` programs and stops at the first finding.
pub(crate) fn fuzz(workspace: &Workspace, target: &str, runs: u64) -> anyhow::Result<()> {
    if !has_cargo_tool("fuzz") {
        bail!("cargo-fuzz is not installed: cargo install --locked cargo-fuzz");
    }
    let source = workspace.root.join("fuzz/fuzz_targets").join(target).with_extension("rs");
    if !source.is_file() {
        bail!("there is no fuzz target {target:?}: {} is missing", source.display());
    }
    shell::say("fuzzing");
    // What is found goes to a folder of the build; the committed seeds are only read.
    let found = workspace.target.join("fuzz-corpus").join(target);
    std::fs::create_dir_all(&found)?;
    // No sanitizer: they need a nightly compiler, and the workspace's own unsafe code has other tests.
    let mut command = cargo_command(workspace, ["fuzz", "run", "--sanitizer", "none", target]);
    command.arg(found).arg(workspace.root.join("fuzz/corpus").join(target));
    command.args(["--", &format!("-runs={runs}"), "-max_len=1024", "-timeout=20"]);
    shell::run(&mut command)
}
