//! Python, loaded once, and short ways to run programs.

use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use sbx_cache::Cache;
use sbx_core::{Ending, ExecutionPolicy, SandboxResult};
use sbx_host::{Host, HostConfig};
use sbx_runtime_python::{Interpreter, Program, Python};
use sbx_vfs::Tree;

/// The image of tests that need no numpy.
pub(crate) const PLAIN: &str = "python";
/// The image with numpy, pandas and matplotlib.
pub(crate) const DATA: &str = "python-data";

pub(crate) fn cache() -> Cache {
    Cache::open(&Cache::locate(None).unwrap()).unwrap()
}

/// Python as it is set up on this machine.
pub(crate) fn python() -> &'static Python {
    static PYTHON: OnceLock<Python> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let python = Python::load(&Host::new(&HostConfig::default()).unwrap(), cache());
        let python = python.unwrap_or_else(|error| panic!("{error}\nrun `cargo xtask setup`"));
        for image in [PLAIN, DATA] {
            python.image(image).unwrap_or_else(|error| panic!("{error}\nrun `cargo xtask setup`"));
        }
        python
    })
}

/// The default policy with half a minute of time: tests share the machine with one another.
pub(crate) fn policy() -> ExecutionPolicy {
    ExecutionPolicy::default()
}

pub(crate) fn open_on(image: &str, policy: ExecutionPolicy, files: Tree) -> Interpreter {
    let python = python();
    python.host().block_on(python.open(image, Arc::new(policy), files)).unwrap()
}

pub(crate) fn open(image: &str, policy: ExecutionPolicy) -> Interpreter {
    let files = python().empty_files(&policy).unwrap();
    open_on(image, policy, files)
}

/// Runs a program in an interpreter that may have run others.
pub(crate) fn turn(interpreter: &mut Interpreter, program: impl Into<Program>) -> SandboxResult {
    let program = program.into();
    python().host().block_on(interpreter.run(&program)).expect("whatever a program does is a result")
}

/// Runs a program in a fresh interpreter.
pub(crate) fn run(program: impl Into<Program>) -> SandboxResult {
    run_with(policy(), program)
}

pub(crate) fn run_with(policy: ExecutionPolicy, program: impl Into<Program>) -> SandboxResult {
    turn(&mut open(PLAIN, policy), program)
}

pub(crate) fn run_data(program: impl Into<Program>) -> SandboxResult {
    turn(&mut open(DATA, policy()), program)
}

/// What a program that ends well prints.
#[track_caller]
pub(crate) fn prints(program: impl Into<Program>) -> String {
    let result = run(program);
    assert_eq!((result.ending, result.exit_code), (Ending::Ok, 0), "{}", result.stderr);
    result.stdout
}

/// The type and message of the exception that ends a program.
#[track_caller]
pub(crate) fn raises(program: impl Into<Program>) -> (String, String) {
    let result = run(program);
    assert_eq!((result.ending, result.exit_code), (Ending::Exception, 1), "{}", result.stdout);
    let error = result.error.expect("an exception");
    (error.kind, error.message)
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
