//! The wall clock, so that tests can move it.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells what time it is. Leases, ages and the times of turns go by it.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Milliseconds since 1970. It may jump: nothing but waiting times depends on it.
    fn now_ms(&self) -> u64;
}

/// The clock of the system.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "it has nothing to set")]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        to_ms(SystemTime::now())
    }
}

/// A time in milliseconds since 1970; 0 for anything before.
pub(crate) fn to_ms(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
