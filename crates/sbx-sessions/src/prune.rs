//! Deletes sessions by age, number and size.
//!
//! What decides is what this side wrote into heads, never anything a guest can reach. Who is at work is left alone.

use std::collections::BTreeMap;
use std::time::Duration;

use sbx_storage::Expect;
use sbx_vfs::Digest;
use serde::Serialize;

use crate::error::Result;
use crate::event::event;
use crate::format::Head;
use crate::heads::{self, Versioned, Written};
use crate::id::SessionId;
use crate::info::Unreadable;
use crate::store::SessionStore;
use crate::sweep::{GRACE, SweepResult};

/// Which sessions to delete. Those without a bound are kept.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PruneOptions {
    /// Those whose last turn is longer ago; default no bound.
    pub older_than: Option<Duration>,
    /// The oldest, until there are no more than this; default no bound.
    pub max_sessions: Option<usize>,
    /// The oldest, until all together need no more than these bytes; default no bound. What sessions share is counted
    /// once.
    pub max_bytes: Option<u64>,
    /// Only sessions that have all these labels are counted and deleted; default none, which is all sessions.
    pub labels: BTreeMap<String, String>,
    /// Says what would be done and does nothing; default off.
    pub dry_run: bool,
    /// How long what nobody needs stays before it is removed, see [`SessionStore::sweep`]; default 1 h.
    pub grace: Duration,
}

impl Default for PruneOptions {
    fn default() -> Self {
        Self {
            older_than: None,
            max_sessions: None,
            max_bytes: None,
            labels: BTreeMap::new(),
            dry_run: false,
            grace: GRACE,
        }
    }
}

impl PruneOptions {
    /// Deletes nothing until it is told what.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, deleting what is older.
    #[must_use]
    pub fn with_older_than(mut self, age: Duration) -> Self {
        self.older_than = Some(age);
        self
    }

    /// The same with a largest number.
    #[must_use]
    pub fn with_max_sessions(mut self, sessions: usize) -> Self {
        self.max_sessions = Some(sessions);
        self
    }

    /// The same with a largest size.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// The same for sessions with this label.
    #[must_use]
    pub fn with_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// The same, only looking if `dry_run`.
    #[must_use]
    pub fn with_dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// The same with another grace period.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }
}

/// What was deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PruneResult {
    /// How many sessions were deleted, or would be.
    pub deleted_count: u64,
    /// Bytes that only they needed: free at once for new sessions, and removed after the grace period.
    pub bytes_freed: u64,
    /// Which they are, oldest first.
    pub deleted: Vec<SessionId>,
    /// Those that would have been deleted, had nobody been at work on them.
    pub skipped: Vec<SessionId>,
    /// Sessions that cannot be read, which stay, and whatever else went wrong.
    pub errors: Vec<String>,
    /// What the sweep after it removed.
    pub swept: SweepResult,
    /// Whether it only looked.
    pub dry_run: bool,
}

impl SessionStore {
    /// Deletes the sessions that `options` name, oldest first, and sweeps.
    ///
    /// # Errors
    /// [`crate::Error::Storage`] if there is no list; whatever fails later is in the result.
    pub async fn prune(&self, options: &PruneOptions) -> Result<PruneResult> {
        event!("session.prune.started", dry_run = options.dry_run);
        let all = heads::read_all(&self.storage).await?;
        let mut result = PruneResult { dry_run: options.dry_run, ..PruneResult::default() };
        for unreadable in all.unreadable.into_iter().map(Unreadable::new) {
            result.errors.push(format!("{} cannot be read: {}", unreadable.key_part, unreadable.problem));
        }
        let now_ms = self.clock.now_ms();
        let live: Vec<Versioned> =
            all.heads.into_iter().filter(|found| found.head.deleted.is_none()).collect();
        let mut users = Users::of(live.iter().map(|found| &found.head));
        let mut matching: Vec<Versioned> =
            live.into_iter().filter(|found| has_labels(&found.head, options)).collect();
        matching.sort_by(|a, b| (a.head.updated_ms, &a.head.id).cmp(&(b.head.updated_ms, &b.head.id)));
        let mut room = Room::of(options, &matching);
        for found in matching {
            let age_ms = now_ms.saturating_sub(found.head.updated_ms);
            let is_old = options.older_than.is_some_and(|bound| u128::from(age_ms) > bound.as_millis());
            if !is_old && room.is_enough() {
                continue;
            }
            let id = found.head.id.clone();
            let is_busy = found.head.lease.as_ref().is_some_and(|lease| lease.remaining(now_ms).is_some());
            if is_busy {
                result.skipped.push(id);
                continue;
            }
            let head = found.head.clone();
            match self.bury(found, options.dry_run, now_ms).await {
                Ok(true) => {
                    result.bytes_freed += users.leave(&head);
                    room.free(&head);
                    result.deleted_count += 1;
                    result.deleted.push(id);
                }
                // Somebody has begun to work on it.
                Ok(false) => result.skipped.push(id),
                Err(error) => result.errors.push(format!("session {id:?}: {error}")),
            }
        }
        match self.sweep(options.grace, options.dry_run).await {
            Ok(swept) => result.swept = swept,
            Err(error) => result.errors.push(error.to_string()),
        }
        event!("session.prune.completed", deleted = result.deleted_count, bytes = result.bytes_freed);
        Ok(result)
    }

    /// Whether a session could be deleted as it was read.
    async fn bury(&self, found: Versioned, dry_run: bool, now_ms: u64) -> Result<bool> {
        if dry_run {
            return Ok(true);
        }
        let Versioned { head, version } = found;
        let written = heads::write(&*self.storage, head.tombstone(now_ms), Expect::Version(version)).await?;
        Ok(matches!(written, Written::Done(_)))
    }
}

fn has_labels(head: &Head, options: &PruneOptions) -> bool {
    options.labels.iter().all(|(name, value)| head.labels.get(name) == Some(value))
}

/// How many sessions need each object.
#[derive(Default)]
struct Users {
    objects: BTreeMap<Digest, (u64, usize)>,
}

impl Users {
    fn of<'a>(heads: impl Iterator<Item = &'a Head>) -> Self {
        let mut users = Self::default();
        for (digest, object) in heads.flat_map(|head| &head.objects) {
            users.objects.entry(*digest).or_insert((object.bytes, 0)).1 += 1;
        }
        users
    }

    /// Takes a session out; gives back the bytes that nobody else needs.
    fn leave(&mut self, head: &Head) -> u64 {
        let mut freed = 0;
        for digest in head.objects.keys() {
            if let Some((bytes, users)) = self.objects.get_mut(digest) {
                *users = users.saturating_sub(1);
                freed += if *users == 0 { *bytes } else { 0 };
            }
        }
        freed
    }

    fn bytes(&self) -> u64 {
        self.objects.values().filter(|(_, users)| *users > 0).map(|(bytes, _)| bytes).sum()
    }
}

/// How far the sessions that are left are from the bounds.
struct Room {
    sessions: usize,
    max_sessions: usize,
    users: Users,
    bytes: u64,
    max_bytes: u64,
}

impl Room {
    fn of(options: &PruneOptions, matching: &[Versioned]) -> Self {
        let users = Users::of(matching.iter().map(|found| &found.head));
        Self {
            sessions: matching.len(),
            max_sessions: options.max_sessions.unwrap_or(usize::MAX),
            bytes: users.bytes(),
            users,
            max_bytes: options.max_bytes.unwrap_or(u64::MAX),
        }
    }

    fn is_enough(&self) -> bool {
        self.sessions <= self.max_sessions && self.bytes <= self.max_bytes
    }

    fn free(&mut self, head: &Head) {
        self.sessions = self.sessions.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(self.users.leave(head));
    }
}
