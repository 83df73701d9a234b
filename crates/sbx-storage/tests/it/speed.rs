//! Prints what an operation takes, for whoever changes it: `cargo test -p sbx-storage speed -- --ignored --nocapture`.

use std::time::Instant;

use pollster::block_on;
use sbx_storage::{DiskStorage, Expect, Key, MemoryStorage, StorageAdapter};

const N: usize = 300;

fn measure(name: &str, storage: &dyn StorageAdapter) {
    let run = |what: &str, operation: &dyn Fn(usize)| {
        let mut micros: Vec<f64> = (0..N)
            .map(|at| {
                let start = Instant::now();
                operation(at);
                start.elapsed().as_secs_f64() * 1e6
            })
            .collect();
        micros.sort_by(f64::total_cmp);
        println!("{name:7} {what:30} median {:9.1} µs, 95 % {:9.1} µs", micros[N / 2], micros[N * 95 / 100]);
    };
    let key = |at: usize| Key::parse(&format!("objects/{:02x}/{at}", at % 16)).unwrap();
    let bytes = |at: usize| vec![at.to_le_bytes()[0]; 4096];
    run("write 4 KiB, absent", &|at| {
        drop(block_on(storage.write(&key(at), bytes(at).into(), Expect::Absent)).unwrap());
    });
    run("write 4 KiB, over", &|at| {
        drop(block_on(storage.write(&key(0), bytes(at).into(), Expect::Any)).unwrap());
    });
    run("write 4 KiB, if version", &|at| {
        let version = block_on(storage.read(&key(0))).unwrap().unwrap().version;
        block_on(storage.write(&key(0), bytes(at + 1).into(), Expect::Version(version))).unwrap();
    });
    run("conflict", &|at| {
        drop(block_on(storage.write(&key(at), bytes(at).into(), Expect::Absent)).unwrap_err());
    });
    run("read 4 KiB", &|at| drop(block_on(storage.read(&key(at))).unwrap().unwrap()));
    run("list 300", &|_| assert_eq!(block_on(storage.list("objects/", None)).unwrap().items.len(), N));
    run("delete", &|at| block_on(storage.delete(&key(at))).unwrap());
}

#[test]
#[ignore = "prints times"]
fn speed_of_memory_and_disk() {
    measure("memory", &MemoryStorage::new());
    let folder = tempfile::tempdir().unwrap();
    let disk = DiskStorage::open(folder.path()).unwrap();
    measure("disk", &disk);
    let folder = tempfile::tempdir().unwrap();
    let disk = DiskStorage::open(folder.path()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let _inside = runtime.enter();
    measure("tokio", &disk);
}
