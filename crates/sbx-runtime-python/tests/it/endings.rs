//! Ways to stop that only this language has. What is so in every language stands in `tests/cases/` of the repository.

use sbx_core::{Ending, SandboxResult};
use sbx_host::CancellationToken;
use sbx_runtime_python::Program;

use crate::lab::{PLAIN, open, policy, run, run_with, turn};

#[track_caller]
fn check(result: &SandboxResult, ending: Ending, exit_code: u8) {
    assert_eq!((result.ending, result.exit_code), (ending, exit_code), "{}", result.stderr);
    let success = ending == Ending::Ok || (ending == Ending::Exit && exit_code == 0);
    assert_eq!(result.success, success);
    assert_eq!(result.error.is_none(), matches!(ending, Ending::Ok | Ending::Exit), "{:?}", result.error);
}

#[test]
fn an_exception_that_nothing_catches_ends_with_1() {
    check(&run("1/0"), Ending::Exception, 1);
    check(&run("raise KeyboardInterrupt"), Ending::Exception, 1);
    check(&run("("), Ending::Exception, 1);
}

#[test]
fn exit_codes_are_those_of_a_process() {
    for (code, exit_code, stderr) in [
        ("sys.exit()", 0, ""),
        ("sys.exit(None)", 0, ""),
        ("sys.exit(0)", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit(True)", 1, ""),
        ("sys.exit(255)", 255, ""),
        ("sys.exit(256)", 0, ""),
        ("sys.exit(300)", 44, ""),
        ("sys.exit(-1)", 255, ""),
        ("sys.exit(10**30)", 255, ""),
        ("sys.exit(-10**30)", 255, ""),
        ("sys.exit('text')", 1, "text\n"),
        ("sys.exit('')", 1, "\n"),
        ("sys.exit([1, 2])", 1, "[1, 2]\n"),
        ("sys.exit(2.5)", 1, "2.5\n"),
        ("raise SystemExit(7)", 7, ""),
        ("exit(5)", 5, ""),
        ("quit()", 0, ""),
    ] {
        let result = run(format!("import sys\n{code}\nprint('not reached')"));
        check(&result, Ending::Exit, exit_code);
        assert_eq!((result.stdout.as_str(), result.stderr.as_str()), ("", stderr), "{code}");
    }
}

#[test]
fn os_exit_leaves_at_once() {
    for (code, exit_code) in [(0, 0), (1, 1), (126, 126), (200, 200), (255, 255)] {
        let mut interpreter = open(PLAIN, policy());
        let result = turn(&mut interpreter, format!("import os\nprint('x', flush=True)\nos._exit({code})"));
        check(&result, Ending::Exit, exit_code);
        assert_eq!(result.stdout, "x\n");
        assert!(interpreter.is_spent());
    }
}

#[test]
fn an_interpreter_that_aborts_is_a_trap() {
    let mut interpreter = open(PLAIN, policy());
    let result = turn(&mut interpreter, "print('x', flush=True)\nimport os\nos.abort()");
    check(&result, Ending::Trap, 134);
    assert_eq!(result.metadata["trap"], "unreachable");
    assert_eq!(result.stdout, "x\n");
    assert!(interpreter.is_spent());
}

#[test]
fn refused_memory_that_is_caught_is_no_failure() {
    let code = "try:\n    x = bytearray(100 << 20)\nexcept MemoryError:\n    print('caught')";
    let result = run_with(policy().with_memory_bytes(64 << 20), code);
    check(&result, Ending::Ok, 0);
    assert_eq!(result.stdout, "caught\n");
}

#[test]
fn every_ending_can_be_had() {
    let cancel = CancellationToken::new();
    cancel.cancel();
    let seen = [
        run("1"),
        run("1/0"),
        run("exit()"),
        run_with(policy().with_fuel_budget(200_000_000), "while True: pass"),
        run_with(policy().with_timeout_seconds(0.05), "while True: pass"),
        run_with(policy().with_memory_bytes(16 << 20), "x = bytearray(1 << 30)"),
        // See `limits`: a recursion that the interpreter does not count.
        run("eval('x' + '.x' * 400000)"),
        run("import os\nos.abort()"),
        run(Program::new("1").with_cancel(cancel)),
    ]
    .map(|result| result.ending);
    assert_eq!(seen, Ending::ALL);
}
