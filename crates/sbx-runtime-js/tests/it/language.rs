//! Values, await, timers, arguments, environment, input, many turns.

use std::collections::BTreeMap;

use sbx_core::{Ending, GuestPath};
use sbx_runtime_js::Program;

use crate::lab::{open, policy, prints, run, run_with, turn, value};

#[test]
fn the_last_expressions_value_is_kept_and_not_printed() {
    for (code, wanted) in [
        ("6 * 7", "42"),
        ("'text'", "'text'"),
        ("({ a: [1, 2] })", "{ a: [ 1, 2 ] }"),
        ("const x = 1", "no value"),
        ("undefined", "no value"),
        ("null", "null"),
        ("await Promise.resolve(5)", "5"),
        ("let y = 2; y", "2"),
        ("console.log(1)", "no value"),
        ("async function main() {}; main()", "no value"),
        ("x => x", "[Function (anonymous)]"),
        ("10n ** 20n", "100000000000000000000n"),
    ] {
        assert_eq!(value(code), wanted, "{code}");
    }
    assert_eq!(run("6 * 7").stdout, "");
}

#[test]
fn a_console_prints_the_value() {
    let result = run(Program::new("[1, 'two']").with_echo());
    assert_eq!((result.stdout.as_str(), result.value()), ("[ 1, 'two' ]\n", None));
    assert_eq!(run(Program::new("let x = 1").with_echo()).stdout, "");
}

#[test]
fn a_value_that_cannot_be_shown_is_no_success() {
    let result = run("({ get [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('no') } })");
    assert_eq!(result.ending, Ending::Exception);
}

#[test]
fn await_timers_and_microtasks_come_in_their_order() {
    let code = "
        setTimeout(() => console.log('timeout 2'), 2);
        setTimeout(() => console.log('timeout 1'), 1);
        setImmediate(() => console.log('immediate'));
        queueMicrotask(() => console.log('microtask'));
        Promise.resolve().then(() => console.log('then'));
        process.nextTick(() => console.log('tick'));
        console.log('now');
        await null;
        console.log('after await');";
    assert_eq!(prints(code), "now\nmicrotask\nthen\ntick\nafter await\nimmediate\ntimeout 1\ntimeout 2\n");
}

#[test]
fn timers_wait_repeat_and_are_cleared() {
    let code = "
        const started = performance.now();
        let n = 0;
        await new Promise((resolve) => {
          const timer = setInterval(() => { if (++n === 3) { clearInterval(timer); resolve() } }, 5);
        });
        const cleared = setTimeout(() => console.log('never'), 1);
        clearTimeout(cleared);
        setTimeout(() => console.log('unref'), 100000).unref();
        console.log(n, performance.now() - started >= 14);";
    assert_eq!(prints(code), "3 true\n");
    assert_eq!(prints("setTimeout((a, b) => console.log(a, b), 1, 'x', 2)"), "x 2\n");
}

#[test]
fn variables_of_every_kind_are_there_in_the_next_turn() {
    let mut interpreter = open(policy());
    turn(
        &mut interpreter,
        "let a = 1; const b = 2; var c = 3; d = 4; function e() { return 5 } class F { g() { return 6 } } const { h } = { h: 7 }; await null; let i = 8",
    );
    let result = turn(&mut interpreter, "[a, b, c, d, e(), new F().g(), h, i]");
    assert_eq!(result.value(), Some("[\n  1, 2, 3, 4,\n  5, 6, 7, 8\n]"), "{}", result.stderr);
    // What would be an error in one file is how people work in a console.
    let again = turn(
        &mut interpreter,
        "let a = 10; const b = 20; class F {} ; const { h } = { h: 70 }; [a, b, h, typeof new F().g]",
    );
    assert_eq!(again.value(), Some("[ 10, 20, 70, 'undefined' ]"), "{}", again.stderr);
    assert_eq!(turn(&mut interpreter, "a++; a").value(), Some("11"));
    assert_eq!(
        turn(&mut interpreter, "let x = 1; let x = 2").error.unwrap().kind,
        "SyntaxError",
        "in one file it is"
    );
}

#[test]
fn a_turn_that_fails_keeps_what_came_before_the_failure() {
    let mut interpreter = open(policy());
    turn(&mut interpreter, "let kept = 'yes'; throw new Error('x')");
    assert_eq!(turn(&mut interpreter, "kept").value(), Some("'yes'"));
}

#[test]
fn the_program_knows_where_it_is() {
    assert_eq!(
        prints("console.log(require.main === module, __filename, __dirname, process.argv)"),
        "true /app/[eval] /app [ 'js', '/app/[eval]' ]\n"
    );
    let program =
        Program::new("console.log(__filename, __dirname)").with_name("x.js").with_main_file("/app/sub/x.js");
    assert_eq!(prints(program), "/app/sub/x.js /app/sub\n");
    assert_eq!(
        prints("console.log(globalThis === global, typeof window, this === globalThis)"),
        "true undefined true\n"
    );
}

#[test]
fn arguments_come_from_the_program_or_the_policy() {
    let argv = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let program = Program::new("console.log(process.argv.slice(2))").with_argv(argv(&["x.js", "a", "b c"]));
    assert_eq!(prints(program), "[ 'a', 'b c' ]\n");
    let mut with_argv = policy();
    with_argv.argv = Some(argv(&["own", "1"]));
    assert_eq!(run_with(with_argv, "console.log(process.argv)").stdout, "[ 'js', 'own', '1' ]\n");
}

#[test]
fn the_environment_is_the_policys_and_nothing_of_the_hosts() {
    let mut with_env = policy();
    with_env.env = BTreeMap::from([("GREETING".to_owned(), "hi".to_owned())]);
    let code =
        "console.log(process.env.GREETING, std.getenv('GREETING'), Object.keys(process.env).sort().join())";
    assert_eq!(run_with(with_env, code).stdout, "hi hi GREETING,HOME,LANG,PATH,PWD,TMPDIR,TZ\n");
}

#[test]
fn the_workspace_can_be_elsewhere() {
    let mut elsewhere = policy();
    elsewhere.guest_mount_path = GuestPath::parse("/space/one").unwrap();
    let result =
        run_with(elsewhere, "require('fs').writeFileSync('x', '1'); console.log(process.cwd(), __dirname)");
    assert_eq!(result.stdout, "/space/one /space/one\n", "{}", result.stderr);
    assert_eq!(result.files_created, [GuestPath::parse("/space/one/x").unwrap()]);
}

#[test]
fn standard_input_is_what_the_caller_gives() {
    for code in [
        "console.log(require('fs').readFileSync(0, 'utf8').trim().split('\\n'))",
        "console.log(require('fs').readFileSync('/dev/stdin', 'utf8').trim().split('\\n'))",
        "const a = []; let l; while ((l = std.in.getline()) !== null) a.push(l); console.log(a)",
        "const a = []; for await (const l of require('readline').createInterface({ input: process.stdin })) a.push(l); console.log(a)",
        "let t = ''; process.stdin.setEncoding('utf8'); process.stdin.on('data', (d) => t += d); process.stdin.on('end', () => console.log(t.trim().split('\\n')))",
        "let t = ''; for await (const d of process.stdin) t += d; console.log(t.trim().split('\\n'))",
    ] {
        assert_eq!(
            prints(Program::new(code).with_stdin(*b"one\nt\xc3\xbbo\n")),
            "[ 'one', 't\u{fb}o' ]\n",
            "{code}"
        );
    }
    assert_eq!(prints("console.log(require('fs').readFileSync(0).length, std.in.getline())"), "0 null\n");
}

#[test]
fn input_of_one_turn_is_not_in_the_next() {
    let mut interpreter = open(policy());
    turn(&mut interpreter, Program::new("1").with_stdin(*b"first\n"));
    let next = turn(
        &mut interpreter,
        Program::new("require('fs').readFileSync(0, 'utf8')").with_stdin(*b"second\n"),
    );
    assert_eq!(next.value(), Some("'second\\n'"));
}

#[test]
fn an_interpreter_survives_what_a_turn_does_to_it() {
    for code in [
        "delete globalThis.console",
        "globalThis.process = null; globalThis.require = null; globalThis.Buffer = null",
        "Array.prototype.push = null; Array.prototype.map = null",
        "console.log = null; setTimeout = null",
        "Promise.prototype.then = null",
        "globalThis.Promise = null; globalThis.Error = null",
        "process.chdir('/tmp')",
        "Object.freeze(globalThis)",
        "require('fs').closeSync(1)",
        "std.out.close()",
        "console.group('deep')",
        "setInterval(() => {}, 1); throw 1",
    ] {
        let mut interpreter = open(policy());
        turn(&mut interpreter, code);
        assert!(!interpreter.is_spent(), "{code}");
        let next = turn(&mut interpreter, "6 * 7");
        assert!(next.ending == Ending::Ok || next.ending == Ending::Exception, "{code}: {:?}", next.ending);
        assert!(!interpreter.is_spent(), "{code}");
    }
}

#[test]
fn a_turn_that_breaks_what_reports_it_spends_its_interpreter() {
    let mut interpreter = open(policy());
    let result = turn(&mut interpreter, "Object.prototype.toJSON = () => 'x'");
    assert_eq!((result.ending, result.error.unwrap().kind.as_str()), (Ending::Exception, "NoReport"));
    assert!(interpreter.is_spent());
}

#[test]
fn modern_syntax_is_there() {
    let code = "
        class A { #p = 1; static s = 2; get p() { return this.#p } static { A.t = 3 } has(o) { return #p in o } }
        const o = { a: { b: null } };
        const [x, ...rest] = [1, 2, 3];
        async function* g() { yield 1; yield 2 }
        const seen = []; for await (const v of g()) seen.push(v);
        label: for (const i of [1, 2]) for (const j of [1, 2]) if (j === 2) continue label;
        console.log(new A().p, A.s, A.t, new A().has(new A()), o?.a?.b ?? 'none', rest, seen, 1_000, [3, 1, 2].toSorted(),
          Object.groupBy([1, 2, 3], (n) => (n % 2 ? 'odd' : 'even')), [1, 2, 3].at(-1), 'a-b'.replaceAll('-', '+'), `${1 + 1}`,
          /(?<y>\\d{4})/.exec('in 2026').groups.y, new Set([1, 2]).union(new Set([3])).size, structuredClone(new Map([[1, 2]])),
          Array.from({ length: 2 }, (_, i) => i), 2 ** 10, typeof Symbol.asyncIterator, [..'héé'.matchAll ? 'hé' : ''])";
    assert_eq!(
        run(code).error.map(|error| error.kind).as_deref(),
        Some("SyntaxError"),
        "the last line is wrong"
    );
    let code = code.replace(", [..'héé'.matchAll ? 'hé' : ''])", ")");
    assert_eq!(
        prints(code.as_str()),
        "1 2 3 true none [ 2, 3 ] [ 1, 2 ] 1000 [ 1, 2, 3 ] [Object: null prototype] { odd: [ 1, 3 ], even: [ 2 ] } 3 a+b 2 2026 3 Map(1) { 1 => 2 } [ 0, 1 ] 1024 symbol\n"
    );
}
