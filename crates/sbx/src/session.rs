//! Sessions: interpreters and files that go on from turn to turn, from process to process, from machine to machine.
//!
//! Between two turns a session is plain data: the pages of memory that differ from the image, the files, the open
//! descriptors. What is alive here is a cache of that, which may be dropped at any moment but inside a turn.

mod builder;
mod files;
mod keeper;
mod slot;

use std::sync::Arc;

use sbx_core::{RuntimeType, SandboxResult};
use sbx_runtime::{Interpreter, Program};
use sbx_sessions::{SessionId, SessionState, SessionStore, TurnEntry, TurnSummary};
use sbx_vfs::{Change, Tree};

pub use self::builder::{Durability, Sessions, SessionsBuilder};
use self::{
    builder::Inner,
    slot::{Awake, Slot, State},
};
use crate::{
    error::{Error, Result},
    runtimes::default_image,
};

/// A session: programs run in it one after another, each finding what the ones before it left, names and modules and
/// open files included.
///
/// A turn that is cut off (time, fuel, memory, a trap, cancelled) or breaks its interpreter (`NoReport`) leaves no trace: interpreter and files are those of the
/// last good turn, and the result says `rolled_back`. Handles of one session in one process share it; turns wait for one
/// another. Another process gets [`sbx_sessions::Error::Busy`] until this one has let go of it: by [`Session::close`], after
/// some idle time, or by dying.
#[derive(Debug)]
pub struct Session {
    inner: Arc<Inner>,
    slot: Arc<Slot>,
}

impl Session {
    fn new(inner: Arc<Inner>, slot: Arc<Slot>) -> Self {
        Self { inner, slot }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &SessionId {
        &self.slot.id
    }

    /// Where it is kept: for what needs no interpreter.
    #[must_use]
    pub fn store(&self) -> &SessionStore {
        &self.inner.store
    }

    /// Runs a program as the next turn and waits for it. However it ends, the result says so.
    ///
    /// # Errors
    /// What the host or the storage fails at. [`Error::Unsaved`] has the result of a turn that ran and could not be stored:
    /// the session goes on from it in memory, and the next turn or [`Session::save`] stores both. A turn whose state is more
    /// than a session can hold is rolled back and is an error.
    pub fn execute(&self, program: impl Into<Program>) -> Result<SandboxResult> {
        self.inner.block_on(self.execute_async(program))
    }

    /// [`Session::execute`] for async callers, on any executor. Dropping the future ends the program, and the session is
    /// as it was before.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub async fn execute_async(&self, program: impl Into<Program>) -> Result<SandboxResult> {
        self.execute_in_async(self.inner.runtime, program).await
    }

    /// [`Session::execute`] in another language than the sessions' own. All languages of a session share its files; each has
    /// an interpreter of its own.
    ///
    /// # Errors
    /// As [`Session::execute`]; a language that is not set up.
    pub fn execute_in(&self, runtime: RuntimeType, program: impl Into<Program>) -> Result<SandboxResult> {
        self.inner.block_on(self.execute_in_async(runtime, program))
    }

    /// [`Session::execute_in`] for async callers.
    ///
    /// # Errors
    /// As [`Session::execute_in`].
    pub async fn execute_in_async(
        &self,
        runtime: RuntimeType,
        program: impl Into<Program>,
    ) -> Result<SandboxResult> {
        let mut program = program.into();
        program.at_exit |= !self.inner.persistent;
        let mut state = self.slot.state.lock().await;
        let awake = self.inner.wake(&self.slot, &mut state).await?;
        self.inner.cover(awake).await?;
        // Out of the slot while it runs: if this future is dropped, the next turn starts from the last good one.
        // One of another language has files that this turn is going to change, and goes too.
        let mut interpreter = match awake.live.take() {
            Some((of, interpreter)) if of == runtime => interpreter,
            Some(_) | None => self.inner.open(runtime, awake.held.state()).await?,
        };
        let mut result = interpreter.run(&program).await?;
        let next = self.inner.take_turn(awake, (runtime, interpreter), &mut result)?;
        result.turn = awake.held.stage(TurnSummary::from_result(&result), next);
        result.session_id = Some(self.id().to_string());
        self.slot.touch(awake.live.is_some());
        let saved =
            if self.inner.durability == Durability::PerTurn { awake.held.flush().await } else { Ok(()) };
        match saved {
            Ok(()) => Ok(result),
            // Somebody else has the session: what is here is not its future any more.
            Err(error @ sbx_sessions::Error::Fenced { .. }) => {
                *state = State::Asleep;
                Err(error.into())
            }
            // Trying again would not help: the turn is as if it had not been.
            Err(error @ (sbx_sessions::Error::TooLarge { .. } | sbx_sessions::Error::Files(_))) => {
                awake.held.unstage();
                awake.live = None;
                Err(error.into())
            }
            Err(source) => Err(Error::Unsaved { result: Box::new(result), source }),
        }
    }

    /// Runs a program in a fork that is thrown away: to look at what is there without changing it.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub fn peek(&self, program: impl Into<Program>) -> Result<SandboxResult> {
        self.inner.block_on(self.peek_async(program))
    }

    /// [`Session::peek`] for async callers.
    ///
    /// # Errors
    /// As [`Session::execute`].
    pub async fn peek_async(&self, program: impl Into<Program>) -> Result<SandboxResult> {
        let now = self.state(None).await?;
        let mut result = self.inner.open(self.inner.runtime, &now).await?.run(&program.into()).await?;
        for paths in [&mut result.files_created, &mut result.files_modified, &mut result.files_deleted] {
            paths.clear();
        }
        result.session_id = Some(self.id().to_string());
        Ok(result)
    }

    /// `n` new sessions that go on from here, each on its own. Nothing is copied; a fork costs one small write.
    ///
    /// # Errors
    /// What the storage fails at; forks that were made before stay.
    pub fn fork(&self, n: usize) -> Result<Vec<Self>> {
        let ids: Vec<SessionId> = (0..n).map(|_| SessionId::generate()).collect();
        self.inner.block_on(self.fork_as(&ids))
    }

    /// [`Session::fork`] with ids of the caller's, for async callers.
    ///
    /// # Errors
    /// As [`Session::fork`]; an id that is taken.
    pub async fn fork_as(&self, ids: &[SessionId]) -> Result<Vec<Self>> {
        let mut state = self.slot.state.lock().await;
        self.slot.keep();
        let awake = self.inner.wake(&self.slot, &mut state).await?;
        let forks = awake.held.fork(ids).await?;
        Ok(forks.into_iter().map(|held| self.inner.adopt(held)).collect())
    }

    /// A new session that goes on from an earlier turn of this one.
    ///
    /// # Errors
    /// No such turn, or one that was rolled back; what the storage fails at.
    pub fn branch(&self, turn: u64) -> Result<Self> {
        let id = SessionId::generate();
        self.inner.block_on(self.branch_as(turn, &id))
    }

    /// [`Session::branch`] with an id of the caller's, for async callers.
    ///
    /// # Errors
    /// As [`Session::branch`]; an id that is taken.
    pub async fn branch_as(&self, turn: u64, id: &SessionId) -> Result<Self> {
        self.save_async().await?;
        self.inner.store.fork(self.id(), Some(turn), std::slice::from_ref(id)).await?;
        self.inner.open_session(id).await
    }

    /// Makes this session what it was after `turn`; 0 is the beginning. This is a turn of its own: it can be taken back by
    /// rewinding to the turn before it.
    ///
    /// # Errors
    /// No such turn, or one that was rolled back; what the storage fails at.
    pub fn rewind(&self, turn: u64) -> Result<()> {
        self.inner.block_on(self.rewind_async(turn))
    }

    /// [`Session::rewind`] for async callers.
    ///
    /// # Errors
    /// As [`Session::rewind`].
    pub async fn rewind_async(&self, turn: u64) -> Result<()> {
        let mut state = self.slot.state.lock().await;
        let awake = self.inner.wake(&self.slot, &mut state).await?;
        awake.held.rewind(turn).await?;
        awake.live = None;
        self.inner.after_change(awake).await
    }

    /// Its turns, the oldest that is kept first.
    ///
    /// # Errors
    /// What the storage fails at.
    pub fn log(&self) -> Result<Vec<TurnEntry>> {
        self.inner.block_on(async {
            if let State::Awake(awake) = &*self.slot.state.lock().await {
                return Ok(awake.held.turns().to_vec());
            }
            Ok(self.inner.store.log(self.id()).await?)
        })
    }

    /// What changed in the files from after turn `from` to after turn `to`.
    ///
    /// # Errors
    /// No such turn; what the storage fails at.
    pub fn diff(&self, from: u64, to: u64) -> Result<Vec<Change>> {
        self.inner.block_on(async {
            let (before, after) = (self.state(Some(from)).await?, self.state(Some(to)).await?);
            Ok(before.tree.diff(&after.tree))
        })
    }

    /// Takes the session, as the first turn does, so that nobody else gets it before that.
    ///
    /// # Errors
    /// [`sbx_sessions::Error::Busy`] while somebody else has it; what the storage fails at.
    pub fn wake(&self) -> Result<()> {
        self.inner.block_on(async {
            let mut state = self.slot.state.lock().await;
            self.inner.wake(&self.slot, &mut state).await?;
            Ok(())
        })
    }

    /// Stores what is not stored yet; nothing to do with [`Durability::PerTurn`] unless a write failed.
    ///
    /// # Errors
    /// What the storage fails at. Nothing is lost by it: try again.
    pub fn save(&self) -> Result<()> {
        self.inner.block_on(self.save_async())
    }

    /// [`Session::save`] for async callers.
    ///
    /// # Errors
    /// As [`Session::save`].
    pub async fn save_async(&self) -> Result<()> {
        self.slot.keep();
        match &mut *self.slot.state.lock().await {
            State::Awake(awake) => Ok(awake.held.flush().await?),
            State::Asleep => Ok(()),
        }
    }

    /// Stores the session and lets go of it: it takes no memory any more, and another process or machine can go on with it.
    /// So can this handle; the next turn wakes it.
    ///
    /// # Errors
    /// What the storage fails at; the session then stays awake.
    pub fn close(&self) -> Result<()> {
        self.inner.block_on(self.close_async())
    }

    /// [`Session::close`] for async callers.
    ///
    /// # Errors
    /// As [`Session::close`].
    pub async fn close_async(&self) -> Result<()> {
        Ok(slot::hibernate(&self.slot).await?)
    }

    /// Whether it has an interpreter in memory.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.slot.is_live()
    }

    /// The state after `turn`, or the latest.
    async fn state(&self, turn: Option<u64>) -> Result<SessionState> {
        if let State::Awake(awake) = &mut *self.slot.state.lock().await {
            if turn.is_none() {
                return Ok(awake.held.state().clone());
            }
            awake.held.flush().await?;
        }
        let base = self.inner.base()?;
        Ok(self.inner.store.state(self.id(), turn, &base).await?)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.inner.let_go(&self.slot);
    }
}

impl Inner {
    /// An interpreter that goes on from `state`.
    async fn open(&self, runtime: RuntimeType, state: &SessionState) -> Result<Interpreter> {
        let (policy, files) = (Arc::clone(&self.policy), state.tree.clone());
        match state.interpreters.get(&runtime) {
            Some(kept) if self.persistent => self.runtimes.wake(runtime, policy, files, kept).await,
            Some(_) | None => {
                let image =
                    if runtime == self.runtime { self.image.as_str() } else { default_image(runtime) };
                self.runtimes.open(runtime, image, policy, files).await
            }
        }
    }

    /// Sees to it that the lease outlasts a turn.
    async fn cover(&self, awake: &mut Awake) -> Result<()> {
        let left_ms = awake.held.info().in_use.map_or(0, |lease| lease.expires_in_ms);
        if u128::from(left_ms) < self.longest_turn().as_millis() {
            Ok(awake.held.renew().await?)
        } else {
            Ok(())
        }
    }

    /// Takes over what a turn left, or drops it: the state to keep, unless the turn is rolled back.
    fn take_turn(
        &self,
        awake: &mut Awake,
        (runtime, mut interpreter): (RuntimeType, Interpreter),
        result: &mut SandboxResult,
    ) -> Result<Option<SessionState>> {
        if interpreter.is_spent() || result.ending.is_cut_off() {
            crate::sandbox::note_rollback(result, self.persistent);
            return Ok(None);
        }
        let now = awake.held.state();
        let mut next = SessionState { tree: interpreter.files()?, ..now.clone() };
        if self.persistent {
            let before = now.interpreters.get(&runtime).map(|kept| &kept.snapshot);
            let kept = sbx_sessions::InterpreterState {
                snapshot: interpreter.snapshot(before)?,
                descriptors: interpreter.descriptors()?,
            };
            next.interpreters.insert(runtime, kept);
            awake.live = Some((runtime, interpreter));
        }
        Ok(Some(next))
    }

    /// Stores a change that was no turn, if changes are stored at once.
    async fn after_change(&self, awake: &mut Awake) -> Result<()> {
        match self.durability {
            Durability::PerTurn => Ok(awake.held.flush().await?),
            Durability::OnIdle | Durability::Ephemeral => Ok(()),
        }
    }

    /// The files that every session's files lie on.
    pub(crate) fn base(&self) -> Result<Tree> {
        self.runtimes.session_files(self.runtime, &self.image, &self.policy)
    }
}
