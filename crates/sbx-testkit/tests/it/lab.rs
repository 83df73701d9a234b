//! Who may use the process at the same time: what counts its descriptors and memory is alone with it.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

static AT_WORK: RwLock<()> = RwLock::new(());

/// Held by tests that count what the process has.
pub(crate) fn alone() -> RwLockWriteGuard<'static, ()> {
    AT_WORK.write().unwrap_or_else(PoisonError::into_inner)
}

/// Held by all others.
pub(crate) fn among_others() -> RwLockReadGuard<'static, ()> {
    AT_WORK.read().unwrap_or_else(PoisonError::into_inner)
}
