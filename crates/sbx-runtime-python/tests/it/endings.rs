//! Every way in which a program can stop, with its exit code.

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
fn a_program_that_comes_to_its_end_is_ok() {
    check(&run("x = 1"), Ending::Ok, 0);
    check(&run(""), Ending::Ok, 0);
    check(&run("# nothing but this"), Ending::Ok, 0);
}

#[test]
fn text_on_standard_error_is_no_failure() {
    let result = run("import sys; print('Error: not at all', file=sys.stderr)");
    check(&result, Ending::Ok, 0);
    assert_eq!(result.stderr, "Error: not at all\n");
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
fn what_was_printed_before_an_exit_is_kept() {
    let result = run("print('before')\nimport sys\nsys.exit(2)");
    check(&result, Ending::Exit, 2);
    assert_eq!(result.stdout, "before\n");
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
fn an_endless_loop_is_out_of_fuel() {
    let result = run_with(policy().with_fuel_budget(200_000_000), "while True: pass");
    check(&result, Ending::FuelExhausted, 137);
    assert_eq!((result.fuel_consumed, result.fuel_budget), (200_000_000, 200_000_000));
}

#[test]
fn a_program_that_catches_everything_is_out_of_fuel_all_the_same() {
    let code = "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass";
    check(&run_with(policy().with_fuel_budget(200_000_000), code), Ending::FuelExhausted, 137);
}

#[test]
fn waiting_ends_at_the_timeout() {
    let result = run_with(policy().with_timeout_seconds(0.1), "import time\ntime.sleep(1e9)");
    check(&result, Ending::Timeout, 124);
}

#[test]
fn a_cancelled_program_says_so() {
    let cancel = CancellationToken::new();
    cancel.cancel();
    check(&run(Program::new("print(1)").with_cancel(cancel)), Ending::Cancelled, 130);
}

#[test]
fn refused_memory_that_ends_the_program_is_memory_exhausted() {
    let limited = || policy().with_memory_bytes(64 << 20);
    check(&run_with(limited(), "x = []\nwhile True: x.append(' ' * 1000000)"), Ending::MemoryExhausted, 137);
    check(&run_with(limited(), "x = [0]\nwhile True: x = x * 2"), Ending::MemoryExhausted, 137);
}

#[test]
fn refused_memory_that_is_caught_is_no_failure() {
    let code = "try:\n    x = bytearray(100 << 20)\nexcept MemoryError:\n    print('caught')";
    let result = run_with(policy().with_memory_bytes(64 << 20), code);
    check(&result, Ending::Ok, 0);
    assert_eq!(result.stdout, "caught\n");
}

#[test]
fn a_memory_error_that_was_raised_for_fun_is_an_exception() {
    check(&run("raise MemoryError"), Ending::Exception, 1);
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
