//! Which packages a request means: pip resolves, for the guest's Python and with what the guest has built in.
//!
//! The built-in distributions are shown to pip as empty wheels of their own versions in a local folder, pinned. So it finds
//! what fits the guest, and a package that needs numpy does not lead it to a numpy that nobody can use.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sbx_cache::fetch::{Pip, Sha256};
use serde::Deserialize;

use crate::builtin::Builtin;
use crate::error::{Error, Result};
use crate::fetch::{create_dir, read};
use crate::lock::{LockedPackage, Source};
use crate::name::{PackageName, Request, Version};
use crate::sdist;

/// Arguments of pip: nothing but wheels for every platform.
pub(crate) const PURE: [&str; 4] =
    ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"];

/// How many packages of one request may be there as archives of sources alone.
const MAX_SDISTS: usize = 16;

/// Downloads an archive of sources and runs nothing of it, which no command of pip does. Speaks to the index as pip does, with
/// the user's configuration.
const DOWNLOAD_SDIST: &str = r#"
import os, sys
from pip._internal.commands import create_command
name, wanted, folder = sys.argv[1:]
command = create_command("download")
options, _ = command.parse_args(["--no-input", "--quiet"])
with command.main_context():
    session = command.get_default_session(options)
    finder = command._build_package_finder(options, session)
    found = [c for c in finder.find_all_candidates(name)
             if c.link.filename.endswith(".tar.gz") and not c.link.is_yanked
             and (str(c.version) == wanted if wanted else not c.version.is_prerelease)]
    if not found:
        sys.exit("ERROR: it has no pure-Python wheel and no archive of sources: it has native code, or there is no such package")
    best = max(found, key=lambda c: c.version)
    url = best.link.url_without_fragment
    if url.startswith("file:"):
        content = open(best.link.file_path, "rb").read()
    else:
        response = session.get(url, headers={"Accept-Encoding": "identity"})
        response.raise_for_status()
        content = response.content
    with open(os.path.join(folder, "sdist.tar.gz"), "wb") as file:
        file.write(content)
    print(best.version)
"#;

/// A package that a request means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolved {
    /// Its name.
    pub name: PackageName,
    /// The version that fits.
    pub version: Version,
    /// What the index has it as.
    pub source: Source,
    /// The hash of that file, as the index says.
    pub sha256: Sha256,
}

/// Asks pip, in a private folder.
#[derive(Debug)]
pub struct Resolver<'a> {
    pip: Pip,
    folder: PathBuf,
    builtin: &'a Builtin,
    /// Versions that stay as they are.
    pins: BTreeMap<PackageName, Version>,
    /// Packages that have no wheel, and can do without.
    sdists: BTreeMap<PackageName, Resolved>,
}

#[derive(Deserialize)]
struct Report {
    install: Vec<Install>,
}

#[derive(Deserialize)]
struct Install {
    metadata: Identity,
    download_info: Download,
}

#[derive(Deserialize)]
struct Identity {
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct Download {
    archive_info: Option<ArchiveInfo>,
}

#[derive(Deserialize)]
struct ArchiveInfo {
    hashes: BTreeMap<String, String>,
}

impl<'a> Resolver<'a> {
    /// One that works in `folder`, which nobody else writes to.
    ///
    /// # Errors
    /// No pip; what the disk refuses.
    pub fn new(folder: &Path, builtin: &'a Builtin) -> Result<Self> {
        let pip = Pip::find(folder, "packages")?;
        create_dir(&folder.join("stubs"))?;
        let resolver =
            Self { pip, folder: folder.to_owned(), builtin, pins: BTreeMap::new(), sdists: BTreeMap::new() };
        for (name, version) in builtin.packages() {
            resolver.stub(
                name,
                version,
                &format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
            )?;
        }
        Ok(resolver)
    }

    /// Leaves this package as it is, which says `metadata` of itself.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn keep(&mut self, package: &LockedPackage, metadata: &str) -> Result<()> {
        let LockedPackage { name, version, source, sha256, .. } = package;
        self.pins.insert(name.clone(), version.clone());
        if *source == Source::Sdist {
            self.stub(name, version, metadata)?;
            let known =
                Resolved { name: name.clone(), version: version.clone(), source: *source, sha256: *sha256 };
            self.sdists.insert(name.clone(), known);
        }
        Ok(())
    }

    /// The packages that `requests` mean, with all that they need beside what is built in.
    ///
    /// # Errors
    /// [`Error::BuiltIn`]; [`Error::Refused`] if there is no such set of pure packages, with pip's reason; what pip fails at.
    pub fn resolve(&mut self, requests: &[Request]) -> Result<Vec<Resolved>> {
        for request in requests {
            if let Some(version) = self.builtin.get(request.name()) {
                return Err(Error::BuiltIn { name: request.name().clone(), version: version.to_string() });
            }
        }
        loop {
            match self.ask(requests, true) {
                Err(Error::Cache(sbx_cache::Error::Pip { line, advice, .. }))
                    if !advice.contains("network") =>
                {
                    let missing = self.without_wheel(&line).filter(|_| self.sdists.len() < MAX_SDISTS);
                    match missing {
                        Some(name) => {
                            self.take_sdist(&name).map_err(|error| blame(requests, &line, error))?;
                        }
                        None => return Err(self.explain(requests, &line)),
                    }
                }
                other => return other,
            }
        }
    }

    /// The newest release for the guest's Python, whatever it is made of.
    ///
    /// # Errors
    /// What pip fails at.
    pub fn newest(&self, name: &PackageName) -> Result<Version> {
        let args = [
            "index",
            "versions",
            "--disable-pip-version-check",
            "--python-version",
            self.builtin.python(),
            name.as_str(),
        ];
        let output = self.pip.run(&self.folder, name.as_str(), args)?;
        let version = output.lines().find_map(|line| line.split_once(" (")?.1.strip_suffix(')'));
        let problem = || format!("it does not say which versions of {name} there are");
        Version::parse(version.ok_or_else(|| Error::Answer { who: "pip", problem: problem() })?)
    }

    /// Why `version` was not taken, in pip's words.
    #[must_use]
    pub fn why_not(&mut self, name: &PackageName, version: &Version) -> String {
        let Ok(request) = Request::parse(&format!("{name}=={version}")) else { return String::new() };
        match self.ask(&[request], false) {
            Err(Error::Cache(sbx_cache::Error::Pip { line, .. })) => match requirement(&line) {
                Some(needed) if !needed.starts_with(&format!("{name}==")) => {
                    format!("{version} needs {needed}, which has no pure-Python wheel")
                }
                _ => format!("{version} has no pure-Python wheel"),
            },
            Err(error) => error.to_string(),
            Ok(_) => format!("another package does not go with {version}"),
        }
    }

    /// The resolver's failure as a refusal. Of many releases that all do not fit, the newest one says why.
    fn explain(&mut self, requests: &[Request], line: &str) -> Error {
        let clashing = |request: &&Request| {
            let name = request.name().as_str();
            line.split([' ', '=', ','])
                .any(|word| PackageName::parse(word).is_ok_and(|word| word.as_str() == name))
        };
        match requests.iter().rfind(clashing) {
            Some(request) if requirement(line).is_none() => match self.newest(request.name()) {
                Ok(newest) => Error::refused(request.name(), self.why_not(request.name(), &newest)),
                Err(_) => refusal(requests, line),
            },
            _ => refusal(requests, line),
        }
    }

    /// The file of a package.
    ///
    /// # Errors
    /// What pip fails at; a file that is too large.
    pub fn download(&self, package: &Resolved) -> Result<Vec<u8>> {
        let folder = self.folder.join("files").join(package.name.as_str());
        create_dir(&folder)?;
        let path = match package.source {
            Source::Wheel => crate::fetch::download_wheel(
                &self.pip,
                &folder,
                (&package.name, &package.version),
                self.builtin.python(),
            )?,
            Source::Sdist | Source::Tarball => {
                download_sdist(&self.pip, &folder, &package.name, Some(&package.version))?.0
            }
        };
        read(&path)
    }

    fn ask(&self, requests: &[Request], pinned: bool) -> Result<Vec<Resolved>> {
        let report = self.folder.join("report.json");
        let constraints = self.folder.join("constraints.txt");
        let fixed = self.builtin.packages().chain(self.pins.iter().filter(|_| pinned));
        let sdists = self.sdists.values().map(|package| (&package.name, &package.version));
        let text: String =
            fixed.chain(sdists).map(|(name, version)| format!("{name}=={version}\n")).collect();
        fs::write(&constraints, text).map_err(Error::io("write", &constraints))?;
        let mut args = vec!["install", "--dry-run", "--ignore-installed", "--quiet", "--no-input"];
        args.extend(["--disable-pip-version-check", "--report=report.json", "--target=none"]);
        args.extend(PURE);
        args.extend([
            "--python-version",
            self.builtin.python(),
            "--find-links=stubs",
            "--constraint=constraints.txt",
            "--",
        ]);
        args.extend(requests.iter().map(Request::as_str));
        let subject = requests.iter().map(Request::as_str).collect::<Vec<_>>().join(", ");
        self.pip.run(&self.folder, &subject, args)?;
        let unreadable = |error: serde_json::Error| Error::Answer { who: "pip", problem: error.to_string() };
        let report: Report = serde_json::from_slice(&read(&report)?).map_err(unreadable)?;
        let packages = report.install.into_iter().map(|install| self.resolved(install));
        packages.filter_map(Result::transpose).collect()
    }

    /// What was found, unless it is built in.
    fn resolved(&self, install: Install) -> Result<Option<Resolved>> {
        let name = PackageName::parse(&install.metadata.name)?;
        if self.builtin.get(&name).is_some() {
            return Ok(None);
        }
        if let Some(known) = self.sdists.get(&name) {
            return Ok(Some(known.clone()));
        }
        let problem = || Error::Answer { who: "pip", problem: format!("it does not say the hash of {name}") };
        let hash = install.download_info.archive_info.and_then(|info| info.hashes.get("sha256").cloned());
        let sha256 = hash.ok_or_else(problem)?.parse().map_err(|_bad: String| problem())?;
        Ok(Some(Resolved {
            name,
            version: Version::parse(&install.metadata.version)?,
            source: Source::Wheel,
            sha256,
        }))
    }

    /// The package of which pip found no wheel at all, if that is what it says.
    fn without_wheel(&self, line: &str) -> Option<PackageName> {
        let name = requirement(line)?;
        let end = name.find(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '-' | '_' | '.'));
        let name = PackageName::parse(name.get(..end.unwrap_or(name.len()))?).ok()?;
        (line.contains("(from versions: none)") && !self.sdists.contains_key(&name)).then_some(name)
    }

    /// Takes a package from its sources, and shows it to pip as a wheel.
    fn take_sdist(&mut self, name: &PackageName) -> Result<()> {
        let folder = self.folder.join("sdists").join(name.as_str());
        create_dir(&folder)?;
        let (path, version) = download_sdist(&self.pip, &folder, name, None)?;
        let bytes = read(&path)?;
        let members = sdist::take_apart(name, &version, &bytes)?;
        let metadata = members.iter().find(|(path, _)| path.ends_with(".dist-info/METADATA"));
        let metadata =
            metadata.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        self.stub(name, &version, &metadata)?;
        let resolved =
            Resolved { name: name.clone(), version, source: Source::Sdist, sha256: Sha256::of(&bytes) };
        self.sdists.insert(name.clone(), resolved);
        Ok(())
    }

    /// A wheel with nothing but metadata, where pip looks.
    fn stub(&self, name: &PackageName, version: &Version, metadata: &str) -> Result<()> {
        let stem = format!("{}-{version}", name.as_str().replace('-', "_"));
        let path = self.folder.join("stubs").join(format!("{stem}-py3-none-any.whl"));
        let written = || -> std::io::Result<()> {
            let mut zip = zip::ZipWriter::new(File::create(&path)?);
            let wheel = "Wheel-Version: 1.0\nGenerator: sbx\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
            for (file, text) in [("METADATA", metadata), ("WHEEL", wheel), ("RECORD", "")] {
                let options = zip::write::SimpleFileOptions::default();
                zip.start_file(format!("{stem}.dist-info/{file}"), options).map_err(std::io::Error::from)?;
                zip.write_all(text.as_bytes())?;
            }
            zip.finish().map_err(std::io::Error::from)?;
            Ok(())
        };
        written().map_err(Error::io("write", &path))
    }
}

/// Downloads the archive of sources of a package: of this version, or the newest.
pub(crate) fn download_sdist(
    pip: &Pip,
    folder: &Path,
    name: &PackageName,
    version: Option<&Version>,
) -> Result<(PathBuf, Version)> {
    let args = [name.as_str(), version.map_or("", Version::as_str), "."];
    let output = match pip.python(folder, name.as_str(), DOWNLOAD_SDIST, args) {
        Err(sbx_cache::Error::Pip { line, advice, .. }) if !advice.contains("network") => {
            return Err(Error::refused(name, line));
        }
        other => other?,
    };
    let line = output.lines().map(str::trim).find(|line| Version::parse(line).is_ok());
    let problem = || Error::Answer {
        who: "pip",
        problem: format!("it does not say which version of {name} it brought"),
    };
    Ok((folder.join("sdist.tar.gz"), Version::parse(line.ok_or_else(problem)?)?))
}

/// The requirement that pip could not meet: `pydantic-core==2.50.4 (from pydantic)`.
fn requirement(line: &str) -> Option<&str> {
    let rest = line.split_once("that satisfies the requirement ")?.1;
    Some(rest.split(" (from versions:").next().unwrap_or(rest).trim())
}

/// What is wrong with a package that nobody requested is a reason against the request that led to it.
fn blame(requests: &[Request], line: &str, error: Error) -> Error {
    if let Error::Refused { name, reason, .. } = &error
        && requests.iter().all(|request| request.name() != name)
        && let Error::Refused { name: request, .. } = refusal(requests, line)
    {
        let needed = requirement(line).unwrap_or(name.as_str());
        return Error::refused(&request, format!("it needs {needed}, and {name} cannot come in: {reason}"));
    }
    error
}

/// The resolver's failure as a refusal of the request that led to it, as far as that can be told.
fn refusal(requests: &[Request], line: &str) -> Error {
    let needed = requirement(line);
    let names = |text: &str, name: &PackageName| {
        let end = text.find(|char: char| !char.is_ascii_alphanumeric() && !matches!(char, '-' | '_' | '.'));
        text.get(..end.unwrap_or(text.len())).and_then(|word| PackageName::parse(word).ok()).as_ref()
            == Some(name)
    };
    let itself = requests.iter().find(|request| needed.is_some_and(|needed| names(needed, request.name())));
    if let Some(request) = itself {
        return Error::refused(
            request.name(),
            "it has no pure-Python wheel: it has native code, or there is no such package",
        );
    }
    let by = needed.and_then(|needed| needed.split_once("(from ")).map(|(_, by)| by);
    let leading = requests.iter().find(|request| by.is_some_and(|by| names(by, request.name())));
    let Some(request) = leading.or(requests.last()) else {
        return Error::Answer { who: "pip", problem: line.to_owned() };
    };
    let reason = match needed {
        Some(needed) => format!("it needs {needed}, which has no pure-Python wheel"),
        None => line.to_owned(),
    };
    Error::refused(request.name(), reason)
}
