//! The lock file: which packages there are, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use sbx_cache::fetch::Sha256;
use serde::Deserialize;

use crate::ecosystem::Ecosystem;
use crate::error::{Error, Result};
use crate::name::{PackageId, PackageName, Request, Version};

/// The packages of Python that come with the project.
const PYTHON: &str = include_str!("../../../vendor/python.lock");

/// Those of JavaScript.
const JAVASCRIPT: &str = include_str!("../../../vendor/javascript.lock");

/// What a lock file says about itself.
const PYTHON_HEADER: &str = "\
# Packages that guests can import beside what is built in: pure Python, each byte pinned. Written by `sbx packages add`,
# `remove` and `lock`; `sbx packages check` says whether it holds.
format = 1
";

/// What one of JavaScript says.
const JAVASCRIPT_HEADER: &str = "\
# Packages of JavaScript that guests can import, each byte pinned. Written by `sbx packages --runtime js add`, `remove` and
# `lock`; `sbx packages --runtime js check` says whether it holds.
format = 1
runtime = \"javascript\"
";

/// The longest lock file, in bytes.
const MAX_LOCK_BYTES: usize = 4 << 20;

/// The version of the format.
const FORMAT: u32 = 1;

/// Which packages there are; made by [`Lock::parse`] and [`Lock::new`] only.
///
/// # Invariants
/// All packages are of one ecosystem. Packages occur once and in order: of Python one version of each, of JavaScript as many as
/// are needed, of which at most one is requested. What a package needs is in the lock too, and every package is requested or
/// needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    ecosystem: Ecosystem,
    packages: BTreeMap<PackageId, LockedPackage>,
}

/// One package, pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockedPackage {
    /// Its name.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
    /// The newest release for the guest when it was locked, pure or not: an older one is in here only if somebody asked for it.
    pub newest: Version,
    /// What the index has it as.
    pub source: Source,
    /// The hash of that file.
    pub sha256: Sha256,
    /// Its length.
    pub bytes: u64,
    /// What the user asked for; nothing if it is here because another package needs it.
    pub request: Option<Request>,
    /// The packages of this lock that it needs.
    pub needs: BTreeSet<PackageId>,
}

/// What an index has a package as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Source {
    /// A wheel for every platform.
    Wheel,
    /// An archive of sources, without anything that would have to be built. Nothing of it is run.
    Sdist,
    /// What npm brings. Nothing of it is run.
    Tarball,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Wheel => "wheel",
            Self::Sdist => "sdist",
            Self::Tarball => "tarball",
        }
    }

    fn ecosystem(self) -> Ecosystem {
        match self {
            Self::Wheel | Self::Sdist => Ecosystem::Python,
            Self::Tarball => Ecosystem::JavaScript,
        }
    }
}

impl LockedPackage {
    /// A package that was resolved just now.
    #[must_use]
    pub fn new(resolved: &crate::Resolved, bytes: u64, newest: Version) -> Self {
        Self {
            name: resolved.name.clone(),
            version: resolved.version.clone(),
            newest,
            source: resolved.source,
            sha256: resolved.sha256,
            bytes,
            request: None,
            needs: BTreeSet::new(),
        }
    }

    /// Whose package it is.
    #[must_use]
    pub fn ecosystem(&self) -> Ecosystem {
        self.source.ecosystem()
    }

    /// What others in the lock call it.
    #[must_use]
    pub fn id(&self) -> PackageId {
        let has_several = self.ecosystem() == Ecosystem::JavaScript;
        PackageId { name: self.name.clone(), version: has_several.then(|| self.version.clone()) }
    }
}

/// A lock file as it is written; its words are checked by the rules of its ecosystem.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    runtime: Option<String>,
    #[serde(default)]
    package: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    version: Version,
    newest: Version,
    source: Source,
    sha256: Sha256,
    bytes: u64,
    request: Option<String>,
    #[serde(default)]
    needs: BTreeSet<String>,
}

impl Entry {
    fn into_package(self, ecosystem: Ecosystem) -> Result<LockedPackage> {
        let Self { name, version, newest, source, sha256, bytes, request, needs } = self;
        let needs: Result<_> = needs.iter().map(|text| PackageId::parse(ecosystem, text)).collect();
        Ok(LockedPackage {
            name: PackageName::in_lock(ecosystem, &name)?,
            version,
            newest,
            source,
            sha256,
            bytes,
            request: request.map(|text| ecosystem.request(&text)).transpose()?,
            needs: needs?,
        })
    }
}

impl Lock {
    /// A lock of these packages.
    ///
    /// # Errors
    /// [`Error::Lock`] with the invariant that does not hold.
    pub fn new(ecosystem: Ecosystem, packages: impl IntoIterator<Item = LockedPackage>) -> Result<Self> {
        let wrong = |problem: String| Error::Lock { problem };
        let mut lock = Self { ecosystem, packages: BTreeMap::new() };
        let mut requested = BTreeSet::new();
        for package in packages {
            let name = package.name.clone();
            if package.ecosystem() != ecosystem {
                return Err(wrong(format!("{name} is not a package of {ecosystem}")));
            }
            if !(1..=crate::MAX_PACKAGE_BYTES).contains(&package.bytes) {
                return Err(wrong(format!(
                    "{name} has {} bytes, not 1 to {}",
                    package.bytes,
                    crate::MAX_PACKAGE_BYTES
                )));
            }
            if package.request.as_ref().is_some_and(|request| *request.name() != name) {
                return Err(wrong(format!("the request of {name} is for another package")));
            }
            if package.request.is_some() && !requested.insert(name.clone()) {
                return Err(wrong(format!("two versions of {name} are requested")));
            }
            if lock.packages.insert(package.id(), package).is_some() {
                return Err(wrong(format!("{name} is in it twice")));
            }
        }
        for package in lock.packages.values() {
            if let Some(absent) = package.needs.iter().find(|id| !lock.packages.contains_key(id)) {
                return Err(wrong(format!("{} needs {absent}, which is not in it", package.name)));
            }
        }
        match lock.loose().first() {
            Some(loose) => Err(wrong(format!("nothing needs {loose}, and nobody requested it"))),
            None => Ok(lock),
        }
    }

    /// A lock of packages that an image has: what nothing else of it needs is there for itself. Of several of one name the first
    /// counts.
    ///
    /// # Errors
    /// As [`Lock::new`].
    pub fn of_image(ecosystem: Ecosystem, packages: impl IntoIterator<Item = LockedPackage>) -> Result<Self> {
        let mut lock = Self { ecosystem, packages: BTreeMap::new() };
        let mut requested = BTreeSet::new();
        for mut package in packages {
            if package.request.is_some() && !requested.insert(package.name.clone()) {
                package.request = None;
            }
            lock.packages.entry(package.id()).or_insert(package);
        }
        // One after another: what a package needs is not loose any more once that one is requested.
        loop {
            let loose = lock.loose();
            let is_needed = |id: &PackageId| lock.packages.values().any(|package| package.needs.contains(id));
            let Some(id) = loose.iter().find(|id| !is_needed(id)).or(loose.first()).cloned() else { break };
            match lock.packages.get_mut(&id).filter(|_| requested.insert(id.name.clone())) {
                Some(package) => package.request = Some(ecosystem.request(id.name.as_str())?),
                // Another version of it is there for itself.
                None => drop(lock.packages.remove(&id)),
            }
        }
        Self::new(ecosystem, lock.packages.into_values())
    }

    /// Packages that nobody requested and nothing that is requested needs.
    fn loose(&self) -> Vec<PackageId> {
        let requested = self.packages.values().filter(|package| package.request.is_some());
        let reached = self.with_needs(requested.map(LockedPackage::id));
        self.packages.keys().filter(|id| !reached.contains(id)).cloned().collect()
    }

    /// Reads a lock file. Unknown keys are refused.
    ///
    /// # Errors
    /// [`Error::Lock`] with the parser's words or the rule that is broken.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > MAX_LOCK_BYTES {
            return Err(Error::Lock { problem: "it is larger than 4 MiB".to_owned() });
        }
        let file: File = toml::from_str(text)
            .map_err(|error| Error::Lock { problem: error.to_string().trim_end().to_owned() })?;
        if file.format != FORMAT {
            return Err(Error::Lock {
                problem: format!("format {} is not the known one, {FORMAT}", file.format),
            });
        }
        let ecosystem = file.runtime.as_deref().map_or(Ok(Ecosystem::Python), Ecosystem::parse)?;
        let packages: Result<Vec<_>> =
            file.package.into_iter().map(|entry| entry.into_package(ecosystem)).collect();
        let wrong = |error: Error| match error.code() {
            "packages.word" => Error::Lock { problem: error.to_string() },
            _ => error,
        };
        Self::new(ecosystem, packages.map_err(wrong)?)
    }

    /// The packages that come with the project.
    ///
    /// # Errors
    /// Never: a test reads it.
    pub fn built_in(ecosystem: Ecosystem) -> Result<Self> {
        Self::parse(match ecosystem {
            Ecosystem::Python => PYTHON,
            Ecosystem::JavaScript => JAVASCRIPT,
        })
    }

    /// Whose packages they are.
    #[must_use]
    pub fn ecosystem(&self) -> Ecosystem {
        self.ecosystem
    }

    /// The text of the lock file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let header = match self.ecosystem {
            Ecosystem::Python => PYTHON_HEADER,
            Ecosystem::JavaScript => JAVASCRIPT_HEADER,
        };
        let mut text = header.to_owned();
        for package in self.packages.values() {
            let LockedPackage { name, version, newest, source, sha256, bytes, request, needs } = package;
            let source = source.as_str();
            // Every word was checked when it was made and has neither quotes nor backslashes.
            write!(
                text,
                "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nnewest = \"{newest}\"\n\
                 source = \"{source}\"\nsha256 = \"{sha256}\"\nbytes = {bytes}\n"
            )
            .unwrap_or_default();
            if let Some(request) = request {
                writeln!(text, "request = \"{}\"", request.as_str()).unwrap_or_default();
            }
            if !needs.is_empty() {
                let needs: Vec<String> = needs.iter().map(|id| format!("\"{id}\"")).collect();
                writeln!(text, "needs = [{}]", needs.join(", ")).unwrap_or_default();
            }
        }
        text
    }

    /// Reads the lock file at `path`, which has packages of `ecosystem`.
    ///
    /// # Errors
    /// [`Error::Io`]; what [`Lock::parse`] refuses; [`Error::Lock`] for one of another ecosystem.
    pub fn read(path: &Path, ecosystem: Ecosystem) -> Result<Self> {
        let lock = Self::parse(&fs::read_to_string(path).map_err(Error::io("read the lock file", path))?)?;
        if lock.ecosystem == ecosystem {
            return Ok(lock);
        }
        let (path, has) = (path.display(), lock.ecosystem);
        Err(Error::Lock { problem: format!("{path} has packages of {has}, not of {ecosystem}") })
    }

    /// Writes the lock file at `path`, all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, path: &Path) -> Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let written = || -> std::io::Result<()> {
            let mut temp = tempfile::NamedTempFile::new_in(folder)?;
            temp.write_all(self.to_text().as_bytes())?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                temp.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
            }
            temp.as_file().sync_all()?;
            temp.persist(path)?;
            Ok(())
        };
        written().map_err(Error::io("write the lock file", path))
    }

    /// The packages, by name.
    pub fn packages(&self) -> impl Iterator<Item = &LockedPackage> {
        self.packages.values()
    }

    /// What users asked for.
    pub fn requests(&self) -> impl Iterator<Item = &Request> {
        self.packages.values().filter_map(|package| package.request.as_ref())
    }

    /// The package that a program gets that imports `name`: the version that is requested, if there are several.
    #[must_use]
    pub fn get(&self, name: &PackageName) -> Option<&LockedPackage> {
        let named = || self.packages.values().filter(|package| package.name == *name);
        named().find(|package| package.request.is_some()).or_else(|| named().next_back())
    }

    /// The package that others call so.
    #[must_use]
    pub fn by_id(&self, id: &PackageId) -> Option<&LockedPackage> {
        self.packages.get(id)
    }

    /// Whether there is a package that is called so, in any version.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.ecosystem.name(name).is_ok_and(|name| self.get(&name).is_some())
    }

    /// The packages with these names and all that they need.
    ///
    /// # Errors
    /// [`Error::Word`], [`Error::Unknown`].
    pub fn select(&self, names: &[String]) -> Result<Vec<&LockedPackage>> {
        let mut wanted = Vec::new();
        for text in names {
            let name = self.ecosystem.name(text)?;
            wanted.push(self.get(&name).ok_or_else(|| self.unknown(&name))?.id());
        }
        let ids = self.with_needs(wanted);
        Ok(self.packages.iter().filter(|(id, _)| ids.contains(id)).map(|(_, package)| package).collect())
    }

    pub(crate) fn unknown(&self, name: &PackageName) -> Error {
        let known = self.packages.values().map(|package| package.name.as_str());
        let nearest = sbx_core::nearest(name.as_str(), known).and_then(|near| self.ecosystem.name(near).ok());
        Error::Unknown { name: name.to_string(), nearest, ecosystem: self.ecosystem }
    }

    /// The same without these requests, and without what only they needed.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Lock`] for a package that others need.
    pub fn without(&self, names: &[PackageName]) -> Result<Self> {
        for name in names {
            let package = self.get(name).ok_or_else(|| self.unknown(name))?;
            let id = package.id();
            let mut others = self.packages.values().filter(|other| !names.contains(&other.name));
            // One version may go that nobody asked for any more and others need: then it only is no request.
            let is_request = self.ecosystem == Ecosystem::JavaScript && package.request.is_some();
            if let Some(keeper) = others.find(|other| other.needs.contains(&id) && !is_request) {
                return Err(Error::Lock { problem: format!("{name} cannot go: {} needs it", keeper.name) });
            }
        }
        let is_root = |package: &&LockedPackage| package.request.is_some() && !names.contains(&package.name);
        let kept = self.with_needs(self.packages.values().filter(is_root).map(LockedPackage::id));
        let kept = self.packages.iter().filter(|(id, _)| kept.contains(id)).map(|(_, package)| {
            let mut package = package.clone();
            package.request = package.request.filter(|request| !names.contains(request.name()));
            package
        });
        Self::new(self.ecosystem, kept)
    }

    /// These packages, and what they need.
    #[must_use]
    pub fn with_needs(&self, ids: impl IntoIterator<Item = PackageId>) -> BTreeSet<PackageId> {
        let mut open: Vec<PackageId> = ids.into_iter().collect();
        let mut found = BTreeSet::new();
        while let Some(id) = open.pop() {
            if let Some(package) = self.packages.get(&id)
                && found.insert(id)
            {
                open.extend(package.needs.iter().cloned());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
format = 1
[[package]]
name = "cobble"
version = "0.1.4"
newest = "0.1.4"
source = "wheel"
sha256 = "36c91b1655e599fd428e2b95fdd5f0da1ca2e9f1abb0bc871dec21a0e78a2b44"
bytes = 4000
[[package]]
name = "mammoth"
version = "1.13.0"
newest = "1.13.0"
source = "wheel"
sha256 = "dd7629fa9d0a5e82207b3f481a9dcb8308fb43f6206258e062f11121efba9991"
bytes = 50000
request = "mammoth"
needs = ["cobble"]
"#;

    #[test]
    fn the_projects_lock_is_read_and_written_the_same() {
        for (ecosystem, text) in [(Ecosystem::Python, PYTHON), (Ecosystem::JavaScript, JAVASCRIPT)] {
            assert_eq!(Lock::built_in(ecosystem).unwrap().to_text(), text);
        }
        let lock = Lock::parse(TEXT).unwrap();
        assert_eq!(Lock::parse(&lock.to_text()).unwrap(), lock);
    }

    #[test]
    fn what_breaks_a_rule_is_refused() {
        for (from, to, wanted) in [
            ("format = 1", "format = 2", "format 2"),
            ("format = 1", "format = 1\nextra = 1", "unknown field"),
            ("bytes = 4000", "bytes = 0", "0 bytes"),
            ("bytes = 4000", "bytes = 4000\nurl = 'x'", "unknown field"),
            ("needs = [\"cobble\"]", "needs = [\"cobbler\"]", "needs cobbler, which is not in it"),
            ("needs = [\"cobble\"]", "", "nothing needs cobble"),
            ("name = \"cobble\"", "name = \"Cobble\"", "lower case"),
            ("name = \"cobble\"", "name = \"../cobble\"", "letters, digits"),
            ("version = \"0.1.4\"", "version = \"0.1.4 --pre\"", "version"),
            ("format = 1", "format = 1\nruntime = \"ruby\"", "neither"),
            ("format = 1", "format = 1\nruntime = \"javascript\"", "not a name, an @ and a version"),
            ("36c9", "36C9", "SHA-256"),
            ("source = \"wheel\"", "source = \"git\"", "git"),
            ("request = \"mammoth\"", "request = \"idna\"", "another package"),
        ] {
            let text = TEXT.replacen(from, to, 1);
            assert_ne!(text, TEXT, "{from}");
            let error = Lock::parse(&text).unwrap_err();
            assert!(error.code() == "packages.lock" && error.to_string().contains(wanted), "{to}: {error}");
        }
    }

    #[test]
    fn names_bring_what_they_need_and_wrong_ones_the_nearest() {
        let lock = Lock::parse(TEXT).unwrap();
        let names = |names: &[&str]| -> Vec<String> {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            lock.select(&names).unwrap().iter().map(|package| package.name.to_string()).collect()
        };
        assert_eq!(names(&["Mammoth"]), ["cobble", "mammoth"]);
        assert_eq!(names(&["cobble"]), ["cobble"]);
        assert!(names(&[]).is_empty());
        let error = lock.select(&["mamoth".to_owned()]).unwrap_err().to_string();
        assert!(
            error.contains("did you mean `mammoth`?") && error.contains("sbx packages add mamoth"),
            "{error}"
        );
    }

    #[test]
    fn what_goes_takes_along_what_only_it_needed() {
        let lock = Lock::parse(TEXT).unwrap();
        let name = |text| PackageName::parse(text).unwrap();
        assert_eq!(lock.without(&[name("mammoth")]).unwrap().packages().count(), 0);
        assert!(lock.without(&[name("cobble")]).unwrap_err().to_string().contains("mammoth needs it"));
        assert_eq!(lock.without(&[name("idna")]).unwrap_err().code(), "packages.unknown");
    }
}
