//! Whose packages they are: Python's or JavaScript's. What differs between the two in words and names ends here.

use std::fmt;

use crate::error::{Error, Result};
use crate::name::{PackageName, Request};

/// Whose packages a lock file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ecosystem {
    /// Python's, which pip brings.
    Python,
    /// JavaScript's, which npm brings.
    JavaScript,
}

impl Ecosystem {
    /// The word for it in lock files and names of the cache.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::JavaScript => "javascript",
        }
    }

    /// Reads a package's name by its rules.
    ///
    /// # Errors
    /// [`Error::Word`].
    pub fn name(self, text: &str) -> Result<PackageName> {
        match self {
            Self::Python => PackageName::parse(text),
            Self::JavaScript => PackageName::parse_npm(text),
        }
    }

    /// Reads what a user asks for.
    ///
    /// # Errors
    /// [`Error::Word`].
    pub fn request(self, text: &str) -> Result<Request> {
        match self {
            Self::Python => Request::parse(text),
            Self::JavaScript => Request::parse_npm(text),
        }
    }

    /// What its commands need to say beside the command, if they are not for the language that is meant without.
    #[must_use]
    pub fn option(self) -> &'static str {
        match self {
            Self::Python => "",
            Self::JavaScript => " --runtime js",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        match text {
            "python" => Ok(Self::Python),
            "javascript" => Ok(Self::JavaScript),
            other => Err(Error::Lock {
                problem: format!("the runtime {other:?} is neither \"python\" nor \"javascript\""),
            }),
        }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
        })
    }
}
