//! Ctrl-C: cancels what is running; a second time, or with nothing running, ends the process.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use sbx::CancellationToken;

use crate::failure::{Failure, Outcome};

/// The exit code of a process that Ctrl-C ended.
pub(crate) const INTERRUPTED: u8 = 130;

/// What Ctrl-C cancels at the moment.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupts {
    current: Arc<Mutex<Option<CancellationToken>>>,
}

impl Interrupts {
    /// Takes Ctrl-C over; once in a process.
    pub(crate) fn install() -> Outcome<Self> {
        let interrupts = Self::default();
        let seen = interrupts.clone();
        ctrlc::set_handler(move || match seen.take() {
            Some(running) => running.cancel(),
            None => end_process(),
        })
        .context("cannot take over Ctrl-C")
        .map_err(Failure::Broken)?;
        Ok(interrupts)
    }

    /// A token that the next Ctrl-C cancels.
    pub(crate) fn arm(&self) -> CancellationToken {
        let token = CancellationToken::new();
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        token
    }

    /// Nothing is running any more.
    pub(crate) fn disarm(&self) {
        self.take();
    }

    fn take(&self) -> Option<CancellationToken> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[expect(clippy::exit, reason = "on the thread of the signal nothing else can end the process")]
fn end_process() {
    std::process::exit(i32::from(INTERRUPTED));
}
