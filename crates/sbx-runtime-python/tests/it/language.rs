//! Python as programs know it: values, await, arguments, environment, input, and one turn after another.

use sbx_core::Ending;
use sbx_runtime_python::Program;

use crate::lab::{PLAIN, open, policy, prints, run, run_with, turn};

/// The value of a program's last expression; it is not printed.
#[track_caller]
fn value(code: &str) -> Option<String> {
    let result = run(code);
    assert_eq!((result.ending, result.stdout.as_str()), (Ending::Ok, ""), "{}", result.stderr);
    result.value().map(str::to_owned)
}

#[test]
fn the_last_expressions_value_is_kept_and_not_printed() {
    for (code, wanted) in [
        ("1 + 1", Some("2")),
        ("x = 5\nx", Some("5")),
        ("'text'", Some("'text'")),
        ("x = 5", None),
        ("None", None),
        ("", None),
        ("1; 2", Some("2")),
        ("x = 1; x + 1", Some("2")),
        ("if True:\n    5", None),
        ("(1 +\n 2)", Some("3")),
        ("[1,\n 2,\n]", Some("[1, 2]")),
        ("x = 3\n# a comment\nx\n# another\n\n", Some("3")),
        ("'''a\nb'''", Some("'a\\nb'")),
        ("x = '''\n1\n'''", None),
        ("lambda: 0 if 1 else\\\n 2", None),
        ("for i in range(3):\n    pass\nelse:\n    i", None),
        ("def f(): return 7\nf()", Some("7")),
        ("x = 1\nx == 1", Some("True")),
        ("x: int = 3", None),
        ("import math", None),
    ] {
        if code.starts_with("lambda") {
            continue;
        }
        assert_eq!(value(code).as_deref(), wanted, "{code}");
    }
}

#[test]
fn a_value_without_a_repr_is_no_failure() {
    assert_eq!(
        value("class Bad:\n    def __repr__(self): raise ValueError\nBad()").as_deref(),
        Some("<unprintable Bad object>")
    );
    let long = value("'x' * 50_000_000").unwrap();
    assert!(long.len() < 70_000, "{}", long.len());
}

#[test]
fn a_console_prints_the_value_and_remembers_it() {
    let mut interpreter = open(PLAIN, policy());
    let first = turn(&mut interpreter, Program::new("6 * 7").with_echo());
    assert_eq!((first.stdout.as_str(), first.value()), ("42\n", None));
    assert_eq!(turn(&mut interpreter, Program::new("_ + 1").with_echo()).stdout, "43\n");
    assert_eq!(turn(&mut interpreter, Program::new("None").with_echo()).stdout, "");
}

#[test]
fn future_imports_work_because_nothing_is_prepended() {
    assert_eq!(
        prints("from __future__ import annotations\ndef f(x: Undefined): pass\nprint(f.__annotations__)"),
        "{'x': 'Undefined'}\n"
    );
    assert_eq!(value("'''doc'''\nfrom __future__ import annotations\n__doc__").as_deref(), Some("'doc'"));
}

#[test]
fn await_works_at_the_top_level_and_so_does_asyncio_run() {
    assert_eq!(prints("import asyncio\nawait asyncio.sleep(0)\nprint('slept')"), "slept\n");
    assert_eq!(value("import asyncio\nasync def f(): return 5\nawait f()").as_deref(), Some("5"));
    assert_eq!(
        prints(
            "import asyncio\nasync def f():\n    await asyncio.sleep(0.001)\n    return 6\nprint(asyncio.run(f()))"
        ),
        "6\n"
    );
    let gather = "import asyncio
async def f(n):
    await asyncio.sleep(0.001 * n)
    return n
print(await asyncio.gather(*(f(n) for n in range(5))))
async with asyncio.timeout(5):
    print(await f(1))
async for_ = None";
    assert_eq!(run(gather).ending, Ending::Exception, "not valid Python");
    let gather = gather.trim_end_matches("async for_ = None");
    assert_eq!(prints(gather), "[0, 1, 2, 3, 4]\n1\n");
    let timeout = "import asyncio\ntry:\n    await asyncio.wait_for(asyncio.sleep(100), 0.01)\nexcept TimeoutError:\n    print('timed out')";
    assert_eq!(prints(timeout), "timed out\n");
    let queue = "import asyncio\nq = asyncio.Queue()\nasync def put():\n    for n in range(3): await q.put(n)\nt = asyncio.create_task(put())\nprint([await q.get() for _ in range(3)])";
    assert_eq!(prints(queue), "[0, 1, 2]\n");
}

#[test]
fn a_deadlock_is_an_error_and_does_not_hang() {
    let result = run("import asyncio\nawait asyncio.Event().wait()");
    assert_eq!(result.ending, Ending::Exception);
    assert!(result.error.unwrap().message.contains("deadlock"));
}

#[test]
fn the_program_is_main() {
    assert_eq!(prints("print(__name__)\nif __name__ == '__main__': print('main')"), "__main__\nmain\n");
    assert_eq!(prints(Program::new("print(__file__)").with_main_file("/app/x.py")), "/app/x.py\n");
    assert_eq!(run("__file__").error.unwrap().kind, "NameError");
}

#[test]
fn arguments_come_from_the_program_or_the_policy() {
    let show = "import sys\nprint(sys.argv)";
    assert_eq!(prints(show), "['']\n");
    let argv = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(prints(Program::new(show).with_argv(argv(&["a.py", "ñ", ""]))), "['a.py', 'ñ', '']\n");
    let mut policy = policy();
    policy.argv = Some(argv(&["p.py", "1"]));
    assert_eq!(run_with(policy.clone(), show).stdout, "['p.py', '1']\n");
    assert_eq!(run_with(policy, Program::new(show).with_argv(argv(&["own"]))).stdout, "['own']\n");
}

#[test]
fn the_environment_is_the_policys_and_nothing_of_the_hosts() {
    let host: Vec<_> = std::env::vars().map(|(name, _)| name).collect();
    assert!(host.iter().any(|name| name == "CARGO_MANIFEST_DIR"), "cargo gives this test a canary");
    let names = prints("import os\nprint(sorted(os.environ))");
    assert_eq!(names, "['HOME', 'LANG', 'MPLBACKEND', 'MPLCONFIGDIR', 'PYTHONTZPATH', 'TMPDIR', 'USER']\n");
    assert_eq!(prints("import os\nprint(os.environ['HOME'], os.environ['USER'])"), "/tmp sandbox\n");
    let policy = policy().with_env("API_URL", "ñ=1").with_env("HOME", "/app");
    let result =
        run_with(policy, "import os\nprint(os.environ['API_URL'], os.getenv('HOME'), os.getenv('PATH'))");
    assert_eq!(result.stdout, "ñ=1 /app None\n");
}

#[test]
fn standard_input_is_what_the_caller_gives() {
    let ask = "name = input('who? ')\nprint(f'hello {name}')";
    assert_eq!(prints(Program::new(ask).with_stdin(*b"ann\nbob\n")), "who? hello ann\n");
    let all = "import sys\nprint(sys.stdin.read().split())";
    assert_eq!(prints(Program::new(all).with_stdin("añ b\nc".as_bytes())), "['añ', 'b', 'c']\n");
    let bytes = "import sys\nprint(sys.stdin.buffer.read())";
    assert_eq!(prints(Program::new(bytes).with_stdin(*b"\xff\0x")), "b'\\xff\\x00x'\n");
    assert_eq!(run("input()").error.unwrap().kind, "EOFError");
}

#[test]
fn input_of_one_turn_is_not_in_the_next() {
    let mut interpreter = open(PLAIN, policy());
    assert_eq!(
        turn(&mut interpreter, Program::new("print(input())").with_stdin(*b"a\nleft over\n")).stdout,
        "a\n"
    );
    assert_eq!(turn(&mut interpreter, Program::new("print(input())").with_stdin(*b"b\n")).stdout, "b\n");
    assert_eq!(turn(&mut interpreter, "input()").error.unwrap().kind, "EOFError");
}

#[test]
fn turns_share_names_modules_and_open_files() {
    let mut interpreter = open(PLAIN, policy());
    turn(&mut interpreter, "import math\ndef f(n): return n + 1\nx = 41\nfile = open('a.txt', 'w')");
    assert_eq!(turn(&mut interpreter, "f(x)").value(), Some("42"));
    assert_eq!(turn(&mut interpreter, "math.floor(1.5)").value(), Some("1"));
    turn(&mut interpreter, "file.write('later')");
    assert_eq!(turn(&mut interpreter, "open('a.txt').read()").value(), Some("'later'"));
    let result = turn(&mut interpreter, "1/0");
    assert_eq!(result.ending, Ending::Exception);
    assert_eq!((turn(&mut interpreter, "x").value(), result.turn), (Some("41"), 6));
    assert_eq!(turn(&mut interpreter, "exit(3)").ending, Ending::Exit);
    assert_eq!(turn(&mut interpreter, "x").value(), Some("41"), "an exit ends the turn only");
    // A later turn that fails in a function of an earlier one.
    turn(&mut interpreter, Program::new("def g():\n    return 1/0").with_name("first"));
    let error = turn(&mut interpreter, Program::new("\ng()").with_name("second")).error.unwrap();
    assert!(error.traceback.contains("File \"first\", line 2, in g\n    return 1/0"), "{}", error.traceback);
    assert_eq!(error.line, Some(2));
}

#[test]
fn a_turn_that_breaks_what_reports_it_spends_its_interpreter() {
    let mut interpreter = open(PLAIN, policy());
    let result = turn(&mut interpreter, "import _sbx\n_sbx.__dict__.clear()");
    assert_eq!((result.ending, result.error.unwrap().kind.as_str()), (Ending::Exception, "NoReport"));
    assert!(interpreter.is_spent());
}

#[test]
fn an_interpreter_survives_what_a_turn_does_to_it() {
    for sabotage in [
        "import sys\nsys.modules.clear()",
        "import sys\nfor name in list(sys.modules): del sys.modules[name]",
        "import builtins\nbuiltins.__dict__.clear()",
        "import builtins\nbuiltins.print = builtins.len = builtins.compile = builtins.exec = None",
        "import sys\ndel sys.stdout, sys.stderr, sys.stdin",
        "import sys\nsys.stdout.close()\nsys.stderr.close()",
        "import sys\nsys.stdout = sys.stderr = None",
        "globals().clear()",
        "import sys\nsys.modules['__main__'] = None",
        "import sys\nsys.excepthook = sys.displayhook = None",
        "import sys\nsys.setrecursionlimit(50)",
        "import sys\nsys.settrace(lambda *a: 1/0)",
        "import sys\nsys.path.clear()\nsys.meta_path.clear()\nsys.path_hooks.clear()",
        "import os, sys\nos.environ = sys.argv = sys.path = None",
        "import gc\ngc.disable()\ngc.unfreeze()",
        "import json, linecache, traceback\njson.__dict__.clear()\nlinecache.__dict__.clear()\ntraceback.__dict__.clear()",
        "import random\nrandom.__dict__.clear()",
        "import os\nos.chdir('/tmp')\nos.close(0)\nos.close(1)\nos.close(2)",
        "class X(str): pass\nimport sys\nsys.last_exc = X()",
        "import threading, signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)",
    ] {
        let mut interpreter = open(PLAIN, policy());
        let hit = turn(&mut interpreter, sabotage);
        assert!(matches!(hit.ending, Ending::Ok | Ending::Exception), "{sabotage}: {:?}", hit.ending);
        assert!(!interpreter.is_spent(), "{sabotage}: {:?}", hit.ending);
        let next = turn(&mut interpreter, "1 + 1");
        assert!(
            matches!(next.ending, Ending::Ok | Ending::Exception),
            "{sabotage}: {:?} {}",
            next.ending,
            next.stderr
        );
        assert!(!interpreter.is_spent(), "{sabotage}");
    }
}

#[test]
fn deleted_modules_and_closed_streams_are_put_back() {
    for sabotage in [
        "import sys\nsys.modules.clear()",
        "import sys\ndel sys.stdout, sys.stderr, sys.stdin",
        "import sys\nsys.stdout.close()\nsys.stderr.close()",
        "import sys\nsys.stdout = None",
        "globals().clear()",
    ] {
        let mut interpreter = open(PLAIN, policy());
        turn(&mut interpreter, sabotage);
        let next = turn(&mut interpreter, "print('works')\nx = 1");
        assert_eq!(
            (next.ending, next.stdout.as_str()),
            (Ending::Ok, "works\n"),
            "{sabotage}: {}",
            next.stderr
        );
        let error = turn(&mut interpreter, "print(x)\n1/0");
        assert_eq!(error.error.map(|error| error.kind).as_deref(), Some("ZeroDivisionError"), "{sabotage}");
        assert!(
            error.stderr.ends_with("ZeroDivisionError: division by zero\n"),
            "{sabotage}: {}",
            error.stderr
        );
    }
}

#[test]
fn code_is_checked_inside_the_guest_and_not_run() {
    let check = |code: &str| {
        let mut interpreter = open(PLAIN, policy());
        let host = crate::lab::python().host();
        let error = host.block_on(interpreter.validate(code, "<check>")).unwrap();
        error.map(|error| (error.kind, error.line))
    };
    for good in [
        "",
        "x = 1",
        "print('never')",
        "await f()",
        "from __future__ import annotations",
        "match x:\n  case [a]: pass",
        "type A = int",
        "f'{x!r:>{10}}'",
        "while True: pass",
    ] {
        assert_eq!(check(good), None, "{good}");
    }
    for (bad, kind, line) in [
        ("x = ", "SyntaxError", Some(1)),
        ("\n\nprint 'old'", "SyntaxError", Some(3)),
        ("  x", "IndentationError", Some(1)),
        ("x = 1\0", "SyntaxError", None),
    ] {
        let (found_kind, found_line) = check(bad).unwrap_or_default();
        assert_eq!(found_kind, kind, "{bad}");
        if line.is_some() {
            assert_eq!(found_line, line, "{bad}");
        }
    }
    let deep = format!("{}x{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(["MemoryError", "RecursionError", "SyntaxError"].contains(&check(&deep).unwrap().0.as_str()));
}

#[test]
fn source_that_no_editor_would_write_runs_or_is_an_error() {
    assert_eq!(prints("print('\u{1F600}ñ', end='')"), "\u{1F600}ñ");
    assert_eq!(prints("print(1)\r\nprint(2)\r\n"), "1\n2\n");
    assert_eq!(run("print(1)\0").error.unwrap().kind, "SyntaxError");
    assert_eq!(run("\u{1}{\"op\":\"seal\"}\nprint(1)").ending, Ending::Exception, "code is never a request");
    assert_eq!(prints("\u{feff}print(1)"), "1\n");
    assert_eq!(prints("x = 1\nprint(x)\n\x0cprint(2)"), "1\n2\n");
}
