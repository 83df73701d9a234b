//! Names, versions and requests, checked when they are made: they end up in arguments of pip and in names of files.

use std::fmt;

use serde::Deserialize;

use crate::error::{Error, Result};

/// The longest name or version, in bytes.
const MAX_WORD: usize = 64;

/// A package's name as indexes compare it: lower case, with single hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
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

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PackageName {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        let name = Self::parse(&text)?;
        if name.0 == text {
            return Ok(name);
        }
        let problem = "it is not written in lower case with single hyphens";
        Err(Error::Word { what: "name of a package in a lock file", text, problem })
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A version, as its package writes it. What it means is for the guest to say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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

/// What a user asks for: a name, and perhaps which versions (`markdown`, `mammoth<2`, `idna==3.10`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
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

impl TryFrom<String> for Request {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
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
            PackageName::try_from("PyPDF2".to_owned()).is_err(),
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
