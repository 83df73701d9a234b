//! Removes what no session needs any more.
//!
//! Mark and sweep: what any head lists is needed. An object that none lists may belong to a turn or a fork whose head is
//! just being written, so it goes only when it is old and was found unused before, a grace period ago. While one head
//! cannot be read nothing is known to be unused, and nothing goes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use sbx_storage::{Expect, Key, Meta, StorageAdapterExt, Version};
use sbx_vfs::Digest;
use serde::Serialize;

use crate::clock::to_ms;
use crate::error::Result;
use crate::event::event;
use crate::format::head::Deleted;
use crate::format::object::{OBJECTS_PREFIX, digest_of};
use crate::format::pending::{self, Pending};
use crate::heads::{self, AllHeads, Versioned, Written};
use crate::info::Unreadable;
use crate::store::{CONDEMNED_MS, SessionStore};

/// The grace period unless told otherwise.
pub(crate) const GRACE: Duration = Duration::from_secs(3600);
/// How long removing a condemned head may take; long before others may use its name again.
const MAX_REMOVAL: Duration = Duration::from_secs(60);

/// What a sweep removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SweepResult {
    /// Objects removed, or that would be.
    pub objects: u64,
    /// Their bytes.
    pub bytes_freed: u64,
    /// Objects that nobody needs and whose grace period is not over.
    pub pending: u64,
    /// Marks of deleted sessions removed, or that would be.
    pub tombstones: u64,
    /// Sessions that cannot be read. While there is one, nothing is removed.
    pub unreadable: Vec<Unreadable>,
    /// What else went wrong; the next sweep tries again.
    pub errors: Vec<String>,
    /// Whether it only looked.
    pub dry_run: bool,
}

impl SessionStore {
    /// Removes objects that no session needs and the marks of deleted sessions, if `grace` is over for them; 1 h is a
    /// good one. With `dry_run` it says what it would remove, and changes nothing.
    ///
    /// Objects go with the second sweep that finds them unused, at least `grace` after the first. A grace of zero does
    /// it at once: only for a storage that nobody else uses meanwhile, or a turn that is being stored is lost.
    ///
    /// # Errors
    /// [`crate::Error::Storage`] if there are no lists; whatever fails later is in the result.
    pub async fn sweep(&self, grace: Duration, dry_run: bool) -> Result<SweepResult> {
        // Objects first: what is written from here on is not in the list.
        let objects = self.storage.list_all(OBJECTS_PREFIX).await?;
        let heads = heads::read_all(&self.storage).await?;
        let mut result = SweepResult { dry_run, ..SweepResult::default() };
        if !heads.unreadable.is_empty() {
            result.unreadable = heads.unreadable.into_iter().map(Unreadable::new).collect();
            return Ok(result);
        }
        self.sweep_objects(&objects, &heads, grace, &mut result).await;
        self.sweep_tombstones(heads.heads, grace, &mut result).await;
        if !dry_run {
            event!(
                "session.sweep",
                objects = result.objects,
                bytes = result.bytes_freed,
                pending = result.pending
            );
        }
        Ok(result)
    }

    async fn sweep_objects(
        &self,
        objects: &[Meta],
        heads: &AllHeads,
        grace: Duration,
        result: &mut SweepResult,
    ) {
        let needed: BTreeSet<&Digest> =
            heads.heads.iter().flat_map(|found| found.head.objects.keys()).collect();
        let now_ms = self.clock.now_ms();
        let grace_ms = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
        let (before, version) = self.pending(result).await;
        let is_over = |since_ms: u64| now_ms.saturating_sub(since_ms) >= grace_ms;
        let mut pending = BTreeMap::new();
        let mut unused: Vec<&Meta> = Vec::new();
        for meta in objects {
            // What has another name is nobody's object and stays.
            let Some(digest) = digest_of(&meta.key).filter(|digest| !needed.contains(digest)) else {
                continue;
            };
            let seen_ms = before.unused_since_ms.get(&digest).copied();
            let was_seen = grace.is_zero() || seen_ms.is_some_and(is_over);
            if was_seen && is_over(to_ms(meta.modified)) {
                unused.push(meta);
            } else {
                // A clock that was set back must not keep anything for years.
                pending.insert(digest, seen_ms.unwrap_or(now_ms).min(now_ms));
            }
        }
        result.pending = pending.len() as u64;
        if result.dry_run {
            result.objects = unused.len() as u64;
            result.bytes_freed = unused.iter().map(|meta| meta.bytes).sum();
            return;
        }
        self.remove_objects(unused, result).await;
        if pending != before.unused_since_ms {
            self.put_pending(Pending::new(pending), version, result).await;
        }
    }

    async fn remove_objects(&self, unused: Vec<&Meta>, result: &mut SweepResult) {
        if unused.is_empty() {
            return;
        }
        // What was written again since it was listed, by an import, is somebody's.
        let again = match self.storage.list_all(OBJECTS_PREFIX).await {
            Ok(again) => again,
            Err(error) => return result.errors.push(error.to_string()),
        };
        let modified: BTreeMap<&Key, _> = again.iter().map(|meta| (&meta.key, meta.modified)).collect();
        for meta in unused.into_iter().filter(|meta| modified.get(&meta.key) == Some(&meta.modified)) {
            match self.storage.delete(&meta.key).await {
                Ok(()) => {
                    result.objects += 1;
                    result.bytes_freed += meta.bytes;
                }
                Err(error) => result.errors.push(error.to_string()),
            }
        }
    }

    /// What the last sweep found unused. What cannot be read only means to wait once more.
    async fn pending(&self, result: &mut SweepResult) -> (Pending, Option<Version>) {
        let read = match Key::parse(pending::KEY) {
            Ok(key) => self.storage.read(&key).await,
            Err(error) => Err(error.into()),
        };
        match read {
            Ok(None) => (Pending::default(), None),
            Ok(Some(object)) => match Pending::parse(&object.bytes) {
                Ok(pending) => (pending, Some(object.version)),
                Err(problem) => {
                    result.errors.push(format!("{} is started anew: {problem}", pending::KEY));
                    (Pending::default(), Some(object.version))
                }
            },
            Err(error) => {
                result.errors.push(error.to_string());
                (Pending::default(), None)
            }
        }
    }

    async fn put_pending(&self, pending: Pending, version: Option<Version>, result: &mut SweepResult) {
        let expect = version.map_or(Expect::Absent, Expect::Version);
        let written = async {
            let bytes = serde_json::to_vec(&pending).map_err(|error| error.to_string())?;
            let key = Key::parse(pending::KEY).map_err(|error| error.to_string())?;
            match self.storage.write(&key, bytes.into(), expect).await {
                // Another sweep has noted the same.
                Ok(_) | Err(sbx_storage::Error::Conflict { .. }) => Ok(()),
                Err(error) => Err(error.to_string()),
            }
        };
        if let Err(problem) = written.await {
            result.errors.push(problem);
        }
    }

    /// Removes the marks of sessions that were deleted long ago, in two steps: whoever wants the name between them waits.
    async fn sweep_tombstones(&self, heads: Vec<Versioned>, grace: Duration, result: &mut SweepResult) {
        let now_ms = self.clock.now_ms();
        let grace_ms = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
        for Versioned { mut head, version } in heads {
            let Some(Deleted { at_ms, condemned_ms }) = head.deleted.take() else { continue };
            let being_removed = condemned_ms.is_some_and(|since| now_ms < since.saturating_add(CONDEMNED_MS));
            if being_removed || now_ms.saturating_sub(at_ms) < grace_ms {
                continue;
            }
            if result.dry_run {
                result.tombstones += 1;
                continue;
            }
            let begun = begin();
            let id = head.id.clone();
            head.deleted = Some(Deleted { at_ms, condemned_ms: Some(now_ms) });
            let condemned = heads::write(&*self.storage, head, Expect::Version(version)).await;
            let removed = match condemned {
                // Somebody was quicker: with a session of that name, or with removing it.
                Ok(Written::Lost(_)) => continue,
                Ok(Written::Done(_)) if begun.elapsed() > MAX_REMOVAL => continue,
                Ok(Written::Done(_)) => match id.head_key() {
                    Ok(key) => self.storage.delete(&key).await.map_err(Into::into),
                    Err(error) => Err(error.into()),
                },
                Err(error) => Err(error),
            };
            match removed {
                Ok(()) => result.tombstones += 1,
                Err(error) => result.errors.push(error.to_string()),
            }
        }
    }
}

/// A clock that does not jump: the only thing that is measured rather than compared.
fn begin() -> Instant {
    Instant::now()
}
