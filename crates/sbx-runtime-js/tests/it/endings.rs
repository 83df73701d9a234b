//! Ways to stop that only this language has. What is so in every language stands in `tests/cases/` of the repository.

use sbx_core::{Ending, SandboxResult};
use sbx_runtime_js::Program;

use crate::lab::{open, policy, run, run_with, turn};

#[track_caller]
fn check(result: &SandboxResult, ending: Ending, exit_code: u8) {
    assert_eq!((result.ending, result.exit_code), (ending, exit_code), "{}", result.stderr);
    let success = ending == Ending::Ok || (ending == Ending::Exit && exit_code == 0);
    assert_eq!(result.success, success);
    assert_eq!(result.error.is_none(), matches!(ending, Ending::Ok | Ending::Exit), "{:?}", result.error);
}

#[test]
fn an_exception_that_nothing_catches_ends_with_1() {
    for code in [
        "throw new Error('x')",
        "throw 'x'",
        "throw null",
        "throw undefined",
        "null.x",
        "(",
        "import 'nowhere'",
        "await Promise.reject(new Error('x'))",
        "Promise.reject(1)",
        "setTimeout(() => { throw new Error('late') }, 1)",
        "queueMicrotask(() => { throw new Error('micro') })",
        "setImmediate(() => { throw 1 })",
        "export const x = 1; throw 1",
    ] {
        check(&run(code), Ending::Exception, 1);
    }
}

#[test]
fn a_rejection_that_is_handled_in_time_is_none() {
    check(&run("const p = Promise.reject(1); p.catch(() => {})"), Ending::Ok, 0);
    check(&run("try { await Promise.reject(1) } catch {}"), Ending::Ok, 0);
    check(&run("process.on('unhandledRejection', () => {}); Promise.reject(1)"), Ending::Ok, 0);
}

#[test]
fn exit_codes_are_those_of_a_process() {
    for (code, exit_code) in [
        ("process.exit()", 0),
        ("process.exit(0)", 0),
        ("process.exit(3)", 3),
        ("process.exit(255)", 255),
        ("process.exit(256)", 0),
        ("process.exit(300)", 44),
        ("process.exit(-1)", 255),
        ("process.exit('7')", 7),
        ("std.exit(4)", 4),
        ("process.exitCode = 5; process.exit()", 5),
        ("try { process.exit(6) } finally { console.log('finally') }", 6),
        ("try { process.exit(6) } catch (e) { console.log(e) }", 6),
        ("await null; process.exit(8)", 8),
        ("setTimeout(() => process.exit(9), 1); await new Promise(() => {})", 9),
        ("Promise.resolve().then(() => process.exit(2)); for (let i = 0; i < 10; i++) await null", 2),
        ("[1].forEach(() => process.exit(11))", 11),
    ] {
        let result = run(format!("{code}\nconsole.log('not reached')"));
        check(&result, Ending::Exit, exit_code);
        assert_eq!((result.stdout.as_str(), result.stderr.as_str()), ("", ""), "{code}");
    }
}

#[test]
fn an_exit_code_that_is_only_set_counts_at_the_end() {
    let result = run("process.exitCode = 3; console.log('reached')");
    check(&result, Ending::Exit, 3);
    assert_eq!(result.stdout, "reached\n");
    check(&run("process.exitCode = 0"), Ending::Ok, 0);
}

#[test]
fn an_interpreter_goes_on_after_an_exit() {
    let mut interpreter = open(policy());
    turn(&mut interpreter, "let kept = 1; setTimeout(() => console.log('late'), 5); process.exit(2)");
    let next = turn(&mut interpreter, "kept");
    check(&next, Ending::Ok, 0);
    assert_eq!((next.value(), next.stdout.as_str()), (Some("1"), ""), "and timers ended with their program");
}

#[test]
fn what_is_told_at_the_end_is_told_once() {
    let mut program =
        Program::new("process.on('exit', (code) => console.log('bye', code)); console.log('hi')");
    program.at_exit = true;
    assert_eq!(run(program).stdout, "hi\nbye 0\n");
    assert_eq!(
        run("process.on('exit', (code) => console.log('bye', code)); process.exit(4)").stdout,
        "bye 4\n"
    );
}

#[test]
fn waiting_ends_at_the_timeout() {
    for code in [
        "await new Promise((r) => setTimeout(r, 1e9))",
        "setInterval(() => {}, 10)",
        "os.sleep(1e9)",
        "std.sleep",
    ] {
        let ending = if code == "std.sleep" { Ending::Ok } else { Ending::Timeout };
        let result = run_with(policy().with_timeout_seconds(0.1), code);
        assert_eq!(result.ending, ending, "{code}: {}", result.stderr);
    }
}

#[test]
fn a_program_that_is_stopped_at_its_time_limit_keeps_what_it_did() {
    let mut interpreter = open(policy().with_timeout_seconds(0.1));
    let result = turn(
        &mut interpreter,
        "let n = 0; require('fs').writeFileSync('kept', 'x'); try { while (true) n++ } catch { n = -1 } finally { n = -2 }",
    );
    check(&result, Ending::Timeout, 124);
    assert_eq!(result.files_created.len(), 1);
    assert!(!interpreter.is_spent());
    let next = turn(&mut interpreter, "[n > 1000, require('fs').readFileSync('kept', 'utf8')]");
    assert_eq!(next.value(), Some("[ true, 'x' ]"), "{}", next.stderr);
}

#[test]
fn refused_memory_can_be_caught_and_leaves_an_interpreter_that_works() {
    let mut interpreter = open(policy().with_memory_bytes(32 << 20));
    for code in [
        "try { new Uint8Array(100 << 20) } catch (e) { `${e}` }",
        "const a = []; try { while (true) a.push({ a: 1 }) } catch (e) { a.length = 0; `${e}` }",
        "(async () => { const a = []; while (true) a.push([await null]) })().catch((e) => `${e}`).then((text) => { said = text }); var said; await new Promise((r) => setTimeout(r, 1)); said",
    ] {
        let result = turn(&mut interpreter, code);
        check(&result, Ending::Ok, 0);
        assert_eq!(result.value(), Some("'InternalError: out of memory'"), "{code}");
    }
    let result =
        turn(&mut interpreter, "let kept = 1; try { new Uint8Array(100 << 20) } finally { kept = 3 }");
    check(&result, Ending::MemoryExhausted, 137);
    assert_eq!(result.error.unwrap().message, "out of memory");
    let next = turn(&mut interpreter, "kept");
    check(&next, Ending::Ok, 0);
    assert_eq!(next.value(), Some("3"));
}

#[test]
fn a_program_that_catches_refused_memory_for_ever_runs_into_its_limits() {
    let policy = policy().with_memory_bytes(32 << 20).with_fuel_budget(2_000_000_000);
    let result =
        run_with(policy, "const a = []; while (true) try { while (true) a.push({ a: 1 }) } catch {}");
    check(&result, Ending::FuelExhausted, 137);
}

#[test]
fn an_await_that_nothing_wakes_is_an_error_and_does_not_hang() {
    let result = run("console.log('before'); await new Promise(() => {})");
    check(&result, Ending::Exception, 1);
    assert_eq!(result.stdout, "before\n");
    assert!(result.error.unwrap().message.contains("never settles"));
}
