//! `fuzz`: random inputs against what reads them, found by libFuzzer.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::shell::{self, cargo_command, has_cargo_tool};
use crate::workspace::Workspace;

/// What runs if nothing is said.
pub(crate) const TARGET: &str = "wasi_calls";

/// How many more inputs a night has time for.
const NIGHTLY: u64 = 10;
/// Seconds that one input may take.
const TIMEOUT_SECONDS: u64 = 20;
/// Memory of the whole process: what is read must not unfold to more.
const MEMORY_MIB: u64 = 2048;

/// A fuzz target.
struct Target {
    name: &'static str,
    /// The package that it belongs to; those in `plain` need no WebAssembly engine.
    package: &'static str,
    /// Inputs that take some minutes.
    runs: u64,
    /// Bytes of the longest input.
    max_len: u64,
}

const fn target(name: &'static str, package: &'static str, runs: u64, max_len: u64) -> Target {
    Target { name, package, runs, max_len }
}

const HOST: &str = "fuzz";
const PLAIN: &str = "fuzz/plain";

const TARGETS: [Target; 8] = [
    target("names", PLAIN, 2_000_000, 1_100),
    target("policy", PLAIN, 1_000_000, 4_096),
    target("stored", PLAIN, 200_000, 1_024),
    target("archives", PLAIN, 500_000, 8_192),
    target("packages", PLAIN, 500_000, 8_192),
    target("files", PLAIN, 50_000, 4_096),
    target("door", HOST, 100_000, 4_096),
    target(TARGET, HOST, 50_000, 1_024),
];

/// What to run: one target or all, on so many inputs or as many as it has time for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// All of them if there is no name.
    pub(crate) target: Option<String>,
    pub(crate) runs: Option<u64>,
    pub(crate) nightly: bool,
}

/// Runs what `plan` says, stops at the first finding of each target, and shows what ran.
pub(crate) fn fuzz(workspace: &Workspace, plan: &Plan) -> anyhow::Result<()> {
    if !has_cargo_tool("fuzz") {
        bail!("cargo-fuzz is not installed: cargo install --locked cargo-fuzz");
    }
    let wanted = |target: &&Target| plan.target.as_ref().is_none_or(|name| *name == target.name);
    let targets: Vec<&Target> = TARGETS.iter().filter(wanted).collect();
    if targets.is_empty() {
        let known = TARGETS.map(|target| target.name).join(", ");
        bail!("there is no fuzz target {:?}; there are {known}", plan.target.as_deref().unwrap_or_default());
    }
    let mut done = Vec::new();
    for target in targets {
        let runs = plan.runs.unwrap_or(target.runs * if plan.nightly { NIGHTLY } else { 1 });
        shell::say(&format!("fuzzing {}", target.name));
        let begun = Instant::now();
        let result = run(workspace, target, runs);
        done.push((target.name, runs, begun.elapsed(), result));
    }
    shell::say("fuzzed, with building");
    for (name, runs, elapsed, result) in &done {
        eprintln!("{}", line(name, *runs, *elapsed, result.is_ok()));
    }
    match done.into_iter().find_map(|(_, _, _, result)| result.err()) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

fn run(workspace: &Workspace, target: &Target, runs: u64) -> anyhow::Result<()> {
    // What is found goes to a folder of the build; the committed seeds are only read.
    let found = workspace.target.join("fuzz-corpus").join(target.name);
    std::fs::create_dir_all(&found)?;
    // No sanitizer: they need a nightly compiler, and the workspace's own unsafe code has other tests.
    let args = ["fuzz", "run", "--fuzz-dir", target.package, "--sanitizer", "none", target.name];
    let mut command = cargo_command(workspace, args);
    command.arg(found).arg(seeds(&workspace.root, target));
    command.arg("--").arg(format!("-runs={runs}")).arg(format!("-max_len={}", target.max_len));
    command.arg(format!("-timeout={TIMEOUT_SECONDS}")).arg(format!("-rss_limit_mb={MEMORY_MIB}"));
    command.arg("-print_final_stats=1");
    shell::run(&mut command)
}

/// The seeds of all targets lie in one place, where ordinary tests find them.
fn seeds(root: &Path, target: &Target) -> PathBuf {
    root.join("fuzz/corpus").join(target.name)
}

fn line(name: &str, runs: u64, elapsed: Duration, is_good: bool) -> String {
    let said = if is_good { "nothing found" } else { "FOUND SOMETHING" };
    format!("  {name:<11} {runs:>10} inputs {:>6.0} s  {said}", elapsed.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    fn names(folder: &Path) -> BTreeSet<String> {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let name = |path: PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
        entries.map(|entry| name(entry.unwrap().path())).collect()
    }

    #[test]
    fn every_target_has_a_file_and_seeds_and_nothing_else_does() {
        let root = Workspace::load().unwrap().root;
        let all: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
        assert_eq!(names(&root.join("fuzz/corpus")), all);
        for package in [HOST, PLAIN] {
            let of_package = TARGETS.iter().filter(|target| target.package == package);
            let of_package: BTreeSet<String> = of_package.map(|target| target.name.to_owned()).collect();
            assert_eq!(names(&root.join(package).join("fuzz_targets")), of_package);
            let manifest = fs::read_to_string(root.join(package).join("Cargo.toml")).unwrap();
            assert!(of_package.iter().all(|name| manifest.contains(&format!("name = \"{name}\""))));
        }
    }

    #[test]
    fn the_summary_tells_what_was_found() {
        let minute = Duration::from_secs(60);
        assert_eq!(line("names", 7, minute, true), "  names                7 inputs     60 s  nothing found");
        assert!(line("names", 7, minute, false).ends_with("FOUND SOMETHING"));
    }
}
