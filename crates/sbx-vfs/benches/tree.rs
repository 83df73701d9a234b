//! What forks, diffs, records, path walks and file contents cost.
//!
//! The trees have 10,000 files, once spread over 100 directories and once in a single one.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sbx_vfs::{BlobProvider, Digest, GuestPath, OpenOptions, Quota, ROOT_FD, Tree, Vfs, Whence};

const FILES: usize = 10_000;
const BIG: usize = 100_000_000;

fn quota() -> Quota {
    Quota::default().with_disk_bytes(1 << 30).with_max_file_bytes(1 << 30).with_max_files(20_000)
}

fn vfs(tree: Tree) -> Vfs {
    Vfs::new(tree, quota(), Vec::new()).expect("there are no mounts")
}

fn file(n_dirs: usize, idx: usize) -> String {
    format!("dir{:03}/file{idx:05}", idx % n_dirs)
}

fn tree(n_dirs: usize) -> Tree {
    let mut tree = Tree::new();
    let mut edit = tree.edit(quota(), 1);
    for idx in 0..FILES {
        let path = GuestPath::parse(&format!("/{}", file(n_dirs, idx))).expect("a plain name");
        edit.write_file(&path, b"some bytes", false).expect("within the quota");
    }
    tree
}

/// A fork of `old` in which `n` files, spread evenly, have other bytes.
fn changed(old: &Tree, n_dirs: usize, n: usize) -> Tree {
    let mut vfs = vfs(old.clone());
    vfs.set_now(2);
    for idx in (0..FILES).step_by(FILES / n) {
        let fd =
            vfs.open(ROOT_FD, &file(n_dirs, idx), true, OpenOptions::new().write(true)).expect("it is there");
        vfs.write(fd, b"OTHER").expect("within the quota");
        vfs.close(fd).expect("it is open");
    }
    vfs.into_tree()
}

fn forks_and_diffs(c: &mut Criterion) {
    for (name, n_dirs) in [("10k_files", 100), ("10k_files_in_one_dir", 1)] {
        let old = tree(n_dirs);
        c.bench_function(&format!("fork/{name}"), |b| b.iter(|| black_box(old.clone())));
        c.bench_function(&format!("fork_and_write/{name}"), |b| {
            b.iter_batched(|| (), |()| changed(&old, n_dirs, 1), BatchSize::SmallInput);
        });
        for n in [1, 100, FILES] {
            let new = changed(&old, n_dirs, n);
            assert_eq!(old.diff(&new).len(), n);
            let s = if n == 1 { "" } else { "s" };
            c.bench_function(&format!("diff/{name}/{n}_change{s}"), |b| b.iter(|| black_box(old.diff(&new))));
        }
    }
}

/// A store that nobody reads from.
#[derive(Debug)]
struct Unread;

impl BlobProvider for Unread {
    fn read_at(&self, _digest: &Digest, _offset: u64, _buf: &mut [u8]) -> std::io::Result<usize> {
        Ok(0)
    }
}

fn records(c: &mut Criterion) {
    let provider: Arc<dyn BlobProvider> = Arc::new(Unread);
    for (name, n_dirs) in [("10k_files", 100), ("10k_files_in_one_dir", 1)] {
        let (base, old) = (Tree::new(), tree(n_dirs));
        let new = changed(&old, n_dirs, 1);
        // The first record hashes all files; those after it find the hashes.
        c.bench_function(&format!("record_hashing/{name}"), |b| {
            let unhashed = || tree(n_dirs);
            b.iter_batched(unhashed, |tree| tree.record(&base).map(drop), BatchSize::PerIteration);
        });
        c.bench_function(&format!("record/{name}"), |b| b.iter(|| old.record(&base).map(drop)));
        c.bench_function(&format!("record_since/{name}/1_change"), |b| {
            b.iter(|| new.record_since(&old, &base).map(drop));
        });
        let record = old.record(&base).expect("all bytes are here").record;
        c.bench_function(&format!("from_records/{name}"), |b| {
            b.iter(|| black_box(Tree::from_records(&base, [&record], &provider)));
        });
    }
}

fn contents(c: &mut Criterion) {
    let buf = vec![7; 128 << 10];
    let mut group = c.benchmark_group("contents");
    group.throughput(Throughput::Bytes(BIG as u64)).sample_size(10);
    let create = OpenOptions::new().read(true).write(true).create(true);
    let fill = |vfs: &mut Vfs| {
        let fd = vfs.open(ROOT_FD, "big", true, create.truncate(true)).expect("within the quota");
        let mut rest = BIG;
        while rest > 0 {
            rest -= vfs.write(fd, &buf[..rest.min(buf.len())]).expect("within the quota");
        }
        fd
    };
    group.bench_function("write_seq/100MB", |b| {
        b.iter_batched(|| vfs(Tree::new()), |mut vfs| (fill(&mut vfs), vfs), BatchSize::PerIteration);
    });
    let mut full = vfs(Tree::new());
    let fd = fill(&mut full);
    let mut buf = buf.clone();
    group.bench_function("read_seq/100MB", |b| {
        b.iter(|| {
            full.seek(fd, Whence::Set, 0).expect("a file");
            while full.read(fd, &mut buf).expect("open for reading") > 0 {}
        });
    });
    // The floor: the same bytes between two plain buffers.
    let from = vec![1_u8; BIG];
    group.bench_function("memcpy/100MB", |b| {
        b.iter(|| {
            for chunk in from.chunks(buf.len()) {
                black_box(&mut buf[..chunk.len()]).copy_from_slice(chunk);
            }
        });
    });
    group.bench_function("memcpy_to_new_memory/100MB", |b| {
        b.iter_with_large_drop(|| from.chunks(64 << 10).map(<[u8]>::to_vec).collect::<Vec<_>>());
    });
    group.finish();
}

fn calls(c: &mut Criterion) {
    let mut vfs = vfs(tree(100));
    c.bench_function("open_close/10k_files", |b| {
        b.iter(|| {
            let fd = vfs
                .open(ROOT_FD, "dir042/file00042", true, OpenOptions::new().read(true))
                .expect("it is there");
            vfs.close(fd).expect("it is open");
        });
    });
    c.bench_function("stat/10k_files", |b| b.iter(|| vfs.stat_at(ROOT_FD, "dir042/file00042", true)));
    let fd = vfs
        .open(ROOT_FD, "small", true, OpenOptions::new().write(true).create(true))
        .expect("within the quota");
    c.bench_function("pwrite/1_byte", |b| b.iter(|| vfs.pwrite(fd, 0, b"x")));
}

criterion_group!(benches, forks_and_diffs, records, contents, calls);
criterion_main!(benches);
