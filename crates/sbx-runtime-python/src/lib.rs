//! Runs Python source text in a sandboxed `CPython`.
//!
//! Knows the Python guest and nothing of WebAssembly: how its images are built ([`setup`]), and what sets it apart from
//! other languages; what it shares with them is in `sbx-runtime`. Start at [`Python`].
//!
//! # Invariants
//! * User code is compiled under a name of its own with nothing prepended, so every line number is the user's.
//! * Untrusted text is parsed inside the guest, never on the host.
#![forbid(unsafe_code)]

mod error;
mod assets;
mod images;
mod vendored;
mod bytecode;
pub mod setup;
mod install;
mod known;
mod modules;
mod language;
mod python;

pub use crate::error::{Error, Result};
pub use crate::images::DEFAULT_IMAGE;
pub use crate::python::Python;
pub use sbx_runtime::{ImageInfo, ImageRecipe, Interpreter, OwnImages, Program, SetupTurn};
