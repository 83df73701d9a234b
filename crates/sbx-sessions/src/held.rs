//! A session in somebody's hands.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sbx_core::RuntimeType;
use sbx_storage::{Expect, StorageAdapter};

use crate::encode::{Encoded, Input, Interpreters, Previous, encode};
use crate::error::{Error, Result};
use crate::event::alarm;
use crate::format::head::TurnEntry;
use crate::format::{Head, object};
use crate::heads::{self, Versioned};
use crate::id::SessionId;
use crate::info::SessionInfo;
use crate::lease::Claim;
use crate::load::{Loaded, Parts};
use crate::pack::{Object, Packers};
use crate::state::{InterpreterState, SessionState};
use crate::store::{MAX_RETRIES, SessionStore};
use crate::stored::Stored;
use crate::turn::TurnSummary;

/// A session with the right to change it, which one at a time has, over all machines.
///
/// Turns are staged first and stored with [`Held::flush`], so that a storage that does not answer loses nothing: what
/// is staged stays staged. Dropping it without [`Held::release`] loses what is staged, and others on other machines
/// wait until the lease runs out.
#[derive(Debug)]
pub struct Held {
    store: SessionStore,
    /// The head as it was stored last.
    head: Versioned,
    claim: Claim,
    /// The latest good state, staged or stored.
    state: SessionState,
    /// The latest good state that is stored, and where.
    base: Kept,
    staged: Vec<Staged>,
    /// All turns, those that are staged too.
    turns: Vec<TurnEntry>,
    /// Revisions of heads that were written without an answer: they may still come to be.
    attempts: Vec<String>,
    /// Whether interpreters were left where they are.
    files_only: bool,
}

/// A state and where it is stored.
#[derive(Debug, Clone)]
struct Kept {
    state: SessionState,
    stored: Stored,
}

/// A turn that is not in the head yet.
#[derive(Debug)]
struct Staged {
    entry: TurnEntry,
    next: Next,
    /// What has been written of it, to be written again if the head could not be: no head names it, so that a sweep
    /// elsewhere may have removed it since.
    written: Vec<Object>,
}

/// The state after a staged turn.
#[derive(Debug)]
enum Next {
    /// None: it was rolled back.
    None,
    /// To be encoded and written.
    State(Box<SessionState>),
    /// Its objects have been written.
    Kept(Box<Kept>),
}

impl Held {
    pub(crate) fn new(store: SessionStore, head: Versioned, claim: Claim, loaded: Loaded) -> Self {
        let Loaded { state, stored } = loaded;
        let files_only = state.interpreters.len() < stored.interpreters.len();
        let turns = head.head.turns.iter().map(|turn| turn.entry.clone()).collect();
        let base = Kept { state: state.clone(), stored };
        Self { store, head, claim, state, base, staged: Vec::new(), turns, attempts: Vec::new(), files_only }
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &SessionId {
        &self.head.head.id
    }

    /// What is known of it, without what is only staged.
    #[must_use]
    pub fn info(&self) -> SessionInfo {
        SessionInfo::new(&self.head.head, self.store.clock.now_ms())
    }

    /// Its turns, oldest first, those that are staged too.
    #[must_use]
    pub fn turns(&self) -> &[TurnEntry] {
        &self.turns
    }

    /// The number of its last turn, staged or stored.
    #[must_use]
    pub fn last_turn(&self) -> u64 {
        self.turns.last().map_or(0, |entry| entry.turn)
    }

    /// The latest good state, staged or stored.
    #[must_use]
    pub fn state(&self) -> &SessionState {
        &self.state
    }

    /// Adds a turn: `next` is the state after it, or nothing for a turn that is rolled back. It is stored by the next
    /// [`Held::flush`]. Gives back the turn's number.
    pub fn stage(&mut self, turn: TurnSummary, next: Option<SessionState>) -> u64 {
        let number = self.last_turn().saturating_add(1);
        let entry = TurnEntry::from_summary(number, self.store.clock.now_ms(), next.is_some(), turn);
        if let Some(next) = &next {
            self.state = next.clone();
        }
        let next = next.map_or(Next::None, |next| Next::State(Box::new(next)));
        self.add(entry, next);
        number
    }

    /// Gives up staged turns, from the first one on whose objects are not written: for a state that cannot be stored at
    /// all, which would keep every later one from being stored. Says how many turns that are; those before them stay
    /// staged, and [`Held::state`] is theirs again.
    pub fn unstage(&mut self) -> usize {
        // A head that names a turn was only ever written after all objects, so that none of these can turn up late.
        let is_unwritten = |staged: &Staged| matches!(staged.next, Next::State(_));
        let keep = self.staged.iter().position(is_unwritten).unwrap_or(self.staged.len());
        let given_up = self.staged.split_off(keep).len();
        self.turns.truncate(self.turns.len().saturating_sub(given_up));
        let kept = self.staged.iter().rev().find_map(|staged| match &staged.next {
            Next::Kept(kept) => Some(kept.state.clone()),
            Next::None | Next::State(_) => None,
        });
        self.state = kept.unwrap_or_else(|| self.base.state.clone());
        given_up
    }

    /// Whether nothing is staged.
    #[must_use]
    pub fn is_flushed(&self) -> bool {
        self.staged.is_empty()
    }

    /// Stores everything that is staged and renews the lease: the objects of each turn, then the head, once.
    ///
    /// # Errors
    /// [`Error::Fenced`] if the lease was lost; [`Error::Storage`] and others, after which what is staged stays staged
    /// and a later call can succeed.
    pub async fn flush(&mut self) -> Result<()> {
        if self.staged.is_empty() {
            return Ok(());
        }
        let latest = self.write_staged().await?;
        self.put_head(advance).await?;
        self.settle(latest);
        Ok(())
    }

    /// Writes the objects of what is staged, and says what the latest state will be.
    async fn write_staged(&mut self) -> Result<Kept> {
        let mut base = self.base.clone();
        for idx in 0..self.staged.len() {
            let Some(Staged { next, written, .. }) = self.staged.get_mut(idx) else { break };
            write_objects(&self.store, written).await?;
            if let Next::State(state) = next {
                let state = (**state).clone();
                let Encoded { objects, stored } =
                    encode_next(&state, &base, self.files_only, &self.store.packers)?;
                write_objects(&self.store, &objects).await?;
                *next = Next::Kept(Box::new(Kept { state, stored }));
                *written = objects;
            }
            if let Next::Kept(kept) = next {
                base = (**kept).clone();
            }
        }
        Ok(base)
    }

    /// The head has everything that was staged.
    fn settle(&mut self, latest: Kept) {
        self.base = latest;
        self.staged.clear();
        self.turns = self.head.head.turns.iter().map(|turn| turn.entry.clone()).collect();
    }

    /// How long from now [`Held::renew`] or [`Held::flush`] is due: half a lease after the last one.
    #[must_use]
    pub fn renew_after(&self) -> Duration {
        let renewed_ms = self.head.head.lease.as_ref().map_or(0, |lease| lease.renewed_ms);
        let gone = Duration::from_millis(self.store.clock.now_ms().saturating_sub(renewed_ms));
        (self.store.lease / 2).saturating_sub(gone)
    }

    /// Keeps the lease for another while: for a turn that takes longer than a lease lasts.
    ///
    /// # Errors
    /// [`Error::Fenced`], [`Error::Storage`].
    pub async fn renew(&mut self) -> Result<()> {
        self.put_head(|_head, _staged, _max_turns| {}).await
    }

    /// Makes the state after `turn` the latest one; 0 is the beginning. It is a turn of its own, staged; what was
    /// staged before is stored first.
    ///
    /// # Errors
    /// [`Error::NoSuchTurn`], [`Error::Corrupt`], and as [`Held::flush`].
    pub async fn rewind(&mut self, turn: u64) -> Result<()> {
        self.flush().await?;
        let parts = if self.files_only { Parts::Files } else { Parts::All };
        let base = self.state.base.clone();
        let Loaded { state, stored } =
            self.store.load_turn(&self.head.head, Some(turn), &base, parts).await?;
        let entry = TurnEntry::rewound(self.last_turn(), turn, self.store.clock.now_ms());
        self.state = state.clone();
        self.add(entry, Next::Kept(Box::new(Kept { state, stored })));
        Ok(())
    }

    /// Makes sessions that begin with the latest good state, each held; what is staged is stored first. Only heads are
    /// written, and nothing is read: all forks share the state. If one of them cannot be made, none is.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::NotAUuid`], and as [`Held::flush`].
    pub async fn fork(&mut self, new_ids: &[SessionId]) -> Result<Vec<Self>> {
        self.flush().await?;
        let claims: Vec<Claim> = new_ids.iter().map(|_id| Claim::new()).collect();
        let heads = self.store.fork_head(&self.head.head, None, new_ids, Some(&claims)).await?;
        let loaded = || Loaded { state: self.base.state.clone(), stored: self.base.stored.clone() };
        let forks = heads.into_iter().zip(claims);
        Ok(forks.map(|(head, claim)| Self::new(self.store.clone(), head, claim, loaded())).collect())
    }

    /// Stores what is staged and gives the session back, in one write of the head. After an error nothing is lost, and it
    /// can be tried again; after that somebody else can take the session.
    ///
    /// # Errors
    /// As [`Held::flush`].
    pub async fn give_back(&mut self) -> Result<()> {
        let latest = self.write_staged().await?;
        let claim = self.claim.nonce().to_owned();
        self.put_head(move |head, staged, max_turns| {
            if !staged.is_empty() {
                advance(head, staged, max_turns);
            }
            head.lease.take_if(|lease| lease.holder.nonce == claim);
        })
        .await?;
        self.settle(latest);
        Ok(())
    }

    /// [`Held::give_back`] for who has no use for it after an error: what was staged is lost then.
    ///
    /// # Errors
    /// As [`Held::flush`].
    pub async fn release(mut self) -> Result<()> {
        self.give_back().await
    }

    pub(crate) fn head(&self) -> &Head {
        &self.head.head
    }

    fn add(&mut self, entry: TurnEntry, next: Next) {
        self.turns.push(entry.clone());
        self.staged.push(Staged { entry, next, written: Vec::new() });
    }

    /// Replaces the head with what `change` makes of it. Finds out whether writes without an answer took effect, and
    /// takes over labels that others have set.
    async fn put_head(&mut self, change: impl Fn(&mut Head, &[Staged], usize) + Send + Sync) -> Result<()> {
        for _ in 0..MAX_RETRIES {
            let mut head = self.head.head.clone();
            let now_ms = self.store.clock.now_ms();
            head.lease = Some(self.claim.lease(now_ms, self.store.lease));
            change(&mut head, &self.staged, self.store.max_turns);
            let result = self.try_put(head).await;
            match result {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy {
            id: self.id().clone(),
            holder: "somebody who keeps changing it".to_owned(),
            expires_in: self.store.lease,
        })
    }

    /// Whether it is done, rather than to be tried again with a head that somebody else has changed.
    async fn try_put(&mut self, mut head: Head) -> Result<bool> {
        let storage = Arc::clone(&self.store.storage);
        head.revision = crate::random::text();
        let revision = head.revision.clone();
        let bytes = head.to_bytes()?.into();
        let expect = Expect::Version(self.head.version.clone());
        let error = match storage.write(&head.id.head_key()?, bytes, expect).await {
            Ok(version) => {
                self.head = Versioned { head, version };
                self.attempts.clear();
                return Ok(true);
            }
            Err(error) => error,
        };
        self.attempts.push(revision.clone());
        // Without an answer to either, the first one says more.
        let Ok(found) = heads::read(&*storage, &head.id).await else { return Err(error.into()) };
        let Some(found) = found.filter(|found| found.head.deleted.is_none()) else {
            return Err(self.fenced());
        };
        if found.head.revision == self.head.head.revision {
            // Nobody has written: not even us.
            if !matches!(error, sbx_storage::Error::Conflict { .. }) {
                return Err(error.into());
            }
        } else if !self.attempts.contains(&found.head.revision) && !self.claim.is(found.head.lease.as_ref()) {
            return Err(self.fenced());
        }
        let is_done = found.head.revision == revision;
        if found.head.revision != self.head.head.revision {
            // Whatever else was on its way expects a version that is gone.
            self.attempts.clear();
        }
        self.head = found;
        Ok(is_done)
    }

    fn fenced(&self) -> Error {
        alarm!("session.fenced", session_id = %self.id());
        Error::Fenced { id: self.id().clone() }
    }
}

/// Adds the staged turns to a head that may have some of them already.
fn advance(head: &mut Head, staged: &[Staged], max_turns: usize) {
    let done = head.last_turn();
    let mut needs: Option<Stored> = None;
    for Staged { entry, next, .. } in staged.iter().filter(|staged| staged.entry.turn > done) {
        let record = match next {
            Next::Kept(kept) => {
                needs = Some(kept.stored.clone());
                Some(kept.stored.record.clone())
            }
            Next::None | Next::State(_) => None,
        };
        match &needs {
            Some(stored) => head.push(entry.clone(), record, stored.objects.iter()),
            None => {
                // Rolled back: what was needed before is needed still.
                let turn = head.latest.as_ref().map_or(0, |latest| latest.turn);
                let needs = head.needs_of(turn);
                head.push(entry.clone(), record, needs.iter().map(|(digest, bytes)| (digest, bytes)));
            }
        }
    }
    head.trim(max_turns);
}

fn encode_next(next: &SessionState, base: &Kept, files_only: bool, packers: &Packers) -> Result<Encoded> {
    let given: &BTreeMap<RuntimeType, InterpreterState> = &next.interpreters;
    let interpreters = if files_only { Interpreters::Untouched } else { Interpreters::Given(given) };
    let previous = Previous { state: &base.state, stored: &base.stored };
    encode(Input { tree: &next.tree, base: &next.base, interpreters }, Some(previous), packers)
}

/// Writes objects under their names.
pub(crate) async fn write_objects(store: &SessionStore, objects: &[Object]) -> Result<()> {
    for Object { digest, bytes } in objects {
        store.storage.write(&object::key(digest)?, bytes.clone(), Expect::Any).await?;
    }
    Ok(())
}
