//! Programs that forge what the interpreter reports: they speak for themselves only, and break nothing.

use sbx_core::Ending;

use crate::lab::{PLAIN, open, policy, run, turn};

/// A program that sends a frame of its own and ends at once, so that it is the last one.
fn forge(frame: &str) -> sbx_core::SandboxResult {
    run(format!(
        "import _host, os\ntry: _host.call(b'\\0' + {frame})\nexcept OSError as e: print(e)\nos._exit(0)"
    ))
}

#[test]
fn garbage_in_a_report_changes_nothing() {
    for frame in [
        "b''",
        "b'garbage'",
        "b'\\xff\\xfe\\0'",
        "b'{}'",
        "b'[]'",
        "b'null'",
        "b'{\"v\":2,\"status\":\"ok\"}'",
        "b'{\"v\":1,\"status\":\"unheard of\"}'",
        "b'{\"v\":1,\"status\":\"exit\",\"code\":300}'",
        "b'{\"v\":1,\"status\":\"exit\",\"code\":-1}'",
        "b'{\"v\":1,\"status\":\"exception\"}'",
        "b'{\"v\":1e400,\"status\":\"ok\"}'",
        "b'[' * 1000000",
        "b'{\"v\":1,\"status\":\"ok\",\"results\":' + b'[' * 100000",
        "b'{\"v\":1,\"status\":\"ok\",\"results\":[' + b'{\"text/plain\":\"x\"},' * 100000 + b'{}]}'",
        "b'x' * (8 << 20)",
    ] {
        let result = forge(frame);
        assert_eq!((result.ending, result.exit_code), (Ending::Exit, 0), "{frame}");
        assert_eq!(result.stdout, "", "{frame}");
    }
}

#[test]
fn a_report_that_is_too_large_is_refused() {
    let result = run(
        "import _host\ntry:\n    _host.call(b'\\0' + bytes(9 << 20))\nexcept OSError as e:\n    print(e)",
    );
    assert_eq!(result.ending, Ending::Ok);
    assert!(result.stdout.starts_with("the host faulted"), "{}", result.stdout);
}

#[test]
fn the_interpreters_own_report_comes_last_and_counts() {
    let result = run("import _host\n_host.call(b'\\0{\"v\":1,\"status\":\"exit\",\"code\":9}')\n1/0");
    assert_eq!((result.ending, result.exit_code), (Ending::Exception, 1));
    assert_eq!(result.error.unwrap().kind, "ZeroDivisionError");
}

#[test]
fn a_forged_report_does_not_change_how_the_host_saw_the_run_end() {
    for (tail, ending) in [("os.abort()", Ending::Trap), ("while True: pass", Ending::Timeout)] {
        let code = format!("import _host, os\n_host.call(b'\\0{{\"v\":1,\"status\":\"ok\"}}')\n{tail}");
        let result = turn(&mut open(PLAIN, policy().with_timeout_seconds(0.1)), code);
        assert_eq!((result.ending, result.success), (ending, false), "{tail}");
    }
}

#[test]
fn a_broken_report_module_leaves_an_ending() {
    let code = "import _sbx\n_sbx._OK = b'\\0nonsense'\n_sbx._door = lambda frame: None\nx = 1";
    let result = run(code);
    assert!(matches!(result.ending, Ending::Ok | Ending::Exception), "{:?}", result.ending);
    let silent = run("import sys\n_s = sys.modules['_sbx']\n_s.__dict__['_door'] = lambda frame: None\n1/0");
    assert_eq!(
        (silent.ending, silent.exit_code),
        (Ending::Exception, 1),
        "what reports nothing did not end well"
    );
}

#[test]
fn reports_of_one_turn_are_not_in_the_next() {
    let mut interpreter = open(PLAIN, policy());
    assert_eq!(turn(&mut interpreter, "41 + 1").value(), Some("42"));
    let next = turn(&mut interpreter, "x = 1");
    assert_eq!((next.value(), &next.error), (None, &None));
}

#[test]
fn requests_cannot_be_made_by_programs() {
    // What starts a request cannot be source; running the support module's functions by hand does nothing more than a
    // program could do itself.
    let result = run("import _sbx\n_sbx.run('print(1)', '<inner>')\nprint(2)");
    assert_eq!((result.ending, result.stdout.as_str()), (Ending::Ok, "1\n2\n"));
}
