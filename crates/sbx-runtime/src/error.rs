//! What running a program can fail at on the host's side, in any language.

use sbx_core::RuntimeType;
use thiserror::Error;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the host failed at; what the program did is in its result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The guest's answer is not one: its support code was broken by the program.
    #[error("the interpreter gave no usable answer: {problem}")]
    BadAnswer {
        /// What is wrong with it.
        problem: String,
    },
    /// A session's memory is larger than the policy lets a run have.
    #[error(
        "the session holds {bytes} bytes of memory beyond its image and the policy allows {limit}; raise `memory_bytes`"
    )]
    SnapshotTooLarge {
        /// What it has.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// An image is not there, or cannot be made.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Files that a guest finds cannot be read.
    #[error("the files of {what} cannot be laid out: {problem}; run `sbx setup`")]
    BadFiles {
        /// Whose files.
        what: String,
        /// What is wrong.
        problem: String,
    },
    /// A vendored package is not there, or the lock file is wrong.
    #[error(transparent)]
    Packages(#[from] sbx_packages::Error),
    /// The files of the guest could not be laid out.
    #[error("the guest's files cannot be laid out")]
    Files(#[from] sbx_vfs::Error),
    /// The cache failed.
    #[error(transparent)]
    Cache(#[from] sbx_cache::Error),
    /// The host failed.
    #[error(transparent)]
    Host(#[from] sbx_host::Error),
}

/// What is wrong with an image, of which language.
#[derive(Debug, Error)]
#[error("{problem}")]
#[non_exhaustive]
pub struct ImageError {
    /// The language; TypeScript's images are JavaScript's.
    pub runtime: RuntimeType,
    /// What is wrong.
    pub problem: ImageProblem,
}

/// What is wrong with an image.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImageProblem {
    /// No image has this name.
    #[error("there is no image `{name}`; there are: {}", available.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What could have been.
        available: Vec<String>,
    },
    /// A step of building an image failed inside the guest.
    #[error("building the image `{image}` failed in step `{step}`: {problem}")]
    BuildFailed {
        /// The image.
        image: String,
        /// The step.
        step: String,
        /// What the guest said.
        problem: String,
    },
    /// An image of a user's cannot be made as it is asked for.
    #[error("the image `{image}` cannot be built: {problem}")]
    BadRecipe {
        /// The image.
        image: String,
        /// What is wrong.
        problem: String,
    },
    /// An image of a user's was made for another guest.
    #[error(
        "the image `{image}` was built for another version of its guest; build it again with `sbx images build {image}`"
    )]
    Stale {
        /// The image.
        image: String,
    },
}

impl ImageProblem {
    /// The same as an error of a language.
    #[must_use]
    pub fn of(self, runtime: RuntimeType) -> Error {
        Error::Image(ImageError { runtime, problem: self })
    }
}

impl ImageError {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        let is_python = self.runtime == RuntimeType::Python;
        match self.problem {
            ImageProblem::Unknown { .. } if is_python => "python.unknown_image",
            ImageProblem::Unknown { .. } => "javascript.unknown_image",
            ImageProblem::BuildFailed { .. } if is_python => "python.build_failed",
            ImageProblem::BuildFailed { .. } => "javascript.build_failed",
            ImageProblem::BadRecipe { .. } if is_python => "python.bad_recipe",
            ImageProblem::BadRecipe { .. } => "javascript.bad_recipe",
            ImageProblem::Stale { .. } if is_python => "python.stale_image",
            ImageProblem::Stale { .. } => "javascript.stale_image",
        }
    }
}

impl Error {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadAnswer { .. } => "runtime.bad_answer",
            Self::SnapshotTooLarge { .. } => "runtime.snapshot_too_large",
            Self::Image(error) => error.code(),
            Self::BadFiles { .. } => "runtime.bad_files",
            Self::Packages(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::Cache(error) => error.code(),
            Self::Host(error) => error.code(),
        }
    }
}
