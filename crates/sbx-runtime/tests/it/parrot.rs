//! A language as small as one can be: it prints its request's header, and what follows the header is its report.
//! [`GREEDY`] and [`DEEP`] are programs that say nothing; [`STDIN`] says what it is given.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use sbx_cache::Cache;
use sbx_core::{Advice, ExecutionPolicy, RuntimeType, SandboxResult};
use sbx_host::{Host, HostConfig, Image, InstanceSetup};
use sbx_runtime::{
    Hints, Interpreter, Language, Program, Reply, ReplyError, Request, Runtime, Status, Surroundings, advice,
};
use sbx_vfs::TreeBuilder;

/// A program that is refused memory and then comes back.
pub(crate) const GREEDY: &str = "more";

/// A program that calls itself.
pub(crate) const DEEP: &str = "deeper";

/// A program whose report is its standard input, which need not be text.
pub(crate) const STDIN: &str = "stdin";

const GUEST: &str = r#"(module
  (import "host" "call" (func $door (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 6)
  (func (export "host_alloc") (param i32) (result i32) (i32.const 1024))
  (func $turn (export "turn") (param $at i32) (param $len i32) (result i32)
    (local $end i32) (local $code_len i32)
    (local.set $end (local.get $at))
    (block $found (loop $next
      (br_if $found (i32.eq (i32.load8_u (local.get $end)) (i32.const 10)))
      (local.set $end (i32.add (local.get $end) (i32.const 1)))
      (br $next)))
    (i32.store (i32.const 0) (i32.add (local.get $at) (i32.const 1)))
    (i32.store (i32.const 4) (i32.sub (i32.sub (local.get $end) (local.get $at)) (i32.const 1)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $code_len (i32.sub (i32.add (local.get $at) (local.get $len)) (i32.add (local.get $end) (i32.const 1))))
    (if (local.get $code_len) (then
      (if (i32.eq (i32.load8_u offset=1 (local.get $end)) (i32.const 109)) (then
        (drop (memory.grow (i32.const 60000)))
        (return (i32.const 0))))
      (if (i32.eq (i32.load8_u offset=1 (local.get $end)) (i32.const 100)) (then
        (return (call $turn (local.get $at) (local.get $len)))))
      (if (i32.eq (i32.load8_u offset=1 (local.get $end)) (i32.const 115)) (then
        (i32.store (i32.const 0) (i32.const 131073))
        (i32.store (i32.const 4) (i32.const 262000))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (drop (call $door (i32.const 131072) (i32.add (i32.load (i32.const 8)) (i32.const 1)) (i32.const 16) (i32.const 20)))
        (return (i32.const 0))))
      ;; The line's end becomes the NUL byte that a report begins with.
      (i32.store8 (local.get $end) (i32.const 0))
      (drop (call $door (local.get $end) (i32.add (local.get $code_len) (i32.const 1)) (i32.const 16) (i32.const 20)))))
    (i32.const 0)))"#;

const HINTS: Hints = Hints {
    less_fuel: "say less, or ",
    less_time: "Say it faster",
    less_memory: "Know less by heart",
    stack: "a perch",
    less_output: "a word",
    concurrency: "two parrots",
    shell: "parrot: words",
};

#[derive(Debug)]
struct Parrot;

impl Language for Parrot {
    /// There is no type for parrots; this one stands in.
    fn runtime(&self) -> RuntimeType {
        RuntimeType::Python
    }

    fn complete(&self, request: &mut Request<'_>, _: &Program, _: &ExecutionPolicy) {
        request.language = Some("parrot");
    }

    fn grace(&self) -> Duration {
        Duration::ZERO
    }

    fn lacked_memory(&self, reply: &Reply) -> bool {
        reply.status == Status::Memory
    }

    fn hints(&self) -> &'static Hints {
        &HINTS
    }

    fn advise(&self, error: &ReplyError, around: &Surroundings<'_>) -> Option<Advice> {
        match (error.code.as_deref()?, error.filename.as_deref()) {
            ("module", _) => Some(advice::missing_module(error.module.as_deref()?, "there are none")),
            ("path", Some(path)) => advice::of_path(path, advice::PathProblem::Missing, around),
            ("stdin", _) => advice::of_stdin(around),
            _ => None,
        }
    }
}

/// The runtime of parrots and its only image.
fn runtime() -> &'static (Runtime, Image) {
    static RUNTIME: OnceLock<(Runtime, Image)> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let host = Host::new(&HostConfig::default()).unwrap();
        let cache = Cache::open(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("sbx-runtime-it")).unwrap();
        let (guest, image) = host.build_guest(&cache, &wat::parse_str(GUEST).unwrap(), || {}).unwrap();
        (Runtime::new(host, guest, TreeBuilder::new().build()), image)
    })
}

/// An interpreter on empty files, or one that goes on where `asleep` is.
pub(crate) fn open(policy: ExecutionPolicy, asleep: Option<&mut Interpreter>) -> Interpreter {
    let (runtime, image) = runtime();
    let mut setup = InstanceSetup::under(&policy, runtime.empty_files(&policy).unwrap()).unwrap();
    if let Some(asleep) = asleep {
        let descriptors = asleep.descriptors().unwrap();
        setup = setup.with_snapshot(asleep.snapshot(None).unwrap(), descriptors);
    }
    runtime.host().block_on(runtime.open(&Parrot, image.clone(), Arc::new(policy), setup)).unwrap()
}

/// Runs a program in an interpreter that may have run others.
pub(crate) fn turn(interpreter: &mut Interpreter, program: impl Into<Program>) -> SandboxResult {
    runtime().0.host().block_on(interpreter.run(&program.into())).unwrap()
}

/// What checking `code` says.
pub(crate) fn validate(code: &str) -> sbx_runtime::Result<Option<sbx_core::GuestError>> {
    runtime().0.host().block_on(open(ExecutionPolicy::default(), None).validate(code, "a name"))
}
