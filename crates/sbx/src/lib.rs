//! The sandbox that LLM agents run their code in.
//!
//! Untrusted Python, JavaScript and TypeScript run inside WebAssembly, in the caller's process: exact limits on
//! instructions, memory, time, output and files; a filesystem of its own; no network, no processes, no ambient authority.
//! A fresh interpreter with numpy and pandas imported starts in a fraction of a millisecond. [`Sessions`] go on from turn to turn,
//! in any process, fork and rewind.
//!
//! ```no_run
//! use sbx::{RuntimeType, create_sandbox};
//!
//! let mut sandbox = create_sandbox(RuntimeType::Python)?;
//! let result = sandbox.execute("print('Hello from WASM!')")?;
//! assert_eq!(result.stdout, "Hello from WASM!\n");
//! assert!(result.success && result.fuel_consumed < result.fuel_budget);
//! # Ok::<(), sbx::Error>(())
//! ```
//!
//! This crate puts the others together. Use them alone where that is enough: `sbx-host` runs any guest, `sbx-vfs` is its
//! filesystem, `sbx-core` the plain data.
#![forbid(unsafe_code)]

mod error;
mod runtimes;
mod interpreter;
mod packages;
mod image;
mod sandbox;
mod logs;
mod files;
mod session;
mod storage;

pub use crate::error::{Error, Result};
pub use crate::image::ImageBuilder;
pub use crate::packages::{PackageChange, Packages};
pub use crate::runtimes::{Runtimes, default_image, set_up};
pub use crate::sandbox::{Sandbox, SandboxBuilder, create_sandbox};
pub use crate::session::{Durability, Session, Sessions, SessionsBuilder};
pub use crate::storage::{default_log_dir, default_storage_dir};
pub use sbx_cache::{Cache, fetch::NoProgress, fetch::Progress};
pub use sbx_core::{
    Advice, AdviceKind, Deterministic, Ending, ExecutionPolicy, FuelStatus, GuestError, GuestPath, Mount,
    MountError, MountMode, PathError, PolicyValidationError, RichResult, RuntimeType, SCHEMA_VERSION,
    SandboxResult, UnitError, UnknownRuntime, one_line, parse_bytes, parse_duration, show_bytes,
};
pub use sbx_host::{CancellationToken, HostConfig, ImageMode, OutputSink, OutputStream};
pub use sbx_packages::{
    Ecosystem, Error as PackageError, Lock, LockedPackage, PackageId, PackageName, Problem as PackageProblem,
    ProblemKind as PackageProblemKind, Request as PackageRequest,
};
pub use sbx_runtime::{Figures, ImageInfo, Program};
pub use sbx_runtime_python::DEFAULT_IMAGE;
pub use sbx_sessions::{
    Error as SessionError, InUse, NewSession, PruneOptions, PruneResult, SessionFile, SessionFiles,
    SessionId, SessionIdError, SessionInfo, SessionList, SessionStore, SweepResult, TurnEntry, Unreadable,
};
pub use sbx_storage::{DiskStorage, MemoryStorage, StorageAdapter, StorageAdapterExt, open as open_storage};
pub use sbx_vfs::{Change, ChangeKind, FileType, Item, Transferred, Tree};

/// The examples in the guide to sessions.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/sessions.md")]
struct SessionsGuide;
