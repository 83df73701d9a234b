//! What cargo says about the workspace: where it is and who depends on whom.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

/// The workspace, as `cargo metadata` has it.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// One crate of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
}

/// One dependency of a crate.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// For tests, examples and benches only.
    pub(crate) is_dev: bool,
}

/// One thing that cargo can build.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// `lib`, `bin`, `example`, `test`, `bench` …
    pub(crate) kind: String,
}

impl Workspace {
    /// Asks cargo, without the network.
    pub(crate) fn load() -> anyhow::Result<Self> {
        let manifest =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
        let output = Command::new(cargo())
            .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
            .current_dir(manifest)
            .output()
            .context("cannot run cargo metadata")?;
        if !output.status.success() {
            bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Self::read(&output.stdout).context("cannot read what cargo metadata printed")
    }

    fn read(json: &[u8]) -> anyhow::Result<Self> {
        let json: Value = serde_json::from_slice(json)?;
        let packages = list(&json, "packages")?.iter().map(Package::read).collect::<anyhow::Result<_>>()?;
        Ok(Self {
            root: text(&json, "workspace_root")?.into(),
            target: text(&json, "target_directory")?.into(),
            packages,
        })
    }

    /// A program that cargo has built.
    pub(crate) fn program(&self, profile_dir: &str, name: &str) -> PathBuf {
        name.split('/')
            .fold(self.target.join(profile_dir), |path, part| path.join(part))
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// The names of all targets of a kind, with their packages.
    pub(crate) fn targets(&self, kind: &str) -> Vec<(&str, &str)> {
        let mut found = Vec::new();
        for package in &self.packages {
            let targets = package.targets.iter().filter(|target| target.kind == kind);
            found.extend(targets.map(|target| (package.name.as_str(), target.name.as_str())));
        }
        found
    }
}

impl Package {
    fn read(json: &Value) -> anyhow::Result<Self> {
        let dependency = |json: &Value| -> anyhow::Result<Dependency> {
            let is_dev = json.get("kind").and_then(Value::as_str) == Some("dev");
            Ok(Dependency { name: text(json, "name")?, is_dev })
        };
        let target = |json: &Value| -> anyhow::Result<Target> {
            let kind = list(json, "kind")?.first().and_then(Value::as_str).context("a target has no kind")?;
            Ok(Target { name: text(json, "name")?, kind: kind.to_owned() })
        };
        Ok(Self {
            name: text(json, "name")?,
            dependencies: list(json, "dependencies")?
                .iter()
                .map(dependency)
                .collect::<anyhow::Result<_>>()?,
            targets: list(json, "targets")?.iter().map(target).collect::<anyhow::Result<_>>()?,
        })
    }
}

/// The cargo that started us.
pub(crate) fn cargo() -> std::ffi::OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn text(json: &Value, key: &str) -> anyhow::Result<String> {
    let value = json.get(key).and_then(Value::as_str).with_context(|| format!("there is no text {key:?}"))?;
    Ok(value.to_owned())
}

fn list<'a>(json: &'a Value, key: &str) -> anyhow::Result<&'a Vec<Value>> {
    json.get(key).and_then(Value::as_array).with_context(|| format!("there is no list {key:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_loads() {
        let workspace = Workspace::load().unwrap();
        assert!(workspace.root.join("Cargo.lock").is_file());
        assert!(workspace.targets("bin").contains(&("xtask", "xtask")));
        let xtask = workspace.packages.iter().find(|package| package.name == "xtask").unwrap();
        assert!(
            xtask.dependencies.iter().any(|dependency| dependency.name == "anyhow" && !dependency.is_dev)
        );
        assert!(
            xtask.dependencies.iter().any(|dependency| dependency.name == "tempfile" && dependency.is_dev)
        );
    }
}
