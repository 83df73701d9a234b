//! One session in this process, shared by its handles: awake or not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use sbx_core::RuntimeType;
use sbx_sessions::{Held, SessionId};
use tokio::sync::Mutex;

use sbx_runtime::Interpreter;

/// A session that some handle of this process stands for.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) id: SessionId,
    /// Locked for the whole of a turn: one at a time.
    pub(super) state: Mutex<State>,
    started: Instant,
    /// Milliseconds after `started`.
    used_at_ms: AtomicU64,
    /// Whether an interpreter is in memory, readable without the lock.
    is_live: AtomicBool,
    /// Whether it ends with its last handle: nobody asked for it to be kept.
    is_ephemeral: AtomicBool,
}

/// What a session is in this process.
#[derive(Debug)]
pub(super) enum State {
    /// In the storage, and in no memory of ours.
    Asleep,
    /// Ours to change.
    Awake(Box<Awake>),
}

/// A session that this process holds.
#[derive(Debug)]
pub(super) struct Awake {
    /// The lease, and the state after the last good turn.
    pub(super) held: Held,
    /// An interpreter in that very state, if one is in memory, and its language.
    pub(super) live: Option<(RuntimeType, Interpreter)>,
}

impl Slot {
    pub(super) fn new(id: SessionId, state: State, is_ephemeral: bool) -> Arc<Self> {
        Arc::new(Self {
            id,
            state: Mutex::new(state),
            started: Instant::now(),
            used_at_ms: AtomicU64::new(0),
            is_live: AtomicBool::new(false),
            is_ephemeral: AtomicBool::new(is_ephemeral),
        })
    }

    /// Notes that it was used just now.
    pub(super) fn touch(&self, is_live: bool) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.used_at_ms.store(now, Ordering::Relaxed);
        self.is_live.store(is_live, Ordering::Relaxed);
    }

    pub(super) fn is_ephemeral(&self) -> bool {
        self.is_ephemeral.load(Ordering::Relaxed)
    }

    /// Notes that somebody wants it kept.
    pub(super) fn keep(&self) {
        self.is_ephemeral.store(false, Ordering::Relaxed);
    }

    pub(super) fn is_live(&self) -> bool {
        self.is_live.load(Ordering::Relaxed)
    }

    pub(super) fn idle_ms(&self) -> u64 {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        now.saturating_sub(self.used_at_ms.load(Ordering::Relaxed))
    }
}

/// Stores what is not stored and lets go of the session, so that it takes no memory here. An ephemeral one
/// gives up its interpreter and stays. An error leaves it awake, unless somebody else has taken it over.
pub(super) async fn hibernate(slot: &Slot) -> Result<(), sbx_sessions::Error> {
    let mut state = slot.state.lock().await;
    put_to_sleep(slot, &mut state).await
}

/// [`hibernate`] if the session is not in use at this moment; whether it was free.
pub(super) async fn hibernate_if_free(slot: &Slot) -> Result<bool, sbx_sessions::Error> {
    let Ok(mut state) = slot.state.try_lock() else { return Ok(false) };
    put_to_sleep(slot, &mut state).await.map(|()| true)
}

async fn put_to_sleep(slot: &Slot, state: &mut State) -> Result<(), sbx_sessions::Error> {
    let State::Awake(awake) = state else { return Ok(()) };
    if slot.is_ephemeral() {
        awake.live = None;
        slot.is_live.store(false, Ordering::Relaxed);
        return Ok(());
    }
    let given_back = awake.held.give_back().await;
    // Fenced: somebody else goes on from an earlier state, and ours is no longer the session's.
    if matches!(given_back, Ok(()) | Err(sbx_sessions::Error::Fenced { .. })) {
        slot.is_live.store(false, Ordering::Relaxed);
        *state = State::Asleep;
    }
    given_back
}
