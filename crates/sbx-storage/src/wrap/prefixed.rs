//! A part of a storage that looks like a whole one: for tenants, for tests, for two uses of one bucket.

use std::{fmt, ops::Range};

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    adapter::{Expect, Listing, Meta, Object, StorageAdapter, Version},
    error::{Error, Result},
    key::Key,
};

/// What an inner storage has under `prefix/`, with keys that do not show it. Nothing else can be reached through it.
///
/// The prefix counts towards [`Key::MAX_BYTES`]: a key that is too long with it is refused.
pub struct Prefixed<S> {
    inner: S,
    prefix: String,
}

impl<S: StorageAdapter> Prefixed<S> {
    /// The part of `inner` under `prefix`, a key without a `/` at its end.
    ///
    /// # Errors
    /// [`Error::Key`] if the prefix is no key.
    pub fn new(inner: S, prefix: &str) -> Result<Self> {
        Ok(Self { inner, prefix: format!("{}/", Key::parse(prefix)?) })
    }

    fn inner_key(&self, key: &Key) -> Result<Key> {
        Ok(Key::parse(&format!("{}{key}", self.prefix))?)
    }

    fn outer_key(&self, key: &Key) -> Option<Key> {
        key.as_str().strip_prefix(&self.prefix).and_then(|key| Key::parse(key).ok())
    }
}

impl<S: fmt::Debug> fmt::Debug for Prefixed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prefixed({:?}, {})", self.inner, self.prefix)
    }
}

/// The error with the key that the caller knows.
fn with_key(error: Error, key: &Key) -> Error {
    match error {
        Error::Conflict { .. } => Error::Conflict { key: key.clone() },
        Error::NotFound { .. } => Error::NotFound { key: key.clone() },
        other @ (Error::Key(_)
        | Error::Unavailable { .. }
        | Error::Refused { .. }
        | Error::Full { .. }
        | Error::BadUrl { .. }) => other,
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: StorageAdapter> StorageAdapter for Prefixed<S> {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        self.inner.read(&self.inner_key(key)?).await.map_err(|error| with_key(error, key))
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        self.inner.write(&self.inner_key(key)?, bytes, expect).await.map_err(|error| with_key(error, key))
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        self.inner.delete(&self.inner_key(key)?).await.map_err(|error| with_key(error, key))
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        let after = after.map(|key| self.inner_key(key)).transpose()?;
        let listing = self.inner.list(&format!("{}{prefix}", self.prefix), after.as_ref()).await?;
        let outer = |meta: Meta| self.outer_key(&meta.key).map(|key| Meta { key, ..meta });
        Ok(Listing { items: listing.items.into_iter().filter_map(outer).collect(), more: listing.more })
    }

    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        self.inner.read_range(&self.inner_key(key)?, range).await.map_err(|error| with_key(error, key))
    }
}
