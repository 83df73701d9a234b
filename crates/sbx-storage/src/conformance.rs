//! What every backend has to do, as a suite to run over yours.
//!
//! ```
//! # use std::sync::Arc;
//! use sbx_storage::{MemoryStorage, conformance};
//!
//! # fn main() -> Result<(), conformance::Failures> {
//! pollster::block_on(conformance::run(Arc::new(MemoryStorage::new())))
//! # }
//! ```
//!
//! Every case works under a prefix of its own and removes what it has written, so a bucket that others use will do. The
//! cases that need several writers at once poll the storage from threads, on no runtime: that is part of the contract.

mod basics;
mod conditions;
mod crowds;
mod lists;

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use crate::{
    adapter::{StorageAdapter, StorageAdapterExt},
    error::Error,
    key::Key,
};

/// How large the cases are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the longest key that is tried; [`Key::MAX_BYTES`]. A wrapper that adds to keys takes shorter ones.
    pub key_bytes: usize,
    /// Bytes of the largest value; 5 MiB.
    pub value_bytes: usize,
    /// Keys in the longest list; 1,200, more than a page of S3.
    pub n_keys: usize,
    /// Writers at once; 8.
    pub n_writers: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { key_bytes: Key::MAX_BYTES, value_bytes: 5 << 20, n_keys: 1200, n_writers: 8 }
    }
}

impl Limits {
    /// With keys of at most so many bytes.
    #[must_use]
    pub fn with_key_bytes(self, key_bytes: usize) -> Self {
        Self { key_bytes, ..self }
    }

    /// With so many keys in the longest list.
    #[must_use]
    pub fn with_n_keys(self, n_keys: usize) -> Self {
        Self { n_keys, ..self }
    }
}

/// One thing that a backend has to do.
#[derive(Clone, Copy)]
pub struct Case {
    name: &'static str,
    run: fn(Area) -> CaseFuture,
}

type CaseFuture = Pin<Box<dyn Future<Output = Outcome> + Send>>;
type Outcome = Result<(), Problem>;

/// What went wrong in a case.
struct Problem(String);

impl<E: std::error::Error> From<E> for Problem {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(source) = cause {
            text = format!("{text}: {source}");
            cause = source.source();
        }
        Self(text)
    }
}

/// Returns with a problem unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($text:tt)+) => {
        if !$condition {
            return Err(Problem(format!($($text)+)));
        }
    };
}
use ensure;

/// A list of cases by the names of their functions.
macro_rules! cases {
    ($($module:ident: $($name:ident)+;)+) => {
        [$($(Case { name: stringify!($name), run: |area| Box::pin($module::$name(area)) },)+)+]
    };
}

static CASES: &[Case] = &cases! {
    basics:
        nothing_there_is_no_error
        values_come_back_as_they_were
        large_values_come_back
        writes_replace
        deletes_are_idempotent
        keys_differ_in_every_letter
        keys_may_be_folders_of_others
        longest_keys_work
        ranges_are_cut_at_the_end;
    conditions:
        absent_writes_once
        version_writes_after_its_own
        stale_versions_conflict
        versions_of_nothing_conflict
        versions_change_with_the_bytes;
    crowds:
        one_of_many_creators_wins
        one_of_many_updaters_wins
        no_increment_is_lost
        writers_and_deleters_get_along
        no_read_is_torn;
    lists:
        lists_are_in_order
        prefixes_may_end_inside_a_name
        lists_go_on_after_any_key
        lists_come_to_an_end
        long_lists_are_whole
        lists_know_size_and_time;
};

/// All cases, to run each as a test of its own.
#[must_use]
pub fn cases() -> &'static [Case] {
    CASES
}

/// Runs all cases over `storage`, one after the other.
///
/// # Errors
/// The cases that failed, all of them, each with what was wrong.
pub async fn run(storage: Arc<dyn StorageAdapter>) -> Result<(), Failures> {
    run_with(storage, Limits::default()).await
}

/// As [`run`], with other sizes.
///
/// # Errors
/// As [`run`].
pub async fn run_with(storage: Arc<dyn StorageAdapter>, limits: Limits) -> Result<(), Failures> {
    let mut failed = Vec::new();
    for case in CASES {
        if let Err(Failures { failed: problems, .. }) = case.run(Arc::clone(&storage), limits).await {
            failed.extend(problems);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Failures { storage: format!("{storage:?}"), failed }) }
}

impl Case {
    /// What it is called: what it shows, in words with `_` between them.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Runs it.
    ///
    /// # Errors
    /// What was wrong.
    pub async fn run(&self, storage: Arc<dyn StorageAdapter>, limits: Limits) -> Result<(), Failures> {
        let result = match Area::new(Arc::clone(&storage), limits) {
            Ok(area) => {
                let outcome = (self.run)(area.clone()).await;
                // Removed in any case; the first problem is the one to tell.
                let removed = area.remove_all().await;
                outcome.and(removed)
            }
            Err(problem) => Err(problem),
        };
        result.map_err(|Problem(problem)| Failures {
            storage: format!("{storage:?}"),
            failed: vec![(self.name, problem)],
        })
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({})", self.name)
    }
}

/// The cases that failed. Its `Debug` is the readable text, too, since that is what `unwrap` shows.
#[derive(Clone, thiserror::Error)]
pub struct Failures {
    storage: String,
    failed: Vec<(&'static str, String)>,
}

impl Failures {
    /// Their names, and what was wrong.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.failed.iter().map(|(name, problem)| (*name, problem.as_str()))
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fails {} of {} cases:", self.storage, self.failed.len(), CASES.len())?;
        self.failed.iter().try_for_each(|(name, problem)| write!(f, "\n  {name}: {problem}"))
    }
}

impl fmt::Debug for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The part of the storage that a case works in.
#[derive(Clone)]
struct Area {
    storage: Arc<dyn StorageAdapter>,
    prefix: String,
    limits: Limits,
}

impl Area {
    fn new(storage: Arc<dyn StorageAdapter>, limits: Limits) -> Result<Self, Problem> {
        let random = getrandom::u64()?;
        Ok(Self { storage, prefix: format!("conformance-{random:016x}/"), limits })
    }

    fn key(&self, name: &str) -> Result<Key, Problem> {
        Ok(Key::parse(&format!("{}{name}", self.prefix))?)
    }

    /// The keys under `prefix` of this area, without the area's own.
    async fn names(&self, prefix: &str) -> Result<Vec<String>, Problem> {
        let all = self.storage.list_all(&format!("{}{prefix}", self.prefix)).await?;
        Ok(all.iter().map(|meta| self.name(&meta.key)).collect())
    }

    fn name(&self, key: &Key) -> String {
        key.as_str().strip_prefix(&self.prefix).unwrap_or(key.as_str()).to_owned()
    }

    async fn remove_all(&self) -> Outcome {
        let left = self.storage.list_all(&self.prefix).await?;
        let storage = &self.storage;
        in_threads(self.limits.n_writers, |at| {
            for meta in left.iter().skip(at).step_by(self.limits.n_writers) {
                pollster::block_on(storage.delete(&meta.key))?;
            }
            Ok(())
        })?;
        let left = self.storage.list_all(&self.prefix).await?;
        ensure!(left.is_empty(), "{} keys are still listed after they were deleted", left.len());
        Ok(())
    }
}

/// What `work` gives for each number below `n`, at the same time. The first problem, if there is one.
fn in_threads<T: Send>(
    n: usize,
    work: impl Fn(usize) -> Result<T, Problem> + Sync,
) -> Result<Vec<T>, Problem> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n)
            .map(|at| {
                scope.spawn({
                    let work = &work;
                    move || work(at)
                })
            })
            .collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|_| Err(Problem("a thread of it panicked".to_owned())))
        };
        // All are waited for before the first problem is told.
        let results: Vec<_> = threads.into_iter().map(join).collect();
        results.into_iter().collect()
    })
}

/// Whether it is the error of a write that found something else than it expected.
fn is_conflict<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Conflict { .. }))
}
