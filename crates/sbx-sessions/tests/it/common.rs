//! Short forms that all tests share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sbx_core::{ImageRef, MachineState, PAGE_BYTES, Page, RuntimeType, Snapshot};
use sbx_sessions::{
    Clock, Held, InterpreterState, NewSession, SessionId, SessionState, SessionStore, TurnSummary,
};
use sbx_storage::testing::Flaky;
use sbx_storage::{MemoryStorage, StorageAdapter};
use sbx_vfs::{DescriptorTable, FileType, GuestPath, OpenOptions, Quota, ROOT_FD, Tree, TreeBuilder, Vfs};

pub(crate) use pollster::block_on;

pub(crate) fn path(text: &str) -> GuestPath {
    GuestPath::in_workspace(text).unwrap()
}

pub(crate) fn id(text: &str) -> SessionId {
    SessionId::parse(text).unwrap()
}

/// A runtime's own files.
pub(crate) fn base() -> Tree {
    let mut builder = TreeBuilder::new();
    builder.dir(&GuestPath::workspace()).unwrap();
    builder.dir(&GuestPath::parse("/tmp").unwrap()).unwrap();
    let lib = GuestPath::parse("/usr/lib/std.zip").unwrap();
    builder.read_only_file(&lib, Arc::new(b"PK standard library")).unwrap();
    builder.build()
}

pub(crate) fn image() -> ImageRef {
    ImageRef { guest: "guest".to_owned(), name: "python".to_owned(), digest: "image".to_owned() }
}

/// Bytes that look random and are always the same.
pub(crate) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let word = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let mut bytes: Vec<u8> = (0..len.div_ceil(8)).flat_map(word).collect();
    bytes.truncate(len);
    bytes
}

/// A page in which half the bytes are noise, which compresses about as a heap does.
pub(crate) fn page(seed: u64) -> Page {
    let mut bytes = vec![0; PAGE_BYTES];
    bytes[..PAGE_BYTES / 2].copy_from_slice(&noise(seed, PAGE_BYTES / 2));
    Page::new(&bytes).unwrap()
}

/// A memory of 256 MiB with these pages.
pub(crate) fn snapshot(pages: impl IntoIterator<Item = (u32, u64)>) -> Snapshot {
    let pages = pages.into_iter().map(|(number, seed)| (number, page(seed))).collect();
    let machine = MachineState { monotonic_ns: 7, deterministic: None };
    Snapshot::new(image(), 256 << 20, machine, pages).unwrap()
}

/// The same memory with other pages at these places.
pub(crate) fn touch(
    snapshot: &Snapshot,
    changed: impl IntoIterator<Item = (u32, u64)>,
    gone: &[u32],
) -> Snapshot {
    let mut pages = snapshot.pages().clone();
    pages.extend(changed.into_iter().map(|(number, seed)| (number, page(seed))));
    for number in gone {
        pages.remove(number);
    }
    Snapshot::new(snapshot.image().clone(), snapshot.memory_bytes(), snapshot.machine(), pages).unwrap()
}

/// The state with an interpreter that has this memory, and a file open.
pub(crate) fn with_memory(mut state: SessionState, snapshot: Snapshot) -> SessionState {
    let mut vfs = Vfs::new(state.tree.clone(), Quota::default(), Vec::new()).unwrap();
    let options = OpenOptions::new().read(true).write(true).create(true);
    let fd = vfs.open(ROOT_FD, "app/open.txt", true, options).unwrap();
    vfs.write(fd, b"written and open").unwrap();
    let orphan = vfs.open(ROOT_FD, "tmp/gone", true, options).unwrap();
    vfs.write(orphan, b"unlinked").unwrap();
    vfs.unlink(ROOT_FD, "tmp/gone").unwrap();
    let descriptors = vfs.descriptors();
    state.tree = vfs.tree();
    state.interpreters.insert(RuntimeType::Python, InterpreterState { snapshot, descriptors });
    state
}

/// The state with another memory.
pub(crate) fn remember(mut state: SessionState, snapshot: Snapshot) -> SessionState {
    let descriptors = memory(&state).descriptors.clone();
    state.interpreters.insert(RuntimeType::Python, InterpreterState { snapshot, descriptors });
    state
}

pub(crate) fn memory(state: &SessionState) -> &InterpreterState {
    &state.interpreters[&RuntimeType::Python]
}

/// The state with a file written.
pub(crate) fn put(mut state: SessionState, name: &str, bytes: &[u8]) -> SessionState {
    state.tree.edit(Quota::unlimited(), 5).write_file(&path(name), bytes, true).unwrap();
    state
}

pub(crate) fn get(state: &SessionState, name: &str) -> Vec<u8> {
    state.tree.read_file(&path(name)).unwrap()
}

/// Everything that a state is, in a form that can be compared.
#[derive(Debug, PartialEq)]
pub(crate) struct Facts {
    files: BTreeMap<String, FileFacts>,
    memories: Vec<(MemoryFacts, DescriptorTable)>,
}

/// Type, time of change, bytes, target.
type FileFacts = (FileType, u64, Option<Vec<u8>>, Option<String>);
/// Runtime, size, machine, pages.
type MemoryFacts = (String, u64, MachineState, Vec<(u32, Vec<u8>)>);

pub(crate) fn facts(state: &SessionState) -> Facts {
    let items = state.tree.walk(&GuestPath::root());
    let files = items.map(|item| {
        let bytes = (item.file_type() == FileType::File).then(|| state.tree.read_file(&item.path).unwrap());
        (item.path.as_str().to_owned(), (item.file_type(), item.stat.times.mtime_ns, bytes, item.target))
    });
    let memories = state.interpreters.iter().map(|(runtime, interpreter)| {
        let snapshot = &interpreter.snapshot;
        let pages = snapshot.pages().iter().map(|(number, page)| (*number, page.bytes().to_vec())).collect();
        let (bytes, machine) = (snapshot.memory_bytes(), snapshot.machine());
        ((runtime.to_string(), bytes, machine, pages), interpreter.descriptors.clone())
    });
    Facts { files: files.collect(), memories: memories.collect() }
}

/// A clock that goes when it is told to.
#[derive(Debug, Clone)]
pub(crate) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    /// It begins now, since storages have clocks of their own.
    pub(crate) fn new() -> Self {
        let clock = Self(Arc::default());
        clock.set(sbx_sessions::SystemClock.now_ms());
        clock
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn set(&self, now_ms: u64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub(crate) type Storage = Flaky<MemoryStorage>;

/// A store on a storage that can be made to fail, with its clock.
pub(crate) fn store() -> (SessionStore, Storage, TestClock) {
    let storage = Flaky::new(MemoryStorage::new());
    let clock = TestClock::new();
    (store_on(&storage, &clock), storage, clock)
}

pub(crate) fn store_on(storage: &Storage, clock: &TestClock) -> SessionStore {
    SessionStore::new(Arc::new(storage.clone())).with_clock(Arc::new(clock.clone()))
}

pub(crate) fn create(store: &SessionStore, name: &str, state: SessionState) -> Held {
    block_on(store.create(&id(name), NewSession::default(), state)).unwrap()
}

/// Stores one more turn.
pub(crate) fn turn(held: &mut Held, state: SessionState) {
    held.stage(TurnSummary::new(), Some(state));
    block_on(held.flush()).unwrap();
}

/// Stores one more turn, which writes a file.
pub(crate) fn write(held: &mut Held, name: &str, bytes: &[u8]) {
    let next = put(held.state().clone(), name, bytes);
    turn(held, next);
}

/// Makes a session with a few turns of files and memory, at rest.
pub(crate) fn make(store: &SessionStore, name: &str) -> SessionState {
    let begin = with_memory(
        put(SessionState::new(base()), "a.txt", b"alpha"),
        snapshot((0..20).map(|n| (n, u64::from(n)))),
    );
    let mut held = create(store, name, begin.clone());
    let first = remember(put(begin, "b.txt", b"beta"), snapshot((0..20).map(|n| (n, u64::from(n)))));
    turn(&mut held, first.clone());
    let older = memory(&first).snapshot.clone();
    let second = remember(put(first, "a.txt", b"alpha again"), touch(&older, [(3, 300), (40, 400)], &[5]));
    turn(&mut held, second.clone());
    block_on(held.release()).unwrap();
    second
}

/// All keys with their bytes.
pub(crate) fn dump(storage: &dyn StorageAdapter) -> BTreeMap<String, Vec<u8>> {
    use sbx_storage::StorageAdapterExt;
    let metas = block_on(storage.list_all("")).unwrap();
    let read = |meta: &sbx_storage::Meta| block_on(storage.get(&meta.key)).unwrap().to_vec();
    metas.iter().map(|meta| (meta.key.to_string(), read(meta))).collect()
}

pub(crate) fn objects(storage: &dyn StorageAdapter) -> usize {
    dump(storage).keys().filter(|key| key.starts_with("objects/")).count()
}
