//! Sessions: what a turn leaves behind the next one finds, in this process or another, and a bad turn leaves nothing.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use sbx::{
    Deterministic, DiskStorage, Durability, Ending, Error, ExecutionPolicy, MemoryStorage, Program,
    SandboxBuilder, SandboxResult, Session, SessionId, Sessions, SessionsBuilder, StorageAdapter,
};
use sbx_storage::{Error as StorageError, Expect, Key, Listing, Object, Version};

fn memory() -> Arc<dyn StorageAdapter> {
    Arc::new(MemoryStorage::new())
}

fn builder(storage: &Arc<dyn StorageAdapter>) -> SessionsBuilder {
    SessionsBuilder::new(Arc::clone(storage))
}

fn sessions(storage: &Arc<dyn StorageAdapter>) -> Sessions {
    builder(storage).build().unwrap()
}

#[track_caller]
fn says(session: &Session, code: &str) -> String {
    let result = session.execute(code).unwrap();
    assert!(result.success, "{code}: {}", result.stderr);
    result.stdout
}

/// A turn that keeps a frame, a generator, an instance of a class, an open file and a file in the workspace.
const KEEP: &str = r#"
import pandas as pd
frame = pd.DataFrame({"city": ["Oslo", "Rome"], "n": [3, 4]})
def count():
    n = 0
    while True:
        n += 1
        yield n
counter = count(); next(counter)
class Cart:
    def __init__(self): self.items = []
    def add(self, item): self.items.append(item); return self
cart = Cart().add("tea")
log = open("log.txt", "w"); log.write("one,")
open("notes.txt", "w").write("kept")
"#;

const USE: &str = r#"
log.write("two"); log.close()
print(frame.n.sum(), next(counter), cart.add("milk").items, open("log.txt").read(), open("notes.txt").read())
"#;

#[test]
fn everything_goes_on_from_turn_to_turn_and_from_store_to_store() {
    let storage = memory();
    let id = {
        let session = sessions(&storage).create().unwrap();
        let result = session.execute(KEEP).unwrap();
        assert!(result.success, "{}", result.stderr);
        assert_eq!((result.turn, result.session_id.as_deref()), (1, Some(session.id().as_str())));
        session.id().clone()
    };
    // Another pool, as another process has it: nothing but the storage is shared.
    let session = sessions(&storage).open(&id).unwrap();
    assert_eq!(says(&session, USE), "7 2 ['tea', 'milk'] one,two kept\n");
    let turns: Vec<_> = session.log().unwrap().iter().map(|turn| (turn.turn, turn.success)).collect();
    assert_eq!(turns, [(0, true), (1, true), (2, true)], "0 is the beginning");
}

#[test]
fn a_turn_that_is_cut_off_leaves_no_trace() {
    let storage = memory();
    let policy = ExecutionPolicy::default()
        .with_timeout_seconds(2.0)
        .with_memory_bytes(64_000_000)
        .with_fuel_budget(1_000_000_000);
    let sessions = builder(&storage).policy(policy).image("python").build().unwrap();
    let session = sessions.create().unwrap();
    says(&session, "x = [1]\nopen('a', 'w').write('good')");
    for (code, ending) in [
        ("x.append(2); open('a', 'w').write('bad')\nwhile True: pass", Ending::FuelExhausted),
        ("x.append(2); open('b', 'w')\nimport time; time.sleep(60)", Ending::Timeout),
        ("x.append(2); import os; os.remove('a')\ny = bytearray(10**9)", Ending::MemoryExhausted),
        ("x.append(2); open('a', 'w').write('bad'); import os; os._exit(3)", Ending::Exit),
    ] {
        let result = session.execute(code).unwrap();
        assert_eq!(result.ending, ending, "{code}");
        assert_eq!(result.metadata["rolled_back"], "files and variables");
        assert_eq!(result.files_created.len() + result.files_modified.len() + result.files_deleted.len(), 0);
        assert_eq!(
            says(&session, "import os; print(x, open('a').read(), sorted(os.listdir()))"),
            "[1] good ['a', 'site-packages']\n"
        );
    }
    // An exception is the program's own affair: what it did before stays.
    assert_eq!(session.execute("x.append(3); 1/0").unwrap().ending, Ending::Exception);
    assert_eq!(says(&session, "print(x)"), "[1, 3]\n");
    let log = session.log().unwrap();
    let rolled_back: Vec<u64> = log.iter().filter(|turn| !turn.kept).map(|turn| turn.turn).collect();
    assert_eq!(rolled_back, [2, 4, 6, 8]);
}

/// It empties the module that reports, so nothing is reported and nothing later could run.
const SABOTAGE: &str = "open('a', 'w').write('bad')\nimport _sbx; vars(_sbx).clear()";

#[test]
fn a_turn_that_broke_its_interpreter_leaves_no_trace() {
    let storage = memory();
    let session = sessions(&storage).create().unwrap();
    says(&session, "x = [1]; open('a', 'w').write('good')");
    let result = session.execute(SABOTAGE).unwrap();
    assert_eq!((result.ending, result.error.unwrap().kind.as_str()), (Ending::Exception, "NoReport"));
    assert_eq!(result.metadata["rolled_back"], "files and variables");
    assert_eq!(says(&session, "print(x, open('a').read())"), "[1] good\n");
}

#[test]
fn a_sandbox_whose_interpreter_was_broken_gets_another() {
    let mut sandbox =
        SandboxBuilder::new(sbx::RuntimeType::Python).auto_persist_globals(true).build().unwrap();
    sandbox.execute("open('a', 'w').write('good')").unwrap();
    assert_eq!(sandbox.execute(SABOTAGE).unwrap().metadata["rolled_back"], "files and variables");
    assert_eq!(sandbox.execute("print(open('a').read())").unwrap().stdout, "good\n");
}

#[test]
fn forks_go_their_own_ways_in_parallel() {
    let storage = memory();
    let parent = sessions(&storage).create().unwrap();
    says(&parent, "import random\nvalues = [1, 2, 3]\nopen('f', 'w').write('parent')");
    let forks = parent.fork(8).unwrap();
    let outputs: Vec<String> = thread::scope(|scope| {
        let run = |(n, fork): (usize, &'_ Session)| {
            says(
                fork,
                &format!(
                    "values.append({n}); open('f', 'w').write('{n}'); print(values[3:], random.random())"
                ),
            )
        };
        let handles: Vec<_> = forks.iter().enumerate().map(|item| scope.spawn(move || run(item))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    for (n, output) in outputs.iter().enumerate() {
        assert!(output.starts_with(&format!("[{n}] ")), "{output}");
    }
    let distinct: BTreeSet<&str> = outputs.iter().filter_map(|output| output.split(' ').nth(1)).collect();
    assert_eq!(distinct.len(), 8, "each has entropy of its own");
    assert_eq!(says(&parent, "print(values, open('f').read())"), "[1, 2, 3] parent\n");
    assert_eq!(says(&forks[5], "print(values, open('f').read())"), "[1, 2, 3, 5] 5\n");
    assert_eq!(parent.store().storage().list("sessions/", None).await_now().items.len(), 9);
}

#[test]
fn rewind_branch_peek_and_diff() {
    let storage = memory();
    let session = sessions(&storage).create().unwrap();
    for n in 1..=3 {
        says(&session, &format!("n = {n}\nopen('f{n}', 'w').write('x')"));
    }
    let peeked = session.peek("n += 100; open('peeked', 'w'); print(n)").unwrap();
    assert_eq!((peeked.stdout.as_str(), peeked.files_created.len()), ("103\n", 0));
    assert_eq!(says(&session, "print(n)"), "3\n", "turn 4 sees nothing of the peek");

    let changed: Vec<String> =
        session.diff(1, 3).unwrap().iter().map(|change| change.path.as_str().to_owned()).collect();
    assert_eq!(changed, ["/app/f2", "/app/f3"]);

    let branch = session.branch(2).unwrap();
    assert_eq!(
        says(&branch, "import os; print(n, sorted(os.listdir()))"),
        "2 ['f1', 'f2', 'site-packages']\n"
    );
    session.rewind(1).unwrap();
    assert_eq!(says(&session, "import os; print(n, sorted(os.listdir()))"), "1 ['f1', 'site-packages']\n");
    assert_eq!(says(&branch, "print(n)"), "2\n", "the branch is on its own");
    session.rewind(3).unwrap();
    assert_eq!(says(&session, "print(n)"), "3\n", "a rewind can be taken back");
    session.rewind(0).unwrap();
    assert_eq!(session.execute("n").unwrap().error.unwrap().kind, "NameError");
    assert_eq!(session.rewind(99).unwrap_err().code(), "session.no_such_turn");
}

#[test]
fn sessions_of_files_alone_have_fresh_interpreters() {
    let storage = memory();
    let mut sandbox = SandboxBuilder::new(sbx::RuntimeType::Python)
        .storage(Arc::clone(&storage))
        .session_id("conversation 7")
        .build()
        .unwrap();
    assert_eq!(sandbox.session_id(), Some("conversation 7"));
    assert!(sandbox.execute("x = 1; open('data.json', 'w').write('[1]')").unwrap().success);
    sandbox.write_file("more.txt", b"from the host").unwrap();
    assert!(!sandbox.execute("x").unwrap().success, "no variables");
    drop(sandbox);
    let mut again = SandboxBuilder::new(sbx::RuntimeType::Python)
        .storage(Arc::clone(&storage))
        .session_id("conversation 7")
        .build()
        .unwrap();
    let read = "print(open('data.json').read(), open('more.txt').read())";
    assert_eq!(again.execute(read).unwrap().stdout, "[1] from the host\n");
    assert_eq!(again.read_file("data.json").unwrap(), b"[1]");
    assert_eq!(again.session().unwrap().log().unwrap().len(), 5);
    let refused = SandboxBuilder::new(sbx::RuntimeType::Python)
        .storage(storage)
        .allow_non_uuid(false)
        .session_id("conversation 7")
        .build();
    assert_eq!(refused.unwrap_err().code(), "session.not_a_uuid");
}

#[test]
fn files_put_in_between_two_turns_are_found_by_the_interpreter() {
    let storage = memory();
    let session = sessions(&storage).create().unwrap();
    says(&session, "x = 5\nf = open('in.txt', 'a+')");
    session.write_file("in.txt", b"from outside").unwrap();
    session.write_file("sub/new.txt", b"new").unwrap();
    assert_eq!(
        says(&session, "f.seek(0); print(x, f.read(), open('sub/new.txt').read())"),
        "5 from outside new\n"
    );
    assert_eq!(session.read_file("/app/in.txt").unwrap(), b"from outside");
    session.remove_file("sub").unwrap();
    assert_eq!(session.list_files().unwrap().len(), 1);
    assert_eq!(says(&session, "import os; print(os.path.exists('sub'))"), "False\n");
}

#[test]
fn one_holder_at_a_time_over_all_pools() {
    let storage = memory();
    let (here, there) = (sessions(&storage), sessions(&storage));
    let session = here.create().unwrap();
    says(&session, "x = 1");
    let other = there.open(session.id()).unwrap();
    let error = other.execute("x = 2").unwrap_err();
    assert_eq!(error.code(), "session.busy", "{error}");
    session.close().unwrap();
    assert_eq!(says(&other, "x += 1; print(x)"), "2\n");
    assert_eq!(session.execute("x").unwrap_err().code(), "session.busy");
    drop(other);
    // The last handle is gone: the keeper lets go of the session soon.
    let started = Instant::now();
    while session.execute("x").is_err() {
        assert!(started.elapsed() < Duration::from_secs(10), "the session is given back");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn handles_of_one_session_take_turns() {
    let storage = memory();
    let sessions = sessions(&storage);
    let session = sessions.create().unwrap();
    says(&session, "n = 0");
    thread::scope(|scope| {
        for _ in 0..4 {
            let handle = sessions.open(session.id()).unwrap();
            scope.spawn(move || {
                for _ in 0..5 {
                    says(&handle, "n += 1");
                }
            });
        }
    });
    assert_eq!(says(&session, "print(n)"), "20\n");
}

#[test]
fn few_interpreters_stay_in_memory_and_none_when_idle() {
    let storage = memory();
    let sessions =
        builder(&storage).image("python").max_live(3).idle_after(Duration::from_millis(400)).build().unwrap();
    let all: Vec<Session> = (0..10).map(|_| sessions.create().unwrap()).collect();
    for (n, session) in all.iter().enumerate() {
        says(session, &format!("x = {n}"));
        assert!(sessions.n_live() <= 3);
    }
    for (n, session) in all.iter().enumerate() {
        assert_eq!(says(session, "print(x)"), format!("{n}\n"), "it woke");
    }
    let started = Instant::now();
    while sessions.n_live() > 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "idle sessions go to sleep");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(says(&all[4], "print(x)"), "4\n");
}

#[test]
fn durability_decides_what_a_crash_loses() {
    for (durability, survives) in
        [(Durability::PerTurn, true), (Durability::OnIdle, false), (Durability::Ephemeral, false)]
    {
        let storage = memory();
        let sessions = builder(&storage).image("python").durability(durability).build().unwrap();
        let session = sessions.create().unwrap();
        says(&session, "x = 1");
        assert_eq!(says(&session, "print(x)"), "1\n");
        let stored = sessions.store().log(session.id()).await_now();
        assert_eq!(stored.len(), if survives { 3 } else { 1 }, "{durability:?}");
        session.save().unwrap();
        assert_eq!(sessions.store().log(session.id()).await_now().len(), 3);
    }
}

#[test]
fn an_ephemeral_session_ends_with_its_last_handle() {
    let storage = memory();
    let sessions = builder(&storage).image("python").durability(Durability::Ephemeral).build().unwrap();
    let (gone, kept) = (sessions.create().unwrap(), sessions.create().unwrap());
    says(&gone, "x = 1");
    says(&kept, "x = 1");
    sessions.hibernate_all().unwrap();
    assert_eq!(says(&gone, "print(x)"), "1\n", "its interpreter slept, and its state is in memory");
    kept.save().unwrap();
    let id = kept.id().clone();
    drop((gone, kept));
    let started = Instant::now();
    while sessions.store().list().await_now().sessions.len() > 1 {
        assert!(started.elapsed() < Duration::from_secs(10), "it is removed");
        thread::sleep(Duration::from_millis(20));
    }
    // One that was stored stays, whoever opens it.
    let again = sessions.open(&id).unwrap();
    assert_eq!(says(&again, "x += 1; print(x)"), "2\n");
    drop(again);
    drop(sessions);
    let sessions = builder(&storage).image("python").build().unwrap();
    assert_eq!(says(&sessions.open(&id).unwrap(), "print(x)"), "2\n");
}

#[test]
fn a_restored_session_is_bit_identical_in_deterministic_mode() {
    let policy = ExecutionPolicy::default().with_deterministic(Deterministic::new(5));
    let programs: [&str; 4] = [
        "import random, time\nx = [random.random()]",
        "open('a', 'w').write(str(x)); x.append(time.time())\nx",
        "import os, uuid\nprint(uuid.uuid4(), os.urandom(3), os.stat('a'))",
        "x.append(random.random()); print(x)",
    ];
    let run = |hibernate: bool| -> Vec<(String, Option<String>, u64)> {
        let storage = memory();
        let sessions = builder(&storage).policy(policy.clone()).image("python").build().unwrap();
        let session = sessions.create().unwrap();
        let facts = |result: SandboxResult| {
            (result.stdout.clone(), result.value().map(str::to_owned), result.fuel_consumed)
        };
        programs
            .iter()
            .map(|program| {
                if hibernate {
                    session.close().unwrap();
                }
                facts(session.execute(*program).unwrap())
            })
            .collect()
    };
    assert_eq!(run(true), run(false));
}

#[test]
fn a_dropped_run_leaves_the_session_as_it_was() {
    let storage = memory();
    let session = sessions(&storage).create().unwrap();
    says(&session, "x = 1");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let long = session.execute_async("x = 2\nimport time; time.sleep(20)");
    let outcome = runtime.block_on(async { tokio::time::timeout(Duration::from_millis(200), long).await });
    assert!(outcome.is_err(), "it was dropped");
    assert_eq!(says(&session, "print(x)"), "1\n");
}

#[test]
fn sessions_outlive_the_storage_handle_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let open = || -> Arc<dyn StorageAdapter> { Arc::new(DiskStorage::open(folder.path()).unwrap()) };
    let id = SessionId::parse("on disk").unwrap();
    {
        let sessions = builder(&open()).image("python").build().unwrap();
        let session = sessions.open_or_create(&id).unwrap();
        says(&session, "x = 41; open('big', 'wb').write(bytes(3_000_000))");
        session.close().unwrap();
    }
    let sessions = builder(&open()).image("python").build().unwrap();
    let session = sessions.open_or_create(&id).unwrap();
    assert_eq!(
        says(&session, "import os; print(x + 1, os.path.getsize('big'), len(open('big', 'rb').read()))"),
        "42 3000000 3000000\n"
    );
}

#[test]
fn overlays_and_files_are_refused_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut policy = ExecutionPolicy::default();
    let guest = sbx::GuestPath::parse("/data").unwrap();
    policy.mounts.push(sbx::Mount::read_only(folder.path(), guest).with_mode(sbx::MountMode::Overlay));
    let error = builder(&memory()).policy(policy).build().unwrap_err();
    assert!(matches!(error, Error::OverlayInSession { .. }), "{error}");
}

#[test]
fn a_program_with_input_and_cancel_works_in_a_session() {
    let storage = memory();
    let session = sessions(&storage).create().unwrap();
    let result = session.execute(Program::new("name = input()").with_stdin(b"Ada\n".to_vec())).unwrap();
    assert!(result.success);
    let cancel = sbx::CancellationToken::new();
    cancel.cancel();
    let result =
        session.execute(Program::new("name = 'lost'\nwhile True: pass").with_cancel(cancel)).unwrap();
    assert_eq!(result.ending, Ending::Cancelled);
    assert_eq!(says(&session, "print(name)"), "Ada\n");
}

/// Memory whose writes fail while somebody says so.
#[derive(Debug, Default)]
struct Outage {
    memory: MemoryStorage,
    is_out: AtomicBool,
}

#[async_trait::async_trait]
impl StorageAdapter for Outage {
    async fn read(&self, key: &Key) -> Result<Option<Object>, StorageError> {
        self.memory.read(key).await
    }

    async fn write(&self, key: &Key, bytes: Bytes, expect: Expect) -> Result<Version, StorageError> {
        if self.is_out.load(Ordering::Relaxed) {
            let (action, problem) = (format!("write {key}"), "it is out for the test".to_owned());
            return Err(StorageError::Unavailable { action, problem, source: None });
        }
        self.memory.write(key, bytes, expect).await
    }

    async fn delete(&self, key: &Key) -> Result<(), StorageError> {
        self.memory.delete(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>) -> Result<Listing, StorageError> {
        self.memory.list(prefix, after).await
    }
}

#[test]
fn an_outage_loses_nothing_and_needs_no_restart() {
    let storage = Arc::new(Outage::default());
    let adapter: Arc<dyn StorageAdapter> = Arc::clone(&storage) as _;
    let session = builder(&adapter).image("python").build().unwrap().create().unwrap();
    says(&session, "x = [1]; open('f', 'w').write('1')");
    storage.is_out.store(true, Ordering::Relaxed);
    for n in 2..=3 {
        let error =
            session.execute(format!("x.append({n}); open('f', 'a').write('{n}'); print(x)")).unwrap_err();
        assert_eq!(error.code(), "storage.unavailable", "{error}");
        let Error::Unsaved { result, .. } = error else { panic!("the turn ran: {error}") };
        assert!(result.stdout.ends_with(&format!("{n}]\n")), "{}", result.stdout);
    }
    assert_eq!(session.close().unwrap_err().code(), "storage.unavailable");
    storage.is_out.store(false, Ordering::Relaxed);
    assert_eq!(says(&session, "print(x, open('f').read())"), "[1, 2, 3] 123\n");
    session.close().unwrap();
    let again = builder(&adapter).image("python").build().unwrap().open(session.id()).unwrap();
    assert_eq!(says(&again, "print(x, open('f').read())"), "[1, 2, 3] 123\n");
    assert_eq!(again.log().unwrap().len(), 6, "the beginning, three turns around the outage, two after it");
}

/// Waits for a future of the storage or the store, which need no executor.
trait AwaitNow {
    type Value;
    fn await_now(self) -> Self::Value;
}

impl<T, E: std::fmt::Debug, F: Future<Output = Result<T, E>>> AwaitNow for F {
    type Value = T;

    fn await_now(self) -> T {
        sbx::Runtimes::shared().unwrap().host().block_on(self).unwrap()
    }
}
