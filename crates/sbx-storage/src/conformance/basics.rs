//! One caller, one key: what is written is what is read.

use bytes::Bytes;

use super::{Area, Outcome, Problem, ensure};
use crate::{
    adapter::{Expect, StorageAdapter, StorageAdapterExt},
    error::Error,
    key::Key,
};

pub(super) async fn nothing_there_is_no_error(area: Area) -> Outcome {
    let (storage, key) = (&area.storage, area.key("nothing/here")?);
    ensure!(storage.read(&key).await?.is_none(), "reading an absent key gives something");
    ensure!(storage.read_range(&key, 0..10).await?.is_none(), "a range of an absent key gives something");
    ensure!(!storage.exists(&key).await?, "an absent key exists");
    storage.delete(&key).await?;
    ensure!(area.names("").await?.is_empty(), "an empty area lists something");
    match storage.get(&key).await {
        Err(Error::NotFound { .. }) => Ok(()),
        other => Err(Problem(format!("an absent key is not `NotFound` but {other:?}"))),
    }
}

pub(super) async fn values_come_back_as_they_were(area: Area) -> Outcome {
    let storage = &area.storage;
    let every_byte: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    for (name, bytes) in
        [("empty", &b""[..]), ("one", b"\0"), ("text", b"line\r\n\xff\xfe"), ("bytes", &every_byte)]
    {
        let key = area.key(name)?;
        let version = storage.write(&key, Bytes::copy_from_slice(bytes), Expect::Any).await?;
        let Some(object) = storage.read(&key).await? else {
            return Err(Problem(format!("{name}: nothing is there after a write")));
        };
        ensure!(object.bytes == bytes, "{name}: {} bytes come back as {}", bytes.len(), object.bytes.len());
        ensure!(object.version == version, "{name}: a read gives another version than the write");
        ensure!(storage.exists(&key).await?, "{name}: does not exist after a write");
        ensure!(storage.get(&key).await? == bytes, "{name}: `get` gives other bytes");
    }
    Ok(())
}

pub(super) async fn large_values_come_back(area: Area) -> Outcome {
    let key = area.key("large")?;
    let n_bytes = area.limits.value_bytes;
    let bytes: Bytes = (0..n_bytes).map(|at| (at * at / 251).to_le_bytes()[0]).collect();
    let version = area.storage.write(&key, bytes.clone(), Expect::Absent).await?;
    let object = area.storage.read(&key).await?.ok_or_else(|| Problem("nothing is there".to_owned()))?;
    ensure!(object.bytes == bytes, "{n_bytes} bytes do not come back");
    ensure!(object.version == version, "a read gives another version than the write");
    let middle = n_bytes / 2;
    let part = area.storage.read_range(&key, middle as u64..middle as u64 + 1000).await?;
    ensure!(part == Some(bytes.slice(middle..(middle + 1000).min(n_bytes))), "its middle does not come back");
    Ok(())
}

pub(super) async fn writes_replace(area: Area) -> Outcome {
    let key = area.key("x")?;
    for bytes in ["a longer first value", "", "second", "a longer first value"] {
        area.storage.write(&key, Bytes::from_static(bytes.as_bytes()), Expect::Any).await?;
        let there = area.storage.get(&key).await?;
        ensure!(there == bytes.as_bytes(), "{bytes:?} comes back as {there:?}");
    }
    ensure!(area.names("").await? == ["x"], "one key is listed otherwise");
    Ok(())
}

pub(super) async fn deletes_are_idempotent(area: Area) -> Outcome {
    let (storage, key, other) = (&area.storage, area.key("folder/x")?, area.key("folder/y")?);
    storage.write(&key, Bytes::from_static(b"1"), Expect::Any).await?;
    storage.write(&other, Bytes::from_static(b"2"), Expect::Any).await?;
    for _ in 0..3 {
        storage.delete(&key).await?;
        ensure!(storage.read(&key).await?.is_none(), "it is there after it was deleted");
        ensure!(area.names("").await? == ["folder/y"], "it is listed after it was deleted");
    }
    ensure!(storage.get(&other).await? == b"2"[..], "deleting one key took another with it");
    storage.write(&key, Bytes::from_static(b"3"), Expect::Absent).await?;
    ensure!(storage.get(&key).await? == b"3"[..], "a deleted key cannot be written again");
    Ok(())
}

pub(super) async fn keys_differ_in_every_letter(area: Area) -> Outcome {
    let names = ["A", "AUX", "Aux", "a", "a-b", "a.", "a.b", "a_b", "aB", "ab", "aux", "aux.txt", "b"];
    for name in names {
        area.storage.write(&area.key(name)?, Bytes::from_static(name.as_bytes()), Expect::Absent).await?;
    }
    for name in names {
        ensure!(
            area.storage.get(&area.key(name)?).await? == name.as_bytes(),
            "{name} is mixed up with another key"
        );
    }
    Ok(())
}

pub(super) async fn keys_may_be_folders_of_others(area: Area) -> Outcome {
    let names = ["a", "a/b", "a/b/c", "a/b/c/d/e"];
    for name in names.iter().rev() {
        area.storage.write(&area.key(name)?, Bytes::from_static(name.as_bytes()), Expect::Absent).await?;
    }
    for name in names {
        ensure!(
            area.storage.get(&area.key(name)?).await? == name.as_bytes(),
            "{name} is mixed up with another key"
        );
    }
    ensure!(area.names("").await? == names, "they are listed otherwise: {:?}", area.names("").await?);
    area.storage.delete(&area.key("a/b")?).await?;
    ensure!(area.names("").await? == ["a", "a/b/c", "a/b/c/d/e"], "deleting a/b took others with it");
    Ok(())
}

pub(super) async fn longest_keys_work(area: Area) -> Outcome {
    let room = area.limits.key_bytes - area.prefix.len();
    let part = |letter: &str| letter.repeat(Key::MAX_PART_BYTES);
    let wide = format!("{}/{}/{}", part("Z"), part("z"), "9".repeat(room));
    let deep = "d/".repeat(room);
    for name in [&wide[..room], part("Q").as_str(), &deep[..(room - 1) / 2 * 2 + 1]] {
        let name = name.trim_end_matches('/');
        let key = area.key(name)?;
        area.storage.write(&key, Bytes::from_static(b"long"), Expect::Absent).await?;
        ensure!(
            area.storage.get(&key).await? == b"long"[..],
            "a key of {} bytes is lost",
            key.as_str().len()
        );
        ensure!(area.names("").await? == [name], "a key of {} bytes is not listed", key.as_str().len());
        area.storage.delete(&key).await?;
    }
    Ok(())
}

pub(super) async fn ranges_are_cut_at_the_end(area: Area) -> Outcome {
    let (storage, key) = (&area.storage, area.key("x")?);
    storage.write(&key, Bytes::from_static(b"0123456789"), Expect::Any).await?;
    for (range, expected) in [
        (0..10, "0123456789"),
        (0..0, ""),
        (2..5, "234"),
        (9..10, "9"),
        (8..100, "89"),
        (0..u64::MAX, "0123456789"),
        (10..11, ""),
        (10..10, ""),
        (50..60, ""),
        (u64::MAX - 1..u64::MAX, ""),
    ] {
        let part = storage.read_range(&key, range.clone()).await?;
        ensure!(part.as_deref() == Some(expected.as_bytes()), "{range:?} gives {part:?}, not {expected:?}");
    }
    storage.write(&key, Bytes::new(), Expect::Any).await?;
    for range in [0..0, 0..1, 1..2] {
        let part = storage.read_range(&key, range.clone()).await?;
        ensure!(part.as_deref() == Some(b""), "{range:?} of an empty value gives {part:?}");
    }
    Ok(())
}
