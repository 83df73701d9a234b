//! What a run is asked to do and what is known of it afterwards.

use std::{sync::Arc, time::Duration};

use sbx_vfs::{QuotaHits, Tree};
use tokio_util::sync::CancellationToken;

use crate::{
    limits::Limits,
    output::{Captured, OutputSink},
};

/// One run: what to call and under which limits.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RunRequest {
    /// What to call.
    pub call: Call,
    /// What the run may use.
    pub limits: Limits,
    /// What the guest reads from its standard input.
    pub stdin: Arc<[u8]>,
    /// Ends the run when it is cancelled; within a few milliseconds, wherever the guest is.
    pub cancel: Option<CancellationToken>,
    /// Sees output while it is produced.
    pub sink: Option<Arc<dyn OutputSink>>,
}

impl RunRequest {
    /// A run of `call` with an empty standard input.
    #[must_use]
    pub fn new(call: Call, limits: Limits) -> Self {
        Self { call, limits, stdin: Arc::default(), cancel: None, sink: None }
    }

    /// The same run with something to read.
    #[must_use]
    pub fn with_stdin(mut self, stdin: impl Into<Arc<[u8]>>) -> Self {
        self.stdin = stdin.into();
        self
    }

    /// The same run with a way to end it from outside.
    #[must_use]
    pub fn with_cancel(mut self, cancel: CancellationToken) -> Self {
        self.cancel = Some(cancel);
        self
    }

    /// The same run with someone who sees its output.
    #[must_use]
    pub fn with_sink(mut self, sink: Arc<dyn OutputSink>) -> Self {
        self.sink = Some(sink);
        self
    }
}

/// What a run calls in the guest.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Call {
    /// One turn: the bytes are put into the guest's memory by `host_alloc` and handed to `turn`.
    ///
    /// A guest that has an export `resume` may return from a turn to wait: −n asks for `resume` to be called in n
    /// microseconds, which can do the same again. Waiting is part of the run, under the same limits, but holds no frame of
    /// the guest on any stack. `resume` takes the address and length of what came for the guest while it waited, in memory
    /// of `host_alloc`; that it waited for nothing but time is (0, 0).
    Turn(Vec<u8>),
    /// Any export that takes and returns 32-bit integers.
    Export {
        /// Its name.
        name: String,
        /// Its arguments.
        arguments: Vec<i32>,
    },
}

/// How a run stopped, as the host sees it: a type, never a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The call returned; the instance can run again.
    Returned(i32),
    /// The guest called `proc_exit`.
    Exited(u32),
    /// The fuel, or the budget for host calls of the same size, is used up.
    FuelExhausted,
    /// The wall-clock limit passed.
    TimedOut,
    /// The caller cancelled.
    Cancelled,
    /// The native stack overflowed.
    StackOverflow,
    /// Another WebAssembly trap; its stable name.
    Trapped(&'static str),
}

impl Outcome {
    /// Whether the instance can run again.
    #[must_use]
    pub fn is_orderly(self) -> bool {
        matches!(self, Self::Returned(_))
    }

    /// The outcome of a run that turns out to have no fuel left: what it went on to do does not count.
    pub(crate) fn without_fuel(self) -> Self {
        if matches!(self, Self::Returned(_) | Self::Exited(_)) { Self::FuelExhausted } else { self }
    }
}

/// What is known of a run.
#[derive(Debug)]
#[non_exhaustive]
pub struct RunReport {
    /// How it stopped.
    pub outcome: Outcome,
    /// Instructions used, exact.
    pub fuel_consumed: u64,
    /// Units of host work used, see [`Limits::fuel`].
    pub host_work: u64,
    /// Host calls made.
    pub n_host_calls: u64,
    /// Bytes of linear memory at the end.
    pub memory_bytes: u64,
    /// Whether growth of memory was refused.
    pub memory_denied: bool,
    /// File quotas that were hit.
    pub quota_hits: QuotaHits,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
    /// What the language support in the guest said of the run, see the module `door`.
    pub report: Option<Vec<u8>>,
    /// Wall clock.
    pub duration: Duration,
    /// The files after the run; `None` if they were lost with a call to a host folder that never came back.
    pub files: Option<Tree>,
}
