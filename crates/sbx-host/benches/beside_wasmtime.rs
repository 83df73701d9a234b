//! Our host beside wasmtime and wasmtime-wasi as they come: what metering costs, and what files in memory gain.
//!
//! `cargo xtask bench` prints a Markdown table. The other side is the same guest with preopened directories, compiled with
//! fuel where files are compared and without where metering is; that takes a minute or two each.
#![expect(clippy::print_stdout, reason = "the table is what it is for")]

use std::{
    fs,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use sbx_cache::{
    Cache,
    fetch::{self, GuestManifest},
};
use sbx_core::{ExecutionPolicy, GuestPath};
use sbx_host::{
    Call, Guest, Host, HostConfig, Image, Instance, InstanceSetup, Limits, RunRequest, SharedFile,
};
use sbx_vfs::{Quota, TreeBuilder};
use wasmtime::{Config, Engine, Linker, Module, Store, TypedFunc};
use wasmtime_wasi::{
    FsPerms, WasiCtxBuilder,
    p1::{self, WasiP1Ctx},
};

const LOOP: &str = "s = 0\nfor i in range(3_000_000):\n    s += i * i\n";
const IMPORT: &str = "import numpy";
const WRITE: &str =
    "b = bytes(1 << 20)\nwith open('/app/big', 'wb') as f:\n    for _ in range(100):\n        f.write(b)\n";
const READ: &str = "with open('/app/big', 'rb') as f:\n    while f.read(1 << 20):\n        pass\n";

fn main() {
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let root = Cache::locate(None).expect("there is a place for the cache");
    let cache = Cache::open(&root).expect("the cache opens");
    let manifest =
        GuestManifest::parse(include_str!("../../../runtimes/python.toml")).expect("the manifest is good");
    let files =
        fetch::lookup(&cache, &manifest).expect("the cache can be read").expect("run `cargo xtask setup`");
    let wasm = fs::read(files.path("module").expect("a module")).expect("the module can be read");
    let zip = files.open(&cache, "stdlib").expect("the standard library is there");

    let mut ours = Ours::new(&cache, &wasm, &zip.file);
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("lib")).expect("a folder");
    fs::create_dir(folder.path().join("app")).expect("a folder");
    fs::copy(&zip.path, folder.path().join("lib/python315.zip")).expect("room for the standard library");
    // Guest code needs a native stack that no main thread has.
    let bench = move || {
        let mut metered = Theirs::new(&wasm, folder.path(), true);
        let mut unmetered = Theirs::new(&wasm, folder.path(), false);
        println!("| what | sbx | wasmtime as it comes | ratio |\n|---|---|---|---|");
        for (what, n, code, is_metered, fresh) in [
            ("a Python loop of 3 million, theirs without metering", 7, LOOP, false, false),
            ("first `import numpy`, theirs from a preopened directory", 7, IMPORT, true, true),
            ("write 100 MB to a file", 7, WRITE, true, false),
            ("read 100 MB from a file", 7, READ, true, false),
        ] {
            let theirs = if is_metered { &mut metered } else { &mut unmetered };
            let (mut left, mut right) = (Vec::new(), Vec::new());
            for _ in 0..n {
                if fresh {
                    ours.renew();
                    theirs.renew();
                }
                left.push(time(|| ours.turn(code)));
                right.push(time(|| theirs.turn(code)));
            }
            left.sort();
            right.sort();
            let (left, right) = (left[n / 2], right[n / 2]);
            let ratio = left.as_secs_f64() / right.as_secs_f64();
            println!("| {what} | {:.1} ms | {:.1} ms | {ratio:.2} |", millis(left), millis(right));
        }
    };
    thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(bench)
        .expect("a thread")
        .join()
        .expect("the bench ends well");
}

fn time(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn path(text: &str) -> GuestPath {
    GuestPath::parse(text).expect("a good path")
}

struct Ours {
    host: Host,
    guest: Guest,
    base: Image,
    files: sbx_vfs::Tree,
    instance: Instance,
}

impl Ours {
    fn new(cache: &Cache, wasm: &[u8], zip: &fs::File) -> Self {
        let host = Host::new(&HostConfig::default()).expect("the engine starts");
        let (guest, base) = host.build_guest(cache, wasm, || {}).expect("the guest compiles");
        let mut builder = TreeBuilder::new();
        let zip = std::sync::Arc::new(SharedFile::map(zip).expect("the zip maps"));
        builder.read_only_file(&path("/usr/local/lib/python315.zip"), zip).expect("room for the zip");
        for folder in ["/app", "/tmp"] {
            builder.dir(&path(folder)).expect("room for a folder");
        }
        let files = builder.build();
        let instance = Self::open(&host, &guest, &base, &files);
        Self { host, guest, base, files, instance }
    }

    fn open(host: &Host, guest: &Guest, base: &Image, files: &sbx_vfs::Tree) -> Instance {
        let setup =
            InstanceSetup::new(files.clone(), Quota::unlimited()).with_args(vec!["python".to_owned()]);
        host.block_on(host.open(guest, base, setup)).expect("the guest opens")
    }

    fn renew(&mut self) {
        self.instance = Self::open(&self.host, &self.guest, &self.base, &self.files);
    }

    fn turn(&mut self, code: &str) {
        let policy = ExecutionPolicy::default().with_memory_bytes(1 << 30).without_timeout();
        let request = RunRequest::new(Call::Turn(code.into()), Limits::from(&policy));
        let report = self.host.block_on(self.host.run(&mut self.instance, request)).expect("the host works");
        assert_eq!(report.outcome, sbx_host::Outcome::Returned(0), "{}", report.stderr.text());
    }
}

struct Theirs<'a> {
    engine: Engine,
    module: Module,
    folder: &'a Path,
    live: Live,
}

struct Live {
    store: Store<WasiP1Ctx>,
    memory: wasmtime::Memory,
    alloc: TypedFunc<u32, u32>,
    turn: TypedFunc<(u32, u32), i32>,
}

impl<'a> Theirs<'a> {
    fn new(wasm: &[u8], folder: &'a Path, metered: bool) -> Self {
        let mut config = Config::new();
        config.consume_fuel(metered);
        config.wasm_exceptions(true).max_wasm_stack(16 << 20).async_stack_size(20 << 20);
        config.generate_address_map(false).native_unwind_info(false).wasm_backtrace_max_frames(None);
        let engine = Engine::new(&config).expect("the engine starts");
        println!("<!-- compiling the guest {}metered, a minute or two -->", if metered { "" } else { "un" });
        let module = Module::new(&engine, wasm).expect("the guest compiles");
        let live = Self::open(&engine, &module, folder);
        Self { engine, module, folder, live }
    }

    fn open(engine: &Engine, module: &Module, folder: &Path) -> Live {
        let mut linker: Linker<WasiP1Ctx> = Linker::new(engine);
        p1::add_to_linker_sync(&mut linker, |wasi| wasi).expect("WASI is defined");
        linker.func_wrap("host", "call", |_: i32, _: i32, _: i32, _: i32| -1).expect("the door is defined");
        let mut wasi = WasiCtxBuilder::new();
        wasi.arg("python").allow_blocking_current_thread(true);
        wasi.preopened_dir(folder.join("lib"), "/usr/local/lib", FsPerms::ReadOnly)
            .expect("the folder opens");
        wasi.preopened_dir(folder.join("app"), "/app", FsPerms::ReadWrite).expect("the folder opens");
        let mut store = Store::new(engine, wasi.build_p1());
        // Refused where fuel is off, and then not needed.
        store.set_fuel(u64::MAX).ok();
        let instance = linker.instantiate(&mut store, module).expect("the guest instantiates");
        let memory = instance.get_memory(&mut store, "memory").expect("a memory");
        let alloc = instance.get_typed_func(&mut store, "host_alloc").expect("an allocator");
        let turn = instance.get_typed_func(&mut store, "turn").expect("turns");
        Live { store, memory, alloc, turn }
    }

    fn renew(&mut self) {
        self.live = Self::open(&self.engine, &self.module, self.folder);
    }

    fn turn(&mut self, code: &str) {
        let live = &mut self.live;
        let len = u32::try_from(code.len()).expect("short code");
        let at = live.alloc.call(&mut live.store, len).expect("memory for the code");
        live.memory.write(&mut live.store, at as usize, code.as_bytes()).expect("in bounds");
        let status = live.turn.call(&mut live.store, (at, len)).expect("the guest does not trap");
        assert_eq!(status, 0, "the code runs");
    }
}
