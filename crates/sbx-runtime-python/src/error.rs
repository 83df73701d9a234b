//! What running Python can fail at on the host's side.

use thiserror::Error;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the host failed at; what the program did is in its result.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The guest, or what is built from it, is not in the cache.
    #[error(
        "Python is not set up here ({missing}); run `sbx setup` once (`cargo xtask setup` in the repository)"
    )]
    NotSetUp {
        /// The first thing that is missing.
        missing: String,
    },
    /// No image has this name.
    #[error("there is no image `{name}`; there are: {}", available.join(", "))]
    UnknownImage {
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
        "the image `{image}` was built for another version of Python; build it again with `sbx images build {image}`"
    )]
    StaleImage {
        /// The image.
        image: String,
    },
    /// A vendored package that the policy names is not there, or the lock file is wrong.
    #[error(transparent)]
    Packages(#[from] sbx_packages::Error),
    /// The files of the guest could not be laid out.
    #[error("the guest's files cannot be laid out")]
    Files(#[from] sbx_vfs::Error),
    /// Opening or running an interpreter failed.
    #[error(transparent)]
    Runtime(#[from] sbx_runtime::Error),
    /// The host failed.
    #[error(transparent)]
    Host(#[from] sbx_host::Error),
    /// The cache failed.
    #[error(transparent)]
    Cache(#[from] sbx_cache::Error),
}

impl Error {
    /// The stable word for this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotSetUp { .. } => "python.not_set_up",
            Self::UnknownImage { .. } => "python.unknown_image",
            Self::BuildFailed { .. } => "python.build_failed",
            Self::BadRecipe { .. } => "python.bad_recipe",
            Self::StaleImage { .. } => "python.stale_image",
            Self::Packages(error) => error.code(),
            Self::Files(error) => error.code(),
            Self::Runtime(error) => error.code(),
            Self::Host(error) => error.code(),
            Self::Cache(error) => error.code(),
        }
    }
}
