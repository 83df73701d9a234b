//! Names, versions and requests, checked when they are made: they end up in arguments of pip and npm and in names of files.

use std::fmt;

use serde::Deserialize;

use crate::ecosystem::Ecosystem;
use crate::error::{Error, Result};

/// The longest name or version, in bytes.
const MAX_WORD: usize = 64;

/// The longest name of npm's that is taken, in bytes.
const MAX_NPM_NAME: usize = 100;

/// A package's name as its index compares it: of Python's, lower case with single hyphens; of npm's, as it stands, perhaps
/// with a scope (`@scope/name`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName(String);

impl PackageName {
    /// Normalises `text` ([PEP 503](https://peps.python.org/pep-0503/)).
    ///
    /// # Errors
    /// [`Error::Word`] for what no package can be called.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |problem| Error::Word { what: "name of a package", text: text.to_owned(), problem };
        if text.is_empty() || text.len() > MAX_WORD {
            return Err(bad("it has no letters or more than 64"));
        }
        if !text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.')) {
            return Err(bad("it has more than letters, digits and - _ ."));
        }
        if !text.starts_with(|char: char| char.is_ascii_alphanumeric())
            || !text.ends_with(|char: char| char.is_ascii_alphanumeric())
        {
            return Err(bad("it does not begin and end with a letter or digit"));
        }
        let words = text.split(['-', '_', '.']).filter(|word| !word.is_empty());
        Ok(Self(words.collect::<Vec<_>>().join("-").to_ascii_lowercase()))
    }

    /// Reads a name of npm's.
    ///
    /// # Errors
    /// [`Error::Word`] for what no package can be called now; some old ones have capitals.
    pub fn parse_npm(text: &str) -> Result<Self> {
        let bad = |problem| Error::Word { what: "name of a package", text: text.to_owned(), problem };
        if text.is_empty() || text.len() > MAX_NPM_NAME {
            return Err(bad("it has no letters or more than 100"));
        }
        let (scope, name) = match text.strip_prefix('@') {
            Some(scoped) => scoped.split_once('/').ok_or_else(|| bad("after its scope comes no name"))?,
            None => ("scope", text),
        };
        let is_part = |part: &str| {
            part.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
                && part.chars().all(|char| {
                    char.is_ascii_lowercase() || char.is_ascii_digit() || matches!(char, '-' | '_' | '.')
                })
        };
        if is_part(scope) && is_part(name) {
            return Ok(Self(text.to_owned()));
        }
        Err(bad("it is not one of lower-case letters, digits and - _ . such as `name` or `@scope/name`"))
    }

    /// Reads a name as it must stand in a lock file.
    pub(crate) fn in_lock(ecosystem: Ecosystem, text: &str) -> Result<Self> {
        let name = ecosystem.name(text)?;
        if name.0 == text {
            return Ok(name);
        }
        let problem = "it is not written in lower case with single hyphens";
        Err(Error::Word { what: "name of a package in a lock file", text: text.to_owned(), problem })
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As part of a file's name.
    pub(crate) fn as_file_name(&self) -> String {
        self.0.trim_start_matches('@').replace('/', "-")
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A version, as its package writes it. What it means is for the guest to say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Version(String);

impl Version {
    /// Checks that it can be one.
    ///
    /// # Errors
    /// [`Error::Word`].
    pub fn parse(text: &str) -> Result<Self> {
        let is_one = text.starts_with(|char: char| char.is_ascii_digit())
            && text.len() <= MAX_WORD
            && text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '+' | '-' | '_'));
        let problem = "it does not begin with a digit, or has more than letters, digits and . + - _";
        if is_one {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::Word { what: "version", text: text.to_owned(), problem })
        }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Version {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A package of a lock file as others in it speak of it: by its name, and by its version too where several can be there at
/// once, as JavaScript has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId {
    pub(crate) name: PackageName,
    pub(crate) version: Option<Version>,
}

impl PackageId {
    /// Reads `name`, or `name@version` for a package of JavaScript's.
    ///
    /// # Errors
    /// [`Error::Word`].
    pub fn parse(ecosystem: Ecosystem, text: &str) -> Result<Self> {
        if ecosystem == Ecosystem::Python {
            return Ok(Self { name: PackageName::in_lock(ecosystem, text)?, version: None });
        }
        let bad = || Error::Word {
            what: "package of a lock file",
            text: text.to_owned(),
            problem: "it is not a name, an @ and a version",
        };
        let (name, version) = text.rsplit_once('@').ok_or_else(bad)?;
        Ok(Self { name: PackageName::in_lock(ecosystem, name)?, version: Some(Version::parse(version)?) })
    }

    /// The package's name.
    #[must_use]
    pub fn name(&self) -> &PackageName {
        &self.name
    }
}

impl fmt::Display for PackageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "{}@{version}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

/// What a user asks for: a name, and perhaps which versions (`markdown`, `mammoth<2`, `lodash@4`, `@scope/name@^1.2`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    text: String,
    name: PackageName,
}

impl Request {
    /// Reads one.
    ///
    /// # Errors
    /// [`Error::Word`]; extras, addresses and files are no requests.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |problem| Error::Word { what: "request for a package", text: text.to_owned(), problem };
        let text = text.trim();
        let end = text.find(['<', '>', '=', '!', '~', ' ', '[', ';', '@']).unwrap_or(text.len());
        let (name, versions) = text.split_at(end);
        if versions.contains(['[', ';', '@']) {
            return Err(bad("extras, markers and addresses are not taken; name each package by itself"));
        }
        let plain = |char: char| char.is_ascii_alphanumeric() || "<>=!~., *+".contains(char);
        if versions.len() > MAX_WORD || !versions.chars().all(plain) {
            return Err(bad("after the name come versions such as <2 or ==1.4.1"));
        }
        Ok(Self { text: text.to_owned(), name: PackageName::parse(name)? })
    }

    /// Reads one as npm writes it: `name`, or `name@` and a version, a range or a tag.
    ///
    /// # Errors
    /// [`Error::Word`]; addresses, files and other names for a package are no requests.
    pub fn parse_npm(text: &str) -> Result<Self> {
        let text = text.trim();
        let at = text.char_indices().skip(1).find(|(_, char)| *char == '@').map_or(text.len(), |(at, _)| at);
        let (name, range) = text.split_at(at);
        let plain = |char: char| char.is_ascii_alphanumeric() || "<>=~^. *+-|_".contains(char);
        let range = range.strip_prefix('@').unwrap_or(range);
        if range.len() > MAX_WORD || !range.chars().all(plain) || range.starts_with('-') {
            return Err(Error::Word {
                what: "request for a package",
                text: text.to_owned(),
                problem: "after the name and an @ comes a version or a range such as 4.17.21 or ^4",
            });
        }
        Ok(Self { text: text.to_owned(), name: PackageName::parse_npm(name)? })
    }

    /// The versions that are asked for, as npm writes them: everything after the name and an `@`. Without, the newest: for any
    /// version npm takes an older one that says that it is for the Node that npm itself runs in, which is not the guest.
    pub(crate) fn range(&self) -> &str {
        let rest = self.text.get(self.name.as_str().len()..).unwrap_or_default();
        Some(rest.trim_start_matches('@')).filter(|range| !range.is_empty()).unwrap_or("latest")
    }

    /// The package that is asked for.
    #[must_use]
    pub fn name(&self) -> &PackageName {
        &self.name
    }

    /// As the user wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised_and_checked() {
        for (text, name) in
            [("PyPDF2", "pypdf2"), ("a__b.C", "a-b-c"), ("typing_extensions", "typing-extensions")]
        {
            assert_eq!(PackageName::parse(text).unwrap().as_str(), name);
        }
        for text in ["", "-x", "x-", "a b", "a/b", "../a", "é", "--index-url", &"x".repeat(65)] {
            assert_eq!(PackageName::parse(text).unwrap_err().code(), "packages.word", "{text}");
        }
        assert!(
            PackageName::in_lock(Ecosystem::Python, "PyPDF2").is_err(),
            "a lock file has one way to write a name"
        );
    }

    #[test]
    fn requests_are_a_name_and_versions() {
        for (text, name) in
            [("mammoth", "mammoth"), ("Markdown >= 3, < 4", "markdown"), ("idna==3.10", "idna")]
        {
            assert_eq!(Request::parse(text).unwrap().name().as_str(), name);
        }
        for text in
            ["a[b]", "a @ file:///x", "a; python_version > '3'", "-r x", "a==1 --pre", "https://x/y.whl"]
        {
            assert_eq!(Request::parse(text).unwrap_err().code(), "packages.word", "{text}");
        }
    }

    #[test]
    fn versions_are_plain() {
        assert!(Version::parse("2.9.0.post0").is_ok() && Version::parse("1!2.0").is_err());
        for text in ["", "x", "1 --pre", "1/2"] {
            assert!(Version::parse(text).is_err(), "{text}");
        }
    }
}
