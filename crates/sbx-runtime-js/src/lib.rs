//! Runs JavaScript and TypeScript source text in a sandboxed `QuickJS`.
//!
//! Knows the JavaScript guest and nothing of WebAssembly: how it is compiled from C and its images are built ([`setup`]),
//! and what sets it apart from other languages; what it shares with them is in `sbx-runtime`. Start at [`JavaScript`].
//!
//! # Invariants
//! * User code is compiled under a name of its own with nothing prepended, so every line number is the user's.
//! * Untrusted text is parsed inside the guest, never on the host; that holds for TypeScript too.
#![forbid(unsafe_code)]

mod error;
mod manifest;
mod assets;
mod images;
mod edits;
mod compile;
pub mod setup;
mod modules;
mod language;
mod vendored;
mod javascript;

pub use crate::error::{Error, Result};
pub use crate::images::{DEFAULT_IMAGE, TYPESCRIPT_IMAGE};
pub use crate::javascript::JavaScript;
pub use sbx_runtime::{ImageInfo, ImageRecipe, Interpreter, OwnImages, Program, SetupTurn};
