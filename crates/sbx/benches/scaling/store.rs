//! Many sessions in one store on disk.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, ensure};
use sbx::{DiskStorage, PruneOptions, Runtimes, Sessions, SessionsBuilder};
use serde_json::json;

use super::{Sizes, median, run, timed};

const ALL: [usize; 7] = [10, 30, 100, 300, 1000, 3000, 10_000];

pub(crate) fn measure(runtimes: &Runtimes, sizes: Sizes) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(".")?;
    let open = || -> anyhow::Result<Sessions> {
        let storage = Arc::new(DiskStorage::open(folder.path())?);
        Ok(SessionsBuilder::new(storage).runtimes(runtimes.clone()).build()?)
    };
    let first = open()?.create()?;
    run(&first, "total = 0; rows = list(range(1000))")?;
    first.close()?;
    let mut n = 1;
    for wanted in sizes.of(&ALL) {
        let sessions = open()?;
        let parent = sessions.open(first.id())?;
        let (forking, forks) = timed(|| Ok(parent.fork(wanted - n)?))?;
        let each = forking / (wanted - n) as f64;
        n = wanted;
        let ids: Vec<_> = forks.iter().map(|fork| fork.id().clone()).collect();
        // So that others can have them.
        sessions.hibernate_all()?;
        let mut some = ids.iter().cycle().step_by((ids.len() / 7).max(1));
        // From another handle, as from another process: nothing of it is in memory.
        let others = open()?;
        let turn = median(7, || {
            let session = others.open(some.next().context("they go round")?)?;
            run(&session, "total += 1")?;
            Ok(session.close()?)
        })?;
        let opening = median(7, || Ok(open()?.open(first.id()).map(drop)?))?;
        let creating = median(7, || {
            let session = others.create()?;
            session.close()?;
            Ok(others.block_on(others.store().delete(session.id())).map(drop)?)
        })?;
        let listing = median(3, || {
            let listed = others.block_on(others.store().list())?;
            ensure!(listed.sessions.len() == n, "{} are listed", listed.sessions.len());
            Ok(())
        })?;
        let mut looking = PruneOptions::default();
        looking.max_sessions = Some(n / 2);
        looking.dry_run = true;
        let pruning = median(3, || Ok(others.block_on(others.store().prune(&looking)).map(drop)?))?;
        let sweeping = median(3, || {
            Ok(others.block_on(others.store().sweep(Duration::from_secs(3600), true)).map(drop)?)
        })?;
        let point = json!({
            "n": n, "fork": each, "turn": turn, "open": opening, "create_and_delete": creating,
            "list": listing, "prune_dry_run": pruning, "sweep_dry_run": sweeping,
        });
        println!("{point}");
    }
    Ok(())
}
