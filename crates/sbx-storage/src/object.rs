//! Keeps everything in an object store: S3, Azure Blob Storage, Google Cloud Storage, and what speaks like them.
//!
//! The crate `object_store` speaks the protocols; this adds what the contract of a [`StorageAdapter`] needs on top: it
//! runs under any executor, as it brings a tokio runtime of its own; a lost answer to a conditional write does not look
//! like somebody else's write; errors say what to do.

mod reactor;
mod versions;
mod errors;
#[cfg(any(feature = "s3", feature = "azure", feature = "gcs"))]
pub(crate) mod cloud;

use std::{fmt, future::Future, ops::Range, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutMode, PutPayload, path::Path};

use crate::{
    adapter::{Expect, Listing, Meta, Object, StorageAdapter, Version},
    error::{Error, Result},
    key::Key,
};
use errors::{error, is_conflict, refused};
use reactor::Reactor;
use versions::{update_of, version_of};

/// How often a conditional write is tried, the first time included. The waits between them double.
const MAX_TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// Ranges from here on are asked for without an end: servers read it as a number of their own language.
const MAX_RANGE_BYTES: u64 = 1 << 50;

/// Bytes under keys in a bucket, or in a part of one. A clone is another handle.
///
/// The bucket must list in the order of the bytes of its keys and answer conditional writes. S3, Azure Blob Storage and
/// Google Cloud Storage do; directory buckets of S3 Express and hierarchical namespaces of Azure order otherwise.
#[derive(Clone)]
pub struct ObjectStorage {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn ObjectStore>,
    /// The same store without retries of its own.
    conditional: Arc<dyn ObjectStore>,
    prefix: String,
    reactor: Reactor,
}

impl ObjectStorage {
    /// Items in one [`Listing`], as many as S3 gives.
    pub const LIST_ITEMS: usize = 1000;
    /// Bytes of the longest prefix: stores take 1,024 for a key with its prefix.
    pub const MAX_PREFIX_BYTES: usize = 256;

    /// A storage in `store` whose keys all begin with `prefix` and a `/`; none if it is empty.
    ///
    /// # Errors
    /// [`Error::Key`] if the prefix is no key, [`Error::Refused`] if it is too long.
    pub fn new(store: Arc<dyn ObjectStore>, prefix: &str) -> Result<Self> {
        let conditional = Arc::clone(&store);
        Self::with_unretried(store, conditional, prefix)
    }

    /// As [`ObjectStorage::new`], with a second client for conditional writes, which must not retry: after a retry
    /// nobody could tell an own write, whose answer was lost, from somebody else's.
    ///
    /// # Errors
    /// As [`ObjectStorage::new`].
    pub fn with_unretried(
        store: Arc<dyn ObjectStore>,
        conditional: Arc<dyn ObjectStore>,
        prefix: &str,
    ) -> Result<Self> {
        let prefix = prefix.trim_matches('/');
        if !prefix.is_empty() {
            Key::parse(prefix)?;
        }
        if prefix.len() > Self::MAX_PREFIX_BYTES {
            let problem =
                format!("the prefix has {} bytes, {} are the most", prefix.len(), Self::MAX_PREFIX_BYTES);
            return Err(refused("open the bucket", problem));
        }
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let inner = Inner { store, conditional, prefix, reactor: Reactor::default() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `work` on the own runtime.
    async fn run<T, W, F>(&self, action: impl FnOnce() -> String, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(Arc<Inner>) -> F,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let work = work(Arc::clone(&self.inner));
        match self.inner.reactor.run(work).await {
            Ok(result) => result,
            Err(source) => Err(Error::Unavailable {
                action: action(),
                problem: "its runtime does not run".to_owned(),
                source: Some(Box::new(source)),
            }),
        }
    }
}

impl fmt::Debug for ObjectStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectStorage({}/{})", self.inner.store, self.inner.prefix)
    }
}

#[async_trait]
impl StorageAdapter for ObjectStorage {
    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        let key = key.clone();
        let action = format!("read {key}");
        self.run(|| action, move |inner| async move { inner.read(&key).await }).await
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        let key = key.clone();
        let action = format!("write {key}");
        self.run(|| action, move |inner| async move { inner.write(&key, bytes, expect).await }).await
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        let key = key.clone();
        let action = format!("delete {key}");
        self.run(|| action, move |inner| async move { inner.delete(&key).await }).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        let (prefix, after) = (prefix.to_owned(), after.cloned());
        let action = format!("list {prefix:?}");
        self.run(|| action, move |inner| async move { inner.list(&prefix, after.as_ref()).await }).await
    }

    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        let key = key.clone();
        let action = format!("read {key}");
        self.run(|| action, move |inner| async move { inner.read_range(&key, range).await }).await
    }
}

impl Inner {
    fn path(&self, key: &Key) -> Result<Path> {
        let path = Path::parse(format!("{}{key}", self.prefix));
        path.map_err(|source| refused(format!("reach {key}"), source.to_string()))
    }

    async fn read(&self, key: &Key) -> Result<Option<Object>> {
        let action = || format!("read {key}");
        let result = match self.store.get(&self.path(key)?).await {
            Ok(result) => result,
            Err(source) => return errors::absent_or_error(action(), &source).map(|()| None),
        };
        let version = version_of(result.meta.e_tag.as_deref(), result.meta.version.as_deref());
        let bytes = result.bytes().await.map_err(|source| error(action(), &source))?;
        Ok(Some(Object { bytes, version }))
    }

    async fn read_range(&self, key: &Key, range: Range<u64>) -> Result<Option<Bytes>> {
        let action = || format!("read {key}");
        let path = self.path(key)?;
        if range.start >= range.end {
            return Ok(self.size(key, &path).await?.map(|_| Bytes::new()));
        }
        let wanted = match range.end {
            0..=MAX_RANGE_BYTES => GetRange::Bounded(range.clone()),
            _ => GetRange::Offset(range.start),
        };
        let options = GetOptions { range: Some(wanted), ..GetOptions::default() };
        let source = match self.store.get_opts(&path, options).await {
            Ok(result) => return result.bytes().await.map(Some).map_err(|source| error(action(), &source)),
            Err(source) => source,
        };
        // Stores answer a range that begins at the end with an error, each with another.
        match self.size(key, &path).await? {
            None => Ok(None),
            Some(bytes) if bytes <= range.start => Ok(Some(Bytes::new())),
            Some(_) => Err(error(action(), &source)),
        }
    }

    async fn size(&self, key: &Key, path: &Path) -> Result<Option<u64>> {
        match self.store.head(path).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(source) => errors::absent_or_error(format!("read {key}"), &source).map(|()| None),
        }
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version> {
        let path = self.path(key)?;
        let payload = PutPayload::from_bytes(bytes.clone());
        let mode = match &expect {
            Expect::Any => {
                let done = self.store.put(&path, payload).await;
                let done = done.map_err(|source| error(format!("write {key}"), &source))?;
                return Ok(version_of(done.e_tag.as_deref(), done.version.as_deref()));
            }
            Expect::Absent => PutMode::Create,
            Expect::Version(version) => match update_of(version) {
                Some(update) => PutMode::Update(update),
                // A version that no store has given is that of no write.
                None => return Err(Error::Conflict { key: key.clone() }),
            },
        };
        self.write_if(key, &bytes, mode).await
    }

    /// Writes on a condition, and tries again after errors that pass.
    ///
    /// An attempt whose answer got lost may have written. Then the next one meets a conflict with ourselves: if what is
    /// there is what was to be written, it counts as written.
    async fn write_if(&self, key: &Key, bytes: &Bytes, mode: PutMode) -> Result<Version> {
        let path = self.path(key)?;
        let mut wait = FIRST_WAIT;
        let mut may_have_written = false;
        let mut tries_left = MAX_TRIES;
        loop {
            let payload = PutPayload::from_bytes(bytes.clone());
            tries_left -= 1;
            let source = match self.conditional.put_opts(&path, payload, mode.clone().into()).await {
                Ok(done) => return Ok(version_of(done.e_tag.as_deref(), done.version.as_deref())),
                Err(source) => source,
            };
            // S3 says `AlreadyExists` to an update while another is on its way, which may fail yet.
            let is_busy =
                matches!((&mode, &source), (PutMode::Update(_), object_store::Error::AlreadyExists { .. }));
            if is_conflict(&source) && !(is_busy && tries_left > 0) {
                let conflict = Error::Conflict { key: key.clone() };
                if !may_have_written {
                    return Err(conflict);
                }
                let there = self.read(key).await?;
                return there
                    .filter(|object| object.bytes == *bytes)
                    .map(|object| object.version)
                    .ok_or(conflict);
            }
            if !is_busy {
                let failure = error(format!("write {key}"), &source);
                if !failure.is_transient() || tries_left == 0 {
                    return Err(failure);
                }
                may_have_written = true;
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }

    async fn delete(&self, key: &Key) -> Result<()> {
        match self.store.delete(&self.path(key)?).await {
            Ok(()) => Ok(()),
            Err(source) => errors::absent_or_error(format!("delete {key}"), &source),
        }
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing> {
        let action = || format!("list {prefix:?}");
        // Stores begin a list with whole parts only; the offset leads to the rest.
        let (folder, _) = prefix.rsplit_once('/').unwrap_or_default();
        let folder = format!("{}{folder}", self.prefix);
        let within = |text: &str| Path::parse(format!("{}{text}", self.prefix));
        let Ok(folder) = Path::parse(folder.trim_end_matches('/')) else { return Ok(Listing::default()) };
        let before = just_before(prefix);
        let offset = after.map(Key::as_str).max(before.as_deref()).map(within);
        let offset = offset.transpose().map_err(|source| refused(action(), source.to_string()))?;
        let folder = (!folder.is_root()).then_some(&folder);
        let mut found = match &offset {
            Some(offset) => self.store.list_with_offset(folder, offset),
            None => self.store.list(folder),
        };
        let mut listing = Listing::default();
        while let Some(meta) = found.next().await {
            let meta = match meta {
                Ok(meta) => meta,
                Err(source) => return errors::absent_or_error(action(), &source).map(|()| listing),
            };
            let Some(key) = meta.location.as_ref().strip_prefix(&self.prefix) else { continue };
            if !key.starts_with(prefix) {
                if key > prefix {
                    break;
                }
                continue;
            }
            // What no key can name is not ours. Some servers know no offsets and begin at the start.
            let Ok(key) = Key::parse(key) else { continue };
            if after.is_some_and(|after| key <= *after) {
                continue;
            }
            if listing.items.len() == ObjectStorage::LIST_ITEMS {
                listing.more = true;
                break;
            }
            listing.items.push(Meta { key, bytes: meta.size, modified: meta.last_modified.into() });
        }
        Ok(listing)
    }
}

/// A text after all keys that come before `prefix`, and before all that begin with it; `None` if there is no simple one.
///
/// The last letter is replaced by the one before it among those that keys have, and `~`, which comes after them all.
fn just_before(prefix: &str) -> Option<String> {
    const LETTERS: &str = "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    let last = prefix.chars().last()?;
    let at = LETTERS.find(last)?;
    let before = LETTERS[..at].chars().last()?;
    Some(format!("{}{before}~", &prefix[..prefix.len() - last.len_utf8()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_start_just_before_their_prefix() {
        assert_eq!(just_before("objects/ab").as_deref(), Some("objects/aa~"));
        assert_eq!(just_before("x/0").as_deref(), Some("x/.~"));
        for none in ["", "x/", "x/-"] {
            assert_eq!(just_before(none), None, "{none}");
        }
    }
}
