//! What host calls cost beside what is charged for them (`budget.rs`): each guest makes the same call over and over.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sbx_cache::Cache;
use sbx_core::{ExecutionPolicy, GuestPath};
use sbx_host::{Call, Host, HostConfig, InstanceSetup, Limits, RunRequest};
use sbx_vfs::{Quota, TreeBuilder};

const CALLS: i32 = 1000;

/// `(name, the import and how often `go` calls it, its type, its arguments)`.
const GUESTS: [(&str, &str, &str, &str); 6] = [
    ("clock_time_get", "clock_time_get", "i32 i64 i32", "(i32.const 0) (i64.const 0) (i32.const 64)"),
    (
        "fd_write_nothing",
        "fd_write",
        "i32 i32 i32 i32",
        "(i32.const 1) (i32.const 0) (i32.const 0) (i32.const 64)",
    ),
    (
        "fd_write_4k",
        "fd_write",
        "i32 i32 i32 i32",
        "(i32.const 1) (i32.const 128) (i32.const 1) (i32.const 64)",
    ),
    (
        "path_filestat_get",
        "path_filestat_get",
        "i32 i32 i32 i32 i32",
        "(i32.const 3) (i32.const 0) (i32.const 256) (i32.const 8) (i32.const 512)",
    ),
    ("random_get_256", "random_get", "i32 i32", "(i32.const 1024) (i32.const 256)"),
    (
        "fd_readdir_100",
        "fd_readdir",
        "i32 i32 i32 i64 i32",
        "(i32.const 3) (i32.const 8192) (i32.const 32768) (i64.const 0) (i32.const 64)",
    ),
];

fn guest(import: &str, types: &str, arguments: &str) -> Vec<u8> {
    let text = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "{import}" (func $call (param {types}) (result i32)))
            (memory (export "memory") 2)
            (data (i32.const 128) "\00\10\00\00\00\10\00\00")
            (data (i32.const 256) "app/file")
            (func (export "go") (param $n i32) (result i32)
              (loop $again
                (drop (call $call {arguments}))
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (br_if $again (local.get $n)))
              (i32.const 0)))"#
    );
    wat::parse_str(text).expect("the guest is well-formed")
}

fn host_calls(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let cache = Cache::open(&folder.path().join("cache")).expect("the cache opens");
    let host = Host::new(&HostConfig::default()).expect("the engine starts");
    let mut builder = TreeBuilder::new();
    let path = |text: &str| GuestPath::parse(text).expect("a good path");
    builder.dir(&path("/app")).expect("room");
    builder.file(&path("/app/file"), b"x").expect("room");
    for n in 0..100 {
        builder.file(&path(&format!("/entry{n}")), b"").expect("room");
    }
    let files = builder.build();
    let limits = Limits::from(&ExecutionPolicy::default().with_fuel_budget(1 << 60).without_timeout());
    let mut group = criterion.benchmark_group("host_call");
    group.throughput(Throughput::Elements(CALLS.unsigned_abs().into()));
    for (name, import, types, arguments) in GUESTS {
        let (guest, image) =
            host.build_guest(&cache, &guest(import, types, arguments), || {}).expect("the guest compiles");
        let setup = InstanceSetup::new(files.clone(), Quota::unlimited());
        let mut instance = host.block_on(host.open(&guest, &image, setup)).expect("the guest opens");
        let call = Call::Export { name: "go".to_owned(), arguments: vec![CALLS] };
        group.bench_function(name, |b| {
            b.iter(|| {
                let request = RunRequest::new(call.clone(), limits);
                black_box(host.block_on(host.run(&mut instance, request)).expect("the host works"))
            });
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20); targets = host_calls }
criterion_main!(benches);
