//! Programs that run at once on two threads of an async executor: some that sleep, some that compute.

use std::time::Duration;

use anyhow::Context as _;
use sbx::{RuntimeType, Runtimes, Sandbox, SandboxBuilder, SandboxResult};
use serde_json::json;
use tokio::{runtime::Runtime, task::JoinSet};

use super::{Sizes, good, live, policy, timed};

const ALL: [usize; 8] = [1, 10, 50, 100, 200, 500, 1000, 2000];

pub(crate) fn measure(runtimes: &Runtimes, sizes: Sizes) -> anyhow::Result<()> {
    let executor = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build()?;
    for n in sizes.of(&ALL) {
        // As many runs for each size, so that every number is of about as long a time.
        let rounds = (1000 / n).max(1);
        let mut active = 0.0;
        for _ in 0..rounds {
            active += all_at_once(runtimes, &executor, n, "total = sum(range(20_000))")?;
        }
        let slept = all_at_once(runtimes, &executor, n, "import time; time.sleep(0.3)")?;
        let point = json!({
            "n": n,
            "active_per_second": (n * rounds) as f64 / active,
            "sleepers": slept,
            "fresh_beside_sleepers": beside_sleepers(runtimes, &executor, n)?,
        });
        println!("{point}");
    }
    Ok(())
}

fn sandbox(runtimes: &Runtimes) -> anyhow::Result<Sandbox> {
    Ok(SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone()).policy(policy()).build()?)
}

/// The runs of `n` sandboxes, started at once.
fn start(runtimes: &Runtimes, executor: &Runtime, n: usize, code: &str) -> anyhow::Result<Runs> {
    let mut runs = JoinSet::new();
    for _ in 0..n {
        let (mut sandbox, code) = (sandbox(runtimes)?, code.to_owned());
        runs.spawn_on(async move { sandbox.execute_async(code).await }, executor.handle());
    }
    Ok(runs)
}

type Runs = JoinSet<sbx::Result<SandboxResult>>;

/// Seconds until the last of them has ended.
fn all_at_once(runtimes: &Runtimes, executor: &Runtime, n: usize, code: &str) -> anyhow::Result<f64> {
    let (seconds, ()) = timed(|| {
        let runs = start(runtimes, executor, n, code)?;
        executor.block_on(runs.join_all()).into_iter().try_for_each(|result| good(&result?))
    })?;
    Ok(seconds)
}

/// Fresh runs a second on two other threads while `n` programs sleep.
fn beside_sleepers(runtimes: &Runtimes, executor: &Runtime, n: usize) -> anyhow::Result<f64> {
    let mut sleepers = start(runtimes, executor, n, "import time; time.sleep(200)")?;
    // Until all of them have begun to sleep: each takes less than a millisecond on two threads.
    let settling = Duration::from_millis(200) + Duration::from_millis(1) * u32::try_from(n)?;
    executor.block_on(async { tokio::time::sleep(settling).await });
    let per_second = live::fresh(runtimes)?;
    anyhow::ensure!(sleepers.try_join_next().is_none(), "a program woke early");
    sleepers.abort_all();
    executor.block_on(async { while sleepers.join_next().await.is_some() {} });
    Some(per_second).context("measured")
}
