//! Snapshots: what an instance is between runs, taken and put under another one.

use proptest::prelude::*;
use sbx_core::{Deterministic, MachineState, PAGE_BYTES, Page, Snapshot};
use sbx_host::{Guest, Host, Image, Instance, Outcome, RunRequest};
use sbx_vfs::DescriptorTable;

use crate::lab::{Script, call, copying_host, errno, guest_on, host, limits, probe, setup};

/// Writes a word, grows, adds up all of memory. The image has 5 pages of 64 KiB.
const STORE: &str = r#"(module (memory (export "memory") 5) (data (i32.const 70000) "of the image")
    (func (export "put") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "spin") (loop $l (br $l)))
    (func (export "sum") (result i32)
      (local $at i32) (local $sum i32)
      (loop $more
        (local.set $sum (i32.add (i32.rotl (local.get $sum) (i32.const 1)) (i32.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $more (i32.lt_u (local.get $at) (i32.mul (memory.size) (i32.const 65536)))))
      (local.get $sum)))"#;

const IMAGE_BYTES: u32 = 5 << 16;

struct Bench {
    host: &'static Host,
    guest: Guest,
    image: Image,
}

impl Bench {
    fn new(host: &'static Host) -> Self {
        let (guest, image) = guest_on(host, STORE);
        Self { host, guest, image }
    }

    fn open(&self) -> Instance {
        self.host.block_on(self.host.open(&self.guest, &self.image, setup())).unwrap()
    }

    fn wake(&self, snapshot: &Snapshot) -> sbx_host::Result<Instance> {
        let setup = setup().with_snapshot(snapshot.clone(), DescriptorTable::default());
        self.host.block_on(self.host.open(&self.guest, &self.image, setup))
    }

    fn run(&self, instance: &mut Instance, name: &str, arguments: &[i32]) -> Outcome {
        let request = RunRequest::new(call(name, arguments), limits());
        self.host.block_on(self.host.run(instance, request)).unwrap().outcome
    }
}

/// The numbers of the pages that a snapshot has.
fn pages(snapshot: &Snapshot) -> Vec<u32> {
    snapshot.pages().keys().copied().collect()
}

#[test]
fn a_snapshot_is_the_pages_that_differ() {
    for host in [host(), copying_host()] {
        let bench = Bench::new(host);
        let mut instance = bench.open();
        assert!(pages(&instance.snapshot(None).unwrap()).is_empty(), "nothing was written");
        bench.run(&mut instance, "put", &[8192, 7]);
        bench.run(&mut instance, "put", &[70_000, 7]);
        bench.run(&mut instance, "grow", &[2]);
        bench.run(&mut instance, "put", &[IMAGE_BYTES.cast_signed() + 4096, 7]);
        // Written, and the same as before.
        bench.run(&mut instance, "put", &[20_000, 0]);
        let first = instance.snapshot(None).unwrap();
        assert_eq!(pages(&first), [2, 17, 81]);
        assert_eq!(first.memory_bytes(), 7 << 16);

        bench.run(&mut instance, "put", &[8192, 0]);
        bench.run(&mut instance, "put", &[70_004, 8]);
        let second = instance.snapshot(Some(&first)).unwrap();
        assert_eq!(pages(&second), [17, 81], "page 2 is the image's again");
        let changes: Vec<_> = first.changes(&second).map(|(index, page)| (index, page.is_some())).collect();
        assert_eq!(changes, [(2, false), (17, true)], "the page that stayed is shared");

        let mut woken = bench.wake(&second).unwrap();
        assert_eq!(woken.memory_digest(), instance.memory_digest());
        assert_eq!(bench.run(&mut woken, "sum", &[]), bench.run(&mut instance, "sum", &[]));
        let again = woken.snapshot(Some(&second)).unwrap();
        assert_eq!(second.changes(&again).count(), 0, "waking and looking changes nothing");
    }
}

#[test]
fn memory_of_a_snapshot_counts_against_the_limit() {
    let bench = Bench::new(host());
    let mut instance = bench.open();
    bench.run(&mut instance, "grow", &[1000]);
    let snapshot = instance.snapshot(None).unwrap();
    let mut woken = bench.wake(&snapshot).unwrap();
    // 64 MiB are 1,024 pages.
    assert_eq!(bench.run(&mut woken, "grow", &[25]), Outcome::Returned(-1));
    assert_eq!(bench.run(&mut woken, "grow", &[24]), Outcome::Returned(1005));
}

#[test]
fn what_cannot_be_restored_is_refused() {
    let bench = Bench::new(host());
    let mut instance = bench.open();
    bench.run(&mut instance, "put", &[0, 1]);
    let good = instance.snapshot(None).unwrap();
    let remade = |edit: &dyn Fn(&mut sbx_core::ImageRef), memory_bytes| {
        let mut image = good.image().clone();
        edit(&mut image);
        Snapshot::new(image, memory_bytes, MachineState::default(), good.pages().clone()).unwrap()
    };
    let len = good.memory_bytes();
    assert!(bench.wake(&remade(&|_| {}, len)).is_ok());
    for bad in [
        remade(&|image| image.digest = "0".repeat(64), len),
        remade(&|image| image.guest = "0".repeat(64), len),
        remade(&|_| {}, len - 0x1_0000),
    ] {
        assert_eq!(bench.wake(&bad).unwrap_err().code(), "host.bad_snapshot");
    }
    let request = RunRequest::new(call("spin", &[]), crate::lab::with_fuel(1000));
    host().block_on(host().run(&mut instance, request)).unwrap();
    assert_eq!(instance.snapshot(None).unwrap_err().code(), "host.spent");
}

#[test]
fn files_clocks_and_random_numbers_go_on() {
    const PATH: u32 = crate::lab::ARENA + 0x100;
    let (guest, image) = probe();
    let deterministic = Some(Deterministic::new(3));
    let open = |setup| host().block_on(host().open(guest, image, setup)).unwrap();
    let mut first = open(setup().with_deterministic(deterministic));
    let mut script = Script::new();
    script.put(PATH, b"app/x").iovec(PATH + 16, PATH, 5);
    script.call("path_open", &[3, 0, PATH.into(), 5, 1, 0x42, 0, 0, (PATH + 64).into()]);
    script.call("fd_write", &[4, (PATH + 16).into(), 1, (PATH + 64).into()]);
    script.call("path_unlink_file", &[3, PATH.into(), 5]);
    script.call("random_get", &[(PATH + 128).into(), 20]);
    let answers = script.run_in(&mut first, limits());
    assert_eq!(answers.errnos, [errno::SUCCESS; 4]);

    let snapshot = first.snapshot(None).unwrap();
    let setup = sbx_host::InstanceSetup::new(first.files().unwrap(), sbx_vfs::Quota::default())
        .with_deterministic(deterministic)
        .with_snapshot(snapshot, first.descriptors().unwrap());
    let mut second = open(setup);
    let mut script = Script::new();
    script.put(PATH, b"+").iovec(PATH + 16, PATH, 1);
    script.call("fd_write", &[4, (PATH + 16).into(), 1, (PATH + 64).into()]);
    script.call("fd_filestat_get", &[4, (PATH + 256).into()]);
    script.call("clock_time_get", &[0, 0, (PATH + 512).into()]);
    script.call("clock_time_get", &[1, 0, (PATH + 520).into()]);
    script.call("random_get", &[(PATH + 528).into(), 20]);
    script.dump(PATH + 256, 300);
    let (there, here) = (script.run_in(&mut second, limits()), script.run_in(&mut first, limits()));
    assert_eq!(there.errnos[..5], [errno::SUCCESS; 5]);
    assert_eq!(there.out, here.out, "size, times, clocks and random bytes");
    assert_eq!(second.memory_digest(), first.memory_digest());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Random writes and growth, captured and woken at random points: the chain is always the live instance.
    #[test]
    fn waking_is_as_if_nothing_had_happened(
        steps in prop::collection::vec((0u8..8, 0u32..IMAGE_BYTES / 4 + 30_000, 0i32..3), 1..60)
    ) {
        let bench = Bench::new(host());
        let mut live = bench.open();
        let mut chain = bench.open();
        let mut last: Option<Snapshot> = None;
        for (kind, word, value) in steps {
            let (name, arguments): (&str, Vec<i32>) = match kind {
                0 => ("grow", vec![value]),
                _ => ("put", vec![4 * word.cast_signed(), value]),
            };
            // A write beyond the end traps and ends both.
            let outcome = bench.run(&mut live, name, &arguments);
            prop_assert_eq!(outcome, bench.run(&mut chain, name, &arguments));
            if !outcome.is_orderly() {
                return Ok(());
            }
            if kind == 1 {
                let snapshot = chain.snapshot(last.as_ref()).unwrap();
                prop_assert_eq!(pages(&snapshot), pages(&chain.snapshot(None).unwrap()));
                chain = bench.wake(&snapshot).unwrap();
                last = Some(snapshot);
            }
        }
        prop_assert_eq!(live.memory_digest(), chain.memory_digest());
        prop_assert_eq!(bench.run(&mut live, "sum", &[]), bench.run(&mut chain, "sum", &[]));
    }
}

/// Regions that held snapshots are handed on like all others.
#[test]
fn nothing_of_a_snapshot_is_left_in_a_region() {
    let bench = Bench::new(host());
    let clean = bench.image.reference().digest.clone();
    let page = Page::new(&[0xA5; PAGE_BYTES]).unwrap();
    for (memory_bytes, indices) in [(IMAGE_BYTES, [0u32, 40, 79]), (IMAGE_BYTES + (3 << 16), [5, 80, 127])] {
        let pages = indices.into_iter().map(|index| (index, page.clone())).collect();
        let snapshot = Snapshot::new(
            bench.image.reference().clone(),
            memory_bytes.into(),
            MachineState::default(),
            pages,
        );
        let snapshot = snapshot.unwrap();
        for _ in 0..20 {
            drop(bench.wake(&snapshot).unwrap());
            let mut next = bench.open();
            assert_eq!(next.memory_digest().to_string(), clean);
            bench.run(&mut next, "grow", &[3]);
            assert!(next.snapshot(None).unwrap().pages().is_empty(), "grown memory is zero");
        }
    }
}
