//! Vendored packages: the lock file, how packages are resolved and checked, and the read-only files that they are.
//!
//! Why a crate of its own: what may come into a guest from a package index is decided here and nowhere else. pip and npm
//! resolve and download, by name, as the user has set them up; nothing of a package is built or run on the host. A package
//! counts by the hash in the lock file, is taken apart once, and stays a read-only archive in the cache that guests see through
//! a mapping.
//!
//! Start at [`Lock`], then read [`resolve`](Resolver::resolve) and [`Archive`]; for JavaScript, [`NpmResolver`] and
//! [`nested`].
//!
//! # Invariants
//! * Only plain Python and JavaScript come in: a file of native code anywhere in a package refuses it.
//! * What is requested of other packages is judged inside the guest ([`Question`]), by its own markers and versions; text of a
//!   package is never parsed as requirements on the host.
//! * A lock file is valid or it is an error: every name in it resolves inside it, and no key is unknown.
#![forbid(unsafe_code)]

mod error;
mod ecosystem;
mod name;
mod lock;
mod advice;
mod builtin;
mod archive;
mod wheel;
mod sdist;
mod tarball;
mod resolve;
mod npm;
mod fetch;
mod question;
mod layout;

pub use crate::advice::alternative;
pub use crate::archive::{Archive, MAX_PACKAGE_BYTES, metadata};
pub use crate::builtin::Builtin;
pub use crate::ecosystem::Ecosystem;
pub use crate::error::{Error, Result};
pub use crate::fetch::{fetch, fetch_npm, find};
pub use crate::layout::{Placed, nested};
pub use crate::lock::{Lock, LockedPackage, Source};
pub use crate::name::{PackageId, PackageName, Request, Version};
pub use crate::npm::NpmResolver;
pub use crate::question::{Answer, Asked, Problem, ProblemKind, Question};
pub use crate::resolve::{Resolved, Resolver};
