//! All sessions of one storage.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sbx_core::GuestPath;
use sbx_storage::{Expect, StorageAdapter};
use sbx_vfs::Tree;

use crate::blobs::Frames;
use crate::clock::{Clock, SystemClock};
use crate::encode::{Input, Interpreters, encode};
use crate::error::{Error, Result};
use crate::event::{alarm, event};
use crate::format::Head;
use crate::format::head::TurnEntry;
use crate::heads::{self, Versioned, Written};
use crate::held::{Held, write_objects};
use crate::id::SessionId;
use crate::info::{SessionInfo, SessionList, Unreadable};
use crate::lease::{self, Claim};
use crate::load::{Loaded, Parts, load};
use crate::new::{NewSession, check_labels};
use crate::pack::Packers;
use crate::state::SessionState;

/// How turns are compressed: memory pages compress well at any level, and every turn waits for it.
const DEFAULT_LEVEL: i32 = -1;

/// More than policies give, less than what makes a machine stand still.
const DEFAULT_MAX_BYTES: u64 = 16 << 30;

/// How often a head is read again when somebody else keeps changing it.
pub(crate) const MAX_RETRIES: usize = 16;
/// How long somebody who is about to remove the head of a deleted session may take.
pub(crate) const CONDEMNED_MS: u64 = 10 * 60 * 1000;
/// Keeps sessions in a storage. Any number of stores, on any number of machines, may use one storage at a time; a
/// clone shares its cache.
///
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// use sbx_sessions::{NewSession, SessionId, SessionState, SessionStore, TurnSummary};
/// use sbx_storage::MemoryStorage;
/// use sbx_vfs::{GuestPath, Quota, Tree};
///
/// # pollster::block_on(async {
/// let store = SessionStore::new(Arc::new(MemoryStorage::new()));
/// let id = SessionId::parse("notes")?;
/// let mut held = store.create(&id, NewSession::default(), SessionState::new(Tree::new())).await?;
///
/// let mut next = held.state().clone();
/// next.tree.edit(Quota::default(), 0).write_file(&GuestPath::in_workspace("a.txt")?, b"kept", false)?;
/// held.stage(TurnSummary::new(), Some(next));
/// held.flush().await?;
/// held.release().await?;
///
/// let held = store.open(&id, &Tree::new()).await?;
/// assert_eq!(held.state().tree.read_file(&GuestPath::in_workspace("a.txt")?)?, b"kept");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct SessionStore {
    pub(crate) storage: Arc<dyn StorageAdapter>,
    pub(crate) frames: Frames,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) lease: Duration,
    pub(crate) max_turns: usize,
    pub(crate) max_bytes: u64,
    allow_non_uuid: bool,
    pub(crate) packers: Packers,
}

impl SessionStore {
    /// The sessions of `storage`.
    #[must_use]
    pub fn new(storage: Arc<dyn StorageAdapter>) -> Self {
        Self {
            frames: Frames::new(Arc::clone(&storage)),
            storage,
            clock: Arc::new(SystemClock),
            lease: lease::DEFAULT,
            max_turns: 100,
            max_bytes: DEFAULT_MAX_BYTES,
            allow_non_uuid: true,
            packers: Packers::new(DEFAULT_LEVEL),
        }
    }

    /// The same with leases of another length; default 30 s. It does not bound turns: a lease is renewed by each
    /// [`Held::flush`] and by [`Held::renew`]. Longer ones keep a session longer from others when a machine is lost.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// The same with another number of turns that are kept of a session; default 100, at least 1, at most 10,000. Older
    /// ones can no longer be gone back to and are not in the log; what only they needed becomes free.
    #[must_use]
    pub fn with_max_turns(mut self, turns: usize) -> Self {
        self.max_turns = turns;
        self
    }

    /// The same with another bound on the files of a session, all together; default 16 GiB. A few bytes in a storage or an
    /// archive can say that a file has any length, so a session over the bound is neither imported nor loaded.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Checks what the files of a session, or some of them, say that they take.
    pub(crate) fn admit_bytes(&self, id: &SessionId, bytes: u64) -> Result<()> {
        if bytes > self.max_bytes {
            alarm!("security.session_too_large", session_id = %id, bytes);
            return Err(Error::OverBound { id: id.clone(), bytes, limit: self.max_bytes });
        }
        Ok(())
    }

    /// The same by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The same, refusing names that are no UUID of version 4 if not `allow`; default allowed.
    #[must_use]
    pub fn with_allow_non_uuid(mut self, allow: bool) -> Self {
        self.allow_non_uuid = allow;
        self
    }

    /// The same with another zstd level; default -1, which takes two thirds of the time of level 1 for an eighth more bytes.
    /// Higher ones take longer with every turn and store less.
    #[must_use]
    pub fn with_compression(mut self, level: i32) -> Self {
        self.packers = Packers::new(level);
        self
    }

    /// Where the sessions are kept.
    #[must_use]
    pub fn storage(&self) -> &Arc<dyn StorageAdapter> {
        &self.storage
    }

    /// Makes a session with `state` as its beginning, turn 0, and holds it.
    ///
    /// # Errors
    /// [`Error::Exists`]; [`Error::NotAUuid`]; [`Error::Labels`]; [`Error::Busy`] while the mark of a deleted session of
    /// this name is being removed; [`Error::Storage`].
    pub async fn create(&self, id: &SessionId, new: NewSession, state: SessionState) -> Result<Held> {
        self.admit(id)?;
        check_labels(id, &new.labels)?;
        // Nothing is written for a name that is taken.
        let expect = self.vacancy(id).await?;
        let interpreters = Interpreters::Given(&state.interpreters);
        let encoded =
            encode(Input { tree: &state.tree, base: &state.base, interpreters }, None, &self.packers)?;
        write_objects(self, &encoded.objects).await?;
        let now_ms = self.clock.now_ms();
        let workspace = new.workspace.unwrap_or_else(GuestPath::workspace);
        let mut head = Head { labels: new.labels, ..Head::new(id.clone(), now_ms, workspace) };
        let entry = TurnEntry { kept: true, note: Some("created".to_owned()), ..TurnEntry::new(0, now_ms) };
        head.push(entry, Some(encoded.stored.record.clone()), encoded.stored.objects.iter());
        let claim = Claim::new();
        head.lease = Some(claim.lease(now_ms, self.lease));
        let written = self.put_new(head, expect).await?;
        event!("session.created", session_id = %id, bytes = written.head.size_bytes());
        Ok(Held::new(self.clone(), written, claim, Loaded { state, stored: encoded.stored }))
    }

    /// Takes the lease of a session and loads its latest good state over `base`, the runtime's own files.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Busy`] while somebody else has it; [`Error::Corrupt`], with which the session can
    /// still be rewound ([`SessionStore::rewind`]); [`Error::Storage`].
    pub async fn open(&self, id: &SessionId, base: &Tree) -> Result<Held> {
        self.open_parts(id, base, Parts::All).await
    }

    pub(crate) async fn open_parts(&self, id: &SessionId, base: &Tree, parts: Parts) -> Result<Held> {
        let (held, claim) = self.take(id).await?;
        match self.load_turn(&held.head, None, base, parts).await {
            Ok(loaded) => {
                event!("session.retrieved", session_id = %id, turn = held.head.last_turn());
                Ok(Held::new(self.clone(), held, claim, loaded))
            }
            Err(error) => {
                self.give_back(held).await;
                Err(error)
            }
        }
    }

    /// The state of a session after `turn`, or the latest good one. Reading needs no lease.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NoSuchTurn`], [`Error::Corrupt`], [`Error::Storage`].
    pub async fn state(&self, id: &SessionId, turn: Option<u64>, base: &Tree) -> Result<SessionState> {
        Ok(self.read_state(id, turn, base, Parts::All).await?.state)
    }

    pub(crate) async fn read_state(
        &self,
        id: &SessionId,
        turn: Option<u64>,
        base: &Tree,
        parts: Parts,
    ) -> Result<Loaded> {
        let found = self.read(id).await?;
        self.load_turn(&found.head, turn, base, parts).await
    }

    /// What is known of a session.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Corrupt`], [`Error::Storage`].
    pub async fn info(&self, id: &SessionId) -> Result<SessionInfo> {
        let found = self.read(id).await?;
        Ok(SessionInfo::new(&found.head, self.clock.now_ms()))
    }

    /// All sessions, by name. Those that cannot be read are reported beside.
    ///
    /// # Errors
    /// [`Error::Storage`] if there is no list.
    pub async fn list(&self) -> Result<SessionList> {
        let all = heads::read_all(&self.storage).await?;
        let now_ms = self.clock.now_ms();
        let live = all.heads.iter().filter(|found| found.head.deleted.is_none());
        let mut sessions: Vec<_> = live.map(|found| SessionInfo::new(&found.head, now_ms)).collect();
        sessions.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(SessionList { sessions, unreadable: all.unreadable.into_iter().map(Unreadable::new).collect() })
    }

    /// The turns of a session that are kept, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Corrupt`], [`Error::Storage`].
    pub async fn log(&self, id: &SessionId) -> Result<Vec<TurnEntry>> {
        let found = self.read(id).await?;
        Ok(found.head.turns.into_iter().map(|turn| turn.entry).collect())
    }

    /// Replaces the labels of a session; needs no lease.
    ///
    /// # Errors
    /// [`Error::Labels`], [`Error::NotFound`], [`Error::Corrupt`], [`Error::Storage`].
    pub async fn set_labels(&self, id: &SessionId, labels: BTreeMap<String, String>) -> Result<()> {
        check_labels(id, &labels)?;
        self.change(id, |head| {
            head.labels.clone_from(&labels);
            Ok(())
        })
        .await
        .map(drop)
    }

    /// Makes the state after `turn` the latest one without loading it: a new turn that says so.
    ///
    /// # Errors
    /// [`Error::NoSuchTurn`], [`Error::NotFound`], [`Error::Busy`], [`Error::Corrupt`] for a broken head,
    /// [`Error::Storage`].
    pub async fn rewind(&self, id: &SessionId, turn: u64) -> Result<()> {
        let now_ms = self.clock.now_ms();
        let max_turns = self.max_turns;
        let change = |head: &mut Head| {
            admit_change(head, now_ms)?;
            let (_, record) = head.record_of(Some(turn))?;
            let needs = head.needs_of(turn);
            head.push(
                TurnEntry::rewound(head.last_turn(), turn, now_ms),
                Some(record),
                needs.iter().map(|(d, b)| (d, b)),
            );
            head.trim(max_turns);
            // Whoever had it and let the lease run out is not to go on from another state than they know.
            head.lease = None;
            Ok(())
        };
        self.change(id, change).await.map(drop)
    }

    /// Deletes a session; its name is free at once, its bytes with a later [`SessionStore::sweep`]. Gives back how many
    /// bytes it had, some of which other sessions may need.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Busy`] while somebody has it; [`Error::Corrupt`]; [`Error::Storage`].
    pub async fn delete(&self, id: &SessionId) -> Result<u64> {
        let now_ms = self.clock.now_ms();
        let mut bytes = 0;
        let change = |head: &mut Head| {
            admit_change(head, now_ms)?;
            bytes = head.size_bytes();
            *head = head.tombstone(now_ms);
            Ok(())
        };
        self.change(id, change).await?;
        event!("session.deleted", session_id = %id, bytes);
        Ok(bytes)
    }

    /// Checks a name against the rules of this store.
    pub(crate) fn admit(&self, id: &SessionId) -> Result<()> {
        if !self.allow_non_uuid && !id.is_uuid() {
            alarm!("security.id_refused", session_id = %id);
            return Err(Error::NotAUuid { id: id.clone() });
        }
        Ok(())
    }

    pub(crate) async fn read(&self, id: &SessionId) -> Result<Versioned> {
        self.admit(id)?;
        heads::read_live(&*self.storage, id).await
    }

    /// Loads the state after `turn` of a session whose head this is.
    pub(crate) async fn load_turn(
        &self,
        head: &Head,
        turn: Option<u64>,
        base: &Tree,
        parts: Parts,
    ) -> Result<Loaded> {
        let (_, record) = head.record_of(turn)?;
        let listed = |digest: &_| head.objects.get(digest).map(|object| object.bytes);
        let loaded = load(&self.frames, &record, base, parts, &listed).await;
        if let Err(error @ Error::Corrupt { .. }) = &loaded {
            alarm!("security.corrupt_object", session_id = %head.id, code = error.code());
        }
        let loaded = loaded?;
        self.admit_bytes(&head.id, loaded.state.tree.usage().bytes)?;
        Ok(loaded)
    }

    /// What a write must expect to make a session of this name.
    pub(crate) async fn vacancy(&self, id: &SessionId) -> Result<Expect> {
        let Some(found) = heads::read(&*self.storage, id).await? else { return Ok(Expect::Absent) };
        let Some(deleted) = &found.head.deleted else { return Err(Error::Exists { id: id.clone() }) };
        let now_ms = self.clock.now_ms();
        if let Some(since) = deleted.condemned_ms {
            let free_at = since.saturating_add(CONDEMNED_MS);
            if now_ms < free_at {
                let holder = "a sweep that removes what is left of an older one".to_owned();
                let expires_in = Duration::from_millis((free_at - now_ms).min(CONDEMNED_MS));
                return Err(Error::Busy { id: id.clone(), holder, expires_in });
            }
        }
        Ok(Expect::Version(found.version))
    }

    /// Writes the head of a new session.
    pub(crate) async fn put_new(&self, head: Head, expect: Expect) -> Result<Versioned> {
        let id = head.id.clone();
        match heads::write(&*self.storage, head, expect).await? {
            Written::Done(written) => Ok(written),
            Written::Lost(_) => Err(Error::Exists { id }),
        }
    }

    /// Changes a head that nobody holds, or in a way that its holder can live with; again if somebody was quicker.
    pub(crate) async fn change(
        &self,
        id: &SessionId,
        mut change: impl FnMut(&mut Head) -> Result<()>,
    ) -> Result<Versioned> {
        let mut found = self.read(id).await?;
        for _ in 0..MAX_RETRIES {
            let mut head = found.head.clone();
            change(&mut head)?;
            match heads::write(&*self.storage, head, Expect::Version(found.version)).await? {
                Written::Done(written) => return Ok(written),
                Written::Lost(Some(other)) if other.head.deleted.is_none() => found = other,
                Written::Lost(_) => return Err(Error::NotFound { id: id.clone() }),
            }
        }
        Err(busy(id, "somebody who keeps changing it".to_owned(), self.lease))
    }

    /// Takes the lease.
    pub(crate) async fn take(&self, id: &SessionId) -> Result<(Versioned, Claim)> {
        let claim = Claim::new();
        let change = |head: &mut Head| {
            // The clock is read for each try: others may have taken their time.
            let now_ms = self.clock.now_ms();
            admit_change(head, now_ms)?;
            head.lease = Some(claim.lease(now_ms, self.lease));
            Ok(())
        };
        let held = self.change(id, change).await?;
        Ok((held, claim))
    }

    /// Gives a lease back if that is easily done; else it runs out.
    async fn give_back(&self, held: Versioned) {
        let head = Head { lease: None, ..held.head };
        let id = head.id.clone();
        if heads::write(&*self.storage, head, Expect::Version(held.version)).await.is_err() {
            tracing::debug!(target: crate::event::TARGET, session_id = %id, "a lease is left to run out");
        }
    }
}

/// Refuses a session that somebody else has.
pub(crate) fn admit_change(head: &Head, now_ms: u64) -> Result<()> {
    let lease = head.lease.as_ref().and_then(|lease| Some((lease, lease.remaining(now_ms)?)));
    match lease {
        Some((lease, expires_in)) => Err(busy(&head.id, lease.holder.describe(), expires_in)),
        None => Ok(()),
    }
}

fn busy(id: &SessionId, holder: String, expires_in: Duration) -> Error {
    Error::Busy { id: id.clone(), holder, expires_in }
}
