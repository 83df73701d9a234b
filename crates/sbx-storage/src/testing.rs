//! For tests of what stands on a storage: one that fails when it is told to.

use std::{
    fmt,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    adapter::{Expect, Listing, Object, StorageAdapter, Version},
    error::{Error, Result},
    key::Key,
    wrap::Operation,
};

/// Passes everything on but what a [`Fault`] makes fail, with [`Error::Unavailable`] or [`Error::Full`]. A clone has the
/// same faults and counts.
#[derive(Clone)]
pub struct Flaky<S> {
    inner: S,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Default)]
struct Plan {
    faults: Vec<Fault>,
    n_calls: u64,
    n_failed: u64,
}

/// What fails, how often, and when: `Fault::before().on(Operation::Write).under("sessions/").skip(2).times(1)`.
#[derive(Debug, Clone)]
pub struct Fault {
    operation: Option<Operation>,
    prefix: String,
    skip: u64,
    times: u64,
    is_after: bool,
    is_full: bool,
}

impl Fault {
    /// Fails without having done anything: every operation, until [`Flaky::heal`].
    #[must_use]
    pub fn before() -> Self {
        Self {
            operation: None,
            prefix: String::new(),
            skip: 0,
            times: u64::MAX,
            is_after: false,
            is_full: false,
        }
    }

    /// Fails after having done it, as when the answer gets lost: every operation, until [`Flaky::heal`].
    #[must_use]
    pub fn after() -> Self {
        Self { is_after: true, ..Self::before() }
    }

    /// Writes fail with [`Error::Full`], until [`Flaky::heal`].
    #[must_use]
    pub fn full() -> Self {
        Self { is_full: true, ..Self::before() }.on(Operation::Write)
    }

    /// Only this operation.
    #[must_use]
    pub fn on(self, operation: Operation) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Only keys, or prefixes of lists, that begin so.
    #[must_use]
    pub fn under(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// Lets the first `skip` operations that match pass.
    #[must_use]
    pub fn skip(self, skip: u64) -> Self {
        Self { skip, ..self }
    }

    /// Fails `times` times and no more.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times, ..self }
    }

    fn strikes(&mut self, operation: Operation, name: &str) -> bool {
        let matches =
            self.operation.is_none_or(|wanted| wanted == operation) && name.starts_with(&self.prefix);
        if !matches || self.times == 0 {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.times -= 1;
        true
    }

    fn error(&self, operation: Operation, name: &str) -> Error {
        let action = format!("{} {name}", operation.word());
        if self.is_full {
            return Error::Full { action, source: None };
        }
        Error::Unavailable { action, problem: "told to fail by a test".to_owned(), source: None }
    }
}

impl<S: StorageAdapter> Flaky<S> {
    /// Passes everything on to `inner` until it has faults.
    #[must_use]
    pub fn new(inner: S) -> Self {
        Self { inner, plan: Arc::default() }
    }

    /// Adds a fault. Of several that match one operation, the first strikes.
    pub fn add(&self, fault: Fault) {
        self.plan().faults.push(fault);
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.plan().faults.clear();
    }

    /// How many operations have been asked for.
    #[must_use]
    pub fn n_calls(&self) -> u64 {
        self.plan().n_calls
    }

    /// How many of them were made to fail.
    #[must_use]
    pub fn n_failed(&self) -> u64 {
        self.plan().n_failed
    }

    /// The storage behind it, which never fails because of a fault.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `Err` if it is to fail now, `Ok(Some)` if it is to fail once it is done.
    fn strike(&self, operation: Operation, name: &str) -> Result<Option<Error>> {
        let mut plan = self.plan();
        plan.n_calls += 1;
        let Some(fault) =
            plan.faults.iter_mut().find_map(|fault| fault.strikes(operation, name).then_some(&*fault))
        else {
            return Ok(None);
        };
        let (error, is_after) = (fault.error(operation, name), fault.is_after);
        plan.n_failed += 1;
        if is_after { Ok(Some(error)) } else { Err(error) }
    }
}

/// The error to come, if there is one; a failure of the storage itself goes first.
fn outcome<T>(done: Result<T>, lost: Option<Error>) -> Result<T> {
    let done = done?;
    lost.map_or(Ok(done), Err)
}

impl<S: fmt::Debug> fmt::Debug for Flaky<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flaky({:?})", self.inner)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: StorageAdapter> StorageAdapter for Flaky<S> {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        let lost = self.strike(Operation::Read, key.as_str())?;
        outcome(self.inner.read(key).await, lost)
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        let lost = self.strike(Operation::Write, key.as_str())?;
        outcome(self.inner.write(key, bytes, expect).await, lost)
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        let lost = self.strike(Operation::Delete, key.as_str())?;
        outcome(self.inner.delete(key).await, lost)
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        let lost = self.strike(Operation::List, prefix)?;
        outcome(self.inner.list(prefix, after).await, lost)
    }

    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        let lost = self.strike(Operation::Read, key.as_str())?;
        outcome(self.inner.read_range(key, range).await, lost)
    }
}
