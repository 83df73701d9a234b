//! How the demo looks.

use std::fmt;

use comfy_table::{CellAlignment, Table, presets};
use sbx::{SandboxResult, show_bytes};

/// Begins a part.
pub(crate) fn title(text: &str) {
    println!("\n── {text} {}", "─".repeat(76_usize.saturating_sub(text.chars().count())));
}

/// The table at the end.
pub(crate) struct Summary {
    table: Table,
}

impl Summary {
    pub(crate) fn new() -> Self {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        table.set_header(["program", "ended as", "fuel", "memory", "time"]);
        for idx in 2..5 {
            if let Some(column) = table.column_mut(idx) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self { table }
    }

    /// One run as one row.
    pub(crate) fn add(&mut self, name: &str, ended: &str, result: &SandboxResult) {
        self.table.add_row([
            name.to_owned(),
            ended.to_owned(),
            count(result.fuel_consumed),
            show_bytes(result.memory_used_bytes),
            milliseconds(result.duration_ms),
        ]);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.fmt(f)
    }
}

/// What a run took, in one line.
pub(crate) fn usage(result: &SandboxResult) -> String {
    let (fuel, memory) = (count(result.fuel_consumed), show_bytes(result.memory_used_bytes));
    format!("{fuel:>14} fuel  {memory:>9}  {:>9}", milliseconds(result.duration_ms))
}

/// A number in groups of three digits.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (idx, digit) in digits.char_indices() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A duration with a unit and three or so digits.
pub(crate) fn milliseconds(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.2} s", ms / 1e3),
    }
}
