//! Runs JavaScript and TypeScript source text in a sandboxed `QuickJS`.
//!
//! Knows the JavaScript guest and nothing of WebAssembly: how it is compiled from C and its images are built ([`setup`]),
//! how a program becomes a request and its answer a result ([`Interpreter`]). Start at [`JavaScript`].
//!
//! # Invariants
//! * User code is compiled under a name of its own with nothing prepended, so every line number is the user's.
//! * Untrusted text is parsed inside the guest, never on the host; that holds for TypeScript too.
//! * How a run ended is decided from the host's outcome and the interpreter's own report, never from its output.
#![forbid(unsafe_code)]

mod error;
mod manifest;
mod assets;
mod images;
mod compile;
pub mod setup;
mod request;
mod reply;
mod advice;
mod javascript;
mod interpreter;

pub use crate::error::{Error, Result};
pub use crate::images::{DEFAULT_IMAGE, ImageInfo, TYPESCRIPT_IMAGE};
pub use crate::interpreter::Interpreter;
pub use crate::javascript::JavaScript;
pub use crate::request::{Kind, Program};
