//! Exceptions: what a result says of them.

use sbx_core::GuestError;
use sbx_runtime_python::Program;

use crate::lab::{raises, run};

#[track_caller]
fn error(program: impl Into<Program>) -> GuestError {
    run(program).error.expect("an exception")
}

#[test]
fn an_exception_has_kind_message_line_and_the_traceback_that_python_prints() {
    let result = run("x = 1\n\ndef half(n):\n    return n / 0\n\nhalf(x)\n");
    let error = result.error.unwrap();
    assert_eq!((error.kind.as_str(), error.message.as_str()), ("ZeroDivisionError", "division by zero"));
    assert_eq!(error.line, Some(4), "where it was raised");
    let wanted = "Traceback (most recent call last):
  File \"<string>\", line 6, in <module>
    half(x)
    ~~~~^^^
  File \"<string>\", line 4, in half
    return n / 0
           ~~^~~
ZeroDivisionError: division by zero
";
    assert_eq!(error.traceback, wanted);
    assert_eq!(result.stderr, wanted, "and nothing of the host, nor any colour");
}

#[test]
fn the_name_of_the_program_stands_in_tracebacks() {
    let error = error(Program::new("\n1/0").with_name("analysis.py"));
    assert!(error.traceback.contains("File \"analysis.py\", line 2, in <module>"), "{}", error.traceback);
    assert_eq!(error.line, Some(2));
}

#[test]
fn the_line_is_in_the_program_when_a_library_raises() {
    let error = error("import json\n\n\njson.loads('nonsense')");
    assert_eq!((error.kind.as_str(), error.line), ("JSONDecodeError", Some(4)));
}

#[test]
fn a_syntax_error_has_its_line_and_its_text() {
    for (code, kind, line) in [
        ("x = 1\ny = = 2\n", "SyntaxError", 2),
        ("def f(:\n  pass", "SyntaxError", 1),
        ("if True:\nprint(1)", "IndentationError", 2),
        ("if True:\n\tx = 1\n        y = 2", "TabError", 3),
        ("x = '", "SyntaxError", 1),
        ("x = (1,\ny = 2", "SyntaxError", 1),
        ("return 1", "SyntaxError", 1),
        ("x = 1\n\n\nbreak", "SyntaxError", 4),
    ] {
        let result = run(code);
        let error = result.error.unwrap();
        assert_eq!((error.kind.as_str(), error.line), (kind, Some(line)), "{code}: {}", error.traceback);
        assert!(error.traceback.starts_with("  File \"<string>\", line "), "{}", error.traceback);
        assert_eq!(result.stdout, "", "nothing of it ran");
    }
    let error = error("print('a')\nx = 08");
    assert_eq!(error.traceback.lines().nth(1), Some("    x = 08"), "{}", error.traceback);
}

#[test]
fn exceptions_of_the_programs_own_keep_their_names() {
    let code = "class DataError(ValueError):\n    pass\nraise DataError('row', 3)";
    assert_eq!(raises(code), ("DataError".to_owned(), "('row', 3)".to_owned()));
    assert_eq!(raises("raise ValueError"), ("ValueError".to_owned(), String::new()));
    assert_eq!(raises("{}['key']"), ("KeyError".to_owned(), "'key'".to_owned()));
    assert_eq!(raises("assert 1 == 2, 'maths'"), ("AssertionError".to_owned(), "maths".to_owned()));
    assert_eq!(raises("raise ValueError('two\\nlines')").1, "two\nlines");
}

#[test]
fn chains_show_their_causes() {
    let error = error("try:\n    1/0\nexcept ZeroDivisionError as e:\n    raise KeyError('x') from e");
    assert_eq!((error.kind.as_str(), error.line), ("KeyError", Some(4)));
    assert!(
        error.traceback.contains("ZeroDivisionError: division by zero\n\nThe above exception was the direct")
    );
    let context = self::error("try:\n    1/0\nexcept ZeroDivisionError:\n    undefined");
    assert!(context.traceback.contains("During handling of the above exception"), "{}", context.traceback);
    assert_eq!(context.kind, "NameError");
}

#[test]
fn groups_show_what_is_in_them() {
    let error = error("raise ExceptionGroup('several', [ValueError('a'), TypeError('b')])");
    assert_eq!(
        (error.kind.as_str(), error.message.as_str()),
        ("ExceptionGroup", "several (2 sub-exceptions)")
    );
    assert!(error.traceback.contains("ValueError: a") && error.traceback.contains("TypeError: b"));
}

#[test]
fn suggestions_and_notes_are_part_of_it() {
    let error = error("value = 1\nvalu");
    assert!(error.traceback.contains("Did you mean: 'value'?"), "{}", error.traceback);
    let noted = self::error("e = ValueError('x')\ne.add_note('look here')\nraise e");
    assert!(noted.traceback.ends_with("ValueError: x\nlook here\n"), "{}", noted.traceback);
}

#[test]
fn hostile_exceptions_are_reported_all_the_same() {
    let bad_str = "class Bad(Exception):\n    def __str__(self): raise RuntimeError('no')\nraise Bad";
    assert_eq!(raises(bad_str), ("Bad".to_owned(), "<exception str() failed>".to_owned()));
    let meta = "class M(type):\n    def __getattribute__(c, n): raise RuntimeError\n\
                class Bad(Exception, metaclass=M):\n    pass\nraise Bad('x')";
    assert_eq!(raises(meta).0, "Bad");
    // Broken helpers of the standard library, and a traceback that refers to itself.
    let helpers =
        "import traceback, linecache\ntraceback.TracebackException = None\nlinecache.cache = None\n1/0";
    assert_eq!(raises(helpers).0, "ZeroDivisionError");
    let cycle = "e = ValueError('x')\ne.__context__ = KeyError('y')\ne.__context__.__context__ = e\nraise e";
    assert_eq!(raises(cycle).0, "ValueError");
    assert_eq!(raises("e = ValueError('\\ud800\\0')\nraise e").0, "ValueError");
}

#[test]
fn a_huge_message_is_cut() {
    let error = error("raise ValueError('ñ' * 10_000_000)");
    assert!(error.message.len() < 70_000, "{}", error.message.len());
    assert!(error.message.ends_with("[... cut, 10000000 characters in all]"));
    assert!(error.traceback.len() < 150_000, "{}", error.traceback.len());
}

#[test]
fn a_hook_of_the_programs_own_is_called_and_changes_nothing_else() {
    let result = run("import sys\nsys.excepthook = lambda *a: print('hooked', a[0].__name__)\n1/0");
    assert_eq!((result.stdout.as_str(), result.stderr.as_str()), ("hooked ZeroDivisionError\n", ""));
    assert_eq!(result.error.unwrap().kind, "ZeroDivisionError");
}

#[test]
fn no_frame_of_ours_and_no_path_of_the_host_is_in_a_traceback() {
    for code in ["1/0", "import asyncio\nasync def f(): 1/0\nawait f()", "import asyncio\nasyncio.run(1)"] {
        let error = error(code);
        for word in ["_sbx", env!("CARGO_MANIFEST_DIR"), "wasm"] {
            assert!(!error.traceback.contains(word), "{word} in {}", error.traceback);
        }
    }
}
