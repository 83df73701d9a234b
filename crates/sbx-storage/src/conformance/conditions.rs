//! Writes that expect something.

use bytes::Bytes;

use super::{Area, Outcome, Problem, ensure, is_conflict};
use crate::adapter::{Expect, StorageAdapter, StorageAdapterExt, Version};

const ONE: Bytes = Bytes::from_static(b"one");
const TWO: Bytes = Bytes::from_static(b"two");
const THREE: Bytes = Bytes::from_static(b"three");

pub(super) async fn absent_writes_once(area: Area) -> Outcome {
    let (storage, key) = (&area.storage, area.key("x")?);
    let version = storage.write(&key, ONE, Expect::Absent).await?;
    for bytes in [ONE, TWO] {
        let again = storage.write(&key, bytes, Expect::Absent).await;
        ensure!(is_conflict(&again), "writing what is there as absent is no conflict but {again:?}");
    }
    let object = storage.read(&key).await?.ok_or_else(|| Problem("it is gone".to_owned()))?;
    ensure!((object.bytes, object.version) == (ONE, version), "a conflict changed what is there");
    storage.delete(&key).await?;
    storage.write(&key, TWO, Expect::Absent).await?;
    ensure!(storage.get(&key).await? == TWO, "it cannot be made again after it was deleted");
    Ok(())
}

pub(super) async fn version_writes_after_its_own(area: Area) -> Outcome {
    let (storage, key) = (&area.storage, area.key("x")?);
    let mut version = storage.write(&key, ONE, Expect::Any).await?;
    for bytes in [TWO, THREE, Bytes::new(), ONE] {
        version = storage.write(&key, bytes.clone(), Expect::Version(version)).await?;
        ensure!(storage.get(&key).await? == bytes, "{bytes:?} was not written");
    }
    // The version of a read is as good as that of a write.
    let read = storage.read(&key).await?.ok_or_else(|| Problem("it is gone".to_owned()))?;
    storage.write(&key, TWO, Expect::Version(read.version)).await?;
    ensure!(storage.get(&key).await? == TWO, "the version of a read does not write");
    Ok(())
}

pub(super) async fn stale_versions_conflict(area: Area) -> Outcome {
    let (storage, key) = (&area.storage, area.key("x")?);
    let first = storage.write(&key, ONE, Expect::Any).await?;
    storage.write(&key, TWO, Expect::Version(first.clone())).await?;
    let stale = storage.write(&key, THREE, Expect::Version(first.clone())).await;
    ensure!(is_conflict(&stale), "a stale version is no conflict but {stale:?}");
    ensure!(storage.get(&key).await? == TWO, "a stale version has written");
    storage.write(&key, THREE, Expect::Any).await?;
    let stale = storage.write(&key, TWO, Expect::Version(first)).await;
    ensure!(is_conflict(&stale), "a version is not made stale by an unconditional write: {stale:?}");
    let strange = storage.write(&key, ONE, Expect::Version(Version::new("no version of anything"))).await;
    ensure!(is_conflict(&strange), "a version of nothing known is no conflict but {strange:?}");
    ensure!(storage.get(&key).await? == THREE, "a conflict has written");
    Ok(())
}

pub(super) async fn versions_of_nothing_conflict(area: Area) -> Outcome {
    let (storage, key, other) = (&area.storage, area.key("x")?, area.key("y")?);
    let version = storage.write(&key, ONE, Expect::Any).await?;
    storage.delete(&key).await?;
    for key in [key, other] {
        let result = storage.write(&key, TWO, Expect::Version(version.clone())).await;
        ensure!(is_conflict(&result), "a version where nothing is, is no conflict but {result:?}");
        ensure!(storage.read(&key).await?.is_none(), "a version where nothing is has written");
    }
    Ok(())
}

pub(super) async fn versions_change_with_the_bytes(area: Area) -> Outcome {
    let (storage, key) = (&area.storage, area.key("x")?);
    let mut seen: Vec<Version> = Vec::new();
    for bytes in [ONE, TWO, THREE, Bytes::new()] {
        let version = storage.write(&key, bytes.clone(), Expect::Any).await?;
        ensure!(!seen.contains(&version), "the version of {bytes:?} is that of an earlier write");
        for _ in 0..2 {
            let read = storage.read(&key).await?.map(|object| object.version);
            ensure!(read.as_ref() == Some(&version), "reading changes the version of {bytes:?}");
        }
        seen.push(version);
    }
    Ok(())
}
