//! Says what a run of untrusted code is: its policy, its result, its ids and paths.
//!
//! Plain data and pure rules, so that every other crate can share them without sharing anything else.
//! Start at [`ExecutionPolicy`] (what a run may use) and [`SandboxResult`] (what came of it).
//!
//! # Invariants
//! * No I/O, no clock, no async, no wasmtime.
//! * What the guest did is a value, [`Ending`]; what the host failed at is an error of the crate that failed.
#![forbid(unsafe_code)]

mod path;
mod units;
mod policy;
mod ending;
mod result;
mod advice;
mod id;
mod nearest;
mod snapshot;
mod text;
pub mod obs;

pub use crate::advice::{Advice, AdviceKind, FuelStatus};
pub use crate::ending::Ending;
pub use crate::id::RunId;
pub use crate::nearest::nearest;
pub use crate::path::{GuestPath, PathError};
pub use crate::policy::{
    Deterministic, ExecutionPolicy, Mount, MountError, MountMode, PolicyValidationError,
};
pub use crate::result::{GuestError, RichResult, RuntimeType, SCHEMA_VERSION, SandboxResult, UnknownRuntime};
pub use crate::snapshot::{
    BadSnapshot, DeterministicState, ImageRef, MAX_SNAPSHOT_BYTES, MachineState, PAGE_BYTES, Page, Snapshot,
};
pub use crate::text::{is_unprintable, one_line, quoted};
pub use crate::units::{UnitError, parse_bytes, parse_duration, show_bytes};
