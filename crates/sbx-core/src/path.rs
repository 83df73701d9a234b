//! The one parser for paths inside the guest.
//!
//! A path that comes from a policy, a session call or an archive is parsed once, here, and then carried as
//! proof: code that holds a [`GuestPath`] never asks again whether it climbs out or hides a control character.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// An absolute, normalised path inside the guest, such as `/app/out.csv`.
///
/// # Invariants
/// * UTF-8, begins with `/`, and ends with `/` only if it is the root `/` itself.
/// * No part is empty, `.` or `..`; none has a NUL, another control character or a backslash.
/// * At most [`GuestPath::MAX_BYTES`] bytes, [`GuestPath::MAX_PART_BYTES`] bytes a part and
///   [`GuestPath::MAX_DEPTH`] parts.
///
/// # Examples
/// ```
/// use sbx_core::GuestPath;
///
/// let path = GuestPath::in_workspace("data//table.csv")?;
/// assert_eq!(path.as_str(), "/app/data/table.csv");
/// assert!(GuestPath::parse("/app/../etc").is_err());
/// # Ok::<(), sbx_core::PathError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GuestPath(Arc<str>);

impl GuestPath {
    /// Bytes of a whole path, its leading `/` included.
    pub const MAX_BYTES: usize = 1024;
    /// Bytes of one part, as `NAME_MAX` on Linux.
    pub const MAX_PART_BYTES: usize = 255;
    /// Parts of a path: deeper trees could not be deleted with a few open descriptors.
    pub const MAX_DEPTH: usize = 64;
    /// Where the workspace is unless a policy says otherwise.
    const WORKSPACE: &str = "/app";

    /// Parses an absolute path. Repeated slashes, a trailing slash and `.` parts are dropped.
    ///
    /// # Errors
    /// Every broken invariant of the type; `..` is refused rather than resolved.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if !text.starts_with('/') {
            return Err(PathError::Relative { path: shorten(text) });
        }
        Self::normalise("", text)
    }

    /// Parses `text` as a path below `/app` if it is relative, else as [`GuestPath::parse`] does.
    ///
    /// # Errors
    /// As [`GuestPath::parse`], and [`PathError::Empty`] for an empty text.
    pub fn in_workspace(text: &str) -> Result<Self, PathError> {
        Self::workspace().resolve(text)
    }

    /// Parses `text` as a path below this one if it is relative, else as [`GuestPath::parse`] does.
    ///
    /// # Errors
    /// As [`GuestPath::parse`], and [`PathError::Empty`] for an empty text.
    pub fn resolve(&self, text: &str) -> Result<Self, PathError> {
        if text.is_empty() {
            return Err(PathError::Empty);
        }
        if text.starts_with('/') { Self::parse(text) } else { Self::normalise(&self.0, text) }
    }

    /// The root, `/`.
    #[must_use]
    pub fn root() -> Self {
        Self(Arc::from("/"))
    }

    /// The default workspace, `/app`.
    #[must_use]
    pub fn workspace() -> Self {
        Self(Arc::from(Self::WORKSPACE))
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts from the root down; none for the root itself.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|part| !part.is_empty())
    }

    /// The last part, or `None` for the root.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.parts().next_back()
    }

    /// The directory that holds this path, or `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (before, name) = self.0.rsplit_once('/')?;
        match (before, name) {
            (_, "") => None,
            ("", _) => Some(Self::root()),
            (before, _) => Some(Self(Arc::from(before))),
        }
    }

    /// The path of the entry `name` in this directory.
    ///
    /// # Errors
    /// As [`GuestPath::parse`]; `name` must be one part.
    pub fn join(&self, name: &str) -> Result<Self, PathError> {
        check_part(name)?;
        Self::normalise(&self.0, name)
    }

    /// Whether this path is `prefix` or below it.
    #[must_use]
    pub fn starts_with(&self, prefix: &Self) -> bool {
        self.strip_prefix(prefix).is_some()
    }

    /// The rest of this path below `prefix`, without a leading slash; empty if they are equal.
    #[must_use]
    pub fn strip_prefix(&self, prefix: &Self) -> Option<&str> {
        let rest = self.0.strip_prefix(prefix.0.trim_end_matches('/'))?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    fn normalise(base: &str, text: &str) -> Result<Self, PathError> {
        let mut path = String::from(base.trim_end_matches('/'));
        // Bounded before anything grows: what is too long is not worth normalising.
        if text.len() > Self::MAX_BYTES {
            return Err(PathError::TooLong { bytes: text.len() });
        }
        for part in text.split('/').filter(|part| !part.is_empty() && *part != ".") {
            check_part(part)?;
            path.push('/');
            path.push_str(part);
        }
        if path.len() > Self::MAX_BYTES {
            return Err(PathError::TooLong { bytes: path.len() });
        }
        let depth = path.split('/').skip(1).count();
        if depth > Self::MAX_DEPTH {
            return Err(PathError::TooDeep { depth });
        }
        if path.is_empty() {
            path.push('/');
        }
        Ok(Self(Arc::from(path)))
    }
}

/// Checks one name as a part of a path.
fn check_part(part: &str) -> Result<(), PathError> {
    if part.is_empty() {
        return Err(PathError::Empty);
    }
    if part == "." || part == ".." {
        return Err(PathError::Dots { part: part.to_owned() });
    }
    if part.len() > GuestPath::MAX_PART_BYTES {
        return Err(PathError::PartTooLong { part: shorten(part), bytes: part.len() });
    }
    match part.chars().find(|char| char.is_control() || matches!(char, '\\' | '/')) {
        Some(char) => Err(PathError::Forbidden { part: shorten(part), char }),
        None => Ok(()),
    }
}

/// The beginning of a text that goes into a message.
fn shorten(text: &str) -> String {
    text.chars().take(64).collect()
}

/// Why a text is not a [`GuestPath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// Nothing was given, or a name is empty.
    #[error("path is empty")]
    Empty,
    /// An absolute path was needed.
    #[error("path {path:?} does not begin with a slash")]
    Relative {
        /// The beginning of the text.
        path: String,
    },
    /// A part is `..` (or a single name is `.`): paths are not allowed to climb.
    #[error("path has the part {part:?}")]
    Dots {
        /// The part.
        part: String,
    },
    /// A part has a control character, a backslash or a slash.
    #[error("path part {part:?} has the character {char:?}")]
    Forbidden {
        /// The beginning of the part.
        part: String,
        /// The first character that is refused.
        char: char,
    },
    /// A part is longer than [`GuestPath::MAX_PART_BYTES`].
    #[error("path part {part:?} has {bytes} bytes, over the limit of {}", GuestPath::MAX_PART_BYTES)]
    PartTooLong {
        /// The beginning of the part.
        part: String,
        /// Its length.
        bytes: usize,
    },
    /// The path is longer than [`GuestPath::MAX_BYTES`].
    #[error("path has {bytes} bytes, over the limit of {}", GuestPath::MAX_BYTES)]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// The path has more parts than [`GuestPath::MAX_DEPTH`].
    #[error("path has {depth} parts, over the limit of {}", GuestPath::MAX_DEPTH)]
    TooDeep {
        /// Its number of parts.
        depth: usize,
    },
}

impl PathError {
    /// A stable word for logs and wire forms.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "path.empty",
            Self::Relative { .. } => "path.relative",
            Self::Dots { .. } => "path.dots",
            Self::Forbidden { .. } => "path.forbidden",
            Self::PartTooLong { .. } | Self::TooLong { .. } => "path.too_long",
            Self::TooDeep { .. } => "path.too_deep",
        }
    }
}

impl FromStr for GuestPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for GuestPath {
    type Error = PathError;

    fn try_from(text: String) -> Result<Self, PathError> {
        Self::parse(&text)
    }
}

impl From<GuestPath> for String {
    fn from(path: GuestPath) -> Self {
        path.as_str().to_owned()
    }
}

impl AsRef<str> for GuestPath {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for GuestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for GuestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        GuestPath::parse(text).map_or_else(|error| error.code(), |_path| "ok")
    }

    #[test]
    fn slashes_and_single_dots_are_dropped() {
        for (text, path) in [("/", "/"), ("//", "/"), ("/a//b/./c/", "/a/b/c"), ("/./", "/")] {
            assert_eq!(GuestPath::parse(text).unwrap().as_str(), path, "{text}");
        }
        assert_eq!(GuestPath::in_workspace("x/y").unwrap().as_str(), "/app/x/y");
        assert_eq!(GuestPath::in_workspace("/tmp/y").unwrap().as_str(), "/tmp/y");
        assert_eq!(GuestPath::in_workspace("."), Ok(GuestPath::workspace()));
    }

    #[test]
    fn what_hides_or_climbs_is_refused() {
        for (text, expected) in [
            ("", "path.relative"),
            ("app", "path.relative"),
            ("/..", "path.dots"),
            ("/a/../b", "path.dots"),
            ("/a\0b", "path.forbidden"),
            ("/a\nb", "path.forbidden"),
            ("/a\u{85}b", "path.forbidden"),
            ("/a\\b", "path.forbidden"),
        ] {
            assert_eq!(code(text), expected, "{text:?}");
        }
        assert_eq!(GuestPath::in_workspace(""), Err(PathError::Empty));
    }

    #[test]
    fn bounds_are_exact() {
        assert_eq!(code(&format!("/{}", "n".repeat(255))), "ok");
        assert_eq!(code(&format!("/{}", "n".repeat(256))), "path.too_long");
        let long = format!("/{}", vec!["n".repeat(127); 8].join("/"));
        assert_eq!((long.len(), code(&long)), (1024, "ok"));
        assert_eq!(code(&format!("{long}n")), "path.too_long");
        assert_eq!(code(&"/d".repeat(64)), "ok");
        assert_eq!(code(&"/d".repeat(65)), "path.too_deep");
    }

    #[test]
    fn parents_and_prefixes_go_by_parts() {
        let path = GuestPath::parse("/app/data").unwrap();
        assert_eq!(path.parent(), Some(GuestPath::workspace()));
        assert_eq!(GuestPath::workspace().parent(), Some(GuestPath::root()));
        assert_eq!(GuestPath::root().parent(), None);
        assert_eq!(path.file_name(), Some("data"));
        assert_eq!(path.strip_prefix(&GuestPath::root()), Some("app/data"));
        assert_eq!(path.strip_prefix(&path), Some(""));
        assert!(!GuestPath::parse("/application").unwrap().starts_with(&GuestPath::workspace()));
        assert_eq!(GuestPath::root().join("x").unwrap().as_str(), "/x");
        assert_eq!(path.join("a/b").unwrap_err().code(), "path.forbidden");
    }

    #[test]
    fn serde_parses_too() {
        let path: GuestPath = serde_json::from_str("\"/app/x\"").unwrap();
        assert_eq!(serde_json::to_string(&path).unwrap(), "\"/app/x\"");
        assert!(serde_json::from_str::<GuestPath>("\"/app/../x\"").is_err());
    }

    proptest::proptest! {
        #[test]
        fn what_parses_is_normal(text in "/[a-c./\\\\\n]{0,24}") {
            if let Ok(path) = GuestPath::parse(&text) {
                proptest::prop_assert_eq!(GuestPath::parse(path.as_str()), Ok(path.clone()));
                proptest::prop_assert!(path.parts().all(|part| check_part(part).is_ok()));
                let joined = format!("/{}", path.parts().collect::<Vec<_>>().join("/"));
                proptest::prop_assert_eq!(joined.as_str(), path.as_str());
            }
        }
    }
}
