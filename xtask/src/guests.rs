//! `setup`, `demo` and `vendor`: build the program, let it fetch and prepare the guests, show them, and change the packages
//! that come with them.

use std::path::{self, Path};
use std::process::Command;

use anyhow::Context as _;

use crate::shell;
use crate::workspace::Workspace;

/// The profile of setup, demo and tests alike, and its folder.
pub(crate) const PROFILE: (&str, &str) = ("dev", "debug");

/// Fetches and prepares the guests.
pub(crate) fn setup(workspace: &Workspace, source: Option<&Path>) -> anyhow::Result<()> {
    let (profile, profile_dir) = PROFILE;
    shell::build(workspace, profile, profile_dir)?;
    shell::say("setting up the guests");
    let mut command = Command::new(workspace.program(profile_dir, "sbx"));
    command.arg("setup");
    if let Some(source) = source {
        command.arg("--source").arg(path::absolute(source)?);
    }
    shell::run(&mut command).context("the guests could not be set up")
}

/// Looks at the packages that come with the project, or changes them: `sbx packages` with the project's lock file.
pub(crate) fn vendor(workspace: &Workspace, rest: &[String]) -> anyhow::Result<()> {
    setup(workspace, None)?;
    // As the command reads `--runtime`; TypeScript's packages are JavaScript's.
    let is_javascript = rest
        .iter()
        .any(|arg| matches!(arg.trim_start_matches("--runtime="), "js" | "javascript" | "ts" | "typescript"));
    let lock = if is_javascript { "javascript.lock" } else { "python.lock" };
    let mut command = Command::new(workspace.program(PROFILE.1, "sbx"));
    command.arg("packages").args(rest).arg("--lock").arg(workspace.root.join("vendor").join(lock));
    shell::run(&mut command).context("the packages are as they were")
}

/// Sets up, then runs the demo.
pub(crate) fn demo(workspace: &Workspace, source: Option<&Path>) -> anyhow::Result<()> {
    setup(workspace, source)?;
    shell::say("running the demo");
    let program = workspace.program(PROFILE.1, "examples/demo");
    shell::run(&mut Command::new(program))
}
