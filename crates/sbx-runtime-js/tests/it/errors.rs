//! Exceptions: kind, message, stack, source line.

use sbx_core::{Ending, GuestError};
use sbx_runtime_js::Program;

use crate::lab::{javascript, open, policy, raises, run, turn};

#[track_caller]
fn error(code: &str) -> GuestError {
    let result = run(code);
    assert_eq!(result.ending, Ending::Exception, "{code}");
    let error = result.error.unwrap();
    assert_eq!(result.stderr, format!("{}\n", error.traceback), "what is reported is what is shown");
    error
}

#[test]
fn an_error_shows_its_line_its_mark_and_its_stack() {
    let error = error(
        "function inner() {\n  throw new TypeError('bad');\n}\n\nfunction outer() { inner(); }\nouter();",
    );
    assert_eq!((error.kind.as_str(), error.message.as_str(), error.line), ("TypeError", "bad", Some(2)));
    assert_eq!(
        error.traceback,
        "<string>:2\n  throw new TypeError('bad');\n            ^\n\nTypeError: bad\n    at inner (<string>:2:13)\n    at \
         outer (<string>:5:20)\n    at <string>:6:1"
    );
}

#[test]
fn syntax_errors_have_their_place() {
    let error = error("let a = 1;\nlet b = ;\n");
    assert_eq!((error.kind.as_str(), error.line), ("SyntaxError", Some(2)));
    assert!(
        error.traceback.starts_with("<string>:2\nlet b = ;\n        ^\n\nSyntaxError: "),
        "{}",
        error.traceback
    );
}

#[test]
fn what_is_no_error_can_be_thrown() {
    for (code, message) in [
        ("throw 'text'", "'text'"),
        ("throw 42", "42"),
        ("throw null", "null"),
        ("throw { code: 1 }", "{ code: 1 }"),
        ("throw Symbol('s')", "Symbol(s)"),
    ] {
        assert_eq!(raises(code), ("Uncaught".to_owned(), message.to_owned()), "{code}");
    }
    assert_eq!(error("throw 'text'").traceback, "Uncaught 'text'");
}

#[test]
fn classes_causes_and_members_are_shown() {
    let error = error(
        "class NotThere extends Error { name = 'NotThere' }\nthrow new NotThere('x', { cause: new RangeError('deep') })",
    );
    assert_eq!((error.kind.as_str(), error.message.as_str()), ("NotThere", "x"));
    assert!(error.traceback.contains("[cause]: RangeError: deep\n"), "{}", error.traceback);
    assert_eq!(raises("class ParseError extends Error {}\nthrow new ParseError('p')").0, "ParseError");
    let error = run("const e = new Error('m'); e.code = 'E1'; e.extra = [1]; throw e").error.unwrap();
    assert!(error.traceback.ends_with("{\n  code: 'E1',\n  extra: [ 1 ]\n}"), "{}", error.traceback);
}

#[test]
fn errors_out_of_promises_and_timers_have_their_lines() {
    for code in [
        "\nawait (async () => { throw new Error('x') })()",
        "\nPromise.reject(new Error('x'))",
        "\nsetTimeout(() => { throw new Error('x') }, 1)",
        "\nnew Promise(() => { throw new Error('x') })",
    ] {
        let error = error(code);
        assert_eq!((error.message.as_str(), error.line), ("x", Some(2)), "{code}");
    }
}

#[test]
fn errors_in_modules_show_the_modules_line() {
    let code = "require('fs').writeFileSync('m.mjs', 'export function f() {\\n  throw new Error(\"deep\");\\n}\\n');\nconst { f } = await import('./m.mjs');\nf();";
    let error = error(code);
    assert_eq!(error.line, Some(3), "the line of the program, where it called");
    assert!(
        error.traceback.starts_with("/app/m.mjs:2\n  throw new Error(\"deep\");\n"),
        "{}",
        error.traceback
    );
}

#[test]
fn frames_of_the_sandbox_are_not_shown() {
    for code in [
        "require('fs').readFileSync('/nope')",
        "[1].map(() => { throw new Error('x') })",
        "new URL('nope')",
        "import('nowhere').catch((e) => { throw e })",
        "structuredClone(() => {})",
        "Buffer.from(5)",
    ] {
        let shown = run(code).stderr;
        assert!(!shown.contains("sbx:") && !shown.is_empty(), "{code}: {shown}");
    }
}

#[test]
fn errors_that_fight_back_are_described_all_the_same() {
    for code in [
        "throw Object.create(Error.prototype, { message: { get() { throw 1 } } })",
        "throw Object.assign(new Error('x'), { toString() { throw 1 }, get stack() { throw 2 } })",
        "const e = new Error('x'); Object.defineProperty(e, 'name', { get() { throw 3 } }); throw e",
        "throw new Proxy({}, { get() { throw 4 }, ownKeys() { throw 5 }, getPrototypeOf() { throw 6 } })",
        "throw new Proxy(new Error('x'), { getPrototypeOf() { throw 6 } })",
        "const e = new Error('x'); e.cause = e; throw e",
        "throw { [Symbol.for('nodejs.util.inspect.custom')]() { throw 7 } }",
        "throw { get [Symbol.toStringTag]() { throw 8 } }",
        "throw new Error('\\ud800 alone')",
        "throw new Error('x'.repeat(1e6))",
        "throw [['x'.repeat(1e5)]]",
    ] {
        let result = run(code);
        assert_eq!((result.ending, result.exit_code), (Ending::Exception, 1), "{code}");
        let error = result.error.unwrap();
        assert!(
            !error.kind.is_empty() && error.traceback.len() < 150_000,
            "{code}: {}",
            error.traceback.len()
        );
    }
}

#[test]
fn programs_have_the_names_they_are_given() {
    let result = run(Program::new("\n\nnull.x").with_name("report.js"));
    let error = result.error.unwrap();
    assert!(error.traceback.starts_with("report.js:3\nnull.x\n"), "{}", error.traceback);
    assert_eq!(error.line, Some(3));
}

#[test]
fn code_is_checked_inside_the_guest_and_not_run() {
    let check = |code: &str| {
        let mut interpreter = open(policy());
        javascript().host().block_on(interpreter.validate(code, "<check>")).unwrap()
    };
    for good in [
        "",
        "x = 1",
        "await null",
        "import 'nowhere'; export default 1",
        "console.log('not run')",
        "let a; let b",
    ] {
        assert_eq!(check(good), None, "{good}");
    }
    for (bad, line) in [
        ("(", 1),
        ("let a;\nlet a;", 2),
        ("x = 1\n  y y", 2),
        ("return 1", 1),
        ("'use strict'; with (a) {}", 1),
    ] {
        let error = check(bad).unwrap_or_else(|| panic!("{bad} is not valid"));
        assert_eq!((error.kind.as_str(), error.line), ("SyntaxError", Some(line)), "{bad}");
    }
}

#[test]
fn the_name_of_a_program_can_say_what_it_is() {
    let module = Program::new("console.log(this === undefined, import.meta.url)").with_name("a.mjs");
    assert_eq!(run(module).stdout, "true file:///app/a.mjs\n");
    assert_eq!(run(Program::new("import 'fs'").with_name("a.cjs")).error.unwrap().kind, "SyntaxError");
}

#[test]
fn an_exception_leaves_an_interpreter_that_works() {
    let mut interpreter = open(policy());
    for code in ["throw 1", "(", "null.x", "import './nowhere.js'", "await Promise.reject(2)"] {
        assert_eq!(turn(&mut interpreter, code).ending, Ending::Exception, "{code}");
        assert_eq!(turn(&mut interpreter, "6 * 7").value(), Some("42"), "after {code}");
    }
}
