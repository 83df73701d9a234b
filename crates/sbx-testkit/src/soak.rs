//! Thousands of random hostile programs beside ordinary ones, on all slots, in phases; and what must hold afterwards.
//!
//! What a run is follows from the seed and its number alone, so a run that went wrong can be had again, whichever slot it came
//! to. What the machine does in between is not in the seed.

mod pick; // what a run is
mod phases; // how runs are chosen and cut short
mod report; // what came of all of them

pub use crate::soak::{
    phases::{Cut, Ordinary, PHASES, Phase},
    report::Report,
};

use std::{
    any::Any,
    fs,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    canary,
    corpus::Entry,
    host::{HostState, count_panics, panics},
    run::{Ran, run},
    soak::{pick::Pick, report::Tally},
};

/// Programs that run before anything is measured, so that pools are as full as they get.
const WARM_UP: u64 = 400;
/// How long idle threads may take to go.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much is run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Soak {
    /// Programs in all.
    pub runs: u64,
    /// Ends earlier after so long.
    pub at_most: Option<Duration>,
    /// What is chosen.
    pub seed: u64,
    /// Programs at once.
    pub slots: usize,
    /// How long the process is left alone before its threads are counted: pools keep idle ones for ten seconds.
    pub rest: Duration,
    /// A folder where each slot notes what it is at, for whoever finds this process dead.
    pub journal: Option<PathBuf>,
}

impl Soak {
    /// So many programs, twice as many at once as there are processors.
    #[must_use]
    pub fn new(runs: u64, seed: u64) -> Self {
        let slots = 2 * thread::available_parallelism().map_or(1, usize::from);
        Self { runs, at_most: None, seed, slots, rest: Duration::from_millis(500), journal: None }
    }

    /// Runs all phases on `hostile` and `ordinary` programs; `progress` hears of each run, with the phase's name.
    ///
    /// # Panics
    /// If a case cannot be set up.
    #[must_use]
    pub fn run(
        &self,
        hostile: &[Entry],
        ordinary: &[Entry],
        progress: &(dyn Fn(&str, u64) + Sync),
    ) -> Report {
        canary::planted();
        count_panics();
        let programs = Programs { hostile, ordinary };
        let warm = Self { runs: WARM_UP.min(self.runs), ..self.clone() };
        warm.phase(&PHASES[0], &programs, &Tally::default(), &|_, _| ());
        let before = HostState::settled(HostState::default(), self.rest);
        let (started, panics_before) = (Instant::now(), panics());
        let (tally, mut grown) = (Tally::default(), Vec::new());
        for phase in &PHASES {
            let share = Self {
                runs: (self.runs * phase.percent).div_ceil(100),
                at_most: self.at_most.map(|all| all.mul_f64(phase.percent as f64 / 100.0)),
                ..self.clone()
            };
            share.phase(phase, &programs, &tally, progress);
            let memory = HostState::now().memory_bytes;
            grown.push((phase.name.to_owned(), memory.saturating_sub(before.memory_bytes)));
        }
        let after = HostState::settled(before, PATIENCE);
        let mut report = tally.report(self, before, after);
        report.memory_growth_after = grown;
        report.panics = panics() - panics_before;
        report.seconds = started.elapsed().as_secs_f64();
        report.judged()
    }

    fn phase(
        &self,
        phase: &Phase,
        programs: &Programs<'_>,
        tally: &Tally,
        progress: &(dyn Fn(&str, u64) + Sync),
    ) {
        let (started, next, done) = (Instant::now(), AtomicU64::new(0), AtomicU64::new(0));
        let limit = phase.descriptors.map(FewDescriptors::new);
        thread::scope(|scope| {
            for slot in 0..self.slots {
                let (next, done) = (&next, &done);
                scope.spawn(move || {
                    let is_over = || {
                        done.load(Ordering::Relaxed) >= self.runs
                            || self.at_most.is_some_and(|most| started.elapsed() >= most)
                    };
                    while !is_over() {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let pick = Pick::new(self.seed, phase, number, slot, programs);
                        self.note(slot, &pick);
                        let ran = panic::catch_unwind(AssertUnwindSafe(|| {
                            run(&pick.entry.case, &pick.entry.language, &pick.twist)
                        }));
                        let ran = ran.unwrap_or_else(|panic| panicked(panic.as_ref()));
                        let n_runs = ran.endings.len().max(1) as u64;
                        done.fetch_add(n_runs, Ordering::Relaxed);
                        tally.add(&pick, &ran);
                        progress(phase.name, n_runs);
                    }
                });
            }
        });
        drop(limit);
    }

    /// Says what a slot is at. A note that cannot be written is missed only if this process dies.
    fn note(&self, slot: usize, pick: &Pick<'_>) {
        if let Some(folder) = &self.journal {
            fs::write(folder.join(format!("slot-{slot}")), pick.to_string()).ok();
        }
    }
}

/// What slots of a dead process were at.
#[must_use]
pub fn last_notes(journal: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(journal) else { return Vec::new() };
    let notes = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("slot-"));
    let mut notes: Vec<String> = notes.filter_map(|entry| fs::read_to_string(entry.path()).ok()).collect();
    notes.sort();
    notes
}

/// What there is to choose from.
pub(crate) struct Programs<'a> {
    pub(crate) hostile: &'a [Entry],
    pub(crate) ordinary: &'a [Entry],
}

fn panicked(panic: &(dyn Any + Send)) -> Ran {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    let mut ran = Ran::default();
    ran.problems.push(format!("the host panicked: {}", text.unwrap_or_default()));
    ran
}

/// A lower limit on descriptors of this process, while it lives.
struct FewDescriptors(Rlimit);

impl FewDescriptors {
    fn new(most: u64) -> Self {
        let before = getrlimit(Resource::Nofile);
        let few = Rlimit { current: Some(most), maximum: before.maximum };
        setrlimit(Resource::Nofile, few).expect("a limit can be lowered");
        Self(before)
    }
}

impl Drop for FewDescriptors {
    fn drop(&mut self) {
        setrlimit(Resource::Nofile, self.0).expect("a limit can be put back below its maximum");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
