//! Progress of set-up: bars and spinners on a terminal, plain lines elsewhere.

use std::{
    io::{self, IsTerminal as _},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use sbx::Progress;

use crate::console;

/// Shows steps as they come. A step lasts until the next one.
pub(crate) struct Steps {
    is_terminal: bool,
    current: Mutex<Option<Step>>,
}

struct Step {
    text: String,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), current: Mutex::new(None) }
    }

    /// Ends the last step, in which all `went_well` or not; whether there was any.
    pub(crate) fn close(self, went_well: bool) -> bool {
        let last = self.current.into_inner().unwrap_or_else(PoisonError::into_inner);
        let had_work = last.is_some();
        if let Some(step) = last {
            step.end(went_well);
        }
        had_work
    }

    fn begin(&self, text: &str, total: Option<u64>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = current.take() {
            before.end(true);
        }
        let bar = self.is_terminal.then(|| match total {
            Some(bytes) => {
                ProgressBar::new(bytes).with_style(style("{bar:30} {bytes}/{total_bytes} {msg} {eta}"))
            }
            None => ProgressBar::new_spinner().with_style(style("{spinner} {msg} {elapsed}")),
        });
        match &bar {
            Some(bar) => {
                bar.set_message(text.to_owned());
                bar.enable_steady_tick(Duration::from_millis(100));
            }
            None => console::say(&format!("- {text}")),
        }
        *current = Some(Step { text: text.to_owned(), started: Instant::now(), bar });
    }
}

impl Step {
    fn end(self, went_well: bool) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
            let mark = if went_well { "✓" } else { "✗" };
            console::say(&format!("{mark} {} ({:.1} s)", self.text, self.started.elapsed().as_secs_f64()));
        }
    }
}

impl Progress for Steps {
    fn step(&self, text: &str) {
        self.begin(text, None);
    }

    fn start(&self, text: &str, total: u64) {
        self.begin(text, (total > 0).then_some(total));
    }

    fn advance(&self, done: u64) {
        if let Some(Step { bar: Some(bar), .. }) =
            &*self.current.lock().unwrap_or_else(PoisonError::into_inner)
        {
            bar.set_position(done);
        }
    }

    fn finish(&self) {}
}

fn style(template: &str) -> ProgressStyle {
    // The templates are ours, above.
    ProgressStyle::with_template(template).unwrap_or_else(|_bad| ProgressStyle::default_bar())
}
