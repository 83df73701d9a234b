//! JavaScript, loaded once, and short ways to run programs.

use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use sbx_cache::Cache;
use sbx_core::{Ending, ExecutionPolicy, SandboxResult};
use sbx_host::{Host, HostConfig};
use sbx_runtime_js::{DEFAULT_IMAGE, Interpreter, JavaScript, Program, TYPESCRIPT_IMAGE};
use sbx_vfs::Tree;

/// JavaScript as it is set up on this machine.
pub(crate) fn javascript() -> &'static JavaScript {
    static JAVASCRIPT: OnceLock<JavaScript> = OnceLock::new();
    JAVASCRIPT.get_or_init(|| {
        let cache = Cache::open(&Cache::locate(None).unwrap()).unwrap();
        let javascript = JavaScript::load(&Host::new(&HostConfig::default()).unwrap(), cache);
        let javascript = javascript.unwrap_or_else(|error| panic!("{error}\nrun `cargo xtask setup`"));
        javascript.image(DEFAULT_IMAGE).unwrap_or_else(|error| panic!("{error}\nrun `cargo xtask setup`"));
        javascript
    })
}

/// The default policy with half a minute of time: tests share the machine with one another.
pub(crate) fn policy() -> ExecutionPolicy {
    ExecutionPolicy::default()
}

pub(crate) fn open_on(image: &str, policy: ExecutionPolicy, files: Tree) -> Interpreter {
    let javascript = javascript();
    javascript.host().block_on(javascript.open(image, Arc::new(policy), files)).unwrap()
}

pub(crate) fn open(policy: ExecutionPolicy) -> Interpreter {
    let files = javascript().empty_files(&policy).unwrap();
    open_on(DEFAULT_IMAGE, policy, files)
}

/// Runs a program in an interpreter that may have run others.
pub(crate) fn turn(interpreter: &mut Interpreter, program: impl Into<Program>) -> SandboxResult {
    let program = program.into();
    javascript().host().block_on(interpreter.run(&program)).expect("whatever a program does is a result")
}

/// Runs a program in a fresh interpreter.
pub(crate) fn run(program: impl Into<Program>) -> SandboxResult {
    run_with(policy(), program)
}

pub(crate) fn run_with(policy: ExecutionPolicy, program: impl Into<Program>) -> SandboxResult {
    turn(&mut open(policy), program)
}

/// Runs TypeScript in a fresh interpreter; `None` where it is not set up, which needs npm.
pub(crate) fn run_typescript(code: &str) -> Option<SandboxResult> {
    javascript().image(TYPESCRIPT_IMAGE).ok()?;
    let files = javascript().empty_files(&policy()).unwrap();
    let mut interpreter = open_on(TYPESCRIPT_IMAGE, policy(), files);
    Some(turn(&mut interpreter, code))
}

/// What a program that ends well prints.
#[track_caller]
pub(crate) fn prints(program: impl Into<Program>) -> String {
    let result = run(program);
    assert_eq!((result.ending, result.exit_code), (Ending::Ok, 0), "{}", result.stderr);
    result.stdout
}

/// The value of the last expression of a program that ends well.
#[track_caller]
pub(crate) fn value(program: impl Into<Program>) -> String {
    let result = run(program);
    assert_eq!((result.ending, result.exit_code), (Ending::Ok, 0), "{}", result.stderr);
    result.value().unwrap_or("no value").to_owned()
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
