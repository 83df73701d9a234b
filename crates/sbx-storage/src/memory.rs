//! Keeps everything in memory: for tests, and for state that may go when the process does.
//!
//! The shortest backend, and so the one to read before writing another.

use std::{
    collections::BTreeMap,
    fmt,
    ops::Bound,
    sync::{Arc, PoisonError, RwLock},
    time::SystemTime,
};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    adapter::{Expect, Listing, Meta, Object, StorageAdapter, Version},
    error::{Error, Result},
    key::Key,
};

/// Bytes under keys in memory. A clone is another handle to the same bytes; they go with the last one.
#[derive(Clone, Default)]
pub struct MemoryStorage {
    kept: Arc<RwLock<Kept>>,
}

#[derive(Default)]
struct Kept {
    entries: BTreeMap<Key, Entry>,
    n_writes: u64,
}

#[derive(Clone)]
struct Entry {
    object: Object,
    modified: SystemTime,
}

impl MemoryStorage {
    /// Items in one [`Listing`], so that callers meet paging here already.
    pub const LIST_ITEMS: usize = 1000;

    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many keys there are.
    #[must_use]
    pub fn n_keys(&self) -> usize {
        self.read_kept(|kept| kept.entries.len())
    }

    /// How many bytes are under all keys together.
    #[must_use]
    pub fn bytes_total(&self) -> u64 {
        self.read_kept(|kept| kept.entries.values().map(|entry| entry.object.bytes.len() as u64).sum())
    }

    // A panic elsewhere cannot leave the map half changed: each change is one insert or remove.
    fn read_kept<T>(&self, look: impl FnOnce(&Kept) -> T) -> T {
        look(&self.kept.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change_kept<T>(&self, change: impl FnOnce(&mut Kept) -> T) -> T {
        change(&mut self.kept.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for MemoryStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStorage({} keys)", self.n_keys())
    }
}

#[async_trait]
impl StorageAdapter for MemoryStorage {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        Ok(self.read_kept(|kept| kept.entries.get(key).map(|entry| entry.object.clone())))
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        // A copy, as the given bytes may be a slice that keeps something much larger alive.
        let bytes = Bytes::copy_from_slice(&bytes);
        self.change_kept(|kept| {
            let as_expected = match (&expect, kept.entries.get(key)) {
                (Expect::Any, _) | (Expect::Absent, None) => true,
                (Expect::Absent, Some(_)) | (Expect::Version(_), None) => false,
                (Expect::Version(version), Some(entry)) => entry.object.version == *version,
            };
            if !as_expected {
                return Err(Error::Conflict { key: key.clone() });
            }
            kept.n_writes += 1;
            let version = Version::new(kept.n_writes.to_string());
            let object = Object { bytes, version: version.clone() };
            kept.entries.insert(key.clone(), Entry { object, modified: SystemTime::now() });
            Ok(version)
        })
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        self.change_kept(|kept| kept.entries.remove(key));
        Ok(())
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        let start = match after {
            Some(after) if after.as_str() >= prefix => Bound::Excluded(after.as_str()),
            _ => Bound::Included(prefix),
        };
        Ok(self.read_kept(|kept| {
            let mut matching = kept
                .entries
                .range::<str, _>((start, Bound::Unbounded))
                .take_while(|(key, _)| key.as_str().starts_with(prefix))
                .map(|(key, entry)| Meta {
                    key: key.clone(),
                    bytes: entry.object.bytes.len() as u64,
                    modified: entry.modified,
                });
            let items: Vec<Meta> = matching.by_ref().take(Self::LIST_ITEMS).collect();
            Listing { items, more: matching.next().is_some() }
        }))
    }
}
