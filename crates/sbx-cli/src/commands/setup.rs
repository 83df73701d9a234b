//! `sbx setup`: fetches and prepares what running needs, once.

use std::{path::Path, process::ExitCode, time::Instant};

use sbx::Cache;

use crate::{console, failure::Outcome, progress::Steps};

/// Sets up, or finds that there is nothing to do.
pub(crate) fn setup(cache: Option<&Path>, source: Option<&Path>) -> Outcome {
    let started = Instant::now();
    let root = Cache::locate(cache).map_err(sbx::Error::from)?;
    let steps = Steps::new();
    let done = sbx::set_up(cache, source, &steps);
    let had_work = steps.close(done.is_ok());
    done?;
    let place = root.display();
    if had_work {
        let seconds = started.elapsed().as_secs_f64();
        console::say(&format!("set up in {seconds:.0} s, in {place}; try: sbx run -c 'print(6 * 7)'"));
    } else {
        console::say(&format!("already set up, in {place}"));
    }
    Ok(ExitCode::SUCCESS)
}
