//! One host for all tests, guests from their text, and the *probe*: a guest that makes the calls it is told to make.

use std::{
    fmt::Write as _,
    path::Path,
    sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::{Duration, Instant},
};

use sbx_cache::Cache;
use sbx_core::ExecutionPolicy;
use sbx_host::{
    Call, Guest, Host, HostConfig, Image, ImageMode, Instance, InstanceSetup, Limits, Outcome, RunReport,
    RunRequest,
};
use sbx_vfs::{Quota, Tree, TreeBuilder};

/// The host that tests share.
pub(crate) fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| Host::new(&HostConfig::default()).unwrap())
}

/// The host that copies images.
pub(crate) fn copying_host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| Host::new(&HostConfig::default().with_images(ImageMode::Copy)).unwrap())
}

/// A cache for compiled test guests, kept between runs of the tests.
pub(crate) fn cache() -> Cache {
    Cache::open(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("sbx-host-it")).unwrap()
}

/// A guest from its text, with its base image.
pub(crate) fn guest(wat: &str) -> (Guest, Image) {
    guest_on(host(), wat)
}

pub(crate) fn guest_on(host: &Host, wat: &str) -> (Guest, Image) {
    host.build_guest(&cache(), &wat::parse_str(wat).unwrap(), || {}).unwrap()
}

/// No files but an empty `/app` and `/tmp`.
pub(crate) fn setup() -> InstanceSetup {
    InstanceSetup::new(empty_tree(), Quota::default())
}

pub(crate) fn empty_tree() -> Tree {
    let mut builder = TreeBuilder::new();
    for folder in ["/app", "/tmp"] {
        builder.dir(&sbx_core::GuestPath::parse(folder).unwrap()).unwrap();
    }
    builder.build()
}

pub(crate) fn open(guest: &Guest, image: &Image) -> Instance {
    open_with(guest, image, setup())
}

pub(crate) fn open_with(guest: &Guest, image: &Image, setup: InstanceSetup) -> Instance {
    host().block_on(host().open(guest, image, setup)).unwrap()
}

/// An instance of a guest that is used once.
pub(crate) fn instance(wat: &str) -> Instance {
    let (guest, image) = guest(wat);
    open(&guest, &image)
}

/// Far more of everything than a test needs, and ten seconds.
pub(crate) fn limits() -> Limits {
    let policy = ExecutionPolicy::default().with_fuel_budget(1_000_000_000_000).with_timeout_seconds(10.0);
    Limits::from(&policy.with_memory_bytes(64 << 20))
}

pub(crate) fn with_fuel(fuel: u64) -> Limits {
    let mut limits = limits();
    limits.fuel = fuel;
    limits
}

pub(crate) fn with_timeout(timeout: Duration) -> Limits {
    let mut limits = limits();
    limits.fuel = i64::MAX as u64;
    limits.timeout = Some(timeout);
    limits
}

pub(crate) fn call(name: &str, arguments: &[i32]) -> Call {
    Call::Export { name: name.to_owned(), arguments: arguments.to_vec() }
}

/// Runs an export.
pub(crate) fn run(instance: &mut Instance, name: &str, arguments: &[i32], limits: Limits) -> RunReport {
    run_request(instance, RunRequest::new(call(name, arguments), limits))
}

pub(crate) fn run_request(instance: &mut Instance, request: RunRequest) -> RunReport {
    host().block_on(host().run(instance, request)).expect("whatever a guest does is an outcome")
}

/// Runs an export of a fresh instance under ample limits.
pub(crate) fn outcome(wat: &str, name: &str, arguments: &[i32]) -> Outcome {
    run(&mut instance(wat), name, arguments, limits()).outcome
}

/// How late something may end after it should have.
pub(crate) const GRACE: Duration = Duration::from_millis(250);

/// Asserts that something ended no earlier than `due` after `started` and at most [`GRACE`] later.
#[track_caller]
pub(crate) fn assert_ended(started: Instant, due: Duration) {
    let took = started.elapsed();
    assert!(took >= due && took <= due + GRACE, "ended after {took:?}, due after {due:?}");
}

/// Every function that a guest can import, with the kinds of its parameters: `f` descriptor, `p` pointer, `n` length or
/// count, `x` flags or other small number, `X` the same in 64 bits.
pub(crate) const IMPORTS: [(&str, &str); 47] = [
    ("args_get", "pp"),
    ("args_sizes_get", "pp"),
    ("environ_get", "pp"),
    ("environ_sizes_get", "pp"),
    ("clock_res_get", "xp"),
    ("clock_time_get", "xXp"),
    ("fd_advise", "fXXx"),
    ("fd_allocate", "fXX"),
    ("fd_close", "f"),
    ("fd_datasync", "f"),
    ("fd_fdstat_get", "fp"),
    ("fd_fdstat_set_flags", "fx"),
    ("fd_fdstat_set_rights", "fXX"),
    ("fd_filestat_get", "fp"),
    ("fd_filestat_set_size", "fX"),
    ("fd_filestat_set_times", "fXXx"),
    ("fd_pread", "fpnXp"),
    ("fd_prestat_get", "fp"),
    ("fd_prestat_dir_name", "fpn"),
    ("fd_pwrite", "fpnXp"),
    ("fd_read", "fpnp"),
    ("fd_readdir", "fpnXp"),
    ("fd_renumber", "ff"),
    ("fd_seek", "fXxp"),
    ("fd_sync", "f"),
    ("fd_tell", "fp"),
    ("fd_write", "fpnp"),
    ("path_create_directory", "fpn"),
    ("path_filestat_get", "fxpnp"),
    ("path_filestat_set_times", "fxpnXXx"),
    ("path_link", "fxpnfpn"),
    ("path_open", "fxpnxXXxp"),
    ("path_readlink", "fpnpnp"),
    ("path_remove_directory", "fpn"),
    ("path_rename", "fpnfpn"),
    ("path_symlink", "pnfpn"),
    ("path_unlink_file", "fpn"),
    ("poll_oneoff", "ppnp"),
    ("proc_exit", "x"),
    ("proc_raise", "x"),
    ("sched_yield", ""),
    ("random_get", "pn"),
    ("sock_accept", "fxp"),
    ("sock_recv", "fpnxpp"),
    ("sock_send", "fpnxp"),
    ("sock_shutdown", "fx"),
    ("host.call", "pnpp"),
];

/// Where the probe's free memory starts; a script fills it as it likes.
pub(crate) const ARENA: u32 = 0x1000;
const SCRIPT: u32 = 0x4000;
const ANSWERS: u32 = 0x3_0000;
/// Bytes of the probe's memory.
pub(crate) const PROBE_BYTES: u32 = 4 * 0x1_0000;
const MAX_CALLS: usize = 1024;

/// The text of the probe: it takes `[arena][n: u32][0: u32]` and n records `[function: u64][arguments: 10 × u64]` as a
/// turn, makes the calls one after another, and writes what they returned to its output, four bytes each.
pub(crate) fn probe_wat() -> String {
    let mut imports = String::new();
    let mut calls = String::new();
    let mut table = String::new();
    for (index, (name, kinds)) in IMPORTS.iter().enumerate() {
        let types: Vec<_> = kinds.chars().map(|kind| if kind == 'X' { "i64" } else { "i32" }).collect();
        let (module, field) = name.split_once('.').unwrap_or(("wasi_snapshot_preview1", name));
        let result = if *name == "proc_exit" { "" } else { "(result i32)" };
        let types = types.join(" ");
        writeln!(imports, r#"(import "{module}" "{field}" (func $i{index} (param {types}) {result}))"#)
            .unwrap();
        write!(calls, "(func $c{index} (param $r i32) (result i32) (call $i{index}").unwrap();
        for (position, kind) in kinds.chars().enumerate() {
            let load = format!("(i64.load offset={} (local.get $r))", 8 + 8 * position);
            match kind {
                'X' => calls.push_str(&load),
                _ => write!(calls, "(i32.wrap_i64 {load})").unwrap(),
            }
        }
        calls.push_str(if *name == "proc_exit" { ") (i32.const -1))\n" } else { "))\n" });
        write!(table, " $c{index}").unwrap();
    }
    let write = IMPORTS.iter().position(|(name, _)| *name == "fd_write").unwrap();
    format!(
        r#"(module {imports}
          (memory (export "memory") 4)
          (type $call (func (param i32) (result i32)))
          (table funcref (elem {table} $dump))
          {calls}
          (func $dump (param $r i32) (result i32)
            (call $write (i32.load offset=8 (local.get $r)) (i32.load offset=16 (local.get $r))))
          (func $write (param $at i32) (param $len i32) (result i32)
            (i32.store (i32.const 0x10) (local.get $at))
            (i32.store (i32.const 0x14) (local.get $len))
            (call $i{write} (i32.const 1) (i32.const 0x10) (i32.const 1) (i32.const 0x18)))
          (func (export "host_alloc") (param i32) (result i32) (i32.const {ARENA}))
          (func (export "turn") (param i32 i32) (result i32)
            (local $i i32) (local $n i32)
            (local.set $n (i32.load (i32.const {SCRIPT})))
            (block $done (loop $next
              (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
              (i32.store (i32.add (i32.const {ANSWERS}) (i32.mul (local.get $i) (i32.const 4)))
                (call $one (i32.add (i32.const {records}) (i32.mul (local.get $i) (i32.const 88)))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br $next)))
            (call $write (i32.const {ANSWERS}) (i32.mul (local.get $n) (i32.const 4))))
          (func $one (param $r i32) (result i32)
            (call_indirect (type $call) (local.get $r) (i32.load (local.get $r)))))"#,
        records = SCRIPT + 8,
    )
}

/// The probe, built once.
pub(crate) fn probe() -> &'static (Guest, Image) {
    static PROBE: OnceLock<(Guest, Image)> = OnceLock::new();
    PROBE.get_or_init(|| guest(&probe_wat()))
}

/// Calls for the probe to make, and the memory they work on.
pub(crate) struct Script {
    arena: Vec<u8>,
    /// Where [`Script::place`] puts the next text.
    free: u32,
    records: Vec<[u64; 11]>,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self { arena: vec![0; (SCRIPT - ARENA) as usize], free: ARENA + 0x2000, records: Vec::new() }
    }

    /// Puts bytes at an address of the arena.
    pub(crate) fn put(&mut self, at: u32, bytes: &[u8]) -> &mut Self {
        let start = (at - ARENA) as usize;
        self.arena[start..start + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// Puts a text at an address of its own.
    pub(crate) fn place(&mut self, text: &[u8]) -> u64 {
        let at = self.free;
        self.free += text.len() as u32;
        self.put(at, text);
        at.into()
    }

    /// Puts an iovec: `[address: u32 le][length: u32 le]`.
    pub(crate) fn iovec(&mut self, at: u32, address: u32, len: u32) -> &mut Self {
        self.put(at, &address.to_le_bytes()).put(at + 4, &len.to_le_bytes())
    }

    /// Makes a call.
    pub(crate) fn call(&mut self, name: &str, arguments: &[u64]) -> &mut Self {
        let index = IMPORTS.iter().position(|(import, _)| *import == name).expect("an import");
        assert_eq!(IMPORTS[index].1.len(), arguments.len(), "arguments of {name}");
        self.record(index, arguments)
    }

    pub(crate) fn record(&mut self, index: usize, arguments: &[u64]) -> &mut Self {
        assert!(self.records.len() < MAX_CALLS);
        let mut record = [0; 11];
        record[0] = index as u64;
        record[1..=arguments.len()].copy_from_slice(arguments);
        self.records.push(record);
        self
    }

    /// Writes memory of the probe to its output.
    pub(crate) fn dump(&mut self, at: u32, len: u32) -> &mut Self {
        self.record(IMPORTS.len(), &[at.into(), len.into()])
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = self.arena.clone();
        bytes.extend((self.records.len() as u64).to_le_bytes());
        bytes.extend(self.records.iter().flatten().flat_map(|word| word.to_le_bytes()));
        bytes
    }

    /// Runs in a fresh probe with an empty filesystem.
    pub(crate) fn run(&self) -> Answers {
        self.run_in(&mut open(&probe().0, &probe().1), limits())
    }

    pub(crate) fn run_in(&self, instance: &mut Instance, limits: Limits) -> Answers {
        Answers::of(
            run_request(instance, RunRequest::new(Call::Turn(self.encode()), limits)),
            self.records.len(),
        )
    }
}

/// What the probe's calls returned.
pub(crate) struct Answers {
    /// One for each call; empty if the run was cut off.
    pub(crate) errnos: Vec<i32>,
    /// What the script wrote to standard output.
    pub(crate) out: Vec<u8>,
    pub(crate) report: RunReport,
}

impl Answers {
    pub(crate) fn of(report: RunReport, n_calls: usize) -> Self {
        let mut out = report.stdout.bytes.clone();
        let mut errnos = Vec::new();
        if report.outcome == Outcome::Returned(0) {
            let tail = out.split_off(out.len() - 4 * n_calls);
            errnos = tail.chunks(4).map(|word| i32::from_le_bytes(word.try_into().unwrap())).collect();
        }
        Self { errnos, out, report }
    }

    /// The nth little-endian 32-bit word of the output.
    pub(crate) fn word(&self, index: usize) -> u32 {
        u32::from_le_bytes(self.out[4 * index..4 * index + 4].try_into().unwrap())
    }
}

/// Held by tests that measure time, so that no other test of this binary takes their processors.
pub(crate) fn quiet() -> RwLockWriteGuard<'static, ()> {
    AT_WORK.write().unwrap_or_else(PoisonError::into_inner)
}

/// Held by tests that work long.
pub(crate) fn busy() -> RwLockReadGuard<'static, ()> {
    AT_WORK.read().unwrap_or_else(PoisonError::into_inner)
}

static AT_WORK: RwLock<()> = RwLock::new(());

/// The error numbers of WASI preview 1 that tests name.
pub(crate) mod errno {
    pub(crate) const SUCCESS: i32 = 0;
    pub(crate) const BADF: i32 = 8;
    pub(crate) const EXIST: i32 = 20;
    pub(crate) const FBIG: i32 = 22;
    pub(crate) const ILSEQ: i32 = 25;
    pub(crate) const INVAL: i32 = 28;
    pub(crate) const LOOP: i32 = 32;
    pub(crate) const MFILE: i32 = 33;
    pub(crate) const NAMETOOLONG: i32 = 37;
    pub(crate) const NOENT: i32 = 44;
    pub(crate) const NOSPC: i32 = 51;
    pub(crate) const NOTDIR: i32 = 54;
    pub(crate) const NOTSOCK: i32 = 57;
    pub(crate) const NOTSUP: i32 = 58;
    pub(crate) const PERM: i32 = 63;
    pub(crate) const SPIPE: i32 = 70;
    pub(crate) const NOTCAPABLE: i32 = 76;
}
