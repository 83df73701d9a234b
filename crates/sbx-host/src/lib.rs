//! Runs one WebAssembly guest once, inside its limits and policy.
//!
//! The only crate that names wasmtime. It knows no language: a guest is a module with one memory that is run in turns
//! and is, between turns, nothing but that memory and its files. Start at [`Host::run`].
//!
//! # Invariants
//! * Every run goes through [`Host::run`].
//! * Fuel is the only meter; a run reads its own deadline and cancel flag at every slice of it.
//! * What the guest did is an [`Outcome`]; what the host failed at is an [`Error`].
//! * A size, count or offset that the guest chose meets a bound before the host allocates.
//! * `unsafe` stands in `artifact` and `memory` alone.

mod error;
mod engine;
mod strip;
mod artifact;
mod memory;
mod image;
mod guest;
mod limits;
mod output;
mod clock;
mod budget;
mod wasi;
mod door;
mod state;
mod instance;
mod snapshot;
mod report;
mod result;
mod host;

pub use crate::engine::ImageMode;
pub use crate::error::{Error, Result};
pub use crate::guest::Guest;
pub use crate::host::{Host, HostConfig};
pub use crate::image::Image;
pub use crate::instance::{Instance, InstanceSetup, quota};
pub use crate::limits::Limits;
pub use crate::memory::SharedFile;
pub use crate::output::{Captured, OutputSink, OutputStream};
pub use crate::report::{Call, Outcome, RunReport, RunRequest};
pub use tokio_util::sync::CancellationToken;
