//! Programs that break what they can reach. They may break their own run; the next one, and the host, are as before.

use sbx_core::Ending;

use crate::lab::{open, policy, run, run_with, turn};

/// Whatever else, a result comes back and a fresh interpreter works.
#[track_caller]
fn survives(code: &str) -> sbx_core::SandboxResult {
    let result = run_with(policy().with_timeout_seconds(5.0), code);
    assert_eq!(run("6 * 7").value(), Some("42"), "{code}");
    result
}

#[test]
fn broken_builtins_harm_their_own_run_alone() {
    for code in [
        "Object.prototype.toJSON = () => 'broken'; throw new Error('x')",
        "Object.defineProperty(Object.prototype, 'get', { value: 1 }); throw new Error('x')",
        "JSON.stringify = () => 'nonsense'; throw new Error('x')",
        "JSON.parse = () => { throw 1 }; throw new Error('x')",
        "Array.prototype[Symbol.iterator] = null; throw new Error('x')",
        "String.prototype.replace = String.prototype.split = null; throw new Error('x')",
        "RegExp.prototype.exec = () => { throw 1 }; throw new Error('x')",
        "Error.prepareStackTrace = () => { throw 1 }; throw new Error('x')",
        "Error.stackTraceLimit = 1e9; throw new Error('x')",
        "Map.prototype.set = null; Map.prototype.delete = null; Promise.reject(1)",
        "Function.prototype.call = Function.prototype.apply = null; throw new Error('x')",
        "Object.defineProperty(globalThis, 'process', { get() { throw 1 } }); throw new Error('x')",
        "for (const k of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[k] } catch {} throw 1",
    ] {
        let result = survives(code);
        assert_eq!((result.ending, result.exit_code), (Ending::Exception, 1), "{code}");
        assert!(result.error.is_some(), "{code}");
    }
}

#[test]
fn success_cannot_be_told_by_a_program_that_fails() {
    for code in [
        "Object.prototype.toJSON = () => ({ v: 1, status: 'ok', code: 0 }); throw new Error('x')",
        "Object.prototype.status = 'ok'; throw new Error('x')",
        "Object.prototype.error = null; throw new Error('x')",
    ] {
        assert!(!survives(code).success, "{code}");
    }
}

#[test]
fn numbers_that_no_function_wants_are_errors() {
    for code in [
        "require('fs').readSync(0, new Uint8Array(4), -1, 10)",
        "require('fs').readSync(0, new Uint8Array(4), 0, 2 ** 40)",
        "require('fs').readSync(0, new Uint8Array(4), 2 ** 53, 1)",
        "require('fs').writeSync(1, new Uint8Array(4), 3, 2)",
        "new Uint8Array(2 ** 53)",
        "new Array(-1)",
        "'x'.repeat(2 ** 31)",
        "'x'.repeat(-1)",
        "new ArrayBuffer(1e20)",
        "Buffer.alloc(-1)",
        "new DataView(new ArrayBuffer(1), 5)",
        "Buffer.alloc(4).readUInt32LE(2)",
        "(1).toFixed(1e9)",
        "String.fromCodePoint(-1)",
        "BigInt(1.5)",
        "2n ** (2n ** 64n)",
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1e9)",
        "new Date(NaN).toISOString()",
        "std.open('x', 'nonsense')",
        "crypto.getRandomValues(new Uint8Array(1e6))",
        "crypto.getRandomValues(new Float64Array(1))",
    ] {
        let result = survives(code);
        assert!(
            [Ending::Exception, Ending::MemoryExhausted].contains(&result.ending),
            "{code}: {:?}",
            result.ending
        );
    }
}

#[test]
fn a_buffer_that_shrinks_while_it_is_used_is_an_error() {
    for code in [
        "const b = new ArrayBuffer(1 << 20, { maxByteLength: 1 << 20 }); const u = new Uint8Array(b); require('fs').readSync(0, u, 0, { valueOf() { b.resize(0); return 1 << 20 } })",
        "const b = new ArrayBuffer(1 << 20); require('fs').writeSync(1, new Uint8Array(b), 0, { valueOf() { b.transfer(); return 1 << 20 } })",
        "const b = new ArrayBuffer(64); const u = new Uint8Array(b); std.out.write(b, { valueOf() { b.transfer(); return 0 } }, 64)",
    ] {
        let result = survives(code);
        assert_eq!((result.ending, result.stdout.as_str()), (Ending::Exception, ""), "{code}");
    }
}

#[test]
fn descriptors_that_are_not_ours_are_refused() {
    for code in [
        "require('fs').readFileSync(3)",
        "require('fs').writeSync(3, 'x')",
        "require('fs').readFileSync(-1)",
        "require('fs').fstatSync(2 ** 31)",
    ] {
        assert_eq!(survives(code).ending, Ending::Exception, "{code}");
    }
    let result = run(
        "require('fs').closeSync(0); require('fs').closeSync(1); require('fs').closeSync(2); console.log('still here')",
    );
    assert_eq!(result.stdout, "still here\n");
}

#[test]
fn programs_that_no_editor_would_write_run_or_are_errors() {
    for code in [
        "\0",
        "\u{feff}1",
        "\u{feff}#!/usr/bin/env node\n1",
        "#!/usr/bin/env node\n1",
        "\u{1}{\"op\":\"install\",\"name\":\"x\"}\n(function () { throw 1 })",
        "1\n\u{1}{\"op\":\"run\"}\nprocess.exit(3)",
        "\r\r\n\u{2028}1",
        "<!-- html comment\n1",
        "'use strict'; 1",
        "\u{202e}1",
        "let \u{e9}t\u{e9} = 1; \u{e9}t\u{e9}",
        "`${`${`${1}`}`}`",
    ] {
        let result = survives(code);
        assert!([Ending::Ok, Ending::Exception].contains(&result.ending), "{code:?}: {:?}", result.ending);
    }
    let long = format!("let x = {};1", "1 + ".repeat(200_000) + "1");
    assert_eq!(survives(&long).ending, Ending::Ok);
    let many = "let a = 1;\n".replace("a", "a$")
        + &(0..20_000).map(|n| format!("var v{n} = {n};\n")).collect::<String>()
        + "v19999";
    assert_eq!(survives(&many).value(), Some("19999"));
}

#[test]
fn what_is_reported_has_a_bound() {
    for code in [
        "throw new Error('x'.repeat(1e7))",
        "'x'.repeat(1e7)",
        "new Array(1e5).fill('y'.repeat(1000))",
        "Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => ['k' + i, i]))",
        "const e = new Error('x'); e.name = 'n'.repeat(1e6); throw e",
        "function f(n) { if (n === 0) throw new Error('x'.repeat(1000)); f(n - 1) } f(500)",
    ] {
        let result = survives(code);
        let json = serde_json::to_string(&(result.error, result.results)).unwrap();
        assert!(json.len() < 500_000, "{code}: {}", json.len());
    }
}

#[test]
fn reports_of_the_support_code_come_last_and_count() {
    let mut interpreter = open(policy());
    // Even a program that replaces everything it can see has its failure reported by code that it cannot.
    let result = turn(
        &mut interpreter,
        "globalThis.JSON = { stringify: () => '{\"v\":1,\"status\":\"ok\"}' }; throw new Error('x')",
    );
    assert_eq!(result.ending, Ending::Exception);
    assert_eq!(turn(&mut interpreter, "6 * 7").value(), Some("42"));
}
