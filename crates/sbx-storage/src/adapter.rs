//! The interface between whoever keeps something and wherever it is kept.

use std::{fmt, ops::Range, sync::Arc, time::SystemTime};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    error::{Error, Result},
    key::Key,
};

/// Keeps bytes under keys. Implement the first four methods for a backend of your own, and run the conformance suite
/// over it.
///
/// Methods may be polled from any executor and any thread; a backend that needs a reactor brings its own.
#[async_trait]
pub trait StorageAdapter: fmt::Debug + Send + Sync {
    /// The bytes under `key` and their version, or `None` if there are none.
    ///
    /// # Errors
    /// Whatever keeps the bytes away; never for a key that is not there.
    async fn read(&self, key: &Key) -> Result<Option<Object>>;

    /// Puts `bytes` under `key` if what is there is as `expect` says: all of them or, after an error, none. Once this has
    /// returned they are there for everyone.
    ///
    /// # Errors
    /// [`Error::Conflict`] if what is there is not as expected; it stays as it is. After any other error the write may
    /// or may not have happened.
    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version>;

    /// Removes what is under `key`; nothing there is no error.
    ///
    /// # Errors
    /// Whatever kept it from being removed.
    async fn delete(&self, key: &Key) -> Result<()>;

    /// What there is under keys that begin with `prefix` (the empty one begins all) and come after `after`, ordered by
    /// key; as many as the backend likes to give at once.
    ///
    /// # Errors
    /// Whatever keeps the list away.
    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing>;

    /// The bytes `range` of what is under `key`, cut at its end. Reads everything unless a backend knows better.
    ///
    /// # Errors
    /// As [`StorageAdapter::read`].
    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        let Some(object) = self.read(key).await? else { return Ok(None) };
        let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(object.bytes.len());
        let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
        Ok(Some(object.bytes.slice(start..end)))
    }
}

/// A shared storage is one, too, so that wrappers take both.
#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: StorageAdapter + ?Sized> StorageAdapter for Arc<T> {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        (**self).read(key).await
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        (**self).write(key, bytes, expect).await
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        (**self).delete(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        (**self).list(prefix, after).await
    }

    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        (**self).read_range(key, range).await
    }
}

/// What every [`StorageAdapter`] can do besides.
#[async_trait]
pub trait StorageAdapterExt: StorageAdapter {
    /// Whether anything is under `key`.
    ///
    /// # Errors
    /// As [`StorageAdapter::read`].
    async fn exists(&self, key: &Key) -> Result<bool> {
        Ok(self.read_range(key, 0..0).await?.is_some())
    }

    /// The bytes under `key`.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there are none.
    async fn get(&self, key: &Key) -> Result<Bytes> {
        match self.read(key).await? {
            Some(object) => Ok(object.bytes),
            None => Err(Error::NotFound { key: key.clone() }),
        }
    }

    /// Everything under keys that begin with `prefix`, however many lists that takes.
    ///
    /// # Errors
    /// As [`StorageAdapter::list`]; [`Error::Unavailable`] for a list whose keys do not ascend, which could be one without
    /// an end.
    async fn list_all(&self, prefix: &str) -> Result<Vec<Meta>> {
        let mut all: Vec<Meta> = Vec::new();
        loop {
            let Listing { items, more } = self.list(prefix, all.last().map(|meta| &meta.key)).await?;
            let advanced = !items.is_empty();
            for item in items {
                if all.last().is_some_and(|last| last.key >= item.key) {
                    return Err(Error::Unavailable {
                        action: format!("list what begins with {prefix:?}"),
                        problem: format!("the list does not go on after {}", item.key),
                        source: None,
                    });
                }
                all.push(item);
            }
            if !more || !advanced {
                return Ok(all);
            }
        }
    }
}

impl<T: StorageAdapter + ?Sized> StorageAdapterExt for T {}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "backends make it")]
pub struct Object {
    /// All bytes.
    pub bytes: Bytes,
    /// Which write they are from.
    pub version: Version,
}

/// Tells one write of a key from another; only equality means something.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// A version from whatever the backend uses: an entity tag, a hash, a number.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As the backend gave it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a write expects to find.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "backends serve every case")]
pub enum Expect {
    /// Anything or nothing: replace it.
    Any,
    /// Nothing.
    Absent,
    /// The write that this is the version of.
    Version(Version),
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_structs, reason = "backends make it")]
pub struct Listing {
    /// Ordered by key.
    pub items: Vec<Meta>,
    /// Whether there may be more after the last item.
    pub more: bool,
}

/// What is known of bytes without reading them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "backends make it")]
pub struct Meta {
    /// Their key.
    pub key: Key,
    /// How many there are.
    pub bytes: u64,
    /// When they were written, by the backend's clock.
    pub modified: SystemTime,
}
