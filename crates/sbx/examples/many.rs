//! Many programs at once: a few threads take them one after another, each in a fresh interpreter under its own limits.
#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use sbx::{Ending, ExecutionPolicy, RuntimeType, Runtimes, SandboxBuilder, SandboxResult};

const N_PROGRAMS: usize = 400;

fn main() -> anyhow::Result<()> {
    // Loaded once; every thread gets a handle.
    let runtimes = Runtimes::shared()?;
    let n_threads = thread::available_parallelism().map_or(2, usize::from);
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                loop {
                    let idx = next.fetch_add(1, Ordering::Relaxed);
                    if idx >= N_PROGRAMS {
                        return;
                    }
                    let result = run(&runtimes, idx);
                    if let Ok(mut results) = results.lock() {
                        results.push((idx, result));
                    }
                }
            });
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    let results = results.into_inner().unwrap_or_default();
    println!(
        "{} programs on {n_threads} threads in {seconds:.2} s: {:.0} a second",
        results.len(),
        results.len() as f64 / seconds
    );
    anyhow::ensure!(results.len() == N_PROGRAMS);
    for (idx, result) in results {
        let result = result?;
        if is_stuck(idx) {
            anyhow::ensure!(result.ending == Ending::Timeout, "{idx}: {}", result.ending);
        } else {
            anyhow::ensure!(result.stdout == format!("{}\n", idx * idx), "{idx}: {:?}", result.stdout);
        }
    }
    Ok(())
}

/// Every hundredth program never ends; it costs its own time limit and nobody else's.
fn is_stuck(idx: usize) -> bool {
    idx % 100 == 50
}

fn run(runtimes: &Runtimes, idx: usize) -> sbx::Result<SandboxResult> {
    let policy = ExecutionPolicy::default().with_timeout_seconds(if is_stuck(idx) { 0.1 } else { 30.0 });
    let code = if is_stuck(idx) { "while True: pass".to_owned() } else { format!("print({idx} ** 2)") };
    let builder = SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone()).policy(policy);
    builder.build()?.execute(code)
}
