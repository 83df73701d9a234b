//! The console, fed by a pipe.

use super::{need_guests, run_with, stderr, stdout};

fn console(args: &[&str], input: &str) -> (String, String, Option<i32>) {
    need_guests();
    let output = run_with(&[&["repl"], args].concat(), input.as_bytes());
    (stdout(&output), stderr(&output), output.status.code())
}

#[test]
fn it_remembers_and_shows_the_last_value() {
    let (out, err, code) = console(&[], "x = 20\nx + 1\nx *= 2\nprint(x)\nNone\n'text'\n");
    assert_eq!((out.as_str(), err.as_str(), code), ("21\n40\n'text'\n", "", Some(0)));
}

#[test]
fn blocks_brackets_and_strings_go_over_lines() {
    let input = "def double(n):\n    return 2 * n\n\ndouble(4)\nsum([1,\n2])\n'''a\nb'''\nif True:\n    print('yes')\n\
                 else:\n    print('no')\n\n1 + \\\n1\nasync def f():\n    return 9\n\nawait f()\nprint('end of input')";
    let (out, err, _) = console(&[], input);
    assert_eq!(err, "");
    assert_eq!(out, "8\n3\n'a\\nb'\nyes\n2\n9\nend of input\n");
}

#[test]
fn an_error_shows_its_line_and_the_console_goes_on() {
    let (out, err, code) = console(&[], "x = 1\n1/0\nx\nx = = 2\nx\n");
    assert_eq!(out, "1\n1\n");
    assert!(err.contains("File \"<input-2>\", line 1, in <module>\n    1/0"), "{err}");
    assert!(err.contains("SyntaxError: invalid syntax"), "{err}");
    assert_eq!(code, Some(0));
}

#[test]
fn an_input_that_is_cut_off_takes_the_variables_with_it() {
    let (out, err, _) = console(
        &["--timeout", "500ms"],
        "x = 1\nopen('kept.txt', 'w').close()\nwhile True: pass\n\n'x' in globals()\n:files\n",
    );
    assert_eq!(out, "False\n/app/kept.txt\n");
    assert!(err.starts_with("sbx: time limit. "), "{err}");
    assert!(err.contains("sbx: the interpreter is fresh"), "{err}");
}

#[test]
fn leaving_has_the_programs_exit_code() {
    assert_eq!(console(&[], "exit()\nprint('no')\n"), (String::new(), String::new(), Some(0)));
    assert_eq!(console(&[], "import sys\nsys.exit(4)\n").2, Some(4));
    assert_eq!(console(&[], ":quit\nprint('no')\n").0, "");
}

#[test]
fn commands_answer() {
    let (out, err, _) = console(&[], "x = 1\n:files\n:reset\n'x' in globals()\n:what\n:help\n");
    assert_eq!(out, "False\n");
    assert!(
        err.starts_with(
            "/app is empty\nfresh interpreter\nthere is no command :what; :help lists them\n:help"
        )
    );
}

#[test]
fn javascript_remembers_shows_values_and_goes_over_lines() {
    let input = "let x = 20\nx + 1\nconst x = [1,\n'two']\nx\nfunction f() {\n  return `a\nb`\n}\nf()\nawait Promise.resolve({ k: 1 })\nundefined\nif (true) {\n}\nnull.x\nlet y = = 2\n'still here'\n";
    let (out, err, code) = console(&["--runtime", "js"], input);
    assert_eq!(out, "21\n[ 1, 'two' ]\n'a\\nb'\n{ k: 1 }\n'still here'\n");
    assert!(err.contains("<input-10>:1\nnull.x\n^\n\nTypeError: "), "{err}");
    assert!(err.contains("SyntaxError: "), "{err}");
    assert_eq!(code, Some(0));
}

#[test]
fn javascript_survives_its_time_limit_with_its_variables() {
    let (out, err, _) =
        console(&["--runtime", "js", "--timeout", "300ms"], "let n = 1\nwhile (true) n++\nn > 1000\n");
    assert_eq!(out, "true\n");
    assert!(err.starts_with("sbx: time limit. ") && !err.contains("the interpreter is fresh"), "{err}");
}
