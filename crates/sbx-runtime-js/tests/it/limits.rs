//! Limits in this interpreter: time whatever the program does, memory, recursion. What is so in every language stands in
//! `tests/cases/` of the repository.

use std::{
    thread,
    time::{Duration, Instant},
};

use sbx_core::{Deterministic, Ending};
use sbx_host::CancellationToken;
use sbx_runtime_js::Program;

use crate::lab::{javascript, open, policy, run, run_with, turn};

const WORK: &str = "let total = 0; for (let n = 0; n < 20_000; n++) total += n * n; console.log(total)";

/// How late something may end after it should have.
const GRACE: Duration = Duration::from_millis(250);

#[test]
fn fuel_is_the_same_number_every_time() {
    for code in [WORK, "await new Promise((r) => setTimeout(r, 3))", "throw new Error('x')"] {
        let first = run(code).fuel_consumed;
        for _ in 0..5 {
            assert_eq!(run(code).fuel_consumed, first, "{code}");
        }
    }
}

/// Programs that would go on for hours, each in another part of the interpreter.
const ENDLESS: [(&str, &str); 15] = [
    ("a loop", "while (true);"),
    ("a timer", "await new Promise((r) => setTimeout(r, 1e9))"),
    ("a timer and no await", "setTimeout(() => {}, 1e9)"),
    ("an interval", "setInterval(() => {}, 1)"),
    ("a sleep", "os.sleep(1e9)"),
    ("a sleep that is defended", "while (true) try { os.sleep(1e6) } catch {} finally { continue }"),
    ("microtasks", "const f = () => Promise.resolve().then(f); f()"),
    ("immediates", "const f = () => setImmediate(f); f()"),
    ("a regular expression that backtracks", "/(a+)+$/.test('a'.repeat(60) + 'b')"),
    ("a generator", "function* g() { while (true) yield 1 } for (const x of g());"),
    ("proxies", "const p = new Proxy({}, { get: () => p }); let x = p; while (true) x = x.y"),
    ("one call in C", "new Array(2 ** 31).join('x')"),
    ("large numbers", "let x = 3n; while (true) x = (x * x) % (10n ** 20000n)"),
    ("host calls", "while (true) Date.now()"),
    ("file calls", "while (true) require('fs').existsSync('/app')"),
];

#[test]
fn the_timeout_ends_anything() {
    let _held = crate::lab::quiet();
    for (what, code) in ENDLESS {
        let due = Duration::from_millis(200);
        let mut interpreter = open(policy().with_fuel_budget(1 << 60).with_timeout_seconds(0.2));
        let started = Instant::now();
        let result = turn(&mut interpreter, code);
        let took = started.elapsed();
        assert_eq!(result.ending, Ending::Timeout, "{what}: {}", result.stderr);
        assert!(took >= due && took <= due + GRACE, "{what} ended after {took:?}");
        if !interpreter.is_spent() {
            assert_eq!(turn(&mut interpreter, "6 * 7").value(), Some("42"), "{what}");
        }
    }
}

#[test]
fn most_programs_are_stopped_with_their_state_kept() {
    let _held = crate::lab::quiet();
    for (what, code) in &ENDLESS[..11] {
        let mut interpreter = open(policy().with_fuel_budget(1 << 60).with_timeout_seconds(0.05));
        assert_eq!(turn(&mut interpreter, "globalThis.kept = 1").ending, Ending::Ok);
        assert_eq!(turn(&mut interpreter, *code).ending, Ending::Timeout, "{what}");
        assert!(!interpreter.is_spent(), "{what}");
        assert_eq!(turn(&mut interpreter, "kept").value(), Some("1"), "{what}");
    }
}

#[test]
fn cancel_spares_neighbours() {
    let _held = crate::lab::quiet();
    let due = Duration::from_millis(800);
    let cancels: Vec<_> = (0..8).map(|_| CancellationToken::new()).collect();
    let threads: Vec<_> = cancels
        .iter()
        .cloned()
        .enumerate()
        .map(|(index, cancel)| {
            thread::spawn(move || {
                let policy = policy().with_fuel_budget(1 << 60).with_timeout_seconds(due.as_secs_f64());
                let mut interpreter = open(policy);
                let started = Instant::now();
                let result = turn(&mut interpreter, Program::new(ENDLESS[index % 2].1).with_cancel(cancel));
                (result.ending, started, Instant::now())
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(200));
    let cancelled_at = Instant::now();
    // One that loops, one that waits.
    cancels[2].cancel();
    cancels[5].cancel();
    for (index, thread) in threads.into_iter().enumerate() {
        let (ending, started, ended) = thread.join().unwrap();
        if index == 2 || index == 5 {
            assert_eq!(ending, Ending::Cancelled, "{index}");
            assert!(ended - cancelled_at <= GRACE, "{index}: {:?}", ended - cancelled_at);
        } else {
            assert_eq!(ending, Ending::Timeout, "{index}");
            assert!(ended - started >= due, "{index} was not ended early");
        }
    }
}

#[test]
fn memory_is_limited_to_what_the_policy_says() {
    let grow = |limit: u64| {
        let mut interpreter = open(policy().with_memory_bytes(limit));
        let code =
            "globalThis.n = 0; const blocks = []; while (true) { blocks.push(new Uint8Array(1 << 20)); n++ }";
        assert_eq!(turn(&mut interpreter, code).ending, Ending::MemoryExhausted);
        turn(&mut interpreter, "n").value().unwrap().parse::<u64>().unwrap()
    };
    let (small, large) = (grow(32 << 20), grow(96 << 20));
    assert!((60..=64).contains(&(large - small)), "64 MiB more hold {} MiB more", large - small);
    let result = run_with(policy().with_memory_bytes(32 << 20), "new Uint8Array(20 << 20).length");
    let image = javascript().image("javascript").unwrap().memory_bytes();
    assert_eq!(result.value(), Some("20971520"));
    assert!(result.memory_used_bytes <= image + (32 << 20));
    assert_eq!(result.mem_pages * 65_536, result.memory_used_bytes);
}

#[test]
fn bombs_of_every_kind_run_out_of_memory_and_not_the_host() {
    let _held = crate::lab::busy();
    for code in [
        "const x = []; while (true) x.push(x.slice())",
        "let x = 'ab'; while (true) x = (x + x).split('').join('')",
        "const x = {}; for (let n = 0; ; n++) x['k' + n] = n",
        "new Array(1e8).fill(0)",
        "new ArrayBuffer(2 ** 30)",
        "'x'.repeat(2 ** 29) + 'y'.repeat(2 ** 28)",
        "let x = [1]; while (true) x = [x, x, ...x]",
        "[...(function* () { while (true) yield {} })()]",
        "const m = new Map(); for (let i = 0; ; i++) m.set(i, [i])",
        "const p = []; while (true) p.push(new Promise(() => {}))",
        "while (true) setTimeout(() => {}, 1e6)",
        "JSON.stringify(new Array(1e7).fill('xxxxxxxxxx'))",
        "(async () => { while (true) await new Promise((r) => { (globalThis.l ??= []).push(new Uint8Array(1e6)); r() }) })()",
        "Buffer.alloc(200 << 20)",
        "structuredClone(new Uint8Array(40 << 20))",
    ] {
        let mut interpreter = open(policy().with_memory_bytes(48 << 20));
        let result = turn(&mut interpreter, code);
        assert_eq!(result.ending, Ending::MemoryExhausted, "{code}: {}", result.stderr);
    }
}

#[test]
fn deep_recursion_is_an_error_of_the_language_and_no_trap() {
    let _held = crate::lab::busy();
    for code in [
        "function f() { f() } f()",
        "function f(n) { return f(n + 1) + 1 } f(0)",
        "const f = () => g(); const g = () => f(); f()",
        "JSON.parse('['.repeat(100000) + ']'.repeat(100000))",
        "let x = []; for (let i = 0; i < 50000; i++) x = [x]; structuredClone(x)",
        "eval('('.repeat(100000) + '1' + ')'.repeat(100000))",
        "eval('-'.repeat(100000) + '1')",
        "eval('[' .repeat(100000))",
        "eval('a' + '.a'.repeat(100000) + '=>'.repeat(100000))",
        "eval('{'.repeat(100000) + '}'.repeat(100000))",
        "new Function('x => '.repeat(100000) + '1')",
        "new RegExp('('.repeat(100000) + ')'.repeat(100000))",
        "class A { get x() { return this.x } } new A().x",
        "const o = { toString() { return String(this) } }; String(o)",
        "const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x",
        "let p = {}; for (let i = 0; i < 100000; i++) p = new Proxy(p, {}); p.x",
        "[1].sort.call({ length: 2, 0: 1, get 1() { return [1].sort.call(this) } })",
        "const a = []; a[0] = a; let d = [1]; for (let i = 0; i < 50000; i++) d = [d]; d.flat(Infinity)",
        "function* g() { yield* g() } [...g()]",
        "let x = 1; for (let i = 0; i < 100000; i++) x = { valueOf: ((y) => () => +y)(x) }; +x",
        "import('data:').catch(() => {}); function f() { `${f()}` } f()",
        "let n = { next: null }; for (let i = 0; i < 100000; i++) n = { next: n }; require('util').inspect(n, { depth: Infinity })",
        "require('assert').deepEqual(...[0, 0].map(() => { let x = []; for (let i = 0; i < 50000; i++) x = [x]; return x }))",
    ] {
        let mut interpreter = open(policy());
        let result = turn(&mut interpreter, code);
        assert_eq!(result.ending, Ending::Exception, "{code}: {} {}", result.ending, result.stderr);
        let kind = result.error.unwrap().kind;
        assert!(["RangeError", "SyntaxError", "InternalError"].contains(&kind.as_str()), "{code}: {kind}");
        assert_eq!(turn(&mut interpreter, "6 * 7").value(), Some("42"), "{code}");
    }
    assert_eq!(run("function f() { f() } f()").error.unwrap().kind, "RangeError");
}

#[test]
fn freeing_what_is_nested_deeply_is_no_recursion() {
    for code in [
        "let x = []; for (let i = 0; i < 1e6; i++) x = [x]; x = null; 1",
        "let p = Promise.resolve(); for (let i = 0; i < 1e5; i++) p = p.then(() => {}); await p; 1",
        "let s = ''; for (let i = 0; i < 1e6; i++) s += 'x'; s.length; 1",
    ] {
        let result = run(code);
        assert_eq!((result.ending, result.value()), (Ending::Ok, Some("1")), "{code}: {}", result.stderr);
    }
}

#[test]
fn fixed_programs_are_equal_to_the_last_bit_and_sleep_takes_no_time() {
    let code = "console.log(Math.random(), Date.now(), crypto.randomUUID(), performance.now()); await new Promise((r) => setTimeout(r, 1e8)); console.log(new Date().toISOString())";
    let fixed = |seed| {
        let mut interpreter = open(policy().with_deterministic(Deterministic::new(seed)));
        let result = turn(&mut interpreter, code);
        assert_eq!(result.ending, Ending::Ok, "{}", result.stderr);
        (result.stdout, result.fuel_consumed, interpreter.instance().memory_digest())
    };
    let first = fixed(7);
    assert_eq!(fixed(7), first);
    assert_ne!(fixed(8).0, first.0);
}
