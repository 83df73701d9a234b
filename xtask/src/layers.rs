//! Who may depend on whom, as a table that is compared with what cargo says.
//!
//! The picture is in `docs/architecture.md`; this is the one place where it is checked. A new edge is a line here,
//! in a commit of its own.

use std::collections::BTreeSet;

use crate::workspace::{Package, Workspace};

/// A crate and the crates of this workspace that it may name. Tests may name all that is below those, too.
const LAYERS: [(&str, &[&str]); 14] = [
    ("sbx-core", &[]),
    ("sbx-vfs", &["sbx-core"]),
    ("sbx-cache", &["sbx-core"]),
    ("sbx-host", &["sbx-core", "sbx-vfs", "sbx-cache"]),
    ("sbx-packages", &["sbx-core", "sbx-vfs", "sbx-cache"]),
    ("sbx-runtime", &["sbx-core", "sbx-vfs", "sbx-cache", "sbx-host", "sbx-packages"]),
    ("sbx-runtime-python", &["sbx-core", "sbx-vfs", "sbx-cache", "sbx-host", "sbx-packages", "sbx-runtime"]),
    ("sbx-runtime-js", &["sbx-core", "sbx-vfs", "sbx-cache", "sbx-host", "sbx-packages", "sbx-runtime"]),
    ("sbx-storage", &["sbx-core"]),
    ("sbx-sessions", &["sbx-core", "sbx-vfs", "sbx-storage"]),
    (
        "sbx",
        &[
            "sbx-core",
            "sbx-vfs",
            "sbx-cache",
            "sbx-host",
            "sbx-runtime",
            "sbx-packages",
            "sbx-runtime-python",
            "sbx-runtime-js",
            "sbx-storage",
            "sbx-sessions",
        ],
    ),
    ("sbx-cli", &["sbx", "sbx-core"]),
    ("sbx-testkit", &["sbx"]),
    ("xtask", &[]),
];

/// What tests of every crate may name.
const FOR_TESTS: &str = "sbx-testkit";

/// The outside crates that `sbx-core` may name: plain data and its reading, no I/O, no clock.
const CORE_OUTSIDE: [&str; 6] = ["imbl", "serde", "strsim", "thiserror", "toml", "uuid"];

/// The only crate that may name the wasmtime family, in any kind of dependency.
const WASMTIME_OWNER: &str = "sbx-host";

/// Every edge that the table does not allow, as a sentence.
pub(crate) fn problems(workspace: &Workspace) -> Vec<String> {
    let members: BTreeSet<&str> = workspace.packages.iter().map(|package| package.name.as_str()).collect();
    let mut problems = Vec::new();
    for package in &workspace.packages {
        match LAYERS.iter().find(|(name, _)| *name == package.name) {
            None => problems.push(format!("{} has no line in LAYERS of xtask/src/layers.rs", package.name)),
            Some((_, allowed)) => inside(package, allowed, &members, &mut problems),
        }
        outside(package, &mut problems);
    }
    problems
}

fn inside(package: &Package, allowed: &[&'static str], members: &BTreeSet<&str>, problems: &mut Vec<String>) {
    let lower = below(allowed);
    for dependency in &package.dependencies {
        let name = dependency.name.as_str();
        // A crate may name itself in its tests, for other features.
        if !members.contains(name) || allowed.contains(&name) || name == package.name {
            continue;
        }
        if !dependency.is_dev {
            problems.push(format!("{} may not depend on {name}", package.name));
        } else if name != FOR_TESTS && !lower.contains(name) {
            problems.push(format!("the tests of {} may not use {name}, which is not below it", package.name));
        }
    }
}

fn outside(package: &Package, problems: &mut Vec<String>) {
    for dependency in &package.dependencies {
        let name = dependency.name.as_str();
        if is_wasmtime(name) && package.name != WASMTIME_OWNER {
            problems.push(format!("{} may not name {name}: only {WASMTIME_OWNER} does", package.name));
        }
        let is_ours = LAYERS.iter().any(|(layer, _)| *layer == name);
        if package.name == "sbx-core" && !dependency.is_dev && !is_ours && !CORE_OUTSIDE.contains(&name) {
            problems.push(format!("sbx-core may not name {name}: see CORE_OUTSIDE in xtask/src/layers.rs"));
        }
    }
}

fn is_wasmtime(name: &str) -> bool {
    ["wasmtime", "wiggle", "cranelift", "wasi-common"]
        .iter()
        .any(|family| name == *family || name.strip_prefix(family).is_some_and(|rest| rest.starts_with('-')))
}

/// All crates that can be reached from these.
fn below(names: &[&'static str]) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let mut open = names.to_vec();
    while let Some(name) = open.pop() {
        if found.insert(name)
            && let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name)
        {
            open.extend(*allowed);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn check(name: &str, dependencies: &[(&str, bool)]) -> Vec<String> {
        let package = |name: &str, dependencies: &[(&str, bool)]| Package {
            name: name.to_owned(),
            dependencies: dependencies
                .iter()
                .map(|(name, is_dev)| Dependency { name: (*name).to_owned(), is_dev: *is_dev })
                .collect(),
            targets: Vec::new(),
        };
        let mut packages: Vec<Package> = LAYERS.iter().map(|(layer, _)| package(layer, &[])).collect();
        packages.retain(|package| package.name != name);
        packages.push(package(name, dependencies));
        problems(&Workspace { root: "".into(), target: "".into(), packages })
    }

    #[test]
    fn an_edge_upwards_or_sideways_is_found() {
        assert_eq!(check("sbx-core", &[("sbx-vfs", false)]), ["sbx-core may not depend on sbx-vfs"]);
        assert_eq!(
            check("sbx-runtime-js", &[("sbx-runtime-python", false)]),
            ["sbx-runtime-js may not depend on sbx-runtime-python"]
        );
        assert_eq!(check("xtask", &[("sbx-core", false)]), ["xtask may not depend on sbx-core"]);
        assert_eq!(check("sbx-cli", &[("sbx-host", false)]), ["sbx-cli may not depend on sbx-host"]);
        assert!(check("sbx-host", &[("sbx-core", false), ("sbx-vfs", false)]).is_empty());
    }

    #[test]
    fn tests_may_use_what_is_below_and_nothing_above() {
        assert!(check("sbx-cli", &[("sbx-host", true), ("sbx-testkit", true)]).is_empty());
        assert_eq!(
            check("sbx-vfs", &[("sbx-host", true)]),
            ["the tests of sbx-vfs may not use sbx-host, which is not below it"]
        );
    }

    #[test]
    fn wasmtime_stands_in_one_manifest() {
        assert!(check("sbx-host", &[("wasmtime", false), ("wiggle", false)]).is_empty());
        for name in ["wasmtime", "wasmtime-wasi", "wiggle", "cranelift-codegen"] {
            let wanted = format!("sbx-vfs may not name {name}: only sbx-host does");
            assert_eq!(check("sbx-vfs", &[(name, true)]), [wanted]);
        }
        assert!(check("sbx-vfs", &[("wasmtimes", false), ("wasmparser", false)]).is_empty());
    }

    #[test]
    fn core_names_few_outside_crates() {
        assert!(check("sbx-core", &[("serde", false), ("proptest", true)]).is_empty());
        assert_eq!(
            check("sbx-core", &[("tokio", false)]),
            ["sbx-core may not name tokio: see CORE_OUTSIDE in xtask/src/layers.rs"]
        );
    }

    #[test]
    fn a_crate_without_a_layer_is_found() {
        assert_eq!(check("sbx-new", &[]), ["sbx-new has no line in LAYERS of xtask/src/layers.rs"]);
    }

    #[test]
    fn the_table_has_no_circles() {
        for (name, allowed) in LAYERS {
            assert!(!below(allowed).contains(name), "{name} is below itself");
        }
    }

    #[test]
    fn this_workspace_keeps_to_its_layers() {
        assert_eq!(problems(&Workspace::load().unwrap()), [""; 0]);
    }
}
