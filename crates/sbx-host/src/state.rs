//! What one store holds: the state that wasmtime hands to every host function.

use crate::{limits::MemoryLimiter, wasi::Wasi};

/// Everything of one instance that is not inside the guest.
pub(crate) struct State {
    pub(crate) wasi: Wasi,
    pub(crate) limiter: MemoryLimiter,
    /// What the guest last reported of itself, see `door`.
    pub(crate) report: Option<Vec<u8>>,
}
