//! `test` and `bless`: the guests first, then every test of the workspace.

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
