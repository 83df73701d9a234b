//! `test`, `bless`, `soak` and `test262`: the guests first, then tests.

use std::path::{self, Path};
use std::process::Command;

use crate::guests;
use crate::shell::{self, cargo_command};
use crate::workspace::Workspace;

/// Sets up, then runs all tests, doc tests included; all of them, even if one fails.
pub(crate) fn test(workspace: &Workspace, rest: &[String]) -> anyhow::Result<()> {
    guests::setup(workspace, None)?;
    shell::say("testing");
    let mut command = cargo_command(workspace, ["test", "--no-fail-fast"]);
    let picks_packages = rest.iter().any(|arg| arg == "-p" || arg.starts_with("--package"));
    if !picks_packages {
        command.arg("--workspace");
    }
    shell::run(command.args(rest))
}

/// Runs all tests so that they rewrite what they expect.
pub(crate) fn bless(workspace: &Workspace) -> anyhow::Result<()> {
    guests::setup(workspace, None)?;
    shell::say("rewriting expected texts; read the diff as code");
    let mut command = cargo_command(workspace, ["test", "--workspace", "--no-fail-fast"]);
    shell::run(command.env("UPDATE_EXPECT", "1").env("TRYCMD", "overwrite"))
}

/// Runs hostile programs by the thousand beside ordinary ones, as `rest` says.
pub(crate) fn soak(workspace: &Workspace, rest: &[String]) -> anyhow::Result<()> {
    guests::setup(workspace, None)?;
    shell::say("soaking");
    shell::run(Command::new(workspace.program(guests::PROFILE.1, "soak")).args(rest))
}

/// Runs a part of test262 from the checkout in `folder`, and prints the share that passes.
pub(crate) fn test262(workspace: &Workspace, folder: &Path) -> anyhow::Result<()> {
    guests::setup(workspace, None)?;
    let folder = path::absolute(folder)?;
    anyhow::ensure!(
        folder.join("harness/assert.js").is_file(),
        "{} is no checkout of test262",
        folder.display()
    );
    shell::say("running test262");
    let mut command = cargo_command(workspace, ["test", "--package", "sbx-runtime-js", "--test", "it"]);
    shell::run(command.args(["test262", "--", "--nocapture"]).env("SBX_TEST262", folder))
}
