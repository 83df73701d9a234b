//! What to change so that the next run does better, in words that a model can act on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What got in the way of a run and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Advice {
    /// What happened, as a stable word.
    pub kind: AdviceKind,
    /// One or two sentences: what happened and what to do.
    pub message: String,
    /// Policy fields with values that would let the same program get further; empty where none would help.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub suggested_policy: BTreeMap<String, u64>,
}

impl Advice {
    /// Advice without a change of policy.
    #[must_use]
    pub fn new(kind: AdviceKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), suggested_policy: BTreeMap::new() }
    }

    /// The same advice with a value for a policy field.
    #[must_use]
    pub fn with_policy(mut self, field: &str, value: u64) -> Self {
        self.suggested_policy.insert(field.to_owned(), value);
        self
    }
}

/// What an [`Advice`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AdviceKind {
    /// The fuel budget is used up.
    OutOfFuel,
    /// The wall-clock limit passed.
    Timeout,
    /// The memory limit was hit.
    OutOfMemory,
    /// Recursion went deeper than the native stack.
    StackOverflow,
    /// Output was cut.
    OutputTruncated,
    /// A file quota was hit.
    DiskQuota,
    /// A module is not there.
    MissingPackage,
    /// A path outside of what the program may use, or not to be written.
    PathOutside,
    /// A file of the workspace that is not there.
    FileNotFound,
    /// Something that the language or a library had once and has no more.
    RemovedApi,
    /// Something that a library can do elsewhere and not here.
    Unsupported,
    /// The network was asked for.
    NetworkUnavailable,
    /// A thread was asked for.
    ThreadsUnavailable,
    /// A process was asked for.
    SubprocessUnavailable,
    /// The program read from an empty standard input.
    NoStdin,
}

/// How much of its fuel a run used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FuelStatus {
    /// Under half.
    Efficient,
    /// Under three quarters.
    Moderate,
    /// Under nine tenths.
    Warning,
    /// Nearly all.
    Critical,
    /// All.
    Exhausted,
}

impl FuelStatus {
    /// The status of a run that used `consumed` of `budget`.
    #[must_use]
    pub fn of(consumed: u64, budget: u64) -> Self {
        let consumed = u128::from(consumed) * 100;
        let budget = u128::from(budget);
        match () {
            () if consumed < budget * 50 => Self::Efficient,
            () if consumed < budget * 75 => Self::Moderate,
            () if consumed < budget * 90 => Self::Warning,
            () if consumed < budget * 100 => Self::Critical,
            () => Self::Exhausted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuel_status_changes_at_its_bounds() {
        use FuelStatus::{Critical, Efficient, Exhausted, Moderate, Warning};
        let at = |consumed| FuelStatus::of(consumed, 100);
        assert_eq!(
            [at(0), at(49), at(50), at(74), at(75)],
            [Efficient, Efficient, Moderate, Moderate, Warning]
        );
        assert_eq!([at(89), at(90), at(99), at(100)], [Warning, Critical, Critical, Exhausted]);
        assert_eq!(FuelStatus::of(u64::MAX, u64::MAX), Exhausted);
    }
}
