//! Conditional writes whose answers get lost, with a store that loses them.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use pollster::block_on;
use sbx_storage::{Error, Expect, Key, ObjectStorage, StorageAdapter as _, StorageAdapterExt as _};

/// Loses the answers of the next `losses` puts, after they were done or, if not `does`, instead.
#[derive(Debug)]
struct Lossy {
    store: InMemory,
    losses: AtomicU32,
    does: bool,
}

impl std::fmt::Display for Lossy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lossy")
    }
}

type Stream<T> = futures_util::stream::BoxStream<'static, Result<T>>;

#[async_trait::async_trait]
impl ObjectStore for Lossy {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let loses =
            self.losses.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        let lost = object_store::Error::Generic { store: "lossy", source: "the connection broke".into() };
        if loses && !self.does {
            return Err(lost);
        }
        let done = self.store.put_opts(path, payload, options).await?;
        if loses { Err(lost) } else { Ok(done) }
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.store.get_opts(path, options).await
    }

    async fn get_ranges(&self, path: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.store.get_ranges(path, ranges).await
    }

    fn delete_stream(&self, paths: Stream<Path>) -> Stream<Path> {
        self.store.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> Stream<ObjectMeta> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}

fn lossy(losses: u32, does: bool) -> ObjectStorage {
    let store = Lossy { store: InMemory::new(), losses: AtomicU32::new(losses), does };
    ObjectStorage::new(Arc::new(store), "p").unwrap()
}

fn key() -> Key {
    Key::parse("x").unwrap()
}

#[test]
fn a_write_whose_answer_was_lost_is_no_conflict_with_itself() {
    for does in [true, false] {
        let storage = lossy(1, does);
        let version = block_on(storage.write(&key(), "one".into(), Expect::Absent)).unwrap();
        let version = block_on(storage.write(&key(), "two".into(), Expect::Version(version))).unwrap();
        assert_eq!(block_on(storage.read(&key())).unwrap().unwrap().version, version);
    }
}

#[test]
fn after_a_lost_answer_the_write_of_another_is_a_conflict() {
    let store = Arc::new(Lossy { store: InMemory::new(), losses: AtomicU32::new(0), does: false });
    let storage = ObjectStorage::new(Arc::clone(&store) as _, "").unwrap();
    block_on(storage.write(&key(), "other".into(), Expect::Absent)).unwrap();
    store.losses.store(1, Ordering::SeqCst);
    let error = block_on(storage.write(&key(), "mine".into(), Expect::Absent)).unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error:?}");
    assert_eq!(block_on(storage.get(&key())).unwrap(), b"other"[..]);
}

#[test]
fn tries_are_bounded_and_the_storage_recovers() {
    let storage = lossy(5, false);
    let error = block_on(storage.write(&key(), "one".into(), Expect::Absent)).unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    block_on(storage.write(&key(), "one".into(), Expect::Absent)).unwrap();
}

#[test]
fn prefixes_are_keys_of_a_bounded_length() {
    let open = |prefix: &str| ObjectStorage::new(Arc::new(InMemory::new()), prefix).map(|_| ());
    for good in ["", "/", "a", "/a/b/", "a.b-c_d"] {
        open(good).unwrap();
    }
    for bad in ["a//b", "../a", "a b", "a/./b", &"a/".repeat(200)] {
        open(bad).unwrap_err();
    }
}
