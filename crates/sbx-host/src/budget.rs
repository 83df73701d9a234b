//! Prices of host calls, so that a guest cannot buy seconds of host work for a handful of instructions.
//!
//! WebAssembly fuel does not see what the host does for a guest. Every call is charged here instead, in the same unit,
//! about what the host's processor does in the time of one guest instruction (a sixth of a nanosecond), and a run may
//! spend as much as its fuel budget. The bench `host_call` prints what calls cost; prices are that, rounded up.

use std::{future::poll_fn, task::Poll};

use thiserror::Error;

use crate::engine::FUEL_SLICE;

/// Any call: leaving the guest, looking up a descriptor.
pub(crate) const CALL: u64 = 1_000;
/// A call that names a path, beside the steps of walking it.
pub(crate) const PATH: u64 = 2_000;
/// A byte copied between the guest and a file.
pub(crate) const BYTE: u64 = 1;
/// A random byte.
pub(crate) const RANDOM_BYTE: u64 = 8;
/// One step of the filesystem: a part of a path walked, an entry listed or looked at.
pub(crate) const ENTRY: u64 = 500;
/// One buffer of a scattered read or write.
pub(crate) const BUFFER: u64 = 100;
/// One subscription of a poll.
pub(crate) const SUBSCRIPTION: u64 = 500;
/// A call that goes to a folder of the host.
pub(crate) const HOST_FOLDER: u64 = 50_000;

/// The run has spent its budget on host calls.
#[derive(Debug, Error)]
#[error("the run's budget for host calls is used up")]
pub(crate) struct Spent;

/// What one run has spent on host calls.
#[derive(Debug, Default)]
pub(crate) struct HostBudget {
    limit: u64,
    spent: u64,
    /// What of `spent` was spent since the run last yielded.
    in_slice: u64,
    n_calls: u64,
}

impl HostBudget {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Charges one call that costs `price` on top of [`CALL`].
    pub(crate) fn charge(&mut self, price: u64) -> Result<(), Spent> {
        self.n_calls += 1;
        self.add(CALL.saturating_add(price))
    }

    /// Charges more for the call under way, once it is known what it takes.
    pub(crate) fn add(&mut self, price: u64) -> Result<(), Spent> {
        self.spent = self.spent.saturating_add(price);
        self.in_slice = self.in_slice.saturating_add(price);
        if self.spent > self.limit { Err(Spent) } else { Ok(()) }
    }

    /// Yields once if as much host work was done as a slice of fuel is worth, so that the run can be stopped here.
    pub(crate) async fn end_slice(&mut self) {
        if self.in_slice < FUEL_SLICE {
            return;
        }
        self.in_slice = 0;
        let mut yielded = false;
        poll_fn(|context| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    pub(crate) fn n_calls(&self) -> u64 {
        self.n_calls
    }

    pub(crate) fn spent(&self) -> u64 {
        self.spent.min(self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_exact_and_never_wraps() {
        let mut budget = HostBudget::new(2 * CALL + 5);
        budget.charge(0).unwrap();
        budget.charge(5).unwrap();
        assert!(budget.add(1).is_err());
        assert!(budget.charge(u64::MAX).is_err());
        assert_eq!((budget.n_calls(), budget.spent()), (3, 2 * CALL + 5));
    }
}
