//! What came of a soak, and whether it is good.

use std::{collections::BTreeMap, fmt, sync::Mutex, time::Duration};

use comfy_table::{Table, presets};
use serde::{Deserialize, Serialize};

use crate::{
    host::HostState,
    run::Ran,
    soak::{Soak, lock, pick::Pick},
};

/// How much memory may grow.
const MAX_GROWTH_BYTES: u64 = 64 << 20;
/// How late 99 of 100 deadlines may be met.
const MAX_OVERRUN_MS: f64 = 250.0;
/// The share of ordinary programs that come out right.
const MIN_ORDINARY: f64 = 0.999;
/// How many unexpected results are kept in full.
const MAX_SHOWN: usize = 50;

/// What came of a soak.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// What was chosen.
    pub seed: u64,
    /// Programs at once.
    pub slots: usize,
    /// Wall clock.
    pub seconds: f64,
    /// Programs that ran.
    pub runs: u64,
    /// How they ended.
    pub endings: BTreeMap<String, u64>,
    /// What was otherwise than its case says, with the case.
    pub unexpected: Vec<String>,
    /// How many there were.
    pub n_unexpected: u64,
    /// Panics of any thread.
    pub panics: u64,
    /// Signals that ended the process: 0 or 1.
    pub signals: u64,
    /// Open descriptors before and after.
    pub descriptors: (usize, usize),
    /// Threads before and after.
    pub threads: (usize, usize),
    /// Bytes by which memory grew.
    pub memory_growth_bytes: u64,
    /// The same at the end of each phase: what goes on growing is a leak, what comes and goes is a pool.
    pub memory_growth_after: Vec<(String, u64)>,
    /// Deadlines that were met.
    pub n_deadlines: u64,
    /// How late, in milliseconds: the median, 99 of 100, the worst.
    pub overrun_ms: (f64, f64, f64),
    /// Ordinary programs, and those of them that came out right.
    pub ordinary: (u64, u64),
    /// What of this must not be.
    pub failures: Vec<String>,
}

/// What has come so far.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    report: Report,
    overruns: Vec<Duration>,
}

impl Tally {
    pub(crate) fn add(&self, pick: &Pick<'_>, ran: &Ran) {
        let mut counts = lock(&self.0);
        counts.overruns.extend(&ran.overruns);
        let report = &mut counts.report;
        for ending in &ran.endings {
            report.runs += 1;
            *report.endings.entry(ending.as_str().to_owned()).or_default() += 1;
        }
        if pick.is_ordinary {
            report.ordinary.0 += 1;
            report.ordinary.1 += u64::from(ran.problems.is_empty());
        }
        report.n_unexpected += ran.problems.len() as u64;
        for problem in &ran.problems {
            if report.unexpected.len() < MAX_SHOWN {
                report.unexpected.push(format!("{pick}\n{problem}"));
            }
        }
    }

    pub(crate) fn report(self, soak: &Soak, before: HostState, after: HostState) -> Report {
        let Counts { report, mut overruns } = self.0.into_inner().unwrap_or_default();
        overruns.sort();
        let at = |share: usize| overruns.get(overruns.len().saturating_sub(1) * share / 100);
        let ms = |share| at(share).map_or(0.0, |overrun| overrun.as_secs_f64() * 1e3);
        Report {
            seed: soak.seed,
            slots: soak.slots,
            descriptors: (before.descriptors, after.descriptors),
            threads: (before.threads, after.threads),
            memory_growth_bytes: after.memory_bytes.saturating_sub(before.memory_bytes),
            n_deadlines: overruns.len() as u64,
            overrun_ms: (ms(50), ms(99), ms(100)),
            ..report
        }
    }
}

impl Report {
    /// What a process left that was ended by a signal.
    #[must_use]
    pub fn of_dead(signal: i32, notes: Vec<String>) -> Self {
        let mut report = Self { signals: 1, ..Self::default() };
        report.failures.push(format!("signal {signal} ended the process while these ran"));
        report.failures.extend(notes);
        report
    }

    /// The same with its failures.
    #[must_use]
    pub(crate) fn judged(mut self) -> Self {
        let grown = self.memory_growth_bytes >> 20;
        let right = self.ordinary_rate();
        for (is_wrong, what) in [
            (self.n_unexpected > 0, format!("{} results were unexpected", self.n_unexpected)),
            (self.panics > 0, format!("{} panics", self.panics)),
            (self.signals > 0, format!("{} signals", self.signals)),
            (self.descriptors.1 > self.descriptors.0, "descriptors are left open".to_owned()),
            (self.threads.1 > self.threads.0, "threads are left".to_owned()),
            (self.memory_growth_bytes > MAX_GROWTH_BYTES, format!("memory grew by {grown} MiB")),
            (self.overrun_ms.1 > MAX_OVERRUN_MS, format!("deadlines were {:.0} ms late", self.overrun_ms.1)),
            (
                right < MIN_ORDINARY,
                format!("only {:.2} % of ordinary programs came out right", right * 100.0),
            ),
            (self.runs == 0, "nothing ran".to_owned()),
        ] {
            if is_wrong {
                self.failures.push(what);
            }
        }
        self
    }

    /// The share of ordinary programs that came out right.
    #[must_use]
    pub fn ordinary_rate(&self) -> f64 {
        if self.ordinary.0 == 0 { 1.0 } else { self.ordinary.1 as f64 / self.ordinary.0 as f64 }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN);
        table.set_header(["what", "found", "bound"]);
        let (before, after) = self.descriptors;
        let (threads_before, threads_after) = self.threads;
        let (p50, p99, max) = self.overrun_ms;
        for (what, found, bound) in [
            ("seed", self.seed.to_string(), ""),
            ("runs", format!("{} in {:.0} s on {} slots", self.runs, self.seconds, self.slots), ""),
            ("unexpected results", self.n_unexpected.to_string(), "0"),
            ("panics", self.panics.to_string(), "0"),
            ("signals", self.signals.to_string(), "0"),
            ("descriptors", format!("{before} before, {after} after"), "no more"),
            ("threads", format!("{threads_before} before, {threads_after} after"), "no more"),
            (
                "growth of memory",
                format!("{:.1} MiB", self.memory_growth_bytes as f64 / 1_048_576.0),
                "64 MiB",
            ),
            (
                "overrun of deadlines",
                format!("p50 {p50:.1} ms, p99 {p99:.1} ms, max {max:.1} ms, of {}", self.n_deadlines),
                "p99 250 ms",
            ),
            (
                "ordinary programs that came out right",
                format!("{} of {}, {:.2} %", self.ordinary.1, self.ordinary.0, self.ordinary_rate() * 100.0),
                "99.9 %",
            ),
        ] {
            table.add_row([what, found.as_str(), bound]);
        }
        for (phase, grown) in &self.memory_growth_after {
            let grown = format!("{:.1} MiB", *grown as f64 / 1_048_576.0);
            table.add_row([format!("growth until the end of: {phase}"), grown, String::new()]);
        }
        for (ending, n) in &self.endings {
            table.add_row([format!("ended as {ending}"), n.to_string(), String::new()]);
        }
        writeln!(f, "{table}")?;
        for problem in self.unexpected.iter().chain(&self.failures) {
            writeln!(f, "\n{problem}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A soak in which nothing went wrong.
    fn good() -> Report {
        Report {
            runs: 10,
            descriptors: (9, 9),
            threads: (3, 2),
            memory_growth_bytes: 1 << 20,
            overrun_ms: (1.0, 249.0, 900.0),
            ordinary: (1000, 999),
            ..Report::default()
        }
    }

    #[test]
    fn every_bound_is_a_failure_beyond_it() {
        assert_eq!(good().judged().failures, [""; 0]);
        type Spoil = fn(&mut Report);
        let spoiled: [(Spoil, &str); 9] = [
            (|report| report.n_unexpected = 1, "1 results were unexpected"),
            (|report| report.panics = 2, "2 panics"),
            (|report| report.signals = 1, "1 signals"),
            (|report| report.descriptors.1 = 10, "descriptors are left open"),
            (|report| report.threads.1 = 4, "threads are left"),
            (|report| report.memory_growth_bytes = 65 << 20, "memory grew by 65 MiB"),
            (|report| report.overrun_ms.1 = 251.0, "deadlines were 251 ms late"),
            (|report| report.ordinary.1 = 998, "only 99.80 % of ordinary programs came out right"),
            (|report| report.runs = 0, "nothing ran"),
        ];
        for (spoil, failure) in spoiled {
            let mut report = good();
            spoil(&mut report);
            assert_eq!(report.judged().failures, [failure]);
        }
    }

    #[test]
    fn a_dead_process_is_told_with_what_it_was_at() {
        let report = Report::of_dead(11, vec!["python/time: \"x\"".to_owned()]);
        assert_eq!((report.signals, report.failures.len()), (1, 2));
        assert!(report.to_string().contains("signal 11"));
    }
}
