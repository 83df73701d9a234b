//! What every language in the sandbox has in common.
//!
//! A language is a guest that takes turns: a request goes in, output and a report come out. This crate has the request
//! ([`Request`]), the report ([`Reply`]), the live [`Interpreter`] between them, and the [`advice`] that a result carries.
//! A crate for a language brings a guest, its images, and an implementation of [`Language`], which is all that differs. What
//! users add, vendored packages ([`Vendored`]) and images of their own ([`OwnImages`]), is the same in all of them too.
//!
//! Why a crate of its own: policy, files, sessions and results mean the same in every language because they are the same
//! code. Start at [`Language`], then read [`Interpreter`].
//!
//! # Invariants
//! * User code travels verbatim and is never read on the host.
//! * How a run ended is decided from the host's outcome and the interpreter's own report, never from its output.
//! * A turn that reports nothing, or nothing that can be read, did not end well.
#![forbid(unsafe_code)]

mod error;
mod program;
mod request;
mod bounds;
mod reply;
mod language;
pub mod advice;
mod image;
mod build;
mod own;
mod files;
mod vendored;
mod runtime;
mod interpreter;

pub use crate::advice::{Hints, Surroundings};
pub use crate::build::ImageBuild;
pub use crate::error::{Error, ImageError, ImageProblem, Result};
pub use crate::files::{put_archive, shared};
pub use crate::image::{ImageInfo, load_image};
pub use crate::interpreter::Interpreter;
pub use crate::language::Language;
pub use crate::own::{ImageHome, ImageRecipe, OwnImage, OwnImages, SetupTurn};
pub use crate::program::{Figures, Program};
pub use crate::reply::{Feature, Reply, ReplyError, Status};
pub use crate::request::{Op, Request};
pub use crate::runtime::{LoadedImage, Runtime, with_workspace};
pub use crate::vendored::{Laid, Layout, PackageSet, Vendored};
