//! What is said of a turn.

use std::time::Duration;

use sbx_core::{Ending, RuntimeType, SandboxResult};

use crate::format::head::TurnEntry;

/// A turn, as whoever ran it tells the session.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct TurnSummary {
    /// The language, if a program ran.
    pub runtime: Option<RuntimeType>,
    /// How the program stopped.
    pub ending: Option<Ending>,
    /// Whether it did what it set out to.
    pub success: bool,
    /// The hash of the program; never the program.
    pub code_hash: Option<String>,
    /// Instructions used.
    pub fuel: u64,
    /// Wall clock.
    pub duration: Duration,
    /// What else there is to say, cut after 200 characters.
    pub note: Option<String>,
}

impl TurnSummary {
    /// A turn of which nothing is known but that it went well.
    #[must_use]
    pub fn new() -> Self {
        Self { success: true, ..Self::default() }
    }

    /// What a result says.
    #[must_use]
    pub fn from_result(result: &SandboxResult) -> Self {
        Self {
            runtime: Some(result.runtime),
            ending: Some(result.ending),
            success: result.success,
            code_hash: result.metadata.get("code_hash").cloned(),
            fuel: result.fuel_consumed,
            duration: Duration::try_from_secs_f64(result.duration_seconds).unwrap_or_default(),
            note: None,
        }
    }

    /// The same with a note.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// Characters of a note or hash that are kept.
const MAX_TEXT: usize = 200;

impl TurnEntry {
    pub(crate) fn new(turn: u64, at_ms: u64) -> Self {
        Self {
            turn,
            at_ms,
            runtime: None,
            ending: None,
            success: true,
            kept: false,
            code_hash: None,
            fuel: 0,
            duration_ms: 0,
            note: None,
        }
    }

    /// The entry of going back to `turn` after turn `last`.
    pub(crate) fn rewound(last: u64, turn: u64, now_ms: u64) -> Self {
        let note = Some(format!("rewound to turn {turn}"));
        Self { kept: true, note, ..Self::new(last.saturating_add(1), now_ms) }
    }

    pub(crate) fn from_summary(turn: u64, at_ms: u64, kept: bool, summary: TurnSummary) -> Self {
        let cut = |text: String| {
            text.chars().filter(|char| !sbx_core::is_unprintable(*char)).take(MAX_TEXT).collect()
        };
        Self {
            turn,
            at_ms,
            runtime: summary.runtime,
            ending: summary.ending,
            success: summary.success,
            kept,
            code_hash: summary.code_hash.map(cut),
            fuel: summary.fuel,
            duration_ms: u64::try_from(summary.duration.as_millis()).unwrap_or(u64::MAX),
            note: summary.note.map(cut),
        }
    }
}
