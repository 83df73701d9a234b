//! Names of entries and locks, parsed once.
//!
//! They come from our own code and manifests, never from a guest; the parser is narrow so that a name means the
//! same file on every platform and can never climb out of the root or hit the cache's own files.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The longest part of a name, in bytes; leaves room for `.seal` and the prefix of temporary files.
const MAX_PART: usize = 128;
/// The most parts of a name.
const MAX_PARTS: usize = 8;
/// What the cache keeps for itself in the root.
const RESERVED: [&str; 3] = ["key", "locks", "work"];

/// A relative path of one to eight parts of `A-Z a-z 0-9 . _ + -`, none of which starts with a dot or ends in
/// `.seal`, the first of which is not one of the cache's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let bad = |problem| Error::Name { name: text.to_owned(), problem };
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() > MAX_PARTS {
            return Err(bad("it has more than 8 parts"));
        }
        for part in &parts {
            check_part(part).map_err(bad)?;
        }
        if parts.first().is_some_and(|first| RESERVED.contains(first)) {
            return Err(bad("the cache keeps that name for itself"));
        }
        Ok(Self(text.to_owned()))
    }

    /// A name of one part, as locks have.
    pub(crate) fn parse_single(text: &str) -> Result<Self> {
        check_part(text).map_err(|problem| Error::Name { name: text.to_owned(), problem })?;
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn path(&self, root: &Path) -> PathBuf {
        self.0.split('/').fold(root.to_owned(), |path, part| path.join(part))
    }

    /// The folders above the entry, outermost first.
    pub(crate) fn folders(&self, root: &Path) -> Vec<PathBuf> {
        let mut path = root.to_owned();
        let mut parts: Vec<&str> = self.0.split('/').collect();
        parts.pop();
        let folder = |part| {
            path.push(part);
            path.clone()
        };
        parts.into_iter().map(folder).collect()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_part(part: &str) -> Result<(), &'static str> {
    if part.is_empty() {
        return Err("a part of it is empty");
    }
    if part.len() > MAX_PART {
        return Err("a part of it is longer than 128 bytes");
    }
    if part.starts_with('.') || part.ends_with('.') {
        return Err("a part of it starts or ends with a dot");
    }
    if part.ends_with(".seal") {
        return Err("a part of it ends in .seal");
    }
    if !part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte)) {
        return Err("only letters, digits and . _ + - may stand in it");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_names() {
        for text in ["a", "guests/python/879bdb/python-snapshot.wasm", "a.b", "keys", "A_1+2"] {
            assert_eq!(Name::parse(text).unwrap().as_str(), text);
        }
        let folders = Name::parse("a/b/c").unwrap().folders(Path::new("r"));
        assert_eq!(folders, [Path::new("r").join("a"), Path::new("r").join("a").join("b")]);
    }

    #[test]
    fn names_that_climb_hide_or_clash_are_refused() {
        let long = "x".repeat(129);
        let deep = ["a"; 9].join("/");
        for text in [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".hidden", "a\\b", "c:a",
            "a b", "a\0", "ä", "a.seal", "a.seal/b", "key", "locks/a", "work/a", "nul.", &long, &deep,
        ] {
            let error = Name::parse(text).unwrap_err();
            assert_eq!(error.code(), "cache.name", "{text:?}");
        }
        assert_eq!(Name::parse_single("a/b").unwrap_err().code(), "cache.name");
    }
}
