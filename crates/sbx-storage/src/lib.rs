//! Keeps bytes under keys.
//!
//! Why a crate of its own: a new backend should need this crate and nothing about guests or sessions.
//! Start at [`StorageAdapter`]: four methods are all that a backend writes. [`MemoryStorage`] is the shortest one.
//! [`open`] makes a storage from an address.
//!
//! # Invariants
//! * A reader never sees part of a write.
//! * A write that has returned survives the process, and on durable backends the machine.
//! * Of several conditional writes against one version, one wins.
#![forbid(unsafe_code)]

mod error;
mod key;
mod adapter;
mod memory;
mod disk;
#[cfg(feature = "object-store")]
mod object;
mod address;
mod wrap;
#[cfg(feature = "conformance")]
pub mod testing;
#[cfg(feature = "conformance")]
pub mod conformance;

pub use crate::adapter::{Expect, Listing, Meta, Object, StorageAdapter, StorageAdapterExt, Version};
pub use crate::address::{open, open_with};
pub use crate::disk::DiskStorage;
pub use crate::error::{Error, Result};
pub use crate::key::{Key, KeyError};
pub use crate::memory::MemoryStorage;
#[cfg(feature = "object-store")]
pub use crate::object::ObjectStorage;
pub use crate::wrap::{Cached, Instrumented, Operation, OperationCounts, Prefixed, StorageCounts};

/// The examples of the guide are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/custom-storage.md")]
mod guide {}
