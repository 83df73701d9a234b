//! The phases of a soak: how runs are chosen and cut short.

/// A part of a soak.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Phase {
    /// What it is called in the report.
    pub name: &'static str,
    /// Its share of all runs.
    pub percent: u64,
    /// Which slots run ordinary programs.
    pub ordinary: Ordinary,
    /// Files of the corpus that hostile programs come from; all if none is named.
    pub themes: &'static [&'static str],
    /// How programs are cut short.
    pub cut: Cut,
    /// The most descriptors that the process may have.
    pub descriptors: Option<u64>,
}

/// Which slots run ordinary programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ordinary {
    /// Half of all runs, on any slot.
    Half,
    /// All runs of one slot, and no others.
    OneSlot,
}

/// How hostile programs are cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// By their own policy alone.
    Never,
    /// By a cancellation within so many milliseconds.
    Cancelled(u64),
    /// By a fuel budget of at most so much.
    Starved(u64),
    /// By a time limit of at most so many milliseconds.
    Hurried(u64),
}

const MIXED: Phase = Phase {
    name: "mixed",
    percent: 20,
    ordinary: Ordinary::Half,
    themes: &[],
    cut: Cut::Never,
    descriptors: None,
};

/// One after another.
pub const PHASES: [Phase; 8] = [
    MIXED,
    Phase { name: "hostile but for one slot", percent: 25, ordinary: Ordinary::OneSlot, ..MIXED },
    Phase { name: "256 descriptors", percent: 10, descriptors: Some(256), ..MIXED },
    Phase { name: "deep trees, huge directories", percent: 5, themes: &["quotas", "places"], ..MIXED },
    Phase { name: "cancelled at random moments", percent: 12, cut: Cut::Cancelled(60), ..MIXED },
    Phase { name: "random fuel budgets", percent: 13, cut: Cut::Starved(500_000_000), ..MIXED },
    Phase { name: "random time limits", percent: 10, cut: Cut::Hurried(30), ..MIXED },
    Phase { name: "recycled memory", percent: 5, themes: &["state", "memory"], ..MIXED },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_all_phases_are_the_whole() {
        assert_eq!(PHASES.iter().map(|phase| phase.percent).sum::<u64>(), 100);
    }
}
