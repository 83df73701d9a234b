//! The one parser for names of sessions, and the one map from names to storage keys.

use std::{fmt, str::FromStr, sync::Arc};

use sbx_core::is_unprintable;
use sbx_storage::{Key, KeyError};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::random;

/// The name of a session.
///
/// # Invariants
/// * Not empty, at most [`SessionId::MAX_BYTES`] bytes of UTF-8, not beginning with a dot, without `..`.
/// * Without slash, backslash, colon, control characters and whatever else [`is_unprintable`].
/// * Not the name of a device on any system (`con`, `nul`, `com1`, …), alone or before a dot.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionId(Arc<str>);

/// A text that names no session.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} cannot name a session: {problem}")]
pub struct SessionIdError {
    text: String,
    problem: &'static str,
}

/// Names that stand for devices on Windows, whatever comes after a dot.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

impl SessionId {
    /// Bytes of the longest name.
    pub const MAX_BYTES: usize = 128;

    /// A new name that nobody else has: a random UUID (version 4).
    #[must_use]
    pub fn generate() -> Self {
        let uuid = uuid::Builder::from_random_bytes(random::bytes()).into_uuid();
        Self(uuid.to_string().into())
    }

    /// Reads a name.
    ///
    /// # Errors
    /// A text that breaks one of the invariants; the error says which.
    pub fn parse(text: &str) -> Result<Self, SessionIdError> {
        match problem(text) {
            None => Ok(Self(text.into())),
            Some(problem) => Err(SessionIdError { text: text.chars().take(64).collect(), problem }),
        }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a UUID of version 4, written as [`SessionId::generate`] does.
    #[must_use]
    pub fn is_uuid(&self) -> bool {
        let uuid = Uuid::try_parse(&self.0).ok().filter(|uuid| uuid.get_version_num() == 4);
        uuid.is_some_and(|uuid| uuid.to_string() == *self.0)
    }

    /// The part of a storage key that stands for this name and no other: lower-case letters, digits and `-` for
    /// themselves, every other byte as `_` and two hexadecimal digits. What would get too long is `_h` and a hash,
    /// which no escape looks like.
    ///
    /// Upper case is escaped too, since some file systems do not tell it from lower case.
    #[must_use]
    pub fn key_part(&self) -> String {
        let mut part = String::with_capacity(self.0.len());
        for byte in self.0.bytes() {
            if byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' {
                part.push(char::from(byte));
            } else {
                part.push_str(&format!("_{byte:02x}"));
            }
        }
        if part.len() <= Key::MAX_PART_BYTES {
            part
        } else {
            format!("_h{}", blake3::hash(self.0.as_bytes()))
        }
    }

    pub(crate) fn head_key(&self) -> Result<Key, KeyError> {
        Key::parse(&format!("{}{}{HEAD_SUFFIX}", SESSIONS_PREFIX, self.key_part()))
    }
}

/// Before the part of a key that is a session's name.
pub(crate) const SESSIONS_PREFIX: &str = "sessions/";
/// After it, for the head.
pub(crate) const HEAD_SUFFIX: &str = "/head";

fn problem(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.len() > SessionId::MAX_BYTES {
        return Some("it is longer than 128 bytes");
    }
    if text.starts_with('.') {
        return Some("it begins with a dot");
    }
    if text.contains("..") {
        return Some("it has two dots in a row");
    }
    if text.contains(['/', '\\', ':']) {
        return Some("slashes, backslashes and colons are not allowed");
    }
    if text.contains(is_unprintable) {
        return Some("control characters are not allowed");
    }
    let stem = text.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = ["com", "lpt"].iter().filter_map(|port| stem.strip_prefix(port));
    let is_port =
        |number: &str| matches!(number, "¹" | "²" | "³") || matches!(number.as_bytes(), [b'0'..=b'9']);
    if DEVICES.contains(&stem.as_str()) || numbered.into_iter().any(is_port) {
        return Some("it is the name of a device");
    }
    None
}

impl FromStr for SessionId {
    type Err = SessionIdError;

    fn from_str(text: &str) -> Result<Self, SessionIdError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for SessionId {
    type Error = SessionIdError;

    fn try_from(text: String) -> Result<Self, SessionIdError> {
        Self::parse(&text)
    }
}

impl From<SessionId> for String {
    fn from(id: SessionId) -> Self {
        id.as_str().to_owned()
    }
}

impl AsRef<str> for SessionId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
