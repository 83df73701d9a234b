//! Counts and times what a storage is asked for.

use std::{
    fmt,
    future::Future,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    adapter::{Expect, Listing, Object, StorageAdapter, Version},
    error::{Error, Result},
    key::Key,
};

/// What a storage can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// [`StorageAdapter::read`] and [`StorageAdapter::read_range`].
    Read,
    /// [`StorageAdapter::write`].
    Write,
    /// [`StorageAdapter::delete`].
    Delete,
    /// [`StorageAdapter::list`].
    List,
}

impl Operation {
    /// The word for it in events.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
            Self::List => "list",
        }
    }
}

/// Passes everything on, counts it, and tells each operation to `tracing`: one `debug` event, or `warn` if it failed,
/// on the target `sbx::storage` with `op`, `backend`, `key`, `bytes`, `elapsed_us` and, of errors, `code`. The bytes
/// themselves are never in it.
///
/// A clone counts into the same numbers.
#[derive(Clone)]
pub struct Instrumented<S> {
    inner: S,
    tallies: Arc<[Tally; 4]>,
}

#[derive(Debug, Default)]
struct Tally {
    n_calls: AtomicU64,
    n_failed: AtomicU64,
    bytes: AtomicU64,
    elapsed_ns: AtomicU64,
    longest_ns: AtomicU64,
}

/// What has been counted so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StorageCounts {
    /// Of reads, ranges included; `bytes` are what came back.
    pub read: OperationCounts,
    /// Of writes; `bytes` are what was written.
    pub write: OperationCounts,
    /// Of deletes.
    pub delete: OperationCounts,
    /// Of lists.
    pub list: OperationCounts,
}

/// What has been counted of one operation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OperationCounts {
    /// How often it ended, well or not. Those that the caller dropped are not in it.
    pub n_calls: u64,
    /// How often it ended with an error, conflicts included.
    pub n_failed: u64,
    /// Bytes of values.
    pub bytes: u64,
    /// Time from call to answer, all together.
    pub elapsed: Duration,
    /// The longest of them.
    pub longest: Duration,
}

impl<S: StorageAdapter> Instrumented<S> {
    /// Counts what `inner` does.
    #[must_use]
    pub fn new(inner: S) -> Self {
        Self { inner, tallies: Arc::default() }
    }

    /// The numbers up to now.
    #[must_use]
    pub fn counts(&self) -> StorageCounts {
        let counts = |operation: Operation| self.tallies[operation as usize].counts();
        StorageCounts {
            read: counts(Operation::Read),
            write: counts(Operation::Write),
            delete: counts(Operation::Delete),
            list: counts(Operation::List),
        }
    }

    async fn observe<T>(
        &self,
        operation: Operation,
        name: &str,
        bytes: impl Fn(&T) -> u64 + Send,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        let start = Instant::now();
        let result = work.await;
        let elapsed = start.elapsed();
        let bytes = result.as_ref().map_or(0, bytes);
        self.tallies[operation as usize].add(result.is_err(), bytes, elapsed);
        let (op, backend, elapsed_us) = (operation.word(), &self.inner, elapsed.as_micros());
        match &result {
            Ok(_) => tracing::debug!(target: "sbx::storage", op, ?backend, key = name, bytes, elapsed_us),
            // A conflict is how a condition says no, which is daily business.
            Err(error @ Error::Conflict { .. }) => {
                tracing::debug!(target: "sbx::storage", op, ?backend, key = name, elapsed_us, code = error.code());
            }
            Err(error) => {
                let code = error.code();
                tracing::warn!(target: "sbx::storage", op, ?backend, key = name, elapsed_us, code, %error);
            }
        }
        result
    }
}

impl Tally {
    fn add(&self, has_failed: bool, bytes: u64, elapsed: Duration) {
        let elapsed_ns = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.n_calls.fetch_add(1, Ordering::Relaxed);
        self.n_failed.fetch_add(u64::from(has_failed), Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.elapsed_ns.fetch_add(elapsed_ns, Ordering::Relaxed);
        self.longest_ns.fetch_max(elapsed_ns, Ordering::Relaxed);
    }

    fn counts(&self) -> OperationCounts {
        OperationCounts {
            n_calls: self.n_calls.load(Ordering::Relaxed),
            n_failed: self.n_failed.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            elapsed: Duration::from_nanos(self.elapsed_ns.load(Ordering::Relaxed)),
            longest: Duration::from_nanos(self.longest_ns.load(Ordering::Relaxed)),
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for Instrumented<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instrumented({:?})", self.inner)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: StorageAdapter> StorageAdapter for Instrumented<S> {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        let bytes = |read: &Option<Object>| read.as_ref().map_or(0, |object| object.bytes.len() as u64);
        self.observe(Operation::Read, key.as_str(), bytes, self.inner.read(key)).await
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        let given = bytes.len() as u64;
        self.observe(Operation::Write, key.as_str(), |_| given, self.inner.write(key, bytes, expect)).await
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        self.observe(Operation::Delete, key.as_str(), |()| 0, self.inner.delete(key)).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        self.observe(Operation::List, prefix, |_| 0, self.inner.list(prefix, after)).await
    }

    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        let bytes = |read: &Option<Bytes>| read.as_ref().map_or(0, |bytes| bytes.len() as u64);
        self.observe(Operation::Read, key.as_str(), bytes, self.inner.read_range(key, range)).await
    }
}
