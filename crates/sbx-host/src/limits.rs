//! The bounds of one run: from the policy, and the total of all memory that a guest can make the host allocate.

use std::time::Duration;

use sbx_core::ExecutionPolicy;
use wasmtime::ResourceLimiter;

/// What one run may use; the part of an [`ExecutionPolicy`] that is armed anew for each run.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits {
    /// Instructions, and as many units of host work; see [`ExecutionPolicy::fuel_budget`].
    pub fuel: u64,
    /// Bytes of memory beyond the image.
    pub memory_bytes: u64,
    /// Wall clock.
    pub timeout: Option<Duration>,
    /// Bytes of standard output kept.
    pub stdout_bytes: u64,
    /// Bytes of standard error kept.
    pub stderr_bytes: u64,
}

impl From<&ExecutionPolicy> for Limits {
    fn from(policy: &ExecutionPolicy) -> Self {
        Self {
            fuel: policy.fuel_budget,
            memory_bytes: policy.memory_bytes,
            timeout: policy.timeout_seconds,
            stdout_bytes: policy.stdout_max_bytes,
            stderr_bytes: policy.stderr_max_bytes,
        }
    }
}

/// Counts linear memory, tables and GC heap together, and refuses growth past the limit.
///
/// The memory of the image is shared and not counted: [`MemoryLimiter::arm`] is called once the image is in place.
#[derive(Debug, Default)]
pub(crate) struct MemoryLimiter {
    limit: Option<u64>,
    added: u64,
    last_granted: u64,
    denied: bool,
}

impl MemoryLimiter {
    /// Sets the limit for the next run and forgets what was denied before.
    pub(crate) fn arm(&mut self, memory_bytes: u64) {
        self.limit = Some(memory_bytes);
        self.denied = false;
    }

    /// What a snapshot already has beyond its image.
    pub(crate) fn start_with(&mut self, bytes: u64) {
        self.added = bytes;
    }

    /// Whether growth was refused since the run began.
    pub(crate) fn denied(&self) -> bool {
        self.denied
    }

    fn grow(&mut self, bytes: u64) -> bool {
        // Before the first run the instance itself is made: its size is the guest's, checked when it was stripped.
        let Some(limit) = self.limit else { return true };
        let wanted = self.added.saturating_add(bytes);
        if wanted > limit {
            self.denied = true;
            return false;
        }
        self.added = wanted;
        self.last_granted = bytes;
        true
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(desired.saturating_sub(current) as u64))
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.added = self.added.saturating_sub(std::mem::take(&mut self.last_granted));
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let elements = desired.saturating_sub(current) as u64;
        Ok(self.grow(elements.saturating_mul(size_of::<usize>() as u64)))
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        1
    }

    fn memories(&self) -> usize {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_growth_shares_one_limit() {
        let mut limiter = MemoryLimiter::default();
        assert!(limiter.memory_growing(0, 1 << 30, None).unwrap(), "the image is not charged");
        limiter.arm(1000);
        assert!(limiter.memory_growing(0, 900, None).unwrap());
        assert!(limiter.table_growing(0, 12, None).unwrap());
        assert!(!limiter.denied());
        assert!(!limiter.table_growing(12, 13, None).unwrap());
        assert!(limiter.denied());
        limiter.arm(1000);
        assert!(!limiter.denied());
        assert!(limiter.memory_growing(900, 904, None).unwrap(), "to the byte");
        limiter.memory_grow_failed(wasmtime::Error::msg("no")).unwrap();
        assert!(limiter.memory_growing(900, 904, None).unwrap(), "what was not had is given back");
    }
}
