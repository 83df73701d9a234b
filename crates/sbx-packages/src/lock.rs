//! The lock file: which packages there are, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use sbx_cache::fetch::Sha256;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::name::{PackageName, Request, Version};

/// The packages that come with the project.
const DEFAULT: &str = include_str!("../../../vendor/python.lock");

/// What a lock file says about itself.
const HEADER: &str = "\
# Packages that guests can import beside what is built in: pure Python, each byte pinned. Written by `sbx packages add`,
# `remove` and `lock`; `sbx packages check` says whether it holds.
";

/// The longest lock file, in bytes.
const MAX_LOCK_BYTES: usize = 4 << 20;

/// The version of the format.
const FORMAT: u32 = 1;

/// Which packages there are; made by [`Lock::parse`] and [`Lock::new`] only.
///
/// # Invariants
/// Names occur once and in order. What a package needs is in the lock too, and every package is requested or needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    packages: BTreeMap<PackageName, LockedPackage>,
}

/// One package, pinned.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LockedPackage {
    /// Its name.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
    /// The newest release for the guest's Python when it was locked, pure or not: an older one is in here only if somebody
    /// asked for it.
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
    #[serde(default)]
    pub needs: BTreeSet<PackageName>,
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
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Wheel => "wheel",
            Self::Sdist => "sdist",
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
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    #[serde(default)]
    package: Vec<LockedPackage>,
}

impl Lock {
    /// A lock of these packages.
    ///
    /// # Errors
    /// [`Error::Lock`] with the invariant that does not hold.
    pub fn new(packages: impl IntoIterator<Item = LockedPackage>) -> Result<Self> {
        let wrong = |problem: String| Error::Lock { problem };
        let mut lock = Self { packages: BTreeMap::new() };
        for package in packages {
            let name = package.name.clone();
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
            if lock.packages.insert(name.clone(), package).is_some() {
                return Err(wrong(format!("{name} is in it twice")));
            }
        }
        for package in lock.packages.values() {
            if let Some(absent) = package.needs.iter().find(|name| !lock.packages.contains_key(name)) {
                return Err(wrong(format!("{} needs {absent}, which is not in it", package.name)));
            }
        }
        let reached = lock.with_needs(lock.requests().map(|request| request.name().clone()));
        match lock.packages.keys().find(|name| !reached.contains(name)) {
            Some(loose) => Err(wrong(format!("nothing needs {loose}, and nobody requested it"))),
            None => Ok(lock),
        }
    }

    /// A lock of packages that an image has, each there for itself.
    ///
    /// # Errors
    /// As [`Lock::new`].
    pub fn of_image(packages: impl IntoIterator<Item = LockedPackage>) -> Result<Self> {
        Self::new(packages.into_iter().map(|mut package| {
            package.request = package.request.or_else(|| Request::parse(package.name.as_str()).ok());
            package
        }))
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
        Self::new(file.package)
    }

    /// The packages that come with the project.
    ///
    /// # Errors
    /// Never: a test reads it.
    pub fn built_in() -> Result<Self> {
        Self::parse(DEFAULT)
    }

    /// The text of the lock file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}format = {FORMAT}\n");
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
                let needs: Vec<String> = needs.iter().map(|name| format!("\"{name}\"")).collect();
                writeln!(text, "needs = [{}]", needs.join(", ")).unwrap_or_default();
            }
        }
        text
    }

    /// Reads the lock file at `path`.
    ///
    /// # Errors
    /// [`Error::Io`]; what [`Lock::parse`] refuses.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&fs::read_to_string(path).map_err(Error::io("read the lock file", path))?)
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

    /// One package.
    #[must_use]
    pub fn get(&self, name: &PackageName) -> Option<&LockedPackage> {
        self.packages.get(name)
    }

    /// The packages with these names and all that they need.
    ///
    /// # Errors
    /// [`Error::Word`], [`Error::Unknown`].
    pub fn select(&self, names: &[String]) -> Result<Vec<&LockedPackage>> {
        let mut wanted = Vec::new();
        for text in names {
            let name = PackageName::parse(text)?;
            if !self.packages.contains_key(&name) {
                return Err(self.unknown(&name));
            }
            wanted.push(name);
        }
        let names = self.with_needs(wanted);
        Ok(self.packages.values().filter(|package| names.contains(&package.name)).collect())
    }

    pub(crate) fn unknown(&self, name: &PackageName) -> Error {
        let known = self.packages.keys().map(PackageName::as_str);
        let nearest = sbx_core::nearest(name.as_str(), known).and_then(|near| PackageName::parse(near).ok());
        Error::Unknown { name: name.to_string(), nearest }
    }

    /// The same without these requests, and without what only they needed.
    ///
    /// # Errors
    /// [`Error::Unknown`]; [`Error::Lock`] for a package that others need.
    pub fn without(&self, names: &[PackageName]) -> Result<Self> {
        for name in names {
            if !self.packages.contains_key(name) {
                return Err(self.unknown(name));
            }
            let keeper = self
                .packages
                .values()
                .find(|other| !names.contains(&other.name) && other.needs.contains(name));
            if let Some(keeper) = keeper {
                return Err(Error::Lock { problem: format!("{name} cannot go: {} needs it", keeper.name) });
            }
        }
        let roots =
            self.requests().map(|request| request.name().clone()).filter(|name| !names.contains(name));
        let kept = self.with_needs(roots);
        Self::new(self.packages.values().filter(|package| kept.contains(&package.name)).cloned())
    }

    fn with_needs(&self, names: impl IntoIterator<Item = PackageName>) -> BTreeSet<PackageName> {
        let mut open: Vec<PackageName> = names.into_iter().collect();
        let mut found = BTreeSet::new();
        while let Some(name) = open.pop() {
            if let Some(package) = self.packages.get(&name)
                && found.insert(name)
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
        assert_eq!(Lock::built_in().unwrap().to_text(), DEFAULT);
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
