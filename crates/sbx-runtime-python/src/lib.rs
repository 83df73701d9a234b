//! Runs Python source text in a sandboxed `CPython`.
//!
//! Knows the Python guest and nothing of WebAssembly: how its images are built ([`setup`]), how a program becomes a
//! request and its answer a result ([`Interpreter`]). Start at [`Python`].
//!
//! # Invariants
//! * User code is compiled under a name of its own with nothing prepended, so every line number is the user's.
//! * Untrusted text is parsed inside the guest, never on the host.
//! * How a run ended is decided from the host's outcome and the interpreter's own report, never from its output.
#![forbid(unsafe_code)]

mod error;
mod assets;
mod images;
mod vendored;
mod bytecode;
mod own;
pub mod setup;
mod request;
mod reply;
mod advice;
mod python;
mod interpreter;

pub use crate::error::{Error, Result};
pub use crate::images::{DEFAULT_IMAGE, ImageInfo};
pub use crate::interpreter::Interpreter;
pub use crate::own::{ImageRecipe, SetupTurn};
pub use crate::python::Python;
pub use crate::request::Program;
