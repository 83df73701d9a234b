//! Sandboxes that are there at once, each with an interpreter that waits for its next turn.

use std::{fs, thread};

use anyhow::Context as _;
use sbx::{RuntimeType, Runtimes, Sandbox, SandboxBuilder};
use serde_json::json;

use super::{Sizes, good, policy, status, timed};

const ALL: [usize; 8] = [1, 10, 50, 100, 200, 500, 1000, 2000];

pub(crate) fn measure(runtimes: &Runtimes, sizes: Sizes) -> anyhow::Result<()> {
    let open = || -> anyhow::Result<Sandbox> {
        let builder = SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone()).policy(policy());
        let mut sandbox = builder.auto_persist_globals(true).build()?;
        good(&sandbox.execute("x = 1")?)?;
        Ok(sandbox)
    };
    drop(open()?);
    let mut live = Vec::new();
    for n in sizes.of(&ALL) {
        let before = status("RssAnon")?;
        let added = n - live.len();
        let (seconds, ()) = timed(|| {
            for _ in 0..added {
                live.push(open()?);
            }
            Ok(())
        })?;
        let memory = (status("RssAnon")? - before) / added as f64;
        let turns_per_second = turns(&mut live)?;
        let point = json!({
            "n": n,
            "open": seconds / added as f64,
            "memory": memory,
            "turns_per_second": turns_per_second,
            "fresh_per_second": fresh(runtimes)?,
            "page_tables": status("VmPTE")? / n as f64,
            "address_space": status("VmSize")? / n as f64,
            "mappings": fs::read_to_string("/proc/self/maps")?.lines().count(),
            "descriptors": fs::read_dir("/proc/self/fd")?.count(),
        });
        println!("{point}");
    }
    let n = live.len();
    let (seconds, ()) = timed(|| {
        live.clear();
        Ok(())
    })?;
    println!("{}", json!({ "n": n, "close": seconds / n as f64 }));
    Ok(())
}

/// Turns a second of all of them, one after the other, on two threads.
fn turns(live: &mut [Sandbox]) -> anyhow::Result<f64> {
    let rounds = (4000 / live.len()).max(1);
    let n = rounds * live.len();
    let half = live.len().div_ceil(2);
    let (seconds, ()) = timed(|| {
        thread::scope(|scope| {
            let work = |part: &mut [Sandbox]| -> anyhow::Result<()> {
                for _ in 0..rounds {
                    for sandbox in &mut *part {
                        good(&sandbox.execute("x += 1")?)?;
                    }
                }
                Ok(())
            };
            let threads: Vec<_> = live.chunks_mut(half).map(|part| scope.spawn(move || work(part))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().ok().context("a thread panicked")?)
        })
    })?;
    Ok(n as f64 / seconds)
}

/// Fresh runs a second beside them, on two threads.
pub(super) fn fresh(runtimes: &Runtimes) -> anyhow::Result<f64> {
    const RUNS: usize = 1000;
    let work = || -> anyhow::Result<()> {
        for _ in 0..RUNS / 2 {
            let builder = SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone());
            good(&builder.build()?.execute("print(1)")?)?;
        }
        Ok(())
    };
    let (seconds, ()) = timed(|| {
        thread::scope(|scope| {
            let threads = [scope.spawn(work), scope.spawn(work)];
            threads.into_iter().try_for_each(|thread| thread.join().ok().context("a thread panicked")?)
        })
    })?;
    Ok(RUNS as f64 / seconds)
}
