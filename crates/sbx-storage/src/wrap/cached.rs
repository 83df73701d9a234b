//! Answers reads of what never changes from memory.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    adapter::{Expect, Listing, Object, StorageAdapter, Version},
    error::Result,
    key::Key,
};

/// One value may take this part of the cache; larger ones would only push out the others.
const MAX_SHARE: u64 = 4;
/// What an entry takes besides its bytes, roughly: the key twice, the version, the maps.
const ENTRY_BYTES: u64 = 512;

/// Keeps what is read under immutable keys, up to a number of bytes, and forgets what was used longest ago.
///
/// Which keys are immutable the caller says: such a key has the same bytes whenever it has any, as keys made from the
/// hash of their bytes do. For all others this only passes on. Whether something is *there* is never told from memory
/// when it is asked for as such (an empty range, as [`exists`](crate::StorageAdapterExt::exists) does), and never are
/// absences: somebody else may have deleted or written it. A `read` may give what another process has deleted since.
pub struct Cached<S> {
    inner: S,
    is_immutable: Box<dyn Fn(&Key) -> bool + Send + Sync>,
    max_bytes: u64,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    entries: HashMap<Key, Entry>,
    /// By last use, oldest first.
    by_use: BTreeMap<u64, Key>,
    n_uses: u64,
    bytes: u64,
    reading: HashMap<Key, Reading>,
}

struct Entry {
    object: Object,
    last_use: u64,
}

/// Reads of one key that are on their way.
#[derive(Default)]
struct Reading {
    n_readers: usize,
    /// Changed since the first of them began, so what they bring may be old.
    is_stale: bool,
}

impl<S: StorageAdapter> Cached<S> {
    /// Keeps at most `max_bytes` of what `inner` has under keys for which `is_immutable` holds.
    #[must_use]
    pub fn new(
        inner: S,
        max_bytes: u64,
        is_immutable: impl Fn(&Key) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { inner, is_immutable: Box::new(is_immutable), max_bytes, kept: Mutex::default() }
    }

    /// Keeps at most `max_bytes` of what `inner` has under keys that begin with `prefix`, such as `objects/`.
    #[must_use]
    pub fn under(inner: S, max_bytes: u64, prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        Self::new(inner, max_bytes, move |key| key.as_str().starts_with(&prefix))
    }

    /// How many bytes are kept now, overhead included.
    #[must_use]
    pub fn bytes_kept(&self) -> u64 {
        self.kept().bytes
    }

    // No panic can leave it half changed: nothing in between can fail.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets `key` now and when the guard goes, as a read may come in between.
    fn changing<'a>(&'a self, key: &'a Key) -> Option<Changing<'a>> {
        if !(self.is_immutable)(key) {
            return None;
        }
        self.kept().forget(key);
        Some(Changing { kept: &self.kept, key })
    }
}

impl Kept {
    fn get(&mut self, key: &Key) -> Option<Object> {
        self.n_uses += 1;
        let entry = self.entries.get_mut(key)?;
        self.by_use.remove(&entry.last_use);
        self.by_use.insert(self.n_uses, key.clone());
        entry.last_use = self.n_uses;
        Some(entry.object.clone())
    }

    fn keep(&mut self, key: &Key, object: &Object, max_bytes: u64) {
        let bytes = bytes_of(object);
        if bytes > max_bytes / MAX_SHARE {
            return;
        }
        self.remove(key);
        while self.bytes + bytes > max_bytes {
            let Some((_, oldest)) = self.by_use.first_key_value() else { break };
            let oldest = oldest.clone();
            self.remove(&oldest);
        }
        self.n_uses += 1;
        self.bytes += bytes;
        self.by_use.insert(self.n_uses, key.clone());
        self.entries.insert(key.clone(), Entry { object: object.clone(), last_use: self.n_uses });
    }

    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.remove(key) {
            self.by_use.remove(&entry.last_use);
            self.bytes -= bytes_of(&entry.object);
        }
    }

    fn forget(&mut self, key: &Key) {
        self.remove(key);
        if let Some(reading) = self.reading.get_mut(key) {
            reading.is_stale = true;
        }
    }
}

fn bytes_of(object: &Object) -> u64 {
    object.bytes.len() as u64 + ENTRY_BYTES
}

struct Changing<'a> {
    kept: &'a Mutex<Kept>,
    key: &'a Key,
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).forget(self.key);
    }
}

/// Counts a reader until it is dropped, whether its read was finished or not.
struct Reader<'a> {
    kept: &'a Mutex<Kept>,
    key: &'a Key,
}

impl<'a> Reader<'a> {
    fn enter(kept: &'a Mutex<Kept>, key: &'a Key) -> Self {
        let mut guard = kept.lock().unwrap_or_else(PoisonError::into_inner);
        guard.reading.entry(key.clone()).or_default().n_readers += 1;
        Self { kept, key }
    }

    fn keep(&self, object: &Object, max_bytes: u64) {
        let mut guard = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if guard.reading.get(self.key).is_some_and(|reading| !reading.is_stale) {
            guard.keep(self.key, object, max_bytes);
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut guard = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reading) = guard.reading.get_mut(self.key) {
            reading.n_readers -= 1;
            if reading.n_readers == 0 {
                guard.reading.remove(self.key);
            }
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for Cached<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cached({:?}, {} bytes)", self.inner, self.max_bytes)
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: StorageAdapter> StorageAdapter for Cached<S> {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        if !(self.is_immutable)(key) {
            return self.inner.read(key).await;
        }
        let known = self.kept().get(key);
        if known.is_some() {
            return Ok(known);
        }
        let reader = Reader::enter(&self.kept, key);
        let read = self.inner.read(key).await?;
        if let Some(object) = &read {
            reader.keep(object, self.max_bytes);
        }
        Ok(read)
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        let _changing = self.changing(key);
        self.inner.write(key, bytes, expect).await
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        let _changing = self.changing(key);
        self.inner.delete(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        self.inner.list(prefix, after).await
    }

    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        if range.is_empty() || !(self.is_immutable)(key) {
            return self.inner.read_range(key, range).await;
        }
        let Some(object) = self.kept().get(key) else { return self.inner.read_range(key, range).await };
        let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(object.bytes.len());
        let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
        Ok(Some(object.bytes.slice(start..end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(bytes: usize) -> Object {
        Object { bytes: vec![0; bytes].into(), version: Version::new("1") }
    }

    #[test]
    fn the_oldest_go_first_and_the_bound_holds() {
        let mut kept = Kept::default();
        let keys: Vec<Key> = (0..10).map(|i| Key::parse(&format!("k{i}")).unwrap()).collect();
        for key in &keys {
            kept.keep(key, &object(1000), 8 * (1000 + ENTRY_BYTES));
            assert!(kept.get(&keys[0]).is_some(), "the first is used all the time");
            assert!(kept.bytes <= 8 * (1000 + ENTRY_BYTES));
        }
        assert!(kept.get(&keys[1]).is_none() && kept.get(&keys[2]).is_none());
        assert!(keys[3..].iter().all(|key| kept.get(key).is_some()));
        assert_eq!((kept.entries.len(), kept.by_use.len()), (8, 8));
        kept.keep(&keys[1], &object(4000), 8 * (1000 + ENTRY_BYTES));
        assert!(kept.get(&keys[1]).is_none(), "too large a share");
    }

    #[test]
    fn what_changed_while_it_was_read_is_not_kept() {
        let kept = Mutex::default();
        let key = Key::parse("k").unwrap();
        let reader = Reader::enter(&kept, &key);
        kept.lock().unwrap().forget(&key);
        reader.keep(&object(1), 10_000);
        drop(reader);
        assert!(kept.lock().unwrap().entries.is_empty());
        assert!(kept.lock().unwrap().reading.is_empty());
    }
}
