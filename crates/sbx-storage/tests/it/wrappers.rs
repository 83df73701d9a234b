//! What wrappers add to the storage that they wrap.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use pollster::block_on;
use sbx_storage::testing::{Fault, Flaky};
use sbx_storage::{
    Cached, Error, Expect, Instrumented, Key, MemoryStorage, Operation, Prefixed, StorageAdapter as _,
    StorageAdapterExt as _,
};

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn write(storage: &impl sbx_storage::StorageAdapter, name: &str, bytes: impl Into<Bytes>) {
    block_on(storage.write(&key(name), bytes.into(), Expect::Any)).unwrap();
}

#[test]
fn prefixed_reaches_nothing_else() {
    let memory = MemoryStorage::new();
    write(&memory, "other/x", "x");
    write(&memory, "ab/x", "x");
    let part = Prefixed::new(memory.clone(), "a").unwrap();
    write(&part, "x", "mine");
    assert_eq!(block_on(memory.get(&key("a/x"))).unwrap(), b"mine"[..]);
    assert_eq!(block_on(part.list_all("")).unwrap().len(), 1);
    let conflict = block_on(part.write(&key("x"), "y".into(), Expect::Absent)).unwrap_err();
    assert!(matches!(&conflict, Error::Conflict { key } if key.as_str() == "x"), "{conflict:?}");
    let parts = ["b"; 256].join("/");
    assert_eq!(block_on(part.read(&key(&parts))).unwrap_err().code(), "storage.bad_key");
    Prefixed::new(memory, "../x").unwrap_err();
}

#[test]
fn cached_asks_once_for_what_never_changes() {
    let counted = Instrumented::new(MemoryStorage::new());
    let cached = Cached::under(counted.clone(), 100_000, "objects/");
    for name in ["objects/a", "head"] {
        write(&cached, name, "0123456789");
        for _ in 0..5 {
            assert_eq!(block_on(cached.get(&key(name))).unwrap(), b"0123456789"[..]);
            assert_eq!(block_on(cached.read_range(&key(name), 2..4)).unwrap().unwrap(), b"23"[..]);
        }
    }
    // One read of the object, ten of the head.
    assert_eq!(counted.counts().read.n_calls, 11);

    // What others delete exists no longer, though its bytes may be remembered.
    block_on(counted.delete(&key("objects/a"))).unwrap();
    assert!(!block_on(cached.exists(&key("objects/a"))).unwrap());
    // What is deleted through it is gone.
    block_on(cached.delete(&key("objects/a"))).unwrap();
    assert!(block_on(cached.read(&key("objects/a"))).unwrap().is_none());
    assert_eq!(cached.bytes_kept(), 0);
}

#[test]
fn cached_stays_within_its_bytes() {
    let cached = Cached::new(MemoryStorage::new(), 50_000, |_| true);
    for at in 0..100 {
        let name = format!("objects/{at}");
        write(&cached, &name, vec![0; 5000]);
        block_on(cached.get(&key(&name))).unwrap();
        assert!(cached.bytes_kept() <= 50_000);
    }
    assert!(cached.bytes_kept() > 40_000);
    write(&cached, "large", vec![0; 40_000]);
    let before = cached.bytes_kept();
    block_on(cached.get(&key("large"))).unwrap();
    assert_eq!(cached.bytes_kept(), before, "one value does not push out the others");
}

#[test]
fn instrumented_counts_calls_bytes_and_failures() {
    let storage = Instrumented::new(Flaky::new(MemoryStorage::new()));
    write(&storage, "x", "0123456789");
    block_on(storage.read(&key("x"))).unwrap();
    block_on(storage.read_range(&key("x"), 0..3)).unwrap();
    block_on(storage.write(&key("x"), "y".into(), Expect::Absent)).unwrap_err();
    block_on(storage.list("", None)).unwrap();
    block_on(storage.delete(&key("x"))).unwrap();
    let counts = storage.counts();
    assert_eq!((counts.read.n_calls, counts.read.bytes, counts.read.n_failed), (2, 13, 0));
    assert_eq!((counts.write.n_calls, counts.write.bytes, counts.write.n_failed), (2, 10, 1));
    assert_eq!((counts.list.n_calls, counts.delete.n_calls), (1, 1));
    assert!(counts.read.longest <= counts.read.elapsed && counts.read.elapsed > Duration::ZERO);
}

/// Collects what a subscriber writes.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn instrumented_tells_what_was_done_and_not_with_which_bytes() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let flaky = Flaky::new(MemoryStorage::new());
        let storage = Instrumented::new(flaky.clone());
        write(&storage, "sessions/x/head", "SECRET");
        flaky.add(Fault::before());
        block_on(storage.read(&key("sessions/x/head"))).unwrap_err();
    });
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let [written, failed] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
    for part in [
        "DEBUG sbx::storage",
        "op=\"write\"",
        "key=\"sessions/x/head\"",
        "bytes=6",
        "backend=Flaky(MemoryStorage",
    ] {
        assert!(written.contains(part), "{part}: {written}");
    }
    for part in ["WARN sbx::storage", "op=\"read\"", "code=\"storage.unavailable\""] {
        assert!(failed.contains(part), "{part}: {failed}");
    }
    assert!(!text.contains("SECRET"), "{text}");
}

#[test]
fn flaky_fails_as_told() {
    let memory = MemoryStorage::new();
    let flaky = Flaky::new(memory.clone());
    let try_write =
        |name: &str| block_on(flaky.write(&key(name), name.to_owned().into(), Expect::Any)).map(|_| ());

    flaky.add(Fault::before().on(Operation::Write).under("a/").skip(1).times(2));
    try_write("b/1").unwrap();
    try_write("a/1").unwrap();
    for name in ["a/2", "a/3"] {
        let error = try_write(name).unwrap_err();
        assert!(error.is_transient(), "{error:?}");
        assert!(!block_on(memory.exists(&key(name))).unwrap(), "{name} was written");
    }
    try_write("a/4").unwrap();

    flaky.add(Fault::after().times(1));
    try_write("lost").unwrap_err();
    assert!(block_on(memory.exists(&key("lost"))).unwrap());

    flaky.add(Fault::full());
    assert_eq!(try_write("x").unwrap_err().code(), "storage.full");
    block_on(flaky.read(&key("x"))).unwrap();
    flaky.heal();
    try_write("x").unwrap();
    assert_eq!((flaky.n_failed(), flaky.n_calls()), (4, 9));
}
