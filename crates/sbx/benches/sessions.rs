//! What sessions cost: the numbers of `docs/performance.md`, each as the median of many, in one run.
//!
//! `cargo bench --profile dev -p sbx --bench sessions` prints a Markdown table; with `SBX_REFERENCE_PYTHON` naming a python
//! that has dill and pandas, rows of dill beside it.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::{
    fs,
    path::Path,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use sbx::{
    DiskStorage, ExecutionPolicy, MemoryStorage, NoProgress, Program, Runtimes, Session, Sessions,
    SessionsBuilder, StorageAdapter, StorageAdapterExt as _, set_up,
};

/// What a turn of an analysis leaves behind.
const STATE: &str = "import pandas as pd\n\
    frame = pd.DataFrame({'n': range(1000), 'm': [str(n) for n in range(1000)]})\n\
    total = frame.groupby('m').n.sum().sum()\n\
    open('notes.txt', 'w').write('kept')";
/// A small turn.
const SMALL: &str = "total += 1";
const N_SAMPLES: usize = 40;

fn main() {
    // `cargo test` runs benches too, to see that they build.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    set_up(None, None, &NoProgress).expect("set-up works");
    let runtimes = Runtimes::load(None).expect("Python is set up");
    let folder = tempfile::tempdir_in(".").expect("a folder on a real disk");
    println!("| what | median | 90 % |\n|---|---:|---:|");
    turns(&runtimes, folder.path());
    forks(&runtimes);
    waking(&runtimes, folder.path());
    idle(&runtimes, folder.path());
    reference(folder.path());
}

fn memory() -> Arc<dyn StorageAdapter> {
    Arc::new(MemoryStorage::new())
}

fn disk(folder: &Path) -> Arc<dyn StorageAdapter> {
    Arc::new(DiskStorage::open(folder).expect("the folder can be made"))
}

fn sessions(runtimes: &Runtimes, storage: Arc<dyn StorageAdapter>) -> Sessions {
    SessionsBuilder::new(storage).runtimes(runtimes.clone()).build().expect("the defaults make sense")
}

fn run(session: &Session, code: &str) {
    let result = session.execute(code).expect("the host works");
    assert!(result.success, "{}", result.stderr);
}

/// Takes samples and prints their median and ninth decile.
fn sample(name: &str, n: usize, mut measured: impl FnMut() -> Duration) -> Duration {
    let mut samples: Vec<Duration> = (0..n).map(|_| measured()).collect();
    samples.sort();
    let at = |share: usize| samples.get(n * share / 100).copied().unwrap_or_default();
    println!("| {name} | {:.3} ms | {:.3} ms |", millis(at(50)), millis(at(90)));
    at(50)
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

/// A turn of a live interpreter, of a session in memory, and of one on disk, taking turns.
fn turns(runtimes: &Runtimes, folder: &Path) {
    let python = runtimes.python().expect("Python is set up");
    let policy = Arc::new(ExecutionPolicy::default());
    let files = python.empty_files(&policy).expect("the workspace can be made");
    let opened = python.open("python-data", policy, files);
    let mut live = python.host().block_on(opened).expect("the image opens");
    let mut live_turn = |code: &str| {
        python.host().block_on(live.run(&Program::new(code))).expect("the host works");
    };
    live_turn(STATE);
    let storage = memory();
    let in_memory = sessions(runtimes, Arc::clone(&storage)).create().expect("a session");
    let on_disk = sessions(runtimes, disk(&folder.join("turns"))).create().expect("a session");
    run(&in_memory, STATE);
    run(&on_disk, STATE);
    sample("a small turn of a live interpreter, nothing kept", N_SAMPLES, || timed(|| live_turn(SMALL)));
    let before = stored(python, &*storage);
    sample("a small turn of a session, kept in memory", N_SAMPLES, || timed(|| run(&in_memory, SMALL)));
    let grown = (stored(python, &*storage) - before) / N_SAMPLES as u64;
    let plain = sessions(runtimes, memory()).create().expect("a session");
    run(&plain, "total = 1");
    sample("the same without the table in memory", N_SAMPLES, || timed(|| run(&plain, SMALL)));
    sample("a small turn of a session, durable on disk", N_SAMPLES, || timed(|| run(&on_disk, SMALL)));
    println!("| stored for a small turn | {:.1} KiB | |", grown as f64 / 1024.0);
}

fn stored(python: &sbx_runtime_python::Python, storage: &dyn StorageAdapter) -> u64 {
    let objects = python.host().block_on(storage.list_all("objects/")).expect("memory does not fail");
    objects.iter().map(|meta| meta.bytes).sum()
}

fn forks(runtimes: &Runtimes) {
    let parent = sessions(runtimes, memory()).create().expect("a session");
    run(&parent, STATE);
    let mut kept = Vec::new();
    sample("a fork", N_SAMPLES, || timed(|| kept.extend(parent.fork(1).expect("memory does not fail"))));
    let before = private_kib();
    let mut forks = kept.iter();
    sample("the first turn of a fork, with its interpreter made", N_SAMPLES, || {
        let fork = forks.next().expect("as many as samples");
        timed(|| run(fork, SMALL))
    });
    let each = (private_kib() - before) / kept.len() as f64;
    println!("| private memory of a fork that has run a turn | {each:.0} KiB | |");
    let mut waiting = Vec::new();
    let before = private_kib();
    let at_once = timed(|| waiting = parent.fork(1000).expect("memory does not fail"));
    println!("| 1,000 forks | {:.1} ms | |", millis(at_once));
    println!(
        "| private memory of a fork that has not run yet | {:.1} KiB | |",
        (private_kib() - before) / 1000.0
    );
}

/// From nothing in this process but the image, to the end of the first turn.
fn waking(runtimes: &Runtimes, folder: &Path) {
    let folder = folder.join("waking");
    let session = sessions(runtimes, disk(&folder)).create().expect("a session");
    run(&session, STATE);
    for _ in 0..20 {
        run(&session, SMALL);
    }
    session.close().expect("the disk works");
    sample("wake from disk and take a turn", N_SAMPLES, || {
        let sessions = sessions(runtimes, disk(&folder));
        let woken = sessions.open(session.id()).expect("it is there");
        let took = timed(|| run(&woken, SMALL));
        woken.close().expect("the disk works");
        took
    });
}

/// What a thousand sessions that wait for their next turn take.
fn idle(runtimes: &Runtimes, folder: &Path) {
    let sessions = sessions(runtimes, disk(&folder.join("idle")));
    let first = sessions.create().expect("a session");
    run(&first, STATE);
    first.close().expect("the disk works");
    let before = private_kib();
    let all = first.fork(1000).expect("the disk works");
    sessions.hibernate_all().expect("the disk works");
    println!(
        "| private memory of an idle session, of 1,000 | {:.1} KiB | |",
        (private_kib() - before) / 1000.0
    );
    drop(all);
}

/// The same state kept with dill by the interpreter that `SBX_REFERENCE_PYTHON` names, which has it and pandas installed.
fn reference(folder: &Path) {
    let Some(python) = std::env::var_os("SBX_REFERENCE_PYTHON") else {
        println!(
            "| beside dill: not measured, set SBX_REFERENCE_PYTHON to a python with dill and pandas | | |"
        );
        return;
    };
    let script = include_str!("sessions/snapshot.py");
    let status = Command::new(python).args(["-c", script]).current_dir(folder).status();
    assert!(status.expect("the interpreter starts").success(), "dill and pandas are installed");
}

/// KiB of memory that belong to this process alone.
fn private_kib() -> f64 {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").unwrap_or_default();
    let field = |name: &str| -> f64 {
        let line = rollup.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kib| kib.parse().ok()).unwrap_or(0.0)
    };
    field("Private_Clean:") + field("Private_Dirty:")
}
