//! Several callers at once.

use std::sync::{
    Barrier,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use pollster::block_on;

use super::{Area, Outcome, Problem, ensure, in_threads, is_conflict};
use crate::{
    adapter::{Expect, StorageAdapter, StorageAdapterExt},
    error::Error,
};

const N_ROUNDS: usize = 5;

pub(super) async fn one_of_many_creators_wins(area: Area) -> Outcome {
    for round in 0..N_ROUNDS {
        let key = area.key(&format!("x{round}"))?;
        race(&area, &key, &Expect::Absent).await?;
    }
    Ok(())
}

pub(super) async fn one_of_many_updaters_wins(area: Area) -> Outcome {
    let key = area.key("x")?;
    let mut version = area.storage.write(&key, Bytes::from_static(b"first"), Expect::Any).await?;
    for _ in 0..N_ROUNDS {
        race(&area, &key, &Expect::Version(version)).await?;
        version = area.storage.write(&key, Bytes::from_static(b"first"), Expect::Any).await?;
    }
    Ok(())
}

/// Many write the same key with the same expectation, each its own number.
async fn race(area: &Area, key: &crate::Key, expect: &Expect) -> Outcome {
    let n = area.limits.n_writers;
    let start = Barrier::new(n);
    let results = in_threads(n, |at| {
        start.wait();
        Ok(block_on(area.storage.write(key, Bytes::from(format!("writer {at}")), expect.clone())))
    })?;
    let won: Vec<usize> = (0..n).filter(|at| results[*at].is_ok()).collect();
    ensure!(won.len() == 1, "{} of {n} writers won", won.len());
    for result in results.iter().filter(|result| result.is_err()) {
        ensure!(is_conflict(result), "a writer that lost met {result:?} and no conflict");
    }
    let there = area.storage.get(key).await?;
    ensure!(
        there == format!("writer {}", won[0]).as_bytes(),
        "writer {} won, but {there:?} is there",
        won[0]
    );
    Ok(())
}

pub(super) async fn no_increment_is_lost(area: Area) -> Outcome {
    const EACH: usize = 5;
    let key = area.key("count")?;
    area.storage.write(&key, Bytes::from_static(b"0"), Expect::Absent).await?;
    in_threads(area.limits.n_writers, |_| {
        for _ in 0..EACH {
            block_on(increment(&area, &key))?;
        }
        Ok(())
    })?;
    let count = area.storage.get(&key).await?;
    let expected = area.limits.n_writers * EACH;
    ensure!(count == expected.to_string().as_bytes(), "{expected} increments make {count:?}");
    Ok(())
}

async fn increment(area: &Area, key: &crate::Key) -> Outcome {
    loop {
        let object = area.storage.read(key).await?.ok_or_else(|| Problem("it is gone".to_owned()))?;
        let count: usize = std::str::from_utf8(&object.bytes)?.parse()?;
        let bytes = Bytes::from((count + 1).to_string());
        match area.storage.write(key, bytes, Expect::Version(object.version)).await {
            Ok(_) => return Ok(()),
            Err(Error::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Folders that come and go with their last key must not get in the way of those who write there.
pub(super) async fn writers_and_deleters_get_along(area: Area) -> Outcome {
    in_threads(area.limits.n_writers, |at| {
        let key = area.key(&format!("deep/folder/k{at}"))?;
        for round in 0..10 {
            let bytes = Bytes::from(format!("{at}-{round}"));
            block_on(area.storage.write(&key, bytes.clone(), Expect::Absent))?;
            ensure!(block_on(area.storage.get(&key))? == bytes, "a write was lost while others deleted");
            block_on(area.storage.list("", None))?;
            block_on(area.storage.delete(&key))?;
        }
        Ok(())
    })?;
    ensure!(area.names("").await?.is_empty(), "deleted keys are still listed");
    Ok(())
}

pub(super) async fn no_read_is_torn(area: Area) -> Outcome {
    const BYTES: usize = 300_000;
    let key = area.key("x")?;
    let value = |letter: u8| Bytes::from(vec![letter; BYTES + usize::from(letter)]);
    area.storage.write(&key, value(b'a'), Expect::Any).await?;
    let is_over = AtomicBool::new(false);
    in_threads(4, |at| {
        if at == 0 {
            let written = (b'b'..=b'z').try_for_each(|letter| {
                block_on(area.storage.write(&key, value(letter), Expect::Any)).map(|_| ())
            });
            is_over.store(true, Ordering::Release);
            return Ok(written?);
        }
        loop {
            let was_over = is_over.load(Ordering::Acquire);
            let bytes = block_on(area.storage.get(&key))?;
            let letter = bytes.first().copied().unwrap_or(0);
            ensure!(bytes == value(letter), "a read of {} bytes is part of one write or of two", bytes.len());
            if was_over {
                ensure!(letter == b'z', "a read after the last write gives an earlier one");
                return Ok(());
            }
        }
    })?;
    Ok(())
}
