//! Sessions whose interpreter holds much: bytes that no compressor makes smaller, the worst case.

use std::sync::Arc;

use anyhow::Context as _;
use sbx::{MemoryStorage, Runtimes, SessionsBuilder, StorageAdapter, StorageAdapterExt as _};
use serde_json::json;

use super::{Sizes, median, policy, run, timed};

const ALL: [u64; 8] =
    [100_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 60_000_000, 100_000_000, 200_000_000];

/// In place and piece by piece: what an interpreter has freed still holds its bytes, and would be stored too.
const FILL: &str = "
import numpy as np
rng = np.random.default_rng(1)
state = np.empty(n, dtype=np.uint8)
for at in range(0, n, 65536):
    state[at:at + 65536] = np.frombuffer(rng.bytes(min(65536, n - at)), dtype=np.uint8)
";

pub(crate) fn measure(runtimes: &Runtimes, sizes: Sizes) -> anyhow::Result<()> {
    for bytes in sizes.of(&ALL) {
        let storage: Arc<dyn StorageAdapter> = Arc::new(MemoryStorage::new());
        let sessions =
            SessionsBuilder::new(Arc::clone(&storage)).runtimes(runtimes.clone()).policy(policy()).build()?;
        let stored = || -> anyhow::Result<f64> {
            let objects = sessions.block_on(storage.list_all("objects/"))?;
            Ok(objects.iter().map(|meta| meta.bytes).sum::<u64>() as f64)
        };
        let session = sessions.create()?;
        run(&session, "total = 0")?;
        let empty = stored()?;
        let fill = format!("n = {bytes}{FILL}");
        let (first, ()) = timed(|| run(&session, &fill))?;
        let full = stored()?;
        let n = if bytes > 50_000_000 { 5 } else { 15 };
        run(&session, "total += 1")?;
        let before = stored()?;
        let small = median(n, || run(&session, "total += 1"))?;
        let stored_for_a_turn = (stored()? - before) / n as f64;
        let touched = median(3, || run(&session, "state[::4096] += 1"))?;
        let fork = median(n, || Ok(session.fork(1).map(drop)?))?;
        let forks = session.fork(3)?;
        let mut forks = forks.iter();
        let first_of_fork = median(3, || run(forks.next().context("as many as samples")?, "total += 1"))?;
        let wake = median(3, || {
            session.close()?;
            run(&session, "total += 1")
        })?;
        let point = json!({
            "n": bytes,
            "first_turn": first,
            "small_turn": small,
            "all_pages_written": touched,
            "fork": fork,
            "first_turn_of_fork": first_of_fork,
            "wake": wake,
            "stored": full - empty,
            "stored_for_a_turn": stored_for_a_turn,
        });
        println!("{point}");
    }
    Ok(())
}
