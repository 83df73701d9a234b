//! What the backends and wrappers do that only shows from outside.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the helpers of tests are tests too"
)]

/// The conformance suite over every backend and wrapper.
mod suite;
/// A backend written as a user would.
mod log_storage;
/// That the suite finds what is wrong.
mod broken;
/// Other processes: this binary again.
mod child;
/// The disk: processes, kills, planted files, full and read-only disks.
#[cfg(unix)]
mod disk;
/// Object stores, as far as they can be tested in memory.
mod object;
/// Servers of S3 and Azure, from a cache of pinned versions.
mod servers;
/// Real protocols against those servers.
mod clouds;
/// Addresses.
mod addresses;
/// Wrappers: what they add.
mod wrappers;
/// How fast memory and disk are.
mod speed;
