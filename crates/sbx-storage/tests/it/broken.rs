//! A suite that passes everything shows nothing: each of these is wrong in one way, and the suite says in which.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use pollster::block_on;
use sbx_storage::conformance::{self, Limits};
use sbx_storage::{
    Expect, Key, Listing, MemoryStorage, Object, Result, StorageAdapter, StorageAdapterExt, Version,
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    None,
    IgnoresConditions,
    ChecksThenWrites,
    ListsUnordered,
    ListsPrefixAsFolder,
    RepeatsAfter,
    RepeatsForEver,
    LosesLastByte,
    OneVersion,
    FailsBeyondEnd,
    OldTime,
}

#[derive(Debug)]
struct Broken(MemoryStorage, Fault);

#[async_trait]
impl StorageAdapter for Broken {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        let mut read = self.0.read(key).await?;
        if let Some(object) = &mut read {
            if self.1 == Fault::OneVersion {
                object.version = Version::new("1");
            }
            if self.1 == Fault::LosesLastByte && object.bytes.len() > 1000 {
                object.bytes.truncate(object.bytes.len() - 1);
            }
        }
        Ok(read)
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        let expect = match (self.1, &expect) {
            (Fault::IgnoresConditions, _) => Expect::Any,
            (Fault::ChecksThenWrites, Expect::Absent) if self.0.read(key).await?.is_none() => {
                std::thread::sleep(Duration::from_millis(5));
                Expect::Any
            }
            _ => expect,
        };
        let version = self.0.write(key, bytes, expect).await?;
        Ok(if self.1 == Fault::OneVersion { Version::new("1") } else { version })
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        self.0.delete(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        let mut listing = self.0.list(prefix, after).await?;
        #[expect(clippy::wildcard_enum_match_arm, reason = "the rest are wrong elsewhere")]
        match self.1 {
            Fault::ListsUnordered => listing.items.reverse(),
            Fault::ListsPrefixAsFolder => listing.items.retain(|meta| {
                prefix.is_empty() || meta.key.as_str()[prefix.trim_end_matches('/').len()..].starts_with('/')
            }),
            Fault::RepeatsAfter if after.is_some() => listing = self.0.list(prefix, None).await?,
            Fault::RepeatsForEver => {
                listing = self.0.list(prefix, None).await?;
                listing.more = true;
            }
            Fault::OldTime => {
                listing.items.iter_mut().for_each(|meta| meta.modified = SystemTime::UNIX_EPOCH);
            }
            _ => {}
        }
        Ok(listing)
    }

    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        let read = self.0.read(key).await?;
        if self.1 == Fault::FailsBeyondEnd
            && read.is_some_and(|object| range.start > object.bytes.len() as u64)
        {
            return Ok(None);
        }
        self.0.read_range(key, range).await
    }
}

#[test]
fn a_list_that_repeats_itself_is_refused() {
    let storage = Broken(MemoryStorage::new(), Fault::RepeatsForEver);
    let key = Key::parse("a/b").unwrap();
    block_on(storage.write(&key, Bytes::new(), Expect::Any)).unwrap();
    let error = block_on(storage.list_all("a/")).unwrap_err();
    assert_eq!(error.code(), "storage.unavailable");
    assert!(error.to_string().contains("does not go on"), "{error}");
}

#[test]
fn the_suite_names_what_is_wrong() {
    for (fault, case) in [
        (Fault::IgnoresConditions, "absent_writes_once"),
        (Fault::ChecksThenWrites, "one_of_many_creators_wins"),
        (Fault::ListsUnordered, "lists_are_in_order"),
        (Fault::ListsPrefixAsFolder, "prefixes_may_end_inside_a_name"),
        (Fault::RepeatsAfter, "lists_go_on_after_any_key"),
        (Fault::RepeatsForEver, "lists_come_to_an_end"),
        (Fault::LosesLastByte, "large_values_come_back"),
        (Fault::OneVersion, "versions_change_with_the_bytes"),
        (Fault::FailsBeyondEnd, "ranges_are_cut_at_the_end"),
        (Fault::OldTime, "lists_know_size_and_time"),
    ] {
        let case = conformance::cases().iter().find(|known| known.name() == case).unwrap();
        let run = |fault| {
            let storage = Arc::new(Broken(MemoryStorage::new(), fault));
            block_on(case.run(storage, Limits::default()))
        };
        run(Fault::None).unwrap();
        let failures = run(fault).expect_err(&format!("{fault:?} passes {}", case.name()));
        assert_eq!(failures.iter().map(|(name, _)| name).collect::<Vec<_>>(), [case.name()], "{failures}");
    }
}
