//! The checks that other tools make: `fmt`, `clippy`, `doc`, `deny`.
//!
//! A tool that is not installed does not fail the check; it is said aloud, with the line that installs it.

use crate::ci::Outcome;
use crate::shell::{self, cargo_command, has_cargo_tool};
use crate::workspace::Workspace;

/// Formatting; `cargo fmt` mends it.
pub(crate) fn fmt(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if !has_cargo_tool("fmt") {
        return Ok(Outcome::skipped("rustfmt is not installed: rustup component add rustfmt"));
    }
    shell::run(&mut cargo_command(workspace, ["fmt", "--all", "--check"]))?;
    Ok(Outcome::Passed)
}

/// Lints of everything, warnings included.
pub(crate) fn clippy(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if !has_cargo_tool("clippy") {
        return Ok(Outcome::skipped("clippy is not installed: rustup component add clippy"));
    }
    let args = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    shell::run(&mut cargo_command(workspace, args))?;
    Ok(Outcome::Passed)
}

/// The documentation, with private items too: their links rot as well.
pub(crate) fn doc(workspace: &Workspace) -> anyhow::Result<Outcome> {
    let args = ["doc", "--workspace", "--no-deps", "--document-private-items"];
    shell::run(cargo_command(workspace, args).env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Outcome::Passed)
}

/// Licences, sources and duplicates, by `deny.toml`. Advisories need their database, which is not fetched here.
pub(crate) fn deny(workspace: &Workspace) -> anyhow::Result<Outcome> {
    if !has_cargo_tool("deny") {
        return Ok(Outcome::skipped("cargo-deny is not installed: cargo install --locked cargo-deny"));
    }
    shell::run(&mut cargo_command(workspace, ["deny", "check", "bans", "licenses", "sources"]))?;
    eprintln!("  advisories are checked by `cargo deny check advisories`, which fetches their database");
    Ok(Outcome::Passed)
}
