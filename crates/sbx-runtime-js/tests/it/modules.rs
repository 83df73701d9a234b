//! `import` and `require`: how names become modules, and how the two kinds get along.

use sbx_core::Ending;

use crate::lab::{open, policy, prints, raises, run, turn};

/// A program that first writes these files.
fn with_files(files: &[(&str, &str)], code: &str) -> String {
    let list = serde_json::to_string(files).unwrap();
    format!(
        "{{ const fs = require('fs'), path = require('path'); for (const [name, text] of {list}) {{ fs.mkdirSync(path.dirname(name), {{ recursive: true }}); fs.writeFileSync(name, text) }} }}\n{code}"
    )
}

#[test]
fn files_are_imported_and_required_by_their_paths() {
    let files = [
        ("lib/a.js", "export const x = 1; export default 'd'; export * from './b.mjs'"),
        ("lib/b.mjs", "export let y = 2"),
        ("c.cjs", "exports.z = 3; module.exports.f = () => __filename"),
        ("d.json", "{\"n\": 4}"),
    ];
    let code = "
        const a = await import('./lib/a.js');
        const { y } = await import('/app/lib/b.mjs');
        const { default: d } = await import('./d.json', { with: { type: 'json' } });
        console.log(a.x, a.default, a.y, y, require('./c').z, require('./c.cjs').f(), require('./d').n, d.n, require('./d.json') === require('./d'))";
    assert_eq!(prints(with_files(&files, code)), "1 d 2 2 3 /app/c.cjs 4 4 true\n");
}

#[test]
fn programs_that_import_statically_are_modules() {
    assert_eq!(
        prints(
            "import fs, { writeFileSync as w } from 'node:fs';\nimport * as path from 'path';\nw('x', 'y');\nconsole.log(fs.readFileSync('x', 'utf8'), path.join('a', 'b'), import.meta.filename)"
        ),
        "y a/b /app/<string>\n"
    );
    assert_eq!(prints("export const x = await Promise.resolve(2); console.log(x)"), "2\n");
    assert_eq!(
        prints("const importance = 'import x'; // import y from 'z'\nconsole.log(importance)"),
        "import x\n"
    );
}

#[test]
fn packages_are_found_as_node_finds_them() {
    let files = [
        ("node_modules/plain/index.js", "module.exports = { name: 'plain' }"),
        ("node_modules/main/package.json", "{\"main\": \"./lib/main\"}"),
        ("node_modules/main/lib/main.js", "exports.name = 'main'"),
        (
            "node_modules/dual/package.json",
            "{\"exports\": {\".\": {\"import\": \"./i.mjs\", \"require\": \"./r.cjs\"}, \"./sub/*\": \"./files/*.js\"}}",
        ),
        ("node_modules/dual/i.mjs", "export const name = 'by import'"),
        ("node_modules/dual/r.cjs", "exports.name = 'by require'"),
        ("node_modules/dual/files/s.js", "export const name = 'sub'"),
        ("node_modules/@scope/pkg/index.mjs", "export const name = 'scoped'"),
        ("deep/er/x.mjs", "export { name } from 'plain'"),
    ];
    let code = "
        const names = [require('plain').name, require('main').name, require('dual').name];
        for (const m of ['plain', 'dual', 'dual/sub/s', '@scope/pkg', './deep/er/x.mjs']) names.push((await import(m)).name);
        console.log(names.join(', '))";
    assert_eq!(
        prints(with_files(&files, code)),
        "plain, main, by require, plain, by import, sub, scoped, plain\n"
    );
}

#[test]
fn modules_in_circles_see_what_is_there() {
    let files = [
        ("a.mjs", "import { b } from './b.mjs'; export const a = () => 'a' + b()"),
        ("b.mjs", "import { a } from './a.mjs'; export const b = () => typeof a"),
        ("c.js", "exports.early = 1; exports.d = require('./d.js').seen; exports.late = 2"),
        ("d.js", "exports.seen = Object.keys(require('./c.js')).join()"),
    ];
    let code = "const { a } = await import('./a.mjs'); console.log(a(), require('./c.js'))";
    assert_eq!(prints(with_files(&files, code)), "afunction { early: 1, d: 'early', late: 2 }\n");
}

#[test]
fn what_is_not_there_says_so() {
    for (code, message) in [
        ("require('left-pad')", "Cannot find module 'left-pad'"),
        ("require('./nope')", "Cannot find module './nope'"),
        ("import 'nope'", "Cannot find module 'nope'"),
        ("await import('./nope.mjs')", "Cannot find module './nope.mjs'"),
        ("require('http')", "Cannot find module 'http': there is no network in the sandbox"),
        (
            "await import('node:child_process')",
            "Cannot find module 'node:child_process': there are no processes in the sandbox",
        ),
        (
            "require('worker_threads')",
            "Cannot find module 'worker_threads': there are no threads in the sandbox",
        ),
    ] {
        assert_eq!(raises(code), ("Error".to_owned(), message.to_owned()), "{code}");
    }
    let code = with_files(
        &[("bad.json", "{"), ("bad.mjs", "export const x ="), ("esm.mjs", "export const x = 1")],
        "",
    );
    for (call, kind) in [
        ("require('./bad.json')", "SyntaxError"),
        ("await import('./bad.mjs')", "SyntaxError"),
        ("require('./esm.mjs')", "Error"),
        ("const { nope } = await import('./esm.mjs'); nope()", "TypeError"),
    ] {
        assert_eq!(raises(format!("{code}{call}")).0, kind, "{call}");
    }
}

#[test]
fn a_missing_name_is_an_error_of_the_importer() {
    let code = with_files(
        &[("m.mjs", "export const x = 1"), ("n.mjs", "import { nope } from './m.mjs'")],
        "await import('./n.mjs')",
    );
    assert_eq!(raises(code).0, "SyntaxError");
}

#[test]
fn modules_live_as_long_as_their_interpreter() {
    let mut interpreter = open(policy());
    turn(
        &mut interpreter,
        with_files(&[("state.mjs", "export const list = []")], "(await import('./state.mjs')).list.push(1)")
            .as_str(),
    );
    let next = turn(&mut interpreter, "const { list } = await import('./state.mjs'); list.push(2); list");
    assert_eq!(next.value(), Some("[ 1, 2 ]"));
    let failed = turn(&mut interpreter, "import './late.mjs'");
    assert_eq!(failed.ending, Ending::Exception);
    let code = with_files(&[("late.mjs", "export const x = 5")], "(await import('./late.mjs')).x");
    assert_eq!(
        turn(&mut interpreter, code.as_str()).value(),
        Some("5"),
        "what was missing is looked for again"
    );
}

#[test]
fn quickjs_and_node_both_have_an_os() {
    let code = "
        import * as std from 'std'; import * as os from 'os'; import * as qos from 'qjs:os'; import nodeOs from 'node:os';
        console.log(typeof std.open, typeof os.readdir, os.tmpdir(), String(os.platform), os.platform(), qos.platform, nodeOs.EOL === '\\n')";
    assert_eq!(prints(code), "function function /tmp wasi wasi wasi true\n");
}

#[test]
fn there_is_no_loader_of_bytecode() {
    let result = run(
        "console.log(['bjson', 'qjs:bjson'].map((name) => { try { require(name); return 'there' } catch (e) { return e.code } }), Object.keys(std).filter((n) => /bytecode|bjson/i.test(n)))",
    );
    assert_eq!(result.stdout, "[ 'MODULE_NOT_FOUND', 'MODULE_NOT_FOUND' ] []\n");
}

/// Each turn with the value that it has, in one interpreter.
#[track_caller]
fn turns(codes: &[(&str, Option<&str>)]) {
    let mut interpreter = open(policy());
    for (code, value) in codes {
        let result = turn(&mut interpreter, *code);
        assert_eq!((result.ending, result.value()), (Ending::Ok, *value), "{code}: {}", result.stderr);
    }
}

#[test]
fn what_a_module_imports_and_declares_the_next_program_finds() {
    turns(&[
        (
            "import fs from 'fs'; import * as p from 'path'; import { EOL as end } from 'os';
             let n = 1; const fixed = [2]; export function inc() { return ++n } class A { x = 3 } export default 5;
             let later; var { a, b: [c] } = { a: 1, b: [2] };",
            None,
        ),
        ("[fs === require('fs'), p.join('x', 'y'), end, n, fixed].concat(new A().x, a, c).join()", Some("'true,x/y,\\n,1,2,3,1,2'")),
        ("inc(); inc(); n", Some("3")),
        ("n = 10; inc(); [n, typeof later, delete globalThis.n, typeof n]", Some("[ 11, 'undefined', true, 'undefined' ]")),
        ("try { fixed = 1 } catch (e) { e.name }", Some("'TypeError'")),
    ]);
}

#[test]
fn names_of_modules_can_be_declared_again_by_any_program() {
    turns(&[
        (
            "import fs from 'fs'; import { join } from 'path'; export const k = 1; let n = 1; function f() { return 1 }",
            None,
        ),
        (
            "var fs = require('fs'); const join = 2; let k = 3; function f() { return 4 } var n = 5; [typeof fs.statSync, join, k, f(), n]",
            Some("[ 'function', 2, 3, 4, 5 ]"),
        ),
        ("import again from 'fs'; import fs from 'path'; export let join = 7; const n = 8", None),
        ("[again === require('fs'), fs === require('path'), join, n]", Some("[ true, true, 7, 8 ]")),
        ("import fs from 'fs'", None),
        ("fs = 1; require('fs').default ?? typeof require('fs').statSync", Some("'function'")),
        ("import fs from 'fs'; console.assert(fs !== 1)", None),
    ]);
}

#[test]
fn names_of_a_module_that_fails_are_those_it_got_to() {
    let mut interpreter = open(policy());
    turn(
        &mut interpreter,
        "require('fs').writeFileSync('live.mjs', 'export let n = 0; export const add = () => ++n')",
    );
    let result = turn(
        &mut interpreter,
        "import { n, add } from './live.mjs'; let first = 1; throw new Error('x'); let second = 2",
    );
    assert_eq!(result.ending, Ending::Exception);
    assert_eq!(turn(&mut interpreter, "add(); add(); [first, n]").value(), Some("[ 1, 2 ]"));
    assert_eq!(turn(&mut interpreter, "typeof second").value(), Some("'undefined'"));
}
