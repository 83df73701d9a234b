//! The conformance suite over every backend and wrapper that needs no server.

use std::sync::Arc;

use pollster::block_on;
use sbx_storage::conformance::{self, Limits};
use sbx_storage::{
    Cached, DiskStorage, Instrumented, Key, MemoryStorage, ObjectStorage, Prefixed, StorageAdapter,
};

use crate::log_storage::LogStorage;

fn check(storage: impl StorageAdapter + 'static) {
    block_on(conformance::run(Arc::new(storage))).unwrap();
}

#[test]
fn memory_conforms() {
    let memory = MemoryStorage::new();
    check(memory.clone());
    assert_eq!((memory.n_keys(), memory.bytes_total()), (0, 0), "the suite cleans up");
}

#[test]
fn disk_conforms() {
    let folder = tempfile::tempdir().unwrap();
    check(DiskStorage::open(folder.path()).unwrap());
}

#[test]
fn disk_conforms_on_tokio() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Arc::new(DiskStorage::open(folder.path()).unwrap());
    let limits = Limits::default().with_n_keys(50);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(conformance::run_with(storage, limits)).unwrap();
}

#[test]
fn object_store_conforms() {
    let store = Arc::new(object_store::memory::InMemory::new());
    check(ObjectStorage::new(Arc::clone(&store) as _, "").unwrap());
    check(ObjectStorage::new(store, "some/prefix").unwrap());
}

#[test]
fn prefixed_conforms() {
    let prefix = "tenants/a";
    let limits = Limits::default().with_key_bytes(Key::MAX_BYTES - prefix.len() - 1);
    let storage = Prefixed::new(MemoryStorage::new(), prefix).unwrap();
    block_on(conformance::run_with(Arc::new(storage), limits)).unwrap();
}

#[test]
fn cached_conforms() {
    // Declared immutable though they are not: one handle still sees its own writes.
    check(Cached::new(MemoryStorage::new(), 1 << 20, |_| true));
    check(Cached::under(MemoryStorage::new(), 1 << 20, "objects/"));
}

#[test]
fn instrumented_conforms() {
    let storage = Instrumented::new(MemoryStorage::new());
    check(storage.clone());
    let counts = storage.counts();
    assert!(counts.write.n_calls > 1200 && counts.read.n_calls > 100 && counts.list.n_calls > 10);
}

#[test]
fn a_healthy_flaky_conforms() {
    check(sbx_storage::testing::Flaky::new(MemoryStorage::new()));
}

#[test]
fn a_backend_of_a_user_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::default().with_n_keys(300);
    let storage = LogStorage::open(&folder.path().join("log")).unwrap();
    block_on(conformance::run_with(Arc::new(storage), limits)).unwrap();
}
