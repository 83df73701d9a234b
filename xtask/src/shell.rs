//! Running cargo and what it built, and saying so.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::workspace::{Workspace, cargo};

/// Prints what is done next.
pub(crate) fn say(text: &str) {
    eprintln!("\n▶ {text}");
}

/// `cargo`, in the workspace's root.
pub(crate) fn cargo_command<S: AsRef<OsStr>>(
    workspace: &Workspace,
    args: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new(cargo());
    command.args(args).current_dir(&workspace.root);
    // What cargo told this crate about itself. Build scripts that ask to be run again when it changes, such as ring's, would
    // be compiled anew each time that a build is started by hand and by a task in turns.
    let is_about_us = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_about_us)) {
        command.env_remove(name);
    }
    command
}

/// Shows the command and runs it; an exit other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default().to_owned();
    let words = std::iter::once(program.as_os_str()).chain(command.get_args());
    let shown = words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
    eprintln!("  $ {shown}");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot run `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Whether `cargo NAME` is installed.
pub(crate) fn has_cargo_tool(name: &str) -> bool {
    let mut command = Command::new(cargo());
    command.args([name, "--version"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Builds programs and examples, in `target/PROFILE_DIR`.
///
/// Always the whole workspace with examples: the selection decides about the features of dependencies, and one
/// selection for setup, demo and tests is what keeps cargo from compiling wasmtime twice.
pub(crate) fn build(workspace: &Workspace, profile: &str, profile_dir: &str) -> anyhow::Result<()> {
    say("building the workspace");
    if !was_built(workspace, profile_dir) {
        eprintln!(
            "  The first build compiles the WebAssembly compiler, wasmtime, and optimises it: \
             about 8 minutes on two cores.\n  Later builds take seconds."
        );
    }
    run(&mut cargo_command(workspace, ["build", "--workspace", "--bins", "--examples", "--profile", profile]))
}

fn was_built(workspace: &Workspace, profile_dir: &str) -> bool {
    let Ok(entries) = fs::read_dir(workspace.target.join(profile_dir).join("deps")) else { return false };
    let is_wasmtime = |name: &str| name.starts_with("libwasmtime-") && name.ends_with(".rlib");
    entries.flatten().any(|entry| is_wasmtime(&entry.file_name().to_string_lossy()))
}
