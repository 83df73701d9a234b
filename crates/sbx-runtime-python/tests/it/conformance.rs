//! The guest's own interface: turns of plain Python in its base image, without our support code.
//!
//! The vectors of the interface's description, in its order. Where this host differs on purpose, the test says why.

use std::sync::OnceLock;

use sbx_cache::fetch::{self, GuestManifest};
use sbx_core::{Deterministic, ExecutionPolicy, GuestPath};
use sbx_host::{Call, Guest, Image, Instance, InstanceSetup, Limits, Outcome, RunReport, RunRequest};
use sbx_vfs::{Quota, TreeBuilder};

use crate::lab::{cache, python};

const MANIFEST: &str = include_str!("../../../../runtimes/python.toml");

/// The guest and its base image, from the module and its compiled form in the cache.
fn base() -> &'static (Guest, Image) {
    static BASE: OnceLock<(Guest, Image)> = OnceLock::new();
    BASE.get_or_init(|| {
        let cache = cache();
        let files = fetch::lookup(&cache, &GuestManifest::parse(MANIFEST).unwrap()).unwrap();
        let files = files.expect("run `cargo xtask setup`");
        let wasm = std::fs::read(files.path("module").unwrap()).unwrap();
        python().host().build_guest(&cache, &wasm, || {}).unwrap()
    })
}

fn limits() -> Limits {
    Limits::from(&ExecutionPolicy::default())
}

struct Raw(Instance);

impl Raw {
    /// The base image with no files at all but empty folders.
    fn new() -> Self {
        Self::with(InstanceSetup::new(folders(), Quota::default()), &base().1)
    }

    fn with(setup: InstanceSetup, image: &Image) -> Self {
        Self(python().host().block_on(python().host().open(&base().0, image, setup)).unwrap())
    }

    /// With the standard library, for programs that import.
    fn with_library() -> Self {
        let files = python().empty_files(&ExecutionPolicy::default()).unwrap();
        Self::with(InstanceSetup::new(files, Quota::default()), &base().1)
    }

    fn call(&mut self, call: Call, limits: Limits) -> RunReport {
        let request = RunRequest::new(call, limits);
        python().host().block_on(python().host().run(&mut self.0, request)).unwrap()
    }

    fn turn(&mut self, code: &str) -> RunReport {
        self.call(Call::Turn(code.into()), limits())
    }

    fn export(&mut self, name: &str, arguments: &[i32]) -> RunReport {
        self.call(Call::Export { name: name.to_owned(), arguments: arguments.to_vec() }, limits())
    }

    /// A turn's status and output.
    fn says(&mut self, code: &str) -> (Outcome, String) {
        let report = self.turn(code);
        (report.outcome, report.stdout.text())
    }
}

fn folders() -> sbx_vfs::Tree {
    let mut builder = TreeBuilder::new();
    for folder in ["/app", "/tmp"] {
        builder.dir(&GuestPath::parse(folder).unwrap()).unwrap();
    }
    builder.build()
}

fn returned(status: i32, text: &str) -> (Outcome, String) {
    (Outcome::Returned(status), text.to_owned())
}

#[test]
fn vector_01_a_first_turn_needs_no_files() {
    assert_eq!(Raw::new().says("print(1)"), returned(0, "1\n"));
}

#[test]
fn vector_02_turns_share_a_namespace_and_show_their_last_value() {
    let mut raw = Raw::new();
    assert_eq!(raw.says("x=41"), returned(0, ""));
    assert_eq!(raw.says("x+1"), returned(0, "42\n"));
}

#[test]
fn vector_03_an_exception_names_its_turn() {
    let mut raw = Raw::new();
    for _ in 0..3 {
        raw.turn("1");
    }
    let report = raw.turn("1/0");
    assert_eq!(report.outcome, Outcome::Returned(1));
    let text = report.stderr.text();
    assert!(text.contains("File \"<turn 4>\", line 1") && text.contains("ZeroDivisionError"), "{text}");
}

#[test]
fn vector_04_sys_exit_ends_a_turn_and_not_the_session() {
    let mut raw = Raw::new();
    assert_eq!(raw.says("import sys; sys.exit(9)"), returned(9, ""));
    assert_eq!(raw.says("5"), returned(0, "5\n"));
}

#[test]
fn vector_05_an_exit_with_a_text_shows_it() {
    let report = Raw::new().turn("raise SystemExit('bye')");
    assert_eq!((report.outcome, report.stderr.text().as_str()), (Outcome::Returned(1), "bye\n"));
}

#[test]
fn vector_06_exit_is_sticky_in_the_raw_guest() {
    let mut raw = Raw::new();
    assert_eq!(raw.says("exit(3)"), returned(259, ""));
    assert_eq!(raw.says("5"), returned(256, "5\n"));
}

#[test]
fn vector_07_turns_without_text() {
    assert_eq!(Raw::new().call(Call::Turn(Vec::new()), limits()).outcome, Outcome::Returned(0));
    assert_eq!(Raw::new().export("turn", &[0, 0]).outcome, Outcome::Returned(0));
    let no_memory = Raw::new().export("turn", &[0, 5]);
    assert_eq!(no_memory.outcome, Outcome::Returned(1));
    assert!(no_memory.stderr.text().contains("MemoryError"), "{}", no_memory.stderr.text());
    assert_eq!(Raw::new().export("turn", &[0, -1]).outcome, Outcome::Returned(-1));
}

#[test]
fn vector_08_shutdown_comes_after_turns_and_once() {
    assert_eq!(Raw::new().export("shutdown", &[]).outcome, Outcome::Returned(-1));
    let mut raw = Raw::new();
    raw.turn("1");
    assert_eq!(raw.export("shutdown", &[]).outcome, Outcome::Returned(0));
    assert_eq!(raw.export("shutdown", &[]).outcome, Outcome::Returned(-1));
    assert_eq!(raw.turn("1").outcome, Outcome::Returned(-1));
}

#[test]
fn vector_09_run_works_once_and_takes_the_place_of_turns() {
    let args = ["py", "-c", "print('ran'); raise SystemExit(7)"].map(str::to_owned).to_vec();
    let setup = InstanceSetup::new(folders(), Quota::default()).with_args(args);
    let mut raw = Raw::with(setup, &base().1);
    let first = raw.export("run", &[]);
    assert_eq!((first.outcome, first.stdout.text().as_str()), (Outcome::Returned(7), "ran\n"));
    let second = raw.export("run", &[]);
    assert_eq!(second.outcome, Outcome::Returned(70));
    assert!(!second.stderr.bytes.is_empty());
    assert_eq!(raw.turn("1").outcome, Outcome::Returned(-1));
}

#[test]
fn vector_10_os_exit_unwinds_the_guest() {
    let mut raw = Raw::new();
    let report = raw.turn("import os; print('hi', flush=True); print('lost'); os._exit(4)");
    assert_eq!((report.outcome, report.stdout.text().as_str()), (Outcome::Exited(4), "hi\n"));
    assert!(raw.0.is_spent());
}

#[test]
fn vector_11_a_deadline_leaves_nothing_to_go_on_with() {
    // The reference host gets -1 from a guest that was cut off. This host never calls one again: its memory may be in
    // any state, so the instance is spent, which is an error of the caller.
    let mut raw = Raw::new();
    let mut limits = limits();
    limits.timeout = Some(std::time::Duration::from_millis(50));
    assert_eq!(raw.call(Call::Turn(b"while True: pass".to_vec()), limits).outcome, Outcome::TimedOut);
    let host = python().host();
    for call in
        [Call::Turn(b"1".to_vec()), Call::Export { name: "shutdown".to_owned(), arguments: Vec::new() }]
    {
        let again = host.block_on(host.run(&mut raw.0, RunRequest::new(call, self::limits())));
        assert_eq!(again.unwrap_err().code(), "host.spent");
    }
}

#[test]
fn vector_12_refused_memory_is_a_memory_error_and_the_session_goes_on() {
    let mut raw = Raw::new();
    let mut limits = limits();
    limits.memory_bytes = 64 << 20;
    let report = raw.call(Call::Turn(b"x = bytearray(100 << 20)".to_vec()), limits);
    assert_eq!((report.outcome, report.memory_denied), (Outcome::Returned(1), true));
    assert!(report.stderr.text().contains("MemoryError"), "{}", report.stderr.text());
    let next = raw.call(Call::Turn(b"1".to_vec()), limits);
    assert_eq!(
        (next.outcome, next.memory_denied, next.stdout.text().as_str()),
        (Outcome::Returned(0), false, "1\n")
    );
}

#[test]
fn vector_13_the_image_is_not_counted_against_the_memory_limit() {
    // A host whose limit is on all memory cannot instantiate with less than the 40 MiB that the module has from the
    // start. Here those are shared between runs, and the limit is on what a run adds: nothing may be enough.
    let mut raw = Raw::new();
    let mut limits = limits();
    limits.memory_bytes = 1;
    let report = raw.call(Call::Turn(b"print(1)".to_vec()), limits);
    assert_eq!((report.outcome, report.stdout.text().as_str()), (Outcome::Returned(0), "1\n"));
    assert_eq!(report.memory_bytes, base().1.memory_bytes());
    let denied = raw.call(Call::Turn(b"x = bytearray(20 << 20)".to_vec()), limits);
    assert_eq!((denied.outcome, denied.memory_denied), (Outcome::Returned(1), true));
}

#[test]
fn vector_14_arguments_that_are_absolute_paths_are_searched_for_modules() {
    let args = ["py", "/pkgs", "rel"].map(str::to_owned).to_vec();
    let mut raw = Raw::with(InstanceSetup::new(folders(), Quota::default()).with_args(args), &base().1);
    assert_eq!(raw.says("import sys; print(sys.path[-1], 'rel' in sys.path)"), returned(0, "/pkgs False\n"));
}

#[test]
fn vector_15_the_doors_answers_have_their_exceptions() {
    // This door answers -1 to frames that ask for a tool, -2 to those it cannot read or that are too large, and 1 (for
    // 7 in the vector) to a report while files are open for writing.
    let mut raw = Raw::with_library();
    let code = r"
import _host
def ask(frame):
    try:
        return _host.call(frame)
    except OSError as error:
        return type(error).__name__, str(error)
print(ask(b'{}'))
print(ask(b'\0' * (9 << 20)))
print(ask(b'\0fine'))
file = open('/tmp/x', 'w')
print(ask(b'\0fine'))
";
    let (outcome, text) = raw.says(code);
    assert_eq!(outcome, Outcome::Returned(0), "{text}");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "('ConnectionRefusedError', 'no host is bound to the door')");
    assert!(lines[1].starts_with("('OSError', 'the host faulted"), "{}", lines[1]);
    assert_eq!(lines[2], "b''");
    assert_eq!(lines[3], "('OSError', 'host door returned 1')");
}

#[test]
fn vector_16_there_are_no_tools() {
    // Tools are not bound in this version, and a guest that asks for them hears so.
    let report = Raw::with_library().turn("from host import tools");
    assert_eq!(report.outcome, Outcome::Returned(1));
    assert!(report.stderr.text().contains("ImportError: this run has no tools"), "{}", report.stderr.text());
}

#[test]
fn vector_17_hashes_are_those_of_the_snapshot() {
    assert_eq!(Raw::new().says("hash('abc')"), returned(0, "69611762\n"));
}

#[test]
fn vector_18_forks_of_an_image_diverge() {
    let mut raw = Raw::new();
    raw.turn("x = [1, 2, 3]");
    let image = raw.0.capture("forked").unwrap();
    let open = || Raw::with(InstanceSetup::new(folders(), Quota::default()), &image);
    let (mut first, mut second) = (open(), open());
    assert_eq!(first.says("x.append(4); x"), returned(0, "[1, 2, 3, 4]\n"));
    assert_eq!(second.says("x"), returned(0, "[1, 2, 3]\n"));
    assert_eq!(first.says("x"), returned(0, "[1, 2, 3, 4]\n"));
}

#[test]
fn vector_19_forks_share_their_random_state_until_it_is_reseeded() {
    let mut raw = Raw::with_library();
    assert_eq!(raw.says("import random"), returned(0, ""));
    let image = raw.0.capture("seeded").unwrap();
    let look = |code: &str| {
        let files = python().empty_files(&ExecutionPolicy::default()).unwrap();
        Raw::with(InstanceSetup::new(files, Quota::default()), &image).says(code)
    };
    assert_eq!(
        look("random.random()"),
        look("random.random()"),
        "why every run is reseeded, see `isolation`"
    );
    assert_ne!(look("random.seed(); random.random()"), look("random.seed(); random.random()"));
}

#[test]
fn vector_20_fixed_runs_are_equal_to_the_last_bit() {
    let run = || {
        let files = python().empty_files(&ExecutionPolicy::default()).unwrap();
        let setup =
            InstanceSetup::new(files, Quota::default()).with_deterministic(Some(Deterministic::new(7)));
        let mut raw = Raw::with(setup, &base().1);
        let report = raw.turn("import random, time, uuid; print(random.random(), uuid.uuid4(), time.time())");
        assert_eq!(report.outcome, Outcome::Returned(0));
        (report.stdout.text(), report.fuel_consumed, raw.0.memory_digest())
    };
    assert_eq!(run(), run());
}

#[test]
fn vector_21_deep_json_is_no_trap() {
    let report = Raw::with_library().turn("import json; json.loads('['*2000+']'*2000)");
    assert!(matches!(report.outcome, Outcome::Returned(0 | 1)), "{:?}", report.outcome);
    let report = Raw::with_library().turn("import json; json.loads('['*200000+']'*200000)");
    assert_eq!(report.outcome, Outcome::Returned(1));
    assert!(report.stderr.text().contains("RecursionError"), "{}", report.stderr.text());
}

#[test]
fn vector_22_closing_standard_output_loses_nothing() {
    // With a filesystem of the host's, all output after this is lost.
    let mut raw = Raw::new();
    assert_eq!(raw.says("import os; os.close(1)"), returned(0, ""));
    assert_eq!(raw.says("print(1)"), returned(0, "1\n"));
}

#[test]
fn vector_23_writes_to_the_descriptor_are_captured() {
    assert_eq!(Raw::new().says(r"import os; n = os.write(1, b'raw\n')"), returned(0, "raw\n"));
}
