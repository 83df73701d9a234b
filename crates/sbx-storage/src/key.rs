//! Keys: names that mean the same on every backend.

use std::{borrow::Borrow, fmt, str::FromStr};

use thiserror::Error;

/// The name under which something is kept: parts with `/` between them.
///
/// Letters, digits, `.`, `-` and `_` of ASCII, so that it is one name for a file system, a URL and a bucket alike. No
/// part is empty or begins with a dot, which keeps `..` out and leaves such names to backends. At most
/// [`Key::MAX_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

/// A text that is no key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is no storage key: {problem}")]
pub struct KeyError {
    text: String,
    problem: &'static str,
}

impl Key {
    /// Bytes of the longest key.
    pub const MAX_BYTES: usize = 512;
    /// Bytes of the longest part: what file systems take, less what backends add.
    pub const MAX_PART_BYTES: usize = 200;

    /// Reads a key.
    ///
    /// # Errors
    /// A text that is none; the error says why.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let refuse = |problem| {
            let text = text.chars().take(100).collect();
            Err(KeyError { text, problem })
        };
        if text.len() > Self::MAX_BYTES {
            return refuse("it is longer than 512 bytes");
        }
        for part in text.split('/') {
            if part.is_empty() {
                return refuse("a part of it is empty");
            }
            if part.starts_with('.') {
                return refuse("a part of it begins with a dot");
            }
            if part.len() > Self::MAX_PART_BYTES {
                return refuse("a part of it is longer than 200 bytes");
            }
            if !part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) {
                return refuse("use letters, digits, `.`, `-`, `_` and `/`");
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its parts.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Keys are ordered and hashed as their texts are, so a map of keys can be asked with a text.
impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_plain_names() {
        for good in ["a", "sessions/x-1/head", "objects/ab/ab12", "A_b.c"] {
            assert_eq!(Key::parse(good).unwrap().as_str(), good);
        }
        for bad in
            ["", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a/.hidden", "a b", "a\\b", "a:b", "ä", "a\0"]
        {
            assert!(Key::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Key::parse(&"a".repeat(201)).is_err());
        assert!(Key::parse(&["a"; 300].join("/")).is_err());
    }
}
