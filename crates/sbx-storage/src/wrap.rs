//! Storages made of another storage.

mod prefixed;
mod cached;
mod instrumented;

pub use cached::Cached;
pub use instrumented::{Instrumented, Operation, OperationCounts, StorageCounts};
pub use prefixed::Prefixed;
