//! The thread that puts idle sessions to sleep.

use std::{
    sync::{
        OnceLock, Weak,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

use super::builder::Inner;

/// Starts one thread when the first session wakes; it ends with the [`Inner`] it keeps.
#[derive(Debug)]
pub(super) struct Keeper {
    inner: Weak<Inner>,
    idle_after: Duration,
    /// Tells the thread that a session lost its last handle.
    calls: OnceLock<Sender<()>>,
}

impl Keeper {
    pub(super) fn new(inner: Weak<Inner>, idle_after: Duration) -> Self {
        Self { inner, idle_after, calls: OnceLock::new() }
    }

    pub(super) fn start(&self) {
        self.calls.get_or_init(|| {
            let (sender, calls) = mpsc::channel();
            let (inner, idle_after) = (Weak::clone(&self.inner), self.idle_after);
            let keep = move || {
                loop {
                    let call = calls.recv_timeout((idle_after / 4).max(Duration::from_millis(5)));
                    let Some(inner) = inner.upgrade() else { return };
                    match call {
                        Ok(()) => inner.block_on(inner.forget_unused()),
                        Err(RecvTimeoutError::Timeout) => {
                            let idle_ms = u64::try_from(idle_after.as_millis()).unwrap_or(u64::MAX);
                            // What failed was logged, and is tried again.
                            inner.block_on(inner.hibernate_idle(idle_ms)).ok();
                            inner.block_on(inner.forget_unused());
                        }
                        Err(RecvTimeoutError::Disconnected) => return,
                    }
                }
            };
            if let Err(error) = thread::Builder::new().name("sbx-keeper".to_owned()).spawn(keep) {
                tracing::error!(%error, "no thread for idle sessions: they stay in memory until closed");
            }
            sender
        });
    }

    pub(super) fn wants_sleep(&self) {
        if let Some(calls) = self.calls.get() {
            // A thread that has ended has nothing to do.
            calls.send(()).ok();
        }
    }
}
