//! Workspaces with many files, and with large ones.

use std::sync::Arc;

use anyhow::ensure;
use sbx::{MemoryStorage, RuntimeType, Runtimes, Sandbox, SandboxBuilder, Session, SessionsBuilder};
use serde_json::{Value, json};

use super::{Sizes, good, median, policy, run, timed};

const NUMBERS: [usize; 7] = [10, 30, 100, 300, 1000, 3000, 10_000];
const BYTES: [usize; 7] = [1 << 20, 4 << 20, 16 << 20, 32 << 20, 64 << 20, 128 << 20, 256 << 20];
/// The large workspaces have their bytes in so many files.
const LARGE_FILES: usize = 16;

/// 10 to 10,000 files of some bytes each, a hundred in each directory.
pub(crate) fn number(runtimes: &Runtimes, sizes: Sizes) -> anyhow::Result<()> {
    for n in sizes.of(&NUMBERS) {
        let files =
            (0..n).map(|idx| (format!("dir{:03}/file{idx:05}.txt", idx / 100), b"some bytes".to_vec()));
        let point = costs(runtimes, n, files)?;
        println!("{point}");
    }
    Ok(())
}

/// 1 to 256 MB in 16 files, of bytes that no compressor makes smaller.
pub(crate) fn bytes(runtimes: &Runtimes, sizes: Sizes) -> anyhow::Result<()> {
    for bytes in sizes.of(&BYTES) {
        let mut state = 1_u64;
        let mut noise = move || {
            // Knuth's constants; any sequence without repetitions does.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_le_bytes()
        };
        let mut content = move || (0..bytes / LARGE_FILES / 8).flat_map(|_| noise()).collect::<Vec<u8>>();
        let files = (0..LARGE_FILES).map(|idx| (format!("file{idx:02}.bin"), content()));
        let point = costs(runtimes, bytes, files)?;
        println!("{point}");
    }
    Ok(())
}

fn costs(
    runtimes: &Runtimes,
    n: usize,
    files: impl Iterator<Item = (String, Vec<u8>)>,
) -> anyhow::Result<Value> {
    let builder = || SandboxBuilder::new(RuntimeType::Python).runtimes(runtimes.clone()).policy(policy());
    let mut sandbox = builder().build()?;
    let sessions = SessionsBuilder::new(Arc::new(MemoryStorage::new()))
        .runtimes(runtimes.clone())
        .policy(policy())
        .build()?;
    let session = sessions.create()?;
    let mut n_files = 0;
    for (path, bytes) in files {
        sandbox.write_file(&path, &bytes)?;
        session.write_file(&path, &bytes)?;
        n_files += 1;
    }
    let (first_turn, ()) = timed(|| run(&session, "total = 0"))?;
    let fork = median(1000, || {
        std::hint::black_box(sandbox.files());
        Ok(())
    })?;
    let fresh = median(100, || {
        let mut fresh = builder().files(sandbox.files()).build()?;
        good(&fresh.execute("print(1)")?)
    })?;
    let one_written = median(50, || {
        let mut fresh = builder().files(sandbox.files()).build()?;
        let result = fresh.execute("open('new.txt', 'w').write('x')")?;
        ensure!(result.files_created.len() == 1, "{:?}", result.files_created);
        good(&result)
    })?;
    let listed_by_host = median(5, || {
        ensure!(sandbox.list_files().len() == n_files, "some are missing");
        Ok(())
    })?;
    Ok(json!({
        "n": n,
        "fork": fork,
        "fresh_run": fresh,
        "run_that_writes_a_file": one_written,
        "list_by_host": listed_by_host,
        "walk_by_guest": by_guest(&mut sandbox, "import os; n = sum(len(files) for _, _, files in os.walk('.'))")?,
        "read_all_by_guest": by_guest(
            &mut sandbox,
            "import os\nfor at, _, files in os.walk('.'):\n    for name in files:\n        open(f'{at}/{name}', 'rb').read()",
        )?,
        "first_turn_of_session": first_turn,
        "turn_of_session": turn(&session)?,
        "session_fork": median(15, || Ok(session.fork(1).map(drop)?))?,
    }))
}

fn by_guest(sandbox: &mut Sandbox, code: &str) -> anyhow::Result<f64> {
    median(3, || good(&sandbox.execute(code)?))
}

/// A turn that changes one file.
fn turn(session: &Session) -> anyhow::Result<f64> {
    run(session, "open('new.txt', 'a').write('x')")?;
    median(15, || run(session, "open('new.txt', 'a').write('x')"))
}
