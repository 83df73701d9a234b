//! Which packages of JavaScript a request means: npm resolves, in a scratch folder, and runs no script of any package.
//!
//! What npm answers is a set of names and versions. What a package needs of it, and whether it gets it, is judged inside the
//! guest by what the packages themselves say: npm's own picture of that is not read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sbx_cache::fetch::{Npm, Sha256};
use serde::Deserialize;

use crate::ecosystem::Ecosystem;
use crate::error::{Error, Result};
use crate::fetch::{create_dir, read_of};
use crate::lock::{LockedPackage, Source};
use crate::name::{PackageId, PackageName, Request, Version};
use crate::resolve::Resolved;

/// The most packages that a set of requests may mean.
const MAX_PACKAGES: usize = 1000;

/// How many packages one call of npm is asked for: command lines have an end.
const AT_ONCE: usize = 100;

/// Asks npm, in a private folder.
#[derive(Debug)]
pub struct NpmResolver {
    npm: Npm,
    folder: PathBuf,
    n_asked: usize,
}

/// A part of npm's lock file.
#[derive(Deserialize)]
struct Answer {
    packages: BTreeMap<String, Found>,
}

#[derive(Deserialize)]
struct Found {
    version: Option<String>,
    /// Its name, where the folder is called otherwise.
    name: Option<String>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    link: bool,
}

impl NpmResolver {
    /// One that works in `folder`, which nobody else writes to.
    ///
    /// # Errors
    /// No npm.
    pub fn new(folder: &Path) -> Result<Self> {
        let npm = Npm::find(folder, "packages of JavaScript")?;
        Ok(Self { npm, folder: folder.to_owned(), n_asked: 0 })
    }

    /// The packages that `requests` mean, with all that they need, and whether each is what a program finds by its name; `kept`
    /// stay in their versions. What is optional is left out: it is native code for one platform, mostly.
    ///
    /// # Errors
    /// [`Error::Refused`] if there is no such set, with npm's reason; what npm fails at.
    pub fn resolve(
        &mut self,
        requests: &[Request],
        kept: &[&LockedPackage],
    ) -> Result<BTreeMap<PackageId, bool>> {
        let version_of = |request: &Request| {
            let kept =
                kept.iter().find(|package| package.name == *request.name() && package.request.is_some());
            kept.map_or(request.range(), |package| package.version.as_str()).to_owned()
        };
        let wanted =
            requests.iter().map(|request| (request.name().to_string(), version_of(request))).collect();
        self.ask(requests, &wanted, &pins(requests, kept))
    }

    /// The newest release of each of these packages.
    ///
    /// # Errors
    /// What npm fails at.
    pub fn newest(&mut self, names: &BTreeSet<PackageName>) -> Result<BTreeMap<PackageName, Version>> {
        let names: Vec<&PackageName> = names.iter().collect();
        let wanted: BTreeMap<String, String> = names
            .iter()
            .enumerate()
            .map(|(at, name)| (format!("sbx-newest-{at}"), format!("npm:{name}@latest")))
            .collect();
        let answer = self.run(&[], &wanted, &BTreeMap::new(), &["--legacy-peer-deps"])?;
        let mut newest = BTreeMap::new();
        for (at, name) in names.into_iter().enumerate() {
            let found = answer.packages.get(&format!("node_modules/sbx-newest-{at}"));
            let version = found.and_then(|found| found.version.as_deref());
            let problem = || Error::Answer {
                who: "npm",
                problem: format!("it does not say which versions of {name} there are"),
            };
            newest.insert(name.clone(), Version::parse(version.ok_or_else(problem)?)?);
        }
        Ok(newest)
    }

    /// The archives of these packages, with what pins each.
    ///
    /// # Errors
    /// What npm fails at; an archive that is too large.
    pub fn download(&mut self, ids: &[&PackageId]) -> Result<Vec<(Resolved, Vec<u8>)>> {
        let folder = self.scratch()?;
        let mut brought = Vec::new();
        for part in ids.chunks(AT_ONCE) {
            pack(&self.npm, &folder, part.iter().map(ToString::to_string).collect())?;
        }
        for id in ids {
            let Some(version) = &id.version else { continue };
            let bytes = read_of("npm", &folder.join(file_name(&id.name, version)))?;
            let resolved = Resolved {
                name: id.name.clone(),
                version: version.clone(),
                source: Source::Tarball,
                sha256: Sha256::of(&bytes),
            };
            brought.push((resolved, bytes));
        }
        Ok(brought)
    }

    fn ask(
        &mut self,
        requests: &[Request],
        wanted: &BTreeMap<String, String>,
        pins: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<PackageId, bool>> {
        let answer = match self.run(requests, wanted, pins, &[]) {
            // A package that is new may need another version of one that was kept.
            Err(Error::Refused { .. }) if !pins.is_empty() => {
                self.run(requests, wanted, &BTreeMap::new(), &[])?
            }
            other => other?,
        };
        let mut ids = BTreeMap::new();
        for (path, found) in &answer.packages {
            let Some((above, name)) = path.rsplit_once("node_modules/") else { continue };
            if found.optional || found.link {
                continue;
            }
            let name = PackageName::parse_npm(found.name.as_deref().unwrap_or(name))?;
            let problem = || Error::Answer { who: "npm", problem: format!("{name} has no version in it") };
            let version = Version::parse(found.version.as_deref().ok_or_else(problem)?)?;
            *ids.entry(PackageId { name, version: Some(version) }).or_default() |= above.is_empty();
        }
        if ids.len() > MAX_PACKAGES {
            let problem = format!("they are {} packages, and {MAX_PACKAGES} is the most", ids.len());
            return Err(Error::Answer { who: "npm", problem });
        }
        Ok(ids)
    }

    /// Lets npm write a lock file for a project that has these dependencies.
    fn run(
        &mut self,
        requests: &[Request],
        wanted: &BTreeMap<String, String>,
        pins: &BTreeMap<String, String>,
        more: &[&str],
    ) -> Result<Answer> {
        let folder = self.scratch()?;
        let project = serde_json::json!({
            "name": "sbx-packages", "version": "0.0.0", "private": true, "dependencies": wanted, "overrides": pins,
        });
        let path = folder.join("package.json");
        fs::write(&path, project.to_string()).map_err(Error::io("write", &path))?;
        let subject = requests.iter().map(Request::as_str).collect::<Vec<_>>().join(", ");
        let args = ["install", "--package-lock-only"].iter().chain(more);
        match self.npm.run(&folder, &subject, args) {
            Err(sbx_cache::Error::Npm { line, advice, .. }) if !advice.contains("network") => {
                return Err(refusal(requests, &line));
            }
            other => other?,
        };
        let unreadable = |error: serde_json::Error| Error::Answer { who: "npm", problem: error.to_string() };
        serde_json::from_slice(&read_of("npm", &folder.join("package-lock.json"))?).map_err(unreadable)
    }

    fn scratch(&mut self) -> Result<PathBuf> {
        self.n_asked += 1;
        let folder = self.folder.join(format!("npm-{}", self.n_asked));
        create_dir(&folder)?;
        Ok(folder)
    }
}

/// The archives of these packages, into `folder`, under [`file_name`].
pub(crate) fn download_all(npm: &Npm, folder: &Path, packages: &[&LockedPackage]) -> Result<()> {
    for part in packages.chunks(AT_ONCE) {
        pack(npm, folder, part.iter().map(|package| package.id().to_string()).collect())?;
    }
    Ok(())
}

fn pack(npm: &Npm, folder: &Path, specs: Vec<String>) -> Result<()> {
    let subject = specs.join(", ");
    let args = ["pack", "--pack-destination=.", "--"].into_iter().map(str::to_owned).chain(specs);
    npm.run(folder, &subject, args)?;
    Ok(())
}

pub(crate) fn file_name(name: &PackageName, version: &Version) -> String {
    format!("{}-{version}.tgz", name.as_file_name())
}

/// Versions of packages that nobody requests and that stay as they are. Of a name with several versions none is held.
fn pins(requests: &[Request], kept: &[&LockedPackage]) -> BTreeMap<String, String> {
    let mut versions: BTreeMap<&PackageName, BTreeSet<&Version>> = BTreeMap::new();
    for package in kept {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    let is_requested = |name: &PackageName| requests.iter().any(|request| request.name() == name);
    versions
        .into_iter()
        .filter(|(name, versions)| versions.len() == 1 && !is_requested(name))
        .filter_map(|(name, versions)| Some((name.to_string(), versions.first()?.to_string())))
        .collect()
}

/// npm's failure as a refusal of the request that it speaks of, as far as that can be told.
fn refusal(requests: &[Request], line: &str) -> Error {
    let names = |request: &&Request| {
        let is_word = |char: char| char.is_ascii_alphanumeric() || "-_./@".contains(char);
        let name = request.name().as_str();
        line.split(|char| !is_word(char)).any(|word| word == name || word.starts_with(&format!("{name}@")))
    };
    match requests.iter().find(names).or(requests.last()) {
        Some(request) => Error::Refused {
            name: request.name().clone(),
            ecosystem: Ecosystem::JavaScript,
            reason: format!("npm finds no set of packages for it ({line})"),
        },
        None => Error::Answer { who: "npm", problem: line.to_owned() },
    }
}
