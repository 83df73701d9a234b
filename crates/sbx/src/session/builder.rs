//! Where sessions are kept, what runs in them, and how long they stay in memory.

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use sbx_core::{ExecutionPolicy, RuntimeType};
use sbx_sessions::{Held, NewSession, SessionFiles, SessionId, SessionState, SessionStore};
use sbx_storage::StorageAdapter;

use super::{
    Session,
    keeper::Keeper,
    slot::{self, Awake, Slot, State},
};
use crate::{
    error::{Error, Result},
    runtimes::{Runtimes, default_image},
};

/// When what a turn did is safe from the end of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// Before its result is there.
    #[default]
    PerTurn,
    /// When the session has been idle for a while, is closed, or is saved. A crash loses the turns since.
    OnIdle,
    /// Never, unless it is saved or forked: the session ends with its last handle. One that was stored before is treated as
    /// with [`Durability::OnIdle`].
    Ephemeral,
}

/// What a lease lasts beyond the longest turn: so long can a session rest between two turns without renewing it.
const SPARE_LEASE: Duration = Duration::from_secs(60);

/// Makes [`Sessions`].
#[derive(Debug)]
#[must_use]
pub struct SessionsBuilder {
    store: SessionStore,
    runtimes: Option<Runtimes>,
    policy: ExecutionPolicy,
    runtime: RuntimeType,
    image: Option<String>,
    durability: Durability,
    persistent: bool,
    max_live: usize,
    idle_after: Duration,
}

impl SessionsBuilder {
    /// Sessions kept in `storage`, with the default policy and an interpreter that goes on from turn to turn.
    pub fn new(storage: Arc<dyn StorageAdapter>) -> Self {
        Self::over(SessionStore::new(storage))
    }

    /// Sessions kept in a store that was set up otherwise (lease, turns kept, ids allowed).
    pub fn over(store: SessionStore) -> Self {
        Self {
            store,
            runtimes: None,
            policy: ExecutionPolicy::default(),
            runtime: RuntimeType::Python,
            image: None,
            durability: Durability::default(),
            persistent: true,
            max_live: 64,
            idle_after: Duration::from_secs(30),
        }
    }

    /// Uses these runtimes in place of the shared ones.
    pub fn runtimes(mut self, runtimes: Runtimes) -> Self {
        self.runtimes = Some(runtimes);
        self
    }

    /// What programs may use and reach.
    pub fn policy(mut self, policy: ExecutionPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The language that [`Session::execute`] takes. Default Python. [`Session::execute_in`] takes any: all share the session's
    /// files, and each has an interpreter of its own in it.
    pub fn runtime(mut self, runtime: RuntimeType) -> Self {
        self.runtime = runtime;
        self
    }

    /// The image that new sessions start from. Default [`default_image`] of the runtime. A session stays with the image it began with.
    pub fn image(mut self, name: impl Into<String>) -> Self {
        self.image = Some(name.into());
        self
    }

    /// When turns are stored. Default [`Durability::PerTurn`].
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Whether the interpreter goes on from turn to turn (the default), or files alone do and each program gets a fresh one.
    pub fn persistent(mut self, persistent: bool) -> Self {
        self.persistent = persistent;
        self
    }

    /// Interpreters kept in memory between turns; the one that was idle longest goes first. Default 64, at least 1.
    pub fn max_live(mut self, max_live: usize) -> Self {
        self.max_live = max_live.max(1);
        self
    }

    /// How long a session stays in memory without a turn. Default 30 s.
    pub fn idle_after(mut self, idle_after: Duration) -> Self {
        self.idle_after = idle_after.max(Duration::from_millis(10));
        self
    }

    /// The sessions.
    ///
    /// # Errors
    /// A policy that makes no sense or that sessions cannot keep, an unknown image, a runtime that is not set up.
    pub fn build(self) -> Result<Sessions> {
        self.policy.validate()?;
        if let Some(mount) =
            self.policy.mounts.iter().find(|mount| mount.mode == sbx_core::MountMode::Overlay)
        {
            return Err(Error::OverlayInSession { path: mount.guest.clone() });
        }
        let runtimes = match self.runtimes {
            Some(runtimes) => runtimes,
            None => Runtimes::shared()?,
        };
        let image = self.image.unwrap_or_else(|| default_image(self.runtime).to_owned());
        runtimes.check_image(self.runtime, &image)?;
        let inner = Arc::new_cyclic(|this| Inner {
            keeper: Keeper::new(Weak::clone(this), self.idle_after),
            store: self.store.with_lease(longest_turn(&self.policy).saturating_add(SPARE_LEASE)),
            runtimes,
            policy: Arc::new(self.policy),
            runtime: self.runtime,
            image,
            durability: self.durability,
            persistent: self.persistent,
            max_live: self.max_live,
            slots: Mutex::default(),
        });
        Ok(Sessions { inner })
    }
}

/// Sessions in one storage, under one policy; a cheap handle.
///
/// # Examples
/// ```no_run
/// use std::sync::Arc;
///
/// use sbx::{DiskStorage, Sessions};
///
/// let sessions = Sessions::new(Arc::new(DiskStorage::open("sessions")?))?;
/// let session = sessions.create()?;
/// session.execute("import pandas as pd; frame = pd.DataFrame({'n': range(3)})")?;
/// let variants = session.fork(8)?;
/// assert_eq!(variants[0].execute("print(frame.n.sum())")?.stdout, "3\n");
/// # Ok::<(), sbx::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Sessions {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) store: SessionStore,
    pub(super) runtimes: Runtimes,
    pub(super) policy: Arc<ExecutionPolicy>,
    pub(super) runtime: RuntimeType,
    pub(super) image: String,
    pub(super) durability: Durability,
    pub(super) persistent: bool,
    max_live: usize,
    /// Every session that this process has a handle of, or holds.
    slots: Mutex<BTreeMap<SessionId, Arc<Slot>>>,
    keeper: Keeper,
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Sessions {
    /// Sessions in `storage` with defaults for everything, see [`SessionsBuilder`].
    ///
    /// # Errors
    /// If the runtime is not set up on this machine.
    pub fn new(storage: Arc<dyn StorageAdapter>) -> Result<Self> {
        SessionsBuilder::new(storage).build()
    }

    /// A new session with an id of its own.
    ///
    /// # Errors
    /// What the storage fails at.
    pub fn create(&self) -> Result<Session> {
        self.create_as(&SessionId::generate(), NewSession::default())
    }

    /// A new session with this id.
    ///
    /// # Errors
    /// An id that is taken; what the storage fails at.
    pub fn create_as(&self, id: &SessionId, new: NewSession) -> Result<Session> {
        self.inner.block_on(self.inner.create_session(id, new))
    }

    /// The session with this id. It is taken when it first runs something.
    ///
    /// # Errors
    /// No such session; what the storage fails at.
    pub fn open(&self, id: &SessionId) -> Result<Session> {
        self.inner.block_on(self.inner.open_session(id))
    }

    /// The session with this id, new if there is none.
    ///
    /// # Errors
    /// What the storage fails at.
    pub fn open_or_create(&self, id: &SessionId) -> Result<Session> {
        self.inner.block_on(async {
            match self.inner.open_session(id).await {
                Err(Error::Session(sbx_sessions::Error::NotFound { .. })) => {
                    match self.inner.create_session(id, NewSession::default()).await {
                        // Somebody was faster.
                        Err(Error::Session(sbx_sessions::Error::Exists { .. })) => {
                            self.inner.open_session(id).await
                        }
                        other => other,
                    }
                }
                other => other,
            }
        })
    }

    /// Where they are kept: to list, look at, delete, prune, export and import them.
    #[must_use]
    pub fn store(&self) -> &SessionStore {
        &self.inner.store
    }

    /// Waits for a future, such as one of the [`store`](Self::store), on this thread.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.inner.block_on(future)
    }

    /// Their files at rest, under the policy's quota: to read and change them without waking an interpreter.
    ///
    /// # Errors
    /// A workspace that is in the way of the runtime's own files.
    pub fn files(&self) -> Result<SessionFiles> {
        let quota = sbx_host::quota(&self.inner.policy);
        Ok(self.inner.store.files(&self.inner.base()?, quota))
    }

    /// Sessions with an interpreter in memory.
    #[must_use]
    pub fn n_live(&self) -> usize {
        self.inner.slots().values().filter(|slot| slot.is_live()).count()
    }

    /// Puts every session that is not in use to sleep; see [`Session::close`].
    ///
    /// # Errors
    /// The first thing that the storage failed at; the others are tried all the same.
    pub fn hibernate_all(&self) -> Result<()> {
        self.inner.block_on(self.inner.hibernate_idle(0))
    }
}

impl Inner {
    pub(super) fn slots(&self) -> std::sync::MutexGuard<'_, BTreeMap<SessionId, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtimes.host().block_on(future)
    }

    async fn create_session(self: &Arc<Self>, id: &SessionId, new: NewSession) -> Result<Session> {
        let base = self.base()?;
        let state = SessionState::new(base);
        let new = new.with_workspace(self.policy.guest_mount_path.clone());
        Ok(self.adopt(self.store.create(id, new, state).await?))
    }

    pub(super) async fn open_session(self: &Arc<Self>, id: &SessionId) -> Result<Session> {
        let known = self.slots().get(id).cloned();
        let slot = match known {
            Some(slot) => slot,
            None => {
                self.store.info(id).await?;
                // Somebody has stored it: it is not ours to remove.
                let slot = Slot::new(id.clone(), State::Asleep, false);
                Arc::clone(self.slots().entry(id.clone()).or_insert(slot))
            }
        };
        Ok(Session::new(Arc::clone(self), slot))
    }

    /// A handle of a session that was just made and is ours.
    pub(super) fn adopt(self: &Arc<Self>, held: Held) -> Session {
        let id = held.id().clone();
        let state = State::Awake(Box::new(Awake { held, live: None }));
        let slot = Slot::new(id.clone(), state, self.durability == Durability::Ephemeral);
        self.slots().insert(id, Arc::clone(&slot));
        self.keeper.start();
        Session::new(Arc::clone(self), slot)
    }

    /// The session in `state`, taken from the storage if it is asleep.
    pub(super) async fn wake<'a>(&self, slot: &Slot, state: &'a mut State) -> Result<&'a mut Awake> {
        if let State::Asleep = state {
            let held = self.store.open(&slot.id, &self.base()?).await?;
            *state = State::Awake(Box::new(Awake { held, live: None }));
            self.keeper.start();
        }
        let State::Awake(awake) = state else { return Err(Error::Session(not_awake(slot))) };
        if awake.live.is_none() {
            self.make_room(slot).await;
        }
        Ok(awake)
    }

    /// Puts the session that was idle longest to sleep if there are too many interpreters in memory.
    async fn make_room(&self, wants: &Slot) {
        let mut live: Vec<Arc<Slot>> = {
            let slots = self.slots();
            slots.values().filter(|slot| slot.is_live() && slot.id != wants.id).cloned().collect()
        };
        live.sort_by_key(|slot| std::cmp::Reverse(slot.idle_ms()));
        let surplus = (live.len() + 1).saturating_sub(self.max_live);
        let mut n_asleep = 0;
        for slot in live {
            if n_asleep == surplus {
                break;
            }
            match slot::hibernate_if_free(&slot).await {
                Ok(was_free) => n_asleep += usize::from(was_free),
                Err(error) => {
                    tracing::warn!(session = %slot.id, %error, "an idle session could not be stored");
                }
            }
        }
    }

    /// Puts sessions to sleep that had no turn for so long.
    pub(super) async fn hibernate_idle(&self, idle_ms: u64) -> Result<()> {
        let idle: Vec<Arc<Slot>> =
            self.slots().values().filter(|slot| slot.idle_ms() >= idle_ms).cloned().collect();
        let mut outcome = Ok(());
        for slot in idle {
            if let Err(error) = slot::hibernate_if_free(&slot).await {
                tracing::warn!(session = %slot.id, %error, "an idle session could not be stored");
                outcome = outcome.and(Err(error.into()));
            }
        }
        outcome
    }

    /// A handle is being dropped. With the last one the session is put to sleep, by the keeper: a drop does not wait.
    pub(super) fn let_go(&self, slot: &Arc<Slot>) {
        /// This one, and that of the table.
        const LAST: usize = 2;
        if Arc::strong_count(slot) <= LAST {
            self.keeper.wants_sleep();
        }
    }

    /// Puts sessions to sleep that nobody has a handle of any more, and forgets them.
    pub(super) async fn forget_unused(&self) {
        let unused: Vec<Arc<Slot>> = {
            let slots = self.slots();
            slots.values().filter(|slot| Arc::strong_count(slot) == 1).cloned().collect()
        };
        for slot in unused {
            if let Err(error) = self.retire(&slot).await {
                tracing::warn!(session = %slot.id, %error, "a session could not be stored; trying again");
                continue;
            }
            let mut slots = self.slots();
            // Ours and that of the table: nobody took a handle meanwhile.
            if Arc::strong_count(&slot) == 2 {
                slots.remove(&slot.id);
            }
        }
    }

    /// Puts a session to sleep that lost its last handle; an ephemeral one is removed.
    async fn retire(&self, slot: &Slot) -> Result<()> {
        let was_ephemeral = slot.is_ephemeral();
        // So that its lease is given back, too.
        slot.keep();
        slot::hibernate(slot).await?;
        if was_ephemeral {
            self.store.delete(&slot.id).await?;
        }
        Ok(())
    }

    /// How long a turn can take, and a little to store it: what the lease must cover.
    pub(super) fn longest_turn(&self) -> Duration {
        longest_turn(&self.policy)
    }
}

impl Drop for Inner {
    /// What is awake is stored and let go of, so that others can go on with it.
    fn drop(&mut self) {
        let slots = std::mem::take(&mut *self.slots());
        self.block_on(async {
            for slot in slots.values() {
                if let Err(error) = self.retire(slot).await {
                    tracing::error!(session = %slot.id, %error, "the session's last turns are lost");
                }
            }
        });
    }
}

fn longest_turn(policy: &ExecutionPolicy) -> Duration {
    const TO_STORE: Duration = Duration::from_secs(10);
    const WITHOUT_LIMIT: Duration = Duration::from_secs(3600);
    policy.timeout_seconds.unwrap_or(WITHOUT_LIMIT).saturating_add(TO_STORE)
}

fn not_awake(slot: &Slot) -> sbx_sessions::Error {
    sbx_sessions::Error::NotFound { id: slot.id.clone() }
}
