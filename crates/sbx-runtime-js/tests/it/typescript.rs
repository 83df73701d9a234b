//! Types taken out inside the guest. Where npm was missing at set-up there is none of it, and that is said.

use sbx_core::Ending;

use crate::lab::{run, run_typescript};

/// Runs TypeScript, unless it is not set up.
macro_rules! typescript {
    ($code:expr) => {
        match run_typescript($code) {
            Some(result) => result,
            None => return,
        }
    };
}

#[test]
fn types_go_and_values_stay() {
    let result = typescript!(
        "interface User { name: string; age?: number }
type Id = string | number;
enum Color { Red, Green = 5 }
abstract class Base<T> { constructor(protected readonly value: T) {} abstract get(): T }
class Box extends Base<number> { get(): number { return this.value } }
function over(x: string): string;
function over(x: number): number;
function over(x: any) { return x }
const user = { name: 'Ann' } satisfies User;
const id: Id = 7 as Id;
let later!: string;
const list = <T,>(x: T): T[] => [x];
import type { Nothing } from './nowhere';
declare const elsewhere: string;
console.log(user.name, Color.Green, Color[0], new Box(3).get(), over(4), id!, list<number>(1), typeof later)"
    );
    assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
    assert_eq!(result.stdout, "Ann 5 Red 3 4 7 [ 1 ] undefined\n");
}

#[test]
fn lines_are_those_of_the_source() {
    let result = typescript!(
        "interface A {\n  x: number\n}\n\nfunction f(a: A): never {\n  throw new Error(`bad ${a.x}`);\n}\nf({ x: 1 })"
    );
    let error = result.error.unwrap();
    assert_eq!(error.line, Some(6), "{}", error.traceback);
    assert!(error.traceback.contains("  throw new Error(`bad ${a.x}`);"), "{}", error.traceback);
}

#[test]
fn errors_of_syntax_have_their_place() {
    let result = typescript!("const a: number = 1;\nconst b: = 2;");
    let error = result.error.unwrap();
    assert_eq!((error.kind.as_str(), error.line), ("SyntaxError", Some(2)), "{}", error.traceback);
}

#[test]
fn namespaces_are_refused_and_not_dropped() {
    for code in [
        "namespace N { export const x = 1 }",
        "export namespace A.B { export const x = 1 }",
        "module M { export const y = 1 }",
    ] {
        let result = typescript!(code);
        let error = result.error.unwrap();
        assert_eq!(error.kind, "SyntaxError", "{code}");
        assert!(error.message.contains("namespaces are not supported"), "{}", error.message);
    }
    let result = typescript!(
        "declare namespace N { const x: number }\nconst namespace = 1, module = { exports: 2 };\nconsole.log(namespace, module.exports)"
    );
    assert_eq!(result.stdout, "1 2\n", "{}", result.stderr);
}

#[test]
fn text_that_overflows_the_parser_is_an_error_of_the_language() {
    let result = typescript!(&format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000)));
    assert_eq!(result.ending, Ending::Exception, "{}", result.stderr.len());
    assert_eq!(result.error.unwrap().kind, "RangeError");
}

#[test]
fn files_of_both_kinds_import_each_other() {
    let result = typescript!(
        "import fs from 'node:fs';
fs.writeFileSync('a.ts', 'export const twice = (n: number): number => n * 2;');
fs.writeFileSync('b.js', 'export { twice } from \"./a.js\";');
const { twice } = await import('./b.js') as { twice: (n: number) => number };
console.log(twice(21))"
    );
    assert_eq!(result.stdout, "42\n", "{}", result.stderr);
}

#[test]
fn without_it_javascript_says_what_is_needed() {
    let result = run("require('fs').writeFileSync('a.ts', ''); require('./a.ts')");
    assert_eq!(result.ending, Ending::Exception);
    assert!(result.error.unwrap().message.contains("npm"), "{}", result.stderr);
}
