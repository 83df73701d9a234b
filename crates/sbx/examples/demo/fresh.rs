//! What a fresh interpreter costs, and that it is fresh.

use std::time::Instant;

use anyhow::ensure;
use indicatif::{ProgressBar, ProgressStyle};
use sbx::{RuntimeType, Runtimes, SandboxBuilder};

use crate::show::{Summary, milliseconds, usage};

const N_RUNS: usize = 1000;

/// Runs them. Each looks for what the one before it left, and uses pandas.
pub(crate) fn run(runtimes: &Runtimes, summary: &mut Summary) -> anyhow::Result<()> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} interpreters")?;
    let bar = ProgressBar::new(N_RUNS as u64).with_style(style);
    let mut times = Vec::with_capacity(N_RUNS);
    let mut last = None;
    let started = Instant::now();
    for run in 0..N_RUNS {
        let code = format!(
            "assert 'secret' not in globals()\nsecret = {run}\nimport pandas as pd\nprint(pd.Series([{run}, 1]).sum())"
        );
        let before = Instant::now();
        let mut sandbox = SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone()).build()?;
        let result = sandbox.execute(code)?;
        drop(sandbox);
        times.push(before.elapsed().as_secs_f64() * 1e3);
        ensure!(
            result.success && result.stdout == format!("{}\n", run + 1),
            "run {run} ended as {}: {:?}",
            result.ending,
            result.error
        );
        last = Some(result);
        bar.inc(1);
    }
    let seconds = started.elapsed().as_secs_f64();
    bar.finish_and_clear();
    times.sort_by(f64::total_cmp);
    let at = |share: usize| milliseconds(times[N_RUNS * share / 100]);
    println!(
        "{N_RUNS} in {seconds:.2} s, {:.0} a second on one thread; each {} (median), {} (95th percentile)",
        N_RUNS as f64 / seconds,
        at(50),
        at(95)
    );
    if let Some(last) = last {
        println!("the last: {}", usage(&last));
        summary.add("fresh interpreter using pandas", "ok", &last);
    }
    Ok(())
}
